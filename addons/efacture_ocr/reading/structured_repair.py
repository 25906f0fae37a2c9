"""Structured files of the real world made readable: what a careless program writes wrong, and nothing else.

In: bytes of an XML. Out: the same document well-formed, with the codes of `data/messages.csv` for what was odd. What an attacker
writes (document types, entities, endless nesting) is refused by `en16931.kinds`, before and after.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from en16931 import kinds
from lxml import etree

from .model import Message

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"'>]{1,40})["']""")
_BARE_AMPERSAND = re.compile(r"&(?!#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};|(?:amp|lt|gt|quot|apos);)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CONTROL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcBCeEfF]|1[0-9A-Fa-f]));"
)
_ENVELOPE_DEPTH, _ENVELOPE_NODES = 6, 500
# The terms that bear amounts, rates and quantities, in the dictionary of factur-x's parser.
_NUMBERS = {
    "BT-92", "BT-93", "BT-94", "BT-96", "BT-99", "BT-100", "BT-101", "BT-103",
    *(f"BT-{n}" for n in range(106, 118)), "BT-119", "BT-129", "BT-131", "BT-136", "BT-137", "BT-138", "BT-141", "BT-142", "BT-143",
    "BT-146", "BT-147", "BT-148", "BT-149", "BT-152", "amount", "base_amount", "rate", "vat_rate",
}  # fmt: skip
_LONGEST = 60  # figures of a number, more than any ledger has
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


def parse(content: bytes) -> tuple[etree._Element, list[Message]]:
    """The root of the document, repaired where it must be, and what was odd.

    :raises kinds.UnreadableXml: beyond repair, or refused for safety
    """
    try:
        return unwrap(kinds.parse_xml(content)), []
    except kinds.UnreadableXml:
        if b"<!DOCTYPE" in content or len(content) > kinds.MAX_XML:
            raise
        repaired, odd = _mend(content)
        if repaired == content:
            raise
        return unwrap(kinds.parse_xml(repaired)), odd


def _mend(content: bytes) -> tuple[bytes, list[Message]]:
    odd: list[Message] = []
    start = content.find(b"<?xml")
    if start < 0:
        start = max(content.find(b"<"), 0)
    end = content.rfind(b">") + 1
    if content[:start].strip(b"\xef\xbb\xbf \t\r\n") or content[end:].strip(b" \t\r\n\x00"):
        odd.append(_repaired("around"))
    body = content[start : end or None]
    text, right = _decode(body)
    if not right:
        odd.append(_repaired("encoding"))
    cleaned = _CONTROL_REFERENCE.sub("", _CONTROL.sub("", text))
    cleaned = _BARE_AMPERSAND.sub("&amp;", cleaned)
    if cleaned != text:
        odd.append(_repaired("signs"))
    cleaned = re.sub(r"^\s*<\?xml[^>]*\?>", "", cleaned)
    return b'<?xml version="1.0" encoding="UTF-8"?>' + cleaned.encode("utf-8", "replace"), odd


def _repaired(what: str) -> Message:
    return Message(f"xml_repaired_{what}", level="info")


def _decode(body: bytes) -> tuple[str, bool]:
    """The text, and whether it was in the encoding it declares."""
    declared = _DECLARED.match(body[:200])
    name = declared[1].decode("ascii", "replace") if declared else "utf-8"
    for encoding, right in ((name, True), ("utf-8", False), ("cp1252", False)):
        try:
            return body.decode(encoding), right
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("latin-1"), False


def unwrap(root: etree._Element) -> etree._Element:
    """The invoice (or other known document) in an envelope such as SBDH; the root itself where there is none."""
    if kinds.detect_root(root).kind != kinds.OTHER:
        return root
    level = [root]
    seen = 0
    for _depth in range(_ENVELOPE_DEPTH):
        level = [child for node in level for child in node.iterchildren(etree.Element)]
        seen += len(level)
        if not level or seen > _ENVELOPE_NODES:
            break
        for node in level:
            if kinds.detect_root(node).kind != kinds.OTHER:
                return node
    return root


def mend_tree(root: etree._Element) -> tuple[bool, list[Message]]:
    """Give a CII or UBL invoice one currency and one of each part that there can only be one of, in place.

    Out: whether anything was changed, and what to say. A missing currency is that of the amounts, else the euro.
    """
    odd: list[Message] = []
    changed = False
    for path in _SINGLE:
        for node in root.findall(path)[1:]:
            node.getparent().remove(node)
            changed = True
    settlement = root.find(f"{_TRANSACTION}/{{*}}ApplicableHeaderTradeSettlement")
    if root.tag.endswith("}CrossIndustryInvoice"):
        parent, name = settlement, "InvoiceCurrencyCode"
    else:
        parent, name = root, "DocumentCurrencyCode"
    if parent is None or (parent.findtext(f"{{*}}{name}") or "").strip():
        return changed, odd
    told = [text for text in root.xpath("//@currencyID") if text.strip()]
    currency = told[0].strip() if told else "EUR"
    for node in parent.findall(f"{{*}}{name}"):
        parent.remove(node)
    made = etree.Element(etree.QName(_RAM if parent is settlement else _CBC, name))
    made.text = currency
    parent.insert(0, made)
    odd.append(Message("xml_repaired_currency", {"currency": currency}))
    return True, odd


_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_TRANSACTION = "{*}SupplyChainTradeTransaction"
_SINGLE = (
    _TRANSACTION,
    f"{_TRANSACTION}/{{*}}ApplicableHeaderTradeAgreement",
    f"{_TRANSACTION}/{{*}}ApplicableHeaderTradeDelivery",
    f"{_TRANSACTION}/{{*}}ApplicableHeaderTradeSettlement",
    f"{_TRANSACTION}/{{*}}ApplicableHeaderTradeSettlement/{{*}}InvoiceCurrencyCode",
    "{*}DocumentCurrencyCode", "{*}InvoicePeriod", "{*}InvoicePeriod/{*}DescriptionCode",
)  # fmt: skip


def mend_numbers(data: Any, odd: list[Message]) -> Any:
    """The dictionary with amounts written as `1 234,50` or `1234.50 EUR` made numbers; each is noted in `odd`.

    What is no number at all is left out (`received` notes it).
    """
    if isinstance(data, list):
        return [mend_numbers(item, odd) for item in data]
    if not isinstance(data, dict):
        return data
    made = {}
    for key, value in data.items():
        if isinstance(value, str) and key in _NUMBERS:
            number = _number(value)
            if number is None:
                continue
            if number != value.strip():
                odd.append(
                    Message("xml_repaired_number", {"text": value[:40], "value": number}, "info")
                )
            value = number
        made[key] = mend_numbers(value, odd)
    return made


def _number(text: str) -> str | None:
    if len(text) <= _LONGEST and _PLAIN.fullmatch(text.strip()):
        return text.strip()
    compact = re.sub(r"[\s\u00a0\u202f€']|EUR", "", text)
    if len(compact) > _LONGEST:
        return None
    if re.fullmatch(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+", compact):
        compact = compact.replace(".", "")
    elif re.fullmatch(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+", compact):
        compact = compact.replace(",", "")
    compact = compact.replace(",", ".", 1) if compact.count(",") == 1 else compact
    if not _PLAIN.fullmatch(compact):
        return None
    try:
        return f"{Decimal(compact):f}"
    except InvalidOperation:
        return None
