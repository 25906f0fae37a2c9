"""Invoices of the other companies: varied, valid by the official rules, written by the sandbox's own small writers.

`make_invoice(seller, buyer, syntax, case)`; a case is one difficulty of receiving, `everything` most of them at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .invoice_cii import write_cii
from .invoice_model import Change, Company, Invoice, Line, cents
from .invoice_pdf import write_facturx
from .invoice_ubl import write_ubl


@dataclass
class Made:
    """A written invoice."""

    content: bytes
    name: str
    profile: str
    invoice: Invoice


_GOODS = {
    "supplier_printer": ("Flyers A5 quadri", "Cartes de visite 350 g", "Affiches 60 × 80", "Brochures agrafées 16 pages"),
    "supplier_energy": ("Électricité, heures pleines", "Électricité, heures creuses", "Abonnement", "Acheminement"),
    "supplier_cleaning": ("Nettoyage des bureaux", "Lavage des vitres", "Consommables d’hygiène"),
    "supplier_office": ("Ramette A4 80 g", "Classeur à levier", "Cartouche d’encre noire", "Stylo bille, boîte de 50"),
}  # fmt: skip
_OTHER_GOODS = ("Prestation de service", "Fourniture courante", "Main-d’œuvre", "Déplacement")
_NOTES = [
    ("PMT", "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 €."),
    ("PMD", "Pénalités de retard au taux de trois fois l’intérêt légal."),
    ("AAB", "Pas d’escompte pour paiement anticipé."),
]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _rates(invoice: Invoice, chance: random.Random) -> None:
    invoice.lines += [
        Line(
            "Livre professionnel",
            Decimal(2),
            Decimal("18.90"),
            rate=Decimal("5.5"),
            reference="LIV-2",
        ),
        Line(
            "Repas du personnel", Decimal(3), Decimal("11.40"), rate=Decimal(10), reference="REP-1"
        ),
    ]


def _discounts(invoice: Invoice, chance: random.Random) -> None:
    first = invoice.lines[0]
    first.gross, first.price = first.price, cents(first.price * Decimal("0.9"))
    base = cents(first.quantity * first.price)
    first.changes = [
        Change(False, cents(base * Decimal("0.05")), ("95", "Remise de volume"), Decimal(5), base),
        Change(True, Decimal("4.50"), ("ABL", "Emballage renforcé")),
    ]
    invoice.lines.append(
        Line(
            "Vis inox, le cent",
            Decimal(250),
            Decimal("8.75"),
            base_quantity=Decimal(100),
            reference="VIS-100",
        )
    )
    base = invoice.line_total
    invoice.changes = [
        Change(False, cents(base * Decimal("0.02")), ("95", "Remise fidélité"), Decimal(2), base),
        Change(True, Decimal("12.00"), ("FC", "Frais de port")),
    ]


def _prepaid(invoice: Invoice, chance: random.Random) -> None:
    invoice.process = "B4"
    invoice.prepaid = cents(invoice.total * Decimal("0.3"))
    invoice.preceding = [("ACOMPTE-7", invoice.issued - timedelta(days=20))]


def _credit_note(invoice: Invoice, chance: random.Random) -> None:
    invoice.type_code = "381"
    invoice.lines = invoice.lines[:1]
    invoice.lines[0].quantity = Decimal(1)
    invoice.preceding = [("FACTURE-PRECEDENTE", invoice.issued - timedelta(days=12))]


def _corrective(invoice: Invoice, chance: random.Random) -> None:
    invoice.type_code = "384"
    invoice.preceding = [("FACTURE-PRECEDENTE", invoice.issued - timedelta(days=12))]


def _notes(invoice: Invoice, chance: random.Random) -> None:
    invoice.notes = [
        *invoice.notes,
        ("", "Merci de votre confiance. Votre interlocuteur : l’administration des ventes."),
    ]
    invoice.notes += [("SUR", "Marchandise vendue avec réserve de propriété.")]
    invoice.order, invoice.contract, invoice.buyer_reference = "CDE-4512", "CTR-2026-8", "ACHATS"
    invoice.account = "606300"
    month = invoice.issued.replace(day=1)
    invoice.period = (month, invoice.issued)
    invoice.lines[0].period = (month, invoice.issued)
    invoice.lines[0].note, invoice.lines[0].account = "Selon bon d’atelier 88.", "606400"


def _delivery(invoice: Invoice, chance: random.Random) -> None:
    invoice.delivery = (
        "Entrepôt de Villeurbanne",
        "3 rue du Vieux Moulin",
        "69100",
        "Villeurbanne",
        invoice.issued - timedelta(days=3),
    )


def _payee(invoice: Invoice, chance: random.Random) -> None:
    invoice.payee = ("FACTOR DES DEUX VALLEES", "995694999")
    invoice.iban, invoice.bic = "FR7630001007941234567890185", "BDFEFRPPCCT"


def _attachment(invoice: Invoice, chance: random.Random) -> None:
    invoice.attachments = [
        ("RIB-1", "RIB", "rib.pdf", "application/pdf", PDF),
        (
            "BL-88",
            "BON_LIVRAISON",
            "bon-livraison.csv",
            "text/csv",
            "article;quantité\nA;12\n".encode(),
        ),
    ]


def _currency(invoice: Invoice, chance: random.Random) -> None:
    invoice.currency, invoice.rate_to_eur = "USD", Decimal("0.92")


def _new_iban(invoice: Invoice, chance: random.Random) -> None:
    invoice.iban, invoice.bic = "DE89370400440532013000", "COBADEFFXXX"


def _exempt(invoice: Invoice, chance: random.Random) -> None:
    invoice.process = "S1"
    invoice.lines = [
        Line(
            "Formation comptable, la journée",
            Decimal(2),
            Decimal("450.00"),
            "DAY",
            "E",
            Decimal(0),
            reference="FORM-1",
        ),
        Line("Support imprimé", Decimal(2), Decimal("15.00"), reference="SUP-1"),
    ]


def _reverse(invoice: Invoice, chance: random.Random) -> None:
    invoice.process = "S1"
    for line in invoice.lines:
        line.category, line.rate = "AE", Decimal(0)


def _rounding(invoice: Invoice, chance: random.Random) -> None:
    invoice.rounding = cents(invoice.total.quantize(Decimal(1), ROUND_HALF_UP) - invoice.total)


def _franchise(invoice: Invoice) -> None:
    """A seller without VAT number."""
    invoice.exemptions["E"] = ("VATEX-FR-FRANCHISE", "TVA non applicable, article 293 B du CGI")
    for row in (*invoice.lines, *invoice.changes):
        row.category, row.rate = "E", Decimal(0)


def _everything(invoice: Invoice, chance: random.Random) -> None:
    for case in (_rates, _discounts, _notes, _delivery, _attachment, _payee):
        case(invoice, chance)
    _prepaid(invoice, chance)


CASES: dict[str, Callable[[Invoice, random.Random], None]] = {
    "simple": lambda invoice, chance: None,
    "rates": _rates,
    "discounts": _discounts,
    "prepaid": _prepaid,
    "credit_note": _credit_note,
    "corrective": _corrective,
    "notes": _notes,
    "delivery": _delivery,
    "payee": _payee,
    "attachment": _attachment,
    "currency": _currency,
    "new_iban": _new_iban,
    "exempt": _exempt,
    "reverse_charge": _reverse,
    "rounding": _rounding,
    "everything": _everything,
}
LABELS = {
    "simple": "simple",
    "rates": "plusieurs taux",
    "discounts": "remises et frais",
    "prepaid": "acompte déjà payé",
    "credit_note": "avoir",
    "corrective": "facture rectificative",
    "notes": "notes et références",
    "delivery": "lieu de livraison",
    "payee": "bénéficiaire (affacturage)",
    "attachment": "pièces jointes",
    "currency": "en dollars",
    "new_iban": "nouvel IBAN",
    "exempt": "exonérée en partie",
    "reverse_charge": "autoliquidation",
    "rounding": "arrondi",
    "everything": "presque tout à la fois",
}


def make_invoice(
    seller: dict[str, Any],
    buyer: dict[str, Any],
    syntax: str,
    case: str,
    number: str = "",
    preceding: str = "",
    lines: int = 0,
) -> Made:
    """An invoice of one company of `companies.json` to another.

    :param number: BT-1; made up when empty, and the same number always gives the same invoice.
    :param preceding: number of the earlier invoice, for a credit note or a correction.
    :param lines: how many ordinary lines; one to three when 0.
    """
    number = (
        number or f"{seller['name'][:3]}-{datetime.now(UTC):%y%m}-{random.randrange(100_000):05d}"
    )
    chance = random.Random(number)
    today = datetime.now(UTC).date()
    goods = _GOODS.get(seller["key"], _OTHER_GOODS)
    rows = [
        Line(
            chance.choice(goods), Decimal(chance.randint(1, 12)), Decimal(chance.randint(350, 24_000)) / 100,
            description=f"Selon notre catalogue {today.year}", reference=f"REF-{chance.randint(100, 999)}",
        )
        for _line in range(lines or chance.randint(1, 3))
    ]  # fmt: skip
    demo = seller.get("demo") or {}
    invoice = Invoice(
        number, today, today + timedelta(days=30), _company(seller), _company(buyer), rows, notes=list(_NOTES), iban=demo.get("iban") or "FR7630006000011234567890189",
    )  # fmt: skip
    CASES[case](invoice, chance)
    if not invoice.seller.vat:
        _franchise(invoice)
    if preceding and invoice.preceding:
        invoice.preceding = [(preceding, invoice.preceding[0][1])]
    name = number.replace("/", "-")
    if syntax == "UBL":
        return Made(write_ubl(invoice), f"{name}.xml", "CIUS", invoice)
    if syntax == "CII":
        return Made(write_cii(invoice), f"{name}.xml", "CIUS", invoice)
    return Made(write_facturx(invoice, write_cii(invoice)), f"{name}.pdf", "CIUS", invoice)


def _company(company: dict[str, Any]) -> Company:
    office = next(place for place in company["establishments"] if place["head_office"])
    street = " ".join(
        part for part in (office["number"], office["street_type"], office["street"]) if part
    )
    lines = (company["directory"] or {"lines": []})["lines"]
    demo = company.get("demo") or {}
    return Company(
        company["name"], company["siren"], office["siret"], company["vat"] or "", street or "Adresse non diffusée", office["zip"] or "75001",
        office["city"] or "PARIS", next((line["address"] for line in lines if line["status"] == "Enabled"), company["siren"]),
        demo.get("email") or "", demo.get("phone") or "",
    )  # fmt: skip
