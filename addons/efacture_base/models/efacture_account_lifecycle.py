from odoo import fields, models


class EfactureAccount(models.Model):
    _inherit = "efacture.account"

    auto_collected = fields.Boolean(
        string="Send “Collected” by itself",
        default=True,
        help="When a payment of an invoice of services is registered, the amount received by VAT rate is told to "
        "your customer and to the tax office: this is the e-reporting of payments that the reform asks for.",
    )
    auto_payment_sent = fields.Boolean(
        string="Send “Payment sent” by itself",
        help="When the payment of an approved bill is registered, your supplier is told.",
    )
