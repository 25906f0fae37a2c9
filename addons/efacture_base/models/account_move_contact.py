from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_contact_method = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]
            ._fields["invoice_sending_method"]
            ._description_selection(self.env)
        ),
        string="Contact method",
        compute="_compute_efacture_contact_method",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        help="How this invoice reaches the customer. Taken from the customer; it can be changed "
        "until the invoice is sent.",
    )
    efacture_address_id = fields.Many2one(
        "efacture.address",
        string="Electronic address",
        compute="_compute_efacture_address_id",
        store=True,
        readonly=False,
        copy=False,
        domain="[('partner_id', '=', commercial_partner_id)]",
        help="The customer's address on the network that receives this invoice.",
    )
    efacture_contact_hint = fields.Char(compute="_compute_efacture_contact_hint")

    _efacture_contact_method_index = models.Index(
        "(efacture_contact_method, company_id) WHERE efacture_contact_method IS NOT NULL"
    )
    _efacture_address_id_index = models.Index(
        "(efacture_address_id) WHERE efacture_address_id IS NOT NULL"
    )

    # Not on the partner's own field: a later change of the customer is offered, never silent.
    @api.depends("commercial_partner_id", "move_type", "company_id")
    def _compute_efacture_contact_method(self):
        for move in self:
            if move.efacture_is_frozen:
                continue
            move.efacture_contact_method = move._efacture_partner_contact_method()

    @api.depends("commercial_partner_id", "move_type", "company_id")
    def _compute_efacture_address_id(self):
        for move in self:
            if move.efacture_is_frozen:
                continue
            move.efacture_address_id = move._efacture_partner_address()

    @api.depends("efacture_contact_method", "commercial_partner_id", "state", "efacture_state")
    def _compute_efacture_contact_hint(self):
        methods = dict(self._fields["efacture_contact_method"]._description_selection(self.env))
        for move in self:
            wanted = move._efacture_partner_contact_method()
            move.efacture_contact_hint = False
            if (
                wanted
                and move.efacture_contact_method
                and wanted != move.efacture_contact_method
                and not move.efacture_is_frozen
                and not move.is_move_sent
                and move.state != "cancel"
            ):
                move.efacture_contact_hint = self.env._(
                    "%(customer)s is now reached by “%(new)s”; this invoice still says “%(old)s”.",
                    customer=move.commercial_partner_id.name,
                    new=methods.get(wanted, wanted),
                    old=methods.get(move.efacture_contact_method, move.efacture_contact_method),
                )

    def _efacture_partner_contact_method(self):
        """The customer's contact method for the company of this document; False when none is set."""
        self.ensure_one()
        if not self.is_sale_document(include_receipts=True) or not self.commercial_partner_id:
            return False
        return self.commercial_partner_id.with_company(self.company_id).invoice_sending_method

    def _efacture_partner_address(self):
        """The address chosen on the customer for the company of this document, possibly empty."""
        self.ensure_one()
        if not self.is_sale_document(include_receipts=True) or not self.commercial_partner_id:
            return self.env["efacture.address"]
        return self.commercial_partner_id.with_company(self.company_id).efacture_address_id

    def action_efacture_take_contact_method(self):
        """Take over the contact method and the address that the customers have today."""
        self.check_access("write")
        for move in self.filtered(lambda move: not move.efacture_is_frozen):
            move.efacture_contact_method = move._efacture_partner_contact_method()
            move.efacture_address_id = move._efacture_partner_address()

    @api.constrains("efacture_address_id", "partner_id")
    def _check_efacture_address_id(self):
        for move in self.filtered("efacture_address_id"):
            owner = move.efacture_address_id.partner_id.commercial_partner_id
            if owner != move.commercial_partner_id:
                raise UserError(
                    self.env._(
                        "The electronic address %(address)s belongs to %(owner)s, not to %(customer)s. "
                        "Choose one of the customer's addresses on the invoice, below the contact method.",
                        address=move.efacture_address_id.display_name,
                        owner=owner.display_name,
                        customer=move.commercial_partner_id.display_name,
                    )
                )
