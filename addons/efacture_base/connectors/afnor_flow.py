"""Flow Service of AFNOR XP Z12-013: hand over, look up, acknowledge, receive, download.

Source: Swagger annexes 1.1.0, 1.2.0, 1.3.0. A 202 only says *received*; the acknowledgement comes later, and it speaks of transport, never of the
customer's approval. 1.1 and 1.2 page by moving `updatedAfter` (strict), 1.3 by `nextCursor`.
"""

from __future__ import annotations

import hashlib
import json as jsonlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any
from urllib.parse import quote

from . import errors
from .afnor_http import AfnorTransport
from .contract import (
    Ack,
    AckDetail,
    AckState,
    Document,
    Downloaded,
    InboundDocument,
    LifecycleEvent,
    Outcome,
    Page,
    RemoteRef,
    SubmitOutcome,
)
from .session import Limits

MAX_FILE = 100 * 1024 * 1024
PAGE = 100
# A sweep of more flows than this is not made again.
SWEEP = 2000
DOC_TYPES = {"original": "Original", "converted": "Converted", "readable": "ReadableView"}
_RULES = {
    "1.1": {"B2B", "B2BInt", "B2C", "OutOfScope", "ArchiveOnly", "NotApplicable"},
    "1.2": {
        "B2B",
        "B2BInt",
        "B2C",
        "B2G",
        "B2GInt",
        "OutOfScope",
        "B2GOutOfScope",
        "ArchiveOnly",
        "NotApplicable",
    },
}
_RULES["1.3"] = _RULES["1.2"] | {"Undefined"}
_SYNTAXES = {"CII", "UBL", "Factur-X", "CDAR", "FRR"}
_PROFILES = {"Basic", "CIUS", "Extended-CTC-FR"}
_ALREADY_THERE = {"AlreadyExistingFlow", "ALREADY_EXISTING_FLOW"}
# Answers of something that is no flow service (a wrong address, a page on the way): no word on the document.
_WRONG_PLACE = {301, 302, 303, 307, 308, 404, 405}
_CURSOR_LOST = {400, 404, 410, 422}
_LIFECYCLE = (
    "CustomerInvoiceLC",
    "SupplierInvoiceLC",
    "StateCustomerInvoiceLC",
    "StateSupplierInvoiceLC",
)
_INVOICES = ("SupplierInvoice",)
_FIRST_MOMENT = "2020-01-01T00:00:00.000Z"


