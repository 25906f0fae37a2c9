import logging

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connectors import errors
from ..connectors.contract import AckState
from .efacture_exchange_lane import NOW

_logger = logging.getLogger(__name__)
POLLED = 100  # acknowledgements asked for in a round
ONE_BY_ONE = 10  # as many are asked for by number, more by date
ALREADY_THERE = {"AlreadyExistingFlow", "ALREADY_EXISTING_FLOW"}


class EfactureExchange(models.Model):
    """Acknowledgements: what the platform says of a file once it has looked at it."""

    _inherit = "efacture.exchange"

    def _efacture_poll_due(self, limit=POLLED):
        """Ask for the acknowledgements that are due (of `self` only, when not empty)."""
        rows, token = self._efacture_claim(
            SQL(
                """state = 'accepted' AND ack_state IN ('pending', 'unknown') AND next_attempt <= %s
                   AND (lease_until IS NULL OR lease_until < %s)""",
                NOW,
                NOW,
            ),
            SQL("next_attempt = next_attempt"),
            limit=limit,
            order=SQL("next_attempt"),
        )
        for account, group in rows.grouped("account_id").items():
            group._efacture_poll_account(account, token)
        return len(rows)

    def _efacture_poll_account(self, account, token):
        try:
            acks = self._efacture_fetch_acks()
        except (errors.ConnectorError, UserError) as error:
            _logger.info("No acknowledgements from account %s: %s", account.id, error)
            acks = {}
        except Exception:
            _logger.exception("Unexpected error while asking for acknowledgements")
            self.env.cr.rollback()
            acks = {}
        for row in self:
            ack = acks.get(row.id)
            row._efacture_record_ack(ack, token)

    def _efacture_fetch_acks(self):
        """{row id: Ack} of those the platform spoke of."""
        connector = self[0]._efacture_connector()
        by_remote = {row.remote_id: row.id for row in self}
        since = min(row.sent_at for row in self)
        self._efacture_release()
        if len(by_remote) <= ONE_BY_ONE:
            acks = connector.fetch_acks(remote_ids=list(by_remote))
        else:
            acks = connector.fetch_acks(since=_aware(since))
        return {by_remote[ack.remote_id]: ack for ack in acks if ack.remote_id in by_remote}

    def _efacture_record_ack(self, ack, token):
        assignment = self._efacture_ack_assignment(ack)

        def work():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE efacture_exchange SET %s, lease_token = NULL, lease_until = NULL, write_date = %s
                     WHERE id = %s AND state = 'accepted' AND lease_token = %s
                    """,
                    assignment,
                    NOW,
                    self.id,
                    token,
                ),
                log_exceptions=False,
            )

        self._efacture_transaction(work)

    def _efacture_ack_assignment(self, ack):
        later = SQL(
            "next_attempt = %(now)s + least(greatest((%(now)s - sent_at) / 2, interval '1 second'), interval '1 hour')",
            now=NOW,
        )
        if ack is None or ack.state == AckState.PENDING:
            return later
        if ack.state == AckState.OK:
            return SQL(
                """ack_state = 'ok', ack_at = %s, next_attempt = NULL, error_code = NULL, error_message = NULL,
                   apply_pending = TRUE, apply_next = NULL""",
                NOW,
            )
        self.invalidate_recordset()
        if ack.state == AckState.UNKNOWN:
            return SQL(
                "ack_state = 'unknown', error_code = 'ack', error_message = %s, apply_pending = TRUE, apply_next = NULL, %s",
                self.env._(
                    "The platform gave a status that eFacture does not know: “%(word)s”. Look at the platform's "
                    "site what it means; nothing is taken for granted here.",
                    word=ack.raw_state,
                ),
                later,
            )
        faults = [detail for detail in ack.details if detail.level != "Warning"] or ack.details
        code, text = (faults[0].code, faults[0].text) if faults else ("ack_error", "")
        if code in ALREADY_THERE:
            earlier = self._efacture_earlier_deposit()
            if earlier is None:
                return later
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


def _aware(moment):
    from datetime import UTC, timedelta

    return moment.replace(tzinfo=UTC) - timedelta(minutes=1)
