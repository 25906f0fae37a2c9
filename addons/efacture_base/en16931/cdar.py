"""Life-cycle messages (CDAR, UN/CEFACT D22B, French guideline): written for one invoice and one status, read from anybody.

Writing goes through pyfrctc, which knows the order of the elements; what it leaves out (VAT rate of an amount, the seller's role, identifiers of the
sender, further recipients) is completed here. Reading is ours: tolerant, without DTD or entities, amounts exact. Terms `MDT-…` as in the FNFE-MPE rules.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from lxml import etree

from . import kinds, lifecycle

INVOICE_GUIDELINE = "urn.cpro.gouv.fr:1p0:CDV:invoice"
REGULATED = "REGULATED"
ADDRESS_SCHEME, SIREN_SCHEME = "0225", "0002"
MAX_NUMBER = 35  # characters of an invoice number (BR-FR-01)
MAX_TEXT = 10_000  # characters kept of one text of a message we read
MAX_ITEMS = 200  # details, amounts or attachments kept of a message we read
MAX_ATTACHMENTS = 20 << 20  # bytes of all attachments kept of a message we read
_RSM = "{urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100}"
_RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


class CdarError(ValueError):
    """The message cannot be written, or the file is no message we can read; the text says why."""


@dataclass(frozen=True)
class Party:
    """Somebody in a message. `role`: UN/CEFACT role (SE, BY, WK, DFH…); `ids`: pairs of scheme and identifier; `address`: electronic address."""

    role: str = ""
    name: str = ""
    ids: tuple[tuple[str, str], ...] = ()
    address: str = ""
    address_scheme: str = ADDRESS_SCHEME

    @property
    def siren(self) -> str:
        """The identifier under scheme 0002, or empty."""
        return dict(self.ids).get(SIREN_SCHEME, "")


@dataclass(frozen=True)
class Amount:
    """One characteristic (MDG-43). `type`: MDT-207 (MEN, MPA…); `rate`: VAT rate in percent; `at`: its date."""

    type: str
    value: Decimal | None = None
    currency: str = "EUR"
    rate: Decimal | None = None
    at: date | None = None


@dataclass(frozen=True)
class Detail:
    """One detail of the status (MDG-37): a reason, what is asked for, a comment, amounts."""

    reason: str = ""
    reason_text: str = ""
    action: str = ""
    action_text: str = ""
    note: str = ""
    amounts: tuple[Amount, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A file in the message (MDT-96)."""

    filename: str
    mimetype: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class CdarMessage:
    """A life-cycle message. Moments are aware, in UTC or the writer's zone; `code` is MDT-105 as written, whatever it is.

    :param message_id: MDT-4; `number`, `invoice_type`, `invoice_date`: BT-1, BT-3, BT-2 of the invoice; `seller_ids`: MDT-129 (scheme, identifier).
    :param issued_at: when the message was made (MDT-8), `said_at` when the status was said (MDT-78), `received_at` MDT-95.
    :param phase: MDT-77, `status_code` MDT-88, both taken from the table when empty; `process` MDT-2, `guideline` MDT-3.
    """

    message_id: str
    code: str
    number: str
    issuer: Party
    recipients: tuple[Party, ...]
    seller_ids: tuple[tuple[str, str], ...] = ()
    invoice_type: str = "380"
    invoice_date: date | None = None
    issued_at: datetime | None = None
    said_at: datetime | None = None
    received_at: datetime | None = None
    sender: Party = field(default_factory=lambda: Party("WK"))
    label: str = ""
    name: str = ""
    details: tuple[Detail, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    phase: str = ""
    status_code: str = ""
    process: str = REGULATED
    guideline: str = INVOICE_GUIDELINE

    @property
    def seller_siren(self) -> str:
        """SIREN of the seller of the invoice (MDT-129 under scheme 0002), or empty."""
        return dict(self.seller_ids).get(SIREN_SCHEME, "")

    @property
    def reasons(self) -> tuple[str, ...]:
        """All reason codes."""
        return tuple(detail.reason for detail in self.details if detail.reason)

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """All amounts of all details."""
        return tuple(amount for detail in self.details for amount in detail.amounts)

    @property
    def note(self) -> str:
        """All comments, a line each."""
        return "\n".join(detail.note for detail in self.details if detail.note)


def message_id(number: str, invoice_type: str, day: date, code: str, stamp: str) -> str:
    """MDT-4 in the form in use, ``{number}_{type}_{yyyymmdd}#{code}_{stamp}``; `stamp` makes it unique."""
    return f"{number}_{invoice_type}_{day:%Y%m%d}#{code}_{stamp}"


# -- writing ------------------------------------------------------------------------------------------


def write_cdar(message: CdarMessage) -> bytes:
    """The message as XML (UTF-8), in the order the schema wants.

    :raises CdarError: a mandatory value is missing or not allowed; the text names it.
    """
    phase, status_code = _check(message)
    from pyfrctc import generate_cdar  # imports a browser of OAuth flows: only where it is used

    recipient = message.recipients[0]
    said_at = message.said_at or message.issued_at
    data = {
        "MDT-2": message.process,
        "MDT-3": message.guideline,
        "MDT-4": message.message_id,
        "MDT-8": message.issued_at,
        "MDT-21": message.sender.role,
        "MDT-38": dict(message.issuer.ids),
        "MDT-39": message.issuer.name,
        "MDT-40": message.issuer.role,
        "MDT-57": dict(recipient.ids),
        "MDT-58": recipient.name,
        "MDT-59": recipient.role,
        "MDT-73": recipient.address,
        "MDT-73-1": recipient.address_scheme,
        "MDT-74": False,
        "MDT-77": phase,
        "MDT-78": said_at,
        "MDT-87": message.number,
        "MDT-91": message.invoice_type,
        "MDT-100": message.invoice_date,
        "MDT-105": message.code,
        "MDT-106": message.label or lifecycle.label(message.code),
        "MDT-129": dict(message.seller_ids),
        "MDG-37": [_detail(detail) for detail in message.details],
        "MDT-96": [
            {"bin": b"", "filename": file.filename, "mime_type": file.mimetype}
            for file in message.attachments
        ],
    }
    for term, value in {
        "MDT-5": message.name, "MDT-88": status_code, "MDT-95": message.received_at,
    }.items():  # fmt: skip
        if value:
            data[term] = value
    root = etree.fromstring(generate_cdar(data, check_xsd=False))
    _complete(root, message)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _check(message: CdarMessage) -> tuple[str, str]:
    """MDT-77 and MDT-88 of the message, or `CdarError`."""
    status = lifecycle.status(message.code)
    if status is None:
        raise CdarError(f"MDT-105: {message.code!r} is no status of an invoice")
    phase, status_code = message.phase or status.phase, message.status_code or status.mdt88
    missing = [
        term
        for term, value in {
            "MDT-4": message.message_id, "MDT-8": message.issued_at, "MDT-21": message.sender.role,
            "MDT-40": message.issuer.role, "MDT-57": message.recipients, "MDT-87": message.number,
            "MDT-100": message.invoice_date, "MDT-129": message.seller_siren,
            "MDT-38": message.issuer.ids if phase == "23" else True,
        }.items()
        if not value
    ]  # fmt: skip
    missing += [
        "MDT-73"
        for party in message.recipients
        if party.role not in ("WK", "DFH") and not party.address
    ]
    if missing:
        raise CdarError(f"missing in the message: {', '.join(missing)}")
    if phase == "305" and message.issuer.ids:
        raise CdarError("MDT-38: a platform as issuer gives no identifier")
    if len(message.number) > MAX_NUMBER:
        raise CdarError(f"MDT-87: a number has at most {MAX_NUMBER} characters")
    if status.reason_required and not message.reasons:
        raise CdarError(f"MDT-113: status {message.code} needs a reason")
    wrong = lifecycle.unsuitable_reasons(message.code, message.reasons)
    if wrong:
        raise CdarError(f"MDT-113: {', '.join(wrong)} is no reason of status {message.code}")
    for kind in status.amounts if status.by_rate else ():
        given = [amount for amount in message.amounts if amount.type == kind]
        if not given or any(a.value is None or a.rate is None for a in given):
            raise CdarError(f"MDT-207: {kind} with its amount and VAT rate is needed")
    return phase, status_code


def _detail(detail: Detail) -> dict[str, object]:
    """A detail in pyfrctc's words; amounts as text, so that they are exact."""
    given = {
        "MDT-113": detail.reason,
        "MDT-114": detail.reason_text,
        "MDT-121": detail.action,
        "MDT-122": detail.action_text,
        "MDT-126": detail.note,
    }
    found: dict[str, object] = {term: _printable(value) for term, value in given.items() if value}
    found["MDG-43"] = [
        {
            "MDT-207": amount.type,
            **(
                {"MDT-215": {"float": f"{amount.value:f}", "currency": amount.currency}}
                if amount.value is not None
                else {}
            ),
            **({"MDT-219": amount.at} if amount.at else {}),
        }
        for amount in detail.amounts
    ]
    return found


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def _printable(text: str) -> str:
    return _CONTROL.sub("", text)


def _complete(root: etree._Element, message: CdarMessage) -> None:
    """Put in what pyfrctc has no word for, and take out what it writes empty."""
    document = root.find(f"{_RSM}ExchangedDocument")
    sender = document.find(f"{_RAM}SenderTradeParty")
    _insert_ids(sender, message.sender)
    first = document.find(f"{_RAM}RecipientTradeParty")
    _drop_empty(first)
    _drop_empty(document.find(f"{_RAM}IssuerTradeParty"))
    for party in message.recipients[1:]:
        first.addnext(_party(party))
        first = first.getnext()
    reference = root.find(f"{_RSM}AcknowledgementDocument/{_RAM}ReferenceReferencedDocument")
    seller = reference.find(f"{_RAM}IssuerTradeParty")
    etree.SubElement(seller, f"{_RAM}RoleCode").text = "SE"
    files = zip(
        reference.findall(f"{_RAM}AttachmentBinaryObject"), message.attachments, strict=True
    )
    for node, file in files:
        node.text = base64.b64encode(file.content).decode()
    nodes = reference.findall(
        f"{_RAM}SpecifiedDocumentStatus/{_RAM}SpecifiedDocumentCharacteristic"
    )
    for node, amount in zip(nodes, message.amounts, strict=True):
        if amount.rate is not None:
            etree.SubElement(node, f"{_RAM}ValuePercent").text = f"{amount.rate:f}"


def _insert_ids(node: etree._Element, party: Party) -> None:
    for position, (scheme, identifier) in enumerate(party.ids):
        child = etree.Element(f"{_RAM}GlobalID", schemeID=scheme)
        child.text = identifier
        node.insert(position, child)


def _party(party: Party) -> etree._Element:
    node = etree.Element(f"{_RAM}RecipientTradeParty")
    _insert_ids(node, party)
    if party.name:
        etree.SubElement(node, f"{_RAM}Name").text = party.name
    etree.SubElement(node, f"{_RAM}RoleCode").text = party.role
    if party.address:
        place = etree.SubElement(node, f"{_RAM}URIUniversalCommunication")
        address = etree.SubElement(place, f"{_RAM}URIID", schemeID=party.address_scheme)
        address.text = party.address
    return node


def _drop_empty(node: etree._Element) -> None:
    """Take out a name or an address without content."""
    for child in list(node):
        if not "".join(child.itertext()).strip():
            node.remove(child)


# -- reading ------------------------------------------------------------------------------------------


def read_cdar(content: bytes) -> CdarMessage:
    """The message of a file, whatever could be read of it.

    Unknown codes stay as they are written; dates and amounts that cannot be read are left out; texts, details and attachments beyond the caps of this
    module are cut. Nothing is validated here.

    :raises CdarError: not XML, not a CDAR, or without a status code.
    """
    try:
        root = kinds.parse_xml(content)
    except kinds.UnreadableXml as error:
        raise CdarError(f"the file is not readable XML: {error}") from error
    if kinds.detect_root(root).kind != kinds.CDAR:
        raise CdarError(f"the file is no life-cycle message ({etree.QName(root).localname})")
    context = "{*}ExchangedDocumentContext/"
    reference = root.find("{*}AcknowledgementDocument/{*}ReferenceReferencedDocument")
    document = root.find("{*}ExchangedDocument")
    acknowledgement = root.find("{*}AcknowledgementDocument")
    code = _text(reference, "{*}ProcessConditionCode")
    if not code:
        raise CdarError("the message says no status (MDT-105)")
    return CdarMessage(
        message_id=_text(document, "{*}ID"),
        code=code,
        number=_text(reference, "{*}IssuerAssignedID"),
        issuer=_read_party(document, "{*}IssuerTradeParty"),
        recipients=tuple(
            _party_of(node)
            for node in (document if document is not None else ())
            if _is(node, "RecipientTradeParty")
        )[:MAX_ITEMS],
        seller_ids=_read_party(reference, "{*}IssuerTradeParty").ids,
        invoice_type=_text(reference, "{*}TypeCode"),
        invoice_date=_day(_text(reference, "{*}FormattedIssueDateTime/{*}DateTimeString")),
        issued_at=_moment(_text(document, "{*}IssueDateTime/{*}DateTimeString")),
        said_at=_moment(_text(acknowledgement, "{*}IssueDateTime/{*}DateTimeString")),
        received_at=_moment(_text(reference, "{*}ReceiptDateTime/{*}DateTimeString")),
        sender=_read_party(document, "{*}SenderTradeParty"),
        label=_text(reference, "{*}ProcessCondition"),
        name=_text(document, "{*}Name"),
        details=tuple(
            _read_detail(node)
            for node in reference.findall("{*}SpecifiedDocumentStatus")[:MAX_ITEMS]
        ),
        attachments=_read_attachments(reference),
        phase=_text(acknowledgement, "{*}TypeCode"),
        status_code=_text(reference, "{*}StatusCode"),
        process=_text(root, context + "{*}BusinessProcessSpecifiedDocumentContextParameter/{*}ID"),
        guideline=_text(root, context + "{*}GuidelineSpecifiedDocumentContextParameter/{*}ID"),
    )


def _is(node: etree._Element, name: str) -> bool:
    return isinstance(node.tag, str) and etree.QName(node).localname == name


def _text(node: etree._Element | None, path: str) -> str:
    """Text at a path, comments inside left out; empty when it is not there."""
    found = node.find(path) if node is not None else None
    return "".join(found.xpath("text()")).strip()[:MAX_TEXT] if found is not None else ""


def _read_party(node: etree._Element | None, path: str) -> Party:
    found = node.find(path) if node is not None else None
    return _party_of(found) if found is not None else Party()


def _party_of(node: etree._Element) -> Party:
    address = node.find("{*}URIUniversalCommunication/{*}URIID")
    ids = [child for child in node if _is(child, "GlobalID") or _is(child, "ID")]
    return Party(
        role=_text(node, "{*}RoleCode"),
        name=_text(node, "{*}Name"),
        ids=tuple(
            (child.get("schemeID", ""), "".join(child.xpath("text()")).strip()) for child in ids
        )[:MAX_ITEMS],
        address=_text(node, "{*}URIUniversalCommunication/{*}URIID"),
        address_scheme=address.get("schemeID", "") if address is not None else ADDRESS_SCHEME,
    )


def _read_detail(node: etree._Element) -> Detail:
    notes = ["".join(note.itertext()).strip() for note in node.findall("{*}IncludedNote")]
    return Detail(
        reason=_text(node, "{*}ReasonCode"),
        reason_text=_text(node, "{*}Reason"),
        action=_text(node, "{*}RequestedActionCode"),
        action_text=_text(node, "{*}RequestedAction"),
        note="\n".join(note for note in notes if note)[:MAX_TEXT],
        amounts=tuple(
            _read_amount(child)
            for child in node.findall("{*}SpecifiedDocumentCharacteristic")[:MAX_ITEMS]
        ),
    )


def _read_amount(node: etree._Element) -> Amount:
    value = node.find("{*}ValueAmount")
    return Amount(
        type=_text(node, "{*}TypeCode"),
        value=_decimal(_text(node, "{*}ValueAmount")),
        currency=value.get("currencyID", "") if value is not None else "",
        rate=_decimal(_text(node, "{*}ValuePercent")),
        at=_day(_text(node, "{*}ValueDateTime/{*}DateTimeString")),
    )


def _read_attachments(reference: etree._Element) -> tuple[Attachment, ...]:
    found, room = [], MAX_ATTACHMENTS
    for position, node in enumerate(reference.findall("{*}AttachmentBinaryObject")[:MAX_ITEMS], 1):
        try:
            content = base64.b64decode("".join((node.text or "").split()), validate=True)
        except (binascii.Error, ValueError):
            continue
        room -= len(content)
        if not content or room < 0:
            continue
        name = re.split(r"[\\/]", node.get("filename") or "")[-1].replace("\x00", "")
        found.append(
            Attachment(name[:255] or f"piece-{position}", node.get("mimeCode") or "", content)
        )
    return tuple(found)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal("1e15") else None


def _day(text: str) -> date | None:
    moment = _moment(text)
    return moment.date() if moment else None


def _moment(text: str) -> datetime | None:
    """Formats 102 and 204, and ISO; without offset it is UTC; None when unreadable."""
    digits = re.fullmatch(r"[0-9]{8}(?:[0-9]{4}(?:[0-9]{2})?)?", text)
    try:
        if digits:
            shape = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}[len(text)]
            return datetime.strptime(text, shape).replace(tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
