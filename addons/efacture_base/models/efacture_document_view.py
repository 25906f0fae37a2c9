"""The page that people read for an invoice that came without one."""

from functools import cache
from pathlib import Path

from odoo import models
from odoo.tools import format_date, formatLang

from ..hostservice import renderer

_STYLE = Path(__file__).parent.parent / "report" / "received.css"
_ROWS = 1000  # lines drawn; beyond, the page says how many there are
_PAPER = renderer.Paper(top=14.0, right=12.0, bottom=16.0, left=12.0)


@cache
def _look():
    return renderer.Look((_STYLE.read_bytes(),))


class EfactureDocument(models.Model):
    _inherit = "efacture.document"

    def _efacture_render_received(self, invoice):
        """The invoice as PDF pages, in the company's language.

        :raises HostServiceError: the renderer is not there now
        """
        self.ensure_one()
        lang = self.company_id.partner_id.lang or "fr_FR"
        document = self.with_context(lang=lang)
        body = document.env["ir.qweb"]._render(
            "efacture_base.report_received", document._efacture_page_values(invoice)
        )
        page = renderer.Page(body=str(body), lang=lang.replace("_", "-"))
        return renderer.render([page], paper=_PAPER, look=_look())[0].content

    def _efacture_page_values(self, invoice):
        currency = self.currency_id
        env = self.env

        def money(value):
            if value is None:
                return ""
            return (
                formatLang(env, float(value), currency_obj=currency)
                if currency
                else f"{value:f} {invoice.currency}"
            )

        def plain(value):
            return "" if value is None else f"{value.normalize():f}".replace(".", ",")

        return {
            "document": self,
            "invoice": invoice,
            "lines": invoice.lines[:_ROWS],
            "hidden": max(0, len(invoice.lines) - _ROWS),
            "money": money,
            "plain": plain,
            "day": lambda value: format_date(env, value) if value else "",
            "means": self._efacture_page_means(invoice),
            "title": self._efacture_page_title(invoice),
        }

    def _efacture_page_means(self, invoice):
        """The payment means in words of the reader's language."""
        field = self.env["account.move"]._fields["efacture_payment_means"]
        words = dict(field._description_selection(self.env))
        return words.get(invoice.means, invoice.means_text or invoice.means)

    def _efacture_page_title(self, invoice):
        if invoice.is_credit:
            return self.env._("Credit note")
        if invoice.type_code in ("386", "500"):
            return self.env._("Deposit invoice")
        if invoice.type_code in ("384", "471", "472", "473"):
            return self.env._("Corrective invoice")
        return self.env._("Invoice")
