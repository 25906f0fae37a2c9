"""Verdicts: valid only when everything was checked, and each finding in words."""

import os
from datetime import date

import pytest
from en16931 import validator
from en16931.validator import validate, validate_many
from en16931.verdict import SOURCES, Finding, Verdict, conclude
from en16931.write import write_xml
from hostservice import ServiceClient
from sample_invoice import invoice, party

from services.validator import engine as engine_module
from services.validator.engine import Engine
from services.validator.saxon import EngineError


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setenv("EFACTURE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    yield Engine()
    patch.undo()


@pytest.mark.parametrize(
    ("syntax", "profile"),
    [("cii", "en16931"), ("cii", "extended"), ("cii", "extended-ctc-fr"),
     ("ubl", "en16931"), ("ubl", "extended-ctc-fr")],
)  # fmt: skip
@pytest.mark.parametrize("lines", [1, 12])
def test_a_good_invoice_is_valid_in_every_syntax(engine, syntax, profile, lines):
    verdict = engine.check(write_xml(invoice(lines), syntax, profile))
    assert (verdict.verdict, verdict.profile) == ("valid", profile), verdict.findings
    assert verdict.findings == ()
    assert {"xsd", f"br-fr-{syntax}"} < set(dict(verdict.rule_sets))
    assert all(version for _name, version in verdict.rule_sets)


def seller(**changes):
    return party("999120348", "COMPTOIR DES DEUX RIVES", vat_identifier="FR43999120348", **changes)


def buyer(siren="990234171", **changes):
    return {**party(siren, "ATELIER NIVELLE"), **changes}


def note(code, text):
    others = [item for item in invoice()["BG-1"] if item["BT-21"] != code]
    return [*others, {"BT-21": code, "BT-22": text}]


STORIES = [
    (
        "no address of the customer",
        {"BG-7": buyer(einvoicing_addr=None)},
        "BR-FR-12_BT-49",
        "BT-49",
    ),
    ("a space in the number", {"BT-1": "FAC 42"}, "BR-FR-02_BT-1", "BT-1"),
    ("no recovery costs note", {"BG-1": invoice()["BG-1"][1:]}, "BR-FR-05_BT-22_PMT", "BT-22"),
    ("due before it is issued", {"BT-9": date(2026, 1, 1)}, "BR-FR-CO-07_BT-9", "BT-9"),
    ("no name of the customer", {"BG-7": buyer(name=" ")}, "BR-07", "BT-44"),
    ("one cent too much", {"BT-112": "120.01", "BT-115": "120.01"}, "BR-CO-15", "BT-112"),
    ("a typing error in the SIREN", {"BG-7": buyer("990234172")}, "EF-SIREN", "BT-47"),
    ("a blank penalties note", {"BG-1": note("PMD", " … ")}, "EF-NOTE", "BG-1"),
]


@pytest.mark.parametrize(("story", "changes", "rule", "term"), STORIES, ids=[s[0] for s in STORIES])
@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_what_is_wrong_is_told(engine, story, changes, rule, term, syntax):
    verdict = engine.check(write_xml(invoice(**changes), syntax))
    found = {finding.rule.partition("-1")[0]: finding for finding in verdict.fatal}
    found |= {finding.rule: finding for finding in verdict.fatal}
    if rule.endswith("_PMT") and syntax == "ubl":
        rule = "BR-FR-05_BT-22"  # the UBL sheet only numbers them
    assert verdict.verdict == "invalid"
    assert rule in found, verdict.findings
    finding = found[rule]
    assert finding.source in SOURCES
    assert finding.message and not finding.message.startswith("Règle")
    if rule != "EF-NOTE":
        assert finding.term == term


def test_a_day_that_does_not_exist(engine):
    content = write_xml(invoice(), "cii").replace(b"20261104", b"20261131")
    verdict = engine.check(content)
    assert [finding.rule for finding in verdict.fatal] == ["BR-FR-03_BT-9"]
    assert "20261131" in verdict.fatal[0].message
    verdict = engine.check(content, "en16931")  # whose rules do not look at the calendar
    assert [(finding.rule, finding.term) for finding in verdict.fatal] == [("EF-DATE", "BT-9")]


def test_spaces_nobody_sees(engine):
    content = write_xml(invoice(), "ubl").replace(b">990234171<", ">990234171\u00a0<".encode())
    rules = {finding.rule for finding in engine.check(content).fatal}
    assert "EF-SPACES" in rules


def test_a_wrong_code_is_quoted_where_it_stands(engine):
    wrong = invoice(**{"BG-7": buyer(einvoicing_addr_schemeid="0999")})
    finding = next(
        item for item in engine.check(write_xml(wrong, "ubl")).fatal if item.rule == "BR-CL-25"
    )
    assert finding.term == "BT-49"
    assert "« 0999 »" in finding.message and "EAS" in finding.message


def test_the_context_chooses_the_rules(engine):
    content = write_xml(invoice(**{"BG-1": [], "BT-23": None}), "cii")
    assert engine.check(content, "fr-ctc").verdict == "invalid"
    for context in ("en16931", "chorus"):
        verdict = engine.check(content, context)
        assert verdict.verdict == "valid", verdict.findings
        assert "br-fr-cii" not in dict(verdict.rule_sets)
    with pytest.raises(ValueError, match="unknown context"):
        engine.check(content, "moon")


def test_english_for_whoever_asks(engine):
    verdict = engine.check(write_xml(invoice(**{"BT-9": date(2026, 1, 1)}), "ubl"), lang="en")
    assert "payment due date (BT-9)" in verdict.findings[0].message


def test_a_wrong_structure_is_told_by_the_schema(engine):
    content = write_xml(invoice(), "ubl").replace(b"cbc:IssueDate", b"cbc:IssuedOn")
    verdict = engine.check(content)
    assert verdict.verdict == "invalid"
    assert verdict.findings[0].source == "xsd"


@pytest.mark.parametrize(
    ("content", "verdict", "rule"),
    [
        (b"", "unchecked", "XML-NONE"),
        (b"hello", "unchecked", "XML-NONE"),
        (b"<a/>", "unchecked", "XML-KIND"),
        (b"<Invoice", "invalid", "XML-READ"),
        (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
            "invalid",
            "XML-READ",
        ),
        (b"%PDF-1.7 not really", "unchecked", "PDF-READ"),
    ],
)
def test_what_is_no_invoice_is_never_valid(engine, content, verdict, rule):
    found = engine.check(content)
    assert (found.verdict, found.findings[0].rule) == (verdict, rule)


def test_a_value_the_rules_choke_on_is_invalid(engine):
    content = write_xml(invoice(), "cii").replace(b">100.00<", b">cent<")
    verdict = engine.check(content)
    assert verdict.verdict == "invalid"
    assert {"XSD", "RULES-VALUE"} <= {finding.rule for finding in verdict.fatal}


def test_an_engine_that_fails_is_not_a_valid_document(engine, monkeypatch):
    def fail(*_args):
        raise EngineError("no memory left", in_document=False)

    monkeypatch.setattr(engine.saxon, "transform", fail)
    verdict = engine.check(write_xml(invoice(), "cii"))
    assert verdict.verdict == "unchecked"
    assert {finding.rule for finding in verdict.findings} == {"RULES-ERROR"}


def test_a_bug_of_ours_is_not_a_valid_document(engine, monkeypatch):
    monkeypatch.setattr(engine_module.own_checks, "check", lambda *_args: 1 / 0)
    verdict = engine.check(write_xml(invoice(), "cii"))
    assert verdict.verdict == "unchecked"
    assert "ZeroDivisionError" in verdict.findings[0].message


def test_a_template_error_on_each_line_is_told_a_bounded_number_of_times(engine):
    lines = invoice(200)["BG-25"]
    for line in lines:
        line["BT-130"] = "HOURS"
    verdict = engine.check(write_xml(invoice(200, **{"BG-25": lines}), "ubl"))
    assert sum(finding.rule == "BR-CL-23" for finding in verdict.findings) == 50


def test_words_are_kept_through_json():
    finding = Finding("BR-1", "fatal", "BT-1", "é", "en16931", "/a")
    verdict = Verdict("invalid", "CII", "en16931", (finding,), (("xsd", "1"),), 0.1)
    assert Verdict.from_dict(verdict.to_dict()) == verdict
    assert Verdict.from_dict({"verdict": "perfect"}).verdict == "unchecked"
    assert conclude([], complete=False) == "unchecked"
    assert conclude([finding], complete=False) == "invalid"


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A host of its own, with nothing running."""
    monkeypatch.setenv("EFACTURE_RUN_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("EFACTURE_CACHE_DIR", str(tmp_path / "cache"))
    yield
    ServiceClient("validator").stop()


def test_the_service_is_started_by_the_first_use_and_kept(host):
    contents = [
        write_xml(invoice(**{"BT-1": f"F{n}" if n % 2 else "F 1"}), "cii") for n in range(45)
    ]
    verdicts = validate_many(contents)
    assert [verdict.verdict for verdict in verdicts[:4]] == ["invalid", "valid", "invalid", "valid"]
    assert len(verdicts) == 45
    pid = ServiceClient("validator").status()["pid"]
    assert validate(contents[1]).is_valid
    assert ServiceClient("validator").status()["pid"] == pid


def test_without_a_service_nothing_is_valid(host, monkeypatch):
    monkeypatch.setenv("EFACTURE_PYTHON", "/bin/false")
    verdict = validate(write_xml(invoice(), "cii"))
    assert (verdict.verdict, verdict.kind) == ("unchecked", "CII")
    assert verdict.findings[0].rule == "CHECK-UNAVAILABLE"


@pytest.mark.parametrize("answer", [{}, {"verdicts": []}, {"verdicts": [{}, {}]}, {"verdicts": 3}])
def test_an_answer_that_makes_no_sense_is_not_valid(monkeypatch, answer):
    monkeypatch.setattr(ServiceClient, "call", lambda *_args, **_kw: (answer, []))
    assert validate(b"<a/>").verdict == "unchecked"


def test_one_document_that_kills_the_service_does_not_cost_the_others_theirs(monkeypatch):
    from hostservice import ServiceError

    def call(_self, _op, _params, contents, timeout):
        if b"bomb" in contents:
            raise ServiceError("the worker process died")
        return {"verdicts": [{"verdict": "valid", "kind": "CII"} for _each in contents]}, []

    monkeypatch.setattr(ServiceClient, "call", call)
    verdicts = validate_many([b"a", b"bomb", b"c"])
    assert [verdict.verdict for verdict in verdicts] == ["valid", "unchecked", "valid"]
    assert verdicts[1].findings[0].rule == "CHECK-ERROR"


def test_the_validator_module_needs_no_odoo():
    assert "odoo" not in os.path.basename(validator.__name__)
