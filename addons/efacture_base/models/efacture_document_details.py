"""What a bill of Odoo has no field for, kept on the received document and shown beside the bill."""

from odoo import fields, models

from .semantic_tools import cut


class EfactureDocument(models.Model):
    _inherit = "efacture.document"

    profile = fields.Char()
    buyer_name = fields.Char(string="Addressed to")
    buyer_number = fields.Char(string="Number of the addressee")
    accounting_reference = fields.Char(string="Accounting reference (BT-19)")
    receipt_reference = fields.Char(string="Receiving advice (BT-15)")
    tender_reference = fields.Char(string="Tender or lot (BT-17)")
    object_reference = fields.Char(string="Invoiced object (BT-18)")
    delivery_place = fields.Text(string="Delivered to")
    payee = fields.Text(string="To be paid to")
    tax_representative = fields.Text()
    payment_terms = fields.Text(string="Payment terms of the supplier")
    payment_means = fields.Char(string="Payment means of the supplier")
    direct_debit = fields.Char(string="Direct debit")
    vat_due = fields.Char(string="VAT due on")
    amount_rounding = fields.Monetary(string="Rounding")
    vat_summary = fields.Text(string="VAT in the file")
    links = fields.Text(string="Documents by address")

    def _efacture_prepare_details(self, invoice):
        """Values of these fields."""
        references = invoice.references
        debit = " – ".join(
            filter(None, (invoice.creditor, invoice.mandate, invoice.debtor_account))
        )
        return {
            "profile": invoice.profile[:200],
            "buyer_name": invoice.buyer.name[:200],
            "buyer_number": (invoice.buyer.siret or invoice.buyer.siren or invoice.buyer.vat)[:60],
            "accounting_reference": references.get("BT-19", "")[:200],
            "receipt_reference": references.get("BT-15", "")[:200],
            "tender_reference": references.get("BT-17", "")[:200],
            "object_reference": references.get("BT-18", "")[:200],
            "delivery_place": _address(invoice.delivery),
            "payee": _address(invoice.payee),
            "tax_representative": _address(invoice.tax_representative),
            "payment_terms": cut(invoice.terms, 4000),
            "payment_means": " – ".join(filter(None, (invoice.means, invoice.means_text)))[:200],
            "direct_debit": debit[:200],
            "vat_due": invoice.vat_due[:60],
            "amount_rounding": float(invoice.rounding),
            "vat_summary": "\n".join(_vat(row) for row in invoice.vats[:50]),
            "links": "\n".join(
                f"{file.description}: {file.link}" for file in invoice.files if file.link
            )[:4000],
        }


def _address(party):
    if not party:
        return False
    place = " ".join(filter(None, (party.zip, party.city)))
    number = party.siret or party.siren or party.vat or party.legal_id
    parts = (party.name, party.street, party.street2, party.street3, place, party.country, number)
    return cut("\n".join(filter(None, parts)), 1000)


def _vat(row):
    rate = f"{row.vat.rate:f} %" if row.vat.rate is not None else ""
    reason = row.vat.code or row.vat.reason
    label = " ".join(filter(None, (row.vat.category, rate, reason)))
    return f"{label} : {row.base:f} → {row.tax:f}"
