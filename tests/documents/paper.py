"""Sheets drawn with reportlab: places in points from the top left corner, several ways of putting letters on the page."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from documents.world import Company, World, grouped

_ROOT = "/usr/share/fonts/truetype"
FILES = {
    "dejavu": "dejavu/DejaVuSans", "condensed": "dejavu/DejaVuSansCondensed", "dejavu-serif": "dejavu/DejaVuSerif",
    "dejavu-mono": "dejavu/DejaVuSansMono", "lato": "lato/Lato-Regular", "lato-light": "lato/Lato-Light",
    "liberation": "liberation2/LiberationSans-Regular", "liberation-serif": "liberation2/LiberationSerif-Regular",
    "liberation-mono": "liberation2/LiberationMono-Regular", "noto": "noto/NotoSans-Regular", "noto-serif": "noto/NotoSerif-Regular",
}  # fmt: skip
BUILT_IN = {
    "helvetica": ("Helvetica", "Helvetica-Bold"), "times": ("Times-Roman", "Times-Bold"), "courier": ("Courier", "Courier-Bold"),
}  # fmt: skip
A4, A4_LANDSCAPE = (595.3, 841.9), (841.9, 595.3)


def _bold(file: str) -> str:
    for plain in ("-Regular", "-Light"):
        if file.endswith(plain):
            return file.removesuffix(plain) + "-Bold"
    return file + "-Bold"


class Paper:
    """One document on its way. `letters` says how text is put down: `plain`, `single` (letter by letter), `pieces` (kerned)."""

    def __init__(self, size: tuple[float, float] = A4, face: str = "liberation", letters: str = "plain", readable: bool = True) -> None:  # fmt: skip
        from reportlab.pdfgen.canvas import Canvas

        self.width, self.height = size
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=size, invariant=1)
        self.canvas.setTitle("Document")
        self.letters, self.readable = letters, readable
        self.faces: dict[str, tuple[str, str]] = {}
        self.face, self.size, self.ink = face, 9.0, "#000000"
        self._chance = random.Random(face + letters)
        # What was written where, by sheet: for a hidden text layer under a picture.
        self.written: list[list[tuple[float, float, float, str]]] = [[]]

    # -- fonts ------------------------------------------------------------------------------------

    def font(self, face: str | None = None, bold: bool = False) -> str:
        """The name under which reportlab knows a face, registered when first used."""
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        face = face or self.face
        if face in BUILT_IN:
            return BUILT_IN[face][bold]
        if face not in self.faces:
            names = (f"{face}-{self.readable}", f"{face}-b-{self.readable}")
            for name, file in zip(names, (FILES[face], _bold(FILES[face])), strict=True):
                if name not in pdfmetrics.getRegisteredFontNames():
                    pdfmetrics.registerFont(
                        TTFont(name, f"{_ROOT}/{file}.ttf", asciiReadable=self.readable)
                    )
            self.faces[face] = names
        return self.faces[face][bold]

    def measure(
        self, text: str, size: float | None = None, bold: bool = False, face: str | None = None
    ) -> float:
        """Width of a text in points."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        return stringWidth(text, self.font(face, bold), size or self.size)

    # -- drawing ----------------------------------------------------------------------------------

    def put(
        self, x: float, y: float, text: object, size: float | None = None, bold: bool = False, align: str = "l",
        face: str | None = None, ink: str | None = None, spread: float = 0,
    ) -> float:  # fmt: skip
        """Write one line whose foot is at `y`; `align` l, r or c around `x`. The place where it ends."""
        text, size = str(text), size or self.size
        width = self.measure(text, size, bold, face) + spread * max(0, len(text) - 1)
        left = x - {"l": 0, "r": width, "c": width / 2}[align]
        self.written[-1].append((left, y, size, text))
        self.canvas.setFillColor(ink or self.ink)
        self.canvas.setFont(self.font(face, bold), size)
        for at, piece in self._pieces(text, size, bold, face, spread):
            self.canvas.drawString(left + at, self.height - y, piece, charSpace=0)
        return left + width

    def _pieces(
        self, text: str, size: float, bold: bool, face: str | None, spread: float
    ) -> Iterable[tuple[float, str]]:
        if self.letters == "plain" and not spread:
            yield 0.0, text
            return
        at, start = 0.0, 0
        while start < len(text):
            length = (
                1 if self.letters == "single" or spread else self._chance.choice((1, 2, 2, 3, 4))
            )
            piece = text[start : start + length]
            if " " in piece.strip():
                piece = piece[: piece.index(" ", 1)] if piece[0] != " " else piece[0]
            width = self.measure(piece, size, bold, face)
            if piece.strip():
                nudge = self._chance.uniform(-0.02, 0.02) * size if self.letters == "pieces" else 0
                lead = self.measure(piece[: len(piece) - len(piece.lstrip())], size, bold, face)
                yield at + nudge + lead, piece.strip()
            at += width + spread * len(piece)
            start += len(piece)

    def column(
        self, x: float, y: float, texts: Iterable[object], step: float = 11, **style: Any
    ) -> float:
        """Lines under each other; the foot of the next one. Empty texts take no room."""
        for text in texts:
            if text in ("", None):
                continue
            self.put(x, y, text, **style)
            y += step
        return y

    def row(
        self, y: float, places: Sequence[tuple[float, str]], texts: Sequence[object], **style: Any
    ) -> None:
        """Texts on one line; each place is (x, align)."""
        for (x, align), text in zip(places, texts, strict=True):
            if text not in ("", None):
                self.put(x, y, text, align=align, **style)

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float | None = None,
        width: float = 0.5,
        ink: str = "#000000",
    ) -> None:
        """A straight line, level when `y1` is not given."""
        self.canvas.setStrokeColor(ink)
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, self.height - y0, x1, self.height - (y0 if y1 is None else y1))

    def box(self, x: float, y: float, width: float, height: float, fill: str | None = None, line: float = 0.5, radius: float = 0) -> None:  # fmt: skip
        """A rectangle from its top left corner."""
        self.canvas.setLineWidth(line or 0.1)
        self.canvas.setStrokeColor("#000000")
        if fill:
            self.canvas.setFillColor(fill)
        self.canvas.roundRect(x, self.height - y - height, width, height, radius, stroke=bool(line), fill=bool(fill))  # fmt: skip

    def image(self, picture: Any, x: float, y: float, width: float) -> float:
        """A Pillow picture; the place of its foot."""
        from reportlab.lib.utils import ImageReader

        height = width * picture.height / picture.width
        self.canvas.drawImage(ImageReader(picture), x, self.height - y - height, width, height)
        return y + height

    def turned(self, x: float, y: float, text: str, size: float, ink: str = "#777777") -> None:
        """Small print up the left edge."""
        self.canvas.saveState()
        self.canvas.translate(x, self.height - y)
        self.canvas.rotate(90)
        self.canvas.setFont(self.font(), size)
        self.canvas.setFillColor(ink)
        self.canvas.drawString(0, 0, text)
        self.canvas.restoreState()

    def wrap(
        self, text: str, width: float, size: float | None = None, bold: bool = False
    ) -> list[str]:
        """The text in lines of at most that width."""
        lines, line = [], ""
        for word in text.split(" "):
            longer = f"{line} {word}".strip()
            if line and self.measure(longer, size, bold) > width:
                lines.append(line)
                longer = word
            line = longer
        return [*lines, line]

    def page(self) -> None:
        """A new sheet."""
        self.written.append([])
        self.canvas.showPage()

    def pdf(self) -> bytes:
        """The whole file."""
        self.canvas.showPage()
        self.canvas.save()
        return self.out.getvalue()


