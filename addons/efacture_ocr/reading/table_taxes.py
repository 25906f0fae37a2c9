"""Rates of lines, and amounts freed of their VAT to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from .model import ReadLine
from .table_arithmetic import cents, spread
from .table_columns import RATES
from .table_facts import Facts, says_vat
from .table_recap import clean_code
from .table_words import AMOUNT, VAT, VAT_AMOUNT
from .table_zone import Item

_SLACK = Decimal("0.011")


def rate_of(item: Item, code: str, facts: Facts) -> Decimal | None:
    num = item.values.get(VAT)
    if num is not None:
        shown = clean_code("".join(word.text for word in num.words))
        if not num.percent and shown in facts.codes:
            return facts.codes[shown]
        if num.percent or num.value in RATES and (not facts.codes or num.decimals):
            return num.value if num.value <= 100 else None
        if num.value in RATES and num.value >= 5:
            return num.value
    if clean_code(code) in facts.codes:
        return facts.codes[clean_code(code)]
    tax = item.values.get(VAT_AMOUNT) or num
    if tax is not None and tax.decimals == 2 and item.closed.amount:
        net = item.values.get(AMOUNT)
        base = abs(net.value if net is not None else item.closed.amount)
        fitting = [
            rate for rate in RATES if abs(cents(base * rate / 100) - abs(tax.value)) <= _SLACK
        ]
        if len(fitting) == 1:
            return fitting[0]
    for row in item.below:
        for found in row.nums:
            if found.percent and found.value in RATES and says_vat(row):
                return found.value
    positive = [rate for rate in facts.rates if rate]
    if len(positive) == 1 and len(facts.rates) == 1:
        return positive[0]
    return None


def with_rates(lines: list[ReadLine], facts: Facts) -> list[ReadLine]:
    """Rates that lines do not say, when the bases of the recap leave one way to share them."""
    unknown = [
        at for at, line in enumerate(lines) if line.vat_rate is None and line.amount is not None
    ]
    if not unknown or not facts.recap or len(unknown) > 60:
        return lines
    known: dict[Decimal, Decimal] = {}
    for line in lines:
        if line.vat_rate is not None and line.amount is not None:
            known[line.vat_rate] = known.get(line.vat_rate, Decimal(0)) + line.amount
    for with_tax in (False, True):
        wanted = {
            item.rate: item.base + (item.tax if with_tax else 0) - known.get(item.rate, Decimal(0))
            for item in facts.recap
        }
        rest = {rate: base for rate, base in wanted.items() if base}
        exempt = sum(lines[at].amount for at in unknown) - sum(rest.values())
        if Decimal(0) < exempt and Decimal(0) not in rest:
            rest[Decimal(0)] = exempt
        shared = _share_out([(lines[at].amount, lines[at].description) for at in unknown], rest)
        if shared is not None:
            filled = list(lines)
            for at, rate in zip(unknown, shared, strict=True):
                filled[at] = replace(lines[at], vat_rate=rate, vat_category="S" if rate else "")
            return filled
    return lines


def _share_out(
    items: Sequence[tuple[Decimal, str]], wanted: dict[Decimal, Decimal]
) -> list[Decimal] | None:
    """The rate of each item so that those of a rate make its base; None when there is no way, or more than one.

    Items of the same amount and name are alike: which of them is taken does not matter.
    """
    slack = Decimal("0.02") * len(wanted)
    if not wanted or abs(sum(amount for amount, _name in items) - sum(wanted.values())) > slack:
        return None
    rates: list[Decimal | None] = [None] * len(items)
    order = sorted(wanted, key=lambda rate: wanted[rate])
    for rate in order[:-1]:
        left = [at for at, given in enumerate(rates) if given is None]
        taken = _only_subset([items[at] for at in left], wanted[rate])
        if taken is None:
            return None
        for place in taken:
            rates[left[place]] = rate
    return [order[-1] if rate is None else rate for rate in rates]


def _only_subset(items: Sequence[tuple[Decimal, str]], wanted: Decimal) -> list[int] | None:
    """Places of the items that make a sum when only one choice of them does."""
    groups: dict[tuple[Decimal, str], list[int]] = {}
    for at, item in enumerate(items):
        groups.setdefault(item, []).append(at)
    rising = all(amount >= 0 for amount, _name in items)
    ways: dict[Decimal, tuple[int, tuple[int, ...]]] = {Decimal(0): (1, ())}
    for (amount, _name), places in groups.items():
        fresh: dict[Decimal, tuple[int, tuple[int, ...]]] = {}
        for total, (count, taken) in ways.items():
            for many in range(len(places) + 1):
                key = total + many * amount
                if rising and key > wanted + Decimal("0.02"):
                    break
                have = fresh.get(key)
                found = (*taken, *places[:many])
                fresh[key] = (count + have[0], have[1]) if have else (count, found)
        if len(fresh) > 10_000:
            return None
        ways = fresh
    if len(ways) * Decimal("0.04") > Decimal("0.1") * abs(wanted):
        return None  # so many sums that one of them fits by chance
    fitting = [way for total, way in ways.items() if abs(total - wanted) <= Decimal("0.02")]
    return list(fitting[0][1]) if len(fitting) == 1 and fitting[0][0] == 1 else None


def free_of_tax(lines: Sequence[ReadLine], facts: Facts) -> list[ReadLine] | None:
    """The lines without VAT: each by its rate, to the cent, so that they make the net total when it is known."""
    rates = [line.vat_rate for line in lines]
    only = (
        next((rate for rate in facts.rates if rate), None) if len(set(facts.rates)) == 1 else None
    )
    total = sum((line.amount or Decimal(0) for line in lines), Decimal(0))
    net = next((value for value in facts.net), None)
    if any(rate is None for rate in rates):
        if only is None:
            only = _rate_of_sums(total, net, facts)
        if only is None:
            return None
        rates = [only if rate is None else rate for rate in rates]
    exact = [line.amount / (1 + rate / 100) for line, rate in zip(lines, rates, strict=True)]
    if net is None:
        near = [
            value
            for value in facts.sums
            if abs(value - abs(sum(exact))) <= Decimal("0.02") + Decimal("0.005") * len(lines)
        ]
        net = min(near, key=lambda value: abs(value - abs(sum(exact))), default=None)
        if net is not None and total < 0:
            net = -net
    by_rate = _bases(rates, exact, facts)
    if by_rate is not None:
        amounts = by_rate
    elif net is not None and abs(net - sum(exact)) <= Decimal("0.05") + Decimal("0.005") * len(
        lines
    ):
        amounts = spread(net, exact)
    else:
        amounts = [cents(value) for value in exact]
    freed = []
    for line, rate, amount in zip(lines, rates, amounts, strict=True):
        keep = "tax_included_price" in line.reasons
        factor = 1 + rate / 100

        def without(price: Decimal | None, factor: Decimal = factor) -> Decimal | None:
            return (
                None
                if price is None
                else (price / factor).quantize(Decimal("0.0001"), ROUND_HALF_UP)
            )

        freed.append(
            replace(
                line,
                amount=amount,
                vat_rate=rate,
                vat_category="S" if rate else "",
                price=line.price if keep else without(line.price),
                gross_price=line.gross_price if keep else without(line.gross_price),
                tax_included=True,
                reasons=(*line.reasons, "tax_included"),
            )
        )
    return freed


def _bases(
    rates: Sequence[Decimal], exact: Sequence[Decimal], facts: Facts
) -> list[Decimal] | None:
    """Amounts without VAT that make the base of each rate of the recap, or None when they cannot."""
    bases = {item.rate: item.base for item in facts.recap}
    result: list[Decimal] = [Decimal(0)] * len(exact)
    for rate in set(rates):
        places = [place for place, own in enumerate(rates) if own == rate]
        shares = [exact[place] for place in places]
        base = bases.get(rate) if rate else sum(shares)
        if base is None:
            return None
        if sum(shares) < 0:
            base = -base
        if abs(base - sum(shares)) > Decimal("0.02") + Decimal("0.005") * len(places):
            return None
        for place, amount in zip(places, spread(base, shares), strict=True):
            result[place] = amount
    return result


def _rate_of_sums(total: Decimal, net: Decimal | None, facts: Facts) -> Decimal | None:
    """The rate that leads from a net sum of the document to this total."""
    for rate in sorted(
        (rate for rate in RATES if rate),
        key=lambda rate: (rate not in facts.rates, rate not in (20, 10)),
    ):
        base = cents(abs(total) / (1 + rate / 100))
        candidates = [abs(net)] if net is not None else facts.sums
        if any(abs(base - value) <= Decimal("0.01") for value in candidates):
            return rate
    return None
