"""Statuses that we tell: who may say what, what it needs, and the message that leaves."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..en16931.validator import validate
from .lifecycle_common import LifecycleCase


@tagged("post_install", "-at_install")
class TestLifecycleSend(LifecycleCase):
    def window(self, moves, code=False):
        action = moves.with_user(self.user).action_efacture_status(code)
        return self.env["efacture.status"].with_user(self.user).browse(action["res_id"])

    def choose(self, window, code, *reasons, **values):
        window.choice_id = window.choice_ids.filtered(lambda choice: choice.code == code)
        self.assertTrue(window.choice_id, f"{code} is not offered")
        offered = self.env["efacture.status.reason"].search(
            [("choice_id", "=", window.choice_id.id)]
        )
        window.reason_ids = offered.filtered(lambda reason: reason.code in reasons)
        window.write(values)
        return window

    def test_a_bill_is_approved(self):
        bill = self.make_bill("F-2026-118")
        self.assertTrue(bill.efacture_can_say)
        action = bill.with_user(self.user).action_efacture_approve()
        event = bill.efacture_event_ids
        self.assertEqual((event.code, event.direction, event.actor), ("205", "out", "buyer"))
        self.assertEqual(event.user_id, self.user)
        row = event.exchange_id
        self.assertEqual(action["params"]["exchange_ids"], row.ids)
        self.assertEqual((row.kind, row.state, row.direction), ("lifecycle", "queued", "out"))
        self.assertEqual(row.parent_id.kind, "invoice")
        message = self.read_message(row)
        self.assertEqual((message.number, message.invoice_type), ("F-2026-118", "380"))
        self.assertEqual(message.seller_siren, "990234171")
        self.assertEqual(message.recipients[0].address, "990234171_FACTURES")
        self.assertEqual((message.issuer.role, message.issuer.siren), ("BY", "999120348"))
        self.assertEqual(message.status_code, "1")
        verdict = validate(row._efacture_file_attachment().raw)
        self.assertEqual((verdict.verdict, verdict.kind), ("valid", "CDAR"))

    def test_it_is_shown_as_said_only_once_the_platform_took_it(self):
        bill = self.make_bill()
        event = bill._efacture_send_status("205")
        self.assertFalse(bill.efacture_status)
        self.assertEqual(bill.efacture_status_label, "“Approved” being sent")
        self.answer(event.exchange_id)
        self.assertEqual(bill.efacture_status, "205")
        self.assertEqual(
            (bill.efacture_status_label, bill.efacture_status_tone), ("Approved", "done")
        )

    def test_a_person_is_told_what_became_of_it_by_the_suppliers_number(self):
        bill = self.make_bill("F-2026-119", state="draft")
        row = bill._efacture_send_status("204").exchange_id
        self.answer(row)
        answer = row._efacture_answer()
        self.assertEqual(answer["name"], "F-2026-119")
        self.assertEqual(answer["type"], "success")
        self.assertIn("fournisseur", answer["message"])

    def test_a_message_the_platform_refuses_may_be_said_again(self):
        bill = self.make_bill()
        event = bill.with_user(self.user)._efacture_send_status("205")
        with self.assertRaises(UserError):
            bill._efacture_send_status("205")
        self.answer(event.exchange_id, "rejected", "Statut inattendu")
        self.assertFalse(bill.efacture_status)
        asked = bill.activity_ids
        self.assertEqual((asked.user_id, len(asked)), (self.user, 1))
        self.assertIn("Statut inattendu", asked.note)
        self.assertIn("Statut inattendu", bill.message_ids[0].body)
        self.assertTrue(bill._efacture_send_status("205"))

    def test_a_refusal_needs_a_reason_of_its_list_and_a_comment(self):
        bill = self.make_bill()
        for reasons, note in (((), "Non"), (("TX_TVA_ERR",), " "), (("JUSTIF_ABS",), "Non")):
            with self.assertRaises(UserError):
                bill._efacture_send_status("210", reasons=reasons, note=note)
        self.assertFalse(bill.efacture_event_ids)
        event = bill._efacture_send_status(
            "210", reasons=("TX_TVA_ERR", "DOUBLON"), note="Le taux est 10 %."
        )
        message = self.read_message(event.exchange_id)
        self.assertEqual(message.reasons, ("TX_TVA_ERR", "DOUBLON"))
        self.assertEqual(message.note, "Le taux est 10 %.")
        self.answer(event.exchange_id)
        self.assertEqual(bill.efacture_status, "210")
        self.assertIn("A VAT rate is wrong.", bill.efacture_status_note)
        self.assertFalse(bill.efacture_can_say)
        with self.assertRaises(UserError):
            bill._efacture_send_status("205")

    def test_another_reason_wants_a_comment(self):
        bill = self.make_bill()
        with self.assertRaises(UserError):
            bill._efacture_send_status("207", reasons=("AUTRE",))
        self.assertTrue(bill._efacture_send_status("207", reasons=("AUTRE",), note="Voir mail."))

    def test_the_window_offers_what_may_be_said(self):
        bill = self.make_bill()
        window = self.window(bill)
        common = window.choice_ids.filtered("is_common").mapped("code")
        self.assertEqual(common, ["204", "205", "206", "207", "208", "210"])
        self.choose(window, "210")
        self.assertTrue(window.needs_reason and window.needs_note and window.is_final)
        self.assertFalse(window.takes_files or window.takes_amount)
        offered = self.env["efacture.status.reason"].search(
            [("choice_id", "=", window.choice_id.id)]
        )
        self.assertEqual(len(offered), 13)
        self.assertNotIn("JUSTIF_ABS", offered.mapped("code"))

    def test_the_supplier_is_shown_what_the_window_shows(self):
        bill = self.make_bill()
        window = self.choose(self.window(bill), "208", "JUSTIF_ABS", note="Joindre le bon <signé>.")
        self.assertIn("Suspendue", window.preview)
        self.assertIn("Il manque une pièce justificative.", window.preview)
        self.assertIn("&lt;signé&gt;", window.preview)
        window.action_send()
        message = self.read_message(bill.efacture_event_ids.exchange_id)
        self.assertEqual(message.details[0].reason_text, "Il manque une pièce justificative.")
        self.assertEqual(message.note, "Joindre le bon <signé>.")

    def test_a_refused_draft_is_cancelled_with_it(self):
        bills = self.make_bill(state="draft") | self.make_bill(state="draft")
        first = self.choose(self.window(bills[0]), "210", "DOUBLON", note="Reçue hier.")
        self.assertTrue(first.has_draft)
        first.action_send()
        self.assertEqual(bills[0].state, "cancel")
        second = self.choose(self.window(bills[1]), "210", "DOUBLON", note="x", cancel_bill=False)
        second.action_send()
        self.assertEqual(bills[1].state, "draft")

    def test_several_bills_at_once_or_none(self):
        bills = self.make_bill() | self.make_bill() | self.make_bill()
        self.choose(self.window(bills), "205").action_send()
        self.assertEqual(bills.efacture_event_ids.mapped("code"), ["205"] * 3)
        messages = [
            self.read_message(row).message_id for row in bills.efacture_event_ids.exchange_id
        ]
        self.assertEqual(len(set(messages)), 3)
        more = bills | self.make_bill()
        with self.assertRaises(UserError):
            more._efacture_send_status("204")
        self.assertEqual(len(more.efacture_event_ids), 3)

    def test_a_suspended_invoice_is_completed_with_its_file(self):
        invoice = self.make_sale()
        with self.assertRaises(UserError):
            invoice._efacture_send_status("209")
        self.hear(invoice, "208", ("JUSTIF_ABS",), "Joindre le bon de livraison.")
        file = (
            self.env["ir.attachment"]
            .with_user(self.user)
            .create({"name": "bon.pdf", "raw": b"%PDF-1.4 bon", "mimetype": "application/pdf"})
        )
        window = self.window(invoice, "209")
        self.assertEqual(window.choice_id.code, "209")
        window.write({"attachment_ids": [Command.set(file.ids)], "note": "Le voici."})
        window.action_send()
        event = invoice.efacture_event_ids.filtered(lambda event: event.code == "209")
        message = self.read_message(event.exchange_id)
        self.assertEqual(message.attachments[0].content, b"%PDF-1.4 bon")
        self.assertEqual(event.attachment_ids.raw, b"%PDF-1.4 bon")
        self.answer(event.exchange_id)
        self.assertEqual(invoice.efacture_status, "209")
        with self.assertRaises(UserError):
            invoice._efacture_send_status("209")

    def test_cancelled_is_said_once_a_credit_note_stands(self):
        invoice = self.make_sale()
        with self.assertRaises(UserError):
            invoice._efacture_send_status("220")
        invoice._reverse_moves([{"invoice_date": "2026-11-21"}]).action_post()
        self.answer(invoice._efacture_send_status("220").exchange_id)
        self.assertEqual(invoice.efacture_status, "220")

    def test_files_are_typed_and_bounded(self):
        invoice = self.make_sale()
        with self.assertRaises(UserError):  # bank details are needed
            invoice._efacture_send_status("227", note="Nouveau compte")
        program = self.env["ir.attachment"].create({"name": "a.sh", "raw": b"#!/bin/sh\nls"})
        with self.assertRaises(UserError):
            invoice._efacture_send_status("227", note="x", attachments=program)
        large = self.env["ir.attachment"].create(
            {"name": "a.pdf", "raw": b"%PDF-1.4" + b"0" * (11 << 20), "mimetype": "application/pdf"}
        )
        with self.assertRaises(UserError):
            invoice._efacture_send_status("227", note="x", attachments=large)
        with self.assertRaises(UserError):
            self.make_bill()._efacture_send_status("205", attachments=program)

    def test_nobody_is_told_of_what_never_travelled(self):
        draft = self._create_invoice(post=False)
        typed = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.customer.id, "ref": "X"}
        )
        for move, code in ((draft, "212"), (typed, "205")):
            self.assertFalse(move.efacture_can_say)
            with self.assertRaises(UserError):
                move._efacture_send_status(code)
            with self.assertRaises(UserError):
                move.action_efacture_status()
        with self.assertRaises(UserError):
            self.make_bill()._efacture_send_status("212")
        with self.assertRaises(UserError):
            (self.make_bill() | self.make_sale()).action_efacture_status()

    def test_an_account_that_rests_says_nothing(self):
        bill = self.make_bill()
        self.account.state = "suspended"
        with self.assertRaises(UserError):
            bill._efacture_send_status("205")

    def test_what_was_said_stays(self):
        event = self.make_bill()._efacture_send_status("205")
        with self.assertRaises(UserError):
            event.write({"code": "210"})
        with self.assertRaises(UserError):
            event.unlink()
        with self.assertRaises(AccessError):
            event.move_id.with_user(self.user).write({"efacture_status": "205"})

    def test_only_accountants_speak_for_the_company(self):
        bill = self.make_bill()
        clerk = self.user.copy(
            {
                "login": "clerk",
                "group_ids": [Command.set(self.env.ref("account.group_account_invoice").ids)],
            }
        )
        for method in ("action_efacture_approve", "action_efacture_status"):
            with self.assertRaises(AccessError):
                getattr(bill.with_user(clerk), method)()
        window = self.window(bill)
        with self.assertRaises(AccessError):
            window.with_user(clerk).action_send()
        self.assertFalse(bill.efacture_event_ids)