@dataclass
class Printed:
    """What a layout gives back: its file and its truth."""

    pdf: bytes
    truth: dict[str, Any]


Compose = Callable[[World], Printed]


def printed(
    name: str, family: str, split: str, language: str = "fr"
) -> Callable[[Compose], Compose]:
    """Register a function that draws from a `World` as the layout of that name."""

    # Not at the top: the register loads the modules that use this one.
    from documents.registry import Drawn, register

    def enter(compose: Compose) -> Compose:
        @register(name, family, split, language)
        def draw(seed: int) -> Drawn:
            made = compose(World(name, seed))
            return Drawn(
                made.pdf, {"id": f"{name}-{seed}", "layout": name, "lang": language, **made.truth}
            )

        return compose

    return enter


def picture_of(lines: Sequence[tuple[str, int, str]], face: str = "lato", ink: str = "#1c3d5a", ground: str = "#ffffff", mark: str = "ring") -> Any:  # fmt: skip
    """A letterhead as a picture: (text, size in pixels, `b` for bold) under each other beside a mark."""
    from PIL import Image, ImageDraw, ImageFont

    fonts = [ImageFont.truetype(f"{_ROOT}/{_bold(FILES[face]) if weight == 'b' else FILES[face]}.ttf", size) for _, size, weight in lines]  # fmt: skip
    width = int(max(font.getlength(text) for font, (text, _, _) in zip(fonts, lines, strict=True)))
    height = int(sum(size * 1.3 for _, size, _ in lines))
    image = Image.new("RGB", (width + height + 40, height + 16), ground)
    pen = ImageDraw.Draw(image)
    if mark == "ring":
        pen.ellipse((8, 8, height, height), outline=ink, width=max(6, height // 9))
        pen.line(
            (height // 4, height * 3 // 4, height * 3 // 4, height // 4),
            fill=ink,
            width=max(6, height // 10),
        )
    elif mark == "squares":
        side = height // 2 - 6
        for index, shade in enumerate((ink, "#c8791e", "#c8791e", ink)):
            x, y = 8 + index % 2 * (side + 6), 8 + index // 2 * (side + 6)
            pen.rectangle((x, y, x + side, y + side), fill=shade)
    y = 4.0
    for font, (text, size, _) in zip(fonts, lines, strict=True):
        pen.text((height + 24, y), text, font=font, fill=ink)
        y += size * 1.3
    return image


def legal(company: Company, shape: int = 0) -> str:
    """The line of identifiers at the foot, in one of several shapes."""
    return (
        f"{company.name} – {company.form} au capital de {company.capital_text} € – RCS {company.court} {company.siren_text} – SIRET {company.siret_text} – TVA {company.vat_text}",
        f"{company.name} {company.form} au capital de {company.capital} euros  Siret : {company.siret}  APE : {company.naf}  N° TVA intracommunautaire : {company.vat}",
        f"Siège social : {company.street}, {company.zip} {company.city} • {company.siren_text} RCS {company.court} • Code TVA {company.vat_text}",
        f"S.I.R.E.T. {grouped(company.siret or '', 3, 3, 3, 5, by='.')} / N.A.F. {company.naf} / T.V.A. {company.vat}",
    )[shape]
