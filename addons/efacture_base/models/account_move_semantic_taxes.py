"""Amounts of the semantic invoice: lines, allowances, charges, VAT breakdown, totals.

The ledger is the truth: net amounts and VAT are those of the journal items, so the document equals
the books to the cent whatever the rounding method. What the standard's sums would contradict is an
``InvoiceDataError`` that names the term.
"""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import models

from .inner_context import inner
from .semantic_tools import amount, vatex_text

ZERO = Decimal(0)
_ORDER = ("S", "Z", "E", "AE", "K", "G", "O")


class Vat(NamedTuple):
    """A VAT category with its rate; ``code`` and ``text`` say why there is none."""

    category: str
    rate: Decimal
    code: str = ""
    text: str = ""

    def group(self, extended):
        """What makes a VAT breakdown of its own: in EXTENDED-CTC-FR each reason has one too."""
        return tuple(self) if extended else (self.category, self.rate)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _efacture_prepare_amounts(self, templates):
        """Lines and amounts: BG-20, BG-21, BG-23, BG-25, BT-6 and BT-106 to BT-115."""
        self.ensure_one()
        digits = self.currency_id.decimal_places
        lines = self._efacture_product_lines()
        vats = {line: self._efacture_line_vat(line, templates) for line in lines}
        self._efacture_settle_outside_scope(vats)
        extras = self._efacture_extra_taxes(lines)
        extended = self._efacture_is_extended()
        rows, allowances, charges = self._efacture_prepare_lines(lines, vats, extras)
        bases, vat_of = defaultdict(lambda: ZERO), {}
        for row, vat in rows:
            bases[vat.group(extended)] += row["BT-131"]
            vat_of.setdefault(vat.group(extended), []).append(vat)
        for sign, group in ((-1, allowances), (1, charges)):
            for row, vat in group:
                bases[vat.group(extended)] += sign * row["amount"]
                vat_of.setdefault(vat.group(extended), []).append(vat)
        taxes, taxes_company = self._efacture_vat_amounts(templates, vat_of)
        invoice = {
            "BG-25": [row for row, _vat in rows],
            "BG-20": [row for row, _vat in allowances],
            "BG-21": [row for row, _vat in charges],
            "BG-23": [
                self._efacture_breakdown(vat_of[key], bases[key], taxes.get(key, ZERO))
                for key in sorted(vat_of, key=lambda key: (_rank(key[0]), -key[1]))
            ],
        }
        totals = self._efacture_totals(invoice, digits)
        if self.currency_id != self.company_currency_id:
            totals["BT-6"] = self.company_currency_id.name
            totals["BT-111"] = sum(taxes_company.values(), ZERO)
        self._efacture_reconcile(invoice, totals, extras)
        return {**invoice, **totals}

    # -- VAT of a line ----------------------------------------------------------------------------

    def _efacture_line_vat(self, line, templates):
        """The VAT of a line; its category is empty when nothing says it (a check reports that)."""
        taxes = line.tax_ids.flatten_taxes_hierarchy().filtered("efacture_is_vat")
        if not taxes:
            if self.company_id.efacture_vat_franchise:
                code = "VATEX-FR-FRANCHISE"
                return Vat("E", ZERO, code, vatex_text(code))
            return Vat("", ZERO)
        return Vat(*taxes[0]._efacture_vat(templates.get(taxes[0].id)))

    def _efacture_settle_outside_scope(self, vats):
        """Beside other categories nothing may be “outside the scope” (BR-O-11): it is told as exempt."""
        if len({vat.category for vat in vats.values()}) > 1:
            for line, vat in vats.items():
                if vat.category == "O":
                    vats[line] = vat._replace(category="E", code="")

    def _efacture_extra_taxes(self, lines):
        """{line: [(tax, amount)]} for taxes that are no VAT (eco-contribution…), as in the ledger."""
        if not any(not tax.efacture_is_vat for tax in lines.tax_ids.flatten_taxes_hierarchy()):
            return {}
        digits = self.currency_id.decimal_places
        extras = defaultdict(list)
        base_lines, _tax_lines = self._get_rounded_base_and_tax_lines()
        for base_line in base_lines:
            for data in base_line["tax_details"]["taxes_data"]:
                if not data["tax"].efacture_is_vat:
                    value = amount(data["tax_amount_currency"], digits)
                    extras[base_line["record"]].append((data["tax"], value))
        return extras

    # -- VAT of the document ----------------------------------------------------------------------

    def _efacture_is_extended(self):
        """Whether the document being written may use the terms of EXTENDED-CTC-FR."""
        return bool(inner(self.env, "efacture_extended"))

    def _efacture_vat_amounts(self, templates, vat_of):
        """VAT by (category, rate) from the tax journal items, in both currencies."""
        sign = self.direction_sign
        digits, company_digits = (
            self.currency_id.decimal_places,
            self.company_currency_id.decimal_places,
        )
        taxes, company = defaultdict(lambda: ZERO), defaultdict(lambda: ZERO)
        for line in self.line_ids:
            tax = line.tax_line_id
            if not tax or not tax.efacture_is_vat or line.display_type not in ("tax", "rounding"):
                continue
            key = Vat(*tax._efacture_vat(templates.get(tax.id))).group(self._efacture_is_extended())
            value = amount(sign * line.amount_currency, digits)
            if key not in vat_of:
                if not value:
                    continue  # no amount, or an operation without VAT that is told otherwise
                raise self._efacture_error(
                    "BT-117",
                    self.env._(
                        "The journal items have a VAT amount of %(amount)s (%(tax)s) that no invoice line "
                        "explains. Reset the invoice to draft and correct its taxes.",
                        amount=value,
                        tax=tax.name,
                    ),
                )
            taxes[key] += value
            company[key] += amount(sign * line.balance, company_digits)
        return taxes, company

    def _efacture_breakdown(self, vats, base, tax):
        category, rate = vats[0].category, vats[0].rate
        group = {"BT-116": base, "BT-117": tax, "BT-118": category}
        if category != "O":
            group["BT-119"] = rate
        codes = list(dict.fromkeys(vat.code for vat in vats if vat.code))
        texts = list(dict.fromkeys(vat.text for vat in vats if vat.text))
        # one group for the whole category (BR-E-01): several reasons are told in words
        if len(codes) == 1 and all(vat.code for vat in vats):
            group["BT-121"] = codes[0]
        if texts:
            group["BT-120"] = " ; ".join(texts)
        return group

    # -- totals -----------------------------------------------------------------------------------

    def _efacture_totals(self, invoice, digits):
        def total(group, key):
            return sum((row[key] for row in invoice[group]), ZERO)

        lines, allowances = total("BG-25", "BT-131"), total("BG-20", "amount")
        charges, vat = total("BG-21", "amount"), total("BG-23", "BT-117")
        net = lines - allowances + charges
        rounding = self._efacture_cash_rounding(digits)
        paid = ZERO
        if self.state == "posted":
            paid = amount(self.amount_total, digits) - amount(self.amount_residual, digits)
        totals = {
            "BT-106": lines,
            "BT-109": net,
            "BT-110": vat,
            "BT-112": net + vat,
            "BT-115": net + vat - paid + rounding,
        }
        if invoice["BG-20"]:
            totals["BT-107"] = allowances
        if invoice["BG-21"]:
            totals["BT-108"] = charges
        if paid and rounding and self._efacture_is_paid():
            # nothing is left to pay: what was rounded is part of what was paid
            paid, rounding = paid - rounding, ZERO
        if paid:
            totals["BT-113"] = paid
        if rounding:
            totals["BT-114"] = rounding
        return totals

    def _efacture_cash_rounding(self, digits):
        """Cash rounding that is an item of its own (BT-114); rounding put into VAT is VAT."""
        return sum(
            (
                amount(self.direction_sign * line.amount_currency, digits)
                for line in self.line_ids
                if line.display_type == "rounding" and not line.tax_repartition_line_id
            ),
            ZERO,
        )

    def _efacture_reconcile(self, invoice, totals, extras):
        """Every total must be the ledger's, exactly.

        :raises InvoiceDataError: naming the first term that differs
        """
        digits = self.currency_id.decimal_places
        rounding = self._efacture_cash_rounding(digits)
        other = sum((value for values in extras.values() for _tax, value in values), ZERO)
        ledger = {
            "BT-109": amount(self.amount_untaxed, digits) - rounding + other,
            "BT-110": amount(self.amount_tax, digits) - other,
            "BT-112": amount(self.amount_total, digits) - rounding,
            "BT-115": amount(
                self.amount_residual if self.state == "posted" else self.amount_total, digits
            ),
        }
        for term, expected in ledger.items():
            if totals[term] != expected:
                raise self._efacture_error(
                    term,
                    self.env._(
                        "The electronic invoice would say %(document)s where the books have %(ledger)s (%(term)s). "
                        "Reset the invoice to draft and check its lines, its taxes and its rounding.",
                        document=totals[term],
                        ledger=expected,
                        term=term,
                    ),
                )
        if totals["BT-109"] != sum((row["BT-116"] for row in invoice["BG-23"]), ZERO):
            raise self._efacture_error(
                "BT-116",
                self.env._("The bases of the VAT rates do not add up to the total without VAT."),
            )


def _rank(category):
    return _ORDER.index(category) if category in _ORDER else len(_ORDER)
