"""What a file is, told by its content and never by its name; XML read with the doors closed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

MAX_XML = 128 << 20  # bytes: the platforms' limit for one file is 100 MB
MAX_DEPTH = 100
HUGE = 10 << 20  # a file this large may hold an attachment beyond libxml2's cap on one text
_TOO_DEEP = etree.XPath("boolean(/*" + "/*" * MAX_DEPTH + ")")

FACTURX, ZUGFERD1, CII = "Factur-X", "ZUGFeRD1", "CII"
UBL_INVOICE, UBL_CREDIT_NOTE, CDAR = "UBL-Invoice", "UBL-CreditNote", "CDAR"
PDF, OTHER = "PDF", "other"

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_ROOTS = {
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice": CII,
    f"{{{_UBL}Invoice-2}}Invoice": UBL_INVOICE,
    f"{{{_UBL}CreditNote-2}}CreditNote": UBL_CREDIT_NOTE,
    "{urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100}"
    "CrossDomainAcknowledgementAndResponse": CDAR,
    "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument": ZUGFERD1,
}
PROFILES = ("minimum", "basicwl", "basic", "en16931", "extended", "extended-ctc-fr")


class UnreadableXml(ValueError):
    """The bytes are not XML we accept to read; the message says why, for people."""


@dataclass(frozen=True)
class Kind:
    """What a document is.

    :param kind: one of the words of ``bin/check``.
    :param profile: one of ``PROFILES`` for an invoice whose guideline (BT-24) is known, ``en16931``
        for a national specification built on it, else empty.
    :param guideline: BT-24 (or MDT-3) as written.
    """

    kind: str
    profile: str = ""
    guideline: str = ""


def is_pdf(content: bytes) -> bool:
    """Say whether the content is a PDF (its mark may come after some leading bytes)."""
    return b"%PDF-" in content[:1024]


def parse_xml(content: bytes) -> etree._Element:
    """Return the root of an XML document, read without DTD, entities or network.

    :raises UnreadableXml: not well-formed, with a document type declaration, too large or too deep.
    """
    if len(content) > MAX_XML:
        raise UnreadableXml(f"the file is larger than {MAX_XML >> 20} MB")
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=len(content) > HUGE,  # below, libxml2's own caps on text size stay
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableXml(str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableXml("a document type declaration is not accepted in an invoice")
    if _TOO_DEEP(root):
        raise UnreadableXml(f"the document is nested deeper than {MAX_DEPTH} levels")
    return root


def detect(content: bytes) -> Kind:
    """Return what a file is. A PDF is only said to be one: ``pdfa3.extract_xml`` opens it.

    Never raises: what cannot be read is ``other``.
    """
    if is_pdf(content):
        return Kind(PDF)
    try:
        return detect_root(parse_xml(content))
    except UnreadableXml:
        return Kind(OTHER)


def detect_root(root: etree._Element) -> Kind:
    """Return what a parsed XML document is."""
    kind = _ROOTS.get(root.tag, OTHER)
    guideline = ""
    if kind in (UBL_INVOICE, UBL_CREDIT_NOTE):
        guideline = root.findtext("{*}CustomizationID") or ""
    elif kind in (CII, CDAR):
        guideline = root.findtext("{*}ExchangedDocumentContext/" + _GUIDELINE) or ""
    elif kind == ZUGFERD1:
        guideline = root.findtext("{*}SpecifiedExchangedDocumentContext/" + _GUIDELINE) or ""
    guideline = guideline.strip()
    return Kind(kind, profile_of(kind, guideline), guideline)


_GUIDELINE = "{*}GuidelineSpecifiedDocumentContextParameter/{*}ID"
_FACTURX_LEVEL = re.compile(
    r"(?:factur-x\.eu|zugferd\.de):[0-9]p[0-9]:(minimum|basicwl|basic|en16931|extended)$"
)


def profile_of(kind: str, guideline: str) -> str:
    """Return the profile that a guideline identifier (BT-24) announces, or ``""``.

    Older spellings (``urn:zugferd.de:2p0:…``, ``…:compliant:factur-x.eu:…``) are understood; a
    national or sector specification on top of EN 16931 is judged as EN 16931.
    """
    if kind == ZUGFERD1:
        return guideline.rpartition(":")[2] if guideline.startswith("urn:ferd:") else ""
    if kind not in (CII, UBL_INVOICE, UBL_CREDIT_NOTE):
        return ""
    if guideline.endswith("urn.cpro.gouv.fr:1p0:extended-ctc-fr"):
        return "extended-ctc-fr"
    level = _FACTURX_LEVEL.search(guideline)
    if level and kind == CII:
        return level[1]
    return "en16931" if guideline.startswith("urn:cen.eu:en16931:2017") else ""
