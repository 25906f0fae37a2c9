"""Settings and transport of the AFNOR XP Z12-013 client: bearer token, headers of the chosen version, error bodies.

Nothing on the wire announces the version: it is a setting. We write strictly what the chosen version allows and read tolerantly.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .errors import ConnectorError, NotAuthorized
from .oauth import PROCESS_TOKENS, Credentials, TokenCache
from .session import Answer, Limits, Session

VERSIONS = ("1.1", "1.2", "1.3")


@dataclass(frozen=True)
class AfnorSettings:
    """Where a platform is and as whom we come. URLs without the `/v1` part.

    `organization_id`: for which company we act when one token serves several (1.2 and later); `extra_headers`: what a platform adds.
    """

    flow_base_url: str
    directory_base_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    api_version: str = "1.2"
    organization_id: str = ""
    extra_headers: dict[str, str] = field(default_factory=dict, repr=False)
    scope: str = ""
    token_method: str = "body"

    def __post_init__(self) -> None:
        version = ".".join(self.api_version.split(".")[:2])
        if version not in VERSIONS:
            raise ValueError(
                f"api_version is one of {', '.join(VERSIONS)}, not {self.api_version!r}"
            )
        object.__setattr__(self, "api_version", version)

    @property
    def credentials(self) -> Credentials:
        """The OAuth2 part."""
        return Credentials(
            self.token_url, self.client_id, self.client_secret, self.scope, self.token_method
        )

    def at_least(self, version: str) -> bool:
        """True when the platform speaks this version or a later one."""
        return VERSIONS.index(self.api_version) >= VERSIONS.index(version)


class AfnorTransport:
    """Authenticated calls to one platform."""

    def __init__(
        self,
        settings: AfnorSettings,
        session: Session | None = None,
        tokens: TokenCache | None = None,
    ) -> None:
        self.settings = settings
        self.session = session or Session()
        self.session.secrets.update({settings.client_secret, *settings.extra_headers.values()})
        self.tokens = tokens or PROCESS_TOKENS

    def headers(self, token: str) -> dict[str, str]:
        """Headers of one call in the chosen version."""
        headers = {**self.settings.extra_headers, "Authorization": f"Bearer {token}"}
        if self.settings.at_least("1.2"):
            headers["Request-Id"] = str(uuid.uuid4())
            if self.settings.organization_id:
                headers["Organization-Id"] = self.settings.organization_id
        else:
            headers["X-Request-Id"] = str(uuid.uuid4())
        return headers

    def call(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        params: dict[str, Any] | None = None,
        files: Any = None,
        accept: Iterable[int] = (200,),
        headers: dict[str, str] | None = None,
        limits: Limits | None = None,
        fresh: bool = False,
        private: bool = False,
    ) -> Answer:
        """Call with a token; a token refused once (401) is renewed and the call made again, as a 401 leaves nothing behind."""
        for attempt in (1, 2):
            token = self._token()
            try:
                return self.session.request(
                    method,
                    url,
                    json=json,
                    params=params,
                    files=files,
                    accept=accept,
                    headers={**self.headers(token), **(headers or {})},
                    limits=limits,
                    fresh=fresh,
                    private=private,
                )
            except NotAuthorized as error:
                if error.status == 401:
                    self.tokens.drop(self.settings.credentials, token)
                    if attempt == 1:
                        continue
                raise
        raise AssertionError("unreachable")

    def _token(self) -> str:
        try:
            return self.tokens.get(self.settings.credentials, self.session)
        except ConnectorError as error:
            # Whatever became of the question for a token, the call itself was not made.
            error.left = False
            raise

    def flow_url(self, path: str) -> str:
        """Address in the Flow Service."""
        return self.settings.flow_base_url.rstrip("/") + path

    def directory_url(self, path: str) -> str:
        """Address in the Directory Service."""
        return self.settings.directory_base_url.rstrip("/") + path
