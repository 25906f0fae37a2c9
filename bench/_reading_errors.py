"""Why a field is wrong: classes of error with counts and an example each, for those who decide what to mend next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from bench._reading_fields import BY_NAME, FIELDS, amount
from bench._reading_score import EXTRA, MISSING, WRONG, FieldScore, Score
from bench._reading_sets import TEXT, Document
from bench._reading_tally import table

UNREAD, SEVERAL = "document not read", "read as several invoices"
OTHER_CHOSEN, NEVER = "another candidate was chosen", "never a candidate (label or place unknown)"
CONFUSED, LOST = "letters confused by OCR", "not among the words of OCR"
INVENTED, ARITHMETIC = "shown though not printed", "taken though the sums do not close"
LINES_LOST, LINES_INVENTED, LINES_COLUMN = "line lost", "line invented", "column of a line wrong"


@dataclass
class Errors:
    """Counts by (class of pages, field, cause); one example each, none of layouts held back."""

    counts: Counter = field(default_factory=Counter)
    examples: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def add(self, document: Document, score: Score, words: str = "") -> None:
        """Note what is wrong in one document; `words` is all its text, as far as known."""
        if score.results == 0:
            self._note(document, "all", UNREAD, "")
            return
        if score.results > 1:
            self._note(document, "all", SEVERAL, f"{score.results}")
        for one in score.fields.values():
            if one.outcome in (WRONG, MISSING, EXTRA):
                self._note(document, one.name, cause(one, score, document, words), f"got {_text(one.got)!r}, printed {_text(one.truth)!r}")  # fmt: skip
        for line in score.lines.lost:
            self._note(document, "lines", LINES_LOST, _text(line.get("name")))
        for line in score.lines.invented:
            self._note(document, "lines", LINES_INVENTED, f"{_text(line.get('BT-153'))} {line.get('BT-131')}")  # fmt: skip
        for name, (right, total) in score.lines.columns.items():
            for _ in range(total - right):
                self._note(document, f"lines, {name}", LINES_COLUMN, "")

    def _note(self, document: Document, name: str, why: str, example: str) -> None:
        key = (document.quality, name, why)
        self.counts[key] += 1
        if not document.held and key not in self.examples:
            self.examples[key] = f"{document.id}: {example}".rstrip(": ")

    def rows(self) -> list[dict[str, Any]]:
        """The classes, the most frequent first."""
        return [
            {
                "class": quality,
                "field": name,
                "cause": why,
                "count": count,
                "example": self.examples.get((quality, name, why), "in layouts held back only"),
            }
            for (quality, name, why), count in self.counts.most_common()
        ]

    def shown(self, limit: int = 40) -> str:
        """A table of the most frequent."""
        rows = [[r["class"], r["field"], r["cause"], r["count"]] for r in self.rows()[:limit]]
        examples = [f"   {r['class']}, {r['field']}, {r['cause']}: {r['example']}" for r in self.rows()[:limit]]  # fmt: skip
        return table(["class", "field", "cause", "count"], rows) + "\n\n" + "\n".join(examples)


def cause(one: FieldScore, score: Score, document: Document, words: str = "") -> str:
    """Why this field is wrong, as far as the result tells."""
    kind = BY_NAME[one.name]
    if one.outcome == EXTRA:
        return INVENTED
    if any(kind.same(_value(other), one.truth) for other in one.alternatives):
        return OTHER_CHOSEN
    if one.outcome == WRONG:
        for other in FIELDS:
            theirs = score.fields[other.name].truth
            if other.name == one.name or other.kind != kind.kind or theirs in (None, ""):
                continue
            if kind.same(one.got, theirs) and not kind.same(one.truth, theirs):
                return f"{other.name} was taken"
        if document.quality != TEXT and fuzz.ratio(_text(one.got), _text(one.truth)) >= 70:
            return CONFUSED
        if kind.kind == "amount" and one.name in ("net", "vat_total", "gross") and not _closes(score):  # fmt: skip
            return ARITHMETIC
    if document.quality != TEXT and words and kind.kind in ("id", "ref"):
        bare = "".join(words.split()).upper()
        if "".join(_text(one.truth).split()).upper() not in bare:
            return LOST
    return NEVER


def _closes(score: Score) -> bool:
    net, tax, gross = (amount(score.fields[name].got) for name in ("net", "vat_total", "gross"))
    return None not in (net, tax, gross) and net + tax == gross


def _value(other: Any) -> Any:
    return other.get("value") if isinstance(other, dict) else other


def _text(value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]}…"
