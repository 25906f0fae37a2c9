"""Numbers in the rows of a table, with the unit, percent sign or currency that stands with them.

Unlike `values.amounts` this keeps what a table needs: which numbers stand alone in their cell, the unit stuck to a quantity (“3U”, “25 h”), “3 x 12,50”
inside one cell, and how a row of figures in a fixed pitch may be cut differently (“1 234,56” is one amount or a quantity and a price).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .layout import Cell, Row
from .model import OCR, Word
from .table_words import Vocabulary, unit_key
from .values import parse_amount, parse_date

_CURRENCY = re.compile(r"^[(]?(?:€|\$|£|EUR|USD|GBP|CHF|EUROS?)[)]?$", re.I)
_STUCK = re.compile(r"^([(+\-−–]?)(?:€|\$|£|EUR|USD|GBP|CHF)?(.*?)(?:€|\$|£|EUR|USD|GBP|CHF)?(/[^\W\d][\w.²³]*)?([)]?)$", re.I)  # fmt: skip
_NUMBER = re.compile(r"^[(+\-−–]?\d(?:[\d.,'’\u00a0\u202f]*\d)?[)\-−–]?$")
_GROUP = re.compile(r"^\d{3}(?:[.,]\d{1,4})?[)\-−–]?$")
_HEAD = re.compile(r"^[(+\-−–]?\d{1,3}$")
_UNIT_STUCK = re.compile(r"^([+\-−–]?\d+(?:[.,]\d+)?)([^\W\d_][\w²³()./]{0,8})$")
_PERCENT = re.compile(r"^[(+\-−–]?(\d{1,3}(?:[.,]\d{1,4})?)%[)]?$")
#: A code of a VAT rate or a mark behind an amount.
_MARK = re.compile(r"^(?:[A-Z]\d?|[*#]+|\(\w\))$")
_TIMES_STUCK = re.compile(r"^(\d+(?:[.,]\d+)?)([x×*@])(\d+(?:[.,]\d+)?)$", re.I)
#: Hours and minutes: `1h30`, `2 h 15` without blanks, `0:45`.
_HOURS = re.compile(r"^(\d{1,3})\s?[hH:](\d{2})$")
#: Letters that recognition reads for figures, in what looks like an amount.
_FIGURES = str.maketrans("OoQlLI|!SsB$ZzgqA", "00011111558522994")
_MISREAD = re.compile(
    r"^-?[\dOoQlLI|!SsB$Zzgq]{1,3}(?:[ .]?[\dOoQlLI|!SsB$Zzgq]{3})*[.,][\dOoQlLI|!SsB$ZzgqA]{2}$"
)
_CLEAN = re.compile(r"^-?[\d.,]+$")
#: A gap wider than this share of the height does not join the figures of one number.
_JOIN_GAP = 0.85


@dataclass(frozen=True)
class Num:
    """A number of a row. `alone`: its cell holds nothing but numbers, units and signs; `times`: multiplied by the next."""

    value: Decimal
    words: tuple[Word, ...]
    others: tuple[Decimal, ...] = ()
    decimals: int = 0
    percent: bool = False
    currency: bool = False
    unit: str = ""
    alone: bool = True
    times: bool = False
    cell: int = 0
    signs: tuple[Word, ...] = ()  # unit, currency, “x” that were read with it

    @property
    def x0(self) -> float:
        """Left edge in points."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right edge of the figures in points."""
        return self.words[-1].x1

    @property
    def readings(self) -> tuple[Decimal, ...]:
        """The value and what else the same figures may mean."""
        return (self.value, *self.others)


@dataclass(frozen=True)
class Text:
    """A run of words of one cell that are no numbers."""

    words: tuple[Word, ...]
    cell: int = 0

    @property
    def x0(self) -> float:
        """Left edge in points."""
        return self.words[0].x0

    @property
    def x1(self) -> float:
        """Right edge in points."""
        return self.words[-1].x1

    @property
    def text(self) -> str:
        """The words, one space between them."""
        return " ".join(word.text for word in self.words)


@dataclass
class TableRow:
    """A row of the page with its numbers; `index` in the order of its page."""

    row: Row
    nums: list[Num]
    texts: list[Text]
    index: int = 0
    tokens: tuple[str, ...] = ()
    marks: set[str] = field(default_factory=set)

    @property
    def page(self) -> int:
        """Number of its page."""
        return self.row.box.page

    @property
    def y0(self) -> float:
        """Top in points."""
        return self.row.box.y0

    @property
    def y1(self) -> float:
        """Bottom in points."""
        return self.row.box.y1

    @property
    def middle(self) -> float:
        """Height of the middle in points."""
        return self.row.box.middle

    @property
    def fuzzy(self) -> bool:
        """Whether its words were recognised in a picture."""
        return self.row.words[0].source == OCR


