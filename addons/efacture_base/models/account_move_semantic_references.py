"""References of the semantic invoice: orders, contracts, earlier invoices (BG-3), files (BG-24)."""

import re

from odoo import fields, models
from odoo.tools.mimetypes import guess_mimetype

from .semantic_tools import compact, one_line

ATTACHMENT_CODES = [
    ("RIB", "Bank details (RIB)"),
    ("LISIBLE", "Readable copy (LISIBLE)"),
    ("FEUILLE_DE_STYLE", "Style sheet"),
    ("PJA", "Other attachment (PJA)"),
    ("BORDEREAU_SUIVI", "Follow-up slip"),
    ("DOCUMENT_ANNEXE", "Annex"),
    ("BON_LIVRAISON", "Delivery note"),
    ("BON_COMMANDE", "Purchase order"),
    ("BORDEREAU_SUIVI_VALIDATION", "Validated follow-up slip"),
    ("ETAT_ACOMPTE", "Statement of deposits"),
    ("FACTURE_PAIEMENT_DIRECT", "Invoice paid directly"),
]
# EN 16931, BT-125-1
MIME_CODES = {
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
}

_NO_TEXT = re.compile(rb"\s*(?:<|%PDF-|PK\x03\x04|MZ|\x7fELF|\{\\rtf)")
MAX_FILES = 40 << 20  # bytes: written twice, once as base64, they stay below the platforms' 100 MB


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_preceding_ids = fields.Many2many(
        "account.move",
        "efacture_move_preceding_rel",
        "move_id",
        "preceding_id",
        string="Earlier invoices",
        copy=False,
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('company_id', '=', company_id),"
        " ('state', '=', 'posted'), ('move_type', 'in', ('out_invoice', 'in_invoice'))]",
        help="The invoices this one credits, corrects or follows (deposits).",
    )
    efacture_preceding_number = fields.Char(
        string="Earlier invoice not in Odoo", copy=False, help="Its number, with its date beside."
    )
    efacture_preceding_date = fields.Date(string="Date of the earlier invoice", copy=False)
    efacture_project_reference = fields.Char(string="Project reference", copy=False)
    efacture_despatch_reference = fields.Char(string="Despatch advice", copy=False)
    efacture_attachment_ids = fields.Many2many(
        "ir.attachment",
        "efacture_move_attachment_rel",
        "move_id",
        "attachment_id",
        bypass_search_access=True,  # else each reading looks through all attachments; what is found is still filtered
        string="Files sent with the invoice",
        copy=False,
        help="They travel inside the electronic invoice.",
    )

    def _efacture_preceding(self):
        """The earlier invoices in Odoo, the credited one first."""
        return self.reversed_entry_id | self.efacture_preceding_ids

    def _efacture_prepare_references(self):
        self.ensure_one()
        sale = not self.is_purchase_document()
        references = {
            "BT-10": one_line(self.buyer_reference),
            "BT-11": one_line(self.efacture_project_reference),
            "BT-12": one_line(self.contract_reference),
            "BT-13": one_line(self.purchase_order_reference or (self.ref if sale else "")),
            "BT-14": one_line(self.invoice_origin),
            "BT-16": one_line(self.efacture_despatch_reference),
        }
        earlier = []
        for move in self._efacture_preceding():
            date = move.invoice_date or move.date
            if move.name and move.name != "/":
                row = {"BT-25": compact(move.name), "BT-26": date}
                if self._efacture_is_extended() and move.efacture_type_code:
                    row["EXT-FR-FE-02"] = move.efacture_type_code
                earlier.append(row)
        if self.efacture_preceding_number:
            row = {"BT-25": compact(self.efacture_preceding_number)}
            if self.efacture_preceding_date:
                row["BT-26"] = self.efacture_preceding_date
            earlier.append(row)
        references["BG-3"] = earlier
        references["BG-24"] = [
            self._efacture_prepare_file(place, attachment)
            for place, attachment in enumerate(
                self.sudo().efacture_attachment_ids,
                1,  # read by whoever may read the invoice
            )
            # Beside an e-mail any file goes; only the platform's kinds go inside the invoice.
            if self._efacture_travels_by_platform() or attachment._efacture_travels()
        ]
        return references

    def _efacture_prepare_file(self, place, attachment):
        """One file inside the document; without content when its kind may not travel (a check says so)."""
        row = {
            "BT-122": one_line(attachment.name)[:100] or str(place),
            "BT-123": attachment.efacture_code or "DOCUMENT_ANNEXE",
        }
        if attachment._efacture_travels():
            row.update(
                {
                    "BT-125": attachment.raw or b"",
                    "BT-125-1": attachment.mimetype,
                    "BT-125-2": one_line(attachment.name) or f"annexe-{place}",
                }
            )
        return row


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    efacture_code = fields.Selection(
        ATTACHMENT_CODES,
        string="Kind of file",
        help="What the file is, when it travels inside an electronic invoice.",
    )

    def _efacture_travels(self):
        """Whether this file may travel inside an invoice: of an allowed type, which its content confirms."""
        self.ensure_one()
        raw = self.raw or b""
        if self.mimetype not in MIME_CODES or not raw:
            return False
        if (
            self.mimetype == "text/csv"
        ):  # text has no mark of its own: what is something else is refused
            return b"\x00" not in raw and not _NO_TEXT.match(raw)
        return guess_mimetype(raw) == self.mimetype
