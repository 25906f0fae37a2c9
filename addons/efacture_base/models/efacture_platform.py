from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..connectors import registry
from ..connectors.errors import AddressForbidden
from ..connectors.guard import check_url


class EfacturePlatform(models.Model):
    """Where a platform is and which protocol it speaks. As whom a company comes there is its account."""

    _name = "efacture.platform"
    _description = "e-Invoicing Platform"
    _order = "sequence, name, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("pa", "Approved platform")],
        default="pa",
        required=True,
        help="An approved platform carries a company's invoices to all others. A company has one "
        "active account of each kind.",
    )
    connector = fields.Selection(
        selection="_selection_connector",
        string="Protocol",
        default="afnor",
        required=True,
    )
    environment = fields.Selection(
        [("sandbox", "Sandbox"), ("test", "Platform's test service"), ("production", "Production")],
        default="sandbox",
        required=True,
        help="Only production reaches real customers.",
    )
    flow_base_url = fields.Char(string="Invoice service address")
    directory_base_url = fields.Char(string="Directory service address")
    token_url = fields.Char(string="Sign-in service address")
    api_version = fields.Selection(
        [("1.1", "1.1"), ("1.2", "1.2"), ("1.3", "1.3")],
        string="Version of the standard",
        default="1.2",
        required=True,
    )
    token_method = fields.Selection(
        [("body", "In the request"), ("basic", "In a header")],
        string="Credentials sent",
        default="body",
        required=True,
    )
    scope = fields.Char(help="Only if your platform asks for one.")
    account_ids = fields.One2many("efacture.account", "platform_id", string="Accounts")

    @api.model
    def _selection_connector(self):
        labels = {"afnor": self.env._("AFNOR XP Z12-013 (approved platforms)")}
        return [(name, labels.get(name, name)) for name in registry.names()]

    @api.constrains("flow_base_url", "directory_base_url", "token_url")
    def _check_addresses(self):
        for platform in self:
            for name in ("flow_base_url", "directory_base_url", "token_url"):
                try:
                    if platform[name]:
                        check_url(platform[name])
                except AddressForbidden as error:
                    raise ValidationError(
                        self.env._(
                            "The %(field)s of the platform “%(platform)s” cannot be used: %(reason)s. "
                            "Copy the address from your platform's documentation; it starts with https://.",
                            field=platform._fields[name]._description_string(self.env),
                            platform=platform.name,
                            reason=error.text,
                        )
                    )

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals or "kind" in vals:
            self.env.registry.clear_cache()
        return result
