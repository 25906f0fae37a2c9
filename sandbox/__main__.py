"""`python -m sandbox --state DIR`: start every loopback server in one process and print where they are."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path

from .mail import MailServer
from .pa import Platform
from .pa_directory import VERSIONS
from .register import Register
from .server import Server
from .vies import ViesServer


def main(arguments: list[str] | None = None) -> int:
    """Start, print one JSON line (or a readable list) once ready, serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument(
        "--state", required=True, type=Path, help="folder for what the servers keep"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--port",
        action="append",
        default=[],
        metavar="NAME=PORT",
        help="wanted port of a server (pa, register, vies, mail)",
    )
    parser.add_argument(
        "--api-version",
        choices=VERSIONS,
        default="1.2",
        help="version of AFNOR XP Z12-013 the platform speaks",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    parser.add_argument("--ready-file", type=Path, help="write the same JSON there once ready")
    parser.add_argument(
        "--with-parent",
        action="store_true",
        help="stop when the process that started this one ends",
    )
    options = parser.parse_args(arguments)
    try:
        ports = {name: int(port) for name, port in (entry.split("=", 1) for entry in options.port)}
    except ValueError:
        parser.error("--port wants NAME=PORT")
    parent = os.getppid()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())

    servers: list[Server] = [
        Platform(options.state / "pa", api_version=options.api_version),
        Register(),
        ViesServer(),
        MailServer(options.state / "mail"),
    ]
    unknown = set(ports) - {server.name for server in servers}
    if unknown:
        parser.error(f"no server is called {sorted(unknown)[0]}")
    for server in servers:
        server.start(options.host, ports.get(server.name, 0))
        wanted = ports.get(server.name)
        if wanted and not server.url.endswith(f":{wanted}"):
            print(
                f"{server.name}: port {wanted} is taken, {server.url} is used instead",
                file=sys.stderr,
            )
    facts = {server.name: server.facts() for server in servers}
    line = json.dumps(facts)
    if options.ready_file:
        options.ready_file.parent.mkdir(parents=True, exist_ok=True)
        draft = options.ready_file.with_name(options.ready_file.name + ".part")
        draft.touch(mode=0o600)
        draft.write_text(line, encoding="utf-8")
        draft.replace(options.ready_file)
    print(
        line if options.json else "\n".join(f"{server.name:10} {server.url}" for server in servers),
        flush=True,
    )
    while not stopping.wait(1.0):
        if options.with_parent and os.getppid() != parent:
            break
    for server in servers:
        with contextlib.suppress(OSError):
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
