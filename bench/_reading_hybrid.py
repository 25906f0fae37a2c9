"""Pages of hybrid PDFs as documents without XML: the embedded XML is the truth of what the page shows.

The XML is taken out for the text class; for the others the pages are degraded as paper is (`documents.degrade`). Only what the text layer shows is judged.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bench._reading_cache import code_hash, kept
from bench._reading_sets import CLEAN, PHOTO, POOR, TEXT, Document, page_texts
from bench._reading_structured import files

QUALITIES = {"text": TEXT, "office200": CLEAN, "poor150": POOR, "photo": PHOTO}
_MONTHS = (
    "janvier january januar", "février february februar", "mars march märz", "avril april april", "mai may mai", "juin june juni", "juillet july juli",
    "août august august", "septembre september september", "octobre october oktober", "novembre november november", "décembre december dezember",
)  # fmt: skip


def hybrids() -> list[tuple[str, bytes, dict[str, Any]]]:
    """(name, PDF, truth) of the corpus' PDFs with an invoice inside and a text layer, without copies of one page."""
    from en16931.received import NotAnInvoice, open_file, read_invoice

    found, seen = [], set()
    for path, row in files():
        if not row["kind"].startswith("hybrid:"):
            continue
        content = path.read_bytes()
        try:
            opened = open_file(content)
            text = "\n".join(page_texts(content))
            invoice = read_invoice(opened)
        except (NotAnInvoice, ValueError, RuntimeError):
            continue
        digest = hashlib.sha256(re.sub(r"\s", "", text).encode()).hexdigest()
        if not opened.is_pdf or len(text) < 200 or digest in seen:
            continue
        seen.add(digest)
        truth = truth_of(invoice, text)
        # A page that does not show its own number or total is the page of another invoice.
        if truth["visible"]["number"] and truth["visible"]["gross"]:
            found.append((row["file"], content, truth))
    return found


def documents(quality: str, step: int = 1) -> Iterator[Document]:
    """Every `step`-th hybrid as a document of this quality (`QUALITIES`)."""
    for name, content, truth in hybrids()[::step]:
        if quality == "text":
            page = kept("hybrid", (content, "text"), lambda content=content: without_xml(content))
        else:
            from documents import degrade

            page = kept(
                "hybrid",
                (content, quality, code_hash("tests/documents/degrade.py")),
                lambda content=content: getattr(degrade, quality)(content),
            )
        yield Document(
            f"{quality}/{name}",
            f"hybrid-{quality}",
            QUALITIES[quality],
            page,
            truth,
            "page.pdf",
            complete=False,
        )


def without_xml(content: bytes) -> bytes:
    """The same PDF without its embedded files and metadata."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        for key in ("/AF", "/Metadata", "/Collection"):
            if key in pdf.Root:
                del pdf.Root[key]
        if "/Names" in pdf.Root and "/EmbeddedFiles" in pdf.Root.Names:
            del pdf.Root.Names["/EmbeddedFiles"]
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


# -- truth ------------------------------------------------------------------------------------------


def truth_of(invoice: Any, text: str) -> dict[str, Any]:
    """The truth of a page whose invoice is known, `visible` by a search for each value in the text."""
    bare = re.sub(r"\s", "", text).upper()
    due = invoice.due if len(invoice.dues) < 2 else None
    account = invoice.accounts[0].number if invoice.accounts else None
    values: dict[str, Any] = {
        "number": invoice.number, "date": invoice.date and invoice.date.isoformat(), "due_date": due and due.isoformat(),
        "supplier_vat": invoice.seller.vat or None, "supplier_siren": invoice.seller.siren or None, "supplier_siret": invoice.seller.siret or None,
        "supplier_name": invoice.seller.name or None, "iban": account, "buyer_name": invoice.buyer.name or None, "buyer_vat": invoice.buyer.vat or None,
        "po_ref": invoice.references.get("BT-13"),
    }  # fmt: skip
    amounts = {
        "net": invoice.net, "vat_total": invoice.tax, "gross": invoice.gross, "payable": invoice.payable, "prepaid": invoice.prepaid,
    }  # fmt: skip
    visible = {name: bool(v) and re.sub(r"\s", "", v).upper() in bare for name, v in values.items()}
    for name in ("date", "due_date"):
        day = invoice.date if name == "date" else due
        visible[name] = bool(day) and shows_day(bare, day)
    for name, value in amounts.items():
        values[name] = None if value is None else str(value)
        visible[name] = bool(value) and shows_amount(bare, value)
    lines = [
        {
            "name": line.name, "qty": str(line.quantity), "price": None if line.price is None else str(line.price), "total": str(line.amount),
            "vat": None if line.vat.rate is None else str(line.vat.rate), "ref": line.seller_ref or None,
        }
        for line in invoice.lines
    ]  # fmt: skip
    visible["currency"] = True
    visible["lines"] = bool(lines) and all(
        shows_amount(bare, line.amount) for line in invoice.lines
    )
    rows = [
        {"rate": str(v.vat.rate or 0), "base": str(v.base), "amount": str(v.tax)}
        for v in invoice.vats
    ]
    return values | {
        "type_code": invoice.type_code, "currency": invoice.currency, "lines": lines, "vat_lines": rows, "visible": visible,
    }  # fmt: skip


def shows_amount(bare: str, value: Decimal) -> bool:
    """Whether an amount stands in a text without white space, in any usual shape."""
    whole, cents = f"{abs(value):.2f}".split(".")
    grouped = f"{int(whole):,}"
    shapes = {whole, *(grouped.replace(",", mark) for mark in (",", ".", "'", "’"))}
    return any(
        re.search(rf"(?<![\d])(?:{re.escape(shape)})[.,]{cents}(?!\d)", bare) for shape in shapes
    )


def shows_day(bare: str, day: Any) -> bool:
    """Whether a date stands in a text without white space, in figures or with its month's name."""
    y, m, d = day.year, day.month, day.day
    figures = rf"0?{d}[./-]0?{m}[./-](?:{y}|{y % 100:02d})(?!\d)|{y}[./-]?0?{m}[./-]?0?{d}(?!\d)|(?<!\d)0?{m}/0?{d}/{y}"
    names = "|".join(f"{n.upper()}|{n[:3].upper()}\\.?" for n in _MONTHS[m - 1].split())
    words = (
        rf"0?{d}(?:ER|ST|ND|RD|TH)?\.?(?:{names})\.?,?{y}|(?:{names})\.?0?{d}(?:ST|ND|RD|TH)?,?{y}"
    )
    return bool(re.search(f"{figures}|{words}", bare))
