import logging
import random
import time
import uuid

import psycopg2
from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL
from psycopg2 import errors as pg_errors

from .inner_context import Inner, inner

_logger = logging.getLogger(__name__)

LANES = 4
ROUND = 20  # rows sent before the lane looks again at what else is due
LANE_TIME = 10.0  # seconds of a lane where Odoo does not say its own
WAIT = 3.0  # seconds for which a lane waits for what is due in a moment (acknowledgements)
IDLE = 0.2  # seconds between two looks while other lanes have it all in hand
# A call ends by itself after 90 s at most (connectors: Limits.total), Odoo ends a worker after 120 s.
LEASE = 110
LATEST = 10.0  # a call begins within so many seconds of its claim, or not at all
TRIES = 8
AGAIN = (
    pg_errors.SerializationFailure,
    pg_errors.DeadlockDetected,
    pg_errors.LockNotAvailable,
)
# The database itself is away: no row's fault, the lane ends and a later one goes on.
LOST = (psycopg2.OperationalError, psycopg2.InterfaceError)
# The database's clock, whatever the nodes' say; a sub-select, so that indexes serve.
NOW = SQL("(SELECT clock_timestamp() AT TIME ZONE 'UTC')")
# One invoice alone was asked for by a person whose next request sends it (`_efacture_dispatch`): the
# lanes, whose caches may be cold, leave it to that request at first.
HEAD_START = SQL("interval '2 seconds'")
ACTIVE = SQL(
    "(account_id IS NULL OR account_id IN (SELECT id FROM efacture_account WHERE state = 'active'))"
)


