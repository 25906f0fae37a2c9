"""Whether the page of a PDF says the same as the invoice file inside it.

Told is only what the page shows with another value: number, date, amount to pay, account, VAT number. What a page does not show, or
shows as a picture, is no contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from .identifiers import IBAN, VAT, find_identifiers, valid_iban
from .labels import Label, find_labels, languages
from .layout import Layout
from .model import TEXT, Message, Options, Page, Result, Word
from .values import amounts, dates

CODE = "xml_page_differs"
DOUBT = 0.5  # how sure a term is that the page gives otherwise
_FEW_WORDS = 15
_NUMBER = re.compile(r"(?=.*[0-9])[0-9A-Z][0-9A-Z./_-]{2,}", re.I)


def compare_with_page(
    result: Result, pages: Sequence[Page], options: Options | None = None
) -> list[Message]:
    """One `xml_page_differs` per term that the text of the pages gives otherwise; empty for pages without text.

    In: the result read from the XML, and the pages with their words; `options.own` are numbers that belong to the reader.
    """
    layout = Layout(
        [page for page in pages if page.source == TEXT or any(w.source == TEXT for w in page.words)]
    )
    if len(layout.words) < _FEW_WORDS or not result.invoice:
        return []
    data = result.invoice
    labels = find_labels(layout, languages())
    found = [
        _number(data, layout, labels),
        _date(data, layout, labels),
        _amount(data, layout, labels),
        *_identifiers(data, layout, options or Options()),
    ]
    return [item for item in found if item is not None]


def confronted(result: Result, pages: Sequence[Page], options: Options | None = None) -> Result:
    """The result with what the pages say otherwise; the terms in question are no longer sure."""
    messages = compare_with_page(result, pages, options)
    evidence = dict(result.evidence)
    for message in messages:
        found = evidence.get(message.values["term"])
        if found:
            evidence[message.values["term"]] = {
                **found, "confidence": min(found["confidence"], DOUBT), "reasons": [*found["reasons"], "page_differs"],
            }  # fmt: skip
    return replace(result, evidence=evidence, messages=(*result.messages, *messages))


def _differs(term: str, page: str, xml: str) -> Message:
    return Message(CODE, {"term": term, "page": page, "xml": xml})


def _near(layout: Layout, label: Label) -> list[tuple[Word, ...]]:
    """Runs of words that a label may announce: behind it in its cell, right of it, under it."""
    runs = []
    for cell in layout.cells(label.words[0].page):
        if label.words[-1] in cell.words:
            rest = cell.words[cell.words.index(label.words[-1]) + 1 :]
            if rest:
                runs.append(rest)
    runs += [cell.words for cell in layout.right_of(label.box)[:1]]
    runs += [cell.words for cell in layout.below(label.box, 30)[:1]]
    return runs


def _compact(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def _number(data: dict[str, Any], layout: Layout, labels: Iterable[Label]) -> Message | None:
    told = data.get("BT-1")
    if not isinstance(told, str) or not _compact(told):
        return None
    if _compact(told) in _compact("".join(word.text for word in layout.words)):
        return None
    for label in labels:
        if label.kind != "number" or label.strength < 1:
            continue
        for run in _near(layout, label)[:1]:
            text = run[0].text.strip(":#°. ") or (run[1].text if len(run) > 1 else "")
            if (
                _NUMBER.fullmatch(text)
                and not dates(run[:1])
                and _compact(text) not in _compact(told)
            ):
                return _differs("BT-1", text, told)
    return None


def _date(data: dict[str, Any], layout: Layout, labels: Iterable[Label]) -> Message | None:
    told = data.get("BT-2")
    if not isinstance(told, str):
        return None
    printed = {
        day
        for row in layout.all_rows
        for month_first in (False, True)
        for item in dates(row.words, month_first)
        for day in (item.value, *item.others)
    }
    if not printed or any(isinstance(day, date) and day.isoformat() == told for day in printed):
        return None
    for label in labels:
        if label.kind == "issue_date" and label.strength == 1:
            for run in _near(layout, label):
                if days := dates(run):
                    return _differs("BT-2", days[0].text.strip(" :"), told)
    return None


def _amount(data: dict[str, Any], layout: Layout, labels: Sequence[Label]) -> Message | None:
    told = {term: _decimal(data.get(term)) for term in ("BT-115", "BT-112")}
    wanted = {abs(value) for value in told.values() if value}
    if not wanted:
        return None
    printed = {
        abs(item.value)
        for row in layout.all_rows
        for cell in row.cells
        for words in (row.words, cell.words, *((word,) for word in cell.words))
        for item in amounts(words)
        # A whole number may be anything but where it stands alone or beside a currency.
        if item.decimals or item.currency or item.words == cell.words
    }
    if printed & wanted:
        return None
    for kind, term in (("payable", "BT-115"), ("gross", "BT-112")):
        for label in labels:
            if label.kind != kind or label.strength < 1 or told[term] is None:
                continue
            for run in _near(layout, label):
                values = [item for item in amounts(run) if item.decimals == 2 and item.value]
                if values:
                    return _differs(term, values[-1].text, f"{told[term]:.2f}")
    return None


def _decimal(text: Any) -> Decimal | None:
    try:
        return Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        return None


def _identifiers(data: dict[str, Any], layout: Layout, options: Options) -> list[Message | None]:
    own = {_compact(item) for item in options.own}
    printed = [item for item in find_identifiers(layout) if item.valid]
    seller, others = (
        data.get("BG-4") or {},
        [data.get(key) or {} for key in ("BG-7", "BG-10", "BG-11")],
    )
    of_others = {_compact(str(party.get("vat_identifier") or "")) for party in others} | own
    vat = _compact(str(seller.get("vat_identifier") or ""))
    return [
        _missing("BT-31", {vat}, {item.value for item in printed if item.kind == VAT} - of_others),
        _missing(
            "BT-84", _accounts(data), {item.value for item in printed if item.kind == IBAN} - own
        ),
    ]


def _accounts(data: dict[str, Any]) -> set[str]:
    told = data.get("BT-84")
    listed = told if isinstance(told, list) else [told]
    accounts = {_compact(item) for item in listed if isinstance(item, str)}
    accounts.add(_compact(str(data.get("BT-91") or "")))
    return {item for item in accounts if valid_iban(item)}


def _missing(term: str, told: set[str], printed: set[str]) -> Message | None:
    told = told - {""}
    if not told or not printed or told & printed:
        return None
    return _differs(term, ", ".join(sorted(printed)[:3]), ", ".join(sorted(told)[:3]))
