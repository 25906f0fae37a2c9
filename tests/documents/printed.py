"""Whether what a truth calls visible stands in the text of its PDF."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from documents.registry import Drawn
from documents.world import day_text

_DATES = (
    "d/m/Y", "d/m/y", "d.m.Y", "d.m.y", "j/n/Y", "n/j/Y", "m/d/Y", "d-m-Y", "d-m-y", "Y-m-d", "j B Y", "d B Y", "B j, Y", "b j, Y", "j b Y",
    "d b Y", "j-b-y", "d-b-y", "d-b-Y", "j. B Y", "d. B Y", "Y/m/d", "dmY", "j.n.Y", "j.n.y", "d m Y", "d/b/Y",
)  # fmt: skip
_CODES = [
    "supplier_vat",
    "supplier_siren",
    "supplier_siret",
    "iban",
    "bic",
    "buyer_vat",
    "buyer_siren",
    "number",
    "po_ref",
    "contract_ref",
]
_AMOUNTS = ["net", "line_total", "vat_total", "gross", "prepaid", "payable", "allowance", "charge"]
_CURRENCIES = {"EUR": ("€", "eur"), "USD": ("$", "usd"), "CHF": ("chf",), "GBP": ("£", "gbp")}


def text_of(pdf: bytes) -> str:
    """The text layer of all pages."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def squeezed(text: str) -> str:
    """Without spaces, in one case and one form."""
    text = unicodedata.normalize("NFKC", text).replace("\ufffe", "-")
    return re.sub(r"\s|\u200b", "", text).casefold()


def _has_amount(text: str, value: str) -> bool:
    """`text` with its spaces and line ends: figures of the next cell are no part of the amount."""
    whole, _, cents = f"{abs(Decimal(value)):.2f}".partition(".")
    shape = "".join(
        figure + (r"[.,'’ ]?" if (len(whole) - index) % 3 == 1 and index + 1 < len(whole) else "")
        for index, figure in enumerate(whole)
    )
    rest = (
        rf"[.,€]{cents}(?!\d)"
        if cents != "00"
        else r"(?:[.,€]00(?!\d)|[.,]?[-–—€](?!\d{2})|(?![.,]?\d))"
    )
    return re.search(r"(?<![\d.,])" + shape + rest, text) is not None


def _has_day(text: str, value: str) -> bool:
    day = date.fromisoformat(value)
    return any(
        squeezed(day_text(day, shape, language)) in text
        for shape in _DATES
        for language in ("fr", "en", "de")
    )


def missing(drawn: Drawn) -> list[str]:
    """Fields called visible that are not in the text, codes called hidden that are, lines whose name or total is not printed."""
    spaced = re.sub(r"[^\S\n]", " ", unicodedata.normalize("NFKC", text_of(drawn.pdf)))
    text = squeezed(spaced)
    bare = re.sub(r"[-./·]", "", text)
    truth, wrong = drawn.truth, []
    for name, shown in truth["visible"].items():
        value = truth[name]
        if name == "lines":
            continue
        if name in _CODES:
            found = bool(value) and re.sub(r"[-./·]", "", squeezed(value)) in bare
            inside = name in ("supplier_siren", "buyer_siren", "po_ref", "contract_ref")
            if found and not shown and not inside:
                wrong.append(f"{name} {value} is printed but called hidden")
        elif name in _AMOUNTS:
            found = value is not None and _has_amount(spaced, value)
        elif name in ("date", "due_date", "delivery_date"):
            found = value is not None and _has_day(text, value)
        elif name == "currency":
            found = any(sign in text for sign in _CURRENCIES[value])
        else:
            found = value is not None and squeezed(value) in text
        if shown and not found:
            wrong.append(f"{name} {value} is not printed")
    if truth["visible"]["lines"]:
        for item in truth["lines"]:
            if squeezed(item["name"]) not in text:
                wrong.append(f"line {item['name']} is not printed")
            total = item.get("printed_total", item["total"])
            if not _has_amount(spaced, total):
                wrong.append(f"amount {total} of line {item['name']} is not printed")
    return wrong
