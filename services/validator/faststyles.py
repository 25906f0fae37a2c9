"""From an official Schematron stylesheet, a faster one that says exactly the same.

The official sheets spend their time walking the whole document once per pattern (66 in Factur-X
EN 16931) and reading their code lists again at each run. Here a sheet is read and another is
written, the original untouched:

* no default walk, no "fired rule", no report in XML: what fires is one line of text (an index, the
  place, and the text where it depends on the document); all the rest is in a table beside it;
* a rule that provably meets no other rule of its pattern becomes one ``for-each`` over its context;
* rules that may meet stay templates with their priorities, applied to the elements of their name;
* code lists become maps made at compile time.

Anything whose shape is not the one expected raises ``UnexpectedShape``: the official sheet is then
used. The result may only be used on a document that its XSD accepts, without a second root element
inside and without the two separator characters; ``fastrun`` sees to that.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

GENERATOR = "3"
XSL = "{http://www.w3.org/1999/XSL/Transform}"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
RECORD, UNIT = "\ue000", "\ue001"
_MODE = re.compile(r"M[0-9]+\Z")
_RECURSIONS = ("*", "@*|*", "*|comment()|processing-instruction()")


class UnexpectedShape(Exception):
    """The official sheet is not built as the generator knows them."""


@dataclass(frozen=True)
class Entry:
    """What a line of the result stands for; ``text`` is None where the sheet gives it."""

    identifier: str
    flag: str
    kind: str
    text: str | None


@dataclass(frozen=True)
class Step:
    """One step of a context: its name test and its predicates."""

    name: str
    predicates: tuple[str, ...]

    @property
    def is_attribute(self) -> bool:
        return self.name.startswith("@")

    @property
    def is_wild(self) -> bool:
        return self.name.endswith("*")


@dataclass(frozen=True)
class Path_:
    """One alternative of a context. ``absolute``: it starts at the document; ``steps`` are those
    after the last ``//`` inside it, if any (then ``whole`` is False)."""

    text: str
    absolute: bool
    steps: tuple[Step, ...]
    whole: bool = True


@dataclass
class Rule:
    """One rule of a pattern: its template in the official sheet."""

    mode: str
    priority: float
    match: str
    paths: tuple[Path_, ...]
    body: list[etree._Element]
    recurses: bool
    group: int = -1
    names: set[str] = field(default_factory=set)


Keep = Callable[[str, str], bool]


def generate(source: Path, keep: Keep | None = None) -> tuple[bytes, list[Entry]]:
    """Return the faster stylesheet of the official one at ``source``, and its table.

    :param keep: called with the identifier and the flag of each test; False leaves the test out.
    :raises UnexpectedShape: the official sheet is built otherwise; use it itself.
    """
    return _Generator(source, keep or (lambda _identifier, _flag: True)).run()


def split_top(text: str, separator: str) -> list[str]:
    """Split an XPath at ``separator`` where it is outside quotes, brackets and parentheses."""
    parts, depth, quote, start, position = [], 0, "", 0, 0
    while position < len(text):
        character = text[position]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif not depth and text.startswith(separator, position):
            parts.append(text[start:position])
            position += len(separator)
            start = position
            continue
        position += 1
    if depth or quote:
        raise UnexpectedShape(f"unbalanced expression: {text}")
    return [*parts, text[start:]]


_NAME = re.compile(r"(?:@?(?:[\w.-]+:)?(?:[\w.-]+|\*))\Z")


def parse_context(match: str) -> tuple[Path_, ...]:
    """Return the alternatives of a rule's context.

    :raises UnexpectedShape: an axis, a function or anything but names and predicates in a step.
    """
    if "current()" in match:
        raise UnexpectedShape(f"current() in a context: {match}")
    parts = [one for part in split_top(match, "|") for one in _expand(" ".join(part.split()))]
    return tuple(_parse_path(part) for part in parts)


