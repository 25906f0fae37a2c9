"""What the pool and its children say to each other: frames of JSON, and the types of `model` as plain data.

A frame is four bytes (length, big endian) and that many bytes of JSON; a request is followed by the bytes of the file, whose length
it gives (`size`). Nothing here can make code run: no pickle, no names of classes.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from datetime import date
from typing import Any

from .model import Message, Options, Result

PREFIX = struct.Struct(">I")
MAX_FRAME = 64 << 20


class Nonsense(Exception):
    """What came is no frame, or not what was expected."""


def pack(header: dict[str, Any]) -> bytes:
    """A frame. Dates and decimals become texts. Raises `Nonsense` past `MAX_FRAME`."""
    body = json.dumps(header, ensure_ascii=False, default=str).encode("utf-8", "replace")
    if len(body) > MAX_FRAME:
        raise Nonsense(f"{len(body)} bytes")
    return PREFIX.pack(len(body)) + body


def unpack(body: bytes) -> dict[str, Any]:
    """The object of a frame's body. Raises `Nonsense`."""
    try:
        header = json.loads(body, object_pairs_hook=_keys)
    except (ValueError, RecursionError) as error:
        raise Nonsense(str(error)) from error
    if not isinstance(header, dict):
        raise Nonsense("no object")
    return header


def _keys(pairs: list[tuple[str, Any]]) -> dict[str | None, Any]:
    """The dictionary of factur-x's parser has None for an identifier without scheme, which JSON writes `null`."""
    return {None if key == "null" else key: value for key, value in pairs}


def options_to_data(options: Options) -> dict[str, Any]:
    """Plain data; `memory` is plain already."""
    data = dict(vars(options))
    data["today"] = options.today.isoformat() if options.today else None
    return data


def options_from_data(data: dict[str, Any]) -> Options:
    """Raises `Nonsense`."""
    try:
        today = data.get("today")
        return Options(
            **{
                **data,
                "own": tuple(data.get("own") or ()),
                "own_names": tuple(data.get("own_names") or ()),
                "today": date.fromisoformat(today) if today else None,
            }
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise Nonsense(str(error)) from error


def result_to_data(result: Result) -> dict[str, Any]:
    """Plain data."""
    return {**vars(result), "messages": [asdict(message) for message in result.messages]}


def result_from_data(data: dict[str, Any]) -> Result:
    """Raises `Nonsense` for data of another shape."""
    try:
        result = Result(
            **{
                **data,
                "messages": tuple(message_from_data(item) for item in data["messages"]),
                "pages": tuple(int(page) for page in data["pages"]),
            }
        )
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Nonsense(str(error)) from error
    if not isinstance(result.invoice, dict) or not isinstance(result.evidence, dict):
        raise Nonsense("a result without its dictionaries")
    return result


def message_from_data(data: dict[str, Any]) -> Message:
    """Raises `TypeError` or `ValueError` for data of another shape."""
    values = {str(key): str(value) for key, value in dict(data["values"]).items()}
    page = data.get("page")
    return Message(
        str(data["code"]), values, str(data["level"]), None if page is None else int(page)
    )
