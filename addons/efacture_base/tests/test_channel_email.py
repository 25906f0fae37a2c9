"""Invoices by e-mail: one mail, one row, never twice; against a real mail server."""

import hashlib
from email import message_from_bytes, policy

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..en16931 import pdfa3
from .channel_common import ChannelCase


@tagged("post_install", "-at_install")
class TestChannelEmail(ChannelCase):
    def test_the_mail_carries_the_very_invoice_once(self):
        invoice, row = self.by_mail()
        (answer,) = self.dispatch(row)
        self.assertEqual(row.state, "accepted", row.error_message)
        (mail,) = self.mails()
        self.assertEqual(mail["tracking_id"], row.tracking_id)
        self.assertEqual(mail["recipients"], ["compta@nivelle.example"])
        self.assertEqual(mail["sha256"], row.sha256)
        self.assertEqual(mail["number"], invoice.name)
        self.assertTrue(pdfa3.extract_xml(self.mail_file(mail, 1)))
        self.assertTrue(invoice.is_move_sent)
        self.assertEqual(invoice.efacture_state, "accepted")
        self.assertFalse(row.account_id)
        self.assertEqual(answer["type"], "success")
        self.assertIn("compta@nivelle.example", answer["message"])
        # Run again, by lane or by person: nothing leaves.
        self.dispatch(row)
        self.run_lane()
        self.assertEqual(len(self.mails()), 1)

    def test_the_mail_is_odoo_s_own_in_the_customer_s_language(self):
        invoice, row = self.by_mail()
        self.dispatch(row)
        message = message_from_bytes(self.mail_text(self.mails()[0]), policy=policy.default)
        html = message.get_body(("html",)).get_content()
        self.assertEqual(message["Message-ID"], row.mail_message_id)
        self.assertIn(invoice.name, str(message["Subject"]))
        self.assertIn(f"access_token={invoice.access_token}", html, "the button to the invoice")
        self.assertIn("Facture", str(message["Subject"]))
        self.assertTrue(message.get_body(("plain",)))

    def test_the_history_shows_the_mail_and_nothing_leaves_twice(self):
        invoice, row = self.by_mail()
        self.dispatch(row)
        shown = invoice.message_ids.filtered(lambda m: m.message_id == row.mail_message_id)
        self.assertEqual(len(shown), 1)
        self.assertEqual(shown.partner_ids, self.customer)
        self.assertEqual(shown.notification_ids.notification_status, "sent")
        self.assertEqual(
            hashlib.sha256(shown.attachment_ids.raw).hexdigest(), row.sha256, "the same file"
        )
        self.assertFalse(self.env["mail.mail"].search([("mail_message_id", "=", shown.id)]))
        row.sudo().apply_pending = True  # carried over again: nothing is told twice
        self.dispatch(row)
        self.assertEqual(
            len(invoice.message_ids.filtered(lambda m: m.message_id == row.mail_message_id)), 1
        )

    def test_an_answer_to_the_mail_finds_the_invoice(self):
        invoice, row = self.by_mail()
        self.dispatch(row)
        answer = (
            f"From: Compta <compta@nivelle.example>\r\nTo: {self.company.email}\r\nSubject: Re: facture\r\n"
            f"Message-ID: <answer-{row.tracking_id}@nivelle.example>\r\nIn-Reply-To: {row.mail_message_id}\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n"
            "Bien reçue, merci.\r\n"
        )
        self.env["mail.thread"].message_process("account.move", answer)
        self.assertIn("Bien reçue", self.plain(invoice.message_ids[0].body))

    def test_the_window_s_own_words_and_files_leave(self):
        invoice = self._create_invoice()
        order = self.env["ir.attachment"].create(
            {"name": "Bon 12.txt", "raw": b"Bon de commande 12"}
        )
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"sending_methods": ["email"]})
        )
        wizard.subject = "Votre facture de novembre"
        wizard.body = "<p>Chère cliente, voici la facture.</p>"
        wizard.mail_attachments_widget = [
            *wizard.mail_attachments_widget,
            {"id": order.id, "name": order.name, "mimetype": "text/plain", "manual": True},
        ]
        wizard.action_send_and_print()
        row = invoice.efacture_exchange_ids
        self.assertEqual((row.channel, row.state), ("email", "queued"))
        self.assertFalse(self.mails(), "nothing leaves in the request of the window")
        self.assertTrue(invoice.efacture_is_frozen)
        order.raw = b"changed meanwhile"
        self.dispatch(row)
        (mail,) = self.mails()
        self.assertEqual(mail["subject"], "Votre facture de novembre")
        self.assertEqual([file["name"] for file in mail["files"]], [row.filename, "Bon 12.txt"])
        self.assertEqual(self.mail_file(mail, 2), b"Bon de commande 12")
        self.assertIn("Chère cliente", self.plain(row.mail_body))

    def test_what_will_leave_cannot_be_changed(self):
        invoice = self._create_invoice()
        self._send(invoice, ["email"])
        row = invoice.efacture_exchange_ids.sudo()
        for name, value in (("mail_subject", "x"), ("mail_html", "x"), ("mail_recipients", [])):
            with self.assertRaises(UserError):
                row[name] = value
        with self.assertRaises(UserError):
            invoice.button_draft()

    def test_a_queued_mail_can_be_taken_back(self):
        invoice = self._create_invoice()
        self._send(invoice, ["email"])
        invoice.action_efacture_withdraw()
        self.run_lane()
        self.assertFalse(self.mails())
        self.assertFalse(invoice.efacture_is_frozen)

    def test_asked_again_it_does_not_leave_again(self):
        invoice, row = self.by_mail()
        self.dispatch(row)
        with self.assertRaises(UserError):
            invoice._efacture_enqueue("email")
        with self.assertRaises(UserError):
            self._send(invoice, ["email"])
        self.run_lane()
        self.assertEqual(len(self.mails()), 1)

    def test_platform_and_e_mail_hand_over_the_same_file(self):
        invoice = self._create_invoice()
        self._send(invoice, ["email", "efacture"])
        rows = invoice.efacture_exchange_ids
        self.assertEqual(set(rows.mapped("channel")), {"email", "efacture"})
        self.assertEqual(len(set(rows.mapped("sha256"))), 1)
        self.dispatch(rows)
        self.assertEqual(self.mails()[0]["sha256"], rows[0].sha256)
        self.assertEqual(set(rows.mapped("state")), {"accepted"})

    def test_a_second_channel_takes_the_frozen_file(self):
        invoice = self._create_invoice()
        first = invoice._efacture_enqueue("efacture")
        self.dispatch(first)
        _invoice, second = self.by_mail(invoice)
        self.dispatch(second)
        self.assertEqual(second.sha256, first.sha256)
        self.assertEqual(self.mails()[0]["sha256"], first.sha256)

    def test_several_recipients_are_one_mail(self):
        invoice = self._create_invoice()
        other = self.env["res.partner"].create(
            {"name": "Achats", "email": "achats@nivelle.example", "parent_id": self.customer.id}
        )
        self._send(invoice, ["email"], mail_partner_ids=[Command.set((self.customer | other).ids)])
        self.dispatch(invoice.efacture_exchange_ids)
        (mail,) = self.mails()
        self.assertEqual(
            set(mail["recipients"]), {"compta@nivelle.example", "achats@nivelle.example"}
        )

    def test_files_chosen_on_the_invoice_go_with_the_mail(self):
        invoice = self._create_invoice()
        plan = self.env["ir.attachment"].create(
            {
                "name": "plan.csv", "raw": b"a;b\n1;2\n", "res_model": "account.move", "res_id": invoice.id,
                "mimetype": "text/csv",
            }
        )  # fmt: skip
        invoice.efacture_attachment_ids = [Command.link(plan.id)]
        _invoice, row = self.by_mail(invoice)
        self.dispatch(row)
        self.assertEqual(
            [file["name"] for file in self.mails()[0]["files"]], [row.filename, "plan.csv"]
        )

    def test_a_mail_that_is_too_large_is_said_before(self):
        self.mail_server.max_email_size = 0.02
        self.env["ir.config_parameter"].set_param("base.default_max_email_size", "0.02")
        invoice = self._create_invoice()
        with self.assertRaises(UserError) as caught:
            self._send(invoice, ["email"])
        self.assertIn("weigh", str(caught.exception))

    def test_without_address_nothing_is_queued(self):
        self.customer.email = False
        invoice = self._create_invoice()
        with self.assertRaises(UserError):
            invoice.efacture_send()
        self.assertFalse(invoice.efacture_exchange_ids)
        invoice._efacture_enqueue("email")  # by a batch: the row says it
        row = invoice.efacture_exchange_ids
        self.run_lane()
        self.assertEqual(row.state, "failed")
        self.assertIn("Atelier Nivelle", row.error_message)

    def test_a_copy_changes_nothing_of_the_sending(self):
        invoice = self._create_invoice()
        with self.assertRaises(UserError):
            invoice.action_efacture_copy()
        row = invoice._efacture_enqueue("email")
        self.dispatch(row)
        adviser = self.env["res.partner"].create({"name": "Cabinet", "email": "c@cabinet.example"})
        window = self.env["efacture.mail.copy"].create(
            {"move_id": invoice.id, "partner_ids": [Command.set(adviser.ids)]}
        )
        window.action_send()
        copy = invoice.efacture_exchange_ids.filtered("is_copy")
        self.assertEqual(copy.sha256, row.sha256)
        self.assertEqual(invoice._efacture_current_exchange(), row)
        self.dispatch(copy)
        self.assertEqual(copy.state, "accepted", copy.error_message)
        self.assertEqual([m["recipients"] for m in self.mails()][1], ["c@cabinet.example"])
        self.assertEqual(copy.state, "accepted")


