"""From report pages to PDF files: tabs with a shell page, chunks, splitting.

The route, measured: a shell page with the report's stylesheets and fonts stays open; only its body
changes from job to job. Invoices of one page are printed together, each a section of one page;
longer ones flow alone and are printed twice (first to count the pages). The number of pages that
comes out must be the one announced: a document that does not come out as said is printed another
way, it is never cut.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import logging
import mimetypes
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pikepdf import Pdf

from .chromium import Chromium, ChromiumError, ChromiumTimeout
from .stylesheets import drawable_ranges, for_paper, normal_path

_logger = logging.getLogger(__name__)

ORIGIN = "https://page.invalid"
CHUNK = 20  # one-page invoices printed together
TABS = 2  # tabs that work at once
KEPT_TABS = 6  # tabs kept open, for companies with other stylesheets
PAGE_SECONDS = 60.0  # a page that has not answered by then is closed
MAX_PAGES = 2000
RECYCLE_BYTES = 900 << 20  # a browser that has grown past this is replaced between two jobs
MEMORY_EVERY = 20  # jobs between two looks at it
OLDEST_CHROMIUM = 130  # repeats a block's padding on each page (`box-decoration-break`)
_HERE = Path(__file__).parent
_SCRIPT = (_HERE / "page.js").read_text("utf-8")
_SHELL_CSS = (_HERE / "shell.css").read_text("utf-8")
_POLICY = f"default-src 'none'; style-src 'unsafe-inline' {ORIGIN}; font-src data: {ORIGIN}; img-src data: {ORIGIN}"


class PrintError(Exception):
    """A document could not be printed; the message says why."""


@dataclass(frozen=True)
class Shell:
    """Stylesheets (CSS text, in order) and files (path → content) that pages of one look share."""

    stylesheets: tuple[str, ...]
    files: Mapping[str, bytes]
    key: str = field(default="", compare=False)

    @classmethod
    def make(cls, stylesheets: Sequence[str], files: Mapping[str, bytes]) -> Shell:
        """A shell from a report's stylesheets and the files they name (by their address)."""
        by_path = {normal_path(url): content for url, content in files.items()}
        known = frozenset(by_path)
        sheets = tuple(for_paper(css, known) for css in stylesheets)
        digest = hashlib.sha256("\0".join(sheets).encode())
        for path in sorted(by_path):
            digest.update(path.encode() + hashlib.sha256(by_path[path]).digest())
        return cls(sheets, by_path, digest.hexdigest())

    def page(self) -> bytes:
        links = "".join(
            f'<link rel="stylesheet" href="/shell/{number}.css">'
            for number in range(len(self.stylesheets))
        )
        return (
            f'<!DOCTYPE html><html><head><meta charset="utf-8"><title> </title>{links}'
            f'<style id="ef-shell">{_SHELL_CSS}</style><style id="ef-page-size"></style></head>'
            "<body></body></html>"
        ).encode()

    def answer(self, path: str) -> tuple[str, bytes] | None:
        """Content type and content of an address of the shell page; None to refuse it."""
        if path == "/":
            return "text/html; charset=utf-8", self.page()
        if path.startswith("/shell/") and path.endswith(".css"):
            with contextlib.suppress(ValueError, IndexError):
                return "text/css; charset=utf-8", self.stylesheets[int(path[7:-4])].encode()
            return None
        content = self.files.get(normal_path(path))
        if content is None:
            return None
        return mimetypes.guess_type(path)[0] or "application/octet-stream", content


