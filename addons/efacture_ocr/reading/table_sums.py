"""Rows whose amounts make a known total: the table of a document whose headers say nothing that is understood, or something else.

A column of numbers that adds up to the net amount (or to the gross one) is that of the amounts of the lines, whatever stands over it; the same sum
twice, of parts and of the whole, counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from .table_cells import Num, TableRow
from .table_facts import Page, says_vat
from .table_recap import recap_rows
from .table_rows import CARRY, DOCUMENT, END, SUBTOTAL, TOTAL

#: Numbers of one column end (or begin) at the same place, to these points.
_EDGE = 5.0
#: More rows are not searched for sums inside, nor more blocks put together.
_MOST_ROWS, _MOST_BLOCKS, _MOST_RUNS = 400, 9, 4
_SLACK = Decimal("0.011")


@dataclass(frozen=True)
class Pick:
    """A row and the number on it that is thought to be its amount."""

    row: TableRow
    num: Num

    @property
    def place(self) -> tuple[int, int]:
        """Page and row."""
        return self.row.page, self.row.index


def runs_making(pages: Sequence[Page], wanted: Sequence[Decimal], known: bool) -> list[list[Pick]]:
    """Runs of rows of which a column makes one of the `wanted` sums, the most likely table first.

    One block of rows, or several blocks that make the sum together: parts here, labour there. `known`: the sums are those of the document, no
    guesses; then a single row may be the table.
    """
    sums = list(dict.fromkeys(abs(value) for value in wanted if value))
    if not sums:
        return []
    columns = _columns(pages)
    found: list[tuple[tuple, list[Pick]]] = []
    for blocks in columns:
        for number, block in enumerate(blocks):
            for run in _inside(block, sums):
                if (known or len(run) > 1) and _is_table(run, pages):
                    found.append((_rank(run, number, sums), run))
    if not found:
        each = [[leaves(block) for block in blocks] for blocks in columns]
        for group in [*each, [block for blocks in each for block in blocks]]:
            runs = [run for run in _together(group, sums) if _is_table(run, pages)]
            found += [(_rank(run, 0, sums), run) for run in runs]
            if runs:
                break
    found.sort(key=lambda pair: pair[0])
    seen: set[tuple] = set()
    runs: list[list[Pick]] = []
    for _order, run in found:
        key = tuple(pick.place for pick in run)
        if key not in seen:
            seen.add(key)
            runs.append(run)
    return runs[:_MOST_RUNS]


def _rank(run: Sequence[Pick], number: int, sums: Sequence[Decimal]) -> tuple:
    """What stands before any total, is named on its row and multiplies is a table rather than a schedule of payments."""
    named = sum(has_name(pick.row) for pick in run) / len(run)
    total = abs(sum(pick.num.value for pick in run))
    order = next(at for at, want in enumerate(sums) if abs(total - want) <= _SLACK)
    return (number > 0, len(run) == 1, order, -round(named, 1), -len(run))


def has_name(row: TableRow) -> bool:
    """Whether words that may name something stand on a row."""
    return any(sum(char.isalpha() for char in text.text) > 2 for text in row.texts)


def _columns(pages: Sequence[Page]) -> list[list[list[Pick]]]:
    """Of each column of amounts its blocks, in the order of the document; a total ends a block."""
    every = [
        Pick(row, num) for page in pages for row in page.rows for num in row.nums if _is_money(num)
    ]
    recap = {
        id(row)
        for page in pages
        for row in page.rows
        if says_vat(row) and "product" not in row.marks or not has_name(row) and recap_rows([row])
    }
    found: dict[tuple, list[list[Pick]]] = {}
    for edge in (lambda num: num.x1, lambda num: num.x0):
        for column in _aligned(every, edge):
            blocks = [block for block in _blocks(column, recap) if block]
            key = tuple(id(pick.num) for block in blocks for pick in block)
            if key:
                found.setdefault(key, blocks)
    return list(found.values())


def _is_money(num: Num) -> bool:
    if num.percent or num.unit and not num.currency:
        return False
    return num.decimals == 2 or num.currency or num.decimals == 0 and num.alone


def _aligned(picks: Sequence[Pick], edge) -> Iterator[list[Pick]]:
    """Numbers that share an edge, each group in the order of the document."""
    group: list[Pick] = []
    for pick in sorted(picks, key=lambda pick: edge(pick.num)):
        if group and edge(pick.num) - edge(group[len(group) // 2].num) > _EDGE:
            yield sorted(group, key=lambda one: one.place)
            group = []
        group.append(pick)
    if group:
        yield sorted(group, key=lambda one: one.place)


def _blocks(column: Iterable[Pick], recap: set[int]) -> Iterator[list[Pick]]:
    """The rows between the totals of a column, without sums that say so and recaps of VAT."""
    block: list[Pick] = []
    for pick in column:
        marks = pick.row.marks
        if marks & {END, TOTAL} and "product" not in marks:
            if "part" in marks and END not in marks and _ends_part(block, pick.num.value):
                continue
            yield block
            block = []
        elif not marks & {SUBTOTAL, CARRY, DOCUMENT} and id(pick.row) not in recap:
            block.append(pick)
    yield block


def _ends_part(block: Sequence[Pick], value: Decimal) -> bool:
    """Whether the last rows, but not all, make this sum: “Total péages” is that of a part."""
    total = Decimal(0)
    for pick in reversed(block[1:]):
        total += pick.num.value
        if total == value:
            return True
    return False


def leaves(block: Sequence[Pick]) -> list[Pick]:
    """Without rows that are the sum of two or more rows right after or right before them."""
    values = [pick.num.value for pick in block]
    dropped: set[int] = set()
    for at, value in enumerate(values):
        if not value:
            continue
        for step in (1, -1):
            total, count, place = Decimal(0), 0, at + step
            while 0 <= place < len(values) and count < 60:
                if place not in dropped:
                    total += values[place]
                    count += 1
                    if count > 1 and total == value:
                        dropped.add(at)
                        break
                place += step
            if at in dropped:
                break
    return [pick for at, pick in enumerate(block) if at not in dropped]


def _inside(block: list[Pick], sums: Sequence[Decimal]) -> Iterator[list[Pick]]:
    """For each sum the longest run of rows that makes it, with and without sums of parts."""
    for rows in (leaves(block), block):
        if not rows or len(rows) > _MOST_ROWS:
            continue
        before: dict[Decimal, int] = {Decimal(0): 0}
        total, best = Decimal(0), {}
        for end, pick in enumerate(rows, 1):
            total += pick.num.value
            for want in sums:
                for value in (want, -want):
                    for slip in (0, 1, -1):
                        start = before.get(total - value + slip * Decimal("0.01"))
                        if start is not None and end - start > len(best.get(want, ())):
                            best[want] = rows[start:end]
                            break
            before.setdefault(total, end)
        yield from best.values()
        if len(rows) == len(block):
            return


def _together(blocks: Sequence[list[Pick]], sums: Sequence[Decimal]) -> Iterator[list[Pick]]:
    """Several blocks, of one column or of several, that make a sum together."""
    blocks = sorted(filter(None, blocks), key=lambda block: -len(block))[:_MOST_BLOCKS]
    totals = [sum((pick.num.value for pick in block), Decimal(0)) for block in blocks]
    for size in range(2, min(4, len(blocks)) + 1):
        for some in combinations(range(len(blocks)), size):
            total = abs(sum(totals[at] for at in some))
            if not any(abs(total - want) <= Decimal("0.001") for want in sums):
                continue
            picks = sorted((pick for at in some for pick in blocks[at]), key=lambda one: one.place)
            if len({pick.place for pick in picks}) == len(picks):
                yield picks


def _is_table(run: Sequence[Pick], pages: Sequence[Page]) -> bool:
    """Whether most rows are named, on the row or right above or below; a single row must say more than its amount."""
    if len(run) == 1:
        row = run[0].row
        return has_name(row) and ("product" in row.marks or sum(num.alone for num in row.nums) == 1)
    cents = {pick.num.decimals == 2 or pick.num.currency for pick in run}
    if len(cents) > 1 or sum(pick.num.alone for pick in run) < 0.7 * len(run):
        return False  # numbers of several kinds, or out of sentences: a coincidence
    rows = {(row.page, row.index): row for page in pages for row in page.rows}
    named = 0
    for pick in run:
        page, index = pick.place
        near = [rows.get((page, index + step)) for step in (0, -1, 1)]
        named += any(row is not None and has_name(row) for row in near)
    return named >= 0.7 * len(run)
