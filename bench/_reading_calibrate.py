"""From the reader's raw scores to honest probabilities: the table of `reading/data/calibration.json`.

    python -m bench._reading_calibrate [--write] [--seeds N] [--sets synth real drawn-dev scans]

The table is {group: {class: [[score, probability], …]}}: for a group of fields and a class of pages (`text`, `clean`, `poor`) the probability rises with
the score; between two points it is interpolated, outside it is that of the nearest point. Group `*` serves where a group has too few samples.
Documents of layouts held back are never used.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).parents[1] / "addons/efacture_ocr/reading/data/calibration.json"
Table = dict[str, dict[str, list[list[float]]]]

ANY = "*"
# Fewer samples than this (each layout counts LAYOUT_WEIGHT at most) and the table of all groups serves.
ENOUGH = 12.0
# Documents of one layout succeed or fail together: however many there are, they weigh as this many.
LAYOUT_WEIGHT = 4.0
# One imagined failure and one imagined success in every step: few samples never give certainty.
IMAGINED = 1.0


@dataclass(frozen=True)
class Sample:
    """One field shown: what the reader's score was, and whether it was right."""

    group: str
    quality: str
    score: float
    right: bool
    layout: str
    field: str = ""


# -- fitting ----------------------------------------------------------------------------------------


def fit(samples: Iterable[Sample]) -> Table:
    """The table of these samples."""
    heaps: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for one in samples:
        heaps[one.group, one.quality].append(one)
        heaps[ANY, one.quality].append(one)
        heaps[ANY, ANY].append(one)
    table: Table = {}
    for (group, quality), heap in sorted(heaps.items()):
        weighted = weights(heap)
        if group == ANY or sum(weight for _, _, weight in weighted) >= ENOUGH:
            table.setdefault(group, {})[quality] = curve(weighted)
    return table


def weights(heap: Sequence[Sample]) -> list[tuple[float, bool, float]]:
    """(score, right, weight) of samples; those of one layout share a weight of `LAYOUT_WEIGHT` at most."""
    sizes = Counter(one.layout for one in heap)
    return [(one.score, one.right, min(1.0, LAYOUT_WEIGHT / sizes[one.layout])) for one in heap]


def curve(weighted: Iterable[tuple[float, bool, float]]) -> list[list[float]]:
    """Monotone probabilities by pool-adjacent-violators (Ayer et al. 1955), each step shrunk by `IMAGINED`.

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
    points: list[list[float]] = []
    highest = 0.0
    for first, last, weight, right in pooled:
        highest = max(highest, (right + IMAGINED) / (weight + 2 * IMAGINED))
        for score in dict.fromkeys((round(first, 4), round(last, 4))):
            points.append([score, round(highest, 4)])
    return points


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