class Tab:
    """One page of the browser, with a shell loaded."""

    def __init__(self, browser: Chromium) -> None:
        self.browser = browser
        self.shell: Shell | None = None
        self.used = 0.0
        # A window of its own: in a hidden tab fonts never finish loading.
        wanted = {"url": "about:blank", "newWindow": True}
        self.target = browser.call("Target.createTarget", wanted)["targetId"]
        attached = browser.call("Target.attachToTarget", {"targetId": self.target, "flatten": True})
        self.session = attached["sessionId"]
        self._loaded = threading.Event()
        browser.listen(self.session, self._on_event)
        for method, params in (
            ("Page.enable", {}),
            ("Inspector.enable", {}),
            ("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}),
            ("Emulation.setEmulatedMedia", {"media": "print"}),
            ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
        ):
            self.call(method, params)

    def call(self, method: str, params: dict | None = None, timeout: float = 30.0) -> dict:
        return self.browser.call(method, params, self.session, timeout)

    def _on_event(self, method: str, params: dict) -> None:
        if method == "Fetch.requestPaused":
            self._answer(params)
        elif method == "Page.loadEventFired":
            self._loaded.set()
        elif method in ("Inspector.targetCrashed", "Inspector.detached"):
            self.shell = None
            self.browser.forget(self.session)

    def _answer(self, params: dict) -> None:
        url, number = params["request"]["url"], params["requestId"]
        found = None
        if self.shell and url.startswith(ORIGIN + "/"):
            # Nothing but the shell itself may take the place of the page.
            path = url[len(ORIGIN) :]
            if params.get("resourceType") != "Document" or (
                path == "/" and not self._loaded.is_set()
            ):
                found = self.shell.answer(path)
        if found is None:
            self.browser.post(
                "Fetch.failRequest",
                {"requestId": number, "errorReason": "BlockedByClient"},
                self.session,
            )
            return
        kind, content = found
        headers = [
            {"name": "Content-Type", "value": kind},
            {"name": "Cache-Control", "value": "no-store"},
            {"name": "Access-Control-Allow-Origin", "value": ORIGIN},
            {"name": "Content-Security-Policy", "value": _POLICY},
        ]
        self.browser.post(
            "Fetch.fulfillRequest",
            {
                "requestId": number,
                "responseCode": 200,
                "responseHeaders": headers,
                "body": base64.b64encode(content).decode(),
            },
            self.session,
        )

    def load(self, shell: Shell) -> None:
        """Open the shell page (a few hundred milliseconds; once per look)."""
        self.shell = shell
        self._loaded.clear()
        answer = self.call("Page.navigate", {"url": ORIGIN + "/"})
        if answer.get("errorText"):
            raise PrintError(f"the shell page did not load: {answer['errorText']}")
        if not self._loaded.wait(PAGE_SECONDS):
            raise ChromiumTimeout("the shell page did not load")
        self.evaluate(_SCRIPT)
        self.evaluate(f"efacture.learnFonts({json.dumps(drawable_ranges())})")

    def evaluate(self, expression: str, timeout: float = PAGE_SECONDS) -> Any:
        answer = self.call(
            "Runtime.evaluate",
            {"expression": expression, "awaitPromise": True, "returnByValue": True},
            timeout,
        )
        if problem := answer.get("exceptionDetails"):
            said = problem.get("exception", {}).get("description") or problem.get("text")
            raise PrintError(f"the page could not be laid out: {said}")
        return answer.get("result", {}).get("value")

    def print(self, job: dict, tagged: bool, timeout: float) -> tuple[dict, bytes]:
        """Lay a job out and print it: what the page answered, and the PDF."""
        paper = job["paper"]
        size = {
            "width": max(1, round(paper["width"] * 96 / 25.4)),
            "height": max(1, round(paper["height"] * 96 / 25.4)),
        }
        if size != getattr(self, "_size", None):
            self.call(
                "Emulation.setDeviceMetricsOverride",
                {**size, "deviceScaleFactor": 1, "mobile": False},
            )
            self._size = size
        deadline = time.monotonic() + timeout
        said = self.evaluate(f"efacture.render({json.dumps(job)})", timeout)
        if not any(said["fits"]):
            return said, b""
        printed = self.call(
            "Page.printToPDF",
            {
                "preferCSSPageSize": True,
                "printBackground": True,
                "generateTaggedPDF": tagged,
                "paperWidth": paper["width"] / 25.4,
                "paperHeight": paper["height"] / 25.4,
                "marginTop": 0,
                "marginBottom": 0,
                "marginLeft": 0,
                "marginRight": 0,
            },
            max(1.0, deadline - time.monotonic()),
        )
        return said, base64.b64decode(printed["data"])

    def close(self) -> None:
        self.browser.forget(self.session)
        with contextlib.suppress(ChromiumError):
            self.browser.call("Target.closeTarget", {"targetId": self.target}, timeout=5)


class Printer:
    """Keeps the browser and its tabs; prints jobs, several at once."""

    def __init__(self, executable: str | None = None) -> None:
        self._executable = executable
        self._lock = threading.Lock()
        self._browser: Chromium | None = None
        self._free: list[Tab] = []
        self._jobs = 0
        self._pool = ThreadPoolExecutor(TABS, thread_name_prefix="print")

    # -- browser and tabs -------------------------------------------------------------------------

    @property
    def browser(self) -> Chromium:
        with self._lock:
            if self._browser is None or not self._browser.alive:
                if self._browser is not None:
                    _logger.warning("the browser had stopped: starting another")
                    self._browser.close()
                    self._free.clear()
                browser = Chromium(self._executable)
                if int(browser.version.partition("/")[2].partition(".")[0] or 0) < OLDEST_CHROMIUM:
                    browser.close()
                    raise ChromiumError(
                        f"{browser.version} is too old to draw long documents: "
                        f"version {OLDEST_CHROMIUM} or newer is needed"
                    )
                self._browser = browser
            return self._browser

    @contextlib.contextmanager
    def _tab(self, shell: Shell):
        """A tab with this shell; closed if anything goes wrong with it, else kept."""
        browser = self.browser
        with self._lock:
            tab = next((t for t in self._free if t.shell and t.shell.key == shell.key), None)
            if tab:
                self._free.remove(tab)
            elif len(self._free) >= KEPT_TABS:
                tab = self._free.pop(0)  # the one unused for longest takes the new look
        tab = tab or Tab(browser)
        try:
            if tab.shell is None or tab.shell.key != shell.key:
                tab.load(shell)
            yield tab
        except BaseException:
            tab.close()
            raise
        with self._lock:
            if tab.shell is not None and tab.browser is self._browser:
                self._free.append(tab)

    def _attempt(self, shell: Shell, work: Callable[[Tab], Any]) -> Any:
        """Do some work in a tab; once more in a new one when the page or the browser died."""
        for last in (False, True):
            try:
                with self._tab(shell) as tab:
                    return work(tab)
            except ChromiumTimeout as error:
                raise PrintError(f"this document takes too long to draw: {error}") from error
            except ChromiumError as error:
                if last:
                    raise PrintError(f"the browser failed twice on it: {error}") from error
                _logger.warning("page lost (%s): once more", error)
        raise AssertionError("unreachable")

    # -- printing ---------------------------------------------------------------------------------

    def print_documents(
        self,
        documents: Sequence[Mapping[str, str]],
        paper: Mapping[str, float],
        shell: Shell,
        *,
        zoom: float = 0.8,
        tagged: bool = False,
        timeout: float = PAGE_SECONDS,
    ) -> tuple[list[tuple[bytes, int]], list[str]]:
        """One PDF and its number of pages for each document, in order; and what to warn about.

        In: documents with `body`, `header`, `footer` (HTML pages) and `lang`; `paper` in mm.
        Raises `PrintError`.
        """
        count = len(documents)
        size = 1 if tagged else min(CHUNK, max(1, -(-count // TABS)))
        starts = range(0, count, size)
        warnings: list[str] = []

        def chunk(start: int) -> list[tuple[bytes, int]]:
            part = documents[start : start + size]
            return self._print_chunk(part, dict(paper), shell, zoom, tagged, timeout, warnings)

        done = (
            list(self._pool.map(chunk, starts)) if len(starts) > 1 else [chunk(s) for s in starts]
        )
        self._recycle()
        return [pdf for part in done for pdf in part], sorted(set(warnings))

    def _recycle(self) -> None:
        """Let a browser that has grown too big go; the next one starts at once, beside the caller."""
        self._jobs += 1
        if self._jobs % MEMORY_EVERY or self.memory() < RECYCLE_BYTES:
            return
        with self._lock:
            old, self._browser = self._browser, None
            self._free.clear()
        _logger.info("the browser has grown to %s MB: replaced", old.memory() >> 20)
        self._pool.submit(old.close)
        self._pool.submit(lambda: self.browser)

    def _print_chunk(
        self,
        documents: Sequence[Mapping[str, str]],
        paper: dict,
        shell: Shell,
        zoom: float,
        tagged: bool,
        timeout: float,
        warnings: list[str],
    ) -> list[tuple[bytes, int]]:
        job = {"paper": paper, "zoom": zoom, "documents": [dict(d) for d in documents], "pages": 0}
        said, pdf = self._attempt(shell, lambda tab: tab.print(job, tagged, timeout))
        self._warn(said, warnings)
        results: list[tuple[bytes, int] | None] = [None] * len(documents)
        fitting = [index for index, fits in enumerate(said["fits"]) if fits]
        if fitting:
            pages = [pdf] if len(documents) == 1 and page_count(pdf) == 1 else split(pdf)
            if len(pages) == len(fitting):
                for index, page in zip(fitting, pages, strict=True):
                    results[index] = (page, 1)
            elif len(documents) == 1:
                _logger.warning("measured one page, got %s: flowing", len(pages))
            else:
                _logger.warning("%s documents made %s pages: one by one", len(fitting), len(pages))
        for index, document in enumerate(documents):
            if results[index] is None:
                if len(documents) > 1:
                    alone = self._print_chunk(
                        [document], paper, shell, zoom, tagged, timeout, warnings
                    )
                    results[index] = alone[0]
                else:
                    results[index] = self._print_flow(
                        document, paper, shell, zoom, tagged, timeout, warnings
                    )
        return results  # type: ignore[return-value]

    def _print_flow(
        self, document, paper, shell, zoom, tagged, timeout, warnings
    ) -> tuple[bytes, int]:
        """A document of several pages: count them, then draw header and footer on each."""
        job = {"paper": paper, "zoom": zoom, "documents": [dict(document)], "pages": -1}

        def twice(tab: Tab) -> tuple[bytes, int]:
            expected = -1
            for _round in range(4):
                said, pdf = tab.print({**job, "pages": expected}, tagged, timeout)
                self._warn(said, warnings)
                found = page_count(pdf)
                if found == expected:
                    return pdf, found
                if found > MAX_PAGES:
                    raise PrintError(f"this document has {found} pages; the limit is {MAX_PAGES}")
                expected = found
            raise PrintError("the number of pages of this document does not settle")

        return self._attempt(shell, twice)

    @staticmethod
    def _warn(said: dict, warnings: list[str]) -> None:
        warnings += [f"picture not embedded: {source}" for source in said.get("unresolved", ())]
        if said.get("broken"):
            warnings.append("a picture could not be read")

    def memory(self) -> int:
        """Bytes held by the browser."""
        return self._browser.memory() if self._browser else 0

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._browser is not None:
            self._browser.close()


def page_count(pdf: bytes) -> int:
    """Number of pages of a PDF."""
    with Pdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def split(pdf: bytes) -> list[bytes]:
    """Each page of a PDF as a PDF of its own."""
    pages = []
    with Pdf.open(io.BytesIO(pdf)) as whole:
        for page in whole.pages:
            with Pdf.new() as single:
                single.pages.append(page)
                output = io.BytesIO()
                single.save(output)
                pages.append(output.getvalue())
    return pages
