"""The draft bill of a received invoice, group by group: the inverse of `account_move_semantic_*.py`."""

from markupsafe import Markup, escape
from odoo import Command, models
from odoo.tools import float_compare

from ..en16931.received import CREDIT_CODES
from .account_move_semantic import PROCESSES, TYPE_CODES
from .account_move_semantic_payment import MEANS
from .semantic_tools import cut, table

KNOWN_TYPES = {code for code, _label in TYPE_CODES}
KNOWN_PROCESSES = {code for code, _label in PROCESSES}
KNOWN_MEANS = {code for code, _label in MEANS}


class EfactureDocument(models.Model):
    _inherit = "efacture.document"

    def _efacture_make_bill(self, invoice, raw, journal, move):
        """Make (or fill in) the draft bill, keep the files, tell what is odd."""
        silent = self._efacture_bill_env()
        seller_side = silent._efacture_is_our_sale(invoice)
        partner, warnings = silent._efacture_find_supplier(
            invoice.buyer if seller_side else invoice.seller
        )
        if not seller_side:
            warnings += silent._efacture_check_buyer(invoice.buyer, invoice.seller)
        warnings += [(problem.code, problem.values) for problem in invoice.problems]
        draft, found = silent._efacture_prepare_draft(
            invoice, partner, journal, seller_side, warnings
        )
        warnings += found
        vals, extra, found = silent._efacture_prepare_bill(invoice, draft)
        warnings += found
        lines, found = silent._efacture_prepare_lines(invoice, draft)
        warnings += found
        vals["invoice_line_ids"] = [Command.create(line) for line in lines]
        if move:
            bill = silent.env["account.move"].browse(move.id)
            bill.write(vals)
        else:
            bill = silent.env["account.move"].create(vals)
        warnings += silent._efacture_compare_totals(invoice, bill, draft)
        warnings += silent._efacture_copy_hints(partner, bill) if not draft["is_new"] else []
        self.write({**extra, **self._efacture_warning_vals(warnings)})
        self._efacture_link_bill(bill)
        silent._efacture_store_originals(raw, bill, invoice.files)
        return bill

    def _efacture_is_our_sale(self, invoice):
        """A self-billed invoice of which we are the seller: our customer wrote it for us."""
        siren = self.company_id.partner_id.commercial_partner_id.efacture_siren
        return bool(invoice.is_self_billed and siren and invoice.seller.siren == siren)

    def _efacture_prepare_draft(self, invoice, partner, journal, seller_side, warnings):
        """(what the bill is, warnings): type, direction of amounts, currency, journal, fiscal position."""
        found = []
        negative = self._efacture_is_negative(invoice)
        refund = invoice.is_credit != negative if not (invoice.is_credit and negative) else True
        if invoice.is_credit and negative:
            found.append(("credit_negative", {}))
        elif negative:
            found.append(("invoice_negative", {}))
        currency = self.currency_id
        if not currency:
            found.append(("currency_unknown", {"currency": invoice.currency or "?"}))
            currency = self.company_id.currency_id
        elif not currency.active:
            found.append(("currency_inactive", {"currency": currency.name}))
        elif currency != self.company_id.currency_id:
            found += self._efacture_rate_warning(invoice, currency)
        entity = partner.with_company(self.company_id)
        position = (
            self.env["account.fiscal.position"]._get_fiscal_position(entity) if partner else None
        )
        use = "sale" if seller_side else "purchase"
        return {
            "move_type": f"{'out' if seller_side else 'in'}_{'refund' if refund else 'invoice'}",
            "partner": partner,
            "is_new": any(code == "supplier_new" for code, _values in warnings),
            "currency": currency,
            "rate": 1.0,
            "sign": -1 if negative else 1,
            "journal": self._efacture_journal(journal, use),
            "position": position or self.env["account.fiscal.position"],
            "use": use,
            "quantity_digits": self.env["decimal.precision"].precision_get("Product Unit"),
        }, found

    def _efacture_rate_warning(self, invoice, currency):
        """Where the file tells VAT in our currency too, its rate is compared with ours."""
        company = self.company_id
        if invoice.tax_currency != company.currency_id.name or not (
            invoice.tax and invoice.tax_in_tax_currency
        ):
            return []
        rate = currency._get_conversion_rate(
            currency, company.currency_id, company, invoice.date or self.received_at.date()
        )
        told = float(invoice.tax_in_tax_currency / invoice.tax)
        if rate and abs(told / rate - 1) > 0.02:
            return [
                ("rate", {"currency": currency.name, "told": f"{told:.6f}", "ours": f"{rate:.6f}"})
            ]
        return []

    def _efacture_prepare_bill(self, invoice, draft):
        """(values of the bill, values of the document, warnings)."""
        warnings = []
        references = invoice.references
        vals = {
            "move_type": draft["move_type"],
            "journal_id": draft["journal"].id,
            "partner_id": draft["partner"].id,
            "currency_id": draft["currency"].id,
            "ref": invoice.number[:200],
            "invoice_date": invoice.date,
            "delivery_date": invoice.delivered or False,
            "payment_reference": invoice.payment_reference[:200] or False,
            "buyer_reference": references.get("BT-10", "")[:200] or False,
            "contract_reference": references.get("BT-12", "")[:200] or False,
            "purchase_order_reference": references.get("BT-13", "")[:200] or False,
            "invoice_origin": references.get("BT-14", "")[:200] or False,
            "efacture_project_reference": references.get("BT-11", "")[:200] or False,
            "efacture_despatch_reference": references.get("BT-16", "")[:200] or False,
            "efacture_period_start": invoice.start or invoice.end,
            "efacture_period_end": invoice.end or invoice.start,
            "efacture_mandate_reference": invoice.mandate[:100] or False,
            "efacture_type_choice": invoice.type_code
            if self._efacture_keeps_type(invoice, draft)
            else False,
            "efacture_process_choice": invoice.process
            if invoice.process in KNOWN_PROCESSES
            else False,
            "efacture_means_choice": invoice.means if invoice.means in KNOWN_MEANS else False,
            "efacture_note_ids": self._efacture_prepare_notes(invoice),
        }
        if invoice.due:
            vals.update(invoice_date_due=invoice.due, invoice_payment_term_id=False)
        if len(invoice.dues) > 1:
            warnings.append(
                ("several_dues", {"dates": ", ".join(day.isoformat() for day in invoice.dues)})
            )
        if draft["position"]:
            vals["fiscal_position_id"] = draft["position"].id
        preceding, found = self._efacture_prepare_preceding(invoice, draft["partner"])
        vals.update(preceding)
        is_credit = draft["move_type"].endswith("refund")
        bank_vals, extra, bank_warnings = self._efacture_prepare_bank(
            invoice, draft["partner"], is_credit
        )
        vals.update(bank_vals)
        extra.update(self._efacture_prepare_details(invoice))
        warnings += found + bank_warnings + self._efacture_told_parties(invoice)
        if invoice.prepaid:
            warnings.append(
                (
                    "prepaid",
                    {
                        "amount": f"{invoice.prepaid:f}",
                        "due": f"{invoice.payable or 0:f}",
                        "currency": invoice.currency,
                    },
                )
            )
        return vals, extra, warnings

    @staticmethod
    def _efacture_keeps_type(invoice, draft):
        refund = draft["move_type"].endswith("refund")
        plain = invoice.type_code in ("380", "381")
        return (
            invoice.type_code in KNOWN_TYPES
            and (invoice.type_code in CREDIT_CODES) == refund
            and not plain
        )

    def _efacture_prepare_notes(self, invoice):
        """Every note of the file, with its subject where the list has it."""
        known = {row["code"] for row in table("notes")}
        notes, once = [Command.clear()], set()
        for code, text in invoice.notes[:100]:
            label = text
            if code not in known or code in once or code == "BAR":
                label = f"{code} : {text}" if code else text
                code = "AAI"
            if code in ("PMT", "PMD", "AAB", "TXD"):
                once.add(code)
            notes.append(
                Command.create({"code": code, "text": cut(label, 4000), "sequence": len(notes)})
            )
        return notes

    def _efacture_prepare_preceding(self, invoice, partner):
        """Earlier invoices (BG-3): linked where they are here, else told by number and date."""
        numbers = [number for number, _day in invoice.preceding]
        if not numbers:
            return {}, []
        bills = self.env["account.move"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("move_type", "in", ("in_invoice", "in_refund")),
                ("state", "!=", "cancel"),
                ("ref", "in", numbers),
            ]
        )
        found = set(bills.mapped("ref"))
        absent = [(number, day) for number, day in invoice.preceding if number not in found]
        vals = {"efacture_preceding_ids": [Command.set(bills.ids)]}
        warnings = []
        if absent:
            vals.update(
                efacture_preceding_number=", ".join(number for number, _day in absent)[:200],
                efacture_preceding_date=absent[0][1] if len(absent) == 1 else False,
            )
            warnings.append(
                ("preceding", {"numbers": ", ".join(number for number, _day in absent)[:300]})
            )
        return vals, warnings

    def _efacture_told_parties(self, invoice):
        """Payee and tax representative: who is to be paid, who owes the VAT."""
        warnings = []
        if invoice.payee and invoice.payee.name != invoice.seller.name:
            number = invoice.payee.siren or invoice.payee.legal_id or "-"
            warnings.append(("payee", {"name": invoice.payee.name or "?", "number": number}))
        if invoice.tax_representative:
            party = invoice.tax_representative
            warnings.append(
                ("tax_representative", {"name": party.name or party.vat, "vat": party.vat or "-"})
            )
        return warnings

    # -- equal to the file ------------------------------------------------------------------------

    def _efacture_compare_totals(self, invoice, bill, draft):
        """Warnings for each total of the bill that is not the file's."""
        digits, sign = draft["currency"].decimal_places, draft["sign"]
        rounding = float(invoice.rounding * sign)
        pairs = [
            ("total_net", invoice.net, bill.amount_untaxed - rounding),
            ("total_tax", invoice.tax, bill.amount_tax),
            ("total_gross", invoice.gross, bill.amount_total - rounding),
        ]
        warnings = []
        for code, told, ours in pairs:
            if told is not None and float_compare(
                sign * float(told), ours, precision_digits=digits
            ):
                values = {
                    "told": f"{sign * told:f}",
                    "ours": f"{ours:.{digits}f}",
                    "currency": invoice.currency,
                }
                warnings.append((code, values))
        return warnings

    def _efacture_tell(self, sentences):
        """Sentences as one message body."""
        return Markup("<br/>").join(escape(sentence) for sentence in sentences)
