from odoo import models

from .efacture_exchange import REPLACED, WITHDRAWN

WAITING = ("preparing", "queued", "sending")


class EfactureExchange(models.Model):
    """What each sending adds to the timeline of its invoice."""

    _inherit = "efacture.exchange"

    def _efacture_timeline_title(self):
        """What handing over means for this channel."""
        self.ensure_one()
        titles = {
            "efacture": self.env._("Handed over to the platform"),
            "email": self.env._("Sent by e-mail"),
            "manual": self.env._("Printed for posting"),
        }
        return titles.get(self.channel) or self.env._(
            "Sent: %(channel)s", channel=self._efacture_timeline_channel()
        )

    def _efacture_timeline_channel(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        return labels.get(self.channel) or self.env._("Platform")

    def _efacture_timeline_sent(self):
        """Entries of one sending of the invoice: asked, handed over, acknowledged, or what went wrong."""
        self.ensure_one()
        if self.state == "failed" and self.error_code == REPLACED:
            return []
        env, entry = self.env, self.env["account.move"]._efacture_timeline_entry
        asked = env._("Copy asked") if self.is_copy else env._("Sending asked")
        entries = [
            entry(
                self.create_date,
                "exchange",
                "wait" if self.state in WAITING else "done",
                asked,
                self,
                detail=self._efacture_timeline_channel(),
                who=(self.requested_by_id or self.create_uid).name,
            )
        ]
        changed = self.write_date
        if self.state == "accepted" or (self.state == "rejected" and self.sent_at):
            entries.append(
                entry(
                    self.sent_at or changed,
                    "exchange",
                    "done",
                    self._efacture_timeline_title(),
                    self,
                    detail=" · ".join(
                        filter(None, (self.account_id.name, self.remote_id, self.mail_to))
                    ),
                    who=self.confirmed_by_id.name,
                )
            )
        if self.bounce_at:
            entries.append(
                entry(
                    self.bounce_at,
                    "exchange",
                    "fail",
                    env._("The e-mail came back"),
                    self,
                    detail=self.bounce_reason,
                )
            )
        if self.state == "accepted" and self.ack_state in ("ok", "error", "unknown"):
            titles = {
                "ok": (env._("Accepted after its checks"), "done"),
                "error": (env._("Refused after its checks"), "fail"),
                "unknown": (env._("Answer not understood"), "warn"),
            }
            title, tone = titles[self.ack_state]
            entries.append(
                entry(
                    self.ack_at or changed,
                    "exchange",
                    tone,
                    title,
                    self,
                    detail=self.error_message,
                    code=self.error_code,
                )
            )
        trouble = {
            "rejected": (env._("Refused by the platform"), "fail", self.ack_at or changed),
            "unknown": (env._("No clear answer: being verified"), "warn", self.unknown_since),
            "failed": (env._("Not sent"), "fail", changed),
        }
        if self.state in trouble:
            title, tone, at = trouble[self.state]
            if self.state == "failed" and self.error_code == WITHDRAWN:
                title, tone = env._("Sending withdrawn"), "warn"
            entries.append(
                entry(
                    at or changed,
                    "exchange",
                    tone,
                    title,
                    self,
                    detail=self.error_message,
                    code=self.error_code if self.error_code != WITHDRAWN else "",
                )
            )
        return entries

    def _efacture_timeline_status(self):
        """A status on its way or in trouble; once accepted, the status itself is in the timeline."""
        self.ensure_one()
        if self.state == "accepted" or self.error_code in (WITHDRAWN, REPLACED):
            return []
        if self.state in (*WAITING, "unknown") and self._efacture_has_event():
            return []  # told by the status itself
        tone = {"rejected": "fail", "failed": "fail", "unknown": "warn"}.get(self.state, "wait")
        titles = {
            "fail": self.env._("Status not sent"),
            "warn": self.env._("Status: no clear answer, being verified"),
            "wait": self.env._("Status on its way"),
        }
        return [
            self.env["account.move"]._efacture_timeline_entry(
                self.write_date if tone != "wait" else self.create_date,
                "exchange",
                tone,
                titles[tone],
                self,
                detail=self.error_message,
                who=(self.requested_by_id or self.create_uid).name,
                code=self.error_code,
            )
        ]

    def _efacture_timeline_received(self):
        """How a received invoice came; received statuses are events."""
        self.ensure_one()
        if self.kind != "invoice":
            return []
        return [
            self.env["account.move"]._efacture_timeline_entry(
                self.create_date,
                "exchange",
                "done",
                self.env._("Received from the platform"),
                self,
                detail=" · ".join(filter(None, (self.account_id.name, self.remote_id))),
            )
        ]

    def _efacture_has_event(self):
        self.ensure_one()
        events = self.env["efacture.event"]._efacture_of(self.move_id)[self.move_id.id]
        return self in events.exchange_id
