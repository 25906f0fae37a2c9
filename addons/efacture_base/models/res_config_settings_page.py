from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    efacture_pdf_engine = fields.Selection(
        related="company_id.efacture_pdf_engine", readonly=False, required=True
    )
    efacture_pdf_tagged = fields.Boolean(related="company_id.efacture_pdf_tagged", readonly=False)
