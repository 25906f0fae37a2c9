"""Companies that invoice each other on the loopback platform: what each finds in its in-box, and which statuses are let through."""

import json
import uuid

import pytest
from connectors.afnor import AfnorClient, AfnorSettings
from connectors.contract import AckState, Document, EventToSend, Outcome
from connectors.hosts import HostMemory
from connectors.oauth import TokenCache
from connectors.session import Session
from en16931.write import write_xml
from sample_invoice import invoice as sample

from sandbox import cdar
from sandbox.companies import by_key

OWN, NIVELLE, TIRELUNE = (
    by_key()[key]["siren"] for key in ("own_company", "one_line", "supplier_printer")
)


def client(sandbox, siren=OWN, version="1.2", organization=""):
    facts = sandbox.facts["pa"]
    keys = facts if siren == OWN else next(c for c in facts["companies"] if c["siren"] == siren)
    base = f"{facts['url']}/{version}"
    settings = AfnorSettings(
        f"{base}/flow-service",
        f"{base}/directory-service",
        facts["token_url"],
        keys["client_id"],
        keys["client_secret"],
        version,
        organization,
    )
    return AfnorClient(settings, Session(memory=HostMemory(failures_allowed=50)), TokenCache())


@pytest.fixture
def quick(sandbox):
    """Nothing on the platform, and what happens later happens at once."""
    sandbox.post("pa", "reset", {})
    sandbox.post(
        "pa",
        "settings",
        {
            "acknowledge_after": 0,
            "lifecycle": "platform",
            "lifecycle_after": 0.0,
            "behaviour_after": 0.0,
            "no_dedup": False,
        },
    )
    yield sandbox
    sandbox.post("pa", "reset", {})


def ubl(number, buyer=NIVELLE, address=None):
    data = sample()
    data["BT-1"] = number
    data["BG-7"] = {**data["BG-7"], "legal_identifier": buyer, "einvoicing_addr": address or buyer}
    return Document(write_xml(data, "ubl"), f"{number}.xml", "UBL", "CIUS")


def deposit(sandbox, document, siren=OWN, tracking=None):
    outcome = client(sandbox, siren).submit(document, tracking or uuid.uuid4().hex)
    assert outcome.state is Outcome.ACCEPTED
    return outcome.remote_id


def statuses(sandbox, siren=OWN):
    """Codes of the messages in a company's in-box, in order."""
    return [
        cdar.read(event.content)["code"] for event in client(sandbox, siren).fetch_events().items
    ]


def say(sandbox, siren, number, code, seller=OWN, buyer=NIVELLE, **more):
    """A company sends a status; the acknowledgement it gets."""
    amounts = more.pop("amounts", [])
    content = cdar.write(
        cdar.Message(
            code, number, "20261005", cdar.Party(seller), cdar.Party(buyer), amounts=amounts, **more
        )
    )
    made = client(sandbox, siren)
    outcome = made.send_event(
        EventToSend(uuid.uuid4().hex, document=Document(content, "cdv.xml", "CDAR"))
    )
    sandbox.get("pa", "invoices")
    (ack,) = made.fetch_acks(remote_ids=[outcome.remote_id])
    return "Ok" if ack.state is AckState.OK else ack.details[0].code


def test_an_invoice_reaches_the_company_of_its_address(quick):
    remote = deposit(quick, ubl("F-1"))
    assert statuses(quick) == ["200", "202", "203"], "the seller follows"
    (received,) = client(quick, NIVELLE).fetch_inbound().items
    assert received.remote_id != remote and received.syntax == "UBL"
    assert client(quick, NIVELLE).download(received.remote_id).content == ubl("F-1").content
    assert client(quick).fetch_inbound().items == (), "nobody else has it"
    assert client(quick, NIVELLE).fetch_events().items == ()


