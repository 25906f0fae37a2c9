"""Pages and picture files as grey pictures (8 bits, 0 black, 255 white)."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy
import pypdfium2
from PIL import Image, ImageOps

#: Pixels of a page drawn from a PDF, and of a picture file that is opened.
PAGE_PIXELS = 12_000_000
FILE_PIXELS = 40_000_000
RESOLUTION = 300
_FORMATS = ("JPEG", "MPO", "PNG", "TIFF", "WEBP", "BMP", "GIF")
#: A phone writes 72 or 96 whatever it photographs, some programs 1: only these are believed.
_BELIEVED = range(120, 1300)
_A4_WIDTH = 595.28


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
        if source.width * source.height > limit:
            raise TooLarge
        resolution = _resolution(source)
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
