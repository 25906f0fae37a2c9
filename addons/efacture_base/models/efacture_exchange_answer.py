"""What a person is told of a sending: the second request of *Send*, and the sentences of its window."""

from odoo import fields, models
from odoo.tools import format_date, format_datetime

MAX_WAIT = 10.0  # seconds that a person waits; the lanes and a notification do the rest
SHOWN = 5  # findings in a window; all of them are on the invoice
ENDED = ("accepted", "rejected", "failed", "unknown")


class EfactureExchange(models.Model):
    _inherit = "efacture.exchange"

    def efacture_dispatch(self, seconds=MAX_WAIT):
        """Send these queued rows now and tell what became of each; safe to repeat, with 0 it only looks.

        :param float seconds: how long to wait at most (10); what is not over by then goes on by itself
        :return: one answer a row, see `_efacture_answer`
        """
        self._efacture_check_right_to_act()
        rows = self.sudo().filtered(lambda row: row.direction == "out")
        # sudo: rows are written by the product only; the right to send was checked above
        return rows._efacture_dispatch(max(0.0, min(float(seconds), MAX_WAIT)))

    # EXTENDS 'efacture_base': the window's own keys
    def _efacture_answer(self):
        """One row's answer.

        :return: the payload of `efacture_exchange_done`, with: "id", "customer", "channel", "told"
            (a person who waits has its answer), "over" (nothing more comes within moments), "headline"
            and "note" (without the invoice's number), "findings": [{"id", "message", "label"}]
        """
        answer = super()._efacture_answer()
        row = self.with_context(lang=self.requested_by_id.lang or self.env.lang)
        row = row.with_context(tz=self.requested_by_id.tz or self.env.context.get("tz"))
        if self.account_id and self.kind == "invoice":
            headline, note = row._efacture_headline()
        else:  # e-mail, paper and life-cycle messages have their own words
            headline, note = answer["title"], answer["message"]
        findings = []
        if self.state in ("failed", "preparing") and not self.is_withdrawn:
            findings = [
                {"id": finding.id, "message": finding.message, "label": finding.fix_label or ""}
                for finding in self.move_id.efacture_finding_ids
                if finding.severity == "fatal"
            ][:SHOWN]
            said = {finding["message"] for finding in findings}
            # What the findings say, with their doors, is not said twice.
            note = "\n".join(line for line in note.split("\n") if line not in said)
        return {
            **answer,
            "id": self.id,
            "customer": self.move_id.commercial_partner_id.display_name or "",
            "channel": self.channel or "",
            "told": row._efacture_is_told(),
            "over": self._efacture_is_settled(),
            "headline": headline,
            "note": note,
            "findings": findings,
        }

    # EXTENDS 'efacture_base': of a batch too, everybody hears what became of what he sent
    def _efacture_tell(self):
        result = super()._efacture_tell()
        if self.priority and self.requested_by_id and not self.is_withdrawn:
            self.requested_by_id._bus_send("efacture_exchange_done", self._efacture_answer())
        return result

    def _efacture_is_told(self):
        """Whether a person who waits has its answer: an end, or an attempt that came to nothing."""
        self.ensure_one()
        later = self.next_attempt and self.next_attempt > fields.Datetime.now()
        tried = self.state == "queued" and self.attempt_count and self.error_code
        return self.state in ENDED or bool(
            tried or (self.state in ("queued", "preparing") and later)
        )

    def _efacture_headline(self):
        """(what happened, what else to know and do), of a sending by the platform."""
        self.ensure_one()
        env, reason = self.env, self.error_message or ""
        if self.state == "accepted":
            return self._efacture_handed_over(), self._efacture_handed_over_note()
        if self.is_withdrawn:
            return env._("Taken back"), reason
        if self.state in ("rejected", "failed"):
            return (
                env._("Refused by the platform") if self.state == "rejected" else env._("Not sent"),
                _lines(reason, env._("Press “Correct and send again” on the invoice.")),
            )
        if self.state == "unknown":
            return (
                env._("To be verified"),
                _lines(
                    reason,
                    env._("It may have arrived; open its history to say whether it did.")
                    if self.needs_person
                    else env._(
                        "It may have arrived. eFacture asks again by itself and never sends it twice; you will be told."
                    ),
                ),
            )
        if self._efacture_is_told():
            return (
                env._("Not sent yet"),
                _lines(
                    reason,
                    env._("Tried again by itself at %(time)s.", time=self._clock(self.next_attempt))
                    if self.next_attempt
                    else env._("Tried again by itself."),
                ),
            )
        return (
            env._("Being sent"),
            env._("You may leave this page: the answer will be notified to you."),
        )

    def _clock(self, moment):
        return format_datetime(self.env, moment, dt_format="HH:mm")

    def _efacture_handed_over(self):
        """*Déposée sur la plateforme à 14:32 (n° …)*."""
        env, when = self.env, self.sent_at or self.write_date
        day = fields.Datetime.context_timestamp(self, when).date()
        if day == fields.Date.context_today(self):
            moment = env._("at %(time)s", time=self._clock(when))
        else:
            moment = env._(
                "on %(date)s at %(time)s", date=format_date(env, day), time=self._clock(when)
            )
        number = self.remote_id or self.flow_id
        if not number:
            return env._("Deposited on the platform %(moment)s", moment=moment)
        return env._(
            "Deposited on the platform %(moment)s (no. %(number)s)", moment=moment, number=number
        )

    def _efacture_handed_over_note(self):
        if self.ack_state == "pending":
            return self.env._("The platform checks it now; the invoice shows each step.")
        if self.ack_state == "ok":
            return self.env._("The platform has checked it and passes it on to the customer.")
        return ""


def _lines(*texts):
    return "\n".join(text for text in texts if text)
