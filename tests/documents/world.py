"""Fictional companies, days and amounts: everything a drawn document is made of, from one seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from stdnum import iban as iban_rules
from stdnum import luhn
from stdnum.ch import uid as ch_uid
from stdnum.eu import vat as eu_vat
from stdnum.fr import siren as siren_rules

T = TypeVar("T")
CENT = Decimal("0.01")

SURNAMES = [
    "Abadie",
    "Barreau",
    "Caradec",
    "Delmotte",
    "Estève",
    "Fauconnier",
    "Guilloux",
    "Hamelin",
    "Jacquemin",
    "Kerbrat",
    "Lachenal",
    "Maurizot",
    "Nédélec",
    "Orsini",
    "Pellissard",
    "Quéméner",
    "Rouvière",
    "Santerre",
    "Thévenot",
    "Urvoas",
    "Vautrin",
    "Weissbecker",
    "Ybarra",
    "Zanetti",
    "Bouvresse",
    "Chastagnol",
    "Drouhin",
    "Etchegaray",
    "Fréchou",
    "Grandcolas",
    "Hérisson",
    "Jourdren",
    "Lavergnat",
    "Malhuret",
    "Noirot",
    "Pitavy",
    "Rambourg",
    "Sauvageot",
    "Tixier",
    "Verdelhan",
]
FIRST_NAMES = [
    "Aline",
    "Bastien",
    "Camille",
    "Denis",
    "Élodie",
    "Fabrice",
    "Gaëlle",
    "Hugo",
    "Inès",
    "Jérôme",
    "Karine",
    "Ludovic",
    "Maëva",
    "Nadège",
    "Olivier",
    "Perrine",
    "Quentin",
    "Rachid",
    "Solène",
    "Thibault",
    "Ursula",
    "Véronique",
    "Wassim",
    "Yannick",
    "Zoé",
]
TOWNS = (
    ("01000", "Bourg-en-Bresse"), ("13127", "Vitrolles"), ("14123", "Ifs"), ("17180", "Périgny"), ("21800", "Quetigny"),
    ("25770", "Franois"), ("26000", "Valence"), ("29490", "Guipavas"), ("31670", "Labège"), ("33370", "Artigues-près-Bordeaux"),
    ("34970", "Lattes"), ("35510", "Cesson-Sévigné"), ("37550", "Saint-Avertin"), ("38170", "Seyssinet-Pariset"),
    ("42390", "Villars"), ("44800", "Saint-Herblain"), ("45140", "Ingré"), ("49070", "Beaucouzé"), ("51430", "Tinqueux"),
    ("54320", "Maxéville"), ("57070", "Metz"), ("59810", "Lesquin"), ("63170", "Aubière"), ("67540", "Ostwald"),
    ("69740", "Genas"), ("72230", "Arnage"), ("74960", "Annecy"), ("76420", "Bihorel"), ("80440", "Boves"), ("84140", "Avignon"),
    ("86360", "Chasseneuil-du-Poitou"), ("87280", "Limoges"), ("92130", "Issy-les-Moulineaux"), ("75011", "Paris"),
    ("94200", "Ivry-sur-Seine"), ("97419", "La Possession"),
)  # fmt: skip
STREETS = (
    "rue des Frères-Lumière", "avenue de l’Europe", "rue du Puits-Neuf", "chemin des Vignes", "boulevard Victor-Hugo",
    "allée des Tilleuls", "rue Gustave-Eiffel", "impasse du Moulin", "quai de la Fontaine", "rue de la Gare",
    "ZA des Trois-Chênes, rue Ampère", "place du Marché", "route de Saint-Étienne", "rue Marcel-Paul", "avenue Jean-Jaurès",
)  # fmt: skip
BUYER_TRADES = (
    "Menuiserie {}", "Garage {}", "Boulangerie {}", "Atelier {}", "{} Paysages", "Cabinet {}", "{} Maçonnerie", "Hôtel {}",
    "Pharmacie {}", "{} et Fils", "Établissements {}", "{} Électricité", "Traiteur {}", "Librairie {}", "{} Agencement",
)  # fmt: skip
MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
}
SHORT_MONTHS = {
    "fr": [
        "janv.",
        "févr.",
        "mars",
        "avr.",
        "mai",
        "juin",
        "juil.",
        "août",
        "sept.",
        "oct.",
        "nov.",
        "déc.",
    ],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}


def q(value: Decimal | int | str, step: Decimal = CENT) -> Decimal:
    """Rounded half up, to the cent by default."""
    return Decimal(value).quantize(step, ROUND_HALF_UP)


def number(
    value: Decimal | int, thousands: str = "\u00a0", point: str = ",", places: int | None = 2
) -> str:
    """`1 234,56`; `places` None keeps the digits the value has."""
    if places is not None:
        value = q(Decimal(value), Decimal(1).scaleb(-places))
    text = f"{abs(Decimal(value)):,f}"
    whole, _, rest = text.partition(".")
    sign = "-" if value < 0 else ""
    return sign + whole.replace(",", thousands) + (point + rest if rest else "")


def grouped(text: str, *sizes: int, by: str = " ") -> str:
    """`grouped("552100554", 3, 3, 3)` is `552 100 554`; the last size repeats."""
    parts, at, sizes_left = [], 0, list(sizes)
    while at < len(text):
        size = sizes_left.pop(0) if len(sizes_left) > 1 else sizes_left[0]
        parts.append(text[at : at + size])
        at += size
    return by.join(parts)


def day_text(day: date, shape: str = "d/m/Y", language: str = "fr") -> str:
    """A day as documents write it: `d m Y` figures, `y` two figures, `B` the month's name, `b` its short name, `j` day without 0."""
    pieces = {
        "d": f"{day.day:02}", "j": "1er" if language == "fr" and day.day == 1 else str(day.day), "m": f"{day.month:02}",
        "n": str(day.month), "Y": str(day.year), "y": f"{day.year % 100:02}", "B": MONTHS[language][day.month - 1],
        "b": SHORT_MONTHS.get(language, MONTHS[language])[day.month - 1],
    }  # fmt: skip
    return "".join(pieces.get(letter, letter) for letter in shape)


