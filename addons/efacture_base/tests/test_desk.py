"""The first page: what is to be done, counted."""

import logging
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models import efacture_desk
from .test_timeline import TimelineCase

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestDesk(TimelineCase):
    def setUp(self):
        super().setUp()
        self.before = self._counts()

    def _desk(self):
        return self.env["efacture.desk"].with_user(self.clerk).efacture_get_desk()

    def _counts(self):
        return {
            tile["key"]: tile["count"]
            for part in self._desk()["sections"]
            for tile in part["tiles"]
        }

    def _new(self):
        return {
            key: count - self.before[key]
            for key, count in self._counts().items()
            if count != self.before[key]
        }

    def test_each_invoice_is_where_it_is_to_be_dealt_with(self):
        self._create_invoice()
        queued = self._create_invoice()
        self._row(queued, "queued")
        rejected = self._create_invoice()
        self._row(rejected, "rejected")
        approved = self._create_invoice()
        self._row(approved)
        self._said(approved, "205")
        refused = self._create_invoice()
        self._row(refused)
        self._said(refused, "210")
        paid = self._create_invoice()
        self._row(paid)
        self._said(paid, "205")
        self._pay(paid)
        self.assertEqual(
            self._new(),
            {"to_send": 1, "in_progress": 1, "errors": 1, "approved_unpaid": 1, "disputed": 1},
        )

    def test_a_tile_opens_what_it_counts(self):
        for _again in range(3):
            self._row(self._create_invoice(), "rejected")
        desk = self.env["efacture.desk"].with_user(self.clerk)
        for key, count in self._counts().items():
            with self.subTest(tile=key):
                action = desk.efacture_open_tile(key)
                found = self.env[action["res_model"]].with_user(self.clerk)
                self.assertEqual(found.search_count(action["domain"]), count)

    def test_a_withdrawn_or_repaired_sending_is_no_error(self):
        withdrawn = self._create_invoice()
        self._row(withdrawn, "queued").with_user(self.clerk).action_withdraw()
        repaired = self._create_invoice()
        first = self._row(repaired, "rejected")
        self._row(repaired, "accepted", parent_id=first.id)
        self.assertNotIn("errors", self._new())

    def test_an_error_that_is_dealt_with_is_filed(self):
        invoice = self._create_invoice()
        row = self._row(invoice, "rejected")
        self.assertIn("Correct and send again", row.next_step)
        row.with_user(self.clerk).action_dismiss()
        self.assertFalse(self._new().get("errors"))
        self.assertEqual(row.state, "rejected")
        reader = self.clerk.copy({"login": "desk.reader"})
        reader.group_ids = self.env.ref("base.group_user") + self.env.ref(
            "account.group_account_readonly"
        )
        with self.assertRaises(AccessError):
            self._row(self._create_invoice(), "rejected").with_user(reader).action_dismiss()

    def test_many_are_not_counted_to_the_end(self):
        for _again in range(4):
            self._create_invoice()
        with patch.object(efacture_desk, "LIMIT", 2):
            (tile,) = [
                t for s in self._desk()["sections"] for t in s["tiles"] if t["key"] == "to_send"
            ]
        self.assertEqual((tile["count"], tile["more"]), (2, True))

    def test_it_is_for_accountants(self):
        clerk = self.clerk.copy({"login": "desk.other"})
        clerk.group_ids = self.env.ref("base.group_user") + self.env.ref(
            "account.group_account_invoice"
        )
        desk = self.env["efacture.desk"].with_user(clerk)
        for call in (desk.efacture_get_desk, lambda: desk.efacture_open_tile("to_send")):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            self.env["efacture.desk"].with_user(self.clerk).efacture_open_tile("nothing")

    def test_a_few_queries(self):
        self._desk()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._desk()
        spent = self.env.cr.sql_log_count - before
        _logger.info("EFACTURE-COUNT desk: %s queries", spent)
        self.assertLessEqual(spent, 25)

    def test_it_says_when_each_platform_was_asked(self):
        def account():
            (found,) = [a for a in self._desk()["accounts"] if a["id"] == self.account.id]
            return found

        self.assertFalse(account()["synchronised"])
        self.account.sudo().fetched_at = "2026-11-22 08:00:00"
        self.assertEqual(str(account()["synchronised"]), "2026-11-22 08:00:00")
