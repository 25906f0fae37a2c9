"""From the EN 16931 dictionary to CII or UBL, by the factur-x library.

The dictionary is the library's own (keys ``BT-…``, ``BG-…``, ``EXT-FR-FE-…``), with amounts as
``Decimal`` (or decimal strings) and dates as ``date``; binary floats are refused.
"""

from __future__ import annotations

import copy
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

SYNTAXES = {"cii": "factur-x", "ubl": "ubl-2.1"}
PROFILES = {
    "cii": ("basicwl", "en16931", "extended", "extended-ctc-fr"),
    "ubl": ("en16931", "extended-ctc-fr"),
}
_TERM = re.compile(r"\b(BT-\d+(?:-\d+)?|BG-\d+(?:-\d+)?|EXT-FR-FE-(?:BG-)?\d+)\b")
# characters XML 1.0 cannot carry
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class InvoiceDataError(ValueError):
    """The dictionary cannot be written: a term is missing or wrong.

    :ivar term: the business term at fault (``BT-112``), or empty when the library did not say.
    """

    def __init__(self, term: str, message: str):
        super().__init__(message)
        self.term = term


def write_xml(invoice: dict[str, Any], syntax: str, profile: str = "en16931") -> bytes:
    """Return the XML of an invoice, UTF-8 with declaration.

    Nothing is checked against schemas or rules here: ask ``validator.validate``. The dictionary
    given is not changed.

    :param syntax: ``cii`` or ``ubl`` (Invoice or CreditNote by BT-3).
    :param profile: ``en16931`` or ``extended-ctc-fr``; for CII also ``extended`` and ``basicwl``.
        It sets BT-24; terms the profile does not have are left out.
    :raises InvoiceDataError: naming the missing or wrong term.
    """
    if syntax not in SYNTAXES:
        raise InvoiceDataError("", f"Unknown syntax {syntax!r}: cii or ubl.")
    if profile not in PROFILES[syntax]:
        allowed = ", ".join(PROFILES[syntax])
        raise InvoiceDataError(
            "BT-24", f"Profile {profile!r} does not exist in {syntax}: {allowed}."
        )
    from facturx.generate_xml import EN16931_CURRENCY_FIELDS, EN16931_FIELDS, generate_xml

    fields = {**EN16931_FIELDS, **EN16931_CURRENCY_FIELDS}
    data = _plain(copy.deepcopy(invoice), "", _formats(fields))
    data.pop("BT-24", None)
    try:
        return generate_xml(
            data, flavor=SYNTAXES[syntax], level=profile, check_xsd=False, check_schematron=False
        )
    except KeyError as error:
        term = _term_of(str(error.args[0] if error.args else ""))
        raise InvoiceDataError(term, f"The invoice has no value for {error.args[0]}.") from error
    except (ValueError, TypeError, AttributeError, AssertionError, IndexError) as error:
        text = str(error).replace("data_dictxxxx", "the invoice") or type(error).__name__
        raise InvoiceDataError(_term_of(text), text) from error


def _term_of(text: str) -> str:
    found = _TERM.search(text)
    return found[1] if found else ""


def _formats(fields: dict[str, Any]) -> dict[str, str]:
    """Return {key: format} over all levels of the library's table."""
    formats: dict[str, str] = {}
    for key, props in fields.items():
        formats.setdefault(key, props.get("format", "string"))
        if isinstance(props.get("fields"), dict):
            for name, value in _formats(props["fields"]).items():
                formats.setdefault(name, value)
    return formats


def _plain(value: Any, term: str, formats: dict[str, str]) -> Any:
    """Return ``value`` as the library wants it: decimals as plain strings, text XML can carry."""
    if isinstance(value, dict):
        return {key: _plain(item, str(key or term), formats) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, term, formats) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, (bytes, date, datetime)):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, float):
        raise InvoiceDataError(_term_of(term), f"{term}: a binary float is not an exact amount.")
    if isinstance(value, int):
        value = Decimal(value)
    if isinstance(value, Decimal):
        return _number(value, term, formats.get(term, "monetary"))
    if isinstance(value, str):
        if formats.get(term, "").startswith(("monetary", "price", "qty", "percent")):
            try:
                return _number(Decimal(value), term, formats[term])
            except InvalidOperation:
                raise InvoiceDataError(_term_of(term), f"{term}: {value!r} is no number.") from None
        return _NOT_XML.sub("", value)
    raise InvoiceDataError(_term_of(term), f"{term}: {type(value).__name__} cannot be written.")


def _number(value: Decimal, term: str, kind: str) -> str:
    """Write a decimal without exponent; trailing zeros beyond two decimals go, nothing is rounded."""
    if not value.is_finite():
        raise InvoiceDataError(_term_of(term), f"{term}: {value} is no number.")
    text = f"{value:f}"
    keep = 2 if kind.startswith(("monetary", "price")) else 0
    if "." in text:
        whole, _, decimals = text.partition(".")
        decimals = decimals[:keep] + decimals[keep:].rstrip("0")
        text = f"{whole}.{decimals}" if decimals else whole
    return "0" if text in ("-0", "") else text
