"""The judge of the reader: what is printed counts, to the cent, and what was said to be certain is remembered."""

from __future__ import annotations

from typing import Any

import pytest
from reading.model import Result

from bench._reading_fields import same_name
from bench._reading_score import EXTRA, MISSING, NONE, RIGHT, WRONG, match_lines, score
from bench._reading_tally import Tally

TRUTH: dict[str, Any] = {
    "number": "FA-2026/0417",
    "type_code": "380",
    "date": "2026-03-14",
    "due_date": "2026-04-30",
    "currency": "EUR",
    "supplier_name": "Menuiserie Le Goff SARL",
    "supplier_vat": "FR40303265045",
    "supplier_siren": "303265045",
    "iban": "FR7630006000011234567890189",
    "po_ref": None,
    "net": 1250.0,
    "vat_total": "250.00",
    "gross": 1500.0,
    "payable": 1500,
    "prepaid": 0.0,
    "vat_lines": [{"rate": 20.0, "base": 1250.0, "amount": 250.0}],
    "lines": [
        {"name": "Porte palière chêne", "qty": 2, "price": 500.0, "vat": 20.0, "total": 1000.0},
        {"name": "Pose", "qty": 1, "price": 250.0, "vat": 20.0, "total": 250.0},
    ],
    "visible": {"supplier_siren": False},
}


def read_as(**changes: Any) -> Result:
    invoice: dict[str, Any] = {
        "BT-1": "FA-2026/0417",
        "BT-2": "2026-03-14",
        "BT-3": "380",
        "BT-5": "EUR",
        "BT-9": "2026-04-30",
        "BT-84": "FR76 3000 6000 0112 3456 7890 189",
        "BT-109": "1250.00",
        "BT-110": "250.00",
        "BT-112": "1500.00",
        "BT-115": "1500.00",
        "BG-4": {"name": "MENUISERIE LE GOFF", "vat_identifier": "FR 40 303 265 045"},
        "BG-23": [{"BT-116": "1250.00", "BT-117": "250.00", "BT-118": "S", "BT-119": "20.00"}],
        "BG-25": [
            {"BT-129": "2", "BT-131": "1000.00", "BT-146": "500", "BT-153": "Porte paliere chêne"},
            {"BT-129": "1", "BT-131": "250.00", "BT-146": "250.00", "BT-153": "Pose"},
        ],
    }
    evidence = changes.pop("evidence", {})
    invoice.update(changes)
    return Result("text", invoice, evidence)


def test_a_bill_read_as_printed_is_all_right_whatever_the_spaces():
    judged = score(read_as(), TRUTH)
    assert judged.header == (9, 9)
    assert judged.core_all
    assert judged.fields["supplier_name"].outcome == RIGHT
    assert judged.lines.matched == 2
    assert judged.lines.columns["quantity"] == (2, 2)
    assert judged.lines.columns["description"] == (2, 2)
    assert judged.vat_rows == (1, 1, 1)


def test_one_cent_or_one_letter_is_wrong():
    judged = score(read_as(**{"BT-112": "1500.01", "BT-1": "FA-2026/0411"}), TRUTH)
    assert judged.fields["gross"].outcome == WRONG
    assert judged.fields["number"].outcome == WRONG
    assert judged.header == (7, 9)
    assert not judged.core_all


def test_what_is_not_printed_is_not_asked_but_an_invention_is_held_against_the_reader():
    judged = score(read_as(**{"BT-9": None, "BT-13": "4500012"}), TRUTH)
    assert judged.fields["due_date"].outcome == MISSING
    assert judged.fields["po_ref"].outcome == EXTRA
    assert judged.fields["supplier_siren"].outcome == NONE
    lenient = score(read_as(**{"BT-13": "4500012"}), TRUTH, complete=False)
    assert lenient.fields["po_ref"].outcome == NONE


def test_a_siren_taken_from_the_vat_number_is_no_invention():
    party = {"name": "Le Goff", "legal_identifier": "303265045", "legal_identifier_schemeid": "0002"}  # fmt: skip
    assert score(read_as(**{"BG-4": party}), TRUTH).fields["supplier_siren"].outcome == NONE
    party["legal_identifier"] = "552100554"
    assert score(read_as(**{"BG-4": party}), TRUTH).fields["supplier_siren"].outcome == EXTRA


def test_nothing_read_is_all_missing():
    judged = score(None, TRUTH, results=0)
    assert judged.header == (0, 9)
    assert {judged.fields[name].outcome for name in ("number", "gross", "iban")} == {MISSING}
    assert judged.lines.printed == 2 and judged.lines.matched == 0