def test_the_electronic_address_goes_before_the_legal_identifier(quick):
    deposit(quick, ubl("F-18", TIRELUNE, NIVELLE))
    statuses(quick)
    assert len(client(quick, NIVELLE).fetch_inbound().items) == 1
    assert client(quick, TIRELUNE).fetch_inbound().items == ()


def test_what_a_hand_sent_is_no_deposit(quick):
    number = quick.post("pa", "send", {"from": TIRELUNE})["number"]
    assert quick.get("pa", "ledger") == []
    assert [row["number"] for row in quick.get("pa", "invoices")] == [number]
    assert client(quick, TIRELUNE).fetch_inbound().items == ()


def test_one_token_serves_several_companies_by_its_header(quick):
    deposit(quick, ubl("F-2"))
    quick.get("pa", "invoices")
    assert len(client(quick, organization=NIVELLE).fetch_inbound().items) == 1
    with pytest.raises(Exception, match="does not serve"):
        client(quick, NIVELLE, organization=OWN).fetch_inbound()


def test_a_flow_of_another_company_does_not_exist(quick):
    remote = deposit(quick, ubl("F-3"))
    with pytest.raises(Exception, match="does not exist"):
        client(quick, NIVELLE).download(remote)


@pytest.mark.parametrize(
    ("buyer", "address", "code", "reason"),
    [
        (by_key()["disabled"]["siren"], None, "200", "NON_TRANSMISE"),
        (by_key()["absent_from_directory"]["siren"], None, "200", "NON_TRANSMISE"),
        (by_key()["dfh_only"]["siren"], None, "200", "NON_TRANSMISE"),
        (NIVELLE, f"{NIVELLE}_NOWHERE", "213", "REJ_ADR"),
    ],
)
def test_an_invoice_nobody_can_receive_is_told(quick, buyer, address, code, reason):
    deposit(quick, ubl("F-4", buyer, address))
    (event,) = client(quick).fetch_events().items
    told = cdar.read(event.content)
    assert (told["code"], told["reasons"]) == (code, [reason])


def test_a_customer_approves_and_the_seller_is_told(quick):
    deposit(quick, ubl("F-5"))
    statuses(quick)
    assert say(quick, NIVELLE, "F-5", "205") == "Ok"
    assert statuses(quick)[-1] == "205"
    assert (
        say(
            quick, OWN, "F-5", "212", amounts=[{"type": "MEN", "amount": "120.00", "rate": "20.00"}]
        )
        == "Ok"
    )
    assert statuses(quick, NIVELLE) == ["212"]


@pytest.mark.parametrize(
    ("siren", "code", "more", "answer"),
    [
        (NIVELLE, "299", {}, "InvoiceLCInvalidStatus"),
        (NIVELLE, "203", {}, "InvoiceLCInvalidStatus"),
        (NIVELLE, "212", {}, "InvoiceLCAccessDenied"),
        (OWN, "205", {}, "InvoiceLCAccessDenied"),
        (TIRELUNE, "205", {}, "InvoiceLCAccessDenied"),
        (NIVELLE, "207", {}, "InvoiceLCRuleError"),
        (NIVELLE, "207", {"reasons": ("JUSTIF_ABS",)}, "InvoiceLCRuleError"),
        (NIVELLE, "210", {"reasons": ("TX_TVA_ERR",)}, "InvoiceLCRuleError"),
        (NIVELLE, "210", {"reasons": ("TX_TVA_ERR",), "note": "Taux attendu : 10 %."}, "Ok"),
        (NIVELLE, "211", {}, "InvoiceLCStatusError"),
        (OWN, "209", {}, "InvoiceLCStatusError"),
        (OWN, "212", {}, "InvoiceLCAmountError"),
        (
            OWN,
            "212",
            {"amounts": [{"type": "MEN", "amount": "1", "rate": "5.50"}]},
            "InvoiceLCAmountError",
        ),
    ],
)
def test_a_status_is_held_against_its_rules(quick, siren, code, more, answer):
    deposit(quick, ubl("F-6"))
    statuses(quick)
    assert say(quick, siren, "F-6", code, **more) == answer


