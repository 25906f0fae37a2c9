import logging

from odoo import SUPERUSER_ID, models
from odoo.tools import SQL, plaintext2html

from .efacture_exchange_lane import AGAIN, LOST, NOW

_logger = logging.getLogger(__name__)
APPLIED = 50  # outcomes carried over in one transaction, when nothing goes wrong
OURS = SQL("direction = 'out'")
BILLS = SQL("direction = 'in' AND kind = 'invoice'")
SAID = SQL("direction = 'in' AND kind != 'invoice'")
BILLS_AT_ONCE, SAID_AT_ONCE = 10, 20  # they cost more each
UNAPPLIED = "apply"  # error code of an outcome that could not be carried over yet
ACTIVITY = "efacture_base.efacture_activity_type_sending"


class EfactureExchange(models.Model):
    """Carrying outcomes to the invoice, its history and people: repeatable, apart from the call."""

    _inherit = "efacture.exchange"

    def _efacture_apply_due(self, limit=APPLIED):
        """Apply what is recorded (of `self` only, when not empty): together, and one by one if that fails."""
        if self:
            return self._efacture_apply_step(SQL("id IN %s", tuple(self.ids)), limit)
        done = 0
        # Invoices before what is said of them.
        for where, most in ((OURS, limit), (BILLS, BILLS_AT_ONCE), (SAID, SAID_AT_ONCE)):
            if self._efacture_time_over():
                break
            done += self._efacture_apply_step(where, min(limit, most), alone=where is SAID)
        return done

    def _efacture_apply_step(self, where, limit, alone=False):
        """One chunk in one transaction.

        :param bool alone: one lane in the whole cluster at a time: several statuses of one invoice
            come together, and lanes would wait for each other's invoices
        """
        try:
            return self._efacture_transaction(
                lambda: self._efacture_apply_locked(where, limit, alone)
            )
        except Exception as error:
            if isinstance(error, LOST) and not isinstance(error, AGAIN):
                raise
            if not isinstance(error, AGAIN):
                _logger.info("Applying together failed; one by one now", exc_info=True)
        self.env.cr.execute(self._efacture_apply_query(where, limit, lock=False))
        ids = [row_id for (row_id,) in self.env.cr.fetchall()]
        self.env.cr.rollback()
        done = 0
        for row in self.browse(ids):
            try:
                one = SQL("id = %s", row.id)
                done += self._efacture_transaction(
                    lambda one=one: self._efacture_apply_locked(one, 1, alone)
                )
            except Exception as error:
                if isinstance(error, LOST) and not isinstance(error, AGAIN):
                    raise
                if not isinstance(error, AGAIN):
                    _logger.exception("The outcome of exchange %s could not be applied", row.id)
                row._efacture_transaction(
                    lambda row=row, error=error: row._efacture_apply_later(type(error).__name__)
                )
        return done

    def _efacture_apply_query(self, where, limit, lock=True):
        return SQL(
            """
            SELECT id FROM efacture_exchange
             WHERE apply_pending IS TRUE AND (apply_next IS NULL OR apply_next <= %s) AND %s
             ORDER BY id LIMIT %s %s
            """,
            NOW,
            where,
            limit,
            SQL("FOR NO KEY UPDATE SKIP LOCKED") if lock else SQL(),
        )

    def _efacture_apply_later(self, error=None):
        """Put off, ever more seldom: it waits for something else to arrive, or went wrong."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE efacture_exchange
                   SET apply_next = %(now)s + least(greatest((%(now)s - create_date) / 4, interval '5 seconds'),
                                                    interval '1 hour'),
                       error_code = COALESCE(error_code, %(code)s),
                       error_message = COALESCE(error_message, %(error)s)
                 WHERE id IN %(ids)s AND apply_pending
                """,
                now=NOW,
                ids=tuple(self.ids),
                code=UNAPPLIED if error else None,
                error=error and self._efacture_unapplied_sentence(error),
            ),
            log_exceptions=False,
        )

    def _efacture_unapplied_sentence(self, error):
        return self.env._(
            "What became of it is known, but could not be noted on the invoice (%(kind)s). It is tried again by "
            "itself; if this stays, tell your administrator: the server's log has the details.",
            kind=error,
        )

    def _efacture_apply_soon(self):
        """Somebody holds the invoice just now."""
        self.env.cr.execute(
            SQL(
                "UPDATE efacture_exchange SET apply_next = %s + interval '3 seconds' WHERE id IN %s",
                NOW,
                tuple(self.ids),
            ),
            log_exceptions=False,
        )

    def _efacture_take(self, move):
        """Lock one more invoice that this row writes to; False when somebody holds it: then wait (False too)."""
        if move.id in self._efacture_lock_moves(move):
            return True
        self._efacture_kept().get("carried", {}).setdefault("held", []).append(self.id)
        return False

    def _efacture_apply_locked(self, where, limit, alone=False):
        """One transaction: take rows and their invoices, carry over, mark as carried over."""
        cr = self.env.cr
        if alone:
            cr.execute("SELECT pg_try_advisory_xact_lock(hashtext('efacture apply said'))")
            if not cr.fetchone()[0]:
                return 0
        cr.execute(self._efacture_apply_query(where, limit), log_exceptions=False)
        rows = self.browse(row_id for (row_id,) in cr.fetchall())
        if not rows:
            return 0
        self._efacture_kept()["carried"] = carried = {}
        # An invoice that somebody changes just now comes later: nobody waits for anybody.
        free = self._efacture_lock_moves(rows.move_id)
        held = rows.filtered(lambda row: row.move_id and row.move_id.id not in free)
        waiting = self.browse()
        for row in (rows - held).sorted(lambda row: (row.kind != "invoice", row.id)):
            kind = "invoice" if row.kind == "invoice" else "lifecycle"
            if not getattr(row, f"_efacture_apply_{row.direction}_{kind}")():
                waiting |= row
        self._efacture_carry(carried)
        held |= self.browse(carried.get("held", ()))
        waiting -= held
        done = rows - waiting - held
        if done:
            done._efacture_applied()
        if held:
            held._efacture_apply_soon()
        if waiting:
            waiting._efacture_apply_later()
        self.env.flush_all()
        rows._efacture_point("before_apply")
        return len(done)

    def _efacture_lock_moves(self, moves):
        """Ids of those of these invoices that this transaction could lock."""
        if not moves:
            return set()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM account_move WHERE id IN %s ORDER BY id FOR NO KEY UPDATE SKIP LOCKED",
                tuple(moves.ids),
            ),
            log_exceptions=False,  # a conflict is no error: the transaction begins again
        )
        return {move_id for (move_id,) in self.env.cr.fetchall()}

    def _efacture_carry(self, carried):
        """Write for the whole transaction at once what the rows noted one by one."""
        Move = self.env["account.move"]
        for sent in (True, False):
            moves = Move.browse(carried.get(("sent", sent), ()))
            if moves:
                # A flag: nothing for the invoice's own write, which balances lines again.
                models.Model.write(moves, {"is_move_sent": sent})
        bodies = carried.get("history", {})
        if bodies:
            Move.browse(bodies)._message_log_batch(bodies=bodies)

    def _efacture_applied(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE efacture_exchange
                   SET apply_pending = FALSE, apply_next = NULL,
                       error_message = CASE WHEN error_code = %s THEN NULL ELSE error_message END,
                       error_code = NULLIF(error_code, %s),
                       applied_outcome = state || CASE
                           WHEN state = 'unknown' AND next_attempt IS NULL THEN '/person'
                           WHEN ack_state = 'unknown' THEN '/unknown' ELSE '' END
                 WHERE id IN %s
                """,
                UNAPPLIED,
                UNAPPLIED,
                tuple(self.ids),
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(
            ["apply_pending", "apply_next", "applied_outcome", "error_code", "error_message"],
            flush=False,
        )

    # -- what each kind does: True when done, False to wait ---------------------------------------

    def _efacture_apply_out_invoice(self):
        """The outcome of an invoice's sending, carried to the invoice and to people."""
        self.ensure_one()
        move = self.move_id
        if not move:
            return True
        # The row was written by SQL: what is computed from it is computed again.
        self.modified(["state", "error_code", "error_message"])
        if not self.is_copy and self.state in ("accepted", "rejected"):
            sent = any(row.state == "accepted" for row in move._efacture_sendings())
            if bool(move.is_move_sent) != sent:
                carried = self._efacture_kept().get("carried", {})
                carried.setdefault(("sent", sent), []).append(move.id)
        if self.applied_outcome != self._efacture_outcome_word():
            self._efacture_tell()
        return True

    def _efacture_apply_out_lifecycle(self):
        """The outcome of a message of ours; those who know the message extend this."""
        return True

    def _efacture_apply_in_invoice(self):
        """A received invoice; waits until something takes it."""
        return False

    def _efacture_apply_in_lifecycle(self):
        """A received message; waits until something takes it."""
        return False

    def _efacture_outcome_word(self):
        """What people are told once; an acknowledgement that says yes adds nothing to *handed over*."""
        if self.needs_person:
            return "unknown/person"
        return f"{self.state}/unknown" if self.ack_state == "unknown" else self.state

    def _efacture_tell(self):
        """History, live answer, and something to do when a person is needed."""
        if self.is_withdrawn:
            return
        before = (self.applied_outcome or "").partition("/")[0]
        tone, _title, message = self._efacture_in_language_of(
            self.move_id.company_id.partner_id
        )._efacture_answer_words()
        if self.state in ("accepted", "rejected", "failed") and before != self.state:
            carried = self._efacture_kept().get("carried", {})
            carried.setdefault("history", {})[self.move_id.id] = message
        if tone != "success" and (self.state in ("rejected", "failed") or self.needs_person):
            self._efacture_ask_person()
        elif self.state == "accepted" and before in ("rejected", "failed", "unknown"):
            self._efacture_person_done()
        if self.requested_by_id and not self.priority:
            self.requested_by_id._bus_send("efacture_exchange_done", self._efacture_answer())

    def _efacture_in_language_of(self, who):
        installed = who.lang and self.env["res.lang"]._get_data(code=who.lang)
        return self.with_context(lang=who.lang) if installed else self

    def _efacture_ask_person(self):
        """An activity on the invoice, for who asked (or is in charge), in his own language."""
        move = self.move_id
        user = next(
            (
                person
                for person in (self.requested_by_id, move.invoice_user_id, move.create_uid)
                if person.active
                and person._is_internal()
                and person.id != SUPERUSER_ID
                and move.with_user(person).has_access("read")
            ),
            None,
        )
        if user is None:
            return
        self._efacture_person_done()
        _tone, title, message = self._efacture_in_language_of(user)._efacture_answer_words()
        move.activity_schedule(
            ACTIVITY, summary=title, note=plaintext2html(message), user_id=user.id
        )

    def _efacture_person_done(self):
        """What was asked of a person about this invoice is over."""
        self.move_id.activity_unlink([ACTIVITY])

    def _efacture_answer(self):
        """What a person is told of this row: the payload of `efacture_exchange_done`."""
        self.ensure_one()
        row = self._efacture_in_language_of(self.requested_by_id)
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
        """(tone, title, sentence) of what became of this row."""
        env, name, reason = (
            self.env,
            self.move_id.name or self.tracking_id,
            self.error_message or "",
        )
        other = self.account_id.platform_id.name or env._("the recipient")
        if self.state == "accepted" and self.ack_state == "unknown":
            return "warning", env._("Invoice sent, answer not understood"), f"{name}: {reason}"
        if self.state == "accepted":
            return (
                "success",
                env._("Invoice sent"),
                env._(
                    "%(invoice)s was handed over to %(other)s (no. %(number)s).",
                    invoice=name,
                    other=other,
                    number=self.remote_id or self.tracking_id,
                ),
            )
        if self.state == "rejected":
            return (
                "danger",
                env._("Invoice refused by the platform"),
                env._(
                    "%(other)s refused %(invoice)s: %(reason)s\nCorrect the invoice (Reset to Draft), then send "
                    "it again.",
                    other=other,
                    invoice=name,
                    reason=reason,
                ),
            )
        if self.state == "failed":
            return (
                "danger",
                env._("Invoice not sent"),
                env._("%(invoice)s was not sent: %(reason)s", invoice=name, reason=reason),
            )
        if self.needs_person:
            return (
                "warning",
                env._("Was this invoice sent?"),
                env._(
                    "Nobody but you can find out whether %(invoice)s arrived. Ask the recipient, then open its "
                    "sending and press “It arrived” or “Send again”.",
                    invoice=name,
                ),
            )
        return (
            "warning",
            env._("Sending in progress"),
            env._(
                "%(invoice)s: sending in progress. %(reason)s", invoice=name, reason=reason
            ).strip(),
        )
