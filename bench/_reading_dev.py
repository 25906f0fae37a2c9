"""For those who write the reader: which fields of which documents are wrong.

    python -m bench._reading_dev SET [--field number] [--show] [--layout NAME] [--id PART] [--lines]

SET: synth, real, anchors, scans (office200, poor150, photo), drawn-dev, drawn-held, drawn-blind. Layouts
held back are shown in totals only, and never one alone.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from typing import Any

from bench._reading_fields import BY_NAME, CORE, HEADER
from bench._reading_run import read
from bench._reading_score import CERTAIN, EXTRA, MISSING, RIGHT, WRONG, Score, score
from bench._reading_sets import SETS, Document, NoDocuments, documents
from bench._reading_tally import Tally, by_field, reliability, summary

ORDER = tuple(dict.fromkeys((*HEADER, *CORE, *BY_NAME)))


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench._reading_dev", description=__doc__)
    parser.add_argument("set", nargs="+", help=", ".join(SETS))
    parser.add_argument("--field", action="append", default=[], help="only this field (repeat)")
    parser.add_argument("--show", action="store_true", help="reasons, confidence, alternatives")
    parser.add_argument("--layout", default="", help="only layouts whose name holds this")
    parser.add_argument("--id", default="", help="only documents whose id holds this")
    parser.add_argument("--certain", action="store_true", help="only what was certain and is wrong")
    parser.add_argument("--lines", action="store_true", help="lines lost and invented")
    parser.add_argument("--totals", action="store_true", help="no document, only the sums")
    parser.add_argument(
        "--all", action="store_true", help="secondary fields too, document by document"
    )
    parser.add_argument("--seeds", type=int, default=3, help="documents drawn of each layout")
    options = parser.parse_args(argv)
    figures, started = {}, time.perf_counter()
    for name in options.set:
        tally = Tally()
        try:
            for document in documents(name, options.seeds):
                chosen = options.layout in document.layout and options.id in document.id
                if chosen or document.held:
                    _one(document, tally, options)
        except NoDocuments as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        figures[name] = tally.figures()
    for name, one in figures.items():
        print(f"\n{name}\n{by_field(one)}\n\nconfidence\n{reliability(one)}")
    print(f"\n{summary(figures)}\n{time.perf_counter() - started:.1f} s")
    return 0


def _one(document: Document, tally: Tally, options: argparse.Namespace) -> None:
    try:
        results = read(document)
    except Exception as error:  # noqa: BLE001 one document must not stop the others
        results = []
        if not document.held:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            print(f"{document.id}: {type(error).__name__} {error} ({frame.filename.rsplit('/', 1)[-1]}:{frame.lineno})")  # fmt: skip
        else:
            print(f"one held document: {type(error).__name__}")
    result = results[0] if results else None
    one = score(result, document.truth, complete=document.complete, results=len(results))
    tally.add(one)
    if document.held or options.totals:
        return
    if options.certain:
        rows = _certain(one)
    else:
        rows = list(_wrong(one, options))
    if options.certain:
        pass
    elif options.lines or not options.field:
        rows += _lines(one, options)
    if len(results) > 1 and not options.field and not options.certain:
        rows.insert(0, f"  read as {len(results)} invoices")
    if rows:
        print(f"{document.id}")
        print("\n".join(rows))


def _wrong(one: Score, options: argparse.Namespace) -> list[str]:
    rows = []
    for name in options.field or (ORDER if options.all else dict.fromkeys((*HEADER, *CORE))):
        field = one.fields[name]
        if field.outcome in (WRONG, MISSING, EXTRA):
            rows.append(f"  {name:<15}{field.outcome:<8} got {_short(field.got)!r:<30} truth {_short(field.truth)!r}")  # fmt: skip
        if options.show and field.outcome in (RIGHT, WRONG, MISSING, EXTRA):
            if field.outcome == RIGHT and not options.field:
                continue
            said = "" if field.confidence is None else f"{field.confidence:.2f}"
            if field.outcome == RIGHT:
                rows.append(f"  {name:<15}right    {_short(field.got)!r}")
            rows.append(f"    {said} {field.origin} {' '.join(field.reasons)}")
            rows += [f"    or {other}" for other in field.alternatives]
    return rows


def _certain(one: Score) -> list[str]:
    """Fields, lines and VAT rows shown as certain that are wrong."""
    return [
        f"  {field.name:<15}{field.outcome:<8} {field.confidence:.2f} got {_short(field.got)!r:<30} truth {_short(field.truth)!r}  {' '.join(field.reasons)}"
        for field in (*one.fields.values(), *one.items)
        if (field.confidence or 0) >= CERTAIN and field.outcome in (WRONG, EXTRA)
    ]  # fmt: skip


def _lines(one: Score, options: argparse.Namespace) -> list[str]:
    lines = one.lines
    if not lines.printed or (lines.printed == lines.read == lines.matched and not options.lines):
        return []
    rows = [f"  lines: {lines.printed} printed, {lines.read} read, {lines.matched} matched  {lines.columns}"]  # fmt: skip
    if options.lines:
        rows += [f"    lost     {_brief(line, ('name', 'qty', 'price', 'total'))}" for line in lines.lost]  # fmt: skip
        rows += [f"    invented {_brief(line, ('BT-153', 'BT-129', 'BT-146', 'BT-131'))}" for line in lines.invented]  # fmt: skip
    return rows


def _brief(line: dict[str, Any], keys: tuple[str, ...]) -> str:
    return " | ".join(_short(line.get(key)) for key in keys)


def _short(value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]}…"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
