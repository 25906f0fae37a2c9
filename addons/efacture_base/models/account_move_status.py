"""Telling the other side where an invoice stands: who may say what, and the message that says it."""

import hashlib
import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..connectors.contract import Capability
from ..en16931 import cdar, lifecycle
from ..en16931.facts import InvoiceFacts, TradeParty, read_facts
from ..en16931.lifecycle import BUYER, SELLER
from ..en16931.read import UnreadableInvoice
from ..en16931.validator import validate_many

MAX_FILES = 10 << 20  # bytes of all files of one message
FILE_TYPES = {
    "application/pdf", "image/png", "image/jpeg", "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
}  # fmt: skip


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
            raise UserError(
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

    def _efacture_invoice_facts(self):
        """Header and totals by rate of this invoice, as the document that travelled has them.

        :return: `InvoiceFacts`
        :raises UserError: the stored file is lost or damaged
        """
        self.ensure_one()
        exchange = self._efacture_status_exchange()
        if exchange:
            try:
                return read_facts(exchange._efacture_file_attachment().raw)
            except UnreadableInvoice:
                pass  # a bill whose file nobody can read still gets its answer, from the books
        ours, other = self.company_id.partner_id, self.commercial_partner_id
        ours, theirs = (
            TradeParty(
                partner.name or "",
                partner.efacture_siren or "",
                partner._efacture_get_address().address or "",
                cdar.ADDRESS_SCHEME,
            )
            for partner in (ours, other)
        )
        is_sale = self._efacture_actor() == SELLER
        return InvoiceFacts(
            number=(self.name if is_sale else self.ref) or "",
            type="381" if self.move_type in ("out_refund", "in_refund") else "380",
            day=self.invoice_date,
            process="",
            currency=self.currency_id.name,
            seller=ours if is_sale else theirs,
            buyer=theirs if is_sale else ours,
        )

    def _efacture_prepare_cdar(self, exchange, code, reasons, note, amounts, attachments):
        """The message of one status.

        :raises UserError: the invoice lacks what a message must name
        """
        facts, actor = self._efacture_invoice_facts(), self._efacture_actor()
        seller = self._efacture_cdar_party("SE", facts.seller, actor == SELLER)
        buyer = self._efacture_cdar_party("BY", facts.buyer, actor == BUYER)
        us, them = (seller, buyer) if actor == SELLER else (buyer, seller)
        missing = [
            words
            for words, value in (
                (self.env._("the invoice's number"), facts.number),
                (self.env._("the invoice's date"), facts.day),
                (self.env._("the seller's SIREN"), seller.siren),
                (self.env._("your own SIREN"), us.ids),
                (self.env._("the electronic address of the other side"), them.address),
            )
            if not value
        ]
        if missing:
            raise UserError(
                self.env._(
                    "“%(status)s” cannot be sent for %(invoice)s: %(missing)s is not known. Complete the contact, "
                    "then try again.",
                    status=lifecycle.label(code, self.env.lang),
                    invoice=self.ref or self.name or self.display_name,
                    missing=", ".join(missing),
                )
            )
        now = datetime.now(UTC).replace(microsecond=0)
        stamp = f"{now:%Y%m%d%H%M%S}-{uuid4().hex[:8]}"
        return cdar.CdarMessage(
            message_id=cdar.message_id(facts.number, facts.type or "380", facts.day, code, stamp),
            code=code,
            number=facts.number,
            invoice_type=facts.type or "380",
            invoice_date=facts.day,
            issued_at=now,
            received_at=(exchange.sent_at or exchange.create_date).replace(tzinfo=UTC),
            issuer=us,
            recipients=(them,),
            seller_ids=((cdar.SIREN_SCHEME, seller.siren),),
            details=self._efacture_cdar_details(reasons, note, amounts),
            attachments=tuple(
                cdar.Attachment(file.name, file.mimetype, file.raw) for file in attachments
            ),
        )

    def _efacture_cdar_party(self, role, facts, is_us):
        """A party by what the document says of it; completed from the contact where it says nothing."""
        partner = self.company_id.partner_id if is_us else self.commercial_partner_id
        siren = facts.siren or partner.efacture_siren or ""
        address = facts.address if facts.scheme == cdar.ADDRESS_SCHEME else ""
        return cdar.Party(
            role=role,
            name=facts.name or partner.name or "",
            ids=((cdar.SIREN_SCHEME, siren),) if siren else (),
            address=address or partner._efacture_get_address().address or siren,
        )

    def _efacture_cdar_details(self, reasons, note, amounts):
        """One detail a reason; the comment and the amounts go with the first."""
        rows = tuple(
            cdar.Amount(
                row["type"],
                Decimal(row["value"]),
                row.get("currency") or "EUR",
                row.get("rate"),
                row.get("date"),
            )
            for row in amounts
        )
        details = [
            # the other side's language is French: labels of the reform
            cdar.Detail(reason=reason, reason_text=lifecycle.reason(reason))
            for reason in reasons
        ] or [cdar.Detail()]
        note = (note or "").strip()
        details[0] = cdar.Detail(details[0].reason, details[0].reason_text, note=note, amounts=rows)
        return tuple(details) if reasons or note or rows else ()

    def _efacture_write_cdars(self, messages):
        """The messages as files, each checked by schema and French rules before it is queued.

        :raises UserError: one of them is not valid, or could not be checked
        """
        try:
            contents = [cdar.write_cdar(message) for message in messages]
        except cdar.CdarError as error:
            raise UserError(
                self.env._("The status cannot be written: %(reason)s", reason=error)
            ) from error
        lang = "fr" if (self.env.lang or "").startswith("fr") else "en"
        for verdict in validate_many(contents, lang=lang):
            if not verdict.is_valid:
                raise UserError(
                    self.env._(
                        "The status was not sent: %(reason)s",
                        reason="\n".join(finding.message for finding in verdict.findings[:3]),
                    )
                )
        return contents

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

    def _efacture_cdar_filename(self, message):
        number = re.sub(r"[^A-Za-z0-9_-]+", "-", message.number)
        return f"CDV_{message.code}_{number}_{message.message_id[-23:]}.xml"

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
