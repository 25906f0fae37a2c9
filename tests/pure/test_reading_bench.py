"""What `bin/bench reading` takes for true of a page, what it keeps, and how it names an error."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from reading.model import Result

from bench._reading_baselines import naive
from bench._reading_cache import kept
from bench._reading_errors import CONFUSED, INVENTED, NEVER, OTHER_CHOSEN, Errors, cause
from bench._reading_hybrid import shows_amount, shows_day
from bench._reading_score import score
from bench._reading_sets import POOR, TEXT, Document

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
