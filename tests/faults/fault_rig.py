"""Real servers to kill: a PostgreSQL cluster, a sandbox and Odoo nodes of this suite's own.

Nothing is shared with a person's `bin/run` or with the other tests, because everything here dies in the
middle of its work.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import requests
from ground import odoo_server, paths
from ground.cluster import Cluster, free_port, server
from ground.databases import Databases

from sandbox.process import Sandbox, start_sandbox

HERE = Path(__file__).parent
TEST_ADDONS = HERE.parent / "addons"
INSIDE = HERE / "_world_inside.py"
LEASE = 10.0  # seconds of a claim, instead of the product's 110
LANES = 4  # scheduled actions that send, and cron processes of each node


class Client:
    """One person at one node: a session, as the web client has."""

    def __init__(self, url: str, database: str, login: str = "admin", password: str = "admin"):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        answer = self._post(
            "/web/session/authenticate", {"db": database, "login": login, "password": password}
        )
        self.uid = answer["uid"]

    def call(self, model: str, method: str, *args: Any, timeout: float = 120, **kwargs: Any) -> Any:
        """What the method answers; `RuntimeError` with the server's words when it raises."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
            timeout,
        )

    def _post(self, path: str, params: dict, timeout: float = 120) -> Any:
        answer = self.http.post(
            self.url + path, json={"jsonrpc": "2.0", "params": params}, timeout=timeout
        )
        answer.raise_for_status()
        body = answer.json()
        if "error" in body:
            raise RuntimeError(body["error"]["data"].get("message") or body["error"]["message"])
        return body["result"]


