"""What French law asks on the page, once, and from the same sentences as the electronic document."""

import io
import re

from odoo import Command
from odoo.tests import tagged
from pdfminer.high_level import extract_text

from .send_common import SendCase


@tagged("post_install", "-at_install")
class TestReport(SendCase):
    def _text(self, move):
        pdf = move._efacture_draw()[move]
        return re.sub(r"\s+", " ", extract_text(io.BytesIO(pdf)))

    def test_the_page_holds_the_legal_mentions(self):
        self.company.efacture_vat_on_debits = True
        invoice = self._create_invoice(
            ref="Marché 12", buyer_reference="SERVICE-7", contract_reference="C-2026-4",
            purchase_order_reference="BC-881",
        )  # fmt: skip
        text = self._text(invoice)
        for mention in (
            "SAS au capital de 50000 €",
            "RCS Lyon 999 120 348",
            "FR43999120348",
            "FR22990234171",
            "99023417100017",
            "40 €",
            "Marché 12",
            "SERVICE-7",
            "C-2026-4",
            "BC-881",
            invoice.name,
        ):
            self.assertIn(mention, text)
        for code in ("PMT", "PMD", "AAB"):
            self.assertIn(self.company._efacture_legal_text(code)[:40], text)
        self.assertEqual(text.count("débits"), 1)

    def test_a_siren_alone_is_not_called_a_siret(self):
        customer = self._create_customer("Boulangerie aux Blés", "993355130", "993355130")
        text = self._text(self._create_invoice(customer))
        self.assertIn("SIREN: 993355130", text)
        self.assertNotIn("SIRET: 993355130", text)

    def test_the_kind_of_document_and_the_earlier_invoice_are_told(self):
        deposit = self._create_invoice(post=False)
        deposit.efacture_type_code = "386"
        deposit.action_post()
        self.assertIn("Facture d’acompte", self._text(deposit))
        final = self._create_invoice(post=False)
        final.efacture_preceding_ids = deposit
        final.action_post()
        day = deposit.invoice_date.strftime("%d/%m/%Y")
        self.assertIn(f"Facture d’origine : {deposit.name} du {day}", self._text(final))
        self.assertNotIn("Facture d’acompte", self._text(final))

    def test_what_the_footer_says_is_not_said_twice(self):
        self.company.report_footer = (
            "<p>S.A.S. au capital de 50000 € - R.C.S. LYON 999120348 - SIRET 999 120 348 00019 - "
            "TVA FR 43 999 120 348<br/>Pénalités de retard : trois fois le taux légal, indemnité "
            "forfaitaire de 40 €. Pas d'escompte.</p>"
        )
        mentions = self._create_invoice()._efacture_report_mentions()
        self.assertEqual(mentions, {})
        self.company.report_footer = "<p>Merci de votre confiance</p>"
        self.company.efacture_rcs_city = False
        seller = self._create_invoice()._efacture_report_mentions()["seller"]
        self.assertEqual(
            seller,
            [
                "SAS au capital de 50000 € – SIRET 999 120 348 00019 – TVA intracommunautaire FR43999120348"
            ],
        )

    def test_reverse_charge_and_exemptions_say_why(self):
        reverse = self.env["account.tax"].create(
            {
                "name": "Sous-traitance",
                "amount": 0,
                "type_tax_use": "sale",
                "ubl_cii_tax_category_code": "AE",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        invoice = self._create_invoice(
            post=False,
            invoice_line_ids=[
                Command.create(
                    {
                        "name": "Pose",
                        "quantity": 1,
                        "price_unit": 100,
                        "tax_ids": [Command.set(reverse.ids)],
                    }
                )
            ],
        )
        self.assertIn(
            "autoliquidation", " ".join(invoice._efacture_report_mentions()["operation"]).lower()
        )
        self.company.efacture_vat_franchise = True
        invoice.invoice_line_ids.tax_ids = False
        self.assertIn("293 B", " ".join(invoice._efacture_report_mentions()["operation"]))

    def test_a_private_person_reads_no_penalties(self):
        person = self.env["res.partner"].create(
            {"name": "Camille Roux", "country_id": self.env.ref("base.fr").id, "lang": "fr_FR"}
        )
        invoice = self._create_invoice(person, post=False)
        self.assertNotIn("payment", invoice._efacture_report_mentions())

    def test_where_we_do_not_issue_the_page_is_odoo_s(self):
        self.account.state = "suspended"
        invoice = self._create_invoice()
        self.assertEqual(invoice._efacture_report_mentions(), {})

    def test_the_payment_code_is_odoo_s(self):
        self.company.qr_code = True
        invoice = self._create_invoice()
        self.assertTrue(invoice._generate_qr_code(silent_errors=True))
        self.assertIn(
            "SEPA",
            dict(invoice._fields["qr_code_method"]._description_selection(self.env))[
                invoice.qr_code_method
            ],
        )
        self.assertIn("QR", self._text(invoice))
