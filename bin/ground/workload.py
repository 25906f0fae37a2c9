"""What benches and the fault suite work on, inside `odoo shell`: a French company, a customer, its invoices, a stopwatch."""

import collections
import contextlib
import threading
import time
from types import SimpleNamespace

from odoo import Command

COMPANY = {
    "name": "Comptoir des Deux Rives",
    "street": "12 quai des Deux Rives",
    "zip": "69002",
    "city": "Lyon",
    "vat": "FR43999120348",
    "company_registry": "99912034800019",
    "email": "comptabilite@deuxrives.example",
    "efacture_legal_form": "SAS",
    "efacture_share_capital": 50000,
    "efacture_rcs_city": "Lyon",
    "efacture_posting_check": "off",
    "report_footer": "<p>SAS au capital de 50000 €, RCS Lyon 999 120 348</p>",
    "company_details": "<p>Comptoir des Deux Rives<br/>12 quai des Deux Rives<br/>69002 Lyon</p>",
}


def make_company(env, method: str) -> SimpleNamespace:
    """The current company made French, its bank account, and a customer with this contact method.

    :return: `company`, `bank`, `customer`, `product` (goods at 20 %)
    """
    france, company = env.ref("base.fr").id, env.company
    company.write(
        {
            **COMPANY,
            "country_id": france,
            "external_report_layout_id": env.ref("web.external_layout_standard").id,
        }
    )
    bank = env["res.partner.bank"].create(
        {
            "acc_number": "FR7699998000011000791913101",
            "partner_id": company.partner_id.id,
            "allow_out_payment": True,
        }
    )
    customer = env["res.partner"].create(
        {
            "name": "Atelier Nivelle",
            "is_company": True,
            "street": "3 rue du Rabot",
            "zip": "42000",
            "city": "Saint-Étienne",
            "country_id": france,
            "lang": "fr_FR",
            "email": "compta@nivelle.example",
            "company_registry": "99023417100017",
            "vat": "FR22990234171",
            "invoice_sending_method": method,
        }
    )
    customer.efacture_address_id = env["efacture.address"].create(
        {"partner_id": customer.id, "address": "990234171", "state": "enabled"}
    )
    tax = env["account.tax"].search(
        [
            ("company_id", "=", company.id),
            ("type_tax_use", "=", "sale"),
            ("amount", "=", 20),
            ("tax_scope", "=", "consu"),
            ("price_include", "=", False),
        ],
        limit=1,
    )
    product = env["product.product"].create(
        {"name": "Établi en hêtre", "type": "consu", "taxes_id": [Command.set(tax.ids)]}
    )
    return SimpleNamespace(company=company, bank=bank, customer=customer, product=product)


def make_account(env, company, name: str, addresses: dict, client_id: str, client_secret: str):
    """An active account of the company at a platform with these three addresses."""
    platform = env["efacture.platform"].create(
        {"name": name, "environment": "sandbox", **addresses}
    )
    account = env["efacture.account"].create(
        {
            "name": name,
            "company_id": company.id,
            "platform_id": platform.id,
            "client_id": client_id,
            "client_secret": client_secret,
        }
    )
    account.state = "active"
    return account


def make_invoices(env, world, number: int, lines: int = 5):
    """That many posted invoices of as many lines, committed hundred by hundred."""
    made = env["account.move"]
    for start in range(0, number, 100):
        batch = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": world.customer.id,
                    "partner_bank_id": world.bank.id,
                    "invoice_date": "2026-11-20",
                    "delivery_date": "2026-11-19",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": world.product.id,
                                "name": f"Établi en hêtre n° {line + 1}",
                                "quantity": line % 7 + 1,
                                "price_unit": 10.5 + line,
                            }
                        )
                        for line in range(lines)
                    ],
                }
                for _number in range(min(100, number - start))
            ]
        )
        batch.action_post()
        env.cr.commit()  # the work begins from stored invoices
        env.invalidate_all()
        made += batch
    return made


class Stopwatch:
    """Seconds by stage; a stage inside another one is not counted twice."""

    def __init__(self):
        self.spent = collections.Counter()
        self._inside = threading.local()

    @contextlib.contextmanager
    def stage(self, name: str):
        """Measure what happens within."""
        outer = getattr(self._inside, "child", 0.0)
        self._inside.child, began = 0.0, time.perf_counter()
        try:
            yield
        finally:
            took = time.perf_counter() - began
            self.spent[name] += took - self._inside.child
            self._inside.child = outer + took

    def watch(self, owner, attribute: str, name) -> None:
        """Measure each call of this method; `name`: the stage, or a function of the arguments that gives it."""
        original = getattr(owner, attribute)

        def wrapper(*args, **kwargs):
            with self.stage(name(*args) if callable(name) else name):
                return original(*args, **kwargs)

        setattr(owner, attribute, wrapper)
