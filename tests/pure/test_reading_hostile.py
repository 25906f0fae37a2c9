"""Whatever is handed in: an answer in time, a sentence people understand, bounded memory, and nothing left behind."""

import time

import psutil
import pytest
from documents import hostile
from reading import archive, sniff
from reading.messages import sentence
from reading.model import Message, Options, Result
from reading.pool import Limits, ReadingPool
from reading_files import archive as zipped
from reading_files import cii, mail, page

SECONDS = 40.0
CASES = {case.name: case for case in hostile.cases()}
# Plainly a spread of the quick ones, and the worst known; all of them with the sizes of the acceptance runs.
SLOW = {
    "pdf-paths-million", "pdf-pattern-tiny-steps", "pdf-words-200000-of-amounts", "pdf-image-drawn-3000-times", "pdf-curve-million-points",
    "pdf-attachments-40-of-100m", "pdf-xml-notes-300000", "xml-notes-300000", "pdf-text-million-words", "zip-300-invoices",
}  # fmt: skip
PLAIN = {*[name for name in CASES if name not in SLOW][::9], "pdf-page-inflates-1g", "zip-1m-to-1g"}
TIMES: dict[str, float] = {}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def pool(place):
    with ReadingPool(1, folder=str(place)) as pool:
        yield pool
    for name, seconds in sorted(TIMES.items(), key=lambda item: -item[1])[:5]:
        print(f"{seconds:6.1f} s  {name}")


def test_there_are_enough_of_them():
    assert len(CASES) >= 150
    assert 40 <= len(PLAIN) <= 60


@pytest.mark.parametrize(
    "name",
    [name if name in PLAIN else pytest.param(name, marks=pytest.mark.full) for name in CASES],
)
def test_an_answer_whatever_the_file(pool, place, name):
    content = CASES[name].make()
    start = time.monotonic()
    answer = pool.read(content, CASES[name].filename, Options())
    TIMES[name] = time.monotonic() - start
    assert TIMES[name] <= SECONDS
    told = [
        *answer.messages,
        *(message for result in answer.results for message in result.messages),
    ]
    assert "not_read" not in [message.code for message in told], "our own fault"
    for message in told:
        text = sentence(message)
        assert text[0].isupper() and text.endswith(".") and "{" not in text
        assert not any(word in text for word in ("Error", "Traceback", "Exception", "/tmp", "None"))
    if not answer.is_invoice:
        assert any(message.level == "error" for message in told)
    assert answer.peak <= Limits().memory
    assert list(place.iterdir()) == []
    left = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.status() == psutil.STATUS_ZOMBIE
    ]
    assert not left
    assert len(pool.pids()) <= 1
    (good,) = pool.read(cii(), "bon.xml").results
    assert good.invoice["BT-1"] == "FAC/2026/00042"


def test_nothing_runs_once_the_pool_is_closed(place):
    before = set(psutil.Process().children(recursive=True))
    with ReadingPool(1, Limits(seconds=2), folder=str(place)) as pool:
        pool.read(CASES["picture-noise-page"].make())
        pool.read(cii())
        started = set(psutil.Process().children(recursive=True)) - before
        assert started
    assert not psutil.wait_procs(started, 5)[1]


# -- containers -------------------------------------------------------------------------------------


def unpacked(content, limits=sniff.LIMITS):
    """(names read, codes told) of an archive or a mail."""
    names = []

    def read_one(inner, name):
        names.append(name)
        return [Result("xml", {"BT-1": name}, {})]

    results = archive.read(content, sniff.kind_of(content), read_one, limits)
    return names, {message.code for result in results for message in result.messages} - {
        "archive_member"
    }


def test_documents_of_an_archive_by_their_bare_names():
    assert unpacked(
        zipped({"a/../../é.pdf": page(), "C:\\x\\b.xml": cii(), "notes.txt": b"x"})
    ) == (["é.pdf", "b.xml"], set())


def test_what_computers_add_to_archives_is_left_out():
    assert unpacked(zipped({"a.xml": cii(), "__MACOSX/._a.xml": cii(), ".DS_Store": b"x"}))[0] == [
        "a.xml"
    ]


def test_archives_within_archives_have_an_end():
    inner = zipped({"deep.xml": cii()})
    two = zipped({"in.zip": inner, "top.xml": cii()})
    assert unpacked(two) == (["deep.xml", "top.xml"], set())
    assert unpacked(zipped({"two.zip": two})) == (["top.xml"], {"archive_too_deep"})


def test_an_archive_that_grows_too_much_is_left():
    few = sniff.Limits(archive_files=3)
    assert unpacked(zipped({f"{n}.xml": b"<a/>" for n in range(5)}), few) == (
        ["0.xml", "1.xml", "2.xml"],
        {"archive_too_large"},
    )
    small = sniff.Limits(archive_bytes=1000)
    assert unpacked(zipped({"a.xml": b"<a/>" * 500}), small) == ([], {"archive_too_large"})
    dense = sniff.Limits(archive_ratio=2)
    assert unpacked(zipped({"a.xml": b"<a/>" + b" " * (3 << 20)}), dense) == (
        [],
        {"archive_too_large"},
    )


def test_the_bytes_count_and_not_what_the_directory_says():
    content = bytearray(zipped({"a.xml": b"<a/>" + b" " * (3 << 20)}))
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = (100).to_bytes(4, "little")
    names, codes = unpacked(bytes(content), sniff.Limits(archive_bytes=1 << 20))
    assert names == [] and codes & {"archive_too_large", "archive_damaged"}


def test_documents_of_a_mail():
    assert unpacked(mail({"facture.pdf": page(), "cgv.txt": b"x"})) == (["facture.pdf"], set())
    forwarded = mail({"message.eml": mail({"facture.xml": cii()})})
    assert unpacked(forwarded) == (["facture.xml"], set())
    assert unpacked(mail({}))[1] == {"mail_empty"}


def test_a_logo_is_no_document():
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["Subject"] = "a@b.example", "Facture"
    message.set_content("bonjour")
    message.add_alternative("<img src='cid:logo'>", subtype="html")
    message.get_payload()[1].add_related(
        b"\x89PNG\r\n\x1a\n" + b"x" * 500, "image", "png", cid="<logo>"
    )
    message.add_attachment(page(), maintype="application", subtype="pdf", filename="facture.pdf")
    assert unpacked(message.as_bytes())[0] == ["facture.pdf"]


def test_documents_without_an_invoice_are_not_shown_beside_those_with():
    answers = {
        "terms.pdf": Result(
            "", {}, {}, (Message("no_invoice", level="error"),), document_type="other"
        )
    }
    content = zipped({"terms.pdf": page(), "facture.xml": cii()})
    results = archive.read(
        content,
        sniff.ZIP,
        lambda _content, name: [answers.get(name, Result("xml", {"BT-1": name}, {}))],
    )
    assert [result.invoice for result in results] == [{"BT-1": "facture.xml"}]
