"""An invoice of the sandbox before it is written: its parts and its sums (Decimal, in the currency of the invoice)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
EXEMPTIONS = {
    "E": ("VATEX-FR-CGI261-4", "Exonération de TVA, article 261-4 du code général des impôts"),
    "AE": ("VATEX-EU-AE", "Autoliquidation"),
}


def cents(amount: Decimal) -> Decimal:
    """Rounded to the cent, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Change:
    """A discount or a charge. `percent` and `base` together or not at all; `reason`: (code, words)."""

    charge: bool
    amount: Decimal
    reason: tuple[str, str]
    percent: Decimal | None = None
    base: Decimal | None = None
    category: str = "S"
    rate: Decimal = Decimal(20)


@dataclass
class Line:
    """One line. `gross` is the price before the discount on it."""

    name: str
    quantity: Decimal
    price: Decimal
    unit: str = "C62"
    category: str = "S"
    rate: Decimal = Decimal(20)
    description: str = ""
    reference: str = ""
    gross: Decimal | None = None
    base_quantity: Decimal | None = None
    changes: list[Change] = field(default_factory=list)
    period: tuple[date, date] | None = None
    note: str = ""
    account: str = ""

    @property
    def net(self) -> Decimal:
        """BT-131."""
        amount = cents(self.quantity * self.price / (self.base_quantity or 1))
        return amount + sum(
            change.amount if change.charge else -change.amount for change in self.changes
        )


@dataclass
class Tax:
    """One row of the VAT breakdown."""

    category: str
    rate: Decimal
    base: Decimal
    amount: Decimal
    reason: tuple[str, str] = ("", "")


@dataclass
class Company:
    """A party as it stands on the invoice."""

    name: str
    siren: str
    siret: str
    vat: str
    street: str
    zip: str
    city: str
    address: str
    email: str = ""
    phone: str = ""


@dataclass
class Invoice:
    """An invoice before it is written."""

    number: str
    issued: date
    due: date
    seller: Company
    buyer: Company
    lines: list[Line]
    type_code: str = "380"
    process: str = "B1"
    currency: str = "EUR"
    rate_to_eur: Decimal = Decimal(1)
    notes: list[tuple[str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    prepaid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    iban: str = ""
    bic: str = ""
    terms: str = "Paiement à 30 jours, par virement."
    order: str = ""
    contract: str = ""
    buyer_reference: str = ""
    account: str = ""
    period: tuple[date, date] | None = None
    preceding: list[tuple[str, date]] = field(default_factory=list)
    delivery: tuple[str, str, str, str, date] | None = None
    payee: tuple[str, str] | None = None
    attachments: list[tuple[str, str, str, str, bytes]] = field(default_factory=list)
    exemptions: dict[str, tuple[str, str]] = field(default_factory=lambda: dict(EXEMPTIONS))

    @property
    def line_total(self) -> Decimal:
        """BT-106."""
        return sum((line.net for line in self.lines), Decimal(0))

    def changed(self, charge: bool) -> Decimal:
        """BT-108 (charges) or BT-107 (discounts)."""
        return sum((c.amount for c in self.changes if c.charge == charge), Decimal(0))

    @property
    def net(self) -> Decimal:
        """BT-109."""
        return self.line_total + self.changed(True) - self.changed(False)

    @property
    def taxes(self) -> list[Tax]:
        """BG-23."""
        bases: dict[tuple[str, Decimal], Decimal] = {}
        for line in self.lines:
            key = line.category, line.rate
            bases[key] = bases.get(key, Decimal(0)) + line.net
        for change in self.changes:
            key = change.category, change.rate
            bases[key] = bases.get(key, Decimal(0)) + (
                change.amount if change.charge else -change.amount
            )
        return [
            Tax(
                category,
                rate,
                base,
                cents(base * rate / 100),
                self.exemptions.get(category, ("", "")),
            )
            for (category, rate), base in bases.items()
        ]

    @property
    def tax(self) -> Decimal:
        """BT-110."""
        return sum((row.amount for row in self.taxes), Decimal(0))

    @property
    def total(self) -> Decimal:
        """BT-112."""
        return self.net + self.tax

    @property
    def payable(self) -> Decimal:
        """BT-115."""
        return self.total - self.prepaid + self.rounding
