"""From the triple that won to the rows and lines of the document: VAT rows completed, lines that add up, what is left to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from .amounts import Pool, cents, money, tax_cents
from .arithmetic import Triple
from .model import ReadLine, VatRow
from .row_sets import RowSet

ZERO = Decimal(0)


# -- what is to be paid -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """What is to be paid, in cents: `payable` = gross − `prepaid` (negative: a balance brought forward is added) + `rounding`.
    `retention`: a part of it is kept back as a guarantee, for which EN 16931 has no term."""

    payable: int
    prepaid: int = 0
    printed: bool = False
    prepaid_printed: bool = False
    closes: bool = False
    previous: int = 0
    rounding: int = 0
    retention: bool = False


def what_is_due(pool: Pool, triple: Triple, zero_payable: bool) -> Due:
    """The amount to pay and what was paid before, by the words and by gross − prepaid = payable."""
    gross = triple.gross
    payables = pool.labelled({"payable": 1.0}, 0.3)[:6]
    paid = [
        size for size in pool.labelled({"prepaid": 1.0, "retention": 0.9}, 0.3) if size <= gross
    ][:6]
    previous = pool.labelled({"previous": 1.0}, 0.3)[:3]
    options: list[tuple[float, Due]] = []
    words = 0.0 if gross in pool.owed_back else pool.role(gross, {"payable": 1.0})
    options.append((max(words, 0.0) + 0.35, Due(gross, printed=words > 0.2)))
    if zero_payable and gross in pool.labelled({"prepaid": 1.0}, 0.3):
        options.append((1.6, Due(0, gross, True, True, True)))
    elif zero_payable:
        options.append((0.75, Due(0, gross, True)))
    roundings = pool.labelled({"rounding": 1.0}, 0.5)[:2]
    for size in payables:
        if size == gross:
            continue
        if abs(size - gross) in roundings and abs(size - gross) < 100:
            off = size - gross
            said = pool.role(size, {"payable": 1.0})
            options.append((said + 1.0, Due(size, 0, True, closes=True, rounding=off)))
            continue
        said = pool.role(size, {"payable": 1.0})
        closed = _subset(paid, gross - size) if size < gross else ()
        if closed:
            speak = max(pool.role(one, {"prepaid": 1.0, "retention": 0.9}) for one in closed)
            kept = any(pool.role(one, {"retention": 1.0}) >= 0.5 for one in closed)
            due = Due(size, gross - size, True, True, True, retention=kept)
            options.append((said + 0.8 + 0.4 * speak, due))
        elif size < gross:
            near = 0.1 if _stands_under(pool, size, gross) else 0.35
            options.append((said - near, Due(size, gross - size, True)))
        elif any(gross + old == size for old in previous):
            options.append((said + 0.8, Due(size, gross - size, True, False, True, size - gross)))
        elif not previous and size <= 2 * gross:
            options.append((said - 0.35, Due(size, gross - size, True)))
        elif previous:
            options.append((said - 0.3, Due(size, gross - size, True, previous=size - gross)))
    for size in pool.owed_back:
        # Paid more than the bill: the rest comes back, or is kept for the next one.
        printed = gross + size in pool.amounts
        options.append((0.8 + 0.8 * printed, Due(-size, gross + size, True, printed, printed)))
    for size in paid[:3]:
        left = gross - size
        speak = pool.role(size, {"prepaid": 1.0, "retention": 0.9})
        if size == triple.net or size == triple.vat and len(pool.amounts[size].spots) < 2:
            continue  # net and VAT make the gross as well
        if left in pool.amounts and left not in payables:
            options.append((speak + 0.2, Due(left, size, True, True, True)))
        elif left > 0 and speak >= 0.7 and not payables:
            options.append((speak - 0.4, Due(left, size, False, True)))
    return max(options, key=lambda option: option[0])[1]


def _stands_under(pool: Pool, size: int, gross: int) -> bool:
    """Whether the amount to pay is printed right below the gross total."""
    one, two = pool.amounts.get(size), pool.amounts.get(gross)
    if one is None or two is None:
        return False
    return any(
        under.box.page == over.box.page and 0 < under.box.y0 - over.box.y0 < 60
        for under in one.spots
        for over in two.spots
        if under.roles.get("payable", 0.0) >= 0.6
    )


def _subset(sizes: Sequence[int], total: int) -> tuple[int, ...]:
    """Amounts (up to three) that add up to `total`."""
    for count in (1, 2, 3):
        for picked in combinations(sizes, count):
            if sum(picked) == total:
                return picked
    return ()


# -- VAT rows ---------------------------------------------------------------------------------------


def vat_rows(
    triple: Triple, lines: Sequence[ReadLine], exempt: str, rate: Decimal | None
) -> list[VatRow]:
    """The VAT rows of the document, completed where the page leaves a base or a tax out; [] where nothing says how VAT splits."""
    if triple.vat == 0:
        return _untaxed(triple, exempt)
    if triple.rows is not None:
        rows = _completed(triple.rows, triple, lines)
        if rows:
            return rows
    if rate is not None:
        row = VatRow(rate, money(triple.net), money(triple.vat), "S", (), 0.6)
        return [row]
    return _from_lines(triple, lines)


def _untaxed(triple: Triple, exempt: str) -> list[VatRow]:
    if triple.rows and triple.rows.tax == 0 and triple.rows.base == triple.net:
        found = [row for row in triple.rows.rows if row.base]
        return [replace(row, category=exempt or row.category) for row in found]
    return [VatRow(ZERO, money(triple.net), money(0), exempt or "E", (), 0.6)]


def _completed(rows: RowSet, triple: Triple, lines: Sequence[ReadLine]) -> list[VatRow]:
    found = list(rows.rows)
    open_rows = [index for index, row in enumerate(found) if row.base is None]
    if len(open_rows) == 1:
        index = open_rows[0]
        known = sum(cents(row.base) for row in found if row.base is not None)
        found[index] = replace(found[index], base=money(triple.net - known))
    elif open_rows:
        bases = _bases(found, triple, lines)
        found = [
            replace(row, base=money(base)) for row, base in zip(found, bases, strict=True)
        ]  # fmt: skip
    rest = triple.net - sum(cents(row.base or ZERO) for row in found)
    if rest > len(found):
        found.append(VatRow(ZERO, money(rest), money(0), "E", (), 0.4))
    elif rest < -len(found):
        return []
    return [row for row in found if row.base or row.tax]


def _bases(rows: Sequence[VatRow], triple: Triple, lines: Sequence[ReadLine]) -> list[int]:
    """Bases of rows that print only their tax: by the lines of each rate, else tax ÷ rate, the largest taking the rest."""
    by_rate = sums_by_rate(lines) or _shared_out(rows, lines)
    sums = [by_rate.get(row.rate) for row in rows]
    if None not in sums and abs(sum(one for one in sums if one is not None) - triple.net) <= 1:
        return [one for one in sums if one is not None]
    bases = []
    for row in rows:
        if row.base is not None:
            bases.append(cents(row.base))
        elif row.rate:
            bases.append(int((cents(row.tax or ZERO) * 100 / row.rate).quantize(Decimal(1))))
        else:
            bases.append(0)
    largest = max(range(len(rows)), key=lambda index: bases[index])
    rest = triple.net - sum(bases)
    if abs(rest) <= 60 * len(rows) and rows[largest].base is None:
        bases[largest] += rest
    return bases


def _shared_out(rows: Sequence[VatRow], lines: Sequence[ReadLine]) -> dict[Decimal, int]:
    """Which lines bear which rate, where only one way makes the printed taxes; {} when there is none or several."""
    sizes = [cents(line.amount) for line in lines if line.amount is not None]
    rates = [row.rate for row in rows]
    if len(sizes) > 14 or len(rates) != 2:
        return {}
    found: set[tuple[int, int]] = set()
    taxes = [cents(row.tax or ZERO) for row in rows]
    for mask in range(1, (1 << len(sizes)) - 1):
        one = sum(size for index, size in enumerate(sizes) if mask >> index & 1)
        other = sum(sizes) - one
        if (tax_cents(one, rates[0]), tax_cents(other, rates[1])) == (taxes[0], taxes[1]):
            found.add((one, other))
            if len(found) > 1:
                return {}
    return dict(zip(rates, found.pop(), strict=True)) if found else {}


def sums_by_rate(lines: Sequence[ReadLine]) -> dict[Decimal, int]:
    """Net amount of the lines of each rate in cents; {} when a line says none."""
    found: dict[Decimal, int] = {}
    for line in lines:
        if line.amount is None:
            continue
        if line.vat_rate is None:
            return {}
        found[line.vat_rate] = found.get(line.vat_rate, 0) + cents(line.amount)
    return found


def _from_lines(triple: Triple, lines: Sequence[ReadLine]) -> list[VatRow]:
    by_rate = sums_by_rate(lines)
    if by_rate and abs(sum(by_rate.values()) - triple.gross) <= 1:  # lines of a till, with tax
        by_rate = {
            rate: int((size / (1 + rate / 100)).quantize(Decimal(1)))
            for rate, size in by_rate.items()
        }
    if not by_rate or abs(sum(by_rate.values()) - triple.net) > max(1, len(by_rate)):
        return []
    rows = [
        VatRow(rate, money(base), money(tax_cents(base, rate)), "S" if rate else "E", (), 0.5)
        for rate, base in sorted(by_rate.items())
    ]
    difference = triple.vat - sum(cents(row.tax or ZERO) for row in rows)
    if abs(difference) > max(2, len(lines)):
        return []
    if difference:
        largest = max(range(len(rows)), key=lambda index: rows[index].base or ZERO)
        tax = (rows[largest].tax or ZERO) + money(difference)
        rows[largest] = replace(rows[largest], tax=tax)
    return rows


# -- lines ------------------------------------------------------------------------------------------


def line_total(lines: Sequence[ReadLine]) -> int:
    """Σ of the amounts in cents."""
    return sum(cents(line.amount) for line in lines if line.amount is not None)


def without_subtotals(lines: Sequence[ReadLine], total: int) -> list[ReadLine] | None:
    """The lines less those that only repeat the sum of lines before them, when the rest makes `total`; None otherwise."""
    if len(lines) < 2 or abs(line_total(lines) - total) <= 1:
        return None
    kept: list[ReadLine] = []
    running = since = 0
    for line in lines:
        size = cents(line.amount) if line.amount is not None else 0
        if size and kept and size in (running, since) and line.quantity is None:
            since = 0
            continue
        kept.append(line)
        running += size
        since += size
    if len(kept) < len(lines) and abs(running - total) <= 1:
        return kept
    surplus = line_total(lines) - total
    guilty = [
        index
        for index, line in enumerate(lines)
        if line.amount is not None and cents(line.amount) == surplus
    ]
    if surplus and guilty:
        worst = min(guilty, key=lambda index: (lines[index].score, -index))
        return [line for index, line in enumerate(lines) if index != worst]
    return None


def net_lines(
    lines: Sequence[ReadLine], rates: dict[Decimal, int], net: int
) -> list[ReadLine] | None:
    """Lines printed with tax, converted so that they add up to `net` (in cents); None where a line's rate is not known.

    `rates`: the rates of the document; a line without a rate bears the only one. The cents of rounding go to the largest line.
    """
    only = next(iter(rates)) if len(rates) == 1 else None
    found: list[ReadLine] = []
    for line in lines:
        rate = line.vat_rate if line.vat_rate is not None else only
        if line.amount is None:
            found.append(line)
            continue
        if rate is None:
            return None
        share = 1 + rate / 100
        amount = money(int((cents(line.amount) / share).quantize(Decimal(1))))
        price = line.price / share if line.price is not None else None
        found.append(
            replace(
                line,
                amount=amount,
                price=None if price is None else price.quantize(Decimal("0.0001")).normalize(),
                vat_rate=rate,
                tax_included=True,
                reasons=(*line.reasons, "tax_included"),
            )
        )
    rest = net - line_total(found)
    if abs(rest) > max(3, len(found)):
        return None
    if rest:
        largest = max(
            (index for index, line in enumerate(found) if line.amount is not None),
            key=lambda index: found[index].amount or ZERO,
        )
        found[largest] = replace(
            found[largest], amount=(found[largest].amount or ZERO) + money(rest)
        )
    return found


def turned(line: ReadLine) -> ReadLine:
    """A line of a credit note printed with a minus, as EN 16931 wants it: its amount with the other sign, its price never negative."""
    amount = None if line.amount is None else -line.amount
    quantity, price = line.quantity, line.price
    if price is not None and price < 0:
        price = -price
    elif quantity is not None:
        quantity = -quantity if quantity < 0 or (amount is not None and amount < 0) else quantity
    return replace(line, amount=amount, quantity=quantity, price=price)
