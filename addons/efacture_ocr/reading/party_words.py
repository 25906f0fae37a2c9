"""The lists of `data/parties.json`: legal forms, streets, countries, lengths of accounts, words that are no names."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "parties.json"


@cache
def words_of() -> dict[str, Any]:
    """The lists by name."""
    return json.loads(_FILE.read_text(encoding="utf-8"))
