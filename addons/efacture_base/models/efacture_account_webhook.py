"""Notifications: the platform calls an address of ours when something arrives, and we ask it then instead of at the next quarter of an hour."""

import hashlib
import json
import logging
import secrets
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..connectors import guard
from ..connectors.contract import Capability
from ..connectors.errors import AddressForbidden, ConnectorError
from ..connectors.webhook import verify_webhook

_logger = logging.getLogger(__name__)
# A burst of calls wakes the fetching once in this time.
WAKE_EVERY = timedelta(seconds=5)
_COLUMNS = ("webhook_address_hash", "webhook_key_encrypted", "webhook_remote_ids")


class EfactureAccount(models.Model):
    _inherit = "efacture.account"

    # The address holds a secret part: only its fingerprint is kept, enough to know it again.
    webhook_address_hash = fields.Char(
        copy=False, groups="base.group_system", index="btree_not_null"
    )
    webhook_key_encrypted = fields.Char(copy=False, groups="base.group_system")
    webhook_remote_ids = fields.Char(copy=False, groups="base.group_system")
    has_webhook = fields.Boolean(
        string="Notified by the platform", compute="_compute_has_webhook", compute_sudo=True
    )
    webhook_called_at = fields.Datetime(string="Last notification", readonly=True, copy=False)

    @api.depends("webhook_address_hash")
    def _compute_has_webhook(self):
        for account in self:
            account.has_webhook = bool(account.webhook_address_hash)

    def write(self, vals):
        # EXTENDS 'efacture_base': a subscription belongs to one platform and to one set of credentials
        moved = self.browse()
        if "platform_id" in vals:
            moved = self.filtered(lambda account: account.platform_id.id != vals["platform_id"])
        result = super().write(vals)
        if moved:
            # sudo: whoever may move the account may forget what the earlier platform was told
            moved.sudo().write(dict.fromkeys((*_COLUMNS, "webhook_called_at"), False))
        return result

    # -- a person ---------------------------------------------------------------------------------

    def action_webhook_subscribe(self):
        """Ask the platform to call us when something arrives."""
        self.ensure_one()
        self.check_access("write")  # before the secret is used
        if self.state != "active":
            raise UserError(
                self.env._("Activate the account first: only an active account is notified.")
            )
        connector = self._connector()
        refused = connector.why_not(Capability.WEBHOOK)
        if refused:
            raise UserError(
                self.env._(
                    "This platform cannot notify us: %(reason)s Nothing is lost: it is asked every quarter of an hour.",
                    reason=refused,
                )
            )
        token = secrets.token_urlsafe(32)
        address = f"{self.get_base_url().rstrip('/')}/efacture/webhook/{token}"
        self._efacture_check_address(address)
        self._efacture_unsubscribe(connector)
        try:
            made = connector.create_webhook(address)
        except ConnectorError as error:
            raise UserError(self._efacture_webhook_refused(error))
        # sudo: whoever may edit the account may store its secrets, nobody may read them back
        self.sudo().write(
            {
                "webhook_address_hash": hashlib.sha256(token.encode()).hexdigest(),
                "webhook_key_encrypted": self._encrypt(made.key),
                "webhook_remote_ids": json.dumps(list(made.ids)),
                "webhook_called_at": False,
            }
        )
        return self._efacture_said(
            self.env._("The platform will notify you when something arrives.")
        )

    def action_webhook_unsubscribe(self):
        """Ask the platform to call no more."""
        self.ensure_one()
        self.check_access("write")
        self._efacture_unsubscribe(self._connector())
        return self._efacture_said(
            self.env._("The platform notifies you no more. It is asked every quarter of an hour.")
        )

    def _efacture_unsubscribe(self, connector):
        """End the subscription there, then forget it here."""
        account = self.sudo()  # columns of the system
        try:
            for webhook_id in json.loads(account.webhook_remote_ids or "[]"):
                connector.delete_webhook(webhook_id)
        except ConnectorError as error:
            raise UserError(self._efacture_webhook_refused(error))
        account.write(dict.fromkeys(_COLUMNS, False))

    def _efacture_check_address(self, address):
        try:
            guard.check_url(address)
        except AddressForbidden as error:
            raise UserError(
                self.env._(
                    "The platform cannot call you at %(address)s: %(reason)s. The address of this Odoo must be a public https address: "
                    "ask the person who runs the server to set it (Settings ▸ Technical ▸ System Parameters, web.base.url).",
                    address=self.get_base_url(),
                    reason=str(error),
                )
            )

    def _efacture_webhook_refused(self, error):
        reason = self.env["efacture.lookup"]._describe_outage(error.kind)
        return self.env._(
            "The notifications could not be changed: %(reason)s (%(detail)s). Try again later; meanwhile the platform is asked every "
            "quarter of an hour.",
            reason=reason,
            detail=error.text,
        )

    def _efacture_said(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # -- a call -----------------------------------------------------------------------------------

    @api.model
    def _efacture_of_webhook(self, address_hash):
        """The active account that gave this address to its platform, or none."""
        return self.search(
            [("webhook_address_hash", "=", address_hash), ("state", "=", "active")], limit=1
        )

    def _efacture_hear(self, body, headers):
        """A call came: believe it only if it is signed, and then only that there is something to fetch. True when it was believed."""
        self.ensure_one()
        try:
            key = self._decrypt(self.webhook_key_encrypted)
        except UserError:  # said in full where the account is opened
            return False
        version = "1.3" if self.platform_id.api_version.startswith("1.3") else "1.2"
        wrong = verify_webhook(body, headers, key, version, time.time())
        if wrong:
            _logger.info("a notification for account %s is not believed: %s", self.id, wrong)
            return False
        self._efacture_wake_fetch()
        return True

    def _efacture_wake_fetch(self):
        """Wake the scheduled action that fetches, once for a burst of calls."""
        account = self.try_lock_for_update(allow_referencing=True)
        now = fields.Datetime.now()
        if not account or (
            account.webhook_called_at and now - account.webhook_called_at < WAKE_EVERY
        ):
            return  # somebody else is waking it, or has just done so
        account.webhook_called_at = now
        cron = self.env.ref("efacture_base.efacture_fetch_cron", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()  # sudo: nobody but the system may touch a scheduled action
