from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.account_move_command import PLATFORM

AT_ONCE = 20  # invoices posted and queued by the press itself; of more, the window does the rest by portions


class EfactureSend(models.TransientModel):
    """*Send the invoice with eFacture*: what will leave, by which way, before anything becomes final."""

    _name = "efacture.send"
    _description = "Send Invoices with eFacture"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True, readonly=True)
    move_id = fields.Many2one("account.move", compute="_compute_move_id", string="Invoice")
    line_ids = fields.One2many("efacture.send.line", "wizard_id", string="Details", readonly=True)
    ready_count = fields.Integer(compute="_compute_counts")
    draft_count = fields.Integer(compute="_compute_counts")
    refused_count = fields.Integer(compute="_compute_counts")
    summary = fields.Char(compute="_compute_counts", help="How many leave by which way.")
    with_platform = fields.Boolean(string="Also by the platform", default=True)
    obligation = fields.Char(compute="_compute_obligation")
    hints = fields.Text(compute="_compute_hints")
    efacture_verdict = fields.Selection(related="move_id.efacture_verdict", related_sudo=False)
    efacture_finding_ids = fields.One2many(
        related="move_id.efacture_finding_ids", related_sudo=False
    )
    efacture_attachment_ids = fields.Many2many(
        related="move_id.efacture_attachment_ids", related_sudo=False
    )

    @api.model
    def _open(self, moves):
        """The window on these invoices, with the verdicts of those that have none yet."""
        moves._efacture_check_before_sending()
        wizard = self.create({"move_ids": [fields.Command.set(moves.ids)]})
        wizard._write_lines()
        return wizard._window()

    def _window(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send with eFacture"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("efacture_base.efacture_send_view_form").id, "form")],
            "target": "new",
            "context": {"dialog_size": "medium" if len(self.move_ids) == 1 else "large"},
        }

    def _write_lines(self):
        self.line_ids.unlink()
        labels = dict(
            self.env["account.move"]
            ._fields["efacture_contact_method"]
            ._description_selection(self.env)
        )
        self.env["efacture.send.line"].create(
            [
                {
                    "wizard_id": self.id,
                    "move_id": move.id,
                    "is_ready": not (told["refused"] or _is_invalid(move, told)),
                    "channels": ",".join(told["channels"]),
                    "way": " + ".join(labels.get(channel, channel) for channel in told["channels"]),
                    "note": told["refused"]
                    or _first_finding(move, told)
                    or " ".join([*told["done"], *told["hints"]]),
                }
                for move, told in self.move_ids._efacture_sending_plan().items()
            ]
        )

    @api.depends("move_ids")
    def _compute_move_id(self):
        for wizard in self:
            wizard.move_id = wizard.move_ids if len(wizard.move_ids) == 1 else False

    @api.depends("line_ids", "with_platform")
    def _compute_counts(self):
        labels = dict(
            self.env["account.move"]
            ._fields["efacture_contact_method"]
            ._description_selection(self.env)
        )
        for wizard in self:
            ready = wizard.line_ids.filtered("is_ready")
            wizard.ready_count = len(ready)
            wizard.refused_count = len(wizard.line_ids) - len(ready)
            wizard.draft_count = len(ready.filtered(lambda line: line.move_id.state == "draft"))
            ways = {}
            for line in ready:
                for channel in line._channels(wizard.with_platform):
                    ways[channel] = ways.get(channel, 0) + 1
            wizard.summary = " · ".join(
                self.env._("%(way)s: %(count)s", way=labels.get(channel, channel), count=count)
                if len(wizard.line_ids) > 1
                else labels.get(channel, channel)
                for channel, count in ways.items()
            )

    @api.depends("line_ids")
    def _compute_obligation(self):
        for wizard in self:
            added = wizard.line_ids.filtered(lambda line: line._is_platform_added())
            wizard.obligation = added[:1].move_id._efacture_obligation_message() if added else False

    @api.depends("line_ids.note")
    def _compute_hints(self):
        for wizard in self:
            line = wizard.line_ids if len(wizard.line_ids) == 1 else wizard.line_ids.browse()
            # The obligation has its own place, with its box to tick.
            wizard.hints = (line.note or "").replace(wizard.obligation or "\0", "").strip() or False

    def action_send(self):
        """Post and queue; the window that follows dispatches and tells."""
        self.ensure_one()
        moves = self.line_ids.filtered("is_ready").move_id
        if not moves:
            raise UserError(
                self.env._("Nothing here can be sent. Each line says why, and what to do.")
            )
        now = moves[:AT_ONCE] if len(moves) > AT_ONCE else moves
        result = now.efacture_send_command(self.with_platform)
        left_out = [
            {
                "move_id": line.move_id.id,
                "name": line.move_id._efacture_told_name(),
                "reason": line.note or "",
            }
            for line in self.line_ids
            if not line.is_ready
        ]
        result["refused"] = left_out + result["refused"]
        return moves._efacture_sending_window(
            result, remaining=moves - now, with_platform=self.with_platform
        )

    def action_other_options(self):
        """Odoo's own *Send*: text of the mail, other recipients, further files."""
        self.ensure_one()
        return self.move_id.action_invoice_sent()

    def action_check_again(self):
        """After a correction elsewhere: the verdicts and the lines anew."""
        self.ensure_one()
        todo = self.move_ids.filtered(
            lambda move: not move.efacture_is_frozen and not move._efacture_refuse_sending()
        )
        todo.efacture_check()
        self._write_lines()
        return self._window()


class EfactureSendLine(models.TransientModel):
    """One invoice of the window: its way, or why it stays."""

    _name = "efacture.send.line"
    _description = "Invoice to Send"
    _order = "is_ready, id"

    wizard_id = fields.Many2one("efacture.send", required=True, ondelete="cascade", index=True)
    move_id = fields.Many2one("account.move", string="Invoice", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", related_sudo=False, string="Customer"
    )
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    amount_total = fields.Monetary(
        related="move_id.amount_total", related_sudo=False, string="Total with VAT"
    )
    is_ready = fields.Boolean(string="Leaves")
    channels = fields.Char()
    way = fields.Char(string="By")
    note = fields.Text(string="To know")

    def _channels(self, with_platform=True):
        channels = self.channels.split(",") if self.channels else []
        return [name for name in channels if with_platform or not self._is_added(name)]

    def _is_added(self, channel):
        return (
            channel == PLATFORM
            and self.move_id.efacture_contact_method != PLATFORM
            and not self.move_id._efacture_is_self_billed()
        )

    def _is_platform_added(self):
        return any(self._is_added(channel) for channel in self._channels())

    def action_open_invoice(self):
        """The invoice itself, to correct what keeps it here."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
            "target": "current",
        }


def _is_invalid(move, told):
    """Whether the check said that this document cannot leave by the platform."""
    return (
        move.efacture_verdict == "invalid"
        and PLATFORM in told["channels"]
        and not move.efacture_is_frozen
    )


def _first_finding(move, told):
    if not _is_invalid(move, told):
        return ""
    fatal = move.efacture_finding_ids.filtered(lambda finding: finding.severity == "fatal")
    return "\n".join(fatal.mapped("message")[:3])
