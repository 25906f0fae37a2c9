"""Outbox and inbox in one table: what left or arrived, exactly once."""

import base64
import hashlib
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#  preparing ─→ queued ─→ sending ─→ accepted
#      │          │ ▲        ├─────→ rejected   the platform said no: fix, then a new exchange (parent_id)
#      │          │ │        ├─────→ queued     nothing left: back-off (next_attempt), then failed
#      │          │ │        └─────→ unknown    it may have arrived: looked up by tracking_id,
#      │          │ └────────────────┘          then accepted, rejected or queued again
#      └──→ failed ←──┘  (a queued row that is withdrawn ends there too, error_code "withdrawn")
STATES = [
    ("preparing", "In preparation"),
    ("queued", "Waiting to be sent"),
    ("sending", "Being sent"),
    ("accepted", "Accepted by the platform"),
    ("rejected", "Rejected by the platform"),
    ("unknown", "To be verified"),
    ("failed", "Not sent"),
]
TRANSITIONS = {
    "preparing": {"queued", "failed"},
    "queued": {"sending", "failed"},
    "sending": {"accepted", "rejected", "queued", "unknown", "failed"},
    "unknown": {"accepted", "rejected", "queued"},
    "accepted": {"rejected"},  # a late acknowledgement says no
    "rejected": set(),
    "failed": {"preparing"},
}
# From the commit that queues it the document is final. A rejected or failed one never arrived.
FROZEN_STATES = ("queued", "sending", "accepted", "unknown")
LIVE_STATES = ("preparing", *FROZEN_STATES)
WITHDRAWN, REPLACED = "withdrawn", "replaced"  # error codes of rows that nobody needs to look at
_LIVE_SQL = ", ".join(f"'{state}'" for state in LIVE_STATES)
_FIXED = {
    "direction", "account_id", "move_id", "kind", "tracking_id", "channel", "company_id", "is_copy",
}  # fmt: skip
_DOCUMENT = {"file", "sha256", "filename", "syntax", "profile"}


