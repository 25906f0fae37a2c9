from odoo import api, fields, models


class EfactureContactProposal(models.TransientModel):
    """*Propose the contact method*, of one partner or a selection: what suits, why, and OK."""

    _name = "efacture.contact.proposal"
    _description = "Propose Contact Method"

    line_ids = fields.One2many("efacture.contact.proposal.line", "wizard_id")

    @api.model
    def _open(self, partners):
        """The window for these partners, read from what is known already."""
        lines = []
        for partner in partners.commercial_partner_id:
            method, reason = partner._efacture_propose_method()
            lines.append(
                fields.Command.create(
                    {
                        "partner_id": partner.id,
                        "current": partner.invoice_sending_method,
                        "proposed": method,
                        "reason": reason,
                        # Ticked where it brings something; nobody loses a method by a hurried OK.
                        "apply": method != partner.invoice_sending_method
                        and (
                            not partner.invoice_sending_method or method in ("efacture", "chorus")
                        ),
                    }
                )
            )
        wizard = self.create({"line_ids": lines})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Proposed contact method"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_apply(self):
        """Take the ticked proposals."""
        self.ensure_one()
        for line in self.line_ids.filtered("apply"):
            line.partner_id.invoice_sending_method = line.proposed
        return {"type": "ir.actions.act_window_close"}


class EfactureContactProposalLine(models.TransientModel):
    """One partner: its contact method, the one proposed, and the reason."""

    _name = "efacture.contact.proposal.line"
    _description = "Proposed Contact Method"

    wizard_id = fields.Many2one("efacture.contact.proposal", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", readonly=True)
    current = fields.Selection(selection="_selection_method", string="Now", readonly=True)
    proposed = fields.Selection(selection="_selection_method", readonly=True)
    reason = fields.Char(readonly=True)
    apply = fields.Boolean(string="Change")

    @api.model
    def _selection_method(self):
        return (
            self.env["res.partner"]
            ._fields["invoice_sending_method"]
            ._description_selection(self.env)
        )
