"""Report pages for the tests of the renderer, and what can be read back from a PDF."""

from __future__ import annotations

import io
import subprocess

import pypdfium2
from hostservice.renderer import Page, Paper
from lxml import etree
from PIL import Image

A4 = Paper()
PAPERS = {
    "A4": A4,
    "Letter": Paper(width=215.9, height=279.4),
    "Legal": Paper(width=215.9, height=355.6),
    "A4 landscape": Paper(width=297, height=210),
    "A5": Paper(width=148, height=210, top=45, bottom=25, left=5, right=5, header_top=5),
    "A5 landscape": Paper(width=210, height=148, top=52, bottom=32),
    "custom": Paper(width=180, height=251, top=40, bottom=20, left=7, right=7, header_top=5),
}
CSS = (
    b"body{font-family:Lato;font-size:14px;line-height:1.5;margin:0}p{margin:0}"
    b"table{width:100%;border-collapse:collapse}td,th{padding:4px;text-align:left}"
    b".o_body_pdf{padding:0 11mm}"
)


def report(
    body: str,
    *,
    header: str = "HEADZ",
    footer: str = "FOOTZ",
    lang: str = "fr-FR",
    dir: str = "ltr",
):
    """A page as Odoo hands it over."""
    html = f'<!DOCTYPE html><html><head></head><body class="o_body_pdf container" dir="{dir}">{body}</body></html>'
    return Page(
        body=html,
        header=f'<div class="header">{header}</div>',
        footer=f'<div class="footer">{footer} <span class="page"></span> / <span class="topage"></span></div>',
        lang=lang,
    )


def invoice(lines: int, *, word: str = "line") -> tuple[Page, list[str]]:
    """An invoice of so many lines and every word of its body, in order."""
    tokens = [f"{word}{number:04d}" for number in range(lines)]
    rows = "".join(f"<tr><td>{token}</td><td>{token.upper()}.</td></tr>" for token in tokens)
    body = (
        '<div class="article"><h2>TITLEZ</h2><table><thead><tr><th>COLA</th><th>COLB</th></tr></thead>'
        f"<tbody>{rows}</tbody></table><p>TOTALZ</p></div>"
    )
    expected = [
        "TITLEZ",
        *(part for token in tokens for part in (token, f"{token.upper()}.")),
        "TOTALZ",
    ]
    return report(body), expected


def words(pdf: bytes) -> list[list[tuple[str, float, float]]]:
    """The words of each page in reading order: (word, top, bottom) in points from the page's top."""
    command = ["pdftotext", "-bbox", "-", "-"]
    # Invisible control characters of the text layer would break the XML that comes back.
    output = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    tree = etree.fromstring(output, etree.XMLParser(recover=True, huge_tree=True))
    return [
        [(w.text or "", float(w.get("yMin")), float(w.get("yMax"))) for w in page.iter("{*}word")]
        for page in tree.iter("{*}page")
    ]


def inside(pdf: bytes) -> bool:
    """Whether every word lies on its page."""
    command = ["pdftotext", "-bbox", "-", "-"]
    output = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    tree = etree.fromstring(output, etree.XMLParser(recover=True))
    return all(
        float(word.get("xMin")) >= 0 and float(word.get("xMax")) <= float(page.get("width"))
        for page in tree.iter("{*}page")
        for word in page.iter("{*}word")
    )


def texts(pdf: bytes) -> list[str]:
    """The words of each page, blanks between them."""
    return [" ".join(word for word, _top, _bottom in page) for page in words(pdf)]


def places(pdf: bytes, word: str) -> list[tuple[int, float, float]]:
    """Where a word stands: (page, top, bottom)."""
    return [
        (number, top, bottom)
        for number, page in enumerate(words(pdf))
        for found, top, bottom in page
        if found == word
    ]


def colours(pdf: bytes, page: int = 0) -> set[tuple[int, int, int]]:
    """The colours seen on a page (coarse)."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        picture = document[page].render(scale=1).to_pil().convert("RGB")
    finally:
        document.close()
    counted = picture.quantize(32).convert("RGB").getcolors(100000)
    return {colour for _count, colour in counted}


def picture(kind: str, colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    """A small picture in the asked format."""
    image = Image.new("RGB", (120, 60), colour)
    output = io.BytesIO()
    if kind == "cmyk":
        image.convert("CMYK").save(output, "JPEG", quality=95)
    else:
        image.save(output, kind)
    return output.getvalue()
