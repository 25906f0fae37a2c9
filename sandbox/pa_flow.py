"""Flow Service of the loopback platform: deposits, search, download.

A deposit is stored on disk before it is answered. It is then *Pending* and acknowledged a moment later; a broken, empty or doubled file gets an
*Error* acknowledgement, as the annex describes, and a deposit is a row of the ledger in every case.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import uuid
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from .peek import facts_of
from .post import Post, detail
from .server import answer, now
from .store import FlowStore

LARGEST_FILE = 100 * 1024 * 1024
SYNTAXES = {"CII", "UBL", "Factur-X", "CDAR", "FRR"}
PROFILES = {"Basic", "CIUS", "Extended-CTC-FR"}
RULES = {"B2B", "B2BInt", "B2C", "OutOfScope", "ArchiveOnly", "NotApplicable"}
RULES_12 = RULES | {"B2G", "B2GInt", "B2GOutOfScope"}
CRITERIA = {
    "updatedAfter",
    "updatedBefore",
    "processingRule",
    "flowType",
    "flowDirection",
    "trackingId",
    "ackStatus",
}
COLUMN = {
    "processingRule": "rule",
    "flowType": "flow_type",
    "flowDirection": "direction",
    "trackingId": "tracking_id",
    "ackStatus": "ack_status",
}


_ANY_ORDER = random.Random(7)
PAGES = {
    "page_repeat": "every page is the first one",
    "page_short": "206: less than asked",
    "page_shift": "what was on a page changes while the next one is asked for",
    "listed_twice": "each flow is on the page twice",
    "shuffled": "the flows of a page come in any order",
    "empty_204": "204 instead of an empty list of flows",
}


class Flows:
    """Deposits and what comes back. `owner(request)` is the SIREN for which a request is made."""

    def __init__(
        self,
        store: FlowStore,
        post: Post,
        error: Any,
        owner: Callable[[Request], str],
        settings: Callable[[], dict[str, Any]],
        no_dedup: Callable[[], bool],
    ) -> None:
        self.store = store
        self.post = post
        self._error = error
        self._owner = owner
        self._settings = settings
        self._no_dedup = no_dedup
        # Deposits take turns: threads that fight over the interpreter are slower than one after the other.
        self._turn = threading.Lock()

    def submit(self, request: Request, version: str) -> Response:
        """`POST /v1/flows`."""
        body = request.get_data(cache=False)
        with self._turn:
            return self._submit(request, version, body)

    def _submit(self, request: Request, version: str, body: bytes) -> Response:
        parts = _parts(request, body)
        info, content = parts.get("flowInfo"), parts.get("file")
        if info is None or content is None:
            return self._error(400, "MISSING_REQUIRED_FIELD", "flowInfo and file are required.")
        try:
            info = json.loads(info)
        except ValueError:
            return self._error(400, "BAD_REQUEST", "flowInfo is not JSON.")
        wrong = _check_info(info, version)
        if wrong:
            return self._error(*wrong)
        if len(content) > LARGEST_FILE:
            return self._error(413, "FILE_SIZE_EXCEEDED", "The file is larger than 100 MB.")
        fault = request.environ.get("sandbox.fault")
        name = fault.fault if fault else ""
        if name == "wrong_checksum":
            content += b"\n"
        flow_id, moment = self._deposit(
            self._owner(request), info, content, name, request.headers.get("Organization-Id", "")
        )
        if name == "no_identifier":
            return answer({"submittedAt": moment}, 202)
        return answer({"flowId": flow_id, "submittedAt": moment, **info}, 202)

    def _deposit(
        self, owner: str, info: dict[str, Any], content: bytes, fault: str, organization: str
    ) -> tuple[str, str]:
        """Store one deposit and plan its acknowledgement; return its flow id and moment. On return it is on disk."""
        digest, flow_id, facts = (
            hashlib.sha256(content).hexdigest(),
            str(uuid.uuid4()),
            facts_of(content),
        )
        message = info["flowSyntax"] == "CDAR"
        with self.store.transaction():
            moment = now()
            problem = self._problem(owner, info, content, digest)
            if fault == "ack_error":
                problem = ("OtherTechnicalError", "The platform refuses this flow.")
            self.store.insert(
                "flow", flow_id=flow_id, tracking_id=info.get("trackingId"), name=info.get("name"), syntax=info["flowSyntax"],
                profile=info.get("flowProfile"), rule=info.get("processingRule") or "B2B",
                rule_source="Input" if info.get("processingRule") else "Computed", sha256=digest, number=facts.number, company=facts.seller,
                organization=organization, direction="Out", flow_type="CustomerInvoiceLC" if message else "CustomerInvoice",
                submitted_at=moment, updated_at=moment, ack_status="Error" if problem else "Pending",
                ack_details=[detail(*problem)] if problem else [], content=content, owner=owner, buyer=facts.buyer,
                invoice="" if message else flow_id,
            )  # fmt: skip
            if not problem:
                if facts.is_invoice and not message:
                    self.post.register(flow_id, facts, info["flowSyntax"], owner)
                if fault != "ack_never":
                    self.post.later(self._settings()["acknowledge_after"], "ack", flow_id)
            self.post.mark(owner, flow_id)
        return flow_id, moment

    def _problem(
        self, owner: str, info: dict[str, Any], content: bytes, digest: str
    ) -> tuple[str, str] | None:
        if not content:
            return "EmptyFlow", "The file is empty."
        if info.get("sha256") and info["sha256"] != digest:
            return "ChecksumMismatch", "The file is not the one announced."
        if self._no_dedup():
            return None
        earlier = self.store.find(sha256=digest, owner=owner, direction="Out")
        if info.get("trackingId"):
            earlier += self.store.find(tracking_id=info["trackingId"], owner=owner, direction="Out")
        if any(row["ack_status"] != "Error" for row in earlier):
            return "AlreadyExistingFlow", "This flow was received before."
        return None

    def search(self, request: Request, version: str) -> Response:
        """`POST /v1/flows/search`."""
        self.settle()
        body = request.get_json(silent=True)
        where = body.get("where") if isinstance(body, dict) else None
        if not isinstance(where, dict) or not where or set(where) - CRITERIA:
            return self._error(
                400, "MISSING_REQUIRED_FIELD", "where needs at least one known criterion."
            )
        if set(body) - ({"limit", "where", "cursor"} if version == "1.3" else {"limit", "where"}):
            return self._error(400, "BAD_REQUEST", "unknown field")
        limit = body.get("limit", 25)
        if not isinstance(limit, int) or not 1 <= limit <= 100:
            return self._error(400, "BAD_REQUEST", "limit is 1 to 100.")
        cursor = body.get("cursor", "0")
        if not isinstance(cursor, str) or not cursor.isdigit():
            return self._error(400, "BAD_REQUEST", "This cursor is not known.")
        fault = request.environ.get("sandbox.fault")
        repeating = bool(fault and fault.fault == "page_repeat")
        conditions, values = ["owner = ?"], [self._owner(request)]
        for name, value in where.items():
            if name == "updatedAfter" and repeating:
                continue
            if name == "updatedAfter":
                conditions.append("updated_at > ?")
                values.append(value)
            elif name == "updatedBefore":
                conditions.append("updated_at < ?")
                values.append(value)
            else:
                wanted = value if isinstance(value, list) else [value]
                conditions.append(f"{COLUMN[name]} IN ({', '.join('?' * len(wanted))})")
                values += wanted
        start = 0 if repeating else int(cursor)
        rows = self.store.query(" AND ".join(conditions), values, limit + 1, start)
        if not rows and fault and fault.fault == "empty_204":
            return Response(status=204)
        name, page = fault.fault if fault else "", rows[:limit]
        found: dict[str, Any] = {
            "limit": limit,
            "filters": where,
            "results": [describe(row, version) for row in page],
        }
        if name == "listed_twice":
            found["results"] = [row for row in found["results"] for _copy in (1, 2)][:100]
        elif name == "shuffled":
            _ANY_ORDER.shuffle(found["results"])
        elif name == "page_shift":
            for row in page[: (len(page) + 1) // 2]:
                self.store.update("flow", "flow_id", row["flow_id"], updated_at=now())
        if version == "1.3" and len(rows) > limit:
            found["nextCursor"] = str(start + limit)
        return answer(found, 206 if name == "page_short" else 200)

    def read(self, request: Request, version: str, flow_id: str) -> Response:
        """`GET /v1/flows/{flowId}`."""
        self.settle()
        rows = self.store.find(flow_id=flow_id, owner=self._owner(request))
        if not rows:
            return self._error(404, "MISSING_RESOURCE", "This flow does not exist.")
        row, kind = rows[0], request.args.get("docType", "Metadata")
        if kind == "Metadata":
            return answer(describe(row, version))
        if kind not in ("Original", "Converted", "ReadableView"):
            return self._error(400, "BAD_REQUEST", "Unknown docType.")
        content = self.store.content(flow_id) or b""
        is_pdf = content[:5] == b"%PDF-"
        if kind == "ReadableView" and not is_pdf:
            return self._error(404, "MISSING_RESOURCE", "No readable view of this flow.")
        fault = request.environ.get("sandbox.fault")
        if fault and fault.fault == "altered":
            content = content[: len(content) // 2]
        name = re.sub(r"[^\w.\- ]", "_", row["name"] or "file")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(
            content, headers=headers, mimetype="application/pdf" if is_pdf else "application/xml"
        )

    def settle(self) -> None:
        """Do what is due."""
        self.post.settle()


def _parts(request: Request, body: bytes) -> dict[str, bytes]:
    """The parts of a multipart body by name (werkzeug's own parser compiles expressions for each boundary, which costs more than the deposit)."""
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        return {}
    found = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))[1:]:
        head, gap, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb'[;\s]name="?([^";\r\n]+)', head)
        if gap and name:
            found[name[1].decode("latin-1")] = content
    return found


