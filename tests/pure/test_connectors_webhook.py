"""Notifications: a call is believed when its signature is the platform's, and only then."""

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from connectors import errors
from connectors.afnor import AfnorClient, AfnorSettings
from connectors.contract import Capability
from connectors.hosts import HostMemory
from connectors.oauth import TokenCache
from connectors.session import Session
from connectors.webhook import (
    BAD_SIGNATURE,
    NO_KEY,
    NO_SIGNATURE,
    STALE,
    SignatureRules,
    verify_webhook,
)
from hypothesis import given
from hypothesis import strategies as st

KEY = base64.b64encode(b"k" * 32).decode()
NOW = 1_800_000_000


def sign_13(body, stamp=NOW, key=b"k" * 32, hexadecimal=False):
    """Written again from the annex: SHA-256 of body@epoch, then HMAC, then base64."""
    fingerprint = hashlib.sha256(body + f"@{stamp}".encode())
    content = fingerprint.hexdigest().encode() if hexadecimal else fingerprint.digest()
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {"Afnor-Signature": signature, "Afnor-Signature-Timestamp": str(stamp)}


def sign_12(body, key=b"k" * 32):
    return {"Signature": base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()}


def test_a_signed_call_is_believed_for_five_minutes():
    headers = sign_13(b"{}")
    assert verify_webhook(b"{}", headers, KEY, "1.3", NOW) == ""
    assert verify_webhook(b"{}", headers, KEY, "1.3", NOW + 300) == ""
    assert verify_webhook(b"{}", headers, KEY, "1.3", NOW + 301) == STALE
    assert verify_webhook(b"{}", headers, KEY, "1.3", NOW - 301) == STALE
    lower = {name.lower(): value for name, value in headers.items()}
    assert verify_webhook(b"{}", lower, KEY, "1.3", NOW) == "", "names of headers have no case"
    assert verify_webhook(b"{}", sign_12(b"{}"), KEY, "1.2", NOW) == ""


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_another_key_another_body_or_none_are_not_believed(version):
    sign = sign_12 if version == "1.2" else sign_13
    good = sign(b"{}")
    assert verify_webhook(b"{} ", good, KEY, version, NOW) == BAD_SIGNATURE
    assert verify_webhook(b"{}", sign(b"{}", key=b"x" * 32), KEY, version, NOW) == BAD_SIGNATURE
    assert verify_webhook(b"{}", {}, KEY, version, NOW) == NO_SIGNATURE
    assert verify_webhook(b"{}", good, "", version, NOW) == NO_KEY
    assert verify_webhook(b"{}", good, "not base64 é", version, NOW) == NO_KEY
    name = "Signature" if version == "1.2" else "Afnor-Signature"
    assert verify_webhook(b"{}", {**good, name: "é"}, KEY, version, NOW) == BAD_SIGNATURE


def test_the_moment_is_part_of_what_is_signed():
    headers = sign_13(b"{}", NOW - 3600)
    assert verify_webhook(b"{}", headers, KEY, "1.3", NOW) == STALE
    moved = {**headers, "Afnor-Signature-Timestamp": str(NOW)}
    assert verify_webhook(b"{}", moved, KEY, "1.3", NOW) == BAD_SIGNATURE
    for stamp in ("", "soon", "-1", "9" * 13, "²"):
        told = {**headers, "Afnor-Signature-Timestamp": stamp}
        assert verify_webhook(b"{}", told, KEY, "1.3", NOW) in (STALE, NO_SIGNATURE)


def test_what_the_annex_leaves_open_is_a_setting():
    rules = SignatureRules(fingerprint="hex", key="text")
    headers = sign_13(b"{}", key=b"plain", hexadecimal=True)
    assert verify_webhook(b"{}", headers, "plain", "1.3", NOW, rules) == ""
    assert verify_webhook(b"{}", headers, "plain", "1.3", NOW) != ""


@given(
    st.binary(max_size=200), st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=4)
)
def test_nothing_made_up_is_believed_nor_breaks_anything(body, headers):
    for version in ("1.2", "1.3"):
        assert verify_webhook(body, headers, KEY, version, NOW)


# On the platform


@pytest.fixture
def listener():
    """An address of ours; what it was told."""
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            calls.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", calls
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["1.2", "1.3"])
def client(request, sandbox):
    made = client_of(sandbox, request.param)
    yield made
    for webhook_id in made.list_webhooks():
        made.delete_webhook(webhook_id)


