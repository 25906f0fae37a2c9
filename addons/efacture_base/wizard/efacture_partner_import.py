import base64
import re
import time

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .. import partner_sheet
from ..en16931 import identifiers
from ..en16931.identifiers import InvalidIdentifier
from ..partner_sheet import SheetError

# Words people write for the methods, beside their labels.
METHOD_WORDS = {
    "pa": "efacture",
    "plateforme": "efacture",
    "plateforme agréée": "efacture",
    "pdp": "efacture",
    "mail": "email",
    "courriel": "email",
    "parmail": "email",
    "paremail": "email",
    "papier": "manual",
    "courrier": "manual",
    "poste": "manual",
    "manuel": "manual",
    "chorus": "chorus",
    "chorus pro": "chorus",
}
MAX_COPIES = 20
# One request writes that long, then gives way and shows how far it is.
STEP_SECONDS = 6


class EfacturePartnerImport(models.TransientModel):
    """Import customers or suppliers from a table.

    upload ─→ preview (nothing written) ─→ done: good rows are kept, bad rows come back as a file with an error column.
    """

    _name = "efacture.partner.import"
    _description = "Import Customers or Suppliers"

    role = fields.Selection(
        [("customer", "Customers"), ("supplier", "Suppliers")],
        default=lambda self: self.env.context.get("efacture_role", "customer"),
        required=True,
    )
    state = fields.Selection(
        [("upload", "File"), ("preview", "Preview"), ("done", "Done")], default="upload"
    )
    file = fields.Binary(string="Excel or CSV file", attachment=False)
    filename = fields.Char()
    kind = fields.Char(readonly=True)
    headers = fields.Json(readonly=True)
    line_ids = fields.One2many("efacture.partner.import.line", "import_id", readonly=True)
    create_count = fields.Integer(compute="_compute_counts", string="To create")
    update_count = fields.Integer(compute="_compute_counts", string="To update")
    error_count = fields.Integer(compute="_compute_counts", string="To correct")
    done_count = fields.Integer(compute="_compute_counts", string="Imported")
    error_file = fields.Binary(string="Rows to correct", readonly=True, attachment=False)
    error_filename = fields.Char(readonly=True)

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = {
            (wizard.id, state): count
            for wizard, state, count in self.env["efacture.partner.import.line"]._read_group(
                [("import_id", "in", self.ids)], ["import_id", "state"], ["__count"]
            )
        }
        for wizard in self:
            for state in ("create", "update", "error", "done"):
                wizard[f"{state}_count"] = counts.get((wizard.id, state), 0)

    # ------------------------------------------------------------------- actions

    def action_template(self):
        """Download the empty workbook."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": "/efacture/partner_template.xlsx",
            "target": "self",
        }

    def action_read(self):
        """Read the file and show what would happen; nothing is written yet."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose a file first, or download the Excel template."))
        try:
            sheet = partner_sheet.read_sheet(base64.b64decode(self.file))
        except SheetError as error:
            raise UserError(self._describe_sheet_error(error))
        rows = [self._judge(row.values) for row in sheet.rows]
        matches = self._match([vals for vals, _errors in rows])
        lines = []
        for row, (vals, errors), partner_id in zip(sheet.rows, rows, matches, strict=True):
            lines.append(
                {
                    "import_id": self.id,
                    "row": row.number,
                    "cells": row.cells,
                    "values": vals,
                    "name": vals.get("name"),
                    "identifier": vals.get("company_registry") or vals.get("vat"),
                    "email": row.values.get("email"),
                    "partner_id": partner_id,
                    "state": "error" if errors else "update" if partner_id else "create",
                    "message": "\n".join(errors),
                }
            )
        self.line_ids.unlink()
        self.env["efacture.partner.import.line"].create(lines)
        self.write({"state": "preview", "kind": sheet.kind, "headers": sheet.headers})
        return self._window()

    def action_back(self):
        """Choose another file."""
        self.ensure_one()
        self.line_ids.unlink()
        self.write({"state": "upload", "file": False, "filename": False})
        return self._window()

    def action_import(self):
        """Write the good rows, each in its savepoint; the others stay in the file of errors.

        A request writes for some seconds and is committed, then the browser asks for the next step: progress is
        shown, and what was written stays whatever happens to the rest.
        """
        self.ensure_one()
        ends = time.monotonic() + STEP_SECONDS
        waiting = self.line_ids.filtered(lambda row: row.state in ("create", "update"))
        made = self._made_by_earlier_steps()
        for count, line in enumerate(waiting, start=1):
            self._import_line(line, made)
            if time.monotonic() > ends and count < len(waiting):
                return self._next_step()
        self._make_error_file()
        self.state = "done"
        # sudo: starting the job is no right of a biller. The new ones are asked for in the background.
        self.env.ref("efacture_base.efacture_cron_directory").sudo()._trigger()
        return self._window()

    def _import_line(self, line, made):
        try:
            with self.env.cr.savepoint():
                # One note “created” per imported partner would be noise, and a fifth of the time.
                line = line.with_context(mail_create_nolog=True)
                line.partner_id = line.import_id._import_row(line, made)
                self.env.flush_all()
        except UserError as error:
            # The savepoint took back the row, and what the cache holds of it.
            self._refuse(line, str(error))
        except (psycopg2.IntegrityError, psycopg2.DataError):
            self._refuse(line, self.env._("The database refused this row."))
        else:
            line.state = "done"

    def _made_by_earlier_steps(self):
        """Partners of the rows done so far, by SIREN: a later row of the same company meets them."""
        done = self.line_ids.filtered(lambda row: row.state == "done")
        return {
            partner.efacture_siren: partner for partner in done.partner_id if partner.efacture_siren
        }

    def _next_step(self):
        return {
            "type": "ir.actions.client",
            "tag": "efacture_base.import_step",
            "target": "new",
            "params": {
                "id": self.id,
                "done": len(self.line_ids.filtered(lambda row: row.state == "done")),
                "total": len(self.line_ids),
            },
        }

    def action_show(self):
        """The imported partners."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            f"efacture_base.res_partner_action_efacture_{self.role}"
        )
        action["name"] = self.env._("Imported")
        action["domain"] = [
            ("id", "in", self.line_ids.filtered(lambda r: r.state == "done").partner_id.ids)
        ]
        return action

    def _window(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _refuse(self, line, reason):
        line.write({"state": "error", "message": reason, "partner_id": False})

    # --------------------------------------------------------------- one row

    def _judge(self, row):
        """Values of a partner from one row, and what is wrong with it, without writing.

        :return: (values, list of sentences)
        """
        env, errors, vals = self.env, [], {}
        name = " ".join(filter(None, (row.get("first_name"), row.get("name"))))
        if name:
            vals["name"] = name
        else:
            errors.append(env._("The name is missing."))
        siren = self._judge_siret(row.get("siret", ""), vals, errors)
        self._judge_vat(row.get("vat", ""), siren, vals, errors)
        if row.get("first_name") and not siren:
            vals["is_company"] = False
        else:
            vals["is_company"] = True
        if row.get("email"):
            if email_normalize(row["email"]):
                vals["email"] = row["email"]
            else:
                errors.append(env._("“%(value)s” is not an e-mail address.", value=row["email"]))
        if row.get("iban"):
            self._judge_iban(row["iban"], vals, errors)
        if row.get("method"):
            self._judge_method(row["method"], vals, errors)
        if row.get("routing"):
            self._judge_routing(row["routing"], vals, errors)
        if row.get("copies"):
            if row["copies"].isdigit() and 1 <= int(row["copies"]) <= MAX_COPIES:
                vals["efacture_copies"] = int(row["copies"])
            else:
                errors.append(
                    env._(
                        "Printed copies: a number from 1 to %(max)s is expected, not “%(value)s”.",
                        max=MAX_COPIES,
                        value=row["copies"],
                    )
                )
        if row.get("number"):
            vals["efacture_number"] = row["number"]
        return vals, errors

    def _judge_siret(self, text, vals, errors):
        """Keep a SIREN or SIRET; return its SIREN."""
        if not text:
            return ""
        if re.fullmatch(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", text.strip(), re.IGNORECASE):
            errors.append(
                self.env._(
                    "The SIRET reads “%(value)s”: the spreadsheet has shortened it. "
                    "Set the column's format to Text and type the number again.",
                    value=text,
                )
            )
            return ""
        number = identifiers.compact(text)
        if number.isdigit() and len(number) in (13, 8):
            # A spreadsheet that took it for a number has lost the zero in front.
            number = f"0{number}"
        check = identifiers.check_siren if len(number) <= 11 else identifiers.check_siret
        try:
            vals["company_registry"] = check(number)
        except InvalidIdentifier as error:
            errors.append(
                self.env["res.partner"]._efacture_describe_identifier(error.reason, check, (text,))
            )
            return ""
        return number[:9]

    def _judge_vat(self, text, siren, vals, errors):
        if not text:
            return
        vat = identifiers.compact(text).upper()
        if vat.startswith("FR") or (siren and not vat[:2].isalpha()):
            try:
                vat = identifiers.check_french_vat(vat, siren or None)
            except InvalidIdentifier as error:
                errors.append(
                    self.env["res.partner"]._efacture_describe_identifier(
                        error.reason, identifiers.check_french_vat, (text, siren)
                    )
                )
                return
        vals["vat"] = vat
        country = self.env["res.country"].search(
            [("code", "=", {"EL": "GR", "XI": "GB"}.get(vat[:2], vat[:2]))], limit=1
        )
        if not country:
            errors.append(
                self.env._(
                    "The VAT number “%(value)s” does not start with a country code.", value=text
                )
            )
            return
        vals["country_id"] = country.id

    def _judge_iban(self, text, vals, errors):
        if self.env["res.partner.bank"].check_iban(text):
            vals["iban"] = identifiers.compact(text).upper()
        else:
            errors.append(self.env._("The IBAN “%(value)s” has a typing error.", value=text))

    def _judge_method(self, text, vals, errors):
        labels = self.env["res.partner"]._efacture_contact_method_labels()
        known = {partner_sheet.fold(word): name for word, name in METHOD_WORDS.items()}
        for lang in (None, "fr_FR"):
            partners = self.env["res.partner"].with_context(lang=lang)
            known.update(
                {
                    partner_sheet.fold(label): n
                    for n, label in partners._efacture_contact_method_labels()
                }
            )
        known.update({partner_sheet.fold(label): name for name, label in labels})
        known.update({name: name for name, _label in labels})
        method = known.get(partner_sheet.fold(text))
        if method not in dict(labels):
            errors.append(
                self.env._(
                    "“%(value)s” is not a contact method. Choose one of: %(methods)s.",
                    value=text,
                    methods=", ".join(label for _name, label in labels),
                )
            )
        else:
            vals["invoice_sending_method"] = method

    def _judge_routing(self, text, vals, errors):
        siret = vals.get("company_registry") or ""
        try:
            code = identifiers.check_routing_code(text)
        except InvalidIdentifier:
            errors.append(
                self.env._(
                    "The routing code “%(value)s” holds a space, an accent or another sign: "
                    "only letters, digits, -, _, . and / are allowed.",
                    value=text,
                )
            )
            return
        if len(siret) != 14:
            errors.append(
                self.env._("A routing code needs the SIRET of its establishment (14 digits).")
            )
        else:
            vals["routing"] = f"{siret[:9]}_{siret}_{code}"

    def _match(self, rows):
        """The partner each row stands for: same SIRET, same SIREN, same VAT, or same name and e-mail.

        A handful of queries, whatever the number of rows.
        """
        partners = self.env["res.partner"]
        sirens = {v["company_registry"][:9] for v in rows if v.get("company_registry")}
        vats = {v["vat"] for v in rows if v.get("vat")}
        emails = {v["email"] for v in rows if v.get("email") and v.get("name")}
        known = partners.search(
            [
                ("parent_id", "=", False),
                "|",
                "|",
                ("efacture_siren", "in", list(sirens)),
                ("vat", "in", list(vats)),
                ("email", "in", list(emails)),
            ],
            order="id desc",
        )
        by_siret = {p.efacture_siret: p.id for p in known if p.efacture_siret}
        by_siren = {p.efacture_siren: p.id for p in known if p.efacture_siren}
        by_vat = {p.vat: p.id for p in known if p.vat}
        by_name = {(p.name.casefold(), p.email): p.id for p in known if p.name and p.email}
        found = []
        for vals in rows:
            registry = vals.get("company_registry") or ""
            if registry:
                found.append(by_siret.get(registry) or by_siren.get(registry[:9]))
            elif vals.get("vat"):
                found.append(by_vat.get(vals["vat"]))
            elif vals.get("email") and vals.get("name"):
                found.append(by_name.get((vals["name"].casefold(), vals["email"])))
            else:
                found.append(False)
        return found

    def _import_row(self, line, made):
        """Create or update the partner of one row.

        :param made: partners made by earlier rows of the same file, by SIREN.
        """
        vals = dict(line["values"])
        iban, routing = vals.pop("iban", False), vals.pop("routing", False)
        method = vals.pop("invoice_sending_method", False)
        registry = vals.get("company_registry") or ""
        partner = line.partner_id or made.get(registry[:9], self.env["res.partner"])
        rank = f"{self.role}_rank"
        if partner:
            if partner.efacture_siret and partner.efacture_siren == registry[:9]:
                # Another establishment of a known company: its head office keeps its SIRET.
                vals.pop("company_registry", None)
            if not partner[rank]:
                vals[rank] = 1
            partner.write(vals)
        else:
            vals.setdefault("country_id", self.env.ref("base.fr").id if registry else False)
            partner = partner.create({**vals, rank: 1})
        if registry:
            made[registry[:9]] = partner
        if iban:
            self._import_iban(partner, iban)
        if routing:
            self._import_routing(partner, routing)
        if method:
            reason = partner._efacture_refuse_method(method)
            if reason:
                raise UserError(reason)
            partner.invoice_sending_method = method
        return partner

    def _import_iban(self, partner, iban):
        if iban not in partner.bank_ids.mapped("sanitized_acc_number"):
            self.env["res.partner.bank"].create({"partner_id": partner.id, "acc_number": iban})

    def _import_routing(self, partner, address):
        line = partner.efacture_address_ids.filtered(lambda a: a.address == address)
        partner.efacture_address_id = line[:1] or self.env["efacture.address"].create(
            {"partner_id": partner.id, "address": address}
        )

    # ------------------------------------------------------------------- results

    def _make_error_file(self):
        wrong = self.line_ids.filtered(lambda row: row.state == "error")
        if not wrong:
            self.write({"error_file": False, "error_filename": False})
            return
        content = partner_sheet.write_errors(
            self.kind,
            self.headers,
            [(line.cells, (line.message or "").replace("\n", " ")) for line in wrong],
        )
        stem = re.sub(r"\.[A-Za-z]{2,5}$", "", self.filename or self.env._("import"))
        stem = re.sub(r"( - à corriger)+$", "", stem)
        self.write(
            {
                "error_file": base64.b64encode(content),
                "error_filename": f"{stem} - à corriger.{self.kind}",
            }
        )

    def _describe_sheet_error(self, error):
        """What is wrong with a file, and what to do."""
        env = self.env
        sentences = {
            "empty": env._("This file is empty."),
            "too_big": env._(
                "This file is larger than %(limit)s MB. Split it into several files.",
                limit=error.value,
            ),
            "old_excel": env._(
                "This is the old Excel format (.xls), or a file with a password. Open it in Excel and save it as .xlsx."
            ),
            "pdf": env._("This is a PDF. The import reads Excel (.xlsx) and CSV files."),
            "not_a_table": env._(
                "This file is no table. The import reads Excel (.xlsx) and CSV files."
            ),
            "damaged": env._("This file is damaged: open it in Excel, save it again and retry."),
            "no_header": env._(
                "The first line must hold the column names, at least “Nom ou raison sociale” or “SIRET”. "
                "Download the Excel template to start from."
            ),
            "no_rows": env._("This file has column names and no row below them."),
            "too_many_rows": env._(
                "This file has more than %(limit)s rows. Split it into several files.",
                limit=error.value,
            ),
        }
        return sentences.get(error.code) or sentences["damaged"]


class EfacturePartnerImportLine(models.TransientModel):
    """One row of the file: what it would do, or what is wrong with it."""

    _name = "efacture.partner.import.line"
    _description = "Row of an Import"
    _order = "row"

    import_id = fields.Many2one(
        "efacture.partner.import", required=True, index=True, ondelete="cascade"
    )
    row = fields.Integer()
    cells = fields.Json()
    values = fields.Json()
    name = fields.Char()
    identifier = fields.Char(string="SIRET or VAT")
    email = fields.Char(string="E-mail")
    partner_id = fields.Many2one("res.partner")
    state = fields.Selection(
        [
            ("create", "New"),
            ("update", "Update"),
            ("error", "To correct"),
            ("done", "Imported"),
        ],
        string="Result",
    )
    message = fields.Text(string="What is wrong")
