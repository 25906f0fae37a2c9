"""The log of calls: what was asked of the outside, when, and what it answered. No content, no secret."""

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.tools import SQL

from ..connectors.watch import operation

_logger = logging.getLogger(__name__)

OPERATIONS = [
    ("sign_in", "Sign-in"),
    ("submit", "Deposit of an invoice"),
    ("find_by_tracking", "Was it received?"),
    ("fetch_acks", "Acknowledgements"),
    ("send_event", "Status sent"),
    ("fetch_events", "Statuses received"),
    ("fetch_inbound", "Invoices received"),
    ("download", "File fetched"),
    ("lookup_recipient", "Directory"),
    ("check_connection", "Connection test"),
    ("create_account", "Account opened"),
    ("register", "Company register"),
    ("vies", "VAT number (VIES)"),
    ("other", "Other"),
]
DAYS = 90
BATCH = 5000
# Whom the calls made now are about, in this thread: (exchange id, invoice id, number, company id).
_SUBJECT = ContextVar("efacture_call_subject", default=None)
_TOLD = ("move_id", "move_name", "company_id", "company_name")
_COLUMNS = (
    "date", "company_id", "company_name", "account_id", "account_name", "operation", "method",
    "host", "path", "status", "milliseconds", "bytes_out", "bytes_in", "request_id",
    "error_kind", "error", "exchange_id", "move_id", "move_name", "user_id",
)  # fmt: skip


