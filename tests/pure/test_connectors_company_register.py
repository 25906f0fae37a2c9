"""The company register: what it says of a company, and that silence is never an answer."""

import re
import threading

import pytest
from connectors import company_register
from connectors.company_register import CompanyRegister, RegisterState, french_vat
from connectors.hosts import HostMemory
from connectors.session import Limits, Session
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import tva

from sandbox.companies import by_key


@pytest.fixture
def register(sandbox, monkeypatch):
    monkeypatch.setattr(
        company_register, "_LIMITS", Limits(connect=1, read=0.6, total=1.2, max_bytes=200_000)
    )
    return CompanyRegister(sandbox.facts["register"]["url"], Session(memory=HostMemory()))


def ask(register, key):
    return register.by_siren(by_key()[key]["siren"])


def test_a_company_by_siren(register):
    answer = ask(register, "one_line")
    company = answer.company
    assert answer.state == "found"
    assert (company.name, company.legal_form_label, company.category, company.naf) == (
        "ATELIER NIVELLE",
        "SARL",
        "PME",
        "31.09B",
    )
    assert (company.street, company.zip, company.city, company.country) == (
        "8 RUE DES CHARRONS",
        "42000",
        "SAINT-ETIENNE",
        "FR",
    )
    assert company.siret_head_office == by_key()["one_line"]["establishments"][0]["siret"]
    assert company.vat == by_key()["one_line"]["vat"]
    assert (
        company.active
        and company.diffusible
        and not company.is_public
        and not company.is_sole_trader
    )


def test_a_closed_company_is_found_and_said_closed(register):
    answer = ask(register, "closed")
    assert (
        answer.state == "closed"
        and answer.company.name == "GARAGE THEVAUX"
        and answer.company.closed == "2025-12-31"
    )


def test_a_masked_company_exists_without_name_or_street(register):
    answer = ask(register, "non_diffusible")
    assert answer.state == "non_diffusible"
    assert (
        answer.company.name == "" and answer.company.street == "" and answer.company.city == "NICE"
    )
    assert "ND" not in repr(answer.company)


def test_a_number_never_given_is_not_a_company(register):
    assert ask(register, "blank_record").state == "not_found"
    assert ask(register, "blank_record").company is None


def test_absence_is_not_found(register):
    assert ask(register, "absent_from_register").state == "not_found"


@pytest.mark.parametrize(
    "key", ["public_service_code", "public_plain", "public_commitment", "dfh_only"]
)
def test_public_bodies_are_recognised(register, key):
    assert ask(register, key).company.is_public


def test_a_sole_trader_has_a_person_name_and_a_trade_name(register):
    company = ask(register, "sole_trader").company
    assert company.is_sole_trader
    assert (company.name, company.trade_name) == ("LÉONIE CASTAGNE", "LES JARDINS DE LEONIE")


def test_overseas_and_corsican_addresses(register):
    assert ask(register, "overseas").company.territory == "GP"
    corsica = ask(register, "corsica").company
    assert (corsica.territory, corsica.zip) == ("", "20131")
    assert ask(register, "same_name_2").company.zip == "03100"


def test_an_establishment_by_its_siret_has_its_own_address(register):
    place = by_key()["routing_codes"]["establishments"][1]
    answer = register.by_siret(place["siret"])
    company = answer.company
    assert answer.state == "found" and company.siret == place["siret"] != company.siret_head_office
    assert (company.street, company.zip, company.city) == (
        "22 ROUTE DES ENTREPÔTS",
        "38070",
        "SAINT-QUENTIN-FALLAVIER",
    )


def test_a_closed_establishment_of_a_living_company(register):
    places = by_key()["moved_head_office"]["establishments"]
    company = register.by_siret(places[0]["siret"]).company
    assert company.active and not company.establishment_active
    assert company.siret_head_office == places[1]["siret"]


def test_a_search_by_name_is_paged(register):
    first, second = register.search("boulangerie"), register.search("boulangerie", 2)
    assert (first.state, first.total, first.pages, first.page, len(first.companies)) == (
        "found",
        12,
        2,
        1,
        10,
    )
    assert len(second.companies) == 2
    assert not {c.siren for c in first.companies} & {c.siren for c in second.companies}


def test_two_companies_of_one_name_are_both_shown(register):
    assert [c.zip for c in register.search("Dupré frères").companies] == ["63000", "03100"]


