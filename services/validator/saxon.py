"""SaxonC-HE, one thread, stylesheets compiled once. Only worker processes import this.

Four threads in it at once abort the whole process: nothing here may be shared between threads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from en16931.rulesets import Sheet
from en16931.terms import readable_location
from lxml import etree
from saxonche import PySaxonApiError, PySaxonProcessor

SVRL = "{http://purl.oclc.org/dsdl/svrl}"


# A function met a value it cannot take (a bad number, a bad date, twice what may be there once):
# the document is at fault. Anything else is ours.
_IN_DOCUMENT = re.compile(
    r"\bFO[A-Z]{2}[0-9]{4}|\bXPTY0004|Cannot convert|[Ii]nvalid (?:date|time)"
)


class EngineError(Exception):
    """The transform did not end. ``in_document`` says that a value of the document caused it."""

    def __init__(self, message: str, in_document: bool):
        super().__init__(message)
        self.in_document = in_document


@dataclass(frozen=True, order=True)
class Fired:
    """One assert that failed or report that succeeded, as the official sheet says it.

    ``text`` has its white space normalised; ``location`` is readable.
    """

    identifier: str
    flag: str
    kind: str
    location: str
    text: str


def text_of(root: etree._Element) -> str:
    """Return a parsed document as the engine takes it: no declaration, no doctype."""
    return etree.tostring(root, encoding="unicode")


class Saxon:
    """The processor and its compiled sheets."""

    def __init__(self) -> None:
        self.processor = PySaxonProcessor(license=False)
        self._xslt = self.processor.new_xslt30_processor()
        self._sheets: dict[str, object] = {}

    def parse(self, text: str):
        """Return the engine's node for a document read safely by lxml and written by ``text_of``."""
        try:
            return self.processor.parse_xml(xml_text=text)
        except PySaxonApiError as error:
            raise EngineError(str(error), in_document=True) from error

    def compile(self, path: Path):
        """Return the compiled sheet at ``path``, compiling it the first time."""
        key = str(path)
        if key not in self._sheets:
            try:
                self._sheets[key] = self._xslt.compile_stylesheet(stylesheet_file=key)
            except PySaxonApiError as error:
                raise EngineError(f"{path.name}: {error}", in_document=False) from error
        return self._sheets[key]

    def transform(self, path: Path, node) -> str:
        """Return the text the sheet at ``path`` makes of ``node``.

        :raises EngineError: the transform failed.
        """
        sheet = self.compile(path)
        try:
            result = sheet.transform_to_string(xdm_node=node)
        except PySaxonApiError as error:
            text = str(error)
            raise EngineError(text, in_document=bool(_IN_DOCUMENT.search(text))) from error
        if result is None:
            raise EngineError(f"{path.name}: no result", in_document=False)
        return result

    def official(self, sheet: Sheet, node) -> list[Fired]:
        """Run an official Schematron sheet and return what fired, sorted."""
        fired = parse_svrl(self.transform(sheet.path, node))
        return [item for item in fired if sheet.keeps(item.identifier, item.flag)]


def parse_svrl(report: str) -> list[Fired]:
    """Return what fired according to a Schematron report (SVRL), sorted.

    :raises EngineError: the report is not one.
    """
    try:
        root = etree.fromstring(report.encode())
    except etree.XMLSyntaxError as error:
        raise EngineError(f"unreadable report: {error}", in_document=False) from error
    if root.tag != SVRL + "schematron-output":
        raise EngineError("unreadable report", in_document=False)
    fired = []
    for node in root.iter(SVRL + "failed-assert", SVRL + "successful-report"):
        text = node.find(SVRL + "text")
        fired.append(
            Fired(
                node.get("id", ""),
                node.get("flag", ""),
                "assert" if node.tag.endswith("assert") else "report",
                readable_location(node.get("location", "")),
                " ".join("".join(text.itertext()).split()) if text is not None else "",
            )
        )
    return sorted(fired)
