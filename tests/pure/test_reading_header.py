"""The head of a document: its number, dates, orders, kind, language and currency, from the words and where they stand."""

from __future__ import annotations

import json
import time
from datetime import date

import pytest
from reading import labels
from reading.fields import View, dates, document, references
from reading.layout import Layout
from reading.model import COMPUTED, OCR, TEXT, Options, Page, Word

HEIGHT, WIDE = 9.0, 4.8


def page(*rows: tuple, source: str = TEXT, number: int = 0, size: float = HEIGHT) -> Page:
    """A page of rows (y, (x, text), (x, text)…): each text begins at x, its words a blank apart."""
    words = []
    for y, *cells in rows:
        for x, text in cells:
            for part in text.split(" "):
                end = x + WIDE * len(part)
                words.append(Word(number, x, y, end, y + size, part, 1.0, source))
                x = end + WIDE * 0.6
    return Page(number, 595.0, 842.0, tuple(words), source)


def view(*pages: Page, today: date | None = None) -> View:
    """What the rooms of fields are given."""
    layout = Layout(pages)
    return View.of(layout, Options(today=today), document.languages_of(layout))


def best(room, seen: View, field: str):
    """The value of the best candidate of a field, None where there is none."""
    found = sorted((c for c in room.find(seen) if c.field == field), key=lambda c: -c.score)
    return found[0].value if found else None


def number(*rows: tuple, **more) -> str | None:
    """The best number of a page."""
    return best(references, view(page(*rows, **more)), "BT-1")


def day(field: str, *rows: tuple, **more) -> date | None:
    """The best date of a page."""
    return best(dates, view(page(*rows, **more)), field)


# -- numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(50, (40, "Facture n° F2024-12 du 12/03/2024"))], "F2024-12"),
        ([(50, (40, "FACTURE VT/2024/0413"))], "VT/2024/0413"),
        ([(50, (40, "N° de facture : 2024-07-0753"))], "2024-07-0753"),
        ([(50, (40, "Numéro de facture"), (200, "Date")), (64, (40, "FC009334"), (200, "12/03/2024"))], "FC009334"),
        ([(50, (40, "Facture"), (160, "Date"), (280, "Client")), (64, (40, "2409260"), (160, "13/12/2024"), (280, "C358952"))], "2409260"),
        ([(50, (40, "FACTURE"),), (66, (40, "N° 25/06268 du 18/09/2025"))], "25/06268"),
        ([(50, (40, "Facture n°562044387 du 02 Juillet 2015"))], "562044387"),
        ([(50, (40, "FACTURE N°:123"))], "123"),
        ([(50, (40, "Facture N° 0/0(012)0034/005678"))], "0/0(012)0034/005678"),
        ([(50, (40, "Invoice number"), (200, "INV-2025-118"))], "INV-2025-118"),
        ([(50, (40, "Rechnungs-Nr.: RE-20140703/502"))], "RE-20140703/502"),
        ([(50, (40, "TICKET N° 056155"), (200, "12/08/2025 13:19"))], "056155"),
        ([(50, (40, "Invoice number / Numéro de facture : A-771"))], "A-771"),
        ([(50, (40, "2025-118")), (60, (40, "N° de facture"))], "2025-118"),
    ],
)  # fmt: skip
def test_number_beside_under_or_over_its_words(rows: list, expected: str) -> None:
    assert number(*rows) == expected


def test_number_of_several_words_is_one() -> None:
    assert number((50, (40, "Facture n° FA 2024 0012"))) == "FA 2024 0012"


def test_other_numbers_are_not_that_of_the_invoice() -> None:
    rows = [
        (40, (40, "N° client : 44871"), (300, "Tél. 04 50 44 68 99")),
        (54, (40, "Commande n° BC27314 du 05/10/2025")),
        (68, (40, "Bon de livraison n° 778812")),
        (82, (40, "Facture n° FC001706")),
        (96, (40, "Page 1/2")),
    ]
    seen = view(page(*rows))
    assert best(references, seen, "BT-1") == "FC001706"
    assert best(references, seen, "BT-13") == "BC27314"
    assert best(references, seen, "BT-16") == "778812"


def test_an_avoir_names_the_invoice_it_corrects() -> None:
    rows = [
        (40, (40, "Avoir n° AV-77")),
        (56, (40, "Annule la facture n° FA-2017-0010 du 13/11/2017")),
    ]
    seen = view(page(*rows))
    assert best(references, seen, "BT-1") == "AV-77"
    assert best(references, seen, "BT-25") == "FA-2017-0010"
    assert best(dates, seen, "BT-26") == date(2017, 11, 13)


