"""What the words beside an amount say it is: the lists `totals` and `exempt` of `data/labels/<lang>.json`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from ..labels import fold, vocabulary
from ..labels import languages as known_languages
from . import View

#: The first of these that the words hold is what the amount is; the others are forgotten.
_ORDER = (
    "carried", "previous", "retention", "rounding", "prepaid", "untaxed", "inside", "payable", "other_tax", "allowance", "charge", "base",
    "vat", "gross", "net", "line_sum", "grand", "total",
)  # fmt: skip
#: How sure a wording of one kind is by itself, and with a word such as “total” or “montant” beside it.
_ALONE = {
    "net": 0.75,
    "vat": 0.8,
    "gross": 0.8,
    "payable": 0.85,
    "line_sum": 0.7,
    "total": 1.0,
    "grand": 1.0,
    "base": 0.6,
    "untaxed": 0.8,
}
_WITH_TOTAL = {
    "net": 0.95,
    "vat": 0.95,
    "gross": 0.97,
    "payable": 0.97,
    "line_sum": 0.8,
    "base": 0.6,
}
_LONG = 9


@cache
def _phrases(language: str) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """First token → (tokens, kind), the longest first."""
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for kind, wordings in vocabulary(language).get("totals", {}).items():
        for wording in wordings:
            tokens = tuple(fold(wording).split())
            table.setdefault(tokens[0], []).append((tokens, kind))
    for entries in table.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return table


@lru_cache(maxsize=4096)
def _roles(text: str, languages: tuple[str, ...], fuzzy: bool) -> tuple[tuple[str, float], ...]:
    tokens = [token for token in re.split(r"\s+", fold(text)) if token and not _is_number(token)]
    if fuzzy:
        tokens = [part for token in tokens for part in _unglued(token, languages)]
    kinds = _kinds(tokens, languages, fuzzy)
    if not kinds:
        return ()
    if len(tokens) > 1 and _kinds(tokens[-1:], languages, fuzzy) == ["base"]:
        return (("base", 0.7),)  # “remise 5 % sur 100,00”: what follows is what it is taken of
    last = [kind for kind in _ORDER if kind in kinds]
    if not last:
        return (("noise", 1.0),)
    kind = last[0]
    if kind == "prepaid" and "payable" in kinds:
        kind = "payable"  # “Acompte à verser”
    if kind == "inside":  # “TVA incluse 20 %” is the tax, “Total TVA incluse” the total
        others = [name for name in last if name in ("payable", "gross", "total")]
        kind = others[0] if others and not text.lower().startswith("dont") else "vat"
        kind = "gross" if kind == "total" else kind
    if kind == "payable" and {"previous", "retention"} & set(kinds):
        kind = "payable"
    if kind == "base" and not ({"net", "total", "vat"} & set(kinds)) and kinds != ["base"]:
        kind = last[1] if len(last) > 1 else kind
    if kind == "line_sum" and "gross" in kinds:
        kind = "gross"
    with_total = bool({"total", "grand"} & set(kinds)) and kind != "total"
    score = (_WITH_TOTAL if with_total else _ALONE).get(kind, 0.8)
    if "noise" in kinds:
        score *= 0.35
    if len(tokens) > _LONG:
        score *= 0.5
    if kind == "total":  # “Total abonnement” is less a total than “Total”
        score /= 1 + 0.5 * len([token for token in tokens if _says_more(token, languages)])
    roles = {kind: score}
    if kind == "grand":  # “Total général”: mostly with tax
        return (("gross", round(0.85 * score, 3)), ("total", round(0.6 * score, 3)))
    if kind == "payable":
        roles["gross"] = 0.5 * score if "gross" not in kinds else 0.9 * score
    elif kind == "vat" and "net" in kinds and tokens[-1:] == ["ht"]:
        roles = {"net": 0.5 * score, "base": 0.5 * score}
    elif kind == "base":
        roles["net"] = 0.55 * score
    elif kind == "line_sum":
        roles["net"] = 0.8 * score
    elif kind == "net":
        roles["line_sum"] = 0.4 * score
    return tuple((name, round(value, 3)) for name, value in roles.items())


def roles_of(text: str, languages: tuple[str, ...], fuzzy: bool = False) -> dict[str, float]:
    """Role → strength (0…1) that these words give to the amount they stand by; {} when they say nothing.

    Roles: `net`, `vat`, `gross`, `payable`, `prepaid`, `line_sum`, `allowance`, `charge`, `base`, `total` (any of the totals), `carried`
    (from page to page), `previous` (of an older bill), `retention`, `rounding`, `noise` (no total at all). `fuzzy` for recognised words.
    Words of the other languages count too, after those of the document's own: many French bills say “Balance due”.
    """
    if not any(char.isalpha() for char in text):
        return {}
    others = (code for code in known_languages() if code not in languages)
    return dict(_roles(text, (*languages, *others), fuzzy))


def _kinds(tokens: list[str], languages: tuple[str, ...], fuzzy: bool) -> list[str]:
    kinds: list[str] = []
    index = 0
    while index < len(tokens):
        length, kind = _longest(tokens, index, languages, fuzzy)
        if kind:
            kinds.append(kind)
        index += max(length, 1)
    return kinds


def _longest(
    tokens: list[str], start: int, languages: tuple[str, ...], fuzzy: bool
) -> tuple[int, str]:
    best, kind = 0, ""
    for language in languages:
        table = _phrases(language)
        firsts = [tokens[start]] if tokens[start] in table else []
        if not firsts and fuzzy and len(tokens[start]) >= 4:
            firsts = [first for first in table if _same(tokens[start], first)]
        for first in firsts:
            for wanted, name in table[first]:
                if len(wanted) <= best or start + len(wanted) > len(tokens):
                    continue
                if wanted[-1] == "du" and start + len(wanted) < len(tokens):
                    continue  # “montant dû” ends its phrase, “montant du marché” is something else
                pairs = zip(tokens[start:], wanted, strict=False)
                if all(a == b or fuzzy and _same(a, b) for a, b in pairs):
                    best, kind = len(wanted), name
    return best, kind


def _same(token: str, word: str) -> bool:
    """Near enough for a recognised word: one letter in five may differ, none in a short one."""
    if len(word) < 4:
        return False
    allowed = max(1, len(word) // 5)
    return abs(len(token) - len(word)) <= allowed and (
        Levenshtein.distance(token, word, score_cutoff=allowed) <= allowed
    )


def _says_more(token: str, languages: tuple[str, ...]) -> bool:
    return (
        len(token) > 2
        and token not in _known_tokens(languages)
        and token not in _stop_words(languages)
    )


@cache
def _stop_words(languages: tuple[str, ...]) -> frozenset[str]:
    words = [word for code in languages for word in vocabulary(code).get("stop", ())]
    return frozenset(fold(word) for word in words) | {"eur", "euros", "euro", "usd", "chf", "gbp"}


@lru_cache(maxsize=4096)
def _unglued(token: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """“totalht” → “total”, “ht”: two words that recognition ran together."""
    known = _known_tokens(languages)
    if token in known or len(token) < 5:
        return (token,)
    for cut in range(2, len(token) - 1):
        if token[:cut] in known and token[cut:] in known:
            return token[:cut], token[cut:]
    return (token,)


@cache
def _known_tokens(languages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        token
        for language in languages
        for entries in _phrases(language).values()
        for tokens, _kind in entries
        for token in tokens
    )


def _is_number(token: str) -> bool:
    return token.replace("%", "").isdigit()


# -- no VAT -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exemption:
    """Why no VAT is due: UNTDID 5305 category, code of the VATEX list (empty where the words are not that precise), the printed words."""

    category: str = ""
    code: str = ""
    text: str = ""


_LONGEST_REASON = 160
#: Categories of the codes of the VATEX list that are not E (exempt).
_CATEGORY = {"VATEX-EU-AE": "AE", "VATEX-EU-IC": "K", "VATEX-EU-G": "G", "VATEX-EU-O": "O"}


@cache
def _exempt(language: str, section: str = "exempt") -> tuple[tuple[str, str], ...]:
    return tuple(
        (f" {fold(wording)} ", name)
        for name, wordings in vocabulary(language).get(section, {}).items()
        for wording in wordings
    )


def exemption(view: View) -> str:
    """UNTDID 5305 category of the reason for which the pages say no VAT is due; empty where they say none.

    An article of the law says more than “exonération”.
    """
    text = " ".join(f" {fold(row.text)} " for row in view.layout.all_rows)
    found = [
        (not any(map(str.isdigit, wording)), text.find(wording), category)
        for language in view.languages
        for wording, category in _exempt(language)
        if wording in text
    ]
    return min(found)[-1] if found else ""


def exemption_reason(view: View) -> Exemption:
    """The reason with its code and the words as printed (BT-118, BT-121, BT-120); the most precise one where the pages give several."""
    category = exemption(view)
    best = Exemption(category)
    for cell in (cell for page in view.layout.pages for cell in view.layout.cells(page.number)):
        folded = f" {fold(cell.text)} "
        for language in view.languages if category else ():
            codes = [
                code
                for words, code in _exempt(language, "vatex")
                if words in folded and _CATEGORY.get(code, "E") == category
            ]
            said = any(words in folded and name == category for words, name in _exempt(language))
            if codes and not best.code:
                best = Exemption(category, codes[0], cell.text[:_LONGEST_REASON])
            elif said and not best.text:
                best = Exemption(category, "", cell.text[:_LONGEST_REASON])
    return best