def parse_row(row: Row, words: Vocabulary) -> TableRow:
    """The numbers and texts of a row."""
    nums: list[Num] = []
    texts: list[Text] = []
    for number, cell in enumerate(row.cells):
        found, rest = _cell(cell, number, words)
        nums += found
        texts += rest
    return TableRow(row, nums, texts)


def _cell(cell: Cell, number: int, vocabulary: Vocabulary) -> tuple[list[Num], list[Text]]:
    found: list[Num] = []
    texts: list[Text] = []
    loose: list[Word] = []
    dated = _dated(cell.words)
    index = 0
    while index < len(cell.words):
        taken = None if index in dated else _number(cell.words, index, vocabulary)
        if taken is None:
            loose.append(cell.words[index])
            index += 1
            continue
        if loose:
            texts.append(Text(tuple(loose), number))
            loose = []
        length, items = taken
        rest = cell.words[index : index + length]
        found += [*items[:-1], replace(items[-1], signs=rest)]
        index += length
    if loose:
        texts.append(Text(tuple(loose), number))
    alone = all(_is_sign(text.text, vocabulary) for text in texts)
    if alone and found:
        return [replace(item, cell=number) for item in found], []
    return [replace(item, alone=False, cell=number) for item in found], texts


def _is_sign(text: str, vocabulary: Vocabulary) -> bool:
    return all(
        _CURRENCY.match(part)
        or _MARK.match(part)
        or unit_key(part) in vocabulary.times
        or part in "()-–:=|/"
        for part in text.split()
    )


def _dated(words: Sequence[Word]) -> set[int]:
    """Places of words that are a date in figures."""
    return {
        index
        for index, word in enumerate(words)
        if len(word.text) >= 6 and re.search(r"\d[./\-]\d", word.text) and parse_date(word.text)
    }


def _repaired(word: Word) -> str:
    """The text of a recognised word, letters that stand for figures put right: `L234,50`, `394,1$`, `1O,OO`."""
    text = word.text
    if word.source != OCR or _CLEAN.match(text) or not _MISREAD.match(text):
        return text
    if sum(char.isdigit() for char in text) * 2 < len(text) - 1:
        return text
    return text.translate(_FIGURES)


def _number(
    words: Sequence[Word], start: int, vocabulary: Vocabulary
) -> tuple[int, list[Num]] | None:
    """(words used, numbers) of the number that begins here."""
    text = _repaired(words[start])
    index, sign = start, ""
    if text in ("-", "−", "–", "+") and start and not words[start - 1].text[-1:].isdigit():
        return None  # a dash between words
    if text in ("-", "−", "–", "+") or _CURRENCY.match(text):
        following = words[start + 1].text if start + 1 < len(words) else ""
        if not following[:1].isdigit() and not (
            following[:1] in "-−–" and following[1:2].isdigit()
        ):
            return None
        sign = "-" if text in ("-", "−", "–") else ""
        index, text = start + 1, following
    currency = index > start and not sign
    match = _TIMES_STUCK.match(text)
    if match:
        pair = [
            _plain(match[1], words[index : index + 1]),
            _plain(match[3], words[index : index + 1]),
        ]
        return index + 1 - start, [replace(pair[0], times=True), pair[1]]
    match = _HOURS.match(text)
    if match and int(match[2]) < 60:
        hours = (Decimal(match[1]) + Decimal(match[2]) / 60).quantize(Decimal("0.0001")).normalize()
        return index + 1 - start, [Num(hours + 0, tuple(words[start : index + 1]), unit="h")]
    match = _PERCENT.match(text)
    if match:
        value = Decimal(match[1].replace(",", "."))
        taken = tuple(words[start : index + 1])
        return index + 1 - start, [Num(value, taken, decimals=places(value), percent=True)]
    stuck = _STUCK.match(text)
    bare = (stuck[1] + stuck[2] + stuck[4]) if stuck else text
    currency = currency or (stuck is not None and len(bare) + len(stuck[3] or "") < len(text))
    unit = (stuck[3] or "") if stuck else ""
    glued = None if _NUMBER.match(bare) else _UNIT_STUCK.match(bare)
    if glued and unit_key(glued[2]) in vocabulary.units:
        bare, unit = glued[1], glued[2]
    elif not _NUMBER.match(bare):
        return None
    if bare.isdigit() and len(bare) > 6:
        return None  # a reference or an EAN; sums of that size are grouped
    last = index
    while (
        not unit
        and last + 1 < len(words)
        and (_HEAD.match(bare) if last == index else True)
        and _GROUP.match(_bare(words[last + 1].text))
        and _gap(words[last], words[last + 1]) <= _JOIN_GAP
        and not re.search(r"[.,]", bare)
    ):
        last += 1
        bare += _bare(words[last].text)
        currency = currency or _bare(words[last].text) != words[last].text
    readings = parse_amount(sign + bare)
    if not readings:
        return None
    value = readings[0]
    end, percent = last, False
    if end + 1 < len(words) and _gap(words[end], words[end + 1]) < 1.3:
        tail = words[end + 1].text
        if tail in ("%", "%)"):
            percent, end = True, end + 1
        elif _CURRENCY.match(tail) or re.match(r"^(?:€|EUR)?/[\w.²³]+$", tail):
            currency = True
            unit = unit or (tail.split("/")[1] if "/" in tail else "")
            end += 1
        elif tail in ("-", "−", "–") and (end + 2 >= len(words)) and value > 0:
            readings, end = tuple(-item for item in readings), end + 1
            value = readings[0]
        elif unit_key(tail) in vocabulary.times and end + 2 < len(words):
            following = words[end + 2].text.lstrip("€")
            if following[:1].isdigit() and abs(value) < 100000:
                return end + 2 - start, [
                    Num(
                        value,
                        tuple(words[start : end + 1]),
                        readings[1:],
                        places(value),
                        times=True,
                        unit=unit,
                    )
                ]
    if not unit and not percent and not currency and end + 1 < len(words):
        tail = words[end + 1].text
        if unit_key(tail) in vocabulary.units and _gap(words[end], words[end + 1]) < 1.3:
            # “2 h x 45,00”
            times = (
                end + 3 < len(words)
                and unit_key(words[end + 2].text) in vocabulary.times
                and words[end + 3].text.lstrip("€")[:1].isdigit()
            )
            taken = tuple(words[start : end + 1])
            item = Num(
                value, taken, readings[1:], places(value), False, currency, tail, times=times
            )
            return end + (3 if times else 2) - start, [item]
    taken = tuple(words[start : end + 1])
    return end + 1 - start, [
        Num(value, taken, readings[1:], places(value), percent, currency, unit.lstrip("/"))
    ]


