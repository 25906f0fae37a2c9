from odoo import api, fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    efacture_period_start = fields.Date(string="Period from")
    efacture_period_end = fields.Date(string="Period to")
    efacture_delivery_date = fields.Date(string="Delivered on")

    # A line changed, added or taken away makes the verdict of its draft old.

    # EXTENDS 'account'
    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.move_id._efacture_forget_verdict()
        return lines

    # EXTENDS 'account'
    def write(self, vals):
        result = super().write(vals)
        # Drawing the page writes too: Odoo computes sections (parent_id) by assigning what is stored nowhere.
        fields_written = [self._fields[name] for name in vals if name in self._fields]
        if any(field.store or field.inverse for field in fields_written):
            self.move_id._efacture_forget_verdict()
        return result

    # EXTENDS 'account'
    def unlink(self):
        moves = self.move_id
        result = super().unlink()
        moves.exists()._efacture_forget_verdict()
        return result
