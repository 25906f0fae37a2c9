"""The fields by which a reading is judged: where each stands in the result, how it is compared, in which groups it counts.

The truth of a document is the JSON described in docs/developer.md (“Reading: who does what”); the result has the shape of factur-x's parser.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from rapidfuzz import fuzz

# UNTDID 1001: documents that give money back; requests for a payment on account
CREDIT_CODES = {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}  # fmt: skip
DEPOSIT_CODES = {"386", "500", "503"}
CENT = Decimal("0.01")
# Words that say the legal form of a company, left out when names are compared.
LEGAL_FORMS = {
    "sa", "sas", "sasu", "sarl", "eurl", "sci", "snc", "scop", "scp", "selarl", "ei", "eirl", "ag", "gmbh", "kg", "ug", "ohg", "ev", "mbh", "co", "ltd", "limited",
    "llc", "inc", "plc", "bv", "nv", "spa", "srl", "societe", "ste", "ets", "etablissements", "cie", "et", "and", "und", "the",
}  # fmt: skip
NAME_RATIO = 85


# -- values -----------------------------------------------------------------------------------------


def amount(value: Any) -> Decimal | None:
    """A number of the truth or of a result, rounded to the cent; None when there is none."""
    number = decimal(value)
    return None if number is None else number.quantize(CENT)


def decimal(value: Any) -> Decimal | None:
    """Any way of writing a number in JSON or Python → `Decimal`, or None."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def day(value: Any) -> str:
    """ISO date of a `date` or of a text that starts with one; empty when there is none."""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value or "")[:10]


def compact(value: Any) -> str:
    """Capitals and digits of an identifier: spaces, dots and dashes are only a way of printing it."""
    return re.sub(r"[\s.\-\u2010-\u2015]", "", str(value or "")).upper()


def reference(value: Any) -> str:
    """A document's number without spaces, in capitals; its dashes, slashes and dots count."""
    text = re.sub(r"\s", "", str(value or "")).upper()
    return re.sub(r"[\u2010-\u2015\u2212]", "-", text)


def name_words(value: Any) -> str:
    """Small letters without accents, punctuation and legal forms."""
    text = unicodedata.normalize("NFKD", str(value or "").casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)
    words = re.findall(r"\w+", text)
    return " ".join([w for w in words if w not in LEGAL_FORMS] or words)


def kind_of(code: Any) -> str:
    """UNTDID 1001 → `credit`, `deposit` or `invoice`: finer differences are seldom printed."""
    code = str(code or "").strip()
    if not code:
        return ""
    if code in DEPOSIT_CODES:
        return "deposit"
    return "credit" if code in CREDIT_CODES else "invoice"


def same_name(got: Any, truth: Any) -> bool:
    """Whether two names mean one company: nearly the same letters, or one is the other without its additions."""
    if "\n" in str(truth or "").strip():  # a field of the XML with an address line beside the name
        lines = [line for line in str(truth).splitlines() if line.strip()]
        if any(same_name(got, line) for line in lines):
            return True
    mine, theirs = name_words(got), name_words(truth)
    if not mine or not theirs:
        return False
    if max(fuzz.ratio(mine, theirs), fuzz.token_sort_ratio(mine, theirs)) >= NAME_RATIO:
        return True
    if mine.replace(" ", "") == theirs.replace(" ", ""):
        return True
    small, large = sorted((mine.split(), theirs.split()), key=len)
    return set(small) <= set(large) and len(" ".join(small)) * 2 >= len(" ".join(large))


def same_text(got: Any, truth: Any) -> bool:
    """Whether a sentence was read: either holds nearly all of the other."""
    mine, theirs = name_words(got), name_words(truth)
    return bool(mine and theirs) and fuzz.token_set_ratio(mine, theirs) >= 80


def _equal(clean: Callable[[Any], Any]) -> Callable[[Any, Any], bool]:
    return lambda got, truth: clean(got) == clean(truth)


# -- fields -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """A field of the header: its key in the truth, its term (key of the evidence), its kind and the groups it counts in."""

    name: str
    term: str
    kind: str
    same: Callable[[Any, Any], bool]
    get: Callable[[dict[str, Any]], Any]
    groups: tuple[str, ...] = ()


def _top(term: str) -> Callable[[dict[str, Any]], Any]:
    return lambda invoice: invoice.get(term)


def _party(group: str, key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda invoice: (invoice.get(group) or {}).get(key)


def _siren(group: str) -> Callable[[dict[str, Any]], Any]:
    def get(invoice: dict[str, Any]) -> Any:
        party = invoice.get(group) or {}
        identifier = party.get("legal_identifier")
        scheme = party.get("legal_identifier_schemeid")
        return identifier if scheme in ("0002", None, "") else None

    return get


def _siret(invoice: dict[str, Any]) -> Any:
    return ((invoice.get("BG-4") or {}).get("identifiers") or {}).get("0009")


_REF, _DATE, _ID, _AMOUNT = _equal(reference), _equal(day), _equal(compact), _equal(amount)
H, C = "header", "core"
FIELDS = (
    Field("supplier_vat", "BT-31", "id", _ID, _party("BG-4", "vat_identifier"), (H,)),
    Field("supplier_siren", "BT-30", "id", _ID, _siren("BG-4"), (H,)),
    Field("iban", "BT-84", "id", _ID, _top("BT-84"), (H,)),
    Field("number", "BT-1", "ref", _REF, _top("BT-1"), (H, C)),
    Field("date", "BT-2", "date", _DATE, _top("BT-2"), (H, C)),
    Field("due_date", "BT-9", "date", _DATE, _top("BT-9"), (H,)),
    Field("net", "BT-109", "amount", _AMOUNT, _top("BT-109"), (H, C)),
    Field("vat_total", "BT-110", "amount", _AMOUNT, _top("BT-110"), (H, C)),
    Field("gross", "BT-112", "amount", _AMOUNT, _top("BT-112"), (H, C)),
    Field("payable", "BT-115", "amount", _AMOUNT, _top("BT-115"), (H,)),
    Field("po_ref", "BT-13", "ref", _REF, _top("BT-13"), (H,)),
    Field("currency", "BT-5", "ref", _REF, _top("BT-5"), (C,)),
    Field("supplier_name", "BT-27", "name", same_name, _party("BG-4", "name")),
    Field("supplier_siret", "BT-29", "id", _ID, _siret),
    Field("supplier_zip", "BT-38", "ref", _REF, _party("BG-4", "postcode")),
    Field("supplier_city", "BT-37", "name", same_name, _party("BG-4", "city")),
    Field("buyer_name", "BT-44", "name", same_name, _party("BG-7", "name")),
    Field("buyer_vat", "BT-48", "id", _ID, _party("BG-7", "vat_identifier")),
    Field("buyer_siren", "BT-47", "id", _ID, _siren("BG-7")),
    Field("type_code", "BT-3", "type", _equal(kind_of), _top("BT-3")),
    Field("delivery_date", "BT-72", "date", _DATE, _top("BT-72")),
    Field("prepaid", "BT-113", "amount", _AMOUNT, _top("BT-113")),
    Field("contract_ref", "BT-12", "ref", _REF, _top("BT-12")),
    Field("terms", "BT-20", "text", same_text, _top("BT-20")),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}
HEADER = tuple(field.name for field in FIELDS if H in field.groups)
CORE = tuple(field.name for field in FIELDS if C in field.groups)
