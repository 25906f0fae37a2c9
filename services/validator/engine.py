"""Verdicts: what a file is, its schema, its rule sheets, our own checks. Fails closed."""

from __future__ import annotations

import functools
import logging
import re
import time

from en16931 import kinds, own_checks, pdf_container, rulesets, sentences, terms
from en16931.verdict import Finding, Verdict, conclude, sort_findings
from lxml import etree

from .fastrun import FastSheets, usable
from .saxon import EngineError, Fired, Saxon, text_of

_logger = logging.getLogger("efacture.validator")
EN16931 = "urn:cen.eu:en16931:2017"
# Stricter in the Factur-X sheet than in EN 16931 itself: its own guideline only, one contact per
# party. They do not make a plain CII of a national specification (XRechnung…) invalid.
FACTURX_ONLY = ("FX-SCH-A-000556", "CII-SR-465", "CII-SR-466")
_SCHEMA_OF = {
    "fx-en16931": (kinds.Kind(kinds.CII, "en16931"),),
    "ctc-cii": (kinds.Kind(kinds.CII, "extended-ctc-fr"),),
    "ubl-en16931": (kinds.Kind(kinds.UBL_INVOICE), kinds.Kind(kinds.UBL_CREDIT_NOTE)),
}
MAX_PER_RULE = 50  # a wrong template repeats one finding on each of thousands of lines


class Engine:
    """Checks documents, one at a time.

    :param fast: use the sheets generated from the official ones where there are any.
    """

    def __init__(self, fast: bool = True) -> None:
        self.saxon = Saxon()
        self.fast = None
        if fast:
            self.fast = FastSheets(self.saxon)

    def warm(self, name: str) -> None:
        """Get ready to judge by the sheet ``name`` and its schema."""
        sheet = rulesets.SHEETS[name]
        if self.fast is None or not self.fast.warm(sheet):
            self.saxon.compile(sheet.path)
        for kind in _SCHEMA_OF.get(name, ()):
            _schema(str(rulesets.schema_path(kind)))

    def check(self, content: bytes, context: str = "fr-ctc", lang: str = "fr") -> Verdict:
        """Return the verdict on one file (XML, or PDF carrying one)."""
        start = time.perf_counter()
        if context not in rulesets.CONTEXTS:
            raise ValueError(f"unknown context {context!r}")
        check = _Check(self, context, lang)
        try:
            check.run(content)
        except Exception as error:
            _logger.exception("check failed")
            check.incomplete("CHECK-ERROR", f"{type(error).__name__}: {error}")
        return check.verdict(time.perf_counter() - start)


