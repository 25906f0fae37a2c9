from odoo.http import request

from odoo.addons.account.controllers.portal import CustomerPortal


class EfactureCustomerPortal(CustomerPortal):
    def _prepare_my_account_rendering_values(self, *args, **kwargs):
        # EXTENDS 'account': only what this company lets its customers choose
        values = super()._prepare_my_account_rendering_values(*args, **kwargs)
        allowed = request.env["res.partner"]._efacture_frontend_methods()
        offered = values.get("invoice_sending_methods") or {}
        values["invoice_sending_methods"] = {k: v for k, v in offered.items() if k in allowed}
        return values

    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        # EXTENDS 'portal': a value that is not on the page is refused, whoever typed it
        invalid, missing, messages = super()._validate_address_values(
            address_values, partner_sudo, *args, **kwargs
        )
        method = address_values.get("invoice_sending_method")
        if "invoice_sending_method" in address_values and (
            method not in request.env["res.partner"]._efacture_frontend_methods()
        ):
            invalid.add("invoice_sending_method")
            messages.append(request.env._("This contact method cannot be chosen here."))
        return invalid, missing, messages