class ClaimTooOld(Exception):
    """Too long ago for a call to begin: nothing left."""


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
        began = busy = time.monotonic()
        until, total = self.env.context.get("cron_end_time") or began + LANE_TIME, 0
        if until <= began:
            # Odoo calls a job ten times before it looks at the clock; its worker would be ended.
            self.env["ir.cron"]._commit_progress(0, remaining=1)
            return
        while True:
            done = self._efacture_lane_round(until)
            due, wait = self._efacture_outlook()
            total += done
            if in_cron:
                # A lane that found all of it in other lanes' hands leaves it to them.
                left = self.env["ir.cron"]._commit_progress(done, remaining=due if total else 0)
            else:
                left = until - time.monotonic()
            now = time.monotonic()
            if done:
                busy = now
            if left <= 0 or now - busy > WAIT:
                break
            if not done:
                pause = IDLE if due else wait
                if pause is None or pause > min(WAIT, left):
                    break
                time.sleep(max(pause, 0.05))

    @api.model
    def _efacture_lane_round(self, until):
        """A little of everything that is due; the number of rows moved on.

        :param float until: moment (monotonic) from which nothing more is begun
        """
        with self.env.registry.cursor() as cr:
            rows = self._efacture_lane_env(cr, until)["efacture.exchange"]
            done = rows._efacture_expire_leases() + rows._efacture_send_due(limit=ROUND)
            for step in ("resolve", "poll", "apply", "prepare"):
                if not rows._efacture_time_over():
                    done += getattr(rows, f"_efacture_{step}_due")()
            return done

    def _efacture_lane_env(self, cr, until):
        """The lane's environment: the system's own user, and what one lane keeps for a round.

        :param float until: moment (monotonic) from which nothing more is begun
        """
        env = api.Environment(
            cr,
            SUPERUSER_ID,  # rows of every company, whoever asked
            {"efacture_lane": Inner({"until": until})},
        )
        # What is noted on a row is read by everybody: in French, where it is installed.
        lang = "fr_FR" if env["res.lang"]._get_data(code="fr_FR") else "en_US"
        return env(context={**env.context, "lang": lang})

    @api.model
    def _efacture_outlook(self):
        """(rows that are due now, seconds until the next one is due or None)."""
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    SELECT count(*) FILTER (WHERE due <= now), extract(epoch FROM min(due - now))
                      FROM (
                        (SELECT greatest(next_attempt, create_date + CASE WHEN priority = 0 THEN %(head)s END,
                                         create_date) AS due
                           FROM efacture_exchange
                          WHERE state = 'queued' AND direction = 'out' AND %(active)s
                          ORDER BY 1 LIMIT 1000)
                        UNION ALL
                        (SELECT greatest(next_attempt, create_date + CASE WHEN priority = 0 THEN %(head)s END,
                                         create_date)
                           FROM efacture_exchange
                          WHERE state = 'preparing' AND direction = 'out' AND %(active)s
                          ORDER BY 1 LIMIT 1000)
                        UNION ALL
                        (SELECT next_attempt FROM efacture_exchange
                          WHERE state = 'unknown' AND next_attempt IS NOT NULL AND %(active)s ORDER BY 1 LIMIT 1000)
                        UNION ALL
                        (SELECT next_attempt FROM efacture_exchange
                          WHERE ack_state IN ('pending', 'unknown') AND state = 'accepted'
                            AND next_attempt IS NOT NULL AND %(active)s ORDER BY 1 LIMIT 1000)
                        UNION ALL
                        (SELECT COALESCE(apply_next, create_date) FROM efacture_exchange
                          WHERE apply_pending IS TRUE ORDER BY 1 LIMIT 1000)
                        UNION ALL
                        (SELECT lease_until FROM efacture_exchange
                          WHERE state = 'sending' AND lease_until <= %(now)s LIMIT 1000)
                      ) AS waiting, (SELECT %(now)s AS now) AS clock
                    """,
                    active=ACTIVE,
                    now=NOW,
                    head=HEAD_START,
                )
            )
            count, wait = cr.fetchone()
        return count, None if wait is None else max(float(wait), 0.0)

    # -- waking -----------------------------------------------------------------------------------

    def _efacture_wake_lanes(self):
        """Start the lanes when this transaction is committed; asked again, nothing more happens."""
        asked = self.env.cr.precommit.data.setdefault("efacture_lanes", set())
        # One row needs one lane: the others would find nothing.
        numbers = set(range(1, min(LANES, len(self) or LANES) + 1)) - asked
        if not numbers:
            return
        asked |= numbers
        find = self.env["ir.model.data"]._xmlid_to_res_id
        ids = [find(f"efacture_base.efacture_cron_lane_{number}") for number in sorted(numbers)]
        # sudo: whoever sends wakes what sends. One statement for the lanes that are switched on, instead of
        # three for each by `_trigger`.
        crons = self.env["ir.cron"].sudo().search([("id", "in", ids)])
        now = fields.Datetime.now()
        crons.env["ir.cron.trigger"].create(
            [{"cron_id": cron.id, "call_at": now} for cron in crons]
        )
        if crons:
            self.env.cr.postcommit.add(crons._notifydb)

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
        """The last thing before a call to the outside: end the transaction that read what is sent.

        :raises ClaimTooOld: the worker slept since its claim; another may have the row by now
        """
        kept = inner(self.env, "efacture_lane")
        if kept is None:
            return
        # No snapshot and no lock is held while the other side thinks.
        self.env.cr.commit()
        kept["released"] = True
        if time.monotonic() - kept.get("claimed", time.monotonic()) > min(LATEST, LEASE / 2):
            raise ClaimTooOld()

    def _efacture_kept(self):
        """What a lane keeps for one round (connectors); a fresh dict elsewhere."""
        kept = inner(self.env, "efacture_lane")
        return {} if kept is None else kept

    def _efacture_time_over(self):
        """Whether this lane begins nothing more, so that Odoo need not end it."""
        return time.monotonic() >= self._efacture_kept().get("until", float("inf"))

    def _efacture_point(self, name):
        """A named moment of a row's way: `after_claim`, `after_call`, `before_outcome`, `before_apply`.

        Nothing happens here; the fault suite's own addon ends the process at these points.
        """

    # -- claiming ---------------------------------------------------------------------------------

    def _efacture_claim(self, where, assignment, limit, order=None):
        """Take rows for this lane: one statement, the first of its transaction, then committed.

        `= ANY(ARRAY(…))` runs the sub-select once; PostgreSQL may run that of an `IN (…)` once a
        row, and then takes more rows than its limit says.

        :param SQL where: which rows; of `self` only, when `self` is not empty
        :param SQL assignment: what is set with the lease
        :return: (rows, {id: token})
        """
        only = self._efacture_mine()
        token = str(uuid.uuid4())
        self._efacture_kept().update(claimed=time.monotonic(), released=False)

        def work():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE efacture_exchange
                       SET lease_token = %(token)s, lease_until = %(now)s + make_interval(secs => %(lease)s),
                           %(assignment)s
                     WHERE id = ANY(ARRAY(
                            SELECT id FROM efacture_exchange
                             WHERE %(where)s AND %(only)s AND %(active)s
                             ORDER BY %(order)s LIMIT %(limit)s
                               FOR NO KEY UPDATE SKIP LOCKED))
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

    def _efacture_mine(self):
        """Which rows a step works on: these; of a lane, all but those whose person is about to send them."""
        if self:
            return SQL("id IN %s", tuple(self.ids))
        return SQL("(priority != 0 OR create_date <= %s - %s)", NOW, HEAD_START)

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
                           error_code = 'lease', error_message = %(sentence)s, write_date = %(now)s
                     WHERE id = ANY(ARRAY(
                            SELECT id FROM efacture_exchange WHERE %(where)s AND %(only)s
                             ORDER BY id LIMIT 200 FOR NO KEY UPDATE SKIP LOCKED))
                    RETURNING id
                    """,
                    now=NOW,
                    where=where,
                    only=only,
                    sentence=self._efacture_sentence("unknown", "lease", ""),
                ),
                log_exceptions=False,
            )
            return [row_id for (row_id,) in self.env.cr.fetchall()]

        expired = self._efacture_transaction(work)
        if expired:
            _logger.info("Leases over while sending, to be looked up: %s", expired)
        return len(expired)
