"""`bin/bench volume`: what a person's clicks cost in a small database and in one of 500 000 invoices.

A database of its own (cloned, dropped at the end). The large one is the small one multiplied by SQL: invoices, their
journal items, exchanges, events, received documents. The same screens of Odoo's own invoicing stand beside ours.
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

INSIDE = Path(__file__).with_name("_volume_inside.py")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench volume", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--count", type=int, default=500_000, help="invoices of the large database")
    parser.add_argument("--turns", type=int, default=5, help="times each click is measured")
    options = parser.parse_args(argv)
    postgres = server("postgres-test", durable=False)
    postgres.start()
    databases = Databases(postgres)
    name = f"bench_volume_{os.getpid()}"
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
            settings = {"result": str(result), "count": options.count, "turns": options.turns}
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
    log.unlink(missing_ok=True)
    report = {
        "name": "volume",
        "machine": f"{os.cpu_count()} processors, {time.strftime('%Y-%m-%d')}, load {os.getloadavg()[0]:.1f}",
        **figures,
    }
    if options.json:
        print(json.dumps(report))
        return 0
    print(f"{report['machine']}; {report['rows']}; filled in {report['fill_seconds']} s")
    print(f"{'milliseconds (queries)':<44}{'small':>16}{'large':>16}")
    for click, told in report["clicks"].items():
        small, large = (f"{t['ms']:.0f} ({t['queries']})" for t in (told["small"], told["large"]))
        print(f"{click:<44}{small:>16}{large:>16}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
