from odoo import models
from odoo.fields import Command


class AccountMoveSendBatchWizard(models.TransientModel):
    """The batch *Send*: what goes by our ways joins our queue, the rest stays with Odoo's own job."""

    _inherit = "account.move.send.batch.wizard"

    # EXTENDS 'account'
    def action_send_and_print(self, force_synchronous=False, allow_fallback_pdf=False):
        self.ensure_one()
        if force_synchronous:
            return super().action_send_and_print(force_synchronous, allow_fallback_pdf)
        by_channel = self._efacture_split()
        ours = self.env["account.move"].union(*by_channel.values())
        if not ours:
            return super().action_send_and_print(force_synchronous, allow_fallback_pdf)
        if self.alerts:
            self._raise_danger_alerts(self.alerts)
        refused, rows = {}, self.env["efacture.exchange"]
        for channel, moves in by_channel.items():
            rows |= moves._efacture_enqueue(channel, refused=refused)
        others = self.move_ids - ours
        if others:
            self.move_ids = [Command.set(others.ids)]
            super().action_send_and_print(force_synchronous, allow_fallback_pdf)
        return ours._efacture_sending_window(
            {
                "exchange_ids": rows.ids,
                "refused": [
                    {"move_id": move.id, "name": move.name, "reason": reason}
                    for move, reason in refused.items()
                ],
            }
        )

    def _efacture_split(self):
        """{channel: invoices} of those that we issue and whose ways are all ours."""
        known = set(self.env["res.partner"]._efacture_contact_methods())
        by_channel = {}
        for move in self.move_ids:
            if not self._efacture_issues(move):
                continue
            methods = set(self._get_default_sending_methods(move))
            if not methods or not methods <= known:
                continue
            for method in methods:
                by_channel[method] = by_channel.get(method, move.browse()) | move
        return by_channel
