"""The words that a PDF page itself says, with the places where they are printed.

Characters come from PDFium with their *loose* boxes, whose width is the advance of the font: the gap between two
characters is then zero inside a word whatever their shapes ("11" has wide blanks between its strokes, and is one word).
Words are as high as their font: 0.74 em above the base line, 0.2 em below it, so that all words of a line have the same
middle whatever their letters.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from .model import TEXT, Page, Word

#: A page with more characters than this is read up to it: no invoice page has them, a hostile file may.
MAX_CHARACTERS = 60_000
_ASCENT, _DESCENT = 0.74, 0.2
#: Blank between two characters, in em, from which they belong to two words.
_WORD_GAP = 0.17
_SPACES = frozenset(" \t\r\n\x0b\x0c\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(code) for code in range(0x2000, 0x200B)
}
_DROPPED = frozenset("\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
#: PDFium says 2 or FFFE for a hyphen at the end of a line.
_SAME = {
    "\x02": "-", "\ufffe": "-", "\u2010": "-", "\u2011": "-", "\u2212": "-", "\ufe63": "-", "\uff0d": "-",
    "\u2018": "'", "\u2019": "'", "\u02bc": "'",
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st",
}  # fmt: skip
_LEADERS = re.compile(r"\.{4,}|…{2,}|_{3,}|·{4,}|-{5,}")
_RIGHT = 0


@dataclass(slots=True)
class _Char:
    """A character in the page as shown, `along` its own direction (`start` to `end`), standing on `base`."""

    text: str
    start: float
    end: float
    base: float
    size: float
    order: int


@dataclass(slots=True)
class _Token:
    chars: list[_Char]

    @property
    def text(self) -> str:
        return "".join(char.text for char in self.chars)

    @property
    def start(self) -> float:
        return self.chars[0].start

    @property
    def end(self) -> float:
        return max(char.end for char in self.chars)

    @property
    def base(self) -> float:
        return self.chars[0].base

    @property
    def size(self) -> float:
        return self.chars[0].size


@dataclass(frozen=True)
class TextLayer:
    """What a page says by itself.

    `words` in the page held upright, of `width` by `height` points; `turn` says by how many degrees clockwise the page as
    shown had to be turned for that (text printed sideways). `edges` are the words printed in another direction (the line
    along the edge, a watermark), placed where they stand; they would cut the rows of the page. `characters` counts the
    visible characters, `unmapped` those of them without a known meaning, `hidden` the characters that nobody sees
    (text under a scan, text of no colour).
    """

    words: tuple[Word, ...]
    width: float
    height: float
    turn: int = 0
    edges: tuple[Word, ...] = ()
    characters: int = 0
    unmapped: int = 0
    hidden: int = 0


def read_text(document: pypdfium2.PdfDocument, number: int) -> list[Word]:
    """The visible words of page `number` (from 0), in no particular order; [] for a page without text.

    Places are in points from the top left corner of the page as shown (`/Rotate` and CropBox count), turned upright where
    the page prints sideways. Words end at spaces of any kind and at gaps wider than the font's advance by 0.17 em: no-break
    and thin spaces split like others, so `1 234,56` is two words. Hyphens of all kinds and the minus sign become `-` (dashes
    stay), curly apostrophes `'`, ligatures their letters. Left out: hidden and transparent text, text outside the page,
    a word struck twice to make it bold, leader dots, text in another direction than most of the page.
    Raises `pypdfium2.PdfiumError` for a page that cannot be loaded.
    """
    return list(read_layer(document, number).words)


def text_pages(content: bytes) -> list[Page]:
    """The pages of a PDF by their text layers alone, whatever these are worth; [] for what is no open PDF."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return []
    pages = []
    try:
        for number in range(len(document)):
            with suppress(pypdfium2.PdfiumError):
                layer = read_layer(document, number)
                pages.append(Page(number, layer.width, layer.height, layer.words))
    finally:
        document.close()
    return pages


def read_layer(document: pypdfium2.PdfDocument, number: int) -> TextLayer:
    """As `read_text`, with what is needed to judge whether the text can be trusted."""
    page = document[number]
    textpage = page.get_textpage()
    try:
        return _Reader(page, textpage, number).read()
    finally:
        textpage.close()
        page.close()