@tagged("post_install", "-at_install")
class TestChannelEmailTrouble(ChannelCase):
    def test_try_later_is_tried_later_and_arrives_once(self):
        self.break_sandbox("mail", "try_later", count=1)
        invoice, row = self.by_mail()
        self.dispatch(row)
        self.assertEqual(row.state, "accepted", row.error_message)
        self.assertEqual(row.attempt_count, 2)
        self.assertEqual(len(self.mails()), 1)
        self.assertTrue(invoice.is_move_sent)

    def test_a_server_that_is_away_is_tried_again(self):
        self.env["ir.config_parameter"].set_param("efacture.retry_base", "600")
        self.break_sandbox("mail", "refuse", count=1)
        _invoice, row = self.by_mail()
        self.dispatch(row)
        self.assertEqual((row.state, row.error_code), ("queued", "no_server"))
        self.assertTrue(row.next_attempt)
        self.assertFalse(self.mails())

    def test_an_address_that_does_not_exist_is_said_in_plain_words(self):
        self.sandbox_set("mail", "settings", {"unknown": "compta@nivelle.example"})
        self.addCleanup(self.sandbox_set, "mail", "settings", {"unknown": ""})
        invoice, row = self.by_mail()
        (answer,) = self.dispatch(row)
        self.assertEqual((row.state, row.error_code), ("rejected", "recipient_refused"))
        self.assertIn("compta@nivelle.example", row.error_message)
        self.assertIn("Corrigez l’e-mail sur la fiche du client", row.error_message)
        self.assertEqual(answer["type"], "danger")
        self.assertFalse(invoice.efacture_is_frozen)
        # Corrected, it leaves, as a new row after the first.
        self.customer.email = "facturation@nivelle.example"
        again = invoice._efacture_enqueue("email")
        self.dispatch(again)
        self.assertEqual(again.parent_id, row)
        self.assertEqual(self.mails()[0]["recipients"], ["facturation@nivelle.example"])

    def test_a_cut_after_the_content_is_left_to_a_person(self):
        self.break_sandbox("mail", "vanish", count=1)
        invoice, row = self.by_mail()
        self.dispatch(row)
        self.assertEqual(row.state, "unknown")
        self.assertTrue(row.needs_person)
        self.assertTrue(invoice.efacture_is_frozen)
        for _each in range(3):
            self.run_lane()
            self.dispatch(row, 0.5)
        self.assertEqual(len(self.mails()), 1, "it did arrive: nothing leaves again by itself")
        row.with_user(self.accountant).action_mark_sent()
        self.dispatch(row)
        self.assertEqual(row.state, "accepted", row.error_message)
        self.assertEqual(len(self.mails()), 1)
        self.assertTrue(invoice.message_ids.filtered(lambda m: m.message_id == row.mail_message_id))

    def test_a_person_may_say_that_it_did_not_arrive(self):
        self.break_sandbox("mail", "cut", count=1)
        _invoice, row = self.by_mail()
        self.dispatch(row)
        self.assertEqual(row.state, "unknown")
        self.assertFalse(self.mails())
        number = row.mail_message_id
        row.with_user(self.accountant).action_send_again()
        self.dispatch(row)
        (mail,) = self.mails()
        self.assertEqual(mail["message_id"], number, "the same mail under the same number")

    def test_without_any_mail_server_it_says_where_to_click(self):
        self.mail_server.active = False
        self.patch_config()
        _invoice, row = self.by_mail()
        self.dispatch(row)
        self.assertEqual((row.state, row.error_code), ("failed", "no_mail_server"))
        self.assertIn("Serveurs d’e-mails sortants", row.error_message)

    def test_a_lost_file_does_not_leave(self):
        invoice = self._create_invoice()
        self._send(invoice, ["email"])
        row = invoice.efacture_exchange_ids
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", row._name), ("res_id", "=", row.id), ("res_field", "=", "file")]
        ).raw = b"something else"
        self.dispatch(row, 1)
        self.assertNotEqual(row.state, "accepted")
        self.assertFalse(self.mails())

    def test_a_returned_mail_is_told(self):
        invoice = self._create_invoice()
        row = invoice.with_user(self.accountant)._efacture_enqueue("email")
        self.dispatch(row)
        notice = self.returned(self.mails()[0], reason="550 5.1.1 No such mailbox")
        self.env["mail.thread"].message_process(False, notice)
        self.assertTrue(row.bounce_at)
        self.assertIn("No such mailbox", row.bounce_reason)
        self.assertEqual(row.ack_state, "error")
        self.assertEqual(
            row.state, "accepted", "the mail server did take it: the invoice stays final"
        )
        self.assertTrue(invoice.efacture_is_frozen)
        self.assertIn("est revenu", invoice.activity_ids.summary)
        shown = invoice.message_ids.filtered(lambda m: m.message_id == row.mail_message_id)
        self.assertEqual(shown.notification_ids.notification_status, "bounce")
        self.env["mail.thread"].message_process(False, self.returned(self.mails()[0]))
        self.assertEqual(len(invoice.activity_ids), 1, "told once")

        # Corrected, the same file leaves again; the invoice was never open in between.
        self.customer.email = "facturation@nivelle.example"
        self.assertEqual(invoice.efacture_state_words, "The e-mail came back")
        self.assertIn("came back", invoice.efacture_hint)
        invoice.with_user(self.accountant).action_efacture_follow_hint()
        self.assertFalse(invoice.activity_ids)
        again = invoice.efacture_exchange_ids.filtered(lambda sent: sent.parent_id == row)
        self.assertEqual((row.state, again.state), ("rejected", "queued"))
        self.assertTrue(invoice.efacture_is_frozen)
        self.dispatch(again)
        self.assertEqual(self.mails()[1]["recipients"], ["facturation@nivelle.example"])
        self.assertEqual(self.mails()[1]["sha256"], row.sha256)

    def test_a_notice_about_another_mail_changes_nothing(self):
        invoice, row = self.by_mail()
        self.dispatch(row)
        notice = self.returned(self.mails()[0]).replace(row.tracking_id.encode(), b"somebody-else")
        self.env["mail.thread"].message_process(False, notice)
        self.assertFalse(row.bounce_at)
        self.assertFalse(invoice.activity_ids)

    def test_one_bad_address_does_not_cost_the_others_theirs(self):
        nobody = self._create_customer(
            "Sans adresse", "991780529", "99178052900012", "email", email=False
        )
        invoices = self._create_invoice() | self._create_invoice(nobody) | self._create_invoice()
        rows = invoices._efacture_enqueue("email")
        self.run_lane()
        self.assertEqual(rows.mapped("state"), ["accepted", "failed", "accepted"])
        self.assertEqual(len(self.mails()), 2)

    def patch_config(self):
        """No mail server in Odoo's own options either: what an installation starts with."""
        from odoo.tools import config

        before = config["smtp_port"]
        config["smtp_port"] = 1  # nobody listens there

        def restore():
            config["smtp_port"] = before

        self.addCleanup(restore)
