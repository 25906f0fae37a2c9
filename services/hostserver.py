"""The server loop that every service of this host runs.

``serve(name, factory)`` is the whole main of a service:

* the *front* process holds the socket and the lock, queues jobs (bounded) and never does work;
* each *worker* process holds one handler (``factory()``) and does one job at a time. It is killed
  when a job passes its limit or eats too much memory, replaced when it dies, and recycled between
  jobs by memory, age and number of jobs.

A handler has ``handle(op, params, blobs) -> (result, blobs)`` and may have ``close()`` and ``idle()``
(called when nothing is asked, to get ready; it says whether there is more to do). An exception of
``handle`` becomes ``ServiceError`` at the client; the worker goes on.

Started by hand or by ``bin/run``: ``python -m services.<name>`` (stays in front, SIGTERM ends it).
Started by the first client: ``--detach``.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import logging
import os
import queue
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hostservice import daemon
from hostservice.protocol import FrameError, receive_frame, send_frame

_logger = logging.getLogger("efacture.services")
IDLE_AFTER = 0.3  # seconds without a job before a worker uses the pause to get ready
CHECK_SECONDS = 30.0  # how often a quiet front looks whether it is still of use
ROOT = Path(__file__).resolve().parent.parent  # the folder that holds the package ``services``


class Handler(Protocol):
    """What does the work of a service, in a worker process."""

    def handle(
        self, op: str, params: dict[str, Any], blobs: list[bytes]
    ) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Do one job."""
        ...


@dataclass(frozen=True)
class Limits:
    """Bounds of a service. Memory is resident, of the worker and its children, in MB."""

    workers: int = 1
    queue: int = 32
    job_seconds: float = 120.0
    recycle_mb: int = 700
    kill_mb: int = 2500
    worker_seconds: float = 6 * 3600.0
    worker_jobs: int = 50_000
    idle_seconds: float = 2 * 3600.0  # a detached service nobody asks anything leaves


@dataclass
class _Job:
    header: dict[str, Any]
    blobs: list[bytes]
    deadline: float
    done: threading.Event = field(default_factory=threading.Event)
    answer: tuple[dict[str, Any], Sequence[bytes]] = ({}, ())

    def finish(self, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
        self.answer = (header, blobs)
        self.done.set()

    def fail(self, code: str, message: str) -> None:
        self.finish({"error": code, "message": message})


def serve(name: str, factory: Callable[[], Handler], limits: Limits | None = None) -> None:
    """Run service ``name`` until it is told to leave. Reads ``sys.argv``; never returns in a worker.

    :param factory: makes the handler; called once in each worker, so it may be slow and must not
        be called in the front process.
    """
    parser = argparse.ArgumentParser(prog=f"services.{name}")
    parser.add_argument("--detach", action="store_true", help="leave the terminal and the caller")
    parser.add_argument("--worker", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    logging.basicConfig(
        level=logging.INFO, format=f"%(asctime)s %(process)d {name} %(levelname)s %(message)s"
    )
    _restore_limits()
    _stand_alone()
    if options.worker:
        _work(factory, *options.worker)
        return
    where = daemon.paths(name)
    lock = _take_lock(where)
    if lock is None:
        if not options.detach:
            sys.exit(f"{name}: already served on this host ({where.socket}).")
        return
    listener = _listen(where)
    if options.detach and os.fork():
        os._exit(0)  # socket and lock live on in the child
    if options.detach:
        os.setsid()
    _Front(name, where, listener, lock, limits or Limits(), detached=options.detach).run()


def _restore_limits() -> None:
    """Undo the soft limits a parent (an Odoo worker) had lowered."""
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_DATA):
        hard = resource.getrlimit(kind)[1]
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (hard, hard))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _stand_alone() -> None:
    """Depend no more on the folder we were started in, which may be deleted and made anew: every path absolute, then ``/``."""
    try:
        here = os.getcwd()
    except FileNotFoundError:
        here = "/"
    sys.path[:] = [os.path.join(here, place) for place in sys.path]
    told = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    places = [str(ROOT), *(os.path.join(here, place) for place in told if place)]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(places))
    for name, value in os.environ.items():
        if name.startswith("EFACTURE_") and name.endswith("_DIR") and value:
            os.environ[name] = os.path.join(here, value)
    os.chdir("/")


def _take_lock(where: daemon.Paths):
    handle = open(where.lock, "ab")  # noqa: SIM115 held as long as the service lives
    for _attempt in range(20):  # a client's glance at the lock lasts microseconds
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except OSError:
            time.sleep(0.01)
    handle.close()
    return None


def _listen(where: daemon.Paths) -> socket.socket:
    """Open the socket; a file left by a dead service is removed (we hold the lock)."""
    with contextlib.suppress(FileNotFoundError):
        where.socket.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    previous = os.umask(0o177)
    try:
        listener.bind(str(where.socket))
    finally:
        os.umask(previous)
    listener.listen(128)
    return listener


