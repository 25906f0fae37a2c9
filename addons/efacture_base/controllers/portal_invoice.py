from odoo.addons.account.controllers.portal import PortalAccount
from odoo.http import request


class EfacturePortalInvoice(PortalAccount):
    # EXTENDS 'portal'
    def _show_report(self, model, report_type, report_ref, download=False):
        """A customer sees the very file that was handed over, never a new rendering of it."""
        if (
            model._name == "account.move"
            and report_type in ("html", "pdf")
            and model.efacture_is_frozen
        ):
            issued = model._efacture_issued_pdf()
            if issued:
                headers = self._get_http_headers(model, "pdf", issued.raw, download)
                return request.make_response(issued.raw, headers=list(headers.items()))
        return super()._show_report(model, report_type, report_ref, download=download)
