"""Our verdicts on the shared corpora beside those of their manifest, each difference with its reason.

``python tests/pure/corpora_verdicts.py`` (with the project on the path) writes
``docs/bin-check-corpora.md``.
"""

from __future__ import annotations

import collections
import csv
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from en16931 import kinds, pdf_container, rulesets
from en16931.verdict import Verdict
from lxml import etree

ROOT = Path(__file__).parents[2]
BASE = ("en16931", "factur-x", "extended-ctc-fr")

REASONS = {
    "schema": "The manifest's tool read the file by the wide schema of UN/CEFACT (D22B), which "
    "accepts it (checked again here); we read it by the narrower schema Factur-X publishes for the "
    "profile the file announces.",
    "schema-root": "Accepted by the schema of its profile; the manifest read it by another one.",
    "level": "The file announces a Factur-X level by an older spelling (`urn:zugferd.de:2p0:…`, "
    "`…:compliant:…`, `…xrechnung…`): the manifest judged it by CEN's rules for CII, we by the "
    "Factur-X rules of that level, which name some tests otherwise (`FX-…`, `BR-FXEXT-…`).",
    "guideline": "BT-24 is not an EN 16931 guideline (a ZUGFeRD 1 one in a CII document). For us "
    "that is an error (FX-SCH-A-000556); the manifest left this test out.",
    "cen": "The manifest judged this file by CEN's sheet for CII, which no wheel carries. We take "
    "CEN's tests from the EXTENDED-CTC-FR sheet: it allows for this one what its extension needs, "
    "or tests it under an extension name.",
    "codes": "The same fault under another name: the Factur-X sheet checks code lists and presence "
    "under its own numbers (`FX-SCH-A-…`) where CEN says BR-CL-….",
    "name": "The same test: we show the public name the official text gives (BR-CO-27), the "
    "manifest its number (FX-SCH-A-000132).",
    "unused": "Tests without a number (« marked as not used »): the manifest tells elements and "
    "attributes apart by the text's first word, we show one rule, FX-NOT-USED.",
    "broken-rules": "The XSD refuses the document; the manifest's further rules were found by "
    "another sheet on a document without the expected structure.",
    "pdfa-flavour": "The file claims another part than 3 (PDF/A-1, PDF/A-4): the manifest checked "
    "that claim, we check PDF/A-3, the only one Factur-X allows.",
    "pdfa-none": "The PDF holds no invoice: `bin/check` has nothing to judge and does not ask "
    "veraPDF.",
}


@dataclass(frozen=True)
class Difference:
    """One column of the manifest that we see otherwise; ``reason`` is a key of REASONS or empty."""

    file: str
    column: str
    ours: str
    manifest: str
    reason: str


@dataclass(frozen=True)
class Row:
    """One file: what the manifest says and our verdict."""

    told: dict[str, str]
    verdict: Verdict
    differences: tuple[Difference, ...]


