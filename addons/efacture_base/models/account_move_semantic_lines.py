"""Lines of the semantic invoice: BG-25 with prices, allowances and charges; BG-20 and BG-21."""

from odoo import models

from .inner_context import inner
from .semantic_tools import amount, cut, number, one_line, plain, present, rounded, trimmed

NAME_LIMIT = 255  # BT-153; what is longer goes to BT-154
TEXT_LIMIT = 4000  # BT-154 and BT-127
DISCOUNT, GLOBAL_DISCOUNT, CHARGE = "95", "95", "FC"  # UNTDID 5189, 5189, 7161
REASONS = {"discount": "Remise", "charge": "Frais", "markup": "Majoration"}


class AccountMove(models.Model):
    _inherit = "account.move"

    def _efacture_prepare_lines(self, lines, vats, extras):
        """(lines, document allowances, document charges), each a list of (row, its VAT)."""
        digits = self.currency_id.decimal_places
        rows, allowances, charges = [], [], []
        notes = self._efacture_line_notes()
        extended = self._efacture_is_extended()
        roles = {line: line._efacture_role() for line in lines}
        if all(role != "line" for role in roles.values()):
            roles = dict.fromkeys(lines, "line")  # an invoice has at least one line (BR-16)
        for line in lines.sorted(lambda item: (item.sequence, item.id)):
            vat = vats[line]
            net = amount(self.direction_sign * line.amount_currency, digits)
            if roles[line] != "line":
                group, value = (allowances, -net) if net < 0 else (charges, net)
                group.append((self._efacture_global_row(line, value, vat, net < 0), vat))
            else:
                included = [(tax, value) for tax, value in extras.get(line, ()) if _in_base(tax)]
                row = line._efacture_row(str(len(rows) + 1), net, vat, included, digits)
                if extended and vat.category != "S":
                    row.update(present({"EXT-FR-FE-178": vat.text, "EXT-FR-FE-179": vat.code}))
                if extended and line.efacture_delivery_date:
                    row["EXT-FR-FE-158"] = line.efacture_delivery_date
                if line in notes:
                    row["BT-127-00"] = [{"BT-127": cut(notes[line], TEXT_LIMIT)}]
                rows.append((row, vat))
            for tax, value in extras.get(line, ()):
                if value and (roles[line] != "line" or not _in_base(tax)):
                    charges.append(self._efacture_tax_charge(tax, value, vat, _in_base(tax)))
        return rows, allowances, charges

    def _efacture_global_row(self, line, value, vat, is_allowance):
        row = {
            "amount": value,
            "vat_category_code": vat.category,
            "reason": one_line(line.name or line.product_id.name) or REASONS["discount"],
        }
        row.update(self._efacture_global_vat(vat))
        code = line.product_id.efacture_reason_code or (GLOBAL_DISCOUNT if is_allowance else CHARGE)
        row["reason_code"] = code
        return row

    def _efacture_tax_charge(self, tax, value, vat, in_base):
        """A tax that is no VAT, as a charge of the document; without VAT when its base leaves it out."""
        if not in_base and vat.category != "O":
            vat = vat._replace(
                category="E", rate=number(0), code="VATEX-EU-79-C", text="Hors base de TVA"
            )
        row = {
            "amount": value,
            "vat_category_code": vat.category,
            "reason": one_line(tax.invoice_label or tax.name),
            "reason_code": tax.efacture_charge_code or "AEO",
        }
        row.update(self._efacture_global_vat(vat))
        return row, vat

    def _efacture_global_vat(self, vat):
        """The VAT of a charge or allowance of the whole document."""
        terms = {"vat_rate": vat.rate if vat.category != "O" else None}
        if self._efacture_is_extended() and vat.category != "S":
            terms.update(vat_exemption=vat.text, vat_exemption_code=vat.code)
        return present(terms)

    def _efacture_line_notes(self):
        """{line: text}: a section is told on its first line, a note on the line above it."""
        texts, pending, last = {}, [], None
        for line in self.invoice_line_ids.sorted(lambda item: (item.sequence, item.id)):
            text = plain(line.name)
            if line.display_type in ("line_section", "line_subsection"):
                pending.append(text)
            elif line.display_type == "line_note":
                if last is None:
                    pending.append(text)
                else:
                    texts.setdefault(last, []).append(text)
            elif line.display_type == "product":
                if pending:
                    texts.setdefault(line, []).extend(pending)
                    pending = []
                last = line
        if pending and last is not None:
            texts.setdefault(last, []).extend(pending)
        return {line: "\n".join(filter(None, found)) for line, found in texts.items() if any(found)}


