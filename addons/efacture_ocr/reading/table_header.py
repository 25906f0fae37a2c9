"""Headers of tables: a band of one to three rows whose words name columns, in any order and language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .model import Word
from .table_cells import TableRow
from .table_words import (
    AMOUNT,
    AMOUNT_GROSS,
    DESCRIPTION,
    GROSS_PRICE,
    POSITION,
    PRICE,
    PRICE_TAXED,
    QUANTITY,
    REFERENCE,
    UNIT,
    VAT,
    VAT_AMOUNT,
    VAT_BASE,
    Vocabulary,
    column_at,
    near,
    tokens_of,
)  # fmt: skip

#: Rows of one header are nearer than this share of their height.
_STACK_GAP = 1.1
_ITEM_ROLES = frozenset((DESCRIPTION, QUANTITY, PRICE, GROSS_PRICE, REFERENCE))
_MONEY_ROLES = frozenset((AMOUNT, AMOUNT_GROSS, PRICE))
_FIGURES = frozenset((QUANTITY, PRICE, GROSS_PRICE, AMOUNT, AMOUNT_GROSS))
_RECAP_ROLES = frozenset((VAT, VAT_AMOUNT, VAT_BASE, AMOUNT, AMOUNT_GROSS))


@dataclass(frozen=True)
class Column:
    """A column by its header: the role and where the header stands; `with_tax` when the header says so."""

    role: str
    x0: float
    x1: float
    words: tuple[Word, ...] = ()
    with_tax: bool = False
    text: str = ""

    @property
    def center(self) -> float:
        """Middle of the header in points."""
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True)
class Header:
    """Columns from left to right; `rows` are the places of its rows in the page's list."""

    columns: tuple[Column, ...]
    rows: tuple[int, ...]
    page: int
    y0: float
    y1: float

    @property
    def roles(self) -> set[str]:
        """Roles of all columns."""
        return {column.role for column in self.columns}

    @property
    def is_recap(self) -> bool:
        """Whether it heads a VAT recap or a block of totals, not lines."""
        roles = self.roles
        if VAT_BASE in roles and not roles & {DESCRIPTION, QUANTITY, PRICE}:
            return True
        return (
            not roles & {DESCRIPTION, QUANTITY, PRICE, GROSS_PRICE}
            and len(roles & _RECAP_ROLES) >= 2
        )

    def strength(self) -> float:
        """How sure it is that lines follow (0…1)."""
        roles = self.roles
        points = 0.25 * (DESCRIPTION in roles) + 0.25 * (QUANTITY in roles)
        points += 0.25 * bool(roles & {PRICE, GROSS_PRICE}) + 0.25 * bool(
            roles & {AMOUNT, AMOUNT_GROSS}
        )
        return points


@dataclass(frozen=True)
class _Piece:
    """Words of one header cell up to the next column wording."""

    words: tuple[Word, ...]
    tokens: tuple[str, ...]
    role: str = ""
    named: int = 0  # how many of the tokens name the column

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)


def find_headers(rows: Sequence[TableRow], vocabulary: Vocabulary) -> list[Header]:
    """The headers of a page, from top to bottom, of lines and of VAT recaps alike."""
    pieces = [_pieces(row, vocabulary) for row in rows]
    headers: list[Header] = []
    taken: set[int] = set()
    for index, row in enumerate(rows):
        if index in taken:
            continue
        roles = {piece.role for piece in pieces[index] if piece.role}
        if len(roles) < 2 or not _may_head(row, pieces[index]):
            continue
        band = _band(rows, pieces, index, taken, vocabulary)
        header = _header(rows, pieces, band, vocabulary)
        if header is not None:
            headers.append(header)
            taken.update(header.rows)
    return headers


def _may_head(row: TableRow, pieces: Sequence[_Piece]) -> bool:
    """No amounts stand in a header, and most of its words name columns."""
    if any(num.decimals or num.currency for num in row.nums):
        return False
    named = sum(piece.named for piece in pieces)
    total = sum(len(piece.tokens) for piece in pieces)
    cells = sum(bool(piece.role) for piece in pieces)
    return named >= 0.5 * total or cells >= 3 and cells >= 0.6 * len(pieces)


