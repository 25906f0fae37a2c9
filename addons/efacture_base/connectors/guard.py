"""Which addresses may be called, and a clock over the whole call.

The check stands where the socket is opened: the name is resolved, every address is judged, and the connection goes to an address that was
judged, so that a name cannot change its mind between check and call. Rules (quality.md, *Closed*):

- `https` to public addresses;
- `http` or `https` to a host written as loopback (`localhost`, `127.x.x.x`, `::1`): the sandbox and tests;
- nothing else: no private, link-local, multicast or reserved range, no name that resolves to loopback.
"""

from __future__ import annotations

import contextlib
import contextvars
import ipaddress
import os
import queue
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from .errors import AddressForbidden

NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_loopback_host(host: str) -> bool:
    """True when the host is *written* as loopback; a name that merely resolves to it is not."""
    host = host.strip("[]").lower().rstrip(".")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_public_address(address: str) -> bool:
    """True for an IP address anybody on the internet can reach; addresses that embed another are judged by it too."""
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public_address(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def check_url(url: str) -> str:
    """Check the written form of an address and return its host.

    Raises `AddressForbidden`: unknown scheme, `http` outside loopback, user name in the address, no host, odd characters, a private IP address.
    The resolved addresses are judged later, when the socket is opened.
    """
    if any(ord(c) <= 32 or c == "\\" for c in url):
        raise AddressForbidden("the address holds a space, a control character or a backslash")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressForbidden(f"not an address: {error}")
    if not host:
        raise AddressForbidden("the address has no host")
    if parts.username is not None or parts.password is not None:
        raise AddressForbidden("the address may not hold a user name or a password", host=host)
    if parts.scheme == "http" and not is_loopback_host(host):
        raise AddressForbidden("only https is allowed", host=host)
    if parts.scheme not in ("http", "https"):
        raise AddressForbidden(f"{parts.scheme or 'no scheme'}: only https is allowed", host=host)
    if not is_loopback_host(host) and _is_private_literal(host):
        raise AddressForbidden(f"{host} is not a public address", host=host)
    return host


def _is_private_literal(host: str) -> bool:
    """True for a host written as an IP address that nobody on the internet can reach."""
    try:
        return not is_public_address(host)
    except ValueError:
        return False


def allowed_addresses(host: str, port: int, *, timeout: float | None) -> list[str]:
    """Resolve a host and return its addresses, best first.

    Raises `AddressForbidden` when *any* of them is out of bounds, `OSError` when the name is unknown, `TimeoutError` when resolving lasts.
    """
    addresses = _resolve(host, port, timeout)
    loopback = is_loopback_host(host)
    for address in addresses:
        if loopback:
            allowed = ipaddress.ip_address(address.split("%", 1)[0]).is_loopback
        else:
            allowed = is_public_address(address)
        if not allowed:
            raise AddressForbidden(
                f"{host} leads to {address}, which is not a public address", host=host
            )
    return addresses


def _resolve(host: str, port: int, timeout: float | None) -> list[str]:
    def work() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as error:
            answers.put(OSError(f"{host}: {error}"))

    answers: queue.Queue[list[str] | OSError] = queue.Queue()
    # getaddrinfo has no time limit of its own: a thread that may be left behind bounds it.
    threading.Thread(target=work, name="efacture-resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except queue.Empty:
        raise TimeoutError(f"{host}: the name was not resolved in time")
    if isinstance(answer, OSError):
        raise answer
    return answer


class Clock:
    """The wall-clock limit of one call; at its end the socket is shut from outside, whatever step it is in.

    `sent`: has any byte of the request been handed to the network? `expired`: did the limit end the call? `loopback`: may this call lead to this
    machine (only when its first address was written so)?
    """

    def __init__(self, seconds: float, *, loopback: bool = False) -> None:
        self.seconds = seconds
        self.loopback = loopback
        self.ends = time.monotonic() + seconds
        self.sent = False
        self.expired = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.ends - time.monotonic())

    def watch(self, sock: socket.socket) -> None:
        """Take over the socket of this call (a duplicate of its handle, so that TLS wrapping does not matter)."""
        with self._lock:
            self._release()
            with contextlib.suppress(OSError):
                self._socket = socket.socket(fileno=os.dup(sock.fileno()))

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> Clock:
        self._timer.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._release()


_clock: contextvars.ContextVar[Clock | None] = contextvars.ContextVar(
    "efacture_clock", default=None
)


@contextlib.contextmanager
def running(clock: Clock) -> Iterator[Clock]:
    """Make `clock` the one that the connections of this thread report to."""
    token = _clock.set(clock)
    try:
        with clock:
            yield clock
    finally:
        _clock.reset(token)


class _Guarded:
    """What both connection classes add: judged addresses, and the clock."""

    def _new_conn(self) -> socket.socket:
        clock = _clock.get()
        if is_loopback_host(self._dns_host):
            if clock is not None and not clock.loopback:
                raise AddressForbidden("led to this machine", host=self._dns_host)
        elif isinstance(self, HTTPConnection) and not isinstance(self, HTTPSConnection):
            raise AddressForbidden("only https is allowed", host=self._dns_host)
        timeout = self.timeout if isinstance(self.timeout, int | float) else None
        if clock is not None:
            timeout = min(timeout, clock.left()) if timeout is not None else clock.left()
        try:
            addresses = allowed_addresses(self._dns_host, self.port, timeout=timeout)
        except TimeoutError as error:
            raise ConnectTimeoutError(self, str(error))
        except OSError as error:
            raise NewConnectionError(self, str(error))
        last: OSError | None = None
        for address in addresses:
            try:
                sock = socket.create_connection((address, self.port), timeout)
            except TimeoutError as error:
                raise ConnectTimeoutError(self, f"{self.host}: {error}")
            except OSError as error:
                last = error
                continue
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            if clock is not None:
                clock.watch(sock)
            return sock
        raise NewConnectionError(self, str(last))

    def send(self, data: object) -> None:
        if self.sock is None and self.auto_open:
            self.connect()
        clock = _clock.get()
        if clock is not None:
            if not clock.sent:
                clock.watch(self.sock)  # a kept-alive connection, or one that TLS has wrapped since
            clock.sent = True
        return super().send(data)


class _GuardedHTTPConnection(_Guarded, HTTPConnection):
    pass


class _GuardedHTTPSConnection(_Guarded, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPSConnection


class GuardedAdapter(HTTPAdapter):
    """requests adapter whose connections go through the guard. No retries, no proxies."""

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **kwargs: object
    ) -> None:
        self.poolmanager = PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, **kwargs
        )
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
