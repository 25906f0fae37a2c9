"""The judge is judged: each fault that the suite exists for is one it sees."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fault_judge import ACCEPTED, Expected, Invoice, Row, judge

EXPECTED = {f"F{n}": ACCEPTED for n in range(3)}
ROWS = [Row(f"F{n}", f"t{n}", f"h{n}", "accepted", remote_id=f"r{n}") for n in range(3)]
INVOICES = [Invoice(f"F{n}", "accepted", {"Accepted by the platform": 1}) for n in range(3)]
LEDGER = [
    {"flow_id": f"r{n}", "tracking_id": f"t{n}", "number": f"F{n}", "sha256": f"h{n}"}
    for n in range(3)
]


def test_all_is_well():
    assert judge(LEDGER, ROWS, INVOICES, EXPECTED) == []


def test_a_blind_second_sending_is_seen():
    double = [*LEDGER, {**LEDGER[1], "flow_id": "r9"}]
    assert any("F1 is 2 times" in problem for problem in judge(double, ROWS, INVOICES, EXPECTED))


def test_a_second_sending_under_another_reference_is_seen():
    double = [*LEDGER, {**LEDGER[1], "flow_id": "r9", "tracking_id": "t9"}]
    found = judge(double, ROWS, INVOICES, EXPECTED)
    assert any("F1 is 2 times" in problem for problem in found)
    assert any("stranger" in problem for problem in found)


def test_a_lost_invoice_is_seen():
    found = judge(LEDGER[:2], ROWS, INVOICES, EXPECTED)
    assert any("F2 is lost" in problem for problem in found)
    assert any("never had it" in problem for problem in found)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"state": "unknown"}, "ended unknown"),
        ({"state": "queued"}, "ended queued"),
        ({"remote_id": "r7"}, "linked to r7"),
        ({"apply_pending": True}, "never carried"),
        ({"sha256": "h7"}, "another file"),
    ],
)
def test_a_wrong_row_is_seen(change, word):
    rows = [replace(ROWS[0], **change), *ROWS[1:]]
    assert any(word in problem for problem in judge(LEDGER, rows, INVOICES, EXPECTED))


def test_an_invoice_that_shows_something_else_is_seen():
    invoices = [replace(INVOICES[0], state="sending"), *INVOICES[1:]]
    assert any("shows sending" in problem for problem in judge(LEDGER, ROWS, invoices, EXPECTED))


def test_a_doubled_note_is_seen():
    invoices = [replace(INVOICES[0], notes={"Accepted by the platform": 2}), *INVOICES[1:]]
    assert any("said 2 times" in problem for problem in judge(LEDGER, ROWS, invoices, EXPECTED))


def test_an_invoice_that_must_not_leave_is_seen_when_it_did():
    expected = {**EXPECTED, "F0": Expected(frozenset({"failed"}), deposits=0)}
    assert any("F0 is 1 times" in problem for problem in judge(LEDGER, ROWS, INVOICES, expected))
