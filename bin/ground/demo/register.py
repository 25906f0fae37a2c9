"""The invented companies, as the sandbox knows them."""

import json
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


def address(place: dict) -> dict:
    """Postal address of an establishment as partner values (without the country)."""
    parts = (place.get("number"), (place.get("street_type") or "").title(), place.get("street"))
    return {
        "street": " ".join(filter(None, parts)),
        "street2": place.get("complement") or False,
        "zip": place["zip"],
        "city": place["city"].title(),
    }