def _expand(text: str) -> list[str]:
    """Return a path without unions inside: ``X/(A | B)[p]/C`` gives ``X/A[p]/C`` and ``X/B[p]/C``."""
    steps = split_top(text, "/")
    for number, step in enumerate(steps):
        if not step.strip().startswith("("):
            continue
        union, *tail = re.split(r"(?<=\))(?=\[)", step.strip(), maxsplit=1)
        if not union.endswith(")"):
            raise UnexpectedShape(f"step {step!r} in {text!r}")
        # distributing a predicate is the same as long as it does not count
        for told in _predicates(tail[0]) if tail else ():
            if re.search(r"position\(|last\(|^\d+$", told):
                raise UnexpectedShape(f"a counted union: {text}")
        expanded = []
        for one in split_top(union[1:-1], "|"):
            whole = [*steps[:number], one.strip() + "".join(tail), *steps[number + 1 :]]
            expanded += _expand("/".join(whole))
        return expanded
    return [text]


def _parse_path(text: str) -> Path_:
    absolute = text.startswith("/") and not text.startswith("//")
    pieces = split_top(text.lstrip("/"), "//")
    steps = []
    for piece in split_top(pieces[-1], "/"):
        name, *rest = re.split(r"(?=\[)", piece.strip(), maxsplit=1)
        if not _NAME.match(name.strip()):
            raise UnexpectedShape(f"step {piece!r} in {text!r}")
        steps.append(Step(name.strip(), tuple(_predicates(rest[0])) if rest else ()))
    whole = len(pieces) == 1
    return Path_(text, absolute and whole, tuple(steps), whole)


def _predicates(text: str) -> list[str]:
    found, rest = [], text.strip()
    while rest:
        end = _closing(rest)
        found.append(rest[1:end].strip())
        rest = rest[end + 1 :].strip()
    return found


def _closing(text: str) -> int:
    """Return where the bracket that opens ``text`` closes."""
    depth, quote = 0, ""
    for position, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
            if not depth:
                return position
        elif not depth:
            break
    raise UnexpectedShape(f"predicate {text!r}")


_SUFFIX = re.compile(r"ends-with\(name\(\), ?'([A-Za-z]+)'\)")


def _suffixes(step: Step) -> list[str]:
    """Return the name endings a wildcard step certainly asks for (conjuncts of its predicates)."""
    found = []
    for predicate in step.predicates:
        for conjunct in split_top(predicate, " and "):
            told = _SUFFIX.fullmatch(conjunct.strip())
            if told:
                found.append(told[1])
    return found


def names_disjoint(a: Step, b: Step) -> bool:
    """Say whether no element can pass both steps, by name alone."""
    if a.is_attribute != b.is_attribute:
        return True
    if not a.is_wild and not b.is_wild:
        return a.name != b.name
    wild, other = (a, b) if a.is_wild else (b, a)
    prefix, _, _rest = wild.name.rpartition(":")
    if prefix and other.name.rpartition(":")[0] not in (prefix, ""):
        return True
    if other.is_wild:
        return any(
            not x.endswith(y) and not y.endswith(x) for x in _suffixes(a) for y in _suffixes(b)
        )
    local = other.name.rpartition(":")[2]
    return any(not local.endswith(suffix) for suffix in _suffixes(wild))


def disjoint(a: Path_, b: Path_) -> bool:
    """Say whether no node can be in both contexts: names differ at the same distance from the leaf,
    or one path starts at the document where the other still has an ancestor to go."""
    for step_a, step_b in zip(reversed(a.steps), reversed(b.steps), strict=False):
        if names_disjoint(step_a, step_b):
            return True
    if a.absolute and len(b.steps) > len(a.steps):
        return True
    return b.absolute and len(a.steps) > len(b.steps)


