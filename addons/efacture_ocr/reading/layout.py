"""Words put in order: rows from top to bottom, cells between wide gaps, and who stands beside, below or above whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any, TypeVar

from .model import OCR, Box, Page, Word

T = TypeVar("T")
# A gap wider than this share of the height of the letters separates two cells.
CELL_GAP = 0.85
# The same in letters of a fixed-pitch print: one blank, not two.
_LETTERS_APART = 1.6
# Dots and rules that lead the eye are no words.
_LEADERS = re.compile(r"^(?:[.·]{4,}|…{2,}|_{3,}|-{5,}|={3,})$")


@dataclass(frozen=True)
class Cell:
    """A run of words of one row without a wide gap."""

    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """The words, one space between them."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def box(self) -> Box:
        """Where it stands."""
        return Box.around(self.words)


@dataclass(frozen=True)
class Row:
    """Words at one height, from left to right."""

    cells: tuple[Cell, ...]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All of its words."""
        return tuple(word for cell in self.cells for word in cell.words)

    @cached_property
    def text(self) -> str:
        """The words, one space between them."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def box(self) -> Box:
        """Where it stands."""
        return Box.around(self.words)


class Layout:
    """The pages of one invoice as rows and cells."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = tuple(page for page in pages if not page.skipped)
        self._rows: dict[int, tuple[Row, ...]] = {}
        self._cells: dict[int, tuple[Cell, ...]] = {}
        self._kept: dict[Hashable, Any] = {}
        self._of_pages: dict[tuple[int, Hashable], Any] = {}

    @staticmethod
    def joined(layouts: Sequence[Layout]) -> Layout:
        """The pages of several layouts as one; rows, cells and what is kept by page (`once_of_page`) are not made again."""
        whole = Layout([page for layout in layouts for page in layout.pages])
        for layout in layouts:
            whole._rows |= layout._rows
            whole._cells |= layout._cells
            whole._of_pages |= layout._of_pages
        return whole

    def once_of_page(self, page: int, name: Hashable, make: Callable[[], T]) -> T:
        """The same as `once` for what depends on nothing but one page."""
        if (page, name) not in self._of_pages:
            self._of_pages[page, name] = make()
        return self._of_pages[page, name]

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What `make()` gives, made the first time it is asked for by this name: what several rooms find in the same words."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    def page(self, number: int) -> Page:
        """The page of this number. Raises `KeyError`."""
        for page in self.pages:
            if page.number == number:
                return page
        raise KeyError(number)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Every word, page by page, row by row."""
        return tuple(word for row in self.all_rows for word in row.words)

    @cached_property
    def all_rows(self) -> tuple[Row, ...]:
        """Every row of every page."""
        return tuple(row for page in self.pages for row in self.rows(page.number))

    @cached_property
    def edge_rows(self) -> tuple[Row, ...]:
        """The words along the edges, a page's in one row: their places say nothing of who stands beside whom."""
        return tuple(Row((Cell(page.edges),)) for page in self.pages if page.edges)

    def rows(self, page: int) -> tuple[Row, ...]:
        """Rows of a page from top to bottom."""
        if page not in self._rows:
            self._rows[page] = tuple(_rows(self.page(page).words))
        return self._rows[page]

    def cells(self, page: int) -> tuple[Cell, ...]:
        """Cells of a page, row by row."""
        if page not in self._cells:
            self._cells[page] = tuple(cell for row in self.rows(page) for cell in row.cells)
        return self._cells[page]

    def right_of(self, box: Box, reach: float = 400.0) -> list[Cell]:
        """Cells that begin right of `box` at its height, the nearest first; `reach` in points."""
        found = [
            (cell.box.x0 - box.x1, cell)
            for cell in self.cells(box.page)
            if box.x1 - 2 <= cell.box.x0 <= box.x1 + reach
            and _overlap(box.y0, box.y1, cell.box.y0, cell.box.y1) >= 0.5
        ]
        return [cell for _gap, cell in sorted(found, key=lambda pair: pair[0])]

    def below(self, box: Box, reach: float = 60.0) -> list[Cell]:
        """Cells under `box` that share a part of its width, the nearest first; `reach` in points."""
        return self._column(box, lambda cell: cell.y0 - box.y1, reach)

    def above(self, box: Box, reach: float = 60.0) -> list[Cell]:
        """Cells over `box` that share a part of its width, the nearest first; `reach` in points."""
        return self._column(box, lambda cell: box.y0 - cell.y1, reach)

    def _column(self, box: Box, distance, reach: float) -> list[Cell]:
        found = [
            (distance(cell.box), cell)
            for cell in self.cells(box.page)
            if -0.4 * box.height <= distance(cell.box) <= reach
            and min(box.x1, cell.box.x1) - max(box.x0, cell.box.x0) > 0
        ]
        return [cell for _gap, cell in sorted(found, key=lambda pair: (pair[0], pair[1].box.x0))]


