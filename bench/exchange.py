"""`bin/bench exchange`: invoices sent end to end, document, verdict, PDF/A-3 and the platform's answer.

A durable PostgreSQL of its own, a real Odoo with workers and lanes, real services, the loopback platform. Batches of several
sizes; one person's *Send* alone and while a large batch runs; milliseconds by stage of one lane; native Odoo's
generation alone in the same run.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import sys
import threading
import time
from pathlib import Path

from ground import odoo_server, paths
from ground.cluster import Cluster, server
from ground.databases import Databases
from ground.services import start_all

sys.path.insert(0, str(paths.ROOT / "tests" / "faults"))

from fault_rig import Node, copy_database

from sandbox.process import start_sandbox

INSIDE = Path(__file__).with_name("_exchange_inside.py")
WORKERS, CRON_PROCESSES = 2, 5  # docs/operator.md: four lanes and one for the rest


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench exchange", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--count", type=int, default=200, help="invoices of the main figure")
    parser.add_argument("--growth", default="20,200,1000", help="batches whose cost is compared")
    parser.add_argument("--native", type=int, default=10, help="invoices made by native Odoo")
    parser.add_argument("--sends", type=int, default=25, help="sendings of one person, each way")
    parser.add_argument("--stages", type=int, default=100, help="invoices of the stages' figures")
    options = parser.parse_args(argv)
    sizes = sorted({int(size) for size in options.growth.split(",") if size} | {options.count})
    for folder in (paths.LOGS, paths.RUN_DIR):
        folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(options, sizes)
    try:
        report = bench.run()
    finally:
        bench.close()
    if options.json:
        print(json.dumps(report))
    else:
        json.dump(report, sys.stdout, indent=2)
        print()
    return 0


class Bench:
    """One run: servers, the prepared database, copies of it."""

    def __init__(self, options, sizes):
        self.options, self.sizes = options, sizes
        self.cluster = Cluster("postgres-bench", durable=True)
        self.cluster.start()
        self.databases = Databases(self.cluster)
        self.folder = paths.INSTANCE / "bench-exchange"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.sandbox = start_sandbox(self.folder / "sandbox")
        self.log = paths.LOGS / "bench-exchange.log"
        self.log.unlink(missing_ok=True)
        self.load = os.getloadavg()[0]
        self.pending = 0

    def close(self) -> None:
        self.sandbox.process.terminate()
        self.sandbox.process.wait(10)
        for name in self.cluster.databases():
            if name.startswith("bench_"):
                self.databases.drop(name)
        self.cluster.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self) -> dict:
        start_all()
        self._fill()
        baseline, plan = self._prepare()
        batches, memory = self._batches(plan)
        alone, busy = self._person(plan)
        stages = self._stages(plan)
        main = batches[str(self.options.count)]
        figures = {
            "invoices": self.options.count,
            "per_second": main["per_second"],
            "ms_per_invoice": main["ms_per_invoice"],
            "ms_per_invoice_by_stage_of_one_lane": stages["stages"],
            "ms_per_invoice_in_one_lane": stages["ms_per_invoice"],
            "queries_per_invoice": stages["queries_per_invoice"],
            "growth": batches,
            "memory_mb": memory,
            "send_ms_alone": _spread(alone),
            "send_ms_while_a_batch_runs": _spread(busy),
            "sends_still_pending_after_10_s": self.pending,
            "deposits": stages["deposits"],
        }
        return {
            "name": "exchange",
            "machine": f"{os.cpu_count()} processors, load {self.load:.1f} before and {os.getloadavg()[0]:.1f} after, {time.strftime('%Y-%m-%d')}",
            "figures": figures,
            "baseline": baseline,
            "ratios": {
                "per_second_to_native_generation_alone": round(
                    main["per_second"] / baseline["per_second"], 1
                )
            },
        }

    # -- the prepared database -------------------------------------------------------------------

    def _fill(self) -> None:
        postgres = server("postgres-test", durable=False)
        postgres.start()
        source = Databases(postgres)
        base = source.addons_template()
        self.databases.drop("bench_prepared")
        self.cluster.create("bench_prepared")
        copy_database(postgres, base, self.cluster, "bench_prepared")
        shutil.copytree(
            source.filestore / base,
            self.databases.filestore / "bench_prepared",
            dirs_exist_ok=True,
        )

    def _prepare(self) -> tuple[dict, dict]:
        """Native Odoo first, then our account and every invoice of the run."""
        with self._node("bench_prepared", max_cron_threads=0, workers=0) as node:
            settings = {
                "mode": "prepare",
                "report_url": node.url,
                "native": self.options.native,
                "sandbox": self.sandbox.facts,
                "groups": {
                    "warm": 80,  # every lane has made documents before
                    **{str(size): size for size in self.sizes},
                    "alone": self.options.sends + 3,
                    "busy": self.options.sends + 3,
                    "stages": self.options.stages,
                },
            }
            found = self._inside("bench_prepared", settings)
        return found["baseline"], found["groups"]

    def _inside(self, database: str, settings: dict) -> dict:
        result = self.folder / "result.json"
        result.unlink(missing_ok=True)
        config = odoo_server.write_config(
            self.cluster, "bench-exchange-shell", max_cron_threads=0, db_name=database
        )
        script = f"SETTINGS = {dict(settings, result=str(result))!r}\n{INSIDE.read_text()}"
        try:
            odoo_server.run(config, "shell", "--no-http", log=self.log, script=script, check=False)
        finally:
            config.unlink(missing_ok=True)
        if not result.exists():
            raise paths.GroundError(f"The bench stopped: {self.log}\n{odoo_server.tail(self.log)}")
        return json.loads(result.read_text())

    @contextlib.contextmanager
    def _node(self, database: str, **options):
        options = {"workers": WORKERS, "max_cron_threads": CRON_PROCESSES, **options}
        node = Node("bench", self.cluster, database, self.folder, **options)
        node.log.unlink(missing_ok=True)
        node.start()
        try:
            node.wait()
            yield node
        finally:
            node.kill()
            node.config.unlink(missing_ok=True)

    # -- batches ---------------------------------------------------------------------------------

    def _batches(self, plan: dict) -> tuple[dict, dict]:
        self.databases.clone("bench_prepared", "bench_batches")
        batches, memory = {}, {}
        with self._node("bench_batches") as node:
            client = node.client()
            self._batch(client, "bench_batches", plan["warm"])
            memory["odoo, all processes, warm"] = node.memory_mb()
            for size in self.sizes:
                batches[str(size)] = self._batch(client, "bench_batches", plan[str(size)])
                memory[f"odoo, all processes, after {size}"] = node.memory_mb()
                memory[f"largest worker after {size}"] = max(
                    process.memory_info().rss >> 20 for process in node.workers()
                )
        self.databases.drop("bench_batches")
        return batches, memory

    def _batch(self, client, database: str, ids: list[int]) -> dict:
        """From the request to the platform's answer for all, and until their invoices show it."""
        began = time.monotonic()
        client.call("account.move", "efacture_send", ids)
        asked = time.monotonic() - began
        accepted = applied = None
        while applied is None:
            time.sleep(0.05)
            ready, shown, over = self.cluster.execute(
                "SELECT count(*) FILTER (WHERE state = 'accepted'),"
                " count(*) FILTER (WHERE state = 'accepted' AND NOT coalesce(apply_pending, false)),"
                " count(*) FILTER (WHERE state IN ('failed', 'rejected'))"
                " FROM efacture_exchange WHERE move_id = ANY(%s) AND direction = 'out' AND kind = 'invoice'",
                ids,
                database=database,
            )[0]
            if over or time.monotonic() - began > 300 + len(ids):
                raise paths.GroundError(f"{ready} of {len(ids)} accepted, {over} not sent")
            if accepted is None and ready == len(ids):
                accepted = time.monotonic() - began
            if shown == len(ids):
                applied = time.monotonic() - began
        return {
            "invoices": len(ids),
            "per_second": round(len(ids) / accepted, 1),
            "ms_per_invoice": round(accepted * 1000 / len(ids), 1),
            "request_ms": round(asked * 1000),
            "shown_on_all_invoices_after_s": round(applied, 1),
        }

    # -- one person ------------------------------------------------------------------------------

    def _person(self, plan: dict) -> tuple[list[float], list[float]]:
        """Milliseconds from *Send* to the platform's answer, alone and beside the largest batch."""
        self.databases.clone("bench_prepared", "bench_person")
        with self._node("bench_person") as node:
            client, other = node.client(), node.client()
            self._batch(other, "bench_person", plan["warm"])
            for move in plan["alone"][:3]:
                self._send(client, move)
            alone = [self._send(client, move) for move in plan["alone"][3:]]
            crowd = plan[str(self.sizes[-1])]
            other.call("account.move", "efacture_send", crowd)
            running = threading.Event()
            running.set()

            def waiting() -> int:
                return self.cluster.execute(
                    "SELECT count(*) FROM efacture_exchange WHERE move_id = ANY(%s)"
                    " AND direction = 'out' AND state IN ('preparing', 'queued', 'sending')",
                    crowd,
                    database="bench_person",
                )[0][0]

            busy = []
            for number, move in enumerate(plan["busy"]):
                if not waiting():
                    break
                took = self._send(client, move)
                if number >= 1 and waiting():
                    busy.append(took)
                time.sleep(0.3)  # people do not press the button without a pause
        self.databases.drop("bench_person")
        return alone, busy

    def _send(self, client, move: int) -> float:
        began = time.monotonic()
        asked = client.call("account.move", "efacture_send_command", [move])
        answers = client.call("efacture.exchange", "efacture_dispatch", asked["exchange_ids"])
        took = (time.monotonic() - began) * 1000
        if [answer["state"] for answer in answers] != ["accepted"]:
            self.pending += 1  # said so after ten seconds; the answer comes as a notification
        return took

    # -- stages ----------------------------------------------------------------------------------

    def _stages(self, plan: dict) -> dict:
        self.databases.clone("bench_prepared", "bench_stages")
        found = self._inside(
            "bench_stages",
            {"mode": "stages", "warm": plan["warm"], "moves": plan["stages"]},
        )
        self.databases.drop("bench_stages")
        found["deposits"] = len(self.sandbox.get("pa", "ledger"))
        return found


def _spread(values: list[float]) -> dict:
    if not values:
        return {"measured": 0}
    ordered = sorted(values)
    return {
        "measured": len(ordered),
        "p50": round(statistics.median(ordered)),
        "p95": round(ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]),
        "max": round(ordered[-1]),
    }
