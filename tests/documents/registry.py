"""The layouts of the documents that the tests draw: `LAYOUTS`, by name.

A layout lives in a module of this package whose name starts with `web_` (HTML printed by Chromium) or `print_` (reportlab);
such modules are loaded here, and none of them may import Chromium's client, reportlab or a picture library before it draws.

The truth of a document has the keys of docs/developer.md, “Reading: who does what”. Besides:
- `visible[field]` is true when the value is printed, in whatever shape; a date that is only implied by “30 jours” is not;
- lines of a document priced with tax included have `tax_included: true`, `price` and `total` without VAT and
  `printed_price` and `printed_total` as printed;
- `lines_alternative`: another level of detail that adds up to the same net, when a document prints both;
- `document_type`: `invoice`, `credit_note`, `deposit` or `receipt`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEV, HELD, BLIND = SPLITS = "dev", "held", "blind"


@dataclass(frozen=True)
class Drawn:
    """One document: its file, and what it says."""

    pdf: bytes
    truth: dict[str, Any]


@dataclass(frozen=True)
class DocumentLayout:
    """A way of drawing documents. `draw(seed)` gives the same document for the same seed.

    `split` is `dev` (anybody may look), `held` or `blind` (only scored in totals; `blind` was drawn when the reader's tables had
    been written); it is decided when the layout is drawn and never changes. `language` is `fr`, `en` or `de`.
    """

    name: str
    family: str
    split: str
    language: str
    draw: Callable[[int], Drawn]


LAYOUTS: dict[str, DocumentLayout] = {}


def register(
    name: str, family: str, split: str, language: str = "fr"
) -> Callable[[Callable[[int], Drawn]], Callable[[int], Drawn]]:
    """Enter the decorated `draw` under this name.

    :raises ValueError: the name is taken by another function, or the split is not one of `SPLITS`.
    """

    def enter(draw: Callable[[int], Drawn]) -> Callable[[int], Drawn]:
        if split not in SPLITS:
            raise ValueError(f"{name}: split {split}")
        if name in LAYOUTS:
            raise ValueError(f"two layouts are called {name}")
        LAYOUTS[name] = DocumentLayout(name, family, split, language, draw)
        return draw

    return enter


def layouts(split: str | None = None) -> list[DocumentLayout]:
    """All layouts, or those of one split, by name."""
    return [LAYOUTS[name] for name in sorted(LAYOUTS) if split in (None, LAYOUTS[name].split)]


for _module in sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])):
    if _module.startswith(("web_", "print_")):
        importlib.import_module(f"documents.{_module}")
