"""Whatever arrives is kept, told once, and trusted for nothing that it only claims."""

import base64
import hashlib
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..en16931 import pdfa3, received
from .receive_common import IBAN, SUPPLIER, ReceiveCase, invoice, line, money

PDF = Path(__file__).resolve().parents[1] / "static" / "description"


def blank_pdf():
    import io

    import pikepdf

    with pikepdf.new() as document:
        document.add_blank_page()
        output = io.BytesIO()
        document.save(output)
        return output.getvalue()


@tagged("post_install", "-at_install")
class TestReceiveDocument(ReceiveCase):
    def files_of(self, bill):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", bill.id)]
        )

    # -- the file ---------------------------------------------------------------------------------

    def test_the_original_is_kept_byte_for_byte_and_is_not_replaced_by_hand(self):
        content = self.xml() + b"<!-- kept -->\r\n"
        document = self.Document.receive(content, "upload", filename="facture.xml")
        self.assertEqual(document.sha256, hashlib.sha256(content).hexdigest())
        self.assertEqual(document._efacture_content(), content)
        self.assertEqual(base64.b64decode(document.file), content)
        beside = self.files_of(document.move_id)
        self.assertEqual((beside.raw, beside.mimetype), (content, "application/xml"))
        billing = new_test_user(
            self.env, "receive_billing", groups="base.group_user,account.group_account_invoice"
        )
        kept = document._efacture_original_attachment()
        with self.assertRaises(AccessError):
            kept.with_user(billing).write({"raw": b"x"})
        kept.sudo().write({"raw": b"x"})  # what a broken disk does
        with self.assertRaises(UserError):
            document._efacture_content()

    def test_a_factur_x_is_its_own_readable_page(self):
        pdf = pdfa3.finish(
            blank_pdf(), lang="fr", title="F", author="A", xml=self.xml(profile="en16931")
        )
        document = self.Document.receive(pdf, "upload", filename="facture.pdf")
        bill = document.move_id
        self.assertEqual((document.kind, document.readable_state), ("Factur-X", "none"))
        self.assertEqual(bill.message_main_attachment_id.raw, pdf)
        self.assertEqual(bill.amount_total, 120)

    def test_bare_xml_gets_a_readable_page_made_once_and_apart(self):
        document = self.receive()
        bill = document.move_id
        self.assertEqual(document.readable_state, "wanted")
        with self.enter_registry_test_mode():
            self.env.ref("efacture_base.efacture_readable_cron").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(document.readable_state, "made")
        page = bill.message_main_attachment_id
        self.assertEqual(page.mimetype, "application/pdf")
        self.assertTrue(page.raw.startswith(b"%PDF-"))
        self.assertEqual(len(self.files_of(bill)), 2, "the XML stays beside it")

    def test_without_the_renderer_the_bill_is_there_and_the_page_comes_later(self):
        from unittest.mock import patch

        from ..hostservice.protocol import ServiceUnavailable

        document = self.receive()
        with patch.object(
            type(document), "_efacture_draw_view", side_effect=ServiceUnavailable("away")
        ):
            self.assertFalse(document.sudo()._efacture_make_readable())
        self.assertEqual((document.readable_state, document.readable_tries), ("wanted", 1))
        self.assertEqual(document.move_id.amount_total, 120)

    # -- what is no invoice -----------------------------------------------------------------------

    def test_what_cannot_be_read_is_a_draft_with_the_file_and_a_sentence(self):
        cases = [
            (b"", "empty"),
            (b"%PDF-1.4 rubbish", "damaged"),
            (blank_pdf(), "plain_pdf"),
            (b"<Invoice><ID>1</Invoice>", "not_xml"),
            (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "not_xml"),
            (b"<rsm:x xmlns:rsm='urn:x'/>", "other_xml"),
            (b"\x89PNG\r\n\x1a\nrest", "other"),
        ]
        for content, reason in cases:
            with self.subTest(reason=reason):
                document = self.Document.receive(content, "api", filename="x.bin")
                self.assertEqual((document.state, document.reason), ("unreadable", reason))
                bill = document.move_id
                self.assertEqual((bill.state, bill.move_type), ("draft", "in_invoice"))
                self.assertTrue(bill.with_context(lang="en_US").efacture_received_warnings)
                if content:
                    self.assertIn(content, self.files_of(bill).mapped("raw"))

    def test_every_reason_has_its_own_sentence(self):
        document = self.receive()
        document.sudo().write({"state": "unreadable", "detail": "?"})
        sentences = set()
        for reason in received.NotAnInvoice.REASONS:
            document.sudo().reason = reason
            sentences.add(document.with_context(lang="en_US")._efacture_reason_sentence())
        self.assertEqual(len(sentences), len(received.NotAnInvoice.REASONS))

    @mute_logger("odoo.addons.efacture_base.models.efacture_document")
    def test_a_bill_that_odoo_refuses_leaves_a_draft_and_can_be_read_again(self):
        from unittest.mock import patch

        with patch.object(
            type(self.Document), "_efacture_prepare_lines", side_effect=UserError("No account")
        ):
            document = self.receive()
        self.assertEqual((document.state, document.reason), ("unreadable", "bill"))
        self.assertIn("No account", document.with_context(lang="en_US").message)
        document.action_read_again()
        self.assertEqual(document.state, "to_check")
        self.assertEqual(document.move_id.amount_total, 120)
        self.assertEqual(document.move_id.ref, "FA-2026-0117")

    # -- copies -----------------------------------------------------------------------------------

    def test_the_same_file_makes_one_bill(self):
        first = self.receive()
        again = self.receive(source="mail")
        self.assertEqual(
            (again.state, again.copy_of_id, again.move_id), ("copy", first, first.move_id)
        )
        self.assertIn("already here", again.with_context(lang="en_US").message)
        self.assertIn(
            "once more",
            " ".join(first.move_id.message_ids.mapped("body")).replace("&#39;", "'") or "once more",
        )
        self.assertEqual(first.move_id.efacture_document_id, first)

    def test_the_same_invoice_in_another_file_makes_one_bill_and_tells_a_difference(self):
        first = self.receive()
        other = self.receive(syntax="ubl")
        self.assertEqual((other.state, other.move_id), ("copy", first.move_id))
        dearer = self.receive(invoice([line(1, "200.00")]))
        self.assertEqual(dearer.state, "copy")
        self.assertEqual(self.words(dearer), ["copy_differs"])
        self.assertEqual(first.move_id.amount_total, 120)

    def test_a_credit_note_with_the_invoices_number_is_no_copy(self):
        first = self.receive()
        credit = self.receive(**{"BT-3": "381"})
        self.assertEqual(credit.state, "to_check")
        self.assertNotEqual(credit.move_id, first.move_id)

    def test_after_a_cancelled_bill_the_invoice_may_come_again(self):
        first = self.receive()
        first.move_id.button_cancel()
        again = self.receive(syntax="ubl")
        self.assertEqual(again.state, "to_check")
        self.assertNotEqual(again.move_id, first.move_id)

    def test_a_bill_typed_by_hand_is_hinted_at(self):
        supplier = self.make_supplier()
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": supplier.id,
                "invoice_date": "2026-11-02",
                "ref": "FA-2026-0117",
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 1})],
            }
        )
        self.assertIn("same_number", self.words(self.receive()))

    # -- who --------------------------------------------------------------------------------------

    def test_suppliers_are_found_by_number_never_by_name(self):
        alike = self.env["res.partner"].create({"name": "Atelier Nivelle", "is_company": True})
        document = self.receive(**{"BT-1": "W-1"})
        made = document.move_id.partner_id
        self.assertNotEqual(made, alike)
        self.assertLessEqual({"supplier_new", "supplier_alike"}, set(self.words(document)))
        self.assertTrue(made.efacture_to_verify)
        self.assertEqual(
            (made.efacture_siren, made.vat, made.city), (SUPPLIER, "FR22990234171", "Saint-Étienne")
        )
        made.action_efacture_verified()
        self.assertFalse(made.efacture_to_verify)

    def test_each_identifier_finds_the_supplier(self):
        cases = {
            "siren": {"company_registry": SUPPLIER, "vat": False},
            "siret": {"vat": False},
            "vat": {"company_registry": False},
        }
        for how, values in cases.items():
            with self.subTest(how=how):
                supplier = self.make_supplier(name=f"Autre nom {how}", **values)
                self.assertEqual(self.receive(**{"BT-1": f"I-{how}"}).move_id.partner_id, supplier)
                supplier.active = False
        supplier = self.make_supplier(company_registry=False, vat=False)
        self.env["efacture.address"].create({"partner_id": supplier.id, "address": SUPPLIER})
        self.assertEqual(self.receive(**{"BT-1": "I-address"}).move_id.partner_id, supplier)

    def test_numbers_that_do_not_check_are_not_taken_over(self):
        data = invoice(**{"BT-1": "BAD"})
        data["BG-4"].update(
            legal_identifier="123456789",
            identifiers={"0009": "12345678900011"},
            vat_identifier="FR00123456789",
            einvoicing_addr="x",
            einvoicing_addr_schemeid="EM",
        )
        made = self.receive(data).move_id.partner_id
        self.assertFalse(made.company_registry or made.vat)
        self.assertEqual(made.name, "ATELIER NIVELLE")

    def test_an_invoice_for_somebody_else_is_told(self):
        data = invoice()
        data["BG-7"].update(
            legal_identifier="552100554", vat_identifier="FR96552100554", name="Autre société"
        )
        self.assertIn("buyer_other", self.words(self.receive(data)))

    # -- where to pay -----------------------------------------------------------------------------

    def test_a_changed_account_is_never_taken_over_silently(self):
        supplier = self.make_supplier()
        self.make_bank(supplier, "FR7610278060000001234567890")
        document = self.receive()
        bill = document.move_id
        self.assertFalse(bill.partner_bank_id)
        self.assertIn("bank_changed", self.words(document))
        self.assertEqual(len(supplier.bank_ids), 1)
        self.assertTrue(bill.efacture_bank_to_add)
        self.assertIn("fraud", bill.with_context(lang="en_US").efacture_received_warnings)
        billing = new_test_user(
            self.env, "bank_billing", groups="base.group_user,account.group_account_invoice"
        )
        with self.assertRaises(AccessError):
            bill.with_user(billing).action_efacture_add_bank()
        accountant = new_test_user(
            self.env,
            "bank_accountant",
            groups="base.group_user,efacture_base.efacture_base_group_accountant,base.group_partner_manager",
        )
        bill.with_user(accountant).action_efacture_add_bank()
        added = bill.partner_bank_id
        self.assertEqual(added.sanitized_acc_number, IBAN)
        self.assertFalse(added.allow_out_payment, "known, not trusted")
        self.assertFalse(bill.efacture_bank_to_add)
        with self.assertRaises(UserError):
            bill.with_user(accountant).action_efacture_add_bank()

    def test_always_post_waits_when_something_is_odd(self):
        supplier = self.make_supplier(autopost_bills="always")
        self.make_bank(supplier, "FR7610278060000001234567890")
        self.company.autopost_bills = True
        journal = self.env["account.journal"].search([("type", "=", "purchase")], limit=1)
        odd = self.upload(journal, self.xml(**{"BT-1": "ODD"}))
        self.assertEqual(odd.state, "draft")
        self.make_bank(supplier)
        plain = self.upload(journal, self.xml(**{"BT-1": "PLAIN", "BT-2": invoice()["BT-9"]}))
        self.assertEqual(plain.state, "posted")

    # -- Odoo's own doors -------------------------------------------------------------------------

    def upload(self, journal, content, name="facture.xml", user=None):
        env = self.env(user=user) if user else self.env
        attachment = env["ir.attachment"].create({"name": name, "raw": content})
        return (
            journal.with_env(env)
            .with_context(default_move_type="in_invoice")
            ._create_document_from_attachment(attachment.ids)
        )

    def test_uploads_of_ordinary_users_pass_by_the_same_entry(self):
        billing = new_test_user(
            self.env, "upload_billing", groups="base.group_user,account.group_account_invoice"
        )
        journal = self.env["account.journal"].search([("type", "=", "purchase")], limit=1)
        content = self.xml()
        bill = self.upload(journal, content, user=billing)
        document = bill.efacture_document_id
        self.assertEqual((document.source, document.state), ("upload", "to_check"))
        self.assertEqual(document.sudo()._efacture_content(), content)
        self.assertEqual(bill.amount_total, 120)
        self.assertEqual(
            self.upload(journal, content, user=billing), bill, "dropped twice: the same bill"
        )

    def test_a_plain_pdf_is_left_to_odoo(self):
        journal = self.env["account.journal"].search([("type", "=", "purchase")], limit=1)
        bill = self.upload(journal, blank_pdf(), "scan.pdf")
        self.assertFalse(bill.efacture_document_ids)
        self.assertEqual(bill.move_type, "in_invoice")

    def test_mail_to_the_journal_passes_by_the_same_entry(self):
        journal = self.env["account.journal"].search([("type", "=", "purchase")], limit=1)
        domain = self.env["mail.alias.domain"].search([], limit=1) or self.env[
            "mail.alias.domain"
        ].create({"name": "deux-rives.example"})
        self.company.alias_domain_id = domain
        journal.alias_id.write({"alias_name": "recu", "alias_domain_id": domain.id})
        content = self.xml(**{"BT-1": "MAIL-1"})
        encoded = base64.encodebytes(content).decode()
        mail = (
            f"From: compta@nivelle.example\r\nTo: recu@{domain.name}\r\nSubject: Facture\r\nMessage-Id: <recu-1@nivelle.example>\r\n"
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n"
            "--b1\r\nContent-Type: application/xml; name=facture.xml\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-Disposition: attachment; filename=facture.xml\r\n\r\n{encoded}\r\n--b1--\r\n"
        )
        self.env["mail.thread"].message_process("account.move", mail.encode())
        document = self.Document.search([("number", "=", "MAIL-1")])
        self.assertEqual((document.source, document.state), ("mail", "to_check"))
        self.assertEqual((document.move_id.amount_total, document.move_id.ref), (120, "MAIL-1"))
        self.assertEqual(document._efacture_content(), content)

    # -- hostile ----------------------------------------------------------------------------------

    def test_absurd_amounts_are_refused_with_a_sentence(self):
        content = self.xml().replace(b">120.00<", b">99999999999999999999.00<")
        document = self.Document.receive(content, "upload", filename="x.xml")
        self.assertEqual((document.state, document.reason), ("unreadable", "absurd"))
        document = self.Document.receive(
            self.xml().replace(b">120.00<", b">1e9<"), "upload", filename="y.xml"
        )
        self.assertIn("number", self.words(document))

    def test_names_are_text_and_nothing_else(self):
        name = "<script>alert(1)</script>{{7*7}}%(name)s"
        data = invoice([line(1, "100.00", name=name)], **{"BT-1": "../../etc/passwd%s"})
        data["BG-4"]["name"] = name
        document = self.Document.receive(
            self.xml(data), "upload", filename="../../../etc/passwd\x00.xml"
        )
        bill = document.move_id
        self.assertEqual(bill.partner_id.name, name)
        self.assertIn(name, bill.invoice_line_ids.name)
        self.assertIn(name, bill.efacture_received_warnings)
        self.assertNotIn("<script>", "".join(bill.message_ids.mapped("body")))
        page = document.sudo()._efacture_page_values(
            received.read_invoice(received.open_file(self.xml(data)))
        )
        html = str(self.env["ir.qweb"]._render("efacture_base.report_received", page))
        self.assertNotIn("<script>alert", html)

    def test_ten_thousand_lines_become_one_per_rate(self):
        rows = [line(number, "1.00") for number in range(1, 10001)]
        content = self.xml(invoice(rows[:1]))
        one = content[
            content.index(b"<ram:IncludedSupplyChainTradeLineItem>") : content.index(
                b"</ram:IncludedSupplyChainTradeLineItem>"
            )
            + len(b"</ram:IncludedSupplyChainTradeLineItem>")
        ]
        data = invoice(rows)
        head = self.xml({**data, "BG-25": rows[:1]})
        document = self.Document.receive(
            head.replace(one, one * 10000), "upload", filename="long.xml"
        )
        bill = document.move_id
        self.assertIn("many_lines", self.words(document))
        self.assertEqual(len(bill.invoice_line_ids), 1)
        self.assertEqual(
            (money(bill.amount_untaxed), money(bill.amount_tax)), (data["BT-109"], data["BT-110"])
        )

    # -- rights -----------------------------------------------------------------------------------

    def test_who_may_hand_a_file_in(self):
        reader = new_test_user(
            self.env, "receive_reader", groups="base.group_user,account.group_account_readonly"
        )
        portal = new_test_user(self.env, "receive_portal", groups="base.group_portal")
        for user in (reader, portal):
            with self.assertRaises(AccessError):
                self.Document.with_user(user).receive(self.xml(), "api", filename="x.xml")
        other = self.env["res.company"].create({"name": "Autre"})
        billing = new_test_user(
            self.env, "receive_other", groups="base.group_user,account.group_account_invoice"
        )
        with self.assertRaises(UserError):
            self.Document.with_user(billing).receive(
                self.xml(), "api", filename="x.xml", company=other
            )
