"""The invented companies, as the sandbox knows them."""

import json
import re
from functools import cache

from .. import paths


@cache
def companies() -> list[dict]:
    return json.loads((paths.ROOT / "sandbox/data/companies.json").read_text())["companies"]


def playing(role: str) -> list[dict]:
    """The companies with this part in the demo: `company`, `customer` or `supplier`."""
    return [c for c in companies() if (c.get("demo") or {}).get("role") == role]


def head_office(company: dict) -> dict:
    return next(e for e in company["establishments"] if e["head_office"])


def readable(name: str) -> str:
    """The register writes in capitals; French keeps its small words small."""
    small = {"De", "Des", "Du", "La", "Le", "Les", "Et", "En", "Aux", "Sur"}
    words = [w.lower() if i and w in small else w for i, w in enumerate(name.title().split())]
    return re.sub(r"\b([DL])'(\w)", lambda m: f"{m[1].lower()}'{m[2]}", " ".join(words))


def address(place: dict) -> dict:
    """Postal address of an establishment as partner values (without the country)."""
    parts = (place.get("number"), (place.get("street_type") or "").title(), place.get("street"))
    return {
        "street": " ".join(filter(None, parts)),
        "street2": place.get("complement") or False,
        "zip": place["zip"],
        "city": readable(place["city"]),
    }
