"""The tables of a document: under headers, continued on pages, without header, disbursements."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from .fields import View
from .table_arithmetic import products
from .table_build import build, build_picked
from .table_cells import Num, TableRow, decimal_mark, parse_row, with_mark
from .table_columns import RATES
from .table_facts import Page, says_vat
from .table_header import Header, find_headers
from .table_rows import CARRY, DISBURSEMENT, END, SUBTOTAL, TOTAL, classify
from .table_sums import Pick
from .table_words import AMOUNT, AMOUNT_GROSS, PRICE, Vocabulary
from .table_zone import Zone


def page_of(view: View, number: int, words: Vocabulary) -> Page:
    rows = [parse_row(row, words) for row in view.layout.rows(number)]
    mark = decimal_mark(rows)
    for index, row in enumerate(rows):
        row.index = index
        row.nums = [with_mark(num, mark) for num in row.nums]
        classify(row, words)
    return Page(rows, find_headers(rows, words))


def zones_of(pages: Sequence[Page]) -> list[Zone]:
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


def _heads_summary(page: Page, header: Header) -> bool:
    """Whether a header of amounts only (“HT  TVA  TTC”) stands over things sold, not over rates."""
    if not header.is_recap or not header.roles & {AMOUNT, AMOUNT_GROSS}:
        return False
    below = [row for row in page.rows[header.rows[-1] + 1 : header.rows[-1] + 5] if row.nums]
    named = [
        row
        for row in below
        if not row.marks & {END, TOTAL}
        and not says_vat(row)
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


def choices(zones: Sequence[Zone]) -> list[list[Zone]]:
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


def without_header(pages: Sequence[Page], before: bool) -> list[Zone]:
    """Rows that end in an amount at one right edge, before the totals of their column; `before`: before any total of the page."""
    zones: list[Zone] = []
    for page in pages:
        recap = {
            index
            for header in page.headers
            if header.is_recap
            for index in range(header.rows[0], header.rows[-1] + 9)
        }
        stop = _first_total(page) if before else len(page.rows)
        candidates = [
            row for row in page.rows[:stop] if row.index not in recap and _ends_in_amount(row)
        ]
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


def picked(pages: Sequence[Page], run: Sequence[Pick], with_header: bool) -> list[Zone]:
    """The tables of rows whose amounts make a known total, page by page, under the header that stands over them or without."""
    by_page: dict[int, list[Pick]] = {}
    for pick in run:
        by_page.setdefault(pick.row.page, []).append(pick)
    zones: list[Zone] = []
    header: Header | None = None
    for page in pages:
        picks = by_page.get(page.rows[0].page, []) if page.rows else []
        if not picks:
            continue
        first, last = picks[0].row.index, picks[-1].row.index
        over = [one for one in page.headers if one.rows[-1] < first]
        if with_header:
            header = max(over, key=lambda one: one.rows[-1], default=header)
        top = max([first - 5, *(one.rows[-1] + 1 for one in over), 0])
        heads = [row for row in page.rows[top:first] if not row.marks & {END, TOTAL, CARRY}]
        tail: list[TableRow] = []
        for row in page.rows[last + 1 : last + 7]:
            if row.marks & {END, TOTAL, SUBTOTAL, CARRY}:
                break
            tail.append(row)
        rows = [*heads, *page.rows[first : last + 1], *tail]
        zones.append(build_picked(rows, header, [(pick.row, pick.num) for pick in picks]))
    return zones


def disbursements(pages: Sequence[Page]) -> list[Zone]:
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


def _first_total(page: Page) -> int:
    """The place of the first row that names a total of the document, after which schedules and accounts stand."""
    for row in page.rows:
        whole = row.marks & {END, TOTAL} and not row.marks & {"product", "part"}
        if whole and any(num.decimals == 2 and not num.percent for num in row.nums):
            return row.index
    return len(page.rows)


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


def _first_sum(page: Page, rows: Sequence[TableRow], edge: float) -> int:
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
