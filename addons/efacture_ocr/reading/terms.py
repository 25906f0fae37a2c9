"""Where the dictionary of factur-x's parser keeps the terms of the parties, and the way from that dictionary to terms alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

PARTY_KEYS = (
    "name", "biz_name", "identifiers", "legal_identifier", "vat_identifier", "tax_identifier", "legal_info",
    "einvoicing_addr", "addr_l1", "addr_l2", "addr_l3", "city", "postcode", "country_subdivision", "country_code",
)  # fmt: skip
# Numbers of the terms in the order of PARTY_KEYS; "-" where a party has no such term. Source: EN 16931-1, 6.3.
PARTIES = {
    "BG-4": "27 28 29 30 31 32 33 34 35 36 162 37 38 39 40",
    "BG-7": "44 45 46 47 48 - - 49 50 51 163 52 53 54 55",
    "BG-10": "59 - 60 61 - - - - - - - - - - -",
    "BG-11": "62 - - - 63 - - - 64 65 164 66 67 68 69",
    "BG-13": "70 - 71 - - - - - 75 76 165 77 78 79 80",
}
CONTACTS = {"BG-4": ("41", "42", "43"), "BG-7": ("56", "57", "58")}
# Plain names of terms, as the truth of test documents has them: a person may correct with these, too.
PLAIN = {
    "number": "BT-1", "date": "BT-2", "type_code": "BT-3", "currency": "BT-5", "due_date": "BT-9", "delivery_date": "BT-72",
    "supplier_name": "BT-27", "supplier_siren": "BT-30", "supplier_siret": "BT-29", "supplier_vat": "BT-31", "supplier_zip": "BT-38",
    "supplier_city": "BT-37", "buyer_name": "BT-44", "buyer_siren": "BT-47", "buyer_vat": "BT-48", "iban": "BT-84", "bic": "BT-86",
    "po_ref": "BT-13", "contract_ref": "BT-12", "terms": "BT-20", "line_total": "BT-106", "allowance": "BT-107", "charge": "BT-108",
    "net": "BT-109", "vat_total": "BT-110", "gross": "BT-112", "prepaid": "BT-113", "payable": "BT-115",
}  # fmt: skip


def party_terms(group: str, party: dict[str, Any]) -> dict[str, Any]:
    """`{"BT-27": "Dupont SARL", …}` of a party of the dictionary; values as they are there."""
    terms = {
        f"BT-{number}": party[key]
        for key, number in zip(PARTY_KEYS, PARTIES[group].split(), strict=True)
        if number != "-" and party.get(key)
    }
    contact = next(iter(party.get("contacts") or []), {})
    for key, number in zip(("name", "phone", "email"), CONTACTS.get(group, ()), strict=False):
        if contact.get(key):
            terms[f"BT-{number}"] = contact[key]
    return terms


def correction_terms(data: dict[str, Any]) -> dict[str, str]:
    """What a person says is right, by term, from any of: `{"BT-1": …}`, the dictionary of an invoice, what `bin/read --json` printed
    (corrected in place), or plain names (`number`, `gross`, …). Lines are left out; a null is an empty text: the document has none.
    """
    if isinstance(data.get("invoice"), dict):
        data = data["invoice"]
    terms: dict[str, str] = {}
    for key, value in data.items():
        if key in PARTIES and isinstance(value, dict):
            for term, inner in party_terms(key, value).items():
                if isinstance(inner, dict):
                    inner = inner.get("0009") or next(iter(inner.values()), "")
                terms[term] = str(inner)
            continue
        term = PLAIN.get(key, key)
        if isinstance(value, list) and value and isinstance(value[0], str):
            value = value[0]
        if term.startswith("BT-") and (
            value is None or isinstance(value, str | int | float | Decimal | date)
        ):
            terms[term] = "" if value is None else str(value)
    return terms
