"""The same invoice again: told by its bytes, else by supplier and number."""

from odoo import models

from .inner_context import inner


class EfactureDocument(models.Model):
    _inherit = "efacture.document"

    @staticmethod
    def _efacture_seller_key(seller):
        """What identifies a supplier across files: SIREN, VAT number, other legal number, name."""
        return (seller.siren or seller.vat or seller.legal_id or seller.name.casefold())[:100]

    def _efacture_find_first(self, invoice):
        """The document already here for this invoice; possibly empty.

        One whose bill was deleted or cancelled does not count: the supplier may send it again.
        """
        self.ensure_one()
        if inner(self.env, "efacture_again"):
            return self.browse()
        domain = [("sha256", "=", self.sha256)]
        if invoice and invoice.number and self.seller_key:
            same = ["&", "&", ("seller_key", "=", self.seller_key), ("number", "=", self.number)]
            # a credit note may bear the number of the invoice it takes back
            same.append(("type_code", "=", self.type_code))
            domain = ["|", *domain, *same]
        found = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self.id),
                ("state", "!=", "copy"),
                *domain,
            ],
            order="id",
        )
        return found.filtered(lambda row: row.move_id and row.move_id.state != "cancel")[:1]

    def _efacture_settle_copy(self, first, raw, move):
        """No second bill: the first one is linked, and says that a copy came."""
        same_file = first.sha256 == self.sha256
        vals = {"state": "copy", "copy_of_id": first.id, "move_id": first.move_id.id}
        if not same_file and abs(first.amount_total - self.amount_total) >= 0.005:
            vals.update(
                self._efacture_warning_vals(
                    [
                        (
                            "copy_differs",
                            {
                                "first": f"{first.amount_total:.2f}",
                                "second": f"{self.amount_total:.2f}",
                                "currency": self.currency_id.name or "",
                            },
                        )
                    ]
                )
            )
        self.write(vals)
        self._efacture_store_file(raw)
        note = self.env._(
            "%(number)s arrived once more on %(date)s (%(way)s): no second bill was made.",
            number=self.number or self.filename,
            date=self.received_at.date(),
            way=dict(self._fields["source"]._description_selection(self.env))[self.source],
        )
        sentences = [note, *self._efacture_sentences()[1:]]
        first.move_id._message_log(body=self._efacture_tell(sentences))
        if move and move != first.move_id:
            # a mail made its draft before we could look: it says why it stays empty
            move._message_log(body=self._efacture_tell(self._efacture_sentences()))
        if self.exchange_id and not self.exchange_id.move_id:
            self.exchange_id.sudo().move_id = first.move_id
        return first.move_id

    def _efacture_copy_hints(self, partner, bill):
        """Warnings about bills that look like this one: same number typed by hand, same amount and date."""
        self.ensure_one()
        if not partner or inner(self.env, "efacture_again"):
            return []
        alike = self.env["account.move"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("move_type", "=", bill.move_type),
                ("id", "!=", bill.id),
                ("state", "!=", "cancel"),
                "|",
                ("ref", "=", self.number),
                "&",
                ("invoice_date", "=", self.invoice_date),
                ("amount_total", "=", self.amount_total),
            ],
            limit=5,
        )
        hints = []
        for other in alike:
            code = "same_number" if other.ref == self.number else "same_amount"
            hints.append((code, {"bill": other.display_name}))
        return hints[:2]
