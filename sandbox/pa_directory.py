"""Directory Service of the loopback platform, in the three versions of the annex.

What differs is really different here, so that a client that mixes versions fails: operators, sort key, `include`, nesting of the line, empty
answer (204 in 1.2, 200 with an empty list elsewhere), 206 when a client asks for more than a page may hold (before 1.3).
"""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request, Response

from .companies import by_siren, companies, fold
from .server import answer

LARGEST_PAGE = 100
STRICT, LIKE = {"strict"}, {"contains"}
BOTH, START = {"contains", "strict"}, {"startWith", "strict"}
ALL = {"contains", "strict", "startWith"}

# Operators per resource and filter: (1.1, 1.2, 1.3).
OPERATORS: dict[str, dict[str, tuple[set[str], set[str], set[str]]]] = {
    "siren": {
        "siren": (LIKE, STRICT, STRICT),
        "businessName": (LIKE, BOTH, ALL),
        "entityType": (STRICT, STRICT, STRICT),
        "administrativeStatus": (STRICT, STRICT, STRICT),
    },
    "siret": {
        "siret": (LIKE, STRICT, STRICT),
        "siren": (LIKE, STRICT, STRICT),
        "facilityType": (LIKE, STRICT, STRICT),
        "name": (LIKE, BOTH, ALL),
        "postalCode": (LIKE, START, START),
        "locality": (LIKE, BOTH, ALL),
        "administrativeStatus": (STRICT, STRICT, STRICT),
    },
    "routing-code": {
        "routingIdentifier": (LIKE, BOTH, BOTH),
        "siret": (LIKE, STRICT, STRICT),
        "routingCodeName": (LIKE, BOTH, BOTH),
        "administrativeStatus": (STRICT, STRICT, STRICT),
    },
    "directory-line": {
        "addressingIdentifier": (LIKE, BOTH, BOTH),
        "siren": (LIKE, STRICT, STRICT),
        "siret": (LIKE, STRICT, STRICT),
        "routingIdentifier": (LIKE, BOTH, BOTH),
        "addressingSuffix": (STRICT, BOTH, BOTH),
    },
}
# What a search may include: (1.1, 1.2, 1.3).
INCLUDES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "siren": (set(), set(), set()),
    "siret": ({"siren"}, {"siren"}, {"siren"}),
    "routing-code": ({"siren", "siret"},) * 3,
    "directory-line": (set(), set(), {"siren", "siret", "routingCode"}),
}
VERSIONS = ("1.1", "1.2", "1.3")