class EfactureExchange(models.Model):
    _name = "efacture.exchange"
    _description = "Electronic exchange"
    _order = "id desc"
    _rec_name = "tracking_id"
    _check_company_auto = True

    direction = fields.Selection(
        [("out", "Sent"), ("in", "Received")], required=True, default="out"
    )
    kind = fields.Selection(
        [
            ("invoice", "Invoice"),
            ("lifecycle", "Life-cycle status"),
            ("publication", "Publication"),
            ("report", "E-reporting"),
        ],
        required=True,
        default="invoice",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="restrict"
    )
    account_id = fields.Many2one(
        "efacture.account",
        string="Platform account",
        ondelete="restrict",  # a branch uses its parent company's account: no check_company
        help="Empty for what does not travel by a platform: e-mail, paper.",
    )
    channel = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]
            ._fields["invoice_sending_method"]
            ._description_selection(self.env)
        ),
        string="Contact method",
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", ondelete="restrict", check_company=True
    )
    parent_id = fields.Many2one(
        "efacture.exchange",
        string="Follows",
        ondelete="restrict",
        help="The exchange this one replaces, or the invoice that a status is about.",
    )
    child_ids = fields.One2many("efacture.exchange", "parent_id", string="Followed by")
    tracking_id = fields.Char(
        string="Our reference", required=True, readonly=True, default=lambda self: str(uuid.uuid4())
    )
    flow_id = fields.Char(
        string="Flow number",
        help="The platform's number of the flow; it may cover several documents.",
    )
    remote_id = fields.Char(
        string="Platform's number", help="The platform's number of this document."
    )
    file = fields.Binary(string="Document", attachment=True)
    filename = fields.Char(string="File name")
    sha256 = fields.Char(string="Fingerprint (SHA-256)", readonly=True)
    syntax = fields.Selection(
        [
            ("facturx", "Factur-X"),
            ("cii", "CII"),
            ("ubl", "UBL"),
            ("cdar", "CDAR"),
            ("frr", "E-reporting"),
            ("pdf", "PDF"),
        ],
    )
    profile = fields.Char()
    state = fields.Selection(STATES, required=True, default="preparing")
    priority = fields.Integer(default=10, help="The lowest goes first.")
    attempt_count = fields.Integer(string="Attempts", readonly=True)
    next_attempt = fields.Datetime()
    lease_until = fields.Datetime(readonly=True)
    lease_token = fields.Char(readonly=True, groups="base.group_system")
    error_code = fields.Char(readonly=True)
    error_message = fields.Text(string="What happened", readonly=True)
    requested_by_id = fields.Many2one(
        "res.users", string="Asked by", readonly=True, ondelete="set null"
    )
    sent_at = fields.Datetime(
        string="Handed over on", readonly=True, help="When the other side took it."
    )
    ack_state = fields.Selection(
        [
            ("pending", "Awaited"),
            ("ok", "Acknowledged"),
            ("error", "Refused by its checks"),
            ("unknown", "Not understood"),
        ],
        string="Acknowledgement",
        readonly=True,
        help="What the platform says of the transport; the customer's answer is a life-cycle status.",
    )
    ack_at = fields.Datetime(string="Acknowledged on", readonly=True)
    apply_pending = fields.Boolean(
        readonly=True,
        help="The outcome is recorded here and not yet carried to the invoice.",
    )
    unknown_since = fields.Datetime(readonly=True)
    lookup_count = fields.Integer(
        string="Look-ups without result",
        readonly=True,
        help="How often the platform said it does not have this document, since it is in doubt.",
    )
    apply_next = fields.Datetime(readonly=True)
    applied_outcome = fields.Char(
        readonly=True, help="The outcome that the invoice's history shows already."
    )
    is_copy = fields.Boolean(
        string="Copy",
        readonly=True,
        help="A deliberate further copy, by e-mail or on paper: it neither freezes the invoice nor says where its sending stands.",
    )
    needs_person = fields.Boolean(
        compute="_compute_needs_person",
        help="Nobody but a person can find out whether it arrived.",
    )
    is_withdrawn = fields.Boolean(compute="_compute_is_withdrawn")

    _tracking_unique = models.UniqueIndex(
        "(account_id, tracking_id) WHERE account_id IS NOT NULL",
        "This reference is already used for this platform account.",
    )
    _tracking_unique_without_account = models.UniqueIndex(
        "(tracking_id) WHERE account_id IS NULL", "This reference is already used."
    )
    _remote_unique = models.UniqueIndex(
        "(account_id, direction, remote_id) WHERE remote_id IS NOT NULL",
        "This document of the platform is already here.",
    )
    # Two clicks, two browsers, two workers: one document leaves.
    _live_unique = models.UniqueIndex(
        "(move_id, channel) WHERE direction = 'out' AND kind = 'invoice' "
        f"AND is_copy IS NOT TRUE AND state IN ({_LIVE_SQL})",
        "This invoice was already sent this way, or is about to be.",
    )
    # The lanes' claims: UPDATE … WHERE id IN (SELECT … FOR UPDATE SKIP LOCKED LIMIT n)
    _claim_index = models.Index("(priority, id) WHERE state = 'queued'")
    _lease_index = models.Index("(lease_until) WHERE state = 'sending'")
    _unknown_index = models.Index("(next_attempt) WHERE state = 'unknown'")
    _preparing_index = models.Index("(priority, id) WHERE state = 'preparing'")
    _move_index = models.Index("(move_id) WHERE move_id IS NOT NULL")
    _parent_index = models.Index("(parent_id) WHERE parent_id IS NOT NULL")
    _apply_index = models.Index("(id) WHERE apply_pending IS TRUE")  # IS TRUE: as Odoo asks
    _ack_index = models.Index("(next_attempt) WHERE ack_state IN ('pending', 'unknown')")
    _flow_index = models.Index("(account_id, flow_id) WHERE flow_id IS NOT NULL")

    @api.depends("state", "error_code")
    def _compute_is_withdrawn(self):
        for exchange in self:
            exchange.is_withdrawn = exchange.state == "failed" and exchange.error_code in (
                WITHDRAWN,
                REPLACED,
            )

    @api.depends("state", "next_attempt")
    def _compute_needs_person(self):
        for exchange in self:
            exchange.needs_person = exchange.state == "unknown" and not exchange.next_attempt

    @api.depends("move_id.name", "kind", "tracking_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for exchange in self:
            name = exchange.move_id.name or exchange.tracking_id
            exchange.display_name = f"{kinds.get(exchange.kind, '')} {name}"

    # -- rows are records of what happened --------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if "file" in vals:
                vals["sha256"] = self._efacture_sha256(vals["file"])
        return super().create(vals_list)

    def write(self, vals):
        if "file" in vals:
            vals = {**vals, "sha256": self._efacture_sha256(vals["file"])}
        for exchange in self:
            changed = exchange._efacture_changed(vals)
            forbidden = changed & _FIXED
            if exchange.state not in ("preparing", "failed"):
                forbidden |= changed & _DOCUMENT
            if forbidden:
                labels = [
                    self._fields[name]._description_string(self.env) for name in sorted(forbidden)
                ]
                raise UserError(
                    self.env._(
                        "%(exchange)s has been handed over: %(fields)s cannot change any more. "
                        "Correct the invoice and send it again.",
                        exchange=exchange.display_name,
                        fields=", ".join(labels),
                    )
                )
            if "state" in changed and vals["state"] not in TRANSITIONS[exchange.state]:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(exchange)s cannot go from “%(before)s” to “%(after)s”.",
                        exchange=exchange.display_name,
                        before=states[exchange.state],
                        after=states.get(vals["state"], vals["state"]),
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unsent(self):
        for exchange in self:
            if (
                exchange.direction == "in"
                or exchange.state in FROZEN_STATES
                or exchange.attempt_count
            ):
                raise UserError(
                    self.env._(
                        "%(exchange)s is part of the history of what was exchanged and cannot be "
                        "deleted.",
                        exchange=exchange.display_name,
                    )
                )

    def _efacture_changed(self, vals):
        """Names of the fields that these values really change."""
        self.ensure_one()
        changed = set()
        for name in vals.keys() & (_FIXED | _DOCUMENT | {"state"}):
            if name == "file":
                continue  # told by its fingerprint
            value = self[name]
            if self._fields[name].type == "many2one":
                value = value.id
            if (value or False) != (vals[name] or False):
                changed.add(name)
        return changed

    @staticmethod
    def _efacture_sha256(file):
        """Fingerprint of a Binary field's value (base64, as Odoo hands it over); False without one."""
        return hashlib.sha256(base64.b64decode(file)).hexdigest() if file else False

    def _efacture_file_attachment(self):
        """The frozen file as its attachment, complete or refused.

        :raises UserError: the file is lost or was changed on the disk (it reads as empty in Odoo)
        """
        self.ensure_one()
        attachment = (
            self.env["ir.attachment"]
            .sudo()  # files of a field are hidden from a plain search
            .search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", "file"),
                ],
                ["name", "mimetype", "store_fname", "db_datas"],
                limit=1,
            )
        )
        if hashlib.sha256(attachment.raw or b"").hexdigest() != self.sha256:
            raise UserError(
                self.env._(
                    "The stored file of %(exchange)s is damaged or missing: it is neither shown nor sent. Ask your "
                    "administrator to restore the file store from a backup.",
                    exchange=self.display_name,
                )
            )
        return attachment

    # -- buttons ----------------------------------------------------------------------------------

    def action_withdraw(self):
        """Take back what has not left yet: the invoice can be corrected again."""
        self._efacture_check_right_to_act()
        # Our lock against the worker's claim; moves stay referenceable for others.
        locked = self.sudo().try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset(["state"])
        late = (self.sudo() - locked) | locked.filtered(
            lambda exchange: exchange.state not in ("preparing", "queued")
        )
        if late:
            raise UserError(
                self.env._(
                    "%(invoices)s: too late to withdraw, the sending has begun. Wait for the answer of "
                    "the platform; if the invoice is wrong, issue a credit note.",
                    invoices=", ".join(late.mapped("display_name")),
                )
            )
        locked.write(
            {
                "state": "failed",
                "error_code": WITHDRAWN,
                "error_message": self.env._("Withdrawn by %(user)s.", user=self.env.user.name),
                "next_attempt": False,
            }
        )
        for exchange in locked.filtered("move_id"):
            exchange.move_id._message_log(
                body=self.env._("The sending was withdrawn: the invoice can be corrected again.")
            )
        return True

    def action_mark_sent(self):
        """A person found out that this doubtful row did arrive."""
        self._efacture_settle_doubt(
            {"state": "accepted", "sent_at": fields.Datetime.now(), "unknown_since": False},
            self.env._("%(user)s says that it arrived.", user=self.env.user.name),
        )

    def action_send_again(self):
        """A person found out that this doubtful row did not arrive: it is sent again."""
        self._efacture_settle_doubt(
            {"state": "queued", "unknown_since": False, "attempt_count": 0},
            self.env._(
                "%(user)s says that it did not arrive: it is sent again.", user=self.env.user.name
            ),
        )
        self._efacture_wake_lanes()

    def _efacture_settle_doubt(self, vals, history):
        """Write what a person found out; only where nobody else can be asked.

        :raises UserError: the doubt is over, or the platform itself will be asked
        """
        self._efacture_check_right_to_act()
        if not self.env.user.has_group("efacture_base.efacture_base_group_accountant"):
            raise AccessError(
                self.env._("Only an eFacture accountant may say whether a document arrived.")
            )
        rows = self.sudo()  # rows are written by the product only; the right was checked above
        locked = rows.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset(["state", "next_attempt", "lease_until"])
        if rows - locked or not all(row.needs_person for row in locked):
            raise UserError(
                self.env._(
                    "%(exchanges)s: there is nothing to decide. eFacture asks the platform itself, or has its answer.",
                    exchanges=", ".join(self.mapped("display_name")),
                )
            )
        locked.write({**vals, "error_code": False, "error_message": False, "apply_pending": True})
        for row in locked.filtered("move_id"):
            row.move_id._message_log(body=history)

    def action_open_invoice(self):
        self.ensure_one()
        return self.move_id._get_records_action(name=self.env._("Invoice"))

    def _efacture_check_right_to_act(self):
        """Who may write the invoice may take back its sending."""
        self.check_access("read")
        self.move_id.check_access("write")
