"""Run the reader on documents, with the words of OCR kept between runs, or without, to measure time."""

from __future__ import annotations

import ast
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

from bench._reading_cache import ROOT, code_hash, kept
from bench._reading_sets import TEXT, Document, page_texts

_HOME = "addons/efacture_ocr/reading"
OCR_CODE = (f"{_HOME}/ocr.py",)


@cache
def picture_code() -> tuple[str, ...]:
    """The modules that make words of a file (`pages.py` and what it imports): a change of one makes the words anew."""
    found, wanted = set(), ["pages"]
    while wanted:
        name = wanted.pop()
        path = ROOT / _HOME / f"{name}.py"
        if name in found or not path.is_file():
            continue
        found.add(name)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                wanted += [node.module] if node.module else [alias.name for alias in node.names]
    return tuple(f"{_HOME}/{name}.py" for name in sorted(found))


def options_for(document: Document, **more: Any) -> Any:
    """What the reader would know in a company: its own identifiers."""
    from reading.model import Options

    return Options(own=document.own, **more)


def read(document: Document, keep: bool = True, **more: Any) -> list[Any]:
    """`reading.reader.read_file` on one document: the invoices found. Words of OCR are kept unless told otherwise."""
    from reading import reader

    options = options_for(document, **more)
    with words_kept() if keep and document.quality != TEXT else nullcontext():
        results = reader.read_file(document.content, document.name, options)
    return [result for result in results if result.invoice]


@contextmanager
def words_kept() -> Iterator[None]:
    """While it lasts, pages of a file and words of a picture come from the disk when they were made before by the same code."""
    from reading import ocr, pages, reader

    def recognise(image: Any, *arguments: Any, **settings: Any) -> Any:
        keys = (code_hash(*OCR_CODE), image.mode, str(image.size), image.tobytes())
        said = f"{arguments!r} {sorted(settings.items())!r}"
        return kept("ocr", (*keys, said), lambda: real["recognise"](image, *arguments, **settings))

    def read_pages(content: bytes, kind: str, options: Any) -> Any:
        keys = (code_hash(*picture_code()), content, kind, str(options.max_pages))
        return kept("ocr", keys, lambda: real["read_pages"](content, kind, options))

    mine = {"recognise": recognise, "read_pages": read_pages}
    real = {"recognise": ocr.recognise, "read_pages": pages.read_pages}
    # A module may have taken the function by its name.
    places = [(module, name) for module in (ocr, pages, reader) for name in mine if hasattr(module, name)]  # fmt: skip
    for module, name in places:
        setattr(module, name, mine[name])
    try:
        yield
    finally:
        for module, name in places:
            setattr(module, name, real[name])


def text_of(document: Document) -> str:
    """All text of a document, for the plain patterns: its text layer, or the words of OCR row by row."""
    if document.quality == TEXT:
        return "\n".join(page_texts(document.content))
    from reading import pages, sniff
    from reading.layout import Layout
    from reading.model import Options

    with words_kept():
        found, _ = pages.read_pages(document.content, sniff.kind_of(document.content), Options())
    rows = Layout(found).all_rows
    return "\n".join(" ".join(word.text for word in row.words) for row in rows)


@dataclass(frozen=True)
class Timing:
    """Seconds of one reading; `cpu` includes child processes (OCR)."""

    wall: float
    cpu: float


def timed(document: Document, **more: Any) -> tuple[list[Any], Timing]:
    """The same as `read` with its time, nothing kept."""
    wall, cpu = time.perf_counter(), _cpu()
    results = read(document, keep=False, **more)
    return results, Timing(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    mine, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime
