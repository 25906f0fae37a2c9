from odoo import api, fields, models

from .semantic_tools import note_text, one_line, plain

NATURES = [("B", "Goods"), ("S", "Services"), ("M", "Goods and services")]


class ResCompany(models.Model):
    _inherit = "res.company"

    efacture_legal_form = fields.Char(
        string="Legal form", help="As it is written on invoices: SAS, SARL, EURL, SA, EI…"
    )
    efacture_share_capital = fields.Char(string="Share capital", help="As written: 50 000.")
    efacture_rcs_city = fields.Char(
        string="Trade register", help="The town of the register: the RCS is written with it."
    )
    efacture_recovery_text = fields.Text(
        string="Recovery costs (PMT)",
        compute="_compute_efacture_legal_texts",
        inverse="_inverse_efacture_legal_texts",
        help="The fixed indemnity of 40 € due in case of late payment.",
    )
    efacture_penalties_text = fields.Text(
        string="Late payment penalties (PMD)",
        compute="_compute_efacture_legal_texts",
        inverse="_inverse_efacture_legal_texts",
    )
    efacture_discount_text = fields.Text(
        string="Discount for early payment (AAB)",
        compute="_compute_efacture_legal_texts",
        inverse="_inverse_efacture_legal_texts",
    )
    efacture_own_texts = fields.Json(
        string="Own legal texts", help="Only the texts that differ from those the law suggests."
    )
    efacture_vat_on_debits = fields.Boolean(
        string="VAT on debits",
        help="The company opted to pay VAT on services when they are invoiced, not when they are paid.",
    )
    efacture_vat_franchise = fields.Boolean(
        string="VAT franchise",
        help="The company charges no VAT (article 293 B of the tax code): lines without tax are exempt.",
    )
    efacture_nature = fields.Selection(
        NATURES,
        string="What we sell",
        default="B",
        required=True,
        help="Used for invoice lines that neither their product nor their tax tells.",
    )
    efacture_vat_group_partner_id = fields.Many2one(
        "res.partner",
        string="Single taxable person",
        help="The representative of the VAT group (assujetti unique) this company is a member of.",
    )
    efacture_sepa_creditor = fields.Char(
        string="SEPA creditor identifier", help="The ICS of the company, for direct debits."
    )
    efacture_profile = fields.Selection(
        [
            ("auto", "European standard, extended only when needed"),
            ("en16931", "Always the European standard (EN 16931)"),
            ("extended-ctc-fr", "Always the French extension (EXTENDED-CTC-FR)"),
        ],
        string="Profile of invoices",
        default="auto",
        required=True,
    )
    efacture_posting_check = fields.Selection(
        [
            ("block", "Stop the posting and list what is wrong"),
            ("warn", "Post, and show what is wrong on the invoice"),
            ("off", "Do not check when posting"),
        ],
        string="Check when posting",
        default="block",
        required=True,
        help="For invoices that travel through the platform. They are checked before sending anyway.",
    )

    def _efacture_text_fields(self):
        return {
            "PMT": "efacture_recovery_text",
            "PMD": "efacture_penalties_text",
            "AAB": "efacture_discount_text",
        }

    @api.depends("efacture_own_texts")
    def _compute_efacture_legal_texts(self):
        for company in self:
            own = company.efacture_own_texts or {}
            for code, name in self._efacture_text_fields().items():
                company[name] = own.get(code) or note_text(code)

    def _inverse_efacture_legal_texts(self):
        for company in self:
            texts = {}
            for code, name in self._efacture_text_fields().items():
                text = plain(company[name])
                if text and text != note_text(code):
                    texts[code] = text
            company.efacture_own_texts = texts or False

    def _efacture_legal_text(self, code):
        """The company's sentence for PMT, PMD or AAB, never empty."""
        self.ensure_one()
        return plain((self.efacture_own_texts or {}).get(code)) or note_text(code)

    def _efacture_legal_info(self):
        """Legal form, capital and trade register on one line (BT-33), possibly empty."""
        self.ensure_one()
        parts = []
        form, capital = one_line(self.efacture_legal_form), one_line(self.efacture_share_capital)
        if capital:
            symbol = self.currency_id.symbol or "€"
            capital = capital if not capital[-1:].isdigit() else f"{capital} {symbol}"
            parts.append(f"{form} au capital de {capital}".strip())
        elif form:
            parts.append(form)
        if self.efacture_rcs_city:
            siren = self.partner_id.efacture_siren or ""
            shown = " ".join(siren[at : at + 3] for at in range(0, len(siren), 3))
            parts.append(f"RCS {one_line(self.efacture_rcs_city)} {shown}".strip())
        return " – ".join(parts)
