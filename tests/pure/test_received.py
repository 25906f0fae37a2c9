"""Reading what arrives, without Odoo: every kind told, sub-lines counted once, nothing hostile gets through."""

from __future__ import annotations

from decimal import Decimal

import pytest
from en16931 import kinds, received, received_reader, write
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_invoice import invoice


def read(content: bytes) -> received.Invoice:
    return received.read_invoice(received.open_file(content))


def xml(syntax: str = "cii", profile: str = "extended", **changes) -> bytes:
    return write.write_xml(
        invoice(**changes), syntax, "extended-ctc-fr" if syntax == "ubl" else profile
    )


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_the_terms_of_an_invoice(syntax):
    made = read(xml(syntax, lines=2))
    assert (made.number, made.type_code, made.currency) == ("FAC/2026/00042", "380", "EUR")
    assert (made.net, made.tax, made.gross) == (
        Decimal("200.00"),
        Decimal("40.00"),
        Decimal("240.00"),
    )
    assert made.seller.siren == "999120348" and made.seller.vat == "FR43999120348"
    assert made.seller.endpoint == "999120348"
    assert [line.amount for line in made.lines] == [Decimal("100.00")] * 2
    assert made.lines[0].price == 25 and made.lines[0].quantity == 4
    assert made.lines[0].vat.key == ("S", Decimal("20.00"))
    assert [account.number for account in made.accounts] == ["FR7630006000011234567890189"]
    assert [code for code, _text in made.notes] == ["PMT", "PMD", "AAB"]
    assert not made.problems


@pytest.mark.parametrize("code", sorted(received.CREDIT_CODES))
def test_documents_that_give_money_back(code):
    assert read(xml().replace(b">380<", f">{code}<".encode())).is_credit


def test_sub_lines_are_counted_once():
    content = xml(lines=3)
    # line 1 groups lines 2 and 3: its amount is theirs
    content = content.replace(
        b"<ram:LineID>2</ram:LineID>",
        b"<ram:LineID>2</ram:LineID><ram:ParentLineID>1</ram:ParentLineID>",
    )
    content = content.replace(
        b"<ram:LineID>3</ram:LineID>",
        b"<ram:LineID>3</ram:LineID><ram:ParentLineID>1</ram:ParentLineID>",
    )
    content = content.replace(
        b"<ram:LineID>1</ram:LineID>",
        b"<ram:LineID>1</ram:LineID><ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode>",
    )
    for old, new in ((b"300.00", b"200.00"), (b"360.00", b"240.00"), (b"60.00", b"40.00")):
        content = content.replace(old, new)
    made = read(content)
    assert [line.number for line in made.lines] == ["2", "3"]
    assert len(made.informative) == 1


def test_charges_for_transport_that_only_extended_has():
    charge = (
        b"<ram:SpecifiedLogisticsServiceCharge><ram:Description>Port</ram:Description><ram:AppliedAmount>5.00</ram:AppliedAmount>"
        b"<ram:AppliedTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>"
        b"<ram:RateApplicablePercent>20</ram:RateApplicablePercent></ram:AppliedTradeTax></ram:SpecifiedLogisticsServiceCharge>"
    )
    content = xml()
    place = content.index(b"<ram:SpecifiedTradeSettlementHeaderMonetarySummation>")
    made = read(content[:place] + charge + content[place:])
    assert [(item.reason, item.amount) for item in made.adjustments] == [("Port", Decimal("5.00"))]
    assert made.adjustments[0].vat.key == ("S", Decimal(20))


def test_indicators_written_as_digits_are_understood():
    changes = {
        "BG-20": [
            {
                "amount": Decimal("10.00"),
                "reason": "Remise",
                "vat_category_code": "S",
                "vat_rate": Decimal(20),
            }
        ],
    }
    content = xml("ubl", **changes).replace(b"ChargeIndicator>false<", b"ChargeIndicator>0<")
    assert [item.amount for item in read(content).adjustments] == [Decimal("-10.00")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"hello", "other"),
        (b"<a><b></a>", "not_xml"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "not_xml"),
        (b"<a/>", "other_xml"),
        (b"%PDF-1.7 nothing", "damaged"),
        (b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>', "order"),
    ],
)
def test_what_is_no_invoice_is_told_by_a_word(content, reason):
    with pytest.raises(received.NotAnInvoice) as caught:
        received.open_file(content)
    assert caught.value.reason == reason


def test_amounts_that_no_invoice_has():
    with pytest.raises(received.NotAnInvoice) as caught:
        read(xml().replace(b">120.00<", b">" + b"9" * 30 + b"<"))
    assert caught.value.reason == "absurd"
    for text in (b"1e5", b"NaN", b"Infinity", b"1,20", b"0x10"):
        made = read(xml().replace(b">120.00<", b">" + text + b"<"))
        assert made.gross is None
        assert {problem.code for problem in made.problems} == {"number"}


def test_more_lines_than_people_read():
    content = xml()
    start = content.index(b"<ram:IncludedSupplyChainTradeLineItem>")
    end = content.index(b"</ram:IncludedSupplyChainTradeLineItem>") + len(
        b"</ram:IncludedSupplyChainTradeLineItem>"
    )
    made = read(content[:start] + content[start:end] * (received.MAX_LINES + 1) + content[end:])
    assert not made.lines and made.vats
    assert [problem.code for problem in made.problems] == ["many_lines"]


@pytest.mark.parametrize(
    "name",
    [
        "../../x.pdf",
        "a\x00b\r\n.pdf",
        "C:\\tmp\\x.pdf",
        "x" * 300 + ".pdf",
        "",
        "..",
        "a\u202efdp.exe",
    ],
)
def test_file_names_are_harmless(name):
    safe = received_reader.safe_name(name)
    assert safe and "/" not in safe and "\\" not in safe and len(safe) <= 120
    assert safe.isprintable() and safe not in (".", "..")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_surprise_the_reader(noise):
    try:
        read(noise)
    except received.NotAnInvoice as error:
        assert error.reason in received.NotAnInvoice.REASONS


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_invoice_is_read_or_refused(data):
    content = bytearray(xml())
    for _hit in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(content))
    except received.NotAnInvoice as error:
        assert error.reason in received.NotAnInvoice.REASONS


def test_zugferd_1_is_read_by_the_same_reader():
    content = xml(profile="en16931").decode()
    old = {
        "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "urn:ferd:CrossIndustryDocument:invoice:1p0",
        "ReusableAggregateBusinessInformationEntity:100": "ReusableAggregateBusinessInformationEntity:12",
        "UnqualifiedDataType:100": "UnqualifiedDataType:15",
        "CrossIndustryInvoice": "CrossIndustryDocument",
        "ExchangedDocumentContext": "SpecifiedExchangedDocumentContext",
        "rsm:ExchangedDocument>": "rsm:HeaderExchangedDocument>",
        "rsm:SupplyChainTradeTransaction": "rsm:SpecifiedSupplyChainTradeTransaction",
        "ApplicableHeaderTrade": "ApplicableSupplyChainTrade",
        "SpecifiedLineTrade": "SpecifiedSupplyChainTrade",
        "SpecifiedTradeSettlementHeaderMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
        "SpecifiedTradeSettlementLineMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
        "RateApplicablePercent": "ApplicablePercent",
    }
    for new, former in old.items():
        content = content.replace(new, former)
    opened = received.open_file(content.encode())
    assert opened.kind == kinds.ZUGFERD1
    made = received.read_invoice(opened)
    assert (made.number, made.gross, len(made.lines)) == ("FAC/2026/00042", Decimal("120.00"), 1)
    assert made.lines[0].amount == 100
