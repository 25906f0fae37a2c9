from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    efacture_number_partners = fields.Boolean(
        related="company_id.efacture_number_partners", readonly=False
    )
    efacture_portal_contact_method = fields.Boolean(
        related="company_id.efacture_portal_contact_method", readonly=False
    )
    efacture_company_register_url = fields.Char(
        string="Company register",
        config_parameter="efacture.company_register_url",
        help="Empty: the State's register, recherche-entreprises.api.gouv.fr.",
    )
    efacture_vies_url = fields.Char(
        string="VIES",
        config_parameter="efacture.vies_url",
        help="Empty: the European Commission's service.",
    )
