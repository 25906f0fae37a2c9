from odoo import models


class EfactureAccount(models.Model):
    """When a platform was last asked for news, as the desk shows it."""

    _inherit = "efacture.account"

    def _efacture_synchronised_at(self):
        """Date and time (UTC) of the last answer to a question for news, False when never."""
        self.ensure_one()
        # sudo: the log is read for its date only
        call = (
            self.env["efacture.call"]
            .sudo()
            .search(
                [
                    ("account_id", "=", self.id),
                    ("operation", "in", ("fetch_inbound", "fetch_events")),
                    ("error_kind", "=", False),
                ],
                order="date desc",
                limit=1,
            )
        )
        return call.date or False
