"""How a reading tells the process that watches it that a page has been read, so that long honest documents get the time they need."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

# Called with (page just read, pages to read, words found on it); set by `child`, absent elsewhere.
LISTENER: ContextVar[Callable[[int, int, int], None] | None] = ContextVar("listener", default=None)


def page_read(page: int, pages: int, words: int) -> None:
    """Tell that recognition of a page (from 1) of so many (0: unknown) is over. Does nothing where nobody listens."""
    listener = LISTENER.get()
    if listener is not None:
        listener(page, pages, words)
