from odoo import api, models
from odoo.exceptions import AccessError

# Said by the check, by the exchange with the platform or by the making of documents; never by a person.
_OURS = frozenset(
    {
        "efacture_verdict", "efacture_checked_date", "efacture_rule_sets", "efacture_state",
        "efacture_facturx_file", "efacture_cii_file", "efacture_ubl_file",
    }
)  # fmt: skip


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
        moves = super().create(vals_list)
        moves._efacture_refuse_foreign_files()
        return moves

    # EXTENDS 'account'
    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self._efacture_refuse_ours(vals)
        if "efacture_attachment_ids" not in vals:
            return super().write(vals)
        before = self.sudo().efacture_attachment_ids  # sudo: files put there by others stay
        result = super().write(vals)
        self._efacture_refuse_foreign_files(before)
        return result

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

    def _efacture_refuse_foreign_files(self, before=()):
        """A file that travels inside an invoice is one that whoever put it there may read."""
        # sudo: a file this user may not read is hidden from the field itself
        files = self.sudo().efacture_attachment_ids
        added = files - before if before else files
        added.sudo(False).check_access("read")