def _overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    """Shared height as a share of the smaller one."""
    smaller = min(a1 - a0, b1 - b0)
    return (min(a1, b1) - max(a0, b0)) / smaller if smaller > 0 else 0.0


def _rows(words: Iterable[Word]) -> list[Row]:
    """Group words by height: a word joins the row whose words it overlaps by half.

    Of a row its nearest word counts, so that a page that lies a little askew keeps its rows. Dashes, dots and quotes have no height of
    their own: they join when the rows are made.
    """
    kept = [word for word in words if not _LEADERS.match(word.text)]
    usual = median(word.y1 - word.y0 for word in kept) if kept else 0.0
    small = [word for word in kept if word.source == OCR and word.y1 - word.y0 < 0.5 * usual]
    slight = {id(word) for word in small}
    lines: list[list[Word]] = []
    for word in sorted(kept, key=lambda word: (word.middle, word.x0)):
        if id(word) in slight:
            continue
        line = _line_of(word, lines[-4:])
        if line is None:
            lines.append([word])
        else:
            line.append(word)
    for word in small:
        near = min(lines, key=lambda line: _off(word, line), default=None)
        if near is not None and _off(word, near) <= 0.7 * usual:
            near.append(word)
        else:
            lines.append([word])
    lines.sort(key=lambda line: median(word.middle for word in line))
    fixed = _is_fixed_pitch(kept)
    return [Row(_cells(sorted(line, key=lambda word: word.x0), fixed)) for line in lines]


def _is_fixed_pitch(words: Sequence[Word]) -> bool:
    """Recognised words of a print whose letters all take the same room: the blank between two words is then as wide as a letter."""
    # Figures are as wide as each other in most prints.
    letters = [word for word in words if len(word.text) >= 5 and word.text.isalpha()]
    widths = [_pitch(word) for word in letters if word.source == OCR]
    if len(widths) < 12:
        return False
    usual = median(widths)
    return sum(abs(width - usual) <= 0.05 * usual for width in widths) >= 0.5 * len(widths)


def _pitch(word: Word) -> float:
    """Room of a letter; the box of a recognised word ends with its ink."""
    return (word.x1 - word.x0) / (len(word.text) - 0.2)


def _line_of(word: Word, lines: Sequence[list[Word]]) -> list[Word] | None:
    """The row that a word stands in, of the last ones."""
    best, least = None, 0.5
    for line in reversed(lines):
        beside = _beside(word, line)
        height = min(beside.y1 - beside.y0, word.y1 - word.y0)
        off = abs(beside.middle - word.middle) / height if height > 0 else 1.0
        if off <= least and _overlap(beside.y0, beside.y1, word.y0, word.y1) >= 0.55:
            best, least = line, off
            if off < 0.1:
                break
    return best


def _beside(word: Word, line: Sequence[Word]) -> Word:
    """The word of a row that is nearest to this one along the row."""
    if word.source != OCR:
        return line[len(line) // 2]
    return min(line, key=lambda other: max(other.x0 - word.x1, word.x0 - other.x1))


def _off(word: Word, line: Sequence[Word]) -> float:
    return abs(_beside(word, line).middle - word.middle)


def _cells(words: Sequence[Word], fixed: bool = False) -> tuple[Cell, ...]:
    cells: list[list[Word]] = []
    for word in words:
        if cells:
            last = cells[-1][-1]
            height = min(last.y1 - last.y0, word.y1 - word.y0)
            room = _LETTERS_APART * max(_pitch(last), _pitch(word)) if fixed else 0.0
            if word.x0 - last.x1 <= max(CELL_GAP * height, room):
                cells[-1].append(word)
                continue
        cells.append([word])
    return tuple(Cell(tuple(cell)) for cell in cells)
