"""From a received file to what a bill needs: one typed invoice, whatever the syntax and the profile.

`open_file` says what a file is and takes the XML out of a PDF; `read_invoice` reads it into the types of `received_types`. What is odd but readable
is a `Problem`; what gives no invoice raises `NotAnInvoice`.
"""

from __future__ import annotations

from lxml import etree

from . import kinds, pdf_container, zugferd1
from .read import UnreadableInvoice, read_xml
from .received_reader import MAX_LINES, Extras, Reader, safe_name
from .received_types import (
    CREDIT_CODES,
    SELF_BILLED_CODES,
    Adjustment,
    BankAccount,
    File,
    Invoice,
    Line,
    NotAnInvoice,
    Opened,
    Party,
    Problem,
    Vat,
    VatTotal,
)

__all__ = [
    "CREDIT_CODES", "MAX_LINES", "SAFE_TYPES", "SELF_BILLED_CODES", "Adjustment", "BankAccount", "File", "Invoice", "Line",
    "NotAnInvoice", "Opened", "Party", "Problem", "Vat", "VatTotal", "open_file", "read_invoice", "safe_name",
]  # fmt: skip

INVOICE_KINDS = (kinds.CII, kinds.ZUGFERD1, kinds.UBL_INVOICE, kinds.UBL_CREDIT_NOTE)
# EN 16931, BT-125-1; what else is embedded is left in the original file.
SAFE_TYPES = {
    "application/pdf", "image/png", "image/jpeg", "text/csv", "text/xml", "application/xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
}  # fmt: skip


# -- the file ---------------------------------------------------------------------------------------


def open_file(content: bytes) -> Opened:
    """Say what the file is and take the invoice out.

    :raises NotAnInvoice: with the reason in a word
    """
    if not content:
        raise NotAnInvoice("empty")
    if kinds.is_pdf(content):
        return _open_pdf(content)
    try:
        root = kinds.parse_xml(content)
    except kinds.UnreadableXml as error:
        looks = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
        raise NotAnInvoice("not_xml" if looks else "other", str(error), kinds.OTHER) from error
    return Opened(_invoice_kind(root), content)


def _invoice_kind(root: etree._Element) -> str:
    kind = kinds.detect_root(root)
    if kind.kind in INVOICE_KINDS and ":order:" not in kind.guideline:
        return kind.kind
    name = etree.QName(root).localname
    if kind.kind == kinds.CDAR:
        raise NotAnInvoice("cdar", kind=kinds.CDAR)
    if name == "SCRDMCCBDACIOMessageStructure" or ":order:" in kind.guideline or name == "Order":
        raise NotAnInvoice("order", kind=kinds.OTHER)
    raise NotAnInvoice("other_xml", name, kinds.OTHER)


def _open_pdf(content: bytes) -> Opened:
    try:
        embedded = pdf_container.extract_attachments(content)
    except pdf_container.PdfUnreadable as error:
        raise NotAnInvoice(
            "closed" if error.closed else "damaged", str(error), kinds.PDF
        ) from error
    names = pdf_container.INVOICE_NAMES
    embedded.sort(key=lambda f: names.index(f.name.lower()) if f.name.lower() in names else 9)
    found, failure = None, None
    for file in embedded:
        if not file.name.lower().endswith(".xml") and file.name.lower() not in names:
            continue
        try:
            root = kinds.parse_xml(file.content)
            kind = _invoice_kind(root)
        except kinds.UnreadableXml as error:
            if failure is None and file.name.lower() in names:
                failure = NotAnInvoice("not_xml", str(error), kinds.PDF)
            continue
        except NotAnInvoice as error:
            failure = failure or (error if error.reason == "order" else None)
            continue
        found = (file, kinds.FACTURX if kind == kinds.CII else kind)
        break
    if found is None:
        raise failure or NotAnInvoice("plain_pdf", kind=kinds.PDF)
    others = tuple(
        File(file.name, file.content, description=file.description)
        for file in embedded
        if file is not found[0] and file.content
    )
    return Opened(found[1], found[0].content, others, True)


# -- the invoice ------------------------------------------------------------------------------------


def read_invoice(opened: Opened) -> Invoice:
    """The invoice of an opened file.

    :raises NotAnInvoice: `unreadable` (beyond repair) or `absurd` (amounts no invoice has)
    """
    try:
        root = kinds.parse_xml(opened.xml)
        if opened.kind == kinds.ZUGFERD1 or zugferd1.is_zugferd1(root):
            root = zugferd1.to_cii(root)
        extras = Extras(root)
        data = read_xml(etree.tostring(root) if extras.changed else opened.xml)
    except (kinds.UnreadableXml, UnreadableInvoice) as error:
        raise NotAnInvoice("unreadable", str(error), opened.kind) from error
    return Reader(data, extras).invoice(opened)
