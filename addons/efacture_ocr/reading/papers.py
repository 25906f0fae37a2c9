"""What a paper is that is no invoice: quote, order, reminder, statement, contract, payslip… told by its heading and by what such papers say.

Words are data (`data/papers/<lang>.json`): of each kind its `heads`, and sentences that weigh 3 or 1. A paper is something else only when more speaks
for that than for an invoice: a title of its own, a number, totals that add up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from .fields import View, document
from .labels import fold
from .layout import Row
from .model import BOOKABLE, TEXT, Message, Result

_FOLDER = Path(__file__).parent / "data" / "papers"
#: Papers of the trade: what they say is shown, never as certain.
OF_TRADE = ("quote", "proforma", "order", "delivery_note", "reminder", "statement")
#: Nothing of these is for an invoice.
STRANGE = ("bank_statement", "contract", "terms", "cv", "payslip", "tax_notice", "letter", "technical", "remittance", "schedule", "other")  # fmt: skip
#: What lies between invoices in one file and belongs to none of them.
BETWEEN = (*OF_TRADE, "letter", "bank_statement")
# Below this no field of what is no invoice is shown as sure.
DOUBT = 0.5
# Something else must be as plain as this; and an invoice at least so: less where it is titled or a picture that may have been misread.
PLAIN, SIGNS, UNTITLED = 3.0, 1.0, 2.5
_HEAD, _LIMIT = 3.0, 9.0


@cache
def _words(language: str) -> dict[str, dict[str, tuple[str, ...]]]:
    path = _FOLDER / f"{language}.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {
        kind: {weight: tuple(dict.fromkeys(fold(text) for text in texts)) for weight, texts in table.items()}
        for kind, table in told.items()
    }  # fmt: skip


def weights(view: View) -> dict[str, float]:
    """Kind of paper → how much the first page speaks for it (a heading 3 or more, a sentence of such papers 3, a word of them 1)."""
    if not view.layout.pages:
        return {}
    page = view.layout.pages[0]
    rows = view.layout.rows(page.number)
    text = f" {' '.join(fold(row.text) for row in rows)} "
    heads = _headings(rows, page.height)
    found: dict[str, float] = {}
    for language in view.languages:
        for kind, table in _words(language).items():
            weight = 3.0 * sum(f" {one} " in text for one in table.get("3", ()))
            weight += min(4.0, sum(f" {one} " in text for one in table.get("1", ())))
            weight = min(weight, _LIMIT)
            weight += max((size for head, size in heads if _begins(head, table["heads"])), default=0.0)  # fmt: skip
            found[kind] = max(found.get(kind, 0.0), weight)
    return found


def _begins(head: str, wordings: tuple[str, ...]) -> bool:
    return any(head == one or head.startswith(f"{one} ") for one in wordings)


def _headings(rows: tuple[Row, ...], height: float) -> list[tuple[str, float]]:
    """What could be a heading: (folded text, weight), larger letters weigh more; cells of a row of many are none."""
    usual = median([word.y1 - word.y0 for row in rows for word in row.words] or [1.0])
    found = []
    for row in rows:
        if row.box.y0 > 0.5 * height or len(row.cells) > 3:
            continue
        for cell in row.cells:
            text = fold(cell.text)
            if not text or len(text.split()) > 12:
                continue
            large = (cell.words[0].y1 - cell.words[0].y0) / max(usual, 0.1)
            share = 1.0 if large >= 1.25 else 0.75 if cell.text[:12].isupper() else 0.5
            found.append((text, _HEAD * share * min(1.5, max(1.0, large))))
    return found


def plain_paper(view: View, title: str) -> str:
    """The kind of `BETWEEN` that a sheet among invoices plainly is (its title or heading, and what such papers say), or empty."""
    if title in BOOKABLE:
        return ""
    found = weights(view)
    kinds = [title] if title else [kind for kind in BETWEEN if kind not in document.INSTEAD]
    kind = max(kinds, key=lambda one: found.get(one, 0.0))
    plain = found.get(kind, 0.0) >= 2 * PLAIN and found[kind] > found.get("invoice", 0.0)
    return kind if plain else ""


def paper_of(view: View, result: Result) -> str:
    """What the document is instead of an invoice, `other` for what is not even that, empty for an invoice. In: the view it was read by, what was read."""
    title, score = document.title(view)
    found = weights(view)
    invoice = found.pop("invoice", 0.0) + signs(result)
    if title in BOOKABLE:
        invoice += _HEAD * (1.0 + score)
    elif title:
        found[title] = found.get(title, 0.0) + _HEAD * (1.0 + score)
    kind = max(found, key=lambda one: found[one], default="")
    if kind and found[kind] >= PLAIN and found[kind] > invoice:
        return kind
    least = UNTITLED if result.kind == TEXT and not title else SIGNS
    return "" if invoice >= least else "other"


def signs(result: Result) -> float:
    """How much of what was read makes an invoice: totals that add up, a number under its label, lines, a seller's identifiers, an account, a due date; a supplier whose invoices were corrected before."""
    data, evidence = result.invoice, result.evidence
    codes = {message.code for message in result.messages}
    found = 2.0 * bool(data.get("BT-112") and not codes & {"totals_not_proved", "no_totals"})
    labelled = "label" in evidence.get("BT-1", {}).get("reasons", ())
    found += 1.5 * bool(data.get("BT-1") and labelled) + 0.5 * bool(data.get("BG-25"))
    seller = data.get("BG-4") or {}
    found += 0.5 * bool(seller.get("vat_identifier")) + 0.5 * bool(seller.get("legal_identifier"))
    reasons = {reason for told in evidence.values() for reason in told.get("reasons") or ()}
    found += 2.0 * bool(reasons & {"memory", "known_iban"}) + 0.5 * bool(data.get("BT-84"))
    return found + 0.5 * bool(data.get("BT-9"))


