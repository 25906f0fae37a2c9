"""Delivery and payment of the semantic invoice: BG-13, BG-14, BG-16 to BG-19, BT-8, BT-9, BT-20."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from .account_move_semantic import DEPOSIT_TYPES
from .semantic_tools import compact, cut, one_line, plain_html

MEANS = [
    ("10", "Cash"),
    ("20", "Cheque"),
    ("30", "Bank transfer"),
    ("48", "Bank card"),
    ("49", "Direct debit"),
    ("57", "Standing agreement"),
    ("58", "SEPA transfer"),
    ("59", "SEPA direct debit"),
    ("97", "Set off between partners"),
]
TRANSFERS, DEBITS = ("30", "58"), ("49", "59")
TEXT_LIMIT = 1024


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_means_choice = fields.Char(string="Chosen payment means", copy=False)
    efacture_payment_means = fields.Selection(
        MEANS,
        string="Payment means",
        compute="_compute_efacture_payment_means",
        inverse="_inverse_efacture_payment_means",
        help="How the customer pays. Proposed from the payment method and the bank account.",
    )
    efacture_mandate_reference = fields.Char(
        string="Mandate reference", copy=False, help="The customer's direct debit mandate (RUM)."
    )

    # -- delivery ---------------------------------------------------------------------------------

    def _efacture_prepare_delivery(self, categories):
        """Where and when: BG-13, BT-72, BG-14."""
        self.ensure_one()
        delivery = {}
        shipping = self.partner_shipping_id
        goods = self.efacture_process and self.efacture_process[0] != "S"
        # the country of arrival proves an intra-community supply (BR-IC-12)
        place = shipping if shipping and shipping != self.partner_id and goods else None
        if "K" in categories:
            place = place or self.partner_id
        if place and place.country_code and not self._efacture_is_self_billed():
            delivery["BG-13"] = self._efacture_place(place)
        dates = [
            date for date in self._efacture_product_lines().mapped("efacture_delivery_date") if date
        ]
        day = self.delivery_date or (dates[0] if len(set(dates)) == 1 else False)
        start, end = self.efacture_period_start, self.efacture_period_end
        if not (start or end) and len(set(dates)) > 1:
            start, end = min(dates), max(dates)
        if start or end:
            delivery.update({"BT-73": start or end, "BT-74": end or start})
        if self.efacture_type_code not in DEPOSIT_TYPES:
            # The law lets the date of the supply out when it is that of the invoice: it is told here.
            delivery["BT-72"] = (
                day or end or start or self.invoice_date or fields.Date.context_today(self)
            )
        elif "BG-13" not in delivery and self.partner_id.country_code:
            delivery["BG-13"] = self._efacture_place(self.partner_id)
        return delivery

    def _efacture_place(self, partner):
        return {
            "name": one_line(partner.name or partner.commercial_partner_id.name),
            **self._efacture_postal(partner),
        }

    # -- payment ----------------------------------------------------------------------------------

    @api.depends(
        "partner_bank_id", "preferred_payment_method_line_id", "move_type", "efacture_means_choice"
    )
    def _compute_efacture_payment_means(self):
        for move in self:
            move.efacture_payment_means = (
                move.efacture_means_choice or move._efacture_default_means()
            )

    def _inverse_efacture_payment_means(self):
        for move in self:
            means = move.efacture_payment_means
            move.efacture_means_choice = means if means != move._efacture_default_means() else False

    def _efacture_default_means(self):
        self.ensure_one()
        chosen = self.preferred_payment_method_line_id.efacture_payment_means
        if chosen:
            return chosen
        bank = self._efacture_payee_bank()
        if not bank:
            return False
        return "58" if bank.acc_type == "iban" and self.currency_id.name == "EUR" else "30"

    def _efacture_payee_bank(self):
        """The account the invoice is paid to; none on a credit note, which we pay back ourselves."""
        if self.move_type in ("out_refund", "in_refund"):
            return self.env["res.partner.bank"]
        return self.partner_bank_id

    def _efacture_prepare_payment(self, invoice):
        self.ensure_one()
        payment = {
            "BT-20": self._efacture_payment_terms(invoice),
            "BT-83": one_line(
                self.payment_reference or (self.name if self.state == "posted" else "")
            ),
        }
        if self.company_id.efacture_vat_on_debits and not self._efacture_is_self_billed():
            payment["BT-8"] = "invoice"
        due = self.invoice_date_due
        if invoice["BT-23"][1:] == "2":
            due = self._efacture_payment_date() or due
        if due and (
            due >= invoice["BT-2"]
            or invoice["BT-23"][1:] == "2"
            or invoice["BT-3"] in ("386", "500", "503")
        ):
            payment["BT-9"] = due
        means = self.efacture_payment_means
        bank = self._efacture_payee_bank()
        if means in TRANSFERS and not bank:
            means = False
        if means:
            payment["BT-81"] = means
            payment["BT-82"] = dict(
                self._fields["efacture_payment_means"]._description_selection(
                    self.with_context(lang="fr_FR").env
                )
            )[means]
        if means in TRANSFERS:
            payment["BT-84"] = compact(bank.sanitized_acc_number or bank.acc_number)
            payment["BT-85"] = one_line(bank.acc_holder_name or bank.partner_id.name)
            if bank.bank_bic:
                payment["BT-86"] = compact(bank.bank_bic)
        if means in DEBITS:
            payment["BT-89"] = one_line(self.efacture_mandate_reference)
            payment["BT-90"] = compact(self.company_id.efacture_sepa_creditor)
            debtor = self.commercial_partner_id.bank_ids[:1]
            if debtor:
                payment["BT-91"] = compact(debtor.sanitized_acc_number)
        return payment

    def _efacture_payment_date(self):
        """When a paid invoice was paid: the date of its last payment."""
        lines = self.line_ids.filtered(lambda line: line.display_type == "payment_term")
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        dates = [
            (partial.debit_move_id | partial.credit_move_id - lines)
            .filtered(lambda line: line not in lines)
            .date
            for partial in partials
        ]
        return max(dates) if dates else False

    def _efacture_payment_terms(self, invoice):
        """BT-20: the payment term's own sentence, and each instalment with its date and amount."""
        self.ensure_one()
        env = self.with_context(lang="fr_FR").env
        term = self.invoice_payment_term_id.with_env(env)
        parts = [plain_html(term.note) or one_line(term.name)]
        instalments = self.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).sorted(lambda line: (line.date_maturity or invoice["BT-2"], line.id))
        if len(instalments) > 1:
            parts += [
                env._(
                    "%(amount)s on %(date)s",
                    amount=formatLang(
                        env, abs(line.amount_currency), currency_obj=self.currency_id
                    ),
                    date=format_date(env, line.date_maturity or invoice["BT-2"]),
                )
                for line in instalments
            ]
        if not any(parts):
            due = self.invoice_date_due or invoice["BT-2"] + timedelta()
            parts = [env._("Payment due on %(date)s", date=format_date(env, due))]
        text = " ; ".join(filter(None, parts)).replace("\u00a0", " ").replace("\u202f", " ")
        return cut(text, TEXT_LIMIT)


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    efacture_payment_means = fields.Selection(MEANS, string="On electronic invoices")
