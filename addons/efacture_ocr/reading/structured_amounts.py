"""Whether the amounts of a structured invoice agree with each other. Source: EN 16931-1, rules BR-CO-10 to BR-CO-17, with the cents of
rounding that real bills have (one per line or VAT row)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from .model import Message

CENT = Decimal("0.01")
ZERO = Decimal(0)


def contradictions(
    data: dict[str, Any], line_amounts: Sequence[Decimal]
) -> tuple[set[str], list[Message]]:
    """The terms in doubt and one message per sum that does not come out. In: the dictionary, amounts as strings, and the
    amounts of the lines that count (of nested lines only one level does). A MINIMUM invoice has no prepaid amount: what is to pay may be less.
    """
    doubtful: set[str] = set()
    messages: list[Message] = []

    def compare(
        told: str, found: Decimal | None, terms: Iterable[str], slack: Decimal, code: str
    ) -> None:
        value = number(data.get(told))
        if value is None or found is None or abs(value - found) <= slack:
            return
        doubtful.update((told, *terms))
        messages.append(Message(code, {"told": _shown(value), "found": _shown(found)}))

    rows, count = _rows(data, "BG-23"), len(line_amounts)
    if count:
        compare("BT-106", sum(line_amounts, ZERO), (), CENT * count, "xml_differs_lines")
    before = number(data.get("BT-106"))
    if before is not None:
        net = before - (number(data.get("BT-107")) or ZERO) + (number(data.get("BT-108")) or ZERO)
        compare("BT-109", net, ("BT-106",), CENT, "xml_differs_net")
    if rows:
        slack = CENT * len(rows)
        compare("BT-110", _sum(row.get("BT-117") for row in rows), (), slack, "xml_differs_vat")
        compare("BT-109", _sum(row.get("BT-116") for row in rows), (), slack, "xml_differs_bases")
        for position, row in enumerate(rows, 1):
            _compare_row(row, position, max(count, 1), doubtful, messages)
    net, tax = number(data.get("BT-109")), number(data.get("BT-110"))
    if net is not None and tax is not None:
        compare("BT-112", net + tax, ("BT-109", "BT-110"), CENT, "xml_differs_gross")
    gross = number(data.get("BT-112"))
    if gross is not None and not str(data.get("BT-24")).endswith(":minimum"):
        payable = (
            gross - (number(data.get("BT-113")) or ZERO) + (number(data.get("BT-114")) or ZERO)
        )
        compare("BT-115", payable, ("BT-112",), CENT, "xml_differs_payable")
    return doubtful, messages


def _compare_row(
    row: dict[str, Any], position: int, lines: int, doubtful: set[str], messages: list[Message]
) -> None:
    base, tax, rate = (number(row.get(term)) for term in ("BT-116", "BT-117", "BT-119"))
    if base is None or tax is None or rate is None:
        return
    found = base * rate / 100
    if abs(found - tax) > CENT * (lines + 1):
        doubtful.update(f"BG-23/{position}/{term}" for term in ("BT-116", "BT-117", "BT-119"))
        values = {
            "rate": f"{rate.normalize():f}",
            "told": _shown(tax),
            "found": _shown(found.quantize(CENT)),
        }
        messages.append(Message("xml_differs_rate", values))


def _rows(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = data.get(key)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _sum(texts: Iterable[Any]) -> Decimal | None:
    numbers = [number(text) for text in texts]
    return None if None in numbers else sum(numbers, ZERO)


def number(text: Any) -> Decimal | None:
    """The amount of a text of the dictionary; None for what is none or larger than any ledger has."""
    try:
        value = Decimal(text) if isinstance(text, str) and len(text) <= 60 else None
    except InvalidOperation:
        return None
    return (
        value
        if value is not None and value.is_finite() and abs(value) < Decimal(10) ** 15
        else None
    )


def _shown(value: Decimal) -> str:
    return f"{value:.2f}"
