import io
import os
import re
import zipfile

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..models.account_move_document import MIMETYPES, SYNTAXES


class EfactureDocuments(http.Controller):
    @http.route(
        '/efacture/documents/<models("account.move"):moves>/<string:syntax>',
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,  # the files made are kept
    )
    def download(self, moves, syntax):
        """One file, or a zip with a name of its own for each invoice."""
        if syntax not in SYNTAXES or not request.env.user._is_internal():
            raise request.not_found()  # customers have their own pages, with the stored file
        moves = moves.exists()
        moves.check_access("read")
        moves.line_ids.check_access("read")
        attachments = moves.efacture_get_document(syntax)
        if not attachments:
            raise UserError(request.env._("Select at least one invoice."))
        if len(attachments) == 1:
            return self._answer(attachments.raw, self._safe(attachments.name), MIMETYPES[syntax])
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", compression=zipfile.ZIP_DEFLATED) as archive:
            taken = set()
            for attachment in attachments:
                archive.writestr(self._unique(self._safe(attachment.name), taken), attachment.raw)
        return self._answer(
            buffer.getvalue(), request.env._("invoices") + ".zip", "application/zip"
        )

    @staticmethod
    def _safe(name):
        """A file name without folders or control characters, whatever the number of the invoice holds."""
        name = re.sub(r"[\x00-\x1f\x7f]", "", name or "").replace("\\", "/").rpartition("/")[2]
        return name.strip(". ") or "document"

    @staticmethod
    def _unique(name, taken):
        """The same number may exist in two companies: “INV_1.pdf”, “INV_1 (2).pdf”."""
        stem, extension = os.path.splitext(name)
        number, unique = 1, name
        while unique.lower() in taken:
            number += 1
            unique = f"{stem} ({number}){extension}"
        taken.add(unique.lower())
        return unique

    @staticmethod
    def _answer(content, name, mimetype):
        return request.make_response(
            content,
            [
                ("Content-Type", mimetype),
                ("Content-Length", str(len(content))),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
