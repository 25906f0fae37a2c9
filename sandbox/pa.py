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

from .companies import by_key, playing
from .faults import Fault
from .pa_admin import Admin
from .pa_directory import VERSIONS, Directory
from .pa_flow import PAGES, Flows, describe
from .pa_webhook import CALL_FAULTS, Webhooks
from .post import DELIVERY_FAULTS, Post
from .server import Server, answer
from .store import FlowStore

TOKEN_LIFE = 3600
OWN = by_key()["own_company"]["siren"]


class Platform(Server):
    """The approved platform."""

    name = "pa"
    title = "Plateforme agréée (bac à sable)"
    more_faults = {
        "token_refused": "the credentials are refused",
        "token_short": "a token that lasts one second",
        "token_expired": "the token is no longer known (401)",
        "token_missing": "the token service answers without a token",
        "total_unknown": "the total number of results is -1",
        "ack_error": "the deposit is acknowledged with an error",
        "ack_never": "the deposit stays Pending",
        "ack_strange": "the deposit is acknowledged with a word nobody knows",
        "no_identifier": "202 without flowId",
        "wrong_checksum": "the file that arrives is not the one announced",
        "altered": "the file that is fetched is half of it",
        "no_dedup": "a second deposit of the same reference or file is stored and acknowledged Ok (stays on until cleared)",
        **PAGES,
        **DELIVERY_FAULTS,
        **CALL_FAULTS,
    }
    natural_faults = {
        **{name: {"token"} for name in ("token_refused", "token_short", "token_missing")},
        **{
            name: {"flow.submit"}
            for name in ("ack_error", "ack_never", "no_identifier", "wrong_checksum")
        },
        **{
            name: {"flow.search"}
            for name in ("page_shift", "listed_twice", "shuffled", "empty_204")
        },
        "page_repeat": {"flow.search", "directory.search"},
        "page_short": {"flow.search", "directory.search"},
        "altered": {"flow.read"},
    }
    inner_faults = {"no_dedup", "ack_strange", *DELIVERY_FAULTS, *CALL_FAULTS}
    inner_operations = ("acknowledge", "deliver", "webhook")

    # `acknowledge_after`: seconds a deposit stays Pending; `lifecycle`: `manual` (invoices are carried, nothing is said), `platform` (the platforms
    # say 200, 202, 203) or `auto` (customers answer too); `lifecycle_after`: seconds between two steps of the platforms; `behaviour_after`: one
    # moment of a customer; `lifecycle_rules`: messages are held against the rules of their status.
    defaults = {
        "api_version": "1.2", "acknowledge_after": 1.0, "lifecycle": "platform", "lifecycle_after": 0.5, "behaviour_after": 5.0,
        "lifecycle_rules": True, "no_dedup": False,
    }  # fmt: skip

    def __init__(self, state: Path, **settings: Any) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self.credentials = _credentials(state / "credentials.json")
        self.directory = Directory(self.error)
        self.store = FlowStore(state)
        self.post = Post(self.store, lambda: self.settings, lambda: self.faults)
        self.flows = Flows(
            self.store, self.post, self.error, owner_of, lambda: self.settings, self._no_dedup
        )
        self.webhooks = Webhooks(
            self.store, self.error, owner_of, lambda: self.faults, self._describe
        )
        self.admin = Admin(self)
        self.post.changed = self.webhooks.tell
        self._tokens: dict[str, tuple[float, str]] = {}
        self._tokens_lock = threading.Lock()
        self._stopping, self._planned = threading.Event(), threading.Event()
        self.post.wake = self._planned.set
        super().__init__(**settings)

    def start(self, host: str, port: int) -> None:
        """Listen; what happens later happens by itself."""
        super().start(host, port)
        threading.Thread(target=self._clock, name="sandbox-clock", daemon=True).start()
        self.webhooks.start()

    def stop(self) -> None:
        """Stop listening; what is planned waits for the next start."""
        self._stopping.set()
        self._planned.set()
        super().stop()

    def _clock(self) -> None:
        while not self._stopping.is_set():
            self._planned.clear()
            self.post.settle()
            following = self.store.next_due()
            wait = None if following is None else max(0.02, following - time.time())
            self._planned.wait(wait)
            # A burst of deposits is settled together.
            self._stopping.wait(0.05)

    def _no_dedup(self) -> bool:
        return self.settings["no_dedup"] or self.faults.holds("no_dedup")

    def _describe(self, flow_id: str, version: str) -> dict[str, Any] | None:
        rows = self.store.find(flow_id=flow_id)
        return {**describe(rows[0], version), "owner": rows[0]["owner"]} if rows else None

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
                (f"{flow}/webhooks", ["GET"], "webhook.list", self._versioned(self.webhooks.list)),
                (
                    f"{flow}/webhooks",
                    ["POST"],
                    "webhook.create",
                    self._versioned(self.webhooks.create),
                ),
                (
                    f"{flow}/webhooks/<webhook_id>",
                    ["GET"],
                    "webhook.read",
                    self._versioned(self.webhooks.read),
                ),
                (
                    f"{flow}/webhooks/<webhook_id>",
                    ["PATCH"],
                    "webhook.change",
                    self._versioned(self.webhooks.change),
                ),
                (
                    f"{flow}/webhooks/<webhook_id>",
                    ["DELETE"],
                    "webhook.delete",
                    self._versioned(self.webhooks.delete),
                ),
            ]
        return rules + self.admin.rules()

    def page(self, request: Request) -> Response:
        """What the platform holds, and its switches."""
        return self.admin.page(request)

    def facts(self):
        return {
            "url": self.url,
            "flow_url": f"{self.url}/flow-service",
            "directory_url": f"{self.url}/directory-service",
            "token_url": f"{self.url}/oauth/token",
            **self.credentials[OWN],
            "companies": [
                {
                    "siren": company["siren"],
                    "name": company["name"],
                    **self.credentials[company["siren"]],
                }
                for company in playing()
                if company["siren"] != OWN
            ],
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
            ends, owner = self._tokens.get(token, (0.0, ""))
        if scheme.lower() != "bearer" or ends <= time.monotonic():
            return self.error(401, "MISSING_TOKEN", "The token is missing or no longer valid.")
        wanted = request.headers.get("Organization-Id", "")
        if wanted in self.credentials and wanted != owner:
            # The demonstration's own token serves every company; the others serve their own.
            if owner != OWN:
                return self.error(
                    403, "FORBIDDEN_ACCESS", "This token does not serve that organization."
                )
            owner = wanted
        request.environ["sandbox.owner"] = owner
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
        owner = next(
            (siren for siren, kept in self.credentials.items() if kept["client_id"] == client), ""
        )
        if not owner or not secrets.compare_digest(
            secret.encode(), self.credentials[owner]["client_secret"].encode()
        ):
            return answer(
                {"error": "invalid_client", "error_description": "Client authentication failed."},
                401,
            )
        fault = request.environ.get("sandbox.fault")
        life = 1 if fault and fault.fault == "token_short" else TOKEN_LIFE
        token = secrets.token_urlsafe(32)
        with self._tokens_lock:
            self._tokens[token] = time.monotonic() + life, owner
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
        if wanted.get("lifecycle", "auto") not in ("auto", "platform", "manual"):
            return "lifecycle is auto, platform or manual"
        return super().check_settings(wanted)


def owner_of(request: Request) -> str:
    """For which company a request is made."""
    return request.environ.get("sandbox.owner", OWN)


def _credentials(path: Path) -> dict[str, dict[str, str]]:
    """Credentials by SIREN: made once, kept, so that a database keeps working with a restarted sandbox."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found: dict[str, dict[str, str]] = kept.get("companies", {})
    found[OWN] = {
        "client_id": kept.get("client_id", "efacture-sandbox"),
        "client_secret": kept.get("client_secret") or secrets.token_urlsafe(24),
    }
    for company in playing():
        made = {
            "client_id": f"sandbox-{company['siren']}",
            "client_secret": secrets.token_urlsafe(24),
        }
        found.setdefault(company["siren"], made)
    others = {siren: values for siren, values in found.items() if siren != OWN}
    if kept.get("companies") != others:
        draft = path.with_name(path.name + ".part")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({**found[OWN], "companies": others}), encoding="utf-8")
        draft.replace(path)
    return found
