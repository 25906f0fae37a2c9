"""VAT recaps as far as lines need them: rates with their base and tax, and the codes that lines point to them with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .table_arithmetic import cents
from .table_cells import Num, TableRow
from .table_columns import RATES

_SLACK = Decimal("0.02")


@dataclass(frozen=True)
class RecapRow:
    """A rate in percent with base and tax that fit it; `code` as printed before it, or empty."""

    rate: Decimal
    base: Decimal
    tax: Decimal
    code: str = ""


def recap_rows(rows: Iterable[TableRow]) -> list[RecapRow]:
    """Rows that hold a rate, a base and its tax, in any order; the same row printed twice counts once."""
    found: dict[tuple[Decimal, Decimal], RecapRow] = {}
    for row in rows:
        item = _recap(row)
        if item is not None:
            found.setdefault((item.rate, item.base), item)
    return list(found.values())


def _recap(row: TableRow) -> RecapRow | None:
    rates = [
        num
        for num in row.nums
        if num.value in RATES and num.value and (num.percent or num.decimals <= 2)
    ]
    rates.sort(key=lambda num: not num.percent)
    money = [num for num in row.nums if num.decimals == 2 and not num.percent]
    for rate in rates:
        for base in money:
            if base is rate or not base.value:
                continue
            tax = abs(cents(base.value * rate.value / 100))
            for num in money:
                if num is base or num is rate or abs(abs(num.value) - tax) > _SLACK:
                    continue
                if abs(num.value) > abs(base.value) * Decimal("0.26") or not num.value:
                    continue
                return RecapRow(rate.value, abs(base.value), abs(num.value), _code(row, rate))
    return None


def _code(row: TableRow, rate: Num) -> str:
    """A short word or figure before the rate."""
    first = row.row.words[0]
    if first is rate.words[0] or first.x0 > rate.x0:
        return ""
    return clean_code(first.text) if len(clean_code(first.text)) <= 3 else ""


def clean_code(text: str) -> str:
    """A code of a rate as it is compared: `(1)` → `1`, `a` → `A`."""
    return text.upper().strip(":.)(*= ")
