"""Reading and writing the table of customers and suppliers: xlsx or csv, judged by content.

In: the bytes of a file from anywhere. Out: rows of text by column key, each with its line number and its raw cells, so that bad rows can
go back as the same file with one more column. Nothing here knows Odoo; a `SheetError` says what is wrong by a short code.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024
# Of one part of a workbook: the cells of a sheet, and its styles and all the rest, which are slower to read.
MAX_TAGS, MAX_STYLE_TAGS = 1_500_000, 150_000
MAX_ROWS = 2000
MAX_COLUMNS = 60
MAX_CELL = 500
HEADER_WITHIN = 10
ERROR_HEADER = "Erreur"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Column:
    """A column: its key, its French header, other headers that mean the same, its width, and what to write in it."""

    key: str
    header: str
    aliases: tuple[str, ...]
    width: int
    help: str


COLUMNS = (
    Column(
        "name",
        "Nom ou raison sociale",
        ("nom", "raison sociale", "nom de l'entreprise", "societe", "client", "fournisseur", "name", "company"),
        34,
        "Obligatoire. Le nom de l'entreprise, ou le nom de famille d'un particulier.",
    ),
    Column(
        "first_name",
        "Prénom",
        ("first name", "firstname"),
        16,
        "Seulement pour un particulier.",
    ),
    Column(
        "number",
        "Numéro",
        ("n°", "numero client", "numero fournisseur", "code client", "code", "number", "code fournisseur"),
        14,
        "Facultatif. Vide : le numéro suivant est donné.",
    ),
    Column("siret", "SIRET", ("siren", "siret ou siren", "n° siret", "numero siret", "siren/siret"), 20, "14 chiffres (ou les 9 chiffres du SIREN)."),
    Column("vat", "N° TVA", ("tva", "numero de tva", "tva intracommunautaire", "n° tva intracommunautaire", "vat", "vat number"), 18, "Exemple : FR22990234171."),
    Column("iban", "IBAN", ("compte bancaire", "bank account"), 36, "Le compte bancaire."),
    Column("email", "E-mail", ("mail", "courriel", "adresse e-mail", "adresse mail", "email"), 32, "Une adresse."),
    Column("method", "Moyen de contact", ("moyen", "envoi", "contact method"), 22, "À choisir dans la liste. Vide : rien n'est changé."),
    Column("routing", "Code de routage", ("code routage", "routage", "code service", "routing code"), 20, "Le service de l'entreprise qui reçoit les factures ; avec son SIRET."),
    Column("copies", "Exemplaires papier", ("exemplaires", "nombre d'exemplaires", "copies", "nb exemplaires"), 14, "Nombre d'exemplaires imprimés d'une facture papier (1 si vide)."),
)  # fmt: skip


class SheetError(Exception):
    """The file cannot be read as a table. `code`: what is wrong; `value`: a limit or a name to show with it.

    Codes: ``empty``, ``too_big``, ``old_excel``, ``pdf``, ``not_a_table``, ``damaged``, ``no_header``, ``no_rows``, ``too_many_rows``,
    ``protected``.
    """

    def __init__(self, code: str, value: object = ""):
        super().__init__(f"{code} {value}".strip())
        self.code = code
        self.value = value


@dataclass
class Row:
    """One line of the file: its number there, its cells as text, and the values of the columns we know."""

    number: int
    cells: list[str]
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Sheet:
    """A table that was read. `kind`: ``xlsx`` or ``csv``."""

    kind: str
    headers: list[str]
    rows: list[Row]


def fold(text: str) -> str:
    """Letters and digits of a header, without accents, case and punctuation."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())


_KEYS = {fold(text): c.key for c in COLUMNS for text in (c.header, *c.aliases, c.key)}
_ERRORS = {fold(ERROR_HEADER), "error", "erreurs"}


