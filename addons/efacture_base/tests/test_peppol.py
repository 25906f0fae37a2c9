"""Beside Odoo's Peppol: where we issue nobody is looked up and one XML exists; elsewhere nothing changes."""

import itertools
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..en16931 import pdfa3
from .send_common import SendCase


@tagged("post_install", "-at_install")
class TestPeppol(SendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "peppol_verification_state" not in cls.env["res.partner"]._fields:
            cls.skipTest(cls, "account_peppol is not installed in this database")
        cls.company.account_peppol_proxy_state = "sender"
        with patch.object(
            type(cls.env["res.partner"]),
            "button_account_peppol_check_partner_endpoint",
            lambda *args, **kwargs: False,
        ):
            cls.on_peppol = cls._create_customer(
                "Groupe Halvea",
                "991780529",
                "99178052900012",
                peppol_eas="0009",
                peppol_endpoint="99178052900012",
                invoice_edi_format="ubl_bis3",
            )
        cls._verify(cls.on_peppol)

    @classmethod
    def _verify(cls, partner, state="valid"):
        partner.with_company(cls.company).peppol_verification_state = state

    def test_every_method_and_combination_gives_one_xml_and_no_request(self):
        methods = ("efacture", "email", "manual", "peppol")
        combinations = [
            list(chosen)
            for size in (1, 2, 3, 4)
            for chosen in itertools.combinations(methods, size)
        ]
        for chosen in combinations:
            with self.subTest(methods=chosen), self.no_outside_call():
                invoice = self._create_invoice(self.on_peppol)
                self._send(invoice, chosen)
                embedded = pdfa3.extract_attachments(invoice.invoice_pdf_report_id.raw)
                self.assertEqual([file.name for file in embedded], ["factur-x.xml"])
                self.assertFalse(self._xml_files(invoice))
                self.assertFalse(invoice.ubl_cii_xml_id)
                self.assertIn(invoice.peppol_move_state, (False, "ready"))
                channels = set(invoice.efacture_exchange_ids.mapped("channel"))
                self.assertEqual(channels, {"efacture", "email"} & set(chosen))

    def test_a_customer_never_verified_is_not_looked_up(self):
        self._verify(self.on_peppol, "not_verified")
        with self.no_outside_call():
            invoice = self._create_invoice(self.on_peppol)
            invoice.action_send_and_print()
            wizard = self.env["account.move.send.wizard"].create({"move_id": invoice.id})
            self.assertNotIn("peppol", wizard.sending_method_checkboxes)
            self.assertEqual(wizard.sending_methods, ["efacture"])
            self.assertFalse(
                [key for key in wizard.alerts or {} if key.startswith("account_peppol")]
            )

    def test_batch(self):
        invoices = self.env["account.move"]
        for method in ("efacture", "email", "peppol", False):
            invoice = self._create_invoice(self.on_peppol)
            invoice.efacture_contact_method = method
            invoices |= invoice
        self._verify(self.on_peppol, "not_verified")
        with self.no_outside_call():
            wizard = self.env["account.move.send.batch.wizard"].create(
                {"move_ids": [Command.set(invoices.ids)]}
            )
            self.assertNotIn("peppol", wizard.summary_data)
            wizard.action_send_and_print(force_synchronous=True)
        for invoice in invoices:
            embedded = pdfa3.extract_attachments(invoice.invoice_pdf_report_id.raw)
            self.assertEqual([file.name for file in embedded], ["factur-x.xml"])
            self.assertFalse(self._xml_files(invoice))

    def test_export_xml_and_download_give_our_xml(self):
        invoice = self._create_invoice(self.on_peppol)
        with self.no_outside_call():
            exported = invoice._get_invoice_legal_documents("ubl", allow_fallback=True)
            self._send(invoice, ["efacture"])
            again = invoice._get_invoice_legal_documents("ubl", allow_fallback=True)
            everything = invoice._get_invoice_legal_documents_all(allow_fallback=True)
        self.assertIn(b"CrossIndustryInvoice", exported["content"])
        embedded = pdfa3.extract_xml(invoice.invoice_pdf_report_id.raw)[1]
        self.assertEqual(again["content"], embedded)
        self.assertEqual(len(everything), 1)
        self.assertEqual(everything[0]["content"], invoice.invoice_pdf_report_id.raw)
        keys = [item.get("key") for item in invoice.get_extra_print_items()]
        self.assertNotIn("download_ubl", keys)
        self.assertIn("efacture_facturx", keys)

    def test_a_custom_report_carries_our_xml_once(self):
        self.env["ir.config_parameter"].set_param(
            "account.custom_templates_facturx_list", "account.report_invoice"
        )
        invoice = self._create_invoice(self.on_peppol)
        report = self.env.ref("account.account_invoices_without_payment")
        with self.no_outside_call():
            streams = (
                self.env["ir.actions.report"]
                .with_context(force_report_rendering=True)
                ._render_qweb_pdf_prepare_streams(report, {}, res_ids=invoice.ids)
            )
        embedded = pdfa3.extract_attachments(streams[invoice.id]["stream"].getvalue())
        self.assertEqual([file.name for file in embedded], ["factur-x.xml"])
        self.assertIn(b"urn:cen.eu:en16931:2017", embedded[0].content)

    def test_without_our_account_peppol_is_offered_as_ever(self):
        self.account.state = "suspended"
        invoice = self._create_invoice(self.on_peppol)
        sender = self.env["account.move.send"]
        self.assertIn("peppol", sender._get_default_sending_methods(invoice))
        self.assertTrue(sender._is_applicable_to_company("peppol", self.company))
        self._verify(self.on_peppol, "not_verified")
        asked = []
        with patch.object(
            type(self.env["res.partner"]),
            "_peppol_lookup_participant",
            lambda *args: asked.append(args),
        ):
            sender._is_applicable_to_move("peppol", invoice)
        self.assertTrue(asked, "Odoo's own look-up no longer happens")

    def test_what_peppol_has_sent_is_not_sent_again(self):
        invoice = self._create_invoice(self.on_peppol)
        invoice.peppol_move_state = "processing"
        self.assertEqual(invoice._efacture_issuer(), "peppol")
        self.assertFalse(self.env["account.move.send"]._is_applicable_to_move("efacture", invoice))
