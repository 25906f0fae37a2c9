"""What documents may hold: any script, any picture, right-to-left, hostile HTML; and what breaks."""

import base64
import io
import os
import signal
import threading
import time

import pikepdf
import psutil
import pytest
from en16931.pdfa3 import finish
from hostservice.renderer import Page
from pages import A4, CSS, colours, invoice, picture, report, texts

from services.renderer import printer as printer_module
from services.renderer.printer import Printer, PrintError, Shell
from services.renderer.stylesheets import drawable_ranges, for_paper, normal_path

SHELL = Shell.make([CSS.decode()], {})
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><rect width="120" height="60" fill="#c81e1e"/></svg>'


@pytest.fixture(scope="module")
def printer():
    printer = Printer()
    yield printer
    printer.close()


def draw(printer, pages, paper=A4, shell=SHELL, **options):
    return printer.print_documents(
        [vars(page) for page in pages], paper.to_dict(), shell, **options
    )


def one(printer, body, **options):
    [(pdf, _count)], warnings = draw(printer, [report(body, **options)])
    return pdf, warnings


# -- characters ---------------------------------------------------------------------------------------


def test_names_in_every_script_are_drawn_and_can_be_copied(printer):
    names = [
        "Çelik Œuvre",
        "Ελλάδα",
        "Компания",
        "中文公司",
        "日本語株式会社",
        "한국어",
        "हिन्दी",
        "ไทย",
        "😀",
    ]
    pdf, _warnings = one(printer, "".join(f"<p>{name}</p>" for name in names))
    text = texts(pdf)[0].replace(" ", "")
    for name in names:
        assert name.replace(" ", "") in text
    assert not glyphs_missing(pdf)


def test_right_to_left_names_keep_their_order(printer):
    pdf, _warnings = one(
        printer, '<h2>شركة المثال</h2><p dir="ltr">INV/2026/0001</p>', dir="rtl", lang="ar"
    )
    text = texts(pdf)[0]
    assert "INV/2026/0001" in text
    assert "شركة" in text or "ةكرش" in text
    assert not glyphs_missing(pdf)


def test_what_no_font_draws_is_replaced_before_printing(printer):
    pdf, _warnings = one(
        printer, "<p>A\x07B\x00C\x85D\U000f0000E\ufdd0F\u0378G\ud800H&#x1F;I&#xE000;J</p>"
    )
    assert "ABC" in texts(pdf)[0] and "J" in texts(pdf)[0]
    assert not glyphs_missing(pdf)


def test_the_ranges_of_drawable_characters_are_sorted_and_have_no_controls():
    ranges = drawable_ranges()
    assert list(ranges) == sorted(ranges) and len(ranges) % 2 == 0
    spans = list(zip(ranges[::2], ranges[1::2], strict=True))
    assert any(first <= 0x4E2D <= last for first, last in spans)
    assert not any(first <= 0x7F <= last or first < 0x20 for first, last in spans)