class _Reader:
    """Reads one page."""

    def __init__(
        self, page: pypdfium2.PdfPage, textpage: pypdfium2.PdfTextPage, number: int
    ) -> None:
        self.page, self.textpage, self.number = page, textpage, number
        self.left, self.bottom, self.right, self.top = page.get_bbox()
        self.rotation = page.get_rotation() // 90
        self.width, self.height = page.get_size()
        self.characters = self.unmapped = self.hidden = 0

    def read(self) -> TextLayer:
        runs: dict[int, list[list[_Char]]] = {}
        for direction, run in self._runs():
            runs.setdefault(direction, []).append(run)
        counts = Counter({way: sum(map(len, found)) for way, found in runs.items() if way >= 0})
        way = counts.most_common(1)[0][0] if counts else _RIGHT
        if counts[way] < 20 or counts[way] < 2 * counts[_RIGHT]:
            way = _RIGHT
        words: list[Word] = []
        edges: list[Word] = []
        for direction, found in runs.items():
            (words if direction == way else edges).extend(self._words(found, direction))
        turn = {0: 0, 1: 270, 2: 180, 3: 90}[way]
        if turn:
            words = [turned(word, turn, self.width, self.height) for word in words]
            edges = [turned(word, turn, self.width, self.height) for word in edges]
        width, height = (
            (self.height, self.width) if turn in (90, 270) else (self.width, self.height)
        )
        inside = [word for word in words if _is_inside(word, width, height)]
        return TextLayer(
            words=tuple(_once(inside)),
            width=width,
            height=height,
            turn=turn,
            edges=tuple(word for word in edges if _is_inside(word, width, height)),
            characters=self.characters,
            unmapped=self.unmapped,
            hidden=self.hidden,
        )

    def _runs(self) -> Iterator[tuple[int, list[_Char]]]:
        """Characters that follow each other without a space in one direction (0 right, 1 down, 2 left, 3 up, -1 slanted)."""
        handle = self.textpage.raw
        rect, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
        x, y = ctypes.c_double(), ctypes.c_double()
        get_code, get_box = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
        run: list[_Char] = []
        direction = _RIGHT
        size = base = 0.0
        low = high = (
            math.nan
        )  # the band across the direction in which the last known character stands
        visible = True
        for index in range(min(pdfium.FPDFText_CountChars(handle), MAX_CHARACTERS)):
            code = get_code(handle, index)
            char = chr(code) if code < 0x110000 else "\ufffd"
            if char in _SPACES:
                if run:
                    yield direction, run
                    run = []
                low = math.nan
                continue
            if char in _DROPPED:
                continue
            get_box(handle, index, rect)
            across = (rect.left, rect.right) if direction in (1, 3) else (rect.bottom, rect.top)
            if direction < 0 or across != (low, high):
                pdfium.FPDFText_GetMatrix(handle, index, matrix)
                pdfium.FPDFText_GetCharOrigin(handle, index, x, y)
                way, size = self._direction(index, matrix)
                base = self._across(x.value, y.value, way)
                if run and (way != direction or abs(base - run[-1].base) > 0.05 * size):
                    yield direction, run
                    run = []
                direction = way
                low, high = (
                    (rect.left, rect.right) if direction in (1, 3) else (rect.bottom, rect.top)
                )
                visible = size >= 1.5 and self._is_visible(index)
            if not visible:
                self.hidden += 1
                continue
            self.characters += 1
            if char == "\ufffd" or char < " " and char not in _SAME or "\ue000" <= char <= "\uf8ff":
                self.unmapped += 1
                char = "\ufffd"
            start, end = self._along(rect, direction)
            if run and not -1.2 * size < start - run[-1].end < 3 * size:
                yield direction, run
                run = []
            run.append(_Char(_SAME.get(char, char), start, end, base, size, index))
        if run:
            yield direction, run

    def _direction(self, index: int, matrix: pdfium.FS_MATRIX) -> tuple[int, float]:
        """Where the text goes in the page as shown, and the height of one em in points."""
        size = pdfium.FPDFText_GetFontSize(self.textpage.raw, index) * math.hypot(
            matrix.c, matrix.d
        )
        angle = (round(math.degrees(math.atan2(-matrix.b, matrix.a))) + 90 * self.rotation) % 360
        way, rest = divmod(angle + 8, 90)
        return (way % 4 if rest <= 16 else -1), abs(size)

    def _is_visible(self, index: int) -> bool:
        """False for text that is drawn without ink."""
        thing = pdfium.FPDFText_GetTextObject(self.textpage.raw, index)
        if not thing:
            return True
        if pdfium.FPDFTextObj_GetTextRenderMode(thing) in (
            pdfium.FPDF_TEXTRENDERMODE_INVISIBLE,
            pdfium.FPDF_TEXTRENDERMODE_CLIP,
        ):
            return False
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if pdfium.FPDFText_GetFillColor(self.textpage.raw, index, red, green, blue, alpha):
            return alpha.value >= 16
        return True

    def _shown(self, x: float, y: float) -> tuple[float, float]:
        """A point of the PDF in the page as shown, from its top left corner."""
        match self.rotation:
            case 1:
                return y - self.bottom, x - self.left
            case 2:
                return self.right - x, y - self.bottom
            case 3:
                return self.top - y, self.right - x
        return x - self.left, self.top - y

    def _across(self, x: float, y: float, way: int) -> float:
        shown_x, shown_y = self._shown(x, y)
        return shown_x if way in (1, 3) else shown_y

    def _along(self, rect: pdfium.FS_RECTF, way: int) -> tuple[float, float]:
        """Start and end of a character along its direction, growing with reading."""
        one, two = self._shown(rect.left, rect.bottom), self._shown(rect.right, rect.top)
        axis = 1 if way in (1, 3) else 0
        low, high = sorted((one[axis], two[axis]))
        return (-high, -low) if way in (2, 3) else (low, high)

    def _words(self, runs: list[list[_Char]], way: int) -> Iterator[Word]:
        tokens = [token for run in runs for token in _split(_struck_once(run))]
        for token in _spaced_letters(_joined(tokens)):
            text = unicodedata.normalize("NFC", token.text)
            above, below = _ASCENT * token.size, _DESCENT * token.size
            start, end = token.start, token.end
            if way in (2, 3):
                start, end = -end, -start
            # For text going right the top of letters is at smaller y; going down at larger x, and so on.
            low, high = (
                (token.base - above, token.base + below)
                if way in (0, 3)
                else (token.base - below, token.base + above)
            )
            if way in (1, 3):
                yield Word(self.number, low, start, high, end, text, 1.0, TEXT)
            else:
                yield Word(self.number, start, low, end, high, text, 1.0, TEXT)


