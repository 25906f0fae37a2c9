"""The invented companies of `data/companies.json`, read once."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def companies() -> tuple[dict[str, Any], ...]:
    """All companies."""
    return tuple(json.loads((DATA / "companies.json").read_text(encoding="utf-8"))["companies"])


@cache
def by_key() -> dict[str, dict[str, Any]]:
    """Companies by the name of their case."""
    return {company["key"]: company for company in companies()}


@cache
def by_siren() -> dict[str, dict[str, Any]]:
    """Companies by SIREN."""
    return {company["siren"]: company for company in companies()}


@cache
def vies() -> dict[str, Any]:
    """Foreign VAT numbers and faults by suffix."""
    return json.loads((DATA / "vies.json").read_text(encoding="utf-8"))


def fold(text: str) -> str:
    """Text without accents, case or punctuation, for searching."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join(
        "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
        .lower()
        .split()
    )