class _Check:
    """The check of one file, from start to verdict."""

    def __init__(self, engine: Engine, context: str, lang: str):
        self.engine, self.context, self.lang = engine, context, lang
        self.kind = kinds.Kind(kinds.OTHER)
        self.label = ""
        self.findings: list[Finding] = []
        self.rule_sets: dict[str, str] = {}
        self.complete = True

    def verdict(self, seconds: float) -> Verdict:
        findings = sort_findings(self.findings)
        return Verdict(
            conclude(findings, self.complete),
            self.label or self.kind.kind,
            self.kind.profile,
            findings,
            tuple(self.rule_sets.items()),
            seconds,
        )

    def add(self, rule: str, severity: str, source: str, text="", location="", value="", term=""):
        at = terms.term_at(location) if location else ""
        term = term or sentences.term_for(rule, text, at)
        message = sentences.sentence(rule, text, term or at, value, self.lang)
        self.findings.append(Finding(rule, severity, term, message, source, location))

    def incomplete(self, rule: str, detail: str, source: str = "own") -> None:
        self.complete = False
        self.add(rule, "warning", source, detail, value=detail)

    def run(self, content: bytes) -> None:
        if kinds.is_pdf(content):
            self.label = kinds.PDF
            content = self.open_pdf(content)
            if content is None:
                return
        try:
            root = kinds.parse_xml(content)
        except kinds.UnreadableXml as error:
            if self.label or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
                self.add("XML-READ", "fatal", "xml", value=str(error))
            else:
                self.incomplete("XML-NONE", str(error), "xml")
            return
        self.kind = kinds.detect_root(root)
        if self.label:
            held = {kinds.CII: kinds.FACTURX, kinds.ZUGFERD1: kinds.ZUGFERD1}
            self.label = held.get(self.kind.kind, kinds.PDF)
        if self.kind.kind == kinds.OTHER:
            self.incomplete("XML-KIND", etree.QName(root).localname, "xml")
            return
        conforms = self.check_schema(root)
        sheets = rulesets.sheets_for(self.kind, self.context)
        if not sheets:
            self.incomplete("XML-OLD", self.kind.kind, "own")
            return
        if not self.kind.profile and self.kind.kind != kinds.CDAR:
            self.add("EF-PROFILE", "warning", "own", value=self.kind.guideline, term="BT-24")
        self.check_rules(root, sheets, conforms)
        dated = {item.location for item in self.findings if item.rule.startswith("BR-FR-03")}
        for raw in own_checks.check(root, self.kind, self.context):
            if raw.rule == "EF-DATE" and raw.location in dated:
                continue
            self.add(raw.rule, raw.severity, "own", location=raw.location, value=raw.value)

    def open_pdf(self, content: bytes) -> bytes | None:
        """Return the invoice in a PDF; None, with the reason noted, when there is none."""
        try:
            held = pdf_container.extract_xml(content)
            files = [] if held else pdf_container.extract_attachments(content)
        except Exception as error:  # noqa: BLE001 a PDF can be broken in any way
            self.incomplete("PDF-READ", str(error), "container")
            return None
        invoices = (kinds.CII, kinds.ZUGFERD1)
        others = [f.content for f in files if kinds.detect(f.content).kind in invoices]
        if not held and not others:
            self.incomplete("PDF-NO-XML", "", "container")
            return None
        self.findings += pdf_container.check_container(content, self.lang)
        return held[1] if held else others[0]

    def check_schema(self, root: etree._Element) -> bool:
        path = rulesets.schema_path(self.kind)
        if path is None:
            return True
        schema = _schema(str(path))
        self.rule_sets["xsd"] = path.stem
        if schema.validate(root):
            return True
        for error in list(schema.error_log)[:MAX_PER_RULE]:
            location = _location_in(root, error.path)
            message = re.sub(r"\{[^}]*\}", "", error.message)
            self.add("XSD", "fatal", "xsd", message, location, value=message)
        return False

    def check_rules(self, root, sheets, conforms: bool) -> None:
        text = text_of(root)
        node = self.engine.saxon.parse(text)
        fast = conforms and self.engine.fast is not None and usable(root, text)
        for sheet in sheets:
            self.rule_sets[sheet.name] = rulesets.version_of(sheet.name)
            try:
                fired = self.fire(sheet, node, fast)
            except EngineError as error:
                detail = " ".join(str(error).split())[:300]
                if error.in_document:
                    self.add("RULES-VALUE", "fatal", sheet.source, value=detail)
                else:
                    self.incomplete("RULES-ERROR", detail, sheet.source)
                continue
            self.report(root, sheet, fired)

    def fire(self, sheet: rulesets.Sheet, node, fast: bool) -> list[Fired]:
        """Run the generated sheet where it can be trusted, else the official one."""
        if fast:
            fired = self.engine.fast.run(sheet, node)
            if fired is not None:
                return fired
        return self.engine.saxon.official(sheet, node)

    def report(self, root, sheet: rulesets.Sheet, fired: list[Fired]) -> None:
        counts: dict[str, int] = {}
        own_guideline = self.kind.guideline == EN16931
        told = {finding.rule for finding in self.findings}
        for item in fired:
            rule = sentences.rule_name(item.identifier, item.text)
            counts[rule] = counts.get(rule, 0) + 1
            if counts[rule] > MAX_PER_RULE or (sheet.keep and rule in told):
                continue  # a part of a sheet adds to the one before, it does not repeat it
            severity = "warning" if item.flag in ("warning", "info") else "fatal"
            if rule in FACTURX_ONLY and self.kind.profile == "en16931" and not own_guideline:
                severity = "warning"
            known = sentences.lookup(rule)
            attribute = known.attribute if known else ""
            value = _value_at(root, item.location, attribute) or _value_told(item.text)
            self.add(rule, severity, sheet.source, item.text, item.location, value)


@functools.cache
def _schema(path: str) -> etree.XMLSchema:
    """Return the schema object of an official XSD; building one takes up to 150 ms."""
    return etree.XMLSchema(etree.parse(path))


def _location_in(root: etree._Element, path: str | None) -> str:
    """Return the readable location of an lxml error path."""
    if not path:
        return ""
    names = {**terms.NAMESPACES, **{key: uri for key, uri in _names(root).items() if key}}
    try:
        nodes = root.xpath(path, namespaces=names)
    except etree.XPathError:
        return path
    return terms.location_of(nodes[0]) if nodes else path


def _names(root: etree._Element) -> dict[str | None, str]:
    names: dict[str | None, str] = {}
    for node in root.iter(etree.Element):
        names.update(node.nsmap)
    return names


_TOLD = re.compile(r"""(?:actuelle|fournie?|trouvée?) : ["«] ?([^"»]{1,80}?) ?["»]""")


def _value_told(text: str) -> str:
    """Return the value an official French text quotes ("Valeur actuelle : …")."""
    told = _TOLD.search(text)
    return told[1].strip() if told else ""


def _value_at(root: etree._Element, location: str, attribute: str = "") -> str:
    """Return the short text of a leaf, or of its attribute, for the sentence."""
    names = {**terms.NAMESPACES}
    if root.tag.startswith("{" + terms.NAMESPACES["rsm"]) is False:
        names["rsm"] = etree.QName(root).namespace or names["rsm"]
    path = re.sub(r"(?<=[^\]/])(?=/|$)", "[1]", location)
    try:
        nodes = root.xpath(path, namespaces=names)
    except etree.XPathError:
        return ""
    if not isinstance(nodes, list) or not nodes or not isinstance(nodes[0], etree._Element):
        return ""
    if attribute and nodes[0].get(attribute) is not None:
        return nodes[0].get(attribute).strip()[:80]
    text = (nodes[0].text or "").strip()
    return "" if len(nodes[0]) else text[:80]
