"""Electronic invoices: an XML file, or the XML inside a PDF, as `Result`s; other business XML recognised for what it is.

Factur-X, ZUGFeRD 1 and 2, CII and UBL of any profile, right or wrong by their schema: what can be read is read, and what was odd is
said. Sources: EN 16931-1 (terms), Factur-X 1.07, ZUGFeRD 1.0, UBL 2.1, UNTDID 1001.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from en16931 import kinds, pdf_container, zugferd1
from en16931.read import UnreadableInvoice, read_xml
from en16931.received import INVOICE_KINDS, MAX_LINES, read_invoice
from en16931.received_reader import Extras
from en16931.received_types import Invoice, NotAnInvoice, Opened, Problem
from lxml import etree

from . import own, structured_repair
from .model import COMPUTED, XML, Message, Options, Result
from .structured_amounts import contradictions, number
from .structured_page import compare_with_page
from .terms import PARTIES, party_terms

__all__ = ["Structured", "compare_with_page", "open_structured", "read_structured"]

DEPOSIT_CODES = {"386", "503", "500"}
_ORDER_ROOTS = {"SCRDMCCBDACIOMessageStructure", "Order", "OrderResponse", "OrderChange"}
_EMBEDDED_NAMES = (*pdf_container.INVOICE_NAMES, "order-x.xml")
_UNUSABLE = Message("xml_embedded_unusable")


@dataclass(frozen=True)
class Structured:
    """What the structured part of a file gave: `results` is None where there is none to use, and the page must be read;
    `messages` are then to be told with what the page gives.
    """

    results: list[Result] | None
    messages: tuple[Message, ...] = ()


def read_structured(content: bytes, name: str, options: Options) -> list[Result] | None:
    """The invoices that the file states in a structured way; None where it states none and its pages must be read.

    A file that is something else (order, life-cycle message, other XML, broken XML) gives one result without an invoice that says so.
    """
    return open_structured(content, name, options).results


def open_structured(content: bytes, name: str, options: Options) -> Structured:
    """The same, with what must be said when the embedded XML is there and cannot be used. Never raises for what a file holds."""
    if not kinds.is_pdf(content):
        return Structured([_read(content, options)])
    try:
        files = pdf_container.extract_attachments(content)
    except pdf_container.PdfUnreadable:
        return Structured(None)
    files = [
        file
        for file in files
        if file.name.lower().endswith(".xml") or file.name.lower() in _EMBEDDED_NAMES
    ]
    files.sort(key=lambda file: _rank(file.name))
    told: tuple[Message, ...] = ()
    for file in files:
        result = _read(file.content, options)
        if result.invoice or result.document_type == "order":
            return Structured([result])
        if file.name.lower() in pdf_container.INVOICE_NAMES:
            told = (_UNUSABLE,)
    return Structured(None, told)


def _rank(name: str) -> int:
    names = _EMBEDDED_NAMES
    return names.index(name.lower()) if name.lower() in names else len(names)


def _nothing(document_type: str, code: str, level: str = "error", **values: str) -> Result:
    return Result("xml", {}, {}, (Message(code, values, level),), document_type=document_type)


def _read(content: bytes, options: Options) -> Result:
    try:
        root, odd = structured_repair.parse(content)
    except kinds.UnreadableXml as error:
        if "document type" in str(error):
            return _nothing("other", "xml_doctype")
        return _nothing("other", "xml_not_readable", detail=str(error)[:120])
    kind = kinds.detect_root(root)
    local = etree.QName(root).localname
    if kind.kind == kinds.CDAR or local == "ApplicationResponse":
        return _nothing("lifecycle", "xml_lifecycle")
    if ":order:" in kind.guideline or local in _ORDER_ROOTS:
        return _nothing("order", "xml_order")
    if kind.kind not in INVOICE_KINDS:
        return _nothing("other", "xml_other", name=local[:60])
    changed = bool(odd) or root.getparent() is not None
    if kind.kind == kinds.ZUGFERD1:
        root, changed = zugferd1.to_cii(root), True
        root.attrib.pop("converted", None)
    mended, more = structured_repair.mend_tree(root)
    if changed or mended:
        content = etree.tostring(root)
    try:
        return _result(Opened(kind.kind, content), [*odd, *more], options)
    except NotAnInvoice as error:
        code = "xml_absurd" if error.reason == "absurd" else "xml_not_readable"
        return _nothing("other", code, detail=error.detail[:120])
    except UnreadableInvoice as error:
        return _nothing("other", "xml_not_readable", detail=str(error)[:120])


def _result(opened: Opened, odd: list[Message], options: Options) -> Result:
    typed = read_invoice(opened)
    root = kinds.parse_xml(opened.xml)
    extras = Extras(root)
    content = etree.tostring(root) if extras.changed and extras.count <= MAX_LINES else opened.xml
    data = _plain(structured_repair.mend_numbers(read_xml(content), odd))
    seller = data.get("BG-4") or {}
    if (
        sum(map(bool, (data.get("BT-1"), data.get("BT-2"), seller.get("name"), data.get("BT-112"))))
        < 2
    ):
        raise NotAnInvoice("unreadable", "no number, no date, no seller, no amount")
    messages = [*odd, *map(_problem, typed.problems)]
    computed = _complete(data, typed)
    messages += [
        Message("xml_computed", {"term": term, "value": data[term]}, "info") for term in computed
    ]
    if opened.kind == kinds.UBL_CREDIT_NOTE and not typed.is_credit:
        data["BT-3"], typed = "381", replace(typed, type_code="381")
    doubtful, against = contradictions(data, [line.amount for line in typed.lines])
    evidence = _evidence(data)
    for term, found in evidence.items():
        if term in computed:
            found.update(origin=COMPUTED, confidence=0.9, reasons=["computed"])
        if term in doubtful:
            found.update(confidence=0.6, reasons=[*found["reasons"], "amounts_differ"])
    return Result(
        "xml", data, evidence, tuple(messages + against),
        document_type=_type(typed), direction=_direction(typed, options),
    )  # fmt: skip


def _problem(problem: Problem) -> Message:
    level = "info" if problem.code == "many_lines" else "warning"
    return Message(f"xml_{problem.code}", dict(problem.values), level)


def _type(typed: Invoice) -> str:
    if typed.type_code in DEPOSIT_CODES and not typed.is_credit:
        return "deposit"
    return "credit_note" if typed.is_credit else "invoice"


def _direction(typed: Invoice, options: Options) -> str:
    seller, buyer = (
        [party.vat, party.siren, party.siret, party.legal_id]
        for party in (typed.seller, typed.buyer)
    )
    return own.direction(own.Own(options), seller, buyer, typed.seller.name, typed.buyer.name)


def _plain(value: Any) -> Any:
    """The dictionary with dates as ISO texts; the contents of attached files stay in the file."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if not isinstance(item, bytes)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def _complete(data: dict[str, Any], typed: Invoice) -> list[str]:
    """Fill in the totals that follow from the others; the terms filled in."""
    before = set(data)

    def put(term: str, value: Decimal | None) -> None:
        if value is not None and not data.get(term):
            data[term] = f"{value:f}"

    put("BT-110", typed.tax)
    net, tax, gross = (number(data.get(term)) for term in ("BT-109", "BT-110", "BT-112"))
    if net is not None and tax is not None:
        put("BT-112", net + tax)
    elif net is None and tax is not None and gross is not None:
        put("BT-109", gross - tax)
    gross = number(data.get("BT-112"))
    if gross is not None:
        put("BT-115", gross - typed.prepaid + typed.rounding)
    if not data.get("BT-3"):
        data["BT-3"] = typed.type_code
    return sorted(set(data) - before)


def _evidence(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    evidence: dict[str, dict[str, Any]] = {}

    def told(term: str) -> None:
        evidence[term] = {
            "origin": XML, "confidence": 1.0, "page": None, "box": None, "reasons": ["stated"], "alternatives": [],
        }  # fmt: skip

    for key, value in data.items():
        if value in (None, "", [], {}):
            continue
        if key in PARTIES and isinstance(value, dict):
            for term in party_terms(key, value):
                told(term)
        elif key.startswith("BG-") and isinstance(value, list):
            for position, row in enumerate(value, 1):
                for term, inner in row.items() if isinstance(row, dict) else ():
                    if inner not in (None, "", [], {}) and isinstance(inner, str):
                        told(f"{key}/{position}/{term}")
        elif key.startswith("BT-") and isinstance(value, str | list):
            told(key)
    return evidence
