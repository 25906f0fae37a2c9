"""What French companies invoice, case by case; each returns posted invoices (see ``scenarios.py``)."""

from contextlib import contextmanager
from datetime import date, timedelta

from odoo import Command

from .scenarios import DAY

CASES = {}


def case(**settings):
    """Register a case; ``settings`` are values of the company while it runs."""

    def register(function):
        CASES[function.__name__] = function, settings
        return function

    return register


@contextmanager
def settings_of(make, settings):
    """The company with other settings, put back at the end (after an error: by the savepoint)."""
    settings = {
        name: getattr(make, value[1:]).id
        if isinstance(value, str) and value.startswith("=")
        else value
        for name, value in settings.items()
    }
    before = {name: make.company[name] for name in settings}
    make.company.write(settings)
    yield
    make.company.write(
        {name: value.id if hasattr(value, "_name") else value for name, value in before.items()}
    )


# -- rates and natures ----------------------------------------------------------------------------


@case()
def every_french_rate(make):
    rates = ("20", "10", "5.5", "2.1", "8.5", "13", "1.75", "1.05", "0.9", "9.2")
    return [make.post([make.line(137.35, rate, 3)]) for rate in rates]


@case()
def several_rates_on_one_invoice(make):
    rates = ("20", "10", "5.5", "2.1")
    mixed = make.post([make.line(19.99, rate, 7, name=f"Article à {rate} %") for rate in rates])
    overseas = make.post([make.line(33.33, rate, 3) for rate in ("8.5", "2.1", "1.75", "1.05")])
    corsica = make.post([make.line(12.5, rate, 11) for rate in ("20", "10", "2.1", "13", "0.9")])
    return [mixed, overseas, corsica]


@case()
def goods_services_and_both(make):
    line = make.line
    return [
        make.post([line(250, "20", product=make.goods)]),
        make.post([line(250, "20S", product=make.service)]),
        make.post([line(250, "20", product=make.goods), line(80, "10S", product=make.service)]),
        make.post(
            [line(250, "20", product=make.env["product.product"], name="Sans article, bien")]
        ),
        make.post(
            [line(250, "20S", product=make.env["product.product"], name="Sans article, service")]
        ),
    ]


@case(efacture_nature="S")
def lines_that_nothing_tells(make):
    nothing = make.env["product.product"]
    make.taxes["20"].tax_scope = False
    move = make.post([make.line(90, "20", product=nothing, name="Forfait")])
    make.taxes["20"].tax_scope = "consu"
    return [move]


@case()
def the_process_chosen_by_hand(make):
    moves = []
    for process in ("S3", "S5", "S6", "B7", "S7"):
        tax = "20" if process[0] == "B" else "20S"
        move = make.draft([make.line(500, tax)])
        move.efacture_process = process
        move.action_post()
        moves.append(move)
    return moves


# -- no VAT ---------------------------------------------------------------------------------------


@case()
def exempt_with_its_reason(make):
    return [
        make.post([make.line(420, "exempt")]),
        make.post([make.line(420, "exempt_goods"), make.line(100, "20")]),
        make.post([make.line(420, "exempt"), make.line(80, "exempt_goods"), make.line(100, "20")]),
    ]


@case(efacture_vat_franchise=True)
def franchise_with_and_without_tax(make):
    return [
        make.post([make.line(300, "", product=make.service)]),
        make.post([make.line(300, "franchise")]),
    ]


@case()
def reverse_charge_at_home(make):
    return [
        make.post([make.line(5000, "building", product=make.service)]),
        make.post([make.line(5000, "building"), make.line(200, "20S")]),
    ]


@case()
def intra_community(make):
    return [
        make.post([make.line(1234.56, "intra", 2)], partner=make.german, delivery_date=DAY),
        make.post(
            [make.line(1234.56, "intra_services", product=make.service)], partner=make.german
        ),
        make.post([make.line(10, "intra"), make.line(20, "intra_services")], partner=make.german),
    ]


@case()
def export(make):
    return [
        make.post([make.line(990, "export", 4)], partner=make.swiss),
        make.post([make.line(990, "export_services", product=make.service)], partner=make.swiss),
        make.post([make.line(990, "export"), make.line(50, "export_services")], partner=make.swiss),
    ]


