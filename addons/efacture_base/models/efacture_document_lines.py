"""Lines of the bill: what the file says to the cent, in the words and the accounts of the company."""

from decimal import Decimal

from odoo import Command, models
from odoo.addons.account_edi_ubl_cii.models.account_edi_common import UOM_TO_UNECE_CODE
from odoo.tools import SQL

from ..en16931.received import Adjustment, Line, Vat
from .semantic_tools import cut, rounded

ZERO = Decimal(0)
NAME_LIMIT = 2000
UNITS = {code: xmlid for xmlid, code in UOM_TO_UNECE_CODE.items()}
UNITS.update(dict.fromkeys(("H87", "EA", "PCE", "NAR"), "uom.product_uom_unit"))
PLAIN_UNITS = ("", "C62", "H87", "EA", "PCE", "NAR", "XPP", "ZZ", "1")


class EfactureDocument(models.Model):
    _inherit = "efacture.document"

    def _efacture_prepare_lines(self, invoice, draft):
        """(line values, warnings).

        :param dict draft: what the bill is: `partner`, `is_new`, `currency`, `rate`, `sign`, `journal`, `position`, `use`, `quantity_digits`
        """
        rows, warnings = self._efacture_rows(invoice), []
        known_partner = draft["partner"] if not draft["is_new"] else draft["partner"].browse()
        products = self._efacture_products(
            [row for row in rows if isinstance(row, Line)], known_partner
        )
        history = self._efacture_history(known_partner)
        accounts = self._efacture_told_accounts(rows)
        known = self._efacture_known_taxes(draft["use"])
        # without analytic models Odoo would look for one, in vain, at each line
        plain = not self.env["account.analytic.distribution.model"].sudo().search_count([], limit=1)
        made, missing = [], {}
        for row in rows:
            is_line = isinstance(row, Line)
            product = (
                products.get(row, self.env["product.product"])
                if is_line
                else self.env["product.product"]
            )
            vat = row.vat or Vat()
            scope = self._efacture_scope(invoice, product)
            tax = self._efacture_choose_tax(
                known, vat, scope, draft["position"], product.supplier_taxes_id | history["taxes"]
            )
            if not tax and vat.category:
                missing.setdefault(vat.key, vat)
            for vals, amount in self._efacture_line_vals(row, draft, product, warnings):
                vals.update(
                    tax_ids=[Command.set(tax.ids)],
                    is_imported=True,
                    sequence=10 + len(made),
                )
                account = accounts.get(getattr(row, "account_ref", ""))
                if not account and not product:
                    name = vals["name"].partition("\n")[0]
                    account = history["names"].get(name) or history["account"]
                    account = account or draft["journal"].default_account_id.id
                if account:
                    vals["account_id"] = account
                if plain:
                    vals["analytic_distribution"] = False
                made.append((vals, amount, tax, vat))
        for vat in missing.values():
            tone = "tax_missing" if vat.rate or vat.category in ("AE", "K") else "tax_none"
            values = {"category": vat.category, "rate": f"{vat.rate or 0:f}".replace(".", ",")}
            values["reason"] = vat.code or vat.reason or "-"
            warnings.append((tone, values))
        self._efacture_settle_prices(made, draft)
        warnings += self._efacture_settle_vat(invoice, made, draft)
        if invoice.rounding:
            made.append((self._efacture_rounding_vals(invoice, draft, len(made)), None, None, None))
        texts = [
            {
                "display_type": "line_note",
                "name": cut(text, NAME_LIMIT),
                "sequence": 10 + len(made) + place,
            }
            for place, text in enumerate(invoice.informative[:50])
        ]
        return [vals for vals, *_rest in made] + texts, warnings

    # -- what becomes a line ----------------------------------------------------------------------

    def _efacture_rows(self, invoice):
        """Lines and adjustments of the document; a line per VAT rate for a file without readable lines."""
        if invoice.lines:
            return [*invoice.lines, *(item for item in invoice.adjustments if item.amount)]
        name = self.env._("Invoice %(number)s", number=invoice.number or "")
        if invoice.vats:
            return [
                Line(name=name, amount=row.base, price=row.base, vat=row.vat)
                for row in invoice.vats
            ]
        net = invoice.net if invoice.net is not None else (invoice.gross or ZERO)
        return [
            Line(name=name, amount=net, price=net, vat=self._efacture_implied_vat(invoice, net))
        ]

    def _efacture_implied_vat(self, invoice, net):
        """The one rate that a file with totals only (profile MINIMUM) can mean; empty when not certain."""
        for row in self._efacture_known_taxes():
            told = row.category == "S" and net and invoice.tax
            if told and rounded(net * row.rate / 100, 2) == invoice.tax:
                return Vat("S", row.rate)
        return Vat()

    def _efacture_line_vals(self, row, draft, product, warnings):
        """Yield (values, exact amount) for one row of the file: the line, then what no discount can say."""
        sign, digits = draft["sign"], draft["currency"].decimal_places
        if isinstance(row, Adjustment):
            amount = rounded(sign * row.amount, digits)
            yield (
                {"name": self._efacture_reason(row), "quantity": 1.0, "price_unit": float(amount)},
                amount,
            )
            return
        total = rounded(sign * row.amount, digits)
        quantity, kept = self._efacture_quantity(row, draft)
        base = (row.price or ZERO) * quantity
        extra = sum((item.amount for item in row.adjustments), ZERO)
        if row.price is None:
            base = row.amount - extra
        if abs(base + extra - row.amount) > Decimal("0.05") and row.quantity == quantity:
            warnings.append(
                (
                    "line_amount",
                    {
                        "line": row.number,
                        "name": row.name[:60],
                        "told": f"{row.amount:f}",
                        "computed": f"{base + extra:f}",
                    },
                )
            )
        discount, separate = self._efacture_discount(row, quantity, digits)
        main = total - sum((rounded(sign * item.amount, digits) for item in separate), ZERO)
        vals = {
            "name": self._efacture_line_name(row, kept),
            "quantity": float(sign * quantity),
            "product_id": product.id,
            "product_uom_id": self._efacture_uom(row.unit, product).id,
            "discount": float(discount),
            "price_unit": float(self._efacture_price(row, quantity, discount, sign * main, digits)),
        }
        if row.start or row.end:
            vals.update(
                efacture_period_start=row.start or row.end, efacture_period_end=row.end or row.start
            )
        if row.delivered:
            vals["efacture_delivery_date"] = row.delivered
        yield vals, main
        for item in separate:
            amount = rounded(sign * item.amount, digits)
            name = f"{self._efacture_reason(item)} – {row.name}"
            yield {"name": cut(name, 250), "quantity": 1.0, "price_unit": float(amount)}, amount

    def _efacture_quantity(self, row, draft):
        """(quantity, text): as precise as Odoo keeps it; the text tells the one of the file when that is not exact."""
        quantity = row.quantity or Decimal(1)
        places = draft["quantity_digits"]
        kept = rounded(quantity, places)
        if kept == quantity:
            return quantity, "" if row.quantity else "0"
        text = f"{quantity:f} {row.unit}".replace(".", ",")
        return kept or Decimal(1), text

    def _efacture_discount(self, row, quantity, digits):
        """(discount in percent, adjustments to tell apart).

        Only a discount that gives the amount of the file exactly with Odoo's two decimals is told as one.
        """
        allowances = [item for item in row.adjustments if item.amount < 0]
        charges = [item for item in row.adjustments if item.amount > 0]
        places = self.env["decimal.precision"].precision_get("Discount")
        if row.price is None or not quantity:
            return ZERO, list(row.adjustments)
        base = row.price * quantity
        if allowances and not charges and base:
            percent = rounded(-100 * sum(item.amount for item in allowances) / base, places)
            if 0 < percent <= 100 and rounded(base * (100 - percent) / 100, digits) == rounded(
                row.amount, digits
            ):
                return percent, []
        gross = row.gross_price
        if not row.adjustments and gross and row.price and gross > row.price > 0:
            percent = rounded(100 * (1 - row.price / gross), places)
            if gross * (100 - percent) == row.price * 100:
                return percent, []
        return ZERO, list(row.adjustments)

    def _efacture_price(self, row, quantity, discount, main, digits):
        """The unit price: the file's where it gives the amount, else the one that the amount implies."""
        factor = quantity * (100 - discount) / 100
        candidates = [row.gross_price] if discount and not row.adjustments else [row.price]
        for price in candidates:
            if price is not None and rounded(price * factor, digits) == rounded(main, digits):
                return price
        return main / factor if factor else main

    def _efacture_reason(self, item):
        reason = item.reason.strip()
        if not reason:
            reason = self.env._("Discount") if item.amount < 0 else self.env._("Charge")
        return cut(reason, 250)

    def _efacture_line_name(self, row, quantity_text):
        reference = f"[{row.seller_ref}] " if row.seller_ref else ""
        parts = [
            f"{reference}{row.name}".strip()
            or row.description
            or self.env._("Line without description")
        ]
        if row.description and row.name:
            parts.append(row.description)
        parts += row.notes
        if quantity_text:
            parts.append(
                self.env._("Quantity on the invoice: %(quantity)s", quantity=quantity_text)
            )
        if row.unit not in PLAIN_UNITS and row.unit not in UNITS:
            parts.append(self.env._("Unit: %(unit)s", unit=row.unit))
        return cut("\n".join(parts), NAME_LIMIT)

    def _efacture_uom(self, code, product):
        """The unit of measure of a UN/ECE code; empty when Odoo has none or the product is counted otherwise."""
        Uom = self.env["uom.uom"]
        xmlid = UNITS.get(code)
        # cached, unlike `env.ref`, which looks the record up each time
        known = xmlid and self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        if not known:
            return Uom
        uom = Uom.browse(known)
        if product and not product.uom_id._has_common_reference(uom):
            return Uom
        return uom

    def _efacture_rounding_vals(self, invoice, draft, place):
        return {
            "name": self.env._("Rounding"),
            "quantity": 1.0,
            "price_unit": float(draft["sign"] * invoice.rounding),
            "tax_ids": [Command.clear()],
            "account_id": draft["journal"].default_account_id.id,
            "is_imported": True,
            "sequence": 10 + place,
        }

    # -- what the company knows -------------------------------------------------------------------

    def _efacture_products(self, lines, partner):
        """{line: product}: by the supplier's reference for us, our own reference, or the barcode; one query each."""
        sellers, ours = (
            {row.seller_ref for row in lines} - {""},
            {row.buyer_ref for row in lines} - {""},
        )
        barcodes = {row.barcode for row in lines} - {""}
        Product = self.env["product.product"]
        by_seller, by_own, by_barcode = {}, {}, {}
        if sellers and partner:
            infos = self.env["product.supplierinfo"].search(
                [
                    ("partner_id", "=", partner.commercial_partner_id.id),
                    ("product_code", "in", list(sellers)),
                    ("company_id", "in", [False, self.company_id.id]),
                ]
            )
            for info in infos:
                product = info.product_id or info.product_tmpl_id.product_variant_ids
                if len(product) == 1:
                    by_seller.setdefault(info.product_code, product)
        if ours or barcodes:
            domain = ["|", ("default_code", "in", list(ours)), ("barcode", "in", list(barcodes))]
            company = [("company_id", "in", [False, self.company_id.id])]
            for product in Product.search([*domain, *company]):
                if product.default_code:
                    by_own.setdefault(product.default_code, product)
                if product.barcode:
                    by_barcode.setdefault(product.barcode, product)
        found = {}
        for row in lines:
            product = (
                by_seller.get(row.seller_ref)
                or by_own.get(row.buyer_ref)
                or by_barcode.get(row.barcode)
            )
            if product:
                found[row] = product
        return found

    def _efacture_history(self, partner):
        """What the last bills of this supplier say: {"names": {label: account}, "account", "taxes"}; one query."""
        empty = {"names": {}, "account": False, "taxes": self.env["account.tax"]}
        if not partner:
            return empty
        # one look at the latest lines, whatever the number of bills: the index is on the partner
        rows = self.env.execute_query(
            SQL(
                """
                SELECT split_part(line.name, E'\\n', 1), line.account_id,
                       (SELECT array_agg(rel.account_tax_id) FROM account_move_line_account_tax_rel rel
                         WHERE rel.account_move_line_id = line.id)
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id AND account.active
                 WHERE line.company_id = %(company)s AND line.partner_id = %(partner)s
                   AND line.display_type = 'product' AND line.parent_state = 'posted'
                   AND line.move_id IN (
                       SELECT id FROM account_move
                        WHERE commercial_partner_id = %(partner)s AND company_id = %(company)s
                          AND move_type IN ('in_invoice', 'in_refund') AND state = 'posted'
                     ORDER BY id DESC LIMIT 20)
              ORDER BY line.id DESC LIMIT 400
                """,
                company=self.company_id.id,
                partner=partner.commercial_partner_id.id,
            )
        )
        if not rows:
            return empty
        names, counts, taxes = {}, {}, []
        for name, account, tax_ids in rows:
            names.setdefault(name, account)
            counts[account] = counts.get(account, 0) + 1
            taxes += tax_ids or []
        most = max(counts, key=counts.get)
        return {
            "names": names,
            "account": most,
            "taxes": self.env["account.tax"].browse(dict.fromkeys(taxes)),
        }

    def _efacture_told_accounts(self, rows):
        """{code: account}: accounting references of the lines (BT-133) that are accounts of ours."""
        codes = {row.account_ref for row in rows if isinstance(row, Line) and row.account_ref}
        codes = {code for code in codes if code.isdigit() and code[:1] in "26"}
        if not codes:
            return {}
        accounts = self.env["account.account"].search(
            [
                *self.env["account.account"]._check_company_domain(self.company_id),
                ("code", "in", list(codes)),
            ]
        )
        return {account.code: account.id for account in accounts}

    # -- to the cent ------------------------------------------------------------------------------

    def _efacture_settle_prices(self, made, draft):
        """Where Odoo would round the sum otherwise than the file rounds its lines, prices say the amounts exactly."""
        digits = draft["currency"].decimal_places
        groups = {}
        for place, (vals, amount, tax, _vat) in enumerate(made):
            groups.setdefault(tax.id, []).append((place, vals, amount))
            groups.setdefault("all", []).append((place, vals, amount))
        for rows in groups.values():
            raw = sum((_raw(vals) for _place, vals, _amount in rows), ZERO)
            exact = sum((amount for _place, _vals, amount in rows), ZERO)
            if rounded(raw, digits) == exact and abs(raw - exact) < Decimal("0.004"):
                continue
            for _place, vals, amount in rows:
                factor = (
                    Decimal(str(vals["quantity"]))
                    * (100 - Decimal(str(vals.get("discount", 0))))
                    / 100
                )
                if factor and _raw(vals) != amount:
                    vals["price_unit"] = float(amount / factor)

    def _efacture_settle_vat(self, invoice, made, draft):
        """VAT as the file has it, to the cent, by an adjustment on one line of each tax.

        Within 0.05 silently; up to 1.00, which the standard lets pass, with a warning; beyond, VAT is computed and the difference told.
        """
        currency, sign, warnings = draft["currency"], draft["sign"], []
        digits = currency.decimal_places
        per_line = self.company_id.tax_calculation_rounding_method == "round_per_line"
        groups, keys = {}, {}
        for row in made:
            if row[2] and not row[2].has_negative_factor:
                groups.setdefault(row[2], []).append(row)
                keys.setdefault(row[2], set()).add(row[3].key)
        told = {}
        for total in invoice.vats:
            base, tax = told.get(total.vat.key, (ZERO, ZERO))
            told[total.vat.key] = base + total.base, tax + total.tax
        for tax, rows in groups.items():
            if not any(key in told for key in keys[tax]):
                if not invoice.vats and invoice.tax is not None and len(groups) == 1:
                    told = dict.fromkeys(keys[tax], (invoice.net or ZERO, invoice.tax))
                else:
                    continue
            rate = Decimal(str(tax.amount))
            wanted = sign * sum((told[key][1] for key in keys[tax] if key in told), ZERO)
            natural = [_raw(vals) * rate / 100 for vals, *_rest in rows]
            if per_line:
                natural = [rounded(value, digits) for value in natural]
            computed = rounded(
                sum((amount for _v, amount, _t, _x in rows), ZERO) * rate / 100, digits
            )
            gap = abs(wanted - computed)
            values = {"tax": tax.name, "told": f"{wanted:f}", "computed": f"{computed:f}"}
            if gap > 1:
                warnings.append(("vat_wrong", values))
                continue
            if gap > Decimal("0.05"):
                warnings.append(("vat_corrected", values))
            if rounded(sum(natural, ZERO), digits) == wanted:
                continue
            place = max(range(len(rows)), key=lambda index: abs(natural[index]))
            vals, amount = rows[place][:2]
            value = natural[place] + wanted - sum(natural, ZERO)
            vals["extra_tax_data"] = {
                "currency_id": currency.id,
                "price_unit": vals["price_unit"],
                "discount": vals.get("discount", 0.0),
                "quantity": vals["quantity"],
                "rate": draft["rate"],
                "manual_total_excluded_currency": float(amount),
                "manual_tax_amounts": {
                    str(tax.id): {
                        "tax_amount_currency": float(value),
                        "base_amount_currency": float(amount),
                    }
                },
            }
        return warnings


def _raw(vals):
    """What Odoo computes for a line before any rounding."""
    price, quantity = Decimal(repr(vals["price_unit"])), Decimal(repr(vals["quantity"]))
    return price * quantity * (100 - Decimal(repr(vals.get("discount", 0.0)))) / 100
