from odoo import api, fields, models

from .efacture_exchange import REPLACED, WITHDRAWN

TROUBLE = ("unknown", "rejected", "failed")
# What a person should look at: not what was withdrawn, replaced, or sent again since with success.
ERRORS = [
    ("is_dismissed", "=", False),
    ("error_code", "not in", (WITHDRAWN, REPLACED)),
    "|", ("state", "in", TROUBLE), ("ack_state", "in", ("error", "unknown")),
    "|", "|", ("kind", "!=", "invoice"), ("move_id", "=", False),
    "|", ("move_id.efacture_state", "in", TROUBLE), ("ack_state", "in", ("error", "unknown")),
]  # fmt: skip
# Messages about an invoice that is not here: they wait, nothing is lost.
ORPHANS = [("is_orphan", "=", True), ("is_dismissed", "=", False)]


class EfactureExchange(models.Model):
    """What went wrong, and what to do about it: the list *Errors* of the desk."""

    _inherit = "efacture.exchange"

    is_dismissed = fields.Boolean(
        string="Filed",
        readonly=True,
        copy=False,
        help="Somebody has dealt with it: it is no longer among the errors. Nothing else changes.",
    )
    next_step = fields.Char(string="What to do", compute="_compute_next_step")

    _trouble_index = models.Index(
        "(company_id, id) WHERE state IN ('unknown', 'rejected', 'failed') AND is_dismissed IS NOT TRUE"
    )
    _bad_ack_index = models.Index(
        "(company_id, id) WHERE ack_state IN ('error', 'unknown') AND is_dismissed IS NOT TRUE"
    )

    @api.depends("state", "kind", "channel", "direction", "ack_state", "is_orphan")
    @api.depends_context("lang")
    def _compute_next_step(self):
        for exchange in self:
            exchange.next_step = exchange._efacture_find_next_step()

    def _efacture_find_next_step(self):
        """One sentence for a row in trouble, False for any other."""
        self.ensure_one()
        env = self.env
        if self.is_withdrawn or self.is_dismissed:
            return False
        if self.direction == "in":
            if self.is_orphan:
                return env._(
                    "It waits for its invoice. If the invoice was made elsewhere, file it."
                )
            return False
        if self.state == "unknown":
            if self.channel == "email":
                return env._("Ask the customer whether it arrived, then say so here.")
            return env._(
                "The platform is asked again by itself. Do not send again; look here tomorrow."
            )
        if self.state in ("rejected", "failed") or self.ack_state == "error":
            if self.kind == "lifecycle":
                return env._("Read the reason, then send the right status from the invoice.")
            if self.channel == "email":
                return env._("Correct the address of the customer, then send the invoice again.")
            return env._("Open the invoice and press “Correct and send again”.")
        if self.ack_state == "unknown":
            return env._("Open the invoice and read what the platform said; ask it if needed.")
        return False

    def action_dismiss(self):
        """File these errors: a person has dealt with them otherwise. Their state stays what it is."""
        self._efacture_check_right_to_act()
        # sudo: rows are written by the product only; the right to act was checked above
        self.sudo().write({"is_dismissed": True})
        for exchange in self.filtered("move_id"):
            exchange.move_id._message_log(
                body=self.env._(
                    "%(exchange)s: filed as dealt with.", exchange=exchange.display_name
                )
            )
        return True
