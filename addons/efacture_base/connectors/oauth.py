"""OAuth2 client credentials: one token per (address, client), renewed by one caller at a time.

Source of the rules: RFC 6749 §4.4 and §5, RFC 6750; specs of AFNOR XP Z12-013 §2.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from .errors import BadAnswer, NotAuthorized, Refused
from .redact import fingerprint
from .session import Session

# Seconds before its end at which a token is no longer used, so that it does not end on the way.
MARGIN = 30.0
_CREDENTIAL_ERRORS = frozenset(
    {"invalid_client", "unauthorized_client", "invalid_grant", "access_denied"}
)


@dataclass(frozen=True)
class Credentials:
    """Where and as whom to ask. `method`: `body` (client_secret_post) or `basic` (client_secret_basic)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    method: str = "body"

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two credentials the same; the secret only by its fingerprint."""
        return self.token_url, self.client_id, fingerprint(self.client_secret), self.scope


@dataclass
class _Entry:
    token: str = ""
    ends: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class TokenCache:
    """Tokens in memory. Losing it costs one more token."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._entries: dict[tuple[str, str, str, str], _Entry] = {}
        self._lock = threading.Lock()

    def get(self, credentials: Credentials, session: Session) -> str:
        """A token that still holds, asked for when needed. While one caller asks, the others wait and take its token."""
        return self._get(credentials, session, fresh=False)

    def renew(self, credentials: Credentials, session: Session) -> str:
        """A token asked for now, whatever we hold: credentials revoked since the last one must show."""
        return self._get(credentials, session, fresh=True)

    def _get(self, credentials: Credentials, session: Session, *, fresh: bool) -> str:
        entry = self._entry(credentials)
        with entry.lock:
            if fresh or not entry.token or self._now() >= entry.ends:
                entry.token = ""
                started = self._now()
                entry.token, lasts = request_token(credentials, session)
                entry.ends = started + max(lasts - MARGIN, lasts / 2)
            session.secrets.update((entry.token, credentials.client_secret))
            return entry.token

    def drop(self, credentials: Credentials, token: str) -> None:
        """Forget a token that was refused, unless another caller has replaced it already."""
        entry = self._entry(credentials)
        with entry.lock:
            if entry.token == token:
                entry.token = ""

    def forget(self) -> None:
        """Forget all tokens."""
        with self._lock:
            self._entries.clear()

    def _entry(self, credentials: Credentials) -> _Entry:
        with self._lock:
            return self._entries.setdefault(credentials.key, _Entry())


# One cache per process: a token serves every connector of the same account.
PROCESS_TOKENS = TokenCache()


def request_token(credentials: Credentials, session: Session) -> tuple[str, float]:
    """Ask for a token; return it with its life in seconds.

    Raises `NotAuthorized` when the credentials are refused (400 and 401 alike), `BadAnswer` when the answer holds no bearer token, and the errors
    of the session.
    """
    session.secrets.add(credentials.client_secret)
    form = {"grant_type": "client_credentials"}
    headers = {}
    if credentials.scope:
        form["scope"] = credentials.scope
    if credentials.method == "basic":
        pair = (
            f"{quote(credentials.client_id, safe='')}:{quote(credentials.client_secret, safe='')}"
        )
        encoded = base64.b64encode(pair.encode()).decode()
        session.secrets.add(encoded)
        headers["Authorization"] = f"Basic {encoded}"
    else:
        form.update(client_id=credentials.client_id, client_secret=credentials.client_secret)
    try:
        answer = session.request(
            "POST",
            credentials.token_url,
            data=form,
            headers=headers,
            accept=(200, 201),
            private=True,
        )
    except Refused as error:
        if error.status in (400, 401) and (error.status == 401 or error.code in _CREDENTIAL_ERRORS):
            raise NotAuthorized(
                error.text, status=error.status, code=error.code, host=error.host
            ) from None
        raise
    body = answer.json()
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not token:
        raise BadAnswer("the token service answered without a token", left=True)
    if str(body.get("token_type", "bearer")).lower() != "bearer":
        raise BadAnswer(
            "the token service answered with another kind of token than bearer", left=True
        )
    session.secrets.add(token)
    try:
        lasts = float(body.get("expires_in") or 300)
    except (TypeError, ValueError):
        lasts = 300.0
    return token, max(lasts, 1.0)
