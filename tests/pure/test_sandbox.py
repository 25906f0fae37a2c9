"""The sandbox itself: its data is sound, its switches do what they say, its deposits survive."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests
from connectors.afnor_directory import split_address
from connectors.company_register import french_vat
from stdnum import iban
from stdnum.eu import vat as eu_vat
from stdnum.fr import siren, siret
from stdnum.gb import vat as gb_vat

from sandbox.companies import by_siren, companies, vies
from sandbox.process import ROOT, start_sandbox


def test_every_company_has_right_numbers():
    assert len(companies()) >= 30 and len(by_siren()) == len(companies())
    for company in companies():
        assert siren.is_valid(company["siren"]), company["name"]
        assert company["vat"] in (None, french_vat(company["siren"])), company["name"]
        for place in company["establishments"]:
            assert siret.is_valid(place["siret"]) and place["siret"].startswith(company["siren"]), (
                company["name"]
            )
        assert sum(place["head_office"] for place in company["establishments"]) == 1
        for line in (company["directory"] or {"lines": ()})["lines"]:
            number, place, routing, suffix = split_address(line["address"])
            assert (number, place or None, routing or None, suffix or None) == (
                company["siren"],
                line["siret"],
                line["routing"],
                line["suffix"],
            )


def test_every_kind_of_case_is_there():
    cases = {company["key"] for company in companies()}
    assert cases >= {
        "own_company", "one_line", "routing_codes", "upcoming", "disabled", "absent_from_directory", "public_service_code", "public_plain",
        "public_commitment", "sole_trader", "non_diffusible", "closed", "many_lines", "association", "overseas", "suffix_line", "corsica",
        "dfh_only", "moved_head_office", "blank_record", "absent_from_register",
    }  # fmt: skip


def test_the_demonstration_has_its_players():
    roles = [company["demo"]["role"] for company in companies() if "demo" in company]
    assert (
        roles.count("company") == 1
        and roles.count("customer") >= 12
        and roles.count("supplier") >= 4
    )
    for company in companies():
        if "iban" in company.get("demo", {}):
            assert iban.is_valid(company["demo"]["iban"])


def test_foreign_numbers_have_right_check_digits():
    for row in vies()["valid"]:
        if row["country"] == "XI":
            assert gb_vat.is_valid(row["number"])
        else:
            assert eu_vat.is_valid(row["country"] + row["number"]), row
        assert not any(row["number"].endswith(suffix) for suffix in vies()["fault_by_suffix"])


def test_every_server_has_its_switches_and_a_page(sandbox):
    for server in ("pa", "register", "vies"):
        state = sandbox.get(server, "faults")
        assert state["active"] == [] and {"refuse", "cut", "slow", "too_many"} <= set(
            state["names"]
        )
        assert isinstance(sandbox.get(server, "ledger"), list)
        page = requests.get(sandbox.root(server) + "/", timeout=5)
        assert page.status_code == 200 and "<h1>" in page.text


def test_a_fault_with_a_count_goes_off_that_often(sandbox):
    url = sandbox.facts["register"]["url"] + "/search?q=nivelle"
    sandbox.fault("register", "error_500", count=2)
    assert [requests.get(url, timeout=5).status_code for _ in range(3)] == [500, 500, 200]
    assert sandbox.get("register", "faults")["active"] == []


def test_a_fault_stays_with_its_operation_and_probability(sandbox):
    url = sandbox.facts["register"]["url"] + "/search?q=nivelle"
    sandbox.fault("pa", "error_500", operation="flow.submit")
    assert requests.get(url, timeout=5).status_code == 200
    sandbox.fault("register", "error_500", probability=0)
    assert requests.get(url, timeout=5).status_code == 200
    sandbox.fault("register", "error_500", probability=0.5)
    answers = {requests.get(url, timeout=5).status_code for _ in range(40)}
    assert answers == {200, 500}


@pytest.mark.parametrize(
    "rows",
    [
        [{"fault": "nonsense"}],
        [{"fault": "cut", "operation": "nowhere"}],
        {"fault": "cut"},
        [3],
        [{"fault": "slow", "seconds": "x"}],
    ],
)
def test_a_switch_that_is_not_understood_changes_nothing(sandbox, rows):
    sandbox.fault("register", "cut", operation="register.search")
    answer = requests.post(sandbox.root("register") + "/_sandbox/faults", json=rows, timeout=5)
    assert answer.status_code == 400 and answer.json()["error"]
    assert [fault["fault"] for fault in sandbox.get("register", "faults")["active"]] == ["cut"]


def test_nothing_is_told_without_a_token(sandbox):
    facts = sandbox.facts["pa"]
    for path in (
        "/directory-service/v1/healthcheck",
        "/1.3/directory-service/v1/siren/code-insee:990234171",
        "/flow-service/v1/flows/x",
    ):
        answer = requests.get(
            facts["url"] + path, headers={"Authorization": "Bearer made-up"}, timeout=5
        )
        assert answer.status_code == 401 and answer.json()["errorCode"] == "MISSING_TOKEN"


def test_the_register_refuses_what_the_real_one_refuses(sandbox):
    url = sandbox.facts["register"]["url"] + "/search"
    for params in (
        {"q": "ab"},
        {"q": "abc", "per_page": 26},
        {"q": "abc", "page": "x"},
        {"q": "abc", "include": "siege"},
    ):
        answer = requests.get(url, params=params, timeout=5)
        assert answer.status_code == 400 and "erreur" in answer.json()


def test_the_register_keeps_to_seven_a_second(sandbox):
    sandbox.post("register", "settings", {"rate": 7})
    codes = [
        requests.get(sandbox.facts["register"]["url"] + "/search?q=nivelle", timeout=5).status_code
        for _ in range(9)
    ]
    assert codes[:7] == [200] * 7 and 429 in codes


def test_deposits_and_credentials_survive_a_kill(tmp_path):
    first = start_sandbox(tmp_path)
    facts = first.facts["pa"]

    def token(facts):
        form = {
            "grant_type": "client_credentials",
            "client_id": facts["client_id"],
            "client_secret": facts["client_secret"],
        }
        return requests.post(facts["token_url"], data=form, timeout=5).json()["access_token"]

    headers = {"Authorization": f"Bearer {token(facts)}"}
    files = {
        "flowInfo": (
            None,
            json.dumps({"trackingId": "t-1", "name": "a.xml", "flowSyntax": "CII"}),
            "application/json",
        ),
        "file": ("a.xml", b"<a/>", "application/xml"),
    }
    flow_id = requests.post(
        facts["flow_url"] + "/v1/flows", files=files, headers=headers, timeout=5
    ).json()["flowId"]
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait(5)

    second = start_sandbox(tmp_path, "--port", f"pa={facts['url'].rsplit(':', 1)[1]}")
    try:
        assert second.facts["pa"]["client_secret"] == facts["client_secret"]
        assert second.facts["pa"]["url"] == facts["url"]
        assert [row["flow_id"] for row in second.get("pa", "ledger")] == [flow_id]
        url = f"{facts['flow_url']}/v1/flows/{flow_id}"
        assert requests.get(url, headers=headers, timeout=5).status_code == 401, (
            "tokens are not kept"
        )
        fresh = {"Authorization": f"Bearer {token(facts)}"}
        answer = requests.get(url, params={"docType": "Original"}, headers=fresh, timeout=5)
        assert answer.content == b"<a/>"
    finally:
        second.process.terminate()
        assert second.process.wait(10) == 0


def test_a_taken_port_is_replaced(tmp_path, capfd):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sandbox = start_sandbox(tmp_path, "--port", f"register={port}")
        try:
            assert not sandbox.facts["register"]["url"].endswith(f":{port}")
            assert (
                requests.get(sandbox.facts["register"]["url"] + "/", timeout=5).status_code == 200
            )
        finally:
            sandbox.process.terminate()
            sandbox.process.wait(10)
    assert "is taken" in capfd.readouterr().err


def test_it_writes_a_ready_file_and_ends_with_its_parent(tmp_path):
    ready = tmp_path / "ready.json"
    script = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-m', 'sandbox', '--state', {str(tmp_path)!r}, '--ready-file', {str(ready)!r}, '--with-parent'])\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.DEVNULL)
    until(lambda: ready.exists())
    facts = json.loads(ready.read_text())
    assert ready.stat().st_mode & 0o077 == 0, "it holds a secret"
    parent.kill()
    parent.wait(5)
    host, port = re.match(r"http://([^:]+):(\d+)", facts["pa"]["url"]).groups()

    def gone():
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            return True
        return False

    until(gone)


def until(condition, seconds=15):
    """Wait for a condition of another process."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_it_answers_while_another_request_is_slow(sandbox):
    sandbox.fault("register", "slow", seconds=1.5, count=1)
    url = sandbox.facts["register"]["url"] + "/search?q=nivelle"
    with socket.create_connection(("127.0.0.1", int(url.split(":")[2].split("/")[0]))) as slow:
        slow.sendall(b"GET /search?q=nivelle HTTP/1.0\r\n\r\n")
        until(lambda: sandbox.get("register", "faults")["active"] == [])
        started = time.monotonic()
        assert requests.get(url, timeout=5).status_code == 200
        assert time.monotonic() - started < 1