class Node:
    """One Odoo server with its workers: one for pages, `LANES` for scheduled actions."""

    def __init__(self, name: str, cluster: Cluster, database: str, faults: Path, **options: Any):
        self.name, self.database, self.faults = name, database, faults
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = paths.LOGS / f"faults-{name}.log"
        self.prefix: list[str] = []
        self.process: subprocess.Popen | None = None
        self.config = odoo_server.write_config(
            cluster,
            f"faults-{name}",
            **{
                "addons_path": f"{paths.addons_path()},{TEST_ADDONS}",
                "http_port": self.port,
                "gevent_port": free_port(),
                "db_name": database,
                "workers": 1,
                "max_cron_threads": LANES,
                "limit_time_real": 120,
                "limit_time_cpu": 100,
                **options,
            },
        )

    def start(self) -> None:
        with self.log.open("ab") as out:
            # A group of its own: a whole node dies at one stroke.
            self.process = subprocess.Popen(
                [*self.prefix, *odoo_server.command(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                env={
                    **os.environ,
                    "EFACTURE_FAULTS": str(self.faults),
                    "EFACTURE_FAULTS_LEASE": str(LEASE),
                },
            )

    def wait(self, seconds: float = 90) -> None:
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            with contextlib.suppress(requests.RequestException):
                if requests.get(self.url + "/web/health", timeout=5).ok:
                    return
            self.tend()
            time.sleep(0.2)
        raise paths.GroundError(
            f"The node {self.name} does not answer. Its log: {self.log}\n{odoo_server.tail(self.log)}"
        )

    def kill(self) -> None:
        """`kill -9` of the server and all its workers at once."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def tend(self) -> bool:
        """Start the server again when it ended by itself (its database was gone), as systemd does."""
        if self.process is not None and self.process.poll() is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.start()
            return True
        return False

    def workers(self) -> list[psutil.Process]:
        """The processes that run scheduled actions (they are the nicer ones)."""
        if self.process is None:
            return []
        try:
            master = psutil.Process(self.process.pid)
            own = master.nice()
            return [child for child in master.children(recursive=True) if child.nice() > own]
        except psutil.Error:
            return []

    def memory_mb(self) -> int:
        """Memory of the node, shared pages counted once."""
        family = [psutil.Process(self.process.pid)]
        family += family[0].children(recursive=True)
        total = 0
        for process in family:
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total >> 20

    def client(self) -> Client:
        return Client(self.url, self.database)


class Rig:
    """Cluster, sandbox and folder of one session of the suite."""

    def __init__(self, invoices: int):
        self.invoices = invoices
        self.folder = paths.INSTANCE / "faults"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.cluster = Cluster("postgres-faults", durable=True)
        self.cluster.start()
        # Processes die here, not the machine: what was committed is in the kernel's hands, and a start after a
        # crash need not wait for the disk.
        self.cluster.execute("ALTER SYSTEM SET fsync = off")
        self.cluster.execute("SELECT pg_reload_conf()")
        self.databases = Databases(self.cluster)
        self.databases.config = odoo_server.write_config(
            self.cluster,
            "build-faults",
            addons_path=f"{paths.addons_path()},{TEST_ADDONS}",
            max_cron_threads=0,
        )
        # The database holds this address, so every sandbox of the session listens there.
        self.pa_port = free_port()
        self.credentials = self.folder / "credentials.json"
        self._template: str | None = None

    # -- the database every run starts from ------------------------------------------------------

    def template(self) -> str:
        """Our addons, the test addon, a company with its account, `invoices` posted invoices."""
        if self._template is None:
            postgres = server("postgres-test", durable=False)
            postgres.start()
            source = Databases(postgres)
            base = source.addons_template()
            parts = [p.read_bytes() for p in sorted(TEST_ADDONS.rglob("*.py"))]
            key = paths.digest(base, self.invoices, INSIDE.read_bytes(), *parts)
            name = f"tpl_faults_{key}"
            if not self.cluster.exists(name):
                for old in self.cluster.databases():
                    if old.startswith(("tpl_faults_", "new_", "faults_")):
                        self.databases.drop(old)
                self._build(source, base, f"new_{name}")
                self.databases.rename(f"new_{name}", name)
            self._template = name
        return self._template

    def _build(self, source: Databases, base: str, name: str) -> None:
        paths.say(f"  making the database of the fault suite ({self.invoices} invoices)…")
        self.cluster.create(name)
        copy_database(source.server, base, self.cluster, name)
        shutil.copytree(
            source.filestore / base, self.databases.filestore / name, dirs_exist_ok=True
        )
        log = paths.LOGS / "faults-build.log"
        log.unlink(missing_ok=True)
        odoo_server.run(
            self.databases.config, "-d", name, "--no-http", "-i", "efacture_faults",
            "--stop-after-init", log=log,
        )  # fmt: skip
        odoo_server.run(
            self.databases.config, "shell", "-d", name, "--no-http", log=log,
            script=f"SETTINGS = {{'invoices': {self.invoices}}}\n{INSIDE.read_text()}",
        )  # fmt: skip
        if self.databases.parameter(name, "efacture_faults.ready") != "yes":
            raise paths.GroundError(
                f"The database of the fault suite could not be made: {log}\n{odoo_server.tail(log)}"
            )

    def fresh(self, name: str) -> Database:
        """A copy of the template, aimed at this session's sandbox."""
        self.databases.clone(self.template(), name)
        return Database(self, name)

    # -- sandbox ---------------------------------------------------------------------------------

    def sandbox(self, name: str) -> Sandbox:
        """A platform without any deposit; `no_dedup` keeps a second deposit of the same file as a second row."""
        state = self.folder / f"sandbox-{name}"
        shutil.rmtree(state, ignore_errors=True)
        (state / "pa").mkdir(parents=True)
        if self.credentials.exists():
            shutil.copy(self.credentials, state / "pa" / "credentials.json")
        made = start_sandbox(state, "--port", f"pa={self.pa_port}")
        shutil.copy(state / "pa" / "credentials.json", self.credentials)
        return made

    def stop(self) -> None:
        self.cluster.start()  # a campaign may have ended while it was down
        for name in self.cluster.databases():
            if name.startswith("faults_"):
                self.databases.drop(name)
        self.cluster.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Database:
    """One run's database, read from outside Odoo."""

    def __init__(self, rig: Rig, name: str):
        self.rig, self.name = rig, name

    def all(self, query: str, *args: Any) -> list[tuple]:
        """Rows of a query; the server may just be restarting."""
        for _ in range(200):
            try:
                return self.rig.cluster.execute(query, *args, database=self.name)
            except (psycopg2.OperationalError, psycopg2.InterfaceError, OSError):
                time.sleep(0.1)
        raise paths.GroundError("PostgreSQL does not come back.")

    def one(self, query: str, *args: Any) -> Any:
        return self.all(query, *args)[0][0]

    def aim(self, sandbox: Sandbox, **parameters: object) -> None:
        """Write the sandbox's address and secret, and system parameters. No server may be running."""
        os.environ["EFACTURE_SANDBOX"] = json.dumps(sandbox.facts)
        self.rig.databases.script(
            self.name,
            "from ground.demo.platform import aim; aim(env)",
            paths.LOGS / "faults-aim.log",
        )
        for key, value in parameters.items():
            self.rig.databases.set_parameter(self.name, f"efacture.{key}", str(value))


def copy_database(source, base: str, target, name: str) -> None:
    """Carry a database from one cluster to another."""
    dump = subprocess.Popen(
        [_tool("pg_dump"), "-Fc", "-Z0", "-d", source.url(base)], stdout=subprocess.PIPE
    )
    restored = subprocess.run(
        [_tool("pg_restore"), "--no-owner", "-d", target.url(name)],
        stdin=dump.stdout,
        capture_output=True,
        check=False,
    )
    if dump.wait() or restored.returncode:
        raise paths.GroundError(
            f"A database could not be copied: {restored.stderr.decode()[-500:]}"
        )


def _tool(name: str) -> str:
    from ground.cluster import _binary

    return _binary(name)


def switch(folder: Path, **values: Any) -> None:
    """Write what goes wrong inside the servers; they read it again at once."""
    draft = folder / "switches.part"
    draft.write_text(json.dumps(values))
    draft.replace(folder / "switches.json")


def happened(folder: Path) -> list[list[str]]:
    """What the servers wrote before they died or froze, as words."""
    with contextlib.suppress(FileNotFoundError):
        return [line.split() for line in (folder / "happened.log").read_text().splitlines()]
    return []


@contextlib.contextmanager
def nodes(
    rig: Rig,
    database: str,
    faults: Path,
    number: int = 2,
    prefix: Sequence[str] = (),
    **options: Any,
) -> Iterator[list[Node]]:
    """Running nodes (`prefix`: words put before their command), ended at the end whatever happened."""
    made = [
        Node(f"{'abcd'[index]}", rig.cluster, database, faults, **options)
        for index in range(number)
    ]
    try:
        for node in made:
            node.prefix = list(prefix)
            node.log.unlink(missing_ok=True)
            node.start()
        for node in made:
            node.wait()
        yield made
    finally:
        for node in made:
            node.kill()
            node.config.unlink(missing_ok=True)
