"""One Chromium driven over `--remote-debugging-pipe`: no port, no network, leaves with its parent.

The DevTools protocol travels as NUL-separated JSON on the child's file descriptors 3 and 4. A reader
thread hands answers to the callers that wait for them and events to whoever subscribed by session.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pwd
import resource
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

import psutil

_logger = logging.getLogger(__name__)

SERVICE_USER = "efacture"
START_SECONDS = 30.0
# The executable itself first: Debian's `chromium` is a shell wrapper around it.
CANDIDATES = (
    "/usr/lib/chromium/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)
FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-features=Translate,OptimizationHints,MediaRouter,AutofillServerCommunication",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--password-store=basic",
    "--use-mock-keychain",
    # The same widths on the screen, where heights are measured, as on paper.
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    # Nothing leaves this process: no name resolves, everything else is answered from memory.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
)


class ChromiumError(Exception):
    """Chromium is missing, did not start, or answered a command with an error."""


class ChromiumGone(ChromiumError):
    """The browser or the page died before it answered."""


class ChromiumTimeout(ChromiumError):
    """No answer within the limit of the call."""


def find_executable() -> str:
    """Path of Chromium (`$EFACTURE_CHROMIUM` first). Raises `ChromiumError` when there is none."""
    wished = os.environ.get("EFACTURE_CHROMIUM")
    for candidate in (wished,) if wished else CANDIDATES:
        if path := shutil.which(candidate):
            return path
    raise ChromiumError(
        f"No Chromium at {wished} ($EFACTURE_CHROMIUM)."
        if wished
        else "Chromium is not installed (Debian: apt-get install chromium)."
    )


def _unprivileged_user() -> str | None:
    """Name to run Chromium as: None when we are not root. Raises when root has nobody to become.

    Its sandbox refuses root, and we do not switch the sandbox off.
    """
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SERVICE_USER).pw_name
    raise ChromiumError(
        f"The page renderer does not run as root, and there is no user '{SERVICE_USER}' "
        f"to become (adduser --system {SERVICE_USER})."
    )


def _lift_limits() -> None:
    """Odoo's workers limit address space and CPU softly; Chromium starts under neither."""
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_DATA):
        _soft, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (hard, hard))


