"""Where each identifier and address leans: towards the seller (legal line at the foot, words such as *capital* and *RCS*, top of the page) or towards
the buyer (under *Facturé à*, in the window of the envelope, *votre n° TVA*). Those of one SIREN or one block lean together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz

from ..identifiers import SIREN, SIRET, VAT, Identifier
from ..labels import fold
from ..layout import Row
from ..model import Box, Word
from ..own import Own
from ..party_words import words_of
from . import View
from .addresses import Address, Leaning, postal
from .names import MAIL, SITE, domain_says, domains_in, domains_of, is_legal, legal_lines, name_of

# How far a label over the block leans it; a tax representative or payee is neither party.
_LEAN = {"buyer": -1.2, "delivery_address": -0.9, "seller": 1.2, "third_party": 0.0}


def leanings_of(view: View, things: Iterable[Identifier | Address]) -> Iterator[Leaning]:
    for thing in things:
        ruler = _ruler(view, thing)
        if ruler != "third_party":
            yield Leaning(thing, *_leaning(view, thing, ruler))


def _leaning(view: View, thing: Identifier | Address, ruler: str) -> tuple[float, bool]:
    box = thing.box
    page = view.layout.page(box.page)
    if thing.words[0] in page.edges:
        return 1.2, False  # the legal line along the edge
    row = _row_of(view, box if isinstance(thing, Identifier) else thing.cell.box)
    lean, strong = 0.0, False
    before = (
        fold(" ".join(word.text for word in row.words if word.x0 < thing.box.x0 + 1)) if row else ""
    )
    around = fold(" ".join(word.text for word in row.words)) if row else ""
    near = " ".join(before.split()[-7:])
    if isinstance(thing, Identifier):
        if _says("yours", near):
            return -1.5, True
        if _says("ours", near):
            return 1.5, True
    if ruler:
        lean += _LEAN[ruler]
        strong = True
    height = box.y0 / page.height
    if height > 0.84 or (height > 0.3 and row in view.layout.rows(box.page)[-3:]):
        lean += 0.7
    if is_legal(around, but=("siret", "siren", "tva intracommunautaire")):
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


def _says(name: str, folded: str) -> bool:
    """One of the words of this list stands in the text."""
    return any(f" {fold(word)} " in f" {folded} " for word in words_of()[name])


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


def lean_together(view: View, items: list[Leaning], places: list[Leaning]) -> None:
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
    groups: dict[str, list[Leaning]] = defaultdict(list)
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


def lean_by_name(view: View, places: list[Leaning]) -> None:
    """The block of the company of the legal line or of the mail address is the seller's; a telephone stands in the seller's block too."""
    legal = [fold(name) for name, _score, _words, _reason in legal_lines(view)]
    domains = domains_of(view)
    known = []
    for place in places:
        if place.strong:
            continue
        name = name_of(view, place.thing)
        folded = fold(name[0]) if name else ""
        said = contact_of(view, place.thing)
        sellers = any(domain_says(domain, one) for domain in domains_in(said) for one in legal)
        if sellers or (
            folded
            and (
                any(fuzz.token_set_ratio(folded, other) >= 92 for other in legal)
                or any(domain_says(domain, folded) for domain in domains)
            )
        ):
            known.append(place)
            place.lean = max(place.lean + 0.8, 0.5)
        elif said:
            place.lean += 0.4
    for place in places:
        if known and place not in known and not place.strong and not place.thing.inline:
            place.lean -= 0.3


def contact_of(view: View, address: Address) -> tuple[Word, ...]:
    """*Tél.*, a mail address or a site in the lines just under the town: their words."""
    box = address.cell.box
    for cell in [
        cell
        for cell in view.layout.below(box, 42)
        if min(
            abs(cell.box.x0 - box.x0), abs(cell.box.x1 - box.x1), abs(cell.box.center - box.center)
        )
        < 12
    ][:3]:
        if re.match(
            r"(?:tel|telephone|phone|fax|www|mail|email|e mail|courriel)\b", fold(cell.text)
        ) or any(pattern.search(cell.text) for pattern in (SITE, MAIL)):
            return cell.words
    return ()


def lean_apart(places: list[Leaning]) -> None:
    """Of several addresses that lean to the seller, the one that leans least, in a block of its own, is the buyer's.

    Where words name the buyer's and none leans to the seller, the highest of the others is the seller's.
    """
    bought = {place.thing.zip for place in places if place.strong and place.lean <= -0.9}
    if bought and all(place.lean <= 0 for place in places):
        others = [one for one in places if not one.strong and one.thing.zip not in bought]
        if others:
            min(others, key=lambda one: (one.box.page, one.box.y0)).lean = 0.3
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


def lean_by_own(own: Own, items: list[Leaning]) -> None:
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
