"""Calls that go wrong: each fault of the sandbox ends in its own typed error, in time, without secrets."""

import http.server
import threading
import time

import pytest
from connectors import errors
from connectors.hosts import HostMemory
from connectors.redact import HIDDEN, redact
from connectors.session import CallRecord, Limits, Session, parse_retry_after
from hypothesis import given
from hypothesis import strategies as st

FAST = Limits(connect=1, read=0.6, total=1.2, max_bytes=200_000)


@pytest.fixture
def door():
    with Session(memory=HostMemory(), limits=FAST) as session:
        yield session


def ask(door, sandbox, **options):
    return door.request(
        "GET", sandbox.facts["register"]["url"] + "/search", params={"q": "atelier"}, **options
    )


@pytest.mark.parametrize(
    ("fault", "error", "left"),
    [
        ("refuse", errors.NotReachable, True),
        ("vanish", errors.NotReachable, True),
        ("cut", errors.NotReachable, True),
        ("trickle", errors.TimedOut, True),
        ("slow", errors.TimedOut, True),
        ("slow_after", errors.TimedOut, True),
        ("huge", errors.TooLarge, True),
        ("unauthorized", errors.NotAuthorized, True),
        ("forbidden", errors.NotAuthorized, True),
        ("not_found_html", errors.NotFound, True),
        ("too_many", errors.Busy, True),
        ("error_500", errors.ServerFault, True),
        ("bad_gateway", errors.ServerFault, True),
        ("unavailable", errors.ServerFault, True),
        ("unavailable_retry", errors.Busy, True),
        ("redirect_private", errors.AddressForbidden, False),
        ("redirect_loop", errors.BadAnswer, True),
    ],
)
def test_each_fault_is_an_error_of_its_own(sandbox, door, fault, error, left):
    sandbox.fault("register", fault, seconds=3)
    started = time.monotonic()
    with pytest.raises(error) as caught:
        ask(door, sandbox)
    assert type(caught.value) is error
    assert caught.value.left is left
    assert time.monotonic() - started < FAST.total + 1
    sandbox.fault("register")
    assert ask(Session(memory=HostMemory(), limits=FAST), sandbox).json()["total_results"] == 1


@pytest.mark.parametrize("fault", ["html", "garbage"])
def test_an_answer_that_is_no_json_is_a_bad_answer(sandbox, door, fault):
    sandbox.fault("register", fault)
    answer = ask(door, sandbox)
    with pytest.raises(errors.BadAnswer):
        answer.json()


def test_a_page_of_a_proxy_is_not_taken_for_the_services_own_word(sandbox, door):
    sandbox.fault("register", "not_found_html")
    with pytest.raises(errors.NotFound) as caught:
        ask(door, sandbox)
    assert not caught.value.explained


def test_an_announced_length_over_the_limit_is_not_even_read(sandbox, door):
    with pytest.raises(errors.TooLarge, match="announces"):
        ask(door, sandbox, limits=Limits(max_bytes=10))


def test_a_refused_connection_means_nothing_has_left(door):
    with pytest.raises(errors.NotReachable) as caught:
        door.request("POST", "http://127.0.0.1:1/", data=b"document")
    assert not caught.value.left


def test_retry_after_is_kept_by_the_next_calls(sandbox):
    clock = [100.0]
    slept = []
    memory = HostMemory(now=lambda: clock[0], sleep=slept.append)
    door = Session(memory=memory, limits=FAST)
    sandbox.fault("register", "too_many", count=1, seconds=7)
    with pytest.raises(errors.Busy) as caught:
        ask(door, sandbox)
    assert caught.value.retry_after == 7
    calls = sandbox.calls("register", "register.search")
    with pytest.raises(errors.Busy) as caught:
        ask(door, sandbox)
    assert not caught.value.left and caught.value.retry_after == 7
    assert sandbox.calls("register", "register.search") == calls, "no call before its time"
    clock[0] += 6.5
    assert ask(door, sandbox, patience=1).status == 200
    assert slept == [pytest.approx(0.5)]


