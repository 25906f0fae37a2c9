import os
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger
from psycopg2 import IntegrityError

from .. import secret_box
from .common import PartnerCase


@tagged("post_install", "-at_install")
class TestPartnerAccount(PartnerCase):
    """As whom the company comes to its platform."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account()
        cls.manager = cls.make_user("partner_manager", "efacture_base.efacture_base_group_manager")

    def test_the_active_account_is_known_to_the_company_and_its_branches(self):
        company = self.env.company
        self.assertEqual(company._efacture_active_account(), self.account)
        branch = self.env["res.company"].create({"name": "Agence", "parent_id": company.id})
        self.assertEqual(branch._efacture_active_account(), self.account)
        stranger = self.env["res.company"].create({"name": "Étrangère"})
        self.assertFalse(stranger._efacture_active_account())
        self.account.action_suspend()
        self.assertFalse(company._efacture_active_account())
        self.account.action_activate()
        self.account.platform_id.active = False
        self.assertFalse(company._efacture_active_account())

    def test_asking_for_the_active_account_again_costs_nothing(self):
        self.env.company._efacture_active_account()
        with self.assertQueryCount(0):
            self.env.company._efacture_active_account()

    @mute_logger("odoo.sql_db")
    def test_one_active_account_of_a_kind(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.account.copy(
                {"state": "active", "client_id": "b", "client_secret": "bbbb"}
            ).flush_recordset()

    def test_the_secret_is_encrypted_and_read_by_nobody(self):
        self.env.flush_all()
        secret = self.sandbox["pa"]["client_secret"]
        self.cr.execute("SELECT * FROM efacture_account WHERE id = %s", [self.account.id])
        self.assertNotIn(secret, str(self.cr.fetchall()))
        self.assertFalse(self.account.client_secret)
        self.assertTrue(self.account.with_user(self.manager).has_client_secret)
        with self.assertRaises(AccessError):
            self.account.with_user(self.manager).read(["client_secret_encrypted"])
        self.assertNotIn(secret, str(self.account.sudo().read()))
        self.assertEqual(self.account._connector_settings()["client_secret"], secret)

    def test_a_manager_may_set_a_secret_and_still_not_read_it(self):
        account = self.account.with_user(self.manager)
        account.client_secret = "another-secret"
        self.assertEqual(self.account._connector_settings()["client_secret"], "another-secret")
        account.extra_headers = '{"X-Tenant": "42"}'
        self.assertEqual(self.account._connector_settings()["extra_headers"], {"X-Tenant": "42"})
        with self.assertRaises(UserError):
            account.extra_headers = '{"X-Tenant": "a\\r\\nHost: evil"}'

    def test_a_secret_does_not_follow_to_another_platform(self):
        other = self.account.platform_id.copy({"name": "Other"})
        self.account.action_suspend()
        self.account.with_user(self.manager).platform_id = other
        self.assertFalse(self.account.has_client_secret)

    def test_only_administrators_say_where_a_platform_is(self):
        with self.assertRaises(AccessError):
            self.account.platform_id.with_user(self.manager).token_url = "https://example.com/token"

    def test_an_account_without_credentials_cannot_be_active(self):
        with self.assertRaises(ValidationError):
            self.env["efacture.account"].create(
                {
                    "company_id": self.env["res.company"].create({"name": "Neuve"}).id,
                    "platform_id": self.account.platform_id.id,
                    "state": "active",
                }
            )

    def test_a_platform_s_address_is_public_or_the_sandbox(self):
        for wrong in ("http://example.com", "ftp://example.com", "https://user:pw@example.com"):
            with self.subTest(wrong), self.assertRaises(ValidationError):
                self.account.platform_id.flow_base_url = wrong

    def test_accounts_of_other_companies_are_not_seen(self):
        company = self.env["res.company"].create({"name": "Ailleurs"})
        stranger = self.make_user(
            "stranger", "efacture_base.efacture_base_group_manager", company=company
        )
        self.assertFalse(self.env["efacture.account"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.account.with_user(stranger).check_access("read")
        with self.assertRaises(AccessError):
            self.account.with_user(self.accountant).state = "suspended"

    def test_the_connection_test_says_what_happened(self):
        action = self.account.action_test_connection()
        self.assertEqual(action["params"]["type"], "success")
        self.assertTrue(self.account.last_check_ok)
        self.account.client_secret = "wrong-secret"
        action = self.account.action_test_connection()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("refuses these credentials", action["params"]["message"])
        self.assertNotIn("wrong-secret", self.account.last_check_report)

    def test_a_platform_that_is_down_is_said_to_be_down(self):
        self.break_sandbox("pa", "unavailable")
        action = self.account.action_test_connection()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("fault on its side", action["params"]["message"])

    def test_a_copy_of_the_database_forgets_secrets_and_platforms(self):
        self.env.flush_all()
        with file_open("efacture_base/data/neutralize.sql") as script:
            self.cr.execute(script.read())
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertFalse(self.account.client_secret_encrypted)
        self.assertEqual(self.account.state, "draft")
        self.assertEqual(self.account.platform_id.environment, "sandbox")
        self.assertFalse(self.account.platform_id.token_url)

    def test_keys_are_rotated_and_a_foreign_secret_is_explained(self):
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
        with patch.dict(os.environ, {"EFACTURE_SECRET_KEY": old}):
            token = secret_box.encrypt("hello")
        with patch.dict(os.environ, {"EFACTURE_SECRET_KEY": f"{new},{old}"}):
            self.assertEqual(secret_box.decrypt(token), "hello")
        with patch.dict(os.environ, {"EFACTURE_SECRET_KEY": new}):
            self.assertRaises(secret_box.SecretUnreadable, secret_box.decrypt, token)
            with self.assertRaises(UserError) as caught:
                self.account._connector()
        self.assertIn("Type it again", str(caught.exception))

    def test_the_key_file_is_made_once_and_is_private(self):
        folder = Path(self.enterContext(__import__("tempfile").TemporaryDirectory()))
        with (
            patch.dict(os.environ, {"EFACTURE_SECRET_KEY": "", "EFACTURE_SECRET_KEY_FILE": ""}),
            patch.dict(secret_box.config.options, {"data_dir": str(folder)}),
        ):
            token = secret_box.encrypt("hello")
            self.assertEqual(secret_box.decrypt(token), "hello")
        files = list(folder.iterdir())
        self.assertEqual([f.name for f in files], [secret_box.KEY_FILE])
        self.assertEqual(files[0].stat().st_mode & 0o777, 0o600)
