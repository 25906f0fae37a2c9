"""Numbers: of the invoice (BT-1), its order (BT-13), contract (BT-12), delivery note (BT-16) and preceding invoice (BT-25).

Every number that could be one is a spot; labels of all kinds compete for it. What belongs to a customer number, a telephone or a SIRET is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from ..labels import Label, fold
from ..model import OCR, Candidate
from ..party_words import words_of as party_words
from . import View
from .numbers import number_spots, repaired
from .pairing import ABOVE, BELOW, BESIDE, WRAPPED, Pair, Spot, assign, pairs
from .places import Places, named_numbers, with_deposits, words_of

_FIELDS = {
    "number": "BT-1", "title": "BT-1", "number_weak": "BT-1", "remittance": "BT-1", "order": "BT-13", "contract": "BT-12",
    "delivery_note": "BT-16", "preceding": "BT-25", "account": "BT-12", "deposit_quote": "BT-13",
}  # fmt: skip
_OTHERS = ("quote_number", "customer_number", "other_number", "vat_number", "siret", "siren", "iban", "bic", "terms", "other_date", "third_party", "delivery_address")  # fmt: skip
_WEIGHT = {"number": 0.98, "title": 0.86, "number_weak": 0.6, "remittance": 0.62, "order": 0.95, "contract": 0.93, "delivery_note": 0.93,
           "preceding": 0.95, "account": 0.7, "deposit_quote": 0.6}  # fmt: skip
#: Weaker candidates are not told (another reference than the invoice's own is often not printed at all).
_SURE = 0.38


def find(view: View) -> list[Candidate]:
    """Candidates of BT-1, BT-12, BT-13, BT-16 and BT-25, the best first of each."""
    places = view.places
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
    if kind == "contract" and _of_seller_insurance(places, pair.label):
        score = 0.0
    if kind == "number_weak":
        score *= 0.9 if pair.how == BESIDE else 0.7 if places.ends_cell(pair.label) else 0.2
        if places.under_title(pair.label.box):
            score = min(0.93, score * 1.5)
        elif places.heads_table(pair.label):
            score *= 0.2
    elif pair.how != BESIDE and _in_table(places, pair.spot) and not places.begins_cell(pair.label):
        score = 0.0  # what stands under “BL 17 – V/réf stock” is an article
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


def _of_seller_insurance(places: Places, label: Label) -> bool:
    """“Assurance décennale Axo, contrat n° 4455”: what the law makes builders print, not what the bill is for."""
    said = words_of("header_words", "own_insurance", places.view.languages)
    rows = places.near(label.box, label.box.height, 0.0)
    text = " ".join(f" {fold(word.text)}" for line in rows for word in line.words)
    return any(f" {phrase}" in re.sub(r" +", " ", text) for phrase in said)


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
                person = (fold(text).split() or [""])[0] in _civilities()
                if len(text) >= 3 and "@" not in text and not person:
                    found.append(
                        Candidate("BT-13", text, 0.6, words, ("label", BESIDE), words[0].source)
                    )
    # Each delivery with a reference of its own: the bill as a whole has none.
    return found if len({fold(str(one.value)) for one in found}) < 2 else []


@cache
def _civilities() -> frozenset[str]:
    """“Mme Martin” who ordered is no reference."""
    return frozenset(fold(word) for word in party_words()["civility"] if " " not in word)


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
