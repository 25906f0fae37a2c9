from odoo import models


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
        # What was queued leaves by the window that follows, where the person sees what became of it.
        rows = self.move_id._efacture_sendings().filtered(
            lambda row: row.state in ("preparing", "queued")
        )
        if not rows:
            return result
        return self.move_id._efacture_sending_window({"exchange_ids": rows.ids, "refused": []})
