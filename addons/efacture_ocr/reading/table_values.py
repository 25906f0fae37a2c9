"""The numbers of an item: those that stand in its columns, chosen so that they add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rapidfuzz.distance import Levenshtein

from .table_arithmetic import EXACT, NEAR, Closed, agreement, cents, close_row
from .table_cells import Num, TableRow, places, recut
from .table_columns import RATES
from .table_header import Header
from .table_words import (
    AMOUNT,
    AMOUNT_GROSS,
    DISCOUNT,
    GROSS_PRICE,
    PRICE,
    PRICE_TAXED,
    QUANTITY,
    VAT,
    VAT_AMOUNT,
)
from .table_zone import Item, Zone, pick

_VALUE_ROLES = (
    AMOUNT, AMOUNT_GROSS, PRICE, QUANTITY, DISCOUNT, GROSS_PRICE, PRICE_TAXED, VAT, VAT_AMOUNT,
)  # fmt: skip


def values_of(zone: Zone, row: TableRow) -> dict[str, Num]:
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


def single(zone: Zone, rows: Sequence[TableRow]) -> None:
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


def settle(zone: Zone, item: Item) -> None:
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
            other = values_of(zone, row)
            if role not in other:
                continue
            way = _close(other, role)
            if way.level > best.level and QUANTITY in other:
                best, values = way, other
            elif not best.level and nums != item.anchor.nums:
                # “5 250,30” may be a quantity and a price that nearly touch
                for cut in _factors(nums, other, role):
                    way = _close(cut, role)
                    if way.level > best.level:
                        best, values = way, cut
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


def _factors(nums: Sequence[Num], values: dict[str, Num], role: str) -> Iterator[dict[str, Num]]:
    """The values with each two numbers of a row that make its amount."""
    amount = values[role]
    taken = [amount, *(values.get(name) for name in (VAT, VAT_AMOUNT, AMOUNT_GROSS))]
    rest = [num for num in nums if not num.percent and not any(_same(num, one) for one in taken)]
    for p in reversed(rest):
        for q in rest:
            if (
                q is not p
                and agreement(q.value * p.value, amount.value, q.value, max(p.decimals, 4)) == EXACT
                and q.value
                and (p.decimals or p.currency or q.alone)
            ):
                yield {**values, QUANTITY: q, PRICE: p}


def _same(num: Num, other: Num | None) -> bool:
    return other is not None and num.words == other.words


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
    yield from _factors(item.anchor.nums, item.values, role)
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
