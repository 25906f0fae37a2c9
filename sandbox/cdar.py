"""Life-cycle messages (CDAR D22B) of the sandbox: a small writer and reader of its own, so that a mistake of the product cannot hide in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree

from .lifecycle import PLATFORM, REASONS, SELLER, STATUSES, label
from .peek import parse

BASE = "urn:un:unece:uncefact:data:standard:"
RSM = BASE + "CrossDomainAcknowledgementAndResponse:100"
RAM = BASE + "ReusableAggregateBusinessInformationEntity:100"
QDT = BASE + "QualifiedDataType:100"
UDT = BASE + "UnqualifiedDataType:100"
_NS = {"rsm": RSM, "ram": RAM, "qdt": QDT, "udt": UDT}
_SPACE = {prefix: f"{{{uri}}}" for prefix, uri in _NS.items()}
ROOT_NAME = "CrossDomainAcknowledgementAndResponse"


@dataclass
class Party:
    """A company named in a message."""

    siren: str
    name: str = ""
    address: str = ""


@dataclass
class Message:
    """What one message says. `amounts`: dictionaries `type`, `amount`, `rate`, `currency`, `date` (YYYYMMDD)."""

    code: str
    number: str
    issued: str
    seller: Party
    buyer: Party
    type_code: str = "380"
    reasons: tuple[str, ...] = ()
    note: str = ""
    amounts: list[dict[str, Any]] = field(default_factory=list)
    moment: datetime | None = None


def write(message: Message) -> bytes:
    """The message as XML."""
    status = STATUSES.get(message.code)
    actor = status.actor if status else PLATFORM
    at = (message.moment or datetime.now()).strftime("%Y%m%d%H%M%S")
    root = etree.Element(f"{{{RSM}}}{ROOT_NAME}", nsmap=_NS)
    context = _add(root, "rsm:ExchangedDocumentContext")
    _add(
        _add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter"), "ram:ID", "REGULATED"
    )
    _add(
        _add(context, "ram:GuidelineSpecifiedDocumentContextParameter"),
        "ram:ID",
        "urn.cpro.gouv.fr:1p0:CDV:invoice",
    )
    exchanged = _add(root, "rsm:ExchangedDocument")
    day = message.issued or at[:8]
    _add(exchanged, "ram:ID", f"{message.number}_{message.type_code}_{day}#{message.code}_{at}")
    _add(exchanged, "ram:Name", f"Cycle de vie {message.number}")
    _moment(exchanged, "ram:IssueDateTime", at)
    _add(_add(exchanged, "ram:SenderTradeParty"), "ram:RoleCode", "WK")
    issuer = _add(exchanged, "ram:IssuerTradeParty")
    if actor == PLATFORM:
        _add(issuer, "ram:RoleCode", "WK")
    else:
        party, role = (message.seller, "SE") if actor == SELLER else (message.buyer, "BY")
        _party(issuer, party, role)
    target, role = (message.buyer, "BY") if actor == SELLER else (message.seller, "SE")
    recipient = _add(exchanged, "ram:RecipientTradeParty")
    _party(recipient, target, role)
    uri = _add(
        _add(recipient, "ram:URIUniversalCommunication"),
        "ram:URIID",
        target.address or target.siren,
    )
    uri.set("schemeID", "0225")

    acknowledged = _add(root, "rsm:AcknowledgementDocument")
    _add(_add(acknowledged, "ram:MultipleReferencesIndicator"), "udt:Indicator", "false")
    _add(acknowledged, "ram:TypeCode", "305" if actor == PLATFORM else "23")
    _moment(acknowledged, "ram:IssueDateTime", at)
    reference = _add(acknowledged, "ram:ReferenceReferencedDocument")
    _add(reference, "ram:IssuerAssignedID", message.number)
    if status and status.condition:
        _add(reference, "ram:StatusCode", status.condition)
    _add(reference, "ram:TypeCode", message.type_code)
    _moment(reference, "ram:ReceiptDateTime", at)
    _moment(reference, "ram:FormattedIssueDateTime", day, "102", "qdt")
    _add(reference, "ram:ProcessConditionCode", message.code)
    _add(reference, "ram:ProcessCondition", label(message.code))
    _party(_add(reference, "ram:IssuerTradeParty"), Party(message.seller.siren), "SE")
    _statuses(reference, message)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _statuses(reference: etree._Element, message: Message) -> None:
    """One block per reason; amounts and the note go with the first."""
    if not (message.reasons or message.note or message.amounts):
        return
    for number, reason in enumerate(message.reasons or ("",), 1):
        block = _add(reference, "ram:SpecifiedDocumentStatus")
        if reason:
            _add(block, "ram:ReasonCode", reason)
            _add(block, "ram:Reason", REASONS.get(reason, reason))
        _add(block, "ram:SequenceNumeric", str(number))
        if number > 1:
            continue
        if message.note:
            _add(_add(block, "ram:IncludedNote"), "ram:Content", message.note)
        for row in message.amounts:
            part = _add(block, "ram:SpecifiedDocumentCharacteristic")
            _add(part, "ram:TypeCode", str(row.get("type") or "MEN"))
            amount = _add(part, "ram:ValueAmount", str(row["amount"]))
            amount.set("currencyID", str(row.get("currency") or "EUR"))
            if row.get("date"):
                _moment(part, "ram:ValueDateTime", f"{row['date']}000000"[:14])
            if row.get("rate") not in (None, ""):
                _add(part, "ram:ValuePercent", str(row["rate"]))


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    prefix, _colon, local = name.partition(":")
    child = etree.SubElement(parent, _SPACE[prefix] + local)
    child.text = text
    return child


def _moment(
    parent: etree._Element, name: str, text: str, kind: str = "204", prefix: str = "udt"
) -> None:
    _add(_add(parent, name), f"{prefix}:DateTimeString", text).set("format", kind)


def _party(parent: etree._Element, party: Party, role: str) -> None:
    _add(parent, "ram:GlobalID", party.siren).set("schemeID", "0002")
    if party.name:
        _add(parent, "ram:Name", party.name)
    _add(parent, "ram:RoleCode", role)


def read(content: bytes) -> dict[str, Any] | None:
    """What a message says: `code`, `number`, `issued`, `seller`, `reasons`, `note`, `amounts`; None when it is no CDAR."""
    root = parse(content)
    if root is None or etree.QName(root).localname != ROOT_NAME:
        return None
    reference = root.find(".//{*}ReferenceReferencedDocument")
    if reference is None:
        return None

    def text(path: str, node: etree._Element = reference) -> str:
        return (node.findtext(path) or "").strip()

    amounts = []
    for part in reference.iterfind("{*}SpecifiedDocumentStatus/{*}SpecifiedDocumentCharacteristic"):
        amounts.append(
            {
                "type": text("{*}TypeCode", part),
                "amount": text("{*}ValueAmount", part),
                "rate": text("{*}ValuePercent", part),
            }
        )
    return {
        "code": text("{*}ProcessConditionCode"),
        "number": text("{*}IssuerAssignedID"),
        "issued": text("{*}FormattedIssueDateTime/{*}DateTimeString"),
        "seller": text("{*}IssuerTradeParty/{*}GlobalID"),
        "reasons": [
            n.text.strip()
            for n in reference.iterfind("{*}SpecifiedDocumentStatus/{*}ReasonCode")
            if n.text
        ],
        "note": " ".join(
            n.text.strip()
            for n in reference.iterfind("{*}SpecifiedDocumentStatus/{*}IncludedNote/{*}Content")
            if n.text
        ),
        "amounts": amounts,
    }