class _Generator:
    def __init__(self, source: Path, keep: Keep):
        self.source, self.keep = source, keep
        parser = etree.XMLParser(remove_comments=True, resolve_entities=False, no_network=True)
        self.root = etree.parse(str(source), parser).getroot()
        self.entries: list[Entry] = []
        self.lists: dict[tuple[str, str], str] = {}
        self.recursion = ""

    def run(self) -> tuple[bytes, list[Entry]]:
        if self.root.tag != XSL + "stylesheet":
            raise UnexpectedShape("not a stylesheet")
        order = self._order()
        modes = self._modes()
        if set(order) != set(modes) or len(order) != len(set(order)):
            raise UnexpectedShape("patterns and their calls do not match")
        out = etree.Element(XSL + "stylesheet", nsmap=self._namespaces())
        out.set("version", "3.0")
        etree.SubElement(out, XSL + "output", method="text", encoding="UTF-8")
        for child in self.root:
            if child.tag in (XSL + "variable", XSL + "function", XSL + "key"):
                if child.get("name") != "document-uri":
                    out.append(copy.deepcopy(child))
            elif child.tag not in (XSL + "param", XSL + "output", XSL + "template", SVRL + "text"):
                raise UnexpectedShape(f"top-level {child.tag}")
        main = etree.SubElement(out, XSL + "template", match="/")
        for mode in order:
            self._pattern(out, main, mode, modes[mode])
        for element in out.iter(etree.Element):
            for name, value in element.attrib.items():
                if "document(" in value:
                    element.set(name, self._code_lists(value))
        self._write_lists(out)
        return etree.tostring(out, encoding="UTF-8", xml_declaration=True), self.entries

    def _namespaces(self) -> dict[str, str]:
        names = {prefix: uri for prefix, uri in self.root.nsmap.items() if prefix}
        if len(set(names.values()) - {names.get("xsd")}) < len(names) - ("xsd" in names):
            known = [uri for prefix, uri in names.items() if prefix not in ("xs", "xsd")]
            if len(known) != len(set(known)):
                raise UnexpectedShape("two prefixes for one namespace")
        names["map"] = "http://www.w3.org/2005/xpath-functions/map"
        names["xs"] = "http://www.w3.org/2001/XMLSchema"
        return names

    def _order(self) -> list[str]:
        """Return the patterns in the order the main template calls them, from the document node."""
        mains = [
            template
            for template in self.root.findall(XSL + "template")
            if template.get("match") == "/" and template.get("mode") is None
        ]
        if len(mains) != 1:
            raise UnexpectedShape("no single main template")
        order = []
        for call in mains[0].iter(XSL + "apply-templates"):
            if call.get("mode") is None and call.get("select") is None:
                continue  # the default walk, which says nothing
            if call.get("select") != "/" or not _MODE.match(call.get("mode") or ""):
                raise UnexpectedShape("a call of another kind in the main template")
            order.append(call.get("mode"))
        for template in self.root.findall(XSL + "template"):
            if template.get("mode") is None and template.get("match") not in ("/", "text()"):
                raise UnexpectedShape("a template in the default mode")
        return order

    def _modes(self) -> dict[str, list[Rule]]:
        modes: dict[str, list[Rule]] = {}
        defaults: dict[str, set[str]] = {}
        for template in self.root.findall(XSL + "template"):
            mode = template.get("mode") or ""
            if not _MODE.match(mode):
                continue
            if set(template.attrib) != {"match", "mode", "priority"}:
                raise UnexpectedShape(f"template with {dict(template.attrib)}")
            priority, match = float(template.get("priority")), template.get("match")
            if priority < 0:
                defaults.setdefault(mode, set()).add(match)
                self._check_default(template, match)
                continue
            modes.setdefault(mode, []).append(self._rule(template, mode, priority, match))
        for mode, rules in modes.items():
            if defaults.get(mode) != {"text()", "@*|node()"}:
                raise UnexpectedShape(f"defaults of {mode}")
            if len({rule.priority for rule in rules}) != len(rules):
                raise UnexpectedShape(f"equal priorities in {mode}")
        return modes

    def _check_default(self, template: etree._Element, match: str) -> None:
        children = list(template)
        if match == "text()" and not children:
            return
        if match == "@*|node()" and len(children) == 1:
            self._check_recursion(children[0], template.get("mode"))
            return
        raise UnexpectedShape(f"default template {match}")

    def _check_recursion(self, call: etree._Element, mode: str) -> None:
        select = call.get("select")
        if call.tag != XSL + "apply-templates" or call.get("mode") != mode:
            raise UnexpectedShape("a rule does not end by its walk")
        if select not in _RECURSIONS or (self.recursion and self.recursion != select):
            raise UnexpectedShape(f"walk over {select}")
        self.recursion = select

    def _rule(self, template, mode: str, priority: float, match: str) -> Rule:
        children = list(template)
        if not children or children[0].tag != SVRL + "fired-rule":
            raise UnexpectedShape("a rule without its mark")
        recurses = children[-1].tag == XSL + "apply-templates"
        if recurses:
            self._check_recursion(children[-1], mode)
        parts = [self._part(child) for child in children[1 : -1 if recurses else None]]
        body = [part for part in parts if part is not None]
        if all(part.tag == XSL + "variable" for part in body):
            body = []
        rule = Rule(mode, priority, match, parse_context(match), body, recurses)
        rule.names = {path.steps[-1].name for path in rule.paths}
        return rule

    def _part(self, node: etree._Element) -> etree._Element | None:
        """Return the body element with reports replaced by lines of text, None when left out."""
        if node.tag == XSL + "variable":
            if len(node) or (node.text or "").strip():
                raise UnexpectedShape("a variable with content")
            return copy.deepcopy(node)
        if node.tag == XSL + "choose" and [c.tag for c in node] == [
            XSL + "when",
            XSL + "otherwise",
        ]:
            when, otherwise = node
            if len(when) or (when.text or "").strip() or len(otherwise) != 1:
                raise UnexpectedShape("a test of another kind")
            out = etree.Element(XSL + "choose")
            etree.SubElement(out, XSL + "when", test=when.get("test"))
            told = etree.SubElement(out, XSL + "otherwise")
            return out if self._emit(told, otherwise[0], "failed-assert") else None
        if node.tag == XSL + "if" and len(node) == 1:
            out = etree.Element(XSL + "if", test=node.get("test"))
            return out if self._emit(out, node[0], "successful-report") else None
        raise UnexpectedShape(f"{node.tag} in a rule")

    def _emit(self, parent: etree._Element, report: etree._Element, expected: str) -> bool:
        """Write into ``parent`` what tells that a test fired; False when the test is left out."""
        if report.tag != SVRL + expected or set(report.attrib) - {"test", "id", "flag"}:
            raise UnexpectedShape(f"{report.tag} {dict(report.attrib)}")
        values = {"id": report.get("id", ""), "flag": report.get("flag", ""), "location": None}
        text = None
        for child in report:
            if child.tag == XSL + "attribute" and child.get("name") in values:
                name = child.get("name")
                if name == "location":
                    call = list(child)
                    modes = [item.get("mode") for item in call]
                    if modes != ["schematron-select-full-path"] or call[0].get("select") != ".":
                        raise UnexpectedShape("a location of another kind")
                    values["location"] = "."
                elif len(child):
                    raise UnexpectedShape(f"a computed {name}")
                else:
                    values[name] = (child.text or "").strip()
            elif child.tag == SVRL + "text" and text is None:
                text = child
            else:
                raise UnexpectedShape(f"{child.tag} in a report")
        if values["location"] is None or text is None:
            raise UnexpectedShape("a report without place or text")
        if not self.keep(values["id"], values["flag"]):
            return False
        kind = "assert" if expected == "failed-assert" else "report"
        parts = list(text)
        for part in parts:
            if part.tag not in (XSL + "text", XSL + "value-of") or (
                part.tag == XSL + "text" and len(part)
            ):
                raise UnexpectedShape(f"{part.tag} in a text")
        dynamic = any(part.tag == XSL + "value-of" for part in parts)
        # white space alone between two instructions is not output (XSLT 4.2)
        pieces = [_unless_blank(text.text)]
        for part in parts:
            pieces += [
                part.text or "" if part.tag == XSL + "text" else "",
                _unless_blank(part.tail),
            ]
        static = " ".join("".join(pieces).split())
        index = len(self.entries)
        self.entries.append(Entry(values["id"], values["flag"], kind, None if dynamic else static))
        _text(parent, f"{RECORD}{index}{UNIT}")
        etree.SubElement(parent, XSL + "value-of", select="path(.)")
        if dynamic:
            _text(parent, UNIT + _unless_blank(text.text))
            for part in parts:
                part_copy = copy.deepcopy(part)
                part_copy.tail = None
                parent.append(part_copy)
                if _unless_blank(part.tail):
                    _text(parent, part.tail)
        return True

    def _pattern(self, out, main, mode: str, rules: list[Rule]) -> None:
        """Write one pattern: its independent rules as loops, the others as templates."""
        if any(not rule.recurses for rule in rules):
            self._walked(out, main, mode, rules)
            return
        if self.recursion != "@*|*":
            # the official walk never reaches attributes
            rules = [
                rule
                for rule in rules
                if not all(path.steps[-1].is_attribute for path in rule.paths)
            ]
            if any(path.steps[-1].is_attribute for rule in rules for path in rule.paths):
                raise UnexpectedShape(f"attributes among elements in {mode}")
        for number, group in enumerate(_groups(rules)):
            if not any(rule.body for rule in group):
                continue
            if len(group) == 1 and self._loop(main, group[0]):
                continue
            self._templates(out, main, f"{mode}-{number}", group)

    def _loop(self, main, rule: Rule) -> bool:
        """Write a rule as loops over its context, one per alternative when they cannot meet."""
        for number, path in enumerate(rule.paths):
            if any(not disjoint(path, other) for other in rule.paths[number + 1 :]):
                return False
        for path in rule.paths:
            loop = etree.SubElement(main, XSL + "for-each", select=_select(path))
            loop.extend(copy.deepcopy(part) for part in rule.body)
        return True

    def _templates(self, out, main, mode: str, group: list[Rule]) -> None:
        names = set().union(*(rule.names for rule in group))
        if any(name.startswith("@") for name in names):
            raise UnexpectedShape("attribute rules that may meet")
        wild = sorted(name for name in names if name.endswith("*"))
        if wild:
            covering = wild[0] if len(wild) == 1 else "*"
            prefix = covering.rpartition(":")[0]
            if any(name.rpartition(":")[0] != prefix for name in names):
                covering = "*"
            names = {covering}
        for name in sorted(names):
            etree.SubElement(main, XSL + "apply-templates", select=f"//{name}", mode=mode)
        for rule in group:
            match = _by_local_name(rule.match)
            template = etree.SubElement(out, XSL + "template", match=match, mode=mode)
            template.set("priority", f"{rule.priority:g}")
            template.extend(rule.body)
        etree.SubElement(out, XSL + "template", match="*", mode=mode, priority="-2")

    def _walked(self, out, main, mode: str, rules: list[Rule]) -> None:
        """Keep the official walk of a pattern where a rule hides what is below it."""
        etree.SubElement(main, XSL + "apply-templates", select="/*", mode=mode)
        for rule in rules:
            template = etree.SubElement(out, XSL + "template", match=rule.match, mode=mode)
            template.set("priority", f"{rule.priority:g}")
            template.extend(rule.body)
            if rule.recurses:
                etree.SubElement(
                    template, XSL + "apply-templates", select=self.recursion, mode=mode
                )
        rest = etree.SubElement(out, XSL + "template", match="@*|node()", mode=mode, priority="-2")
        etree.SubElement(rest, XSL + "apply-templates", select=self.recursion, mode=mode)
        etree.SubElement(out, XSL + "template", match="text()", mode=mode, priority="-1")

    _LIST = re.compile(
        r"document\('([\w.-]+)'\)/codedb/cl\[@id=(\d+)\]/enumeration\[@value=(\$\w+)\]"
    )

    def _code_lists(self, expression: str) -> str:
        """Replace look-ups in a code list file by look-ups in a map made at compile time."""

        def replace(found: re.Match) -> str:
            name = self.lists.setdefault((found[1], found[2]), f"code-list-{len(self.lists)}")
            return f"(some $code in {found[3]} satisfies map:contains(${name}, string($code)))"

        result = self._LIST.sub(replace, expression)
        if "document(" in result:
            raise UnexpectedShape(f"a document read in another way: {expression}")
        return result

    def _write_lists(self, out: etree._Element) -> None:
        for (file, number), name in self.lists.items():
            if "/" in file:
                raise UnexpectedShape(f"code list elsewhere: {file}")
            codes = etree.parse(str(self.source.parent / file)).xpath(
                "/codedb/cl[@id=$number]/enumeration/@value", number=number
            )
            if not codes:
                raise UnexpectedShape(f"empty code list {number} in {file}")
            entries = ",".join(
                f"{_literal(code)}:true()" for code in dict.fromkeys(str(code) for code in codes)
            )
            variable = etree.Element(XSL + "variable", name=name, static="yes")
            variable.set("select", f"map{{{entries}}}")
            out.insert(1, variable)


