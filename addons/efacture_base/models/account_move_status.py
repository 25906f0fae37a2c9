"""Telling the other side where an invoice stands: who may say what, and the message that says it."""

import hashlib

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connectors.contract import Capability
from ..en16931 import lifecycle
from ..en16931.lifecycle import SELLER

MAX_FILES = 10 << 20  # bytes of all files of one message
FILE_TYPES = {
    "application/pdf", "image/png", "image/jpeg", "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
}  # fmt: skip


class InvoiceBusy(UserError):
    """Somebody else changes the invoice just now."""


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_said_at = fields.Datetime(
        string="Last status asked for", readonly=True, copy=False, groups="base.group_user"
    )

    # -- may it be said ---------------------------------------------------------------------------

    def _efacture_status_refusal(self, code, events=None):
        """Why this status cannot be sent for this invoice now, as a sentence; empty when it can."""
        self.ensure_one()
        lang, name = self.env.lang, self.ref or self.name
        words = {"invoice": name or self.display_name, "status": lifecycle.label(code, lang)}
        if self.state == "cancel":
            return self.env._("%(invoice)s is cancelled here: nothing more is said of it.", **words)
        exchange = self._efacture_status_exchange()
        if not exchange:
            if self._efacture_actor() == SELLER:
                return self.env._(
                    "%(invoice)s has not been handed to a platform: there is nobody to tell “%(status)s”. Send it "
                    "with eFacture first.",
                    **words,
                )
            return self.env._(
                "%(invoice)s did not come by a platform: “%(status)s” cannot be sent. Tell your supplier another way.",
                **words,
            )
        if exchange.account_id.state != "active":
            return self.env._(
                "The platform account %(account)s is not active: “%(status)s” cannot be sent. Open "
                "eFacture ▸ Configuration ▸ Platform accounts.",
                account=exchange.account_id.display_name,
                **words,
            )
        history = self._efacture_history(events)
        reason = lifecycle.refusal(code, history, self._efacture_actor())
        if not reason and code == "220" and not self._efacture_is_replaced():
            return self.env._(
                "“%(status)s” says that another invoice replaces %(invoice)s: issue the credit note first.",
                **words,
            )
        if not reason:
            return ""
        words["current"] = lifecycle.label(lifecycle.current(history), lang)
        if reason == "actor":
            return self.env._(
                "“%(status)s” is not for you to say of %(invoice)s: it belongs to the other side or to the platforms.",
                **words,
            )
        if reason == "terminal":
            return self.env._(
                "%(invoice)s is “%(current)s”: this is final, no further status can be sent. A corrected invoice "
                "gets a new number.",
                **words,
            )
        if reason == "again":
            return self.env._("“%(status)s” was already said of %(invoice)s.", **words)
        if reason == "late":
            return self.env._("%(invoice)s is “%(current)s”: “%(status)s” comes too late.", **words)
        if reason == "early":
            first = lifecycle.status(code).after
            words["first"] = ", ".join(f"“{lifecycle.label(c, lang)}”" for c in first[:3])
            return self.env._(
                "“%(status)s” cannot be said of %(invoice)s yet: first one of %(first)s has to be there.",
                **words,
            )
        return self.env._("“%(code)s” is no status that can be sent.", code=code)

    def _efacture_is_replaced(self):
        """Whether a posted credit note takes this invoice back."""
        return any(note.state == "posted" for note in self.sudo().reversal_move_ids)

    def _efacture_check_status(self, code, reasons, note, amounts, attachments):
        """Whether all that this status needs is there.

        :raises UserError: what is missing, and where to give it
        """
        self.ensure_one()
        if refusal := self._efacture_status_refusal(code):
            raise UserError(refusal)
        status, lang = lifecycle.status(code), self.env.lang
        label = lifecycle.label(code, lang)
        if status.reason_required and not reasons:
            raise UserError(self.env._("“%(status)s” needs a reason: choose one.", status=label))
        if wrong := lifecycle.unsuitable_reasons(code, reasons):
            raise UserError(
                self.env._(
                    "“%(status)s” does not allow this reason: %(reason)s Choose another one.",
                    status=label,
                    reason=lifecycle.reason(wrong[0], lang),
                )
            )
        needs_note = status.comment_required or "AUTRE" in reasons
        if needs_note and not (note or "").strip():
            raise UserError(
                self.env._(
                    "“%(status)s” needs a comment: tell in a sentence what is wrong or what you await.",
                    status=label,
                )
            )
        given = {row["type"] for row in amounts}
        if status.by_rate and not set(status.amounts) <= given:
            raise UserError(
                self.env._("“%(status)s” needs the amount received, by VAT rate.", status=label)
            )
        if attachments and not status.attachments:
            raise UserError(self.env._("“%(status)s” carries no files.", status=label))
        if status.attachment_required and not attachments:
            raise UserError(
                self.env._("“%(status)s” needs a file: attach the bank details.", status=label)
            )
        self._efacture_check_status_files(attachments)

    def _efacture_check_status_files(self, attachments):
        total = 0
        for file in attachments:
            total += len(file.raw or b"")
            if file.mimetype not in FILE_TYPES:
                raise UserError(
                    self.env._(
                        "%(file)s cannot be attached: only PDF, PNG, JPEG, CSV, XLSX and ODS travel.",
                        file=file.name,
                    )
                )
            if not file.raw:
                raise UserError(self.env._("%(file)s is empty.", file=file.name))
        if total > MAX_FILES:
            raise UserError(
                self.env._(
                    "The files make %(size).1f MB together; at most %(limit)d MB travel.",
                    size=total / (1 << 20),
                    limit=MAX_FILES >> 20,
                )
            )

    # -- saying it --------------------------------------------------------------------------------

    def _efacture_send_status(self, code, reasons=(), note="", amounts=(), attachments=()):
        """Tell the other side this status of these invoices: an event and a queued message each, in this transaction.

        :param str code: of the table `en16931/data/lifecycle.json`
        :param reasons: reason codes that the status allows
        :param str note: a comment for the other side
        :param amounts: [{"type", "value": Decimal, "currency", "rate": Decimal or None, "date"}]; or {invoice: such a list}
        :param attachments: `ir.attachment` records that travel in the message
        :return: the new `efacture.event` records, in the order of `self`
        :raises UserError: one of them cannot be told so, with the reason; nothing is written then
        """
        self._efacture_lock_statuses()
        exchanges, messages = [], []
        for move in self:
            rows = amounts.get(move, ()) if isinstance(amounts, dict) else amounts
            move._efacture_check_status(code, reasons, note, rows, attachments)
            exchange = move._efacture_status_exchange()
            move._efacture_check_status_capability(exchange)
            exchanges.append(exchange)
            messages.append(
                move._efacture_prepare_cdar(exchange, code, reasons, note, rows, attachments)
            )
        contents = self._efacture_write_cdars(messages)
        return self._efacture_queue_statuses(exchanges, messages, contents)

    def _efacture_lock_statuses(self):
        """Two persons, two tabs, a scheduled action: one of them speaks of an invoice at a time."""
        locked = self.sudo().try_lock_for_update(allow_referencing=True)
        if busy := self.sudo() - locked:
            raise InvoiceBusy(
                self.env._(
                    "%(invoices)s: being changed by somebody else just now. Try again in a moment.",
                    invoices=", ".join(busy.mapped("display_name")),
                )
            )
        # Whoever asked meanwhile changed these rows: our snapshot is then too old, and Odoo begins again.
        self._efacture_set_quietly("efacture_said_at", fields.Datetime.now())

    def _efacture_set_quietly(self, name, value):
        """Set a mark of ours on invoices without waking the invoice's own machinery, in one statement."""
        # SQL: it happens in the middle of Odoo's reconciliations, where a write would sync every line.
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET %s = %s WHERE id IN %s",
                SQL.identifier(name),
                value,
                tuple(self.ids or [0]),
            )
        )
        self.invalidate_recordset([name], flush=False)

    def _efacture_check_status_capability(self, exchange):
        """:raises UserError: the platform takes no statuses"""
        connector = exchange.account_id.sudo()._connector()
        if why_not := connector.why_not(Capability.EVENTS_OUT):
            raise UserError(
                self.env._(
                    "%(platform)s takes no statuses: %(reason)s",
                    platform=exchange.account_id.platform_id.name,
                    reason=why_not,
                )
            )

    def _efacture_queue_statuses(self, exchanges, messages, contents):
        """Rows with their frozen files, and the events they carry."""
        # sudo: rows and events are only ever written by the product itself
        Exchange, Event = self.env["efacture.exchange"].sudo(), self.env["efacture.event"].sudo()
        rows = Exchange.create(
            [
                {
                    "direction": "out",
                    "kind": "lifecycle",
                    "company_id": move.company_id.id,
                    "account_id": exchange.account_id.id,
                    "move_id": move.id,
                    "channel": exchange.channel or "efacture",
                    "parent_id": exchange.id,
                    "state": "queued",
                    "priority": 0 if len(self) == 1 else 5,  # one alone: somebody waits
                    "requested_by_id": self.env.uid,
                    "filename": self._efacture_cdar_filename(message),
                    "syntax": "cdar",
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
                for move, exchange, message, content in zip(
                    self, exchanges, messages, contents, strict=True
                )
            ]
        )
        rows._efacture_store_files(contents)
        events = Event.create(
            [
                {
                    **Event._efacture_message_vals(message),
                    "move_id": row.move_id.id,
                    "company_id": row.company_id.id,
                    "exchange_id": row.id,
                    "direction": "out",
                    "actor": row.move_id._efacture_actor(),
                    "user_id": self.env.uid,
                    "seen_at": fields.Datetime.now(),
                    "payload_sha256": row.sha256,
                }
                for row, message in zip(rows, messages, strict=True)
            ]
        )
        Event._efacture_store_files(events, messages)
        rows._efacture_wake_lanes()
        return events

    # -- buttons ----------------------------------------------------------------------------------

    def action_efacture_status(self, code=False):
        """The window that sends a status for these invoices."""
        self.check_access("write")
        return self.env["efacture.status"]._efacture_open(self, code)

    def action_efacture_approve(self):
        """Tell the suppliers of these bills that they are approved: nothing to choose, so no window."""
        self.check_access("write")
        self.env["efacture.status"].check_access("create")
        return self._efacture_status_window(self._efacture_send_status("205"))

    def action_efacture_refuse(self):
        """The window with *Refuse* chosen: it needs a reason and a comment."""
        return self.action_efacture_status("210")

    def action_efacture_complete(self):
        """The window with *Complete* chosen: the answer to a suspended invoice."""
        return self.action_efacture_status("209")

    def _efacture_status_window(self, events):
        """What became of messages just queued, live."""
        return {
            "type": "ir.actions.client",
            "tag": "efacture_sending",
            "name": self.env._("Sending"),
            "target": "new",
            "params": {
                "exchange_ids": events.exchange_id.ids,
                "refused": [],
                "remaining_ids": [],
                "with_platform": True,
            },
        }
