"""Amounts, rates and dates in every notation people print, read back as they were written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading.model import OCR, TEXT, Word
from reading.values import amounts, dates, parse_amount, parse_date, percents
from reading_page import page

money = st.integers(-9_999_999_99, 9_999_999_99).map(lambda cents: Decimal(cents) / 100)
days = st.dates(date(1991, 1, 1), date(2098, 12, 31))


def words(text: str, source: str = TEXT) -> tuple[Word, ...]:
    return page(text, source=source).words


def french(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", " ").replace(".", ",")


def german(value: Decimal) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def english(value: Decimal) -> str:
    return f"{value:,.2f}"


def swiss(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", "'")


@given(money, st.sampled_from((french, german, english, swiss)))
def test_an_amount_is_read_as_it_was_printed_in_any_notation(value, print_as):
    assert parse_amount(print_as(value))[0] == value


@given(money)
def test_an_amount_in_words_of_the_page_is_one_amount_with_its_currency(value):
    found = amounts(words(f"{french(value)} €"))
    assert [(one.value, one.currency) for one in found] == [(value, "EUR")]


@given(st.integers(100, 99_999_99), st.integers(100, 99_999_99))
def test_amounts_in_two_columns_stay_two(one, two):
    left, right = Decimal(one) / 100, Decimal(two) / 100
    found = amounts(words(f"{french(left)}      {french(right)}"))
    assert [item.value for item in found] == [left, right]


@given(money.filter(lambda value: value > 0))
def test_a_minus_stands_before_or_behind_or_as_brackets(value):
    for text in (f"-{french(value)}", f"{german(value)}-", f"({english(value)})"):
        assert parse_amount(text)[0] == -value, text


def test_three_figures_behind_a_point_are_read_in_both_ways():
    assert parse_amount("1.234") == (Decimal("1234"), Decimal("1.234"))
    assert parse_amount("0.234") == (Decimal("0.234"),)


def test_what_is_no_amount_gives_none():
    for text in ("", "FA-2026", "12/03/2026", "12.03.2026", "1,23,4", "2 kg"):
        assert parse_amount(text) == (), text


def test_a_quantity_that_may_be_thousands_leaves_the_other_reading():
    assert amounts(words("2 450,00"))[0].others == (Decimal("450.00"),)


def test_a_dash_between_two_things_is_no_minus():
    assert [one.value for one in amounts(words("12,00 - payé"))] == [Decimal("12.00")]


@pytest.mark.parametrize(
    ("printed", "value"),
    [("1O8,O9", "108.09"), ("l2,50", "12.50"), ("93,S0", "93.50"), ("99,35e", "99.35"), ("1l4,2B", "114.28")],
)  # fmt: skip
def test_letters_that_look_like_figures_are_figures_in_a_recognised_amount(printed, value):
    assert [one.value for one in amounts(words(printed, OCR))] == [Decimal(value)]
    assert [one.value for one in amounts(words(printed, TEXT))] != [Decimal(value)]


def test_decimals_that_came_loose_in_recognition_are_joined():
    assert [one.value for one in amounts(words("1 533, 94", OCR))] == [Decimal("1533.94")]


def test_rates():
    found = percents(words("TVA 20 %   5,50%   (10 %)   150 %"))
    assert [one.value for one in found] == [Decimal("20"), Decimal("5.50"), Decimal("10")]


# -- dates ------------------------------------------------------------------------------------------

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@given(days)
def test_a_day_is_read_as_it_was_printed(day):
    for text in (
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day:%d.%m.%Y}",
        f"{day:%d-%m-%Y}",
        f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        f"{day.day} {MONTHS[day.month - 1].upper()} {day.year}",
    ):
        assert parse_date(text)[0] == day, text


@given(days)
def test_a_day_that_may_be_month_first_is_given_in_both_ways(day):
    readings = parse_date(f"{day:%d/%m/%Y}")
    if day.day <= 12 and day.day != day.month:
        assert set(readings) == {day, date(day.year, day.day, day.month)}
    else:
        assert readings == (day,)


@given(st.text(max_size=24))
def test_no_text_makes_the_parsers_fail(text):
    parse_amount(text)
    parse_date(text)


def test_dates_in_a_row_are_found_with_their_words():
    found = dates(words("Le 1er août 2026   échéance 30/09/2026"))
    assert [one.value for one in found] == [date(2026, 8, 1), date(2026, 9, 30)]


def test_a_telephone_number_and_a_reference_are_no_dates():
    assert dates(words("05 71 50 11 39   2024-0413-77   12/2026")) == []
