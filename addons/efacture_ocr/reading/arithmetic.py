"""Which amounts of a document belong together: net + VAT = gross, VAT rows, lines, prepaid. Language-free, in whole cents.

`Weigher.triples` weighs the ways in which three amounts, or two and a third that follows, make a document; nothing is decided by the
words alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from rapidfuzz.distance import Levenshtein

from .amounts import GROSS_ROLE, NET_ROLE, VAT_ROLE, Pool, money, tax_cents
from .fields.amount_spots import Spot
from .fields.vat_rows import RATES
from .model import OCR, VatRow
from .row_sets import RowSet

#: Rates that a whole document may bear, most frequent first (France, then its neighbours).
SINGLE_RATES = tuple(
    Decimal(rate)
    for rate in ("20", "10", "5.5", "2.1", "8.5", "19", "7", "21", "22", "23", "25", "6", "12", "9", "8.1", "13", "24", "19.6", "16", "17")
)  # fmt: skip
_HIGHEST = Decimal("0.275")


@dataclass(frozen=True)
class Evidence:
    """What the document says beside its totals: VAT rows, sums of the readings of its lines, allowances and charges, no VAT."""

    rows: tuple[RowSet, ...] = ()
    lines: tuple[int, ...] = ()
    adjustments: tuple[tuple[str, int], ...] = ()
    exempt: str = ""
    rates: frozenset[Decimal] = frozenset()
    says_vat: bool = True


@dataclass(frozen=True)
class Triple:
    """Net, VAT and gross in cents with what speaks for them. `missing`: the one that is not printed, `near` a misread one."""

    net: int
    vat: int
    gross: int
    score: float = 0.0
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    rows: RowSet | None = None
    line: int | None = None
    adjusted: tuple[tuple[str, int], ...] = ()
    near: int | None = None


class Weigher:
    """Weighs hypotheses on one document."""

    def __init__(self, pool: Pool, evidence: Evidence) -> None:
        self.pool, self.evidence = pool, evidence
        self.by_tax: dict[int, list[RowSet]] = {}
        self._parts: dict[int, list[int]] = {}
        for one in evidence.rows:
            self.by_tax.setdefault(one.tax, []).append(one)
        self.sums = _line_sums(evidence)
        self.recognised = [
            (name, size)
            for name, weights in (("net", NET_ROLE), ("vat", VAT_ROLE), ("gross", GROSS_ROLE))
            for size in pool.labelled(weights, 0.4)
            if _is_recognised(pool.amounts[size].spot(*weights))
        ]
        self.said = {
            name: max((pool.role(size, weights) for size in pool.amounts), default=0.0)
            for name, weights in (("net", NET_ROLE), ("vat", VAT_ROLE), ("gross", GROSS_ROLE))
        }
        self.payables = {
            size: said
            for size in pool.labelled({"payable": 1.0}, 0.6)[:3]
            if (said := pool.amounts[size].roles.get("payable", 0.0)) >= 0.6
        }
        self.paid = pool.labelled({"prepaid": 1.0, "retention": 0.9}, 0.3)[:8]
        self.older = pool.labelled({"previous": 1.0}, 0.3)[:4]
        self.untaxed = pool.labelled({"untaxed": 1.0, "other_tax": 1.0}, 0.4)[:6]
        self.roundings = pool.labelled({"rounding": 1.0}, 0.3)[:2]
        # What is to be paid with an older balance in it is not the total of this bill.
        self.with_previous = {
            size
            for size in pool.labelled({"payable": 1.0}, 0.3)
            for old in pool.labelled({"previous": 1.0}, 0.5)
            if size - old in pool.amounts and pool.amounts[size].roles.get("gross", 0) < 0.9
        }
        self.tallest = max([*pool.labelled(GROSS_ROLE, 0.5), 1])

    def triples(self) -> list[Triple]:
        """Hypotheses, the best first."""
        found: dict[tuple[int, int, int], Triple] = {}
        for net, vat, gross, missing in self._guesses():
            if net <= 0 or gross <= 0 or vat < 0 or (vat > net * _HIGHEST + 1):
                continue
            key = (net, vat, gross)
            one = self.weigh(net, vat, gross, missing)
            if key not in found or found[key].score < one.score:
                found[key] = one
        return sorted(found.values(), key=lambda one: -one.score)

    def _guesses(self) -> Iterable[tuple[int, int, int, tuple[str, ...]]]:
        pool, amounts = self.pool, self.pool.amounts
        grosses = dict.fromkeys([*pool.labelled(GROSS_ROLE, 0.15)[:25], *pool.largest(12)])
        nets = dict.fromkeys([*pool.labelled(NET_ROLE, 0.15)[:25], *self.sums])
        vats = pool.labelled(VAT_ROLE, 0.3)[:15]
        taxes = {one.tax for one in self.evidence.rows}
        bases = {one.base: one.tax for one in self.evidence.rows if one.base}
        for gross in grosses:
            for net in amounts:
                if net < gross and gross - net <= net * _HIGHEST + 1:
                    vat = gross - net
                    if vat in amounts:
                        yield net, vat, gross, ()
                    elif vat in taxes:
                        yield net, vat, gross, ("vat",)
                    for slip in (-1, 1, -2, 2):
                        if vat + slip in amounts and pool.role(vat + slip, VAT_ROLE) >= 0.5:
                            yield net, vat + slip, gross, ()
            yield gross, 0, gross, () if self.evidence.exempt or pool.zero_vat else ("vat",)
            for vat in (*vats, *taxes):
                yield gross - vat, vat, gross, ("net",)
            for net in nets:
                yield net, gross - net, gross, ("vat",) if net in amounts else ("net", "vat")
            for rate in self._single_rates():
                net = int((gross / (1 + rate / 100)).quantize(Decimal(1), ROUND_HALF_UP))
                yield net, gross - net, gross, ("net", "vat")
        for net in nets:
            if net not in amounts and net not in self.sums:
                continue
            for vat in (*vats, *taxes):
                yield net, vat, net + vat, ("gross",) if net in amounts else ("net", "gross")
            for rate in self._single_rates():
                yield net, tax_cents(net, rate), net + tax_cents(net, rate), ("vat", "gross")
            yield net, 0, net, ("vat", "gross")
        for base, tax in bases.items():
            yield (
                base,
                tax,
                base + tax,
                tuple(
                    name
                    for name, size in (("net", base), ("vat", tax), ("gross", base + tax))
                    if size not in amounts
                ),
            )

    def _single_rates(self) -> list[Decimal]:
        rates = [rate for rate in self.evidence.rates if rate in RATES]
        return sorted(rates) if len(rates) <= 2 else []

    def weigh(self, net: int, vat: int, gross: int, missing: tuple[str, ...]) -> Triple:
        """The hypothesis with all that speaks for and against it."""
        pool, evidence = self.pool, self.evidence
        reasons: list[str] = []
        slip = abs(net + vat - gross)
        exempt = vat == 0
        score = 0.0
        rows = None
        if exempt:
            score += self._without_vat(net, reasons)
            rows = self._rows(net, 0, reasons)[0] if self.by_tax.get(0) else None
        else:
            rows, gain = self._rows(net, vat, reasons)
            score += gain - self._part_of_more(rows, gross)
            if not rows and self.single_rate(net, vat) is not None:
                score += 0.5
                reasons.append("rate")
            elif not rows:
                # The sum of two lines looks like net + VAT: where no word and no rate says VAT, it is none.
                named = "vat" not in missing and pool.role(vat, VAT_ROLE) >= 0.3
                if "vat" in missing and "net" not in missing and "gross" not in missing:
                    said = pool.role(net, NET_ROLE), pool.role(gross, GROSS_ROLE)
                    named = min(said) >= 0.6
                score -= 0.3 if any(one.base for one in evidence.rows) else 0.0
                score -= 0.0 if named else 0.9
            score -= self._against_vat(vat)
        near = self._misread(net, vat, gross, missing) if missing else None
        # Rows whose bases and taxes add up to a printed gross prove as much as printed sums of them.
        by_rows = (
            "vat_rows" in reasons
            and "gross" not in missing
            and rows is not None
            and rows.score >= 0.45
        )
        by_taxes = rows is not None and rows.tax == vat and missing == ("vat",)
        for name, size, weights in (
            ("net", net, NET_ROLE), ("vat", vat, VAT_ROLE), ("gross", gross, GROSS_ROLE),
        ):  # fmt: skip
            said = 0.0 if name in missing else pool.role(size, weights)
            score += said
            if name in missing:
                score -= 0.05 if by_rows or by_taxes else 0.35
            if self.said[name] >= 0.8 and name != "vat" and not by_rows:
                if near is not None and name == missing[0]:
                    continue  # that word speaks of the amount that was misread
                score -= 0.4 * max(0.0, self.said[name] - said) + 0.3 * (name in missing)
        if not exempt and (by_rows or by_taxes or not missing):
            score += (0.8, 0.4, 0.2)[min(slip, 2)]
            reasons.append("triple")
        elif slip:
            score -= 0.5
        line, adjusted, gain = self._lines(net, gross, reasons)
        if line is None and rows is not None and rows.base in self.sums and "vat_rows" in reasons:
            gain = 0.6  # the lines are those of the part that bears VAT
        score += gain
        if near is not None:
            score += 0.45
            reasons.append("repaired")
        if gross in self.with_previous:
            score -= 0.6
        score += self._payable(gross)
        if gross < self.tallest * 0.5:
            score -= 0.9 if "gross" in missing else 0.3
        return Triple(net, vat, gross, round(score, 4), missing, tuple(reasons), rows, line, adjusted, near)  # fmt: skip

    def _payable(self, gross: int) -> float:
        """What the amount to be paid says of this total: it is it, or it less what was paid, or a part of the bill is missing."""
        best = 0.0
        for index, (size, said) in enumerate(self.payables.items()):
            if size == gross:
                worth = 0.4
            elif size < gross:
                worth = 0.4 if gross - size in self.paid else -0.1
            elif size - gross in self.older or size - gross in self.roundings:
                worth = 0.4
            else:
                # More to pay than the total: what comes on top is printed (disbursements, a tax of its own).
                worth = -1.8 if size - gross in self.pool.amounts else -0.4
            worth *= said
            best = worth if index == 0 else max(best, worth)
        return best

    def _without_vat(self, net: int, reasons: list[str]) -> float:
        if any(one.tax and one.score >= 0.75 for one in self.evidence.rows):
            return -0.6  # only a part of the bill is without VAT
        if self.evidence.exempt:
            reasons.append("exempt")
            return 0.1 if self.said["vat"] >= 0.5 and not self.pool.zero_vat else 0.8
        if self.pool.zero_vat:
            reasons.append("exempt")
            return 0.7
        return -0.8 if self.evidence.says_vat else 0.1

    def _against_vat(self, vat: int) -> float:
        """The pages print a VAT of nothing, or why none is due, and no word calls this amount VAT."""
        if (
            any(one.score >= 0.7 for one in self.by_tax.get(vat, ()))
            or self.pool.role(vat, VAT_ROLE) >= 0.3
        ):
            return 0.0
        if self.pool.zero_vat:
            return 1.2
        if self.said["vat"] >= 0.75 and vat not in self.by_tax:
            return 0.9
        if self.evidence.exempt and not self.evidence.says_vat and not self.evidence.rates - {0}:
            return 1.2
        return 0.0

    def _bears_none(self, gross: int) -> bool:
        """The pages say that something bears no VAT, or what is to be paid holds more than the taxed part."""
        return bool(self.evidence.exempt) or gross in self.payables

    def _rest_is_known(self, net: int, vat: int, rows: RowSet) -> bool:
        """What bears no VAT beside these rows is printed (once or several times), or the lines hold it."""
        rest = net - (rows.base or 0)
        if rest in self.pool.amounts or net in self.sums:
            return True
        if net + vat in self.evidence.lines and not self._wholes(rows):
            return True
        return any(
            one.size * len(one.spots) == rest and one.roles.get("other_tax", 0.0) >= 0.5
            for one in self.pool.amounts.values()
        )

    def _with_untaxed(self, rows: RowSet, net: int) -> RowSet | None:
        """One rate whose base is not printed, and an amount that the words say bears no VAT: together they make this net."""
        row = rows.rows[0]
        for size in self.untaxed:
            if row.rate and 0 < size < net and tax_cents(net - size, row.rate) == rows.tax:
                zero = VatRow(Decimal(0), money(size), money(0), "E", (), 0.5)
                return RowSet(
                    (replace(row, base=money(net - size)), zero), net, rows.tax, rows.score
                )
        return None

    def _part_of_more(self, rows: RowSet | None, gross: int) -> float:
        """Against rows that are only a part of a recap: one rate of a bill with several."""
        if rows is None:
            return 0.0
        wholes = self._wholes(rows)
        if not wholes:
            return 0.0
        for whole in wholes:
            if any(self.pool.role(whole + slip, GROSS_ROLE) >= 0.3 for slip in (0, 1, -1)):
                return 1.0
        return 0.0 if self.pool.role(gross, GROSS_ROLE) >= 0.7 else 0.8

    def _wholes(self, rows: RowSet) -> list[int]:
        """Sums with tax of the recaps of which these rows are only a part."""
        if id(rows) not in self._parts:
            mine = set(rows.rows)
            self._parts[id(rows)] = [
                (other.base or 0) + other.tax
                for other in self.evidence.rows
                if len(other.rows) > len(rows.rows)
                and other.base is not None
                and other.score >= 0.7
                and mine < set(other.rows)
            ]
        return self._parts[id(rows)]

    def single_rate(self, net: int, vat: int) -> Decimal | None:
        """The one rate by which this VAT comes from this net amount, if there is one (to the cent)."""
        for rate in (*sorted(self.evidence.rates & RATES, reverse=True), *SINGLE_RATES):
            if abs(tax_cents(net, rate) - vat) <= 1:
                return rate
        return None

    def _rows(self, net: int, vat: int, reasons: list[str]) -> tuple[RowSet | None, float]:
        """The VAT rows that add up to this VAT, best with bases that add up to this net."""
        best, gain = None, 0.0
        for slip in (0, 1, -1, 2, -2):
            for one in self.by_tax.get(vat + slip, ()):
                if abs(slip) >= max(2, len(one.rows) + 1):
                    continue
                worth = 0.5 * one.score - 0.1 * abs(slip)
                if one.base is not None:
                    far = abs(one.base - net)
                    if far <= max(1, len(one.rows)):
                        worth += 0.9 - 0.1 * far
                    elif one.base < net and self._rest_is_known(net, vat, one):
                        # The rest bears no VAT: it is printed as well.
                        worth += 1.2 if self._bears_none(net + vat) else 0.2
                    elif one.base < net:
                        worth += 0.25 if self.evidence.exempt else -0.4
                    else:
                        continue
                elif len(one.rows) == 1:
                    if abs(tax_cents(net, one.rows[0].rate) - vat) > 1:
                        whole = self._with_untaxed(one, net)
                        if whole is None:
                            continue
                        one = whole
                    worth += 0.8
                if worth > gain:
                    best, gain = one, worth
        if best is not None:
            closes = best.base is not None and (
                abs(best.base - net) <= max(1, len(best.rows))
                or (self._bears_none(net + vat) and self._rest_is_known(net, vat, best))
            )
            reasons.append("vat_rows" if closes else "rate" if len(best.rows) == 1 else "vat_sum")
        return best, gain

    def _lines(
        self, net: int, gross: int, reasons: list[str]
    ) -> tuple[int | None, tuple[tuple[str, int], ...], float]:
        for slip in (0, 1, -1):
            found = self.sums.get(net + slip)
            if found is not None:
                reasons.append("lines")
                line, adjusted = found
                return line, adjusted, (0.9 if adjusted else 1.1) - 0.1 * abs(slip) - 0.08 * line
        if gross != net:
            for line, total in enumerate(self.evidence.lines):
                if abs(total - gross) <= 1:
                    reasons.append("lines_with_tax")
                    return line, (), 0.7
        return None, (), 0.0

    def _misread(self, net: int, vat: int, gross: int, missing: tuple[str, ...]) -> int | None:
        """A printed amount that differs from the missing one by one figure, where the words say it is that one."""
        size = {"net": net, "vat": vat, "gross": gross}[missing[0]]
        for name, other in self.recognised:
            if name == missing[0] and (
                Levenshtein.distance(str(other), str(size), score_cutoff=1) == 1
            ):
                return other
        return None


def _is_recognised(spot: Spot | None) -> bool:
    return spot is not None and spot.words[0].source == OCR


def _line_sums(evidence: Evidence) -> dict[int, tuple[int, tuple[tuple[str, int], ...]]]:
    """Net amount → (reading of the lines, allowances and charges) that make it; the plainest way first."""
    found: dict[int, tuple[int, tuple[tuple[str, int], ...]]] = {}
    options = evidence.adjustments[:10]
    for line, total in enumerate(evidence.lines):
        if total > 0:
            found.setdefault(total, (line, ()))
    for line, total in enumerate(evidence.lines[:4]):
        if total <= 0:
            continue
        for mask in range((1 << len(options)) - 1, 0, -1):
            picked = tuple(one for index, one in enumerate(options) if mask >> index & 1)
            net = total + sum(size if kind == "charge" else -size for kind, size in picked)
            if net > 0:
                found.setdefault(net, (line, picked))
    return found
