"""Fault switches: what a platform can do wrong, by name, on demand.

`POST /_sandbox/faults` takes `[{"fault": NAME, "operation": NAME or null, "probability": 0…1, "count": N or null, "seconds": S}]`; an empty list
clears. A fault with a count goes off that many times and is gone.
"""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass

# Faults any server knows; those of one protocol are added by its server.
COMMON = {
    "refuse": "the connection is reset before the request is looked at",
    "vanish": "the request is carried out, then the connection closes without an answer",
    "cut": "the answer stops half-way",
    "slow": "nothing for some seconds, then the request is carried out",
    "slow_after": "the request is carried out, the answer comes some seconds later",
    "trickle": "the answer comes byte by byte",
    "huge": "an answer without end",
    "html": "200 with an HTML page (a proxy in between)",
    "garbage": "200 with the right type and a content that does not parse",
    "unauthorized": "401",
    "forbidden": "403",
    "not_found_html": "404 with an HTML page",
    "too_many": "429 with Retry-After",
    "error_500": "500",
    "bad_gateway": "502 with an HTML page",
    "unavailable": "503",
    "unavailable_retry": "503 with Retry-After",
    "redirect_private": "a redirection to a private address",
    "redirect_loop": "a redirection to the same place, for ever",
}


class UnknownFault(ValueError):
    """A fault or operation this server does not have."""


@dataclass
class Fault:
    """One armed fault. `seconds`: delay of slow faults and Retry-After; `operation` None: any."""

    fault: str
    operation: str | None = None
    probability: float = 1.0
    count: int | None = None
    seconds: float = 2.0


class Faults:
    """The armed faults of one server.

    `natural`: the operations where a fault makes sense, when it is armed for any; `inner`: faults that no request meets, drawn by name only.
    """

    def __init__(
        self,
        names: dict[str, str],
        operations: tuple[str, ...],
        natural: dict[str, set[str]] | None = None,
        inner: set[str] | None = None,
    ) -> None:
        self.names = names
        self.operations = operations
        self._natural = natural or {}
        self._inner = inner or set()
        self._armed: list[Fault] = []
        self._lock = threading.Lock()
        self._random = random.Random(19)

    def arm(self, rows: object) -> None:
        """Replace the armed faults. Raises `UnknownFault` and changes nothing when a row is not understood."""
        if not isinstance(rows, list):
            raise UnknownFault("a list of faults is expected")
        armed = []
        for row in rows:
            if not isinstance(row, dict) or row.get("fault") not in self.names:
                raise UnknownFault(f"unknown fault in {row!r}")
            if row.get("operation") not in (None, *self.operations):
                raise UnknownFault(
                    f"unknown operation {row['operation']!r}; known: {', '.join(self.operations)}"
                )
            values = {
                name: row[name]
                for name in ("operation", "probability", "count", "seconds")
                if row.get(name) is not None
            }
            try:
                armed.append(Fault(row["fault"], **values))
                float(armed[-1].probability), float(armed[-1].seconds)
            except (TypeError, ValueError):
                raise UnknownFault(f"not understood: {row!r}")
        with self._lock:
            self._armed = armed

    def draw(self, operation: str, among: set[str] | None = None) -> Fault | None:
        """The first armed fault that goes off now for this operation (only `among` these names when given)."""
        with self._lock:
            for fault in self._armed:
                if fault.operation not in (None, operation):
                    continue
                if fault.operation is None and operation not in self._natural.get(
                    fault.fault, {operation}
                ):
                    continue
                if fault.fault in self._inner if among is None else fault.fault not in among:
                    continue
                if self._random.random() >= fault.probability:
                    continue
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count <= 0:
                        self._armed.remove(fault)
                return fault
        return None

    def holds(self, name: str) -> bool:
        """Whether a switch that stays on until it is cleared is armed."""
        with self._lock:
            return any(fault.fault == name for fault in self._armed)

    def active(self) -> list[dict[str, object]]:
        """The armed faults as they were given."""
        with self._lock:
            return [asdict(fault) for fault in self._armed]
