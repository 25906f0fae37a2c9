"""The parts of `bin/bench reading` that score documents: sets with a text layer, scans, drawn layouts, hybrids; the plain patterns beside them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

from bench._reading_baselines import NotInstalled, invoice2data, laid_out, naive
from bench._reading_cache import code_hash, kept
from bench._reading_errors import Errors
from bench._reading_run import read, text_of
from bench._reading_score import Score, score
from bench._reading_sets import CLEAN, PHOTO, POOR, TEXT, Document, NoDocuments, documents
from bench._reading_tally import Tally

# CPU seconds of a picture of a page whose words are not kept yet: for the forecast only.
FORECAST = 5.0


@dataclass
class Outcome:
    """What a set gave: figures of the reader and of each baseline, the scores, the errors."""

    figures: dict[str, Any]
    baselines: dict[str, dict[str, Any]]
    by_layout: dict[str, dict[str, Any]] = field(default_factory=dict)
    scored: list[tuple[Document, Score]] = field(default_factory=list)


def say(text: str) -> None:
    """Progress, apart from the figures."""
    print(text, file=sys.stderr, flush=True)


def run(name: str, found: Iterable[Document], errors: Errors) -> Outcome:
    """Score a set with the reader, the plain patterns and, where there is a text layer, invoice2data.

    :raises NoDocuments: the set is empty
    """
    known = list(found)
    if not known:
        raise NoDocuments(f"{name} is empty")
    pictures = sum(document.quality != TEXT for document in known)
    workers = min(os.cpu_count() or 1, len(known))
    if pictures:
        minutes = pictures * FORECAST / workers / 60
        say(f"{name}: {pictures} scanned documents, {minutes:.0f} to {minutes * 2:.0f} minutes if none was read before")  # fmt: skip
    else:
        say(f"{name}: {len(known)} documents")
    tally, plain = Tally(), Tally()
    layouts: dict[str, Tally] = {}
    scored, started = [], time.perf_counter()
    for at, (document, one, guess, text) in enumerate(_judged(known, workers if pictures else 1)):
        tally.add(one)
        plain.add(guess)
        if document.layout:
            layouts.setdefault(document.layout, Tally()).add(one)
        errors.add(document, one, text)
        scored.append((document, one))
        if pictures and at % 10 == 9:
            say(f"  {at + 1} of {len(known)}, {time.perf_counter() - started:.0f} s")
    baselines = {"naive": plain.figures()}
    if not pictures:
        library = _invoice2data(known)
        if library is not None:
            baselines["invoice2data"] = library
    return Outcome(
        tally.figures(), baselines, {key: t.figures() for key, t in sorted(layouts.items())}, scored
    )


def _judged(known: list[Document], workers: int) -> Iterator[tuple[Document, Score, Score, str]]:
    if workers == 1:
        for document in known:
            yield document, *judge(document)
        return
    with ProcessPoolExecutor(workers) as pool:
        for document, answer in zip(known, pool.map(judge, known), strict=True):
            yield document, *answer


def judge(document: Document) -> tuple[Score, Score, str]:
    """(score of the reader, score of the plain patterns, text of the document)."""
    try:
        results = read(document)
    except Exception as error:  # noqa: BLE001 the reader must not raise: counted as unread and told
        say(f"  {'a held document' if document.held else document.id}: {type(error).__name__}: {error}")  # fmt: skip
        results = []
    first = results[0] if results else None
    text = text_of(document)
    settings = {"complete": document.complete}
    return (
        score(first, document.truth, results=len(results), **settings),
        score(naive(text), document.truth, **settings),
        text,
    )


def _invoice2data(known: list[Document]) -> dict[str, Any] | None:
    try:
        answers, templates = invoice2data([laid_out(document.content) for document in known])
    except (NotInstalled, OSError) as error:
        say(f"  invoice2data could not be used: {error}")
        return None
    tally = Tally()
    for document, answer in zip(known, answers, strict=True):
        one = score(answer, document.truth, complete=document.complete, results=int(answer is not None))  # fmt: skip
        tally.add(one)
    return tally.figures() | {
        "templates": templates,
        "matched": sum(answer is not None for answer in answers),
    }


# -- which documents --------------------------------------------------------------------------------


def sampled(name: str, quick: bool) -> Iterator[Document]:
    """The documents of a set; with `quick`, every third (scans: one of each layout and quality)."""
    step = 3 if quick else 1
    if name == "real-fr":
        found = (document for document in documents("real") if document.language == "fr")
        yield from found
        return
    yield from list(documents(name))[::step]


# Ways of `documents.degrade` and the class that people would put the sheet in; `odd` takes one of the latter by turns.
PAPER = {"office200": CLEAN, "poor150": POOR, "photo": PHOTO}
ODD = {"fax": POOR, "upside_down": CLEAN, "stamped": CLEAN, "blank_back": CLEAN, "sideways": CLEAN}


def degraded(split: str, quality: str, quick: bool) -> Iterator[Document]:
    """One document of each layout of a split as a scan or photograph (a way of `PAPER`, or `odd`)."""
    from documents import degrade

    found = list(documents(f"drawn-{split}", 1))
    for at, document in enumerate(found[:: 3 if quick else 1]):
        way = list(ODD)[at % len(ODD)] if quality == "odd" else quality
        content = kept(
            "degraded",
            (document.content, way, code_hash("tests/documents/degrade.py")),
            lambda document=document, way=way: getattr(degrade, way)(
                document.content, crc32(document.layout.encode()) % 1000
            ),
        )
        yield replace(
            document,
            id=f"{way}/{document.id}",
            set=f"drawn-{split}-{quality}",
            quality=(PAPER | ODD)[way],
            content=content,
            name="scan.jpg" if content[:2] == b"\xff\xd8" else "scan.tif" if content[:2] in (b"II", b"MM") else "scan.pdf",
        )  # fmt: skip
