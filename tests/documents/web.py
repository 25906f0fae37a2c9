"""Documents written as HTML: the decorator of their layouts, and `python -m documents.web --out DIR` to look at them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from documents.chromium import Printer, Sheet, print_pdf
from documents.registry import SPLITS, Drawn, layouts, register
from documents.world import World

Compose = Callable[[World], Sheet]


def web(name: str, family: str, split: str, language: str = "fr") -> Callable[[Compose], Compose]:
    """Register a function that composes a `Sheet` from a `World` as the layout of that name."""

    def enter(compose: Compose) -> Compose:
        @register(name, family, split, language)
        def draw(seed: int) -> Drawn:
            sheet = compose(World(name, seed))
            truth = {"id": f"{name}-{seed}", "layout": name, "lang": language, **sheet.truth}
            return Drawn(print_pdf(sheet), truth)

        return compose

    return enter


def main() -> None:
    """Write documents and their truths into a folder."""
    parser = argparse.ArgumentParser(prog="documents.web", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", choices=SPLITS)
    parser.add_argument("--seeds", type=int, default=1, help="documents per layout")
    parser.add_argument("--only", nargs="*", help="names of layouts")
    told = parser.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    with Printer():
        for layout in layouts(told.split):
            if told.only and layout.name not in told.only:
                continue
            for seed in range(told.seeds):
                drawn = layout.draw(seed)
                path = told.out / f"{layout.name}-{seed}.pdf"
                path.write_bytes(drawn.pdf)
                path.with_suffix(".json").write_text(
                    json.dumps(drawn.truth, ensure_ascii=False, indent=1)
                )


if __name__ == "__main__":
    main()
