"""Words of a clean picture by Tesseract, and readings of the same picture laid over each other."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy
import pytesseract
from PIL import Image

os.environ.setdefault("OMP_THREAD_LIMIT", "1")
FRENCH, BOTH = "fra", "fra+eng"
#: Page segmentation: words wherever they stand; one block of text, whose rows are whole.
SPARSE, BLOCK = 11, 6
TIMEOUT = 25.0
_TURN = re.compile(r"Rotate: (\d+)\s+Orientation confidence: ([\d.]+)")


class Unavailable(Exception):
    """Tesseract, or any language of it, is not installed."""


class TooSlow(Exception):
    """Recognition did not end in time."""


class Seen(NamedTuple):
    """A word in pixels of its picture; `sure` 0…1."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    sure: float


@cache
def installed() -> frozenset[str]:
    """Codes of the languages that can be recognised. Raises `Unavailable`."""
    try:
        found = frozenset(pytesseract.get_languages()) - {"osd"}
    except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError, OSError) as error:
        raise Unavailable(str(error)) from error
    if not found:
        raise Unavailable("no language")
    return found


def languages(wanted: str) -> str:
    """Those of the `wanted` languages (`fra+eng`) that are installed; any other when none of them is."""
    found = [language for language in wanted.split("+") if language in installed()]
    return "+".join(found or sorted(installed())[:1])


def recognise(
    image: Image.Image, language: str = FRENCH, mode: int = SPARSE, timeout: float = TIMEOUT
) -> list[Seen]:
    """Words of a grey picture of about 300 dots per inch.

    `mode` is Tesseract's page segmentation, `timeout` in seconds. Raises `TooSlow` and `Unavailable`.
    """
    image.format = "PPM"  # how it is handed over: packing a PNG takes a third of the recognition
    try:
        data = pytesseract.image_to_data(
            image,
            lang=languages(language),
            config=f"--oem 1 --psm {mode} --dpi 300",
            timeout=max(1.0, timeout),
            output_type=pytesseract.Output.DICT,
        )
    except pytesseract.TesseractNotFoundError as error:
        raise Unavailable(str(error)) from error
    except pytesseract.TesseractError:
        return []  # a picture too small or too strange for it bears no words
    except RuntimeError as error:
        raise TooSlow from error
    columns = (data[name] for name in ("text", "left", "top", "width", "height", "conf"))
    seen = []
    for text, left, top, width, height, sure in zip(*columns, strict=True):
        text = _tidy(str(text))
        if text and float(sure) >= 0:
            seen.append(Seen(left, top, left + width, top + height, text, float(sure) / 100))
    return seen


def turn_of(image: Image.Image, timeout: float = 8.0) -> tuple[int, float]:
    """By how many degrees clockwise the picture must be turned to stand upright, and how sure that is (above 3: it is right)."""
    if "osd" not in pytesseract.get_languages():
        return 0, 0.0
    image.format = "PPM"
    try:
        told = pytesseract.image_to_osd(image, config="--psm 0 --dpi 300", timeout=timeout)
    except (pytesseract.TesseractError, RuntimeError):
        return 0, 0.0
    found = _TURN.search(told)
    return (int(found[1]) % 360, float(found[2])) if found else (0, 0.0)


def _tidy(text: str) -> str:
    """Curly quotes straight, rules of tables that stick to a word taken off."""
    text = text.strip().translate({0x2018: "'", 0x2019: "'", 0x2212: "-", 0x2010: "-"})
    bare = text.strip("|_¦")
    return bare if any(char.isalnum() for char in bare) else text if text in "|_-–—:€$£%" else bare


def quality(seen: Sequence[Seen]) -> float:
    """How well a page was read, 0…1: mean confidence of its words by their length, and share of those that are sure."""
    weights = numpy.array([len(word.text) for word in seen if _has_matter(word)], dtype=float)
    sure = numpy.array([word.sure for word in seen if _has_matter(word)])
    if not len(sure):
        return 0.0
    mean = float((sure * weights).sum() / weights.sum())
    good = float((weights * (sure > 0.8)).sum() / weights.sum())
    return round(0.5 * mean + 0.5 * good, 3)


def _has_matter(word: Seen) -> bool:
    return any(char.isalnum() for char in word.text)


def overlaps(one: Sequence[Seen], two: Sequence[Seen]) -> numpy.ndarray:
    """For each pair the shared area as a part of the smaller of the two."""
    a = numpy.array([word[:4] for word in one], dtype=numpy.float32).reshape(-1, 4)[:, None]
    b = numpy.array([word[:4] for word in two], dtype=numpy.float32).reshape(-1, 4)[None]
    wide = numpy.minimum(a[..., 2], b[..., 2]) - numpy.maximum(a[..., 0], b[..., 0])
    high = numpy.minimum(a[..., 3], b[..., 3]) - numpy.maximum(a[..., 1], b[..., 1])
    areas = [(box[..., 2] - box[..., 0]) * (box[..., 3] - box[..., 1]) for box in (a, b)]
    smaller = numpy.maximum(numpy.minimum(*areas), 1e-3)
    return wide.clip(0) * high.clip(0) / smaller


def merged(first: list[Seen], second: list[Seen]) -> list[Seen]:
    """Two readings of one page: of two words at one place the surer one; what only one of them saw if it is fairly sure."""
    if not first or not second:
        return first or second
    shared = overlaps(first, second) > 0.3
    kept: list[Seen] = []
    for index, word in enumerate(first):
        matches = numpy.flatnonzero(shared[index])
        if len(matches) == 1 and shared[:, matches[0]].sum() == 1:
            other = second[matches[0]]
            if other.text == word.text:
                # Two readings that agree are surer than either.
                word = word._replace(sure=max(word.sure, other.sure))
            elif other.sure > word.sure + 0.03:
                word = other
        elif len(matches) == 0 and word.sure < 0.3:
            continue
        kept.append(word)
    alone = ~shared.any(axis=0)
    kept += [word for index, word in enumerate(second) if alone[index] and word.sure > 0.5]
    return kept


def filled(first: list[Seen], again: list[Seen]) -> list[Seen]:
    """The holes of a reading filled: short words that only the other one saw, standing in a row of the first and as high as it."""
    if not first or not again:
        return first
    free = (overlaps(again, first) < 0.1).all(axis=1)
    middles = numpy.array([(word.y0 + word.y1) / 2 for word in first])
    heights = numpy.array([word.y1 - word.y0 for word in first])
    found = list(first)
    for index, word in enumerate(again):
        if not free[index] or word.sure < 0.4 or len(word.text) > 5 or not _has_matter(word):
            continue
        height = word.y1 - word.y0
        near = numpy.abs(middles - (word.y0 + word.y1) / 2) < 0.35 * heights
        if near.any() and 0.5 < height / float(numpy.median(heights[near])) < 1.6:
            found.append(word)
    return found


def table_zone(seen: Sequence[Seen]) -> tuple[float, float] | None:
    """Top and bottom, in pixels, of the rows that bear two amounts or more; None where fewer than three do."""
    amounts = [word for word in seen if re.search(r"\d[.,]\d\d", word.text)]
    if len(amounts) < 6:
        return None
    middles = numpy.array([(word.y0 + word.y1) / 2 for word in amounts])
    height = float(numpy.median([word.y1 - word.y0 for word in amounts]))
    rows = [middle for middle in middles if (numpy.abs(middles - middle) < 0.5 * height).sum() >= 2]
    if len(rows) < 6:
        return None
    return min(rows) - 3 * height, max(rows) + 2 * height
