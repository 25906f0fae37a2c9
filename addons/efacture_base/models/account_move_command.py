"""*Send the invoice with eFacture*: what will happen, then posting and queueing, each invoice alone."""

import logging

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import format_date

from .efacture_exchange_lane import AGAIN, LOST

_logger = logging.getLogger(__name__)

PLATFORM = "efacture"
CHECKED_AT_ONCE = 20  # drafts whose verdict is asked before the window opens; the rest when posted


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_can_send = fields.Boolean(compute="_compute_efacture_can_send")

    @api.depends("state", "efacture_contact_method", "efacture_exchange_ids.state")
    def _compute_efacture_can_send(self):
        for move in self:
            move.efacture_can_send = (
                move.state != "cancel"
                and move._efacture_issuer() == "efacture"
                and any(
                    not move._efacture_live_exchange(channel)
                    for channel in move._efacture_sending_channels() or [PLATFORM]
                )
            )

    # -- what would happen ------------------------------------------------------------------------

    def _efacture_sending_channels(self, with_platform=True):
        """The channels that this invoice takes: its contact method, and the platform when obliged.

        :param bool with_platform: False when a person took the obligatory platform away
        """
        self.ensure_one()
        if self._efacture_is_self_billed():
            return [PLATFORM]
        channels = [self.efacture_contact_method] if self.efacture_contact_method else []
        if with_platform and PLATFORM not in channels and self._efacture_is_obliged():
            channels.append(PLATFORM)
        return channels

    def _efacture_is_obliged(self):
        """Whether the law makes this invoice travel by the platform, whatever else is chosen."""
        return self.env["account.move.send"]._efacture_is_obliged(self)

    def _efacture_sending_plan(self, with_platform=True):
        """What *Send* would do with each of these invoices; asks nobody outside.

        :return: {invoice: {"channels": […], "done": sentences on what left before, "refused": why
            nothing can leave, or "", "hints": sentences worth reading before}}
        """
        plan = {}
        for move in self:
            refused = move._efacture_refuse_sending()
            wanted = [] if refused else move._efacture_sending_channels(with_platform)
            channels, done, reasons = [], [], []
            for channel in wanted:
                already = move._efacture_already_sent_message(channel)
                reason = "" if already else move._efacture_refuse_channel(channel)
                if already:
                    done.append(already)
                elif reason:
                    reasons.append(reason)
                else:
                    channels.append(channel)
            if not refused and not wanted:
                refused = self.env._(
                    "How %(customer)s receives its invoices is not known. Choose the contact method on the "
                    "invoice, or on the customer for all that follow.",
                    customer=move.commercial_partner_id.display_name,
                )
            if not refused and not channels:
                refused = " ".join([*done, *reasons])
            hints = [] if refused else reasons + move._efacture_sending_hints(channels)
            plan[move] = {"channels": channels, "done": done, "refused": refused, "hints": hints}
        return plan

    def _efacture_refuse_sending(self):
        """Why nothing of this document can be sent by us: a sentence that says where to click, or ""."""
        self.ensure_one()
        env, name = self.env, self.display_name
        if not self.is_invoice(include_receipts=True):
            return env._("%(document)s is not an invoice: there is nothing to send.", document=name)
        if self.is_purchase_document() and not self._efacture_is_self_billed():
            return env._(
                "%(document)s comes from a supplier. Your answers to it (refused, approved…) are sent from its own "
                "form.",
                document=name,
            )
        if self.state == "cancel":
            return env._(
                "%(document)s is cancelled. Open it and press “Reset to Draft” to use it again.",
                document=name,
            )
        issuer = self._efacture_issuer()
        if issuer in ("peppol", "pdp"):
            return env._(
                "Odoo itself has sent %(document)s by its own network: it is not sent a second time.",
                document=name,
            )
        if issuer != "efacture":
            return env._(
                "%(company)s has no active platform account, so eFacture does not issue %(document)s. Open "
                "eFacture ▸ Configuration ▸ Platform accounts, or use “Send”.",
                company=self.company_id.name,
                document=name,
            )
        if self.state == "draft":
            return self._efacture_refuse_posting()
        return ""

    def _efacture_refuse_posting(self):
        """What a draft misses before anything else can be said of it."""
        if not self.partner_id:
            return self.env._(
                "%(document)s has no customer. Open it and choose one.", document=self.display_name
            )
        if not self._efacture_product_lines():
            return self.env._(
                "%(document)s has no line. Open it and add what is invoiced.",
                document=self.display_name,
            )
        return ""

    def _efacture_refuse_channel(self, channel):
        """Why this invoice cannot take this channel: a sentence, or ""."""
        self.ensure_one()
        env, customer = self.env, self.commercial_partner_id
        if channel not in self.env["res.partner"]._efacture_contact_methods():
            labels = dict(self._fields["efacture_contact_method"]._description_selection(env))
            return env._(
                "%(invoice)s: “%(method)s” is not a way of eFacture. Use “Send”, or choose another contact method "
                "on the invoice.",
                invoice=self.display_name,
                method=labels.get(channel, channel),
            )
        if channel == "email" and not (self.partner_id.email or customer.email):
            return env._(
                "No e-mail is known for %(customer)s. Fill it in on the customer, or choose another contact method "
                "on the invoice.",
                customer=customer.display_name,
            )
        if (
            channel == PLATFORM
            and not self._efacture_is_self_billed()
            and not self._efacture_buyer_address()[1]
        ):
            return self._efacture_refuse_without_address()
        return ""

    def _efacture_refuse_without_address(self):
        env, customer = self.env, self.commercial_partner_id
        treatment = self._efacture_treatment()
        if treatment.startswith("B2C"):
            return env._(
                "%(customer)s is a private person, whom no platform delivers to. Choose “E-mail” or “Paper” as "
                "contact method on the invoice.",
                customer=customer.display_name,
            )
        if treatment == "B2BINT":
            return env._(
                "%(customer)s is abroad and has no electronic address. Choose “E-mail” or “Paper” as contact method "
                "on the invoice, or add its address on the customer, tab “Electronic invoice”.",
                customer=customer.display_name,
            )
        return env._(
            "%(customer)s has no electronic address. Open the customer, tab “Electronic invoice”, and ask the "
            "directory; or choose another contact method on the invoice.",
            customer=customer.display_name,
        )

    def _efacture_sending_hints(self, channels):
        """What is worth knowing before these channels are taken."""
        self.ensure_one()
        hints, customer = [], self.commercial_partner_id
        if PLATFORM in channels:
            if self.efacture_contact_method != PLATFORM and not self._efacture_is_self_billed():
                hints.append(self._efacture_obligation_message())
            if customer.efacture_reachability == "no" and self._efacture_treatment() == "B2B":
                hints.append(
                    self.env._(
                        "The directory of %(date)s says that %(customer)s cannot receive electronic invoices "
                        "yet. The platform may refuse this one; “E-mail” as contact method reaches the customer "
                        "meanwhile.",
                        date=format_date(self.env, customer.efacture_reachability_date) or "",
                        customer=customer.display_name,
                    )
                )
        return hints

    def _efacture_obligation_message(self):
        """Why the platform is taken besides what was chosen."""
        obliged_from = self.company_id._efacture_active_account().obligation_date
        return self.env._(
            "Since %(date)s your invoices to companies in France must travel by the platform: it is taken in "
            "addition.",
            date=format_date(self.env, obliged_from) if obliged_from else "",
        )

    def _efacture_check_before_sending(self):
        """The verdict of those that have none yet, as far as one may wait for it."""
        todo = self.filtered(
            lambda move: (
                not move.efacture_verdict
                and not move.efacture_is_frozen
                and not move._efacture_refuse_sending()
            )
        )
        if todo and len(todo) <= CHECKED_AT_ONCE:
            todo.efacture_check()

    # -- the command ------------------------------------------------------------------------------

    def action_efacture_send(self):
        """*Send the invoice with eFacture*: what will happen, to be confirmed.

        :raises UserError: one invoice, and nothing can be done with it: the reason
        """
        self.check_access("write")
        if len(self) == 1:
            bounced = self._efacture_bounced_mail()
            if bounced:
                return bounced.action_send_bounced_again()
            refused = self._efacture_sending_plan()[self]["refused"]
            if refused:
                raise UserError(refused)
        return self.env["efacture.send"]._open(self)

    def _efacture_bounced_mail(self):
        """The e-mail of this invoice that came back, to be sent again; possibly empty."""
        mails = self._efacture_sendings().filtered(lambda row: row.channel == "email")[-1:]
        came_back = mails.state == "accepted" and "bounce_at" in mails._fields and mails.bounce_at
        return mails.sudo(False) if came_back else mails.browse()

    def efacture_send(self):
        """Send these posted invoices, each by its own contact method (for scripts and other programs).

        Nothing leaves in this transaction: the lanes make the documents and hand them over.
        :return: the new `efacture.exchange` records (their ids to a caller from outside)
        :raises UserError: not posted, already sent, or no way to send: which and why; nothing is queued then
        """
        self.check_access("write")
        self._efacture_check_can_issue()
        by_channel = {}
        reasons = []
        for move, told in self._efacture_sending_plan().items():
            if told["refused"]:
                reasons.append(told["refused"])
            for channel in told["channels"]:
                by_channel[channel] = by_channel.get(channel, self.browse()) | move
        if reasons:
            raise UserError("\n".join(reasons))
        rows = [moves._efacture_enqueue(channel) for channel, moves in by_channel.items()]
        return self.env["efacture.exchange"].union(*rows)

    def efacture_send_command(self, with_platform=True):
        """Post the drafts among these invoices and queue each by its channels; nothing leaves here.

        One that cannot be posted or queued is told with its reason, the others go on.

        :return: {"exchange_ids": the rows to dispatch, "refused": [{"move_id", "name", "reason"}]}
        """
        self.check_access("write")
        refused, ready = {}, self.browse()
        for move, told in self._efacture_sending_plan(with_platform).items():
            if told["refused"]:
                refused[move] = told["refused"]
            else:
                ready |= move
        posted, unposted = ready._efacture_post_each()
        refused.update(unposted)
        rows = self.env["efacture.exchange"]
        plan = posted._efacture_sending_plan(with_platform)
        by_channel = {}
        for move, told in plan.items():
            if told["refused"]:
                refused[move] = told["refused"]
            for channel in told["channels"]:
                by_channel[channel] = by_channel.get(channel, self.browse()) | move
        for channel, moves in by_channel.items():
            rows |= moves._efacture_enqueue(channel, refused=refused)
        return {
            "exchange_ids": rows.ids,
            "refused": [
                {"move_id": move.id, "name": move._efacture_told_name(), "reason": reason}
                for move, reason in refused.items()
            ],
        }

    def _efacture_told_name(self):
        """Number, or for a draft its customer, as people speak of it."""
        self.ensure_one()
        if self.state == "draft" or not self.name or self.name == "/":
            return f"{self.display_name or ''} {self.commercial_partner_id.name or ''}".strip()
        return self.name

    def _efacture_post_each(self):
        """(posted invoices, {draft: why it stays one}): together if possible, else one by one.

        :raises UserError, RedirectWarning: a single invoice; its message leads to what must be fixed
        """
        drafts = self.filtered(lambda move: move.state == "draft")
        if not drafts:
            return self, {}
        if len(self) == 1:
            drafts._post(soft=False)
            return self, {}
        try:
            with self.env.cr.savepoint():
                drafts._post(soft=False)
                self.env.flush_all()
            return self, {}
        except (*AGAIN, *LOST):
            raise  # the whole request is made again, or the database is away
        except (UserError, RedirectWarning):
            drafts.invalidate_recordset()
        except Exception:
            drafts.invalidate_recordset()
            _logger.info("drafts not confirmed together, now one by one", exc_info=True)
        refused = {}
        for move in drafts:
            try:
                with self.env.cr.savepoint():
                    move._post(soft=False)
                    self.env.flush_all()
            except (UserError, RedirectWarning) as error:
                move.invalidate_recordset()
                refused[move] = str(error.args[0])
            except (*AGAIN, *LOST):
                raise
            except Exception as error:
                move.invalidate_recordset()
                _logger.exception("invoice %s not confirmed", move.id)
                refused[move] = self.env._(
                    "An unexpected error kept %(invoice)s from being confirmed. Tell your administrator; the server's "
                    "log has the details (%(kind)s).",
                    invoice=move._efacture_told_name(),
                    kind=type(error).__name__,
                )
        return self - self.browse([move.id for move in refused]), refused

    def _efacture_sending_window(self, result, remaining=None, with_platform=True):
        """The client action that dispatches these rows at once and tells what became of them.

        :param dict result: as `efacture_send_command` gives it
        :param remaining: further invoices, which the window posts and queues by portions
        """
        return {
            "type": "ir.actions.client",
            "tag": "efacture_sending",
            "name": self.env._("Sending"),
            "target": "new",
            "params": {
                **result,
                "remaining_ids": remaining.ids if remaining else [],
                "with_platform": with_platform,
            },
        }
