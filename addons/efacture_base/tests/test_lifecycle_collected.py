"""*Encaissée* and *Paiement transmis*: what the ledger has, less what was told."""

from dataclasses import replace
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..models.account_move_status import InvoiceBusy
from .lifecycle_common import LifecycleCase


@tagged("post_install", "-at_install")
class TestLifecycleCollected(LifecycleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.outstanding = cls.env["account.account"].create(
            {
                "name": "Encaissements en cours",
                "code": "511999",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )

    def pay(self, invoices, amount=None, day="2026-11-21", announced=False, **values):
        """As a person does in the window *Pay*."""
        lines = (
            self.journal.inbound_payment_method_line_ids
            | self.journal.outbound_payment_method_line_ids
        )
        lines.payment_account_id = False if announced else self.outstanding
        window = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create({"payment_date": day, "journal_id": self.journal.id})
        )
        if currency := values.pop("currency_id", None):
            window.currency_id = currency  # another currency proposes another amount
        if amount is not None:
            window.amount = amount
        window.write(values)
        return window._create_payments()

    def report(self):
        self.env["account.move"]._efacture_cron_collected()

    def told(self, move):
        """[(day, {rate: amount})] of each message that we queued, in order."""
        found = []
        for event in move.efacture_event_ids.filtered(lambda e: e.direction == "out").sorted("id"):
            rows = self.read_message(event.exchange_id).amounts
            self.assertEqual(
                [(r.type, r.value) for r in rows],
                [(r["type"], Decimal(r["value"])) for r in event.amounts],
            )
            rows = [row for row in rows if row.type in ("MEN", "MPA")]
            found.append((str(rows[0].at), {row.rate: row.value for row in rows}))
        return found

    def test_a_payment_is_told_by_rate(self):
        invoice = self.make_sale(((1000, 20), (500, 10)))
        self.assertFalse(invoice.efacture_collected_pending)
        self.pay(invoice)
        self.assertTrue(invoice.efacture_collected_pending)
        self.report()
        self.assertEqual(
            self.told(invoice),
            [("2026-11-21", {Decimal(20): Decimal("1200.00"), Decimal(10): Decimal("550.00")})],
        )
        self.assertFalse(invoice.efacture_collected_pending)
        row = invoice.efacture_event_ids.filtered(lambda e: e.code == "212").exchange_id
        self.assertEqual(row.state, "queued")
        self.answer(row)
        self.assertEqual((invoice.efacture_status, invoice.efacture_status_tone), ("212", "done"))
        self.report()
        self.assertEqual(len(self.told(invoice)), 1)

    def test_each_partial_payment_is_told_and_the_last_one_closes_every_rate(self):
        invoice = self.make_sale(((1000, 20), (333.33, 10)))
        gross = {Decimal(20): Decimal("1200.00"), Decimal(10): Decimal("366.66")}
        for number, amount in enumerate((100, 333.33), 1):
            self.pay(invoice, amount, day=f"2026-11-2{number}")
            self.report()
            self.assertEqual(
                sum(self.told(invoice)[-1][1].values()),
                Decimal(str(amount)).quantize(Decimal("0.01")),
            )
        self.answer(invoice.efacture_event_ids.exchange_id.filtered(lambda r: r.state == "queued"))
        self.assertEqual(invoice.efacture_status_label, "Partly collected")
        self.pay(invoice, day="2026-11-22")
        self.report()
        messages = self.told(invoice)
        self.assertEqual(
            [day for day, _rates in messages], ["2026-11-21", "2026-11-22", "2026-11-22"]
        )
        totals = {}
        for _day, rates in messages:
            for rate, amount in rates.items():
                totals[rate] = totals.get(rate, 0) + amount
        self.assertEqual(totals, gross)

    def test_two_payments_of_two_days_are_two_messages(self):
        invoice = self.make_sale()
        self.pay(invoice, 200, day="2026-11-20")
        self.pay(invoice, 300, day="2026-11-21")
        self.report()
        self.assertEqual(
            self.told(invoice),
            [
                ("2026-11-20", {Decimal(20): Decimal(200)}),
                ("2026-11-21", {Decimal(20): Decimal(300)}),
            ],
        )

    def test_a_payment_undone_is_told_negative_and_made_again_positive(self):
        invoice = self.make_sale(((1000, 20), (500, 10)))
        payment = self.pay(invoice, 700)
        self.report()
        self.answer(invoice.efacture_event_ids.exchange_id.filtered(lambda r: r.state == "queued"))
        lines = payment.move_id.line_ids.filtered("reconciled")
        lines.remove_move_reconcile()
        self.report()
        self.answer(invoice.efacture_event_ids.exchange_id.filtered(lambda r: r.state == "queued"))
        first, second = self.told(invoice)
        self.assertEqual(second, (first[0], {rate: -amount for rate, amount in first[1].items()}))
        self.assertEqual(invoice.efacture_status, "203")
        (
            lines | invoice.line_ids.filtered(lambda item: item.account_id == lines.account_id)
        ).reconcile()
        self.report()
        self.assertEqual(self.told(invoice)[2], first)

    def test_undone_and_made_again_before_anything_was_told_is_told_once(self):
        invoice = self.make_sale()
        payment = self.pay(invoice)
        lines = payment.move_id.line_ids.filtered("reconciled")
        lines.remove_move_reconcile()
        (
            lines | invoice.line_ids.filtered(lambda item: item.account_id == lines.account_id)
        ).reconcile()
        for _twice in range(2):
            self.report()
        self.assertEqual(self.told(invoice), [("2026-11-21", {Decimal(20): Decimal(1200)})])

    def test_a_payment_without_entry_is_told_and_its_bank_line_is_not_told_again(self):
        invoice = self.make_sale()
        # where an accounting application follows banks, a payment waits for the bank without an entry
        self.patch(
            type(self.env["account.move"]),
            "_get_invoice_in_payment_state",
            lambda move: "in_payment",
        )
        payment = self.pay(invoice, 400, announced=True)
        self.assertFalse(payment.move_id)
        self.report()
        self.assertEqual(self.told(invoice), [("2026-11-21", {Decimal(20): Decimal(400)})])
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.journal.id,
                "date": "2026-11-21",
                "amount": 400,
                "payment_ref": "VIR",
            }
        )
        suspense = line._seek_for_lines()[1]
        receivable = invoice.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        line.with_context(skip_account_move_synchronization=True, force_delete=True).write(
            {
                "line_ids": [
                    Command.delete(suspense.id),
                    Command.create(
                        {
                            "name": "F",
                            "account_id": receivable.account_id.id,
                            "balance": -400,
                            "partner_id": self.customer.id,
                        }
                    ),
                ]
            }
        )
        (
            line.move_id.line_ids.filtered(lambda item: item.account_id == receivable.account_id)
            | receivable
        ).reconcile()
        self.report()
        self.assertEqual(len(self.told(invoice)), 1)

    def dollars(self):
        """One euro is worth 1.20 dollars when the invoice is made, 1.25 from 20 November on."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.unlink()
        for day, rate in (("2026-01-01", 1.2), ("2026-11-20", 1.25)):
            self.env["res.currency.rate"].create(
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": dollar.id,
                    "company_id": self.company.id,
                }
            )
        return dollar

    def test_an_invoice_in_dollars_is_told_in_euros_of_the_day_of_payment(self):
        invoice = self.make_sale(currency_id=self.dollars().id)
        self.assertEqual(invoice.amount_total, 1200)
        self.pay(invoice, 600)
        self.report()
        self.assertEqual(self.told(invoice), [("2026-11-21", {Decimal(20): Decimal("480.00")})])
        # the rest: the difference of exchange is no money
        self.pay(invoice, 600, day="2026-11-22")
        self.assertEqual(invoice.amount_residual, 0)
        self.report()
        self.assertEqual(self.told(invoice)[1:], [("2026-11-22", {Decimal(20): Decimal("480.00")})])

    def test_euros_announced_for_an_invoice_in_dollars_are_euros(self):
        """A payment that waits for the bank without an entry, in another currency than the invoice."""
        invoice = self.make_sale(currency_id=self.dollars().id)
        self.patch(
            type(self.env["account.move"]),
            "_get_invoice_in_payment_state",
            lambda move: "in_payment",
        )
        payment = self.pay(
            invoice, announced=True, currency_id=self.company.currency_id.id, amount=400
        )
        self.assertFalse(payment.move_id)
        self.assertEqual(payment.currency_id, self.company.currency_id)
        self.report()
        self.assertEqual(self.told(invoice), [("2026-11-21", {Decimal(20): Decimal("400.00")})])

    def test_a_credit_note_is_no_money(self):
        invoice = self.make_sale()
        note = invoice._reverse_moves([{"invoice_date": "2026-11-21"}])
        note.action_post()
        self.assertEqual(invoice.amount_residual, 0)
        self.report()
        self.assertFalse(self.told(invoice))

    def test_goods_and_vat_on_debits_are_not_told_by_themselves(self):
        goods = self._create_invoice()
        self.assertEqual(goods.efacture_process[0], "B")
        self.company.efacture_vat_on_debits = True
        on_debits = self.make_sale()
        self.company.efacture_vat_on_debits = False
        self.pay(on_debits)
        self.report()
        self.assertFalse(self.told(on_debits))
        self.assertFalse(on_debits.efacture_collected_pending)
        self.assertEqual(on_debits.efacture_to_collect, 1200)

    def test_whose_vat_it_is(self):
        invoice = self.make_sale()
        facts = invoice._efacture_invoice_facts()
        for categories, told in (
            ({"S"}, True),
            ({"E"}, True),
            ({"AE"}, False),
            ({"AE", "S"}, True),
        ):
            changed = replace(facts, categories=frozenset(categories))
            self.patch(type(invoice), "_efacture_invoice_facts", lambda move, facts=changed: facts)
            self.assertEqual(invoice._efacture_reports_by_itself("212"), told, categories)

    def test_the_account_may_leave_it_to_people(self):
        self.account.auto_collected = False
        invoice = self.make_sale(((1000, 20), (500, 10)))
        self.pay(invoice, 875)
        self.report()
        self.assertFalse(self.told(invoice))
        step = invoice._efacture_next_step_paid("203")
        self.assertEqual((step["tone"], step["action"]), ("todo", "status"))
        action = invoice.with_user(self.user).action_efacture_status("212")
        window = self.env["efacture.status"].with_user(self.user).browse(action["res_id"])
        self.assertEqual((window.amount, str(window.amount_date)), (875, "2026-11-21"))
        self.assertIn("600,00", window.preview.replace("600.00", "600,00"))
        window.action_send()
        self.assertEqual(
            self.told(invoice),
            [("2026-11-21", {Decimal(20): Decimal("600.00"), Decimal(10): Decimal("275.00")})],
        )

    def test_money_before_the_customer_has_the_invoice_waits(self):
        invoice = self.make_sale(status="200")
        self.pay(invoice)
        self.report()
        self.assertFalse(self.told(invoice))
        self.assertTrue(invoice.efacture_collected_pending)
        self.env.cr.precommit.data.pop("efacture_collected", None)  # another transaction begins
        cron = self.env.ref("efacture_base.efacture_cron_collected")
        Trigger = self.env["ir.cron.trigger"].sudo()
        before = Trigger.search_count([("cron_id", "=", cron.id)])
        self.hear(invoice, "203")
        self.assertGreater(Trigger.search_count([("cron_id", "=", cron.id)]), before)
        self.report()
        self.assertEqual(len(self.told(invoice)), 1)

    def test_a_customer_without_platform_is_not_waited_for(self):
        invoice = self.make_sale(status=None)
        self.hear(invoice, "200", ("NON_TRANSMISE",))
        self.pay(invoice)
        self.assertFalse(invoice._efacture_status_refusal("212"))
        invoice._efacture_report_payments()
        self.assertEqual(len(self.told(invoice)), 1)

    def test_a_refused_message_is_not_repeated_for_ever(self):
        invoice = self.make_sale()
        self.pay(invoice, 100)
        self.report()
        self.answer(
            invoice.efacture_event_ids.exchange_id.filtered(lambda r: r.state == "queued"),
            "rejected",
            "Non",
        )
        self.report()
        self.assertEqual(len(self.told(invoice)), 1)
        self.assertTrue(invoice.activity_ids)
        self.pay(invoice, 50)  # the next one carries both
        self.report()
        self.assertEqual(self.told(invoice)[-1], ("2026-11-21", {Decimal(20): Decimal(150)}))

    def test_an_invoice_somebody_changes_is_told_a_minute_later(self):
        invoice = self.make_sale()
        self.pay(invoice)

        def busy(moves):
            raise InvoiceBusy("somebody else")

        cron = self.env.ref("efacture_base.efacture_cron_collected")
        Trigger = self.env["ir.cron.trigger"].sudo()
        before = Trigger.search_count([("cron_id", "=", cron.id)])
        with patch.object(type(invoice), "_efacture_lock_statuses", busy):
            self.report()
        self.assertTrue(invoice.efacture_collected_pending)
        self.assertEqual(Trigger.search_count([("cron_id", "=", cron.id)]), before + 1)
        self.report()
        self.assertEqual(len(self.told(invoice)), 1)

    def test_one_broken_invoice_keeps_nobody_else_from_being_told(self):
        broken, sound = self.make_sale(), self.make_sale()
        self.pay(broken)
        self.pay(sound)
        real = type(broken)._efacture_report_payments

        def report(move):
            return real(move) if move == sound else 1 / 0

        logger = "odoo.addons.efacture_base.models.account_move_collected"
        with (
            patch.object(type(broken), "_efacture_report_payments", report),
            self.assertLogs(logger, "ERROR"),
        ):
            self.report()
        self.assertEqual(len(self.told(sound)), 1)
        self.assertTrue(broken.efacture_collected_pending)

    def test_a_discount_is_no_money(self):
        invoice = self.make_sale()
        expense = self.env["account.account"].search([("account_type", "=", "expense")], limit=1)
        self.pay(
            invoice, 1176, payment_difference_handling="reconcile", writeoff_account_id=expense.id
        )
        self.assertEqual(invoice.amount_residual, 0)
        self.report()
        self.assertEqual(self.told(invoice), [("2026-11-21", {Decimal(20): Decimal(1176)})])
        rows = invoice.efacture_event_ids.filtered(lambda e: e.code == "212").amounts
        self.assertEqual([row["value"] for row in rows if row["type"] == "ESC"], ["24.00"])

    def test_a_supplier_is_told_of_the_payment_where_the_company_wants_it(self):
        bill = self.make_bill()
        self.answer(bill._efacture_send_status("205").exchange_id)
        self.pay(bill)
        self.report()
        self.assertEqual(bill.efacture_event_ids.mapped("code"), ["205"])
        self.account.auto_payment_sent = True
        other = self.make_bill()
        self.answer(other._efacture_send_status("205").exchange_id)
        self.pay(other, 50)
        self.pay(other, 70, day="2026-11-22")
        self.report()
        messages = self.told_bill(other)
        self.assertEqual(messages, [Decimal("50.00"), Decimal("70.00")])

    def told_bill(self, bill):
        events = bill.efacture_event_ids.filtered(lambda event: event.code == "211").sorted("id")
        return [self.read_message(event.exchange_id).amounts[0].value for event in events]

    def test_marking_costs_nothing_that_grows(self):
        invoices = self.env["account.move"].union(*(self.make_sale() for _each in range(5)))
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        invoices._efacture_mark_collected(changed=True)
        self.assertLess(self.env.cr.sql_log_count - before, 25)
        self.assertEqual(invoices.mapped("efacture_collected_pending"), [True] * 5)
