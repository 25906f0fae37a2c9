from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import formatLang

from ..en16931 import sentences, validator
from .inner_context import Inner, inner

VERDICTS = [("valid", "Valid"), ("invalid", "Not valid"), ("unchecked", "Not checked")]
SHOWN = 5  # findings named in a message; all of them are on the invoice
# Where a business term is put right when the check itself does not say it.
_SELLER = (
    "BT-27",
    "BT-28",
    "BT-29",
    "BT-30",
    "BT-31",
    "BT-32",
    "BT-33",
    "BT-34",
    "BG-4",
    "BG-5",
    "BG-6",
)
_BUYER = ("BT-44", "BT-45", "BT-46", "BT-47", "BT-48", "BT-49", "BG-7", "BG-8", "BG-9")
_FIELDS = {
    "BT-1": "name", "BT-2": "invoice_date", "BT-3": "efacture_type_code", "BT-9": "invoice_date_due",
    "BT-10": "buyer_reference", "BT-12": "contract_reference", "BT-13": "purchase_order_reference",
    "BT-20": "invoice_payment_term_id", "BT-21": "efacture_note_ids", "BT-22": "efacture_note_ids",
    "BG-1": "efacture_note_ids", "BT-23": "efacture_process", "BT-25": "efacture_preceding_ids",
    "BT-26": "efacture_preceding_ids", "BG-3": "efacture_preceding_ids", "BT-72": "delivery_date",
    "BG-13": "partner_shipping_id", "BG-14": "efacture_period_start", "BT-81": "efacture_payment_means",
    "BT-84": "partner_bank_id", "BT-89": "efacture_mandate_reference", "BG-24": "efacture_attachment_ids",
}  # fmt: skip


