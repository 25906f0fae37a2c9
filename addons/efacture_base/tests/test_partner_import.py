import base64
import io
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from openpyxl import load_workbook

from .. import partner_sheet
from ..wizard import efacture_partner_import
from .common import PartnerCase

HEADERS = [column.header for column in partner_sheet.COLUMNS]


def make_file(*rows):
    """An Excel file from dicts by column key."""
    keys = [column.key for column in partner_sheet.COLUMNS]
    lines = [([row.get(key, "") for key in keys], "") for row in rows]
    return base64.b64encode(partner_sheet.write_errors("xlsx", HEADERS, lines))


NIVELLE = {"name": "Atelier Nivelle", "siret": "990 234 171 00017", "vat": "FR22990234171"}


@tagged("post_install", "-at_install")
class TestPartnerImport(PartnerCase):
    """Many customers from a table."""

    def _read(self, content, **values):
        wizard = (
            self.env["efacture.partner.import"]
            .with_user(self.accountant)
            .create({"file": content, "filename": "clients.xlsx", **values})
        )
        wizard.action_read()
        return wizard

    def test_ten_customers_three_of_them_wrong(self):
        good = [
            {
                **NIVELLE,
                "iban": "FR7699998000011000791913101",
                "email": "compta@atelier-nivelle.example",
                "method": "Plateforme",
                "copies": "2",
            },
            {"name": "Groupe Halvea", "siret": "99178052900152", "routing": "LOG-02"},
            {"name": "Librairie", "siret": "992341602"},
            {
                "name": "Hôtel",
                "siret": "99345271300015",
                "email": "a@belle-escale.example",
                "method": "E-mail",
            },
            {"name": "Brasserie", "vat": "BE0999000030"},
            {"name": "Fontaine", "first_name": "Camille", "email": "camille@example.com"},
            {"name": "Rocagne", "siret": "99456382300016", "method": "papier"},
        ]
        wrong = [
            {"name": "Faux SIRET", "siret": "99456382300017"},
            {"name": "Faute d'IBAN", "iban": "FR7699998000011000791913102"},
            {"name": "", "siret": "99567493400014"},
        ]
        wizard = self._read(make_file(*good[:4], wrong[0], *good[4:], *wrong[1:]))
        self.assertEqual((wizard.create_count, wizard.update_count, wizard.error_count), (7, 0, 3))
        self.assertFalse(
            self.env["res.partner"].search([("name", "=", "Atelier Nivelle")]),
            "a preview writes nothing",
        )
        wizard.action_import()
        self.assertEqual((wizard.done_count, wizard.error_count), (7, 3))
        nivelle = self.env["res.partner"].search([("efacture_siret", "=", "99023417100017")])
        self.assertEqual(nivelle.invoice_sending_method, "efacture")
        self.assertEqual(nivelle.efacture_copies, 2)
        self.assertEqual(nivelle.efacture_iban.replace(" ", ""), "FR7699998000011000791913101")
        self.assertTrue(nivelle.customer_rank and nivelle.efacture_number)
        halvea = self.env["res.partner"].search([("efacture_siren", "=", "991780529")])
        self.assertEqual(halvea.efacture_address_id.address, "991780529_99178052900152_LOG-02")
        camille = self.env["res.partner"].search([("name", "=", "Camille Fontaine")])
        self.assertEqual(camille.efacture_customer_type, "individual")
        brewery = self.env["res.partner"].search([("vat", "=", "BE0999000030")])
        self.assertEqual(brewery.country_id.code, "BE")
        return wizard

    def test_the_wrong_rows_come_back_and_importing_them_again_changes_only_those(self):
        wizard = self.test_ten_customers_three_of_them_wrong()
        content = base64.b64decode(wizard.error_file)
        sheet = load_workbook(io.BytesIO(content)).active
        lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
        self.assertEqual(lines[0], [*HEADERS, "Erreur"])
        self.assertEqual(len(lines), 4)
        self.assertIn("last digit", lines[1][-1])
        self.assertIn("IBAN", lines[2][-1])
        self.assertIn("name is missing", lines[3][-1])
        sheet["D2"] = "99456382300016"
        sheet["F3"] = ""
        out = io.BytesIO()
        sheet.parent.save(out)
        self.env.flush_all()
        before = {p.id: p.write_date for p in self.env["res.partner"].search([])}
        again = self._read(base64.b64encode(out.getvalue()), filename=wizard.error_filename)
        self.assertEqual((again.create_count, again.update_count, again.error_count), (1, 1, 1))
        again.action_import()
        self.env.flush_all()
        self.assertEqual(again.error_filename, "clients - à corriger.xlsx")
        rocagne = self.env["res.partner"].search([("efacture_siren", "=", "994563823")])
        self.assertEqual(len(rocagne), 1)
        self.assertEqual(rocagne.name, "Faux SIRET")
        self.assertEqual(len(self.env["res.partner"].search([])), len(before) + 1)

    def test_a_known_siren_is_updated_not_doubled(self):
        known = self.make_partner("Ancien nom", email="old@example.com")
        number = known.efacture_number
        wizard = self._read(make_file({**NIVELLE, "email": "new@example.com"}))
        self.assertEqual(wizard.line_ids.partner_id, known)
        wizard.action_import()
        self.assertEqual((known.name, known.email), ("Atelier Nivelle", "new@example.com"))
        self.assertEqual(known.efacture_number, number)
        establishment = self._read(make_file({"name": "Nivelle dépôt", "siret": "99023417100025"}))
        if establishment.update_count:
            establishment.action_import()
            self.assertEqual(known.efacture_siret, "99023417100017")

    def test_two_rows_of_one_new_company_make_one_customer(self):
        wizard = self._read(
            make_file(
                {"name": "Halvea", "siret": "99178052900012"},
                {"name": "Halvea", "siret": "99178052900152", "routing": "LOG-01"},
            )
        )
        wizard.action_import()
        halvea = self.env["res.partner"].search([("efacture_siren", "=", "991780529")])
        self.assertEqual(len(halvea), 1)
        self.assertEqual(halvea.efacture_address_ids.address, "991780529_99178052900152_LOG-01")

    def test_a_long_import_goes_step_by_step(self):
        wizard = self._read(
            make_file(
                {"name": "Halvea", "siret": "99178052900012"},
                {"name": "Librairie", "siret": "992341602"},
                {"name": "Halvea", "siret": "99178052900152", "routing": "LOG-01"},
            )
        )
        with patch.object(efacture_partner_import, "STEP_SECONDS", -1):
            first = wizard.action_import()
            self.assertEqual(first["tag"], "efacture_base.import_step")
            self.assertEqual((first["params"]["done"], first["params"]["total"]), (1, 3))
            self.assertEqual(wizard.state, "preview")
            wizard.action_import()
            last = wizard.action_import()
        self.assertEqual(last["res_model"], "efacture.partner.import")
        self.assertEqual((wizard.state, wizard.done_count), ("done", 3))
        self.assertEqual(
            self.env["res.partner"].search_count([("efacture_siren", "=", "991780529")]), 1
        )

    def test_a_row_the_database_refuses_leaves_the_others_alone(self):
        self.make_partner("Déjà là", "99234160200017", efacture_number="CLI-77")
        wizard = self._read(
            make_file(
                {"name": "Pris", "siret": "99345271300015", "number": "CLI-77"},
                {"name": "Sans courriel", "siret": "99456382300016", "method": "E-mail"},
                NIVELLE,
            )
        )
        wizard.action_import()
        self.assertEqual((wizard.done_count, wizard.error_count), (1, 2))
        messages = wizard.line_ids.filtered(lambda r: r.state == "error").mapped("message")
        self.assertIn("already that of Déjà là", messages[0])
        self.assertIn("No e-mail", messages[1])
        self.assertFalse(
            self.env["res.partner"].search([("name", "in", ["Pris", "Sans courriel"])])
        )

    def test_each_mistake_is_named(self):
        for row, words in (
            ({"name": "x", "siret": "9,90234E+13"}, "format to Text"),
            ({"name": "x", "siret": "12345"}, "digits"),
            ({**NIVELLE, "vat": "FR71991780529"}, "VAT group"),
            ({"name": "x", "vat": "12"}, "country code"),
            ({"name": "x", "email": "nowhere"}, "not an e-mail"),
            ({"name": "x", "method": "pigeon"}, "Choose one of"),
            ({"name": "x", "siret": "990234171", "routing": "A1"}, "needs the SIRET"),
            ({**NIVELLE, "routing": "service achats"}, "space"),
            ({"name": "x", "copies": "zéro"}, "from 1 to"),
        ):
            with self.subTest(words):
                wizard = self._read(make_file(row))
                self.assertEqual(wizard.line_ids.state, "error")
                self.assertIn(words, wizard.line_ids.message)

    def test_a_file_that_is_no_table_is_refused_with_what_to_do(self):
        for content, words in (
            (b"%PDF-1.4", "PDF"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"),
        ):
            with self.assertRaises(UserError) as caught:
                self._read(base64.b64encode(content))
            self.assertIn(words, str(caught.exception))

    def test_matching_costs_the_same_whatever_the_number_of_rows(self):
        def queries(count):
            wizard = self.env["efacture.partner.import"].create({})
            rows = [
                {"name": f"n{i}", "company_registry": f"{900000000 + i}", "email": f"n{i}@x.fr"}
                for i in range(count)
            ]
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            wizard._match(rows)
            return self.cr.sql_log_count - start

        queries(1)
        self.assertEqual(queries(5), queries(300))

    def test_rows_of_an_import_are_seen_by_nobody_else(self):
        wizard = self._read(make_file(NIVELLE))
        other = self.make_user("colleague", "efacture_base.efacture_base_group_accountant")
        lines = self.env["efacture.partner.import.line"].with_user(other)
        self.assertFalse(lines.search([("import_id", "=", wizard.id)]))


@tagged("post_install", "-at_install")
class TestPartnerTemplate(HttpCase):
    def test_the_template_is_for_accountants(self):
        for login, groups, status in (
            ("tpl_accountant", "efacture_base.efacture_base_group_accountant", 200),
            ("tpl_employee", "base.group_user", 404),
        ):
            self.env["res.users"].create(
                {
                    "name": login,
                    "login": login,
                    "password": login,
                    "group_ids": [
                        (6, 0, [self.env.ref("base.group_user").id, self.env.ref(groups).id])
                    ],
                }
            )
            self.authenticate(login, login)
            answer = self.url_open("/efacture/partner_template.xlsx")
            self.assertEqual(answer.status_code, status)
        self.assertEqual(status, 404)
