"""The door to the outside opens on public https and on loopback written as such, nowhere else."""

import gzip
import http.server
import socket
import ssl
import threading
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from connectors import errors, guard
from connectors.hosts import HostMemory
from connectors.session import Limits, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

FORBIDDEN_URLS = [
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "//example.com/",
    "https:///nohost",
    "https://user:password@example.com/",
    "https://example.com\\@127.0.0.1/",
    "https://exa mple.com/",
    "https://example.com/\r\nHost: x",
    "https://example.com:99999/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://[fc00::1]/",
    "https://[::ffff:192.168.1.1]/",
    "",
]
PRIVATE = [
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255",
    "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "194.199.0.1", "2a01:e0c::1", "64:ff9b::808:808"]


def session(**options):
    return Session(memory=HostMemory(), limits=Limits(connect=2, read=2, total=4), **options)


@pytest.mark.parametrize("url", FORBIDDEN_URLS)
def test_an_address_that_is_not_plain_public_https_is_refused_before_any_call(url, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: pytest.fail("resolved"))
    with pytest.raises(errors.AddressForbidden) as caught:
        session().request("GET", url)
    assert not caught.value.left


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address):
    assert not guard.is_public_address(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address):
    assert guard.is_public_address(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_the_same_inside_ipv6(address):
    judged = guard.is_public_address(str(address))
    assert guard.is_public_address(f"::ffff:{address}") == judged
    assert guard.is_public_address(f"64:ff9b::{address}") == judged


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.8.9.10", "[::1]", "LOCALHOST", "localhost."]
)
def test_loopback_is_what_is_written_as_loopback(host):
    assert guard.is_loopback_host(host)


@pytest.mark.parametrize(
    "host",
    ["localhost.example.com", "127.0.0.1.nip.io", "2130706433", "0x7f000001", "0", "10.0.0.1"],
)
def test_a_name_that_may_lead_to_loopback_is_not_loopback(host):
    assert not guard.is_loopback_host(host)


def resolving_to(monkeypatch, *addresses):
    """Make every name lead to these addresses; returns the list of addresses connected to."""
    connected = []
    entries = [
        (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443))
        for a in addresses
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: entries)

    def connect(address, *_rest):
        connected.append(address[0])
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(socket, "create_connection", connect)
    return connected


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.0.1"]
)
def test_a_name_that_leads_to_a_private_address_is_refused_without_connecting(address, monkeypatch):
    connected = resolving_to(monkeypatch, address)
    with pytest.raises(errors.AddressForbidden):
        session().request("GET", "https://platform.example/")
    assert connected == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    connected = resolving_to(monkeypatch, "8.8.8.8", "10.0.0.8")
    with pytest.raises(errors.AddressForbidden):
        session().request("GET", "https://platform.example/")
    assert connected == []


def test_the_address_that_was_judged_is_the_one_connected_to(monkeypatch):
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])  # a name that changes its mind
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *a, **k: [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in next(answers)
        ],
    )
    connected = []

    def connect(address, *_rest):
        connected.append(address[0])
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(errors.NotReachable):
        session().request("GET", "https://platform.example/")
    assert connected == ["8.8.8.8"]


def test_localhost_that_leads_elsewhere_is_refused(monkeypatch):
    connected = resolving_to(monkeypatch, "10.0.0.9")
    with pytest.raises(errors.AddressForbidden):
        session().request("GET", "http://localhost:8080/")
    assert connected == []


def test_an_unknown_name_is_not_reachable_and_nothing_has_left():
    with pytest.raises(errors.NotReachable) as caught:
        session().request("POST", "https://no-such-name.invalid/", data=b"document")
    assert not caught.value.left


def test_a_name_that_is_never_resolved_times_out(monkeypatch):
    waiting = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: waiting.wait(10) and [])
    with pytest.raises(errors.TimedOut) as caught:
        Session(memory=HostMemory(), limits=Limits(connect=0.2, read=1, total=2)).request(
            "GET", "https://slow-name.example/"
        )
    waiting.set()
    assert not caught.value.left


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    connected = resolving_to(monkeypatch, "8.8.4.4")
    with pytest.raises(errors.NotReachable):
        session().request("GET", "https://platform.example/")
    assert connected == ["8.8.4.4"]


