"""The sheet of paper in a photograph: its four corners, and the sheet laid flat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy
from PIL import Image, ImageFilter

from .places import Matrix

Point = tuple[float, float]
_SMALL = 400
_LEAST_CONTRAST = 1.15
_CLEAR_CONTRAST = 1.3


@dataclass(frozen=True)
class Corners:
    """Top left, top right, bottom right and bottom left of the sheet, in pixels of the picture."""

    points: tuple[Point, Point, Point, Point]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the sheet laid flat: the longer of its opposite sides."""
        (a, b, c, d) = self.points
        return (
            max(1, round(max(_distance(a, b), _distance(d, c)))),
            max(1, round(max(_distance(a, d), _distance(b, c)))),
        )


def find_corners(image: Image.Image) -> Corners | None:
    """The corners of a bright sheet on darker ground.

    None when the sheet fills the picture, or when it is not plain: sides that are no straight lines, a corner far from a right
    angle, a patch too small to be the document. Then the picture is better read as it is.
    """
    scale = _SMALL / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.BOX).filter(ImageFilter.MedianFilter(5))
    values = numpy.asarray(small, dtype=numpy.float32)
    if not _has_surroundings(values):
        return None
    best, most = None, _LEAST_CONTRAST
    for corners in _candidates(values):
        contrast = _contrast(values, corners)
        if contrast > most:
            best, most = corners, contrast
        if most > _CLEAR_CONTRAST:
            break
    if best is None:
        return None
    step = 1 / scale
    points = tuple(((x + 0.5) * step, (y + 0.5) * step) for x, y in best)
    return Corners(points)  # type: ignore[arg-type]


def _has_surroundings(values: numpy.ndarray) -> bool:
    """Whether the rim of the picture is darker than its paper somewhere: a scan shows nothing but the sheet."""
    rim = numpy.concatenate([values[:4].ravel(), values[-4:].ravel(), values[:, :4].ravel(), values[:, -4:].ravel()])  # fmt: skip
    return float((rim < 0.85 * numpy.percentile(values, 80)).mean()) > 0.05


def _candidates(values: numpy.ndarray) -> Iterator[list[Point]]:
    """Four-sided bright parts: by the grey that parts best, by others (shadows), and by what is bright for its surroundings."""
    masks = []
    otsu = _otsu(values)
    if otsu is not None:
        masks += [values > otsu * factor for factor in (1.0, 0.8, 1.2, 0.65)]
    picture = Image.fromarray(values.astype(numpy.uint8))
    for reach in (25, 51):
        around = picture.filter(ImageFilter.MaxFilter(reach)).filter(ImageFilter.GaussianBlur(8))
        masks += [
            values > numpy.asarray(around, dtype=numpy.float32) * share for share in (0.8, 0.65)
        ]
    for mask in masks:
        paper = _middle_part(_filled(mask))
        if not 0.2 < float(paper.mean()) < 0.985:
            continue
        sides = _sides(paper)
        if sides is None:
            continue
        left, right, top, bottom = sides
        corners = [_meet(left, top), _meet(right, top), _meet(right, bottom), _meet(left, bottom)]
        if _is_plausible(corners, (values.shape[1], values.shape[0]), paper):
            yield corners


def _contrast(values: numpy.ndarray, corners: list[Point]) -> float:
    """How much brighter the sheet is just inside its sides than just outside: the quotient on the least clear side but one."""
    height, width = values.shape
    middle = numpy.mean(corners, axis=0)
    quotients = []
    for index, corner in enumerate(corners):
        one, two = numpy.array(corner), numpy.array(corners[(index + 1) % 4])
        side = two - one
        normal = numpy.array([-side[1], side[0]]) / max(1e-6, float(numpy.hypot(*side)))
        if normal @ (middle - one) < 0:
            normal = -normal
        places = one + numpy.linspace(0.08, 0.92, 60)[:, None] * side
        inner, outer = places + 5 * normal, places - 5 * normal
        seen = (outer >= 0).all(axis=1) & (outer < [width - 1, height - 1]).all(axis=1)
        if seen.sum() < 20:
            continue
        inside, outside = (
            values[
                points[seen, 1].clip(0, height - 1).astype(int),
                points[seen, 0].clip(0, width - 1).astype(int),
            ]
            for points in (inner, outer)
        )
        quotients.append(float(numpy.median((inside + 1) / (outside + 1))))
    return sorted(quotients)[1] if len(quotients) >= 3 else 0.0


def lay_flat(image: Image.Image, corners: Corners) -> Image.Image:
    """The sheet alone, as if photographed from straight above."""
    terms = flat_terms(corners)
    return image.transform(
        corners.size, Image.Transform.PERSPECTIVE, list(terms[:8]), Image.Resampling.BICUBIC
    )


