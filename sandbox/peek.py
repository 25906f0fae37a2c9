"""What the platform reads of an invoice to carry it: number, parties, addresses, rates."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

from lxml import etree

_CII = {
    "number": "{*}ExchangedDocument/{*}ID",
    "type_code": "{*}ExchangedDocument/{*}TypeCode",
    "issued": "{*}ExchangedDocument/{*}IssueDateTime/{*}DateTimeString",
    "seller": ".//{*}SellerTradeParty/{*}SpecifiedLegalOrganization/{*}ID",
    "seller_name": ".//{*}SellerTradeParty/{*}Name",
    "buyer": ".//{*}BuyerTradeParty/{*}SpecifiedLegalOrganization/{*}ID",
    "buyer_name": ".//{*}BuyerTradeParty/{*}Name",
    "address": ".//{*}BuyerTradeParty/{*}URIUniversalCommunication/{*}URIID",
    "currency": ".//{*}InvoiceCurrencyCode",
    "total": ".//{*}SpecifiedTradeSettlementHeaderMonetarySummation/{*}GrandTotalAmount",
    "rates": ".//{*}ApplicableHeaderTradeSettlement/{*}ApplicableTradeTax/{*}RateApplicablePercent",
}
_UBL = {
    "number": "{*}ID",
    "type_code": "{*}InvoiceTypeCode",
    "issued": "{*}IssueDate",
    "seller": "{*}AccountingSupplierParty//{*}PartyLegalEntity/{*}CompanyID",
    "seller_name": "{*}AccountingSupplierParty//{*}PartyLegalEntity/{*}RegistrationName",
    "buyer": "{*}AccountingCustomerParty//{*}PartyLegalEntity/{*}CompanyID",
    "buyer_name": "{*}AccountingCustomerParty//{*}PartyLegalEntity/{*}RegistrationName",
    "address": "{*}AccountingCustomerParty/{*}Party/{*}EndpointID",
    "currency": "{*}DocumentCurrencyCode",
    "total": "{*}LegalMonetaryTotal/{*}TaxInclusiveAmount",
    "rates": "{*}TaxTotal/{*}TaxSubtotal/{*}TaxCategory/{*}Percent",
}
_PATHS = {
    "CrossIndustryInvoice": _CII,
    "Invoice": _UBL,
    "CreditNote": {**_UBL, "type_code": "{*}CreditNoteTypeCode"},
}


@dataclass
class Facts:
    """What was read; empty where nothing was found. `kind`: name of the root element; `issued`: YYYYMMDD; `address`: BT-49."""

    kind: str = ""
    number: str = ""
    type_code: str = ""
    issued: str = ""
    seller: str = ""
    seller_name: str = ""
    buyer: str = ""
    buyer_name: str = ""
    address: str = ""
    currency: str = ""
    total: str = ""
    rates: list[float] = field(default_factory=list)

    @property
    def is_invoice(self) -> bool:
        """True for a document the platform can carry to somebody."""
        return self.kind in _PATHS and bool(self.number)


def parse(content: bytes) -> etree._Element | None:
    """The root of an XML document, or of the invoice inside a PDF; None when there is none."""
    xml = _embedded(content) if content[:5] == b"%PDF-" else content
    try:
        return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def peek(content: bytes) -> tuple[str, str]:
    """Number and seller's SIREN of a document; empty where not found."""
    facts = facts_of(content)
    return facts.number, facts.seller


def facts_of(content: bytes) -> Facts:
    """Read a document."""
    root = parse(content)
    if root is None:
        return Facts()
    kind = etree.QName(root).localname
    if kind == "CrossDomainAcknowledgementAndResponse":
        return Facts(kind, _text(root, ".//{*}ReferenceReferencedDocument/{*}IssuerAssignedID"))
    paths = _PATHS.get(kind)
    if paths is None:
        return Facts(kind, _text(root, "{*}ID"))
    facts = Facts(
        kind, **{name: _text(root, path) for name, path in paths.items() if name != "rates"}
    )
    for node in root.iterfind(paths["rates"]):
        try:
            facts.rates.append(float(node.text or ""))
        except ValueError:
            continue
    facts.seller, facts.buyer = _siren(facts.seller), _siren(facts.buyer)
    facts.issued = re.sub(r"\D", "", facts.issued)[:8]
    return facts


def _siren(text: str) -> str:
    return re.sub(r"\D", "", text)[:9]


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
