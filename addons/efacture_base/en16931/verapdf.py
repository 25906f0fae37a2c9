"""PDF/A-3 by veraPDF, through its service on this host. Slow (0.2 to 0.5 s warm): not for sending."""

from __future__ import annotations

from . import sentences
from .verdict import FATAL, Finding

try:  # inside Odoo the package is odoo.addons.efacture_base.en16931
    from ..hostservice import ServiceClient
except ImportError:
    from hostservice import ServiceClient

SERVICE = "verapdf"


def check_pdfa(
    pdf: bytes, *, flavour: str = "", lang: str = "fr", timeout: float = 120.0
) -> list[Finding]:
    """Return what keeps a PDF from being PDF/A-3; nothing when it is.

    :param flavour: ``3a``, ``3b`` or ``3u``; by default the part 3 the file claims, else 3b.
    :returns: findings of source ``pdfa``, one per clause and test, fatal.
    :raises HostServiceError: veraPDF could not be asked: the file is then *not checked*.
    """
    result, _blobs = ServiceClient(SERVICE).call("check", {"flavour": flavour}, [pdf], timeout)
    findings = []
    for clause, test, message, place, count in result.get("failures", ()):
        rule = f"PDFA-{clause}-{test}" if clause else "PDFA"
        times = f" (× {count})" if count > 1 else ""
        told = sentences.sentence(_stem(clause), message, "", message, lang)
        findings.append(Finding(rule, FATAL, "", told + times, "pdfa", place[:200]))
    if not result.get("compliant") and not findings:
        told = sentences.sentence("PDFA", "", "", "", lang)
        findings.append(Finding("PDFA", FATAL, "", told, "pdfa", ""))
    return findings


def _stem(clause: str) -> str:
    """Return the most precise rule of the table for a clause of ISO 19005-3 (``6.2.11.4.1``)."""
    parts = clause.split(".")
    while parts:
        name = "PDFA-" + ".".join(parts)
        if name in sentences.sentences():
            return name
        parts.pop()
    return "PDFA"