def _pieces(row: TableRow, vocabulary: Vocabulary) -> list[_Piece]:
    """Cells cut where a column wording begins; what precedes the first stays with it unless it is apart."""
    found: list[_Piece] = []
    for cell in row.row.cells:
        tokens: list[tuple[str, int]] = []
        for place, word in enumerate(cell.words):
            own = tokens_of(word.text)
            tokens += [(token, place) for token in own]
        plain = [token for token, _place in tokens]
        starts: list[tuple[int, int, str]] = []  # (token, length, role)
        at = 0
        while at < len(plain):
            match = column_at(plain, at, vocabulary, row.fuzzy)
            # a wording begins and ends with a word
            if match and (at == 0 or tokens[at - 1][1] != tokens[at][1]):
                starts.append((at, match[0], match[1]))
                at += match[0]
            else:
                at += 1
        if not starts:
            found.append(_Piece(cell.words, tuple(plain)))
            continue
        named = sum(length for _start, length, _role in starts)
        sentence = starts[0][0] > 2 or len(plain) >= 6 and named < 0.6 * len(plain)
        if sentence or any(":" in word.text or "@" in word.text for word in cell.words):
            found.append(_Piece(cell.words, tuple(plain)))
            continue
        for number, (start, length, role) in enumerate(starts):
            first = 0 if number == 0 else tokens[start][1]
            end = tokens[starts[number + 1][0]][1] if number + 1 < len(starts) else len(cell.words)
            words = cell.words[first:end]
            if words:
                own = tuple(token for token, place in tokens if first <= place < end)
                found.append(_Piece(words, own, role, length))
    return _bilingual(found)


def _bilingual(pieces: Sequence[_Piece]) -> list[_Piece]:
    """“Qty / Qté”, “Description – Désignation”: two wordings of one role side by side are one column."""
    merged: list[_Piece] = []
    for piece in pieces:
        if merged and merged[-1].role and merged[-1].role == piece.role:
            height = merged[-1].words[-1].y1 - merged[-1].words[-1].y0
            if piece.x0 - merged[-1].x1 < 0.9 * height:
                merged[-1] = _both(merged[-1], piece, merged[-1].role)
                continue
        if merged and merged[-1].role and piece.role and merged[-1].words[-1].text.endswith("/"):
            # “Menge/Einheit” is a quantity with its unit, “Item / Désignation” a description
            role = merged[-1].role if piece.role in (UNIT, POSITION) else piece.role
            role = merged[-1].role if merged[-1].role == QUANTITY else role
            merged[-1] = _both(merged[-1], piece, role)
            continue
        merged.append(piece)
    return merged


def _both(left: _Piece, right: _Piece, role: str) -> _Piece:
    return _Piece(
        left.words + right.words, left.tokens + right.tokens, role, left.named + right.named
    )


def _band(
    rows: Sequence[TableRow],
    pieces: Sequence[Sequence[_Piece]],
    index: int,
    taken: set[int],
    vocabulary: Vocabulary,
) -> list[int]:
    """Rows just above and below that belong to the header."""
    band = [index]
    for step in (-1, 1):
        at = index + step
        reached = rows[index]
        while 0 <= at < len(rows) and at not in taken and len(band) < 5:
            row = rows[at]
            height = min(reached.y1 - reached.y0, row.y1 - row.y0)
            gap = (reached.y0 - row.y1) if step < 0 else (row.y0 - reached.y1)
            if gap > _STACK_GAP * height or not _continues(row, pieces[at], vocabulary):
                break
            band.append(at)
            reached = row
            at += step
    return sorted(band)


def _continues(row: TableRow, pieces: Sequence[_Piece], vocabulary: Vocabulary) -> bool:
    """A further row of a header: no figures, short cells, of which at least half speak of columns."""
    if any(char.isdigit() for char in row.row.text) or any(len(p.words) > 5 for p in pieces):
        return False
    if ":" in row.row.text:
        return False
    spoken = 0
    for piece in pieces:
        tokens = piece.tokens or ("%",)
        if piece.role or all(
            token in vocabulary.fillers
            or row.fuzzy
            and any(near(token, f) for f in vocabulary.fillers if len(f) > 3)
            for token in tokens
        ):
            spoken += 1
    return spoken >= 0.6 * len(pieces) and spoken > 0


def _header(
    rows: Sequence[TableRow],
    pieces: Sequence[Sequence[_Piece]],
    band: Sequence[int],
    vocabulary: Vocabulary,
) -> Header | None:
    stacks: list[list[_Piece]] = []
    main = max(band, key=lambda at: len({p.role for p in pieces[at] if p.role}))
    for piece in pieces[main]:
        stacks.append([piece])
    for at in band:
        if at == main:
            continue
        for piece in pieces[at]:
            home = _home(piece, stacks)
            if home is None:
                stacks.append([piece])
            elif at < main:
                # above: keep the order from top to bottom
                place = next(
                    (i for i, p in enumerate(home) if p.words[0].y0 > piece.words[0].y0), len(home)
                )
                home.insert(place, piece)
            else:
                home.append(piece)
    stacks = [part for stack in stacks for part in _apart(stack)]
    columns = [
        column for stack in stacks if (column := _column(stack, vocabulary, rows[main].fuzzy))
    ]
    columns.sort(key=lambda column: column.x0)
    columns = _one_each(columns)
    roles = {column.role for column in columns}
    if len(roles) < 2 or not (roles & _MONEY_ROLES or QUANTITY in roles):
        return None
    if not roles & _ITEM_ROLES and len(roles & _RECAP_ROLES) < 2:
        return None
    boxes = [rows[at].row.box for at in band]
    height = rows[main].y1 - rows[main].y0
    if not any(b.x0 - a.x1 > 0.8 * height for a, b in zip(columns, columns[1:], strict=False)):
        return None  # words of a sentence
    return Header(
        tuple(columns),
        tuple(band),
        boxes[0].page,
        min(box.y0 for box in boxes),
        max(box.y1 for box in boxes),
    )


