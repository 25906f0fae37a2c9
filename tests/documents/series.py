"""Twenty suppliers who write in their own way, each with five documents in a row: what a memory of suppliers is tried on.

`SERIES` is a list of `Series`; their documents are drawn when asked for. The layouts are awkward on purpose: unusual labels, dates
without labels, a name that is only in a logo or in capitals at the foot, numbers with letters that look like figures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from documents.paper import Paper, picture_of
from documents.registry import Drawn
from documents.series_styles import GOODS, STYLES, Style
from documents.truth import truth_of
from documents.world import (
    Company,
    Line,
    World,
    add_months,
    day_text,
    line,
    month_end,
    number,
    vat_rows,
)

D = Decimal
COUNT = 5


@dataclass(frozen=True)
class Paperwork:
    """All that one document of a supplier says."""

    style: Style
    supplier: Company
    buyer: Company
    number: str
    account: str
    day: date
    due: date
    lines: list[Line]
    truth: dict[str, Any]
    more: tuple[tuple[str, str], ...]

    def money(self, value: object, sign: str = " €") -> str:
        """As this supplier writes amounts."""
        return number(D(str(value)), self.style.thousands) + sign

    def when(self, day: date) -> str:
        """As this supplier writes days."""
        return day_text(day, self.style.day_shape)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Labels and values of the head, the unlabelled ones left out."""
        values = (self.number, self.when(self.day), self.when(self.due), self.account)
        return [
            pair for pair in (*zip(self.style.labels, values, strict=True), *self.more) if pair[0]
        ]

    @property
    def totals(self) -> list[tuple[str, str]]:
        """Labels and amounts of net, tax and gross."""
        keys = ("net", "vat_total", "gross")
        return [
            (label, self.money(self.truth[key]))
            for label, key in zip(self.style.totals, keys, strict=True)
        ]


@dataclass(frozen=True)
class Series:
    """One supplier. `wrong_correction`: what a hurried user would take for the right values of document 1, by term."""

    name: str
    style: Style

    @cached_property
    def documents(self) -> list[Drawn]:
        """Five documents, a month or so apart, numbers one or a few apart."""
        return [_drawn(one) for one in self._papers]

    @cached_property
    def wrong_correction(self) -> dict[str, str]:
        """`account`: the customer's number as the document's; `due`: the date of issue as the due date; `net`: net for total."""
        first = self._papers[0]
        return {
            "account": {"BT-1": first.account},
            "due": {"BT-9": first.day.isoformat()},
            "net": {"BT-112": str(first.truth["net"])},
        }[self.style.wrong]

    @cached_property
    def _papers(self) -> list[Paperwork]:
        world = World(f"series/{self.style.name}", 0)
        supplier = world.french(self.style.name)
        buyer = world.buyer()
        account = self.style.account.format(n=world.int(100, 99999))
        day = world.day(date(2024, 9, 2), date(2025, 3, 28))
        running = self.style.start + world.int(0, 5000)
        found = []
        for index in range(COUNT):
            found.append(
                _paperwork(
                    self.style,
                    World(self.style.name, index),
                    supplier,
                    buyer,
                    account,
                    day,
                    running,
                )
            )
            day = add_months(day, 1) + timedelta(world.int(-3, 3))
            day -= timedelta(max(0, day.weekday() - 4))
            running += world.pick((1, 1, 2, 7, 31))
        return found


def _due(style: Style, day: date) -> date:
    return month_end(add_months(day, 1)) if style.due == "end" else day + timedelta(int(style.due))


def _paperwork(
    style: Style, w: World, supplier: Company, buyer: Company, account: str, day: date, running: int
) -> Paperwork:
    code = style.number.format(n=running, y=f"{day:%y}", Y=f"{day:%Y}", m=f"{day:%m}")
    lines = [
        line(
            name,
            w.pick((1, 2, 3, 5, 12)) if D(price) > 15 else w.pick((10, 24, 60, 150)),
            D(price),
            D(style.rate),
        )
        for name, price in w.some(GOODS[style.goods], w.int(2, 4))
    ]
    rows = vat_rows(lines)
    hidden = {"buyer_vat", "buyer_siren", "line_total", "bic"}
    if style.name_at == "logo":
        hidden |= {"supplier_name", "supplier_zip", "supplier_city"}
    due = _due(style, day)
    truth = truth_of(
        code.removeprefix("n° "), day, supplier, buyer, lines, rows, due=due, hidden=hidden
    )
    if style.labels[3] == "Contrat":
        truth["contract_ref"], truth["visible"]["contract_ref"] = account, True
    if style.rate == "0":
        truth["visible"]["vat_total"] = False
    more = tuple((label, shape.format(n=w.int(1, 400))) for label, shape in style.more)
    return Paperwork(style, supplier, buyer, code, account, day, due, lines, truth, more)


