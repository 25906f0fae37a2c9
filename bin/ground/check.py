"""The body of ``bin/check``: the verdict on anybody's invoice files, without Odoo.

``bin/check FILE… [--json] [--no-pdfa] [--chorus] [--lang fr|en]``; a folder stands for the .xml and
.pdf files in it. Exit status: 0 every file is valid, 1 some are not, 2 some could not be checked or
read.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from en16931 import kinds
from en16931.sentences import sentence
from en16931.validator import validate_many
from en16931.verdict import FATAL, INVALID, UNCHECKED, VALID, WARNING, Finding, Verdict

BATCH = 20
MAX_FILE = 200 << 20
WORDS = {
    "fr": {
        VALID: "valide",
        INVALID: "NON VALIDE",
        UNCHECKED: "NON CONTRÔLÉ",
        FATAL: "erreur",
        WARNING: "attention",
        "info": "info",
        "total": "{total} fichier(s) : {valid} valide(s), {invalid} non valide(s), "
        "{unchecked} non contrôlé(s).",
        "place": "à",
        "none": "aucun fichier .xml ou .pdf dans ce dossier",
    },
    "en": {
        VALID: "valid",
        INVALID: "NOT VALID",
        UNCHECKED: "NOT CHECKED",
        FATAL: "error",
        WARNING: "warning",
        "info": "info",
        "total": "{total} file(s): {valid} valid, {invalid} not valid, {unchecked} not checked.",
        "place": "at",
        "none": "no .xml or .pdf file in this folder",
    },
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the files named on the command line; return the exit status."""
    options = _parser().parse_args(arguments)
    context = "chorus" if options.chorus else "fr-ctc"
    counts = dict.fromkeys((VALID, INVALID, UNCHECKED), 0)
    start = time.perf_counter()
    for name, verdict in check_files(options.files, context, options.lang, options.pdfa):
        counts[verdict.verdict] += 1
        if options.json:
            print(json.dumps({"file": name, **verdict.to_dict()}, ensure_ascii=False), flush=True)
        else:
            _show(name, verdict, options.lang)
    if not options.json and sum(counts.values()) > 1:
        words = WORDS[options.lang]
        seconds = time.perf_counter() - start
        print(words["total"].format(total=sum(counts.values()), **counts) + f" {seconds:.1f} s")
    if counts[UNCHECKED]:
        return 2
    return 1 if counts[INVALID] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/check", description="Verdict on Factur-X, UBL, CII or CDAR files, from anyone."
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a file, or a folder of them")
    parser.add_argument("--json", action="store_true", help="one JSON object per file and line")
    parser.add_argument(
        "--no-pdfa", dest="pdfa", action="store_false", help="leave veraPDF out for PDF files"
    )
    parser.add_argument(
        "--chorus", action="store_true", help="judge for Chorus Pro, without the platforms' rules"
    )
    parser.add_argument("--lang", choices=tuple(WORDS), default="fr", help="language of sentences")
    return parser


def check_files(
    names: Sequence[str], context: str, lang: str, pdfa: bool
) -> Iterator[tuple[str, Verdict]]:
    """Yield (file, verdict) in the order given; a file that cannot be read is ``unchecked``."""
    batch: list[tuple[str, bytes | str]] = []
    for name in _expand(names, lang):
        batch.append(name)
        if len(batch) >= BATCH:
            yield from _check_batch(batch, context, lang, pdfa)
            batch = []
    yield from _check_batch(batch, context, lang, pdfa)


def _expand(names: Sequence[str], lang: str) -> Iterator[tuple[str, bytes | str]]:
    """Yield (file, content), or (file, reason) for what cannot be read."""
    for name in names:
        path = Path(name)
        if not path.is_dir():
            yield name, _read(path)
            continue
        inside = sorted(item for item in path.rglob("*") if item.suffix.lower() in (".xml", ".pdf"))
        if not inside:
            yield name, WORDS[lang]["none"]
        for item in inside:
            yield str(item), _read(item)


def _read(path: Path) -> bytes | str:
    try:
        if path.stat().st_size > MAX_FILE:
            return f"> {MAX_FILE >> 20} MB"
        return path.read_bytes()
    except OSError as error:
        return error.strerror or str(error)


def _check_batch(batch, context: str, lang: str, pdfa: bool) -> Iterator[tuple[str, Verdict]]:
    contents = [content for _name, content in batch if isinstance(content, bytes)]
    verdicts = iter(validate_many(contents, context=context, lang=lang, pdfa=pdfa, timeout=60))
    for name, content in batch:
        if isinstance(content, bytes):
            yield name, next(verdicts)
        else:
            told = sentence("FILE-READ", "", "", content, lang)
            finding = Finding("FILE-READ", WARNING, "", told, "own", "")
            yield name, Verdict(UNCHECKED, kinds.OTHER, findings=(finding,))


def _show(name: str, verdict: Verdict, lang: str) -> None:
    words = WORDS[lang]
    what = " ".join(filter(None, (verdict.kind, verdict.profile)))
    sign = {VALID: "✓", INVALID: "✗", UNCHECKED: "?"}[verdict.verdict]
    print(f"{sign} {name} — {what} — {words[verdict.verdict]} ({verdict.seconds:.2f} s)")
    for finding in verdict.findings:
        term = f" {finding.term}" if finding.term and finding.term not in finding.rule else ""
        print(f"    {words[finding.severity]:<9} {finding.rule}{term} — {finding.message}")
        if finding.location and finding.severity == FATAL:
            print(f"              {words['place']} {finding.location}")


if __name__ == "__main__":
    sys.exit(main())
