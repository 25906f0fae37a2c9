"""What waits for us on the platform, taken once: invoices and life-cycle messages.

A file is committed with its row before the cursor moves, rows are unique by the platform's number, so a cut anywhere repeats a question and
never a document.
"""

import hashlib
import logging
import time
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from psycopg2 import errors as pg_errors

from ..connectors.contract import Capability
from ..connectors.errors import ConnectorError, NotFound, NotSupported
from ..en16931 import kinds
from ..en16931.received import safe_name

_logger = logging.getLogger(__name__)
PAGES = 50  # of one run; the next goes on from the cursor
WAITED_FOR, SECONDS = 50, 8.0  # bills made at once for a person who waits
LATE = 20  # documents that could not be downloaded, tried again in one run
CHECKSUM, NOT_DOWNLOADED = "checksum", "not_downloaded"
_LOCK = 0x6566_6163  # first half of the advisory lock; the second is the account
_SYNTAX = {
    kinds.CII: "cii",
    kinds.UBL_INVOICE: "ubl",
    kinds.UBL_CREDIT_NOTE: "ubl",
    kinds.CDAR: "cdar",
    kinds.PDF: "pdf",
    kinds.FACTURX: "facturx",
}


class EfactureAccount(models.Model):
    _inherit = "efacture.account"

    inbound_cursor = fields.Char(readonly=True, copy=False, groups="base.group_system")
    event_cursor = fields.Char(readonly=True, copy=False, groups="base.group_system")
    fetched_at = fields.Datetime(string="Last synchronisation", readonly=True, copy=False)
    fetch_message = fields.Char(
        string="What the last synchronisation said", readonly=True, copy=False
    )

    # -- doors ------------------------------------------------------------------------------------

    @api.model
    def _cron_efacture_fetch(self):
        """Every active account, one after the other; one that fails does not hold the others back."""
        accounts = self.sudo().search([("state", "=", "active")])  # the system's own work
        for account in accounts:
            account._efacture_fetch()
            # commits: progress of the scheduled action; the fetch has committed its own already
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def action_synchronise(self):
        """Ask the platform now and say what came."""
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only people who work on invoices may ask the platform."))
        # sudo: whoever works on the bills of a company may ask for them, not see its account
        accounts = self.sudo()
        if accounts.company_id - self.env.companies:
            raise AccessError(self.env._("This account is of another company."))
        accounts = accounts or self._efacture_accounts_to_ask()
        found = [account._efacture_fetch(apply=True) for account in accounts]
        invoices, events = (
            sum(row["invoices"] for row in found),
            sum(row["events"] for row in found),
        )
        problems = [row["problem"] for row in found if row["problem"]]
        message = self._efacture_fetch_sentence(invoices, events)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if problems else "success",
                "sticky": bool(problems),
                "title": self.env._("Synchronisation"),
                "message": " ".join([message, *problems]),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _efacture_accounts_to_ask(self):
        """The active accounts of the chosen companies."""
        accounts = self.env["efacture.account"].sudo()  # a branch uses its parent's
        for company in self.env.companies:
            accounts |= company._efacture_active_account()
        if not accounts:
            raise UserError(
                self.env._(
                    "%(company)s has no active platform account: nothing can be received. Open eFacture ▸ Configuration ▸ "
                    "Platform accounts.",
                    company=self.env.company.name,
                )
            )
        return accounts

    def _efacture_fetch_sentence(self, invoices, events):
        """« 3 factures reçues, 2 statuts »."""
        if not invoices and not events:
            return self.env._("Nothing new.")
        parts = []
        if invoices:
            parts.append(
                self.env._("1 invoice received")
                if invoices == 1
                else self.env._("%(count)s invoices received", count=invoices)
            )
        if events:
            parts.append(
                self.env._("1 status")
                if events == 1
                else self.env._("%(count)s statuses", count=events)
            )
        return ", ".join(parts) + "."

    # -- one account ------------------------------------------------------------------------------

    def _efacture_fetch(self, apply=False):
        """Take in what waits on the platform of this account. Safe to run twice at once and to be killed.

        :param bool apply: make the bills at once, for a person who waits
        :return: `{"invoices", "events", "late", "problem"}`: rows new here, downloads still missing, and the sentence about an outage
        """
        self.ensure_one()
        found = {"invoices": 0, "events": 0, "late": 0, "problem": ""}
        if self.state != "active":
            found["problem"] = self.env._(
                "%(account)s is not active: nothing is asked.", account=self.name
            )
            return found
        with self._efacture_own_cursor() as account:
            if account is None:
                found["problem"] = self.env._(
                    "Another synchronisation is running: its result will be here in a moment."
                )
                return found
            try:
                account._efacture_fetch_all(found)
            except ConnectorError as error:
                account.env.cr.rollback()
                found["problem"] = account._efacture_outage(error)
            except UserError as error:  # settings, or a secret that cannot be read
                account.env.cr.rollback()
                found["problem"] = str(error)
            except pg_errors.OperationalError:  # a conflict: another run did the same
                account.env.cr.rollback()
            account._efacture_note_fetch(found)
            if apply:  # before the lanes hear of it: what they hold, the person would wait for
                account._efacture_apply_now()
            if found["invoices"] or found["events"]:
                account.env["efacture.exchange"]._efacture_wake_lanes()
                account.env.cr.commit()  # the lanes hear of it
        return found

    @contextmanager
    def _efacture_own_cursor(self):
        """This account on a cursor of its own, alone: what is committed there stays, whatever the request becomes.

        Yields None when another run holds the account. The lock is the session's: it outlives commits and dies with the process.
        """
        with self.env.registry.cursor() as cr:
            cr.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, self.id])
            if not cr.fetchone()[0]:
                yield None
                return
            try:
                yield self.with_env(self.env(cr=cr, su=True))
            finally:
                if not cr.closed:
                    cr.rollback()
                    cr.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, self.id])
                    cr.commit()  # ends the transaction that gives the lock back

    def _efacture_outage(self, error):
        """What went wrong outside, for people."""
        if isinstance(error, NotSupported):
            return str(error)
        reason = self.env["efacture.lookup"]._describe_outage(error.kind)
        return self.env._(
            "%(account)s: %(reason)s Nothing is lost: it is asked again every 15 minutes.",
            account=self.name,
            reason=reason,
        )

    def _efacture_note_fetch(self, found):
        self.write(
            {
                "fetched_at": fields.Datetime.now(),
                "fetch_message": found["problem"]
                or self._efacture_fetch_sentence(found["invoices"], found["events"]),
            }
        )
        self.env.cr.commit()  # the note of this run, on its own cursor

    def _efacture_fetch_all(self, found):
        connector = self._connector()
        self.env.cr.commit()  # no transaction stays open while we wait for the platform
        if Capability.INBOUND in connector.capabilities:
            self._efacture_fetch_late(connector, found)
            self._efacture_fetch_pages(
                connector.fetch_inbound,
                "inbound_cursor",
                self._efacture_take_invoice,
                connector,
                found,
            )
        if Capability.EVENTS_IN in connector.capabilities:
            self._efacture_fetch_pages(
                connector.fetch_events, "event_cursor", self._efacture_take_event, connector, found
            )

    def _efacture_fetch_pages(self, ask, field, take, connector, found):
        """Page after page: every item committed, then the cursor moved from where we read it."""
        for _page in range(PAGES):
            cursor = self[field] or ""
            self.env.cr.commit()  # no transaction stays open while we wait for the platform
            page = ask(cursor)
            here = self._efacture_already_here([item.remote_id for item in page.items])
            self.env.cr.commit()  # the same
            for item in page.items:
                if item.remote_id not in here:
                    here.add(item.remote_id)
                    take(connector, item, found)
            # the cursor moves only from the place this page was asked for: a second run cannot push it back
            self.env.cr.execute(
                f"UPDATE efacture_account SET {field} = %s WHERE id = %s AND COALESCE({field}, '') = %s",
                [page.cursor, self.id, cursor],
            )
            moved = self.env.cr.rowcount
            self.env.cr.commit()  # everything of the page is kept: from here on
            self.invalidate_recordset([field])
            if not page.more or not moved:
                return

    def _efacture_already_here(self, remote_ids):
        """Which of the platform's numbers have their row."""
        if not remote_ids:
            return set()
        rows = self.env["efacture.exchange"].search_fetch(
            [
                ("account_id", "=", self.id),
                ("direction", "=", "in"),
                ("remote_id", "in", remote_ids),
            ],
            ["remote_id"],
        )
        return set(rows.mapped("remote_id"))

    # -- one item ---------------------------------------------------------------------------------

    def _efacture_take_invoice(self, connector, item, found):
        """Download one invoice and commit its row; one that cannot be had now is a row that waits for its file."""
        vals = self._efacture_prepare_inbound(
            "invoice", item.remote_id, item.filename, item.updated_at
        )
        vals["profile"] = item.profile or False
        try:
            content = connector.download(item.remote_id).content
        except ConnectorError as error:
            found["late"] += 1
            vals.update(
                apply_pending=False,
                error_code=NOT_DOWNLOADED,
                error_message=self.env._(
                    "The file could not be downloaded: %(reason)s It is asked again at each synchronisation.",
                    reason=self.env["efacture.lookup"]._describe_outage(error.kind),
                ),
                ack_state=False,
            )
            if self._efacture_insert(vals, None):
                _logger.info(
                    "Document %s of account %s waits for its file: %s",
                    item.remote_id,
                    self.id,
                    error.kind,
                )
            return
        vals.update(self._efacture_checksum_vals(content, item.sha256))
        if self._efacture_insert(vals, content):
            found["invoices"] += 1

    def _efacture_take_event(self, connector, item, found):
        """Commit one life-cycle message; a platform without files tells the code only."""
        vals = self._efacture_prepare_inbound(
            "lifecycle", item.remote_id, f"{item.remote_id}.xml", item.occurred_at
        )
        vals.update(flow_id=item.invoice_remote_id or item.remote_id, error_code=item.code or False)
        vals["error_message"] = item.label or False
        if self._efacture_insert(vals, item.content or None):
            found["events"] += 1

    def _efacture_prepare_inbound(self, kind, remote_id, filename, moment):
        return {
            "direction": "in",
            "kind": kind,
            "company_id": self.company_id.id,
            "account_id": self.id,
            "channel": "efacture",
            "remote_id": remote_id,
            "flow_id": remote_id,
            "filename": safe_name(filename or remote_id),
            "state": "accepted",
            "apply_pending": True,
            "sent_at": moment.replace(tzinfo=None) if moment else fields.Datetime.now(),
        }

    def _efacture_checksum_vals(self, content, announced):
        """A file that is not the announced one is kept, and says so."""
        if not announced or hashlib.sha256(content).hexdigest() == announced.lower():
            return {"error_code": False, "error_message": False}
        return {
            "error_code": CHECKSUM,
            "error_message": self.env._(
                "The file is not the one the platform announced (another fingerprint)."
            ),
        }

    def _efacture_insert(self, vals, content):
        """One row with its file, committed; False when it is here already."""
        if content is not None:
            vals.update(
                sha256=hashlib.sha256(content).hexdigest(),
                syntax=_SYNTAX.get(kinds.detect(content).kind, False),
            )
        try:
            exchange = self.env["efacture.exchange"].create(vals)
            if content is not None:
                exchange._efacture_store_files([content])
            self.env.cr.flush()
        except pg_errors.UniqueViolation:
            self.env.cr.rollback()  # another run was first: nothing of ours is kept
            self.env.invalidate_all()
            return False
        self.env.cr.commit()  # the file is ours before the platform is told so by the cursor
        return True

    def _efacture_fetch_late(self, connector, found):
        """Ask again for the files that could not be had."""
        waiting = self.env["efacture.exchange"].search(
            [
                ("account_id", "=", self.id),
                ("direction", "=", "in"),
                ("error_code", "=", NOT_DOWNLOADED),
            ],
            order="attempt_count, id",
            limit=LATE,
        )
        for exchange in waiting:
            self.env.cr.commit()  # no transaction stays open while we wait for the platform
            try:
                content = connector.download(exchange.remote_id).content
            except ConnectorError as error:
                found["late"] += 1
                exchange.write({"attempt_count": exchange.attempt_count + 1})
                self.env.cr.commit()  # the count of one try
                if not isinstance(error, NotFound) and error.kind in (
                    "not_reachable",
                    "circuit_open",
                ):
                    return
                continue
            exchange.write(
                {
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "syntax": _SYNTAX.get(kinds.detect(content).kind, False),
                    "apply_pending": True,
                    "error_code": False,
                    "error_message": False,
                }
            )
            exchange._efacture_store_files([content])
            self.env.cr.commit()  # the file is ours
            found["invoices"] += 1

    def _efacture_apply_now(self):
        """Make the bills of a person who waits; the lanes do what is left."""
        Exchange = self.env["efacture.exchange"]
        rows = Exchange.search(
            [("account_id", "=", self.id), ("direction", "=", "in"), ("apply_pending", "=", True)],
            order="id",
            limit=WAITED_FOR,
        )
        self.env.cr.commit()  # the step that applies begins a transaction of its own
        until = time.monotonic() + SECONDS
        env = Exchange._efacture_lane_env(self.env.cr, until)
        for row in rows.sorted(lambda row: (row.kind != "invoice", row.id)):
            if time.monotonic() > until:
                return
            env["efacture.exchange"].browse(row.id)._efacture_apply_due(1)
