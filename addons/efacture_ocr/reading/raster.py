"""Pages and picture files as grey pictures (8 bits, 0 black, 255 white)."""

from __future__ import annotations

import ctypes
import io
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageOps

#: Pixels of a page drawn from a PDF, and of a picture file that is opened.
PAGE_PIXELS = 12_000_000
FILE_PIXELS = 40_000_000
RESOLUTION = 300
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF")
#: A phone writes 72 or 96 whatever it photographs, some programs 1: only these are believed.
_BELIEVED = range(120, 1300)
_A4_WIDTH = 595.28
_MOST_PARTS = 5_000


class TooLarge(Exception):
    """The picture has more pixels than are decoded."""


class Damaged(Exception):
    """The picture cannot be decoded."""


@dataclass(frozen=True)
class Picture:
    """A grey picture (mode `L`) of a page and its resolution in dots per inch; None where nobody knows it."""

    image: Image.Image
    resolution: float | None

    @property
    def points(self) -> tuple[float, float]:
        """Width and height in points; without a resolution the shorter side is that of A4."""
        scale = self.scale
        return self.image.width / scale, self.image.height / scale

    @property
    def scale(self) -> float:
        """Pixels in a point."""
        if self.resolution:
            return self.resolution / 72
        return min(self.image.size) / _A4_WIDTH


def draw_page(
    document: pypdfium2.PdfDocument, number: int, resolution: float = RESOLUTION
) -> Picture:
    """Page `number` (from 0) as shown, in grey, at `resolution` or what 12 million pixels allow.

    Raises `pypdfium2.PdfiumError` for a page that cannot be loaded.
    """
    page = document[number]
    try:
        width, height = page.get_size()
        scale = min(resolution / 72, math.sqrt(PAGE_PIXELS / max(1.0, width * height)))
        bitmap = page.render(scale=scale, grayscale=True)
        image = bitmap.to_pil().convert("L")
        return Picture(image, scale * 72)
    finally:
        page.close()


