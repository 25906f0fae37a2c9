"""Words of a grey picture by Tesseract."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

import pytesseract
from PIL import Image

os.environ.setdefault("OMP_THREAD_LIMIT", "1")
FRENCH, ENGLISH = "fra", "eng"
TIMEOUT = 60


class Unavailable(Exception):
    """Tesseract, or any language of it, is not installed."""


class TooSlow(Exception):
    """Recognition did not end in time."""


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


def languages(*wanted: str) -> str:
    """The `wanted` languages that are installed, as Tesseract wants them said; any other when none of them is."""
    found = [language for language in wanted if language in installed()]
    return "+".join(found or sorted(installed())[:1])


def recognise(
    image: Image.Image,
    language: str = FRENCH,
    mode: int = 11,
    timeout: float = TIMEOUT,
    more: Sequence[str] = (),
) -> list[tuple[float, float, float, float, str, float]]:
    """Words of the picture: x0, y0, x1, y1 in pixels, text, confidence 0…1.

    `mode` is Tesseract's page segmentation (11: words wherever they stand). Raises `TooSlow` and `Unavailable`.
    """
    image.format = (
        "PPM"  # how pytesseract hands it over: PNG takes as long as a third of the recognition
    )
    config = " ".join(("--oem 1", f"--psm {mode}", "--dpi 300", "-c tessedit_do_invert=0", *more))
    try:
        data = pytesseract.image_to_data(
            image,
            lang=languages(*language.split("+")),
            config=config,
            timeout=timeout,
            output_type=pytesseract.Output.DICT,
        )
    except pytesseract.TesseractNotFoundError as error:
        raise Unavailable(str(error)) from error
    except RuntimeError as error:
        if "timeout" in str(error).lower():
            raise TooSlow from error
        raise
    words = []
    for text, left, top, width, height, sure in zip(
        data["text"],
        data["left"],
        data["top"],
        data["width"],
        data["height"],
        data["conf"],
        strict=True,
    ):
        text = text.strip()
        if text and float(sure) >= 0:
            words.append((left, top, left + width, top + height, text, float(sure) / 100))
    return words
