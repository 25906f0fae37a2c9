"""Which pages make which invoice."""

from reading.model import Options
from reading.parts import split
from reading_page import page

INVOICE = """
{seller}                                          {title} n° {number}
Siret {siret}                                Date : 03/02/2026

Désignation                 Qté      Prix       Montant
Papier A4                   2,00     10,00      20,00
Total HT                                        20,00
{foot}
"""
MERCIER, DURAND = "36882634300056", "96165172600047"
TERMS = "Conditions générales de vente\n" + "\n".join(
    f"Article {number} Le vendeur garantit à l'acheteur la propriété de la chose sous réserve du complet paiement"
    for number in [
        "un",
        "deux",
        "trois",
        "quatre",
        "cinq",
        "six",
        "sept",
        "huit",
        "neuf",
        "dix",
        "onze",
        "douze",
    ]
)


def invoice(at, number, foot="", seller="Mercier", siret=MERCIER, title="Facture"):
    return page(
        INVOICE.format(seller=seller, siret=siret, number=number, foot=foot, title=title), at
    )


def groups(*pages):
    return [tuple(p.number + 1 for p in part.pages) for part in split(pages, Options())]


def told(*pages):
    return [(m.code, m.page) for part in split(pages, Options()) for m in part.messages]


def test_another_number_begins_another_invoice():
    assert groups(invoice(0, "F-101"), invoice(1, "F-102"), invoice(2, "F-103")) == [
        (1,),
        (2,),
        (3,),
    ]


def test_the_same_number_on_the_next_page_is_the_same_invoice():
    assert groups(invoice(0, "F-101"), invoice(1, "F-101"), invoice(2, "F-102")) == [(1, 2), (3,)]


def test_a_page_that_says_nothing_belongs_to_the_invoice_before_it():
    rest = page(
        "Papier A4        2,00     10,00      20,00\nPapier A3        2,00     10,00      20,00", 1
    )
    assert groups(invoice(0, "F-101"), rest, invoice(2, "F-102")) == [(1, 2), (3,)]


def test_page_two_of_two_goes_with_page_one_of_two():
    second = page("Suite\nPapier A4        2,00     10,00      20,00\nPage 2/2", 1)
    assert groups(invoice(0, "F-101", "Page 1/2"), second, invoice(2, "F-102", "Page 1/1")) == [
        (1, 2),
        (3,),
    ]


def test_another_seller_under_a_title_of_its_own_begins_an_invoice():
    other = invoice(1, "", seller="Durand", siret=DURAND).words
    bare = page(
        INVOICE.format(seller="Durand", siret=DURAND, number="", foot="", title="FACTURE"), 1
    )
    assert other and groups(invoice(0, "F-101"), bare) == [(1,), (2,)]


def test_pages_of_terms_are_left_out_and_said():
    pages = (invoice(0, "F-101"), page(TERMS, 1), invoice(2, "F-102"))
    assert groups(*pages) == [(1,), (3,)]
    assert ("page_terms", 1) in told(*pages)


def test_a_specimen_is_left_out_and_said():
    specimen = invoice(1, "F-999", title="SPECIMEN Facture")
    assert groups(invoice(0, "F-101"), specimen) == [(1,)]
    assert ("page_specimen", 1) in told(invoice(0, "F-101"), specimen)


def test_a_file_that_is_only_a_specimen_is_read_all_the_same():
    assert groups(invoice(0, "F-999", title="SPECIMEN Facture")) == [(1,)]


def test_a_delivery_note_between_two_invoices_is_no_invoice():
    note = page("BON DE LIVRAISON n° 4455\nMercier\nSiret 36882634300056\nPage 1/1", 1)
    assert groups(invoice(0, "F-101", "Page 1/1"), note, invoice(2, "F-102", "Page 1/1")) == [
        (1,),
        (3,),
    ]


def test_nothing_to_read_is_no_invoice():
    assert split([page("", 0)], Options()) == []


STATEMENT = """
Mercier
Siret 36882634300056

RELEVÉ DE COMPTE
Facture          Date            Échéance        Montant TTC
F-101            03/02/2026      05/03/2026      20,00
F-102            12/02/2026      14/03/2026      24,00
Solde à payer                                    44,00
"""


def test_a_statement_before_its_invoices_is_told_and_is_no_invoice():
    pages = (page(STATEMENT, 0), invoice(1, "F-101"), invoice(2, "F-102"))
    assert groups(*pages) == [(2,), (3,)]
    assert "pages_other" in [code for code, _page in told(*pages)]
