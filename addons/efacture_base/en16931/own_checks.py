"""What the official rules let through and a platform or a person would stumble on.

Check digits of SIREN and SIRET, dates that do not exist, mandatory notes left blank, odd spaces in
identifiers. Rules are named ``EF-…``; their sentences are in ``data/rules.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lxml import etree

from . import kinds, terms
from .identifiers import InvalidIdentifier, check_french_vat, check_siren, check_siret

MANDATORY_NOTES = ("PMT", "PMD", "AAB")
_IDENTIFIERS = {
    "ID", "GlobalID", "URIID", "EndpointID", "CompanyID", "IBANID", "BICID", "IssuerAssignedID",
    "CreditorReferenceID", "DirectDebitMandateID", "SellerAssignedID", "BuyerAssignedID",
}  # fmt: skip
_ODD_SPACE = re.compile(
    "[\t\r\n\u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]"
)
_DATE = re.compile(r"[0-9]{8}\Z")
_UBL_NOTE = re.compile(r"#([A-Z]{3})#(.*)\Z", re.S)


@dataclass(frozen=True)
class Raw:
    """A finding before it has a sentence. ``value`` is what was found, for the sentence."""

    rule: str
    severity: str
    location: str
    value: str = ""


def check(root: etree._Element, kind: kinds.Kind, context: str) -> list[Raw]:
    """Return what is wrong in a parsed CII, UBL or CDAR document.

    In the context ``fr-ctc`` a wrong SIREN, SIRET or a blank mandatory note is fatal (the directory
    and the platforms refuse it); elsewhere these are warnings.
    """
    if kind.kind not in (kinds.CII, kinds.UBL_INVOICE, kinds.UBL_CREDIT_NOTE, kinds.CDAR):
        return []
    french = context == "fr-ctc" or kind.kind == kinds.CDAR
    grave = "fatal" if french else "warning"
    found: list[Raw] = []
    for node in root.iter(*(f"{{*}}{name}" for name in _IDENTIFIERS)):
        if node.text and not len(node):
            found += _identifier(node, etree.QName(node).localname, grave)
    for node in root.iter("{*}DateTimeString", "{*}DateString"):
        found += _date(node)
    if french and kind.kind != kinds.CDAR:
        found += _blank_notes(root, kind)
    return found


def _identifier(node: etree._Element, name: str, grave: str) -> Iterator[Raw]:
    text, scheme = node.text or "", node.get("schemeID") or ""
    if not text.strip():
        return
    plain = text.isalnum() and text.isascii()
    if plain and not scheme and name not in ("CompanyID", "IBANID"):
        return
    official = scheme in ("0002", "0009", "0224", "0225", "0231", "VA") or name == "IBANID"
    if text != text.strip() or _ODD_SPACE.search(text):
        severity = grave if official else "warning"
        yield Raw("EF-SPACES", severity, terms.location_of(node), text.strip())
    elif official and " " in text:
        yield Raw("EF-SPACES", "warning", terms.location_of(node), text)
    number = text.strip()
    try:
        if scheme in ("0002", "0231") and re.fullmatch("[0-9]{9}", number):
            check_siren(number)
        elif scheme == "0009" and re.fullmatch("[0-9]{14}", number):
            check_siret(number)
    except InvalidIdentifier:
        rule = "EF-SIRET" if scheme == "0009" else "EF-SIREN"
        # numbers in 0000… are never given out: platforms use them for their test companies
        severity = "warning" if number.startswith("0000") else grave
        yield Raw(rule, severity, terms.location_of(node), number)
    if number.startswith("FR") and _is_vat(node, name, scheme):
        try:
            check_french_vat(number)
        except InvalidIdentifier:
            yield Raw("EF-VAT", "warning", terms.location_of(node), number)


def _is_vat(node: etree._Element, name: str, scheme: str) -> bool:
    if name == "ID":
        return scheme == "VA"
    parent = node.getparent()
    return (
        name == "CompanyID"
        and parent is not None
        and etree.QName(parent).localname == "PartyTaxScheme"
        and (parent.findtext("{*}TaxScheme/{*}ID") or "").strip() == "VAT"
    )


def _date(node: etree._Element) -> Iterator[Raw]:
    text = (node.text or "").strip()
    digits = text[:8]
    if node.get("format") not in ("102", "204") or not _DATE.match(digits):
        return  # its form is the business of the schema and of BR-FR-03
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        yield Raw("EF-DATE", "fatal", terms.location_of(node), text)


def _blank_notes(root: etree._Element, kind: kinds.Kind) -> Iterator[Raw]:
    if kind.kind == kinds.CII:
        for note in root.iterfind("{*}ExchangedDocument/{*}IncludedNote"):
            code = (note.findtext("{*}SubjectCode") or "").strip()
            if code in MANDATORY_NOTES and _is_blank(
                "".join(note.xpath("*[local-name()='Content']/text()"))
            ):
                yield Raw("EF-NOTE", "fatal", terms.location_of(note), code)
        return
    for note in root.iterfind("{*}Note"):
        told = _UBL_NOTE.match((note.text or "").strip())
        if told and told[1] in MANDATORY_NOTES and _is_blank(told[2]):
            yield Raw("EF-NOTE", "fatal", terms.location_of(note), told[1])


def _is_blank(text: str) -> bool:
    """True when nothing readable is in the text (dots and dashes put there to pass a rule)."""
    return not re.search(r"\w", text)
