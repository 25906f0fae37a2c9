"""Arithmetic, check digits and dates choose; words and memory only propose; what is shown as certain is proved twice."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from textwrap import dedent

import pytest
from reading import arbitrate, confidence, tables
from reading.choices import due_dates
from reading.fields import View, totals
from reading.layout import Layout
from reading.messages import sentence
from reading.model import COMPUTED, OCR, Candidate, Options
from reading_page import page


def decided(text: str, *more: Candidate, source: str = "text", quality: float = 1.0, **options):
    view = View.of(
        Layout([page(dedent(text), source=source, quality=quality)]), Options(**options), ("fr",)
    )
    return arbitrate.decide(
        view,
        [*totals.find(view), *more],
        tables.find_lines(view),
        totals.find_vat_rows(view),
    )


BILL = """
Désignation               Qté    P.U. HT    Montant HT
Chaise pliante              4      30,00        120,00
Table ronde                 1     200,00        200,00

                            Total HT            320,00 €
                            TVA 20 %             64,00 €
                            Total TTC           384,00 €
"""


def candidate(field: str, value, score: float = 0.8, *reasons: str) -> Candidate:
    return Candidate(field, value, score, (), reasons or ("label",))


# -- certain or not ---------------------------------------------------------------------------------


def test_totals_that_lines_and_vat_confirm_may_be_certain():
    decision = decided(BILL)
    gross = decision.readings["BT-112"]
    assert {"triple", "lines", "label"} <= set(gross.candidate.reasons)
    assert confidence.cap(gross.candidate, "text") > 0.95


def test_the_triple_alone_is_never_certain():
    decision = decided("Total HT  320,00\nTVA 20 %  64,00\nTotal TTC  384,00")
    for term in ("BT-109", "BT-110", "BT-112", "BT-115"):
        assert decision.readings[term].confidence < 0.95, term


def test_a_poor_picture_makes_nothing_certain():
    for quality in (0.4, 0.7):
        decision = decided(BILL, source=OCR, quality=quality)
        assert decision.readings["BT-112"].value == Decimal("384.00")
        assert max(one.confidence for one in decision.readings.values()) <= 0.9


def test_what_is_computed_says_so_and_is_less_sure_than_what_is_printed():
    decision = decided("Coupe   30,00\nCouleur   42,00\nTotal TTC  72,00 €\ndont TVA 20 %  12,00 €")
    net = decision.readings["BT-109"]
    assert (net.value, net.candidate.origin) == (Decimal("60.00"), COMPUTED)
    assert COMPUTED in net.candidate.reasons
    assert net.confidence <= 0.8


def test_a_bank_account_that_the_memory_does_not_confirm_is_never_certain():
    iban = candidate("BT-84", "FR7630006000011234567890189", 0.99, "label", "check_digits")
    assert decided(BILL, iban).readings["BT-84"].confidence < 0.95
    known = iban.because("known_iban")
    assert confidence.cap(known, "text") > 0.95


def test_at_most_three_alternatives_and_never_the_value_itself():
    numbers = [candidate("BT-1", f"F-{index}", 0.9 - index / 10) for index in range(6)]
    reading = decided(BILL, *numbers).readings["BT-1"]
    assert reading.value == "F-0"
    assert [one.value for one in reading.alternatives] == ["F-1", "F-2", "F-3"]


# -- amounts ----------------------------------------------------------------------------------------


def test_one_misread_figure_is_mended_by_the_others_and_told():
    decision = decided(
        "Total HT  320,00\nTVA 20 %  64,00\nTotal TTC  884,00\nNet à payer  384,00", source=OCR
    )
    assert decision.readings["BT-112"].value == Decimal("384.00")


def test_a_misread_net_amount_is_never_presented_as_certain():
    decision = decided("Total HT  820,00\nTVA 20 %  64,00\nTotal TTC  384,00", source=OCR)
    net = decision.readings["BT-109"]
    assert net.value == Decimal("320.00")
    assert "repaired" in net.candidate.reasons
    assert net.confidence <= 0.7
    assert "amount_misread" in [message.code for message in decision.messages]


def test_a_currency_sign_read_as_a_figure_is_dropped():
    decision = decided("Total HT  320,008\nTVA 20 %  64,00\nTotal TTC  384,00", source=OCR)
    assert decision.readings["BT-109"].value == Decimal("320.00")


def test_a_proposal_of_the_memory_does_not_beat_arithmetic():
    wrong = candidate("BT-112", Decimal("320.00"), 0.95, "memory")
    assert decided(BILL, wrong).readings["BT-112"].value == Decimal("384.00")


def test_lines_that_do_not_add_up_are_told_with_the_difference():
    text = BILL.replace("200,00        200,00", "150,00        150,00")
    decision = decided(text)
    assert decision.readings["BT-109"].value == Decimal("320.00")
    told = {message.code: message for message in decision.messages}
    assert told["lines_do_not_close"].values["difference"] == "50,00"
    assert decision.readings["BT-109"].confidence < 0.95


def test_a_subtotal_read_as_a_line_is_left_out():
    decision = decided(
        """
        Désignation               Qté    P.U. HT    Montant HT
        Chaise pliante              4      30,00        120,00
        Table ronde                 1     200,00        200,00
        Mobilier                                        320,00
        Pose                        2      40,00         80,00

                                    Total HT            400,00
                                    TVA 20 %             80,00
                                    Total TTC           480,00
        """
    )
    assert [line.amount for line in decision.lines] == [
        Decimal("120.00"),
        Decimal("200.00"),
        Decimal("80.00"),
    ]


def test_lines_printed_with_tax_are_converted_to_the_net_amount():
    decision = decided(
        """
        Désignation               Qté    P.U. TTC    Montant TTC
        Chaise pliante              4       36,00         144,00
        Table ronde                 1      240,00         240,00

                                    Total TTC             384,00
                                    dont TVA 20 %          64,00
        """
    )
    assert sum(line.amount for line in decision.lines) == Decimal("320.00")
    assert all(line.tax_included for line in decision.lines)


def test_a_page_without_amounts_says_that_no_total_was_found():
    decision = decided("Bonjour,\nveuillez trouver ci-joint notre facture.")
    assert "BT-112" not in decision.readings
    assert [message.code for message in decision.messages] == ["no_totals"]


def test_every_message_has_its_sentence_in_both_languages():
    for text in (BILL, BILL.replace("64,00", "65,00"), "Total TTC 384,00", ""):
        for message in decided(text).messages:
            for language in ("fr", "en"):
                assert sentence(message, language) != message.code


# -- dates ------------------------------------------------------------------------------------------


def test_the_due_date_that_the_terms_confirm_is_chosen():
    decision = decided(
        BILL,
        candidate("BT-2", date(2026, 3, 4), 0.8),
        candidate("BT-9", date(2026, 4, 30), 0.6),
        candidate("BT-9", date(2026, 4, 15), 0.7),
        candidate("BT-20", "30 jours fin de mois", 0.8),
    )
    assert decision.readings["BT-9"].value == date(2026, 4, 30)
    assert "terms" in decision.readings["BT-9"].candidate.reasons


def test_a_date_printed_month_first_is_settled_by_the_terms():
    decision = decided(
        BILL,
        candidate("BT-2", date(2017, 3, 11), 0.8),
        candidate("BT-2", date(2017, 11, 3), 0.75),
        candidate("BT-9", date(2017, 12, 3), 0.8),
        candidate("BT-20", "payment within 30 days", 0.8),
    )
    assert decision.readings["BT-2"].value == date(2017, 11, 3)


def test_a_bill_is_not_dated_in_the_future():
    decision = decided(
        BILL,
        candidate("BT-2", date(2026, 12, 5), 0.8),
        candidate("BT-2", date(2026, 5, 12), 0.7),
        today=date(2026, 6, 1),
    )
    assert decision.readings["BT-2"].value == date(2026, 5, 12)


def test_a_due_date_before_the_bill_is_left_out_and_told():
    decision = decided(
        BILL, candidate("BT-2", date(2026, 5, 12), 0.9), candidate("BT-9", date(2026, 4, 1), 0.5)
    )
    assert "BT-9" not in decision.readings
    assert "due_before_issue" in [message.code for message in decision.messages]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("30 jours", [date(2026, 3, 5)]),
        ("à réception", [date(2026, 2, 3)]),
        ("30 jours fin de mois", [date(2026, 3, 31), date(2026, 3, 31), date(2026, 3, 30)]),
        ("45 jours fin de mois", [date(2026, 3, 31), date(2026, 4, 30), date(2026, 4, 14)]),
        ("virement", []),
    ],
)
def test_days_on_which_terms_fall_due(terms, expected):
    assert due_dates(date(2026, 2, 3), terms, ("fr",)) == list(dict.fromkeys(expected))


# -- identifiers and numbers ------------------------------------------------------------------------


def test_identifiers_of_one_company_go_together():
    decision = decided(
        BILL,
        candidate("BT-31", "FR77903186260", 0.8, "check_digits"),
        candidate("BT-30", "619883358", 0.82, "check_digits"),
        candidate("BT-30", "903186260", 0.8, "check_digits"),
        candidate("BT-29", "90318626000043", 0.8, "check_digits"),
    )
    assert decision.readings["BT-30"].value == "903186260"


def test_the_number_of_the_order_is_not_the_number_of_the_bill():
    decision = decided(
        BILL,
        candidate("BT-1", "BC37244", 0.6),
        candidate("BT-1", "F2026-12", 0.55),
        candidate("BT-13", "BC37244", 0.9),
    )
    assert decision.readings["BT-1"].value == "F2026-12"
    assert decision.readings["BT-13"].value == "BC37244"


# -- speed ------------------------------------------------------------------------------------------


def test_a_bill_of_120_lines_is_decided_in_a_moment():
    lines = "\n".join(
        f"Article {index:03}              {index % 7 + 1:>4}     {index + 1},00       {(index % 7 + 1) * (index + 1)},00"
        for index in range(120)
    )
    net = sum((index % 7 + 1) * (index + 1) for index in range(120))
    text = (
        "Désignation               Qté    P.U. HT    Montant HT\n"
        + lines
        + f"\n\nTotal HT  {net},00\nTVA 20 %  {net * 0.2:.2f}\nTotal TTC  {net * 1.2:.2f}".replace(
            ".", ","
        )
    )
    view = View.of(Layout([page(text)]), Options(), ("fr",))
    found, rows, read = totals.find(view), totals.find_vat_rows(view), tables.find_lines(view)
    started = time.process_time()
    decision = arbitrate.decide(view, found, read, rows)
    assert time.process_time() - started < 0.6
    assert decision.readings["BT-109"].value == Decimal(net)
