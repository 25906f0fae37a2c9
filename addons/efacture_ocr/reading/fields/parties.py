"""Who sells and who buys (BG-4, BG-7), and where to pay (BT-84, BT-86).

Each identifier and address gets a leaning: towards the seller (legal line at the foot, words such as *capital* and *RCS*, top of the page) or towards
the buyer (under *Facturé à*, in the window of the envelope, *votre n° TVA*). Those of one SIREN or one block lean together. The reader's own
company is the buyer, unless its identifiers plainly stand in the seller's place: then the document is a sale.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from rapidfuzz import fuzz

from ..identifiers import BIC, IBAN, SIREN, SIRET, VAT, Identifier, find_identifiers, valid_siren
from ..labels import fold
from ..layout import Cell, Row
from ..model import Box, Candidate, Word
from ..own import Own
from ..party_words import words_of
from . import View
from .addresses import Address, find_addresses, is_street, postal

SELLER = {
    "name": "BT-27", SIREN: "BT-30", SIRET: "BT-29", VAT: "BT-31", "street": "BT-35", "city": "BT-37", "zip": "BT-38", "country": "BT-40",
    "email": "BT-43",
}  # fmt: skip
BUYER = {
    "name": "BT-44", SIREN: "BT-47", SIRET: "BT-46", VAT: "BT-48", "street": "BT-50", "city": "BT-52", "zip": "BT-53", "country": "BT-55",
}  # fmt: skip
# How far a label over the block leans it; a tax representative or payee is neither party.
_LEAN = {"buyer": -1.2, "delivery_address": -0.9, "seller": 1.2, "third_party": 0.0}
_YOURS = re.compile(
    r"\b(?:client|cliente|votre|vos|acheteur|preneur|destinataire|customer|your|buyer|bill to|kunde|ihre|empfanger|vat client|assujetti)\b"
)
_OURS = re.compile(
    r"\b(?:notre|nos|vendeur|emetteur|fournisseur|prestataire|seller|supplier|our|unsere)\b"
)
_MAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_SITE = re.compile(r"(?:www\.|https?://)([\w-]+(?:\.[\w-]+)+)", re.I)
_MAYBE_A_PERSON = ("vendeur", "seller", "vendor", "prestataire", "emetteur", "verkaufer", "from")
_Name = tuple[str, float, tuple[Word, ...], str]
_FORM = re.compile(r"[\s,]+(?:SASU?|SARL|EURL|S\.?A\.?R\.?L\.?|S\.?A\.?S\.?U?|S\.?A\.?|SCI|SNC|SCOP|SELARL|SELAS|GmbH|AG|Ltd\.?|LLC|Inc\.?|B\.?V\.?|SRL|SPRL|EI|S\.à r\.l\.)\b.*$")  # fmt: skip


@dataclass
class _Item:
    """An identifier or address with its leaning: above 0 the seller's, below 0 the buyer's."""

    thing: Identifier | Address
    lean: float
    strong: bool = False  # a word says so

    @property
    def box(self) -> Box:
        return self.thing.box


def find(view: View) -> list[Candidate]:
    """Candidates of both parties and of the account to pay to, the best of each field first."""
    own = Own(view.options)
    if not view.layout.pages:
        return []
    items = list(_items(view, find_identifiers(view.layout)))
    places = list(_items(view, find_addresses(view.layout)))
    _lean_by_name(view, places)
    _lean_together(view, items, places)
    _lean_apart(places)
    if own:
        _lean_by_own(own, items)
    candidates = _identifiers(view, items, own)
    seller_names, buyer_names = _names(view, places, own)
    candidates += _addresses(places)
    candidates += seller_names + buyer_names + _mails(view, items)
    return sorted(candidates, key=lambda candidate: -candidate.score)


# -- leanings ---------------------------------------------------------------------------------------


def _items(view: View, things: Iterable[Identifier | Address]) -> Iterator[_Item]:
    for thing in things:
        ruler = _ruler(view, thing)
        if ruler != "third_party":
            yield _Item(thing, *_leaning(view, thing, ruler))


def _leaning(view: View, thing: Identifier | Address, ruler: str) -> tuple[float, bool]:
    box = thing.box
    page = view.layout.page(box.page)
    row = _row_of(view, box if isinstance(thing, Identifier) else thing.cell.box)
    lean, strong = 0.0, False
    before = (
        fold(" ".join(word.text for word in row.words if word.x0 < thing.box.x0 + 1)) if row else ""
    )
    around = fold(" ".join(word.text for word in row.words)) if row else ""
    near = " ".join(before.split()[-7:])
    if isinstance(thing, Identifier):
        if _YOURS.search(near):
            return -1.5, True
        if _OURS.search(near):
            return 1.5, True
    if ruler:
        lean += _LEAN[ruler]
        strong = True
    height = box.y0 / page.height
    if height > 0.84 or (height > 0.3 and row in view.layout.rows(box.page)[-3:]):
        lean += 0.7
    if _is_legal(around, but=("siret", "siren", "tva intracommunautaire")):
        lean += 0.8
    if isinstance(thing, Address):
        if not thing.inline and height < 0.45:
            window = _under_sender(view, thing)
            left = view.languages[:1] == ("de",)
            buyer_side = (box.x0 > 0.45 * page.width) != left
            lean += -0.9 if window else -0.5 if buyer_side else 0.25
        if thing.inline and height < 0.2:
            lean += 0.4
    elif height < 0.4 and not strong:
        lean += 0.25 if box.x0 < 0.45 * page.width else -0.05
    if box.page > view.layout.pages[0].number and not strong:
        lean *= 0.6
    return lean, strong


def _under_sender(view: View, address: Address) -> bool:
    """A line with the sender's own address stands just above, as in the window of an envelope."""
    top = Box(
        address.box.page,
        address.box.x0,
        address.lines[0].box.y0,
        address.box.x1,
        address.lines[0].box.y1,
    )
    return any(
        postal(cell.text) is not None
        and len(cell.words) >= 5
        and cell.words[0] not in address.lines[0].words
        for cell in view.layout.above(top, 30)
    )


