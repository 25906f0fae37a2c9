"""The generated sheets say exactly what the official ones say, or are not used."""

import csv
import random
from pathlib import Path

import pytest
from en16931 import kinds, pdf_container, rulesets
from en16931.write import write_xml
from lxml import etree
from mutations import mutate
from sample_invoice import invoice

from services.validator import fastrun, faststyles
from services.validator.saxon import EngineError, Saxon, text_of

SAMPLE = 8  # the plain run takes one corpus file in so many


@pytest.fixture(scope="module")
def saxon():
    return Saxon()


@pytest.fixture(scope="module")
def fast(saxon, tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setenv("EFACTURE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    yield fastrun.FastSheets(saxon)
    patch.undo()


class Comparison:
    """Counts of two ways of judging the same documents."""

    def __init__(self, saxon: Saxon, fast: fastrun.FastSheets):
        self.saxon, self.fast = saxon, fast
        self.runs = self.findings = self.errors = self.refused = self.declined = 0
        self.fired: set[tuple[str, str]] = set()
        self.different: list[tuple] = []

    def judge(self, name: str, root: etree._Element, context: str = "fr-ctc") -> None:
        text = text_of(root)
        sheets = rulesets.sheets_for(kinds.detect_root(root), context)
        if sheets and not fastrun.usable(root, text):
            self.refused += 1
            return
        node = self.saxon.parse(text) if sheets else None
        for sheet in sheets:
            self.runs += 1
            quick = self.fast.run(sheet, node)
            try:
                official = self.saxon.official(sheet, node)
            except EngineError:
                self.errors += 1
                # a sheet taken in part may do without the rule that fails
                if quick is not None and not sheet.keep:
                    self.different.append((name, sheet.name, "official error", quick))
                continue
            self.findings += len(official)
            self.fired.update((sheet.name, item.identifier or item.text) for item in official)
            if quick is None:  # it declined: the official sheet is what judges then
                self.declined += 1
            elif quick != official:
                self.different.append((name, sheet.name, official, quick))

    def __str__(self) -> str:
        return (
            f"{self.runs} runs, {self.findings} findings, {len(self.fired)} different (sheet, rule) "
            f"fired, {self.errors} engine errors, {self.refused + self.declined} left to the official "
            f"sheets, "
            f"{len(self.different)} differences"
        )


def test_every_official_sheet_has_a_faster_one(fast):
    results = fastrun.prepare()
    assert results == dict.fromkeys(rulesets.SHEETS, "ok")


def test_originals_are_untouched(fast):
    before = {sheet.path: sheet.path.stat().st_mtime_ns for sheet in rulesets.SHEETS.values()}
    fastrun.prepare()
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_own_invoices_and_their_damaged_copies(saxon, fast, capsys):
    comparison, chance = Comparison(saxon, fast), random.Random(16931)
    cases = [("cii", "en16931"), ("cii", "extended"), ("cii", "extended-ctc-fr"),
             ("cii", "basicwl"), ("ubl", "en16931"), ("ubl", "extended-ctc-fr")]  # fmt: skip
    for syntax, profile in cases:
        for kind in ("380", "381", "386"):
            root = etree.fromstring(write_xml(invoice(3, **{"BT-3": kind}), syntax, profile))
            comparison.judge(f"{syntax} {profile} {kind}", root)
            for number in range(6):
                comparison.judge(f"{syntax} {profile} {kind}#{number}", mutate(root, chance))
    with capsys.disabled():
        print(f"\nown invoices: {comparison}")
    assert not comparison.different, comparison.different[:2]
    assert comparison.findings > 100
    assert comparison.declined < comparison.runs / 20


def corpus(shared: Path, step: int):
    """Yield (name, root) of the invoices in the shared corpora, one file in ``step``."""
    folder = shared / "corpora"
    with open(folder / "manifest.csv", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows[::step]:
        content = (folder / row["file"]).read_bytes()
        try:
            if kinds.is_pdf(content):
                held = pdf_container.extract_xml(content)
                content = held[1] if held else b""
            yield row["file"], kinds.parse_xml(content)
        except ValueError:
            continue


def test_a_sample_of_the_corpora(saxon, fast, shared, capsys):
    comparison, chance = Comparison(saxon, fast), random.Random(1)
    for name, root in corpus(shared, SAMPLE):
        comparison.judge(name, root)
        comparison.judge(name + " damaged", mutate(root, chance))
    with capsys.disabled():
        print(f"\nsample of the corpora: {comparison}")
    assert not comparison.different, comparison.different[:2]


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_all_corpora_and_two_damaged_copies_of_each(saxon, fast, shared, capsys):
    comparison, chance = Comparison(saxon, fast), random.Random(2)
    for name, root in corpus(shared, 1):
        comparison.judge(name, root)
        for number in range(2):
            comparison.judge(f"{name} damaged {number}", mutate(root, chance))
    with capsys.disabled():
        print(f"\nall corpora: {comparison}")
    assert not comparison.different, comparison.different[:2]
    assert comparison.runs > 4000


OFFICIAL = rulesets.SHEETS["br-fr-cii"].path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<xsl:apply-templates select="*" mode="M24"/>', '<xsl:apply-templates mode="M24"/>'),
        ('mode="M24"', 'mode="other"'),
        ("</xsl:stylesheet>", '<xsl:include href="x.xsl"/></xsl:stylesheet>'),
        ("</xsl:stylesheet>", '<xsl:template match="/x"/></xsl:stylesheet>'),
        ('match="rsm:CrossIndustryInvoice"', 'match="rsm:CrossIndustryInvoice[current()/x]"'),
        ('match="rsm:CrossIndustryInvoice"', "match=\"id('x')\""),
        ("<svrl:text>", "<svrl:text><xsl:apply-templates/>"),
        ('<xsl:attribute name="flag">fatal</xsl:attribute>', '<xsl:attribute name="role"/>'),
    ],
)
def test_a_sheet_of_another_shape_is_refused_loudly(tmp_path, old, new):
    text = OFFICIAL.read_text("utf-8")
    assert old in text
    changed = tmp_path / "sheet.xslt"
    changed.write_text(text.replace(old, new, 2), "utf-8")
    with pytest.raises((faststyles.UnexpectedShape, etree.XMLSyntaxError)):
        faststyles.generate(changed)


def test_when_no_faster_sheet_can_be_made_the_official_one_judges(monkeypatch, tmp_path):
    def refuse(*_args, **_kwargs):
        raise faststyles.UnexpectedShape("a new official version")

    monkeypatch.setenv("EFACTURE_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(faststyles, "write_cache", refuse)
    from services.validator.engine import Engine

    engine = Engine()
    verdict = engine.check(write_xml(invoice(**{"BT-1": "A B"}), "cii"))
    assert engine.fast._tables["br-fr-cii"] is None
    assert [finding.rule for finding in verdict.fatal] == ["BR-FR-02_BT-1"]


def test_documents_the_generated_sheets_must_not_judge():
    root = etree.fromstring(write_xml(invoice(), "ubl"))
    assert fastrun.usable(root, text_of(root))
    marked = etree.fromstring(text_of(root).replace("LYON", "").replace("Lyon", "Ly\ue000on"))
    assert not fastrun.usable(marked, text_of(marked))
    nested = etree.fromstring(text_of(root))
    nested.append(etree.fromstring(text_of(root)))
    assert not fastrun.usable(nested, text_of(nested))


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ("/r/a", "/r/b", True),
        ("/r/a", "/r/a[x]", False),
        ("//a/b", "c/b", True),
        ("//a/b", "b", False),
        ("/r/b", "q/r/b", True),
        ("/r/b", "r/b", False),
        ("//*", "a", False),
        ("//p:*", "q:a", True),
        ("//*[ends-with(name(), 'Amount')]", "cbc:ID", True),
        ("//*[ends-with(name(), 'Amount')]", "cbc:TaxAmount", False),
        ("//*[ends-with(name(), 'Amount') or x]", "cbc:ID", False),
        ("//a/@x", "//a/x", True),
    ],
)
def test_contexts_that_cannot_meet(a, b, apart):
    (one,), (other,) = faststyles.parse_context(a), faststyles.parse_context(b)
    assert faststyles.disjoint(one, other) is apart
    assert faststyles.disjoint(other, one) is apart