def read_sheet(content: bytes) -> Sheet:
    """Read a table of partners.

    :param content: the whole file, at most `MAX_BYTES`.
    :raises SheetError: see its codes.
    """
    if not content.strip():
        raise SheetError("empty")
    if len(content) > MAX_BYTES:
        raise SheetError("too_big", MAX_BYTES // (1024 * 1024))
    if content[:4] == b"PK\x03\x04":
        kind, lines = "xlsx", _xlsx_lines(content)
    elif content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise SheetError("old_excel")
    elif content[:5] == b"%PDF-":
        raise SheetError("pdf")
    else:
        kind, lines = "csv", _csv_lines(content)
    return _table(kind, lines)


def _table(kind: str, lines: Iterable[list[str]]) -> Sheet:
    """Find the header among the first lines, then the rows below it."""
    headers: list[str] = []
    keys: dict[int, str] = {}
    rows: list[Row] = []
    for number, cells in enumerate(lines, start=1):
        cells = [cell[:MAX_CELL] for cell in cells[:MAX_COLUMNS]]
        if not keys:
            found = {i: _KEYS[fold(c)] for i, c in enumerate(cells) if fold(c) in _KEYS}
            if {"name", "siret"} & set(found.values()):
                headers, keys = cells, _first_of_each(found)
            elif number >= HEADER_WITHIN:
                break
            continue
        if not any(cells):
            continue
        if len(rows) >= MAX_ROWS:
            raise SheetError("too_many_rows", MAX_ROWS)
        values = {key: cells[i] if i < len(cells) else "" for i, key in keys.items()}
        rows.append(Row(number, cells, values))
    if not keys:
        raise SheetError("no_header")
    if not rows:
        raise SheetError("no_rows")
    while headers and (not headers[-1] or fold(headers[-1]) in _ERRORS):
        headers.pop()
    for row in rows:
        row.cells = (row.cells + [""] * len(headers))[: len(headers)]
    return Sheet(kind, headers, rows)


def _first_of_each(found: dict[int, str]) -> dict[int, str]:
    """The first column of each key: a file with both SIRET and SIREN gives the more precise one."""
    kept: dict[str, int] = {}
    for index, key in found.items():
        kept.setdefault(key, index)
    return {index: key for key, index in kept.items()}


def _xlsx_lines(content: bytes) -> Iterable[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "xl/workbook.xml" not in names:
                raise SheetError("not_a_table")
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
                raise SheetError("too_big", MAX_BYTES // (1024 * 1024))
            for name in names:
                if name.endswith((".xml", ".rels")):
                    _check_part(name, archive.read(name))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        lines = [
            [_text(value) for value in line[:MAX_COLUMNS]]
            for line in sheet.iter_rows(
                max_row=MAX_ROWS + HEADER_WITHIN + 200, max_col=MAX_COLUMNS, values_only=True
            )
        ]
        book.close()
        return lines
    except SheetError:
        raise
    except Exception as error:
        raise SheetError("damaged") from error


def _check_part(name: str, content: bytes) -> None:
    """Refuse what no program writes: a document type, entities, and parts that take minutes to read."""
    if b"\x00" in content:  # UTF-16 and UTF-32: told by their ASCII letters
        content = content.replace(b"\x00", b"")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise SheetError("damaged")
    cells = name.startswith("xl/worksheets/") or name == "xl/sharedStrings.xml"
    if content.count(b"<") > (MAX_TAGS if cells else MAX_STYLE_TAGS):
        raise SheetError("too_big", MAX_BYTES // (1024 * 1024))


def _text(value: object) -> str:
    """A cell as a person sees it: whole numbers without decimals, nothing for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return " ".join(str(value).split())


def _csv_lines(content: bytes) -> Iterable[list[str]]:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16", "replace")
    elif b"\x00" in content[:4096]:
        raise SheetError("not_a_table")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";\t,", key=head.count)
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [_unprotect(_text(cell)) for cell in line]
    except csv.Error as error:
        raise SheetError("damaged") from error


def _unprotect(cell: str) -> str:
    """Without the quote that keeps a spreadsheet from calculating a text (see `_protect`)."""
    return cell[1:] if re.match(r"'[=+\-@]", cell) else cell


def _protect(cell: str) -> str:
    return f"'{cell}" if re.match(r"\s*[=+\-@]|[\t\r\n]", cell) else cell


def write_errors(
    kind: str, headers: Sequence[str], rows: Iterable[tuple[Sequence[str], str]]
) -> bytes:
    """The same table with an error column.

    :param kind: ``xlsx`` or ``csv``.
    :param rows: for each bad row, its cells and what is wrong with it.
    """
    table = [[*headers, ERROR_HEADER], *([*cells, error] for cells, error in rows)]
    if kind == "csv":
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";").writerows(
            [[_protect(cell) for cell in line] for line in table]
        )
        return out.getvalue().encode("utf-8-sig")
    book = Workbook()
    sheet = book.active
    sheet.title = "À corriger"
    for line in table:
        sheet.append(["" for _cell in line])
        for index, cell in enumerate(line, start=1):
            _put(sheet.cell(sheet.max_row, index), cell)
    _decorate(sheet, [max(len(h) + 4, 14) for h in headers] + [70])
    return _saved(book)


def template(methods: Sequence[str]) -> bytes:
    """The empty workbook to fill in, with a page of explanations.

    :param methods: labels of the contact methods, for the drop-down list.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = "Clients"
    for index, column in enumerate(COLUMNS, start=1):
        _put(sheet.cell(1, index), column.header)
        letter = get_column_letter(index)
        # Text, so that Excel keeps the zeros and all the digits of a SIRET.
        sheet.column_dimensions[letter].number_format = "@"
        for line in range(2, 302):
            sheet.cell(line, index).number_format = "@"
        if column.key == "method":
            listed = DataValidation(
                type="list", formula1=f'"{",".join(methods)}"', allow_blank=True
            )
            listed.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
            sheet.add_data_validation(listed)
    _decorate(sheet, [column.width for column in COLUMNS])
    help_sheet = book.create_sheet("Aide")
    for column in COLUMNS:
        text = column.help
        if column.key == "method":
            text += " " + ", ".join(methods) + "."
        help_sheet.append([column.header, text])
    help_sheet.append([])
    help_sheet.append(
        [
            "",
            f"Au plus {MAX_ROWS} lignes par fichier. Un client déjà connu par son SIRET ou son SIREN est mis à jour.",
        ]
    )
    help_sheet.column_dimensions["A"].width = 26
    help_sheet.column_dimensions["B"].width = 100
    return _saved(book)


def _put(cell, text: str) -> None:
    """A text stays a text: a cell that starts with = is no formula of ours."""
    cell.value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    cell.data_type = "s"
    cell.number_format = "@"


def _decorate(sheet, widths: Sequence[int]) -> None:
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
        head = sheet.cell(1, index)
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor="1F4E79")
        head.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.freeze_panes = "A2"


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
