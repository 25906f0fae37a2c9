"""From a place in a document to the business term it holds, and places made readable."""

from __future__ import annotations

import functools
import importlib
import re

from lxml import etree

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_UN = "urn:un:unece:uncefact:data:standard:"
PREFIXES = {
    _UN + "CrossIndustryInvoice:100": "rsm",
    _UN + "CrossDomainAcknowledgementAndResponse:100": "rsm",
    _UN + "ReusableAggregateBusinessInformationEntity:100": "ram",
    _UN + "UnqualifiedDataType:100": "udt",
    _UN + "QualifiedDataType:100": "qdt",
    _UBL + "Invoice-2": "ubl",
    _UBL + "CreditNote-2": "cn",
    _UBL + "CommonAggregateComponents-2": "cac",
    _UBL + "CommonBasicComponents-2": "cbc",
    _UBL + "CommonExtensionComponents-2": "ext",
}
NAMESPACES = {prefix: uri for uri, prefix in PREFIXES.items()}
_STEP = re.compile(
    r"/(?:\*:(?P<a>[^\[/]+)\[namespace-uri\(\)='(?P<b>[^']*)'\]\[(?P<i>[0-9]+)\]"
    r"|(?P<at>@?)Q\{(?P<c>[^}]*)\}(?P<d>[^\[/]+)(?:\[(?P<j>[0-9]+)\])?"
    r"|@\*\[local-name\(\)='(?P<e>[^']+)' and namespace-uri\(\)='(?P<f>[^']*)'\]"
    r"|@(?P<g>[^\[/]+)"
    r"|(?P<h>[^\[/@]+)\[(?P<k>[0-9]+)\])"
)


def readable_location(location: str) -> str:
    """Return a short path (``/rsm:…/ram:IncludedSupplyChainTradeLineItem[3]``, first ones without
    number) from what a Schematron report or XPath's ``path()`` gives. Both give the same result.
    """
    text = location.strip()
    if text in ("", "/"):
        return "/"
    parts, position = [], 0
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            return text  # not a shape we know: kept as it is
        position = step.end()
        local = step["a"] or step["d"] or step["e"] or step["g"] or step["h"]
        uri = step["b"] or step["c"] or step["f"] or ""
        number = step["i"] or step["j"] or step["k"]
        name = f"{PREFIXES.get(uri, f'Q{{{uri}}}')}:{local}" if uri else local
        attribute = step["at"] or step["e"] or step["g"]
        counted = f"[{number}]" if number and number != "1" else ""
        parts.append(f"/@{name}" if attribute else f"/{name}{counted}")
    return "".join(parts)


def location_of(node: etree._Element) -> str:
    """Return the readable location of an element."""
    steps = []
    while node is not None:
        name = etree.QName(node)
        number = 1 + sum(1 for _ in node.itersiblings(node.tag, preceding=True))
        prefix = PREFIXES.get(name.namespace or "")
        label = f"{prefix}:{name.localname}" if prefix else name.localname
        steps.append(f"/{label}[{number}]" if number > 1 else f"/{label}")
        node = node.getparent()
    return "".join(reversed(steps))


_INDEX = re.compile(r"\[[^\]]*\]")


def term_at(location: str) -> str:
    """Return the business term of a readable location, or of its nearest ancestor that has one."""
    path = _INDEX.sub("", location)
    path = re.sub(r"^/(?:ubl:Invoice|cn:CreditNote)", "/Invoice", path)
    terms = _terms_by_path()
    while path.count("/") > 1:
        if path in terms:
            return terms[path]
        path = path.rpartition("/")[0]
    return ""


@functools.cache
def _terms_by_path() -> dict[str, str]:
    """Return {path without index: term} from the factur-x library's table of EN 16931."""
    library = importlib.import_module("facturx.generate_xml")  # the package hides it by a function

    terms: dict[str, str] = {}

    def note(path: str, term: str) -> None:
        clean = _INDEX.sub("", path).replace("/CreditNote/", "/Invoice/")
        if term.startswith(("BT-", "BG-", "EXT-FR-FE-")) and "%" not in clean:
            terms.setdefault(clean, term)

    def walk(fields: dict, bases: dict[str, list[str]]) -> None:
        for term, props in fields.items():
            for key in ("cii_xpath", "ubl_xpath", "ubl_creditnote_xpath"):
                told = props.get(key) or []
                paths = [told] if isinstance(told, str) else told
                syntax = key[:3]
                for path in paths:
                    if path.startswith("UBL_NOTE"):
                        continue
                    full = (
                        [path]
                        if path.startswith("/")
                        else [f"{base}/{path}" for base in bases.get(syntax, [])]
                    )
                    for item in full:
                        note(item, term)
                    if isinstance(props.get("fields"), dict):
                        walk(props["fields"], {syntax: full})

    walk({**library.EN16931_CURRENCY_FIELDS, **library.EN16931_FIELDS}, {})
    for term, (cii, ubl, parts) in _PARTIES.items():
        for base in (cii, ubl):
            note(base, term)
        for part, (cii_part, ubl_part) in parts.items():
            note(f"{cii}/{cii_part}", part)
            note(f"{ubl}/{ubl_part}", part)
    for term, cii, ubl in _EXTRA:
        for path in (cii, ubl):
            if path:
                note(path, term)
    return terms


_TRADE = "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction"
_AGREEMENT = _TRADE + "/ram:ApplicableHeaderTradeAgreement"
_SETTLEMENT = _TRADE + "/ram:ApplicableHeaderTradeSettlement"


