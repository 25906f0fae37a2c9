"""Postal addresses on the page: blocks of short rows under each other that hold a line with a post code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..identifiers import Identifier
from ..labels import fold
from ..layout import Cell, Layout
from ..model import Box, Word
from ..party_words import streets, words_of

# Post code and town: five figures (FR, DE, IT, ES), four (BE, CH, LU, AT), with a country sign before.
_POSTAL = re.compile(
    r"(?<![^\s,;\-–·|(])(?:(?P<sign>[A-Z]{1,2})[\-– ])?(?P<zip>\d{5}|\d{2} \d{3}|\d{4}(?: [A-Z]{2})?)\s+"
    r"(?P<city>[^\W\d][^\d,;()|•·]{1,45})",
)
_TOWN_FIRST = re.compile(
    r"^(?P<city>[A-ZÀ-Ý][^\W\d]*(?:[ '\-][^\W\d]+){0,5}), ?(?P<zip>\d{5})(?:,? ?(?P<country>[A-Z]{2}|[A-Z][a-z]+))?$"
)
_UK = re.compile(r"\b(?P<zip>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b")
_IRISH = re.compile(r"(?P<city>[A-Z][A-Za-z .]+?),? (?P<zip>(?:[A-Z]\d\d|D6W) [A-Z\d]{4})\b")
_US = re.compile(
    r"(?P<city>[A-Z][A-Za-z .]+), (?P<state>[A-Z]{2}|[A-Z][a-z]+(?: [A-Z][a-z]+)?) (?P<zip>\d{5}(?:-\d{4})?)\b"
)
_SIGNS = {"F": "FR", "FR": "FR", "D": "DE", "DE": "DE", "B": "BE", "BE": "BE", "L": "LU", "LU": "LU", "CH": "CH", "A": "AT", "AT": "AT"}  # fmt: skip
_NOT_TOWNS = (
    "euros",
    "euro",
    "eur",
    "kwh",
    "rcs",
    "km",
    "jours",
    "mois",
    "heures",
    "unites",
    "pieces",
    "kg",
    "ht",
    "ttc",
    "www",
)


@dataclass(frozen=True)
class Address:
    """A postal line, the lines above it that belong to it (nearest last) and the one cell it stands in."""

    zip: str
    city: str
    country: str
    street: str
    lines: tuple[Cell, ...]  # from top to bottom, the postal line last
    cell: Cell
    inline: bool  # name, street and town in one line, as in a footer

    @property
    def box(self) -> Box:
        """Where the lines stand."""
        return Box.around(word for line in self.lines for word in line.words)

    @property
    def words(self) -> tuple[Word, ...]:
        """Words of the postal line."""
        return self.cell.words


@dataclass
class Leaning:
    """An identifier or address with its leaning: above 0 the seller's, below 0 the buyer's."""

    thing: Identifier | Address
    lean: float
    strong: bool = False  # a word says so

    @property
    def box(self) -> Box:
        return self.thing.box


def find_addresses(layout: Layout) -> list[Address]:
    """Every address of the pages in reading order."""
    found = []
    for page in layout.pages:
        for cell in layout.cells(page.number):
            address = _address_at(layout, cell)
            if address:
                found.append(address)
    return found


def postal(text: str) -> tuple[str, str, str, int] | None:
    """(post code, town, country or "", where it begins) of a text that holds a postal line."""
    for match in _POSTAL.finditer(text):
        city = re.split(r"\s[-–]\s|\s{2,}|[/:]", match["city"])[0].strip(" .-–")
        tokens = fold(city).split()
        if not tokens or tokens[0] in _NOT_TOWNS or len(city) < 2:
            continue
        if not city[0].isupper() or _is_year(match["zip"], tokens):
            continue
        if len(match["zip"]) == 4 and any(token in streets() for token in tokens):
            continue
        city, country = _split_country(city)
        country = country or _SIGNS.get(match["sign"] or "", "")
        foreign = country in ("BE", "CH", "LU", "AT", "NL", "DK", "NO")
        alone = match.start("zip") <= 2 or is_street(text[: match.start("zip")].strip(" ,-"))
        if len(match["zip"]) == 4 and not foreign and not alone:
            continue
        return (
            match["zip"].replace(" ", "")
            if match["zip"][:5].replace(" ", "").isdigit()
            else match["zip"],
            city,
            country,
            match.start("zip"),
        )
    first = _TOWN_FIRST.match(text.strip())
    if first:
        names = {fold(name): code for name, code in words_of()["countries"].items()}
        country = names.get(fold(first["country"] or ""), _SIGNS.get(first["country"] or "", ""))
        return first["zip"], first["city"], country, 0
    us = _US.search(text)
    if us:
        return us["zip"], us["city"].split(",")[-1].strip(), "US", us.start()
    irish = _IRISH.search(text)
    if irish and len(text) < 60:
        return irish["zip"], irish["city"].strip(" ,"), "IE", irish.start()
    uk = _UK.search(text)
    if uk and len(text) < 60:
        before = re.split(r"[,•·|]", text[: uk.start()].strip(" ,"))[-1].strip()
        return uk["zip"], before, "GB", uk.start()
    return None


def _is_year(zip_code: str, tokens: Sequence[str]) -> bool:
    return len(zip_code) == 4 and 1990 <= int(zip_code[:4]) <= 2099


def _split_country(city: str) -> tuple[str, str]:
    folded = fold(city)
    for name, code in words_of()["countries"].items():
        plain = fold(name)
        if folded != plain and folded.endswith(" " + plain):
            return city[: len(city) - len(name)].strip(" -–,("), code
    match = re.search(r"[ ,]+([A-Z]{2})$", city)
    if match and match[1] in _SIGNS:
        return city[: match.start()].strip(" ,"), _SIGNS[match[1]]
    return city, ""


def is_street(text: str) -> bool:
    """The line names a street (`6 ZA Les Peupliers`, `12 bis rue Pasteur`, `Musterstr. 5`)."""
    tokens = fold(text).split()
    if any(token in streets() for token in tokens[:5]):
        return any(char.isdigit() for char in text) or tokens[0] in streets()
    return bool(
        re.search(r"(?:strasse|straße|str\.?|weg|platz|gasse|laan|straat)\s*\d", text, re.I)
    )


def _address_at(layout: Layout, cell: Cell) -> Address | None:
    text = cell.text
    found = postal(text)
    if found is None:
        return None
    zip_code, city, country, start = found
    before = text[:start].strip(" ,;-–·|•(")
    tail = text[start:]
    if not country:
        for part in re.split(r"[,\-–(]", tail)[1:]:
            country = country or {fold(k): v for k, v in words_of()["countries"].items()}.get(
                fold(part), ""
            )
        match = re.search(r",\s*([A-Z]{2})\b", tail)
        if match and match[1] in _SIGNS:
            country = _SIGNS[match[1]]
    if before and not re.fullmatch(r"[A-Z]{1,2}", before):
        parts = [part.strip() for part in re.split(r"\s[-–•·|]\s|[,;|•·]", before) if part.strip()]
        street = next(
            (part for part in reversed(parts) if is_street(part)), parts[-1] if parts else ""
        )
        if not any(is_street(part) for part in parts) and len(parts) < 2:
            # `Le … à 33000 Bordeaux` in a sentence: no address of its own.
            if len(before.split()) > 6:
                return None
            street = "" if not any(char.isdigit() for char in before) else before
        above = _lines_above(layout, cell, 3) if is_street(before) and len(parts) <= 2 else []
        return Address(
            zip_code,
            city,
            country or _country(layout, cell),
            street,
            (*above, cell),
            cell,
            not above,
        )
    above = _lines_above(layout, cell, 6)
    street = next((line.text for line in reversed(above) if is_street(line.text)), "")
    if not street and above and any(char.isdigit() for char in above[-1].text) and len(above) > 1:
        street = above[-1].text
    return Address(
        zip_code, city, country or _country(layout, cell), street, (*above, cell), cell, False
    )


def _country(layout: Layout, cell: Cell) -> str:
    """A country alone on the line under the town."""
    names = {fold(name): code for name, code in words_of()["countries"].items()}
    for below in layout.below(cell.box, 1.6 * cell.box.height)[:2]:
        code = names.get(fold(below.text))
        if code:
            return code
    return ""


def _lines_above(layout: Layout, cell: Cell, most: int) -> list[Cell]:
    """Lines of the same block above `cell`: aligned left (or centred), evenly spaced; from top to bottom."""
    lines: list[Cell] = []
    current = cell
    step = None
    while len(lines) < most:
        near = [
            above
            for above in layout.above(current.box, 1.9 * max(current.box.height, 8.0))
            if abs(above.box.x0 - cell.box.x0) <= 6
            or abs(above.box.center - cell.box.center) <= 6
            or abs(above.box.x1 - cell.box.x1) <= 4
        ]
        if not near:
            break
        above = near[0]
        gap = current.box.middle - above.box.middle
        if step is not None and gap > 1.45 * step:
            break
        step = gap if step is None else max(step, gap)
        lines.insert(0, above)
        current = above
    return lines
