from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    efacture_legal_form = fields.Char(related="company_id.efacture_legal_form", readonly=False)
    efacture_share_capital = fields.Char(
        related="company_id.efacture_share_capital", readonly=False
    )
    efacture_rcs_city = fields.Char(related="company_id.efacture_rcs_city", readonly=False)
    efacture_recovery_text = fields.Text(
        related="company_id.efacture_recovery_text", readonly=False
    )
    efacture_penalties_text = fields.Text(
        related="company_id.efacture_penalties_text", readonly=False
    )
    efacture_discount_text = fields.Text(
        related="company_id.efacture_discount_text", readonly=False
    )
    efacture_vat_on_debits = fields.Boolean(
        related="company_id.efacture_vat_on_debits", readonly=False
    )
    efacture_vat_franchise = fields.Boolean(
        related="company_id.efacture_vat_franchise", readonly=False
    )
    efacture_nature = fields.Selection(
        related="company_id.efacture_nature", readonly=False, required=True
    )
    efacture_vat_group_partner_id = fields.Many2one(
        related="company_id.efacture_vat_group_partner_id", readonly=False
    )
    efacture_sepa_creditor = fields.Char(
        related="company_id.efacture_sepa_creditor", readonly=False
    )
    efacture_profile = fields.Selection(
        related="company_id.efacture_profile", readonly=False, required=True
    )
    efacture_posting_check = fields.Selection(
        related="company_id.efacture_posting_check", readonly=False, required=True
    )
