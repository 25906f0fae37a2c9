"""What a row of a table is: an item, a sub-total, a carried-forward sum, a heading, the beginning of the totals."""

from __future__ import annotations

from collections.abc import Sequence

from .labels import fold
from .table_arithmetic import products
from .table_cells import TableRow, Text
from .table_words import Vocabulary, starts_with

SUBTOTAL, CARRY, TOTAL, END, HEADING, DOCUMENT, DISBURSEMENT, TAX = (
    "subtotal", "carry", "total", "end", "heading", "document", "disbursement", "tax",
)  # fmt: skip
_ORDER = (CARRY, SUBTOTAL, DOCUMENT, TOTAL, END)


def classify(row: TableRow, vocabulary: Vocabulary) -> None:
    """Put into `row.marks` what its words say: one of the classes above, `product` when its numbers multiply."""
    row.tokens = tuple(fold(" ".join(word.text for word in row.row.words)).split())
    if vocabulary.taxes.intersection(row.tokens):
        row.marks.add(TAX)
    triple = products(row.nums)
    if triple:
        row.marks.add("product")
        if abs(triple[0].value) != 1 and abs(triple[1].value) != 1:
            row.marks.add("multiplied")
    if sum(num.alone and not num.percent for num in row.nums) <= 2 and any(
        _announces(text.text, vocabulary) for text in row.texts
    ):
        row.marks.add(DOCUMENT)
        return
    for text in _speaking(row):
        tokens = tuple(fold(text.text).split())
        best, longest = "", 0
        for kind in _ORDER:
            wording = starts_with(tokens, vocabulary.rows.get(kind, ()), row.fuzzy)
            # of equal wordings the first class; a longer wording says more
            if len(wording) > longest:
                best, longest = kind, len(wording)
        if best:
            row.marks.add(best)
            row.marks.add("whole" if longest == len(tokens) else "part")
            return
    if not any(num.decimals == 2 for num in row.nums) and any(
        starts_with(
            tuple(fold(text.text).split()), vocabulary.rows.get(DISBURSEMENT, ()), row.fuzzy
        )
        for text in row.texts
    ):
        row.marks.add(DISBURSEMENT)
    if starts_with(row.tokens, vocabulary.rows.get(HEADING, ()), row.fuzzy):
        row.marks.add(HEADING)


def _announces(text: str, vocabulary: Vocabulary) -> bool:
    """“Remise : …” with a colon announces an allowance of the whole document."""
    head, colon, _rest = text.partition(":")
    return bool(colon) and tuple(fold(head).split()) in vocabulary.rows.get("announce", ())


def _speaking(row: TableRow) -> list[Text]:
    """The texts that may say what the row is: the first one, and the one just left of the last number."""
    if not row.texts:
        return []
    speaking = [row.texts[0]]
    if row.nums:
        last = row.nums[-1]
        before = [
            text
            for text in row.texts
            # “19 % VAT” says the rate of an item: an announcement begins its cell
            if text.x1 <= last.x0 + 1 and text.words[0] is row.row.cells[text.cell].words[0]
        ]
        if before and before[-1] is not row.texts[0]:
            speaking.append(before[-1])
    return speaking


def gaps(rows: Sequence[TableRow]) -> list[float]:
    """White between each row and the next, in points."""
    return [max(0.0, below.y0 - above.y1) for above, below in zip(rows, rows[1:], strict=False)]
