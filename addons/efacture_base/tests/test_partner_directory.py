import logging
from datetime import timedelta

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged

from ..models.res_partner_directory import AT_ONCE
from .common import PartnerCase

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestPartnerDirectory(PartnerCase):
    """Can they receive? What the directory says, kept with its date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account()

    def test_a_customer_on_the_network(self):
        partner = self.make_partner()
        self.assertEqual(partner.efacture_reachability, "unknown")
        action = partner.with_user(self.accountant).action_efacture_lookup()
        self.assertEqual(action["params"]["type"], "success")
        self.assertEqual(partner.efacture_reachability, "yes")
        self.assertTrue(partner.efacture_reachability_date)
        line = partner.efacture_address_ids
        self.assertEqual((line.address, line.state), ("990234171", "enabled"))
        self.assertTrue(line.can_receive and line.checked_date)
        self.assertEqual(partner.efacture_address_id, line)

    def test_each_look_of_the_symbol(self):
        for name, siret, state in (
            ("upcoming", "99345271300015", "no"),
            ("no platform yet", "99456382300016", "no"),
            ("absent", "99567493400014", "no"),
            ("sole trader", "99678504400010", "yes"),
            ("the State's portal", "99013946100015", "no"),
        ):
            with self.subTest(name):
                siren = siret[:9]
                partner = self.make_partner(name, siren)
                partner.action_efacture_lookup()
                self.assertEqual(partner.efacture_reachability, state)

    def test_a_public_body_is_told_to_be_reached_through_the_state_s_portal(self):
        town = self.make_partner("Commune", "219986114")
        town.action_efacture_lookup()
        self.assertTrue(town.efacture_public_body)
        self.assertIn("Chorus Pro", town.efacture_reachability_platform)
        self.assertEqual(len(town.efacture_address_ids), 4)

    def test_many_lines_come_page_after_page(self):
        partner = self.make_partner("Distribution Mareva", "999018377")
        partner.action_efacture_lookup()
        self.assertEqual(len(partner.efacture_address_ids), 71)
        self.assertEqual(partner.efacture_address_id.address, "999018377")

    def test_a_choice_is_kept_and_a_line_that_left_is_marked(self):
        partner = self.make_partner("Groupe Halvea", "99178052900012")
        partner.action_efacture_lookup()
        depot = partner.efacture_address_ids.filtered(lambda a: a.routing_identifier == "LOG-02")
        self.assertEqual(depot.label, "Logistique, quai 2")
        partner.efacture_address_id = depot
        old = self.env["efacture.address"].create(
            {
                "partner_id": partner.id,
                "address": "991780529_PARTI",
                "state": "enabled",
                "checked_date": fields.Datetime.now(),
            }
        )
        by_hand = self.env["efacture.address"].create(
            {"partner_id": partner.id, "address": "991780529_BIENTOT"}
        )
        before = len(partner.efacture_address_ids)
        partner.action_efacture_lookup()
        self.assertEqual(partner.efacture_address_id, depot)
        self.assertEqual(old.state, "disabled")
        self.assertEqual(by_hand.state, "unknown")
        self.assertEqual(len(partner.efacture_address_ids), before)

    def test_an_outage_never_reads_as_cannot_receive(self):
        partner = self.make_partner()
        self.break_sandbox("pa", "unavailable")
        action = partner.action_efacture_lookup()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertEqual(partner.efacture_reachability, "unknown")
        self.assertFalse(partner.efacture_reachability_date)
        self.assertIn("could not be asked", partner.efacture_lookup_message)

    def test_an_outage_keeps_the_earlier_answer_and_its_date(self):
        partner = self.make_partner()
        partner.action_efacture_lookup()
        date = partner.efacture_reachability_date
        self.break_sandbox("pa", "html")
        partner.action_efacture_lookup()
        self.assertEqual(partner.efacture_reachability, "yes")
        self.assertEqual(partner.efacture_reachability_date, date)
        self.assertTrue(partner.efacture_address_id.can_receive)

    def test_another_siren_is_another_company(self):
        partner = self.make_partner()
        partner.action_efacture_lookup()
        partner.company_registry = "99178052900012"
        self.assertEqual(partner.efacture_reachability, "unknown")
        self.assertFalse(partner.efacture_address_ids)

    def test_without_siren_or_account_one_is_told_what_to_do(self):
        with self.assertRaises(UserError) as caught:
            self.make_partner(siret=False).action_efacture_lookup()
        self.assertIn("SIREN", str(caught.exception))
        self.account.action_suspend()
        with self.assertRaises(RedirectWarning):
            self.make_partner().action_efacture_lookup()

    def test_a_selection_asks_once_a_company_and_costs_few_queries(self):
        partners = self.make_partner()
        for number, siret in enumerate(("99178052900012", "99234160200017", "99456382300016"), 1):
            partners |= self.make_partner(f"Client {number}", siret)
        twin = self.make_partner("Nivelle, agence")
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        (partners | twin).action_efacture_lookup()
        self.env.flush_all()
        queries = self.cr.sql_log_count - start
        _logger.info("EFACTURE-COUNT look-up of 5 partners: %s queries", queries)
        self.assertEqual(twin.efacture_reachability, "yes")
        self.assertLessEqual(queries, 45)

    def _crowd(self, count):
        partners = self.env["res.partner"]
        vals = []
        for number in range(count):
            base = f"98{number:06d}"
            digits = [int(d) for d in base]
            total = sum(
                d if i % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(digits)
            )
            vals.append(
                {
                    "name": f"Client {number:03d}",
                    "is_company": True,
                    "country_id": self.france.id,
                    "company_registry": f"{base}{(10 - total % 10) % 10}",
                    "customer_rank": 1,
                }
            )
        return partners.create(vals)

    def test_a_large_selection_is_asked_for_in_the_background(self):
        crowd = self._crowd(AT_ONCE + 1)
        action = crowd.action_efacture_lookup()
        self.assertIn("background", action["params"]["message"])
        self.assertTrue(all(crowd.mapped("efacture_lookup_wanted")))
        cron = self.env.ref("efacture_base.efacture_cron_directory")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))

    def _stale(self):
        """Only the partners of the test are stale."""
        self.env["res.partner"].search([("efacture_siren", "!=", False)]).write(
            {"efacture_reachability_date": fields.Datetime.now(), "efacture_lookup_wanted": False}
        )

    def test_the_weekly_job_refreshes_what_is_old_and_leaves_the_rest(self):
        self._stale()
        never = self.make_partner()
        old = self.make_partner("Halvea", "99178052900012")
        old.efacture_reachability_date = fields.Datetime.now() - timedelta(days=8)
        fresh = self.make_partner("Librairie", "99234160200017")
        fresh.efacture_reachability_date = yesterday = fields.Datetime.now() - timedelta(days=1)
        contact_only = self.make_partner("Prospect", "99456382300016", customer_rank=0)
        with self.enter_registry_test_mode():
            self.env.ref("efacture_base.efacture_cron_directory").method_direct_trigger()
        self.assertEqual(never.efacture_reachability, "yes")
        self.assertEqual(old.efacture_reachability, "yes")
        self.assertEqual(fresh.efacture_reachability_date, yesterday)
        self.assertEqual(contact_only.efacture_reachability, "unknown")

    def test_rows_another_worker_has_just_taken_are_left_to_it(self):
        self._stale()
        partner = self.make_partner()
        partner.efacture_lookup_attempt = fields.Datetime.now()
        with self.enter_registry_test_mode():
            self.env.ref("efacture_base.efacture_cron_directory").method_direct_trigger()
        self.assertEqual(partner.efacture_reachability, "unknown")

    def test_the_job_stops_when_nobody_answers_and_comes_back(self):
        self._stale()
        partner = self.make_partner()
        self.break_sandbox("pa", "refuse")
        with self.enter_registry_test_mode():
            self.env.ref("efacture_base.efacture_cron_directory").method_direct_trigger()
        self.assertEqual(partner.efacture_reachability, "unknown")
        self.assertIn("could not be asked", partner.efacture_lookup_message)
        cron = self.env.ref("efacture_base.efacture_cron_directory")
        later = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(later.filtered(lambda t: t.call_at > fields.Datetime.now()))

    def test_a_list_of_80_reads_the_cache_only(self):
        self._crowd(80)
        self.env.flush_all()
        view = self.env.ref("efacture_base.res_partner_view_list")
        names = self.env["res.partner"].get_views([(view.id, "list")])["models"]["res.partner"][
            "fields"
        ]
        specification = {
            name: {}
            for name in [
                "efacture_number",
                "complete_name",
                "efacture_siren",
                "efacture_iban",
                "email",
                "efacture_reachability",
                "efacture_reachability_date",
                "efacture_reachability_platform",
                "invoice_sending_method",
            ]
        }
        self.assertLessEqual(
            set(specification),
            set(names) | {"efacture_reachability_date", "efacture_reachability_platform"},
        )
        domain = [("customer_rank", ">", 0), ("name", "like", "Client ")]
        partners = self.env["res.partner"].with_user(self.accountant)

        def queries(limit):
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            found = partners.web_search_read(domain, specification, limit=limit, count_limit=10001)
            self.assertEqual(len(found["records"]), limit)
            return self.cr.sql_log_count - start

        queries(5)
        few, many = queries(5), queries(80)
        _logger.info("EFACTURE-COUNT list of 80 customers: %s queries", many)
        self.assertEqual(few, many)
        self.assertLessEqual(many, 6)

    def test_each_column_sorts(self):
        partners = self.env["res.partner"].with_user(self.accountant)
        for column in (
            "efacture_number",
            "complete_name",
            "efacture_siren",
            "efacture_iban",
            "email",
            "efacture_reachability",
        ):
            with self.subTest(column):
                partners.search([("customer_rank", ">", 0)], order=f"{column} desc", limit=1)
