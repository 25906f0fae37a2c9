"""The documents that the reader is judged on: public and generated ones of the shared material, and those drawn by the tests.

A set is named `synth`, `real`, `anchors`, `scans` (shared material), `drawn-dev`, `drawn-held`, `drawn-blind` (layouts of tests/documents), `drawn-dev-office200` … (the same
as paper), `hybrid-text`, `hybrid-office200` … (pages of hybrids of the corpora).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("EFACTURE_SHARED") or ROOT.parent / "shared")
for _folder in ("addons/efacture_ocr", "addons/efacture_base", "bin", "tests"):
    if str(ROOT / _folder) not in sys.path:
        sys.path.append(str(ROOT / _folder))

TEXT, CLEAN, POOR, PHOTO, XML = "text", "clean", "poor", "photo", "xml"
CLASSES = {"office200": CLEAN, "poor150": POOR, "photo": PHOTO}
SETS = ("synth", "real", "anchors", "scans", "drawn-dev", "drawn-held", "drawn-blind")
# Documents drawn of each layout.
SEEDS = 3


@dataclass(frozen=True)
class Document:
    """One file with its truth. `complete`: the truth holds all that is printed; `held`: shown in totals only
    (splits `held` and `blind`)."""

    id: str
    set: str
    quality: str
    content: bytes = field(repr=False)
    truth: dict[str, Any] = field(repr=False)
    name: str = ""
    layout: str = ""
    language: str = ""
    complete: bool = True
    held: bool = False
    family: str = ""

    @cached_property
    def own(self) -> tuple[str, ...]:
        """Identifiers of the company that receives it, when the truth says which it is."""
        own = self.truth.get("own_siren")
        return (str(own),) if own else ()


class NoDocuments(RuntimeError):
    """The set is not there (no shared material, or nothing drawn yet); the message says which."""


def documents(name: str, seeds: int = SEEDS) -> Iterator[Document]:
    """The documents of a set, in a stable order.

    :raises NoDocuments: when they are absent
    """
    if name in ("synth", "real", "anchors"):
        yield from _shared(name)
    elif name == "scans":
        for folder in CLASSES:
            yield from _scans(folder)
    elif name in CLASSES:
        yield from _scans(name)
    elif name.startswith("hybrid-"):
        from bench import _reading_hybrid

        yield from _reading_hybrid.documents(name.removeprefix("hybrid-"))
    elif name.removeprefix("drawn-").count("-") == 1:
        from bench import _reading_parts

        _, split, quality = name.split("-")
        yield from _reading_parts.degraded(split, quality, False)
    elif name.startswith("drawn-"):
        yield from _drawn(name.removeprefix("drawn-"), seeds)
    else:
        raise NoDocuments(f"no set is called {name}; known: {', '.join(SETS)}")


# -- shared material --------------------------------------------------------------------------------


def _corpus() -> Path:
    folder = SHARED / "corpora" / "reading"
    if not (folder / "manifest.json").is_file():
        raise NoDocuments(f"no reading corpus at {folder} (EFACTURE_SHARED)")
    return folder


def _manifest() -> list[dict[str, Any]]:
    return json.loads((_corpus() / "manifest.json").read_text())


def _shared(name: str) -> Iterator[Document]:
    for row in _manifest():
        if row["set"] != name:
            continue
        content = (_corpus() / row["pdf"]).read_bytes()
        truth = _truth(row, content)
        yield Document(
            row["id"],
            name,
            TEXT,
            content,
            truth,
            Path(row["pdf"]).name,
            row.get("layout") or "",
            row.get("lang") or "",
            complete=name == "synth",
        )


def _scans(folder: str) -> Iterator[Document]:
    rows = {row["id"]: row for row in _manifest()}
    for file in sorted((_corpus() / "scans" / folder).glob("*")):
        row = rows.get(file.stem)
        if row is None:
            continue
        truth = _truth(row, (_corpus() / row["pdf"]).read_bytes())
        yield Document(
            f"{folder}/{file.stem}",
            "scans",
            CLASSES[folder],
            file.read_bytes(),
            truth,
            file.name,
            row.get("layout") or "",
            row.get("lang") or "",
            complete=row["set"] == "synth",
        )


def _truth(row: dict[str, Any], content: bytes) -> dict[str, Any]:
    """The truth with `visible` for the identifiers that it says nothing about, by a look into the text layer."""
    truth = json.loads((_corpus() / row["truth"]).read_text())
    if row["set"] == "anchors":
        return truth
    legal = str(truth.pop("buyer_legal_id", None) or "").replace(" ", "")
    if legal.isdigit() and len(legal) in (9, 14):
        truth["buyer_siren"] = legal[:9]
    text = "".join(page_texts(content)).replace(" ", "").replace("\xa0", "").upper()
    text = "".join(text.split())
    for key in ("buyer_vat", "buyer_siren"):
        if truth.get(key):
            value = "".join(str(truth[key]).split()).upper()
            truth["visible"].setdefault(key, value in text)
    if truth.get("buyer_name"):
        value = "".join(str(truth["buyer_name"]).split()).upper()
        truth["visible"].setdefault("buyer_name", value in text)
    return truth


def page_texts(content: bytes) -> list[str]:
    """The text layer of each page of a PDF, as pdfium gives it."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


# -- drawn by the tests -----------------------------------------------------------------------------


def layouts(split: str = "") -> dict[str, Any]:
    """Layouts of tests/documents, of one split or all; empty while there are none."""
    try:
        from documents.registry import LAYOUTS
    except ImportError:
        return {}
    return {name: one for name, one in LAYOUTS.items() if not split or one.split == split}


def _drawn(split: str, seeds: int) -> Iterator[Document]:
    found = layouts(split)
    if not found:
        raise NoDocuments(f"no layout of split {split} in tests/documents")
    for name, layout in sorted(found.items()):
        for seed in range(seeds):
            drawn = draw(layout, seed)
            yield Document(
                f"{name}-{seed}",
                f"drawn-{split}",
                TEXT,
                drawn.pdf,
                drawn.truth,
                f"{name}-{seed}.pdf",
                name,
                layout.language,
                held=split != "dev",
                family=layout.family,
            )


def draw(layout: Any, seed: int) -> Any:
    """`Drawn` of a layout, kept on disk by the hash of the drawing code: drawing is slower than reading."""
    from bench._reading_cache import drawn_cache

    return drawn_cache(layout, seed)
