"""A private PostgreSQL cluster of this checkout, or the server of DATABASE_URL."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
from psycopg2 import sql

from . import paths
from .paths import GroundError


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """What Odoo and psycopg2 need to reach PostgreSQL."""

    host: str
    port: int
    user: str
    password: str

    def connect(self, database: str = "postgres"):
        connection = psycopg2.connect(
            host=self.host, port=self.port, user=self.user, password=self.password, dbname=database
        )
        connection.autocommit = True
        return connection

    def execute(self, query, *args, database: str = "postgres"):
        with closing(self.connect(database)) as connection, connection.cursor() as cr:
            cr.execute(query, args or None)
            return cr.fetchall() if cr.description else None

    def url(self, database: str) -> str:
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{database}"

    def databases(self) -> list[str]:
        return [
            r[0] for r in self.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")
        ]

    def exists(self, name: str) -> bool:
        return bool(self.execute("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def drop(self, name: str) -> None:
        self.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def create(self, name: str, template: str = "template0") -> None:
        self.execute(
            sql.SQL(
                "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE {}"
            ).format(sql.Identifier(name), sql.Identifier(template), sql.Literal("C.UTF-8"))
        )

    def rename(self, old: str, new: str) -> None:
        self.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(old), sql.Identifier(new)
            )
        )

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def pid(self) -> int | None:
        return None


class External(Server):
    """An existing server given by DATABASE_URL (a user that may create databases)."""

    def __init__(self, url: str):
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 5432
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")

    def start(self) -> None:
        try:
            self.execute("SELECT 1")
        except psycopg2.Error as error:
            raise GroundError(
                f"The PostgreSQL server of DATABASE_URL does not answer: {error}"
            ) from error


class Cluster(Server):
    """A cluster in the instance folder, reached on loopback with a password of its own."""

    def __init__(self, name: str, durable: bool):
        self.name = name
        self.durable = durable
        self.folder = paths.INSTANCE / name
        self.host, self.user = "127.0.0.1", "efacture"
        self.password_file = paths.INSTANCE / f"{name}.password"

    @property
    def port(self) -> int:
        return int((self.folder / "efacture.port").read_text())

    @property
    def password(self) -> str:
        return self.password_file.read_text().strip()

    def start(self) -> None:
        # An interrupted initdb leaves a folder without this file: start again from nothing.
        if not (self.folder / "efacture.port").exists():
            self._initialise()
        if self.pid():
            return self._wait()
        port = self.port
        if not is_free(port):
            port = free_port()
            (self.folder / "efacture.port").write_text(str(port))
        options = f"-p {self.port} -k {paths.RUN_DIR} -c listen_addresses=127.0.0.1"
        log = paths.LOGS / f"{self.name}.log"
        # Started apart from this command: an interrupt at the terminal must not stop the server.
        done = subprocess.run(
            [
                _binary("pg_ctl"),
                "-D",
                self.folder,
                "-l",
                log,
                "-o",
                options,
                "-w",
                "-t",
                "60",
                "start",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
        )
        if done.returncode:
            raise GroundError(f"PostgreSQL does not start. Its log says why: {log}\n{_tail(log)}")
        return self._wait()

    def stop(self) -> None:
        if self.pid():
            subprocess.run(
                [_binary("pg_ctl"), "-D", self.folder, "-m", "fast", "-w", "stop"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )

    def pid(self) -> int | None:
        try:
            pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        # A number left by a killed server may belong to somebody else today.
        return pid if str(self.folder).encode() in command else None

    def _wait(self) -> None:
        for _ in range(300):
            try:
                self.execute("SELECT 1")
                return
            except psycopg2.OperationalError:
                time.sleep(0.1)
        raise GroundError(f"PostgreSQL started but does not answer on port {self.port}.")

    def _initialise(self) -> None:
        paths.LOGS.mkdir(parents=True, exist_ok=True)
        if self.folder.exists():
            shutil.rmtree(self.folder)
        if not self.password_file.exists():
            self.password_file.touch(mode=0o600)
            self.password_file.write_text(secrets.token_urlsafe(24))
        done = subprocess.run(
            [_binary("initdb"), "-D", self.folder, "-U", self.user, "--pwfile", self.password_file,
             "-A", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise GroundError(f"The database cluster could not be made: {done.stderr.strip()}")
        settings = ["shared_buffers = 256MB", "work_mem = 16MB", "max_connections = 200",
                    "random_page_cost = 1.1", "timezone = 'UTC'", "log_timezone = 'UTC'"]  # fmt: skip
        if not self.durable:
            # Tests only: their databases are clones that may be lost.
            settings += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
        with (self.folder / "postgresql.conf").open("a") as conf:
            conf.write("\n" + "\n".join(settings) + "\n")
        (self.folder / "efacture.port").write_text(str(free_port()))


def server(name: str = "postgres", durable: bool = True) -> Server:
    """The server to use: DATABASE_URL's, or the private cluster of that name."""
    url = os.environ.get("DATABASE_URL")
    return External(url) if url else Cluster(name, durable)


def is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _binary(name: str) -> str:
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda p: float(p.parts[-3]),
        reverse=True,
    )
    if not found:
        raise GroundError("PostgreSQL is not installed: sudo apt-get install postgresql")
    return str(found[0])


def _tail(path: Path, lines: int = 5) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
