from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..en16931 import lifecycle
from .efacture_exchange import WITHDRAWN

TONES = [
    ("todo", "To do"),
    ("wait", "In progress"),
    ("warn", "To be looked at"),
    ("fail", "Problem"),
    ("done", "Done"),
]
NOTHING = {"text": False, "tone": False, "action": False}


def step(tone, text, action=False):
    """What to do now: how it sounds, one sentence, and the command that does it if there is one."""
    return {"tone": tone, "text": text, "action": action}


class AccountMove(models.Model):
    """The one thing to do now for an invoice, in a sentence. Stored nowhere: it is what the rest says."""

    _inherit = "account.move"

    efacture_hint = fields.Char(string="What to do now", compute="_compute_efacture_hint")
    efacture_hint_tone = fields.Selection(TONES, compute="_compute_efacture_hint")
    efacture_hint_button = fields.Char(compute="_compute_efacture_hint")

    # What the desk counts stays quick among hundreds of thousands of invoices.
    _efacture_unsent_index = models.Index(
        "(company_id) WHERE state = 'posted' AND efacture_contact_method IS NOT NULL "
        "AND efacture_state IS NULL"
    )
    _efacture_unpaid_index = models.Index(
        "(company_id, efacture_status) WHERE efacture_status IS NOT NULL "
        "AND payment_state IN ('not_paid', 'partial')"
    )

    _efacture_unpaid_bill_index = models.Index(
        "(company_id) WHERE state = 'posted' AND move_type IN ('in_invoice', 'in_refund') "
        "AND payment_state IN ('not_paid', 'partial')"
    )

    @api.depends(
        "state", "payment_state", "invoice_date_due", "efacture_state", "efacture_status",
        "efacture_verdict", "efacture_contact_method", "efacture_exchange_ids.state", "efacture_exchange_ids.bounce_at",
        "efacture_finding_ids", "efacture_document_ids.state", "efacture_document_ids.warning_count",
    )  # fmt: skip
    @api.depends_context("uid", "lang")
    def _compute_efacture_hint(self):
        commands = self._efacture_hint_commands()
        can_act = self.env["account.move"].has_access("write")
        for move in self:
            found = move._efacture_next_step() if move._origin else NOTHING
            command = commands.get(found["action"]) if can_act else None
            move.efacture_hint = found["text"]
            move.efacture_hint_tone = found["tone"]
            move.efacture_hint_button = command[1] if command else False

    @api.model
    def _efacture_hint_commands(self):
        """{action of a step: (method of the invoice, words of its button)}; addons add theirs."""
        env = self.env
        return {
            "check": ("action_efacture_check", env._("Check the invoice")),
            "correct": ("action_efacture_open_first_fix", env._("Correct")),
            "send": ("action_efacture_send", env._("Send")),
            "resend": ("action_efacture_correct", env._("Correct and send again")),
            "exchanges": ("action_efacture_open_exchanges", env._("See the sending")),
            "pay": ("action_register_payment", env._("Register the payment")),
            "credit": ("action_reverse", env._("Credit note")),
            "complete": ("action_efacture_complete", env._("Complete")),
            "status": ("action_efacture_status", env._("Send a status")),
            "answer": ("action_efacture_status", env._("Approve or refuse")),
            "confirm": ("action_post", env._("Confirm the bill")),
        }

    def action_efacture_follow_hint(self):
        """The button of the hint: what the invoice itself says is to be done, never what a client says."""
        self.ensure_one()
        self._efacture_check_insider()
        self.check_access("write")
        command = self._efacture_hint_commands().get(self._efacture_next_step()["action"])
        if not command:
            raise UserError(
                self.env._(
                    "Something has changed meanwhile: reload the page to see what is to be done."
                )
            )
        return getattr(self, command[0])()

    def action_efacture_open_first_fix(self):
        """Where the first thing that the check found is put right."""
        self.ensure_one()
        self.check_access("write")
        return self._efacture_fatal_findings()[:1].action_open_fix()

    # -- what to do -------------------------------------------------------------------------------

    def _efacture_next_step(self):
        """{"tone", "text", "action"} of what to do now; addons put theirs before or after `super()`."""
        self.ensure_one()
        move = self.sudo()  # who may read the invoice may know what is to be done
        if move.state == "cancel" or not move.is_invoice(include_receipts=True):
            return NOTHING
        if move.is_purchase_document() and not move._efacture_is_self_billed():
            return move._efacture_next_step_received()
        if not move.efacture_exchange_ids and move._efacture_issuer() != "efacture":
            return NOTHING
        if move.state == "draft":
            return move._efacture_next_step_draft()
        return move._efacture_next_step_posted()

    def _efacture_fatal_findings(self):
        return self.efacture_finding_ids.filtered(lambda finding: finding.severity == "fatal")

    def _efacture_next_step_draft(self):
        env = self.env
        if not self.partner_id or not self._efacture_product_lines():
            return step("todo", env._("Choose the customer and add what is invoiced."))
        if self.efacture_verdict == "invalid":
            findings = self._efacture_fatal_findings()
            if len(findings) == 1:
                return step(
                    "warn", env._("Correct this: %(point)s", point=findings.message), "correct"
                )
            return step(
                "warn",
                env._(
                    "Correct %(count)s points before sending. The first: %(point)s",
                    count=len(findings),
                    point=findings[:1].message or "",
                ),
                "correct",
            )
        if self.efacture_verdict == "unchecked":
            return step(
                "warn", env._("The check could not be made. Check the invoice again."), "check"
            )
        if self.efacture_verdict == "valid":
            return step("todo", env._("The invoice is in order. Send it to your customer."), "send")
        return step("todo", env._("Check the invoice, then send it to your customer."), "check")

    def _efacture_next_step_posted(self):
        """By where the sending stands; once it arrived, by what the customer said of it."""
        env = self.env
        sending = self._efacture_current_exchange()
        if not sending:
            if self.payment_state == "reversed":
                return NOTHING
            if not self.efacture_contact_method:
                return step(
                    "todo", env._("Choose how this customer receives its invoices, then send it.")
                )
            return step("todo", env._("Send the invoice to your customer."), "send")
        reason = (sending.error_message or "").strip().split("\n")[0]
        if sending.state == "preparing":
            text = env._(
                "The document is being made and checked; it then leaves by itself. Nothing to do."
            )
            return step("wait", f"{text} {reason}".strip())
        if sending.state == "queued":
            if sending.attempt_count:
                text = env._("Not sent yet; it is tried again by itself. Nothing to do.")
                return step("wait", f"{text} {reason}".strip(), "exchanges")
            return step(
                "wait",
                env._(
                    "Waiting to be sent; it leaves by itself. The invoice is final; “Withdraw” takes the sending "
                    "back."
                ),
            )
        if sending.state == "sending":
            return step("wait", env._("Being sent. You will be told; nothing to do."))
        if sending.state == "unknown":
            if sending.channel == "email":
                return step(
                    "warn",
                    env._(
                        "We do not know whether the e-mail left. Ask your customer, then say it on the sending."
                    ),
                    "exchanges",
                )
            return step(
                "warn",
                env._("The platform did not answer clearly: we are verifying, do not send again."),
            )
        if sending.state == "rejected":
            text = env._("The platform refused this invoice: correct it and send it again.")
            return step("fail", f"{text} {reason}".strip(), "resend")
        if sending.state == "failed":
            if sending.error_code == WITHDRAWN:
                return step(
                    "todo",
                    env._(
                        "The sending was withdrawn. Correct the invoice if needed, then send it."
                    ),
                    "send",
                )
            text = env._("Nothing was sent. Correct the invoice and send it again.")
            return step("fail", f"{text} {reason}".strip(), "resend")
        return self._efacture_next_step_arrived(sending)

    def _efacture_next_step_arrived(self, sending):
        env = self.env
        status = self.efacture_status
        if sending.channel == "efacture" and sending.ack_state == "error":
            return step(
                "fail", env._("The platform refused this invoice after its checks."), "resend"
            )
        if self.payment_state == "reversed":
            return step("done", env._("Cancelled by a credit note. Nothing more to do."))
        if status == "210":
            return step(
                "fail",
                env._(
                    "Your customer refused this invoice. Read the reason in the history, issue a credit note, then "
                    "a new invoice."
                ),
                "resend",
            )
        if status in ("213", "501"):
            return step(
                "fail",
                env._("A platform refused this invoice: it did not reach your customer."),
                "resend",
            )
        if status == "207":
            return step(
                "warn",
                env._(
                    "Your customer disputes this invoice: talk to them. If they are right, issue a credit note; if "
                    "not, they will approve it."
                ),
                "credit",
            )
        if status == "208":
            return step(
                "warn",
                env._(
                    "Your customer suspended this invoice: something is missing. Add what they ask for and send the "
                    "status “Completed”."
                ),
                "complete",
            )
        if status == "206":
            return step(
                "warn",
                env._(
                    "Your customer approved only a part of this invoice: issue a credit note for the rest."
                ),
                "credit",
            )
        if status == "unknown":
            return step(
                "warn",
                env._(
                    "The platform said something that eFacture does not know: read it in the history, ask the "
                    "platform if needed."
                ),
            )
        if self.payment_state in ("paid", "in_payment"):
            return self._efacture_next_step_paid(status)
        if status == "200" and self.efacture_event_ids._efacture_is_undeliverable():
            return step("warn", lifecycle.reason("NON_TRANSMISE", env.lang))
        if status == "221":
            return step(
                "fail", env._("Check the customer's electronic address and ask your platform.")
            )
        return self._efacture_next_step_awaited(sending, status)

    def _efacture_next_step_paid(self, status):
        if status == "212":
            return step("done", self.env._("Paid, and the platform knows it. Nothing more to do."))
        return step("done", self.env._("Paid. Nothing more to do."))

    def _efacture_next_step_awaited(self, sending, status):
        """Arrived and not paid: the customer's answer, then the payment."""
        env = self.env
        late = self.invoice_date_due and self.invoice_date_due < fields.Date.context_today(self)
        due = format_date(env, self.invoice_date_due) if self.invoice_date_due else ""
        if late:
            return step(
                "warn",
                env._("Due since %(date)s and not paid: remind your customer.", date=due),
                "pay",
            )
        if status in ("205", "211") or sending.channel != "efacture":
            said = {
                "205": env._("Approved by your customer."),
                "211": env._("Your customer says that the payment left."),
            }.get(status) or env._("Sent.")
            if due:
                awaited = env._("The payment is awaited by %(date)s.", date=due)
            else:
                awaited = env._("The payment is awaited.")
            return step("wait", f"{said} {awaited}", "pay")
        if status == "212":
            return step("wait", env._("A part is paid; the rest is awaited."), "pay")
        if status in ("203", "204", "209"):
            return step("wait", env._("Awaiting your customer's answer. Nothing to do."))
        return step(
            "wait",
            env._("With the platform, which delivers it to your customer. Nothing to do."),
        )

    # -- bills ------------------------------------------------------------------------------------

    def _efacture_is_received(self):
        """Whether this bill came as a file, by a platform or another way."""
        return bool(self.efacture_document_ids)

    def _efacture_next_step_received(self):
        env = self.env
        if not self._efacture_is_received():
            return NOTHING
        status = self.efacture_status
        if status == "210":
            return step(
                "done", env._("You refused this bill; the supplier was told. Nothing more to do.")
            )
        if self.state == "draft":
            document = self.efacture_document_id
            if document.state == "unreadable":
                return step(
                    "warn",
                    env._(
                        "The file could not be read: open it beside, type the bill, then confirm it."
                    ),
                )
            if document.warning_count:
                return step(
                    "warn",
                    env._(
                        "Look at the points above, correct what is needed, then confirm; or refuse it with a reason."
                    ),
                    "confirm",
                )
            return step(
                "todo",
                env._(
                    "Compare with the supplier's document, correct what is needed, then confirm; or refuse it with a "
                    "reason."
                ),
                "confirm",
            )
        if status in ("207", "208"):
            return step("wait", env._("Awaiting your supplier's answer. Nothing to do."))
        if status in ("205", "206", "211", "212"):
            if self.payment_state in ("paid", "in_payment", "reversed"):
                return step("done", env._("Paid. Nothing more to do."))
            due = format_date(env, self.invoice_date_due) if self.invoice_date_due else ""
            return step("todo", env._("Approved. To be paid by %(date)s.", date=due), "pay")
        if self.payment_state in ("paid", "reversed"):
            return step("done", env._("Paid. Nothing more to do."))
        if not self.efacture_can_say:
            return NOTHING  # it did not come by a platform: nobody awaits an answer
        return step("todo", env._("Approve this bill, or refuse it with a reason."), "answer")
