import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain

from ..connectors.errors import CircuitOpen, ConnectorError, NotReachable, TimedOut

_logger = logging.getLogger(__name__)

STALE_DAYS = 7
# Rows claimed by one step of the weekly job; another worker takes others.
BATCH = 20
# More than this many in a selection are asked for by the job, at once, in the background.
AT_ONCE = 30
# A row that was claimed and then left (a killed worker) is taken again after this time.
CLAIM_HOURS = 1
STATES = {"Enabled": "enabled", "Disabled": "disabled", "Upcoming": "upcoming"}


class ResPartner(models.Model):
    """Can this partner receive electronic invoices? What the directory said, and when."""

    _inherit = "res.partner"

    efacture_reachability = fields.Selection(
        [("yes", "Can receive"), ("no", "Cannot receive"), ("unknown", "Not known")],
        string="Electronic invoices",
        default="unknown",
        required=True,
        copy=False,
        index=True,
        readonly=True,
    )
    efacture_reachability_date = fields.Datetime(
        string="Directory asked on", copy=False, readonly=True
    )
    efacture_reachability_platform = fields.Char(
        string="Received through", copy=False, readonly=True
    )
    efacture_lookup_wanted = fields.Boolean(copy=False, readonly=True)
    efacture_lookup_attempt = fields.Datetime(copy=False, readonly=True)
    efacture_lookup_message = fields.Char(string="Last look-up", copy=False, readonly=True)

    def write(self, vals):
        before = {}
        if vals.keys() & {"company_registry", "efacture_siren", "efacture_siret", "country_id"}:
            before = {partner: partner.efacture_siren for partner in self}
        result = super().write(vals)
        changed = self.filtered(lambda p: before.get(p) and p.efacture_siren != before[p])
        if changed:
            changed._efacture_forget_directory()
        return result

    def _efacture_forget_directory(self):
        """Another SIREN is another company: nothing the directory said holds any more."""
        for partner in self:
            lines = partner.efacture_address_ids
            lines.filtered(lambda line, p=partner: line.siren != p.efacture_siren).unlink()
        self.write(
            {
                "efacture_reachability": "unknown",
                "efacture_reachability_date": False,
                "efacture_reachability_platform": False,
                "efacture_lookup_attempt": False,
                "efacture_lookup_message": False,
            }
        )

    # ------------------------------------------------------------------- actions

    def action_efacture_lookup(self):
        """Ask the directory now, for one partner or a selection, and say what it answered."""
        partners = self.commercial_partner_id
        partners.check_access("write")  # before anybody outside is asked
        known = partners.filtered("efacture_siren")
        if not known:
            raise UserError(
                self.env._(
                    "The directory is asked by SIREN, and no SIREN is known here. "
                    "Fill it in, or find the company with “Find the company”."
                )
            )
        account = self._efacture_directory_account()
        sirens = dict.fromkeys(known.mapped("efacture_siren"))
        if len(sirens) > AT_ONCE:
            return known._efacture_lookup_later()
        answers, outages = self._efacture_ask_directory(sirens, account)
        # All reading of the outside is done: only now something is written, so a retry repeats nothing.
        for partner in known:
            if partner.efacture_siren in answers:
                partner._efacture_apply_directory(answers[partner.efacture_siren])
            else:
                partner._efacture_note_outage(outages.get(partner.efacture_siren, ""))
        return self._efacture_lookup_report(known, partners - known, answers, outages)

    def _efacture_lookup_later(self):
        """Have the job ask for these now, without making anybody wait."""
        self.write({"efacture_lookup_wanted": True, "efacture_lookup_attempt": False})
        # sudo: starting the job is no right of a biller, asking the directory is.
        self.env.ref("efacture_base.efacture_cron_directory").sudo()._trigger()
        return self._efacture_notify(
            self.env._(
                "The directory is asked for %(count)s partners in the background. "
                "The list shows the answers as they arrive.",
                count=len(self),
            )
        )

    def _efacture_lookup_report(self, asked, without_siren, answers, outages):
        env = self.env
        done = asked.filtered(lambda p: p.efacture_siren in answers)
        lines = []
        if len(asked) == 1 and done:
            lines.append(done._efacture_describe_reachability())
        elif done:
            can = len(done.filtered(lambda p: p.efacture_reachability == "yes"))
            lines.append(
                env._(
                    "%(can)s can receive electronic invoices, %(cannot)s cannot.",
                    can=can,
                    cannot=len(done) - can,
                )
            )
        if missed := asked - done:
            reason = next(iter(outages.values()), "")
            lines.append(
                env._(
                    "The directory could not be asked for %(count)s: %(reason)s. "
                    "Nothing was changed; try again later.",
                    count=len(missed),
                    reason=env["efacture.lookup"]._describe_outage(reason),
                )
            )
        if without_siren:
            lines.append(
                env._("%(count)s have no SIREN and were left out.", count=len(without_siren))
            )
        return self._efacture_notify("\n".join(lines), "warning" if asked - done else "success")

    def _efacture_describe_reachability(self):
        self.ensure_one()
        env = self.env
        if self.efacture_reachability == "yes":
            return env._(
                "%(partner)s can receive electronic invoices, through %(platform)s.",
                partner=self.name,
                platform=self.efacture_reachability_platform,
            )
        if self.efacture_reachability_platform:
            return env._(
                "%(partner)s cannot receive through an approved platform: %(platform)s.",
                partner=self.name,
                platform=self.efacture_reachability_platform,
            )
        return env._(
            "%(partner)s is not in the directory: it cannot receive yet.", partner=self.name
        )

    # ------------------------------------------------------------------ business

    def _efacture_directory_account(self):
        """An account whose platform has a directory: the company's own first, then any.

        :raises RedirectWarning: there is none.
        """
        account = self.env.company._efacture_active_account()
        if not account:
            raise RedirectWarning(
                self.env._(
                    "The directory is asked through your platform, and your company has no active account yet. "
                    "Your platform gives you what to fill in."
                ),
                self.env.ref("efacture_base.efacture_account_action").id,
                self.env._("Platform accounts"),
            )
        return account

    @api.model
    def _efacture_ask_directory(self, sirens, account):
        """Ask for each SIREN once. Writes nothing.

        :return: (lines by SIREN, kind of error by SIREN); a SIREN without lines is not in the directory.
        """
        answers, outages = {}, {}
        connector = account._connector()
        for siren in sirens:
            try:
                answers[siren] = connector.lookup_recipient(siren=siren)
            except ConnectorError as error:
                _logger.info("directory look-up failed (%s): %s", error.kind, error.text)
                outages[siren] = error.kind
                if isinstance(error, NotReachable | CircuitOpen | TimedOut):
                    # Nobody is there: the others are not worth a wait each.
                    outages.update({s: error.kind for s in sirens if s not in answers})
                    break
        return answers, outages

    def _efacture_note_outage(self, kind):
        """The directory could not be asked: what is known stays as it is, with its date."""
        reason = self.env["efacture.lookup"]._describe_outage(kind)
        self.write(
            {
                "efacture_lookup_attempt": fields.Datetime.now(),
                "efacture_lookup_message": self.env._(
                    "The directory could not be asked: %(reason)s.", reason=reason
                ),
            }
        )

    def _efacture_apply_directory(self, answer):
        """Keep what the directory said.

        :param answer: list of `DirectoryAddress`; empty: not in the directory.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        known = {line.address: line for line in self.efacture_address_ids}
        new = []
        for found in answer:
            vals = self._efacture_prepare_address_vals(found, now)
            line = known.pop(found.addressing_identifier, None)
            if line:
                line.write(vals)
            else:
                new.append({**vals, "partner_id": self.id})
        gone = [line.id for line in known.values() if line.checked_date or line.state == "enabled"]
        self.env["efacture.address"].browse(gone).write({"state": "disabled", "checked_date": now})
        self.env["efacture.address"].create(new)
        self.write(
            {
                "efacture_reachability": "yes" if any(a.can_receive for a in answer) else "no",
                "efacture_reachability_date": now,
                "efacture_reachability_platform": self._efacture_describe_platform(answer),
                "efacture_lookup_attempt": now,
                "efacture_lookup_message": False,
                "efacture_lookup_wanted": False,
                **self._efacture_default_address(),
            }
        )
        # The State's portal serves public bodies only, where the directory does not say it itself.
        if any(
            found.public or (found.platform_type == "DFH" and found.status == "Enabled")
            for found in answer
        ):
            self.efacture_public_body = True

    @api.model
    def _efacture_prepare_address_vals(self, found, now):
        return {
            "address": found.addressing_identifier,
            "scheme": found.scheme,
            "siren": found.siren,
            "siret": found.siret or False,
            "routing_identifier": found.routing_identifier or False,
            "suffix": found.suffix or False,
            "label": found.label or found.name or False,
            "state": STATES.get(found.status, "unknown"),
            "platform_type": found.platform_type if found.platform_type in ("WK", "DFH") else False,
            "requires_service_code": bool(found.requires_service_code),
            "requires_commitment": bool(found.requires_commitment),
            "checked_date": now,
        }

    @api.model
    def _efacture_describe_platform(self, answer):
        """Through what it receives, in words; the directory does not name the platform."""
        env = self.env
        if any(found.can_receive for found in answer):
            return env._("an approved platform")
        if any(found.platform_type == "DFH" and found.status == "Enabled" for found in answer):
            return env._("the State's portal (Chorus Pro)")
        if any(found.status == "Upcoming" for found in answer):
            return env._("an approved platform, from a later date")
        return False

    def _efacture_default_address(self):
        """Choose an address where nobody has: the company's own line, else the only one. Never over a choice."""
        if self.efacture_address_id:
            return {}
        usable = self.efacture_address_ids.filtered(lambda line: line.state == "enabled")
        whole = usable.filtered(lambda line: line.address == line.siren)
        choice = whole or (usable if len(usable) == 1 else usable.browse())
        return {"efacture_address_id": choice[:1].id} if choice else {}

    def _efacture_merge_addresses(self):
        """After a merge of partners: each address once, the chosen one and the freshest first."""
        for partner in self:
            partner.invalidate_recordset(["efacture_address_ids"])
            seen = partner.efacture_address_id
            for line in partner.efacture_address_ids.sorted(
                lambda a: (a.checked_date is not False, a.checked_date or a.create_date),
                reverse=True,
            ):
                if line.address in (seen - line).mapped("address"):
                    line.unlink()
                else:
                    seen |= line

    # ----------------------------------------------------------------------- job

    @api.model
    def _efacture_stale_domain(self, now):
        """Customers and suppliers whose answer is old, and whom no other worker has just taken."""
        ours = Domain("customer_rank", ">", 0) | Domain("supplier_rank", ">", 0)
        stale = Domain("efacture_reachability_date", "=", False) | Domain(
            "efacture_reachability_date", "<", now - timedelta(days=STALE_DAYS)
        )
        return (
            Domain("efacture_siren", "!=", False)
            & Domain("parent_id", "=", False)
            & (Domain("efacture_lookup_wanted", "=", True) | (ours & stale))
            & (
                Domain("efacture_lookup_attempt", "=", False)
                | Domain("efacture_lookup_attempt", "<", now - timedelta(hours=CLAIM_HOURS))
            )
        )

    @api.model
    def _cron_efacture_lookup(self, batch=BATCH):
        """Refresh stale answers, a few at a time. Two runs side by side take different rows."""
        account = self.env["efacture.account"].search(
            [("state", "=", "active"), ("platform_kind", "=", "pa")], limit=1
        )
        if not account:
            return
        cron = self.env["ir.cron"]
        domain = self._efacture_stale_domain(fields.Datetime.now())
        cron._commit_progress(remaining=self.search_count(domain))
        while True:
            candidates = self.search(
                domain, order="efacture_reachability_date asc nulls first, id", limit=batch
            )
            partners = candidates.try_lock_for_update(allow_referencing=True)
            if not partners:
                return
            partners.write({"efacture_lookup_attempt": fields.Datetime.now()})
            sirens = {partner.id: partner.efacture_siren for partner in partners}
            # The claim is visible to others before anything is asked; no lock is held meanwhile.
            cron._commit_progress()
            answers, outages = self._efacture_ask_directory(dict.fromkeys(sirens.values()), account)
            for partner in partners.exists():
                if sirens[partner.id] in answers:
                    partner._efacture_apply_directory(answers[sirens[partner.id]])
                else:
                    partner._efacture_note_outage(outages.get(sirens[partner.id], ""))
            nobody_there = outages.keys() >= set(sirens.values())
            if nobody_there:
                # Not next week: as soon as the claims are over.
                self.env.ref("efacture_base.efacture_cron_directory")._trigger(
                    fields.Datetime.now() + timedelta(hours=CLAIM_HOURS, minutes=5)
                )
            left = cron._commit_progress(len(partners), remaining=0 if nobody_there else None)
            if not left or nobody_there:
                return
