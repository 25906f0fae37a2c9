import hashlib

from odoo import fields, models
from odoo.exceptions import UserError

from .inner_context import inner
from .ir_actions_report import RendererAway

# What a lane notes on an invoice: no amount, no line, nothing that Odoo's ledger has to balance again.
_NOTED = {
    "is_move_sent", "sending_data", "message_main_attachment_id", "efacture_verdict", "efacture_checked_date",
    "efacture_rule_sets",
}  # fmt: skip


class AccountMove(models.Model):
    """Asking for a sending: the rows that the lanes prepare and send."""

    _inherit = "account.move"

    def _efacture_enqueue(self, channel="efacture", *, refused=None, priority=None):
        """Ask for the sending of these posted invoices; their documents are made by the lanes.

        :param dict refused: filled with {invoice: why not}; without it the first reason is raised
        :param int priority: the lowest goes first; by default one invoice alone goes before batches
        :return: the new `efacture.exchange` records, state `preparing`, without a file yet
        :raises UserError: an invoice that cannot be sent, when `refused` is not given
        """
        reasons = self._efacture_enqueue_refusals(channel)
        if refused is not None:
            refused.update(reasons)
        elif reasons:
            raise UserError("\n".join(reasons.values()))
        moves = self.filtered(lambda move: move not in reasons)
        if not moves:
            return self.env["efacture.exchange"]
        if priority is None:
            priority = 0 if len(moves) == 1 else 10
        # sudo: rows of the exchange are only ever written by the product itself
        rows = (
            self.env["efacture.exchange"]
            .sudo()
            .create(
                [
                    {**move._efacture_prepare_exchange_vals(channel), "priority": priority}
                    for move in moves
                ]
            )
        )
        rows._efacture_wake_lanes()
        return rows

    def _efacture_enqueue_refusals(self, channel):
        """{invoice: why it cannot be sent this way}."""
        reasons = {}
        for move in self:
            if move.state != "posted":
                reasons[move] = self.env._(
                    "%(invoice)s is not posted: confirm it, then send it.",
                    invoice=move.display_name,
                )
            elif channel == "efacture" and move._efacture_issuer() != "efacture":
                reasons[move] = self.env._(
                    "%(company)s has no active platform account: %(invoice)s cannot be sent there. Open "
                    "eFacture ▸ Configuration ▸ Platform accounts.",
                    company=move.company_id.name,
                    invoice=move.display_name,
                )
            elif sent := move._efacture_already_sent_message(channel):
                reasons[move] = f"{move.display_name} – {sent}" if len(self) > 1 else sent
        return reasons

    def _efacture_channel_account(self, channel):
        """The platform account by which this channel sends; empty for e-mail and paper."""
        self.ensure_one()
        if channel == "efacture":
            return self.company_id._efacture_active_account()
        return self.env["efacture.account"]

    def _efacture_prepare_exchange_vals(self, channel):
        """Values of a new row that sends this invoice by this channel."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "account_id": self._efacture_channel_account(channel).id,
            "move_id": self.id,
            "channel": channel,
            "parent_id": self._efacture_sendings()
            .filtered(lambda sent: sent.channel == channel)[-1:]
            .id,
            "state": "preparing",
            "requested_by_id": self.env.uid,
        }

    # EXTENDS 'account'
    def write(self, vals):
        if inner(self.env, "efacture_preparing") is not None and vals.keys() <= _NOTED:
            # A third of a document's time went into balancing lines again for a flag.
            return models.Model.write(self, vals)
        return super().write(vals)

    # EXTENDS 'efacture_base'
    def _efacture_draw(self, report=None):
        try:
            return super()._efacture_draw(report)
        except RendererAway as error:
            preparing = inner(self.env, "efacture_preparing")
            if preparing is not None:
                preparing["away"] = str(error)  # the lane then waits instead of giving up
            raise

    # -- the row with its file --------------------------------------------------------------------

    def _efacture_queue(self, documents, channel="efacture"):
        """Write the rows that the lanes will send, with their frozen files, in this transaction.

        A row that waits in preparation for this invoice and channel is the one that is filled in.

        :param dict documents: {move: {"raw", "filename", "syntax", "profile", "verdict"}}; `verdict`
            is a `Verdict`: only a valid document is queued, an unchecked one waits in preparation
        :return: the `efacture.exchange` records, in the order of `documents`
        :raises UserError: already on its way, or no active platform account
        """
        Exchange = self.env["efacture.exchange"].sudo()  # written by the product itself
        waiting, vals_list = {}, []
        lives = {move: move._efacture_live_exchange(channel) for move in documents}
        # Writing a state looks for the row's own messages: for all of them at once.
        Exchange.union(*lives.values()).fetch(["event_ids"])
        for move, document in documents.items():
            live = lives[move]
            if live and live.state != "preparing":
                raise UserError(move._efacture_already_sent_message(channel))
            vals = move._efacture_prepare_queued_vals(channel, document)
            if live:
                waiting[move] = live
                live.write(vals)
            else:
                vals_list.append({**move._efacture_prepare_exchange_vals(channel), **vals})
        created = iter(Exchange.create(vals_list))
        rows = Exchange.union(*(waiting.get(move) or next(created) for move in documents))
        rows._efacture_store_files([document["raw"] for document in documents.values()])
        rows._efacture_wake_lanes()
        return rows

    def _efacture_prepare_queued_vals(self, channel, document):
        if channel == "efacture" and not self._efacture_channel_account(channel):
            raise UserError(
                self.env._(
                    "%(company)s has no active platform account: %(invoice)s cannot be sent there. Open "
                    "eFacture ▸ Configuration ▸ Platform accounts.",
                    company=self.company_id.name,
                    invoice=self.name,
                )
            )
        verdict = document["verdict"]
        reasons = [finding.message for finding in verdict.findings] if not verdict.is_valid else []
        return {
            "state": "queued" if verdict.is_valid else "preparing",
            "filename": document["filename"],
            "syntax": document["syntax"],
            "profile": document["profile"],
            "sha256": hashlib.sha256(document["raw"]).hexdigest(),
            "error_code": False if verdict.is_valid else verdict.verdict,
            "error_message": "\n".join(reasons[:5]) or False,
            "next_attempt": False
            if verdict.is_valid
            else fields.Datetime.add(fields.Datetime.now(), minutes=1),
        }