def _apart(stack: list[_Piece]) -> list[list[_Piece]]:
    """A name over a reference, or a name over a quantity, are columns of their own: the lines have two rows as well."""
    roles = {piece.role for piece in stack if piece.role}
    naming = roles & {DESCRIPTION, REFERENCE}
    if len(naming) < 2 and not (naming and roles & _FIGURES):
        return [stack]
    parts: list[list[_Piece]] = []
    for piece in stack:
        if piece.role and (not parts or piece.role != parts[-1][0].role):
            parts.append([piece])
        elif parts:
            parts[-1].append(piece)
    return parts


def _home(piece: _Piece, stacks: Sequence[list[_Piece]]) -> list[_Piece] | None:
    best, widest = None, 0.0
    for stack in stacks:
        x0, x1 = min(p.x0 for p in stack), max(p.x1 for p in stack)
        shared = min(x1, piece.x1) - max(x0, piece.x0)
        if shared > widest:
            best, widest = stack, shared
    return best


def _column(stack: Sequence[_Piece], vocabulary: Vocabulary, fuzzy: bool) -> Column | None:
    words = tuple(word for piece in stack for word in piece.words)
    tokens = [token for piece in stack for token in piece.tokens]
    roles = [piece.role for piece in stack if piece.role]
    if not roles:
        role = ""
        for at in range(len(tokens)):
            match = column_at(tokens, at, vocabulary, fuzzy)
            if match:
                role = match[1]
                break
        if not role:
            return None
    else:
        role = roles[0]
        if len(stack) > 1:
            # read from top to bottom a longer wording may say more: “Prix” over “unitaire”, “Montant” over “TTC”
            longest = 0
            for at in range(len(tokens)):
                match = column_at(tokens, at, vocabulary, fuzzy)
                if match and match[0] > longest and (not longest or role in (POSITION, UNIT)):
                    longest, role = match
    x0, x1 = min(word.x0 for word in words), max(word.x1 for word in words)
    text = " ".join(tokens)
    taxed = any(_holds(tokens, wording) for wording in vocabulary.with_tax)
    if role == AMOUNT and taxed:
        role = AMOUNT_GROSS
    return Column(role, x0, x1, words, taxed, text)


def _holds(tokens: Sequence[str], wording: Sequence[str]) -> bool:
    size = len(wording)
    return any(
        tuple(tokens[at : at + size]) == tuple(wording) for at in range(len(tokens) - size + 1)
    )


def _one_each(columns: Sequence[Column]) -> list[Column]:
    """Two “price” columns are a gross and a net one when the words say so; else both stay and arithmetic tells."""
    result = list(columns)
    naming = [i for i, column in enumerate(result) if column.role == DESCRIPTION]
    if len(naming) >= 2:
        # “Article … Désignation”: the one with most room is the description, what stands left of it its number
        def room(at: int) -> float:
            following = result[at + 1].x0 if at + 1 < len(result) else result[at].x1
            return following - result[at].x0

        widest = max(naming, key=room)
        for at in naming:
            if at < widest:
                result[at] = replace(result[at], role=REFERENCE)
    prices = [i for i, column in enumerate(result) if column.role == PRICE]
    if any(result[i].with_tax for i in prices) and not all(result[i].with_tax for i in prices):
        for at in prices:
            if result[at].with_tax:
                result[at] = replace(result[at], role=PRICE_TAXED)
        prices = [i for i in prices if result[i].role == PRICE]
    amounts = [i for i, column in enumerate(result) if column.role == AMOUNT]
    if len(prices) >= 2 and not amounts and AMOUNT_GROSS not in {c.role for c in result}:
        # “Prix … Prix”: the last one is that of the row
        result[prices[-1]] = replace(result[prices[-1]], role=AMOUNT)
    elif prices == [len(result) - 1] and not {AMOUNT, AMOUNT_GROSS, QUANTITY} & {
        c.role for c in result
    }:
        # nothing but a price: that is what the line costs
        result[-1] = replace(result[-1], role=AMOUNT)
    return result


def says(tokens: Sequence[str], text: str) -> bool:
    """Whether these tokens hold this wording."""
    return _holds(tokens, tokens_of(text))
