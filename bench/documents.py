"""`bin/bench documents`: invoice to XML, verdict and PDF/A-3, beside native Odoo in the same run.

A database of its own (cloned, dropped at the end), real services, a real Odoo. Native Odoo makes the
same five-line invoices one by one (its batch fails with Debian's wkhtmltopdf), with an Odoo server
beside it, from which wkhtmltopdf takes the stylesheets.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ground import odoo_server, paths
from ground.cluster import free_port, server
from ground.databases import Databases

INSIDE = Path(__file__).with_name("_documents_inside.py")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench documents", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--count", type=int, default=200, help="invoices of the main figure")
    parser.add_argument("--growth", default="20,200,1000", help="batches whose cost is compared")
    parser.add_argument("--native", type=int, default=10, help="invoices made by native Odoo")
    parser.add_argument("--verapdf", type=int, default=3, help="files shown to veraPDF")
    options = parser.parse_args(argv)
    postgres = server("postgres-test", durable=False)
    postgres.start()
    databases = Databases(postgres)
    name = f"bench_documents_{os.getpid()}"
    databases.clone(databases.addons_template(), name)
    port = free_port()
    config = odoo_server.write_config(
        postgres,
        name,
        http_port=port,
        gevent_port=free_port(),
        max_cron_threads=0,
        workers=0,
        db_name=name,
    )
    log = paths.LOGS / f"{name}.log"
    http = None
    try:
        with log.open("ab") as out, tempfile.TemporaryDirectory() as folder:
            http = subprocess.Popen(
                odoo_server.command(config), stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )
            result = Path(folder, "result.json")
            settings = {
                "result": str(result),
                "report_url": f"http://127.0.0.1:{port}",
                "count": options.count,
                "growth": [int(size) for size in options.growth.split(",") if size],
                "native": options.native,
                "verapdf": options.verapdf,
            }
            script = f"SETTINGS = {settings!r}\n{INSIDE.read_text()}"
            status = odoo_server.run(
                config, "shell", "--no-http", log=log, script=script, check=False
            )
            if status or not result.exists():
                paths.say(odoo_server.tail(log))
                return 1
            figures = json.loads(result.read_text())
    finally:
        if http is not None:
            http.terminate()
            http.wait(20)
        databases.drop(name)
        config.unlink(missing_ok=True)
    report = {
        "name": "documents",
        "machine": f"{os.cpu_count()} processors, {_memory_gb()} GB, {time.strftime('%Y-%m-%d')}",
        **figures,
    }
    if options.json:
        print(json.dumps(report))
    else:
        json.dump(report, sys.stdout, indent=2)
        print()
    log.unlink(missing_ok=True)
    return 0


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
