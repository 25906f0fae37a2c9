from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    efacture_to_verify = fields.Boolean(
        string="New supplier to verify",
        copy=False,
        help="Made from a received invoice: nobody has looked at it yet.",
    )

    def action_efacture_verified(self):
        """Somebody looked at this new supplier."""
        self.check_access("write")
        self.efacture_to_verify = False
