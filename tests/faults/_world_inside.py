# Runs inside `odoo shell` (env and SETTINGS are given); fault_rig.py starts it.
# ruff: noqa: F821
import json

from odoo import Command
from odoo.addons.efacture_base.models.efacture_exchange import TRANSITIONS

company = env.company
company.write(
    {
        "name": "Comptoir des Deux Rives",
        "street": "12 quai des Deux Rives",
        "zip": "69002",
        "city": "Lyon",
        "country_id": env.ref("base.fr").id,
        "vat": "FR43999120348",
        "company_registry": "99912034800019",
        "email": "comptabilite@deuxrives.example",
        "efacture_legal_form": "SAS",
        "efacture_share_capital": 50000,
        "efacture_rcs_city": "Lyon",
        "efacture_posting_check": "off",
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
        "country_id": env.ref("base.fr").id,
        "lang": "fr_FR",
        "email": "compta@nivelle.example",
        "company_registry": "99023417100017",
        "vat": "FR22990234171",
        "invoice_sending_method": "efacture",
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
platform = env["efacture.platform"].create(
    {
        "name": "Plateforme",
        "environment": "sandbox",
        "flow_base_url": "http://127.0.0.1:9/flow",
        "directory_base_url": "http://127.0.0.1:9/directory",
        "token_url": "http://127.0.0.1:9/token",
    }
)
account = env["efacture.account"].create(
    {
        "name": "Compte",
        "company_id": company.id,
        "platform_id": platform.id,
        "client_id": "faults",
        "client_secret": "not-a-real-one",
    }
)
account.state = "active"
env.cr.commit()  # the set-up is stored

for start in range(0, SETTINGS["invoices"], 100):
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "partner_bank_id": bank.id,
                "invoice_date": "2026-11-20",
                "delivery_date": "2026-11-19",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "name": f"Établi en hêtre n° {line + 1}",
                            "quantity": line % 7 + 1,
                            "price_unit": 10.5 + line,
                        }
                    )
                    for line in range(SETTINGS.get("lines", 1))
                ],
            }
            for _number in range(min(100, SETTINGS["invoices"] - start))
        ]
    )
    moves.action_post()
    env.cr.commit()  # stored before the run begins
    env.invalidate_all()

# Every change of state is kept, whoever made it and whatever died after: what the report counts.
env.cr.execute("""
    CREATE TABLE faults_history (
        id bigserial PRIMARY KEY, exchange_id integer, before text, after text, attempts integer,
        error_code text, at timestamp DEFAULT clock_timestamp()
    );
    CREATE FUNCTION faults_remember() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO faults_history (exchange_id, before, after, attempts, error_code)
        VALUES (NEW.id, OLD.state, NEW.state, NEW.attempt_count, NEW.error_code);
        RETURN NULL;
    END $$;
    CREATE TRIGGER faults_remember AFTER UPDATE OF state ON efacture_exchange
        FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION faults_remember();
""")
parameters = env["ir.config_parameter"]
parameters.set_param(
    "efacture_faults.transitions", json.dumps({k: sorted(v) for k, v in TRANSITIONS.items()})
)
# Scheduled actions that have nothing to do with the exchange would only cost time here.
others = (
    env["ir.cron"]
    .search([])
    .filtered(
        lambda cron: "efacture" not in (cron.code or "") and "efacture" not in cron.model_id.model
    )
)
others.active = False
parameters.set_param("efacture_faults.ready", "yes")
env.cr.commit()  # ready
