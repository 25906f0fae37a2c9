"""Where words stand on the pages: rows whose words are cut at their labels, headers of tables, titles; what labels mean by their neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from ..labels import Label, fold, parts, vocabulary
from ..layout import Layout
from ..model import Box, Word
from ..table_words import Vocabulary as ColumnWords
from ..table_words import column_at
from ..table_words import vocabulary as column_words
from . import View


@dataclass
class Line:
    """A row with its words cut where a wording and a value are printed without a blank."""

    words: tuple[Word, ...]
    y0: float
    y1: float
    box: Box
    index: int = 0
    cells: list[tuple[Word, ...]] = field(default_factory=list)


def lines_of(layout: Layout, page: int) -> list[Line]:
    """Rows of a page, words cut (`labels.parts`)."""
    result = []
    for index, row in enumerate(layout.rows(page)):
        cells = [tuple(part for word in cell.words for part in parts(word)) for cell in row.cells]
        words = tuple(word for cell in cells for word in cell)
        result.append(Line(words, row.box.y0, row.box.y1, row.box, index, cells))
    return result


@cache
def words_of(section: str, kind: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Folded words of a list of the language files (`header_words.filler`)."""
    return frozenset(
        fold(word)
        for language in languages
        for word in vocabulary(language).get(section, {}).get(kind, ())
    )


@cache
def filler_of(languages: tuple[str, ...]) -> frozenset[str]:
    """Single words that may stand between a label and its value."""
    return frozenset(
        token for word in words_of("header_words", "filler", languages) for token in word.split()
    )


class Places:
    """The rows of all pages and who stands where, for pairing."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.lines = {page.number: lines_of(view.layout, page.number) for page in view.layout.pages}
        self.filler = filler_of(view.languages)
        self.labelled: dict[Word, list[Label]] = {}
        for label in view.labels:
            for word in label.words:
                self.labelled.setdefault(word, []).append(label)

        self.homes: dict[Word, tuple[Line, int]] = {
            word: (line, index)
            for lines in self.lines.values()
            for line in lines
            for index, cell in enumerate(line.cells)
            for word in cell
        }
        self._titles: list[Box] | None = None
        self._headers: dict[int, set[int]] | None = None

    def under_title(self, box: Box) -> bool:
        """Right after the title of the document, or in the row under it."""
        if self._titles is None:
            from .document import titles

            found = [
                Box.around(words) for _kind, score, words in titles(self.view) if score >= 0.45
            ]
            self._titles = found[:6] + [label.box for label in self.view.labelled("title")]
        for place in self._titles:
            if place.page != box.page:
                continue
            same = abs(place.middle - box.middle) < 0.7 * max(box.height, place.height)
            if same and -2 <= box.x0 - place.x1 < 40:
                return True
            under = 0 <= box.y0 - place.y1 < 2.0 * place.height
            if under and box.x0 < place.x1 + 60 and box.x1 > place.x0 - 60:
                return True
        return False

    def begins_cell(self, label: Label) -> bool:
        """Nothing stands before it in its cell."""
        return any(
            cell[0] == label.words[0] for line in self.near(label.box, 0, 0) for cell in line.cells
        )

    def ends_cell(self, label: Label) -> bool:
        """No word stands behind it in its cell (“Numéro Douze” is a name)."""
        home = self.homes.get(label.words[-1])
        if home is None:
            return True
        cell = home[0].cells[home[1]]
        return not any(fold(word.text) for word in cell[cell.index(label.words[-1]) + 1 :])

    def headers(self) -> dict[int, set[int]]:
        """Page → rows that hold the headers of a table of lines."""
        if self._headers is None:
            words = column_words(self.view.languages)
            self._headers = {
                page: {line.index for line in lines if _is_header(line, words)}
                for page, lines in self.lines.items()
            }
        return self._headers

    def heads_table(self, label: Label) -> bool:
        """The label is one of the headers of the table of lines."""
        page = label.words[0].page
        return any(
            label.words[-1] in self.lines[page][index].words for index in self.headers()[page]
        )

    def table_tops(self) -> dict[int, float]:
        """Page → height of its first row of headers."""
        return {
            page: self.lines[page][min(rows)].y0 for page, rows in self.headers().items() if rows
        }

    def near(self, box: Box, up: float, down: float) -> list[Line]:
        """Rows of the page between `up` points above and `down` points under a box."""
        return [
            line
            for line in self.lines[box.page]
            if line.y1 >= box.y0 - up and line.y0 <= box.y1 + down
        ]

    def between(self, left: Box, right: Box) -> list[Word]:
        """Words at this height between two boxes."""
        found = []
        for line in self.near(left, 2, 2):
            for word in line.words:
                if (
                    word.x0 >= left.x1 - 1
                    and word.x1 <= right.x0 + 1
                    and same_height(left, word.box)
                    and same_height(right, word.box)
                ):
                    found.append(word)
        return found


_COLUMNS = frozenset(("description", "quantity", "price", "amount", "unit", "gross_price"))


def _is_header(line: Line, words: ColumnWords) -> bool:
    tokens = [token for word in line.words for token in fold(word.text).split()]
    roles: set[str] = set()
    index = 0
    while index < len(tokens):
        hit = column_at(tokens, index, words)
        if hit:
            roles.add(hit[1])
        index += hit[0] if hit else 1
    return len(roles & _COLUMNS) >= 2


def same_height(one: Box, other: Box) -> bool:
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared >= 0.5 * max(1.0, min(one.height, other.height))


_MONEY = re.compile(r"^[-−+(]?(?:\d{1,3}[ .'])*\d+[.,]\d{2}[)€]?$")


def with_deposits(labels: Iterable[Label], places: Places) -> list[Label]:
    """The labels; “Facture d'acompte 54190 du 06/07/2026  -3 769,00” under the head names an earlier invoice."""
    result: list[Label] = []
    headed: set[int] = set()
    for label in labels:
        if label.kind not in ("title", "number"):
            result.append(label)
            continue
        box = label.box
        money = any(
            word.x0 > box.x1 and _MONEY.match(word.text) and same_height(box, word.box)
            for line in places.near(box, 0, 0)
            for word in line.words
        )
        if money and headed:
            label = replace(label, kind="preceding")
        else:
            headed.add(box.page)
        result.append(label)
    return result


