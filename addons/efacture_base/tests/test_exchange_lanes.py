"""The exchange from the asking to the acknowledgement, against the sandbox platform over HTTP."""

import json
import logging
import urllib.request

from odoo.tests import tagged

from ..connectors.hosts import PROCESS_MEMORY
from ..connectors.oauth import PROCESS_TOKENS
from .common import SandboxMixin
from .send_common import SendCase

_logger = logging.getLogger(__name__)


class ExchangeCase(SandboxMixin, SendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_sandbox()
        cls.sandbox_set("pa", "settings", {"acknowledge_after": 0})
        cls.account.state = "suspended"
        cls.account = cls.make_account(cls.company)

    def setUp(self):
        super().setUp()
        PROCESS_MEMORY.forget()
        PROCESS_TOKENS.forget()

    def ledger(self):
        """What the platform holds, by our reference."""
        return {row["tracking_id"]: row for row in self.ledger_rows()}

    def ledger_rows(self):
        """Every deposit that the platform holds: a double is two."""
        url = f"{self.sandbox_root('pa')}/_sandbox/ledger"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.loads(answer.read())

    def run_lane(self, number=1):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(f"efacture_base.efacture_cron_lane_{number}").method_direct_trigger()
        self.env.invalidate_all()

    def dispatch(self, rows, seconds=60.0):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            answers = rows._efacture_dispatch(seconds)
        self.env.invalidate_all()
        return answers


@tagged("post_install", "-at_install")
class TestExchangeLanes(ExchangeCase):
    def test_an_invoice_goes_all_the_way(self):
        invoice = self._create_invoice()
        row = invoice._efacture_enqueue()
        self.assertEqual(row.state, "preparing")
        self.assertFalse(row.file)
        self.run_lane()
        self.assertEqual(row.state, "accepted")
        self.assertEqual(row.ack_state, "ok")
        self.assertFalse(row.apply_pending)
        self.assertEqual(invoice.efacture_state, "accepted")
        self.assertTrue(invoice.is_move_sent)
        self.assertEqual(self.ledger()[row.tracking_id]["sha256"], row.sha256)

    def test_a_person_s_sending_is_answered(self):
        invoice = self._create_invoice()
        row = invoice._efacture_enqueue()
        (answer,) = self.dispatch(row)
        self.assertEqual(answer["state"], "accepted")
        self.assertEqual(answer["type"], "success")
        self.assertIn(row.tracking_id, self.ledger())
        (again,) = self.dispatch(row)
        self.assertEqual(again["state"], "accepted")
        self.assertEqual(len(self.ledger()), 1)

    def test_who_waits_sends_it_himself(self):
        """A lane leaves a single invoice to the request that follows, for a moment; of a batch it takes all."""
        single = self._create_invoice()._efacture_enqueue()
        batch = (self._create_invoice() | self._create_invoice())._efacture_enqueue()
        self.cr.execute(
            "UPDATE efacture_exchange SET create_date = clock_timestamp() AT TIME ZONE 'UTC'"
            " WHERE id IN %s",
            [tuple((single | batch).ids)],
        )
        self.env.invalidate_all()
        nothing = single.browse()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            lane = nothing.with_env(nothing._efacture_lane_env(cr, float("inf")))
            lane._efacture_prepare_due()
        self.env.invalidate_all()
        self.assertEqual(single.state, "preparing")
        self.assertEqual(set(batch.mapped("state")), {"queued"})
        (answer,) = self.dispatch(single)
        self.assertEqual(answer["state"], "accepted")
