"""What every connector offers, in types (design.md, *Connector contract*).

A connector carries a file, it does not make one. An operation that is not in `capabilities` raises `NotSupported` with the reason that
`why_not` gives. All times are aware datetimes in UTC, all contents bytes, all identifiers text as the platform gave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, Protocol, TypeVar, runtime_checkable

from .errors import NotSupported

T = TypeVar("T")


class Capability(StrEnum):
    """What a connector can do."""

    SUBMIT = "submit"
    FIND_BY_TRACKING = "find_by_tracking"
    ACKS = "fetch_acks"
    EVENTS_IN = "fetch_events"
    EVENTS_OUT = "send_event"
    INBOUND = "fetch_inbound"
    DOWNLOAD = "download"
    DIRECTORY = "lookup_recipient"
    CREATE_ACCOUNT = "create_account"
    WEBHOOK = "webhook"


class Outcome(StrEnum):
    """How a submission ended. `NOT_SENT`: nothing arrived. `UNKNOWN`: it may have; look it up before sending again."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Document:
    """A file to carry. `syntax`: CII, UBL, Factur-X, CDAR, FRR; `profile`: Basic, CIUS, Extended-CTC-FR; `rule`: B2B, B2C, B2G…"""

    content: bytes = field(repr=False)
    filename: str
    syntax: str
    profile: str = ""
    rule: str = "B2B"

    @property
    def mimetype(self) -> str:
        """The content type to announce, by content."""
        return "application/pdf" if self.content[:5] == b"%PDF-" else "application/xml"


@dataclass(frozen=True)
class SubmitOutcome:
    """Answer to a submission. `remote_id` when accepted; `code`, `text` otherwise; `retry_after` in seconds when the platform named one.

    `kind`: of the error behind it (errors.py), when there was one; `code` may be the platform's own word for it.
    """

    state: Outcome
    remote_id: str = ""
    code: str = ""
    text: str = ""
    retry_after: float | None = None
    at: datetime | None = None
    kind: str = ""


@dataclass(frozen=True)
class RemoteRef:
    """A document of ours that the platform has."""

    remote_id: str
    tracking_id: str
    sha256: str = ""
    submitted_at: datetime | None = None


class AckState(StrEnum):
    """What the platform says of the transport of a document; `OK` is no approval by the customer."""

    PENDING = "pending"
    OK = "ok"
    ERROR = "error"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class AckDetail:
    """One remark of an acknowledgement. `level`: Error or Warning."""

    level: str
    item: str
    code: str
    text: str


@dataclass(frozen=True)
class Ack:
    """Acknowledgement of one document. `raw_state`: the platform's own word."""

    remote_id: str
    tracking_id: str
    state: AckState
    raw_state: str
    details: tuple[AckDetail, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True)
class LifecycleEvent:
    """One life-cycle message. `code`: status code when the platform gives it apart from the message, else empty: read `content` (`syntax`)."""

    remote_id: str
    flow_type: str
    code: str = ""
    label: str = ""
    invoice_remote_id: str = ""
    occurred_at: datetime | None = None
    syntax: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class EventToSend:
    """A life-cycle message of ours: either a ready file (`document`), or a code with its reasons for platforms without files."""

    tracking_id: str
    invoice_remote_id: str = ""
    code: str = ""
    reasons: tuple[str, ...] = ()
    amounts: tuple[tuple[str, Decimal], ...] = ()
    note: str = ""
    document: Document | None = None


@dataclass(frozen=True)
class InboundDocument:
    """A document that waits for us on the platform; `download` gives its content."""

    remote_id: str
    filename: str
    syntax: str
    profile: str
    flow_type: str
    rule: str = ""
    sha256: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True)
class Downloaded:
    """A file from the platform. `content_type` and `filename` are claims of the server: type files by content."""

    content: bytes = field(repr=False)
    content_type: str
    filename: str


@dataclass(frozen=True)
class DirectoryAddress:
    """One line of the directory: an address invoices can be sent to (BT-49, scheme 0225).

    `status`: Enabled, Disabled, Upcoming, or the raw word of the platform; `platform_type`: WK (an approved platform), DFH (the State portal).
    `requires_*`: what a public body asks for; None when the directory did not say.
    """

    addressing_identifier: str
    scheme: str
    siren: str
    siret: str = ""
    routing_identifier: str = ""
    suffix: str = ""
    platform_type: str = ""
    status: str = ""
    label: str = ""
    name: str = ""
    public: bool | None = None
    requires_service_code: bool | None = None
    requires_commitment: bool | None = None
    requires_service_or_commitment: bool | None = None

    @property
    def can_receive(self) -> bool:
        """True for an enabled line on an approved platform; the State portal and lines without platform do not count."""
        return self.status == "Enabled" and self.platform_type == "WK"

    @property
    def level(self) -> str:
        """`siren`, `siret`, `routing` or `suffix`: how precise the address is."""
        if self.routing_identifier:
            return "routing"
        if self.suffix:
            return "suffix"
        return "siret" if self.siret else "siren"


@dataclass(frozen=True)
class ServiceState:
    """One step of a connection test. `name`: token, flow, directory…; `kind`: the kind of the error (errors.py) when not ok."""

    name: str
    ok: bool
    text: str = ""
    kind: str = ""