def redirecting(monkeypatch, target):
    """A loopback server that the session takes for a public one, answering with a redirection."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(dict(self.headers))
            self.send_response(302 if self.path == "/start" else 200)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    seen = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, seen


@pytest.mark.parametrize(
    "target",
    [
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "http://example.com/",
        "file:///etc/passwd",
    ],
)
def test_a_redirection_is_judged_like_a_first_address(target, monkeypatch):
    server, _seen = redirecting(monkeypatch, target)
    try:
        with pytest.raises(errors.AddressForbidden):
            session().request("GET", f"http://127.0.0.1:{server.server_port}/start")
    finally:
        server.shutdown()


def test_a_public_server_cannot_redirect_to_this_machine():
    door = session()
    prepared = door._prepare("GET", "https://platform.example/a", None, {}, None, None, None)
    with pytest.raises(errors.AddressForbidden):
        door._redirected(prepared, "http://127.0.0.1:8069/web", first_loopback=False)


def test_a_redirection_that_only_becomes_loopback_when_normalised_is_refused():
    door = session()
    prepared = door._prepare("GET", "https://platform.example/a", None, {}, None, None, None)
    with pytest.raises(errors.AddressForbidden):
        door._redirected(prepared, "https://\u24db\u24de\u24d2\u24d0lhost/", first_loopback=False)


def test_the_connection_itself_refuses_this_machine_for_a_call_that_began_elsewhere(sandbox):
    door = session()
    url = sandbox.facts["register"]["url"] + "/search?q=nivelle"
    with pytest.raises(errors.AddressForbidden), guard.running(guard.Clock(2, loopback=False)):
        door._requests.get(url)
    with guard.running(guard.Clock(2, loopback=True)):
        assert door._requests.get(url).status_code == 200


def test_the_connection_itself_refuses_plain_http_to_others(monkeypatch):
    connected = resolving_to(monkeypatch, "8.8.8.8")
    with pytest.raises(errors.AddressForbidden), guard.running(guard.Clock(2)):
        session()._requests.get("http://platform.example/")
    assert connected == []


@pytest.mark.parametrize("value", ["line\nbreak-of-secret", "snowman \u2603 of-secret"])
def test_a_header_that_cannot_be_sent_is_refused_without_showing_it(value):
    with pytest.raises(errors.AddressForbidden) as caught:
        session().request("GET", "https://platform.example/", headers={"customer-id": value})
    assert "of-secret" not in str(caught.value) and not caught.value.left


def test_a_bomb_of_zeros_is_not_unpacked():
    content = gzip.compress(bytes(64 * 1024 * 1024), 9)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tracemalloc.start()
    try:
        with pytest.raises(errors.TooLarge, match="longer"):
            session().request(
                "GET", f"http://127.0.0.1:{server.server_port}/", limits=Limits(max_bytes=1_000_000)
            )
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()
        server.shutdown()


def test_no_header_of_ours_follows_a_redirection_to_another_server():
    door = session()
    headers = {
        "Authorization": "Bearer abcdefgh",
        "customer-id": "42",
        "Accept": "application/json",
    }
    prepared = door._prepare("GET", "https://platform.example/a", None, headers, None, None, None)
    elsewhere = door._redirected(prepared, "https://other.example/b", first_loopback=False)
    assert "Authorization" not in elsewhere.headers and "customer-id" not in elsewhere.headers
    assert elsewhere.headers["Accept"] == "application/json"
    same = door._redirected(prepared, "/b", first_loopback=False)
    assert same.headers["Authorization"] == "Bearer abcdefgh"


def test_a_certificate_that_nobody_signed_is_not_accepted(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "cert.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(errors.NotReachable, match="secure connection") as caught:
            session().request("POST", f"https://localhost:{server.server_port}/", data=b"document")
        assert not caught.value.left
    finally:
        server.shutdown()
