"""Where a place of an upright, straightened sheet lies on the page as it came: for screens that show the original.

Words, and with them the boxes of evidence, stand on the sheet as it was read. A photograph was laid flat for that, a page
turned, a scan straightened; `Origin` is the way back. Only arithmetic: an Odoo worker imports it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
Matrix = tuple[float, float, float, float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Origin:
    """The way from a sheet to its original page, both in points from the top left corner.

    `matrix` is a homography, row by row; `width` and `height` are those of the original page: a page of a PDF as a viewer
    shows it, a picture upright as its EXIF says.
    """

    matrix: Matrix
    width: float
    height: float

    def at(self, x: float, y: float) -> Point:
        """A point of the sheet on the original page."""
        a, b, c, d, e, f, g, h, i = self.matrix
        depth = g * x + h * y + i
        return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth


def original_quad(origin: Origin | None, box: Sequence[float]) -> Quad:
    """The corners on the original page of `box` (x0, y0, x1, y1) of the sheet, from its top left corner clockwise.

    `origin` is `Page.origin`; None: the sheet is the page.
    """
    x0, y0, x1, y1 = box
    corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return corners if origin is None else tuple(origin.at(x, y) for x, y in corners)  # type: ignore[return-value]


def original_box(origin: Origin | None, box: Sequence[float]) -> tuple[float, float, float, float]:
    """The upright box (x0, y0, x1, y1) around `original_quad`, for screens that draw no slanted frames."""
    xs, ys = zip(*original_quad(origin, box), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def origin_to_data(origin: Origin) -> dict[str, Any]:
    """Plain data: `matrix` (nine numbers), `width`, `height`."""
    # The last row of a homography divides by hundreds of points: it needs its small figures.
    return {"matrix": list(origin.matrix), "width": origin.width, "height": origin.height}


def origin_from_data(data: dict[str, Any]) -> Origin:
    """Raises `ValueError` for data of another shape."""
    try:
        matrix = tuple(float(value) for value in data["matrix"])
        width, height = float(data["width"]), float(data["height"])
    except (KeyError, TypeError) as error:
        raise ValueError("no origin") from error
    if len(matrix) != 9 or not all(map(math.isfinite, (*matrix, width, height))):
        raise ValueError("no origin")
    return Origin(matrix, width, height)  # type: ignore[arg-type]


def product(*matrices: Matrix) -> Matrix:
    """The way that takes the first of `matrices` first."""
    whole = IDENTITY
    for m in matrices:
        whole = tuple(
            sum(m[3 * row + k] * whole[3 * k + column] for k in range(3))
            for row in range(3)
            for column in range(3)
        )  # type: ignore[assignment]
    return whole


def scaled(factor: float) -> Matrix:
    """Everything `factor` times as large."""
    return factor, 0.0, 0.0, 0.0, factor, 0.0, 0.0, 0.0, 1.0


def unturned(turn: int, width: float, height: float) -> Matrix:
    """Back from a page that was turned clockwise by 0, 90, 180 or 270 degrees; `width` and `height` before that."""
    match turn % 360:
        case 90:
            return 0.0, 1.0, 0.0, -1.0, 0.0, height, 0.0, 0.0, 1.0
        case 180:
            return -1.0, 0.0, width, 0.0, -1.0, height, 0.0, 0.0, 1.0
        case 270:
            return 0.0, -1.0, width, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0
    return IDENTITY


def slanted(degrees: float, width: float, height: float) -> Matrix:
    """Back from a picture of `width` by `height` turned around its middle, against the clock, by `degrees`."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = width / 2, height / 2
    return cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y, 0.0, 0.0, 1.0
