"""Numbers: of the invoice (BT-1), its order (BT-13), contract (BT-12), delivery note (BT-16) and preceding invoice (BT-25).

Every number that could be one is a spot; labels of all kinds compete for it. What belongs to a customer number, a telephone or a SIRET is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..identifiers import find_identifiers
from ..labels import Label, fold
from ..model import OCR, Candidate, Word
from . import View
from .dates import date_spots
from .pairing import (
    ABOVE,
    BELOW,
    BESIDE,
    WRAPPED,
    Pair,
    Places,
    Spot,
    assign,
    named_numbers,
    pairs,
    with_deposits,
    words_of,
)

_FIELDS = {
    "number": "BT-1", "title": "BT-1", "number_weak": "BT-1", "remittance": "BT-1", "order": "BT-13", "contract": "BT-12",
    "delivery_note": "BT-16", "preceding": "BT-25", "account": "BT-12", "quote_number": "BT-13",
}  # fmt: skip
_OTHERS = ("customer_number", "other_number", "vat_number", "siret", "siren", "iban", "bic", "terms", "other_date", "third_party", "delivery_address")  # fmt: skip
_WEIGHT = {"number": 0.98, "title": 0.86, "number_weak": 0.6, "remittance": 0.62, "order": 0.95, "contract": 0.93, "delivery_note": 0.93,
           "preceding": 0.95, "account": 0.55, "quote_number": 0.6}  # fmt: skip
_TOKEN = re.compile(r"^[A-Za-z0-9(][A-Za-z0-9\-–/._+*#()\\&]*$")
_PREFIX = re.compile(r"^[A-Z]{1,5}[-/.]?$")
_AMOUNT = re.compile(r"^[-+]?\d{1,3}(?:[ .]?\d{3})*[.,]\d{2}$")
_PHONE = re.compile(
    r"^(?:\+\d{2} ?\d|0[1-9])(?:[ .\-]\d{2}){4}$|^0 ?[89]\d\d(?: \d{3}){2}$|^0[1-9]\d?(?:[ .]\d{2,3}){3}$"
)


#: Weaker candidates are not told (another reference than the invoice's own is often not printed at all).
_SURE = 0.38


def find(view: View) -> list[Candidate]:
    """Candidates of BT-1, BT-12, BT-13, BT-16 and BT-25, the best first of each."""
    places = Places(view)
    spots = number_spots(view, places)
    labels = [
        label
        for label in named_numbers(with_deposits(view.labels, places), places)
        if label.kind in _FIELDS or label.kind in _OTHERS
    ]
    found = [_weighed(pair, places) for pair in pairs(places, labels, spots)]
    found.sort(key=lambda pair: -pair.score)
    explained = assign(
        [pair for pair in found if pair.score > 0.1], {"order": 2, "delivery_note": 3}
    )
    best: dict[tuple[str, str], Candidate] = {}
    for pair in explained:
        field = _FIELDS.get(pair.label.kind)
        if field is None:
            continue
        for candidate in _candidates(pair, field):
            _keep(best, candidate)
    if not any(one.field == "BT-13" and one.score >= 0.5 for one in best.values()):
        for candidate in _named_orders(places):
            _keep(best, candidate)
    taken = {id(pair.spot) for pair in explained}
    for candidate in _unlabelled(view, places, [spot for spot in spots if id(spot) not in taken]):
        _keep(best, candidate)
    if not any(one.field == "BT-1" and one.score >= 0.25 for one in best.values()):
        for candidate in _second_best(explained, places):
            _keep(best, candidate)
    for (field, value), one in list(best.items()):
        before = best.get(("BT-25", value))
        if field == "BT-1" and before is not None and before.score > one.score:
            best[field, value] = replace(one, score=round(0.5 * one.score, 4))
    result = [
        one
        for one in _repeated(list(best.values()), spots)
        if one.field == "BT-1" or one.score >= _SURE
    ]
    return sorted(result, key=lambda one: (one.field, -one.score))


def _keep(best: dict[tuple[str, str], Candidate], candidate: Candidate) -> None:
    key = (candidate.field, str(candidate.value))
    if key not in best or best[key].score < candidate.score:
        best[key] = candidate


# -- values -----------------------------------------------------------------------------------------


def number_spots(view: View, places: Places) -> list[Spot]:
    """Runs of words that could be a number of a document; `others` are shorter readings of the same run."""
    barred = {word for item in find_identifiers(view.layout) if item.valid for word in item.words}
    days = date_spots(view, False, places)
    barred |= {word for spot in days for word in spot.words}
    # “Facture n° 24-03-12” is a number that looks like a date.
    found = [
        Spot(_bare(spot.words[0].text), spot.words, "date", 0.6)
        for spot in days
        if len(spot.words) == 1 and re.match(r"^\d{2}[-/]\d{2}[-/]\d{2}$", spot.words[0].text)
    ]
    for lines in places.lines.values():
        for line in lines:
            for cell in line.cells:
                found += _spots_in(cell, places, barred)
    return found


def _spots_in(cell: Sequence[Word], places: Places, barred: set[Word]) -> list[Spot]:
    found: list[Spot] = []
    index = 0
    while index < len(cell):
        run = _run(cell, index, places, barred)
        if not run:
            index += 1
            continue
        following = cell[index + len(run)] if index + len(run) < len(cell) else None
        text = _bare(" ".join(word.text for word in run))
        shape = _shape(text, run, following)
        if shape > 0:
            others = ()
            if len(run) > 1:
                others = tuple(
                    word.text.strip(" .,;:()")
                    for word in run
                    if any(c.isdigit() for c in word.text)
                )[:1]
            found.append(Spot(text, tuple(run), text, shape, others))
        index += len(run)
    return found


def _bare(text: str) -> str:
    """Without punctuation around it and without brackets that do not close."""
    text = text.strip(" .,;:[]#|*")
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        return text[1:-1]
    if text.count("(") != text.count(")"):
        text = text.strip("()")
    return text


def _run(cell: Sequence[Word], start: int, places: Places, barred: set[Word]) -> list[Word]:
    """The words of one number from `start`: it holds a figure; parts are joined by blanks as wide as one."""
    run: list[Word] = []
    for word in cell[start:]:
        text = _bare(word.text)
        if word in barred or word in places.labelled and not any(c.isdigit() for c in text):
            break
        has_digit = any(char.isdigit() for char in text)
        good = bool(_TOKEN.match(text)) and has_digit
        joint = text in ("-", "/", "–") and bool(run)
        prefix = bool(_PREFIX.match(text)) and not any(
            any(c.isdigit() for c in w.text) for w in run
        )
        if not (good or joint or prefix) or len(run) >= 5:
            break
        if run:
            height = max(word.y1 - word.y0, 1)
            pitch = (word.x1 - word.x0) / max(len(word.text), 1) / height
            if (word.x0 - run[-1].x1) / height > max(0.6, min(0.8, 1.3 * pitch)) or run[-1].text[
                -1:
            ] in ",;":
                break
        run.append(word)
    while run and not any(char.isdigit() for char in run[-1].text):
        run.pop()
    return run if any(any(c.isdigit() for c in word.text) for word in run) else []


def _shape(text: str, run: Sequence[Word], following: Word | None) -> float:
    """How well it looks like the number of a document (0: it cannot be one)."""
    plain = re.sub(r"\s", "", text)
    digits = sum(char.isdigit() for char in plain)
    if (
        len(plain) <= 4
        and run[0].text.startswith("(")
        and run[-1].text.rstrip(".,:;").endswith(")")
    ):
        return 0.15  # a code in brackets
    letters = sum(char.isalpha() for char in plain)
    if not digits or len(plain) > 32 or "@" in plain or "www" in plain.lower():
        return 0.0
    if _AMOUNT.match(text) or (
        following is not None and following.text.strip() in ("€", "EUR", "%", "€.", "euros")
    ):
        return 0.0
    if re.match(r"^\d+[.,]\d{1,4}$", plain) and len(run) == 1 and len(plain) < 7:
        return 0.15
    if _PHONE.match(text) or plain.endswith("%"):
        return 0.1
    if re.match(r"^\d{1,2}[:hH]\d{2}(?::\d{2})?$", plain):
        return 0.0
    if letters and len(run) == 1 and re.search(r"[a-z]{4,}", plain):
        return 0.25
    if not letters:
        if digits <= 2:
            return 0.7
        if re.match(r"^(?:19|20)\d\d$", plain):
            return 0.45
        if (
            digits == 5
            and following is not None
            and following.text[:1].isupper()
            and following.text[:1].isalpha()
        ):
            return 0.25  # a post code and its town
        return 0.95 if digits <= 12 else 0.7
    if re.match(r"^\d{1,4}(?:[xX]\d+|[a-zA-Z]{1,2})$", plain):
        return 0.5
    return 1.0


# -- candidates -------------------------------------------------------------------------------------


def _weighed(pair: Pair, places: Places) -> Pair:
    kind = pair.label.kind
    if pair.spot.text == "date" and (kind != "number" or pair.how != BESIDE or pair.score < 0.95):
        return Pair(pair.label, pair.spot, pair.how, 0.0)
    score = pair.score * _WEIGHT.get(kind, 0.95) * (0.25 + 0.75 * pair.spot.shape)
    if pair.spot.shape < 0.3:
        score *= 0.6
    plain = re.sub(r"\W", "", str(pair.spot.value))
    if kind in ("order", "contract", "preceding") and len(plain) < 4 and plain.isdigit():
        score *= 0.5
    if kind == "title":
        if pair.label.words[0].text[:1].islower() and not places.begins_cell(pair.label):
            score *= 0.5  # “… (facture FA-7, montant initial …)”
        if pair.how == BESIDE:
            score *= 1.0 if pair.score >= 0.95 else _qualified(places, pair)
        elif pair.how in (BELOW, WRAPPED):
            score *= 0.9 if pair.how == BELOW and _in_boxes(places, pair.label) else 0.45
        else:
            score *= 0.3
    if kind == "number_weak":
        score *= 0.9 if pair.how == BESIDE else 0.7
        if places.under_title(pair.label.box):
            score = min(0.93, score * 1.5)
        elif places.heads_table(pair.label):
            score *= 0.2
    elif pair.how in (BELOW, ABOVE) and places.heads_table(pair.label):
        score *= 0.35
    return Pair(pair.label, pair.spot, pair.how, round(score, 4))


def _qualified(places: Places, pair: Pair) -> float:
    """“Facture comptoir M52-551489”: plain words between the title and its number take little away."""
    between = places.between(pair.label.words[-1].box, pair.spot.box)
    plain = all(
        not any(char.isdigit() for char in word.text) and word not in places.labelled
        for word in between
    )
    if plain and len(between) <= 3 and pair.spot.box.x0 - pair.label.box.x1 < 160:
        return 0.75 / max(pair.score, 0.3)
    return 0.5


def _in_boxes(places: Places, label: Label) -> bool:
    """The label is one of several over a row of boxes: *Facture | Date | Client | Page*."""
    kinds = {
        other.kind
        for line in places.lines[label.words[0].page]
        if label.words[-1] in line.words
        for word in line.words
        for other in places.labelled.get(word, ())
        if other.words != label.words
    }
    known = {
        "issue_date",
        "issue_date_weak",
        "due_date",
        "customer_number",
        "order",
        "other_number",
    }
    return bool(kinds & known) and not places.heads_table(label)


def _candidates(pair: Pair, field: str) -> list[Candidate]:
    spot = pair.spot
    source = spot.words[0].source
    reasons = ("label", pair.how)
    score = min(0.98, pair.score)
    found = [Candidate(field, str(spot.value), round(score, 4), spot.words, reasons, source)]
    for other in spot.others:
        if other != spot.value:
            words = tuple(word for word in spot.words if other in word.text) or spot.words
            found.append(
                Candidate(field, str(other), round(0.6 * score, 4), words, reasons, source)
            )
    for text in repaired(str(spot.value)) if source == OCR else ():
        found.insert(
            0, Candidate(field, text, round(score, 4), spot.words, (*reasons, "repaired"), source)
        )
        found[1] = replace(found[1], score=round(0.93 * score, 4))
    return found


_LETTER = {
    "O": "0",
    "o": "0",
    "Q": "0",
    "D": "0",
    "l": "1",
    "I": "1",
    "|": "1",
    "S": "5",
    "B": "8",
    "Z": "2",
    "s": "5",
    "b": "6",
    "z": "2",
}


def repaired(text: str) -> tuple[str, ...]:
    """A recognised number whose letters stand between figures, read as figures; () when it may stand as it is.

    >>> repaired("FA-2O24-0012")
    ('FA-2024-0012',)
    """
    groups = re.split(r"([^A-Za-z0-9|]+)", text)
    changed = []
    for group in groups:
        digits = sum(char.isdigit() for char in group)
        chars = list(group)
        for index, char in enumerate(chars):
            if char not in _LETTER or not digits:
                continue
            small = char in "olsbz" and digits >= 2 and not re.search(r"[a-z]{2}", group)
            before = small or any(c.isdigit() for c in group[:index])
            after = any(c.isdigit() for c in group[index + 1 :])
            if (
                (before and after)
                or (char in "OoQl|I" and before and digits >= 2)
                or (small and index)
            ):
                chars[index] = _LETTER[char]
        changed.append("".join(chars))
    result = "".join(changed)
    return (result,) if result != text else ()


def _second_best(explained: Sequence[Pair], places: Places) -> list[Candidate]:
    """Where nothing is called the number of the invoice: another number of the paper (a till's, a delivery's, an order's)."""
    found = []
    second = words_of("header_words", "second", places.view.languages)
    for pair in explained:
        kind, spot = pair.label.kind, pair.spot
        if kind == "other_number" and fold(pair.label.wording) not in second:
            continue
        if kind not in ("delivery_note", "other_number", "order") or spot.shape < 0.7:
            continue
        if len(re.sub(r"\D", "", str(spot.value))) < 3 or _in_table(places, spot):
            continue
        score = {"delivery_note": 0.34, "order": 0.3}.get(kind, 0.2) * pair.score
        source = spot.words[0].source
        found.append(
            Candidate("BT-1", str(spot.value), round(score, 4), spot.words, ("other_number",), source)
        )  # fmt: skip
    return found


def _named_orders(places: Places) -> list[Candidate]:
    """“Votre réf. : Résidence Alba”: a customer's reference may be words."""
    found = []
    named = words_of("header_words", "named_order", places.view.languages)
    for label in places.view.labelled("order"):
        if fold(label.wording) not in named:
            continue
        last = label.words[-1]
        for line in places.near(label.box, 0, 0):
            for position, cell in enumerate(line.cells):
                if last not in cell:
                    continue
                words = cell[cell.index(last) + 1 :]
                if not any(fold(word.text) for word in words) and position + 1 < len(line.cells):
                    words = line.cells[position + 1]
                words = tuple(word for word in words if fold(word.text))
                if not 1 <= len(words) <= 6 or any(word in places.labelled for word in words):
                    continue
                text = " ".join(word.text for word in words).strip(" :;,")
                if len(text) >= 3 and "@" not in text:
                    found.append(
                        Candidate("BT-13", text, 0.6, words, ("label", BESIDE), words[0].source)
                    )
    return found


def _in_table(places: Places, spot: Spot) -> bool:
    """Under the headers of the table of lines, on their page."""
    top = places.table_tops().get(spot.words[0].page)
    return top is not None and spot.words[0].y0 > top


def _unlabelled(view: View, places: Places, spots: Sequence[Spot]) -> list[Candidate]:
    """Numbers that no words explain but whose shape is that of an invoice number (FA2024-0012)."""
    found = []
    for spot in spots:
        page = view.layout.page(spot.words[0].page)
        text = re.sub(r"\s", "", str(spot.value))
        if (
            spot.box.y0 > 0.45 * page.height
            or _in_table(places, spot)
            or page.number != view.layout.pages[0].number
        ):
            continue
        if re.match(
            r"^(?:F|FA|FC|FAC|FACT|FV|INV|RE|RG|AV|AVO|VF|VT)[-/. ]?\d[\d\-/]{2,}", text, re.I
        ):
            found.append(
                Candidate(
                    "BT-1", str(spot.value), 0.35, spot.words, ("shape",), spot.words[0].source
                )
            )
    return found


def _repeated(found: list[Candidate], spots: Sequence[Spot]) -> list[Candidate]:
    """The number of an invoice is printed again: at the foot, on the next page, in the communication of the payment."""
    counts: dict[str, int] = {}
    for spot in spots:
        key = _key(str(spot.value))
        counts[key] = counts.get(key, 0) + 1
    result = []
    for one in found:
        times = counts.get(_key(str(one.value)), 1) - 1
        if one.field == "BT-1" and times > 0 and one.score >= 0.3 and len(_key(str(one.value))) > 2:
            one = one.because("repeated", round(min(0.98, one.score + 0.04 * min(times, 3)), 4))
        result.append(one)
    return result


def _key(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text).upper()
