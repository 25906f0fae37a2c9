from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools.translate import code_translations

from .common import PartnerCase


@tagged("post_install", "-at_install")
class TestPartnerContact(PartnerCase):
    """The contact method: proposed with its reason, never changed behind anybody's back."""

    def test_the_labels_are_those_of_accountants(self):
        field = self.env["res.partner"].fields_get(["invoice_sending_method"])
        field = field["invoice_sending_method"]
        self.assertEqual(field["string"], "Contact method")
        self.assertEqual(dict(field["selection"])["efacture"], "Approved platform")
        self.assertEqual(dict(field["selection"])["manual"], "Paper")

    def test_the_native_words_give_way_in_other_languages_too(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        words = {"Contact method": "Moyen de contact", "Paper": "Papier"}
        with patch.object(code_translations, "get_python_translations", lambda module, lang: words):
            self.env["res.partner"]._efacture_label_contact_method(["fr_FR"])
        french = self.env["res.partner"].with_context(lang="fr_FR")
        field = french.fields_get(["invoice_sending_method"])["invoice_sending_method"]
        self.assertEqual(field["string"], "Moyen de contact")
        self.assertEqual(dict(field["selection"])["manual"], "Papier")

    def test_it_is_on_the_form_without_debug_mode(self):
        partner = self.make_partner()
        with Form(partner.with_user(self.accountant)) as form:
            form.invoice_sending_method = "efacture"
        self.assertEqual(partner.invoice_sending_method, "efacture")

    def test_what_is_proposed_and_why(self):
        partner = self.make_partner(siret="99023417100017")
        self.assertEqual(partner._efacture_propose_method()[0], "manual")
        partner.email = "compta@atelier-nivelle.example"
        method, reason = partner._efacture_propose_method()
        self.assertEqual(method, "email")
        self.assertIn("Not known in the directory", reason)
        partner.efacture_reachability = "yes"
        method, reason = partner._efacture_propose_method()
        self.assertEqual(method, "email", "no account yet: the platform cannot carry anything")
        self.assertIn("no active platform account", reason)
        self.make_account()
        self.assertEqual(partner._efacture_propose_method()[0], "efacture")
        partner.efacture_reachability = "no"
        self.assertEqual(partner._efacture_propose_method()[0], "email")

    def test_a_public_body_waits_for_the_addon_of_chorus_pro(self):
        town = self.make_partner(
            "Commune", "219986114", efacture_public_body=True, email="a@commune.example"
        )
        self.assertEqual(town._efacture_propose_method()[0], "email")
        partners = type(self.env["res.partner"])
        self.patch(
            partners,
            "_efacture_contact_methods",
            lambda self: ["efacture", "chorus", "email", "manual"],
        )
        self.assertEqual(town._efacture_propose_method()[0], "chorus")

    def test_one_or_a_selection_gets_its_proposal_with_ok(self):
        self.make_account()
        joined = self.make_partner(email="a@nivelle.example")
        joined.efacture_reachability = "yes"
        paper = self.make_partner("Sans adresse", "99567493400014", invoice_sending_method="email")
        action = (joined | paper).with_user(self.accountant).action_efacture_propose()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.line_ids.mapped("proposed"), ["efacture", "manual"])
        self.assertTrue(all(wizard.line_ids.mapped("reason")))
        self.assertEqual(
            wizard.line_ids.mapped("apply"), [True, False], "no hurried OK takes a method away"
        )
        wizard.with_user(self.accountant).action_apply()
        self.assertEqual(joined.invoice_sending_method, "efacture")
        self.assertEqual(paper.invoice_sending_method, "email")

    def test_a_customer_that_joins_the_network_is_offered_not_changed(self):
        partner = self.make_partner(email="a@nivelle.example", invoice_sending_method="email")
        self.assertFalse(partner.efacture_proposal)
        partner.efacture_reachability = "yes"
        self.assertFalse(partner.efacture_proposal, "silent until the company has an account")
        self.make_account()
        partner.action_efacture_lookup()
        self.assertEqual(partner.invoice_sending_method, "email")
        partner.invalidate_recordset()
        self.assertIn("Approved platform", partner.efacture_proposal)
        partner.action_efacture_decline_proposal()
        self.assertFalse(partner.efacture_proposal)
        self.assertEqual(partner.invoice_sending_method, "email")
        partner.efacture_declined_method = False
        partner.action_efacture_accept_proposal()
        self.assertEqual(partner.invoice_sending_method, "efacture")
        self.assertFalse(partner.efacture_proposal)

    def test_changing_a_selection_reports_those_refused_and_why(self):
        good = self.make_partner()
        person = self.env["res.partner"].create({"name": "Camille", "customer_rank": 1})
        unknown = self.make_partner("Sans SIREN", False)
        closed = self.make_partner("Cabinet Orvelle", "99567493400014")
        closed.efacture_reachability = "no"
        contact = self.env["res.partner"].create({"name": "Quai 1", "parent_id": good.id})
        everybody = good | person | unknown | closed | contact
        wizard = (
            self.env["efacture.contact.method"]
            .with_user(self.accountant)
            .with_context(active_ids=everybody.ids)
            .create({"method": "efacture"})
        )
        self.assertEqual(wizard.count, 5)
        wizard.action_apply()
        self.assertEqual(good.invoice_sending_method, "efacture")
        self.assertEqual(wizard.changed_count, 1)
        reasons = {line.partner_id: line.reason for line in wizard.line_ids}
        self.assertEqual(set(reasons), set(everybody - good))
        self.assertIn("private person", reasons[person])
        self.assertIn("SIREN is missing", reasons[unknown])
        self.assertIn("cannot receive", reasons[closed])
        self.assertIn("Atelier Nivelle", reasons[contact])
        email = self.env["efacture.contact.method"].with_context(active_ids=good.ids)
        wizard = email.create({"method": "email"})
        wizard.action_apply()
        self.assertIn("No e-mail", wizard.line_ids.reason)
        self.assertEqual(good.invoice_sending_method, "efacture")

    def test_a_customer_cannot_change_it_from_its_own_page(self):
        partners = self.env["res.partner"]
        self.assertNotIn("invoice_sending_method", partners._get_frontend_writable_fields())
        self.env.company.efacture_portal_contact_method = True
        self.assertIn("invoice_sending_method", partners._get_frontend_writable_fields())
        self.assertEqual(partners._efacture_frontend_methods(), ["email"])

    def test_without_an_accounting_role_nothing_can_be_looked_up_or_changed(self):
        employee = self.make_user("employee")
        with self.assertRaises(AccessError):
            self.env["efacture.contact.method"].with_user(employee).create({"method": "manual"})
        with self.assertRaises(AccessError):
            self.env["efacture.partner.import"].with_user(employee).create({})
        with self.assertRaises(AccessError):
            self.env["efacture.company.lookup"].with_user(employee).create({"query": "nivelle"})
        with self.assertRaises(AccessError):
            self.env["efacture.platform"].with_user(employee).search([])

    def test_addresses_follow_the_companies_of_their_partner(self):
        other = self.env["res.company"].create({"name": "Ailleurs"})
        partner = self.make_partner(company_id=other.id)
        address = self.env["efacture.address"].create(
            {"partner_id": partner.id, "address": "990234171"}
        )
        self.assertFalse(
            self.env["efacture.address"]
            .with_user(self.accountant)
            .search([("id", "=", address.id)])
        )
        with self.assertRaises(AccessError):
            address.with_user(self.accountant).read(["address"])
        biller = self.make_user("biller", "account.group_account_invoice", company=other)
        self.assertEqual(address.with_user(biller).read(["address"])[0]["address"], "990234171")
        with self.assertRaises(AccessError):
            address.with_user(biller).label = "x"
