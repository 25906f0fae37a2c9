"""The lines of an invoice (BG-25), from whatever table it has: `find_lines`.

A table is found by its header (words of `data/columns`) or, without one, by rows that end in an amount; its columns by numbers that stand
below each other, confirmed by arithmetic: quantity × price − discount = amount tells columns in any language, and the sum of the lines is
the total without VAT, or with it when prices include VAT. Sub-totals, carried-forward sums, VAT recaps and comments are no lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from statistics import fmean

from .fields import View
from .model import ReadLine, Word
from .table_arithmetic import EXACT, cents
from .table_facts import Facts, Page, facts_of, sum_fits
from .table_find import (
    choices,
    disbursements,
    page_of,
    picked,
    without_header,
    zones_of,
)
from .table_rows import DOCUMENT
from .table_sums import runs_making
from .table_taxes import free_of_tax, rate_of, with_rates
from .table_texts import read_texts
from .table_words import (
    DISCOUNT,
    GROSS_PRICE,
    PRICE,
    QUANTITY,
    VAT,
    Vocabulary,
    all_languages,
    vocabulary,
)
from .table_zone import Item, Zone

_MAX_READINGS = 4
_SLACK = Decimal("0.011")


def find_lines(view: View, totals: dict[str, Decimal] | None = None) -> list[list[ReadLine]]:
    """Readings of the lines of the invoice, of all its pages, the best first; empty when there is no table.

    :param totals: what is known of the totals: BT-106 or BT-109 (sum of lines, net), BT-112 (gross); then arithmetic picks the tables and
        rows that count and tells whether amounts include VAT
    """
    words = _words_of(view)
    pages = [page_of(view, page.number, words) for page in view.layout.pages]
    zones = zones_of(pages)
    facts = facts_of(view, pages, zones, totals or {})
    readings: list[tuple[float, list[ReadLine]]] = []
    spent = disbursements(pages)
    every = sum(len(zone.items) for zone in zones)
    for chosen in choices(zones):
        share = sum(len(zone.items) for zone in chosen) / every
        readings += [
            (score + 0.1 * share, lines) for score, lines in _readings(chosen, facts, words, spent)
        ]
    bare = not any(score >= 0.5 for score, _lines in readings)
    if bare:
        readings += _bare(view, pages, totals or {}, words, spent, before=True)
    if not any(_adds_up(lines) for _score, lines in readings):
        readings += _by_sums(view, pages, facts, totals or {}, words)
    if bare and not any(_adds_up(lines) for _score, lines in readings):
        readings += _bare(view, pages, totals or {}, words, spent, before=False)
    readings.sort(key=lambda pair: -pair[0])
    return _distinct(lines for _score, lines in readings)


def _bare(
    view: View,
    pages: Sequence[Page],
    totals: dict[str, Decimal],
    words: Vocabulary,
    spent: Sequence[Zone],
    before: bool,
) -> list[tuple[float, list[ReadLine]]]:
    """Readings of rows without header that end in an amount; `before`: only those before the totals of their page."""
    zones = without_header(pages, before)
    found: list[tuple[float, list[ReadLine]]] = []
    for chosen in [zones, *([zone] for zone in zones if len(zones) > 1)]:
        # what stands in a table is no recap of VAT
        around = facts_of(view, pages, chosen, totals)
        found += [
            (score - (0.1 if before else 0.15), lines)
            for score, lines in _readings(chosen, around, words, spent)
        ]
    return found


def _adds_up(lines: Sequence[ReadLine]) -> bool:
    return any("sum" in line.reasons for line in lines)


def _by_sums(
    view: View,
    pages: Sequence[Page],
    facts: Facts,
    totals: dict[str, Decimal],
    words: Vocabulary,
) -> list[tuple[float, list[ReadLine]]]:
    """Readings of rows whose amounts make a total of the document, whatever their header says."""
    wanted = [*facts.net, *facts.gross]
    if not wanted:
        base = sum((item.base for item in facts.recap), Decimal(0))
        tax = sum((item.tax for item in facts.recap), Decimal(0))
        wanted = [base, *sorted(facts.nets), base + tax, *sorted(facts.grosses)]
    found: list[tuple[float, list[ReadLine]]] = []
    for place, run in enumerate(runs_making(pages, wanted, bool(totals))):
        for with_header in (True, False):
            zones = picked(pages, run, with_header)
            around = facts_of(view, pages, zones, totals)
            found += [
                (score - 0.05 - 0.1 * place, lines)
                for score, lines in _readings(zones, around, words)
            ]
    return found


def _words_of(view: View) -> Vocabulary:
    languages = (*view.languages, *(code for code in all_languages() if code not in view.languages))
    return vocabulary(languages)


def _readings(
    zones: Sequence[Zone], facts: Facts, words: Vocabulary, spent: Sequence[Zone] = ()
) -> list[tuple[float, list[ReadLine]]]:
    """(score, lines) of these tables together, with the amounts as they are and, when that may be, freed of VAT."""
    pairs = [(zone, item) for zone in zones for item in zone.items]
    if not pairs:
        return []
    beside = sum(
        (num.value for zone in zones for row, num in zone.skipped if DOCUMENT in row.marks),
        Decimal(0),
    )
    pairs = _counting(pairs, facts, beside)
    total = sum((item.closed.amount for _zone, item in pairs), Decimal(0))
    closing = sum(item.closed.level > 0 for _zone, item in pairs) / len(pairs)
    header = max(zone.header.strength() if zone.header else 0.0 for zone in zones)
    lines = with_rates([_line(zone, item, facts, words) for zone, item in pairs], facts)
    as_net, as_gross = sum_fits(total, facts)
    if spent:
        lines += [
            replace(_line(zone, item, facts, words), vat_rate=Decimal(0), vat_category="")
            for zone in spent
            for item in zone.items
        ]
        paid = sum((item.closed.amount for zone in spent for item in zone.items), Decimal(0))
        if sum_fits(total + paid, facts)[0]:
            as_net = True
    if beside and not as_net and not as_gross:
        # allowances and charges of the whole document stand under the lines
        as_net, as_gross = sum_fits(total + beside, facts)
    taxed = all(zone.with_tax for zone in zones)
    quality = 0.25 + 0.2 * closing + 0.15 * header
    found: list[tuple[float, list[ReadLine]]] = []
    net_score = quality + (0.4 if as_net else 0.0) - (0.15 if taxed else 0.0)
    found.append((net_score, _scored(lines, quality, as_net, header)))
    if as_gross or taxed:
        freed = free_of_tax(lines, facts)
        if freed is not None:
            score = quality + (0.38 if as_gross else 0.0) + (0.1 if taxed else -0.02)
            found.append((score, _scored(freed, quality, as_gross, header)))
    return found


def _counting(
    pairs: list[tuple[Zone, Item]], facts: Facts, beside: Decimal
) -> list[tuple[Zone, Item]]:
    """Without the one or two rows that keep the sum from being the total, as known or as printed."""
    total = sum((item.closed.amount for _zone, item in pairs), Decimal(0))
    wanted = [*facts.net, *facts.gross]
    if not wanted and facts.recap:
        base = sum(item.base for item in facts.recap)
        wanted = [base, base + sum(item.tax for item in facts.recap)]
        if abs(total) in facts.nets:
            return pairs
    elif not wanted:
        wanted = sorted(facts.nets)
    if not wanted or len(pairs) > 150:
        return pairs
    for known in (total, total + beside):
        if any(abs(abs(known) - abs(want)) <= _SLACK for want in wanted):
            return pairs
    weak = [
        index
        for index, (_zone, item) in enumerate(pairs)
        if item.closed.level == 0 and QUANTITY not in item.values
    ]
    for size in (1, 2):
        for some in combinations(weak, size):
            rest = total - sum((pairs[index][1].closed.amount for index in some), Decimal(0))
            if any(abs(abs(rest) - abs(want)) <= Decimal("0.01") for want in wanted) and rest:
                return [pair for index, pair in enumerate(pairs) if index not in some]
    return pairs


def _line(zone: Zone, item: Item, facts: Facts, words: Vocabulary) -> ReadLine:
    texts = read_texts(zone, item, words)
    way = item.closed
    cells = {
        term: item.values[role].words
        for term, role in (
            ("BT-129", QUANTITY), ("BT-146", PRICE), ("BT-148", GROSS_PRICE), ("BT-138", DISCOUNT),
            ("BT-152", VAT), ("BT-131", zone.amount_role),
        )
        if role in item.values
    }  # fmt: skip
    if texts.words.get("BT-153"):
        cells["BT-153"] = texts.words["BT-153"]
    if texts.words.get("BT-155"):
        cells["BT-155"] = texts.words["BT-155"]
    reasons = list(way.reasons)
    if zone.header is not None:
        reasons.append("header")
    if way.level == EXACT:
        reasons.append("exact")
    rate = rate_of(item, texts.vat_code, facts)
    unit = texts.unit
    if not unit and "BT-129" in cells and item.values[QUANTITY].unit:
        unit = item.values[QUANTITY].unit
    return ReadLine(
        description=texts.description,
        reference=texts.reference,
        quantity=way.quantity,
        unit=unit,
        price=way.price,
        gross_price=way.gross_price,
        discount=way.discount,
        vat_rate=rate,
        vat_category="" if rate is None else "S" if rate else "",
        amount=cents(way.amount),
        words=tuple(word for row in item.rows for word in row.row.words),
        cells=cells,
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _scored(
    lines: Sequence[ReadLine], quality: float, sum_closes: bool, header: float
) -> list[ReadLine]:
    scored = []
    for line in lines:
        sure = (
            fmean(word.confidence for word in _amount_words(line)) if _amount_words(line) else 0.8
        )
        score = 0.35 + 0.15 * header
        score += 0.2 if "exact" in line.reasons else 0.1 if "row" in line.reasons else 0.0
        score += 0.25 if sum_closes else 0.0
        reasons = (*line.reasons, "sum") if sum_closes else line.reasons
        scored.append(
            replace(line, score=round(min(0.98, score) * (0.5 + 0.5 * sure), 3), reasons=reasons)
        )
    return scored


def _amount_words(line: ReadLine) -> tuple[Word, ...]:
    return line.cells.get("BT-131", ())


def _distinct(readings: Iterable[list[ReadLine]]) -> list[list[ReadLine]]:
    seen: set[tuple] = set()
    result: list[list[ReadLine]] = []
    for lines in readings:
        key = tuple((line.amount, line.quantity, line.price) for line in lines)
        if key and key not in seen:
            seen.add(key)
            result.append(lines)
        if len(result) == _MAX_READINGS:
            break
    return result
