import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from .efacture_exchange import FROZEN_STATES, REPLACED, STATES

# What the sent file says. Reconciliation, payment and follow-up fields stay free. Amounts and
# accounts of a posted invoice are guarded by Odoo itself.
_FROZEN_FIELDS = (
    "name", "ref", "partner_id", "commercial_partner_id", "partner_shipping_id", "currency_id",
    "invoice_date", "invoice_date_due", "delivery_date", "invoice_payment_term_id",
    "payment_reference", "partner_bank_id", "narration", "fiscal_position_id", "move_type",
    "journal_id", "company_id", "buyer_reference", "contract_reference",
    "purchase_order_reference", "invoice_origin", "efacture_contact_method", "efacture_address_id",
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

    def _efacture_current_exchange(self):
        """The latest sending of this invoice to a platform, whatever became of it; possibly empty."""
        self.ensure_one()
        # sudo: who may read the invoice may know where its sending stands
        return (
            self.sudo()
            .efacture_exchange_ids.filtered(
                lambda exchange: exchange.direction == "out" and exchange.kind == "invoice"
            )
            .sorted("id")[-1:]
        )

    def _efacture_frozen_exchange(self):
        """The sending that made this invoice final: its file is the invoice; possibly empty."""
        self.ensure_one()
        # sudo: the freeze holds for everybody
        return (
            self.sudo()
            .efacture_exchange_ids.filtered(
                lambda exchange: (
                    exchange.direction == "out"
                    and exchange.kind == "invoice"
                    and exchange.state in FROZEN_STATES
                )
            )
            .sorted("id")[-1:]
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
        if self._efacture_frozen_exchange().state == "queued":
            return self.env._(
                "%(invoice)s is waiting to be sent to the platform, so it is final. To correct it, first "
                "withdraw the sending (button “Withdraw”).",
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
        current = field.convert_to_cache(self[name], self)
        return (current or False) != (field.convert_to_cache(value, self) or False)

    def action_efacture_withdraw(self):
        """Take back sendings that have not left yet."""
        waiting = self.env["efacture.exchange"]
        for move in self:
            waiting |= move._efacture_current_exchange().filtered(
                lambda exchange: exchange.state in ("preparing", "queued")
            )
        if not waiting:
            raise UserError(self.env._("Nothing is waiting to be sent for the selected invoices."))
        return waiting.sudo(False).action_withdraw()

    def action_efacture_open_exchanges(self):
        """The history of what was exchanged for these invoices."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "efacture_base.efacture_exchange_action"
            ),
            "domain": [("move_id", "in", self.ids)],
            "context": {},
        }

    def efacture_send(self):
        """Send these posted invoices, each by its own contact method.

        What travels by the platform is queued: nothing leaves in this transaction but e-mails.
        :return: the files handed over
        :raises UserError: not posted, or the first document that cannot leave, with the reason
        """
        self.check_access("write")
        return self.env["account.move.send"]._generate_and_send_invoices(self)

    # -- the row that will be sent ----------------------------------------------------------------

    def _efacture_queue(self, documents):
        """Write the row that the worker will send, with its frozen file, in this transaction.

        :param dict documents: {move: {"raw", "filename", "syntax", "profile", "verdict"}}; `verdict`
            is a `Verdict`: only a valid document is queued, an unchecked one waits in preparation
        :return: the new `efacture.exchange` records
        :raises UserError: already on its way, or no active platform account
        """
        vals_list = []
        for move, document in documents.items():
            account = move.company_id._efacture_active_account()
            if not account:
                raise UserError(
                    self.env._(
                        "%(company)s has no active platform account: %(invoice)s cannot be sent there. Open "
                        "eFacture ▸ Configuration ▸ Platform accounts.",
                        company=move.company_id.name,
                        invoice=move.name,
                    )
                )
            current = move._efacture_current_exchange()
            frozen = move._efacture_frozen_exchange()
            if frozen:
                states = dict(frozen._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(invoice)s is already with the platform: %(state)s. It cannot be sent twice.",
                        invoice=move.name,
                        state=states[frozen.state],
                    )
                )
            if current.state == "preparing":  # it waited for this very check
                current.write({"state": "failed", "error_code": REPLACED})
                current.flush_recordset()  # before the new row: one live sending per account
            verdict = document["verdict"]
            reasons = (
                [finding.message for finding in verdict.findings] if not verdict.is_valid else []
            )
            vals_list.append(
                {
                    "company_id": move.company_id.id,
                    "account_id": account.id,
                    "move_id": move.id,
                    "channel": "efacture",
                    "parent_id": current.id,
                    "state": "queued" if verdict.is_valid else "preparing",
                    "filename": document["filename"],
                    "syntax": document["syntax"],
                    "profile": document["profile"],
                    "sha256": hashlib.sha256(document["raw"]).hexdigest(),
                    "error_code": False if verdict.is_valid else verdict.verdict,
                    "error_message": "\n".join(reasons[:5]) or False,
                }
            )
        # sudo: rows of the exchange are only ever written by the product itself
        exchanges = self.env["efacture.exchange"].sudo().create(vals_list)
        self.env["ir.attachment"].sudo().create(
            [
                {
                    "name": exchange.filename,
                    "raw": document["raw"],
                    "res_model": exchange._name,
                    "res_id": exchange.id,
                    "res_field": "file",
                    "company_id": exchange.company_id.id,
                }
                for exchange, document in zip(exchanges, documents.values(), strict=True)
            ]
        )
        exchanges.invalidate_recordset(["file"])
        return exchanges
