"""Odoo's configuration and command line in this environment."""

import os
import subprocess
import sys
from pathlib import Path

from . import paths
from .cluster import Server

LAUNCH = str(Path(__file__).parent / "launch" / "odoo-bin")
TWO_WORDS = ("db", "i18n", "module")


def write_config(server: Server, name: str, **options) -> Path:
    """Write `<name>.conf` in the instance folder (readable by this user only) and return its path."""
    values = {
        "addons_path": paths.addons_path(),
        "data_dir": paths.INSTANCE / "data" / server_name(server),
        "db_host": server.host,
        "db_port": server.port,
        "db_user": server.user,
        "db_password": server.password,
        "list_db": False,
        "http_interface": "127.0.0.1",
        "server_wide_modules": "base,web",
        "log_level": "info",
        **options,
    }
    target = paths.INSTANCE / f"{name}.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    lines = ["[options]", *(f"{key} = {value}" for key, value in values.items())]
    target.write_text("\n".join(lines) + "\n")
    return target


def server_name(server: Server) -> str:
    return getattr(server, "name", "external")


def data_dir(server: Server) -> Path:
    return paths.INSTANCE / "data" / server_name(server)


def command(config: Path, *args: str) -> list[str]:
    return [sys.executable, LAUNCH, *_with_config(config, args)]


def _with_config(config: Path, args) -> list[str]:
    # `odoo shell -c file …`, `odoo i18n export -c file …`: the words of the sub-command come first.
    args = [str(a) for a in args]
    words = 0 if not args or args[0].startswith("-") else 2 if args[0] in TWO_WORDS else 1
    return [*args[:words], "-c", str(config), *args[words:]]


def run(config: Path, *args: str, log: Path | None = None, script: str | None = None, check=True):
    """Run Odoo to its end; `script` goes to the standard input of `odoo shell`."""
    out = log.open("ab") if log else None
    try:
        done = subprocess.run(
            command(config, *args), input=script.encode() if script else None,
            stdin=None if script else subprocess.DEVNULL,
            stdout=out, stderr=subprocess.STDOUT if out else None, env=os.environ.copy(), check=False,
        )  # fmt: skip
    finally:
        if out:
            out.close()
    if check and done.returncode:
        detail = f" Its log says why: {log}\n{tail(log)}" if log else ""
        raise paths.GroundError(f"Odoo stopped with an error ({done.returncode}).{detail}")
    return done.returncode


def tail(path: Path, lines: int = 25) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
