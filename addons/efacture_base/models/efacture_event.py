"""What was said of an invoice, word by word: life-cycle statuses, ours and those of others."""

from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..en16931 import lifecycle

# A message of ours whose row stands so was never heard by anybody.
UNHEARD = ("failed", "rejected")


class EfactureEvent(models.Model):
    _name = "efacture.event"
    _description = "Life-cycle status of an invoice"
    _order = "occurred_at desc, id desc"
    _rec_name = "label"

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict", index=True
    )
    exchange_id = fields.Many2one(
        "efacture.exchange",
        string="Message",
        readonly=True,
        ondelete="restrict",
        help="The message that carries this status.",
    )
    code = fields.Selection(
        selection=lambda self: lifecycle.selection(self.env.lang),
        string="Status",
        required=True,
        readonly=True,
    )
    raw_code = fields.Char(string="Code as received", required=True, readonly=True)
    raw_label = fields.Char(string="Words as received", readonly=True)
    label = fields.Char(compute="_compute_label", string="Life-cycle status")
    tone = fields.Selection(
        [("done", "Done"), ("wait", "Waiting"), ("warn", "Attention"), ("fail", "Failed")],
        compute="_compute_label",
    )
    direction = fields.Selection(
        [("out", "Sent"), ("in", "Received")], required=True, readonly=True
    )
    actor = fields.Selection(
        [("seller", "Seller"), ("buyer", "Buyer"), ("platform", "Platform")],
        string="Said by",
        required=True,
        readonly=True,
    )
    actor_name = fields.Char(string="Name given", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Asked by", readonly=True, ondelete="set null", index="btree_not_null"
    )
    occurred_at = fields.Datetime(
        string="Said on", required=True, readonly=True, help="As the message says."
    )
    seen_at = fields.Datetime(
        string="Seen on", required=True, readonly=True, default=fields.Datetime.now
    )
    message_id = fields.Char(string="Number of the message", readonly=True)
    payload_sha256 = fields.Char(string="Fingerprint (SHA-256)", readonly=True)
    # [{"code", "label", "note", "action"}], amounts as decimal text: [{"type", "value", "currency", "rate", "date"}]
    reasons = fields.Json(string="Reasons as data", readonly=True)
    amounts = fields.Json(string="Amounts as data", readonly=True)
    note = fields.Text(string="Comment", readonly=True)
    reason_text = fields.Char(compute="_compute_reason_text", string="Reasons")
    amount_text = fields.Char(compute="_compute_amount_text", string="Amounts")
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Files",
        domain=[("res_model", "=", "efacture.event")],
        readonly=True,
    )
    exchange_state = fields.Selection(related="exchange_id.state", string="Sending")
    exchange_message = fields.Text(related="exchange_id.error_message", string="What happened")

    _move_index = models.Index("(move_id, occurred_at)")
    _exchange_index = models.Index("(exchange_id) WHERE exchange_id IS NOT NULL")
    _exchange_unique = models.UniqueIndex(
        "(exchange_id) WHERE exchange_id IS NOT NULL", "This message is already carried over."
    )
    # The same message handed over twice is one event; parties may use a number twice for different messages.
    _payload_unique = models.UniqueIndex(
        "(move_id, payload_sha256) WHERE direction = 'in' AND payload_sha256 IS NOT NULL",
        "This message is already here.",
    )

    @api.depends("code", "raw_code", "raw_label")
    @api.depends_context("lang")
    def _compute_label(self):
        for event in self:
            event.tone = lifecycle.tone(event.code)
            event.label = lifecycle.label(event.code, self.env.lang)
            if event.code == lifecycle.UNKNOWN:
                words = " ".join(filter(None, [event.raw_code, event.raw_label]))
                event.label = self.env._("Unknown status “%(words)s”", words=words)

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for event in self:
            event.reason_text = " ".join(event._efacture_reason_sentences()) or False

    @api.depends("amounts")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        names = {row.get("currency") for event in self for row in event.amounts or []}
        found = self.env["res.currency"].search([("name", "in", list(names))]) if names else []
        currencies = {currency.name: currency for currency in found}
        for event in self:
            event.amount_text = ", ".join(event._efacture_amount_words(currencies)) or False

    def _efacture_reason_sentences(self):
        """Why, in sentences of the user's language: reasons, what is asked for; the comment is apart."""
        self.ensure_one()
        lang, found = self.env.lang, []
        for row in self.reasons or []:
            if code := row.get("code"):
                sentence = lifecycle.reason(code, lang)
                found.append(row.get("label") or code if sentence == code else sentence)
            if row.get("action"):
                asked = lifecycle.requested_action(row["action"], lang)
                found.append(self.env._("Asked for: %(action)s.", action=asked))
        return found

    def _efacture_amount_words(self, currencies):
        self.ensure_one()
        lang, found = self.env.lang, []
        for row in self.amounts or []:
            if not row.get("value"):
                continue
            currency = currencies.get(row.get("currency")) or self.company_id.currency_id
            value = currency.format(float(row["value"]))
            words = f"{lifecycle.amount_label(row.get('type', ''), lang)} {value}"
            if row.get("rate"):
                rate = f"{float(row['rate']):g}".replace(".", self._efacture_decimal_mark())
                words = self.env._("%(amount)s at %(rate)s %%", amount=words, rate=rate)
            found.append(words)
        return found

    def _efacture_decimal_mark(self):
        return self.env["res.lang"]._get_data(code=self.env.lang).decimal_point or "."

    # -- said is said -----------------------------------------------------------------------------

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(
            self.env._("What was said of an invoice stays as it was said: it cannot be changed.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("What was said of an invoice is part of its history and cannot be deleted.")
        )

    # -- reading ----------------------------------------------------------------------------------

    @api.model
    def _efacture_of(self, moves):
        """Every event of these invoices, oldest first, by invoice: {move id: events}."""
        found = dict.fromkeys(moves.ids, self.browse())
        if moves.ids:
            # sudo: who may read the invoice may know where it stands
            events = self.sudo().search([("move_id", "in", moves.ids)], order="occurred_at, id")
            found.update((move.id, rows) for move, rows in events.grouped("move_id").items())
        return found

    def _efacture_heard(self):
        """Without messages of ours that never arrived."""
        return self.filtered(
            lambda event: event.direction == "in" or event.exchange_id.state not in UNHEARD
        )

    def _efacture_said(self):
        """What was really said: received, or taken by the platform."""
        return self.filtered(
            lambda event: (
                event.direction == "in"
                or not event.exchange_id
                or event.exchange_id.state == "accepted"
            )
        )

    def _efacture_is_undeliverable(self):
        """Whether one of these says that the customer has no platform to hand the invoice over to."""
        return any(
            row.get("code") == "NON_TRANSMISE"
            for event in self
            if event.code == "200"
            for row in event.reasons or []
        )

    def action_open_message(self):
        """The message as it travelled."""
        self.ensure_one()
        return self.exchange_id._get_records_action(name=self.env._("Message"))

    # -- from messages ----------------------------------------------------------------------------

    @api.model
    def _efacture_message_vals(self, message):
        """What a message says, as values of an event."""
        now = fields.Datetime.now()
        said = message.said_at or message.issued_at
        said = said.astimezone(UTC).replace(tzinfo=None) if said else now
        return {
            "code": lifecycle.known(message.code),
            "raw_code": message.code[:64],
            "raw_label": message.label[:200] or False,
            "actor_name": message.issuer.name[:200] or False,
            # messages give no time zone: nothing is said in the future
            "occurred_at": min(said, now),
            "message_id": message.message_id[:500] or False,
            "reasons": [
                {"code": detail.reason, "label": detail.reason_text, "action": detail.action}
                for detail in message.details
                if detail.reason or detail.action
            ],
            "amounts": [
                {
                    "type": amount.type,
                    "value": f"{amount.value:f}" if amount.value is not None else "",
                    "currency": amount.currency,
                    "rate": f"{amount.rate:f}" if amount.rate is not None else "",
                    "date": amount.at.isoformat() if amount.at else "",
                }
                for amount in message.amounts
            ],
            "note": message.note or False,
        }

    @api.model
    def _efacture_store_files(self, events, messages):
        """Keep the files that came with these messages, on the events: customers do not reach them there."""
        # sudo: written by the product; pictures stay as they came
        Attachment = self.env["ir.attachment"].sudo().with_context(image_no_postprocess=True)
        Attachment.create(
            [
                {
                    "name": file.filename,
                    "raw": file.content,
                    "res_model": self._name,
                    "res_id": event.id,
                    "company_id": event.company_id.id,
                }
                for event, message in zip(events, messages, strict=True)
                for file in message.attachments
            ]
        )
