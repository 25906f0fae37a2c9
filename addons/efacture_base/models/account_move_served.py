from odoo import models
from odoo.exceptions import UserError

from ..en16931 import pdfa3
from .account_move_document import SYNTAXES


class AccountMove(models.Model):
    """Every door of Odoo gives the same file: portal, print, e-mail, export, preview."""

    _inherit = "account.move"

    def _efacture_serves(self):
        """Whether this posted invoice's documents are ours, so that the native ones yield."""
        self.ensure_one()
        return self.state == "posted" and self._efacture_issuer() == "efacture"

    # EXTENDS 'account_edi_ubl_cii'
    def _get_invoice_legal_documents(self, filetype, allow_fallback=False):
        self.ensure_one()
        if filetype in SYNTAXES and self._efacture_serves():
            if filetype == "ubl":  # Odoo's word for “the XML”
                return self._efacture_xml_document()
            attachment = self.efacture_get_document(filetype)
            return {
                "filename": attachment.name,
                "filetype": attachment.mimetype,
                "content": attachment.raw,
            }
        if filetype == "pdf":
            issued = self._efacture_issued_pdf()
            if issued:
                return {"filename": issued.name, "filetype": issued.mimetype, "content": issued.raw}
        return super()._get_invoice_legal_documents(filetype, allow_fallback=allow_fallback)

    def _efacture_xml_document(self):
        """The one XML of this invoice: of the issued file, else written now."""
        frozen = self._efacture_frozen_exchange()
        if frozen.syntax in ("cii", "ubl"):
            attachment = frozen._efacture_file_attachment()
            return {"filename": attachment.name, "filetype": "xml", "content": attachment.raw}
        issued = self._efacture_issued_pdf()
        if issued:
            embedded = pdfa3.extract_xml(issued.raw)
            if embedded:
                return {
                    "filename": self._efacture_filename("cii"),
                    "filetype": "xml",
                    "content": embedded[1],
                }
        attachment = self.efacture_get_document("cii")
        return {"filename": attachment.name, "filetype": "xml", "content": attachment.raw}

    def _efacture_page_xml(self):
        """The XML for one more page design of this invoice (a custom report): the issued one if any."""
        self.ensure_one()
        issued = self._efacture_issued_pdf()
        embedded = issued and pdfa3.extract_xml(issued.raw)
        if embedded:
            return embedded[1]
        content, verdict = self._efacture_write_xml("facturx")[self]
        if not content:
            raise UserError(self._efacture_findings_message(verdict))
        return content

    def _efacture_issued_pdf(self):
        """The PDF that was issued, for every door: portal, print, e-mail; possibly empty."""
        self.ensure_one()
        # sudo: portal customers and readers of the invoice see its issued file
        frozen = self.sudo()._efacture_frozen_exchange()
        if frozen.syntax == "facturx":
            return frozen._efacture_file_attachment()
        if self._efacture_serves() or frozen:
            return self.sudo().invoice_pdf_report_id
        return self.env["ir.attachment"]

    # EXTENDS 'account_edi_ubl_cii'
    def _get_invoice_legal_documents_all(self, allow_fallback=False):
        self.ensure_one()
        issued = self._efacture_issued_pdf()
        if issued:
            return [{"filename": issued.name, "filetype": issued.mimetype, "content": issued.raw}]
        return super()._get_invoice_legal_documents_all(allow_fallback=allow_fallback)

    # EXTENDS 'account_edi_ubl_cii'
    def _need_ubl_cii_xml(self, ubl_cii_format):
        if self._efacture_issuer() == "efacture":
            return False
        return super()._need_ubl_cii_xml(ubl_cii_format)

    # EXTENDS 'account'
    def get_extra_print_items(self):
        items = super().get_extra_print_items()
        ours = self.filtered(lambda move: move._efacture_serves())
        if not ours:
            return items
        # “Export XML” stays in Odoo's place; where every document is ours, our three take it over.
        if ours == self:
            items = [item for item in items if item.get("key") != "download_ubl"]
        labels = {
            "facturx": self.env._("Factur-X (PDF)"),
            "cii": self.env._("Invoice XML, CII"),
            "ubl": self.env._("Invoice XML, UBL"),
        }
        for syntax, label in labels.items():
            items.append(
                {
                    "key": f"efacture_{syntax}",
                    "description": label,
                    **ours.action_efacture_download(syntax),
                }
            )
        return items

    def action_efacture_download(self, syntax="facturx"):
        """Download one file, or a zip for several invoices; of a selection, those that have a document."""
        self._efacture_check_insider()
        ready = self.filtered(lambda move: move._efacture_serves())
        if not ready:
            self._efacture_check_can_issue()
        return {
            "type": "ir.actions.act_url",
            "url": f"/efacture/documents/{','.join(map(str, ready.ids))}/{syntax}",
            "target": "download",
        }

    def action_efacture_download_facturx(self):
        return self.action_efacture_download("facturx")

    # -- preview ------------------------------------------------------------------------------------

    def action_efacture_preview(self):
        """The pages and what the check says, in one window, for a draft too."""
        self.ensure_one()
        self._efacture_check_insider()
        Preview = self.env["account.move.preview"]
        preview = Preview.create(Preview._prepare_preview_vals(self))
        if not self.efacture_is_frozen:
            self.efacture_check()  # last: drawing may note things on the invoice
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview of %(invoice)s", invoice=self.display_name),
            "res_model": preview._name,
            "res_id": preview.id,
            "views": [(self.env.ref("efacture_base.account_move_preview_view_form").id, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _efacture_preview_pages(self):
        """(PDF, whether it is the issued file). Nothing is stored."""
        self.ensure_one()
        issued = self._efacture_issued_pdf()
        if issued:
            return issued.raw, True
        return self._efacture_draw()[self], False
