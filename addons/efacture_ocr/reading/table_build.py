"""From the rows under a header to the items of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from .table_arithmetic import Closed
from .table_attach import attach, left_edge
from .table_cells import Num, TableRow
from .table_columns import Cluster, assign, clusters
from .table_end import until_end
from .table_header import Header
from .table_roles import amount_column, check_roles, mark_rates
from .table_rows import CARRY, DOCUMENT, END, SUBTOTAL, TOTAL
from .table_values import settle, single, values_of
from .table_words import AMOUNT, AMOUNT_GROSS, GROSS_PRICE, PRICE, QUANTITY
from .table_zone import Item, Zone, has_money, has_text, pick, speaks

_NO_ITEM = frozenset((SUBTOTAL, CARRY, TOTAL, END, DOCUMENT))


def build(rows: Sequence[TableRow], header: Header | None, goes_on: bool = False) -> Zone:
    """The table that these rows hold: those under the header or, without one, those where items are thought to be.

    `goes_on`: the header stands on a page before.
    """
    kept, ended = until_end(rows, header is not None and header.strength() >= 0.5 and not goes_on)
    zone = Zone(header, list(kept), ended=ended)
    zone.columns = clusters(row for row in kept if speaks(row))
    anchors = sum(any(num.decimals and num.alone for num in row.nums) for row in kept)
    if header is not None:
        assign(zone.columns, header, anchors)
    if header is None:
        mark_rates(zone)
    check_roles(zone)
    _items(zone)
    if header is None:
        zone.left = left_edge(zone)
    attach(zone)
    for item in zone.items:
        settle(zone, item)
    _drop_sums(zone)
    if len(zone.items) == 1 and header is None:
        single(zone, rows)
    return zone


def build_picked(
    rows: Sequence[TableRow], header: Header | None, picks: Sequence[tuple[TableRow, Num]]
) -> Zone:
    """The table on a page of which the amounts are known: what multiplies to them, what stands with them.

    :param rows: rows of one page, those of the items and what may belong to them
    :param header: what stands over them, or None
    :param picks: the row and the amount of each item, from top to bottom
    """
    zone = Zone(header, list(rows), known=True)
    mine = {id(num) for _row, num in picks}
    kept = {id(row) for row, _num in picks}
    near = [row for row in rows if id(row) in kept or not has_money(row)]
    zone.columns = [
        column
        for column in clusters(row for row in near if speaks(row))
        if not any(id(num) in mine for num in column.nums)
    ]
    amounts = Cluster([num for _row, num in picks])
    zone.columns = sorted([*zone.columns, amounts], key=lambda column: column.x0 + column.x1)
    if header is not None:
        assign(zone.columns, header, len(picks))
    else:
        mark_rates(zone)
    for column in zone.columns:
        if column.role == AMOUNT or amounts.role == AMOUNT_GROSS == column.role:
            column.role, column.with_tax = "", False
    amounts.role, amounts.with_tax = AMOUNT, False
    check_roles(zone)
    for row, num in picks:
        exact = replace(num, others=())
        values = {**values_of(zone, row), AMOUNT: exact}
        zone.items.append(Item(row, values, Closed(None, None, num.value)))
    if header is None:
        zone.left = left_edge(zone)
    attach(zone)
    for item in zone.items:
        settle(zone, item)
        if item.closed.amount != item.values[AMOUNT].value:
            item.closed = Closed(None, None, item.values[AMOUNT].value)
    return zone


def _items(zone: Zone) -> None:
    amount = amount_column(zone)
    if amount is None:
        return
    if not amount.role:
        amount.role = AMOUNT
    running = Decimal(0)
    count = 0
    after_total = False
    for row in zone.rows:
        num = pick(row, amount)
        if num is None or num.percent:
            continue
        is_product = "product" in row.marks
        if row.marks & _NO_ITEM and not is_product:
            zone.skipped.append((row, num))
            after_total = after_total or TOTAL in row.marks
            if SUBTOTAL in row.marks:
                running, count = Decimal(0), 0
            continue
        values = values_of(zone, row)
        bare = not (values.keys() & {QUANTITY, PRICE, GROSS_PRICE})
        if bare and count >= 2 and num.value == running:
            zone.skipped.append((row, num))  # a sum without a word for it
            running, count = Decimal(0), 0
            continue
        upper = _row_before(zone, row) if bare and not row.texts and len(row.nums) == 1 else None
        if upper is not None:
            # the amount stands a little lower than the rest of its line
            values = {**values_of(zone, upper), **values}
            zone.items.append(Item(upper, values, Closed(None, None, num.value)))
            running += num.value
            count += 1
            continue
        if bare and not row.texts and zone.header is not None and _named_above(zone, row):
            zone.items.append(Item(row, values, Closed(None, None, num.value)))
            running += num.value
            count += 1
            continue
        if bare and (not row.texts or not _may_be_bare(zone, row, num)):
            zone.skipped.append((row, num))
            continue
        if bare and not num.value:
            continue  # nothing of it is charged
        if after_total and bare:
            zone.skipped.append((row, num))
            continue
        zone.items.append(Item(row, values, Closed(None, None, num.value)))
        running += num.value
        count += 1


def _named_above(zone: Zone, row: TableRow) -> bool:
    """Whether a lone amount stands right under words that have none."""
    before = [other for other in zone.rows if other.index == row.index - 1]
    if not before or row.nums[-1].decimals != 2 or before[0].marks & _NO_ITEM:
        return False
    near = row.y0 - before[0].y1 <= 0.8 * (row.y1 - row.y0)
    return near and has_text(zone, before[0]) and not has_money(before[0])


def _row_before(zone: Zone, row: TableRow) -> TableRow | None:
    """The row just above when it has a quantity or a price but no amount."""
    before = [other for other in zone.rows if other.index == row.index - 1]
    if not before or row.y0 - before[0].y1 > 0.6 * (row.y1 - row.y0):
        return None
    values = values_of(zone, before[0])
    if AMOUNT in values or AMOUNT_GROSS in values or not values.keys() & {QUANTITY, PRICE}:
        return None
    return before[0]


def _may_be_bare(zone: Zone, row: TableRow, num: Num) -> bool:
    """An amount alone on its row is an item when it is written as money."""
    return bool(
        num.decimals == 2
        or num.currency
        or zone.header is not None
        and num.decimals == 0
        and num.alone
    )


def _drop_sums(zone: Zone) -> None:
    """Amounts without quantity that are the sum of the items under them (or over them) are headings with their sum."""
    items = zone.items
    counted = [item.closed.level > 0 for item in items]
    if not any(counted) or all(counted):
        return
    dropped: set[int] = set()
    for place, item in enumerate(items):
        if counted[place] or not item.closed.amount:
            continue
        for step in (1, -1):
            total, at, several = Decimal(0), place + step, 0
            while 0 <= at < len(items) and counted[at]:
                total += items[at].closed.amount
                several += 1
                if total == item.closed.amount and (several > 1 or step == 1):
                    dropped.add(place)
                    break
                at += step
            if place in dropped:
                break
    for place in sorted(dropped, reverse=True):
        item = items.pop(place)
        zone.skipped.append((item.anchor, item.values[zone.amount_role]))
