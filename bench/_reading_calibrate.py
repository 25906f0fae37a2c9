"""From the reader's raw scores to honest probabilities: the table of `reading/data/calibration.json`.

    python -m bench._reading_calibrate [--write] [--sets synth real drawn-dev …]

The table is {group: {class: [[score, probability], …]}}: for a group of fields and a class of pages (`text`, `clean`, `poor`) the probability rises with
the score; between two points it is interpolated, outside it is that of the nearest point. Group `*` serves where a group has too few samples.
Documents of layouts held back are never used.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench._reading_fields import BY_NAME, amount
from bench._reading_parts import PAPER, degraded, sampled, say
from bench._reading_run import read
from bench._reading_score import CERTAIN, RIGHT, FieldScore
from bench._reading_score import score as judge
from bench._reading_sets import CLEAN, POOR, TEXT, Document, NoDocuments, layouts
from bench._reading_tally import ratio
from bench._reading_tally import table as show_table

TARGET = Path(__file__).parents[1] / "addons/efacture_ocr/reading/data/calibration.json"
Table = dict[str, dict[str, list[list[float]]]]

ANY = "*"
# Fewer samples than this (each layout counts LAYOUT_WEIGHT at most) give no curve: that of all groups serves, or none.
ENOUGH = 12.0
# Documents of one layout succeed or fail together: however many there are, they weigh as this many.
LAYOUT_WEIGHT = 4.0
# Two imagined samples, one right and one wrong, stand beside the real ones: few samples never give certainty.
IMAGINED = 1.0
# The reader was written beside the documents that it is measured on and does better there than elsewhere: the raw score keeps a say.
SAY = 0.25


@dataclass(frozen=True)
class Sample:
    """One field shown: what the reader's score was, and whether it was right."""

    group: str
    quality: str
    score: float
    right: bool
    layout: str
    field: str = ""
    cap: float = 1.0


# -- fitting ----------------------------------------------------------------------------------------


def fit(samples: Iterable[Sample]) -> Table:
    """The table of these samples; the curve of all groups and classes only when there are samples of each class."""
    heaps: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for one in samples:
        heaps[one.group, one.quality].append(one)
        heaps[ANY, one.quality].append(one)
        heaps[ANY, ANY].append(one)
    if not {TEXT, CLEAN, POOR} <= {quality for _, quality in heaps}:
        heaps.pop((ANY, ANY), None)  # good pages say nothing about poor ones
    table: Table = {}
    for (group, quality), heap in sorted(heaps.items()):
        weighted = weights(heap)
        if sum(weight for _, _, weight in weighted) >= ENOUGH:
            table.setdefault(group, {})[quality] = curve(weighted)
    return table


def weights(heap: Sequence[Sample]) -> list[tuple[float, bool, float]]:
    """(score, right, weight) of samples; those of one layout share a weight of `LAYOUT_WEIGHT` at most."""
    sizes = Counter(one.layout for one in heap)
    return [(one.score, one.right, min(1.0, LAYOUT_WEIGHT / sizes[one.layout])) for one in heap]


def curve(weighted: Iterable[tuple[float, bool, float]]) -> list[list[float]]:
    """Monotone probabilities by pool-adjacent-violators (Ayer et al. 1955), each step shrunk and drawn to its score.

    :param weighted: (score, right, weight)
    :return: points [score, probability], rising; a step has its first and last score as points
    """
    blocks: list[list[float]] = []  # first score, last score, weight, weight of the right
    for score, right, weight in sorted(weighted):
        if blocks and blocks[-1][1] == score:
            blocks[-1][2] += weight
            blocks[-1][3] += weight * right
        else:
            blocks.append([score, score, weight, weight * right])
    pooled: list[list[float]] = []
    for block in blocks:
        pooled.append(list(block))
        while len(pooled) > 1 and _share(pooled[-2]) >= _share(pooled[-1]):
            last = pooled.pop()
            pooled[-1][1] = last[1]
            pooled[-1][2] += last[2]
            pooled[-1][3] += last[3]
    whole = _shrunk(sum(block[3] for block in pooled), sum(block[2] for block in pooled), 0.5)
    points: list[list[float]] = []
    highest = 0.0
    for first, last, weight, right in pooled:
        # A step above the average is at least the average, and more only by its own samples; one below is drawn to it.
        if right / weight >= whole:
            probability = max(whole, _shrunk(right, weight, 0.5))
        else:
            probability = _shrunk(right, weight, whole)
        highest = max(highest, probability)
        for score in dict.fromkeys((round(first, 4), round(last, 4))):
            points.append([score, round((1 - SAY) * highest + SAY * score, 4)])
    return points


