from odoo import models


class AccountPaymentRegister(models.TransientModel):
    """A payment without an entry of its own is tied to its invoices only here, at the end."""

    _inherit = "account.payment.register"

    # EXTENDS 'account'
    def _create_payments(self):
        payments = super()._create_payments()
        payments.invoice_ids._efacture_mark_collected(changed=True)
        return payments
