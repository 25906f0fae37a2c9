"""French company identifiers and electronic addresses (scheme 0225).

Each ``check_*`` takes what a person typed and returns the compact form, or raises
``InvalidIdentifier`` whose ``reason`` is a short code for a sentence of the caller's language and
whose text is a plain English sentence. Check digits by python-stdnum (Luhn; the VAT key is
``(12 + 3 × (SIREN mod 97)) mod 97``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret
from stdnum.util import isdigits

_SPACES = re.compile(r"[\s\u00a0\u2007\u202f\u200b.\-]+")
_ADDRESS = re.compile(r"[A-Za-z0-9\-_.]+\Z")
_ROUTING = re.compile(r"[A-Za-z0-9\-_./]+\Z")


class InvalidIdentifier(ValueError):
    """An identifier that cannot be right.

    :ivar reason: ``empty``, ``characters``, ``length``, ``check_digit``, ``mismatch``.
    """

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason


def compact(text: str | None) -> str:
    """Return ``text`` without the spaces, dots and hyphens people put between digits."""
    return _SPACES.sub("", text or "")


def check_siren(text: str | None) -> str:
    """Return a SIREN as 9 digits. Source: Insee, Luhn key.

    :raises InvalidIdentifier: empty, not 9 digits, or its last digit does not match.
    """
    number = _digits(text, 9, "SIREN")
    try:
        return stdnum_siren.validate(number)
    except ValidationError:
        raise InvalidIdentifier(
            "check_digit", f"The SIREN {number} has a typing error: its last digit does not match."
        ) from None


def check_siret(text: str | None, siren: str | None = None) -> str:
    """Return a SIRET as 14 digits (La Poste's own key is known).

    :param siren: when given, the SIRET must belong to it.
    :raises InvalidIdentifier: empty, not 14 digits, wrong key, or of another company.
    """
    number = _digits(text, 14, "SIRET")
    try:
        stdnum_siret.validate(number)
    except ValidationError:
        raise InvalidIdentifier(
            "check_digit", f"The SIRET {number} has a typing error: its last digit does not match."
        ) from None
    if siren and not number.startswith(compact(siren)):
        raise InvalidIdentifier(
            "mismatch", f"The SIRET {number} does not belong to the SIREN {siren}."
        )
    return number


def _digits(text: str | None, length: int, name: str) -> str:
    number = compact(text)
    if not number:
        raise InvalidIdentifier("empty", f"The {name} is missing.")
    if not (number.isascii() and isdigits(number)):
        raise InvalidIdentifier("characters", f"A {name} has digits only: {text}.")
    if len(number) != length:
        raise InvalidIdentifier(
            "length", f"A {name} has {length} digits; {number} has {len(number)}."
        )
    return number


def vat_key(siren: str) -> str:
    """Return the two-digit key of the French VAT number of a SIREN."""
    return f"{(12 + 3 * (int(check_siren(siren)) % 97)) % 97:02d}"


def vat_from_siren(siren: str) -> str:
    """Return ``FR`` + key + SIREN."""
    number = check_siren(siren)
    return f"FR{vat_key(number)}{number}"


def check_french_vat(text: str | None, siren: str | None = None) -> str:
    """Return a French VAT number in its compact form (``FR`` + 2 characters + SIREN).

    Keys with a letter (assigned by the tax office) are accepted without computing them.

    :param siren: when given, the number must contain it.
    :raises InvalidIdentifier: wrong shape, wrong key, or of another company.
    """
    number = compact(text).upper()
    if not number:
        raise InvalidIdentifier("empty", "The VAT number is missing.")
    if not re.fullmatch(r"FR[0-9A-HJ-NP-Z]{2}[0-9]{9}", number):
        raise InvalidIdentifier(
            "characters", f"A French VAT number is FR, two characters and the SIREN: {text}."
        )
    own_siren = check_siren(number[4:])
    if number[2:4].isdigit() and number[2:4] != vat_key(own_siren):
        raise InvalidIdentifier(
            "check_digit",
            f"The key of the VAT number {number} does not match (FR{vat_key(own_siren)} expected).",
        )
    if siren and own_siren != compact(siren):
        raise InvalidIdentifier(
            "mismatch", f"The VAT number {number} does not contain the SIREN {siren}."
        )
    return number


@dataclass(frozen=True)
class Address:
    """An electronic address of scheme 0225, taken apart.

    ``<SIREN>``, ``<SIREN>_<SIRET>``, ``<SIREN>_<SIRET>_<routing code>`` or ``<SIREN>_<suffix>``.
    """

    siren: str
    siret: str = ""
    routing_code: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        return "_".join(filter(None, (self.siren, self.siret, self.routing_code, self.suffix)))


def check_address(text: str | None) -> str:
    """Return an electronic address of scheme 0225, cleaned of outer spaces.

    :raises InvalidIdentifier: characters outside ``A-Z a-z 0-9 - _ .``, over 125 characters
        (BR-FR-23, BR-FR-25), or it does not start with a SIREN.
    """
    return str(parse_address(text))


def parse_address(text: str | None) -> Address:
    """Return the parts of an electronic address of scheme 0225. Errors as ``check_address``."""
    value = (text or "").strip()
    if not value:
        raise InvalidIdentifier("empty", "The electronic address is missing.")
    if not _ADDRESS.match(value.replace("/", "-")):
        raise InvalidIdentifier(
            "characters",
            f"An electronic address has letters without accent, digits, - _ and . only: {value}.",
        )
    if len(value) > 125:
        raise InvalidIdentifier("length", "An electronic address has at most 125 characters.")
    siren, _, rest = value.partition("_")
    if not re.fullmatch(r"[0-9]{9}", siren):
        raise InvalidIdentifier(
            "mismatch", f"An address of scheme 0225 starts with a SIREN: {value}."
        )
    head, _, tail = rest.partition("_")
    if re.fullmatch(r"[0-9]{14}", head) and head.startswith(siren):
        return Address(siren, head, check_routing_code(tail) if tail else "")
    return Address(siren, suffix=rest)


def check_routing_code(text: str | None) -> str:
    """Return a routing code (scheme 0224). Source: BR-FR-24, BR-FR-26.

    :raises InvalidIdentifier: empty, odd characters, or over 100 characters.
    """
    value = (text or "").strip()
    if not value:
        raise InvalidIdentifier("empty", "The routing code is missing.")
    if not _ROUTING.match(value):
        raise InvalidIdentifier(
            "characters",
            f"A routing code has letters without accent, digits, - _ . and / only: {value}.",
        )
    if len(value) > 100:
        raise InvalidIdentifier("length", "A routing code has at most 100 characters.")
    return value