def judge(shared: Path, step: int = 1, pdfa: bool = False) -> Iterator[Row]:
    """Yield every ``step``-th file of the corpora with our verdict and the differences."""
    from services.validator.engine import Engine

    engine = Engine()
    folder = shared / "corpora"
    with open(folder / "manifest.csv", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for told in rows[::step]:
        content = (folder / told["file"]).read_bytes()
        verdict = engine.check(content, lang="en")
        yield Row(told, verdict, tuple(_differences(told, verdict, content, pdfa)))


def _differences(told, verdict, content, pdfa) -> Iterator[Difference]:
    if told["xsd_ok"]:
        ours = str(not any(item.source == "xsd" for item in verdict.findings))
        if ours != told["xsd_ok"]:
            yield Difference(
                told["file"], "xsd_ok", ours, told["xsd_ok"], _schema_reason(content, ours)
            )
        base = _rules(verdict, BASE)
        wanted = set(told["fatal_base_rules"].split())
        if base != wanted:
            yield Difference(
                told["file"],
                "fatal_base_rules",
                " ".join(sorted(base - wanted)),
                " ".join(sorted(wanted - base)),
                _base_reason(told, verdict, base - wanted, wanted - base),
            )
        french, wanted = _rules(verdict, ("br-fr",)), set(told["fatal_br_fr_rules"].split())
        if french != wanted:
            ours, theirs = " ".join(sorted(french - wanted)), " ".join(sorted(wanted - french))
            yield Difference(told["file"], "fatal_br_fr_rules", ours, theirs, "")
    if pdfa and told["verapdf"]:
        yield from _pdfa(told, verdict, content)


def _rules(verdict: Verdict, sources: Iterable[str]) -> set[str]:
    """Return the fatal rules of some sources under the names of the manifest."""
    found = set()
    for item in verdict.findings:
        if item.source in sources and item.severity == "fatal" and item.rule != "RULES-VALUE":
            unused = "Attribute" if item.location.rpartition("/")[2].startswith("@") else "Element"
            found.add(unused if item.rule == "FX-NOT-USED" else item.rule)
    return found


def _schema_reason(content: bytes, ours: str) -> str:
    if ours == "True":
        return "schema-root"
    if kinds.is_pdf(content):
        content = pdf_container.extract_xml(content)[1]
    wide = kinds.Kind(kinds.CII, "extended-ctc-fr")
    schema = etree.XMLSchema(etree.parse(str(rulesets.schema_path(wide))))
    return "schema" if schema.validate(kinds.parse_xml(content)) else ""


def _base_reason(told, verdict, only_ours: set[str], only_theirs: set[str]) -> str:
    guideline, profile = told["profile"], verdict.profile
    ours = {rule.partition("-")[0] for rule in only_ours}
    if only_ours == {"BR-CO-27"} and only_theirs == {"FX-SCH-A-000132"}:
        return "name"
    if not guideline.startswith("urn:cen.eu") and "FX-SCH-A-000556" in only_ours:
        return "guideline"
    if only_ours | only_theirs <= {"Element", "Attribute"}:
        return "unused"
    older = "zugferd.de" in guideline or "2017:compliant" in guideline
    if older and profile not in ("en16931", ""):
        return "level"
    if any(item.source == "xsd" for item in verdict.findings) or told["xsd_ok"] == "False":
        return "broken-rules"
    if (
        only_theirs
        and not only_ours
        and all(rule.startswith(("CII-DT-", "CII-SR-", "BR-CL-")) for rule in only_theirs)
    ):
        return "cen"
    codes = all(rule.startswith(("BR-CL-", "CII-")) for rule in only_theirs)
    if ours <= {"FX"} and codes:
        return "codes"
    return ""


def _pdfa(told, verdict, content) -> Iterator[Difference]:
    from en16931.verapdf import check_pdfa

    if verdict.kind not in (kinds.FACTURX, kinds.ZUGFERD1):
        yield Difference(told["file"], "verapdf", "", told["verapdf"], "pdfa-none")
        return
    ours = str(not check_pdfa(content))
    if ours != told["verapdf"]:
        other_part = told["pdf_claim"] and not told["pdf_claim"].startswith("3")
        reason = "pdfa-flavour" if other_part else ""
        yield Difference(told["file"], "verapdf", ours, told["verapdf"], reason)


def report(rows: list[Row], pdfa: bool) -> str:
    """Return the page ``docs/bin-check-corpora.md``."""
    kinds_found = collections.Counter((row.told["kind"], row.verdict.kind, row.verdict.verdict)
                                      for row in rows)  # fmt: skip
    differences = [item for row in rows for item in row.differences]
    compared = collections.Counter()
    for row in rows:
        for column in ("xsd_ok", "fatal_base_rules", "fatal_br_fr_rules"):
            compared[column] += bool(row.told["xsd_ok"])
        compared["verapdf"] += bool(pdfa and row.told["verapdf"])
    apart = collections.Counter(item.column for item in differences)
    lines = [
        "# `bin/check` over the shared corpora",
        "",
        "Generated by `tests/pure/corpora_verdicts.py`; `tests/pure/test_corpora_verdicts.py` fails on "
        "a difference without a reason. The corpora themselves are not part of the product. Context: "
        "`fr-ctc`.",
        "",
        "## Verdicts",
        "",
        "| manifest's kind | our kind | verdict | files |",
        "|---|---|---|---|",
    ]
    lines += [f"| {a} | {b} | {c} | {n} |" for (a, b, c), n in sorted(kinds_found.items())]
    lines += [
        "",
        "Most files are German or older: they are *not valid* here for want of the French rules "
        "(BR-FR). `unchecked` are the files no rule set judges: ZUGFeRD 1, Order-X, FatturaPA, PDF "
        "without an invoice.",
        "",
        "## Against the manifest's columns",
        "",
        "| column | files compared | equal | different |",
        "|---|---|---|---|",
    ]
    for column, count in compared.items():
        if count:
            lines.append(f"| {column} | {count} | {count - apart[column]} | {apart[column]} |")
    lines += ["", "## Reasons", ""]
    used = collections.Counter(item.reason for item in differences)
    lines += [f"- **{key}** ({used[key]}): {text}" for key, text in REASONS.items() if used[key]]
    lines += [
        "",
        "## Differences, one by one",
        "",
        "For rules, *ours* are those only we report, *manifest* those only the manifest has.",
        "",
        "| file | column | ours | manifest | reason |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {item.file} | {item.column} | {item.ours} | {item.manifest} | {item.reason or '?'} |"
        for item in differences
    ]
    lines += ["", "## Files the manifest's columns find nothing against", ""]
    for row in rows:
        told = row.told
        clean = told["xsd_ok"] == "True" and told["verapdf"] != "False"
        if clean and not told["fatal_base_rules"] and not told["fatal_br_fr_rules"]:
            why = ", ".join(sorted({f"{item.rule}" for item in row.verdict.fatal}))
            lines.append(f"- {told['file']}: {row.verdict.verdict}{f' ({why})' if why else ''}")
    lines += [
        "",
        "EF-SIREN and EF-SIRET are our own checks: these examples carry invented numbers whose check "
        "digit is wrong, which no directory can hold. FX-PDF-… are the checks of the PDF container.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Write the page."""
    shared = Path(os.environ.get("EFACTURE_SHARED", ROOT.parent / "shared"))
    rows = list(judge(shared, pdfa=True))
    page = report(rows, pdfa=True)
    (ROOT / "docs" / "bin-check-corpora.md").write_text(page, encoding="utf-8")
    unexplained = sum(not item.reason for row in rows for item in row.differences)
    print(f"{len(rows)} files, {unexplained} differences without a reason")


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "addons" / "efacture_base")]
    main()
