"""The sheets that lie in a tray of several documents: invoices, terms, specimens, delivery notes, statements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from documents.paper import Paper, legal
from documents.pieces import SALES_TERMS
from documents.truth import truth_of
from documents.world import Company, Line, World, day_text, line, number, vat_rows

D = Decimal
NAMES = (
    "Comptoir du Bocage", "Outillage Santerre", "Papeterie Noirot", "Électro-Diffusion Ouest", "Hygiène Pro Services", "Fournitures Malhuret",
    "Quincaillerie Grandcolas", "Vêtements de travail Pitavy",
)  # fmt: skip
GOODS = (
    ("Ramette A4 80 g", "4.12"), ("Désinfectant 5 L", "18.60"), ("Veste polaire T. L", "34.90"), ("Câble RO2V 3G2,5 (m)", "1.46"), ("Foret béton 8x160", "6.35"),
    ("Cartouche silicone", "5.80"), ("Gants nitrile (boîte)", "9.75"), ("Classeur à levier", "2.48"), ("Disjoncteur 16 A", "11.90"), ("Sac 110 L x 100", "23.40"),
    ("Pile LR6 x 24", "14.20"), ("Chaussures S3", "58.00"), ("Ampoule LED E27", "3.95"), ("Ruban adhésif", "1.85"), ("Détartrant 1 L", "4.30"),
)  # fmt: skip
_FACES = ("liberation", "lato", "noto", "dejavu-serif", "condensed", "helvetica")


@dataclass(frozen=True)
class Bundle:
    """A file with several invoices: the truth of each, and the pages (from 1) that each takes."""

    pdf: bytes
    truths: list[dict[str, Any]]
    pages: list[tuple[int, ...]]


@dataclass
class Sender:
    """A supplier and how it lays out its invoices; numbers go up."""

    company: Company
    face: str
    shape: int
    running: int


@dataclass
class Tray:
    """Sheets put on top of each other."""

    world: World
    buyer: Company
    paper: Paper = field(default_factory=Paper)
    sheets: int = 0
    truths: list[dict[str, Any]] = field(default_factory=list)
    pages: list[tuple[int, ...]] = field(default_factory=list)

    def sheet(self) -> int:
        """Begin a sheet; its number."""
        if self.sheets:
            self.paper.page()
        self.sheets += 1
        return self.sheets

    def done(self) -> Bundle:
        """The file."""
        return Bundle(self.paper.pdf(), self.truths, self.pages)


def tray(name: str, seed: int) -> Tray:
    """An empty one, with the company that receives everything."""
    world = World(f"bundle/{name}", seed)
    return Tray(world, world.buyer())


def sender(t: Tray, at: int) -> Sender:
    """One of the suppliers."""
    w = t.world
    return Sender(
        w.french(NAMES[(at + t.world.seed) % len(NAMES)]),
        _FACES[(at + w.seed) % len(_FACES)],
        at % 3,
        w.int(100, 9000),
    )


# -- sheets -----------------------------------------------------------------------------------------


def invoice(
    t: Tray,
    s: Sender,
    lines: int = 4,
    counter: bool = True,
    credit: bool = False,
    bare: bool = False,
    backs: Callable[[Tray, Sender], None] | None = None,
) -> None:
    """An invoice (or credit note) of as many sheets as its lines need: 22 lines on each.

    `bare`: the following sheets begin with the table, without name or number; `backs` draws what is printed behind each sheet.
    """
    w, p = t.world, t.paper
    s.running += w.pick((1, 1, 3, 12))
    day = w.day(date(2025, 1, 6), date(2025, 6, 27))
    due = None if credit else day + timedelta(30)
    code = (
        f"AV{s.running:05}" if credit else f"FA{s.running:05}",
        f"{day:%Y}-{s.running:04}",
        f"{s.running:06}",
    )[s.shape]
    items = [
        line(name, w.pick((1, 2, 5, 10)), D(price), 20, None, w.digits(5))
        for name, price in (w.pick(GOODS) for _ in range(lines))
    ]
    kind = {"type_code": "381", "document_type": "credit_note"} if credit else {}
    hidden = {"buyer_vat", "buyer_siren", "line_total"} | ({"iban", "bic"} if credit else set())
    truth = truth_of(
        code, day, s.company, t.buyer, items, vat_rows(items), due=due, hidden=hidden, **kind
    )
    count = (lines + 21) // 22
    p.face, p.size = s.face, 9
    taken = []
    for index in range(count):
        taken.append(t.sheet())
        y = 60.0 if bare and index else _heading(t, s, code, day, due, credit, index)
        y = _lines(p, items[index * 22 : index * 22 + 22], y)
        if index + 1 < count:
            p.put(550, y + 10, "Suite page suivante", 8, align="r")
        else:
            _totals(p, s, truth, y + 24, credit)
        if counter:
            p.put(
                550,
                825,
                (
                    f"Page {index + 1}/{count}",
                    f"Page {index + 1} sur {count}",
                    f"{index + 1} / {count}",
                )[s.shape],
                8,
                align="r",
            )
        if not (bare and index):
            p.put(297, 812, legal(s.company, s.shape % 2), 6.3, align="c")
        if backs:
            backs(t, s)
            p.face = s.face
    t.truths.append(truth)
    t.pages.append(tuple(taken))


def _heading(
    t: Tray, s: Sender, code: str, day: date, due: date | None, credit: bool, index: int
) -> float:
    """The head of the first sheet, or the shorter one of those that follow."""
    p, company = t.paper, s.company
    title = (
        "Avoir" if credit else "Facture",
        "AVOIR" if credit else "FACTURE",
        "Note de crédit" if credit else "Facture client",
    )[s.shape]
    if index:
        p.put(45, 50, company.name, 11, True)
        p.put(
            550,
            50,
            f"{title} n° {code}" if s.shape != 1 else f"{title} {code} – {day_text(day)}",
            10,
            align="r",
        )
        return 85
    left, right = ((45, 340), (340, 45), (45, 340))[s.shape]
    p.put(left, 55, company.name, 15, True)
    p.column(
        left, 70, (company.street, f"{company.zip} {company.city}", company.phone), 11, size=8.5
    )
    p.column(right, 130, t.buyer.postal, 13, size=10)
    if s.shape == 1:
        p.put(45, 55, title, 18, True)
        p.column(
            45,
            75,
            (f"N° {code}", f"Date : {day_text(day)}", f"Échéance : {day_text(due)}" if due else ""),
            13,
        )
    else:
        p.put(45, 190, f"{title} n° {code}", 13, True)
        p.put(
            45,
            205,
            f"Date : {day_text(day)}" + (f"     Date d’échéance : {day_text(due)}" if due else ""),
        )
    return 235


def _lines(p: Paper, items: list[Line], y: float) -> float:
    places = ((45, "l"), (100, "l"), (370, "r"), (455, "r"), (550, "r"))
    p.row(y, places, ("Réf.", "Désignation", "Qté", "P.U. HT", "Montant HT"), bold=True)
    p.rule(45, y + 4, 550)
    for item in items:
        y += 16
        p.row(
            y,
            places,
            (item.ref, item.name, item.qty, number(item.price, " "), number(item.total, " ")),
        )
    return y


def _totals(p: Paper, s: Sender, truth: dict[str, Any], y: float, credit: bool) -> None:
    for label, key in (
        ("Total HT", "net"),
        ("TVA 20 %", "vat_total"),
        ("Total TTC" if not credit else "Total TTC à votre crédit", "gross"),
    ):
        p.put(380, y, label, bold=key == "gross")
        p.put(550, y, number(D(truth[key]), " ") + " €", bold=key == "gross", align="r")
        y += 15
    if not credit:
        p.put(45, y + 12, f"Virement : IBAN {s.company.iban_text} BIC {s.company.bic}", 8.5)


def terms(t: Tray, s: Sender) -> None:
    """General terms of sale, in small print and two columns."""
    t.sheet()
    p = t.paper
    p.face = s.face
    p.put(297, 45, "CONDITIONS GÉNÉRALES DE VENTE", 11, True, "c")
    x, y = 40.0, 70.0
    for index, text in enumerate((*SALES_TERMS, *SALES_TERMS[:4]), 1):
        head, _, body = text.partition("|")
        p.put(x, y, f"Article {index} – {head}", 7, True)
        y = p.column(x, y + 9, p.wrap(body, 245, 7), 8.5, size=7) + 6
        if y > 400 and x < 100:
            x, y = 310.0, 70.0


def specimen(t: Tray, s: Sender) -> None:
    """“How to read your invoice”: a sample with numbers that are nobody's."""
    t.sheet()
    p = t.paper
    p.face = s.face
    p.put(297, 45, "Comprendre votre facture", 15, True, "c")
    p.box(90, 80, 415, 420)
    p.put(297, 300, "SPÉCIMEN", 60, True, "c", ink="#dddddd")
    p.column(
        105,
        105,
        (
            s.company.name,
            "Facture n° 0000000",
            "Date : 01/01/2020",
            "Échéance : 31/01/2020",
            "M. DUPONT Jean",
            "1 rue de l’Exemple",
            "75000 PARIS",
        ),
        14,
    )
    p.row(260, ((105, "l"), (380, "r"), (490, "r")), ("Article exemple", "2 x 50,00", "100,00"))
    for index, (label, value) in enumerate(
        (("Total HT", "100,00 €"), ("TVA 20 %", "20,00 €"), ("Total TTC", "120,00 €"))
    ):
        p.put(330, 400 + 16 * index, label)
        p.put(490, 400 + 16 * index, value, align="r")
    p.column(
        90,
        530,
        (
            "1. Le numéro à rappeler dans vos courriers",
            "2. La date avant laquelle vous devez payer",
            "3. Le montant de la taxe",
            "4. Ce que vous devez",
        ),
        15,
    )


