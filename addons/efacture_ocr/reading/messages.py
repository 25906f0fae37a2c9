"""Sentences of `data/messages.csv` (`code;fr;en`), for people."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from .model import Message

_FILE = Path(__file__).parent / "data" / "messages.csv"


@cache
def _sentences() -> dict[str, dict[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file, delimiter=";")}


def sentence(message: Message, language: str = "fr") -> str:
    """The message in words; English where the language is unknown. Raises `KeyError` for a code without a sentence.

    A value called `term` (`BT-1`) is said by its name (row `term.BT-1`).
    """
    values = dict(message.values)
    if term := named(str(values.get("term")), language):
        values["term"] = term
    row = _sentences()[message.code]
    return (row.get(language) or row["en"]).format(**values)


def named(term: str, language: str = "fr") -> str:
    """The name of a value (`BT-1`) or of a kind of paper (`paper.quote`), empty for one without."""
    row = _sentences().get(f"term.{term}", {})
    return row.get(language) or row.get("en", "")
