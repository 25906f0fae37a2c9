"""The types that the rooms of this package hand to each other.

Places are in points (1/72 inch) from the top left corner of the page as a person holds it upright; a picture without a
known resolution counts as one page of A4 width. Amounts are `Decimal`, dates `datetime.date`, texts `str`. Fields bear the
names of EN 16931 (`BT-…`); a field of a line or of a VAT row is `BG-25/3/BT-131` (third line, from 1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from .places import Origin

TEXT, OCR, XML, HISTORY, COMPUTED, MIXED, BLANK = (
    "text", "ocr", "xml", "history", "computed", "mixed", "blank",
)  # fmt: skip
Value = str | Decimal | date
#: Kinds of documents that are booked; the others are told for what they are.
BOOKABLE = ("invoice", "credit_note", "deposit", "receipt")


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """In points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """In points."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Height of the middle, in points from the top."""
        return (self.y0 + self.y1) / 2

    @property
    def center(self) -> float:
        """Middle of the width, in points from the left."""
        return (self.x0 + self.x1) / 2

    @staticmethod
    def around(things: Iterable[Box | Word]) -> Box:
        """The smallest box that holds all of them (of the first one's page)."""
        items = list(things)
        return Box(
            items[0].page,
            min(item.x0 for item in items),
            min(item.y0 for item in items),
            max(item.x1 for item in items),
            max(item.y1 for item in items),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """One word as printed. `page` counts from 0, `confidence` is of the recognition (1.0 in a text layer)."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    confidence: float = 1.0
    source: str = TEXT

    @property
    def box(self) -> Box:
        """Where it stands."""
        return Box(self.page, self.x0, self.y0, self.x1, self.y1)

    @property
    def middle(self) -> float:
        """Height of its middle, in points from the top."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True)
class Page:
    """One page: its words and how they were come by.

    `source` is `text`, `ocr`, `mixed` (a text page with a picture that was read too) or `blank`; `quality` (0…1) is that of the
    picture, 1 for a text layer: no field is surer than its page. `skipped` says why a page is left out
    (`blank`, `terms`, `specimen`, `limit`), else empty. `edges` are words printed in another direction, such as the legal line along
    the edge, in the order they are read. `origin` is the way back to the page as it came (`places.original_box`), None where
    the sheet that was read is that page.
    """

    number: int
    width: float
    height: float
    words: tuple[Word, ...] = ()
    source: str = TEXT
    quality: float = 1.0
    skipped: str = ""
    edges: tuple[Word, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True)
class Message:
    """Something people must be told: a code of `data/messages.csv` and its values. `level`: `error`, `warning` or `info`."""

    code: str
    values: dict[str, str] = field(default_factory=dict)
    level: str = "warning"
    page: int | None = None


@dataclass(frozen=True)
class Candidate:
    """A value that a field might have.

    `score` (0…1) is how much the place speaks for it before calibration; `reasons` are codes such as `label`, `check_digits`,
    `triple`, `lines`, `memory`, `only_one`; `words` are the printed words it was taken from (none when computed).
    """

    field: str
    value: Value
    score: float
    words: tuple[Word, ...] = ()
    reasons: tuple[str, ...] = ()
    origin: str = TEXT

    @property
    def box(self) -> Box | None:
        """Where it is printed, or None."""
        return Box.around(self.words) if self.words else None

    def because(self, reason: str, score: float | None = None) -> Candidate:
        """The same with one more reason and, when given, another score."""
        reasons = self.reasons if reason in self.reasons else (*self.reasons, reason)
        return replace(self, reasons=reasons, score=self.score if score is None else score)


@dataclass(frozen=True)
class Reading:
    """What one field was read as: the value chosen, its calibrated confidence (0…1) and up to three alternatives."""

    candidate: Candidate
    confidence: float
    alternatives: tuple[Candidate, ...] = ()

    @property
    def value(self) -> Value:
        """The value chosen."""
        return self.candidate.value


@dataclass(frozen=True)
class ReadLine:
    """BG-25 as printed. None where the document does not say; `words` of the whole line, `cells` of each term (`BT-…`).

    `price` is BT-146 (net, of one unit), `gross_price` BT-148, `discount` a percentage, `amount` BT-131 without VAT;
    `tax_included` says that price and amount were printed with VAT and have been converted.
    """

    description: str = ""
    reference: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    gross_price: Decimal | None = None
    discount: Decimal | None = None
    vat_rate: Decimal | None = None
    vat_category: str = ""
    amount: Decimal | None = None
    tax_included: bool = False
    score: float = 0.5
    words: tuple[Word, ...] = ()
    cells: dict[str, tuple[Word, ...]] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class VatRow:
    """BG-23: a rate in percent with its base and tax; `category` UNTDID 5305, `reason` why no VAT is due and its VATEX code."""

    rate: Decimal
    base: Decimal | None
    tax: Decimal | None
    category: str = "S"
    words: tuple[Word, ...] = ()
    score: float = 0.5
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True)
class Options:
    """What the reader knows before it reads.

    `own` are identifiers of the reader's own company (SIREN, SIRET, VAT numbers, IBANs; spaces ignored) and `own_names` its names;
    `today` the day of reading; `memory` plain data of `reading.memory`, or None; `language` that of messages; `max_pages` how
    many pages of a file are read by OCR.
    """

    own: tuple[str, ...] = ()
    own_names: tuple[str, ...] = ()
    today: date | None = None
    memory: dict[str, Any] | None = None
    language: str = "fr"
    max_pages: int = 20


@dataclass(frozen=True)
class Result:
    """One invoice of a file, as `bin/read` prints it (shared/design.md, “What the commands print”).

    `kind`: `xml`, `text`, `ocr` or `mixed`; `invoice`: the EN 16931 dictionary in the shape of factur-x's parser, dates ISO, amounts
    as strings; `evidence`: per field `origin`, `confidence`, `page` (from 1), `box` [x0, y0, x1, y1], `reasons`, `alternatives`;
    `pages`: the pages (from 1) of the file that this invoice takes; `direction`: `purchase`, `sale` or empty;
    `document_type`: one of `BOOKABLE`, or what the file is instead: a paper of the trade whose values are shown, none as certain (`quote`, `proforma`,
    `order`, `delivery_note`, `reminder`, `statement`), or what holds no invoice (`bank_statement`, `contract`, `payslip`…, see `papers`; `lifecycle`, `other`);
    `trace`: plain data from which `reading.memory.learn` learns (words and places of the pages), not printed.
    """

    kind: str
    invoice: dict[str, Any]
    evidence: dict[str, dict[str, Any]]
    messages: tuple[Message, ...] = ()
    pages: tuple[int, ...] = ()
    direction: str = ""
    document_type: str = "invoice"
    trace: dict[str, Any] = field(default_factory=dict)

    @property
    def is_invoice(self) -> bool:
        """Whether it is something to book."""
        return bool(self.invoice) and self.document_type in BOOKABLE
