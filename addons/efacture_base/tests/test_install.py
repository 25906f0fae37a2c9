from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestInstall(TransactionCase):
    def test_the_roles_exist_and_a_manager_is_an_accountant(self):
        manager = self.env.ref("efacture_base.efacture_base_group_manager")
        accountant = self.env.ref("efacture_base.efacture_base_group_accountant")
        self.assertIn(accountant, manager.all_implied_ids)
