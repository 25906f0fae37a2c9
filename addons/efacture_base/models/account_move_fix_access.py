from odoo import models

NAMED = 3  # administrators named in the sentence


class AccountMove(models.Model):
    """*Correct* leads somewhere the reader may not go: whom to ask, instead of a refusal."""

    _inherit = "account.move"

    # EXTENDS 'efacture_base'
    def _efacture_fix_action(self, model, record_id, field):
        action = super()._efacture_fix_action(model, record_id, field)
        target = self.env[model or self._name].browse(record_id or self.id)
        if target._name == "res.company":
            # the settings of a company are one page, which only administrators open
            if not self.env.user.has_group("base.group_system"):
                return self._efacture_ask_administrator(target, field)
        elif not target.has_access("write"):
            return self._efacture_ask_administrator(target, field)
        return action

    def _efacture_ask_administrator(self, target, field):
        """A plain sentence: what is missing, and who can put it right."""
        # sudo: the name of the record and of its field, and who administers this database
        target = target.sudo()
        about = (
            target._fields[field]._description_string(self.env) if field in target._fields else ""
        )
        people = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", self.env.ref("base.group_system").id),
                    ("share", "=", False),
                    ("company_ids", "in", self.company_id.ids),
                ],
                limit=NAMED,
            )
        )
        values = {
            "record": target.display_name,
            "field": about,
            "people": ", ".join(people.mapped("name")) or self.env._("your administrator"),
        }
        if about:
            message = self.env._(
                "“%(field)s” of %(record)s is a setting that you may not change. Ask %(people)s to fill it in, then "
                "check the invoice again.",
                **values,
            )
        else:
            message = self.env._(
                "You may not change %(record)s. Ask %(people)s to correct it, then check the invoice again.",
                **values,
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("To be put right by an administrator"),
                "message": message,
            },
        }
