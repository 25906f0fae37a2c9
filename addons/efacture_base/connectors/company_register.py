"""The open company register of the French State (recherche-entreprises.api.gouv.fr), no key needed.

*Unavailable* never reads as *does not exist*, and an absence from this register is no proof either: companies that asked not to be published are
missing or masked. Directors, finances and birth dates are not even asked for (`minimal`). At most 7 calls a second leave this process.
Source: specs of company look-up §1.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from . import errors
from .session import Limits, Session, host_key

BASE_URL = "https://recherche-entreprises.api.gouv.fr"
PER_PAGE = 10
CALLS_PER_SECOND = 7
_LIMITS = Limits(connect=5, read=10, total=15, max_bytes=4 * 1024 * 1024)
_INCLUDE = "siege,complements,matching_etablissements"
_MASKED = re.compile(r"\[(?:ND|NON[- ]DIFFUSIBLE)\]", re.IGNORECASE)
# Overseas territories by the start of their zip code: ISO 3166 code.
_TERRITORIES = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip
_TERRITORY_ZIPS = {"97133": "BL", "97150": "MF"}


class RegisterState(StrEnum):
    """What the register said. `UNAVAILABLE`: it could not be asked, nothing is known."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    CLOSED = "closed"
    NON_DIFFUSIBLE = "non_diffusible"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Company:
    """A company as invoicing needs it. Masked values are empty; nothing about persons beyond a sole trader's own name.

    `vat` is computed from the SIREN: it does not prove that the company is registered for VAT. `siret` and the address are those of the
    establishment asked for, else of the head office. `territory`: ISO code of an overseas territory, `country` staying FR.
    """

    siren: str
    siret_head_office: str
    siret: str
    name: str
    trade_name: str
    legal_form: str
    legal_form_label: str
    category: str
    street: str
    street2: str
    zip: str
    city: str
    country: str
    territory: str
    vat: str
    naf: str
    is_public: bool
    is_sole_trader: bool
    active: bool
    establishment_active: bool
    diffusible: bool
    created: str = ""
    closed: str = ""
    establishments: int = 0

    @property
    def state(self) -> RegisterState:
        """`found`, `closed` or `non_diffusible`."""
        if not self.active:
            return RegisterState.CLOSED
        return RegisterState.FOUND if self.diffusible else RegisterState.NON_DIFFUSIBLE


@dataclass(frozen=True)
class CompanyAnswer:
    """One company, or why there is none. `reason`: kind of the error when unavailable; `retry_after` in seconds when known."""

    state: RegisterState
    company: Company | None = None
    reason: str = ""
    text: str = ""
    retry_after: float | None = None


@dataclass(frozen=True)
class SearchResult:
    """One page of companies. `state`: found, not_found or unavailable."""

    state: RegisterState
    companies: tuple[Company, ...] = ()
    total: int = 0
    page: int = 1
    pages: int = 0
    reason: str = ""
    text: str = ""
    retry_after: float | None = None


def french_vat(siren: str) -> str:
    """The French VAT number of a SIREN with its computed two-digit key."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


class CompanyRegister:
    """Asks the register. `patience`: seconds we may wait for our own rate limit or a short Retry-After."""

    def __init__(
        self, base_url: str = BASE_URL, session: Session | None = None, *, patience: float = 2.0
    ) -> None:
        self.base_url = (base_url or BASE_URL).rstrip("/")
        self.session = session or Session()
        self.patience = patience

    def search(self, query: str, page: int = 1, *, per_page: int = PER_PAGE) -> SearchResult:
        """Search by SIREN, SIRET or name. `page` starts at 1; `per_page` is at most 25."""
        query = _compact_identifier(query)
        if len(query) < 3:
            return SearchResult(RegisterState.NOT_FOUND, reason="too_short", page=page)
        try:
            body = self._call({"q": query, "page": page, "per_page": min(per_page, 25)})
            rows, total, pages = _read_page(body)
            companies = tuple(
                company for company in (_read_company(row, query) for row in rows) if company
            )
        except errors.ConnectorError as error:
            return SearchResult(
                RegisterState.UNAVAILABLE,
                page=page,
                reason=error.kind,
                text=error.text,
                retry_after=getattr(error, "retry_after", None),
            )
        state = RegisterState.FOUND if companies else RegisterState.NOT_FOUND
        return SearchResult(
            state, companies, total if companies else 0, page, pages if companies else 0
        )

    def by_siren(self, siren: str) -> CompanyAnswer:
        """The company with this SIREN. Raises `ValueError` when it has not nine digits."""
        return self._one(siren, 9)

    def by_siret(self, siret: str) -> CompanyAnswer:
        """The company with this establishment, its address being the establishment's. Raises `ValueError` when it has not fourteen digits."""
        return self._one(siret, 14)

    def _one(self, number: str, digits: int) -> CompanyAnswer:
        number = re.sub(r"\s", "", number)
        if not re.fullmatch(rf"[0-9]{{{digits}}}", number):
            raise ValueError(f"{digits} digits are expected")
        result = self.search(number, per_page=5)
        if result.state is RegisterState.UNAVAILABLE:
            return CompanyAnswer(result.state, None, result.reason, result.text, result.retry_after)
        # The search is full-text: only the very number counts.
        for company in result.companies:
            if company.siren == number[:9] and (digits == 9 or company.siret == number):
                return CompanyAnswer(company.state, company)
        return CompanyAnswer(RegisterState.NOT_FOUND)

    def _call(self, params: dict[str, Any]) -> Any:
        url = f"{self.base_url}/search"
        params = {**params, "minimal": "true", "include": _INCLUDE}
        for attempt in (1, 2):
            self.session.memory.throttle(
                host_key(url), calls=CALLS_PER_SECOND, seconds=1.0, patience=self.patience
            )
            try:
                answer = self.session.request(
                    "GET", url, params=params, limits=_LIMITS, patience=self.patience
                )
                break
            except errors.Busy as error:
                # Another worker of this machine may have used up the rate: a short wait the server asks for is worth it.
                if attempt == 2 or error.retry_after is None or error.retry_after > self.patience:
                    raise
        return answer.json()


