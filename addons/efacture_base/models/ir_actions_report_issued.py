import io

from odoo import models


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    # EXTENDS 'account'
    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Printing an invoice that was handed over gives its file; the others are drawn."""
        issued = {}
        if res_ids and self._is_invoice_report(report_ref):
            for move in self.env["account.move"].browse(res_ids).exists():
                if move.efacture_is_frozen and (attachment := move._efacture_issued_pdf()):
                    issued[move.id] = {"stream": io.BytesIO(attachment.raw), "attachment": None}
        if not issued:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        others = [res_id for res_id in res_ids if res_id not in issued]
        drawn = (
            super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=others)
            if others
            else {}
        )
        return {res_id: issued.get(res_id) or drawn[res_id] for res_id in res_ids}
