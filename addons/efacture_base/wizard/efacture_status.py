"""The window *Status…*: what may be said of these invoices now, what it needs, what the other side will read."""

from decimal import Decimal

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..en16931 import lifecycle
from ..en16931.lifecycle import BUYER, SELLER


class EfactureStatus(models.TransientModel):
    _name = "efacture.status"
    _description = "Send a status"

    move_ids = fields.Many2many("account.move", string="Invoices", readonly=True)
    move_count = fields.Integer(compute="_compute_moves")
    is_sale = fields.Boolean(compute="_compute_moves")
    company_id = fields.Many2one("res.company", compute="_compute_moves")
    currency_id = fields.Many2one(related="company_id.currency_id")
    show_all = fields.Boolean(string="Show the rarer statuses too")
    choice_ids = fields.One2many("efacture.status.choice", "wizard_id")
    choice_id = fields.Many2one(
        "efacture.status.choice",
        string="What do you want to say?",
        domain="[('wizard_id', '=', id), '|', ('is_common', '=', True), ('is_common', '=', not show_all)]",
    )
    has_rare = fields.Boolean(compute="_compute_moves")
    code = fields.Selection(related="choice_id.code")
    explanation = fields.Char(related="choice_id.explanation")
    reason_ids = fields.Many2many(
        "efacture.status.reason", string="Reasons", domain="[('choice_id', '=', choice_id)]"
    )
    note = fields.Text(string="Comment")
    attachment_ids = fields.Many2many("ir.attachment", string="Files", bypass_search_access=True)
    amount = fields.Monetary(string="Amount received, VAT included")
    amount_date = fields.Date(string="On")
    takes_reasons = fields.Boolean(compute="_compute_needs")
    needs_reason = fields.Boolean(compute="_compute_needs")
    needs_note = fields.Boolean(compute="_compute_needs")
    takes_files = fields.Boolean(compute="_compute_needs")
    needs_files = fields.Boolean(compute="_compute_needs")
    takes_amount = fields.Boolean(compute="_compute_needs")
    is_final = fields.Boolean(compute="_compute_needs")
    has_draft = fields.Boolean(compute="_compute_moves")
    cancel_bill = fields.Boolean(string="Cancel the bill here too", default=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    # -- opening ----------------------------------------------------------------------------------

    @api.model
    def _efacture_open(self, moves, code=False):
        """The window on these invoices, with one status chosen already where it is allowed.

        :raises UserError: they are not of one company and side, or nothing can be said of them together
        """
        actors = {move._efacture_actor() for move in moves}
        if len(actors) != 1 or len(moves.company_id) != 1 or not actors & {BUYER, SELLER}:
            raise UserError(
                self.env._(
                    "Select either invoices to customers or bills of suppliers, of one company: their statuses differ."
                )
            )
        events = self.env["efacture.event"]._efacture_of(moves)
        refusals = {}
        allowed = []
        for status in lifecycle.statuses().values():
            if not set(status.users) & actors:
                continue
            why = next(
                filter(
                    None, (m._efacture_status_refusal(status.code, events[m.id]) for m in moves)
                ),
                "",
            )
            if why:
                refusals[status.code] = why
            elif not (status.amounts and status.by_rate and len(moves) > 1):
                allowed.append(status)
        if not allowed or (code and code not in {status.code for status in allowed}):
            why = refusals.get(code) or next(iter(refusals.values()), "")
            raise UserError(
                why
                or self.env._("Nothing can be said of these invoices together: open one of them.")
            )
        wizard = self.create({"move_ids": moves.ids})
        wizard._efacture_fill(allowed, code)
        return wizard._efacture_window()

    def _efacture_fill(self, allowed, code):
        lang = self.env.lang
        choices = self.env["efacture.status.choice"].create(
            [
                {
                    "wizard_id": self.id,
                    "code": status.code,
                    "name": f"{lifecycle.action(status.code, lang)} – {lifecycle.explain(status.code, lang)}",
                    "explanation": lifecycle.explain(status.code, lang),
                    "is_common": status.common or status.code == code,
                }
                for status in allowed
            ]
        )
        self.env["efacture.status.reason"].create(
            [
                {"choice_id": choice.id, "code": reason, "name": lifecycle.reason(reason, lang)}
                for choice in choices
                for reason in lifecycle.status(choice.code).reasons
            ]
        )
        chosen = choices.filtered(lambda choice: choice.code == code)
        common = choices.filtered("is_common")
        self.choice_id = chosen or (common if len(common) == 1 else False)
        self._onchange_choice_id()

    def _efacture_window(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send a status"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "medium"},
        }

    # -- what is shown ----------------------------------------------------------------------------

    @api.depends("move_ids", "choice_ids")
    def _compute_moves(self):
        for wizard in self:
            moves = wizard.move_ids
            wizard.move_count = len(moves)
            wizard.company_id = moves.company_id[:1]
            wizard.is_sale = bool(moves) and moves[:1]._efacture_actor() == SELLER
            wizard.has_draft = any(move.state == "draft" for move in moves)
            wizard.has_rare = not all(wizard.choice_ids.mapped("is_common"))

    @api.depends("choice_id", "reason_ids")
    def _compute_needs(self):
        for wizard in self:
            status = lifecycle.status(wizard.choice_id.code or "")
            wizard.takes_reasons = bool(status and status.reasons)
            wizard.needs_reason = bool(status and status.reason_required)
            wizard.needs_note = bool(
                status and (status.comment_required or "AUTRE" in wizard.reason_ids.mapped("code"))
            )
            wizard.takes_files = bool(status and status.attachments)
            wizard.needs_files = bool(status and status.attachment_required)
            wizard.takes_amount = bool(status and status.amounts and wizard.move_count == 1)
            wizard.is_final = bool(status and status.terminal)

    @api.onchange("choice_id")
    def _onchange_choice_id(self):
        for wizard in self:
            wizard.reason_ids = wizard.reason_ids.filtered(
                lambda reason, wizard=wizard: reason.choice_id == wizard.choice_id
            )
            status = lifecycle.status(wizard.choice_id.code or "")
            if status and status.amounts and len(wizard.move_ids) == 1 and not wizard.amount_date:
                days = wizard.move_ids._efacture_unreported()
                day = max(days, default=fields.Date.context_today(wizard))
                wizard.amount_date = day
                left = 0.0 if status.by_rate else wizard.move_ids.amount_residual
                wizard.amount = float(days[day]["cash"]) if day in days else left

    @api.depends("choice_id", "reason_ids", "note", "attachment_ids", "amount", "amount_date")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._efacture_preview() if wizard.choice_id else False

    def _efacture_preview(self):
        """What the other side will read, in French as the message is."""
        lines = [
            Markup("<b>%s</b>") % lifecycle.label(self.choice_id.code, "fr"),
            *(lifecycle.reason(reason.code, "fr") for reason in self.reason_ids),
        ]
        if self.note:
            lines.append(Markup("« %s »") % self.note.strip())
        lines += [f"📎 {file.name}" for file in self.attachment_ids]
        if self.takes_amount and self.amount and self.amount_date:
            for row in self._efacture_amounts():
                words = lifecycle.amount_label(row["type"], "fr")
                value = self.currency_id.format(float(row["value"]))
                rate = f" ({row['rate']:f} %)" if row["rate"] is not None else ""
                lines.append(f"{words} : {value}{rate.replace('.', ',')}")
        return Markup("<br/>").join(lines)

    def _efacture_amounts(self):
        cash = Decimal(str(self.amount)).quantize(Decimal("0.01"))
        return self.move_ids._efacture_status_amounts(self.amount_date, cash)

    def _efacture_amounts_of_each(self):
        """{invoice: what its ledger has to tell of the last day}, for several at once."""
        found = {}
        for move in self.move_ids:
            days = move._efacture_unreported()
            found[move] = move._efacture_status_amounts(max(days)) if days else ()
        return found

    # -- sending ----------------------------------------------------------------------------------

    def action_send(self):
        """Say it: each message is queued and leaves at once; the window then says what became of it."""
        self.ensure_one()
        self.check_access("read")
        moves = self.move_ids
        moves.check_access("write")
        code = self.choice_id.code
        if not code:
            raise UserError(self.env._("Choose what you want to say."))
        amounts = ()
        if self.takes_amount:
            if not self.amount or not self.amount_date:
                raise UserError(self.env._("Give the amount and its date."))
            amounts = self._efacture_amounts()
        elif lifecycle.status(code).amounts:
            amounts = self._efacture_amounts_of_each()
        events = moves._efacture_send_status(
            code,
            reasons=tuple(self.reason_ids.mapped("code")),
            note=self.note or "",
            amounts=amounts,
            attachments=self.attachment_ids,
        )
        if code == "210" and self.cancel_bill:
            moves.filtered(lambda move: move.state == "draft").button_cancel()
        return moves._efacture_status_window(events)


class EfactureStatusChoice(models.TransientModel):
    _name = "efacture.status.choice"
    _description = "Status that may be sent now"
    _order = "code"

    wizard_id = fields.Many2one("efacture.status", required=True, ondelete="cascade")
    code = fields.Selection(
        selection=lambda self: lifecycle.selection(self.env.lang), required=True
    )
    name = fields.Char(required=True)
    explanation = fields.Char()
    is_common = fields.Boolean()


class EfactureStatusReason(models.TransientModel):
    _name = "efacture.status.reason"
    _description = "Reason that a status allows"
    _order = "id"

    choice_id = fields.Many2one("efacture.status.choice", required=True, ondelete="cascade")
    code = fields.Char(required=True)
    name = fields.Char(required=True)
