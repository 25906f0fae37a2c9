"""One command: drafts too, each invoice by its way; what left, what did not, and why."""

import json
import logging
import urllib.request

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..connectors.hosts import PROCESS_MEMORY
from ..connectors.oauth import PROCESS_TOKENS
from .common import SandboxMixin
from .send_common import SendCase

_logger = logging.getLogger(__name__)


class CommandCase(SandboxMixin, SendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_sandbox()
        cls.sandbox_set("pa", "settings", {"acknowledge_after": 0})
        cls.account.state = "suspended"
        cls.account = cls.make_account(cls.company)
        cls.biller = new_test_user(
            cls.env,
            "facturier",
            groups="account.group_account_invoice",
            tz="Europe/Paris",
            lang="en_US",
        )

    def setUp(self):
        super().setUp()
        PROCESS_MEMORY.forget()
        PROCESS_TOKENS.forget()

    def ledger(self):
        with urllib.request.urlopen(
            f"{self.sandbox_root('pa')}/_sandbox/ledger", timeout=10
        ) as answer:
            return [row["tracking_id"] for row in json.loads(answer.read())]

    def deposits(self, invoices):
        """How often the platform has each of these invoices."""
        held = self.ledger()
        return [
            sum(held.count(row.tracking_id) for row in move.efacture_exchange_ids)
            for move in invoices
        ]

    def window(self, invoices, user=None):
        """Press the button."""
        invoices = invoices.with_user(user or self.biller)
        action = invoices.action_efacture_send()
        return invoices.env[action["res_model"]].browse(action["res_id"])

    def command(self, invoices, user=None):
        """Press the button, then *Send* in the window; what the next window is given."""
        wizard = self.window(invoices, user)
        return wizard, wizard.action_send()["params"]

    def dispatch(self, params, seconds=10.0):
        rows = self.env["efacture.exchange"].with_user(self.biller).browse(params["exchange_ids"])
        self.env.flush_all()
        with self.enter_registry_test_mode():
            answers = rows.efacture_dispatch(seconds)
        self.env.invalidate_all()
        return answers


@tagged("post_install", "-at_install")
class TestCommand(CommandCase):
    def test_a_draft_is_posted_and_deposited_by_one_command(self):
        draft = self._create_invoice(post=False)
        wizard = self.window(draft)
        self.assertEqual(wizard.efacture_verdict, "valid")
        self.assertEqual((wizard.draft_count, wizard.ready_count), (1, 1))
        self.assertEqual(wizard.summary, "Approved platform")
        params = wizard.action_send()["params"]
        self.assertEqual(draft.state, "posted")
        self.assertEqual(draft.efacture_state, "preparing")
        self.assertEqual(self.deposits(draft), [0], "request 1 sends nothing")

        (answer,) = self.dispatch(params)
        self.assertEqual(answer["state"], "accepted")
        self.assertTrue(answer["told"])
        self.assertRegex(
            answer["headline"], r"^Deposited on the platform at \d\d:\d\d \(no\. .+\)$"
        )
        self.assertEqual(self.deposits(draft), [1])
        self.assertTrue(draft.is_move_sent, "handed over: now it is sent")

    def test_asked_again_it_says_when_by_whom_and_its_number(self):
        invoice = self._create_invoice()
        _wizard, params = self.command(invoice)
        self.dispatch(params)
        number = invoice.efacture_exchange_ids.remote_id
        with self.assertRaisesRegex(UserError, f"already sent on .* by facturier .*{number}"):
            self.command(invoice)
        with self.assertRaisesRegex(UserError, "already sent"):
            invoice.with_user(self.biller).efacture_send()
        with self.assertRaisesRegex(UserError, "already sent"):
            self._send(invoice, ["efacture"])
        self.assertEqual(self.deposits(invoice), [1])

    def test_ten_at_once_with_one_broken_among_them(self):
        drafts = self.env["account.move"].concat(
            *(self._create_invoice(post=False) for _each in range(9))
        )
        nowhere = self._create_customer("Sans adresse", "991780529", "99178052900012")
        broken = self._create_invoice(nowhere, post=False)
        nowhere.efacture_address_id = False
        nowhere.efacture_address_ids.unlink()
        wizard = self.window(drafts | broken)
        self.assertEqual((wizard.ready_count, wizard.refused_count), (9, 1))
        params = wizard.action_send()["params"]
        self.assertEqual([one["move_id"] for one in params["refused"]], broken.ids)
        self.assertIn("no electronic address", params["refused"][0]["reason"])
        self.assertEqual(broken.state, "draft")

        answers = self.dispatch(params)
        self.assertEqual([answer["state"] for answer in answers], ["accepted"] * 9)
        self.assertEqual(self.deposits(drafts), [1] * 9)

    def test_a_batch_with_some_already_sent_lists_them_and_sends_the_others(self):
        first, second = self._create_invoice(), self._create_invoice()
        self.dispatch(self.command(first)[1])
        wizard, params = self.command(first | second)
        self.assertEqual([one["move_id"] for one in params["refused"]], first.ids)
        self.assertIn("already sent", params["refused"][0]["reason"])
        self.dispatch(params)
        self.assertEqual(second.efacture_state, "accepted")
        self.assertEqual(self.deposits(first), [1])

    def test_one_draft_that_cannot_be_posted_leaves_the_others_alone(self):
        good, bad = self._create_invoice(post=False), self._create_invoice(post=False)
        bad.invoice_line_ids.tax_ids = False
        result = (good | bad).efacture_send_command()
        self.assertEqual(good.state, "posted")
        self.assertEqual(bad.state, "draft")
        self.assertEqual([one["move_id"] for one in result["refused"]], bad.ids)
        self.assertTrue(result["refused"][0]["reason"])

    def test_a_draft_that_breaks_the_program_leaves_the_others_alone(self):
        good, bad = self._create_invoice(post=False), self._create_invoice(post=False)
        post = type(self.env["account.move"])._post

        def broken(moves, soft=True):
            if bad in moves:
                raise ZeroDivisionError
            return post(moves, soft)

        self.patch(type(self.env["account.move"]), "_post", broken)
        with mute_logger("odoo.addons.efacture_base.models.account_move_command"):
            result = (good | bad).efacture_send_command()
        self.assertEqual((good.state, bad.state), ("posted", "draft"))
        self.assertTrue(good.efacture_exchange_ids)
        self.assertEqual([one["move_id"] for one in result["refused"]], bad.ids)
        self.assertIn("ZeroDivisionError", result["refused"][0]["reason"])

    def test_the_answer_says_why_and_what_to_do(self):
        invoice = self._create_invoice()
        _wizard, params = self.command(invoice)
        self.break_sandbox("pa", "ack_error")
        (answer,) = self.dispatch(params)
        self.assertEqual(answer["state"], "rejected", answer)
        self.assertEqual(answer["type"], "danger")
        self.assertIn("Correct and send again", answer["note"])
        self.assertFalse(invoice.is_move_sent)

    def test_a_platform_that_is_down_is_told_and_nothing_is_lost(self):
        invoice = self._create_invoice()
        _wizard, params = self.command(invoice)
        self.break_sandbox("pa", "unavailable")
        (answer,) = self.dispatch(params)
        self.assertIn(answer["state"], ("queued", "unknown"))
        self.assertTrue(answer["told"], answer)
        self.assertEqual(answer["type"], "warning")
        self.assertTrue(invoice.efacture_is_frozen)

    def test_each_by_its_own_way_and_what_is_said_before(self):
        mail, paper = self._create_invoice(), self._create_invoice()
        mail.efacture_contact_method = "email"
        paper.efacture_contact_method = "manual"
        nothing = self._create_invoice()
        nothing.efacture_contact_method = False
        action = (self._create_invoice() | mail | paper | nothing).action_efacture_send()
        wizard = self.env["efacture.send"].browse(action["res_id"])
        self.assertEqual(wizard.summary, "Approved platform: 1 · E-mail: 1 · Paper: 1")
        self.assertIn(
            "contact method", wizard.line_ids.filtered(lambda line: not line.is_ready).note
        )

    def test_who_cannot_be_reached_is_said_with_where_to_click(self):
        person = self.env["res.partner"].create(
            {
                "name": "Camille Roux",
                "country_id": self.env.ref("base.fr").id,
                "invoice_sending_method": "efacture",
            }
        )
        abroad = self.env["res.partner"].create(
            {
                "name": "Rheinwerk GmbH",
                "is_company": True,
                "country_id": self.env.ref("base.de").id,
                "invoice_sending_method": "efacture",
            }
        )
        for customer, words in ((person, "private person"), (abroad, "abroad")):
            draft = self._create_invoice(customer, post=False)
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.command(draft)
            self.assertEqual(draft.state, "draft")
        by_mail = self._create_invoice(person, post=False, efacture_contact_method="email")
        with self.assertRaisesRegex(UserError, "No e-mail is known"):
            self.command(by_mail)
        cancelled = self._create_invoice(post=False)
        cancelled.button_cancel()
        with self.assertRaisesRegex(UserError, "Reset to Draft"):
            self.command(cancelled)
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.customer.id}
        )
        with self.assertRaisesRegex(UserError, "supplier"):
            self.command(bill)

    def test_the_directory_s_no_is_a_warning(self):
        self.customer.efacture_reachability = "no"
        wizard, _params = self.command(self._create_invoice())
        self.assertIn("cannot receive electronic invoices yet", wizard.hints)

    def test_from_the_obligation_the_platform_comes_with_e_mail(self):
        self.account.obligation_date = "2026-09-01"
        invoice = self._create_invoice(efacture_contact_method="email")
        action = invoice.action_efacture_send()
        wizard = self.env["efacture.send"].browse(action["res_id"])
        self.assertIn("must travel by the platform", wizard.obligation)
        self.assertEqual(wizard.summary, "E-mail · Approved platform")
        wizard.with_platform = False
        self.assertEqual(wizard.summary, "E-mail")
        wizard.with_platform = True
        wizard.action_send()
        self.assertEqual(
            sorted(invoice.efacture_exchange_ids.mapped("channel")), ["efacture", "email"]
        )

    def test_who_may_not_send_does_not(self):
        reader = new_test_user(self.env, "lecteur", groups="account.group_account_readonly")
        invoice = self._create_invoice()
        for method in ("action_efacture_send", "efacture_send_command", "efacture_send"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(invoice.with_user(reader), method)()
        _wizard, params = self.command(invoice)
        rows = self.env["efacture.exchange"].with_user(reader).browse(params["exchange_ids"])
        with self.assertRaises(AccessError):
            rows.efacture_dispatch(0)

    def test_fifty_are_asked_for_with_few_queries(self):
        counts = {}
        for number in (10, 50):
            invoices = self.env["account.move"].concat(
                *(self._create_invoice(lines=1) for _each in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            wizard, params = self.command(invoices, user=self.env.user)
            self.env.flush_all()
            counts[number] = self.cr.sql_log_count - before
            self.assertEqual(wizard.ready_count, number)
        _logger.info("EFACTURE-COUNT command window and first request: %s queries", counts)
        self.assertLessEqual(counts[50] - counts[10], 40 * 4)
        self.assertEqual(len(params["remaining_ids"]), 30, "the window does the rest by portions")

    def test_everybody_hears_what_became_of_what_he_sent_in_a_batch_too(self):
        invoices = self._create_invoice() | self._create_invoice()
        _wizard, params = self.command(invoices)
        self.dispatch(params)
        told = [
            json.loads(bus.message)["payload"]
            for bus in self.env["bus.bus"].sudo().search([])
            if "efacture_exchange_done" in (bus.message or "")
        ]
        heard = {message["move_id"] for message in told if message["state"] == "accepted"}
        self.assertEqual(heard, set(invoices.ids))
        self.assertTrue(all("Deposited" in message["headline"] for message in told))

    def test_a_credit_note_leaves_too(self):
        invoice = self._create_invoice()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "reason": "Retour"})
        )
        wizard.refund_moves()
        credit = wizard.new_move_ids
        credit.partner_bank_id = self.bank
        _wizard, params = self.command(credit)
        (answer,) = self.dispatch(params)
        self.assertEqual(answer["state"], "accepted", answer)


