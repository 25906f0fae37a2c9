"""The invoice as EN 16931: the dictionary of the factur-x library, group by group.

Each business group has its own file ``account_move_semantic_*.py``; this one has what the document
is (BT-1, BT-2, BT-3, BT-23, dates) and puts the groups together. Amounts are read from the ledger,
never computed again: see ``account_move_semantic_taxes.py``.
"""

from odoo import api, fields, models

from ..en16931.write import InvoiceDataError
from .inner_context import Inner, inner
from .semantic_tools import compact, plain, present

TYPE_CODES = [
    ("380", "Invoice (380)"),
    ("381", "Credit note (381)"),
    ("384", "Corrective invoice (384)"),
    ("386", "Deposit invoice (386)"),
    ("389", "Self-billed invoice (389)"),
    ("261", "Self-billed credit note (261)"),
    ("262", "Credit note for a global discount (262)"),
    ("393", "Factored invoice (393)"),
    ("396", "Factored credit note (396)"),
    ("471", "Self-billed corrective invoice (471)"),
    ("472", "Factored corrective invoice (472)"),
    ("473", "Self-billed factored corrective invoice (473)"),
    ("500", "Self-billed deposit invoice (500)"),
    ("501", "Self-billed factored invoice (501)"),
    ("502", "Self-billed factored credit note (502)"),
    ("503", "Deposit credit note (503)"),
]
CREDIT_TYPES = ("261", "262", "381", "396", "502", "503")
DEPOSIT_TYPES = ("386", "500", "503")
CORRECTIVE_TYPES = ("384", "471", "472", "473")
PROCESSES = [
    ("B1", "B1 – Goods"),
    ("S1", "S1 – Services"),
    ("M1", "M1 – Goods and services"),
    ("B2", "B2 – Goods, already paid"),
    ("S2", "S2 – Services, already paid"),
    ("M2", "M2 – Goods and services, already paid"),
    ("B4", "B4 – Goods, final invoice after deposit"),
    ("S4", "S4 – Services, final invoice after deposit"),
    ("M4", "M4 – Goods and services, final invoice after deposit"),
    ("S3", "S3 – Services, subcontractor paid directly"),
    ("S5", "S5 – Services, invoiced by a subcontractor"),
    ("S6", "S6 – Services, invoiced by a co-contractor"),
    ("B7", "B7 – Goods, VAT already reported"),
    ("S7", "S7 – Services, VAT already reported"),
]
# What the person may set and what the document says: a change makes the last verdict old.
OWN_FIELDS = (
    "efacture_type_choice", "efacture_process_choice", "efacture_preceding_ids",
    "efacture_preceding_number", "efacture_preceding_date", "efacture_note_ids",
    "efacture_period_start", "efacture_period_end", "efacture_means_choice",
    "efacture_mandate_reference", "efacture_attachment_ids", "efacture_project_reference",
    "efacture_despatch_reference",
)  # fmt: skip


