import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connectors.contract import Outcome, SubmitOutcome
from .account_move_channels import NEVER

_logger = logging.getLogger(__name__)


class EfactureExchange(models.Model):
    """A sending on paper: `queued` is printed or to be printed, and a person says when it was posted.

    The invoice is final from the making of its print file, because a printed page may have left; until it is
    confirmed it can be withdrawn.
    """

    _inherit = "efacture.exchange"

    printed_at = fields.Datetime(string="Printed on", readonly=True)
    confirmed_by_id = fields.Many2one(
        "res.users", string="Confirmed by", readonly=True, ondelete="set null"
    )

    def _efacture_call_manual(self):
        """Paper is carried by people: a lane that took such a row puts it back."""
        return SubmitOutcome(Outcome.NOT_SENT, code="paper")

    def _efacture_not_sent_assignment(self, outcome):
        if outcome.code != "paper":
            return super()._efacture_not_sent_assignment(outcome)
        return SQL(
            """state = 'queued', attempt_count = 0, next_attempt = %s, error_code = NULL, error_message = NULL,
               apply_pending = TRUE, apply_next = NULL""",
            NEVER,
        )

    def action_confirm_posted(self):
        """*I have printed and posted these documents*: they are sent, now and by this person.

        :raises UserError: one of them is not waiting (any more): nothing is marked then
        """
        self._efacture_check_right_to_act()
        # sudo: rows are written by the product; the right to send was checked above
        rows = self.sudo()
        locked = rows.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset(["state"])
        ready = locked.filtered(lambda row: row.channel == "manual" and row.state == "queued")
        if ready != rows:
            raise UserError(
                self.env._(
                    "%(documents)s: not waiting to be posted (any more). Close this window and look at the invoice.",
                    documents=", ".join((rows - ready).mapped("display_name")),
                )
            )
        ready.write({"state": "sending"})
        ready.write(
            {
                "state": "accepted",
                "sent_at": fields.Datetime.now(),
                "confirmed_by_id": self.env.uid,
                "next_attempt": False,
                "error_code": False,
                "error_message": False,
                "apply_pending": True,
                "apply_next": False,
            }
        )
        ready._efacture_wake_lanes()
        return True

    def _efacture_prepare_here(self):
        """Make the documents of these rows in this very transaction: together, each alone if that fails."""
        try:
            with self.env.cr.savepoint():
                self._efacture_prepare()
                self.env.flush_all()
        except Exception as error:
            self.env.invalidate_all(flush=False)
            if len(self) > 1:
                for row in self:
                    row._efacture_prepare_here()
                return
            _logger.info("The document of exchange %s could not be made", self.id, exc_info=True)
            self._efacture_give_up(
                "document",
                str(error) if isinstance(error, UserError) else self._efacture_unexpected(error),
            )
