"""Products at every rate, and a few months of invoices."""

from datetime import date, timedelta

PRODUCTS = [
    # reference, name, type, price, tax (English name), unit
    ("CAFE", "Café en grains, torréfaction lente, 1 kg", "consu", 18.40, "5.5% G"),
    ("TABLE", "Table de réunion en chêne", "consu", 640.0, "20% G"),
    ("CHAISE", "Chaise empilable", "consu", 79.90, "20% G"),
    ("CONSEIL", "Conseil en aménagement, journée", "service", 820.0, "20% S"),
    ("REPAS", "Plateau repas livré", "service", 16.50, "10% S"),
    ("JOURNAL", "Abonnement au journal du secteur", "consu", 12.0, "2.1% G"),
    ("FORMATION", "Formation professionnelle, journée", "service", 950.0, "0% EXEMPT S"),
    ("EXPORT", "Table de réunion, livraison hors de France", "consu", 690.0, "0% EU G"),
]
BASKETS = [
    (("TABLE", 1), ("CHAISE", 6)),
    (("CONSEIL", 2.5),),
    (("CAFE", 12), ("REPAS", 8), ("JOURNAL", 1)),
    (("CHAISE", 24), ("CONSEIL", 1)),
    (("FORMATION", 2),),
    (("CAFE", 30),),
]


def load_invoices(env) -> None:
    products = _products(env)
    today = date.today()
    customers = env["res.partner"].search([("customer_rank", ">", 0)], order="id")
    france = customers.filtered(lambda p: p.country_id.code == "FR")
    drafts = env["account.move"]
    for number, customer in enumerate(france):
        for back in (95, 40, 6):
            basket = BASKETS[(number + back) % len(BASKETS)]
            move = _invoice(
                env, customer, today - timedelta(days=back + number % 5), basket, products
            )
            if back == 6 and number % 3:
                drafts += move
                continue
            move.action_post()
    belgian = customers.filtered(lambda p: p.country_id.code == "BE")[:1]
    if belgian:
        _invoice(env, belgian, today - timedelta(days=12), (("EXPORT", 2),), products).action_post()
    posted = env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("state", "=", "posted")], limit=1
    )
    reversal = (
        env["account.move.reversal"]
        .with_context(active_model="account.move", active_ids=posted.ids)
        .create({"reason": "Retour de marchandise", "journal_id": posted.journal_id.id})
    )
    reversal.reverse_moves()
    for supplier in env["res.partner"].search([("supplier_rank", ">", 0)], limit=3):
        env["account.move"].create(
            {
                "move_type": "in_invoice", "partner_id": supplier.id, "invoice_date": today - timedelta(days=9),
                "ref": f"F-{supplier.id:05d}",
                "invoice_line_ids": [(0, 0, {"name": "Fournitures", "quantity": 3, "price_unit": 48.0})],
            }
        )  # fmt: skip


def _products(env) -> dict:
    taxes = env["account.tax"].with_context(lang="en_US").search([("type_tax_use", "=", "sale")])
    by_name = {}
    for tax in taxes:
        by_name.setdefault(tax.name, tax)
    return {
        code: env["product.product"].create(
            {
                "default_code": code,
                "name": name,
                "type": kind,
                "list_price": price,
                "taxes_id": [(6, 0, by_name[tax].ids)],
            }
        )  # fmt: skip
        for code, name, kind, price, tax in PRODUCTS
    }


def _invoice(env, customer, day: date, basket, products):
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": day,
            "invoice_payment_term_id": env.ref("account.account_payment_term_30days").id,
            "invoice_line_ids": [
                (0, 0, {"product_id": products[code].id, "quantity": quantity})
                for code, quantity in basket
            ],
        }
    )