def delivery_note(t: Tray, s: Sender) -> None:
    """What was delivered: quantities, no price."""
    t.sheet()
    p, w = t.paper, t.world
    p.face = s.face
    p.put(45, 55, s.company.name, 15, True)
    p.column(45, 70, (s.company.street, f"{s.company.zip} {s.company.city}"), 11, size=8.5)
    p.column(340, 130, t.buyer.postal, 13, size=10)
    p.put(45, 190, f"Bon de livraison n° BL{w.digits(6)} du {day_text(w.day())}", 13, True)
    y = 230
    p.row(y, ((45, "l"), (550, "r")), ("Désignation", "Quantité livrée"), bold=True)
    for name, _ in w.some(GOODS, w.int(2, 6)):
        y += 16
        p.row(y, ((45, "l"), (550, "r")), (name, w.int(1, 12)))
    p.put(45, y + 60, "Reçu en bon état, nom et signature :")


def statement(t: Tray, s: Sender) -> None:
    """What the supplier says is still owed: numbers, days and amounts of several invoices."""
    t.sheet()
    p, w = t.paper, t.world
    p.face = s.face
    p.put(45, 55, s.company.name, 15, True)
    p.column(340, 130, t.buyer.postal, 13, size=10)
    p.put(45, 190, f"Relevé de compte au {day_text(w.day())}", 13, True)
    places = ((45, "l"), (200, "l"), (330, "l"), (550, "r"))
    p.row(225, places, ("Facture", "Date", "Échéance", "Montant TTC"), bold=True)
    y, owed = 225, D(0)
    for at in range(w.int(3, 8)):
        y += 16
        day, amount = w.day(), w.money(40, 2500)
        owed += amount
        p.row(
            y,
            places,
            (
                f"FA{s.running + at:05}",
                day_text(day),
                day_text(day + timedelta(30)),
                number(amount, " "),
            ),
        )
    p.row(y + 26, places, ("", "", "Solde dû", number(owed, " ") + " €"), bold=True)