def _drawn(one: Paperwork) -> Drawn:
    paper = Paper(face=one.style.face, letters=one.style.letters)
    paper.size = 9.5
    _SKELETONS[one.style.skeleton](paper, one)
    return Drawn(
        paper.pdf(),
        {
            "id": f"{one.style.name}-{one.number}",
            "layout": one.style.name,
            "lang": "fr",
            **one.truth,
        },
    )


# -- parts of a page --------------------------------------------------------------------------------


def _head(p: Paper, one: Paperwork, x: float = 45) -> None:
    """Who sends it, where this supplier puts that."""
    supplier, at = one.supplier, one.style.name_at
    address = (supplier.street, f"{supplier.zip} {supplier.city}", supplier.phone)
    if at == "logo":
        p.image(
            picture_of(
                [(supplier.name, 70, "b"), (f"{supplier.zip} {supplier.city}", 32, "")],
                "lato",
                "#27496d",
            ),
            x,
            28,
            240,
        )
    elif at == "right":
        p.put(550, 55, supplier.name, 15, True, "r")
        p.column(550, 70, address, 11, size=8.5, align="r")
    elif at == "head":
        p.put(x, 55, supplier.name, 15, True)
        p.column(x, 70, address, 11, size=8.5)


def _foot(p: Paper, one: Paperwork) -> None:
    """The small print: identifiers, and the name in capitals where it stands nowhere else."""
    supplier = one.supplier
    text = f"{supplier.form} capital {supplier.capital} € - SIRET {supplier.siret} - TVA {supplier.vat} - IBAN {supplier.iban_text}"
    if one.style.name_at == "foot":
        p.put(
            297,
            800,
            f"{supplier.name.upper()} - {supplier.street.upper()} - {supplier.zip} {supplier.city.upper()}",
            7,
            align="c",
        )
    p.put(297, 811, text, 6.8, align="c")


def _buyer(p: Paper, one: Paperwork, x: float = 330, y: float = 120) -> None:
    p.column(
        x, y, (one.buyer.name, one.buyer.street, f"{one.buyer.zip} {one.buyer.city}"), 13, size=10
    )


def _table(p: Paper, one: Paperwork, y: float, x0: float = 45, x1: float = 550) -> float:
    places = ((x0, "l"), (x1 - 190, "r"), (x1 - 100, "r"), (x1, "r"))
    p.row(y, places, one.style.heads, bold=True)
    p.rule(x0, y + 4, x1)
    for item in one.lines:
        y += 16
        p.row(
            y, places, (item.name, item.qty, one.money(item.price, ""), one.money(item.total, ""))
        )
    return y + 28


# -- skeletons --------------------------------------------------------------------------------------


def _list(p: Paper, one: Paperwork) -> None:
    """Label and value on one line each, under the sender."""
    _head(p, one)
    _buyer(p, one)
    y = 190.0
    p.put(45, y - 18, one.style.title, 13, True)
    for label, value in one.facts:
        p.put(45, y, f"{label} :")
        p.put(150, y, value, bold=True)
        y += 14
    y = _table(p, one, y + 20)
    for label, value in one.totals:
        p.put(360, y, label)
        p.put(550, y, value, align="r")
        y += 15
    _foot(p, one)


def _bands(p: Paper, one: Paperwork) -> None:
    """A band of boxes with values over their labels, the totals in another band at the bottom."""
    _head(p, one)
    _buyer(p, one, 340, 60)
    width = 505 / len(one.facts)
    p.box(45, 140, 505, 34, "#eef3f7", 0)
    for index, (label, value) in enumerate(one.facts):
        p.put(50 + width * index, 154, value, 10, True)
        p.put(50 + width * index, 167, label, 6.5, ink="#666666")
    _table(p, one, 215)
    p.box(45, 700, 505, 34, "#eef3f7", 0)
    for index, (label, value) in enumerate(one.totals):
        p.put(130 + 168 * index, 714, value, 11, index == 2, "c")
        p.put(130 + 168 * index, 727, label, 6.5, align="c", ink="#666666")
    _foot(p, one)


