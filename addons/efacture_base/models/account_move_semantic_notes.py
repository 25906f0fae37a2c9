"""Notes of the semantic invoice (BG-1): what the law asks, what the person adds, nothing twice."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .semantic_tools import in_parts, plain, plain_html, table

TEXT_LIMIT = 1024  # of a note that may be repeated
LEGAL = ("PMT", "PMD", "AAB")
ONCE = ("PMT", "PMD", "AAB", "TXD", "BAR")
TREATMENTS = ("B2B", "B2BINT", "B2C", "B2CINT", "OUTOFSCOPE", "ARCHIVEONLY")
VAT_ON_DEBITS = "Option pour le paiement de la taxe d'après les débits"


class EfactureInvoiceNote(models.Model):
    """A note of an invoice with its subject code (BT-21, BT-22)."""

    _name = "efacture.invoice.note"
    _description = "Invoice Note"
    _order = "move_id, sequence, id"

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    code = fields.Selection(
        selection="_selection_code", string="Subject", required=True, default="AAI"
    )
    text = fields.Text(required=True)

    @api.model
    def _selection_code(self):
        return [(row["code"], f"{row['code']} – {row['label']}") for row in table("notes")]

    @api.constrains("code", "text")
    def _check_text(self):
        for note in self:
            if note.code == "BAR" and note.text.strip() not in TREATMENTS:
                raise ValidationError(
                    self.env._(
                        "A note BAR says how the invoice is to be treated: %(values)s. “%(text)s” is none of these.",
                        values=", ".join(TREATMENTS),
                        text=note.text,
                    )
                )

    @api.constrains("move_id", "code")
    def _check_once(self):
        for note in self.filtered(lambda item: item.code in ONCE):
            if note.move_id.efacture_note_ids.mapped("code").count(note.code) > 1:
                raise ValidationError(
                    self.env._(
                        "The note %(code)s can be given once only on %(invoice)s. Put both sentences in one note.",
                        code=note.code,
                        invoice=note.move_id.display_name,
                    )
                )


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_note_ids = fields.One2many("efacture.invoice.note", "move_id", string="Notes")

    def _efacture_prepare_notes(self):
        """BG-1: own notes first, then the legal ones that nothing has given yet."""
        self.ensure_one()
        company = self.company_id
        notes, given = [], set()

        def add(code, text):
            text = plain(text)
            if not text or text in given:
                return
            given.add(text)
            parts = [text] if code in ONCE else in_parts(text, TEXT_LIMIT)
            notes.extend({"BT-21": code, "BT-22": part} for part in parts)

        for note in self.efacture_note_ids:
            add(note.code, note.text)
        told = {note["BT-21"] for note in notes}
        narration = plain_html(self.narration)
        for code in LEGAL:
            if code not in told:
                add(code, company._efacture_legal_text(code))
        if company.efacture_vat_group_partner_id and "TXD" not in told:
            add("TXD", "MEMBRE_ASSUJETTI_UNIQUE")
        if "BAR" not in told:
            add("BAR", self._efacture_treatment())
        on_debits = company.efacture_vat_on_debits and not self._efacture_is_self_billed()
        if on_debits and _squeezed(VAT_ON_DEBITS) not in _squeezed(narration):
            add("AAI", VAT_ON_DEBITS)
        # the customer's own text may repeat our sentences: what is left of it is told
        for text in list(given):
            narration = narration.replace(text, "")
        add("AAI", narration)
        for line in self._efacture_leading_notes():
            add("AAI", line)
        return notes

    def _efacture_leading_notes(self):
        """Notes and sections of an invoice without any product line have no line to go to."""
        if self._efacture_product_lines():
            return []
        return self.invoice_line_ids.mapped("name")


def _squeezed(text):
    return re.sub(r"\W+", "", text).lower()