def client_of(sandbox, version):
    facts = sandbox.facts["pa"]
    base = f"{facts['url']}/{version}"
    settings = AfnorSettings(
        f"{base}/flow-service",
        f"{base}/directory-service",
        facts["token_url"],
        facts["client_id"],
        facts["client_secret"],
        version,
    )
    return AfnorClient(settings, Session(memory=HostMemory()), TokenCache())


def arrive(sandbox, count=1):
    for _number in range(count):
        sandbox.post("pa", "send", {"number": uuid.uuid4().hex[:12]})


def wait_for(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "nobody called"
        time.sleep(0.02)


def test_the_platform_calls_when_something_arrives(sandbox, client, listener):
    url, calls = listener
    subscription = client.create_webhook(url)
    assert set(client.list_webhooks()) == set(subscription.ids) and subscription.ids
    arrive(sandbox)
    wait_for(lambda: calls)
    headers, body = calls[0]
    assert json.loads(body)["flowType"] == "SupplierInvoice"
    version = client.settings.api_version
    assert verify_webhook(body, headers, subscription.key, version, time.time()) == ""
    other = base64.b64encode(b"z" * 32).decode()
    assert verify_webhook(body, headers, other, version, time.time()) == BAD_SIGNATURE
    for webhook_id in subscription.ids:
        client.delete_webhook(webhook_id)
        client.delete_webhook(webhook_id)  # gone is gone
    assert client.list_webhooks() == ()


@pytest.mark.parametrize(
    ("fault", "told"),
    [("bad_signature", BAD_SIGNATURE), ("no_signature", NO_SIGNATURE), ("stale_timestamp", STALE)],
)
def test_a_call_that_is_not_right_is_not_believed(sandbox, client, listener, fault, told):
    url, calls = listener
    version = client.settings.api_version
    subscription = client.create_webhook(url)
    sandbox.fault("pa", fault, operation="webhook")
    arrive(sandbox)
    wait_for(lambda: calls)
    headers, body = calls[0]
    wanted = "" if (version, fault) == ("1.2", "stale_timestamp") else told  # 1.2 signs no moment
    assert verify_webhook(body, headers, subscription.key, version, time.time()) == wanted


def test_a_replayed_call_is_the_same_hint_twice(sandbox, client, listener):
    url, calls = listener
    client.create_webhook(url)
    sandbox.fault("pa", "replay", operation="webhook")
    arrive(sandbox)
    wait_for(lambda: len(calls) == 2)
    assert calls[0] == calls[1]


def test_only_what_arrives_for_us_is_told(sandbox, client, listener):
    from connectors.contract import Document

    url, calls = listener
    client.create_webhook(url)
    client.submit(Document(b"<a/>", "a.xml", "CII"), uuid.uuid4().hex)
    sandbox.post("pa", "send", {"from": "999120348", "to": "990234171"})
    arrive(sandbox)
    wait_for(lambda: calls)
    assert {json.loads(body)["flowDirection"] for _headers, body in calls} == {"In"}
    assert len(calls) == 1


def test_a_half_made_subscription_is_given_up(sandbox, listener, monkeypatch):
    client = client_of(sandbox, "1.2")
    real, made = client.webhooks._post, []

    def post(body):
        if len(made) == 2:
            raise errors.TimedOut("no answer", left=True)
        made.append(body)
        return real(body)

    monkeypatch.setattr(client.webhooks, "_post", post)
    with pytest.raises(errors.TimedOut):
        client.create_webhook(listener[0])
    assert client.list_webhooks() == ()


def test_the_key_is_in_no_record_of_a_call(sandbox, listener):
    records = []
    client = client_of(sandbox, "1.3")
    client.http.session.on_call = records.append
    subscription = client.create_webhook(listener[0])
    assert subscription.key not in repr(subscription)
    assert records and all(subscription.key not in repr(record) for record in records)
    client.delete_webhook(subscription.ids[0])


def test_the_first_version_has_no_notifications(sandbox):
    client = client_of(sandbox, "1.1")
    assert "no notifications" in client.why_not(Capability.WEBHOOK)
    with pytest.raises(errors.NotSupported, match="no notifications"):
        client.create_webhook("https://example.com/hook")
