"""Where an invoice stands in the eyes of both sides: read from its events."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

from ..en16931 import lifecycle
from ..en16931.lifecycle import BUYER, DELIVERED, SELLER

SILENCE = timedelta(days=3)


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_event_ids = fields.One2many("efacture.event", "move_id", string="Life-cycle statuses")
    efacture_status = fields.Selection(
        selection=lambda self: lifecycle.selection(self.env.lang),
        string="Life-cycle status",
        compute="_compute_efacture_status",
        store=True,
        copy=False,
        help="What the other side or its platform said last. Payment is told by the ledger.",
    )
    efacture_status_label = fields.Char(
        compute="_compute_efacture_status_label", string="Invoice status"
    )
    efacture_status_tone = fields.Selection(
        [("done", "Done"), ("wait", "Waiting"), ("warn", "Attention"), ("fail", "Failed")],
        compute="_compute_efacture_status_label",
    )
    efacture_status_note = fields.Char(
        compute="_compute_efacture_status_label",
        string="Reason given",
        help="Why, as the other side said.",
    )
    efacture_can_say = fields.Boolean(compute="_compute_efacture_can_say")

    _efacture_status_index = models.Index(
        "(efacture_status, company_id) WHERE efacture_status IS NOT NULL"
    )

    @api.depends("efacture_event_ids.code", "efacture_event_ids.exchange_id.state")
    def _compute_efacture_status(self):
        events = self.env["efacture.event"]._efacture_of(self)
        for move in self:
            said = events.get(move.id, self.env["efacture.event"])._efacture_said()
            move.efacture_status = lifecycle.current(move._efacture_codes(said)) or False

    @api.depends("efacture_status", "amount_residual", "efacture_event_ids.exchange_id.state")
    @api.depends_context("lang")
    def _compute_efacture_status_label(self):
        events, lang = self.env["efacture.event"]._efacture_of(self), self.env.lang
        for move in self:
            mine = events.get(move.id, self.env["efacture.event"])
            code = move.efacture_status
            label, tone = lifecycle.label(code, lang), lifecycle.tone(code) if code else False
            if code == "212" and move.amount_residual:
                label, tone = self.env._("Partly collected"), "wait"
            on_the_way = (mine._efacture_heard() - mine._efacture_said())[-1:]
            if on_the_way:
                label = self.env._(
                    "%(status)s – “%(next)s” being sent",
                    status=label,
                    next=lifecycle.label(on_the_way.code, lang),
                ).removeprefix(" – ")
                tone = tone or "wait"
            last = mine._efacture_said()[-1:]
            if last.code == lifecycle.UNKNOWN and code != lifecycle.UNKNOWN:
                label, tone = f"{label} – {last.label}", "warn"
            move.efacture_status_label = label or False
            move.efacture_status_tone = tone
            current = mine._efacture_said().filtered(lambda event, code=code: event.code == code)
            move.efacture_status_note = (
                " ".join(filter(None, [current[-1:].reason_text, current[-1:].note])) or False
            )

    @api.model
    def _efacture_codes(self, events):
        """Codes of these events in order; money given back takes “collected” away again.

        Where no amount is told at all there is nothing to take away: some platforms give the code alone.
        """
        codes = [event.code for event in events]
        received = [
            Decimal(str(row["value"]))
            for event in events
            if event.code == "212"
            for row in event.amounts or []
            if row.get("type") == "MEN" and row.get("value")
        ]
        if received and not sum(received):
            codes = [code for code in codes if code != "212"]
        return codes

    # -- what we may say --------------------------------------------------------------------------

    def _efacture_actor(self):
        """As whom we speak of this invoice: `seller` of our sales, `buyer` of our bills, else empty."""
        self.ensure_one()
        if self.is_sale_document():
            return SELLER
        return BUYER if self.is_purchase_document() else ""

    def _efacture_status_exchange(self):
        """The exchange by which this invoice travelled on a platform that takes statuses; possibly empty."""
        self.ensure_one()
        direction = "out" if self._efacture_actor() == SELLER else "in"
        # sudo: who may read the invoice may know how it came
        return (
            self.sudo()
            .efacture_exchange_ids.filtered(
                lambda exchange: (
                    exchange.kind == "invoice"
                    and exchange.direction == direction
                    and exchange.state == "accepted"
                    and exchange.account_id
                )
            )
            .sorted("id")[-1:]
        )

    def _efacture_history(self, events=None):
        """Codes said of this invoice, oldest first, with those of ours that are on their way.

        A buyer who holds the invoice knows that it was made available; so does a seller whose customer has no
        platform that could ever say so (200 with the reason NON_TRANSMISE), and one whose platforms stay silent
        for days although the invoice was taken: money that came in has to be reported all the same.
        """
        self.ensure_one()
        if events is None:
            events = self.env["efacture.event"]._efacture_of(self)[self.id]
        history = self._efacture_codes(events._efacture_heard())
        unreachable = events._efacture_is_undeliverable()
        if self._efacture_actor() == BUYER or unreachable or self._efacture_is_left_silent(history):
            history = [DELIVERED, *history]
        return history

    def _efacture_is_left_silent(self, history):
        exchange = self._efacture_status_exchange()
        return (
            not set(history) - {"200", "201", "202", lifecycle.UNKNOWN}
            and exchange.ack_state in (False, "ok")
            and bool(exchange.sent_at)
            and exchange.sent_at < fields.Datetime.now() - SILENCE
        )

    @api.depends("efacture_exchange_ids.state", "efacture_status", "state")
    def _compute_efacture_can_say(self):
        events = self.env["efacture.event"]._efacture_of(self)
        for move in self:
            actor = move._efacture_actor()
            move.efacture_can_say = bool(
                actor
                and move.state != "cancel"
                and move._efacture_status_exchange()
                and lifecycle.sendable(move._efacture_history(events.get(move.id)), actor)
            )