def _is_legal(folded: str, but: tuple[str, ...] = ()) -> bool:
    """The row speaks of the company's legal form, capital or register."""
    padded = f" {folded} "
    return any(
        f" {fold(word)} " in padded for word in words_of()["legal_words"] if fold(word) not in but
    )


def _row_of(view: View, box: Box) -> Row | None:
    for row in view.layout.rows(box.page):
        if (
            row.box.y0 - 1 <= box.middle <= row.box.y1 + 1
            and row.box.x0 <= box.x0 + 1
            and row.box.x1 >= box.x1 - 1
        ):
            return row
    return None


def _ruler(view: View, thing: Identifier | Address) -> str:
    """The party label that heads the block this stands in: above it in the same column, or before it in the row."""
    box = thing.box
    if isinstance(thing, Identifier):
        box = _cell_box(view, thing.words[0])
    best: tuple[float, str] | None = None
    for label in view.labels:
        if label.kind not in _LEAN or label.box.page != box.page:
            continue
        if label.strength < 0.8 or not _heads(view, label.words):
            continue
        above = box.y0 - label.box.y0
        aligned = (
            label.box.x0 - 60 <= box.x0 <= label.box.x1 + 60
            or abs(label.box.center - box.center) < 60
        )
        inside = -2 <= above <= 110 and aligned
        beside = abs(label.box.middle - box.middle) < 8 and 0 <= box.x0 - label.box.x1 < 120
        if not (inside or beside):
            continue
        distance = abs(above) + (0 if beside else 0.2 * abs(label.box.x0 - box.x0))
        if best is None or distance < best[0]:
            best = (distance, label.kind)
    return best[1] if best else ""


def _heads(view: View, words: tuple[Word, ...]) -> bool:
    """The label opens its cell, and no value such as a customer number makes it another label."""
    for cell in view.layout.cells(words[0].page):
        if words[0] in cell.words:
            place = cell.words.index(words[0])
            before = fold(" ".join(word.text for word in cell.words[:place]))
            after = [word.text for word in cell.words[place + len(words) :]]
            if any(
                before.endswith(end)
                for end in ("n", "no", "code", "numero", "ref", "reference", "compte", "service")
            ):
                return False
            return place <= 1 and len(after) <= 6
    return True


