"""Figures and letters that could be the number of a document: which words make one, how well it looks like one, misread letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..identifiers import BIC, SIREN, find_identifiers
from ..labels import fold
from ..model import Word
from ..party_words import streets
from . import View
from .date_spots import date_spots
from .pairing import Spot
from .places import Places

_TOKEN = re.compile(r"^[A-Za-z0-9(][A-Za-z0-9\-–/._+*#()\\&]*$")
_PREFIX = re.compile(r"^[A-Z]{1,5}[-/.]?$")
_AMOUNT = re.compile(r"^[-+]?\d{1,3}(?:[ .]?\d{3})*[.,]\d{2}$")
_PHONE = re.compile(
    r"^(?:\+\d{2} ?\d|0[1-9])(?:[ .\-]\d{2}){4}$|^0 ?[89]\d\d(?: \d{3}){2}$|^0[1-9]\d?(?:[ .]\d{2,3}){3}$"
)


def number_spots(view: View, places: Places) -> list[Spot]:
    """Runs of words that could be a number of a document; `others` are shorter readings of the same run."""
    barred = {
        word
        for item in find_identifiers(view.layout)
        if item.valid and (item.labelled or item.kind not in (SIREN, BIC))
        for word in item.words
    }
    days = date_spots(view)
    barred |= {word for spot in days for word in spot.words}
    # “Facture n° 24-03-12” is a number that looks like a date.
    found = [
        Spot(_bare(spot.words[0].text), spot.words, "date", 0.6)
        for spot in days
        if len(spot.words) == 1 and re.match(r"^\d{2}[-/]\d{2}[-/]\d{2}$", spot.words[0].text)
    ]
    for lines in places.lines.values():
        for line in lines:
            for cell in line.cells:
                found += _spots_in(cell, places, barred)
    return found


def _spots_in(cell: Sequence[Word], places: Places, barred: set[Word]) -> list[Spot]:
    found: list[Spot] = []
    index = 0
    while index < len(cell):
        run = _run(cell, index, places, barred)
        if not run:
            index += 1
            continue
        following = cell[index + len(run)] if index + len(run) < len(cell) else None
        text = _bare(" ".join(word.text for word in run))
        shape = _shape(text, run, following)
        if shape > 0:
            others = ()
            if len(run) > 1:
                others = tuple(
                    word.text.strip(" .,;:()")
                    for word in run
                    if any(c.isdigit() for c in word.text)
                )[:1]
            found.append(Spot(text, tuple(run), text, shape, others))
        index += len(run)
    return found


def _bare(text: str) -> str:
    """Without punctuation around it and without brackets that do not close."""
    text = text.strip(" .,;:[]#|*")
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        return text[1:-1]
    if text.count("(") != text.count(")"):
        text = text.strip("()")
    return text


def _run(cell: Sequence[Word], start: int, places: Places, barred: set[Word]) -> list[Word]:
    """The words of one number from `start`: it holds a figure; parts are joined by blanks as wide as one."""
    run: list[Word] = []
    for word in cell[start:]:
        text = _bare(word.text)
        if word in barred or word in places.labelled and not any(c.isdigit() for c in text):
            break
        has_digit = any(char.isdigit() for char in text)
        good = bool(_TOKEN.match(text)) and has_digit
        joint = text in ("-", "/", "–") and bool(run)
        prefix = bool(_PREFIX.match(text)) and not any(
            any(c.isdigit() for c in w.text) for w in run
        )
        if not (good or joint or prefix) or len(run) >= 5:
            break
        if run:
            height = max(word.y1 - word.y0, 1)
            pitch = (word.x1 - word.x0) / max(len(word.text), 1) / height
            if (word.x0 - run[-1].x1) / height > max(0.6, min(0.8, 1.3 * pitch)) or run[-1].text[
                -1:
            ] in ",;":
                break
        run.append(word)
    while run and not any(char.isdigit() for char in run[-1].text):
        run.pop()
    return run if any(any(c.isdigit() for c in word.text) for word in run) else []


def _shape(text: str, run: Sequence[Word], following: Word | None) -> float:
    """How well it looks like the number of a document (0: it cannot be one)."""
    plain = re.sub(r"\s", "", text)
    digits = sum(char.isdigit() for char in plain)
    if (
        len(plain) <= 4
        and run[0].text.startswith("(")
        and run[-1].text.rstrip(".,:;").endswith(")")
    ):
        return 0.15  # a code in brackets
    letters = sum(char.isalpha() for char in plain)
    if not digits or len(plain) > 32 or "@" in plain or "www" in plain.lower():
        return 0.0
    if _AMOUNT.match(text) or (
        following is not None and following.text.strip() in ("€", "EUR", "%", "€.", "euros")
    ):
        return 0.0
    if re.match(r"^\d+[.,]\d{1,2}$", plain) and len(run) == 1 and len(plain) < 7:
        return 0.15
    if re.match(r"^\d+[.,]\d{3,4}$", plain) and len(run) == 1 and len(plain) < 7:
        return 0.55
    if _PHONE.match(text) or plain.endswith("%"):
        return 0.1
    if re.match(r"^\d{1,2}(?:[:hH]\d{2}(?::\d{2})?|[hHjJ]/?\d{1,2}[hHjJ]?/?)$", plain):
        return 0.0  # a time of day, “24h/24”, “7j/7”
    if letters and len(run) == 1 and re.search(r"[a-z]{4,}", plain):
        return 0.25
    if not letters:
        if following is not None and fold(following.text) in streets():
            return 0.1  # the number of a house
        if digits <= 2:
            return 0.7
        if re.match(r"^(?:19|20)\d\d$", plain):
            return 0.45
        if (
            digits == 5
            and following is not None
            and following.text[:1].isupper()
            and following.text[:1].isalpha()
        ):
            return 0.25  # a post code and its town
        return 0.95 if digits <= 12 else 0.7
    if re.match(r"^\d{1,4}(?:[xX]\d+|[a-zA-Z]{1,2})$", plain):
        return 0.5
    return 1.0


_LETTER = {
    "O": "0",
    "o": "0",
    "Q": "0",
    "D": "0",
    "l": "1",
    "I": "1",
    "|": "1",
    "S": "5",
    "B": "8",
    "Z": "2",
    "s": "5",
    "b": "6",
    "z": "2",
}


def repaired(text: str) -> tuple[str, ...]:
    """A recognised number whose letters stand between figures, read as figures; () when it may stand as it is.

    >>> repaired("FA-2O24-0012")
    ('FA-2024-0012',)
    """
    groups = re.split(r"([^A-Za-z0-9|]+)", text)
    changed = []
    for group in groups:
        digits = sum(char.isdigit() for char in group)
        chars = list(group)
        for index, char in enumerate(chars):
            if char not in _LETTER or not digits:
                continue
            small = char in "olsbz" and digits >= 2 and not re.search(r"[a-z]{2}", group)
            before = small or any(c.isdigit() for c in group[:index])
            after = any(c.isdigit() for c in group[index + 1 :])
            if (
                (before and after)
                or (char in "OoQl|I" and chars[index - 1].isdigit() and before and digits >= 2)
                or (small and index)
            ):
                chars[index] = _LETTER[char]
        changed.append("".join(chars))
    result = "".join(changed)
    return (result,) if result != text else ()
