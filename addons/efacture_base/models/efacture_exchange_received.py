"""A received row: its file may come late, its bill is known once it is made."""

from odoo import models


class EfactureExchange(models.Model):
    _inherit = "efacture.exchange"

    # EXTENDS 'efacture_base'
    def _efacture_changed(self, vals):
        """What arrives is filled in once: the file that could not be fetched at first, then the bill."""
        changed = super()._efacture_changed(vals)
        if self.direction == "in" and self.env.su:
            if not self.move_id:
                changed.discard("move_id")
            if not self.sha256:
                changed -= {"file", "sha256", "filename", "syntax", "profile"}
        return changed

    def _efacture_apply_in_invoice(self):
        """Carry a received file to its draft bill. Repeatable: one document a row.

        :return: True when done, False to wait (its file is not here yet)
        """
        self.ensure_one()
        Document = self.env["efacture.document"].sudo()  # the system's own work
        if not self.sha256:
            return False
        if Document.search_count([("exchange_id", "=", self.id)], limit=1):
            return True
        company = self.company_id
        raw = self._efacture_file_attachment().raw
        speaking = Document.with_context(lang=company.partner_id.lang or self.env.lang)
        document = speaking.receive(
            raw, "platform", filename=self.filename, company=company, exchange=self
        )
        if self.error_code == "checksum":
            pairs = [*document._efacture_warning_pairs(), ("checksum", {})]
            document.write(document._efacture_warning_vals(pairs))
        if document.state == "to_check":
            document.move_id._autopost_bill()
        return True
