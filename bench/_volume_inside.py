# Runs inside `odoo shell` (env and SETTINGS are given); bench/volume.py starts it.
# ruff: noqa: F821
import hashlib
import json
import statistics
import time
from datetime import date, timedelta
from types import SimpleNamespace

from ground import workload
from lxml import etree
from odoo import fields
from odoo.addons.efacture_base.en16931.write import write_xml
from odoo.addons.efacture_base.tests import receive_common

SAMPLE = 10  # documents of each direction that are multiplied
PARTNERS = 2000
NOWHERE = {
    name: f"http://127.0.0.1:9/{name}" for name in ("flow_base_url", "directory_base_url", "token_url")
}  # fmt: skip
# Most of what a company keeps is over and done with; of two hundred, one or two are open in each way.
RARE = "CASE %(n)s %% 200 WHEN {salt} THEN {first} WHEN {salt} + 1 THEN {second} ELSE {rest} END"


def sample():
    """A company with ten invoices sent and followed, ten bills received, and an accountant who looks."""
    world = workload.make_company(env, "efacture")
    account = workload.make_account(env, world.company, "Bench", NOWHERE, "x", "y")
    moves = workload.make_invoices(env, world, SAMPLE, lines=2)
    Exchange = env["efacture.exchange"]
    sent = Exchange.create(
        [
            {
                "account_id": account.id, "move_id": move.id, "company_id": world.company.id, "channel": "efacture",
                "state": "accepted", "ack_state": "ok", "sent_at": fields.Datetime.now(), "remote_id": f"sent-{move.id}",
                "flow_id": f"sent-{move.id}", "filename": f"{move.id}.pdf", "syntax": "facturx",
            }
            for move in moves
        ]
    )  # fmt: skip
    sent._efacture_store_files([b"%PDF-1.7 bench"] * SAMPLE)
    env["efacture.event"].create(
        [
            {
                "move_id": row.move_id.id, "company_id": row.company_id.id, "code": code, "raw_code": code,
                "direction": "in", "actor": "platform", "occurred_at": fields.Datetime.now(),
            }
            for row in sent
            for code in ("200", "202", "205")
        ]
    )  # fmt: skip
    contents = [bill(number) for number in range(SAMPLE)]
    received = Exchange.create(
        [
            {
                "direction": "in", "company_id": world.company.id, "account_id": account.id, "remote_id": f"in-{place}",
                "filename": f"{place}.xml", "state": "accepted", "apply_pending": True,
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for place, content in enumerate(contents)
        ]
    )  # fmt: skip
    received._efacture_store_files(contents)
    env.cr.commit()  # as the fetch does
    lane = Exchange._efacture_lane_env(env.cr, float("inf"))["efacture.exchange"]
    while lane.browse(received.ids)._efacture_apply_due():
        pass
    received.move_id.filtered("invoice_line_ids").action_post()
    user = env["res.users"].create(
        {
            "name": "Claire", "login": "claire", "lang": "fr_FR",
            "company_id": world.company.id, "company_ids": [(6, 0, world.company.ids)],
            "group_ids": [(4, env.ref("efacture_base.efacture_base_group_accountant").id)],
        }
    )  # fmt: skip
    env.cr.commit()  # the small database is ready
    return SimpleNamespace(user=user, sale=moves[0], bill=received.move_id[0])


def bill(number):
    lines = [receive_common.line(1, "100.00", quantity="1", price="100.00")]
    return write_xml(
        receive_common.invoice(
            lines, **{"BT-1": f"BENCH-{number}", "BT-2": date(2026, 1, 1) + timedelta(days=number)}
        ),
        "cii",
        "en16931",
    )


# -- the large database ---------------------------------------------------------------------------


def multiply(table, copies, strides, where="TRUE", **changed):
    """Copies of a table's rows; ids and the columns named in `strides` move by the same step for each copy.

    :param copies: how many of each row
    :param strides: {column: step}, `id` among them
    :param changed: SQL of the columns that differ, with `%(n)s` for the number of the copy
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    columns = [row[0] for row in env.cr.fetchall()]
    told = []
    for column in columns:
        if column in changed:
            told.append(changed[column] % {"n": "n"})
        elif column in strides:
            told.append(f'"{column}" + n * {strides[column]}')
        else:
            told.append(f'"{column}"')
    names = ", ".join(f'"{column}"' for column in columns)
    env.cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(told)} FROM {table}, generate_series(1, {copies}) n WHERE {where}"
    )
    made = env.cr.rowcount
    env.cr.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    return made


def step(table):
    env.cr.execute(f"SELECT max(id) + 1 FROM {table}")
    return env.cr.fetchone()[0]


def grow(count):
    """Multiply the sample until there are so many invoices; how many rows of each table were made."""
    env.flush_all()
    copies = count // (2 * SAMPLE)
    tables = (
        "account_move", "account_move_line", "efacture_exchange", "efacture_event", "efacture_document", "ir_attachment",
    )  # fmt: skip
    by = {table: step(table) for table in tables}
    partners = step("res_partner")
    env.cr.execute("SET session_replication_role = replica")  # no foreign key is checked row by row
    multiply(
        "res_partner", PARTNERS, {"id": partners, "commercial_partner_id": partners}, "name = 'Atelier Nivelle'",
        name="name || ' ' || %(n)s", complete_name="complete_name || ' ' || %(n)s",
    )  # fmt: skip
    somebody = f"partner_id + {partners} * (1 + %(n)s %% {PARTNERS})"
    open_state = RARE.format(salt=10, first="'failed'", second="'unknown'", rest="state")
    rows = {
        "account_move": multiply(
            "account_move", copies, {"id": by["account_move"]}, "move_type IN ('out_invoice', 'in_invoice')",
            name="name || '-' || %(n)s",
            sequence_number=f"id + %(n)s * {by['account_move']}",
            date="date - %(n)s %% 1000", invoice_date="invoice_date - %(n)s %% 1000",
            ref="ref || '-' || %(n)s", payment_reference="payment_reference || '-' || %(n)s",
            amount_total="amount_total + %(n)s", amount_total_signed="amount_total_signed + sign(amount_total_signed) * %(n)s",
            partner_id=somebody, commercial_partner_id=somebody,
            access_token="NULL",
            payment_state="CASE WHEN %(n)s %% 200 < 4 THEN 'not_paid' ELSE 'paid' END",
            efacture_state="CASE WHEN move_type = 'out_invoice' THEN "
            + RARE.format(salt=10, first="'failed'", second="'unknown'", rest="efacture_state") + " END",
            efacture_status="CASE WHEN move_type = 'in_invoice' AND %(n)s %% 200 = 0 THEN '202' ELSE "
            + RARE.format(salt=1, first="'207'", second="'210'", rest="'205'") + " END",
        ),
        "account_move_line": multiply(
            "account_move_line", copies, {"id": by["account_move_line"], "move_id": by["account_move"]},
            f"move_id IN (SELECT id FROM account_move WHERE move_type IN ('out_invoice', 'in_invoice') AND id < {by['account_move']})",
            partner_id=somebody,
        ),
        "efacture_exchange": multiply(
            "efacture_exchange", copies, {"id": by["efacture_exchange"], "move_id": by["account_move"]},
            tracking_id="gen_random_uuid()::text", remote_id="remote_id || '-' || %(n)s", flow_id="flow_id || '-' || %(n)s",
            state=open_state,
        ),
        "efacture_event": multiply(
            "efacture_event", copies, {"id": by["efacture_event"], "move_id": by["account_move"]},
        ),
        "efacture_document": multiply(
            "efacture_document", copies,
            {"id": by["efacture_document"], "move_id": by["account_move"], "exchange_id": by["efacture_exchange"]},
            number="number || '-' || %(n)s",
            state=RARE.format(salt=20, first="'to_check'", second="'unreadable'", rest="state"),
        ),
        "ir_attachment": multiply(
            "ir_attachment", copies, {"id": by["ir_attachment"]},
            "res_model IN ('efacture.exchange', 'efacture.document', 'account.move')",
            res_id="res_id + %(n)s * CASE res_model " + " ".join(
                f"WHEN '{table.replace('_', '.')}' THEN {by[table]}"
                for table in ("efacture_exchange", "efacture_document", "account_move")
            ) + " END",
            access_token="NULL",
        ),
    }  # fmt: skip
    env.cr.execute("SET session_replication_role = origin")
    env.cr.commit()  # the large database is ready
    env.cr.execute("ANALYZE")
    env.cr.commit()  # so are its statistics
    env.invalidate_all()
    return rows


# -- the clicks -----------------------------------------------------------------------------------


def specification(model, arch):
    """What the web client asks for when it shows this view: fields, and those of the lists inside."""
    told = {}
    for node in arch.iterchildren():
        if not isinstance(node.tag, str):
            continue
        if node.tag != "field":
            told |= specification(model, node)
            continue
        field = model._fields.get(node.get("name"))
        if field is None:
            continue
        if field.relational:
            other, inner = model.env[field.comodel_name], node.find("list")
            told[field.name] = {
                "fields": specification(other, inner) if inner is not None else {"display_name": {}}
            }
        else:
            told[field.name] = {}
    return told


def of_view(model, kind, view=None):
    arch = model.get_view(env.ref(view).id if view else None, kind)["arch"]
    return specification(model, etree.fromstring(arch))


def opened(action):
    """First page of a menu's list, as the web client asks for it."""
    told = me.env.ref(action).sudo()
    model = me.env[told.res_model].with_context(
        **json.loads(told.context.replace("'", '"') or "{}")
    )
    views = {mode: view for view, mode in told.views}
    arch = model.get_view(views.get("list"), "list")["arch"]
    wanted = specification(model, etree.fromstring(arch))
    domain = eval(told.domain or "[]")

    def click(more=()):
        return model.web_search_read([*domain, *more], wanted, limit=80, count_limit=10001)

    return click


def form(record, native=False):
    """Everything the form shows, or what it shows without our fields."""
    model = me.env["account.move"]
    wanted = {
        name: inner
        for name, inner in of_view(model, "form").items()
        if not native
        or not any(addon.startswith("efacture") for addon in model._fields[name]._modules)
    }
    return lambda: model.browse(record.id).web_read(wanted)


def clicks(world):
    """{what a person does: function}; those called native show Odoo's own."""
    native = opened("account.action_move_out_invoice_type")
    sales = opened("efacture_base.account_move_action_sales")
    bills = opened("efacture_base.account_move_action_bills")
    errors = opened("efacture_base.efacture_exchange_action_errors")
    exchanges = opened("efacture_base.efacture_exchange_action")
    documents = opened("efacture_base.efacture_document_action")
    named = [("partner_id", "ilike", "Nivelle 17")]
    numbered = [("name", "ilike", world.sale.name)]
    moves = me.env["account.move"].with_context(default_move_type="out_invoice")
    sold = [("move_type", "in", ("out_invoice", "out_refund"))]
    return {
        "native: customer invoices": native,
        "native: customer invoices, a customer": lambda: native(named),
        "native: customer invoices, a number": lambda: native(numbered),
        "native: grouped by payment": lambda: moves.web_read_group(sold, ["payment_state"], ["__count"]),
        "native: an invoice, its form": form(world.sale, native=True),
        "native: a bill, its form": form(world.bill, native=True),
        "desk": lambda: me.env["efacture.desk"].efacture_get_desk(),
        "sales invoices": sales,
        "sales invoices, a customer": lambda: sales(named),
        "sales invoices, a number": lambda: sales(numbered),
        "sales invoices, refused by the customer": lambda: sales([("efacture_status", "=", "210")]),
        "grouped by eFacture state": lambda: moves.web_read_group(sold, ["efacture_state"], ["__count"]),
        "purchase bills": bills,
        "received documents": documents,
        "errors": errors,
        "exchanges": exchanges,
        "exchanges, a number": lambda: exchanges([("move_id", "ilike", world.sale.name)]),
        "an invoice, its form": form(world.sale),
        "an invoice, its timeline": lambda: me.env["account.move"].browse(world.sale.id)._efacture_timeline(),
        "a bill, its form": form(world.bill),
        "lane: what is due": lambda: env["efacture.exchange"]._efacture_outlook(),
    }  # fmt: skip


def watch_queries():
    """Keep the slowest statement of each click: what to look at when one is slow."""
    execute, slowest = env.cr.execute, {}

    def timed(query, *args, **kwargs):
        began = time.perf_counter()
        try:
            return execute(query, *args, **kwargs)
        finally:
            took = time.perf_counter() - began
            if took > slowest.get("seconds", 0):
                slowest.update(seconds=took, statement=str(query)[:2000])

    env.cr.execute = timed
    return slowest


def measured(work):
    times, queries = [], 0
    slowest.clear()
    for turn in range(SETTINGS["turns"] + 1):
        env.invalidate_all()
        before, began = env.cr.sql_log_count, time.perf_counter()
        work()
        if turn:  # the first one warms Odoo's caches
            times.append(time.perf_counter() - began)
        queries = env.cr.sql_log_count - before
    return {
        "ms": round(1000 * statistics.median(times), 1),
        "queries": queries,
        "slowest_ms": round(1000 * slowest.get("seconds", 0), 1),
        "slowest": slowest.get("statement", ""),
    }


slowest = watch_queries()
world = sample()
me = SimpleNamespace(env=env(user=world.user.id, context={"lang": "fr_FR"}))
small = {name: measured(work) for name, work in clicks(world).items()}
began = time.perf_counter()
rows = grow(SETTINGS["count"])
filled = round(time.perf_counter() - began)
large = {name: measured(work) for name, work in clicks(world).items()}
with open(SETTINGS["result"], "w") as handle:
    json.dump(
        {
            "rows": rows,
            "fill_seconds": filled,
            "clicks": {name: {"small": small[name], "large": large[name]} for name in large},
        },
        handle,
    )
