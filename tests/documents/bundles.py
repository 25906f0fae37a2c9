"""Several documents in one file: what comes out of a scanner's tray or of a supplier's monthly mail.

`BUNDLES`: name → `draw(seed) -> Bundle`. A page that is no invoice (terms, a specimen, a delivery note, a blank sheet, a cover) is in
no invoice's pages.
"""

from __future__ import annotations

from collections.abc import Callable

from documents.bundle_sheets import (
    Bundle,
    Tray,
    blank,
    cover,
    delivery_note,
    invoice,
    order,
    sender,
    specimen,
    statement,
    terms,
    tray,
)


def _same_supplier(t: Tray) -> None:
    s = sender(t, 0)
    for _ in range(3):
        invoice(t, s, t.world.int(2, 9))


def _same_supplier_no_counter(t: Tray) -> None:
    s = sender(t, 2)
    for lines in (3, 30, 5, 2):
        invoice(t, s, lines, counter=False)


def _different_suppliers(t: Tray) -> None:
    for at in range(4):
        invoice(t, sender(t, at), t.world.int(2, 12))


def _several_sheets_each(t: Tray) -> None:
    for at, lines in enumerate((30, 50, 5)):
        invoice(t, sender(t, at), lines)


def _terms_behind_each(t: Tray) -> None:
    for at in range(3):
        s = sender(t, at)
        invoice(t, s, 6)
        terms(t, s)


def _specimen_on_page_two(t: Tray) -> None:
    s = sender(t, 1)
    invoice(t, s, 5)
    specimen(t, s)
    terms(t, s)


def _blank_between(t: Tray) -> None:
    for at in range(4):
        if at:
            blank(t)
        invoice(t, sender(t, at), 4)


def _delivery_notes_between(t: Tray) -> None:
    s = sender(t, 0)
    for at in range(3):
        invoice(t, s if at < 2 else sender(t, 4), t.world.int(2, 25))
        delivery_note(t, s)


def _credit_note_after(t: Tray) -> None:
    s = sender(t, 1)
    invoice(t, s, 7)
    invoice(t, s, 2, credit=True)


def _one_long(t: Tray) -> None:
    invoice(t, sender(t, 0), 80)


def _one_long_no_counter(t: Tray) -> None:
    s = sender(t, 2)
    invoice(t, s, 60, counter=False)
    terms(t, s)


def _six_mixed(t: Tray) -> None:
    cover(t, sender(t, 0))
    for at in range(6):
        s = sender(t, at)
        invoice(t, s, t.world.pick((2, 5, 24)), counter=at != 3)
        if at == 2:
            terms(t, s)
        if at == 4:
            delivery_note(t, s)
            blank(t)


def _terms_on_the_backs(t: Tray) -> None:
    for at, lines in enumerate((30, 4, 40)):
        invoice(t, sender(t, at), lines, backs=terms)


def _blank_backs(t: Tray) -> None:
    for at, lines in enumerate((26, 3, 3)):
        invoice(t, sender(t, at), lines, counter=at == 0, backs=lambda mine, _: blank(mine))


def _bare_following_sheets(t: Tray) -> None:
    for at, lines in enumerate((30, 3, 50)):
        invoice(t, sender(t, at), lines, counter=False, bare=True)


def _statement_first(t: Tray) -> None:
    s = sender(t, 0)
    statement(t, s)
    for _ in range(3):
        invoice(t, s, t.world.int(2, 6))


def _orders_behind(t: Tray) -> None:
    for at in range(3):
        s = sender(t, at)
        invoice(t, s, t.world.int(2, 26), counter=at != 1)
        order(t, s)
        if at == 1:
            delivery_note(t, s)


_KINDS: dict[str, Callable[[Tray], None]] = {
    "same-supplier": _same_supplier, "same-supplier-no-counter": _same_supplier_no_counter, "different-suppliers": _different_suppliers,
    "several-sheets-each": _several_sheets_each, "terms-behind-each": _terms_behind_each, "specimen-on-page-two": _specimen_on_page_two,
    "blank-between": _blank_between, "delivery-notes-between": _delivery_notes_between, "credit-note-after": _credit_note_after,
    "terms-on-the-backs": _terms_on_the_backs, "blank-backs": _blank_backs, "bare-following-sheets": _bare_following_sheets,
    "statement-first": _statement_first, "orders-behind": _orders_behind, "one-long": _one_long, "one-long-no-counter": _one_long_no_counter, "six-mixed": _six_mixed,
}  # fmt: skip


def _drawer(name: str) -> Callable[[int], Bundle]:
    def draw(seed: int = 0) -> Bundle:
        t = tray(name, seed)
        _KINDS[name](t)
        return t.done()

    return draw


BUNDLES: dict[str, Callable[[int], Bundle]] = {name: _drawer(name) for name in _KINDS}
