from odoo.tests import Form, tagged

from .test_semantic_checks import SemanticCase


@tagged("post_install", "-at_install")
class TestStoryDraft(SemanticCase):
    """What went wrong once when a person typed an invoice, checked it and looked at it."""

    def test_story_goods_and_services_typed_in_one_form_are_mixed(self):
        products = self.env["product.product"].create(
            [{"name": "Table", "type": "consu"}, {"name": "Conseil", "type": "service"}]
        )
        with Form(self.env["account.move"].with_context(default_move_type="out_invoice")) as form:
            form.partner_id = self.make.customer
            for product in products:
                with form.invoice_line_ids.new() as line:
                    line.product_id = product
                    line.price_unit = 10
        self.assertEqual(form.record.efacture_process, "M1")
        self.assertFalse(form.record.efacture_process_choice)

    def test_story_reading_the_sections_of_a_checked_draft_keeps_its_verdict(self):
        move = self.make.draft()
        move.efacture_check()
        self.assertEqual(move.efacture_verdict, "valid")
        move.invalidate_recordset()
        self.env.flush_all()
        # as the invoice report does: Odoo assigns this field on every line, tax lines too
        self.assertFalse(move.invoice_line_ids.parent_id)
        self.assertEqual(move.efacture_verdict, "valid")
