"""What a drawn document says, in the keys that the scorer knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from documents.world import CENT, Company, Line, Rows, q

FIELDS = [
    "number",
    "date",
    "due_date",
    "delivery_date",
    "currency",
    "supplier_name",
    "supplier_vat",
    "supplier_siren",
    "supplier_siret",
    "iban",
    "bic",
    "supplier_zip",
    "supplier_city",
    "buyer_name",
    "buyer_vat",
    "buyer_siren",
    "po_ref",
    "contract_ref",
    "net",
    "line_total",
    "vat_total",
    "gross",
    "prepaid",
    "payable",
    "allowance",
    "charge",
    "terms",
    "lines",
]
_AMOUNTS = ["net", "line_total", "vat_total", "gross", "prepaid", "payable", "allowance", "charge"]


def plain(value: Decimal | None) -> str | None:
    """`12.50`, `0.0984`, `3`: a decimal string without exponent, amounts with their cents."""
    if value is None:
        return None
    text = f"{value.normalize():f}"
    return text


def money(value: Decimal | None) -> str | None:
    """With two decimals."""
    return None if value is None else f"{q(value):.2f}"


def line_truth(item: Line) -> dict[str, Any]:
    """A line in the keys of the truth."""
    return {
        "name": item.name, "ref": item.ref, "qty": plain(item.qty), "unit": item.unit, "price": plain(item.price),
        "discount": plain(item.discount), "vat": plain(item.vat), "total": money(item.total),
    }  # fmt: skip


def line_truth_included(item: Line) -> dict[str, Any]:
    """A line printed with tax: `price` and `total` without it, what is printed beside."""
    share = 1 + (item.vat or Decimal(0)) / 100
    price = None if item.price is None else q(item.price / share, Decimal("0.0001"))
    return {
        **line_truth(item), "price": plain(price), "total": money(item.total / share), "tax_included": True,
        "printed_price": plain(item.price), "printed_total": money(item.total),
    }  # fmt: skip


def truth_of(
    number: str, day: date, supplier: Company, buyer: Company, lines: Iterable[Line], rows: Rows, *,
    due: date | None = None, hidden: Iterable[str] = (), tax_included: bool = False, prepaid: Decimal = Decimal(0),
    payable: Decimal | None = None, allowance: Decimal | None = None, charge: Decimal | None = None, currency: str = "EUR",
    type_code: str = "380", document_type: str = "invoice", delivery: date | None = None, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """The truth of a document whose lines and VAT rows are known.

    Everything with a value counts as printed, but for `hidden` and for tax, prepaid, allowance and charge of zero.
    `allowance` and `charge` are totals without tax that are no lines.
    """
    items, hidden = list(lines), set(hidden)
    net = sum((base for _, base, _ in rows), Decimal(0))
    tax = sum((tax for _, _, tax in rows), Decimal(0))
    line_total = net + (allowance or 0) - (charge or 0)
    facts: dict[str, Any] = {
        "number": number, "type_code": type_code, "document_type": document_type, "date": day.isoformat(),
        "due_date": due.isoformat() if due else None, "delivery_date": delivery.isoformat() if delivery else None,
        "currency": currency, "supplier_name": supplier.name, "supplier_vat": supplier.vat, "supplier_siren": supplier.siren,
        "supplier_siret": supplier.siret, "iban": supplier.iban, "bic": supplier.bic, "supplier_zip": supplier.zip or None,
        "supplier_city": supplier.city or None, "supplier_country": supplier.country, "buyer_name": buyer.name,
        "buyer_vat": buyer.vat, "buyer_siren": buyer.siren, "po_ref": None, "contract_ref": None, "net": net,
        "line_total": line_total, "vat_total": tax, "gross": net + tax, "prepaid": prepaid,
        "payable": net + tax - prepaid if payable is None else payable, "allowance": allowance, "charge": charge, "terms": None,
        "vat_lines": [{"rate": plain(rate), "base": money(base), "amount": money(amount)} for rate, base, amount in rows],
        "lines": [line_truth_included(item) if tax_included else line_truth(item) for item in items],
        "own_siren": buyer.siren, **more,
    }  # fmt: skip
    visible = {}
    for name in FIELDS:
        value = facts[name]
        shown = value not in (None, [], "") and name not in hidden
        if name in ("vat_total", "prepaid", "allowance", "charge"):
            shown = shown and bool(value)
        if name == "line_total" and "net" in hidden and line_total == net:
            shown = False
        visible[name] = bool(shown)
    for name in _AMOUNTS:
        facts[name] = money(facts[name])
    facts["visible"] = visible
    return facts


def adds_up(truth: dict[str, Any]) -> list[str]:
    """What does not add up in a truth (nothing, it is hoped): sentences for the person who draws."""
    wrong = []
    net, tax, gross = (Decimal(truth[name]) for name in ("net", "vat_total", "gross"))
    if net + tax != gross:
        wrong.append(f"{net} + {tax} is not {gross}")
    if sum(Decimal(row["base"]) for row in truth["vat_lines"]) != net:
        wrong.append("the bases are not the net amount")
    if sum(Decimal(row["amount"]) for row in truth["vat_lines"]) != tax:
        wrong.append("the taxes are not the tax")
    for row in truth["vat_lines"]:
        exact = Decimal(row["base"]) * Decimal(row["rate"]) / 100
        if abs(Decimal(row["amount"]) - exact) > CENT:
            wrong.append(f"tax {row}")
    included = any(item.get("tax_included") for item in truth["lines"])
    lines = sum(Decimal(item["printed_total" if included else "total"]) for item in truth["lines"])
    if truth["lines"]:
        goal = gross if included else Decimal(truth["line_total"])
        if lines != goal:
            wrong.append(f"the lines make {lines}, not {goal}")
    for alternative in truth.get("lines_alternative", []):
        if sum(Decimal(item["total"]) for item in alternative) != Decimal(truth["line_total"]):
            wrong.append("the other lines do not make the sum")
    for item in truth["lines"]:
        price, total = (item.get(f"printed_{name}", item[name]) for name in ("price", "total"))
        if item["qty"] and price:
            share = 1 - Decimal(item["discount"] or 0) / 100
            if abs(Decimal(item["qty"]) * Decimal(price) * share - Decimal(total)) > CENT:
                wrong.append(f"line {item}")
    return wrong
