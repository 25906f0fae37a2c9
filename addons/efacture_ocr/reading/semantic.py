"""From what was decided to the EN 16931 dictionary of factur-x's parser, with the evidence of each field."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from .labels import fold
from .model import COMPUTED, OCR, TEXT, Box, Candidate, Reading, ReadLine, Value, VatRow, Word

_FILE = Path(__file__).parent / "data" / "units.json"
# Field → key of a party's dictionary.
SELLER = {"BT-27": "name", "BT-31": "vat_identifier", "BT-35": "addr_l1", "BT-37": "city", "BT-38": "postcode", "BT-40": "country_code"}  # fmt: skip
BUYER = {"BT-44": "name", "BT-48": "vat_identifier", "BT-50": "addr_l1", "BT-52": "city", "BT-53": "postcode", "BT-55": "country_code"}  # fmt: skip
_PARTIES = (
    ("BG-4", SELLER, "BT-30", "BT-29", "BT-43"),
    ("BG-7", BUYER, "BT-47", "BT-46", "BT-58"),
)
_AMOUNTS = (
    "BT-106",
    "BT-107",
    "BT-108",
    "BT-109",
    "BT-110",
    "BT-112",
    "BT-113",
    "BT-114",
    "BT-115",
)


@cache
def _units() -> dict[str, str]:
    table = json.loads(_FILE.read_text(encoding="utf-8"))
    return {fold(word) or word: code for code, words in table.items() for word in words}


def unit_code(text: str) -> str:
    """UN/ECE Recommendation 20 code of a printed unit; `C62` (one) for an unknown one."""
    return _units().get(fold(text), "C62")


def plain(value: Value) -> str:
    """A value as the dictionary holds it: dates ISO, amounts as decimal texts."""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def money(value: Decimal) -> str:
    """An amount with at least two decimals."""
    return f"{value:f}" if -value.as_tuple().exponent >= 2 else f"{value:.2f}"


def build(
    readings: dict[str, Reading],
    lines: Iterable[ReadLine],
    vat_rows: Iterable[VatRow],
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The invoice and the evidence per field (`BT-…`, `BG-23/1/BT-117`, `BG-25/1`, `BG-25/1/BT-131`)."""
    invoice: dict[str, Any] = {}
    evidence: dict[str, dict[str, Any]] = {}
    rest = dict(readings)
    for group, terms, legal, site, mail in _PARTIES:
        party = {key: plain(rest.pop(term).value) for term, key in terms.items() if term in rest}
        if legal in rest:
            party["legal_identifier"] = plain(rest.pop(legal).value)
            party["legal_identifier_schemeid"] = "0002"
        if site in rest:
            party["identifiers"] = {"0009": plain(rest.pop(site).value)}
        if mail in rest:
            party["contacts"] = [{"email": plain(rest.pop(mail).value)}]
        if party:
            invoice[group] = party
    if "BT-25" in rest:
        preceding = {"BT-25": plain(rest.pop("BT-25").value)}
        if "BT-26" in rest:
            preceding["BT-26"] = plain(rest.pop("BT-26").value)
        invoice["BG-3"] = [preceding]
    for term, reading in rest.items():
        value = reading.value
        invoice[term] = (
            money(value) if term in _AMOUNTS and isinstance(value, Decimal) else plain(value)
        )
    if "BT-84" in invoice:
        invoice.setdefault("BT-81", "30")
    for term, reading in readings.items():
        evidence[term] = _evidence(reading)
    rows = list(vat_rows)
    if rows:
        invoice["BG-23"] = [_vat_row(row, number, evidence) for number, row in enumerate(rows, 1)]
    only = rows[0] if len(rows) == 1 else None
    read_lines = list(lines)
    if read_lines:
        invoice["BG-25"] = [
            _line(line, number, evidence, only) for number, line in enumerate(read_lines, 1)
        ]
    return invoice, evidence


