"""Every amount of the pages that might be a total, by its size in whole cents without sign, with what its words say it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from .fields.amount_spots import Spot
from .model import OCR

CENT = Decimal("0.01")
_MOST_AMOUNTS = 420
#: Role → how much it speaks for net, VAT or gross.
NET_ROLE = {"net": 1.0, "line_sum": 0.6, "base": 0.55, "total": 0.2}
VAT_ROLE = {"vat": 1.0}
GROSS_ROLE = {"gross": 1.0, "payable": 0.75, "total": 0.3}
_OTHER = ("prepaid", "carried", "previous", "retention", "noise", "allowance", "charge")


def cents(value: Decimal) -> int:
    """An amount in whole cents, half away from zero."""
    return int((value * 100).quantize(Decimal(1), ROUND_HALF_UP))


def money(value: int) -> Decimal:
    """Cents as an amount with two decimals."""
    return (Decimal(value) / 100).quantize(CENT)


def tax_cents(base: int, rate: Decimal) -> int:
    """Tax on a base in cents at a rate in percent."""
    return int((base * rate / 100).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass
class Amount:
    """All places where one amount is printed. `repaired` says that it was not printed quite so."""

    size: int
    roles: dict[str, float] = field(default_factory=dict)
    spots: list[Spot] = field(default_factory=list)
    repaired: bool = False
    memory: bool = False

    def spot(self, *roles: str) -> Spot | None:
        """The place where the words speak most for these roles."""
        if not self.spots:
            return None
        return max(self.spots, key=lambda spot: sum(spot.roles.get(role, 0) for role in roles))


class Pool:
    """Amounts by size in cents. `negative`: the totals are printed with a minus (a credit note)."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        self.amounts: dict[int, Amount] = {}
        self.zero_vat = False
        self._known: dict[tuple[int, tuple[str, ...]], float] = {}
        balance = 0.0
        for spot in spots:
            # What is to be paid may be a credit on a bill that is none: it counts less.
            said = spot.roles.get("payable", 0.0)
            strength = 0.3 * said if said else spot.roles.get("gross", 0.0)
            strength = max(strength, 0.5 * spot.roles.get("net", 0.0))
            balance += strength * ((spot.value > 0) - (spot.value < 0))
        self.negative = balance < 0
        self.owed_back = {
            abs(cents(spot.value))
            for spot in spots
            if not self.negative and spot.value < 0 and spot.roles.get("payable", 0.0) >= 0.6
        }
        for spot in spots:
            self._add(spot)
        self._add_repairs(spots)
        if len(self.amounts) > _MOST_AMOUNTS:
            kept = sorted(self.amounts.values(), key=lambda one: (bool(one.roles), one.size))
            self.amounts = {one.size: one for one in kept[-_MOST_AMOUNTS:]}

    def _add(self, spot: Spot) -> None:
        size = abs(cents(spot.value))
        if size == 0:
            self.zero_vat |= spot.roles.get("vat", 0) >= 0.5
            return
        said = max(spot.roles.get("prepaid", 0.0), spot.roles.get("payable", 0.0))
        if not spot.is_money and said >= 0.5:
            return  # “à payer sous 30 jours”, figures of an account
        self._take(size, spot, 1.0 if spot.is_money else 0.6)
        for other in spot.others:
            if abs(other.as_tuple().exponent) <= 2:
                self._take(abs(cents(other)), spot, 0.35)

    def _take(self, size: int, spot: Spot, share: float, repaired: bool = False) -> None:
        old = self.amounts.get(size)
        if old is None:
            old = self.amounts[size] = Amount(size, repaired=repaired)
        elif repaired and not old.repaired:
            return
        elif old.repaired and not repaired:
            old.repaired, old.roles = False, {}
        for role, score in spot.roles.items():
            known = old.roles.get(role, 0.0)
            old.roles[role] = min(0.99, max(known, score * share) + (0.02 if known else 0.0))
        old.spots.append(spot)

    def _add_repairs(self, spots: Sequence[Spot]) -> None:
        """Figures that recognition may have spoilt: a currency sign read as a digit, a lost comma."""
        for spot in spots:
            if not spot.roles or not any(word.source == OCR for word in spot.words):
                continue
            digits = abs(spot.value)
            if spot.decimals == 3:
                self._take(int(digits * 100), spot, 0.6, repaired=True)
            elif spot.decimals == 0 and not spot.currency and digits >= 100:
                self._take(int(digits), spot, 0.6, repaired=True)
                if digits >= 10000:
                    self._take(int(digits) // 10, spot, 0.5, repaired=True)

    def role(self, size: int, weights: dict[str, float]) -> float:
        """How much the words say that this amount is that (0…1), less what they say against it."""
        key = (size, tuple(weights))
        if key not in self._known:
            self._known[key] = self._role(size, weights)
        return self._known[key]

    def _role(self, size: int, weights: dict[str, float]) -> float:
        one = self.amounts.get(size)
        if one is None:
            return 0.0
        best = max((one.roles.get(name, 0.0) * share for name, share in weights.items()), default=0)
        against = max((one.roles.get(name, 0.0) for name in _OTHER), default=0.0)
        return best - 0.35 * max(0.0, against - best) - (0.25 if one.repaired else 0.0)

    def labelled(self, weights: dict[str, float], least: float = 0.2) -> list[int]:
        """Amounts that the words say are that, the surest first."""
        found = [(self.role(size, weights), size) for size in self.amounts]
        return [size for score, size in sorted(found, reverse=True) if score >= least]

    def largest(self, count: int) -> list[int]:
        """The largest amounts of money."""
        return sorted(self.amounts, reverse=True)[:count]
