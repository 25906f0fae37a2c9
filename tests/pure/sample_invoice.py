"""One small French invoice as an EN 16931 dictionary, for tests without Odoo."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any


def party(siren: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "legal_identifier": siren,
        "legal_identifier_schemeid": "0002",
        "einvoicing_addr": siren,
        "einvoicing_addr_schemeid": "0225",
        "addr_l1": "8 rue des Lilas",
        "postcode": "69003",
        "city": "Lyon",
        "country_code": "FR",
        **more,
    }


def invoice(lines: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a valid invoice with ``lines`` lines of 100.00 at 20 %; ``changes`` replace terms."""
    net = Decimal("100.00") * lines
    vat = (net * Decimal("0.20")).quantize(Decimal("0.01"))
    data: dict[str, Any] = {
        "BT-1": "FAC/2026/00042",
        "BT-2": date(2026, 10, 5),
        "BT-3": "380",
        "BT-5": "EUR",
        "BT-9": date(2026, 11, 4),
        "BT-23": "S1",
        "BG-1": [
            {"BT-21": "PMT", "BT-22": "Indemnité forfaitaire pour frais de recouvrement : 40 €."},
            {"BT-21": "PMD", "BT-22": "Pénalités de retard : trois fois le taux d’intérêt légal."},
            {"BT-21": "AAB", "BT-22": "Pas d’escompte pour paiement anticipé."},
        ],
        "BG-4": party("999120348", "COMPTOIR DES DEUX RIVES", vat_identifier="FR43999120348"),
        "BG-7": party("990234171", "ATELIER NIVELLE", vat_identifier="FR22990234171"),
        "BT-72": date(2026, 10, 2),
        "BT-81": "30",
        "BT-84": "FR7630006000011234567890189",
        "BT-106": net,
        "BT-109": net,
        "BT-110": vat,
        "BT-112": net + vat,
        "BT-115": net + vat,
        "BG-23": [{"BT-116": net, "BT-117": vat, "BT-118": "S", "BT-119": Decimal("20")}],
        "BG-25": [
            {
                "BT-126": str(number),
                "BT-129": Decimal("4"),
                "BT-130": "C62",
                "BT-131": Decimal("100.00"),
                "BT-146": Decimal("25"),
                "BT-151": "S",
                "BT-152": Decimal("20.00"),
                "BT-153": f"Heure de conseil n° {number}",
            }
            for number in range(1, lines + 1)
        ],
    }
    data.update(changes)
    return {key: value for key, value in data.items() if value is not None}
