"""Rows of the VAT recap put together: the readings of the page and the other ways to combine their rows, in cents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from .amounts import NET_ROLE, Pool, cents, money, tax_cents
from .model import VatRow


@dataclass(frozen=True)
class RowSet:
    """VAT rows that could be those of the document, in cents; `base` None when a base is not printed."""

    rows: tuple[VatRow, ...]
    base: int | None
    tax: int
    score: float


def row_sets(readings: Sequence[Sequence[VatRow]]) -> list[RowSet]:
    """The readings as they stand, then other combinations of their rows with one row of each rate."""
    found: dict[tuple[tuple[Decimal, str, Decimal | None, Decimal | None], ...], RowSet] = {}

    def add(rows: Sequence[VatRow], share: float) -> None:
        one = _row_set([_unsigned(row) for row in rows], share)
        if one:
            key = tuple((row.rate, row.category, row.base, row.tax) for row in one.rows)
            if key not in found or found[key].score < one.score:
                found[key] = one

    for rows in readings:
        add(rows, 1.0)
    by_rate: dict[tuple[Decimal, str], list[VatRow]] = {}
    for rows in readings:
        for row in rows:
            known = by_rate.setdefault((row.rate, row.category), [])
            if row.words and all((row.base, row.tax) != (old.base, old.tax) for old in known):
                known.append(row)
    choices = [
        [None, *sorted(rows, key=lambda row: -row.score)[:6]] for rows in list(by_rate.values())[:5]
    ]
    if len(choices) > 1 and _size(choices) <= 2500:
        for picked in product(*choices):
            rows = [row for row in picked if row is not None]
            if rows:
                add(rows, 0.9)
    elif choices:
        for rows in choices[0][1:]:
            add([rows], 0.9)
    return list(found.values())


def with_bases(readings: Sequence[Sequence[VatRow]], pool: Pool) -> list[list[VatRow]]:
    """Readings whose rows print only a tax, with the printed amounts that bear it at their rate."""
    found: list[list[VatRow]] = []
    nets = pool.labelled(NET_ROLE, 0.3)[:12]
    for rows in readings:
        filled = [_filled(row, nets) for row in rows]
        if filled != list(rows):
            found.append(filled)
    return found


def _filled(row: VatRow, nets: Sequence[int]) -> VatRow:
    if row.base is None and row.tax and row.rate:
        for size in nets:
            if tax_cents(size, row.rate) == abs(cents(row.tax)):
                return replace(row, base=money(size) if row.tax > 0 else -money(size))
    return row


def _size(choices: Sequence[Sequence[object]]) -> int:
    total = 1
    for one in choices:
        total *= len(one)
    return total


def _unsigned(row: VatRow) -> VatRow:
    turned = (row.base or row.tax or Decimal(0)) < 0
    if not turned:
        return row
    return replace(
        row,
        base=None if row.base is None else -row.base,
        tax=None if row.tax is None else -row.tax,
    )


def _row_set(rows: Sequence[VatRow], share: float) -> RowSet | None:
    if any(row.tax is None and row.base is None for row in rows):
        return None
    bases = [row.base for row in rows]
    base = None if None in bases else sum(cents(one) for one in bases if one is not None)
    tax = sum(cents(row.tax or Decimal(0)) for row in rows)
    score = share * sum(row.score for row in rows) / len(rows)
    return RowSet(tuple(rows), base, tax, score)
