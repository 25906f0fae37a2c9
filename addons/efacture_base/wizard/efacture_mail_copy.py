from odoo import api, fields, models
from odoo.exceptions import UserError


class EfactureMailCopy(models.TransientModel):
    """*Send a copy*: the very same invoice by e-mail to somebody else; it says nothing about its sending."""

    _name = "efacture.mail.copy"
    _description = "Send a Copy of an Invoice"

    move_id = fields.Many2one("account.move", string="Invoice", required=True, readonly=True)
    partner_ids = fields.Many2many("res.partner", string="To", required=True)

    @api.model
    def _open(self, move):
        """The window.

        :raises UserError: the invoice was not sent yet
        """
        if not move._efacture_frozen_exchange().sha256:
            raise UserError(
                self.env._(
                    "%(invoice)s was not sent yet, so there is nothing to copy. Send it first.",
                    invoice=move.display_name,
                )
            )
        wizard = self.create({"move_id": move.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send a copy"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(self.env.ref("efacture_base.efacture_mail_copy_view_form").id, "form")],
            "target": "new",
            "context": {"dialog_size": "medium"},
        }

    def action_send(self):
        """Queue the copy; the window that follows sends it and tells."""
        self.ensure_one()
        self.move_id.check_access("write")
        row = self.move_id._efacture_queue_copy(self.partner_ids)
        return self.move_id._efacture_sending_window({"exchange_ids": row.ids, "refused": []})
