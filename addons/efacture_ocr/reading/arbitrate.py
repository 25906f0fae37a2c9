"""The decision: arithmetic, check digits and dates choose between the candidates of all fields; memory and words only propose.

`decide` weighs every way in which amounts of the document make net + VAT = gross (`arithmetic`), completes VAT rows and lines from the best (`settle`),
lets dates and identifiers judge each other (`choices`) and gives each value its calibrated confidence (`confidence`). What cannot be made to
agree is told in plain words, with the amounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from . import choices, confidence, settle
from .amounts import Amount, Pool, cents, money
from .arithmetic import Evidence, Triple, Weigher
from .fields import View
from .fields.amount_spots import Spot, row_items
from .fields.amount_words import exemption_reason
from .fields.totals import FIELDS
from .model import COMPUTED, HISTORY, Candidate, Message, Reading, ReadLine, VatRow
from .row_sets import row_sets, with_bases

CREDIT = frozenset(("381", "261", "262", "396", "420", "458", "503", "532"))
_AMOUNT_FIELDS = frozenset(FIELDS.values()) | {"BT-114"}
# Taxes that are no VAT (insurance, nights in a hotel) are charges.
_ADJUSTS = (("allowance", "allowance"), ("charge", "charge"), ("other_tax", "charge"))
_ROLES = {name: role for role, name in FIELDS.items()}


@dataclass(frozen=True)
class Decision:
    """What was decided: a reading for each field (`BT-…`), the lines, the VAT rows, and what people must know."""

    readings: dict[str, Reading]
    lines: list[ReadLine]
    vat_rows: list[VatRow]
    messages: list[Message]


def decide(
    view: View,
    candidates: list[Candidate],
    lines: list[list[ReadLine]],
    vat_rows: list[list[VatRow]],
) -> Decision:
    """Choose one value for each field of `candidates`, one reading of the lines and of the VAT rows.

    Totals not printed are computed (origin `computed`, reason: the equation). Amounts are positive whatever sign a credit note prints
    (EN 16931: the type code says which way the money goes).
    """
    return _Decider(view, candidates, lines, vat_rows).decide()


class _Decider:
    def __init__(
        self,
        view: View,
        candidates: list[Candidate],
        lines: list[list[ReadLine]],
        vat_rows: list[list[VatRow]],
    ) -> None:
        self.view = view
        self.messages: list[Message] = []
        self.fields = choices.ranked([one for one in candidates if one.field not in _AMOUNT_FIELDS])
        rows = row_items(view)
        self.spots = [spot for items in rows for spot in items.spots]
        self.pool = Pool(self.spots)
        self._propose([one for one in candidates if one.field in _AMOUNT_FIELDS])
        self.line_readings = [
            [_positive(line) for line in one] if settle.line_total(one) < 0 else list(one)
            for one in self._of_this_bill(lines)
        ]
        self.exemption = exemption_reason(view)
        self.exempt = self.exemption.category
        rates = {Decimal(str(rate.value)) for items in rows for rate in items.rates}
        self.evidence = Evidence(
            rows=tuple(row_sets([*vat_rows, *with_bases(vat_rows, self.pool)])),
            lines=tuple(settle.line_total(one) for one in self.line_readings),
            adjustments=self._adjustments(),
            exempt=self.exempt,
            rates=frozenset(rate for rate in rates if rate <= 27),
            says_vat=any(
                spot.is_money and spot.value and spot.roles.get("vat", 0) >= 0.4
                for spot in self.spots
            ),
        )

    # -- the order of things ------------------------------------------------------------------------

    def decide(self) -> Decision:
        choices.decide_dates(self.fields, self.view.options, self.view.languages, self.messages)
        choices.decide_identifiers(self.fields)
        choices.decide_number(self.fields)
        weigher = Weigher(self.pool, self.evidence)
        found = weigher.triples()
        triple = found[0] if found else None
        lines: list[ReadLine] = []
        rows: list[VatRow] = []
        amounts: list[Candidate] = []
        if triple is not None:
            lines, triple = self._lines(triple)
            rate = weigher.single_rate(triple.net, triple.vat) if triple.vat else None
            rows = [
                self._explained(row) for row in settle.vat_rows(triple, lines, self.exempt, rate)
            ]
            amounts = self._amounts(triple, found, lines)
        elif self.line_readings:
            lines = self.line_readings[0]
        self._credit()
        readings = {
            name: self._reading(ranked[0], ranked[1:])
            for name, ranked in self.fields.items()
            if ranked
        }
        for one in amounts:
            readings[one.field] = self._reading(one, self._others(one))
        self._tell(triple, lines, rows)
        return Decision(
            readings,
            [self._sure_line(line, triple) for line in lines],
            [self._sure_row(row, triple) for row in rows],
            self.messages,
        )

    def _reading(self, chosen: Candidate, others: Sequence[Candidate]) -> Reading:
        return Reading(
            chosen,
            confidence.calibrate(chosen, self.view.layout),
            tuple(one for one in others if one.value != chosen.value)[:3],
        )

    # -- what speaks ---------------------------------------------------------------------------------

    def _propose(self, candidates: list[Candidate]) -> None:
        """Amounts proposed by others (the memory of the supplier) join the pool with their role."""
        for one in candidates:
            if not isinstance(one.value, Decimal) or one.reasons == ("label",):
                continue
            size = abs(cents(one.value))
            if not size:
                continue
            known = self.pool.amounts.setdefault(size, Amount(size))
            role = _ROLES.get(one.field)
            if role:
                known.roles[role] = max(known.roles.get(role, 0.0), one.score)
                known.memory |= "memory" in one.reasons
            if one.words and not known.spots:
                decimals = max(0, -int(one.value.as_tuple().exponent))
                known.spots.append(Spot(one.value, one.words, decimals))

    def _of_this_bill(self, readings: list[list[ReadLine]]) -> list[list[ReadLine]]:
        """The lines less those that only carry an older balance or the sum of a page over."""
        older, carried = (
            {word for spot in self.spots if spot.roles.get(role, 0) >= 0.6 for word in spot.words}
            for role in ("previous", "carried")
        )
        if not older and not carried:
            return readings
        return [
            [
                line
                for line in one
                if not any(word in older for word in line.words)
                and (line.quantity is not None or not any(word in carried for word in line.words))
            ]
            for one in readings
        ]

    def _adjustments(self) -> tuple[tuple[str, int], ...]:
        """Allowances and charges of the document: named so, and not inside its lines."""
        inside = {word for line in (self.line_readings or [[]])[0] for word in line.words}
        found: list[tuple[str, int]] = []
        for spot in self.spots:
            if not spot.is_money or not spot.value or any(word in inside for word in spot.words):
                continue
            for role, kind in _ADJUSTS:
                if spot.roles.get(role, 0) >= 0.5:
                    found.append((kind, abs(cents(spot.value))))
        return tuple(found[-10:])

    # -- lines ---------------------------------------------------------------------------------------

    def _lines(self, triple: Triple) -> tuple[list[ReadLine], Triple]:
        """The reading of the lines that agrees with the totals; the totals with what the lines add to their proof."""
        readings = list(self.line_readings)
        if triple.line is None:
            readings += self._read_again(triple, readings)
        rates = {row.rate: 1 for row in triple.rows.rows} if triple.rows else {}
        if not rates:
            only = Weigher(self.pool, self.evidence).single_rate(triple.net, triple.vat)
            rates = {only: 1} if only is not None else {}
        if triple.line is not None and triple.line < len(readings):
            chosen = readings[triple.line]
            if "lines_with_tax" in triple.reasons:
                return settle.net_lines(chosen, rates, triple.net) or chosen, triple
            return chosen, triple
        wanted = self._wanted(triple)
        for one in readings:
            total = settle.line_total(one)
            if total in wanted and one:
                return one, replace(
                    triple, reasons=(*triple.reasons, "lines"), adjusted=wanted[total]
                )
        for one in readings:
            for total, adjusted in wanted.items():
                kept = settle.without_subtotals(one, total)
                if kept:
                    reasons = (*triple.reasons, "lines_repaired")
                    return kept, replace(triple, reasons=reasons, adjusted=adjusted)
        for one in readings:
            if triple.vat and one and abs(settle.line_total(one) - triple.gross) <= 1:
                converted = settle.net_lines(one, rates, triple.net)
                if converted:
                    return converted, replace(triple, reasons=(*triple.reasons, "lines_with_tax"))
        if not readings:
            return [], triple
        nearest = min(readings, key=lambda one: abs(settle.line_total(one) - triple.net))
        far = abs(settle.line_total(nearest) - triple.net)
        first = abs(settle.line_total(readings[0]) - triple.net)
        return (nearest if far * 4 < first else readings[0]), triple

    def _wanted(self, triple: Triple) -> dict[int, tuple[tuple[str, int], ...]]:
        """Sums of lines that make this net amount, with the allowances and charges that they want."""
        found: dict[int, tuple[tuple[str, int], ...]] = {triple.net: ()}
        options = self.evidence.adjustments
        for mask in range((1 << len(options)) - 1, 0, -1):
            picked = tuple(one for index, one in enumerate(options) if mask >> index & 1)
            total = triple.net - sum(size if kind == "charge" else -size for kind, size in picked)
            found.setdefault(total, picked)
        return found

    def _read_again(self, triple: Triple, known: list[list[ReadLine]]) -> list[list[ReadLine]]:
        """The table once more, now that the totals are known."""
        from . import tables

        totals = {
            "BT-109": money(triple.net),
            "BT-110": money(triple.vat),
            "BT-112": money(triple.gross),
        }
        again = tables.find_lines(self.view, totals)
        again = [
            [_positive(line) for line in one] if settle.line_total(one) < 0 else list(one)
            for one in self._of_this_bill(again)
        ]
        return [one for one in again if one not in known]

    # -- amounts -------------------------------------------------------------------------------------

    def _amounts(
        self, triple: Triple, found: list[Triple], lines: list[ReadLine]
    ) -> list[Candidate]:
        """The candidates of BT-106 … BT-115 that the triple makes."""
        margin = triple.score - next(
            (
                one.score
                for one in found[1:]
                if (one.net, one.vat, one.gross) != (triple.net, triple.vat, triple.gross)
            ),
            triple.score - 2,
        )
        made = [
            self._amount("BT-109", triple.net, "net", triple, margin, ("line_sum", "base")),
            self._amount("BT-110", triple.vat, "vat", triple, margin),
            self._amount("BT-112", triple.gross, "gross", triple, margin, ("payable", "total")),
        ]
        zero = any(spot.value == 0 and spot.roles.get("payable", 0) >= 0.6 for spot in self.spots)
        due = settle.what_is_due(self.pool, triple, zero)
        reasons = ("prepaid",) if due.closes else ()
        owed = self._due("BT-115", abs(due.payable), "payable", triple, margin, reasons)
        made.append(owed if due.payable >= 0 else replace(owed, value=-owed.value))
        if due.prepaid:
            more = (*reasons, "retention") if due.retention else reasons
            part = self._due("BT-113", abs(due.prepaid), "prepaid", triple, margin, more)
            made.append(part if due.prepaid > 0 else replace(part, value=-part.value))
        if due.rounding:
            part = self._due("BT-114", abs(due.rounding), "rounding", triple, margin, reasons)
            made.append(part if due.rounding > 0 else replace(part, value=-part.value))
        if due.previous > 0:
            self.messages.append(
                Message("previous_balance", {"amount": _shown(due.previous)}, "info")
            )
        return [*made, *self._sums(triple, lines, margin)]

    def _sums(self, triple: Triple, lines: list[ReadLine], margin: float) -> list[Candidate]:
        """Sum of the lines, and the allowances and charges that join it to the net amount."""
        total = settle.line_total(lines)
        closes = {"lines", "lines_repaired", "lines_with_tax"} & set(triple.reasons)
        if not lines or not closes:
            return []
        made = [self._amount("BT-106", total, "line_sum", triple, margin, ("net",))]
        for kind, name in (("allowance", "BT-107"), ("charge", "BT-108")):
            size = sum(part for one, part in triple.adjusted if one == kind)
            if size:
                made.append(self._amount(name, size, kind, triple, margin))
        return made

    def _amount(
        self,
        name: str,
        size: int,
        role: str,
        triple: Triple,
        margin: float,
        near: tuple[str, ...] = (),
    ) -> Candidate:
        reasons = list(triple.reasons)
        one = self.pool.amounts.get(size)
        printed = one is not None and bool(one.spots) and role not in triple.missing
        if size == 0:
            zeros = [spot for spot in self.spots if spot.value == 0 and role in spot.roles]
            spot = zeros[0] if zeros else None
        else:
            spot = one.spot(role, *near) if one is not None and printed else None
        said = (
            max((one.roles.get(part, 0.0) for part in (role, *near)), default=0.0) if one else 0.0
        )
        if said >= 0.5 and printed or (size == 0 and spot):
            reasons.insert(0, "label")
        if one is not None and len(one.spots) > 1:
            reasons.append("repeated")
        if one is not None and one.repaired and "repaired" not in reasons:
            reasons.append("repaired")
        if one is not None and one.memory:
            reasons.append("memory")
        words = spot.words if spot else ()
        if not words and role in triple.missing and triple.near in self.pool.amounts:
            near_spot = self.pool.amounts[triple.near].spot(role)
            words = near_spot.words if near_spot else ()
        origin = words[0].source if words else COMPUTED
        if not words:
            reasons.append(COMPUTED)
        elif one is not None and one.memory and not spot:
            origin = HISTORY
        raw = confidence.raw_amount(reasons, margin)
        return Candidate(name, money(size), raw, words, tuple(dict.fromkeys(reasons)), origin)

    def _due(
        self,
        name: str,
        size: int,
        role: str,
        triple: Triple,
        margin: float,
        more: tuple[str, ...],
    ) -> Candidate:
        base = self._amount(name, size, role, triple, margin, ("gross",))
        if not more:
            return base
        reasons = (*base.reasons, *more)
        return replace(base, reasons=reasons, score=confidence.raw_amount(reasons, margin))

    def _others(self, chosen: Candidate) -> list[Candidate]:
        """What the words would have said instead."""
        role = _ROLES.get(chosen.field, "")
        found = []
        for size in self.pool.labelled({role: 1.0}, 0.2)[:5]:
            one = self.pool.amounts[size]
            spot = one.spot(role)
            if spot is not None:
                score = self.pool.role(size, {role: 1.0})
                found.append(
                    Candidate(chosen.field, money(size), score, spot.words, ("label",), spot.words[0].source)
                )  # fmt: skip
        return found

    # -- the rest ------------------------------------------------------------------------------------

    def _credit(self) -> None:
        """Totals printed with a minus are a credit note, whatever its title."""
        if not self.pool.negative:
            return
        kinds = self.fields.get("BT-3", [])
        if kinds and str(kinds[0].value) in CREDIT:
            self.fields["BT-3"] = [kinds[0].because("negative"), *kinds[1:]]
            return
        made = Candidate("BT-3", "381", 0.8, (), ("negative",), COMPUTED)
        self.fields["BT-3"] = [made, *kinds]

    def _sure_line(self, line: ReadLine, triple: Triple | None) -> ReadLine:
        reasons = set(triple.reasons) if triple else set()
        raw = 0.45 + 0.35 * line.score
        if reasons & {"lines", "lines_with_tax"}:
            raw = 0.8 + 0.19 * line.score
        elif "lines_repaired" in reasons:
            raw = 0.65 + 0.2 * line.score
        quality_class, quality = confidence.quality_of(line.words, self.view.layout)
        sure = confidence.probability(confidence.LINES, quality_class, raw)
        if quality_class != confidence.TEXT_CLASS:
            sure = min(sure, 0.5 + 0.5 * quality)
        if not reasons & {"lines", "lines_with_tax"}:
            sure = min(sure, 0.94)
        return replace(line, score=round(sure, 3))

    def _sure_row(self, row: VatRow, triple: Triple | None) -> VatRow:
        reasons = tuple(triple.reasons) if triple else ()
        origin = row.words[0].source if row.words else COMPUTED
        if not row.words:
            reasons = (*reasons, COMPUTED)
        one = Candidate("BG-23", row.base or Decimal(0), confidence.raw_amount(reasons), row.words, reasons, origin)  # fmt: skip
        return replace(row, score=confidence.calibrate(one, self.view.layout))

    def _explained(self, row: VatRow) -> VatRow:
        """A row without VAT with the reason that the pages print."""
        if row.rate or row.category != self.exempt:
            return row
        return replace(row, reason=self.exemption.text, reason_code=self.exemption.code)

    def _tell(self, triple: Triple | None, lines: list[ReadLine], rows: list[VatRow]) -> None:
        """What does not agree, in the words of accounting."""
        if triple is None:
            self.messages.append(Message("no_totals"))
            return
        if triple.missing and "repaired" in triple.reasons:
            self.messages.append(Message("amount_misread", {"amount": _shown(triple.near or 0)}))
        elif not ({"triple", "exempt"} & set(triple.reasons)):
            values = {"net": triple.net, "vat": triple.vat, "gross": triple.gross}
            self.messages.append(
                Message("totals_not_proved", {key: _shown(size) for key, size in values.items()})
            )
        if triple.net + triple.vat != triple.gross:
            self.messages.append(
                Message(
                    "totals_do_not_close",
                    {
                        "net": _shown(triple.net),
                        "vat": _shown(triple.vat),
                        "gross": _shown(triple.gross),
                        "difference": _shown(triple.gross - triple.net - triple.vat),
                    },
                )
            )
        closes = {"lines", "lines_with_tax", "lines_repaired"} & set(triple.reasons)
        if lines and not closes:
            total = settle.line_total(lines)
            self.messages.append(
                Message(
                    "lines_do_not_close",
                    {
                        "lines": _shown(total),
                        "net": _shown(triple.net),
                        "difference": _shown(triple.net - total),
                    },
                )
            )
        if not lines:
            self.messages.append(Message("no_lines"))
        for row in rows:
            if row.base is None or row.tax is None:
                continue
            expected = (row.base * row.rate / 100).quantize(Decimal("0.01"))
            if abs(expected - row.tax) > Decimal("0.02") + Decimal("0.005") * len(lines):
                self.messages.append(
                    Message(
                        "vat_row_differs",
                        {
                            "rate": f"{row.rate.normalize():f}".replace(".", ","),
                            "base": _shown(cents(row.base)),
                            "tax": _shown(cents(row.tax)),
                            "expected": _shown(cents(expected)),
                        },
                    )
                )


def _positive(line: ReadLine) -> ReadLine:
    return settle.turned(line)


def _shown(size: int) -> str:
    """Cents as French people print them: 1 234,56."""
    return f"{money(size):,.2f}".replace(",", "\u202f").replace(".", ",")
