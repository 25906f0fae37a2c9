from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from .scenarios import Builder


@tagged("post_install", "-at_install")
class TestSemanticFirst(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make = Builder(cls.env)

    def test_semantic_an_ordinary_invoice_is_valid_in_both_syntaxes(self):
        move = self.make.post([self.make.line(100, "20", 2), self.make.line(50, "20S")])
        invoice = move._efacture_prepare_invoice()
        self.assertEqual(invoice["BT-3"], "380")
        self.assertEqual(invoice["BT-23"], "M1")
        self.assertEqual(invoice["BT-112"], Decimal("300.00"))
        for syntax in ("cii", "ubl"):
            content, verdict = move._efacture_generate_xml(syntax)
            self.assertTrue(content)
            self.assertEqual(
                [(f.rule, f.term, f.message) for f in verdict.findings], [], f"{syntax}: {content.decode()}"
            )
            self.assertEqual(verdict.verdict, "valid")
