"""From what speaks for a value to the probability that it is right.

Three steps: a *raw score* from the facts (`raw_amount` for amounts; the arbitration gives that of other fields), the table of `data/calibration.json`
(measured by the bench; a prudent curve until there is one), and *caps* that no measurement lifts (shared rules of what can be shown as certain).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path

from .layout import Layout
from .model import COMPUTED, OCR, TEXT, Candidate, Page, Word

_TABLE = Path(__file__).parent / "data" / "calibration.json"
TEXT_CLASS, CLEAN, POOR = "text", "clean", "poor"
#: Shown as certain from here on.
CERTAIN = 0.95
#: Picture quality under which a page counts as poor.
GOOD_QUALITY = 0.75

IDENTIFIER, NUMBER, DATE, TOTAL, TOTAL_LINES, NAME, PROSE, LINES, CODE, ACCOUNT = (
    "identifier", "number", "date", "amount", "amount_lines", "name", "text", "lines", "code", "account",
)  # fmt: skip
_GROUPS = {
    "BT-31": IDENTIFIER, "BT-48": IDENTIFIER, "BT-30": IDENTIFIER, "BT-47": IDENTIFIER, "BT-29": IDENTIFIER, "BT-46": IDENTIFIER,
    "BT-84": ACCOUNT, "BT-86": ACCOUNT, "BT-1": NUMBER, "BT-12": NUMBER, "BT-13": NUMBER, "BT-25": NUMBER, "BT-16": NUMBER,
    "BT-2": DATE, "BT-9": DATE, "BT-72": DATE, "BT-73": DATE, "BT-74": DATE, "BT-26": DATE,
    "BT-3": CODE, "BT-5": CODE, "BT-106": TOTAL, "BT-107": TOTAL, "BT-108": TOTAL, "BT-109": TOTAL, "BT-110": TOTAL, "BT-112": TOTAL,
    "BT-113": TOTAL, "BT-114": TOTAL, "BT-115": TOTAL, "BT-20": PROSE,
}  # fmt: skip
# Until the bench has measured: nearly the score on text, less on pictures.
_PRUDENT = {TEXT_CLASS: 1.0, CLEAN: 0.96, POOR: 0.86}


def group_of(field: str, reasons: Collection[str] = ()) -> str:
    """The group of fields that share a curve. Totals that the lines confirm have one of their own.

    >>> group_of("BT-112", ("label", "triple", "lines"))
    'amount_lines'
    """
    if field.startswith("BG-25"):
        return LINES
    group = TOTAL if field.startswith("BG-23") else _GROUPS.get(field, NAME)
    if group == TOTAL and "lines" in reasons and "triple" in reasons:
        return TOTAL_LINES
    return group


def class_of(source: str, quality: float = 1.0) -> str:
    """`text` for a text layer, `clean` or `poor` for a picture by the quality of its page (0…1)."""
    if source != OCR:
        return TEXT_CLASS
    return CLEAN if quality >= GOOD_QUALITY else POOR


@cache
def table() -> dict[str, dict[str, list[list[float]]]]:
    """The measured curves: group → class → [[score, probability], …]; {} while there are none."""
    if not _TABLE.is_file():
        return {}
    return json.loads(_TABLE.read_text(encoding="utf-8"))


def probability(group: str, quality_class: str, score: float) -> float:
    """The measured probability of a raw score; of all groups where this one was measured too little."""
    curves = table()
    for one, two in ((group, quality_class), ("*", quality_class), ("*", "*")):
        points = curves.get(one, {}).get(two)
        if points:
            return _interpolate(points, score)
    return max(0.0, min(1.0, score)) * _PRUDENT.get(quality_class, 0.9)


def _interpolate(points: Sequence[Sequence[float]], score: float) -> float:
    if score <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        if score <= x1:
            return y0 + (y1 - y0) * (score - x0) / (x1 - x0) if x1 > x0 else y1
    return points[-1][1]


# -- amounts ----------------------------------------------------------------------------------------

_PROOFS = {"triple": 0.3, "vat_rows": 0.16, "lines": 0.22, "rate": 0.08, "prepaid": 0.1, "label": 0.1, "vat_sum": 0.06,
           "lines_with_tax": 0.16, "exempt": 0.12, "repeated": 0.03}  # fmt: skip


def raw_amount(reasons: Iterable[str], margin: float = 1.0) -> float:
    """Raw score of a total from the equations that close; `margin` is how far the next hypothesis is behind (0…)."""
    reasons = set(reasons)
    score = 0.35 + sum(worth for reason, worth in _PROOFS.items() if reason in reasons)
    if COMPUTED in reasons:
        score -= 0.12
    if "repaired" in reasons:
        score -= 0.3
    score -= 0.25 * max(0.0, 0.4 - margin)
    return round(max(0.02, min(0.99, score)), 4)


def proofs(reasons: Collection[str]) -> int:
    """How many independent equations close on a total: with the lines, with the VAT rows or rate, with what is to be paid."""
    found = set(reasons)
    return (
        bool(found & {"lines", "lines_with_tax"})
        + bool(found & {"vat_rows", "rate", "vat_sum"})
        + bool(found & {"triple"})
    )


# -- caps -------------------------------------------------------------------------------------------


def cap(candidate: Candidate, quality_class: str, quality: float = 1.0) -> float:
    """The highest probability that may be shown, whatever was measured.

    Net + VAT = gross alone is never certain, on a poor picture nothing but a check digit is; a computed value only when two equations close;
    a bank account that the memory does not confirm never (fraud by changed accounts); nothing surer than its picture.
    """
    reasons, field = set(candidate.reasons), candidate.field
    highest = 0.99
    group = group_of(field, reasons)
    if group == ACCOUNT and not {"memory_confirms", "known_iban"} & reasons:
        highest = min(highest, 0.9)
    if group in (TOTAL, TOTAL_LINES):
        if not {"lines", "lines_with_tax"} & reasons:
            highest = min(highest, 0.94)
        if quality_class == POOR:
            highest = min(highest, 0.9)
        if candidate.origin == COMPUTED and proofs(reasons) < 2:
            highest = min(highest, 0.8)
        if "repaired" in reasons:
            highest = min(highest, 0.7)
        if "retention" in reasons:
            highest = min(highest, 0.85)
    if "memory" in reasons and "label" not in reasons:
        highest = min(highest, 0.9)
    if quality_class == POOR and not (group == IDENTIFIER and "check_digits" in reasons):
        highest = min(highest, 0.9)
    if quality_class != TEXT_CLASS:
        highest = min(
            highest, max(0.3, 0.5 + 0.5 * quality) if "check_digits" not in reasons else 0.98
        )
        worst = min((word.confidence for word in candidate.words), default=1.0)
        if worst < 0.5 and not {"check_digits", "lines", "vat_rows"} & reasons:
            highest = min(highest, 0.45 + worst * 0.8)
    return highest


def calibrate(candidate: Candidate, layout: Layout) -> float:
    """The probability (0…1) that this value is right, from its raw score, reasons and the quality of its page."""
    quality_class, quality = quality_of(candidate.words, layout)
    group = group_of(candidate.field, candidate.reasons)
    measured = probability(group, quality_class, candidate.score)
    return round(min(measured, cap(candidate, quality_class, quality)), 3)


def quality_of(words: Sequence[Word], layout: Layout) -> tuple[str, float]:
    """(class, quality) of the pages that these words stand on; of the whole document for a value without words."""
    if words:
        pages: list[Page] = []
        for number in dict.fromkeys(word.page for word in words):
            pages += [page for page in layout.pages if page.number == number]
        source = OCR if any(word.source == OCR for word in words) else TEXT
    else:
        pages = [page for page in layout.pages if page.words]
        source = OCR if any(page.source == OCR for page in pages) else TEXT
    quality = min((page.quality for page in pages), default=1.0)
    return class_of(source, quality), quality
