"""Small helpers of the semantic invoice: exact numbers, plain text, the tables of `data/semantic`."""

import csv
import functools
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from odoo.tools import float_repr, html2plaintext

DATA = Path(__file__).parent.parent / "data" / "semantic"
FRANCE_VAT = ("FR", "MC")
# countries of the French Republic whose companies have a SIREN
FRANCE_SIREN = ("FR", "GP", "MQ", "GF", "RE", "YT", "BL", "MF", "PM")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_NOT_VALUE = re.compile(r"[\s\u00a0\u202f\u200b\ufeff]+")


@functools.cache
def table(name):
    """The rows of ``data/semantic/<name>.csv``, as a tuple of dictionaries."""
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@functools.cache
def vatex_text(code):
    """The sentence of an exemption code, in French: its own, else that of the article it details."""
    known = {row["code"]: row["text"] for row in table("vatex")}
    while code and code not in known:
        code, _, _detail = code.rpartition("-")
    return known.get(code, "")


@functools.cache
def tax_template(name):
    """(category, exemption code, text) of a tax of the French chart by its template's name, or None."""
    for row in table("taxes"):
        if row["template"] == name:
            return row["category"], row["code"], row["text"]
    return None


@functools.cache
def note_text(code):
    """The sentence we propose for a legal note, in French."""
    return next((row["text"] for row in table("notes") if row["code"] == code), "")


def amount(value, digits):
    """An amount of the ledger as ``Decimal`` with its currency's digits (the float is read, not kept)."""
    result = Decimal(float_repr(value, digits))
    return result if result else abs(result)  # no "-0.00"


def number(value):
    """A price, a quantity or a rate as it was typed: the shortest decimal of the float."""
    return Decimal(repr(float(value or 0.0)))


def rounded(value, digits):
    """Round a ``Decimal`` half up, away from zero, as Odoo rounds amounts."""
    result = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return result if result else abs(result)


def trimmed(value):
    """The same number without zeros at its end, never in exponent form."""
    return Decimal(f"{value.normalize():f}") if value else Decimal(0)


def present(values):
    """The entries of a dictionary that say something; zero does."""
    return {
        key: value
        for key, value in values.items()
        if value is not None and value is not False and value not in ("", [], {})
    }


def plain(text):
    """Text without control characters and without spaces around; `<` and `>` are characters here."""
    text = str(text or "").replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


def plain_html(html):
    """The text of an HTML field; empty for the empty paragraphs that editors leave."""
    return plain(html2plaintext(str(html), include_references=False)) if html else ""


def one_line(text):
    """Plain text on one line."""
    return " ".join(plain(text).split())


def compact(text):
    """An identifier without spaces."""
    return _NOT_VALUE.sub("", str(text or ""))


def cut(text, limit):
    """Text of at most ``limit`` characters, cut between words and marked with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit // 2 else head).rstrip() + "…"


def in_parts(text, limit):
    """The same text in pieces of at most ``limit`` characters, cut between words where possible."""
    parts = []
    while len(text) > limit:
        space = max(text.rfind(" ", 0, limit + 1), text.rfind("\n", 0, limit + 1))
        place = space if space > limit // 2 else limit
        parts.append(text[:place].rstrip())
        text = text[place:].lstrip()
    return [*parts, text] if text else parts