class Directory:
    """Answers from the invented companies."""

    def __init__(self, error: Any) -> None:
        self._error = error

    def search(self, request: Request, version: str, resource: str) -> Response:
        """`POST /v1/{resource}/search`."""
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            return self._error(400, "MISSING_REQUIRED_FIELD", "A JSON object is expected.")
        wrong = _check_search(body, resource, VERSIONS.index(version))
        if wrong:
            return self._error(422, "UNPROCESSABLE_ENTITY", wrong)
        include = set(body.get("include") or ())
        filters = body.get("filters") or {}
        rows = [
            source
            for source in SOURCES[resource]()
            if all(_holds(source, name, test) for name, test in filters.items())
        ]
        for sort in reversed(body.get("sorting") or []):
            rows.sort(
                key=lambda source: str(source["keys"].get(sort["field"]) or ""),
                reverse=_order(sort) == "descending",
            )
        limit, start = body.get("limit", 50), body.get("ignore", 0)
        fault = request.environ.get("sandbox.fault")
        fault = fault.fault if fault else ""
        status, size = 200, limit
        if size > LARGEST_PAGE or fault == "page_short":
            size = min(LARGEST_PAGE, max(1, limit // 3) if fault == "page_short" else limit)
            status = 200 if version == "1.3" else 206
        start = 0 if fault == "page_repeat" else start
        page = [RENDER[resource](source, version, include) for source in rows[start : start + size]]
        if not page and version == "1.2":
            return Response(status=204)
        fields = body.get("fields")
        if fields:
            page = [
                {name: value for name, value in row.items() if name in fields or name in INCLUDED}
                for row in page
            ]
        total = -1 if fault == "total_unknown" else len(rows)
        if status == 206 and start + size >= len(rows):
            status = 200
        return answer({"search": body, "totalNumberOfResults": total, "results": page}, status)

    def read(self, request: Request, version: str, resource: str, **keys: str) -> Response:
        """`GET /v1/{resource}/…`."""
        include = set(request.args.getlist("include"))
        for source in SOURCES[resource]():
            if all(source["keys"].get(name) == value for name, value in keys.items()):
                return answer(RENDER[resource](source, version, include, one=True))
        if version == "1.1":
            return answer(
                {"message": "Nothing at this address.", "status": 404},
                404,
                mimetype="application/problem+json",
            )
        return self._error(404, "MISSING_RESOURCE", "The resource does not exist.")


INCLUDED = {"legalUnit", "facility", "routingCode", "platform"}


def _check_search(body: dict[str, Any], resource: str, version: int) -> str:
    """Why a search body is not one of this version; empty when it is."""
    unknown = set(body) - {"filters", "sorting", "fields", "include", "limit", "ignore"}
    if unknown:
        return f"unknown field {sorted(unknown)[0]}"
    for name, test in (body.get("filters") or {}).items():
        operators = OPERATORS[resource].get(name)
        if operators is None or not isinstance(test, dict) or set(test) != {"op", "value"}:
            return f"unknown filter {name}"
        if test["op"] not in operators[version]:
            return f"filter {name} does not know the operator {test['op']}"
    order = "order" if version == 2 or resource == "routing-code" else "sortingOrder"
    for sort in body.get("sorting") or []:
        if not isinstance(sort, dict) or set(sort) != {"field", order}:
            return f"a sort has field and {order}"
    if not set(body.get("include") or ()) <= INCLUDES[resource][version]:
        return "this search cannot include that"
    for name in ("limit", "ignore"):
        if not isinstance(body.get(name, 1), int) or body.get(name, 1) < 0:
            return f"{name} is a number"
    return ""


def _order(sort: dict[str, str]) -> str:
    return sort.get("order") or sort.get("sortingOrder") or "ascending"


def _holds(source: dict[str, Any], name: str, test: dict[str, str]) -> bool:
    value, wanted = fold(str(source["keys"].get(name) or "")), fold(test["value"])
    if test["op"] == "strict":
        return str(source["keys"].get(name) or "").lower() == test["value"].lower()
    return value.startswith(wanted) if test["op"] == "startWith" else wanted in value


def _listed() -> list[dict[str, Any]]:
    return [company for company in companies() if company["directory"]]


def _units() -> list[dict[str, Any]]:
    return [
        {
            "company": company,
            "keys": {
                "siren": company["siren"],
                "businessName": company["name"],
                "entityType": company["directory"]["entity_type"],
                "administrativeStatus": company["state"],
            },
        }
        for company in _listed()
    ]


def _facilities() -> list[dict[str, Any]]:
    return [
        {
            "company": company,
            "place": place,
            "keys": {
                "siret": place["siret"],
                "siren": company["siren"],
                "name": place["name"],
                "facilityType": "P" if place["head_office"] else "S",
                "postalCode": place["zip"],
                "locality": place["city"],
                "administrativeStatus": place["state"],
            },
        }
        for company in _listed()
        for place in company["establishments"]
    ]


def _codes() -> list[dict[str, Any]]:
    return [
        {
            "company": company,
            "place": next(e for e in company["establishments"] if e["siret"] == code["siret"]),
            "code": code,
            "keys": {
                "siret": code["siret"],
                "routingIdentifier": code["code"],
                "routingCodeName": code["name"],
                "administrativeStatus": code["state"],
            },
        }
        for company in _listed()
        for code in company["directory"]["routing_codes"]
    ]


def _lines() -> list[dict[str, Any]]:
    return [
        {
            "company": company,
            "place": next(
                (e for e in company["establishments"] if e["siret"] == line["siret"]), None
            ),
            "code": next(
                (
                    c
                    for c in company["directory"]["routing_codes"]
                    if (c["siret"], c["code"]) == (line["siret"], line["routing"])
                ),
                None,
            ),
            "line": line,
            "keys": {
                "addressingIdentifier": line["address"],
                "siren": company["siren"],
                "siret": line["siret"],
                "routingIdentifier": line["routing"],
                "addressingSuffix": line["suffix"],
            },
        }
        for company in _listed()
        for line in company["directory"]["lines"]
    ]


def _unit(
    source: dict[str, Any], version: str, include: set[str] = frozenset(), one: bool = False
) -> dict[str, Any]:
    row = dict(source["keys"])
    if "businessName" not in row:
        row = dict(_units_by_siren(source["company"]["siren"]))
    if version != "1.1":
        row["instructions"] = {"isSalesProspectingForbidden": source["company"]["diffusion"] == "P"}
    return row


def _units_by_siren(siren: str) -> dict[str, Any]:
    company = by_siren()[siren]
    return {
        "siren": siren,
        "businessName": company["name"],
        "entityType": company["directory"]["entity_type"],
        "administrativeStatus": company["state"],
    }


def _facility(
    source: dict[str, Any], version: str, include: set[str] = frozenset(), one: bool = False
) -> dict[str, Any]:
    company, place = source["company"], source["place"]
    row = {
        "siret": place["siret"],
        "siren": company["siren"],
        "name": place["name"][:100],
        "facilityType": "P" if place["head_office"] else "S",
        "administrativeStatus": place["state"],
        "address": {
            "addressLine1": " ".join(
                p for p in (place["number"], place["street_type"], place["street"]) if p
            ),
            "postalCode": place["zip"],
            "locality": place["city"],
            "countryCode": "FR",
            "countryName": "FRANCE",
        },
    }
    if version == "1.1":
        row["diffusible"] = company["diffusion"]
    if company["directory"]["b2g"]:
        row["b2gAdditionalData"] = company["directory"]["b2g"]
    if "siren" in include:
        row["legalUnit"] = _unit(source, version)
    return row


def _code(
    source: dict[str, Any], version: str, include: set[str] = frozenset(), one: bool = False
) -> dict[str, Any]:
    code = source["code"]
    row = {
        "routingIdentifier": code["code"],
        "siret": code["siret"],
        "routingIdentifierType": code["type"],
        "routingCodeName": code["name"],
        "managesLegalCommitmentCode": code["commitment"],
        "administrativeStatus": code["state"],
    }
    if "siren" in include:
        row["legalUnit"] = _unit(source, version)
    if "siret" in include:
        row["facility"] = _facility(source, version)
    return row


def _line(
    source: dict[str, Any], version: str, include: set[str] = frozenset(), one: bool = False
) -> dict[str, Any]:
    line, code = source["line"], source["code"]
    row: dict[str, Any] = {
        "addressingIdentifier": line["address"],
        "siren": source["company"]["siren"],
    }
    if line["siret"]:
        row["siret"] = line["siret"]
    if line["suffix"]:
        row["addressingSuffix"] = line["suffix"]
    if version == "1.1":
        row["platform"] = {
            "platformType": line["platform"],
            "platformStatus": "Enabled" if line["status"] == "Enabled" else "Disabled",
        }
    else:
        row["platformType"] = line["platform"]
        if not (one and version == "1.2"):
            # Reading one line in 1.3 knows two words only; in 1.2 it says nothing.
            row["directoryLineStatus"] = (
                "Disabled" if one and line["status"] == "Upcoming" else line["status"]
            )
    if version == "1.3" and line["routing"]:
        row["routingIdentifier"] = line["routing"]
    if "routingCode" in include and code:
        row["routingCode"] = {
            "routingIdentifier": code["code"],
            "routingIdentifierType": code["type"],
            "routingCodeName": code["name"],
            "managesLegalCommitment": code["commitment"],
            "administrativeStatus": code["state"],
        }
    if "siren" in include:
        row["legalUnit"] = _unit(source, version)
    if "siret" in include and source["place"]:
        row["facility"] = _facility(source, version)
    return row


SOURCES = {"siren": _units, "siret": _facilities, "routing-code": _codes, "directory-line": _lines}
RENDER = {"siren": _unit, "siret": _facility, "routing-code": _code, "directory-line": _line}
