import base64
import tempfile
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime, split_every

from .. import print_file
from ..models.account_move_document import CHUNK

MOST = 500  # invoices in one file
COPIES = 20  # of one invoice


class EfacturePrint(models.TransientModel):
    """*Print and send*: one file for the printer, then *I have printed and posted these documents*."""

    _name = "efacture.print"
    _description = "Print and Send Invoices"

    state = fields.Selection(
        [("choose", "What is printed"), ("printed", "Printed"), ("done", "Posted")],
        default="choose",
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("efacture.print.line", "wizard_id", string="Invoices")
    new_sheet = fields.Boolean(
        string="Each copy on a new sheet",
        help="For printing on both sides: after an odd number of pages comes a blank one.",
    )
    with_posted = fields.Boolean(
        string="Print again what was already posted",
        help="Only the pages: nothing is noted as sent a second time.",
    )
    ready_count = fields.Integer(compute="_compute_counts")
    refused_count = fields.Integer(compute="_compute_counts")
    posted_count = fields.Integer(compute="_compute_counts")
    waiting_count = fields.Integer(compute="_compute_counts")
    obligation = fields.Char(compute="_compute_obligation")
    file = fields.Binary(string="File for the printer", readonly=True)
    filename = fields.Char(readonly=True)
    page_count = fields.Integer(string="Pages", readonly=True)

    @api.depends("line_ids.state", "with_posted")
    def _compute_counts(self):
        for wizard in self:
            states = wizard.line_ids.mapped("state")
            wizard.posted_count = states.count("posted")
            wizard.refused_count = states.count("refused")
            wizard.ready_count = states.count("ready") + wizard.with_posted * wizard.posted_count
            wizard.waiting_count = states.count("printed")

    @api.depends("line_ids")
    def _compute_obligation(self):
        for wizard in self:
            obliged = wizard.line_ids.filtered(
                lambda line: line.state == "ready" and line.move_id._efacture_is_obliged()
            )
            wizard.obligation = (
                self.env._(
                    "Paper alone is not enough for %(count)s of these invoices, between companies in France: they "
                    "must also travel by the platform. Use “Send the invoice with eFacture” for them too.",
                    count=len(obliged),
                )
                if obliged
                else False
            )

    # -- what is printed --------------------------------------------------------------------------

    @api.model
    def _open(self, moves):
        """The window on these invoices.

        :raises UserError: too many of them, or the only one cannot be printed: the reason
        """
        if len(moves) > MOST:
            raise UserError(
                self.env._(
                    "%(count)s invoices are selected; one file takes %(most)s at most. Select fewer.",
                    count=len(moves),
                    most=MOST,
                )
            )
        wizard = self.create({})
        self.env["efacture.print.line"].create(
            [{"wizard_id": wizard.id, **vals} for vals in self._prepare_line_vals(moves)]
        )
        line = wizard.line_ids
        if len(line) == 1 and line.state == "refused":
            raise UserError(line.note)
        return wizard._window()

    @api.model
    def _prepare_line_vals(self, moves):
        for move in moves:
            copies = min(max(move.commercial_partner_id.efacture_copies or 1, 1), COPIES)
            yield {"move_id": move.id, "copies": copies, **self._prepare_line_state(move)}

    @api.model
    def _prepare_line_state(self, move):
        row = move._efacture_live_exchange("manual")
        if row.state == "accepted":
            return {"state": "posted", "note": move._efacture_already_sent_message("manual")}
        if row.state == "queued" and row.printed_at:
            note = self.env._(
                "Printed on %(date)s, not confirmed yet.",
                date=format_datetime(self.env, row.printed_at, dt_format="short"),
            )
            return {"state": "ready", "note": note}
        if row:
            return {"state": "ready", "note": False}
        refused = move._efacture_refuse_sending()
        if not refused and move.state == "draft":
            refused = self.env._(
                "%(invoice)s is a draft: confirm it, then print it.",
                invoice=move._efacture_told_name(),
            )
        return {"state": "refused" if refused else "ready", "note": refused or False}

    def _window(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Print and send"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("efacture_base.efacture_print_view_form").id, "form")],
            "target": "new",
            "context": {"dialog_size": "large"},
        }

    def action_print(self):
        """Make the documents that are not made yet, then the one file; what cannot be printed says why."""
        self.ensure_one()
        ready = self.line_ids.filtered(lambda line: line.state == "ready")
        ready.move_id.check_access("write")
        for lines in split_every(CHUNK, ready.ids, ready.browse):
            lines._make_documents()
        todo = self.line_ids.filtered(
            lambda line: line.state == "ready" or (line.state == "posted" and self.with_posted)
        )
        if not todo:
            raise UserError(
                "\n".join(
                    [self.env._("Nothing here can be printed:")]
                    + [note for note in self.line_ids.mapped("note") if note]
                )
            )
        todo = self._write_file(todo)
        printed = todo.filtered(lambda line: line.state == "ready")
        printed.exchange_id.sudo().write({"printed_at": fields.Datetime.now()})
        printed.state = "printed"
        self.state = "printed" if printed else "done"
        return self._window()

    def _write_file(self, lines):
        """Write the print file of these lines; one whose stored document cannot be read stays out, and says why.

        :return: the lines that are in the file
        :raises UserError: none of them can be read
        """
        reasons = []
        while lines:
            try:
                self._write_pages(lines)
            except print_file.NotPrintable as error:
                bad = lines[error.index]
                reason = (
                    str(error)
                    if error.told
                    else self.env._(
                        "The stored PDF of %(invoice)s cannot be read: it is not printed. Tell your administrator.",
                        invoice=bad.move_id.display_name,
                    )
                )
                reasons.append(reason)
                bad.note = reason
                if bad.state == "ready":
                    bad.state = "refused"
                lines -= bad
            else:
                return lines
        raise UserError("\n".join(reasons))

    @staticmethod
    def _documents(lines):
        for index, line in enumerate(lines):
            try:
                content = line._content()
            except UserError as error:
                raise print_file.NotPrintable(index, str(error), told=True) from error
            yield content, line.copies

    def _write_pages(self, lines):
        with tempfile.TemporaryDirectory(prefix="efacture-print-") as folder:
            target = Path(folder) / "print.pdf"
            written = print_file.write(self._documents(lines), target, new_sheet=self.new_sheet)
            day = fields.Date.context_today(self)
            self.write(
                {
                    "file": base64.b64encode(target.read_bytes()),
                    "filename": self.env._("Invoices %(date)s.pdf", date=day),
                    "page_count": written.pages,
                }
            )

    def action_open_file(self):
        """The pages in a tab of their own, where they are printed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{self.filename}",
            "target": "new",
        }

    # -- what was done with them ------------------------------------------------------------------

    def action_confirm(self):
        """*I have printed and posted these documents*."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.state == "printed")
        lines.exchange_id.action_confirm_posted()
        lines.state = "posted"
        self.state = "done"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s invoices are noted as posted.", count=len(lines)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_withdraw(self):
        """Nothing was posted: the invoices can be corrected again."""
        self.ensure_one()
        self.line_ids.filtered(lambda line: line.state == "printed").exchange_id.action_withdraw()
        return {"type": "ir.actions.act_window_close"}


class EfacturePrintLine(models.TransientModel):
    """One invoice of the print file, or why it is not in it."""

    _name = "efacture.print.line"
    _description = "Invoice to Print"
    _order = "id"

    wizard_id = fields.Many2one("efacture.print", required=True, ondelete="cascade", index=True)
    move_id = fields.Many2one("account.move", string="Invoice", required=True, ondelete="cascade")
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", related_sudo=False, string="Customer"
    )
    copies = fields.Integer(default=1)
    state = fields.Selection(
        [
            ("ready", "To print"),
            ("printed", "Printed"),
            ("posted", "Already posted"),
            ("refused", "Not printed"),
        ],
        required=True,
        default="ready",
        readonly=True,
    )
    note = fields.Text(string="To know", readonly=True)
    exchange_id = fields.Many2one("efacture.exchange", compute="_compute_exchange_id")

    _copies_range = models.Constraint(
        "CHECK(copies BETWEEN 1 AND 20)", "From 1 to 20 copies of an invoice."
    )

    @api.depends("move_id", "state")
    def _compute_exchange_id(self):
        for line in self:
            line.exchange_id = line.move_id._efacture_live_exchange("manual").id

    def _make_documents(self):
        """The waiting row of each invoice with its frozen file; what cannot be made says why."""
        refused = {}
        moves = self.move_id
        waiting = {move: move._efacture_live_exchange("manual") for move in moves}
        fresh = moves.filtered(lambda move: not waiting[move])
        fresh._efacture_enqueue("manual", refused=refused)
        todo = self.env["efacture.exchange"].sudo()  # rows are written by the product itself
        for line in self:
            if line.move_id in refused:
                line.write({"state": "refused", "note": refused[line.move_id]})
                continue
            row = line.move_id._efacture_live_exchange("manual")
            todo |= row.sudo().filtered(lambda row: row.state == "preparing")
        if todo:
            todo._efacture_prepare_here()
        for line in self.filtered(lambda line: line.state == "ready"):
            made = line.move_id._efacture_sendings().filtered(lambda row: row.channel == "manual")
            if made[-1:].state != "queued":
                line.write(
                    {
                        "state": "refused",
                        "note": made[-1:].error_message
                        or self.env._("Its document is not ready yet; print it again in a moment."),
                    }
                )

    def _content(self):
        """The very file that was frozen."""
        self.move_id.check_access("read")
        row = self.move_id._efacture_live_exchange("manual")
        return row.sudo()._efacture_file_attachment().raw  # sudo: checked on the invoice