def test_dates_amounts_and_check_digits_are_no_numbers() -> None:
    rows = [
        (40, (40, "Facture n°"), (200, "Date"), (320, "Total TTC")),
        (54, (200, "12/03/2024"), (320, "1 741,38 €")),
        (90, (40, "SIRET 73282932000074")),
    ]
    assert number(*rows) is None


def test_a_number_printed_again_is_surer() -> None:
    first = [(50, (40, "Facture n° F-118"))]
    again = [*first, (700, (40, "Référence à rappeler : F-118"))]

    def score(rows: list) -> float:
        return next(c.score for c in references.find(view(page(*rows))) if c.value == "F-118")

    assert score(again) >= score(first)
    found = references.find(
        view(page(*[(50, (40, "Facture")), (66, (40, "Réf. F-118"))], *again[1:]))
    )
    assert max(found, key=lambda c: c.score).value == "F-118"


def test_recognised_letters_between_figures_are_figures() -> None:
    assert number((50, (40, "Facture n° FA-2O24-0O12")), source=OCR) == "FA-2024-0012"
    assert number((50, (40, "Facture n° FA-2O24-0O12"))) == "FA-2O24-0O12"
    assert references.repaired("B7466") == ()


def test_misread_words_are_still_understood() -> None:
    assert number((50, (40, "Faclure n° F2024-12")), source=OCR) == "F2024-12"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Votre commande du 12/03/2026 n° 4500123", "4500123"),
        ("V/Cde n° 7781 du 02/03/2026", "7781"),
        ("N° d'engagement juridique : 1512345678", "1512345678"),
        ("Your PO 4500099 dated 1 March 2026", "4500099"),
        ("Ihre Bestellung Nr. 88-12 vom 01.03.2026", "88-12"),
        ("Votre réf. : Résidence Alba", "Résidence Alba"),
        ("Acompte de 30 % sur devis D-26-11", "D-26-11"),
    ],
)
def test_orders_as_suppliers_name_them(text: str, expected: str) -> None:
    seen = view(page((40, (40, "FACTURE N° F-2026-1 du 15/03/2026")), (60, (40, text))))
    assert best(references, seen, "BT-13") == expected
    assert best(references, seen, "BT-1") == "F-2026-1"


def test_numbers_of_articles_are_not_that_of_the_invoice() -> None:
    rows = [
        (40, (40, "Facture comptoir M52-551489")),
        (90, (40, "Article"), (250, "Quantité"), (400, "Montant TTC")),
        (104, (40, "Échelle transformable"), (250, "1"), (400, "189,90")),
        (116, (40, "EAN 4055958748943")),
    ]
    assert number(*rows) == "M52-551489"
    assert number(*rows[1:]) is None


def test_deposits_among_the_totals_are_earlier_invoices() -> None:
    rows = [
        (40, (40, "Facture de solde 29895")),
        (56, (40, "Date : 06/10/2026")),
        (300, (40, "Total TTC"), (400, "12 563,00")),
        (314, (40, "Facture d'acompte 54190 du 06/07/2026"), (400, "-3 769,00")),
    ]
    seen = view(page(*rows))
    assert best(references, seen, "BT-1") == "29895"
    assert best(references, seen, "BT-25") == "54190"
    assert best(dates, seen, "BT-2") == date(2026, 10, 6)
    assert best(document, seen, "BT-3") == "380"


def test_values_over_their_words() -> None:
    rows = [
        (50, (40, "2026-031"), (160, "15/02/2026"), (280, "17/03/2026"), (400, "C0044")),
        (60, (40, "Facture n°"), (160, "Date"), (280, "Échéance"), (400, "Client")),
    ]
    seen = view(page(*rows))
    assert best(references, seen, "BT-1") == "2026-031"
    assert best(dates, seen, "BT-2") == date(2026, 2, 15)
    assert best(dates, seen, "BT-9") == date(2026, 3, 17)


def test_an_account_of_the_bank_is_no_contract() -> None:
    rows = [
        (40, (40, "Facture n° 7")),
        (400, (40, "Banque"), (120, "Guichet"), (200, "N° de compte"), (320, "Clé")),
        (412, (40, "30327"), (120, "06932"), (200, "33326375256"), (320, "44")),
    ]
    assert best(references, view(page(*rows)), "BT-12") is None


def test_the_order_is_the_customers() -> None:
    rows = [
        (40, (40, "Votre référence : PO932662"), (300, "Notre référence : 8871")),
        (60, (40, "Facture n° 12")),
    ]
    assert best(references, view(page(*rows)), "BT-13") == "PO932662"


