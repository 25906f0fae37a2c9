from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..connectors.vies import ViesState, split_vat
from ..en16931 import identifiers


class ResPartner(models.Model):
    """Is the VAT number in the EU's register? Three answers, with their date and their proof.

    The native `vies_valid` is not used: it reads False when the service is down.
    """

    _inherit = "res.partner"

    efacture_vies_state = fields.Selection(
        [("valid", "Valid"), ("invalid", "Not valid"), ("unavailable", "Could not be checked")],
        string="VAT number in VIES",
        compute="_compute_efacture_vies",
        store=True,
        copy=False,
    )
    efacture_vies_date = fields.Date(
        string="VIES asked on", compute="_compute_efacture_vies", store=True, copy=False
    )
    efacture_vies_request = fields.Char(
        string="VIES consultation number",
        compute="_compute_efacture_vies",
        store=True,
        copy=False,
        help="The proof that the number was checked on that day. Keep it for the tax office.",
    )

    @api.depends("vat")
    def _compute_efacture_vies(self):
        # Another number has not been checked.
        self.efacture_vies_state = False
        self.efacture_vies_date = False
        self.efacture_vies_request = False

    def action_efacture_vies(self):
        """Ask VIES now, and say what it answered."""
        self.ensure_one()
        partner = self.commercial_partner_id
        partner.check_access("write")  # before anybody outside is asked
        if not partner.vat or partner.vat == "/":
            raise UserError(
                self.env._(
                    "The VAT number of %(partner)s is missing.", partner=partner.display_name
                )
            )
        answer = self._efacture_ask_vies(partner.vat, partner.country_code)
        partner._efacture_apply_vies(answer)
        kind = {"valid": "success", "invalid": "danger"}.get(answer.state, "warning")
        return self._efacture_notify(partner._efacture_describe_vies(answer), kind)

    @api.model
    def _efacture_ask_vies(self, vat, country_code=""):
        """Ask VIES about a VAT number. Writes nothing, never raises for an outage.

        :return: a `ViesAnswer`
        """
        vat = identifiers.compact(vat).upper()
        country, number = split_vat(vat) if vat[:2].isalpha() else (country_code or "", vat)
        own = identifiers.compact(self.env.company.vat).upper()
        asker = split_vat(own)[0] if own[:2].isalpha() else ""
        vies = self.env["efacture.lookup"]._vies()
        return vies.check(
            country, number, requester_country=asker, requester_number=own if asker else ""
        )

    def _efacture_apply_vies(self, answer):
        """Keep the answer. An outage does not wipe out an earlier proof."""
        self.ensure_one()
        if answer.state == ViesState.UNAVAILABLE and self.efacture_vies_state in (
            "valid",
            "invalid",
        ):
            return
        self.write(
            {
                "efacture_vies_state": answer.state.value,
                "efacture_vies_date": answer.date or fields.Date.context_today(self),
                "efacture_vies_request": answer.request_identifier or False,
            }
        )

    def _efacture_describe_vies(self, answer):
        env = self.env
        if answer.state == ViesState.VALID:
            if answer.name:
                return env._(
                    "VIES: %(vat)s is valid, for %(name)s.", vat=self.vat, name=answer.name
                )
            return env._("VIES: %(vat)s is valid.", vat=self.vat)
        if answer.state == ViesState.INVALID:
            return env._(
                "VIES: %(vat)s is not valid. Ask your customer for the right number; without it, VAT is due.",
                vat=self.vat,
            )
        reason = env["efacture.lookup"]._describe_outage(answer.reason)
        text = env._(
            "VIES could not be asked: %(reason)s. This says nothing about %(vat)s; try again later.",
            reason=reason,
            vat=self.vat,
        )
        if self.efacture_vies_state == "valid":
            text += " " + env._(
                "It was valid on %(date)s.", date=format_date(env, self.efacture_vies_date)
            )
        return text
