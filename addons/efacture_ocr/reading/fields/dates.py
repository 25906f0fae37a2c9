"""Dates: of issue (BT-2), due (BT-9), delivery (BT-72), of the period (BT-73, BT-74), of the preceding invoice (BT-26); payment terms (BT-20)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from ..labels import Label, fold
from ..model import Candidate
from . import View
from .date_spots import NUMERIC, date_spots, order_of_month
from .pairing import BESIDE, WRAPPED, Pair, Spot, assign, pairs
from .payment_terms import computed, payment_terms
from .places import Line, Places, with_deposits, words_of

_ISSUE, _WEAK, _DUE, _DELIVERY, _PERIOD, _OTHER = (
    "issue_date", "issue_date_weak", "due_date", "delivery_date", "period", "other_date",
)  # fmt: skip
_WEIGHT = {_ISSUE: 0.97, _WEAK: 0.85, _DUE: 0.97, _DELIVERY: 0.95, _PERIOD: 0.8, _OTHER: 0.95}
#: What a number's own date is: “Facture n° 12 du 3 mars”, “votre commande n° 7 du 1er mars”.
_DATED = {
    "number": _ISSUE, "title": _ISSUE, "number_weak": _ISSUE, "order": _OTHER, "delivery_note": _DELIVERY + "?", "contract": _OTHER,
    "other_number": _OTHER, "quote_number": _OTHER, "deposit_quote": _OTHER, "account": _OTHER, "customer_number": _OTHER, "preceding": "preceding",
}  # fmt: skip
_USUAL = frozenset((0, 7, 8, 10, 14, 15, 20, 21, 30, 31, 45, 60, 90))


def find(view: View) -> list[Candidate]:
    """Candidates of BT-2, BT-9, BT-20, BT-26, BT-72, BT-73, BT-74, the best first of each.

    A due date that is only computed from the terms has origin `computed` and is given only where none is printed.
    """
    places = view.places
    month_first, doubtful = order_of_month(view, places)
    spots = date_spots(view, month_first)
    terms = payment_terms(view)
    found = _dated(view, places, spots)
    if doubtful:
        found += _other_order(found)
    found = _usual_wait(found, doubtful)
    issues = sorted((c for c in found if c.field == "BT-2"), key=lambda c: -c.score)
    if issues and issues[0].score >= 0.45:  # what other words explain is then no choice
        found = [c for c in found if c.field != "BT-2" or c.score >= 0.3]
    printed = [c for c in found if c.field == "BT-9" and c.score >= 0.35]
    if issues and not printed:
        found += computed(issues[0], terms, view)
    return sorted([*found, *terms], key=lambda one: (one.field, -one.score))


def _other_order(found: Sequence[Candidate]) -> list[Candidate]:
    """The same dates with day and month changed round, a little behind."""
    turned = []
    for one in found:
        if one.field not in ("BT-2", "BT-9") or not isinstance(one.value, date):
            continue
        if not any(NUMERIC.match(word.text) for word in one.words) or one.value.day > 12:
            continue
        other = date(one.value.year, one.value.day, one.value.month)
        if other != one.value:
            turned.append(
                Candidate(one.field, other, round(0.85 * one.score, 4), one.words, (*one.reasons, "other_order"), one.origin)
            )  # fmt: skip
    return turned


def _usual_wait(found: list[Candidate], doubtful: bool) -> list[Candidate]:
    """Where day and month are in doubt: the pair that makes usual terms."""
    if not doubtful:
        return found
    issues = [c for c in found if c.field == "BT-2" and c.score >= 0.4]
    dues = [c for c in found if c.field == "BT-9" and c.score >= 0.4]
    best = None
    for issue in issues:
        for due in dues:
            wait = (due.value - issue.value).days  # type: ignore[operator]
            same_order = ("other_order" in issue.reasons) == ("other_order" in due.reasons)
            value = issue.score + due.score + 0.4 * (wait in _USUAL) + 0.1 * same_order - (wait < 0)
            if wait in _USUAL and (best is None or value > best[0]):
                best = (value, issue, due)
    if best is None:
        return found
    chosen = (best[1], best[2])
    return [
        one.because("terms", min(0.97, one.score / (0.85 if "other_order" in one.reasons else 1) + 0.05))
        if any(one is item for item in chosen)
        else one.because("order", 0.8 * one.score)
        if one.field in ("BT-2", "BT-9")
        else one
        for one in found
    ]  # fmt: skip


def _dated(view: View, places: Places, spots: Sequence[Spot]) -> list[Candidate]:
    ranges = _ranges(view, places, spots)
    in_range = {id(spot) for pair in ranges for spot in pair}
    labels = [label for label in view.labels if label.kind in _WEIGHT or label.kind == "terms"]
    single = [spot for spot in spots if id(spot) not in in_range]
    found = [_weighed(pair, places) for pair in pairs(places, labels, single)]
    found += _of_numbers(view, places, single)
    found.sort(key=lambda pair: -pair.score)
    explained = assign([pair for pair in found if pair.score > 0.1])
    result = _period(ranges, view)
    seen: set[int] = set()
    for pair in explained:
        seen.add(id(pair.spot))
        result += _candidates_of(pair, view)
    result += _unlabelled(
        view, places, [spot for spot in single if id(spot) not in seen], bool(result)
    )
    days = {one.value for one in result if one.field == "BT-72" and one.score < 0.5}
    if len(days) > 1:  # several delivery notes: the bill has no day of delivery of its own
        result = [one for one in result if one.field != "BT-72" or one.score >= 0.5]
    best: dict[tuple[str, date], Candidate] = {}
    for one in result:
        assert isinstance(one.value, date)
        key = (one.field, one.value)
        if key not in best or best[key].score < one.score:
            best[key] = one
    return list(best.values())


def _weighed(pair: Pair, places: Places) -> Pair:
    kind = pair.label.kind
    score = pair.score * _WEIGHT.get(kind, 0.3)
    words = fold(" ".join(word.text for word in pair.label.words)).split()
    if kind in (_WEAK, _PERIOD) and len(words) == 1 and len(words[0]) <= 4 and words[0] != "date":
        # “le”, “du”, “on”: only directly before their date.
        directly = pair.how == BESIDE and pair.score >= 0.9
        line = _line_of(places, pair.spot)
        placed = line is not None and _after_place(line, pair.spot, places.view.languages)
        titled = directly and places.begins_cell(pair.label) and places.under_title(pair.label.box)
        score *= 1.1 if directly and placed else 1.0 if titled else 0.75 if directly else 0.2
        if pair.how == WRAPPED:
            score *= 4
        if directly and _before_delivery_note(places, pair.spot):
            return Pair(replace(pair.label, kind=_DELIVERY), pair.spot, pair.how, 0.6)
    elif (
        kind == _WEAK
        and pair.label.box.y0 > 0.9 * places.view.layout.page(pair.spot.words[0].page).height
    ):
        score *= 0.6  # at the foot: the day of printing
    if kind == _DUE and _for_discount(places, pair.spot):
        score *= 0.35
    columns = kind in (_WEAK, _DELIVERY, _PERIOD, _DUE, _OTHER) and pair.how != BESIDE
    if columns and places.heads_table(pair.label):
        score *= 0.3
    return Pair(pair.label, pair.spot, pair.how, round(score, 4))


def _line_of(places: Places, spot: Spot) -> Line | None:
    return next((one for one in places.near(spot.box, 0, 0) if spot.words[0] in one.words), None)


def _before_delivery_note(places: Places, spot: Spot) -> bool:
    """“le 19/10/2026 – BL 684664”."""
    line = _line_of(places, spot)
    after = [word for word in line.words if word.x0 >= spot.words[-1].x1 - 1] if line else []
    words = [word for word in after if fold(word.text)][:1]
    owners = places.labelled.get(words[0], []) if words else []
    close = words and words[0].x0 - spot.words[-1].x1 < 25
    return bool(close) and any(owner.kind == "delivery_note" for owner in owners)


def _for_discount(places: Places, spot: Spot) -> bool:
    """“… jusqu'au 14.02.2025 : 2 % d'escompte”: the day until which paying early is worth something."""
    line = _line_of(places, spot)
    if line is None:
        return False
    after = [fold(word.text) for word in line.words if word.x0 >= spot.words[-1].x1 - 1][:6]
    words = words_of("header_words", "discount", places.view.languages)
    return bool(words & set(" ".join(after).split()))


def _of_numbers(view: View, places: Places, spots: Sequence[Spot]) -> list[Pair]:
    """Dates that follow a number in its cell: theirs is the meaning of that number's label."""
    found = []
    dated = {token for word in words_of("header_words", "dated", view.languages) for token in word.split()}  # fmt: skip
    owners = [label for label in with_deposits(view.labels, places) if label.kind in _DATED]
    for spot in spots:
        box = spot.box
        best: tuple[float, Label] | None = None
        for label in owners:
            place = label.box
            if place.page != box.page or place.x1 > box.x0 + 1:
                continue
            if abs(place.middle - box.middle) > 0.6 * max(place.height, box.height):
                continue
            if best is None or place.x1 > best[0]:
                best = (place.x1, label)
        if best is None:
            continue
        between = places.between(best[1].words[-1].box, box)
        numbers = [word for word in between if any(char.isdigit() for char in word.text)]
        rest = [
            word
            for word in between
            if word not in numbers and not set(fold(word.text).split()) <= dated | places.filler
        ]
        edge = max([best[0], *(word.x1 for word in between)])
        if rest or box.x0 - edge > 1.6 * box.height or not (between or best[1].kind == "title"):
            continue
        if len(numbers) > 4 or not (numbers or best[1].kind == "title"):
            continue
        kind = _DATED[best[1].kind]
        sure = 0.93 if kind != _DELIVERY + "?" else 0.8
        found.append(Pair(Label(kind, best[1].words, best[1].strength), spot, BESIDE, sure))
    return found


