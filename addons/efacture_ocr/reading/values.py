"""Amounts, rates and dates in printed words. Nothing is guessed silently: what can be read in two ways is given in both.

Amounts: French (1 234,56), German (1.234,56), English (1,234.56) and Swiss (1'234.56) notation, sign before or after, in brackets or as CR.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from .labels import fold, languages, vocabulary
from .model import OCR, Box, Value, Word

_CURRENCY = re.compile(r"^(?:€|\$|£|EUR|USD|GBP|CHF|CAD|EUROS?)$", re.I)
_SIGNS = "€$£"
_AMOUNT = re.compile(
    r"^(?P<open>[(\-−–+]?)\s*(?P<digits>\d[\d .,'’\u00a0\u202f]*)\s*(?P<close>[)\-−–]?)$"
)
_PERCENT = re.compile(r"^(\d{1,3}(?:[.,]\d{1,4})?)\s?%$")
# dd/mm/yyyy, yyyy-mm-dd and the like
_NUMERIC = re.compile(r"^(\d{1,4})([./\-])(\d{1,2})\2(\d{2,4})$")


@dataclass(frozen=True)
class Found:
    """A value in the text. `others` are further readings of the same words; `text` as printed; `decimals` of an amount."""

    value: Value
    words: tuple[Word, ...]
    text: str
    others: tuple[Value, ...] = ()
    decimals: int = 0
    currency: str = ""

    @property
    def box(self) -> Box:
        """Where it stands."""
        return Box.around(self.words)


# -- amounts ----------------------------------------------------------------------------------------


def parse_amount(text: str) -> tuple[Decimal, ...]:
    """Every reading of an amount without currency, the likelier first; empty when it is none.

    >>> parse_amount("1.234,56")
    (Decimal('1234.56'),)
    >>> parse_amount("1.234")
    (Decimal('1234'), Decimal('1.234'))
    """
    match = _AMOUNT.match(text.strip())
    if not match:
        return ()
    digits = re.sub(r"[ \u00a0\u202f'’]", "", match["digits"].strip())
    digits = digits.rstrip(".,")
    negative = match["open"] in ("(", "-", "−", "–") or match["close"] in ("-", "−", "–")
    if match["open"] == "(" and match["close"] != ")":
        return ()
    readings = []
    for number in _separators(digits):
        try:
            value = Decimal(number)
        except ArithmeticError:
            continue
        readings.append(-value if negative else value)
    return tuple(readings)


def _separators(digits: str) -> list[str]:
    """The number with a decimal point, in each way its points and commas allow."""
    marks = [char for char in digits if char in ".,"]
    if not marks:
        return [digits]
    last = digits.rfind(marks[-1])
    whole, decimals = digits[:last], digits[last + 1 :]
    groups = re.split(r"[.,]", digits)
    thousands = all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3
    as_decimal = re.sub(r"[.,]", "", whole) + "." + decimals
    if len(set(marks)) == 2:  # both: the last one is the decimal mark
        inner = re.split(r"[.,]", whole)
        return [as_decimal] if all(len(group) == 3 for group in inner[1:]) else []
    if len(marks) > 1:
        return ["".join(groups)] if thousands else []
    if thousands and groups[0] != "0":
        return ["".join(groups), as_decimal]
    return [as_decimal]


def amounts(words: Sequence[Word]) -> list[Found]:
    """Amounts in the words of one row (or cell), from left to right; figures in groups of three are joined.

    Joined when the gap is a space of this text; where figures could stand alone as well, `others` is empty and the caller may ask
    `amounts([word])` for each.
    """
    found: list[Found] = []
    index = 0
    while index < len(words):
        taken = _take_amount(words, index)
        if taken is None:
            index += 1
            continue
        length, item = taken
        found.append(item)
        index += length
    return found


def _take_amount(words: Sequence[Word], start: int) -> tuple[int, Found] | None:
    currency, index = "", start
    first = words[start].text
    if _CURRENCY.match(first) or first in ("-", "−", "+"):
        # A sign or currency of its own before the figures.
        if start + 1 >= len(words) or _gap(words[start], words[start + 1]) > 1.2:
            return None
        currency, index = _code(first), start + 1
    head, found_currency = _strip_currency(_figures(words[index]))
    if not head or not head[-1:].isdigit() and head[-1:] not in ")-−–.,":
        return None
    if not any(char.isdigit() for char in head):
        return None
    currency = currency or found_currency
    text, last, apart = head, index, ""
    while last + 1 < len(words) and re.fullmatch(r"[(\-−–+]?\d{1,3}(?:[ .']\d{3})*", text):
        following, code = _strip_currency(_figures(words[last + 1]))
        if not re.fullmatch(r"\d{3}(?:[.,]\d{0,4})?[)\-−–]?", following or ""):
            break
        left, right = words[last], words[last + 1]
        if right.x0 - left.x1 > _joins(left, right) or left.text[-1] in _SIGNS:
            break
        if _gap(left, right) > _DOUBTFUL and not following.startswith("0"):
            apart = following
        text, last, currency = f"{text} {following}", last + 1, currency or code
    if last + 1 < len(words) and re.search(r"\d[.,]$", text) and _is_split(words, last):
        # Recognised “234, 56”: the decimals have come loose.
        following, code = _strip_currency(_figures(words[last + 1]))
        text, last, currency = text + following, last + 1, currency or code
    if first in ("-", "−"):
        text = f"-{text}"
    readings = parse_amount(text)
    if not readings:
        return None
    if apart:
        readings += tuple(value for value in parse_amount(apart)[:1] if value not in readings)
    end = last
    if end + 1 < len(words) and _gap(words[end], words[end + 1]) < 1.2:
        following = words[end + 1].text
        if not currency and _CURRENCY.match(following):
            currency, end = _code(following), end + 1
        elif following == "CR" or following in ("-", "−") and _ends(words, end + 1):
            readings, end = tuple(-value for value in readings), end + 1
    taken = tuple(words[start : end + 1])
    shown = " ".join(word.text for word in taken)
    decimals = max(0, -int(readings[0].as_tuple().exponent))
    return end + 1 - start, Found(readings[0], taken, shown, readings[1:], decimals, currency)


# Gap between groups of figures, as a share of their height: up to here they are one number, and
# from `_DOUBTFUL` on they might be two (a quantity before a price).
_TOGETHER, _DOUBTFUL = 0.62, 0.5


def _joins(left: Word, right: Word) -> float:
    """The widest gap in points before a group of three figures: in a typewriter's print a blank is as wide as a figure."""
    height = max(left.y1 - left.y0, right.y1 - right.y0, 1.0)
    figure = (right.x1 - right.x0) / max(len(right.text), 1)
    return max(_TOGETHER * height, min(height, 1.35 * figure))


