"""Notifications of a platform: check that a call really comes from it. A notification is only a hint to ask the platform.

Source: AFNOR XP Z12-013, Swagger annexes 1.2.0 and 1.3.0 (§ webhooks of our specification). What the annex leaves open is a setting here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

# Why a call is not believed.
NO_SIGNATURE, BAD_SIGNATURE, STALE, NO_KEY = "no_signature", "bad_signature", "stale", "no_key"
MAX_BODY = 256 * 1024


@dataclass(frozen=True)
class SignatureRules:
    """What the annex does not say. `fingerprint`: what of it enters the HMAC (`raw` bytes or `hex` text); `key`: how the key is written
    (`base64` or `text`); `window`: seconds a timestamp may be away from our clock."""

    fingerprint: str = "raw"
    key: str = "base64"
    window: float = 300.0


DEFAULT_RULES = SignatureRules()


def verify_webhook(
    body: bytes,
    headers: Mapping[str, str],
    key: str,
    version: str,
    now: float,
    rules: SignatureRules = DEFAULT_RULES,
) -> str:
    """Say why a call is not believed; empty when it is.

    :param body: the body as it came, byte for byte.
    :param headers: of the call; names in any case.
    :param key: as the platform gave it (1.3) or as we gave it to the platform (1.2).
    :param version: `1.2` (header `Signature`: HMAC-SHA-256 of the body) or `1.3` (`Afnor-Signature`: HMAC-SHA-256 of SHA-256(body + "@" + epoch seconds)).
    :param now: seconds since 1970, UTC.
    """
    secret = _key(key, rules)
    if not secret:
        return NO_KEY
    found = {name.lower(): value for name, value in headers.items()}
    if version != "1.3":
        return _compare(hmac.new(secret, body, hashlib.sha256).digest(), found.get("signature", ""))
    signature, stamp = found.get("afnor-signature", ""), found.get("afnor-signature-timestamp", "")
    if not signature or not stamp:
        return NO_SIGNATURE
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return STALE
    # The moment is judged last: a wrong signature says nothing of our clock to whoever guesses.
    fingerprint = hashlib.sha256(body + b"@" + stamp.encode())
    content = (
        fingerprint.digest() if rules.fingerprint == "raw" else fingerprint.hexdigest().encode()
    )
    wrong = _compare(hmac.new(secret, content, hashlib.sha256).digest(), signature)
    return wrong or (STALE if abs(now - int(stamp)) > rules.window else "")


def _key(text: str, rules: SignatureRules) -> bytes:
    if rules.key == "text":
        return text.encode()
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _compare(expected: bytes, given: str) -> str:
    if not given:
        return NO_SIGNATURE
    try:
        told = base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        return BAD_SIGNATURE
    return "" if hmac.compare_digest(expected, told) else BAD_SIGNATURE
