"""Invoices as French companies really make them: one builder for the tests, the bench and the pages.

``Builder(env)`` makes a French company with its chart, customers and taxes, then posts what a
scenario asks for. Everybody in it is invented; numbers have right check digits.
"""

from datetime import date

from odoo import Command

DAY = date(2026, 9, 15)
IBAN = "FR7630001007941234567890185"
FACTS = {
    "company": ("Comptoir des Deux Rives", "999120348", "99912034800019", "FR43999120348"),
    "customer": ("Atelier Nivelle", "990234171", "99023417100017", "FR22990234171"),
    "group": ("Groupe Halvea", "991780529", "99178052900012", "FR71991780529"),
    "supplier": ("Librairie du Pont Cassé", "992341602", "99234160200017", "FR49992341602"),
}


class Builder:
    """Makes invoices. Everything is created with the rights of ``env``.

    :param env: an environment whose user may do accounting and settings
    :param company: a French company with its chart; a new one is made when none is given
    """

    def __init__(self, env, company=None):
        self.env = env
        self.company = company or self._make_company()
        self.env = env(context=dict(env.context, allowed_company_ids=self.company.ids))
        self.company = self.company.with_env(self.env)
        self.sequence = 0
        self._make_partners()
        self._make_taxes()
        self._make_products()
        self._make_account()

    # -- the scene --------------------------------------------------------------------------------

    def _make_company(self):
        name, _siren, siret, vat = FACTS["company"]
        if self.env["res.company"].search_count([("name", "=", name)]):
            name = f"{name} (essai)"  # beside the demonstration company
        company = self.env["res.company"].create(
            {
                "name": name,
                "country_id": self.env.ref("base.fr").id,
                "currency_id": self.env.ref("base.EUR").id,
            }
        )
        self.env.user.company_ids |= company
        env = self.env(context=dict(self.env.context, allowed_company_ids=company.ids))
        env["account.chart.template"].try_loading("fr", company, install_demo=False)
        company.write(
            {
                "street": "14 quai des Brumes",
                "zip": "69002",
                "city": "Lyon",
                "vat": vat,
                "company_registry": siret,
                "phone": "+33 4 99 00 10 10",
                "email": "comptabilite@deuxrives.example",
                "efacture_legal_form": "SAS",
                "efacture_share_capital": "50 000",
                "efacture_rcs_city": "Lyon",
                "external_report_layout_id": self.env.ref("web.external_layout_standard").id,
            }
        )
        return company.with_env(env)

    def _make_partners(self):
        env = self.env
        self.bank = env["res.partner.bank"].create(
            {
                "acc_number": IBAN,
                "partner_id": self.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        self.customer = self.partner(
            "customer", street="8 rue des Charrons", zip="42000", city="Saint-Étienne"
        )
        self.group = self.partner(
            "group", street="120 avenue de la Confluence", zip="69007", city="Lyon"
        )
        self.supplier = self.partner(
            "supplier", street="2 rue du Pont Cassé", zip="35000", city="Rennes"
        )
        env["res.partner.bank"].create(
            {
                "acc_number": "FR1420041010050500013M02606",
                "partner_id": self.supplier.id,
                "allow_out_payment": True,
            }
        )
        self.warehouse = env["res.partner"].create(
            {
                "name": "Entrepôt sud",
                "type": "delivery",
                "parent_id": self.customer.id,
                "street": "3 chemin des Quais",
                "zip": "13015",
                "city": "Marseille",
                "country_id": env.ref("base.fr").id,
            }
        )
        self.german = self.foreign(
            "Müller Werkzeuge GmbH", "base.de", "DE123456788", "Hafenstraße 4", "20457", "Hamburg"
        )
        self.swiss = self.foreign(
            "Alpen Handel AG", "base.ch", False, "Seestrasse 10", "8002", "Zürich"
        )
        self.person = env["res.partner"].create(
            {
                "name": "Jeanne Ferrand",
                "is_company": False,
                "street": "5 place du Marché",
                "zip": "73000",
                "city": "Chambéry",
                "country_id": env.ref("base.fr").id,
                "email": "jeanne.ferrand@mail.example",
            }
        )

    def partner(self, key, **values):
        """A French company with its SIREN, VAT number and electronic address."""
        name, siren, siret, vat = FACTS[key]
        partner = self.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "country_id": self.env.ref("base.fr").id,
                "vat": vat,
                "company_registry": siret,
                "email": f"{key}@entreprise.example",
                **values,
            }
        )
        partner.efacture_address_id = self.env["efacture.address"].create(
            {"partner_id": partner.id, "address": siren, "state": "enabled", "platform_type": "WK"}
        )
        return partner

    def foreign(self, name, country, vat, street, zip_code, city):
        return self.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "country_id": self.env.ref(country).id,
                "vat": vat,
                "street": street,
                "zip": zip_code,
                "city": city,
                "email": "accounts@company.example",
            }
        )

    def _make_taxes(self):
        chart = self.env["account.chart.template"].with_company(self.company)
        self.taxes = {
            key: chart.ref(template)
            for key, template in {
                "20": "tva_normale",
                "10": "tva_intermediaire",
                "8.5": "tva_specifique",
                "5.5": "tva_reduite",
                "2.1": "tva_super_reduite",
                "20S": "tva_normale_encaissement",
                "10S": "tva_intermediaire_encaissement",
                "20TTC": "tva_normale_ttc",
                "5.5TTC": "tva_reduite_ttc",
                "exempt": "tva_sale_service_0",
                "exempt_goods": "tva_sale_good_0",
                "export": "tva_sale_good_export_0",
                "export_services": "tva_sale_service_export_0",
                "intra": "tva_sale_good_intra_0",
                "intra_services": "tva_sale_service_intra_0",
            }.items()
        }
        self.env["account.tax"].union(*self.taxes.values()).active = True
        self.taxes["exempt"].ubl_cii_tax_category_code = "E"
        self.taxes["exempt"].ubl_cii_tax_exemption_reason_code = "VATEX-FR-CGI261-4"
        self.taxes["exempt_goods"].ubl_cii_tax_category_code = "E"
        self.taxes["exempt_goods"].ubl_cii_tax_exemption_reason_code = "VATEX-FR-CGI261-3"
        for key, rate in {"13": 13, "1.75": 1.75, "1.05": 1.05, "0.9": 0.9, "9.2": 9.2}.items():
            self.taxes[key] = self.taxes["20"].copy({"name": f"{key}%", "amount": rate})
        self.taxes["building"] = self.taxes["exempt"].copy(
            {
                "name": "0% sous-traitance",
                "ubl_cii_tax_category_code": "AE",
                "ubl_cii_tax_exemption_reason_code": "VATEX-FR-AE",
            }
        )
        self.taxes["franchise"] = self.taxes["exempt"].copy(
            {"name": "0% 293 B", "ubl_cii_tax_exemption_reason_code": "VATEX-FR-FRANCHISE"}
        )
        self.taxes["eco"] = self.env["account.tax"].create(
            {
                "name": "Éco-participation",
                "invoice_label": "Éco-participation",
                "amount_type": "fixed",
                "amount": 0.42,
                "type_tax_use": "sale",
                "include_base_amount": True,
                "sequence": 0,
                "company_id": self.company.id,
                "country_id": self.env.ref("base.fr").id,
                "efacture_charge_code": "AEO",
            }
        )
        self.taxes["stay"] = self.taxes["eco"].copy(
            {"name": "Taxe de séjour", "invoice_label": "Taxe de séjour", "amount": 1.65,
             "include_base_amount": False, "is_base_affected": False, "efacture_charge_code": "AEO"}
        )  # fmt: skip

    def _make_products(self):
        Product = self.env["product.product"]
        self.goods = Product.create({"name": "Chaise en hêtre", "type": "consu", "default_code": "CH-01",
                                     "barcode": "3760123450019", "taxes_id": False})  # fmt: skip
        self.service = Product.create({"name": "Pose et réglage", "type": "service", "default_code": "SV-01",
                                       "taxes_id": False})  # fmt: skip
        self.rebate = Product.create({"name": "Remise commerciale", "type": "service",
                                      "efacture_line_role": "discount", "taxes_id": False})  # fmt: skip
        self.freight = Product.create({"name": "Frais de port", "type": "service",
                                       "efacture_line_role": "charge", "taxes_id": False})  # fmt: skip
        self.deposit = Product.create({"name": "Acompte", "type": "service",
                                       "efacture_line_role": "deposit", "taxes_id": False})  # fmt: skip

    def _make_account(self):
        own = self.env["efacture.address"].create(
            {"partner_id": self.company.partner_id.id, "address": FACTS["company"][1],
             "state": "enabled", "platform_type": "WK"}
        )  # fmt: skip
        self.company.partner_id.efacture_address_id = own
        platform = self.env["efacture.platform"].create(
            {
                "name": "Plateforme d'essai",
                "connector": "afnor",
                "environment": "sandbox",
                "flow_base_url": "http://127.0.0.1:9/flow",
                "directory_base_url": "http://127.0.0.1:9/directory",
                "token_url": "http://127.0.0.1:9/token",
            }
        )
        account = self.env["efacture.account"].create(
            {
                "name": "Compte d'essai",
                "platform_id": platform.id,
                "company_id": self.company.id,
                "client_id": "essai",
                "client_secret": "essai",
            }
        )
        account.state = "active"

    # -- invoices ---------------------------------------------------------------------------------

    def line(self, price=100.0, tax="20", quantity=1.0, product=None, **values):
        """The command of one line; ``tax`` is a key of ``self.taxes``, or several joined by +."""
        taxes = [self.taxes[key].id for key in tax.split("+")] if tax else []
        product = (
            product if product is not None else (self.service if tax.endswith("S") else self.goods)
        )
        return Command.create(
            {
                "product_id": product.id,
                "name": values.pop("name", product.name or "Divers"),
                "quantity": quantity,
                "price_unit": price,
                "tax_ids": [Command.set(taxes)],
                **values,
            }
        )

    def text(self, name, kind="line_note"):
        """The command of a section or a note."""
        return Command.create({"display_type": kind, "name": name, "product_id": False})

    def draft(self, lines=None, partner=None, move_type="out_invoice", **values):
        """A draft invoice; ``lines`` are commands, one line of 100 € at 20 % by default."""
        partner = partner or self.customer
        return self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "invoice_date": DAY,
                "partner_bank_id": self.bank.id if move_type == "out_invoice" else False,
                "invoice_line_ids": lines or [self.line()],
                **values,
            }
        )

    def post(self, *args, **values):
        """A posted invoice."""
        move = self.draft(*args, **values)
        move.action_post()
        return move

    def refund(self, move, **values):
        """The posted credit note of a whole invoice."""
        refund = move._reverse_moves([{"invoice_date": DAY, "date": DAY, **values}])
        refund.action_post()
        return refund

    def pay(self, moves, amount=None, day=DAY):
        """Register a payment by the wizard, in full by default."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"payment_date": day})
        )
        if amount:
            wizard.amount = amount
        wizard._create_payments()
        return moves

    def rate(self, code, value, day=date(2026, 1, 1)):
        """One euro is worth ``value`` of this currency."""
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        )
        currency.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": day, "rate": value, "company_id": self.company.id}
        )
        return currency

    def self_billing_journal(self):
        """The purchase journal whose bills we write for our suppliers."""
        Journal = self.env["account.journal"]
        expense = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids), ("account_type", "=", "expense")], limit=1
        )
        return Journal.search(
            [("company_id", "=", self.company.id), ("type", "=", "purchase"), ("is_self_billing", "=", True)], limit=1
        ) or Journal.create(
            {"name": "Autofacturation", "code": "AUTO", "type": "purchase", "is_self_billing": True,
             "default_account_id": expense.id, "company_id": self.company.id}
        )  # fmt: skip
