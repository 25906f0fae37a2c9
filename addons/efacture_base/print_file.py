"""One file for the printer: the pages of many documents, each as often as it is wanted.

Pure: PDF bytes in, a PDF file out. Pages are taken over as they are; embedded files and the rest of a
PDF/A-3 stay behind, because paper carries none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf


class NotPrintable(ValueError):
    """A document that is no readable PDF; `index` is its place in the list, from 0; `told`: the reason is a sentence for people."""

    def __init__(self, index: int, reason: str, *, told: bool = False) -> None:
        super().__init__(reason)
        self.index = index
        self.told = told


@dataclass(frozen=True)
class Printed:
    """What was written: pages in all (blank ones too) and blank pages among them."""

    pages: int
    blanks: int


def write(
    documents: Iterable[tuple[bytes, int]], target: Path, *, new_sheet: bool = False
) -> Printed:
    """Write the print file.

    :param documents: (PDF, number of copies ≥ 1), in the order in which they leave the printer; taken one at a time
    :param target: the file to write
    :param new_sheet: every copy begins on the front of a sheet: after an odd number of pages comes a blank one
    :raises NotPrintable: one of them cannot be read; nothing is left at `target`
    """
    blanks = 0
    with pikepdf.new() as book:
        for index, (content, copies) in enumerate(documents):
            first = len(book.pages)
            try:
                with pikepdf.open(BytesIO(content)) as document:
                    book.pages.extend(document.pages)
            except pikepdf.PdfError as error:
                raise NotPrintable(index, str(error)) from error
            count = len(book.pages) - first
            for copy in range(copies):
                if copy:
                    for number in range(first, first + count):
                        book.pages.append(book.pages[number])
                if new_sheet and count % 2:
                    _add_blank(book)
                    blanks += 1
        pages = len(book.pages)
        book.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return Printed(pages, blanks)


def _add_blank(book: pikepdf.Pdf) -> None:
    """A blank page as large as the last one."""
    left, bottom, right, top = (float(edge) for edge in book.pages[-1].mediabox)
    book.add_blank_page(page_size=(right - left, top - bottom))
