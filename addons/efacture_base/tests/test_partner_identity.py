from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import PartnerCase


@tagged("post_install", "-at_install")
class TestPartnerIdentity(PartnerCase):
    """Who the partner is."""

    def test_a_siret_gives_its_siren(self):
        partner = self.make_partner()
        self.assertEqual(partner.efacture_siren, "990234171")
        self.assertEqual(partner.efacture_siret, "99023417100017")

    def test_a_siren_typed_alone_is_kept_in_the_native_number(self):
        partner = self.make_partner(siret=False)
        partner.efacture_siren = "990 234 171"
        self.assertEqual(partner.company_registry, "990234171")
        self.assertFalse(partner.efacture_siret)
        partner.efacture_siret = "990 234 171 00017"
        self.assertEqual(partner.company_registry, "99023417100017")

    def test_a_typing_error_is_told_with_what_is_wrong(self):
        with self.assertRaises(ValidationError) as caught:
            self.make_partner(siret="99023417100018")
        self.assertIn("last digit", str(caught.exception))
        partner = self.make_partner()
        with self.assertRaises(ValidationError):
            partner.efacture_siren = "990234172"
        with self.assertRaises(ValidationError):
            partner.efacture_siret = "1234"

    def test_a_vat_number_of_another_company_is_refused_unless_it_is_a_group_s(self):
        with self.assertRaises(ValidationError) as caught:
            self.make_partner(vat="FR71991780529")
        self.assertIn("VAT group", str(caught.exception))
        partner = self.make_partner(vat="FR71991780529", efacture_vat_group=True)
        self.assertTrue(partner.efacture_vat_group)
        self.assertEqual(self.make_partner(vat="FR22990234171").vat, "FR22990234171")

    def test_foreign_companies_are_left_alone(self):
        belgian = self.env["res.partner"].create(
            {
                "name": "Brasserie",
                "is_company": True,
                "country_id": self.env.ref("base.be").id,
                "company_registry": "0999000030",
            }
        )
        self.assertFalse(belgian.efacture_siren)
        self.assertEqual(belgian.efacture_customer_type, "company")

    def test_the_type_follows_the_form_and_a_person_with_a_siren_is_asked_about(self):
        form = Form(self.env["res.partner"])
        form.name = "Léonie Castagne"
        form.company_type = "person"
        person = form.save()
        self.assertEqual(person.efacture_customer_type, "individual")
        self.assertFalse(person.efacture_ask_sole_trader)
        person.write({"country_id": self.france.id, "company_registry": "996785044"})
        self.assertTrue(person.efacture_ask_sole_trader)
        person.action_efacture_sole_trader()
        self.assertEqual(person.efacture_customer_type, "sole_trader")
        self.assertFalse(person.efacture_ask_sole_trader)
        person.company_type = "company"
        self.assertEqual(person.efacture_customer_type, "sole_trader")

    def test_the_iban_of_the_list_is_the_first_account(self):
        partner = self.make_partner()
        bank = self.env["res.partner.bank"].create(
            {"partner_id": partner.id, "acc_number": "FR7699998000011000791913101"}
        )
        self.assertEqual(partner.efacture_iban, bank.acc_number)
        found = self.env["res.partner"].search(
            [("efacture_identifier", "ilike", "FR76 9999 8000 011")]
        )
        self.assertEqual(found, partner)
        self.assertIn(
            partner,
            self.env["res.partner"].search([("efacture_identifier", "ilike", "990 234 171")]),
        )
        bank.unlink()
        self.assertFalse(partner.efacture_iban)

    def test_new_customers_and_suppliers_are_numbered_and_the_number_can_be_changed(self):
        customer = self.make_partner()
        supplier = self.make_partner("Tirelune", "99568491700017", customer_rank=0, supplier_rank=1)
        self.assertRegex(customer.efacture_number, r"^CLI-\d{5}$")
        self.assertRegex(supplier.efacture_number, r"^FOUR-\d{5}$")
        customer.efacture_number = "DUPONT"
        with self.assertRaises(ValidationError) as caught:
            supplier.efacture_number = "DUPONT"
        self.assertIn("Atelier Nivelle", str(caught.exception))
        self.env.company.efacture_number_partners = False
        other = self.make_partner("Halvea", "99178052900012")
        self.assertFalse(other.efacture_number)
        other.action_efacture_number()
        self.assertRegex(other.efacture_number, r"^CLI-\d{5}$")

    def test_a_number_somebody_typed_is_jumped_over(self):
        number = self.make_partner().efacture_number
        following = f"CLI-{int(number.removeprefix('CLI-')) + 1:05d}"
        self.make_partner("Halvea", "99178052900012", efacture_number=following)
        third = self.make_partner("Librairie", "99234160200017")
        self.assertGreater(third.efacture_number, following)

    def test_merging_partners_keeps_a_number_and_each_address_once(self):
        kept = self.make_partner(efacture_number=False)
        gone = self.make_partner("Nivelle (double)", efacture_number="CLI-X1")
        for partner in (kept, gone):
            self.env["efacture.address"].create({"partner_id": partner.id, "address": "990234171"})
        self.env["efacture.address"].create(
            {"partner_id": gone.id, "address": "990234171_99023417100017"}
        )
        self.env["base.partner.merge.automatic.wizard"]._merge((kept | gone).ids, kept)
        self.assertFalse(gone.exists())
        self.assertEqual(kept.efacture_number, "CLI-X1")
        self.assertEqual(
            sorted(kept.efacture_address_ids.mapped("address")),
            ["990234171", "990234171_99023417100017"],
        )

    def test_an_address_is_taken_apart_and_checked(self):
        partner = self.make_partner("Groupe Halvea", "99178052900012")
        line = self.env["efacture.address"].create(
            {"partner_id": partner.id, "address": " 991780529_99178052900152_LOG-01 "}
        )
        self.assertEqual(
            (line.siren, line.siret, line.routing_identifier, line.suffix),
            ("991780529", "99178052900152", "LOG-01", False),
        )
        suffix = self.env["efacture.address"].create(
            {"partner_id": partner.id, "address": "991780529_COMPTA"}
        )
        self.assertEqual((suffix.siret, suffix.suffix), (False, "COMPTA"))
        for wrong in ("Halvea", "990234171", "991780529_à côté"):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.env["efacture.address"].create({"partner_id": partner.id, "address": wrong})

    def test_the_contact_of_a_company_uses_its_company_s_address_unless_it_has_its_own(self):
        partner = self.make_partner("Groupe Halvea", "99178052900012")
        whole, depot = self.env["efacture.address"].create(
            [
                {"partner_id": partner.id, "address": "991780529"},
                {"partner_id": partner.id, "address": "991780529_99178052900152"},
            ]
        )
        partner.efacture_address_id = whole
        contact = self.env["res.partner"].create({"name": "Quai 1", "parent_id": partner.id})
        self.assertEqual(contact._efacture_get_address(), whole)
        contact.efacture_address_id = depot
        self.assertEqual(contact._efacture_get_address(), depot)
