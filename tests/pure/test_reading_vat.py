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


@pytest.mark.parametrize(
    ("sentence", "category", "code"),
    [
        ("TVA non applicable, art. 293 B du CGI", "E", "VATEX-FR-FRANCHISE"),
        ("Exonération de TVA - article 261-4-4° a du CGI", "E", "VATEX-FR-CGI261-4"),
        ("Exonération TVA, article 262 ter I du CGI", "K", "VATEX-EU-IC"),
        ("Exonération de TVA, article 262 I du CGI", "G", "VATEX-EU-G"),
        ("Autoliquidation, article 283-2 nonies du CGI", "AE", "VATEX-EU-AE"),
        ("Reverse charge: VAT to be accounted for by the recipient", "AE", "VATEX-EU-AE"),
        ("Prestation exonérée", "E", None),
    ],
)
def test_why_no_vat_is_due(sentence: str, category: str, code: str | None) -> None:
    text = f"""
   DURAND SARL                Facture n° F-1188 du 12/03/2026
   Mission de conseil                                 1 344,54
   Total à payer                                      1 344,54
   {sentence}
"""
    (row,) = read(text)["BG-23"]
    assert (row["BT-118"], row.get("BT-121")) == (category, code)
    assert row["BT-120"] == sentence
    assert (row["BT-119"], row["BT-116"], row["BT-117"]) == ("0", "1344.54", "0.00")
