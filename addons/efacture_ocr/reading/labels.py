"""Words that announce a value (“Facture n°”, “Échéance”, “Net à payer”), as data per language, found on the page.

A language is a file `data/labels/<code>.json`: `labels` (kind → wordings), `months` (twelve lists of names), and lists of other words. Wordings are
compared without case, accents and punctuation; recognised words may differ by a letter or two.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from .layout import Layout, Row
from .model import OCR, Box, Word

_FOLDER = Path(__file__).parent / "data" / "labels"
_SEPARATORS = re.compile(r"[^a-z0-9%#€&]+")


@dataclass(frozen=True)
class Label:
    """A wording found on the page. `strength` (0…1): 1 for a whole wording read exactly, less for a near one."""

    kind: str
    words: tuple[Word, ...]
    strength: float = 1.0
    wording: str = ""

    @property
    def box(self) -> Box:
        """Where it stands."""
        return Box.around(self.words)


def languages() -> tuple[str, ...]:
    """Codes of the languages there is a file for; French first."""
    codes = sorted(path.stem for path in _FOLDER.glob("*.json"))
    return tuple(sorted(codes, key=lambda code: code != "fr"))


@cache
def vocabulary(language: str) -> dict:
    """What the file of a language holds. Raises `OSError` for a language without a file."""
    return json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))


def fold(text: str) -> str:
    """Lower case, without accents, one space for anything that is no letter or figure: `N° T.V.A.` → `n tva`."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("ß", "ss").replace("°", " ")
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    plain = re.sub(r"\b((?:[a-z]\.){2,})", lambda m: m[1].replace(".", ""), plain)
    return _SEPARATORS.sub(" ", plain).strip()


@cache
def _wordings(language: str) -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    """First token → (tokens, kind, wording), the longest first."""
    table: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for kind, wordings in vocabulary(language)["labels"].items():
        for wording in wordings:
            tokens = tuple(fold(wording).split())
            if tokens:
                table.setdefault(tokens[0], []).append((tokens, kind, wording))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


def find_labels(layout: Layout, codes: Iterable[str]) -> list[Label]:
    """Every wording on the pages, in reading order; of several that begin at one word the longest, once for each kind."""
    found: list[Label] = []
    tables = [_wordings(code) for code in codes]
    for row in layout.all_rows:
        found += _labels_of(row, tables)
    return found


def _labels_of(row: Row, tables: Sequence[dict]) -> list[Label]:
    tokens: list[tuple[str, int]] = []  # (token, index of its word)
    for index, word in enumerate(row.words):
        tokens += [(token, index) for token in fold(word.text).split()]
    found: list[Label] = []
    covered = -1
    for start, (token, index) in enumerate(tokens):
        if start <= covered:
            continue
        best: list[tuple[int, Label]] = []
        fuzzy = row.words[index].source == OCR
        for table in tables:
            for first in _near(token, table, fuzzy):
                for wanted, kind, wording in table[first]:
                    strength = _match(tokens, start, wanted, fuzzy)
                    if strength:
                        last = tokens[start + len(wanted) - 1][1]
                        words = row.words[index : last + 1]
                        if not _runs_on(words):
                            continue
                        best.append((len(wanted), Label(kind, words, strength, wording)))
        if not best:
            continue
        longest = max(length for length, _label in best)
        kinds: set[str] = set()
        for length, label in sorted(best, key=lambda item: -item[1].strength):
            if length == longest and label.kind not in kinds:
                kinds.add(label.kind)
                found.append(label)
        covered = start + longest - 1
    return found


def _runs_on(words: Sequence[Word]) -> bool:
    """A wording does not jump over a wide gap."""
    return all(
        right.x0 - left.x1 <= 2.0 * max(left.y1 - left.y0, 1)
        for left, right in zip(words, words[1:], strict=False)
    )


def _near(token: str, table: dict, fuzzy: bool) -> list[str]:
    if token in table:
        return [token]
    if not fuzzy or len(token) < 4:
        return []
    return [first for first in table if _same(token, first)]


def _match(tokens, start: int, wanted: tuple[str, ...], fuzzy: bool) -> float:
    if start + len(wanted) > len(tokens):
        return 0.0
    strength = 1.0
    for (token, _index), word in zip(tokens[start:], wanted, strict=False):
        if token == word:
            continue
        if not (fuzzy and _same(token, word)):
            return 0.0
        strength *= 0.9
    return strength


def _same(token: str, word: str) -> bool:
    """Near enough for a recognised word: one letter in five may differ."""
    allowed = len(word) // 5 + (len(word) >= 4)
    return abs(len(token) - len(word)) <= allowed and (
        Levenshtein.distance(token, word, score_cutoff=allowed) <= allowed
    )
