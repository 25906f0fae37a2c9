"""Customers of every type and contact method, suppliers, and customers abroad."""

from . import register

ABROAD = [
    # name, country, VAT, city, zip, street, contact method
    ("Brouwerij Hollevoet NV", "be", "BE0477472701", "Gent", "9000", "Veldstraat 12", "email"),
    (
        "Weber Feinmechanik GmbH",
        "de",
        "DE136695976",
        "Stuttgart",
        "70173",
        "Königstraße 5",
        "email",
    ),
    ("Alpine Sports SA", "ch", "", "Genève", "1201", "Rue du Mont-Blanc 3", "email"),
]
INDIVIDUALS = [
    (
        "Camille Fontaine",
        "3 allée des Tilleuls",
        "69003",
        "Lyon",
        "camille.fontaine@example.com",
        "email",
    ),
    ("Youssef Benali", "17 rue de la Gare", "42100", "Saint-Étienne", False, "manual"),
]


def load_partners(env) -> None:
    france = env.ref("base.fr")
    methods = dict(env["res.partner"]._fields["invoice_sending_method"]._description_selection(env))
    for role in ("customer", "supplier"):
        for facts in register.playing(role):
            place, demo = register.head_office(facts), facts["demo"]
            partner = env["res.partner"].create(
                {
                    "name": register.readable(facts["name"]),
                    "is_company": True,
                    "efacture_customer_type": "sole_trader"
                    if facts["kind"] == "sole_trader"
                    else "company",
                    "efacture_public_body": bool(facts["public"]),
                    **register.address(place),
                    "country_id": france.id,
                    "vat": facts["vat"] or False,
                    "company_registry": place["siret"],
                    "email": demo.get("email") or False,
                    "phone": demo.get("phone") or False,
                    "invoice_sending_method": demo["contact"]
                    if demo["contact"] in methods
                    else "email",
                    "customer_rank": int(role == "customer"),
                    "supplier_rank": int(role == "supplier"),
                }
            )
            if demo.get("iban"):
                env["res.partner.bank"].create(
                    {"acc_number": demo["iban"], "partner_id": partner.id}
                )
            _addresses(env, partner, facts)
    for name, country, vat, city, zip_code, street, method in ABROAD:
        env["res.partner"].create(
            {
                "name": name, "is_company": True, "country_id": env.ref(f"base.{country}").id, "vat": vat or False,
                "city": city, "zip": zip_code, "street": street, "invoice_sending_method": method,
                "email": f"invoices@{name.split()[0].lower()}.example", "customer_rank": 1,
                "efacture_customer_type": "company",
            }
        )  # fmt: skip
    for name, street, zip_code, city, email, method in INDIVIDUALS:
        env["res.partner"].create(
            {
                "name": name, "is_company": False, "country_id": france.id, "street": street, "zip": zip_code,
                "city": city, "email": email, "invoice_sending_method": method, "customer_rank": 1,
                "efacture_customer_type": "individual",
            }
        )  # fmt: skip
    customer = env["res.users"].search([("login", "=", "customer")])
    customer.partner_id.parent_id = env["res.partner"].search(
        [("name", "=", "Atelier Nivelle")], limit=1
    )


def _addresses(env, partner, facts: dict) -> None:
    """What a look-up in the directory had answered when the demo was made."""
    states = {"Enabled": "enabled", "Disabled": "disabled", "Upcoming": "upcoming"}
    lines = (facts.get("directory") or {}).get("lines") or []
    addresses = env["efacture.address"].create(
        [
            {
                "partner_id": partner.id,
                "address": line["address"],
                "state": states[line["status"]],
                "siren": facts["siren"],
                "siret": line["siret"] or False,
                "routing_identifier": line["routing"] or False,
                "suffix": line["suffix"] or False,
            }
            for line in lines[:20]
        ]
    )
    enabled = addresses.filtered(lambda a: a.state == "enabled")
    if enabled:
        partner.efacture_address_id = enabled[0]
