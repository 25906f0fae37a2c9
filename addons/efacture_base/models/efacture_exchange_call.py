import logging
import random
import time

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connectors import errors
from ..connectors.afnor_flow import outcome_of
from ..connectors.contract import Document, EventToSend, Outcome, SubmitOutcome
from .efacture_exchange_lane import AGAIN, LOST, NOW, ROUND, ClaimTooOld
from .inner_context import inner
from .semantic_tools import table

_logger = logging.getLogger(__name__)

SYNTAXES = {"facturx": "Factur-X", "cii": "CII", "ubl": "UBL", "cdar": "CDAR", "frr": "FRR"}
PROFILES = {"en16931": "CIUS", "basicwl": "Basic", "extended-ctc-fr": "Extended-CTC-FR"}
# Codes of ours, whose texts are written for the log (connectors/errors.py).
OURS = {
    "not_authorized", "not_reachable", "circuit_open", "timed_out", "busy", "server_fault", "bad_answer", "BadAnswer",
    "too_large", "address_forbidden", "not_found", "not_supported", "no_channel", "lease", "unexpected", "late",
}  # fmt: skip
NOT_COUNTED = {"circuit_open", "late", "RETRY_LATER", "RATE_LIMIT"}  # nobody was asked
SPARED = 5000  # waiting rows put off in one statement
RETURNS = (1, 2, 4, 8)  # seconds between looks for a database that went away
LONGEST = 6 * 3600.0


