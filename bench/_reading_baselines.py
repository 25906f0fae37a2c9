"""What the reader is measured against: a set of plain patterns, invoice2data on the same files, and published figures.

*naive* is what most public code does: one pattern per field on the text, the first match wins. invoice2data (PyPI) is installed into a folder of
its own in the cache; it is no part of the product.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from bench._reading_cache import folder

INVOICE2DATA = "invoice2data==1.0.1"
# shared/reading.md, “Baselines and targets”: the prototype that was measured before this code existed, and the targets.
PUBLISHED = {
    "synth": {"naive": 0.51, "prototype": 0.996, "target": 0.99},
    "real-fr": {"naive": 0.64, "prototype": 0.97, "target": 0.98},
    "office200": {"naive": 0.53, "prototype": 0.945, "target": 0.98},
    "poor150": {"naive": 0.49, "prototype": 0.89, "target": 0.93},
    "photo": {"naive": 0.49, "prototype": 0.85, "target": 0.92},
    "drawn-held": {"naive": 0.58, "prototype": 0.885, "target": 0.96},
}
PUBLISHED_OTHER = {
    "core six, office scans": {"naive": 0.07, "prototype": 0.83, "target": 0.95},
    "core six, documents by another hand": {"naive": 0.02, "prototype": 0.68, "target": 0.88},
    "lines recall, documents by another hand": {"prototype": 0.58, "target": 0.90},
    "lines, text": {"prototype": 0.81, "target": 0.98},
    "lines, office scans": {"prototype": 0.79, "target": 0.93},
    "lines precision, French public samples": {"prototype": 0.48, "target": 0.90},
}

_DAY = r"(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{4}-\d{2}-\d{2})"
_SUM = r"(-?\d[\d\s.,\u00a0\u202f]*\d)"
_PATTERNS = {
    "BT-1": r"(?:facture|invoice|rechnung|avoir)\s*(?:n[°ºo]\.?|num[ée]ro|number|no\.?|nr\.?|#)?\s*[:#]?\s*([A-Z0-9][A-Z0-9/_\-]{2,})",
    "BT-2": rf"date[^\d\n]{{0,30}}{_DAY}",
    "BT-9": rf"(?:[ée]ch[ée]ance|due date|payable (?:le|au|avant)|f[äa]llig)[^\d\n]{{0,30}}{_DAY}",
    "BT-109": rf"(?:total|montant)\s*(?:net\s*)?h\.?t\.?[^\d\n]{{0,20}}{_SUM}|subtotal[^\d\n]{{0,20}}{_SUM}",
    "BT-110": rf"(?:total|montant)\s*t\.?v\.?a\.?[^\d\n]{{0,20}}{_SUM}|t\.?v\.?a\.?\s*\d+[.,]?\d*\s*%\s*[:=]?\s*{_SUM}",
    "BT-112": rf"(?:total|montant)\s*t\.?t\.?c\.?[^\d\n]{{0,20}}{_SUM}|total\s*(?:amount|due)?\s*[:=]?\s*{_SUM}",
    "BT-115": rf"(?:net [àa] payer|reste [àa] payer|amount due|total [àa] payer)[^\d\n]{{0,20}}{_SUM}",
    "BT-13": r"(?:commande|order|bestellung|r[ée]f[ée]rence client)\s*(?:n[°ºo]\.?|number|nr\.?)?\s*[:#]?\s*([A-Z0-9][A-Z0-9/_\-]{2,})",
    "BT-84": r"\b([A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?)\b",
    "vat": r"\b(FR\s?[A-Z0-9]{2}\s?\d{3}\s?\d{3}\s?\d{3}|DE\s?\d{9}|[A-Z]{2}\d{8,12})\b",
    "siren": r"(?:siren|siret|rcs[^\d\n]{0,20})\D{0,5}(\d{3}\s?\d{3}\s?\d{3})",
}  # fmt: skip


def naive(text: str) -> Any:
    """The plain patterns on the text of a document → a result without evidence."""
    from reading.model import Result

    found: dict[str, Any] = {}
    for term, pattern in _PATTERNS.items():
        match = re.search(pattern, text, re.IGNORECASE if term not in ("vat", "BT-84") else 0)
        value = next((g for g in match.groups() if g), "") if match else ""
        if not value:
            continue
        if term in ("BT-2", "BT-9"):
            value = _day(value)
        elif term in ("BT-109", "BT-110", "BT-112", "BT-115"):
            value = _amount(value)
        found[term] = value
    seller = {
        "vat_identifier": found.pop("vat", None),
        "legal_identifier": found.pop("siren", None),
        "name": next((line.strip() for line in text.splitlines() if line.strip()), None),
    }
    found["BG-4"] = seller
    found["BT-3"] = "381" if re.search(r"\bavoir\b|credit note", text[:400], re.I) else "380"
    found["BT-5"] = next((c for s, c in (("€", "EUR"), ("EUR", "EUR"), ("$", "USD"), ("£", "GBP")) if s in text), None)  # fmt: skip
    return Result("text", found, {})


def _day(text: str) -> str | None:
    parts = [int(part) for part in re.split(r"[/.\-]", text)]
    year, month, day = parts if parts[0] > 31 else reversed(parts)
    try:
        return date(year + 2000 if year < 100 else year, month, day).isoformat()
    except ValueError:
        return None


def _amount(text: str) -> str | None:
    text = re.sub(r"[\s\u00a0\u202f]", "", text)
    if re.search(r",\d{1,2}$", text):
        text = text.replace(".", "").replace(",", ".")
    else:
        text = text.replace(",", "")
    try:
        return str(Decimal(text))
    except InvalidOperation:
        return None


# -- invoice2data -----------------------------------------------------------------------------------

_INSIDE = """
import json, logging, sys
logging.disable(logging.CRITICAL)
from invoice2data import extract_data
from invoice2data.extract.loader import read_templates
templates = read_templates()
answers = {}
for path in json.load(sys.stdin):
    try:
        answers[path] = extract_data(path, templates=templates, input_module="text") or None
    except Exception as error:
        answers[path] = None
