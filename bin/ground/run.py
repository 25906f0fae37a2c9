"""`bin/run`: PostgreSQL, services, sandbox and Odoo with the demo company, then addresses and logins."""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import requests

from . import odoo_server, paths
from .cluster import free_port, is_free, server
from .databases import Databases
from .demo import inbox
from .main import entry
from .processes import Process

DATABASE = "efacture"
USERS = ("admin", "accountant", "manager", "external_accountant", "customer")


@entry
def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bin/run", description="Start eFacture with a demo company."
    )
    parser.add_argument(
        "--json", action="store_true", help="print addresses, logins and processes as JSON"
    )
    parser.add_argument("--stop", action="store_true", help="stop everything")
    parser.add_argument("--fresh", action="store_true", help="start again from a new demo database")
    parser.add_argument(
        "--workers", type=int, default=2, help="Odoo workers (default 2; 0: one process)"
    )
    parser.add_argument(
        "--port", type=int, help="port of the web address (default: 8069, or the last one used)"
    )
    options = parser.parse_args(argv)
    run = Run(options)
    if options.stop:
        return run.stop()
    facts = run.start()
    if options.json:
        print(json.dumps(facts))
    else:
        print(readable(facts))
    return 0


class Run:
    """The processes of one running product; `prefix` keeps the tests' own apart from a person's."""

    def __init__(self, options, postgres=None, prefix: str = ""):
        self.options = options
        self.prefix = prefix
        self.postgres = postgres or server()
        self.odoo, self.sandbox, self.web = (
            Process(prefix + n) for n in ("odoo", "sandbox", "web")
        )
        self.facts_file = self._file("run.json")

    def _file(self, name: str) -> Path:
        return paths.INSTANCE / f"{self.prefix}{name}"

    # -- start -------------------------------------------------------------

    def start(self) -> dict:
        began = time.monotonic()
        for folder in (paths.INSTANCE, paths.LOGS, paths.RUN_DIR):
            folder.mkdir(parents=True, exist_ok=True)
        paths.say("Starting eFacture")
        self.postgres.start()
        databases = self.databases = Databases(self.postgres)
        if self.options.fresh:
            self.stop_servers()
            databases.drop(DATABASE)
        if not self.postgres.exists(DATABASE):
            self.stop_servers()
            databases.clone(databases.demo_template(), f"new_{DATABASE}")
            databases.mark_current(f"new_{DATABASE}")
            databases.rename(f"new_{DATABASE}", DATABASE)
        elif not databases.is_current(DATABASE):
            self.stop_servers()
            paths.say("  updating the demo database to the present addons…")
            databases.update(DATABASE, paths.LOGS / "update.log")
        sandbox = self._start_sandbox()
        self._fill_inbox(sandbox)
        port = self._start_odoo(sandbox)
        services = self._start_services()
        facts = {
            "url": f"http://127.0.0.1:{port}",
            "db": DATABASE,
            "database_url": self.postgres.url(DATABASE),
            "users": {name: {"login": name, "password": name} for name in USERS},
            "pids": {
                "odoo": self.odoo.pid(), "postgres": self.postgres.pid(), "sandbox": self.sandbox.pid(),
                "web": self.web.pid(), **services,
            },
            "sandbox": sandbox,
            "logs": str(paths.LOGS),
            "seconds": round(time.monotonic() - began, 1),
        }  # fmt: skip
        self.facts_file.touch(mode=0o600)
        self.facts_file.write_text(json.dumps(facts))
        return facts

    def _start_sandbox(self) -> dict:
        ready = self._file("sandbox.json")
        if self.sandbox.pid() and ready.exists():
            return json.loads(ready.read_text())
        paths.say("  starting the sandbox platforms…")
        state = self._file("sandbox")
        ports = self._file("sandbox-ports.json")
        # The demo database holds these addresses: the ports stay the same from one run to the next.
        args = []
        if ports.exists():
            for name, number in json.loads(ports.read_text()).items():
                args += ["--port", f"{name}={number}"]
        ready.unlink(missing_ok=True)
        self.sandbox.start(
            [
                sys.executable,
                "-m",
                "sandbox",
                "--state",
                str(state),
                "--ready-file",
                str(ready),
                *args,
            ]
        )
        facts = json.loads(self.sandbox.wait(lambda: _text(ready), 30, "The sandbox"))
        ports.write_text(
            json.dumps(
                {name: int(f["url"].rsplit(":", 1)[1].split("/")[0]) for name, f in facts.items()}
            )
        )
        return facts

    def _start_odoo(self, sandbox: dict) -> int:
        port = self._web_port()
        inner = self._fixed_port("odoo-port"), self._fixed_port("odoo-gevent-port")
        config = odoo_server.write_config(
            self.postgres, f"{self.prefix}odoo",
            http_port=inner[0], gevent_port=inner[1], workers=self.options.workers, max_cron_threads=5,
            db_name=DATABASE, proxy_mode=True, limit_time_real=120, limit_time_cpu=90,
        )  # fmt: skip
        if not self.odoo.pid():
            self._point_to_sandbox(sandbox)
            paths.say("  starting Odoo…")
            self.odoo.start(odoo_server.command(config))
        self.odoo.wait(lambda: _answers(f"http://127.0.0.1:{inner[0]}/web/health"), 120, "Odoo")
        if not self.web.pid():
            self.web.start(["/usr/sbin/nginx", "-c", str(self._nginx_config(port, *inner))])
        self.web.wait(lambda: _answers(f"http://127.0.0.1:{port}/web/health"), 20, "The web server")
        return port

    def _point_to_sandbox(self, sandbox: dict) -> None:
        """The demo database's platforms are the loopback ones, wherever they listen this time."""
        key, mark = "efacture.ground.sandbox", paths.digest(json.dumps(sandbox, sort_keys=True))
        if self.databases.parameter(DATABASE, key) == mark:
            return
        # The secret goes through the environment of a process of ours, never through a log or a file.
        os.environ["EFACTURE_SANDBOX"] = json.dumps(sandbox)
        self.databases.script(
            DATABASE,
            "from ground.demo.platform import aim; aim(env)",
            paths.LOGS / f"{self.prefix}aim.log",
        )
        self.databases.set_parameter(DATABASE, key, mark)

    def _fill_inbox(self, sandbox: dict) -> None:
        """Once for each demo database, also when the first start was interrupted."""
        key = "efacture.ground.inbox"
        if not self.databases.parameter(DATABASE, key):
            inbox.fill(sandbox["pa"]["url"], sandbox["mail"]["url"])
            self.databases.set_parameter(DATABASE, key, "filled")

    def _web_port(self) -> int:
        kept = self._file("web-port")
        wanted = self.options.port or int(_text(kept) or 8069)
        if not self.web.pid() and not is_free(wanted):
            if self.options.port or _text(kept):
                raise paths.GroundError(
                    f"port {wanted} is used by another program. Choose another one: bin/run --port {free_port()}"
                )
            wanted = free_port()
        if self.web.pid() and self.options.port and str(wanted) != _text(kept):
            self.web.stop()
        kept.write_text(str(wanted))
        return wanted

    def _fixed_port(self, name: str) -> int:
        kept = self._file(name)
        number = int(_text(kept) or 0)
        if not self.odoo.pid() and (not number or not is_free(number)):
            number = free_port()
            kept.write_text(str(number))
            self.web.stop()
        return number

    def _nginx_config(self, port: int, odoo: int, gevent: int) -> Path:
        """Pages go to Odoo's workers, live notifications to its event process."""
        folder = self._file("nginx")
        folder.mkdir(exist_ok=True)
        config = folder / "nginx.conf"
        proxy = (
            "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Host $http_host; "
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme; "
            "proxy_set_header X-Real-IP $remote_addr; proxy_redirect off; proxy_buffering on;"
        )
        temporary = "\n".join(
            f"    {kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config.write_text(f"""daemon off;
pid {folder}/nginx.pid;
error_log {paths.LOGS}/{self.prefix}web-error.log warn;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_max_body_size 128m;
    proxy_read_timeout 720s;
    gzip on;
    gzip_types text/css application/json application/javascript text/xml;
{temporary}
    map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
    server {{
        listen 127.0.0.1:{port};
        location /websocket {{
            proxy_pass http://127.0.0.1:{gevent if self.options.workers else odoo};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            {proxy}
        }}
        location / {{ proxy_pass http://127.0.0.1:{odoo}; {proxy} }}
    }}
}}
""")
        return config

    def _start_services(self) -> dict:
        """Warm the validator and the renderer, so that the first invoice does not wait for them."""
        from .services import start_all

        return start_all()

    # -- stop --------------------------------------------------------------

    def stop_servers(self) -> None:
        self.web.stop()
        self.odoo.stop()

    def stop(self) -> int:
        from .services import stop_all

        self.stop_servers()
        stop_all()
        self.sandbox.stop()
        self.postgres.stop()
        self.facts_file.unlink(missing_ok=True)
        paths.say("eFacture is stopped.")
        return 0


def readable(facts: dict) -> str:
    lines = [
        "", f"eFacture is ready at {facts['url']} ({facts['seconds']} s)", "",
        *(f"  {name:<20} login {u['login']}, password {u['password']}" for name, u in facts["users"].items()),
        "", f"  database             {facts['db']}", f"  logs                 {facts['logs']}",
        *(f"  sandbox {name:<12} {values['url']}" for name, values in facts["sandbox"].items()),
        "", "  bin/run --stop ends it; bin/run --fresh starts again with a new demo company.",
    ]  # fmt: skip
    return "\n".join(lines)


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).status_code < 500
    except requests.RequestException:
        return False


if __name__ == "__main__":
    sys.exit(main())
