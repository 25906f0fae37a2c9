from odoo import models

from .efacture_call import call_about


class EfactureExchange(models.Model):
    """Calls made for a row are logged with its invoice, whatever connector it uses."""

    _inherit = "efacture.exchange"

    def _efacture_call(self):
        with call_about(self, self._efacture_facts()):
            return super()._efacture_call()

    def _efacture_find(self):
        with call_about(self):
            return super()._efacture_find()
