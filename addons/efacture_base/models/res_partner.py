from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..en16931 import identifiers
from ..en16931.identifiers import InvalidIdentifier
from .inner_context import inner

BANK_READERS = "account.group_account_invoice,account.group_account_readonly"


class ResPartner(models.Model):
    """Who a partner is for invoicing: type, French identifiers, number, bank account."""

    _inherit = "res.partner"

    efacture_customer_type = fields.Selection(
        [
            ("company", "Company"),
            ("sole_trader", "Sole trader"),
            ("individual", "Private person"),
        ],
        string="Type of customer",
        compute="_compute_efacture_customer_type",
        store=True,
        readonly=False,
    )
    efacture_public_body = fields.Boolean(
        string="Public body",
        help="The State, a town, a hospital, a public school… Their invoices pass through Chorus Pro.",
    )
    efacture_siren = fields.Char(
        string="SIREN",
        compute="_compute_efacture_siren",
        inverse="_inverse_efacture_siren",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    efacture_siret = fields.Char(
        string="SIRET",
        compute="_compute_efacture_siren",
        inverse="_inverse_efacture_siret",
        store=True,
        readonly=False,
        help="Of the head office. The SIRET of another establishment belongs to its electronic address.",
    )
    efacture_vat_group = fields.Boolean(
        string="Member of a VAT group",
        help="The VAT number is that of the group and does not contain the company's own SIREN.",
    )
    efacture_ask_sole_trader = fields.Boolean(compute="_compute_efacture_ask_sole_trader")
    efacture_number = fields.Char(
        string="Number",
        copy=False,
        index="btree_not_null",
        help="Your own number for this customer or supplier, for instance CLI-00012. Optional.",
    )
    efacture_copies = fields.Integer(
        string="Printed copies", default=1, help="How many copies of a paper invoice are printed."
    )
    efacture_iban = fields.Char(
        string="IBAN",
        compute="_compute_efacture_iban",
        compute_sudo=True,
        store=True,
        groups=BANK_READERS,
    )
    efacture_identifier = fields.Char(
        string="Number, SIREN, VAT or IBAN",
        compute="_compute_efacture_identifier",
        search="_search_efacture_identifier",
        groups=BANK_READERS,
    )
    efacture_address_ids = fields.One2many(
        "efacture.address", "partner_id", string="Electronic addresses"
    )
    efacture_address_id = fields.Many2one(
        "efacture.address",
        string="Electronic address used",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        domain="[('partner_id', 'in', [id, commercial_partner_id])]",
        help="Invoices go to this address; another one can be chosen on an invoice.",
    )

    @api.depends("is_company")
    def _compute_efacture_customer_type(self):
        for partner in self:
            kind = partner.efacture_customer_type
            if partner.is_company:
                partner.efacture_customer_type = "company" if kind != "sole_trader" else kind
            else:
                partner.efacture_customer_type = "individual" if kind != "sole_trader" else kind

    @api.depends("company_registry", "country_id")
    def _compute_efacture_siren(self):
        for partner in self:
            partner.efacture_siren, partner.efacture_siret = partner._efacture_split_registry()

    def _efacture_split_registry(self):
        """SIREN and SIRET held by the native company number, each False when it is not there."""
        number = identifiers.compact(self.company_registry)
        if not self._efacture_is_french() or not (number.isascii() and number.isdigit()):
            return False, False
        if len(number) == 14:
            return number[:9], number
        return (number, False) if len(number) == 9 else (False, False)

    def _efacture_is_french(self):
        """A partner without country counts as French where the company is: people leave it empty."""
        country = self.country_id or self.env.company.country_id
        return country.code in self.env["res.company"]._get_france_country_codes()

    def _inverse_efacture_siren(self):
        for partner in self:
            siren = identifiers.compact(partner.efacture_siren)
            if not siren:
                partner.company_registry = False
            elif not identifiers.compact(partner.company_registry).startswith(siren):
                partner.company_registry = self._efacture_checked(identifiers.check_siren, siren)

    def _inverse_efacture_siret(self):
        for partner in self:
            siret = identifiers.compact(partner.efacture_siret)
            if siret:
                partner.company_registry = self._efacture_checked(identifiers.check_siret, siret)
            elif len(identifiers.compact(partner.company_registry)) == 14:
                partner.company_registry = identifiers.compact(partner.company_registry)[:9]

    @api.depends("efacture_siren", "efacture_customer_type", "parent_id")
    def _compute_efacture_ask_sole_trader(self):
        for partner in self:
            partner.efacture_ask_sole_trader = (
                bool(partner.efacture_siren)
                and partner.efacture_customer_type == "individual"
                and not partner.parent_id
            )

    @api.depends("bank_ids.acc_number", "bank_ids.sequence", "bank_ids.active")
    def _compute_efacture_iban(self):
        for partner in self:
            partner.efacture_iban = partner.bank_ids[:1].acc_number

    @api.depends("efacture_number", "efacture_siren", "vat")
    def _compute_efacture_identifier(self):
        for partner in self:
            parts = (partner.efacture_number, partner.efacture_siren, partner.vat)
            partner.efacture_identifier = " ".join(filter(None, parts))

    def _search_efacture_identifier(self, operator, value):
        if operator not in ("ilike", "=") or not isinstance(value, str):
            return NotImplemented
        bare = identifiers.compact(value)
        domains = [Domain("efacture_number", operator, value.strip())]
        if bare:
            names = ("company_registry", "vat", "bank_ids.sanitized_acc_number")
            domains += [Domain(name, operator, bare) for name in names]
        return Domain.OR(domains)

    # --------------------------------------------------------------- constraints

    @api.constrains("company_registry", "vat", "country_id", "efacture_vat_group")
    def _check_efacture_identifiers(self):
        """Check digits, and a French VAT number that contains the SIREN (foreign numbers are left alone)."""
        if self.env.context.get("no_vat_validation"):
            return
        for partner in self.filtered(lambda p: p.country_code == "FR"):
            number = identifiers.compact(partner.company_registry)
            if number.isdigit() and len(number) in (9, 14):
                check = identifiers.check_siren if len(number) == 9 else identifiers.check_siret
                self._efacture_checked(check, number)
            siren = partner.efacture_siren
            vat = identifiers.compact(partner.vat).upper()
            if siren and vat.startswith("FR") and not partner.efacture_vat_group:
                self._efacture_checked(identifiers.check_french_vat, vat, siren)

    def _efacture_checked(self, check, *args):
        """The identifier in its compact form, or a `ValidationError` in the user's language."""
        try:
            return check(*args)
        except InvalidIdentifier as error:
            raise ValidationError(self._efacture_describe_identifier(error.reason, check, args))

    @api.model
    def _efacture_describe_identifier(self, reason, check, args):
        env, number = self.env, args[0]
        if check is identifiers.check_french_vat:
            if reason == "mismatch":
                return env._(
                    "The VAT number %(vat)s does not contain the SIREN %(siren)s. Correct one of them, or tick "
                    "“Member of a VAT group” in the tab “Electronic invoice” if the number is that of a group.",
                    vat=number,
                    siren=args[1],
                )
            return env._(
                "The VAT number %(vat)s is not right: FR, a key of two characters, then the nine digits of the SIREN.",
                vat=number,
            )
        kind, digits = ("SIREN", 9) if check is identifiers.check_siren else ("SIRET", 14)
        if reason == "check_digit":
            return env._(
                "The %(kind)s %(number)s has a typing error: its last digit does not match the others.",
                kind=kind,
                number=number,
            )
        return env._(
            "A %(kind)s has %(digits)s digits: “%(number)s” is not one.",
            kind=kind,
            digits=digits,
            number=number,
        )

    @api.constrains("efacture_number", "company_id")
    def _check_efacture_number(self):
        """Unique per company. Not a database constraint: merging partners would then delete rows."""
        merging = inner(self.env, "efacture_merging_ids", ())
        for partner in self.filtered("efacture_number"):
            domain = Domain("efacture_number", "=", partner.efacture_number)
            domain &= Domain("id", "not in", [partner.id, *merging])
            if partner.company_id:
                domain &= Domain("company_id", "in", [False, partner.company_id.id])
            # sudo, archived too: a number hidden from this user is taken all the same.
            other = self.sudo().with_context(active_test=False).search(domain, limit=1)
            if other:
                raise ValidationError(
                    self.env._(
                        "The number %(number)s is already that of %(other)s. Choose another one, or leave it empty.",
                        number=partner.efacture_number,
                        other=other.name,
                    )
                )

    # ---------------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.company.efacture_number_partners:
            vals_list = [self._efacture_numbered(vals) for vals in vals_list]
        return super().create(vals_list)

    def _efacture_numbered(self, vals):
        """The values with the next free number, for a new customer or supplier that has none."""
        role = next((r for r in ("customer", "supplier") if vals.get(f"{r}_rank")), None)
        if not role or vals.get("parent_id") or "efacture_number" in vals:
            return vals
        return {**vals, "efacture_number": self._efacture_next_number(role)}

    @api.model
    def _efacture_next_number(self, role):
        """The next number of this role that nobody has."""
        # sudo: sequences are not writable by billers.
        sequence = self.env["ir.sequence"].sudo()
        partners = self.sudo().with_context(active_test=False)
        while number := sequence.next_by_code(f"efacture.{role}"):
            if not partners.search_count([("efacture_number", "=", number)], limit=1):
                return number
        return False

    def action_efacture_number(self):
        """Give a number to those that have none."""
        self.check_access("write")  # a number that was taken is not given back
        for partner in self.filtered(lambda p: not p.efacture_number and not p.parent_id):
            role = "supplier" if partner.supplier_rank > partner.customer_rank else "customer"
            partner.efacture_number = self._efacture_next_number(role)

    @api.model
    def _commercial_fields(self):
        # EXTENDS 'base'
        return [*super()._commercial_fields(), "efacture_vat_group", "efacture_public_body"]

    # ------------------------------------------------------------------ business

    def action_efacture_sole_trader(self):
        """Yes, this person is a sole trader."""
        self.efacture_customer_type = "sole_trader"

    def _efacture_get_address(self):
        """The electronic address invoices to this partner go to: its own, else its company's; may be empty."""
        self.ensure_one()
        return self.efacture_address_id or self.commercial_partner_id.efacture_address_id
