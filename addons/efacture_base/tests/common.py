"""What tests share: the sandbox over real HTTP, and a company with its account there."""

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from unittest import SkipTest
from urllib.parse import urlsplit

from odoo.tests import TransactionCase
from odoo.tests.common import _super_send

from ..connectors.hosts import PROCESS_MEMORY
from ..connectors.oauth import PROCESS_TOKENS

ROOT = Path(__file__).resolve().parents[3]


class SandboxMixin:
    """Starts `python -m sandbox` for the class; `self.sandbox` holds what it printed."""

    @classmethod
    def start_sandbox(cls):
        if not (ROOT / "sandbox" / "__main__.py").exists():
            raise SkipTest("the sandbox is not beside the addons")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--state", folder.name, "--json", "--with-parent"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        cls.addClassCleanup(cls._stop, process)
        cls.sandbox = json.loads(process.stdout.readline())
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("efacture.company_register_url", cls.sandbox["register"]["url"])
        parameters.set_param("efacture.vies_url", cls.sandbox["vies"]["url"])
        cls.sandbox_set("register", "settings", {"rate": 0})

    @staticmethod
    def _stop(process):
        process.terminate()
        process.wait(10)
        process.stdout.close()

    @classmethod
    def make_account(cls, company=None, **values):
        """An active account of a company (the current one) on the sandbox platform."""
        pa = cls.sandbox["pa"]
        platform = cls.env["efacture.platform"].create(
            {
                "name": "Sandbox platform",
                "connector": "afnor",
                "environment": "sandbox",
                "flow_base_url": pa["flow_url"],
                "directory_base_url": pa["directory_url"],
                "token_url": pa["token_url"],
                "api_version": pa.get("api_version", "1.2"),
            }
        )
        return cls.env["efacture.account"].create(
            {
                "name": "Sandbox account",
                "company_id": (company or cls.env.company).id,
                "platform_id": platform.id,
                "client_id": pa["client_id"],
                "client_secret": pa["client_secret"],
                "state": "active",
                **values,
            }
        )

    @classmethod
    def sandbox_root(cls, server):
        parts = urlsplit(cls.sandbox[server]["url"])
        return f"{parts.scheme}://{parts.netloc}"

    @classmethod
    def sandbox_set(cls, server, what, value):
        """POST to a switch of a sandbox server (`faults`, `settings`, `advance`)."""
        request = urllib.request.Request(
            f"{cls.sandbox_root(server)}/_sandbox/{what}",
            data=json.dumps(value).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def break_sandbox(self, server, fault, **details):
        """Arm a fault until the end of the test; nothing of it is remembered afterwards."""
        self.sandbox_set(server, "faults", [{"fault": fault, **details}])
        self.addCleanup(self.sandbox_set, server, "faults", [])
        self.addCleanup(PROCESS_MEMORY.forget)
        self.addCleanup(PROCESS_TOKENS.forget)

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        # Odoo's own handler cannot take the pair of time limits of our sessions.
        if urlsplit(request.url).hostname in ("127.0.0.1", "localhost"):
            return _super_send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)


class PartnerCase(SandboxMixin, TransactionCase):
    """A French company, its accountant, and the sandbox."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.env.company.country_id = cls.france
        cls.accountant = cls.make_user(
            "partner_accountant", "efacture_base.efacture_base_group_accountant"
        )
        cls.start_sandbox()

    def setUp(self):
        super().setUp()
        PROCESS_MEMORY.forget()
        PROCESS_TOKENS.forget()

    @classmethod
    def make_user(cls, login, *groups, company=None):
        """A user with these groups and nothing more."""
        company = company or cls.env.company
        return cls.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@example.com",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [
                    (6, 0, [cls.env.ref(group).id for group in ("base.group_user", *groups)])
                ],
            }
        )

    @classmethod
    def make_partner(cls, name="Atelier Nivelle", siret="99023417100017", **values):
        """A French customer."""
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "country_id": cls.france.id,
                "company_registry": siret,
                "customer_rank": 1,
                **values,
            }
        )