def _cell_box(view: View, word: Word) -> Box:
    """Where the cell of a word stands."""
    return next((c.box for c in view.layout.cells(word.page) if word in c.words), word.box)


def _lean_together(view: View, items: list[_Item], places: list[_Item]) -> None:
    """Identifiers of one SIREN lean alike; what stands in the block of an address leans as the address."""
    for item in items:
        if item.strong:
            continue
        box = _cell_box(view, item.thing.words[0])
        near = []
        for place in places:
            address = place.thing.box
            if address.page != box.page or place.thing.inline:
                continue
            gap = max(box.y0 - address.y1, address.y0 - box.y1, 0)
            beside = box.x0 <= address.x1 + 20 and box.x1 >= address.x0 - 20
            if gap < 45 and beside and abs(box.x0 - address.x0) < 90:
                near.append((gap, place))
        if not near:
            continue
        place = min(near, key=lambda pair: pair[0])[1]
        item.lean += 0.6 * (1 if place.lean > 0 else -1) * min(1, abs(place.lean))
        if item.thing.labelled and abs(place.lean) < 0.6 and not place.strong:
            place.lean += 0.3 * (1 if item.lean > 0 else -1)
    groups: dict[str, list[_Item]] = defaultdict(list)
    for item in items:
        if item.thing.siren:
            groups[item.thing.siren].append(item)
    for group in groups.values():
        strongest = max(group, key=lambda item: (item.strong, abs(item.lean)))
        total = strongest.lean if strongest.strong else sum(item.lean for item in group)
        for item in group:
            item.lean = total
    sirens = [group[0] for group in groups.values() if group[0].thing.valid]
    # Two companies and both lean to the seller: the one that leans less is the buyer.
    if (
        len(sirens) == 2
        and all(item.lean > 0 for item in sirens)
        and abs(sirens[0].lean - sirens[1].lean) > 0.5
    ):
        weaker = min(sirens, key=lambda item: item.lean)
        for item in groups[weaker.thing.siren]:
            item.lean = -0.2


def _lean_by_name(view: View, places: list[_Item]) -> None:
    """The block of the company of the legal line or of the mail address is the seller's; a telephone stands in the seller's block too."""
    legal = [fold(name) for name, _score, _words, _reason in _legal_lines(view)]
    domains = _domains(view)
    known = []
    for place in places:
        name = _name_of(view, place.thing)
        folded = fold(name[0]) if name else ""
        if not folded or place.strong:
            continue
        if any(fuzz.token_set_ratio(folded, other) >= 92 for other in legal) or any(
            _domain_says(domain, folded) for domain in domains
        ):
            known.append(place)
            place.lean = max(place.lean + 0.8, 0.5)
        elif _has_telephone(view, place.thing):
            place.lean += 0.4
    for place in places:
        if known and place not in known and not place.strong and not place.thing.inline:
            place.lean -= 0.3


def _has_telephone(view: View, address: Address) -> bool:
    """*Tél.*, a mail address or a site in the lines just under the town."""
    near = [
        cell
        for cell in view.layout.below(address.cell.box, 42)
        if abs(cell.box.x0 - address.cell.box.x0) < 12
    ]
    return any(
        re.match(r"(?:tel|telephone|phone|fax|www|mail|email|e mail|courriel)\b", fold(cell.text))
        or _SITE.search(cell.text)
        for cell in near[:3]
    )


def _lean_apart(places: list[_Item]) -> None:
    """Of several addresses that lean to the seller, the one that leans least, in a block of its own, is the buyer's."""
    if any(place.lean < 0 for place in places):
        return
    towns = {(place.thing.zip, fold(place.thing.city)) for place in places}
    free = [
        place
        for place in places
        if not place.strong and not place.thing.inline and len(place.thing.lines) >= 3
    ]
    if len(towns) < 2 or not free:
        return
    weakest = min(free, key=lambda place: place.lean)
    if any(
        other.lean > weakest.lean + 0.1 and other.thing.zip != weakest.thing.zip for other in places
    ):
        weakest.lean = -0.3


