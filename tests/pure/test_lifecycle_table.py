"""The table of statuses: complete, and what it allows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from en16931 import lifecycle
from en16931.lifecycle import BUYER, SELLER

HELD = ["203"]


@pytest.fixture(scope="module")
def facts(shared: Path) -> dict:
    return json.loads((shared / "specs/data/codes-fr-lifecycle.json").read_text("utf-8"))


def test_every_status_of_the_reform_is_there_with_words_in_both_languages() -> None:
    assert list(lifecycle.statuses()) == [str(code) for code in range(200, 215)] + [
        "220", "221", "224", "225", "226", "227", "228",
    ]  # fmt: skip
    for status in lifecycle.statuses().values():
        assert set(status.label) == set(status.explain) == {"fr", "en"}
        assert all(status.label.values()) and all(status.explain.values())
        assert bool(status.action) == bool(status.users), status.code
        assert status.tone in ("done", "wait", "warn", "fail")
        assert set(status.users) <= set(status.emitters)
    assert [lifecycle.label(code) for code in ("203", "204", "205", "210", "212", "207", "208", "209")] == [
        "Mise à disposition", "Prise en charge", "Approuvée", "Refusée", "Encaissée", "En litige", "Suspendue", "Complétée",
    ]  # fmt: skip


def test_every_reason_has_a_plain_sentence() -> None:
    reasons = lifecycle.table()["reasons"]
    for words in reasons.values():
        assert words["fr"].endswith(".") and words["en"].endswith(".")
    for status in lifecycle.statuses().values():
        assert set(status.reasons) <= set(reasons)
    assert lifecycle.reason("TX_TVA_ERR", "fr_FR") == "Un taux de TVA est faux."
    assert lifecycle.reason("NEUF_2027") == "NEUF_2027"


def test_closed_lists_agree_with_the_facts(facts: dict) -> None:
    for row in facts["statuses"]:
        status = lifecycle.status(row["code"])
        assert list(status.reasons) == row.get("reasons", [])
        assert status.phase == str(row["phase"])
        assert status.label["fr"] == row["label_fr"]
        assert status.comment_required or not row.get("comment_required_for_ppf")
        assert set(row.get("amounts_required", [])) <= set(status.amounts)
        assert status.by_rate == row.get("amount_split_by_vat_rate", False)
        public = row.get("reasons_b2g_sender_9999", [])
        assert not public or public == lifecycle.table()["reasons_public_sector_210"]
        assert status.terminal == row.get("terminal", False) or row["code"] == "220"
        assert status.reason_required == row.get("reason_required", False)
        if "mdt88" in row:
            assert status.mdt88 == row["mdt88"]
        if status.mdt88:
            assert status.mdt88 in facts["mdt88_allowed"][status.phase]
    assert set(lifecycle.table()["technical"]) == set(facts["ppf_technical"])
    assert set(facts["reasons_501"]) <= set(lifecycle.table()["reasons"])
    assert set(lifecycle.table()["actions"]) == set(facts["action_codes"])
    assert set(lifecycle.table()["amounts"]) == set(facts["characteristic_types_mdt207"])


def test_a_buyer_who_holds_the_invoice_may_say_these() -> None:
    offered = [status.code for status in lifecycle.sendable(HELD, BUYER)]
    assert offered == ["204", "205", "206", "207", "208", "210", "214"]


def test_nothing_before_the_invoice_is_there_and_nothing_after_the_end() -> None:
    for code in ("204", "205", "206", "207", "208", "210"):
        assert lifecycle.refusal(code, ["200", "202"], BUYER) == "early"
    for end in ("210", "213", "220"):
        for code, status in lifecycle.statuses().items():
            for actor in status.users:
                assert lifecycle.refusal(code, ["203", end, "204"], actor) == "terminal"


@pytest.mark.parametrize(
    ("code", "history", "actor", "answer"),
    [
        ("209", ["203", "208"], SELLER, ""),
        ("209", ["203", "208", "209"], SELLER, "early"),
        ("209", ["203", "208", "209", "208"], SELLER, ""),
        ("209", ["203", "205"], SELLER, "early"),
        ("211", ["203", "204"], BUYER, "early"),
        ("211", ["203", "206"], BUYER, ""),
        ("211", ["203", "205", "211"], BUYER, ""),
        ("212", ["200"], SELLER, "early"),
        ("212", ["203"], SELLER, ""),
        ("212", ["203", "212", "212"], SELLER, ""),
        ("205", ["203", "205"], BUYER, "again"),
        ("205", ["203", "205", "207"], BUYER, ""),
        ("204", ["203", "205"], BUYER, "late"),
        ("210", ["203", "205"], BUYER, "late"),
        ("210", ["203", "207"], BUYER, ""),
        ("228", ["203"], SELLER, "early"),
        ("228", ["203", "225"], SELLER, ""),
        ("212", ["203"], BUYER, "actor"),
        ("205", ["203"], SELLER, "actor"),
        ("200", ["203"], SELLER, "actor"),
        ("299", ["203"], BUYER, "unknown"),
    ],
)
def test_what_may_follow_what(code: str, history: list[str], actor: str, answer: str) -> None:
    assert lifecycle.refusal(code, history, actor) == answer


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ([], ""),
        (["unknown"], "unknown"),
        (["200", "203", "205"], "205"),
        (["203", "unknown", "601"], "203"),
        (["203", "210", "205"], "210"),
        (["203", "213", "220"], "213"),
    ],
)
def test_the_current_status(said: list[str], now: str) -> None:
    assert lifecycle.current(said) == now


def test_an_unknown_word_is_never_a_success() -> None:
    assert lifecycle.known("299") == lifecycle.known("") == lifecycle.UNKNOWN
    assert lifecycle.tone("299") == lifecycle.tone(lifecycle.UNKNOWN) == "warn"
    assert lifecycle.label("299") == "Statut inconnu"
    assert lifecycle.known("601") == "601" and lifecycle.tone("601") == "fail"


def test_reasons_are_those_of_the_status() -> None:
    assert lifecycle.unsuitable_reasons("210", ["JUSTIF_ABS", "TX_TVA_ERR"]) == ["JUSTIF_ABS"]
    assert lifecycle.unsuitable_reasons("208", ["JUSTIF_ABS"]) == []
    assert lifecycle.unsuitable_reasons("210", ["CONTACT_ACHTR"], public_sector=True) == []
    assert lifecycle.unsuitable_reasons("205", ["AUTRE"]) == ["AUTRE"]
