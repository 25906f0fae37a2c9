"""What each case says, term by term: the matrix shows that it is valid, these that it is right."""

import random
from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ..en16931.read import read_xml
from ..en16931.write import InvoiceDataError
from ..models.account_move_semantic_lines import _price
from ..models.semantic_tools import rounded
from . import scenario_cases as cases
from .scenarios import DAY
from .test_semantic_checks import SemanticCase

D = Decimal


@tagged("post_install", "-at_install")
class TestSemanticTerms(SemanticCase):
    def told(self, move, profile="en16931"):
        return move._efacture_prepare_invoice(profile)

    def notes(self, move):
        return [(note["BT-21"], note["BT-22"]) for note in self.told(move)["BG-1"]]

    def test_semantic_an_ordinary_invoice_is_valid_in_both_syntaxes(self):
        move = self.make.post([self.make.line(100, "20", 2), self.make.line(50, "20S")])
        invoice = move._efacture_prepare_invoice()
        self.assertEqual(invoice["BT-3"], "380")
        self.assertEqual(invoice["BT-23"], "M1")
        self.assertEqual(invoice["BT-112"], D("300.00"))
        for syntax in ("cii", "ubl"):
            content, verdict = move._efacture_generate_xml(syntax)
            self.assertTrue(content)
            self.assertEqual(
                [(f.rule, f.term, f.message) for f in verdict.findings],
                [],
                f"{syntax}: {content.decode()}",
            )
            self.assertEqual(verdict.verdict, "valid")

    def test_semantic_parties(self):
        invoice = self.told(self.make.post())
        seller, buyer = invoice["BG-4"], invoice["BG-7"]
        self.assertEqual(seller["legal_identifier"], "999120348")
        self.assertEqual(seller["identifiers"], {"0009": "99912034800019"})
        self.assertEqual(seller["vat_identifier"], "FR43999120348")
        self.assertEqual(seller["legal_info"], "SAS au capital de 50 000 € – RCS Lyon 999 120 348")
        self.assertEqual(buyer["einvoicing_addr"], "990234171")
        self.assertEqual(buyer["einvoicing_addr_schemeid"], "0225")
        self.assertEqual(buyer["country_code"], "FR")

    def test_semantic_a_foreign_customer_is_named_by_its_vat_number_or_country(self):
        german = self.told(self.make.post([self.make.line(1, "intra")], partner=self.make.german))[
            "BG-7"
        ]
        self.assertEqual(
            (german["legal_identifier_schemeid"], german["legal_identifier"]),
            ("0223", "DE123456788"),
        )
        swiss = self.told(self.make.post([self.make.line(1, "export")], partner=self.make.swiss))[
            "BG-7"
        ]
        self.assertEqual(
            (swiss["legal_identifier_schemeid"], swiss["legal_identifier"]),
            ("0227", "CHALPENHANDELAG"),
        )

    def test_semantic_the_treatment_follows_the_customer(self):
        make = self.make
        for partner, expected, tax in (
            (make.customer, "B2B", "20"),
            (make.person, "B2C", "20"),
            (make.german, "B2BINT", "intra"),
        ):
            notes = self.notes(make.post([make.line(1, tax)], partner=partner))
            self.assertIn(("BAR", expected), notes)

    def test_semantic_legal_notes_are_given_once(self):
        move = cases.CASES["notes"][0](self.make)[0]
        notes = self.notes(move)
        codes = [code for code, _text in notes]
        for code in ("PMT", "PMD", "AAB"):
            self.assertEqual(codes.count(code), 1)
        self.assertIn(("PMD", "Pénalités de retard : trois fois le taux d'intérêt légal."), notes)
        self.assertEqual(
            sum("escompte" in text for _code, text in notes), 1, "the footer said it already"
        )
        self.assertIn(("AAI", "Merci de votre confiance."), notes)

    def test_semantic_own_legal_texts_of_the_company(self):
        self.make.company.efacture_discount_text = "Escompte de 1 % à 8 jours."
        self.assertIn(("AAB", "Escompte de 1 % à 8 jours."), self.notes(self.make.post()))
        self.make.company.efacture_discount_text = False
        self.assertIn(
            ("AAB", "Pas d'escompte pour paiement anticipé."), self.notes(self.make.post())
        )

    def test_semantic_vat_on_debits(self):
        with cases.settings_of(self.make, {"efacture_vat_on_debits": True}):
            for move in cases.CASES["vat_on_debits"][0](self.make):
                self.assertEqual(self.told(move)["BT-8"], "invoice")
                told = [text for _code, text in self.notes(move) if "débits" in text]
                self.assertEqual(len(told), 1)
                cii, _verdict = move._efacture_generate_xml("cii")
                self.assertIn(b"<ram:DueDateTypeCode>5<", cii)
                ubl, _verdict = move._efacture_generate_xml("ubl")
                self.assertIn(b"<cbc:DescriptionCode>3<", ubl)
        self.assertNotIn("BT-8", self.told(self.make.post()))

    def test_semantic_exempt_says_why(self):
        group = self.told(self.make.post([self.make.line(5, "exempt")]))["BG-23"][0]
        self.assertEqual((group["BT-118"], group["BT-121"]), ("E", "VATEX-FR-CGI261-4"))
        self.assertIn("261, 4", group["BT-120"])
        with cases.settings_of(self.make, {"efacture_vat_franchise": True}):
            group = self.told(self.make.post([self.make.line(5, "")]))["BG-23"][0]
        self.assertEqual(group["BT-121"], "VATEX-FR-FRANCHISE")
        self.assertEqual(group["BT-120"], "TVA non applicable, article 293 B du CGI")

    def test_semantic_categories_without_vat(self):
        make = self.make
        for tax, partner, category in (
            ("intra", make.german, "K"),
            ("intra_services", make.german, "AE"),
            ("export", make.swiss, "G"),
            ("export_services", make.swiss, "O"),
            ("building", make.customer, "AE"),
        ):
            group = self.told(make.post([make.line(5, tax)], partner=partner))["BG-23"][0]
            self.assertEqual(group["BT-118"], category, tax)
            self.assertEqual(group["BT-117"], D("0.00"))
            self.assertTrue(group.get("BT-120"))

    def test_semantic_line_discount_is_an_allowance_of_the_line(self):
        line = self.told(self.make.post([self.make.line(100, "20", 3, discount=10)]))["BG-25"][0]
        self.assertEqual(line["BT-146"], D("100"))
        self.assertEqual(line["BT-131"], D("270.00"))
        self.assertEqual(
            {
                key: line["BG-27"][0][key]
                for key in ("amount", "base_amount", "rate", "reason_code")
            },
            {
                "amount": D("30.00"),
                "base_amount": D("300.00"),
                "rate": D("10"),
                "reason_code": "95",
            },
        )

    def test_semantic_global_discount_and_freight_concern_the_document(self):
        make = self.make
        move = make.post(
            [
                make.line(1000, "20"),
                make.line(35, "20", product=make.freight),
                make.line(-80, "20", product=make.rebate),
            ]
        )
        invoice = self.told(move)
        self.assertEqual(len(invoice["BG-25"]), 1)
        self.assertEqual((invoice["BT-107"], invoice["BT-108"]), (D("80.00"), D("35.00")))
        self.assertEqual(invoice["BT-109"], D("955.00"))

    def test_semantic_odoo_s_own_global_discount_is_recognised(self):
        move = self.make.draft(
            [self.make.line(1000, "20"), self.make.line(-100, "20", name="Remise globale")]
        )
        move.invoice_line_ids[1].extra_tax_data = {"computation_key": "global_discount,1"}
        self.assertEqual(self.told(move)["BT-107"], D("100.00"))

    def test_semantic_eco_contribution_is_a_charge_on_which_vat_is_due(self):
        move = self.make.post([self.make.line(80, "eco+20", 5)])
        line = self.told(move)["BG-25"][0]
        self.assertEqual(line["BG-28"][0]["amount"], D("2.10"))
        self.assertEqual(line["BG-28"][0]["reason_code"], "AEO")
        self.assertEqual(line["BT-131"], D("402.10"))
        self.assertEqual(self.told(move)["BT-112"], D(f"{move.amount_total:.2f}"))

    def test_semantic_a_deposit_and_its_final_invoice(self):
        deposit, final, returned = cases.CASES["deposit_then_final_invoice"][0](self.make)
        self.assertEqual(self.told(deposit)["BT-3"], "386")
        self.assertEqual(self.told(returned)["BT-3"], "503")
        invoice = self.told(final, "extended-ctc-fr")
        self.assertEqual(invoice["BT-23"], "B4")
        self.assertEqual(
            invoice["BG-3"][0], {"BT-25": deposit.name, "BT-26": DAY, "EXT-FR-FE-02": "386"}
        )
        self.assertEqual(invoice["BT-112"], D("840.00"))

    def test_semantic_a_paid_deposit_is_a_prepaid_amount(self):
        _deposit, whole = cases.CASES["final_invoice_of_a_paid_deposit"][0](self.make)
        invoice = self.told(whole)
        self.assertEqual(invoice["BT-23"], "S4")
        self.assertEqual(
            (invoice["BT-112"], invoice["BT-113"], invoice["BT-115"]),
            (D("1200.00"), D("300.00"), D("900.00")),
        )

    def test_semantic_already_paid(self):
        goods, services, part = cases.CASES["already_paid"][0](self.make)
        self.assertEqual(self.told(goods)["BT-23"], "B2")
        invoice = self.told(services)
        self.assertEqual(invoice["BT-23"], "S2")
        self.assertEqual(invoice["BT-9"], date(2026, 9, 17), "the date of the payment")
        self.assertEqual(invoice["BT-115"], D("0.00"))
        self.assertEqual(self.told(part)["BT-23"], "B1")
        self.assertEqual(self.told(part)["BT-113"], D("50.00"))

    def test_semantic_a_credit_note_names_what_it_credits(self):
        whole, part, old, two, _foreign = cases.CASES["credit_notes"][0](self.make)
        self.assertEqual(self.told(whole)["BT-3"], "381")
        self.assertEqual(
            self.told(whole)["BG-3"], [{"BT-25": whole.reversed_entry_id.name, "BT-26": DAY}]
        )
        self.assertEqual(
            self.told(old)["BG-3"], [{"BT-25": "F-2025-0099", "BT-26": date(2025, 11, 3)}]
        )
        self.assertEqual(len(self.told(two)["BG-3"]), 2)
        self.assertTrue(self.told(part)["BG-3"])
        self.assertGreater(self.told(whole)["BT-112"], 0)

    def test_semantic_self_billing_turns_the_parties_round(self):
        bill, deposit, refund = cases.CASES["self_billing"][0](self.make)
        invoice = self.told(bill)
        self.assertEqual(invoice["BT-3"], "389")
        self.assertEqual(invoice["BG-4"]["legal_identifier"], "992341602")
        self.assertEqual(invoice["BG-7"]["legal_identifier"], "999120348")
        self.assertEqual(invoice["BT-84"], "FR1420041010050500013M02606")
        self.assertEqual(self.told(deposit)["BT-3"], "500")
        self.assertEqual(self.told(refund)["BT-3"], "261")
        self.assertEqual(bill._efacture_issuer(), "efacture")

    def test_semantic_a_supplier_s_own_bill_is_not_ours(self):
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.make.supplier.id}
        )
        self.assertFalse(bill._efacture_issuer())

    def test_semantic_vat_in_euro_beside_a_foreign_currency(self):
        invoice, abroad, yen, _discounted, _refund = cases.CASES["foreign_currency"][0](self.make)
        told = self.told(invoice)
        self.assertEqual((told["BT-5"], told["BT-6"]), ("USD", "EUR"))
        vat = invoice.line_ids.filtered("tax_line_id")
        self.assertEqual(told["BT-111"], D(f"{-sum(vat.mapped('balance')):.2f}"))
        self.assertEqual(self.told(abroad)["BT-111"], D(0))
        self.assertEqual(self.told(yen)["BT-112"], D("54000"))

    def test_semantic_delivery_and_periods(self):
        elsewhere, period, lines, several = cases.CASES["delivery_and_periods"][0](self.make)
        self.assertEqual(self.told(elsewhere)["BG-13"]["postcode"], "13015")
        self.assertEqual(self.told(elsewhere)["BT-72"], DAY)
        self.assertEqual(
            (self.told(period)["BT-73"], self.told(period)["BT-74"]),
            (date(2026, 8, 1), date(2026, 8, 31)),
        )
        self.assertEqual(self.told(lines)["BG-25"][0]["BT-134"], date(2026, 7, 1))
        self.assertEqual(
            several._efacture_profile("cii"), "extended-ctc-fr", "one day a line is beyond EN 16931"
        )
        self.assertEqual(
            self.told(several)["BT-73"], date(2026, 9, 2), "which tells the span instead"
        )
        self.assertEqual(
            [line["EXT-FR-FE-158"] for line in self.told(several, "extended-ctc-fr")["BG-25"]],
            [date(2026, 9, 2), date(2026, 9, 9)],
        )

    def test_semantic_payment(self):
        with cases.settings_of(self.make, {"efacture_sepa_creditor": "FR72ZZZ123456"}):
            moves = cases.CASES["payment_means"][0](self.make)
            told = {self.told(move).get("BT-81"): self.told(move) for move in moves}
        self.assertEqual(told["58"]["BT-84"], "FR7630001007941234567890185")
        self.assertEqual(told["59"]["BT-89"], "RUM-2026-001")
        self.assertEqual(told["59"]["BT-90"], "FR72ZZZ123456")
        self.assertEqual(told["59"]["BT-91"], "FR7612548029989876543210917")
        self.assertNotIn("BT-84", told["20"])
        self.assertNotIn("BT-81", told[None])

    def test_semantic_instalments_are_listed(self):
        move = cases.CASES["payment_terms"][0](self.make)[0]
        invoice = self.told(move)
        self.assertEqual(invoice["BT-9"], move.invoice_date_due)
        self.assertIn("Règlement en trois fois & sans frais", invoice["BT-20"])
        for part in ("360,00", "479,99"):
            self.assertIn(part, invoice["BT-20"])

    def test_semantic_references(self):
        invoice = self.told(cases.CASES["references"][0](self.make)[0])
        self.assertEqual(
            [invoice[term] for term in ("BT-10", "BT-11", "BT-12", "BT-13", "BT-14", "BT-16")],
            ["SERVICE-12", "CHANTIER-8", "2026-M-0042", "BC-77120", "S00042", "BL-5501"],
        )

    def test_semantic_files_travel_with_their_kind(self):
        move = cases.CASES["files"][0](self.make)[0]
        files = {file["BT-122"]: file for file in self.told(move)["BG-24"]}
        self.assertEqual(files["bon de livraison.pdf"]["BT-123"], "BON_LIVRAISON")
        self.assertEqual(files["détail.csv"]["BT-125"], b"a;b\n1;2\n")

    def test_semantic_sections_and_notes_are_not_lost(self):
        invoice = self.told(cases.CASES["sections_and_notes"][0](self.make)[0])
        first, second = invoice["BG-25"]
        self.assertEqual(first["BT-153"], "Table")
        self.assertEqual(first["BT-154"], "Plateau massif\nPieds tournés")
        self.assertEqual(
            first["BT-127-00"],
            [{"BT-127": "Livraison comprise\nMobilier\nBois issu de forêts gérées"}],
        )
        self.assertEqual(second["BT-127-00"], [{"BT-127": "Prestations\nIntervention le matin"}])

    def test_semantic_long_names_are_cut_and_told_in_full_below(self):
        long = cases.CASES["long_words"][0](self.make)[0]
        line = self.told(long)["BG-25"][0]
        self.assertLessEqual(len(line["BT-153"]), 255)
        self.assertTrue(line["BT-153"].endswith("…"))
        self.assertEqual(line["BT-154"].count("Désignation"), 40)

    def test_semantic_any_characters_come_back_as_they_went(self):
        for move in cases.CASES["every_script"][0](self.make):
            for syntax in ("cii", "ubl"):
                content, _verdict = move._efacture_generate_xml(syntax)
                told = read_xml(content)["BG-25"][0]["BT-153"]
                name = "".join(
                    sign for sign in move.invoice_line_ids.name.split("\n")[0] if sign.isprintable()
                )
                self.assertEqual(
                    "".join(sign for sign in told if sign.isprintable()).replace(" ", ""),
                    name.replace(" ", ""),
                )

    def test_semantic_cash_rounding(self):
        down, _up, _tax, paid = cases.CASES["cash_rounding"][0](self.make)
        self.assertEqual(self.told(down)["BT-114"], D("0.02"))
        self.assertEqual(self.told(paid)["BT-115"], D("0.00"))
        self.assertEqual(self.told(paid)["BT-113"], self.told(paid)["BT-112"])

    def test_semantic_single_taxable_person(self):
        with cases.settings_of(self.make, {"efacture_vat_group_partner_id": "=group"}):
            move = self.make.post()
            invoice = self.told(move)
        self.assertEqual(invoice["BG-4"]["identifiers"]["0231"], "991780529")
        self.assertEqual(invoice["BG-11"]["vat_identifier"], "FR71991780529")
        self.assertIn(
            ("TXD", "MEMBRE_ASSUJETTI_UNIQUE"), [(n["BT-21"], n["BT-22"]) for n in invoice["BG-1"]]
        )

    def test_semantic_what_the_books_cannot_explain_names_the_term(self):
        move = self.make.draft([self.make.line(100, "20"), self.make.line(10, "10")])
        other = self.make.taxes["5.5"]
        vat = move.line_ids.filtered("tax_line_id")[:1]
        # what a wrong import may leave: a VAT item of a rate that no line has
        self.env.cr.execute(
            "UPDATE account_move_line SET tax_line_id = %s WHERE id = %s", [other.id, vat.id]
        )
        self.env.invalidate_all()
        with self.assertRaises(InvoiceDataError) as raised:
            move._efacture_prepare_invoice()
        self.assertEqual(raised.exception.term, "BT-117")
        move.efacture_check()
        self.assertEqual(move.efacture_verdict, "invalid")
        self.assertIn("BT-117", move.efacture_finding_ids.mapped("term"))

    def test_semantic_the_proposal_follows_the_invoice_and_a_choice_stays(self):
        move = self.make.draft([self.make.line(10, "20S")])
        self.assertEqual(move.efacture_process, "S1")
        move.write({"invoice_line_ids": [self.make.line(10, "20")]})
        self.assertEqual(move.efacture_process, "M1")
        move.efacture_process = "S5"
        move.write({"invoice_line_ids": [Command.unlink(move.invoice_line_ids[-1].id)]})
        self.assertEqual(move.efacture_process, "S5")
        self.assertEqual(move.copy().efacture_process, "S1")

    def test_semantic_any_price_and_quantity_give_the_amount_of_the_books(self):
        chance = random.Random(20260915)
        for _turn in range(3000):
            quantity = D(chance.randint(1, 10 ** chance.randint(1, 8))).scaleb(
                -chance.randint(0, 4)
            )
            unit = D(chance.randint(0, 10 ** chance.randint(1, 9))).scaleb(-chance.randint(0, 7))
            total = rounded(unit * quantity, 2) + D(chance.choice(("0", "0", "0.01", "-0.01")))
            if total < 0:
                continue
            price, base = _price(unit, quantity, total, 2)
            self.assertEqual(rounded(price * quantity / (base or 1), 2), total, (unit, quantity))
            self.assertGreaterEqual(-price.as_tuple().exponent, -12)
            self.assertLessEqual(-price.as_tuple().exponent, 6)

    def test_semantic_the_profile_of_the_company(self):
        move = self.make.post()
        self.assertEqual(move._efacture_profile("ubl"), "en16931")
        self.make.company.efacture_profile = "extended-ctc-fr"
        _content, verdict = move._efacture_generate_xml("ubl")
        self.assertEqual(verdict.profile, "extended-ctc-fr")