def _shrunk(right: float, weight: float, towards: float) -> float:
    return (right + 2 * IMAGINED * towards) / (weight + 2 * IMAGINED)


def _share(block: list[float]) -> float:
    return block[3] / block[2]


def apply(table: Table, group: str, quality: str, score: float) -> float:
    """The probability that the table gives (as `reading.confidence` does it)."""
    for one, two in ((group, quality), (ANY, quality), (ANY, ANY)):
        points = table.get(one, {}).get(two)
        if points:
            return interpolate(points, score)
    return score


def interpolate(points: Sequence[Sequence[float]], score: float) -> float:
    """Value of a curve of points at a score."""
    if score <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        if score <= x1:
            return y0 + (y1 - y0) * (score - x0) / (x1 - x0) if x1 > x0 else y1
    return points[-1][1]


# -- samples ----------------------------------------------------------------------------------------

SETS = ("synth", "real", "anchors", "drawn-dev", "office200", "poor150", "photo", "drawn-dev-paper")


@dataclass
class Records:
    """What `reading.confidence` was asked while a document was read: (group, class, raw score, cap)."""

    fields: dict[tuple[str, str], tuple[str, str, float, float]] = field(default_factory=dict)
    lines: list[tuple[str, str, float, float]] = field(default_factory=list)
    rows: list[tuple[str, str, float, float]] = field(default_factory=list)


@contextmanager
def recorded() -> Iterator[Records]:
    """Listen to `reading.confidence`; what it answers stays the same."""
    from reading import confidence
    from reading.semantic import plain

    records, calibrate, probability = Records(), confidence.calibrate, confidence.probability

    def listen(candidate: Any, layout: Any) -> float:
        quality_class, quality = confidence.quality_of(candidate.words, layout)
        group = confidence.group_of(candidate.field, candidate.reasons)
        cap = confidence.cap(candidate, quality_class, quality)
        known = (group, quality_class, candidate.score, cap)
        if candidate.field == "BG-23":
            records.rows.append(known)
        else:
            value = candidate.value
            shown = amount(value) if isinstance(value, Decimal) else plain(value)
            records.fields.setdefault((candidate.field, str(shown)), known)
        return calibrate(candidate, layout)

    def overhear(group: str, quality_class: str, score: float) -> float:
        if group == confidence.LINES:
            records.lines.append((group, quality_class, score, 1.0))
        return probability(group, quality_class, score)

    confidence.calibrate, confidence.probability = listen, overhear
    try:
        yield records
    finally:
        confidence.calibrate, confidence.probability = calibrate, probability


def samples_of(document: Document) -> list[Sample]:
    """One sample for each field, line and VAT row shown that can be judged."""
    with recorded() as records:
        try:
            results = read(document)
        except Exception as error:  # noqa: BLE001 one document must not stop the others
            say(f"  {document.id}: {type(error).__name__}: {error}")
            return []
    if not results:
        return []
    judged = judge(results[0], document.truth, complete=document.complete)
    layout = document.layout or document.id.rsplit("/", 1)[-1]
    found = []

    def add(one: FieldScore, known: tuple[str, str, float, float] | None) -> None:
        if known and one.shown and one.origin not in ("xml", "history"):
            group, quality, raw, cap = known
            found.append(
                Sample(group, quality, raw, one.outcome == RIGHT, layout, one.name, min(cap, 1.0))
            )

    for one in judged.fields.values():
        kind = BY_NAME[one.name]
        shown = amount(one.got) if kind.kind == "amount" else one.got
        add(one, records.fields.get((kind.term, str(shown))))
    for group, heap in (("BG-25", records.lines), ("BG-23", records.rows)):
        for one, known in zip((i for i in judged.items if i.name == group), heap, strict=False):
            add(one, known)
    return found


