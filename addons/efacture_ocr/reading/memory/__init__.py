"""What was learnt of suppliers: plain data handed in and out."""

from __future__ import annotations

from typing import Any

from ..model import Candidate


def recall(view, candidates: list[Candidate], memory: dict[str, Any] | None) -> list[Candidate]:
    """The candidates, with those that the memory of this supplier proposes."""
    return candidates
