"""The bill that came as a file: what the file says beside what the bill has, and the native doors."""

from odoo import api, fields, models

from ..en16931 import kinds, received
from .inner_context import inner

PRIORITY = 30  # native UBL/CII has 20


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_document_ids = fields.One2many(
        "efacture.document", "move_id", string="Received documents"
    )
    efacture_document_id = fields.Many2one(
        "efacture.document", compute="_compute_efacture_document_id", string="Received document"
    )
    efacture_received_warnings = fields.Text(
        compute="_compute_efacture_received_warnings", string="About the received file"
    )
    efacture_bank_to_add = fields.Boolean(compute="_compute_efacture_received_warnings")

    @api.depends("efacture_document_ids.state")
    def _compute_efacture_document_id(self):
        for move in self:
            originals = move.efacture_document_ids.filtered(lambda row: row.state != "copy")
            move.efacture_document_id = originals.sorted("id")[:1]

    @api.depends("efacture_document_ids.warnings", "efacture_document_ids.bank_state", "state")
    @api.depends_context("lang")
    def _compute_efacture_received_warnings(self):
        for move in self:
            document = move.efacture_document_id
            sentences = document._efacture_sentences() if document else []
            move.efacture_received_warnings = "\n".join(sentences) or False
            move.efacture_bank_to_add = document.bank_state in ("new", "changed")

    @api.model
    def action_efacture_synchronise(self, *_args):
        """Ask the platform now: the button above the list of bills."""
        return self.env["efacture.account"].action_synchronise()

    def action_efacture_add_bank(self):
        """The button of the banner: the document checks who may."""
        self.ensure_one()
        return self.efacture_document_id.action_add_bank()

    def action_efacture_read_again(self):
        """Read the kept file again."""
        self.ensure_one()
        return self.efacture_document_id.action_read_again()

    # EXTENDS 'account'
    def _autopost_bill(self):
        """A bill about which something is odd waits for a person, whatever the supplier's setting."""
        self.ensure_one()
        document = self.efacture_document_id
        if document and (document.state != "to_check" or document.warning_count):
            return None
        return super()._autopost_bill()

    # -- Odoo's own doors: upload on a journal, e-mail alias, file on a bill -------------------------

    # EXTENDS 'account'
    @api.model
    def _create_records_from_attachments(self, attachments, grouping_method=None):
        """Files that we read pass by our entry, without a commit; the others by Odoo's."""
        journal = self.env["account.journal"].browse(self.env.context.get("default_journal_id"))
        if grouping_method is not None or (journal.type or "purchase") != "purchase":
            return super()._create_records_from_attachments(attachments, grouping_method)
        made = self.browse()
        rest = attachments.browse()
        for attachment in attachments:
            if self._efacture_reads(attachment.raw or b""):
                document = self.env["efacture.document"].receive(
                    attachment.raw,
                    "upload",
                    filename=attachment.name,
                    company=journal.company_id or self.env.company,
                    journal=journal,
                )
                made |= document.move_id
                # the same bytes are kept by the document now
                if not attachment.res_id:
                    attachment.sudo().unlink()
            else:
                rest |= attachment
        if rest:
            made |= super()._create_records_from_attachments(rest, grouping_method)
        return made

    # EXTENDS 'account'
    def _get_edi_decoder(self, file_data, new=False):
        attachment = file_data.get("attachment")
        if (
            attachment
            and not inner(self.env, "efacture_receiving")
            and (not self or (len(self) == 1 and self._efacture_may_fill_in(new)))
            and self._efacture_reads(file_data["raw"] or b"")
        ):
            return {"priority": PRIORITY, "decoder": type(self)._efacture_decode}
        return super()._get_edi_decoder(file_data, new)

    def _efacture_may_fill_in(self, new):
        """Whether a file may become this bill: a purchase draft without lines."""
        return (
            self.is_purchase_document()
            and self.state == "draft"
            and (new or not self.invoice_line_ids)
        )

    @api.model
    def _efacture_reads(self, raw):
        """Whether a file holds an invoice that we read; others are left to Odoo."""
        if not raw or not (
            kinds.is_pdf(raw) or raw[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        ):
            return False
        try:
            received.open_file(raw)
        except received.NotAnInvoice as error:
            # ours to explain: an invoice that is broken, a document that is none
            return error.reason in ("not_xml", "cdar", "order")
        return True

    @staticmethod
    def _efacture_decode(invoice, file_data, new=False):
        """Odoo's decoder for a file that came by mail or on a bill: fills this draft in, without a commit."""
        if not invoice._efacture_may_fill_in(new):
            return invoice.env._("only an empty draft bill can be filled in from a file.")
        source = "mail" if invoice.env.context.get("from_alias") else "upload"
        invoice.env["efacture.document"].receive(
            file_data["raw"],
            source,
            filename=file_data["name"],
            company=invoice.company_id,
            journal=invoice.journal_id,
            move=invoice,
        )
        return None
