"""One timeline an invoice, and the one thing to do now."""

import logging

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.inner_context import Inner
from .send_common import SendCase

_logger = logging.getLogger(__name__)


class TimelineCase(SendCase):
    def setUp(self):
        super().setUp()
        self.clerk = self.env["res.users"].create(
            {
                "name": "Claire Morel", "login": "timeline.clerk", "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set([
                    self.env.ref("base.group_user").id,
                    self.env.ref("efacture_base.efacture_base_group_accountant").id,
                ])],
            }
        )  # fmt: skip

    def _row(self, invoice, state="accepted", **values):
        """A sending as the worker leaves it."""
        row = (
            self.env["efacture.exchange"]
            .sudo()
            .create(
                {
                    "move_id": invoice.id, "account_id": self.account.id, "channel": "efacture",
                    "company_id": self.company.id, "requested_by_id": self.clerk.id, "state": state,
                    **values,
                }
            )
        )  # fmt: skip
        return row

    def _said(self, invoice, code, direction="in", **values):
        return (
            self.env["efacture.event"]
            .sudo()
            .create(
                {
                    "move_id": invoice.id, "company_id": self.company.id, "code": code, "raw_code": code,
                    "direction": direction, "actor": "buyer" if direction == "in" else "seller",
                    "occurred_at": fields.Datetime.now(), **values,
                }
            )
        )  # fmt: skip

    def _pay(self, invoice, amount=None, day="2026-11-21"):
        register = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"payment_date": day, **({"amount": amount} if amount else {})})
        )
        return register._create_payments()

    def _titles(self, invoice):
        return [entry["title"] for entry in invoice._efacture_timeline()]