def _naked_dates(p: Paper, one: Paperwork) -> None:
    """A title with the number, then two days without a word: the first is the day of issue, the second the last day to pay."""
    _head(p, one)
    _buyer(p, one)
    p.put(45, 180, f"{one.style.title} {one.number}", 14, True)
    p.put(45, 196, f"{one.when(one.day)}   –   {one.when(one.due)}", 10)
    for label, value in one.facts:
        p.put(330, 196, f"{label} {value}", 9)
    y = _table(p, one, 235)
    for index, (label, value) in enumerate(one.totals):
        p.put(550 - 170 * (2 - index), y, value, 10, index == 2, "r")
        p.put(550 - 170 * (2 - index), y + 12, label, 7.5, align="r", ink="#555555")
    _foot(p, one)


def _mono(p: Paper, one: Paperwork) -> None:
    """A line printer: everything in columns of letters."""
    p.size = 9
    supplier, buyer = one.supplier, one.buyer
    y = p.column(
        35,
        45,
        (
            supplier.name,
            supplier.street.upper(),
            f"{supplier.zip} {supplier.city.upper()}",
            f"SIRET {supplier.siret}",
            f"TVA {supplier.vat}",
        ),
        12,
    )
    y = p.column(330, y, [text.upper() for text in buyer.postal], 12)
    if one.style.title:
        p.put(35, y, one.style.title, bold=True)
    y = p.column(35, y + 14, ("  ".join(f"{label} {value}" for label, value in one.facts),), 14)
    p.put(35, y + 10, f"{'LIBELLE':<34}{'QTE':>8}{'PU':>12}{'MONTANT':>14}")
    y += 24
    for item in one.lines:
        p.put(
            35,
            y,
            f"{item.name[:33]:<34}{item.qty!s:>8}{one.money(item.price, ''):>12}{one.money(item.total, ''):>14}",
        )
        y += 12
    y += 14
    for label, value in one.totals:
        p.put(35, y, f"{'':<34}{label:<17}{value:>17}")
        y += 12
    p.put(35, y + 16, f"RIB {supplier.iban_text}")


def _sentence(p: Paper, one: Paperwork) -> None:
    """A letter: number, days and account are told in a sentence."""
    _head(p, one)
    _buyer(p, one, 45, 120)
    labels = one.style.labels
    told = f"Nous vous prions de trouver notre {labels[0]} {one.number} {labels[1]} {one.when(one.day)}, {labels[2]} {one.when(one.due)}, {labels[3]} {one.account}."
    y = p.column(45, 190, p.wrap(told, 500, 10.5), 14, size=10.5)
    y = _table(p, one, y + 16)
    net, tax, gross = (f"{label} {value}" for label, value in one.totals)
    p.column(
        45,
        y,
        p.wrap(f"{net}, {tax} ({number(D(one.style.rate), places=None)} %), {gross}.", 500, 10.5),
        15,
        size=10.5,
    )
    _foot(p, one)


def _stub(p: Paper, one: Paperwork) -> None:
    """A coupon to tear off at the foot repeats number and amount; labels stand over their values on the right."""
    _head(p, one)
    _buyer(p, one, 45, 150)
    y = 150.0
    for label, value in one.facts:
        p.put(400, y, label, 7.5, ink="#555555")
        p.put(400, y + 12, value, 10.5, True)
        y += 28
    y = _table(p, one, 300)
    for label, value in one.totals:
        p.put(420, y, label, align="r")
        p.put(550, y, value, align="r", bold=True)
        y += 15
    p.canvas.setDash(3, 3)
    p.rule(30, 680, 565)
    p.canvas.setDash()
    p.put(45, 700, "Coupon à joindre à votre règlement", 8)
    p.put(45, 718, one.number, 11)
    p.put(200, 718, one.account, 11)
    p.put(550, 718, one.money(one.truth["gross"]), 11, align="r")
    _foot(p, one)


_SKELETONS: dict[str, Callable[[Paper, Paperwork], None]] = {
    "list": _list, "bands": _bands, "naked-dates": _naked_dates, "mono": _mono, "sentence": _sentence, "stub": _stub,
}  # fmt: skip

SERIES = [Series(style.name, style) for style in STYLES]
