"""The memory as plain data: suppliers, what they are known by, and their lessons.

`{"version": 1, "suppliers": [{"keys": {key: times}, "lessons": {term: [lesson]}, "values": {term: {value: times}}, "numbers": [last ones],
"days": {days: times}, "seen": n}]}`. Nothing in it is code; what does not look like this is left aside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

VERSION = 1
MAX_SUPPLIERS, MAX_LESSONS, MAX_NUMBERS, MAX_KEYS = 20_000, 4, 12, 40
# A key that names many suppliers names none (the reader's own number, a bank's domain).
SHARED = 4


def empty() -> dict[str, Any]:
    """A memory that knows nobody."""
    return {"version": VERSION, "suppliers": []}


def checked(memory: dict[str, Any] | None) -> dict[str, Any]:
    """The memory when it has the right shape, else an empty one; suppliers with another shape are left out."""
    if not isinstance(memory, dict) or not isinstance(memory.get("suppliers"), list):
        return empty()
    kept = [s for s in memory["suppliers"][:MAX_SUPPLIERS] if _is_supplier(s)]
    return {"version": VERSION, "suppliers": kept}


def _is_supplier(supplier: Any) -> bool:
    return (
        isinstance(supplier, dict)
        and _counts(supplier.get("keys"))
        and isinstance(supplier.get("lessons"), dict)
        and isinstance(supplier.get("values"), dict)
        and all(_counts(values) for values in supplier["values"].values())
        and isinstance(supplier.get("numbers"), list)
        and _counts(supplier.get("days"))
        and all(
            isinstance(lessons, list) and all(_is_lesson(lesson) for lesson in lessons)
            for lessons in supplier["lessons"].values()
        )
    )


def _counts(table: Any) -> bool:
    return isinstance(table, dict) and all(isinstance(times, int) for times in table.values())


def _is_lesson(lesson: Any) -> bool:
    return (
        isinstance(lesson, dict)
        and all(
            isinstance(lesson.get(key), str) for key in ("left", "above", "below", "shape", "page")
        )
        and all(isinstance(lesson.get(key), int | float) for key in ("x", "y", "hits", "misses"))
    )


def find_supplier(memory: dict[str, Any], keys: Iterable[str]) -> dict[str, Any] | None:
    """The supplier best known by these keys, or None. Identifiers count more than words of the layout."""
    shared = Counter(key for supplier in memory["suppliers"] for key in supplier["keys"])
    wanted = set(keys)
    best: tuple[float, dict[str, Any]] | None = None
    for supplier in memory["suppliers"]:
        known = wanted & supplier["keys"].keys()
        strong = sum(
            1.0 / shared[key]
            for key in known
            if not key.startswith("word:") and shared[key] <= SHARED
        )
        words = [key for key in supplier["keys"] if key.startswith("word:")]
        near = sum(key in wanted for key in words) / len(words) if words else 0.0
        score = strong + (near if near >= 0.75 else 0.0) + 0.2 * near
        if (strong or near >= 0.75) and (best is None or score > best[0]):
            best = (score, supplier)
    return best[1] if best else None


def new_supplier() -> dict[str, Any]:
    """A supplier of whom nothing is known."""
    return {"keys": {}, "lessons": {}, "values": {}, "numbers": [], "days": {}, "seen": 0}


def shape(text: str) -> str:
    """`FA-2024/017` → `AA-9999/999`."""
    text = re.sub(r"[^\W\d_]", "A", text.strip())
    return re.sub(r"\d", "9", text)
