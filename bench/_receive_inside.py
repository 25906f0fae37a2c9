# Runs inside `odoo shell` (env and SETTINGS are given); bench/receive.py starts it.
# ruff: noqa: F821
import hashlib
import json
import time
from datetime import date, timedelta
from decimal import Decimal

from odoo.addons.efacture_base.en16931.write import write_xml
from odoo.addons.efacture_base.tests import receive_common

company = env.company
company.write(
    {
        "name": "Comptoir des Deux Rives",
        "country_id": env.ref("base.fr").id,
        "vat": "FR43999120348",
        "company_registry": "99912034800019",
    }
)
supplier = env["res.partner"].create(
    {
        "name": "Atelier Nivelle",
        "is_company": True,
        "country_id": env.ref("base.fr").id,
        "company_registry": "99023417100017",
        "vat": receive_common.SUPPLIER_VAT,
        "supplier_rank": 1,
    }
)
env["res.partner.bank"].create({"acc_number": receive_common.IBAN, "partner_id": supplier.id})
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
        "client_id": "x",
        "client_secret": "y",
    }
)
env.cr.commit()  # the bench's own database


def make(number, prefix):
    lines = [
        receive_common.line(place, str(Decimal("3.37") * place * (number % 9 + 1)), quantity=str(place), price=str(Decimal("3.37") * (number % 9 + 1)))
        for place in range(1, SETTINGS["lines"] + 1)
    ]  # fmt: skip
    return write_xml(
        receive_common.invoice(
            lines,
            **{
                "BT-1": f"{prefix}-{number:05d}",
                "BT-2": date(2026, 1, 1) + timedelta(days=number % 300),
            },
        ),
        "cii",
        "en16931",
    )


def measured(work, count):
    queries, began = env.cr.sql_log_count, time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    return {
        "bills": count,
        "ms_per_bill": round(1000 * seconds / count, 1),
        "bills_per_s": round(count / seconds, 2),
        "queries_per_bill": round((env.cr.sql_log_count - queries) / count, 1),
    }


Exchange = env["efacture.exchange"]


def arrive(contents, mark):
    rows = Exchange.create(
        [
            {
                "direction": "in",
                "kind": "invoice",
                "company_id": company.id,
                "account_id": account.id,
                "remote_id": f"{mark}-{place}",
                "filename": f"{mark}-{place}.xml",
                "state": "accepted",
                "apply_pending": True,
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for place, content in enumerate(contents)
        ]
    )
    rows._efacture_store_files(contents)
    env.cr.commit()  # as the fetch does
    return rows


def apply_rows(rows):
    lane = Exchange._efacture_lane_env(env.cr, float("inf"))["efacture.exchange"]
    while lane.browse(rows.ids)._efacture_apply_due():
        pass


apply_rows(arrive([make(number, "WARM") for number in range(5)], "warm"))
contents = [make(number, "BENCH") for number in range(SETTINGS["count"])]
rows = arrive(contents, "bench")
figures = measured(lambda: apply_rows(rows), len(rows))
env.invalidate_all()
bills = rows.move_id
figures["right"] = sum(not row.move_id.efacture_document_id.warning_count for row in rows)
figures["distinct_bills"] = len(bills)

# the same files by native Odoo: ours steps aside
Move = type(env["account.move"])
Move._efacture_reads = lambda self, raw: False
journal = env["account.journal"].search(
    [("type", "=", "purchase"), ("company_id", "=", company.id)], limit=1
)
journal = journal.with_context(default_move_type="in_invoice")


def native(files):
    for place, content in enumerate(files):
        attachment = env["ir.attachment"].create(
            {"name": f"native-{place}.xml", "raw": content, "mimetype": "application/xml"}
        )
        journal._create_document_from_attachment(attachment.ids)
        env.cr.commit()  # one upload, one transaction


native(contents[:2])
baseline = measured(lambda: native(contents[2 : 2 + SETTINGS["native"]]), SETTINGS["native"])
ratios = {
    "times_faster": round(baseline["ms_per_bill"] / figures["ms_per_bill"], 2),
    "queries": round(figures["queries_per_bill"] / baseline["queries_per_bill"], 2),
}
with open(SETTINGS["result"], "w") as handle:
    json.dump({"figures": figures, "baseline": baseline, "ratios": ratios}, handle)
