"""From what was decided to the EN 16931 dictionary."""

from datetime import date
from decimal import Decimal

import pytest
from reading.model import Candidate, Reading, ReadLine, VatRow, Word
from reading.semantic import build, unit_code

PLACE = (Word(1, 10, 20, 60, 30, "F-17"), Word(1, 62, 20, 80, 30, "bis"))


def reading(term, value, words=(), **more):
    return Reading(Candidate(term, value, 0.9, words, ("label",)), 0.87, **more)


def test_parties_amounts_and_dates_have_the_shape_of_the_parser():
    readings = {
        "BT-1": reading("BT-1", "F-17", PLACE),
        "BT-2": reading("BT-2", date(2026, 3, 2)),
        "BT-27": reading("BT-27", "Mercier"),
        "BT-30": reading("BT-30", "368826343"),
        "BT-29": reading("BT-29", "36882634300056"),
        "BT-48": reading("BT-48", "FR08961651726"),
        "BT-84": reading("BT-84", "FR7620041477417353720727644"),
        "BT-112": reading("BT-112", Decimal("120")),
    }
    invoice, evidence = build(readings, [], [VatRow(Decimal(20), Decimal("100"), Decimal("20"))])
    assert (
        invoice["BT-2"] == "2026-03-02"
        and invoice["BT-112"] == "120.00"
        and invoice["BT-81"] == "30"
    )
    assert invoice["BG-4"] == {
        "name": "Mercier", "legal_identifier": "368826343", "legal_identifier_schemeid": "0002",
        "identifiers": {"0009": "36882634300056"},
    }  # fmt: skip
    assert invoice["BG-7"] == {"vat_identifier": "FR08961651726"}
    assert invoice["BG-23"] == [
        {"BT-118": "S", "BT-119": "20", "BT-116": "100.00", "BT-117": "20.00"}
    ]
    assert evidence["BT-1"]["page"] == 2 and evidence["BT-1"]["box"] == [10, 20, 80, 30]
    assert evidence["BT-1"]["confidence"] == 0.87 and evidence["BT-1"]["reasons"] == ["label"]


def test_up_to_three_other_values_are_told():
    others = tuple(Candidate("BT-1", f"F-{n}", 0.2) for n in range(5))
    _invoice, evidence = build({"BT-1": reading("BT-1", "F-17", alternatives=others)}, [], [])
    assert [other["value"] for other in evidence["BT-1"]["alternatives"]] == ["F-0", "F-1", "F-2"]


@pytest.mark.parametrize(
    ("printed", "name", "more"),
    [
        ("Papier A4", "Papier A4", None),
        ("Papier A4\nréf. usine 77", "Papier A4", "réf. usine 77"),
        (
            "Plaque de plâtre hydrofuge 13\nmm bords amincis",
            "Plaque de plâtre hydrofuge 13 mm bords amincis",
            None,
        ),
        (
            "Abonnement annuel au service de\n01/03/2026 - 28/02/2027",
            "Abonnement annuel au service de",
            "01/03/2026 - 28/02/2027",
        ),
    ],
)
def test_a_wrapped_name_is_one_and_what_stands_under_a_short_one_describes_it(printed, name, more):
    invoice, _evidence = build({}, [ReadLine(printed, amount=Decimal("5"))], [])
    assert invoice["BG-25"][0]["BT-153"] == name and invoice["BG-25"][0].get("BT-154") == more


def test_a_discount_is_told_as_gross_price_and_allowance():
    line = ReadLine(
        "Filtre",
        quantity=Decimal(4),
        unit="pce",
        price=Decimal("5.60"),
        gross_price=Decimal("11.20"),
        amount=Decimal("22.40"),
    )
    told = build({}, [line], [])[0]["BG-25"][0]
    assert (
        told["BT-148"] == "11.20"
        and told["BT-147-00"] == [{"BT-147": "5.60"}]
        and told["BT-130"] == "H87"
    )


@pytest.mark.parametrize(
    ("printed", "code"), [("kg", "KGM"), ("Heures", "HUR"), ("m²", "MTK"), ("cagette", "C62")]
)
def test_a_printed_unit_has_a_code_or_counts_as_one(printed, code):
    assert unit_code(printed) == code


def test_a_line_without_a_rate_has_the_only_one_of_the_document():
    line = ReadLine("Filtre", amount=Decimal("22.40"))
    one = [VatRow(Decimal(0), Decimal("22.40"), Decimal(0), "E")]
    assert build({}, [line], one)[0]["BG-25"][0]["BT-151"] == "E"
    two = [*one, VatRow(Decimal(20), Decimal("5"), Decimal("1"))]
    assert "BT-151" not in build({}, [line], two)[0]["BG-25"][0]


def test_words_in_the_column_of_references_are_the_name():
    [port, part] = build(
        {}, [ReadLine(reference="Frais de port"), ReadLine("Filtre", reference="W712")], []
    )[0]["BG-25"]
    assert port["BT-153"] == "Frais de port" and "BT-155" not in port and part["BT-155"] == "W712"
