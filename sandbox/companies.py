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
def lines() -> dict[str, tuple[str, bool]]:
    """Directory lines by address: SIREN, and whether invoices reach it (enabled, on an approved platform)."""
    return {
        line["address"]: (
            company["siren"],
            line["status"] == "Enabled" and line["platform"] == "WK",
        )
        for company in companies()
        for line in (company["directory"] or {"lines": ()})["lines"]
    }


@cache
def playing() -> tuple[dict[str, Any], ...]:
    """Companies that send and receive on the platform: those with a line invoices reach."""
    reached = {siren for siren, reachable in lines().values() if reachable}
    return tuple(company for company in companies() if company["siren"] in reached)


def name_of(siren: str) -> str:
    """The name of a company, or its number when it is none of ours."""
    return by_siren()[siren]["name"] if siren in by_siren() else siren


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
