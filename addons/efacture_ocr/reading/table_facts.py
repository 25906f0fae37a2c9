"""What the whole document says about its lines: rates, codes of rates, sums, totals by their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .fields import View
from .fields.amount_spots import row_items
from .fields.vat_columns import rows_by_column
from .table_arithmetic import cents
from .table_cells import TableRow
from .table_columns import RATES
from .table_header import Header
from .table_recap import RecapRow, clean_code, recap_rows
from .table_rows import CARRY, END, SUBTOTAL, TAX, TOTAL
from .table_words import AMOUNT, AMOUNT_GROSS, VAT
from .table_zone import Zone
from .values import percents

NET, GROSS = ("BT-109", "BT-106"), ("BT-112",)
_SLACK = Decimal("0.011")
_WITHOUT_TAX = frozenset(("ht", "hors", "htva", "excl", "netto"))


@dataclass
class Page:
    """A page cut into rows, and the headers on it."""

    rows: list[TableRow]
    headers: list[Header]


@dataclass
class Facts:
    """What the whole document says: its rates, its codes of rates, its sums."""

    rates: list[Decimal]
    codes: dict[str, Decimal]
    sums: list[Decimal]
    nets: set[Decimal]
    grosses: set[Decimal]
    recap: list[RecapRow]
    net: tuple[Decimal, ...] = ()
    gross: tuple[Decimal, ...] = ()


def facts_of(
    view: View, pages: Sequence[Page], zones: Sequence[Zone], totals: dict[str, Decimal]
) -> Facts:
    rates: list[Decimal] = []
    codes: dict[str, Decimal] = {}
    sums: list[Decimal] = []
    recap: list[RecapRow] = []
    inside = {id(item.anchor) for zone in zones for item in zone.items}
    for page in pages:
        for row in page.rows:
            if id(row) in inside:
                continue
            for found in percents(row.row.words):
                if found.value in RATES and (row.marks & {END, TOTAL} or says_vat(row)):
                    rates.append(found.value)
            if row.marks & {CARRY, SUBTOTAL}:
                continue
            sums += [abs(num.value) for num in row.nums if num.decimals == 2 and not num.percent]
        _codes(page, codes)
        recap += recap_rows(row for row in page.rows if id(row) not in inside)
        for header in page.headers:
            if header.is_recap:
                rates += _recap_rates(page, header)
    if len(recap) < 2:
        recap += _by_column(view)
    recap = list({(item.rate, item.base): item for item in recap}.values())
    rates += [item.rate for item in recap]
    for item in recap:
        if item.code:
            codes.setdefault(item.code, item.rate)
    return Facts(
        list(dict.fromkeys(rates)),
        codes,
        sums,
        *_labelled(view, pages),
        recap,
        tuple(totals[term] for term in NET if totals.get(term) is not None),
        tuple(totals[term] for term in GROSS if totals.get(term) is not None),
    )


def _labelled(view: View, pages: Sequence[Page]) -> tuple[set[Decimal], set[Decimal]]:
    """Amounts announced as the net and as the gross total: right of their label, or below it in a block of totals."""
    found: dict[str, set[Decimal]] = {"net": set(), "gross": set()}
    homes = {id(word): row for page in pages for row in page.rows for word in row.row.words}
    for label in view.labelled("net", "gross", "payable"):
        kind = "net" if label.kind == "net" else "gross"
        row = homes.get(id(label.words[-1]))
        right = [] if row is None else [num for num in row.nums if num.x0 >= label.box.x1 - 2]
        money = [num for num in right if num.decimals == 2 and not num.percent]
        if money:
            # “Total honoraires H.T.” begins like a gross total
            without = kind == "gross" and _WITHOUT_TAX & set(row.tokens) and not says_vat(row)
            found["net" if without else kind].add(abs(money[0].value))
    for page in pages:
        for header in page.headers:
            if not header.is_recap:
                continue
            for row in page.rows[header.rows[-1] + 1 : header.rows[-1] + 4]:
                for num in row.nums:
                    for column in header.columns:
                        if (
                            min(num.x1, column.x1 + 15) - max(num.x0, column.x0) > 0
                            and num.decimals == 2
                        ):
                            if column.role == AMOUNT:
                                found["net"].add(abs(num.value))
                            elif column.role == AMOUNT_GROSS:
                                found["gross"].add(abs(num.value))
    return found["net"], found["gross"]


def _by_column(view: View) -> list[RecapRow]:
    """Rows of a recap whose rates stand side by side, bases and taxes under them."""

    def make() -> list[RecapRow]:
        found = max(rows_by_column(row_items(view)), key=len, default=[])
        return [
            RecapRow(row.rate, abs(row.base), abs(row.tax))
            for row in found
            if row.rate and row.base and row.tax
        ]

    return view.layout.once(("recap_by_column", view.languages), make)


def says_vat(row: TableRow) -> bool:
    """Whether a word of the row is a tax."""
    return TAX in row.marks


def _recap_rates(page: Page, header: Header) -> list[Decimal]:
    """Rates in the column of rates under the header of a VAT recap."""
    column = next((column for column in header.columns if column.role == VAT), None)
    found: list[Decimal] = []
    if column is None:
        return found
    for row in page.rows[header.rows[-1] + 1 : header.rows[-1] + 9]:
        for num in row.nums:
            if (
                num.value in RATES
                and num.x0 < column.x1 + 12
                and num.x1 > column.x0 - 12
                and len(row.nums) >= 2
            ):
                found.append(num.value)
    return found


def _codes(page: Page, codes: dict[str, Decimal]) -> None:
    """Codes that a recap explains: a short word or number, a rate, amounts."""
    for header in page.headers:
        if not header.is_recap:
            continue
        for row in page.rows[header.rows[-1] + 1 : header.rows[-1] + 9]:
            words = row.row.words
            if len(words) < 3 or len(words[0].text) > 3:
                continue
            rate = next(
                (num for num in row.nums if num.value in RATES and num.words[0] is not words[0]),
                None,
            )
            if rate is not None and len(row.nums) >= 2:
                codes.setdefault(clean_code(words[0].text), rate.value)


def sum_fits(total: Decimal, facts: Facts) -> tuple[bool, bool]:
    """Whether the sum of the lines is the net total, and whether it is the gross one, of the totals or as printed."""
    total = abs(total)
    if facts.net or facts.gross:
        as_net = any(abs(total - abs(value)) <= _SLACK for value in facts.net)
        as_gross = any(abs(total - abs(value)) <= _SLACK for value in facts.gross)
        return as_net, as_gross
    if not total:
        return False, False
    if facts.recap:
        few = Decimal("0.01") * (1 + len(facts.recap))
        base = sum(item.base for item in facts.recap)
        gross = base + sum(item.tax for item in facts.recap)
        if abs(total - base) <= few:
            return True, False
        if abs(total - gross) <= few:
            return False, True
        if gross < total <= gross * Decimal("1.25") and total in facts.grosses - facts.nets:
            return False, True  # with sums that bear no VAT, as a tourist tax
    if total not in facts.sums:
        return False, False
    in_nets, in_grosses = total in facts.nets, total in facts.grosses
    if in_nets and not in_grosses:
        return True, False
    sums = set(facts.sums)
    # one tax at a known rate above the sum, or below it; else any tax that is small enough
    as_net = any(_is_tax(total, tax) and total + tax in sums for tax in sums)
    as_gross = any(_is_tax(total - tax, tax) and total - tax in sums for tax in sums if tax < total)
    if as_net == as_gross:
        limit = Decimal("0.22")
        as_net = any(0 < tax <= total * limit and total + tax in sums for tax in sums)
        as_gross = in_grosses and any(
            0 < tax <= (total - tax) * limit and total - tax in sums for tax in sums
        )
    if as_net != as_gross:
        return as_net, as_gross and (in_grosses or not in_nets and total > 20)
    if in_grosses and not in_nets:
        taxed = any(
            rate for rate in facts.rates
        )  # “TVA non applicable”: the total is net and gross
        return not taxed, taxed
    return True, in_grosses and as_gross


def _is_tax(base: Decimal, tax: Decimal) -> bool:
    return any(rate and abs(cents(base * rate / 100) - tax) <= Decimal("0.02") for rate in RATES)
