"""Legal identifiers and accounts as printed: SIREN, SIRET, VAT number, IBAN, BIC; judged by their check digits.

Figures may be spread over several words. A recognised word whose letters look like figures (O/0, I/1, S/5, B/8) is read the other way where
the check digits then agree, and says so (`repaired`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban
from stdnum import luhn
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siret as stdnum_siret

from .labels import fold
from .layout import Layout, Row
from .model import OCR, Box, Word
from .party_words import words_of

SIREN, SIRET, VAT, IBAN, BIC = "siren", "siret", "vat", "iban", "bic"
_TO_DIGIT = str.maketrans("OQDILSBZG", "000115826")
_VAT = re.compile(
    r"^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z]{7,13}$"
)
_CHE = re.compile(r"^CHE[0-9]{9}$")
_IBAN = re.compile(r"^[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}$")
_BIC = re.compile(r"^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$")
_LABEL = {
    SIREN: ("siren", "rcs", "r c s", "immatriculation", "immatriculee", "identifiant unique"),
    SIRET: ("siret",),
    VAT: ("tva", "vat", "ust", "uid", "mwst", "btw", "iva", "tax"),
    IBAN: ("iban",),
    BIC: ("bic", "swift"),
}


@dataclass(frozen=True)
class Identifier:
    """One identifier. `valid`: its check digits agree; `labelled`: its name stands before it; `repaired`: letters were taken for figures."""

    kind: str
    value: str
    words: tuple[Word, ...]
    valid: bool = True
    labelled: bool = False
    repaired: bool = False

    @property
    def box(self) -> Box:
        """Where it stands."""
        return Box.around(self.words)

    @property
    def siren(self) -> str:
        """The SIREN inside, or empty."""
        if self.kind == SIREN:
            return self.value
        if self.kind == SIRET:
            return self.value[:9]
        if self.kind == VAT and re.fullmatch(r"FR[0-9A-Z]{2}[0-9]{9}", self.value):
            return self.value[4:]
        return ""


def find_identifiers(layout: Layout) -> tuple[Identifier, ...]:
    """Every identifier of the pages, in reading order; those whose check digits fail only where they are labelled. Looked for once for a layout."""
    return layout.once("identifiers", lambda: tuple(_identifiers(layout)))


def _identifiers(layout: Layout) -> list[Identifier]:
    found: list[Identifier] = []
    for page in layout.pages:
        rows = layout.rows(page.number)
        for place, row in enumerate(rows):
            found += _in_row(row.words)
            if place + 1 < len(rows):
                found += _over_the_edge(row, rows[place + 1])
        for item in _down_the_column(layout, page.number):
            if all(other.value != item.value for other in found):
                found.append(item)
    for row in layout.edge_rows:
        found += [item for item in _in_row(row.words) if item.valid]
    return found


def _down_the_column(layout: Layout, page: int) -> Iterator[Identifier]:
    """Valid accounts that go on in the cells under their beginning, as in a narrow column."""
    for cell in layout.cells(page):
        if not re.match(r"^[A-Z]{2}\d{2}", cell.words[0].text) and not fold(cell.text).startswith(
            "iban"
        ):
            continue
        words, last = list(cell.words), cell
        for _line in range(3):
            under = [
                below
                for below in layout.below(last.box, 1.3 * last.box.height)
                if abs(below.box.x0 - cell.box.x0) < 4
            ]
            if not under:
                break
            last = under[0]
            words += last.words
        for item in _in_row(tuple(words)):
            if item.kind == IBAN and item.valid and item.words[-1] not in cell.words:
                yield item


def _over_the_edge(row: Row, following: Row) -> Iterator[Identifier]:
    """Valid identifiers of running text that begin at the end of a line and go on in the next one."""
    if (
        following.box.y0 - row.box.y1 > row.box.height
        or abs(following.box.x0 - row.cells[-1].box.x0) > 40
    ):
        return
    head, tail = row.words[-5:], following.cells[0].words[:8]
    for item in _in_row((*head, *tail)):
        if item.valid and item.words[0] in head and item.words[-1] in tail:
            yield item


def valid_siren(text: str) -> bool:
    """Nine figures with a right check digit."""
    return len(text) == 9 and text.isdigit() and text != "000000000" and luhn.is_valid(text)


def valid_siret(text: str) -> bool:
    """Fourteen figures with right check digits (La Poste by its own rule)."""
    return len(text) == 14 and text.isdigit() and stdnum_siret.is_valid(text)


@cache
def valid_vat(text: str) -> bool:
    """A VAT number of a Member State, Northern Ireland, Great Britain or Switzerland with right check digits."""
    if text.startswith("FR"):
        if re.fullmatch(r"FR\d{11}", text):
            return valid_siren(text[4:]) and int(text[2:4]) == (12 + 3 * int(text[4:])) % 97
        return bool(re.fullmatch(r"FR[0-9A-HJ-NP-Z]{2}\d{9}", text)) and eu_vat.is_valid(text)
    if text.startswith("GB"):
        from stdnum.gb import vat as gb_vat

        return gb_vat.is_valid(text)
    if text.startswith("CHE"):
        from stdnum.ch import uid

        return uid.is_valid(text)
    try:
        return bool(eu_vat.validate(text))
    except ValidationError:
        return False


@cache
def valid_iban(text: str) -> bool:
    """An IBAN with the length of its country and right check digits."""
    return stdnum_iban.is_valid(text)


# -- one row ----------------------------------------------------------------------------------------


def _in_row(words: tuple[Word, ...]) -> Iterator[Identifier]:
    taken: set[int] = set()
    finders: tuple[Callable[..., tuple[Identifier, int, int] | None], ...] = (
        _iban,
        _vat,
        _digits,
        _bic,
    )
    for finder in finders:
        index = 0
        while index < len(words):
            if index in taken:
                index += 1
                continue
            found = finder(words, index, taken)
            if found is None:
                index += 1
                continue
            item, start, end = found
            taken.update(range(start, end))
            yield item
            index = end


def _runs(
    words: Sequence[Word], start: int, taken: set[int], most: int
) -> Iterator[tuple[str, int]]:
    """Growing runs of words from `start`: their letters and figures, and where they end."""
    text = ""
    for end in range(start, min(len(words), start + most)):
        if end in taken:
            return
        if end > start:
            gap = words[end].x0 - words[end - 1].x1
            if gap > 1.6 * max(words[end].y1 - words[end].y0, 1.0):
                return
        text += re.sub(r"[^0-9A-Za-z]", "", words[end].text).upper()
        yield text, end + 1


def _strip_label(word: Word) -> str:
    """What follows a label stuck to the value (`IBAN:FR76…`, `TVA:FR08…`)."""
    return re.split(r"[:=]", word.text)[-1]


def _starts(words: Sequence[Word], index: int) -> Word:
    tail = _strip_label(words[index])
    word = words[index]
    if tail and tail != word.text:
        return Word(
            word.page, word.x0, word.y0, word.x1, word.y1, tail, word.confidence, word.source
        )
    return word


def _iban(words: Sequence[Word], index: int, taken: set[int]) -> tuple[Identifier, int, int] | None:
    first = _starts(words, index)
    if not re.match(r"^[A-Z]{2}[0-9OILSB]{2}", re.sub(r"[^0-9A-Za-z]", "", first.text).upper()):
        return None
    run = (first, *words[index + 1 :])
    code = re.sub(r"[^0-9A-Za-z]", "", first.text).upper()[:2]
    length = words_of()["iban_lengths"].get(code)
    whole: tuple[str, int] | None = None
    for text, count in _runs(run, 0, {i - index for i in taken}, 12):
        if len(text) > (length or 34):
            break
        if len(text) < 15:
            continue
        for spelling in dict.fromkeys((text, text[:2] + text[2:].translate(_TO_DIGIT))):
            # Letters for figures only where they were recognised, not printed.
            if (spelling == text or first.source == OCR) and _IBAN.match(spelling):
                if valid_iban(spelling):
                    return _found(IBAN, spelling, words, index, count, repaired=spelling != text)
                if len(spelling) == length:
                    whole = (spelling, count)
    if whole and sum(char.isdigit() for char in whole[0]) >= 12:
        return _found(IBAN, whole[0], words, index, whole[1], valid=False)
    return None


def _vat(words: Sequence[Word], index: int, taken: set[int]) -> tuple[Identifier, int, int] | None:
    first = _starts(words, index)
    head = re.sub(r"[^0-9A-Za-z]", "", first.text).upper()
    head = re.sub(r"^(?:TVA|VAT|USTID|USTIDNR|UID)(?=[A-Z]{2})", "", head)
    if not re.match(r"^[A-Z]{2,3}", head):
        return None
    first = Word(
        first.page, first.x0, first.y0, first.x1, first.y1, head, first.confidence, first.source
    )
    run = (first, *words[index + 1 :])
    loose: tuple[str, int] | None = None
    for text, count in _runs(run, 0, {i - index for i in taken}, 6):
        if len(text) > 15:
            break
        text = re.sub(r"(?<=\d)(?:TVA|MWST|IVA|HR|RM)$", "", text)
        if (_VAT.match(text) or _CHE.match(text)) and any(char.isdigit() for char in text):
            if valid_vat(text):
                return _found(VAT, text, words, index, count)
            if first.source == OCR:
                fixed = text[:2] + text[2:].translate(_TO_DIGIT)
                if fixed != text and valid_vat(fixed):
                    return _found(VAT, fixed, words, index, count, repaired=True)
            if sum(char.isdigit() for char in text) >= 7:
                loose = loose or (text, count)
                if re.fullmatch(r"FR[0-9A-Z]{2}\d{9}|DE\d{9}", text):
                    loose = (text, count)
                    break
    if loose and _label_before(words, index, VAT):
        return _found(VAT, loose[0], words, index, loose[1], valid=False)
    return None


def _digits(
    words: Sequence[Word], index: int, taken: set[int]
) -> tuple[Identifier, int, int] | None:
    first = _starts(words, index)
    looks = re.sub(r"[^0-9A-Za-z]", "", first.text).upper()
    ocr = first.source == OCR
    if not looks or not re.fullmatch(r"[0-9OQILSBZG]+" if ocr else r"[0-9]+", looks):
        return None
    if sum(char.isdigit() for char in looks) * 2 < len(looks):
        return None
    run = (first, *words[index + 1 :])
    siren: tuple[Identifier, int, int] | None = None
    loose: tuple[Identifier, int, int] | None = None
    for text, count in _runs(run, 0, {i - index for i in taken}, 6):
        if len(text) > 14:
            break
        figures = text.translate(_TO_DIGIT) if ocr else text
        if not figures.isdigit():
            break
        repaired = figures != text
        if len(figures) == 14:
            if valid_siret(figures) and (not repaired or _label_before(words, index, SIRET)):
                return _found(SIRET, figures, words, index, count, repaired=repaired)
            if _label_before(words, index, SIRET, SIREN):
                return _found(SIRET, figures, words, index, count, valid=False)
        if len(figures) == 9:
            if valid_siren(figures):
                siren = _found(SIREN, figures, words, index, count, repaired=repaired)
            elif _label_before(words, index, SIREN):
                loose = _found(SIREN, figures, words, index, count, valid=False)
    if siren and (
        siren[0].labelled or _label_before(words, index, SIRET) or _follows_rcs(words, siren[2])
    ):
        return siren
    return loose


def _follows_rcs(words: Sequence[Word], end: int) -> bool:
    """`485 539 969 RCS Nantes`."""
    following = " ".join(fold(word.text) for word in words[end : end + 2])
    return following.startswith(("rcs", "r c s", "rm "))


def _bic(words: Sequence[Word], index: int, taken: set[int]) -> tuple[Identifier, int, int] | None:
    text = re.sub(r"[^0-9A-Za-z]", "", _strip_label(words[index]))
    if not _BIC.match(text) or not stdnum_bic.is_valid(text):
        return None
    near = _label_before(words, index, BIC, IBAN) or any(
        i in taken for i in range(index - 2, index + 3)
    )
    if not near:
        return None
    return _found(BIC, text, words, index, 1)


def _found(
    kind: str,
    value: str,
    words: Sequence[Word],
    start: int,
    count: int,
    *,
    valid: bool = True,
    repaired: bool = False,
) -> tuple[Identifier, int, int]:
    taken = tuple(words[start : start + count])
    labelled = _label_before(words, start, kind)
    return Identifier(kind, value, taken, valid, labelled, repaired), start, start + count


def _label_before(words: Sequence[Word], index: int, *kinds: str) -> bool:
    """One of the names of this kind stands in the same word or in the five before it."""
    near = " ".join(fold(word.text) for word in words[max(0, index - 5) : index + 1])
    return any(name in near for kind in kinds for name in _LABEL[kind])
