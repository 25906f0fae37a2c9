"""BT-20: payment terms as printed, and the due date that they make where none is printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from ..choices import due_dates
from ..labels import fold, vocabulary
from ..model import COMPUTED, Box, Candidate
from . import View
from .places import words_of


@cache
def _days(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = {
        fold(word)
        for language in languages
        for word in vocabulary(language).get("terms_words", {}).get("days", ())
    }
    longest = sorted((word for word in words if len(word) > 1), key=len, reverse=True)
    return re.compile(rf"\b\d{{1,3}} ?(?:{'|'.join(map(re.escape, longest))})\b")


def payment_terms(view: View) -> list[Candidate]:
    """BT-20: what is printed beside “Conditions de règlement”, or a short sentence that says when to pay."""
    found: list[Candidate] = []
    pay = words_of("terms_words", "pay", view.languages)
    hints = words_of("header_words", "due_hint", view.languages)
    at_once = words_of("terms_words", "at_once", view.languages)
    for page in view.layout.pages:
        for row in view.layout.rows(page.number):
            for cell in row.cells:
                text = fold(cell.text)
                tokens = set(text.split())
                says_days = bool(_days(view.languages).search(text))
                now = any(f" {word} " in f" {text} " for word in at_once)
                if not (says_days or now) or len(tokens) > 30:
                    continue
                if not (tokens & (pay | hints) or _labelled(view, cell.box, "terms", "due_date")):
                    continue
                labels = [
                    label
                    for label in view.labels
                    if label.kind in ("terms", "due_date")
                    and label.words[0].page == page.number
                    and label.words[0] in cell.words
                ]
                words = cell.words
                score = 0.5 + 0.15 * says_days - 0.012 * len(tokens)
                if labels and labels[0].words[0] == words[0]:
                    words = cell.words[len(labels[0].words) :] or cell.words
                    while len(words) > 1 and not fold(words[0].text):
                        words = words[1:]
                    score += 0.25
                elif _labelled(view, cell.box, "terms", "due_date"):
                    score += 0.3
                if {
                    "penalites",
                    "penalite",
                    "retard",
                    "interet",
                    "escompte",
                    "indemnite",
                    "skonto",
                } & tokens:
                    score -= 0.3
                shown = " ".join(word.text for word in words).strip(" :")
                found.append(
                    Candidate("BT-20", shown, round(max(0.05, min(0.95, score)), 3), words, ("label",) if labels else (), words[0].source)
                )  # fmt: skip
    return sorted((one for one in found if one.score >= 0.42), key=lambda one: -one.score)[:4]


def _labelled(view: View, box: Box, *kinds: str) -> bool:
    """A label of these kinds stands left of, or over, this box."""
    for label in view.labels:
        if label.kind not in kinds or label.words[0].page != box.page:
            continue
        place = label.box
        beside = abs(place.middle - box.middle) < 0.5 * box.height and -2 <= box.x0 - place.x1 < 220
        over = 0 <= box.y0 - place.y1 < 1.6 * place.height and abs(box.x0 - place.x0) < 12
        if beside or over:
            return True
    return False


def computed(issue: Candidate, terms: Sequence[Candidate], view: View) -> list[Candidate]:
    """The day on which the printed terms make the bill due."""
    assert isinstance(issue.value, date)
    found = []
    for one in terms[:2]:
        if one.score < 0.4:
            continue
        for order, day in enumerate(due_dates(issue.value, str(one.value), view.languages)[:2]):
            score = round((0.7 - 0.25 * order) * min(1.0, issue.score + 0.1), 4)
            found.append(Candidate("BT-9", day, score, (), ("terms",), COMPUTED))
    return found
