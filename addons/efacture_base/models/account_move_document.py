from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import split_every

from ..en16931 import pdfa3

SHOWN = 8  # findings named in a message; all of them are on the invoice
CHUNK = 20  # invoices drawn and checked together
SYNTAXES = ("facturx", "cii", "ubl")
MIMETYPES = {"facturx": "application/pdf", "cii": "application/xml", "ubl": "application/xml"}


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
        self._efacture_check_insider()
        self._efacture_check_can_issue()
        attachments = {}
        todo = self.browse()
        for move in self:
            attachment = move._efacture_stored_document(syntax)
            if attachment:
                attachments[move] = attachment
            else:
                todo |= move
        for moves, documents in todo._efacture_make_in_chunks(syntax):
            moves._efacture_store_verdicts(
                {move: document["verdict"] for move, document in documents.items()}
            )
            attachments.update(moves._efacture_store_documents(documents, syntax))
        return self.env["ir.attachment"].union(*(attachments[move] for move in self))

    def _efacture_check_insider(self):
        """Readers of these invoices inside the company; a customer gets stored files by the portal only.

        :raises AccessError: anybody else
        """
        if not self.env.su and not self.env.user._is_internal():
            raise AccessError(
                self.env._("Only people of the company that issues the invoice may do this.")
            )
        self.check_access("read")

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
                    "mimetype": MIMETYPES[syntax],
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

    def _efacture_make_in_chunks(self, syntax):
        """Yield (invoices, {invoice: document}) by chunks: memory does not grow with the selection.

        While the renderer draws one chunk, the XML of the next is written and checked.

        A document is {"raw", "filename", "syntax", "profile", "verdict"}.
        :raises UserError: an XML cannot be written, or the pages cannot be drawn
        """
        chunks = list(split_every(CHUNK, self.ids, self.browse))
        prepared = None
        for moves in [*chunks, None]:
            following = moves and moves._efacture_start_documents(syntax)
            if prepared:
                yield prepared[0], prepared[0]._efacture_end_documents(*prepared[1:])
            prepared = following

    def _efacture_start_documents(self, syntax):
        """(invoices, documents with their XML, function that waits for their pages)."""
        collect = self._efacture_start_drawing() if syntax == "facturx" else dict
        documents = {}
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
        return self, documents, collect

    def _efacture_end_documents(self, documents, collect):
        for move, pdf in collect().items():
            documents[move]["raw"] = move._efacture_finish_pdf(pdf, documents[move]["raw"])
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
        """The pages of these invoices by Odoo's own report: {invoice: PDF}."""
        return self._efacture_start_drawing(report)()

    def _efacture_start_drawing(self, report=None):
        """Hand the pages over to the renderer; a function that waits for {invoice: PDF}.

        :param report: the `ir.actions.report` to draw with; each customer's own by default
        """
        sender = self.env["account.move.send"]
        waiting = []
        for (company, used), moves in self.grouped(
            lambda move: (move.company_id, report or sender._get_default_pdf_report_id(move))
        ).items():
            drawing = (
                self.env["ir.actions.report"]
                .with_company(company)
                .with_context(**moves._efacture_read_for_pages())
                ._efacture_start_pdfs(
                    used.report_name, moves.ids, tagged=company.efacture_pdf_tagged
                )
            )
            waiting.append((moves, drawing))

        def collect():
            pages = {}
            for moves, drawing in waiting:
                drawn = drawing()
                pages.update({move: drawn[move.id].content for move in moves})
            return pages

        return collect

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
                    pdfa3.Attachment(
                        name, attachment.raw, attachment.mimetype, attachment.description or name
                    )
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
        # sudo: read by whoever may read the invoice
        for attachment in self.sudo().efacture_attachment_ids:
            if not attachment._efacture_travels():
                continue  # a finding says it
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
