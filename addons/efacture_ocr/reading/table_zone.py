"""One table on one page: its columns, its items and what stands with each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from statistics import median

from rapidfuzz.distance import Levenshtein

from .table_arithmetic import EXACT, NEAR, Closed, agreement, cents, close_row
from .table_cells import Num, TableRow, places, recut
from .table_columns import RATES, Cluster, assign, clusters, text_column
from .table_header import Header
from .table_rows import CARRY, DOCUMENT, END, HEADING, SUBTOTAL, TOTAL
from .table_words import (
    AMOUNT,
    AMOUNT_GROSS,
    DATE,
    DESCRIPTION,
    DISCOUNT,
    GROSS_PRICE,
    PERIOD,
    POSITION,
    PRICE,
    PRICE_TAXED,
    QUANTITY,
    REFERENCE,
    VAT,
    VAT_AMOUNT,
)  # fmt: skip

_NO_ITEM = frozenset((SUBTOTAL, CARRY, TOTAL, END, DOCUMENT))
#: Numbers that are never multiplied.
_NO_FACTOR = frozenset((POSITION, REFERENCE, VAT, VAT_AMOUNT, DATE, PERIOD))
_VALUE_ROLES = (
    AMOUNT, AMOUNT_GROSS, PRICE, QUANTITY, DISCOUNT, GROSS_PRICE, PRICE_TAXED, VAT, VAT_AMOUNT,
)  # fmt: skip


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


def build(rows: Sequence[TableRow], header: Header | None, goes_on: bool = False) -> Zone:
    """The table that these rows hold: those under the header or, without one, those where items are thought to be.

    `goes_on`: the header stands on a page before.
    """
    kept, ended = _until_end(rows, header is not None and header.strength() >= 0.5 and not goes_on)
    zone = Zone(header, list(kept), ended=ended)
    zone.columns = clusters(row for row in kept if _speaks(row))
    anchors = sum(any(num.decimals and num.alone for num in row.nums) for row in kept)
    if header is not None:
        assign(zone.columns, header, anchors)
    if header is None:
        _mark_rates(zone)
    _check_roles(zone)
    _items(zone)
    if header is None:
        zone.left = _left_edge(zone)
    _attach(zone)
    for item in zone.items:
        _settle(zone, item)
    _drop_sums(zone)
    if len(zone.items) == 1 and header is None:
        _single(zone, rows)
    return zone


def _mark_rates(zone: Zone) -> None:
    """Without header: columns of rates, of discounts in percent, of net, tax and gross amounts tell themselves by their numbers."""
    money = [
        c
        for c in zone.columns
        if any(num.decimals == 2 and not num.percent and num.value not in RATES for num in c.nums)
    ]
    for column in reversed(zone.columns):
        percent = all(num.percent for num in column.nums)
        rates = all(num.value in RATES and (num.percent or num.decimals) for num in column.nums)
        right = any(other is not column and other.x1 < column.x0 for other in money)
        if rates and right and (len(column.nums) >= 2 or percent) and zone.column(VAT) is None:
            left = any(other is not column and other.x0 > column.x1 for other in money)
            column.role = DISCOUNT if percent and left and _discounts(zone, column) else VAT
        elif percent and zone.column(DISCOUNT) is None:
            column.role = DISCOUNT
    _mark_taxes(zone, money)


def _discounts(zone: Zone, column: Cluster) -> bool:
    """Whether the rates of a column lead from a product to an amount of its row."""
    for num in column.nums:
        row = next((row for row in zone.rows if any(num is other for other in row.nums)), None)
        if row is None:
            continue
        plain = [other for other in row.nums if not other.percent and other.alone]
        for quantity in plain:
            for price in plain:
                for amount in plain:
                    if len({id(quantity), id(price), id(amount)}) < 3 or not num.value:
                        continue
                    made = quantity.value * price.value * (1 - num.value / 100)
                    if agreement(made, amount.value, quantity.value, 4) == EXACT:
                        return True
    return False


def _mark_taxes(zone: Zone, money: Sequence[Cluster]) -> None:
    """Three columns of which the first two make the third are amounts without tax, taxes, amounts with tax."""
    for net in money:
        for tax in zone.columns:
            for gross in money:
                if (
                    not net.x1 < tax.x0 < gross.x0
                    or tax.x1 > gross.x0
                    or {net.role, gross.role} - {""}
                ):
                    continue
                fits, count = 0, 0
                for row in zone.rows:
                    three = [pick(row, column) for column in (net, tax, gross)]
                    if all(three) and _speaks(row):
                        count += 1
                        fits += three[0].value + three[1].value == three[2].value and bool(
                            three[1].value
                        )
                if count and fits >= 0.8 * count and len(net.nums) >= 0.5 * len(gross.nums):
                    net.role, tax.role, gross.role = AMOUNT, VAT_AMOUNT, AMOUNT_GROSS
                    return


def _speaks(row: TableRow) -> bool:
    """Rows that tell where the columns are."""
    return not (row.marks & _NO_ITEM and "product" not in row.marks)


def _until_end(rows: Sequence[TableRow], under_header: bool) -> tuple[Sequence[TableRow], bool]:
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


def _has_money(row: TableRow) -> bool:
    return any((num.decimals == 2 or num.currency) and not num.percent for num in row.nums)


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


def _only_rate(row: TableRow) -> bool:
    """“TVA 20 %” under the name of an item: a rate, no amount."""
    return bool(row.nums) and all(
        num.percent or not num.alone and not num.decimals for num in row.nums
    )


def _ends_in_money(row: TableRow) -> bool:
    return bool(row.nums) and row.nums[-1].decimals == 2 and row.nums[-1].alone and bool(row.texts)


def _is_product(row: TableRow) -> bool:
    return "product" in row.marks and bool(row.texts) and sum(num.alone for num in row.nums) >= 3


# -- roles ------------------------------------------------------------------------------------------


def _check_roles(zone: Zone) -> None:
    """Let arithmetic confirm the roles that the header gave, or find them."""
    rows = [row for row in zone.rows if _speaks(row)]
    _one_amount(zone, rows)
    _unnamed_amount(zone, rows)
    quantity, price, amount = zone.column(QUANTITY), zone.column(PRICE), _amount_column(zone)
    if amount is not None and amount.role not in (AMOUNT, AMOUNT_GROSS):
        amount.role = AMOUNT
    now = _closing(rows, quantity, price or zone.column(GROSS_PRICE), amount, zone.column(DISCOUNT))
    if now[1] and now[0] >= 0.6 * now[1]:
        return
    taxed = _closing(rows, quantity, zone.column(PRICE_TAXED), zone.column(AMOUNT_GROSS), None)
    if taxed[1] and taxed[0] >= 0.6 * taxed[1]:
        return
    floor = now[0] + 0.6
    best: tuple[float, tuple[Cluster, ...]] = (floor, ())
    usable = [
        c
        for c in zone.columns
        if c.role not in _NO_FACTOR
        and (len(c.nums) >= 0.3 * max(len(rows), 1) or len(c.nums) >= 2 or len(rows) < 4)
    ]
    for a in usable:
        if not any(num.decimals == 2 or num.currency for num in a.nums):
            continue
        if zone.header is not None and amount is not None and a is not amount and amount.role:
            continue
        for p in usable:
            for q in usable:
                if a is p or a is q or p is q:
                    continue
                good, count = _closing(rows, q, p, a, zone.column(DISCOUNT), 0.2)
                if good < 0.4 * count:
                    continue
                # quantity before price before amount is the usual order
                good += 0.1 * (q.x1 < p.x1) + 0.1 * (p.x1 < a.x1)
                good += 0.04 * ((q.role == QUANTITY) + (p.role == PRICE) + (a.role == AMOUNT))
                good += 0.1 * (_whole(q) > _whole(p))
                if good > best[0]:
                    best = (good, (q, p, a))
    if best[1]:
        for column in zone.columns:
            if column.role in (QUANTITY, PRICE, AMOUNT):
                column.role = ""
        for column, role in zip(best[1], (QUANTITY, PRICE, AMOUNT), strict=True):
            column.role = role


def _unnamed_amount(zone: Zone, rows: Sequence[TableRow]) -> None:
    """A column without a name that quantity × price makes is that of the amounts without tax."""
    quantity, price = zone.column(QUANTITY), zone.column(PRICE)
    if zone.column(AMOUNT) is not None or quantity is None or price is None:
        return
    for column in zone.columns:
        if column.role or column.x0 < price.x1:
            continue
        good, count = _closing(rows, quantity, price, column, zone.column(DISCOUNT))
        if count and good >= 0.6 * count:
            column.role = AMOUNT
            return


def _whole(column: Cluster) -> float:
    """Share of whole numbers, 1,00 being one: quantities more often are than prices."""
    return sum(num.value % 1 == 0 for num in column.nums) / len(column.nums)


def _one_amount(zone: Zone, rows: Sequence[TableRow]) -> None:
    """Of several columns called amount the one that quantity × price makes, else the last."""
    found = [column for column in zone.columns if column.role == AMOUNT]
    if len(found) < 2:
        return

    def worth(column: Cluster) -> tuple[float, float]:
        price = zone.column(PRICE) or zone.column(GROSS_PRICE)
        return _closing(rows, zone.column(QUANTITY), price, column, zone.column(DISCOUNT))[
            0
        ], column.x1

    best = max(found, key=worth)
    for column in found:
        if column is not best:
            column.role = "" if zone.column(PRICE) else PRICE


def _amount_column(zone: Zone) -> Cluster | None:
    found = zone.column(AMOUNT) or zone.column(AMOUNT_GROSS)
    if found is not None:
        return found
    money = [
        c
        for c in zone.columns
        if c.role in ("", VAT_AMOUNT)
        and sum(n.decimals == 2 or n.currency for n in c.nums) >= 0.6 * len(c.nums)
        and not all(n.percent for n in c.nums)
    ]
    if not money:
        if zone.header is not None and QUANTITY in zone.header.roles and zone.column(PRICE):
            return None
        return None
    strongest = max(len(c.nums) for c in money)
    return [c for c in money if len(c.nums) >= 0.5 * strongest][-1]


def _closing(
    rows: Sequence[TableRow],
    quantity: Cluster | None,
    price: Cluster | None,
    amount: Cluster | None,
    discount: Cluster | None,
    trivial: float = 0.6,
) -> tuple[float, int]:
    """(rows that add up, rows that could): a product with one counts little."""
    if quantity is None or price is None or amount is None:
        return 0.0, 0
    good, total = 0.0, 0
    for row in rows:
        q, p, a = (pick(row, column) for column in (quantity, price, amount))
        if q is None or p is None or a is None or q is p or p is a or q is a or not a.value:
            continue
        if q.percent or p.percent:
            continue
        total += 1
        d = pick(row, discount) if discount is not None else None
        rate = abs(d.value) / 100 if d is not None and abs(d.value) <= 100 else Decimal(0)
        product = q.value * p.value
        level = agreement(product, a.value, q.value, p.decimals) or agreement(
            product * (1 - rate), a.value, q.value, p.decimals
        )
        if level:
            good += 1.0 if abs(q.value) != 1 and abs(p.value) != 1 else trivial
    return good, total


def pick(row: TableRow, column: Cluster | None) -> Num | None:
    """The number of the row that stands in this column."""
    if column is None:
        return None
    found = [
        num for num in row.nums if column.holds(num) and (num.alone or column.distance(num) < 3)
    ]
    return min(found, key=column.distance) if found else None


# -- items ------------------------------------------------------------------------------------------


def _items(zone: Zone) -> None:
    amount = _amount_column(zone)
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
        values = _values(zone, row)
        bare = not (values.keys() & {QUANTITY, PRICE, GROSS_PRICE})
        if bare and count >= 2 and num.value == running:
            zone.skipped.append((row, num))  # a sum without a word for it
            running, count = Decimal(0), 0
            continue
        upper = _row_before(zone, row) if bare and not row.texts and len(row.nums) == 1 else None
        if upper is not None:
            # the amount stands a little lower than the rest of its line
            values = {**_values(zone, upper), **values}
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
    return near and _has_text(zone, before[0]) and not _has_money(before[0])


def _row_before(zone: Zone, row: TableRow) -> TableRow | None:
    """The row just above when it has a quantity or a price but no amount."""
    before = [other for other in zone.rows if other.index == row.index - 1]
    if not before or row.y0 - before[0].y1 > 0.6 * (row.y1 - row.y0):
        return None
    values = _values(zone, before[0])
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


def _values(zone: Zone, row: TableRow) -> dict[str, Num]:
    values: dict[str, Num] = {}
    used: list[Num] = []
    amount = pick(row, zone.column(AMOUNT) or zone.column(AMOUNT_GROSS))
    for place, num in enumerate(row.nums[:-1]):
        # “3 x 12,50” makes the amount; “38 x 38” in a name does not
        price = row.nums[place + 1]
        if not num.times or amount is None or amount is price:
            continue
        if agreement(num.value * price.value, amount.value, num.value, price.decimals):
            values[QUANTITY], values[PRICE] = num, price
            used += [num, price]
            break
    for role in _VALUE_ROLES:
        if role in values:
            continue
        num = pick(row, zone.column(role))
        if num is not None and not any(num is other for other in used):
            values[role] = num
            used.append(num)
    if QUANTITY not in values and zone.header is not None:
        num = _under_header(zone.header, row, QUANTITY, used)
        if num is not None:
            values[QUANTITY] = num
    return values


def _under_header(header: Header, row: TableRow, role: str, used: Sequence[Num]) -> Num | None:
    """A number that stands in one cell with other words, right under the header of this role."""
    for column in header.columns:
        if column.role != role:
            continue
        found = [
            num
            for num in row.nums
            if not any(num is other for other in used)
            and min(num.x1, column.x1 + 3) - max(num.x0, column.x0 - 3) >= 0.8 * (num.x1 - num.x0)
        ]
        if len(found) == 1:
            return found[0]
    return None


def _single(zone: Zone, rows: Sequence[TableRow]) -> None:
    """The one item of a receipt of a pump: volume and price stand on rows of their own."""
    item = zone.items[0]
    if item.closed.level:
        return
    amount = item.values[zone.amount_role]
    loose = [num for row in rows for num in row.nums if num.alone and not num.percent]
    pairs = [(num, value) for num in loose for value in num.readings if places(value) >= 2]
    for quantity, many in pairs:
        for price, each in pairs:
            if price is quantity or amount in (price, quantity) or 1 in (each, many) or each >= 100:
                continue
            if agreement(many * each, amount.value, many, 4) == EXACT:
                item.values |= {QUANTITY: quantity, PRICE: price}
                item.closed = _close(item.values, zone.amount_role)
                return


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


# -- what stands with an item ----------------------------------------------------------------------


def _left_edge(zone: Zone) -> float:
    """Where the names of most items begin: a column of addresses may stand left of a table without header."""
    starts = [
        min(text.x0 for text in item.anchor.texts) for item in zone.items if item.anchor.texts
    ]
    every = [text.x0 for item in zone.items for text in item.anchor.texts]
    common = [x for x in every if sum(abs(x - other) <= 6 for other in every) >= 0.5 * len(starts)]
    return min(common) - 6 if len(starts) >= 2 and common else 0.0


def _attach(zone: Zone) -> None:
    """Give each row without an amount to the item above or below it, by the white between them."""
    if not zone.items:
        return
    anchors = [item.anchor.index for item in zone.items]
    by_index = {row.index: row for row in zone.rows}
    blocked = {row.index for row, _num in zone.skipped}
    first = min(by_index)
    last = max(by_index)
    pitch = _pitch(zone)
    style_above = _style_above(zone)
    before = [by_index[i] for i in range(first, anchors[0]) if i in by_index]
    zone.items[0].above = _touching_above(zone, zone.items[0], before, style_above, pitch, blocked)
    for item, following in zip(zone.items, [*zone.items[1:], None], strict=True):
        end = following.anchor.index if following else last + 1
        between = []
        for i in range(item.anchor.index + 1, end):
            if i in blocked:
                between.append(None)
            elif i in by_index:
                between.append(by_index[i])
        if following is None:
            item.below = _trailing(item, between, pitch)
            continue
        if None in between:  # a sub-total stands between
            stop = between.index(None)
            item.below = _trailing(item, between[:stop], pitch)
            rest = [row for row in between[stop + 1 :] if row is not None]
            following.above = _touching_above(zone, following, rest, style_above, pitch, blocked)
            continue
        _share(zone, item, following, [row for row in between if row], style_above)


def _pitch(zone: Zone) -> float:
    """Usual white between neighbouring rows of the table."""
    gaps = [
        below.y0 - above.y1
        for above, below in zip(zone.rows, zone.rows[1:], strict=False)
        if below.y0 > above.y1 - 3
    ]
    return median(gaps) if gaps else 3.0


def _has_text(zone: Zone, row: TableRow) -> bool:
    """Whether a row names what it sells."""
    texts = [text for text in row.texts if sum(char.isalpha() for char in text.text) > 2]
    if zone.header is None or DESCRIPTION not in zone.header.roles:
        return bool(texts)
    for text in texts:
        column = text_column(text.x0, text.x1, zone.header.columns)
        if column is not None and column.role == DESCRIPTION:
            return True
    return False


def _style_above(zone: Zone) -> bool:
    """Whether descriptions stand over their numbers: most rows with an amount say nothing themselves."""
    bare = sum(not _has_text(zone, item.anchor) for item in zone.items)
    return bare > 0.5 * len(zone.items)


def _touching_above(
    zone: Zone,
    item: Item,
    rows: Sequence[TableRow],
    style_above: bool,
    pitch: float,
    blocked: set[int],
) -> list[TableRow]:
    """Rows right above an item that belong to it."""
    taken: list[TableRow] = []
    reached = item.anchor
    for row in reversed(rows):
        if row.index in blocked or HEADING in row.marks and not style_above:
            break
        height = row.y1 - row.y0
        gap = reached.y0 - row.y1
        overlapping = gap < 0.15 * height
        if (
            not taken
            and gap < 1.2 * height
            and _has_text(zone, row)
            and not _has_text(zone, item.anchor)
        ):
            taken.insert(0, row)  # the name of a row of figures
            reached = row
            continue
        if not (
            overlapping
            or (style_above and not taken and gap < 1.2 * height)
            or (style_above and gap < 0.6 * height)
        ):
            break
        if _has_text(zone, item.anchor) and not overlapping:
            break
        taken.insert(0, row)
        reached = row
    return taken


def _trailing(item: Item, rows: Sequence[TableRow | None], pitch: float) -> list[TableRow]:
    """Rows under the last item up to a wide white."""
    taken: list[TableRow] = []
    reached = item.anchor
    for row in rows:
        if row is None or HEADING in row.marks or row.marks & _NO_ITEM and not _only_rate(row):
            break
        height = max(min(row.y1 - row.y0, reached.y1 - reached.y0), 1.0)
        if row.y0 - reached.y1 > max(0.9 * height, 1.3 * pitch) or len(taken) >= 14:
            break
        taken.append(row)
        reached = row
    return taken


def _product_of(row: TableRow) -> Decimal | None:
    """What “2 x 3,45” on a row of its own makes."""
    for num, price in zip(row.nums, row.nums[1:], strict=False):
        if num.times:
            return cents(num.value * price.value)
    return None


def _amounts(item: Item) -> set[Decimal]:
    return {num.value for role, num in item.values.items() if role in (AMOUNT, AMOUNT_GROSS)}


def _share(
    zone: Zone, item: Item, following: Item, rows: Sequence[TableRow], style_above: bool
) -> None:
    """Cut the rows between two items at the widest white; when all are alike they follow the item."""
    if not rows:
        return
    chain = [item.anchor, *rows, following.anchor]
    white = [below.y0 - above.y1 for above, below in zip(chain, chain[1:], strict=False)]
    height = median(row.y1 - row.y0 for row in chain)
    widest = max(white)
    cut = len(rows)  # rows[:cut] stay with the item
    if (
        widest - sorted(white)[len(white) // 2] > 0.12 * height
        or len(white) == 2
        and widest - min(white) > 0.12 * height
    ):
        cut = len(white) - 1 - white[::-1].index(widest)
    elif style_above:
        cut = 0
    for place, row in enumerate(rows):
        made = _product_of(row)
        if made is not None and made not in _amounts(item) and made in _amounts(following):
            item.below, following.above = list(rows[:place]), list(rows[place:])
            return
    if style_above and cut == len(rows) and not _has_text(zone, following.anchor):
        cut = 0
    nameless = not style_above and cut == len(rows) and not _has_text(zone, following.anchor)
    if nameless and _has_text(zone, rows[-1]) and (len(rows) > 1 or _has_text(zone, item.anchor)):
        cut = len(rows) - 1
    for place, row in enumerate(rows[:cut]):
        if HEADING in row.marks and not row.nums and place > 0:
            # a heading of what follows
            cut = place if cut == len(rows) else cut
            break
    item.below = list(rows[:cut])
    upper = list(rows[cut:])
    if upper and _has_text(zone, following.anchor) and not style_above:
        # it says enough itself: what stands over it is a heading, unless it nearly touches
        gap = following.anchor.y0 - upper[-1].y1
        if gap > 0.15 * height:
            following.marks.add("headed")
            return
    following.above = upper


# -- the numbers of an item ------------------------------------------------------------------------


def _settle(zone: Zone, item: Item) -> None:
    """Choose the numbers of an item so that they add up; look into the rows that stand with it for what is missing."""
    role = AMOUNT if AMOUNT in item.values else AMOUNT_GROSS
    if role not in item.values:
        return
    best = _close(item.values, role)
    values = item.values
    if best.level < EXACT:
        for other in _elsewhere(zone, item, role):
            way = _close(other, role)
            if way.level > best.level:
                best, values = way, other
                if best.level == EXACT:
                    break
    if best.level == 0:
        for nums in recut(item.anchor.nums):
            row = TableRow(item.anchor.row, nums, item.anchor.texts)
            other = _values(zone, row)
            if role not in other:
                continue
            way = _close(other, role)
            if way.level > best.level and QUANTITY in other:
                best, values = way, other
    if best.level == 0 and item.anchor.fuzzy:
        best = _reread(values, role) or best
    item.values, item.closed = values, best


def _reread(values: dict[str, Num], role: str) -> Closed | None:
    """A recognised row that does not add up: a quantity that price and amount agree on, or one wrong figure in the amount."""
    amount, quantity, price = values[role], values.get(QUANTITY), values.get(PRICE)
    if quantity is None or price is None or not price.value:
        return None
    without = close_row(amount, None, price, None, values.get(DISCOUNT))
    if without.level and without.quantity is not None and without.quantity * 4 % 1 == 0:
        return replace(without, level=NEAR, reasons=(*without.reasons, "repaired"))
    made = cents(quantity.value * price.value)
    if not made or _figures_apart(made, amount.value) > 1:
        return None
    return Closed(quantity.value, price.value, made, None, None, NEAR, ("row", "repaired"))


def _figures_apart(one: Decimal, other: Decimal) -> int:
    """How many figures differ between two amounts to the cent."""
    left, right = (f"{abs(cents(value)):f}".replace(".", "") for value in (one, other))
    return Levenshtein.distance(left, right)


def _close(values: dict[str, Num], role: str) -> Closed:
    discount = values.get(DISCOUNT)
    way = close_row(
        values[role], values.get(QUANTITY), values.get(PRICE), values.get(GROSS_PRICE), discount
    )
    if role == AMOUNT_GROSS and way.level < EXACT:
        other = _net_price(values, role)
        if other is not None:
            return other
        if way.level == 0 and PRICE_TAXED in values:
            return close_row(
                values[role], values.get(QUANTITY), values[PRICE_TAXED], None, discount
            )
    if role == AMOUNT and way.level == 0 and AMOUNT_GROSS in values:
        other = close_row(
            values[AMOUNT_GROSS],
            values.get(QUANTITY),
            values.get(PRICE),
            values.get(GROSS_PRICE),
            discount,
        )
        if other.level > 0 and "row" in other.reasons:
            # price with tax beside an amount without it
            many = other.quantity or Decimal(1)
            net = values[role].value
            each = (net / many).quantize(Decimal("0.0001")).normalize() if many else None
            return Closed(
                many, each, net, other.discount, None, NEAR, (*other.reasons, "tax_included_price")
            )
    return way


def _net_price(values: dict[str, Num], role: str) -> Closed | None:
    """A price without tax beside an amount with it: quantity × price × (1 + rate) makes the amount."""
    price, amount = values.get(PRICE), values[role]
    if role != AMOUNT_GROSS or price is None or not price.value:
        return None
    rates = [values[VAT].value] if VAT in values and values[VAT].value in RATES else sorted(RATES)
    for rate in rates:
        taxed = price.value * (1 + rate / 100)
        counts = values[QUANTITY].readings if QUANTITY in values else (Decimal(1),)
        for many in counts:
            if abs(abs(taxed * many) - abs(amount.value)) <= Decimal("0.006") * (1 + abs(many)):
                sign = -1 if amount.value < 0 < many * price.value else 1
                return Closed(
                    many * sign,
                    abs(price.value),
                    amount.value,
                    None,
                    None,
                    EXACT,
                    ("row", "tax_included_price"),
                )
    return None


def _elsewhere(zone: Zone, item: Item, role: str):
    """Other choices of numbers: from the neighbouring rows, in the same columns or as “3 x 12,50”, or loose in the row."""
    near = [*item.below, *reversed(item.above)]
    for row in near:
        for place, num in enumerate(row.nums[:-1]):
            if num.times:
                yield {**item.values, QUANTITY: num, PRICE: row.nums[place + 1]}
    gathered = dict(item.values)
    for row in near:
        for wanted in (QUANTITY, PRICE, GROSS_PRICE, DISCOUNT, VAT):
            num = pick(row, zone.column(wanted))
            if num is not None and wanted not in gathered:
                gathered[wanted] = num
    if gathered.keys() != item.values.keys():
        yield gathered
    for row in (
        near
    ):  # another number of the same column closes the row (gross, discount, net below each other)
        for wanted in (PRICE, QUANTITY, DISCOUNT):
            num = pick(row, zone.column(wanted))
            if num is not None:
                yield {**item.values, wanted: num}
        for num in row.nums:
            if (
                num.percent
                and 0 < abs(num.value) < 100
                and num.value not in RATES | {Decimal(0)}
                or num.percent
                and abs(num.value) in (5, 10, 20)
            ):
                yield {**item.values, DISCOUNT: num}
    amount = item.values[role]
    taxes = [item.values.get(name) for name in (VAT, VAT_AMOUNT, AMOUNT_GROSS)]
    rest = [
        num
        for num in item.anchor.nums
        if num is not amount and not num.percent and not any(num is tax for tax in taxes)
    ]
    for p in reversed(rest):
        for q in rest:
            if (
                q is not p
                and agreement(q.value * p.value, amount.value, q.value, max(p.decimals, 4)) == EXACT
                and q.value
                and (p.decimals or p.currency or q.alone)
            ):
                yield {**item.values, QUANTITY: q, PRICE: p}
    for row in near:
        plain = [num for num in row.nums if not num.percent]
        for p in reversed(plain):
            for q in plain:
                if (
                    q is not p
                    and q.x0 < p.x0
                    and abs(q.value) != 1
                    and agreement(q.value * p.value, amount.value, q.value, max(p.decimals, 4))
                    == EXACT
                ):
                    yield {**item.values, QUANTITY: q, PRICE: p}
