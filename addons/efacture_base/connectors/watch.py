"""Which operation of a connector a call belongs to: what the log of calls says in plain words.

`watch(connector)` gives back the same connector; while one of its operations runs, `operation()` is its name.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

OPERATIONS = (
    "check_connection",
    "submit",
    "find_by_tracking",
    "fetch_acks",
    "fetch_events",
    "send_event",
    "fetch_inbound",
    "download",
    "lookup_recipient",
    "create_account",
)
_RUNNING: ContextVar[str] = ContextVar("efacture_connector_operation", default="")
C = TypeVar("C")


def operation() -> str:
    """The innermost operation that runs in this thread; empty outside of any."""
    return _RUNNING.get()


def watch(connector: C) -> C:
    """Make the operations of this connector tell that they run. In, out: the same object, of any connector class."""
    for name in OPERATIONS:
        method = getattr(connector, name, None)
        if callable(method):
            object.__setattr__(connector, name, _named(name, method))
    return connector


def _named(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def run(*args: Any, **kwargs: Any) -> Any:
        token = _RUNNING.set(name)
        try:
            return method(*args, **kwargs)
        finally:
            _RUNNING.reset(token)

    return run
