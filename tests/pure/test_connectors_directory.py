"""Who can receive, and at which address: the directory in the three versions of the annex."""

import contextlib
import threading

import pytest
from connectors import errors
from connectors.afnor import AfnorClient, AfnorSettings
from connectors.afnor_directory import make_address, split_address
from connectors.hosts import HostMemory
from connectors.oauth import TokenCache
from connectors.session import Limits, Session
from hypothesis import given
from hypothesis import strategies as st

from sandbox.companies import by_key

VERSIONS = ("1.1", "1.2", "1.3")


def client_of(sandbox, version="1.2", **changes):
    facts = sandbox.facts["pa"]
    values = {
        "flow_base_url": f"{facts['url']}/{version}/flow-service",
        "directory_base_url": f"{facts['url']}/{version}/directory-service",
        "token_url": facts["token_url"],
        "client_id": facts["client_id"],
        "client_secret": facts["client_secret"],
        "api_version": version,
        **changes,
    }
    session = Session(memory=HostMemory(), limits=Limits(connect=1, read=1, total=3))
    return AfnorClient(AfnorSettings(**values), session, TokenCache())


@pytest.fixture(params=VERSIONS)
def client(request, sandbox):
    return client_of(sandbox, request.param)


def lines(client, key, **filters):
    filters = filters or {"siren": by_key()[key]["siren"]}
    return {
        address.addressing_identifier: address for address in client.lookup_recipient(**filters)
    }


def test_a_company_with_one_line_can_receive(client):
    siren = by_key()["one_line"]["siren"]
    found = lines(client, "one_line")
    assert list(found) == [siren]
    line = found[siren]
    assert (line.scheme, line.siren, line.siret, line.level, line.can_receive) == (
        "0225",
        siren,
        "",
        "siren",
        True,
    )


def test_a_company_absent_from_the_directory_has_no_line(client):
    assert lines(client, "absent_from_directory") == {}


def test_establishments_and_routing_codes_have_their_own_lines(client):
    company = by_key()["routing_codes"]
    siren, places = company["siren"], company["establishments"]
    found = lines(client, "routing_codes")
    assert len(found) == 7
    dock = found[f"{siren}_{places[1]['siret']}_LOG-01"]
    assert (dock.siret, dock.routing_identifier, dock.label, dock.level) == (
        places[1]["siret"],
        "LOG-01",
        "Logistique, quai 1",
        "routing",
    )
    assert found[f"{siren}_{places[1]['siret']}"].level == "siret"
    assert not found[f"{siren}_{places[2]['siret']}_ANCIEN"].can_receive
    assert sum(line.can_receive for line in found.values()) == 5


def test_an_establishment_is_asked_for_by_its_siret(client):
    company = by_key()["routing_codes"]
    siret = company["establishments"][1]["siret"]
    found = client.lookup_recipient(siret=siret)
    assert len(found) == 3 and {line.siret for line in found} == {siret}


def test_all_pages_are_read(client):
    assert len(lines(client, "many_lines")) == 71


@pytest.mark.parametrize("key", ["upcoming", "disabled", "closed", "dfh_only"])
def test_a_line_is_no_proof_that_the_company_can_receive(client, key):
    found = lines(client, key)
    assert len(found) == 1
    assert not any(line.can_receive for line in found.values())


def test_suffix_lines(client):
    found = lines(client, "suffix_line")
    siren = by_key()["suffix_line"]["siren"]
    assert {line.suffix for line in found.values()} == {"", "PHARMACIE", "TRAVAUX"}
    assert found[f"{siren}_PHARMACIE"].level == "suffix"


def test_a_public_body_says_what_it_wants(client):
    company = by_key()["public_service_code"]
    line = lines(client, "public_service_code")[
        f"{company['siren']}_{company['establishments'][0]['siret']}_TECHNIQUE"
    ]
    assert line.platform_type == "DFH" and not line.can_receive
    assert line.requires_service_code is True
    assert line.requires_commitment is True
    assert line.label == "Services techniques"