def turned(word: Word, turn: int, width: float, height: float) -> Word:
    """The word after its page of `width` by `height` points was turned clockwise by 0, 90, 180 or 270 degrees."""
    x0, y0, x1, y1 = word.x0, word.y0, word.x1, word.y1
    match turn:
        case 90:
            return replace(word, x0=height - y1, y0=x0, x1=height - y0, y1=x1)
        case 180:
            return replace(word, x0=width - x1, y0=height - y1, x1=width - x0, y1=height - y0)
        case 270:
            return replace(word, x0=y0, y0=width - x1, x1=y1, y1=width - x0)
    return word


def _struck_once(run: list[_Char]) -> list[_Char]:
    """Without the second strike of characters printed twice to make them bold."""
    kept: list[_Char] = []
    for char in run:
        last = kept[-1] if kept else None
        if (
            last
            and last.text == char.text
            and abs(char.start - last.start) < 0.35 * (last.end - last.start)
        ):
            continue
        kept.append(char)
    return kept


def _split(run: list[_Char]) -> Iterator[_Token]:
    """Cut at gaps and at leaders; the even gaps of l e t t e r - s p a c e d words do not cut."""
    gaps = [
        (after.start - before.end) / before.size
        for before, after in zip(run, run[1:], strict=False)
    ]
    base = 0.0
    if len(gaps) >= 3 and all(char.text.isalpha() for char in run):
        middle = median(gaps)
        if 0.08 < middle < 0.9:
            base = middle
    inside = {
        index
        for match in _LEADERS.finditer("".join(char.text[0] for char in run))
        for index in range(*match.span())
    }
    token: list[_Char] = []
    for index, char in enumerate(run):
        gap = gaps[index - 1] - base if index else 0.0
        if token and (gap > _WORD_GAP + base / 2 or gap < -1):
            yield _Token(token)
            token = []
        if index in inside:
            if token:
                yield _Token(token)
                token = []
            continue
        token.append(char)
    if token:
        yield _Token(token)


def _joined(tokens: list[_Token]) -> list[_Token]:
    """Pieces of one word that the file draws one by one are put together again."""
    result: list[_Token] = []
    for token in sorted(tokens, key=lambda token: (round(token.base, 1), token.start)):
        last = result[-1] if result else None
        if (
            last
            and abs(token.base - last.base) <= 0.06 * last.size
            and 0.75 < token.size / last.size < 1.33
            and -0.12 <= (token.start - last.end) / last.size < 0.06
        ):
            last.chars.extend(token.chars)
        else:
            result.append(token)
    return result


def _spaced_letters(tokens: list[_Token]) -> Iterator[_Token]:
    """A heading typed as `F A C T U R E` is one word: four single letters or more at even distances."""
    index = 0
    while index < len(tokens):
        end = index + 1
        while end < len(tokens) and _follows(tokens[end - 1], tokens[end]):
            end += 1
        if end - index >= 4:
            yield _Token([char for token in tokens[index:end] for char in token.chars])
            index = end
        else:
            yield tokens[index]
            index += 1


def _follows(last: _Token, token: _Token) -> bool:
    return (
        len(last.chars) == len(token.chars) == 1
        and last.text.isupper()
        and token.text.isupper()
        and abs(token.base - last.base) <= 0.06 * last.size
        and 0 < (token.start - last.end) / last.size < 0.8
    )


def _once(words: list[Word]) -> Iterator[Word]:
    """Each word once: the same text printed again on its own place is only bolder."""
    seen: dict[str, list[Word]] = {}
    for word in words:
        same = seen.setdefault(word.text, [])
        height = word.y1 - word.y0
        if any(
            abs(word.x0 - other.x0) < 0.2 * height and abs(word.y0 - other.y0) < 0.2 * height
            for other in same
        ):
            continue
        same.append(word)
        yield word


def _is_inside(word: Word, width: float, height: float) -> bool:
    return 0 <= (word.x0 + word.x1) / 2 <= width and 0 <= word.middle <= height
