"""Directory Service of AFNOR XP Z12-013: companies, establishments, routing codes and address lines.

Source: Swagger annexes 1.1.0, 1.2.0, 1.3.0. Differences that matter here: the sort key is `sortingOrder` before 1.3 and `order` in it; searching
lines takes `include` from 1.3 only; 1.1 nests platform and routing code in the line and has no `Upcoming`; the empty answer is 204 in 1.2, 200 with an
empty list in 1.3; 206 (less than asked) exists before 1.3. All are read whatever the version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from .afnor_http import AfnorTransport
from .contract import DirectoryAddress
from .errors import BadAnswer, NotFound

SCHEME = "0225"
STATE_PORTAL = "DFH"
PAGE = 50
MAX_PAGES = 200
# A code of the State directory that stands for "any": no address to choose.
NO_ROUTING = "FACTURES_PUBLIQUES"
# Establishments whose routing codes we ask for one by one where the platform does not include them in the lines.
MAX_LABEL_CALLS = 5
_ROUTING = re.compile(r"^[-_/a-zA-Z0-9]{1,100}$")


@dataclass(frozen=True)
class LegalUnit:
    """A company of the directory. `status`: A open, C closed; `public`: None when not said."""

    siren: str
    name: str
    public: bool | None
    status: str


@dataclass(frozen=True)
class Facility:
    """An establishment of the directory, with what a public body asks for (None: not said)."""

    siret: str
    siren: str
    name: str
    status: str
    head_office: bool | None
    zip: str = ""
    city: str = ""
    requires_service_code: bool | None = None
    requires_commitment: bool | None = None
    requires_service_or_commitment: bool | None = None


@dataclass(frozen=True)
class RoutingCode:
    """A routing code of an establishment. `status`: A open, C closed."""

    siret: str
    code: str
    code_type: str
    name: str
    status: str
    requires_commitment: bool | None = None


def make_address(siren: str, siret: str = "", routing: str = "", suffix: str = "") -> str:
    """The electronic address (scheme 0225) of a directory line: parts joined by `_`.

    Raises `ValueError` for parts that do not fit: a SIRET of another SIREN, a routing code without SIRET or with odd characters, routing code and
    suffix together, more than 125 characters.
    """
    if not re.fullmatch(r"[0-9]{9}", siren):
        raise ValueError("a SIREN has nine digits")
    if siret and not (re.fullmatch(r"[0-9]{14}", siret) and siret.startswith(siren)):
        raise ValueError("a SIRET has fourteen digits and starts with the SIREN")
    if routing and (not siret or not _ROUTING.match(routing)):
        raise ValueError("a routing code needs a SIRET and is made of letters, digits, -, _ and /")
    if suffix and (siret or not _ROUTING.match(suffix)):
        raise ValueError(
            "a suffix follows the SIREN alone and is made of letters, digits, -, _ and /"
        )
    address = "_".join(part for part in (siren, siret, routing, suffix) if part)
    if len(address) > 125:
        raise ValueError("an electronic address has at most 125 characters")
    return address


def split_address(address: str) -> tuple[str, str, str, str]:
    """SIREN, SIRET, routing code and suffix of an address; missing parts are empty. Raises `ValueError` when it is no 0225 address."""
    match = re.fullmatch(r"([0-9]{9})(?:_(\1[0-9]{5})(?:_(.+))?|_(.+))?", address.strip())
    if not match:
        raise ValueError(f"{address!r} is not an address of scheme 0225")
    siren, siret, routing, suffix = match.groups(default="")
    return siren, siret, routing, suffix


class AfnorDirectory:
    """Reads the directory of one platform. Errors are those of the session; an unknown company is None or an empty list, never an error."""

    def __init__(self, transport: AfnorTransport) -> None:
        self._http = transport

    def lookup(self, *, siren: str = "", siret: str = "") -> list[DirectoryAddress]:
        """All address lines of a company (by SIREN) or of one establishment (by SIRET), whatever their status."""
        siren, siret = _digits(siren), _digits(siret)
        if bool(siren) == bool(siret):
            raise ValueError("give a SIREN or a SIRET")
        if len(siren or siret) != (9 if siren else 14):
            raise ValueError("a SIREN has nine digits, a SIRET fourteen")
        name, value = ("siren", siren) if siren else ("siret", siret)
        rows = self._search(
            "directory-line",
            {name: value},
            sort="addressingIdentifier",
            include=("siren", "siret", "routingCode"),
        )
        addresses = [_read_line(row) for row in rows]
        # The platform may match more loosely than asked ("contains" in 1.1).
        addresses = [a for a in addresses if (a.siren == siren if siren else a.siret == siret)]
        return self._with_needs(self._with_labels(addresses))

    def line(self, addressing_identifier: str) -> DirectoryAddress | None:
        """One address line, or None."""
        row = self._read(f"/v1/directory-line/code:{quote(addressing_identifier, safe='')}")
        return _read_line(row) if row else None

    def legal_unit(self, siren: str) -> LegalUnit | None:
        """One company, or None."""
        row = self._read(f"/v1/siren/code-insee:{_digits(siren)}")
        return _read_legal_unit(row) if row else None

    def facility(self, siret: str) -> Facility | None:
        """One establishment, or None."""
        row = self._read(f"/v1/siret/code-insee:{_digits(siret)}")
        return _read_facility(row) if row else None

    def routing_code(self, siret: str, code: str) -> RoutingCode | None:
        """One routing code, or None."""
        row = self._read(f"/v1/routing-code/siret:{_digits(siret)}/code:{quote(code, safe='')}")
        return _read_routing_code(row) if row else None

    def search_legal_units(self, *, siren: str = "", name: str = "") -> list[LegalUnit]:
        """Companies by SIREN or part of the name."""
        filters = {"siren": _digits(siren)} if siren else {"businessName": name}
        return [_read_legal_unit(row) for row in self._search("siren", filters, sort="siren")]

    def search_facilities(self, *, siren: str = "", siret: str = "") -> list[Facility]:
        """Establishments of a company, or one by SIRET."""
        filters = {"siret": _digits(siret)} if siret else {"siren": _digits(siren)}
        return [_read_facility(row) for row in self._search("siret", filters, sort="siret")]

    def search_routing_codes(self, siret: str) -> list[RoutingCode]:
        """Routing codes of an establishment, the meaningless ones left out."""
        rows = self._search("routing-code", {"siret": _digits(siret)}, sort="routingIdentifier")
        return [code for code in map(_read_routing_code, rows) if code.code != NO_ROUTING]

    def healthcheck(self) -> None:
        """Return when the service says it is well, raise the session's error otherwise."""
        self._http.call("GET", self._http.directory_url("/v1/healthcheck"), accept=(200, 204))

    def _with_labels(self, addresses: list[DirectoryAddress]) -> list[DirectoryAddress]:
        """Names of routing codes, asked for apart where the version cannot include them in the lines."""
        bare = sorted(
            {a.siret for a in addresses if a.routing_identifier and not a.label and a.siret}
        )
        if not bare or len(bare) > MAX_LABEL_CALLS:
            return addresses
        names = {
            (code.siret, code.code): code
            for siret in bare
            for code in self.search_routing_codes(siret)
        }
        labelled = []
        for address in addresses:
            code = names.get((address.siret, address.routing_identifier))
            if code and not address.label:
                needs = _either(address.requires_commitment, code.requires_commitment)
                address = replace(address, label=code.name, requires_commitment=needs)
            labelled.append(address)
        return labelled

    def _with_needs(self, addresses: list[DirectoryAddress]) -> list[DirectoryAddress]:
        """What public bodies ask for, read from their establishments where the version cannot include those in the lines."""
        bare = [
            a
            for a in addresses
            if a.platform_type == STATE_PORTAL and a.siret and a.requires_service_code is None
        ]
        if not bare or self._http.settings.at_least("1.3"):
            return addresses
        facilities = {
            facility.siret: facility for facility in self.search_facilities(siren=bare[0].siren)
        }
        completed = []
        for address in addresses:
            facility = facilities.get(address.siret)
            if facility and address.requires_service_code is None:
                address = replace(
                    address,
                    name=address.name or facility.name,
                    requires_service_code=facility.requires_service_code,
                    requires_commitment=_either(
                        address.requires_commitment, facility.requires_commitment
                    ),
                    requires_service_or_commitment=facility.requires_service_or_commitment,
                )
            completed.append(address)
        return completed

    def _read(self, path: str) -> dict[str, Any] | None:
        try:
            answer = self._http.call("GET", self._http.directory_url(path), accept=(200, 204, 206))
        except NotFound as error:
            # Only the service's own words mean "not there"; a 404 page of a wrong address must not.
            if error.explained:
                return None
            raise
        if answer.status == 204 or not answer.content:
            return None
        body = answer.json()
        if not isinstance(body, dict):
            raise BadAnswer("the directory answered with something else than an object", left=True)
        return body

    def _search(
        self, resource: str, filters: dict[str, str], *, sort: str, include: tuple[str, ...] = ()
    ) -> list[dict[str, Any]]:
        """All rows of a search, page after page. Raises `BadAnswer` when the pages do not advance."""
        settings = self._http.settings
        order = (
            "order" if settings.at_least("1.3") or resource == "routing-code" else "sortingOrder"
        )
        body: dict[str, Any] = {
            "filters": {
                name: {"op": self._operator(resource, name), "value": value}
                for name, value in filters.items()
            },
            "sorting": [{"field": sort, order: "ascending"}],
            "limit": PAGE,
        }
        if include and settings.at_least("1.3"):
            body["include"] = list(include)
        rows: list[dict[str, Any]] = []
        seen: set[str] = set()
        for _page in range(MAX_PAGES):
            body["ignore"] = len(rows)
            found, total, partial = self._page(resource, body)
            fresh = [row for row in found if repr(sorted(row.items(), key=str)) not in seen]
            if found and not fresh:
                raise BadAnswer("the directory gives the same page again", left=True)
            seen.update(repr(sorted(row.items(), key=str)) for row in fresh)
            rows += fresh
            if (
                not found
                or (0 <= total <= len(rows))
                or (total < 0 and len(found) < PAGE and not partial)
            ):
                return rows
        raise BadAnswer(f"the directory has more than {MAX_PAGES} pages", left=True)

    def _page(self, resource: str, body: dict[str, Any]) -> tuple[list[dict[str, Any]], int, bool]:
        answer = self._http.call(
            "POST",
            self._http.directory_url(f"/v1/{resource}/search"),
            json=body,
            accept=(200, 204, 206),
        )
        if answer.status == 204 or not answer.content:
            return [], 0, False
        found = answer.json()
        if isinstance(found, list):
            found = {"results": found}
        rows = found.get("results") if isinstance(found, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise BadAnswer("the directory answered without a list of results", left=True)
        total = found.get("totalNumberOfResults")
        return rows, total if isinstance(total, int) else -1, answer.status == 206

    def _operator(self, resource: str, name: str) -> str:
        """The operator the chosen version knows for a filter: 1.1 has `contains` almost everywhere."""
        if name == "businessName" or not self._http.settings.at_least("1.2"):
            return "contains"
        return "strict"


def _digits(text: str) -> str:
    digits = re.sub(r"\s", "", text or "")
    if digits and not digits.isascii() or digits and not digits.isdigit():
        raise ValueError("only digits are expected")
    return digits


def _text(row: dict[str, Any], *names: str) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _part(row: dict[str, Any], name: str) -> dict[str, Any]:
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def _flag(row: dict[str, Any], *names: str) -> bool | None:
    for name in names:
        if isinstance(row.get(name), bool):
            return row[name]
    return None


def _read_line(row: dict[str, Any]) -> DirectoryAddress:
    address = _text(row, "addressingIdentifier")
    try:
        siren, siret, routing, suffix = split_address(address)
    except ValueError:
        siren, siret, routing, suffix = "", "", "", ""
    platform, code = _part(row, "platform"), _part(row, "routingCode")
    unit, facility = _part(row, "legalUnit"), _part(row, "facility")
    needs = _part(facility, "b2gAdditionalData")
    routing = _text(row, "routingIdentifier") or _text(code, "routingIdentifier") or routing
    entity = _text(unit, "entityType")
    return DirectoryAddress(
        addressing_identifier=address,
        scheme=SCHEME,
        siren=_text(row, "siren") or siren,
        siret=_text(row, "siret") or siret,
        routing_identifier=routing,
        suffix=_text(row, "addressingSuffix") or ("" if routing else suffix),
        platform_type=_text(row, "platformType") or _text(platform, "platformType"),
        status=_text(row, "directoryLineStatus") or _text(platform, "platformStatus"),
        label=_text(code, "routingCodeName"),
        name=_text(facility, "name") or _text(unit, "businessName"),
        public=None if not entity else entity == "Public",
        requires_service_code=_flag(needs, "serviceCodeStatus"),
        requires_commitment=_either(
            _flag(needs, "managesLegalCommitmentCode"),
            _flag(code, "managesLegalCommitment", "managesLegalCommitmentCode"),
        ),
        requires_service_or_commitment=_flag(needs, "managesLegalCommitmentOrServiceCode"),
    )


def _either(first: bool | None, second: bool | None) -> bool | None:
    known = [value for value in (first, second) if value is not None]
    return any(known) if known else None


def _read_legal_unit(row: dict[str, Any]) -> LegalUnit:
    entity = _text(row, "entityType")
    return LegalUnit(
        siren=_text(row, "siren"),
        name=_text(row, "businessName"),
        public=None if not entity else entity == "Public",
        status=_text(row, "administrativeStatus"),
    )


def _read_facility(row: dict[str, Any]) -> Facility:
    address, needs = _part(row, "address"), _part(row, "b2gAdditionalData")
    kind = _text(row, "facilityType")
    return Facility(
        siret=_text(row, "siret"),
        siren=_text(row, "siren") or _text(row, "siret")[:9],
        name=_text(row, "name"),
        status=_text(row, "administrativeStatus"),
        head_office=None if not kind else kind == "P",
        zip=_text(address, "postalCode"),
        city=_text(address, "locality"),
        requires_service_code=_flag(needs, "serviceCodeStatus"),
        requires_commitment=_flag(needs, "managesLegalCommitmentCode"),
        requires_service_or_commitment=_flag(needs, "managesLegalCommitmentOrServiceCode"),
    )


def _read_routing_code(row: dict[str, Any]) -> RoutingCode:
    return RoutingCode(
        siret=_text(row, "siret"),
        code=_text(row, "routingIdentifier"),
        code_type=_text(row, "routingIdentifierType"),
        name=_text(row, "routingCodeName"),
        status=_text(row, "administrativeStatus"),
        requires_commitment=_flag(row, "managesLegalCommitmentCode", "managesLegalCommitment"),
    )
