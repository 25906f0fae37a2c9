"""Life-cycle statuses of the French reform: one table, ``data/lifecycle.json``, and the questions asked of it.

Sources: DGFiP general dossier v3.2, management rules G7.25 and G7.44 (annex 7 V1.9), FNFE-MPE rule set V1.4.0 for the closed lists. A code that is not
in the table is ``UNKNOWN``: kept raw by the caller, shown with a warning, never a success.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNKNOWN = "unknown"
BUYER, SELLER, PLATFORM = "buyer", "seller", "platform"
DELIVERED = "203"  # what a buyer who holds the invoice knows without being told
_UNKNOWN_WORDS = {"fr": "Statut inconnu", "en": "Unknown status"}
# Role of a party in a message (UN/CEFACT) → who it is in the business; agents speak for their party.
ROLES = {
    "SE": SELLER, "SR": SELLER, "PE": SELLER, "II": SELLER, "DL": SELLER,
    "BY": BUYER, "AB": BUYER, "PR": BUYER, "IV": BUYER,
    "WK": PLATFORM, "DFH": PLATFORM,
}  # fmt: skip


@dataclass(frozen=True)
class Status:
    """One status of the table.

    :param label: its name, by language (``fr``, ``en``); ``action``: what a person's button says; ``explain``: one line of what it means.
    :param emitters: who says it (``buyer``, ``seller``, ``platform``); ``users``: as whom a user of ours may say it.
    :param phase: MDT-77, ``23`` between parties or ``305`` between platforms; ``mdt88``: UN/CEFACT status, empty when none applies.
    :param tone: ``done|wait|warn|fail``.
    :param reasons: the closed list of reason codes; ``reason_required``, ``comment_required``.
    :param amounts: types of amounts (MDT-207) that have to be given; ``by_rate``: each with its VAT rate.
    :param after: one of these must have been said; ``not_after``: none of these may be the current one; ``answers``: the status it replies to.
    :param terminal: nothing follows it; ``repeatable``: may be said again at once.
    :param attention: a person of the receiving side has something to do.
    :param common: offered to everybody, else only on demand.
    """

    code: str
    label: dict[str, str]
    explain: dict[str, str]
    emitters: tuple[str, ...]
    users: tuple[str, ...]
    phase: str
    tone: str
    action: dict[str, str] | None = None
    mdt88: str = ""
    reasons: tuple[str, ...] = ()
    reason_required: bool = False
    comment_required: bool = False
    attachments: bool = False
    attachment_required: bool = False
    amounts: tuple[str, ...] = ()
    by_rate: bool = False
    after: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    answers: str = ""
    terminal: bool = False
    repeatable: bool = False
    attention: bool = False
    common: bool = False


@functools.cache
def table() -> dict[str, Any]:
    """The table as it stands in the file."""
    path = Path(__file__).parent / "data" / "lifecycle.json"
    return json.loads(path.read_text("utf-8"))


@functools.cache
def statuses() -> dict[str, Status]:
    """Every business status by code, in the order of the codes."""
    return {
        row["code"]: Status(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
        for row in table()["statuses"]
    }


def status(code: str) -> Status | None:
    """The business status of a code, or None when the table does not have it."""
    return statuses().get(code)


def known(code: str) -> str:
    """The code when it is a business or a technical one of the table, else ``unknown``."""
    return code if code in statuses() or code in table()["technical"] else UNKNOWN


def _word(words: dict[str, str], lang: str) -> str:
    return words["fr" if (lang or "").startswith("fr") else "en"]


def label(code: str, lang: str = "fr") -> str:
    """Name of a status (business, technical or unknown) in French or English; empty for no code."""
    if not code:
        return ""
    found = statuses().get(code)
    words = found.label if found else table()["technical"].get(code, _UNKNOWN_WORDS)
    return _word(words, lang)


def action(code: str, lang: str = "fr") -> str:
    """What the button that sends this status says; its label where no user sends it."""
    found = statuses()[code]
    return _word(found.action or found.label, lang)


def explain(code: str, lang: str = "fr") -> str:
    """One line of what a business status means."""
    return _word(statuses()[code].explain, lang)


def reason(code: str, lang: str = "fr") -> str:
    """The sentence of a reason code; the code itself when it is not known."""
    words = table()["reasons"].get(code)
    return _word(words, lang) if words else code


def requested_action(code: str, lang: str = "fr") -> str:
    """The words of a requested action (MDT-121); the code itself when it is not known."""
    words = table()["actions"].get(code)
    return _word(words, lang) if words else code


def amount_label(code: str, lang: str = "fr") -> str:
    """The words of a type of amount (MDT-207); the code itself when it is not known."""
    words = table()["amounts"].get(code)
    return _word(words, lang) if words else code


def tone(code: str) -> str:
    """``done|wait|warn|fail`` of a status; an unknown one warns."""
    found = statuses().get(code)
    return found.tone if found else table()["technical"].get(code, {}).get("tone", "warn")


def selection(lang: str = "fr") -> list[tuple[str, str]]:
    """Every code with its name, and ``unknown``, for a list of choices."""
    codes = [*statuses(), *table()["technical"], UNKNOWN]
    return [(code, label(code, lang)) for code in codes]


def is_business(code: str) -> bool:
    """Whether a code is a status of the invoice (not a technical word, not unknown)."""
    return code in statuses()


def current(codes: Sequence[str]) -> str:
    """The status an invoice is in.

    :param codes: what was said of it, oldest first.
    :return: a terminal status when one was ever said (the first of them), else the last business status; ``unknown`` when only unknown words were
        said, empty when nothing was.
    """
    known_ones = [code for code in codes if is_business(code)]
    for code in known_ones:
        if statuses()[code].terminal:
            return code
    if known_ones:
        return known_ones[-1]
    return UNKNOWN if UNKNOWN in codes else ""


def refusal(code: str, history: Sequence[str], actor: str) -> str:
    """Why this status cannot be sent now; empty when it can.

    :param history: the codes said of the invoice so far, oldest first, ours on their way included. A buyer who holds the invoice adds `DELIVERED`.
    :param actor: as whom we speak, ``buyer`` or ``seller``.
    :return: ``unknown``, ``actor``, ``terminal``, ``again``, ``late`` (the current one forbids it), ``early`` (what must come first did not) or empty.
    """
    found = statuses().get(code)
    if found is None:
        return "unknown"
    if actor not in found.users:
        return "actor"
    now = current(history)
    if now and now != UNKNOWN and statuses()[now].terminal:
        return "terminal"
    if found.answers:
        replies = [c for c in history if c in (code, found.answers)]
        return "" if replies and replies[-1] == found.answers else "early"
    if code == now and not found.repeatable:
        return "again"
    if now in found.not_after:
        return "late"
    if found.after and not set(found.after) & set(history):
        return "early"
    return ""


def sendable(history: Sequence[str], actor: str) -> list[Status]:
    """The statuses that may be sent now, in the order of the codes."""
    return [found for code, found in statuses().items() if not refusal(code, history, actor)]


def unsuitable_reasons(code: str, reasons: Iterable[str], public_sector: bool = False) -> list[str]:
    """Those of the given reason codes that this status does not allow (a 210 of a public body has a wider list)."""
    found = statuses()[code]
    allowed = set(found.reasons)
    if code == "210" and public_sector:
        allowed |= set(table()["reasons_public_sector_210"])
    return [given for given in reasons if given not in allowed]
