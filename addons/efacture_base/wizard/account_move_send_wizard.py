from odoo import models

from ..models.account_move_send import METHOD


class AccountMoveSendWizard(models.TransientModel):
    _inherit = "account.move.send.wizard"

    # EXTENDS 'account'
    def action_send_and_print(self, allow_fallback_pdf=False):
        self.ensure_one()
        methods = list(self.sending_methods or [])
        if "peppol" in methods and self._efacture_replaces_peppol(self.company_id):
            # Asked for by a caller: the window itself does not offer it.
            methods.remove("peppol")
            self.sending_methods = methods
        result = super().action_send_and_print(allow_fallback_pdf=allow_fallback_pdf)
        exchange = self.move_id._efacture_current_exchange()
        if METHOD not in methods or exchange.state not in ("queued", "preparing"):
            return result
        if exchange.state == "queued":
            kind, message = (
                "success",
                self.env._(
                    "%(invoice)s is ready and waits to be sent to the platform.",
                    invoice=self.move_id.name,
                ),
            )
        else:
            kind, message = (
                "warning",
                self.env._(
                    "%(invoice)s could not be checked yet, so it waits: %(reason)s",
                    invoice=self.move_id.name,
                    reason=exchange.error_message or "",
                ),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "next": result},
        }