_FIELD_OF = {_ISSUE: "BT-2", _WEAK: "BT-2", _DUE: "BT-9", _DELIVERY: "BT-72", "preceding": "BT-26"}


def _candidates_of(pair: Pair, view: View) -> list[Candidate]:
    kind, spot = pair.label.kind, pair.spot
    if kind == "terms":  # “Délai de paiement : 30 jours (15/04/2026)”
        pair = Pair(pair.label, spot, pair.how, max(pair.score, 0.55 * (pair.how == BESIDE)))
        kind = _DUE
    field = _FIELD_OF.get(kind)
    made = []
    today = view.options.today
    assert isinstance(spot.value, date)
    if field:
        score = pair.score
        if field == "BT-2" and today and spot.value > today + timedelta(days=31):
            score *= 0.5
        if field == "BT-2" and spot.value.year < 2000:
            score *= 0.4
        if kind == _WEAK and _speaks_of_paying(view, spot):
            made.append(_candidate("BT-9", spot, 0.75 * score, ("label",)))
            score *= 0.35
        made.append(_candidate(field, spot, score, ("label", pair.how)))
    elif kind == _DELIVERY + "?":
        made.append(_candidate("BT-72", spot, 0.35, ("label",)))
    if field != "BT-2":
        made.append(_candidate("BT-2", spot, 0.12 if field != "BT-72" else 0.25, ()))
    return made


