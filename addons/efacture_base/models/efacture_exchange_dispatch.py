import time
from datetime import timedelta

from odoo import fields, models

from .account_move_document import CHUNK

SOON = 5  # seconds: what is tried again later is not waited for
PAUSE = 0.1  # seconds between two looks, while another lane has the row or the platform thinks


class EfactureExchange(models.Model):
    """A person waits: these rows now, on cursors of their own, beside the lanes."""

    _inherit = "efacture.exchange"

    def _efacture_dispatch(self, seconds=10.0):
        """Prepare, send and apply these rows now; return when each has its outcome or the time is over.

        Begins with each row's state, so it is safe to run again and beside the lanes. The caller's
        transaction must hold no lock on these rows or their invoices; its snapshot is older than
        the outcome, so read the answer here, not by ORM.

        :return: one dict a row, in the order of `self`, as `efacture_exchange_done` carries it
        """
        until = time.monotonic() + seconds
        while True:
            answers, over = self._efacture_dispatch_round(until)
            if over or time.monotonic() >= until:
                return answers
            time.sleep(PAUSE)

    def _efacture_dispatch_round(self, until):
        with self.env.registry.cursor() as cr:
            rows = self._efacture_lane_env(cr, until)["efacture.exchange"].browse(self.ids)
            if rows and not rows._efacture_time_over():
                rows._efacture_expire_leases()
                rows._efacture_prepare_due(limit=min(len(rows), CHUNK))
                rows._efacture_send_due(limit=len(rows))
                rows._efacture_resolve_due(limit=len(rows))
                rows._efacture_poll_due()
                rows._efacture_apply_due(limit=len(rows))
            rows.invalidate_recordset()
            return [row._efacture_answer() for row in rows], all(
                row._efacture_is_settled() for row in rows
            )

    def _efacture_is_settled(self):
        """Whether nothing more is to be expected within moments."""
        self.ensure_one()
        if self.apply_pending or self.state == "sending":
            return False
        if self.state == "accepted":
            return self.ack_state != "pending"
        if self.state in ("preparing", "queued", "unknown"):
            soon = fields.Datetime.now() + timedelta(seconds=SOON)
            return self.needs_person or bool(self.next_attempt and self.next_attempt > soon)
        return True