#: Kinds that a bare “n°” may stand for, when words of theirs stand before it: “votre commande du 3 mars n° 7”.
_NAMED = ("order", "contract", "delivery_note", "quote_number")
_BEFORE = 7
_DAY = re.compile(r"^\d{1,2}([/.\-]\d{1,2}[/.\-]\d{2,4})?$|^(?:19|20)\d\d$|^1er$")
#: Between a noun and a bare “n°” these are the owners of the number.
_FOREIGN = frozenset(
    (
        "number",
        "title",
        "customer_number",
        "other_number",
        "preceding",
        "siret",
        "siren",
        "vat_number",
    )
)


def named_numbers(labels: Iterable[Label], places: Places) -> list[Label]:
    """The labels; a bare “n°” takes the kind of the word before it: “votre commande du 3 mars n° 7”, “contrat de location longue durée n° 7”."""
    return [
        replace(label, kind=_named_by(label, places) or label.kind)
        if label.kind == "number_weak"
        else label
        for label in labels
    ]


def _named_by(label: Label, places: Places) -> str:
    """The kind named by the nearest noun before a bare “n°” in its cell; empty where a number or another label stands between."""
    home = places.homes.get(label.words[0])
    if home is None:
        return ""
    cell = home[0].cells[home[1]]
    before = cell[: cell.index(label.words[0])][-_BEFORE:]
    for word in reversed(before):
        token = fold(word.text)
        for kind in _NAMED:
            if set(token.split()) & _nouns(kind, places.view.languages):
                return kind
        if any(char.isdigit() for char in token) and not _DAY.match(word.text):
            return ""
        if any(owner.kind in _FOREIGN for owner in places.labelled.get(word, ())):
            return ""
    return ""


@cache
def _nouns(kind: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Wordings of a kind that are one word (“commande”), and nouns that say it only before a “n°” (`header_words`, “abonnement”)."""
    folded = words_of("labels", kind, languages)
    nouns = words_of("header_words", f"{kind}_nouns", languages)
    return nouns | {word for word in folded if " " not in word and len(word) > 2}