class Chromium:
    """A running browser. `call` is safe from any thread."""

    def __init__(self, executable: str | None = None) -> None:
        self._executable = executable or find_executable()
        self._lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._next_id = 0
        self._waiting: dict[int, Future] = {}
        self._listeners: dict[str, Callable[[str, dict], None]] = {}
        self._gone = threading.Event()
        self._start()

    def _start(self) -> None:
        user = _unprivileged_user()
        self._profile = tempfile.mkdtemp(prefix="efacture-chromium-")
        account = pwd.getpwnam(user) if user else None
        if account:
            os.chown(self._profile, account.pw_uid, account.pw_gid)
        command_in, self._out = os.pipe()
        self._in, answer_out = os.pipe()

        def to_child() -> None:
            _lift_limits()
            # dup2 to 3 and 4 through high numbers: the pipe ends may themselves be 3 or 4.
            first = os.dup(command_in)
            second = os.dup(answer_out)
            high_in, high_out = os.dup2(first, 98), os.dup2(second, 99)
            os.dup2(high_in, 3)
            os.dup2(high_out, 4)
            os.closerange(5, 256)

        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": self._profile,
            "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
            "LANG": "C.UTF-8",
            "XDG_CONFIG_HOME": self._profile,
            "XDG_CACHE_HOME": self._profile,
        }
        self._stderr = tempfile.TemporaryFile(prefix="efacture-chromium-")  # noqa: SIM115 (lives with us)
        self.process = subprocess.Popen(
            [self._executable, *FLAGS, f"--user-data-dir={self._profile}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._stderr,
            env=environment,
            cwd=self._profile,
            close_fds=False,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=to_child,
        )
        os.close(command_in)
        os.close(answer_out)
        self._reader = threading.Thread(target=self._read, name="chromium-pipe", daemon=True)
        self._reader.start()
        try:
            self.version = self.call("Browser.getVersion", timeout=START_SECONDS)["product"]
        except ChromiumError as error:
            self.close()
            raise ChromiumError(f"Chromium did not start: {error} {self._last_words()}") from error

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            size = self._stderr.seek(0, os.SEEK_END)
            self._stderr.seek(max(0, size - 600))
            return self._stderr.read().decode("utf-8", "replace").strip()
        return ""

    @property
    def alive(self) -> bool:
        """Whether commands can still be sent."""
        return not self._gone.is_set() and self.process.poll() is None

    # -- protocol ---------------------------------------------------------------------------------

    def post(self, method: str, params: dict | None = None, session: str | None = None) -> Future:
        """Send a command without waiting; the future holds the result or a `ChromiumError`."""
        future: Future = Future()
        with self._lock:
            self._next_id += 1
            number = self._next_id
            self._waiting[number] = future
        future.number, future.session = number, session  # type: ignore[attr-defined]
        message: dict[str, Any] = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message, separators=(",", ":")).encode() + b"\0"
        try:
            with self._write_lock:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._out, view) :]
        except OSError:
            self._fail_all()
        if self._gone.is_set() and not future.done():
            self._settle(number, error=ChromiumGone("The browser has stopped."))
        return future

    def call(
        self,
        method: str,
        params: dict | None = None,
        session: str | None = None,
        timeout: float = 30.0,
    ) -> dict:
        """Send a command and wait for its result; raises a `ChromiumError`."""
        future = self.post(method, params, session)
        try:
            return future.result(timeout)
        except FutureTimeout:
            with self._lock:
                self._waiting.pop(future.number, None)  # type: ignore[attr-defined]
            raise ChromiumTimeout(f"{method}: no answer after {timeout:g} s.") from None

    def listen(self, session: str, listener: Callable[[str, dict], None]) -> None:
        """Call `listener(method, params)` for each event of a session (on the reader thread)."""
        self._listeners[session] = listener

    def forget(self, session: str) -> None:
        """Stop listening and fail every call of that session that still waits."""
        self._listeners.pop(session, None)
        with self._lock:
            lost = [n for n, f in self._waiting.items() if f.session == session]  # type: ignore[attr-defined]
        for number in lost:
            self._settle(number, error=ChromiumGone("The page stopped while it worked."))

    def _settle(
        self, number: int, result: dict | None = None, error: Exception | None = None
    ) -> None:
        with self._lock:
            future = self._waiting.pop(number, None)
        if future is None or future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result or {})

    def _fail_all(self) -> None:
        self._gone.set()
        with self._lock:
            numbers = list(self._waiting)
        for number in numbers:
            self._settle(number, error=ChromiumGone("The browser has stopped."))

    def _read(self) -> None:
        pending: list[bytes] = []
        try:
            while chunk := os.read(self._in, 1 << 20):
                *complete, rest = chunk.split(b"\0")
                for part in complete:
                    pending.append(part)
                    self._handle(json.loads(b"".join(pending)))
                    pending.clear()
                if rest:
                    pending.append(rest)
        except OSError:
            pass
        finally:
            self._fail_all()

    def _handle(self, message: dict) -> None:
        if number := message.get("id"):
            if error := message.get("error"):
                self._settle(number, error=ChromiumError(error.get("message", "unknown error")))
            else:
                self._settle(number, result=message.get("result"))
            return
        if listener := self._listeners.get(message.get("sessionId", "")):
            try:
                listener(message["method"], message.get("params", {}))
            except Exception:
                _logger.exception("Listener failed on %s", message.get("method"))

    # -- life -------------------------------------------------------------------------------------

    def memory(self) -> int:
        """Bytes really held by the whole process tree (proportional set size).

        Resident size would count what ten processes share ten times.
        """
        total = 0
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self.process.pid)
            for process in (root, *root.children(recursive=True)):
                with (
                    contextlib.suppress(OSError, StopIteration),
                    open(f"/proc/{process.pid}/smaps_rollup") as rollup,
                ):
                    line = next(line for line in rollup if line.startswith("Pss:"))
                    total += int(line.split()[1]) << 10
        return total

    def close(self) -> None:
        """Stop the browser and remove its profile."""
        self._gone.set()
        with contextlib.suppress(OSError):
            os.close(self._out)
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(psutil.Error):
                for child in psutil.Process(self.process.pid).children(recursive=True):
                    with contextlib.suppress(psutil.Error):
                        child.kill()
            self.process.kill()
            self.process.wait(5)
        self._reader.join(2)
        with contextlib.suppress(OSError):
            os.close(self._in)
        self._stderr.close()
        shutil.rmtree(self._profile, ignore_errors=True)
