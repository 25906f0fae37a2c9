"""A received invoice as types: what `received` reads and the bill is made from.

Amounts are `Decimal`, dates `date`, texts `str` (empty when absent). Sources: EN 16931-1 (terms BT, BG), UNTDID 1001 for types of document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
# UNTDID 1001: documents that give money back
CREDIT_CODES = {
    "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532",
}  # fmt: skip
SELF_BILLED_CODES = {"261", "389", "471", "473", "500", "501", "502", "527"}


class NotAnInvoice(ValueError):
    """The file gives no invoice. `reason` is a word (see `REASONS`), `detail` the technical cause or empty."""

    REASONS = (
        "empty", "closed", "damaged", "plain_pdf", "not_xml", "cdar", "order", "other_xml", "other", "unreadable",
        "absurd",
    )  # fmt: skip

    def __init__(self, reason: str, detail: str = "", kind: str = "") -> None:
        super().__init__(detail or reason)
        self.reason, self.detail, self.kind = reason, detail, kind


@dataclass(frozen=True)
class Problem:
    """Something odd in a readable file: a word and its values, worded for people elsewhere."""

    code: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """A file that came along: in the XML (BG-24) or in the PDF. `link` instead of `content` for an address (BT-124)."""

    name: str
    content: bytes = field(default=b"", repr=False)
    mimetype: str = ""
    description: str = ""
    link: str = ""


@dataclass(frozen=True)
class Opened:
    """A file that holds an invoice: its kind (words of `kinds`), the XML and the other files of the PDF."""

    kind: str
    xml: bytes = field(repr=False)
    files: tuple[File, ...] = ()
    is_pdf: bool = False


@dataclass(frozen=True)
class Party:
    """BG-4, BG-7, BG-10, BG-11, BG-13. `siren` and `siret` have right check digits; `identifiers` are (scheme, value)."""

    name: str = ""
    trade_name: str = ""
    siren: str = ""
    siret: str = ""
    legal_id: str = ""
    vat: str = ""
    tax_id: str = ""
    endpoint_scheme: str = ""
    endpoint: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    street: str = ""
    street2: str = ""
    street3: str = ""
    zip: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""

    @property
    def gln(self) -> str:
        """The GLN (scheme 0088), or empty."""
        return next((value for scheme, value in self.identifiers if scheme == "0088"), "")


@dataclass(frozen=True)
class Vat:
    """A VAT category (UNTDID 5305) with its rate in percent; None where the file gives none."""

    category: str = ""
    rate: Decimal | None = None
    code: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[str, Decimal]:
        """What the breakdown groups by."""
        return self.category, self.rate or ZERO


@dataclass(frozen=True)
class VatTotal:
    """One row of BG-23."""

    vat: Vat
    base: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Adjustment:
    """An allowance (negative amount) or a charge (positive), of a line or of the document."""

    amount: Decimal
    reason: str = ""
    code: str = ""
    vat: Vat | None = None


@dataclass(frozen=True)
class Line:
    """BG-25. `price` is the net price of one unit; `amount` (BT-131) is what counts."""

    number: str = ""
    name: str = ""
    description: str = ""
    seller_ref: str = ""
    buyer_ref: str = ""
    barcode: str = ""
    quantity: Decimal = Decimal(1)
    unit: str = ""
    price: Decimal | None = None
    gross_price: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    amount: Decimal = ZERO
    vat: Vat = Vat()
    notes: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    delivered: date | None = None
    account_ref: str = ""
    order: str = ""


@dataclass(frozen=True)
class BankAccount:
    """BG-17: where to pay. `holder` and `bic` may be empty."""

    number: str
    holder: str = ""
    bic: str = ""


@dataclass(frozen=True)
class Invoice:
    """A received invoice. Totals that the file does not give are None."""

    number: str
    date: date | None
    type_code: str
    currency: str
    process: str = ""
    profile: str = ""
    seller: Party = Party()
    buyer: Party = Party()
    payee: Party | None = None
    tax_representative: Party | None = None
    delivery: Party | None = None
    lines: tuple[Line, ...] = ()
    informative: tuple[str, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    vats: tuple[VatTotal, ...] = ()
    net: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO
    payable: Decimal | None = None
    tax_currency: str = ""
    tax_in_tax_currency: Decimal | None = None
    due: date | None = None
    dues: tuple[date, ...] = ()
    terms: str = ""
    means: str = ""
    means_text: str = ""
    payment_reference: str = ""
    accounts: tuple[BankAccount, ...] = ()
    mandate: str = ""
    creditor: str = ""
    debtor_account: str = ""
    delivered: date | None = None
    start: date | None = None
    end: date | None = None
    vat_due: str = ""
    references: dict[str, str] = field(default_factory=dict)
    preceding: tuple[tuple[str, date | None], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    files: tuple[File, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_credit(self) -> bool:
        """Whether the document's type gives money back (an invoice below zero is told by its total)."""
        return self.type_code in CREDIT_CODES

    @property
    def is_self_billed(self) -> bool:
        """Whether the buyer wrote it in the seller's name."""
        return self.type_code in SELF_BILLED_CODES
