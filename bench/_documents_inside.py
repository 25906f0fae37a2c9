# Runs inside `odoo shell` (env and SETTINGS are given); bench/documents.py starts it.
# ruff: noqa: F821
import collections
import contextlib
import gc
import json
import statistics
import threading
import time
import urllib.request

import psutil
from ground import workload
from odoo.addons.efacture_base.en16931 import pdfa3, verapdf
from odoo.addons.efacture_base.hostservice.client import ServiceClient

watch = workload.Stopwatch()
spent, stage, timed = watch.spent, watch.stage, watch.watch


def rss():
    gc.collect()
    return round(psutil.Process().memory_info().rss / 2**20)


def service_mb(name):
    status = ServiceClient(name).status() or {"workers": []}
    return sum(worker["memory_mb"] for worker in status["workers"])


# -- a company, its customer, its invoices ------------------------------------------------------------

world = workload.make_company(env, "manual")
company, customer = world.company, world.customer


def make_invoices(number, lines=5):
    return workload.make_invoices(env, world, number, lines)


def documents(invoices):
    """Seconds, queries, milliseconds per stage."""
    env.flush_all()
    env.invalidate_all()
    spent.clear()
    queries, began = env.cr.sql_log_count, time.perf_counter()
    attachments = invoices.efacture_get_document("facturx")
    env.flush_all()
    env.cr.commit()  # what a batch does too
    seconds = time.perf_counter() - began
    return attachments, seconds, env.cr.sql_log_count - queries, dict(spent)


# -- native Odoo first: nobody issues for this company yet --------------------------------------------

deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(SETTINGS["report_url"] + "/web/health", timeout=5).read()
        break
    threading.Event().wait(0.5)
env["ir.config_parameter"].set_param("report.url", SETTINGS["report_url"])
company.efacture_pdf_engine = "wkhtmltopdf"
native = make_invoices(SETTINGS["native"] + 1)
send = env["account.move.send"]
send._generate_and_send_invoices(native[:1], sending_methods=["manual"])  # warms bundles
env.cr.commit()  # as one request would
times, queries = [], []
for move in native[1:]:
    env.invalidate_all()
    before, began = env.cr.sql_log_count, time.perf_counter()
    send._generate_and_send_invoices(move, sending_methods=["manual"])
    env.cr.commit()  # as one request would
    times.append(time.perf_counter() - began)
    queries.append(env.cr.sql_log_count - before)
native_files = [len(move.invoice_pdf_report_id.raw or b"") for move in native]
native_containers = [pdfa3.check_container(move.invoice_pdf_report_id.raw) for move in native]

# -- then ours ----------------------------------------------------------------------------------------

company.efacture_pdf_engine = "chromium"
platform = env["efacture.platform"].create(
    {
        "name": "Bench",
        "environment": "sandbox",
        "flow_base_url": "http://127.0.0.1:9/flow",
        "directory_base_url": "http://127.0.0.1:9/directory",
        "token_url": "http://127.0.0.1:9/token",
    }
)
account = env["efacture.account"].create(
    {
        "name": "Bench",
        "company_id": company.id,
        "platform_id": platform.id,
        "client_id": "bench",
        "client_secret": "not-a-real-one",
    }
)
account.state = "active"
env.cr.commit()  # the set-up is stored

Report, Move = type(env["ir.actions.report"]), type(env["account.move"])
timed(Report, "_render_qweb_html", "html")
timed(Report, "_prepare_html", "html")
timed(Move, "_efacture_write_xml", "xml")
timed(Move, "_efacture_store_documents", "store")
timed(Move, "_efacture_store_verdicts", "store")
timed(pdfa3, "finish", "pdf/a-3")
timed(ServiceClient, "call", lambda client, *_args: f"service {client.name}")

sizes = sorted({*SETTINGS["growth"], SETTINGS["count"]})
make = {size: make_invoices(size) for size in sizes}
warm = make_invoices(21)
documents(warm)
growth, main_run = {}, None
memory = {"odoo start": rss()}
for size in sizes:
    attachments, seconds, asked, stages = documents(make[size])
    memory[f"odoo after {size}"] = rss()
    growth[size] = round(seconds * 1000 / size, 1)
    if size == SETTINGS["count"]:
        main_run = (attachments, seconds, asked, stages)
attachments, seconds, asked, stages = main_run
files = [attachment.raw for attachment in attachments]
bad_containers = sum(bool(pdfa3.check_container(content)) for content in files)
verdicts = collections.Counter(make[SETTINGS["count"]].mapped("efacture_verdict"))
pdfa = [not verapdf.check_pdfa(content, flavour="3b") for content in files[: SETTINGS["verapdf"]]]


def alone(lines):
    runs = []
    for move in make_invoices(5 if lines < 100 else 3, lines):
        runs.append(documents(move)[1])
    return round(statistics.median(runs) * 1000)


count = SETTINGS["count"]
native_each = statistics.mean(times)
figures = {
    "invoices": count,
    "per_second": round(count / seconds, 1),
    "ms_per_invoice": round(seconds * 1000 / count, 1),
    "queries_per_invoice": round(asked / count, 1),
    "ms_per_invoice_by_stage": {
        name: round(value * 1000 / count, 2) for name, value in sorted(stages.items())
    },
    "one_invoice_warm_ms": alone(5),
    "60_lines_ms": alone(60),
    "500_lines_ms": alone(500),
    "growth_ms_per_invoice": growth,
    "memory_mb": {
        **memory,
        "renderer": ServiceClient("renderer").call("ping")[0]["memory"] >> 20,  # shared once
        "validator": service_mb("validator"),
    },
    "kb_per_file": round(statistics.mean(map(len, files)) / 1024),
    "verdicts": dict(verdicts),
    "containers_with_findings": bad_containers,
    "verapdf_3b": f"{sum(pdfa)} of {len(pdfa)}",
}
baseline = {
    "invoices": len(times),
    "per_second": round(1 / native_each, 2),
    "ms_per_invoice": round(native_each * 1000),
    "queries_per_invoice": round(statistics.mean(queries), 1),
    "kb_per_file": round(statistics.mean(native_files) / 1024),
    "pdf_a_3_containers": sum(not found for found in native_containers),
    "verdicts": "none",
}
result = {
    "figures": figures,
    "baseline": baseline,
    "ratios": {
        "documents_per_second": round(count / seconds * native_each, 1),
        "queries_per_invoice": round(statistics.mean(queries) / max(asked / count, 0.01), 1),
    },
}
with open(SETTINGS["result"], "w") as handle:
    json.dump(result, handle)