@tagged("post_install", "-at_install")
class TestNativeWindows(CommandCase):
    def test_the_single_window_queues_then_its_next_window_dispatches(self):
        invoice = self._create_invoice()
        action = self._send(invoice, ["efacture"])
        self.assertEqual(action["tag"], "efacture_sending")
        self.assertEqual(action["params"]["exchange_ids"], invoice.efacture_exchange_ids.ids)
        self.assertEqual(invoice.efacture_state, "queued")
        self.assertFalse(invoice.is_move_sent)
        rows = invoice.efacture_exchange_ids
        self.env.flush_all()
        with self.enter_registry_test_mode():
            (answer,) = rows.efacture_dispatch()
        self.assertEqual(answer["state"], "accepted")

    def test_the_batch_window_gives_ours_to_our_queue(self):
        invoices = self._create_invoice() | self._create_invoice()
        wizard = self.env["account.move.send.batch.wizard"].create(
            {"move_ids": [Command.set(invoices.ids)]}
        )
        with self.no_outside_call():
            action = wizard.action_send_and_print()
        self.assertEqual(action["tag"], "efacture_sending")
        self.assertEqual(len(action["params"]["exchange_ids"]), 2)
        self.assertFalse(any(invoices.mapped("sending_data")), "nothing is left to Odoo's job")

    def test_what_is_not_ours_stays_with_odoo_s_job(self):
        other_company = self.env["res.company"].create(
            {"name": "Sans plateforme", "country_id": self.env.ref("base.fr").id}
        )
        self.env["account.chart.template"].try_loading("fr", other_company)
        theirs = (
            self.env["account.move"]
            .with_company(other_company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": "2026-11-20",
                    "invoice_line_ids": [Command.create({"name": "x", "price_unit": 10})],
                }
            )
        )
        theirs.action_post()
        ours = self._create_invoice()
        wizard = self.env["account.move.send.batch.wizard"].create(
            {"move_ids": [Command.set((ours | theirs).ids)]}
        )
        action = wizard.action_send_and_print()
        self.assertEqual(len(action["params"]["exchange_ids"]), 1)
        self.assertTrue(theirs.sending_data)
        self.assertFalse(ours.sending_data)

    def test_ticked_by_the_law_and_why(self):
        self.account.obligation_date = "2026-09-01"
        invoice = self._create_invoice(efacture_contact_method="email")
        wizard = self.env["account.move.send.wizard"].create({"move_id": invoice.id})
        self.assertEqual(sorted(wizard.sending_methods), ["efacture", "email"])
        self.assertIn("efacture_platform_added", wizard.alerts)
        self.assertIn("in addition", wizard.alerts["efacture_platform_added"]["message"])


