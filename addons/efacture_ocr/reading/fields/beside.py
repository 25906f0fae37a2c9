"""Which label a printed value answers to: in its own cell, left of it, over it; the nearest wins, whatever it announces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..labels import Label, fold
from ..layout import Cell
from ..model import Box, Word
from . import View

# What may stand between a label and its value.
FILLERS = {
    "",
    "n",
    "no",
    "nr",
    "num",
    "numero",
    "number",
    "du",
    "le",
    "est",
    "is",
    "vom",
    "am",
    "de",
    "ref",
    "id",
    "#",
    "on",
    "the",
    "nummer",
}


@dataclass(frozen=True)
class Tie:
    """A label, how surely it announces the value (0…1) and how it stands to it."""

    label: Label
    strength: float
    how: str


class Neighbours:
    """Labels around places, found once for a view."""

    def __init__(self, view: View, kinds: Iterable[str], more: Iterable[Label] = ()) -> None:
        self.view = view
        wanted = set(kinds)
        self._cells: dict[int, dict[Word, Cell]] = {}
        for page in view.layout.pages:
            self._cells[page.number] = {
                word: cell for cell in view.layout.cells(page.number) for word in cell.words
            }
        self.labels: dict[int, list[Label]] = {}
        for label in (*view.labels, *more):
            if label.kind in wanted:
                words = tuple(dict.fromkeys(self._whole(word) for word in label.words))
                self.labels.setdefault(label.box.page, []).append(replace(label, words=words))
        self.rows: dict[Word, tuple[Word, ...]] = {
            word: row.words
            for page in view.layout.pages
            for row in view.layout.rows(page.number)
            for word in row.words
        }
        self.label_words = {
            word for labels in self.labels.values() for label in labels for word in label.words
        }

    def cell(self, word: Word) -> Cell:
        """The cell of a word."""
        return self._cells[word.page][word]

    def _whole(self, word: Word) -> Word:
        """The printed word of a part (`N°:` of `N°:123`)."""
        cells = self._cells[word.page]
        return word if word in cells else next(known for known in cells if _holds(known, word))

    def ties(self, words: tuple[Word, ...]) -> list[Tie]:
        """Labels that may announce these words, the surest first; at most one for each kind."""
        box = Box.around(words)
        best: dict[str, Tie] = {}
        for label in self.labels.get(box.page, ()):
            tie = self._tie(label, box, words)
            if tie and (label.kind not in best or tie.strength > best[label.kind].strength):
                best[label.kind] = tie
        return sorted(best.values(), key=lambda tie: -tie.strength)

    def _tie(self, label: Label, box: Box, words: tuple[Word, ...]) -> Tie | None:
        place = label.box
        if words[0] in label.words:
            # `N°:123`: label and value in one word.
            return Tie(label, 0.93 * label.strength, "glued") if ":" in words[0].text else None
        height = max(place.height, box.height, 6.0)
        if abs(place.middle - box.middle) <= 0.6 * height and place.x1 <= box.x0 + 1:
            return self._left(label, box, words, height)
        if 0 < box.middle - place.middle <= 5.2 * height:
            return self._over(label, box, height)
        if 0 < place.middle - box.middle <= 2.2 * height:
            return self._under(label, box, height)
        return None

    def _left(self, label: Label, box: Box, words: tuple[Word, ...], height: float) -> Tie | None:
        gap = box.x0 - label.box.x1
        same = self.cell(label.words[-1]) is self.cell(words[0])
        between = [
            word for word in self.rows[label.words[0]]
            if label.box.x1 - 1 <= word.x0 and word.x1 <= box.x0 + 1
        ]  # fmt: skip
        strange = [w for w in between if fold(w.text) not in FILLERS and w not in self.label_words]
        others = [w for w in between if w in self.label_words and w not in label.words]
        if same:
            strength = 0.96 - 0.10 * len(strange) - 0.25 * bool(others)
        else:
            strength = 0.92 - 0.0006 * gap - 0.22 * len(strange) - 0.4 * bool(others)
        if label.words[-1].text.rstrip().endswith(":"):
            strength += 0.03
        return Tie(label, min(0.97, strength) * label.strength, "left") if strength > 0.3 else None

    def _over(self, label: Label, box: Box, height: float) -> Tie | None:
        cell = self.cell(label.words[0]).box
        across = min(box.x1, cell.x1) - max(box.x0, cell.x0)
        aligned = min(abs(box.x0 - cell.x0), abs(box.x1 - cell.x1), abs(box.center - cell.center))
        if across <= 0 and aligned > 12:
            return None
        if self.cell(label.words[-1]).words[-1] is not label.words[-1] and not self._ends(label):
            return None  # the label has its value beside it
        rows = (box.middle - label.box.middle) / height
        blocked = self._between(box, label.box)
        strength = (
            0.90
            - 0.05 * max(0.0, rows - 1.4)
            - 0.004 * aligned
            - 0.28 * blocked
            - 0.15 * (across <= 0)
        )
        return Tie(label, strength * label.strength, "over") if strength > 0.3 else None

    def _under(self, label: Label, box: Box, height: float) -> Tie | None:
        """The value stands above its label: only where the label has nothing beside or below it."""
        cell = self.cell(label.words[0])
        if cell.words[-1] is not label.words[-1] or min(box.x1, cell.box.x1) <= max(
            box.x0, cell.box.x0
        ):
            return None
        if abs(box.x0 - cell.box.x0) > 15 and abs(box.center - cell.box.center) > 15:
            return None
        layout = self.view.layout
        taken = [c for c in (*layout.right_of(cell.box, 60)[:1], *layout.below(cell.box, 2.2 * height)[:1]) if c.words[0] not in self.label_words and any(ch.isdigit() for ch in c.text)]  # fmt: skip
        return None if taken else Tie(label, 0.55 * label.strength, "under")

    def _ends(self, label: Label) -> bool:
        """After the label its cell holds only more labels or signs."""
        words = self.cell(label.words[-1]).words
        rest = words[words.index(label.words[-1]) + 1 :]
        return all(
            w in self.label_words
            or fold(w.text) in FILLERS
            or not any(c.isdigit() for c in w.text)
            and len(rest) <= 3
            for w in rest
        )

    def _between(self, box: Box, place: Box) -> int:
        """How many cells with figures stand between label and value in the column."""
        return sum(
            1 for cell in self.view.layout.above(box, max(0.0, box.y0 - place.y1))
            if cell.box.y0 > place.y1 - 1 and cell.words[0] not in self.label_words and any(char.isdigit() for char in cell.text)
        )  # fmt: skip


def _holds(word: Word, part: Word) -> bool:
    return word.y0 == part.y0 and word.x0 - 0.1 <= part.x0 and part.x1 <= word.x1 + 0.1