@case(efacture_vat_on_debits=True)
def vat_on_debits(make):
    told = make.post([make.line(700, "20S")])
    twice = make.post(
        [make.line(700, "20S")],
        narration="<p>Option pour le paiement de la taxe d'après les débits.</p>",
    )
    return [told, twice, make.post([make.line(70, "20"), make.line(30, "20S")])]


@case(efacture_vat_group_partner_id="=group")
def single_taxable_person(make):
    return [make.post([make.line(640, "20")])]


# -- prices, discounts, charges -------------------------------------------------------------------


@case()
def line_discounts(make):
    line = make.line
    return [
        make.post([line(100, "20", 3, discount=10)]),
        make.post([line(19.99, "20", 7, discount=33.33), line(0.07, "5.5", 1000, discount=12.5)]),
        make.post([line(100, "20", 1, discount=100), line(45, "20")]),
        make.post([line(100, "20", 2, discount=-5)]),
    ]


@case()
def discounts_on_the_whole(make):
    line = make.line
    return [
        make.post(
            [line(1000, "20"), line(-50, "20", product=make.rebate, name="Remise de fin d'année")]
        ),
        make.post(
            [
                line(1000, "20"),
                line(200, "5.5"),
                line(-60, "20", product=make.rebate),
                line(-12, "5.5", product=make.rebate),
            ]
        ),
        make.post([line(1000, "20"), line(35, "20", product=make.freight)]),
        make.post(
            [
                line(1000, "20"),
                line(35, "10", product=make.freight),
                line(-80, "20", product=make.rebate),
            ]
        ),
        make.post([line(300, "exempt"), line(-30, "exempt", product=make.rebate), line(100, "20")]),
        make.post([line(35, "20", product=make.freight)]),
    ]


@case()
def eco_contribution(make):
    line = make.line
    return [
        make.post([line(80, "eco+20", 5)]),
        make.post([line(80, "eco+20", 5, discount=20), line(15, "20")]),
        make.post([line(80, "eco+20", 3), line(60, "stay+10", 2)]),
        make.post([line(60, "stay+10", 4)]),
    ]


@case()
def price_included(make):
    line = make.line
    return [
        make.post([line(9.99, "20TTC", 3)]),
        make.post([line(9.99, "20TTC", 3, discount=15), line(4.5, "5.5TTC", 17)]),
        make.post([line(1, "20TTC", 1), line(1, "20TTC", 1), line(1, "20TTC", 1)]),
        make.post([line(0.1, "20TTC", 333)]),
    ]


@case()
def awkward_numbers(make):
    line = make.line
    return [
        make.post([line(0.01, "20", 3), line(0.005, "20", 7), line(1234567.89, "20", 2)]),
        make.post([line(33.333333, "20", 3.333), line(0.123456, "10", 7919)]),
        make.post([line(1, "20", 0.0001), line(17.17, "20", 0.5)]),
        make.post([line(99999999.99, "20", 1)]),
        make.post([line(2 / 3, "5.5", 12.75), line(100 / 7, "20", 7)]),
    ]


@case()
def negative_and_free_lines(make):
    line = make.line
    return [
        make.post([line(100, "20", 5), line(100, "20", -1, name="Retour d'un article")]),
        make.post([line(100, "20", 5), line(-37.5, "20", 1, name="Geste commercial")]),
        make.post([line(100, "20", 5), line(-37.5, "20", 2, discount=10, name="Reprise")]),
        make.post([line(100, "20"), line(0, "20", 3, name="Échantillon gratuit")]),
        make.post([line(100, "20"), line(25, "20", 0, name="Option non retenue")]),
    ]


# -- rounding -------------------------------------------------------------------------------------


def _many_small_lines(make):
    prices = [0.33, 1.07, 2.19, 3.41, 0.05, 9.99, 17.17, 0.01, 5.55, 8.08]
    return [
        make.post([make.line(price, "20") for price in prices]),
        make.post([make.line(price, "5.5TTC", 3) for price in prices]),
        make.post(
            [make.line(price, rate, 1.5, discount=7) for price in prices for rate in ("20", "10")]
        ),
    ]


@case(tax_calculation_rounding_method="round_per_line")
def rounded_per_line(make):
    return _many_small_lines(make)


@case(tax_calculation_rounding_method="round_globally")
def rounded_globally(make):
    return _many_small_lines(make)


