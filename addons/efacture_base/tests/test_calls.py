"""The log of calls: what an accountant reads of what was asked of the outside."""

import logging
import time
import uuid
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..connectors.session import CallRecord
from ..models import efacture_call
from ..models.efacture_call import call_about
from .common import PartnerCase
from .send_common import SendCase

_logger = logging.getLogger(__name__)
MARKER = "s3cr3t-MARKER-log"


def a_call(**values):
    return CallRecord(
        **{
            "method": "POST", "host": "pa.example", "path": "/v1/flows", "query_names": (), "headers": {},
            "request_id": "r-1", "request_length": 1200, "request_fingerprint": "", "status": 201,
            "answer_length": 80, "answer_fingerprint": "", "seconds": 0.0421, "error": "", **values,
        }
    )  # fmt: skip


@tagged("post_install", "-at_install")
class TestCallsOfAPlatform(PartnerCase):
    """Over real HTTP, with the sandbox."""

    def setUp(self):
        super().setUp()
        self.env["efacture.call"].search([]).sudo().unlink()
        self.account = self.make_account(company=self.env.company)

    def _log(self):
        return self.env["efacture.call"].search([], order="id")

    def test_a_look_up_is_noted_in_plain_words(self):
        with self.enter_registry_test_mode():
            self.account._connector().lookup_recipient(siren="990234171")
        sign_in, directory = self._log()[0], self._log()[-1]
        self.assertEqual(sign_in.operation, "sign_in")
        self.assertEqual(directory.operation, "lookup_recipient")
        self.assertEqual(directory.company_id, self.env.company.id)
        self.assertEqual(directory.account_name, self.account.name)
        self.assertEqual(directory.user_id, self.env.uid)
        self.assertEqual(directory.status, 200)
        self.assertTrue(directory.request_id)
        self.assertTrue(directory.bytes_in)
        self.assertEqual(directory.outcome, self.env._("Answered"))

    def test_a_refused_sign_in_is_noted_without_the_secret(self):
        self.account.write({"client_secret": MARKER})
        with self.enter_registry_test_mode():
            self.account._connector().check_connection()
        call = self._log()[-1]
        self.assertTrue(call.error_kind)
        self.assertNotEqual(call.outcome, self.env._("Answered"))
        self.assertNotIn(MARKER, str(self._log().sudo().read()))

    def test_public_registers_are_noted_too(self):
        with self.enter_registry_test_mode():
            self.env["efacture.lookup"]._company_register().by_siren("990234171")
            self.env["efacture.lookup"]._vies().check("FR", "FR43999120348")
        self.assertEqual({"register", "vies"}, set(self._log().mapped("operation")))
        self.assertEqual(set(self._log().mapped("company_id")), {self.env.company.id})

    def test_a_log_that_cannot_be_written_changes_nothing(self):
        with (
            self.enter_registry_test_mode(),
            patch.object(efacture_call, "_insert", side_effect=ValueError("full")),
            self.assertLogs("odoo.addons.efacture_base.models.efacture_call", "WARNING"),
        ):
            found = self.account._connector().lookup_recipient(siren="990234171")
        self.assertTrue(found)
        self.assertFalse(self._log())


