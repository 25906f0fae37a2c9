"""What can go wrong on the way, one fault at a time: nothing is lost, nothing leaves twice, people are told."""

import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open, mute_logger
from psycopg2 import OperationalError

from ..connectors.contract import Ack, AckDetail, AckState, Outcome, RemoteRef, SubmitOutcome
from ..connectors.hosts import PROCESS_MEMORY
from ..en16931.verdict import Verdict
from .test_exchange_lanes import ExchangeCase

CALL = "odoo.addons.efacture_base.models.efacture_exchange_call"
LANE = "odoo.addons.efacture_base.models.efacture_exchange_lane"
LATER = """UPDATE efacture_exchange
              SET next_attempt = next_attempt - interval '1 day', lease_until = lease_until - interval '1 day',
                  unknown_since = unknown_since - interval '1 day', apply_next = apply_next - interval '1 day',
                  sent_at = sent_at - interval '1 day'
            WHERE id = ANY(%s)"""


class FaultCase(ExchangeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "comptable", groups="efacture_base.efacture_base_group_accountant"
        )

    def queued(self, number=1, **values):
        """Invoices with their documents made."""
        invoices = self.env["account.move"].concat(
            *(self._create_invoice(lines=1, **values) for _each in range(number))
        )
        rows = invoices.with_user(self.accountant)._efacture_enqueue().sudo()
        self.lane(rows, "_efacture_prepare_due")
        self.assertEqual(set(rows.mapped("state")), {"queued"})
        return rows

    def lane(self, rows, *steps):
        """These steps of a lane, for these rows, on its own cursor."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            working = rows.with_env(rows._efacture_lane_env(cr, float("inf")))
            for step in steps:
                if step == "_efacture_send_due":
                    working._efacture_send_due(limit=len(rows))
                else:
                    getattr(working, step)()
        self.env.invalidate_all()

    def later(self, rows):
        """A day goes by."""
        self.env.flush_all()
        self.cr.execute(LATER, [rows.ids])
        self.env.invalidate_all()

    def held(self, row):
        """Deposits of this row at the platform."""
        return [each for each in self.ledger_rows() if each["tracking_id"] == row.tracking_id]


@tagged("post_install", "-at_install")
class TestExchangeFaults(FaultCase):
    def test_a_lost_answer_is_looked_up_not_sent_again(self):
        row = self.queued()
        self.break_sandbox("pa", "vanish", operation="flow.submit", count=1)
        self.lane(row, "_efacture_send_due", "_efacture_apply_due")
        self.assertEqual(row.state, "unknown")
        self.assertEqual(row.move_id.efacture_state, "unknown")
        self.assertTrue(row.unknown_since)
        self.later(row)
        self.lane(row, "_efacture_send_due", "_efacture_resolve_due", "_efacture_apply_due")
        self.assertEqual(row.state, "accepted")
        self.assertEqual(row.move_id.efacture_state, "accepted")
        (deposit,) = self.held(row)
        self.assertEqual(row.remote_id, deposit["flow_id"])

    def test_what_never_arrived_is_sent_again_after_two_looks_and_a_while(self):
        row = self.queued()
        with patch.object(
            type(row), "_efacture_call", lambda row: SubmitOutcome(Outcome.UNKNOWN, code="cut")
        ):
            self.lane(row, "_efacture_send_due")
        self.lane(row, "_efacture_resolve_due")
        self.assertEqual((row.state, row.lookup_count), ("unknown", 1))
        self.env.cr.execute(
            "UPDATE efacture_exchange SET next_attempt = next_attempt - interval '1 minute' WHERE id = %s",
            [row.id],
        )
        self.env.invalidate_all()
        self.lane(row, "_efacture_resolve_due")
        self.assertEqual(
            (row.state, row.lookup_count), ("unknown", 2), "a call may still be under way"
        )
        self.later(row)
        self.lane(row, "_efacture_resolve_due", "_efacture_send_due")
        self.assertEqual(row.state, "accepted")
        self.assertEqual(len(self.held(row)), 1)

    def test_one_look_is_not_enough(self):
        row = self.queued()
        with patch.object(
            type(row), "_efacture_call", lambda row: SubmitOutcome(Outcome.UNKNOWN, code="cut")
        ):
            self.lane(row, "_efacture_send_due")
        self.later(row)
        self.lane(row, "_efacture_resolve_due")
        self.assertEqual(row.state, "unknown")

    def test_a_look_up_that_fails_says_nothing(self):
        row = self.queued()
        self.break_sandbox("pa", "vanish", operation="flow.submit", count=1)
        self.lane(row, "_efacture_send_due")
        self.break_sandbox("pa", "error_500", operation="flow.search", count=1)
        self.lane(row, "_efacture_resolve_due")
        self.assertEqual((row.state, row.lookup_count), ("unknown", 0))
        self.assertTrue(row.next_attempt)

    def test_a_worker_that_died_while_sending(self):
        """Its lease is over: the row is in doubt, and a late answer of that worker changes nothing."""
        row = self.queued()
        died = False

        def die(row, name):
            if name == "after_claim":
                raise KeyboardInterrupt
            return None

        with patch.object(type(row), "_efacture_point", die):
            try:
                self.lane(row, "_efacture_send_due")
            except KeyboardInterrupt:  # not assertRaises: it takes back what was committed
                died = True
        self.assertTrue(died)
        self.env.invalidate_all()
        self.assertEqual(row.state, "sending")
        token = row.lease_token
        self.lane(row, "_efacture_expire_leases", "_efacture_send_due")
        self.assertEqual(row.state, "sending", "its lease lasts")
        self.later(row)
        self.lane(row, "_efacture_expire_leases", "_efacture_send_due", "_efacture_apply_due")
        self.assertEqual((row.state, row.move_id.efacture_state), ("unknown", "unknown"))
        self.env.flush_all()
        with (
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            self.assertLogs(CALL, "WARNING"),
        ):
            zombie = row.with_env(row._efacture_lane_env(cr, float("inf")))
            ours = zombie._efacture_record_outcome(
                SubmitOutcome(Outcome.ACCEPTED, remote_id="late"), token
            )
        self.assertFalse(ours)
        self.env.invalidate_all()
        self.assertEqual((row.state, row.remote_id), ("unknown", False))

    def test_the_database_goes_away_with_the_answer_in_hand(self):
        row = self.queued()
        original, lost = type(row)._efacture_record_outcome, []

        def once(row, outcome, token):
            if not lost:
                lost.append(outcome)
                raise OperationalError("server closed the connection unexpectedly")
            return original(row, outcome, token)

        with (
            patch.object(type(row), "_efacture_record_outcome", once),
            patch(f"{CALL}.RETURNS", (0,)),
        ):
            try:
                self.lane(row, "_efacture_send_due")
            except OperationalError:
                ended = True
        self.env.invalidate_all()
        self.assertTrue(ended, "this lane's cursor is gone")
        self.assertEqual(row.state, "accepted")
        self.assertEqual(len(self.held(row)), 1)

    def test_a_worker_that_slept_since_its_claim_does_not_call(self):
        row = self.queued()

        def sleep(row, name):
            if name == "after_claim":
                row._efacture_kept()["claimed"] -= 3600

        with patch.object(type(row), "_efacture_point", sleep):
            self.lane(row, "_efacture_send_due")
        self.assertEqual((row.state, row.error_code), ("queued", "late"))
        self.assertFalse(self.held(row))

    def test_an_outage_is_tried_again_ever_more_seldom_then_given_up(self):
        row = self.queued()
        self.env["ir.config_parameter"].set_param("efacture.max_attempts", "3")
        self.break_sandbox("pa", "refuse", operation="token")
        pauses = []
        for _try in range(2):
            self.lane(row, "_efacture_send_due")
            self.assertEqual(row.state, "queued")
            pauses.append((row.next_attempt - row.write_date).total_seconds())
            self.lane(row, "_efacture_send_due")
            self.assertEqual(row.attempt_count, len(pauses), "not before its time")
            self.later(row)
            PROCESS_MEMORY.forget()
        self.assertGreater(pauses[1], pauses[0])
        self.lane(row, "_efacture_send_due", "_efacture_apply_due")
        self.assertEqual((row.state, row.move_id.efacture_state), ("failed", "failed"))
        self.assertTrue(row.error_message)
        activity = row.move_id.activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        self.assertFalse(row.move_id.efacture_is_frozen)
        self.assertFalse(row.move_id.is_move_sent)

    def test_the_platform_names_the_pause(self):
        row = self.queued()
        self.break_sandbox("pa", "too_many", operation="flow.submit", count=1, seconds=900)
        self.lane(row, "_efacture_send_due")
        self.assertEqual(row.state, "queued")
        self.assertGreaterEqual((row.next_attempt - row.write_date).total_seconds(), 890)

    def test_a_platform_that_asks_for_a_pause_gets_it_from_every_lane(self):
        """A batch of three: one worker is told, and no other asks in its turn."""
        rows = self.queued(3)
        self.break_sandbox("pa", "too_many", operation="flow.submit", seconds=900)
        self.lane(rows[:1], "_efacture_send_due")
        PROCESS_MEMORY.forget()  # another process was told nothing
        self.lane(rows[1:], "_efacture_send_due")
        self.assertEqual(set(rows.mapped("state")), {"queued"})
        self.assertEqual(rows.mapped("attempt_count"), [1, 0, 0])
        for row in rows:
            self.assertTrue(row.error_message, "a person who looks reads why it waits")
            self.assertGreater((row.next_attempt - row.create_date).total_seconds(), 890)

    def test_a_pause_that_we_keep_by_ourselves_burns_no_try(self):
        """The platform asked this process to wait; nobody was asked, so nothing is counted."""
        row = self.queued()
        nobody_asked = SubmitOutcome(
            Outcome.NOT_SENT, code="RETRY_LATER", kind="busy", retry_after=60
        )
        with patch.object(type(row), "_efacture_call", lambda row: nobody_asked):
            for _each in range(15):
                self.lane(row, "_efacture_send_due")
                self.later(row)
        self.assertEqual((row.state, row.attempt_count), ("queued", 0))

    def test_refused_credentials_do_not_burn_the_tries(self):
        row = self.queued()
        self.break_sandbox("pa", "forbidden", operation="flow.submit", count=1)
        self.lane(row, "_efacture_send_due")
        self.assertEqual(row.state, "queued")
        self.assertGreater((row.next_attempt - row.write_date).total_seconds(), 400)

    def test_a_refusal_is_told_in_words_and_frees_the_invoice(self):
        row = self.queued()
        self.accountant.lang = "fr_FR" if self.env["res.lang"]._get_data(code="fr_FR") else False
        refusal = SubmitOutcome(Outcome.REJECTED, code="InvalidSchema", text="line 12")
        with patch.object(type(row), "_efacture_call", lambda row: refusal):
            self.lane(row, "_efacture_send_due", "_efacture_apply_due")
        self.assertEqual((row.state, row.error_code), ("rejected", "InvalidSchema"))
        self.assertIn("line 12", row.error_message)
        self.assertNotEqual(row.error_message, "line 12")
        invoice = row.move_id
        self.assertEqual(invoice.efacture_state, "rejected")
        self.assertEqual(len(invoice.activity_ids), 1)
        self.assertFalse(invoice.efacture_is_frozen)
        again = invoice._efacture_enqueue()
        self.assertEqual(again.parent_id, row)

    def test_an_acknowledgement_may_still_say_no(self):
        row = self.queued()
        self.break_sandbox("pa", "ack_error", operation="flow.submit", count=1)
        self.lane(row, "_efacture_send_due", "_efacture_apply_due")
        self.assertEqual((row.state, row.ack_state), ("accepted", "pending"))
        self.assertTrue(row.move_id.is_move_sent)
        self.later(row)
        self.lane(row, "_efacture_poll_due", "_efacture_apply_due")
        self.assertEqual((row.state, row.ack_state), ("rejected", "error"))
        self.assertEqual(row.move_id.efacture_state, "rejected")
        self.assertFalse(row.move_id.is_move_sent)
        self.assertTrue(row.move_id.activity_ids)

    def test_already_there_means_the_first_one_counts(self):
        row = self.queued()
        self.lane(row, "_efacture_send_due")
        first = row.remote_id
        self.cr.execute(
            "UPDATE efacture_exchange SET remote_id = 'the second' WHERE id = %s", [row.id]
        )
        self.env.invalidate_all()
        doubled = Ack(
            "the second", row.tracking_id, AckState.ERROR, "Error",
            (AckDetail("Error", "file", "AlreadyExistingFlow", "already"),),
        )  # fmt: skip
        self.later(row)
        with patch.object(type(row), "_efacture_fetch_acks", lambda rows: {row.id: doubled}):
            self.lane(row, "_efacture_poll_due")
        self.assertEqual((row.state, row.remote_id), ("accepted", first))
        self.later(row)
        self.lane(row, "_efacture_poll_due")
        self.assertEqual((row.state, row.ack_state), ("accepted", "ok"))

    def test_a_word_we_do_not_know_is_no_success(self):
        row = self.queued()
        self.lane(row, "_efacture_send_due", "_efacture_apply_due")
        strange = Ack(row.remote_id, row.tracking_id, AckState.UNKNOWN, "Perhaps")
        self.later(row)
        with patch.object(type(row), "_efacture_fetch_acks", lambda rows: {row.id: strange}):
            self.lane(row, "_efacture_poll_due", "_efacture_apply_due")
        self.assertEqual((row.state, row.ack_state), ("accepted", "unknown"))
        self.assertIn("Perhaps", row.error_message)
        # the same word again is no news, another one is
        for word, news in (("Perhaps", False), ("Never", True)):
            again = Ack(row.remote_id, row.tracking_id, AckState.UNKNOWN, word)
            self.later(row)
            with patch.object(type(row), "_efacture_fetch_acks", lambda rows, a=again: {row.id: a}):
                self.lane(row, "_efacture_poll_due")
            self.assertEqual(row.apply_pending, news, word)

    def test_it_is_said_once(self):
        row = self.queued()
        before = row.move_id.message_ids
        self.lane(row, "_efacture_send_due", "_efacture_apply_due")
        self.later(row)
        self.lane(row, "_efacture_poll_due", "_efacture_apply_due", "_efacture_apply_due")
        said = row.move_id.message_ids - before
        self.assertEqual(len(said), 1)
        self.assertEqual(said.message_type, "notification")
        self.assertEqual(row.ack_state, "ok")
        self.assertFalse(row.move_id.activity_ids)


@tagged("post_install", "-at_install")
class TestExchangePoisoned(FaultCase):
    @mute_logger("odoo.addons.efacture_base.models.efacture_exchange_prepare")
    def test_an_invoice_that_cannot_be_drawn(self):
        invoices = self.env["account.move"].concat(
            *(self._create_invoice(lines=1) for _each in range(3))
        )
        rows = invoices._efacture_enqueue()
        original = type(invoices)._efacture_report_mentions

        def broken(move):
            if move.id == invoices[1].id:
                raise ZeroDivisionError
            return original(move)

        with patch.object(type(invoices), "_efacture_report_mentions", broken):
            self.lane(rows, "_efacture_prepare_due")
        self.lane(rows, "_efacture_send_due", "_efacture_apply_due")
        self.assertEqual(rows.mapped("state"), ["accepted", "failed", "accepted"])
        self.assertEqual(invoices.mapped("efacture_state"), ["accepted", "failed", "accepted"])
        self.assertTrue(rows[1].error_message)

    def test_an_invoice_whose_data_are_not_complete(self):
        self.company.efacture_posting_check = "off"
        nowhere = self._create_customer("Sans adresse", "991780529", "99178052900012")
        bad, good = self._create_invoice(nowhere), self._create_invoice()
        nowhere.efacture_address_id = False
        nowhere.efacture_address_ids.unlink()
        nowhere.company_registry = False
        rows = (bad | good)._efacture_enqueue()
        self.lane(rows, "_efacture_prepare_due", "_efacture_apply_due")
        self.assertEqual(rows.mapped("state"), ["failed", "queued"])
        self.assertTrue(rows[0].error_message)
        self.assertTrue(bad.efacture_finding_ids)

    def test_what_could_not_be_checked_waits(self):
        invoice = self._create_invoice()
        row = invoice._efacture_enqueue()
        original = type(invoice)._efacture_generate_documents

        def unchecked(records, syntax, profile=None):
            return {
                move: (content, Verdict("unchecked", "CII", verdict.profile))
                for move, (content, verdict) in original(records, syntax, profile).items()
            }

        with patch.object(type(invoice), "_efacture_generate_documents", unchecked):
            self.lane(row, "_efacture_prepare_due")
        self.assertEqual((row.state, row.error_code), ("preparing", "unchecked"))
        self.assertFalse(invoice.invoice_pdf_report_id)
        self.later(row)
        self.lane(row, "_efacture_prepare_due")
        self.assertEqual(row.state, "queued")
        self.assertFalse(row.error_code)

    def test_a_file_that_is_lost(self):
        rows = self.queued(3)
        attachment = rows[1]._efacture_file_attachment()
        self.cr.execute(
            "UPDATE ir_attachment SET store_fname = '00/nowhere' WHERE id = %s", [attachment.id]
        )
        self.env.invalidate_all()
        with mute_logger("odoo.addons.base.models.ir_attachment"):
            self.lane(rows, "_efacture_send_due")
        self.assertEqual(rows.mapped("state"), ["accepted", "queued", "accepted"])
        self.assertEqual(rows[1].error_code, "settings")
        self.assertTrue(rows[1].error_message)
        self.assertFalse(self.held(rows[1]))

    @mute_logger("odoo.addons.efacture_base.models.efacture_exchange_prepare")
    def test_a_full_disk(self):
        invoice = self._create_invoice()
        row = invoice._efacture_enqueue()

        def full(handle):
            raise OSError(28, os.strerror(28))

        with patch("os.fsync", full):
            self.lane(row, "_efacture_prepare_due")
        self.assertEqual((row.state, row.error_code), ("preparing", "storage"))
        self.later(row)
        self.lane(row, "_efacture_prepare_due")
        self.assertEqual(row.state, "queued")
        self.assertTrue(row._efacture_file_attachment().raw)

    def test_a_part_of_a_file_does_not_stay_for_ever(self):
        Attachment = self.env["ir.attachment"]
        first = Attachment.create({"name": "a", "raw": b"the whole content of this file"})
        path = first._full_path(first.store_fname)
        with open(path, "wb") as file:
            file.write(b"the whole")
        second = Attachment.create({"name": "b", "raw": b"the whole content of this file"})
        self.assertEqual(second.raw, b"the whole content of this file")
        self.assertFalse(os.listdir(first._full_path("efacture-parts")))

    def test_an_apply_that_fails_does_not_hold_the_others(self):
        rows = self.queued(3)
        self.lane(rows, "_efacture_send_due")
        original = type(rows)._efacture_apply_out_invoice

        def broken(row):
            if row.id == rows[1].id:
                raise ZeroDivisionError
            return original(row)

        with (
            patch.object(type(rows), "_efacture_apply_out_invoice", broken),
            mute_logger("odoo.addons.efacture_base.models.efacture_exchange_apply"),
        ):
            self.lane(rows, "_efacture_apply_due")
        self.assertEqual(rows.mapped("apply_pending"), [False, True, False])
        self.assertEqual(rows.mapped("error_code"), [False, "apply", False])
        self.assertEqual(rows.move_id.mapped("efacture_state"), ["accepted", "queued", "accepted"])
        self.later(rows)
        self.lane(rows, "_efacture_apply_due")
        self.assertEqual(set(rows.move_id.mapped("efacture_state")), {"accepted"})
        self.assertFalse(any(rows.mapped("error_message")))

    @mute_logger("odoo.addons.efacture_base.models.efacture_exchange_call")
    def test_a_bug_of_ours_is_the_outcome_of_one_row(self):
        """Before anything left it is simply not sent; the others go on."""
        rows = self.queued(3)
        original = type(rows)._efacture_document

        def broken(row):
            if row.id == rows[1].id:
                raise KeyError("syntax")
            return original(row)

        with patch.object(type(rows), "_efacture_document", broken):
            self.lane(rows, "_efacture_send_due")
        self.assertEqual(rows.mapped("state"), ["accepted", "queued", "accepted"])
        self.assertEqual(rows[1].error_code, "unexpected")

    def test_set_back_to_draft_before_its_turn(self):
        invoice = self._create_invoice()
        row = invoice._efacture_enqueue()
        invoice.button_draft()
        self.lane(row, "_efacture_prepare_due", "_efacture_apply_due")
        self.assertEqual((row.state, row.error_code), ("failed", "not_posted"))


@tagged("post_install", "-at_install")
class TestExchangeDecisions(FaultCase):
    def test_asked_again_it_says_when_and_by_whom(self):
        row = self.queued()
        self.lane(row, "_efacture_send_due", "_efacture_apply_due")
        message = row.move_id._efacture_already_sent_message("efacture")
        self.assertIn(row.remote_id, message)
        self.assertIn(self.accountant.name, message)
        with self.assertRaises(UserError):
            row.move_id._efacture_enqueue()
        other, refused = self._create_invoice(), {}
        rows = (row.move_id | other)._efacture_enqueue(refused=refused)
        self.assertEqual(rows.move_id, other)
        self.assertIn(message, refused[row.move_id])
        self.assertFalse(other._efacture_already_sent_message("email"))

    def test_a_doubt_that_only_a_person_can_end(self):
        for action, state in (("action_mark_sent", "accepted"), ("action_send_again", "queued")):
            row = self.queued()
            with (
                patch.object(
                    type(row),
                    "_efacture_call",
                    lambda row: SubmitOutcome(Outcome.UNKNOWN, code="cut"),
                ),
            ):
                self.lane(row, "_efacture_send_due")
            with self.assertRaises(UserError):
                getattr(row.with_user(self.accountant), action)()

            def nobody(row):
                from ..connectors.errors import NotSupported

                raise NotSupported("nobody can be asked")

            with patch.object(type(row), "_efacture_find", nobody):
                self.lane(row, "_efacture_resolve_due", "_efacture_apply_due")
            self.assertTrue(row.needs_person)
            self.assertEqual(row.move_id.activity_ids.user_id, self.accountant)
            self.later(row)
            self.lane(row, "_efacture_resolve_due", "_efacture_send_due")
            self.assertEqual(row.state, "unknown", "it waits for the person")
            billing = new_test_user(
                self.env, f"billing_{state}", groups="account.group_account_invoice"
            )
            with self.assertRaises(AccessError):
                getattr(row.with_user(billing), action)()
            getattr(row.with_user(self.accountant), action)()
            self.assertEqual(row.state, state)
            self.lane(row, "_efacture_apply_due")
            self.assertEqual(row.move_id.efacture_state, state)

    def test_withdrawn_before_it_leaves(self):
        row = self.queued()
        row.with_user(self.accountant).action_withdraw()
        self.lane(row, "_efacture_send_due", "_efacture_apply_due")
        self.assertTrue(row.is_withdrawn)
        self.assertFalse(self.held(row))
        self.assertFalse(row.move_id.activity_ids)

    def test_what_one_channel_froze_goes_by_another_as_it_is(self):
        invoice = self._create_invoice()
        document = invoice.efacture_get_document("facturx")
        frozen = self.env["efacture.exchange"].create(
            {
                **invoice._efacture_prepare_exchange_vals("manual"),
                "state": "accepted",
                "file": document.datas,
                "filename": document.name,
                "syntax": "facturx",
                "profile": "en16931",
            }
        )
        self.assertTrue(invoice.efacture_is_frozen)
        row = invoice._efacture_enqueue("efacture")
        self.lane(row, "_efacture_prepare_due")
        self.assertEqual(row.state, "queued")
        self.assertEqual(row.sha256, frozen.sha256)
        self.assertEqual(row._efacture_file_attachment().raw, document.raw)
        self.assertEqual(invoice._efacture_current_exchange(), row, "the platform's comes first")

    def test_a_copy_changes_nothing(self):
        invoice = self._create_invoice()
        self.env["efacture.exchange"].create(
            {
                **invoice._efacture_prepare_exchange_vals("email"),
                "state": "accepted",
                "is_copy": True,
            }
        )
        self.assertFalse(invoice.efacture_is_frozen)
        self.assertFalse(invoice.efacture_state)
        self.assertFalse(invoice._efacture_already_sent_message("email"))

    def test_a_suspended_account_sends_nothing(self):
        row = self.queued()
        self.account.state = "suspended"
        self.lane(row, "_efacture_send_due")
        self.assertEqual(row.state, "queued")

    def test_a_copy_of_the_database_sends_and_asks_nothing(self):
        """Neutralized: what waits is the original's, what is in doubt is not looked up from here."""
        queued, doubtful, sent = self.queued(), self.queued(), self.queued()
        asked = self._create_invoice()._efacture_enqueue()
        with patch.object(
            type(queued), "_efacture_call", lambda row: SubmitOutcome(Outcome.UNKNOWN, code="cut")
        ):
            self.lane(doubtful, "_efacture_send_due")
        self.lane(sent, "_efacture_send_due")
        self.later(doubtful | sent)
        before = len(self.ledger_rows())
        with file_open("efacture_base/data/neutralize.sql") as script:
            self.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(self.env.ref("efacture_base.efacture_cron_lane_1").active)
        rows = queued | doubtful | sent | asked
        self.lane(
            rows, "_efacture_prepare_due", "_efacture_send_due", "_efacture_resolve_due",
            "_efacture_poll_due",
        )  # fmt: skip
        self.assertEqual(rows.mapped("state"), ["failed", "unknown", "accepted", "failed"])
        self.assertEqual(sent.ack_state, "pending")
        self.assertEqual(len(self.ledger_rows()), before)

    def test_one_row_of_many_is_dispatched(self):
        rows = self.queued(3)
        (answer,) = self.dispatch(rows[1])
        self.assertEqual(answer["exchange_id"], rows[1].id)
        self.assertEqual(rows.mapped("state"), ["queued", "accepted", "queued"])

    def test_a_message_of_ours_travels_the_same_way(self):
        row = self.queued()
        self.lane(row, "_efacture_send_due")
        sent = []

        class Platform:
            def send_event(self, event):
                sent.append(event)
                return SubmitOutcome(Outcome.ACCEPTED, remote_id="m-1")

            def find_by_tracking(self, tracking_id):
                return RemoteRef("m-1", tracking_id)

        message = self.env["efacture.exchange"].create(
            {
                "kind": "lifecycle",
                "company_id": self.company.id,
                "account_id": self.account.id,
                "move_id": row.move_id.id,
                "parent_id": row.id,
                "channel": "efacture",
                "state": "queued",
                "file": "PGEvPg==",
                "filename": "cdar.xml",
                "syntax": "cdar",
            }
        )
        with patch.object(type(self.account), "_connector", lambda account, **kwargs: Platform()):
            self.lane(message, "_efacture_send_due")
        self.assertEqual(message.state, "accepted")
        self.assertEqual(sent[0].invoice_remote_id, row.remote_id)
        self.assertEqual(sent[0].document.syntax, "CDAR")
