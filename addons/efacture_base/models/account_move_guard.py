from odoo import api, models
from odoo.exceptions import AccessError

# Said by the check, by the exchange with the platform or by the making of documents; never by a person.
_OURS = frozenset(
    {
        "efacture_verdict", "efacture_checked_date", "efacture_rule_sets", "efacture_state", "efacture_status",
        "efacture_facturx_file", "efacture_cii_file", "efacture_ubl_file",
    }
)  # fmt: skip

# What the company's customers and suppliers do not see of their invoices, by pages or by calls.
_INSIDE = _OURS | {
    "efacture_state_detail", "efacture_state_words", "efacture_exchange_ids", "efacture_finding_ids", "efacture_event_ids",
    "efacture_collected_pending", "efacture_status_label", "efacture_status_note", "efacture_status_tone", "efacture_can_say",
    "efacture_hint", "efacture_hint_tone", "efacture_hint_button", "efacture_has_timeline",
    "efacture_document_ids", "efacture_document_id", "efacture_received_warnings", "efacture_bank_to_add",
    "efacture_contact_hint", "efacture_to_collect",
}  # fmt: skip


class AccountMove(models.Model):
    """What nobody may write into an invoice, whatever his rights on it."""

    _inherit = "account.move"

    # EXTENDS 'account'
    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        for vals in vals_list:
            self._efacture_refuse_ours(vals)
        context = self.env.context
        if any(f"default_{name}" in context for name in _OURS):
            kept = {k: v for k, v in context.items() if k.removeprefix("default_") not in _OURS}
            # A key can only be taken out of a context by giving the rest as a whole.
            self = self.with_context(kept)  # pylint: disable=context-overridden
        return super().create(vals_list)

    # EXTENDS 'account'
    def write(self, vals):
        if not self.env.su:
            self._efacture_refuse_ours(vals)
        return super().write(vals)

    # EXTENDS 'base'
    def _has_field_access(self, field, operation):
        if field.name in _INSIDE and not self.env.su and not self.env.user._is_internal():
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _efacture_refuse_ours(self, vals):
        names = [name for name in _OURS.intersection(vals) if vals[name]]
        if names:
            labels = [self._fields[name]._description_string(self.env) for name in sorted(names)]
            raise AccessError(
                self.env._(
                    "%(fields)s: eFacture says this itself; it cannot be typed or imported. Use “Check” or "
                    "“Send” on the invoice.",
                    fields=", ".join(labels),
                )
            )