class EfactureCall(models.Model):
    """One call to the outside. Written once, on a cursor of its own, never changed.

    Plain numbers instead of links: a second cursor that inserts a reference to a row which the first
    one has locked would wait for ever, unseen by the database.
    """

    _name = "efacture.call"
    _description = "Call to the outside"
    _order = "id desc"
    _rec_name = "operation"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True)
    company_id = fields.Integer(string="Company number", readonly=True, aggregator=None)
    company_name = fields.Char(string="Company", readonly=True)
    account_id = fields.Integer(string="Account number", readonly=True, aggregator=None)
    account_name = fields.Char(string="Platform account", readonly=True)
    operation = fields.Selection(OPERATIONS, string="What", required=True, readonly=True)
    method = fields.Char(readonly=True)
    host = fields.Char(string="Server", readonly=True)
    path = fields.Char(string="Address", readonly=True)
    status = fields.Integer(
        string="Answer", readonly=True, aggregator=None, help="0 when nothing was answered."
    )
    milliseconds = fields.Integer(string="Time (ms)", readonly=True, aggregator="avg")
    bytes_out = fields.Integer(string="Bytes sent", readonly=True)
    bytes_in = fields.Integer(string="Bytes received", readonly=True)
    request_id = fields.Char(
        string="Request number", readonly=True, help="What the platform's support asks for."
    )
    error_kind = fields.Char(string="Kind of failure", readonly=True)
    error = fields.Char(string="Failure as reported", readonly=True)
    outcome = fields.Char(compute="_compute_outcome")
    exchange_id = fields.Integer(string="Exchange number", readonly=True, aggregator=None)
    move_id = fields.Integer(string="Invoice identifier", readonly=True, aggregator=None)
    move_name = fields.Char(string="Invoice", readonly=True)
    user_id = fields.Integer(string="User number", readonly=True, aggregator=None)

    _company_index = models.Index("(company_id, id)")
    _date_index = models.Index("(date)")
    _exchange_index = models.Index("(exchange_id) WHERE exchange_id IS NOT NULL")
    _error_index = models.Index("(company_id, id) WHERE error_kind IS NOT NULL")

    @api.depends("error_kind", "operation")
    def _compute_outcome(self):
        describe = self.env["efacture.lookup"]._describe_outage
        for call in self:
            if not call.error_kind:
                call.outcome = self.env._("Answered")
            elif (call.operation, call.error_kind) == ("download", "not_found"):
                # The readable page of a file is optional: a platform without one says so.
                call.outcome = self.env._("The platform does not have this file")
            else:
                call.outcome = describe(call.error_kind).capitalize()

    # -- buttons ----------------------------------------------------------------------------------

    def action_open_exchange(self):
        """The exchange that this call was made for."""
        return self._efacture_open("efacture.exchange", self.exchange_id)

    def action_open_invoice(self):
        """The invoice that this call was about."""
        return self._efacture_open("account.move", self.move_id)

    def _efacture_open(self, model, number):
        self.ensure_one()
        self.check_access("read")
        record = self.env[model].browse(number).exists()
        if not record:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "info",
                    "message": self.env._("This record does not exist any more."),
                },
            }
        record.check_access("read")
        return record._get_records_action()

    # EXTENDS 'base'
    def _get_redirect_suggested_company(self):
        return self.env["res.company"]  # `company_id` is a plain number here

    # -- writing ----------------------------------------------------------------------------------

    @api.model
    def _efacture_on_call(self, account=None, exchange=None, default="other", token_url=""):
        """What a session's `on_call` takes: everything is read now, nothing when the call is made.

        :param account: the platform account in whose name calls are made; none for public registers
        :param exchange: the one exchange all these calls are for; otherwise see `call_about`
        :param default: the operation of calls outside of a connector's operations
        :param token_url: the address where calls are sign-ins
        """
        # sudo: names only
        company = (account.sudo().company_id if account else self.env.company).sudo()
        registry, user_id = self.env.registry, self.env.uid
        fixed = {
            "company_id": company.id,
            "company_name": company.name,
            "account_id": account.id if account else None,
            "account_name": account.sudo().name if account else None,
            "user_id": user_id,
        }
        subject = _subject(exchange) if exchange else None
        sign_in = urlsplit(token_url)

        def on_call(record):
            try:
                name = operation() or default
                if token_url and (record.host, record.path) == (sign_in.netloc, sign_in.path):
                    name = "sign_in"
                values = {**fixed, **_values(record, name)}
                values.update(_SUBJECT.get() or subject or {})
                with registry.cursor() as cr:
                    _insert(cr, values)
            except Exception as error:  # noqa: BLE001 a log never makes the call fail
                _logger.warning("a call could not be logged: %s", type(error).__name__)

        return on_call

    # -- purge ------------------------------------------------------------------------------------

    @api.model
    def _cron_efacture_purge_calls(self):
        """Forget calls older than `efacture.call_log_days` (90 days unless set; 0 keeps everything)."""
        text = self.env["ir.config_parameter"].sudo().get_param("efacture.call_log_days")
        try:
            days = int(text) if text not in (False, None, "") else DAYS
        except ValueError:
            days = DAYS
        if days <= 0:
            return
        limit = fields.Datetime.now() - timedelta(days=days)
        while True:
            deleted = self._efacture_purge(limit)
            left = self.env["ir.cron"]._commit_progress(deleted)
            if deleted < BATCH or not left:
                return

    @api.model
    def _efacture_purge(self, limit):
        """Delete one batch of calls older than `limit`; how many were. Two at once share the work."""
        # SQL: millions of rows without anything attached; the ORM would read each one first
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM efacture_call WHERE id IN (
                       SELECT id FROM efacture_call WHERE date < %s ORDER BY date LIMIT %s
                          FOR UPDATE SKIP LOCKED)
                   RETURNING id""",
                limit,
                BATCH,
            )
        )
        self.invalidate_model()
        return len(rows)


@contextmanager
def call_about(exchange, known=None):
    """Calls made inside are logged as calls for this exchange (or for an invoice).

    :param dict known: what the exchange's company and invoice are called, where it was read already
    """
    token = _SUBJECT.set(
        {"exchange_id": exchange.id, **{name: known[name] for name in _TOLD}}
        if known
        else _subject(exchange)
    )
    try:
        yield
    finally:
        _SUBJECT.reset(token)


def _subject(record):
    """Plain numbers of an exchange or an invoice."""
    record = record.sudo()  # its number and its company
    move = record if record._name == "account.move" else record.move_id
    return {
        "exchange_id": record.id if record._name == "efacture.exchange" else None,
        "move_id": move.id or None,
        "move_name": move.name or None,
        "company_id": record.company_id.id,
        "company_name": record.company_id.name,
    }


def _values(record, name):
    kind, _colon, text = record.error.partition(": ")
    known = {value for value, _label in OPERATIONS}
    return {
        "date": fields.Datetime.now(),
        "operation": name if name in known else "other",
        "method": record.method,
        "host": record.host[:200],
        "path": record.path[:500],
        "status": record.status or 0,
        "milliseconds": round(record.seconds * 1000),
        "bytes_out": record.request_length,
        "bytes_in": record.answer_length,
        "request_id": record.request_id[:100],
        "error_kind": kind or None,
        "error": text[:500] or None,
    }


def _insert(cr, values):
    """One round trip. Losing a line of the log at a crash is allowed, waiting for anything is not."""
    cr.execute(
        SQL(
            "SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '200ms'; "
            "INSERT INTO efacture_call (%s) VALUES %s",
            SQL(", ").join(SQL.identifier(column) for column in _COLUMNS),
            tuple(values.get(column) for column in _COLUMNS),
        ),
        log_exceptions=False,
    )
