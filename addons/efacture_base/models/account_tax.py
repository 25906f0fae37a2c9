from odoo import api, fields, models

from .semantic_tools import number, one_line, plain_html, tax_template, trimmed, vatex_text


class AccountTax(models.Model):
    _inherit = "account.tax"

    efacture_charge_code = fields.Char(
        string="Charge code",
        help="For a tax that is no VAT (eco-contribution…): the reason code of the charge it becomes "
        "on the electronic invoice (list UNTDID 7161; AEO: collection and recycling).",
    )
    efacture_is_vat = fields.Boolean(
        string="Is VAT",
        compute="_compute_efacture_is_vat",
        store=True,
        readonly=False,
        help="Unticked, the tax becomes a charge on the electronic invoice.",
    )

    @api.depends("amount_type")
    def _compute_efacture_is_vat(self):
        for tax in self:
            tax.efacture_is_vat = tax.amount_type in ("percent", "division", "group")

    def _efacture_templates(self):
        """{tax id: name of its template in the French chart}; one query for all."""
        found = {}
        for tax_id, names in self.sudo()._get_external_ids().items():  # sudo: names of records only
            for name in names:
                module, _, rest = name.partition(".")
                company, _, template = rest.partition("_")
                if module == "account" and company.isdigit():
                    found[tax_id] = template
        return found

    def _efacture_vat(self, template=None):
        """What this VAT is on an electronic invoice.

        :param template: the name of its template in the French chart, when known
        :return: (category of BT-151, rate as Decimal, exemption code, exemption sentence). The
            category is empty for a tax at 0 % of which nothing says why.
        """
        self.ensure_one()
        rate = trimmed(number(self.amount))
        category = self.ubl_cii_tax_category_code
        code = self.ubl_cii_tax_exemption_reason_code or ""
        text = one_line(plain_html(self.with_context(lang="fr_FR").invoice_legal_notes))
        if not category and rate and not self.has_negative_factor:
            category = "S"
        if not category and self.has_negative_factor:
            category, code = "AE", code or "VATEX-EU-AE"
        if not category:
            known = tax_template(template) if template else None
            if known:
                category, known_code, known_text = known
                code = code or known_code
                text = text or known_text
            elif code:
                category = self._efacture_category_of(code)
        if category == "S":
            return category, rate, "", ""
        if category == "Z":
            return category, number(0), "", ""
        return category or "", number(0), code, text or vatex_text(code)

    @api.model
    def _efacture_category_of(self, code):
        """The VAT category an exemption code implies."""
        return {
            "VATEX-EU-AE": "AE",
            "VATEX-FR-AE": "AE",
            "VATEX-EU-G": "G",
            "VATEX-EU-IC": "K",
            "VATEX-EU-O": "O",
        }.get(code, "E")
