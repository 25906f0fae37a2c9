"""HTML to PDF through one headless Chromium.

`with Printer(): …` keeps one browser open for all that is printed inside; without it each document opens its own. What has
been printed once is kept in `$EFACTURE_CACHE_DIR/documents` (else the user's cache folder), by the page's own fingerprint.
"""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

_OPEN: list[Printer] = []
_KIT = "1"  # another one when this module prints otherwise


@dataclass(frozen=True)
class Sheet:
    """A page as HTML. `width` in CSS units; without `height` the page is as long as what is on it (a till roll)."""

    html: str
    truth: dict[str, Any]
    width: str = "210mm"
    height: str | None = "297mm"


class Printer:
    """A headless Chromium kept open: a context manager."""

    def __enter__(self) -> Printer:
        from playwright.sync_api import sync_playwright

        self._play = sync_playwright().start()
        self._browser = self._play.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        self._page = self._browser.new_page()
        _OPEN.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _OPEN.remove(self)
        self._browser.close()
        self._play.stop()

    def pdf(self, sheet: Sheet) -> bytes:
        """The sheet as a PDF, without the time of printing."""
        page = self._page
        page.set_content(sheet.html, wait_until="load")
        height = sheet.height
        if height is None:
            page.emulate_media(media="print")
            page.set_viewport_size({"width": 302, "height": 400})
            tall = page.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")
            height = f"{tall + 24}px"
        printed = page.pdf(
            width=sheet.width, height=height, print_background=True, prefer_css_page_size=False
        )
        return _without_time(printed)


def print_pdf(sheet: Sheet) -> bytes:
    """The sheet as a PDF: kept from an earlier time, else printed by the open browser, else by one of its own."""
    told = os.environ.get("EFACTURE_CACHE_DIR") or Path.home() / ".cache" / "efacture"
    mark = "\0".join((_KIT, sheet.width, sheet.height or "", sheet.html))
    kept = Path(told) / "documents" / f"{hashlib.sha256(mark.encode()).hexdigest()[:32]}.pdf"
    if kept.is_file():
        return kept.read_bytes()
    if _OPEN:
        content = _OPEN[-1].pdf(sheet)
    else:
        with Printer() as printer:
            content = printer.pdf(sheet)
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(f".{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(kept)
    return content


def _without_time(content: bytes) -> bytes:
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        for key in ("/CreationDate", "/ModDate"):
            if key in pdf.docinfo:
                del pdf.docinfo[key]
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()
