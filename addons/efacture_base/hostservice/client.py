"""Ask a service of this host to do one job."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Sequence
from typing import Any

from . import daemon
from .protocol import (
    ERRORS,
    FrameError,
    HostServiceError,
    ServiceError,
    ServiceTimeout,
    ServiceUnavailable,
    receive_frame,
    send_frame,
)

START_LIMIT = 20.0  # seconds given to a service to open its socket
GRACE = 3.0  # seconds beyond a job's limit before we stop believing the service answers


class ServiceClient:
    """A door to service ``name`` (``validator`` or ``renderer``).

    It keeps no connection: safe to share between threads, to keep across a fork, cheap to make.

    :param autostart: start the service when it is absent (else ``ServiceUnavailable``).
    """

    def __init__(self, name: str, *, autostart: bool = True):
        self.name = name
        self.autostart = autostart

    def call(
        self,
        op: str,
        params: dict[str, Any] | None = None,
        blobs: Sequence[bytes] = (),
        timeout: float = 30.0,
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Run ``op`` and return its result (a JSON object and binary blobs).

        :param params: JSON-able arguments.
        :param blobs: binary arguments, untouched.
        :param timeout: limit of the job in seconds, waiting in the queue included; the start of an
            absent service is not counted.
        :raises HostServiceError: and nothing else for what happens outside this process.
        """
        try:
            with self._connect()[0] as sock:
                sock.settimeout(timeout + GRACE)
                send_frame(sock, {"op": op, "params": params or {}, "timeout": timeout}, blobs)
                answer = receive_frame(sock)
        except TimeoutError as error:
            raise ServiceTimeout(f"{self.name}: no answer within {timeout:.0f} s") from error
        except (OSError, FrameError) as error:
            raise ServiceUnavailable(f"{self.name}: connection lost ({error})") from error
        if answer is None:
            raise ServiceUnavailable(f"{self.name}: the service went away before it answered")
        header, result = answer
        if "error" in header:
            kind = ERRORS.get(header["error"], ServiceError)
            raise kind(f"{self.name}: {header.get('message') or header['error']}")
        return header.get("result") or {}, result

    def ensure(self) -> dict[str, Any]:
        """Start the service if it is absent and return its greeting (``pid``, ``version``)."""
        try:
            sock, hello = self._connect()
            sock.close()
            return hello
        except OSError as error:
            raise ServiceUnavailable(f"{self.name}: {error}") from error

    def status(self) -> dict[str, Any] | None:
        """Return what a running service says of itself, or None when none runs (starts nothing)."""
        try:
            return ServiceClient(self.name, autostart=False).call("_status", timeout=5)[0]
        except HostServiceError:
            return None

    def stop(self, wait: float = 10.0) -> bool:
        """Ask a running service to finish its jobs and leave; True once it is gone."""
        where = daemon.paths(self.name)
        sock, _hello = self._open(where)
        if sock is not None:
            with sock:
                self._ask_to_leave(sock)
        return _until(lambda: not daemon.is_served(where), wait)

    def _connect(self) -> tuple[socket.socket, dict[str, Any]]:
        """Return a connected socket past the greeting of a service that runs today's code."""
        where = daemon.paths(self.name)
        wanted = daemon.code_version(self.name)
        deadline = time.monotonic() + START_LIMIT
        started = False
        while True:
            sock, hello = self._open(where)
            if sock is not None:
                if hello.get("version") == wanted or not self.autostart:
                    return sock, hello
                with sock:  # it runs older code: it finishes its jobs and makes room
                    self._ask_to_leave(sock)
                _until(lambda: not daemon.is_served(where), deadline - time.monotonic())
            if not self.autostart:
                raise ServiceUnavailable(f"{self.name}: the service is not running")
            if not daemon.is_served(where):
                if started:
                    raise ServiceUnavailable(
                        f"{self.name}: the service stops as soon as it starts; see {where.log}"
                    )
                daemon.start(self.name)
                started = True
            if (
                not _until(
                    lambda: where.socket.exists() or not daemon.is_served(where),
                    deadline - time.monotonic(),
                )
                or time.monotonic() > deadline
            ):
                raise ServiceUnavailable(
                    f"{self.name}: the service did not open its socket; see {where.log}"
                )

    def _open(self, where: daemon.Paths) -> tuple[socket.socket | None, dict[str, Any]]:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(5.0)
            sock.connect(str(where.socket))
            hello = receive_frame(sock)
            if hello is None or hello[0].get("service") != self.name:
                raise FrameError("no greeting")
        except (OSError, FrameError):
            sock.close()
            return None, {}
        return sock, hello[0]

    @staticmethod
    def _ask_to_leave(sock: socket.socket) -> None:
        with contextlib.suppress(OSError, FrameError):  # gone already: what we wanted
            send_frame(sock, {"op": "_stop", "params": {}, "timeout": 5})
            receive_frame(sock)


def _until(condition, seconds: float) -> bool:
    """Wait until ``condition()`` holds, at most ``seconds``; growing pauses, never a busy loop."""
    deadline, pause = time.monotonic() + max(seconds, 0), 0.005
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    return True
