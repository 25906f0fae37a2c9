"""Findings in words an accountant understands, in French and English.

``data/rules.csv`` has a row per rule (``rule;term;fr;en``); ``data/families.json`` has the rules that
repeat for each VAT category or each field. What neither knows keeps the official text behind a
plain introduction. ``{value}`` in a sentence is what was found in the document.
"""

from __future__ import annotations

import csv
import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
_TERM = re.compile(r"(?<![A-Z-])(BT-\d+(?:-\d+)?|BG-\d+|EXT-FR-FE-(?:BG-)?\d+|MDT-\d+|MDG-\d+)")


@dataclass(frozen=True)
class Sentence:
    """A rule's term and its sentence in both languages (with ``{value}`` where useful).

    ``attribute`` is where the value stands when it is not the element's text (a code's scheme).
    """

    term: str
    fr: str
    en: str
    attribute: str = ""


def rule_name(identifier: str, text: str) -> str:
    """Return the public name of a rule.

    Factur-X numbers its tests ``FX-SCH-A-nnnnnn``: where the text names the rule of the standard
    (``[BR-E-05]-…``), that name is what people know. ``FX-NOT-USED`` stands for the tests without
    any number ("marked as not used in the given context").
    """
    if identifier and not identifier.startswith("FX-"):
        return identifier
    named = re.match(r"\s*\[([A-Z][A-Za-z0-9-]+)\]", text)
    if named:
        return named[1]
    return identifier or "FX-NOT-USED"


@functools.cache
def sentences() -> dict[str, Sentence]:
    """Return every sentence by rule: the table, then the families for rules it does not have."""
    table: dict[str, Sentence] = {}
    families = json.loads((DATA / "families.json").read_text("utf-8"))
    for family in families["vat"]:
        for key, names in families["categories"].items():
            if key in family.get("except", []) or key not in family.get("only", [key]):
                continue
            words = {**names, "code": names["code"]}
            for rule in family["rules"]:
                name = rule.replace("{C}", key)
                table[name] = Sentence(
                    family["term"],
                    _fill(family["fr"], {**words, "name": names["fr"]}),
                    _fill(family["en"], {**words, "name": names["en"]}),
                )
    for rule, label in families["decimals"].items():
        term, fr, en = label
        table[rule] = Sentence(
            term,
            f"{_capital(fr)} ({term}) a plus de deux décimales.",
            f"{_capital(en)} ({term}) has more than two decimals.",
        )
    names = labels()
    for rule, term in families["missing"].items():
        fr, en = names[term]
        table[rule] = Sentence(term, f"Il manque {fr} ({term}).", f"Missing: {en} ({term}).")
    for rule, term in families["once"].items():
        fr, en = names[term]
        table[rule] = Sentence(
            term,
            f"{_capital(fr)} ({term}) ne peut figurer qu’une fois.",
            f"{_capital(en)} ({term}) may be given only once.",
        )
    for rule, (term, code_list, *attribute) in families["codes"].items():
        table[rule] = Sentence(
            term,
            f"Le code « {{value}} » n’est pas dans la liste permise ({code_list}) : {{term}}.",
            f"The code “{{value}}” is not in the allowed list ({code_list}): {{term}}.",
            *attribute,
        )
    with open(DATA / "rules.csv", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter=";"):
            table[row["rule"]] = Sentence(row["term"], row["fr"], row["en"])
    return table


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _fill(text: str, words: dict[str, str]) -> str:
    for key, value in words.items():
        text = text.replace("{" + key + "}", value)
    return text


@functools.cache
def labels() -> dict[str, tuple[str, str]]:
    """Return {term: (French name, English name)} of business terms and groups."""
    with open(DATA / "terms.csv", encoding="utf-8", newline="") as handle:
        return {
            row["term"]: (row["fr"], row["en"]) for row in csv.DictReader(handle, delimiter=";")
        }


def lookup(rule: str) -> Sentence | None:
    """Return the sentence of a rule, also by its stem (``BR-FR-CO-10_BT-46-2`` → ``BR-FR-CO-10``)."""
    table = sentences()
    stem = rule
    while stem:
        if stem in table:
            return table[stem]
        shorter = stem.rpartition("_")[0] or re.sub(r"[-/][A-Za-z0-9]+$", "", stem)
        if shorter == stem or shorter.count("-") < 2 or "_" not in stem and stem.count("-") < 3:
            break
        stem = shorter
    extended = _EXTENDED.match(rule)
    if extended:  # the rule of EN 16931 with a tolerance, or for detail lines only
        category, number = extended["category"], extended["number"]
        return table.get(f"BR-{category}-{number}" if category else f"BR-{number}")
    return None


_EXTENDED = re.compile(
    r"BR-(?:FXEXT|FREXT|EXT)-(?:BR-)?(?:(?P<category>CO|CL|AE|AF|AG|IC|[SZEGO])-?)?"
    r"(?P<number>[0-9]{2})(?:[a-z]+|-.*)?\Z"
)


