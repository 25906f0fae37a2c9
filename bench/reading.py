"""`bin/bench reading`: how well and how fast supplier documents are read, beside plain patterns and invoice2data on the same files.

Parts: structured (XML files and hybrids), text (synth, real, anchors), scans (public and generated), drawn (layouts of tests/documents, those held
back in totals only), bundles (several invoices in one scan), hybrid (pages of hybrids, the XML their truth), layouts (each layout judged by confidence fitted without it), learning, time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from typing import Any

from bench import _reading_baselines as baselines
from bench import _reading_hybrid as hybrid
from bench import _reading_structured as structured
from bench._reading_errors import Errors
from bench._reading_parts import PAPER, Outcome, degraded, run, sampled, say
from bench._reading_sets import NoDocuments
from bench._reading_tally import by_field, reliability, summary, table

PARTS = ("structured", "text", "scans", "drawn", "bundles", "hybrid", "layouts", "learning", "time")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench reading", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    parser.add_argument("--part", action="append", choices=PARTS, help="only these parts (repeat)")
    parser.add_argument("--quick", action="store_true", help="a sample of each set")
    parser.add_argument("--errors", action="store_true", help="classes of error, with an example each")  # fmt: skip
    parser.add_argument("--fields", action="store_true", help="each field of each set")
    options = parser.parse_args(argv)
    started = time.perf_counter()
    bench = Bench(options.quick)
    for part in options.part or PARTS:
        try:
            getattr(bench, part)()
        except NoDocuments as error:
            say(f"{part}: left out, {error}")
            bench.extra.setdefault("left_out", {})[part] = str(error)
    report = bench.report()
    report["seconds"] = round(time.perf_counter() - started, 1)
    if options.json:
        print(json.dumps(report, default=str))
    else:
        print(bench.shown(options.fields, options.errors))
    return 0


class Bench:
    """One run: the outcome of each set, and what is not a set of documents."""

    def __init__(self, quick: bool = False) -> None:
        self.quick = quick
        self.sets: dict[str, Outcome] = {}
        self.extra: dict[str, Any] = {}
        self.errors = Errors()

    # -- parts

    def structured(self) -> None:
        """XML files and hybrids: the values of the XML."""
        say("structured files")
        self.extra["structured"] = structured.measure(10 if self.quick else 1)

    def text(self) -> None:
        """Documents of the shared material with a text layer."""
        for name in ("synth", "real-fr", "real", "anchors"):
            errors = Errors() if name == "real-fr" else self.errors  # counted once, in real
            self._run(name, lambda name=name: sampled(name, self.quick), errors)

    def scans(self) -> None:
        """Scans and photographs of the shared material."""
        for name in ("office200", "poor150", "photo"):
            self._run(name, lambda name=name: sampled(name, self.quick))

    def drawn(self) -> None:
        """Layouts drawn by the tests, and one document of each as paper."""
        for split in ("dev", "held", "blind"):
            self._run(f"drawn-{split}", lambda split=split: sampled(f"drawn-{split}", self.quick))
        for split in ("dev", "held", "blind"):
            for quality in (*PAPER, "odd"):
                self._run(
                    f"drawn-{split}-{quality}",
                    lambda split=split, quality=quality: degraded(split, quality, self.quick),
                )

    def bundles(self) -> None:
        """Several invoices in one file, scanned or photographed: which pages make which."""
        from bench._reading_bundles import measure

        say("bundles")
        self.extra["bundles"] = measure(quick=self.quick)

    def hybrid(self) -> None:
        """Pages of hybrids without their XML, as text and as paper."""
        for quality in hybrid.QUALITIES:
            step = (1 if quality == "text" else 6) * (3 if self.quick else 1)
            self._run(
                f"hybrid-{quality}",
                lambda quality=quality, step=step: hybrid.documents(quality, step),
            )

    def layouts(self) -> None:
        """Confidence fitted without a layout, judged on it."""
        from bench._reading_calibrate import without_layout

        say("each layout, confidence fitted without it")
        self.extra["layouts"] = without_layout(quick=self.quick)

    def learning(self) -> None:
        """Series of one supplier: before and after a correction, a right and a wrong one."""
        from bench._reading_learning import measure

        say("learning")
        self.extra["learning"] = measure(quick=self.quick)

    def time(self) -> None:
        """Seconds of a page by class, nothing kept."""
        from bench._reading_time import measure

        say("time")
        self.extra["time"] = measure(quick=self.quick)

    def _run(self, name: str, found: Callable[[], Any], errors: Errors | None = None) -> None:
        try:
            self.sets[name] = run(name, found(), self.errors if errors is None else errors)
        except (NoDocuments, ImportError) as error:
            say(f"{name}: left out, {error}")
            self.extra.setdefault("left_out", {})[name] = str(error)

    # -- the report

    def report(self) -> dict[str, Any]:
        """`{"name", "machine", "figures", "baseline", "ratios"}`."""
        figures: dict[str, Any] = {name: one.figures for name, one in self.sets.items()}
        figures |= self.extra
        figures["errors"] = self.errors.rows()[:60]
        base: dict[str, Any] = {
            name: {
                **{kind: {k: f[k] for k in ("header", "header_precision", "core_six") if k in f} | {k: f[k] for k in ("templates", "matched") if k in f} for kind, f in one.baselines.items()},
                "published": baselines.PUBLISHED.get(name),
            }
            for name, one in self.sets.items()
        }  # fmt: skip
        base["published"] = baselines.PUBLISHED_OTHER
        ratios = {}
        for name, one in self.sets.items():
            naive = one.baselines["naive"]["header"]
            if naive and one.figures["header"] is not None:
                ratios[name] = round(one.figures["header"] / naive, 2)
        machine = f"{os.cpu_count()} processors, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"  # fmt: skip
        return {
            "name": "reading",
            "machine": machine,
            "figures": figures,
            "baseline": base,
            "ratios": ratios,
        }

    def shown(self, fields: bool, errors: bool) -> str:
        """The same for people."""
        parts = []
        if self.sets:
            parts.append(summary({name: one.figures for name, one in self.sets.items()}))
            parts.append(self._beside())
        if fields:
            for name, one in self.sets.items():
                parts.append(f"{name}\n{by_field(one.figures)}\n\n{reliability(one.figures)}")
        for name, one in self.extra.items():
            parts.append(f"{name}\n{_for_people(name, one)}")
        if errors:
            parts.append("Classes of error\n" + self.errors.shown())
        return "\n\n".join(parts)

    def _beside(self) -> str:
        rows = []
        for name, one in self.sets.items():
            published = baselines.PUBLISHED.get(name, {})
            library = one.baselines.get("invoice2data")
            rows.append([
                name, one.figures["header"], one.baselines["naive"]["header"], library and library["header"], library and library["matched"],
                published.get("naive"), published.get("prototype"), published.get("target"),
            ])  # fmt: skip
        return table(
            ["header fields", "reader", "naive", "invoice2data", "matched", "published: naive", "prototype", "target"],
            rows,
        )  # fmt: skip


def _for_people(name: str, one: dict[str, Any]) -> str:
    from bench import _reading_learning, _reading_time

    if name == "bundles":
        from bench import _reading_bundles

        return _reading_bundles.shown(one)
    if name == "learning" and "stages" in one:
        return f"{one['series']} series\n{_reading_learning.shown(one)}"
    if name == "time":
        return f"load before: {one['load_before']}\n{_reading_time.shown(one)}"
    return json.dumps(one, indent=1, default=str, ensure_ascii=False)


__all__ = ["PARTS", "main"]
