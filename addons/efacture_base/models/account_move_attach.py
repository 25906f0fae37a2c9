"""*Files to send*: what may travel with an invoice, how much, and that nobody changes it afterwards."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .account_move_semantic_references import MAX_FILES

# Megabytes of files beside one e-mail; with the invoice and the mail's own coding they stay below the 25 MB
# that most mailboxes take.
MAIL_LIMIT_PARAMETER, MAIL_LIMIT = "efacture.mail_files_limit_mb", 5
# What a file is, told by its name; the first that fits. People may choose another kind.
_KINDS = (
    ("RIB", r"\b(rib|iban|coordonn[ée]es[ _-]bancaires)\b"),
    ("BON_LIVRAISON", r"\b(bl|bon[ _-]de[ _-]livraison|livraison|delivery)\b"),
    ("BON_COMMANDE", r"\b(bc|bon[ _-]de[ _-]commande|commande|purchase[ _-]order)\b"),
    ("ETAT_ACOMPTE", r"\bacomptes?\b"),
)
_FIXED = {"raw", "datas", "db_datas", "name", "mimetype", "efacture_code", "res_model", "res_id"}


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_files_hint = fields.Char(compute="_compute_efacture_files_hint")

    @api.depends("efacture_attachment_ids", "efacture_contact_method")
    def _compute_efacture_files_hint(self):
        for move in self:
            files = move.sudo().efacture_attachment_ids  # read by whoever may read the invoice
            limit = move._efacture_files_limit()
            if not move._efacture_travels_by_platform():
                rule = self.env._(
                    "By e-mail: any kind of file, %(limit)s together at most.",
                    limit=move._efacture_size(limit),
                )
            else:
                rule = self.env._(
                    "By the platform: PDF, PNG, JPEG, CSV, XLSX and ODS, %(limit)s together at most.",
                    limit=move._efacture_size(limit),
                )
            if files:
                rule = " ".join(
                    [
                        rule,
                        self.env._(
                            "Chosen: %(count)s, %(size)s.",
                            count=len(files),
                            size=move._efacture_size(sum(files.mapped("file_size"))),
                        ),
                    ]
                )
            move.efacture_files_hint = rule

    @api.model
    def _efacture_size(self, size):
        """A number of bytes as people read it."""
        if size < 1 << 20:
            return self.env._("%(number)s kB", number=-(-size // 1024))
        megabytes = size / (1 << 20)
        digits = 0 if megabytes >= 10 or megabytes == int(megabytes) else 1
        return self.env._("%(number)s MB", number=formatLang(self.env, megabytes, digits=digits))

    def _efacture_travels_by_platform(self):
        """Whether the platform's limits hold for the files: also when nothing is chosen yet."""
        self.ensure_one()
        return (
            self.efacture_contact_method not in ("email", "manual") or self._efacture_is_obliged()
        )

    def _efacture_files_limit(self):
        """Bytes that the files of this invoice may have together, by its channels."""
        self.ensure_one()
        if self.efacture_contact_method == "email":
            return min(MAX_FILES, self._efacture_mail_limit())
        return MAX_FILES

    @api.model
    def _efacture_mail_limit(self):
        """Bytes of files that go beside one e-mail."""
        # sudo: a limit of the installation, read by everybody who sends
        value = self.env["ir.config_parameter"].sudo().get_param(MAIL_LIMIT_PARAMETER, "")
        return (int(value) if value.isdigit() and int(value) else MAIL_LIMIT) << 20

    # EXTENDS 'account'
    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves.filtered("efacture_attachment_ids")._efacture_adopt_files()
        return moves

    # EXTENDS 'account'
    def write(self, vals):
        if "efacture_attachment_ids" not in vals:
            return super().write(vals)
        before = {move: move.sudo().efacture_attachment_ids for move in self}
        result = super().write(vals)
        for move, files in before.items():
            if move.efacture_is_frozen and move.sudo().efacture_attachment_ids != files:
                raise UserError(
                    self.env._(
                        "%(reason)s\nCannot be changed: %(fields)s.",
                        reason=move._efacture_frozen_message(),
                        fields=self.env._("Files sent with the invoice"),
                    )
                )
        self._efacture_adopt_files()
        return result

    def _efacture_adopt_files(self):
        """Files just chosen belong to the invoice and say what they are."""
        for move in self:
            # sudo: whoever may write the invoice has chosen files that he may read
            for file in move.sudo().efacture_attachment_ids:
                vals = {}
                if not file.res_model:
                    vals = {"res_model": move._name, "res_id": move.id}
                elif file.res_model == move._name and not file.res_id:
                    vals = {"res_id": move.id}
                if not file.efacture_code:
                    vals["efacture_code"] = file._efacture_guess_code()
                if vals:
                    file.write(vals)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _efacture_guess_code(self):
        """The kind that the file's name tells; an annex where it tells nothing."""
        self.ensure_one()
        name = re.sub(r"[_.\-]+", " ", self.name or "").lower()
        for code, words in _KINDS:
            if re.search(words, name):
                return code
        return "DOCUMENT_ANNEXE"

    # EXTENDS 'base'
    def write(self, vals):
        if _FIXED & vals.keys():
            self._efacture_refuse_sent_files(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_sent_files(self):
        self._efacture_refuse_sent_files()

    def _efacture_refuse_sent_files(self, vals=None):
        """What left with an invoice stays as it left."""
        chosen = self.filtered(
            "efacture_code"
        )  # only a file that was chosen for an invoice has a kind
        if not chosen:
            return
        if vals is not None:
            chosen = chosen.filtered(
                lambda file: (
                    any(
                        file[name] != value
                        for name, value in vals.items()
                        if name in _FIXED and name not in ("raw", "datas", "db_datas")
                    )
                    or {"raw", "datas", "db_datas"} & vals.keys()
                )
            )
        # sudo: the freeze holds for everybody, whatever invoices he sees
        moves = (
            self.env["account.move"].sudo().search([("efacture_attachment_ids", "in", chosen.ids)])
            if chosen
            else self.env["account.move"]
        )
        for move in moves.filtered("efacture_is_frozen"):
            raise UserError(
                self.env._(
                    "%(reason)s\nIts files cannot be changed or deleted either.",
                    reason=move._efacture_frozen_message(),
                )
            )
