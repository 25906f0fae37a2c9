"""*Correct and send again*: the way out of a sending that was refused, whatever it needs."""

from odoo import api, fields, models
from odoo.exceptions import UserError

# Statuses that end an invoice which the exchange has handed over: refused by the customer, rejected by a
# platform, unreadable there. Its number is used: a credit note cancels it.
REFUSED_STATUSES = ("210", "213", "501")


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_correction = fields.Selection(
        [("draft", "Correct this invoice"), ("reverse", "Credit note and new invoice")],
        string="Way to correct",
        compute="_compute_efacture_correction",
    )

    @api.depends("state", "efacture_exchange_ids.state")
    def _compute_efacture_correction(self):
        for move in self:
            move.efacture_correction = move._efacture_find_correction()

    def _efacture_find_correction(self):
        """`draft` when nothing ever arrived, `reverse` when the customer has it and refused it, else False."""
        self.ensure_one()
        if self.state != "posted" or not self.efacture_exchange_ids:
            return False
        if self.efacture_is_frozen:
            status = self.efacture_status if "efacture_status" in self._fields else False
            return "reverse" if status in REFUSED_STATUSES else False
        current = self._efacture_current_exchange()
        return "draft" if current.state in ("rejected", "failed") else False

    def action_efacture_correct(self):
        """*Correct and send again*.

        A document that was refused before it arrived goes back to draft and keeps its number: for the
        customer it never existed. One that arrived is final: a credit note cancels it, a new invoice replaces it.

        :raises UserError: nothing here asks for a correction
        """
        self.ensure_one()
        self.check_access("write")
        way = self._efacture_find_correction()
        if way == "reverse":
            return self._efacture_correct_by_credit_note()
        if way != "draft":
            raise UserError(
                self.env._(
                    "%(invoice)s was neither refused nor left behind: there is nothing to send again.",
                    invoice=self.display_name,
                )
            )
        name = self.name
        self.button_draft()
        message = self.env._(
            "%(invoice)s is a draft again and keeps its number: it never reached the customer. Correct it, then "
            "press “Send with eFacture”.",
            invoice=name,
        )
        self._message_log(body=message)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "sticky": True,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _efacture_correct_by_credit_note(self):
        if self.move_type not in ("out_invoice", "in_invoice"):
            raise UserError(
                self.env._(
                    "%(document)s has reached the customer, so it is final. Issue an invoice of the same amount that "
                    "names it, then a new credit note.",
                    document=self.display_name,
                )
            )
        action = self.action_reverse()
        return {
            **action,
            "name": self.env._("Credit note and new invoice"),
            "context": {
                "active_model": self._name,
                "active_ids": self.ids,
                "default_reason": self._efacture_refusal_reason(),
            },
        }

    def _efacture_refusal_reason(self):
        """Why it was refused, to be said on the credit note."""
        event = (
            self.efacture_event_ids.sorted("id")[-1:]
            if "efacture_event_ids" in self._fields
            else None
        )
        return (event.note if event else False) or self.env._("Refused by the customer")
