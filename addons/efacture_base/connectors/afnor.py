"""A platform that speaks AFNOR XP Z12-013: `AfnorClient(AfnorSettings(…))`.

`lookup_recipient` and `check_connection` read the Directory Service and test the three services; the Flow Service carries documents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from . import errors
from .afnor_directory import AfnorDirectory
from .afnor_flow import AfnorFlow
from .afnor_http import AfnorSettings, AfnorTransport
from .afnor_webhook import AfnorWebhooks
from .contract import (
    Ack,
    Capability,
    ConnectionReport,
    DirectoryAddress,
    Document,
    Downloaded,
    EventToSend,
    InboundDocument,
    LifecycleEvent,
    Outcome,
    Page,
    RemoteRef,
    ServiceState,
    SubmitOutcome,
    Subscription,
    Unsupported,
)
from .oauth import TokenCache
from .session import Session

__all__ = ["AfnorClient", "AfnorSettings"]


class AfnorClient(Unsupported):
    """Connector for one account on one AFNOR platform. `session` and `tokens` are shared by the process unless given."""

    reasons = {
        Capability.CREATE_ACCOUNT: "The AFNOR standard has no call to open an account: it is opened on the platform's own site.",
        Capability.WEBHOOK: "This version of the standard has no notifications: the platform is asked at intervals.",
    }

    def __init__(
        self,
        settings: AfnorSettings,
        session: Session | None = None,
        tokens: TokenCache | None = None,
    ) -> None:
        self.settings = settings
        self.http = AfnorTransport(settings, session, tokens)
        self.directory = AfnorDirectory(self.http)
        self.flow = AfnorFlow(self.http)
        self.webhooks = AfnorWebhooks(self.http)
        self.reasons = dict(type(self).reasons)
        self.capabilities = self._capabilities()

    def _capabilities(self) -> frozenset[Capability]:
        offered = set()
        if self.settings.directory_base_url:
            offered.add(Capability.DIRECTORY)
        else:
            self.reasons[Capability.DIRECTORY] = (
                "The address of the platform's directory is not filled in."
            )
        flows = {
            Capability.SUBMIT,
            Capability.FIND_BY_TRACKING,
            Capability.ACKS,
            Capability.EVENTS_IN,
            Capability.EVENTS_OUT,
            Capability.INBOUND,
            Capability.DOWNLOAD,
        }
        if self.settings.flow_base_url:
            offered |= flows
            if self.settings.at_least("1.2"):
                offered.add(Capability.WEBHOOK)
        else:
            self.reasons.update(
                dict.fromkeys(
                    flows | {Capability.WEBHOOK},
                    "The address of the platform's flow service is not filled in.",
                )
            )
        return frozenset(offered)

    def _need(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise self._refuse(capability)

    def check_connection(self) -> ConnectionReport:
        """Ask for a new token, then for the health of each service. Never raises for an outside failure."""

        def token() -> None:
            self.http.tokens.renew(self.settings.credentials, self.http.session)

        steps: list[tuple[str, Callable[[], None]]] = [("token", token)]
        if self.settings.flow_base_url:
            steps.append(("flow", self.flow.healthcheck))
        if self.settings.directory_base_url:
            steps.append(("directory", self.directory.healthcheck))
        states = []
        for name, step in steps:
            try:
                step()
            except errors.ConnectorError as error:
                states.append(ServiceState(name, False, error.text, error.kind))
                if name == "token":
                    break
            else:
                states.append(ServiceState(name, True))
        return ConnectionReport(tuple(states), account_label=self.settings.organization_id)

    def lookup_recipient(self, *, siren: str = "", siret: str = "") -> list[DirectoryAddress]:
        """All address lines of a company (by SIREN) or of one establishment (by SIRET); empty when the directory has none.

        Raises the errors of `errors.py` when the directory could not be asked: an outage is never an empty list.
        """
        self._need(Capability.DIRECTORY)
        return self.directory.lookup(siren=siren, siret=siret)

    def submit(self, document: Document, tracking_id: str) -> SubmitOutcome:
        """POST /v1/flows."""
        self._need(Capability.SUBMIT)
        return self.flow.submit(document, tracking_id)

    def find_by_tracking(self, tracking_id: str) -> RemoteRef | None:
        """Search by our own reference. Raises when the platform could not be asked."""
        self._need(Capability.FIND_BY_TRACKING)
        return self.flow.find_by_tracking(tracking_id)

    def fetch_acks(
        self, *, remote_ids: Sequence[str] = (), since: datetime | None = None
    ) -> list[Ack]:
        """Acknowledgements of these flows, or of all that changed."""
        self._need(Capability.ACKS)
        return self.flow.fetch_acks(remote_ids=remote_ids, since=since)

    def fetch_events(self, cursor: str = "") -> Page[LifecycleEvent]:
        """CDAR messages received."""
        self._need(Capability.EVENTS_IN)
        return self.flow.fetch_events(cursor)

    def send_event(self, event: EventToSend) -> SubmitOutcome:
        """A CDAR message of ours is a flow like another: `event.document` holds it."""
        self._need(Capability.EVENTS_OUT)
        if event.document is None:
            return SubmitOutcome(
                Outcome.REJECTED,
                code="EmptyFlow",
                text="This platform takes life-cycle messages as files.",
            )
        return self.flow.submit(event.document, event.tracking_id)

    def fetch_inbound(self, cursor: str = "") -> Page[InboundDocument]:
        """Invoices received."""
        self._need(Capability.INBOUND)
        return self.flow.fetch_inbound(cursor)

    def download(self, remote_id: str, kind: str = "original") -> Downloaded:
        """A file of a flow."""
        self._need(Capability.DOWNLOAD)
        return self.flow.download(remote_id, kind)

    def create_webhook(self, url: str) -> Subscription:
        """POST /v1/webhooks, for everything that arrives."""
        self._need(Capability.WEBHOOK)
        return self.webhooks.create(url)

    def list_webhooks(self) -> tuple[str, ...]:
        """GET /v1/webhooks."""
        self._need(Capability.WEBHOOK)
        return self.webhooks.list()

    def delete_webhook(self, webhook_id: str) -> None:
        """DELETE /v1/webhooks/{id}."""
        self._need(Capability.WEBHOOK)
        self.webhooks.delete(webhook_id)