def term_for(rule: str, text: str, at_location: str) -> str:
    """Return the business term a finding is about.

    From the rule's table, else from the rule's name (``BR-FR-12_BT-49``), else from the place, else
    the first term the official text names.
    """
    known = lookup(rule)
    named = _TERM.search(rule.partition("_")[2] or "")
    if named:
        whole = named[1]
        shorter = whole.rpartition("-")[0]  # BT-22-1 is the first test on BT-22
        return shorter if whole not in labels() and shorter in labels() else whole
    if known and known.term and not (at_location and "-CL-" in rule):
        return known.term  # a code list serves many places: there the place tells
    if at_location and ("-CL-" in rule or not rule.startswith("BR-")):
        return at_location
    told = _TERM.search(text)
    return told[1] if told else at_location


_UNUSED = re.compile(r"(?:Element|Attribute)(?: variant)? '?@?(?:\w+:)?(\w+)")
_OCCURS = (
    (
        re.compile(r"must occur exactly (\d+) times?"),
        "doit figurer exactement {n} fois",
        "must be there exactly {n} time(s)",
    ),
    (
        re.compile(r"(?:must|may) occur at (?:least|minimum) (\d+) times?"),
        "doit figurer au moins {n} fois",
        "must be there at least {n} time(s)",
    ),
    (
        re.compile(r"may occur at maximum (\d+) times?"),
        "ne peut figurer que {n} fois",
        "may be there only {n} time(s)",
    ),
    (
        re.compile(r"(?:shall|should|must) (?:occur|exist) (?:at most|maximum) once"),
        "ne peut figurer qu’une fois",
        "may be there only once",
    ),
    (
        re.compile(r"must exist exactly once"),
        "doit figurer une fois et une seule",
        "must be there exactly once",
    ),
    (
        re.compile(r"(?:shall|should|must) not be (?:used|present|included)|must be absent"),
        "n’est pas prévu à cet endroit",
        "is not foreseen at this place",
    ),
)
_NAMED = re.compile(r"\s*\[[A-Za-z0-9-]+\]\s*-?\s*(?:This value in )?(@?\w+)\b")
_UNEXPECTED = re.compile(
    r"\s*\[(?:UBL|CII)(?:-\w+)?-(?:CR|SR|DT)-\d+\]\s*-?\s*(?:An? [\w ]+?)(?:shall|should) not"
    r" (?:include|contain) (?:the |an? )?(.*)",
    re.S,
)
_QUOTED = re.compile(r"'([^']+)'")


def sentence(rule: str, text: str, term: str, value: str = "", lang: str = "fr") -> str:
    """Return what to tell people about a finding.

    :param text: the official text of the rule, used when no sentence of ours exists.
    :param value: what was found at the place, shown where the sentence asks for it.
    """
    french = lang == "fr"
    known = lookup(rule)
    if known:
        told = known.fr if french else known.en
        shown = value or ("(vide)" if french else "(empty)")
        name = _name(term, french)
        told = told.replace("{term}", name).replace("{Term}", _capital(name))
        return told.replace("{value}", shown)
    structural = _structural(text, term, french)
    if structural:
        return structural
    clean = re.sub(r"^\s*\[[^\]]*\]\s*[-:]?\s*", "", text).strip()
    if french:
        return f"Règle {rule} non respectée : {clean}"
    return f"Rule {rule} is not met: {clean}"


def _name(term: str, french: bool) -> str:
    known = labels().get(term)
    if not known:
        return term
    return f"{known[0] if french else known[1]} ({term})"


def _structural(text: str, term: str, french: bool) -> str:
    """Return a sentence for the tests of Factur-X and CEN on presence, number and code lists."""
    quoted = _QUOTED.search(text)
    named = _NAMED.match(text)
    what = quoted[1] if quoted else named[1] if named else ""
    about = _name(term, french)
    if "marked as not used" in text:
        found = _UNUSED.search(text)
        element = what or (found[1] if found else "")
        if french:
            place = f" ({about})" if about else ""
            return f"L’élément « {element} » n’est pas prévu à cet endroit dans ce profil{place}."
        return f"The element “{element}” is not foreseen at this place in this profile{_in(about)}."
    for pattern, fr, en in _OCCURS:
        count = pattern.search(text)
        if count and what:
            number = count[1] if count.groups() else ""
            if french:
                place = f" dans {about}" if about else ""
                return f"L’élément « {what} » {fr.format(n=number)}{place}."
            return f"The element “{what}” {en.format(n=number)}{_in(about)}."
    if re.search(r"Value of .* is not allowed", text):
        if french:
            place = f" : {about}" if about else ""
            return (
                f"La valeur de « {what} » ne fait pas partie de la liste de codes permise{place}."
            )
        return f"The value of “{what}” is not in the list of allowed codes{_in(about)}."
    if "is required in this context" in text:
        if french:
            place = f" ({about})" if about else ""
            return f"L’attribut « {what} » est obligatoire à cet endroit{place}."
        return f"The attribute “{what}” is required at this place{_in(about)}."
    unexpected = _UNEXPECTED.match(text)
    if unexpected:
        element = unexpected[1].strip().rstrip(".")
        if french:
            return (
                "Une donnée que la norme européenne ne prévoit pas est présente "
                f"({element}) : elle sera sans effet."
            )
        return f"Something the European standard has no place for is present: {element}."
    return ""


def _in(about: str) -> str:
    return f" ({about})" if about else ""
