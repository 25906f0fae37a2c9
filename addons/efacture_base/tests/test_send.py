"""Sending an invoice we issue: one PDF/A-3, one XML, one row for the platform, in every channel."""

import hashlib
import logging
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..en16931 import pdfa3
from ..en16931.verdict import Verdict
from ..hooks import _COLUMNS
from .send_common import SendCase

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestSend(SendCase):
    def _assert_one_document(self, move):
        """The invoice's PDF holds exactly one XML, ours, and no other XML lies beside it."""
        pdf = move.invoice_pdf_report_id
        self.assertTrue(pdf, "no PDF was stored")
        embedded = pdfa3.extract_attachments(pdf.raw)
        self.assertEqual([file.name for file in embedded], ["factur-x.xml"])
        self.assertIn(move.name.encode(), embedded[0].content)
        self.assertFalse(pdfa3.check_container(pdf.raw), "container checks")
        self.assertFalse(self._xml_files(move), "a second XML was made")
        self.assertFalse(move.ubl_cii_xml_id)
        return pdf

    def test_our_hooks_are_outermost(self):
        for model, method in [
            ("account.move.send", "_hook_invoice_document_after_pdf_report_render"),
            ("account.move.send", "_is_applicable_to_move"),
            ("account.move.send", "_get_default_sending_methods"),
            ("account.move.send.wizard", "_get_default_sending_methods"),
            ("account.move.send.batch.wizard", "_is_applicable_to_company"),
            ("account.move", "_get_invoice_legal_documents"),
            ("res.partner", "button_account_peppol_check_partner_endpoint"),
        ]:
            owner = next(base for base in type(self.env[model]).__mro__ if method in vars(base))
            self.assertEqual(owner.__module__.split(".")[2], "efacture_base", f"{model}.{method}")

    def test_installing_computes_nothing_on_old_invoices(self):
        ours = {
            name
            for name, field in self.env["account.move"]._fields.items()
            if name.startswith("efacture_") and field.store and field.compute and field.column_type
        }
        self.assertEqual(ours - set(_COLUMNS["account_move"]), set())

    def test_the_batch_window_costs_no_more_than_odoo_s(self):
        counts = {}
        for state in ("active", "suspended"):
            self.account.state = state
            invoices = self.env["account.move"].concat(
                *(self._create_invoice(lines=1) for _each in range(12))
            )
            invoices.efacture_contact_method = "manual"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            wizard = self.env["account.move.send.batch.wizard"].create(
                {"move_ids": [Command.set(invoices.ids)]}
            )
            self.assertTrue(wizard.summary_data)
            self.assertFalse(wizard.alerts)
            counts[state] = self.cr.sql_log_count - before
        _logger.info("EFACTURE-COUNT batch window of 12: %s queries", counts)
        self.assertLessEqual(counts["active"], counts["suspended"] + 12)

    def test_the_window_starts_from_the_invoice(self):
        invoice = self._create_invoice()
        self.assertEqual(invoice.efacture_contact_method, "efacture")
        self.assertEqual(invoice.efacture_address_id, self.customer.efacture_address_id)
        wizard = self.env["account.move.send.wizard"].create({"move_id": invoice.id})
        self.assertEqual(wizard.sending_methods, ["efacture"])
        self.assertFalse(wizard.invoice_edi_format)

        invoice.efacture_contact_method = "email"
        wizard = self.env["account.move.send.wizard"].create({"move_id": invoice.id})
        self.assertEqual(wizard.sending_methods, ["email"])

    def test_a_platform_sending_is_a_row_with_the_very_file(self):
        invoice = self._create_invoice()
        with self.no_outside_call():
            self._send(invoice, ["efacture"])
        pdf = self._assert_one_document(invoice)
        exchange = invoice.efacture_exchange_ids
        self.assertEqual(len(exchange), 1)
        self.assertEqual(exchange.state, "queued")
        self.assertEqual(invoice.efacture_state, "queued")
        self.assertEqual(exchange.sha256, hashlib.sha256(pdf.raw).hexdigest())
        self.assertEqual(exchange._efacture_file_attachment().raw, pdf.raw)
        self.assertEqual(exchange.account_id, self.account)
        self.assertTrue(exchange.tracking_id)
        self.assertFalse(invoice.is_move_sent, "nothing is shown as sent that is not")
        self.assertEqual(invoice.efacture_verdict, "valid")

    def test_the_command_for_scripts_follows_the_contact_method(self):
        by_platform, by_mail = self._create_invoice(), self._create_invoice()
        by_mail.efacture_contact_method = "email"
        with self.no_outside_call():
            rows = (by_platform | by_mail).efacture_send()
        self.assertEqual(rows.move_id, by_platform | by_mail)
        self.assertEqual(by_platform.efacture_exchange_ids.channel, "efacture")
        self.assertEqual(by_mail.efacture_exchange_ids.channel, "email")
        self.assertEqual(set(rows.mapped("state")), {"preparing"}, "the lanes make the documents")
        with self.assertRaisesRegex(UserError, "already sent"):
            by_platform.efacture_send()

    def test_two_clicks_make_one_row(self):
        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        with self.assertRaises(UserError):
            self._send(invoice, ["efacture"])
        self.assertEqual(len(invoice.efacture_exchange_ids), 1)

    def test_by_email_one_file_travels(self):
        invoice = self._create_invoice()
        with self.no_outside_call():
            self._send(invoice, ["email"])
        pdf = self._assert_one_document(invoice)
        row = invoice.efacture_exchange_ids
        self.assertEqual((row.channel, row.state), ("email", "queued"))
        self.assertIn("compta@nivelle.example", row.mail_to)
        self.assertEqual(row._efacture_file_attachment().raw, pdf.raw)
        self.assertFalse(row.mail_attachment_ids)
        self.assertFalse(invoice.is_move_sent, "it leaves by the lanes, not here")

    def test_by_email_and_platform(self):
        invoice = self._create_invoice()
        self._send(invoice, ["email", "efacture"])
        self._assert_one_document(invoice)
        self.assertEqual(invoice.efacture_state, "queued")

    def test_a_format_asked_for_by_the_caller_makes_no_second_xml(self):
        invoice = self._create_invoice()
        self.env["account.move.send"]._generate_and_send_invoices(
            invoice, sending_methods=["manual"], invoice_edi_format="ubl_bis3"
        )
        self._assert_one_document(invoice)

    def test_an_invoice_printed_first_is_queued_with_the_same_file(self):
        invoice = self._create_invoice()
        self.env["account.move.send"]._generate_and_send_invoices(
            invoice, sending_methods=["manual"]
        )
        pdf = invoice.invoice_pdf_report_id
        self._send(invoice, ["efacture"])
        self.assertEqual(invoice.invoice_pdf_report_id, pdf)
        self.assertEqual(invoice.efacture_exchange_ids.sha256, hashlib.sha256(pdf.raw).hexdigest())

    def test_the_batch_window_sends_each_by_its_own_method(self):
        invoices = self._create_invoice()
        for method in ("efacture", "email"):
            invoice = self._create_invoice()
            invoice.efacture_contact_method = method
            invoices |= invoice
        wizard = self.env["account.move.send.batch.wizard"].create(
            {"move_ids": [Command.set(invoices.ids)]}
        )
        self.assertEqual(
            {key: value["count"] for key, value in wizard.summary_data.items()},
            {"efacture": 2, "email": 1},
        )
        with self.no_outside_call():
            wizard.action_send_and_print(force_synchronous=True)
        for invoice in invoices:
            self._assert_one_document(invoice)
        self.assertEqual(invoices.mapped("efacture_state"), ["queued"] * 3)
        self.assertEqual(invoices.efacture_exchange_ids.mapped("channel").count("email"), 1)

    def test_a_batch_is_asked_for_with_few_queries(self):
        counts = {}
        for number in (5, 20):
            invoices = self.env["account.move"].concat(
                *(self._create_invoice(lines=5) for _each in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            invoices.efacture_send()
            self.env.flush_all()
            counts[number] = (self.cr.sql_log_count - before) / number
            self.assertEqual(set(invoices.mapped("efacture_state")), {"preparing"})
            _logger.info(
                "EFACTURE-COUNT %s invoices asked for: %.1f queries each", number, counts[number]
            )
        self.assertLessEqual(counts[20], 4)

    def test_odoo_s_own_batch_is_sent_with_few_queries(self):
        """Documents, verdicts, rows: all that *Send* does at once, the window included."""
        counts = {}
        for number in (2, 5, 20):  # the first reads what every later one finds in memory
            invoices = self.env["account.move"].concat(
                *(self._create_invoice(lines=5) for _each in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            wizard = self.env["account.move.send.batch.wizard"].create(
                {"move_ids": [Command.set(invoices.ids)]}
            )
            wizard.action_send_and_print(force_synchronous=True)
            self.env.flush_all()
            counts[number] = (self.cr.sql_log_count - before) / number
            self.assertEqual(set(invoices.mapped("efacture_state")), {"queued"})
            _logger.info(
                "EFACTURE-COUNT %s sent by Odoo's window: %.1f queries each", number, counts[number]
            )
        self.assertLessEqual(counts[20], 15)

    def test_one_bad_invoice_does_not_cost_the_others_theirs(self):
        """Odoo's background job: ten invoices a transaction."""
        good = self._create_invoice() | self._create_invoice()
        self.company.efacture_posting_check = "off"
        nowhere = self._create_customer("Sans adresse", "991780529", "99178052900012")
        bad = self._create_invoice(nowhere)
        nowhere.efacture_address_id = False
        nowhere.efacture_address_ids.unlink()
        nowhere.company_registry = False
        moves = good[0] | bad | good[1]
        moves.sending_data = {
            "author_user_id": self.env.uid,
            "author_partner_id": self.env.user.partner_id.id,
        }
        with self.enter_registry_test_mode():
            self.env.ref("account.ir_cron_account_move_send").method_direct_trigger()
        self.assertEqual(good.mapped("efacture_state"), ["queued", "queued"])
        self.assertFalse(bad.efacture_exchange_ids)
        self.assertFalse(bad.invoice_pdf_report_id)
        self.assertFalse(bad.sending_data, "it would come back for ever")
        self.assertIn(bad.name, bad.message_ids[0].body)

    def test_a_document_that_could_not_be_checked_waits(self):
        invoice = self._create_invoice()
        moves = type(invoice)
        original = moves._efacture_generate_documents

        def unchecked(records, syntax, profile=None):
            return {
                move: (content, Verdict("unchecked", "CII", verdict.profile))
                for move, (content, verdict) in original(records, syntax, profile).items()
            }

        with patch.object(moves, "_efacture_generate_documents", unchecked):
            with self.assertRaises(UserError):
                self._send(invoice, ["email"])
            self._send(invoice, ["efacture"])
        self.assertEqual(invoice.efacture_state, "preparing")
        self.assertFalse(invoice.efacture_is_frozen)
        # The service is back: sending again checks again.
        self._send(invoice, ["efacture"])
        self.assertEqual(invoice.efacture_state, "queued")
        self.assertEqual(invoice.efacture_exchange_ids.mapped("state"), ["queued"])

    def test_where_we_do_not_issue_odoo_does_as_ever(self):
        self.account.state = "suspended"
        invoice = self._create_invoice()
        self.assertFalse(invoice._efacture_issuer())
        with self.assertRaises(UserError):
            invoice.efacture_get_document("facturx")
        sender = self.env["account.move.send"]
        self.assertEqual(
            sender._get_default_invoice_edi_format(invoice),
            self.customer.with_company(self.company).invoice_edi_format,
        )
        self.assertFalse(sender._is_applicable_to_company("efacture", self.company))
        document = invoice._get_invoice_legal_documents("ubl", allow_fallback=True)
        self.assertTrue(document["content"])

    def test_obliged_companies_send_by_the_platform_too(self):
        self.customer.invoice_sending_method = "email"
        invoice = self._create_invoice()
        sender = self.env["account.move.send"]
        self.assertEqual(sender._get_default_sending_methods(invoice), {"email"})
        self.account.obligation_date = "2026-09-01"
        self.assertEqual(sender._get_default_sending_methods(invoice), {"email", "efacture"})
        alerts = sender._get_alerts(
            invoice,
            {
                invoice: {
                    "sending_methods": ["email"],
                    "invoice_edi_format": False,
                    "mail_partner_ids": self.customer,
                }
            },
        )
        self.assertIn("efacture_obligation", alerts)
        person = self.env["res.partner"].create(
            {
                "name": "Camille Roux",
                "country_id": self.env.ref("base.fr").id,
                "email": "c@roux.example",
            }
        )
        self.assertEqual(
            sender._get_default_sending_methods(self._create_invoice(person)), {"email"}
        )