def _lean_by_own(own: Own, items: list[_Item]) -> None:
    ours = [item for item in items if own.is_identifier(item.thing.value)]
    others = [
        item for item in items
        if item.thing.kind in (SIREN, SIRET, VAT) and item.thing.valid and not own.is_identifier(item.thing.value)
    ]  # fmt: skip
    if not ours:
        return
    best = max(item.lean for item in ours)
    rival = max((item.lean for item in others), default=None)
    sale = best >= 0.8 and (rival is None or rival < 0)
    for item in ours:
        item.lean = 9.0 if sale else -9.0
    for item in others:
        if sale:
            item.lean = min(item.lean, -0.3)
        elif len({other.thing.siren or other.thing.value for other in others}) == 1:
            item.lean = max(item.lean, 0.6)


# -- candidates -------------------------------------------------------------------------------------


def _identifiers(view: View, items: list[_Item], own: Own) -> list[Candidate]:
    found: list[Candidate] = []
    for item in items:
        thing = item.thing
        if thing.kind in (IBAN, BIC):
            if thing.kind == IBAN and own.is_identifier(thing.value):
                continue
            if _is_yours(view, thing):
                continue  # the customer's account, from which the seller takes the money
            score = 0.9 if thing.valid else 0.45 if thing.labelled else 0.3
            score -= 0.25 * thing.repaired + 0.3 * (item.lean <= -1)
            term = "BT-84" if thing.kind == IBAN else "BT-86"
            found.append(
                Candidate(
                    term, thing.value, score, thing.words, _reasons(thing), thing.words[0].source
                )
            )
            continue
        terms = SELLER if item.lean > 0 or (item.lean == 0 and not item.strong) else BUYER
        score = (0.6 + 0.3 * min(1.0, abs(item.lean))) if thing.valid else 0.35
        score -= 0.15 * thing.repaired
        found.append(_of(terms[thing.kind], thing.value, score, thing))
        siren = thing.siren
        if siren and thing.kind != SIREN and (valid_siren(siren) or thing.labelled):
            found.append(_of(terms[SIREN], siren, score - 0.02, thing, "from_" + thing.kind))
    # Only one party has identifiers and nothing says that they are the buyer's: they are the seller's.
    sellers = [c for c in found if c.field in (SELLER[SIREN], SELLER[VAT], SELLER[SIRET])]
    if not sellers:
        back = {BUYER[kind]: SELLER[kind] for kind in (SIREN, SIRET, VAT)}
        weak = {
            value
            for item in items
            if not item.strong and -1 < item.lean <= 0
            for value in (item.thing.value, item.thing.siren)
        }
        found = [
            Candidate(back[c.field], c.value, 0.5, c.words, (*c.reasons, "only_one"), c.origin)
            if c.field in back and c.value in weak
            else c
            for c in found
        ]
    return found


def _is_yours(view: View, thing: Identifier) -> bool:
    """The words before the account, in its row or the row above, say that it is the customer's."""
    rows = view.layout.rows(thing.box.page)
    for place, row in enumerate(rows):
        if thing.words[0] in row.words:
            before = " ".join(word.text for word in row.words if word.x0 <= thing.box.x0)
            above = rows[place - 1].text if place else ""
            here, near = f" {fold(before)} ", f" {fold(above)} {fold(before)} "
            told = words_of()
            return any(f" {fold(words)} " in near for words in told["your_account"]) or (
                any(f" {fold(words)} " in here for words in told["debited_here"])
                and any(f" {fold(words)} " in here for words in told["account_words"])
            )
    return False


def _of(term: str, value: str, score: float, thing: Identifier, *reasons: str) -> Candidate:
    return Candidate(
        term,
        value,
        max(0.05, min(0.97, score)),
        thing.words,
        (*_reasons(thing), *reasons),
        thing.words[0].source,
    )


def _reasons(thing: Identifier) -> tuple[str, ...]:
    return tuple(
        name
        for name, holds in (
            ("check_digits", thing.valid),
            ("label", thing.labelled),
            ("repaired", thing.repaired),
        )
        if holds
    )


def _addresses(places: list[_Item]) -> list[Candidate]:
    found = []
    for item in places:
        address = item.thing
        terms = SELLER if item.lean > 0 else BUYER
        score = 0.45 + 0.3 * min(1.0, abs(item.lean))
        for part in ("zip", "city", "street", "country"):
            value = getattr(address, part)
            if value:
                found.append(
                    Candidate(
                        terms[part],
                        value,
                        score,
                        address.words,
                        ("address",),
                        address.words[0].source,
                    )
                )
    return found