print(json.dumps({"templates": len(templates), "answers": answers}, default=str))
"""


class NotInstalled(RuntimeError):
    """invoice2data could not be installed; the message has the end of pip's."""


def invoice2data(texts: Iterable[str]) -> tuple[list[Any], int]:
    """invoice2data's own templates on texts laid out as pdftotext does → results (None where no template matches), number of templates.

    :raises NotInstalled: no network, or no such package
    """
    from reading.model import Result

    python = _python()
    with tempfile.TemporaryDirectory() as place:
        paths = []
        for at, text in enumerate(texts):
            path = Path(place, f"{at:05d}.txt")
            path.write_text(text)
            paths.append(str(path))
        done = subprocess.run(
            [python, "-c", _INSIDE], input=json.dumps(paths), capture_output=True, text=True, timeout=900
        )  # fmt: skip
    if done.returncode:
        raise NotInstalled(done.stderr.strip()[-300:])
    answer = json.loads(done.stdout.splitlines()[-1])
    results = []
    for path in paths:
        found = answer["answers"].get(path)
        results.append(Result("text", _converted(found), {}) if found else None)
    return results, answer["templates"]


def _python() -> str:
    place = folder("invoice2data-venv")
    python, done = place / "bin" / "python", place / "installed"
    if not done.is_file() or done.read_text() != INVOICE2DATA:
        commands = (
            [sys.executable, "-m", "venv", "--clear", str(place)],
            [str(python), "-m", "pip", "install", "--quiet", INVOICE2DATA],
        )
        for command in commands:
            run = subprocess.run(command, capture_output=True, text=True, timeout=300)
            if run.returncode:
                raise NotInstalled((run.stderr or run.stdout).strip()[-300:])
        done.write_text(INVOICE2DATA)
    return str(python)


def _converted(found: dict[str, Any]) -> dict[str, Any]:
    """Fields of an invoice2data template under the names of EN 16931."""
    return {
        "BT-1": found.get("invoice_number"),
        "BT-2": str(found.get("date") or "")[:10] or None,
        "BT-9": str(found.get("date_due") or "")[:10] or None,
        "BT-5": found.get("currency"),
        "BT-84": found.get("iban"),
        "BT-109": found.get("amount_untaxed"),
        "BT-110": found.get("amount_tax"),
        "BT-112": found.get("amount"),
        "BG-4": {"name": found.get("issuer"), "vat_identifier": found.get("vat")},
    }


def laid_out(content: bytes) -> str:
    """Text of a PDF as `pdftotext -layout` gives it, which invoice2data's templates were written for; empty when there is none."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, timeout=60
    )
    return done.stdout.decode("utf-8", "replace")