def _check_info(info: Any, version: str) -> tuple[int, str, str] | None:
    """Why flowInfo is not one of this version: status, code, text."""
    if not isinstance(info, dict):
        return 400, "BAD_REQUEST", "flowInfo is an object."
    unknown = set(info) - {
        "trackingId",
        "name",
        "processingRule",
        "flowSyntax",
        "flowProfile",
        "sha256",
    }
    if unknown:
        return 400, "BAD_REQUEST", f"unknown field {sorted(unknown)[0]}"
    for name in ("flowSyntax",) if version == "1.1" else ("flowSyntax", "name"):
        if not info.get(name):
            return 400, "MISSING_REQUIRED_FIELD", f"{name} is required."
    rules = RULES if version == "1.1" else RULES_12 | ({"Undefined"} if version == "1.3" else set())
    profiles = PROFILES | ({"Undefined"} if version == "1.3" else set())
    for name, known in (
        ("flowSyntax", SYNTAXES),
        ("processingRule", rules),
        ("flowProfile", profiles),
    ):
        if name in info and info[name] not in known:
            return 422, "UNPROCESSABLE_ENTITY", f"{name} does not know {info[name]}."
    if (
        len(info.get("trackingId") or "") > (64 if version == "1.3" else 36)
        or len(info.get("name") or "") > 255
    ):
        return 422, "UNPROCESSABLE_ENTITY", "trackingId or name is too long."
    if "sha256" in info and not re.fullmatch(r"[a-f0-9]{64}", str(info["sha256"])):
        return 422, "UNPROCESSABLE_ENTITY", "sha256 is 64 lower-case hexadecimal digits."
    return None


def describe(row: dict[str, Any], version: str) -> dict[str, Any]:
    acknowledgement: dict[str, Any] = {"status": row["ack_status"]}
    if row["ack_details"]:
        acknowledgement["details"] = row["ack_details"]
    flow = {
        "flowId": row["flow_id"],
        "trackingId": row["tracking_id"],
        "name": row["name"] or "",
        "processingRule": row["rule"],
        "processingRuleSource": row["rule_source"],
        "flowSyntax": row["syntax"],
        "flowProfile": row["profile"],
        "flowType": row["flow_type"],
        "flowDirection": row["direction"],
        "submittedAt": row["submitted_at"],
        "updatedAt": row["updated_at"],
        "acknowledgement": acknowledgement,
    }
    if version == "1.1":
        del flow["name"]
    elif version == "1.3":
        flow["flowProfile"] = flow["flowProfile"] or "Undefined"
    return {name: value for name, value in flow.items() if value is not None}
