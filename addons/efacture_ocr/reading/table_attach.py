"""Which rows stand with an item: the white between rows tells."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from .table_arithmetic import cents
from .table_cells import TableRow
from .table_end import only_rate
from .table_rows import CARRY, DOCUMENT, END, HEADING, SUBTOTAL, TOTAL
from .table_words import AMOUNT, AMOUNT_GROSS
from .table_zone import Item, Zone, has_text

_NO_ITEM = frozenset((SUBTOTAL, CARRY, TOTAL, END, DOCUMENT))


def left_edge(zone: Zone) -> float:
    """Where the names of most items begin: a column of addresses may stand left of a table without header."""
    starts = [
        min(text.x0 for text in item.anchor.texts) for item in zone.items if item.anchor.texts
    ]
    every = [text.x0 for item in zone.items for text in item.anchor.texts]
    common = [x for x in every if sum(abs(x - other) <= 6 for other in every) >= 0.5 * len(starts)]
    return min(common) - 6 if len(starts) >= 2 and common else 0.0


def attach(zone: Zone) -> None:
    """Give each row without an amount to the item above or below it, by the white between them."""
    if not zone.items:
        return
    anchors = [item.anchor.index for item in zone.items]
    by_index = {row.index: row for row in zone.rows}
    blocked = {row.index for row, _num in zone.skipped}
    first = min(by_index)
    last = max(by_index)
    pitch = _pitch(zone)
    before = [by_index[i] for i in range(first, anchors[0]) if i in by_index]
    after = [by_index[i] for i in range(anchors[-1] + 1, last + 1) if i in by_index]
    style_above, style_below = _style(zone, before, after)
    zone.items[0].above = _touching_above(zone, zone.items[0], before, style_above, pitch, blocked)
    for item, following in zip(zone.items, [*zone.items[1:], None], strict=True):
        end = following.anchor.index if following else last + 1
        between = []
        for i in range(item.anchor.index + 1, end):
            if i in blocked:
                between.append(None)
            elif i in by_index:
                between.append(by_index[i])
        if following is None:
            item.below = _trailing(item, between, pitch)
            continue
        if None in between:  # a sub-total stands between
            stop = between.index(None)
            item.below = _trailing(item, between[:stop], pitch)
            rest = [row for row in between[stop + 1 :] if row is not None]
            following.above = _touching_above(zone, following, rest, style_above, pitch, blocked)
            continue
        _share(zone, item, following, [row for row in between if row], style_above, style_below)


def _pitch(zone: Zone) -> float:
    """Usual white between neighbouring rows of the table."""
    gaps = [
        below.y0 - above.y1
        for above, below in zip(zone.rows, zone.rows[1:], strict=False)
        if below.y0 > above.y1 - 3
    ]
    return median(gaps) if gaps else 3.0


def _style(zone: Zone, before: Sequence[TableRow], after: Sequence[TableRow]) -> tuple[bool, bool]:
    """Whether descriptions stand over their numbers, and whether under them: most rows with an amount say nothing themselves.

    Over the first row of figures, or under the last one, a name stands close by or not: that tells the two apart.
    """
    bare = sum(not has_text(zone, item.anchor) for item in zone.items)
    if bare <= 0.5 * len(zone.items):
        return False, False
    over = bool(before) and _names(zone, before[-1], before[-1], zone.items[0].anchor)
    under = bool(after) and _names(zone, after[0], zone.items[-1].anchor, after[0])
    return (False, True) if under and not over else (True, False)


def _names(zone: Zone, row: TableRow, upper: TableRow, lower: TableRow) -> bool:
    """Whether a row without an amount names the row of figures that it nearly touches."""
    near = lower.y0 - upper.y1 < 1.2 * (row.y1 - row.y0)
    return near and has_text(zone, row) and not row.marks & _NO_ITEM


def _touching_above(
    zone: Zone,
    item: Item,
    rows: Sequence[TableRow],
    style_above: bool,
    pitch: float,
    blocked: set[int],
) -> list[TableRow]:
    """Rows right above an item that belong to it."""
    taken: list[TableRow] = []
    reached = item.anchor
    for row in reversed(rows):
        if row.index in blocked or HEADING in row.marks and not style_above:
            break
        height = row.y1 - row.y0
        gap = reached.y0 - row.y1
        overlapping = gap < 0.15 * height
        if (
            not taken
            and gap < 1.2 * height
            and has_text(zone, row)
            and not has_text(zone, item.anchor)
        ):
            taken.insert(0, row)  # the name of a row of figures
            reached = row
            continue
        if not (
            overlapping
            or (style_above and not taken and gap < 1.2 * height)
            or (style_above and gap < 0.6 * height)
        ):
            break
        if has_text(zone, item.anchor) and not overlapping:
            break
        taken.insert(0, row)
        reached = row
    return taken


def _trailing(item: Item, rows: Sequence[TableRow | None], pitch: float) -> list[TableRow]:
    """Rows under the last item up to a wide white."""
    taken: list[TableRow] = []
    reached = item.anchor
    for row in rows:
        if row is None or HEADING in row.marks or row.marks & _NO_ITEM and not only_rate(row):
            break
        height = max(min(row.y1 - row.y0, reached.y1 - reached.y0), 1.0)
        if row.y0 - reached.y1 > max(0.9 * height, 1.3 * pitch) or len(taken) >= 14:
            break
        taken.append(row)
        reached = row
    return taken


def _product_of(row: TableRow) -> Decimal | None:
    """What “2 x 3,45” on a row of its own makes."""
    for num, price in zip(row.nums, row.nums[1:], strict=False):
        if num.times:
            return cents(num.value * price.value)
    return None


def _amounts(item: Item) -> set[Decimal]:
    return {num.value for role, num in item.values.items() if role in (AMOUNT, AMOUNT_GROSS)}


def _share(
    zone: Zone,
    item: Item,
    following: Item,
    rows: Sequence[TableRow],
    style_above: bool,
    style_below: bool,
) -> None:
    """Cut the rows between two items at the widest white; when all are alike they follow the item."""
    if not rows:
        return
    chain = [item.anchor, *rows, following.anchor]
    white = [below.y0 - above.y1 for above, below in zip(chain, chain[1:], strict=False)]
    height = median(row.y1 - row.y0 for row in chain)
    widest = max(white)
    cut = len(rows)  # rows[:cut] stay with the item
    if (
        widest - sorted(white)[len(white) // 2] > 0.12 * height
        or len(white) == 2
        and widest - min(white) > 0.12 * height
    ):
        cut = len(white) - 1 - white[::-1].index(widest)
    elif style_above:
        cut = 0
    for place, row in enumerate(rows):
        made = _product_of(row)
        if made is not None and made not in _amounts(item) and made in _amounts(following):
            item.below, following.above = list(rows[:place]), list(rows[place:])
            return
    if style_above and cut == len(rows) and not has_text(zone, following.anchor):
        cut = 0
    nameless = not style_above and not style_below and cut == len(rows)
    nameless = nameless and not has_text(zone, following.anchor)
    if nameless and has_text(zone, rows[-1]) and (len(rows) > 1 or has_text(zone, item.anchor)):
        cut = len(rows) - 1
    for place, row in enumerate(rows[:cut]):
        if HEADING in row.marks and not row.nums and place > 0:
            # a heading of what follows
            cut = place if cut == len(rows) else cut
            break
    item.below = list(rows[:cut])
    upper = list(rows[cut:])
    if upper and has_text(zone, following.anchor) and not style_above:
        # it says enough itself: what stands over it is a heading, unless it nearly touches
        gap = following.anchor.y0 - upper[-1].y1
        if gap > 0.15 * height:
            following.marks.add("headed")
            return
    following.above = upper