def judged(result: Result, view: View) -> Result:
    """The result as what it is: with its warning, and nothing of it certain, where it is a paper of the trade; without an invoice where it is none."""
    kind = paper_of(view, result)
    if kind in OF_TRADE:
        told = Message(f"looks_like_{kind}")
        doubted = _doubted(result.evidence)
        return replace(result, document_type=kind, evidence=doubted, messages=(told, *result.messages))  # fmt: skip
    if kind:
        return _none(result, kind, "no_invoice" if kind == "other" else f"looks_like_{kind}")
    if result.document_type not in BOOKABLE:
        result = replace(result, document_type="invoice")
    return result


def left_aside(kind: str, pages: Iterable[int]) -> Message:
    """What is told of pages (from 1) between invoices that are another paper."""
    shown = {"pages": ", ".join(map(str, pages)), "term": f"paper.{kind}"}
    return Message("pages_other", shown, "info")


def sorted_out(results: list[Result]) -> list[Result]:
    """The invoices of a file; other papers between them are only told. Where none is an invoice, sheets of one paper make one result."""
    invoices = [result for result in results if result.is_invoice]
    if invoices:
        aside = tuple(left_aside(r.document_type, r.pages) for r in results if not r.is_invoice)
        told = tuple(message for r in results if not r.is_invoice for message in r.messages if message.code.startswith("page"))  # fmt: skip
        invoices[0] = replace(invoices[0], messages=(*told, *aside, *invoices[0].messages))
        return invoices
    found: list[Result] = []
    for result in results:
        if found and not result.invoice and not found[-1].invoice and result.document_type == found[-1].document_type:  # fmt: skip
            told = dict.fromkeys((m.code, m.page) for m in found[-1].messages)
            more = tuple(m for m in result.messages if (m.code, m.page) not in told)
            found[-1] = replace(
                found[-1], pages=found[-1].pages + result.pages, messages=found[-1].messages + more
            )
        else:
            found.append(result)
    return found


def _none(result: Result, kind: str, code: str) -> Result:
    kept = tuple(message for message in result.messages if message.code.startswith("page"))
    told = Message(code, level="error")
    return replace(result, invoice={}, evidence={}, messages=(told, *kept), document_type=kind)


def _doubted(evidence: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        term: {**told, "confidence": min(told.get("confidence", 0.0), DOUBT)}
        for term, told in evidence.items()
    }
