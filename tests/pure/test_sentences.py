"""Every rule of every official sheet has a sentence in French and in English."""

import re

import pytest
from en16931 import rulesets, sentences, terms

from services.validator import faststyles


@pytest.fixture(scope="module")
def rules():
    """Return {public rule name: its official text} over all sheets."""
    found = {}
    for sheet in rulesets.SHEETS.values():
        for entry in faststyles.generate(sheet.path, sheet.keeps)[1]:
            text = entry.text or ""
            found.setdefault(sentences.rule_name(entry.identifier, text), text)
    return found


def test_no_rule_falls_back_on_the_official_text(rules, capsys):
    bare = {}
    for rule, text in rules.items():
        for lang, start in (("fr", "Règle"), ("en", "Rule")):
            told = sentences.sentence(rule, text, "", "", lang)
            assert told, rule
            assert "{" not in told, told
            if told.startswith(start):
                bare.setdefault(rule, text)
    with capsys.disabled():
        print(f"\n{len(rules)} rules, {len(bare)} without a sentence of ours")
    assert len(rules) > 2500
    assert not bare, list(bare.items())[:5]


def test_the_fall_back_shows_the_official_text():
    told = sentences.sentence("BR-XX-01", "[BR-XX-01]-The moon shall be full.", "", "", "fr")
    assert told == "Règle BR-XX-01 non respectée : The moon shall be full."


def test_french_sentences_are_french(rules):
    english = re.compile(r"\b(shall|should|must|invoice|charge level|not be)\b")
    wrong = {}
    for rule, text in rules.items():
        told = sentences.sentence(rule, text, "BT-1", "x", "fr")
        if english.search(re.sub(r"[«(][^»)]*[»)]", "", told)):
            wrong[rule] = told
    assert not wrong, list(wrong.items())[:5]


@pytest.mark.parametrize(
    ("identifier", "text", "name"),
    [
        ("FX-SCH-A-000238", "[BR-E-05]-In an Invoice line…", "BR-E-05"),
        ("FX-SCH-A-000036", "Value of 'ram:CountryID' is not allowed.", "FX-SCH-A-000036"),
        ("", "Element 'ram:Name' is marked as not used in the given context.", "FX-NOT-USED"),
        ("BR-FR-12_BT-49", "BR-FR-12/BT-49 : …", "BR-FR-12_BT-49"),
    ],
)
def test_rules_have_names_people_can_look_up(identifier, text, name):
    assert sentences.rule_name(identifier, text) == name


def test_rules_with_a_tolerance_take_the_sentence_of_the_standard():
    known = sentences.sentences()
    assert sentences.lookup("BR-FXEXT-CO-10") == known["BR-CO-10"]
    assert sentences.lookup("BR-FREXT-BR-22") == known["BR-22"]
    assert sentences.lookup("BR-FXEXT-AE-08b") == known["BR-AE-08"]
    assert sentences.lookup("BR-CL-99") is None


def test_structural_findings_name_the_term():
    place = (
        "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/"
        "ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:PostalTradeAddress"
    )
    term = terms.term_at(place + "/ram:CountryID")
    assert term == "BT-40"
    told = sentences.sentence("FX-SCH-A-1", "Value of 'ram:CountryID' is not allowed.", term)
    assert "le pays du vendeur (BT-40)" in told


def test_every_term_of_a_rule_has_a_name():
    known = sentences.labels()
    for rule, entry in sentences.sentences().items():
        if re.match(r"B[TG]-\d+\Z", entry.term):
            assert entry.term in known, rule


def test_locations_of_reports_and_paths_agree():
    uri = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    report = f"/*:CrossIndustryInvoice[namespace-uri()='{uri}'][1]/*:X[namespace-uri()='{uri}'][2]"
    path = f"/Q{{{uri}}}CrossIndustryInvoice[1]/Q{{{uri}}}X[2]"
    assert terms.readable_location(report) == "/rsm:CrossIndustryInvoice/rsm:X[2]"
    assert terms.readable_location(path) == "/rsm:CrossIndustryInvoice/rsm:X[2]"
    assert terms.readable_location(path + "/@schemeID").endswith("/@schemeID")
