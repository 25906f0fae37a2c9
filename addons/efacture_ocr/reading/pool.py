"""Documents read by a few long-lived child processes, each under limits of memory and time, so that no file can harm who reads.

The caller's process opens nothing: a child (`python -m reading.child`) does, in a process group of its own, and is killed with whatever
it started when it takes too long. One document at a time per child; a child is replaced after some documents, or when it has grown.
Nothing is left behind: each document has a temporary folder of its own, removed whatever happens; a child whose parent is gone ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from . import wire
from .model import Message, Options, Result
from .process import ChildProcess, Gone, Late, Limits

__all__ = ["Answer", "Limits", "ReadingPool"]

_log = logging.getLogger(__name__)
_RETRIES = 2
# Deaths that another process caused, not the file: an administrator, the kernel short of memory, a shutdown.
_OUTSIDE = {signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT}


@dataclass(frozen=True)
class Answer:
    """What came of a file. `results` is empty when the reading was stopped, and `messages` say why; `seconds` of wall clock;
    `peak` resident bytes of the child so far.
    """

    results: tuple[Result, ...] = ()
    messages: tuple[Message, ...] = ()
    seconds: float = 0.0
    peak: int = 0

    @property
    def is_invoice(self) -> bool:
        """Whether something to book was read."""
        return any(result.is_invoice for result in self.results)


class ReadingPool:
    """A few children that read documents. Safe to use from several threads; to be closed, or used as `with ReadingPool() as pool`.

    :param workers: children at once; all cores when None. A server that has other work gives `cores - 1`.
    :param folder: where the temporary folders are made; the system's place when None
    :param reader: `module:function` with the signature of `reader.read_file`; `paths` are more places to import it from
    """

    def __init__(
        self,
        workers: int | None = None,
        limits: Limits | None = None,
        folder: str | None = None,
        reader: str = "reading.reader:read_file",
        paths: tuple[str, ...] = (),
    ) -> None:
        self.workers = max(1, workers or len(os.sched_getaffinity(0)))
        self.limits = limits or Limits()
        self._folder, self._reader, self._paths = folder, reader, paths
        self._fresh()

    def _fresh(self) -> None:
        self._process = os.getpid()
        self._slots = threading.BoundedSemaphore(self.workers)
        self._lock = threading.Lock()
        self._idle: list[ChildProcess] = []
        self._busy: dict[ChildProcess, threading.Event] = {}
        self._closed = threading.Event()

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End every child, the busy ones too: what they read is given up."""
        if self._process != os.getpid():
            return
        self._closed.set()
        self._stop(self._closed)
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.kill()

    def _stop(self, event: threading.Event) -> None:
        """Kill the children busy with what `event` stands for; the threads that wait for them collect them."""
        with self._lock:
            for child, owner in self._busy.items():
                if event in (owner, self._closed) and child.process.returncode is None:
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(child.process.pid, signal.SIGKILL)

    def pids(self) -> list[int]:
        """Process ids of the children there are."""
        with self._lock:
            return [child.process.pid for child in (*self._idle, *self._busy)]

    def read(self, content: bytes, name: str = "", options: Options | None = None) -> Answer:
        """Read one file; waits while all children are busy. Never raises for what the file holds.

        :param content: its bytes
        :param name: its name, only a hint
        :raises RuntimeError: the pool is closed
        """
        return self._read(content, name, options or Options(), threading.Event())

    def read_many(
        self, items: Iterable[tuple[bytes | Path, str]], options: Options | None = None
    ) -> Iterator[tuple[int, Answer]]:
        """Read many files at once; yields (position in `items`, answer) as each is done.

        `items` are (bytes or path, name), taken as they are needed: only a few files are in memory at a time. A path that cannot be read
        gives an answer that says so. Leaving the loop early ends what is being read.
        """
        source = enumerate(items)
        executor = ThreadPoolExecutor(self.workers, "reading")
        running: dict[Future[Answer], int] = {}
        stop = threading.Event()
        try:
            while True:
                for position, (content, name) in islice(source, self.workers * 2 - len(running)):
                    running[executor.submit(self._load, content, name, options, stop)] = position
                if not running:
                    return
                done, _others = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield running.pop(future), future.result()
        finally:
            stop.set()
            for future in running:
                future.cancel()
            self._stop(stop)
            executor.shutdown(cancel_futures=True)

    def _load(
        self, content: bytes | Path, name: str, options: Options | None, stop: threading.Event
    ) -> Answer:
        if isinstance(content, Path):
            try:
                content = content.read_bytes()
            except OSError as error:
                detail = error.strerror or str(error)
                return Answer(messages=(Message("file_unreadable", {"detail": detail}, "error"),))
        return self._read(content, name, options or Options(), stop)

    def _read(self, content: bytes, name: str, options: Options, stop: threading.Event) -> Answer:
        if self._process != os.getpid():
            self._fresh()  # forked: the children belong to the other process
        with self._slots:
            if self._closed.is_set():
                raise RuntimeError("this pool is closed")
            start = time.monotonic()
            answer = self._try(content, name, options, stop)
        return replace(answer, seconds=time.monotonic() - start)

    def _try(self, content: bytes, name: str, options: Options, stop: threading.Event) -> Answer:
        code = "crash"
        for attempt in range(_RETRIES + 1):
            folder = tempfile.mkdtemp(prefix="efacture-reading-", dir=self._folder)
            try:
                child = self._take(stop)
            except (OSError, Gone, Late, wire.Nonsense) as error:
                _log.error("no reading process could be started: %r", error)
                shutil.rmtree(folder, ignore_errors=True)
                return _stopped("not_read", detail="start")
            kept = False
            try:
                if stop.is_set() or self._closed.is_set():  # meanwhile
                    return _stopped(code, child)
                answer = child.read(content, name, options, folder)
                made = self._answer(answer, child)
                kept = "stop" not in answer and not child.is_worn
                return made
            except Late:
                child.kill()
                return _stopped("time_out", child)
            except wire.Nonsense as error:
                child.kill()
                _log.error("the reading process of %r wrote nonsense: %s", name, error)
                return _stopped("crash", child)
            except Gone:
                code, again = self._why(child.end(), child)
                if not again or stop.is_set() or self._closed.is_set() or attempt == _RETRIES:
                    return _stopped(code, child)
            finally:
                self._give_back(child, kept)
                shutil.rmtree(folder, ignore_errors=True)
        return _stopped(code)

    def _why(self, exit_code: int, child: ChildProcess) -> tuple[str, bool]:
        """The code of the message for a child that died, and whether another try makes sense."""
        number = -exit_code if exit_code < 0 else 0
        if number == signal.SIGXCPU:
            return "time_out", False
        if child.peak > 0.6 * self.limits.memory:
            return "memory", False
        return "crash", number in _OUTSIDE

    @staticmethod
    def _answer(answer: dict, child: ChildProcess) -> Answer:
        if "error" in answer:
            if trace := answer.get("trace"):
                _log.error("reading failed: %s", trace)
            return _stopped(str(answer["error"]), child, detail=str(answer.get("detail", "")))
        results = answer.get("results")
        if not isinstance(results, list):
            raise wire.Nonsense("no results")
        return Answer(tuple(map(wire.result_from_data, results)), peak=child.peak)

    def _take(self, stop: threading.Event) -> ChildProcess:
        with self._lock:
            child = self._idle.pop() if self._idle else None
            if child is not None and child.process.poll() is not None:
                child.kill()
                child = None
            if child is not None:
                self._busy[child] = stop
                return child
        child = ChildProcess(self.limits, self._reader, self._paths)
        with self._lock:
            self._busy[child] = stop
        return child

    def _give_back(self, child: ChildProcess, kept: bool) -> None:
        with self._lock:
            self._busy.pop(child, None)
            kept = kept and not self._closed.is_set()
            if kept:
                self._idle.append(child)
        if not kept:
            child.kill()


def _stopped(code: str, child: ChildProcess | None = None, **values: str) -> Answer:
    peak = child.peak if child else 0
    return Answer(messages=(Message(code, values, "error"),), peak=peak)