def test_reading_one_thing_at_a_time(client):
    company = by_key()["routing_codes"]
    siret = company["establishments"][1]["siret"]
    assert client.directory.legal_unit(company["siren"]).name == "GROUPE HALVEA"
    assert client.directory.facility(siret).city == "SAINT-QUENTIN-FALLAVIER"
    assert client.directory.routing_code(siret, "LOG-02").name == "Logistique, quai 2"
    assert (
        client.directory.line(f"{company['siren']}_{siret}_LOG-02").routing_identifier == "LOG-02"
    )
    assert [code.code for code in client.directory.search_routing_codes(siret)] == [
        "LOG-01",
        "LOG-02",
    ]
    assert [unit.siren for unit in client.directory.search_legal_units(name="halv")] == [
        company["siren"]
    ]


def test_what_does_not_exist_is_none_not_an_error(client):
    assert client.directory.legal_unit("123456782") is None
    assert client.directory.facility("12345678200002") is None
    assert client.directory.routing_code("12345678200002", "A/B") is None
    assert client.directory.line("123456782") is None


def test_the_meaningless_routing_code_is_left_out(client):
    siret = by_key()["public_service_code"]["establishments"][0]["siret"]
    assert "FACTURES_PUBLIQUES" not in {
        code.code for code in client.directory.search_routing_codes(siret)
    }


@pytest.mark.parametrize(
    "fault",
    [
        "error_500",
        "unavailable",
        "too_many",
        "html",
        "garbage",
        "cut",
        "refuse",
        "not_found_html",
        "page_repeat",
    ],
)
def test_an_outage_is_never_an_empty_directory(sandbox, client, fault):
    sandbox.fault("pa", fault, operation="directory.search")
    with pytest.raises(errors.ConnectorError):
        lines(client, "many_lines")


def test_pages_that_repeat_are_noticed_at_once(sandbox, client):
    sandbox.fault("pa", "page_repeat", operation="directory.search")
    before = sandbox.calls("pa", "directory.search")
    with pytest.raises(errors.BadAnswer, match="same page"):
        lines(client, "many_lines")
    assert sandbox.calls("pa", "directory.search") == before + 2


def test_a_404_page_of_a_proxy_does_not_say_that_a_company_is_unknown(sandbox, client):
    sandbox.fault("pa", "not_found_html", operation="directory.read")
    with pytest.raises(errors.NotFound):
        client.directory.legal_unit(by_key()["one_line"]["siren"])


@pytest.mark.parametrize("fault", ["page_short", "total_unknown"])
def test_a_server_that_gives_less_than_asked_or_no_total_is_read_to_the_end(sandbox, client, fault):
    sandbox.fault("pa", fault)
    assert len(lines(client, "many_lines")) == 71


def test_a_client_of_another_version_is_refused_by_the_sandbox(sandbox):
    """Proof that the versions differ: 1.3 sorts by `order` and includes, 1.2 does neither."""
    newer = client_of(
        sandbox, "1.3", directory_base_url=f"{sandbox.facts['pa']['url']}/1.2/directory-service"
    )
    with pytest.raises(errors.Refused) as caught:
        lines(newer, "one_line")
    assert caught.value.status == 422


def test_the_version_without_path_is_a_setting_of_the_sandbox(sandbox):
    sandbox.post("pa", "settings", {"api_version": "1.3"})
    client = client_of(sandbox, "1.3", directory_base_url=sandbox.facts["pa"]["directory_url"])
    assert lines(client, "one_line")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"siren": "12"},
        {"siren": "990234171", "siret": "99023417100017"},
        {"siren": "99023417A"},
    ],
)
def test_a_wrong_question_is_our_mistake(sandbox, wrong):
    with pytest.raises(ValueError, match="."):
        client_of(sandbox).lookup_recipient(**wrong)


# Tokens


def test_one_token_serves_many_calls_and_many_threads(sandbox):
    client = client_of(sandbox)
    before = sandbox.calls("pa", "token")
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(len(lines(client, "one_line"))))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 6
    assert sandbox.calls("pa", "token") == before + 1


def test_a_token_that_expires_is_renewed_once(sandbox):
    client = client_of(sandbox)
    assert lines(client, "one_line")
    before = sandbox.calls("pa", "token")
    sandbox.fault("pa", "token_expired", operation="directory.search", count=1)
    assert lines(client, "one_line")
    assert sandbox.calls("pa", "token") == before + 1


def test_a_platform_that_refuses_every_token_is_not_asked_for_ever(sandbox):
    client = client_of(sandbox)
    before = sandbox.calls("pa", "directory.search")
    sandbox.fault("pa", "unauthorized", operation="directory.search")
    with pytest.raises(errors.NotAuthorized):
        lines(client, "one_line")
    assert sandbox.calls("pa", "directory.search") == before + 2


