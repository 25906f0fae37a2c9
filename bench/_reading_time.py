"""Seconds of a document and of a page, by class: XML, text, clean scan, poor scan, photograph. Nothing is kept between readings.

CPU counts the reading process and its children; wall time depends on what else the machine does. Reading runs in this process, so the
start of a child (once for many documents) is not in it.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable
from itertools import islice
from typing import Any

from bench._reading_run import timed
from bench._reading_sets import XML, Document, NoDocuments, documents
from bench._reading_structured import files
from bench._reading_tally import table

_SAMPLES = {"text": "synth", "clean scan": "office200", "poor scan": "poor150", "photo": "photo"}


def measure(quick: bool = False) -> dict[str, Any]:
    """Per class: documents, pages, CPU and wall seconds (median of documents), CPU of a page; load of the machine before."""
    load = round(os.getloadavg()[0], 2)
    answer: dict[str, Any] = {"load_before": load}
    answer["xml"] = _class(_xml(20))
    for name, found in _SAMPLES.items():
        count = 48 if name == "text" else 2 if quick else 4
        try:
            answer[name] = _class(islice(documents(found), count))
        except NoDocuments as error:
            answer[name] = str(error)
    lines = max(documents("synth"), key=lambda d: len(d.truth["lines"]))
    answer["longest text document"] = _class([lines]) | {"lines": len(lines.truth["lines"])}
    return answer


def _xml(count: int) -> Iterable[Document]:
    for path, row in islice(((p, r) for p, r in files() if r["kind"] in ("CII", "UBL-Invoice")), count):  # fmt: skip
        yield Document(row["file"], "xml", XML, path.read_bytes(), {}, path.name)


def _class(found: Iterable[Document]) -> dict[str, Any]:
    walls, cpus, pages = [], [], 0
    for at, document in enumerate(found):
        if not at:
            timed(document)  # what is loaded once for many documents is not counted
        _results, timing = timed(document)
        walls.append(timing.wall)
        cpus.append(timing.cpu)
        pages += page_count(document)
    return {
        "documents": len(walls),
        "pages": pages,
        "cpu_median": round(statistics.median(cpus), 4),
        "cpu_slowest": round(max(cpus), 4),
        "wall_median": round(statistics.median(walls), 4),
        "cpu_a_page": round(sum(cpus) / pages, 4),
    }


def page_count(document: Document) -> int:
    """Pages of a PDF; 1 of any other file."""
    if not document.content.startswith(b"%PDF"):
        return 1
    import pypdfium2

    found = pypdfium2.PdfDocument(document.content)
    try:
        return len(found)
    finally:
        found.close()


def shown(answer: dict[str, Any]) -> str:
    """A table for people."""
    keys = ("documents", "pages", "cpu_median", "cpu_slowest", "wall_median", "cpu_a_page")
    rows = [[name, *(one[k] for k in keys)] for name, one in answer.items() if isinstance(one, dict)]  # fmt: skip
    return table(["class", *keys], rows)