def flat_terms(corners: Corners) -> Matrix:
    """The homography that takes a point of the sheet laid flat to the picture, both in pixels."""
    width, height = corners.size
    flat = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    rows, wanted = [], []
    for (x, y), (u, v) in zip(flat, corners.points, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        wanted += [u, v]
    terms = numpy.linalg.solve(numpy.array(rows, dtype=float), numpy.array(wanted, dtype=float))
    return (*terms.tolist(), 1.0)


def _distance(a: Point, b: Point) -> float:
    return float(numpy.hypot(a[0] - b[0], a[1] - b[1]))


def _otsu(values: numpy.ndarray) -> float | None:
    """The grey that parts dark from bright best; None where there is but one kind."""
    counts = numpy.bincount(values.astype(numpy.uint8).ravel(), minlength=256).astype(float)
    weights = numpy.cumsum(counts)
    sums = numpy.cumsum(counts * numpy.arange(256))
    total, whole = weights[-1], sums[-1]
    with numpy.errstate(divide="ignore", invalid="ignore"):
        low, high = sums / weights, (whole - sums) / (total - weights)
        between = numpy.nan_to_num(weights * (total - weights) * (low - high) ** 2)
    best = int(between.argmax())
    if not 0 < weights[best] < total or high[best] - low[best] < 45:
        return None
    return float(best)


def _filled(paper: numpy.ndarray) -> numpy.ndarray:
    """With the writing on it: closed over the width of a line."""
    mask = Image.fromarray((paper * 255).astype(numpy.uint8))
    closed = mask.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.MinFilter(9))
    return numpy.asarray(closed) > 0


def _middle_part(paper: numpy.ndarray) -> numpy.ndarray:
    """The largest connected bright part."""
    left = paper.copy()
    best = numpy.zeros_like(paper)
    height, width = paper.shape
    for y in range(height // 4, height, height // 4 or 1):
        for x in range(width // 4, width, width // 4 or 1):
            if left[y, x]:
                part = _connected(left, y, x)
                left &= ~part
                if part.sum() > best.sum():
                    best = part
    return best


def _connected(mask: numpy.ndarray, y: int, x: int) -> numpy.ndarray:
    """The part of the mask around a point, grown along rows and columns until it stands still."""
    part = numpy.zeros_like(mask)
    part[y, x] = True
    while True:
        size = part.sum()
        part = _spread(part, mask)
        part = _spread(part.T, mask.T).T
        if part.sum() == size:
            return part


def _spread(part: numpy.ndarray, mask: numpy.ndarray) -> numpy.ndarray:
    """Every run of the mask along a row that the part touches."""
    edges = numpy.zeros((mask.shape[0], mask.shape[1] + 1), bool)
    edges[:, 0] = True
    edges[:, 1:-1] = mask[:, 1:] != mask[:, :-1]
    names = numpy.cumsum(edges[:, :-1].ravel())
    touched = numpy.zeros(int(names[-1]) + 1, bool)
    touched[names[(part & mask).ravel()]] = True
    return touched[names].reshape(mask.shape) & mask


Line = tuple[float, float, float]  # a·x + b·y = c


def _sides(paper: numpy.ndarray) -> tuple[Line, Line, Line, Line] | None:
    height, width = paper.shape
    rows = numpy.flatnonzero(paper.any(axis=1))
    columns = numpy.flatnonzero(paper.any(axis=0))
    if len(rows) < 40 or len(columns) < 40:
        return None
    rows = rows[len(rows) // 8 : -len(rows) // 8]
    columns = columns[len(columns) // 8 : -len(columns) // 8]
    first = paper[rows].argmax(axis=1)
    last = width - 1 - paper[rows, ::-1].argmax(axis=1)
    upper = paper[:, columns].argmax(axis=0)
    lower = height - 1 - paper[::-1, columns].argmax(axis=0)
    fits = [_fit(rows, first), _fit(rows, last), _fit(columns, upper), _fit(columns, lower)]
    if any(fit is None for fit in fits):
        return None
    (la, lb), (ra, rb), (ta, tb), (ba, bb) = fits  # type: ignore[misc]
    return (1, -la, lb), (1, -ra, rb), (-ta, 1, tb), (-ba, 1, bb)


def _fit(along: numpy.ndarray, across: numpy.ndarray) -> tuple[float, float] | None:
    """Slope and start of the straight line through most of the points; None where they lie on no line."""
    keep = numpy.ones(len(along), bool)
    slope = start = 0.0
    for _ in range(6):
        slope, start = (float(term) for term in numpy.polyfit(along[keep], across[keep], 1))
        away = numpy.abs(across - slope * along - start)
        narrower = away <= max(1.5, 1.5 * float(numpy.median(away)))
        if (narrower == keep).all():
            break
        keep = narrower
    if keep.mean() < 0.6 or numpy.percentile(away[keep], 90) > 3:
        return None
    return slope, start


def _meet(one: Line, two: Line) -> Point:
    matrix = numpy.array([one[:2], two[:2]], dtype=float)
    x, y = numpy.linalg.solve(matrix, numpy.array([one[2], two[2]], dtype=float))
    return float(x), float(y)


def _is_plausible(corners: list[Point], size: tuple[int, int], paper: numpy.ndarray) -> bool:
    width, height = size
    reach_x, reach_y = 0.12 * width, 0.12 * height
    if not all(
        -reach_x <= x <= width + reach_x and -reach_y <= y <= height + reach_y for x, y in corners
    ):
        return False
    for index, corner in enumerate(corners):
        one = numpy.subtract(corners[index - 1], corner)
        two = numpy.subtract(corners[(index + 1) % 4], corner)
        cosine = one @ two / max(1e-6, float(numpy.hypot(*one) * numpy.hypot(*two)))
        if abs(cosine) > 0.34:  # more than 20 degrees from a right angle
            return False
    # The four lines must enclose what was found, not a part of it.
    area = 0.5 * abs(
        sum(
            corners[index - 1][0] * y - x * corners[index - 1][1]
            for index, (x, y) in enumerate(corners)
        )
    )
    if not 0.85 < float(paper.sum()) / max(1.0, area) < 1.15:
        return False
    # Nothing is gained, and borders are lost, where the sheet already fills the picture.
    return area < 0.97 * width * height
