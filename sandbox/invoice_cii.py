"""Cross Industry Invoice D22B, as much of it as the sandbox's invoices need."""

from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal

from lxml import etree

from .invoice_model import Change, Company, Invoice, Line

BASE = "urn:un:unece:uncefact:data:standard:"
_NS = {
    "rsm": BASE + "CrossIndustryInvoice:100",
    "ram": BASE + "ReusableAggregateBusinessInformationEntity:100",
    "udt": BASE + "UnqualifiedDataType:100",
    "qdt": BASE + "QualifiedDataType:100",
}


def write_cii(invoice: Invoice) -> bytes:
    """The invoice as CII, profile EN 16931."""
    root = etree.Element(f"{{{_NS['rsm']}}}CrossIndustryInvoice", nsmap=_NS)
    context = add(root, "rsm:ExchangedDocumentContext")
    add(context, "BusinessProcessSpecifiedDocumentContextParameter/ID", invoice.process)
    add(context, "GuidelineSpecifiedDocumentContextParameter/ID", "urn:cen.eu:en16931:2017")
    head = add(root, "rsm:ExchangedDocument")
    add(head, "ID", invoice.number)
    add(head, "TypeCode", invoice.type_code)
    _day(head, "IssueDateTime", invoice.issued)
    for subject, text in invoice.notes:
        note = add(head, "IncludedNote")
        add(note, "Content", text)
        if subject:
            add(note, "SubjectCode", subject)
    trade = add(root, "rsm:SupplyChainTradeTransaction")
    for number, line in enumerate(invoice.lines, 1):
        _line(trade, number, line)
    _agreement(add(trade, "ApplicableHeaderTradeAgreement"), invoice)
    _delivery(add(trade, "ApplicableHeaderTradeDelivery"), invoice)
    _settlement(add(trade, "ApplicableHeaderTradeSettlement"), invoice)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def add(
    parent: etree._Element, path: str, text: str | None = None, **attributes: str
) -> etree._Element:
    """Add an element (with the elements on the way); `ram` unless the name has a prefix."""
    for name in path.split("/"):
        prefix, _colon, local = name.rpartition(":")
        parent = etree.SubElement(parent, f"{{{_NS[prefix or 'ram']}}}{local}")
    parent.text = text
    for name, value in attributes.items():
        parent.set(name, value)
    return parent


def plain(number: Decimal) -> str:
    """A decimal without exponent."""
    return format(number, "f")


def _day(parent: etree._Element, name: str, day: date, prefix: str = "udt") -> None:
    add(parent, f"{name}/{prefix}:DateTimeString", day.strftime("%Y%m%d"), format="102")


def _period(parent: etree._Element, period: tuple[date, date] | None) -> None:
    if period:
        node = add(parent, "BillingSpecifiedPeriod")
        _day(node, "StartDateTime", period[0])
        _day(node, "EndDateTime", period[1])


def _change(parent: etree._Element, change: Change, on_line: bool) -> None:
    node = add(parent, "SpecifiedTradeAllowanceCharge")
    add(node, "ChargeIndicator/udt:Indicator", "true" if change.charge else "false")
    if change.percent is not None and change.base is not None:
        add(node, "CalculationPercent", plain(change.percent))
        add(node, "BasisAmount", plain(change.base))
    add(node, "ActualAmount", plain(change.amount))
    add(node, "ReasonCode", change.reason[0])
    add(node, "Reason", change.reason[1])
    if not on_line:
        tax = add(node, "CategoryTradeTax")
        add(tax, "TypeCode", "VAT")
        add(tax, "CategoryCode", change.category)
        add(tax, "RateApplicablePercent", plain(change.rate))


def _line(trade: etree._Element, number: int, line: Line) -> None:
    item = add(trade, "IncludedSupplyChainTradeLineItem")
    document = add(item, "AssociatedDocumentLineDocument")
    add(document, "LineID", str(number))
    if line.note:
        add(document, "IncludedNote/Content", line.note)
    product = add(item, "SpecifiedTradeProduct")
    if line.reference:
        add(product, "SellerAssignedID", line.reference)
    add(product, "Name", line.name)
    if line.description:
        add(product, "Description", line.description)
    agreement = add(item, "SpecifiedLineTradeAgreement")
    if line.gross is not None:
        gross = add(agreement, "GrossPriceProductTradePrice")
        add(gross, "ChargeAmount", plain(line.gross))
        discount = add(gross, "AppliedTradeAllowanceCharge")
        add(discount, "ChargeIndicator/udt:Indicator", "false")
        add(discount, "ActualAmount", plain(line.gross - line.price))
    net = add(agreement, "NetPriceProductTradePrice")
    add(net, "ChargeAmount", plain(line.price))
    if line.base_quantity:
        add(net, "BasisQuantity", plain(line.base_quantity), unitCode=line.unit)
    add(item, "SpecifiedLineTradeDelivery/BilledQuantity", plain(line.quantity), unitCode=line.unit)
    settlement = add(item, "SpecifiedLineTradeSettlement")
    tax = add(settlement, "ApplicableTradeTax")
    add(tax, "TypeCode", "VAT")
    add(tax, "CategoryCode", line.category)
    add(tax, "RateApplicablePercent", plain(line.rate))
    _period(settlement, line.period)
    for change in line.changes:
        _change(settlement, change, on_line=True)
    add(
        settlement, "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount", plain(line.net)
    )
    if line.account:
        add(settlement, "ReceivableSpecifiedTradeAccountingAccount/ID", line.account)


