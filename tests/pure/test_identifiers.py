"""SIREN, SIRET, VAT key, electronic addresses: what a person typed, checked."""

import pytest
from en16931.identifiers import (
    InvalidIdentifier,
    check_address,
    check_french_vat,
    check_routing_code,
    check_siren,
    check_siret,
    parse_address,
    vat_from_siren,
)
from hypothesis import given
from hypothesis import strategies as st


def test_compact_forms():
    assert check_siren(" 999 120 348 ") == "999120348"
    assert check_siret("999.120.348 00019", "999120348") == "99912034800019"
    assert check_siret("356 000 000 00048") == "35600000000048"  # La Poste's head office
    assert check_french_vat("fr 43 999120348", "999 120 348") == "FR43999120348"
    assert vat_from_siren("999120348") == "FR43999120348"


@pytest.mark.parametrize(
    ("check", "text", "reason"),
    [
        (check_siren, "", "empty"),
        (check_siren, None, "empty"),
        (check_siren, "99912034", "length"),
        (check_siren, "99912034A", "characters"),
        (check_siren, "٩٩٩١٢٠٣٤٨", "characters"),
        (check_siren, "999120349", "check_digit"),
        (check_siret, "99912034800018", "check_digit"),
        (check_french_vat, "FR44999120348", "check_digit"),
        (check_french_vat, "DE999120348", "characters"),
        (check_address, "999120348_é", "characters"),
        (check_address, "999120348+x", "characters"),
        (check_address, "ABC", "mismatch"),
        (check_address, "999120348_" + "a" * 120, "length"),
        (check_routing_code, "a b", "characters"),
        (check_routing_code, "a" * 101, "length"),
    ],
)
def test_what_is_wrong_says_why(check, text, reason):
    with pytest.raises(InvalidIdentifier) as caught:
        check(text)
    assert caught.value.reason == reason
    assert str(caught.value)


def test_another_company():
    for call in (lambda: check_siret("99912034800019", "990234171"),
                 lambda: check_french_vat("FR43999120348", "990234171")):  # fmt: skip
        with pytest.raises(InvalidIdentifier) as caught:
            call()
        assert caught.value.reason == "mismatch"


def test_addresses_apart():
    assert parse_address("999120348").siren == "999120348"
    full = parse_address("999120348_99912034800019_COMPTA-2")
    assert (full.siret, full.routing_code) == ("99912034800019", "COMPTA-2")
    assert parse_address("999120348_factures").suffix == "factures"
    assert str(full) == "999120348_99912034800019_COMPTA-2"


@given(st.integers(0, 99_999_999))
def test_one_digit_in_ten_closes_a_siren(start):
    valid = []
    for digit in range(10):
        try:
            valid.append(check_siren(f"{start:08d}{digit}"))
        except InvalidIdentifier as error:
            assert error.reason == "check_digit"
    assert len(valid) == 1
    assert check_french_vat(vat_from_siren(valid[0]), valid[0])


@given(st.text(max_size=40))
def test_nothing_typed_ever_breaks(text):
    for check in (check_siren, check_siret, check_french_vat, check_address, check_routing_code):
        try:
            assert check(text)
        except InvalidIdentifier as error:
            assert error.reason