def _unless_blank(text: str | None) -> str:
    return text if text and text.strip(" \t\r\n") else ""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _text(parent: etree._Element, text: str) -> None:
    etree.SubElement(parent, XSL + "text").text = text


def _select(path: Path_) -> str:
    """Return the expression that gives all nodes of a context, from the document node."""
    text = _by_local_name(path.text)
    if text.startswith("/"):
        return text
    if path.steps[0].name == "rsm:CrossIndustryInvoice" and path.whole:
        return "/" + text  # never nested: fastrun refuses such documents
    return "//" + text


def _by_local_name(text: str) -> str:
    """Return a context whose tests of name endings do without the prefix: no ending has a colon."""
    return _SUFFIX.sub(r"ends-with(local-name(), '\1')", text)


def _groups(rules: list[Rule]) -> list[list[Rule]]:
    """Return the rules in groups such that no node can be in the contexts of two groups.

    Rules without a fixed start that end on the same name are grouped too: one scan serves all.
    """
    groups: list[list[Rule]] = []
    for rule in rules:
        touching = [group for group in groups if any(_meet(rule, other) for other in group)]
        merged = [rule]
        for group in touching:
            merged = group + merged
            groups.remove(group)
        groups.append(merged)
    return groups


def _meet(a: Rule, b: Rule) -> bool:
    for path_a in a.paths:
        for path_b in b.paths:
            if not disjoint(path_a, path_b):
                return True
            free = not path_a.absolute and not path_b.absolute
            same_leaf = path_a.steps[-1].name == path_b.steps[-1].name
            if free and same_leaf and path_a.steps[0].name != "rsm:CrossIndustryInvoice":
                return True
    return False


def write_cache(source: Path, sheet: Path, table: Path, keep: Keep | None = None) -> None:
    """Generate from ``source`` into the two files given, each replaced in one move."""
    content, entries = generate(source, keep)
    rows = [[entry.identifier, entry.flag, entry.kind, entry.text] for entry in entries]
    for path, data in ((sheet, content), (table, json.dumps(rows).encode())):
        temporary = path.with_name(f"{path.name}.{id(data)}.new")
        temporary.write_bytes(data)
        temporary.replace(path)


def read_table(table: Path) -> list[Entry]:
    """Return the table that ``write_cache`` wrote."""
    return [Entry(*row) for row in json.loads(table.read_text("utf-8"))]