@case()
def cash_rounding(make):
    env = make.env
    income = env["account.account"].search(
        [("company_ids", "in", make.company.ids), ("account_type", "=", "income")], limit=1
    )
    method = env["account.cash.rounding"].create(
        {
            "name": "Aux 5 centimes",
            "rounding": 0.05,
            "rounding_method": "HALF-UP",
            "strategy": "add_invoice_line",
            "profit_account_id": income.id,
            "loss_account_id": income.id,
        }
    )
    biggest = method.copy({"strategy": "biggest_tax", "name": "Sur la taxe"})
    down = make.post([make.line(10.11, "20")], invoice_cash_rounding_id=method.id)
    up = make.post([make.line(10.14, "20"), make.line(3, "10")], invoice_cash_rounding_id=method.id)
    tax = make.post([make.line(10.11, "20")], invoice_cash_rounding_id=biggest.id)
    paid = make.pay(make.post([make.line(10.11, "20")], invoice_cash_rounding_id=method.id))
    return [down, up, tax, paid]


# -- deposits, credit notes, corrections ----------------------------------------------------------


@case()
def deposit_then_final_invoice(make):
    deposit = make.draft([make.line(300, "20", product=make.deposit, name="Acompte de 30 %")])
    deposit.efacture_type_code = "386"
    deposit.action_post()
    final = make.draft(
        [
            make.line(1000, "20"),
            make.line(300, "20", -1, product=make.deposit, name="Acompte déjà facturé"),
        ],
        efacture_preceding_ids=[Command.set(deposit.ids)],
    )
    final.action_post()
    returned = make.refund(deposit)
    return [deposit, final, returned]


@case()
def final_invoice_of_a_paid_deposit(make):
    deposit = make.draft([make.line(250, "20S", product=make.deposit)])
    deposit.efacture_type_code = "386"
    deposit.action_post()
    make.pay(deposit)
    whole = make.post([make.line(1000, "20S")], efacture_preceding_ids=[Command.set(deposit.ids)])
    make.pay(whole, 300)
    return [deposit, whole]


@case()
def already_paid(make):
    goods = make.pay(make.post([make.line(120, "20")]))
    services = make.pay(make.post([make.line(120, "20S")]), day=DAY + timedelta(days=2))
    part = make.pay(make.post([make.line(120, "20")]), 50)
    return [goods, services, part]


@case()
def credit_notes(make):
    whole = make.refund(make.post([make.line(100, "20", 2, discount=10), make.line(40, "5.5")]))
    part = make.post(
        [make.line(30, "20")],
        move_type="out_refund",
        efacture_preceding_ids=[Command.set(make.post().ids)],
    )
    old = make.post(
        [make.line(30, "20")],
        move_type="out_refund",
        efacture_preceding_number="F-2025-0099",
        efacture_preceding_date=date(2025, 11, 3),
    )
    two = make.post(
        [make.line(30, "20")],
        move_type="out_refund",
        efacture_preceding_ids=[Command.set((make.post() | make.post()).ids)],
    )
    foreign = make.refund(make.post([make.line(80, "intra")], partner=make.german))
    return [whole, part, old, two, foreign]


@case()
def global_rebate_over_a_period(make):
    move = make.draft(
        [make.line(500, "20", name="Ristourne annuelle")],
        move_type="out_refund",
        contract_reference="CONTRAT-2026-7",
        efacture_period_start=date(2026, 1, 1),
        efacture_period_end=date(2026, 6, 30),
    )
    move.efacture_type_code = "262"
    move.action_post()
    return [move]


@case()
def corrective_invoice(make):
    wrong = make.post([make.line(100, "20")])
    right = make.draft([make.line(90, "20")], efacture_preceding_ids=[Command.set(wrong.ids)])
    right.efacture_type_code = "384"
    right.action_post()
    return [right]


@case()
def factored(make):
    move = make.draft([make.line(900, "20")])
    move.efacture_type_code = "393"
    move.efacture_note_ids = [
        Command.create(
            {"code": "ACC", "text": "Créance cédée à Société d'affacturage, à régler à son ordre."}
        )
    ]
    move.action_post()
    return [move]