def _place(words: tuple[Word, ...]) -> dict[str, Any]:
    if not words:
        return {}
    box = Box.around([word for word in words if word.page == words[0].page])
    return {"page": box.page + 1, "box": [round(v, 1) for v in (box.x0, box.y0, box.x1, box.y1)]}


def _evidence(reading: Reading) -> dict[str, Any]:
    candidate = reading.candidate
    told: dict[str, Any] = {"origin": candidate.origin, "confidence": round(reading.confidence, 3)}
    told["score"] = round(candidate.score, 4)  # before calibration, for those who measure
    told |= _place(candidate.words)
    if candidate.reasons:
        told["reasons"] = list(candidate.reasons)
    if reading.alternatives:
        told["alternatives"] = [_alternative(other) for other in reading.alternatives[:3]]
    return told


def _alternative(candidate: Candidate) -> dict[str, Any]:
    return {"value": plain(candidate.value), "origin": candidate.origin} | _place(candidate.words)


def _vat_row(row: VatRow, number: int, evidence: dict[str, dict[str, Any]]) -> dict[str, str]:
    told = {"BT-118": row.category, "BT-119": plain(row.rate)}
    if row.base is not None:
        told["BT-116"] = money(row.base)
    if row.tax is not None:
        told["BT-117"] = money(row.tax)
    for term, value in (("BT-120", row.reason), ("BT-121", row.reason_code)):
        if value:
            told[term] = value
    origin = row.words[0].source if row.words else COMPUTED
    evidence[f"BG-23/{number}"] = {"origin": origin, "confidence": round(row.score, 3)} | _place(
        row.words
    )
    return told


# A first row shorter than this was not wrapped: what stands under it describes.
_WRAPPED = 28


def _name_and_more(description: str) -> tuple[str, str]:
    """BT-153 and BT-154 of a printed description: a name that was wrapped is one, rows under a short name describe it."""
    first, *rest = [row.strip() for row in description.split("\n") if row.strip()] or [""]
    while rest and len(first) >= _WRAPPED and not any(char.isdigit() for char in rest[0][:3]):
        first = f"{first} {rest.pop(0)}"
    return first, " ".join(rest)


def _line(
    line: ReadLine, number: int, evidence: dict[str, dict[str, Any]], only: VatRow | None
) -> dict[str, Any]:
    """BG-25; `only` is the VAT of a document that has one rate, for lines that do not say theirs."""
    told: dict[str, Any] = {"BT-126": str(number)}
    if line.quantity is not None:
        told |= {
            "BT-129": plain(line.quantity),
            "BT-130": unit_code(line.unit) if line.unit else "C62",
        }
    if line.amount is not None:
        told["BT-131"] = money(line.amount)
    if line.price is not None:
        told["BT-146"] = plain(line.price)
    if line.gross_price is not None:
        told["BT-148"] = plain(line.gross_price)
        if line.price is not None and line.gross_price > line.price:
            told["BT-147-00"] = [{"BT-147": plain(line.gross_price - line.price)}]
    rate, category = line.vat_rate, line.vat_category
    if rate is None and only is not None:
        rate, category = only.rate, only.category
    if rate is not None:
        told |= {"BT-151": category or ("S" if rate else "Z"), "BT-152": plain(rate)}
    description, reference = line.description, line.reference
    if not description and reference and not any(char.isdigit() for char in reference):
        description, reference = reference, ""  # words in the column of references are the name
    if description:
        name, more = _name_and_more(description)
        told["BT-153"] = name
        if more:
            told["BT-154"] = more
    if reference:
        told["BT-155"] = reference
    origin = OCR if any(word.source == OCR for word in line.words) else TEXT
    common = {"origin": origin, "confidence": round(line.score, 3)}
    evidence[f"BG-25/{number}"] = (
        common | _place(line.words) | ({"reasons": list(line.reasons)} if line.reasons else {})
    )
    for term, words in line.cells.items():
        if term in told and words:
            evidence[f"BG-25/{number}/{term}"] = common | _place(words)
    return told