class _Front:
    """Accepts, queues, answers."""

    def __init__(self, name, where, listener, lock, limits: Limits, detached: bool):
        self.name, self.where, self.listener, self.lock = name, where, listener, lock
        self.limits, self.detached = limits, detached
        self.version = daemon.code_version(name)
        self.jobs: queue.Queue[_Job] = queue.Queue(limits.queue)
        self.workers = [_Worker(self, number) for number in range(limits.workers)]
        self.leaving = threading.Event()
        self.last_job = time.monotonic()
        self.connections = 0
        self._guard = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_args: self.leave())
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for worker in self.workers:
            worker.start()
        _logger.info("serving on %s, version %s", self.where.socket, self.version)
        while not self.leaving.is_set():
            ready, _w, _x = select.select([self.listener, self._wake_read], [], [], CHECK_SECONDS)
            if self.listener in ready:
                with contextlib.suppress(OSError):
                    connection, _address = self.listener.accept()
                    threading.Thread(target=self._answer, args=(connection,), daemon=True).start()
            elif not self.where.socket.exists():
                _logger.info("the socket's folder is gone: leaving")
                self.leave()
            elif self.is_orphan():
                self.leave()
            elif self.detached and time.monotonic() - self.last_job > self.limits.idle_seconds:
                _logger.info("idle: leaving")
                self.leave()
        with contextlib.suppress(FileNotFoundError):
            self.where.socket.unlink()
        self.listener.close()
        for worker in self.workers:
            worker.join(timeout=self.limits.job_seconds)
            worker.kill()
        deadline = time.monotonic() + 5
        while self.connections and time.monotonic() < deadline:
            time.sleep(0.01)  # answers on their way
        _logger.info("left")
        self.lock.close()
        os._exit(0)

    def is_orphan(self) -> bool:
        """Whether the code is gone: no worker could be started any more, so a new service must take our place."""
        gone = not (ROOT / "services" / self.name / "__main__.py").is_file()
        if gone:
            _logger.warning("the code in %s is gone: leaving", ROOT)
        return gone

    def leave(self) -> None:
        """Finish what is queued, then go. Safe in a signal handler."""
        self.leaving.set()
        os.write(self._wake_write, b".")

    def _answer(self, connection: socket.socket) -> None:
        with self._guard:
            self.connections += 1
        try:
            with connection:
                connection.settimeout(60.0)
                if not _may_ask(connection):
                    return
                hello = {"service": self.name, "version": self.version, "pid": os.getpid()}
                send_frame(connection, hello)
                frame = receive_frame(connection)
                if frame is not None:
                    send_frame(connection, *self._do(*frame))
        except (OSError, FrameError) as error:
            _logger.debug("connection dropped: %s", error)
        finally:
            with self._guard:
                self.connections -= 1

    def _do(self, header, blobs) -> tuple[dict[str, Any], Sequence[bytes]]:
        op = header.get("op")
        if op == "_status":
            return {"result": self._status()}, ()
        if op == "_stop":
            self.leave()
            return {"result": {}}, ()
        self.last_job = time.monotonic()
        asked = header.get("timeout")
        seconds = min(float(asked) if asked else self.limits.job_seconds, self.limits.job_seconds)
        job = _Job(header, blobs, time.monotonic() + seconds)
        if self.leaving.is_set():
            return {"error": "unavailable", "message": "the service is being replaced"}, ()
        try:
            self.jobs.put_nowait(job)
        except queue.Full:
            waiting = f"{self.limits.queue} jobs are waiting already"
            return {"error": "busy", "message": waiting}, ()
        job.done.wait(seconds + self.limits.job_seconds)
        if not job.done.is_set():
            job.fail("timeout", "the job was not done in time")
        self.last_job = time.monotonic()
        return job.answer

    def _status(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "version": self.version,
            "waiting": self.jobs.qsize(),
            "workers": [worker.status() for worker in self.workers],
        }


