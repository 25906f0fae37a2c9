"""Totals as French, English and German suppliers print them, and what is made of them."""

from __future__ import annotations

from decimal import Decimal
from textwrap import dedent

import pytest
from reading import arbitrate, tables
from reading.fields import View, totals
from reading.layout import Layout
from reading.model import Options
from reading_page import page
from reading_totals_cases import MORE


def view_of(*texts: str, languages: tuple[str, ...] = ("fr",), source: str = "text") -> View:
    pages = [page(dedent(text), number, source) for number, text in enumerate(texts)]
    return View.of(Layout(pages), Options(), languages)


def decide(*texts: str, languages: tuple[str, ...] = ("fr",), source: str = "text"):
    view = view_of(*texts, languages=languages, source=source)
    return arbitrate.decide(
        view, totals.find(view), tables.find_lines(view), totals.find_vat_rows(view)
    )


def amounts(decision) -> dict[str, str]:
    names = {"BT-109": "net", "BT-110": "vat", "BT-112": "gross", "BT-113": "prepaid", "BT-115": "payable"}  # fmt: skip
    return {
        name: str(decision.readings[term].value)
        for term, name in names.items()
        if term in decision.readings
    }


def rows(decision) -> list[tuple[str, str, str]]:
    return [(f"{row.rate.normalize():f}", str(row.base), str(row.tax)) for row in decision.vat_rows]