def _is_split(words: Sequence[Word], last: int) -> bool:
    following = _strip_currency(_figures(words[last + 1]))[0]
    return (
        words[last].source == OCR
        and bool(re.fullmatch(r"\d{2}", following or ""))
        and words[last + 1].x0 - words[last].x1 < _joins(words[last], words[last + 1])
    )


def _ends(words: Sequence[Word], index: int) -> bool:
    """Nothing follows this word closely (a sign behind a number, not a dash between two things)."""
    return index + 1 >= len(words) or _gap(words[index], words[index + 1]) > 1.2


_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "Q": "0", "l": "1", "I": "1", "L": "1", "|": "1", "S": "5", "B": "8"})  # fmt: skip


def _figures(word: Word) -> str:
    """The text of a word; in a recognised one that is all but figures, letters that look like figures are taken for them.

    A single letter behind two decimals is what is left of a currency sign, and dropped.
    """
    text = word.text
    if word.source != OCR or text.isdigit() or not any(char.isdigit() for char in text):
        return text
    match = re.fullmatch(r"([(\-−–+]?[\dOoQlIL|SB. ]*[.,][\dOoQlIL|SB]{2})([A-Za-z€¢&]?)", text)
    if match and sum(char.isdigit() for char in text) * 2 >= len(text):
        return match[1].translate(_LOOKALIKES)
    return text


def _gap(left: Word, right: Word) -> float:
    """The gap as a share of the height of the letters."""
    return (right.x0 - left.x1) / max(left.y1 - left.y0, 1.0)


def _strip_currency(text: str) -> tuple[str, str]:
    """The text without a currency stuck to it, and the code of that."""
    match = re.match(r"^(€|\$|£|EUR|USD|GBP|CHF)?\s*(.*?)\s*(€|\$|£|EUR|USD|GBP|CHF)?$", text, re.I)
    code = match[1] or match[3] or ""
    return match[2], _code(code) if code else ""


