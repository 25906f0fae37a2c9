"""The sandbox's mail server, and Odoo allowed to send to it."""

import json
import re
import urllib.request
from unittest.mock import patch

from odoo.tests import new_test_user

from .test_exchange_lanes import ExchangeCase


class ChannelCase(ExchangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mail = cls.sandbox["mail"]
        # Odoo sends no mail at all in its tests; these mails end in the sandbox.
        cls.startClassPatcher(
            patch.object(type(cls.env["ir.mail_server"]), "_disable_send", lambda self: False)
        )
        cls.env["ir.mail_server"].search([]).active = False
        cls.mail_server = cls.env["ir.mail_server"].create(
            {
                "name": "Sandbox",
                "smtp_host": mail["smtp_host"],
                "smtp_port": mail["smtp_port"],
                "smtp_encryption": "none",
            }
        )
        cls.customer.invoice_sending_method = "email"
        cls.env["ir.config_parameter"].set_param("efacture.retry_base", "0.1")
        cls.accountant = new_test_user(
            cls.env,
            "channel_accountant",
            groups="base.group_user,efacture_base.efacture_base_group_accountant",
            company_id=cls.company.id,
        )

    def setUp(self):
        super().setUp()
        self.before = len(self._mails())

    def _mails(self):
        url = f"{self.sandbox_root('mail')}/_sandbox/ledger"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.loads(answer.read())

    def dispatch(self, rows, seconds=60.0):
        """It ends when there is nothing more to wait for; a busy machine only takes longer."""
        return super().dispatch(rows, seconds)

    def mails(self):
        """The invoices that arrived in this test; Odoo's own notes to colleagues are left out."""
        return [mail for mail in self._mails()[self.before :] if mail["sha256"]]

    def mail_file(self, mail, number):
        url = f"{self.sandbox_root('mail')}/mails/{mail['flow_id']}/{number}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read()

    def mail_text(self, mail):
        url = f"{self.sandbox_root('mail')}/mails/{mail['flow_id']}.eml"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read()

    def returned(self, mail, **details):
        """The notice that this mail came back, as a mail server writes it."""
        request = urllib.request.Request(
            f"{self.sandbox_root('mail')}/_sandbox/bounce",
            data=json.dumps({"flow_id": mail["flow_id"], **details}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read()

    def by_mail(self, invoice=None, **values):
        """An invoice asked to leave by e-mail, and its row."""
        invoice = invoice or self._create_invoice(**values)
        return invoice, invoice._efacture_enqueue("email")

    def plain(self, html):
        return re.sub(r"<[^>]+>", " ", html or "")
