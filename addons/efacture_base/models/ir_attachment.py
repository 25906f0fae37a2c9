from odoo import api, models
from odoo.exceptions import AccessError

# Fields whose files the product writes: the electronic documents of invoices and exchanges.
_OURS = {
    ("account.move", "efacture_facturx_file"),
    ("account.move", "efacture_cii_file"),
    ("account.move", "efacture_ubl_file"),
    ("efacture.exchange", "file"),
    ("efacture.document", "file"),
}


class IrAttachment(models.Model):
    """An electronic document is never replaced by hand."""

    _inherit = "ir.attachment"

    # EXTENDS 'base'
    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._efacture_refuse_ours()
        return attachments

    # EXTENDS 'base'
    def write(self, vals):
        self._efacture_refuse_ours()
        result = super().write(vals)
        self._efacture_refuse_ours()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_not_ours(self):
        self._efacture_refuse_ours()

    def _efacture_refuse_ours(self):
        if self.env.su:
            return
        for attachment in self.sudo():  # sudo: only where the file belongs is read
            if (
                attachment.res_model,
                attachment.res_field,
            ) in _OURS or attachment._efacture_is_frozen_page():
                raise AccessError(
                    self.env._(
                        "The electronic document of an invoice cannot be changed or deleted by hand."
                    )
                )

    def _efacture_is_frozen_page(self):
        """Whether this is the PDF of an invoice that is final."""
        if (self.res_model, self.res_field) != ("account.move", "invoice_pdf_report_file"):
            return False
        return self.env["account.move"].browse(self.res_id).efacture_is_frozen
