"""Names of platform protocols and the connector class behind each. Other addons add theirs with `register`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .afnor import AfnorClient, AfnorSettings
from .contract import Connector


@dataclass(frozen=True)
class Entry:
    """A protocol: the type of its settings, and what makes a connector of them."""

    name: str
    settings: type
    factory: Callable[..., Connector]


_ENTRIES: dict[str, Entry] = {}


def register(name: str, settings: type, factory: Callable[..., Connector]) -> None:
    """Add a protocol. The same name with another class is a programming error (`ValueError`)."""
    entry = Entry(name, settings, factory)
    if _ENTRIES.setdefault(name, entry) != entry:
        raise ValueError(f"the connector name {name!r} is taken")


def names() -> tuple[str, ...]:
    """All names, in the order they were added."""
    return tuple(_ENTRIES)


def get(name: str) -> Entry:
    """The protocol of this name; raises `KeyError` with the known ones."""
    try:
        return _ENTRIES[name]
    except KeyError:
        raise KeyError(f"no connector {name!r}; known: {', '.join(_ENTRIES)}") from None


register("afnor", AfnorSettings, AfnorClient)
