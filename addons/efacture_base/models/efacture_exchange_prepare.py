import logging

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .account_move_document import CHUNK
from .efacture_exchange_lane import AGAIN, LOST, NOW
from .inner_context import Inner

_logger = logging.getLogger(__name__)
LINES = 600  # invoice lines in one transaction, whatever the number of invoices


class EfactureExchange(models.Model):
    """Making the documents of rows that were asked for: in chunks, and each alone if a chunk fails."""

    _inherit = "efacture.exchange"

    def _efacture_prepare_due(self, limit=CHUNK):
        """Make the documents that are due (of `self` only, when not empty)."""
        try:
            return self._efacture_transaction(lambda: self._efacture_prepare_locked(limit))
        except Exception as error:
            if isinstance(error, LOST) and not isinstance(error, AGAIN):
                raise
            if not isinstance(error, AGAIN):
                _logger.info("Preparing together failed; one by one now", exc_info=True)
        self.env.cr.execute(self._efacture_prepare_query(limit, lock=False))
        ids = [row_id for (row_id,) in self.env.cr.fetchall()]
        self.env.cr.rollback()
        done = 0
        for row in self.browse(ids):
            try:
                done += self._efacture_transaction(lambda row=row: row._efacture_prepare_locked(1))
            except AGAIN:
                row._efacture_transaction(lambda row=row: row._efacture_postpone(5))
            except LOST:
                raise
            except OSError as error:
                _logger.warning("The document of exchange %s was not stored: %s", row.id, error)
                reason = row._efacture_no_room(error)
                row._efacture_transaction(
                    lambda row=row, reason=reason: row._efacture_postpone(60, "storage", reason)
                )
            except UserError as error:
                row._efacture_transaction(
                    lambda row=row, error=error: row._efacture_give_up("document", str(error))
                )
            except Exception as error:
                _logger.exception("The document of exchange %s could not be made", row.id)
                reason = row._efacture_unexpected(error)
                row._efacture_transaction(
                    lambda row=row, reason=reason: row._efacture_give_up("unexpected", reason)
                )
        return done

    def _efacture_prepare_query(self, limit, lock=True):
        return SQL(
            """
            SELECT id FROM efacture_exchange
             WHERE state = 'preparing' AND direction = 'out' AND (next_attempt IS NULL OR next_attempt <= %s) AND %s
               AND (account_id IS NULL OR account_id IN (SELECT id FROM efacture_account WHERE state = 'active'))
             ORDER BY priority, id LIMIT %s %s
            """,
            NOW,
            self._efacture_mine(),
            limit,
            SQL("FOR NO KEY UPDATE SKIP LOCKED") if lock else SQL(),
        )

    def _efacture_prepare_locked(self, limit):
        """One transaction: take rows, make their documents, queue them."""
        self.env.cr.execute(self._efacture_prepare_query(limit), log_exceptions=False)
        rows = self.browse(row_id for (row_id,) in self.env.cr.fetchall())._efacture_first_lines()
        if rows:
            rows._efacture_prepare()
            self.env.flush_all()
        return len(rows)

    def _efacture_first_lines(self):
        """As many of these rows as make a bearable transaction: long invoices go in small chunks."""
        lines = dict(
            self.env["account.move.line"]._read_group(
                [("move_id", "in", self.move_id.ids), ("display_type", "=", "product")],
                ["move_id"],
                ["__count"],
            )
        )
        taken, total = self.browse(), 0
        for row in self:
            total += lines.get(row.move_id, 0)
            if taken and total > LINES:
                break
            taken |= row
        return taken

    def _efacture_prepare(self):
        """Make the documents of these rows: each is then `queued`, `failed` with its findings, or waits."""
        for (channel, company), rows in self.grouped(
            lambda row: (row.channel or "efacture", row.company_id)
        ).items():
            rows = rows.with_company(company)
            method = getattr(rows, f"_efacture_prepare_{channel}", None)
            (method or rows._efacture_prepare_efacture)()

    def _efacture_prepare_efacture(self):
        """The Factur-X as Odoo's *Send* makes it; of an invoice that is final already, its frozen file."""
        # A person who changes the invoice just now comes first: the row waits. And who comes
        # later waits for us, then finds the invoice final.
        locked = self.env["account.move"].browse(self._efacture_lock_moves(self.move_id))
        todo = self.browse()
        for row in self:
            move = row.move_id
            if move not in locked:
                row._efacture_postpone(5)
            elif move.state != "posted":
                row._efacture_give_up(
                    "not_posted",
                    self.env._(
                        "%(invoice)s was set back to draft or cancelled before it was sent. Confirm it, then send "
                        "it again.",
                        invoice=move.display_name,
                    ),
                )
            elif row._efacture_prepare_frozen():
                continue
            else:
                todo |= row
        if todo:
            todo._efacture_prepare_new()

    def _efacture_prepare_new(self):
        preparing = {}
        within = {"efacture_preparing": Inner(preparing)}
        sender = self.env["account.move.send"].with_context(**within)
        by_move = {row.move_id.with_context(**within): row for row in self}
        reports = {
            alike: sender._get_default_pdf_report_id(moves[:1])
            for alike, moves in self.move_id.grouped(_chooses_report).items()
        }
        data = {
            move: {
                "sending_methods": {row.channel or "efacture"},
                "extra_edis": {},
                "invoice_edi_format": False,
                "pdf_report": reports[_chooses_report(move)],
                "author_user_id": row.requested_by_id.id or self.env.uid,
                "author_partner_id": row.requested_by_id.partner_id.id
                or self.env.user.partner_id.id,
            }
            for move, row in by_move.items()
        }
        sender._generate_invoice_documents(data)
        for move, row in by_move.items():
            error = data[move].get("error")
            if not error:
                if row.state == "preparing":  # a channel or addon that does not queue by itself
                    raise UserError(self.env._("No document was made for %s.", move.display_name))
                continue
            verdict = data[move].get("efacture_verdict")
            reasons = [
                str(reason)
                for reason in (error.get("error_title"), *(error.get("errors") or ()))
                if reason
            ]
            if preparing.get("away") in reasons:
                row._efacture_postpone(30, "renderer", "\n".join(reasons))
            elif verdict and verdict.verdict == "unchecked":
                row._efacture_postpone(60, "unchecked", "\n".join(reasons))
            else:
                row._efacture_give_up(
                    verdict.verdict if verdict and not verdict.is_valid else "document",
                    "\n".join(reasons),
                )

    def _efacture_prepare_frozen(self):
        """Take over the file by which another channel made this invoice final; True when there is one."""
        move = self.move_id
        frozen = move._efacture_frozen_exchange() - self
        if not frozen or not frozen.sha256:
            return False
        file = frozen._efacture_file_attachment()
        verdict = move._efacture_issued_verdicts()[move]
        if verdict.verdict == "invalid":
            self._efacture_give_up(
                "invalid", "\n".join(finding.message for finding in verdict.fatal[:5])
            )
        elif verdict.verdict == "unchecked":
            self._efacture_postpone(
                60, "unchecked", "\n".join(finding.message for finding in verdict.findings[:5])
            )
        else:
            move._efacture_queue(
                {
                    move: {
                        "raw": file.raw,
                        "filename": frozen.filename,
                        "syntax": frozen.syntax,
                        "profile": frozen.profile,
                        "verdict": verdict,
                    }
                },
                channel=self.channel,
            )
        return True

    def _efacture_store_files(self, contents):
        """The frozen files of these rows, in their order."""
        Attachment = self.env["ir.attachment"].sudo()  # written by the product, not by the person
        Attachment.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", "file"),
            ]
        ).unlink()
        Attachment.create(
            [
                {
                    "name": row.filename,
                    "raw": content,
                    "res_model": self._name,
                    "res_id": row.id,
                    "res_field": "file",
                    "company_id": row.company_id.id,
                }
                for row, content in zip(self, contents, strict=True)
            ]
        )
        self.invalidate_recordset(["file"])

    # -- what is not made -------------------------------------------------------------------------

    def _efacture_give_up(self, code, reason):
        """The document cannot be made or may not leave: `failed`, with the reason, told by the apply step."""
        self.write(
            {
                "state": "failed",
                "error_code": code,
                "error_message": reason,
                "next_attempt": False,
                "apply_pending": True,
                "apply_next": False,
            }
        )

    def _efacture_postpone(self, seconds, code=False, reason=False):
        """It stays in preparation; again a little later."""
        self.env.cr.execute(
            SQL(
                "UPDATE efacture_exchange SET next_attempt = %s + make_interval(secs => %s), error_code = %s, "
                "error_message = %s WHERE id IN %s AND state = 'preparing'",
                NOW,
                seconds,
                code or None,
                reason or None,
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["next_attempt", "error_code", "error_message"], flush=False)

    def _efacture_no_room(self, error):
        return self.env._(
            "The document could not be stored (%(reason)s). It is tried again by itself; tell your administrator "
            "to look at the room left on the server's disk.",
            reason=error.strerror or error,
        )

    def _efacture_unexpected(self, error):
        return self.env._(
            "An unexpected error kept the document from being made. Tell your administrator; the server's log "
            "has the details (%(kind)s).",
            kind=type(error).__name__,
        )


def _chooses_report(move):
    """What Odoo chooses the page design by."""
    return move.commercial_partner_id, move.journal_id, move.move_type
