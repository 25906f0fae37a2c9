"""Several invoices in one file, as text, as an office scan and as photographs: which pages make which invoice.

    python -m bench._reading_bundles [--way text|office200|photo] [--only PART] [--seeds N]

An invoice counts as found when one of those read has its pages and none of another; its number and total are asked of that one. A sheet
that is no invoice (terms, a delivery note) may go with it: those are counted apart.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bench._reading_cache import code_hash, kept
from bench._reading_fields import BY_NAME
from bench._reading_run import read
from bench._reading_sets import CLASSES, TEXT, Document
from bench._reading_tally import table

# Kinds of bundles scored on paper; all are scored as text. A scan is cut after twelve sheets, so the longest are none of them.
PAPER = {
    "office200": ("different-suppliers", "several-sheets-each", "terms-behind-each", "blank-between", "delivery-notes-between", "bare-following-sheets"),
    "photo": ("different-suppliers", "same-supplier", "credit-note-after"),
}  # fmt: skip
WAYS = (TEXT, *PAPER)
HEADS = [
    "bundles",
    "files",
    "invoices",
    "pages right",
    "number",
    "total",
    "other sheets too",
    "too many",
]


@dataclass
class Counts:
    """Sums over files: invoices in them, those with the right pages, and of these with the right number and total."""

    files: int = 0
    invoices: int = 0
    pages: int = 0
    number: int = 0
    total: int = 0
    more: int = 0  # of the right pages, and sheets besides that are no invoice
    extra: int = 0  # read beside those that are there, or of other pages
    failures: list[str] = field(default_factory=list)

    def row(self, name: str) -> list[Any]:
        """For `HEADS`."""
        return [
            name, self.files, self.invoices, f"{self.pages}/{self.invoices}", f"{self.number}/{self.invoices}", f"{self.total}/{self.invoices}", self.more, self.extra,
        ]  # fmt: skip


def bundles(way: str, seeds: int = 1, only: str = "") -> Iterator[tuple[Document, Any]]:
    """(file, its `documents.bundles.Bundle`) of the kinds whose name holds `only`."""
    from documents import degrade
    from documents.bundles import BUNDLES

    for name in BUNDLES if way == TEXT else PAPER[way]:
        if only not in name:
            continue
        for seed in range(seeds):
            bundle = BUNDLES[name](seed)
            content = bundle.pdf
            if way != TEXT:
                content = kept(
                    "degraded", (content, way, code_hash("tests/documents/degrade.py")),
                    lambda content=content, seed=seed: getattr(degrade, way)(content, seed),
                )  # fmt: skip
            quality = CLASSES.get(way, TEXT)
            yield Document(f"{way}/{name}-{seed}", f"bundles-{way}", quality, content, bundle.truths[0], "bundle.pdf"), bundle  # fmt: skip


def count(document: Document, bundle: Any, counts: Counts) -> None:
    """Read one file and add what came of it."""
    results = [result for result in read(document) if result.is_invoice]
    taken = {page for pages in bundle.pages for page in pages}
    found = {tuple(page for page in result.pages if page in taken): result for result in results}
    counts.files += 1
    counts.invoices += len(bundle.truths)
    rights = 0
    for truth, pages in zip(bundle.truths, bundle.pages, strict=True):
        result = found.get(tuple(pages))
        if result is None:
            counts.failures.append(f"{document.id}: pages {pages} of {truth['number']} are no invoice of their own")  # fmt: skip
            continue
        rights += 1
        counts.more += len(result.pages) > len(pages)
        for name in ("number", "gross"):
            one = BY_NAME[name]
            got = one.get(result.invoice)
            right = one.same(got, truth[name])
            if name == "number":
                counts.number += right
            else:
                counts.total += right
            if not right:
                counts.failures.append(f"{document.id}: pages {pages}: {name} {got!r}, printed {truth[name]!r}")  # fmt: skip
    counts.pages += rights
    counts.extra += len(results) - rights
    if rights != len(results):
        counts.failures.append(f"{document.id}: read as {[result.pages for result in results]}")


def measure(quick: bool = False, ways: tuple[str, ...] = WAYS, seeds: int = 1, only: str = "") -> dict[str, Any]:  # fmt: skip
    """{way: counts}; `quick` leaves the photographs out."""
    figures = {}
    for way in ways:
        if quick and way == "photo":
            continue
        counts = Counts()
        for document, bundle in bundles(way, seeds, only):
            count(document, bundle, counts)
        figures[way] = vars(counts)
    return figures


def shown(figures: dict[str, Any]) -> str:
    """The same for people: sums, then what went wrong."""
    rows = [Counts(**one).row(way) for way, one in figures.items()]
    failures = [failure for one in figures.values() for failure in one["failures"]]
    return "\n".join([table(HEADS, rows), *failures])


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench._reading_bundles", description=__doc__)
    parser.add_argument("--way", action="append", choices=WAYS, help="only this (repeat)")
    parser.add_argument("--only", default="", help="only kinds whose name holds this")
    parser.add_argument("--seeds", type=int, default=1, help="files of each kind")
    told = parser.parse_args(argv)
    print(shown(measure(ways=tuple(told.way or WAYS), seeds=told.seeds, only=told.only)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
