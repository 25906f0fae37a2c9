from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    efacture_line_role = fields.Selection(
        [
            ("line", "A line of its own"),
            ("discount", "A discount on the whole invoice"),
            ("charge", "A charge on the whole invoice"),
            ("deposit", "A deposit"),
        ],
        string="On electronic invoices",
        default="line",
        required=True,
    )
    efacture_reason_code = fields.Char(
        string="Reason code",
        help="Of the discount (list UNTDID 5189, 95: discount) or of the charge (list UNTDID 7161, "
        "FC: freight).",
    )
