"""Which pages make which invoice: several invoices in one file, specimens and pages of terms left out.

A page begins an invoice when it says so: *Page 1/2*, a number other than the one before, another seller's identifiers under a title of its own. What
says nothing belongs to the invoice before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from . import papers
from .fields import View, document, references
from .identifiers import SIREN, SIRET, VAT, find_identifiers
from .labels import fold
from .layout import Layout
from .model import Candidate, Message, Options, Page
from .own import Own, compact
from .values import amounts

_FILE = Path(__file__).parent / "data" / "parts.json"
# A number is a page's own from this score on.
SURE_NUMBER = 0.7
# Words of a page of sentences, and how many of them may be figures.
MANY_WORDS, FEW_FIGURES, HEADED_FIGURES = 140, 0.09, 0.2


@dataclass(frozen=True)
class Part:
    """The pages of one invoice, what must be told of them, and the view of them when it was made already."""

    pages: tuple[Page, ...]
    messages: tuple[Message, ...] = ()
    seen: View | None = None

    def view(self, options: Options) -> View:
        """What the fields are looked for in."""
        if self.seen is not None:
            return self.seen
        layout = Layout(self.pages)
        return View.of(layout, options, document.languages_of(layout))


@dataclass(frozen=True)
class _Sign:
    """What a page says of itself."""

    page: Page
    view: View
    numbers: tuple[Candidate, ...] = ()
    counter: tuple[int, int] | None = None
    sellers: frozenset[str] = frozenset()
    titled: str = ""

    @cached_property
    def paper(self) -> str:
        """What it is plainly instead of a sheet of an invoice, or empty."""
        return papers.plain_paper(self.view, self.titled)

    @property
    def number(self) -> str:
        """The number the page bears surely, or empty."""
        best = self.numbers[0] if self.numbers else None
        return compact(str(best.value)) if best and best.score >= SURE_NUMBER else ""


@cache
def _words() -> dict[str, list[str]]:
    return json.loads(_FILE.read_text(encoding="utf-8"))


def split(pages: Sequence[Page], options: Options) -> list[Part]:
    """The invoices of a file, in order; empty when no page holds anything."""
    kept = [page for page in pages if page.words and not page.skipped]
    if len(kept) <= 1:
        return [Part(tuple(kept))] if kept else []
    layouts = [Layout([page]) for page in kept]
    reasons = [_useless(layout) for layout in layouts]
    if all(reasons):
        reasons = [""] * len(kept)
    left_out = [
        replace(page, skipped=reason) for page, reason in zip(kept, reasons, strict=True) if reason
    ]
    groups: list[list[_Sign]] = []
    useful = (layout for layout, reason in zip(layouts, reasons, strict=True) if not reason)
    for sign in (_sign(layout, options) for layout in useful):
        if groups and not _begins(sign, groups[-1]):
            groups[-1].append(sign)
        else:
            groups.append([sign])
    groups, others = _without_other_documents(groups)
    told = others + tuple(
        Message(f"page_{page.skipped}", {"page": str(page.number + 1)}, "info", page.number)
        for page in left_out
    )
    parts = [_part(group, options) for group in groups]
    if len(parts) > 1:
        told += (Message("several_invoices", {"count": str(len(parts))}, "info"),)
    return [replace(parts[0], messages=told), *parts[1:]]


def _part(group: list[_Sign], options: Options) -> Part:
    pages = tuple(sign.page for sign in group)
    if len(group) == 1:
        return Part(pages, seen=group[0].view)
    layout = Layout.joined([sign.view.layout for sign in group])
    return Part(pages, seen=View.of(layout, options, document.languages_of(layout)))


def _useless(layout: Layout) -> str:
    """`specimen` or `terms` for a page that is no part of an invoice, else empty."""
    (page,) = layout.pages
    rows = layout.rows(page.number)
    top = " ".join(fold(row.text) for row in rows if row.box.y0 < 0.3 * page.height)
    if any(f" {fold(word)} " in f" {top} " for word in _words()["specimen"]) or _struck_specimen(
        page
    ):
        return "specimen"
    tokens = [fold(word.text) for word in page.words]
    figures = sum(any(char.isdigit() for char in token) for token in tokens)
    headed = any(f" {fold(word)} " in f" {top} " for word in _words()["terms"])
    few = HEADED_FIGURES if headed else FEW_FIGURES  # articles are numbered
    if len(tokens) < MANY_WORDS or figures > few * len(tokens):
        return ""
    text = f" {' '.join(tokens)} "
    money = sum(1 for row in rows for found in amounts(row.words) if found.decimals == 2)
    legal = sum(text.count(f" {fold(word)} ") for word in _words()["sentences"])
    if headed and money <= max(6, 0.03 * len(tokens)):  # terms give amounts as examples
        return "terms"
    return "terms" if legal >= 6 and money <= 4 else ""


def _struck_specimen(page: Page) -> bool:
    """*SPECIMEN* in large letters across the page."""
    heights = sorted(word.y1 - word.y0 for word in page.words)
    usual = heights[len(heights) // 2]
    return any(
        fold(word.text) in ("specimen", "exemple", "sample", "muster")
        and word.y1 - word.y0 > 1.8 * usual
        for word in page.words
    )


def _sign(layout: Layout, options: Options) -> _Sign:
    (page,) = layout.pages
    view = View.of(layout, options, document.languages_of(layout))
    numbers = sorted(
        (c for c in references.find(view) if c.field == "BT-1" and c.words), key=lambda c: -c.score
    )
    own = Own(options)
    sellers = frozenset(
        item.siren or item.value
        for item in find_identifiers(layout)
        if item.kind in (SIREN, SIRET, VAT) and item.valid and not own.is_identifier(item.value)
    )
    return _Sign(
        page, view, tuple(numbers), _counter(layout, page), sellers, document.title_of(view)
    )


def _counter(layout: Layout, page: Page) -> tuple[int, int] | None:
    """*Page 2/3*, *2 sur 3*: which page of how many."""
    names = "|".join(re.escape(word) for word in _words()["page"])
    for row in layout.rows(page.number):
        text = row.text.lower()
        match = re.search(
            rf"\b(?:{names})\s*(?:n°)?\s*:?\s*(\d{{1,3}})\s*(?:/|sur|de|of|von|-)\s*(\d{{1,3}})\b",
            text,
        )
        edge = row.box.y0 > 0.88 * page.height or row.box.y0 < 0.08 * page.height
        if match is None and edge:
            match = re.search(r"^(?:.*\s)?(\d{1,2})\s*/\s*(\d{1,2})$", text)
        if match and 1 <= int(match[1]) <= int(match[2]) <= 200:
            return int(match[1]), int(match[2])
    return None


def _begins(sign: _Sign, before: list[_Sign]) -> bool:
    """The page begins another invoice than the pages before it."""
    known = {s.number for s in before if s.number}
    if (
        sign.counter
        and sign.counter[0] > 1
        and (not sign.number or not known or sign.number in known)
    ):
        return False
    if sign.paper != before[0].paper and (sign.paper or sign.number or sign.titled):
        return True
    if sign.number and known:
        if sign.number in known:
            return False
        other = {compact(str(c.value)) for c in sign.numbers[:3]} & known
        return not other
    if sign.counter and sign.counter[0] == 1 and before[-1].counter:
        return True
    others = frozenset().union(*(s.sellers for s in before))
    return bool(sign.titled and sign.sellers and others and not sign.sellers & others)


def _without_other_documents(
    groups: list[list[_Sign]],
) -> tuple[list[list[_Sign]], tuple[Message, ...]]:
    """Delivery notes, quotes and orders between invoices are no invoices, which is told; when nothing else is there they stay."""
    kinds = [group[0].paper or group[0].titled for group in groups]
    others = [kind in papers.BETWEEN for kind in kinds]
    if all(others):
        return groups, ()
    invoices = [group for group, other in zip(groups, others, strict=True) if not other]
    return invoices, tuple(
        papers.left_aside(kind, [sign.page.number + 1 for sign in group])
        for group, kind, other in zip(groups, kinds, others, strict=True)
        if other
    )
