"""What happens to a document on paper before it is read: scanners, copiers, telephones, stamps.

Each function takes a PDF (with text or not) and a seed, and gives a file without any text: a PDF of pictures, a JPEG or a TIFF. The
same seed gives the same accidents. `DEGRADATIONS` has them by name.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

Picture = Image.Image
MAX_PAGES = 12
_BOLD = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
_STAMPS = ("REÇU LE", "PAYÉ", "COMPTABILISÉ", "BON À PAYER", "COPIE", "ARRIVÉE COURRIER")


# -- whole files ------------------------------------------------------------------------------------


def office200(pdf: bytes, seed: int = 0) -> bytes:
    """An office scanner: grey, 200 dpi, hardly askew, a little dust. PDF of JPEGs."""
    return as_pdf(office_pages(pdf, seed), 200, 78)


def office_pages(pdf: bytes, seed: int = 0) -> list[Picture]:
    """The pages as an office scanner sees them, at 200 dpi."""
    chance = _chance(seed, "office")
    return [_office(page, chance) for page in rendered(pdf, 200)]


def poor150(pdf: bytes, seed: int = 0) -> bytes:
    """A tired copier, 150 dpi: askew by up to 2°, blurred, pale, speckled, strong JPEG. PDF."""
    chance = _chance(seed, "poor")
    pages = []
    for page in rendered(pdf, 150):
        page = _turn(page, chance.uniform(-2, 2))
        page = page.filter(ImageFilter.GaussianBlur(chance.uniform(0.4, 0.75)))
        values = _contrast(_values(page), chance.uniform(40, 95), chance.uniform(205, 238))
        values = (
            values
            + _slow_noise(values.shape, chance, 9)
            + chance.normal(0, chance.uniform(4, 8), values.shape)
        )
        pages.append(_image(_edges(_speckle(values, chance, 0.0009), chance)))
    return as_pdf(pages, 150, int(chance.integers(38, 60)))


def photo(pdf: bytes, seed: int = 0) -> bytes:
    """A telephone held over the sheet: perspective, shadow, uneven light. One page → JPEG, turned by EXIF one time out of three; several → PDF."""
    chance = _chance(seed, "photo")
    pages = [_photograph(page, chance) for page in rendered(pdf, 220)]
    if len(pages) > 1:
        return as_pdf(pages, 200, 72)
    turn = int(chance.choice((1, 1, 1, 1, 6, 8, 3)))
    return _jpeg(pages[0], int(chance.integers(62, 82)), turn)


def fax(pdf: bytes, seed: int = 0) -> bytes:
    """A fax: black and white, 204 × 196 dpi, a header of the machine, broken lines. TIFF (group 4)."""
    chance = _chance(seed, "fax")
    pages = []
    found = rendered(pdf, 200)
    for index, page in enumerate(found, 1):
        page = _turn(page, chance.uniform(-0.6, 0.6)).resize(
            (1728, round(1728 * page.height / page.width))
        )
        values = _values(page) + chance.normal(0, 26, (page.height, page.width))
        for row in chance.integers(0, page.height, 5):
            values[row : row + 1, int(chance.integers(0, 900)) :] = 255
        bits = _image(values).point(lambda value: 255 * (value > 150))
        header = f"14/05/2025  09:{chance.integers(10, 59)}    04 76 00 00 00          TELECOPIE          P. {index:02}/{len(found):02}"
        ImageDraw.Draw(bits).text((60, 14), header, font=ImageFont.truetype(_BOLD, 22), fill=0)
        pages.append(bits.convert("1"))
    out = io.BytesIO()
    pages[0].save(
        out, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(204, 196)
    )
    return out.getvalue()


def upside_down(pdf: bytes, seed: int = 0) -> bytes:
    """Put into the scanner the wrong way round. PDF."""
    return _turned(pdf, seed, 180)


def sideways(pdf: bytes, seed: int = 0) -> bytes:
    """Put into the scanner sideways, to the left or to the right. PDF."""
    return _turned(pdf, seed, 90 if _chance(seed, "side").random() < 0.5 else 270)


def stamped(pdf: bytes, seed: int = 0) -> bytes:
    """An office scan with one or two ink stamps and initials across the first page. PDF."""
    chance = _chance(seed, "stamp")
    pages = rendered(pdf, 200)
    pages[0] = _stamp(pages[0].convert("RGB"), chance)
    return as_pdf([_office(page, chance) for page in pages], 200, 76)


def blank_back(pdf: bytes, seed: int = 0) -> bytes:
    """Scanned on both sides: behind every sheet a back page with nothing but dust and what shines through. PDF."""
    chance = _chance(seed, "back")
    pages = []
    for page in rendered(pdf, 200)[: MAX_PAGES // 2]:
        pages.append(_office(page, chance))
        ghost = _values(ImageOps.mirror(page).filter(ImageFilter.GaussianBlur(5)))
        values = 247 - (255 - ghost) * 0.05 + chance.normal(0, 3, ghost.shape)
        pages.append(_image(_edges(_speckle(values, chance, 0.0006), chance)))
    return as_pdf(pages, 200, 70)


def crumpled_receipt(pdf: bytes, seed: int = 0) -> bytes:
    """A ticket of thermal paper, faded and folded, photographed on a table. JPEG."""
    chance = _chance(seed, "crumpled")
    page = rendered(pdf, 200)[0]
    values = _contrast(_values(page), chance.uniform(90, 125), 250)
    for fold in chance.integers(0, max(2, page.height), 3):
        depth = numpy.abs(numpy.arange(page.height) - fold)[:, None]
        values = values - 22 * numpy.exp(-depth / 9) * numpy.sign(chance.random() - 0.4)
    faded = numpy.linspace(0, chance.uniform(10, 45), page.width)[None, :]
    values = values + faded * (values < 200)
    return _jpeg(_photograph(_image(values), chance), 74, 1)


DEGRADATIONS: dict[str, Callable[[bytes, int], bytes]] = {
    "office200": office200, "poor150": poor150, "photo": photo, "fax": fax, "upside_down": upside_down, "sideways": sideways,
    "stamped": stamped, "blank_back": blank_back, "crumpled_receipt": crumpled_receipt,
}  # fmt: skip


# -- pictures ---------------------------------------------------------------------------------------


def rendered(pdf: bytes, dpi: int) -> list[Picture]:
    """The pages as grey pictures, at most `MAX_PAGES`."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        document.init_forms()
        return [
            document[index].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
            for index in range(min(len(document), MAX_PAGES))
        ]
    finally:
        document.close()


