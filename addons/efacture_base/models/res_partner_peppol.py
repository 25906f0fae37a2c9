from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    # EXTENDS 'account_peppol', when it is there: its only door to the network's directory
    def button_account_peppol_check_partner_endpoint(self, company=None):
        if (company or self.env.company)._efacture_active_account():
            return False  # invoices travel by the platform: nobody is looked up on Peppol
        native = getattr(super(), "button_account_peppol_check_partner_endpoint", None)
        return native(company=company) if native else False