class AfnorFlow:
    """The Flow Service of one platform."""

    def __init__(self, transport: AfnorTransport, limits: Limits | None = None) -> None:
        self._http = transport
        self._upload = limits or Limits(connect=5, read=60, total=90, max_bytes=2 * 1024 * 1024)
        self._download = Limits(connect=5, read=30, total=90, max_bytes=MAX_FILE)

    def healthcheck(self) -> None:
        """Return when the service says it is well, raise the session's error otherwise."""
        self._http.call("GET", self._http.flow_url("/v1/healthcheck"), accept=(200, 204))

    def submit(self, document: Document, tracking_id: str) -> SubmitOutcome:
        """POST one flow. Outside failures become an outcome; only our own mistakes raise (`ValueError`)."""
        info = self.flow_info(document, tracking_id)
        if len(document.content) > MAX_FILE:
            return SubmitOutcome(
                Outcome.REJECTED, code="FILE_SIZE_EXCEEDED", text="The file is larger than 100 MB."
            )
        if not document.content:
            return SubmitOutcome(Outcome.REJECTED, code="EmptyFlow", text="The file is empty.")
        files = {
            "flowInfo": (None, jsonlib.dumps(info), "application/json"),
            "file": (info.get("name", document.filename), document.content, document.mimetype),
        }
        try:
            answer = self._http.call(
                "POST",
                self._http.flow_url("/v1/flows"),
                files=files,
                accept=(200, 201, 202),
                limits=self._upload,
                fresh=True,
            )
            body = answer.json()
        except errors.ConnectorError as error:
            return outcome_of(error)
        remote_id = body.get("flowId") if isinstance(body, dict) else None
        if not remote_id:
            return SubmitOutcome(
                Outcome.UNKNOWN,
                code="BadAnswer",
                text="The platform accepted without giving an identifier.",
            )
        return SubmitOutcome(
            Outcome.ACCEPTED, remote_id=str(remote_id), at=read_time(body.get("submittedAt"))
        )

    def flow_info(self, document: Document, tracking_id: str) -> dict[str, str]:
        """The `flowInfo` part, with fields and values of the chosen version only. Raises `ValueError` for values no version knows."""
        version = self._http.settings.api_version
        longest = 64 if version == "1.3" else 36
        if not 1 <= len(tracking_id) <= longest:
            raise ValueError(f"the tracking id has 1 to {longest} characters in version {version}")
        if document.syntax not in _SYNTAXES:
            raise ValueError(f"unknown syntax {document.syntax!r}")
        info = {
            "trackingId": tracking_id,
            "name": document.filename[-255:],
            "flowSyntax": document.syntax,
        }
        if document.rule in _RULES[version]:
            info["processingRule"] = document.rule
        elif document.rule and document.rule not in _RULES["1.3"]:
            raise ValueError(f"unknown processing rule {document.rule!r}")
        if document.profile in _PROFILES:
            info["flowProfile"] = document.profile
        elif document.profile:
            raise ValueError(f"unknown profile {document.profile!r}")
        info["sha256"] = hashlib.sha256(document.content).hexdigest()
        return info

    def find_by_tracking(self, tracking_id: str) -> RemoteRef | None:
        """The flow we sent under this reference: the oldest when there are several, None when there is none."""
        rows = [
            row
            for row in self._all({"trackingId": tracking_id})
            if row.get("trackingId") == tracking_id and row.get("flowDirection", "Out") == "Out"
        ]
        if not rows:
            return None
        row = min(rows, key=lambda r: str(r.get("submittedAt") or ""))
        return RemoteRef(
            str(row["flowId"]),
            tracking_id,
            str(row.get("sha256") or ""),
            read_time(row.get("submittedAt")),
        )

    def fetch_acks(
        self, *, remote_ids: Sequence[str] = (), since: datetime | None = None
    ) -> list[Ack]:
        """Acknowledgements of the given flows, or of all flows of ours that changed after a moment."""
        if remote_ids:
            return [read_ack(self.metadata(remote_id)) for remote_id in remote_ids]
        if since is None:
            raise ValueError("give remote_ids or since")
        return [
            read_ack(row)
            for row in self._all({"flowDirection": ["Out"], "updatedAfter": write_time(since)})
        ]

    def metadata(self, remote_id: str) -> dict[str, Any]:
        """What the platform says of one flow."""
        url = self._http.flow_url(f"/v1/flows/{quote(remote_id, safe='')}")
        body = self._http.call("GET", url, params={"docType": "Metadata"}).json()
        if not isinstance(body, dict) or not body.get("flowId"):
            raise errors.BadAnswer("the platform described no flow", left=True)
        return body

    def download(self, remote_id: str, kind: str = "original") -> Downloaded:
        """A file of a flow: `original`, `converted` or `readable`."""
        answer = self._http.call(
            "GET",
            self._http.flow_url(f"/v1/flows/{quote(remote_id, safe='')}"),
            params={"docType": DOC_TYPES[kind]},
            headers={"Accept": "*/*"},
            limits=self._download,
        )
        if not answer.content:
            raise errors.BadAnswer("the platform gave an empty file", left=True)
        return Downloaded(
            answer.content,
            answer.headers.get("content-type", ""),
            _filename(answer.headers.get("content-disposition", "")),
        )

    def fetch_inbound(self, cursor: str = "") -> Page[InboundDocument]:
        """Invoices received after the cursor."""
        rows, following, more = self._page(
            {"flowDirection": ["In"], "flowType": list(_INVOICES)}, cursor
        )
        return Page(tuple(_read_inbound(row) for row in rows), following, more)

    def fetch_events(self, cursor: str = "") -> Page[LifecycleEvent]:
        """Life-cycle messages received after the cursor, with their CDAR file."""
        rows, following, more = self._page(
            {"flowDirection": ["In"], "flowType": list(_LIFECYCLE)}, cursor
        )
        events = []
        for row in rows:
            remote_id = str(row["flowId"])
            events.append(
                LifecycleEvent(
                    remote_id=remote_id,
                    flow_type=str(row.get("flowType") or ""),
                    occurred_at=read_time(row.get("submittedAt")),
                    syntax=str(row.get("flowSyntax") or ""),
                    content=self.download(remote_id).content,
                )
            )
        return Page(tuple(events), following, more)

    def _search(
        self, where: dict[str, Any], limit: int, cursor: str = ""
    ) -> tuple[list[dict[str, Any]], str]:
        body: dict[str, Any] = {"limit": limit, "where": where}
        if cursor:
            body["cursor"] = cursor
        answer = self._http.call(
            "POST", self._http.flow_url("/v1/flows/search"), json=body, accept=(200, 204, 206)
        )
        if answer.status == 204 or not answer.content:
            return [], ""
        found = answer.json()
        rows = found.get("results") if isinstance(found, dict) else None
        if not isinstance(rows, list) or not all(
            isinstance(row, dict) and row.get("flowId") for row in rows
        ):
            raise errors.BadAnswer("the platform answered without a list of flows", left=True)
        return rows, str(found.get("nextCursor") or "")

    def _page(self, where: dict[str, Any], cursor: str) -> tuple[list[dict[str, Any]], str, bool]:
        """One page after a cursor of ours.

        The cursor is JSON: `after`, the moment everything up to which was given; `seen`, the flows of that very millisecond (`updatedAfter` is strict
        and several flows may share one: we step back one and drop those). While the platform's own cursor `next` is being used up, `top` and
        `top_seen` are what `after` and `seen` will be, and `swept` the flows of the sweep so far. A sweep of several pages is made again
        (`checking`) until it shows nothing new: flows that change meanwhile push others over the edge of a page.
        """
        state = jsonlib.loads(cursor) if cursor else {"after": _FIRST_MOMENT, "seen": []}
        after, seen, following = state["after"], set(state["seen"]), state.get("next", "")
        several = bool(following)
        where = {**where, "updatedAfter": write_time(read_time(after) - timedelta(milliseconds=1))}
        try:
            rows, following = self._search(where, PAGE, following)
        except errors.Refused as error:
            if not following or error.status not in _CURSOR_LOST:
                raise
            rows, following = self._search(
                where, PAGE
            )  # the platform forgot its cursor: the sweep begins again
        swept = set(state.get("swept") or ())
        fresh = _unique(row for row in rows if str(row["flowId"]) not in seen | swept)
        swept |= {str(row["flowId"]) for row in rows}
        top, top_seen = state.get("top") or after, set(state.get("top_seen") or seen)
        latest = max([top, *(_stamp(row) for row in rows)])
        at_latest = {str(row["flowId"]) for row in rows if _stamp(row) == latest}
        if latest == top:
            at_latest |= top_seen
        more = bool(following) or (len(rows) >= PAGE and not self._http.settings.at_least("1.3"))
        standing = following == state["next"] if several else not following and latest == after
        if more and not fresh and standing:
            if following or state.get("stepped") or {_stamp(row) for row in rows} != {latest}:
                raise errors.BadAnswer("the pages of the platform do not advance", left=True)
            # A whole page of one millisecond: what else it holds cannot be asked for, what follows can.
            beyond = write_time(read_time(latest) + timedelta(milliseconds=1))
            position = {"after": beyond, "seen": sorted(at_latest), "stepped": True}
            return [], jsonlib.dumps(position), True
        done = {"after": latest, "seen": sorted(at_latest)}
        sweep = {
            "after": after, "seen": sorted(seen), "top": latest, "top_seen": sorted(at_latest), "checking": state.get("checking", False),
        }  # fmt: skip
        found = bool(fresh) or state.get("found", False)
        if following:
            position = {**sweep, "next": following, "swept": sorted(swept), "found": found}
        elif several and len(swept) <= SWEEP and (found or not sweep["checking"]):
            position, more = {**sweep, "seen": sorted(seen | swept), "checking": True}, True
        else:
            position = done
        return fresh, jsonlib.dumps(position), more

    def _all(self, where: dict[str, Any]) -> list[dict[str, Any]]:
        """Every row of a search, page after page; pages of the platform's own cursor are gone through again until nothing new shows."""
        rows: dict[str, dict[str, Any]] = {}
        cursor, after = "", where.get("updatedAfter")
        pages = fresh = 0
        used: set[str] = set()
        for _page in range(1000):
            found, cursor = self._search(
                {**where, **({"updatedAfter": after} if after else {})}, PAGE, cursor
            )
            new = [row for row in found if str(row["flowId"]) not in rows]
            rows.update((str(row["flowId"]), row) for row in found)
            pages, fresh = pages + 1, fresh + len(new)
            if cursor:
                if cursor in used:
                    raise errors.BadAnswer("the pages of the platform do not advance", left=True)
                used.add(cursor)
                continue
            used.clear()
            if self._http.settings.at_least("1.3"):
                if pages == 1 or not fresh:
                    return list(rows.values())
                pages = fresh = 0
            elif len(found) < PAGE:
                return list(rows.values())
            else:
                latest = max(_stamp(row) for row in found)
                onward = write_time(read_time(latest) - timedelta(milliseconds=1))
                if onward > (after or ""):
                    after = onward
                elif {_stamp(row) for row in found} == {latest} and (after or "") < latest:
                    after = latest  # a whole page of one millisecond, as in `_page`
                else:
                    raise errors.BadAnswer("the pages of the platform do not advance", left=True)
        raise errors.BadAnswer("the pages of the platform do not end", left=True)


