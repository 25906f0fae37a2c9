"""A reader that misbehaves on demand, in the place of the real one: the content of a "document" says what it does."""

import os
import resource
import signal
import subprocess
import sys
import tempfile

from reading.model import Message, Result
from reading.progress import page_read


def read_file(content, name, options):
    """`content` is a word of the field below, and arguments after spaces."""
    word, *arguments = content.decode().split()
    if word == "empty":
        return [Result("text", {}, {}, document_type="other")]
    return [
        Result(
            "text", {"BT-1": str(value)}, {}, (Message("archive_member", {"name": name}, "info"),)
        )
        for value in TRICKS[word](*arguments)
    ]


def _echo(*words):
    return words


def _facts():
    return [
        os.getpid(), os.getpgid(0), os.getppid(), resource.getrlimit(resource.RLIMIT_AS)[0],
        resource.getrlimit(resource.RLIMIT_CORE)[0], os.environ.get("OMP_THREAD_LIMIT"), os.environ.get("SECRET"), tempfile.gettempdir(),
    ]  # fmt: skip


def _hang():
    while True:
        signal.pause()


def _spin():
    while True:
        pass


def _hang_with_grandchild(note):
    process = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    with open(note, "w") as file:
        file.write(f"{os.getpid()} {process.pid}")
    _hang()


def _die(number):
    os.kill(os.getpid(), int(number))
    _hang()


def _die_once(note):
    """Killed by somebody else the first time."""
    if not os.path.exists(note):
        with open(note, "w"):
            pass
        _die(signal.SIGKILL)
    return ["alive"]


def _grow():
    return [len([bytearray(1 << 28) for _ in range(64)])]


def _nonsense():
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"\xff" * 100)
        except OSError:
            continue
    _hang()


def _chatter():
    os.write(1, b"a library prints\n")
    print("and python too", flush=True)
    return ["quiet"]


def _litter():
    path = os.path.join(tempfile.mkdtemp(), "left.txt")
    with open(path, "w") as file:
        file.write("left")
    return [path]


def _fail():
    raise KeyError("a fault of ours")


def _pages(count, words):
    for page in range(1, int(count) + 1):
        page_read(page, int(count), int(words))
    _hang()


TRICKS = {
    "echo": _echo, "facts": _facts, "hang": _hang, "spin": _spin, "grandchild": _hang_with_grandchild, "die": _die, "die_once": _die_once,
    "grow": _grow, "nonsense": _nonsense, "chatter": _chatter, "litter": _litter, "fail": _fail, "pages": _pages,
}  # fmt: skip