@tagged("post_install", "-at_install")
class TestCorrect(CommandCase):
    def _refused(self):
        invoice = self._create_invoice()
        _wizard, params = self.command(invoice)
        self.sandbox_set("pa", "faults", [{"fault": "ack_error"}])
        self.dispatch(params)
        self.sandbox_set("pa", "faults", [])
        self.assertEqual(invoice.efacture_state, "rejected")
        return invoice

    def test_a_refused_one_is_corrected_and_leaves_again_with_its_number(self):
        invoice = self._refused()
        number, first = invoice.name, invoice.efacture_exchange_ids
        self.assertEqual(invoice.efacture_correction, "draft")
        invoice.with_user(self.biller).action_efacture_correct()
        self.assertEqual(invoice.state, "draft")
        invoice.ref = "Corrigée"
        _wizard, params = self.command(invoice)
        (answer,) = self.dispatch(params)
        self.assertEqual(answer["state"], "accepted", answer)
        self.assertEqual(invoice.name, number)
        second = invoice.efacture_exchange_ids - first
        self.assertEqual(second.parent_id, first)
        self.assertNotEqual(second.sha256, first.sha256)
        self.assertFalse(invoice.efacture_correction)

    def test_nothing_to_correct_is_said(self):
        invoice = self._create_invoice()
        with self.assertRaisesRegex(UserError, "nothing to send again"):
            invoice.action_efacture_correct()

    def test_refused_by_the_customer_means_credit_note_and_new_invoice(self):
        invoice = self._create_invoice()
        self.dispatch(self.command(invoice)[1])
        self.env["efacture.event"].create(
            {
                "move_id": invoice.id,
                "company_id": invoice.company_id.id,
                "code": "210",
                "raw_code": "210",
                "direction": "in",
                "actor": "buyer",
                "occurred_at": "2026-11-22",
                "note": "Commande inconnue",
            }
        )
        self.assertEqual(invoice.efacture_status, "210")
        self.assertEqual(invoice.efacture_correction, "reverse")
        action = invoice.action_efacture_correct()
        wizard = (
            self.env[action["res_model"]]
            .with_context(**action["context"])
            .create({"journal_id": invoice.journal_id.id})
        )
        self.assertEqual(wizard.reason, "Commande inconnue")
        wizard.modify_moves()
        credit = invoice.reversal_move_ids
        self.assertEqual(credit.state, "posted")
        self.assertEqual(len(wizard.new_move_ids - credit), 1, "and a new draft to correct")
