"""`bin/bench receive`: received XML invoices to draft bills, beside native Odoo's import of the same files in the same run.

A database of its own (cloned, dropped at the end). Ours is the real way: rows of the exchange with their files, applied as the lanes apply them,
committed. Native is the upload on the purchase journal; it is measured on fewer files because each takes long.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from ground import odoo_server, paths
from ground.cluster import free_port, server
from ground.databases import Databases

INSIDE = Path(__file__).with_name("_receive_inside.py")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench receive", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--count", type=int, default=500, help="invoices received by us")
    parser.add_argument(
        "--native", type=int, default=50, help="the first of them, imported by native Odoo too"
    )
    parser.add_argument("--lines", type=int, default=5, help="lines an invoice")
    options = parser.parse_args(argv)
    postgres = server("postgres-test", durable=False)
    postgres.start()
    databases = Databases(postgres)
    name = f"bench_receive_{os.getpid()}"
    databases.clone(databases.addons_template(), name)
    config = odoo_server.write_config(
        postgres,
        name,
        http_port=free_port(),
        gevent_port=free_port(),
        max_cron_threads=0,
        workers=0,
        db_name=name,
    )
    log = paths.LOGS / f"{name}.log"
    try:
        with tempfile.TemporaryDirectory() as folder:
            result = Path(folder, "result.json")
            Path(folder).chmod(0o777)  # written by the user that runs Odoo
            settings = {
                "result": str(result), "count": options.count, "native": options.native, "lines": options.lines,
            }  # fmt: skip
            script = f"SETTINGS = {settings!r}\n{INSIDE.read_text()}"
            status = odoo_server.run(
                config, "shell", "--no-http", log=log, script=script, check=False
            )
            if status or not result.exists():
                paths.say(odoo_server.tail(log))
                return 1
            figures = json.loads(result.read_text())
    finally:
        databases.drop(name)
        config.unlink(missing_ok=True)
    report = {
        "name": "receive",
        "machine": f"{os.cpu_count()} processors, {time.strftime('%Y-%m-%d')}, load {os.getloadavg()[0]:.1f}",
        **figures,
    }
    if options.json:
        print(json.dumps(report))
    else:
        json.dump(report, sys.stdout, indent=2)
        print()
    log.unlink(missing_ok=True)
    return 0
