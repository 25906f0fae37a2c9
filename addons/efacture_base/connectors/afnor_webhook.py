"""Subscriptions to notifications of AFNOR XP Z12-013: 1.2 (we give the key, one subscription a kind of flow) and 1.3 (the platform gives it once)."""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import quote

from . import errors
from .afnor_http import AfnorTransport
from .contract import Subscription

# What wakes us: what arrives for us.
ARRIVING = ("SupplierInvoice", "CustomerInvoiceLC", "SupplierInvoiceLC")


class AfnorWebhooks:
    """Webhooks of the Flow Service of one platform."""

    def __init__(self, transport: AfnorTransport) -> None:
        self._http = transport

    def create(self, url: str) -> Subscription:  # pylint: disable=method-required-super
        """Subscribe an address of ours to everything that arrives.

        Raises the errors of `errors.py`. When one of several subscriptions is refused, those already made are given up again.
        """
        if self._http.settings.at_least("1.3"):
            body = {"callbackUrl": url, "flowTypes": list(ARRIVING), "flowDirection": "In"}
            made = self._post(body)
            key = made.get("signingKey")
            if not isinstance(key, str) or not key:
                self._give_up([str(made["webhookId"])])
                raise errors.BadAnswer("the platform gave no signing key", left=True)
            self._http.session.secrets.add(key)
            return Subscription((str(made["webhookId"]),), key)
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        self._http.session.secrets.add(key)
        ids: list[str] = []
        try:
            for kind in ARRIVING:
                body = {
                    "callback": {"url": url, "signature": {"algo": "HS256", "key": key}},
                    "metadata": {"flowType": kind, "flowDirection": "In"},
                }
                ids.append(str(self._post(body)["webhookId"]))
        except errors.ConnectorError:
            self._give_up(ids)
            raise
        return Subscription(tuple(ids), key)

    def list(self) -> tuple[str, ...]:
        """Identifiers of our subscriptions."""
        found = self._http.call("GET", self._url(), accept=(200, 204)).json()
        if not isinstance(found, dict):
            return ()
        rows = found.get("webhooks")
        rows = rows if isinstance(rows, list) else found.get("webhookIds") or []
        return tuple(str(row.get("webhookId") if isinstance(row, dict) else row) for row in rows)

    def delete(self, webhook_id: str) -> None:
        """End a subscription; one that is not there any more is ended."""
        try:
            self._http.call("DELETE", self._url(webhook_id), accept=(200, 204))
        except errors.NotFound:
            return

    def _url(self, webhook_id: str = "") -> str:
        path = f"/{quote(webhook_id, safe='')}" if webhook_id else ""
        return self._http.flow_url("/v1/webhooks" + path)

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        # Nothing of a signing key goes to the log, not even its fingerprint.
        made = self._http.call(
            "POST", self._url(), json=body, accept=(200, 201), private=True
        ).json()
        if not isinstance(made, dict) or not made.get("webhookId"):
            raise errors.BadAnswer("the platform made a subscription without identifier", left=True)
        return made

    def _give_up(self, ids: list[str]) -> None:
        for webhook_id in ids:
            try:
                self.delete(webhook_id)
            except errors.ConnectorError:
                continue  # the first failure is the one to tell
