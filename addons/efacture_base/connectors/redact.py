"""Secrets out of anything that is shown or logged; what remains is names, lengths and fingerprints."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

HIDDEN = "[hidden]"
# Headers that hold no secret and may be named with their value; all others are named with their length.
PLAIN_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-type",
        "content-length",
        "user-agent",
        "request-id",
        "x-request-id",
    }
)
_NAMES = r"(?:access_token|refresh_token|id_token|client_secret|clientSecret|password|userPassword|passwd|secret|signingKey|api[_-]?key|assertion|authorization)"
_PATTERNS = (
    re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}"),
    re.compile(
        rf"""(?i)(["']?{_NAMES}["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s&,;}}"'<]+)"""
    ),
    re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"),
    re.compile(r"(?i)(https?://)[^/\s:@]+:[^/\s@]+@"),
)


def fingerprint(content: bytes | str) -> str:
    """First 12 hex digits of the SHA-256 of a content: enough to recognise it, useless to rebuild it."""
    if isinstance(content, str):
        content = content.encode()
    return hashlib.sha256(content).hexdigest()[:12]


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` with the given secrets, and anything that looks like one, replaced by `[hidden]`."""
    # A copy first: another thread may be adding a secret to the set.
    for secret in sorted({s for s in tuple(secrets) if s and len(s) >= 4}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    text = _PATTERNS[0].sub(lambda m: f"{m[1]} {HIDDEN}", text)
    text = _PATTERNS[1].sub(lambda m: f"{m[1]}{HIDDEN}", text)
    text = _PATTERNS[2].sub(HIDDEN, text)
    return _PATTERNS[3].sub(rf"\1{HIDDEN}@", text)


def describe_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names of headers with their value where it is harmless, else with its length."""
    return {
        name: value if name.lower() in PLAIN_HEADERS else f"({len(value)} characters)"
        for name, value in headers
    }
