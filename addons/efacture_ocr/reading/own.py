"""The reader's own company: never taken for the supplier; whether the document is a purchase or a sale is told from it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from .labels import fold
from .model import Options


def compact(text: str) -> str:
    """Letters and figures only, in capitals."""
    return re.sub(r"[^0-9A-Za-z]", "", text).upper()


class Own:
    """Identifiers and names of the reader's own company."""

    def __init__(self, options: Options) -> None:
        self.identifiers = {compact(item) for item in options.own if compact(item)}
        self.names = tuple(fold(name) for name in options.own_names if fold(name))
        self.sirens = {
            item[:9] for item in self.identifiers if item[:9].isdigit() and len(item) in (9, 14)
        }
        self.sirens |= {
            item[4:] for item in self.identifiers if re.fullmatch(r"FR[0-9A-Z]{2}\d{9}", item)
        }

    def __bool__(self) -> bool:
        return bool(self.identifiers or self.names)

    def is_identifier(self, value: str) -> bool:
        """Whether a SIREN, SIRET, VAT number or account is our own."""
        value = compact(value)
        if not value:
            return False
        if value in self.identifiers:
            return True
        digits = value[4:] if re.fullmatch(r"FR[0-9A-Z]{2}\d{9}", value) else value[:9]
        return len(value) in (9, 13, 14) and digits in self.sirens

    def is_name(self, name: str) -> bool:
        """Whether a printed name is our own, a little misread or with its legal form."""
        folded = fold(name)
        return bool(folded) and any(fuzz.token_set_ratio(folded, own) >= 92 for own in self.names)


def direction(
    own: Own,
    seller: Iterable[str],
    buyer: Iterable[str],
    seller_name: str = "",
    buyer_name: str = "",
) -> str:
    """`purchase` when the buyer is our company, `sale` when the seller is, else empty.

    :param seller: identifiers of the seller; `buyer` likewise
    """
    if not own:
        return ""
    if any(own.is_identifier(item) for item in seller):
        return "sale"
    if any(own.is_identifier(item) for item in buyer):
        return "purchase"
    if seller_name and own.is_name(seller_name):
        return "sale"
    return "purchase" if buyer_name and own.is_name(buyer_name) else ""
