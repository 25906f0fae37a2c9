"""Every kind of picture that people send is opened."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from reading import raster, sniff


@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "TIFF", "WEBP", "BMP", "GIF"])
def test_a_picture_of_any_usual_kind_is_opened(kind: str):
    out = io.BytesIO()
    sheet = Image.new("RGB", (600, 800), "white")
    sheet.save(out, kind)
    assert sniff.sniff(out.getvalue()).kind == ("jpeg" if kind == "MPO" else kind.lower())
    (picture,) = raster.open_pictures(out.getvalue())
    assert picture.image.height >= picture.image.width


def test_a_fax_in_black_and_white_is_opened():
    out = io.BytesIO()
    Image.new("1", (1728, 2441), 1).save(out, "TIFF", compression="group4", dpi=(204, 196))
    (picture,) = raster.open_pictures(out.getvalue())
    assert picture.image.mode == "L"
