from odoo import api, models

from .account_move_document import SHOWN
from .inner_context import inner


class AccountMoveSend(models.AbstractModel):
    """Odoo's generation, run by a lane: what could not be checked is not stored either."""

    _inherit = "account.move.send"

    # EXTENDS 'efacture_base'
    @api.model
    def _efacture_prepare_document(self, invoice, invoice_data):
        result = super()._efacture_prepare_document(invoice, invoice_data)
        verdict = invoice_data.get("efacture_verdict")
        if (
            inner(self.env, "efacture_preparing") is not None
            and verdict
            and verdict.verdict == "unchecked"
            and not invoice_data.get("error")
        ):
            invoice_data["error"] = {
                "error_title": self.env._(
                    "%(invoice)s could not be checked yet; it waits and is checked again.",
                    invoice=invoice.name,
                ),
                "errors": [finding.message for finding in verdict.findings[:SHOWN]],
            }
        return result

    # EXTENDS 'efacture_base'
    @api.model
    def _efacture_draw_group(self, report, invoices_data):
        away = (inner(self.env, "efacture_preparing") or {}).get("away")
        if away:  # not asked again for each invoice
            for data in invoices_data.values():
                data["error"] = {"error_title": away}
            return None
        return super()._efacture_draw_group(report, invoices_data)
