import base64
import hashlib
import hmac
import json
import time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..controllers import webhook as door
from .common import PartnerCase


@tagged("post_install", "-at_install")
class TestWebhook(PartnerCase, HttpCase):
    """The platform rings, and we go and look; a stranger rings, and nobody moves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account()
        cls.account.platform_id.api_version = "1.3"
        cls.manager = cls.make_user("webhook_manager", "efacture_base.efacture_base_group_manager")
        cls.cron = cls.env.ref("efacture_base.efacture_fetch_cron")

    def setUp(self):
        super().setUp()
        door.PACE = door.Pace()
        self.sandbox_set("pa", "settings", {"api_version": "1.3"})

    def subscribe(self, version="1.3"):
        """Subscribe; the address given to the platform and the key that signs."""
        self.account.platform_id.api_version = version
        self.sandbox_set("pa", "settings", {"api_version": version})
        told = []
        connector = self.account._connector()
        real = connector.create_webhook
        self.patch(
            type(connector), "create_webhook", lambda _self, url: told.append(url) or real(url)
        )
        self.account.with_user(self.manager).action_webhook_subscribe()
        key = self.account._decrypt(self.account.webhook_key_encrypted)
        return told[0].partition("/efacture/")[2], base64.b64decode(key)

    def ring(self, address, key, body=b'{"flowId": "made-up"}', stamp=None, **headers):
        stamp = stamp or int(time.time())
        fingerprint = hashlib.sha256(body + f"@{stamp}".encode()).digest()
        signature = base64.b64encode(hmac.new(key, fingerprint, hashlib.sha256).digest()).decode()
        answer = self.url_open(
            f"/efacture/{address}",
            data=body,
            headers={
                "Content-Type": "application/json",
                "Afnor-Signature": signature,
                "Afnor-Signature-Timestamp": str(stamp),
                **headers,
            },
        )
        self.assertEqual(
            (answer.status_code, answer.content), (204, b""), "the answer never teaches anything"
        )
        self.account.invalidate_recordset()

    def triggers(self):
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)])

    def test_a_signed_call_wakes_the_fetching_once(self):
        address, key = self.subscribe()
        before = self.triggers()
        self.ring(address, key)
        self.assertEqual(self.triggers(), before + 1)
        self.assertTrue(self.account.webhook_called_at)
        self.ring(address, key)
        self.ring(address, key)
        self.assertEqual(self.triggers(), before + 1, "a burst is one reason to look")

    def test_a_call_that_is_not_signed_by_the_platform_moves_nothing(self):
        address, key = self.subscribe()
        before = self.triggers()
        self.ring(address, b"another key")
        self.ring(address, key, stamp=int(time.time()) - 3600)
        self.ring(address, key, **{"Afnor-Signature": ""})
        self.ring("webhook/no-such-address", key)
        self.assertEqual(self.triggers(), before)
        self.assertFalse(self.account.webhook_called_at)

    def test_the_second_version_signs_the_body(self):
        address, key = self.subscribe("1.2")
        before = self.triggers()
        signature = base64.b64encode(hmac.new(key, b"{}", hashlib.sha256).digest()).decode()
        self.ring(address, b"any", b"{}", Signature=signature)
        self.assertEqual(self.triggers(), before + 1)

    def test_a_suspended_account_is_not_woken(self):
        address, key = self.subscribe()
        self.account.action_suspend()
        before = self.triggers()
        self.ring(address, key)
        self.assertEqual(self.triggers(), before)

    def test_too_many_calls_are_not_looked_at(self):
        address, key = self.subscribe()
        clock = [0.0]
        door.PACE = door.Pace(lambda: clock[0])
        for _call in range(door.CALLS):
            door.PACE.allows(hashlib.sha256(address.rpartition("/")[2].encode()).hexdigest())
        before = self.triggers()
        self.ring(address, key)
        self.assertEqual(self.triggers(), before)
        clock[0] += door.SECONDS
        self.ring(address, key)
        self.assertEqual(self.triggers(), before + 1)

    def test_made_up_addresses_fill_no_memory(self):
        pace = door.Pace(lambda: 0.0)
        allowed = sum(pace.allows(str(number)) for number in range(10_000))
        self.assertEqual((allowed, len(pace._counts)), (door.ALL_CALLS, door.ALL_CALLS))

    def test_neither_the_address_nor_the_key_can_be_read(self):
        address, key = self.subscribe()
        self.env.flush_all()
        self.cr.execute("SELECT * FROM efacture_account WHERE id = %s", [self.account.id])
        stored = str(self.cr.fetchall())
        self.assertNotIn(address.rpartition("/")[2], stored)
        self.assertNotIn(base64.b64encode(key).decode(), stored)
        for name in ("webhook_address_hash", "webhook_key_encrypted", "webhook_remote_ids"):
            with self.assertRaises(AccessError):
                self.account.with_user(self.manager).read([name])
        self.assertTrue(self.account.with_user(self.manager).has_webhook)

    def test_a_subscription_is_made_again_and_ended(self):
        self.sandbox_set("pa", "reset", {"webhooks": True})
        self.subscribe()
        (first,) = self.account._connector().list_webhooks()
        self.account.with_user(self.manager).action_webhook_subscribe()
        (second,) = self.account._connector().list_webhooks()
        self.assertNotEqual(first, second, "the earlier one is not left behind")
        self.account.with_user(self.manager).action_webhook_unsubscribe()
        self.assertEqual(self.account._connector().list_webhooks(), ())
        self.assertFalse(self.account.has_webhook)

    def test_who_may_subscribe_and_when(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.accountant).action_webhook_subscribe()
        self.account.platform_id.api_version = "1.1"
        with self.assertRaisesRegex(UserError, "quarter of an hour"):
            self.account.with_user(self.manager).action_webhook_subscribe()
        self.account.platform_id.api_version = "1.3"
        self.env["ir.config_parameter"].set_param("web.base.url", "http://odoo.example.com")
        with self.assertRaisesRegex(UserError, "https"):
            self.account.with_user(self.manager).action_webhook_subscribe()
        self.account.action_suspend()
        with self.assertRaisesRegex(UserError, "Activate"):
            self.account.with_user(self.manager).action_webhook_subscribe()

    def test_an_outage_while_subscribing_is_said(self):
        self.break_sandbox("pa", "error_500", operation="webhook.create")
        with self.assertRaisesRegex(UserError, "could not be changed"):
            self.account.with_user(self.manager).action_webhook_subscribe()
        self.assertFalse(self.account.has_webhook)

    def test_another_platform_hears_nothing_of_the_earlier_subscription(self):
        self.subscribe()
        self.account.action_suspend()
        self.account.with_user(self.manager).platform_id = self.account.platform_id.copy(
            {"name": "Other"}
        )
        self.assertFalse(self.account.has_webhook)
        self.assertFalse(json.loads(self.account.webhook_remote_ids or "null"))