# -- dates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(50, (40, "Date de facture : 12/03/2024"))], date(2024, 3, 12)),
        ([(50, (40, "Lyon, le 3 mars 2026"))], date(2026, 3, 3)),
        ([(50, (40, "Facture n° 12 du 1er août 2025"))], date(2025, 8, 1)),
        ([(50, (40, "Date"), (140, "Échéance")), (64, (40, "05/01/2026"), (140, "04/02/2026"))], date(2026, 1, 5)),
        ([(40, (40, "12/08/2025 13:19"))], date(2025, 8, 12)),
        ([(50, (40, "Date : 10/01/2026")), (64, (40, "Date de commande : 02/01/2026"))], date(2026, 1, 10)),
        ([(50, (40, "Période du 01/02/2026 au 28/02/2026")), (70, (40, "Émise le 03/03/2026"))], date(2026, 3, 3)),
        ([(50, (40, "Invoice date: Mar 4, 2026"))], date(2026, 3, 4)),
    ],
)  # fmt: skip
def test_day_of_issue(rows: list, expected: date) -> None:
    assert day("BT-2", *rows) == expected


@pytest.mark.parametrize(
    "text",
    [
        "À régler avant le 15/04/2026", "Échéance : 15/04/2026", "Montant prélevé le 15/04/2026",
        "Date limite de paiement 15/04/2026", "Payable au plus tard le 15 avril 2026",
        "Le montant sera débité de votre compte le 15/04/2026",
    ],
)  # fmt: skip
def test_day_due(text: str) -> None:
    rows = [(50, (40, "Facture n° 7 du 16/03/2026")), (300, (40, text))]
    assert day("BT-9", *rows) == date(2026, 4, 15)
    assert day("BT-2", *rows) == date(2026, 3, 16)


def test_words_of_a_label_in_two_rows() -> None:
    rows = [
        (50, (40, "Date de"), (140, "Date"), (260, "Votre")),
        (60, (40, "facture"), (140, "d'échéance"), (260, "référence")),
        (76, (40, "05/01/2026"), (140, "04/02/2026"), (260, "PO-17")),
    ]
    seen = view(page(*rows))
    assert best(dates, seen, "BT-2") == date(2026, 1, 5)
    assert best(dates, seen, "BT-9") == date(2026, 2, 4)
    assert best(references, seen, "BT-13") == "PO-17"


def test_a_period_has_two_ends_and_is_no_date_of_the_invoice() -> None:
    seen = view(page((50, (40, "Abonnement du 01/02/2026 au 28/02/2026"))))
    assert best(dates, seen, "BT-73") == date(2026, 2, 1)
    assert best(dates, seen, "BT-74") == date(2026, 2, 28)
    assert best(dates, seen, "BT-9") is None


def test_terms_say_when_but_print_no_date() -> None:
    rows = [
        (50, (40, "Date de facture : 10/01/2026")),
        (300, (40, "Conditions de règlement : 30 jours fin de mois")),
    ]
    found = [c for c in dates.find(view(page(*rows))) if c.field == "BT-9"]
    assert found and found[0].value == date(2026, 2, 28)
    assert found[0].origin == COMPUTED and not found[0].words
    assert best(dates, view(page(*rows)), "BT-20") == "30 jours fin de mois"


def test_a_printed_day_is_not_outdone_by_terms() -> None:
    rows = [
        (50, (40, "Date de facture : 10/01/2026"), (300, "Échéance : 12/02/2026")),
        (300, (40, "Conditions de règlement : 30 jours")),
    ]
    found = [c for c in dates.find(view(page(*rows))) if c.field == "BT-9"]
    assert [c.value for c in found] == [date(2026, 2, 12)]


def test_month_first_where_another_date_proves_it() -> None:
    rows = [
        (40, (40, "Invoice number INV-7")),
        (50, (40, "Invoice date 11/03/2025")),
        (60, (40, "Due date 11/17/2025")),
        (80, (40, "Please pay the total amount due for your order")),
    ]
    assert day("BT-2", *rows) == date(2025, 11, 3)


def test_day_first_in_france_even_after_a_telephone_number() -> None:
    rows = [(40, (40, "TEL 05.91.17.64.10")), (60, (40, "Date de facture 12/08/2025"))]
    assert day("BT-2", *rows) == date(2025, 8, 12)


def test_recognised_figures_of_a_date() -> None:
    assert day("BT-2", (50, (40, "Date de facture : l2/O3/2024")), source=OCR) == date(2024, 3, 12)