def as_pdf(pages: Sequence[Picture], dpi: int, quality: int = 75) -> bytes:
    """A PDF of one JPEG a page; the same bytes each time."""
    parts: list[bytes] = []

    def add(body: bytes) -> int:
        parts.append(body)
        return len(parts)

    add(b"<< /Type /Catalog /Pages 2 0 R >>")
    kids = " ".join(f"{3 + 3 * index} 0 R" for index in range(len(pages)))
    add(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    for page in pages:
        width, height = (side * 72 / dpi for side in page.size)
        number = len(parts) + 1
        add(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.2f} {height:.2f}] /Contents {number + 1} 0 R "
            f"/Resources << /XObject << /Im {number + 2} 0 R >> >> >>".encode()
        )
        drawing = f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Im Do Q".encode()
        add(b"<< /Length %d >>\nstream\n" % len(drawing) + drawing + b"\nendstream")
        data = _jpeg(page, quality)
        space = "DeviceGray" if page.mode == "L" else "DeviceRGB"
        head = (
            f"<< /Type /XObject /Subtype /Image /Width {page.width} /Height {page.height} /ColorSpace /{space} "
            f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(data)} >>\nstream\n"
        )
        add(head.encode() + data + b"\nendstream")
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(parts, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(
        f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return out.getvalue()


def as_pictures(pages: Sequence[Picture], quality: int = 70) -> list[Any]:
    """The pages as JPEGs that reportlab can place."""
    from reportlab.lib.utils import ImageReader

    return [ImageReader(io.BytesIO(_jpeg(page, quality))) for page in pages]


def _chance(seed: int, name: str) -> numpy.random.Generator:
    return numpy.random.default_rng([seed, *name.encode()])


def _values(page: Picture) -> Any:
    return numpy.asarray(page, dtype=numpy.float32)


def _image(values: Any) -> Picture:
    return Image.fromarray(values.clip(0, 255).astype(numpy.uint8))


def _jpeg(page: Picture, quality: int, turn: int = 1) -> bytes:
    """`turn` is the EXIF orientation: the picture is turned the other way, so that a viewer shows it upright."""
    out = io.BytesIO()
    options: dict[str, Any] = {}
    if turn != 1:
        page = page.rotate({3: 180, 6: 90, 8: 270}[turn], expand=True)
        exif = Image.Exif()
        exif[0x0112] = turn
        options["exif"] = exif.tobytes()
    page.save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


def _turn(page: Picture, degrees: float, fill: int = 252) -> Picture:
    return page.rotate(
        degrees, Image.Resampling.BICUBIC, fillcolor=fill if page.mode == "L" else (fill,) * 3
    )


def _contrast(values: Any, dark: float, light: float) -> Any:
    return dark + values * (light - dark) / 255


def _slow_noise(shape: tuple[int, ...], chance: numpy.random.Generator, depth: float) -> Any:
    """Light that changes slowly over the page, in grey levels around zero."""
    small = Image.fromarray((chance.random((7, 5)) * 255).astype(numpy.uint8))
    large = small.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return (_values(large) / 255 - 0.5) * 2 * depth


def _speckle(values: Any, chance: numpy.random.Generator, share: float) -> Any:
    """Dust: dark and light points, some of two by two."""
    height, width = values.shape
    for _ in range(int(height * width * share / 3)):
        row, column, size = (
            chance.integers(0, height - 3),
            chance.integers(0, width - 3),
            chance.integers(1, 3),
        )
        values[row : row + size, column : column + size] = chance.choice((60.0, 120.0, 250.0))
    return values


def _edges(values: Any, chance: numpy.random.Generator) -> Any:
    """The shadow of the lid on one side."""
    depth = int(chance.integers(4, 22))
    shade = numpy.linspace(90, 0, depth)
    if chance.random() < 0.5:
        values[:, :depth] -= shade[None, :]
    else:
        values[-depth:, :] -= shade[::-1][:, None]
    return values


def _office(page: Picture, chance: numpy.random.Generator) -> Picture:
    page = _turn(page, chance.uniform(-0.45, 0.45)).filter(ImageFilter.GaussianBlur(0.35))
    values = _contrast(_values(page.convert("L")), chance.uniform(8, 28), chance.uniform(245, 254))
    values = values + chance.normal(0, 3, values.shape)
    return _image(_speckle(values, chance, 0.00008))


def _turned(pdf: bytes, seed: int, degrees: int) -> bytes:
    chance = _chance(seed, "turned")
    pages = [_office(page, chance).rotate(degrees, expand=True) for page in rendered(pdf, 200)]
    return as_pdf(pages, 200, 76)


def _stamp(page: Picture, chance: numpy.random.Generator) -> Picture:
    """Ink over what is printed: letters stay legible under it as on real paper, most of the time."""
    ink_of_text = page.convert("L").point(lambda value: 255 * (value < 128))
    printed = ink_of_text.getbbox() or (0, 0, *page.size)
    for _ in range(int(chance.integers(1, 3))):
        word = str(chance.choice(_STAMPS))
        ink = ((36, 52, 150), (160, 28, 40), (60, 60, 60))[int(chance.integers(0, 3))]
        scale = page.width / 1654
        type_ = ImageFont.truetype(_BOLD, int(chance.uniform(44, 70) * scale))
        small = ImageFont.truetype(_BOLD, int(34 * scale))
        width = int(type_.getlength(word) + 70 * scale)
        height = int(190 * scale)
        mark = Image.new("L", (width, height), 0)
        pen = ImageDraw.Draw(mark)
        pen.rounded_rectangle((4, 4, width - 5, height - 5), 16, outline=255, width=int(7 * scale))
        pen.text((int(35 * scale), int(24 * scale)), word, font=type_, fill=255)
        day = f"{chance.integers(1, 28):02} {chance.choice(('JAN', 'MARS', 'JUIN', 'SEPT', 'NOV'))} 2025"
        pen.text((int(35 * scale), int(125 * scale)), day, font=small, fill=255)
        grain = _values(mark) * (0.35 + 0.65 * (chance.random((height, width)) > 0.25))
        mark = _image(grain * chance.uniform(0.5, 0.85)).rotate(chance.uniform(-24, 24), Image.Resampling.BICUBIC, expand=True)  # fmt: skip
        left, top, right, bottom = printed
        place = (
            int(chance.uniform(left, max(left + 1, right - mark.width))),
            int(chance.uniform(top - 40, max(top, bottom - mark.height))),
        )
        page.paste(Image.new("RGB", mark.size, ink), place, mark)
    pen = ImageDraw.Draw(page)
    x, y = chance.uniform(0.2, 0.8) * page.width, chance.uniform(0.5, 0.9) * page.height
    points = [(x + 14 * step, y + chance.uniform(-40, 40)) for step in range(9)]
    pen.line(points, fill=(30, 40, 120), width=4, joint="curve")
    return page


def _photograph(page: Picture, chance: numpy.random.Generator) -> Picture:
    """The sheet on a table, seen at an angle."""
    margin = chance.uniform(0.03, 0.09)
    width, height = int(page.width * (1 + 2 * margin)), int(page.height * (1 + 2 * margin))
    jitter = 0.028 * page.width
    left, top = margin * page.width, margin * page.height
    corners = [
        (x + chance.uniform(-jitter, jitter), y + chance.uniform(-jitter, jitter))
        for x, y in (
            (left, top), (left, top + page.height), (left + page.width, top + page.height), (left + page.width, top),
        )
    ]  # fmt: skip
    source = [(0, 0), (0, page.height), (page.width, page.height), (page.width, 0)]
    numbers = _perspective(corners, source)
    sheet = page.transform(
        (width, height), Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC
    )
    inside = Image.new("L", page.size, 255).transform(
        (width, height), Image.Transform.PERSPECTIVE, numbers
    )
    table = Image.fromarray(
        (chance.random((23, 17)) * 28 + chance.choice((30, 70, 120))).astype(numpy.uint8)
    )
    table = table.resize((width, height), Image.Resampling.BICUBIC)
    table.paste(
        _image(_contrast(_values(sheet), chance.uniform(25, 55), chance.uniform(225, 246))),
        (0, 0),
        inside,
    )
    values = _values(table.filter(ImageFilter.GaussianBlur(chance.uniform(0.5, 0.95))))
    return _image(values * _light(values.shape, chance) + chance.normal(0, 3.5, values.shape))


def _light(shape: tuple[int, ...], chance: numpy.random.Generator) -> Any:
    """A factor per point: a lamp on one side, the shadow of a hand or of a telephone on another."""
    height, width = shape
    rows, columns = numpy.mgrid[0:height:8, 0:width:8].astype(numpy.float32)
    angle = chance.uniform(0, 2 * numpy.pi)
    ramp = (columns / width - 0.5) * numpy.cos(angle) + (rows / height - 0.5) * numpy.sin(angle)
    light = 0.94 + ramp * chance.uniform(0.1, 0.32)
    away = numpy.cos(angle + 2) * (columns / width - chance.uniform(0.2, 0.8)) + numpy.sin(
        angle + 2
    ) * (rows / height - chance.uniform(0.2, 0.8))
    light = light * (
        1 - chance.uniform(0.1, 0.34) / (1 + numpy.exp(-away * chance.uniform(14, 50)))
    )
    large = Image.fromarray((light.clip(0, 1.2) * 200).astype(numpy.uint8)).resize((width, height), Image.Resampling.BICUBIC)  # fmt: skip
    return _values(large) / 200


def _perspective(
    target: Sequence[tuple[float, float]], source: Sequence[tuple[float, float]]
) -> list[float]:
    """The eight numbers by which Pillow finds the point of `source` for each point of `target`."""
    rows, wanted = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return list(numpy.linalg.solve(numpy.array(rows), numpy.array(wanted)))
