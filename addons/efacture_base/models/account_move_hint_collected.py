from odoo import models

from .account_move_hint import step


class AccountMove(models.Model):
    """What to do now, when money came that nobody was told of."""

    _inherit = "account.move"

    # EXTENDS 'efacture_base'
    def _efacture_next_step_paid(self, status):
        if self.efacture_collected_pending:
            return step(
                "wait",
                self.env._(
                    "Paid. The amount received is told by itself as soon as your customer has the invoice."
                ),
            )
        account = self._efacture_status_exchange().account_id
        asks = account and not account.auto_collected and self.efacture_to_collect
        if asks and not self._efacture_status_refusal("212"):
            return step(
                "todo",
                self.env._(
                    "Paid. Tell your customer and the tax office how much you received: status “Collected”."
                ),
                "status",
            )
        return super()._efacture_next_step_paid(status)
