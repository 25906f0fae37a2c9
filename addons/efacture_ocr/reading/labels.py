"""Words that announce a value (“Facture n°”, “Échéance”, “Net à payer”), as data per language, found on the page.

A language is a file `data/labels/<code>.json`: `labels` (kind → wordings), `months` (twelve lists of names), and lists of other words. Wordings are
compared without case, accents and punctuation; recognised words may differ by a letter or two.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
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


@lru_cache(maxsize=20000)
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
    """Every wording on the pages, in reading order; of several that begin at one word the longest, once for each kind.

    A wording may go on in the cell under its first words (*Date* over *d'échéance*).
    """
    codes = tuple(codes)
    return [
        label
        for page in layout.pages
        for label in layout.once_of_page(
            page.number,
            ("labels", codes),
            partial(_on_page, layout.rows(page.number), codes),
        )
    ]


def _on_page(rows: Iterable[Row], codes: tuple[str, ...]) -> list[Label]:
    found: list[Label] = []
    before: list[_Line] = []
    for row in rows:
        lines = [_Line(cell.words) for cell in row.cells]
        whole = _Line(row.words)
        here = _labels_of(whole, codes)
        stacked = _stacked(before, lines, codes) if before else []
        covered = {word for label in stacked for word in label.words}
        if covered:  # what the longer wording holds says nothing by itself
            found[-80:] = [one for one in found[-80:] if not covered >= set(one.words)]
        found += [label for label in here if not covered >= set(label.words)]
        found += stacked
        before = lines
    return found


class _Line:
    """Words of a row or cell and their tokens: (token, index of its word)."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = tuple(part for word in words for part in parts(word))
        self.tokens = [
            (token, index)
            for index, word in enumerate(self.words)
            for token in fold(word.text).split()
        ]


# “N°:123”, “FACTURE:F-12”, “n°562”, “du12/03/2024”: a wording and its value printed without a blank.
_GLUED = (
    re.compile(r"^(?P<a>[^\W\d][^\d:]{0,28}:)(?P<b>[^:/\s][^:]*)$"),
    re.compile(r"^(?P<a>(?:[^\W\d]+-?)?[nN][°ºo]\.?:?)(?P<b>[A-Z]{0,4}[-/]?\d\S*)$"),
    re.compile(r"^(?P<a>[^\W\d]{2,12})(?P<b>\d{1,2}[/.]\d{1,2}[/.]\d{2,4})$"),
    re.compile(r"^(?P<a>#)(?P<b>\w\S*)$"),
)


@lru_cache(maxsize=20000)
def parts(word: Word) -> tuple[Word, ...]:
    """A word as it is, or cut where its wording ends and its value begins (`N°:123` → `N°:`, `123`)."""
    if not any(char.isdigit() for char in word.text):
        return (word,)
    for pattern in _GLUED:
        match = pattern.match(word.text)
        if match:
            cut = word.x0 + (word.x1 - word.x0) * len(match["a"]) / len(word.text)
            return (
                replace(word, x1=cut, text=match["a"]),
                replace(word, x0=cut, text=match["b"]),
            )
    return (word,)


def _labels_of(line: _Line, codes: tuple[str, ...]) -> list[Label]:
    tokens = line.tokens
    found: list[tuple[int, int, Label]] = []
    for start, (_token, index) in enumerate(tokens):
        best: list[tuple[int, Label]] = []
        fuzzy = line.words[index].source == OCR
        for size, strength, kind, wording in _matches(tokens, start, codes, fuzzy):
            end = start + size
            last = tokens[end - 1][1]
            words = line.words[index : last + 1]
            if (
                end < len(tokens)
                and tokens[end][1] == last
                and any(map(str.isdigit, words[-1].text))
            ):
                continue  # the beginning of a number: “BC-0077”
            if _runs_on(words):
                best.append((size, Label(kind, words, strength, wording)))
        if not best:
            continue
        longest = max(length for length, _label in best)
        kinds: set[str] = set()
        for length, label in sorted(best, key=lambda item: -item[1].strength):
            if length == longest and label.kind not in kinds:
                kinds.add(label.kind)
                found.append((start, start + length, label))
    # A wording inside a longer one, or begun by its end, says nothing by itself (“date” of “date d'échéance”).
    return [
        label
        for start, end, label in found
        if not any(a <= start < b and b - a > end - start for a, b, _other in found)
    ]


def _stacked(above: Sequence[_Line], below: Sequence[_Line], codes: tuple[str, ...]) -> list[Label]:
    """Wordings that begin in a cell and end in the cell under it."""
    found: list[Label] = []
    for lower in below:
        if not lower.tokens or not lower.words or len(lower.tokens) > 8:
            continue
        box = Box.around(lower.words)
        for upper in above:
            if not upper.tokens or len(upper.tokens) > 6 or not upper.words:
                continue
            top = Box.around(upper.words)
            aligned = min(abs(top.x0 - box.x0), abs(top.x1 - box.x1), abs(top.center - box.center))
            if box.y0 - top.y1 > 0.9 * top.height or aligned > 6:
                continue
            size = len(upper.tokens)
            tokens = upper.tokens + lower.tokens
            fuzzy = upper.words[0].source == OCR
            for start in range(size):
                hits = [
                    hit
                    for hit in _matches(tokens, start, codes, fuzzy)
                    if start + hit[0] > size and (start == 0 or hit[0] > 2)
                ]
                if start and any(
                    start + hit[0] == size for hit in _matches(upper.tokens, start, codes, fuzzy)
                ):
                    continue  # the upper cell ends with a whole wording of its own
                if hits:
                    longest = max(hits, key=lambda hit: (hit[0], hit[1]))
                    inside = start + longest[0] - size
                    if any(hit[0] > inside for hit in _matches(lower.tokens, 0, codes, fuzzy)):
                        continue  # “Votre commande” over “N° client”: the lower one is its own
                    ends = lower.tokens[start + longest[0] - size - 1][1]
                    words = upper.words[upper.tokens[start][1] :] + lower.words[: ends + 1]
                    kinds = dict.fromkeys(hit[2] for hit in hits if hit[0] == longest[0])
                    found += [Label(kind, words, 0.95 * longest[1], longest[3]) for kind in kinds]
                    break
    return found


def _matches(
    tokens: Sequence[tuple[str, int]], start: int, codes: tuple[str, ...], fuzzy: bool
) -> list[tuple[int, float, str, str]]:
    """Wordings that stand at this token: (tokens, strength, kind, wording)."""
    found = []
    for code in codes:
        table = _wordings(code)
        for first in _near(tokens[start][0], code, fuzzy):
            for wanted, kind, wording in table[first]:
                strength = _match(tokens, start, wanted, fuzzy)
                if strength:
                    found.append((len(wanted), strength, kind, wording))
    return found


def _runs_on(words: Sequence[Word]) -> bool:
    """A wording does not jump over a wide gap."""
    return all(
        right.x0 - left.x1 <= 2.0 * max(left.y1 - left.y0, 1)
        for left, right in zip(words, words[1:], strict=False)
    )


@lru_cache(maxsize=20000)
def _near(token: str, code: str, fuzzy: bool) -> tuple[str, ...]:
    table = _wordings(code)
    if token in table:
        return (token,)
    if not fuzzy or len(token) < 4 or token.isdigit():
        return ()
    return tuple(first for first in table if len(first) >= 4 and _same(token, first))


def _match(
    tokens: Sequence[tuple[str, int]], start: int, wanted: tuple[str, ...], fuzzy: bool
) -> float:
    if start + len(wanted) > len(tokens):
        return 0.0
    strength = 1.0
    for offset, word in enumerate(wanted):
        token = tokens[start + offset][0]
        if token == word:
            continue
        if not (fuzzy and not token.isdigit() and _same(token, word)):
            return 0.0
        strength *= 0.9
    return strength


@lru_cache(maxsize=50000)
def _same(token: str, word: str) -> bool:
    """Near enough for a recognised word: one letter in five may differ."""
    allowed = len(word) // 5 + (len(word) == 4)
    return abs(len(token) - len(word)) <= allowed and (
        Levenshtein.distance(token, word, score_cutoff=allowed) <= allowed
    )
