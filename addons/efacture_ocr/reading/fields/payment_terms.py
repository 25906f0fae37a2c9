"""BT-20: payment terms as printed, and the due date that they make where none is printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

from ..choices import due_dates
from ..labels import fold
from ..model import COMPUTED, Box, Candidate, Word
from . import View
from .places import words_of

_SHOWN = 0.42
#: A sentence longer than this tells a rule, not what was agreed for this bill.
_LONG = 14


@cache
def _days(languages: tuple[str, ...]) -> re.Pattern[str]:
    """“30 jours”, “30 j fdm”, “net 30”; not the days of “7j/7”."""
    after = sorted(_list("days", languages), key=len, reverse=True)
    before = sorted(_list("days_follow", languages))
    ends = "|".join(
        re.escape(word) for word in sorted(_list("end_of_month", languages)) if len(word) > 1
    )
    alone = rf"(?= (?:{ends}|net)\b|$)"  # “30 j fdm”, not “28 j x 2,45”
    units = "|".join(re.escape(word) + r"\b" + (alone if len(word) == 1 else "") for word in after)
    found = rf"\b\d{{1,3}} ?(?:{units})"
    if before:
        found += rf"|\b(?:{'|'.join(map(re.escape, before))}) \d{{1,3}}\b(?! \d)"
    return re.compile(found)


def _list(kind: str, languages: tuple[str, ...]) -> frozenset[str]:
    return words_of("terms_words", kind, languages)


def payment_terms(view: View) -> list[Candidate]:
    """BT-20: what is printed beside “Conditions de règlement”, or a short sentence that says when to pay.

    Sentences that speak of days for something else (late payment, complaints, returns, notice) are none, nor is what was paid already.
    """
    found: list[Candidate] = []
    for page in view.layout.pages:
        above: list[tuple[Word, ...]] = []
        for row in view.layout.rows(page.number):
            for cell in row.cells:
                begun = _unfinished(cell.words, above)
                for sentence in _sentences(cell.words):
                    one = _terms(view, sentence, begun)
                    begun = ""
                    if one is not None and one.score >= _SHOWN:
                        found.append(one)
            above = [cell.words for cell in row.cells]
    return sorted(found, key=lambda one: -one.score)[:4]


def _sentences(words: Sequence[Word]) -> list[tuple[Word, ...]]:
    """A cell cut after its full stops, semicolons and dashes."""
    found: list[tuple[Word, ...]] = []
    start = 0
    for index, word in enumerate(words):
        dash = word.text in ("-", "–", "—", "•", "|", "*")
        stop = re.search(r"[^\W\d_]{3,}\)?[.;]$|\d\)?;$", word.text)
        if dash or stop:
            found.append(tuple(words[start : index if dash else index + 1]))
            start = index + 1
    found.append(tuple(words[start:]))
    return [one for one in found if one]


def _unfinished(words: Sequence[Word], above: Sequence[Sequence[Word]]) -> str:
    """The begun sentence that goes on in this cell: the end of a long cell right above that begins where this one does."""
    if words[0].text[:1].isupper():
        return ""
    for other in above:
        height = other[0].y1 - other[0].y0
        near = words[0].y0 - other[0].y1 < 0.9 * height
        if near and len(other) >= 6 and abs(other[0].x0 - words[0].x0) < 4:
            last = _sentences(other)[-1]
            if not re.search(r"[.;:]$", last[-1].text):
                return fold(" ".join(word.text for word in last))
    return ""


def _terms(view: View, words: tuple[Word, ...], begun: str) -> Candidate | None:
    languages = view.languages
    text = fold(" ".join(word.text for word in words))
    padded = f" {text} "
    tokens = text.split()
    says = bool(_days(languages).search(text))
    now = any(f" {word} " in padded for word in _list("at_once", languages))
    if not (says or now) or len(tokens) > 30:
        return None
    if _speaks_of_more(f" {begun} {text} ", languages):
        clause = _clause(words)
        return _terms(view, clause, begun) if len(clause) < len(words) else None
    box = Box.around(words)
    own = [
        label
        for label in view.labels
        if label.kind in ("terms", "due_date") and label.words[0] == words[0]
    ]
    beside = _labelled(view, box, "terms", "due_date")
    pays = any(f" {word} " in padded for word in _list("pay", languages))
    if own or beside:
        score = 0.9 if says else 0.75
    elif says and pays:
        score = 0.68
    elif says and _only_terms(text, languages):
        score = 0.6
    elif now and pays and len(tokens) <= 8:
        score = 0.58
    else:
        return None
    if not says and any(re.search(r"\d[.,/]\d\d", word.text) for word in words):
        return None  # what a till was paid, or the day itself
    score -= 0.012 * len(tokens) + (0.2 if len(tokens) > _LONG else 0.0)
    if own and len(own[0].words) < len(words):
        words = words[len(own[0].words) :]
        while len(words) > 1 and not fold(words[0].text):
            words = words[1:]
    if _discounts(padded, languages):
        score -= 0.3
    account = next(
        (i for i, word in enumerate(words) if re.match(r"[A-Z]{2}\d\d(?:\w{4,}|$)", word.text)), 0
    )
    words = words[:account] or words  # “à 30 jours par virement : FR76 …”
    shown = " ".join(word.text for word in words).strip(" :;,").rstrip(".")
    reasons = ("label",) if own or beside else ()
    return Candidate("BT-20", shown, round(max(0.05, score), 3), words, reasons, words[0].source)


def _clause(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words up to the first comma: “Règlement à 30 jours, tout retard entraîne …”."""
    for index, word in enumerate(words[:-1]):
        if word.text.endswith(","):
            return words[: index + 1]
    return words


def _speaks_of_more(padded: str, languages: tuple[str, ...]) -> bool:
    """Words by which days are those of something else (`not_terms`, their beginnings), or the bill is paid already."""
    return any(f" {word}" in padded for word in _list("not_terms", languages)) or any(
        f" {word} " in padded for word in _list("paid", languages)
    )


def _discounts(padded: str, languages: tuple[str, ...]) -> bool:
    """A discount for paying early, unless there is none (“sans escompte”)."""
    without = "|".join(map(re.escape, sorted(_list("without", languages)))) or "-"
    rest = re.sub(rf" (?:{without}) \w+", " ", padded)
    return any(f" {word}" in rest for word in words_of("header_words", "discount", languages))


def _only_terms(text: str, languages: tuple[str, ...]) -> bool:
    """“30 jours fin de mois le 15”: nothing but days, the end of the month, small words."""
    rest = _days(languages).sub(" ", text)
    for kind in ("end_of_month", "days", "at_once", "pay"):
        for word in sorted(_list(kind, languages), key=len, reverse=True):
            rest = f" {rest} ".replace(f" {word} ", " ").strip()
    return all(len(token) <= 3 and not token.isdigit() for token in rest.split())


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
