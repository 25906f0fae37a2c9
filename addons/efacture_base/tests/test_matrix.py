import logging
import os
from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from ..en16931 import validator
from ..en16931.read import read_xml
from .scenario_cases import CASES, settings_of
from .scenarios import Builder

_logger = logging.getLogger(__name__)
FULL = bool(os.environ.get("EFACTURE_TEST_FULL"))
DOCUMENTS = [
    ("cii", "en16931"),
    ("cii", "extended-ctc-fr"),
    ("ubl", "en16931"),
    ("ubl", "extended-ctc-fr"),
]
ZERO = Decimal(0)
# Warnings of the official rules that a right invoice gets too, none of them fatal.
KNOWN_WARNINGS = {
    "CII-SR-475": "two files: EN 16931 has BG-24 0..n, the CII rule counts all names together",
    "CII-SR-476": "the same for their contents",
    "BR-FXEXT-E-08ini": "two exemption reasons: told reason by reason, as the fatal rule …-08rev asks",
    "BR-FREXT-E-08ini": "the same in UBL",
}


@tagged("post_install", "-at_install")
class TestMatrix(TransactionCase):
    """Every case of the field × syntaxes × profiles: no rule broken, amounts those of the books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make = Builder(cls.env)

    def test_matrix(self):
        counts = {"invoices": 0, "documents": 0, "pdfs": 0}
        rule_sets = {}
        for name, (function, settings) in CASES.items():
            with self.env.cr.savepoint(), settings_of(self.make, settings):
                moves = self.env["account.move"].union(*function(self.make))
                counts["invoices"] += len(moves)
                for syntax, profile in DOCUMENTS:
                    told = moves.filtered(lambda move, at=profile: _can_be_told(move, at))
                    documents = told._efacture_generate_documents(syntax, profile)
                    for move, (content, verdict) in documents.items():
                        with self.subTest(
                            case=name, move=move.name, syntax=syntax, profile=profile
                        ):
                            self._check(move, content, verdict, profile)
                            counts["documents"] += 1
                            rule_sets.update(verdict.rule_sets)
                counts["pdfs"] += self._check_facturx(name, moves if FULL else moves[:1])
        self.assertGreaterEqual(counts["invoices"], 120)
        _logger.info(
            "EFACTURE-COUNT matrix: %s invoices of %s cases, %s XML documents and %s Factur-X (%s) without a "
            "violation, rule sets %s",
            counts["invoices"],
            len(CASES),
            counts["documents"],
            counts["pdfs"],
            "veraPDF 3b" if FULL else "container checks",
            ", ".join(sorted(rule_sets)),
        )

    def _check_facturx(self, name, moves):
        """Factur-X of these invoices: the same XML inside, the container right; with --full, veraPDF."""
        files = [attachment.raw for attachment in moves.efacture_get_document("facturx")]
        contexts = {move._efacture_context() for move in moves}
        self.assertEqual(len(contexts), 1)
        verdicts = validator.validate_many(files, context=contexts.pop(), pdfa=FULL, timeout=120)
        for move, verdict in zip(moves, verdicts, strict=True):
            with self.subTest(case=name, move=move.name, syntax="facturx", profile=verdict.profile):
                self.assertEqual(
                    [(f.rule, f.message) for f in verdict.findings if f.rule not in KNOWN_WARNINGS],
                    [],
                )
                self.assertEqual((verdict.kind, verdict.verdict), ("Factur-X", "valid"))
        return len(files)

    def _check(self, move, content, verdict, profile):
        found = [
            (finding.rule, finding.term, finding.message, finding.location)
            for finding in verdict.findings
            if finding.severity == "fatal"
            or (finding.source != "own" and finding.rule not in KNOWN_WARNINGS)
        ]
        self.assertEqual(found, [], f"{verdict.kind} {verdict.profile}")
        self.assertEqual(verdict.verdict, "valid")
        self.assertEqual(verdict.profile, profile)
        invoice = read_xml(content)
        self._check_amounts(move, invoice)

    def _check_amounts(self, move, invoice):
        """The document against the journal items, without a line of the code that made it."""
        digits = move.currency_id.decimal_places
        sign = move.direction_sign

        def books(value):
            return Decimal(f"{value:.{digits}f}")

        def said(term):
            return Decimal(invoice.get(term) or "0")

        rounding = sum(
            sign * line.amount_currency
            for line in move.line_ids
            if line.display_type == "rounding" and not line.tax_repartition_line_id
        )
        other = sum(
            sign * line.amount_currency
            for line in move.line_ids
            if line.tax_line_id.amount_type == "fixed"
        )
        self.assertEqual(said("BT-109"), books(move.amount_untaxed - rounding + other))
        self.assertEqual(said("BT-110"), books(move.amount_tax - other))
        self.assertEqual(said("BT-112"), books(move.amount_total - rounding))
        self.assertEqual(said("BT-115"), books(move.amount_residual))
        self.assertEqual(said("BT-112") - said("BT-113") + said("BT-114"), said("BT-115"))
        lines = sum((Decimal(line["BT-131"]) for line in invoice["BG-25"]), ZERO)
        self.assertEqual(said("BT-106"), lines)
        self.assertEqual(lines - said("BT-107") + said("BT-108"), said("BT-109"))
        self.assertEqual(sum(Decimal(tax["BT-117"]) for tax in invoice["BG-23"]), said("BT-110"))
        self.assertEqual(sum(Decimal(tax["BT-116"]) for tax in invoice["BG-23"]), said("BT-109"))
        by_rate = {}
        for line in move.line_ids.filtered(lambda item: item.tax_line_id.efacture_is_vat):
            rate = Decimal(repr(line.tax_line_id.amount)).normalize()
            by_rate[rate] = by_rate.get(rate, ZERO) + books(sign * line.amount_currency)
        for tax in invoice["BG-23"]:
            if tax["BT-118"] == "S":
                rate = Decimal(tax["BT-119"]).normalize()
                self.assertEqual(Decimal(tax["BT-117"]), by_rate[rate])
        if move.currency_id.name != "EUR":
            vat = sum(
                line.balance * sign for line in move.line_ids if line.tax_line_id.efacture_is_vat
            )
            self.assertEqual(said("BT-111"), Decimal(f"{vat:.2f}"))
        for line in invoice["BG-25"]:
            self._check_line(line, digits)

    def _check_line(self, line, digits):
        """BT-131 = BT-129 × BT-146 / BT-149 − allowances + charges, to the cent."""
        base = Decimal(line.get("BT-149") or 1)
        gross = Decimal(line["BT-129"]) * Decimal(line["BT-146"]) / base
        net = gross.quantize(Decimal(1).scaleb(-digits), rounding="ROUND_HALF_UP")
        net -= sum((Decimal(row["amount"]) for row in line.get("BG-27") or ()), ZERO)
        net += sum((Decimal(row["amount"]) for row in line.get("BG-28") or ()), ZERO)
        self.assertEqual(net, Decimal(line["BT-131"]), line)


def _can_be_told(move, profile):
    """Cash rounding that Odoo puts into the VAT is beyond what EXTENDED-CTC-FR allows (0.01 a line)."""
    in_vat = move.line_ids.filtered(
        lambda line: line.display_type == "rounding" and line.tax_line_id
    )
    return profile == "en16931" or not in_vat
