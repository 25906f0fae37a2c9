"""Does quantity × price − discount make the amount? The arithmetic of one row, language-free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .table_cells import Num

CENT = Decimal("0.01")
EXACT, NEAR, NONE = 2, 1, 0
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Closed:
    """A way in which a row adds up. `level`: `EXACT` to the cent, `NEAR` with the rounding of a printed price, `NONE`."""

    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal
    discount: Decimal | None = None
    gross_price: Decimal | None = None
    level: int = NONE
    reasons: tuple[str, ...] = ()


def cents(value: Decimal) -> Decimal:
    """Rounded to the cent, half away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


def agreement(product: Decimal, amount: Decimal, factor: Decimal, places: int) -> int:
    """How well a product makes an amount; `factor` multiplied a price printed with `places` decimals."""
    difference = abs(abs(product) - abs(amount))
    if difference <= CENT:
        return EXACT
    slack = abs(factor) * Decimal("0.5").scaleb(-places) + CENT
    if places >= 2 and difference <= slack and difference <= abs(amount) * Decimal("0.006"):
        return NEAR
    return NONE


def close_row(
    amount: Num,
    quantity: Num | None = None,
    price: Num | None = None,
    gross: Num | None = None,
    discount: Num | None = None,
) -> Closed:
    """The best way in which these numbers of a row belong together.

    A price for 10, 100 or 1000, a discount in percent or as an amount, a gross price beside the net one are tried. What is missing is
    derived when the result is a number that people write.
    """
    ways = list(_ways(amount, quantity, price, gross, discount))
    if ways:
        return max(ways, key=lambda way: way.level)
    return _derived(amount, quantity, price or gross, discount)


def _ways(
    amount: Num, quantity: Num | None, price: Num | None, gross: Num | None, discount: Num | None
) -> Iterable[Closed]:
    if quantity is None or (price is None and gross is None):
        return
    rates = [None]
    if discount is not None and 0 < abs(discount.value) <= 100:
        rates = [abs(discount.value), None]
    for total in amount.readings:
        for many in quantity.readings:
            for each in (price, gross):
                if each is None:
                    continue
                for cost in each.readings:
                    for rate in rates:
                        left = 1 - (rate or 0) / _HUNDRED
                        product = many * cost * left
                        level = agreement(product, total, many, each.decimals)
                        if not level:
                            continue
                        net = cost if rate is None else _unit(total, many, cost * left)
                        other = None
                        if rate is not None:
                            other = cost
                        elif gross is not None and each is price:
                            other = _before_discount(gross, cost)
                        shown = (
                            discount.value
                            if discount is not None and rate is None and discount.percent
                            else rate
                        )
                        if shown is None:
                            shown = _discount(net, other)
                        yield _signed(Closed(many, net, total, shown, other, level, ("row",)))
                    if discount is not None and discount.value and not discount.percent:
                        for net in (
                            many * cost - abs(discount.value),
                            many * (cost - abs(discount.value)),
                            many * cost + discount.value,
                        ):
                            if many and agreement(net, total, many, each.decimals) == EXACT:
                                yield _signed(
                                    Closed(
                                        many,
                                        _unit(total, many, net / many),
                                        total,
                                        None,
                                        cost,
                                        EXACT,
                                        ("row",),
                                    )
                                )
                    for base in (100, 1000, 10):
                        product = many * cost / base
                        if (
                            many >= base / 2
                            and agreement(product, total, many, 6) == EXACT
                            and total
                        ):
                            yield _signed(
                                Closed(
                                    many,
                                    (cost / base).normalize(),
                                    total,
                                    None,
                                    None,
                                    NEAR,
                                    ("row", f"per_{base}"),
                                )
                            )


def _before_discount(gross: Num, net: Decimal) -> Decimal | None:
    """The reading of a gross price that a discount may lead from to the net one; None when there is no discount."""
    return next((value for value in gross.readings if net < value <= 20 * net), None)


def _discount(net: Decimal, gross: Decimal | None) -> Decimal | None:
    """Percent from gross to net price when it is a number that people write."""
    if gross is None or not gross:
        return None
    rate = (1 - net / gross) * _HUNDRED
    near = (rate * 2).quantize(Decimal(1), ROUND_HALF_UP) / 2
    return near.normalize() + 0 if near and abs(rate - near) <= Decimal("0.12") else None


