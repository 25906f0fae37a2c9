"""Nothing of an invoice is ever cut: growing line by line around the limit of a page, on any paper."""

import pytest
from pages import CSS, PAPERS, inside, invoice, places, report, texts, words

from services.renderer.printer import Printer, Shell

SHELL = Shell.make([CSS.decode()], {})
HEADERS = ("HEADZ", "FOOTZ", "COLA", "COLB")


@pytest.fixture(scope="module")
def printer():
    printer = Printer()
    yield printer
    printer.close()


def draw(printer, pages, paper, **options):
    documents = [vars(page) for page in pages]
    return printer.print_documents(documents, paper.to_dict(), SHELL, **options)[0]


def assert_whole(pdf, count, expected):
    """Every word once, in order, between header and footer of its page."""
    pages = words(pdf)
    assert len(pages) == count
    found, heads = [], set()
    for number, page in enumerate(pages):
        assert f"FOOTZ {number + 1} / {count}" in " ".join(word for word, *_ in page)
        [head] = [place for place in page if place[0] == "HEADZ"]
        [foot] = [place for place in page if place[0] == "FOOTZ"]
        heads.add((round(head[1], 1), round(foot[1], 1)))
        for word, top, bottom in page:
            if word not in HEADERS and word != "/" and not word.isdigit():
                found.append(word)
                assert top >= head[2], f"{word} runs into the header of page {number + 1}"
                assert bottom <= foot[1], f"{word} runs into the footer of page {number + 1}"
    assert found == expected
    assert len(heads) == 1, "header or footer drift from page to page"


@pytest.mark.parametrize("name", PAPERS)
def test_an_invoice_grows_over_the_edge_of_its_page(printer, name):
    paper = PAPERS[name]
    sizes = range(1, 46)
    drawn, expected = [], []
    for start in range(0, len(sizes), 20):
        pages, text = zip(*(invoice(lines) for lines in sizes[start : start + 20]), strict=True)
        drawn += draw(printer, pages, paper)
        expected += text
    counts = [count for _pdf, count in drawn]
    assert counts[0] == 1 and counts == sorted(counts) and counts[-1] >= 2
    for (pdf, count), text in zip(drawn, expected, strict=True):
        assert_whole(pdf, count, text)


@pytest.mark.parametrize("extra", range(0, 24, 3))
def test_the_last_pixels_of_a_page(printer, extra):
    """Text that ends a hair before, at and after the last usable point of the page."""
    paper = PAPERS["A4"]
    low, high = 900, 1120
    pages, expected = [], []
    for height in range(low + extra * 9, low + extra * 9 + 27):
        if height > high:
            break
        body = f'<div style="height:{height}px">TOPZ</div><p>LASTZ</p>'
        pages.append(report(body))
        expected.append(["TOPZ", "LASTZ"])
    for (pdf, count), text in zip(draw(printer, pages, paper), expected, strict=True):
        assert_whole(pdf, count, text)


def test_a_long_invoice_keeps_its_headers_in_place(printer):
    page, expected = invoice(1200)
    [(pdf, count)] = draw(printer, [page], PAPERS["A4"])
    assert count > 30
    assert_whole(pdf, count, expected)


def test_a_header_taller_than_its_margin_pushes_the_text_down(printer):
    page = report(
        "<p>BODYZ</p>",
        header="HEADZ<br>" * 20 + "HEADLAST",
        footer="FOOTFIRST<br>" + "FOOTZ<br>" * 15,
    )
    [(pdf, count)] = draw(printer, [page], PAPERS["A4"])
    assert count == 1
    [(_p, top, bottom)] = places(pdf, "BODYZ")
    assert places(pdf, "HEADLAST")[0][2] <= top
    assert bottom <= places(pdf, "FOOTFIRST")[0][1]
    assert len(places(pdf, "FOOTZ")) == 15


def test_a_table_wider_than_the_page_is_drawn_smaller_not_cut(printer):
    cells = "".join(f"<td>wide{n:02d}wide{n:02d}</td>" for n in range(30))
    [(pdf, _count)] = draw(printer, [report(f"<table><tr>{cells}</tr></table>")], PAPERS["A4"])
    drawn = sorted("".join(texts(pdf)[0].split()))
    expected = "".join(f"wide{n:02d}wide{n:02d}" for n in range(30)) + "HEADZFOOTZ1/1"
    assert drawn == sorted(expected)
    assert inside(pdf)


def test_a_mixed_batch_keeps_its_order(printer):
    sizes = [1, 40, 2, 80, 3, 1, 1, 120, 4]
    made = [invoice(n, word=f"doc{i}x") for i, n in enumerate(sizes)]
    drawn = draw(printer, [page for page, _text in made], PAPERS["A4"])
    for (pdf, count), (_page, text) in zip(drawn, made, strict=True):
        assert_whole(pdf, count, text)


def test_a_document_with_its_own_style_does_not_touch_its_neighbours(printer):
    loud = report(
        "<style>@page{size:50mm 50mm} p{display:none}</style><p>HIDDENZ</p><div>SEENZ</div>"
    )
    plain, text = invoice(3)
    drawn = draw(printer, [plain, loud, plain], PAPERS["A4"])
    assert_whole(*drawn[0], text)
    assert_whole(*drawn[2], text)
    assert "SEENZ" in texts(drawn[1][0])[0]
