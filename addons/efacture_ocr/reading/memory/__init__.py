"""What was learnt of suppliers: plain data handed in and out, never code.

`learn(memory, result, correction)` gives a new memory; `recall(view, candidates, memory)` adds what it proposes to the candidates of a document.
Lessons propose; arithmetic and dates decide (`arbitrate`). A lesson that was wrong weighs less each time and is forgotten at last.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from ..fields import View
from ..model import HISTORY, Candidate, Result
from ..own import Own
from ..terms import correction_terms
from . import store, trace
from .lessons import (
    AMOUNTS,
    DATES,
    PLACED,
    TEXTS,
    Spot,
    lesson_of,
    likeness,
    matches,
    spots,
    trust,
    typed,
)

# What a supplier's documents have in common.
CONSTANT = (
    "BT-27",
    "BT-29",
    "BT-30",
    "BT-31",
    "BT-35",
    "BT-37",
    "BT-38",
    "BT-40",
    "BT-5",
    "BT-84",
    "BT-86",
    "BT-20",
)
_PARTY = {"BT-27": "name", "BT-31": "vat_identifier", "BT-35": "addr_l1", "BT-37": "city", "BT-38": "postcode", "BT-40": "country_code", "BT-30": "legal_identifier"}  # fmt: skip
# Below this confidence a value that nobody corrected teaches nothing.
SURE = 0.7
LIKE = 0.5


# -- learning ---------------------------------------------------------------------------------------


def learn(
    memory: dict[str, Any] | None, result: Result, correction: dict[str, Any]
) -> dict[str, Any]:
    """A new memory that knows what a person said of this document.

    :param memory: plain data as given by an earlier call, or None
    :param result: what was read, with its `trace`
    :param correction: right values by term (`{"BT-1": "F-17", "BT-2": "2026-03-02", "BT-112": "120.00"}`, parties by their terms
        `BT-27`, `BT-31`, …), or the EN 16931 dictionary as `bin/read` prints it; an empty text says that the document has none. Terms
        not in it count as confirmed where they were read surely.
    :raises ValueError: the result has no trace
    """
    known = copy.deepcopy(store.checked(memory))
    correction = correction_terms(correction)
    layout = trace.layout_of(result.trace)
    supplier = store.find_supplier(known, _keys(result, correction))
    if supplier is None:
        supplier = store.new_supplier()
        known["suppliers"].append(supplier)
    supplier["seen"] = supplier.get("seen", 0) + 1
    for key in _keys(result, correction):
        if len(supplier["keys"]) < store.MAX_KEYS or key in supplier["keys"]:
            supplier["keys"][key] = supplier["keys"].get(key, 0) + 1
    confirmed = _confirmed(result, correction)
    for term in PLACED:
        if term in confirmed:
            _learn_place(
                supplier, term, confirmed[term], list(spots(layout, term)), term in correction
            )
    for term in CONSTANT:
        if confirmed.get(term):
            values = supplier["values"].setdefault(term, {})
            text = str(confirmed[term])
            if term in correction:
                for other in values:
                    values[other] = 0 if other != text else values[other]
            values[text] = values.get(text, 0) + (2 if term in correction else 1)
    if isinstance(confirmed.get("BT-1"), str):
        supplier["numbers"] = [*supplier["numbers"], confirmed["BT-1"]][-store.MAX_NUMBERS :]
    issue, due = confirmed.get("BT-2"), confirmed.get("BT-9")
    if isinstance(issue, date) and isinstance(due, date):
        days = str((due - issue).days)
        supplier["days"][days] = supplier["days"].get(days, 0) + 1
    return known


def _keys(result: Result, correction: dict[str, Any]) -> list[str]:
    keys = list(result.trace.get("keys", ()))
    for term, kind in (("BT-30", "siren"), ("BT-31", "vat")):
        value = str(correction.get(term) or "").replace(" ", "")
        if value:
            french = kind == "vat" and value.startswith("FR") and len(value) == 13
            keys.insert(0, f"siren:{value[4:]}" if french else f"{kind}:{value}")
    return keys


def _confirmed(result: Result, correction: dict[str, Any]) -> dict[str, Any]:
    """Right values by term: what was corrected, and what was read surely and left as it was."""
    right: dict[str, Any] = {}
    seller = result.invoice.get("BG-4", {})
    for term in (*PLACED, *CONSTANT):
        if term in correction:
            right[term] = typed(term, str(correction[term])) if correction[term] else None
            continue
        text = result.invoice.get(term) or seller.get(_PARTY.get(term, ""))
        if term == "BT-29":
            text = seller.get("identifiers", {}).get("0009")
        told = result.evidence.get(term, {})
        if (
            text
            and told.get("confidence", 0) >= SURE
            and told.get("origin") not in ("history", "computed")
        ):
            right[term] = typed(term, str(text))
    return {term: value for term, value in right.items() if value is not None or term in correction}


def _learn_place(
    supplier: dict[str, Any], term: str, value: Any, places: list[Spot], corrected: bool
) -> None:
    lessons = supplier["lessons"].setdefault(term, [])
    for lesson in lessons:
        pointed = _best(places, lesson, term)
        if pointed is None:
            continue
        if value is not None and matches(pointed, value):
            lesson["hits"] += 1
        else:
            lesson["misses"] += 2 if corrected else 1
    if value is not None:
        shown = [spot for spot in places if matches(spot, value)]
        # The longest run of words with this value, once for each place.
        for spot in sorted(
            shown, key=lambda spot: (spot.page != "first", not (spot.left or spot.above), spot.y)
        )[:2]:
            if not any(likeness(spot, lesson, term) >= 0.8 for lesson in lessons):
                lessons.append(lesson_of(spot))
    kept = [lesson for lesson in lessons if lesson["misses"] <= lesson["hits"] + 1]
    supplier["lessons"][term] = sorted(kept, key=lambda lesson: -trust(lesson))[: store.MAX_LESSONS]


def _best(places: Iterable[Spot], lesson: dict[str, Any], term: str) -> Spot | None:
    ranked = sorted(
        ((likeness(spot, lesson, term), -index, spot) for index, spot in enumerate(places)),
        key=lambda r: r[:2],
    )
    return ranked[-1][2] if ranked and ranked[-1][0] >= LIKE else None


# -- recalling --------------------------------------------------------------------------------------


def recall(
    view: View, candidates: list[Candidate], memory: dict[str, Any] | None
) -> list[Candidate]:
    """The candidates with those that the memory of this supplier proposes (reason `memory`), and with what it makes likelier."""
    known = store.checked(memory)
    if not known["suppliers"] or not view.layout.pages:
        return candidates
    supplier = store.find_supplier(known, trace.keys_of(view.layout, Own(view.options)))
    if supplier is None:
        return candidates
    found = list(candidates)
    for term in PLACED:
        found = _proposed(view, supplier, term, found)
    found += _constants(view, supplier, found)
    found += _due(supplier, found)
    return sorted(found, key=lambda candidate: -candidate.score)


def _proposed(
    view: View, supplier: dict[str, Any], term: str, candidates: list[Candidate]
) -> list[Candidate]:
    lessons = supplier["lessons"].get(term, ())
    if not lessons:
        return candidates
    places = list(spots(view.layout, term))
    best: dict[Any, tuple[float, Spot]] = {}
    for lesson in lessons:
        weight = trust(lesson)
        for spot in places:
            like = likeness(spot, lesson, term)
            if like < LIKE:
                continue
            score = like * weight
            if term == "BT-1" and _seen(supplier, spot):
                continue  # the number of an earlier invoice cannot be this one's
            if spot.value not in best or score > best[spot.value][0]:
                best[spot.value] = (score, spot)
    ranked = sorted(best.values(), key=lambda pair: -pair[0])[:3]
    result = list(candidates)
    # One lesson alone does not overrule what the page labels itself.
    proven = any(lesson["hits"] > 1 for lesson in lessons)
    said = [c for c in result if c.field == term and "label" in c.reasons and c.score >= 0.8]
    for place, (score, spot) in enumerate(ranked):
        raised = min(0.97, 0.45 + 0.6 * score) - 0.12 * place
        if said and not proven and not any(matches(spot, c.value) for c in said):
            raised = min(raised, 0.6)
        if not proven and _is_of_another(spot, term, candidates):
            raised = min(raised, 0.5)
        same = [c for c in result if c.field == term and matches(spot, c.value)]
        if same:
            keep = max(same, key=lambda c: c.score)
            lifted = keep.because(
                "memory", min(0.98, max(keep.score, raised) + 0.08 * (place == 0))
            )
            result[result.index(keep)] = lifted
        else:
            result.append(
                Candidate(term, spot.value, raised, spot.words, ("memory",), spot.words[0].source)
            )
    return result


def _is_of_another(spot: Spot, term: str, candidates: list[Candidate]) -> bool:
    """The value is another field's, by its label or by what is known of that field, while this one is labelled elsewhere or the other alone is: a hurried
    person took the line beside.
    """
    words = set(spot.words)
    mine = [c for c in candidates if c.field == term and "label" in c.reasons]
    others = [
        c for c in candidates if c.field in PLACED and c.field != term and words & set(c.words)
    ]
    if any(words & set(c.words) for c in mine):
        return False
    labelled = any("label" in c.reasons and c.score >= 0.7 for c in others)
    return labelled or bool(mine) and any("memory" in c.reasons for c in others)


def _seen(supplier: dict[str, Any], spot: Spot) -> bool:
    return any(matches(spot, number) for number in supplier["numbers"])


def _constants(
    view: View, supplier: dict[str, Any], candidates: list[Candidate]
) -> list[Candidate]:
    """Name, identifiers and currency as known; an account only where it is printed, and said to be known."""
    found = []
    for term in CONSTANT:
        values = supplier["values"].get(term) or {}
        if term == "BT-84":
            # Only where it is printed, and then said to be known.
            known = {account for account, seen in values.items() if seen}
            found += [
                c.because("known_iban") for c in candidates if c.field == term and c.value in known
            ]
            continue
        value, times = max(values.items(), key=lambda pair: pair[1], default=("", 0))
        if not times:
            continue
        same = [c for c in candidates if c.field == term and str(c.value) == value]
        if same:
            found.append(same[0].because("memory", min(0.98, same[0].score + 0.15)))
        else:
            found.append(
                Candidate(term, value, 0.55 + 0.1 * min(times, 3), (), ("memory",), HISTORY)
            )
    return found


def known_accounts(keys: Iterable[str], memory: dict[str, Any] | None) -> frozenset[str]:
    """Accounts (BT-84) that the supplier known by these keys has been paid to; empty for an unknown one."""
    known = store.checked(memory)
    supplier = store.find_supplier(known, keys) if known["suppliers"] else None
    values = supplier["values"].get("BT-84", {}) if supplier else {}
    return frozenset(account for account, times in values.items() if times)


def _due(supplier: dict[str, Any], candidates: list[Candidate]) -> list[Candidate]:
    """The due date that this supplier's terms give, where the document shows none."""
    if not supplier["days"] or any(c.field == "BT-9" and c.words for c in candidates):
        return []
    days, times = max(supplier["days"].items(), key=lambda pair: pair[1])
    issue = max((c for c in candidates if c.field == "BT-2"), key=lambda c: c.score, default=None)
    if issue is None or not isinstance(issue.value, date) or not days.lstrip("-").isdigit():
        return []
    score = 0.4 if times == 1 else 0.55
    return [
        Candidate(
            "BT-9",
            issue.value + timedelta(days=int(days)),
            score,
            (),
            ("memory", "usual_terms"),
            HISTORY,
        )
    ]


__all__ = ["AMOUNTS", "DATES", "TEXTS", "known_accounts", "learn", "recall"]
