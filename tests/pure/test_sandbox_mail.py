"""Mails through a real SMTP session: what the sandbox keeps, and what we make of each answer."""

import smtplib
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import requests
from connectors.contract import Outcome
from connectors.smtp import deliver, flatten

from sandbox.process import start_sandbox

FILE = b"%PDF-1.7 not much of one"


def mail(subject="Facture F-2026-0007", body="Bonjour,\n.\n..voici la facture.\n"):
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "Comptoir des Deux Rives <factures@deuxrives.example>"
    message["To"] = "compta@nivelle.example"
    message["Subject"] = subject
    message["Message-ID"] = "<11111111-2222@deuxrives.example>"
    message.set_content(body)
    message.add_attachment(FILE, "application", "pdf", filename="F-2026-0007.pdf")
    return flatten(message)


@contextmanager
def session(sandbox):
    facts = sandbox.facts["mail"]
    connection = smtplib.SMTP(facts["smtp_host"], facts["smtp_port"], timeout=5)
    try:
        connection.ehlo()
        yield connection
    finally:
        connection.close()


def send(sandbox, *recipients, content=None, **options):
    with session(sandbox) as connection:
        return deliver(
            connection,
            "factures@deuxrives.example",
            recipients or ("compta@nivelle.example",),
            content or mail(),
            **options,
        )


def ledger(sandbox):
    return sandbox.get("mail", "ledger")


def new_mails(sandbox, before):
    return ledger(sandbox)[before:]


@pytest.fixture
def before(sandbox):
    sandbox.post("mail", "settings", {"unknown": ""})
    return len(ledger(sandbox))


def test_a_mail_arrives_whole_and_once(sandbox, before):
    outcome = send(sandbox, "compta@nivelle.example", "achats@nivelle.example")
    assert outcome.state is Outcome.ACCEPTED
    (kept,) = new_mails(sandbox, before)
    assert kept["recipients"] == ["compta@nivelle.example", "achats@nivelle.example"]
    assert kept["tracking_id"] == "11111111-2222" and kept["files"][0]["name"] == "F-2026-0007.pdf"
    root = sandbox.root("mail")
    assert requests.get(f"{root}/mails/{kept['flow_id']}/1", timeout=5).content == FILE
    raw = requests.get(f"{root}/mails/{kept['flow_id']}.eml", timeout=5).content
    body = message_from_bytes(raw, policy=policy.default).get_body().get_content()
    assert body.splitlines() == ["Bonjour,", ".", "..voici la facture."]
    assert "F-2026-0007.pdf" in requests.get(root, timeout=5).text


@pytest.mark.parametrize(
    ("fault", "state", "code", "kept"),
    [
        ("try_later", Outcome.NOT_SENT, "try_later", 0),
        ("no_sender", Outcome.REJECTED, "sender_refused", 0),
        ("no_recipient", Outcome.REJECTED, "recipient_refused", 0),
        ("too_large", Outcome.REJECTED, "too_large", 0),
        ("no_content", Outcome.REJECTED, "content_refused", 0),
        ("cut_before", Outcome.NOT_SENT, "disconnected", 0),
        ("cut", Outcome.UNKNOWN, "no_answer", 0),
        ("vanish", Outcome.UNKNOWN, "no_answer", 1),
    ],
)
def test_every_answer_has_its_outcome(sandbox, before, fault, state, code, kept):
    sandbox.fault("mail", fault, count=1)
    outcome = send(sandbox)
    assert (outcome.state, outcome.code) == (state, code)
    assert len(new_mails(sandbox, before)) == kept
    if outcome.state is not Outcome.UNKNOWN:  # what did not leave may be sent again
        assert send(sandbox).state is Outcome.ACCEPTED


def test_one_unknown_recipient_and_nobody_gets_it(sandbox, before):
    sandbox.post("mail", "settings", {"unknown": "parti@nivelle.example"})
    outcome = send(sandbox, "compta@nivelle.example", "parti@nivelle.example")
    assert outcome.code == "recipient_refused" and outcome.text.startswith(
        "parti@nivelle.example: 550"
    )
    assert not new_mails(sandbox, before)


def test_after_a_no_the_session_still_serves(sandbox, before):
    sandbox.fault("mail", "no_recipient", count=1)
    with session(sandbox) as connection:
        first = deliver(connection, "f@deuxrives.example", ["a@nivelle.example"], mail())
        second = deliver(connection, "f@deuxrives.example", ["b@nivelle.example"], mail())
    assert (first.state, second.state) == (Outcome.REJECTED, Outcome.ACCEPTED)


@pytest.mark.parametrize("fault", ["refuse", "closed"])
def test_a_server_that_does_not_let_us_in(sandbox, before, fault):
    sandbox.fault("mail", fault, count=1)
    with pytest.raises((smtplib.SMTPException, OSError)):
        send(sandbox)
    assert not new_mails(sandbox, before)


def test_an_answer_that_does_not_come_leaves_the_question_open(sandbox, before):
    sandbox.fault("mail", "slow_after", count=1, seconds=3)
    outcome = send(sandbox, seconds=0.5)
    assert (outcome.state, outcome.code) == (Outcome.UNKNOWN, "no_answer")
    assert len(new_mails(sandbox, before)) == 1


def test_a_returned_mail_names_the_address_and_the_message(sandbox, before):
    send(sandbox)
    (kept,) = new_mails(sandbox, before)
    answer = requests.post(
        sandbox.root("mail") + "/_sandbox/bounce",
        json={"flow_id": kept["flow_id"], "reason": "550 5.2.2 Mailbox full"},
        timeout=5,
    )
    notice = message_from_bytes(answer.content, policy=policy.default)
    assert notice.get_content_type() == "multipart/report"
    status = next(p for p in notice.walk() if p.get_content_type() == "message/delivery-status")
    assert "compta@nivelle.example" in status.get_payload()[1]["Final-Recipient"]
    assert "11111111-2222@deuxrives.example" in answer.text


def test_mails_and_the_port_survive_the_server(tmp_path):
    first = start_sandbox(tmp_path)
    send(first)
    port = first.facts["mail"]["smtp_port"]
    first.process.kill()
    first.process.wait(10)
    second = start_sandbox(tmp_path)
    try:
        assert len(ledger(second)) == 1
        assert second.facts["mail"]["smtp_port"] == port
    finally:
        second.process.terminate()
        second.process.wait(10)


def test_a_taken_port_is_replaced(tmp_path):
    first = start_sandbox(tmp_path / "one")
    (tmp_path / "two" / "mail").mkdir(parents=True)
    (tmp_path / "two" / "mail" / "smtp-port").write_text(str(first.facts["mail"]["smtp_port"]))
    second = start_sandbox(tmp_path / "two")
    try:
        assert second.facts["mail"]["smtp_port"] != first.facts["mail"]["smtp_port"]
    finally:
        for sandbox in (first, second):
            sandbox.process.terminate()
            sandbox.process.wait(10)


def test_a_new_demonstration_begins_with_an_empty_mailbox(sandbox):
    assert send(sandbox, "compta@nivelle.example").state is Outcome.ACCEPTED
    url = sandbox.root("mail")
    requests.post(f"{url}/_sandbox/reset", json={}, timeout=10).raise_for_status()
    assert requests.get(f"{url}/_sandbox/ledger", timeout=10).json() == []
