import contextlib
import hashlib
import logging
import os
import time
import uuid

from odoo import api, models

_logger = logging.getLogger(__name__)
PARTS = "efacture-parts"  # beside the store's own folders: what is being written
A_DAY = 24 * 3600


class IrAttachment(models.Model):
    """Files of the store are whole or absent, whatever happens while they are written.

    Odoo writes in place and without fsync: on a full disk, or when the machine stops, a part of the
    file stays, and the same content then “collides with an existing file” for ever.
    """

    _inherit = "ir.attachment"

    # EXTENDS 'base'
    @api.model
    def _get_path(self, bin_data, sha):
        path = self._full_path(f"{sha[:2]}/{sha}")
        if (
            os.path.isfile(path)
            and not self._same_content(bin_data, path)
            and _sha1(path) != sha  # else two contents with one name: Odoo refuses the second
        ):
            _logger.info("A damaged file of the store is written anew: %s", path)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        return super()._get_path(bin_data, sha)

    # OVERRIDE 'base': another name first, then fsync, then its own
    @api.model
    def _file_write(self, bin_value, checksum):
        fname, full_path = self._get_path(bin_value, checksum)
        if os.path.exists(full_path):
            return fname
        # Noted first: should the transaction end here, the store's own clean-up finds it.
        self._mark_for_gc(fname)
        folder = self._full_path(PARTS)
        os.makedirs(folder, exist_ok=True)
        part = os.path.join(folder, uuid.uuid4().hex)
        try:
            with open(part, "xb") as file:
                file.write(bin_value)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, full_path)
            # The name is on the disk too before the database says that the file is there.
            _sync_folder(os.path.dirname(full_path))
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise
        return fname

    @api.autovacuum
    def _efacture_gc_parts(self):
        """Remove what a killed process was writing."""
        with contextlib.suppress(FileNotFoundError), os.scandir(self._full_path(PARTS)) as parts:
            for part in parts:
                with contextlib.suppress(FileNotFoundError):
                    if part.stat().st_mtime < time.time() - A_DAY:
                        os.unlink(part.path)


def _sha1(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha1").hexdigest()  # the store's own names are SHA-1


def _sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