def _candidate(field: str, spot: Spot, score: float, reasons: tuple[str, ...]) -> Candidate:
    assert isinstance(spot.value, date)
    sure = min(0.98, max(0.02, score))
    return Candidate(field, spot.value, round(sure, 4), spot.words, reasons, spot.words[0].source)


def _speaks_of_paying(view: View, spot: Spot) -> bool:
    """The words of the sentence before this date speak of paying."""
    hints = words_of("header_words", "due_hint", view.languages)
    box = spot.box
    for row in view.layout.rows(box.page):
        for cell in row.cells:
            if cell.box.y0 <= box.middle <= cell.box.y1 and cell.box.x0 <= box.x0 <= cell.box.x1:
                before = [fold(word.text) for word in cell.words if word.x1 <= box.x0 + 1]
                return bool(hints & set(" ".join(before).split()))
    return False


def _unlabelled(view: View, places: Places, spots: Sequence[Spot], others: bool) -> list[Candidate]:
    """Dates that no words explain: the first one near the top may be the day of issue."""
    found = []
    for order, spot in enumerate(spots):
        page = view.layout.page(spot.words[0].page)
        box = spot.box
        line = _line_of(places, spot)
        if line is None:
            continue
        score = 0.42 - 0.04 * order
        if box.y0 < 0.4 * page.height:
            score += 0.1
        if places.under_title(box):
            score += 0.15
        if _after_place(line, spot, view.languages):
            score += 0.3
        elif len(line.words) == len(spot.words):
            score += 0.05
        elif _with_time(line, spot):
            score += 0.1
        if sum(bool(re.search(r"\d[.,]\d\d$", word.text)) for word in line.words) >= 1:
            score -= 0.2
        if page.number != view.layout.pages[0].number:
            score -= 0.15
        if _speaks_of_paying(view, spot) or _paid_by(line, spot, view.languages):
            found.append(_candidate("BT-9", spot, 0.5, ("sentence",)))
            score -= 0.3
        if len(spots) == 1 and not others:
            score += 0.15
        found.append(_candidate("BT-2", spot, max(0.05, score), ("place",)))
    return found


