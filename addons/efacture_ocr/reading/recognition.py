"""From a grey picture of a page to its words: lay the sheet flat, clean, recognise, turn upright, read again what was read badly."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PIL import Image

from . import cleanup, ocr, places, sheet
from .model import OCR, Word
from .raster import RESOLUTION, Picture

#: Below this a page is tried the other way up; below `SECOND` it is read again, in two languages: twice as slow, but other
#: mistakes than those of the first reading.
BAD, SECOND = 0.6, 0.9
_TRUSTED_TURN = 3.0
_SAMPLE = 1400


@dataclass(frozen=True)
class Recognised:
    """The words of a page in points of the upright sheet, of `width` by `height` points.

    `quality` 0…1 is that of the reading; `blank` when there was nothing to read. `turn` says by how many degrees clockwise
    the picture was turned; in a photograph the sheet is laid flat before. `origin` leads back to the picture.
    """

    words: tuple[Word, ...]
    width: float
    height: float
    quality: float = 0.0
    blank: bool = False
    turn: int = 0
    origin: places.Origin | None = None


def recognise_page(picture: Picture, number: int, seconds: float = 30.0) -> Recognised:
    """Read the picture of page `number` within about `seconds`.

    Raises `ocr.TooSlow` when not even a first reading ended in time, and `ocr.Unavailable`.
    """
    deadline = time.monotonic() + seconds
    image, scale = picture.image, picture.scale
    corners = sheet.find_corners(image)
    if corners:
        image = sheet.lay_flat(image, corners)
        if not picture.resolution:
            scale = Picture(image, None).scale
    factor = RESOLUTION / 72 / scale
    clean = cleanup.clean(image, factor)
    if cleanup.is_blank(clean.image):
        return Recognised((), image.width / scale, image.height / scale, 1.0, blank=True)
    if corners or not picture.resolution:
        clean, factor = _of_usual_height(image, clean)
    seen = ocr.recognise(clean.image, timeout=seconds)
    found = ocr.quality(seen)
    turn, unturned = 0, image.size
    if found < BAD:
        turn = _turn(clean.image, deadline)
        if turn:
            image = image.rotate(-turn, expand=True)
            clean = cleanup.clean(image, factor)
            seen = ocr.recognise(clean.image, timeout=deadline - time.monotonic())
            found = ocr.quality(seen)
    blank = _says_nothing(seen)
    if not blank:
        seen = _read_again(image, clean, seen, deadline)
        found = max(found, ocr.quality(seen))
    words = tuple(
        Word(
            number,
            *(round(value / clean.factor / scale, 2) for value in word[:4]),
            word.text,
            word.sure,
            OCR,
        )
        for word in seen
    )
    width, height = image.width / scale, image.height / scale
    origin = _way_back(picture, corners, clean, scale, turn, unturned)
    return Recognised(words if not blank else (), width, height, found, blank, turn, origin)


def _way_back(
    picture: Picture,
    corners: sheet.Corners | None,
    clean: cleanup.Clean,
    scale: float,
    turn: int,
    size: tuple[int, int],
) -> places.Origin:
    """From points of the sheet to points of the picture: all that was done to it, undone; `size` is that before it was turned."""
    matrix = places.product(
        places.scaled(scale * clean.factor),
        places.slanted(clean.fallen, *clean.image.size),
        places.scaled(1 / clean.factor),
        places.unturned(turn, *size),
        sheet.flat_terms(corners) if corners else places.IDENTITY,
        places.scaled(1 / picture.scale),
    )
    return places.Origin(matrix, *picture.points)


def _of_usual_height(image: Image.Image, clean: cleanup.Clean) -> tuple[cleanup.Clean, float]:
    """The picture at a scale that gives letters their usual height: nobody knows how far away a photograph was taken."""
    height = cleanup.line_height(clean.image)
    if height is None or 0.6 < height / cleanup.LINE_HEIGHT < 1.7:
        return clean, clean.factor
    factor = clean.factor * cleanup.LINE_HEIGHT / height
    return cleanup.clean(image, factor), factor


def _read_again(
    image: Image.Image, clean: cleanup.Clean, seen: list[ocr.Seen], deadline: float
) -> list[ocr.Seen]:
    """A bad page is read once more, larger and in two languages; then single figures of the table, which sparse reading loses."""
    try:
        if ocr.quality(seen) < SECOND and time.monotonic() < deadline - 6:
            larger = cleanup.clean(image, clean.factor * 1.3, sharpen=True)
            again = ocr.recognise(larger.image, ocr.BOTH, timeout=deadline - time.monotonic())
            back = clean.factor / larger.factor
            seen = ocr.merged(
                seen,
                [
                    ocr.Seen(*(value * back for value in word[:4]), word.text, word.sure)
                    for word in again
                ],
            )
        zone = ocr.table_zone(seen)
        if zone and time.monotonic() < deadline - 3:
            top, bottom = max(0, round(zone[0])), min(clean.image.height, round(zone[1]))
            table = cleanup.without_rules(clean.image.crop((0, top, clean.image.width, bottom)))
            again = ocr.recognise(table, mode=ocr.BLOCK, timeout=deadline - time.monotonic())
            seen = ocr.filled(
                seen, [word._replace(y0=word.y0 + top, y1=word.y1 + top) for word in again]
            )
    except ocr.TooSlow:
        pass  # the first reading stands
    return seen


def _turn(image: Image.Image, deadline: float) -> int:
    """How far a badly read page must be turned clockwise: what Tesseract says when it is sure, else the best of four tries."""
    turn, sure = ocr.turn_of(image, max(1.0, min(8.0, deadline - time.monotonic())))
    if sure > _TRUSTED_TURN:
        return turn
    sample = _densest_part(image)
    scores = {}
    for angle in (0, 90, 180, 270):
        try:
            seen = ocr.recognise(sample.rotate(-angle, expand=True), timeout=5.0)
        except ocr.TooSlow:
            continue
        scores[angle] = sum(len(word.text) for word in seen if word.sure > 0.75)
        if time.monotonic() > deadline - 8:
            break
    best = max(scores, key=lambda angle: scores[angle], default=0)
    return best if scores.get(best, 0) > 1.5 * scores.get(0, 0) + 10 else 0


def _densest_part(image: Image.Image) -> Image.Image:
    """A square of the page with much ink on it."""
    side = min(_SAMPLE, *image.size)
    best, most = (0, 0), -1.0
    for top in range(0, image.height - side + 1, max(1, (image.height - side) // 3 or 1)):
        for left in range(0, image.width - side + 1, max(1, (image.width - side) // 2 or 1)):
            part = image.crop((left, top, left + side, top + side)).reduce(8)
            ink = 255.0 - sum(part.histogram()[v] * v for v in range(256)) / (
                part.width * part.height
            )
            if ink > most:
                best, most = (left, top), ink
    return image.crop((*best, best[0] + side, best[1] + side))


def _says_nothing(seen: list[ocr.Seen]) -> bool:
    """Whether no word was read that deserves the name: speckles, or the other side of the sheet shining through."""
    sure = [word for word in seen if word.sure > 0.7 and sum(map(str.isalnum, word.text)) >= 2]
    return len(sure) < 2
