from odoo import http
from odoo.http import request

from .. import partner_sheet


class PartnerTemplate(http.Controller):
    """The empty Excel workbook for importing customers and suppliers."""

    @http.route(
        "/efacture/partner_template.xlsx", type="http", auth="user", methods=["GET"], readonly=True
    )
    def partner_template(self):
        """A workbook without any data of the company; for those who may import only."""
        if not request.env.user.has_group("efacture_base.efacture_base_group_accountant"):
            raise request.not_found()
        labels = request.env["res.partner"]._efacture_contact_method_labels()
        content = partner_sheet.template([label for _name, label in labels])
        return request.make_response(
            content,
            [
                ("Content-Type", partner_sheet.XLSX_TYPE),
                (
                    "Content-Disposition",
                    http.content_disposition("modele-clients-fournisseurs.xlsx"),
                ),
            ],
        )
