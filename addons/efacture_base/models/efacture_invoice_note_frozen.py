from odoo import api, models
from odoo.exceptions import UserError


class EfactureInvoiceNote(models.Model):
    """A note of a final invoice is final too."""

    _inherit = "efacture.invoice.note"

    # EXTENDS 'efacture_base'
    @api.model_create_multi
    def create(self, vals_list):
        notes = super().create(vals_list)
        notes._efacture_refuse_if_frozen()
        return notes

    # EXTENDS 'efacture_base'
    def write(self, vals):
        self._efacture_refuse_if_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_frozen(self):
        self._efacture_refuse_if_frozen()

    def _efacture_refuse_if_frozen(self):
        for move in self.move_id:
            if move.efacture_is_frozen:
                raise UserError(move._efacture_frozen_message())
