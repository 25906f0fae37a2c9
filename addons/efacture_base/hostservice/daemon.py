"""Where the services of this host live, and how one is started when nobody did.

Everything of a service is in one private folder: ``<name>-<install>.sock``, ``.lock`` and ``.log``.
``<install>`` is a short hash of the code's place, so that two installations on one host never
fight over a socket. The lock decides who serves; a socket without a locked file is stale.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .protocol import ServiceUnavailable

PACKAGE_ROOT = Path(__file__).resolve().parent.parent  # addons/efacture_base
LOG_LIMIT = 5 << 20


@dataclass(frozen=True)
class Paths:
    """Files of one service in the run folder."""

    folder: Path
    socket: Path
    lock: Path
    log: Path


def services_root() -> Path:
    """Return the folder that holds the package ``services``.

    ``$EFACTURE_SERVICES_DIR`` is the folder ``services`` itself (or its parent); else the sibling
    of ``addons/`` is taken.

    :raises ServiceUnavailable: there is no such folder.
    """
    told = os.environ.get("EFACTURE_SERVICES_DIR")
    place = Path(told) if told else PACKAGE_ROOT.parent.parent / "services"
    for folder in (place, place / "services"):
        if (folder / "hostserver.py").is_file():
            return folder.resolve().parent
    raise ServiceUnavailable(
        f"The folder of the eFacture services was not found at {place}: "
        "set EFACTURE_SERVICES_DIR to the folder 'services' of the project."
    )


def run_folder() -> Path:
    """Return the private folder of sockets, made if needed (mode 0700).

    ``$EFACTURE_RUN_DIR``, else ``/run/efacture`` when it is there and ours, else
    ``$XDG_RUNTIME_DIR/efacture``, else ``/tmp/efacture-<uid>``.

    :raises ServiceUnavailable: the folder is not private to us.
    """
    told = os.environ.get("EFACTURE_RUN_DIR")
    if told:
        folder = Path(told)
    elif _is_private(Path("/run/efacture")):
        folder = Path("/run/efacture")
    elif os.environ.get("XDG_RUNTIME_DIR") and os.access(os.environ["XDG_RUNTIME_DIR"], os.W_OK):
        folder = Path(os.environ["XDG_RUNTIME_DIR"]) / "efacture"
    else:
        folder = Path(tempfile.gettempdir()) / f"efacture-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700, parents=bool(told), exist_ok=True)
    except OSError as error:
        raise ServiceUnavailable(f"The folder {folder} cannot be made: {error}") from error
    if not _is_private(folder):
        raise ServiceUnavailable(
            f"The folder {folder} must belong to the user of Odoo and be closed to others "
            f"(chmod 700 {folder})."
        )
    return folder


def _is_private(folder: Path) -> bool:
    try:
        info = folder.lstat()
    except OSError:
        return False
    ours = info.st_uid == os.geteuid() or os.geteuid() == 0
    return stat.S_ISDIR(info.st_mode) and ours and not info.st_mode & 0o077


def paths(name: str) -> Paths:
    """Return the files of service ``name`` in the run folder."""
    folder = run_folder()
    install = hashlib.sha256(str(services_root()).encode()).hexdigest()[:8]
    base = f"{name}-{install}"
    return Paths(folder, folder / f"{base}.sock", folder / f"{base}.lock", folder / f"{base}.log")


_versions: dict[str, tuple[tuple, str]] = {}


def code_version(name: str) -> str:
    """Return a short hash of the code that service ``name`` runs, as it is on disk now.

    A daemon whose greeting shows another version runs older code and is replaced. Files are only
    read again when their size or date changed.
    """
    files = list(_code_files(name))
    key = tuple((str(path), info.st_mtime_ns, info.st_size) for path, info in files)
    known = _versions.get(name)
    if known and known[0] == key:
        return known[1]
    digest = hashlib.sha256(sys.version.encode())
    for path, _info in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    version = digest.hexdigest()[:16]
    _versions[name] = (key, version)
    return version


def _code_files(name: str) -> Iterator[tuple[Path, os.stat_result]]:
    root = services_root() / "services"
    folders = [PACKAGE_ROOT / "hostservice", PACKAGE_ROOT / "en16931"]
    folders += [PACKAGE_ROOT / "en16931" / "data", root / name]
    yield root / "hostserver.py", (root / "hostserver.py").stat()
    for folder in folders:
        if not folder.is_dir():
            continue
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda item: item.name):
                if entry.is_file() and entry.name.endswith(
                    (".py", ".csv", ".json", ".js", ".css", ".xml")
                ):
                    yield Path(entry.path), entry.stat()


def is_served(where: Paths) -> bool:
    """Say whether a living process holds the service's lock."""
    try:
        with open(where.lock, "rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def start(name: str) -> None:
    """Start service ``name``, detached, and return once its launcher has.

    The child restores its own resource limits (Odoo only lowers the soft ones), runs as the owner
    of the run folder, in a session of its own, with its output in the service's log. Whoever takes
    the lock serves; a second daemon started at the same moment leaves at once.

    :raises ServiceUnavailable: the process could not be started.
    """
    where, root = paths(name), services_root()
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(root), str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    environment["EFACTURE_RUN_DIR"] = str(where.folder)
    environment["EFACTURE_SERVICES_DIR"] = str(root / "services")
    environment.setdefault("PYTHONUNBUFFERED", "1")
    python = os.environ.get("EFACTURE_PYTHON") or sys.executable
    owner = where.folder.stat().st_uid
    user: dict[str, int | list[int]] = {}
    if os.geteuid() == 0 and owner != 0:
        account = pwd.getpwuid(owner)
        user = {"user": owner, "group": account.pw_gid, "extra_groups": []}
        environment["HOME"] = account.pw_dir
    try:
        with open(where.log, "ab") as log:
            if user:
                os.chown(where.log, owner, -1)
            if log.tell() > LOG_LIMIT:
                log.truncate(0)
            launcher = subprocess.Popen(  # list form, no shell, our own module
                [python, "-m", f"services.{name}", "--detach"],
                cwd=root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                close_fds=True,
                **user,
            )
        # The launcher forks and leaves at once: no zombie stays with the caller.
        if launcher.wait(timeout=30):
            raise ServiceUnavailable(
                f"The service {name} did not start (exit {launcher.returncode}); see {where.log}."
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise ServiceUnavailable(f"The service {name} could not be started: {error}") from error
