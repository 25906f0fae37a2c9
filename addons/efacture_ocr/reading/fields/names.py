"""Names of the parties: over an address, before a legal form, after a label, in large letters at the top."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from statistics import median

from rapidfuzz import fuzz

from ..labels import fold
from ..layout import Cell
from ..model import Box, Candidate, Word
from ..own import Own
from ..party_words import words_of
from . import View
from .addresses import Address, Leaning, is_street, postal

MAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
SITE = re.compile(r"(?:www\.|https?://)([\w-]+(?:\.[\w-]+)+)", re.I)
_Name = tuple[str, float, tuple[Word, ...], str]
_FORM = re.compile(r"[\s,]+(?:SASU?|SARL|EURL|S\.?A\.?R\.?L\.?|S\.?A\.?S\.?U?|S\.?A\.?|SCI|SNC|SCOP|SELARL|SELAS|GmbH|AG|Ltd\.?|LLC|Inc\.?|B\.?V\.?|SRL|SPRL|EI|S\.à r\.l\.)\b.*$")  # fmt: skip


def is_legal(folded: str, but: tuple[str, ...] = ()) -> bool:
    """The row speaks of the company's legal form, capital or register."""
    padded = f" {folded} "
    return any(
        f" {fold(word)} " in padded for word in words_of()["legal_words"] if fold(word) not in but
    )


def party_names(
    view: View, places: list[Leaning], own: Own
) -> tuple[list[Candidate], list[Candidate]]:
    sellers: list[_Name] = []
    buyers: list[_Name] = []
    for item in places:
        name = name_of(view, item.thing)
        if name:
            text, words = name
            target = sellers if item.lean > 0 else buyers
            target.append((text, 0.5 + 0.2 * min(1.0, abs(item.lean)), words, "address"))
    sellers += legal_lines(view) + _labelled(view, "seller", 0.75) + _headings(view)
    sellers += _with_form(view, places)
    buyers += _labelled(view, "buyer", 0.65)
    domains = domains_of(view)
    buyer_texts = [fold(text) for text, score, _words, _reason in buyers if score >= 0.6]
    ranked = []
    for text, score, words, reason in sellers:
        reasons = [reason]
        folded = fold(text)
        if own.is_name(text):
            continue
        if any(fuzz.token_set_ratio(folded, other) >= 92 for other in buyer_texts):
            score -= 0.35
        if any(domain_says(domain, folded) for domain in domains):
            score += 0.25
            reasons.append("domain")
        support = sum(
            1 for other, _s, other_words, _r in sellers
            if other_words != words and fuzz.token_set_ratio(folded, fold(other)) >= 90
        )  # fmt: skip
        if support:
            score += min(0.2, 0.1 * support)
            reasons.append("repeated")
        ranked.append(
            Candidate("BT-27", text, min(score, 0.97), words, tuple(reasons), words[0].source)
        )
    seller_texts = [fold(c.value) for c in ranked if c.score >= 0.8]
    bought = []
    for text, score, words, reason in buyers:
        reasons = [reason]
        if own.is_name(text):
            score, reasons = 0.95, [reason, "own"]
        elif any(fuzz.token_set_ratio(fold(text), other) >= 92 for other in seller_texts):
            score -= 0.35
        bought.append(
            Candidate("BT-44", text, min(score, 0.97), words, tuple(reasons), words[0].source)
        )
    return _fuller(_unique(ranked)), _fuller(_unique(bought))


def _fuller(candidates: list[Candidate]) -> list[Candidate]:
    """A name that begins another printed one (`Alphabet` of `Alphabet Fuhrpark GmbH`) lends it its score."""
    result = []
    for candidate in candidates:
        folded = fold(str(candidate.value))
        inside = [
            other for other in candidates
            if other is not candidate and folded.startswith(fold(str(other.value)) + " ") and other.score > candidate.score
        ]  # fmt: skip
        if inside and candidate.score >= 0.4 and len(folded.split()) <= 7:
            candidate = candidate.because(
                "fuller", min(0.97, max(other.score for other in inside) + 0.01)
            )
        result.append(candidate)
    return result


def _unique(candidates: Iterable[Candidate]) -> list[Candidate]:
    best: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda c: -c.score):
        best.setdefault(fold(str(candidate.value)), candidate)
    return list(best.values())


def looks_like_name(text: str) -> bool:
    """The line may be the name of a company or person: letters, no label, no street, not a sentence."""
    letters = sum(char.isalpha() for char in text)
    if (
        letters < 2
        or letters < 0.55 * len(text.replace(" ", ""))
        or len(text.split()) > 9
        or len(text) > 70
    ):
        return False
    if not any(word[0].isupper() for word in re.findall(r"[^\W\d_]+", text)):
        return False
    folded = fold(text)
    tokens = folded.split()
    if (
        not tokens
        or len(folded) < 3
        or postal(text)
        or is_street(text)
        or "@" in text
        or SITE.search(text)
        or ":" in text
        or text.endswith("?")
    ):
        return False
    bad = [fold(word) for word in words_of()["not_a_name"]]
    padded = f" {folded} "
    return not any(tokens[0] == word or padded.startswith(f" {word} ") for word in bad)


