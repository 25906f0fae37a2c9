"""Runs the sheets that ``faststyles`` generates, and says when the official one must be run."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from en16931 import rulesets
from en16931.terms import readable_location
from lxml import etree

from . import faststyles
from .saxon import EngineError, Fired, Saxon

_logger = logging.getLogger("efacture.validator")


def cache_folder() -> Path:
    """Return the folder of generated sheets: ``$EFACTURE_CACHE_DIR``, else inside the run folder."""
    told = os.environ.get("EFACTURE_CACHE_DIR")
    if told:
        folder = Path(told) / "sheets"
    else:
        from hostservice.daemon import run_folder

        folder = run_folder() / "sheets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def prepare() -> dict[str, str]:
    """Generate every sheet now (at set-up); return {name: "ok" or why the official one is used}."""
    results = {}
    for name, sheet in rulesets.SHEETS.items():
        try:
            _files(sheet)
            results[name] = "ok"
        except (faststyles.UnexpectedShape, OSError, etree.XMLSyntaxError) as error:
            results[name] = f"{type(error).__name__}: {error}"
    return results


def _files(sheet: rulesets.Sheet) -> tuple[Path, Path]:
    """Return the generated sheet and its table, generated when they are not there."""
    digest = hashlib.sha256(faststyles.GENERATOR.encode() + Path(faststyles.__file__).read_bytes())
    digest.update(sheet.keep.encode() + sheet.path.read_bytes())
    for extra in sorted(sheet.path.parent.glob("*_codedb.xml")):
        digest.update(extra.read_bytes())
    base = cache_folder() / f"{sheet.name}-{digest.hexdigest()[:16]}"
    files = base.with_suffix(".xslt"), base.with_suffix(".json")
    if not all(file.is_file() for file in files):
        faststyles.write_cache(sheet.path, *files, keep=sheet.keeps)
    return files


def usable(root: etree._Element, text: str) -> bool:
    """Say whether a schema-valid document may be judged by generated sheets.

    Not with a second root element inside (UBL extensions may hold anything), nor with one of the
    separator characters anywhere.

    :param text: the document as the engine gets it.
    """
    nested = next(root.iterdescendants(root.tag), None)
    return nested is None and faststyles.RECORD not in text and faststyles.UNIT not in text


class FastSheets:
    """The generated sheets of one engine, compiled at first use."""

    def __init__(self, saxon: Saxon):
        self.saxon = saxon
        self._tables: dict[str, tuple[Path, list[faststyles.Entry]] | None] = {}

    def run(self, sheet: rulesets.Sheet, node) -> list[Fired] | None:
        """Return what fired, sorted, exactly as the official sheet; None when it must be asked."""
        if not self.warm(sheet):
            return None
        path, table = self._tables[sheet.name]
        try:
            return _decode(self.saxon.transform(path, node), table)
        except (EngineError, ValueError, IndexError):
            return None  # the official sheet says what is wrong

    def warm(self, sheet: rulesets.Sheet) -> bool:
        """Load a sheet if it is not yet; False when the official one is to be used."""
        if sheet.name not in self._tables:
            self._tables[sheet.name] = self._load(sheet)
        return self._tables[sheet.name] is not None

    def _load(self, sheet: rulesets.Sheet):
        try:
            path, table = _files(sheet)
            self.saxon.compile(path)
            return path, faststyles.read_table(table)
        except (faststyles.UnexpectedShape, EngineError, OSError, ValueError, etree.Error) as error:
            _logger.warning("%s: the official sheet is used (%s)", sheet.name, error)
            return None


def _decode(text: str, table: list[faststyles.Entry]) -> list[Fired]:
    fired = []
    records = text.split(faststyles.RECORD)
    if records[0].strip():
        raise ValueError("text outside records")
    for record in records[1:]:
        index, location, *dynamic = record.split(faststyles.UNIT)
        entry = table[int(index)]
        if len(dynamic) != (entry.text is None):
            raise ValueError("unexpected record")
        told = " ".join(dynamic[0].split()) if dynamic else entry.text
        fired.append(
            Fired(entry.identifier, entry.flag, entry.kind, readable_location(location), told)
        )
    return sorted(fired)
