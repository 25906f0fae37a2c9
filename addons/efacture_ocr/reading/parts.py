"""Which pages make which invoice: several invoices in one file, specimens and pages of terms left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .model import Message, Options, Page


@dataclass(frozen=True)
class Part:
    """The pages of one invoice, and what must be told of them."""

    pages: tuple[Page, ...]
    messages: tuple[Message, ...] = ()


def split(pages: Sequence[Page], options: Options) -> list[Part]:
    """The invoices of a file; empty when no page holds anything."""
    kept = tuple(page for page in pages if page.words and not page.skipped)
    return [Part(kept)] if kept else []
