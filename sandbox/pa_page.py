"""The page of the platform for people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode


def query(**values: str) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def page(platform: Any, args: Any) -> str:
    return "<h1>Plateforme agréée</h1>"