# -- kind of document -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "code", "kind"),
    [
        ("FACTURE", "380", "invoice"),
        ("AVOIR N° AV-12", "381", "credit_note"),
        ("Facture d'avoir", "381", "credit_note"),
        ("FACTURE D'ACOMPTE N° 7", "386", "deposit"),
        ("Credit note", "381", "credit_note"),
        ("F A C T U R E", "380", "invoice"),
    ],
)
def test_title_says_what_it_is(title: str, code: str, kind: str) -> None:
    seen = view(page((30, (200, title)), (300, (40, "Total TTC 120,00 €"))))
    assert best(document, seen, "BT-3") == code
    assert document.title_of(seen) == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [("DEVIS N° 12", "quote"), ("BON DE LIVRAISON", "delivery_note"), ("RELEVÉ DE COMPTE", "statement"), ("BON DE COMMANDE N° 4", "order")],
)  # fmt: skip
def test_what_is_no_invoice_is_told(title: str, kind: str) -> None:
    seen = view(page((30, (200, title)), (60, (40, "12 chaises de bureau"))))
    assert document.title_of(seen) == kind
    assert document.document_type(seen, {}) == kind


def test_to_have_is_not_a_credit_note() -> None:
    rows = [
        (30, (200, "FACTURE N° 12")),
        (400, (40, "Nous espérons avoir répondu à votre attente")),
        (420, (40, "avoir ou remboursement sous 30 jours")),
    ]
    assert best(document, view(page(*rows)), "BT-3") == "380"


def test_an_invoice_may_name_its_order() -> None:
    rows = [(30, (40, "Bon de commande"), (250, "FACTURE")), (44, (40, "BC-12"), (250, "N° F-7"))]
    assert document.title_of(view(page(*rows))) == "invoice"


def test_a_delivery_note_named_with_a_colon_is_only_named() -> None:
    rows = [
        (40, (40, "Handelsrechnung Nr. 77 vom 02.03.2026")),
        (80, (40, "Lieferschein: 8876543")),
    ]
    assert document.title_of(view(page(*rows))) != "delivery_note"


# -- currency, language -----------------------------------------------------------------------------


def test_currency_is_the_one_beside_amounts() -> None:
    assert best(document, view(page((50, (40, "Total 120,00 €")))), "BT-5") == "EUR"
    assert best(document, view(page((50, (40, "Total USD 120.00")))), "BT-5") == "USD"


def test_a_dollar_on_the_picture_of_a_french_bill_is_a_euro() -> None:
    rows = [
        (40, (40, "TVA FR44732829320")),
        (50, (40, "Total 120,00 $")),
        (60, (40, "dont 20,00 $")),
    ]
    assert best(document, view(page(*rows, source=OCR)), "BT-5") == "EUR"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Nous vous remercions de votre règlement pour la facture", "fr"),
        ("Thank you for your payment of this invoice to the bank", "en"),
        ("Bitte überweisen Sie den Betrag für die Rechnung auf unser Konto", "de"),
    ],
)
def test_language_of_the_page(text: str, language: str) -> None:
    assert document.languages_of(Layout([page((50, (40, text)))]))[0] == language


def test_a_new_language_is_a_new_file(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = {
        "labels": {"number": ["zorg nim"], "issue_date": ["zorg dat"]},
        "months": [],
        "document": {"invoice": ["zorg"]},
        "stop": ["zu", "blim"],
    }
    (tmp_path / "xx.json").write_text(json.dumps(made_up), encoding="utf-8")
    monkeypatch.setattr(labels, "_FOLDER", tmp_path)
    for cached in (labels.vocabulary, labels._wordings, labels._near):
        cached.cache_clear()
    try:
        layout = Layout([page((50, (40, "Zorg nim: 77-A")), (64, (40, "Zorg dat: 12/03/2024")))])
        seen = View.of(layout, Options(), labels.languages())
        assert labels.languages() == ("xx",)
        assert [label.kind for label in seen.labels] == ["number", "issue_date"]
        assert best(references, seen, "BT-1") == "77-A"
        assert best(dates, seen, "BT-2") == date(2024, 3, 12)
    finally:
        for cached in (labels.vocabulary, labels._wordings, labels._near):
            cached.cache_clear()


# -- speed ------------------------------------------------------------------------------------------


def test_labels_of_ten_pages_in_a_moment() -> None:
    rows = [
        (20 + 12 * n, (40, f"Article {n} vis inox"), (250, "12"), (320, "1,50"), (400, "18,00"))
        for n in range(60)
    ]
    layout = Layout([page(*rows, number=n) for n in range(10)])
    started = time.process_time()
    found = labels.find_labels(layout, ("fr", "en", "de"))
    assert found
    assert time.process_time() - started < 0.6
