import logging

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connectors import errors
from .efacture_exchange_lane import LOST, NOW, ClaimTooOld

_logger = logging.getLogger(__name__)
LOOKUPS = 10  # rows looked up in a round
NEGATIVE = 2  # look-ups that must find nothing before a document is believed not to have arrived


class EfactureExchange(models.Model):
    """Rows in doubt: looked up by our reference, adopted or sent again, never sent blindly."""

    _inherit = "efacture.exchange"

    def _efacture_resolve_due(self, limit=LOOKUPS):
        """Look up the doubtful rows that are due (of `self` only, when not empty)."""
        done = 0
        for _each in range(limit):
            if self._efacture_time_over():
                break
            row, token = self._efacture_claim(
                SQL(
                    "state = 'unknown' AND next_attempt <= %s AND (lease_until IS NULL OR lease_until < %s)",
                    NOW,
                    NOW,
                ),
                SQL("next_attempt = next_attempt"),
                limit=1,
                order=SQL("next_attempt"),
            )
            if not row:
                break
            row._efacture_resolve_claimed(token)
            done += 1
        return done

    def _efacture_resolve_claimed(self, token):
        try:
            found = self._efacture_find()
        except errors.NotSupported:
            assignment = SQL("next_attempt = NULL, apply_pending = TRUE, apply_next = NULL")
        except (errors.ConnectorError, UserError, ClaimTooOld) as error:
            assignment = SQL(
                "next_attempt = %s, error_message = %s",
                self._efacture_next_lookup(),
                self._efacture_sentence("unknown", getattr(error, "kind", "settings"), str(error)),
            )
        except LOST:
            raise
        except Exception:
            _logger.exception("Unexpected error while looking up exchange %s", self.id)
            self.env.cr.rollback()
            assignment = SQL("next_attempt = %s", self._efacture_next_lookup())
        else:
            assignment = self._efacture_found_assignment(found)

        def work():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE efacture_exchange SET %s, lease_token = NULL, lease_until = NULL, write_date = %s
                     WHERE id = %s AND state = 'unknown' AND lease_token = %s
                    """,
                    assignment,
                    NOW,
                    self.id,
                    token,
                ),
                log_exceptions=False,
            )
            return self.env.cr.rowcount

        return bool(self._efacture_transaction(work))

    def _efacture_found_assignment(self, found):
        if found:
            self.invalidate_recordset()
            return self._efacture_accepted_assignment(found.remote_id, found.submitted_at)
        # Not there. Believed only once no call can still be under way, and twice.
        over = SQL(
            "lookup_count + 1 >= %s AND unknown_since + make_interval(secs => %s) <= %s",
            NEGATIVE,
            self._efacture_parameter("unknown_grace"),
            NOW,
        )
        # Sent again and again without ever being found: a person has to look at the platform's site.
        again = SQL("attempt_count < %s", self._efacture_parameter("max_attempts"))
        return SQL(
            """lookup_count = COALESCE(lookup_count, 0) + 1,
               state = CASE WHEN %(over)s AND %(again)s THEN 'queued' ELSE state END,
               unknown_since = CASE WHEN %(over)s AND %(again)s THEN NULL ELSE unknown_since END,
               apply_pending = apply_pending OR (%(over)s),
               next_attempt = CASE WHEN %(over)s THEN NULL ELSE %(next)s END""",
            over=over,
            again=again,
            next=self._efacture_next_lookup(),
        )

    def _efacture_next_lookup(self):
        """Half as long again as it has been in doubt: at least 2 seconds, at most a quarter of an hour."""
        return SQL(
            "%(now)s + least(greatest((%(now)s - unknown_since) / 2, interval '2 seconds'), interval '15 minutes')",
            now=NOW,
        )

    # -- the look-up ------------------------------------------------------------------------------

    def _efacture_find(self):
        """Whether the other side has this row's document: `RemoteRef`, or None when it says no.

        :raises NotSupported: nobody can be asked, a person has to find out
        """
        self.ensure_one()
        channel = "efacture" if self.kind == "lifecycle" else self.channel or "efacture"
        method = getattr(self, f"_efacture_find_{channel}", None)
        if method is None:
            raise errors.NotSupported(f"nobody can be asked about {channel}")
        return method()

    def _efacture_find_efacture(self):
        connector, tracking = self._efacture_connector(), self.tracking_id
        self._efacture_release()
        return connector.find_by_tracking(tracking)