# -- names ------------------------------------------------------------------------------------------


def _names(view: View, places: list[_Item], own: Own) -> tuple[list[Candidate], list[Candidate]]:
    sellers: list[_Name] = []
    buyers: list[_Name] = []
    for item in places:
        name = _name_of(view, item.thing)
        if name:
            text, words = name
            target = sellers if item.lean > 0 else buyers
            target.append((text, 0.5 + 0.2 * min(1.0, abs(item.lean)), words, "address"))
    sellers += _legal_lines(view) + _labelled(view, "seller", 0.75) + _headings(view)
    sellers += _with_form(view, places)
    buyers += _labelled(view, "buyer", 0.65)
    domains = _domains(view)
    buyer_texts = [fold(text) for text, score, _words, _reason in buyers if score >= 0.6]
    ranked = []
    for text, score, words, reason in sellers:
        reasons = [reason]
        folded = fold(text)
        if own.is_name(text):
            continue
        if any(fuzz.token_set_ratio(folded, other) >= 92 for other in buyer_texts):
            score -= 0.35
        if any(_domain_says(domain, folded) for domain in domains):
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
        or _SITE.search(text)
        or ":" in text
        or text.endswith("?")
    ):
        return False
    bad = [fold(word) for word in words_of()["not_a_name"]]
    padded = f" {folded} "
    return not any(tokens[0] == word or padded.startswith(f" {word} ") for word in bad)


def _name_of(view: View, address: Address) -> tuple[str, tuple[Word, ...]] | None:
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


def _legal_lines(view: View) -> list[_Name]:
    """`Papeterie Mercier SAS au capital de …`: what stands before the legal form."""
    forms = {fold(form) for form in words_of()["legal_forms"]}
    found = []
    for row in view.layout.all_rows:
        text = row.text
        folded = fold(text)
        if not _is_legal(folded):
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
        if all(fold(word.text) in forms for word in words) or _is_legal(fold(words[0].text)):
            continue
        name = " ".join(word.text for word in words).strip(" ,-–;")
        if words and looks_like_name(name) and fold(name) not in forms:
            found.append((name, 0.68, tuple(words), "legal_line"))
    return found


def _with_form(view: View, places: list[_Item]) -> list[_Name]:
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
        formed = tokens[-1] in forms or tokens[0] in forms
        if formed and looks_like_name(cell.text) and not _is_legal(fold(cell.text)):
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
                person = kind == "seller" and not alone and fold(label.wording) in _MAYBE_A_PERSON
                found.append((name, score - 0.2 * person, tuple(words), "label"))
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
            score = 0.62
        if cell.box.x0 > 0.5 * page.width:
            score -= 0.15
        if score >= 0.4:
            name = _FORM.sub("", text).strip(" ,-–") or text
            found.append((name, score, cell.words, "heading"))
    return sorted(found, key=lambda item: -item[1])[:4]


def _domains(view: View) -> list[str]:
    found = []
    for word in view.layout.words:
        for pattern in (_MAIL, _SITE):
            match = pattern.search(word.text)
            if match:
                found.append(
                    re.sub(
                        r"[^a-z0-9]", "", match[1].lower().removeprefix("www.").rsplit(".", 1)[0]
                    )
                )
    return found


def _domain_says(domain: str, folded: str) -> bool:
    plain = folded.replace(" ", "")
    return (
        len(domain) >= 4
        and (plain in domain or domain in plain or fuzz.ratio(plain, domain) >= 85)
        and len(plain) >= 3
    )


def _mails(view: View, items: list[_Item]) -> list[Candidate]:
    """The seller's e-mail: one at the foot or the top, not beside the buyer's address."""
    found = []
    for word in view.layout.words:
        match = _MAIL.search(word.text)
        if match:
            height = word.y0 / view.layout.page(word.page).height
            score = 0.5 if height > 0.8 or height < 0.2 else 0.3
            found.append(Candidate("BT-43", match[0], score, (word,), ("pattern",), word.source))
    return found