def test_an_unknown_invoice_and_a_closed_one_take_no_status(quick):
    assert say(quick, NIVELLE, "F-NOT-HERE", "205") == "InvoiceLCRuleError"
    deposit(quick, ubl("F-7"))
    statuses(quick)
    assert say(quick, NIVELLE, "F-7", "210", reasons=("DOUBLON",), note="Reçue deux fois.") == "Ok"
    quick.get("pa", "invoices")
    assert say(quick, NIVELLE, "F-7", "205") == "InvoiceLCStatusError"


def test_a_life_cycle_is_moved_by_hand(quick):
    quick.post("pa", "settings", {"lifecycle": "manual"})
    deposit(quick, ubl("F-8"))
    assert statuses(quick) == []
    for code in ("200", "203", "205"):
        quick.post("pa", "advance", {"number": "F-8", "status": code})
    made = quick.post(
        "pa",
        "advance",
        {"number": "F-8", "status": "210", "reason": "DOUBLON", "note": "Deux fois."},
    )
    assert len(made["delivered"]) == 1 and statuses(quick) == ["200", "203", "205", "210"]
    last = client(quick).fetch_events().items[-1]
    told = cdar.read(last.content)
    assert (told["reasons"], told["note"], told["seller"]) == (["DOUBLON"], "Deux fois.", OWN)
    quick.post("pa", "advance", {"number": "F-8", "status": "299"})
    assert statuses(quick)[-1] == "299", "also a status that does not exist"


def test_customers_answer_by_themselves_when_asked_to(quick):
    quick.post("pa", "settings", {"lifecycle": "auto"})
    deposit(quick, ubl("F-9"))
    assert statuses(quick) == ["200", "202", "203", "204", "205", "211"]
    deposit(quick, ubl("F-10", by_key()["bookshop"]["siren"]))
    codes = statuses(quick)
    assert codes[-1] == "210"


def test_without_dedup_a_second_deposit_is_a_second_row_and_is_taken(quick):
    document, tracking = ubl("F-11"), uuid.uuid4().hex
    first, second = (
        deposit(quick, document, tracking=tracking),
        deposit(quick, document, tracking=tracking),
    )
    third = deposit(quick, document, tracking=uuid.uuid4().hex)
    quick.get("pa", "invoices")
    told = [row["ack_status"] for row in quick.get("pa", "ledger")]
    assert told == ["Ok", "Error", "Error"], "the same reference or the same file is refused"
    quick.fault("pa", "no_dedup")
    fourth = deposit(quick, document, tracking=tracking)
    quick.get("pa", "invoices")
    rows = quick.get("pa", "ledger")
    assert [row["ack_status"] for row in rows] == ["Ok", "Error", "Error", "Ok"]
    assert len({first, second, third, fourth}) == 4
    assert len(client(quick, NIVELLE).fetch_inbound().items) == 2, "the customer has it twice"


def test_delivery_faults_show_in_the_in_box(quick):
    quick.fault("pa", "duplicate_flow", count=1)
    deposit(quick, ubl("F-12"))
    assert statuses(quick).count("200") == 2
    quick.fault("pa", "unknown_status", count=1)
    deposit(quick, ubl("F-13"))
    assert "299" in statuses(quick)
    quick.post("pa", "reset", {})
    quick.post("pa", "settings", {"lifecycle_after": 0.02})
    quick.fault("pa", "out_of_order", count=1)
    deposit(quick, ubl("F-14"))
    wait_for(lambda: len(statuses(quick)) == 3)
    assert statuses(quick) == ["203", "202", "200"]


