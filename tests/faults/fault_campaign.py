"""One campaign: invoices are sent while everything dies, then the platform's ledger is read.

A campaign is: a fresh database, a fresh platform, two nodes; a feeder that asks for sendings by RPC, as people
do; a killer; faults of the platform; then peace, a bounded wait, and the verdict.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psutil
import psycopg2
import requests
from fault_judge import ACCEPTED, Expected, Invoice, Row, judge
from fault_rig import LANES, Database, Node, Rig, happened, nodes, switch
from ground import paths

from sandbox.process import Sandbox

POINTS = ("after_claim", "after_call", "before_outcome", "before_apply")
BUSY = ("preparing", "queued", "sending", "unknown")
# Always on: a second deposit is a second row of the ledger, so that a blind re-send cannot hide.
ALWAYS = "no_dedup"
# Short times, so that what a dead worker left is taken up within seconds. The grace is longer than the slowest
# deposit that the platform stores late (one second here), as in real life.
PARAMETERS: dict[str, object] = {"unknown_grace": 7, "retry_base": 0.5, "max_attempts": 50}


@dataclass
class Plan:
    """What goes wrong in one campaign. Probabilities are per request, per passage at a point, per second."""

    name: str
    bulk: int
    real: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    points: dict[str, float] = field(default_factory=dict)
    worker_kills: float = 0.0
    node_kills: int = 0
    restarts: int = 0
    chunk: int = 25
    kills_over: float = (
        30.0  # within these seconds the nodes and the database have had their strokes
    )
    fire: float = 600.0
    drain: float = 240.0
    patient: bool = False  # the lanes' own minute passes, instead of being made due at once


@dataclass
class Result:
    """What happened, and what is wrong with it."""

    plan: Plan
    problems: list[str]
    figures: dict[str, Any]

    def lines(self) -> list[str]:
        figures = self.figures
        return [
            f"{self.plan.name}: {figures['invoices']} invoices, {figures['deposits']} on the platform, "
            f"{figures['states']}, in {figures['seconds']} s ({figures['submitted_under_fire']} submitted in "
            f"{figures['under_fire']} s under fire)",
            f"  kills at points {figures['kills']}, workers {figures['workers_killed']}, "
            f"nodes {figures['nodes_killed']}, database restarts {figures['restarts']}",
            f"  calls {figures['calls']}, attempts {figures['attempts']}, retries {figures['retries']}, "
            f"unknown {figures['unknown']} → {figures['unknown_ended']}",
        ]


class Campaign:
    """See the module. Use `run`, or the parts one by one for a scenario of its own."""

    def __init__(self, rig: Rig, name: str):
        self.rig, self.name = rig, name
        self.folder = rig.folder / f"switches-{name}"
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.iterdir():
            old.unlink()
        switch(self.folder)
        self.random = random.Random(name)
        self.killed: Counter[str] = Counter()
        self.nodes: list[Node] = []
        self._tending = threading.Lock()
        self.database: Database
        self.platform: Sandbox

    # -- servers ---------------------------------------------------------------------------------

    def __enter__(self) -> Campaign:
        self.platform = self.rig.sandbox(self.name)
        self.database = self.rig.fresh(f"faults_{self.name}")
        self.database.aim(self.platform, **PARAMETERS)
        self.arm()
        return self

    def __exit__(self, *_: object) -> None:
        self.platform.process.terminate()
        self.platform.process.wait(10)
        self.rig.databases.drop(self.database.name)

    def arm(self, *faults: dict[str, Any]) -> None:
        """Set the platform's faults; `no_dedup` stays."""
        always = [{"fault": ALWAYS}] if ALWAYS in self.fault_names() else []
        self.platform.fault("pa", *always, *faults)

    def fault_names(self) -> list[str]:
        return self.platform.get("pa", "faults")["names"]

    def wake(self) -> None:
        """What any activity of an Odoo server does all the time: tell the cron workers to look."""
        with self._tending:
            self.killed["left"] += sum(node.tend() for node in self.nodes)
        # While the database is being restarted, so are the workers.
        with contextlib.suppress(psycopg2.Error, OSError):
            self.rig.cluster.execute("SELECT pg_notify('cron_trigger', %s)", self.database.name)

    # -- feeding ---------------------------------------------------------------------------------

    def moves(self, number: int, skip: int = 0) -> dict[str, int]:
        """Posted invoices of the template, by number."""
        rows = self.database.all(
            "SELECT name, id FROM account_move WHERE move_type = 'out_invoice' AND state = 'posted'"
            " ORDER BY id LIMIT %s OFFSET %s",
            number,
            skip,
        )
        return dict(rows)

    def ask(self, method: str, ids: list[int], node: Node | None = None) -> Any:
        """Ask the helper until a server answers; asking twice changes nothing."""
        limit = time.monotonic() + 120
        while True:
            try:
                return (
                    (node or self.random.choice(self.nodes))
                    .client()
                    .call("efacture.faults", method, ids)
                )
            except (requests.RequestException, RuntimeError, KeyError, TypeError) as error:
                if time.monotonic() > limit:
                    raise paths.GroundError(f"{method} never worked: {error}") from error
                time.sleep(0.3)

    def ask_once(self, method: str, *args: Any) -> Any:
        """Ask the helper at the first node."""
        return self.nodes[0].client().call("efacture.faults", method, *args)

    def feed(self, bulk: Iterable[int], real: Iterable[int], chunk: int) -> None:
        bulk, real = list(bulk), list(real)
        while bulk or real:
            if bulk:
                self.ask("queue", bulk[:chunk])
                del bulk[:chunk]
            if real:
                self.ask("enqueue", real[: max(1, chunk // 5)])
                del real[: max(1, chunk // 5)]

    # -- killing ---------------------------------------------------------------------------------

    def kill_worker(self) -> None:
        """`kill -9` of one process that runs scheduled actions."""
        found = [process for node in self.nodes for process in node.workers()]
        if found:
            try:
                self.random.choice(found).send_signal(signal.SIGKILL)
                self.killed["worker"] += 1
            except psutil.Error:
                pass

    def kill_node(self) -> None:
        with self._tending:
            node = self.random.choice(self.nodes)
            node.kill()
            self.killed["node"] += 1
            node.start()

    def restart_database(self) -> None:
        """The server dies without saying good-bye to anybody, and starts again."""
        cluster = self.rig.cluster
        from ground.cluster import _binary

        subprocess.run(
            [_binary("pg_ctl"), "-D", cluster.folder, "-m", "immediate", "-w", "stop"],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        self.killed["database"] += 1
        cluster.start()

    def _fire(self, plan: Plan, stop: threading.Event) -> None:
        """The killer: until `stop`, and until all it was asked for has been done."""
        began = time.monotonic()
        jobs = [self.kill_node] * plan.node_kills + [self.restart_database] * plan.restarts
        self.random.shuffle(jobs)
        step = plan.kills_over / (len(jobs) + 1)
        while not stop.wait(0.5):
            # Odoo puts off for a minute what was killed three times: here that happens all the time.
            self.run_lanes()
            if self.random.random() < plan.worker_kills / 2:
                self.kill_worker()
            if jobs and time.monotonic() - began > step:
                began = time.monotonic()
                jobs.pop()()

    # -- waiting ---------------------------------------------------------------------------------

    def open_rows(self) -> Counter[str]:
        """Exchanges that have not ended, by state; `apply` for outcomes not yet carried to the invoice, `untried`
        for those that no worker has taken yet."""
        found = Counter(
            dict(
                self.database.all(
                    "SELECT state, count(*) FROM efacture_exchange WHERE direction = 'out'"
                    " AND kind = 'invoice' AND state = ANY(%s) GROUP BY 1",
                    list(BUSY),
                )
            )
        )
        late, untried = self.database.all(
            "SELECT count(*) FILTER (WHERE apply_pending), count(*) FILTER (WHERE state IN ('queued', 'preparing')"
            " AND coalesce(attempt_count, 0) = 0) FROM efacture_exchange"
        )[0]
        return found + Counter(apply=late, untried=untried)

    def wait(
        self, seconds: float, enough=lambda rows: not rows, patient: bool = True
    ) -> Counter[str]:
        """Wait until no exchange is open (or `enough` says so); what is left when the time is over."""
        limit = time.monotonic() + seconds
        while True:
            rows = self.open_rows()
            if enough(rows) or time.monotonic() > limit:
                return rows
            (self.wake if patient else self.run_lanes)()
            time.sleep(0.5)

    def doing(self) -> list[str]:
        """What keeps rows open: sessions of the database, when each lane runs next, when rows are due."""
        told = [
            f"now {now}; apply from {first} to {last}; nodes ended: {[node.process and node.process.poll() for node in self.nodes]}"
            for now, first, last in self.database.all(
                "SELECT now() AT TIME ZONE 'UTC', min(apply_next), max(apply_next) FROM efacture_exchange WHERE apply_pending"
            )
        ]
        told += [
            f"session {pid}: {state} since {since}, waits for {event}: {query}"
            for pid, state, since, event, query in self.database.all(
                "SELECT pid, state, state_change, wait_event, left(query, 160) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ]
        told += [
            f"lane {cron}: active {active}, next {nextcall}, last {lastcall}, failures {failures}, progress {progress}"
            for cron, active, nextcall, lastcall, failures, progress in self.database.all(
                "SELECT c.id, c.active, c.nextcall, c.lastcall, c.failure_count,"
                " (SELECT array_agg(p.timed_out_counter || ':' || p.done || ':' || p.remaining ORDER BY p.id DESC)"
                "    FROM (SELECT * FROM ir_cron_progress WHERE cron_id = c.id ORDER BY id DESC LIMIT 4) p)"
                " FROM ir_cron c JOIN ir_act_server s ON s.id = c.ir_actions_server_id"
                " WHERE s.code LIKE '%%_efacture_run_lane%%' ORDER BY c.id"
            )
        ]
        return told

    def settle_acknowledgements(self, seconds: float = 60) -> None:
        """Let the scheduled action that asks for acknowledgements run now, until none is awaited."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit and self.awaited():
            self.database.all(
                "UPDATE efacture_exchange SET next_attempt = now() AT TIME ZONE 'UTC' WHERE ack_state = 'pending'"
                " AND state = 'accepted' AND lease_token IS NULL RETURNING id"
            )
            self.run_lanes()
            time.sleep(1)

    def awaited(self) -> int:
        """Acknowledgements that the platform has given and we have not read."""
        given = [row["flow_id"] for row in self.ledger() if row.get("ack_status") != "Pending"]
        return self.database.one(
            "SELECT count(*) FROM efacture_exchange WHERE ack_state = 'pending' AND remote_id = ANY(%s)",
            given,
        )

    def run_lanes(self) -> None:
        """Make the lanes' next run due now instead of in a minute."""
        self.database.all(
            "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute' WHERE id IN"
            " (SELECT c.id FROM ir_cron c JOIN ir_act_server s ON s.id = c.ir_actions_server_id"
            "  WHERE c.active AND s.code LIKE '%%_efacture_run_lane%%'"
            "  FOR NO KEY UPDATE OF c SKIP LOCKED) RETURNING id"
        )
        self.wake()

    # -- verdict ---------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        return [
            Row(*(value if value is not None else "" for value in values))
            for values in self.database.all(
                "SELECT m.name, e.tracking_id, e.sha256, e.state, e.remote_id, coalesce(e.apply_pending, false),"
                " coalesce(e.attempt_count, 0), e.error_code, e.error_message FROM efacture_exchange e"
                " JOIN account_move m ON m.id = e.move_id WHERE e.direction = 'out' AND e.kind = 'invoice'"
                " ORDER BY e.id"
            )
        ]

    def invoices(self, numbers: Iterable[str]) -> list[Invoice]:
        notes: dict[str, dict[str, int]] = {}
        for number, body, count in self.database.all(
            "SELECT m.name, s.body, count(*) FROM mail_message s JOIN account_move m ON m.id = s.res_id"
            " WHERE s.model = 'account.move' AND coalesce(s.body, '') NOT IN ('', '<p></p>')"
            " GROUP BY 1, 2"
        ):
            notes.setdefault(number, {})[body] = count
        return [
            Invoice(number, state or "", notes.get(number, {}))
            for number, state in self.database.all(
                "SELECT name, efacture_state FROM account_move WHERE name = ANY(%s)", list(numbers)
            )
        ]

    def ledger(self) -> list[dict[str, Any]]:
        return self.platform.get("pa", "ledger")

    def verdict(
        self, numbers: Iterable[str], expected: dict[str, Expected] | None = None
    ) -> list[str]:
        """The judge's sentences. A deposit that the platform refused afterwards ends as rejected."""
        # A late acknowledgement may be on its way to its invoice just now; what stays so is a fault.
        rows, limit = self.rows(), time.monotonic() + 20
        while any(row.apply_pending for row in rows) and time.monotonic() < limit:
            self.wake()
            time.sleep(0.5)
            rows = self.rows()
        ledger, numbers = self.ledger(), list(numbers)
        refused = {row["number"] for row in ledger if row.get("ack_status") == "Error"}
        ends = {
            number: Expected(frozenset({"rejected"})) if number in refused else ACCEPTED
            for number in numbers
        }
        ends.update(expected or {})
        problems = judge(ledger, rows, self.invoices(numbers), ends)
        return problems + self._wrong_steps()

    def _wrong_steps(self) -> list[str]:
        """Changes of state that the diagram does not have; e.g. an accepted row sent again."""
        allowed = json.loads(
            self.database.one(
                "SELECT value FROM ir_config_parameter WHERE key = 'efacture_faults.transitions'"
            )
        )
        return [
            f"{count} × {before} → {after}, which the diagram does not have"
            for before, after, count in self.database.all(
                "SELECT before, after, count(*) FROM faults_history GROUP BY 1, 2"
            )
            if after not in allowed.get(before, [])
        ]

    def figures(self) -> dict[str, Any]:
        points = Counter(words[1] for words in happened(self.folder) if words[0] == "kill")
        ended = dict(
            self.database.all(
                "SELECT after, count(*) FROM faults_history WHERE before = 'unknown' GROUP BY 1"
            )
        )
        names = {"accepted": "adopted", "queued": "sent again", "rejected": "rejected"}
        attempts, rows = self.database.all(
            "SELECT coalesce(sum(attempt_count), 0), count(*) FILTER (WHERE attempt_count > 0)"
            " FROM efacture_exchange WHERE direction = 'out' AND kind = 'invoice'"
        )[0]
        return {
            "deposits": len(self.ledger()),
            "states": dict(
                self.database.all(
                    "SELECT state, count(*) FROM efacture_exchange WHERE direction = 'out'"
                    " AND kind = 'invoice' GROUP BY 1"
                )
            ),
            "kills": {point: points[point] for point in POINTS if points[point]},
            "workers_killed": self.killed["worker"],
            "nodes_killed": self.killed["node"],
            "restarts": self.killed["database"],
            "calls": self.platform.get("pa", "calls"),
            "attempts": attempts,
            "retries": attempts - rows,
            "unknown": self.database.one(
                "SELECT count(*) FROM faults_history WHERE after = 'unknown'"
            ),
            "unknown_ended": {names.get(state, state): count for state, count in ended.items()},
        }

    # -- the whole story -------------------------------------------------------------------------

    def run(self, plan: Plan) -> Result:
        began = time.monotonic()
        moves = self.moves(plan.bulk + plan.real)
        ids = list(moves.values())
        bulk, real = ids[: plan.bulk], ids[plan.bulk :]
        with nodes(self.rig, self.database.name, self.folder) as self.nodes:
            fire = time.monotonic()
            self.arm(*plan.faults)
            switch(self.folder, kill=plan.points)
            peace = threading.Event()
            killer = threading.Thread(target=self._fire, args=(plan, peace), daemon=True)
            killer.start()
            try:
                self.feed(bulk, real, plan.chunk)
                # Peace comes when every row has been tried once under fire, not before the killer is done.
                time.sleep(max(0.0, plan.kills_over - (time.monotonic() - fire)))
                untried = self.wait(plan.fire, lambda rows: not rows["untried"])["untried"]
            finally:
                peace.set()
                killer.join(120)
            under_fire = time.monotonic() - fire
            self.arm()
            switch(self.folder)
            for node in self.nodes:
                if node.process is None:
                    node.start()
                node.wait()
            left = self.wait(plan.drain, patient=plan.patient)
            doing = self.doing() if left else []
            self.settle_acknowledgements()
            self.wait(30)
            problems = self.verdict(moves)
            if left:
                problems.insert(0, f"still open after {plan.drain:.0f} s of peace: {dict(left)}")
                problems += doing
            figures = {
                "invoices": len(moves),
                "submitted_under_fire": len(moves) - untried,
                **self.figures(),
                "under_fire": round(under_fire),
                "seconds": round(time.monotonic() - began),
            }
        return Result(plan, problems, figures)


def alive(pid: int) -> str:
    """State letter of a process; empty when it is gone."""
    try:
        return {"stopped": "T", "zombie": ""}.get(psutil.Process(pid).status(), "R")
    except psutil.Error:
        return ""


def wake_process(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


__all__ = ["LANES", "Campaign", "Plan", "Result", "alive", "wake_process"]