def month_end(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last one of that month."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


@dataclass(frozen=True)
class Company:
    """Somebody who sends or receives documents."""

    name: str
    street: str = ""
    zip: str = ""
    city: str = ""
    country: str = "FR"
    siren: str | None = None
    siret: str | None = None
    vat: str | None = None
    iban: str | None = None
    bic: str | None = None
    form: str = "SAS"
    capital: int = 10000
    naf: str = "4690Z"
    phone: str = ""
    mail: str = ""
    site: str = ""
    court: str = ""

    @property
    def postal(self) -> tuple[str, str, str]:
        """Name, street and town, as on an envelope."""
        return self.name, self.street, f"{self.zip} {self.city}"

    @property
    def siren_text(self) -> str:
        """`552 100 554`."""
        return grouped(self.siren or "", 3)

    @property
    def siret_text(self) -> str:
        """`552 100 554 00013`."""
        return grouped(self.siret or "", 3, 3, 3, 5)

    @property
    def vat_text(self) -> str:
        """`FR 12 552 100 554`."""
        return f"{self.vat[:2]} {self.vat[2:4]} {grouped(self.vat[4:], 3)}" if self.vat else ""

    @property
    def iban_text(self) -> str:
        """In groups of four."""
        return grouped(self.iban or "", 4)

    @property
    def capital_text(self) -> str:
        """`10 000`."""
        return number(Decimal(self.capital), places=0)


@dataclass(frozen=True)
class Line:
    """One line as the document counts it; None where it does not say. `more` holds what a layout prints besides."""

    name: str
    total: Decimal
    vat: Decimal | None = None
    qty: Decimal | None = None
    unit: str | None = None
    price: Decimal | None = None
    discount: Decimal | None = None
    ref: str | None = None
    more: dict[str, Any] = field(default_factory=dict, compare=False)

    def with_total(self, total: Decimal) -> Line:
        """The same with another total."""
        return replace(self, total=total)


def line(
    name: str, qty: Decimal | int | str, price: Decimal | int | str, vat: Decimal | str | int,
    unit: str | None = None, ref: str | None = None, discount: Decimal | int | None = None, **more: Any,
) -> Line:  # fmt: skip
    """A line whose total is quantity × price, less the discount in percent."""
    qty, price = Decimal(qty), Decimal(price)
    share = 1 - Decimal(discount or 0) / 100
    rate = None if vat is None else Decimal(vat)
    reduction = None if discount is None else Decimal(discount)
    return Line(name, q(qty * price * share), rate, qty, unit, price, reduction, ref, more)


Rows = list[tuple[Decimal, Decimal, Decimal]]


def vat_rows(lines: Iterable[Line], reduce: Decimal = Decimal(0)) -> Rows:
    """(rate, base, tax) per rate, the tax computed on the base; `reduce` is a discount in percent on the whole."""
    bases: dict[Decimal, Decimal] = {}
    for item in lines:
        bases[item.vat or Decimal(0)] = bases.get(item.vat or Decimal(0), Decimal(0)) + item.total
    rows = []
    for rate, base in sorted(bases.items()):
        base = q(base * (1 - reduce / 100))
        rows.append((rate, base, q(base * rate / 100)))
    return rows


def vat_rows_included(lines: Iterable[Line]) -> Rows:
    """The same from lines whose totals include tax."""
    sums: dict[Decimal, Decimal] = {}
    for item in lines:
        sums[item.vat or Decimal(0)] = sums.get(item.vat or Decimal(0), Decimal(0)) + item.total
    rows = []
    for rate, gross in sorted(sums.items()):
        base = q(gross / (1 + rate / 100))
        rows.append((rate, base, gross - base))
    return rows


class World:
    """Chance with a seed: the same seed draws the same things."""

    def __init__(self, name: str, seed: int) -> None:
        self.random = random.Random(f"{name}/{seed}")
        self.seed = seed

    def pick(self, things: Sequence[T]) -> T:
        """One of them."""
        return self.random.choice(things)

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """`count` different ones in the order given (all when there are fewer)."""
        chosen = set(self.random.sample(range(len(things)), min(count, len(things))))
        return [thing for index, thing in enumerate(things) if index in chosen]

    def int(self, low: int, high: int) -> int:
        """From low to high, both included."""
        return self.random.randint(low, high)

    def chance(self, share: float) -> bool:
        """True that often."""
        return self.random.random() < share

    def money(self, low: float, high: float, step: str = "0.01") -> Decimal:
        """Between the two, in steps."""
        unit = Decimal(step)
        return unit * self.random.randint(
            int(Decimal(str(low)) / unit), int(Decimal(str(high)) / unit)
        )

    def digits(self, count: int) -> str:
        """Figures, the first not 0."""
        return str(self.random.randint(1, 9)) + "".join(
            str(self.random.randint(0, 9)) for _ in range(count - 1)
        )

    def letters(self, count: int) -> str:
        """Capital letters."""
        return "".join(self.random.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(count))

    def day(self, first: date = date(2024, 2, 1), last: date = date(2026, 10, 30)) -> date:
        """A working day."""
        day = first + timedelta(self.random.randint(0, (last - first).days))
        return day - timedelta(max(0, day.weekday() - 4))

    def person(self) -> str:
        """First name and surname."""
        return f"{self.pick(FIRST_NAMES)} {self.pick(SURNAMES)}"

    def until(self, make: Callable[[], str], good: Callable[[str], bool]) -> str:
        """The first of `make()` that is good."""
        while not good(text := make()):
            pass
        return text

    def french(self, name: str, **facts: Any) -> Company:
        """A French company with valid identifiers; `facts` replace what chance would give."""
        siren = self.until(
            lambda: self.pick("345789") + self.digits(8),
            lambda text: siren_rules.is_valid(text) and not text.startswith("356000000"),
        )
        nic = f"{self.pick((1, 1, 2, 3, 4, 11)):04}"
        siret = siren + nic + luhn.calc_check_digit(siren + nic)
        key = (12 + 3 * (int(siren) % 97)) % 97
        postcode, city = self.pick(TOWNS)
        handle = "".join(letter for letter in _plain(name) if letter.isalnum())[:18]
        made = Company(
            name, f"{self.int(1, 148)} {self.pick(STREETS)}", postcode, city, "FR", siren, siret, f"FR{key:02}{siren}",
            self.iban("FR"), self.bic("FR"), self.pick(("SAS", "SARL", "SA", "SASU", "EURL")),
            self.pick((1000, 5000, 7622, 10000, 37000, 80000, 152450, 500000, 1250000)),
            f"{self.int(10, 96):02}{self.int(10, 99)}{self.pick('ABCZ')}",
            f"0{self.int(1, 5)} " + " ".join(f"{self.int(10, 99)}" for _ in range(4)),
            f"{self.pick(('contact', 'compta', 'facturation', 'bonjour'))}@{handle}.example", f"www.{handle}.example",
            self.pick(("Lyon", "Nanterre", "Bordeaux", "Rennes", "Lille Métropole", "Nantes", "Montpellier", "Grenoble")),
        )  # fmt: skip
        return replace(made, **facts)

    def buyer(self, **facts: Any) -> Company:
        """A small French company that receives documents."""
        return self.french(self.pick(BUYER_TRADES).format(self.pick(SURNAMES)), **facts)

    def foreign(self, country: str, name: str, **facts: Any) -> Company:
        """A company of another country, with a valid VAT number there (US: none)."""
        shapes = {
            "DE": lambda: "DE" + self.digits(9), "BE": lambda: "BE0" + self.digits(9), "LU": lambda: "LU" + self.digits(8),
            "IE": lambda: "IE" + self.digits(7) + self.letters(1) + self.pick(("H", "")),
            "NL": lambda: "NL" + self.digits(9) + "B01", "ES": lambda: "ESB" + self.digits(8), "IT": lambda: "IT0" + self.digits(10),
        }  # fmt: skip
        vat = None
        if country == "CH":
            vat = "CHE" + self.until(
                lambda: self.digits(9), lambda text: ch_uid.is_valid("CHE" + text)
            )
        elif country in shapes:
            vat = self.until(shapes[country], eu_vat.is_valid)
        bank = country if country in ("DE", "BE", "LU", "IE", "NL", "ES", "CH", "IT") else None
        made = Company(
            name, country=country, vat=vat, iban=self.iban(bank) if bank else None, bic=self.bic(bank) if bank else None
        )  # fmt: skip
        return replace(made, **facts)

    def iban(self, country: str) -> str:
        """A valid account number of that country."""
        shape = {"DE": 18, "BE": 9, "LU": 16, "NL": 10, "ES": 0, "CH": 17, "IE": 14, "FR": 0, "IT": 0}[country]  # fmt: skip
        if country == "BE":
            return self.until(self._belgian_iban, iban_rules.is_valid)
        if country == "FR":
            bank, branch, account = (
                self.digits(5),
                f"{self.int(0, 99999):05}",
                f"{self.int(0, 10**11 - 1):011}",
            )
            key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
            body = f"{bank}{branch}{account}{key:02}"
        elif country in ("NL", "IE"):
            body = self.letters(4) + self.digits(shape)
        elif country == "ES":
            bank, account = self.digits(8), self.digits(10)
            check = [_spanish("00" + bank), _spanish(account)]
            body = f"{bank}{check[0]}{check[1]}{account}"
        elif country == "IT":
            return self.until(lambda: "IT60X" + self.digits(22), iban_rules.is_valid)
        else:
            body = self.digits(shape)
        moved = "".join(str(int(letter, 36)) for letter in body + country + "00")
        return f"{country}{98 - int(moved) % 97:02}{body}"

    def _belgian_iban(self) -> str:
        first = self.pick("2345") + self.digits(9)
        body = first + f"{int(first) % 97 or 97:02}"
        return f"BE{98 - int(body + '111400') % 97:02}{body}"

    def bic(self, country: str) -> str:
        """A code of the right shape."""
        return self.letters(4) + country + self.pick(("PP", "2A", "22", "21")) + self.pick(("", "XXX", "333"))  # fmt: skip


def _spanish(ten: str) -> int:
    total = sum(int(figure) * weight for figure, weight in zip(ten, (1, 2, 4, 8, 5, 10, 9, 7, 3, 6), strict=True))  # fmt: skip
    return (11 - total % 11) % 11 if (11 - total % 11) % 11 != 10 else 1


def _plain(text: str) -> str:
    table = str.maketrans("àâäéèêëîïôöùûüçœ", "aaaeeeeiioouuuco")
    return text.lower().translate(table)
