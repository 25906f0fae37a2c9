"""The pages of docs/: each picture they name is there, and small enough to be read over a slow line."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_picture_of_a_page_exists(page):
    named = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text())
    missing = [name for name in named if not (DOCS / name).is_file()]
    assert not missing, "make them with docs/captures.py"


def test_each_picture_is_small_and_belongs_to_a_page():
    words = "".join(page.read_text() for page in PAGES)
    for picture in (DOCS / "images").glob("*.png"):
        assert picture.stat().st_size <= 150_000, picture.name
        wide = picture.name.replace("-etroit", "")
        assert f"images/{picture.name}" in words or f"images/{wide}" in words, (
            f"{picture.name}: no page shows it"
        )