@tagged("post_install", "-at_install")
class TestTimeline(TimelineCase):
    def test_an_invoice_sent_approved_and_paid(self):
        invoice = self._create_invoice()
        row = self._row(
            invoice, sent_at="2026-11-20 10:00:00", remote_id="pa-1", ack_state="ok",
            ack_at="2026-11-20 10:01:00",
        )  # fmt: skip
        self._said(invoice, "203", occurred_at="2026-11-20 10:05:00", actor="platform")
        approved = self._said(invoice, "205", occurred_at="2026-11-20 11:00:00")
        payment = self._pay(invoice)
        entries = invoice.with_user(self.clerk).efacture_get_timeline()
        kinds = {entry["kind"] for entry in entries}
        self.assertEqual(kinds, {"entry", "exchange", "event", "payment"})
        by_title = {entry["title"]: entry for entry in entries}
        self.assertIn("pa-1", by_title["Handed over to the platform"]["detail"])
        self.assertEqual(by_title["Handed over to the platform"]["at"], "2026-11-20 10:00:00")
        self.assertEqual(by_title["Sending asked"]["who"], "Claire Morel")
        self.assertEqual(by_title["Sending asked"]["id"], row.id)
        self.assertEqual(
            (by_title[approved.label]["code"], by_title[approved.label]["tone"]), ("205", "done")
        )
        (paid,) = [entry for entry in entries if entry["kind"] == "payment"]
        self.assertEqual((paid["model"], paid["id"]), ("account.payment", payment.id))
        self.assertIn("63", paid["title"])
        self.assertEqual(
            [entry["at"] for entry in entries], sorted(entry["at"] for entry in entries)
        )

    def test_what_went_wrong_says_why(self):
        invoice = self._create_invoice()
        self._row(invoice, "rejected", error_message="SIREN inconnu", error_code="DEST_ERR")
        (entry,) = [e for e in invoice._efacture_timeline() if e["tone"] == "fail"]
        self.assertEqual((entry["detail"], entry["code"]), ("SIREN inconnu", "DEST_ERR"))
        doubtful = self._create_invoice()
        self._row(doubtful, "unknown", unknown_since="2026-11-20 10:00:00")
        (entry,) = [e for e in doubtful._efacture_timeline() if e["tone"] == "warn"]
        self.assertEqual(entry["at"], fields.Datetime.to_datetime("2026-11-20 10:00:00"))

    def test_a_withdrawal_and_a_second_sending(self):
        invoice = self._create_invoice()
        row = self._row(invoice, "queued")
        row.with_user(self.clerk).action_withdraw()
        self.env.flush_all()
        self._row(invoice, "queued", parent_id=row.id)
        titles = self._titles(invoice)
        self.assertEqual(titles.count("Sending asked"), 2)
        self.assertIn("Sending withdrawn", titles)

    def test_a_mail_that_came_back(self):
        invoice = self._create_invoice()
        self._row(
            invoice, channel="email", account_id=False, bounce_reason="user unknown",
            sent_at="2026-11-20 10:00:00", bounce_at="2026-11-20 10:09:00",
        )  # fmt: skip
        titles = self._titles(invoice)
        self.assertIn("Sent by e-mail", titles)
        self.assertIn("The e-mail came back", titles)
        self.assertIn("The e-mail came back", invoice.efacture_hint)

    def test_a_refusal_says_its_reason_in_words(self):
        invoice = self._create_invoice()
        self._row(invoice)
        self._said(invoice, "210", reasons=[{"code": "DOUBLON"}], note="Déjà reçue en octobre")
        (entry,) = [e for e in invoice._efacture_timeline() if e["kind"] == "event"]
        self.assertEqual(entry["tone"], "fail")
        self.assertIn("Déjà reçue en octobre", entry["detail"])
        self.assertNotIn("DOUBLON", entry["detail"])

    def test_payments_partial_and_by_credit_note(self):
        invoice = self._create_invoice()
        self._row(invoice)
        self._pay(invoice, 10)
        self._pay(invoice, 5)
        refund = invoice._reverse_moves([{"invoice_date": "2026-11-21"}])
        refund.action_post()
        (invoice.line_ids + refund.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        paid = [e for e in invoice._efacture_timeline() if e["kind"] == "payment"]
        self.assertEqual(len(paid), 3)
        self.assertEqual([e["id"] for e in paid if e["model"] == "account.move"], refund.ids)

    def test_few_queries_however_long(self):
        invoice = self._create_invoice()
        row = self._row(invoice)
        for _again in range(12):
            self._said(invoice, "204")
        self.env.flush_all()

        def count(move):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            move.efacture_get_timeline()
            return self.env.cr.sql_log_count - before

        count(invoice)
        long = count(invoice)
        short = self._create_invoice()
        self._row(short, parent_id=row.id)
        self._said(short, "204")
        self.env.flush_all()
        count(short)
        _logger.info("EFACTURE-COUNT timeline: %s queries, long %s", count(short), long)
        self.assertLessEqual(long, count(short) + 1)
        self.assertLessEqual(long, 25)

    def test_customers_and_strangers_read_none(self):
        portal = self.env["res.users"].create(
            {
                "name": "Buyer", "login": "timeline.buyer",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )  # fmt: skip
        portal.partner_id.parent_id = self.customer
        invoice = self._create_invoice(partner_id=portal.partner_id.id)
        self.assertTrue(invoice.with_user(portal).has_access("read"))
        for method in ("efacture_get_timeline", "action_efacture_follow_hint"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(invoice.with_user(portal), method)()
        with self.assertRaises(AccessError):
            invoice.with_user(portal).read(["efacture_hint"])


@tagged("post_install", "-at_install")
class TestHint(TimelineCase):
    def _hint(self, invoice):
        invoice = invoice.with_user(self.clerk)
        invoice.invalidate_recordset()
        return invoice.efacture_hint_tone, invoice.efacture_hint or "", invoice.efacture_hint_button

    def test_from_draft_to_sent(self):
        invoice = self._create_invoice(post=False)
        self.assertEqual(self._hint(invoice)[::2], ("todo", "Check the invoice"))
        invoice.with_context(efacture_keep_verdict=Inner()).efacture_verdict = "invalid"
        self.env["efacture.finding"].create(
            {"move_id": invoice.id, "severity": "fatal", "message": "Le SIREN manque."}
        )
        tone, text, button = self._hint(invoice)
        self.assertEqual((tone, button), ("warn", "Correct"))
        self.assertIn("Le SIREN manque.", text)
        invoice.efacture_finding_ids.unlink()
        invoice.action_post()
        self.assertEqual(self._hint(invoice)[::2], ("todo", "Send"))

    def test_what_each_outcome_asks_for(self):
        for state, tone, words in (
            ("queued", "wait", "Withdraw"),
            ("sending", "wait", "nothing to do"),
            ("unknown", "warn", "do not send again"),
            ("rejected", "fail", "correct it and send it again"),
            ("failed", "fail", "Nothing was sent"),
            ("accepted", "wait", "delivers it"),
        ):
            with self.subTest(state=state):
                invoice = self._create_invoice()
                self._row(invoice, state, error_message="Motif" if state == "rejected" else False)
                found, text, _button = self._hint(invoice)
                self.assertEqual(found, tone)
                self.assertIn(words, text)

    def test_what_each_answer_asks_for(self):
        for code, tone, button in (
            ("203", "wait", False),
            ("205", "wait", "Register the payment"),
            ("206", "warn", "Credit note"),
            ("207", "warn", "Credit note"),
            ("208", "warn", None),
            ("210", "fail", "Correct and send again"),
            ("unknown", "warn", False),
        ):
            with self.subTest(code=code):
                invoice = self._create_invoice(invoice_date_due="2099-01-01")
                self._row(invoice)
                self._said(invoice, code)
                found, text, shown = self._hint(invoice)
                self.assertTrue(text)
                self.assertEqual(found, tone)
                if button is not None:
                    self.assertEqual(shown, button)

    def test_late_then_paid(self):
        invoice = self._create_invoice(invoice_date_due="2026-01-15")
        self._row(invoice)
        self._said(invoice, "205")
        tone, text, button = self._hint(invoice)
        self.assertEqual((tone, button), ("warn", "Register the payment"))
        self.assertIn("2026", text)
        self._pay(invoice)
        tone, text, _button = self._hint(invoice)
        self.assertIn(tone, ("done", "wait"))  # told to the customer by itself
        self.assertIn("Paid", text)

    def test_the_button_does_what_the_invoice_says(self):
        invoice = self._create_invoice(invoice_date_due="2026-01-15")
        self._row(invoice)
        action = invoice.with_user(self.clerk).action_efacture_follow_hint()
        self.assertEqual(action["res_model"], "account.payment.register")

    def test_silent_without_an_account(self):
        self.account.state = "suspended"
        invoice = self._create_invoice()
        self.assertEqual(self._hint(invoice), (False, "", False))
        self.assertFalse(invoice.efacture_has_timeline)

    def test_a_list_of_eighty_costs_no_query_more_than_one_of_eight(self):
        invoices = self.env["account.move"]
        for number in range(80):
            invoice = self._create_invoice(lines=1)
            invoices += invoice
            if number % 3:
                self._row(invoice, "accepted" if number % 2 else "rejected")
            if number % 4 == 1:
                self._said(invoice, "205")
        self.env.flush_all()

        def count(moves):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves.with_user(self.clerk).read(
                ["efacture_hint", "efacture_hint_tone", "efacture_status", "efacture_status_tone"]
            )
            return self.env.cr.sql_log_count - before

        count(invoices)
        few, many = count(invoices[:8]), count(invoices)
        _logger.info("EFACTURE-COUNT hints: 8 invoices %s queries, 80 invoices %s", few, many)
        self.assertLessEqual(many, few + 2)


@tagged("post_install", "-at_install")
class TestFixAccess(TimelineCase):
    def test_an_accountant_is_told_whom_to_ask_for_the_settings_of_the_company(self):
        invoice = self._create_invoice(post=False)
        finding = self.env["efacture.finding"].create(
            {
                "move_id": invoice.id, "severity": "fatal", "message": "Capital manquant",
                "fix_model": "res.company", "fix_id": self.company.id, "fix_field": "efacture_share_capital",
            }
        )  # fmt: skip
        admin = self.env["res.users"].create(
            {
                "name": "Aline Dupré", "login": "fix.admin", "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_system").ids)],
            }
        )  # fmt: skip
        people = self.env["res.users"].search(
            [("all_group_ids", "in", self.env.ref("base.group_system").id)], limit=3
        )
        action = finding.with_user(self.clerk).action_open_fix()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(people[0].name, action["params"]["message"])
        self.assertIn(self.company.name, action["params"]["message"])
        action = finding.with_user(admin).action_open_fix()
        self.assertNotEqual(action.get("tag"), "display_notification")
