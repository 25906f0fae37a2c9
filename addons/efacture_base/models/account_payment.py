from odoo import models


class AccountPayment(models.Model):
    """Payments without an entry of their own tell by their state that money came or went."""

    _inherit = "account.payment"

    # EXTENDS 'account'
    def write(self, vals):
        done = super().write(vals)
        if "state" in vals or "invoice_ids" in vals:
            self.invoice_ids._efacture_mark_collected(changed=True)
        return done
