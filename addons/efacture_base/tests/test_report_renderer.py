"""Invoice reports through the page renderer: header, footer and text on every page, whatever the look."""

import base64
import io
import os
import shutil
import subprocess
import tempfile
from unittest import SkipTest
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from PIL import Image, ImageDraw

from ..models import ir_actions_report

REPORT = "account.report_invoice_with_payments"
LAYOUTS = ("standard", "boxed", "bold", "striped", "bubble", "wave", "folder")


@tagged("post_install", "-at_install")
class TestReportRenderer(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not shutil.which("pdftotext"):
            raise SkipTest("pdftotext is not installed")
        cls.company = cls.env.company
        picture = Image.new("RGB", (300, 100), (20, 90, 160))
        ImageDraw.Draw(picture).rectangle((20, 20, 80, 80), fill="white")
        content = io.BytesIO()
        picture.save(content, "PNG")
        cls.logo = base64.b64encode(content.getvalue())
        cls.company.write(
            {
                "logo": cls.logo,
                "company_details": "<p>Seller identity<br/>12 rue de la Paix</p>",
                "report_footer": "<p>Footer mentions RCS Paris</p>",
                "efacture_pdf_engine": "chromium",
                "external_report_layout_id": cls.env.ref("web.external_layout_standard").id,
            }
        )
        cls.partner = cls.env["res.partner"].create(
            {
                "name": "Client Exemple",
                "street": "1 avenue Foch",
                "city": "Lyon",
                "is_company": True,
            }
        )
        cls.report = cls.env["ir.actions.report"]

    def _invoice(self, lines=2, text="Prestation", **values):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-11-20",
                "invoice_line_ids": [
                    Command.create(
                        {"name": f"{text} {number:04d}", "quantity": 1, "price_unit": 10 + number}
                    )
                    for number in range(lines)
                ],
                **values,
            }
        )
        with patch.object(type(invoice), "_efacture_check_posted", lambda self: None, create=True):
            invoice.action_post()
        return invoice

    def _text(self, pdf):
        done = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
        )
        return done.stdout.decode()

    def test_a_batch_gives_one_pdf_an_invoice(self):
        invoices = self._invoice(1) + self._invoice(60) + self._invoice(3)
        drawn = self.report._efacture_render_pdfs(REPORT, invoices.ids)
        self.assertEqual(list(drawn), invoices.ids)
        self.assertEqual([pdf.page_count > 1 for pdf in drawn.values()], [False, True, False])
        for invoice in invoices:
            pages = self._text(drawn[invoice.id].content).split("\f")[:-1]
            self.assertEqual(len(pages), drawn[invoice.id].page_count)
            self.assertIn(invoice.name, pages[0])
            for number, page in enumerate(pages, 1):
                self.assertIn("Seller identity", page)
                self.assertIn("Footer mentions RCS Paris", page)
                self.assertIn(f"{number} / {len(pages)}", page)
            lines = [line.name for line in invoice.invoice_line_ids]
            text = "".join(pages)
            self.assertEqual([line for line in lines if text.count(line) != 1], [])

    def test_odoo_s_own_batch_print_is_cut_at_the_right_pages(self):
        invoices = self._invoice(1) + self._invoice(60) + self._invoice(1)
        streams = self.report.with_context(
            force_report_rendering=True, report_pdf_no_attachment=True
        )._render_qweb_pdf_prepare_streams(REPORT, {}, invoices.ids)
        self.assertEqual(set(streams), set(invoices.ids))
        for invoice in invoices:
            text = self._text(streams[invoice.id]["stream"].getvalue())
            for other in invoices:
                self.assertEqual(other.name in text, other == invoice)

    def test_every_native_layout_keeps_header_text_and_footer(self):
        invoice = self._invoice(40)
        for layout in LAYOUTS:
            self.company.external_report_layout_id = self.env.ref(f"web.external_layout_{layout}")
            [pdf] = self.report._efacture_render_pdfs(REPORT, invoice.ids).values()
            pages = self._text(pdf.content).split("\f")[:-1]
            self.assertGreater(len(pages), 1)
            for page in pages:
                self.assertIn("Seller identity", page, layout)
                self.assertIn("Footer mentions", page, layout)

    def test_paper_formats_of_odoo(self):
        invoice = self._invoice(30)
        paper = self.company.paperformat_id.copy()
        self.company.paperformat_id = paper
        sizes = {
            "A4": (595, 842),
            "Letter": (612, 792),
            "Legal": (612, 1008),
            "A5": (420, 595),
            "custom": (510, 709),
        }
        for name, (width, height) in sizes.items():
            for orientation in ("Portrait", "Landscape"):
                paper.write(
                    {
                        "format": name,
                        "page_width": 180 if name == "custom" else 0,
                        "page_height": 250 if name == "custom" else 0,
                        "orientation": orientation,
                    }
                )
                [pdf] = self.report._efacture_render_pdfs(REPORT, invoice.ids).values()
                done = subprocess.run(
                    ["pdfinfo", "-"], input=pdf.content, capture_output=True, check=True
                )
                size = next(
                    line
                    for line in done.stdout.decode().splitlines()
                    if line.startswith("Page size")
                )
                found = [round(float(word)) for word in size.split()[2:5:2]]
                wanted = [width, height] if orientation == "Portrait" else [height, width]
                self.assertTrue(
                    all(abs(a - b) <= 1 for a, b in zip(found, wanted, strict=True)), (name, size)
                )
                text = self._text(pdf.content)
                for line in invoice.invoice_line_ids:
                    self.assertEqual(text.count(line.name), 1, (name, orientation))

    def test_pictures_by_odoo_address_are_inside(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "stamp.png", "raw": base64.b64decode(self.logo), "public": True}
        )
        embed = self.report._efacture_embed_pictures
        for address in (
            f"/web/image/{attachment.id}",
            f"/web/image/{attachment.id}-abc/stamp.png",
            f"/web/image/res.company/{self.company.id}/logo",
            f"/web/image?model=res.company&amp;id={self.company.id}&amp;field=logo",
            "/base/static/img/demo_logo_report.png",
            "/report/barcode/?barcode_type=QR&amp;value=INV-1&amp;width=100&amp;height=100",
            "/report/barcode/QR/INV-1",
        ):
            content = embed(f'<p><img class="x" src="{address}"/></p>', {})
            self.assertIn('src="data:image/', content, address)
        background = embed(
            '<div style="background-image: url(/base/static/img/demo_logo_report.png);">', {}
        )
        self.assertIn("url(data:image/png;base64,", background)
        for address in (
            "http://169.254.169.254/x.png",
            "/etc/passwd",
            "/web/static/../../../odoo.conf",
            "/web/image/res.users/1/password",
        ):
            content = f'<img src="{address}">'
            with self._without_warnings():
                self.assertEqual(embed(content, {}), content)

    def _without_warnings(self):
        return patch("odoo.addons.efacture_base.models.ir_actions_report._logger.warning")

    def test_pictures_are_those_the_user_may_see(self):
        hidden = self.env["ir.attachment"].create(
            {"name": "x.png", "raw": base64.b64decode(self.logo), "public": False}
        )
        stranger = self.env["res.users"].create(
            {
                "name": "S",
                "login": "stranger@x",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        content = f'<img src="/web/image/{hidden.id}">'
        with self._without_warnings():
            self.assertEqual(
                self.report.with_user(stranger)._efacture_embed_pictures(content, {}), content
            )

    def test_without_the_service_the_invoice_waits(self):
        invoice = self._invoice()
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)  # a folder open to others is refused: no service can be asked
            with (
                patch.dict(os.environ, {"EFACTURE_RUN_DIR": folder}),
                self.assertRaises(UserError) as caught,
            ):
                self.report._efacture_render_pdfs(REPORT, invoice.ids)
        self.assertIn("Nothing was sent", str(caught.exception))

    def test_a_lost_stylesheet_is_said_not_drawn_over(self):
        invoice = self._invoice()
        ir_actions_report._looks.clear()  # a look read by another test has its bundle rolled back
        self.report._efacture_render_pdfs(REPORT, invoice.ids)
        bundles = self.env["ir.attachment"].search(
            [("url", "=like", "/web/assets/%report_assets%css")]
        )
        self.assertTrue(bundles)
        # what a restored database without its file store looks like
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = '00/gone', db_datas = NULL WHERE id IN %s",
            [tuple(bundles.ids)],
        )
        self.env.invalidate_all()
        ir_actions_report._looks.clear()
        with self.assertRaises(UserError) as caught:
            self.report._efacture_render_pdfs(REPORT, invoice.ids)
        self.assertIn("stylesheet", str(caught.exception))

    def test_a_company_may_keep_wkhtmltopdf(self):
        self.assertTrue(self.report._efacture_uses_renderer(REPORT))
        self.company.efacture_pdf_engine = "wkhtmltopdf"
        self.assertFalse(self.report._efacture_uses_renderer(REPORT))

    def test_names_in_any_script_and_long_terms(self):
        self.partner.name = "شركة المثال 中文公司"
        terms = "<p>" + "Conditions générales de vente. " * 250 + "</p>"
        invoice = self._invoice(2, narration=terms)
        [pdf] = self.report._efacture_render_pdfs(REPORT, invoice.ids).values()
        text = self._text(pdf.content)
        self.assertIn("中文公司", text)
        self.assertEqual(" ".join(text.split()).count("Conditions générales de vente"), 250)

    def test_queries_do_not_grow_with_the_batch(self):
        invoices = self.env["account.move"].union(*(self._invoice() for _number in range(12)))
        self.report._efacture_render_pdfs(REPORT, invoices[:2].ids)  # bundles and caches
        self.env.flush_all()
        counts = []
        for batch in (invoices[:2], invoices):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.report._efacture_render_pdfs(REPORT, batch.ids)
            counts.append(self.env.cr.sql_log_count - before)
        each = (counts[1] - counts[0]) / 10
        self.assertLessEqual(each, 8, f"{counts[0]} queries for 2 invoices, {counts[1]} for 12")
