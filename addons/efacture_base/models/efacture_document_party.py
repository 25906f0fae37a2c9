"""Whose invoice: the supplier found by legal identifiers, never silently by its name."""

from odoo import models
from odoo.fields import Domain

from ..en16931.identifiers import InvalidIdentifier, check_french_vat

ORDER = ("siret", "siren", "vat", "address", "peppol", "gln")


class EfactureDocument(models.Model):
    _inherit = "efacture.document"

    def _efacture_match_partner(self, party):
        """(partner, how): the legal entity already known; both empty when nobody is.

        :return: `how` is one of ORDER, or `ambiguous` (several partners bear the number)
        """
        keys = self._efacture_party_keys(party)
        if not keys:
            return self.env["res.partner"], ""
        Partner = self.env["res.partner"]
        domain = Domain.OR([Domain(field, "in", values) for field, values in keys.values()])
        found = Partner.search(
            domain & Domain("company_id", "in", [False, self.company_id.id]), order="id", limit=40
        )
        entities = found.commercial_partner_id
        for how in ORDER:
            if how not in keys:
                continue
            matching = entities.filtered(
                lambda partner, how=how: self._efacture_bears(partner, how, party)
            )
            if len(matching) == 1:
                return matching, how
            if matching:
                used = matching.filtered("supplier_rank") or matching
                return used[:1], how if len(used) == 1 else "ambiguous"
        return Partner, ""

    def _efacture_party_keys(self, party):
        """{how: (field, values)} to look for, by what the file gives."""
        keys = {}
        if party.siret:
            keys["siret"] = ("company_registry", [party.siret])
        if party.siren:
            keys["siren"] = ("efacture_siren", [party.siren])
        if party.vat:
            keys["vat"] = ("vat", [party.vat])
        if party.endpoint and party.endpoint_scheme == "0225":
            keys["address"] = ("efacture_address_ids.address", [party.endpoint])
        elif party.endpoint and party.endpoint_scheme:
            keys["peppol"] = ("peppol_endpoint", [party.endpoint])
        if party.gln and "global_location_number" in self.env["res.partner"]._fields:
            keys["gln"] = ("global_location_number", [party.gln])
        return keys

    def _efacture_bears(self, partner, how, party):
        """Whether this legal entity bears the number looked for."""
        if how == "siret":
            return partner.company_registry == party.siret
        if how == "siren":
            return partner.efacture_siren == party.siren
        if how == "vat":
            return (partner.vat or "").replace(" ", "").upper() == party.vat
        if how == "address":
            return party.endpoint in partner.efacture_address_ids.mapped("address")
        if how == "peppol":
            return (partner.peppol_eas, partner.peppol_endpoint) == (
                party.endpoint_scheme,
                party.endpoint,
            )
        return how == "gln"

    def _efacture_find_supplier(self, party):
        """(partner, warnings): the supplier of the bill; made from the file when nobody is known."""
        partner, how = self._efacture_match_partner(party)
        if how == "ambiguous":
            return partner, [("supplier_ambiguous", {"name": partner.display_name})]
        if partner:
            return partner, self._efacture_contradictions(partner, party)
        if not party.name:
            return partner, [("supplier_unnamed", {})]
        alike = self._efacture_alike(party)
        partner = self._efacture_create_supplier(party)
        warnings = [("supplier_new", {"name": partner.name})]
        if alike:
            names = ", ".join(alike.mapped("display_name"))
            warnings.append(("supplier_alike", {"name": partner.name, "names": names}))
        return partner, warnings

    def _efacture_alike(self, party):
        """Partners of the same name: a proposal only, a name proves nothing."""
        return self.env["res.partner"].search(
            [
                (
                    "name",
                    "=ilike",
                    party.name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"),
                ),
                ("parent_id", "=", False),
                ("company_id", "in", [False, self.company_id.id]),
            ],
            limit=3,
        )

    def _efacture_contradictions(self, partner, party):
        """What the file says of the supplier and our record says otherwise."""
        vat = (partner.vat or "").replace(" ", "").upper()
        if party.vat and vat and vat != party.vat:
            return [("supplier_vat", {"name": partner.name, "known": vat, "told": party.vat})]
        if party.siren and partner.efacture_siren and partner.efacture_siren != party.siren:
            return [
                (
                    "supplier_siren",
                    {"name": partner.name, "known": partner.efacture_siren, "told": party.siren},
                )
            ]
        return []

    def _efacture_create_supplier(self, party):
        """A new partner with what the file says; numbers that do not check are left out."""
        country = self.env["res.country"].search([("code", "=", party.country)], limit=1)
        vals = {
            "name": party.name[:200],
            "is_company": True,
            "supplier_rank": 1,
            "street": party.street[:200],
            "street2": ", ".join(filter(None, (party.street2, party.street3)))[:200],
            "zip": party.zip[:24],
            "city": party.city[:100],
            "country_id": country.id,
            "email": party.email[:200],
            "phone": party.phone[:60],
            "company_registry": party.siret or party.siren or False,
            "vat": self._efacture_checked_vat(party, country),
            "efacture_to_verify": True,
            "lang": self.company_id.partner_id.lang,
        }
        return self.env["res.partner"].create({key: value for key, value in vals.items() if value})

    def _efacture_checked_vat(self, party, country):
        """The VAT number when its key is right (Odoo checks foreign ones); else False."""
        vat = party.vat
        if not vat:
            return False
        if vat.startswith("FR"):
            try:
                return check_french_vat(vat, party.siren or None)
            except InvalidIdentifier:
                return False
        checked, _code = self.env["res.partner"]._run_vat_checks(country, vat, validation="setnull")
        return checked or False

    def _efacture_check_buyer(self, buyer, party):
        """Warnings when the file is addressed to somebody else than our company."""
        entity = self.company_id.partner_id.commercial_partner_id
        siren, vat = entity.efacture_siren, (entity.vat or "").replace(" ", "").upper()
        told = buyer.siren or (buyer.vat[4:] if buyer.vat[:2] == "FR" else "")
        if siren and told:
            same = siren == told
        elif vat and buyer.vat:
            same = vat == buyer.vat
        else:
            return [("buyer_unknown", {"name": buyer.name or "?"})] if siren or vat else []
        if same:
            return []
        values = {"name": buyer.name or "?", "number": told or buyer.vat, "company": entity.name}
        return [("buyer_other", values)]
