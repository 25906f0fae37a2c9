"""Where to pay: an account we know is used, a new or changed one waits for a person."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class EfactureDocument(models.Model):
    _inherit = "efacture.document"

    bank_number = fields.Char(string="Bank account in the file")
    bank_holder = fields.Char(string="Holder named in the file")
    bank_bic = fields.Char(string="BIC in the file")
    bank_state = fields.Selection(
        [
            ("known", "Known account"),
            ("new", "First account of this supplier"),
            ("changed", "Another account than those we know"),
            ("added", "Added by a person"),
        ],
        string="Bank account",
    )

    def _efacture_prepare_bank(self, invoice, partner, is_credit):
        """(values for the bill, values for the document, warnings) about where to pay.

        Without an account in the file the bill keeps what Odoo proposes.
        """
        if not invoice.accounts or is_credit:
            return {}, {}, []
        payee = invoice.payee and self._efacture_match_partner(invoice.payee)[0]
        owners = partner.commercial_partner_id | (payee or partner).commercial_partner_id
        # sudo: numbers of accounts are compared here, not shown
        known = owners.sudo().bank_ids
        told = [account.number for account in invoice.accounts]
        matching = known.filtered(lambda bank: bank.sanitized_acc_number in told)
        account = invoice.accounts[0]
        if matching:
            bank = matching[0]
            account = next(a for a in invoice.accounts if a.number == bank.sanitized_acc_number)
        vals = {
            "bank_number": account.number[:60],
            "bank_holder": account.holder[:200],
            "bank_bic": account.bic[:20],
            "bank_state": "known" if matching else "changed" if known else "new",
        }
        warnings = []
        if not matching:
            code = "bank_changed" if known else "bank_new"
            values = {
                "number": account.number,
                "holder": account.holder or "?",
                "name": partner.name or "?",
            }
            warnings.append((code, values))
        if len(told) > 1:
            warnings.append(("bank_several", {"numbers": ", ".join(told)}))
        return {"partner_bank_id": matching[:1].id}, vals, warnings

    def action_add_bank(self):
        """Make the account of the file one of the supplier's, not trusted yet, and put it on the bill."""
        self.ensure_one()
        if not self.env.user.has_group("efacture_base.efacture_base_group_accountant"):
            raise AccessError(
                self.env._("Only accountants may add a supplier's bank account: ask one of them.")
            )
        self.check_access("read")
        move = self.move_id
        move.check_access("write")
        if not self.bank_number or self.bank_state not in ("new", "changed") or not move.partner_id:
            raise UserError(self.env._("There is no new bank account to add for this bill."))
        partner = move.commercial_partner_id
        bank = self.env["res.partner.bank"].create(
            {
                "acc_number": self.bank_number,
                "partner_id": partner.id,
                "acc_holder_name": self.bank_holder or partner.name,
                "allow_out_payment": False,
            }
        )
        if move.state == "draft":
            move.partner_bank_id = bank
        # sudo: rows are written by the product only
        self.sudo().write({"bank_state": "added"})
        move._message_log(
            body=self.env._(
                "%(user)s added the bank account %(number)s of the received file. It is not trusted for payments yet: "
                "check it with the supplier by another way than this invoice.",
                user=self.env.user.name,
                number=self.bank_number,
            )
        )
        return True