class AccountMove(models.Model):
    _inherit = "account.move"

    # The choice is stored only when it differs from what the invoice itself says, so that the
    # proposal follows the invoice and installing on old data computes nothing.
    efacture_type_choice = fields.Char(string="Chosen document type", copy=False)
    efacture_type_code = fields.Selection(
        TYPE_CODES,
        string="Document type",
        compute="_compute_efacture_type_code",
        inverse="_inverse_efacture_type_code",
        help="Proposed from the invoice: invoice, credit note, deposit, self-billing…",
    )
    efacture_process_choice = fields.Char(string="Chosen business process", copy=False)
    efacture_process = fields.Selection(
        PROCESSES,
        string="Business process",
        compute="_compute_efacture_process",
        inverse="_inverse_efacture_process",
        help="Goods, services or both, and whether it is paid already or follows a deposit.",
    )
    efacture_period_start = fields.Date(string="Invoiced period from", copy=False)
    efacture_period_end = fields.Date(string="Invoiced period to", copy=False)

    # -- what it is -------------------------------------------------------------------------------

    def _efacture_is_self_billed(self):
        """Whether we write this invoice in the name of our supplier."""
        self.ensure_one()
        return self.is_purchase_document() and self.journal_id.is_self_billing

    def _efacture_issuer(self):
        """Who makes and sends the electronic document of this invoice: the one method that answers.

        :return: `efacture` (this product), `pdp` (Odoo's own platform), `peppol` (Odoo has sent it
            there) or False (nobody, or somebody else's document)
        """
        self.ensure_one()
        ours = self.is_sale_document() or self._efacture_is_self_billed()
        if not ours:
            return False
        if self._efacture_native_peppol():
            return "pdp" if self._efacture_native_pdp() else "peppol"
        if self.company_id._efacture_active_account():
            return "efacture"
        return "pdp" if self._efacture_native_pdp() else False

    def _efacture_native_peppol(self):
        """Whether Odoo's Peppol, or its platform, has taken this invoice (a field of their module)."""
        return "peppol_move_state" in self._fields and self.peppol_move_state not in (
            False,
            "ready",
            "skipped",
            "error",
        )

    def _efacture_native_pdp(self):
        """Whether Odoo's own French platform is active for the company (its module may not be there)."""
        company = self.company_id.sudo()  # fields of its own groups
        return "l10n_fr_pdp_registered" in company._fields and company.l10n_fr_pdp_registered

    def _efacture_is_deposit(self):
        """Whether every line asks for a deposit (Odoo's down payments)."""
        lines = self._efacture_product_lines()
        return bool(lines) and all(line._efacture_is_deposit() for line in lines)

    def _efacture_product_lines(self):
        # in a form that is not saved yet, new lines are in `invoice_line_ids` only
        lines = self.line_ids if self == self._origin else self.invoice_line_ids
        return lines.filtered(lambda line: line.display_type == "product")

    def _efacture_default_type(self):
        self.ensure_one()
        self_billed = self._efacture_is_self_billed()
        if self.move_type in ("out_refund", "in_refund"):
            if self.reversed_entry_id and self.reversed_entry_id.efacture_type_code == "386":
                return "503"
            return "261" if self_billed else "381"
        if self._efacture_is_deposit():
            return "500" if self_billed else "386"
        return "389" if self_billed else "380"

    @api.depends(
        "move_type", "journal_id", "reversed_entry_id", "efacture_type_choice", "invoice_line_ids"
    )
    def _compute_efacture_type_code(self):
        for move in self:
            if not move.is_invoice():
                move.efacture_type_code = False
                continue
            default = move._efacture_default_type()
            choice = move.efacture_type_choice
            credit = move.move_type in ("out_refund", "in_refund")
            # a choice made for an invoice says nothing of the credit note it was turned into
            fits = choice and (choice in CREDIT_TYPES) == credit
            move.efacture_type_code = choice if fits else default

    def _inverse_efacture_type_code(self):
        for move in self:
            code = move.efacture_type_code
            move.efacture_type_choice = code if code != move._efacture_default_type() else False

    def _efacture_nature(self):
        """B goods, S services, M both: by product, else by tax, else what the company sells."""
        lines = self._efacture_product_lines()
        # freight, discounts and deposits taken off follow what is sold
        main = lines.filtered(
            lambda line: (
                line._efacture_role() == "line" and not line._efacture_is_deposit_deduction()
            )
        )
        natures = {line._efacture_nature() for line in main or lines}
        if len(natures) > 1:
            return "M"
        return natures.pop() if natures else self.company_id.efacture_nature

    def _efacture_default_process(self):
        self.ensure_one()
        letter = self._efacture_nature()
        if self.efacture_type_code in CREDIT_TYPES:
            return f"{letter}1"
        if self.efacture_type_code not in DEPOSIT_TYPES and (
            any(line._efacture_is_deposit_deduction() for line in self._efacture_product_lines())
            or any(move.efacture_type_code in DEPOSIT_TYPES for move in self._efacture_preceding())
        ):
            return f"{letter}4"
        return f"{letter}2" if self._efacture_is_paid() else f"{letter}1"

    def _efacture_is_paid(self):
        """Whether nothing is left to pay when the document is made."""
        return (
            self.state == "posted"
            and not self.currency_id.is_zero(self.amount_total)
            and self.currency_id.is_zero(self.amount_residual)
        )

    @api.depends(
        "invoice_line_ids.product_id",
        "invoice_line_ids.tax_ids",
        "efacture_type_code",
        "efacture_preceding_ids",
        "efacture_process_choice",
        "payment_state",
    )
    def _compute_efacture_process(self):
        for move in self:
            move.efacture_process = (
                move.is_invoice()
                and (move.efacture_process_choice or move._efacture_default_process())
            ) or False

    def _inverse_efacture_process(self):
        for move in self:
            process = move.efacture_process
            move.efacture_process_choice = (
                process if process != move._efacture_default_process() else False
            )

    # -- the dictionary ---------------------------------------------------------------------------

    def _efacture_prepare_invoice(self, profile="en16931"):
        """This invoice as the EN 16931 dictionary of the factur-x library.

        :param str profile: with `extended-ctc-fr`, also the terms that only this profile has

        Keys are business terms (BT-…, BG-…, EXT-FR-FE-…); values are str, `Decimal` and `date`. What
        the invoice does not have is left out: rules and checks say what is missing.

        :raises InvoiceDataError: an amount cannot be told as the ledger has it, naming the term
        """
        self.ensure_one()
        if profile.startswith("extended") != self._efacture_is_extended():
            extended = self.with_context(efacture_extended=Inner(profile.startswith("extended")))
            return extended._efacture_prepare_invoice(profile)
        templates = inner(self.env, "efacture_tax_templates")
        if templates is None:
            templates = self._efacture_tax_templates()
        invoice = {
            "BT-1": self._efacture_number(),
            "BT-2": self.invoice_date or fields.Date.context_today(self),
            "BT-3": self.efacture_type_code,
            "BT-5": self.currency_id.name,
            "BT-23": self.efacture_process,
        }
        invoice.update(self._efacture_prepare_amounts(templates))
        categories = {group["BT-118"] for group in invoice["BG-23"]}
        invoice.update(self._efacture_prepare_parties(categories))
        invoice.update(self._efacture_prepare_delivery(categories))
        invoice.update(self._efacture_prepare_payment(invoice))
        invoice.update(self._efacture_prepare_references())
        invoice["BG-1"] = self._efacture_prepare_notes()
        return present(invoice)

    def _efacture_number(self):
        """The invoice's number; for a draft a placeholder that nobody takes for one."""
        number = compact(self.name) if self.name and self.name != "/" else ""
        return number or f"BROUILLON-{self._origin.id or 0}"

    def _efacture_tax_templates(self):
        """{tax id: template name} for the taxes of these invoices."""
        taxes = self.line_ids.tax_ids.flatten_taxes_hierarchy() | self.line_ids.tax_line_id
        return taxes._efacture_templates()

    def _efacture_error(self, term, message):
        return InvoiceDataError(term, plain(message))
