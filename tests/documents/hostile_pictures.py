"""Hostile and broken pictures, each made when asked for."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator

from documents.hostile_build import inflating, invoice_as, invoice_picture, picture, png

Make = Callable[[], bytes]


def pictures() -> Iterator[tuple[str, str, Make]]:
    """(name, name of the file, maker)."""
    yield "png-50000-square", "scan.png", lambda: png(50_000, 50_000, inflating(6251 * 50_000), 1)
    yield "png-13000-square", "scan.png", lambda: png(13_000, 13_000, inflating(1626 * 13_000), 1)
    yield "png-2-billion-wide", "scan.png", lambda: png(2_147_483_647, 2_147_483_647, b"")
    yield "png-ribbon", "scan.png", lambda: png(2, 19_000_000, inflating(3 * 19_000_000))
    yield "png-zero-size", "scan.png", lambda: png(0, 0, zlib.compress(b""))
    yield "png-one-pixel", "scan.png", lambda: png(1, 1, zlib.compress(b"\0\xff"))
    yield (
        "png-data-inflates-far-past-its-size",
        "scan.png",
        lambda: png(100, 100, inflating(500 << 20)),
    )
    yield "png-comment-bomb", "scan.png", _png_text
    yield "png-million-chunks", "scan.png", _png_chunks
    yield "png-wrong-checksums", "scan.png", lambda: invoice_picture().replace(b"IDAT", b"IDAt", 1)
    yield "apng-of-2000-frames", "scan.png", lambda: _animated("PNG", 2000)
    yield "gif-of-2000-frames", "scan.gif", lambda: _animated("GIF", 2000)
    yield (
        "gif-giant-screen",
        "scan.gif",
        lambda: (
            b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\x08\0;"
        ),
    )
    yield (
        "webp-garbage",
        "scan.webp",
        lambda: b"RIFF\xff\xff\xff\x7fWEBPVP8 " + bytes(range(256)) * 9,
    )
    yield "bmp-giant", "scan.bmp", lambda: b"BM" + struct.pack("<IHHIIiiHHIIiiII", 99, 0, 0, 54, 40, 99_999, 99_999, 1, 24, 0, 0, 0, 0, 0, 0)  # fmt: skip
    yield "bmp-rle-endless", "scan.bmp", lambda: b"BM" + struct.pack("<IHHIIiiHHIIiiII", 99, 0, 0, 1078, 40, 9000, 9000, 1, 8, 1, 0, 0, 0, 256, 0) + bytes(1024) + b"\0\0" * 90_000  # fmt: skip
    yield "tiff-300-pages", "scan.tif", lambda: _tiff(300)
    yield "tiff-directory-loop", "scan.tif", _tiff_loop
    yield "tiff-giant-strip", "scan.tif", lambda: _tiff_raw(60_000, 60_000, 2_147_483_647)
    yield (
        "tiff-million-entries",
        "scan.tif",
        lambda: b"II*\0\x08\0\0\0\xff\xff" + bytes(12) * 65_535,
    )
    yield "tiff-deflate-bomb", "scan.tif", _tiff_bomb
    yield "jpeg-cmyk", "scan.jpg", lambda: invoice_as("JPEG", "CMYK", quality=80)
    yield "jpeg-says-65500-square", "scan.jpg", _jpeg_giant
    yield "jpeg-progressive-thousand-passes", "scan.jpg", _jpeg_scans
    for turn in (3, 6, 8, 99):
        yield f"jpeg-turned-by-exif-{turn}", "photo.jpg", lambda turn=turn: _turned(turn)
    yield (
        "jpeg-exif-garbage",
        "photo.jpg",
        lambda: invoice_as("JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"x" * 60_000),
    )
    yield "jpeg-dpi-zero", "scan.jpg", lambda: invoice_as("JPEG", dpi=(0, 0))
    yield "png-dpi-huge", "scan.png", lambda: invoice_as("PNG", dpi=(1_000_000, 1))
    yield "png-alpha-all-clear", "scan.png", lambda: _clear()
    yield "png-16-bit", "scan.png", lambda: invoice_as("PNG", "I;16")
    yield "png-palette", "scan.png", lambda: invoice_as("PNG", "P")
    yield "blank-white", "scan.png", lambda: _flat(255)
    yield "blank-black", "scan.png", lambda: _flat(0)
    yield "noise-page", "scan.png", _noise
    yield "speckled-blank", "scan.png", _speckled
    yield "stripes", "scan.png", _stripes
    yield "ico-named-jpg", "scan.jpg", lambda: b"\0\0\1\0\1\0" + b"\xff" * 400
    yield (
        "svg-entity",
        "logo.svg",
        lambda: (
            b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>'
        ),
    )
    yield (
        "psd-header",
        "scan.psd",
        lambda: b"8BPS\0\1" + bytes(6) + b"\0\3\0\0\xff\xff\0\0\xff\xff\0\x08\0\3" + bytes(400),
    )
    yield (
        "eps-script",
        "logo.eps",
        lambda: (
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99999 99999\n{ } loop\n(%pipe%touch x) (w) file\n"
        ),
    )
    yield "heic-header", "IMG_0001.heic", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(900)
    for percent in (2, 20, 50, 80, 99):
        yield f"png-truncated-{percent:02}", "scan.png", lambda percent=percent: _cut(invoice_picture(), percent)  # fmt: skip
        yield f"jpeg-truncated-{percent:02}", "scan.jpg", lambda percent=percent: _cut(invoice_as("JPEG"), percent)  # fmt: skip
        yield f"tiff-truncated-{percent:02}", "scan.tif", lambda percent=percent: _cut(invoice_as("TIFF"), percent)  # fmt: skip


def _cut(content: bytes, percent: int) -> bytes:
    return content[: len(content) * percent // 100]


def _png_text() -> bytes:
    body = b"Comment\0\0" + inflating(200 << 20, b"a")
    chunk = (
        struct.pack(">I", len(body))
        + b"zTXt"
        + body
        + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    )
    whole = invoice_picture()
    return whole[:33] + chunk + whole[33:]


def _png_chunks() -> bytes:
    chunk = struct.pack(">I", 0) + b"teXt" + struct.pack(">I", zlib.crc32(b"teXt"))
    whole = invoice_picture()
    return whole[:33] + chunk * 1_000_000 + whole[33:]


def _animated(kind: str, frames: int) -> bytes:
    from PIL import Image

    images = [Image.new("L", (64, 64), index % 256) for index in range(frames)]
    return picture(images[0], kind, save_all=True, append_images=images[1:])


def _tiff(pages: int) -> bytes:
    from PIL import Image

    page = (
        Image.open(io.BytesIO(invoice_picture(60)))
        .point(lambda value: 255 * (value > 160))
        .convert("1")
    )
    return picture(
        page, "TIFF", save_all=True, append_images=[page] * (pages - 1), compression="group4"
    )


def _entry(tag: int, value: int, kind: int = 4) -> bytes:
    return struct.pack("<HHII", tag, kind, 1, value)


def _tiff_raw(
    width: int, height: int, count: int, compression: int = 1, data: bytes = b"", following: int = 0
) -> bytes:
    entries = (
        _entry(256, width), _entry(257, height), _entry(258, 8, 3), _entry(259, compression, 3), _entry(262, 1, 3),
        _entry(273, 8 + 2 + 12 * 9 + 4), _entry(277, 1, 3), _entry(278, height), _entry(279, count),
    )  # fmt: skip
    return (
        b"II*\0\x08\0\0\0"
        + struct.pack("<H", len(entries))
        + b"".join(entries)
        + struct.pack("<I", following)
        + data
    )


def _tiff_loop() -> bytes:
    return _tiff_raw(100, 100, 10_000, data=bytes(10_000), following=8)


def _tiff_bomb() -> bytes:
    data = inflating(6000 * 6000 * 20)
    return _tiff_raw(6000, 6000, len(data), 8, data)


def _jpeg_giant() -> bytes:
    whole = bytearray(invoice_as("JPEG"))
    start = whole.index(b"\xff\xc0")
    whole[start + 5 : start + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(whole)


def _jpeg_scans() -> bytes:
    """A progressive picture whose last pass is repeated."""
    whole = invoice_as("JPEG", progressive=True)
    start = whole.rindex(b"\xff\xda")
    return whole[:start] + whole[start:-2] * 1000 + whole[-2:]


def _turned(value: int) -> bytes:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = value
    image = Image.open(io.BytesIO(invoice_picture())).convert("L")
    quarter = {3: 180, 6: 90, 8: 270}.get(value, 0)
    return picture(image.rotate(quarter, expand=True), "JPEG", exif=exif.tobytes())


def _clear() -> bytes:
    from PIL import Image

    image = Image.open(io.BytesIO(invoice_picture())).convert("RGBA")
    image.putalpha(0)
    return picture(image, "PNG")


def _flat(value: int) -> bytes:
    from PIL import Image

    return picture(Image.new("L", (1654, 2339), value), "PNG", dpi=(200, 200))


def _array(values: object) -> bytes:
    from PIL import Image

    return picture(Image.fromarray(values), "PNG", dpi=(200, 200))  # type: ignore[arg-type]


def _noise() -> bytes:
    import numpy

    return _array(numpy.random.default_rng(3).integers(0, 256, (2339, 1654), dtype=numpy.uint8))


def _speckled() -> bytes:
    """A nearly blank page with dust: what made a reader of letters run for two minutes."""
    import numpy

    chance = numpy.random.default_rng(4)
    page = chance.normal(246, 3, (2339, 1654))
    page[chance.random(page.shape) < 0.012] -= 70
    return _array(page.clip(0, 255).astype(numpy.uint8))


def _stripes() -> bytes:
    import numpy

    page = numpy.full((3508, 2480), 255, dtype=numpy.uint8)
    page[::6] = 0
    page[:, ::9] = 0
    return _array(page)
