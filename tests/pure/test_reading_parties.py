"""Who sells and who buys, told from where identifiers and addresses stand."""

from dataclasses import replace

import pytest
from reading.fields import View, parties
from reading.fields.addresses import postal
from reading.identifiers import IBAN, SIREN, SIRET, VAT, find_identifiers
from reading.layout import Layout
from reading.model import Options, Word
from reading.own import Own, direction
from reading_page import page, view

LETTER = """
Papeterie Mercier
6 ZA Les Peupliers                                        Fournitures Blanc
33000 Bordeaux                                            118 impasse des Lilas
Tél. : 02 69 22 89 90                                     06000 Nice
contact@papeteriemercier.fr                               N° TVA client : FR66342410503

Facture VT/2024/0413

Total                                                                      1 741,38
IBAN : FR76 2004 1477 4173 5372 0727 644  BIC : AGRIFRPP882
















































Papeterie Mercier SAS au capital de 150 000 € - SIRET 961 651 726 00047 - TVA FR 08 961651726
"""


def best(text, options=None):
    found = {}
    for candidate in parties.find(view(text, options)):
        found.setdefault(candidate.field, candidate.value)
    return found


def test_the_legal_line_at_the_foot_is_the_sellers():
    read = best(LETTER)
    assert read["BT-31"] == "FR08961651726" and read["BT-48"] == "FR66342410503"
    assert read["BT-30"] == "961651726" and read["BT-29"] == "96165172600047"
    assert read["BT-27"] == "Papeterie Mercier" and read["BT-44"] == "Fournitures Blanc"
    assert read["BT-84"] == "FR7620041477417353720727644" and read["BT-86"] == "AGRIFRPP882"
    assert (read["BT-38"], read["BT-37"]) == ("33000", "Bordeaux")
    assert (read["BT-53"], read["BT-52"], read["BT-50"]) == (
        "06000",
        "Nice",
        "118 impasse des Lilas",
    )


def test_our_own_company_is_never_the_supplier():
    read = best(LETTER, Options(own=("342410503",)))
    assert read["BT-31"] == "FR08961651726"
    swapped = LETTER.replace("N° TVA client : FR66342410503", "FR66342410503")
    assert best(swapped, Options(own=("342 410 503",)))["BT-31"] == "FR08961651726"


def test_our_own_identifiers_in_the_legal_line_make_it_a_sale():
    read = best(LETTER, Options(own=("FR08961651726",)))
    assert read["BT-30"] == "961651726"
    assert direction(Own(Options(own=("961651726",))), [read["BT-31"]], [read["BT-48"]]) == "sale"


@pytest.mark.parametrize(
    ("seller", "buyer", "told"),
    [
        (["FR08961651726"], ["FR66342410503"], "purchase"),
        (["FR66342410503"], [], "sale"),
        (["FR08961651726"], [], ""),
    ],
)
def test_the_direction_is_told_only_by_our_own_identifiers(seller, buyer, told):
    assert direction(Own(Options(own=("342410503",))), seller, buyer) == told


def test_a_tax_representative_is_neither_party():
    read = best("""
Global Supplies
12 High Street, London

Représentant fiscal
Cabinet Blanc
118 impasse des Lilas
06000 Nice
TVA : FR66342410503

Facture 17
""")
    assert "BT-31" not in read and "BT-48" not in read


def test_figures_spread_over_words_are_one_identifier():
    found = find_identifiers(Layout([page("R.C.S. Nantes 485 539 969   TVA : FR 19 485 539 969")]))
    assert {(item.kind, item.value) for item in found} == {
        (SIREN, "485539969"),
        (VAT, "FR19485539969"),
    }


def test_check_digits_tell_an_identifier_from_any_number():
    found = find_identifiers(
        Layout([page("Commande 485539968 du 12   Tél 04 85 53 99 69   SIRET 36882634300057")])
    )
    assert [(item.kind, item.valid) for item in found] == [(SIRET, False)]


def test_letters_are_taken_for_figures_only_where_recognised_and_check_digits_agree():
    text = "TVA FR08 9616S1726   IBAN FR76 2OO4 1477 4173 5372 0727 644"
    read = {item.kind: item for item in find_identifiers(Layout([page(text, source="ocr")]))}
    assert read[VAT].value == "FR08961651726" and read[VAT].repaired
    assert read[IBAN].value == "FR7620041477417353720727644" and read[IBAN].repaired
    printed = {item.kind: item for item in find_identifiers(Layout([page(text)]))}
    assert not any(item.valid for item in printed.values())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("13006 Marseille", ("13006", "Marseille", "")),
        ("F-13006 Marseille", ("13006", "Marseille", "FR")),
        ("D-80333 München", ("80333", "München", "DE")),
        ("1242 chemin de l'olive - 84340 Malaucène - France", ("84340", "Malaucène", "")),
        ("B-1000 Bruxelles", ("1000", "Bruxelles", "BE")),
        ("SAS au capital de 15000 euros", None),
        ("12500 kWh", None),
        ("le 15 2024 Mars", None),
    ],
)
def test_a_post_code_has_a_town(text, told):
    found = postal(text)
    assert (found and found[:3]) == told


def test_the_legal_line_along_the_edge_is_the_sellers():
    upright = page("Facture F-17        Client : Fournitures Blanc\nTotal TTC      120,00")
    legal = "Papeterie Mercier SAS au capital de 150 000 € RCS Bordeaux 961 651 726 - TVA FR 08 961651726"
    edge = tuple(
        Word(0, 8, 700 - 12 * place, 17, 710 - 12 * place, text)
        for place, text in enumerate(legal.split())
    )
    seen = View.of(Layout([replace(upright, edges=edge)]), Options(), ("fr",))
    read = {}
    for candidate in parties.find(seen):
        read.setdefault(candidate.field, candidate.value)
    assert (read["BT-31"], read["BT-30"]) == ("FR08961651726", "961651726")
    assert read["BT-27"] == "Papeterie Mercier"