def wait_for(condition):
    import time

    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_every_status_is_a_valid_message(quick):
    from en16931.validator import validate_many

    from sandbox.lifecycle import STATUSES

    messages = []
    for code, status in STATUSES.items():
        amounts = (
            [{"type": "MEN", "amount": "120.00", "rate": "20.00", "date": "20261119"}]
            if code == "212"
            else []
        )
        messages.append(
            cdar.write(
                cdar.Message(
                    code, "F-1", "20261005", cdar.Party(OWN, "Nous"), cdar.Party(NIVELLE, "Eux", NIVELLE),
                    reasons=status.reasons[:1] if status.needs_reason else (), note="Un mot." if status.needs_note else "", amounts=amounts,
                )
            )
        )  # fmt: skip
    for (code, _status), verdict in zip(STATUSES.items(), validate_many(messages), strict=True):
        assert verdict.verdict == "valid", (
            code,
            json.dumps([str(f) for f in verdict.findings], ensure_ascii=False),
        )


@pytest.mark.parametrize("syntax", ["CII", "UBL", "Factur-X"])
def test_another_company_invoices_us_and_hears_what_we_say(quick, syntax):
    made = quick.post("pa", "send", {"from": TIRELUNE, "syntax": syntax, "case": "discounts"})
    (received,) = client(quick).fetch_inbound().items
    assert (received.remote_id, received.syntax) == (made["flow_id"], syntax)
    number = made["number"]
    assert say(quick, OWN, number, "204", seller=TIRELUNE, buyer=OWN) == "Ok"
    refused = say(
        quick,
        OWN,
        number,
        "210",
        seller=TIRELUNE,
        buyer=OWN,
        reasons=("QTE_ERR",),
        note="Deux manquent.",
    )
    assert refused == "InvoiceLCRuleError", "this reason is not one of a refusal"
    assert say(quick, OWN, number, "205", seller=TIRELUNE, buyer=OWN) == "Ok"
    assert statuses(quick, TIRELUNE) == ["204", "205"]
    quick.post("pa", "advance", {"number": number, "status": "212"})
    (event,) = client(quick).fetch_events().items
    assert (
        event.flow_type == "SupplierInvoiceLC"
        and cdar.read(event.content)["amounts"][0]["type"] == "MEN"
    )


def test_what_is_asked_wrongly_is_refused_with_a_sentence(quick):
    import requests

    for page, body in (
        ("send", {"from": "1"}),
        ("send", {"case": "nothing"}),
        ("send", {"syntax": "EDIFACT"}),
        ("advance", {"number": "F-1", "status": "well"}),
        ("advance", {"number": "F-NOT-HERE", "status": "205"}),
    ):
        answer = requests.post(f"{quick.root('pa')}/_sandbox/{page}", json=body, timeout=5)
        assert answer.status_code in (400, 404) and answer.json()["error"], page


def test_a_message_before_its_invoice_when_things_come_out_of_order(quick):
    quick.fault("pa", "out_of_order", count=1)
    made = quick.post("pa", "send", {"from": TIRELUNE})
    ours = client(quick)
    (event,), (received,) = ours.fetch_events().items, ours.fetch_inbound().items
    assert cdar.read(event.content)["number"] == made["number"]
    assert received.updated_at >= event.occurred_at


def test_the_page_shows_each_company_and_presses_its_buttons(quick):
    import requests

    from sandbox.pa_page import FAULTS

    root = quick.root("pa")
    assert set(FAULTS) == set(quick.get("pa", "faults")["names"]), "each fault has its French words"
    deposit(quick, ubl("F-15"))
    statuses(quick)
    page = requests.get(root, timeout=5).text
    assert "F-15" in page and "203 Mise à disposition" in page and "Aucune panne armée" in page

    def press(**form):
        return requests.post(f"{root}/_sandbox/page", data=form, timeout=5).text

    told = press(action="advance", number="F-15", seller=OWN, status="210", company=NIVELLE)
    assert "210 Refusée" in told and "Reçues par ATELIER NIVELLE (1)" in told
    assert "Facture" in press(
        action="send", **{"from": TIRELUNE, "to": OWN, "syntax": "UBL", "case": "rates"}
    )
    assert len(client(quick).fetch_inbound().items) == 1
    assert "prend le dépôt, puis ne répond pas" in press(
        action="fault", fault="vanish", operation="flow.submit", count="3"
    )
    assert quick.get("pa", "faults")["active"][0]["count"] == 3
    press(action="clear")
    assert quick.get("pa", "faults")["active"] == []
    press(action="lifecycle", lifecycle="auto")
    assert quick.get("pa", "settings")["lifecycle"] == "auto"
    assert "Impossible" in press(action="advance", number="F-NOT-HERE", status="205")
    assert "<script>" not in press(action="fault", fault="<script>")