def _in_base(tax):
    """Whether VAT is charged on this other tax too."""
    return tax.include_base_amount


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # -- what it is -------------------------------------------------------------------------------

    def _efacture_key(self):
        """Odoo's mark of a line it made itself: `global_discount`, `down_payment`, or empty."""
        key = str((self.extra_tax_data or {}).get("computation_key") or "")
        return key.partition(",")[0]

    def _efacture_is_deposit(self):
        """A line that asks for a deposit."""
        return self._efacture_key() == "down_payment" and self.price_subtotal > 0

    def _efacture_is_deposit_deduction(self):
        """A line that takes a deposit off the final invoice."""
        if self.price_subtotal >= 0:
            return False
        return (
            self._efacture_key() == "down_payment"
            or self.product_id.efacture_line_role == "deposit"
        )

    def _efacture_role(self):
        """`line`, or `allowance`/`charge` for what concerns the whole document."""
        role = self.product_id.efacture_line_role
        if self._efacture_key() == "global_discount" or (
            role == "discount" and self.price_subtotal < 0
        ):
            return "allowance"
        return "charge" if role == "charge" and self.price_subtotal > 0 else "line"

    def _efacture_nature(self):
        """B goods, S services, for BT-23."""
        product = self.product_id
        if product:
            return "S" if product.type == "service" else "M" if product.type == "combo" else "B"
        scope = self.tax_ids[:1].tax_scope
        return {"service": "S", "consu": "B"}.get(scope) or self.company_id.efacture_nature

    # -- BG-25 ------------------------------------------------------------------------------------

    def _efacture_row(self, number_text, net, vat, included, digits):
        """One invoice line.

        :param net: the ledger's amount without tax
        :param included: [(tax, amount)] of other taxes on which VAT is charged
        """
        self.ensure_one()
        quantity = trimmed(rounded(number(self.quantity), 4))
        row = {"BT-126": number_text, "BT-130": self._efacture_unit()}
        row.update(self._efacture_prices(quantity, net, digits))
        total = net
        for tax, value in included:
            if not value:
                continue
            total += value
            row.setdefault("BG-28" if value > 0 else "BG-27", []).append(
                {
                    "amount": abs(value),
                    "reason": one_line(tax.invoice_label or tax.name),
                    "reason_code": tax.efacture_charge_code or "AEO",
                }
            )
        row["BT-131"] = total
        row["BT-151"] = vat.category
        if vat.category != "O":
            row["BT-152"] = vat.rate
        row.update(self._efacture_item())
        row.update(self._efacture_line_dates())
        return present(row)

    def _efacture_prices(self, quantity, net, digits):
        """BT-129, BT-146, BT-149 and the line's own allowance, so that they give ``net`` exactly."""
        discount = number(self.discount)
        unit = self._efacture_unit_price()
        if (quantity < 0) == (unit < 0) or not quantity:
            sign = 1
        else:
            sign = -1
        quantity, unit = sign * abs(quantity), abs(unit)
        if not quantity:
            # nothing delivered: the price is shown, the amount is nothing
            if not net:
                return {"BT-129": quantity, "BT-146": trimmed(rounded(unit, 6))}
            quantity, unit, discount = number(1 if net > 0 else -1), abs(net), number(0)
        if (net < 0) != (quantity < 0) and net:
            quantity = -quantity
        gross = rounded(unit * quantity, digits)
        if discount and quantity > 0:
            price, base_quantity = _price(unit, quantity, gross, digits)
            row = {"BT-129": quantity, "BT-146": price}
            if base_quantity:
                row["BT-149"] = base_quantity
            difference = gross - net
            if difference > 0:
                row["BG-27"] = [
                    {
                        "amount": difference,
                        "base_amount": gross,
                        "rate": trimmed(rounded(discount, 4)),
                        "reason": REASONS["discount"],
                        "reason_code": DISCOUNT,
                    }
                ]
            elif difference < 0:
                row["BG-28"] = [
                    {"amount": -difference, "reason": REASONS["markup"], "reason_code": CHARGE}
                ]
            return row
        target = net
        if discount:  # a negative line: the price after discount says it
            unit = abs(net / quantity)
        price, base_quantity = _price(unit, quantity, target, digits)
        row = {"BT-129": quantity, "BT-146": price}
        if base_quantity:
            row["BT-149"] = base_quantity
        return row

    def _efacture_unit_price(self):
        """The price of one unit without tax, before discount."""
        unit = number(self.price_unit)
        included = self.tax_ids.flatten_taxes_hierarchy().filtered("price_include")
        for tax in included.filtered(lambda tax: tax.amount_type == "fixed"):
            unit -= number(tax.amount)
        rate = sum(
            (number(tax.amount) for tax in included if tax.amount_type == "percent"), number(0)
        )
        return unit * 100 / (100 + rate)

    def _efacture_unit(self):
        """The unit's code of UNECE recommendation 20 (BT-130)."""
        uom = self.product_uom_id
        if not uom:
            return "C62"
        codes = inner(self.env, "efacture_unit_codes")
        if codes is None:
            return self.env["account.edi.common"]._get_uom_unece_code(uom)
        if uom.id not in codes:
            codes[uom.id] = self.env["account.edi.common"]._get_uom_unece_code(uom)
        return codes[uom.id]

    def _efacture_item(self):
        """Name, description and codes of what is sold (BT-153 to BT-157)."""
        product = self.product_id
        text = plain(self.name) or plain(product.name)
        head, _, rest = text.partition("\n")
        head, rest = one_line(head), rest.strip()
        if len(head) > NAME_LIMIT:
            head, rest = cut(head, NAME_LIMIT), text
        item = {
            "BT-153": head or self.env._("Line without description"),
            "BT-154": cut(rest, TEXT_LIMIT),
            "BT-155": one_line(product.default_code),
        }
        code = (product.barcode or "").strip()
        if code.isdigit() and len(code) in (8, 12, 13, 14):
            item.update({"BT-157": code, "BT-157-1": "0160"})
        return item

    def _efacture_line_dates(self):
        start, end = self.efacture_period_start, self.efacture_period_end
        return {"BT-134": start or end, "BT-135": end or start} if start or end else {}


def _price(unit, quantity, total, digits):
    """(price, base quantity or None): the plainest unit price that gives ``total`` exactly.

    The price of the books with four decimals (the AFNOR limit), then six (BR-FR-DEC-03), then the one
    the total implies; where no such price exists the total is the price of the whole quantity (BT-149).
    """
    wanted, size = abs(total), abs(quantity)
    implied = wanted / size
    candidates = [rounded(unit, 4), rounded(unit, 6)]
    candidates += [rounded(implied, places) for places in (2, 3, 4, 5, 6)]
    for price in candidates:
        if rounded(price * size, digits) == wanted:
            return trimmed(price), None
    return trimmed(wanted), size
