"""Every official example beside the bill it becomes: totals, VAT by category and rate, lines; what differs, and why.

`bin/odoo shell -d DATABASE < tests/receive_corpora_page.py` writes the page docs/receive-corpora.md from a database with the addons.
"""

import csv
import os
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from ..en16931 import kinds, received, zugferd1
from ..en16931.read import UnreadableInvoice, read_xml

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("EFACTURE_SHARED", ROOT.parent / "shared"))
INVOICES = {"CII", "UBL-Invoice", "UBL-CreditNote", "ZUGFeRD1"}
ZERO = Decimal(0)

REASONS = {
    "sum": "The lines of the file do not add up to its own total, which the rules let pass (fractions of a cent).",
    "rounding": "The file counts VAT per line or rounds it otherwise; the bill has the file's VAT where a tax carries it.",
    "no-rate": "The file has totals only (profile MINIMUM): no rate is certain, so the line has no tax and the VAT is told in a warning.",
    "categories": "Two categories of the file have the same tax in the company's books.",
    "basis": "The file's VAT base is not the sum of its lines and adjustments of that rate.",
    "digits": "Amounts of more digits than the currency has.",
    "vat-apart": "The file's VAT is more than 1.00 away from base × rate: the bill has the computed one and says so.",
    "line-vat": "The lines name no VAT and the file has several rates: no tax is certain, so they have none; told in a warning.",
    "inner": "The file contradicts itself (its rules refuse it, or its totals do not follow from its lines).",
}


@dataclass
class Row:
    """One file: what the manifest says, what became of it, the differences with their reasons."""

    file: str
    kind: str
    valid: bool
    state: str = ""
    told: str = ""
    differences: list = field(default_factory=list)
    warnings: list = field(default_factory=list)


def manifest():
    """The rows of the corpora's manifest, or None without the corpora."""
    path = SHARED / "corpora" / "manifest.csv"
    if not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def is_valid(row):
    """Whether the manifest finds nothing against the file as an invoice (French rules apart)."""
    kind = row["kind"].removeprefix("hybrid:")
    return kind in INVOICES and row["xsd_ok"] == "True" and not row["fatal_base_rules"]


def prepare_company(env):
    """What a company that works with such suppliers has: currencies, precise quantities."""
    env["res.currency"].with_context(active_test=False).search([]).active = True
    precision = env["decimal.precision"].search([("name", "=", "Product Unit")])
    precision.digits = 6


def prepare_taxes(env, invoice):
    """The purchase taxes that this supplier's VAT needs, by category and rate."""
    Tax = env["account.tax"]
    known = dict(Tax._fields["ubl_cii_tax_category_code"]._description_selection(env))
    for vat in {item.vat.key: item.vat for item in invoice.vats}.values():
        rate = float(vat.rate or 0)
        domain = [
            ("type_tax_use", "=", "purchase"),
            ("ubl_cii_tax_category_code", "=", vat.category),
            ("amount", "=", rate),
        ]
        if vat.category in known and not Tax.search_count(domain):
            Tax.create(
                {
                    "name": f"{vat.category} {rate:g} %",
                    "type_tax_use": "purchase",
                    "amount": rate,
                    "ubl_cii_tax_category_code": vat.category,
                }
            )


def judge(env, row):
    """Receive one file and compare."""
    content = (SHARED / "corpora" / row["file"]).read_bytes()
    result = Row(row["file"], row["kind"], is_valid(row))
    try:
        invoice = received.read_invoice(received.open_file(content))
        prepare_taxes(env, invoice)
    except received.NotAnInvoice:
        invoice = None
    document = env["efacture.document"].receive(content, "upload", filename=Path(row["file"]).name)
    result.state = document.state
    result.told = document.reason or ""
    result.warnings = [item["code"] for item in document.warnings or []]
    if document.state == "to_check":
        result.differences = list(compare(document, _dictionary(content), invoice))
    return result


def judge_alone(env, row):
    """`judge` one file as if it were the first: everything it made is undone."""
    savepoint = env.cr.savepoint()
    try:
        return judge(env, row)
    finally:
        savepoint.close(rollback=True)
        env.invalidate_all()
        env.registry.clear_cache()  # taxes and partners of this file are gone


