"""From CII or UBL to the EN 16931 dictionary, by the factur-x library, for files of the real world.

The library stops at the first date or picture it cannot read; here such a value is repaired or
left out and the rest of the invoice is read.
"""

from __future__ import annotations

import base64
import binascii
import copy
import re
from typing import Any

from lxml import etree

from . import kinds


class UnreadableInvoice(ValueError):
    """The file gives no invoice; the message says why."""


def read_xml(content: bytes) -> dict[str, Any]:
    """Return the invoice of a CII or UBL document as the dictionary of factur-x's parser.

    Amounts are decimal strings as written, dates are ``datetime.date``, attachments ``bytes``. All
    terms present are read, whatever the profile announced in BT-24.

    :raises UnreadableInvoice: not XML, not an invoice in CII D16B/D22B or UBL 2.1, or beyond repair.
    """
    try:
        root = kinds.parse_xml(content)
    except kinds.UnreadableXml as error:
        raise UnreadableInvoice(f"The file is not readable XML: {error}") from error
    kind = kinds.detect_root(root)
    flavors = {
        kinds.CII: "factur-x",
        kinds.UBL_INVOICE: "ubl-2.1-invoice",
        kinds.UBL_CREDIT_NOTE: "ubl-2.1-creditnote",
    }
    flavor = flavors.get(kind.kind)
    if flavor is None:
        raise UnreadableInvoice(f"The file is no CII or UBL invoice ({kind.kind}: {root.tag}).")
    level = "extended" if flavor == "factur-x" else "extended-ctc-fr"
    try:
        return _parse(root, flavor, level)
    except Exception:  # noqa: BLE001 the library raises bare exceptions; what follows reads or says why
        repaired = _repair(copy.deepcopy(root))
    try:
        return _parse(repaired, flavor, level)
    except Exception as error:
        raise UnreadableInvoice(f"The invoice cannot be read: {error}") from error


def _parse(root: etree._Element, flavor: str, level: str) -> dict[str, Any]:
    from facturx.parse_xml import parse_ubl_cii_xml

    return parse_ubl_cii_xml(root, flavor=flavor, level=level, check_xsd=False)


_DIGITS = re.compile(r"[0-9]{8}")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def _repair(root: etree._Element) -> etree._Element:
    """Make dates and binary objects readable, or empty, in place."""
    from datetime import date

    for node in root.iter(etree.Element):
        name = etree.QName(node).localname
        text = (node.text or "").strip()
        if name in ("DateTimeString", "DateString") or (name.endswith("Date") and not len(node)):
            compact = _DIGITS.match(text)
            iso = _ISO.match(text)
            digits = compact[0] if compact else "".join(iso.groups()) if iso else ""
            try:
                day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
                node.text = f"{day:%Y%m%d}" if "String" in name else day.isoformat()
            except ValueError:
                node.text = None
        elif name in ("AttachmentBinaryObject", "EmbeddedDocumentBinaryObject"):
            try:
                base64.b64decode(text)
            except (binascii.Error, ValueError):
                node.text = None
    return root