@pytest.mark.parametrize(
    ("got", "truth", "same"),
    [
        ("Menuiserie Le Goff", "MENUISERIE LE GOFF SARL", True),
        ("S.A.R.L. Menuiserie Le Goff", "Menuiserie Le Goff", True),
        ("Café de l'Été", "Cafe de l'Ete", True),
        ("Le Goff", "Menuiserie Le Goff et Fils du Finistère", False),
        ("Menuiserie Le Gall", "Electricité Le Goff", False),
        ("", "Menuiserie Le Goff", False),
    ],
)
def test_a_name_may_lack_its_legal_form_but_not_be_another(got: str, truth: str, same: bool):
    assert same_name(got, truth) is same


def test_a_credit_note_with_minus_signs_is_the_same_as_one_without():
    truth = TRUTH | {"type_code": "381"}
    negative = {"BT-3": "380", "BT-109": "-1250.00", "BT-110": "-250.00", "BT-112": "-1500.00"}
    judged = score(read_as(**negative, **{"BT-115": "-1500.00"}), truth)
    assert judged.fields["gross"].outcome == RIGHT
    assert judged.fields["type_code"].outcome == WRONG
    positive = score(read_as(**{"BT-3": "381"}), truth)
    assert positive.fields["gross"].outcome == RIGHT
    assert positive.fields["type_code"].outcome == RIGHT
    assert score(read_as(**{"BT-3": "381"}), TRUTH).fields["type_code"].outcome == WRONG
    below = {k: f"-{TRUTH[k]}" for k in ("net", "vat_total", "gross", "payable")}
    assert score(read_as(**{"BT-3": "381"}), truth | below).fields["gross"].outcome == RIGHT
    assert score(read_as(), truth | below).fields["gross"].outcome == WRONG


def test_a_subtotal_read_as_a_line_costs_precision_not_recall():
    read = [
        {"BT-129": "2", "BT-131": "1000.00", "BT-146": "500", "BT-153": "Porte palière chêne"},
        {"BT-131": "1000.00", "BT-153": "Sous-total lot 1"},
        {"BT-129": "1", "BT-131": "250.00", "BT-146": "250", "BT-153": "Pose"},
    ]
    lines = match_lines(read, TRUTH["lines"])
    assert (lines.printed, lines.read, lines.matched) == (2, 3, 2)
    assert [line["BT-153"] for line in lines.invented] == ["Sous-total lot 1"]
    assert lines.columns["quantity"] == (2, 2)


def test_two_lines_of_one_amount_are_told_apart_by_their_words():
    printed = [
        {"name": "Vis inox", "qty": 10, "price": 1, "total": 10},
        {"name": "Colle bois", "qty": 2, "price": 5, "total": 10},
    ]
    read = [
        {"BT-129": "2", "BT-131": "10.00", "BT-146": "5", "BT-153": "Colle bois"},
        {"BT-129": "10", "BT-131": "10.00", "BT-146": "1", "BT-153": "Vis inox"},
    ]
    lines = match_lines(read, printed)
    assert lines.matched == 2
    assert lines.columns["quantity"] == (2, 2) and lines.columns["price"] == (2, 2)


def test_what_was_said_certain_and_is_wrong_is_counted():
    evidence = {"BT-1": {"confidence": 0.97}, "BT-112": {"confidence": 0.99}, "BT-2": {"confidence": 0.6}}  # fmt: skip
    tally = Tally()
    tally.add(score(read_as(**{"BT-1": "FA-2026/0411"}, evidence=evidence), TRUTH))
    figures = tally.figures()
    assert figures["certain"]["shown"] == 2
    assert figures["certain"]["wrong"] == 1
    assert figures["certain"]["wrong_of_printed"] == pytest.approx(0.1)
    assert [row["shown"] for row in figures["calibration"]] == [1, 2]
    assert figures["header"] == pytest.approx(8 / 9, abs=1e-4)
    assert figures["core_six"] == 0.0
    assert figures["fields"]["number"]["precision"] == 0.0


def test_lines_printed_at_two_levels_of_detail_may_be_read_at_either():
    work = [{"name": "Fourniture et pose de portes", "qty": 1, "price": 1250, "total": 1250}]
    invoice = {"BG-25": [{"BT-129": "1", "BT-131": "1250.00", "BT-146": "1250", "BT-153": "Fourniture et pose de portes"}]}  # fmt: skip
    for told in (work, [work]):
        lines = score(read_as(**invoice), TRUTH | {"lines_alternative": told}).lines
        assert (lines.printed, lines.matched) == (1, 1)
    assert score(read_as(**invoice), TRUTH).lines.matched == 0
