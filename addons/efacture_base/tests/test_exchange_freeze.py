"""Field by field: what may still change of an invoice that is final, and that nothing else does."""

import contextlib

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .send_common import SendCase

# Payment, follow-up, internal classification: nothing that the sent document says.
FREE = {
    "access_token", "activity_ids", "adjusting_entries_move_ids", "adjusting_entry_origin_move_ids",
    "always_tax_exigible", "attachment_ids", "auto_post", "auto_post_origin_id", "auto_post_until", "checked",
    "exchange_diff_partial_ids", "invoice_source_email", "invoice_user_id", "is_manually_modified", "is_move_sent",
    "matched_payment_ids", "message_follower_ids", "message_ids", "message_main_attachment_id",
    "audit_trail_message_ids", "message_partner_ids", "no_followup", "origin_payment_id", "payment_ids", "payment_state", "posted_before",
    "sending_data", "statement_line_id", "statement_line_ids", "tax_cash_basis_rec_id", "transaction_ids",
    "tax_cash_basis_created_move_ids", "tax_cash_basis_origin_move_id", "website_message_ids",
    "reversal_move_ids", "inalterable_hash", "secure_sequence_number", "peppol_message_uuid", "peppol_move_state",
    # said by us, guarded elsewhere (account_move_guard)
    "efacture_exchange_ids", "efacture_event_ids", "efacture_finding_ids", "efacture_document_ids",
    "efacture_collected_pending", "efacture_said_at", "efacture_verdict", "efacture_checked_date",
    "efacture_rule_sets", "efacture_state", "efacture_status", "efacture_facturx_file", "efacture_cii_file",
    "efacture_ubl_file", "ubl_cii_xml_file",
    # lines have their own guard, tested beside
    "line_ids", "invoice_line_ids", "journal_line_ids", "quick_edit_total_amount", "tax_totals", "efacture_attachment_ids",
}  # fmt: skip
FREE_OF_LINES = {
    "account_id", "amount_currency", "analytic_distribution", "analytic_line_ids", "balance", "credit", "debit",
    "currency_id", "date_maturity", "discount_date", "discount_amount_currency", "discount_balance",
    "extra_tax_data", "full_reconcile_id", "group_tax_id", "is_imported", "is_storno", "matched_credit_ids",
    "matched_debit_ids", "matching_number", "no_followup", "partner_id", "reconcile_model_id",
    "reconciled_lines_ids", "tax_base_amount", "tax_repartition_line_id", "tax_tag_ids", "payment_id",
    "statement_line_id", "statement_id", "move_id", "parent_state",
}  # fmt: skip
OF_EVERY_RECORD = {"id", "create_uid", "create_date", "write_uid", "write_date", "display_name"}


@tagged("post_install", "-at_install")
class TestExchangeFreeze(SendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice()
        cls.env["account.move.send"]._generate_and_send_invoices(
            cls.invoice, sending_methods=["efacture"]
        )

    def _kept_by_person(self, record):
        """Stored fields that somebody or something may write."""
        return {
            name: field
            for name, field in record._fields.items()
            if name not in OF_EVERY_RECORD
            and not field.related
            and (field.store or field.inverse)
            and (not field.compute or not field.readonly)
        }

    def _another_value(self, record, field):
        """A value that this field does not have now; None when there is none to give."""
        value = record[field.name]
        match field.type:
            case "char" | "text" | "html":
                return f"{value or ''} other"
            case "boolean":
                return not value
            case "integer" | "float" | "monetary":
                return value + 3
            case "date":
                return "2027-02-03"
            case "datetime":
                return "2027-02-03 04:05:06"
            case "selection":
                values = [key for key in field.get_values(self.env) if key != value]
                return values[0] if values else None
            case "many2one":
                other = (
                    self.env[field.comodel_name].sudo().search([("id", "!=", value.id)], limit=1)
                )
                return other.id if other else (False if value else None)
            case "many2many":
                other = (
                    self.env[field.comodel_name]
                    .sudo()
                    .search([("id", "not in", value.ids)], limit=1)
                )
                return [Command.set(other.ids)] if other else None
            case "one2many":
                return [Command.clear()] if value else [Command.create({})]
            case "binary":
                return b"b3RoZXI="
            case "json":
                return {"other": True}
        return None

    def _passed(self, record, free):
        """Fields outside `free` whose change is not refused."""
        passed = set()
        for name, field in self._kept_by_person(record).items():
            if name in free:
                continue
            value = self._another_value(record, field)
            if value is None:
                continue
            savepoint = self.env.cr.savepoint()
            try:
                with contextlib.suppress(UserError, ValueError):
                    record.with_context(skip_readonly_check=True).write({name: value})
                    self.env.flush_all()
                    passed.add(name)
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all()
        return passed

    def test_every_field_of_the_invoice(self):
        self.assertEqual(self.invoice.efacture_state, "queued")
        self.assertFalse(self._passed(self.invoice, FREE))

    def test_every_field_of_a_line(self):
        self.assertFalse(self._passed(self.invoice.invoice_line_ids[0], FREE_OF_LINES))

    def test_what_is_free_exists(self):
        """A list that names what is gone hides what came."""
        known = set(self.env["account.move"]._fields) | set(self.env["account.move.line"]._fields)
        missing = (FREE | FREE_OF_LINES) - known
        self.assertFalse(missing - {"peppol_move_state", "peppol_message_uuid"})

    def test_its_number(self):
        """Odoo's wizard gives posted entries new numbers."""
        other = self._create_invoice()
        wizard = (
            self.env["account.resequence.wizard"]
            .with_context(active_model="account.move", active_ids=(self.invoice | other).ids)
            .create({"first_name": self.invoice.name.replace("0000", "0700")})
        )
        with self.assertRaises(UserError):
            wizard.resequence()

    def test_its_files(self):
        page = self.invoice.invoice_pdf_report_id
        for change in (
            lambda: page.with_user(self.env.ref("base.user_admin")).unlink(),
            lambda: page.with_user(self.env.ref("base.user_admin")).write({"raw": b"other"}),
        ):
            with self.assertRaises(UserError):
                change()

    def test_its_notes(self):
        invoice = self._create_invoice(post=False)
        note = self.env["efacture.invoice.note"].create(
            {"move_id": invoice.id, "code": "AAI", "text": "Livré au quai 3."}
        )
        invoice.action_post()
        self.env["account.move.send"]._generate_and_send_invoices(
            invoice, sending_methods=["efacture"]
        )
        for change in (
            lambda: note.write({"text": "other"}),
            lambda: note.unlink(),
            lambda: invoice.write(
                {"efacture_note_ids": [Command.update(note.id, {"text": "other"})]}
            ),
            lambda: self.env["efacture.invoice.note"].create(
                {"move_id": invoice.id, "code": "AAI", "text": "one more"}
            ),
        ):
            with self.assertRaises(UserError):
                change()