def _paid_by(line: Line, spot: Spot, languages: tuple[str, ...]) -> bool:
    """“15/04/2026  LCR  1 200,00”: a way of paying follows the date."""
    words = words_of("header_words", "due_after", languages)
    after = [word for word in line.words if word.x0 >= spot.words[-1].x1 - 1][:2]
    return bool(after) and (
        fold(after[0].text) in words or fold(" ".join(w.text for w in after)) in words
    )


def _after_place(line: Line, spot: Spot, languages: tuple[str, ...]) -> bool:
    """“Lyon, le 3 mars 2026”, “Berlin, den 3. März 2026”, “Paris, 3 March 2026”."""
    before = [word for word in line.words if word.x1 <= spot.words[0].x0 + 1][-3:]
    if not before:
        return False
    words = words_of("header_words", "place", languages)
    if fold(before[-1].text) in words:
        before = before[:-1]
        return bool(before) and before[-1].text[:1].isalpha() and (
            before[-1].text.endswith(",") or before[-1].text[:1].isupper()
        )  # fmt: skip
    return before[-1].text.endswith(",") and before[-1].text[:1].isupper()


def _with_time(line: Line, spot: Spot) -> bool:
    """A time of day follows: tills print both."""
    after = [word for word in line.words if word.x0 >= spot.words[-1].x1 - 1][:2]
    return any(re.match(r"^\d{1,2}[:hH]\d{2}", word.text) for word in after)


# -- periods ----------------------------------------------------------------------------------------


def _ranges(view: View, places: Places, spots: Sequence[Spot]) -> list[tuple[Spot, Spot]]:
    """Pairs of dates with “au”, “to”, a dash between them."""
    until = words_of("header_words", "until", view.languages)
    found = []
    for first, second in zip(spots, spots[1:], strict=False):
        if first.words[0].page != second.words[0].page:
            continue
        here, there = first.box, second.box
        if abs(here.middle - there.middle) <= 0.6 * here.height:
            between = places.between(first.words[-1].box, there)
            text = " ".join(word.text for word in between).strip()
            near_by = there.x0 - here.x1 < 12 * here.height
        else:  # the second date begins the next row of the sentence
            line = next(
                (one for one in places.near(here, 0, 0) if first.words[-1] in one.words), None
            )
            after = [w for w in line.words if w.x0 > here.x1 - 1] if line else []
            text = " ".join(word.text for word in after).strip()
            near_by = bool(after) and there.y0 - here.y1 < here.height and fold(text) in until
        joined = fold(text) in until or text in ("-", "–", "—", "→", "/", ">")
        if near_by and joined and first.value <= second.value:  # type: ignore[operator]
            found.append((first, second))
    return found


def _period(ranges: Sequence[tuple[Spot, Spot]], view: View) -> list[Candidate]:
    found = []
    for order, (first, second) in enumerate(ranges):
        page = view.layout.page(first.words[0].page)
        score = 0.75 - 0.1 * order if first.box.y0 < 0.5 * page.height else 0.5 - 0.05 * order
        found.append(_candidate("BT-73", first, max(0.2, score), ("range",)))
        found.append(_candidate("BT-74", second, max(0.2, score), ("range",)))
    return found
