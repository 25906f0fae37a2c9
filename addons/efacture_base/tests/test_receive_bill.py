"""A received invoice becomes the bill a person would have typed, to the cent, or says why not."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from .receive_common import IBAN, SUPPLIER, ReceiveCase, breakdown, invoice, line, money


@tagged("post_install", "-at_install")
class TestReceiveBill(ReceiveCase):
    def test_a_plain_invoice_of_a_known_supplier(self):
        supplier = self.make_supplier()
        bank = self.make_bank(supplier)
        for syntax, words in (("cii", []), ("ubl", ["same_amount"])):
            with self.subTest(syntax=syntax):
                document = self.receive(syntax=syntax, **{"BT-1": f"FA-{syntax}"})
                bill = document.move_id
                self.assertEqual(document.state, "to_check")
                self.assertEqual(self.words(document), words)
                self.assertEqual(bill.partner_id, supplier)
                self.assertEqual(bill.partner_bank_id, bank)
                self.assertEqual(
                    (bill.state, bill.move_type, bill.ref), ("draft", "in_invoice", f"FA-{syntax}")
                )
                self.assertEqual(bill.invoice_date, date(2026, 11, 2))
                self.assertEqual(bill.invoice_date_due, date(2026, 12, 2))
                self.assertEqual(
                    (bill.amount_untaxed, bill.amount_tax, bill.amount_total), (100, 20, 120)
                )
                self.assertEqual(bill.invoice_line_ids.tax_ids, self.tax_goods)

    def test_services_take_the_tax_of_services(self):
        self.make_supplier()
        bill = self.receive(**{"BT-23": "S1"}).move_id
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.tax_services)

    def test_discounts_charges_and_two_rates_to_the_cent(self):
        self.make_supplier()
        lines = [
            line(
                1,
                "90.00",
                quantity="10",
                price="10",
                **{"BG-27": [{"amount": money("10"), "reason": "Remise"}]},
            ),
            line(2, "33.33", rate="5.5", quantity="3", price="11.11"),
            line(3, "19.99", quantity="3", price="6.6633"),
            line(
                4,
                "52.50",
                quantity="1",
                price="50",
                **{"BG-28": [{"amount": money("2.5"), "reason": "Emballage"}]},
            ),
        ]
        adjustments = [(-1, money("5"), "S", "20"), (1, money("7.77"), "S", "5.5")]
        data = invoice(lines, adjustments)
        data.update(
            {
                "BG-20": [
                    {
                        "amount": money("5"),
                        "reason": "Fidélité",
                        "vat_category_code": "S",
                        "vat_rate": Decimal(20),
                    }
                ],
                "BG-21": [
                    {
                        "amount": money("7.77"),
                        "reason": "Port",
                        "vat_category_code": "S",
                        "vat_rate": Decimal("5.5"),
                    }
                ],
                "BT-107": money("5"),
                "BT-108": money("7.77"),
            }
        )
        for syntax in ("cii", "ubl"):
            with self.subTest(syntax=syntax):
                data["BT-1"] = f"R-{syntax}"
                document = self.receive(data, syntax=syntax)
                bill = document.move_id
                self.assertEqual(
                    (money(bill.amount_untaxed), money(bill.amount_tax), money(bill.amount_total)),
                    (data["BT-109"], data["BT-110"], data["BT-112"]),
                )
                first = bill.invoice_line_ids[0]
                self.assertEqual((first.quantity, first.price_unit, first.discount), (10, 10, 10))
                self.assertEqual(first.price_subtotal, 90)
                self.assertEqual(
                    [row.name for row in bill.invoice_line_ids if "Emballage" in row.name][0][:9],
                    "Emballage",
                )
                self.assertNotIn("total_net", self.words(document))

    def test_vat_of_the_file_wins_to_the_cent(self):
        self.make_supplier()
        for told, words in (
            ("20.01", []),
            ("20.04", []),
            ("20.60", ["vat_corrected"]),
            ("25.00", ["vat_wrong", "total_tax", "total_gross"]),
        ):
            with self.subTest(told=told):
                data = invoice(**{"BT-1": f"V-{told}"})
                data["BG-23"][0]["BT-117"] = data["BT-110"] = money(told)
                data["BT-112"] = data["BT-115"] = 100 + money(told)
                document = self.receive(data)
                wanted = "20.00" if words[:1] == ["vat_wrong"] else told
                self.assertEqual(money(document.move_id.amount_tax), money(wanted))
                self.assertEqual(
                    [word for word in self.words(document) if word != "bank_new"], words
                )

    def test_vat_of_credit_notes_and_of_companies_that_round_each_line(self):
        self.make_supplier()
        lines = [line(number, "0.33", quantity="3", price="0.11") for number in range(1, 8)]
        for method in ("round_globally", "round_per_line"):
            for code in ("380", "381"):
                with self.subTest(method=method, code=code):
                    self.company.tax_calculation_rounding_method = method
                    data = invoice(lines, **{"BT-1": f"{method}-{code}", "BT-3": code})
                    document = self.receive(data)
                    bill = document.move_id
                    self.assertEqual(
                        (
                            money(bill.amount_untaxed),
                            money(bill.amount_tax),
                            money(bill.amount_total),
                        ),
                        (data["BT-109"], data["BT-110"], data["BT-112"]),
                    )
                    bill.action_post()
                    self.assertEqual(
                        money(bill.amount_total), data["BT-112"], "posting changes nothing"
                    )

    def test_reverse_charge_intra_community_and_import(self):
        cases = [
            ("DE", "DE136695976", "K", "VATEX-EU-IC", "20% EU G"),
            ("DE", "DE136695976", "AE", "VATEX-EU-AE", "20% EU S"),
        ]
        for country, vat, category, code, name in cases:
            with self.subTest(category=category):
                data = invoice([line(1, "500.00", rate="0", category=category)])
                data["BG-4"] = {
                    "name": f"Werk {category}",
                    "vat_identifier": vat,
                    "country_code": country,
                    "city": "Köln",
                }
                data["BG-23"][0].update({"BT-121": code})
                data["BT-1"] = f"DE-{category}"
                bill = self.receive(data).move_id
                self.assertEqual(bill.invoice_line_ids.tax_ids.mapped("name"), [name])
                self.assertEqual((bill.amount_tax, bill.amount_total), (0, 500))

    def test_no_tax_rather_than_a_wrong_one(self):
        self.make_supplier()
        document = self.receive(invoice([line(1, "100.00", rate="19")]))
        self.assertFalse(document.move_id.invoice_line_ids.tax_ids)
        self.assertIn("tax_missing", self.words(document))
        self.assertIn("total_tax", self.words(document))
        text = document.move_id.with_context(lang="en_US").efacture_received_warnings
        self.assertIn("S 19 %", text)

    def test_credit_notes_and_negative_invoices_give_money_back(self):
        self.make_supplier()
        credit = self.receive(**{"BT-3": "381", "BT-1": "AV-1"})
        self.assertEqual(credit.move_id.move_type, "in_refund")
        self.assertEqual(credit.move_id.amount_total, 120)
        data = invoice([line(1, "-100.00", quantity="-1", price="100")], **{"BT-1": "NEG-1"})
        negative = self.receive(data)
        self.assertEqual(negative.move_id.move_type, "in_refund")
        self.assertEqual(
            (negative.move_id.amount_untaxed, negative.move_id.amount_total), (100, 120)
        )
        self.assertIn("invoice_negative", self.words(negative))
        self.assertEqual(negative.move_id.invoice_line_ids.quantity, 1)

    def test_types_are_kept(self):
        self.make_supplier()
        for code, kind in (
            ("384", "in_invoice"),
            ("386", "in_invoice"),
            ("503", "in_refund"),
            ("393", "in_invoice"),
        ):
            with self.subTest(code=code):
                bill = self.receive(**{"BT-3": code, "BT-1": f"T-{code}"}).move_id
                self.assertEqual((bill.move_type, bill.efacture_type_code), (kind, code))

    def test_a_self_billed_invoice_of_ours_is_a_sale(self):
        data = invoice(**{"BT-3": "389"})
        data["BG-4"], data["BG-7"] = data["BG-7"], data["BG-4"]
        bill = self.receive(data).move_id
        self.assertEqual((bill.move_type, bill.partner_id.name), ("out_invoice", "ATELIER NIVELLE"))

    def test_references_notes_dates_delivery_and_parties(self):
        self.make_supplier()
        data = invoice(
            **{
                "BT-10": "SERVICE-7",
                "BT-11": "PROJET-Z",
                "BT-12": "CONTRAT-9",
                "BT-13": "PO-42",
                "BT-14": "SO-43",
                "BT-16": "BL-44",
                "BT-19": "401HOF",
                "BT-20": "30 jours fin de mois",
                "BT-72": date(2026, 10, 30),
                "BT-73": date(2026, 10, 1),
                "BT-74": date(2026, 10, 31),
                "BT-83": "VIR-117",
                "BG-1": [
                    {"BT-21": "PMT", "BT-22": "Indemnité 40 €"},
                    {"BT-22": "Première note"},
                    {"BT-21": "AAI", "BT-22": "Seconde note"},
                ],
                "BG-3": [{"BT-25": "FA-ANCIENNE", "BT-26": date(2026, 9, 1)}],
                "BG-10": {
                    "name": "Affacturage du Rhône",
                    "legal_identifier": "552100554",
                    "legal_identifier_schemeid": "0002",
                },
                "BG-13": {
                    "name": "Dépôt nord",
                    "addr_l1": "1 quai",
                    "city": "Lille",
                    "postcode": "59000",
                    "country_code": "FR",
                },
                "BT-113": money("20"),
                "BT-115": money("100"),
            }
        )
        document = self.receive(data)
        bill = document.move_id
        self.assertEqual(
            (
                bill.buyer_reference,
                bill.contract_reference,
                bill.purchase_order_reference,
                bill.invoice_origin,
            ),
            ("SERVICE-7", "CONTRAT-9", "PO-42", "SO-43"),
        )
        self.assertEqual(
            (bill.efacture_project_reference, bill.efacture_despatch_reference),
            ("PROJET-Z", "BL-44"),
        )
        self.assertEqual(bill.payment_reference, "VIR-117")
        self.assertEqual(bill.delivery_date, date(2026, 10, 30))
        self.assertEqual(bill.efacture_period_end, date(2026, 10, 31))
        self.assertEqual(len(bill.efacture_note_ids), 3)
        self.assertIn("Première note", bill.efacture_note_ids.mapped("text"))
        self.assertEqual(bill.efacture_preceding_number, "FA-ANCIENNE")
        self.assertEqual(document.accounting_reference, "401HOF")
        self.assertEqual(document.payment_terms, "30 jours fin de mois")
        self.assertIn("Lille", document.delivery_place)
        self.assertIn("Affacturage", document.payee)
        self.assertEqual((document.amount_prepaid, document.amount_due), (20, 100))
        self.assertLessEqual({"payee", "preceding", "prepaid"}, set(self.words(document)))

    def test_the_invoice_it_follows_is_linked_when_it_is_here(self):
        self.make_supplier()
        first = self.receive(**{"BT-1": "PREMIERE"}).move_id
        credit = self.receive(**{"BT-1": "AVOIR", "BT-3": "381", "BG-3": [{"BT-25": "PREMIERE"}]})
        self.assertEqual(credit.move_id.efacture_preceding_ids, first)
        self.assertNotIn("preceding", self.words(credit))

    def test_quantities_units_and_references_of_lines(self):
        self.make_supplier()
        rows = [
            line(
                1,
                "30.00",
                quantity="2",
                price="15",
                unit="HUR",
                **{"BT-155": "REF-1", "BT-154": "Détail"},
            ),
            line(2, "12.30", quantity="0.123", price="100", unit="KGM"),
            line(3, "5.00", unit="LS"),
        ]
        lines = self.receive(invoice(rows)).move_id.invoice_line_ids
        self.assertEqual(lines[0].product_uom_id, self.env.ref("uom.product_uom_hour"))
        self.assertTrue(lines[0].name.startswith("[REF-1] Fourniture n° 1"))
        self.assertIn("Détail", lines[0].name)
        self.assertEqual(money(lines[1].price_subtotal), money("12.30"))
        self.assertIn("0,123", lines[1].name, "what Odoo cannot count so precisely is told")
        self.assertIn("LS", lines[2].name)

    def test_rounding_is_a_line_so_that_the_amount_to_pay_is_right(self):
        self.make_supplier()
        data = invoice([line(1, "100.02")])
        data.update(
            {
                "BT-114": data["BT-112"].quantize(Decimal("1")) - data["BT-112"],
                "BT-115": data["BT-112"].quantize(Decimal("1")),
            }
        )
        document = self.receive(data)
        self.assertEqual(money(document.move_id.amount_total), data["BT-115"])
        self.assertNotIn("total_gross", self.words(document))

    def test_accounts_follow_the_last_bills(self):
        supplier = self.make_supplier()
        account = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.company.id)], limit=5
        )[-1]
        earlier = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": supplier.id,
                "invoice_date": "2026-10-01",
                "ref": "X",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Fourniture n° 1", "price_unit": 1, "account_id": account.id}
                    )
                ],
            }
        )
        earlier.action_post()
        self.assertEqual(self.receive().move_id.invoice_line_ids.account_id, account)

    def test_our_own_reference_finds_the_product(self):
        self.make_supplier()
        product = self.env["product.product"].create(
            {"name": "Vis", "default_code": "VIS-1", "type": "consu"}
        )
        bill = self.receive(invoice([line(1, "10.00", **{"BT-156": "VIS-1"})])).move_id
        self.assertEqual(bill.invoice_line_ids.product_id, product)
        self.assertEqual(bill.invoice_line_ids.price_unit, 10)

    def test_totals_without_lines(self):
        self.make_supplier()
        data = invoice(**{"BT-1": "MINI"})
        del data["BG-25"]
        xml = self.xml(data, profile="basicwl")
        document = self.Document.receive(xml, "upload", filename="m.xml")
        self.assertEqual((document.move_id.amount_untaxed, document.move_id.amount_tax), (100, 20))

    def test_totals_of_an_uncertain_rate_get_no_tax(self):
        self.make_supplier()
        data = invoice(**{"BT-1": "MINI-2", "BT-110": money("4.90"), "BT-112": money("104.90")})
        del data["BG-25"]
        head, _, rest = self.xml(data, profile="basicwl").partition(b"<ram:ApplicableTradeTax>")
        content = head + rest.partition(b"</ram:ApplicableTradeTax>")[2]
        document = self.Document.receive(content, "upload", filename="m.xml")
        self.assertFalse(document.move_id.invoice_line_ids.tax_ids)
        self.assertLessEqual({"total_tax", "total_gross"}, set(self.words(document)))

    def test_foreign_currency_and_its_rate(self):
        self.make_supplier()
        dollar = self.env.ref("base.USD")
        dollar.active = False
        document = self.receive(**{"BT-5": "USD", "BT-1": "USD-1"})
        self.assertEqual(document.move_id.currency_id, dollar)
        self.assertIn("currency_inactive", self.words(document))
        self.assertEqual(document.move_id.amount_total, 120)
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": "2026-01-01", "rate": 2.0}
        )
        data = invoice(**{"BT-5": "USD", "BT-1": "USD-2", "BT-6": "EUR", "BT-111": money("15")})
        odd = self.receive(data)
        self.assertIn("rate", self.words(odd))

    def test_files_inside_come_with_the_bill(self):
        self.make_supplier()
        pdf = b"%PDF-1.4\n%%EOF\n"
        data = invoice(
            **{
                "BG-24": [
                    {
                        "BT-122": "A1",
                        "BT-123": "Annexe",
                        "BT-125": pdf,
                        "BT-125-1": "application/pdf",
                        "BT-125-2": "../../annexe.pdf",
                    },
                    {
                        "BT-122": "A2",
                        "BT-123": "Piège",
                        "BT-125": b"MZ\x90\x00evil",
                        "BT-125-1": "application/pdf",
                        "BT-125-2": "facture.pdf",
                    },
                ]
            }
        )
        document = self.receive(data)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", document.move_id.id)]
        )
        annex = files.filtered(lambda file: file.name == "annexe.pdf")
        self.assertEqual(annex.raw, pdf)
        self.assertIn("files_left", self.words(document))
        self.assertNotIn(b"MZ\x90\x00evil", files.mapped("raw"))

    def test_queries_of_a_batch(self):
        supplier = self.make_supplier()
        self.make_bank(supplier)
        rows = [line(number, "10.00", quantity="2", price="5") for number in range(1, 6)]
        self.receive(invoice(rows, **{"BT-1": "WARM"}))
        contents = [
            self.xml(invoice(rows, **{"BT-1": f"Q-{n}", "BT-9": date(2026, 12, n)}))
            for n in range(1, 11)
        ]
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        for number, content in enumerate(contents):
            self.Document.receive(content, "platform", filename=f"{number}.xml")
            self.env.flush_all()
        spent = (self.env.cr.sql_log_count - before) / len(contents)
        self.assertLessEqual(spent, 60)

    def test_supplier_of_the_file_is_not_asked_again(self):
        first = self.receive(**{"BT-1": "N1"})
        second = self.receive(**{"BT-1": "N2"})
        self.assertEqual(first.move_id.partner_id, second.move_id.partner_id)
        self.assertEqual(first.move_id.partner_id.efacture_siren, SUPPLIER)
        self.assertIn(IBAN, first.move_id.efacture_received_warnings)
        self.assertEqual(breakdown([line(1, "1")])["BT-110"], money("0.20"))
