"""Where the lines of a table end and its totals begin."""

from __future__ import annotations

from collections.abc import Sequence

from .table_cells import TableRow
from .table_rows import END, SUBTOTAL, TOTAL


def until_end(rows: Sequence[TableRow], under_header: bool) -> tuple[Sequence[TableRow], bool]:
    """Rows up to the totals: the first row that speaks of VAT or of what is to be paid, unless items follow."""
    started = False
    for index, row in enumerate(rows):
        if "product" in row.marks or not row.marks & {END, TOTAL}:
            started = started or any(num.decimals == 2 for num in row.nums)
            continue
        if under_header and not started and TOTAL not in row.marks and _ends_in_money(row):
            # an invoice for a deposit has no other line
            row.marks.discard(END)
            started = True
            continue
        if not any(num.alone and not num.percent for num in row.nums):
            continue  # “Échéance …”, “Carte n° …”: words alone do not end a table
        if any(_is_product(later) for later in rows[index + 1 :]):
            continue
        if TOTAL in row.marks and "part" in row.marks and _goes_on(row, rows[index + 1 :]):
            row.marks.discard(TOTAL)
            row.marks.add(SUBTOTAL)
            continue
        if TOTAL in row.marks and any(SUBTOTAL in later.marks for later in rows[index + 1 :]):
            continue
        return rows[:index], True
    return rows, False


def _goes_on(row: TableRow, below: Sequence[TableRow]) -> bool:
    """“Total péages”: the sum of a part, when more amounts and a further sum follow in its column."""
    if not row.nums:
        return False
    edge, more = row.nums[-1].x1, False
    for other in below:
        if not other.nums or other.nums[-1].decimals != 2 or abs(other.nums[-1].x1 - edge) > 8:
            continue
        if other.marks & {END, TOTAL}:
            return more and abs(other.nums[-1].value) > abs(row.nums[-1].value)
        more = more or bool(other.texts) and not other.marks
    return False


def only_rate(row: TableRow) -> bool:
    """“TVA 20 %” under the name of an item: a rate, no amount."""
    return bool(row.nums) and all(
        num.percent or not num.alone and not num.decimals for num in row.nums
    )


def _ends_in_money(row: TableRow) -> bool:
    return bool(row.nums) and row.nums[-1].decimals == 2 and row.nums[-1].alone and bool(row.texts)


def _is_product(row: TableRow) -> bool:
    return "product" in row.marks and bool(row.texts) and sum(num.alone for num in row.nums) >= 3
