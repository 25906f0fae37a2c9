"""What the document is (BT-3), its language, currency (BT-5) and payment terms (BT-20)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from statistics import median

from ..identifiers import IBAN, VAT, find_identifiers
from ..labels import find_labels, fold, languages, vocabulary
from ..layout import Layout, Row
from ..model import COMPUTED, Candidate, Reading, Word
from . import View

CODES = {"invoice": "380", "credit_note": "381", "deposit": "386", "receipt": "380"}
# Countries with their own money; the others of the identifiers pay in euros.
_MONEY = {"GB": "GBP", "XI": "GBP", "CH": "CHF", "CHE": "CHF", "PL": "PLN", "SE": "SEK", "DK": "DKK", "CZ": "CZK", "HU": "HUF", "RO": "RON", "BG": "BGN", "NO": "NOK"}  # fmt: skip
_ISO = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "CAD",
    "PLN",
    "SEK",
    "DKK",
    "NOK",
    "CZK",
    "HUF",
    "RON",
    "JPY",
    "AUD",
    "MAD",
    "TND",
    "XOF",
    "XPF",
)
# The order in which titles are asked: the more special first.
_ORDER = (
    "credit_note",
    "deposit",
    "reminder",
    "delivery_note",
    "order",
    "quote",
    "receipt",
    "invoice",
)


def languages_of(layout: Layout) -> tuple[str, ...]:
    """Every language there is a file for, that of the pages first (by small words and labels)."""
    codes = languages()
    tokens = Counter(token for word in layout.words[:1500] for token in fold(word.text).split())
    score: dict[str, float] = {}
    for code in codes:
        small = sum(tokens[fold(word)] for word in vocabulary(code).get("stop", ()))
        score[code] = float(small)
    for code in codes:
        score[code] += (
            1.5 * len({(x.words[0].x0, x.words[0].y0) for x in find_labels(layout, (code,))}) ** 0.9
        )
    first = max(codes, key=lambda code: (score[code], code == "fr"))
    return (first, *(code for code in codes if code != first))


def title_of(view: View) -> str:
    """`invoice`, `credit_note`, … by the words that head the first page, else empty."""
    found = _titles(view)
    return found[0][0] if found else ""


def document_type(view: View, readings: Mapping[str, Reading]) -> str:
    """`invoice`, `credit_note`, `deposit` or `receipt`; `order` or `other` for what is no invoice at all."""
    code = str(readings["BT-3"].value) if "BT-3" in readings else ""
    if code == "381":
        return "credit_note"
    if code == "386":
        return "deposit"
    title = title_of(view)
    if title == "receipt" or (not title and _is_ticket(view)):
        return "receipt"
    if title == "order" and "BT-1" not in readings:
        return "order"
    if title in ("quote", "delivery_note", "reminder"):
        return "other"
    return "invoice"


def find(view: View) -> list[Candidate]:
    """Candidates of type, currency and payment terms."""
    if not view.layout.pages:
        return []
    return [*_types(view), *_currencies(view), *_terms(view)]


# -- type -------------------------------------------------------------------------------------------


def _titles(view: View) -> list[tuple[str, float, tuple[Word, ...]]]:
    """(kind, weight, words) of title words on the first page; large, alone in their cell or near the top count more."""
    if not view.layout.pages:
        return []
    page = view.layout.pages[0]
    usual = median(word.y1 - word.y0 for word in page.words) if page.words else 1.0
    found = []
    for row in view.layout.rows(page.number):
        for cell in row.cells:
            text = f" {fold(cell.text)} "
            size = max(word.y1 - word.y0 for word in cell.words) / max(usual, 1.0)
            kind = _kind_of(text, view.languages)
            if not kind or len(cell.words) > 9:
                continue
            begins = any(
                text.startswith(f" {fold(word)} ")
                for code in view.languages
                for word in vocabulary(code)["document"].get(kind, ())
            )
            weight = (1.0 if begins else 0.3) * (1.6 if size >= 1.25 else 1.0)
            weight *= 1.3 if len(cell.words) <= 3 else 1.0
            weight *= 1.0 if row.box.y0 < 0.45 * page.height else 0.35
            weight *= 1.25 if cell.text.isupper() else 1.0
            found.append((kind, weight, cell.words))
    best = max((weight for _kind, weight, _words in found), default=0.0)
    strong = [item for item in found if item[1] >= 0.75 * best and item[1] >= 0.6]
    return sorted(strong, key=lambda item: -item[1])


def _kind_of(text: str, codes: tuple[str, ...]) -> str:
    for kind in _ORDER:
        for code in codes:
            for wording in vocabulary(code)["document"].get(kind, ()):
                if f" {fold(wording)} " in text:
                    return kind
    return ""


def _types(view: View) -> list[Candidate]:
    found = []
    for kind, weight, words in _titles(view):
        if kind in CODES:
            found.append(
                Candidate(
                    "BT-3",
                    CODES[kind],
                    min(0.95, 0.5 + 0.25 * weight),
                    words,
                    ("title",),
                    words[0].source,
                )
            )
    if not any(c.value == "380" for c in found):
        found.append(Candidate("BT-3", "380", 0.6, (), ("usual",), COMPUTED))
    return sorted(found, key=lambda c: -c.score)


def _is_ticket(view: View) -> bool:
    """A narrow page, as a till prints."""
    page = view.layout.pages[0]
    return page.width < 300 and page.height > 1.2 * page.width


# -- currency ---------------------------------------------------------------------------------------


def _currencies(view: View) -> list[Candidate]:
    counts: Counter[str] = Counter()
    words: dict[str, Word] = {}
    signs = {"€": "EUR", "£": "GBP"}
    dollars: list[Word] = []
    for word in view.layout.words:
        text = word.text.strip(".,;:()").upper()
        code = text if text in _ISO else "EUR" if text in ("EURO", "EUROS") else ""
        for sign, value in signs.items():
            if sign in word.text:
                code = value
        glued = re.search(r"(?<![A-Z])(USD|EUR|GBP|CHF|CAD|US\$)(?![A-Z])", text)
        if not code and glued and any(char.isdigit() for char in text):
            code = "USD" if glued[1] == "US$" else glued[1]
        if "$" in word.text and not code:
            dollars.append(word)
        if code:
            counts[code] += 1
            words.setdefault(code, word)
    countries = Counter(
        item.value[:2]
        for item in find_identifiers(view.layout)
        if item.kind in (VAT, IBAN) and item.valid
    )
    found = []
    spelled = sum(counts.values())
    for code, times in counts.most_common(3):
        score = 0.6 + 0.35 * times / spelled
        found.append(
            Candidate("BT-5", code, score, (words[code],), ("printed",), words[code].source)
        )
    if dollars:
        # A recognised euro sign often comes out as a dollar: only without any sign of Europe.
        doubtful = dollars[0].source == "ocr" or bool(countries)
        many = len(dollars) > counts["EUR"]
        found.append(
            Candidate(
                "BT-5",
                "USD",
                0.35 if doubtful else 0.9 if many else 0.5,
                (dollars[0],),
                ("printed",),
                dollars[0].source,
            )
        )
    if countries:
        country = countries.most_common(1)[0][0]
        found.append(Candidate("BT-5", _MONEY.get(country, "EUR"), 0.7, (), ("country",), COMPUTED))
    elif view.languages[0] in ("fr", "de"):
        found.append(Candidate("BT-5", "EUR", 0.6, (), ("language",), COMPUTED))
    return sorted(found, key=lambda c: -c.score)


# -- terms ------------------------------------------------------------------------------------------


def _terms(view: View) -> list[Candidate]:
    """The sentence beside *Conditions de règlement*, or one that says *30 jours*."""
    found = []
    for label in view.labelled("terms"):
        cell = next(
            (c for c in view.layout.cells(label.box.page) if label.words[-1] in c.words), None
        )
        if cell is None:
            continue
        rest = cell.words[cell.words.index(label.words[-1]) + 1 :]
        text = " ".join(word.text for word in rest).strip(" :-")
        if not text:
            near = [
                *view.layout.right_of(label.box, 180)[:1],
                *view.layout.below(label.box, 22)[:1],
            ]
            rest, text = next(((c.words, c.text) for c in near if _is_prose(c.text)), ((), ""))
        if text and _is_prose(text):
            found.append(
                Candidate(
                    "BT-20",
                    text[:200],
                    0.7 if days_of(text) else 0.55,
                    tuple(rest),
                    ("label",),
                    label.words[0].source,
                )
            )
    for row in view.layout.all_rows:
        if days_of(row.text) and _speaks_of_paying(row):
            found.append(
                Candidate(
                    "BT-20", row.text[:200], 0.6, row.words, ("pattern",), row.words[0].source
                )
            )
    return sorted(found, key=lambda c: -c.score)[:4]


def _is_prose(text: str) -> bool:
    return sum(char.isalpha() for char in text) >= 4


def _speaks_of_paying(row: Row) -> bool:
    folded = f" {fold(row.text)} "
    roots = (
        " paiement",
        " reglement",
        " payable",
        " net",
        " echeance",
        " payment",
        " terms",
        " due",
        " zahlbar",
        " zahlung",
        " reception",
        " fin de mois",
        " jours net",
    )
    return (
        any(root in folded for root in roots) and "penalit" not in folded and "retard" not in folded
    )


def days_of(text: str) -> Decimal | None:
    """Days of a term of payment (`30 jours`, `net 45 days`, `14 Tage`), 0 for *à réception* and *comptant*, else None."""
    folded = fold(text)
    match = re.search(r"\b(\d{1,3}) ?(?:jours?|jrs?|j|days?|tage?n?|d)\b", folded)
    if match and int(match[1]) <= 120:
        return Decimal(match[1])
    if re.search(
        r"\b(?:a reception|comptant|immediat|immediately|upon receipt|on receipt|sofort)\b", folded
    ):
        return Decimal(0)
    return None
