"""Life-cycle messages: what became of ours, and what others say."""

import logging
from datetime import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..en16931 import cdar, lifecycle

_logger = logging.getLogger(__name__)

UNREADABLE = "unreadable"


class EfactureExchange(models.Model):
    _inherit = "efacture.exchange"

    is_orphan = fields.Boolean(
        string="Waits for its invoice",
        readonly=True,
        help="What this message is about is not here, or the message cannot be read.",
    )
    event_ids = fields.One2many("efacture.event", "exchange_id", string="Status")

    _orphan_index = models.Index("(company_id) WHERE is_orphan IS TRUE")  # IS TRUE: as Odoo asks

    # -- ours -------------------------------------------------------------------------------------

    # EXTENDS 'efacture_base'
    def _efacture_apply_out_lifecycle(self):
        """The outcome of a message of ours: the invoice's status follows, a person hears of a refusal."""
        self.ensure_one()
        done = super()._efacture_apply_out_lifecycle()
        event, move = self.sudo().event_ids, self.move_id
        if not event or not move:
            return done
        self.modified(["state", "error_message"])
        told = self.applied_outcome or ""
        if told.split("/")[0] == self.state:
            return done
        words = {"status": event.label, "reason": self.error_message or ""}
        if self.state == "accepted":
            line = self.env._("“%(status)s” was sent.", **words)
            details = [event.reason_text, event.note, event.amount_text]
            move._efacture_note_status(" – ".join(filter(None, [line, *details])))
        elif self.state in ("rejected", "failed"):
            move._efacture_note_status(self.env._("“%(status)s” was not sent: %(reason)s", **words))
            move._efacture_ask_person(
                self.env._("“%(status)s” was not sent", **words),
                words["reason"],
                self.requested_by_id,
            )
        if self.requested_by_id and not self.priority and self.state != "queued":
            self.requested_by_id._bus_send("efacture_exchange_done", self._efacture_answer())
        return done

    # -- theirs -----------------------------------------------------------------------------------

    # EXTENDS 'efacture_base'
    def _efacture_apply_in_lifecycle(self):
        """A received message becomes an event of its invoice; without the invoice it waits (False)."""
        self.ensure_one()
        row = self.sudo()  # written by the product itself
        if row.event_ids:
            return True
        try:
            message = row._efacture_read_message()
        except cdar.CdarError as error:
            return row._efacture_put_aside(
                self.env._("The message cannot be read: %(reason)s", reason=error)
            )
        except UserError as error:
            return row._efacture_put_aside(str(error))
        move = message and row._efacture_find_status_invoice(message)
        if not move:
            if message and not row.is_orphan:
                row._efacture_wait_for_invoice(message)
            return False
        if not row._efacture_take(move):
            return False  # somebody changes the invoice just now: in a moment
        if row.is_orphan:
            row.write({"is_orphan": False, "error_code": False, "error_message": False})
        row._efacture_attach_to(move)
        row._efacture_receive_status(move, message)
        return True

    def _efacture_read_message(self):
        """What this row says; None as long as its file is not here.

        A platform without files gives code and words only, which the fetch keeps on the row.

        :raises CdarError: the file cannot be read
        :raises UserError: the stored file is lost or damaged
        """
        if self.sha256:
            return cdar.read_cdar(self._efacture_file_attachment().raw)
        if not self.error_code or self.flow_id == self.remote_id:
            return None
        return cdar.CdarMessage(
            message_id="",
            code=self.error_code,
            label=self.error_message or "",
            number="",
            issuer=cdar.Party(),
            recipients=(),
            issued_at=self.sent_at and self.sent_at.replace(tzinfo=UTC),
        )

    def _efacture_wait_for_invoice(self, message):
        vals = {"is_orphan": True}
        if self.sha256:  # else these two fields are all that was said
            vals["error_code"] = "no_invoice"
            vals["error_message"] = self.env._(
                "“%(status)s” of %(number)s: this invoice is not here yet.",
                status=lifecycle.label(message.code, self.env.lang),
                number=message.number or "?",
            )
        self.write(vals)

    def _efacture_put_aside(self, reason):
        """A message nobody can read: kept and listed with its reason; read again seldom, in case a file came back."""
        if self.error_message != reason:
            self.write({"is_orphan": True, "error_code": UNREADABLE, "error_message": reason})
            _logger.info("Life-cycle message %s put aside: %s", self.id, reason)
        return False

    def _efacture_attach_to(self, move):
        """Tie the message to its invoice, once it is known."""
        if not self.move_id:
            self.move_id = move
        parent = move._efacture_status_exchange()
        if parent and not self.parent_id:
            self.parent_id = parent

    def _efacture_find_status_invoice(self, message):
        """The invoice a message speaks of: by its seller, number and date, in the row's company; possibly empty."""
        if self.parent_id.move_id:
            return self.parent_id.move_id
        if self.move_id:
            return self.move_id
        if named := self._efacture_named_exchange():
            return named.move_id
        Move = self.env["account.move"].sudo()
        if not message.number:
            return Move
        domain = [("company_id", "child_of", self.company_id.id), ("state", "!=", "cancel")]
        if message.invoice_date:
            domain.append(("invoice_date", "=", fields.Date.to_string(message.invoice_date)))
        sirens = {scheme_id for scheme, scheme_id in message.seller_ids if scheme == "0002"}
        ours = self.company_id.partner_id.efacture_siren
        if not sirens or ours in sirens:
            sales = Move.search(
                [
                    *domain,
                    ("name", "=", message.number),
                    ("move_type", "in", ("out_invoice", "out_refund")),
                ],
                limit=2,
            )
            if len(sales) == 1:
                return sales
        bills = Move.search(
            [
                *domain,
                ("ref", "=", message.number),
                ("move_type", "in", ("in_invoice", "in_refund")),
            ]
        ).filtered(lambda move: not sirens or move.commercial_partner_id.efacture_siren in sirens)
        return bills if len(bills) == 1 else Move

    def _efacture_named_exchange(self):
        """The exchange of the invoice whose number at the platform came with the message; possibly empty."""
        if not self.flow_id or self.flow_id == self.remote_id:
            return self.browse()
        return self.search(
            [
                ("account_id", "=", self.account_id.id),
                ("kind", "=", "invoice"),
                ("remote_id", "=", self.flow_id),
                ("move_id", "!=", False),
            ],
            limit=1,
        )

    def _efacture_receive_status(self, move, message):
        """Keep what a message says as an event of this invoice; a copy of a known message changes nothing."""
        Event = self.env["efacture.event"].sudo()
        vals = {
            **Event._efacture_message_vals(message),
            "move_id": move.id,
            "company_id": move.company_id.id,
            "exchange_id": self.id,
            "direction": "in",
            "actor": self._efacture_speaker(message),
            "seen_at": self.create_date,
            "payload_sha256": self.sha256,
        }
        known = Event._efacture_of(move)[move.id]
        if known.filtered(lambda event: event._efacture_is_copy_of(vals)):
            return
        event = Event.create(vals)
        # A stranger's page or drawing is kept as text: opened from our address it would speak in our name.
        plain = Event.with_context(attachments_mime_plainxml=True)
        plain._efacture_store_files(event, [message])
        move._efacture_hear_status(event)

    @api.model
    def _efacture_speaker(self, message):
        """Who says it: by the role the message gives, else by who usually does."""
        if role := lifecycle.ROLES.get(message.issuer.role):
            return role
        status = lifecycle.status(message.code)
        return status.emitters[0] if status else lifecycle.PLATFORM

    # -- waiting ones -----------------------------------------------------------------------------

    # EXTENDS 'efacture_base'
    def _efacture_apply_in_invoice(self):
        done = super()._efacture_apply_in_invoice()
        if done:
            self._efacture_wake_orphans()
        return done

    # EXTENDS 'efacture_base'
    def _efacture_apply_out_invoice(self):
        done = super()._efacture_apply_out_invoice()
        if self.state == "accepted":
            self._efacture_wake_orphans()
            self.move_id._efacture_mark_collected()
        return done

    def _efacture_wake_orphans(self):
        """An invoice arrived: messages that wait for one are tried again now; once for a chunk that is applied."""
        carried = self._efacture_kept().get("carried")
        if carried is None:
            self._efacture_wake_orphans_of(self.company_id.ids)
        else:
            carried.setdefault("awaited_in", set()).add(self.company_id.id)

    # EXTENDS 'efacture_base'
    def _efacture_carry(self, carried):
        result = super()._efacture_carry(carried)
        if companies := carried.get("awaited_in"):
            self._efacture_wake_orphans_of(companies)
        return result

    @api.model
    def _efacture_wake_orphans_of(self, company_ids):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE efacture_exchange SET apply_next = NULL
                 WHERE id IN (SELECT id FROM efacture_exchange
                               WHERE is_orphan AND apply_pending AND apply_next IS NOT NULL AND company_id IN %s
                               ORDER BY id LIMIT 200 FOR NO KEY UPDATE SKIP LOCKED)
                """,
                tuple(company_ids),
            )
        )

    def action_retry_orphan(self):
        """Look for the invoices of these messages again, now."""
        self.check_access("read")
        self.env["account.move"].check_access("write")
        waiting = self.sudo().filtered(
            lambda row: row.is_orphan and row.direction == "in" and row.kind == "lifecycle"
        )
        waiting.write({"apply_pending": True, "apply_next": False})
        waiting._efacture_wake_lanes()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "Looking for the invoices again; this list follows in a moment."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # -- words ------------------------------------------------------------------------------------

    # EXTENDS 'efacture_base'
    def _efacture_answer(self):
        answer = super()._efacture_answer()
        if self.kind == "lifecycle" and self.move_id.is_purchase_document():
            answer["name"] = (
                self.move_id.ref or answer["name"]
            )  # a draft bill has no number of ours
        return answer

    # EXTENDS 'efacture_base'
    def _efacture_answer_words(self):
        if self.kind != "lifecycle" or not self.event_ids:
            return super()._efacture_answer_words()
        words = {
            "status": self.sudo().event_ids.label,
            "reason": self.error_message or "",
        }
        env = self.env
        if self.state == "accepted":
            is_sale = self.move_id.is_sale_document()
            told = env._("Your customer is told.") if is_sale else env._("Your supplier is told.")
            return "success", env._("“%(status)s” sent", **words), told
        if self.state in ("rejected", "failed"):
            return "danger", env._("“%(status)s” was not sent", **words), words["reason"]
        if self.state == "unknown":
            return (
                "warning",
                env._("“%(status)s”: no clear answer", **words),
                env._(
                    "It may have arrived. eFacture asks the platform again by itself and never says it twice."
                ),
            )
        return (
            "info",
            env._("“%(status)s” is being sent", **words),
            env._("You may leave this page: the answer will be notified to you."),
        )


class EfactureEvent(models.Model):
    _inherit = "efacture.event"

    def _efacture_is_copy_of(self, vals):
        """Whether this event is the very message of these values, handed over once more."""
        self.ensure_one()
        if self.payload_sha256 and self.payload_sha256 == vals["payload_sha256"]:
            return True
        names = ("message_id", "raw_code", "note", "reasons", "amounts")
        return bool(vals["message_id"]) and all(
            (self[name] or False) == (vals[name] or False) for name in names
        )
