"""What hearing a status does to an invoice: its history in a line, a person where one is needed."""

from datetime import timedelta

from markupsafe import Markup
from odoo import fields, models

from ..en16931 import lifecycle

# Lines that come within this time are one message of the history, not one each.
TOGETHER = timedelta(minutes=15)
MARK = "o_efacture_statuses"


class AccountMove(models.Model):
    _inherit = "account.move"

    def _efacture_hear_status(self, event):
        """A new event was received: one line of history, an activity where somebody has something to do."""
        self.ensure_one()
        status = lifecycle.status(event.code)
        details = [event.reason_text, event.note, event.amount_text]
        line = " – ".join(filter(None, [event.label, *details]))
        self._efacture_note_status(line, event._efacture_timeline_actor())
        done = self.efacture_status == event.code and not (status and status.attention)
        if done:
            self._efacture_status_settled()
        if event.code == lifecycle.UNKNOWN:
            self._efacture_ask_person(
                event.label,
                self.env._(
                    "eFacture does not know this status. Read it in the history of the invoice and ask the platform "
                    "what it means; nothing was taken for approved."
                ),
            )
        elif event.actor == self._efacture_actor():
            pass  # said by ourselves, at the platform's own site
        elif (
            (status and status.attention)
            or lifecycle.tone(event.code) == "fail"
            or event._efacture_is_undeliverable()
        ):
            self._efacture_ask_person(
                event.label,
                "\n".join(filter(None, [*details, self._efacture_status_advice(event)])),
            )
        self._efacture_mark_collected()

    def _efacture_status_advice(self, event):
        """What a person does about a status, in a sentence; empty when nothing."""
        self.ensure_one()
        env = self.env
        if self._efacture_actor() == lifecycle.SELLER:
            advice = {
                "206": env._(
                    "Issue a credit note for what was not approved, or talk to your customer."
                ),
                "207": env._("Talk to your customer; if they are right, issue a credit note."),
                "208": env._("Send what is missing with the status “Completed”."),
                "210": env._(
                    "Issue a credit note that cancels this invoice, correct what is wrong, and send a new one: "
                    "a new number is mandatory."
                ),
                "213": env._(
                    "The customer did not get this invoice. Cancel it by a credit note, correct what the platform "
                    "found, and send a new one under a new number."
                ),
                "221": env._("Check the customer's electronic address and ask your platform."),
                "601": env._("A status of ours was refused: read why and send it again corrected."),
                "501": env._("The platform could not read the file: tell your administrator."),
            }
        else:
            advice = {
                "209": env._("Your supplier completed the invoice: go on with it."),
                "220": env._(
                    "Your supplier cancelled this invoice: do not pay it; a corrected one follows."
                ),
                "227": env._(
                    "Your supplier names another bank account. Verify it by a call to a number that you know "
                    "before you pay."
                ),
            }
        return advice.get(event.code, "")

    # -- history ----------------------------------------------------------------------------------

    def _efacture_note_status(self, text, who=""):
        """Add a line to the invoice's history: what comes together stays one message."""
        self.ensure_one()
        line = Markup("<p>%s</p>") % (f"{who} : {text}" if who else text)
        last = (
            self.env["mail.message"]
            .sudo()
            .search(
                [("model", "=", self._name), ("res_id", "=", self.id)], order="id desc", limit=1
            )
        )
        recent = last.date and last.date > fields.Datetime.now() - TOGETHER
        if recent and MARK in (last.body or ""):
            # sudo above: the message is our own, of a moment ago
            last.body = last.body.removesuffix(Markup("</div>")) + line + Markup("</div>")
        else:
            self._message_log(body=Markup('<div class="%s">%s</div>') % (MARK, line))

    # -- people -----------------------------------------------------------------------------------

    def _efacture_responsible(self, preferred=None):
        """Whom to ask: who sent or follows this invoice, else somebody of the company who keeps eFacture."""
        self.ensure_one()
        move = self.sudo()
        accountants = self.env.ref("efacture_base.efacture_base_group_accountant").sudo()
        candidates = (
            preferred or self.env["res.users"],
            move.invoice_user_id,
            move._efacture_status_exchange().requested_by_id,
            move.create_uid,
        )
        for user in candidates:
            if (
                user.active
                and user._is_internal()
                and not user._is_superuser()
                and self.with_user(user).has_access("read")
            ):
                return user
        return accountants.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        ).sorted("id")[:1]

    def _efacture_ask_person(self, summary, note="", preferred=None):
        """An activity for the responsible person; the same one is not asked twice."""
        self.ensure_one()
        user = self._efacture_responsible(preferred)
        kind = self.env.ref("efacture_base.mail_activity_type_status", raise_if_not_found=False)
        if not user or not kind:
            return
        move = self.sudo()
        asked = move.activity_ids.filtered(
            lambda activity: activity.activity_type_id == kind and activity.summary == summary
        )
        if not asked:
            # quick: the activity shows on screens; no e-mail for each
            move.with_context(mail_activity_quick_update=True).activity_schedule(
                activity_type_id=kind.id, summary=summary, note=note or "", user_id=user.id
            )

    def _efacture_status_settled(self):
        """What was asked of a person is settled by what was said since."""
        kind = self.env.ref("efacture_base.mail_activity_type_status", raise_if_not_found=False)
        if kind:
            self.sudo().activity_ids.filtered(
                lambda activity: activity.activity_type_id == kind
            ).unlink()
