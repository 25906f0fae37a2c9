"""Dates as printed, with figures that the recognition misread, and whether the month comes first."""

from __future__ import annotations

import re
from datetime import date

from ..model import OCR, Word
from ..values import dates
from . import View
from .pairing import Spot
from .places import Places

NUMERIC = re.compile(r"^[(:]?(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})[.,;)]*$")
_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8"})
_DATE_LIKE = re.compile(r"^[\dOolI|SB]{1,2}[/.\-][\dOolI|SB]{1,2}[/.\-][\dOolI|SB]{2,4}[.,;]?$")


def date_spots(view: View, month_first: bool = False) -> tuple[Spot, ...]:
    """Every date on the pages; letters that look like figures are taken for them in recognised words."""
    name = ("date_spots", view.languages, month_first)
    return view.layout.once(name, lambda: tuple(_date_spots(view, month_first)))


def _date_spots(view: View, month_first: bool) -> list[Spot]:
    found: list[Spot] = []
    for lines in view.places.lines.values():
        for line in lines:
            if not any(char.isdigit() for word in line.words for char in word.text):
                continue
            read = [_read(word) for word in line.words]
            back = {id(new): old for new, old in zip(read, line.words, strict=True)}
            for one in dates(read, month_first):
                if not isinstance(one.value, date):
                    continue
                words = tuple(back[id(word)] for word in one.words)
                found.append(Spot(one.value, words, one.text, 1.0, one.others))
    return found


# “25/0126”: a stroke lost by the recognition.
_LOST = re.compile(r"^(\d{2})[/.](\d{2})((?:20)?\d{2})$|^(\d{2})(\d{2})[/.]((?:20)?\d{2})$")


def _read(word: Word) -> Word:
    text = word.text
    lost = _LOST.match(text) if word.source == OCR else None
    if lost and not re.search(r"[/.](?:19|20)\d\d$", text):
        day, month, year = (part for part in lost.groups() if part)
        mended = f"{day}/{month}/{year}"
        if 1 <= int(day) <= 31 and 1 <= int(month) <= 12:
            return Word(word.page, word.x0, word.y0, word.x1, word.y1, mended, word.confidence, word.source)  # fmt: skip
    if word.source != OCR or not _DATE_LIKE.match(text) or not any(char.isdigit() for char in text):
        return word
    mended = text.translate(_LOOKALIKES)
    if mended == text:
        return word
    return Word(word.page, word.x0, word.y0, word.x1, word.y1, mended, word.confidence, word.source)


def order_of_month(view: View, places: Places) -> tuple[bool, bool]:
    """(month first, in doubt): decided by dates that can be read in one way only."""
    day_first = month_first = ambiguous = 0
    for word in view.layout.words:
        match = NUMERIC.match(word.text)
        if not match:
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            day_first += 1
        elif second > 12 >= first:
            month_first += 1
        elif first != second and match[2] != ".":
            ambiguous += 1
    if month_first and not day_first:
        return True, False
    if day_first or not ambiguous or (view.languages and view.languages[0] != "en"):
        return False, False
    text = " ".join(word.text for word in view.layout.words)
    european = bool(re.search(r"€|\bEUR\b|£|\bGBP\b|\bVAT\b", text))
    return not european, True
