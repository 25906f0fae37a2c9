"""Sums over scored documents: accuracy, precision and recall by field, lines, certainty, and the tables that show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bench._reading_fields import CORE, FIELDS, HEADER
from bench._reading_score import CERTAIN, EXTRA, MISSING, NONE, RIGHT, WRONG, FieldScore, Score

BINS = 10


@dataclass
class Tally:
    """Counts over documents; `add` each score, then ask."""

    documents: int = 0
    outcomes: dict[str, Counter] = field(default_factory=dict)
    core_right: int = 0
    core_documents: int = 0
    lines: Counter = field(default_factory=Counter)
    columns: dict[str, list[int]] = field(default_factory=dict)
    vat: Counter = field(default_factory=Counter)
    bins: list[list[int]] = field(default_factory=lambda: [[0, 0, 0] for _ in range(BINS)])
    certain: list[int] = field(default_factory=lambda: [0, 0])
    certain_header: list[int] = field(default_factory=lambda: [0, 0])
    several: int = 0
    failed: int = 0

    def add(self, score: Score) -> None:
        """Count one document."""
        self.documents += 1
        self.several += score.results > 1
        self.failed += score.results < 1
        for one in score.fields.values():
            self.outcomes.setdefault(one.name, Counter())[one.outcome] += 1
            self._certainty(one)
        for one in score.items:
            self._certainty(one)
        whole = score.core_all
        if whole is not None:
            self.core_documents += 1
            self.core_right += whole
        lines = score.lines
        if lines.printed:
            self.lines.update(
                printed=lines.printed,
                read=lines.read,
                matched=lines.matched,
                documents=1,
                whole=lines.matched == lines.printed == lines.read,
            )
            for name, (right, total) in lines.columns.items():
                counts = self.columns.setdefault(name, [0, 0])
                counts[0] += right
                counts[1] += total
        printed, read, right = score.vat_rows
        self.vat.update(printed=printed, read=read, right=right)

    def _certainty(self, one: FieldScore) -> None:
        if one.confidence is None or not one.shown:
            return
        right = one.outcome == RIGHT
        cell = self.bins[min(BINS - 1, max(0, int(one.confidence * BINS)))]
        cell[0] += 1
        cell[1] += right
        cell[2] += one.confidence * 1000
        if one.confidence >= CERTAIN:
            self.certain[0] += 1
            self.certain[1] += not right
            if one.name in HEADER or one.name in CORE:
                self.certain_header[0] += 1
                self.certain_header[1] += not right

    # -- answers

    def printed(self, names: Iterable[str] = HEADER) -> int:
        """How many of the named fields are printed."""
        return sum(self._count(name, RIGHT, WRONG, MISSING) for name in names)

    def accuracy(self, names: Iterable[str] = HEADER) -> float | None:
        """Right of printed, over the named fields."""
        names = tuple(names)
        return ratio(sum(self._count(name, RIGHT) for name in names), self.printed(names))

    def precision(self, names: Iterable[str] = HEADER) -> float | None:
        """Right of shown, over the named fields."""
        names = tuple(names)
        shown = sum(self._count(name, RIGHT, WRONG, EXTRA) for name in names)
        return ratio(sum(self._count(name, RIGHT) for name in names), shown)

    def _count(self, name: str, *outcomes: str) -> int:
        counts = self.outcomes.get(name, {})
        return sum(counts.get(outcome, 0) for outcome in outcomes)

    def figures(self) -> dict[str, Any]:
        """All of it, for JSON."""
        fields = {}
        for one in FIELDS:
            printed = self.printed([one.name])
            if printed or self._count(one.name, EXTRA):
                fields[one.name] = {
                    "printed": printed,
                    **{k: self._count(one.name, k) for k in (RIGHT, WRONG, MISSING, EXTRA)},
                    "recall": self.accuracy([one.name]),
                    "precision": self.precision([one.name]),
                }
        return {
            "documents": self.documents,
            "unread": self.failed,
            "split_in_several": self.several,
            "header": self.accuracy(),
            "header_printed": self.printed(),
            "header_precision": self.precision(),
            "core_six": ratio(self.core_right, self.core_documents),
            "lines": {
                "printed": self.lines["printed"],
                "recall": ratio(self.lines["matched"], self.lines["printed"]),
                "precision": ratio(self.lines["matched"], self.lines["read"]),
                "documents_whole": ratio(self.lines["whole"], self.lines["documents"]),
                **{name: ratio(*counts) for name, counts in sorted(self.columns.items())},
            },
            "vat_rows": {
                "printed": self.vat["printed"],
                "recall": ratio(self.vat["right"], self.vat["printed"]),
                "precision": ratio(self.vat["right"], self.vat["read"]),
            },
            "certain": {
                "shown": self.certain[0],
                "wrong": self.certain[1],
                "right_share": ratio(self.certain[0] - self.certain[1], self.certain[0]),
                "header_and_core_shown": self.certain_header[0],
                "header_and_core_wrong": self.certain_header[1],
                "wrong_of_printed": ratio(self.certain_header[1], self.printed({*HEADER, *CORE})),
            },
            "calibration": [
                {
                    "said": round(total / shown / 1000, 3),
                    "right": round(right / shown, 3),
                    "shown": shown,
                }
                for shown, right, total in self.bins
                if shown
            ],
            "fields": fields,
        }


def ratio(part: float, whole: float) -> float | None:
    """A share with four digits, None of nothing."""
    return round(part / whole, 4) if whole else None


# -- tables -----------------------------------------------------------------------------------------


def table(heads: list[str], rows: list[list[Any]]) -> str:
    """A table in plain text: first column to the left, the others to the right."""
    cells = [heads, *[[show(cell) for cell in row] for row in rows]]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    lines = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *[c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)],
            ]
        ).rstrip()
        for row in cells
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def show(value: Any) -> str:
    """A share as .987, None as –."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}".removeprefix("0") if 0 <= value < 1 else f"{value:.3f}"
    return str(value)


def summary(tallies: dict[str, dict[str, Any]]) -> str:
    """One row for each set of figures: what reading.md's targets speak of."""
    rows = []
    for name, one in tallies.items():
        lines, certain = one["lines"], one["certain"]
        rows.append([
            name, one["documents"], one["header"], one["header_precision"], one["core_six"], lines["recall"], lines["precision"], lines.get("quantity"),
            lines.get("price"), lines.get("description"), one["vat_rows"]["recall"], certain["shown"], certain["right_share"], certain["wrong_of_printed"],
        ])  # fmt: skip
    heads = [
        "set", "docs", "header", "prec.", "core6", "lines R", "lines P", "qty", "price", "descr.", "VAT rows", "≥.95", "right", "wrong/printed",
    ]  # fmt: skip
    return table(heads, rows)


def by_field(figures: dict[str, Any]) -> str:
    """Recall and precision of each field."""
    return table(
        ["field", "printed", "right", "wrong", "missing", "extra", "recall", "precision"],
        [
            [
                name,
                *(one[k] for k in ("printed", RIGHT, WRONG, MISSING, EXTRA, "recall", "precision")),
            ]
            for name, one in figures["fields"].items()
        ],
    )


def reliability(figures: dict[str, Any]) -> str:
    """What was said against what was right, by tenths."""
    return table(
        ["said", "right", "shown"],
        [[one["said"], one["right"], one["shown"]] for one in figures["calibration"]],
    )


__all__ = ["NONE", "Tally", "by_field", "ratio", "reliability", "show", "summary", "table"]
