from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A payment matched or taken back: the invoice is only marked, a scheduled action tells it."""

    _inherit = "account.partial.reconcile"

    # EXTENDS 'account'
    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._efacture_invoices()._efacture_mark_collected(changed=True)
        return partials

    # EXTENDS 'account'
    def unlink(self):
        invoices = self._efacture_invoices()
        done = super().unlink()
        invoices.exists()._efacture_mark_collected(changed=True)
        return done

    def _efacture_invoices(self):
        moves = (self.debit_move_id | self.credit_move_id).move_id
        return moves.filtered(lambda move: move.is_invoice())