def _party(
    name,
    trade,
    legal,
    private,
    address,
    vat,
    tax,
    contact,
    vat_path="cac:PartyTaxScheme/cbc:CompanyID",
):
    """Return {term: (CII path, UBL path)} of one party (term numbers as in EN 16931)."""
    street, extra, third, city, code, region, country = address
    person, phone, mail = contact or ("", "", "")
    post, ubl_post = "ram:PostalTradeAddress/ram:", "cac:PostalAddress/"
    parts = {
        name: ("ram:Name", "cac:PartyLegalEntity/cbc:RegistrationName"),
        trade: (
            "ram:SpecifiedLegalOrganization/ram:TradingBusinessName",
            "cac:PartyName/cbc:Name",
        ),
        legal: ("ram:SpecifiedLegalOrganization/ram:ID", "cac:PartyLegalEntity/cbc:CompanyID"),
        private: ("ram:GlobalID", "cac:PartyIdentification/cbc:ID"),
        vat: ("ram:SpecifiedTaxRegistration/ram:ID", vat_path),
        tax: ("ram:URIUniversalCommunication/ram:URIID", "cbc:EndpointID"),
        street: (post + "LineOne", ubl_post + "cbc:StreetName"),
        extra: (post + "LineTwo", ubl_post + "cbc:AdditionalStreetName"),
        third: (post + "LineThree", ubl_post + "cac:AddressLine/cbc:Line"),
        city: (post + "CityName", ubl_post + "cbc:CityName"),
        code: (post + "PostcodeCode", ubl_post + "cbc:PostalZone"),
        region: (post + "CountrySubDivisionName", ubl_post + "cbc:CountrySubentity"),
        country: (post + "CountryID", ubl_post + "cac:Country/cbc:IdentificationCode"),
        person: ("ram:DefinedTradeContact/ram:PersonName", "cac:Contact/cbc:Name"),
        phone: (
            "ram:DefinedTradeContact/ram:TelephoneUniversalCommunication/ram:CompleteNumber",
            "cac:Contact/cbc:Telephone",
        ),
        mail: (
            "ram:DefinedTradeContact/ram:EmailURIUniversalCommunication/ram:URIID",
            "cac:Contact/cbc:ElectronicMail",
        ),
    }
    return {term: paths for term, paths in parts.items() if term}


def _bt(*numbers: int) -> tuple[str, ...]:
    return tuple(f"BT-{number}" for number in numbers)


_PARTIES = {
    "BG-4": (
        _AGREEMENT + "/ram:SellerTradeParty",
        "/Invoice/cac:AccountingSupplierParty/cac:Party",
        _party(
            "BT-27",
            "BT-28",
            "BT-30",
            "BT-29",
            _bt(35, 36, 162, 37, 38, 39, 40),
            "BT-31",
            "BT-34",
            _bt(41, 42, 43),
        ),
    ),
    "BG-7": (
        _AGREEMENT + "/ram:BuyerTradeParty",
        "/Invoice/cac:AccountingCustomerParty/cac:Party",
        _party(
            "BT-44",
            "BT-45",
            "BT-47",
            "BT-46",
            _bt(50, 51, 163, 52, 53, 54, 55),
            "BT-48",
            "BT-49",
            _bt(56, 57, 58),
        ),
    ),
    "BG-10": (
        _SETTLEMENT + "/ram:PayeeTradeParty",
        "/Invoice/cac:PayeeParty",
        _party("BT-59", "", "BT-61", "BT-60", ("",) * 7, "", "", None),
    ),
    "BG-11": (
        _AGREEMENT + "/ram:SellerTaxRepresentativeTradeParty",
        "/Invoice/cac:TaxRepresentativeParty",
        _party("BT-62", "", "", "", _bt(64, 65, 164, 66, 67, 68, 69), "BT-63", "", None),
    ),
    "BG-13": (
        _TRADE + "/ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty",
        "/Invoice/cac:Delivery",
        _party("BT-70", "", "", "BT-71", _bt(75, 76, 165, 77, 78, 79, 80), "", "", None),
    ),
}
_EXTRA = (
    ("BG-2", "/rsm:CrossIndustryInvoice/rsm:ExchangedDocumentContext", ""),
    ("BG-25", _TRADE + "/ram:IncludedSupplyChainTradeLineItem", "/Invoice/cac:InvoiceLine"),
    (
        "BG-22",
        _SETTLEMENT + "/ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        "/Invoice/cac:LegalMonetaryTotal",
    ),
    (
        "BG-16",
        _SETTLEMENT + "/ram:SpecifiedTradeSettlementPaymentMeans",
        "/Invoice/cac:PaymentMeans",
    ),
    (
        "BT-110",
        _SETTLEMENT + "/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxTotalAmount",
        "/Invoice/cac:TaxTotal/cbc:TaxAmount",
    ),
    ("BG-23", _SETTLEMENT + "/ram:ApplicableTradeTax", "/Invoice/cac:TaxTotal/cac:TaxSubtotal"),
    ("BG-3", _SETTLEMENT + "/ram:InvoiceReferencedDocument", "/Invoice/cac:BillingReference"),
    (
        "BG-24",
        _AGREEMENT + "/ram:AdditionalReferencedDocument",
        "/Invoice/cac:AdditionalDocumentReference",
    ),
    ("BT-29", _AGREEMENT + "/ram:SellerTradeParty/ram:ID", ""),
    ("BT-46", _AGREEMENT + "/ram:BuyerTradeParty/ram:ID", ""),
    ("BG-21", _SETTLEMENT + "/ram:SpecifiedTradeAllowanceCharge", "/Invoice/cac:AllowanceCharge"),
    (
        "BG-1",
        "/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:IncludedNote",
        "/Invoice/cbc:Note",
    ),
)
