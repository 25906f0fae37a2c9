"""Invoices on paper: one file for the printer, and a person who says that it is in the post."""

import base64
import io
from pathlib import Path

import pikepdf
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .channel_common import ChannelCase


@tagged("post_install", "-at_install")
class TestChannelPaper(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"invoice_sending_method": "manual", "efacture_copies": 2})
        cls.second = cls._create_customer(
            "Menuiserie Aubrac", "991780529", "99178052900012", "manual"
        )

    def window(self, invoices, **values):
        action = invoices.with_user(self.accountant).action_efacture_print()
        window = self.env[action["res_model"]].with_user(self.accountant).browse(action["res_id"])
        window.write(values)
        return window

    def pages(self, window):
        return len(pikepdf.open(io.BytesIO(base64.b64decode(window.file))).pages)

    def test_one_file_in_the_copies_of_each_customer(self):
        invoices = self._create_invoice() | self._create_invoice(self.second)
        window = self.window(invoices)
        self.assertEqual(window.line_ids.mapped("copies"), [2, 1])
        window.action_print()
        self.assertEqual((window.page_count, self.pages(window)), (3, 3))
        rows = invoices.efacture_exchange_ids
        self.assertEqual(set(rows.mapped("channel")), {"manual"})
        self.assertEqual(set(rows.mapped("state")), {"queued"})
        self.assertTrue(all(invoices.mapped("efacture_is_frozen")), "a page may have left")
        self.assertFalse(any(invoices.mapped("is_move_sent")), "nobody said that it left")

        self.run_lane()
        self.assertEqual(set(rows.mapped("state")), {"queued"}, "lanes carry no paper")

        window.action_confirm()
        self.assertEqual(set(rows.mapped("state")), {"accepted"})
        self.assertEqual(rows.confirmed_by_id, self.accountant)
        self.assertTrue(all(rows.mapped("sent_at")))
        self.run_lane()
        self.assertTrue(all(invoices.mapped("is_move_sent")))
        self.assertIn("postée", invoices[0].message_ids[0].body)
        self.assertFalse(self.mails())

    def test_every_copy_on_a_new_sheet(self):
        invoices = self._create_invoice() | self._create_invoice(self.second)
        window = self.window(invoices, new_sheet=True)
        window.action_print()
        self.assertEqual(window.page_count, 6)

    def test_drafts_stay_by_name_and_the_others_go_on(self):
        good = self._create_invoice()
        draft = self._create_invoice(self.second, post=False)
        window = self.window(good | draft)
        by_move = {line.move_id: line for line in window.line_ids}
        self.assertEqual(by_move[draft].state, "refused")
        self.assertIn("Menuiserie Aubrac", by_move[draft].note)
        window.action_print()
        self.assertEqual(by_move[good].state, "printed")
        self.assertEqual(draft.state, "draft")
        self.assertEqual(window.page_count, 2)

    def test_a_document_that_is_not_correct_is_said(self):
        self.company.efacture_posting_check = "off"
        nowhere = self._create_customer("Sans pays", "990234171", "99023417100017", "manual")
        invoice, good = self._create_invoice(nowhere), self._create_invoice()
        nowhere.country_id = False
        window = self.window(invoice | good)
        window.action_print()
        by_move = {line.move_id: line for line in window.line_ids}
        self.assertEqual(by_move[invoice].state, "refused", by_move[invoice].note)
        self.assertTrue(by_move[invoice].note)
        self.assertEqual(by_move[good].state, "printed")
        self.assertFalse(invoice.efacture_is_frozen)

    def test_a_stored_document_that_is_lost_keeps_no_other_from_the_printer(self):
        lost, good = self._create_invoice(), self._create_invoice(self.second)
        self.window(lost).action_print()
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "efacture.exchange"),
                ("res_id", "=", lost.efacture_exchange_ids.id),
                ("res_field", "=", "file"),
            ]
        )
        Path(file._full_path(file.store_fname)).unlink()
        file.invalidate_recordset()
        window = self.window(lost | good)
        with mute_logger("odoo.addons.base.models.ir_attachment"):
            window.action_print()
        by_move = {line.move_id: line for line in window.line_ids}
        self.assertEqual(by_move[lost].state, "refused")
        self.assertIn("damaged or missing", by_move[lost].note)
        self.assertEqual(by_move[good].state, "printed")
        self.assertEqual(self.pages(window), 1)
        window.action_confirm()
        self.assertEqual(good.efacture_exchange_ids.state, "accepted")
        self.assertEqual(lost.efacture_exchange_ids.state, "queued")

    def test_later_the_same_file_is_printed_again_and_confirmed(self):
        invoice = self._create_invoice()
        first = self.window(invoice)
        first.action_print()
        row = invoice.efacture_exchange_ids
        again = self.window(invoice)
        self.assertIn("not confirmed yet", again.line_ids.note)
        again.action_print()
        self.assertEqual(invoice.efacture_exchange_ids, row)
        again.action_confirm()
        self.assertEqual(row.state, "accepted")
        with self.assertRaises(UserError):
            first.action_confirm()

    def test_withdrawn_the_invoice_is_open_again(self):
        invoice = self._create_invoice()
        window = self.window(invoice)
        window.action_print()
        with self.assertRaises(UserError):
            invoice.button_draft()
        window.action_withdraw()
        self.assertFalse(invoice.efacture_is_frozen)
        invoice.button_draft()

    def test_posted_once_it_is_only_pages(self):
        invoice = self._create_invoice()
        window = self.window(invoice)
        window.action_print()
        window.action_confirm()
        again = self.window(invoice, with_posted=True)
        self.assertEqual(again.line_ids.state, "posted")
        self.assertIn("already sent", again.line_ids.note)
        again.action_print()
        self.assertEqual(again.page_count, 2)
        self.assertEqual(len(invoice.efacture_exchange_ids), 1)

    def test_paper_after_the_platform_is_the_same_document(self):
        invoice = self._create_invoice()
        row = invoice._efacture_enqueue("efacture")
        self.dispatch(row)
        window = self.window(invoice)
        window.action_print()
        paper = invoice.efacture_exchange_ids - row
        self.assertEqual(paper.sha256, row.sha256)
        self.assertEqual(invoice._efacture_current_exchange(), row)

    def test_the_command_prepares_what_is_to_be_printed(self):
        invoice = self._create_invoice()
        rows = invoice.efacture_send()
        answers = self.dispatch(rows)
        self.assertEqual(rows.state, "queued")
        self.assertIn("Impression et envoi", answers[0]["message"])
        self.assertEqual(invoice.efacture_hint_button, "Print and send")
        window = self.window(invoice)
        window.action_print()
        self.assertEqual(invoice.efacture_exchange_ids, rows)

    def test_a_french_company_is_told_that_paper_is_not_enough(self):
        self.account.obligation_date = fields.Date.to_date("2026-09-01")
        window = self.window(self._create_invoice())
        self.assertIn("platform", window.obligation)

    def test_nobody_prints_what_he_may_not_read(self):
        invoice = self._create_invoice()
        window = self.env["efacture.print"].with_user(self.accountant).create({})
        other = self.env["res.company"].create({"name": "Autre Rive"})
        foreign = self.env["account.move"].search([("company_id", "=", other.id)], limit=1)
        self.assertFalse(foreign)
        line = (
            self.env["efacture.print.line"]
            .with_user(self.accountant)
            .create({"wizard_id": window.id, "move_id": invoice.id, "state": "posted"})
        )
        window.with_posted = True
        self.accountant.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.env.invalidate_all()
        with self.assertRaises(Exception) as caught:
            line.with_user(self.accountant)._content()
        self.assertEqual(type(caught.exception).__name__, "AccessError")

    def test_many_in_one_file_with_few_queries(self):
        invoices = self.env["account.move"].concat(*(self._create_invoice() for _each in range(40)))
        window = self.window(invoices)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        window.action_print()
        self.env.flush_all()
        queries = (self.cr.sql_log_count - before) / len(invoices)
        self.assertEqual(window.page_count, 80)
        self.assertLess(queries, 40)
