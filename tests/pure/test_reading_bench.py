"""What `bin/bench reading` takes for true of a page, what it keeps, and how it names an error."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from documents.bundle_sheets import Bundle
from documents.registry import DocumentLayout, Drawn
from reading.model import Result

from bench import _reading_bundles, _reading_sets
from bench._reading_baselines import naive
from bench._reading_cache import kept
from bench._reading_errors import CONFUSED, INVENTED, NEVER, OTHER_CHOSEN, Errors, cause
from bench._reading_hybrid import shows_amount, shows_day
from bench._reading_score import score
from bench._reading_sets import POOR, TEXT, Document, documents

TRUTH = {
    "number": "F2026-118", "date": "2026-02-03", "due_date": "2026-03-05", "supplier_vat": "FR40303265045", "net": "100.00", "vat_total": "20.00",
    "gross": "120.00", "payable": "120.00", "currency": "EUR", "po_ref": None,
}  # fmt: skip


def judged(evidence: dict | None = None, quality: str = TEXT, held: bool = False, **changes: str):
    invoice = {"BT-1": "F2026-118", "BT-2": "2026-02-03", "BT-9": "2026-03-05", "BT-109": "100.00", "BT-110": "20.00", "BT-112": "120.00", "BT-115": "120.00"}  # fmt: skip
    result = Result("text", invoice | changes, evidence or {})
    document = Document("x", "drawn-dev", quality, b"", TRUTH, held=held)
    return document, score(result, TRUTH)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("1234,50€", True), ("1.234,50EUR", True), ("1,234.50", True), ("11234,50", False), ("1234,509", False)],
)  # fmt: skip
def test_an_amount_is_printed_in_any_usual_shape_but_never_as_a_part_of_another(
    text: str, shown: bool
):
    assert shows_amount(text, Decimal("1234.5")) is shown


@pytest.mark.parametrize(
    "text", ["DATE:03/02/2026", "LE3FÉVRIER2026", "03.02.26", "2026-02-03", "FEBRUARY3,2026", "3.FEBRUAR2026"]
)  # fmt: skip
def test_a_date_is_printed_in_figures_or_with_the_name_of_its_month(text: str):
    assert shows_day(text, date(2026, 2, 3))
    assert not shows_day(text, date(2026, 2, 4))


def test_what_was_made_once_is_not_made_again_unless_its_code_changes(tmp_path, monkeypatch):
    monkeypatch.setenv("EFACTURE_CACHE_DIR", str(tmp_path))
    made = []
    for code in ("one", "one", "two"):
        kept("ocr", (code, b"picture"), lambda: made.append(1) or len(made))
    assert len(made) == 2
    for file in (tmp_path / "ocr").rglob("*.pickle"):
        file.write_bytes(b"damaged")
    assert kept("ocr", ("one", b"picture"), lambda: "anew") == "anew"


def test_the_cause_of_an_error_is_named():
    document, one = judged(**{"BT-2": "2026-03-05"})
    assert cause(one.fields["date"], one, document) == "due_date was taken"
    evidence = {"BT-1": {"alternatives": [{"value": "F2026-118"}]}}
    document, one = judged(evidence, **{"BT-1": "3025"})
    assert cause(one.fields["number"], one, document) == OTHER_CHOSEN
    document, one = judged(**{"BT-1": "3025"})
    assert cause(one.fields["number"], one, document) == NEVER
    document, one = judged(quality=POOR, **{"BT-1": "F2O26-118"})
    assert cause(one.fields["number"], one, document) == CONFUSED
    document, one = judged(**{"BT-13": "4711"})
    assert cause(one.fields["po_ref"], one, document) == INVENTED


def test_layouts_held_back_are_counted_but_never_shown():
    errors = Errors()
    errors.add(*judged(held=True, **{"BT-1": "SECRET-1"}))
    assert errors.rows()[0]["count"] == 1
    assert "SECRET-1" not in errors.shown()
    errors.add(*judged(**{"BT-1": "OPEN-1"}))
    assert "OPEN-1" in errors.shown()


def test_the_plain_patterns_read_a_plain_bill():
    text = "Menuiserie\nFacture n° F2026-118\nDate : 03/02/2026\nTotal HT : 100,00 €\nTVA 20 % : 20,00 €\nTotal TTC : 120,00 €\nTVA FR40303265045"  # fmt: skip
    one = score(naive(text), TRUTH)
    right, printed = one.header
    assert (right, printed) == (6, 8)


def test_an_invoice_of_a_tray_has_its_own_pages_and_perhaps_a_sheet_that_is_none(monkeypatch):
    truths = [{"number": f"F-{at}", "gross": "120.00"} for at in (1, 2, 3)]
    bundle = Bundle(b"", truths, [(1, 2), (4,), (5,)])
    read = [("F-1", (1, 2, 3)), ("F-2", (4, 5)), ("F-9", (6,))]
    results = [Result("text", {"BT-1": code, "BT-112": "120.00"}, {}, pages=pages) for code, pages in read]  # fmt: skip
    monkeypatch.setattr(_reading_bundles, "read", lambda document: results)
    counts = _reading_bundles.Counts()
    _reading_bundles.count(Document("x", "bundles-text", TEXT, b"", {}), bundle, counts)
    assert (counts.invoices, counts.pages, counts.number, counts.total) == (3, 1, 1, 1)
    assert (counts.more, counts.extra) == (1, 2)
    assert "F-2" in " ".join(counts.failures)


def test_documents_of_a_layout_held_back_are_marked(monkeypatch):
    pages = DocumentLayout("x", "x", "blind", "fr", lambda seed: None)
    monkeypatch.setattr(_reading_sets, "layouts", lambda split: {"x": pages})
    monkeypatch.setattr(_reading_sets, "draw", lambda layout, seed: Drawn(b"", {}))
    assert [document.held for document in documents("drawn-blind", 2)] == [True, True]
