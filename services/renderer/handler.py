"""What the renderer service answers: `render`, and what it keeps between jobs."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections import OrderedDict
from typing import Any

from .chromium import ChromiumError
from .printer import PAGE_SECONDS, Printer, PrintError, Shell

_logger = logging.getLogger(__name__)

KEPT_BYTES = 96 << 20  # stylesheets, fonts and pictures of looks, handed over once
KEPT_SHELLS = 16


class Renderer:
    """Handler of the service.

    `render`: in, `params` = {paper, zoom, tagged, timeout, stylesheets: [hash], files: {address: hash},
    sent: [hash], count}, blobs = the sent contents, then one JSON list of documents. Out:
    {"missing": [hash]} when contents are not known here (the client sends them along), else
    {"pages": [n], "warnings": [text], "seconds"} and one PDF a document.
    """

    def __init__(self) -> None:
        self._printer = Printer()
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._shells: OrderedDict[str, Shell] = OrderedDict()
        self._printer.browser  # noqa: B018 (warm before the first job)

    def handle(
        self, op: str, params: dict[str, Any], blobs: list[bytes]
    ) -> tuple[dict[str, Any], list[bytes]]:
        if op == "render":
            return self._render(params, blobs)
        if op == "ping":
            return {"version": self._printer.browser.version, "memory": self._printer.memory()}, []
        raise ValueError(f"unknown operation {op!r}")

    def close(self) -> None:
        self._printer.close()

    def _render(self, params: dict, blobs: list[bytes]) -> tuple[dict, list[bytes]]:
        started = time.monotonic()
        *contents, pages = blobs
        for content in contents:
            self._keep(content)
        wanted = [*params["stylesheets"], *params["files"].values()]
        missing = sorted({digest for digest in wanted if digest not in self._contents})
        shell = self._shell(params) if not missing else None
        if shell is None:
            return {"missing": missing}, []
        try:
            printed, warnings = self._printer.print_documents(
                json.loads(pages),
                params["paper"],
                shell,
                zoom=params.get("zoom", 0.8),
                tagged=bool(params.get("tagged")),
                timeout=min(float(params.get("timeout") or PAGE_SECONDS), PAGE_SECONDS),
            )
        except ChromiumError as error:
            raise PrintError(str(error)) from error
        return {
            "pages": [count for _pdf, count in printed],
            "warnings": warnings,
            "seconds": round(time.monotonic() - started, 4),
        }, [pdf for pdf, _count in printed]

    def _keep(self, content: bytes) -> None:
        self._contents[hashlib.sha256(content).hexdigest()] = content
        while len(self._contents) > 1 and sum(map(len, self._contents.values())) > KEPT_BYTES:
            self._contents.popitem(last=False)

    def _shell(self, params: dict) -> Shell:
        key = json.dumps([params["stylesheets"], params["files"]], sort_keys=True)
        shell = self._shells.get(key)
        if shell is None:
            shell = self._shells[key] = Shell.make(
                [
                    self._contents[digest].decode("utf-8", "replace")
                    for digest in params["stylesheets"]
                ],
                {url: self._contents[digest] for url, digest in params["files"].items()},
            )
            if len(self._shells) > KEPT_SHELLS:
                self._shells.popitem(last=False)
        self._shells.move_to_end(key)
        for digest in (*params["stylesheets"], *params["files"].values()):
            self._contents.move_to_end(digest)
        return shell