def collect(names: Iterable[str] = SETS, quick: bool = False) -> list[Sample]:
    """Samples of sets that everybody may look at, read anew."""
    found: list[Sample] = []
    for name in names:
        try:
            known = list(_documents(name, quick))
        except (NoDocuments, ImportError) as error:
            say(f"{name}: left out, {error}")
            continue
        say(f"{name}: {len(known)} documents")
        for document in known:
            found += samples_of(document)
    return found


def _documents(name: str, quick: bool) -> Iterator[Document]:
    if name == "drawn-dev-paper":
        for quality in (*PAPER, "odd"):
            yield from degraded("dev", quality, quick)
    else:
        yield from sampled(name, quick)


def without_layout(quick: bool = False, found: Sequence[Sample] | None = None) -> dict[str, Any]:
    """Each layout (of synth, and drawn ones that everybody may look at) judged by confidence fitted without it: accuracy, and what was right of that said to be certain."""
    samples = collect(("synth",) if quick else ("synth", "real", "drawn-dev")) if found is None else found  # fmt: skip
    answer: dict[str, Any] = {}
    shown = wrong = 0
    drawn = layouts("dev")
    for layout in sorted({o.layout for o in samples if o.layout in drawn or re.fullmatch(r"d\d+", o.layout)}):  # fmt: skip
        table = fit([one for one in samples if one.layout != layout])
        mine = [one for one in samples if one.layout == layout]
        certain = [
            o for o in mine if min(o.cap, apply(table, o.group, o.quality, o.score)) >= CERTAIN
        ]
        shown += len(certain)
        wrong += sum(not one.right for one in certain)
        answer[layout] = {
            "fields": len(mine),
            "right": ratio(sum(one.right for one in mine), len(mine)),
            "certain": len(certain),
            "certain_wrong": sum(not one.right for one in certain),
        }
    answer["all"] = {"certain": shown, "certain_wrong": wrong, "certain_right": ratio(shown - wrong, shown)}  # fmt: skip
    return answer


def cross_check(samples: Sequence[Sample], folds: int = 8) -> list[list[Any]]:
    """Reliability when no layout helps to judge itself: rows (said, right, shown) by tenths, the last for 0.95 and above."""
    names = sorted({one.layout for one in samples})
    bins: dict[int, list[float]] = defaultdict(lambda: [0, 0, 0.0])
    for fold in range(folds):
        left_out = set(names[fold::folds])
        table = fit([one for one in samples if one.layout not in left_out])
        for one in samples:
            if one.layout in left_out:
                said = min(one.cap, apply(table, one.group, one.quality, one.score))
                for at in {min(9, int(said * 10)), *([10] if said >= CERTAIN else [])}:
                    bins[at][0] += 1
                    bins[at][1] += one.right
                    bins[at][2] += said
    return [
        ["≥ .95" if at == 10 else f"{at / 10:.1f}", said / n, right / n, n]
        for at, (n, right, said) in sorted(bins.items())
    ]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench._reading_calibrate", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    options = parser.parse_args(argv)
    samples = collect(options.sets, options.quick)
    rows = []
    for group, quality in sorted({(one.group, one.quality) for one in samples}):
        heap = [one for one in samples if (one.group, one.quality) == (group, quality)]
        rows.append([group, quality, len(heap), ratio(sum(o.right for o in heap), len(heap))])
    print(show_table(["group", "class", "samples", "right"], rows))
    print("\nno layout helps to judge itself")
    print(show_table(["said", "mean", "right", "shown"], cross_check(samples)))
    if options.write:
        TARGET.write_text(json.dumps(fit(samples), indent=None, sort_keys=True) + "\n")
        print(f"{TARGET} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
