"""From the bytes of a PDF or a picture to pages of words: by the text layer, by recognition, or by both."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace

import pypdfium2
from PIL import Image, ImageDraw

from . import cleanup, ocr, places, raster, recognition
from .model import BLANK, MIXED, OCR, TEXT, Message, Options, Page, Word
from .progress import page_read
from .textlayer import TextLayer, read_layer

PDF = "pdf"
_VOWEL = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]", re.I)
#: Letters that make four fifths of any text in French, English or German.
_FREQUENT = frozenset("esaitnrulodESAITNRULOD")
#: A picture that takes this share of the page is the page.
_SCAN_SHARE = 0.6
#: Pictures on a page of text are read from this share of the page on (a letterhead, half a page scanned): a logo is not.
_READ_SHARE, _READ_WIDTH = 0.033, 0.45
_PAGE_SECONDS, _PICTURE_SECONDS = 28.0, 10.0


def read_pages(content: bytes, kind: str, options: Options) -> tuple[list[Page], list[Message]]:
    """The pages of a file with their words, and what people must be told.

    `kind` is a word of `sniff`: `pdf` or a picture (`jpeg`, `png`, `tiff`, `webp`, `bmp`, `gif`). A page whose own text can
    be trusted is not recognised, but for large pictures on it; at most `options.max_pages` pages are recognised, the first
    ones and the last, the others bear `skipped="limit"`; blank sheets `skipped="blank"`. What cannot be opened gives no page
    and an error message. Words are in points from the top left corner of the sheet, turned upright and straightened;
    in a photograph the sheet is laid flat first. Does not raise for a bad file.
    """
    if kind == PDF:
        return _read_pdf(content, options)
    return _read_pictures(content, options)


def _read_pdf(content: bytes, options: Options) -> tuple[list[Page], list[Message]]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        code = "pdf_protected" if "password" in str(error).lower() else "pdf_damaged"
        return [], [Message(code, level="error")]
    pages: dict[int, Page] = {}
    messages: list[Message] = []
    waiting: dict[int, tuple[TextLayer, list[raster.Placed]]] = {}
    try:
        total = len(document)
        for number in range(total):
            try:
                layer = read_layer(document, number)
                pictures = raster.pictures_of(document, number)
            except pypdfium2.PdfiumError:
                messages.append(_about_page("page_damaged", number))
                continue
            if is_usable(layer) and not is_hidden(layer, pictures):
                pages[number] = _page_of(layer, number)
                if not _worth_reading(layer, pictures):
                    continue
            waiting[number] = layer, pictures
        chosen = _within_limit(list(waiting), options.max_pages)
        for number, (layer, pictures) in waiting.items():
            if number not in chosen:
                if number not in pages:
                    pages[number] = Page(
                        number, layer.width, layer.height, source=OCR, skipped="limit"
                    )
                continue
            told: list[Message] = []
            try:
                if number in pages:
                    pages[number] = _with_pictures(document, pages[number], layer, pictures)
                else:
                    picture = raster.draw_page(document, number, _resolution(layer, pictures))
                    pages[number], told = _recognised(picture, number)
            except pypdfium2.PdfiumError:
                told = [_about_page("page_damaged", number)]
            messages.extend(told)
            if number in pages:
                page_read(number + 1, total, len(pages[number].words))
    finally:
        document.close()
    found = [pages[number] for number in sorted(pages)]
    if not found and messages:
        return [], [Message("pdf_damaged", level="error")]
    return found, [*messages, *_left_out(found, options)]


def _read_pictures(content: bytes, options: Options) -> tuple[list[Page], list[Message]]:
    pages: list[Page] = []
    messages: list[Message] = []
    last: raster.Picture | None = None
    try:
        for number, picture in enumerate(raster.open_pictures(content)):
            if number >= max(1, options.max_pages - 1):
                # The last page bears the totals; nobody knows yet which one it is.
                width, height = picture.points
                pages.append(Page(number, width, height, source=OCR, skipped="limit"))
                last = picture
                continue
            page, told = _recognised(picture, number)
            pages.append(page)
            messages.extend(told)
            page_read(number + 1, 0, len(page.words))
        if last is not None and options.max_pages > 1:
            pages[-1], told = _recognised(last, len(pages) - 1)
            messages.extend(told)
            page_read(len(pages), len(pages), len(pages[-1].words))
    except raster.TooLarge:
        limit = str(raster.FILE_PIXELS // 1_000_000)
        messages.append(Message("picture_too_large", {"limit": limit}, "error"))
    except raster.Damaged:
        level = "warning" if pages else "error"
        messages.append(Message("picture_damaged", level=level))
    return pages, [*messages, *_left_out(pages, options)]


def _page_of(layer: TextLayer, number: int) -> Page:
    origin = None
    if layer.turn:
        shown = (layer.width, layer.height) if layer.turn == 180 else (layer.height, layer.width)
        origin = places.Origin(places.unturned(layer.turn, *shown), *shown)
    return Page(
        number, layer.width, layer.height, layer.words, TEXT, edges=layer.edges, origin=origin
    )


def is_usable(layer: TextLayer) -> bool:
    """Whether the text of the page can stand for the page: enough of it, of known characters, in words of a language."""
    if layer.characters < 20 or layer.unmapped > 0.1 * layer.characters:
        return False
    text = [word.text for word in layer.words]
    letters = [char for word in text for char in word if char.isalpha()]
    if len(letters) < 100:
        return True
    if sum(char in _FREQUENT for char in letters) < 0.58 * len(letters):
        return False
    long = [word for word in text if len(word) >= 4 and word.isalpha()]
    return len(long) < 10 or sum(bool(_VOWEL.search(word)) for word in long) >= 0.6 * len(long)


def is_hidden(layer: TextLayer, pictures: Sequence[raster.Placed]) -> bool:
    """Whether the page is a scan: a picture covers it that is drawn over its text, or its text is next to nothing beside it."""
    page = layer.width * layer.height
    scans = [picture for picture in pictures if picture.area > _SCAN_SHARE * page]
    covered = sum(picture.area for picture in pictures if picture.area > 0.02 * page)
    if any(picture.texts_after == 0 for picture in scans):
        return True
    # A line stamped on a scan (a fax header, the name of an archive) is not the page.
    return covered > _SCAN_SHARE * page and layer.characters < 250


def _worth_reading(layer: TextLayer, pictures: Sequence[raster.Placed]) -> list[raster.Placed]:
    """Pictures of a page of text that are large enough to carry text of their own, the largest first, four at most."""
    page = layer.width * layer.height
    if layer.turn:
        return []
    large = [
        picture
        for picture in pictures
        if picture.area > _READ_SHARE * page
        and (picture.x1 - picture.x0 > _READ_WIDTH * layer.width or picture.area > 0.1 * page)
        and picture.y1 - picture.y0 > 15
        and picture.resolution > 90
    ]
    return sorted(large, key=lambda picture: -picture.area)[:4]


def _with_pictures(
    document: pypdfium2.PdfDocument,
    page: Page,
    layer: TextLayer,
    pictures: Sequence[raster.Placed],
) -> Page:
    """The page with the words that its large pictures carry; those of its text stay as they are."""
    drawn = raster.draw_page(document, page.number)
    scale = drawn.scale
    sheet = drawn.image
    paint = ImageDraw.Draw(sheet)
    for word in layer.words:
        paint.rectangle([value * scale for value in (word.x0, word.y0, word.x1, word.y1)], fill=255)
    found: list[Word] = []
    qualities: list[float] = []
    until = time.monotonic() + _PICTURE_SECONDS
    for picture in _worth_reading(layer, pictures):
        place = tuple(
            round(value * scale) for value in (picture.x0, picture.y0, picture.x1, picture.y1)
        )
        part = sheet.crop(place)
        if min(part.size) < 40 or time.monotonic() > until:
            continue
        even = cleanup.even_paper(part)
        if cleanup.is_blank(even) or not _has_writing(even):
            continue
        try:
            seen = ocr.recognise(even, timeout=until - time.monotonic())
        except (ocr.TooSlow, ocr.Unavailable):
            continue
        sure = [word for word in seen if word.sure > 0.6 and sum(map(str.isalnum, word.text)) >= 2]
        if len(sure) < 3:
            continue  # a photograph, a logo
        qualities.append(ocr.quality(sure))
        found += [
            Word(
                page.number,
                (word.x0 + place[0]) / scale,
                (word.y0 + place[1]) / scale,
                (word.x1 + place[0]) / scale,
                (word.y1 + place[1]) / scale,
                word.text,
                word.sure,
                OCR,
            )
            for word in sure
        ]
        paint.rectangle(place, fill=255)
    if not found:
        return page
    return replace(page, words=(*page.words, *found), source=MIXED, quality=min(qualities))


def _has_writing(even: Image.Image) -> bool:
    """Whether ink changes with paper as often as letters make it do: photographs and areas of colour do so rarely."""
    dark = even.point(lambda value: 255 if value < 140 else 0)
    small = dark.resize((dark.width, max(1, dark.height // 4)), Image.Resampling.NEAREST)
    pixels = small.tobytes()
    ink = pixels.count(b"\xff")
    edges = pixels.count(b"\x00\xff")
    return ink > 0 and edges > 0.04 * ink


def _resolution(layer: TextLayer, pictures: Sequence[raster.Placed]) -> float:
    """How finely a page is drawn for recognition: as fine as its own scan is, so that its pixels stay what they were."""
    page = layer.width * layer.height
    scans = [picture.resolution for picture in pictures if picture.area > 0.3 * page]
    if not scans:
        return raster.RESOLUTION
    return min(max(scans), 400.0) if max(scans) > 100 else raster.RESOLUTION


def _recognised(picture: raster.Picture, number: int) -> tuple[Page, list[Message]]:
    width, height = picture.points
    try:
        found = recognition.recognise_page(picture, number, _PAGE_SECONDS)
    except ocr.TooSlow:
        page = Page(number, width, height, source=OCR, quality=0.0)
        return page, [_about_page("ocr_too_slow", number)]
    except ocr.Unavailable:
        page = Page(number, width, height, source=OCR, quality=0.0)
        return page, [Message("ocr_absent", level="error", page=number)]
    if found.blank:
        return Page(number, found.width, found.height, source=BLANK, skipped="blank"), []
    return Page(
        number, found.width, found.height, found.words, OCR, found.quality, origin=found.origin
    ), []


def _within_limit(numbers: list[int], limit: int) -> set[int]:
    """The first pages and the last, where the totals stand."""
    if len(numbers) <= limit:
        return set(numbers)
    return {*numbers[: max(1, limit - 1)], *(numbers[-1:] if limit > 1 else [])}


def _left_out(pages: Sequence[Page], options: Options) -> list[Message]:
    numbers = [page.number + 1 for page in pages if page.skipped == "limit"]
    if not numbers:
        return []
    said = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
    return [Message("pages_left_out", {"count": str(options.max_pages), "pages": said})]


def _about_page(code: str, number: int) -> Message:
    return Message(code, {"page": str(number + 1)}, page=number)