def _unit(amount: Decimal, quantity: Decimal, price: Decimal) -> Decimal:
    """A net price of at most four decimals that still makes the amount."""
    for places in ("0.01", "0.0001"):
        rounded = price.quantize(Decimal(places), ROUND_HALF_UP)
        if abs(cents(rounded * quantity)) == abs(amount):
            return rounded
    return price.quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize()


def _signed(way: Closed) -> Closed:
    """A credited line has a negative quantity, never a negative price."""
    quantity, price = way.quantity, way.price
    if quantity is None or price is None:
        return way
    if price < 0:
        price, quantity = -price, -quantity if quantity > 0 else quantity
    if way.amount < 0 < quantity * price:
        quantity = -quantity
    gross = abs(way.gross_price) if way.gross_price is not None else None
    return Closed(quantity, price, way.amount, way.discount, gross, way.level, way.reasons)


def _derived(amount: Num, quantity: Num | None, price: Num | None, discount: Num | None) -> Closed:
    total = amount.value
    rate = (
        abs(discount.value)
        if discount is not None and 0 < abs(discount.value) < 100
        else Decimal(0)
    )
    left = 1 - rate / _HUNDRED
    if price is not None and price.value and quantity is None:
        for cost in price.readings:
            many = total / (cost * left) if cost else Decimal(0)
            for places in ("1", "0.1", "0.01", "0.001"):
                rounded = many.quantize(Decimal(places), ROUND_HALF_UP)
                if rounded and agreement(rounded * cost * left, total, rounded, 6) == EXACT:
                    if abs(rounded) < Decimal("0.1") or places == "0.001" and not cost > 1:
                        continue
                    net = cost if not rate else _unit(total, rounded, cost * left)
                    return _signed(
                        Closed(
                            rounded.normalize() + 0,
                            net,
                            total,
                            rate or None,
                            cost if rate else None,
                            NEAR if places != "1" else EXACT,
                            ("row", "derived"),
                        )
                    )
    if quantity is not None and price is None and quantity.value:
        many = quantity.value
        return _signed(
            Closed(
                many,
                _unit(total, many, total / many),
                total,
                rate or None,
                None,
                NONE,
                ("derived_price",),
            )
        )
    if quantity is None and price is None:
        return (
            _signed(Closed(Decimal(1), abs(total), total, rate or None, None, NONE, ("lump_sum",)))
            if total
            else Closed(None, None, total)
        )
    return Closed(
        quantity.value if quantity else None,
        abs(price.value) if price else None,
        total,
        rate or None,
        None,
        NONE,
        (),
    )


def products(nums: list[Num]) -> tuple[Num, Num, Num] | None:
    """Three numbers of a row of which the first two, in this order, make a later one (quantity, price, amount)."""
    plain = [num for num in nums if not num.percent]
    best: tuple[Num, Num, Num] | None = None
    for k in range(len(plain) - 1, 1, -1):
        for j in range(k - 1, 0, -1):
            for i in range(j - 1, -1, -1):
                a, b, c = plain[i], plain[j], plain[k]
                if not c.value or not (c.decimals == 2 or c.currency):
                    continue
                if a.value in (0,) or b.value == 0:
                    continue
                if agreement(a.value * b.value, c.value, a.value, max(b.decimals, 4)) == EXACT:
                    trivial = abs(a.value) == 1 or abs(b.value) == 1
                    if not trivial:
                        return a, b, c
                    best = best or (a, b, c)
    return best


def spread(total: Decimal, shares: list[Decimal]) -> list[Decimal]:
    """Shares rounded to the cent so that they make the total, the largest remainders first."""
    rounded = [cents(share) for share in shares]
    missing = int(((total - sum(rounded)) / CENT).to_integral_value())
    if not missing or abs(missing) > len(shares):
        return rounded
    step = CENT if missing > 0 else -CENT
    order = sorted(
        range(len(shares)), key=lambda at: (rounded[at] - shares[at]) * (1 if missing > 0 else -1)
    )
    for at in order[: abs(missing)]:
        rounded[at] += step
    return rounded
