"""VAT per rate (BG-23) from every form of recap: by row, by column, by code, in a sentence, in the lines alone, and where no VAT is due."""

from __future__ import annotations

from decimal import Decimal

import pytest
from reading import reader
from reading.model import Options
from reading_page import page
from reading_vat_cases import RECAPS


def read(text: str) -> dict:
    """The invoice that a page of text makes."""
    return reader.read_document([page(text)], Options())[0].invoice


def rows_of(invoice: dict) -> set[tuple[Decimal, Decimal, Decimal]]:
    """Rate, base and tax of each row."""
    return {
        (Decimal(row["BT-119"]), Decimal(row["BT-116"]), Decimal(row["BT-117"]))
        for row in invoice.get("BG-23", ())
    }


@pytest.mark.parametrize("name", RECAPS)
def test_vat_per_rate(name: str) -> None:
    text, totals, rows = RECAPS[name]
    invoice = read(text)
    assert {term: invoice.get(term) for term in totals} == totals
    assert rows_of(invoice) == {tuple(Decimal(part) for part in row) for row in rows}


@pytest.mark.parametrize("name", RECAPS)
def test_bases_add_up_to_the_net_amount(name: str) -> None:
    invoice = read(RECAPS[name][0])
    bases = sum(Decimal(row["BT-116"]) for row in invoice["BG-23"])
    assert abs(bases - Decimal(invoice["BT-109"])) <= Decimal("0.01") * len(invoice["BG-23"])
