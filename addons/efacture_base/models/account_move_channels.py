"""E-mail and paper as channels like the platform: what their rows hold more."""

from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from .account_move_hint import step

# Nobody but a person carries paper away: no lane ever finds such a row due.
NEVER = datetime(9999, 1, 1)


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_state_words = fields.Char(compute="_compute_efacture_state_words")

    @api.depends("efacture_state")
    @api.depends_context("lang")
    def _compute_efacture_state_words(self):
        """Where the sending stands, in the words of its channel: no platform accepts paper."""
        states = dict(self._fields["efacture_state"]._description_selection(self.env))
        for move in self:
            sending = move._efacture_current_exchange()
            words = sending._efacture_state_words() if sending else False
            move.efacture_state_words = words or states.get(move.efacture_state)

    # EXTENDS 'efacture_base'
    def _efacture_prepare_queued_vals(self, channel, document):
        vals = super()._efacture_prepare_queued_vals(channel, document)
        if channel == "email":
            vals.update(document.get("mail") or {})
        elif channel == "manual" and vals["state"] == "queued":
            vals["next_attempt"] = NEVER
        return vals

    # -- what to do now -----------------------------------------------------------------------------

    # EXTENDS 'efacture_base'
    @api.model
    def _efacture_hint_commands(self):
        return {
            **super()._efacture_hint_commands(),
            "mail_again": ("action_efacture_mail_again", self.env._("Send again")),
            "print": ("action_efacture_print", self.env._("Print and send")),
        }

    # EXTENDS 'efacture_base'
    def _efacture_next_step_posted(self):
        sending = self._efacture_current_exchange()
        if sending.channel == "email" and sending.state == "accepted" and sending.bounce_at:
            return step(
                "fail",
                self.env._(
                    "The e-mail came back: correct the address on the customer, then send it again."
                ),
                "mail_again",
            )
        if sending.channel == "manual" and sending.state == "queued":
            if sending.printed_at:
                text = self.env._("Printed: put it in the post, then confirm it.")
            else:
                text = self.env._("Print it, put it in the post, then confirm it.")
            return step("todo", text, "print")
        return super()._efacture_next_step_posted()

    def action_efacture_mail_again(self):
        """Button of the hint: the e-mail that came back leaves again, to the addresses of today."""
        self.ensure_one()
        self.check_access("write")
        returned = self._efacture_sendings().filtered(
            lambda row: row.channel == "email" and row.state == "accepted" and row.bounce_at
        )
        if not returned:
            raise UserError(
                self.env._("No e-mail of %(invoice)s came back.", invoice=self.display_name)
            )
        return returned[-1:].sudo(False).action_send_bounced_again()

    # -- paper, copies ------------------------------------------------------------------------------

    def action_efacture_print(self):
        """*Print and send* these invoices on paper."""
        self.check_access("write")
        return self.env["efacture.print"]._open(self)

    def action_efacture_copy(self):
        """*Send a copy* of an invoice that was sent, by e-mail, to somebody else."""
        self.ensure_one()
        self.check_access("write")
        return self.env["efacture.mail.copy"]._open(self)

    def _efacture_queue_copy(self, partners):
        """The row of a further copy by e-mail, with the frozen file.

        :raises UserError: nothing was sent yet, or an address is missing
        """
        self.ensure_one()
        # sudo: rows are written by the product only
        frozen = self._efacture_frozen_exchange().sudo()
        file = frozen._efacture_file_attachment()
        vals, files = self.env["account.move.send"]._efacture_default_mail_vals(
            self.sudo(), self.env.user, partners
        )
        row = frozen.create(
            {
                **self._efacture_prepare_exchange_vals("email"),
                **vals,
                "parent_id": frozen.id,
                "is_copy": True,
                "state": "queued",
                "priority": 0,
                "filename": frozen.filename,
                "syntax": frozen.syntax,
                "profile": frozen.profile,
                "sha256": frozen.sha256,
            }
        )
        row._efacture_store_files([file.raw])
        row._efacture_store_mail_files(files)
        row._efacture_wake_lanes()
        return row
