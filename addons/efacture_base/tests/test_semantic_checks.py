import logging
import os
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..en16931 import validator
from ..hostservice import ServiceUnavailable
from .scenarios import DAY, Builder

_logger = logging.getLogger(__name__)
BATCH = 200 if os.environ.get("EFACTURE_TEST_FULL") else 40


class SemanticCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make = Builder(cls.env)
        cls.env = cls.make.env

    def rules(self, move, severity="fatal"):
        return {
            finding.rule for finding in move.efacture_finding_ids if finding.severity == severity
        }

    def finding(self, move, rule):
        return move.efacture_finding_ids.filtered(lambda finding: finding.rule == rule)[:1]


@tagged("post_install", "-at_install")
class TestSemanticCheck(SemanticCase):
    def test_semantic_a_draft_is_checked_before_it_has_a_number(self):
        move = self.make.draft()
        self.assertFalse(move.efacture_verdict)
        move.efacture_check()
        self.assertEqual(move.efacture_verdict, "valid")
        self.assertTrue(move.efacture_checked_date)
        self.assertIn("br-fr-cii", move.efacture_rule_sets)
        self.assertEqual(move._efacture_prepare_invoice()["BT-1"], f"BROUILLON-{move.id}")
        self.assertFalse(move.name and move.name != "/" and move.posted_before)

    def test_semantic_a_changed_draft_has_no_verdict_any_more(self):
        move = self.make.draft()
        move.efacture_check()
        move.invoice_line_ids.price_unit = 12
        self.assertFalse(move.efacture_verdict)
        move.efacture_check()
        move.buyer_reference = "SERVICE-9"
        self.assertFalse(move.efacture_verdict)
        self.assertFalse(move.efacture_finding_ids)

    def test_semantic_a_customer_without_siren_is_found_and_the_link_opens_the_customer(self):
        self.make.customer.company_registry = False
        move = self.make.draft()
        move.efacture_check()
        self.assertEqual(move.efacture_verdict, "invalid")
        finding = self.finding(move, "EF-SIREN")
        self.assertEqual(finding.term, "BT-47")
        action = finding.action_open_fix()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.make.customer.id)
        )
        self.make.customer.company_registry = "99023417100017"
        move.efacture_check()
        self.assertEqual(move.efacture_verdict, "valid")
        self.assertFalse(move.efacture_finding_ids)

    def test_semantic_everything_missing_is_a_list_and_not_a_traceback(self):
        nobody = self.env["res.partner"].create({"name": "Société sans rien", "is_company": True})
        move = self.make.draft([self.make.line(10, "")], partner=nobody)
        move.partner_bank_id = False
        move.efacture_check()
        self.assertEqual(move.efacture_verdict, "invalid")
        self.assertLessEqual({"EF-SIREN", "EF-COUNTRY", "EF-TAX"}, self.rules(move))
        self.assertLessEqual({"EF-ADDRESS", "EF-IBAN"}, self.rules(move, "warning"))
        for finding in move.efacture_finding_ids:
            self.assertTrue(finding.message)
            self.assertIn(finding.action_open_fix()["type"], ("ir.actions.act_window",))

    def test_semantic_an_empty_draft_is_told_so(self):
        move = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.make.customer.id, "invoice_date": DAY}
        )
        move.efacture_check()
        self.assertIn("EF-LINES", self.rules(move))
        nobody = self.env["account.move"].create({"move_type": "out_invoice"})
        nobody.efacture_check()
        self.assertIn("EF-BUYER", self.rules(nobody))

    def test_semantic_a_tax_that_says_nothing_leads_to_the_tax(self):
        tax = self.make.taxes["exempt"]
        tax.write({"ubl_cii_tax_category_code": False, "ubl_cii_tax_exemption_reason_code": False})
        move = self.make.draft([self.make.line(50, "exempt")])
        move.efacture_check()
        action = self.finding(move, "EF-VATEX").action_open_fix()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.tax", tax.id))

    def test_semantic_a_rate_that_does_not_exist_in_france(self):
        odd = self.make.taxes["20"].copy({"name": "12.3 %", "amount": 12.3})
        self.make.taxes["odd"] = odd
        move = self.make.draft([self.make.line(50, "odd")])
        move.efacture_check()
        self.assertIn("EF-RATE", self.rules(move))

    def test_semantic_a_credit_note_needs_its_invoice(self):
        move = self.make.draft(move_type="out_refund")
        move.efacture_check()
        self.assertIn("EF-ORIGIN", self.rules(move))
        move.write(
            {"efacture_preceding_number": "F2025-12", "efacture_preceding_date": date(2025, 12, 1)}
        )
        move.efacture_check()
        self.assertEqual(move.efacture_verdict, "valid")

    def test_semantic_a_number_that_cannot_travel(self):
        move = self.make.draft()
        move.name = "FACTURE N° 1/2026"
        move.efacture_check()
        self.assertIn("EF-NUMBER", self.rules(move))

    def test_semantic_a_file_that_cannot_travel(self):
        zipped = self.env["ir.attachment"].create(
            {"name": "plans.zip", "raw": b"PK\x03\x04", "mimetype": "application/zip"}
        )
        move = self.make.draft(efacture_attachment_ids=[Command.set(zipped.ids)])
        move.efacture_check()
        self.assertIn("EF-FILE", self.rules(move))

    def test_semantic_a_note_is_given_once(self):
        with self.assertRaises(ValidationError):
            self.make.draft(
                efacture_note_ids=[
                    Command.create({"code": "PMD", "text": "Un"}),
                    Command.create({"code": "PMD", "text": "Deux"}),
                ]
            )

    def test_semantic_a_private_person_without_email_is_judged_by_the_european_rules(self):
        self.make.person.email = False
        move = self.make.draft(partner=self.make.person)
        self.assertEqual(move._efacture_context(), "en16931")
        move.efacture_check()
        self.assertEqual(move.efacture_verdict, "valid")

    def test_semantic_no_service_is_not_checked_and_never_valid(self):
        move = self.make.draft()
        with self.no_service():
            move.efacture_check()
        self.assertEqual(move.efacture_verdict, "unchecked")
        self.assertTrue(move.efacture_finding_ids)
        self.make.customer.company_registry = False
        with self.no_service():
            move.efacture_check()
        self.assertEqual(move.efacture_verdict, "invalid", "what we know to be wrong stays wrong")

    def no_service(self):
        def absent(*args, **kwargs):
            raise ServiceUnavailable("no validator on this host")

        # the service itself cannot be stopped here: it is shared by the tests of this host
        return patch.object(validator.ServiceClient, "call", absent)


