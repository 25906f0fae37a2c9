"""What one correction is worth: accuracy on the later documents of a supplier before, after it, after a wrong one, and after the wrong one was mended.

Series are `documents.series.SERIES` (drawn by the tests): twenty suppliers, each some documents of one layout. The first document is corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bench._reading_fields import BY_NAME, CORE, HEADER, Field, amount
from bench._reading_run import read
from bench._reading_score import MISSING, WRONG, Score, score
from bench._reading_sets import TEXT, Document, NoDocuments
from bench._reading_tally import Tally, ratio, table

# A wrong lesson: the field is told to be what another field says (a hurried person takes the line beside).
MISTAKES = {"due_date": "date", "date": "due_date", "net": "gross", "number": "po_ref", "payable": "net"}  # fmt: skip
TAUGHT = tuple(dict.fromkeys((*HEADER, *CORE, "supplier_name", "supplier_siret")))
STAGES = ("before", "one correction", "one wrong correction", "wrong, then two right")


def measure(quick: bool = False) -> dict[str, Any]:
    """Header accuracy and core six at each stage, over the documents after the third of each series; fields that a lesson broke.

    :raises NoDocuments: when no series are drawn
    """
    found = series()
    if quick:
        found = dict(list(found.items())[:5])
    tallies = {stage: Tally() for stage in STAGES}
    by_series: dict[str, dict[str, float | None]] = {}
    broken: dict[str, int] = dict.fromkeys(STAGES[1:], 0)
    for name, documents in found.items():
        mine = {stage: Tally() for stage in STAGES}
        plain: list[Score] = []
        for stage, memory in stages(documents):
            for at, document in enumerate(documents[3:]):
                judged = judge(document, memory)
                tallies[stage].add(judged)
                mine[stage].add(judged)
                if stage == STAGES[0]:
                    plain.append(judged)
                else:
                    broken[stage] += lost(plain[at], judged)
        by_series[name] = {stage: mine[stage].accuracy() for stage in STAGES}
    return {
        "series": len(found),
        "documents_judged": tallies["before"].documents,
        "stages": {
            stage: {
                "header": one.accuracy(),
                "core_six": ratio(one.core_right, one.core_documents),
                "header_precision": one.precision(),
                "right_before_and_wrong_now": broken.get(stage, 0),
            }
            for stage, one in tallies.items()
        },
        "by_series": by_series,
    }


def series() -> dict[str, list[Document]]:
    """Name → documents of one supplier, at least four each.

    :raises NoDocuments: there are none
    """
    try:
        from documents.series import SERIES
    except ImportError as error:
        raise NoDocuments(f"no series in tests/documents ({error})") from error
    found: dict[str, list[Document]] = {}
    items = SERIES.items() if isinstance(SERIES, dict) else ((str(one), one) for one in SERIES)
    for at, (name, one) in enumerate(items):
        drawn = one() if callable(one) else getattr(one, "documents", one)
        drawn = drawn() if callable(drawn) else drawn
        name = getattr(one, "name", name)
        found[f"{at + 1:02d} {name}"] = [
            Document(f"{name}-{n}", "series", TEXT, d.pdf, d.truth, f"{n}.pdf", str(name))
            for n, d in enumerate(drawn)
        ]
    if not found:
        raise NoDocuments("no series in tests/documents")
    return found


def stages(documents: Sequence[Document]) -> list[tuple[str, Any]]:
    """(stage, memory) of a series: its first document is corrected, rightly or wrongly, then two are corrected rightly."""
    right = taught(None, documents[0], correction)
    wrong = taught(None, documents[0], wrong_correction)
    mended = wrong
    for document in documents[1:3]:
        mended = taught(mended, document, correction)
    return list(zip(STAGES, (None, right, wrong, mended), strict=True))


def taught(memory: Any, document: Document, told: Callable[[Score, dict], dict[str, str]]) -> Any:
    """The memory after a person corrected this document."""
    from reading.memory import learn

    results = read(document, memory=memory)
    if not results:
        return memory
    judged = score(results[0], document.truth)
    return learn(memory, results[0], told(judged, document.truth))


def judge(document: Document, memory: Any) -> Score:
    """Score of a document read with a memory."""
    results = read(document, memory=memory)
    return score(results[0] if results else None, document.truth, results=len(results))


def correction(judged: Score, truth: dict[str, Any]) -> dict[str, str]:
    """What an accountant types: the printed value of each field that is wrong or missing, by term."""
    told = {}
    for name in TAUGHT:
        if judged.fields[name].outcome in (WRONG, MISSING):
            told[BY_NAME[name].term] = _typed(BY_NAME[name], truth[name])
    return told


def wrong_correction(judged: Score, truth: dict[str, Any]) -> dict[str, str]:
    """The same with one field told wrongly: the value of another field that is printed."""
    told = correction(judged, truth)
    for name, other in MISTAKES.items():
        value = truth.get(other)
        if value and truth.get(name) and judged.fields[other].printed and str(value) != str(truth[name]):  # fmt: skip
            told[BY_NAME[name].term] = _typed(BY_NAME[other], value)
            break
    return told


def _typed(field: Field, value: Any) -> str:
    return str(amount(value)) if field.kind == "amount" else str(value)


def lost(before: Score, after: Score) -> int:
    """How many header and core fields were right before the lesson and are not after it."""
    names = {*HEADER, *CORE}
    return sum(
        before.fields[n].outcome == "right" and after.fields[n].outcome != "right" for n in names
    )


def shown(answer: dict[str, Any]) -> str:
    """A table for people."""
    rows = [[name, *(one[k] for k in ("header", "core_six", "header_precision", "right_before_and_wrong_now"))] for name, one in answer["stages"].items()]  # fmt: skip
    return table(["stage", "header", "core six", "precision", "right before, wrong now"], rows)
