"""The table of customers: what people really send."""

import csv
import io
import time
import zipfile

import partner_sheet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from partner_sheet import MAX_ROWS, SheetError, read_sheet, template, write_errors


def workbook(*lines):
    book = Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEADER = ["Nom ou raison sociale", "SIRET", "N° TVA", "E-mail"]


def test_the_template_is_read_back_with_every_column():
    book = load_workbook(io.BytesIO(template(["Plateforme agréée", "E-mail", "Papier"])))
    assert [cell.value for cell in book["Clients"][1]] == [c.header for c in partner_sheet.COLUMNS]
    assert "Papier" in book["Clients"].data_validations.dataValidation[0].formula1
    book["Clients"].cell(2, 1).value = "Atelier Nivelle"
    book["Clients"].cell(2, 4).value = "99023417100017"
    out = io.BytesIO()
    book.save(out)
    (row,) = read_sheet(out.getvalue()).rows
    assert row.number == 2
    assert row.values["name"] == "Atelier Nivelle"
    assert row.values["siret"] == "99023417100017"


def test_a_siret_that_excel_took_for_a_number_keeps_its_digits():
    (row,) = read_sheet(workbook(HEADER, ["Nivelle", 99023417100017.0, None, " a@b.fr "])).rows
    assert row.values["siret"] == "99023417100017"
    assert row.values["email"] == "a@b.fr"


def test_headers_are_recognised_whatever_their_case_accents_and_order():
    (row,) = read_sheet(
        workbook(
            ["Client n°", "COURRIEL", "Siren", "Société", "x"], [1, "a@b.fr", "990234171", "N", "y"]
        )
    ).rows
    assert row.values == {"email": "a@b.fr", "siret": "990234171", "name": "N"}
    assert row.cells == ["1", "a@b.fr", "990234171", "N", "y"]


def test_a_title_above_the_header_and_empty_lines_do_no_harm():
    sheet = read_sheet(workbook(["Nos clients 2026"], [], HEADER, [None, None], ["Nivelle"]))
    assert [row.number for row in sheet.rows] == [5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_in_the_encodings_and_delimiters_of_the_field(encoding, delimiter):
    lines = [["Nom", "SIRET", "Courriel"], ["Été & fils", "99023417100017", "a@b.fr"]]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    sheet = read_sheet(content)
    assert sheet.kind == "csv"
    assert sheet.rows[0].values == {
        "name": "Été & fils",
        "siret": "99023417100017",
        "email": "a@b.fr",
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"%PDF-1.7 x", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "old_excel"),
        (b"\x89PNG\x00\x00", "not_a_table"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (b"colour;size\nred;4\n", "no_header"),
        (b"Nom;SIRET\n", "no_rows"),
        (b"x" * (partner_sheet.MAX_BYTES + 1), "too_big"),
    ],
)
def test_what_cannot_be_read_says_why(content, code):
    with pytest.raises(SheetError) as caught:
        read_sheet(content)
    assert caught.value.code == code


def test_a_zip_that_is_no_workbook_and_one_that_declares_entities():
    def archive(**files):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, text in files.items():
                packed.writestr(name.replace("__", "/") + ".xml", text)
        return out.getvalue()

    with pytest.raises(SheetError, match="not_a_table"):
        read_sheet(archive(word__document="<x/>"))
    with pytest.raises(SheetError, match="damaged"):
        read_sheet(archive(xl__workbook='<!DOCTYPE x [<!ENTITY a "b">]><x/>'))
    with pytest.raises(SheetError, match="too_big"):
        read_sheet(archive(xl__workbook="<x/>", xl__bomb="0" * (partner_sheet.MAX_UNPACKED + 1)))


def test_too_many_rows():
    content = ("Nom\n" + "x\n" * (MAX_ROWS + 1)).encode()
    with pytest.raises(SheetError, match="too_many_rows"):
        read_sheet(content)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_file_of_errors_is_the_same_file_with_one_more_column(kind):
    headers = ["Nom ou raison sociale", "SIRET", "Ma colonne"]
    content = write_errors(
        kind, headers, [(["=HYPERLINK(1)", "123", "à moi"], "Le SIRET a 14 chiffres.")]
    )
    again = read_sheet(content)
    assert again.kind == kind
    assert again.headers == headers
    assert again.rows[0].cells == ["=HYPERLINK(1)", "123", "à moi"]
    if kind == "xlsx":
        cell = load_workbook(io.BytesIO(content)).active["A2"]
        assert (cell.data_type, cell.value) == ("s", "=HYPERLINK(1)")
    else:
        assert b"'=HYPERLINK(1)" in content