@case()
def self_billing(make):
    journal = make.self_billing_journal()
    chart = make.env["account.chart.template"].with_company(make.company)
    tax = chart.ref("tva_acq_normale")
    line = Command.create(
        {
            "name": "Livres repris",
            "quantity": 4,
            "price_unit": 25,
            "tax_ids": [Command.set(tax.ids)],
        }
    )
    values = {
        "partner": make.supplier,
        "move_type": "in_invoice",
        "journal_id": journal.id,
        "partner_bank_id": make.supplier.bank_ids[:1].id,
    }
    bill = make.draft([line], **values)
    bill.action_post()
    deposit = make.draft([line], **values)
    deposit.efacture_type_code = "500"
    deposit.action_post()
    refund = make.refund(bill)
    return [bill, deposit, refund]


# -- currency -------------------------------------------------------------------------------------


@case()
def foreign_currency(make):
    usd, chf, jpy = make.rate("USD", 1.0837), make.rate("CHF", 0.9411), make.rate("JPY", 163.37)
    line = make.line
    invoice = make.post([line(199.99, "20", 3), line(10, "5.5")], currency_id=usd.id)
    abroad = make.post([line(1999, "export")], partner=make.swiss, currency_id=chf.id)
    yen = make.post([line(15000, "20", 3)], currency_id=jpy.id)
    discounted = make.post([line(77.77, "20", 3, discount=12.5)], currency_id=usd.id)
    return [invoice, abroad, yen, discounted, make.refund(invoice)]


# -- delivery, period, payment --------------------------------------------------------------------


@case()
def delivery_and_periods(make):
    elsewhere = make.post(
        [make.line(60, "20")], partner_shipping_id=make.warehouse.id, delivery_date=DAY
    )
    period = make.post(
        [make.line(60, "20S")],
        efacture_period_start=date(2026, 8, 1),
        efacture_period_end=date(2026, 8, 31),
    )
    lines = make.post(
        [
            make.line(
                60,
                "20S",
                efacture_period_start=date(2026, 7, 1),
                efacture_period_end=date(2026, 7, 31),
            ),
            make.line(
                60,
                "20S",
                efacture_period_start=date(2026, 8, 1),
                efacture_period_end=date(2026, 8, 31),
            ),
        ]
    )
    several = make.post(
        [
            make.line(60, "20", efacture_delivery_date=date(2026, 9, 2)),
            make.line(60, "20", efacture_delivery_date=date(2026, 9, 9)),
        ],
        partner_shipping_id=make.warehouse.id,
    )
    return [elsewhere, period, lines, several]


@case(efacture_sepa_creditor="FR72ZZZ123456")
def payment_means(make):
    make.env["res.partner.bank"].create(
        {
            "acc_number": "FR7612548029989876543210917",
            "partner_id": make.group.id,
            "allow_out_payment": True,
        }
    )
    moves = []
    for means in ("30", "58", "59", "49", "48", "20", "10", "57", "97"):
        move = make.draft(partner=make.group, efacture_mandate_reference="RUM-2026-001")
        move.efacture_payment_means = means
        move.action_post()
        moves.append(move)
    nothing = make.draft()
    nothing.partner_bank_id = False
    nothing.action_post()
    return [*moves, nothing]


@case()
def payment_terms(make):
    terms = make.env["account.payment.term"].create(
        {
            "name": "30 % à la commande, le reste à 30 et 60 jours",
            "note": "<p>Règlement en trois fois &amp; sans frais</p>",
            "line_ids": [
                Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                Command.create({"value": "percent", "value_amount": 30, "nb_days": 30}),
                Command.create({"value": "percent", "value_amount": 40, "nb_days": 60}),
            ],
        }
    )
    end_of_month = make.env["account.payment.term"].create(
        {
            "name": "45 jours fin de mois",
            "line_ids": [
                Command.create(
                    {
                        "value": "percent",
                        "value_amount": 100,
                        "nb_days": 45,
                        "delay_type": "days_after_end_of_month",
                    }
                )
            ],
        }
    )
    return [
        make.post([make.line(999.99, "20")], invoice_payment_term_id=terms.id),
        make.post([make.line(999.99, "20")], invoice_payment_term_id=end_of_month.id),
        make.post([make.line(10, "20")], invoice_payment_term_id=False, invoice_date_due=DAY),
    ]


