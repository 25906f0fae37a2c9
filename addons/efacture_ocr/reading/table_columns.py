"""Columns of numbers: numbers that stand below each other, and which header each column belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from statistics import median

from .table_cells import Num, TableRow
from .table_header import Column, Header
from .table_words import (
    AMOUNT,
    AMOUNT_GROSS,
    DATE,
    DESCRIPTION,
    DISCOUNT,
    GROSS_PRICE,
    OTHER,
    PACKAGES,
    PERIOD,
    POSITION,
    PRICE,
    QUANTITY,
    REFERENCE,
    UNIT,
    VAT,
    VAT_AMOUNT,
)  # fmt: skip

TEXT_ROLES = frozenset((REFERENCE, DESCRIPTION, UNIT, DATE, PERIOD, OTHER, PACKAGES))
#: Rates of VAT in France and its islands, in its neighbours and in the other countries that much is bought from.
RATES = frozenset(
    map(
        Decimal,
        [
            "0",
            "2.5",
            "2.6",
            "3.8",
            "4",
            "6",
            "7.7",
            "8.1",
            "24",
            "25",
            "0.9",
            "1.05",
            "1.75",
            "2.1",
            "3",
            "5.5",
            "7",
            "8",
            "8.5",
            "9",
            "10",
            "12",
            "13",
            "13.5",
            "14",
            "16",
            "17",
            "19",
            "19.6",
            "20",
            "21",
            "22",
            "23",
        ],
    )
)


@dataclass
class Cluster:
    """Numbers that stand below each other; complete before it is asked where it stands."""

    nums: list[Num] = field(default_factory=list)
    role: str = ""
    with_tax: bool = False

    @cached_property
    def x0(self) -> float:
        """Left edge of the widest number."""
        return min(num.x0 for num in self.nums)

    @cached_property
    def x1(self) -> float:
        """Right edge of the rightmost number."""
        return max(num.x1 for num in self.nums)

    @cached_property
    def edges(self) -> tuple[float, float]:
        """The usual left and right edge."""
        return median(num.x0 for num in self.nums), median(num.x1 for num in self.nums)

    def distance(self, num: Num) -> float:
        """How far a number is from the column: 0 when its right or left edge is that of the others."""
        left, right = self.edges
        return min(abs(num.x1 - right), abs(num.x0 - left))

    def holds(self, num: Num) -> bool:
        """Whether it shares most of its width with the column."""
        shared = min(self.x1, num.x1) - max(self.x0, num.x0)
        return shared >= 0.5 * (num.x1 - num.x0)


def clusters(rows: Iterable[TableRow]) -> list[Cluster]:
    """Columns of the numbers that stand alone, from left to right."""
    found: list[Cluster] = []
    edges: list[list[float]] = []  # median edges, kept while growing: x0, x1
    nums = [num for row in rows for num in row.nums if num.alone]
    for num in sorted(nums, key=lambda num: (num.x1, num.x0)):
        best, nearest = None, 0.0
        for index in range(len(found) - 1, max(-1, len(found) - 6), -1):
            x0, x1 = edges[index]
            shared = min(x1, num.x1) - max(x0, num.x0)
            smaller = max(min(x1 - x0, num.x1 - num.x0), 0.1)
            if shared / smaller > max(0.5, nearest):
                best, nearest = index, shared / smaller
        if best is None:
            found.append(Cluster([num]))
            edges.append([num.x0, num.x1])
        else:
            found[best].nums.append(num)
            members = found[best].nums
            edges[best] = [median(n.x0 for n in members[-9:]), median(n.x1 for n in members[-9:])]
    return sorted(found, key=lambda cluster: (cluster.x0 + cluster.x1) / 2)


def assign(found: Sequence[Cluster], header: Header, rows: int) -> None:
    """Give each column of numbers the role of its header: both in order from left to right, the nearest pairs win."""
    columns = header.columns
    skip_column = 0.25
    table: list[list[tuple[float, str]]] = [
        [(0.0, "")] * (len(columns) + 1) for _ in range(len(found) + 1)
    ]
    for i in range(len(found) + 1):
        for j in range(len(columns) + 1):
            if not i and not j:
                continue
            ways: list[tuple[float, str]] = []
            if i:
                support = len(found[i - 1].nums) / max(rows, 1)
                ways.append((table[i - 1][j][0] + 0.3 + 3.4 * min(1.0, support), "cluster"))
            if j:
                ways.append((table[i][j - 1][0] + skip_column, "column"))
            if i and j:
                cost = _cost(found[i - 1], columns[j - 1])
                ways.append((table[i - 1][j - 1][0] + cost, "pair"))
            table[i][j] = min(ways)
    i, j = len(found), len(columns)
    while i or j:
        way = table[i][j][1]
        if way == "pair":
            column = columns[j - 1]
            found[i - 1].role, found[i - 1].with_tax = column.role, column.with_tax
            i, j = i - 1, j - 1
        elif way == "cluster":
            i -= 1
        else:
            j -= 1


def _cost(cluster: Cluster, column: Column) -> float:
    gap = max(cluster.x0 - column.x1, column.x0 - cluster.x1, 0.0)
    x0, x1 = median(n.x0 for n in cluster.nums), median(n.x1 for n in cluster.nums)
    aligned = min(abs(x0 - column.x0), abs(x1 - column.x1), abs((x0 + x1) / 2 - column.center))
    cost = gap / 9 + aligned / 40
    nums, count = cluster.nums, len(cluster.nums)
    percent = sum(num.percent for num in nums) / count
    whole = sum(num.decimals == 0 and not num.percent for num in nums) / count
    money = sum(num.decimals == 2 or num.currency for num in nums) / count
    if percent > 0.5 and column.role not in (VAT, DISCOUNT):
        cost += 2.0
    if column.role in (AMOUNT, AMOUNT_GROSS, PRICE, GROSS_PRICE, VAT_AMOUNT) and whole > 0.7:
        cost += 0.8
    if column.role == POSITION and whole < 0.9 and not all(num.value < 100 for num in nums):
        cost += 1.5
    if column.role == QUANTITY and sum(bool(num.currency) for num in nums) > 0.5 * count:
        cost += 1.5
    if column.role == VAT and money > 0.7 and not all(num.value in RATES for num in nums):
        cost += 0.8
    if column.role == DISCOUNT and any(abs(num.value) > 100 for num in nums) and not percent:
        cost += 1.5
    if column.role == DESCRIPTION:
        cost += 1.5
    if column.role in (UNIT, DATE, PERIOD):
        cost += 1.0
    return cost


def text_column(x0: float, x1: float, columns: Sequence[Column]) -> Column | None:
    """The column that a run of words belongs to: the header it shares most width with, else the nearest one."""
    best, widest = None, 0.0
    for column in columns:
        shared = min(x1, column.x1) - max(x0, column.x0)
        if shared > widest:
            best, widest = column, shared
    if best is not None:
        return best
    near = [(max(column.x0 - x1, x0 - column.x1), column) for column in columns]
    return min(near, key=lambda pair: pair[0])[1] if near else None