def _plain(text: str, words: Sequence[Word]) -> Num:
    value = Decimal(text.replace(",", "."))
    return Num(value, tuple(words), decimals=places(value))


def _bare(text: str) -> str:
    return re.sub(r"(?:€|EUR|USD|\$|£)$", "", text)


def places(value: Decimal) -> int:
    """Decimals as printed."""
    return max(0, -int(value.as_tuple().exponent))


def _gap(left: Word, right: Word) -> float:
    return (right.x0 - left.x1) / max(left.y1 - left.y0, 1.0)


def decimal_mark(rows: Sequence[TableRow]) -> str:
    """The mark before the cents on a page (`,` or `.`), or empty when amounts do not tell."""
    marks = [
        match[1]
        for row in rows
        for num in row.nums
        if (match := re.search(r"([.,])\d\d\D*$", num.words[-1].text))
    ]
    commas, points = marks.count(","), marks.count(".")
    if max(commas, points) < 3 * min(commas, points) + 1:
        return ""
    return "," if commas > points else "."


def with_mark(num: Num, mark: str) -> Num:
    """`86,826` is no eighty-six thousand where cents follow a comma."""
    if not mark or not num.others:
        return num
    figures = "".join(word.text for word in num.words)
    if mark not in figures or figures.count(mark) > 1:
        return num
    value = num.others[0]
    return replace(num, value=value, others=(num.value, *num.others[1:]), decimals=places(value))


def recut(nums: Sequence[Num]) -> Iterator[list[Num]]:
    """Other ways to cut the figures of a row into numbers: where the words of a number are apart, where neighbours join.

    The first way is as they are; each other differs in one place.
    """
    yield list(nums)
    for index, item in enumerate(nums):
        if len(item.words) >= 2 and not item.unit and not item.percent:
            for cut in range(1, len(item.words)):
                parts = (item.words[:cut], item.words[cut:])
                values = [parse_amount("".join(_bare(w.text) for w in part)) for part in parts]
                if all(values):
                    new = [
                        replace(
                            item,
                            words=part,
                            value=read[0],
                            others=read[1:],
                            decimals=places(read[0]),
                        )
                        for part, read in zip(parts, values, strict=True)
                    ]
                    yield [*nums[:index], *new, *nums[index + 1 :]]
        if index + 1 < len(nums):
            right = nums[index + 1]
            left_text = "".join(_bare(w.text) for w in item.words)
            right_text = "".join(_bare(w.text) for w in right.words)
            if (
                _HEAD.match(left_text)
                and re.match(r"^\d{3}(?:[.,]?\d*)*$", right_text)
                and _gap(item.words[-1], right.words[0]) < 1.6
            ):
                read = parse_amount(left_text + right_text)
                if read:
                    joined = replace(
                        right,
                        words=(*item.words, *right.words),
                        value=read[0],
                        others=read[1:],
                        decimals=places(read[0]),
                    )
                    yield [*nums[:index], joined, *nums[index + 2 :]]
