"""What the document is: invoice, credit note, deposit or receipt (BT-3), or what it is instead; its language and currency (BT-5)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from statistics import median

from ..identifiers import IBAN, VAT, find_identifiers
from ..labels import fold, languages, vocabulary
from ..layout import Layout, Row
from ..model import COMPUTED, OCR, Box, Candidate, Page, Reading, Word
from ..table_words import near
from . import View

#: Kind of document → UNTDID 1001.
CODES = {
    "invoice": "380",
    "credit_note": "381",
    "deposit": "386",
    "receipt": "380",
    "corrected": "384",
}
#: What is no invoice.
INSTEAD = ("order", "quote", "proforma", "delivery_note", "reminder", "statement")
_TOP = 0.55
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR"}
_EURO_LANDS = frozenset(
    ("FR", "DE", "BE", "LU", "NL", "ES", "IT", "AT", "IE", "PT", "FI", "EL", "GR", "EE", "LV", "LT", "SK", "SI", "MT", "CY", "HR", "MC", "BG")
)  # fmt: skip
_LANDS = {"GB": "GBP", "CH": "CHF", "CHE": "CHF", "SE": "SEK", "DK": "DKK", "PL": "PLN", "CZ": "CZK", "HU": "HUF", "RO": "RON", "NO": "NOK"}  # fmt: skip


# -- language ---------------------------------------------------------------------------------------


@cache
def _stop(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in vocabulary(language).get("stop", ()))


@cache
def _label_tokens(language: str) -> frozenset[str]:
    return frozenset(
        token
        for wordings in vocabulary(language)["labels"].values()
        for wording in wordings
        for token in fold(wording).split()
        if len(token) > 3
    )


def languages_of(layout: Layout) -> tuple[str, ...]:
    """Every language there are words for, the language of these pages first."""
    tokens = Counter(token for word in layout.words for token in fold(word.text).split())
    weights: dict[str, float] = {}
    for order, code in enumerate(languages()):
        stop = sum(tokens[token] for token in _stop(code))
        known = sum(min(tokens[token], 3) for token in _label_tokens(code) if token in tokens)
        weights[code] = -(2.0 * stop + known) + 0.01 * order
    return tuple(sorted(weights, key=lambda code: weights[code]))


# -- title ------------------------------------------------------------------------------------------


@cache
def _titles(codes: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], str], ...]:
    """(tokens, kind), the longest first."""
    found = [
        (tuple(fold(wording).split()), kind)
        for code in codes
        for kind, wordings in vocabulary(code).get("document", {}).items()
        for wording in wordings
    ]
    return tuple(sorted(set(found), key=lambda entry: (-len(entry[0]), -len(" ".join(entry[0])))))


def titles(view: View) -> list[tuple[str, float, tuple[Word, ...]]]:
    """(kind, how much it looks like the title, its words), the best first."""
    found: list[tuple[str, float, tuple[Word, ...]]] = []
    for order, page in enumerate(view.layout.pages):
        heights = [word.y1 - word.y0 for word in page.words if word.text.strip()]
        if not heights:
            continue
        usual = median(heights)
        for row in view.layout.rows(page.number):
            if row.box.y0 > _TOP * page.height:
                break
            for kind, score, words in _titles_in(row, view.languages, usual, page):
                if len(row.cells) > 2 and _heads_a_list(view.layout, words):
                    score -= 0.5  # “Facture” over the numbers of several invoices
                found.append((kind, score - 0.25 * (order > 0), words))
    return sorted(found, key=lambda item: -item[1])


def _heads_a_list(layout: Layout, words: tuple[Word, ...]) -> bool:
    """Several values of one shape stand under these words."""
    under = [fold(cell.text) for cell in layout.below(Box.around(words), 60)[:2]]
    shapes = {re.sub(r"[a-z]", "a", re.sub(r"\d", "9", text)) for text in under}
    return len(under) == 2 and len(shapes) == 1 and "9" in shapes.pop()


def _titles_in(
    row: Row, codes: tuple[str, ...], usual: float, page: Page
) -> list[tuple[str, float, tuple[Word, ...]]]:
    found = []
    for cell in row.cells:
        words = cell.words
        tokens = [
            (token, index)
            for index, word in enumerate(words)
            for token in fold(word.text.replace(":", " ")).split()
        ]
        if 3 <= len(tokens) <= 12 and all(len(token) <= 2 for token, _index in tokens):
            tokens = [("".join(token for token, _index in tokens), len(words) - 1)]  # F A C T U R E
            start_height = cell.box.height
        else:
            start_height = words[0].y1 - words[0].y0
        if not tokens or len(tokens) > 14:
            continue
        fuzzy = words[0].source == OCR
        hit = _starts(tuple(token for token, _index in tokens), codes, fuzzy)
        if hit is None:
            continue
        size, kind = hit
        last = tokens[size - 1][1]
        rest = [token for token, _index in tokens[size:]]
        plain = [token for token in rest if not any(char.isdigit() for char in token)]
        score = 0.35
        score += min(0.4, max(0.0, 0.35 * (start_height / max(usual, 1) - 1.05)))
        score += 0.15 if words[0].text.isupper() else 0.05 if words[0].text[:1].isupper() else -0.2
        score += (
            0.15
            if not rest
            else 0.1
            if len(plain) <= 2 and len(rest) > len(plain)
            else -0.05 * len(plain)
        )
        score += 0.1 * (1 - row.box.y0 / (_TOP * page.height))
        score += 0.05 if len(row.cells) == 1 else 0.0
        if size == 1 and len(plain) > 3:
            score -= 0.2
        if kind in INSTEAD and words[last].text.endswith(":"):
            score -= 0.3  # “Bon de livraison : 8876” names a paper, it is not one
        found.append((kind, round(score, 3), tuple(words[: last + 1])))
    return found


@lru_cache(maxsize=4096)
def _starts(tokens: tuple[str, ...], codes: tuple[str, ...], fuzzy: bool) -> tuple[int, str] | None:
    for wanted, kind in _titles(codes):
        mine = tokens[: len(wanted)]
        if len(mine) == len(wanted) and all(
            one == other or fuzzy and len(other) > 4 and near(one, other)
            for one, other in zip(mine, wanted, strict=True)
        ):
            return len(wanted), kind
    return None


def title_of(view: View) -> str:
    """What the title near the top says: `invoice`, `credit_note`, `deposit`, `receipt`, one of `INSTEAD`, or empty."""
    return title(view)[0]


def title(view: View) -> tuple[str, float]:
    """The same with how much it looks like a title (0.45…1.2)."""
    kinds = _kinds(view)
    if not kinds or kinds[0][1] < 0.45:
        return "", 0.0
    return "invoice" if kinds[0][0] == "corrected" else kinds[0][0], kinds[0][1]


def _kinds(view: View) -> list[tuple[str, float, tuple[Word, ...]]]:
    """The best title of each kind. A title of an invoice is not outdone by the name of another paper in a box beside it."""
    return view.layout.once(("titles", view.languages), lambda: _find_kinds(view))


def _find_kinds(view: View) -> list[tuple[str, float, tuple[Word, ...]]]:
    best: dict[str, tuple[str, float, tuple[Word, ...]]] = {}
    for item in titles(view):
        if item[0] not in best:
            best[item[0]] = item
    found = list(best.values())
    named = any(label.kind in ("number", "title") for label in view.labels)
    for index, (kind, score, words) in enumerate(found):
        if kind in INSTEAD and named:
            found[index] = (kind, score - 0.25, words)
        if kind == "receipt" and ("invoice" in best or "credit_note" in best):
            found[index] = (kind, score - 0.2, words)
    return sorted(found, key=lambda item: -item[1])


def document_type(view: View, readings: Mapping[str, Reading]) -> str:
    """`invoice`, `credit_note`, `deposit`, `receipt`, or what the document is instead: one of `INSTEAD`, `other`.

    :param readings: what was decided, by field
    """
    title = title_of(view)
    code = str(readings["BT-3"].value) if "BT-3" in readings else ""
    if code == "381":
        return "credit_note"
    if code == "386":
        return "deposit"
    if title in INSTEAD:
        return title
    if title == "receipt" or not title and _looks_like_receipt(view):
        return "receipt"
    if not readings or not ({"BT-1", "BT-2", "BT-112", "BT-115"} & set(readings)):
        return "other"
    return "invoice"


def _looks_like_receipt(view: View) -> bool:
    """A narrow strip of paper with a total and no word “invoice”."""
    pages = view.layout.pages
    if not pages or any(label.kind in ("number", "title") for label in view.labels):
        return False
    page = pages[0]
    width = max((word.x1 for word in page.words), default=0) - min((word.x0 for word in page.words), default=0)  # fmt: skip
    return page.height > 1.6 * page.width or width < 0.45 * page.width


# -- candidates -------------------------------------------------------------------------------------


def find(view: View) -> list[Candidate]:
    """Candidates of BT-3 (UNTDID 1001) and BT-5 (ISO 4217), the best first of each."""
    return [*_types(view), *_currencies(view)]


def _types(view: View) -> list[Candidate]:
    found: list[Candidate] = []
    for kind, score, words in _kinds(view):
        code = CODES.get(kind)
        if code and all(one.value != code for one in found):
            source = words[0].source
            found.append(
                Candidate("BT-3", code, max(0.1, min(0.98, 0.35 + 0.7 * score)), words, ("title",), source)
            )  # fmt: skip
    if all(one.value != "380" for one in found):
        found.append(Candidate("BT-3", "380", 0.55, (), ("usual",), COMPUTED))
    return sorted(found, key=lambda one: -one.score)


_CODE = re.compile(r"(?<![A-Z])(EUR|USD|GBP|CHF|CAD|AUD|SEK|DKK|NOK|PLN|CZK|HUF|RON|JPY|CNY|INR|MAD|TND|XOF|XAF|XPF)(?![A-Z])")  # fmt: skip


def _currencies(view: View) -> list[Candidate]:
    """Currency by its code or sign beside amounts, then by the country of VAT number and account.

    A sign read from a picture counts little: `€` is often taken for `$` or `S`.
    """
    counts: Counter[str] = Counter()
    words: dict[str, tuple[Word, ...]] = {}
    for word in view.layout.words:
        text = word.text
        recognised = word.source == OCR
        for match in _CODE.finditer(text):
            if len(text) > 12 and not any(char.isdigit() for char in text):
                continue
            counts[match[1]] += 4
            words.setdefault(match[1], (word,))
        if fold(text) in ("euro", "euros"):
            counts["EUR"] += 3
            words.setdefault("EUR", (word,))
        for sign, code in _SIGNS.items():
            if sign in text:
                counts[code] += 1 if recognised and code != "EUR" else 3
                words.setdefault(code, (word,))
        if re.match(r"^US\$", text):
            counts["USD"] += 4
        if text in ("Rs", "Rs."):
            counts["INR"] += 2
            words.setdefault("INR", (word,))
    lands: Counter[str] = Counter()
    for item in find_identifiers(view.layout):
        if item.kind in (VAT, IBAN) and item.valid:
            lands[item.value[:2]] += 1
    spelled = {
        code for code in counts if any(_CODE.search(word.text) for word in words.get(code, ()))
    }
    for land, count in lands.items():
        code = "EUR" if land in _EURO_LANDS else _LANDS.get(land)
        if code:
            counts[code] += count if code not in counts else 1
    euro_land = any(land in _EURO_LANDS for land in lands)
    if euro_land:
        for code in list(counts):
            if (
                code != "EUR"
                and code not in spelled
                and all(word.source == OCR for word in words.get(code, ()))
            ):
                counts[code] *= 0.2  # a sign on a picture of a European bill
        if not counts.get("EUR"):
            counts["EUR"] = 2
    total = sum(counts.values())
    if not total:
        likely = view.languages[0] if view.languages else "fr"
        sure = 0.75 if likely in ("fr", "de") else 0.4
        return [Candidate("BT-5", "EUR", sure, (), ("usual",), COMPUTED)]
    found = []
    for code, count in counts.most_common(3):
        share = count / total
        score = 0.3 + 0.68 * share if code in words else 0.25 + 0.6 * share
        reasons = ("spelled",) if code in words else ("country",)
        place = words.get(code, ())
        origin = place[0].source if place else COMPUTED
        found.append(Candidate("BT-5", code, round(min(0.98, score), 3), place, reasons, origin))
    return found
