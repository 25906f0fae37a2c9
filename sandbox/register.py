"""Plays recherche-entreprises.api.gouv.fr: `GET /search`, paged, seven requests a second.

Shape from the published description of the service; a number never given answers with a blank record, masked companies read `[ND]`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

from werkzeug.wrappers import Request, Response

from .companies import companies, fold
from .faults import Fault
from .server import Server, answer

RATE = 7


class Register(Server):
    """The company register."""

    name = "register"
    title = "Company register (sandbox)"
    more_faults = {"page_repeat": "every page is the first one"}

    # Requests a second from everybody together; 0: no limit.
    defaults = {"rate": RATE}

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._starts: deque[float] = deque()
        self._rate_lock = threading.Lock()

    def rules(self):
        return [("/search", ["GET"], "register.search", self.search)]

    def error(
        self, status: int, code: str, text: str, headers: dict[str, str] | None = None
    ) -> Response:
        return answer({"erreur": text}, status, headers)

    def guard(self, operation: str, request: Request) -> Response | None:
        rate = self.settings["rate"]
        if not rate:
            self._starts.clear()
            return None
        with self._rate_lock:
            moment = time.monotonic()
            while self._starts and self._starts[0] <= moment - 1:
                self._starts.popleft()
            if len(self._starts) >= rate:
                return self.error(429, "", "Trop de requêtes.", {"Retry-After": "1"})
            self._starts.append(moment)
        return None

    def search(self, request: Request) -> Response:
        """One page of companies."""
        query = request.args.get("q", "").strip()
        try:
            page, per_page = int(request.args.get("page", 1)), int(request.args.get("per_page", 10))
        except ValueError:
            return self.error(400, "", "Veuillez indiquer des nombres entiers.")
        if not 1 <= per_page <= 25 or page < 1:
            return self.error(400, "", "Veuillez indiquer un paramètre `per_page` entre 1 et 25.")
        if len(query) < 3:
            return self.error(400, "", "3 caractères minimum pour les termes de la requête.")
        if request.args.get("include") and request.args.get("minimal", "").lower() != "true":
            return self.error(400, "", "Veuillez indiquer si vous souhaitez une réponse minimale.")
        found = [company for company in companies() if _matches(company, query)]
        fault: Fault | None = request.environ.get("sandbox.fault")
        start = 0 if fault and fault.fault == "page_repeat" else (page - 1) * per_page
        include = (
            set(request.args.get("include", "").split(",")) if request.args.get("minimal") else None
        )
        return answer(
            {
                "results": [
                    _row(company, query, include) for company in found[start : start + per_page]
                ],
                "total_results": len(found),
                "page": page,
                "per_page": per_page,
                "total_pages": -(-len(found) // per_page),
            }
        )


def _matches(company: dict[str, Any], query: str) -> bool:
    if company["register"] == "absent":
        return False
    if query.isdigit() and len(query) in (9, 14):
        return company["siren"] == query or any(
            e["siret"] == query for e in company["establishments"]
        )
    if company["register"] == "blank":
        return False
    masked = company["diffusion"] == "P"
    places = " ".join(f"{e['city']} {e['brand'] or ''}" for e in company["establishments"][:1])
    text = fold(
        f"{'' if masked else company['name']} {_person(company)} {places} {company['acronym'] or ''}"
    )
    return all(word in text for word in fold(query).split())


def _person(company: dict[str, Any]) -> str:
    person = company.get("person")
    return f"{person['first']} {person['last']}" if person and company["diffusion"] != "P" else ""


def _row(company: dict[str, Any], query: str, include: set[str] | None) -> dict[str, Any]:
    blank, masked = company["register"] == "blank", company["diffusion"] == "P"
    office = next(
        (e for e in company["establishments"] if e["head_office"]), company["establishments"][0]
    )
    name = "[ND]" if masked else _person(company).upper() or company["name"]
    full = f"{name} ({office['brand']})" if office["brand"] and not masked else name
    row: dict[str, Any] = {
        "siren": company["siren"],
        "nom_complet": None if blank else full,
        "nom_raison_sociale": None if blank or company["kind"] == "sole_trader" else name,
        "sigle": company["acronym"],
        "nombre_etablissements": len(company["establishments"]),
        "nombre_etablissements_ouverts": sum(e["state"] == "A" for e in company["establishments"]),
        "activite_principale": company["naf"] or None,
        "categorie_entreprise": company["category"] or None,
        "date_creation": None if blank else company["created"],
        "date_fermeture": company["closed"],
        "etat_administratif": company["state"],
        "nature_juridique": company["legal_form"] or None,
        "statut_diffusion": company["diffusion"],
    }
    if include is None or "siege" in include:
        row["siege"] = {} if blank else _office(office, masked)
    if include is None or "matching_etablissements" in include:
        row["matching_etablissements"] = [
            _place(e, masked) for e in company["establishments"] if e["siret"] == query
        ]
    if include is None or "complements" in include:
        row["complements"] = {
            "est_administration": company["public"],
            "est_association": company["legal_form"].startswith("92"),
            "est_entrepreneur_individuel": company["kind"] == "sole_trader",
        }
    if include is None or "dirigeants" in include:
        row["dirigeants"] = [
            {
                "nom": "INVENTE",
                "prenoms": "PERSONNE",
                "date_de_naissance": "1970-01",
                "type_dirigeant": "personne physique",
            }
        ]
    if include is None or "finances" in include:
        row["finances"] = {}
    return row


def _address(place: dict[str, Any]) -> str:
    parts = (
        place["complement"],
        place["number"],
        place["street_type"],
        place["street"],
        place["zip"],
        place["city"],
    )
    return " ".join(part for part in parts if part).upper()


def _place(place: dict[str, Any], masked: bool) -> dict[str, Any]:
    return {
        "siret": place["siret"],
        "adresse": "[ND]" if masked else _address(place),
        "code_postal": place["zip"] or None,
        "commune": place["commune"],
        "libelle_commune": place["city"],
        "etat_administratif": "A" if place["state"] == "A" else "F",
        "date_fermeture": place["closed"],
        "est_siege": place["head_office"],
        "liste_enseignes": [place["brand"]] if place["brand"] and not masked else None,
        "nom_commercial": None,
        "statut_diffusion_etablissement": "P" if masked else "O",
    }


def _office(place: dict[str, Any], masked: bool) -> dict[str, Any]:
    hidden = "[ND]" if masked else None
    return {
        **_place(place, masked),
        "complement_adresse": hidden or place["complement"],
        "numero_voie": hidden or place["number"] or None,
        "indice_repetition": None,
        "type_voie": hidden or place["street_type"] or None,
        "libelle_voie": hidden or place["street"].upper() or None,
        "distribution_speciale": None,
        "cedex": None,
        "libelle_cedex": None,
        "libelle_commune_etranger": None,
        "code_pays_etranger": None,
        "libelle_pays_etranger": None,
        "departement": (place["zip"][:3] if place["zip"].startswith("97") else place["zip"][:2])
        or None,
    }
