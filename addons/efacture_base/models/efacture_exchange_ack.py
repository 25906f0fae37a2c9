import contextlib
import logging
from datetime import UTC, timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connectors import errors
from ..connectors.contract import AckState
from .efacture_exchange_lane import LOST, NOW, ClaimTooOld

_logger = logging.getLogger(__name__)
POLLED = 100  # acknowledgements asked for in a round
ONE_BY_ONE = 10  # as many are asked for by number, more by date
LATER = SQL(
    "next_attempt = %(now)s + least(greatest((%(now)s - sent_at) / 2, interval '0.4 seconds'), interval '1 hour')",
    now=NOW,
)
ACKNOWLEDGED = SQL(
    """ack_state = 'ok', ack_at = %s, next_attempt = NULL, error_code = NULL, error_message = NULL,
       apply_pending = TRUE, apply_next = NULL""",
    NOW,
)
ALREADY_THERE = {"AlreadyExistingFlow", "ALREADY_EXISTING_FLOW"}


class EfactureExchange(models.Model):
    """Acknowledgements: what the platform says of a file once it has looked at it."""

    _inherit = "efacture.exchange"

    def _efacture_poll_due(self, limit=POLLED):
        """Ask for the acknowledgements that are due (of `self` only, when not empty)."""
        done = 0
        # Fresh deposits are asked for together, by date; what has waited for long, a few by number.
        recent = SQL("sent_at > %s - interval '15 minutes'", NOW)
        for age, most in ((recent, limit), (SQL("NOT (%s)", recent), min(limit, ONE_BY_ONE))):
            rows, token = self._efacture_claim(
                SQL(
                    """state = 'accepted' AND ack_state IN ('pending', 'unknown') AND next_attempt <= %s
                       AND (lease_until IS NULL OR lease_until < %s) AND %s""",
                    NOW,
                    NOW,
                    age,
                ),
                SQL("next_attempt = next_attempt"),
                limit=most,
                order=SQL("next_attempt"),
            )
            for account, group in rows.grouped("account_id").items():
                group._efacture_poll_account(account, token)
            done += len(rows)
        return done

    def _efacture_poll_account(self, account, token):
        try:
            acks = self._efacture_fetch_acks()
        except (errors.ConnectorError, UserError, ClaimTooOld) as error:
            _logger.info("No acknowledgements from account %s: %s", account.id, error)
            acks = {}
        except LOST:
            raise
        except Exception:
            _logger.exception("Unexpected error while asking for acknowledgements")
            self.env.cr.rollback()
            acks = {}
        # What most of them say is written together; the rest has its own look-ups.
        alike = {"later": self.browse(), "ok": self.browse()}
        for row in self:
            ack = acks.get(row.id)
            if ack is None or ack.state == AckState.PENDING:
                alike["later"] |= row
            elif ack.state == AckState.OK:
                alike["ok"] |= row
            else:
                row._efacture_record_ack(row._efacture_ack_assignment(ack), token)
        alike["later"]._efacture_record_ack(LATER, token)
        alike["ok"]._efacture_record_ack(ACKNOWLEDGED, token)

    def _efacture_fetch_acks(self):
        """{row id: Ack} of those the platform spoke of."""
        connector = self[0]._efacture_connector()
        by_remote = {row.remote_id: row.id for row in self}
        since = min(row.sent_at for row in self)
        self._efacture_release()
        if len(by_remote) > ONE_BY_ONE:
            # Their clock may differ from ours, and an answer twice does no harm.
            acks = connector.fetch_acks(since=since.replace(tzinfo=UTC) - timedelta(minutes=1))
        else:
            acks = []
            for remote_id in by_remote:
                if self._efacture_time_over():
                    break
                with contextlib.suppress(errors.NotFound):  # of this one nothing is known yet
                    acks += connector.fetch_acks(remote_ids=[remote_id])
        return {by_remote[ack.remote_id]: ack for ack in acks if ack.remote_id in by_remote}

    def _efacture_record_ack(self, assignment, token):
        if not self:
            return

        def work():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE efacture_exchange SET %s, lease_token = NULL, lease_until = NULL, write_date = %s
                     WHERE id IN %s AND state = 'accepted' AND lease_token = %s
                    """,
                    assignment,
                    NOW,
                    tuple(self.ids),
                    token,
                ),
                log_exceptions=False,
            )

        self._efacture_transaction(work)

    def _efacture_ack_assignment(self, ack):
        """What an acknowledgement that says no, or says what we do not know, sets on its row."""
        self.invalidate_recordset()
        if ack.state == AckState.UNKNOWN:
            told = self.env._(
                "The platform gave a status that eFacture does not know: “%(word)s”. Look at the platform's "
                "site what it means; nothing is taken for granted here.",
                word=ack.raw_state,
            )
            # The same word again is no news: nothing to carry to the invoice.
            return SQL(
                """ack_state = 'unknown', error_code = 'ack', error_message = %(told)s, apply_next = NULL,
                   apply_pending = (apply_pending IS TRUE OR ack_state IS DISTINCT FROM 'unknown'
                                    OR error_message IS DISTINCT FROM %(told)s), %(later)s""",
                told=told,
                later=LATER,
            )
        faults = [detail for detail in ack.details if detail.level != "Warning"] or ack.details
        code, text = (faults[0].code, faults[0].text) if faults else ("ack_error", "")
        if code in ALREADY_THERE:
            earlier = self._efacture_earlier_deposit()
            if earlier is None:
                return LATER
            if earlier:
                return SQL(
                    "remote_id = %s, sent_at = COALESCE(%s, sent_at), next_attempt = %s",
                    earlier.remote_id,
                    earlier.submitted_at and earlier.submitted_at.replace(tzinfo=None),
                    NOW,
                )
        return SQL(
            "ack_state = 'error', ack_at = %s, %s",
            NOW,
            self._efacture_rejected_assignment(code, text),
        )

    def _efacture_earlier_deposit(self):
        """The deposit that the platform had before this one; False when there is no other, None when it cannot be asked."""
        try:
            found = self._efacture_find()
        except (errors.ConnectorError, UserError):
            return None
        return found if found and found.remote_id != self.remote_id else False