def _unique(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without those that a page lists twice."""
    return list({str(row["flowId"]): row for row in rows}.values())


def outcome_of(error: errors.ConnectorError) -> SubmitOutcome:
    """What an error means for a document we tried to hand over."""
    retry_after = getattr(error, "retry_after", None)
    code = getattr(error, "code", "") or error.kind
    if not error.left or isinstance(error, errors.Busy | errors.NotAuthorized):
        state = Outcome.NOT_SENT
    elif (
        isinstance(error, errors.ServerFault)
        or code in _ALREADY_THERE
        or getattr(error, "status", 0) in (408, 409)
    ):
        state = Outcome.UNKNOWN
    elif isinstance(error, errors.Refused) and not error.explained and error.status in _WRONG_PLACE:
        state = Outcome.NOT_SENT
    elif isinstance(error, errors.Refused):
        state = Outcome.REJECTED
    else:
        state = Outcome.UNKNOWN
    return SubmitOutcome(
        state, code=code, text=error.text, retry_after=retry_after, kind=error.kind
    )


def read_ack(row: dict[str, Any]) -> Ack:
    """An acknowledgement from a flow; a word we do not know is `UNKNOWN`, never `OK`."""
    ack = row.get("acknowledgement")
    ack = ack if isinstance(ack, dict) else {}
    raw = str(ack.get("status") or "")
    state = {"Pending": AckState.PENDING, "Ok": AckState.OK, "Error": AckState.ERROR}.get(
        raw, AckState.UNKNOWN
    )
    details = ack.get("details")
    return Ack(
        remote_id=str(row.get("flowId") or ""),
        tracking_id=str(row.get("trackingId") or ""),
        state=state,
        raw_state=raw,
        details=tuple(_read_details(details if isinstance(details, list) else [])),
        updated_at=read_time(row.get("updatedAt")),
    )


def _read_details(details: Iterable[Any]) -> Iterable[AckDetail]:
    for detail in details:
        if isinstance(detail, dict):
            yield AckDetail(
                *(
                    str(detail.get(name) or "")
                    for name in ("level", "item", "reasonCode", "reasonMessage")
                )
            )


def _read_inbound(row: dict[str, Any]) -> InboundDocument:
    return InboundDocument(
        remote_id=str(row["flowId"]),
        filename=str(row.get("name") or ""),
        syntax=str(row.get("flowSyntax") or ""),
        profile=str(row.get("flowProfile") or ""),
        flow_type=str(row.get("flowType") or ""),
        rule=str(row.get("processingRule") or ""),
        sha256=str(row.get("sha256") or ""),
        updated_at=read_time(row.get("updatedAt")),
    )


def read_time(text: Any) -> datetime | None:
    """A moment as the platform writes it (RFC 3339); without offset it is UTC; None when unreadable."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def write_time(moment: datetime) -> str:
    """A moment as the annex wants it: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _stamp(row: dict[str, Any]) -> str:
    moment = read_time(row.get("updatedAt") or row.get("submittedAt"))
    return write_time(moment) if moment else _FIRST_MOMENT


def _filename(disposition: str) -> str:
    """The file name a server proposes, without any path."""
    message = Message()
    message["Content-Disposition"] = disposition
    name = message.get_filename() or ""
    return re.split(r"[\\/]", name)[-1].replace("\x00", "")[:255]
