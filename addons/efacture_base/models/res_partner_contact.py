from odoo import api, fields, models
from odoo.tools import format_date


class ResPartner(models.Model):
    """How invoices reach a partner: the contact method, and what would suit better."""

    _inherit = "res.partner"

    invoice_sending_method = fields.Selection(
        string="Contact method",
        selection_add=[
            ("manual", "Paper"),
            ("email", "E-mail"),
            ("efacture", "Approved platform"),
        ],
        ondelete={"efacture": "set null"},
        help="How invoices reach this customer.",
    )
    efacture_declined_method = fields.Char(company_dependent=True, copy=False)
    efacture_proposal = fields.Char(
        string="Proposed contact method", compute="_compute_efacture_proposal"
    )

    @api.model
    def _efacture_contact_methods(self):
        """Methods a person may choose, in the order of the screen. Further addons add theirs."""
        return ["efacture", "email", "manual"]

    @api.model
    def _efacture_contact_method_labels(self):
        """Selection of the methods a person may choose, in the user's language."""
        labels = dict(self._fields["invoice_sending_method"]._description_selection(self.env))
        return [(name, labels[name]) for name in self._efacture_contact_methods() if name in labels]

    @api.model
    def _efacture_label_contact_method(self, langs):
        """Our words for the native field and its choices, in these languages."""
        for lang in langs:
            env = self.with_context(lang=lang).env
            labels = {
                "manual": env._("Paper"),
                "email": env._("E-mail"),
                "efacture": env._("Approved platform"),
            }
            label = env._("Contact method")
            if lang == "en_US" or label == "Contact method":
                continue
            # Raw SQL: the ORM refuses to change fields that code defines, even their translations.
            env.cr.execute(
                """
                UPDATE ir_model_fields
                   SET field_description = field_description || jsonb_build_object(%(lang)s, %(label)s)
                 WHERE model = 'res.partner' AND name = 'invoice_sending_method'
                """,
                {"lang": lang, "label": label},
            )
            for value, text in labels.items():
                env.cr.execute(
                    """
                    UPDATE ir_model_fields_selection s
                       SET name = s.name || jsonb_build_object(%(lang)s, %(text)s)
                      FROM ir_model_fields f
                     WHERE f.id = s.field_id AND f.model = 'res.partner'
                       AND f.name = 'invoice_sending_method' AND s.value = %(value)s
                    """,
                    {"lang": lang, "text": text, "value": value},
                )
        self.env.registry.clear_cache("stable")
        self.env.invalidate_all()

    def _efacture_propose_method(self):
        """Method and reason, from what is known without asking anybody.

        :return: (method, one line that says why)
        """
        self.ensure_one()
        env, partner = self.env, self.commercial_partner_id
        on_network = partner.efacture_reachability == "yes"
        if partner.efacture_public_body and "chorus" in self._efacture_contact_methods():
            return "chorus", env._("Public body: its invoices pass through Chorus Pro.")
        if on_network and env.company._efacture_active_account():
            return "efacture", env._(
                "It can receive electronic invoices through its approved platform."
            )
        if self.email or partner.email:
            if on_network:
                reason = env._(
                    "Your company has no active platform account yet; its e-mail is known."
                )
            elif partner.efacture_reachability == "no":
                reason = env._("It cannot receive electronic invoices yet; its e-mail is known.")
            elif partner.efacture_customer_type == "individual":
                reason = env._("Private person; the e-mail is known.")
            else:
                reason = env._("Not known in the directory; its e-mail is known.")
            return "email", reason
        return "manual", env._("Neither an electronic address nor an e-mail is known.")

    def _efacture_refuse_method(self, method):
        """Why this partner cannot have this contact method: a sentence, or an empty string."""
        self.ensure_one()
        env = self.env
        if self.commercial_partner_id != self:
            return env._(
                "The contact method is set on its company %(company)s.",
                company=self.commercial_partner_id.display_name,
            )
        if method == "email" and not self.email:
            return env._("No e-mail is known. Fill it in on its form.")
        if method == "efacture":
            if self.efacture_customer_type == "individual":
                return env._("A private person is not in the directory of electronic invoices.")
            if not self.efacture_siren:
                return env._(
                    "Its SIREN is missing. Fill it in on its form, tab “Electronic invoice”."
                )
            if self.efacture_reachability == "no":
                return env._(
                    "The directory of %(date)s says that it cannot receive electronic invoices yet.",
                    date=format_date(env, self.efacture_reachability_date) or "",
                )
        return ""

    @api.depends(
        "invoice_sending_method",
        "efacture_reachability",
        "efacture_public_body",
        "efacture_declined_method",
        "email",
    )
    @api.depends_context("company", "lang")
    def _compute_efacture_proposal(self):
        """What to offer on the form. Silent until the company has an account, and after “not now”."""
        account = self.env.company._efacture_active_account()
        labels = dict(self._efacture_contact_method_labels())
        for partner in self:
            partner.efacture_proposal = False
            if not account or partner.parent_id or not partner.efacture_siren:
                continue
            method, reason = partner._efacture_propose_method()
            worth = method in ("efacture", "chorus") and method != partner.invoice_sending_method
            if worth and method != partner.efacture_declined_method:
                partner.efacture_proposal = f"{labels[method]} – {reason}"

    def action_efacture_propose(self):
        """Show the proposed contact method, with its reason, for one partner or a selection."""
        return self.env["efacture.contact.proposal"]._open(self)

    def action_efacture_accept_proposal(self):
        """Take the proposed contact method."""
        for partner in self:
            partner.invoice_sending_method = partner._efacture_propose_method()[0]

    def action_efacture_decline_proposal(self):
        """Do not offer this method again for this partner."""
        for partner in self:
            partner.efacture_declined_method = partner._efacture_propose_method()[0]

    # -------------------------------------------------------------------- portal

    @api.model
    def _efacture_frontend_methods(self):
        """Methods a customer may choose on the account page; empty when the company does not allow it."""
        if not self.env.company.efacture_portal_contact_method:
            return []
        return ["email"]

    def _get_frontend_writable_fields(self):
        # EXTENDS 'account': a customer saving its address would silently change how invoices reach it
        names = super()._get_frontend_writable_fields()
        if not self._efacture_frontend_methods():
            names.discard("invoice_sending_method")
        return names
