"""The dictionary becomes CII or UBL and comes back; what cannot be written names its term."""

from datetime import date
from decimal import Decimal

import pytest
from en16931 import kinds
from en16931.read import UnreadableInvoice, read_xml
from en16931.write import PROFILES, InvoiceDataError, write_xml
from sample_invoice import invoice

CASES = [(syntax, profile) for syntax, profiles in PROFILES.items() for profile in profiles]


@pytest.mark.parametrize(("syntax", "profile"), CASES)
def test_an_invoice_survives_writing_and_reading(syntax, profile):
    data = invoice(2)
    content = write_xml(data, syntax, profile)
    back = read_xml(content)
    assert kinds.detect(content).profile == profile
    for term in ("BT-1", "BT-2", "BT-3", "BT-5", "BT-9", "BT-23"):
        assert back[term] == data[term], term
    for term in ("BT-109", "BT-110", "BT-112", "BT-115"):
        assert Decimal(back[term]) == data[term], term
    assert back["BG-4"]["legal_identifier"] == "999120348"
    assert back["BG-7"]["einvoicing_addr"] == "990234171"
    if profile != "basicwl":
        assert [line["BT-153"] for line in back["BG-25"]] == [
            "Heure de conseil n° 1",
            "Heure de conseil n° 2",
        ]


def test_writing_leaves_the_dictionary_alone():
    data, same = invoice(), invoice()
    write_xml(data, "cii", "en16931")
    write_xml(data, "ubl", "en16931")
    assert data == same


def test_amounts_are_written_exactly():
    lines = invoice()["BG-25"]
    lines[0]["BT-146"] = Decimal("25.000000")
    lines[0]["BT-129"] = Decimal("1E+2")
    content = write_xml(invoice(**{"BG-25": lines}), "cii", "en16931").decode()
    assert "<ram:ChargeAmount>25.00</ram:ChargeAmount>" in content
    assert '<ram:BilledQuantity unitCode="C62">100</ram:BilledQuantity>' in content


@pytest.mark.parametrize(
    ("changes", "term"),
    [
        ({"BT-5": None}, "BT-5"),
        ({"BT-1": None}, "BT-1"),
        ({"BT-112": None}, "BT-112"),
        ({"BT-112": 120.1}, "BT-112"),
        ({"BT-112": "cent vingt"}, "BT-112"),
        ({"BT-2": "05/10/2026"}, "BT-2"),
        ({"BT-73": date(2026, 2, 2), "BT-74": date(2026, 1, 1)}, "BT-73"),
    ],
)
@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_what_cannot_be_written_names_its_term(changes, term, syntax):
    with pytest.raises(InvoiceDataError) as caught:
        write_xml(invoice(**changes), syntax, "en16931")
    assert caught.value.term == term


def test_unknown_syntax_or_profile():
    with pytest.raises(InvoiceDataError):
        write_xml(invoice(), "edifact", "en16931")
    with pytest.raises(InvoiceDataError):
        write_xml(invoice(), "ubl", "extended")


def test_characters_xml_cannot_carry_are_left_out():
    seller = {**invoice()["BG-4"], "name": "A\x00B\x0b☕\U0001f600"}
    back = read_xml(write_xml(invoice(**{"BG-4": seller}), "ubl", "en16931"))
    assert back["BG-4"]["name"] == "AB☕\U0001f600"


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_a_bad_date_does_not_cost_the_rest(syntax):
    content = write_xml(invoice(), syntax, "en16931")
    wrong = content.replace(b"20261104", b"20261332").replace(b"2026-11-04", b"2026-13-32")
    back = read_xml(wrong)
    assert "BT-9" not in back
    assert back["BT-1"] == "FAC/2026/00042"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<a/>", b"<!DOCTYPE a><a/>", b"\xff\xfe"])
def test_what_is_no_invoice_says_so(content):
    with pytest.raises(UnreadableInvoice):
        read_xml(content)
