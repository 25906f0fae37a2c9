"""A table on a page and its items: the types that its rooms hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from .table_arithmetic import Closed
from .table_cells import Num, TableRow
from .table_columns import Cluster, text_column
from .table_header import Header
from .table_rows import CARRY, DOCUMENT, END, SUBTOTAL, TOTAL
from .table_words import AMOUNT, AMOUNT_GROSS, DESCRIPTION

_NO_ITEM = frozenset((SUBTOTAL, CARRY, TOTAL, END, DOCUMENT))


@dataclass
class Item:
    """A row with an amount and what belongs to it. `values`: role → number."""

    anchor: TableRow
    values: dict[str, Num]
    closed: Closed
    above: list[TableRow] = field(default_factory=list)
    below: list[TableRow] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)

    @property
    def rows(self) -> list[TableRow]:
        """From top to bottom."""
        return [*self.above, self.anchor, *self.below]


@dataclass
class Zone:
    """A table on a page. `skipped` are rows with an amount that were taken for sums; `ended`: its end was seen."""

    header: Header | None
    rows: list[TableRow]
    columns: list[Cluster] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    skipped: list[tuple[TableRow, Num]] = field(default_factory=list)
    ended: bool = False
    left: float = 0.0  # what stands left of this is beside the table
    known: bool = False  # its amounts make a known total: their column is certain

    def column(self, role: str) -> Cluster | None:
        """The column of numbers that has this role."""
        return next((column for column in self.columns if column.role == role), None)

    @property
    def amount_role(self) -> str:
        """The role that the amounts of the lines are taken from."""
        return AMOUNT if self.column(AMOUNT) else AMOUNT_GROSS

    @property
    def with_tax(self) -> bool:
        """Whether the header says that the amounts include VAT."""
        column = self.column(self.amount_role)
        return bool(column) and (column.role == AMOUNT_GROSS or column.with_tax)

    @property
    def closing(self) -> float:
        """Share of the items whose quantity × price makes the amount."""
        if not self.items:
            return 0.0
        return sum(item.closed.level > 0 for item in self.items) / len(self.items)


def speaks(row: TableRow) -> bool:
    """Rows that tell where the columns are."""
    return not (row.marks & _NO_ITEM and "product" not in row.marks)


def has_money(row: TableRow) -> bool:
    return any((num.decimals == 2 or num.currency) and not num.percent for num in row.nums)


def pick(row: TableRow, column: Cluster | None) -> Num | None:
    """The number of the row that stands in this column."""
    if column is None:
        return None
    found = [
        num for num in row.nums if column.holds(num) and (num.alone or column.distance(num) < 3)
    ]
    return min(found, key=column.distance) if found else None


def has_text(zone: Zone, row: TableRow) -> bool:
    """Whether a row names what it sells."""
    texts = [text for text in row.texts if sum(char.isalpha() for char in text.text) > 2]
    if zone.header is None or DESCRIPTION not in zone.header.roles:
        return bool(texts)
    for text in texts:
        column = text_column(text.x0, text.x1, zone.header.columns)
        if column is not None and column.role == DESCRIPTION:
            return True
    return False
