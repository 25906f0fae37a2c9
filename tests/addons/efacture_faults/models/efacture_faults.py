import errno
import os

from odoo import api, models
from odoo.addons.efacture_base.en16931.verdict import Verdict
from odoo.exceptions import AccessError


class EfactureFaults(models.AbstractModel):
    _name = "efacture.faults"
    _description = "Helpers of the fault suite"

    @api.model
    def queue(self, move_ids):
        """Queue invoices with small documents made beforehand; asked twice, the second changes nothing."""
        self._check_administrator()
        moves = self.env["account.move"].browse(move_ids)
        waiting = moves.filtered(lambda move: not move._efacture_current_exchange())
        if waiting:
            waiting._efacture_queue({move: self._document(move) for move in waiting})
            self.env["efacture.exchange"]._efacture_wake_lanes()
        return waiting.ids

    @api.model
    def enqueue(self, move_ids):
        """Queue invoices whose documents the lanes make; asked twice, the second changes nothing."""
        self._check_administrator()
        moves = self.env["account.move"].browse(move_ids)
        waiting = moves.filtered(lambda move: not move._efacture_current_exchange())
        if waiting:
            waiting._efacture_enqueue()
        return waiting.ids

    @api.model
    def hold(self, move_ids):
        """Queue like `queue`, an hour from now; returns where each file lies."""
        self._check_administrator()
        moves = self.env["account.move"].browse(move_ids)
        exchanges = moves._efacture_queue({move: self._document(move) for move in moves})
        self.env.cr.execute(
            "UPDATE efacture_exchange SET next_attempt = now() AT TIME ZONE 'UTC' + interval '1 hour'"
            " WHERE id = ANY(%s)",
            [exchanges.ids],
        )
        attachments = exchanges.mapped(lambda row: row._efacture_file_attachment())
        return [attachment._full_path(attachment.store_fname) for attachment in attachments]

    @api.model
    def again(self, move_ids):
        """Ask again for invoices whose last sending failed."""
        self._check_administrator()
        return self.env["account.move"].browse(move_ids)._efacture_enqueue().ids

    @api.model
    def fill_disk(self):
        """Leave no room where this database keeps its files."""
        self._check_administrator()
        place = self._ballast()
        with open(place, "ab") as ballast:
            try:
                while True:
                    os.write(ballast.fileno(), b"\0" * 65536)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
        return os.path.getsize(place)

    @api.model
    def free_disk(self):
        self._check_administrator()
        os.unlink(self._ballast())
        return True

    def _ballast(self):
        return os.path.join(self.env["ir.attachment"]._filestore(), "ballast")

    def _document(self, move):
        raw = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
            f"<ID>{move.name}</ID></Invoice>"
        )
        return {
            "raw": raw.encode(),
            "filename": f"{move.name.replace('/', '-')}.xml",
            "syntax": "ubl",
            "profile": "en16931",
            "verdict": Verdict("valid", "UBL-Invoice", "en16931"),
        }

    def _check_administrator(self):
        if not self.env.is_admin():
            raise AccessError("Only the fault suite calls this.")
