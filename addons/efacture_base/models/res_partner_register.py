from odoo import api, models
from odoo.exceptions import UserError

from ..connectors.company_register import RegisterState
from ..connectors.vies import ViesState


class ResPartner(models.Model):
    """A partner filled from the State's company register."""

    _inherit = "res.partner"

    def action_efacture_find_company(self):
        """Fill this partner from its SIREN or SIRET; without one, search by name in a window."""
        self.ensure_one()
        partner = self.commercial_partner_id
        partner.check_access("write")  # before anybody outside is asked
        number = partner.efacture_siret or partner.efacture_siren
        if not number:
            return self.env["efacture.company.lookup"]._open(partner=partner, query=partner.name)
        register = self.env["efacture.lookup"]._company_register()
        answer = register.by_siret(number) if len(number) == 14 else register.by_siren(number)
        if not answer.company:
            raise UserError(self._efacture_describe_register(answer, number))
        facts = self._efacture_gather(answer.company)
        partner._efacture_fill(facts, only_empty=True)
        return self._efacture_notify(partner._efacture_describe_fill(facts))

    @api.model
    def _efacture_describe_register(self, answer, query):
        """Why there is no company, in one sentence."""
        env = self.env
        if answer.state is RegisterState.UNAVAILABLE:
            return env._(
                "The company register could not be asked: %(reason)s. This says nothing about “%(query)s”: "
                "try again later, or fill in the form by hand.",
                reason=env["efacture.lookup"]._describe_outage(answer.reason),
                query=query,
            )
        return env._(
            "The public register has no company for “%(query)s”. Companies that asked not to be published "
            "are missing there: check the number, or fill in the form by hand.",
            query=query,
        )

    @api.model
    def _efacture_gather(self, company):
        """Everything the outside knows about a company of the register. Writes nothing.

        :return: dict with `company`, `vies` (a `ViesAnswer` or None), `directory` (lines, or None when not
            asked or not answered), `outage` (kind of the directory's error)
        """
        facts = {"company": company, "vies": None, "directory": None, "outage": ""}
        if company.vat and not company.is_public:
            facts["vies"] = self._efacture_ask_vies(company.vat, "FR")
        account = self.env.company._efacture_active_account()
        if account:
            answers, outages = self._efacture_ask_directory([company.siren], account)
            facts["directory"] = answers.get(company.siren)
            facts["outage"] = outages.get(company.siren, "")
        return facts

    def _efacture_fill(self, facts, only_empty=False):
        """Write what was gathered. `only_empty`: never over what a person has typed."""
        self.ensure_one()
        vals = self._efacture_prepare_company_vals(facts)
        if only_empty:
            if self.street or self.zip or self.city:
                for name in ("street", "street2", "zip", "city", "country_id"):
                    vals.pop(name, None)
            kept = ("efacture_customer_type", "efacture_public_body", "is_company")
            vals = {k: v for k, v in vals.items() if k in kept or not self[k]}
            if self.efacture_siren and not self.efacture_siret:
                vals["company_registry"] = facts["company"].siret or self.efacture_siren
        self.write(vals)
        if facts["vies"] and self.vat == facts["company"].vat:
            self._efacture_apply_vies(facts["vies"])
        if facts["directory"] is not None:
            self._efacture_apply_directory(facts["directory"])
        elif facts["outage"]:
            self._efacture_note_outage(facts["outage"])

    @api.model
    def _efacture_prepare_company_vals(self, facts):
        company, vies = facts["company"], facts["vies"]
        country = self.env["res.country"].search(
            [("code", "=", company.territory or company.country or "FR")], limit=1
        )
        vals = {
            "name": company.name,
            "is_company": True,
            "efacture_customer_type": "sole_trader" if company.is_sole_trader else "company",
            "efacture_public_body": company.is_public,
            "company_registry": company.siret or company.siret_head_office or company.siren,
            "street": company.street,
            "street2": company.street2,
            "zip": company.zip,
            "city": company.city,
            "country_id": country.id or self.env.ref("base.fr").id,
        }
        # The number is computed from the SIREN: without VIES's word it proves nothing, so a number that
        # VIES does not know is left out.
        if (
            vies
            and vies.state is not ViesState.INVALID
            and not (company.is_sole_trader and vies.state is ViesState.UNAVAILABLE)
        ):
            vals["vat"] = company.vat
        return {name: value for name, value in vals.items() if value not in ("", None)}

    def _efacture_describe_fill(self, facts):
        """What was found, in a few lines."""
        env, company, vies = self.env, facts["company"], facts["vies"]
        lines = [env._("%(name)s was filled in from the State's register.", name=company.name)]
        if not company.active:
            lines.append(env._("Careful: this company is closed."))
        elif not company.establishment_active:
            lines.append(env._("Careful: this establishment is closed."))
        if not company.diffusible:
            lines.append(env._("It asked not to be published: complete its address by hand."))
        if vies and vies.state is ViesState.INVALID:
            lines.append(env._("VIES knows no VAT number for it: the field is left empty."))
        elif vies and vies.state is ViesState.UNAVAILABLE:
            lines.append(env._("VIES could not be asked: check the VAT number later."))
        if facts["directory"] is not None:
            lines.append(self._efacture_describe_reachability())
        elif facts["outage"]:
            lines.append(self.efacture_lookup_message)
        return "\n".join(lines)

    @api.model
    def _efacture_notify(self, message, kind="success", following=None):
        """A client action that shows a message and goes on."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "sticky": kind != "success",
                "next": following or {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