def _dictionary(content):
    """The file by the library alone: what the bill is held against."""
    opened = received.open_file(content)
    root = kinds.parse_xml(opened.xml)
    if zugferd1.is_zugferd1(root):
        from lxml import etree

        made = zugferd1.to_cii(root)
        made.attrib.pop("converted")
        return read_xml(etree.tostring(made))
    try:
        return read_xml(opened.xml)
    except UnreadableInvoice:
        return {}


def _number(value):
    value = value[0] if isinstance(value, list) else value
    return Decimal(value) if value not in (None, "") else None


def compare(document, data, invoice):
    """Yield (what, in the file, on the bill, reason) for each difference."""
    bill, currency = document.move_id, document.move_id.currency_id
    total = _number(data.get("BT-112"))
    sign = -1 if total is not None and total < 0 else 1
    digits = Decimal(1).scaleb(-currency.decimal_places)
    rounding = sign * (_number(data.get("BT-114")) or ZERO)

    def ours(value):
        return Decimal(repr(value)).quantize(digits)

    codes = [item["code"] for item in document.warnings or []]
    inner = _contradicts(invoice)
    for term, value in (
        ("BT-109", ours(bill.amount_untaxed) - rounding),
        ("BT-110", ours(bill.amount_tax)),
        ("BT-112", ours(bill.amount_total) - rounding),
    ):
        told = _number(data.get(term))
        if told is not None and value != sign * told:
            yield (
                term,
                sign * told,
                value,
                _total_reason(term, told, value, sign, digits, codes, invoice, inner),
            )
    yield from _compare_vat(bill, data, sign, ours, codes, inner, _is_silent(invoice))
    yield from _compare_lines(bill, data, invoice, sign, ours, inner)


def _contradicts(invoice):
    lines = sum((line.amount for line in invoice.lines), ZERO)
    extra = sum((item.amount for item in invoice.adjustments), ZERO)
    if invoice.lines and invoice.net is not None and lines + extra != invoice.net:
        return True
    totals = invoice.net, invoice.tax, invoice.gross
    return None not in totals and invoice.net + invoice.tax != invoice.gross


def _is_silent(invoice):
    """Whether lines name no VAT where the file has several rates."""
    return len(invoice.vats) > 1 and any(not line.vat.category for line in invoice.lines)


def _total_reason(term, told, value, sign, digits, codes, invoice, inner):
    if _is_silent(invoice):
        return "line-vat"
    if inner:
        return "sum" if abs(value - sign * told) <= Decimal("0.05") else "inner"
    if told != told.quantize(digits):
        return "digits"
    if "vat_wrong" in codes:
        return "vat-apart"
    if not invoice.lines and not invoice.vats:
        return "no-rate"
    return ""


def _compare_vat(bill, data, sign, ours, codes, inner, silent):
    told, found = {}, {}
    for group in data.get("BG-23") or []:
        rate = (_number(group.get("BT-119")) or ZERO).normalize()
        category = group.get("BT-118", "")
        # older lists: AA lower rate, H higher rate; ZUGFeRD 1 may leave the category out
        key = "S" if category in ("AA", "H") or (rate and not category) else category, rate
        base, tax = told.get(key, (ZERO, ZERO))
        told[key] = (
            base + sign * (_number(group.get("BT-116")) or ZERO),
            tax + sign * (_number(group.get("BT-117")) or ZERO),
        )
    for line in bill.invoice_line_ids.filtered(
        lambda item: item.display_type == "product" and item.tax_ids
    ):
        tax = line.tax_ids[0]
        key = tax.ubl_cii_tax_category_code or "S", Decimal(repr(tax.amount)).normalize()
        base, value = found.get(key, (ZERO, ZERO))
        found[key] = base + ours(line.price_subtotal), value
    for line in bill.line_ids.filtered("tax_line_id"):
        tax = line.tax_line_id
        key = tax.ubl_cii_tax_category_code or "S", Decimal(repr(tax.amount)).normalize()
        base, value = found.get(key, (ZERO, ZERO))
        found[key] = (
            base,
            value
            + ours(
                abs(line.amount_currency)
                * (1 if line.amount_currency * bill.direction_sign > 0 else -1)
            ),
        )
    for key in sorted(told.keys() | found.keys(), key=str):
        left, right = told.get(key, (ZERO, ZERO)), found.get(key, (ZERO, ZERO))
        near = abs(left[0] - right[0]) <= Decimal("0.05")
        if left[0] != right[0]:
            reason = "sum" if inner and near else "inner" if inner else "basis"
            yield f"base {key[0]} {key[1]:f}", left[0], right[0], "line-vat" if silent else reason
        if left[1] != right[1]:
            reason = "vat-apart" if "vat_wrong" in codes else "inner" if inner else ""
            yield f"VAT {key[0]} {key[1]:f}", left[1], right[1], "line-vat" if silent else reason


