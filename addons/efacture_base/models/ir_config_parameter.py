from odoo import api, models
from odoo.exceptions import ValidationError

from ..connectors.errors import AddressForbidden
from ..connectors.guard import check_url

_ADDRESSES = ("efacture.company_register_url", "efacture.vies_url")


class IrConfigParameter(models.Model):
    """Addresses of public registers: https, or this machine for the sandbox."""

    _inherit = "ir.config_parameter"

    @api.constrains("key", "value")
    def _check_efacture_address(self):
        for parameter in self:
            if parameter.key in _ADDRESSES and (parameter.value or "").strip():
                try:
                    check_url(parameter.value.strip())
                except AddressForbidden as error:
                    raise ValidationError(
                        self.env._(
                            "The address %(address)s cannot be used: %(reason)s. It starts with https://; leave it "
                            "empty for the official one (Settings ▸ eFacture).",
                            address=parameter.value,
                            reason=error.text,
                        )
                    )