def _code(text: str) -> str:
    return {"€": "EUR", "$": "USD", "£": "GBP", "EURO": "EUR", "EUROS": "EUR"}.get(
        text.upper(), text.upper() if text.isalpha() else ""
    )


def percents(words: Sequence[Word]) -> list[Found]:
    """Rates in percent in the words of one row, from left to right (`20 %`, `5,50%`)."""
    found = []
    for index, word in enumerate(words):
        text, taken = word.text.strip("()"), (word,)
        following = words[index + 1] if index + 1 < len(words) else None
        if following and following.text.strip("()").startswith("%") and _gap(word, following) < 1.2:
            text, taken = text + "%", (word, following)
        match = _PERCENT.match(text)
        if match:
            value = Decimal(match[1].replace(",", "."))
            if value <= 100:
                found.append(Found(value, taken, " ".join(item.text for item in taken)))
    return found


# -- dates ------------------------------------------------------------------------------------------


@cache
def _months() -> dict[str, int]:
    """Folded name of a month in any language → its number."""
    names: dict[str, int] = {}
    for code in languages():
        for number, spellings in enumerate(vocabulary(code).get("months", ()), 1):
            for spelling in spellings:
                names.setdefault(fold(spelling), number)
    return names


@lru_cache(maxsize=20000)  # every room asks for the same rows
def parse_date(text: str, month_first: bool = False) -> tuple[date, ...]:
    """Every reading of a date, the likelier first (day first unless `month_first`); empty when it is none."""
    text = text.strip(" .,;:()")
    match = _NUMERIC.match(re.sub(r"\s*([./\-])\s*", r"\1", text))
    if match:
        return _numeric(match[1], match[3], match[4], month_first)
    return _named(fold(text).split())


def _numeric(first: str, second: str, third: str, month_first: bool) -> tuple[date, ...]:
    if len(first) == 4:
        return _days((first, second, third))
    if len(first) == 3 or len(third) == 3:
        return ()
    orders = [(third, second, first), (third, first, second)]
    if month_first:
        orders.reverse()
    found = _days(*orders)
    if len(third) == 2 and len(first) == 2:
        found += tuple(day for day in _days((first, second, third)) if day not in found)[:1]
    return tuple(dict.fromkeys(found))


def _days(*parts: tuple[str, str, str]) -> tuple[date, ...]:
    found = []
    for year, month, day in parts:
        number = int(year) + (2000 if len(year) == 2 else 0)
        try:
            value = date(number, int(month), int(day))
        except ValueError:
            continue
        if 1990 <= value.year <= 2099 and value not in found:
            found.append(value)
    return tuple(found)


def _named(tokens: list[str]) -> tuple[date, ...]:
    """`3 mars 2026`, `1er août 24`, `March 3 2026`, `2026 mars 3`."""
    if len(tokens) != 3:
        return ()
    places = [index for index, token in enumerate(tokens) if token in _months()]
    if len(places) != 1:
        return ()
    month = _months()[tokens[places[0]]]
    rest = [
        re.sub(r"(?<=\d)(?:er|st|nd|rd|th)$", "", t) for i, t in enumerate(tokens) if i != places[0]
    ]
    if not all(item.isdigit() for item in rest):
        return ()
    day, year = rest
    if len(day) == 4:
        day, year = year, day
    if len(year) not in (2, 4) or len(day) > 2:
        return ()
    return _days((year, str(month), day))


def dates(words: Sequence[Word], month_first: bool = False) -> list[Found]:
    """Dates in the words of one row (or cell), from left to right."""
    found: list[Found] = []
    index = 0
    while index < len(words):
        for length in (5, 4, 3, 2, 1):
            taken = tuple(words[index : index + length])
            if len(taken) < length:
                continue
            if any(_gap(a, b) > 1.5 for a, b in zip(taken, taken[1:], strict=False)):
                continue
            text = " ".join(word.text for word in taken)
            readings = parse_date(text, month_first)
            if readings:
                found.append(Found(readings[0], taken, text, readings[1:]))
                index += length
                break
        else:
            index += 1
    return found