@settings(database=None)
@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), min_size=1, max_size=8))
def test_any_text_comes_back_from_the_file_of_errors(cells):
    rows = [
        [" ".join("".join(c for c in cell if c.isprintable()).split()).lstrip("'") for cell in line]
        for line in cells
    ]
    rows = [["x" + line[0], line[1]] for line in rows]
    content = write_errors("csv", ["Nom", "SIRET"], [(line, "erreur") for line in rows])
    assert [row.cells for row in read_sheet(content).rows] == rows


SHEET = "xl/worksheets/sheet1.xml"
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGHS = "<!DOCTYPE a [<!ENTITY e0 'lol'>" + "".join(
    f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 9)
) + "]>"  # fmt: skip
CELL = '<c t="inlineStr"><is><t>Nom</t></is></c>'


def rows(text, tail=""):
    return f"<worksheet {SPACE}><sheetData>{text}</sheetData>{tail}</worksheet>"


HOSTILE_PARTS = {
    "entities after a long comment": (
        SHEET, f"<!--{' ' * 5000}-->{LAUGHS}" + rows(f"<row>{CELL.replace('Nom', '&e8;')}</row>")),
    "entities in UTF-16": (SHEET, (LAUGHS + rows("<row/>")).encode("utf-16")),
    "a file of the server": (
        SHEET, f"<!--{' ' * 5000}--><!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
        + rows(f"<row>{CELL}</row><row>{CELL.replace('Nom', '&e;')}</row>")),
    "a million cells in a row": (SHEET, rows(f"<row>{CELL * 1_000_000}</row>")),
    "two million styles": (
        "xl/styles.xml", f"<styleSheet {SPACE}><cellXfs>{'<xf/>' * 2_000_000}</cellXfs></styleSheet>"),
    "300 MB of nothing": ("xl/media.xml", b" " * (300 << 20)),
    "broken": (SHEET, "<worksheet"),
    "columns far to the right": (
        SHEET, rows("".join(f'<row r="{n}">' + CELL.replace("<c", f'<c r="XFD{n}"') + "</row>" for n in range(1, 2000)))),
    "a row far down": (SHEET, rows(f'<row r="1048576">{CELL}</row>')),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_PARTS)
def test_a_workbook_made_to_harm_is_refused_at_once(name):
    part, content = HOSTILE_PARTS[name]
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(HEADER, ["Nivelle"]))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for other in source.namelist():
            if other != part:
                target.writestr(other, source.read(other))
        target.writestr(part, content)
    start = time.monotonic()
    with pytest.raises(SheetError):
        read_sheet(out.getvalue())
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "content",
    [
        b"Nom;SIRET\n" + b"\n" * 5_000_000,
        b'Nom;SIRET\n"' + b"x" * 5_000_000,
        b"Nom;SIRET\n" + b";" * 5_000_000,
        b"\x00" * 1000,
        b"GIF89a" + bytes(range(256)),
        b"x" * (50 << 20),
        b"<?xml version='1.0'?><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        b"{\\rtf1 hello}",
    ],
)
def test_what_is_no_table_is_refused(content):
    with pytest.raises(SheetError):
        read_sheet(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_of_any_usual_encoding_is_read(encoding):
    (row,) = read_sheet("Nom;E-mail\nCéramiques d'Alès;a@b.fr\n".encode(encoding)).rows
    assert row.values["name"] == "Céramiques d'Alès"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\n="])
def test_no_cell_of_the_returned_file_calculates(kind, start):
    attack = start + 'cmd|" /C calc"!A0'
    source = f'Nom;SIRET\n"{attack.replace(chr(34), chr(34) * 2)}";1\n'.encode()
    (row,) = read_sheet(source).rows
    content = write_errors(kind, [attack, "SIRET"], [(row.cells, attack), ([attack, "1"], "x")])
    if kind == "csv":
        cells = [
            c
            for line in csv.reader(
                io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"
            )
            for c in line
        ]
        assert not any(cell.lstrip()[:1] in ("=", "+", "-", "@") for cell in cells)
    else:
        for line in load_workbook(io.BytesIO(content)).active.iter_rows():
            assert all(
                cell.data_type in ("s", "n") and not (cell.data_type == "n" and cell.value)
                for cell in line
            )