class EfactureExchange(models.Model):
    """One row's call and its outcome."""

    _inherit = "efacture.exchange"

    def _efacture_send_due(self, limit):
        """Send what is queued and due (of `self` only, when not empty), one row at a time."""
        done = 0
        for _each in range(limit):
            if self._efacture_time_over():
                break
            row, token = self._efacture_claim(
                SQL(
                    "state = 'queued' AND direction = 'out' AND (next_attempt IS NULL OR next_attempt <= %s)",
                    NOW,
                ),
                SQL("state = 'sending', attempt_count = COALESCE(attempt_count, 0) + 1"),
                limit=1,  # a claim is the beginning of a call: what was not claimed has not left
            )
            if not row:
                break
            row._efacture_send_claimed(token)
            done += 1
        return done

    def _efacture_send_claimed(self, token):
        self._efacture_point("after_claim")
        outcome = self._efacture_try_call()
        self._efacture_point("after_call")
        try:
            self._efacture_record_outcome(outcome, token)
        except LOST as error:
            if not isinstance(error, AGAIN):
                self._efacture_record_after_all(outcome, token)
            raise  # the lane's own cursor is gone with the database's connection

    def _efacture_record_after_all(self, outcome, token):
        """The database went away with an outcome in our hands: written once it is back, if soon.

        Otherwise the lease ends and the row is looked up, as after the death of a worker.
        """
        for pause in RETURNS:
            time.sleep(pause)
            try:
                with self.env.registry.cursor() as cr:
                    row = self.with_env(self._efacture_lane_env(cr, float("inf")))
                    return row._efacture_record_outcome(outcome, token)
            except LOST:
                _logger.info("The database is still away; outcome of exchange %s kept", self.id)
        return False

    def _efacture_try_call(self):
        """The call's outcome, whatever happens: a bug of ours is a row's outcome too."""
        try:
            return self._efacture_call()
        except ClaimTooOld:
            return SubmitOutcome(Outcome.NOT_SENT, code="late")
        except errors.ConnectorError as error:
            return outcome_of(error)
        except UserError as error:
            # Said before anything left: settings missing, secret unreadable, file lost.
            return SubmitOutcome(Outcome.NOT_SENT, code="settings", text=str(error))
        except LOST:
            raise  # the lease says the rest
        except Exception as error:
            _logger.exception("Unexpected error while sending exchange %s", self.id)
            self.env.cr.rollback()
            # Before the release nothing can have left; after it nobody knows.
            left = self._efacture_kept().get("released", True)
            return SubmitOutcome(
                Outcome.UNKNOWN if left else Outcome.NOT_SENT,
                code="unexpected",
                text=repr(error)[:500],
            )

    # -- the call ---------------------------------------------------------------------------------

    def _efacture_call(self):
        """Hand this row over to the other side, now.

        :return: `SubmitOutcome`
        :raises UserError: it cannot be handed over, and nothing left
        """
        self.ensure_one()
        if self.kind == "lifecycle":
            return self._efacture_call_event()
        method = getattr(self, f"_efacture_call_{self.channel or 'efacture'}", None)
        if method is None:
            return SubmitOutcome(Outcome.NOT_SENT, code="no_channel", text=self.channel or "")
        return method()

    def _efacture_call_efacture(self):
        connector, document = self._efacture_connector(), self._efacture_document()
        tracking = self.tracking_id
        self._efacture_release()
        return connector.submit(document, tracking)

    def _efacture_call_event(self):
        connector, event = self._efacture_connector(), self._efacture_event_to_send()
        self._efacture_release()
        return connector.send_event(event)

    def _efacture_event_to_send(self):
        """The life-cycle message of this row, as connectors take it."""
        return EventToSend(
            tracking_id=self.tracking_id,
            invoice_remote_id=self.parent_id.remote_id or "",
            document=self._efacture_document(),
        )

    def _efacture_connector(self):
        """The connector of this row's account; a lane makes one an account and round."""
        kept, account = self._efacture_kept(), self.account_id
        if account not in kept:
            kept[account] = account._connector()
        return kept[account]

    def _efacture_document(self):
        """The frozen file as connectors take it; its fingerprint is compared here, before every submit.

        :raises UserError: the file is lost or damaged
        """
        return Document(
            content=self._efacture_file_attachment().raw,
            filename=self.filename or self.tracking_id,
            syntax=SYNTAXES[self.syntax],
            profile=PROFILES.get(self.profile or "", ""),
            rule=self._efacture_processing_rule(),
        )

    def _efacture_processing_rule(self):
        """Which French rule the platform applies: domestic or foreign, business or public body."""
        if self.kind != "invoice":
            return "NotApplicable"
        facts = self._efacture_facts()
        return ("B2G" if facts["public"] else "B2B") + ("" if facts["domestic"] else "Int")

    def _efacture_facts(self):
        """What a call needs to know of the invoice, its company and its customer.

        Every commit empties the ORM's cache, so a lane reads these few columns for the rows that it probably
        sends next too; what a row that is final says of them stays so.

        :return: {"move_id", "move_name", "company_id", "company_name", "public", "domestic"}
        """
        lane = inner(self.env, "efacture_lane")
        known = {} if lane is None else lane.setdefault("facts", {})
        if self.id not in known:
            self.env.cr.execute(
                SQL(
                    """
                    SELECT row.id, row.move_id, move.name AS move_name, row.company_id, company.name AS company_name,
                           COALESCE(customer.efacture_public_body, FALSE) AS public,
                           COALESCE(country.code, 'FR') = 'FR' AS domestic
                      FROM efacture_exchange AS row
                      JOIN res_company AS company ON company.id = row.company_id
                 LEFT JOIN account_move AS move ON move.id = row.move_id
                 LEFT JOIN res_partner AS customer ON customer.id = move.commercial_partner_id
                 LEFT JOIN res_country AS country ON country.id = customer.country_id
                     WHERE row.id = %s
                        OR row.id = ANY(ARRAY(SELECT id FROM efacture_exchange
                                               WHERE state = 'queued' AND direction = 'out'
                                               ORDER BY priority, id LIMIT %s))
                    """,
                    self.id,
                    0 if lane is None else ROUND,
                )
            )
            known.update((facts.pop("id"), facts) for facts in self.env.cr.dictfetchall())
        return known[self.id]

    # -- its outcome ------------------------------------------------------------------------------

    def _efacture_record_outcome(self, outcome, token):
        """Write what became of the call, on this row alone, if the claim is still ours."""
        assignment = self._efacture_outcome_assignment(outcome)

        def work():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE efacture_exchange
                       SET %s, lease_token = NULL, lease_until = NULL, write_date = %s
                     WHERE id = %s AND state = 'sending' AND lease_token = %s
                    """,
                    assignment,
                    NOW,
                    self.id,
                    token,
                ),
                log_exceptions=False,
            )
            ours = self.env.cr.rowcount
            self._efacture_point("before_outcome")
            return ours

        if self._efacture_transaction(work):
            if outcome.kind == "busy" and outcome.retry_after and self.account_id:
                self._efacture_spare_platform(outcome)
            return True
        # Another lane took the row for lost and looks it up; this answer must not be added blindly.
        _logger.warning(
            "Late answer for exchange %s (%s %s): its claim was over; it is resolved by look-up",
            self.id, outcome.state, outcome.remote_id,
        )  # fmt: skip
        return False

    def _efacture_spare_platform(self, outcome):
        """A platform that said when to come back is left alone until then by every lane of every node.

        Each process knows only what it was told itself; what waits for the same account is put off for all of
        them, and says why.
        """
        account = self.account_id.id
        sentence = self._efacture_sentence("not_sent", outcome.kind, outcome.text)

        def work():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE efacture_exchange
                       SET next_attempt = %(until)s, error_code = %(code)s, error_message = %(sentence)s
                     WHERE id = ANY(ARRAY(
                            SELECT id FROM efacture_exchange
                             WHERE state = 'queued' AND direction = 'out' AND account_id = %(account)s
                               AND (next_attempt IS NULL OR next_attempt < %(until)s)
                             ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED))
                    """,
                    until=SQL("%s + make_interval(secs => %s)", NOW, outcome.retry_after),
                    code=outcome.kind,
                    sentence=sentence,
                    account=account,
                    most=SPARED,
                ),
                log_exceptions=False,
            )

        self._efacture_transaction(work)

    def _efacture_outcome_assignment(self, outcome):
        """What an outcome sets on the row."""
        self.invalidate_recordset()
        if outcome.state == Outcome.ACCEPTED:
            return self._efacture_accepted_assignment(outcome.remote_id, outcome.at)
        if outcome.state == Outcome.REJECTED:
            return self._efacture_rejected_assignment(outcome.code, outcome.text)
        if outcome.state == Outcome.UNKNOWN:
            return SQL(
                """state = 'unknown', unknown_since = %(now)s, next_attempt = %(now)s, lookup_count = 0,
                   error_code = %(code)s, error_message = %(text)s, apply_pending = TRUE, apply_next = NULL""",
                now=NOW,
                code=outcome.code or "unknown",
                text=self._efacture_sentence("unknown", outcome.code, outcome.text),
            )
        return self._efacture_not_sent_assignment(outcome)

    def _efacture_accepted_assignment(self, remote_id, at=None):
        awaited = SQL("account_id IS NOT NULL") if remote_id else SQL("FALSE")
        return SQL(
            """state = 'accepted', remote_id = %(remote)s, sent_at = COALESCE(%(at)s, %(now)s), unknown_since = NULL,
               ack_state = CASE WHEN %(awaited)s THEN 'pending' END,
               next_attempt = CASE WHEN %(awaited)s THEN %(now)s + interval '0.6 seconds' END,
               error_code = NULL, error_message = NULL, apply_pending = TRUE, apply_next = NULL""",
            remote=remote_id or None,
            at=at.replace(tzinfo=None) if at else None,
            now=NOW,
            awaited=awaited,
        )

    def _efacture_rejected_assignment(self, code, text):
        return SQL(
            """state = 'rejected', error_code = %s, error_message = %s, unknown_since = NULL, next_attempt = NULL,
               apply_pending = TRUE, apply_next = NULL""",
            code or "refused",
            self._efacture_sentence("rejected", code, text),
        )

    def _efacture_not_sent_assignment(self, outcome):
        """Back to the queue with a pause; after too many tries, `failed` with the reason."""
        known = {row["code"] for row in table("platform_codes")}
        code = outcome.code if outcome.code in known else outcome.kind or outcome.code
        sentence = self._efacture_sentence("not_sent", code, outcome.text)
        counted = outcome.code not in NOT_COUNTED
        hopeless = outcome.code == "no_channel"
        if hopeless or (counted and self.attempt_count >= self._efacture_parameter("max_attempts")):
            return SQL(
                """state = 'failed', error_code = %s, error_message = %s, next_attempt = NULL,
                   apply_pending = TRUE, apply_next = NULL""",
                outcome.code or "not_sent",
                sentence,
            )
        return SQL(
            """state = 'queued', error_code = %s, error_message = %s, attempt_count = %s,
               next_attempt = %s + make_interval(secs => %s), apply_pending = TRUE, apply_next = NULL""",
            outcome.code or "not_sent",
            sentence,
            self.attempt_count - (0 if counted else 1),
            NOW,
            self._efacture_pause(outcome),
        )

    def _efacture_pause(self, outcome):
        """Seconds before the next try: doubling, spread by chance, never before the platform's own word."""
        base = self._efacture_parameter("retry_base")
        pause = min(base * 2 ** max(self.attempt_count - 1, 0), LONGEST)
        if "not_authorized" in (outcome.kind, outcome.code) or outcome.code == "settings":
            pause = max(pause, base * 30)  # a person has to act: tries are not burnt meanwhile
        pause *= random.uniform(0.8, 1.2)
        return max(pause, outcome.retry_after or 0.0)

    def _efacture_parameter(self, name):
        """A number of the system parameters `efacture.…`: `max_attempts`, `retry_base` and `unknown_grace` in seconds."""
        defaults = {"max_attempts": 12, "retry_base": 20.0, "unknown_grace": 300.0}
        value = self.env["ir.config_parameter"].sudo().get_param(f"efacture.{name}")
        try:
            return float(value) if value else defaults[name]
        except ValueError:
            return defaults[name]

    def _efacture_sentence(self, state, code, text):
        """What happened, for people: the table's sentence for the code, and the platform's words."""
        row = {row["code"]: row for row in table("platform_codes")}.get(code)
        lang = self.env.lang or "fr"
        known = row["en" if lang.startswith("en") else "fr"] if row else ""
        if code == "settings":
            return text
        if not known:
            return text or code or state
        # Our own English of an outage adds nothing for a person; the platform's words may.
        if code in OURS or not text or text == code:
            return known
        return f"{known} ({text})"
