from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    efacture_pdf_engine = fields.Selection(
        [("chromium", "eFacture (recommended)"), ("wkhtmltopdf", "wkhtmltopdf")],
        string="Invoice PDF made by",
        default="chromium",
        required=True,
        help="eFacture draws your invoice layout with its header, footer and text, as archivable "
        "PDF/A-3. Keep wkhtmltopdf only if your server has its patched build.",
    )
    efacture_pdf_tagged = fields.Boolean(
        string="Accessible invoice PDF",
        help="Adds the structure that screen readers need (PDF/A-3a). Documents take about twice "
        "as long to make.",
    )
