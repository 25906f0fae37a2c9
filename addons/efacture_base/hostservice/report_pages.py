"""How Odoo hands report pages to its printer, and how it wants the PDF back.

Odoo gives one HTML page for each record, one page holding every header and one holding every
footer, and cuts the single PDF that comes back by its outline. These are the two translations.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from lxml import html
from pikepdf import Array, Dictionary, Name, Pdf, String

from .renderer import Page, RenderedPdf

_LANG = re.compile(r"""data-oe-lang=["']([A-Za-z0-9_@.-]+)["']""")
_STYLESHEET = re.compile(r"<link\b[^>]*?>", re.IGNORECASE)
_HREF = re.compile(r"""\bhref=["']([^"']+)["']""", re.IGNORECASE)


def split_pages(bodies: Sequence[str], header: str | None, footer: str | None) -> list[Page]:
    """The documents of a print, each with its own header and footer.

    In: what `ir.actions.report._prepare_html` gives: child n of `minimal_layout_report_headers`
    (and `_footers`) belongs to body n.
    """
    headers = _children(header, "minimal_layout_report_headers")
    footers = _children(footer, "minimal_layout_report_footers")
    pages = []
    for number, body in enumerate(bodies):
        lang = _LANG.search(body)
        pages.append(
            Page(
                body=str(body),
                header=headers[number] if number < len(headers) else "",
                footer=footers[number] if number < len(footers) else "",
                lang=lang[1].split("@")[0].split(".")[0].replace("_", "-") if lang else "",
            )
        )
    return pages


def _children(page: str | None, identifier: str) -> list[str]:
    if not page:
        return []
    tree = html.fromstring(str(page), parser=html.HTMLParser(encoding="utf-8"))
    found = tree.xpath("//*[@id=$name]", name=identifier)
    if not found:
        body = tree.find("body")
        whole = tree if body is None else body
        return ["".join(html.tostring(child, encoding="unicode") for child in whole)]
    return [html.tostring(child, encoding="unicode", with_tail=False) for child in found[0]]


def stylesheet_urls(body: str) -> tuple[str, ...]:
    """Addresses of the stylesheets that a page links, in order."""
    head = body.split("</head>", 1)[0]
    return tuple(
        match[1]
        for link in _STYLESHEET.findall(head)
        if "stylesheet" in link and (match := _HREF.search(link))
    )


def join(parts: Sequence[RenderedPdf]) -> bytes:
    """One PDF of several, with the outline by which Odoo finds where each record starts.

    An entry at the top level for each document, its destination a name of `/Dests` whose array
    starts with the number of the page (an integer, from 0): what wkhtmltopdf writes.
    """
    if len(parts) == 1:
        return parts[0].content
    with Pdf.new() as whole:
        starts = []
        for part in parts:
            starts.append(len(whole.pages))
            with Pdf.open(io.BytesIO(part.content)) as document:
                whole.pages.extend(document.pages)
        if len(whole.pages) != len(parts):
            _write_outline(whole, starts)
        output = io.BytesIO()
        whole.save(output)
        return output.getvalue()


def _write_outline(document: Pdf, starts: Sequence[int]) -> None:
    outline = document.make_indirect(Dictionary(Type=Name.Outlines, Count=len(starts)))
    destinations, entries = Dictionary(), []
    for number, start in enumerate(starts):
        destinations[f"/document{number}"] = Array([start, Name.XYZ, 0, 0, 0])
        entries.append(
            document.make_indirect(
                Dictionary(
                    Title=String(str(number + 1)),
                    Dest=Name(f"/document{number}"),
                    Parent=outline,
                )
            )
        )
    for entry, following in zip(entries, entries[1:], strict=False):
        entry.Next, following.Prev = following, entry
    outline.First, outline.Last = entries[0], entries[-1]
    document.Root.Outlines = outline
    document.Root.Dests = document.make_indirect(destinations)
