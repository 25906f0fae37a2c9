"""From the semantic invoice to a document with its verdict, one by one or in batches."""

from odoo import models

from ..en16931 import validator
from ..en16931.verdict import Finding, Verdict, conclude, sort_findings
from ..en16931.write import InvoiceDataError, write_xml
from .inner_context import Inner

KINDS = {"cii": "CII", "ubl": "UBL-Invoice"}


class AccountMove(models.Model):
    _inherit = "account.move"

    def _efacture_profile(self, syntax):
        """The profile to write: EN 16931 unless it cannot say the invoice, or the company's choice."""
        self.ensure_one()
        choice = self.company_id.efacture_profile
        if choice != "auto":
            return choice
        return "extended-ctc-fr" if self._efacture_needs_extension() else "en16931"

    def _efacture_needs_extension(self):
        """What only EXTENDED-CTC-FR can say: lines delivered on several days."""
        dates = {line.efacture_delivery_date for line in self._efacture_product_lines()}
        return len(dates - {False}) > 1

    def _efacture_context(self):
        """Which rule sets judge this invoice, by its channel: the platforms' wherever it can go there.

        French rules ask for electronic addresses that a private person without e-mail, or a foreign
        seller we write for, cannot have: such an invoice is judged by the European standard.
        """
        self.ensure_one()
        if self._efacture_must_travel():
            return "fr-ctc"
        if not self._efacture_seller().efacture_siren or not self._efacture_buyer_address()[1]:
            return "en16931"
        return "fr-ctc"

    def _efacture_generate_xml(self, syntax, profile=None):
        """(XML, verdict) of this invoice.

        :param str syntax: `cii` (also what a Factur-X carries) or `ubl`
        :param str profile: `en16931` or `extended-ctc-fr`; the invoice's own by default
        :return: the XML is empty when it cannot be written; the verdict then says why
        """
        self.ensure_one()
        return self._efacture_generate_documents(syntax, profile)[self]

    def _efacture_generate_documents(self, syntax, profile=None):
        """{invoice: (XML, verdict)} for these invoices; written and checked together.

        One that cannot be written has no XML and a verdict `invalid`; the others go on.
        """
        moves = self._efacture_prepared()
        results, written = {}, {}
        for move in moves:
            findings = move._efacture_own_findings()
            try:
                used = profile or move._efacture_profile(syntax)
                content = write_xml(move._efacture_prepare_invoice(used), syntax, used)
                written[move] = content, findings
            except InvoiceDataError as error:
                results[move] = b"", _not_written(error, findings, syntax)
        for context, group in _grouped(written, lambda move: move._efacture_context()).items():
            verdicts = validator.validate_many(
                [written[move][0] for move in group], context=context, lang=move._efacture_lang()
            )
            for move, verdict in zip(group, verdicts, strict=True):
                content, findings = written[move]
                results[move] = content, _with_own(verdict, findings)
        return {move: results[moves.browse(move.id)] for move in self}

    def _efacture_prepared(self):
        """These invoices with what every one of them needs read once, whatever their number."""
        return self.with_context(
            efacture_tax_templates=Inner(self._efacture_tax_templates()),
            efacture_unit_codes=Inner({}),
        )

    def _efacture_lang(self):
        return "en" if (self.env.lang or "fr").startswith("en") else "fr"


def _grouped(moves, key):
    groups = {}
    for move in moves:
        groups.setdefault(key(move), []).append(move)
    return groups


def _not_written(error, findings, syntax):
    if not any(finding.severity == "fatal" and finding.term == error.term for finding in findings):
        findings = [*findings, Finding("EF-DATA", "fatal", error.term, str(error), "own")]
    return Verdict("invalid", KINDS[syntax], "", sort_findings(findings))


def _with_own(verdict, findings):
    """The official verdict with our own findings; ours replace the official ones on the same term."""
    if not findings:
        return verdict
    terms = {finding.term for finding in findings if finding.severity == "fatal" and finding.term}
    kept = [finding for finding in verdict.findings if finding.term not in terms]
    merged = sort_findings([*findings, *kept])
    word = "invalid" if verdict.verdict == "invalid" else conclude(merged, verdict.is_valid)
    return Verdict(word, verdict.kind, verdict.profile, merged, verdict.rule_sets, verdict.seconds)
