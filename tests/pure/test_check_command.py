"""``bin/check``: a line per file, whoever made it; the exit status says how it went."""

import json
import sys
from pathlib import Path

import pytest
from en16931.write import write_xml
from hostservice import ServiceClient
from sample_invoice import invoice

sys.path.insert(0, str(Path(__file__).parents[2] / "bin"))

from ground import check


@pytest.fixture(scope="module", autouse=True)
def host(tmp_path_factory):
    """A host of its own for these tests."""
    folder, patch = tmp_path_factory.mktemp("host"), pytest.MonkeyPatch()
    patch.setenv("EFACTURE_RUN_DIR", str(folder / "run"))
    patch.setenv("EFACTURE_CACHE_DIR", str(folder / "cache"))
    yield
    ServiceClient("validator").stop()
    patch.undo()


@pytest.fixture
def files(tmp_path):
    """A folder with a good invoice, a bad one and a text."""
    (tmp_path / "good.xml").write_bytes(write_xml(invoice(), "cii"))
    (tmp_path / "bad.xml").write_bytes(write_xml(invoice(**{"BT-1": "N 1"}), "ubl"))
    (tmp_path / "notes.txt").write_text("bonjour")
    return tmp_path


def run(capsys, *arguments):
    status = check.main([str(argument) for argument in arguments])
    return status, capsys.readouterr().out


def test_a_valid_file(files, capsys):
    status, text = run(capsys, files / "good.xml")
    assert status == 0
    assert text.startswith("✓") and "valide" in text


def test_one_json_object_per_file_and_line(files, capsys):
    status, text = run(capsys, "--json", files / "good.xml", files / "bad.xml")
    first, second = (json.loads(line) for line in text.splitlines())
    assert status == 1
    assert first["file"] == str(files / "good.xml")
    assert set(first) == {"file", "kind", "profile", "verdict", "findings", "rule_sets", "seconds"}
    assert (first["kind"], first["profile"], first["verdict"]) == ("CII", "en16931", "valid")
    assert (second["kind"], second["verdict"]) == ("UBL-Invoice", "invalid")
    finding = next(item for item in second["findings"] if item["rule"] == "BR-FR-02_BT-1")
    assert set(finding) == {"rule", "severity", "term", "message", "source", "location"}
    assert (finding["rule"], finding["term"], finding["source"]) == (
        "BR-FR-02_BT-1",
        "BT-1",
        "br-fr",
    )
    assert "« N 1 »" in finding["message"]


def test_what_cannot_be_read_or_checked(files, capsys):
    status, text = run(capsys, files / "notes.txt", files / "absent.xml", files / "good.xml")
    assert status == 2
    assert text.count("NON CONTRÔLÉ") == 2
    assert "3 fichier(s) : 1 valide(s), 0 non valide(s), 2 non contrôlé(s)" in text


def test_a_folder_stands_for_its_invoices(files, capsys):
    status, text = run(capsys, "--lang", "en", files)
    assert status == 1
    assert "2 file(s): 1 valid, 1 not valid, 0 not checked." in text
    empty = files / "empty"
    empty.mkdir()
    assert run(capsys, empty)[0] == 2


def test_chorus_leaves_the_platforms_rules_out(files, capsys):
    (files / "old.xml").write_bytes(write_xml(invoice(**{"BG-1": []}), "ubl"))
    assert run(capsys, files / "old.xml")[0] == 1
    assert run(capsys, "--chorus", files / "old.xml")[0] == 0


def test_a_hundred_files(files, capsys):
    names = []
    for number in range(100):
        name = files / f"{number}.xml"
        name.write_bytes(write_xml(invoice(5, **{"BT-1": f"F-{number}"}), "cii"))
        names.append(name)
    run(capsys, names[0])
    status, text = run(capsys, "--json", *names)
    verdicts = [json.loads(line) for line in text.splitlines()]
    assert status == 0
    assert [item["file"] for item in verdicts] == [str(name) for name in names]
    each = sum(item["seconds"] for item in verdicts) / 100
    assert each < 0.25, f"{each:.3f} s a file"  # 0.01 on a quiet machine; the bench measures it
