"""Words of companies and addresses: what is the same everywhere (`data/parties.json`: legal forms, countries, lengths of accounts) and what each
language adds (`parties` of `data/labels/<lang>.json`: streets, words of legal lines, words that are no names).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from .labels import fold, languages, vocabulary

_FILE = Path(__file__).parent / "data" / "parties.json"


@cache
def words_of() -> dict[str, Any]:
    """The lists by name, those of every language together."""
    words = json.loads(_FILE.read_text(encoding="utf-8"))
    for code in languages():
        for name, more in vocabulary(code).get("parties", {}).items():
            words[name] = [*words.get(name, ()), *more]
    return words


@cache
def streets() -> frozenset[str]:
    """Words of streets (“rue”, “avenue”), folded."""
    return frozenset(fold(word) for word in words_of()["streets"])
