"""What we check ourselves before the official rules: in plain words, with the place to fix it."""

from odoo import models

from ..en16931.identifiers import InvalidIdentifier, check_siren, check_siret
from ..en16931.verdict import Finding
from .account_move_semantic import CORRECTIVE_TYPES, CREDIT_TYPES
from .account_move_semantic_payment import DEBITS, TRANSFERS
from .inner_context import inner
from .semantic_tools import table, trimmed

NUMBER_LIMIT = 35  # BR-FR-01


class AccountMove(models.Model):
    _inherit = "account.move"

    def _efacture_own_findings(self):
        """What is missing or wrong on this invoice, in our own words.

        :return: list of `Finding`, rules `EF-…`, source `own`; `location` is `model,id,field`, the
            record where it is put right
        """
        self.ensure_one()
        return [
            finding
            for check in (
                self._efacture_check_parties,
                self._efacture_check_addresses,
                self._efacture_check_document,
                self._efacture_check_lines,
                self._efacture_check_payment,
            )
            for finding in check()
        ]

    def _efacture_finding(self, rule, term, message, record, field, severity="fatal"):
        location = f"{record._name},{record.id},{field}"
        return Finding(f"EF-{rule}", severity, term, message, "own", location)

    # -- who --------------------------------------------------------------------------------------

    def _efacture_check_parties(self):
        seller, buyer = self._efacture_seller(), self._efacture_buyer()
        if not buyer:
            yield self._efacture_finding(
                "BUYER", "BT-44", self.env._("The invoice has no customer."), self, "partner_id"
            )
            return
        yield from self._efacture_check_party(seller, "BT-30", "BT-40", "BT-31")
        yield from self._efacture_check_party(buyer, "BT-47", "BT-55", "BT-48")

    def _efacture_check_party(self, partner, siren_term, country_term, vat_term):
        names = {"name": partner.display_name or self.env._("(no name)")}
        is_seller = siren_term == "BT-30"
        if not partner.country_code:
            yield self._efacture_finding(
                "COUNTRY",
                country_term,
                self.env._("%(name)s has no country. Choose one in the address.", **names),
                partner,
                "country_id",
            )
        if not (partner.street or partner.city):
            yield self._efacture_finding(
                "ADDRESS",
                "BG-5" if is_seller else "BG-8",
                self.env._(
                    "%(name)s has no postal address: give street, postal code and town.", **names
                ),
                partner,
                "street",
                "warning",
            )
        needs_siren = is_seller or self._efacture_treatment() == "B2B"
        french = (partner.country_code or "FR") in self.env[
            "res.company"
        ]._get_france_country_codes()
        if needs_siren and french:
            try:
                check_siren(partner.efacture_siren)
                if partner.efacture_siret:
                    check_siret(partner.efacture_siret, partner.efacture_siren)
            except InvalidIdentifier as error:
                if error.reason == "empty":
                    message = self.env._(
                        "%(name)s has no SIREN. It is mandatory on invoices between French companies; for a "
                        "private person, choose this type on the partner.",
                        **names,
                    )
                else:
                    message = self.env._(
                        "The SIREN or SIRET of %(name)s is not right: its check digit does not match.",
                        **names,
                    )
                yield self._efacture_finding(
                    "SIREN", siren_term, message, partner, "company_registry"
                )
        categories = self._efacture_categories()
        if is_seller and not partner.vat and not partner.efacture_siren:
            yield self._efacture_finding(
                "VAT", vat_term, self.env._("%(name)s has no VAT number.", **names), partner, "vat"
            )
        elif is_seller and not partner.vat and categories & {"K", "G"}:
            yield self._efacture_finding(
                "VAT",
                vat_term,
                self.env._("%(name)s needs a VAT number to sell abroad without VAT.", **names),
                partner,
                "vat",
            )
        elif not is_seller and not partner.vat and "K" in categories:
            yield self._efacture_finding(
                "VAT",
                vat_term,
                self.env._(
                    "%(name)s has no VAT number: without it an intra-community supply is not exempt.",
                    **names,
                ),
                partner,
                "vat",
            )

    def _efacture_check_addresses(self):
        if not self._efacture_must_travel():
            return
        buyer, address = self._efacture_buyer(), self.efacture_address_id
        if not self._efacture_is_self_billed() and self._efacture_treatment() == "B2B":
            if not address:
                yield self._efacture_finding(
                    "ADDRESS-BUYER",
                    "BT-49",
                    self.env._(
                        "%(name)s has no electronic address. Look the company up in the directory, or "
                        "choose another contact method for this invoice.",
                        name=buyer.display_name,
                    ),
                    buyer,
                    "efacture_address_ids",
                )
            elif buyer.efacture_siren and not address.address.startswith(buyer.efacture_siren):
                yield self._efacture_finding(
                    "ADDRESS-OTHER",
                    "BT-49",
                    self.env._(
                        "The electronic address %(address)s does not belong to the SIREN of %(name)s.",
                        address=address.address,
                        name=buyer.display_name,
                    ),
                    buyer,
                    "efacture_address_ids",
                )
        if not self._efacture_seller_address()[1]:
            yield self._efacture_finding(
                "ADDRESS-SELLER",
                "BT-34",
                self.env._("Your company has no electronic address on the network."),
                self._efacture_seller(),
                "efacture_address_ids",
            )

    # -- what -------------------------------------------------------------------------------------

    def _efacture_check_document(self):
        number = self._efacture_number()
        allowed = number.isascii() and all(sign.isalnum() or sign in "+-_/" for sign in number)
        if len(number) > NUMBER_LIMIT or not allowed:
            yield self._efacture_finding(
                "NUMBER",
                "BT-1",
                self.env._(
                    "The invoice number %(number)s cannot travel: at most 35 letters, digits, + - _ and /. "
                    "Change the numbering of the journal.",
                    number=number,
                ),
                self,
                "name",
            )
        earlier = [row for row in self._efacture_prepare_references()["BG-3"] if row.get("BT-26")]
        if (
            self.efacture_type_code in CREDIT_TYPES
            and self.efacture_type_code != "262"
            and not earlier
        ):
            yield self._efacture_finding(
                "ORIGIN",
                "BG-3",
                self.env._(
                    "A credit note names the invoice it credits, with its date. Choose it, or, for a discount "
                    "over a period, take the type “Credit note for a global discount (262)”."
                ),
                self,
                "efacture_preceding_ids",
            )
        if self.efacture_type_code == "262":
            if not self.contract_reference:
                yield self._efacture_finding(
                    "CONTRACT",
                    "BT-12",
                    self.env._("A credit note for a global discount names the contract."),
                    self,
                    "contract_reference",
                )
            if not (self.efacture_period_start and self.efacture_period_end):
                yield self._efacture_finding(
                    "PERIOD",
                    "BG-14",
                    self.env._(
                        "A credit note for a global discount names the period, from and to."
                    ),
                    self,
                    "efacture_period_start",
                )
        if self.efacture_type_code in CORRECTIVE_TYPES and len(earlier) != 1:
            yield self._efacture_finding(
                "CORRECTED",
                "BG-3",
                self.env._("A corrective invoice names exactly one invoice, with its date."),
                self,
                "efacture_preceding_ids",
            )
        if self.currency_id.name != "EUR" and self.company_currency_id.name != "EUR":
            yield self._efacture_finding(
                "CURRENCY",
                "BT-6",
                self.env._(
                    "The VAT must also be told in euro, and the company keeps its books in another currency."
                ),
                self,
                "currency_id",
            )
        yield from self._efacture_check_files()

    def _efacture_check_files(self):
        files = self.sudo().efacture_attachment_ids  # read by whoever may read the invoice
        inside = self._efacture_travels_by_platform()
        for file in files if inside else ():
            if not file._efacture_travels():
                yield self._efacture_finding(
                    "FILE",
                    "BG-24",
                    self.env._(
                        "The file %(name)s cannot travel inside the invoice: only PDF, PNG, JPEG, CSV, XLSX and "
                        "ODS can. Convert it or take it off.",
                        name=file.name,
                    ),
                    self,
                    "efacture_attachment_ids",
                )
        limit = self._efacture_files_limit()
        if sum(files.mapped("file_size")) > limit:
            yield self._efacture_finding(
                "FILES",
                "BG-24",
                self.env._(
                    "The files that travel inside the invoice are larger than %(limit)s MB together. Take some "
                    "off, or send them by e-mail.",
                    limit=limit >> 20,
                )
                if inside
                else self.env._(
                    "The files beside the e-mail are larger than %(limit)s MB together: mailboxes refuse such "
                    "mails. Take some off.",
                    limit=limit >> 20,
                ),
                self,
                "efacture_attachment_ids",
            )
        if len(files.filtered(lambda file: file.efacture_code == "LISIBLE")) > 1:
            yield self._efacture_finding(
                "LISIBLE",
                "BT-123",
                self.env._(
                    "Only one file can be the readable copy (LISIBLE). Choose another kind for the others, in “Files "
                    "to send”."
                ),
                self,
                "efacture_attachment_ids",
            )

    def _efacture_check_lines(self):
        lines = self._efacture_product_lines()
        if not lines:
            yield self._efacture_finding(
                "LINES", "BG-25", self.env._("The invoice has no line."), self, "invoice_line_ids"
            )
        templates = inner(self.env, "efacture_tax_templates")
        if templates is None:
            templates = self._efacture_tax_templates()
        rates = {float(row["rate"]) for row in table("rates")}
        told = set()
        for line in lines:
            taxes = line.tax_ids.flatten_taxes_hierarchy().filtered("efacture_is_vat")
            what = {
                "line": (line.name or "").split("\n")[0][:60] or line.product_id.display_name or "—"
            }
            if len(taxes) > 1:
                yield self._efacture_finding(
                    "TAXES",
                    "BT-151",
                    self.env._("The line “%(line)s” has several VAT rates. Keep one.", **what),
                    self,
                    "invoice_line_ids",
                )
            vat = self._efacture_line_vat(line, templates)
            tax = taxes[:1]
            if not tax and not vat.category:
                yield self._efacture_finding(
                    "TAX",
                    "BT-151",
                    self.env._(
                        "The line “%(line)s” has no VAT. Choose its tax, 0 %% included.", **what
                    ),
                    self,
                    "invoice_line_ids",
                )
                continue
            if not tax or tax in told:
                continue
            told.add(tax)
            names = {"tax": tax.name}
            if not vat.category or (vat.category not in ("S", "Z") and not (vat.code or vat.text)):
                yield self._efacture_finding(
                    "VATEX",
                    "BT-121",
                    self.env._(
                        "Nothing says why no VAT is charged with the tax “%(tax)s”. Choose its category and its "
                        "exemption reason, in the tax's advanced options.",
                        **names,
                    ),
                    tax,
                    "ubl_cii_tax_exemption_reason_code",
                )
            elif vat.category == "S" and float(vat.rate) not in rates:
                yield self._efacture_finding(
                    "RATE",
                    "BT-152",
                    self.env._(
                        "%(rate)s %% (%(tax)s) is no French VAT rate.",
                        rate=trimmed(vat.rate),
                        **names,
                    ),
                    tax,
                    "amount",
                )
        if any(line.display_type == "epd" for line in self.line_ids):
            yield self._efacture_finding(
                "DISCOUNT",
                "BT-117",
                self.env._(
                    "The payment term reduces the VAT at once for a discount that may not be taken. On the payment "
                    "term, choose “On early payment”."
                ),
                self.invoice_payment_term_id,
                "early_pay_discount_computation",
            )

    def _efacture_categories(self):
        templates = inner(self.env, "efacture_tax_templates")
        if templates is None:
            templates = self._efacture_tax_templates()
        return {
            self._efacture_line_vat(line, templates).category
            for line in self._efacture_product_lines()
        }

    # -- how it is paid ---------------------------------------------------------------------------

    def _efacture_check_payment(self):
        means = self.efacture_payment_means
        credit = self.move_type in ("out_refund", "in_refund")
        if not credit and not self._efacture_payee_bank() and (not means or means in TRANSFERS):
            yield self._efacture_finding(
                "IBAN",
                "BT-84",
                self.env._(
                    "The invoice gives no bank account: the customer does not know where to pay. Choose one on the "
                    "invoice, or another payment means."
                ),
                self,
                "partner_bank_id",
                "warning",
            )
        if means in DEBITS:
            for value, field, term, label in (
                (self.efacture_mandate_reference, "efacture_mandate_reference", "BT-89", "RUM"),
                (self.company_id.efacture_sepa_creditor, "efacture_sepa_creditor", "BT-90", "ICS"),
            ):
                if not value:
                    yield self._efacture_finding(
                        f"DEBIT-{label}",
                        term,
                        self.env._(
                            "A direct debit names its mandate and creditor: the %(what)s is missing.",
                            what=label,
                        ),
                        self if field in self._fields else self.company_id,
                        field,
                        "warning",
                    )
