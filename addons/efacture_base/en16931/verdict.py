"""What is said of a document: findings and a verdict. The words are those of ``bin/check``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

VALID, INVALID, UNCHECKED = "valid", "invalid", "unchecked"
FATAL, WARNING, INFO = "fatal", "warning", "info"
SOURCES = (
    "xml",
    "xsd",
    "en16931",
    "factur-x",
    "extended-ctc-fr",
    "br-fr",
    "cdar",
    "pdfa",
    "container",
    "own",
)
_ORDER = {FATAL: 0, WARNING: 1, INFO: 2}


@dataclass(frozen=True)
class Finding:
    """One thing found in a document.

    :param rule: the rule's public identifier (``BR-CO-15``, ``BR-FR-12_BT-49``, ``FX-SCH-A-000036``).
    :param severity: ``fatal`` (the document is not valid), ``warning`` or ``info``.
    :param term: business term or group it is about (``BT-49``, ``BG-23``), or empty.
    :param message: a sentence for an accountant, in the language asked for.
    :param source: which set of rules says it, one of ``SOURCES``.
    :param location: path in the XML, page or file of the PDF, or empty.
    """

    rule: str
    severity: str
    term: str
    message: str
    source: str
    location: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return a JSON-able dictionary with the names of the fields."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Finding:
        """Build from what ``to_dict`` gave; unknown keys are ignored."""
        return cls(**{name: str(values.get(name) or "") for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Verdict:
    """The verdict on one document.

    ``unchecked`` means that something kept us from checking: it is never better than ``invalid``
    for whoever wants to send the document.
    """

    verdict: str
    kind: str
    profile: str = ""
    findings: tuple[Finding, ...] = ()
    rule_sets: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0

    @property
    def is_valid(self) -> bool:
        """True only for a document that was wholly checked without a fatal finding."""
        return self.verdict == VALID

    @property
    def fatal(self) -> tuple[Finding, ...]:
        """The findings that make the document invalid."""
        return tuple(finding for finding in self.findings if finding.severity == FATAL)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON-able dictionary of ``bin/check`` (without the file's name)."""
        return {
            "kind": self.kind,
            "profile": self.profile,
            "verdict": self.verdict,
            "findings": [finding.to_dict() for finding in self.findings],
            "rule_sets": dict(self.rule_sets),
            "seconds": round(self.seconds, 4),
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Verdict:
        """Build from what ``to_dict`` gave. A verdict that is not a known word is ``unchecked``."""
        verdict = values.get("verdict")
        return cls(
            verdict=verdict if verdict in (VALID, INVALID) else UNCHECKED,
            kind=str(values.get("kind") or "other"),
            profile=str(values.get("profile") or ""),
            findings=tuple(Finding.from_dict(item) for item in values.get("findings") or ()),
            rule_sets=tuple((values.get("rule_sets") or {}).items()),
            seconds=float(values.get("seconds") or 0),
        )


def conclude(findings: Iterable[Finding], complete: bool) -> str:
    """Return the verdict's word: any fatal finding is ``invalid``; else ``valid`` only if every
    check that applies was carried out (``complete``), otherwise ``unchecked``."""
    if any(finding.severity == FATAL for finding in findings):
        return INVALID
    return VALID if complete else UNCHECKED


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings without doubles, the gravest first, in a stable order."""
    unique = dict.fromkeys(findings)
    return tuple(
        sorted(
            unique,
            key=lambda item: (
                _ORDER.get(item.severity, 0),
                SOURCES.index(item.source) if item.source in SOURCES else len(SOURCES),
                item.rule,
                item.location,
                item.message,
            ),
        )
    )
