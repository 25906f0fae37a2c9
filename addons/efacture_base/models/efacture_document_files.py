"""The original byte for byte, the files that came with it, and a page that people can read."""

import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools.mimetypes import guess_mimetype

from ..connectors.errors import ConnectorError
from ..en16931 import kinds, received
from ..hostservice.protocol import HostServiceError
from .inner_context import inner

_logger = logging.getLogger(__name__)
MAX_FILES, MAX_BYTES = 50, 60 << 20
READABLE_BATCH = 20
READABLE_TRIES = 5
_TEXT_MARKS = (b"<", b"%PDF-", b"PK\x03\x04", b"MZ", b"\x7fELF", b"{\\rtf")
_NOT_GUESSED = {
    "csv": "text/csv",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class EfactureDocument(models.Model):
    _inherit = "efacture.document"

    readable_state = fields.Selection(
        [
            ("none", "Not needed"),
            ("wanted", "To be made"),
            ("made", "Made"),
            ("failed", "Could not be made"),
        ],
        string="Readable page",
        default="none",
        required=True,
    )
    readable_attachment_id = fields.Many2one("ir.attachment", ondelete="set null")
    readable_tries = fields.Integer()
    readable_next = fields.Datetime()

    _readable_index = models.Index("(readable_next, id) WHERE readable_state = 'wanted'")

    def _efacture_file_type(self, raw):
        """The type of a file by its content alone."""
        if kinds.is_pdf(raw):
            return "application/pdf"
        head = raw[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
        if head.startswith(b"<?xml") or kinds.detect(raw).kind != kinds.OTHER:
            return "application/xml"
        return guess_mimetype(raw, default="application/octet-stream")

    def _efacture_store_file(self, raw):
        """Keep the original; one that came with an exchange is kept there already."""
        if not self.exchange_id and raw:
            self._efacture_create_files([self._efacture_original_vals(raw)])

    def _efacture_original_vals(self, raw):
        return {
            "name": self.filename,
            "raw": raw,
            "mimetype": self._efacture_file_type(raw),
            "res_model": self._name,
            "res_id": self.id,
            "res_field": "file",
            "company_id": self.company_id.id,
        }

    def _efacture_create_files(self, vals_list):
        # the system's own user: Odoo stores XML of an ordinary user as plain text; pictures keep their bytes
        made = (
            self.env["ir.attachment"]
            .with_user(SUPERUSER_ID)
            .with_context(image_no_postprocess=True)
            .create(vals_list)
        )
        self.invalidate_recordset(["file"], flush=False)
        return made

    def _efacture_store_originals(self, raw, move, files):
        """The original for ever, the original beside the bill, and what came along."""
        if inner(self.env, "efacture_again"):
            return  # read again: everything is kept already
        mimetype = self._efacture_file_type(raw)
        vals_list = [] if self.exchange_id or not raw else [self._efacture_original_vals(raw)]
        here = {"res_model": "account.move", "res_id": move.id, "company_id": self.company_id.id}
        shown = len(vals_list)
        if raw:
            vals_list.append({"name": self.filename, "raw": raw, "mimetype": mimetype, **here})
        size, left_out = 0, []
        for file in files:
            if not file.content:
                continue
            kind = self._efacture_companion_type(file)
            size += len(file.content)
            if not kind or size > MAX_BYTES or len(vals_list) > MAX_FILES:
                left_out.append(file.name)
                continue
            vals_list.append(
                {
                    "name": file.name,
                    "raw": file.content,
                    "mimetype": kind,
                    "description": file.description[:500] or False,
                    **here,
                }
            )
        made = self._efacture_create_files(vals_list)
        if left_out:
            self.write(
                self._efacture_warning_vals(
                    [
                        *self._efacture_warning_pairs(),
                        ("files_left", {"names": ", ".join(left_out[:10])}),
                    ]
                )
            )
        original = made[shown : shown + 1]
        if original:
            move.message_main_attachment_id = original
        if mimetype == "application/xml" and self.state == "to_check":
            self.write({"readable_state": "wanted", "readable_next": fields.Datetime.now()})
            self.env.ref("efacture_base.efacture_readable_cron")._trigger()

    def _efacture_companion_type(self, file):
        """The type of a file that came along, by content; empty when people should not open it from here."""
        kind = self._efacture_file_type(file.content)
        if kind in received.SAFE_TYPES:
            return kind
        ending = file.name.rpartition(".")[2].lower()
        if (
            ending == "csv"
            and not file.content[:20].lstrip().startswith(_TEXT_MARKS)
            and b"\0" not in file.content
        ):
            return "text/csv"
        if kind == "application/zip" and ending in _NOT_GUESSED:
            return _NOT_GUESSED[ending]
        return ""

    # -- the readable page ------------------------------------------------------------------------

    @api.model
    def _cron_efacture_readable(self):
        """Make the pages still wanted; each is committed alone, so a slow one holds nobody back."""
        domain = [("readable_state", "=", "wanted"), ("readable_next", "<=", fields.Datetime.now())]
        Document = self.sudo()  # the system's own work, for every company
        documents = Document.search(domain, order="id", limit=READABLE_BATCH)
        for document in documents:
            locked = document.try_lock_for_update(allow_referencing=True)
            if locked and locked.readable_state == "wanted":
                locked._efacture_make_readable()
            # commits: a page is a file outside of the database, made once
            if not self.env["ir.cron"]._commit_progress(1, remaining=Document.search_count(domain)):
                break

    def _efacture_make_readable(self):
        """The page of one document, of the platform when it has one, else ours; a failure is tried again later."""
        self.ensure_one()
        try:
            pdf = self._efacture_platform_view() or self._efacture_draw_view()
        except (HostServiceError, received.NotAnInvoice, ValueError) as error:
            tries = self.readable_tries + 1
            _logger.info("The readable page of document %s was not made: %s", self.id, error)
            self.write(
                {
                    "readable_tries": tries,
                    "readable_state": "failed" if tries >= READABLE_TRIES else "wanted",
                    "readable_next": fields.Datetime.now() + timedelta(minutes=5 * tries),
                }
            )
            return False
        move = self.move_id
        name = f"{(self.number or self.filename or 'facture').replace('/', '-')[:80]}.pdf"
        attachment = self._efacture_create_files(
            [
                {
                    "name": name,
                    "raw": pdf,
                    "mimetype": "application/pdf",
                    "res_model": "account.move" if move else self._name,
                    "res_id": move.id or self.id,
                    "company_id": self.company_id.id,
                }
            ]
        )
        self.write({"readable_state": "made", "readable_attachment_id": attachment.id})
        if move:
            move.sudo().with_context(tracking_disable=True).message_main_attachment_id = attachment
        return attachment

    def _efacture_platform_view(self):
        """The readable copy that the platform offers, or nothing."""
        exchange = self.exchange_id
        account = exchange.account_id
        if not exchange.remote_id or account.state != "active":
            return None
        try:
            content = account._connector().download(exchange.remote_id, "readable").content
        except ConnectorError:
            return None  # absent or out of reach: we draw our own
        return content if kinds.is_pdf(content) else None

    def _efacture_draw_view(self):
        """Our own page of the invoice, by the renderer."""
        invoice = received.read_invoice(received.open_file(self._efacture_content()))
        return self._efacture_render_received(invoice)