def _may_ask(connection: socket.socket) -> bool:
    """Only our own user and root may ask, whatever the folder's rights are."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _pid, uid, _gid = struct.unpack("3i", raw)
    return uid in (0, os.geteuid())


class _Worker(threading.Thread):
    """Keeps one worker process and gives it one job at a time."""

    def __init__(self, front: _Front, number: int):
        super().__init__(name=f"worker-{number}", daemon=True)
        self.front = front
        self.process: subprocess.Popen | None = None
        self.sock: socket.socket | None = None
        self.lifeline = -1
        self.born = 0.0
        self.count = 0
        self.failures = 0

    def run(self) -> None:
        self._ensure()  # warm before the first job
        while True:
            try:
                job = self.front.jobs.get(timeout=0.5)
            except queue.Empty:
                if self.front.leaving.is_set():
                    return
                continue
            try:
                self._do(job)
            except Exception as error:
                _logger.exception("job lost")
                job.fail("error", f"{type(error).__name__}: {error}")
                self.kill()
            if self._is_worn():
                _logger.info("recycling worker: %s", self.status())
                self.kill()
                self._ensure()

    def _do(self, job: _Job) -> None:
        if time.monotonic() >= job.deadline:
            job.fail("timeout", "the job waited too long in the queue")
            return
        if not self._ensure():
            job.fail("unavailable", "the worker process does not start; see the service's log")
            return
        self.count += 1
        try:
            self.sock.settimeout(30.0)
            send_frame(self.sock, job.header, job.blobs)
            while not select.select([self.sock], [], [], 0.25)[0]:
                if time.monotonic() >= job.deadline:
                    self.kill()
                    job.fail("timeout", "the job passed its time limit")
                    return
                if self.memory() > self.front.limits.kill_mb:
                    self.kill()
                    job.fail("error", "the job used too much memory")
                    return
            answer = receive_frame(self.sock)
            if answer is None:
                raise FrameError("no answer")
        except (OSError, FrameError):
            code = self.process.poll() if self.process else None
            _logger.error("worker died during %s (exit %s)", job.header.get("op"), code)
            self.kill()
            job.fail("error", "the worker process died during the job")
            return
        job.finish(*answer)

    def _ensure(self) -> bool:
        """Start the worker process if there is none; False when it keeps dying."""
        if self.process is not None and self.process.poll() is None:
            return True
        self.kill()
        if self.front.is_orphan():
            self.front.leave()
            return False
        ours, theirs = socket.socketpair()
        life_read, self.lifeline = os.pipe()
        command = [sys.executable, "-m", f"services.{self.front.name}"]
        command += ["--worker", str(theirs.fileno()), str(life_read)]
        try:
            # own session: killing the group takes the worker's children (a browser) with it
            self.process = subprocess.Popen(
                command,
                pass_fds=(theirs.fileno(), life_read),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
        except OSError:
            _logger.exception("worker not started")
            ours.close()
            return False
        finally:
            theirs.close()
            os.close(life_read)
        self.sock, self.born, self.count = ours, time.monotonic(), 0
        return True

    def kill(self) -> None:
        """End the worker process and its children now."""
        if self.sock is not None:
            self.sock.close()
            self.sock = None
        if self.lifeline >= 0:
            os.close(self.lifeline)
            self.lifeline = -1
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def memory(self) -> int:
        """Return the resident memory of the worker and its children, in MB."""
        if self.process is None:
            return 0
        total = 0
        for pid in [self.process.pid, *_descendants(self.process.pid)]:
            with (
                contextlib.suppress(OSError, ValueError, IndexError),
                open(f"/proc/{pid}/statm") as handle,
            ):
                total += int(handle.read().split()[1]) * resource.getpagesize()
        return total >> 20

    def _is_worn(self) -> bool:
        limits = self.front.limits
        return self.process is not None and (
            self.count >= limits.worker_jobs
            or time.monotonic() - self.born >= limits.worker_seconds
            or (self.count % 16 == 0 and self.memory() >= limits.recycle_mb)
        )

    def status(self) -> dict[str, Any]:
        return {
            "pid": self.process.pid if self.process else None,
            "jobs": self.count,
            "age": round(time.monotonic() - self.born, 1) if self.born else 0,
            "memory_mb": self.memory(),
        }


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as handle:
                for child in map(int, handle.read().split()):
                    found += [child, *_descendants(child)]
    return found


def _get_ready(idle: Callable[[], bool]) -> bool:
    try:
        return idle()
    except Exception:
        _logger.exception("not ready")
        return False


def _work(factory: Callable[[], Handler], sock_fd: int, life_fd: int) -> None:
    """The worker process: one handler, one job at a time, until the front goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sock = socket.socket(fileno=sock_fd)
    sock.setblocking(True)

    def watch() -> None:
        os.read(life_fd, 1)  # returns when the front closed it or died
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    try:
        handler = factory()
    except Exception as error:
        _logger.exception("the service cannot work")
        if receive_frame(sock) is not None:
            reason = f"{type(error).__name__}: {error}"
            send_frame(sock, {"error": "unavailable", "message": reason})
        return
    idle = getattr(handler, "idle", None)
    while True:
        while idle and not select.select([sock], [], [], IDLE_AFTER)[0]:
            idle = idle if _get_ready(idle) else None
        frame = receive_frame(sock)
        if frame is None:
            break
        header, blobs = frame
        try:
            result, out = handler.handle(header.get("op", ""), header.get("params", {}), blobs)
            send_frame(sock, {"result": result}, out)
        except Exception as error:
            _logger.exception("job failed: %s", header.get("op"))
            send_frame(sock, {"error": "error", "message": f"{type(error).__name__}: {error}"})
    close = getattr(handler, "close", None)
    if close:
        close()
