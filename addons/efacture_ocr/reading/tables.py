"""The lines of an invoice (BG-25), from whatever table it has: `find_lines`.

A table is found by its header (words of `data/columns`) or, without one, by rows that end in an amount; its columns by numbers that stand
below each other, confirmed by arithmetic: quantity × price − discount = amount tells columns in any language, and the sum of the lines is
the total without VAT, or with it when prices include VAT. Sub-totals, carried-forward sums, VAT recaps and comments are no lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from statistics import fmean

from .fields import View
from .model import ReadLine, Word
from .table_arithmetic import EXACT, cents, products, spread
from .table_cells import Num, TableRow, decimal_mark, parse_row, with_mark
from .table_columns import RATES
from .table_header import Header, find_headers
from .table_recap import RecapRow, clean_code, recap_rows
from .table_rows import CARRY, DISBURSEMENT, DOCUMENT, END, SUBTOTAL, TOTAL, classify
from .table_texts import read_texts
from .table_words import (
    AMOUNT,
    AMOUNT_GROSS,
    DISCOUNT,
    GROSS_PRICE,
    PRICE,
    QUANTITY,
    VAT,
    VAT_AMOUNT,
    Vocabulary,
    all_languages,
    vocabulary,
)  # fmt: skip
from .table_zone import Item, Zone, build
from .values import percents

NET, GROSS = ("BT-109", "BT-106"), ("BT-112",)
_MAX_READINGS = 4
_SLACK = Decimal("0.011")
_WITHOUT_TAX = frozenset(("ht", "hors", "htva", "excl", "netto"))


@dataclass
class _Page:
    """A page cut into rows, and the headers on it."""

    rows: list[TableRow]
    headers: list[Header]


@dataclass
class _Facts:
    """What the whole document says: its rates, its codes of rates, its sums."""

    rates: list[Decimal]
    codes: dict[str, Decimal]
    sums: list[Decimal]
    nets: set[Decimal]
    grosses: set[Decimal]
    recap: list[RecapRow]
    net: tuple[Decimal, ...] = ()
    gross: tuple[Decimal, ...] = ()


def find_lines(view: View, totals: dict[str, Decimal] | None = None) -> list[list[ReadLine]]:
    """Readings of the lines of the invoice, of all its pages, the best first; empty when there is no table.

    :param totals: what is known of the totals: BT-106 or BT-109 (sum of lines, net), BT-112 (gross); then arithmetic picks the tables and
        rows that count and tells whether amounts include VAT
    """
    words = _words_of(view)
    pages = [_page(view, page.number, words) for page in view.layout.pages]
    zones = _zones(pages)
    facts = _facts(view, pages, zones, totals or {})
    readings: list[tuple[float, list[ReadLine]]] = []
    spent = _disbursements(pages)
    every = sum(len(zone.items) for zone in zones)
    for chosen in _choices(zones):
        share = sum(len(zone.items) for zone in chosen) / every
        readings += [
            (score + 0.1 * share, lines) for score, lines in _readings(chosen, facts, words, spent)
        ]
    if not any(score >= 0.5 for score, _lines in readings):
        for zone in _without_header(pages):
            readings += [
                (score - 0.1, lines) for score, lines in _readings([zone], facts, words, spent)
            ]
    readings.sort(key=lambda pair: -pair[0])
    return _distinct(lines for _score, lines in readings)


def _words_of(view: View) -> Vocabulary:
    languages = (*view.languages, *(code for code in all_languages() if code not in view.languages))
    return vocabulary(languages)


def _page(view: View, number: int, words: Vocabulary) -> _Page:
    rows = [parse_row(row, words) for row in view.layout.rows(number)]
    mark = decimal_mark(rows)
    for index, row in enumerate(rows):
        row.index = index
        row.nums = [with_mark(num, mark) for num in row.nums]
        classify(row, words)
    return _Page(rows, find_headers(rows, words))


# -- tables -----------------------------------------------------------------------------------------


def _zones(pages: Sequence[_Page]) -> list[Zone]:
    """Tables under headers of lines, continued on following pages."""
    zones: list[Zone] = []
    current: Zone | None = None
    for page in pages:
        headers = sorted(page.headers, key=lambda header: header.y0)
        lines = [
            header
            for header in headers
            if not header.is_recap
            and header.strength() >= 0.5
            and header.roles & {AMOUNT, AMOUNT_GROSS, PRICE}
        ]
        if current is not None and not current.ended and not lines:
            stop = min((header.rows[0] for header in headers), default=len(page.rows))
            zone = build(page.rows[:stop], current.header, goes_on=True)
            zone.ended = zone.ended or stop < len(page.rows)
            if zone.items and _alike(current, zone):
                zones.append(zone)
                current = zone
        if not lines and current is None:
            lines = [header for header in headers if _heads_summary(page, header)]
        for header in lines:
            start = header.rows[-1] + 1
            stop = min(
                (other.rows[0] for other in headers if other.rows[0] >= start),
                default=len(page.rows),
            )
            zone = build(page.rows[start:stop], header)
            zone.ended = zone.ended or stop < len(page.rows) and _recap_at(headers, stop)
            if zone.items:
                zones.append(zone)
                current = zone
    return zones


def _heads_summary(page: _Page, header: Header) -> bool:
    """Whether a header of amounts only (“HT  TVA  TTC”) stands over things sold, not over rates."""
    if not header.is_recap or not header.roles & {AMOUNT, AMOUNT_GROSS}:
        return False
    below = [row for row in page.rows[header.rows[-1] + 1 : header.rows[-1] + 5] if row.nums]
    named = [
        row
        for row in below
        if not row.marks & {END, TOTAL}
        and not _says_vat(row)
        and row.texts
        and any(sum(char.isalpha() for char in text.text) >= 4 for text in row.texts)
        and any(num.decimals == 2 for num in row.nums)
    ]
    return bool(named) and named[0] is below[0]


def _recap_at(headers: Sequence[Header], row: int) -> bool:
    return any(header.is_recap and header.rows[0] == row for header in headers)


def _alike(first: Zone, second: Zone) -> bool:
    """Whether a table goes on: its amounts stand where they stood on the page before."""
    mine, theirs = first.column(first.amount_role), second.column(second.amount_role)
    if mine is None or theirs is None:
        return False
    return abs(mine.x1 - theirs.x1) < 12 or second.closing >= 0.7


def _choices(zones: Sequence[Zone]) -> list[list[Zone]]:
    """Tables that may make the invoice together: all, those of one kind, and pairs of kinds."""
    if not zones:
        return []
    kinds: dict[tuple[str, ...], list[Zone]] = {}
    for zone in zones:
        key = tuple(column.role for column in zone.header.columns) if zone.header else ()
        kinds.setdefault(key, []).append(zone)
    groups = list(kinds.values())
    choices = [list(zones)]
    if len(groups) > 1:
        choices += groups
        if len(groups) <= 5:
            for size in range(2, len(groups)):
                choices += [
                    [zone for group in some for zone in group]
                    for some in combinations(groups, size)
                ]
    return choices


def _without_header(pages: Sequence[_Page]) -> list[Zone]:
    """Rows that end in an amount at one right edge, before the totals."""
    zones: list[Zone] = []
    for page in pages:
        recap = {
            index
            for header in page.headers
            if header.is_recap
            for index in range(header.rows[0], header.rows[-1] + 9)
        }
        candidates = [row for row in page.rows if row.index not in recap and _ends_in_amount(row)]
        best: list[TableRow] = []
        for row in candidates:
            edge = _last(row).x1
            same = [other for other in candidates if abs(_last(other).x1 - edge) <= 6]
            same = same[: _first_sum(page, same, edge)]
            if len(same) > len(best):
                best = same
        if not best:
            continue
        start, stop = best[0].index, best[-1].index
        heads = [row for row in page.rows[max(0, start - 5) : start] if not row.marks]
        tail = []
        for row in page.rows[stop + 1 : stop + 6]:
            if row.marks & {END, TOTAL}:
                break
            tail.append(row)
        zone = build([*heads[-4:], *page.rows[start : stop + 1], *tail], None)
        if zone.items:
            zones.append(zone)
    return zones


def _disbursements(pages: Sequence[_Page]) -> list[Zone]:
    """Sums paid for the client, listed without VAT under a heading of their own behind the taxed total."""
    zones: list[Zone] = []
    for page in pages:
        ended = False
        for row in page.rows:
            ended = ended or END in row.marks
            if not ended or DISBURSEMENT not in row.marks:
                continue
            rows = []
            for other in page.rows[row.index + 1 :]:
                if other.marks & {END, TOTAL, SUBTOTAL}:
                    break
                rows.append(other)
            if any(_ends_in_amount(other) for other in rows):
                zones.append(build(rows, None))
            break
    return [zone for zone in zones if zone.items]


def _last(row: TableRow) -> Num:
    """The number that is the amount of a row without header: what its numbers make, else the last one that is no rate."""
    triple = products(row.nums)
    if triple is not None:
        return triple[2]
    money = [num for num in row.nums if num.decimals == 2 and not num.percent and num.alone]
    if len(money) > 1 and money[-1].value in RATES and money[-2].value != money[-1].value:
        return money[-2]
    return money[-1] if money else row.nums[-1]


def _ends_in_amount(row: TableRow) -> bool:
    named = bool(row.texts) or "product" in row.marks  # “0,842 kg x 1,99  1,68” under its name
    if not row.nums or not named or row.marks & {END, TOTAL} and "product" not in row.marks:
        return False
    last = _last(row)
    return (
        last.alone
        and last.decimals == 2
        and not last.percent
        and (not row.texts or last.x0 > row.texts[0].x0)
    )


def _first_sum(page: _Page, rows: Sequence[TableRow], edge: float) -> int:
    """How many of these rows stand before the totals of that column."""
    for index, row in enumerate(rows):
        if index == 0:
            continue
        between = page.rows[rows[index - 1].index + 1 : row.index]
        if any(
            other.marks & {END, TOTAL} and other.nums and abs(_last(other).x1 - edge) <= 12
            for other in between
        ):
            return index
    return len(rows)


# -- the document ----------------------------------------------------------------------------------


def _facts(
    view: View, pages: Sequence[_Page], zones: Sequence[Zone], totals: dict[str, Decimal]
) -> _Facts:
    rates: list[Decimal] = []
    codes: dict[str, Decimal] = {}
    sums: list[Decimal] = []
    recap: list[RecapRow] = []
    inside = {id(item.anchor) for zone in zones for item in zone.items}
    for page in pages:
        for row in page.rows:
            if id(row) in inside:
                continue
            for found in percents(row.row.words):
                if found.value in RATES and (row.marks & {END, TOTAL} or _says_vat(row)):
                    rates.append(found.value)
            if row.marks & {CARRY, SUBTOTAL}:
                continue
            sums += [abs(num.value) for num in row.nums if num.decimals == 2 and not num.percent]
        _codes(page, codes)
        recap += recap_rows(row for row in page.rows if id(row) not in inside)
        for header in page.headers:
            if header.is_recap:
                rates += _recap_rates(page, header)
    recap = list({(item.rate, item.base): item for item in recap}.values())
    rates += [item.rate for item in recap]
    for item in recap:
        if item.code:
            codes.setdefault(item.code, item.rate)
    return _Facts(
        list(dict.fromkeys(rates)),
        codes,
        sums,
        *_labelled(view, pages),
        recap,
        tuple(totals[term] for term in NET if totals.get(term) is not None),
        tuple(totals[term] for term in GROSS if totals.get(term) is not None),
    )


def _labelled(view: View, pages: Sequence[_Page]) -> tuple[set[Decimal], set[Decimal]]:
    """Amounts announced as the net and as the gross total: right of their label, or below it in a block of totals."""
    found: dict[str, set[Decimal]] = {"net": set(), "gross": set()}
    homes = {id(word): row for page in pages for row in page.rows for word in row.row.words}
    for label in view.labelled("net", "gross", "payable"):
        kind = "net" if label.kind == "net" else "gross"
        row = homes.get(id(label.words[-1]))
        right = [] if row is None else [num for num in row.nums if num.x0 >= label.box.x1 - 2]
        money = [num for num in right if num.decimals == 2 and not num.percent]
        if money:
            # “Total honoraires H.T.” begins like a gross total
            without = kind == "gross" and _WITHOUT_TAX & set(row.tokens) and not _says_vat(row)
            found["net" if without else kind].add(abs(money[0].value))
    for page in pages:
        for header in page.headers:
            if not header.is_recap:
                continue
            for row in page.rows[header.rows[-1] + 1 : header.rows[-1] + 4]:
                for num in row.nums:
                    for column in header.columns:
                        if (
                            min(num.x1, column.x1 + 15) - max(num.x0, column.x0) > 0
                            and num.decimals == 2
                        ):
                            if column.role == AMOUNT:
                                found["net"].add(abs(num.value))
                            elif column.role == AMOUNT_GROSS:
                                found["gross"].add(abs(num.value))
    return found["net"], found["gross"]


def _says_vat(row: TableRow) -> bool:
    return bool({"tva", "vat", "mwst", "ust", "tax", "taxe"} & set(row.tokens))


def _recap_rates(page: _Page, header: Header) -> list[Decimal]:
    """Rates in the column of rates under the header of a VAT recap."""
    column = next((column for column in header.columns if column.role == VAT), None)
    found: list[Decimal] = []
    if column is None:
        return found
    for row in page.rows[header.rows[-1] + 1 : header.rows[-1] + 9]:
        for num in row.nums:
            if (
                num.value in RATES
                and num.x0 < column.x1 + 12
                and num.x1 > column.x0 - 12
                and len(row.nums) >= 2
            ):
                found.append(num.value)
    return found


def _codes(page: _Page, codes: dict[str, Decimal]) -> None:
    """Codes that a recap explains: a short word or number, a rate, amounts."""
    for header in page.headers:
        if not header.is_recap:
            continue
        for row in page.rows[header.rows[-1] + 1 : header.rows[-1] + 9]:
            words = row.row.words
            if len(words) < 3 or len(words[0].text) > 3:
                continue
            rate = next(
                (num for num in row.nums if num.value in RATES and num.words[0] is not words[0]),
                None,
            )
            if rate is not None and len(row.nums) >= 2:
                codes.setdefault(clean_code(words[0].text), rate.value)


# -- readings --------------------------------------------------------------------------------------


def _readings(
    zones: Sequence[Zone], facts: _Facts, words: Vocabulary, spent: Sequence[Zone] = ()
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
    lines = _with_rates([_line(zone, item, facts, words) for zone, item in pairs], facts)
    as_net, as_gross = _sum_fits(total, facts)
    if spent:
        lines += [
            replace(_line(zone, item, facts, words), vat_rate=Decimal(0), vat_category="")
            for zone in spent
            for item in zone.items
        ]
        paid = sum((item.closed.amount for zone in spent for item in zone.items), Decimal(0))
        if _sum_fits(total + paid, facts)[0]:
            as_net = True
    if beside and not as_net and not as_gross:
        # allowances and charges of the whole document stand under the lines
        as_net, as_gross = _sum_fits(total + beside, facts)
    taxed = all(zone.with_tax for zone in zones)
    quality = 0.25 + 0.2 * closing + 0.15 * header
    found: list[tuple[float, list[ReadLine]]] = []
    net_score = quality + (0.4 if as_net else 0.0) - (0.15 if taxed else 0.0)
    found.append((net_score, _scored(lines, quality, as_net, header)))
    if as_gross or taxed:
        freed = _free_of_tax(lines, facts)
        if freed is not None:
            score = quality + (0.38 if as_gross else 0.0) + (0.1 if taxed else -0.02)
            found.append((score, _scored(freed, quality, as_gross, header)))
    return found


def _counting(
    pairs: list[tuple[Zone, Item]], facts: _Facts, beside: Decimal
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


def _sum_fits(total: Decimal, facts: _Facts) -> tuple[bool, bool]:
    """Whether the sum of the lines is the net total, and whether it is the gross one, of the totals or as printed."""
    total = abs(total)
    if facts.net or facts.gross:
        as_net = any(abs(total - abs(value)) <= _SLACK for value in facts.net)
        as_gross = any(abs(total - abs(value)) <= _SLACK for value in facts.gross)
        return as_net, as_gross
    if not total:
        return False, False
    if facts.recap:
        few = Decimal("0.01") * (1 + len(facts.recap))
        base = sum(item.base for item in facts.recap)
        gross = base + sum(item.tax for item in facts.recap)
        if abs(total - base) <= few:
            return True, False
        if abs(total - gross) <= few:
            return False, True
        if gross < total <= gross * Decimal("1.25") and total in facts.grosses - facts.nets:
            return False, True  # with sums that bear no VAT, as a tourist tax
    if total not in facts.sums:
        return False, False
    in_nets, in_grosses = total in facts.nets, total in facts.grosses
    if in_nets and not in_grosses:
        return True, False
    sums = set(facts.sums)
    # one tax at a known rate above the sum, or below it; else any tax that is small enough
    as_net = any(_is_tax(total, tax) and total + tax in sums for tax in sums)
    as_gross = any(_is_tax(total - tax, tax) and total - tax in sums for tax in sums if tax < total)
    if as_net == as_gross:
        limit = Decimal("0.22")
        as_net = any(0 < tax <= total * limit and total + tax in sums for tax in sums)
        as_gross = in_grosses and any(
            0 < tax <= (total - tax) * limit and total - tax in sums for tax in sums
        )
    if as_net != as_gross:
        return as_net, as_gross and (in_grosses or not in_nets and total > 20)
    if in_grosses and not in_nets:
        taxed = any(
            rate for rate in facts.rates
        )  # “TVA non applicable”: the total is net and gross
        return not taxed, taxed
    return True, in_grosses and as_gross


def _is_tax(base: Decimal, tax: Decimal) -> bool:
    return any(rate and abs(cents(base * rate / 100) - tax) <= Decimal("0.02") for rate in RATES)


def _line(zone: Zone, item: Item, facts: _Facts, words: Vocabulary) -> ReadLine:
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
    rate = _rate(item, texts.vat_code, facts)
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


def _rate(item: Item, code: str, facts: _Facts) -> Decimal | None:
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
            if found.percent and found.value in RATES and _says_vat(row):
                return found.value
    positive = [rate for rate in facts.rates if rate]
    if len(positive) == 1 and len(facts.rates) == 1:
        return positive[0]
    return None


def _with_rates(lines: list[ReadLine], facts: _Facts) -> list[ReadLine]:
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


def _free_of_tax(lines: Sequence[ReadLine], facts: _Facts) -> list[ReadLine] | None:
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
    rates: Sequence[Decimal], exact: Sequence[Decimal], facts: _Facts
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


def _rate_of_sums(total: Decimal, net: Decimal | None, facts: _Facts) -> Decimal | None:
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
