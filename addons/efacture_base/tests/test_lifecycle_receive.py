"""Statuses that others tell us: kept as said, in any order, once."""

import logging
from datetime import UTC, datetime, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .lifecycle_common import LifecycleCase

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestLifecycleReceive(LifecycleCase):
    def test_from_deposited_to_approved(self):
        invoice = self.make_sale(status=None)
        self.assertFalse(invoice.efacture_status)
        for code in ("200", "202", "203", "204", "205"):
            row = self.hear(invoice, code)
            self.assertEqual(row.move_id, invoice)
            self.assertFalse(row.apply_pending or row.is_orphan)
            self.assertEqual(invoice.efacture_status, code)
        self.assertEqual(len(invoice.efacture_event_ids), 5)
        event = invoice.efacture_event_ids[0]
        self.assertEqual((event.code, event.actor, event.direction), ("205", "buyer", "in"))
        self.assertEqual(event.payload_sha256, row.sha256)
        self.assertEqual(event.actor_name, "Atelier Nivelle")

    def test_what_comes_late_does_not_turn_the_clock_back(self):
        invoice = self.make_sale(status=None)
        now = datetime.now(UTC)
        self.hear(invoice, "205", moment=now)
        self.hear(invoice, "203", moment=now - timedelta(hours=2))
        self.hear(invoice, "204", moment=now - timedelta(hours=1))
        self.assertEqual(invoice.efacture_status, "205")
        self.assertEqual(invoice.efacture_event_ids.mapped("code"), ["205", "204", "203"])

    def test_a_refusal_is_the_end_whatever_is_said_after(self):
        invoice = self.make_sale()
        self.hear(invoice, "210", ("TX_TVA_ERR",), "Le taux est 5,5 %.")
        self.hear(invoice, "205")
        self.assertEqual((invoice.efacture_status, invoice.efacture_status_tone), ("210", "fail"))
        self.assertEqual(invoice.efacture_status_note, "A VAT rate is wrong. Le taux est 5,5 %.")
        self.assertEqual(len(invoice.efacture_event_ids), 3)

    def test_the_same_message_twice_is_one_event(self):
        invoice = self.make_sale(status=None)
        content = self.message(invoice, "203")
        rows = self.receive_row("lifecycle", content) | self.receive_row("lifecycle", content)
        self.apply(rows)
        self.apply(rows)
        self.assertEqual(len(invoice.efacture_event_ids), 1)
        self.assertEqual(rows.mapped("apply_pending"), [False, False])
        # the platform wrote it anew, it still is the same message
        self.apply(self.receive_row("lifecycle", content + b"\n<!-- again -->"))
        self.assertEqual(len(invoice.efacture_event_ids), 1)

    def test_a_message_number_used_twice_hides_nothing(self):
        invoice = self.make_sale(status=None)
        for note in ("Il manque le bon.", "Il manque aussi le contrat."):
            self.hear(invoice, "208", ("JUSTIF_ABS",), note, message_id="always-the-same")
        self.assertEqual(len(invoice.efacture_event_ids), 2)

    def test_an_unknown_word_warns_and_is_no_success(self):
        invoice = self.make_sale()
        content = self.message(invoice, "204").replace(b">204<", b">299<")
        content = content.replace(b"Prise en charge", "Bientôt payée".encode())
        self.apply(self.receive_row("lifecycle", content))
        event = invoice.efacture_event_ids[0]
        self.assertEqual(
            (event.code, event.raw_code, event.raw_label), ("unknown", "299", "Bientôt payée")
        )
        self.assertEqual((invoice.efacture_status, invoice.efacture_status_tone), ("203", "warn"))
        self.assertIn("299", invoice.efacture_status_label)
        self.assertIn("299", invoice.activity_ids.summary)

    def test_a_person_is_asked_where_one_is_needed(self):
        invoice = self.make_sale(invoice_user_id=self.user.id)
        self.hear(invoice, "204")
        self.assertFalse(invoice.activity_ids)
        for _twice in range(2):
            self.hear(invoice, "207", ("QTE_ERR",), "Deux colis manquaient.")
        asked = invoice.activity_ids
        self.assertEqual((len(asked), asked.user_id), (1, self.user))
        self.assertIn("Deux colis manquaient.", asked.note)
        self.hear(invoice, "205")
        self.assertFalse(invoice.activity_ids)

    def test_an_invoice_that_could_not_be_handed_over_is_not_on_its_way(self):
        invoice = self.make_sale(status=None, invoice_user_id=self.user.id)
        self.hear(invoice, "200")
        self.assertEqual(invoice.efacture_hint_tone, "wait")
        self.assertFalse(invoice.activity_ids)
        self.hear(invoice, "200", ("NON_TRANSMISE",))
        self.assertEqual(invoice.efacture_hint_tone, "warn")
        self.assertIn("no reachable platform", invoice.efacture_hint)
        self.assertEqual(invoice.activity_ids.user_id, self.user)
        self.assertIn("no reachable platform", invoice.activity_ids.note)
        self.hear(invoice, "221", ("ROUTAGE_ERR",))
        self.assertEqual(invoice.efacture_hint_tone, "fail")
        self.assertIn("electronic address", invoice.efacture_hint)
        self.hear(invoice, "203")  # routed anew
        self.assertEqual(invoice.efacture_hint_tone, "wait")
        self.assertFalse(invoice.activity_ids)

    def test_what_comes_together_is_one_message_of_the_history(self):
        invoice = self.make_sale(status=None)
        before = len(invoice.message_ids)
        for code in ("200", "201", "202", "203", "204", "205"):
            self.hear(invoice, code)
        self.assertEqual(len(invoice.message_ids), before + 1)
        self.assertEqual(invoice.message_ids[0].body.count("<p>"), 6)
        self.assertTrue(invoice.message_ids[0].is_internal)

    def test_an_orphan_waits_for_its_invoice(self):
        invoice = self.make_sale(status=None)
        content = self.message(invoice, "205", number="F-999")
        row = self.receive_row("lifecycle", content)
        self.assertFalse(row._efacture_apply_in_lifecycle())
        self.assertTrue(row.is_orphan)
        self.assertIn("F-999", row.error_message)
        bill = self.make_bill("F-999")
        self.apply(row)  # a bill of another seller is not it
        self.assertTrue(row.is_orphan)
        mine = self.receive_row(
            "lifecycle", self.message(bill, "220", number="F-999"), apply_next="2030-01-01"
        )
        mine.is_orphan = True
        bill._efacture_status_exchange()._efacture_wake_orphans()
        mine.invalidate_recordset()
        self.assertFalse(mine.apply_next)
        self.apply(mine)
        self.assertFalse(mine.is_orphan)
        self.assertEqual(bill.efacture_status, "220")

    def test_same_number_another_year_is_another_invoice(self):
        invoice = self.make_sale(status=None)
        content = self.message(invoice, "205", invoice_date=datetime(2025, 11, 20).date())
        self.assertFalse(self.receive_row("lifecycle", content)._efacture_apply_in_lifecycle())
        self.assertFalse(invoice.efacture_event_ids)

    def test_a_broken_message_stops_nobody(self):
        for content in (b" ", b"<x/>", b"%PDF", b"<!DOCTYPE x><x/>"):
            row = self.receive_row("lifecycle", content)
            self.assertFalse(row._efacture_apply_in_lifecycle())
            self.assertEqual((row.is_orphan, row.error_code), (True, "unreadable"))

    def test_a_platform_without_files_names_the_invoice_by_its_own_number(self):
        invoice = self.make_sale(status=None)
        row = self.env["efacture.exchange"].create(
            {
                "direction": "in",
                "kind": "lifecycle",
                "company_id": self.company.id,
                "account_id": self.account.id,
                "state": "accepted",
                "remote_id": "event-7",
                "flow_id": "not-here-yet",
                "sent_at": "2026-11-21 10:00:00",
                "error_code": "205",
                "error_message": "Bon pour paiement",
                "apply_pending": True,
            }
        )
        self.apply(row)
        self.assertTrue(row.is_orphan)
        row.flow_id = invoice._efacture_status_exchange().remote_id
        self.apply(row)
        event = invoice.efacture_event_ids
        self.assertEqual((event.code, event.raw_label), ("205", "Bon pour paiement"))
        self.assertEqual(str(event.occurred_at), "2026-11-21 10:00:00")
        self.assertFalse(row.is_orphan or row.error_code)

    def test_collected_told_without_amounts_is_collected(self):
        """A platform without files gives the code alone: “fr:212” without details is the whole total."""
        bill = self.make_bill()
        self.hear(bill, "205")
        row = self.env["efacture.exchange"].create(
            {
                "direction": "in",
                "kind": "lifecycle",
                "company_id": self.company.id,
                "account_id": self.account.id,
                "state": "accepted",
                "remote_id": "event-8",
                "flow_id": bill._efacture_status_exchange().remote_id,
                "sent_at": fields.Datetime.now(),
                "error_code": "212",
                "error_message": "Encaissée",
                "apply_pending": True,
            }
        )
        self.apply(row)
        self.assertEqual(bill.efacture_event_ids.mapped("code"), ["212", "205"])
        self.assertEqual(bill.efacture_status, "212")
        with self.assertRaisesRegex(UserError, "too late"):
            bill._efacture_send_status("210", ("DOUBLON",), "Reçue hier.")

    def test_a_message_whose_file_is_late_waits(self):
        row = self.receive_row("lifecycle", b"")
        row.env.cr.execute("UPDATE efacture_exchange SET sha256 = NULL WHERE id = %s", [row.id])
        row.invalidate_recordset()
        self.assertFalse(row._efacture_apply_in_lifecycle())
        self.assertFalse(row.is_orphan)

    def test_our_own_message_coming_back_is_not_a_new_one(self):
        bill = self.make_bill()
        event = bill._efacture_send_status("205")
        self.answer(event.exchange_id)
        self.hear_raw(event.exchange_id._efacture_file_attachment().raw)
        self.assertEqual(len(bill.efacture_event_ids), 1)

    def hear_raw(self, content):
        self.apply(self.receive_row("lifecycle", content))

    def test_files_of_a_message_stay_inside(self):
        from ..en16931.cdar import Attachment

        bill = self.make_bill()
        self.hear(
            bill,
            "227",
            note="Nouveau compte",
            attachments=(Attachment("rib.pdf", "application/pdf", b"%PDF"),),
        )
        event = bill.efacture_event_ids
        self.assertEqual(event.attachment_ids.raw, b"%PDF")
        self.assertEqual(event.attachment_ids.res_model, "efacture.event")
        self.assertIn("call", bill.activity_ids.note)

    def test_what_we_said_at_the_platform_itself_asks_nobody(self):
        bill = self.make_bill()
        self.hear(bill, "210", ("DOUBLON",), "Reçue hier.")
        self.assertEqual(bill.efacture_status, "210")
        self.assertFalse(bill.activity_ids)

    def test_a_list_of_invoices_costs_the_same_whatever_its_length(self):
        moves = self.env["account.move"].union(
            *(self._create_invoice(post=False) for _n in range(9))
        )
        self.env["efacture.event"].create(
            [
                {
                    "move_id": move.id,
                    "company_id": self.company.id,
                    "code": code,
                    "raw_code": code,
                    "direction": "in",
                    "actor": "platform",
                    "occurred_at": "2026-11-20",
                    "amounts": [{"type": "MEN", "value": "1.00", "currency": "EUR", "rate": "20"}],
                }
                for move in moves
                for code in ("203", "205", "212")
            ]
        )
        names = [
            "efacture_status",
            "efacture_status_label",
            "efacture_status_tone",
            "efacture_can_say",
        ]
        used = []
        for part in (moves[:2], moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            part.read(names)
            used.append(self.env.cr.sql_log_count - before)
        _logger.info("EFACTURE-COUNT statuses of 2 and of 9 invoices: %s queries", used)
        self.assertLessEqual(used[1], used[0] + 1)

    def test_hundred_statuses_cost_few_queries(self):
        invoices = [self.make_sale(status=None) for _each in range(4)]
        contents = [
            self.message(invoice, code)
            for invoice in invoices
            for code in ("200", "202", "203", "204", "205")
        ] * 5
        rows = self.env["efacture.exchange"].union(
            *(self.receive_row("lifecycle", content) for content in contents)
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.apply(rows)
        self.env.flush_all()
        used = self.env.cr.sql_log_count - before
        _logger.info("EFACTURE-COUNT 100 received statuses (20 new ones): %s queries", used)
        self.assertLess(used, 800)
