"""What every loopback server shares: routing by operation, fault switches, ledger, a page to look at."""

from __future__ import annotations

import html
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from .faults import COMMON, Fault, Faults, UnknownFault

HTML_PAGE = "<!DOCTYPE html><html><head><title>Proxy</title></head><body><h1>It works elsewhere</h1></body></html>"
MAX_BODY = 101 * 1024 * 1024
BEFORE = {"refuse", "slow"}
AFTER = {"vanish", "cut", "slow_after", "trickle"}


def now() -> str:
    """This moment as platforms write it: UTC, milliseconds, Z."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """A moment in UTC with milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def answer(
    body: Any,
    status: int = 200,
    headers: dict[str, str] | None = None,
    mimetype: str = "application/json",
) -> Response:
    """A JSON answer (or the given text or bytes with its type)."""
    content = body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=False)
    return Response(content, status=status, headers=headers, mimetype=mimetype)


class Server:
    """One loopback server. Subclasses give `name`, `rules()`, `more_faults`, and the shape of their errors."""

    name = "server"
    title = "Server"
    more_faults: dict[str, str] = {}
    # See `Faults`: where a fault makes sense, and those no request meets; operations that are no request.
    natural_faults: dict[str, set[str]] = {}
    inner_faults: set[str] = set()
    inner_operations: tuple[str, ...] = ()
    # Settings of `/_sandbox/settings` with their first values; a change must be of the same type.
    defaults: dict[str, Any] = {}

    def __init__(self, **settings: Any) -> None:
        self.settings = {**self.defaults, **settings}
        operations = []
        rules = []
        for rule, methods, operation, handler in self.rules():
            rules.append(Rule(rule, methods=methods, endpoint=(operation, handler)))
            operations.append(operation)
        self.operations = tuple(dict.fromkeys((*filter(None, operations), *self.inner_operations)))
        self.faults = Faults(
            {**COMMON, **self.more_faults}, self.operations, self.natural_faults, self.inner_faults
        )
        rules += [
            Rule("/", methods=["GET"], endpoint=("", self.page)),
            Rule(
                "/_sandbox/ledger",
                methods=["GET"],
                endpoint=("", lambda request: answer(self.ledger())),
            ),
            Rule("/_sandbox/faults", methods=["GET", "POST"], endpoint=("", self.switch_faults)),
            Rule(
                "/_sandbox/settings", methods=["GET", "POST"], endpoint=("", self.change_settings)
            ),
            Rule(
                "/_sandbox/calls",
                methods=["GET"],
                endpoint=("", lambda request: answer(self.calls())),
            ),
        ]
        self._map = Map(rules, merge_slashes=False)
        self._calls: dict[str, int] = {}
        self._lock = threading.Lock()
        self._http: BaseWSGIServer | None = None

    # What a subclass fills in.

    def rules(self) -> list[tuple[str, list[str], str, Callable[..., Response]]]:
        """Routes: (werkzeug rule, methods, operation name, handler)."""
        return []

    def ledger(self) -> list[dict[str, Any]]:
        """Every document this server stored, one row per deposit."""
        return []

    def facts(self) -> dict[str, Any]:
        """What a client needs to know; `url` at least."""
        return {"url": self.url}

    def error(
        self, status: int, code: str, text: str, headers: dict[str, str] | None = None
    ) -> Response:
        """An error in the shape of the protocol."""
        return answer({"errorCode": code, "errorMessage": text}, status, headers)

    def special_fault(self, fault: Fault, request: Request) -> Response | None:
        """The answer for a fault of this protocol; None lets the handler look at the fault itself."""
        return None

    def guard(self, operation: str, request: Request) -> Response | None:
        """Refuse a request before its handler (credentials, rate…)."""
        return None

    # The machine.

    def start(self, host: str, port: int) -> None:
        """Listen and serve in a thread; falls to a free port when the wanted one is taken."""
        try:
            self._http = make_server(host, port, self, threaded=True, request_handler=_Quiet)
        except (OSError, SystemExit):
            if not port:
                raise
            self._http = make_server(host, 0, self, threaded=True, request_handler=_Quiet)
        threading.Thread(
            target=self._http.serve_forever, name=f"sandbox-{self.name}", daemon=True
        ).start()

    def stop(self) -> None:
        """Stop listening."""
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()

    @property
    def url(self) -> str:
        """Where this server listens, without a final slash."""
        return f"http://{self._http.host}:{self._http.port}"

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        request = Request(environ)
        request.max_content_length = MAX_BODY
        # The multipart memory limit of werkzeug is for forms of people; our documents come as parts.
        request.max_form_memory_size = None
        try:
            (operation, handler), values = self._map.bind_to_environ(environ).match()
        except HTTPException as error:
            return self.error(error.code or 404, "UNKNOWN_PATH", str(error.description))(
                environ, start_response
            )
        if not operation:
            return handler(request, **values)(environ, start_response)
        with self._lock:
            self._calls[operation] = self._calls.get(operation, 0) + 1
        fault = self.faults.draw(operation)
        if fault and fault.fault == "refuse":
            _reset(environ)
            return []
        if fault and fault.fault == "slow":
            time.sleep(fault.seconds)
            fault = None
        response = self._handle(operation, handler, request, values, fault)
        if fault and fault.fault in AFTER:
            return self._spoil(fault, response, environ, start_response)
        return response(environ, start_response)

    def _handle(
        self,
        operation: str,
        handler: Callable[..., Response],
        request: Request,
        values: dict,
        fault: Fault | None,
    ) -> Response:
        if fault and fault.fault not in AFTER:
            planned = self._plain_fault(fault, request) or self.special_fault(fault, request)
            if planned is not None:
                return planned
        refused = self.guard(operation, request)
        if refused is not None:
            return refused
        request.environ["sandbox.fault"] = fault
        try:
            return handler(request, **values)
        except RequestEntityTooLarge:
            return self.error(413, "FILE_SIZE_EXCEEDED", "The file is too large.")
        except HTTPException as error:
            return self.error(error.code or 400, "BAD_REQUEST", str(error.description))

    def _plain_fault(self, fault: Fault, request: Request) -> Response | None:
        wait = {"Retry-After": str(max(1, round(fault.seconds)))}
        match fault.fault:
            case "html":
                return answer(HTML_PAGE, mimetype="text/html")
            case "garbage":
                return answer('{"results": [{"siren": ', mimetype=self.mimetype)
            case "huge":
                return Response(iter(lambda: b"x" * 65536, b""), mimetype=self.mimetype)
            case "unauthorized":
                return self.error(401, "MISSING_TOKEN", "The token is missing or no longer valid.")
            case "forbidden":
                return self.error(403, "FORBIDDEN_ACCESS", "This account may not do that.")
            case "not_found_html":
                return answer(HTML_PAGE, 404, mimetype="text/html")
            case "too_many":
                return self.error(429, "TOO_MANY_REQUESTS", "Too many requests.", wait)
            case "error_500":
                return self.error(500, "INTERNAL_ERROR", "Something broke here.")
            case "bad_gateway":
                return answer(HTML_PAGE, 502, mimetype="text/html")
            case "unavailable":
                return self.error(503, "RESOURCE_ERROR", "The service is stopped for now.")
            case "unavailable_retry":
                return self.error(503, "RESOURCE_ERROR", "Maintenance.", wait)
            case "redirect_private":
                return Response(
                    status=302, headers={"Location": "https://169.254.169.254/latest/meta-data/"}
                )
            case "redirect_loop":
                return Response(status=302, headers={"Location": request.url})
        return None

    mimetype = "application/json"

    def _spoil(
        self,
        fault: Fault,
        response: Response,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Any:
        content = response.get_data()
        if fault.fault == "slow_after":
            time.sleep(fault.seconds)
            return response(environ, start_response)
        if fault.fault == "vanish":
            _reset(environ)
            return []
        headers = [(k, v) for k, v in response.headers if k.lower() != "content-length"]
        headers.append(("Content-Length", str(len(content))))
        start_response(response.status, headers)
        return _half(content, environ) if fault.fault == "cut" else _drops(content, fault.seconds)

    def switch_faults(self, request: Request) -> Response:
        """`GET`/`POST /_sandbox/faults`."""
        if request.method == "POST":
            try:
                self.faults.arm(json.loads(request.get_data() or b"[]"))
            except (UnknownFault, ValueError) as error:
                return answer({"error": str(error)}, 400)
        return answer(
            {
                "names": list(self.faults.names),
                "active": self.faults.active(),
                "operations": list(self.operations),
                "meaning": self.faults.names,
            }
        )

    def change_settings(self, request: Request) -> Response:
        """`GET`/`POST /_sandbox/settings`."""
        wanted = request.get_json(silent=True) if request.method == "POST" else {}
        wrong = (
            "an object is expected" if not isinstance(wanted, dict) else self.check_settings(wanted)
        )
        if wrong:
            return answer({"error": wrong}, 400)
        self.settings.update(wanted)
        return answer(self.settings)

    def check_settings(self, wanted: dict[str, Any]) -> str:
        """Why these settings cannot be; empty when they can."""
        for name, value in wanted.items():
            if name not in self.defaults:
                return f"no setting is called {name}"
            first = self.defaults[name]
            kinds = (int, float) if isinstance(first, int | float) else (str,)
            fits = isinstance(value, bool) == isinstance(first, bool) and isinstance(value, kinds)
            if not fits:
                return f"{name} is of another type"
        return ""

    def calls(self) -> dict[str, int]:
        """How many requests each operation has had since the start."""
        with self._lock:
            return dict(self._calls)

    def page(self, request: Request) -> Response:
        """A small page for people."""
        rows = self.ledger()[-50:]
        names = list(rows[0]) if rows else []
        cells = "".join(
            "<tr>" + "".join(f"<td>{html.escape(str(row[n] or ''))}</td>" for n in names) + "</tr>"
            for row in reversed(rows)
        )
        table = (
            f"<table><tr>{''.join(f'<th>{n}</th>' for n in names)}</tr>{cells}</table>"
            if rows
            else "<p>Nothing was deposited yet.</p>"
        )
        armed = (
            ", ".join(html.escape(str(fault["fault"])) for fault in self.faults.active()) or "none"
        )
        calls = (
            "".join(
                f"<li>{html.escape(name)}: {count}</li>"
                for name, count in sorted(self.calls().items())
            )
            or "<li>none</li>"
        )
        body = f"""<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{self.title}</title><style>body{{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;display:block;overflow-x:auto}}td,th{{border:1px solid #999;padding:.2rem .5rem;text-align:left}}</style>
<h1>{self.title}</h1><p>This server plays the outside world on this machine. Nothing here is real.</p>
<h2>Deposits</h2>{table}<h2>Requests</h2><ul>{calls}</ul><h2>Faults armed</h2><p>{armed}</p></html>"""
        return answer(body, mimetype="text/html")


class _Quiet(WSGIRequestHandler):
    """No line per request; a client that hangs up is no event."""

    protocol_version = "HTTP/1.1"
    # One packet an answer, sent at once: a kept connection otherwise waits 40 ms for each.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:
        pass

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        pass


def _reset(environ: dict[str, Any]) -> None:
    """End the connection with a reset, as a machine that died would."""
    sock: socket.socket = environ["werkzeug.socket"]
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("sandbox fault")


def _half(content: bytes, environ: dict[str, Any]) -> Iterator[bytes]:
    yield content[: max(1, len(content) // 2)]
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


def _drops(content: bytes, seconds: float) -> Iterator[bytes]:
    for index in range(len(content)):
        time.sleep(max(0.05, seconds / 20))
        yield content[index : index + 1]
