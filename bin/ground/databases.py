"""Databases made once and cloned: Odoo alone, with our addons, with the demo company.

A template is named by the hash of what made it, so a change makes a new one and an interrupted
build (still under its temporary name) is thrown away by the next.
"""

import fcntl
import shutil
from contextlib import contextmanager

from . import odoo_server, paths
from .cluster import Server

BASE_MODULES = [
    "account", "account_edi_ubl_cii", "contacts", "l10n_fr_account", "l10n_fr_facturx_chorus_pro", "portal",
]  # fmt: skip
LAYOUT = 6
VERSION = "efacture.ground.version"  # the system parameter that says which addons a database has


class Databases:
    def __init__(self, server: Server):
        self.server = server
        self.config = odoo_server.write_config(
            server, f"build-{odoo_server.server_name(server)}", max_cron_threads=0
        )
        self.filestore = odoo_server.data_dir(server) / "filestore"

    # -- templates ---------------------------------------------------------

    def odoo_template(self) -> str:
        """Odoo with the French chart and language, none of our addons."""
        key = paths.digest(LAYOUT, paths.ODOO_PATH, *BASE_MODULES)
        return self._template(f"tpl_odoo_{key}", None, self._install_odoo)

    def addons_template(self) -> str:
        """The same with our addons of this very state installed."""
        base = self.odoo_template()
        key = paths.digest(base, paths.addons_digest())
        return self._template(f"tpl_addons_{key}", base, self._install_addons)

    def demo_template(self) -> str:
        """The demo company of bin/run."""
        base = self.addons_template()
        demo = sorted((paths.ROOT / "bin/ground/demo").rglob("*.*")) + sorted(
            (paths.ROOT / "sandbox/data").rglob("*.json")
        )
        key = paths.digest(base, *(p.read_bytes() for p in demo if p.suffix != ".pyc"))
        return self._template(f"tpl_demo_{key}", base, self._load_demo)

    def _template(self, name: str, base: str | None, build) -> str:
        with self._lock():
            if self.server.exists(name):
                return name
            for old in self.server.databases():
                kind = name.rsplit("_", 1)[0]
                if old.startswith(kind + "_"):
                    self.drop(old)
            work = f"new_{name}"
            self.drop(work)
            if base:
                self.clone(base, work)
            else:
                self.server.create(work)
            build(work)
            self.rename(work, name)
            return name

    def _install_odoo(self, name: str) -> None:
        paths.say("  making the Odoo database (French chart of accounts, about 90 s)…")
        log = paths.LOGS / "install-odoo.log"
        log.unlink(missing_ok=True)
        # The country first: the chart of accounts is chosen by it.
        self._odoo(name, "-i", "base", "--load-language=fr_FR", "--stop-after-init", log=log)
        self.script(
            name,
            "env.company.write({'country_id': env.ref('base.fr').id, 'currency_id': env.ref('base.EUR').id})",
            log,
        )
        self._odoo(name, "-i", ",".join(BASE_MODULES), "--stop-after-init", log=log)
        # These install themselves and call paid services on the internet at every turn.
        self.script(
            name,
            "env['ir.module.module'].search([('name', 'in', "
            "['partner_autocomplete', 'snailmail', 'sms', 'web_unsplash', 'google_gmail', 'microsoft_outlook']), "
            "('state', '=', 'installed')]).button_immediate_uninstall()",
            log,
        )
        self.script(name, "env['ir.qweb']._pregenerate_assets_bundles()", log)

    def _install_addons(self, name: str) -> None:
        paths.say("  installing the eFacture addons…")
        log = paths.LOGS / "install-addons.log"
        log.unlink(missing_ok=True)
        self._odoo(name, "-i", ",".join(paths.our_addons()), "--stop-after-init", log=log)
        self.script(name, "env['ir.qweb']._pregenerate_assets_bundles()", log)

    def _load_demo(self, name: str) -> None:
        paths.say("  making the demo company…")
        log = paths.LOGS / "install-demo.log"
        log.unlink(missing_ok=True)
        self.script(name, "from ground.demo import load; load(env)", log)

    # -- databases ---------------------------------------------------------

    def clone(self, source: str, target: str) -> None:
        """A copy with its file store (bundles and documents are attachments)."""
        self.drop(target)
        self.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", source
        )
        self.server.create(target, source)
        if (self.filestore / source).exists():
            shutil.copytree(self.filestore / source, self.filestore / target, dirs_exist_ok=True)
        # A copy is another database: sessions and web push subscriptions must not be shared.
        self.server.execute(
            "UPDATE ir_config_parameter SET value = gen_random_uuid()::text WHERE key = 'database.uuid'",
            database=target,
        )

    def update(self, name: str, log) -> None:
        """Install or update our addons in a database, and mark it current."""
        log.unlink(missing_ok=True)
        addons = ",".join(paths.our_addons())
        self._odoo(name, "-i", addons, "-u", addons, "--stop-after-init", log=log)
        self.mark_current(name)

    def is_current(self, name: str) -> bool:
        """Whether our addons in a database are those on disk."""
        return self.parameter(name, VERSION) == paths.addons_digest()

    def mark_current(self, name: str) -> None:
        """Write that a database has our addons as they are on disk."""
        self.set_parameter(name, VERSION, paths.addons_digest())

    def parameter(self, name: str, key: str) -> str | None:
        """A system parameter of a database, read without Odoo."""
        rows = self.server.execute(
            "SELECT value FROM ir_config_parameter WHERE key = %s", key, database=name
        )
        return rows[0][0] if rows else None

    def set_parameter(self, name: str, key: str, value: str) -> None:
        """Write a system parameter without Odoo (no server may be running on that database)."""
        self.server.execute("DELETE FROM ir_config_parameter WHERE key = %s", key, database=name)
        self.server.execute(
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)",
            key,
            value,
            database=name,
        )

    def rename(self, old: str, new: str) -> None:
        """Give a finished database its name; the file store first, so that a kill between loses nothing."""
        if (self.filestore / old).exists():
            shutil.rmtree(self.filestore / new, ignore_errors=True)
            (self.filestore / old).rename(self.filestore / new)
        self.server.rename(old, new)

    def drop(self, name: str) -> None:
        self.server.drop(name)
        shutil.rmtree(self.filestore / name, ignore_errors=True)

    # -- helpers -----------------------------------------------------------

    def _odoo(self, name: str, *args: str, log) -> None:
        odoo_server.run(self.config, "-d", name, "--no-http", *args, log=log)

    def script(self, name: str, text: str, log) -> None:
        """Run one line of Python in `odoo shell` and commit."""
        # `odoo shell` ends with 0 even when its script raised: say it ourselves.
        script = (
            "import os, sys, traceback\n"
            "try:\n"
            f"    {text}\n"
            "    env.cr.commit()\n"
            "except BaseException:\n"
            "    traceback.print_exc()\n"
            "    sys.stdout.flush(); sys.stderr.flush()\n"
            "    os._exit(3)\n"
        )
        odoo_server.run(self.config, "shell", "-d", name, "--no-http", log=log, script=script)

    @contextmanager
    def _lock(self):
        paths.INSTANCE.mkdir(parents=True, exist_ok=True)
        with (paths.INSTANCE / "templates.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
