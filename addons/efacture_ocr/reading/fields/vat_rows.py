"""Rows of the VAT recap, found by arithmetic: a rate with an amount that is the tax of another one at that rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import permutations

from ..model import OCR, VatRow, Word
from .amount_spots import RowItems, Spot

CENT = Decimal("0.01")
#: Rates of VAT in force or of late in Europe: a bare number is a rate only if it is one of them.
RATES = frozenset(
    Decimal(rate)
    for rate in ("20", "19.6", "10", "8.5", "7", "5.5", "2.1", "1.75", "1.05", "0.9", "19", "16", "21", "6", "12", "22", "4",
    "5", "9", "13", "13.5", "23", "24", "25", "17", "14", "3", "8", "7.7", "8.1", "2.6", "18", "27", "15")
)  # fmt: skip
_USUAL = frozenset(Decimal(rate) for rate in ("20", "10", "5.5", "2.1", "8.5", "19", "7"))
_HIGHEST = Decimal(30)
_CATEGORIES = frozenset(("E", "K", "G", "O", "Z", "AE"))
_TOGETHER = 40.0
#: How far a tax added up line by line may be from the tax on the sum.
_LINES_OFF, _SHARE_OFF = Decimal("0.15"), Decimal("0.015")


def tax_of(base: Decimal, rate: Decimal) -> Decimal:
    """Tax on a base at a rate in percent, to the cent."""
    return (base * rate / 100).quantize(CENT, ROUND_HALF_UP)


def vat_rows_of(
    rows: list[RowItems], category: str, columns: Sequence[list[VatRow]] = ()
) -> list[list[VatRow]]:
    """Readings of the VAT recap, the best first: groups of rows that stand together, then each group of single ones.

    `columns`: groups whose rates head columns (`vat_columns`).
    """
    groups: list[list[VatRow]] = list(columns)
    rates = _printed_rates(rows)
    held = [found for items in rows for found in _row_of(items) or _coded(items, rates)]
    for inside in (False, True):
        found = [row for row, in_line in held if in_line == inside]
        fresh = True
        for row in found:
            if not fresh and _near(groups[-1][-1], row) and _alike(groups[-1][0], row):
                groups[-1].append(row)
            else:
                groups.append([row])
            fresh = False
    readings: list[list[VatRow]] = []
    for group in sorted(groups, key=_strength, reverse=True):
        for one in (_best_of_each(group), _merged(group)):
            if one not in readings:
                readings.append(one)
    readings = readings[:12]
    if category:
        readings.append([VatRow(Decimal(0), None, Decimal(0), category, (), 0.5)])
    return readings


def _near(one: VatRow, two: VatRow) -> bool:
    if not one.words or not two.words or one.words[0].page != two.words[0].page:
        return False
    gap = min(word.y0 for word in two.words) - max(word.y1 for word in one.words)
    return gap < _TOGETHER


def _alike(one: VatRow, two: VatRow) -> bool:
    return (one.base is None) == (two.base is None)


def _strength(group: list[VatRow]) -> float:
    distinct = len({row.rate for row in group})
    return (
        sum(row.score for row in group) / len(group)
        + 0.1 * (distinct - 1)
        - 0.3 * (len(group) - distinct)
    )


def _best_of_each(group: list[VatRow]) -> list[VatRow]:
    """The surest row of each rate, in the order of the page."""
    kept: dict[tuple[Decimal, str], VatRow] = {}
    for row in group:
        key = (row.rate, row.category)
        if key not in kept or kept[key].score < row.score:
            kept[key] = row
    return [row for row in group if kept[row.rate, row.category] is row]


def _merged(group: list[VatRow]) -> list[VatRow]:
    """Rows of one rate added up (a recap that separates goods and carriage)."""
    by_rate: dict[tuple[Decimal, str], VatRow] = {}
    for row in group:
        key = (row.rate, row.category)
        old = by_rate.get(key)
        if old is None or old.base is None or row.base is None:
            by_rate[key] = row
        else:
            taxes = (old.tax or Decimal(0)) + (row.tax or Decimal(0))
            by_rate[key] = replace(
                old, base=old.base + row.base, tax=taxes, words=old.words + row.words
            )
    return list(by_rate.values())


# -- one row ----------------------------------------------------------------------------------------


def _row_of(items: RowItems) -> list[tuple[VatRow, bool]]:
    """The VAT rows that one row of the page holds (of two tables side by side, each), and whether they look like lines of goods."""
    money = [spot for spot in items.spots if spot.decimals <= 2]
    if not money:
        return []
    found: list[tuple[VatRow, bool]] = []
    used: set[int] = set()
    # Pairs of base and tax first: a rate left over must not take the tax of another.
    for whole in (True, False):
        for rate, words, printed in _rates(items):
            if any(id(word) in used for word in words):
                continue
            if not whole and any(row.rate == rate for row, _in_line in found):
                continue
            row = best_pair(rate, words, printed, [s for s in money if not _shared(s, words, used)])
            if row is None or whole and row.base is None:
                continue
            if rate == 0:
                row = replace(row, category=_category(items) or row.category)
            found.append((row, _is_line(row, money)))
            used |= {id(word) for word in row.words}
    return found


def _printed_rates(rows: list[RowItems]) -> list[Decimal]:
    """The rates that the pages print with a percent sign, most usual first."""
    found = {Decimal(str(rate.value)) for items in rows for rate in items.rates} & RATES
    return sorted(found, key=lambda rate: (rate not in _USUAL, -rate))


def _coded(items: RowItems, rates: list[Decimal]) -> list[tuple[VatRow, bool]]:
    """A row of a recap that names its rate by a code explained elsewhere (“A  1 000,00  200,00”), or says that no VAT is due."""
    money = [spot for spot in items.spots if spot.decimals == 2 and spot.value]
    untaxed = [spot for spot in money if spot.roles.get("untaxed", 0.0) >= 0.5]
    if untaxed:
        spot = untaxed[-1]
        row = VatRow(Decimal(0), spot.value, Decimal("0.00"), "E", spot.words, 0.6)
        return [(replace(row, category=_category(items) or "E"), False)]
    if not all(spot.alone for spot in money):
        return []
    for rate in rates:
        row = best_pair(rate, (), False, [spot for spot in money if _headed(spot)])
        if row is not None and row.score >= 0.7:
            return [(row, False)]
    return []


def _headed(spot: Spot) -> bool:
    """The header over the amount is one of a recap."""
    return any(role in spot.roles for role in ("vat", "base", "net", "gross"))


def _category(items: RowItems) -> str:
    """The code of UNTDID 5305 that stands in a row by itself; empty when there is none."""
    codes = [word.text for word in items.row.words if word.text in _CATEGORIES]
    return codes[0] if len(codes) == 1 else ""


def _shared(spot: Spot, words: tuple[Word, ...], used: set[int]) -> bool:
    own = {id(word) for word in words} | used
    return any(id(word) in own for word in spot.words)


def _rates(items: RowItems) -> list[tuple[Decimal, tuple[Word, ...], bool]]:
    """Rates of a row: those with a percent sign, then bare numbers that are a known rate."""
    found: list[tuple[Decimal, tuple[Word, ...], bool]] = [
        (Decimal(str(rate.value)), rate.words, True)
        for rate in items.rates
        if Decimal(str(rate.value)) <= _HIGHEST
    ]
    for spot in items.spots:
        if spot.currency or spot.decimals > 2 or {"base", "net", "gross"} & set(spot.roles):
            continue
        if (spot.value in RATES or spot.value == 0) and not _counts(spot, items):
            found.append((spot.value, spot.words, False))
    return found


def best_pair(
    rate: Decimal, words: tuple[Word, ...], printed: bool, spots: list[Spot]
) -> VatRow | None:
    """The pair of amounts that this rate joins: base and tax, or the amount with tax and the tax."""
    if rate == 0:
        return _zero(words, spots, printed)
    best: VatRow | None = None
    for one, two, base, tax, doubt in _pairs(spots):
        if not base or not tax or (base < 0) != (tax < 0) or abs(tax) >= abs(base):
            continue
        if not one.is_money and not printed:
            continue
        distance = abs(base * rate / 100 - tax)
        score = 0.0
        if distance <= Decimal("0.015"):
            score = 0.9 if distance <= Decimal("0.0051") else 0.75
        elif abs(base * rate / (100 + rate) - tax) <= Decimal("0.0051"):
            score, base = 0.6, base - tax
        elif _summed_by_line(distance, one, two):
            score = 0.65 if any(spot.value == base + tax for spot in spots) else 0.5
        if not score:
            continue
        score += 0.05 if printed else 0.0 if rate in _USUAL else -0.2
        score += 0.05 * ("vat" in two.roles) + 0.05 * ("base" in one.roles or "net" in one.roles)
        if abs(tax) < Decimal("0.20") and not two.roles:
            score -= 0.2
        if _in_line(one, two):
            score -= 0.35
        score -= doubt
        if best is None or score > best.score:
            best = VatRow(rate, base, tax, "S", words + one.words + two.words, round(score, 3))
    if best or not printed:
        return best
    return _by_sum(words, spots) or _tax_only(rate, words, spots)


def _summed_by_line(distance: Decimal, base: Spot, tax: Spot) -> bool:
    """The tax is the sum of that of each line, rounded each time: some cents off, both amounts called what they are."""
    near = distance <= _LINES_OFF and distance <= abs(tax.value) * _SHARE_OFF
    return near and tax.roles.get("vat", 0.0) >= 0.15 and (
        base.roles.get("base", 0.0) >= 0.1 or base.roles.get("net", 0.0) >= 0.1
    )  # fmt: skip


def _by_sum(words: tuple[Word, ...], spots: list[Spot]) -> VatRow | None:
    """A row whose rate was misread: its base and tax make its amount with tax, at a usual rate."""
    if not any(word.source == OCR for word in words) or len(spots) < 3:
        return None
    values = {spot.value for spot in spots}
    for one, two in permutations(spots, 2):
        if one.value > two.value > 0 and one.value + two.value in values:
            for rate in sorted(_USUAL, reverse=True):
                if tax_of(one.value, rate) == two.value:
                    return VatRow(
                        rate, one.value, two.value, "S", words + one.words + two.words, 0.7
                    )
    return None


def _pairs(spots: list[Spot]) -> Iterator[tuple[Spot, Spot, Decimal, Decimal, float]]:
    """Two spots as base and tax, as printed and in their other readings (`doubt` is what that costs)."""
    for one, two in permutations(spots, 2):
        yield one, two, one.value, two.value, 0.0
        for base in one.others:
            yield one, two, base, two.value, 0.15
        for tax in two.others:
            yield one, two, one.value, tax, 0.15


def _counts(spot: Spot, items: RowItems) -> bool:
    """A number that counts things (`10 Stk`, `2 kg`): a word follows it closely."""
    for cell in items.row.cells:
        if spot.words[-1] in cell.words:
            rest = cell.words[cell.words.index(spot.words[-1]) + 1 :]
            return bool(rest) and any(char.isalpha() for char in rest[0].text)
    return False


def _named(spot: Spot, *roles: str) -> bool:
    return any(spot.roles.get(role, 0.0) >= 0.35 for role in roles)


def _in_line(base: Spot, tax: Spot) -> bool:
    """A line of goods with its tax rather than a row of the recap: words that name neither tax nor base before it."""
    return (
        not base.alone
        and not _named(base, "vat", "base", "net", "total", "gross")
        and not _named(tax, "vat")
    )


def _is_line(row: VatRow, spots: list[Spot]) -> bool:
    own = [spot for spot in spots if spot.words[0] in row.words and spot.value]
    return len(own) > 1 and not any(
        spot.alone or _named(spot, "vat", "base", "net", "total", "gross") for spot in own
    )


def _tax_only(rate: Decimal, words: tuple[Word, ...], spots: list[Spot]) -> VatRow | None:
    """“TVA 20 % : 108,09”: a rate and a tax without its base."""
    after = [
        spot
        for spot in spots
        if "vat" in spot.roles and spot.words[0].x0 >= words[-1].x0 - 1 and spot.decimals == 2
    ]
    if not after:
        before = [spot for spot in spots if "vat" in spot.roles and spot.decimals == 2]
        after = before[-1:]
    if not after:
        return None
    spot = after[-1]
    return VatRow(rate, None, spot.value, "S", words + spot.words, 0.5 * spot.roles["vat"] + 0.1)


def _zero(words: tuple[Word, ...], spots: list[Spot], printed: bool) -> VatRow | None:
    """A row at rate 0: a base, and a tax of 0,00 beside it or words of tax."""
    zeros = [spot for spot in spots if spot.value == 0 and (spot.decimals == 2 or spot.roles)]
    bases = [spot for spot in spots if spot.value and spot.decimals == 2]
    if not zeros or not bases:
        return None
    base = bases[0]
    if not printed and not ({"base", "net", "vat"} & set(base.roles)):
        return None
    score = 0.6 + 0.1 * printed + 0.1 * bool({"base", "net", "vat"} & set(base.roles))
    if _in_line(base, zeros[-1]):
        score -= 0.35
    return VatRow(
        Decimal(0), base.value, Decimal("0.00"), "E", words + base.words + zeros[-1].words, score
    )