def _compact_identifier(query: str) -> str:
    """Spaces out of a SIREN or SIRET; a VAT number becomes its SIREN; other text is trimmed."""
    query = " ".join(query.split())
    bare = re.sub(r"[\s.]", "", query)
    if re.fullmatch(r"[0-9]{9}|[0-9]{14}", bare):
        return bare
    vat = re.fullmatch(r"(?i)FR[0-9A-Z]{2}([0-9]{9})", bare)
    return vat[1] if vat else query


def _read_page(body: Any) -> tuple[list[dict[str, Any]], int, int]:
    rows = body.get("results") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise errors.BadAnswer("the company register answered without a list of results", left=True)
    total, pages = body.get("total_results"), body.get("total_pages")
    return (
        rows,
        total if isinstance(total, int) else len(rows),
        pages if isinstance(pages, int) else 1,
    )


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    return " ".join(_MASKED.sub(" ", str(value)).split())


def _read_company(row: dict[str, Any], query: str) -> Company | None:
    """A company of an answer; None for a blank record (a number that was never given has one)."""
    siren, diffusible = _text(row, "siren"), row.get("statut_diffusion") != "P"
    full_name = _text(row, "nom_complet")
    name = (
        _text(row, "nom_raison_sociale") or re.sub(r"\s*\([^()]*\)\s*$", "", full_name) or full_name
    )
    if not re.fullmatch(r"[0-9]{9}", siren) or (not name and diffusible):
        return None
    office = row.get("siege") if isinstance(row.get("siege"), dict) else {}
    place, siret = office, _text(office, "siret")
    matching = row.get("matching_etablissements")
    for candidate in matching if isinstance(matching, list) else []:
        if isinstance(candidate, dict) and candidate.get("siret") == query and query != siret:
            place, siret = candidate, query
    extras = row.get("complements") if isinstance(row.get("complements"), dict) else {}
    form = _text(row, "nature_juridique")
    zip_code = _text(place, "code_postal")
    brands = place.get("liste_enseignes")
    street, street2 = _read_street(place)
    return Company(
        siren=siren,
        siret_head_office=_text(office, "siret"),
        siret=siret,
        name=name,
        trade_name=_text(place, "nom_commercial")
        or (_text({"v": brands[0]}, "v") if isinstance(brands, list) and brands else ""),
        legal_form=form,
        legal_form_label=_legal_forms().get(form, ""),
        category=_text(row, "categorie_entreprise"),
        street=street,
        street2=street2,
        zip=zip_code,
        city=_text(place, "libelle_cedex")
        or _text(place, "libelle_commune")
        or _text(place, "libelle_commune_etranger"),
        country="" if _text(place, "code_pays_etranger") else "FR",
        territory=_TERRITORY_ZIPS.get(zip_code) or _TERRITORIES.get(zip_code[:3], ""),
        vat=french_vat(siren),
        naf=_text(row, "activite_principale"),
        # Legal categories 4 and 7 are the public ones; `est_administration` is said to hold false positives.
        is_public=form[:1] in ("4", "7"),
        is_sole_trader=form == "1000" or extras.get("est_entrepreneur_individuel") is True,
        active=row.get("etat_administratif") != "C",
        establishment_active=place.get("etat_administratif", "A") == "A",
        diffusible=diffusible,
        created=_text(row, "date_creation"),
        closed=_text(row, "date_fermeture"),
        establishments=row["nombre_etablissements"]
        if isinstance(row.get("nombre_etablissements"), int)
        else 0,
    )


def _read_street(place: dict[str, Any]) -> tuple[str, str]:
    """Street and complement: from the parts where they are given (head office), else from the one-line address."""
    parts = ("numero_voie", "indice_repetition", "type_voie", "libelle_voie")
    street = " ".join(filter(None, (_text(place, part) for part in parts)))
    if street:
        return street, _text(place, "complement_adresse") or _text(place, "distribution_speciale")
    line, zip_code = _text(place, "adresse"), _text(place, "code_postal")
    if zip_code and f" {zip_code} " in f" {line} ":
        line = f" {line} ".rsplit(f" {zip_code} ", 1)[0]
    return line.strip(), ""


@cache
def _legal_forms() -> dict[str, str]:
    return json.loads(
        (Path(__file__).parent / "data" / "legal_forms.json").read_text(encoding="utf-8")
    )
