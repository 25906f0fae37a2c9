"""Which label explains which value: by their places, each value by its best label.

A label's value stands right of it, under it (a box or a column of a header), over it, or at the beginning of the next row. What stands between them,
another label above all, pushes them apart. Labels that belong to something else take part: the value they explain is theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..labels import Label, fold
from ..model import Box, Word
from .places import Places, same_height

BESIDE, BELOW, ABOVE, WRAPPED = "beside", "below", "above", "wrapped"
#: How far under its label a value may stand, in heights of the label.
_DEPTH = 5.0
_LEAST = 0.12


@dataclass(frozen=True)
class Spot:
    """A printed value looked for: a number or a date. `shape` (0…1): how well it looks like what it is taken for."""

    value: object
    words: tuple[Word, ...]
    text: str = ""
    shape: float = 1.0
    others: tuple = ()

    @property
    def box(self) -> Box:
        """Where it stands."""
        return Box.around(self.words)


@dataclass(frozen=True)
class Pair:
    """A value, the label it belongs to, how it stands to it and how sure that is (0…1)."""

    label: Label
    spot: Spot
    how: str
    score: float


def pairs(places: Places, labels: Iterable[Label], spots: Sequence[Spot]) -> list[Pair]:
    """Every label with every value it may explain, the best first."""
    by_page: dict[int, list[tuple[Spot, Box]]] = {}
    for spot in spots:
        by_page.setdefault(spot.words[0].page, []).append((spot, spot.box))
    found: list[Pair] = []
    taken = {word for spot in spots for word in spot.words}
    for label in labels:
        if all(word in taken for word in label.words):
            continue
        box = label.box
        height = max(label.words[-1].y1 - label.words[-1].y0, 4.0)
        for spot, place in by_page.get(box.page, ()):
            if place.y0 > box.y1 + _DEPTH * height or place.y1 < box.y0 - 3 * height:
                continue
            if any(word in label.words for word in spot.words):
                continue
            how, score = _relation(places, label, box, spot, place, taken, height)
            if score >= _LEAST:
                found.append(Pair(label, spot, how, round(score * label.strength, 4)))
    return sorted(_over_their_labels(found), key=lambda pair: -pair.score)


def _over_their_labels(found: list[Pair]) -> list[Pair]:
    """A label with nothing beside or under it has its value over it."""
    answered = {id(pair.label) for pair in found if pair.how != ABOVE and pair.score >= 0.35}
    return [
        replace(pair, score=round(min(0.9, 1.7 * pair.score), 4))
        if pair.how == ABOVE and id(pair.label) not in answered
        else pair
        for pair in found
    ]


def _relation(
    places: Places,
    label: Label,
    box: Box,
    spot: Spot,
    place: Box,
    taken: set[Word],
    height: float,
) -> tuple[str, float]:
    """How the value stands to the label, and how much that speaks for the two."""
    last = label.words[-1].box
    if same_height(last, place) and place.x0 >= last.x1 - 2:
        return BESIDE, _beside(places, label, last, place, taken, height)
    if place.y0 >= last.y0 + 0.5 * height and place.middle > last.y1 - 0.2 * height:
        under = _below(places, label, box, spot, place, taken, height)
        wrapped = _wrapped(places, last, place, height)
        return (BELOW, under) if under >= wrapped else (WRAPPED, wrapped)
    if place.y1 <= box.y0 + 0.4 * height and place.middle < box.y0:
        gap = box.y0 - place.y1
        aligned = _aligned(box, place)
        if gap <= 1.3 * height and aligned:
            return ABOVE, 0.5 * aligned
    return "", 0.0


def _beside(
    places: Places, label: Label, last: Box, place: Box, taken: set[Word], height: float
) -> float:
    gap = place.x0 - last.x1
    score = 1.0 if gap <= 2.5 * height else 0.93 - min(0.35, gap / 1600)
    both = False
    plain: list[Word] = []
    between = places.between(last, place)
    for word in between:
        text = fold(word.text)
        both |= word.text.strip() in ("/", "&", "|") or word.text.startswith("/")
        if not text or all(token in places.filler for token in text.split()):
            continue
        owners = places.labelled.get(word)
        if owners and any(owner.kind == label.kind for owner in owners):
            score *= 0.85
        elif owners and both:
            score *= 0.97  # “Date de facture / Date de livraison”
        elif owners:
            score *= 0.3
        elif word in taken:
            score *= 0.45
        else:
            plain.append(word)
    if len(plain) <= 4 and any(word.text.endswith(":") for word in between):
        return score * (0.85 if plain else 1.0)  # “Contrat de prestation :”
    for word in plain:
        score *= 0.6 if word.x0 - last.x1 < 12 * height else 0.5
    return score


def _aligned(box: Box, place: Box) -> float:
    """1 for two boxes whose left edges, middles or right edges agree, less for such that only overlap, 0 for others."""
    off = min(abs(box.x0 - place.x0), abs(box.x1 - place.x1), abs(box.center - place.center))
    shared = min(box.x1, place.x1) - max(box.x0, place.x0)
    if shared <= 0:
        return 0.0 if off > 8 else 0.5
    if off <= 4:
        return 1.0
    return 0.92 if off <= 10 else max(0.5, 0.88 - off / 250)


def _below(
    places: Places,
    label: Label,
    box: Box,
    spot: Spot,
    place: Box,
    taken: set[Word],
    height: float,
) -> float:
    cell = _cell_of(places, label)
    aligned = max(_aligned(box, place), 0.97 * _aligned(cell, place))
    if not aligned:
        aligned = 0.8 * _column(places, label, place)
    if not aligned:
        return 0.0
    gap = max(0.0, place.y0 - box.y1)
    score = 0.94 * aligned * (1.0 if gap <= 1.6 * height else max(0.5, 1.12 - 0.08 * gap / height))
    for line in places.near(box, 0, place.y0 - box.y1):
        if line.y0 < box.y1 - 0.3 * height or line.y1 > place.y0 + 0.3 * height:
            continue
        column = [
            word
            for word in line.words
            if min(word.x1, place.x1) - max(word.x0, place.x0) > 0
            or min(word.x1, box.x1) - max(word.x0, box.x0) > 0
        ]
        if not column:
            continue
        owners = [owner for word in column for owner in places.labelled.get(word, ())]
        if any(owner.kind == label.kind for owner in owners):
            continue  # the same in another language
        score *= 0.3 if owners else 0.4
    # A value at the end of its own row's label or sentence is not the one under this label.
    before = [
        word
        for line in places.near(place, 0, 0)
        for word in line.words
        if word.x1 <= place.x0 + 1
        and place.x0 - word.x1 < 1.2 * height
        and same_height(place, word.box)
        and fold(word.text)
        and word.x0 >= box.x0 - 30
    ]
    if any(places.labelled.get(word) for word in before):
        score *= 0.35
    elif before and not all(fold(word.text) in places.filler for word in before):
        score *= 0.65
    return score


def _cell_of(places: Places, label: Label) -> Box:
    """The whole cell in which the label ends."""
    home = places.homes.get(label.words[-1])
    return Box.around(home[0].cells[home[1]]) if home else label.box


def _column(places: Places, label: Label, place: Box) -> float:
    """A value in the column that the label heads though neither overlaps: between this cell and its neighbour."""
    home = places.homes.get(label.words[-1])
    if home is None or len(home[0].cells) <= 2:
        return 0.0
    line, index = home
    cell = Box.around(line.cells[index])
    right = line.cells[index + 1][0].x0 if index + 1 < len(line.cells) else cell.x1 + 60
    left = line.cells[index - 1][-1].x1 if index else cell.x0 - 60
    inside = (cell.x0 - 2 <= place.x0 and place.x1 <= right) or (
        left <= place.x0 and place.x1 <= cell.x1 + 2
    )
    return 0.8 if inside else 0.0


def _wrapped(places: Places, last: Box, place: Box, height: float) -> float:
    """The label ends a row of text, the value begins the next."""
    rows = places.near(last, 0, 2.2 * height)
    here = next((line for line in rows if same_height(last, line.box)), None)
    there = next((line for line in rows if line.words and same_height(place, line.box)), None)
    if here is None or there is None or there.index != here.index + 1:
        return 0.0
    after = [
        word
        for word in here.words
        if word.x0 > last.x1 and fold(word.text) and fold(word.text) not in places.filler
    ]
    first = next((word for word in there.words if fold(word.text) not in places.filler), None)
    starts = first is not None and abs(first.x0 - place.x0) < 1
    long_text = sum(len(cell) for cell in here.cells if cell[0].x0 < last.x0 + 1) >= 4
    return 0.45 if not after and starts and long_text else 0.0


def assign(found: Sequence[Pair], several: Mapping[str, int] | None = None) -> list[Pair]:
    """Each value with its best label; a label that has its value keeps others only weakly.

    `several`: kinds whose labels explain that many values (a period has two dates).
    """
    used: dict[int, int] = {}
    owner: dict[int, float] = {}
    result: list[Pair] = []
    for pair in found:
        key, value = id(pair.label), id(pair.spot)
        if value in owner:
            if pair.score >= 0.9 * owner[value]:
                result.append(replace(pair, score=0.8 * pair.score))
            continue
        allowed = (several or {}).get(pair.label.kind, 1)
        if used.get(key, 0) >= allowed:
            pair = replace(pair, score=round(0.5 * pair.score, 4))
        used[key] = used.get(key, 0) + 1
        owner[value] = pair.score
        result.append(pair)
    return sorted(result, key=lambda pair: -pair.score)
