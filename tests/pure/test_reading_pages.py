"""Pages of supplier documents: what the page says itself, what is recognised, and where it stands."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter
from reading import cleanup, ocr, pages, raster, recognition, sheet
from reading.model import BLANK, MIXED, OCR, TEXT, Options, Page, Word
from reading.textlayer import read_layer, read_text, text_pages
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed"
)
ROWS = [
    "Facture N° 2024-0117 du 12/03/2024",
    "Imprimerie Duval, 12 rue des Lilas, 69003 Lyon",
    "SIRET 732 829 320 00074",
    "Papier A4 80 g  12  4,50  54,00",
    "Enveloppes C5  3  11,20  33,60",
    "Encre noire  2  31,15  62,30",
    "Total HT 149,90 EUR",
    "TVA 20 % 29,98 EUR",
    "Total TTC 179,88 EUR",
]
TERMS = [
    "Paiement à trente jours, sans escompte pour paiement anticipé.",
    "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 euros.",
]


def drawn(draw, size=(595, 842), pages_of=1) -> bytes:
    file = io.BytesIO()
    sheet_ = canvas.Canvas(file, pagesize=size)
    for _ in range(pages_of):
        sheet_.setFont("Helvetica", 11)
        draw(sheet_)
        sheet_.showPage()
    sheet_.save()
    return file.getvalue()


def invoice(page: canvas.Canvas) -> None:
    for index, row in enumerate(ROWS + TERMS):
        page.drawString(60, 760 - 24 * index, row)


def words(content: bytes, number: int = 0) -> list[Word]:
    return read_text(pypdfium2.PdfDocument(content), number)


def texts(content: bytes, number: int = 0) -> list[str]:
    return [word.text for word in sorted(words(content, number), key=lambda w: (w.y0, w.x0))]


def scan(content: bytes, resolution: int = 200) -> Image.Image:
    return raster.draw_page(pypdfium2.PdfDocument(content), 0, resolution).image.copy()


def picture_pdf(*images: Image.Image, over: bool = False, text: bool = False) -> bytes:
    """Pages that are nothing but a picture; with text before (hidden) or after it."""
    file = io.BytesIO()
    page = canvas.Canvas(file, pagesize=(595, 842))
    for image in images:
        if text and over:
            invoice(page)
        page.drawImage(ImageReader(image), 0, 0, 595, 842)
        if text and not over:
            invoice(page)
        page.showPage()
    page.save()
    return file.getvalue()


def saved(image: Image.Image, kind: str = "PNG", **more) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


# --- the text layer ---


def test_an_amount_keeps_its_narrow_figures_together_and_ends_at_spaces_of_any_kind():
    found = texts(drawn(lambda page: page.drawString(60, 700, "1\xa0111,11 x 1\xa0000 = 11")))
    assert found == ["1", "111,11", "x", "1", "000", "=", "11"]


def test_words_stand_where_they_are_printed():
    (word,) = words(drawn(lambda page: page.drawString(100, 700, "Total")))
    assert (word.x0, word.page, word.source, word.confidence) == (pytest.approx(100, abs=0.1), 0, TEXT, 1)  # fmt: skip
    assert word.y0 < 842 - 700 - 7 and 842 - 700 < word.y1 < 842 - 700 + 4


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_and_cropped_page_is_read_as_shown_and_upright(turn):
    reader = PdfReader(io.BytesIO(drawn(invoice)))
    page = reader.pages[0]
    page.cropbox.lower_left, page.cropbox.upper_right = (20, 400), (560, 800)
    page.rotate(turn)
    writer = PdfWriter()
    writer.add_page(page)
    file = io.BytesIO()
    writer.write(file)
    layer = read_layer(pypdfium2.PdfDocument(file.getvalue()), 0)
    total = next(word for word in layer.words if word.text == "Facture")
    assert (total.x0, total.y1) == (pytest.approx(40, abs=0.5), pytest.approx(42, abs=1))
    assert (layer.width, layer.height) == (540, 400)
    assert layer.turn == (360 - turn) % 360


def test_text_out_of_sight_is_no_text():
    def draw(page: canvas.Canvas) -> None:
        page.drawString(60, 700, "Visible")
        page.drawString(900, 700, "Outside")
        hidden = page.beginText(60, 600)
        hidden.setTextRenderMode(3)
        hidden.textOut("Hidden")
        page.drawText(hidden)

    assert texts(drawn(draw)) == ["Visible"]


def test_bold_by_striking_twice_is_one_word():
    def draw(page: canvas.Canvas) -> None:
        page.drawString(60, 700, "Total TTC")
        page.drawString(60.4, 700, "Total TTC")

    assert texts(drawn(draw)) == ["Total", "TTC"]


def test_the_line_along_the_edge_and_a_watermark_do_not_cut_the_rows():
    def draw(page: canvas.Canvas) -> None:
        invoice(page)
        for place, angle in (((20, 300), 90), ((200, 300), 45)):
            page.saveState()
            page.translate(*place)
            page.rotate(angle)
            page.drawString(0, 0, "DUPLICATA")
            page.restoreState()

    layer = read_layer(pypdfium2.PdfDocument(drawn(draw)), 0)
    assert "DUPLICATA" not in [word.text for word in layer.words]
    assert "DUPLICATA" in [word.text for word in layer.edges]


def test_spaced_letters_are_a_word_and_leader_dots_are_none():
    def draw(page: canvas.Canvas) -> None:
        page.drawString(60, 700, "F A C T U R E")
        page.drawString(60, 600, "Total........12,50")

    assert texts(drawn(draw)) == ["FACTURE", "Total", "12,50"]


def test_a_file_that_is_no_pdf_has_no_pages():
    assert text_pages(b"no pdf") == []
    found, told = pages.read_pages(b"%PDF-1.7 broken", "pdf", Options())
    assert (found, [message.code for message in told]) == ([], ["pdf_damaged"])


def test_a_protected_pdf_says_so():
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(drawn(invoice))))
    writer.encrypt("secret", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    assert [m.code for m in pages.read_pages(file.getvalue(), "pdf", Options())[1]] == [
        "pdf_protected"
    ]


def test_text_pages_are_not_recognised(monkeypatch):
    monkeypatch.setattr(ocr, "recognise", lambda *a, **k: pytest.fail("recognised"))
    found, told = pages.read_pages(drawn(invoice, pages_of=2), "pdf", Options())
    assert [page.source for page in found] == [TEXT, TEXT] and not told


def test_letters_without_a_known_meaning_are_no_text():
    layer = read_layer(pypdfium2.PdfDocument(drawn(invoice)), 0)
    assert pages.is_usable(layer)
    shifted = str.maketrans({chr(code): chr((code - 97 + 3) % 26 + 97) for code in range(97, 123)})
    long = [Word(0, 0, 0, 1, 1, word.text.lower().translate(shifted)) for word in layer.words] * 3
    garbled = type(layer)(tuple(long), 595, 842, characters=400)
    assert not pages.is_usable(garbled)


# --- pictures ---


def test_pictures_of_every_mode_become_grey_on_white():
    see_through = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    for image, kind in (
        (Image.new("CMYK", (40, 30)), "JPEG"),
        (see_through, "PNG"),
        (Image.new("1", (40, 30), 1), "TIFF"),
        (Image.fromarray(numpy.full((30, 40), 65535, numpy.uint16)), "PNG"),
        (Image.new("P", (40, 30), 0).convert("RGB").point(lambda _: 255).convert("P"), "GIF"),
    ):
        (picture,) = raster.open_pictures(saved(image, kind))
        assert picture.image.mode == "L"
        assert numpy.asarray(picture.image).min() > 250, kind


def test_a_photograph_is_turned_as_its_camera_says():
    image = Image.new("L", (40, 20), 255)
    exif = Image.Exif()
    exif[0x0112] = 6
    (picture,) = raster.open_pictures(saved(image, "JPEG", exif=exif))
    assert picture.image.size == (20, 40)


def test_a_picture_of_too_many_points_is_refused():
    bomb = saved(Image.new("1", (9000, 9000)), "PNG")
    found, told = pages.read_pages(bomb, "png", Options())
    assert (found, [message.code for message in told]) == ([], ["picture_too_large"])
    assert [m.code for m in pages.read_pages(b"\x89PNG\r\n\x1a\nxx", "png", Options())[1]] == [
        "picture_damaged"
    ]


def test_a_huge_page_is_drawn_within_the_limit():
    picture = raster.draw_page(pypdfium2.PdfDocument(drawn(invoice, (14400, 14400))), 0)
    assert picture.image.width * picture.image.height <= 1.01 * raster.PAGE_PIXELS


def test_a_slanted_scan_is_straightened():
    image = scan(drawn(invoice), 150).rotate(-2.4, fillcolor=255)
    assert cleanup.slant(image) == pytest.approx(2.4, abs=0.3)


def test_white_words_on_a_dark_band_become_dark_on_white():
    image = Image.new("L", (1600, 1200), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 300, 1500, 400), fill=40)
    draw.text((300, 330), "Montant", fill=255, font=ImageFont.load_default(40))
    even = numpy.asarray(cleanup.clean(image, 1.0).image)
    assert (even[320:380, 600:1400] > 200).all()
    assert (even[320:380, 300:480] < 100).any()


def test_a_thick_frame_is_no_dark_band():
    image = Image.new("L", (1600, 1200), 255)
    ImageDraw.Draw(image).rectangle((100, 300, 1500, 380), outline=0, width=9)
    assert not cleanup.dark_bands(image).any()


def test_the_back_of_a_sheet_is_blank_and_a_short_last_page_is_not():
    noise = numpy.random.default_rng(7).normal(185, 15, (1170, 827)).clip(0, 255)
    grain = Image.fromarray(noise.astype(numpy.uint8))
    assert cleanup.is_blank(cleanup.clean(grain, 2.0).image)
    short = scan(drawn(lambda page: page.drawString(60, 700, "Net à payer : 1 250,00 €")))
    assert not cleanup.is_blank(cleanup.clean(short, 1.5).image)


def test_the_sheet_is_found_on_the_table_and_a_scan_stays_whole():
    page = scan(drawn(invoice), 100)
    table = Image.new("L", (1000, 1300), 50)
    table.paste(page.resize((700, 1000)), (150, 140))
    corners = sheet.find_corners(table)
    assert corners is not None
    for found, true in zip(corners.points, [(150, 140), (850, 140), (850, 1140), (150, 1140)], strict=True):  # fmt: skip
        assert found == (pytest.approx(true[0], abs=6), pytest.approx(true[1], abs=6))
    assert sheet.lay_flat(table, corners).size == (
        pytest.approx(700, abs=10),
        pytest.approx(1000, abs=10),
    )
    assert sheet.find_corners(page) is None


def test_readings_of_one_page_are_laid_over_each_other():
    first = [ocr.Seen(0, 0, 50, 20, "12.50", 0.5), ocr.Seen(200, 0, 260, 20, "Total", 0.9)]
    second = [ocr.Seen(0, 0, 50, 20, "12,50", 0.9), ocr.Seen(100, 0, 110, 20, "3", 0.8)]
    assert [word.text for word in ocr.merged(first, second)] == ["12,50", "Total", "3"]
    assert [word.text for word in ocr.filled(first, second)] == ["12.50", "Total", "3"]


# --- recognition ---


def read(content: bytes, kind: str = "pdf", **more) -> list[Page]:
    return pages.read_pages(content, kind, Options(**more))[0]


@needs_tesseract
def test_a_scan_is_read_where_it_stands_and_its_blank_back_left_out():
    (front, back) = read(picture_pdf(scan(drawn(invoice)), Image.new("L", (1240, 1754), 235)))
    said = {word.text: word for word in front.words}
    assert {"732", "149,90", "179,88", "12/03/2024"} <= said.keys()
    true = {word.text: word for word in words(drawn(invoice))}
    assert said["179,88"].x0 == pytest.approx(true["179,88"].x0, abs=3)
    assert said["179,88"].middle == pytest.approx(true["179,88"].middle, abs=3)
    assert front.source == OCR and 0.8 < front.quality <= 1
    assert (back.source, back.skipped) == (BLANK, "blank")


@needs_tesseract
def test_text_under_a_scan_is_not_believed_and_text_over_a_letterhead_is():
    lie = scan(drawn(lambda page: page.drawString(60, 500, "Seule cette ligne est visible")))
    (page,) = read(picture_pdf(lie, over=True, text=True))
    assert page.source == OCR and "179,88" not in [word.text for word in page.words]
    (page,) = read(picture_pdf(lie, over=False, text=True))
    assert page.source == MIXED
    assert {"179,88", "visible"} <= {word.text for word in page.words}
    assert {word.source for word in page.words if word.text == "179,88"} == {TEXT}


@needs_tesseract
@pytest.mark.parametrize("turn", [180, 90])
def test_a_sheet_put_in_the_wrong_way_is_turned_upright(turn):
    image = scan(drawn(invoice)).rotate(turn, expand=True)
    found = recognition.recognise_page(raster.Picture(image, 200), 0)
    assert found.turn == turn
    assert (found.width, found.height) == (pytest.approx(595, abs=1), pytest.approx(842, abs=1))
    assert "179,88" in [word.text for word in found.words]


@needs_tesseract
def test_beyond_the_limit_the_first_pages_and_the_last_are_read():
    sheets = [scan(drawn(lambda page, n=n: page.drawString(60, 700, f"Feuille {n} de la facture")), 100) for n in range(4)]  # fmt: skip
    found, told = pages.read_pages(picture_pdf(*sheets), "pdf", Options(max_pages=2))
    assert [page.skipped for page in found] == ["", "limit", "limit", ""]
    assert [(message.code, message.values["pages"]) for message in told] == [
        ("pages_left_out", "2–3")
    ]


def test_without_tesseract_the_message_says_so(monkeypatch):
    monkeypatch.setattr(ocr, "recognise", lambda *a, **k: (_ for _ in ()).throw(ocr.Unavailable()))
    found, told = pages.read_pages(saved(scan(drawn(invoice), 100)), "png", Options())
    assert [message.code for message in told] == ["ocr_absent"] and not found[0].words


@needs_tesseract
@pytest.mark.parametrize(
    ("quality", "least"), [("office200", 0.97), ("poor150", 0.9), ("photo", 0.95)]
)
def test_numbers_of_public_scans_are_read(shared: Path, quality: str, least: float):
    corpus = shared / "corpora" / "reading"
    if not corpus.is_dir():
        pytest.skip(f"no corpus at {corpus}")
    name = {"office200": "dev_d1_000", "poor150": "dev_d1_000", "photo": "dev_d3_002"}[quality]
    true = text_pages((corpus / "synth" / f"{name}.pdf").read_bytes())[0]
    (page, *_) = read((corpus / "scans" / quality / f"{name}.pdf").read_bytes(), max_pages=1)
    numbers = [word.text for word in true.words if sum(map(str.isdigit, word.text)) > 2]
    said = [word.text for word in page.words]
    assert sum(number in said for number in numbers) >= least * len(numbers)
