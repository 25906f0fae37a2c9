"""The process that opens documents: `python -m reading.child LIMITS READER`, started and watched by `pool`.

It takes requests from its standard input and answers on its standard output (`wire`); a thread watches the input, and when the parent
is gone it ends the whole process group, recognition included. Sources of the limits: setrlimit(2); Odoo sets soft limits only, which a
child may raise again.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import resource
import shutil
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from . import wire
from .model import Message, Result
from .progress import LISTENER

_SPARE_CPU = 5  # seconds beyond the wall limit: the parent is to strike first


def main(arguments: list[str]) -> int:
    """Serve until the parent closes the pipe."""
    limits, reader = json.loads(arguments[0]), arguments[1]
    source, target = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)  # a library that prints does not disturb the answers
    _restrict(limits)
    jobs: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
    current: list[str] = []  # the temporary folder of the document being read
    threading.Thread(target=_listen, args=(source, jobs, current), daemon=True).start()
    _write(target, {"ready": os.getpid()})
    while True:
        header, content = jobs.get()
        current[:] = [header["folder"]]
        answer = _serve(header, content, limits, target, reader)
        del content
        current.clear()
        _collect()
        _write(target, {**answer, **_memory()})
        if "stop" in answer:
            return 0


def _listen(source: int, jobs: queue.SimpleQueue, current: list[str]) -> None:
    """Take requests; when the parent is gone (or talks nonsense), leave nothing behind."""
    try:
        while True:
            (length,) = wire.PREFIX.unpack(_take(source, wire.PREFIX.size))
            header = wire.unpack(_take(source, length))
            jobs.put((header, _take(source, header["size"])))
    except Exception:  # noqa: BLE001 whatever came, there is nobody left to serve
        for folder in current:
            shutil.rmtree(folder, ignore_errors=True)
        os.killpg(os.getpgid(0), signal.SIGKILL)


def _take(source: int, size: int) -> bytes:
    parts, left = [], size
    while left:
        step = os.read(source, min(left, 1 << 20))
        if not step:
            raise EOFError
        parts.append(step)
        left -= len(step)
    return b"".join(parts)


def _write(target: int, header: dict[str, Any]) -> None:
    view = memoryview(wire.pack(header))
    while view:
        view = view[os.write(target, view) :]


def _restrict(limits: dict[str, Any]) -> None:
    """Our own limits, within the hard ones; tesseract inherits them."""
    for what, wanted in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_CPU, resource.RLIM_INFINITY),
        (resource.RLIMIT_FSIZE, 1 << 30),
    ):
        _soft(what, wanted)
    with contextlib.suppress(OSError):
        os.nice(limits["nice"])


def _soft(what: int, wanted: int) -> None:
    _old, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        wanted = hard if wanted == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(what, (wanted, hard))


def _allow_cpu(seconds: float) -> None:
    """So many seconds of CPU from now on."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _soft(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime + seconds) + _SPARE_CPU)


def _serve(
    header: dict[str, Any], content: bytes, limits: dict[str, Any], target: int, reader: str
) -> dict[str, Any]:
    tempfile.tempdir = os.environ["TMPDIR"] = header["folder"]
    _allow_cpu(limits["seconds"])

    def page_read(page: int, pages: int, words: int) -> None:
        if words:
            _allow_cpu(limits["seconds"])
        _write(target, {"page": page, "pages": pages, "words": words})

    LISTENER.set(page_read)
    try:
        options = wire.options_from_data(header["options"])
        results = _function(reader)(content, header["name"], options)
        return {"results": [wire.result_to_data(_explained(result)) for result in results]}
    except MemoryError:
        return {"error": "memory", "stop": True}
    except RecursionError:
        return {"error": "crash", "stop": True}
    except Exception as error:  # noqa: BLE001 a fault of ours on this file must not end the others
        return {"error": "not_read", "detail": type(error).__name__, "trace": traceback.format_exc()[-4000:]}  # fmt: skip


def _explained(result: Result) -> Result:
    """Nobody is left without a reason: a result without an invoice says at least that none was recognised."""
    if result.invoice or any(message.level == "error" for message in result.messages):
        return result
    return replace(result, messages=(*result.messages, Message("no_invoice", level="error")))


def _function(name: str) -> Callable[..., list]:
    """Imported with the first document: an XML needs none of the modules for pictures."""
    module, _colon, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def _collect() -> None:
    """Processes that ended without anybody waiting for them."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _memory() -> dict[str, int]:
    """Resident bytes at most (recognition not included) and now."""
    # Not ru_maxrss: that remembers the size of the process this one was forked from.
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        peak = next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:")), 0)
    with open("/proc/self/statm", encoding="ascii") as file:
        resident = int(file.read().split()[1]) * resource.getpagesize()
    return {"peak": peak, "resident": resident}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
