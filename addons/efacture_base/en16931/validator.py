"""Ask the validator service of this host for verdicts. Never better than what was checked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from . import kinds
from .sentences import sentence
from .verdict import UNCHECKED, Finding, Verdict, conclude, sort_findings

try:  # inside Odoo the package is odoo.addons.efacture_base.en16931
    from ..hostservice import HostServiceError, ServiceClient
except ImportError:
    from hostservice import HostServiceError, ServiceClient

SERVICE = "validator"
BATCH_DOCUMENTS, BATCH_BYTES = 20, 20 << 20
_WHY = {
    "unavailable": (
        "Le contrôle n’a pas pu être fait : le service de contrôle ne répond pas. "
        "Réessayez ; si cela dure, prévenez votre administrateur.",
        "The check could not be made: the validator service does not answer. Try again; if it "
        "lasts, tell your administrator.",
    ),
    "busy": (
        "Le contrôle n’a pas pu être fait : le service de contrôle est occupé. Réessayez dans un "
        "instant.",
        "The check could not be made: the validator service is busy. Try again in a moment.",
    ),
    "timeout": (
        "Le contrôle n’a pas pu être terminé dans le temps prévu.",
        "The check could not be finished in the time given.",
    ),
    "error": (
        "Le contrôle n’a pas pu être fait : le service de contrôle a rencontré une erreur.",
        "The check could not be made: the validator service met an error.",
    ),
}


def validate(
    content: bytes,
    *,
    context: str = "fr-ctc",
    lang: str = "fr",
    pdfa: bool = False,
    timeout: float = 30.0,
) -> Verdict:
    """Return the verdict on one document (XML, or a PDF that carries one).

    :param context: ``fr-ctc`` (rules of the French platforms), ``en16931`` or ``chorus``.
    :param lang: language of the findings' sentences, ``fr`` or ``en``.
    :param pdfa: check a PDF with veraPDF too (slow; not for the sending path).
    :param timeout: seconds for this document.

    Does not raise when the service is busy, absent or fails: the verdict is then ``unchecked``,
    with a finding that says why.
    """
    return validate_many([content], context=context, lang=lang, pdfa=pdfa, timeout=timeout)[0]


def validate_many(
    contents: Sequence[bytes],
    *,
    context: str = "fr-ctc",
    lang: str = "fr",
    pdfa: bool = False,
    timeout: float = 30.0,
) -> list[Verdict]:
    """Return one verdict per document, in the same order. See ``validate``.

    Documents travel in small batches; when a batch fails each of its documents is asked for alone,
    so that one bad document never costs the others their verdict. ``timeout`` is per document.
    """
    if pdfa:
        plain = validate_many(contents, context=context, lang=lang, timeout=timeout)
        pairs = zip(contents, plain, strict=True)
        return [_with_pdfa(content, verdict, lang) for content, verdict in pairs]
    verdicts: list[Verdict] = []
    batch: list[bytes] = []
    for content in contents:
        full = len(batch) >= BATCH_DOCUMENTS or sum(map(len, batch)) + len(content) > BATCH_BYTES
        if batch and full:
            verdicts += _ask(batch, context, lang, timeout)
            batch = []
        batch.append(content)
    if batch:
        verdicts += _ask(batch, context, lang, timeout)
    return verdicts


def _ask(contents: Sequence[bytes], context: str, lang: str, timeout: float) -> list[Verdict]:
    params = {"context": context, "lang": lang}
    try:
        result, _blobs = ServiceClient(SERVICE).call(
            "validate", params, contents, timeout=timeout * min(len(contents), 4)
        )
        verdicts = [Verdict.from_dict(item) for item in result["verdicts"]]
        if len(verdicts) != len(contents):
            raise ValueError("wrong number of verdicts")
        return verdicts
    except HostServiceError as error:
        if len(contents) > 1 and error.code in ("timeout", "error"):
            return [_ask([content], context, lang, timeout)[0] for content in contents]
        return [unchecked(content, error.code, str(error), lang) for content in contents]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [unchecked(content, "error", str(error), lang) for content in contents]


def _with_pdfa(content: bytes, verdict: Verdict, lang: str) -> Verdict:
    """Return ``verdict`` with what veraPDF says of a PDF that holds an invoice."""
    if verdict.kind not in (kinds.FACTURX, kinds.ZUGFERD1) or not kinds.is_pdf(content):
        return verdict
    from .verapdf import check_pdfa

    start, complete = time.perf_counter(), verdict.verdict != UNCHECKED
    try:
        found = check_pdfa(content, lang=lang)
    except HostServiceError as error:
        told = sentence("CHECK-PDFA", "", "", str(error), lang)
        found, complete = [Finding("CHECK-PDFA", "warning", "", told, "pdfa", "")], False
    findings = sort_findings([*verdict.findings, *found])
    return replace(
        verdict,
        verdict=conclude(findings, complete),
        findings=findings,
        rule_sets=(*verdict.rule_sets, ("pdfa", "veraPDF")),
        seconds=verdict.seconds + time.perf_counter() - start,
    )


def unchecked(content: bytes, why: str, detail: str, lang: str = "fr") -> Verdict:
    """Return the verdict *could not check*, with its reason.

    :param why: ``unavailable``, ``busy``, ``timeout`` or ``error``.
    """
    french, english = _WHY.get(why, _WHY["error"])
    finding = Finding(
        rule=f"CHECK-{why.upper()}",
        severity="warning",
        term="",
        message=french if lang == "fr" else english,
        source="own",
        location=detail,
    )
    kind = kinds.detect(content)
    return Verdict(UNCHECKED, kind.kind, kind.profile, (finding,))
