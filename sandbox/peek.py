"""Number and seller of a document, read just well enough for the ledger."""

from __future__ import annotations

import re
import zlib

from lxml import etree

_NUMBER = {
    "CrossIndustryInvoice": ".//{*}ExchangedDocument/{*}ID",
    "Invoice": "{*}ID",
    "CreditNote": "{*}ID",
}
_SELLER = {
    "CrossIndustryInvoice": ".//{*}SellerTradeParty/{*}SpecifiedLegalOrganization/{*}ID",
    "Invoice": "{*}AccountingSupplierParty//{*}PartyLegalEntity/{*}CompanyID",
    "CreditNote": "{*}AccountingSupplierParty//{*}PartyLegalEntity/{*}CompanyID",
}


def peek(content: bytes) -> tuple[str, str]:
    """Number (BT-1, or the number a CDAR speaks of) and seller's SIREN; empty where not found."""
    xml = _embedded(content) if content[:5] == b"%PDF-" else content
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return "", ""
    kind = etree.QName(root).localname
    if kind == "CrossDomainAcknowledgementAndResponse":
        return _text(root, ".//{*}ReferenceReferencedDocument/{*}IssuerAssignedID"), ""
    return _text(root, _NUMBER.get(kind, "{*}ID")), re.sub(
        r"\D", "", _text(root, _SELLER.get(kind, "{*}none"))
    )[:9]


def _text(root: etree._Element, path: str) -> str:
    return (root.findtext(path) or "").strip()


def _embedded(pdf: bytes) -> bytes:
    """The invoice XML of a Factur-X file: the first stream that is one."""
    for match in re.finditer(rb"stream\r?\n", pdf):
        chunk = pdf[match.end() : pdf.find(b"endstream", match.end())]
        try:
            text = zlib.decompressobj().decompress(chunk, 20 * 1024 * 1024)
        except zlib.error:
            text = chunk
        if b"CrossIndustryInvoice" in text[:2000]:
            return text
    return b""