def _address(parent: etree._Element, street: str, code: str, city: str) -> None:
    node = add(parent, "PostalTradeAddress")
    add(node, "PostcodeCode", code)
    add(node, "LineOne", street)
    add(node, "CityName", city)
    add(node, "CountryID", "FR")


def _party(parent: etree._Element, company: Company, seller: bool) -> None:
    add(parent, "GlobalID", company.siret, schemeID="0009")
    add(parent, "Name", company.name)
    add(parent, "SpecifiedLegalOrganization/ID", company.siren, schemeID="0002")
    if seller and company.email:
        node = add(parent, "DefinedTradeContact")
        add(node, "PersonName", "Administration des ventes")
        if company.phone:
            add(node, "TelephoneUniversalCommunication/CompleteNumber", company.phone)
        add(node, "EmailURIUniversalCommunication/URIID", company.email)
    _address(parent, company.street, company.zip, company.city)
    add(parent, "URIUniversalCommunication/URIID", company.address, schemeID="0225")
    if company.vat:
        add(parent, "SpecifiedTaxRegistration/ID", company.vat, schemeID="VA")
    elif seller:
        add(parent, "SpecifiedTaxRegistration/ID", company.siren, schemeID="FC")


def _agreement(node: etree._Element, invoice: Invoice) -> None:
    if invoice.buyer_reference:
        add(node, "BuyerReference", invoice.buyer_reference)
    _party(add(node, "SellerTradeParty"), invoice.seller, seller=True)
    _party(add(node, "BuyerTradeParty"), invoice.buyer, seller=False)
    for name, number in (("BuyerOrder", invoice.order), ("Contract", invoice.contract)):
        if number:
            add(node, f"{name}ReferencedDocument/IssuerAssignedID", number)
    for reference, kind, name, mimetype, content in invoice.attachments:
        document = add(node, "AdditionalReferencedDocument")
        add(document, "IssuerAssignedID", reference)
        add(document, "TypeCode", "916")
        add(document, "Name", kind)
        add(
            document,
            "AttachmentBinaryObject",
            base64.b64encode(content).decode(),
            mimeCode=mimetype,
            filename=name,
        )


def _delivery(node: etree._Element, invoice: Invoice) -> None:
    if invoice.delivery:
        name, street, code, city, day = invoice.delivery
        place = add(node, "ShipToTradeParty")
        add(place, "Name", name)
        _address(place, street, code, city)
        _day(add(node, "ActualDeliverySupplyChainEvent"), "OccurrenceDateTime", day)


def _settlement(node: etree._Element, invoice: Invoice) -> None:
    add(node, "PaymentReference", invoice.number)
    if invoice.currency != "EUR":
        add(node, "TaxCurrencyCode", "EUR")
    add(node, "InvoiceCurrencyCode", invoice.currency)
    if invoice.payee:
        payee = add(node, "PayeeTradeParty")
        add(payee, "Name", invoice.payee[0])
        add(payee, "SpecifiedLegalOrganization/ID", invoice.payee[1], schemeID="0002")
    means = add(node, "SpecifiedTradeSettlementPaymentMeans")
    add(means, "TypeCode", "30")
    add(means, "PayeePartyCreditorFinancialAccount/IBANID", invoice.iban)
    if invoice.bic:
        add(means, "PayeeSpecifiedCreditorFinancialInstitution/BICID", invoice.bic)
    for row in invoice.taxes:
        tax = add(node, "ApplicableTradeTax")
        add(tax, "CalculatedAmount", plain(row.amount))
        add(tax, "TypeCode", "VAT")
        if row.reason[1]:
            add(tax, "ExemptionReason", row.reason[1])
        add(tax, "BasisAmount", plain(row.base))
        add(tax, "CategoryCode", row.category)
        if row.reason[0]:
            add(tax, "ExemptionReasonCode", row.reason[0])
        add(tax, "RateApplicablePercent", plain(row.rate))
    _period(node, invoice.period)
    for change in invoice.changes:
        _change(node, change, on_line=False)
    terms = add(node, "SpecifiedTradePaymentTerms")
    add(terms, "Description", invoice.terms)
    _day(terms, "DueDateDateTime", invoice.due)
    total = add(node, "SpecifiedTradeSettlementHeaderMonetarySummation")
    add(total, "LineTotalAmount", plain(invoice.line_total))
    for name, charge in (("Charge", True), ("Allowance", False)):
        if any(change.charge == charge for change in invoice.changes):
            add(total, f"{name}TotalAmount", plain(invoice.changed(charge)))
    add(total, "TaxBasisTotalAmount", plain(invoice.net))
    add(total, "TaxTotalAmount", plain(invoice.tax), currencyID=invoice.currency)
    if invoice.currency != "EUR":
        euros = (invoice.tax * invoice.rate_to_eur).quantize(Decimal("0.01"))
        add(total, "TaxTotalAmount", plain(euros), currencyID="EUR")
    if invoice.rounding:
        add(total, "RoundingAmount", plain(invoice.rounding))
    add(total, "GrandTotalAmount", plain(invoice.total))
    if invoice.prepaid:
        add(total, "TotalPrepaidAmount", plain(invoice.prepaid))
    add(total, "DuePayableAmount", plain(invoice.payable))
    for number, day in invoice.preceding:
        earlier = add(node, "InvoiceReferencedDocument")
        add(earlier, "IssuerAssignedID", number)
        _day(earlier, "FormattedIssueDateTime", day, "qdt")
    if invoice.account:
        add(node, "ReceivableSpecifiedTradeAccountingAccount/ID", invoice.account)