def order(t: Tray, s: Sender) -> None:
    """The customer's own order, with prices and a total."""
    t.sheet()
    p, w = t.paper, t.world
    p.face = "times"
    p.put(45, 55, t.buyer.name, 15, True)
    p.column(45, 70, (t.buyer.street, f"{t.buyer.zip} {t.buyer.city}"), 11, size=9)
    p.column(
        340,
        130,
        (s.company.name, s.company.street, f"{s.company.zip} {s.company.city}"),
        13,
        size=10,
    )
    p.put(45, 190, f"BON DE COMMANDE N° {w.digits(5)}", 13, True)
    p.put(45, 206, f"Date : {day_text(w.day())}      Livraison souhaitée : sous huitaine")
    items = [line(name, w.int(1, 9), D(price), 20) for name, price in w.some(GOODS, w.int(2, 5))]
    y = _lines(p, items, 240) + 26
    p.put(380, y, "Total HT")
    p.put(550, y, number(sum((item.total for item in items), D(0)), " ") + " €", align="r")


def blank(t: Tray) -> None:
    """A separator, or the back of a sheet."""
    t.sheet()


def cover(t: Tray, s: Sender) -> None:
    """A letter that goes with the invoices and tells their sum."""
    t.sheet()
    p = t.paper
    p.face = s.face
    p.put(45, 60, s.company.name, 13, True)
    p.column(
        45,
        160,
        (
            "Madame, Monsieur,",
            "",
            "Vous trouverez ci-joint vos factures du mois.",
            f"Le total s’élève à {t.world.int(200, 4000)},00 € TTC.",
            "Nous vous prions d’agréer nos salutations distinguées.",
            t.world.person(),
        ),
        18,
        size=10,
    )
