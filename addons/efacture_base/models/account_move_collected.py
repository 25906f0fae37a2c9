"""Payments told to the other side and the tax office: *Encaissée* (212) of our sales, *Paiement transmis* (211) of our bills.

The ledger is the truth: what was received by day (cash matched with the invoice now) less what was reported by day (events sent) is what there is to
report. Whatever happened in between – a payment undone, made again, a worker killed – the difference converges to zero. A payment counts on the day of
its entry: where it is registered before the bank statement (outstanding account), that is the day it was registered. Credit notes and write-offs are
no cash; of a payment with a discount only the money counts.
"""

import logging
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from psycopg2 import OperationalError

from ..en16931 import lifecycle
from ..en16931.collected import next_report
from ..en16931.lifecycle import SELLER
from .account_move_status import InvoiceBusy

_logger = logging.getLogger(__name__)
BATCH = 200
REPORTED_ALREADY = "7"  # BT-23: its VAT is declared elsewhere
# VAT categories whose tax is not the seller's: reverse charge, other Union countries, export, out of scope.
NOT_OURS = {"AE", "K", "G", "O"}


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_collected_pending = fields.Boolean(
        string="Payments to be reported", readonly=True, copy=False
    )
    efacture_to_collect = fields.Monetary(
        compute="_compute_efacture_to_collect",
        currency_field="company_currency_id",
        string="Received and not reported",
    )

    _efacture_collected_index = models.Index("(id) WHERE efacture_collected_pending IS TRUE")

    @api.depends(
        "efacture_event_ids.exchange_id.state", "amount_residual", "matched_payment_ids.state"
    )
    def _compute_efacture_to_collect(self):
        for move in self:
            told = move.efacture_status and move._efacture_status_exchange()
            move.efacture_to_collect = (
                sum((d["cash"] for d in move._efacture_unreported().values()), Decimal(0))
                if told
                else 0
            )

    # -- marking ----------------------------------------------------------------------------------

    def _efacture_mark_collected(self, changed=False):
        """Note that payments of these invoices may have to be reported; the scheduled action does it.

        :param bool changed: a payment was matched or taken back just now
        """
        moves = self.sudo().filtered(
            lambda move: (
                move.state == "posted"
                and (move.efacture_state == "accepted" or move.efacture_status)
                and (
                    changed
                    or move.efacture_collected_pending
                    or move.payment_state != "not_paid"
                    or move.matched_payment_ids
                )
            )
        )
        if not moves:
            return
        fresh = moves.filtered(lambda move: not move.efacture_collected_pending)
        if fresh:
            fresh._efacture_set_quietly("efacture_collected_pending", True)
        asked = self.env.cr.precommit.data
        if not asked.get("efacture_collected"):
            asked["efacture_collected"] = True
            cron = self.env.ref("efacture_base.efacture_cron_collected", False)
            if cron:
                cron.sudo()._trigger()  # sudo: whoever registers a payment wakes what reports it

    @api.model
    def _efacture_cron_collected(self):
        """Report what was received and paid; each invoice in its own transaction, safe to run twice at once."""
        silent = [False, "200", "201", "202", lifecycle.UNKNOWN]
        patience = fields.Date.today() - timedelta(days=3)
        domain = fields.Domain("efacture_collected_pending", "=", True) & (
            fields.Domain("efacture_status", "not in", silent)
            | fields.Domain("invoice_date", "<=", patience)
        )
        in_cron = self.env.context.get("ir_cron_progress_id")
        moves = self.with_context(lang=self.env.context.get("lang") or "fr_FR").search(
            domain, limit=BATCH, order="efacture_said_at nulls first, id"
        )
        busy = self.browse()
        for done, move in enumerate(moves, 1):
            try:
                with self.env.cr.savepoint():
                    move._efacture_report_payments()
            except InvoiceBusy:
                busy |= move
            except UserError as error:
                _logger.info("Payments of invoice %s not reported yet: %s", move.id, error)
            except OperationalError:
                busy |= move  # somebody else changes or reports it just now
                if in_cron:
                    self.env.cr.rollback()
            except Exception:
                # A mistake of ours about one invoice must not keep the others from being told.
                _logger.exception("Payments of invoice %s could not be reported", move.id)
            if in_cron and not self.env["ir.cron"]._commit_progress(1, remaining=len(moves) - done):
                break
        if busy:
            _logger.info("Busy invoices, reported in a minute: %s", busy.ids)
            again = fields.Datetime.now() + timedelta(minutes=1)
            self.env.ref("efacture_base.efacture_cron_collected").sudo()._trigger(at=again)

    def _efacture_report_payments(self):
        """Tell what was received (or paid) of this invoice and is not told yet; without anything to tell, rest."""
        self.ensure_one()
        code = "212" if self._efacture_actor() == SELLER else "211"
        if not self._efacture_reports_by_itself(code):
            self._efacture_set_quietly("efacture_collected_pending", False)
            return self.env["efacture.event"]
        days = self._efacture_unreported()
        if not days:
            self._efacture_set_quietly("efacture_collected_pending", False)
            return self.env["efacture.event"]
        history = self._efacture_history()
        reason = lifecycle.refusal(code, history, self._efacture_actor())
        if reason == "early":
            return self.env["efacture.event"]  # the customer does not have it yet: it waits
        self._efacture_set_quietly("efacture_collected_pending", False)
        if reason:
            return self.env["efacture.event"]
        events = self.env["efacture.event"]
        for day in sorted(days):
            events |= self._efacture_send_status(code, amounts=self._efacture_status_amounts(day))
        return events

    def _efacture_reports_by_itself(self, code):
        """Whether payments of this invoice are told without asking: a setting of the account, and the reform.

        212 is the payment e-reporting of domestic services: for invoices of services (BT-23 S or M) between
        French companies, whose VAT is due with the payment; reverse charge is not the seller's to report. For
        others a person may send it.
        """
        self.ensure_one()
        account = self._efacture_status_exchange().account_id
        if code == "211":
            return account.auto_payment_sent
        if not account.auto_collected:
            return False
        facts = self._efacture_invoice_facts()
        return (
            facts.has_services
            and not facts.on_debits
            and facts.treatment in ("", "B2B")
            and facts.process[1:] != REPORTED_ALREADY
            and bool(facts.categories - NOT_OURS)
        )

    # -- what there is to tell --------------------------------------------------------------------

    def _efacture_unreported(self):
        """{day: {"cash", "discount"}} in the company's currency: the ledger less what was reported; zeros left out."""
        self.ensure_one()
        found = defaultdict(lambda: {"cash": Decimal(0), "discount": Decimal(0)})
        for day, cash, discount in self._efacture_cash():
            found[day]["cash"] += cash
            found[day]["discount"] += discount
        for day, rates in self._efacture_reported().items():
            found[day]["cash"] -= sum(rates.values(), Decimal(0))
        if self._efacture_actor() != SELLER:  # a payment that left is never said to have come back
            return {day: row for day, row in found.items() if row["cash"] > 0}
        return {day: row for day, row in found.items() if row["cash"]}

    def _efacture_reported(self):
        """{day: {VAT rate: amount}} of what was told and not refused."""
        self.ensure_one()
        kind = "MEN" if self._efacture_actor() == SELLER else "MPA"
        found = defaultdict(lambda: defaultdict(Decimal))
        for event in self.env["efacture.event"]._efacture_of(self)[self.id]._efacture_heard():
            if event.direction != "out":
                continue
            for row in event.amounts or []:
                if row["type"] == kind and row["value"]:
                    day = (
                        date.fromisoformat(row["date"]) if row["date"] else event.occurred_at.date()
                    )
                    found[day][Decimal(row["rate"] or 0)] += Decimal(row["value"])
        return found

    def _efacture_status_amounts(self, day, cash=None):
        """The amounts of the status that tells the payments of one day.

        :param Decimal cash: another amount than the difference between ledger and reports
        """
        self.ensure_one()
        row = self._efacture_unreported().get(day) or {}
        cash = row.get("cash", Decimal(0)) if cash is None else cash
        currency = self.company_id.currency_id.name
        if self._efacture_actor() != SELLER:
            return [{"type": "MPA", "value": cash, "currency": currency, "rate": None, "date": day}]
        gross = self._efacture_gross()
        reported = self._efacture_reported()
        total = defaultdict(Decimal)
        for rates in reported.values():
            for rate, amount in rates.items():
                total[rate] += amount
        shares = next_report(cash, gross, total, reported.get(day, {}))
        amounts = [
            {"type": "MEN", "value": share, "currency": currency, "rate": rate, "date": day}
            for rate, share in sorted(shares.items(), reverse=True)
        ]
        if row.get("discount") and cash > 0:
            amounts.append(
                {
                    "type": "ESC",
                    "value": row["discount"],
                    "currency": currency,
                    "rate": None,
                    "date": day,
                }
            )
        return amounts

    def _efacture_gross(self):
        """{VAT rate: total VAT included} of the document, in the company's currency; a credit note's is negative."""
        self.ensure_one()
        gross = self._efacture_invoice_facts().gross or {Decimal(0): Decimal(1)}
        sign = -1 if self.move_type in ("out_refund", "in_refund") else 1
        if self.currency_id != self.company_id.currency_id and self.amount_total:
            booked = Decimal(str(abs(self.amount_total_signed))) / Decimal(str(self.amount_total))
            gross = {rate: amount * booked for rate, amount in gross.items()}
        return {rate: sign * amount for rate, amount in gross.items()}

    # -- the ledger -------------------------------------------------------------------------------

    def _efacture_cash(self):
        """[(day, money received, discount granted)] of this invoice in the company's currency, from the ledger now.

        Received counts up, given back counts down; for a bill, paid counts up.
        """
        self.ensure_one()
        move = self.sudo()  # who may read the invoice may know what was paid of it
        lines = move.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        incoming = 1 if move._efacture_actor() == SELLER else -1
        found, shares = [], {}
        for partials, line_name, amount_name, sign in (
            (lines.matched_credit_ids, "credit_move_id", "credit_amount_currency", incoming),
            (lines.matched_debit_ids, "debit_move_id", "debit_amount_currency", -incoming),
        ):
            for partial in partials:
                line = partial[line_name]
                entry = line.move_id
                if entry not in shares:
                    shares[entry] = entry._efacture_cash_share()
                if not shares[entry]:
                    continue
                whole = self._efacture_at_own_rate(line, partial[amount_name])
                cash = self._efacture_cents(whole * shares[entry])
                found.append((entry.date, sign * cash, sign * (whole - cash)))
        return found + move._efacture_cash_announced(found)

    def _efacture_at_own_rate(self, line, amount_currency):
        """Part of a payment's line in the company's currency, at the payment's own rate."""
        amount = Decimal(str(amount_currency))
        if line.currency_id != line.company_currency_id and line.amount_currency:
            amount *= Decimal(str(abs(line.balance))) / Decimal(str(abs(line.amount_currency)))
        return self._efacture_cents(amount)

    @staticmethod
    def _efacture_cents(amount):
        return amount.quantize(Decimal("0.01"))

    def _efacture_cash_share(self):
        """Which part of this entry's receivable or payable is money: 0 for invoices, credit notes, write-offs."""
        self.ensure_one()
        if self.is_invoice(include_receipts=True):
            return Decimal(0)
        if self.origin_payment_id:
            liquidity, partner_lines, _others = self.origin_payment_id._seek_for_lines()
        else:
            if self.statement_line_id:
                liquidity = self.statement_line_id._seek_for_lines()[0]
            else:
                liquidity = self.line_ids.filtered(lambda line: line.account_type == "asset_cash")
            partner_lines = self.line_ids.filtered(
                lambda line: line.account_type in ("asset_receivable", "liability_payable")
            )
        money = Decimal(str(abs(sum(liquidity.mapped("balance")))))
        whole = Decimal(str(abs(sum(partner_lines.mapped("balance")))))
        return min(money / whole, Decimal(1)) if whole else Decimal(0)

    def _efacture_cash_announced(self, found):
        """Payments registered without an entry of their own, as far as the bank's entry has not come yet."""
        announced = self.matched_payment_ids.filtered(
            lambda payment: not payment.move_id and payment.state in ("in_process", "paid")
        )
        if not announced:
            return []
        # A payment turns to “paid” when the bank's entry comes: then the entry is what counts.
        arrived = sum((abs(cash) for _day, cash, _discount in found), Decimal(0))
        rate = Decimal(1)
        if self.currency_id != self.company_id.currency_id and self.amount_residual:
            rate = Decimal(str(abs(self.amount_residual_signed))) / Decimal(
                str(self.amount_residual)
            )
        room = Decimal(str(abs(self.amount_residual_signed)))
        rows = []
        for payment in announced.sorted(lambda payment: (payment.date, payment.id)):
            amount = self._efacture_announced_part(payment, rate)
            if payment.state == "paid":
                covered = min(arrived, amount)
                arrived -= covered
                amount -= covered
            amount = min(self._efacture_cents(amount), room)
            if amount <= 0:
                continue
            room -= amount
            inbound = payment.payment_type == "inbound"
            up = inbound == (self._efacture_actor() == SELLER)
            rows.append((payment.date, amount if up else -amount, Decimal(0)))
        return rows

    def _efacture_announced_part(self, payment, rate):
        """This invoice's part of a payment, in the company's currency; several invoices are served in order.

        :param Decimal rate: company's currency for one unit of the invoice's, as the invoice is booked
        """
        same = payment.currency_id == self.currency_id
        left = Decimal(str(payment.amount))
        if not same:
            company = self.company_id
            converted = payment.currency_id._convert(
                payment.amount, company.currency_id, company, payment.date
            )
            left, rate = Decimal(str(converted)), Decimal(1)
        for invoice in payment.invoice_ids.sorted(
            lambda move: (move.invoice_date_due or move.date, move.id)
        ):
            residual = invoice.amount_residual if same else abs(invoice.amount_residual_signed)
            part = min(left, Decimal(str(residual)))
            if invoice == self:
                return rate * (part if len(payment.invoice_ids) > 1 else left)
            left -= part
        return Decimal(0)