class AccountMove(models.Model):
    """The verdict on an invoice: asked before posting, shown with what to fix, never better than true."""

    _inherit = "account.move"

    efacture_verdict = fields.Selection(
        VERDICTS,
        string="Check",
        copy=False,
        readonly=True,
        help="What the official rules say of this invoice. “Not checked” is never “valid”.",
    )
    efacture_checked_date = fields.Datetime(string="Checked on", copy=False, readonly=True)
    efacture_rule_sets = fields.Char(string="Rules applied", copy=False, readonly=True)
    efacture_finding_ids = fields.One2many("efacture.finding", "move_id", string="Findings")

    _efacture_verdict_index = models.Index(
        "(efacture_verdict, company_id) WHERE efacture_verdict IN ('invalid', 'unchecked')"
    )

    def _efacture_must_travel(self):
        """Whether this invoice goes through our platform: it then has to be valid."""
        self.ensure_one()
        return self.efacture_contact_method == "efacture" and self._efacture_issuer() == "efacture"

    # -- checking ---------------------------------------------------------------------------------

    def efacture_check(self):
        """Check these invoices, drafts too, and keep the verdict and its findings on them.

        :return: {invoice: `Verdict`}
        """
        self._efacture_check_insider()
        moves = self.filtered(lambda move: move.is_invoice())
        issued = moves.filtered("efacture_is_frozen")
        verdicts = issued._efacture_issued_verdicts()
        for move, (_content, verdict) in (
            (moves - issued)._efacture_generate_documents("cii").items()
        ):
            verdicts[move] = verdict
        moves._efacture_store_verdicts(verdicts)
        return verdicts

    def _efacture_issued_verdicts(self):
        """The verdict on the files that were issued: they are the invoices now."""
        files = [move._efacture_frozen_exchange()._efacture_file_attachment().raw for move in self]
        verdicts = {}
        for context, group in self.grouped(lambda move: move._efacture_context()).items():
            contents = [raw for move, raw in zip(self, files, strict=True) if move in group]
            found = validator.validate_many(contents, context=context, lang=self._efacture_lang())
            verdicts.update(zip(group, found, strict=True))
        return verdicts

    def action_efacture_check(self):
        """Button: check and show."""
        self.efacture_check()

    def _efacture_store_verdicts(self, verdicts):
        # sudo: the verdict is said by the check, not written by the person who asked for it
        moves = self.sudo().with_context(efacture_keep_verdict=Inner())
        moves.efacture_finding_ids.unlink()
        rows = []
        now = fields.Datetime.now()
        for move in moves:
            verdict = verdicts[self.browse(move.id)]
            move.write(
                {
                    "efacture_verdict": verdict.verdict,
                    "efacture_checked_date": now,
                    "efacture_rule_sets": " ; ".join(
                        f"{name} {version}" for name, version in verdict.rule_sets
                    )
                    or False,
                }
            )
            rows += [
                move._efacture_finding_vals(finding, place)
                for place, finding in enumerate(verdict.findings)
            ]
        self.env["efacture.finding"].sudo().create(rows)  # sudo: as above

    def _efacture_finding_vals(self, finding, place):
        model, record_id, field = self._efacture_fix_place(finding)
        record = self.env[model].browse(record_id)
        label = record.display_name if record != self else ""
        if field in record._fields:
            about = record._fields[field]._description_string(self.env)
            label = f"{label} ▸ {about}" if label else about
        names = sentences.labels().get(finding.term)
        french = self._efacture_lang() == "fr"
        return {
            "move_id": self.id,
            "sequence": place,
            "severity": finding.severity,
            "rule": finding.rule,
            "term": finding.term,
            "term_label": (names[0] if french else names[1]) if names else finding.term,
            "message": finding.message,
            "source": finding.source,
            "location": False if finding.source == "own" else finding.location,
            "fix_model": model,
            "fix_id": record_id,
            "fix_field": field,
            "fix_label": label,
        }

    def _efacture_fix_place(self, finding):
        """(model, id, field) of the record where a finding is put right."""
        parts = finding.location.split(",")
        if finding.source == "own" and len(parts) == 3 and parts[1].isdigit():
            return parts[0], int(parts[1]), parts[2]
        term = finding.term
        if term in ("BT-22", "BG-1") and finding.rule.startswith("BR-FR-05"):
            return "res.company", self.company_id.id, "efacture_recovery_text"
        if term in _SELLER or _between(term, 35, 43):
            return "res.partner", self._efacture_seller().id, "vat"
        if term in _BUYER or _between(term, 50, 58):
            return "res.partner", self._efacture_buyer().id, "vat"
        if term in ("BT-118", "BT-119", "BT-120", "BT-121", "BT-151", "BT-152", "BG-23"):
            taxes = self.invoice_line_ids.tax_ids
            if len(taxes) == 1:
                return "account.tax", taxes.id, "ubl_cii_tax_category_code"
        return self._name, self.id, _FIELDS.get(term, "invoice_line_ids")

    def _efacture_fix_action(self, model, record_id, field):
        """The window on the record to fix, with the field named for the reader."""
        self.ensure_one()
        model, record_id = model or self._name, record_id or self.id
        if model == "res.company":
            action = self.env["ir.actions.act_window"]._for_xml_id("account.action_account_config")
            return {**action, "context": {"module": "account", "default_company_id": record_id}}
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record_id,
            "views": [[False, "form"]],
            "target": "current",
            "context": {"efacture_fix_field": field or False},
        }

    # -- an older verdict is no verdict -----------------------------------------------------------

    # EXTENDS 'account'
    def write(self, vals):
        # Odoo marks a draft “to be balanced again” by assigning fields that are stored nowhere, and adds
        # to `vals` on the way.
        kept = [name for name in vals if self._fields[name].store or self._fields[name].inverse]
        result = super().write(vals)
        if _tells_something(kept):
            self._efacture_forget_verdict()
        return result

    def _efacture_forget_verdict(self):
        """A draft that changed has no verdict any more."""
        if inner(self.env, "efacture_keep_verdict"):
            return
        # sudo: whoever changes a draft makes its verdict old
        old = self.sudo().filtered(lambda move: move.efacture_verdict and move.state == "draft")
        if old:
            old.efacture_finding_ids.unlink()
            old.with_context(efacture_keep_verdict=Inner()).write(
                {
                    "efacture_verdict": False,
                    "efacture_checked_date": False,
                    "efacture_rule_sets": False,
                }
            )

    # -- posting ----------------------------------------------------------------------------------

    # EXTENDS 'account'
    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._efacture_check_posted()
        return posted

    def _efacture_check_posted(self):
        """Stop the posting of invoices that must travel and cannot; nothing is kept of it then.

        :raises RedirectWarning: one invoice; its button opens the first thing to fix
        :raises UserError: several, each named with its reasons
        """
        todo = self.filtered(
            lambda move: (
                move.company_id.efacture_posting_check != "off" and move._efacture_must_travel()
            )
        )
        if not todo:
            return
        verdicts = todo.efacture_check()
        bad = todo.filtered(
            lambda move: (
                verdicts[move].verdict == "invalid"
                and move.company_id.efacture_posting_check == "block"
            )
        )
        if not bad:
            return
        message = "\n\n".join(
            [
                self.env._("This cannot travel as it is, so nothing was posted."),
                *(move._efacture_reasons(verdicts[move]) for move in bad),
            ]
        )
        if len(bad) == 1 and verdicts[bad].fatal:
            action = bad._efacture_fix_action(*bad._efacture_fix_place(verdicts[bad].fatal[0]))
            raise RedirectWarning(message, action, self.env._("Go and fix it"))
        raise UserError(message)

    def _efacture_reasons(self, verdict):
        """The invoice and what keeps it from being valid, as a short list.

        Told by customer and amount: the number it was about to get is given back with the refusal.
        """
        self.ensure_one()
        reasons = [f"• {finding.message}" for finding in verdict.fatal[:SHOWN]]
        if len(verdict.fatal) > SHOWN:
            reasons.append(self.env._("… and %(count)s more.", count=len(verdict.fatal) - SHOWN))
        customer = self.commercial_partner_id.display_name or ""
        amount = formatLang(self.env, self.amount_total, currency_obj=self.currency_id)
        return "\n".join([f"{customer} – {amount}", *reasons])


def _between(term, first, last):
    number = term.partition("-")[2]
    return term.startswith("BT-") and number.isdigit() and first <= int(number) <= last


def _tells_something(names):
    """Whether a change of these fields may change the document: all but what follows from other records."""
    return any(not name.startswith(("message_", "activity_", "access_")) for name in names)
