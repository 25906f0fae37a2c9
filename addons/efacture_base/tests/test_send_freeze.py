"""Once queued an invoice is final: its file is what everybody sees, until the sending is withdrawn."""

import logging

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..en16931 import pdfa3
from .send_common import SendCase

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestSendFreeze(SendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "comptable", groups="efacture_base.efacture_base_group_accountant"
        )

    def test_a_queued_invoice_cannot_go_back_to_draft(self):
        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        self.assertTrue(invoice.need_cancel_request)
        self.assertFalse(invoice.show_reset_to_draft_button)
        for method in ("button_draft", "button_cancel", "button_request_cancel"):
            with self.assertRaises(UserError):
                getattr(invoice, method)()
        self.assertEqual(invoice.state, "posted")

    def test_what_the_document_says_cannot_change(self):
        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        for field, value in {
            "ref": "other",
            "payment_reference": "other",
            "narration": "<p>other</p>",
            "delivery_date": "2026-12-24",
            "partner_bank_id": False,
            "name": "FAC/2026/09999",
            "purchase_order_reference": "other",
            "efacture_contact_method": "email",
            "efacture_address_id": False,
        }.items():
            with self.subTest(field=field), self.assertRaises(UserError):
                invoice.write({field: value})
        line = invoice.invoice_line_ids[0]
        for change in (
            lambda: line.write({"name": "other"}),
            lambda: line.write({"quantity": 7}),
            lambda: line.write({"tax_ids": [Command.clear()]}),
            lambda: line.unlink(),
            lambda: invoice.write({"invoice_line_ids": [Command.create({"name": "one more"})]}),
        ):
            with self.assertRaises(UserError):
                change()
        # The same value, and what the document does not say, pass.
        line.write({"name": line.name, "quantity": line.quantity})
        invoice.write(
            {"ref": invoice.ref, "partner_bank_id": invoice.partner_bank_id.id, "checked": True}
        )

    def test_payment_goes_on(self):
        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({}).action_create_payments()
        self.assertIn(invoice.payment_state, ("in_payment", "paid"))

    def test_a_withdrawn_sending_frees_the_invoice(self):
        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        first = invoice.efacture_exchange_ids
        invoice.with_user(self.accountant).action_efacture_withdraw()
        self.assertEqual(first.state, "failed")
        self.assertTrue(first.is_withdrawn)
        self.assertEqual(invoice.efacture_state, "failed")
        invoice.button_draft()
        invoice.invalidate_recordset()
        self.assertFalse(invoice.invoice_pdf_report_id)
        invoice.narration = "<p>Corrigé</p>"
        invoice.action_post()
        self._send(invoice, ["efacture"])
        second = invoice.efacture_exchange_ids - first
        self.assertEqual(second.state, "queued")
        self.assertEqual(second.parent_id, first)
        self.assertNotEqual(second.sha256, first.sha256)

    def test_it_is_too_late_once_the_worker_has_it(self):
        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        invoice.efacture_exchange_ids.state = "sending"
        with self.assertRaises(UserError):
            invoice.efacture_exchange_ids.action_withdraw()
        with self.assertRaises(UserError):
            invoice.efacture_exchange_ids.unlink()

    def test_states_follow_their_diagram(self):
        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        exchange = invoice.efacture_exchange_ids
        for forbidden in ("accepted", "rejected", "unknown", "preparing"):
            with self.assertRaises(UserError):
                exchange.state = forbidden
        exchange.state = "sending"
        exchange.state = "unknown"
        exchange.state = "accepted"
        self.assertEqual(invoice.efacture_state, "accepted")
        with self.assertRaises(UserError):
            exchange.state = "queued"
        with self.assertRaises(UserError):
            exchange.tracking_id = "another"
        with self.assertRaises(UserError):
            exchange.file = b"YQ=="

    @mute_logger("odoo.sql_db")
    def test_the_database_itself_refuses_a_second_sending(self):
        from psycopg2.errors import UniqueViolation

        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        exchange = invoice.efacture_exchange_ids
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            exchange.copy({"tracking_id": "another", "state": "queued"})
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            self.env["efacture.exchange"].create(
                {"account_id": self.account.id, "tracking_id": exchange.tracking_id}
            )

    def test_its_file_is_what_everyone_sees(self):
        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        stored = invoice.efacture_exchange_ids._efacture_file_attachment().raw
        # A change by SQL or a partner merge passes any guard: the file stays.
        self.env.cr.execute("UPDATE account_move SET ref = 'by SQL' WHERE id = %s", [invoice.id])
        invoice.invalidate_recordset()
        invoice.sudo().invoice_pdf_report_id.unlink()
        invoice.invalidate_recordset()
        self.assertEqual(invoice.efacture_get_document("facturx").raw, stored)
        self.assertEqual(invoice._get_invoice_legal_documents("pdf")["content"], stored)
        self.assertEqual(invoice._get_invoice_legal_documents_all()[0]["content"], stored)
        printed = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf_prepare_streams("account.account_invoices", {}, res_ids=invoice.ids)
        )
        self.assertEqual(printed[invoice.id]["stream"].getvalue(), stored)
        preview = invoice.action_efacture_preview()
        self.assertTrue(self.env["account.move.preview"].browse(preview["res_id"]).is_issued)

    def test_a_lost_file_is_neither_shown_nor_taken_for_empty(self):
        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        attachment = invoice.efacture_exchange_ids._efacture_file_attachment()
        attachment.write({"raw": b""})
        with self.assertRaises(UserError):
            invoice.efacture_get_document("facturx")

    def test_rights(self):
        invoice = self._create_invoice()
        self._send(invoice, ["efacture"])
        exchange = invoice.efacture_exchange_ids
        self.assertEqual(exchange.with_user(self.accountant).state, "queued")
        for action in (
            lambda records: records.write({"state": "failed"}),
            lambda records: records.unlink(),
            lambda records: records.create({"tracking_id": "mine"}),
        ):
            with self.assertRaises(AccessError):
                action(exchange.with_user(self.accountant))
        stranger = new_test_user(self.env, "employe", groups="base.group_user")
        with self.assertRaises(AccessError):
            exchange.with_user(stranger).read(["state"])
        other = self.env["res.company"].create({"name": "Autre société"})
        foreigner = new_test_user(
            self.env,
            "ailleurs",
            groups="efacture_base.efacture_base_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.env["efacture.exchange"].with_user(foreigner).search([]))
        with self.assertRaises(AccessError):
            exchange.with_user(foreigner).read(["state"])

    def test_the_customer_s_change_is_offered_never_silent(self):
        invoice = self._create_invoice(post=False)
        self.customer.invoice_sending_method = "email"
        self.assertEqual(invoice.efacture_contact_method, "efacture")
        self.assertIn("Nivelle", invoice.efacture_contact_hint)
        invoice.action_efacture_take_contact_method()
        self.assertEqual(invoice.efacture_contact_method, "email")
        self.assertFalse(invoice.efacture_contact_hint)
        invoice.efacture_contact_method = "manual"
        invoice.ref = "a change elsewhere"
        self.assertEqual(invoice.efacture_contact_method, "manual")
        groups = self.env["account.move"].formatted_read_group(
            [("id", "=", invoice.id)], ["efacture_contact_method"], ["__count"]
        )
        self.assertEqual(groups[0]["efacture_contact_method"], "manual")

    def test_an_address_of_somebody_else_is_refused(self):
        other = self._create_customer("Groupe Halvea", "991780529", "99178052900012")
        invoice = self._create_invoice(post=False)
        with self.assertRaises(UserError):
            invoice.efacture_address_id = other.efacture_address_id


@tagged("post_install", "-at_install")
class TestSendDocuments(SendCase):
    def test_each_syntax(self):
        invoice = self._create_invoice()
        facturx, cii, ubl = (
            invoice.efacture_get_document(name) for name in ("facturx", "cii", "ubl")
        )
        self.assertEqual(facturx.raw[:5], b"%PDF-")
        self.assertEqual(pdfa3.extract_xml(facturx.raw)[1], cii.raw)
        self.assertIn(b"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", ubl.raw)
        self.assertEqual(len({facturx.name, cii.name, ubl.name}), 3)
        self.assertFalse(invoice.invoice_pdf_report_id, "a download issues nothing")
        again = invoice.efacture_get_document("facturx")
        self.assertFalse(facturx.exists() and again != facturx, "old downloads are not kept")

    def test_a_download_of_a_selection_takes_what_has_a_document(self):
        invoice, draft = self._create_invoice(), self._create_invoice(post=False)
        action = (invoice | draft).action_efacture_download_facturx()
        self.assertEqual(action["url"], f"/efacture/documents/{invoice.id}/facturx")
        with self.assertRaises(UserError):
            draft.action_efacture_download_facturx()

    def test_a_draft_has_a_preview_and_no_document(self):
        draft = self._create_invoice(post=False)
        with self.assertRaises(UserError):
            draft.efacture_get_document("facturx")
        action = draft.action_efacture_preview()
        preview = self.env[action["res_model"]].browse(action["res_id"])
        self.assertTrue(preview.file)
        self.assertEqual(preview.efacture_verdict, draft.efacture_verdict)
        self.assertTrue(preview.efacture_verdict)
        self.assertFalse(draft.efacture_facturx_file)

    def test_chosen_files_travel_inside(self):
        invoice = self._create_invoice()
        files = self.env["ir.attachment"].create(
            [
                {
                    "name": "bon.pdf",
                    "raw": b"%PDF-1.4 not really",
                    "mimetype": "application/pdf",
                    "res_model": "account.move",
                    "res_id": invoice.id,
                },
                {
                    "name": "bon.pdf",
                    "raw": b"a;b",
                    "mimetype": "text/csv",
                    "res_model": "account.move",
                    "res_id": invoice.id,
                },
            ]
        )
        invoice.efacture_attachment_ids = files
        embedded = pdfa3.extract_attachments(invoice.efacture_get_document("facturx").raw)
        self.assertEqual(
            sorted(file.name for file in embedded), ["bon (2).pdf", "bon.pdf", "factur-x.xml"]
        )

    def test_a_tagged_pdf_when_the_company_asks(self):
        self.company.efacture_pdf_tagged = True
        pdf = self._create_invoice().efacture_get_document("facturx").raw
        self.assertIn(b"<pdfaid:conformance>A</pdfaid:conformance>", pdf)

    def test_a_batch_costs_few_queries_and_the_same_for_each(self):
        counts = {}
        for number in (5, 25):
            invoices = self.env["account.move"].concat(
                *(self._create_invoice(lines=5) for _each in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            invoices.efacture_get_document("facturx")
            self.env.flush_all()
            counts[number] = (self.cr.sql_log_count - before) / number
            _logger.info(
                "EFACTURE-COUNT %s Factur-X documents: %.1f queries an invoice",
                number,
                counts[number],
            )
        self.assertLessEqual(counts[25], 15)
        self.assertLessEqual(counts[25], counts[5])


@tagged("post_install", "-at_install")
class TestSendHttp(HttpCase, SendCase):
    def test_portal_and_downloads_give_the_stored_file(self):
        first = self._create_invoice()
        second = self._create_invoice()
        self._send(first, ["efacture"])
        stored = first.efacture_exchange_ids._efacture_file_attachment().raw
        url = first.get_portal_url()
        self.assertEqual(self.url_open(f"{url}&report_type=pdf&download=true").content, stored)
        self.assertEqual(self.url_open(f"{url}&report_type=pdf").content, stored)
        self.assertEqual(self.url_open(f"{url}&report_type=html").content, stored)

        self.authenticate("admin", "admin")
        one = self.url_open(f"/efacture/documents/{first.id}/facturx")
        self.assertEqual(one.content, stored)
        self.assertEqual(one.headers["Content-Type"], "application/pdf")
        several = self.url_open(f"/efacture/documents/{first.id},{second.id}/cii")
        self.assertEqual(several.headers["Content-Type"], "application/zip")
        import io
        import zipfile

        names = zipfile.ZipFile(io.BytesIO(several.content)).namelist()
        self.assertEqual(len(set(names)), 2)
        self.assertEqual(self.url_open(f"/efacture/documents/{first.id}/docx").status_code, 404)
