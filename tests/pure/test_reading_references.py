"""Which numbers an accountant would enter as order (BT-13) and contract (BT-12), and what they would call the terms (BT-20): nothing in doubt."""

from __future__ import annotations

import pytest
from reading import choices
from reading.fields import View, dates, document, references
from reading.layout import Layout
from reading.model import Options
from reading_page import page
from reading_reference_cases import ANY, HEADS, ROWS


def heads(text: str) -> choices.Ranked:
    """The candidates of the head by field, the best first."""
    layout = Layout([page(text)])
    view = View.of(layout, Options(), document.languages_of(layout))
    fields = choices.ranked([*references.find(view), *dates.find(view)])
    choices.decide_number(fields)
    return fields


@pytest.mark.parametrize("name", HEADS)
def test_references_as_an_accountant_enters_them(name: str) -> None:
    text, expected = HEADS[name]
    fields = heads(text)
    read = {field: str(fields[field][0].value) if fields.get(field) else None for field in expected}
    for field, value in expected.items():
        if value == ANY:
            assert read[field], field
        else:
            assert read[field] == value, field


@pytest.mark.parametrize(("row", "field", "expected"), ROWS)
def test_one_row_names_a_reference_or_none(row: str, field: str, expected: str | None) -> None:
    fields = heads(f"   Facture n° F-77 du 12/03/2026\n   {row}\n   Total TTC   12,00")
    assert str(fields["BT-1"][0].value) == "F-77"
    read = str(fields[field][0].value) if fields.get(field) else None
    assert bool(read) if expected == ANY else read == expected