@pytest.mark.parametrize(
    "query",
    ["990 234 171", "99023417100017", "FR22990234171", "fr 22 990 234 171", " 990.234.171 "],
)
def test_numbers_are_found_however_they_are_written(register, query):
    assert [c.siren for c in register.search(query).companies] == ["990234171"]


def test_nothing_found_and_too_short(register):
    assert register.search("zzzz introuvable").state == "not_found"
    assert register.search("a").reason == "too_short"


@pytest.mark.parametrize("wrong", ["12345678", "12345678A", "", "１２３４５６７８９"])
def test_a_siren_has_nine_digits(register, wrong):
    with pytest.raises(ValueError, match="9 digits"):
        register.by_siren(wrong)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("refuse", "not_reachable"), ("cut", "not_reachable"), ("slow", "timed_out"), ("trickle", "timed_out"), ("huge", "too_large"),
        ("html", "bad_answer"), ("garbage", "bad_answer"), ("forbidden", "not_authorized"), ("not_found_html", "not_found"),
        ("too_many", "busy"), ("error_500", "server_fault"), ("bad_gateway", "server_fault"), ("unavailable", "server_fault"),
        ("redirect_private", "address_forbidden"),
    ],
)  # fmt: skip
def test_an_outage_never_reads_as_does_not_exist(sandbox, register, fault, reason):
    sandbox.fault("register", fault, seconds=30)
    answer = ask(register, "one_line")
    assert (answer.state, answer.reason, answer.company) == (
        RegisterState.UNAVAILABLE,
        reason,
        None,
    )
    sandbox.fault("register", fault, seconds=30)
    assert register.search("boulangerie").state == "unavailable"


def test_nobody_listening_is_unavailable():
    answer = CompanyRegister("http://127.0.0.1:1", Session(memory=HostMemory())).by_siren(
        "990234171"
    )
    assert answer.state == "unavailable"


def test_a_short_retry_after_is_waited_for(sandbox):
    clock, slept = [0.0], []
    memory = HostMemory(
        now=lambda: clock[0], sleep=lambda s: (slept.append(s), clock.__setitem__(0, clock[0] + s))
    )
    sandbox.fault("register", "too_many", count=1, seconds=1)
    answer = CompanyRegister(sandbox.facts["register"]["url"], Session(memory=memory)).by_siren(
        "990234171"
    )
    assert answer.state == "found" and slept == [1.0]


def test_a_long_retry_after_is_told(sandbox, register):
    sandbox.fault("register", "too_many", seconds=60)
    assert ask(register, "one_line").retry_after == 60


def test_our_own_rate_stays_under_that_of_the_register(sandbox):
    sandbox.post("register", "settings", {"rate": 7})
    register = CompanyRegister(
        sandbox.facts["register"]["url"], Session(memory=HostMemory()), patience=10
    )
    states = []
    threads = [
        threading.Thread(target=lambda: states.append(register.by_siren("990234171").state))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == ["found"] * 12


def test_persons_and_finances_are_not_even_asked_for(sandbox, register):
    seen = []
    register.session.on_call = seen.append
    assert "INVENTE" not in repr(ask(register, "one_line"))
    assert "minimal" in seen[0].query_names and "include" in seen[0].query_names


@given(st.integers(min_value=0, max_value=99_999_999))
def test_the_vat_key_is_that_of_stdnum(number):
    body = f"{number:08d}"
    from stdnum import luhn

    siren = body + luhn.calc_check_digit(body)
    assert stdnum_siren.is_valid(siren)
    assert tva.is_valid(french_vat(siren)) or siren.startswith("000")
    assert french_vat(siren)[2:] == stdnum_siren.to_tva(siren).replace(" ", "")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(), x, max_size=3),
    )
)
def test_any_json_is_companies_or_a_bad_answer(body):
    from connectors.errors import BadAnswer

    rows = [
        {
            "siren": "990234171",
            "nom_complet": "X",
            "siege": body,
            "complements": body,
            "matching_etablissements": body,
        }
    ]
    company = company_register._read_company(rows[0], "990234171")
    assert company.siren == "990234171"
    try:
        found, total, _pages = company_register._read_page(body)
        assert isinstance(total, int) and isinstance(found, list)
    except BadAnswer:
        pass


def test_legal_forms_are_four_digits():
    assert all(re.fullmatch(r"[0-9]{4}", code) for code in company_register._legal_forms())
