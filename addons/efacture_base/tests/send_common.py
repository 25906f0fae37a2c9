"""A French company with an active platform account, its customers, and eyes on the outside."""

from contextlib import contextmanager
from unittest.mock import patch

import requests
from odoo import Command
from odoo.tests import TransactionCase


class SendCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        france = cls.env.ref("base.fr")
        cls.company = cls.env.company
        cls.company.write(
            {
                "name": "Comptoir des Deux Rives",
                "street": "12 quai des Deux Rives",
                "zip": "69002",
                "city": "Lyon",
                "country_id": france.id,
                "vat": "FR43999120348",
                "company_registry": "99912034800019",
                "email": "comptabilite@deuxrives.example",
                "efacture_legal_form": "SAS",
                "efacture_share_capital": 50000,
                "efacture_rcs_city": "Lyon",
                "external_report_layout_id": cls.env.ref("web.external_layout_standard").id,
            }
        )
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7699998000011000791913101",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        platform = cls.env["efacture.platform"].create(
            {
                "name": "Sandbox",
                "environment": "sandbox",
                "flow_base_url": "http://127.0.0.1:9/flow",
                "directory_base_url": "http://127.0.0.1:9/directory",
                "token_url": "http://127.0.0.1:9/token",
            }
        )
        cls.account = cls.env["efacture.account"].create(
            {
                "name": "Sandbox of Deux Rives",
                "company_id": cls.company.id,
                "platform_id": platform.id,
                "client_id": "deux-rives",
                "client_secret": "not-a-real-one",
            }
        )
        cls.account.state = "active"
        cls.customer = cls._create_customer("Atelier Nivelle", "990234171", "99023417100017")
        cls.tax = cls.env["account.tax"].search(
            [
                ("company_id", "=", cls.company.id),
                ("type_tax_use", "=", "sale"),
                ("amount", "=", 20),
                ("tax_scope", "=", "consu"),
                ("price_include", "=", False),
            ],
            limit=1,
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Établi en hêtre",
                "type": "consu",
                "list_price": 100,
                "taxes_id": [Command.set(cls.tax.ids)],
            }
        )

    @classmethod
    def _create_customer(cls, name, siren, siret, method="efacture", **values):
        customer = cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "street": "3 rue du Rabot",
                "zip": "42000",
                "city": "Saint-Étienne",
                "country_id": cls.env.ref("base.fr").id,
                "lang": "fr_FR",
                "email": "compta@nivelle.example",
                "company_registry": siret,
                "vat": f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}",
                "invoice_sending_method": method,
                **values,
            }
        )
        customer.efacture_address_id = cls.env["efacture.address"].create(
            {"partner_id": customer.id, "address": siren, "state": "enabled"}
        )
        return customer

    @classmethod
    def _create_invoice(cls, customer=None, lines=2, post=True, **values):
        invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (customer or cls.customer).id,
                "partner_bank_id": cls.bank.id,
                "invoice_date": "2026-11-20",
                "delivery_date": "2026-11-19",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "quantity": number,
                            "price_unit": 10.5 * number,
                        }
                    )
                    for number in range(1, lines + 1)
                ],
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    @contextmanager
    def no_outside_call(self):
        """Fail on any HTTP request that leaves for elsewhere than this host's services."""
        asked = []

        def refuse(session, request, **kwargs):
            asked.append(request.url)
            raise requests.exceptions.ConnectionError(f"not allowed in this test: {request.url}")

        with patch.object(requests.Session, "send", refuse):
            yield
        self.assertFalse(asked, "requests left for the outside")

    def _xml_files(self, move):
        """Every file of this invoice that holds an invoice XML, hidden field files too."""
        found = []
        for attachment in (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "account.move"),
                    ("res_id", "in", move.ids),
                    ("res_field", "!=", "x"),
                ]
            )
        ):
            if (
                attachment.raw.lstrip()[:5] == b"<?xml"
                or b"CrossIndustryInvoice" in attachment.raw[:500]
            ):
                found.append(attachment)
        return found

    def _send(self, move, methods, **settings):
        """Through the single window, as a person does."""
        wizard = (
            self.env["account.move.send.wizard"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"sending_methods": methods, **settings})
        )
        return wizard.action_send_and_print()
