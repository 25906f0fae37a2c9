"""Amounts printed on the pages, row by row, with what the words around each say it is.

Every amount becomes a `Spot` with *roles* (`net`, `vat`, `gross`, `payable`, …, 0…1) from the words before it in its row, the header over its
column, the words after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from statistics import median

from ..layout import Cell, Row
from ..model import OCR, Box, Word
from ..values import Found, amounts, dates, percents
from . import View
from .amount_words import roles_of

#: “Total” alone: mostly with tax, also without, also what is to be paid.
_TOTAL = {"gross": 0.6, "net": 0.35, "payable": 0.35, "line_sum": 0.2}
_CURRENCIES = frozenset(("EUR", "USD", "GBP", "CHF", "euros", "Euros", "EUROS"))
_SENTENCE = 8
_FAR = 330.0
_HEADER_REACH = 240.0


@dataclass
class Spot:
    """An amount on the page. `value` as printed (sign kept); `roles` what its words say it is; `alone`: no word in its row.

    `others` are further readings of the same figures; `rate` a rate printed in the words before it.
    """

    value: Decimal
    words: tuple[Word, ...]
    decimals: int
    currency: str = ""
    others: tuple[Decimal, ...] = ()
    roles: dict[str, float] = field(default_factory=dict)
    rate: Decimal | None = None
    row: int = 0
    alone: bool = False

    @property
    def box(self) -> Box:
        """Where it stands."""
        return Box.around(self.words)

    @property
    def confidence(self) -> float:
        """That of its worst word."""
        return min(word.confidence for word in self.words)

    @property
    def is_money(self) -> bool:
        """Two decimals, or a currency beside it."""
        return self.decimals == 2 or bool(self.currency)


@dataclass(frozen=True)
class RowItems:
    """What a row holds, from left to right."""

    row: Row
    spots: tuple[Spot, ...]
    rates: tuple[Found, ...]


# -- rows -------------------------------------------------------------------------------------------


def row_items(view: View) -> list[RowItems]:
    """Every row with its amounts and rates, roles given; looked up once for a layout, not to be changed."""
    return view.layout.once(("row_items", view.languages), lambda: _row_items(view))


def _row_items(view: View) -> list[RowItems]:
    result: list[RowItems] = []
    for page in view.layout.pages:
        rows = _joined(view.layout.rows(page.number))
        held = [_items(row, index) for index, row in enumerate(rows)]
        for items in held:
            _roles_before(items, view.languages)
        _roles_above(held, view.languages)
        _roles_below(held, view.languages)
        result += held
    return result


def _joined(rows: Sequence[Row]) -> list[Row]:
    """Rows of a sheet that lay askew: a word and its number a few points apart in height are one row again.

    Two neighbours join when they lie closer than two thirds of a line and no word of one stands over a word of the other.
    """
    result: list[Row] = []
    for row in rows:
        last = result[-1] if result else None
        if last is not None and _is_one(last, row):
            cells = sorted((*last.cells, *row.cells), key=lambda cell: cell.box.x0)
            result[-1] = Row(tuple(cells))
        else:
            result.append(row)
    return result


def _is_one(one: Row, two: Row) -> bool:
    if not any(word.source == OCR for word in one.words):
        return False
    middles = [median(word.middle for word in row.words) for row in (one, two)]
    height = median(word.y1 - word.y0 for word in (*one.words, *two.words))
    if abs(middles[1] - middles[0]) > 0.66 * height:
        return False
    return not any(
        min(a.box.x1, b.box.x1) - max(a.box.x0, b.box.x0) > 0 for a in one.cells for b in two.cells
    )


def _items(row: Row, index: int) -> RowItems:
    words = row.words
    rates = percents(words)
    taken = {id(word) for found in (*rates, *dates(words)) for word in found.words}
    found: list[Spot] = []
    run: list[Word] = []
    for word in (*words, None):
        if word is not None and id(word) not in taken:
            run.append(word)
            continue
        for one in amounts(run):
            if _is_identifier(one, words):
                continue
            others = tuple(value for value in one.others if isinstance(value, Decimal))
            others += _mended(one)
            found.append(
                Spot(Decimal(str(one.value)), one.words, one.decimals, one.currency, others, row=index)
            )  # fmt: skip
        run = []
    return RowItems(row, tuple(found), tuple(rates))


def _mended(one: Found) -> tuple[Decimal, ...]:
    """What recognition may have made of an amount: its comma lost, or its currency sign read as a figure."""
    value = one.value
    if not isinstance(value, Decimal) or not any(word.source == OCR for word in one.words):
        return ()
    if one.decimals == 0 and abs(value) >= 100 and not one.currency:
        return (value / 100,)
    if one.decimals == 3:
        return (value.quantize(Decimal("0.01"), ROUND_DOWN),)
    return ()


def _is_identifier(one: Found, words: tuple[Word, ...]) -> bool:
    """Figures that are no amount: long numbers without decimals, groups of a telephone number or an account."""
    if one.decimals:
        return False
    digits = sum(char.isdigit() for char in one.text)
    if digits > 7 and not one.currency:
        return True
    head = one.text.lstrip("(-+€$£ ")
    return head.startswith("0") and digits > 1


def _before(spot: Spot, items: RowItems, languages: tuple[str, ...]) -> list[list[Word]]:
    """Words left of the spot, cell by cell from the nearest, up to the amount before it."""
    row, first = items.row, spot.words[0]
    numbers = {id(word): other for other in items.spots for word in other.words}
    result: list[list[Word]] = []
    for cell in reversed(row.cells):
        if cell.box.x0 > first.x0:
            continue
        part: list[Word] = []
        stopped = False
        for word in reversed(cell.words):
            if word.x0 >= first.x0:
                continue
            if id(word) in numbers:
                other = numbers[id(word)]
                # “TVA 20 % sur 100,00 : 20,00”; not “Base 20 % 100,00 - TVA 20 % 20,00”.
                is_base = other.roles.get("base", 0.0) >= 0.5 and not _says(part, languages)
                if other is not spot and not is_base and (other.is_money or part or result):
                    stopped = True
                    break
                continue
            part.append(word)
        if part:
            result.append(part[::-1])
        if stopped:
            break
    return result


def _says(words: list[Word], languages: tuple[str, ...]) -> bool:
    return bool(roles_of(" ".join(word.text for word in reversed(words)), languages))


def _after(spot: Spot, items: RowItems) -> str:
    """Up to three words right behind the spot in its cell."""
    last = spot.words[-1]
    numbers = {id(word) for other in items.spots for word in other.words}
    taken: list[str] = []
    edge = last.x1
    for word in items.row.words:
        if word.x0 < last.x1 - 0.5 or word is last:
            continue
        if id(word) in numbers or word.x0 - edge > 0.8 * (last.y1 - last.y0) or len(taken) == 3:
            break
        taken.append(word.text)
        edge = word.x1
    return " ".join(taken)


def _raise(spot: Spot, roles: dict[str, float], share: float = 1.0) -> None:
    for role, score in roles.items():
        score *= share
        if role == "total":
            for name, part in _TOTAL.items():
                spot.roles[name] = max(spot.roles.get(name, 0.0), part * score)
        spot.roles[role] = max(spot.roles.get(role, 0.0), round(score, 3))


def _roles_before(items: RowItems, languages: tuple[str, ...]) -> None:
    """Words before a number in its row: the nearest cell that says something."""
    for spot in items.spots:
        parts = _before(spot, items, languages)
        spot.alone = not any(
            sum(char.isalpha() for char in word.text) > 1
            for cell in items.row.cells
            for word in cell.words
            if len(cell.words) < _SENTENCE
            and word.x0 < spot.words[0].x0
            and word.text not in _CURRENCIES
        )
        share = 1.0
        for part in parts[:3]:
            text = " ".join(word.text for word in part)
            fuzzy = part[0].source == OCR
            roles = roles_of(text, languages, fuzzy)
            gap = spot.words[0].x0 - part[-1].x1
            if len(part) >= _SENTENCE and gap > 2.5 * part[-1].box.height:
                continue  # a sentence in a column of its own
            if roles:
                distance = 1.0 if gap < _FAR else 0.6
                _raise(spot, roles, share * distance)
                break
            if sum(char.isalpha() for char in text) > 4:
                share *= 0.5
        after = _after(spot, items)
        if after:
            behind = roles_of(after, languages, spot.words[0].source == OCR)
            if behind and set(behind) <= {"gross", "net"}:
                _raise(spot, behind, 0.8 if spot.roles or spot.alone else 0.55)
        left = [rate for rate in items.rates if rate.words[0].x0 < spot.words[0].x0]
        if left:
            spot.rate = Decimal(str(left[-1].value))


# -- headers over columns ---------------------------------------------------------------------------


def _roles_above(held: list[RowItems], languages: tuple[str, ...]) -> None:
    """Headers over numbers: strong for the only number under a header, weak in a long column (those are the lines)."""
    columns: dict[int, tuple[Cell, list[tuple[Spot, RowItems]]]] = {}
    for index, items in enumerate(held):
        for spot in items.spots:
            if spot.is_money or "total" in spot.roles:
                header = _header(spot, held[:index])
                if header is not None:
                    columns.setdefault(id(header), (header, []))[1].append((spot, items))
    for header, below in columns.values():
        roles = roles_of(header.text, languages, header.words[0].source == OCR)
        if not roles or "noise" in roles:
            continue
        for spot, items in below:
            several = sum(other.is_money for other in items.spots) > 1
            of_total = several and any({"total", "payable"} & set(s.roles) for s in items.spots)
            if of_total and {"net", "vat", "gross"} & set(roles):
                # “Total  83,00  16,60  99,60” under HT, TVA and TTC: the column says which total.
                share = 0.9
                for name in (*_TOTAL, "payable"):
                    if name not in roles and not (name == "payable" and "gross" in roles):
                        spot.roles.pop(name, None)
            elif "total" in spot.roles:
                share = 0.9 if several else 0.45
            elif spot.roles:
                continue
            elif spot.alone:
                share = {1: 0.95, 2: 0.5}.get(len(below), 0.25)
            else:
                share = 0.3 if len(below) < 3 else 0.12
            _raise(spot, roles, share)


def _header(spot: Spot, above: list[RowItems]) -> Cell | None:
    """The nearest cell with letters over a number, numbers between them passed over."""
    box = spot.box
    for other in reversed(above):
        if box.y0 - other.row.box.y1 > _HEADER_REACH:
            break
        cell = _over(box, other.row)
        if cell is None:
            continue
        letters = sum(char.isalpha() for char in cell.text)
        numeric = any(
            one.words[0].x0 >= cell.box.x0 - 1 and one.words[-1].x1 <= cell.box.x1 + 1
            for one in other.spots
        )
        if numeric and letters <= 4:
            continue
        return None if numeric or letters < 2 else cell
    return None


def _over(box: Box, row: Row) -> Cell | None:
    """The cell of a row that heads the column of `box`: it overlaps, or begins or ends the column."""
    best, best_share = None, 0.0
    for cell in row.cells:
        share = min(cell.box.x1, box.x1) - max(cell.box.x0, box.x0)
        if share > best_share:
            best, best_share = cell, share
    if best is not None:
        return best
    cells = row.cells
    for index, cell in enumerate(cells):
        follows = cells[index + 1].box.x0 if index + 1 < len(cells) else cell.box.x1 + 60
        if cell.box.x0 - 2 <= box.x0 and box.x1 <= follows and box.x0 - cell.box.x1 < 60:
            return cell
    for index, cell in enumerate(cells):
        precedes = cells[index - 1].box.x1 if index else cell.box.x0 - 60
        if precedes <= box.x0 and box.x1 <= cell.box.x1 + 2 and cell.box.x0 - box.x1 < 60:
            return cell
    return None


def _roles_below(held: list[RowItems], languages: tuple[str, ...]) -> None:
    """A number whose wording stands under it (large figures on a first page)."""
    for index, items in enumerate(held[:-1]):
        for spot in items.spots:
            if spot.roles or not spot.is_money or not spot.alone:
                continue
            below = held[index + 1]
            if below.spots or below.row.box.y0 - items.row.box.y1 > 14:
                continue
            cell = _over(spot.box, below.row)
            if cell is not None:
                _raise(spot, roles_of(cell.text, languages, cell.words[0].source == OCR), 0.4)
