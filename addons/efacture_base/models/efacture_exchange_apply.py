import logging

from odoo import models
from odoo.tools import SQL

from .efacture_exchange import REPLACED, WITHDRAWN
from .efacture_exchange_lane import AGAIN, NOW

_logger = logging.getLogger(__name__)
APPLIED = 50  # outcomes carried over in one transaction, when nothing goes wrong
PATIENCE = "2s"  # how long a lane waits for an invoice that somebody else is changing


class EfactureExchange(models.Model):
    """Carrying outcomes to the invoice, its history and people: repeatable, apart from the call."""

    _inherit = "efacture.exchange"

    def _efacture_apply_due(self, limit=APPLIED):
        """Apply what is recorded (of `self` only, when not empty): together, and one by one if that fails."""
        try:
            done = self._efacture_transaction(lambda: self._efacture_apply_locked(limit))
        except Exception as error:
            if not isinstance(error, AGAIN):
                _logger.info("Applying together failed; one by one now", exc_info=True)
            return self._efacture_apply_singly(limit)
        return done

    def _efacture_apply_singly(self, limit):
        self.env.cr.execute(self._efacture_apply_query(limit, lock=False))
        ids = [row_id for (row_id,) in self.env.cr.fetchall()]
        self.env.cr.rollback()
        done = 0
        for row in self.browse(ids):
            try:
                done += self._efacture_transaction(lambda row=row: row._efacture_apply_locked(1))
            except Exception as error:
                if not isinstance(error, AGAIN):
                    _logger.exception("The outcome of exchange %s could not be applied", row.id)
                row._efacture_transaction(row._efacture_apply_later)
        return done

    def _efacture_apply_query(self, limit, lock=True):
        return SQL(
            """
            SELECT id FROM efacture_exchange
             WHERE apply_pending AND (apply_next IS NULL OR apply_next <= %s) AND %s
             ORDER BY kind = 'lifecycle', id LIMIT %s %s
            """,
            NOW,
            SQL("id IN %s", tuple(self.ids)) if self else SQL("TRUE"),
            limit,
            SQL("FOR NO KEY UPDATE SKIP LOCKED") if lock else SQL(),
        )

    def _efacture_apply_later(self):
        """Put off: again in a minute, then ever more seldom."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE efacture_exchange
                   SET apply_next = %(now)s + least(greatest((%(now)s - create_date) / 4, interval '5 seconds'),
                                                    interval '1 hour')
                 WHERE id IN %(ids)s AND apply_pending
                """,
                now=NOW,
                ids=tuple(self.ids),
            ),
            log_exceptions=False,
        )

    def _efacture_apply_locked(self, limit):
        """One transaction: take rows, carry them over, mark them carried over."""
        cr = self.env.cr
        cr.execute(self._efacture_apply_query(limit), log_exceptions=False)
        rows = self.browse(row_id for (row_id,) in cr.fetchall())
        if not rows:
            return 0
        # Somebody may hold an invoice for long: the others do not wait for it.
        cr.execute(SQL("SET LOCAL lock_timeout = %s", PATIENCE))
        waiting = self.browse()
        # Invoices before what is said of them.
        for kind, direction in (("invoice", "out"), ("invoice", "in"), (None, "out"), (None, "in")):
            group = rows.filtered(
                lambda row, kind=kind, direction=direction: (
                    row.direction == direction and (row.kind == "invoice") == bool(kind)
                )
            )
            if group:
                name = f"_efacture_apply_{direction}_{kind or 'lifecycle'}"
                for row in group:
                    if not getattr(row, name)():
                        waiting |= row
        done = rows - waiting
        if done:
            done._efacture_applied()
        if waiting:
            waiting._efacture_apply_later()
        self.env.flush_all()
        rows._efacture_point("before_apply")
        return len(done)

    def _efacture_applied(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE efacture_exchange SET apply_pending = FALSE, apply_next = NULL, applied_outcome = "
                "state || COALESCE('/' || ack_state, '') WHERE id IN %s",
                tuple(self.ids),
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(["apply_pending", "apply_next", "applied_outcome"], flush=False)

    # -- what each kind does: True when done, False to wait ---------------------------------------

    def _efacture_apply_out_invoice(self):
        """The outcome of an invoice's sending, carried to the invoice."""
        self.ensure_one()
        move = self.move_id
        if not move:
            return True
        self.modified(["state", "error_message"])
        if not self.is_copy and self.state in ("accepted", "rejected"):
            sent = self.state == "accepted" or bool(
                move._efacture_sendings().filtered(lambda row: row.state == "accepted")
            )
            if bool(move.is_move_sent) != sent:
                move.is_move_sent = sent
        if self.applied_outcome != self._efacture_outcome_word():
            self._efacture_tell()
        return True

    def _efacture_apply_out_lifecycle(self):
        """The outcome of a message of ours; nothing to carry anywhere yet."""
        return True

    def _efacture_apply_in_invoice(self):
        """A received invoice; waits until something takes it."""
        return False

    def _efacture_apply_in_lifecycle(self):
        """A received message; waits until something takes it."""
        return False

    def _efacture_outcome_word(self):
        return f"{self.state}/{self.ack_state}" if self.ack_state else self.state

    def _efacture_tell(self):
        """History, activities, live answer."""
        if self.error_code in (WITHDRAWN, REPLACED):
            return
        message = self._efacture_answer()
        if self.state in ("accepted", "rejected", "failed"):
            self.move_id._message_log(body=message["message"])
        if self.requested_by_id and not self.priority:
            self.requested_by_id._bus_send("efacture_exchange_done", message)

    def _efacture_answer(self):
        """What a person is told of this row: the payload of `efacture_exchange_done`."""
        self.ensure_one()
        user = self.requested_by_id
        row = self.with_context(lang=user.lang or self.env.lang)
        tone, title, message = row._efacture_answer_words()
        return {
            "exchange_id": self.id,
            "move_id": self.move_id.id,
            "name": self.move_id.name or self.tracking_id,
            "state": self.state,
            "type": tone,
            "title": title,
            "message": message,
        }

    def _efacture_answer_words(self):
        name, platform = self.move_id.name or self.tracking_id, self.account_id.platform_id.name
        reason = self.error_message or ""
        if self.state == "accepted":
            return (
                "success",
                self.env._("Invoice sent"),
                self.env._("%(invoice)s was handed over.", invoice=name),
            )
        if self.state == "rejected":
            return (
                "danger",
                self.env._("Invoice refused"),
                self.env._(
                    "%(platform)s refused %(invoice)s: %(reason)s",
                    platform=platform or "",
                    invoice=name,
                    reason=reason,
                ),
            )
        if self.state == "failed":
            return (
                "danger",
                self.env._("Invoice not sent"),
                self.env._("%(invoice)s was not sent: %(reason)s", invoice=name, reason=reason),
            )
        return (
            "warning",
            self.env._("Sending in progress"),
            self.env._("%(invoice)s: sending in progress. %(reason)s", invoice=name, reason=reason),
        )
