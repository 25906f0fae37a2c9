"""The commands as a person types them: what they print, how they end, and that a start is not done twice."""

import argparse
import json
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from conftest import log_trouble
from en16931.write import write_xml
from ground import run as ground_run
from ground.cluster import server
from ground.main import entry

sys.path.insert(0, str(Path(__file__).parents[1] / "pure"))

from sample_invoice import invoice

# The first of all makes the demo company.
pytestmark = pytest.mark.timeout(900)


def bin_check(*arguments) -> subprocess.CompletedProcess:
    """`bin/check` after its set-up: the same module, as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ground.check", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder as people have them: good invoices, a cut one, one with a wrong number, a text."""
    folder = tmp_path_factory.mktemp("factures")
    good = write_xml(invoice(), "cii")
    (folder / "bonne.xml").write_bytes(good)
    (folder / "bonne-ubl.xml").write_bytes(write_xml(invoice(), "ubl"))
    (folder / "coupée.xml").write_bytes(good[: len(good) // 2])
    (folder / "faux numéro.xml").write_bytes(write_xml(invoice(**{"BT-1": "N 1"}), "ubl"))
    (folder / "message.txt").write_text("Bonjour, voici la facture de novembre.")
    return folder


def test_a_good_invoice_in_words(files):
    done = bin_check(files / "bonne.xml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("✓") and "valide" in done.stdout


def test_several_files_among_them_a_broken_one(files):
    done = bin_check(files / "bonne.xml", files / "coupée.xml", files / "bonne-ubl.xml")
    signs = [line[0] for line in done.stdout.splitlines() if line[:1] in "✓✗?"]
    assert signs[0] == "✓" and signs[2] == "✓", "one broken file spoils no other"
    assert signs[1] in "✗?"
    assert done.returncode == (1 if signs[1] == "✗" else 2)
    assert "3 fichier(s) : 2 valide(s)" in done.stdout
    assert "Traceback" not in done.stderr


def test_json_for_programs(files):
    done = bin_check(
        "--json", files / "bonne.xml", files / "faux numéro.xml", files / "message.txt"
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["verdict"] for line in lines] == ["valid", "invalid", "unchecked"]
    assert done.returncode == 2, "what could not be checked is never passed over"
    wrong = [f for f in lines[1]["findings"] if f["severity"] == "fatal"]
    assert wrong and all(f["rule"] and f["message"] for f in wrong)
    assert lines[2]["findings"][0]["message"]


def test_a_folder_stands_for_its_invoices(files):
    done = bin_check("--json", files)
    names = [json.loads(line)["file"] for line in done.stdout.splitlines()]
    assert len(names) == 4 and not any(name.endswith(".txt") for name in names)


def test_a_file_that_is_not_there(files):
    done = bin_check(files / "partie.xml")
    assert done.returncode == 2 and "partie.xml" in done.stdout
    assert "Traceback" not in done.stderr


def _run(prefix: str = "e2e-", port: int | None = None):
    options = argparse.Namespace(workers=0, port=port, json=True, fresh=False, stop=False)
    return ground_run.Run(options, postgres=server("postgres-test", durable=False), prefix=prefix)


def _processes(facts: dict) -> set[tuple[int, float]]:
    return {(pid, psutil.Process(pid).create_time()) for pid in facts["pids"].values() if pid}


def test_started_again_nothing_is_done_twice(product):
    facts = _run().start()
    assert facts["url"] == product.url
    assert _processes(facts) == _processes(product.facts)
    assert facts["seconds"] < product.facts["seconds"] / 2, "a first start makes the database"


def test_what_fell_is_started_again_and_only_that(product):
    run = _run()
    before = run.start()
    run.web.stop()
    after = run.start()
    assert after["url"] == before["url"]
    assert after["pids"]["web"] != before["pids"]["web"]
    assert {**after["pids"], "web": 0} == {**before["pids"], "web": 0}


def test_a_busy_port_is_said_with_what_to_do(product, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = _run("e2e-busy-", port)
        try:
            status = entry(lambda _argv: run.start())([])
        finally:
            run.stop_servers()
            run.sandbox.stop()
    said = capsys.readouterr().err
    assert status == 2
    assert f"port {port} is used by another program" in said and "bin/run --port" in said
    assert "Traceback" not in said
    assert not run.odoo.pid()


def test_the_logs_of_the_whole_story_hold_no_trouble(product):
    """Nothing that an operator would have to look at, from the first start to the last page."""
    trouble = log_trouble(Path(product.facts["logs"]) / "e2e-odoo.log")
    assert not trouble, "".join(trouble[:10])
