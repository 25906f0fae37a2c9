from odoo import models


class EfactureEvent(models.Model):
    """What each status adds to the timeline of its invoice."""

    _inherit = "efacture.event"

    def _efacture_timeline_tone(self):
        self.ensure_one()
        if self.direction == "out" and self.exchange_id:
            tones = {"accepted": "done", "unknown": "warn"}
            return tones.get(self.exchange_id.state, "wait")
        return self.tone if self.tone in ("warn", "fail") else "done"  # said is said

    def _efacture_timeline_title(self):
        self.ensure_one()
        if self._efacture_timeline_tone() == "wait":
            return self.env._("“%(status)s” on its way", status=self.label)
        return self.label

    def _efacture_timeline_detail(self):
        self.ensure_one()
        said = [self.reason_text, self.note, self.amount_text]
        if self._efacture_timeline_tone() == "warn":
            said.append(self.exchange_message)
        return "\n".join(filter(None, said))

    def _efacture_timeline_actor(self):
        self.ensure_one()
        actors = dict(self._fields["actor"]._description_selection(self.env))
        return self.actor_name or actors.get(self.actor, "")
