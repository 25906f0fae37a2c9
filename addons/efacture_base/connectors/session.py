"""The one door to the outside: an HTTP session that keeps to the rules of quality.md, *Closed*.

In: a method, an `https` address, plain values. Out: an `Answer` (status, headers, bytes) or a typed error of `errors.py` whose `left` says whether
the request may have arrived. Time is limited per step and for the whole call, the answer in size; redirections are followed for GET only and
judged like first addresses; secrets never reach an error text or the call log.
"""

from __future__ import annotations

import contextlib
import email.utils
import json as jsonlib
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.exceptions import (
    ChunkedEncodingError,
    ConnectTimeout,
    ContentDecodingError,
    RequestException,
    SSLError,
)
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
)

from . import errors
from .guard import Clock, GuardedAdapter, check_url, is_loopback_host, running
from .hosts import PROCESS_MEMORY, HostMemory
from .redact import describe_headers, fingerprint, redact

USER_AGENT = "eFacture/19.0 (Odoo; LGPL-3)"
MAX_REDIRECTS = 3
MAX_RETRY_AFTER = 24 * 3600.0


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, seconds without a byte, seconds for the whole call, bytes of the answer (decoded)."""

    connect: float = 5.0
    read: float = 20.0
    total: float = 45.0
    max_bytes: int = 10 * 1024 * 1024


@dataclass(frozen=True)
class CallRecord:
    """One call as the log may keep it: names, lengths and fingerprints, never a secret nor a content."""

    method: str
    host: str
    path: str
    query_names: tuple[str, ...]
    headers: dict[str, str]
    request_id: str
    request_length: int
    request_fingerprint: str
    status: int | None
    answer_length: int
    answer_fingerprint: str
    seconds: float
    error: str


@dataclass(frozen=True)
class Answer:
    """A complete answer. `headers` has lower-case names."""

    status: int
    headers: dict[str, str]
    content: bytes
    url: str
    request_id: str = ""

    def json(self) -> Any:
        """The content as JSON; raises `BadAnswer` when it is something else (a proxy's HTML page…)."""
        try:
            return jsonlib.loads(self.content)
        except (ValueError, RecursionError):
            kind = self.headers.get("content-type", "unknown type")
            raise errors.BadAnswer(
                f"expected JSON, got {kind} ({len(self.content)} bytes)",
                host=urlsplit(self.url).hostname or "",
                left=True,
            )


class _PlainSession(requests.Session):
    """requests without redirections: it would read their bodies without limit, and follow them unjudged."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def _open_session() -> requests.Session:
    session = _PlainSession()
    # No proxy and no .netrc from the environment: they would go round the guard.
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, GuardedAdapter(max_retries=0))
    return session


@dataclass
class Session:
    """An HTTP session. Cheap to make; close it, or use it in `with`.

    `secrets`: strings to hide wherever they might appear; `on_call`: receives a `CallRecord` after each call; `memory`: Retry-After, circuit
    breaker and rate limits, shared by the process unless given.
    """

    limits: Limits = field(default_factory=Limits)
    user_agent: str = USER_AGENT
    on_call: Callable[[CallRecord], None] | None = None
    memory: HostMemory = field(default_factory=lambda: PROCESS_MEMORY)
    secrets: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._requests = _open_session()

    def close(self) -> None:
        """Close kept-alive connections."""
        self._requests.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: Any = None,
        files: Any = None,
        accept: Iterable[int] = (200,),
        limits: Limits | None = None,
        patience: float = 0.0,
        private: bool = False,
        fresh: bool = False,
    ) -> Answer:
        """Call and return the whole answer, whose status is one of `accept`.

        `patience`: seconds we may wait first when the server asked us to come back later. `private`: leave no fingerprints of the contents.
        `fresh`: on a new connection (one that was kept alive may have just been closed, which would leave us in doubt about a document).
        Raises the errors of `errors.py`.
        """
        limits = limits or self.limits
        request_id = next(
            (v for k, v in (headers or {}).items() if k.lower() in ("request-id", "x-request-id")),
            str(uuid.uuid4()),
        )
        sent = {"User-Agent": self.user_agent, "Accept": "application/json", **(headers or {})}
        prepared = self._prepare(method, url, params, sent, json, data, files)
        host = host_key(prepared.url)
        started = time.monotonic()
        answer: Answer | None = None
        failure: errors.ConnectorError | None = None
        try:
            self.memory.enter(host, patience=patience)
            loopback = is_loopback_host(urlsplit(prepared.url).hostname or "")
            with (
                running(Clock(limits.total, loopback=loopback)) as clock,
                self._sender(fresh) as sender,
            ):
                answer = self._exchange(sender, prepared, limits, clock, request_id)
            self._judge(answer, frozenset(accept), host)
            return answer
        except errors.ConnectorError as error:
            failure = self._cleaned(error, host)
            raise failure from None
        finally:
            self._report(prepared, answer, failure, request_id, time.monotonic() - started, private)

    def _prepare(self, method, url, params, headers, json, data, files) -> requests.PreparedRequest:
        check_url(url)
        try:
            request = requests.Request(
                method, url, params=params, headers=headers, json=json, data=data, files=files
            )
            prepared = self._requests.prepare_request(request)
            for value in prepared.headers.values():
                value if isinstance(value, bytes) else value.encode("latin-1")
        except (RequestException, LocationParseError, UnicodeError, ValueError):
            # The library's text may hold a header's value: ours does not.
            raise errors.AddressForbidden(
                "the address, or a header, holds characters that cannot be sent"
            )
        check_url(prepared.url)  # as the library normalised it
        return prepared

    @contextlib.contextmanager
    def _sender(self, fresh: bool) -> Iterator[requests.Session]:
        if not fresh:
            yield self._requests
            return
        with _open_session() as sender:
            yield sender

    def _exchange(
        self,
        sender: requests.Session,
        prepared: requests.PreparedRequest,
        limits: Limits,
        clock: Clock,
        request_id: str,
    ) -> Answer:
        """Send, follow redirections of GET, read the whole answer."""
        for _hop in range(MAX_REDIRECTS + 1):
            host = host_key(prepared.url)
            try:
                with sender.send(
                    prepared,
                    stream=True,
                    allow_redirects=False,
                    timeout=(
                        min(limits.connect, clock.left()) or 0.001,
                        min(limits.read, clock.left()) or 0.001,
                    ),
                ) as response:
                    target = response.headers.get("Location")
                    if not (response.is_redirect and target and prepared.method == "GET"):
                        content = self._read(response, limits, clock, host)
                        found = {name.lower(): value for name, value in response.headers.items()}
                        return Answer(
                            response.status_code, found, content, prepared.url, request_id
                        )
            except (RequestException, HTTPError, OSError) as error:
                raise self._translated(error, clock, host)
            prepared = self._redirected(prepared, target, clock.loopback)
        raise errors.BadAnswer(f"more than {MAX_REDIRECTS} redirections", host=host, left=True)

    def _redirected(
        self, prepared: requests.PreparedRequest, target: str, first_loopback: bool
    ) -> requests.PreparedRequest:
        following = prepared.copy()
        url = urljoin(prepared.url, target)
        check_url(url)
        try:
            following.prepare_url(url, None)
        except (RequestException, LocationParseError, UnicodeError, ValueError):
            raise errors.AddressForbidden("redirected to something that is no address")
        url = following.url
        new_host = check_url(url)
        if is_loopback_host(new_host) and not first_loopback:
            raise errors.AddressForbidden("redirected to this machine", host=new_host)
        if _origin(url) != _origin(prepared.url):
            # Nothing of ours follows to another server, not even extra headers.
            kept = ("user-agent", "accept", "accept-encoding")
            following.headers = requests.structures.CaseInsensitiveDict(
                {name: value for name, value in prepared.headers.items() if name.lower() in kept}
            )
        return following

    def _read(self, response: requests.Response, limits: Limits, clock: Clock, host: str) -> bytes:
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > limits.max_bytes:
            raise errors.TooLarge(
                f"the answer announces {announced} bytes, {limits.max_bytes} allowed",
                host=host,
                left=True,
            )
        parts, length = [], 0
        for part in response.iter_content(65536):
            length += len(part)
            if length > limits.max_bytes:
                raise errors.TooLarge(
                    f"the answer is longer than {limits.max_bytes} bytes", host=host, left=True
                )
            if clock.expired:
                raise errors.TimedOut(
                    f"no complete answer within {clock.seconds:g} s", host=host, left=True
                )
            parts.append(part)
        if clock.expired:
            raise errors.TimedOut(
                f"no complete answer within {clock.seconds:g} s", host=host, left=True
            )
        return b"".join(parts)

    def _translated(self, error: Exception, clock: Clock, host: str) -> errors.ConnectorError:
        """The typed error for one of the libraries'."""
        if clock.expired or clock.left() <= 0:
            return errors.TimedOut(
                f"no complete answer within {clock.seconds:g} s", host=host, left=clock.sent
            )
        reason = getattr(error.args[0] if error.args else None, "reason", None) or error
        if isinstance(reason, NewConnectionError):
            return errors.NotReachable(f"no connection: {_brief(reason)}", host=host, left=False)
        if isinstance(error, ConnectTimeout) or isinstance(reason, ConnectTimeoutError):
            return errors.TimedOut(
                "the connection could not be opened in time", host=host, left=False
            )
        if isinstance(error, requests.Timeout | TimeoutError):
            return errors.TimedOut("the server went silent", host=host, left=clock.sent)
        if isinstance(error, SSLError):
            return errors.NotReachable(
                f"the secure connection failed: {_brief(reason)}", host=host, left=clock.sent
            )
        if isinstance(error, ChunkedEncodingError | ContentDecodingError):
            return errors.NotReachable("the answer was cut short", host=host, left=True)
        if "timed out" in str(reason).lower():
            return errors.TimedOut("the server went silent", host=host, left=clock.sent)
        return errors.NotReachable(
            f"the connection was cut: {_brief(reason)}", host=host, left=clock.sent
        )

    def _judge(self, answer: Answer, accept: frozenset[int], host: str) -> None:
        """Raise the typed error for a status that was not expected."""
        retry_after = parse_retry_after(answer.headers.get("retry-after"))
        status = answer.status
        if status in accept:
            self.memory.answered(host)
            return
        code, text = _error_body(answer)
        details = {"status": status, "code": code, "host": host, "explained": bool(code or text)}
        text = text or f"HTTP {status}"
        if status == 429 or (status == 503 and retry_after):
            self.memory.answered(host, retry_after=retry_after if retry_after is not None else 1.0)
            raise errors.Busy(text, retry_after=retry_after, **details)
        if status >= 500:
            self.memory.failed(host)
            raise errors.ServerFault(text, retry_after=retry_after, **details)
        self.memory.answered(host)
        if status in (401, 403):
            raise errors.NotAuthorized(text, **details)
        if status == 404:
            raise errors.NotFound(text, **details)
        raise errors.Refused(text, **details)

    def _cleaned(self, error: errors.ConnectorError, host: str) -> errors.ConnectorError:
        """The same error without secrets; tells the memory of failures that came before any answer."""
        if isinstance(error, errors.NotReachable | errors.TimedOut) and not isinstance(
            error, errors.CircuitOpen
        ):
            self.memory.failed(host)
        elif isinstance(error, errors.AddressForbidden | errors.TooLarge | errors.BadAnswer):
            self.memory.released(host)
        error.text = redact(error.text, self.secrets)
        error.args = (error.text,)
        return error

    def _report(self, prepared, answer, failure, request_id, seconds, private) -> None:
        if self.on_call is None:
            return
        body = prepared.body or b""
        body = body.encode() if isinstance(body, str) else body
        parts = urlsplit(prepared.url)
        content = answer.content if answer else b""
        self.on_call(
            CallRecord(
                method=prepared.method,
                host=parts.netloc,
                path=redact(parts.path, self.secrets),
                query_names=tuple(pair.split("=", 1)[0] for pair in parts.query.split("&") if pair),
                headers=describe_headers(prepared.headers.items()),
                request_id=request_id,
                request_length=len(body),
                request_fingerprint=fingerprint(body) if body and not private else "",
                status=answer.status if answer else getattr(failure, "status", None),
                answer_length=len(content),
                answer_fingerprint=fingerprint(content) if content and not private else "",
                seconds=round(seconds, 4),
                error=f"{failure.kind}: {failure.text}" if failure else "",
            )
        )


def parse_retry_after(value: str | None) -> float | None:
    """Seconds to wait from a Retry-After header (seconds or an HTTP date); None when absent or unreadable; at most a day."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(value)
        except (ValueError, TypeError):
            return None
        seconds = moment.timestamp() - time.time()
    if seconds != seconds:  # nan
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def host_key(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, host_key(url)


def _brief(error: object) -> str:
    """The last, telling part of a library's error text."""
    return str(error).rsplit(": ", 1)[-1].strip(" )'\"(")[:200]


def _error_body(answer: Answer) -> tuple[str, str]:
    """Code and sentence of an error answer: AFNOR, RFC 9457, OAuth and register shapes; HTML gives nothing."""
    try:
        body = jsonlib.loads(answer.content)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    code = body.get("errorCode") or body.get("code") or body.get("error") or ""
    text = (
        body.get("errorMessage")
        or body.get("message")
        or body.get("error_description")
        or body.get("erreur")
        or body.get("details")
        or ""
    )
    return str(code)[:100], str(text or code)[:500]
