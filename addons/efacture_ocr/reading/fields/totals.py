"""Amounts of the whole document (BG-22) and of its VAT rows (BG-23): the candidates that the words around them announce.

Which amount is which total is decided by arithmetic (`..arbitrate`), not here.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ..model import Candidate, VatRow
from . import View
from .amount_spots import Spot, row_items
from .amount_words import exemption
from .vat_columns import rows_by_column, rows_by_rate
from .vat_rows import vat_rows_of

#: Role of an amount → the field of EN 16931 it may be.
FIELDS = {
    "line_sum": "BT-106", "allowance": "BT-107", "charge": "BT-108", "net": "BT-109", "vat": "BT-110", "gross": "BT-112",
    "prepaid": "BT-113", "payable": "BT-115",
}  # fmt: skip


def find(view: View) -> list[Candidate]:
    """Candidates of BT-106 to BT-115 (the amounts that words on the page announce), the best first."""
    return candidates(spots(view))


def find_vat_rows(view: View) -> list[list[VatRow]]:
    """Readings of the VAT recap, the best first; a row without a printed base or tax has None there.

    A row is a rate with amounts beside it of which one is the tax of another at that rate. Documents without VAT give one row of rate 0
    whose category says why (UNTDID 5305).
    """
    items = row_items(view)
    apart = rows_by_rate(items)
    columns = [*rows_by_column(items), *([apart] if apart else [])]
    return vat_rows_of(items, exemption(view), columns)


def spots(view: View) -> list[Spot]:
    """Every amount of the pages with its roles, in reading order."""
    return [spot for items in row_items(view) for spot in items.spots]


def candidates(found: Iterable[Spot]) -> list[Candidate]:
    """The candidates that these spots make: of a value printed several times, the best place, a little stronger."""
    best: dict[tuple[str, Decimal], Candidate] = {}
    counts: dict[tuple[str, Decimal], int] = {}
    for spot in found:
        for role, score in spot.roles.items():
            name = FIELDS.get(role)
            if name is None or score < 0.15:
                continue
            key = (name, spot.value)
            counts[key] = counts.get(key, 0) + 1
            old = best.get(key)
            if old is None or old.score < score:
                source = spot.words[0].source
                best[key] = Candidate(name, spot.value, score, spot.words, ("label",), source)
    found_all = [
        candidate.because("label", min(0.97, candidate.score + 0.02 * (counts[key] - 1)))
        for key, candidate in best.items()
    ]
    return sorted(found_all, key=lambda candidate: (candidate.field, -candidate.score))
