"""Documents are read by children: whatever a document does to its reader, the pool answers, and nothing is left behind."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from reading import wire
from reading.model import Message, Options, Result
from reading.pool import Answer, Limits, ReadingPool

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIMITS = Limits(seconds=20, memory=600 << 20)


def make(folder, workers=1, limits=LIMITS):
    return ReadingPool(
        workers, limits, folder=str(folder), reader="reading_tricks:read_file", paths=(str(HERE),)
    )


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    yield folder
    assert not list(folder.iterdir()), "a temporary file was left"


@pytest.fixture
def pool(place):
    with make(place) as pool:
        yield pool
    assert not children(), "a child was left"


def children():
    return [child for child in psutil.Process().children(recursive=True) if "reading.child" in child.cmdline()]  # fmt: skip


def first(answer: Answer) -> str:
    assert answer.results, answer.messages
    return answer.results[0].invoice["BT-1"]


def only_code(answer: Answer) -> str:
    assert not answer.results
    (message,) = answer.messages
    assert message.level == "error"
    return message.code


def gone(pid: int) -> bool:
    """Whether the process has ended, within five seconds."""
    try:
        psutil.Process(pid).wait(5)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


# -- reading ----------------------------------------------------------------------------------------


def test_a_child_serves_many_documents(pool):
    pids = {first(pool.read(b"facts")) for _ in range(5)}
    assert len(pids) == 1
    assert int(pids.pop()) != os.getpid()


def test_an_answer_keeps_messages_and_time(pool):
    answer = pool.read(b"echo F-17", "facture.pdf")
    assert answer.is_invoice
    assert answer.results[0].messages == (
        Message("archive_member", {"name": "facture.pdf"}, "info"),
    )
    assert 0 < answer.seconds < 20
    assert answer.peak > 1 << 20


def test_the_child_is_apart_and_limited(pool, place, monkeypatch):
    monkeypatch.setenv("SECRET", "of the parent")
    told = [result.invoice["BT-1"] for result in pool.read(b"facts").results]
    pid, group, parent, memory, core, threads, secret, temporary = told
    assert pid == group and int(parent) == os.getpid()
    assert (int(memory), core, threads, secret) == (LIMITS.memory, "0", "1", "None")
    assert Path(temporary).parent == place


def test_soft_limits_of_the_parent_do_not_bind_the_child(place, tmp_path):
    """Odoo gives its workers soft limits that a large page would break."""
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (400 << 20, -1));"
        "resource.setrlimit(resource.RLIMIT_CPU, (30, -1));"
        "sys.path[:0] = sys.argv[2:]; import test_reading_pool as t;"
        "pool = t.make(sys.argv[1]); print(pool.read(b'facts').results[3].invoice['BT-1']); pool.close()"
    )
    paths = [str(HERE), str(ROOT / "addons/efacture_ocr")]
    done = subprocess.run(
        [sys.executable, "-c", script, str(place), *paths],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == LIMITS.memory


def test_many_files_in_the_order_they_are_done(place, tmp_path):
    (tmp_path / "there.txt").write_bytes(b"echo on_disk")
    items = [
        (b"echo one", "1"),
        (tmp_path / "absent.txt", "2"),
        (tmp_path / "there.txt", "3"),
        (b"die 11", "4"),
    ]
    items += [(f"echo {number}".encode(), str(number)) for number in range(20)]
    with make(place, workers=2) as pool:
        answers = dict(pool.read_many(iter(items)))
        assert len(pool.pids()) <= 2
    assert sorted(answers) == list(range(24))
    assert first(answers[0]) == "one" and first(answers[2]) == "on_disk"
    assert (only_code(answers[1]), only_code(answers[3])) == ("file_unreadable", "crash")
    assert [first(answers[4 + number]) for number in range(20)] == [str(n) for n in range(20)]


def test_few_files_are_held_at_a_time(place):
    taken = []

    def items():
        for number in range(50):
            taken.append(number)
            yield b"echo x", str(number)

    with make(place, workers=2) as pool:
        for done, _answer in enumerate(pool.read_many(items()), 1):
            assert len(taken) <= done + 4


def test_leaving_the_loop_ends_what_is_being_read(place):
    with make(place, workers=2, limits=Limits(seconds=60)) as pool:
        start = time.monotonic()
        for _position, answer in pool.read_many(
            [(b"echo first", "1"), (b"hang", "2"), (b"hang", "3")]
        ):
            assert first(answer) == "first"
            break
        assert time.monotonic() - start < 20
        assert first(pool.read(b"echo again")) == "again"


# -- documents that harm ----------------------------------------------------------------------------


@pytest.mark.parametrize("trick", ["hang", "spin"])
def test_what_takes_too_long_is_stopped_and_not_tried_again(place, trick):
    with make(place, limits=Limits(seconds=1)) as pool:
        answer = pool.read(trick.encode())
        assert only_code(answer) == "time_out"
        assert 1 <= answer.seconds < 1.9
        assert first(pool.read(b"echo next")) == "next"


def test_pages_that_bear_words_earn_time(place):
    limits = Limits(seconds=0.6, page_seconds=1.5, total_seconds=30)
    with make(place, limits=limits) as pool:
        assert pool.read(b"pages 3 40").seconds >= 1.5
        assert pool.read(b"pages 3 0").seconds < 1.4


def test_honest_time_has_an_end_too(place):
    limits = Limits(seconds=0.5, page_seconds=60, total_seconds=1)
    with make(place, limits=limits) as pool:
        assert only_code(pool.read(b"pages 3 40")) == "time_out"


def test_what_it_started_ends_with_it(place, tmp_path):
    note = tmp_path / "pids"
    with make(place, limits=Limits(seconds=1.5)) as pool:
        assert only_code(pool.read(f"grandchild {note}".encode())) == "time_out"
    for pid in map(int, note.read_text().split()):
        assert gone(pid)


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE])
def test_a_crash_is_said_and_the_next_document_is_read(pool, number):
    assert only_code(pool.read(f"die {int(number)}".encode())) == "crash"
    assert first(pool.read(b"echo next")) == "next"


def test_cpu_time_over_is_a_time_out(pool):
    assert only_code(pool.read(f"die {int(signal.SIGXCPU)}".encode())) == "time_out"


def test_memory_is_bounded(pool):
    answer = pool.read(b"grow")
    assert only_code(answer) == "memory"
    assert answer.peak < LIMITS.memory
    assert first(pool.read(b"echo next")) == "next"


def test_a_child_killed_by_somebody_else_is_replaced_and_the_document_read(pool, tmp_path):
    assert first(pool.read(f"die_once {tmp_path / 'note'}".encode())) == "alive"


def test_killed_again_and_again_it_gives_up(pool):
    assert only_code(pool.read(b"die 9")) == "crash"


def test_a_child_killed_while_idle_is_replaced(pool):
    assert first(pool.read(b"echo one")) == "one"
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGKILL)
    assert gone(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert first(pool.read(b"echo two")) == "two"


def test_nonsense_is_not_believed(pool):
    answer = pool.read(b"nonsense")
    assert only_code(answer) == "crash"
    assert first(pool.read(b"echo next")) == "next"


def test_nobody_is_left_without_a_reason(pool):
    (result,) = pool.read(b"empty").results
    assert [message.code for message in result.messages] == ["no_invoice"]


def test_a_library_that_prints_disturbs_nothing(pool):
    assert first(pool.read(b"chatter")) == "quiet"


def test_temporary_files_are_removed(pool, place):
    path = first(pool.read(b"litter"))
    assert path.startswith(str(place))
    assert not list(place.iterdir())


def test_a_fault_of_ours_is_said_and_logged(pool, caplog):
    answer = pool.read(b"fail")
    assert answer.messages == (Message("not_read", {"detail": "KeyError"}, "error"),)
    assert "a fault of ours" in caplog.text
    assert first(pool.read(b"echo next")) == "next"


# -- life of the children ---------------------------------------------------------------------------


def test_a_child_is_replaced_after_some_documents(place):
    with make(place, limits=Limits(recycle_after=3)) as pool:
        pids = [first(pool.read(b"facts")) for _ in range(7)]
    assert pids[0] == pids[2] != pids[3] == pids[5] != pids[6]


def test_a_child_that_has_grown_is_replaced(place):
    with make(place, limits=Limits(recycle_memory=1 << 20)) as pool:
        assert first(pool.read(b"facts")) != first(pool.read(b"facts"))


def test_a_closed_pool_is_closed(place):
    pool = make(place)
    pool.read(b"echo one")
    pool.close()
    with pytest.raises(RuntimeError):
        pool.read(b"echo two")


def test_no_reading_process_can_be_started(place, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with make(place) as pool:
        assert only_code(pool.read(b"echo one")) == "not_read"


def test_children_end_with_a_killed_parent(place, tmp_path):
    """A worker killed with -9 in the middle of a document leaves no process and no file."""
    note = tmp_path / "pids"
    script = (
        "import sys; sys.path[:0] = sys.argv[3:]; import test_reading_pool as t;"
        "pool = t.make(sys.argv[1]); pool.read(b'echo x'); pool.read(b'grandchild ' + sys.argv[2].encode())"
    )
    paths = [str(HERE), str(ROOT / "addons/efacture_ocr")]
    parent = subprocess.Popen([sys.executable, "-c", script, str(place), str(note), *paths])
    try:
        deadline = time.monotonic() + 20
        while not (note.exists() and note.read_text().count(" ")):
            assert time.monotonic() < deadline
            os.sched_yield()
        pids = list(map(int, note.read_text().split()))
    finally:
        parent.kill()
        parent.wait()
    assert all(gone(pid) for pid in pids)


def test_a_fork_has_children_of_its_own(pool):
    first(pool.read(b"echo parent"))
    (theirs,) = pool.pids()
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            told = first(pool.read(b"facts"))
            pool.close()
            os.write(writing, told.encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        ours = int(pipe.read())
    os.waitpid(pid, 0)
    assert ours != theirs
    assert pool.pids() == [theirs]
    assert first(pool.read(b"echo still")) == "still"


def test_the_parent_opens_nothing():
    """An Odoo worker imports the pool: no reader of PDFs, pictures or XML comes with it."""
    script = (
        "import sys; import reading.pool, reading.messages;"
        "print([m for m in sys.modules if m.split('.')[0] in ('lxml', 'PIL', 'numpy', 'pypdfium2', 'pikepdf', 'en16931', 'odoo')])"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "addons/efacture_ocr")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# -- the wire ---------------------------------------------------------------------------------------


def test_results_and_options_cross_unchanged():
    result = Result(
        "xml", {"BT-1": "É-1", "BG-4": {"identifiers": {None: "12", "0009": "34"}}, "BT-9": ["2026-01-31"]},
        {"BT-1": {"origin": "xml", "confidence": 1.0}}, (Message("empty", {"a": "b"}, "error", 2),), (1, 2), "sale", "credit_note",
    )  # fmt: skip
    body = wire.pack(wire.result_to_data(result))[wire.PREFIX.size :]
    assert wire.result_from_data(wire.unpack(body)) == result
    options = Options(("123456782",), ("Nous",), None, {"suppliers": []}, "en", 3)
    assert (
        wire.options_from_data(wire.unpack(wire.pack(wire.options_to_data(options))[4:])) == options
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"\xff", b"{", b"[" * 100_000])
def test_frames_that_are_none(body):
    with pytest.raises(wire.Nonsense):
        wire.unpack(body)


@pytest.mark.parametrize("data", [{}, {"kind": "x"}, {"kind": "xml", "invoice": [], "evidence": {}, "messages": [], "pages": []},
                                  {"kind": "xml", "invoice": {}, "evidence": {}, "messages": [1], "pages": []},
                                  {"kind": "xml", "invoice": {}, "evidence": {}, "messages": [], "pages": [], "more": 1}])  # fmt: skip
def test_results_that_are_none(data):
    with pytest.raises(wire.Nonsense):
        wire.result_from_data(json.loads(json.dumps(data)))


def test_limits_are_numbers():
    assert all(isinstance(value, int | float) for value in vars(Limits()).values())
    assert Limits().memory < resource.RLIM_INFINITY or resource.RLIM_INFINITY < 0


def test_a_large_parent_is_not_taken_for_a_large_child(place):
    """Forked from a big process, a child is not as big: neither said so, nor is its crash called a lack of memory."""
    ballast = [b"x" * LIMITS.memory]
    for _large_and_shrunk_again in range(2):
        with make(place) as pool:
            assert pool.read(b"echo").peak < LIMITS.memory / 2
            assert only_code(pool.read(b"die 11")) == "crash"
        ballast.clear()