def test_what_is_planned_goes_on_after_a_kill(tmp_path):
    import os
    import signal

    from sandbox.process import start_sandbox

    first = start_sandbox(tmp_path)
    first.post("pa", "settings", {"acknowledge_after": 1.5, "lifecycle_after": 0.0})
    deposit(first, ubl("F-16"))
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait(5)
    second = start_sandbox(tmp_path)
    try:
        wait_for(lambda: len(second.get("pa", "invoices")[0]["history"]) >= 1)
        wait_for(lambda: second.get("pa", "invoices")[0]["history"] == ["200", "202", "203"])
        assert [row["number"] for row in second.get("pa", "ledger")] == ["F-16"]
        assert len(client(second, NIVELLE).fetch_inbound().items) == 1
    finally:
        second.process.terminate()
        second.process.wait(10)


def test_the_product_and_the_platform_read_each_other(quick):
    """Two writers and two readers that share no line: what one says the other understands."""
    from datetime import UTC, date, datetime
    from decimal import Decimal

    from en16931 import cdar as ours

    from sandbox.lifecycle import BUYER, STATUSES

    for code, status in STATUSES.items():
        rows = (
            [{"type": "MEN", "amount": "120.00", "rate": "20", "date": "20261119"}]
            if code == "212"
            else []
        )
        told = ours.read_cdar(
            cdar.write(
                cdar.Message(
                    code, "F-1", "20261005", cdar.Party(OWN, "Nous"), cdar.Party(NIVELLE, "Eux"), reasons=status.reasons[:2], note="Un mot.", amounts=rows,
                )
            )
        )  # fmt: skip
        assert (told.code, told.number, told.invoice_date) == (code, "F-1", date(2026, 10, 5))
        assert [d.reason for d in told.details if d.reason] == list(status.reasons[:2])
        assert told.details[0].note == "Un mot." and ("0002", OWN) in told.seller_ids
        assert [a.value for a in told.details[0].amounts] == ([Decimal("120.00")] if rows else [])
    deposit(quick, ubl("F-17"))
    statuses(quick)
    refused = ours.CdarMessage(
        "F-17_380_20261005#210_20261120101500", "210", "F-17",
        ours.Party("BY", "Eux", (("0002", NIVELLE),)),
        (ours.Party("SE", "Nous", (("0002", OWN),), OWN),),
        (("0002", OWN),), invoice_date=date(2026, 10, 5), issued_at=datetime.now(UTC), said_at=datetime.now(UTC),
        details=(ours.Detail(reason="TX_TVA_ERR", note="Taux attendu : 10 %."),),
    )  # fmt: skip
    content = ours.write_cdar(refused)
    made = client(quick, NIVELLE)
    outcome = made.send_event(
        EventToSend(uuid.uuid4().hex, document=Document(content, "cdv.xml", "CDAR"))
    )
    quick.get("pa", "invoices")
    (ack,) = made.fetch_acks(remote_ids=[outcome.remote_id])
    assert ack.state is AckState.OK, ack.details
    last = client(quick).fetch_events().items[-1]
    assert last.content == content and last.flow_type == "CustomerInvoiceLC"
    assert STATUSES["210"].actor == BUYER
