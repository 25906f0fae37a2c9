"""What an electronic invoice of a small profile leaves out, taken from its page: lines, VAT rows, addresses, account, due date.

Factur-X MINIMUM and BASIC WL have no lines and hardly any data. What the file states is never overruled: the page only fills what is empty, when it is
the page of this invoice, and lines and VAT rows only when they add up to the totals stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from .model import Message, Result
from .semantic import BUYER, SELLER
from .structured_amounts import CENT, ZERO, number

_SINGLE = ("BT-9", "BT-12", "BT-13", "BT-20", "BT-72")
_ACCOUNT = ("BT-84", "BT-86", "BT-81")
_PARTIES = (
    ("BG-4", {key: term for term, key in SELLER.items()} | {"legal_identifier": "BT-30", "identifiers": "BT-29", "contacts": "BT-43"}),
    ("BG-7", {key: term for term, key in BUYER.items()} | {"legal_identifier": "BT-47", "identifiers": "BT-46", "contacts": "BT-58"}),
)  # fmt: skip


def is_incomplete(result: Result) -> bool:
    """Whether the invoice states no lines."""
    return bool(result.invoice) and not result.invoice.get("BG-25")


def completed(stated: Result, seen: Sequence[Result]) -> Result:
    """The invoice with what is missing taken from its page.

    In: what the file states, and what its pages were read as. Out: the same with the origin of the page (`text`, `ocr`) on what was added, and a
    message that says how much that is.
    """
    read = next((one for one in seen if one.is_invoice and _is_same(stated.invoice, one.invoice)), None)  # fmt: skip
    if read is None:
        return stated
    taking = _Taking(stated, read)
    taking.take()
    if not taking.lines and not taking.others and not taking.told:
        return stated
    told = list(taking.told)
    if taking.lines or taking.others:
        counts = {"lines": str(taking.lines), "others": str(taking.others)}
        told.insert(0, Message("xml_completed", counts))
    return replace(
        stated, invoice=taking.data, evidence=taking.evidence, messages=(*stated.messages, *told), trace=read.trace
    )  # fmt: skip


def _compact(text: Any) -> str:
    return "".join(char for char in str(text or "").upper() if char.isalnum())


def _is_same(stated: dict[str, Any], read: dict[str, Any]) -> bool:
    """The page bears the number stated, or no other one and the total stated."""
    if stated.get("BT-1") and read.get("BT-1"):
        return _compact(stated["BT-1"]) == _compact(read["BT-1"])
    total = number(stated.get("BT-112"))
    return total is not None and total == number(read.get("BT-112"))


class _Taking:
    """What is taken over, and how much of it."""

    def __init__(self, stated: Result, read: Result) -> None:
        self.data = dict(stated.invoice)
        self.evidence = dict(stated.evidence)
        self.read = read
        self.lines = self.others = 0
        self.told: list[Message] = []

    def take(self) -> None:
        """Everything, group by group."""
        for term in _SINGLE:
            self._single(term)
        if not self.data.get("BT-84") and not self.data.get("BT-91"):
            for term in _ACCOUNT:
                self._single(term)
        for group, terms in _PARTIES:
            self._party(group, terms)
        self._vat_rows()
        self._lines()

    def _single(self, term: str) -> None:
        if not self.data.get(term) and self.read.invoice.get(term):
            self.data[term] = self.read.invoice[term]
            self._proof(term)
            self.others += term in self.read.evidence

    def _proof(self, term: str) -> None:
        if term in self.read.evidence:
            self.evidence[term] = self.read.evidence[term]

    def _party(self, group: str, terms: dict[str, str]) -> None:
        """What a party lacks; nothing of a party that is another one."""
        mine, found = self.data.get(group) or {}, self.read.invoice.get(group) or {}
        for key in ("vat_identifier", "legal_identifier"):
            one, other = _compact(mine.get(key)), _compact(found.get(key))
            if one and other and one != other:
                return
        added = {key: value for key, value in found.items() if not mine.get(key)}
        if mine.get("addr_l1") or mine.get("postcode"):  # an address is one thing
            added = {key: v for key, v in added.items() if key not in ("addr_l1", "city", "postcode", "country_code")}  # fmt: skip
        if added:
            self.data[group] = {**mine, **added}
        for key in added:
            if key in terms:
                self._proof(terms[key])
                self.others += 1

    def _vat_rows(self) -> None:
        rows = self.read.invoice.get("BG-23")
        if self.data.get("BG-23") or not rows:
            return
        slack = CENT * len(rows)
        sums = (("BT-116", "BT-109"), ("BT-117", "BT-110"))
        if all(
            _near(_sum(rows, part), number(self.data.get(whole)), slack) for part, whole in sums
        ):
            self.data["BG-23"] = rows
            self._group("BG-23")
            self.others += len(rows)

    def _lines(self) -> None:
        lines = self.read.invoice.get("BG-25")
        if not lines:
            return
        total = _sum(lines, "BT-131")
        slack = CENT * len(lines)
        told = number(self.data.get("BT-106")) or self._before()
        if not _near(total, told, slack):
            found = "?" if total is None else f"{total:.2f}"
            self.told.append(Message("xml_lines_left", {"found": found, "told": f"{told or ZERO:.2f}"}))  # fmt: skip
            return
        self.data["BG-25"] = lines
        self._group("BG-25")
        self.lines = len(lines)

    def _before(self) -> Decimal | None:
        """The net total stated before the allowances and charges that the page shows and the file does not."""
        net = number(self.data.get("BT-109"))
        if net is None or self.data.get("BT-107") or self.data.get("BT-108"):
            return net
        less, more = (number(self.read.invoice.get(term)) or ZERO for term in ("BT-107", "BT-108"))
        before = number(self.read.invoice.get("BT-106"))
        if not (less or more) or before is None or before - less + more != net:
            return net
        for term in ("BT-106", "BT-107", "BT-108"):
            self._single(term)
        return before

    def _group(self, group: str) -> None:
        for term, told in self.read.evidence.items():
            if term.startswith(f"{group}/"):
                self.evidence[term] = told


def _sum(rows: Sequence[dict[str, Any]], term: str) -> Decimal | None:
    amounts = [number(row.get(term)) for row in rows]
    return None if None in amounts else sum(amounts, ZERO)


def _near(one: Decimal | None, other: Decimal | None, slack: Decimal) -> bool:
    return one is not None and other is not None and abs(one - other) <= slack
