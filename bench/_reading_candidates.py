"""For those who write one room of fields: is the printed value among its candidates, and is it the best of them?

    python -m bench._reading_candidates SET [--field due_date] [--layout NAME] [--id PART]

Only the rooms of fields run (no choice by arithmetic or memory). Layouts held back are shown in totals only.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from collections import Counter
from contextlib import nullcontext
from typing import Any

from bench._reading_fields import FIELDS
from bench._reading_run import options_for, words_kept
from bench._reading_sets import SETS, TEXT, Document, NoDocuments, documents
from bench._reading_tally import ratio, table

ROOMS = ("references", "dates", "document", "parties", "totals")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench._reading_candidates", description=__doc__
    )
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--field", action="append", default=[])
    parser.add_argument("--layout", default="")
    parser.add_argument("--id", default="")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args(argv)
    counts: dict[str, Counter] = {}
    try:
        for document in documents(options.set, options.seeds):
            if options.layout in document.layout and options.id in document.id:
                _one(document, counts, options.field)
    except NoDocuments as error:
        print(error)
        return 1
    rows = [
        [
            n,
            c["printed"],
            ratio(c["best"], c["printed"]),
            ratio(c["among"], c["printed"]),
            c["none"],
        ]
        for n, c in counts.items()
    ]
    print(table(["field", "printed", "best", "among", "no candidate"], rows))
    return 0


def candidates(document: Document) -> list[Any]:
    """Candidates of every room of fields that there is."""
    from reading import pages, sniff
    from reading.fields import View
    from reading.layout import Layout

    options = options_for(document)
    with nullcontext() if document.quality == TEXT else words_kept():
        found, _ = pages.read_pages(document.content, sniff.kind_of(document.content), options)
    layout = Layout(found)
    languages: tuple[str, ...] = ("fr", "en", "de")
    rooms = []
    for name in ROOMS:
        try:
            rooms.append(importlib.import_module(f"reading.fields.{name}"))
        except ImportError as error:
            if not getattr(candidates, "told", None):
                print(f"no room {name}: {error}")
    candidates.told = True  # type: ignore[attr-defined]
    for room in rooms:
        if hasattr(room, "languages_of"):
            languages = room.languages_of(layout)
    view = View.of(layout, options, languages)
    answer: list[Any] = []
    for room in rooms:
        answer += room.find(view)
    return answer


def _one(document: Document, counts: dict[str, Counter], only: list[str]) -> None:
    try:
        found = candidates(document)
    except Exception:  # noqa: BLE001 one document must not stop the others
        print("a held document failed" if document.held else f"{document.id}: {traceback.format_exc(limit=-2)}")  # fmt: skip
        found = []
    for field in FIELDS:
        wanted = document.truth.get(field.name)
        if wanted in (None, "") or (only and field.name not in only):
            continue
        if not document.truth.get("visible", {}).get(field.name, True) or (
            field.name == "prepaid" and not float(wanted)
        ):
            continue
        mine = sorted((c for c in found if c.field == field.term), key=lambda c: -c.score)
        right = [field.same(c.value, wanted) for c in mine]
        tally = counts.setdefault(field.name, Counter())
        tally.update(printed=1, best=bool(right and right[0]), among=any(right), none=not mine)
        if not (right and right[0]) and not document.held and (only or field.name in _HEADER):
            shown = ", ".join(f"{c.value} {c.score:.2f}" for c in mine[:3]) or "nothing"
            print(f"{document.id:<32} {field.name:<14} printed {wanted!r}, best: {shown}{'  (among)' if any(right) else ''}")  # fmt: skip


_HEADER = {field.name for field in FIELDS if field.groups}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
