"""Who sells and who buys (BG-4, BG-7), and where to pay (BT-84, BT-86).

Each identifier and address gets a leaning: towards the seller (legal line at the foot, words such as *capital* and *RCS*, top of the page) or towards
the buyer (under *Facturé à*, in the window of the envelope, *votre n° TVA*). Those of one SIREN or one block lean together. The reader's own
company is the buyer, unless its identifiers plainly stand in the seller's place: then the document is a sale.
"""

from __future__ import annotations

from ..identifiers import BIC, IBAN, SIREN, SIRET, VAT, Identifier, find_identifiers, valid_siren
from ..labels import fold
from ..model import Candidate
from ..own import Own
from ..party_words import words_of
from . import View
from .addresses import Leaning, find_addresses
from .leanings import lean_apart, lean_by_name, lean_by_own, lean_together, leanings_of
from .names import mails, party_names

SELLER = {
    "name": "BT-27", SIREN: "BT-30", SIRET: "BT-29", VAT: "BT-31", "street": "BT-35", "city": "BT-37", "zip": "BT-38", "country": "BT-40",
    "email": "BT-43",
}  # fmt: skip
BUYER = {
    "name": "BT-44", SIREN: "BT-47", SIRET: "BT-46", VAT: "BT-48", "street": "BT-50", "city": "BT-52", "zip": "BT-53", "country": "BT-55",
}  # fmt: skip


def find(view: View) -> list[Candidate]:
    """Candidates of both parties and of the account to pay to, the best of each field first."""
    own = Own(view.options)
    if not view.layout.pages:
        return []
    items = list(leanings_of(view, find_identifiers(view.layout)))
    places = list(leanings_of(view, find_addresses(view.layout)))
    lean_by_name(view, places)
    lean_together(view, items, places)
    lean_apart(places)
    if own:
        lean_by_own(own, items)
    candidates = _identifiers(view, items, own)
    seller_names, buyer_names = party_names(view, places, own)
    candidates += _addresses(places)
    candidates += seller_names + buyer_names + mails(view, items)
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _identifiers(view: View, items: list[Leaning], own: Own) -> list[Candidate]:
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


def _addresses(places: list[Leaning]) -> list[Candidate]:
    found = []
    for item in places:
        address = item.thing
        terms = SELLER if item.lean > 0 else BUYER
        score = 0.45 + 0.3 * min(1.0, abs(item.lean)) + 0.12 * item.strong
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
