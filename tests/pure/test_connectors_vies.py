"""VIES: valid, invalid, or not known; an outage is never *invalid*."""

from datetime import UTC, datetime

import pytest
from connectors import vies as vies_module
from connectors.hosts import HostMemory
from connectors.session import Limits, Session
from connectors.vies import Vies, split_vat
from hypothesis import given
from hypothesis import strategies as st

from sandbox.companies import by_key, vies


@pytest.fixture
def service(sandbox, monkeypatch):
    monkeypatch.setattr(
        vies_module, "_LIMITS", Limits(connect=1, read=0.6, total=1.2, max_bytes=100_000)
    )
    return Vies(sandbox.facts["vies"]["url"], Session(memory=HostMemory()))


@pytest.mark.parametrize("row", vies()["valid"], ids=lambda row: row["country"])
def test_a_valid_number_with_what_the_country_publishes(service, row):
    answer = service.check(row["country"], row["number"])
    assert answer.state == "valid" and answer.date == datetime.now(UTC).date()
    assert answer.name == row["name"].replace("---", "") and answer.address == row[
        "address"
    ].replace("---", "")


def test_the_number_may_hold_its_country_and_spaces(service):
    assert service.check("BE", "BE 0999.000.030").state == "valid"
    assert service.check("GR", "EL999700000").state == "valid"
    assert service.check("EL", "GR 999 700 000").state == "valid"
    assert service.check("XI", "XI999900002").state == "valid"


def test_a_french_company_is_known_there_too(service):
    assert service.check("FR", by_key()["own_company"]["vat"]).name == "COMPTOIR DES DEUX RIVES"


def test_an_unknown_number_is_invalid(service):
    answer = service.check("DE", "999300011")
    assert (answer.state, answer.reason) == ("invalid", "")


def test_the_proof_number_comes_with_our_own_number(service):
    own = by_key()["own_company"]["vat"]
    answer = service.check("BE", "0999000030", requester_country="FR", requester_number=own)
    assert answer.state == "valid" and answer.request_identifier.startswith("WAPI") and answer.name
    assert service.check("BE", "0999000030").request_identifier == ""


def test_our_own_number_refused_does_not_spoil_the_check(service):
    answer = service.check(
        "BE", "0999000030", requester_country="FR", requester_number="FR00999120000"
    )
    assert answer.state == "valid" and answer.request_identifier == ""


@pytest.mark.parametrize(("suffix", "fault"), vies()["fault_by_suffix"].items())
def test_each_soap_fault(service, suffix, fault):
    answer = service.check("DE", f"12345{suffix}")
    assert answer.reason == fault
    assert answer.state == ("invalid" if fault == "INVALID_INPUT" else "unavailable")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("refuse", "not_reachable"), ("vanish", "not_reachable"), ("cut", "not_reachable"), ("slow", "timed_out"), ("trickle", "timed_out"),
        ("huge", "too_large"), ("html", "bad_answer"), ("garbage", "bad_answer"), ("forbidden", "not_authorized"), ("too_many", "busy"),
        ("bad_gateway", "server_fault"), ("unavailable", "server_fault"), ("redirect_private", "refused"), ("error_500", "FAULT"),
        ("MS_UNAVAILABLE", "MS_UNAVAILABLE"),
    ],
)  # fmt: skip
def test_an_outage_never_reads_as_invalid(sandbox, service, fault, reason):
    sandbox.fault("vies", fault, seconds=3)
    answer = service.check("BE", "0999000030")
    assert (answer.state, answer.reason) == ("unavailable", reason)


def test_a_country_outside_vies_could_not_be_checked(service):
    assert (service.check("GB", "999900002").state, service.check("GB", "999900002").reason) == (
        "unavailable",
        "NOT_COVERED",
    )


@pytest.mark.parametrize("number", ["", "1", "ABC-é", "1234567890123"])
def test_a_number_that_cannot_be_one_is_not_sent(sandbox, service, number):
    before = sandbox.calls("vies", "vies.check")
    assert service.check("DE", number).reason == "FORMAT"
    assert sandbox.calls("vies", "vies.check") == before


def test_the_published_description_leads_to_the_endpoint():
    published = "https://ec.europa.eu/taxation_customs/vies/checkVatService.wsdl"
    assert Vies(published).address == Vies().address == vies_module.ENDPOINT


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>',
        b"",
        b"<a/>",
        b"\xff\xfe\x00",
    ],
)
def test_hostile_xml_is_no_answer(service, monkeypatch, content):
    monkeypatch.setattr(
        vies_module._Transport,
        "post",
        lambda *_: vies_module._Response(200, content, {"content-type": "text/xml"}),
    )
    assert service.check("BE", "0999000030").state == "unavailable"


@pytest.mark.parametrize("doctype", [b'<!DOCTYPE x [<!ENTITY e "entity">]>', b"<!DOCTYPE x>"])
def test_a_right_answer_that_brings_a_doctype_along_is_no_answer(service, monkeypatch, doctype):
    real = vies_module._Transport.post

    def spoiled(self, address, message, headers):
        answer = real(self, address, message, headers)
        start, rest = answer.content.split(b"?>", 1)
        answer.content = start + b"?>" + doctype + rest
        return answer

    assert service.check("BE", "0999000030").state == "valid"
    monkeypatch.setattr(vies_module._Transport, "post", spoiled)
    assert service.check("BE", "0999000030").state == "unavailable"


def test_an_answer_about_another_number_is_no_answer(service, monkeypatch):
    real = vies_module._Transport.post

    def other(self, address, message, headers):
        return real(self, address, message.replace(b"0999000030", b"0999000031"), headers)

    monkeypatch.setattr(vies_module._Transport, "post", other)
    assert service.check("BE", "0999000030").reason == "bad_answer"


@given(st.text(max_size=20))
def test_splitting_any_text(text):
    country, rest = split_vat(text)
    assert len(country) <= 2 and country != "GR" and " " not in rest