def _compare_lines(bill, data, invoice, sign, ours, inner):
    """Each line of the file is one line of the bill, or one with its allowances and charges apart."""
    rows = bill.invoice_line_ids.filtered(lambda item: item.display_type == "product").sorted(
        lambda item: (item.sequence, item.id)
    )
    amounts = [ours(row.price_subtotal) for row in rows]
    place = 0
    for line in invoice.lines:
        wanted, first = sign * line.amount, place
        value = amounts[place] if place < len(amounts) else ZERO
        place += 1
        for _item in line.adjustments:
            # told apart, each names its line
            if place < len(rows) and f" – {line.name}"[:40] in rows[place].name:
                value += amounts[place]
                place += 1
        if value != wanted:
            reason = (
                "digits" if wanted != wanted.quantize(Decimal("0.01")) else "inner" if inner else ""
            )
            yield f"line {line.number}", wanted, value, reason
            continue
        row = rows[first]
        if line.name and line.name.split("\n")[0][:20] not in row.name:
            yield f"line {line.number} name", line.name[:40], row.name[:40], ""
        quantity = Decimal(repr(row.quantity))
        if line.quantity and quantity != (sign * line.quantity).quantize(Decimal("0.000001")):
            yield f"line {line.number} quantity", sign * line.quantity, quantity, ""


def page(rows):
    """The page docs/receive-corpora.md."""
    invoices = [row for row in rows if row.state == "to_check"]
    valid = [row for row in rows if row.valid]
    equal = [row for row in valid if row.state == "to_check" and not row.differences]
    reasons = Counter(item[3] for row in invoices for item in row.differences)
    lines = [
        "# Received: the shared corpora as bills",
        "",
        "Generated by `tests/receive_corpora_page.py`; `bin/test --full -k test_receive_corpora` fails on a difference "
        "without a reason. The corpora are not part of the product.",
        "",
        "Each file is received as a company would that works with its supplier: purchase taxes for the categories and rates of the file, "
        "its currency active, quantities of six digits. Compared with the file (read by the factur-x library alone): BT-109, BT-110, "
        "BT-112, base and VAT by category and rate, and each line's amount, name and quantity.",
        "",
        f"- {len(rows)} files; {len(invoices)} became bills; {sum(row.state == 'unreadable' for row in rows)} have no invoice that can be read; "
        f"{sum(row.state == 'copy' for row in rows)} are copies of one before.",
        f"- {len(valid)} are valid invoices (schema and base rules of the manifest): {len(equal)} equal the file in everything compared, "
        f"{len(valid) - len(equal)} are listed below.",
        "",
        "## Reasons",
        "",
    ]
    lines += [
        f"- **{key}** ({reasons[key]}): {text}" for key, text in REASONS.items() if reasons[key]
    ]
    for title, wanted in (("Valid invoices that differ", True), ("Other files that differ", False)):
        lines += [
            "",
            f"## {title}",
            "",
            "| file | what | file says | bill has | reason |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {row.file} | {what} | {told} | {value} | {reason or '?'} |"
            for row in invoices
            if row.valid == wanted
            for what, told, value, reason in row.differences
        ]
    lines += [
        "",
        "## Files that gave no bill of their own",
        "",
        "| file | manifest's kind | what was said |",
        "|---|---|---|",
    ]
    lines += [
        f"| {row.file} | {row.kind} | {row.told or row.state} |"
        for row in rows
        if row.state != "to_check"
    ]
    return "\n".join([*lines, ""])