def test_a_short_token_is_not_used_after_its_end(sandbox):
    clock = [0.0]
    client = client_of(sandbox)
    client.http.tokens = TokenCache(now=lambda: clock[0])
    sandbox.fault("pa", "token_short")
    before = sandbox.calls("pa", "token")
    assert lines(client, "one_line")
    clock[0] = 0.6
    assert lines(client, "one_line")
    assert sandbox.calls("pa", "token") == before + 2


@pytest.mark.parametrize("method", ["body", "basic"])
def test_both_ways_of_giving_the_credentials(sandbox, method):
    assert lines(client_of(sandbox, token_method=method), "one_line")


# Test connection


def test_a_good_connection_is_reported_step_by_step(client):
    report = client.check_connection()
    assert report.ok and [state.name for state in report.services] == ["token", "flow", "directory"]


@pytest.mark.parametrize(
    ("fault", "operation", "step", "kind"),
    [
        ("token_refused", "token", "token", "not_authorized"),
        ("token_missing", "token", "token", "bad_answer"),
        ("html", "token", "token", "bad_answer"),
        ("refuse", "token", "token", "not_reachable"),
        ("unavailable", "flow.healthcheck", "flow", "server_fault"),
        ("slow", "directory.healthcheck", "directory", "timed_out"),
        ("forbidden", "directory.healthcheck", "directory", "not_authorized"),
    ],
)
def test_a_bad_connection_says_which_step_and_why(sandbox, fault, operation, step, kind):
    sandbox.fault("pa", fault, operation=operation, seconds=2)
    report = client_of(sandbox).check_connection()
    assert not report.ok
    (bad,) = [state for state in report.services if not state.ok]
    assert (bad.name, bad.kind) == (step, kind)


def test_wrong_credentials_are_seen_even_when_a_token_is_cached(sandbox):
    client = client_of(sandbox)
    assert client.check_connection().ok
    sandbox.fault("pa", "token_refused")
    assert not client.check_connection().ok


def test_no_secret_in_what_the_report_or_the_settings_show(sandbox):
    client = client_of(sandbox, client_secret="a-wrong-secret")
    report = client.check_connection()
    assert not report.ok
    assert "a-wrong-secret" not in repr(report) + repr(client.settings) + repr(
        client.settings.credentials
    )


def test_a_directory_that_is_not_configured_says_so(sandbox):
    client = client_of(sandbox, directory_base_url="")
    with pytest.raises(errors.NotSupported, match="directory is not filled in"):
        client.lookup_recipient(siren="990234171")


# Addresses

siren = st.from_regex(r"\A[0-9]{9}\Z")
code = st.from_regex(r"\A[-_/a-zA-Z0-9]{1,60}\Z")


@given(siren, st.from_regex(r"\A[0-9]{5}\Z"), code)
def test_an_address_is_taken_apart_as_it_was_built(siren, nic, code):
    siret = siren + nic
    assert split_address(make_address(siren)) == (siren, "", "", "")
    assert split_address(make_address(siren, siret)) == (siren, siret, "", "")
    assert split_address(make_address(siren, siret, code)) == (siren, siret, code, "")


@given(siren, code)
def test_a_suffix_is_told_from_an_establishment(siren, code):
    address = make_address(siren, suffix=code)
    parts = split_address(address)
    if parts[1]:  # a suffix written like an establishment of the same company is one
        assert code.startswith(siren)
    else:
        assert parts == (siren, "", "", code)


@pytest.mark.parametrize(
    ("siren", "siret", "routing", "suffix"),
    [
        ("12", "", "", ""),
        ("123456789", "98765432100011", "", ""),
        ("123456789", "", "CODE", ""),
        ("123456789", "12345678900011", "CO DE", ""),
        ("123456789", "12345678900011", "C" * 101, ""),
        ("123456789", "12345678900011", "", "SUFFIX"),
        ("123456789", "12345678900011", "", "é"),
    ],
)
def test_parts_that_do_not_fit_make_no_address(siren, siret, routing, suffix):
    with pytest.raises(ValueError, match="."):
        make_address(siren, siret, routing, suffix)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert split_address(text)[0] == text.strip()[:9]
