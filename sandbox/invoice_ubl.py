"""UBL 2.1 Invoice and CreditNote, as much of them as the sandbox's invoices need."""

from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal

from lxml import etree

from .invoice_model import Change, Company, Invoice, Line

BASE = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC, _CBC = BASE + "CommonAggregateComponents-2", BASE + "CommonBasicComponents-2"


def write_ubl(invoice: Invoice) -> bytes:
    """The invoice as UBL."""
    credit = invoice.type_code == "381"
    kind = "CreditNote" if credit else "Invoice"
    namespace = f"{BASE}{kind}-2"
    root = etree.Element(
        f"{{{namespace}}}{kind}", nsmap={None: namespace, "cac": _CAC, "cbc": _CBC}
    )
    put = _Writer(invoice.currency)
    put.text(root, "CustomizationID", "urn:cen.eu:en16931:2017")
    put.text(root, "ProfileID", invoice.process)
    put.text(root, "ID", invoice.number)
    put.text(root, "IssueDate", invoice.issued)
    if not credit:
        put.text(root, "DueDate", invoice.due)
    put.text(root, f"{kind}TypeCode", invoice.type_code)
    for subject, text in invoice.notes:
        put.text(root, "Note", f"#{subject}#{text}" if subject else text)
    put.text(root, "DocumentCurrencyCode", invoice.currency)
    if invoice.currency != "EUR":
        put.text(root, "TaxCurrencyCode", "EUR")
    put.text(root, "AccountingCost", invoice.account)
    put.text(root, "BuyerReference", invoice.buyer_reference)
    put.period(root, invoice.period)
    if invoice.order:
        put.text(put.node(root, "OrderReference"), "ID", invoice.order)
    for number, day in invoice.preceding:
        earlier = put.node(root, "BillingReference/InvoiceDocumentReference")
        put.text(earlier, "ID", number)
        put.text(earlier, "IssueDate", day)
    if invoice.contract:
        put.text(put.node(root, "ContractDocumentReference"), "ID", invoice.contract)
    for reference, description, name, mimetype, content in invoice.attachments:
        document = put.node(root, "AdditionalDocumentReference")
        put.text(document, "ID", reference)
        put.text(document, "DocumentDescription", description)
        put.text(
            put.node(document, "Attachment"),
            "EmbeddedDocumentBinaryObject",
            base64.b64encode(content).decode(),
            mimeCode=mimetype,
            filename=name,
        )
    put.party(put.node(root, "AccountingSupplierParty/Party"), invoice.seller, seller=True)
    put.party(put.node(root, "AccountingCustomerParty/Party"), invoice.buyer, seller=False)
    if invoice.payee:
        payee = put.node(root, "PayeeParty")
        put.text(put.node(payee, "PartyName"), "Name", invoice.payee[0])
        put.text(
            put.node(payee, "PartyLegalEntity"), "CompanyID", invoice.payee[1], schemeID="0002"
        )
    if invoice.delivery:
        name, street, code, city, day = invoice.delivery
        delivery = put.node(root, "Delivery")
        put.text(delivery, "ActualDeliveryDate", day)
        put.address(put.node(delivery, "DeliveryLocation/Address"), street, code, city)
        put.text(put.node(delivery, "DeliveryParty/PartyName"), "Name", name)
    means = put.node(root, "PaymentMeans")
    put.text(means, "PaymentMeansCode", "30")
    if credit:
        put.text(means, "PaymentDueDate", invoice.due)
    put.text(means, "PaymentID", invoice.number)
    account = put.node(means, "PayeeFinancialAccount")
    put.text(account, "ID", invoice.iban)
    if invoice.bic:
        put.text(put.node(account, "FinancialInstitutionBranch"), "ID", invoice.bic)
    put.text(put.node(root, "PaymentTerms"), "Note", invoice.terms)
    for change in invoice.changes:
        put.change(root, change, on_line=False)
    put.totals(root, invoice)
    for number, line in enumerate(invoice.lines, 1):
        put.line(root, number, line, credit)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


