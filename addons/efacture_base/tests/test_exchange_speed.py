"""What the exchange costs: queries that do not grow with the batch, time of our own a row."""

import logging
import time

from odoo.tests import tagged

from .test_exchange_lanes import ExchangeCase

# What is due in a moment is due now.
DUE = """UPDATE efacture_exchange SET next_attempt = next_attempt - interval '1 minute'
          WHERE id = ANY(%s) AND next_attempt IS NOT NULL"""
_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestExchangeSpeed(ExchangeCase):
    def _invoices(self, number, lines=5):
        return self.env["account.move"].concat(
            *(self._create_invoice(lines=lines) for _each in range(number))
        )

    def _measured(self, name, number, work):
        """Queries and milliseconds for each of `number` rows."""
        self.env.flush_all()
        self.env.invalidate_all()
        queries, started = self.cr.sql_log_count, time.process_time()
        result = work()
        self.env.flush_all()
        spent = (time.process_time() - started) / number * 1000
        counted = (self.cr.sql_log_count - queries) / number
        _logger.info(
            "EFACTURE-COUNT %s of %s: %.1f queries and %.1f ms of our own each",
            name,
            number,
            counted,
            spent,
        )
        return result, counted

    def _make_all(self, rows):
        """In chunks; a busy machine may leave some to be checked again."""
        for _chunk in range(8):
            rows.env.cr.execute(DUE, [rows.ids])
            if not rows._efacture_prepare_due():
                break

    def test_asking_for_fifty(self):
        """One INSERT for the batch."""
        counts = {}
        for number in (10, 50):
            invoices = self._invoices(number, lines=1)
            rows, counts[number] = self._measured("asked for", number, invoices._efacture_enqueue)
            self.assertEqual(len(rows), number)
        self.assertLessEqual(counts[50], counts[10])
        self.assertLessEqual(counts[50], 2)

    def test_a_batch_all_the_way(self):
        counts = {}
        for number in (5, 40):
            rows = self._invoices(number)._efacture_enqueue()
            self.env.flush_all()
            with self.enter_registry_test_mode(), self.registry.cursor() as cr:
                rows = rows.with_env(rows._efacture_lane_env(cr, float("inf")))
                for name, work in [
                    ("made", lambda rows=rows: self._make_all(rows)),
                    ("sent", lambda rows=rows: rows._efacture_send_due(100)),
                    ("applied", lambda rows=rows: rows._efacture_apply_due(100)),
                    ("acknowledged", lambda rows=rows: rows._efacture_poll_due(100)),
                ]:
                    cr.execute(DUE, [rows.ids])
                    rows.invalidate_recordset()
                    _result, counts[name, len(rows)] = self._measured(name, len(rows), work)
            self.env.invalidate_all()
            rows = rows.with_env(self.env)
            self.assertEqual(set(rows.mapped("state")), {"accepted"})
            self.assertEqual(set(rows.mapped("ack_state")), {"ok"})
        for name, most in [("made", 5.5), ("sent", 5.5), ("applied", 0.8), ("acknowledged", 0.3)]:
            self.assertLessEqual(counts[name, 40], most, name)
            self.assertLessEqual(counts[name, 40], counts[name, 5] + 0.5, name)
