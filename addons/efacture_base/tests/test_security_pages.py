"""Pages and downloads: the record is checked, never the address of the page."""

import io
import zipfile

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..controllers.documents import EfactureDocuments
from .test_security_access import SecurityCase


@tagged("post_install", "-at_install")
class TestSecurityPages(SecurityCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.users["portal"]
        other = cls._create_customer("Menuiserie Voisine", "552100554", "55210055400013")
        cls.neighbour = new_test_user(cls.env, "closed_neighbour", groups="base.group_portal")
        cls.neighbour.partner_id.parent_id = other

    def _get(self, user, url):
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(url, allow_redirects=False)

    def _document(self, move):
        return move._efacture_frozen_exchange()._efacture_file_attachment()

    @mute_logger("odoo.http")
    def test_downloads_are_for_people_of_the_company(self):
        invoice = self._queued()
        url = f"/efacture/documents/{invoice.id}/cii"
        answer = self._get(self.users["billing"], url)
        self.assertEqual((answer.status_code, answer.content), (200, b"<Invoice/>"))
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))
        self.assertEqual(answer.headers["Content-Type"].partition(";")[0], "application/xml")
        for user in (self.buyer, self.neighbour, self.stranger, self.users["internal"], None):
            with self.subTest(user=user and user.login):
                answer = self._get(user, url)
                self.assertIn(answer.status_code, (303, 403, 404))
                self.assertNotIn(b"<Invoice/>", answer.content)
        self.assertEqual(self._get(self.users["billing"], url + "x").status_code, 404)
        self.authenticate("closed_billing", "closed_billing")
        self.assertEqual(self.url_open(url, data={"a": "b"}).status_code, 405)

    @mute_logger("odoo.http")
    def test_stored_documents_are_not_reached_by_their_number(self):
        invoice = self._queued()
        document = self._document(invoice)
        exchange = invoice.efacture_exchange_ids
        self.env["ir.attachment"].create(
            {"name": "F.xml", "raw": b"<Invoice/>", "res_model": "account.move", "res_id": invoice.id,
             "res_field": "efacture_cii_file"}
        )  # fmt: skip
        token = invoice._portal_ensure_token()
        for user in (self.buyer, self.neighbour, self.stranger, self.users["internal"], None):
            for url in (
                f"/web/content/{document.id}",
                f"/web/content/{document.id}?access_token={token}",
                f"/web/content/efacture.exchange/{exchange.id}/file",
                f"/web/content/efacture.exchange/{exchange.id}/file?access_token={token}",
                f"/web/image/efacture.exchange/{exchange.id}/file",
                f"/web/content/account.move/{invoice.id}/efacture_cii_file",
                f"/web/content/account.move/{invoice.id}/efacture_cii_file?access_token={token}",
            ):
                with self.subTest(user=user and user.login, url=url):
                    answer = self._get(user, url)
                    self.assertNotIn(b"<Invoice/>", answer.content)

    @mute_logger("odoo.http")
    def test_the_portal_shows_a_customer_his_stored_file_only(self):
        raw = b"%PDF-1.4 the stored one"
        invoice = self._create_invoice()
        self.env["ir.attachment"].create(
            {"name": "F.pdf", "raw": raw, "mimetype": "application/pdf", "res_model": "account.move",
             "res_id": invoice.id, "res_field": "invoice_pdf_report_file"}
        )  # fmt: skip
        invoice.invalidate_recordset()
        self.assertTrue(invoice.invoice_pdf_report_id)
        url = f"/my/invoices/{invoice.id}?report_type=pdf&download=true"
        self.assertEqual(self._get(self.buyer, url).content, raw)
        self.assertNotEqual(self._get(self.neighbour, url).content, raw)
        self.assertNotEqual(self._get(None, url).content, raw)
        page = self._get(self.buyer, f"/my/invoices/{invoice.id}")
        self.assertEqual(page.status_code, 200)
        for word in (
            "efacture_verdict",
            "efacture.finding",
            "efacture.exchange",
            "tracking_id",
            "client_secret",
        ):
            self.assertNotIn(word, page.text)

    @mute_logger("odoo.http")
    def test_a_draft_is_never_shown_to_a_customer(self):
        draft = self._create_invoice(post=False)
        for url in (f"/my/invoices/{draft.id}", f"/my/invoices/{draft.id}?report_type=pdf",
                    f"/efacture/documents/{draft.id}/facturx"):  # fmt: skip
            answer = self._get(self.buyer, url)
            self.assertNotIn(b"%PDF", answer.content[:20])
            self.assertIn(answer.status_code, (303, 403, 404))

    @mute_logger("odoo.http")
    def test_a_customer_calls_no_method_by_json(self):
        invoice = self._create_invoice()
        self.authenticate(self.buyer.login, self.buyer.login)
        for model, method in (
            ("account.move", "efacture_check"), ("account.move", "efacture_send"), ("account.move", "efacture_get_document"),
            ("account.move", "_efacture_queue"), ("efacture.exchange", "search_read"), ("efacture.finding", "search_read"),
            ("efacture.account", "search_read"), ("efacture.lookup", "_vies"),
        ):  # fmt: skip
            with self.subTest(model=model, method=method):
                answer = self.url_open(
                    "/web/dataset/call_kw",
                    json={"params": {"model": model, "method": method,
                                     "args": [] if method == "search_read" else [invoice.ids], "kwargs": {}}},
                ).json()  # fmt: skip
                self.assertIn("error", answer)

    def test_names_in_a_zip_are_safe_and_unique(self):
        taken = set()
        names = [
            EfactureDocuments._unique(EfactureDocuments._safe(name), taken)
            for name in (
                "../../etc/passwd",
                "a/passwd",
                "C:\\x\\PASSWD",
                "..",
                "",
                "F\n1.pdf",
                "f1.pdf",
            )
        ]
        self.assertEqual(
            names,
            [
                "passwd",
                "passwd (2)",
                "PASSWD (3)",
                "document",
                "document (2)",
                "F1.pdf",
                "f1 (2).pdf",
            ],
        )
        with zipfile.ZipFile(io.BytesIO(), "w") as archive:
            for name in names:
                archive.writestr(name, b"")
            self.assertFalse(any("/" in name or ".." in name for name in archive.namelist()))
