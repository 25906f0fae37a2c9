"""Report stylesheets made fit for paper and for a page without network."""

from __future__ import annotations

import functools
import posixpath
import re
import subprocess
from urllib.parse import unquote, urlsplit

# Drawn when the report's own font lacks a character; in this order.
FALLBACK_FONTS = '"Noto Sans", "Noto Sans CJK SC", "Noto Color Emoji"'

_URL = re.compile(r"""url\(\s*(['"]?)(?!data:)(.*?)\1\s*\)""", re.IGNORECASE)
_FACE = re.compile(r"@font-face\s*\{[^}]*\}", re.IGNORECASE)
_IMPORT = re.compile(r"@import[^;]*;", re.IGNORECASE)
_FAMILY = re.compile(r"(font-family\s*:\s*)([^;}!]+)", re.IGNORECASE)
_NARROW = re.compile(r"@media\s*\(min-width:\s*(?:576|768)px\)", re.IGNORECASE)
_UNICODE_SUPPORT = re.compile(r"""(['"]?)Odoo Unicode Support Noto\1""")


def normal_path(url: str) -> str:
    """Path of an address as the shell page asks for it: no host, query or `/./`.

    Odoo's bundles write `/web/static/fonts/./lato/…`, which the browser normalises: without the
    same here the face is not found and a font of the system takes its place without a word.
    """
    path = posixpath.normpath(unquote(urlsplit(url).path) or "/")
    return "/" + path.lstrip("/")


def for_paper(css: str, known_files: frozenset[str]) -> str:
    """A report's stylesheet for the shell page.

    In: the CSS of a bundle; the paths (`normal_path`) of the files handed over with it.
    Out: without imports; faces whose file is absent dropped; fonts for every script after the
    report's own; rules for small screens in force on any paper (columns stay on A5).
    """

    def known(match: re.Match) -> str:
        path = normal_path(match[2])
        return f'url("{path}")' if path in known_files else 'url("data:,")'

    def face(match: re.Match) -> str:
        text = match[0]
        if "Odoo Unicode Support Noto" in text:
            return ""
        found = [m for m in _URL.finditer(text) if normal_path(m[2]) in known_files]
        if not found:
            return text if "url(data:" in text or 'url("data:' in text else ""
        woff = next((m for m in found if normal_path(m[2]).endswith((".woff2", ".woff"))), found[0])
        head = re.sub(r"src\s*:\s*[^;}]+;?", "", text.rstrip("} \n"), flags=re.IGNORECASE)
        return f'{head.rstrip("; ")};src:url("{normal_path(woff[2])}")}}'

    def family(match: re.Match) -> str:
        names = _UNICODE_SUPPORT.sub('"Noto Sans"', match[2].strip())
        low = names.lower()
        if (
            "var(" in low
            or "inherit" in low
            or "monospace" in low
            or "awesome" in low
            or "icon" in low
        ):
            return match[1] + names
        parts = [part.strip() for part in names.split(",") if part.strip()]
        generic = [part for part in parts if part.lower() in ("serif", "sans-serif", "cursive")]
        own = [part for part in parts if part not in generic]
        return match[1] + ",".join([*own, FALLBACK_FONTS, *(generic or ["sans-serif"])])

    css = _IMPORT.sub("", css)
    pieces, last = [], 0
    for match in _FACE.finditer(css):
        pieces += [_FAMILY.sub(family, _URL.sub(known, css[last : match.start()])), face(match)]
        last = match.end()
    pieces.append(_FAMILY.sub(family, _URL.sub(known, css[last:])))
    return _NARROW.sub("@media all", "".join(pieces))


@functools.cache
def drawable_ranges() -> tuple[int, ...]:
    """Code points that an installed font draws: first, last, first, last, …

    From fontconfig, once. A character outside is replaced before printing: it would come out as
    an empty box, which PDF/A forbids.
    """
    listed = subprocess.run(
        ["fc-list", "--format", "%{charset}\n"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout
    spans = sorted(
        {
            (int(first, 16), int(last or first, 16))
            for first, _, last in (part.partition("-") for part in listed.split())
        }
    )
    merged: list[int] = []
    for first, last in spans:
        first = max(first, 0x20)
        if last < first or 0xD800 <= first <= 0xDFFF:
            continue
        if first <= 0x7F <= last:  # the control characters between ASCII and Latin-1
            last = 0x7E
        if merged and first <= merged[-1] + 1:
            merged[-1] = max(merged[-1], last)
        else:
            merged += [first, last]
    return tuple(merged)
