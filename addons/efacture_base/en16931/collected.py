"""A payment split over the VAT rates of its invoice, to the cent (status 212, amounts MEN)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)


def split(amount: Decimal, weights: Mapping[Decimal, Decimal]) -> dict[Decimal, Decimal]:
    """Share an amount out in proportion to weights, in cents, by largest remainder.

    :param amount: in cents at most two decimals, of either sign.
    :param weights: VAT rate → amount VAT included; of either sign, their sum not zero unless all else fails.
    :return: VAT rate → share, rates whose share is zero left out; the shares add up to the amount exactly. Without any weight there is nothing to
        share it over: the result is empty.
    """
    weights = {rate: weight for rate, weight in weights.items() if weight}
    total = sum(weights.values(), ZERO)
    if not weights:
        return {}
    if not total:  # what is charged at one rate is given back at another: the largest takes it
        largest = max(weights, key=lambda rate: (abs(weights[rate]), rate))
        return {largest: amount} if amount else {}
    exact = {rate: amount * weight / total for rate, weight in weights.items()}
    shares = {rate: share.quantize(CENT, rounding=ROUND_FLOOR) for rate, share in exact.items()}
    missing = int(((amount - sum(shares.values(), ZERO)) / CENT).to_integral_value())
    order = sorted(weights, key=lambda rate: (shares[rate] - exact[rate], -rate))
    for rate in order[:missing]:
        shares[rate] += CENT
    return {rate: share for rate, share in shares.items() if share}


def next_report(
    amount: Decimal,
    gross: Mapping[Decimal, Decimal],
    reported: Mapping[Decimal, Decimal],
    reported_then: Mapping[Decimal, Decimal],
) -> dict[Decimal, Decimal]:
    """What to report by rate so that `amount` more (or less) is reported.

    What comes in goes to what is still open at each rate, so that the last payment closes every rate to the cent; what is given back is taken from
    what was reported for that day, so that it cancels it to the cent.

    :param amount: difference to report.
    :param gross: invoice total per rate, VAT included.
    :param reported: reported so far per rate, over all days; ``reported_then``: the same for the day this is about.
    """
    if amount * sum(gross.values(), ZERO) >= 0:
        open_ones = {rate: total - reported.get(rate, ZERO) for rate, total in gross.items()}
        left = sum(open_ones.values(), ZERO)
        # More than what is open (a rate of exchange that moved), or another sign: by the invoice.
        fits = left * amount > 0 and abs(left) >= abs(amount)
        return split(amount, open_ones if fits else gross)
    taken = sum(reported_then.values(), ZERO)
    fits = taken * amount < 0 and abs(taken) >= abs(amount)
    return split(amount, reported_then if fits else (reported if any(reported.values()) else gross))