def glyphs_missing(pdf):
    """Whether any text shows glyph 0 (an empty box)."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            font = None
            fonts = page.Resources.get("/Font", {})
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    font = fonts.get(str(operands[0]))
                if str(operator) in ("Tj", "TJ") and font is not None and font.Subtype == "/Type0":
                    parts = operands[0] if str(operator) == "TJ" else [operands[0]]
                    for part in parts:
                        if isinstance(part, pikepdf.String):
                            raw = bytes(part)
                            if any(raw[i : i + 2] == b"\0\0" for i in range(0, len(raw), 2)):
                                return True
    return False


# -- pictures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mimetype", "content"),
    [
        ("image/png", picture("png")),
        ("image/jpeg", picture("jpeg")),
        ("image/jpeg", picture("cmyk")),
        ("image/webp", picture("webp")),
        ("image/gif", picture("gif")),
        ("image/svg+xml", SVG),
    ],
    ids=["png", "jpeg", "cmyk jpeg", "webp", "gif", "svg"],
)
def test_a_logo_of_any_kind_is_seen(printer, mimetype, content):
    uri = f"data:{mimetype};base64,{base64.b64encode(content).decode()}"
    pdf, warnings = one(printer, f'<img src="{uri}">')
    assert not warnings
    assert any(r > 150 and g < 110 and b < 110 for r, g, b in colours(pdf)), (
        "the red picture is not there"
    )
    with pikepdf.open(io.BytesIO(finish(pdf, lang="fr", title="t", author="a"))) as document:
        spaces = {
            str(o.get("/ColorSpace")) for o in document.objects if isinstance(o, pikepdf.Stream)
        }
    assert "/DeviceCMYK" not in spaces


def test_a_picture_by_address_or_broken_is_said_not_fetched(printer):
    _pdf, warnings = one(
        printer, '<img src="http://127.0.0.1:9/logo.png"><img src="data:image/png;base64,AAAA">'
    )
    assert warnings == [
        "a picture could not be read",
        "picture not embedded: http://127.0.0.1:9/logo.png",
    ]


# -- hostile HTML -------------------------------------------------------------------------------------


def test_hostile_html_runs_nothing_and_reaches_nothing(printer):
    hostile = """
        <script>document.body.textContent = 'OWNED1'</script>
        <img src="x" onerror="document.body.textContent = 'OWNED2'">
        <svg onload="document.body.textContent='OWNED3'"><script>document.body.textContent='OWNED4'</script></svg>
        <iframe src="file:///etc/passwd"></iframe><object data="file:///etc/passwd"></object>
        <meta http-equiv="refresh" content="0;url=file:///etc/passwd">
        <base href="http://127.0.0.1:9/"><link rel="stylesheet" href="file:///etc/passwd">
        <style>@import url(http://127.0.0.1:9/x.css); p { background: url(file:///etc/passwd) }</style>
        <form action="javascript:alert(1)"><input autofocus onfocus="document.body.textContent='OWNED5'"></form>
        <a href="javascript:alert(1)">JSLINK</a> <a href="https://example.com/pay">PAYLINK</a>
        <p>SAFE</p>"""
    pdf, _warnings = one(printer, hostile)
    text = " ".join(texts(pdf))
    assert "SAFE" in text and "OWNED" not in text and "root:" not in text
    with pikepdf.open(io.BytesIO(pdf)) as document:
        links = [str(a.A.URI) for page in document.pages for a in page.get("/Annots", [])]
    assert links == ["https://example.com/pay"]
    assert texts(one(printer, "<p>NEXT</p>")[0])[0].split()[-1] != "OWNED"


# -- several companies --------------------------------------------------------------------------------


def test_each_company_keeps_its_look_in_one_service(printer):
    def shell(colour):
        return Shell.make(
            [CSS.decode() + f".box{{width:100px;height:100px;background:{colour}}}"], {}
        )

    looks = [shell(colour) for colour in ("#ff0000", "#00ff00", "#0000ff") * 4]
    for look, wanted in zip(looks, [(255, 0, 0), (0, 255, 0), (0, 0, 255)] * 4, strict=True):
        [(pdf, _count)], _w = draw(printer, [report('<div class="box"></div>')], shell=look)
        assert any(
            all(abs(a - b) < 12 for a, b in zip(c, wanted, strict=True)) for c in colours(pdf)
        )


def test_stylesheets_are_made_fit_for_paper():
    css = (
        "@import url(x.css);@font-face{font-family:Lato;src:url(/web/static/fonts/./lato/L.eot);"
        "src:url(/web/static/fonts/./lato/L.eot?#iefix) format('x'),url('/web/static/fonts/./lato/L.woff')}"
        "@font-face{font-family:Gone;src:url(https://fonts.example/g.woff2)}"
        "@media (min-width: 768px){.d-md-table-cell{display:table-cell}}"
        ".a{font-family:Lato, 'Odoo Unicode Support Noto', sans-serif}.b{background:url(/x.png)}"
    )
    made = for_paper(css, frozenset({"/web/static/fonts/lato/L.woff"}))
    assert 'src:url("/web/static/fonts/lato/L.woff")' in made
    assert "Gone" not in made and "@import" not in made and "/x.png" not in made
    assert "@media all{" in made
    assert '.a{font-family:Lato,"Noto Sans","Noto Sans"' in made and made.count("sans-serif") == 1
    assert normal_path("/web/static/fonts/./lato/L.woff?v=1#x") == "/web/static/fonts/lato/L.woff"


# -- faults -------------------------------------------------------------------------------------------


def test_a_killed_page_is_drawn_again(printer):
    draw(printer, [report("<p>warm</p>")])
    slow, words = invoice(400)
    killer = threading.Timer(0.15, kill_renderers, [printer])
    killer.start()
    [(pdf, count)], _warnings = draw(printer, [slow])
    killer.join()
    assert count > 5 and words[-1] in texts(pdf)[-1]


def test_a_killed_browser_is_started_again(printer):
    printer.browser.process.kill()
    printer.browser.process.wait(5)
    [(pdf, _count)], _warnings = draw(printer, [report("<p>BACK</p>")])
    assert "BACK" in texts(pdf)[0]


def test_a_page_that_hangs_is_closed_and_the_next_one_works(printer):
    draw(printer, [report("<p>warm</p>")])
    tab = printer._free[-1]
    tab.evaluate("efacture.render = () => new Promise(() => {}), true")
    began = time.monotonic()
    with pytest.raises(PrintError, match="too long"):
        draw(printer, [report("<p>stuck</p>")], timeout=1.0)
    assert time.monotonic() - began < 10
    [(pdf, _count)], _warnings = draw(printer, [report("<p>AFTER</p>")])
    assert "AFTER" in texts(pdf)[0]


def kill_renderers(printer):
    for child in psutil.Process(printer.browser.process.pid).children(recursive=True):
        if "--type=renderer" in child.cmdline():
            os.kill(child.pid, signal.SIGKILL)


def test_an_empty_report_is_still_a_page(printer):
    [(pdf, count)], _warnings = draw(printer, [Page(body="")])
    assert count == 1 and pdf.startswith(b"%PDF")


def test_a_browser_that_grew_too_big_is_replaced_between_jobs(printer, monkeypatch):
    draw(printer, [report("<p>warm</p>")])
    first = printer.browser.process.pid
    assert 50 << 20 < printer.memory() < 2 << 30
    monkeypatch.setattr(printer_module, "RECYCLE_BYTES", 1)
    monkeypatch.setattr(printer_module, "MEMORY_EVERY", 1)
    draw(printer, [report("<p>last</p>")])
    monkeypatch.undo()
    [(pdf, _count)], _warnings = draw(printer, [report("<p>FRESH</p>")])
    assert "FRESH" in texts(pdf)[0]
    assert printer.browser.process.pid != first
