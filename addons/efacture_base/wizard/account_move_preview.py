import base64

from odoo import fields, models


class AccountMovePreview(models.TransientModel):
    _name = "account.move.preview"
    _description = "Preview of an invoice before sending"

    move_id = fields.Many2one("account.move", required=True, readonly=True, ondelete="cascade")
    file = fields.Binary(string="Pages", readonly=True, attachment=False)
    filename = fields.Char(readonly=True)
    is_issued = fields.Boolean(
        readonly=True, help="The file that was handed over, as the customer has it."
    )
    state = fields.Selection(related="move_id.state", related_sudo=False)
    efacture_verdict = fields.Selection(related="move_id.efacture_verdict", related_sudo=False)
    efacture_finding_ids = fields.One2many(
        related="move_id.efacture_finding_ids", related_sudo=False
    )

    def action_download(self):
        self.ensure_one()
        return self.move_id.action_efacture_download_facturx()

    def action_send(self):
        self.ensure_one()
        return self.move_id.action_efacture_send()

    def action_check_again(self):
        """After a correction: the pages and the check anew, in the same window."""
        self.ensure_one()
        return self.move_id.action_efacture_preview()

    def _prepare_preview_vals(self, move):
        content, issued = move._efacture_preview_pages()
        return {
            "move_id": move.id,
            "file": base64.b64encode(content),
            "filename": move._efacture_filename("facturx"),
            "is_issued": issued,
        }
