"""Parties of the semantic invoice: seller BG-4, buyer BG-7, tax representative BG-11."""

from odoo import models

from .semantic_tools import FRANCE_SIREN, compact, one_line


class AccountMove(models.Model):
    _inherit = "account.move"

    def _efacture_seller(self):
        """The partner that sells: our company, or the supplier when we write the invoice for them."""
        self.ensure_one()
        if self._efacture_is_self_billed():
            return self.commercial_partner_id
        return self.company_id.partner_id.commercial_partner_id

    def _efacture_buyer(self):
        """The legal entity that buys."""
        self.ensure_one()
        if self._efacture_is_self_billed():
            return self.company_id.partner_id.commercial_partner_id
        return self.commercial_partner_id

    def _efacture_prepare_parties(self, categories):
        self.ensure_one()
        # An invoice wholly outside the scope of VAT names no VAT number (BR-O-02).
        with_vat = categories != {"O"}
        seller, buyer = self._efacture_seller(), self._efacture_buyer()
        parties = {
            "BG-4": self._efacture_party(seller, seller, with_vat),
            "BG-7": self._efacture_party(
                buyer, buyer if self._efacture_is_self_billed() else self.partner_id, with_vat
            ),
        }
        company = self.company_id
        if not self._efacture_is_self_billed():
            parties["BG-4"].update(self._efacture_seller_details(with_vat))
            group = company.efacture_vat_group_partner_id
            if group:
                if group.efacture_siren:
                    parties["BG-4"]["identifiers"]["0231"] = group.efacture_siren
                parties["BG-11"] = {
                    "name": one_line(group.name),
                    "vat_identifier": compact(group.vat).upper(),
                    **self._efacture_postal(group),
                }
        for key, address in (
            ("BG-4", self._efacture_seller_address()),
            ("BG-7", self._efacture_buyer_address()),
        ):
            scheme, value = address
            if value:
                parties[key].update(einvoicing_addr=value, einvoicing_addr_schemeid=scheme)
        return {key: self._efacture_filled(party) for key, party in parties.items()}

    def _efacture_filled(self, party):
        return {key: value for key, value in party.items() if value}

    def _efacture_party(self, entity, contact, with_vat):
        """The terms that every party has.

        :param entity: the legal entity, whose name and numbers are given
        :param contact: the partner on the invoice: its address, and its name when it is a person
        """
        siren = entity.efacture_siren
        party = {
            "name": one_line(entity.name),
            "identifiers": {},
            **self._efacture_postal(contact if contact.street or contact.city else entity),
        }
        registry = compact(entity.company_registry)
        if siren:
            party.update(legal_identifier=siren, legal_identifier_schemeid="0002")
            if len(registry) == 14 and registry.startswith(siren):
                party["identifiers"]["0009"] = registry
        elif entity.country_code and entity.country_code not in FRANCE_SIREN and entity.is_company:
            vat = compact(entity.vat).upper()
            if vat and entity.country_id in self.env.ref("base.europe").country_ids:
                party.update(legal_identifier=vat, legal_identifier_schemeid="0223")
            else:
                own = f"{entity.country_code}{compact(entity.name)[:16]}".upper()
                party.update(legal_identifier=own, legal_identifier_schemeid="0227")
        if with_vat and entity.vat and self._efacture_is_vat_number(entity):
            party["vat_identifier"] = compact(entity.vat).upper()
        details = {
            "name": one_line(contact.name) if contact != entity else "",
            "phone": one_line(contact.phone or entity.phone),
            "email": one_line(contact.email or entity.email),
        }
        if any(details.values()):
            party["contacts"] = [self._efacture_filled(details)]
        return party

    def _efacture_is_vat_number(self, entity):
        """A VAT number starts with a country's letters (BR-CO-09); anything else is left out."""
        vat = compact(entity.vat).upper()
        return len(vat) > 3 and vat[:2].isalpha() and not vat.startswith("XX")

    def _efacture_seller_details(self, with_vat):
        company = self.company_id
        seller = company.partner_id.commercial_partner_id
        details = {"legal_info": company._efacture_legal_info()}
        if with_vat and not seller.vat and seller.efacture_siren:
            # without VAT number (franchise) the tax office knows the company by its SIREN (BT-32)
            details["tax_identifier"] = seller.efacture_siren
        person = self.invoice_user_id.partner_id
        contact = {
            "name": one_line(person.name or company.name),
            "phone": one_line(person.phone or company.phone),
            "email": one_line(person.email or company.email),
        }
        details["contacts"] = [self._efacture_filled(contact)]
        return details

    def _efacture_postal(self, partner):
        """The postal address of a partner, BG-5 and the like."""
        state = partner.state_id.name if partner.country_code not in FRANCE_SIREN else ""
        address = {
            "addr_l1": one_line(partner.street),
            "addr_l2": one_line(partner.street2),
            "postcode": one_line(partner.zip),
            "city": one_line(partner.city),
            "country_subdivision": one_line(state),
            "country_code": partner.country_code,
        }
        return self._efacture_filled(address)

    # -- electronic addresses ---------------------------------------------------------------------

    def _efacture_seller_address(self):
        """(scheme, address) of BT-34."""
        seller = self._efacture_seller()
        if self._efacture_is_self_billed():
            return self._efacture_party_address(seller, seller.efacture_address_id)
        return self._efacture_party_address(seller, self._efacture_company_address())

    def _efacture_company_address(self):
        """Our own address on the network: the one chosen on the company's partner."""
        company = self.company_id
        return company.partner_id.commercial_partner_id.with_company(company).efacture_address_id

    def _efacture_buyer_address(self):
        """(scheme, address) of BT-49."""
        buyer = self._efacture_buyer()
        if self._efacture_is_self_billed():
            return self._efacture_party_address(buyer, self._efacture_company_address())
        return self._efacture_party_address(buyer, self.efacture_address_id)

    def _efacture_party_address(self, entity, address):
        """The chosen address; else what identifies the party: SIREN, Peppol address, e-mail.

        A SIREN given so names the party in a document that does not travel through the network;
        one that does needs an address of the directory (see the checks).
        """
        if address:
            return address.scheme, compact(address.address)
        if entity.efacture_siren:
            return "0225", entity.efacture_siren
        if entity.peppol_eas and entity.peppol_endpoint:
            return entity.peppol_eas, compact(entity.peppol_endpoint)
        email = compact(
            (self.partner_id.email if entity == self.commercial_partner_id else "") or entity.email
        )
        return ("EM", email.partition(",")[0]) if email else ("", "")

    # -- what kind of customer --------------------------------------------------------------------

    def _efacture_treatment(self):
        """The value of the BAR note: B2B, B2BINT, B2C or B2CINT."""
        self.ensure_one()
        buyer = self._efacture_buyer()
        person = buyer.efacture_customer_type == "individual"
        domestic = (buyer.country_code or "FR") in FRANCE_SIREN or bool(buyer.efacture_siren)
        return f"{'B2C' if person else 'B2B'}{'' if domestic else 'INT'}"
