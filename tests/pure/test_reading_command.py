"""``bin/read``: an object per invoice, whoever made the file; a bad file never stops the others."""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from reading_files import PRINTED, archive, cii, hybrid, mail, page, ubl
from reportlab.pdfgen.canvas import Canvas

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bin"))

from ground import read, read_show  # noqa: E402 bin/ is no package of the project

KEYS = {
    "file", "sha256", "kind", "document_type", "direction", "pages", "invoice", "evidence", "messages", "seconds",
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    """An XML, a PDF with text, one with both, and a text that is no invoice."""
    (tmp_path / "a.xml").write_bytes(cii())
    (tmp_path / "b.pdf").write_bytes(page())
    (tmp_path / "c.pdf").write_bytes(hybrid(ubl(**{"BT-1": "C-3"}), page(number="C-3")))
    (tmp_path / "notes.txt").write_text("bonjour")
    return tmp_path


def run(capsys, *arguments):
    status = read.main([str(argument) for argument in arguments])
    return status, capsys.readouterr().out


def objects(capsys, *arguments):
    status, text = run(capsys, "--json", *arguments)
    return status, [json.loads(line) for line in text.splitlines()]


def test_one_json_object_per_invoice_and_line(files, capsys):
    status, (first, second, third) = objects(
        capsys, files / "a.xml", files / "b.pdf", files / "c.pdf"
    )
    assert status == 0
    assert set(first) == set(second) == KEYS
    assert [item["file"] for item in (first, second, third)] == [
        str(files / name) for name in ("a.xml", "b.pdf", "c.pdf")
    ]
    assert [item["kind"] for item in (first, second, third)] == ["xml", "text", "xml"]
    assert first["sha256"] == hashlib.sha256(cii()).hexdigest()
    for item in (first, second):
        data = item["invoice"]
        assert (data["BT-1"], data["BT-2"], data["BT-112"]) == (
            PRINTED["number"],
            "2026-10-05",
            "120.00",
        )
        found = item["evidence"]["BT-112"]
        assert found["origin"] == item["kind"] and 0 < found["confidence"] <= 1
    found = second["evidence"]["BT-1"]
    assert found["page"] == 1
    assert len(found["box"]) == 4 and 90 < found["box"][0] < 200 and 200 < found["box"][1] < 230
    assert third["messages"] == []
    assert (first["pages"], second["pages"], third["pages"]) == ([], [1], [1])


def test_a_bad_file_stops_no_other(files, capsys):
    (files / "bad.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    names = [files / "bad.pdf", files / "absent.pdf", files / "notes.txt", files / "a.xml"]
    status, made = objects(capsys, *names)
    assert status == 1
    assert [item["file"] for item in made] == list(map(str, names))
    assert [bool(item["invoice"]) for item in made] == [False, False, False, True]
    codes = [[message["code"] for message in item["messages"]] for item in made]
    assert codes == [["pdf_damaged"], ["file_unreadable"], ["kind_text"], []]
    assert all(
        message["level"] == "error" and "." in message["message"]
        for item in made
        for message in item["messages"]
    )
    assert made[0]["kind"] is None and made[0]["evidence"] == {}


def test_every_message_has_its_sentence_in_both_languages():
    """Codes are written in many rooms, their sentences in one file."""
    package = ROOT / "addons/efacture_ocr/reading"
    with (package / "data/messages.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    codes = [row["code"] for row in rows]
    assert len(codes) == len(set(codes))
    for row in rows:
        assert set(row) == {"code", "fr", "en"} and row["fr"] and row["en"], row
        assert set(re.findall(r"{(\w+)}", row["fr"])) == set(re.findall(r"{(\w+)}", row["en"])), row
    source = "".join(path.read_text() for path in package.rglob("*.py"))
    written = set(re.findall(r'(?:Message|_error|_stopped|_Refused|tell)\(\s*"(\w+)"', source))
    assert len(written) > 20
    assert written <= set(codes)


def test_a_page_at_odds_with_its_file_is_said_and_believed_less(tmp_path, capsys):
    (tmp_path / "a.pdf").write_bytes(hybrid(cii(), page(gross="1 200,00")))
    status, (item,) = objects(capsys, tmp_path / "a.pdf")
    assert (status, item["kind"], item["invoice"]["BT-112"]) == (0, "xml", "120.00")
    assert [message["code"] for message in item["messages"]] == ["xml_page_differs"]
    assert item["evidence"]["BT-112"]["confidence"] <= 0.5 < item["evidence"]["BT-1"]["confidence"]


def letter(path, *lines):
    canvas = Canvas(str(path))
    for position, line in enumerate(lines):
        canvas.drawString(50, 780 - 18 * position, line)
    canvas.save()
    return path


def test_a_letter_is_no_invoice(tmp_path, capsys):
    path = letter(
        tmp_path / "lettre.pdf", "Mairie de Lyon", "Service des sports", "Lyon, le 12 mars 2026", "Madame, Monsieur,",
        "Nous vous invitons à la fête du quartier le 4 avril 2026 à 18 heures.", "La participation est de 5 euros par personne.",
        "Merci de répondre avant le 25 mars 2026.", "Le maire",
    )  # fmt: skip
    status, (item,) = objects(capsys, path)
    assert (status, item["invoice"], item["document_type"]) == (1, None, "other")
    assert [message["code"] for message in item["messages"]] == ["no_invoice"]


def test_a_quote_is_called_a_quote(tmp_path, capsys):
    path = letter(
        tmp_path / "devis.pdf", "DUPONT SARL", "SIREN 999 120 348", "DEVIS n° D-2026-14", "Date : 12/03/2026", "Total HT 100,00 EUR",
        "TVA 20 % 20,00 EUR", "Total TTC 120,00 EUR",
    )  # fmt: skip
    _status, (item,) = objects(capsys, path)
    assert item["document_type"] == "quote"
    assert any("devis" in message["message"] for message in item["messages"])


def test_an_order_is_no_invoice(tmp_path, capsys):
    (tmp_path / "order.xml").write_bytes(
        b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'
    )
    status, (item,) = objects(capsys, tmp_path / "order.xml")
    assert (status, item["document_type"], item["invoice"]) == (1, "order", None)


def test_a_folder_stands_for_its_documents(files, capsys):
    (files / "inside").mkdir()
    (files / "inside" / "d.XML").write_bytes(ubl(**{"BT-1": "D-4"}))
    (files / ".hidden.pdf").write_bytes(b"x")
    status, made = objects(capsys, files)
    assert status == 0
    assert [Path(item["file"]).name for item in made] == ["a.xml", "b.pdf", "c.pdf", "d.XML"]
    (files / "empty").mkdir()
    status, (item,) = objects(capsys, files / "empty")
    assert (status, item["messages"][0]["code"]) == (1, "folder_empty")


@pytest.mark.parametrize("pack", [archive, mail])
def test_every_invoice_of_an_archive_or_a_mail(tmp_path, capsys, pack):
    content = pack(
        {
            "dossier/../une.xml": cii(),
            "deux.pdf": hybrid(cii(**{"BT-1": "F-2"})),
            "lisez-moi.txt": b"bonjour",
        }
    )
    (tmp_path / "envoi").write_bytes(content)
    status, made = objects(capsys, tmp_path / "envoi")
    assert status == 0
    assert [item["invoice"]["BT-1"] for item in made] == [PRINTED["number"], "F-2"]
    assert [item["file"] for item in made] == [str(tmp_path / "envoi")] * 2
    assert "« une.xml »" in made[0]["messages"][0]["message"]


def test_purchase_or_sale(files, capsys):
    assert objects(capsys, "--own", "990234171", files / "a.xml")[1][0]["direction"] == "purchase"
    assert (
        objects(capsys, "--own", "1", "--own", "999120348", files / "a.xml")[1][0]["direction"]
        == "sale"
    )


def test_a_readable_form(files, capsys):
    status, text = run(capsys, files / "a.xml", files / "notes.txt")
    assert status == 1
    heading, *lines = text.splitlines()
    assert heading.startswith(f"✓ {files / 'a.xml'} — facture — fichier structuré")
    shown = "\n".join(lines)
    for part in (
        "● Fournisseur    COMPTOIR DES DEUX RIVES", "● Numéro         FAC/2026/00042", "● Date           05/10/2026",
        "● Total TTC      120,00 EUR", "● TVA 20", "Heure de conseil n° 1", "● sûr",
    ):  # fmt: skip
        assert part in shown, part
    assert "✗" in shown and "erreur    Ceci est un texte simple" in shown
    assert lines[-1] == "2 fichier(s) : 1 avec facture, 1 sans."


def test_in_english(files, capsys):
    text = run(capsys, "--lang", "en", files / "a.xml", files / "notes.txt")[1]
    assert "Supplier" in text and "2026-10-05" in text and "This is plain text" in text
    assert objects(capsys, "--lang", "en", files / "notes.txt")[1][0]["messages"][0][
        "message"
    ].startswith("This is plain text")


def test_a_line_wider_than_the_terminal_is_cut(files, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    (files / "long.xml").write_bytes(
        cii(**{"BT-20": "x" * 400}).replace(b"Heure de conseil", b"Heure de conseil " * 20)
    )
    table = [line for line in run(capsys, files / "long.xml")[1].splitlines() if "Heure de" in line]
    assert table and all(len(line) < 100 for line in table)


# -- memory -----------------------------------------------------------------------------------------


def test_a_correction_is_learnt_and_only_then_the_memory_written(files, capsys):
    memory = files / "memory.json"
    objects(capsys, "--memory", memory, files / "b.pdf")
    assert not memory.exists()
    right = files / "right.json"
    right.write_text(json.dumps({"BT-1": PRINTED["number"], "BT-13": "2026"}))
    objects(capsys, "--memory", memory, "--correct", right, files / "b.pdf")
    learnt = json.loads(memory.read_text())
    assert learnt["suppliers"]
    before = memory.read_bytes()
    objects(capsys, "--memory", memory, files / "b.pdf")
    assert memory.read_bytes() == before
    assert {path.name for path in files.iterdir()} == {
        "a.xml",
        "b.pdf",
        "c.pdf",
        "notes.txt",
        "memory.json",
        "right.json",
    }


def test_what_was_printed_can_be_corrected_and_handed_back(files, capsys):
    _status, (item,) = objects(capsys, files / "b.pdf")
    item["invoice"]["BT-13"] = "BC-9"
    (files / "right.json").write_text(json.dumps(item))
    status, _made = objects(
        capsys, "--memory", files / "m.json", "--correct", files / "right.json", files / "b.pdf"
    )
    assert status == 0 and json.loads((files / "m.json").read_text())["suppliers"]
    status, _made = objects(
        capsys, "--memory", files / "again.json", "--correct", files / "right.json"
    )
    assert status == 0 and (files / "again.json").exists()  # the object names its document


@pytest.mark.parametrize(("arguments", "word"), [
    (["--correct", "right.json"], "--memory"), (["--memory", "broken.json"], "broken.json"), (["--memory", "list.json"], "objet JSON"), (["--memory", "other.json"], "mémoire"), (["--memory", "m.json", "--correct", "nothing.json"], "aucune valeur"),
    (["--memory", "m.json", "--correct", "nonsense.json"], "« hier » ne convient pas pour la date"),
    (["--memory", "m.json", "--correct", "absent.json"], "absent.json"), (["--memory", "m.json", "--correct", "right.json", "c.pdf"], "un seul document"),
])  # fmt: skip
def test_what_the_command_cannot_follow_is_said(files, capsys, monkeypatch, arguments, word):
    monkeypatch.chdir(files)
    for name, told in {"right": {"BT-1": "F-9"}, "other": {"a": 1}, "nothing": {"a": 1}, "nonsense": {"BT-2": "hier"}}.items():  # fmt: skip
        (files / f"{name}.json").write_text(json.dumps(told))
    (files / "broken.json").write_text("{")
    (files / "list.json").write_text("[]")
    assert read.main(["b.pdf", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and word in captured.err


# -- the terminal -----------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_on_a_terminal_only():
    stream = Terminal()
    progress = read.Progress(4, stream, "fr")
    progress.count(True)
    progress.count(False)
    assert "1/4" in stream.getvalue() and "2/4" in stream.getvalue()
    progress.clear()
    assert stream.getvalue().endswith("\r\x1b[K")
    assert progress.summary() == "4 fichier(s) : 1 avec facture, 3 sans."
    elsewhere = io.StringIO()
    read.Progress(4, elsewhere, "fr").count(True)
    assert elsewhere.getvalue() == ""


def test_both_languages_say_the_same_things():
    french, english = read_show.WORDS["fr"], read_show.WORDS["en"]
    assert set(french) == set(english)
    assert len(french["head"]) == len(english["head"])


def command(*arguments, **more):
    paths = [ROOT / "bin", ROOT / "addons/efacture_ocr", ROOT / "addons/efacture_base"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    # Whoever runs the tests in the background has them ignore Ctrl-C, and children inherit that.
    listens = shutil.which("env"), "--default-signal=INT"
    return subprocess.Popen(
        [*listens, sys.executable, "-m", "ground.read", *map(str, arguments)], env=env, **more
    )


def test_stopped_by_its_user_it_leaves_cleanly(files):
    """Ctrl-C in the middle of a folder: no trace, no child, no temporary file."""
    many = files / "many"
    many.mkdir()
    for number in range(400):
        (many / f"{number:03}.pdf").write_bytes(page(number=f"F-{number}"))
    temporary = files / "temporary"
    temporary.mkdir()
    os.environ["TMPDIR"] = str(temporary)
    try:
        process = command("--json", many, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        del os.environ["TMPDIR"]
    process.stdout.readline()
    started = psutil.Process(process.pid).children(recursive=True)
    assert started
    process.send_signal(signal.SIGINT)
    _out, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told == b""
    assert not psutil.wait_procs(started, 5)[1]
    assert not list(temporary.iterdir())


def test_a_reader_that_has_seen_enough(files):
    process = command(
        "--json", *[files / "a.xml"] * 50, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    assert process.communicate(timeout=60)[1] == b""


def _environment() -> bool:
    script = f". {ROOT}/bin/ground/bootstrap.sh; ground_find_python"
    return subprocess.run(["bash", "-c", script], check=False).returncode == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_anybody_may_call_it_without_a_network(files):
    """The machine was set up by root; the caller owns nothing on it and has no network."""
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no network namespaces here")
    if not _environment():
        pytest.skip("bin/run has not prepared this machine")
    for place in (files, *files.parents):
        if Path("/tmp") in place.parents:
            place.chmod(0o755)
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]
    if subprocess.run(
        [*nobody, "test", "-r", str(ROOT / "requirements.txt")], check=False
    ).returncode:
        pytest.skip("this checkout is closed to others")
    done = subprocess.run(
        ["unshare", "-n", *nobody, str(ROOT / "bin/read"), "--json", str(files / "a.xml"), str(files / "b.pdf")],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"}, capture_output=True, text=True, check=False, timeout=60, cwd="/",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line)["invoice"]["BT-1"] for line in done.stdout.splitlines()] == [
        PRINTED["number"]
    ] * 2


def test_what_cannot_be_kept_is_said_and_leaves_nothing(files, capsys):
    (files / "right.json").write_text(json.dumps({"BT-1": "F-9"}))
    place = files / "folder" / "m.json"
    status = read.main([str(files / "b.pdf"), "--memory", str(place), "--correct", str(files / "right.json")])  # fmt: skip
    told = capsys.readouterr().err
    assert (status, place.parent.exists()) == (2, False)
    assert "n'a pas pu être enregistrée" in told and "n'existe pas" in told


def test_a_correction_that_was_kept_is_said(files, capsys):
    (files / "right.json").write_text(json.dumps({"BT-1": "F-9"}))
    status = read.main([str(files / "b.pdf"), "--memory", str(files / "m.json"), "--correct", str(files / "right.json")])  # fmt: skip
    assert status == 0 and "Correction retenue dans" in capsys.readouterr().err
    assert [item.name for item in files.iterdir() if item.name.startswith(".")] == []


def test_why_a_file_does_not_open_is_said_in_french(files, capsys):
    status, text = run(capsys, files / "absent.pdf")
    assert status == 1 and "ce fichier n'existe pas" in text
