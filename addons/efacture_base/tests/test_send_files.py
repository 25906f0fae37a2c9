"""Files that travel with an invoice: kinds, limits, inside the document, and final with it."""

import base64

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..en16931 import pdfa3
from ..en16931.read import read_xml
from .send_common import SendCase

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
CSV = "référence;quantité\nCAFE;12\n".encode()


@tagged("post_install", "-at_install")
class TestSendFiles(SendCase):
    def _file(self, invoice, name, raw, **values):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": raw, "res_model": "account.move", "res_id": invoice.id, **values}
        )

    def test_chosen_files_travel_inside_with_their_kind_and_the_verdict_stays_valid(self):
        invoice = self._create_invoice()
        slip = self._file(invoice, "Bon de livraison 1042.csv", CSV, mimetype="text/csv")
        bank = self._file(invoice, "rib_deux_rives.pdf", PDF, mimetype="application/pdf")
        plan = self._file(invoice, "plan.pdf", PDF + b"\n", mimetype="application/pdf")
        invoice.efacture_attachment_ids = slip | bank | plan
        self.assertEqual(
            [slip.efacture_code, bank.efacture_code, plan.efacture_code],
            ["BON_LIVRAISON", "RIB", "DOCUMENT_ANNEXE"],
        )
        verdict = invoice.efacture_check()[invoice]
        self.assertEqual(verdict.verdict, "valid", verdict.fatal)
        self._send(invoice, ["efacture"])
        pdf = invoice.efacture_exchange_ids._efacture_file_attachment().raw
        embedded = {file.name: file.content for file in pdfa3.extract_attachments(pdf)}
        self.assertEqual(embedded["Bon de livraison 1042.csv"], CSV)
        rows = read_xml(pdfa3.extract_xml(pdf)[1])["BG-24"]
        self.assertEqual(
            [row["BT-123"] for row in rows], ["BON_LIVRAISON", "RIB", "DOCUMENT_ANNEXE"]
        )
        content = rows[0]["BT-125"]
        content = base64.b64decode(content) if isinstance(content, str) else content
        self.assertEqual(content, CSV)

    def test_they_are_final_with_the_document(self):
        invoice = self._create_invoice()
        file = self._file(invoice, "plan.csv", CSV, mimetype="text/csv")
        invoice.efacture_attachment_ids = file
        self._send(invoice, ["efacture"])
        for change in (
            lambda: invoice.write({"efacture_attachment_ids": [Command.clear()]}),
            lambda: file.write({"raw": b"x;y\n"}),
            lambda: file.write({"name": "autre.csv"}),
            lambda: file.write({"efacture_code": "RIB"}),
            lambda: file.unlink(),
        ):
            with self.assertRaises(UserError):
                change()
        invoice.write({"efacture_attachment_ids": [Command.set(file.ids)]})
        invoice.action_efacture_withdraw()
        invoice.efacture_attachment_ids = False
        file.unlink()

    def test_one_readable_copy_at_most(self):
        invoice = self._create_invoice(post=False)
        files = self._file(invoice, "a.pdf", PDF) | self._file(invoice, "b.pdf", PDF + b" ")
        files.efacture_code = "LISIBLE"
        invoice.efacture_attachment_ids = files
        self.assertIn("EF-LISIBLE", {f.rule for f in invoice._efacture_own_findings()})
        files[0].efacture_code = "PJA"
        self.assertNotIn("EF-LISIBLE", {f.rule for f in invoice._efacture_own_findings()})

    def test_the_channel_s_kinds_and_limit_are_shown_and_checked(self):
        invoice = self._create_invoice(post=False)
        letter = self._file(invoice, "lettre.docx", b"PK\x03\x04 letter")
        invoice.efacture_attachment_ids = letter
        self.assertRegex(
            invoice.efacture_files_hint, r"By the platform: .*, 40 MB .*Chosen: 1, 1 kB"
        )
        self.assertIn("EF-FILE", {f.rule for f in invoice._efacture_own_findings()})

        invoice.efacture_contact_method = "email"
        self.assertIn("By e-mail: any kind of file", invoice.efacture_files_hint)
        self.assertNotIn("EF-FILE", {f.rule for f in invoice._efacture_own_findings()})
        self.assertFalse(
            invoice._efacture_prepare_references()["BG-24"], "it goes beside, not inside"
        )
        self.env["ir.config_parameter"].set_param("efacture.mail_files_limit_mb", "1")
        self._file_too_large(invoice)
        self.assertIn("EF-FILES", {f.rule for f in invoice._efacture_own_findings()})

    def _file_too_large(self, invoice):
        large = self._file(invoice, "photo.csv", b"a;b\n" * (300 << 10), mimetype="text/csv")
        invoice.efacture_attachment_ids |= large

    def test_a_file_uploaded_in_the_form_belongs_to_the_invoice(self):
        biller = new_test_user(self.env, "televerseur", groups="account.group_account_invoice")
        invoice = self._create_invoice(post=False)
        loose = (
            self.env["ir.attachment"]
            .with_user(biller)
            .create({"name": "bon_de_commande.csv", "raw": CSV, "mimetype": "text/csv"})
        )
        invoice.with_user(biller).efacture_attachment_ids = loose
        self.assertEqual((loose.res_model, loose.res_id), ("account.move", invoice.id))
        self.assertEqual(loose.efacture_code, "BON_COMMANDE")
