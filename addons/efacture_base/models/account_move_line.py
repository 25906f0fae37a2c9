from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    efacture_period_start = fields.Date(string="Period from")
    efacture_period_end = fields.Date(string="Period to")
    efacture_delivery_date = fields.Date(string="Delivered on")