def test_a_server_in_trouble_is_left_alone_then_tried_once(sandbox):
    clock = [0.0]
    door = Session(
        memory=HostMemory(failures_allowed=3, pause=15, now=lambda: clock[0]), limits=FAST
    )
    sandbox.fault("register", "error_500")
    for _attempt in range(3):
        with pytest.raises(errors.ServerFault):
            ask(door, sandbox)
    calls = sandbox.calls("register", "register.search")
    with pytest.raises(errors.CircuitOpen) as caught:
        ask(door, sandbox)
    assert caught.value.retry_after == 15 and not caught.value.left
    assert sandbox.calls("register", "register.search") == calls
    clock[0] = 16
    with pytest.raises(errors.ServerFault):
        ask(door, sandbox)
    with pytest.raises(errors.CircuitOpen):
        ask(door, sandbox)
    clock[0] = 32
    sandbox.fault("register")
    assert ask(door, sandbox).status == 200
    assert ask(door, sandbox).status == 200


def test_a_refused_question_is_no_trouble_of_the_server(sandbox):
    door = Session(memory=HostMemory(failures_allowed=2), limits=FAST)
    for _attempt in range(4):
        with pytest.raises(errors.Refused) as caught:
            door.request("GET", sandbox.facts["register"]["url"] + "/search", params={"q": "x"})
        assert caught.value.status == 400 and "3 caract" in caught.value.text


def test_many_threads_share_one_memory(sandbox):
    clock = [0.0]
    memory = HostMemory(
        now=lambda: clock[0], sleep=lambda seconds: clock.__setitem__(0, clock[0] + seconds)
    )
    started = []

    def work():
        memory.throttle("h:1", calls=7, seconds=1, patience=60)
        started.append(clock[0])

    threads = [threading.Thread(target=work) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for moment in started:
        assert sum(moment <= other < moment + 1 for other in started) <= 7


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("-5", 0),
        ("1e9", 86400),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
def test_retry_after_is_read_in_both_forms_and_bounded(value, seconds):
    assert parse_retry_after(value) == seconds


# Secrets


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
        ('{"access_token":"s3cr3t-token","x":1}', "s3cr3t-token"),
        ("client_id=a&client_secret=p%40ss&x=1", "p%40ss"),
        ("password: 'hunter22'", "hunter22"),
        ("https://bob:swordfish@host/x", "swordfish"),
        ("token eyJhbGciOi.eyJzdWIi.c2ln", "eyJzdWIi"),
        ('{"client_secret": "quo\\"ted"}', "ted"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text, hidden):
    cleaned = redact(text)
    assert hidden not in cleaned and HIDDEN in cleaned


@given(st.text(min_size=4, max_size=40), st.text(max_size=60), st.text(max_size=60))
def test_a_known_secret_never_stays(secret, before, after):
    assert secret not in redact(before + secret + after, {secret}).replace(HIDDEN, "\0")


def test_ordinary_text_stays_as_it_is():
    text = "Le SIREN 990234171 est inconnu (FAC-2026-0042)."
    assert redact(text, {"s3cr3t"}) == text


def test_the_call_log_holds_names_and_lengths_but_no_secret(sandbox):
    records: list[CallRecord] = []
    door = Session(
        memory=HostMemory(), limits=FAST, on_call=records.append, secrets={"very-secret-value"}
    )
    door.request(
        "GET",
        sandbox.facts["register"]["url"] + "/search",
        params={"q": "very-secret-value", "page": 1},
        headers={"Authorization": "Bearer very-secret-value", "customer-id": "very-secret-value"},
    )
    with pytest.raises(errors.Refused):
        door.request("GET", sandbox.facts["register"]["url"] + "/search", params={"q": "x"})
    assert "very-secret-value" not in repr(records)
    first, second = records
    assert (
        first.query_names == ("q", "page")
        and first.status == 200
        and first.answer_length > 0
        and len(first.answer_fingerprint) == 12
    )
    assert first.headers["Authorization"] == "(24 characters)"
    assert second.status == 400 and second.error.startswith("refused: ")


def test_an_error_text_of_the_server_that_repeats_our_secret_is_cleaned():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            content = (
                b'{"errorCode": "BAD", "errorMessage": "the key PLAIN-SECRET-42 is not known"}'
            )
            self.send_response(422)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    records: list[CallRecord] = []
    door = Session(
        memory=HostMemory(), limits=FAST, secrets={"PLAIN-SECRET-42"}, on_call=records.append
    )
    try:
        with pytest.raises(errors.Refused) as caught:
            door.request("GET", f"http://127.0.0.1:{server.server_port}/PLAIN-SECRET-42")
    finally:
        server.shutdown()
    assert str(caught.value) == caught.value.text == f"the key {HIDDEN} is not known"
    assert "PLAIN-SECRET-42" not in repr(caught.value.args) + repr(records)
