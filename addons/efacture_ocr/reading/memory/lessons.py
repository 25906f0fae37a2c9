"""A lesson: where the value of a field stood, by the words beside and over it, its place and its shape; and the values it points to elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz

from ..labels import fold
from ..layout import Cell, Layout, Row
from ..model import Box, Value, Word
from ..values import amounts, dates
from .store import shape

TEXTS = ("BT-1", "BT-13", "BT-12")
DATES = ("BT-2", "BT-9", "BT-72")
AMOUNTS = ("BT-109", "BT-110", "BT-112", "BT-113", "BT-115")
PLACED = (*TEXTS, *DATES, *AMOUNTS)


@dataclass(frozen=True)
class Spot:
    """A value on the page with what stands around it."""

    value: Value
    words: tuple[Word, ...]
    text: str
    left: str
    above: str
    below: str
    x: float
    y: float
    page: str


def spots(layout: Layout, term: str) -> Iterator[Spot]:
    """Every value that a field of this kind might have."""
    for page in layout.pages:
        for row in layout.rows(page.number):
            for value, words, text in _values(row, term):
                yield _spot(layout, row, value, words, text)


def _values(row: Row, term: str) -> Iterator[tuple[Value, tuple[Word, ...], str]]:
    if term in DATES:
        for found in dates(row.words):
            for value in (found.value, *found.others[:1]):
                yield value, found.words, found.text
    elif term in AMOUNTS:
        for found in amounts(row.words):
            for value in (found.value, *found.others):
                yield value, found.words, found.text
    else:
        for cell in row.cells:
            yield from _texts(cell)


def _texts(cell: Cell) -> Iterator[tuple[str, tuple[Word, ...], str]]:
    """Runs of one to three words that hold a figure."""
    for start in range(len(cell.words)):
        for length in (1, 2, 3):
            words = cell.words[start : start + length]
            if len(words) < length:
                break
            text = " ".join(word.text for word in words).strip(" :;,.()#")
            if any(char.isdigit() for char in text) and 2 <= len(text) <= 30:
                yield text, words, text
                if length == 1 and ":" in text:
                    tail = text.rpartition(":")[2].strip()
                    if any(char.isdigit() for char in tail):
                        yield tail, words, tail


def _spot(layout: Layout, row: Row, value: Value, words: tuple[Word, ...], text: str) -> Spot:
    box = Box.around(words)
    page = layout.page(box.page)
    before = [word.text for word in row.words if word.x1 <= box.x0 + 0.5][-4:]
    if words and ":" in words[0].text and not text.startswith(words[0].text.split(":")[0]):
        before.append(words[0].text.split(":")[0])
    return Spot(
        value, words, text, fold(" ".join(before)), _near(layout.above(box, 34)), _near(layout.below(box, 24)),
        box.x0 / page.width, box.y0 / page.height, "first" if page is layout.pages[0] else "last" if page is layout.pages[-1] else "middle",
    )  # fmt: skip


def _near(cells: list[Cell]) -> str:
    return fold(cells[0].text)[:40] if cells else ""


def matches(spot: Spot, wanted: Value) -> bool:
    """The spot shows this value."""
    if isinstance(wanted, str) or isinstance(spot.value, str):
        return _bare(str(spot.value)) == _bare(str(wanted))
    if isinstance(wanted, Decimal) and isinstance(spot.value, Decimal):
        return abs(spot.value) == abs(wanted)
    return spot.value == wanted


def _bare(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def typed(term: str, text: str) -> Value | None:
    """The value of a field given as text; None when it is none."""
    try:
        if term in DATES:
            return date.fromisoformat(text)
        return Decimal(text) if term in AMOUNTS else text
    except (ValueError, ArithmeticError, TypeError):
        return None


def lesson_of(spot: Spot) -> dict[str, Any]:
    """The spot as plain data."""
    return {
        "left": _words_only(spot.left), "above": _words_only(spot.above), "below": _words_only(spot.below),
        "shape": shape(spot.text), "x": round(spot.x, 3), "y": round(spot.y, 3), "page": spot.page, "hits": 1, "misses": 0,
    }  # fmt: skip


def _words_only(text: str) -> str:
    """Without figures, which change from one document to the next."""
    return " ".join(token for token in text.split() if not any(char.isdigit() for char in token))


def likeness(spot: Spot, lesson: dict[str, Any], term: str) -> float:
    """How much the spot stands as the lesson says (0…1)."""
    score, weight = 0.0, 0.0
    for side, share in (("left", 0.5), ("above", 0.3), ("below", 0.1)):
        wanted, found = lesson[side], _words_only(getattr(spot, side))
        if not wanted and not found:
            continue
        weight += share
        if wanted and found:
            near = fuzz.ratio(wanted[-24:], found[-24:]) / 100
            score += share * max(0.0, (near - 0.4) / 0.6)
    context = score / weight if weight else 0.5
    across = max(0.0, 1 - abs(spot.x - lesson["x"]) / 0.12)
    down = max(0.0, 1 - abs(spot.y - lesson["y"]) / (0.5 if term in AMOUNTS else 0.12))
    page = 1.0 if spot.page == lesson["page"] else 0.6
    result = 0.55 * context + 0.25 * across + 0.2 * down
    if term in TEXTS:
        result *= 0.35 + 0.65 * _shape_likeness(shape(spot.text), lesson["shape"])
    return result * page


def _shape_likeness(found: str, wanted: str) -> float:
    if found == wanted:
        return 1.0
    plain = [text.replace("A", "9") for text in (found, wanted)]
    if plain[0] == plain[1]:
        return 0.85  # letters and figures mixed up
    return max(0.0, fuzz.ratio(found, wanted) / 100 - 0.3)


def trust(lesson: dict[str, Any]) -> float:
    """How often the lesson was right (0…1), a new one 0.75."""
    return (lesson["hits"] + 0.5) / (lesson["hits"] + lesson["misses"] * 1.5 + 1.0)
