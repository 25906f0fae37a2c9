"""Webhooks of the loopback platform, as versions 1.2 and 1.3 of the annex shape them.

1.3: the platform makes the signing key and tells it once; `Afnor-Signature` is the HMAC-SHA-256 of SHA-256(body + "@" + epoch seconds), in base64.
1.2: the client gives the key; `Signature` is the HMAC-SHA-256 of the body, in base64 (algorithm HS256).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import queue
import secrets
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from .faults import Faults
from .server import answer, now
from .store import FlowStore

CALL_FAULTS = {
    "bad_signature": "the notification is signed with another key",
    "stale_timestamp": "the notification bears a moment an hour old",
    "replay": "the notification is sent twice, the same",
    "no_signature": "the notification is not signed",
}


class Webhooks:
    """Subscriptions of each company, and the thread that calls them. Nothing is called twice but by `replay`: a hint may be lost."""

    def __init__(
        self,
        store: FlowStore,
        error: Any,
        owner: Callable[[Request], str],
        faults: Callable[[], Faults],
        describe: Callable[[str, str], dict[str, Any] | None],
    ) -> None:
        self.store = store
        self._error = error
        self._owner = owner
        self._faults = faults
        self._describe = describe
        self._queue: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()

    def start(self) -> None:
        """Call in a thread of its own."""
        threading.Thread(target=self._serve, name="sandbox-webhooks", daemon=True).start()

    def tell(self, news: list[tuple[str, str]]) -> None:
        """Flows that appeared or changed: (company, flow id)."""
        for item in news:
            self._queue.put(item)

    # ------------------------------------------------------------ the service

    def list(self, request: Request, version: str) -> Response:
        """`GET /v1/webhooks`."""
        rows = [row for row in self._rows(request) if row["version"] == version]
        found: dict[str, Any] = {"webhookIds": [row["webhook_id"] for row in rows]}
        if version == "1.3":
            found = {**found, "count": len(rows), "webhooks": [_shown(row) for row in rows]}
        return answer(found) if version != "1.1" else self._absent()

    def create(self, request: Request, version: str) -> Response:
        """`POST /v1/webhooks`."""
        if version == "1.1":
            return self._absent()
        body = request.get_json(silent=True)
        wanted = _read_12(body) if version == "1.2" else _read_13(body)
        if isinstance(wanted, str):
            return self._error(400, "MISSING_REQUIRED_FIELD", wanted)
        row = {
            "webhook_id": str(uuid.uuid4()), "owner": self._owner(request), "version": version, "created_at": now(), "last": "", **wanted,
        }  # fmt: skip
        self.store.insert("webhook", **row)
        made = {"webhookId": row["webhook_id"]}
        if version == "1.3":
            made |= {"signingKey": row["key"], "createdAt": row["created_at"]}
        return answer(made, 201)

    def read(self, request: Request, version: str, webhook_id: str) -> Response:
        """`GET /v1/webhooks/{id}`: 1.2 only."""
        rows = self._rows(request, webhook_id)
        if version != "1.2" or not rows:
            return self._absent()
        return answer(_shown(rows[0]))

    def change(self, request: Request, version: str, webhook_id: str) -> Response:
        """`PATCH /v1/webhooks/{id}`: the signature of a 1.2 subscription."""
        rows, body = self._rows(request, webhook_id), request.get_json(silent=True) or {}
        if version != "1.2" or not rows:
            return self._absent()
        signature = body.get("signature") or {}
        self.store.update(
            "webhook",
            "webhook_id",
            webhook_id,
            key=signature.get("key", rows[0]["key"]),
            algorithm=signature.get("algo", rows[0]["algorithm"]),
        )
        return Response(status=204)

    def delete(self, request: Request, version: str, webhook_id: str) -> Response:
        """`DELETE /v1/webhooks/{id}`."""
        if version == "1.1" or not self._rows(request, webhook_id):
            return self._absent()
        self.store.delete("webhook", webhook_id=webhook_id)
        return Response(status=204)

    def _rows(self, request: Request, webhook_id: str = "") -> list[dict[str, Any]]:
        more = {"webhook_id": webhook_id} if webhook_id else {}
        return self.store.rows("webhook", owner=self._owner(request), **more)

    def _absent(self) -> Response:
        return self._error(404, "MISSING_RESOURCE", "This subscription does not exist.")

    # ------------------------------------------------------------ the calls

    def _serve(self) -> None:
        while True:
            owner, flow_id = self._queue.get()
            for row in self.store.rows("webhook", owner=owner):
                flow = self._describe(flow_id, row["version"])
                if flow and _fits(flow, row["filters"]):
                    del flow["owner"]
                    self._call(row, json.dumps(flow, ensure_ascii=False).encode())

    def _call(self, row: dict[str, Any], body: bytes) -> None:
        fault = self._faults().draw("webhook", set(CALL_FAULTS))
        name = fault.fault if fault else ""
        asked_for = (row["shown"].get("callback") or {}).get("headers") or []
        headers = {item["headerName"]: item["headerValue"] for item in asked_for} | {
            "Content-Type": "application/json"
        }
        if name != "no_signature":
            key = (
                secrets.token_bytes(32)
                if name == "bad_signature"
                else base64.b64decode(row["key"] or "")
            )
            headers |= sign(
                row["version"],
                row["algorithm"],
                key,
                body,
                int(time.time()) - (3600 if name == "stale_timestamp" else 0),
            )
        for _copy in range(2 if name == "replay" else 1):
            try:
                asked = urllib.request.Request(
                    row["url"], data=body, headers=headers, method="POST"
                )
                with _DIRECT.open(asked, timeout=5) as reply:
                    said = str(reply.status)
            except (OSError, HTTPException, ValueError) as error:
                said = str(getattr(error, "code", "")) or type(error).__name__
            self.store.update("webhook", "webhook_id", row["webhook_id"], last=f"{now()} {said}")


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def sign(version: str, algorithm: str, key: bytes, body: bytes, moment: int) -> dict[str, str]:
    """The signature headers of a notification."""
    if version == "1.3":
        fingerprint = hashlib.sha256(body + f"@{moment}".encode()).digest()
        made = base64.b64encode(hmac.new(key, fingerprint, hashlib.sha256).digest()).decode()
        return {"Afnor-Signature": made, "Afnor-Signature-Timestamp": str(moment)}
    if algorithm == "HS256":
        return {
            "Signature": base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
        }
    return {}


def _read_13(body: Any) -> dict[str, Any] | str:
    if not isinstance(body, dict) or not _is_url(body.get("callbackUrl")):
        return "callbackUrl is required."
    if set(body) - {"callbackUrl", "flowTypes", "flowDirection", "ackStatus"}:
        return "unknown field"
    filters = {
        "flowType": body.get("flowTypes") or [],
        "flowDirection": [body["flowDirection"]] if body.get("flowDirection") else [],
        "ackStatus": [body["ackStatus"]] if body.get("ackStatus") else [],
    }
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "url": body["callbackUrl"],
        "key": key,
        "algorithm": "HS256",
        "filters": filters,
        "shown": body,
    }


def _read_12(body: Any) -> dict[str, Any] | str:
    callback = body.get("callback") if isinstance(body, dict) else None
    metadata = body.get("metadata") if isinstance(body, dict) else None
    if (
        not isinstance(callback, dict)
        or not _is_url(callback.get("url"))
        or not isinstance(metadata, dict)
    ):
        return "callback.url and metadata are required."
    if not metadata.get("flowType") or not metadata.get("flowDirection"):
        return "metadata.flowType and metadata.flowDirection are required."
    signature = callback.get("signature") or {}
    try:
        base64.b64decode(signature.get("key") or "", validate=True)
    except ValueError:
        return "callback.signature.key is base64."
    filters = {name: [value] for name, value in metadata.items() if value}
    return {
        "url": callback["url"], "key": signature.get("key") or "", "algorithm": signature.get("algo") or "None", "filters": filters, "shown": body,
    }  # fmt: skip


def _is_url(text: Any) -> bool:
    return isinstance(text, str) and urlsplit(text).scheme in ("http", "https")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A subscription as it was asked for; keys are never told again."""
    shown = {**row["shown"], "webhookId": row["webhook_id"]}
    if row["version"] == "1.3":
        return {**shown, "createdAt": row["created_at"]}
    callback = {
        name: value for name, value in shown["callback"].items() if name in ("url", "headers")
    }
    return {**shown, "callback": callback}


def _fits(flow: dict[str, Any], filters: dict[str, Any]) -> bool:
    values = {**flow, "ackStatus": flow["acknowledgement"]["status"]}
    return all(not wanted or values.get(name) in wanted for name, wanted in filters.items())
