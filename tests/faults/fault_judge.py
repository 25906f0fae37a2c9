"""The judge: the platform's own ledger against our rows, our rows against our invoices.

Pure functions over plain values: what they find is told in sentences, and the judge itself is tested
(`test_judge.py`) by ledgers with a double, a loss, a stranger.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One outgoing exchange of an invoice, as it stands at the end."""

    number: str
    tracking_id: str
    sha256: str
    state: str
    remote_id: str = ""
    apply_pending: bool = False
    attempt_count: int = 0
    error_code: str = ""
    error_message: str = ""


@dataclass(frozen=True)
class Invoice:
    """One invoice as its reader sees it. `notes`: how often each text stands in its chatter."""

    number: str
    state: str
    notes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    """How an invoice ends. `deposits`: how many rows the platform has of it; `states`: of its last exchange."""

    states: frozenset[str] = frozenset({"accepted"})
    deposits: int = 1


ACCEPTED = Expected()
SHOWN = 12


def judge(
    ledger: Iterable[Mapping[str, str]],
    rows: Iterable[Row],
    invoices: Iterable[Invoice],
    expected: Mapping[str, Expected],
) -> list[str]:
    """What is wrong, one sentence each; nothing when every invoice ended as `expected` (by number)."""
    ledger, rows, invoices = list(ledger), list(rows), list(invoices)
    by_tracking: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for deposit in ledger:
        by_tracking[deposit["tracking_id"] or ""].append(deposit)
    by_number = Counter(deposit["number"] for deposit in ledger)
    chains: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        chains[row.number].append(row)
    faces = {invoice.number: invoice for invoice in invoices}
    problems = []
    for number, end in expected.items():
        problems += _one(number, end, chains[number], by_tracking, by_number[number], faces)
    ours = {row.tracking_id for row in rows}
    for deposit in ledger:
        if deposit["tracking_id"] not in ours or deposit["number"] not in expected:
            problems.append(
                f"stranger on the platform: {deposit['number']} under {deposit['tracking_id']}"
            )
    return problems


def _one(number, end, chain, by_tracking, deposits, faces) -> list[str]:
    problems = []
    if deposits > end.deposits:
        problems.append(f"{number} is {deposits} times on the platform")
    elif deposits < end.deposits:
        problems.append(f"{number} is lost: it is not on the platform")
    if not chain:
        return [*problems, f"{number} has no exchange"]
    for row in chain:
        there = by_tracking.get(row.tracking_id, [])
        if len(there) > 1:
            problems.append(f"{number} is {len(there)} times there under {row.tracking_id}")
        if row.apply_pending:
            problems.append(f"{number}: an outcome ({row.state}) was never carried to the invoice")
        for deposit in there:
            # What the platform itself refused for its checksum is refused here too, see the states.
            if deposit["sha256"] != row.sha256 and deposit.get("ack_status") != "Error":
                problems.append(f"{number}: the platform has another file than ours")
            if row.state == "accepted" and deposit["flow_id"] != row.remote_id:
                problems.append(f"{number} is linked to {row.remote_id}, not {deposit['flow_id']}")
        if row.state == "accepted" and not there:
            problems.append(f"{number} is said to be accepted and the platform never had it")
    last = chain[-1]
    if last.state not in end.states:
        why = f" ({last.error_code} {last.error_message})".replace(" )", ")")
        problems.append(f"{number} ended {last.state}{why} after {last.attempt_count} attempts")
    face = faces.get(number)
    if face is None:
        return [*problems, f"{number} is no invoice any more"]
    if face.state != last.state:
        problems.append(f"{number}: its invoice shows {face.state}, its exchange {last.state}")
    for text, count in face.notes.items():
        if count > 1:
            problems.append(f"{number}: said {count} times in its history: {text[:80]}")
    return problems


def told(problems: list[str]) -> str:
    """The problems as one text, the first ones in full."""
    more = len(problems) - SHOWN
    return "\n".join(problems[:SHOWN] + ([f"… and {more} more"] if more > 0 else []))
