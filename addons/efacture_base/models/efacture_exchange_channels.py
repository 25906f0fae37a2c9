from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


class EfactureExchange(models.Model):
    """What people are told of sendings by e-mail and on paper."""

    _inherit = "efacture.exchange"

    # EXTENDS 'efacture_base'
    def _efacture_is_settled(self):
        if self.channel == "manual" and self.state == "queued" and not self.apply_pending:
            return True  # people carry paper, not lanes
        return super()._efacture_is_settled()

    # EXTENDS 'efacture_base'
    def _efacture_answer_words(self):
        words = None
        if self.channel == "email":
            words = self._efacture_mail_words()
        elif self.channel == "manual":
            words = self._efacture_paper_words()
        return words or super()._efacture_answer_words()

    def _efacture_mail_words(self):
        env, reason = self.env, self.error_message or ""
        name = self.move_id.name or self.tracking_id
        if self.state == "accepted" and self.bounce_at:
            return "danger", env._("The e-mail came back"), f"{name}: {reason}"
        if self.state == "accepted":
            return (
                "success",
                env._("Copy sent by e-mail") if self.is_copy else env._("Sent by e-mail"),
                env._(
                    "%(invoice)s was handed to the mail server at %(time)s, for %(recipients)s.",
                    invoice=name,
                    time=format_datetime(env, self.sent_at or self.write_date, dt_format="HH:mm"),
                    recipients=self.mail_to or "",
                ),
            )
        if self.state == "rejected":
            return "danger", env._("The e-mail was refused"), f"{name}: {reason}"
        if self.needs_person:
            return (
                "warning",
                env._("Was this e-mail sent?"),
                env._(
                    "The mail server did not say whether it took %(invoice)s. Ask the customer, then open its sending "
                    "and press “It arrived” or “Send again”.",
                    invoice=name,
                ),
            )
        return None

    def _efacture_paper_words(self):
        env, name = self.env, self.move_id.name or self.tracking_id
        if self.state == "accepted":
            return (
                "success",
                env._("Posted"),
                env._(
                    "%(invoice)s was printed and posted; %(user)s said so on %(date)s.",
                    invoice=name,
                    user=(self.confirmed_by_id or self.requested_by_id).name or "",
                    date=format_datetime(env, self.sent_at or self.write_date, dt_format="short"),
                ),
            )
        if self.state == "queued" and self.printed_at:
            return (
                "warning",
                env._("Printed, not posted yet"),
                env._(
                    "Once %(invoice)s is in the post, press “Print and send” again and confirm.",
                    invoice=name,
                ),
            )
        if self.state == "queued":
            return (
                "warning",
                env._("Ready to be printed"),
                env._(
                    "Press “Print and send” on %(invoice)s, or on a selection in the list.",
                    invoice=name,
                ),
            )
        return None

    def _efacture_state_words(self):
        """The state in the words of e-mail and paper; empty where the state's own words serve."""
        self.ensure_one()
        env = self.env
        if self.channel == "email":
            if self.state == "accepted" and self.bounce_at:
                return env._("The e-mail came back")
            return {
                "accepted": env._("Sent by e-mail"),
                "rejected": env._("The e-mail was refused"),
            }.get(self.state, "")
        if self.channel == "manual":
            if self.state == "queued":
                return env._("To be posted") if self.printed_at else env._("Ready to be printed")
            return {"accepted": env._("Posted")}.get(self.state, "")
        return ""

    # -- again, by a person -----------------------------------------------------------------------

    def _efacture_again(self):
        """A further row for a mail that came back, with the very same file and today's addresses.

        The first row becomes `rejected` by the person's word, in the same transaction: the invoice stays final.
        :raises UserError: nothing to send again, or nobody to send it to
        """
        self.ensure_one()
        if self.channel != "email" or self.state != "accepted" or not self.bounce_at:
            raise UserError(
                self.env._(
                    "%(exchange)s did not come back: it is not sent again. To let somebody else have it, press “Send a "
                    "copy” on the invoice.",
                    exchange=self.display_name,
                )
            )
        move = self.move_id
        file = self._efacture_file_attachment()
        vals, files = self.env["account.move.send"]._efacture_default_mail_vals(move, self.env.user)
        self.write({"state": "rejected"})
        self.flush_recordset()  # before the new row: one live sending by e-mail
        row = self.create(
            {
                **move._efacture_prepare_exchange_vals("email"),
                **vals,
                "parent_id": self.id,
                "state": "queued",
                "priority": 0,
                "filename": self.filename,
                "syntax": self.syntax,
                "profile": self.profile,
                "sha256": self.sha256,
            }
        )
        row._efacture_store_files([file.raw])
        row._efacture_store_mail_files(files)
        row._efacture_wake_lanes()
        return row

    def action_send_bounced_again(self):
        """Button of a mail that came back: it leaves again, to the addresses of today."""
        self.ensure_one()
        self._efacture_check_right_to_act()
        locked = self.sudo().try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset()
        if not locked:
            raise UserError(
                self.env._("Somebody else is at work on this sending: try again in a moment.")
            )
        row = locked._efacture_again()
        locked._efacture_person_done()
        return self.move_id._efacture_sending_window({"exchange_ids": row.ids, "refused": []})
