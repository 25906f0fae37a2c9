"""Run the reader on documents, with the words of OCR kept between runs, or without, to measure time."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from typing import Any

from bench._reading_sets import Document


def options_for(document: Document, **more: Any) -> Any:
    """What the reader would know in a company: its own identifiers."""
    from reading.model import Options

    return Options(own=document.own, **more)


def read(document: Document, **more: Any) -> list[Any]:
    """`reading.reader.read_file` on one document: the invoices found."""
    from reading import reader

    return reader.read_file(document.content, document.name, options_for(document, **more))


@dataclass(frozen=True)
class Timing:
    """Seconds of one reading, child processes (OCR) included in `cpu`."""

    wall: float
    cpu: float


def timed(document: Document, **more: Any) -> tuple[list[Any], Timing]:
    """The same with its time."""
    wall, cpu = time.perf_counter(), _cpu()
    results = read(document, **more)
    return results, Timing(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    mine, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime
