from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .efacture_exchange import FROZEN_STATES, LIVE_STATES, STATES

# What the sent file says. Reconciliation, payment and follow-up fields stay free. Amounts and
# accounts of a posted invoice are guarded by Odoo itself.
_FROZEN_FIELDS = (
    "name", "ref", "partner_id", "commercial_partner_id", "partner_shipping_id", "currency_id",
    "invoice_date", "invoice_date_due", "delivery_date", "invoice_payment_term_id",
    "payment_reference", "partner_bank_id", "narration", "fiscal_position_id", "move_type",
    "journal_id", "company_id", "buyer_reference", "contract_reference",
    "purchase_order_reference", "invoice_origin", "efacture_contact_method", "efacture_address_id",
    "state", "date", "taxable_supply_date", "invoice_incoterm_id", "incoterm_location", "invoice_currency_rate",
    "invoice_cash_rounding_id", "reversed_entry_id", "qr_code_method", "preferred_payment_method_line_id",
    "efacture_despatch_reference", "efacture_mandate_reference", "efacture_means_choice", "efacture_payment_means",
    "efacture_note_ids", "efacture_period_start", "efacture_period_end", "efacture_preceding_date",
    "efacture_preceding_ids", "efacture_preceding_number", "efacture_process", "efacture_process_choice",
    "efacture_project_reference", "efacture_type_choice", "efacture_type_code", "invoice_pdf_report_file",
)  # fmt: skip


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_exchange_ids = fields.One2many("efacture.exchange", "move_id", string="Exchanges")
    efacture_state = fields.Selection(
        STATES,
        string="Electronic sending",
        compute="_compute_efacture_state",
        store=True,
        copy=False,
        help="Where the sending of this invoice stands. Nothing is shown as sent that is not.",
    )
    efacture_state_detail = fields.Char(compute="_compute_efacture_state_detail")
    efacture_is_frozen = fields.Boolean(compute="_compute_efacture_is_frozen")

    _efacture_state_index = models.Index(
        "(efacture_state, company_id) WHERE efacture_state IS NOT NULL"
    )

    @api.depends("efacture_exchange_ids.state")
    def _compute_efacture_state(self):
        for move in self:
            move.efacture_state = move._efacture_current_exchange().state

    @api.depends("efacture_state", "efacture_exchange_ids.error_message")
    def _compute_efacture_state_detail(self):
        for move in self:
            exchange = move._efacture_current_exchange()
            move.efacture_state_detail = (
                exchange.error_message
                if exchange.state in ("preparing", "rejected", "unknown", "failed")
                else False
            )

    @api.depends("efacture_exchange_ids.state")
    def _compute_efacture_is_frozen(self):
        for move in self:
            move.efacture_is_frozen = bool(move._efacture_frozen_exchange())

    def _efacture_sendings(self):
        """The rows by which this invoice was sent or is about to be, oldest first; copies apart."""
        self.ensure_one()
        # sudo: who may read the invoice may know where its sending stands
        return (
            self.sudo()
            .efacture_exchange_ids.filtered(
                lambda exchange: (
                    exchange.direction == "out"
                    and exchange.kind == "invoice"
                    and not exchange.is_copy
                )
            )
            .sorted("id")
        )

    def _efacture_current_exchange(self):
        """The latest sending of this invoice, whatever became of it; possibly empty.

        A platform's comes before e-mail and paper: theirs is the sending that counts.
        """
        sendings = self._efacture_sendings()
        return (sendings.filtered("account_id") or sendings)[-1:]

    def _efacture_live_exchange(self, channel):
        """What forbids a further sending by this channel: under way or arrived; possibly empty."""
        return self._efacture_sendings().filtered(
            lambda exchange: exchange.channel == channel and exchange.state in LIVE_STATES
        )[-1:]

    def _efacture_frozen_exchange(self):
        """The sending that made this invoice final: its file is the invoice; possibly empty."""
        frozen = self._efacture_sendings().filtered(
            lambda exchange: exchange.state in FROZEN_STATES
        )
        return (frozen.filtered("account_id") or frozen)[-1:]

    def _efacture_already_sent_message(self, channel="efacture"):
        """Why this invoice does not leave again by this channel; empty when it may.

        « Ce document a déjà été envoyé le … par … (n° …, statut …). »
        """
        self.ensure_one()
        exchange = self._efacture_live_exchange(channel)
        if not exchange:
            return ""
        states = dict(exchange._fields["state"]._description_selection(self.env))
        return self.env._(
            "This document was already sent on %(date)s by %(user)s (no. %(number)s, status %(state)s).",
            date=format_datetime(
                self.env, exchange.sent_at or exchange.create_date, dt_format="short"
            ),
            user=exchange.requested_by_id.name or exchange.create_uid.name or "eFacture",
            number=exchange.remote_id or exchange.tracking_id,
            state=exchange._efacture_state_words() or states[exchange.state],
        )

    # -- final once queued ------------------------------------------------------------------------

    # EXTENDS 'account'
    def _need_cancel_request(self):
        return super()._need_cancel_request() or self.efacture_is_frozen

    # EXTENDS 'account'
    @api.depends("efacture_is_frozen")
    def _compute_need_cancel_request(self):
        return super()._compute_need_cancel_request()

    # EXTENDS 'account'
    def button_request_cancel(self):
        self.ensure_one()
        if self.efacture_is_frozen:
            raise UserError(self._efacture_frozen_message())
        return super().button_request_cancel()

    # EXTENDS 'account'
    def button_draft(self):
        for move in self.filtered("efacture_is_frozen"):
            raise UserError(move._efacture_frozen_message())
        return super().button_draft()

    def _efacture_frozen_message(self):
        self.ensure_one()
        frozen = self._efacture_sendings().filtered(lambda sent: sent.state in FROZEN_STATES)
        if set(frozen.mapped("state")) == {"queued"}:
            return self.env._(
                "%(invoice)s is waiting to be sent to the platform, so it is final. To correct it, first "
                "withdraw the sending (button “Withdraw”).",
                invoice=self.name,
            )
        if not frozen.account_id:
            return self.env._(
                "%(invoice)s has been sent to the customer, so it is final. To correct it, issue a credit note "
                "(button “Credit Note”) and a new invoice.",
                invoice=self.name,
            )
        return self.env._(
            "%(invoice)s has been handed to the platform, so it is final. To correct it, issue a credit note "
            "(button “Credit Note”) and a new invoice.",
            invoice=self.name,
        )

    # EXTENDS 'account'
    def write(self, vals):
        watched = [name for name in _FROZEN_FIELDS if name in vals]
        if watched:
            for move in self:
                if not move.efacture_is_frozen:
                    continue
                changed = [name for name in watched if move._efacture_will_change(name, vals[name])]
                if changed:
                    labels = [self._fields[name]._description_string(self.env) for name in changed]
                    raise UserError(
                        self.env._(
                            "%(reason)s\nCannot be changed: %(fields)s.",
                            reason=move._efacture_frozen_message(),
                            fields=", ".join(labels),
                        )
                    )
        return super().write(vals)

    def _efacture_will_change(self, name, value):
        """Whether writing this value really changes the field."""
        field = self._fields[name]
        if field.type == "one2many":
            return any(command[0] != Command.LINK for command in value or ())
        current = field.convert_to_cache(self[name], self)
        return (current or False) != (field.convert_to_cache(value, self) or False)

    def action_efacture_withdraw(self):
        """Take back sendings that have not left yet."""
        waiting = self.env["efacture.exchange"]
        for move in self:
            waiting |= move._efacture_sendings().filtered(
                lambda exchange: exchange.state in ("preparing", "queued")
            )
        if not waiting:
            raise UserError(self.env._("Nothing is waiting to be sent for the selected invoices."))
        return waiting.sudo(False).action_withdraw()

    def action_efacture_open_exchanges(self):
        """The history of what was exchanged for these invoices."""
        self._efacture_check_insider()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "efacture_base.efacture_exchange_action"
            ),
            "domain": [("move_id", "in", self.ids)],
            "context": {},
        }