@dataclass(frozen=True)
class Placed:
    """A picture on a PDF page: its place in points from the top left corner of the page as shown, its own `pixels` (width,
    height), and how many pieces of text are drawn after it (0: whatever text it covers is hidden).
    """

    x0: float
    y0: float
    x1: float
    y1: float
    pixels: tuple[int, int]
    texts_after: int

    @property
    def area(self) -> float:
        """In square points."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    @property
    def resolution(self) -> float:
        """Dots per inch, whichever way the picture lies."""
        return 72 * math.sqrt(self.pixels[0] * self.pixels[1] / max(1.0, self.area))


def pictures_of(document: pypdfium2.PdfDocument, number: int) -> list[Placed]:
    """The pictures of a page, parts outside the page cut off; of a page with very many parts those among the first 5 000."""
    page = document[number]
    try:
        left, bottom, right, top = page.get_bbox()
        rotation = page.get_rotation() // 90
        found: list[tuple[list[tuple[float, float]], tuple[int, int], int]] = []
        texts = _walk(page, found)
        placed = []
        for corners, pixels, before in found:
            shown = []
            for x, y in corners:
                x, y = min(max(x, left), right), min(max(y, bottom), top)
                shown.append(
                    (
                        (x - left, top - y),
                        (y - bottom, x - left),
                        (right - x, y - bottom),
                        (top - y, right - x),
                    )[rotation]  # fmt: skip
                )
            xs, ys = zip(*shown, strict=True)
            placed.append(Placed(min(xs), min(ys), max(xs), max(ys), pixels, texts - before))
        return placed
    finally:
        page.close()


_Matrix = tuple[float, float, float, float, float, float]


def _walk(page: pypdfium2.PdfPage, found: list) -> int:
    """Collect corners, pixels and number of texts before, for each picture in order of drawing; gives the number of texts."""
    texts = steps = 0
    kind, matrix = pdfium.FPDFPageObj_GetType, pdfium.FS_MATRIX()
    width, height = ctypes.c_uint(), ctypes.c_uint()

    def visit(thing: object, outer: _Matrix, depth: int) -> None:
        nonlocal texts, steps
        steps += 1
        what = kind(thing)
        if what == pdfium.FPDF_PAGEOBJ_TEXT:
            texts += 1
        elif what in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
            if not pdfium.FPDFPageObj_GetMatrix(thing, matrix):
                return
            own = (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
            whole = _product(own, outer)
            if what == pdfium.FPDF_PAGEOBJ_IMAGE:
                pdfium.FPDFImageObj_GetImagePixelSize(thing, width, height)
                a, b, c, d, e, f = whole
                corners = [(e, f), (e + a, f + b), (e + c, f + d), (e + a + c, f + b + d)]
                found.append((corners, (width.value, height.value), texts))
            elif depth < 6:
                for index in range(pdfium.FPDFFormObj_CountObjects(thing)):
                    if steps > _MOST_PARTS:
                        return
                    visit(pdfium.FPDFFormObj_GetObject(thing, index), whole, depth + 1)

    for index in range(pdfium.FPDFPage_CountObjects(page.raw)):
        if steps > _MOST_PARTS:
            break
        visit(pdfium.FPDFPage_GetObject(page.raw, index), (1, 0, 0, 1, 0, 0), 0)
    return texts


def _product(one: _Matrix, two: _Matrix) -> _Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def open_pictures(content: bytes, limit: int = FILE_PIXELS) -> Iterator[Picture]:
    """The pages of a picture file (JPEG, PNG, TIFF, WebP, BMP, GIF), upright as its EXIF says, on white.

    All pages of a TIFF, the first picture of the others. Raises `TooLarge` past `limit` pixels and `Damaged`, both when the
    page is asked for, so that the pages before are not lost.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            source = Image.open(io.BytesIO(content), formats=_FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise TooLarge from error
        except Exception as error:
            raise Damaged(str(error)) from error
        with source:
            pages = getattr(source, "n_frames", 1) if source.format == "TIFF" else 1
            for number in range(pages):
                yield _decoded(source, number, limit)


def _decoded(source: Image.Image, number: int, limit: int) -> Picture:
    try:
        if number:
            source.seek(number)
        width = source.width
        if source.format == "JPEG" and source.width * source.height > limit:
            # Telephones make up to 50 million points; a JPEG can be decoded at half its size, which is sharp enough.
            source.draft(None, (source.width // 2, source.height // 2))
        if source.width * source.height > limit:
            raise TooLarge
        resolution = _resolution(source)
        if resolution:
            resolution *= source.width / width
        image = ImageOps.exif_transpose(source)
        return Picture(_grey(image), resolution)
    except TooLarge:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge from error
    except Exception as error:
        raise Damaged(str(error)) from error


def _resolution(image: Image.Image) -> float | None:
    found = image.info.get("dpi")
    try:
        across, down = (float(value) for value in found) if found else (0.0, 0.0)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if round(across) not in _BELIEVED or abs(across - down) > 0.02 * across:
        return None
    # A sheet is 4 to 20 inches wide; what says otherwise is wrong.
    return across if 2 < min(image.size) / across < 20 else None


def _grey(image: Image.Image) -> Image.Image:
    """Any mode to 8 bits of grey, transparent parts white."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        values = numpy.asarray(image).astype(numpy.float32)
        top = 65535.0 if values.max(initial=0) > 255 else 255.0
        return Image.fromarray((values.clip(0, top) * (255.0 / top)).astype(numpy.uint8), "L")
    if image.mode == "P" and "transparency" in image.info or image.mode in ("LA", "PA", "La"):
        image = image.convert("RGBA")
    if image.mode in ("RGBA", "RGBa"):
        image = image.convert("RGBA")
        sheet = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(sheet, image)
    if image.mode in ("CMYK", "YCbCr", "LAB", "HSV", "P"):
        image = image.convert("RGB")
    return image.convert("L")