class _Writer:
    """Elements of one document in one currency."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def node(self, parent: etree._Element, path: str) -> etree._Element:
        """Add aggregates."""
        for name in path.split("/"):
            parent = etree.SubElement(parent, f"{{{_CAC}}}{name}")
        return parent

    def text(self, parent: etree._Element, name: str, value: object, **attributes: str) -> None:
        """Add a value; none is left out."""
        if value is None or value == "":
            return
        child = etree.SubElement(parent, f"{{{_CBC}}}{name}", attrib=attributes)
        if isinstance(value, Decimal):
            child.text = format(value, "f")
        else:
            child.text = value.isoformat() if isinstance(value, date) else str(value)

    def money(self, parent: etree._Element, name: str, amount: Decimal, currency: str = "") -> None:
        """Add an amount."""
        self.text(parent, name, amount, currencyID=currency or self.currency)

    def period(self, parent: etree._Element, period: tuple[date, date] | None) -> None:
        """BG-14, BG-26."""
        if period:
            node = self.node(parent, "InvoicePeriod")
            self.text(node, "StartDate", period[0])
            self.text(node, "EndDate", period[1])

    def address(self, node: etree._Element, street: str, code: str, city: str) -> None:
        """An address in France."""
        self.text(node, "StreetName", street)
        self.text(node, "CityName", city)
        self.text(node, "PostalZone", code)
        self.text(self.node(node, "Country"), "IdentificationCode", "FR")

    def party(self, node: etree._Element, company: Company, seller: bool) -> None:
        """Seller or buyer."""
        self.text(node, "EndpointID", company.address, schemeID="0225")
        self.text(self.node(node, "PartyIdentification"), "ID", company.siret, schemeID="0009")
        self.address(self.node(node, "PostalAddress"), company.street, company.zip, company.city)
        if company.vat or seller:
            scheme = self.node(node, "PartyTaxScheme")
            self.text(scheme, "CompanyID", company.vat or company.siren)
            self.text(self.node(scheme, "TaxScheme"), "ID", "VAT" if company.vat else "LOC")
        legal = self.node(node, "PartyLegalEntity")
        self.text(legal, "RegistrationName", company.name)
        self.text(legal, "CompanyID", company.siren, schemeID="0002")
        if seller and company.email:
            person = self.node(node, "Contact")
            self.text(person, "Name", "Administration des ventes")
            self.text(person, "Telephone", company.phone)
            self.text(person, "ElectronicMail", company.email)

    def category(
        self, node: etree._Element, category: str, rate: Decimal, reason: tuple[str, str] = ("", "")
    ) -> None:
        """A VAT category."""
        self.text(node, "ID", category)
        self.text(node, "Percent", rate)
        self.text(node, "TaxExemptionReasonCode", reason[0])
        self.text(node, "TaxExemptionReason", reason[1])
        self.text(self.node(node, "TaxScheme"), "ID", "VAT")

    def change(self, parent: etree._Element, change: Change, on_line: bool) -> None:
        """A discount or a charge."""
        node = self.node(parent, "AllowanceCharge")
        self.text(node, "ChargeIndicator", "true" if change.charge else "false")
        self.text(node, "AllowanceChargeReasonCode", change.reason[0])
        self.text(node, "AllowanceChargeReason", change.reason[1])
        if change.percent is not None and change.base is not None:
            self.text(node, "MultiplierFactorNumeric", change.percent)
        self.money(node, "Amount", change.amount)
        if change.percent is not None and change.base is not None:
            self.money(node, "BaseAmount", change.base)
        if not on_line:
            self.category(self.node(node, "TaxCategory"), change.category, change.rate)

    def totals(self, root: etree._Element, invoice: Invoice) -> None:
        """BG-22 and BG-23."""
        total = self.node(root, "TaxTotal")
        self.money(total, "TaxAmount", invoice.tax)
        for row in invoice.taxes:
            part = self.node(total, "TaxSubtotal")
            self.money(part, "TaxableAmount", row.base)
            self.money(part, "TaxAmount", row.amount)
            self.category(self.node(part, "TaxCategory"), row.category, row.rate, row.reason)
        if invoice.currency != "EUR":
            euros = (invoice.tax * invoice.rate_to_eur).quantize(Decimal("0.01"))
            self.money(self.node(root, "TaxTotal"), "TaxAmount", euros, "EUR")
        money = self.node(root, "LegalMonetaryTotal")
        self.money(money, "LineExtensionAmount", invoice.line_total)
        self.money(money, "TaxExclusiveAmount", invoice.net)
        self.money(money, "TaxInclusiveAmount", invoice.total)
        for name, charge in (("Allowance", False), ("Charge", True)):
            if any(change.charge == charge for change in invoice.changes):
                self.money(money, f"{name}TotalAmount", invoice.changed(charge))
        if invoice.prepaid:
            self.money(money, "PrepaidAmount", invoice.prepaid)
        if invoice.rounding:
            self.money(money, "PayableRoundingAmount", invoice.rounding)
        self.money(money, "PayableAmount", invoice.payable)

    def line(self, root: etree._Element, number: int, line: Line, credit: bool) -> None:
        """BG-25."""
        node = self.node(root, "CreditNoteLine" if credit else "InvoiceLine")
        self.text(node, "ID", str(number))
        self.text(node, "Note", line.note)
        self.text(
            node,
            "CreditedQuantity" if credit else "InvoicedQuantity",
            line.quantity,
            unitCode=line.unit,
        )
        self.money(node, "LineExtensionAmount", line.net)
        self.text(node, "AccountingCost", line.account)
        self.period(node, line.period)
        for change in line.changes:
            self.change(node, change, on_line=True)
        item = self.node(node, "Item")
        self.text(item, "Description", line.description)
        self.text(item, "Name", line.name)
        if line.reference:
            self.text(self.node(item, "SellersItemIdentification"), "ID", line.reference)
        self.category(self.node(item, "ClassifiedTaxCategory"), line.category, line.rate)
        price = self.node(node, "Price")
        self.money(price, "PriceAmount", line.price)
        if line.base_quantity:
            self.text(price, "BaseQuantity", line.base_quantity, unitCode=line.unit)
        if line.gross is not None:
            discount = self.node(price, "AllowanceCharge")
            self.text(discount, "ChargeIndicator", "false")
            self.money(discount, "Amount", line.gross - line.price)
            self.money(discount, "BaseAmount", line.gross)