@dataclass(frozen=True)
class ConnectionReport:
    """Result of *Test connection*: `ok` when every step is."""

    services: tuple[ServiceState, ...]
    account_label: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when there was something to test and all of it worked."""
        return bool(self.services) and all(service.ok for service in self.services)


@dataclass(frozen=True)
class AccountRequest:
    """What a platform asks to open an account for a company."""

    siren: str
    name: str
    email: str
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class AccountCreated:
    """A new account: where to go on, and the credentials when the platform gives them at once."""

    account_id: str
    next_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Subscription:
    """A subscription to notifications: its identifiers on the platform (one or several), and the key that signs the calls."""

    ids: tuple[str, ...]
    key: str = field(repr=False)


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items and the cursor to go on from; store the cursor only once the items are committed. `more`: ask again now."""

    items: tuple[T, ...]
    cursor: str
    more: bool = False


@runtime_checkable
class Connector(Protocol):
    """One platform protocol."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this connector can do with its present settings."""

    def why_not(self, capability: Capability) -> str:
        """Empty when the capability is there, else one plain sentence why it is not."""

    def check_connection(self) -> ConnectionReport:
        """Try credentials and services; never raises for an outside failure, the report says it."""

    def submit(self, document: Document, tracking_id: str) -> SubmitOutcome:
        """Hand over one document; never raises for an outside failure, the outcome says it."""

    def find_by_tracking(self, tracking_id: str) -> RemoteRef | None:
        """The document we sent under this reference, or None when the platform does not have it."""

    def fetch_acks(
        self, *, remote_ids: Sequence[str] = (), since: datetime | None = None
    ) -> list[Ack]:
        """Acknowledgements of these documents, or of all changed since."""

    def fetch_events(self, cursor: str = "") -> Page[LifecycleEvent]:
        """Life-cycle messages after the cursor."""

    def send_event(self, event: EventToSend) -> SubmitOutcome:
        """Hand over one life-cycle message."""

    def fetch_inbound(self, cursor: str = "") -> Page[InboundDocument]:
        """Received documents after the cursor."""

    def download(self, remote_id: str, kind: str = "original") -> Downloaded:
        """A file: `original`, `converted` or `readable`."""

    def lookup_recipient(self, *, siren: str = "", siret: str = "") -> list[DirectoryAddress]:
        """All lines of the directory for a company or an establishment; empty when it is not in the directory."""

    def create_account(self, request: AccountRequest) -> AccountCreated:
        """Open an account."""

    def create_webhook(self, url: str) -> Subscription:
        """Ask the platform to call this address when something arrives."""

    def list_webhooks(self) -> tuple[str, ...]:
        """Identifiers of our subscriptions."""

    def delete_webhook(self, webhook_id: str) -> None:
        """End a subscription."""


class Unsupported:
    """Base for connectors: every operation refuses with its reason until the connector defines it.

    `reasons` names the sentence per capability; give it for each capability the protocol lacks.
    """

    capabilities: frozenset[Capability] = frozenset()
    reasons: dict[Capability, str] = {}

    def why_not(self, capability: Capability) -> str:
        """Empty when the capability is there, else one plain sentence why it is not."""
        if capability in self.capabilities:
            return ""
        return self.reasons.get(capability, "This platform does not offer it.")

    def _refuse(self, capability: Capability) -> NotSupported:
        return NotSupported(self.why_not(capability) or "This platform does not offer it.")

    def check_connection(self) -> ConnectionReport:
        """Nothing to test."""
        return ConnectionReport(services=())

    def submit(self, document: Document, tracking_id: str) -> SubmitOutcome:
        """Refused."""
        raise self._refuse(Capability.SUBMIT)

    def find_by_tracking(self, tracking_id: str) -> RemoteRef | None:
        """Refused."""
        raise self._refuse(Capability.FIND_BY_TRACKING)

    def fetch_acks(
        self, *, remote_ids: Sequence[str] = (), since: datetime | None = None
    ) -> list[Ack]:
        """Refused."""
        raise self._refuse(Capability.ACKS)

    def fetch_events(self, cursor: str = "") -> Page[LifecycleEvent]:
        """Refused."""
        raise self._refuse(Capability.EVENTS_IN)

    def send_event(self, event: EventToSend) -> SubmitOutcome:
        """Refused."""
        raise self._refuse(Capability.EVENTS_OUT)

    def fetch_inbound(self, cursor: str = "") -> Page[InboundDocument]:
        """Refused."""
        raise self._refuse(Capability.INBOUND)

    def download(self, remote_id: str, kind: str = "original") -> Downloaded:
        """Refused."""
        raise self._refuse(Capability.DOWNLOAD)

    def lookup_recipient(self, *, siren: str = "", siret: str = "") -> list[DirectoryAddress]:
        """Refused."""
        raise self._refuse(Capability.DIRECTORY)

    def create_account(self, request: AccountRequest) -> AccountCreated:
        """Refused."""
        raise self._refuse(Capability.CREATE_ACCOUNT)

    def create_webhook(self, url: str) -> Subscription:
        """Refused."""
        raise self._refuse(Capability.WEBHOOK)

    def list_webhooks(self) -> tuple[str, ...]:
        """Refused."""
        raise self._refuse(Capability.WEBHOOK)

    def delete_webhook(self, webhook_id: str) -> None:
        """Refused."""
        raise self._refuse(Capability.WEBHOOK)
