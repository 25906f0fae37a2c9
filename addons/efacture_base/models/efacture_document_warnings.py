"""What is odd about a received invoice: kept as words and values, told in the reader's language."""

from odoo import models


class EfactureDocument(models.Model):
    _inherit = "efacture.document"

    def _efacture_warning_pairs(self):
        """[(word, values)] as kept."""
        return [(row["code"], row["values"]) for row in self.warnings or []]

    def _efacture_warning_vals(self, pairs):
        """Field values for these warnings, each once."""
        rows = []
        for code, values in pairs:
            row = {"code": code, "values": {key: str(value)[:500] for key, value in values.items()}}
            if row not in rows:
                rows.append(row)
        return {"warnings": rows[:100], "warning_count": len(rows)}

    def _efacture_sentences(self):
        """What a person must know of this document, in sentences; empty when all is well."""
        self.ensure_one()
        sentences = []
        if self.state == "unreadable":
            sentences.append(self._efacture_reason_sentence())
        elif self.state == "copy":
            sentences.append(
                self.env._(
                    "This invoice is already here: %(name)s. No second bill was made.",
                    name=self.copy_of_id.move_id.display_name or self.copy_of_id.display_name,
                )
            )
        texts = self._efacture_warning_texts()
        for code, values in self._efacture_warning_pairs():
            text = texts.get(code)
            try:
                words = text % values if text else f"{code}: {values}"
                sentences.append(words.replace(" (?)", ""))  # a holder whom the file does not name
            except (KeyError, ValueError):  # a translation with another value than the English
                sentences.append(text)
        return sentences

    def _efacture_reason_sentence(self):
        """Why no invoice could be read, and what to do."""
        sentences = {
            "empty": self.env._("The file is empty: ask the supplier to send it again."),
            "closed": self.env._(
                "This PDF is closed by a password: ask the supplier for an open one, or type the bill by hand."
            ),
            "damaged": self.env._(
                "This PDF is damaged: ask the supplier to send it again, or type the bill by hand."
            ),
            "plain_pdf": self.env._(
                "This PDF holds no electronic invoice: read it beside the form and type the bill by hand."
            ),
            "not_xml": self.env._(
                "This XML file is damaged or forbidden (%(detail)s): ask the supplier to send it again.",
                detail=self.detail or "",
            ),
            "cdar": self.env._(
                "This file is a life-cycle status (CDAR), not an invoice: it belongs to the exchange with the platform."
            ),
            "order": self.env._(
                "This file is an order (Order-X), not an invoice: nothing has to be paid."
            ),
            "other_xml": self.env._(
                "This XML file is no invoice in Factur-X, CII or UBL (%(detail)s): type the bill by hand.",
                detail=self.detail or "",
            ),
            "other": self.env._("This file is no electronic invoice: type the bill by hand."),
            "absurd": self.env._(
                "This invoice has an amount that no invoice has (%(detail)s): ask the supplier for a right one.",
                detail=self.detail or "",
            ),
            "bill": self.env._(
                "This invoice was read, but Odoo refuses the bill: %(detail)s. Correct the cause, then press “Read again”.",
                detail=self.detail or "",
            ),
        }
        return sentences.get(self.reason) or self.env._(
            "This invoice cannot be read (%(detail)s): type the bill by hand from the file beside the form.",
            detail=self.detail or "",
        )

    def _efacture_warning_texts(self):
        """{word: sentence with its values}."""
        return {
            # the file
            "checksum": self.env._(
                "The file is not the one the platform announced (another fingerprint): ask the supplier to confirm it."
            ),
            "number": self.env._("%(term)s is no number in the file: “%(text)s”. Check the bill."),
            "date": self.env._(
                "%(term)s is no possible date in the file: “%(text)s”. Check the bill."
            ),
            "no_number": self.env._("The file gives no invoice number: type the one you read."),
            "no_date": self.env._("The file gives no invoice date: type the one you read."),
            "many_lines": self.env._(
                "The invoice has %(count)s lines: the bill has one line per VAT rate, the detail is in the file."
            ),
            "files_left": self.env._(
                "Files that came along were left in the original because they could be harmful or are too large: %(names)s."
            ),
            # who
            "supplier_new": self.env._(
                "New supplier to verify: %(name)s was created from the file. Open the supplier and check it."
            ),
            "supplier_alike": self.env._(
                "%(names)s bears the same name as the new supplier %(name)s but no number that proves it: if it is the "
                "same, complete its SIREN or VAT number and choose it on the bill."
            ),
            "supplier_ambiguous": self.env._(
                "Several suppliers bear this identifier; %(name)s was chosen. Check the supplier, or merge them."
            ),
            "supplier_unnamed": self.env._("The file names no supplier: choose it on the bill."),
            "supplier_vat": self.env._(
                "The file gives the VAT number %(told)s, your record of %(name)s has %(known)s: check which is right."
            ),
            "supplier_siren": self.env._(
                "The file gives the SIREN %(told)s, your record of %(name)s has %(known)s: check which is right."
            ),
            "buyer_other": self.env._(
                "This invoice is addressed to %(name)s (%(number)s), not to %(company)s: it may not be for you. Check before "
                "you approve it."
            ),
            "buyer_unknown": self.env._(
                "The file gives no number of its addressee (%(name)s): check that the invoice is for you."
            ),
            "payee": self.env._(
                "To be paid to %(name)s (%(number)s), not to the supplier: check before you pay."
            ),
            "tax_representative": self.env._(
                "VAT is accounted for by a tax representative: %(name)s (%(vat)s)."
            ),
            # where to pay
            "bank_new": self.env._(
                "New bank account: %(number)s (%(holder)s). %(name)s had none here. Check it with the supplier by another "
                "way, then press “Add this account”."
            ),
            "bank_changed": self.env._(
                "Changed bank account: %(number)s (%(holder)s) is not one you know for %(name)s. It may be a fraud: call "
                "the supplier at a number you already had before you press “Add this account”."
            ),
            "bank_several": self.env._("The file gives several bank accounts: %(numbers)s."),
            # amounts
            "credit_negative": self.env._(
                "This credit note is written with negative amounts: it was read as money given back to you."
            ),
            "invoice_negative": self.env._(
                "This invoice is negative: it was read as a credit note."
            ),
            "currency_unknown": self.env._(
                "Odoo does not know the currency %(currency)s: amounts are shown in the company's currency and are wrong. "
                "Create it in Accounting ▸ Configuration ▸ Currencies, then press “Read again”."
            ),
            "currency_inactive": self.env._(
                "The currency %(currency)s is not active: activate it in Accounting ▸ Configuration ▸ Currencies and give its rate."
            ),
            "rate": self.env._(
                "The supplier's rate for %(currency)s is %(told)s, ours is %(ours)s: check the rate of the bill."
            ),
            "prepaid": self.env._(
                "Already paid, says the supplier: %(amount)s %(currency)s; left to pay: %(due)s %(currency)s. Match the payment "
                "or the deposit invoice with this bill."
            ),
            "line_amount": self.env._(
                "Line %(line)s (%(name)s): quantity and price give %(computed)s, the file says %(told)s. The bill has the "
                "amount of the file."
            ),
            "tax_missing": self.env._(
                "None of your purchase taxes fits VAT %(category)s %(rate)s %% (%(reason)s): its lines have no tax. Choose it on "
                "the lines, or create it in Accounting ▸ Configuration ▸ Taxes and press “Read again”."
            ),
            "tax_none": self.env._(
                "VAT %(category)s (%(reason)s): no tax was put on its lines, since none of yours says it."
            ),
            "vat_corrected": self.env._(
                "%(tax)s: the supplier's VAT is %(told)s, the rate gives %(computed)s. The bill has the supplier's."
            ),
            "vat_wrong": self.env._(
                "%(tax)s: the supplier's VAT is %(told)s, the rate gives %(computed)s. The bill has the computed one: ask the "
                "supplier for a corrected invoice."
            ),
            "total_net": self.env._(
                "Total without VAT: %(told)s %(currency)s in the file, %(ours)s on the bill."
            ),
            "total_tax": self.env._(
                "VAT: %(told)s %(currency)s in the file, %(ours)s on the bill."
            ),
            "total_gross": self.env._(
                "Total with VAT: %(told)s %(currency)s in the file, %(ours)s on the bill."
            ),
            # what it belongs to
            "several_dues": self.env._(
                "The invoice is due in several parts: %(dates)s. The last date is on the bill."
            ),
            "preceding": self.env._(
                "The invoice refers to %(numbers)s, not found among this supplier's bills."
            ),
            "same_number": self.env._(
                "%(bill)s of the same supplier has the same number: is it the same invoice?"
            ),
            "same_amount": self.env._(
                "%(bill)s of the same supplier has the same date and the same amount: is it the same invoice?"
            ),
            "copy_differs": self.env._(
                "The copy does not say the same: %(second)s %(currency)s where the first had %(first)s. Ask the supplier which is "
                "right."
            ),
        }