@tagged("post_install", "-at_install")
class TestSemanticPosting(SemanticCase):
    def travelling(self, *args, **values):
        move = self.make.draft(*args, **values)
        move.efacture_contact_method = "efacture"
        move.efacture_address_id = move.commercial_partner_id.efacture_address_id
        return move

    def test_semantic_a_right_invoice_is_posted_with_its_verdict(self):
        move = self.travelling()
        move.action_post()
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.efacture_verdict, "valid")

    def test_semantic_one_that_cannot_travel_is_stopped_and_its_door_is_shown(self):
        self.make.customer.company_registry = False
        move = self.travelling()
        with self.assertRaises(RedirectWarning) as stopped:
            move.action_post()
        message, action, _label = stopped.exception.args[:3]
        self.assertIn("SIREN", message)
        self.assertEqual(action["res_model"], "res.partner")
        self.assertEqual(action["res_id"], self.make.customer.id)

    def test_semantic_one_bad_one_among_many_is_named(self):
        good = self.travelling()
        bad = self.travelling(partner=self.make.group)
        worse = self.travelling(partner=self.make.group)
        self.make.group.company_registry = False
        with self.assertRaises(UserError) as stopped:
            (good | bad | worse).action_post()
        self.assertIn(self.make.group.name, str(stopped.exception))
        self.assertNotIn(self.make.customer.name, str(stopped.exception))

    def test_semantic_the_company_may_prefer_a_warning_or_nothing(self):
        self.make.customer.company_registry = False
        self.make.company.efacture_posting_check = "warn"
        warned = self.travelling()
        warned.action_post()
        self.assertEqual((warned.state, warned.efacture_verdict), ("posted", "invalid"))
        self.make.company.efacture_posting_check = "off"
        silent = self.travelling()
        silent.action_post()
        self.assertEqual((silent.state, silent.efacture_verdict), ("posted", False))

    def test_semantic_an_invoice_by_email_is_not_stopped(self):
        self.make.customer.company_registry = False
        move = self.make.draft()
        move.efacture_contact_method = "email"
        move.action_post()
        self.assertEqual(move.state, "posted")

    def test_semantic_no_address_on_the_network(self):
        move = self.travelling()
        move.efacture_address_id = False
        move.efacture_check()
        self.assertIn("EF-ADDRESS-BUYER", self.rules(move))

    def test_semantic_nothing_happens_before_the_company_has_an_account(self):
        self.env["efacture.account"].search([]).state = "suspended"
        self.make.customer.company_registry = False
        move = self.make.draft()
        self.assertFalse(move._efacture_issuer())
        move.action_post()
        self.assertEqual((move.state, move.efacture_verdict), ("posted", False))

    def test_semantic_who_may_see_findings(self):
        self.make.customer.company_registry = False
        move = self.make.draft()
        biller = new_test_user(
            self.env,
            "biller",
            groups="account.group_account_invoice",
            company_id=self.make.company.id,
            company_ids=[Command.set(self.make.company.ids)],
        )
        move.with_user(biller).efacture_check()
        findings = move.with_user(biller).efacture_finding_ids
        self.assertTrue(findings.mapped("message"))
        elsewhere = self.env.ref("base.main_company")
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="account.group_account_invoice",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        self.assertFalse(
            self.env["efacture.finding"]
            .with_user(stranger)
            .with_context(allowed_company_ids=elsewhere.ids)
            .search([("id", "in", findings.ids)])
        )
        with self.assertRaises(AccessError):
            findings.write({"message": "rien"})

    def test_semantic_queries_of_a_batch(self):
        lines = [self.make.line(10 + n, "20" if n % 2 else "5.5") for n in range(5)]
        moves = self.env["account.move"]
        for _n in range(BATCH):
            moves |= self.make.draft(lines)
        moves.action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        documents = moves._efacture_generate_documents("cii")
        count = (self.env.cr.sql_log_count - before) / BATCH
        self.assertEqual({verdict.verdict for _xml, verdict in documents.values()}, {"valid"})
        self.assertLessEqual(count, 15)
        _logger.info(
            "EFACTURE-COUNT semantic: %.1f queries an invoice in a batch of %s", count, BATCH
        )
