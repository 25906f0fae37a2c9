"""One child process that opens documents, as its parent sees it: started apart and under limits, asked, watched, ended with all it started."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from . import wire
from .model import Options

_HERE = Path(__file__).resolve().parent.parent
_PATHS = (_HERE, _HERE.parent / "efacture_base")
_KEPT = (
    "PATH", "LANG", "TZ", "HOME", "TESSDATA_PREFIX", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH",
)  # fmt: skip
MB = 1 << 20
_START_SECONDS = 30.0


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


class Late(Exception):
    """The deadline has passed."""


class Gone(Exception):
    """The child has ended, or its pipe is closed."""


class ChildProcess:
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
        # What wait4() says of a child is at least the largest size of its parent until the fork.
        self._inherited = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
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
        """The child's answer. Raises `Late`, `Gone`, `wire.Nonsense`."""
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
                raise Gone from error

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
                raise Gone from error
            if not step:
                raise Gone
            self._buffer += step
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        left = deadline - time.monotonic()
        poll = select.poll()
        poll.register(descriptor, event)
        if left <= 0 or not poll.poll(left * 1000):
            raise Late

    def kill(self) -> int:
        """End it with all it started and collect it; its exit code (negative: the signal). `peak` is then final."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                _pid, status, usage = os.wait4(self.process.pid, 0)
                self.process.returncode = os.waitstatus_to_exitcode(status)
                if usage.ru_maxrss * 1024 > self._inherited:
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
