"""The VAT of a received invoice as taxes of the company: by category, rate, reason and scope, or none."""

from typing import NamedTuple

from odoo import models

from .semantic_tools import number, trimmed

# Taxes of the French chart that only a person chooses (fixed assets, fuel, prices with VAT).
_SPECIAL = ("_imm", "fuel", "_TTC")
_SELF_ASSESSED = ("AE", "K", "G", "O")


class Known(NamedTuple):
    """A tax of the company, read once for the bill."""

    tax: object
    category: str
    code: str
    rate: object
    negative: bool
    scope: str
    positions: frozenset
    special: bool


class EfactureDocument(models.Model):
    _inherit = "efacture.document"

    def _efacture_known_taxes(self, use="purchase"):
        """Every tax that could be put on a line: of the company, price excluded, in percent."""
        Tax = self.env["account.tax"]
        taxes = Tax.search(
            [
                *Tax._check_company_domain(self.company_id),
                ("type_tax_use", "=", use),
                ("amount_type", "=", "percent"),
            ]
        )
        templates = taxes._efacture_templates()
        known = []
        for tax in taxes:
            template = templates.get(tax.id) or ""
            if tax.price_include:
                continue
            category, code = (
                tax.ubl_cii_tax_category_code,
                tax.ubl_cii_tax_exemption_reason_code or "",
            )
            rate = trimmed(number(tax.amount))
            negative = tax.has_negative_factor
            if not category and rate and not negative:
                category = "S"
            if not category and code:
                category = Tax._efacture_category_of(code)
            known.append(
                Known(
                    tax,
                    category or "",
                    code,
                    rate,
                    negative,
                    tax.tax_scope or "",
                    frozenset(tax.fiscal_position_ids.ids),
                    any(mark in template for mark in _SPECIAL),
                )
            )
        return known

    def _efacture_choose_tax(self, known, vat, scope, position, preferred):
        """The tax for a line, or an empty record: never one that says something else.

        :param known: as `_efacture_known_taxes`
        :param vat: the `Vat` of the file
        :param str scope: `consu`, `service` or empty
        :param position: fiscal position of the supplier
        :param preferred: taxes of the product and of the supplier's last bills
        """
        if not vat.category:  # a tax of ours without category says nothing of it either
            return self.env["account.tax"]
        rate = vat.rate or 0
        fitting = [
            row
            for row in known
            if row.category == vat.category
            and (not row.code or not vat.code or row.code == vat.code)
            and (row.rate == rate or (row.negative and vat.category in _SELF_ASSESSED))
        ]
        if not fitting and vat.category in _SELF_ASSESSED and position:
            # VAT that we owe ourselves: the tax that the supplier's fiscal position brings
            fitting = [
                row
                for row in known
                if row.negative and not row.category and position.id in row.positions
            ]
            wanted = "consu" if vat.category in ("K", "G") else "service"
            fitting = [row for row in fitting if row.scope in (wanted, "")] or fitting
        if not fitting:
            return self.env["account.tax"]
        default = self.company_id.account_purchase_tax_id
        sources = (
            default | default.replacing_tax_ids
            if "replacing_tax_ids" in default._fields
            else default
        )

        def rank(row):
            return (
                bool(vat.code) and row.code != vat.code,
                row.tax not in preferred,
                row.special,
                bool(scope) and bool(row.scope) and row.scope != scope,
                bool(position) and bool(row.positions) and position.id not in row.positions,
                row.tax not in sources,
                row.tax.sequence,
                row.tax.id,
            )

        return min(fitting, key=rank).tax

    @staticmethod
    def _efacture_scope(invoice, product):
        """Goods or services, by the product, else by the business process (BT-23)."""
        if product:
            return "service" if product.type == "service" else "consu"
        return (
            {"B": "consu", "S": "service"}.get(invoice.process[:1], "")
            if len(invoice.process) == 2
            else ""
        )
