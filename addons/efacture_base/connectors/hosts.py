"""What we remember of each server between calls: when to come back, how often it failed, how fast we may ask.

A cache in memory: losing it costs at most one more call. One object may be shared by all threads of a process.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import Busy, CircuitOpen


@dataclass
class _Host:
    not_before: float = 0.0
    failures: int = 0
    open_until: float = 0.0
    trial: bool = False
    starts: deque[float] = field(default_factory=deque)


class HostMemory:
    """Retry-After, circuit breaker and rate limit per host (`host:port`).

    `failures_allowed` consecutive transport failures open the circuit for `pause` seconds; then one call is let through as a trial.
    """

    def __init__(
        self,
        *,
        failures_allowed: int = 5,
        pause: float = 15.0,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.failures_allowed = failures_allowed
        self.pause = pause
        self._now = now
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def enter(self, host: str, *, patience: float = 0.0) -> None:
        """Ask to call a host. Waits up to `patience` seconds for a Retry-After to pass; raises `Busy` or `CircuitOpen` when it may not."""
        wait = 0.0
        with self._lock:
            state, now = self._hosts.setdefault(host, _Host()), self._now()
            wait = state.not_before - now
            if wait > patience:
                raise Busy(
                    f"asked to come back in {wait:.0f} s",
                    status=429,
                    code="RETRY_LATER",
                    host=host,
                    left=False,
                    retry_after=wait,
                )
            if state.failures >= self.failures_allowed:
                if now < state.open_until or (state.trial and now < state.open_until + self.pause):
                    rest = max(0.0, state.open_until - now)
                    raise CircuitOpen(
                        f"left alone after {state.failures} failures in a row",
                        host=host,
                        retry_after=rest,
                    )
                state.trial = True
        if wait > 0:
            self._sleep(wait)

    def throttle(self, host: str, *, calls: int, seconds: float, patience: float) -> None:
        """Keep to `calls` per `seconds`: wait for a free place, at most `patience` seconds, else raise `Busy`."""
        waited = 0.0
        while True:
            with self._lock:
                state, now = self._hosts.setdefault(host, _Host()), self._now()
                while state.starts and state.starts[0] <= now - seconds:
                    state.starts.popleft()
                if len(state.starts) < calls:
                    state.starts.append(now)
                    return
                wait = state.starts[0] + seconds - now
            if waited + wait > patience:
                raise Busy(
                    "our own rate limit is reached",
                    status=429,
                    code="RATE_LIMIT",
                    host=host,
                    left=False,
                    retry_after=wait,
                )
            waited += wait
            self._sleep(wait)

    def answered(self, host: str, *, retry_after: float | None = None) -> None:
        """The host answered like a working server; it may have asked us to wait."""
        with self._lock:
            state = self._hosts.setdefault(host, _Host())
            state.failures, state.open_until, state.trial = 0, 0.0, False
            if retry_after:
                state.not_before = max(state.not_before, self._now() + retry_after)

    def failed(self, host: str) -> None:
        """The host did not answer, or answered 5xx."""
        with self._lock:
            state = self._hosts.setdefault(host, _Host())
            state.failures += 1
            state.trial = False
            state.open_until = self._now() + self.pause

    def released(self, host: str) -> None:
        """The call ended in a way that says nothing about the host (an address we refused, for instance)."""
        with self._lock:
            self._hosts.setdefault(host, _Host()).trial = False

    def forget(self) -> None:
        """Start anew."""
        with self._lock:
            self._hosts.clear()


# One memory per process, so that a server in trouble is left alone whichever object calls it.
PROCESS_MEMORY = HostMemory()
