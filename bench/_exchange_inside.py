# Runs inside `odoo shell` (env and SETTINGS are given); bench/exchange.py starts it.
# ruff: noqa: F821
import collections
import contextlib
import json
import statistics
import threading
import time
import urllib.request

from ground import workload
from odoo.addons.efacture_base.connectors.session import Session
from odoo.addons.efacture_base.en16931 import pdfa3
from odoo.addons.efacture_base.hostservice.client import ServiceClient

watch = workload.Stopwatch()
spent, stage, timed = watch.spent, watch.stage, watch.watch


def prepare():
    world = workload.make_company(env, "efacture")
    company = world.company

    def make_invoices(number):
        return workload.make_invoices(env, world, number).ids

    baseline = native(env["account.move"].browse(make_invoices(SETTINGS["native"] + 1)))
    company.efacture_pdf_engine = "chromium"
    sandbox = SETTINGS["sandbox"]["pa"]
    addresses = {
        "flow_base_url": sandbox["flow_url"],
        "directory_base_url": sandbox["directory_url"],
        "token_url": sandbox["token_url"],
    }
    workload.make_account(
        env, company, "Bench", addresses, sandbox["client_id"], sandbox["client_secret"]
    )
    groups = {name: make_invoices(number) for name, number in SETTINGS["groups"].items()}
    env.cr.commit()  # the set-up is stored
    return {"baseline": baseline, "groups": groups}


def native(moves):
    """Native Odoo's PDF with its Factur-X, one by one (its batch fails with Debian's wkhtmltopdf)."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(SETTINGS["report_url"] + "/web/health", timeout=5).read()
            break
        threading.Event().wait(0.5)
    env["ir.config_parameter"].set_param("report.url", SETTINGS["report_url"])
    env.company.efacture_pdf_engine = "wkhtmltopdf"
    send = env["account.move.send"]
    send._generate_and_send_invoices(moves[:1], sending_methods=["manual"])  # warms bundles
    env.cr.commit()  # as one request would
    times, queries = [], []
    for move in moves[1:]:
        env.invalidate_all()
        before, began = env.cr.sql_log_count, time.perf_counter()
        send._generate_and_send_invoices(move, sending_methods=["manual"])
        env.cr.commit()  # as one request would
        times.append(time.perf_counter() - began)
        queries.append(env.cr.sql_log_count - before)
    each = statistics.mean(times)
    return {
        "what": "native generation alone: PDF and Factur-X; no verdict, no PDF/A, nothing sent",
        "invoices": len(times),
        "per_second": round(1 / each, 2),
        "ms_per_invoice": round(each * 1000),
        "queries_per_invoice": round(statistics.mean(queries), 1),
    }


def stages():
    """One lane, in this process, watched."""
    Report, Move = type(env["ir.actions.report"]), type(env["account.move"])
    Exchange = type(env["efacture.exchange"])
    for owner, attribute, name in (
        (Report, "_render_qweb_html", "document: html"),
        (Report, "_prepare_html", "document: html"),
        (Move, "_efacture_write_xml", "document: xml"),
        (Move, "_efacture_store_documents", "document: store"),
        (Move, "_efacture_store_verdicts", "document: store"),
        (pdfa3, "finish", "document: pdf/a-3"),
        (ServiceClient, "call", lambda client, *_args: f"document: {client.name}"),
        (Session, "request", "platform"),
        (Exchange, "_efacture_prepare_due", "document: the rest, queueing"),
        (Exchange, "_efacture_send_due", "send: claim, outcome"),
        (Exchange, "_efacture_resolve_due", "look-ups"),
        (Exchange, "_efacture_poll_due", "acknowledgements"),
        (Exchange, "_efacture_apply_due", "apply"),
        (Exchange, "_efacture_outlook", "lane"),
    ):
        timed(owner, attribute, name)
    counted = collections.Counter()
    from odoo.sql_db import Cursor

    original = Cursor.execute

    def execute(cursor, *args, **kwargs):
        counted["queries"] += 1
        return original(cursor, *args, **kwargs)

    Cursor.execute = execute

    def run(ids):
        env["account.move"].browse(ids).efacture_send()
        env.cr.commit()  # the lanes look at what is stored
        spent.clear()
        counted.clear()
        began = time.perf_counter()
        while True:
            env["efacture.exchange"]._efacture_run_lane()
            env.cr.execute(
                "SELECT count(*) FROM efacture_exchange WHERE move_id = ANY(%s) AND direction = 'out'"
                " AND kind = 'invoice' AND (state <> 'accepted' OR apply_pending)",
                [ids],
            )
            (left,) = env.cr.fetchone()
            env.cr.rollback()
            if not left:
                break
            if time.perf_counter() - began > 300 + 2 * len(ids):
                raise RuntimeError(f"{left} of {len(ids)} not accepted")
        return time.perf_counter() - began

    run(SETTINGS["warm"][:25])
    seconds = run(SETTINGS["moves"])
    count = len(SETTINGS["moves"])
    return {
        "ms_per_invoice": round(seconds * 1000 / count, 1),
        "queries_per_invoice": round(counted["queries"] / count, 1),
        "stages": {name: round(value * 1000 / count, 2) for name, value in sorted(spent.items())},
    }


found = {"prepare": prepare, "stages": stages}[SETTINGS["mode"]]()
with open(SETTINGS["result"], "w") as handle:
    json.dump(found, handle)
