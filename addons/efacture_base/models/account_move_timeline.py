from datetime import datetime, time

from odoo import api, fields, models
from odoo.tools import formatLang


class AccountMove(models.Model):
    """One timeline an invoice: what was exchanged, what was said of it, what was paid."""

    _inherit = "account.move"

    efacture_has_timeline = fields.Boolean(compute="_compute_efacture_has_timeline")

    @api.depends("company_id", "efacture_exchange_ids")
    def _compute_efacture_has_timeline(self):
        for move in self:
            # nothing is shown before a company has an account, or something to tell
            move.efacture_has_timeline = bool(
                move._origin
                and move.is_invoice(include_receipts=True)
                and (move.company_id._efacture_active_account() or move.efacture_exchange_ids)
            )

    def efacture_get_timeline(self):
        """The timeline of one invoice as a client shows it.

        :return: entries of `_efacture_timeline`, `at` as Odoo writes dates (UTC) or days
        """
        self._efacture_check_insider()
        self.check_access("read")
        return [
            {**entry, "at": self._efacture_timeline_text(entry["at"])}
            for entry in self._efacture_timeline()
        ]

    def _efacture_timeline(self):
        """What happened to this invoice, oldest first.

        :return: list of {"at": datetime (UTC) or date, "kind": `exchange|event|payment|entry`, "tone":
            `done|wait|warn|fail`, "title", "detail", "code", "who", "model", "id"}; other addons add
            theirs with `super()` and `_efacture_timeline_entry`, then sort by `_efacture_timeline_order`
        """
        self.ensure_one()
        move = self.sudo()  # who may read the invoice may read what became of it
        entries = [
            *move._efacture_timeline_posted(),
            *move._efacture_timeline_exchanges(),
            *move._efacture_timeline_events(),
            *move._efacture_timeline_payments(),
        ]
        return sorted(entries, key=self._efacture_timeline_order)

    @api.model
    def _efacture_timeline_entry(self, at, kind, tone, title, record, detail="", who="", code=""):
        """One entry; `record` is what a click opens."""
        return {
            "at": at,
            "kind": kind,
            "tone": tone,
            "title": title,
            "detail": detail or "",
            "who": who or "",
            "code": code or "",
            "model": record._name,
            "id": record.id,
        }

    @staticmethod
    def _efacture_timeline_order(entry):
        at = entry["at"]
        moment = at if isinstance(at, datetime) else datetime.combine(at, time.min)
        # platforms tell seconds: what was said in the same one stands in the order of its codes
        return moment, entry["model"], entry["code"], entry["id"]

    @staticmethod
    def _efacture_timeline_text(at):
        if isinstance(at, datetime):
            return fields.Datetime.to_string(at)
        return fields.Date.to_string(at)

    # -- sources ----------------------------------------------------------------------------------

    def _efacture_timeline_posted(self):
        """When the invoice was confirmed, and by whom; its date where nobody noted it."""
        if self.state != "posted":
            return []
        subtype = self.env.ref("account.mt_invoice_validated", raise_if_not_found=False)
        note = self.env["mail.message"].search(
            [
                ("model", "=", self._name), ("res_id", "=", self.id),
                ("subtype_id", "=", subtype.id if subtype else 0),
            ],
            order="id desc", limit=1,
        )  # fmt: skip
        # the moment of its transaction: one command confirms, then queues
        at = note.create_date or self.invoice_date or self.create_date
        return [
            self._efacture_timeline_entry(
                at,
                "entry",
                "done",
                self.env._("Confirmed"),
                self,
                detail=self.name,
                who=note.author_id.name if note else "",
            )
        ]

    def _efacture_timeline_exchanges(self):
        entries = []
        for row in self.efacture_exchange_ids.sorted("id"):
            if row.direction == "in":
                entries += row._efacture_timeline_received()
            elif row.kind == "lifecycle":
                entries += row._efacture_timeline_status()
            else:
                entries += row._efacture_timeline_sent()
        return entries

    def _efacture_timeline_events(self):
        """What each side said; ours as long as it is not refused, with where it stands."""
        return [
            self._efacture_timeline_entry(
                event.occurred_at,
                "event",
                event._efacture_timeline_tone(),
                event._efacture_timeline_title(),
                event,
                detail=event._efacture_timeline_detail(),
                who=event.user_id.name or event._efacture_timeline_actor(),
                code=event.raw_code,
            )
            for event in self.env["efacture.event"]._efacture_of(self)[self.id]._efacture_heard()
        ]

    def _efacture_timeline_payments(self):
        if self.state != "posted" or not self.is_invoice(include_receipts=True):
            return []
        entries = []
        for partial in self._get_all_reconciled_invoice_partials() or ():
            if partial["is_exchange"]:
                continue  # a difference of rates is no payment
            line = partial["aml"]
            made = self.env["account.partial.reconcile"].browse(partial["partial_id"])
            payment = line.payment_id
            amount = formatLang(self.env, partial["amount"], currency_obj=partial["currency"])
            refund = line.move_id.is_invoice(include_receipts=True)
            # noted on the day itself, the hour is known; else the day of the payment counts
            at = made.create_date if made.create_date.date() == line.date else line.date
            entries.append(
                self._efacture_timeline_entry(
                    at,
                    "payment",
                    "done",
                    self.env._("Credit note deducted: %(amount)s", amount=amount)
                    if refund
                    else self.env._("Payment: %(amount)s", amount=amount),
                    payment or line.move_id,
                    detail=line.move_id.name,
                    who=made.create_uid.name,
                )
            )
        return entries
