"""Client of the renderer: report pages in HTML become PDF files, one an invoice.

The service keeps the browser, and the stylesheets and fonts of each look by content hash: they
travel once. Pictures must be `data:` addresses already; the service fetches nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property

from .client import ServiceClient
from .protocol import HostServiceError, ServiceError

SERVICE = "renderer"
BATCH = 40  # documents in one call: two tabs print 20 each, and a person's invoice waits little
BATCH_TEXT = 2 << 20  # characters of HTML in one call: long documents go a few at a time
ZOOM = 0.8  # draws a report at the size wkhtmltopdf gave it


@dataclass(frozen=True)
class Page:
    """One document: complete HTML pages as Odoo makes them, and its language ("fr-FR").

    `header` and `footer` hold this document's own only; elements of class `page` and `topage` in
    them receive the page's number and the number of pages.
    """

    body: str
    header: str = ""
    footer: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Paper:
    """A sheet and its margins, millimetres. `header_top`: from the sheet's top to the header."""

    width: float = 210.0
    height: float = 297.0
    top: float = 52.0
    right: float = 0.0
    bottom: float = 32.0
    left: float = 0.0
    header_top: float = 0.0
    header_line: bool = False

    def to_dict(self) -> dict:
        values = asdict(self)
        values["headerTop"], values["headerLine"] = (
            values.pop("header_top"),
            values.pop("header_line"),
        )
        return values


@dataclass(frozen=True)
class Look:
    """What the pages of a company share: stylesheets in order, and the files they name by address."""

    stylesheets: tuple[bytes, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """Every content by its SHA-256."""
        return {_hash(content): content for content in (*self.stylesheets, *self.files.values())}

    @cached_property
    def sheet_hashes(self) -> list[str]:
        return [_hash(content) for content in self.stylesheets]

    @cached_property
    def file_hashes(self) -> dict[str, str]:
        return {url: _hash(content) for url, content in self.files.items()}


@dataclass(frozen=True)
class RenderedPdf:
    """A document's PDF (not yet PDF/A), its number of pages, and what was left out of it."""

    content: bytes
    page_count: int
    warnings: tuple[str, ...] = ()


def render(
    pages: Sequence[Page],
    *,
    paper: Paper,
    look: Look,
    zoom: float = ZOOM,
    tagged: bool = False,
    timeout: float = 100.0,
    service: ServiceClient | None = None,
) -> list[RenderedPdf]:
    """One PDF for each page, in order: all of them or an error.

    In: `tagged` adds structure for screen readers (needed for PDF/A-3a; 1.3 to 2 times slower);
    `timeout` seconds for each call of at most `BATCH` documents.
    Raises `HostServiceError`: `ServiceUnavailable` or `ServiceBusy` (try later), `ServiceTimeout`,
    `ServiceError` (a document cannot be drawn; the message says why).
    """
    service = service or ServiceClient(SERVICE)
    results: list[RenderedPdf] = []
    for batch in _batches(pages):
        blob = json.dumps([asdict(page) for page in batch]).encode()
        params = {
            "paper": paper.to_dict(),
            "zoom": zoom,
            "tagged": tagged,
            "timeout": timeout,
            "stylesheets": look.sheet_hashes,
            "files": look.file_hashes,
        }
        answer, blobs = service.call("render", params, [blob], timeout=timeout)
        if missing := answer.get("missing"):
            sent = [look.contents[digest] for digest in missing if digest in look.contents]
            answer, blobs = service.call("render", params, [*sent, blob], timeout=timeout)
        if "pages" not in answer or len(blobs) != len(batch):
            raise ServiceError("renderer: the service did not take the stylesheets")
        warnings = tuple(answer.get("warnings", ()))
        results += [
            RenderedPdf(content, count, warnings)
            for content, count in zip(blobs, answer["pages"], strict=True)
        ]
    return results


def _batches(pages: Sequence[Page]) -> Iterator[list[Page]]:
    """Cut into calls that each take a few seconds at most."""
    batch: list[Page] = []
    size = 0
    for page in pages:
        if batch and (len(batch) == BATCH or size + len(page.body) > BATCH_TEXT):
            yield batch
            batch, size = [], 0
        batch.append(page)
        size += len(page.body)
    if batch:
        yield batch


def state(service: ServiceClient | None = None) -> tuple[bool, str]:
    """Whether documents can be drawn now (starts the service), and why not."""
    try:
        answer, _blobs = (service or ServiceClient(SERVICE)).call("ping", timeout=20)
    except HostServiceError as error:
        return False, str(error)
    return True, answer.get("version", "")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
