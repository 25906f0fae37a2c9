"""Scans and photographs made fit for recognition: even white paper, straight lines, dark letters of a known size.

Everything works on grey pictures (mode `L`) and gives such pictures. The measures were taken on office scans, poor scans and
photographs of invoices; a gain below a point of read numbers was not worth its time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy
from PIL import Image, ImageFilter

from .raster import PAGE_PIXELS

Mask = numpy.ndarray
#: Above this the paper is white: what remains there after the background is gone are speckles.
WHITE = 205
#: Pixels of a line of writing, blank above and below left out, at which recognition is best.
LINE_HEIGHT = 36


@dataclass(frozen=True)
class Clean:
    """A picture ready for recognition, and the way back: a point of it, divided by `factor`, is one of the upright sheet.

    `fallen` is the slant in degrees that was taken away (around the middle of the picture).
    """

    image: Image.Image
    factor: float
    fallen: float = 0.0


def clean(image: Image.Image, factor: float, sharpen: bool = False) -> Clean:
    """Scale by `factor` (within the limit of pixels), even out the paper, turn white writing on dark bands black, straighten."""
    factor = min(factor, math.sqrt(PAGE_PIXELS / (image.width * image.height)))
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    if size != image.size:
        how = Image.Resampling.BICUBIC if factor > 1 else Image.Resampling.LANCZOS
        image = image.resize(size, how)
    bands = dark_bands(image)
    image = even_paper(_inverted(image, bands) if bands.any() else image)
    if is_speckled(image):
        image = even_paper(image.filter(ImageFilter.MedianFilter(5)))
    fallen = slant(image)
    if abs(fallen) < 0.15:
        fallen = 0.0
    else:
        image = image.rotate(fallen, Image.Resampling.BICUBIC, fillcolor=255)
    if sharpen:
        image = image.filter(ImageFilter.UnsharpMask(2, 120, 0))
    return Clean(image, factor, fallen)


def even_paper(image: Image.Image) -> Image.Image:
    """Divide by the background (shadows, yellow paper, grey of a photocopy) and make the paper white."""
    size = (max(1, image.width // 8), max(1, image.height // 8))
    small = image.resize(size, Image.Resampling.BOX).filter(ImageFilter.MedianFilter(3))
    background = small.filter(ImageFilter.MaxFilter(7)).filter(ImageFilter.GaussianBlur(6))
    wide = background.resize(image.size, Image.Resampling.BILINEAR)
    even = numpy.asarray(image, dtype=numpy.float32)
    paper = numpy.maximum(numpy.asarray(wide, dtype=numpy.float32), 32.0)
    even = even * (255.0 / paper)
    even[even > WHITE] = 255.0
    return Image.fromarray(even.clip(0, 255).astype(numpy.uint8))


def dark_bands(image: Image.Image) -> Mask:
    """Where paper is dark (headers of tables in white on blue), in blocks of 8 by 8 pixels."""
    size = (max(1, image.width // 8), max(1, image.height // 8))
    small = image.resize(size, Image.Resampling.BOX)
    tiny = small.resize((max(1, size[0] // 4), max(1, size[1] // 4)), Image.Resampling.BOX)
    # Wider than a band is high, so that the paper above or below is seen.
    around = tiny.filter(ImageFilter.MaxFilter(11)).filter(ImageFilter.GaussianBlur(2))
    paper = numpy.asarray(around.resize(size, Image.Resampling.BILINEAR), dtype=numpy.float32)
    dark = numpy.asarray(small, dtype=numpy.float32) < 0.55 * paper
    # A band is wider than any letter and dark without a gap above and below its writing.
    core = Image.fromarray((runs(dark, 16) * 255).astype(numpy.uint8))
    closed = core.filter(ImageFilter.MaxFilter(13)).filter(ImageFilter.MinFilter(13))
    thick = closed.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(3))
    # Two thick rules with writing between them are a frame: most of a band is dark.
    inside = _mean(numpy.asarray(thick) > 0, 6)
    share = _mean(dark & (numpy.asarray(thick) > 0), 6)
    bands = runs((numpy.asarray(thick) > 0) & (share > 0.5 * inside), 12)
    # A dark half of a photograph is the table the sheet lies on.
    return bands if bands.mean() < 0.35 else numpy.zeros_like(bands)


def _mean(mask: Mask, reach: int) -> Mask:
    picture = Image.fromarray((mask * 255).astype(numpy.uint8))
    return numpy.asarray(picture.filter(ImageFilter.BoxBlur(reach)), dtype=numpy.float32)


def _inverted(image: Image.Image, bands: Mask) -> Image.Image:
    mask = Image.fromarray((bands * 255).astype(numpy.uint8)).resize(
        image.size, Image.Resampling.NEAREST
    )
    turned = image.point(lambda value: 255 - value)
    return Image.composite(turned, image, mask)


def runs(mask: Mask, length: int) -> Mask:
    """The cells of `mask` that lie in a run along their row of at least `length` cells."""
    height, width = mask.shape
    if width <= length:
        return numpy.zeros_like(mask)
    counted = numpy.zeros((height, width + 1), numpy.int32)
    numpy.cumsum(mask, axis=1, out=counted[:, 1:])
    full = (counted[:, length:] - counted[:, :-length]) >= length
    marks = numpy.zeros((height, width + 1), numpy.int8)
    marks[:, : width - length + 1] += full
    ends = numpy.zeros((height, width + 1), numpy.int8)
    ends[:, length:] += full
    depth = numpy.cumsum(marks - ends, axis=1, dtype=numpy.int32)
    return depth[:, :width] > 0


def without_rules(image: Image.Image) -> Image.Image:
    """Without the lines of tables, which hide single figures that stand in their cells."""
    values = numpy.array(image)
    dark = values < 170
    across = runs(_grown(dark, 0), 90) & ~runs(_grown(dark, 0).T, 11).T
    down = runs(_grown(dark, 1).T, 75).T & ~runs(_grown(dark, 1), 11)
    values[_grown(_grown(across, 0), 0) | _grown(_grown(down, 1), 1)] = 255
    return Image.fromarray(values)


def _grown(mask: Mask, axis: int) -> Mask:
    """The mask and its neighbours of one cell on both sides."""
    wide = mask.copy()
    if axis == 0:
        wide[1:] |= mask[:-1]
        wide[:-1] |= mask[1:]
    else:
        wide[:, 1:] |= mask[:, :-1]
        wide[:, :-1] |= mask[:, 1:]
    return numpy.ascontiguousarray(wide)


def slant(image: Image.Image, reach: float = 8.0) -> float:
    """By how many degrees the lines of writing fall to the right; 0 where no lines are found."""
    scale = min(1.0, 1200 / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    ink = 255 - numpy.asarray(image.resize(size, Image.Resampling.BOX), dtype=numpy.float32)
    ink[ink < 60] = 0
    rows, columns = numpy.nonzero(ink)
    if len(rows) < 200:
        return 0.0
    weight = ink[rows, columns]

    def sharpness(angle: float) -> float:
        fallen = rows - columns * math.tan(math.radians(angle))
        profile = numpy.bincount((fallen - fallen.min()).astype(numpy.int64), weights=weight)
        return float(numpy.square(numpy.diff(profile)).sum())

    coarse = max(numpy.arange(-reach, reach + 0.01, 0.5), key=sharpness)
    fine = max(numpy.arange(coarse - 0.5, coarse + 0.51, 0.1), key=sharpness)
    return float(round(fine, 2)) if sharpness(fine) > 1.05 * sharpness(0.0) else 0.0


def is_blank(image: Image.Image) -> bool:
    """Whether a clean picture bears nothing to read: less ink than a few words have, or only speckles.

    Its margins, where scanners leave shadows and punched holes, do not count.
    """
    return int((_ink_of_blocks(image) >= 5).sum()) < 60


def is_speckled(image: Image.Image) -> bool:
    """Whether a clean picture is strewn with dots that are no writing; recognition would take minutes over them."""
    ink = _ink_of_blocks(image)
    return bool(((ink > 0) & (ink < 5)).mean() > 0.12)


def _ink_of_blocks(image: Image.Image) -> Mask:
    """How many of the 16 points of each block of 4 by 4 are dark, margins left out."""
    across, down = round(image.width * 0.03), round(image.height * 0.02)
    dark = numpy.asarray(image)[down : image.height - down, across : image.width - across] < 180
    rows, columns = dark.shape[0] // 4 * 4, dark.shape[1] // 4 * 4
    return dark[:rows, :columns].reshape(rows // 4, 4, columns // 4, 4).sum(axis=(1, 3))


def line_height(image: Image.Image) -> float | None:
    """Height in pixels of a usual line of writing in a clean picture, or None where there are too few lines."""
    dark = numpy.asarray(image) < 140
    heights: list[int] = []
    for strip in numpy.array_split(dark, 12, axis=1):
        inked = strip.sum(axis=1) > 0
        edges = numpy.flatnonzero(numpy.diff(numpy.r_[False, inked, False].astype(numpy.int8)))
        lengths = edges[1::2] - edges[::2]
        heights.extend(int(length) for length in lengths if 7 < length < image.height // 12)
    return float(numpy.median(heights)) if len(heights) >= 12 else None
