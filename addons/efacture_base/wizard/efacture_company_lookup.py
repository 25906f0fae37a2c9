from odoo import api, fields, models
from odoo.exceptions import UserError

from ..connectors.company_register import RegisterState


class EfactureCompanyLookup(models.TransientModel):
    """Find a company by name, SIREN or SIRET, and make a customer or supplier of it in one click."""

    _name = "efacture.company.lookup"
    _description = "Find a Company"

    query = fields.Char(string="Name, SIREN or SIRET")
    partner_id = fields.Many2one("res.partner", string="Partner to fill in")
    role = fields.Selection(
        [("customer", "Customer"), ("supplier", "Supplier")],
        default=lambda self: self.env.context.get("efacture_role", "customer"),
    )
    message = fields.Char(readonly=True)
    line_ids = fields.One2many("efacture.company.lookup.line", "lookup_id", readonly=True)

    @api.model
    def _open(self, partner=None, query=""):
        """The window, with its search already done when there is something to search for."""
        lookup = self.create({"partner_id": partner.id if partner else False, "query": query})
        if query:
            lookup._search_register()
        return lookup._window()

    def _window(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Find a company"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_search(self):
        """Ask the register."""
        self.ensure_one()
        if len((self.query or "").strip()) < 3:
            raise UserError(self.env._("Type at least three characters of the name, or the SIREN."))
        self._search_register()
        return self._window()

    def _search_register(self):
        found = self.env["efacture.lookup"]._company_register().search(self.query, per_page=25)
        self.line_ids.unlink()
        if found.state is not RegisterState.FOUND:
            self.message = self.env["res.partner"]._efacture_describe_register(found, self.query)
            return
        self.message = False
        if found.total > len(found.companies):
            self.message = self.env._(
                "%(total)s companies match, here are the first %(shown)s. Add the town to the name to find yours.",
                total=found.total,
                shown=len(found.companies),
            )
        known = {
            partner.efacture_siren: partner.id
            for partner in self.env["res.partner"].search(
                [
                    ("efacture_siren", "in", [company.siren for company in found.companies]),
                    ("parent_id", "=", False),
                ],
                order="id desc",
            )
        }
        self.env["efacture.company.lookup.line"].create(
            [
                {
                    "lookup_id": self.id,
                    "siren": company.siren,
                    "siret": company.siret,
                    "name": company.name,
                    "place": " ".join(filter(None, (company.zip, company.city))),
                    "legal_form": company.legal_form_label,
                    "active_company": company.active,
                    "known_partner_id": known.get(company.siren),
                }
                for company in found.companies
            ]
        )

    def action_by_hand(self):
        """An empty form, for a company that the register does not know or a private person."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_name": False if (self.query or "").isdigit() else self.query,
                f"default_{self.role or 'customer'}_rank": 1,
                "default_is_company": True,
            },
        }


class EfactureCompanyLookupLine(models.TransientModel):
    """One company that the register found."""

    _name = "efacture.company.lookup.line"
    _description = "Company Found"

    lookup_id = fields.Many2one("efacture.company.lookup", required=True, ondelete="cascade")
    siren = fields.Char(string="SIREN")
    siret = fields.Char(string="SIRET")
    name = fields.Char()
    place = fields.Char(string="Town")
    legal_form = fields.Char()
    active_company = fields.Boolean(string="Open")
    known_partner_id = fields.Many2one("res.partner", string="Already yours")

    def action_open_known(self):
        """The partner that has this SIREN already."""
        self.ensure_one()
        return self.known_partner_id.get_formview_action()

    def action_use(self):
        """Fill in the partner, or make one, with all that can be found about this company."""
        self.ensure_one()
        register = self.env["efacture.lookup"]._company_register()
        answer = register.by_siret(self.siret) if self.siret else register.by_siren(self.siren)
        Partner = self.env["res.partner"]
        if not answer.company:
            raise UserError(Partner._efacture_describe_register(answer, self.siren))
        facts = Partner._efacture_gather(answer.company)
        # All reading of the outside is done: a retry of the following repeats nothing.
        partner = self.lookup_id.partner_id
        if partner:
            partner._efacture_fill(facts, only_empty=True)
        else:
            partner = self._make_partner(facts)
        text = partner._efacture_describe_fill(facts)
        if not self.lookup_id.partner_id:
            labels = dict(Partner._efacture_contact_method_labels())
            method, reason = partner._efacture_propose_method()
            partner.invoice_sending_method = method
            text += "\n" + self.env._(
                "Contact method: %(method)s. %(reason)s", method=labels[method], reason=reason
            )
        return Partner._efacture_notify(text, following=partner.get_formview_action())

    def _make_partner(self, facts):
        """A new customer or supplier."""
        role = self.lookup_id.role or "customer"
        vals = self.env["res.partner"]._efacture_prepare_company_vals(facts)
        partner = self.env["res.partner"].create({**vals, f"{role}_rank": 1})
        partner._efacture_fill(facts, only_empty=True)
        return partner