def name_of(view: View, address: Address) -> tuple[str, tuple[Word, ...]] | None:
    """The first line of the block that may be a name; in one line, what stands before the street."""
    if address.inline:
        text = address.cell.text
        start = re.split(r"\s[-–•·|]\s|[,;|•·]", text)[0].strip()
        name = _FORM.sub("", start).strip(" ,-–")
        if looks_like_name(name) and not re.search(r"\d{5}", name):
            count = len(name.split())
            return name, address.cell.words[:count]
        return None
    for line in address.lines[:-1]:
        text = line.text.strip()
        folded = fold(text)
        for word in words_of()["civility"]:
            if folded.startswith(fold(word) + " "):
                folded = ""
        if folded and looks_like_name(text) and not _is_label(view, line):
            name = re.split(r"\s[-–|]\s", text)[0].strip(" ,")
            return (name if looks_like_name(name) else text), line.words
    return None


def _is_label(view: View, cell: Cell) -> bool:
    """Half of the cell or more is a label."""
    inside = {word for word in cell.words if fold(word.text)}
    return any(
        len(inside & set(label.words)) * 2 > len(inside) and label.words[0] in inside
        for label in view.labels
        if label.box.page == cell.box.page
    )


def legal_lines(view: View) -> list[_Name]:
    """`Papeterie Mercier SAS au capital de …`: what stands before the legal form."""
    forms = {fold(form) for form in words_of()["legal_forms"]}
    found = []
    for row in (*view.layout.all_rows, *view.layout.edge_rows):
        text = row.text
        folded = fold(text)
        if not is_legal(folded):
            continue
        words: list[Word] = []
        for word in row.words:
            token = fold(word.text)
            named = any(fold(w.text) not in forms for w in words)
            if (token in forms and named) or token in ("au", "capital", "siege", "with"):
                break
            if (
                re.fullmatch(r"[-–•·|:]+", word.text)
                or any(char.isdigit() for char in word.text)
                or len(words) > 7
            ):
                break
            words.append(word)
            if word.text.endswith((",", ";")):
                break
        if all(fold(word.text) in forms for word in words) or is_legal(fold(words[0].text)):
            continue
        name = " ".join(word.text for word in words).strip(" ,-–;")
        if words and looks_like_name(name) and fold(name) not in forms:
            found.append((name, 0.68, tuple(words), "legal_line"))
    return found


def _with_form(view: View, places: list[Leaning]) -> list[_Name]:
    """A cell in the upper half that ends or begins with a legal form (`Cloudmeter, Inc.`), out of the buyer's block."""
    page = view.layout.pages[0]
    forms = {fold(form) for form in words_of()["legal_forms"]} - {
        "societe",
        "association",
        "co",
        "as",
        "ag",
    }
    bought = {
        word
        for item in places
        if item.lean <= 0
        for line in item.thing.lines
        for word in line.words
    }
    found = []
    for cell in view.layout.cells(page.number):
        tokens = [token for token in fold(cell.text).split() if token]
        if cell.box.y0 > 0.5 * page.height or not 2 <= len(tokens) <= 7 or bought & set(cell.words):
            continue
        ends = ((tokens[-1], cell.words[-1]), (tokens[0], cell.words[0]))
        # `KG` is a legal form, `kg` a unit.
        formed = any(
            t in forms and (len(t) > 2 or word.text.strip(".,()").isupper()) for t, word in ends
        )
        if formed and looks_like_name(cell.text) and not is_legal(fold(cell.text)):
            near_buyer = any(
                item.lean < 0 and not item.thing.inline and abs(item.thing.box.x0 - cell.box.x0) < 25
                and -60 < item.thing.box.y0 - cell.box.y1 < 60 for item in places
            )  # fmt: skip
            found.append(
                (cell.text.strip(" ,-"), 0.3 if near_buyer else 0.6, cell.words, "legal_form")
            )
    return found


