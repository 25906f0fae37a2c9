"""What life-cycle messages need to know of an invoice, read from the document that travelled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from . import kinds
from .pdf_container import PdfUnreadable, extract_xml
from .read import UnreadableInvoice, read_xml


@dataclass(frozen=True)
class TradeParty:
    """Seller or buyer: name, SIREN (scheme 0002), electronic address (scheme 0225 or another)."""

    name: str = ""
    siren: str = ""
    address: str = ""
    scheme: str = ""


@dataclass(frozen=True)
class InvoiceFacts:
    """Header of an invoice.

    :param number: BT-1; ``type``: BT-3; ``day``: BT-2; ``process``: BT-23; ``currency``: BT-5.
    :param gross: amount VAT included per VAT rate in percent, of the VAT breakdown BG-23, in the invoice's currency.
    :param categories: VAT categories of the breakdown (BT-118).
    :param on_debits: BT-8 says that VAT is due with the invoice, not with its payment.
    :param treatment: the value of the note BAR (``B2B``, ``B2C``…), or empty.
    """

    number: str
    type: str
    day: date | None
    process: str
    currency: str
    seller: TradeParty
    buyer: TradeParty
    gross: dict[Decimal, Decimal] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    on_debits: bool = False
    treatment: str = ""

    @property
    def has_services(self) -> bool:
        """Whether the billing mode (BT-23) says services, alone or with goods."""
        return self.process[:1] in ("S", "M")


def read_facts(content: bytes) -> InvoiceFacts:
    """The facts of an invoice in CII, UBL or Factur-X.

    :raises UnreadableInvoice: it holds no invoice that can be read.
    """
    if kinds.is_pdf(content):
        try:
            found = extract_xml(content)
        except PdfUnreadable as error:
            raise UnreadableInvoice(str(error)) from error
        if found is None:
            raise UnreadableInvoice("the PDF holds no invoice")
        content = found[1]
    return facts_of(read_xml(content))


def facts_of(invoice: dict[str, Any]) -> InvoiceFacts:
    """The facts of an EN 16931 dictionary."""
    gross: dict[Decimal, Decimal] = {}
    for group in invoice.get("BG-23") or []:
        rate = _number(group.get("BT-119")).normalize() + 0
        total = _number(group.get("BT-116")) + _number(group.get("BT-117"))
        gross[rate] = gross.get(rate, Decimal(0)) + total
    notes = {note.get("BT-21"): note.get("BT-22") for note in invoice.get("BG-1") or []}
    day = invoice.get("BT-2")
    return InvoiceFacts(
        number=str(invoice.get("BT-1") or ""),
        type=str(invoice.get("BT-3") or ""),
        day=day if isinstance(day, date) else None,
        process=str(invoice.get("BT-23") or ""),
        currency=str(invoice.get("BT-5") or ""),
        seller=_party(invoice.get("BG-4") or {}),
        buyer=_party(invoice.get("BG-7") or {}),
        gross=gross,
        categories=frozenset(
            str(group["BT-118"]) for group in invoice.get("BG-23") or [] if group.get("BT-118")
        ),
        on_debits=str(invoice.get("BT-8") or "") in ("invoice", "5", "3"),
        treatment=str(notes.get("BAR") or "").strip(),
    )


def _party(group: dict[str, Any]) -> TradeParty:
    scheme = group.get("legal_identifier_schemeid")
    siren = str(group.get("legal_identifier") or "")
    return TradeParty(
        name=str(group.get("name") or ""),
        siren=siren if scheme == "0002" else "",
        address=str(group.get("einvoicing_addr") or ""),
        scheme=str(group.get("einvoicing_addr_schemeid") or ""),
    )


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value or 0))
    except InvalidOperation:
        return Decimal(0)
