"""Frames of the services of this host, and the errors a caller may meet.

A frame is ``b"EFS1"``, the length of the header (4 bytes, big endian), the header (a JSON object in
UTF-8) and the blobs one after the other; the header's ``blobs`` lists their lengths in bytes.

A connection carries one exchange: the server greets (``{"service", "version", "pid"}``), the client
asks (``{"op", "params", "timeout"}``), the server answers (``{"result"}`` or
``{"error": "busy|timeout|unavailable|error", "message"}``) and closes.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

MAGIC = b"EFS1"
MAX_HEADER = 64 << 20
MAX_BLOBS = 1 << 30
_PREFIX = struct.Struct(">4sI")


class HostServiceError(Exception):
    """Any reason for which a service of this host gave no result. Never means "document invalid"."""

    code = "error"


class ServiceUnavailable(HostServiceError):
    """The service is not running and could not be started, or went away before it answered."""

    code = "unavailable"


class ServiceBusy(HostServiceError):
    """The service's queue is full: ask again later."""

    code = "busy"


class ServiceTimeout(HostServiceError):
    """The job took longer than its limit; the service has dropped it."""

    code = "timeout"


class ServiceError(HostServiceError):
    """The service answered that it could not do the job (its message says why)."""

    code = "error"


ERRORS: dict[str, type[HostServiceError]] = {
    kind.code: kind for kind in (ServiceUnavailable, ServiceBusy, ServiceTimeout, ServiceError)
}


class FrameError(Exception):
    """What came over the socket is not a frame of this protocol."""


def send_frame(
    sock: socket.socket, header: dict[str, Any], blobs: Sequence[bytes | memoryview] = ()
) -> None:
    """Send one frame. ``header`` must be JSON-able; its key ``blobs`` is set here."""
    body = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode()
    if len(body) > MAX_HEADER:
        raise FrameError("header too large")
    sock.sendall(_PREFIX.pack(MAGIC, len(body)) + body)
    for blob in blobs:
        sock.sendall(blob)


def receive_frame(sock: socket.socket) -> tuple[dict[str, Any], list[bytes]] | None:
    """Return the next frame as (header, blobs), or None when the other side closed cleanly.

    :raises FrameError: not a frame, or cut in the middle, or over the size caps.
    """
    prefix = _receive_exactly(sock, _PREFIX.size, at_start=True)
    if prefix is None:
        return None
    magic, length = _PREFIX.unpack(prefix)
    if magic != MAGIC or length > MAX_HEADER:
        raise FrameError("not a frame of this protocol")
    try:
        header = json.loads(_receive_exactly(sock, length) or b"")
        sizes = header.get("blobs", [])
        if not all(isinstance(size, int) and size >= 0 for size in sizes):
            raise ValueError("negative or non-integer blob size")
    except (ValueError, AttributeError, TypeError) as error:
        raise FrameError(f"unreadable header: {error}") from error
    if sum(sizes) > MAX_BLOBS:
        raise FrameError("blobs too large")
    return header, [_receive_exactly(sock, size) or b"" for size in sizes]


def _receive_exactly(sock: socket.socket, size: int, at_start: bool = False) -> bytes | None:
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        count = sock.recv_into(view[got:])
        if not count:
            if at_start and not got:
                return None
            raise FrameError("connection closed in the middle of a frame")
        got += count
    return bytes(buffer)
