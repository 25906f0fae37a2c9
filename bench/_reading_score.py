"""The scorer: a result of the reader against the truth of its document, field by field and line by line.

Only what is printed counts (`visible` of the truth). A field is `right`, `wrong` (another value), `missing` (printed, not read), `extra` (read,
not printed, and not what the truth says) or `none` (nothing to judge).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz

from bench._reading_fields import (  # fmt: skip
    CENT,
    CORE,
    CREDIT_CODES,
    FIELDS,
    HEADER,
    Field,
    amount,
    decimal,
    name_words,
)

RIGHT, WRONG, MISSING, EXTRA, NONE = "right", "wrong", "missing", "extra", "none"
CERTAIN = 0.95
DESCRIPTION_RATIO = 80


@dataclass(frozen=True)
class FieldScore:
    """One field: what became of it, what was read, what is printed, how sure the reader said it was."""

    name: str
    outcome: str
    got: Any = None
    truth: Any = None
    confidence: float | None = None
    origin: str = ""
    reasons: tuple[str, ...] = ()
    alternatives: tuple[Any, ...] = ()

    @property
    def printed(self) -> bool:
        """Whether there was something to read."""
        return self.outcome in (RIGHT, WRONG, MISSING)

    @property
    def shown(self) -> bool:
        """Whether a value was shown that can be judged."""
        return self.outcome in (RIGHT, WRONG, EXTRA)


@dataclass(frozen=True)
class LineScore:
    """The lines of one document: how many are printed, read, matched, and of the matched ones how many columns are right."""

    printed: int = 0
    read: int = 0
    matched: int = 0
    columns: dict[str, tuple[int, int]] = field(default_factory=dict)
    lost: tuple[dict[str, Any], ...] = ()
    invented: tuple[dict[str, Any], ...] = ()
    rights: tuple[bool, ...] = ()  # of each line read, whether it is one of those printed


@dataclass(frozen=True)
class Score:
    """What became of one document."""

    fields: dict[str, FieldScore]
    lines: LineScore
    vat_rows: tuple[int, int, int] = (0, 0, 0)  # printed, read, right
    results: int = 1
    items: tuple[FieldScore, ...] = ()  # lines and VAT rows shown

    def group(self, names: Iterable[str]) -> tuple[int, int]:
        """(right, printed) of the named fields."""
        printed = [self.fields[name] for name in names if self.fields[name].printed]
        return sum(one.outcome == RIGHT for one in printed), len(printed)

    @property
    def header(self) -> tuple[int, int]:
        """(right, printed) of the eleven header fields of reading.md."""
        return self.group(HEADER)

    @property
    def core_all(self) -> bool | None:
        """Whether every core field that is printed is right; None when none is printed."""
        right, printed = self.group(CORE)
        return None if not printed else right == printed


def score(result: Any, truth: dict[str, Any], *, complete: bool = True, results: int = 1) -> Score:
    """Judge one result.

    :param result: `reading.model.Result`, or None when nothing was read
    :param complete: whether the truth holds all that is printed (else a value it lacks is not held against the reader)
    :param results: how many invoices the reader found in the file
    """
    invoice = (result.invoice if result is not None else None) or {}
    evidence = (result.evidence if result is not None else None) or {}
    turned = _turned(invoice, truth)
    fields = {one.name: _field(one, invoice, evidence, truth, complete, turned) for one in FIELDS}
    lines = LineScore()
    told = truth.get("lines") or []
    judged = told and all(line_total(line) is not None for line in told)
    if judged and truth.get("visible", {}).get("lines", True):
        read = invoice.get("BG-25") or []
        # A document that prints its lines at two levels of detail may be read at either.
        others = truth.get("lines_alternative") or []
        levels = [truth["lines"], *(others if others and isinstance(others[0], list) else [others])]
        lines = max((match_lines(read, level, turned) for level in levels if level), key=_success)
    printed, rights = _vat_rows(invoice, truth, turned)
    items = [
        *_items("BG-25", "BT-131", lines.rights, evidence),
        *_items("BG-23", "BT-117", rights, evidence),
    ]
    return Score(fields, lines, (printed, len(rights), sum(rights)), results, tuple(items))


def _turned(invoice: dict[str, Any], truth: dict[str, Any]) -> bool:
    """Whether the same money is told with the other sign: a credit note may bear minus signs or not, and is an invoice below zero."""
    theirs = str(truth.get("type_code") or "380") in CREDIT_CODES
    mine = str(invoice.get("BT-3") or "380") in CREDIT_CODES
    gross, wanted = amount(invoice.get("BT-112")), amount(truth.get("gross"))
    if not gross or not wanted or (gross < 0) == (wanted < 0):
        return False
    return (mine or gross < 0) == (theirs or wanted < 0)


def _field(
    one: Field, invoice: dict, evidence: dict, truth: dict, complete: bool, turned: bool
) -> FieldScore:
    got, wanted = one.get(invoice), truth.get(one.name)
    if one.name == "prepaid":
        got, wanted = (value if amount(value) else None for value in (got, wanted))
    if turned and one.kind == "amount" and amount(got) is not None:
        got = str(-decimal(got))
    proof = evidence.get(one.term) or {}
    same = got not in (None, "") and wanted not in (None, "") and one.same(got, wanted)
    visible = truth.get("visible", {}).get(one.name, True)
    if wanted in (None, "") or not visible:
        judged = complete and one.name in truth and got not in (None, "") and not same
        if one.name == "due_date" and proof.get("origin") == "computed":
            judged = False  # worked out from the terms: no claim that it is printed
        # A type or a currency is always meant, printed or not; nothing printed means nothing to say.
        outcome = EXTRA if judged and one.name not in ("type_code", "currency") else NONE
    elif same:
        outcome = RIGHT
    else:
        outcome = MISSING if got in (None, "") else WRONG
    return FieldScore(
        one.name,
        outcome,
        got,
        wanted,
        proof.get("confidence"),
        proof.get("origin", ""),
        tuple(proof.get("reasons") or ()),
        tuple(proof.get("alternatives") or ()),
    )


def _items(
    group: str, term: str, rights: Iterable[bool], evidence: dict[str, dict[str, Any]]
) -> list[FieldScore]:
    """Each line or VAT row as a field of its own, for what its confidence is worth."""
    found = []
    for number, right in enumerate(rights, 1):
        proof = evidence.get(f"{group}/{number}/{term}") or evidence.get(f"{group}/{number}") or {}
        found.append(
            FieldScore(
                group,
                RIGHT if right else EXTRA,
                confidence=proof.get("confidence"),
                origin=proof.get("origin", ""),
                reasons=tuple(proof.get("reasons") or ()),
            )
        )
    return found


def _success(lines: LineScore) -> tuple[float, int]:
    return (2 * lines.matched / ((lines.printed + lines.read) or 1), lines.printed)


# -- lines ------------------------------------------------------------------------------------------


def match_lines(read: list[dict], printed: list[dict], turned: bool = False) -> LineScore:
    """Pair read lines (BG-25) with those of the truth.

    A pair needs the same amount to the cent; among equal amounts the nearer description, then the order, decides.
    """
    sign = -1 if turned else 1
    pairs = []
    for there, wanted in enumerate(printed):
        total = line_total(wanted)
        for here, got in enumerate(read):
            mine = amount(got.get("BT-131"))
            slack = CENT if wanted.get("tax_included") else 0  # converted by rate, then rounded
            if mine is None or total is None or abs(sign * mine - total) > slack:
                continue
            pairs.append((-_likeness(got, wanted), abs(here - there), there, here))
    taken, given, couples = set(), set(), []
    for _far, _gap, there, here in sorted(pairs):
        if there not in taken and here not in given:
            taken.add(there)
            given.add(here)
            couples.append((printed[there], read[here]))
    columns: dict[str, list[int]] = {}
    for wanted, got in couples:
        for name, right in _columns(got, wanted, sign):
            counts = columns.setdefault(name, [0, 0])
            counts[0] += right
            counts[1] += 1
    return LineScore(
        len(printed),
        len(read),
        len(couples),
        {name: (right, total) for name, (right, total) in columns.items()},
        tuple(line for at, line in enumerate(printed) if at not in taken),
        tuple(line for at, line in enumerate(read) if at not in given),
        tuple(at in given for at in range(len(read))),
    )


def line_total(line: dict[str, Any]) -> Decimal | None:
    """Amount of a line of the truth without VAT, to the cent."""
    total = amount(line.get("total"))
    if total is None and decimal(line.get("qty")) is not None and decimal(line.get("price")) is not None:  # fmt: skip
        total = amount(decimal(line["qty"]) * decimal(line["price"]))
    return total


def _likeness(got: dict, wanted: dict) -> float:
    return max(
        fuzz.ratio(name_words(got.get("BT-153")), name_words(wanted.get("name"))),
        fuzz.token_set_ratio(name_words(_whole(got)), name_words(wanted.get("name"))),
    )


def _whole(got: dict) -> str:
    return " ".join(str(got.get(term) or "") for term in ("BT-153", "BT-154"))


def _columns(got: dict, wanted: dict, sign: int) -> list[tuple[str, bool]]:
    """(column, right) for each column that the truth of this line has."""
    found = []
    quantity, price = decimal(got.get("BT-129")), decimal(got.get("BT-146"))
    if decimal(wanted.get("qty")) is not None:
        want = decimal(wanted["qty"])
        found.append(("quantity", quantity is not None and abs(quantity) == abs(want)))
    if decimal(wanted.get("price")) is not None:
        want = decimal(wanted["price"])
        prices = [p for p in (price, decimal(got.get("BT-148"))) if p is not None]
        found.append(("price", any(abs(abs(p) - abs(want)) <= price_slack(want) for p in prices)))
    if wanted.get("name"):
        found.append(("description", _likeness(got, wanted) >= DESCRIPTION_RATIO))
    if decimal(wanted.get("vat")) is not None and got.get("BT-152") is not None:
        found.append(("vat", decimal(got["BT-152"]) == decimal(wanted["vat"])))
    reference = wanted.get("ref") or wanted.get("seller_ref")
    if reference:
        mine = str(got.get("BT-155") or "").replace(" ", "").upper()
        found.append(("reference", mine == str(reference).replace(" ", "").upper()))
    return found


def price_slack(price: Decimal) -> Decimal:
    """How far a price may be off: half of the last digit that a calculation from the total could lose."""
    return max(Decimal("0.0001"), min(Decimal("0.005"), abs(price) * Decimal("0.0005")))


# -- VAT rows ---------------------------------------------------------------------------------------


def _vat_rows(invoice: dict, truth: dict, turned: bool) -> tuple[int, list[bool]]:
    """How many rows are printed, and of each row read whether it is one of them."""
    sign = -1 if turned else 1

    def key(rate: Any, base: Any, tax: Any, sign: int = 1) -> tuple:
        return decimal(rate), (amount(base) or 0) * sign, (amount(tax) or 0) * sign

    if "vat_lines" not in truth or not truth.get("visible", {}).get("vat_total", True):
        return 0, []
    left = [key(v.get("rate"), v.get("base"), v.get("amount")) for v in truth["vat_lines"] or ()]
    printed, rights = len(left), []
    for v in invoice.get("BG-23") or ():
        row = key(v.get("BT-119"), v.get("BT-116"), v.get("BT-117"), sign)
        rights.append(row in left)
        if row in left:
            left.remove(row)
    return printed, rights
