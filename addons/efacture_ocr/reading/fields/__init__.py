"""One module per group of fields; each has `find(view) -> list[Candidate]`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ..labels import Label, find_labels
from ..layout import Layout
from ..model import Options

if TYPE_CHECKING:
    from .places import Places


@dataclass(frozen=True)
class View:
    """What every field is looked for in: the pages in order, the labels on them, what is known before."""

    layout: Layout
    options: Options = field(default_factory=Options)
    languages: tuple[str, ...] = ("fr",)
    labels: tuple[Label, ...] = ()

    @staticmethod
    def of(layout: Layout, options: Options, languages: tuple[str, ...]) -> View:
        """The view of these pages, labels of these languages looked up."""
        return View(layout, options, languages, tuple(find_labels(layout, languages)))

    @cached_property
    def places(self) -> Places:
        """Where the words stand: rows cut at their labels, headers of tables, titles."""
        from .places import Places

        return Places(self)

    def labelled(self, *kinds: str) -> list[Label]:
        """Labels of these kinds, the strongest first, then in reading order."""
        found = [label for label in self.labels if label.kind in kinds]
        return sorted(found, key=lambda label: -label.strength)