CASES = {
    "one rate, plain": (
        """
        Désignation               Qté    P.U. HT    Montant HT
        Chaise pliante              4      30,00        120,00
        Table ronde                 1     200,00        200,00

                                    Total HT          320,00 €
                                    TVA 20 %           64,00 €
                                    Total TTC         384,00 €
        """,
        {"net": "320.00", "vat": "64.00", "gross": "384.00", "payable": "384.00"},
        [("20", "320.00", "64.00")],
    ),
    "totals in columns beside the recap": (
        """
        Code   Taux TVA    Base H.T.   Montant T.V.A.      TOTAL H.T.   TOTAL T.V.A.   TOTAL T.T.C.
        2       10,00 %       178,74            17,87
        3       20,00 %     2 136,78           427,36        2 315,52         445,23       2 760,75

                                         Acompte déduit : 828,23 €   Net à payer : 1 932,52 €
        """,
        {
            "net": "2315.52",
            "vat": "445.23",
            "gross": "2760.75",
            "prepaid": "828.23",
            "payable": "1932.52",
        },
        [("10", "178.74", "17.87"), ("20", "2136.78", "427.36")],
    ),
    "tax of each rate without its base": (
        """
        Main d'oeuvre                                   1 000,00
        Fournitures bois                                  200,00

        Total H.T.                                      1 200,00
        T.V.A. à 10 %                                     100,00
        T.V.A. à 20 %                                      40,00
        Total T.T.C.                                    1 340,00
        """,
        {"net": "1200.00", "vat": "140.00", "gross": "1340.00", "payable": "1340.00"},
        [("10", "1000.00", "100.00"), ("20", "200.00", "40.00")],
    ),
    "a receipt says only the total and the tax inside": (
        """
        CAFE CREME            2,50
        FORMULE MIDI         15,90
        EAU MINERALE          3,60

        TOTAL                22,00 EUR
        CARTE BANCAIRE       22,00
        dont TVA 10,00 %      2,00
        """,
        {"net": "20.00", "vat": "2.00", "gross": "22.00", "payable": "22.00"},
        [("10", "20.00", "2.00")],
    ),
    "two rates of a receipt with letters": (
        """
        4 MENU DU MARCHE        24,00   96,00 A
        1 PICHET DE VIN         11,50   11,50 B
        TOTAL                          107,50 €
        CARTE BANCAIRE                 107,50

        TVA              HT      TVA      TTC
        A 10,00%      87,27     8,73    96,00
        B 20,00%       9,58     1,92    11,50
        """,
        {"net": "96.85", "vat": "10.65", "gross": "107.50", "payable": "107.50"},
        [("10", "87.27", "8.73"), ("20", "9.58", "1.92")],
    ),
    "small trader without VAT": (
        """
        Prestation de graphisme         3 jours     350,00     1 050,00
        Total                                                  1 050,00 €
        TVA non applicable, art. 293 B du CGI
        """,
        {"net": "1050.00", "vat": "0.00", "gross": "1050.00", "payable": "1050.00"},
        [("0", "1050.00", "0.00")],
    ),
    "sub-contractor, the customer owes the VAT": (
        """
        Pose de charpente, lot 3          ens       1     8 400,00     8 400,00
        Total HT                                                     8 400,00
        TVA (autoliquidation, article 283-2 nonies du CGI)               0,00
        Net à payer                                                  8 400,00
        """,
        {"net": "8400.00", "vat": "0.00", "gross": "8400.00", "payable": "8400.00"},
        [("0", "8400.00", "0.00")],
    ),
    "building: guarantee kept back and a deposit": (
        """
        Montant des travaux HT                10 000,00
        TVA 10 %                               1 000,00
        Total TTC                             11 000,00
        Retenue de garantie 5 %                 -550,00
        Acompte déjà versé                    -3 000,00
        Net à payer                            7 450,00 €
        """,
        {
            "net": "10000.00",
            "vat": "1000.00",
            "gross": "11000.00",
            "prepaid": "3550.00",
            "payable": "7450.00",
        },
        [("10", "10000.00", "1000.00")],
    ),
    "hotel: the deposit of the booking": (
        """
        Nuitée chambre double            2      110,00      220,00
        Petit déjeuner                   4       12,00       48,00
        Total TTC                                           268,00 €
        dont TVA 10 %                                        24,36 €
        Arrhes versées le 02/03/2026                         80,00 €
        Reste à payer                                       188,00 €
        """,
        {
            "net": "243.64",
            "vat": "24.36",
            "gross": "268.00",
            "prepaid": "80.00",
            "payable": "188.00",
        },
        [("10", "243.64", "24.36")],
    ),
    "energy: an amount on the first page, a balance that was carried": (
        """
        Montant total TTC de votre facture                  182,40 €
        Solde précédent                                      20,00 €
        Montant à payer avant le 15/04/2026                 202,40 €

        Abonnement                        60,00       5,5 %
        Consommation                      99,25        20 %
        Total hors TVA                                      159,25 €
        TVA à 5,5 % sur 60,00                                 3,30 €
        TVA à 20 % sur 99,25                                 19,85 €
        Total TTC                                           182,40 €
        """,
        {
            "net": "159.25",
            "vat": "23.15",
            "gross": "182.40",
            "prepaid": "-20.00",
            "payable": "202.40",
        },
        [("5.5", "60.00", "3.30"), ("20", "99.25", "19.85")],
    ),
    "a discount and carriage between the lines and the net amount": (
        """
        Désignation               Qté    P.U. HT    Montant HT
        Ramette papier             10       4,00         40,00
        Classeur                   20       3,00         60,00

        Total brut HT                                   100,00
        Remise 10 %                                     -10,00
        Frais de port HT                                 15,00
        Total net HT                                    105,00
        TVA 20,00 %                                      21,00
        Total TTC                                       126,00
        """,
        {"net": "105.00", "vat": "21.00", "gross": "126.00", "payable": "126.00"},
        [("20", "105.00", "21.00")],
    ),
    "paid already": (
        """
        Total HT                     50,00
        TVA 20 %                     10,00
        Total TTC                    60,00
        Règlement reçu               60,00
        Solde à payer                 0,00
        """,
        {"net": "50.00", "vat": "10.00", "gross": "60.00", "prepaid": "60.00", "payable": "0.00"},
        [("20", "50.00", "10.00")],
    ),
    "marketplace: gross lines, the recap says the rest": (
        """
        Description                 Qté   Prix unitaire   Taux TVA   Prix unitaire   Prix total
                                              (HT)                    (TTC)           (TTC)
        Câble USB-C 2 m               2       8,33 €        20 %       9,99 €        19,98 €
        Frais de livraison                    3,33 €                   3,99 €         3,99 €

                                                       Total de la facture          23,97 €

        Taux TVA          Prix total (HT)        TVA
        20 %                    19,98 €         3,99 €
        Total                   19,98 €         3,99 €
        """,
        {"net": "19.98", "vat": "3.99", "gross": "23.97", "payable": "23.97"},
        [("20", "19.98", "3.99")],
    ),
    "pages carried forward": (
        """
        Total HT          1 500,00
        à reporter        900,00
        Report            900,00
        Total HT          1 500,00
        TVA 5,5 %            82,50
        TOTAL TTC         1 582,50
        """,
        {"net": "1500.00", "vat": "82.50", "gross": "1582.50", "payable": "1582.50"},
        [("5.5", "1500.00", "82.50")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_totals_of(name):
    text, expected, expected_rows = CASES[name]
    decision = decide(text)
    assert amounts(decision) == expected
    assert rows(decision) == expected_rows


ABROAD = {
    "software from abroad, reverse charge": (
        """
        Description              Qty      Unit price       Amount
        Pro plan, May 2026         3          $20.00       $60.00

        Subtotal                                           $60.00
        Total                                              $60.00
        Amount due                                     $60.00 USD
        Tax to be paid on reverse charge basis
        """,
        ("en",),
        {"net": "60.00", "vat": "0.00", "gross": "60.00", "payable": "60.00"},
        [("0", "60.00", "0.00")],
    ),
    "German, two rates": (
        """
        Warenwert netto                        496,00 EUR
        zzgl. 7 % MwSt. auf 160,00              11,20 EUR
        zzgl. 19 % MwSt. auf 336,00             63,84 EUR
        Rechnungsbetrag                        571,04 EUR
        """,
        ("de",),
        {"net": "496.00", "vat": "75.04", "gross": "571.04", "payable": "571.04"},
        [("7", "160.00", "11.20"), ("19", "336.00", "63.84")],
    ),
    "American figures": (
        """
        Subtotal                             $ 1,262.90
        Tax 15% on $ 1,112.90                  $ 166.94
        Total                                $ 1,429.84
        """,
        ("en",),
        {"net": "1262.90", "vat": "166.94", "gross": "1429.84", "payable": "1429.84"},
        None,
    ),
}


@pytest.mark.parametrize("name", ABROAD)
def test_the_totals_abroad_of(name):
    text, languages, expected, expected_rows = ABROAD[name]
    decision = decide(text, languages=languages)
    assert amounts(decision) == expected
    if expected_rows is not None:
        assert rows(decision) == expected_rows


@pytest.mark.parametrize("name", MORE)
def test_the_totals_of_many_trades(name):
    text, languages, expected, expected_rows = MORE[name]
    decision = decide(text, languages=languages)
    assert amounts(decision) == expected
    if expected_rows is not None:
        assert rows(decision) == expected_rows


def test_a_credit_note_printed_with_a_minus_has_positive_amounts_and_its_type():
    decision = decide(
        """
        Avoir AV-2017-0005
        Description                  Quantité    Prix     Total HT
        Nougat                         5,00      4,00       -20,00
        Total HT                                            -20,00
        TVA 20 %                                             -4,00
        Total TTC                                           -24,00
        """
    )
    assert amounts(decision) == {"net": "20.00", "vat": "4.00", "gross": "24.00", "payable": "24.00"}  # fmt: skip
    assert decision.readings["BT-3"].value == "381"
    assert [line.amount for line in decision.lines] == [Decimal("20.00")]


def test_words_name_an_amount_and_a_sentence_about_penalties_names_none():
    view = view_of(
        """
        Total HT  100,00
        Indemnité forfaitaire pour frais de recouvrement : 40,00 €
        Capital de 10 000,00 €
        """
    )
    found = {(one.field, str(one.value)): one.score for one in totals.find(view)}
    assert found["BT-109", "100.00"] >= 0.9
    assert not [key for key in found if key[1] in ("40.00", "10000.00") and found[key] > 0.4]
