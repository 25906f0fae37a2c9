"""Which column of numbers is which: the header says it, arithmetic confirms it or finds it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .table_arithmetic import EXACT, agreement
from .table_cells import TableRow
from .table_columns import RATES, Cluster
from .table_words import (
    AMOUNT,
    AMOUNT_GROSS,
    DATE,
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
)
from .table_zone import Zone, pick, speaks

#: Numbers that are never multiplied.
_NO_FACTOR = frozenset((POSITION, REFERENCE, VAT, VAT_AMOUNT, DATE, PERIOD))


def mark_rates(zone: Zone) -> None:
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
                    if all(three) and speaks(row):
                        count += 1
                        fits += three[0].value + three[1].value == three[2].value and bool(
                            three[1].value
                        )
                if count and fits >= 0.8 * count and len(net.nums) >= 0.5 * len(gross.nums):
                    net.role, tax.role, gross.role = AMOUNT, VAT_AMOUNT, AMOUNT_GROSS
                    return


def check_roles(zone: Zone) -> None:
    """Let arithmetic confirm the roles that the header gave, or find them."""
    rows = [row for row in zone.rows if speaks(row)]
    _one_amount(zone, rows)
    _unnamed_amount(zone, rows)
    quantity, price, amount = zone.column(QUANTITY), zone.column(PRICE), amount_column(zone)
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
        if zone.known and a is not amount:
            continue
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
    if not best[1]:
        _reduced(zone, rows, usable, amount)
        return
    for column in zone.columns:
        if column.role in (QUANTITY, PRICE, AMOUNT):
            column.role = ""
    for column, role in zip(best[1], (QUANTITY, PRICE, AMOUNT), strict=True):
        column.role = role


def _reduced(
    zone: Zone, rows: Sequence[TableRow], usable: Sequence[Cluster], amount: Cluster | None
) -> None:
    """Without a product to the amount: a column without a name may be a discount, or quantity × price an amount with tax."""
    if amount is None or zone.column(DISCOUNT) is not None:
        return
    free = [c for c in usable if c is not amount and c.role in ("", QUANTITY, PRICE, GROSS_PRICE)]
    rates = [
        c
        for c in free
        if not c.role and all(0 <= abs(n.value) <= 100 and n.decimals < 3 for n in c.nums)
    ]
    for q in free:
        for p in free:
            if q is p or q.x0 > p.x0 or amount.x0 < p.x0:
                continue
            for rate in rates:
                if rate is q or rate is p or rate.x0 < q.x0:
                    continue
                good, count = _closing(rows, q, p, amount, rate, 0.2)
                if count and good >= 0.6 * count:
                    q.role, p.role, rate.role = QUANTITY, PRICE, DISCOUNT
                    return
            for taxed in free:
                if taxed in (q, p) or taxed.x0 < p.x0 or not _taxed(rows, amount, taxed):
                    continue
                good, count = _closing(rows, q, p, taxed, None, 0.2)
                if count and good >= 0.6 * count:
                    q.role, p.role, taxed.role = QUANTITY, PRICE, AMOUNT_GROSS
                    return


def _taxed(rows: Sequence[TableRow], net: Cluster, gross: Cluster) -> bool:
    """Whether one column is the other with VAT at a known rate."""
    fits = count = 0
    for row in rows:
        without, tax = pick(row, net), pick(row, gross)
        if without is None or tax is None or not without.value:
            continue
        count += 1
        fits += any(
            rate and abs(without.value * (1 + rate / 100) - tax.value) <= Decimal("0.02")
            for rate in RATES
        )
    return bool(count) and fits >= 0.8 * count


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
    if len(found) < 2 or zone.known:
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


def amount_column(zone: Zone) -> Cluster | None:
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
