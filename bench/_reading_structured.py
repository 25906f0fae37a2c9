"""Structured files of the shared corpora: the reader must give the values of the XML, as `en16931.received` reads them.

Files that are no invoice (life-cycle messages, orders, foreign formats) must be recognised for what they are.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench._reading_fields import amount, compact, day, decimal, kind_of, reference
from bench._reading_sets import SHARED, NoDocuments
from bench._reading_tally import ratio

INVOICE_KINDS = ("CII", "UBL-Invoice", "UBL-CreditNote", "ZUGFeRD1", "hybrid:CII", "hybrid:ZUGFeRD1", "hybrid:UBL-Invoice")  # fmt: skip


def files() -> Iterator[tuple[Path, dict[str, str]]]:
    """The files of corpora/manifest.csv with their rows.

    :raises NoDocuments: without the shared material
    """
    manifest = SHARED / "corpora" / "manifest.csv"
    if not manifest.is_file():
        raise NoDocuments(f"no corpora at {manifest.parent} (EFACTURE_SHARED)")
    with manifest.open(newline="") as lines:
        for row in csv.DictReader(lines):
            path = manifest.parent / row["file"]
            if path.is_file():
                yield path, row


def measure(step: int = 1) -> dict[str, Any]:
    """Agreement with the XML, field by field, over every `step`-th file; and what was made of files that are no invoice."""
    from en16931.received import NotAnInvoice, open_file, read_invoice
    from reading import reader
    from reading.model import Options

    agree, differ, examples = Counter(), Counter(), {}
    others, unread, whole, count = Counter(), [], 0, 0
    cpu = 0.0
    for at, (path, row) in enumerate(files()):
        if at % step:
            continue
        content = path.read_bytes()
        started = time.process_time()
        try:
            results = reader.read_file(content, path.name, Options())
        except Exception as error:  # noqa: BLE001 counted and shown: the reader must not raise
            results = []
            others[f"raised {type(error).__name__}"] += 1
        cpu += time.process_time() - started
        result = results[0] if results else None
        try:
            truth = read_invoice(open_file(content))
        except NotAnInvoice as error:
            others[f"{error.reason}: {_made_of(result)}"] += 1
            continue
        count += 1
        if result is None or result.kind != "xml":
            unread.append(row["file"])
            continue
        right = True
        for name, got, wanted in pairs(result.invoice, truth, row["kind"] == "UBL-CreditNote"):
            if got == wanted:
                agree[name] += 1
            else:
                differ[name] += 1
                right = False
                examples.setdefault(name, f"{row['file']}: {got!r} for {wanted!r}")
        whole += right
    names = sorted({*agree, *differ})
    return {
        "files": count,
        "all_fields_agree": ratio(whole, count),
        "read_as_xml": ratio(count - len(unread), count),
        "not_read_as_xml": unread[:20],
        "fields": {name: ratio(agree[name], agree[name] + differ[name]) for name in names},
        "differences": examples,
        "no_invoice": dict(others),
        "cpu_ms_a_file": round(cpu / max(count, 1) * 1000, 1),
    }


def _made_of(result: Any) -> str:
    """What the reader made of a file without a usable XML invoice, in a few words."""
    if result is None:
        return "nothing"
    if not result.invoice:
        return f"recognised as {result.document_type}"
    return "mended and read as XML" if result.kind == "xml" else "read from its pages"


def pairs(
    invoice: dict[str, Any], truth: Any, credit: bool = False
) -> Iterator[tuple[str, Any, Any]]:
    """(field, read, of the XML) for what the XML has; `credit`: its root says that it is a credit note."""
    seller, buyer = invoice.get("BG-4") or {}, invoice.get("BG-7") or {}
    known = (
        ("number", reference(invoice.get("BT-1")), reference(truth.number)),
        ("date", day(invoice.get("BT-2")), day(truth.date)),
        ("due date", _last_day(invoice.get("BT-9")), day(truth.due)),
        ("type", kind_of(invoice.get("BT-3")), "credit" if credit else kind_of(truth.type_code)),
        ("currency", invoice.get("BT-5") or "", truth.currency),
        ("supplier", " ".join((seller.get("name") or "").split()), " ".join(truth.seller.name.split())),
        ("supplier VAT", compact(seller.get("vat_identifier")), compact(truth.seller.vat)),
        ("buyer", " ".join((buyer.get("name") or "").split()), " ".join(truth.buyer.name.split())),
        ("buyer VAT", compact(buyer.get("vat_identifier")), compact(truth.buyer.vat)),
        ("order", reference(_first(invoice.get("BT-13"))), reference(truth.references.get("BT-13"))),
        ("net", amount(invoice.get("BT-109")), amount(truth.net)),
        ("VAT", amount(invoice.get("BT-110")), amount(truth.tax)),
        ("gross", amount(invoice.get("BT-112")), amount(truth.gross)),
        ("prepaid", amount(invoice.get("BT-113")) or Decimal(0), amount(truth.prepaid)),
        ("payable", amount(invoice.get("BT-115")), amount(truth.payable)),
    )  # fmt: skip
    for name, got, wanted in known:
        if wanted not in ("", None):
            yield name, got, wanted
    if truth.accounts:
        mine = invoice.get("BT-84")
        mine = [compact(one) for one in (mine if isinstance(mine, list) else [mine])]
        wanted = [compact(one.number) for one in truth.accounts]
        yield "IBAN", mine[: len(wanted)], wanted
    if truth.vats:
        rows = invoice.get("BG-23") or []
        yield (
            "VAT rows",
            sorted((amount(r.get("BT-116")) or 0, amount(r.get("BT-117")) or 0) for r in rows),
            sorted((amount(v.base), amount(v.tax)) for v in truth.vats),
        )
    if truth.lines:
        # Groups of an EXTENDED invoice are lines of the XML too: those that count must all be there.
        mine = Counter((amount(x.get("BT-131")) or 0, _quantity(x)) for x in invoice.get("BG-25") or [])  # fmt: skip
        lost = Counter((amount(x.amount), x.quantity) for x in truth.lines) - mine
        yield "lines", sorted(lost), []


def _quantity(line: dict[str, Any]) -> Decimal:
    quantity = decimal(line.get("BT-129"))
    return Decimal(1) if quantity is None else quantity


def _first(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _last_day(value: Any) -> str:
    """The date, or the last of several instalments."""
    return max(map(day, value), default="") if isinstance(value, list) else day(value)
