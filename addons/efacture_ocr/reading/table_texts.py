"""The words of an item: description, reference, unit, code of its VAT rate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .labels import fold
from .model import Word
from .table_cells import TableRow
from .table_columns import text_column
from .table_header import Column
from .table_words import (
    DATE,
    DESCRIPTION,
    OTHER,
    PACKAGES,
    PERIOD,
    POSITION,
    REFERENCE,
    UNIT,
    VAT,
    Vocabulary,
    column_at,
    starts_with,
    unit_key,
)  # fmt: skip
from .table_zone import Item, Zone

_BRACKETED = re.compile(r"^\[([^\]\s]{2,30})\]\s*")
_CODE = re.compile(r"^(?=.*\d)[A-Z0-9][A-Z0-9./_-]{2,24}$")
#: Numbers of trade items stand alone under the name.
_EAN = re.compile(r"^(?:\d{8}|\d{12,14})$")
_TEXT_ROLES = frozenset(
    (DESCRIPTION, REFERENCE, UNIT, VAT, DATE, PERIOD, OTHER, PACKAGES, POSITION)
)


@dataclass
class Texts:
    """What the words of an item say."""

    description: str = ""
    reference: str = ""
    unit: str = ""
    vat_code: str = ""
    words: dict[str, tuple[Word, ...]] = field(default_factory=dict)


def read_texts(zone: Zone, item: Item, vocabulary: Vocabulary) -> Texts:
    """Description, reference, unit and VAT code of an item."""
    used = {id(word) for num in item.values.values() for word in (*num.words, *num.signs)}
    for column in zone.columns:
        if column.role and column.role not in (REFERENCE, DESCRIPTION):
            used |= {id(word) for num in column.nums for word in num.words}
    lines: list[list[Word]] = []
    parts: dict[str, list[Word]] = {}
    for row in item.rows:
        spoken: list[Word] = []
        for role, words in _runs(zone, row, used, vocabulary):
            if role == DESCRIPTION:
                spoken += words
            elif row is item.anchor or role == REFERENCE:
                parts.setdefault(role, []).extend(words)
        if spoken:
            lines.append(spoken)
    texts = Texts()
    texts.unit = _unit(item, parts.get(UNIT, ()), vocabulary)
    code = _text(parts.get(VAT, ()))
    if 0 < len(code) <= 3 and unit_key(code) not in vocabulary.units:
        texts.vat_code = code
    if not lines and parts.get(REFERENCE):
        # one header over both: the code comes first, the name after a gap
        code, name = _code_and_name(parts[REFERENCE])
        if name:
            parts[REFERENCE] = code
            lines.append(name)
    if parts.get(REFERENCE):
        texts.reference = _reference(parts[REFERENCE])
        texts.words["BT-155"] = tuple(parts[REFERENCE])
    _split_reference(texts, lines, vocabulary, zone)
    texts.description = "\n".join(_text(line) for line in lines if _text(line)).strip()
    if not texts.description and texts.reference and not zone.header:
        texts.description, texts.reference = texts.reference, ""
    if not texts.description:
        rest = parts.get(OTHER) or parts.get(PERIOD) or parts.get(DATE) or parts.get(PACKAGES) or ()
        texts.description = _text(rest)
    texts.words["BT-153"] = tuple(word for line in lines for word in line)
    return texts


def _code_and_name(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """The code that begins a cell, and what follows it."""
    if len(words) > 1 and any(char.isdigit() for char in words[0].text):
        return [words[0]], list(words[1:])
    return list(words), []


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words).strip(" :-–|•·")


def _runs(zone: Zone, row: TableRow, used: set[int], vocabulary: Vocabulary):
    """(role, words) of the words that are no numbers of the line, cell by cell, cut where a column begins."""
    edge = max((num.x1 for num in row.nums if num.words and id(num.words[0]) in used), default=None)
    for cell in row.row.cells:
        words = [word for word in cell.words if id(word) not in used]
        if not words or zone.header is None and cell.box.x1 < zone.left:
            continue
        if edge is not None and words[0].x0 >= edge and len(words) == 1 and len(words[0].text) <= 3:
            yield VAT, words  # a code behind the amount
            continue
        if len(words) < len(cell.words) and all(_is_small(word.text, vocabulary) for word in words):
            continue  # currency, unit, sign of a number
        if zone.header is None:
            yield DESCRIPTION, words
            continue
        columns = zone.header.columns
        for run in _cut(words, columns):
            column = text_column(run[0].x0, run[-1].x1, columns)
            role = column.role if column else DESCRIPTION
            text = " ".join(word.text for word in run)
            if role not in _TEXT_ROLES:
                # words under a column of numbers: a description that reaches over, or a sign
                if sum(char.isalpha() for char in text) < 3 or unit_key(text) in vocabulary.units:
                    continue
                role = DESCRIPTION
            if (
                role == REFERENCE
                and len(text) > 3
                and _may_name(column, vocabulary)
                and not any(char.isdigit() for char in text)
            ):
                role = DESCRIPTION  # “Article”, “Produit” may head names as well as numbers
            if role == UNIT and (len(run) > 3 or len(text) > 14):
                role = DESCRIPTION
            if role == VAT and len(text) > 4 and "%" not in text:
                role = DESCRIPTION
            if role == POSITION and sum(char.isalpha() for char in text) >= 3:
                role = DESCRIPTION
            if (
                role == DESCRIPTION
                and DESCRIPTION not in zone.header.roles
                and _is_small(text, vocabulary)
            ):
                continue
            yield role, run


def _may_name(column: Column | None, vocabulary: Vocabulary) -> bool:
    """Whether the header of a reference column is a word for names as well."""
    if column is None or not column.text:
        return False
    found = column_at(column.text.split(), 0, vocabulary)
    return found is not None and found[1] == DESCRIPTION


def _is_small(text: str, vocabulary: Vocabulary) -> bool:
    return (
        not any(char.isalnum() for char in text)
        or unit_key(text.lstrip("/")) in vocabulary.units
        or fold(text) in ("eur", "€", "x", "usd", "gbp", "chf")
        or text.startswith("€")
    )


def _cut(words: list[Word], columns: Sequence[Column]) -> list[list[Word]]:
    """A cell that reaches over the beginnings of several text columns is cut where a word stands at one."""
    x0, x1 = words[0].x0, words[-1].x1
    starts = [
        column.x0
        for column in columns
        if column.role in _TEXT_ROLES and column.x0 > x0 + 4 and column.x0 < x1
    ]
    if not starts:
        return [words]
    runs: list[list[Word]] = [[words[0]]]
    for word in words[1:]:
        if any(abs(word.x0 - start) <= 4 for start in starts):
            runs.append([word])
        else:
            runs[-1].append(word)
    return runs


def _unit(item: Item, words: Sequence[Word], vocabulary: Vocabulary) -> str:
    quantity = item.values.get("quantity")
    if quantity is not None and quantity.unit:
        return quantity.unit.strip(".")
    text = _text(words)
    if text:
        return text
    price = item.values.get("price")
    if price is not None and price.unit:
        return price.unit
    return ""


def _reference(words: Sequence[Word]) -> str:
    """The first code of the reference column; several words of one row belong together."""
    first = words[0]
    same = [word for word in words if abs(word.y0 - first.y0) < 2]
    if len(same) > 1 and any(char.isdigit() for char in same[-1].text) and ":" in same[-2].text:
        return same[-1].text
    return _text(same)


def _split_reference(
    texts: Texts, lines: list[list[Word]], vocabulary: Vocabulary, zone: Zone
) -> None:
    """“[P123] Name”, a code before the name, “Réf. P123” under the name."""
    if not lines:
        return
    first = lines[0]
    match = _BRACKETED.match(" ".join(word.text for word in first))
    if match and not texts.reference:
        texts.reference = match[1]
        count = len(match[0].split())
        texts.words["BT-155"] = tuple(first[:count])
        if len(first) > count:
            lines[0] = first[count:]
    wordings = [
        tokens
        for entries in vocabulary.columns.values()
        for tokens, role in entries
        if role == REFERENCE
    ]
    for line in list(lines[1:]):
        if len(line) == 1 and _EAN.match(line[0].text):
            if not texts.reference:
                texts.reference = line[0].text
                texts.words["BT-155"] = (line[0],)
            lines.remove(line)
            continue
        tokens: list[str] = []
        for word in line:
            tokens += fold(word.text).split()
        found = starts_with(tokens, wordings)
        rest = line[_words_of(line, len(found)) :] if found else []
        if rest and rest[0].text in (":", "n°", "N°"):
            rest = rest[1:]
        if found and len(rest) == 1 and any(char.isdigit() for char in rest[0].text):
            if not texts.reference:
                texts.reference = rest[0].text
                texts.words["BT-155"] = (rest[0],)
            lines.remove(line)
    if (
        not texts.reference
        and len(lines[0]) > 1
        and _CODE.match(lines[0][0].text)
        and zone.header is None
    ):
        gap = lines[0][1].x0 - lines[0][0].x1
        if gap > 0.8 * (lines[0][0].y1 - lines[0][0].y0):
            texts.reference = lines[0][0].text
            texts.words["BT-155"] = (lines[0][0],)
            lines[0] = lines[0][1:]


def _words_of(line: Sequence[Word], count: int) -> int:
    """How many words make the first `count` tokens."""
    seen = 0
    for place, word in enumerate(line):
        if seen >= count:
            return place
        seen += len(fold(word.text).split())
    return len(line)