# -- references, notes, files ---------------------------------------------------------------------


@case()
def references(make):
    return [
        make.post(
            buyer_reference="SERVICE-12",
            contract_reference="2026-M-0042",
            purchase_order_reference="BC-77120",
            invoice_origin="S00042",
            efacture_project_reference="CHANTIER-8",
            efacture_despatch_reference="BL-5501",
        ),
        make.post(ref="Votre commande du 3 septembre"),
        make.post(invoice_origin="S00043"),
    ]


@case()
def notes(make):
    own = make.post(
        narration="<p>Merci de votre confiance.</p><p>Pas d'escompte pour paiement anticipé.</p>",
        efacture_note_ids=[
            Command.create(
                {"code": "PMD", "text": "Pénalités de retard : trois fois le taux d'intérêt légal."}
            ),
            Command.create({"code": "REG", "text": "Membre d'une association de gestion agréée."}),
        ],
    )
    long = make.post(narration="<p>" + "Conditions générales de vente. " * 200 + "</p>")
    told = make.post(efacture_note_ids=[Command.create({"code": "BAR", "text": "B2B"})])
    return [own, long, told]


@case()
def files(make):
    Attachment = make.env["ir.attachment"]
    pdf = Attachment.create({"name": "bon de livraison.pdf", "raw": b"%PDF-1.4\n%%EOF", "mimetype": "application/pdf",
                             "efacture_code": "BON_LIVRAISON"})  # fmt: skip
    table = Attachment.create({"name": "détail.csv", "raw": b"a;b\n1;2\n", "mimetype": "text/csv"})
    return [make.post(efacture_attachment_ids=[Command.set((pdf | table).ids)])]


# -- words ----------------------------------------------------------------------------------------


@case()
def sections_and_notes(make):
    return [
        make.post(
            [
                make.text("Livraison comprise"),
                make.text("Mobilier", "line_section"),
                make.line(100, "20", name="Table\nPlateau massif\nPieds tournés"),
                make.text("Bois issu de forêts gérées"),
                make.text("Prestations", "line_section"),
                make.line(50, "20S"),
                make.text("Intervention le matin"),
            ]
        )
    ]


@case()
def every_script(make):
    names = (
        "Zażółć gęślą jaźń – Ђорђе",
        "株式会社 日本橋商店 請求書",
        "شركة النور للتجارة",
        "חשבונית מס קבלה",
        "ร้านค้า ตัวอย่าง 😀",
        "<b>R&D</b> \"A\" 'B' ]]> &amp; 1 < 2 > 0",
        "contrôle\x07\x0b\x1f\x7f\ufeffcaché\u2028fin",
    )
    return [make.post([make.line(10, "20", name=f"{name}\n{name}")]) for name in names]


@case()
def long_words(make):
    return [
        make.post([make.line(10, "20", name="Désignation très longue " * 40)]),
        make.post([make.line(10, "20", name="Mot" * 500)]),
        make.post([make.line(10, "20", name="Court\n" + "ligne de détail\n" * 400)]),
    ]


@case()
def many_lines(make):
    return [
        make.post(
            [make.line(7.77 + n / 100, "20" if n % 3 else "5.5", n % 5 + 1) for n in range(60)]
        ),
        make.post(
            [make.line(1.01 + n / 100, "20", n % 7 + 1, name=f"Réf. {n:04}") for n in range(500)]
        ),
    ]


# -- customers ------------------------------------------------------------------------------------


@case()
def customers_of_every_kind(make):
    contact = make.env["res.partner"].create(
        {
            "name": "Paul Marin",
            "parent_id": make.customer.id,
            "type": "invoice",
            "email": "p.marin@nivelle.example",
        }
    )
    branch = make.env["res.partner"].create(
        {
            "name": "Halvea Logistique",
            "is_company": True,
            "parent_id": make.group.id,
            "company_registry": "99178052900152",
            "vat": make.group.vat,
            "street": "22 route des Entrepôts",
            "zip": "38070",
            "city": "Saint-Quentin-Fallavier",
            "country_id": make.env.ref("base.fr").id,
        }
    )
    return [
        make.post(partner=make.person),
        make.post(partner=contact),
        make.post(partner=branch),
        make.post(partner=make.group),
        make.post([make.line(10, "export")], partner=make.swiss),
    ]
