"""From the bytes of a PDF or a picture to pages of words: by the text layer, by recognition, or by both."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pypdfium2

from . import ocr, raster, recognition
from .model import BLANK, OCR, TEXT, Message, Options, Page
from .progress import page_read
from .textlayer import TextLayer, read_layer

PDF = "pdf"
_VOWEL = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]", re.I)
_FREQUENT = frozenset("esaitnrulodEASITNRULOD")


def read_pages(content: bytes, kind: str, options: Options) -> tuple[list[Page], list[Message]]:
    """The pages of a file with their words, and what people must be told.

    `kind` is a word of `sniff`: `pdf` or a picture (`jpeg`, `png`, `tiff`, `webp`, `bmp`, `gif`). A page whose own text can
    be trusted is not recognised; at most `options.max_pages` pages are, the first ones and the last, the others bear
    `skipped="limit"`; blank sheets `skipped="blank"`. What cannot be opened gives no page and an error message.
    Words are in points from the top left corner of the page turned upright. Does not raise for a bad file.
    """
    if kind == PDF:
        return _read_pdf(content, options)
    return _read_pictures(content, options)


@dataclass
class _Plan:
    """A page that has to be recognised."""

    number: int
    layer: TextLayer | None = None


def _read_pdf(content: bytes, options: Options) -> tuple[list[Page], list[Message]]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        code = "pdf_protected" if "password" in str(error).lower() else "pdf_damaged"
        return [], [Message(code, level="error")]
    pages: list[Page] = []
    messages: list[Message] = []
    try:
        left = options.max_pages
        total = len(document)
        for number in range(total):
            try:
                layer = read_layer(document, number)
            except pypdfium2.PdfiumError:
                messages.append(Message("page_damaged", {"page": str(number + 1)}, page=number))
                continue
            if is_usable(layer):
                pages.append(Page(number, layer.width, layer.height, layer.words, TEXT))
                continue
            if left <= 1 and number < total - 1 or left <= 0:
                pages.append(Page(number, layer.width, layer.height, source=OCR, skipped="limit"))
                continue
            picture = raster.draw_page(document, number)
            page, told = _recognised(picture, number)
            page_read(number + 1, total, len(page.words))
            left -= page.source == OCR
            pages.append(page)
            messages.extend(told)
    finally:
        document.close()
    return pages, messages


def _read_pictures(content: bytes, options: Options) -> tuple[list[Page], list[Message]]:
    pages: list[Page] = []
    messages: list[Message] = []
    try:
        for number, picture in enumerate(raster.open_pictures(content)):
            if number >= options.max_pages:
                width, height = picture.points
                pages.append(Page(number, width, height, source=OCR, skipped="limit"))
                continue
            page, told = _recognised(picture, number)
            page_read(number + 1, 0, len(page.words))
            pages.append(page)
            messages.extend(told)
    except raster.TooLarge:
        limit = str(raster.FILE_PIXELS // 1_000_000)
        messages.append(Message("picture_too_large", {"limit": limit}, "error"))
    except raster.Damaged:
        messages.append(Message("picture_damaged", level="error"))
    return pages, messages


def is_usable(layer: TextLayer) -> bool:
    """Whether the text of the page can stand for the page: enough of it, of known characters, in words of a language."""
    if layer.characters < 20 or layer.unmapped > 0.1 * layer.characters:
        return False
    text = [word.text for word in layer.words]
    letters = [char for word in text for char in word if char.isalpha()]
    if len(letters) >= 100:
        long = [word for word in text if len(word) >= 4 and word.isalpha()]
        if sum(char in _FREQUENT for char in letters) < 0.55 * len(letters):
            return False
        if len(long) >= 10 and sum(bool(_VOWEL.search(word)) for word in long) < 0.6 * len(long):
            return False
    return True


def _recognised(picture: raster.Picture, number: int) -> tuple[Page, list[Message]]:
    width, height = picture.points
    try:
        found = recognition.recognise_page(picture, number)
    except ocr.TooSlow:
        return Page(number, width, height, source=OCR, quality=0.0), [
            Message("ocr_too_slow", {"page": str(number + 1)}, page=number)
        ]
    except ocr.Unavailable:
        return Page(number, width, height, source=OCR, quality=0.0), [
            Message("ocr_absent", level="error", page=number)
        ]
    if found.blank:
        return Page(number, found.width, found.height, source=BLANK, skipped="blank"), []
    return Page(number, found.width, found.height, found.words, OCR, found.quality), []
