from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What the sent document says of a line. Posted amounts are guarded by Odoo; these are not.
_SAID = {
    "name", "quantity", "price_unit", "discount", "tax_ids", "product_id", "product_uom_id",
    "sequence", "display_type", "deductible_amount", "collapse_composition", "collapse_prices",
    "efacture_delivery_date", "efacture_period_start", "efacture_period_end",
}  # fmt: skip
_SHOWN_TYPES = ("product", "line_section", "line_subsection", "line_note")


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # EXTENDS 'account'
    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._efacture_refuse_if_frozen()
        return lines

    # EXTENDS 'account'
    def write(self, vals):
        watched = _SAID.intersection(vals)
        if watched:
            changed = self.filtered(
                lambda line: any(line._efacture_will_change(name, vals[name]) for name in watched)
            )
            changed._efacture_refuse_if_frozen()
            changed._efacture_hold_invoices()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_frozen(self):
        self._efacture_refuse_if_frozen()

    def _efacture_hold_invoices(self):
        """A lane that makes a document of these lines just now ends first, and this change then fails."""
        moves = self.move_id.filtered(lambda move: move.state == "posted" and move.is_invoice())
        if moves:
            # Held like the lane holds them: a line alone would change beside it, unseen.
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM account_move WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                    tuple(moves.ids),
                )
            )

    def _efacture_refuse_if_frozen(self):
        for line in self:
            if line.display_type in _SHOWN_TYPES and line.move_id.efacture_is_frozen:
                raise UserError(line.move_id._efacture_frozen_message())

    def _efacture_will_change(self, name, value):
        """Whether writing this value really changes the field; of commands, any may."""
        field = self._fields[name]
        if field.type in ("many2many", "one2many"):
            return bool(value)
        current = field.convert_to_cache(self[name], self)
        return (current or False) != (field.convert_to_cache(value, self) or False)
