import dataclasses
import inspect
import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import secret_box
from ..connectors import registry
from ..connectors.session import Session
from ..connectors.watch import watch


class EfactureAccount(models.Model):
    """As whom a company comes to a platform.

    draft ─→ active ⇄ suspended: only an active account sends, receives or looks anything up.
    """

    _name = "efacture.account"
    _description = "Platform Account"
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    platform_id = fields.Many2one(
        "efacture.platform", required=True, index=True, ondelete="restrict"
    )
    platform_kind = fields.Selection(related="platform_id.kind", store=True)
    environment = fields.Selection(related="platform_id.environment")
    state = fields.Selection(
        [("draft", "Being set up"), ("active", "Active"), ("suspended", "Suspended")],
        default="draft",
        required=True,
    )
    obligation_date = fields.Date(
        string="Date of obligation",
        help="From this day your invoices to French companies must travel through the platform: "
        "1 September 2026 for large and mid-size companies, 1 September 2027 for the others.",
    )
    organization_id = fields.Char(
        string="Organization identifier",
        help="Only if your platform gave you one, because one sign-in serves several companies.",
    )
    client_id = fields.Char(string="Client identifier", copy=False)
    client_secret = fields.Char(
        compute="_compute_client_secret",
        readonly=False,
        copy=False,
        help="Type it once; it is stored encrypted and is never shown again.",
    )
    has_client_secret = fields.Boolean(compute="_compute_has_client_secret", compute_sudo=True)
    client_secret_encrypted = fields.Char(copy=False, groups="base.group_system")
    extra_headers = fields.Text(
        compute="_compute_client_secret",
        readonly=False,
        copy=False,
        help='What your platform wants added to each call, as {"name": "value"}. Stored encrypted, never shown again.',
    )
    extra_headers_encrypted = fields.Text(copy=False, groups="base.group_system")
    last_check_date = fields.Datetime(string="Last connection test", readonly=True, copy=False)
    last_check_ok = fields.Boolean(string="Connection works", readonly=True, copy=False)
    last_check_report = fields.Text(string="What the test said", readonly=True, copy=False)

    _active_unique = models.UniqueIndex(
        "(company_id, platform_kind) WHERE state = 'active'",
        "This company already has an active account of this kind. Suspend it first: "
        "Configuration → Platform accounts.",
    )

    @api.depends("platform_id", "company_id")
    def _compute_name(self):
        for account in self:
            parts = filter(None, (account.platform_id.name, account.company_id.name))
            account.name = account.name or " – ".join(parts)

    @api.depends_context("uid")
    def _compute_client_secret(self):
        # Written only: what is stored is read by `_connector_settings` alone.
        self.client_secret = False
        self.extra_headers = False

    @api.depends("client_secret_encrypted")
    def _compute_has_client_secret(self):
        for account in self:
            account.has_client_secret = bool(account.client_secret_encrypted)

    @api.constrains("state", "client_id", "client_secret_encrypted")
    def _check_active(self):
        for account in self.sudo():  # sudo: the encrypted secret is not readable by managers
            if account.state == "active" and not (
                account.client_id and account.client_secret_encrypted
            ):
                raise ValidationError(
                    self.env._(
                        "The account “%(name)s” cannot be active without its client identifier and its secret. "
                        "Your platform gives both on its own site, usually under “API”.",
                        name=account.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # The secret is written apart, by sudo: an account is active only once it has one.
        secrets = [self._take_secrets(vals) for vals in vals_list]
        accounts = super().create([{**vals, "state": "draft"} for vals in vals_list])
        for account, vals, secret in zip(accounts, vals_list, secrets, strict=True):
            account._write_secrets(secret)
            if vals.get("state", "draft") != "draft":
                account.state = vals["state"]
        self.env.registry.clear_cache()
        return accounts

    def write(self, vals):
        vals = dict(vals)
        secrets = self._take_secrets(vals)
        if "platform_id" in vals:
            # A secret belongs to one platform: it is not handed to another.
            moved = self.filtered(lambda account: account.platform_id.id != vals["platform_id"])
            moved._write_secrets(
                {"client_secret_encrypted": False, "extra_headers_encrypted": False, **secrets}
            )
            (self - moved)._write_secrets(secrets)
        else:
            self._write_secrets(secrets)
        result = super().write(vals)
        if vals.keys() & {"state", "company_id", "platform_id", "sequence"}:
            self.env.registry.clear_cache()
        return result

    def _take_secrets(self, vals):
        """Take the secrets out of `vals` and return them as they are stored; an empty one changes nothing."""
        secret, headers = vals.pop("client_secret", None), vals.pop("extra_headers", None)
        stored = {}
        if secret and secret.strip():
            stored["client_secret_encrypted"] = self._encrypt(secret.strip())
        if headers:
            self._parse_headers(headers)
            stored["extra_headers_encrypted"] = self._encrypt(headers)
        return stored

    def _write_secrets(self, stored):
        if stored and self:
            self.check_access("write")
            # sudo: whoever may edit the account may set its secret, nobody may read it back.
            self.sudo().write(stored)

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # ------------------------------------------------------------------ actions

    def action_activate(self):
        """Start using the account."""
        self.ensure_one()
        self.state = "active"

    def action_suspend(self):
        """Stop using the account; nothing is forgotten."""
        self.ensure_one()
        self.state = "suspended"

    def action_test_connection(self):
        """Try credentials and services now, and say what happened."""
        self.ensure_one()
        self.check_access("write")  # before the secret is used
        report = self._connector().check_connection()
        lines = [self._describe_step(step) for step in report.services]
        lines += report.warnings
        if not report.services:
            lines = [
                self.env._("This platform has no address to test. Fill in its addresses first.")
            ]
        text = "\n".join(lines)
        self.write(
            {
                "last_check_date": fields.Datetime.now(),
                "last_check_ok": report.ok,
                "last_check_report": text,
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if report.ok else "danger",
                "sticky": not report.ok,
                "title": self.env._("The connection works")
                if report.ok
                else self.env._("The connection does not work"),
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _describe_step(self, step):
        """One line for a step of the connection test."""
        names = {
            "token": self.env._("Sign-in"),
            "flow": self.env._("Invoice service"),
            "directory": self.env._("Directory"),
        }
        name = names.get(step.name, step.name)
        if step.ok:
            return self.env._("%(step)s: it works", step=name)
        if step.kind == "not_authorized":
            return self.env._(
                "%(step)s: the platform refuses these credentials. Copy the client identifier and the secret again.",
                step=name,
            )
        reason = self.env["efacture.lookup"]._describe_outage(step.kind)
        return self.env._(
            "%(step)s: %(reason)s (%(detail)s)", step=name, reason=reason, detail=step.text
        )

    # ------------------------------------------------------------------ business

    def _connector(self, exchange=None, **kwargs):
        """The connector of this account; its calls are logged (`efacture.call`).

        :param exchange: the row that all its calls are for (else `call_about` around each)
        :param kwargs: for the connector's factory, as `session`, which is then used as it is
        :raises UserError: settings are missing, or the stored secret cannot be read.
        """
        self.ensure_one()
        entry = registry.get(self.platform_id.connector)
        values = self._connector_settings()
        names = {field.name for field in dataclasses.fields(entry.settings)}
        settings = entry.settings(**{k: v for k, v in values.items() if k in names})
        if "session" not in kwargs and "session" in inspect.signature(entry.factory).parameters:
            on_call = self.env["efacture.call"]._efacture_on_call(
                self, exchange=exchange, token_url=values["token_url"]
            )
            kwargs["session"] = Session(on_call=on_call)
        return watch(entry.factory(settings, **kwargs))

    def _connector_settings(self):
        """Everything a connector may want to know; each takes the names of its settings."""
        account = self.sudo()  # the one place where the secret is read: to hand it to the connector
        platform = account.platform_id
        headers = self._decrypt(account.extra_headers_encrypted)
        return {
            "flow_base_url": platform.flow_base_url or "",
            "directory_base_url": platform.directory_base_url or "",
            "token_url": platform.token_url or "",
            "client_id": account.client_id or "",
            "client_secret": self._decrypt(account.client_secret_encrypted),
            "api_version": platform.api_version,
            "organization_id": account.organization_id or "",
            "extra_headers": self._parse_headers(headers) if headers else {},
            "scope": platform.scope or "",
            "token_method": platform.token_method,
        }

    def _encrypt(self, text):
        try:
            return secret_box.encrypt(text)
        except secret_box.SecretUnreadable as error:
            raise UserError(
                self.env._(
                    "The secret cannot be stored: %(reason)s. Ask the person who runs the server.",
                    reason=str(error),
                )
            )

    def _decrypt(self, token):
        if not token:
            return ""
        try:
            return secret_box.decrypt(token)
        except secret_box.SecretUnreadable as error:
            raise UserError(
                self.env._(
                    "The secret of the account “%(name)s” cannot be read: %(reason)s. "
                    "Type it again in Configuration → Platform accounts.",
                    name=self.name,
                    reason=str(error),
                )
            )

    def _parse_headers(self, text):
        try:
            headers = json.loads(text)
        except ValueError:
            headers = None
        if not isinstance(headers, dict) or not all(
            isinstance(value, str) and "\n" not in name + value and "\r" not in name + value
            for name, value in headers.items()
        ):
            raise UserError(
                self.env._(
                    'Extra headers are written {"name": "value", "other name": "other value"}.'
                )
            )
        return headers
