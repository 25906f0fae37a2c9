"""Tables and sums on paper: what the layouts of reportlab share.

A table has columns (place, alignment, head) and goes down row by row; it begins a new sheet by itself when it is told how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from documents.paper import Paper

Column = tuple[float, str, str]


class Grid:
    """A table on its way down the sheet. `y` is the foot of the next row; `sheet` counts from 1."""

    def __init__(
        self, paper: Paper, y: float, columns: Sequence[Column], *, size: float = 8.5, step: float = 13,
        foot: float = 770, turn: Callable[[Grid], float] | None = None,
    ) -> None:  # fmt: skip
        """
        :param columns: (x, alignment `l`, `r` or `c`, head); a line feed puts the rest of the head below
        :param turn: called when a row would stand below `foot`: ends the sheet, begins another, gives the new `y`
        """
        self.paper, self.y, self.columns = paper, y, columns
        self.places = [(x, align) for x, align, _ in columns]
        self.size, self.step, self.foot, self.turn = size, step, foot, turn
        self.sheet = 1

    def heads(self, gap: float | None = None, *, bold: bool = True, **style: Any) -> None:
        """The heads of all columns, on as many rows as the longest of them has, then `gap` (a step) to the first row."""
        style.setdefault("size", self.size)
        heads = [head.split("\n") for _, _, head in self.columns]
        rows = max(len(head) for head in heads)
        for at in range(rows):
            texts = [head[at] if at < len(head) else "" for head in heads]
            self.paper.row(self.y, self.places, texts, bold=bold, **style)
            self.y += style["size"] + 1.5 if at + 1 < rows else 0
        self.y += self.step if gap is None else gap

    def row(self, *texts: object, step: float | None = None, **style: Any) -> None:
        """One row of the table, on a new sheet when there is no room."""
        self.room()
        style.setdefault("size", self.size)
        self.paper.row(self.y, self.places, texts, **style)
        self.y += self.step if step is None else step

    def note(self, x: float, *texts: str, step: float | None = None, **style: Any) -> None:
        """Rows of text between those of the table."""
        style.setdefault("size", self.size)
        for text in texts:
            self.room()
            self.paper.put(x, self.y, text, **style)
            self.y += self.step if step is None else step

    def rule(self, x0: float, x1: float, up: float = 9.5, **style: Any) -> None:
        """A level line above the next row."""
        self.paper.rule(x0, self.y - up, x1, **style)

    def room(self, needed: float = 0) -> None:
        """Go on on a new sheet unless a row with `needed` points below it fits."""
        if self.turn and self.y + needed > self.foot:
            self.sheet += 1
            self.y = self.turn(self)


def stacked(
    paper: Paper, x: float, right: float, y: float, pairs: Iterable[tuple[str, object]], step: float = 14,
    strong: int | None = -1, **style: Any,
) -> float:  # fmt: skip
    """Labels at `x` with their values ending at `right`, below each other; the row `strong` in bold (None: none). The foot of the next one."""
    rows = list(pairs)
    for at, (label, value) in enumerate(rows):
        bold = strong is not None and at == strong % len(rows)
        paper.put(x, y, label, bold=bold, **style)
        paper.put(right, y, value, bold=bold, align="r", **style)
        y += step
    return y
