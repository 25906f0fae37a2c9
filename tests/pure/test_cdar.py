"""Life-cycle messages: every status we may send is valid, and whatever arrives is read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from en16931 import lifecycle
from en16931.cdar import (
    Amount,
    Attachment,
    CdarError,
    CdarMessage,
    Detail,
    Party,
    message_id,
    read_cdar,
    write_cdar,
)
from en16931.validator import validate_many

DAY = date(2026, 11, 5)
NOW = datetime(2026, 11, 20, 10, 15, 0, tzinfo=UTC)
SELLER = Party("SE", "Comptoir des Deux Rives", (("0002", "999120348"),), "999120348")
BUYER = Party("BY", "Atelier Nivelle", (("0002", "990234171"),), "990234171_SERVICE-1")


def message(code: str, **values: object) -> CdarMessage:
    """A message of the one who may say this status."""
    status = lifecycle.status(code)
    seller_speaks = "seller" in status.emitters
    platform = status.phase == "305"
    issuer = Party("WK", "Plateforme") if platform else (SELLER if seller_speaks else BUYER)
    issuer = replace(issuer, address="")
    recipient = BUYER if seller_speaks and not platform else SELLER
    return CdarMessage(
        **{
            "message_id": message_id("FAC/2026/0042", "380", DAY, code, "20261120101500-1"),
            "code": code,
            "number": "FAC/2026/0042",
            "invoice_date": DAY,
            "issued_at": NOW,
            "issuer": issuer,
            "recipients": (recipient,),
            "seller_ids": SELLER.ids,
            **values,
        }
    )


def amounts(code: str) -> tuple[Amount, ...]:
    return {
        "212": (
            Amount("MEN", Decimal("1200.00"), rate=Decimal("20.00"), at=DAY),
            Amount("MEN", Decimal("-10.55"), rate=Decimal("5.5"), at=DAY),
            Amount("ESC", Decimal("3.00")),
        ),
        "211": (Amount("MPA", Decimal("1189.45"), at=DAY),),
    }.get(code, ())


def every_message() -> dict[str, CdarMessage]:
    """Each status with each reason it allows, with a comment, with all it may carry."""
    found = {}
    for code, status in lifecycle.statuses().items():
        for reason in status.reasons or ("",):
            detail = Detail(
                reason=reason,
                reason_text=lifecycle.reason(reason) if reason else "",
                action="NIN" if code == "210" else "",
                note="Ligne 2 : le taux attendu est 10 % <> & “voilà”.\x0b\nEt la suite.",
                amounts=amounts(code),
            )
            found[f"{code} {reason}"] = message(code, details=(detail,))
        if not status.reason_required and not status.amounts:
            found[f"{code} alone"] = message(code)
        if status.attachments:
            file = Attachment("RIB de l’été.pdf", "application/pdf", b"%PDF-1.7 \xff\x00")
            found[f"{code} file"] = message(code, attachments=(file,))
    two = tuple(Detail(r, lifecycle.reason(r), note="x") for r in ("TX_TVA_ERR", "DOUBLON"))
    found["210 two reasons"] = message("210", details=two)
    return found


def test_every_status_with_every_reason_is_valid_by_schema_and_french_rules() -> None:
    messages = every_message()
    verdicts = validate_many([write_cdar(m) for m in messages.values()])
    wrong = {
        name: [(f.rule, f.message) for f in verdict.findings]
        for name, verdict in zip(messages, verdicts, strict=True)
        if verdict.verdict != "valid" or verdict.kind != "CDAR"
    }
    assert not wrong
    assert len(messages) > 80


def test_the_rules_do_refuse_what_is_wrong() -> None:
    right = write_cdar(message("210", details=(Detail("DOUBLON", note="Déjà reçue."),)))
    wrong = {
        "a reason of another status": right.replace(b"DOUBLON", b"JUSTIF_ABS"),
        "no sequence": right.replace(b"<ram:SequenceNumeric>1</ram:SequenceNumeric>", b""),
        "no address": re.sub(
            rb"<ram:URIUniversalCommunication>.*?</ram:URIUniversalCommunication>", b"", right, flags=re.S
        ),
        "an asked action that is none": right.replace(b"<ram:SequenceNumeric>", b"<ram:RequestedActionCode>ABC</ram:RequestedActionCode><ram:SequenceNumeric>"),
    }  # fmt: skip
    for name, verdict in zip(wrong, validate_many(list(wrong.values())), strict=True):
        assert verdict.verdict == "invalid", name


def test_what_is_written_is_what_is_read() -> None:
    for name, sent in every_message().items():
        read = read_cdar(write_cdar(sent))
        details = tuple(replace(d, note=d.note.replace("\x0b", "")) for d in sent.details)
        status = lifecycle.status(sent.code)
        assert read == replace(
            sent, details=details, label=status.label["fr"], phase=status.phase,
            status_code=status.mdt88, said_at=NOW,
        ), name  # fmt: skip


def test_what_a_message_needs() -> None:
    with pytest.raises(CdarError, match="MDT-113"):
        write_cdar(message("210"))
    with pytest.raises(CdarError, match="JUSTIF_ABS"):
        write_cdar(message("210", details=(Detail("JUSTIF_ABS"),)))
    with pytest.raises(CdarError, match="MEN"):
        write_cdar(message("212", details=(Detail(amounts=(Amount("MEN", Decimal(1)),)),)))
    with pytest.raises(CdarError, match="MDT-73"):
        write_cdar(message("205", recipients=(replace(SELLER, address=""),)))
    with pytest.raises(CdarError, match="MDT-129"):
        write_cdar(message("205", seller_ids=(("0009", "99912034800019"),)))
    with pytest.raises(CdarError, match="35"):
        write_cdar(message("205", number="F" * 36))
    with pytest.raises(CdarError, match="299"):
        write_cdar(replace(message("205"), code="299"))


def test_the_two_examples(shared: Path) -> None:
    refused = read_cdar((shared / "specs/examples/cdar-210-refusee.xml").read_bytes())
    assert (refused.code, refused.number, refused.seller_siren) == (
        "210", "FAC-2026-0042", "732829320",
    )  # fmt: skip
    assert refused.invoice_date == DAY and refused.issuer.role == "BY"
    assert refused.reasons == ("TX_TVA_ERR",) and refused.details[0].action == "NIN"
    assert refused.note == "Taux attendu 10 % sur la ligne 2."
    cashed = read_cdar((shared / "specs/examples/cdar-212-encaissee.xml").read_bytes())
    assert cashed.amounts == (
        Amount("MEN", Decimal("1200.00"), "EUR", Decimal("20.00"), date(2026, 11, 19)),
    )


def test_messages_of_other_makers_are_read(shared: Path) -> None:
    files = sorted((shared / "corpora/phive-rules-france").glob("*CDV*.xml"))
    assert files
    for file in files:
        read = read_cdar(file.read_bytes())
        assert read.code == re.search(r"CDV-(\d+)", file.name)[1]
        assert read.number == "F202500003" and read.seller_siren == "100000009"
        assert read.issued_at and read.invoice_date and read.message_id


def test_unknown_words_stay_as_written() -> None:
    text = write_cdar(message("207", details=(Detail("AUTRE", note="Non."),)))
    strange = text.replace(b">207<", b">299<").replace(b">AUTRE<", b">NEUF<")
    strange = strange.replace(b">20261120101500<", b">hier<").replace(b"En litige", b"Nouveau")
    read = read_cdar(strange)
    assert (read.code, read.label, read.reasons) == ("299", "Nouveau", ("NEUF",))
    assert read.issued_at is None and lifecycle.known(read.code) == "unknown"


def test_amounts_and_files_that_cannot_be_read_are_left_out() -> None:
    detail = Detail(amounts=(Amount("MEN", Decimal("12.00"), rate=Decimal("20")),))
    text = write_cdar(message("212", details=(detail,)))
    for bad in (b"douze", b"NaN", b"1e999", b""):
        assert read_cdar(text.replace(b">12.00<", b">%s<" % bad)).amounts[0].value is None
    file = write_cdar(message("209", attachments=(Attachment("a/../b.pdf", "", b"abc"),)))
    assert read_cdar(file).attachments[0].filename == "b.pdf"
    assert read_cdar(file.replace(b"YWJj", b"Y*Jj")).attachments == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"<Invoice/>",
        b"<a>" * 50,
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    ],
)
def test_no_message_is_said_so(content: bytes) -> None:
    with pytest.raises(CdarError):
        read_cdar(content)


def test_entities_are_never_opened() -> None:
    text = write_cdar(message("205")).decode()
    hostile = text.replace(
        "?>", '?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', 1
    ).replace("FAC/2026/0042", "&e;")
    with pytest.raises(CdarError):
        read_cdar(hostile.encode())


def test_the_identifier_of_a_message() -> None:
    assert (
        message_id("FAC/2026/0042", "380", DAY, "212", "20261120101500")
        == "FAC/2026/0042_380_20261105#212_20261120101500"
    )
