from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..en16931.identifiers import InvalidIdentifier, parse_address

STATES = [
    ("enabled", "In use"),
    ("upcoming", "From a later date"),
    ("disabled", "No longer in use"),
    ("unknown", "Not checked"),
]


class EfactureAddress(models.Model):
    """An electronic address of a company: one line of the directory (scheme 0225), or typed by hand."""

    _name = "efacture.address"
    _description = "Electronic Address"
    _order = "partner_id, address, id"
    _rec_names_search = ["address", "label"]

    partner_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade")
    address = fields.Char(
        required=True,
        index=True,
        help="SIREN, SIREN_SIRET, SIREN_SIRET_routing code, or SIREN_suffix.",
    )
    scheme = fields.Char(default="0225", required=True)
    siren = fields.Char(string="SIREN", compute="_compute_parts", store=True, readonly=False)
    siret = fields.Char(string="SIRET", compute="_compute_parts", store=True, readonly=False)
    routing_identifier = fields.Char(
        string="Routing code", compute="_compute_parts", store=True, readonly=False
    )
    suffix = fields.Char(compute="_compute_parts", store=True, readonly=False)
    label = fields.Char(string="Department")
    state = fields.Selection(STATES, default="unknown", required=True)
    platform_type = fields.Selection(
        [("WK", "An approved platform"), ("DFH", "The State's portal (Chorus Pro)")],
        string="Received through",
        readonly=True,
    )
    platform = fields.Char(readonly=True)
    checked_date = fields.Datetime(string="Checked on", readonly=True, copy=False)
    requires_service_code = fields.Boolean(string="Service code required", readonly=True)
    requires_commitment = fields.Boolean(string="Commitment number required", readonly=True)
    can_receive = fields.Boolean(compute="_compute_can_receive")

    @api.depends("address", "scheme")
    def _compute_parts(self):
        for line in self:
            try:
                parts = parse_address(line.address) if line.scheme == "0225" else None
            except InvalidIdentifier:
                parts = None
            line.siren = parts.siren if parts else False
            line.siret = parts.siret or False if parts else False
            line.routing_identifier = parts.routing_code or False if parts else False
            line.suffix = parts.suffix or False if parts else False

    @api.depends("state", "platform_type")
    def _compute_can_receive(self):
        for line in self:
            line.can_receive = line.state == "enabled" and line.platform_type == "WK"

    @api.depends("address", "label", "state")
    def _compute_display_name(self):
        for line in self:
            name = line.address or ""
            if line.label:
                name = f"{name} – {line.label}"
            if line.state in ("disabled", "upcoming"):
                state = dict(line._fields["state"]._description_selection(self.env))[line.state]
                name = f"{name} ({state})"
            line.display_name = name

    @api.constrains("address", "scheme", "partner_id")
    def _check_address(self):
        for line in self.filtered(lambda address: address.scheme == "0225"):
            try:
                parts = parse_address(line.address)
            except InvalidIdentifier:
                raise ValidationError(
                    self.env._(
                        "“%(address)s” is not an electronic address. It starts with the nine digits of the SIREN, "
                        "then, if needed, _SIRET, _SIRET_routing code or _suffix, without spaces or accents.",
                        address=line.address,
                    )
                )
            own = line.partner_id.commercial_partner_id.efacture_siren
            if own and parts.siren != own:
                raise ValidationError(
                    self.env._(
                        "The address %(address)s belongs to the SIREN %(siren)s, but %(partner)s has the SIREN %(own)s. "
                        "Correct one of them on the partner's form, tab “Electronic invoice”.",
                        address=line.address,
                        siren=parts.siren,
                        partner=line.partner_id.display_name,
                        own=own,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean(vals))

    @api.model
    def _clean(self, vals):
        """The address as it will be compared: without the spaces that come with a copy and paste."""
        if vals.get("address"):
            vals = {**vals, "address": "".join(vals["address"].split())}
        return vals
