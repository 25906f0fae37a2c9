"""Pages for tests, written as text: a column is a hundredth of the page's width, a line 14 points."""

from __future__ import annotations

from reading.fields import View
from reading.layout import Layout
from reading.model import Options, Page, Word

COLUMN, LINE, HEIGHT = 5.95, 14.0, 9.0


def page(text: str, number: int = 0, source: str = "text", quality: float = 1.0) -> Page:
    """A page of A4 on which each character of `text` takes one of a hundred columns.

    Two spaces or more keep their place; words one space apart stand close together.
    """
    words = []
    for row, line in enumerate(text.strip("\n").split("\n")):
        at = 0
        for token in line.split(" "):
            if token:
                x0, y0 = 20 + at * COLUMN, 30 + row * LINE
                x1 = x0 + len(token) * COLUMN
                words.append(Word(number, x0, y0, x1 - 1, y0 + HEIGHT, token, 1.0, source))
            at += len(token) + 1
    return Page(number, 20 + 100 * COLUMN, 842.0, tuple(words), source, quality)


def view(text: str, options: Options | None = None, languages=("fr", "en", "de")) -> View:
    """What the fields are looked for in, of one page."""
    return View.of(Layout([page(text)]), options or Options(), languages)
