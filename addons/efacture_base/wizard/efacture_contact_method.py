from odoo import api, fields, models


class EfactureContactMethod(models.TransientModel):
    """*Change contact method* of a selection, with a report of those that were refused and why."""

    _name = "efacture.contact.method"
    _description = "Change Contact Method"

    partner_ids = fields.Many2many(
        "res.partner", default=lambda self: self.env.context.get("active_ids")
    )
    count = fields.Integer(compute="_compute_count")
    method = fields.Selection(
        selection=lambda self: self.env["res.partner"]._efacture_contact_method_labels(),
        string="Contact method",
    )
    done = fields.Boolean(readonly=True)
    changed_count = fields.Integer(readonly=True)
    line_ids = fields.One2many(
        "efacture.contact.method.line", "wizard_id", string="Refused", readonly=True
    )

    @api.depends("partner_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.partner_ids)

    def action_apply(self):
        """Change those that can be, and show the others with their reason."""
        self.ensure_one()
        refused, accepted = {}, self.env["res.partner"]
        for partner in self.partner_ids:
            reason = partner._efacture_refuse_method(self.method)
            if reason:
                refused[partner] = reason
            else:
                accepted |= partner
        accepted.write({"invoice_sending_method": self.method})
        self.write({"done": True, "changed_count": len(accepted)})
        self.env["efacture.contact.method.line"].create(
            [
                {"wizard_id": self.id, "partner_id": partner.id, "reason": reason}
                for partner, reason in refused.items()
            ]
        )
        if not refused:
            return self.env["res.partner"]._efacture_notify(
                self.env._("The contact method of %(count)s was changed.", count=len(accepted)),
                following={"type": "ir.actions.act_window_close"},
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refused"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class EfactureContactMethodLine(models.TransientModel):
    """A partner that could not get the contact method, and why."""

    _name = "efacture.contact.method.line"
    _description = "Refused Contact Method"

    wizard_id = fields.Many2one("efacture.contact.method", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
    reason = fields.Char(required=True)
