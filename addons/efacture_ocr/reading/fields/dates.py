"""Dates of the document: BT-2, BT-9, BT-72, BT-73, BT-74; each printed date goes to the label it answers to best."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from ..identifiers import VAT, find_identifiers
from ..labels import fold
from ..model import COMPUTED, Candidate, Word
from ..values import Found
from ..values import dates as find_dates
from . import View
from .beside import Neighbours
from .document import days_of
from .document import find as find_document

FIELDS = {"issue_date": "BT-2", "due_date": "BT-9", "delivery_date": "BT-72"}
# A date beside these is theirs: of the order, of the delivery note, of the invoice credited.
_OTHERS = (
    "order",
    "contract",
    "customer_number",
    "delivery_note",
    "preceding",
    "other_number",
    "period",
    "number",
    "print_date",
)
_FROM = re.compile(r"\b(?:du|from|vom|von|entre le)$")
_TO = re.compile(r"^(?:au|to|bis|et le|-|–|→|until|through)\b|^(?:au|to|bis|-|–|→)$")
_PLACE = re.compile(r"^[^\W\d][\w\-' ]{1,30}, (?:le|den|the)?$", re.I)


def find(view: View) -> list[Candidate]:
    """Candidates of every date, the best of each field first."""
    if not view.layout.pages:
        return []
    near = Neighbours(view, (*FIELDS, *_OTHERS))
    month_first = _month_first(view)
    best: dict[tuple[str, date], Candidate] = {}

    def offer(
        field: str, value: date, score: float, words: tuple[Word, ...], *reasons: str
    ) -> None:
        score *= _plausible(value, field, view)
        key = (field, value)
        if score > 0.1 and (key not in best or score > best[key].score):
            best[key] = Candidate(field, value, round(score, 4), words, reasons, words[0].source)

    first = view.layout.pages[0].number
    for page in view.layout.pages:
        for row in view.layout.rows(page.number):
            found = find_dates(row.words, month_first)
            periods = _periods(row.words, found)
            for place, item in enumerate(found):
                if place in periods:
                    start = place in periods and periods[place] == "BT-73"
                    offer("BT-73" if start else "BT-74", item.value, 0.75, item.words, "range")
                    continue
                _offer_labelled(near, item, page.number == first, offer)
                if page.number == first:
                    before = " ".join(w.text for w in row.words if w.x1 <= item.words[0].x0 + 0.5)
                    top = item.box.y0 < 0.5 * page.height
                    if _PLACE.match(
                        before.strip() + ("" if before.strip().endswith(("le", "den")) else " ")
                    ) or _PLACE.match(before.strip()):
                        offer("BT-2", item.value, 0.88, item.words, "place")
                    elif top:
                        offer(
                            "BT-2",
                            item.value,
                            0.35,
                            item.words,
                            "only_one" if len(found) == 1 else "near_top",
                        )
                    else:
                        offer("BT-2", item.value, 0.15, item.words, "somewhere")
    candidates = sorted(best.values(), key=lambda candidate: -candidate.score)
    return [*candidates, *_computed(view, candidates)]


def _offer_labelled(near: Neighbours, item: Found, first: bool, offer) -> None:
    ties = near.ties(item.words)
    if not ties:
        return
    top = ties[0].strength
    for tie in ties:
        kind = tie.label.kind
        field = FIELDS.get(kind)
        score = tie.strength
        if kind == "number":
            # `Facture n° 17 du 3 mars 2026`: the word that follows the number.
            field, score = (
                "BT-2",
                min(0.9, tie.strength + 0.18) if tie.how == "left" else tie.strength * 0.6,
            )
        if field is None:
            continue
        wording = fold(tie.label.wording)
        if field == "BT-2" and kind == "issue_date":
            score *= (
                1.0 if len(wording.split()) > 1 or wording in ("date", "datum", "dated") else 0.86
            )
        if tie.strength < top - 0.04 and not (kind == "number" and tie.how == "left"):
            score *= 0.45
        if not first:
            score *= 0.9
        offer(field, item.value, score, item.words, "label", tie.how)
        for other in item.others[:1]:
            offer(field, other, score * 0.55, item.words, "label", tie.how, "month_first")


def _periods(words: tuple[Word, ...], found: list[Found]) -> dict[int, str]:
    """Which of the dates of a row are the two ends of a period (`du … au …`)."""
    ends: dict[int, str] = {}
    for place, (one, other) in enumerate(zip(found, found[1:], strict=False)):
        after, before = words.index(one.words[-1]), words.index(other.words[0])
        between = fold(" ".join(word.text for word in words[after + 1 : before]))
        raw = " ".join(word.text for word in words[after + 1 : before]).strip()
        if (
            before - after <= 3
            and (
                between in ("au", "to", "bis", "et le", "until", "through")
                or raw in ("-", "–", "→")
            )
            and one.value <= other.value
        ):
            ends[place], ends[place + 1] = "BT-73", "BT-74"
    return ends


def _month_first(view: View) -> bool:
    """An English page without a sign of Europe on which no date tells otherwise."""
    if view.languages[0] != "en":
        return False
    countries = {
        item.value[:2] for item in find_identifiers(view.layout) if item.kind == VAT and item.valid
    }
    day_first = monthly = 0
    for row in view.layout.all_rows:
        for word in row.words:
            match = re.match(
                r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](?:\d{2}|\d{4})$", word.text.strip(".,;:()")
            )
            if match:
                day_first += int(match[1]) > 12
                monthly += int(match[2]) > 12
    if day_first or monthly:
        return monthly > day_first
    text = " ".join(word.text for word in view.layout.words)
    return not countries and "$" in text


def _plausible(value: date, field: str, view: View) -> float:
    today = view.options.today
    if value.year < 2000:
        return 0.2
    if today and field == "BT-2" and value > today + timedelta(days=3):
        return 0.5
    if today and (today - value).days > 365 * 15:
        return 0.5
    return 1.0


# -- due dates that the terms give ------------------------------------------------------------------


def _computed(view: View, candidates: list[Candidate]) -> list[Candidate]:
    """The due date of printed terms, where no due date is printed."""
    printed = [c for c in candidates if c.field == "BT-9" and c.score >= 0.6]
    issue = next((c for c in candidates if c.field == "BT-2"), None)
    if printed or issue is None or not isinstance(issue.value, date):
        return []
    for term in (c for c in find_document(view) if c.field == "BT-20"):
        due = due_of(issue.value, str(term.value))
        if due is not None:
            score = min(0.6, issue.score * 0.65)
            return [Candidate("BT-9", due, score, (), ("terms",), COMPUTED)]
    return []


def due_of(issue: date, terms: str) -> date | None:
    """The due date of an invoice of `issue` under printed terms (`45 jours fin de mois le 10`), None where they give none."""
    days = days_of(terms)
    if days is None:
        return None
    due = issue + timedelta(days=int(days))
    folded = fold(terms)
    if "fin de mois" in folded or "fdm" in folded or "end of month" in folded:
        due = due.replace(day=calendar.monthrange(due.year, due.month)[1])
        on = re.search(r"(?:fin de mois|fdm)[^0-9]{0,12}(\d{1,2})\b", folded)
        if on and 1 <= int(on[1]) <= 28:
            due = (due + timedelta(days=1)).replace(day=int(on[1]))
    return due
