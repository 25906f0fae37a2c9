"""Rows of the VAT recap that are printed as columns: the rates in a header, bases and taxes under them.

Taux           20,00 %     5,50 %         Base HT 20 %    Base HT 5,5 %    TVA 20 %    TVA 5,5 %
Base HT       1 000,00     200,00             1 000,00           200,00      200,00        11,00
TVA             200,00      11,00
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from ..model import Box, VatRow, Word
from .amount_spots import RowItems, Spot
from .vat_rows import RATES, best_pair

#: How far under its rate an amount may stand, in points and in rows.
_REACH, _ROWS = 90.0, 6
_ALIGNED = 6.0


def rows_by_column(rows: Sequence[RowItems]) -> list[list[VatRow]]:
    """Each header of rates with the VAT rows that its columns make; a header of one rate only where every word agrees."""
    found: list[list[VatRow]] = []
    for index, items in enumerate(rows):
        heads: dict[Decimal, list[tuple[Box, tuple[Word, ...]]]] = {}
        for rate, words in _headers(items):
            heads.setdefault(rate, []).append((_cell_box(items, words), words))
        if not heads:
            continue
        below = list(_below(items, rows[index + 1 :]))
        made = []
        for rate, places in heads.items():
            boxes = [box for box, _words in places]
            under = [spot for spot in below if any(_is_under(spot.box, box) for box in boxes)]
            row = best_pair(rate, places[0][1], True, under) if len(under) > 1 else None
            if row is not None and row.base is not None and (rate or row.tax is not None):
                made.append(replace(row, score=min(0.9, row.score)))
        if len(made) > 1 or (made and len(heads) == 1 and sum(map(len, heads.values())) > 1):
            found.append(made)
    return found


def rows_by_rate(rows: Sequence[RowItems]) -> list[VatRow]:
    """VAT rows whose base and tax stand in different rows, each behind its rate, or under it where a row holds the rate alone.

    Base 5,5 % : 133,37   Base 20 % : 211,17        TVA à 5,5 %
    TVA 5,5 % : 7,34      TVA 20 % : 42,23          Base HT     133,37
                                                    Montant TVA   7,34
    """
    named: dict[Decimal, list[Spot]] = {}
    words: dict[Decimal, tuple[Word, ...]] = {}
    current: tuple[Decimal, RowItems] | None = None
    for items in rows:
        money = [spot for spot in items.spots if spot.decimals == 2 and spot.value]
        if len(items.rates) == 1 and not money:
            current = (Decimal(str(items.rates[0].value)), items)
        elif items.rates:
            current = None
        for found in items.rates:
            words.setdefault(Decimal(str(found.value)), found.words)
        for spot in money:
            if not {"vat", "base", "net"} & {
                role for role, sure in spot.roles.items() if sure >= 0.35
            }:
                continue
            rate = spot.rate
            if rate is None and current is not None and _follows(items, current[1]):
                rate = current[0]
            if rate is not None and rate in RATES:
                named.setdefault(rate, []).append(spot)
    made = []
    for rate, spots in named.items():
        if any(spot.row != spots[0].row for spot in spots):
            row = best_pair(rate, words[rate], True, spots[:8])
            if row is not None and row.base is not None:
                made.append(row)
    return made if len(made) > 1 else []


def _follows(items: RowItems, head: RowItems) -> bool:
    box, top = items.row.box, head.row.box
    return box.page == top.page and 0 < box.y0 - top.y0 < 4 * max(top.height, 8.0)


def _headers(items: RowItems) -> Iterator[tuple[Decimal, tuple[Word, ...]]]:
    """Rates of a row that holds no money: those with a percent sign, else bare ones if there are several."""
    if any(spot.is_money and spot.value not in RATES and spot.value for spot in items.spots):
        return
    signed = [(Decimal(str(rate.value)), rate.words) for rate in items.rates]
    bare = [(spot.value, spot.words) for spot in items.spots if spot.value in RATES]
    yield from signed or (bare if len(bare) > 1 else ())


def _cell_box(items: RowItems, words: tuple[Word, ...]) -> Box:
    """The cell in which the rate stands (“Base HT 20,00 %”)."""
    for cell in items.row.cells:
        if words[0] in cell.words and len(cell.words) <= 6:
            return cell.box
    return Box.around(words)


def _below(items: RowItems, rows: Sequence[RowItems]) -> Iterator[Spot]:
    bottom = items.row.box.y1
    for other in rows[:_ROWS]:
        box = other.row.box
        if box.page != items.row.box.page or box.y0 - bottom > _REACH:
            return
        yield from (spot for spot in other.spots if spot.decimals == 2)


def _is_under(spot: Box, head: Box) -> bool:
    shared = min(spot.x1, head.x1) - max(spot.x0, head.x0)
    near = min(abs(spot.x1 - head.x1), abs(spot.x0 - head.x0), abs(spot.center - head.center))
    return shared > 0.5 * min(spot.width, head.width) or (shared > 0 and near <= _ALIGNED)
