import logging
import random
import time
import uuid

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL
from psycopg2 import errors as pg_errors

from .inner_context import Inner, inner

_logger = logging.getLogger(__name__)

LANES = 4
ROUND = 20  # rows sent before the lane looks again at what else is due
WAIT = 3.0  # seconds for which a lane waits for what is due in a moment (acknowledgements)
# A call ends by itself after 90 s at most (connectors: Limits.total), Odoo ends a worker after 120 s.
LEASE = 110
TRIES = 8
AGAIN = (
    pg_errors.SerializationFailure,
    pg_errors.DeadlockDetected,
    pg_errors.LockNotAvailable,
)
# The database's clock, whatever the nodes' say; a sub-select, so that indexes serve.
NOW = SQL("(SELECT clock_timestamp() AT TIME ZONE 'UTC')")
ACTIVE = SQL(
    "(account_id IS NULL OR account_id IN (SELECT id FROM efacture_account WHERE state = 'active'))"
)


class EfactureExchange(models.Model):
    """The lanes: several scheduled actions that work off one queue, side by side, on any node.

    Each claim, outcome and apply is a transaction of its own on a cursor of the lane; the
    scheduled action's own transaction holds no lock and stays short.
    """

    _inherit = "efacture.exchange"

    @api.model
    def _efacture_run_lane(self):
        """One lane: work until nothing is due or Odoo's time for a job is over."""
        in_cron = self.env.context.get("ir_cron_progress_id")
        until = time.monotonic() + 10
        while True:
            done = self._efacture_lane_round()
            remaining, wait = self._efacture_outlook()
            if in_cron:
                left = self.env["ir.cron"]._commit_progress(done, remaining=remaining)
            else:
                left = until - time.monotonic()
            if left <= 0:
                break
            if not done and not remaining:
                if wait is None or wait > min(WAIT, left):
                    break
                time.sleep(max(wait, 0.05))

    @api.model
    def _efacture_lane_round(self):
        """A little of everything that is due; the number of rows moved on."""
        with self.env.registry.cursor() as cr:
            rows = self._efacture_lane_env(cr)["efacture.exchange"]
            return (
                rows._efacture_expire_leases()
                + rows._efacture_send_due(limit=ROUND)
                + rows._efacture_resolve_due()
                + rows._efacture_poll_due()
                + rows._efacture_apply_due()
                + rows._efacture_prepare_due()
            )

    def _efacture_lane_env(self, cr):
        """The lane's environment: the system's own user, and what one lane keeps for a round."""
        return api.Environment(
            cr,
            SUPERUSER_ID,  # rows of every company, whoever asked
            {"lang": self.env.context.get("lang") or "fr_FR", "efacture_lane": Inner({})},
        )

    @api.model
    def _efacture_outlook(self):
        """(rows that are due now, seconds until the next one is due or None)."""
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    SELECT count(*) FILTER (WHERE due <= now), extract(epoch FROM min(due - now))
                      FROM (
                        (SELECT COALESCE(next_attempt, create_date) AS due FROM efacture_exchange
                          WHERE state = 'queued' AND direction = 'out' AND %(active)s ORDER BY 1 LIMIT 1000)
                        UNION ALL
                        (SELECT COALESCE(next_attempt, create_date) FROM efacture_exchange
                          WHERE state = 'preparing' AND direction = 'out' AND %(active)s ORDER BY 1 LIMIT 1000)
                        UNION ALL
                        (SELECT next_attempt FROM efacture_exchange
                          WHERE state = 'unknown' AND next_attempt IS NOT NULL AND %(active)s ORDER BY 1 LIMIT 1000)
                        UNION ALL
                        (SELECT next_attempt FROM efacture_exchange
                          WHERE ack_state IN ('pending', 'unknown') AND state = 'accepted'
                            AND next_attempt IS NOT NULL AND %(active)s ORDER BY 1 LIMIT 1000)
                        UNION ALL
                        (SELECT COALESCE(apply_next, create_date) FROM efacture_exchange
                          WHERE apply_pending ORDER BY 1 LIMIT 1000)
                        UNION ALL
                        (SELECT lease_until FROM efacture_exchange
                          WHERE state = 'sending' AND lease_until <= %(now)s LIMIT 1000)
                      ) AS waiting, (SELECT %(now)s AS now) AS clock
                    """,
                    active=ACTIVE,
                    now=NOW,
                )
            )
            count, wait = cr.fetchone()
        return count, None if wait is None else max(float(wait), 0.0)

    # -- waking -----------------------------------------------------------------------------------

    def _efacture_wake_lanes(self):
        """Start the lanes when this transaction is committed; asked again, nothing more happens."""
        asked = self.env.cr.precommit.data.setdefault("efacture_lanes", set())
        # One row needs one lane: the others would find nothing.
        for number in range(1, min(LANES, max(len(self), 1)) + 1):
            cron = self.env.ref(f"efacture_base.efacture_cron_lane_{number}", False)
            if cron and number not in asked:
                asked.add(number)
                cron.sudo()._trigger()  # sudo: whoever sends wakes what sends

    # -- transactions of a lane -------------------------------------------------------------------

    def _efacture_transaction(self, work):
        """Run `work()` in a fresh transaction of the lane's cursor and commit it; a conflict begins it again.

        :param work: reads and writes by `self.env` only; run again from its start after a conflict
        """
        cr = self.env.cr
        for attempt in range(TRIES):
            try:
                result = work()
                # One step of a lane is one transaction: what comes next must find it done.
                cr.commit()
                return result
            except AGAIN:
                cr.rollback()
                if attempt + 1 == TRIES:
                    raise
                time.sleep(random.uniform(0.002, 0.01 * 2**attempt))
            except BaseException:
                cr.rollback()
                raise

    def _efacture_release(self):
        """Give the snapshot back before a call to the outside: nothing was written since the last commit."""
        if inner(self.env, "efacture_lane") is not None:
            self.env.cr.rollback()

    def _efacture_kept(self):
        """What a lane keeps for one round (connectors); a fresh dict elsewhere."""
        kept = inner(self.env, "efacture_lane")
        return {} if kept is None else kept

    def _efacture_point(self, name):
        """A named moment of a row's way: `after_claim`, `after_call`, `before_outcome`, `before_apply`.

        Nothing happens here; the fault suite's own addon ends the process at these points.
        """

    # -- claiming ---------------------------------------------------------------------------------

    def _efacture_claim(self, where, assignment, limit, order=None):
        """Take rows for this lane: one statement, the first of its transaction, then committed.

        :param SQL where: which rows; of `self` only, when `self` is not empty
        :param SQL assignment: what is set with the lease
        :return: (rows, {id: token})
        """
        only = SQL("id IN %s", tuple(self.ids)) if self else SQL("TRUE")
        token = str(uuid.uuid4())

        def work():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE efacture_exchange
                       SET lease_token = %(token)s, lease_until = %(now)s + make_interval(secs => %(lease)s),
                           %(assignment)s
                     WHERE id IN (
                            SELECT id FROM efacture_exchange
                             WHERE %(where)s AND %(only)s AND %(active)s
                             ORDER BY %(order)s LIMIT %(limit)s
                               FOR NO KEY UPDATE SKIP LOCKED)
                    RETURNING id
                    """,
                    token=token,
                    now=NOW,
                    lease=LEASE,
                    assignment=assignment,
                    where=where,
                    only=only,
                    active=ACTIVE,
                    order=order or SQL("priority, id"),
                    limit=limit,
                ),
                log_exceptions=False,  # a conflict is no error: it begins again
            )
            return sorted(row_id for (row_id,) in self.env.cr.fetchall())

        return self.browse(self._efacture_transaction(work)), token

    def _efacture_expire_leases(self):
        """Rows whose worker died while sending: they may have arrived."""
        where = SQL("state = 'sending' AND lease_until < %s", NOW)
        only = SQL("id IN %s", tuple(self.ids)) if self else SQL("TRUE")

        def work():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE efacture_exchange
                       SET state = 'unknown', unknown_since = %(now)s, next_attempt = %(now)s, lookup_count = 0,
                           lease_token = NULL, lease_until = NULL, apply_pending = TRUE, apply_next = NULL,
                           error_code = 'lease', write_date = %(now)s
                     WHERE id IN (SELECT id FROM efacture_exchange WHERE %(where)s AND %(only)s
                                   ORDER BY id LIMIT 200 FOR NO KEY UPDATE SKIP LOCKED)
                    RETURNING id
                    """,
                    now=NOW,
                    where=where,
                    only=only,
                ),
                log_exceptions=False,
            )
            return [row_id for (row_id,) in self.env.cr.fetchall()]

        expired = self._efacture_transaction(work)
        if expired:
            _logger.info("Leases over while sending, to be looked up: %s", expired)
        return len(expired)
