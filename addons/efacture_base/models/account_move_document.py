from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..en16931 import pdfa3

SHOWN = 8  # findings named in a message; all of them are on the invoice
CHUNK = 20  # invoices drawn and checked together
SYNTAXES = ("facturx", "cii", "ubl")
_MIMETYPES = {"facturx": "application/pdf", "cii": "application/xml", "ubl": "application/xml"}


class AccountMove(models.Model):
    _inherit = "account.move"

    efacture_is_ours = fields.Boolean(compute="_compute_efacture_is_ours")
    efacture_facturx_file = fields.Binary(string="Factur-X", attachment=True, copy=False)
    efacture_cii_file = fields.Binary(string="Invoice in CII", attachment=True, copy=False)
    efacture_ubl_file = fields.Binary(string="Invoice in UBL", attachment=True, copy=False)

    @api.depends("move_type", "company_id", "journal_id")
    def _compute_efacture_is_ours(self):
        for move in self:
            move.efacture_is_ours = move._efacture_issuer() == "efacture"

    def efacture_get_document(self, syntax="facturx"):
        """The official document of each invoice, as stored.

        A document that was issued (PDF made by *Send*, or waiting for a platform) is given as it
        is, for ever; any other is made anew from the invoice of today.

        :param str syntax: `facturx` (PDF/A-3 with its XML), `cii` or `ubl`
        :return: one `ir.attachment` per invoice, in the order of `self`
        :raises UserError: not a posted invoice that we issue, or it cannot be made, with the reason
        """
        if syntax not in SYNTAXES:
            raise ValueError(f"syntax is one of {SYNTAXES}, not {syntax!r}")
        self.check_access("read")
        self._efacture_check_can_issue()
        attachments = {}
        todo = self.browse()
        for move in self:
            attachment = move._efacture_stored_document(syntax)
            if attachment:
                attachments[move] = attachment
            else:
                todo |= move
        for moves in split_every(CHUNK, todo.ids, self.browse):
            documents = moves._efacture_make_documents(syntax)
            moves._efacture_store_verdicts(
                {move: document["verdict"] for move, document in documents.items()}
            )
            attachments.update(moves._efacture_store_documents(documents, syntax))
        return self.env["ir.attachment"].union(*(attachments[move] for move in self))

    def _efacture_check_can_issue(self):
        for move in self:
            if move._efacture_issuer() != "efacture":
                raise UserError(
                    self.env._(
                        "eFacture does not issue %(invoice)s: it makes the electronic documents of a "
                        "company that has an active platform account (eFacture ▸ Configuration ▸ "
                        "Platform accounts).",
                        invoice=move.display_name,
                    )
                )
            if move.state != "posted":
                raise UserError(
                    self.env._(
                        "%(invoice)s is not posted, so it has no number and no final document. Use “Preview” "
                        "to see what it will look like, or post it.",
                        invoice=move.display_name,
                    )
                )

    # -- what is stored -----------------------------------------------------------------------------

    def _efacture_stored_document(self, syntax):
        """The issued file in this syntax, when there is one already; possibly empty."""
        self.ensure_one()
        # sudo: files of an invoice are read by whoever may read the invoice (checked by the caller)
        move = self.sudo()
        frozen = move._efacture_frozen_exchange()
        if frozen.syntax == syntax:
            return frozen._efacture_file_attachment()
        if syntax == "facturx" and move.invoice_pdf_report_id:
            return move.invoice_pdf_report_id
        if frozen or move.invoice_pdf_report_id:
            # Made once from the issued invoice, then kept: the data are the same, the syntax is not.
            return move._efacture_field_attachment(f"efacture_{syntax}_file")
        return self.env["ir.attachment"]

    def _efacture_field_attachment(self, field_name):
        return (
            self.env["ir.attachment"]
            .sudo()  # files of a field are hidden from a plain search
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", field_name),
                ],
                limit=1,
            )
        )

    def _efacture_store_documents(self, documents, syntax):
        """Keep fresh documents of not yet issued invoices; {move: attachment}."""
        field_name = f"efacture_{syntax}_file"
        Attachment = self.env["ir.attachment"].sudo()  # written by the product, not by the person
        Attachment.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", field_name),
            ]
        ).unlink()
        attachments = Attachment.create(
            [
                {
                    "name": document["filename"],
                    "raw": document["raw"],
                    "mimetype": _MIMETYPES[syntax],
                    "res_model": self._name,
                    "res_id": move.id,
                    "res_field": field_name,
                    "company_id": move.company_id.id,
                }
                for move, document in documents.items()
            ]
        )
        self.invalidate_recordset([field_name])
        return dict(zip(documents, attachments, strict=True))

    # EXTENDS 'account'
    def _get_fields_to_detach(self):
        return super()._get_fields_to_detach() + [f"efacture_{syntax}_file" for syntax in SYNTAXES]

    # -- making it ----------------------------------------------------------------------------------

    def _efacture_make_documents(self, syntax, pdfs=None, report=None):
        """Make the documents of a chunk of invoices: {move: {"raw", "filename", "syntax", "profile", "verdict"}}.

        :param dict pdfs: {move: PDF pages} already drawn by the caller
        :param report: the `ir.actions.report` to draw with; each customer's own by default
        :raises UserError: an XML cannot be written, or the pages cannot be drawn
        """
        documents, drawing = {}, None
        if syntax == "facturx" and pdfs is None:
            drawing = self._efacture_start_drawing(report)  # the pages are drawn meanwhile
        for move, (content, verdict) in self._efacture_write_xml(syntax).items():
            if not content:
                raise UserError(move._efacture_findings_message(verdict))
            documents[move] = {
                "raw": content,
                "filename": move._efacture_filename(syntax),
                "syntax": syntax,
                "profile": verdict.profile,
                "verdict": verdict,
            }
        if syntax == "facturx":
            if drawing:
                pdfs = drawing()
            for move, document in documents.items():
                document["raw"] = move._efacture_finish_pdf(pdfs[move], document["raw"])
        return documents

    def _efacture_write_xml(self, syntax):
        """{invoice: (XML, verdict)} in the order of `self`, with the profile that this syntax can carry."""
        results = {}
        for profile, moves in self.grouped(lambda move: move._efacture_xml_profile(syntax)).items():
            results.update(
                moves._efacture_generate_documents("ubl" if syntax == "ubl" else "cii", profile)
            )
        return {move: results[move] for move in self}

    def _efacture_xml_profile(self, syntax):
        """EXTENDED-CTC-FR exists as XML only: a PDF carries Factur-X EXTENDED instead."""
        profile = self._efacture_profile("ubl" if syntax == "ubl" else "cii")
        return "extended" if syntax == "facturx" and profile == "extended-ctc-fr" else profile

    def _efacture_findings_message(self, verdict):
        """Why the electronic document of this invoice is not correct, for a person."""
        self.ensure_one()
        findings = verdict.fatal or verdict.findings
        return self.env._(
            "The electronic document of %(invoice)s is not correct. Open the invoice, tab “Electronic "
            "invoice”, to correct:\n%(findings)s",
            invoice=self.display_name,
            findings="\n".join(f"- {finding.message}" for finding in findings[:SHOWN]),
        )

    def _efacture_draw(self, report=None):
        """The pages of these invoices by Odoo's own report: {move: PDF}."""
        return self._efacture_start_drawing(report)()

    def _efacture_start_drawing(self, report=None):
        """Hand the pages of these invoices to the renderer; a function that waits for {move: PDF}."""
        waiting = []
        for company, company_moves in self.grouped("company_id").items():
            by_report = company_moves.grouped(
                lambda move: report or self.env["account.move.send"]._get_default_pdf_report_id(move)
            )
            for used_report, moves in by_report.items():
                Report = self.env["ir.actions.report"].with_company(company)
                collect = Report._efacture_start_pdfs(
                    used_report.report_name, moves.ids, tagged=company.efacture_pdf_tagged
                )
                waiting.append((moves, collect))

        def collect_all():
            pages = {}
            for moves, collect in waiting:
                drawn = collect()
                pages.update({move: drawn[move.id].content for move in moves})
            return pages

        return collect_all

    def _efacture_finish_pdf(self, pdf, xml):
        """PDF/A-3 with the invoice's XML and the files chosen to travel with it."""
        self.ensure_one()
        try:
            return pdfa3.finish(
                pdf,
                lang=self.partner_id.lang or self.env.lang or "fr_FR",
                title=self._efacture_title(),
                author=self.company_id.name,
                xml=xml,
                attachments=[
                    pdfa3.Attachment(name, attachment.raw, attachment.mimetype, attachment.description or name)
                    for name, attachment in self._efacture_travelling_files().items()
                ],
                conformance="3a" if self.company_id.efacture_pdf_tagged else "3b",
            )
        except (pdfa3.PdfUnreadable, ValueError) as error:
            raise UserError(
                self.env._(
                    "The PDF of %(invoice)s could not be made: %(reason)s. Print the invoice to look at its pages; "
                    "if they are right, give this message to your administrator.",
                    invoice=self.display_name,
                    reason=error,
                )
            ) from error

    def _efacture_title(self):
        kinds = {"out_refund": self.env._("Credit note"), "in_refund": self.env._("Credit note")}
        return f"{kinds.get(self.move_type, self.env._('Invoice'))} {self.name or ''}".strip()

    def _efacture_travelling_files(self):
        """The files chosen to travel inside the invoice, by a name unique in it."""
        files = {}
        for attachment in self.sudo().efacture_attachment_ids:  # read by whoever may read the invoice
            name, number = attachment.name, 1
            while name.lower() in {taken.lower() for taken in files}:
                number += 1
                stem, dot, extension = attachment.name.rpartition(".")
                name = f"{stem or extension} ({number}){dot and '.' + extension}"
            files[name] = attachment
        return files

    def _efacture_filename(self, syntax, extension=None):
        """`INV_2026_00001.pdf`, `…_cii.xml`, `…_ubl.xml`: what the customer sees."""
        self.ensure_one()
        if syntax == "facturx":
            return self._get_invoice_report_filename()
        stem = self._get_invoice_report_filename(extension="").rstrip(".")
        return f"{stem}_{syntax}.{extension or 'xml'}"

    # -- every native door gives the same file -----------------------------------------------------

    def _efacture_serves(self):
        """Whether this posted invoice's documents are ours, so that the native ones yield."""
        self.ensure_one()
        return self.state == "posted" and self._efacture_issuer() == "efacture"

    # EXTENDS 'account_edi_ubl_cii'
    def _get_invoice_legal_documents(self, filetype, allow_fallback=False):
        self.ensure_one()
        if filetype in SYNTAXES and self._efacture_serves():
            if filetype == "ubl":  # Odoo's word for “the XML”
                return self._efacture_xml_document()
            attachment = self.efacture_get_document(filetype)
            return {
                "filename": attachment.name,
                "filetype": attachment.mimetype,
                "content": attachment.raw,
            }
        if filetype == "pdf":
            issued = self._efacture_issued_pdf()
            if issued:
                return {"filename": issued.name, "filetype": issued.mimetype, "content": issued.raw}
        return super()._get_invoice_legal_documents(filetype, allow_fallback=allow_fallback)

    def _efacture_xml_document(self):
        """The one XML of this invoice: of the issued file, else written now."""
        frozen = self._efacture_frozen_exchange()
        if frozen.syntax in ("cii", "ubl"):
            attachment = frozen._efacture_file_attachment()
            return {"filename": attachment.name, "filetype": "xml", "content": attachment.raw}
        issued = self._efacture_issued_pdf()
        if issued:
            embedded = pdfa3.extract_xml(issued.raw)
            if embedded:
                return {
                    "filename": self._efacture_filename("cii"),
                    "filetype": "xml",
                    "content": embedded[1],
                }
        attachment = self.efacture_get_document("cii")
        return {"filename": attachment.name, "filetype": "xml", "content": attachment.raw}

    def _efacture_page_xml(self):
        """The XML for one more page design of this invoice (a custom report): the issued one if any."""
        self.ensure_one()
        issued = self._efacture_issued_pdf()
        embedded = issued and pdfa3.extract_xml(issued.raw)
        if embedded:
            return embedded[1]
        content, verdict = self._efacture_write_xml("facturx")[self]
        if not content:
            raise UserError(self._efacture_findings_message(verdict))
        return content

    def _efacture_issued_pdf(self):
        """The PDF that was issued, for every door: portal, print, e-mail; possibly empty."""
        self.ensure_one()
        # sudo: portal customers and readers of the invoice see its issued file
        frozen = self.sudo()._efacture_frozen_exchange()
        if frozen.syntax == "facturx":
            return frozen._efacture_file_attachment()
        if self._efacture_serves() or frozen:
            return self.sudo().invoice_pdf_report_id
        return self.env["ir.attachment"]

    # EXTENDS 'account_edi_ubl_cii'
    def _get_invoice_legal_documents_all(self, allow_fallback=False):
        self.ensure_one()
        issued = self._efacture_issued_pdf()
        if issued:
            return [{"filename": issued.name, "filetype": issued.mimetype, "content": issued.raw}]
        return super()._get_invoice_legal_documents_all(allow_fallback=allow_fallback)

    # EXTENDS 'account_edi_ubl_cii'
    def _need_ubl_cii_xml(self, ubl_cii_format):
        if self._efacture_issuer() == "efacture":
            return False
        return super()._need_ubl_cii_xml(ubl_cii_format)

    # EXTENDS 'account'
    def get_extra_print_items(self):
        items = super().get_extra_print_items()
        ours = self.filtered(lambda move: move._efacture_serves())
        if not ours:
            return items
        # “Export XML” stays in Odoo's place; where every document is ours, our three take it over.
        if ours == self:
            items = [item for item in items if item.get("key") != "download_ubl"]
        labels = {
            "facturx": self.env._("Factur-X (PDF)"),
            "cii": self.env._("Invoice XML, CII"),
            "ubl": self.env._("Invoice XML, UBL"),
        }
        for syntax, label in labels.items():
            items.append(
                {
                    "key": f"efacture_{syntax}",
                    "description": label,
                    **ours.action_efacture_download(syntax),
                }
            )
        return items

    def action_efacture_download(self, syntax="facturx"):
        """Download one file, or a zip for several invoices."""
        return {
            "type": "ir.actions.act_url",
            "url": f"/efacture/documents/{','.join(map(str, self.ids))}/{syntax}",
            "target": "download",
        }

    def action_efacture_download_facturx(self):
        return self.action_efacture_download("facturx")

    # -- preview ------------------------------------------------------------------------------------

    def action_efacture_preview(self):
        """The pages and what the check says, in one window, for a draft too."""
        self.ensure_one()
        self.check_access("read")
        Preview = self.env["account.move.preview"]
        preview = Preview.create(Preview._prepare_preview_vals(self))
        if not self.efacture_is_frozen:
            self.efacture_check()  # last: drawing may note things on the invoice
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview of %(invoice)s", invoice=self.display_name),
            "res_model": preview._name,
            "res_id": preview.id,
            "views": [(self.env.ref("efacture_base.account_move_preview_view_form").id, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _efacture_preview_pages(self):
        """(PDF, whether it is the issued file). Nothing is stored."""
        self.ensure_one()
        issued = self._efacture_issued_pdf()
        if issued:
            return issued.raw, True
        return self._efacture_draw()[self], False
