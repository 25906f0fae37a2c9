"""Numbers and references: BT-1, BT-13, BT-12, BT-25, BT-16; each printed value goes to the label it answers to best."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from ..identifiers import find_identifiers
from ..labels import Label, fold, vocabulary
from ..layout import Cell
from ..model import Candidate, Word
from ..values import dates, parse_amount
from . import View
from .addresses import postal
from .beside import FILLERS, Neighbours

FIELDS = {
    "number": "BT-1",
    "bare_number": "BT-1",
    "order": "BT-13",
    "contract": "BT-12",
    "preceding": "BT-25",
    "delivery_note": "BT-16",
}
_OTHERS = (
    "title",
    "customer_number",
    "other_number",
    "payment_reference",
    "vat_number",
    "siret",
    "siren",
    "iban",
    "bic",
    "issue_date",
    "due_date",
    "delivery_date",
    "period",
    "payable",
    "gross",
    "net",
    "vat",
    "vat_rate",
    "prepaid",
)
_EDGES = " :;,.()[]«»\"'*|"
_PHONE = re.compile(r"^(?:\+?33|0)[ .]?[1-9](?:[ .-]?\d{2}){4}$")


def find(view: View) -> list[Candidate]:
    """Candidates of every reference, the best of each field first."""
    if not view.layout.pages:
        return []
    titles = _title_words(view)
    near = Neighbours(view, (*FIELDS, *_OTHERS), _headers(view, titles))
    found: dict[tuple[str, str], Candidate] = {}
    for text, words in _values(view, near):
        ties = near.ties(words)
        titled = _title_before(near, words, titles)
        best = max(ties[0].strength if ties else 0.0, titled)
        scores: dict[str, tuple[float, str]] = {}
        for tie in ties:
            field = FIELDS.get(tie.label.kind)
            if field is None:
                continue
            score = tie.strength * (0.72 if tie.label.kind == "bare_number" else 1.0)
            if tie.strength < best - 0.04:
                score *= 0.45 if field == "BT-1" else 0.25  # it answers better to another label
            if score > scores.get(field, (0.0, ""))[0]:
                scores[field] = (score, tie.how)
        if titled and titled * 0.93 > scores.get("BT-1", (0.0, ""))[0]:
            scores["BT-1"] = (titled * 0.93, "title")
        for field, (score, how) in scores.items():
            score *= _plausible(text, field)
            key = (field, text)
            if score > (0.12 if field == "BT-1" else 0.3) and (
                key not in found or score > found[key].score
            ):
                found[key] = Candidate(
                    field, text, round(score, 4), words, ("label", how), words[0].source
                )
    return sorted(_supported(view, list(found.values())), key=lambda candidate: -candidate.score)


def _title_words(view: View) -> set[Word]:
    """Words such as *Facture* that a number may follow without *n°*."""
    wanted = {
        fold(w)
        for code in view.languages
        for kind in ("invoice", "credit_note", "deposit", "receipt")
        for w in vocabulary(code)["document"].get(kind, ())
    }
    single = {w for w in wanted if " " not in w} | {w.split()[-1] for w in wanted}
    return {word for word in view.layout.words if fold(word.text) in single}


def _headers(view: View, titles: set[Word]) -> list[Label]:
    """A title alone in its cell may head the column of the number (`Facture | Date | Client`)."""
    return [
        Label("title", cell.words, 0.9, cell.text)
        for page in view.layout.pages
        for cell in view.layout.cells(page.number)
        if len(cell.words) == 1 and cell.words[0] in titles
    ]


def _title_before(near: Neighbours, words: tuple[Word, ...], titles: set[Word]) -> float:
    """The title stands just before the value in its row."""
    row = near.rows[words[0]]
    place = row.index(words[0])
    for back in range(place - 1, max(-1, place - 4), -1):
        word = row[back]
        if word in titles:
            gap = words[0].x0 - word.x1
            return 0.9 if gap < 4 * (word.y1 - word.y0) else 0.7
        if fold(word.text) not in FILLERS:
            return 0.0
    return 0.0


def _values(view: View, near: Neighbours) -> Iterator[tuple[str, tuple[Word, ...]]]:
    taken = {word for item in find_identifiers(view.layout) if item.valid for word in item.words}
    for page in view.layout.pages:
        for row in view.layout.rows(page.number):
            dated = {word for found in dates(row.words) for word in found.words}
            for cell in row.cells:
                yield from _in_cell(cell, taken | dated, near)


def _in_cell(
    cell: Cell, closed: set[Word], near: Neighbours
) -> Iterator[tuple[str, tuple[Word, ...]]]:
    words = cell.words
    for start, word in enumerate(words):
        if word in closed:
            continue
        text = word.text.strip(_EDGES)
        if ":" in text:
            text = text.rpartition(":")[2].strip(_EDGES)
        elif re.match(r"^[nN][°ºo]\w", text):
            text = text[2:].strip(_EDGES)
        if word in near.label_words and not re.search(r"\d", text):
            continue
        text = text.lstrip("#")
        for length in range(1, 6):
            run = words[start : start + length]
            if len(run) < length or any(other in closed for other in run):
                break
            if any(b.x0 - a.x1 > 0.75 * (a.y1 - a.y0) for a, b in zip(run, run[1:], strict=False)):
                break
            joined = (
                " ".join([text, *(other.text.strip(_EDGES) for other in run[1:])])
                if length > 1
                else text
            )
            if length > 1 and not _may_join(run, near):
                break
            if _is_reference(joined, cell):
                yield joined, tuple(run)


def _may_join(run: tuple[Word, ...], near: Neighbours) -> bool:
    """Parts such as `FA 2024 0012`: short, without small letters, no label; more than three only as groups of figures."""
    if len(run) > 3 and not all(re.fullmatch(r"\d{2,4}", word.text.strip(_EDGES)) for word in run):
        return False
    return all(
        re.fullmatch(r"[0-9A-Z][0-9A-Z/_.\-]{0,11}", word.text.strip(_EDGES))
        and word not in near.label_words
        for word in run
    )


def _is_reference(text: str, cell: Cell) -> bool:
    if (
        not any(char.isdigit() for char in text)
        or not 2 <= len(text) <= 32
        or not re.fullmatch(r"[\w#][\w/_.\- #+&]*", text)
    ):
        return False
    if re.search(r"[€$£%]|^\d{1,3}(?:[ .]\d{3})*,\d{2}$|^\d+[.,]\d{2}$", text) or _PHONE.match(
        text
    ):
        return False
    if re.fullmatch(r"\d{5}", text):
        found = postal(cell.text)
        return not (found and found[0] == text)
    return True


def _plausible(text: str, field: str) -> float:
    figures = sum(char.isdigit() for char in text)
    if re.fullmatch(r"\d{1,2}", text):
        return 0.35
    if re.fullmatch(r"(?:19|20)\d{2}", text):
        return 0.45
    if figures < 2:
        return 0.5
    if any(len(part) > 3 and part.islower() for part in re.split(r"[\W\d]+", text)):
        return 0.55
    if parse_amount(text) and re.search(r"[.,]\d{2}$", text):
        return 0.3
    return 1.0


def _supported(view: View, candidates: list[Candidate]) -> list[Candidate]:
    """Longer runs that hold a shorter one at the same place give way a little; a number that is printed again gains."""
    text = defaultdict(int)
    for word in view.layout.words:
        text[re.sub(r"[^0-9A-Za-z]", "", word.text).upper()] += 1
    result = []
    for candidate in candidates:
        bare = re.sub(r"[^0-9A-Za-z]", "", str(candidate.value)).upper()
        others = sum(
            times for word, times in text.items() if bare and len(bare) >= 4 and bare in word
        )
        score = candidate.score
        reasons = candidate.reasons
        if len(candidate.words) == 1 and others > 1:
            score, reasons = min(0.98, score + 0.03), (*reasons, "repeated")
        rival = next(
            (
                c
                for c in candidates
                if c.field == candidate.field
                and c is not candidate
                and c.words[0] == candidate.words[0]
                and len(c.words) < len(candidate.words)
            ),
            None,
        )
        if rival is not None and rival.score >= 0.5:
            # `FA 2024 0012` is one number when its first part alone has no figures enough.
            parts = str(candidate.value).split()
            grouped = len(parts) > 2 and all(re.fullmatch(r"\d{2,3}", part) for part in parts)
            short = sum(ch.isdigit() for ch in str(rival.value)) < 4
            score += 0.02 * len(parts) if grouped or short else -0.06
        result.append(
            Candidate(
                candidate.field, candidate.value, score, candidate.words, reasons, candidate.origin
            )
        )
    return result
