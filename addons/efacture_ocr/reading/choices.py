"""The fields that arithmetic of amounts does not decide: dates by their order and the terms, identifiers by each other, numbers by what they are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

from .labels import fold, vocabulary
from .model import Candidate, Message, Options

Ranked = dict[str, list[Candidate]]


def ranked(candidates: Sequence[Candidate]) -> Ranked:
    """Candidates by field, the best first, each value once (with all reasons that speak for it)."""
    fields: Ranked = {}
    for one in sorted(candidates, key=lambda candidate: -candidate.score):
        known = fields.setdefault(one.field, [])
        for index, other in enumerate(known):
            if other.value == one.value:
                for reason in one.reasons:
                    known[index] = known[index].because(reason)
                break
        else:
            known.append(one)
    return fields


def first(chosen: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """The chosen one, then the others."""
    return [chosen, *(one for one in others if one.value != chosen.value)]


# -- dates ------------------------------------------------------------------------------------------


@cache
def _terms_words(language: str) -> dict[str, tuple[str, ...]]:
    return {
        kind: tuple(fold(word) for word in words)
        for kind, words in vocabulary(language).get("terms_words", {}).items()
    }


def due_dates(issue: date, terms: str, languages: Sequence[str]) -> list[date]:
    """The days on which these printed terms make a bill of `issue` due; several where custom differs, [] where they do not say.

    French custom for “30 jours fin de mois”: thirty days, then the end of that month; some count from the end of the month (code de
    commerce, L441-10).
    """
    text = f" {fold(terms)} "
    days: int | None = None
    end_of_month = at_once = False
    for language in languages:
        words = _terms_words(language)
        for word in words.get("days", ()):
            match = re.search(rf"\b(\d{{1,3}}) ?{re.escape(word)}\b", text)
            if match and days is None:
                days = int(match[1])
        for word in words.get("days_follow", ()):
            match = re.search(rf"\b{re.escape(word)} (\d{{1,3}})\b(?! \d)", text)
            if match and days is None:
                days = int(match[1])
        end_of_month |= any(f" {word} " in text for word in words.get("end_of_month", ()))
        at_once |= any(f" {word} " in text for word in words.get("at_once", ()))
    if days is None:
        if at_once:
            return [issue]
        return [_month_end(issue)] if end_of_month else []
    if days > 366:
        return []
    plain = issue + timedelta(days=days)
    if not end_of_month:
        return [plain]
    match = re.search(r"\b(?:fin de mois|fdm|end of month|monatsende) (?:le )?(\d{1,2})\b", text)
    ends = [_month_end(plain), _month_end(_month_end(issue) + timedelta(days=days))]
    if match:
        ends = [day + timedelta(days=int(match[1])) for day in ends] + ends
    ends.append(_month_end(issue) + timedelta(days=days))
    return list(dict.fromkeys(ends))


def _month_end(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


def decide_dates(
    fields: Ranked, options: Options, languages: Sequence[str], messages: list[Message]
) -> None:
    """Put the pair of issue and due date that agrees best with the order of time and with the terms in the first places."""
    issues = [one for one in fields.get("BT-2", []) if isinstance(one.value, date)][:8]
    dues = [one for one in fields.get("BT-9", []) if isinstance(one.value, date)][:8]
    if not issues:
        return
    terms = [str(one.value) for one in fields.get("BT-20", [])[:2]]
    best: tuple[float, Candidate, Candidate | None, bool] | None = None
    for issue in issues:
        assert isinstance(issue.value, date)
        expected = [day for text in terms for day in due_dates(issue.value, text, languages)]
        for due in (*dues, None):
            score = issue.score + _plausible(issue.value, options.today)
            agrees = False
            if due is not None:
                assert isinstance(due.value, date)
                wait = (due.value - issue.value).days
                agrees = due.value in expected
                score += 0.8 * due.score
                score += 0.35 if agrees else 0.1 if wait in _USUAL_TERMS else 0.0
                score -= 0.9 if wait < 0 else 0.35 if wait > 190 else 0.0
            else:
                score -= 0.05
            if best is None or score > best[0]:
                best = (score, issue, due, agrees)
    assert best is not None
    _score, issue, due, agrees = best
    if agrees and due is not None:
        issue = issue.because("terms", min(0.97, issue.score + 0.08))
        due = due.because("terms", min(0.97, due.score + 0.12))
    fields["BT-2"] = first(issue, fields["BT-2"])
    if due is not None:
        fields["BT-9"] = first(due, fields["BT-9"])
    elif dues:
        # A due date before the date of the bill is no due date: people are told.
        messages.append(
            Message("due_before_issue", {"due": str(dues[0].value), "issue": str(issue.value)})
        )
        fields.pop("BT-9")


_USUAL_TERMS = frozenset((0, 7, 8, 10, 14, 15, 20, 21, 30, 31, 45, 60, 90))


def _plausible(day: date, today: date | None) -> float:
    if today is None:
        return 0.0
    ahead = (day - today).days
    if ahead > 31:
        return -0.9
    if ahead > 3:
        return -0.4
    return -0.15 if ahead < -365 * 6 else 0.0


# -- identifiers ------------------------------------------------------------------------------------


def decide_identifiers(fields: Ranked) -> None:
    """VAT number, SIREN and SIRET of one party belong to one company: those that agree come first."""
    for vat, siren, siret in (("BT-31", "BT-30", "BT-29"), ("BT-48", "BT-47", "BT-46")):
        owners: dict[str, float] = {}
        for name in (vat, siren, siret):
            for one in fields.get(name, [])[:6]:
                company = company_of(name in (vat,), str(one.value))
                if company:
                    owners[company] = owners.get(company, 0.0) + one.score
        if not owners:
            continue
        # The company of the best candidates; one named by two of the three wins over one named once.
        company = max(owners, key=lambda key: owners[key])
        for name in (vat, siren, siret):
            mine = [
                one
                for one in fields.get(name, [])
                if company_of(name in (vat,), str(one.value)) == company
            ]
            if mine:
                others = sum(
                    any(company_of(n == vat, str(c.value)) == company for c in fields.get(n, []))
                    for n in (vat, siren, siret)
                )
                best = mine[0]
                if others > 1:
                    best = best.because("same_company", min(0.99, best.score + 0.05))
                fields[name] = first(best, fields[name])


def company_of(is_vat: bool, text: str) -> str:
    """The SIREN inside a French VAT number, SIREN or SIRET; empty for others."""
    digits = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    if is_vat:
        return digits[4:] if digits.startswith("FR") and len(digits) == 13 else ""
    return digits[:9] if digits.isdigit() and len(digits) in (9, 14) else ""


# -- numbers ----------------------------------------------------------------------------------------

_OTHERS = ("BT-13", "BT-12", "BT-46", "BT-25", "BT-16", "BT-18")


def decide_number(fields: Ranked) -> None:
    """The number of a bill is not that of its order, contract or customer: the field that has it by a stronger word keeps it."""
    numbers = fields.get("BT-1", [])
    for name in _OTHERS:
        rivals = fields.get(name, [])
        if not numbers or not rivals or _same(numbers[0]) != _same(rivals[0]):
            continue
        if rivals[0].score > numbers[0].score + 0.05 and len(numbers) > 1:
            numbers = fields["BT-1"] = [*numbers[1:], numbers[0]]
        elif len(rivals) > 1 and rivals[1].score >= 0.4:
            fields[name] = rivals[1:]
        elif rivals[0].score <= numbers[0].score:
            fields.pop(name)


def _same(candidate: Candidate) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", str(candidate.value)).upper().lstrip("0")