@tagged("post_install", "-at_install")
class TestCalls(SendCase):
    def setUp(self):
        super().setUp()
        self.env["efacture.call"].search([]).sudo().unlink()

    def _note(self, *records, account=None, **kwargs):
        on_call = self.env["efacture.call"]._efacture_on_call(account or self.account, **kwargs)
        with self.enter_registry_test_mode():
            for record in records:
                on_call(record)
        return self.env["efacture.call"].search([], order="id")

    def _exchange(self, invoice):
        return (
            self.env["efacture.exchange"]
            .sudo()
            .create({"move_id": invoice.id, "account_id": self.account.id, "channel": "efacture"})
        )

    def test_a_call_tells_which_invoice_it_was_for(self):
        invoice = self._create_invoice()
        exchange = self._exchange(invoice)
        call = self._note(a_call(), exchange=exchange)
        self.assertEqual(
            (call.exchange_id, call.move_id, call.move_name),
            (exchange.id, invoice.id, invoice.name),
        )
        self.assertEqual((call.milliseconds, call.bytes_out, call.bytes_in), (42, 1200, 80))
        self.assertEqual(call.action_open_invoice()["res_id"], invoice.id)
        self.assertEqual(call.action_open_exchange()["res_id"], exchange.id)

    def test_one_connector_may_serve_many_invoices(self):
        first, second = self._create_invoice(), self._create_invoice()
        on_call = self.env["efacture.call"]._efacture_on_call(self.account)
        with self.enter_registry_test_mode():
            for exchange in (self._exchange(first), self._exchange(second)):
                with call_about(exchange):
                    on_call(a_call())
            on_call(a_call())
        calls = self.env["efacture.call"].search([], order="id")
        self.assertEqual(calls.mapped("move_name"), [first.name, second.name, False])

    def test_a_row_that_is_sent_names_its_invoice_by_itself(self):
        invoice = self._create_invoice()
        row = self._exchange(invoice)
        on_call = self.env["efacture.call"]._efacture_on_call(self.account)

        def call(_row):
            on_call(a_call())

        with (
            self.enter_registry_test_mode(),
            patch.object(type(row), "_efacture_call_efacture", call),
        ):
            row._efacture_call()
        self.assertEqual(self.env["efacture.call"].search([]).move_name, invoice.name)

    def test_a_failure_reads_plainly(self):
        call = self._note(a_call(status=None, error="timed_out: no complete answer within 45 s"))
        self.assertEqual((call.error_kind, call.status), ("timed_out", 0))
        self.assertEqual(call.outcome, "It took too long to answer")

    def test_a_file_that_is_not_there_is_no_wrong_address(self):
        call = self._note(
            a_call(method="GET", status=404, error="not_found: no such view"), default="download"
        )
        self.assertEqual(call.outcome, "The platform does not have this file")

    def test_nobody_changes_it(self):
        call = self._note(a_call())
        manager = self._user("efacture_base.efacture_base_group_manager")
        self.assertTrue(call.with_user(manager).read(["operation"]))
        for method, args in (("write", [{"status": 1}]), ("unlink", [])):
            with self.subTest(method=method), self.assertRaises(AccessError):
                call_kw(self.env["efacture.call"].with_user(manager), method, [call.ids, *args], {})

    def test_it_is_the_company_s(self):
        other = self.env["res.company"].create({"name": "Autre Rive"})
        self._note(a_call())
        stranger = self._user("efacture_base.efacture_base_group_manager", company=other)
        self.assertFalse(self.env["efacture.call"].with_user(stranger).search([]))
        clerk = self._user("account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.env["efacture.call"].with_user(clerk).search([])

    def _user(self, group, company=None):
        company = company or self.company
        return self.env["res.users"].create(
            {
                "name": f"calls {group}", "login": f"calls.{group}.{company.id}", "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.set([self.env.ref("base.group_user").id, self.env.ref(group).id])],
            }
        )  # fmt: skip

    def test_old_lines_go_in_batches(self):
        calls = self._note(*[a_call() for _number in range(7)])
        calls[:5].sudo().write({"date": fields.Datetime.subtract(fields.Datetime.now(), days=91)})
        cron = self.env.ref("efacture_base.efacture_cron_purge_calls")
        with patch.object(efacture_call, "BATCH", 2), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(self.env["efacture.call"].search([]), calls[5:].sorted("id", reverse=True))
        self.env["ir.config_parameter"].set_param("efacture.call_log_days", "0")
        calls[5:].sudo().write({"date": "2000-01-01"})
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(len(self.env["efacture.call"].search([])), 2)

    @mute_logger("odoo.sql_db")
    def test_a_line_costs_less_than_a_call(self):
        on_call = self.env["efacture.call"]._efacture_on_call(self.account)
        path = f"/measured/{uuid.uuid4()}"  # of this run alone: older rows may be locked by our own test
        on_call(a_call(path=path))  # a real cursor: its connection is there afterwards
        started = time.perf_counter()
        for _number in range(50):
            on_call(a_call(path=path))
        spent = (time.perf_counter() - started) / 50 * 1000
        with self.env.registry.cursor() as cr:  # they were committed
            cr.execute("DELETE FROM efacture_call WHERE path = %s", [path])
        _logger.info("EFACTURE-COUNT %.2f ms a logged call", spent)
        self.assertLess(spent, 20)
