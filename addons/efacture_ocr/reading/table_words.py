"""Words of tables: column headers, sub-totals, units, as data per language (`data/columns/<lang>.json`).

Wordings are compared folded (no case, accents, punctuation) token by token; recognised words may differ by a letter or two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from .labels import fold

_FOLDER = Path(__file__).parent / "data" / "columns"

POSITION, REFERENCE, DESCRIPTION, QUANTITY, PACKAGES = (
    "position", "reference", "description", "quantity", "packages",
)  # fmt: skip
UNIT, PRICE, GROSS_PRICE, DISCOUNT, VAT, VAT_AMOUNT = (
    "unit", "price", "gross_price", "discount", "vat", "vat_amount",
)  # fmt: skip
AMOUNT, AMOUNT_GROSS, VAT_BASE, DATE, PERIOD, OTHER, WEIGHT, PRICE_TAXED = (
    "amount", "amount_gross", "vat_base", "date", "period", "other", "weight", "price_taxed",
)  # fmt: skip


@cache
def _file(language: str) -> dict:
    path = _FOLDER / f"{language}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@cache
def all_languages() -> tuple[str, ...]:
    """Codes of the languages there is a file for."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@dataclass(frozen=True)
class Vocabulary:
    """The words of several languages together; tokens are folded."""

    columns: dict[str, tuple[tuple[tuple[str, ...], str], ...]]  # first token -> (tokens, role)
    rows: dict[str, tuple[tuple[str, ...], ...]]  # class -> wordings
    fillers: frozenset[str]
    units: frozenset[str]
    times: frozenset[str]
    free: frozenset[str]
    taxes: frozenset[str]
    with_tax: tuple[tuple[str, ...], ...]


@cache
def vocabulary(languages: tuple[str, ...]) -> Vocabulary:
    """The words of these languages, the first one's meaning first."""
    columns: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    rows: dict[str, list[tuple[str, ...]]] = {}
    seen: set[tuple[str, ...]] = set()
    sets: dict[str, set[str]] = {
        name: set() for name in ("fillers", "units", "times", "free", "taxes")
    }
    with_tax: list[tuple[str, ...]] = []
    for language in languages:
        data = _file(language)
        for role, wordings in data.get("columns", {}).items():
            for wording in wordings:
                tokens = tokens_of(wording)
                if tokens and tokens not in seen:
                    seen.add(tokens)
                    columns.setdefault(tokens[0], []).append((tokens, role))
        for kind, wordings in data.get("rows", {}).items():
            rows.setdefault(kind, []).extend(filter(None, map(tokens_of, wordings)))
        for name, words in sets.items():
            for wording in data.get(name, ()):
                whole = name not in ("fillers", "taxes")
                words.update([unit_key(wording)] if whole else tokens_of(wording))
        with_tax += filter(None, map(tokens_of, data.get("with_tax", ())))
    return Vocabulary(
        {
            first: tuple(sorted(entries, key=lambda entry: -len(entry[0])))
            for first, entries in columns.items()
        },
        {kind: tuple(dict.fromkeys(wordings)) for kind, wordings in rows.items()},
        *(frozenset(sets[name]) for name in sets),
        tuple(with_tax),
    )


def unit_key(text: str) -> str:
    """A unit as it is compared: `Unit(s)` → `unit(s)`, `m²` → `m²`."""
    return text.strip().casefold().rstrip(".")


@cache
def tokens_of(text: str) -> tuple[str, ...]:
    """Folded tokens; `#` and `n°` keep a token of their own."""
    return tuple(fold(spaced(text)).split())


def spaced(text: str) -> str:
    """`Rem%` → `Rem %`, `P.U` → `PU`: signs that stand for words apart, points of abbreviations away."""
    return re.sub(r"\b(\w)\.(?=\w\b)", r"\1", text.replace("#", " # ").replace("%", " % "))


def column_at(
    tokens: Sequence[str], start: int, words: Vocabulary, fuzzy: bool = False
) -> tuple[int, str] | None:
    """(number of tokens, role) of the longest column wording that begins at `start`."""
    firsts = [tokens[start]]
    if fuzzy and tokens[start] not in words.columns and len(tokens[start]) >= 3:
        firsts = [first for first in words.columns if near(tokens[start], first)]
    best: tuple[int, str] | None = None
    for first in firsts:
        for wanted, role in words.columns.get(first, ()):
            if best and len(wanted) <= best[0]:
                break
            following = tokens[start : start + len(wanted)]
            if len(following) == len(wanted) and all(
                mine == theirs or fuzzy and near(mine, theirs)
                for mine, theirs in zip(following, wanted, strict=True)
            ):
                best = (len(wanted), role)
                break
    return best


def starts_with(
    tokens: Sequence[str], wordings: Iterable[Sequence[str]], fuzzy: bool = False
) -> tuple[str, ...]:
    """The longest of these wordings that begins the tokens, or ()."""
    best: tuple[str, ...] = ()
    for wording in wordings:
        size = len(wording)
        if (
            size > len(best)
            and len(tokens) >= size
            and (fuzzy or wording[0] == tokens[0])
            and all(
                mine == theirs or fuzzy and near(mine, theirs)
                for mine, theirs in zip(tokens, wording, strict=False)
            )
        ):
            best = tuple(wording)
    return best


def near(token: str, word: str) -> bool:
    """Near enough for a recognised word of five letters or more: one letter may differ, two in a long one."""
    if token == word:
        return True
    if len(word) < 5 or len(token) < 4:
        return False
    allowed = 1 if len(word) < 9 else 2
    return (
        abs(len(token) - len(word)) <= allowed
        and Levenshtein.distance(token, word, score_cutoff=allowed) <= allowed
    )
