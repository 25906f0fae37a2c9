"""What keeps the screens quick among hundreds of thousands of invoices (measured by `bin/bench volume`)."""

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..models.efacture_exchange_errors import ERRORS, ORPHANS

EMAILS = [
    ("channel", "=", "email"),
    ("is_dismissed", "=", False),
    "|",
    ("bounce_at", "!=", False),
    ("state", "=", "unknown"),
]


@tagged("post_install", "-at_install")
class TestVolume(TransactionCase):
    def _plan(self, model, domain, order=None):
        """How the database would answer if a look through the whole table were forbidden."""
        query = self.env[model].sudo()._search(domain, order=order)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(SQL("EXPLAIN %s", query.select()))
        return "\n".join(row[0] for row in self.env.cr.fetchall())

    def test_what_is_rare_has_an_index_that_odoo_s_questions_can_use(self):
        """`IS TRUE`, as Odoo asks for a box that is ticked, is not found by an index on the column alone."""
        mine = [("company_id", "=", self.env.company.id)]
        for name, model, domain in (
            ("trouble_index", "efacture.exchange", ERRORS),
            ("orphan_index", "efacture.exchange", ORPHANS),
            ("doubtful_mail_index", "efacture.exchange", EMAILS),
            ("apply_index", "efacture.exchange", [("apply_pending", "=", True)]),
            ("collected_index", "account.move", [("efacture_collected_pending", "=", True)]),
        ):
            with self.subTest(name):
                company = [] if name in ("apply_index", "collected_index") else mine
                self.assertIn(name, self._plan(model, [*company, *domain]))

    def test_the_newest_documents_need_no_sorting(self):
        plan = self._plan(
            "efacture.document",
            [("company_id", "=", self.env.company.id)],
            order="received_at DESC, id DESC",
        )
        self.assertIn("list_index", plan)
        self.assertNotIn("Sort", plan)

    def test_files_of_an_invoice_are_found_without_reading_all_attachments(self):
        """Odoo looks through every attachment of the database for a relation that does not say so."""
        relations = {
            f"{model._name}.{name}": field
            for model in self.env.values()
            for name, field in model._fields.items()
            if field.type == "many2many"
            and field.comodel_name == "ir.attachment"
            and field.store
            and "efacture_base" in (field._modules or ())
        }
        self.assertIn("account.move.efacture_attachment_ids", relations)
        self.assertFalse(
            [name for name, field in relations.items() if not field.bypass_search_access]
        )

    def test_a_file_that_one_may_not_read_is_still_not_shown(self):
        """The relation is joined first; what is found is filtered by each file's own rights."""
        move = self.env["account.move"].create({"move_type": "entry"})
        hidden = self.env["ir.attachment"].create(
            {"name": "secret.txt", "raw": b"x", "res_model": "ir.config_parameter", "res_id": 1}
        )
        shown = self.env["ir.attachment"].create(
            {"name": "plan.txt", "raw": b"x", "res_model": "account.move", "res_id": move.id}
        )
        move.efacture_attachment_ids = hidden | shown
        accountant = self.env["res.users"].create(
            {
                "name": "Claire",
                "login": "claire.volume",
                "group_ids": [(4, self.env.ref("efacture_base.efacture_base_group_accountant").id)],
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(move.with_user(accountant).efacture_attachment_ids, shown)
