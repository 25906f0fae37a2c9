"""Handing documents over and fetching others: exactly what arrived is what the ledger shows."""

import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from connectors import errors
from connectors.afnor import AfnorClient, AfnorSettings
from connectors.afnor_flow import read_time, write_time
from connectors.contract import AckState, Capability, Connector, Document, EventToSend, Outcome
from connectors.hosts import HostMemory
from connectors.oauth import TokenCache
from connectors.session import Limits, Session
from hypothesis import given
from hypothesis import strategies as st

from sandbox.companies import by_key

VERSIONS = ("1.1", "1.2", "1.3")
UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:c="urn:c"><c:ID>{number}</c:ID><c:AccountingSupplierParty>
<c:Party><c:PartyLegalEntity><c:CompanyID>990234171</c:CompanyID></c:PartyLegalEntity></c:Party></c:AccountingSupplierParty></Invoice>"""


@pytest.fixture(params=VERSIONS)
def client(request, sandbox):
    facts = sandbox.facts["pa"]
    base = f"{facts['url']}/{request.param}"
    settings = AfnorSettings(
        f"{base}/flow-service",
        f"{base}/directory-service",
        facts["token_url"],
        facts["client_id"],
        facts["client_secret"],
        request.param,
    )
    made = AfnorClient(settings, Session(memory=HostMemory(failures_allowed=50)), TokenCache())
    made.flow._upload = Limits(connect=1, read=0.6, total=1.2, max_bytes=100_000)
    return made


def invoice(number=""):
    number = number or f"FAC-{uuid.uuid4().hex[:10]}"
    return number, Document(UBL.format(number=number).encode(), f"{number}.xml", "UBL", "CIUS")


def tracking():
    return uuid.uuid4().hex


def rows(sandbox, tracking_id):
    return [row for row in sandbox.get("pa", "ledger") if row["tracking_id"] == tracking_id]


def test_a_document_is_handed_over_and_is_in_the_ledger(sandbox, client):
    number, document = invoice()
    reference = tracking()
    outcome = client.submit(document, reference)
    assert outcome.state == "accepted" and outcome.remote_id and outcome.at.tzinfo is not None
    (row,) = rows(sandbox, reference)
    assert (row["flow_id"], row["number"], row["company"]) == (
        outcome.remote_id,
        number,
        "990234171",
    )
    assert row["sha256"] == hashlib.sha256(document.content).hexdigest()
    assert client.download(outcome.remote_id).content == document.content


@pytest.mark.parametrize(
    ("fault", "state", "deposits"),
    [
        ("refuse", Outcome.UNKNOWN, 0),
        ("vanish", Outcome.UNKNOWN, 1),
        ("cut", Outcome.UNKNOWN, 1),
        ("slow_after", Outcome.UNKNOWN, 1),
        ("trickle", Outcome.UNKNOWN, 1),
        ("html", Outcome.UNKNOWN, 0),
        ("garbage", Outcome.UNKNOWN, 0),
        ("huge", Outcome.UNKNOWN, 0),
        ("no_identifier", Outcome.UNKNOWN, 1),
        ("error_500", Outcome.UNKNOWN, 0),
        ("bad_gateway", Outcome.UNKNOWN, 0),
        ("unavailable", Outcome.UNKNOWN, 0),
        ("unavailable_retry", Outcome.NOT_SENT, 0),
        ("too_many", Outcome.NOT_SENT, 0),
        ("forbidden", Outcome.NOT_SENT, 0),
        ("unauthorized", Outcome.NOT_SENT, 0),
        ("not_found_html", Outcome.NOT_SENT, 0),
        ("redirect_private", Outcome.NOT_SENT, 0),
    ],
)
def test_each_way_a_submission_can_end(sandbox, client, fault, state, deposits):
    sandbox.fault("pa", fault, operation="flow.submit", seconds=3)
    _number, document = invoice()
    reference = tracking()
    outcome = client.submit(document, reference)
    assert outcome.state is state
    assert len(rows(sandbox, reference)) == deposits
    if state is Outcome.UNKNOWN:
        sandbox.fault("pa")
        found = client.find_by_tracking(reference)
        assert (found is not None) == bool(deposits), "looking it up tells whether it arrived"
        if found:
            assert found.remote_id == rows(sandbox, reference)[0]["flow_id"]


def test_nothing_has_left_when_the_token_could_not_be_had(sandbox, client):
    for fault in ("token_refused", "refuse", "html", "slow"):
        sandbox.fault("pa", {"fault": fault, "operation": "token", "seconds": 2})
        client.http.session.limits = Limits(connect=1, read=0.5, total=1)
        outcome = client.submit(invoice()[1], tracking())
        assert outcome.state is Outcome.NOT_SENT, fault


def test_nothing_has_left_when_nobody_listens(client):
    client.flow._http.settings = AfnorSettings(
        "http://127.0.0.1:1",
        "",
        client.settings.token_url,
        client.settings.client_id,
        client.settings.client_secret,
    )
    assert client.submit(invoice()[1], tracking()).state is Outcome.NOT_SENT


def test_a_token_that_ends_in_mid_batch_costs_no_document(sandbox, client):
    references = [tracking() for _ in range(4)]
    for index, reference in enumerate(references):
        if index == 2:
            sandbox.fault("pa", "token_expired", operation="flow.submit", count=1)
        assert client.submit(invoice()[1], reference).state is Outcome.ACCEPTED
    assert [len(rows(sandbox, reference)) for reference in references] == [1, 1, 1, 1]


def test_a_second_deposit_of_the_same_file_is_acknowledged_as_already_there(sandbox, client):
    _number, document = invoice()
    reference = tracking()
    first = client.submit(document, reference)
    second = client.submit(document, reference)
    (ack,) = client.fetch_acks(remote_ids=[second.remote_id])
    assert ack.state is AckState.ERROR and ack.details[0].code == "AlreadyExistingFlow"
    assert len(rows(sandbox, reference)) == 2, "a double shows in the ledger"
    assert client.find_by_tracking(reference).remote_id == first.remote_id


def test_an_acknowledgement_is_pending_then_ok(sandbox, client):
    sandbox.post("pa", "settings", {"acknowledge_after": 3600})
    outcome = client.submit(invoice()[1], tracking())
    assert client.fetch_acks(remote_ids=[outcome.remote_id])[0].state is AckState.PENDING
    before = datetime.now(UTC) - timedelta(milliseconds=2)
    sandbox.post("pa", "advance", {"flow_id": outcome.remote_id, "status": "Ok"})
    assert outcome.remote_id in {
        ack.remote_id for ack in client.fetch_acks(since=before) if ack.state is AckState.OK
    }


def test_an_error_acknowledgement_says_why(sandbox, client):
    number, document = invoice()
    outcome = client.submit(document, tracking())
    sandbox.post("pa", "advance", {"number": number, "status": "Error", "reason": "InvalidSchema"})
    (ack,) = client.fetch_acks(remote_ids=[outcome.remote_id])
    assert ack.state is AckState.ERROR and ack.details[0].code == "InvalidSchema"


def test_an_unknown_word_is_never_a_success(client, monkeypatch):
    monkeypatch.setattr(
        client.flow,
        "metadata",
        lambda remote_id: {"flowId": remote_id, "acknowledgement": {"status": "Perfect"}},
    )
    (ack,) = client.fetch_acks(remote_ids=["x"])
    assert ack.state is AckState.UNKNOWN and ack.raw_state == "Perfect"


def test_nothing_found_in_either_form(sandbox, client):
    assert client.find_by_tracking(tracking()) is None
    sandbox.fault("pa", "empty_204")
    assert client.find_by_tracking(tracking()) is None


def test_an_empty_file_is_not_sent_at_all(sandbox, client):
    before = sandbox.calls("pa", "flow.submit")
    assert client.submit(Document(b"", "x.xml", "CII"), tracking()).state is Outcome.REJECTED
    assert sandbox.calls("pa", "flow.submit") == before


def test_a_file_over_the_limit_is_not_sent_at_all(sandbox, client, monkeypatch):
    monkeypatch.setattr("connectors.afnor_flow.MAX_FILE", 10)
    assert client.submit(invoice()[1], tracking()).code == "FILE_SIZE_EXCEEDED"


@pytest.mark.parametrize(
    "document",
    [
        Document(b"x", "a.xml", "EDIFACT"),
        Document(b"x", "a.xml", "CII", "Minimum"),
        Document(b"x", "a.xml", "CII", "CIUS", "B2X"),
    ],
)
def test_words_no_version_knows_are_our_mistake(client, document):
    with pytest.raises(ValueError, match="unknown"):
        client.submit(document, tracking())


def test_only_what_the_version_knows_is_written(client):
    document = Document(b"<a/>", "a.xml", "CII", "CIUS", "B2G")
    info = client.flow.flow_info(document, "t")
    assert ("processingRule" in info) == (client.settings.api_version != "1.1")
    with pytest.raises(ValueError, match="tracking"):
        client.flow.flow_info(document, "t" * (65 if client.settings.api_version == "1.3" else 37))


def receive(sandbox, content, **query):
    import requests

    answer = requests.post(
        sandbox.root("pa") + "/_sandbox/inbound", params=query, data=content, timeout=5
    )
    return answer.json()["flow_id"]


def test_received_invoices_are_each_seen_once_even_within_one_millisecond(sandbox, client):
    cursor = ""
    while True:  # what other tests left
        page = client.fetch_inbound(cursor)
        cursor = page.cursor
        if not page.more:
            break
    wanted = {
        receive(sandbox, UBL.format(number=f"F{n}").encode(), name=f"F{n}.xml", syntax="UBL")
        for n in range(5)
    }
    seen = []
    page = client.fetch_inbound(cursor)
    seen += [item.remote_id for item in page.items]
    wanted.add(receive(sandbox, b"<late/>", name="late.xml"))
    page = client.fetch_inbound(page.cursor)
    seen += [item.remote_id for item in page.items]
    assert set(seen) == wanted and len(seen) == len(wanted)
    assert client.fetch_inbound(page.cursor).items == ()


def test_many_received_invoices_come_page_by_page(sandbox, client, monkeypatch):
    monkeypatch.setattr("connectors.afnor_flow.PAGE", 4)
    start = json.dumps({"after": write_time(datetime.now(UTC)), "seen": [], "next": ""})
    wanted = [receive(sandbox, f"<a n='{n}'/>".encode(), name=f"{n}.xml") for n in range(11)]
    seen, cursor, pages = [], start, 0
    while True:
        page = client.fetch_inbound(cursor)
        seen += [item.remote_id for item in page.items]
        cursor, pages = page.cursor, pages + 1
        if not page.more:
            break
    assert sorted(seen) == sorted(wanted) and pages >= 3


def test_a_platform_that_forgot_its_cursor_is_asked_again_from_the_same_point(sandbox, client):
    start = write_time(datetime.now(UTC))
    wanted = {receive(sandbox, f"<b n='{n}'/>".encode(), name=f"{n}.xml") for n in range(3)}
    lost = json.dumps(
        {"after": start, "seen": [], "next": "long-gone", "top": start, "top_seen": []}
    )
    assert {item.remote_id for item in client.fetch_inbound(lost).items} == wanted


def test_one_millisecond_spread_over_several_pages_is_given_once(client, monkeypatch):
    stamp = "2026-11-22T10:00:00.000Z"
    flows = [{"flowId": name, "updatedAt": stamp} for name in "abc"]
    pages = iter([(flows[:2], "more"), (flows[2:], ""), (flows, "")])
    monkeypatch.setattr(client.flow, "_search", lambda *_: next(pages))
    first = client.fetch_inbound()
    second = client.fetch_inbound(first.cursor)
    third = client.fetch_inbound(second.cursor)
    assert [[item.remote_id for item in page.items] for page in (first, second, third)] == [
        ["a", "b"],
        ["c"],
        [],
    ]


def gather(client, cursor):
    """Everything from a cursor on, in order, and the cursor after it."""
    seen = []
    for _page in range(60):
        page = client.fetch_inbound(cursor)
        seen += [item.remote_id for item in page.items]
        cursor = page.cursor
        if not page.more:
            return seen, cursor
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("fault", ["page_shift", "shuffled", "listed_twice", "page_short"])
def test_nothing_is_missed_while_pages_shift(sandbox, client, monkeypatch, fault):
    monkeypatch.setattr("connectors.afnor_flow.PAGE", 4)
    start = json.dumps({"after": write_time(datetime.now(UTC)), "seen": []})
    wanted = {receive(sandbox, f"<s n='{n}'/>".encode(), name=f"{n}.xml") for n in range(14)}
    sandbox.fault("pa", fault, operation="flow.search", count=4)
    seen, cursor = gather(client, start)
    assert set(seen) == wanted, "each is there, whatever moved"
    if fault != "page_shift" or client.settings.api_version == "1.3":
        assert len(seen) == len(wanted)
    sandbox.fault("pa")
    late = receive(sandbox, b"<late/>", name="late.xml")
    assert late in gather(client, cursor)[0]
    assert gather(client, gather(client, cursor)[1])[0] == []


def test_a_look_up_finds_its_flow_behind_shifting_pages(sandbox, client, monkeypatch):
    monkeypatch.setattr("connectors.afnor_flow.PAGE", 3)
    before = datetime.now(UTC) - timedelta(milliseconds=2)
    wanted = {client.submit(invoice()[1], tracking()).remote_id for _number in range(8)}
    sandbox.fault("pa", "page_shift", operation="flow.search", count=2)
    assert wanted <= {ack.remote_id for ack in client.fetch_acks(since=before)}


def test_a_strange_word_of_the_platform_is_no_success(sandbox, client):
    sandbox.post("pa", "settings", {"acknowledge_after": 0})
    sandbox.fault("pa", "ack_strange")
    outcome = client.submit(invoice()[1], tracking())
    sandbox.get("pa", "ledger")
    (ack,) = client.fetch_acks(remote_ids=[outcome.remote_id])
    assert (ack.state, ack.raw_state) == (AckState.UNKNOWN, "Perfect")


def test_a_file_that_arrives_altered_is_told(sandbox, client):
    sandbox.fault("pa", "wrong_checksum", count=1)
    outcome = client.submit(invoice()[1], tracking())
    assert outcome.state is Outcome.ACCEPTED
    (ack,) = client.fetch_acks(remote_ids=[outcome.remote_id])
    assert ack.state is AckState.ERROR and ack.details[0].code == "ChecksumMismatch"


def test_one_expired_token_costs_one_renewal_for_all_who_wait(sandbox, client):
    from concurrent.futures import ThreadPoolExecutor

    assert client.submit(invoice()[1], tracking()).state is Outcome.ACCEPTED
    client.http.session.memory.forget()
    before = sandbox.calls("pa", "token")
    sandbox.fault("pa", "token_expired", operation="flow.submit", count=1)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _n: client.submit(invoice()[1], tracking()), range(8)))
    assert {outcome.state for outcome in outcomes} == {Outcome.ACCEPTED}
    assert sandbox.calls("pa", "token") == before + 1


def test_pages_that_repeat_for_ever_are_noticed(sandbox, client, monkeypatch):
    monkeypatch.setattr("connectors.afnor_flow.PAGE", 2)
    for n in range(3):
        receive(sandbox, f"<c n='{n}'/>".encode(), name=f"{n}.xml")
    everything = {"flowType": ["SupplierInvoice"], "updatedAfter": "2020-01-01T00:00:00.000Z"}
    assert len(client.flow._all(everything)) >= 3
    sandbox.fault("pa", "page_repeat", operation="flow.search")
    with pytest.raises(errors.BadAnswer):
        client.flow._all(everything)


def test_life_cycle_messages_come_with_their_file(sandbox, client):
    start = json.dumps(
        {"after": write_time(datetime.now(UTC) - timedelta(milliseconds=1)), "seen": [], "next": ""}
    )
    content = b"<CrossDomainAcknowledgementAndResponse/>"
    flow_id = receive(sandbox, content, syntax="CDAR", type="CustomerInvoiceLC", name="cdar.xml")
    events = {event.remote_id: event for event in client.fetch_events(start).items}
    assert events[flow_id].content == content and events[flow_id].code == ""


def test_a_life_cycle_message_of_ours_is_a_flow(sandbox, client):
    reference = tracking()
    document = Document(b"<CrossDomainAcknowledgementAndResponse/>", "cdar.xml", "CDAR")
    assert client.send_event(EventToSend(reference, document=document)).state is Outcome.ACCEPTED
    assert rows(sandbox, reference)[0]["syntax"] == "CDAR"
    assert client.send_event(EventToSend(reference, code="205")).state is Outcome.REJECTED


def test_a_factur_x_of_the_shared_corpus_is_recognised(sandbox, client, shared):
    files = sorted((shared / "corpora").rglob("*.pdf"))
    known = 0
    for file in files[:40]:
        reference = tracking()
        document = Document(file.read_bytes(), file.name, "Factur-X")
        assert client.submit(document, reference).state is Outcome.ACCEPTED
        known += bool(rows(sandbox, reference)[0]["number"])
        if known >= 2:
            return
    assert known or not files


# The contract


def test_the_client_is_a_connector(client):
    assert isinstance(client, Connector)
    assert client.why_not(Capability.SUBMIT) == ""
    assert "opened on the platform" in client.why_not(Capability.CREATE_ACCOUNT)
    with pytest.raises(errors.NotSupported, match="opened on the platform"):
        client.create_account(None)


def test_operations_without_their_service_say_why(client):
    values = {**client.settings.__dict__, "flow_base_url": ""}
    bare = AfnorClient(AfnorSettings(**values))
    for call in (
        lambda: bare.submit(invoice()[1], "t"),
        lambda: bare.find_by_tracking("t"),
        lambda: bare.fetch_acks(remote_ids=["x"]),
        bare.fetch_events,
        bare.fetch_inbound,
        lambda: bare.download("x"),
        lambda: bare.send_event(EventToSend("t")),
    ):
        with pytest.raises(errors.NotSupported, match="flow service is not filled in"):
            call()
    assert bare.lookup_recipient(siren=by_key()["one_line"]["siren"])


def test_the_registry_names_connectors_and_refuses_a_name_taken_twice():
    from connectors import registry

    assert "afnor" in registry.names() and registry.get("afnor").factory is AfnorClient
    registry.register("afnor", AfnorSettings, AfnorClient)
    with pytest.raises(ValueError, match="taken"):
        registry.register("afnor", AfnorSettings, lambda settings: None)
    with pytest.raises(KeyError, match="known: afnor"):
        registry.get("pigeon")


def test_a_version_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="api_version"):
        AfnorSettings("", "", "", "", "", "2.0")
    assert AfnorSettings("", "", "", "", "", "1.3.0").api_version == "1.3"


@given(
    st.datetimes(
        min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.timezones()
    )
)
def test_moments_are_written_in_utc_with_milliseconds(moment):
    text = write_time(moment)
    assert text.endswith("Z") and len(text) == 24
    assert abs(read_time(text) - moment) < timedelta(milliseconds=1)
