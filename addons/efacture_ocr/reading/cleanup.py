"""Scans and photographs made fit for recognition: even white paper, straight lines, letters of a known size."""

from __future__ import annotations

import numpy
from PIL import Image, ImageFilter

#: Above this the paper is white: what remains there after the background is gone are speckles.
WHITE = 205


def even_paper(image: Image.Image) -> Image.Image:
    """Divide by the background (shadows, yellow paper, grey of a photocopy) and make the paper white."""
    small = image.resize(
        (max(1, image.width // 8), max(1, image.height // 8)), Image.Resampling.BOX
    )
    background = small.filter(ImageFilter.MaxFilter(7)).filter(ImageFilter.GaussianBlur(6))
    wide = background.resize(image.size, Image.Resampling.BILINEAR)
    values = numpy.asarray(image, dtype=numpy.float32)
    paper = numpy.maximum(numpy.asarray(wide, dtype=numpy.float32), 32.0)
    even = values * (255.0 / paper)
    even[even > WHITE] = 255.0
    return Image.fromarray(even.clip(0, 255).astype(numpy.uint8), "L")


def slant(image: Image.Image, reach: float = 6.0) -> float:
    """By how many degrees the lines of writing fall to the right; 0 where no lines are found."""
    scale = min(1.0, 1000 / max(image.size))
    small = image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))),
        Image.Resampling.BOX,
    )
    ink = 255 - numpy.asarray(small, dtype=numpy.float32)
    ink[ink < 60] = 0
    rows, columns = numpy.nonzero(ink)
    if len(rows) < 200:
        return 0.0
    weight = ink[rows, columns]
    height = small.height

    def sharpness(angle: float) -> float:
        fallen = rows - columns * numpy.tan(numpy.radians(angle))
        profile = numpy.bincount(
            (fallen - fallen.min()).astype(numpy.int64), weights=weight, minlength=height
        )
        return float(numpy.square(numpy.diff(profile)).sum())

    coarse = max(numpy.arange(-reach, reach + 0.01, 0.5), key=sharpness)
    fine = max(numpy.arange(coarse - 0.5, coarse + 0.51, 0.1), key=sharpness)
    if sharpness(fine) < 1.05 * sharpness(0.0):
        return 0.0
    return float(round(fine, 2))
