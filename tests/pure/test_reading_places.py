"""The way back from a straightened sheet to the page as it came."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw
from reading import cleanup, places, raster, recognition, sheet


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("flat", [False, True])
def test_a_mark_is_found_again_where_it_was_before_the_page_was_straightened(turn: int, flat: bool):
    mark = Image.new("L", (800, 1000), 0)
    ImageDraw.Draw(mark).ellipse((290, 390, 310, 410), fill=255)
    corners = sheet.Corners(((60, 40), (760, 90), (740, 960), (30, 930))) if flat else None
    image = sheet.lay_flat(mark, corners) if corners else mark
    size = image.size
    image = image.rotate(-turn, expand=True)
    image = image.resize((image.width * 2, image.height * 2)).rotate(3.0, fillcolor=0)
    x0, y0, x1, y1 = image.point(lambda value: 255 if value > 128 else 0).getbbox()
    picture = raster.Picture(mark, 144)
    clean = cleanup.Clean(image, 2.0, 3.0)
    origin = recognition._way_back(picture, corners, clean, 2.0, turn, size)
    found = origin.at((x0 + x1) / 8, (y0 + y1) / 8)
    assert found == (pytest.approx(150, abs=1.5), pytest.approx(200, abs=1.5))
    assert places.origin_from_data(places.origin_to_data(origin)) == origin
