"""What waits on the platform is taken once, whatever the platform or the network does."""

import contextlib
from dataclasses import replace
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.sql_db import db_connect
from odoo.tests import tagged

from ..connectors.afnor_flow import AfnorFlow
from ..connectors.contract import Downloaded
from ..connectors.errors import ServerFault
from ..en16931.write import write_xml
from ..models.efacture_account_fetch import _LOCK
from .common import PartnerCase
from .receive_common import deposit, invoice


class Killed(BaseException):
    """What no handler of ours may catch: the end of the process."""


@tagged("post_install", "-at_install")
class TestReceiveFetch(PartnerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write({"vat": "FR43999120348", "company_registry": "99912034800019"})
        cls.account = cls.make_account()

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())
        self.Exchange = self.env["efacture.exchange"]

    def arrive(self, number, **terms):
        content = write_xml(invoice(**{"BT-1": number, **terms}), "cii", "extended")
        deposit(self.sandbox_root("pa"), content, f"{number}.xml")
        return content

    def rows(self):
        return self.Exchange.search(
            [
                ("account_id", "=", self.account.id),
                ("direction", "=", "in"),
                ("kind", "=", "invoice"),
            ]
        )

    def fetch(self, **options):
        found = self.account._efacture_fetch(**options)
        self.env.invalidate_all()
        return found

    def seen(self, number):
        return self.rows().filtered(lambda row: row.filename == f"{number}.xml")

    def test_an_invoice_arrives_once_with_its_bytes(self):
        content = self.arrive("F-ONCE")
        found = self.fetch()
        row = self.seen("F-ONCE")
        self.assertEqual(len(row), 1)
        self.assertGreaterEqual(found["invoices"], 1)
        self.assertFalse(found["problem"])
        self.assertEqual((row.state, row.kind, row.apply_pending), ("accepted", "invoice", True))
        self.assertEqual(row._efacture_file_attachment().raw, content)
        self.assertTrue(row.sent_at)
        before = len(self.rows())
        self.assertEqual(self.fetch()["invoices"], 0, "asked again, nothing comes twice")
        self.account.sudo().inbound_cursor = False  # a restored backup asks from the beginning
        self.fetch()
        self.assertEqual(len(self.rows()), before)

    def test_a_received_row_becomes_a_bill_and_is_linked(self):
        self.arrive("F-BILL")
        self.fetch()
        row = self.seen("F-BILL")
        self.assertTrue(row._efacture_apply_in_invoice())
        self.assertTrue(row._efacture_apply_in_invoice(), "applied again: still done")
        bill = row.move_id
        self.assertEqual((bill.move_type, bill.state, bill.ref), ("in_invoice", "draft", "F-BILL"))
        self.assertEqual(len(bill.efacture_document_ids), 1)
        self.assertFalse(bill.efacture_is_frozen)
        self.assertFalse(bill.efacture_state, "a received bill is not a sending")

    def test_synchronise_says_what_came_and_makes_the_bills(self):
        self.fetch()
        self.rows().write({"apply_pending": False})
        self.env.flush_all()
        self.arrive("F-SYNC-1")
        self.arrive("F-SYNC-2", **{"BT-2": invoice()["BT-9"]})
        action = (
            self.account.with_user(self.accountant).with_context(lang="en_US").action_synchronise()
        )
        self.env.invalidate_all()
        self.assertIn("2 invoices received", action["params"]["message"])
        self.assertEqual(action["params"]["type"], "success")
        self.assertTrue(self.seen("F-SYNC-1").move_id and self.seen("F-SYNC-2").move_id)
        again = (
            self.account.with_user(self.accountant).with_context(lang="en_US").action_synchronise()
        )
        self.assertEqual(again["params"]["message"], "Nothing new.")

    def test_an_outage_is_worded_and_nothing_moves(self):
        self.fetch()
        cursor = self.account.sudo().inbound_cursor
        self.break_sandbox("pa", "unavailable")
        self.arrive("F-OUT")
        found = self.fetch()
        self.assertIn("15 minutes", found["problem"])
        self.assertEqual(self.account.sudo().inbound_cursor, cursor)
        self.assertFalse(self.seen("F-OUT"))

    def test_a_file_that_cannot_be_downloaded_holds_nobody_back_and_comes_later(self):
        self.fetch()
        self.arrive("F-LATE")
        self.arrive("F-AFTER")
        real = AfnorFlow.download
        asked = []

        def download(flow, remote_id, kind="original"):
            if not asked:
                asked.append(remote_id)
                raise ServerFault("broken", status=500)
            return real(flow, remote_id, kind)

        with patch.object(AfnorFlow, "download", download):
            found = self.fetch()
        self.assertEqual((found["invoices"], found["late"]), (1, 1))
        late = self.Exchange.search([("remote_id", "=", asked[0])])
        self.assertEqual(
            (late.error_code, late.apply_pending, late.sha256), ("not_downloaded", False, False)
        )
        self.assertIn("could not be downloaded", late.with_context(lang="en_US").error_message)
        self.assertFalse(late._efacture_apply_in_invoice(), "no bill without its file")
        self.assertEqual(self.fetch()["invoices"], 1)
        self.assertTrue(late.sha256 and late.apply_pending and not late.error_code)
        self.assertTrue(late._efacture_apply_in_invoice())

    def test_another_file_than_the_announced_one_is_kept_and_flagged(self):
        self.fetch()
        self.arrive("F-SUM")
        real = AfnorFlow.fetch_inbound

        def fetch_inbound(flow, cursor=""):
            page = real(flow, cursor)
            return replace(page, items=tuple(replace(item, sha256="0" * 64) for item in page.items))

        with patch.object(AfnorFlow, "fetch_inbound", fetch_inbound):
            self.fetch()
        row = self.seen("F-SUM")
        self.assertEqual(row.error_code, "checksum")
        row._efacture_apply_in_invoice()
        self.assertIn(
            "announced", row.move_id.with_context(lang="en_US").efacture_received_warnings
        )

    def test_pages_that_shift_or_repeat_lose_and_double_nothing(self):
        for fault in ("listed_twice", "shuffled", "page_shift"):
            with self.subTest(fault=fault):
                names = [f"F-{fault}-{number}" for number in range(4)]
                for name in names:
                    self.arrive(name)
                self.sandbox_set("pa", "faults", [{"fault": fault, "count": 3}])
                self.fetch()
                self.sandbox_set("pa", "faults", [])
                self.fetch()
                for name in names:
                    self.assertEqual(len(self.seen(name)), 1, name)

    def test_two_runs_at_once_do_not_meet(self):
        self.arrive("F-TWO")
        # a connection of its own, as another worker has
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCK, self.account.id])
            found = self.account.with_context(lang="en_US")._efacture_fetch()
            self.assertIn("Another synchronisation", found["problem"])
            self.assertFalse(self.seen("F-TWO"))
            other.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, self.account.id])
        self.fetch()
        self.assertEqual(len(self.seen("F-TWO")), 1)

    def test_a_worker_that_dies_between_two_files_leaves_the_cursor_behind(self):
        self.fetch()
        cursor = self.account.sudo().inbound_cursor
        for number in range(3):
            self.arrive(f"F-DIE-{number}")
        Account = type(self.account)
        real, kept = Account._efacture_insert, []

        def insert(account, vals, content):
            if kept:
                raise Killed
            kept.append(vals["remote_id"])
            return real(account, vals, content)

        # not assertRaises, which undoes what was committed before
        with patch.object(Account, "_efacture_insert", insert), contextlib.suppress(Killed):
            self.account._efacture_fetch()
            self.fail("the worker did not die")
        self.env.invalidate_all()
        self.assertEqual(self.account.sudo().inbound_cursor, cursor)
        self.assertEqual(self.Exchange.search_count([("remote_id", "in", kept)]), 1)
        self.fetch()
        for number in range(3):
            self.assertEqual(len(self.seen(f"F-DIE-{number}")), 1)

    def test_the_platforms_readable_copy_is_preferred(self):
        self.arrive("F-VIEW")
        self.fetch()
        row = self.seen("F-VIEW")
        row._efacture_apply_in_invoice()
        document = row.move_id.efacture_document_id.sudo()
        real = AfnorFlow.download

        def download(flow, remote_id, kind="original"):
            if kind == "readable":
                return Downloaded(b"%PDF-1.7 of the platform", "application/pdf", "x.pdf")
            return real(flow, remote_id, kind)

        with patch.object(AfnorFlow, "download", download):
            self.assertEqual(document._efacture_make_readable().raw, b"%PDF-1.7 of the platform")

    def test_only_who_works_on_invoices_asks(self):
        nobody = self.make_user("fetch_nobody")
        with self.assertRaises(AccessError):
            self.account.with_user(nobody).action_synchronise()

    def test_the_scheduled_action_goes_over_every_account(self):
        self.arrive("F-CRON")
        cron = self.env.ref("efacture_base.efacture_fetch_cron")
        cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self.seen("F-CRON")), 1)
        self.assertTrue(self.account.fetched_at)