def _labelled(view: View, kind: str, score: float) -> list[_Name]:
    """The name right of, or under, *Vendu par* / *Facturé à*; in a section of pairs, right of *Raison sociale*."""
    found = []
    for label in view.labelled(kind):
        cell = next(
            (c for c in view.layout.cells(label.box.page) if label.words[-1] in c.words), None
        )
        if cell is None or cell.words[0] != label.words[0]:
            continue
        rest = cell.words[len(label.words) :]
        text = " ".join(word.text for word in rest).strip()
        colon = label.words[-1].text.endswith(":") or text.startswith(":")
        choices: list[tuple[str, tuple[Word, ...]]] = []
        if text.strip(" :-–"):
            if len(label.words) > 1 or colon:
                choices.append((text.strip(" :-–"), rest))
        else:
            if colon:
                choices += [(c.text, c.words) for c in view.layout.right_of(label.box, 140)[:1]]
            beside = view.layout.right_of(cell.box, 60)
            if not beside or kind == "seller":
                choices += list(_under(view, label.box))
        for text, words in choices:
            name = re.split(r"\s[-–|]\s|,\s", text)[0].strip(" ,:")
            if looks_like_name(name):
                # *Vendeur : Ursula Hamelin* may be the salesman.
                alone = len(cell.words) == len(label.words) and not colon
                person = (
                    kind == "seller"
                    and not alone
                    and fold(label.wording) in map(fold, words_of()["maybe_a_person"])
                )
                to_a_person = fold(label.wording) in map(fold, words_of()["attention"])
                if to_a_person and kind == "buyer":
                    score = 0.35  # “À l'attention de Jérôme”: who opens the letter
                said = 0.17 if kind == "seller" and len(label.words) > 1 else 0.0  # *Vendu par*
                found.append((name, score + said - 0.2 * person, tuple(words), "label"))
                break
    return found


def _under(view: View, box: Box) -> Iterator[tuple[str, tuple[Word, ...]]]:
    pairs = {fold(word) for word in words_of()["name_labels"]}
    column = [cell for cell in view.layout.below(box, 60) if abs(cell.box.x0 - box.x0) < 40]
    for cell in column[:4]:
        if fold(cell.text) in pairs:
            yield from ((c.text, c.words) for c in view.layout.right_of(cell.box, 250)[:1])
    yield from ((cell.text, cell.words) for cell in column[:2] if cell.box.y0 - box.y1 < 34)


def _headings(view: View) -> list[_Name]:
    """Large text, or the first, at the top of the first page."""
    page = view.layout.pages[0]
    cells = [cell for cell in view.layout.cells(page.number) if cell.box.y0 < 0.3 * page.height]
    if not cells:
        return []
    usual = median(word.y1 - word.y0 for word in page.words)
    found = []
    for place, cell in enumerate(cells):
        size = median(word.y1 - word.y0 for word in cell.words) / max(usual, 1.0)
        text = cell.text.strip(" -–·|")
        if not looks_like_name(text) or _is_label(view, cell):
            continue
        score = 0.3 if place > 2 else 0.45
        if size >= 1.25:
            score = 0.62 if len(cell.words) <= 5 else 0.45
        if cell.box.x0 > 0.5 * page.width:
            score -= 0.15
        if score >= 0.4:
            name = _FORM.sub("", text).strip(" ,-–") or text
            found.append((name, score, cell.words, "heading"))
    found += _two_lines(found)
    return sorted(found, key=lambda item: -item[1])[:4]


def _two_lines(found: list[_Name]) -> list[_Name]:
    """A name in large letters over two lines."""
    joined = []
    for upper in found:
        for lower in found:
            a, b = Box.around(upper[2]), Box.around(lower[2])
            same = abs(a.x0 - b.x0) < 3 and abs(a.height - b.height) < 0.12 * a.height
            if same and upper[1] >= 0.6 and 0 <= b.y0 - a.y0 < 1.7 * a.height and a != b:
                joined.append(
                    (f"{upper[0]} {lower[0]}", upper[1] + 0.04, (*upper[2], *lower[2]), "heading")
                )
    return joined


def domains_of(view: View) -> list[str]:
    """Domains of the mail addresses and sites of the pages, letters and figures only."""
    return domains_in(view.layout.words)


def domains_in(words: Iterable[Word]) -> list[str]:
    """The same of some words."""
    found = []
    for word in words:
        for pattern in (MAIL, SITE):
            match = pattern.search(word.text)
            if match:
                found.append(
                    re.sub(
                        r"[^a-z0-9]", "", match[1].lower().removeprefix("www.").rsplit(".", 1)[0]
                    )
                )
    return found


def domain_says(domain: str, folded: str) -> bool:
    plain = folded.replace(" ", "")
    return (
        len(domain) >= 4
        and (plain in domain or domain in plain or fuzz.ratio(plain, domain) >= 85)
        and len(plain) >= 3
    )


def mails(view: View, items: list[Leaning]) -> list[Candidate]:
    """The seller's e-mail: one at the foot or the top, not beside the buyer's address."""
    found = []
    for word in view.layout.words:
        match = MAIL.search(word.text)
        if match:
            height = word.y0 / view.layout.page(word.page).height
            score = 0.5 if height > 0.8 or height < 0.2 else 0.3
            found.append(Candidate("BT-43", match[0], score, (word,), ("pattern",), word.source))
    return found
