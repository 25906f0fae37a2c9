"""Documents read by a few long-lived child processes, each under limits of memory and time, so that no file can harm who reads.

The caller's process opens nothing: a child (`python -m reading.child`) does, in a process group of its own, and is killed with whatever
it started when it takes too long. One document at a time per child; a child is replaced after some documents, or when it has grown.
Nothing is left behind: each document has a temporary folder of its own, removed whatever happens; a child whose parent is gone ends.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

from . import wire
from .model import Message, Options, Result

_log = logging.getLogger(__name__)
_HERE = Path(__file__).resolve().parent.parent
_PATHS = (_HERE, _HERE.parent / "efacture_base")
_KEPT = (
    "PATH", "LANG", "TZ", "HOME", "TESSDATA_PREFIX", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH",
)  # fmt: skip
MB = 1 << 20
_START_SECONDS = 30.0
_RETRIES = 2
# Deaths that another process caused, not the file: an administrator, the kernel short of memory, a shutdown.
_OUTSIDE = {signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT}


@dataclass(frozen=True)
class Limits:
    """What one document may take. Seconds of wall clock and CPU: `seconds`, and beyond it `page_seconds` after each page that was recognised
    and bore words, `total_seconds` at most. `memory`: bytes of address space of a child; `recycle_memory`: resident bytes after which it is
    replaced, as after `recycle_after` documents.
    """

    seconds: float = 35.0
    page_seconds: float = 12.0
    total_seconds: float = 300.0
    memory: int = 1536 * MB
    open_files: int = 128
    nice: int = 5
    recycle_after: int = 200
    recycle_memory: int = 500 * MB


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
        """Whether an invoice was read."""
        return any(result.invoice for result in self.results)


class _Late(Exception):
    """The deadline has passed."""


class _Gone(Exception):
    """The child has ended, or its pipe is closed."""


class _Child:
    """One child process and the pipes to it. Used by one thread at a time."""

    def __init__(self, limits: Limits, reader: str, paths: tuple[str, ...]) -> None:
        env = {name: os.environ[name] for name in _KEPT if name in os.environ}
        inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        paths = (*map(str, _PATHS), *paths, *inherited)
        env["PYTHONPATH"] = os.pathsep.join(os.path.abspath(path) for path in paths if path)
        env |= dict.fromkeys(("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        self.limits = limits
        self.documents = 0
        self.peak = 0
        self.resident = 0
        self._buffer = bytearray()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "reading.child", json.dumps(asdict(limits)), reader],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("EFACTURE_READING_DEBUG") else subprocess.DEVNULL,
            env=env,
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        self._input, self._output = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self._input, False)
        os.set_blocking(self._output, False)
        try:
            if "ready" not in self._receive(time.monotonic() + _START_SECONDS):
                raise wire.Nonsense("no greeting")
        except BaseException:
            self.kill()
            raise

    def read(self, content: bytes, name: str, options: Options, folder: str) -> dict:
        """The child's answer. Raises `_Late`, `_Gone`, `wire.Nonsense`."""
        self.documents += 1
        start = time.monotonic()
        deadline = start + self.limits.seconds
        request = {
            "name": name, "size": len(content), "folder": folder, "options": wire.options_to_data(options),
        }  # fmt: skip
        self._send(wire.pack(request), deadline)
        self._send(content, deadline)
        while True:
            answer = self._receive(deadline)
            if "page" not in answer:
                break
            if answer.get("words"):
                deadline = max(deadline, time.monotonic() + self.limits.page_seconds)
                deadline = min(deadline, start + self.limits.total_seconds)
        self.peak, self.resident = int(answer.get("peak", 0)), int(answer.get("resident", 0))
        return answer

    @property
    def is_worn(self) -> bool:
        """Whether it should be replaced."""
        return (
            self.documents >= self.limits.recycle_after
            or self.resident > self.limits.recycle_memory
        )

    def _send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            self._wait(self._input, select.POLLOUT, deadline)
            try:
                view = view[os.write(self._input, view[: 1 << 20]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise _Gone from error

    def _receive(self, deadline: float) -> dict:
        (length,) = wire.PREFIX.unpack(self._take(wire.PREFIX.size, deadline))
        if length > wire.MAX_FRAME:
            raise wire.Nonsense(f"a frame of {length} bytes")
        return wire.unpack(self._take(length, deadline))

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._buffer) < size:
            self._wait(self._output, select.POLLIN, deadline)
            try:
                step = os.read(self._output, 1 << 20)
            except BlockingIOError:
                continue
            except OSError as error:
                raise _Gone from error
            if not step:
                raise _Gone
            self._buffer += step
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        left = deadline - time.monotonic()
        poll = select.poll()
        poll.register(descriptor, event)
        if left <= 0 or not poll.poll(left * 1000):
            raise _Late

    def kill(self) -> int:
        """End it with all it started and collect it; its exit code (negative: the signal). `peak` is then final."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                _pid, status, usage = os.wait4(self.process.pid, 0)
                self.process.returncode = os.waitstatus_to_exitcode(status)
                self.peak = max(self.peak, usage.ru_maxrss * 1024)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()
        return self.process.returncode or 0

    def end(self) -> int:
        """How a child that closed its pipe ended: its exit code, waited for a moment."""
        with contextlib.suppress(OSError):
            descriptor = os.pidfd_open(self.process.pid)
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            poll.poll(2000)
            os.close(descriptor)
        return self.kill()


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
        self._idle: list[_Child] = []
        self._busy: dict[_Child, threading.Event] = {}
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
            except (OSError, _Gone, _Late, wire.Nonsense) as error:
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
            except _Late:
                child.kill()
                return _stopped("time_out", child)
            except wire.Nonsense as error:
                child.kill()
                _log.error("the reading process of %r wrote nonsense: %s", name, error)
                return _stopped("crash", child)
            except _Gone:
                code, again = self._why(child.end(), child)
                if not again or stop.is_set() or self._closed.is_set() or attempt == _RETRIES:
                    return _stopped(code, child)
            finally:
                self._give_back(child, kept)
                shutil.rmtree(folder, ignore_errors=True)
        return _stopped(code)

    def _why(self, exit_code: int, child: _Child) -> tuple[str, bool]:
        """The code of the message for a child that died, and whether another try makes sense."""
        number = -exit_code if exit_code < 0 else 0
        if number == signal.SIGXCPU:
            return "time_out", False
        if child.peak > 0.6 * self.limits.memory:
            return "memory", False
        return "crash", number in _OUTSIDE

    @staticmethod
    def _answer(answer: dict, child: _Child) -> Answer:
        if "error" in answer:
            if trace := answer.get("trace"):
                _log.error("reading failed: %s", trace)
            return _stopped(str(answer["error"]), child, detail=str(answer.get("detail", "")))
        results = answer.get("results")
        if not isinstance(results, list):
            raise wire.Nonsense("no results")
        return Answer(tuple(map(wire.result_from_data, results)), peak=child.peak)

    def _take(self, stop: threading.Event) -> _Child:
        with self._lock:
            child = self._idle.pop() if self._idle else None
            if child is not None and child.process.poll() is not None:
                child.kill()
                child = None
            if child is not None:
                self._busy[child] = stop
                return child
        child = _Child(self.limits, self._reader, self._paths)
        with self._lock:
            self._busy[child] = stop
        return child

    def _give_back(self, child: _Child, kept: bool) -> None:
        with self._lock:
            self._busy.pop(child, None)
            kept = kept and not self._closed.is_set()
            if kept:
                self._idle.append(child)
        if not kept:
            child.kill()


def _stopped(code: str, child: _Child | None = None, **values: str) -> Answer:
    peak = child.peak if child else 0
    return Answer(messages=(Message(code, values, "error"),), peak=peak)
