"""Plays an approved platform (plateforme agréée): OAuth2 token, AFNOR XP Z12-013 Directory and Flow Services.

Services stand at `/directory-service` and `/flow-service` in the version set (`--api-version`, 1.2 by default), and at `/1.1/…`, `/1.2/…`, `/1.3/…`
in that version.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from .faults import Fault
from .pa_directory import VERSIONS, Directory
from .pa_flow import Flows
from .server import Server, answer, now
from .store import FlowStore

TOKEN_LIFE = 3600


class Platform(Server):
    """The approved platform."""

    name = "pa"
    title = "Approved platform (sandbox)"
    more_faults = {
        "token_refused": "the credentials are refused",
        "token_short": "a token that lasts one second",
        "token_expired": "the token is no longer known (401)",
        "token_missing": "the token service answers without a token",
        "page_repeat": "every page is the first one",
        "page_short": "206: less than asked",
        "total_unknown": "the total number of results is -1",
        "empty_204": "204 instead of an empty list of flows",
        "ack_error": "the deposit is acknowledged with an error",
        "ack_never": "the deposit stays Pending",
        "no_identifier": "202 without flowId",
    }

    # `acknowledge_after`: seconds a deposit stays Pending.
    defaults = {"api_version": "1.2", "acknowledge_after": 1.0}

    def __init__(self, state: Path, **settings: Any) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self.client_id, self.client_secret = _credentials(state / "credentials.json")
        self.directory = Directory(self.error)
        self.flows = Flows(FlowStore(state), self.error, lambda: self.settings["acknowledge_after"])
        self._tokens: dict[str, float] = {}
        self._tokens_lock = threading.Lock()
        super().__init__(**settings)

    def rules(self):
        rules: list[tuple[str, list[str], str, Any]] = [
            ("/oauth/token", ["POST"], "token", self.token)
        ]
        for prefix in ("", "/<any('1.1','1.2','1.3'):version>"):
            directory, flow = f"{prefix}/directory-service/v1", f"{prefix}/flow-service/v1"
            resources = "<any('siren','siret','routing-code','directory-line'):resource>"
            rules += [
                (
                    f"{directory}/{resources}/search",
                    ["POST"],
                    "directory.search",
                    self._versioned(self.directory.search),
                ),
                (
                    f"{directory}/siren/code-insee:<siren>",
                    ["GET"],
                    "directory.read",
                    self._reading("siren"),
                ),
                (
                    f"{directory}/siret/code-insee:<siret>",
                    ["GET"],
                    "directory.read",
                    self._reading("siret"),
                ),
                (
                    f"{directory}/routing-code/siret:<siret>/code:<path:routingIdentifier>",
                    ["GET"],
                    "directory.read",
                    self._reading("routing-code"),
                ),
                (
                    f"{directory}/directory-line/code:<path:addressingIdentifier>",
                    ["GET"],
                    "directory.read",
                    self._reading("directory-line"),
                ),
                (f"{directory}/healthcheck", ["GET"], "directory.healthcheck", self.healthcheck),
                (f"{flow}/flows", ["POST"], "flow.submit", self._versioned(self.flows.submit)),
                (
                    f"{flow}/flows/search",
                    ["POST"],
                    "flow.search",
                    self._versioned(self.flows.search),
                ),
                (f"{flow}/flows/<flow_id>", ["GET"], "flow.read", self._versioned(self.flows.read)),
                (f"{flow}/healthcheck", ["GET"], "flow.healthcheck", self.healthcheck),
            ]
        rules += [
            ("/_sandbox/advance", ["POST"], "", self.advance),
            ("/_sandbox/inbound", ["POST"], "", self.inbound),
        ]
        return rules

    def facts(self):
        return {
            "url": self.url,
            "flow_url": f"{self.url}/flow-service",
            "directory_url": f"{self.url}/directory-service",
            "token_url": f"{self.url}/oauth/token",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }

    def ledger(self) -> list[dict[str, Any]]:
        self.flows.settle()
        return self.flows.store.ledger()

    def _versioned(self, handler: Any) -> Any:
        def call(request: Request, version: str = "", **values: str) -> Response:
            return handler(request, version or self.settings["api_version"], **values)

        return call

    def _reading(self, resource: str) -> Any:
        def call(request: Request, version: str = "", **keys: str) -> Response:
            return self.directory.read(
                request, version or self.settings["api_version"], resource, **keys
            )

        return call

    def guard(self, operation: str, request: Request) -> Response | None:
        if operation == "token":
            return None
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        with self._tokens_lock:
            ends = self._tokens.get(token, 0.0)
        if scheme.lower() != "bearer" or ends <= time.monotonic():
            return self.error(401, "MISSING_TOKEN", "The token is missing or no longer valid.")
        return None

    def special_fault(self, fault: Fault, request: Request) -> Response | None:
        match fault.fault:
            case "token_refused":
                return answer(
                    {
                        "error": "invalid_client",
                        "error_description": "Client authentication failed.",
                    },
                    401,
                )
            case "token_missing":
                return answer({"token_type": "Bearer", "expires_in": 60})
            case "token_expired":
                with self._tokens_lock:
                    self._tokens.clear()
                return self.error(401, "MISSING_TOKEN", "The token is no longer valid.")
        return None

    def token(self, request: Request) -> Response:
        """OAuth2 client credentials, in the form or by HTTP Basic."""
        form = request.form
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        scheme, _space, encoded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                client, _colon, secret = (
                    unquote(part) for part in base64.b64decode(encoded).decode().partition(":")
                )
            except ValueError:
                client = secret = ""
        if form.get("grant_type") != "client_credentials":
            return answer({"error": "unsupported_grant_type"}, 400)
        if not (
            secrets.compare_digest(client, self.client_id)
            and secrets.compare_digest(secret, self.client_secret)
        ):
            return answer(
                {"error": "invalid_client", "error_description": "Client authentication failed."},
                401,
            )
        fault = request.environ.get("sandbox.fault")
        life = 1 if fault and fault.fault == "token_short" else TOKEN_LIFE
        token = secrets.token_urlsafe(32)
        with self._tokens_lock:
            self._tokens[token] = time.monotonic() + life
        return answer(
            {"access_token": token, "token_type": "Bearer", "expires_in": life},
            headers={"Cache-Control": "no-store"},
        )

    def healthcheck(self, request: Request, version: str = "") -> Response:
        """Well."""
        return Response(status=200)

    def check_settings(self, wanted: dict[str, Any]) -> str:
        if wanted.get("api_version", "1.2") not in VERSIONS:
            return f"api_version is one of {', '.join(VERSIONS)}"
        return super().check_settings(wanted)

    def advance(self, request: Request) -> Response:
        """`POST /_sandbox/advance`: set the acknowledgement (`Ok`, `Error`, `Pending`) of a deposit by number or flow id."""
        wanted = request.get_json(silent=True) or {}
        status = wanted.get("status")
        if status not in ("Ok", "Error", "Pending"):
            return answer(
                {"error": "status is Ok, Error or Pending: this platform plays no customer yet"},
                400,
            )
        key = "flow_id" if wanted.get("flow_id") else "number"
        rows = self.flows.store.find(**{key: wanted.get(key), "direction": "Out"})
        if not rows:
            return answer({"error": "no such deposit"}, 404)
        reason = str(wanted.get("reason") or "OtherTechnicalError")
        details = (
            [{"level": "Error", "item": "file", "reasonCode": reason, "reasonMessage": reason}]
            if status == "Error"
            else []
        )
        for row in rows:
            self.flows.store.acknowledge(row["flow_id"], status, details, now())
        return answer({"advanced": [row["flow_id"] for row in rows]})

    def inbound(self, request: Request) -> Response:
        """`POST /_sandbox/inbound?name=…&syntax=…&type=…` with a file as body: the client finds it in its in-box."""
        flow_id = self.flows.receive(
            request.get_data(),
            request.args.get("name", "invoice.xml"),
            request.args.get("syntax", "CII"),
            request.args.get("type", "SupplierInvoice"),
        )
        return answer({"flow_id": flow_id}, 201)


def _credentials(path: Path) -> tuple[str, str]:
    """The client's credentials: made once, kept, so that a database keeps working with a restarted sandbox."""
    if not path.exists():
        made = {"client_id": "efacture-sandbox", "client_secret": secrets.token_urlsafe(24)}
        path.touch(mode=0o600)
        path.write_text(json.dumps(made), encoding="utf-8")
    kept = json.loads(path.read_text(encoding="utf-8"))
    return kept["client_id"], kept["client_secret"]
