from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PartnerCase


@tagged("post_install", "-at_install")
class TestPartnerRegister(PartnerCase):
    """A customer from its SIREN, and VAT numbers in VIES."""

    def _search(self, query, **context):
        action = (
            self.env["efacture.company.lookup"]
            .with_user(self.accountant)
            .with_context(**context)
            ._open(query=query)
        )
        return (
            self.env["efacture.company.lookup"].with_user(self.accountant).browse(action["res_id"])
        )

    def test_a_customer_from_a_siren_in_one_click(self):
        self.make_account()
        lookup = self._search("990 234 171")
        self.assertEqual(lookup.line_ids.name, "ATELIER NIVELLE")
        action = lookup.line_ids.action_use()
        partner = self.env["res.partner"].browse(action["params"]["next"]["res_id"])
        self.assertEqual(partner.efacture_siret, "99023417100017")
        self.assertEqual((partner.zip, partner.city), ("42000", "SAINT-ETIENNE"))
        self.assertEqual(partner.country_id, self.france)
        self.assertEqual(partner.vat, "FR22990234171")
        self.assertEqual(partner.efacture_vies_state, "valid")
        self.assertEqual(partner.efacture_customer_type, "company")
        self.assertEqual(partner.efacture_reachability, "yes")
        self.assertEqual(partner.invoice_sending_method, "efacture")
        self.assertTrue(partner.customer_rank and partner.efacture_number)
        self.assertIn("Approved platform", action["params"]["message"])

    def test_a_supplier_from_the_list_of_suppliers(self):
        lookup = self._search("Imprimerie Tirelune", efacture_role="supplier")
        partner = self.env["res.partner"].browse(
            lookup.line_ids[:1].action_use()["params"]["next"]["res_id"]
        )
        self.assertTrue(partner.supplier_rank)
        self.assertFalse(partner.customer_rank)
        self.assertTrue(partner.efacture_number.startswith("FOUR-"))

    def test_types_come_from_the_register(self):
        for siren, kind, public in (
            ("996785044", "sole_trader", False),
            ("219986114", "company", True),
        ):
            with self.subTest(siren):
                action = self._search(siren).line_ids.action_use()
                partner = self.env["res.partner"].browse(action["params"]["next"]["res_id"])
                self.assertEqual(partner.efacture_customer_type, kind)
                self.assertEqual(partner.efacture_public_body, public)
                if public:
                    self.assertFalse(partner.vat, "the computed number proves nothing")

    def test_a_number_vies_does_not_know_is_left_out(self):
        action = self._search("995674934").line_ids.action_use()
        partner = self.env["res.partner"].browse(action["params"]["next"]["res_id"])
        self.assertFalse(partner.vat)
        self.assertIn("VIES knows no VAT number", action["params"]["message"])

    def test_one_that_is_already_ours_is_opened_instead(self):
        known = self.make_partner()
        line = self._search("990234171").line_ids
        self.assertEqual(line.known_partner_id, known)
        self.assertEqual(line.action_open_known()["res_id"], known.id)

    def test_a_name_gives_a_choice(self):
        lookup = self._search("boulangerie aux bles")
        self.assertEqual(len(lookup.line_ids), 12)
        self.assertEqual(len(self._search("Dupré frères").line_ids), 2)

    def test_an_existing_form_is_completed_never_overwritten(self):
        partner = self.make_partner("Nivelle", "990234171", street="Zone nord", city="Lyon")
        partner.with_user(self.accountant).action_efacture_find_company()
        self.assertEqual((partner.name, partner.city, partner.zip), ("Nivelle", "Lyon", False))
        self.assertEqual(partner.efacture_siret, "99023417100017")
        self.assertEqual(partner.vat, "FR22990234171")

    def test_unavailable_never_reads_as_does_not_exist(self):
        self.break_sandbox("register", "unavailable")
        lookup = self._search("990234171")
        self.assertFalse(lookup.line_ids)
        self.assertIn("could not be asked", lookup.message)
        self.assertNotIn("has no company", lookup.message)
        with self.assertRaises(UserError) as caught:
            self.make_partner(siret="990234171").action_efacture_find_company()
        self.assertIn("could not be asked", str(caught.exception))

    def test_absent_is_said_with_care(self):
        lookup = self._search("993472778")
        self.assertIn("asked not to be published", lookup.message)

    def test_a_closed_company_is_told(self):
        action = self._search("998907265").line_ids.action_use()
        self.assertIn("closed", action["params"]["message"])

    def test_too_short_a_question_is_not_asked(self):
        lookup = self.env["efacture.company.lookup"].create({"query": "ab"})
        with self.assertRaises(UserError):
            lookup.action_search()

    def test_vies_says_valid_with_its_proof(self):
        self.env.company.partner_id.vat = "FR43999120348"
        belgian = self._foreign("be", "BE0999000030")
        action = belgian.with_user(self.accountant).action_efacture_vies()
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("MEULENHOF", action["params"]["message"])
        self.assertEqual(belgian.efacture_vies_state, "valid")
        self.assertTrue(belgian.efacture_vies_date)
        self.assertTrue(belgian.efacture_vies_request)

    def test_vies_says_not_valid(self):
        partner = self._foreign("be", "BE0477472701")
        partner.action_efacture_vies()
        self.assertEqual(partner.efacture_vies_state, "invalid")

    def test_vies_down_is_no_answer_and_keeps_the_earlier_one(self):
        partner = self._foreign("be", "BE0999000030")
        self.break_sandbox("vies", "MS_UNAVAILABLE")
        action = partner.action_efacture_vies()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual(partner.efacture_vies_state, "unavailable")
        self.sandbox_set("vies", "faults", [])
        partner.action_efacture_vies()
        self.assertEqual(partner.efacture_vies_state, "valid")
        self.break_sandbox("vies", "SERVICE_UNAVAILABLE")
        action = partner.action_efacture_vies()
        self.assertEqual(partner.efacture_vies_state, "valid")
        self.assertIn("It was valid on", action["params"]["message"])

    def test_another_vat_number_has_not_been_checked(self):
        partner = self._foreign("be", "BE0999000030")
        partner.action_efacture_vies()
        partner.vat = "BE0477472701"
        self.assertFalse(partner.efacture_vies_state)
        self.assertFalse(partner.efacture_vies_request)

    def _foreign(self, country, vat):
        return self.env["res.partner"].create(
            {
                "name": "Brasserie",
                "is_company": True,
                "country_id": self.env.ref(f"base.{country}").id,
                "vat": vat,
            }
        )
