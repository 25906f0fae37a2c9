from odoo import api, models

from ..connectors.company_register import CompanyRegister
from ..connectors.session import Session
from ..connectors.vies import Vies


class EfactureLookup(models.AbstractModel):
    """The outside registers, and the sentences that say what happened there."""

    _name = "efacture.lookup"
    _description = "Look-ups in Public Registers"

    @api.model
    def _company_register(self):
        """The State's company register, at the address of the system parameter or its official one."""
        return CompanyRegister(
            self._parameter("efacture.company_register_url"), self._session("register")
        )

    @api.model
    def _vies(self):
        """The EU's VAT register, at the address of the system parameter or its official one."""
        return Vies(self._parameter("efacture.vies_url"), self._session("vies"))

    @api.model
    def _session(self, operation):
        """A session whose calls are in the log under this operation."""
        return Session(on_call=self.env["efacture.call"]._efacture_on_call(default=operation))

    @api.model
    def _parameter(self, key):
        # sudo: addresses of public services, set by the administrator.
        return self.env["ir.config_parameter"].sudo().get_param(key) or ""

    @api.model
    def _describe_outage(self, kind):
        """Plain words for the kind of a connector error (connectors/errors.py) or a VIES fault."""
        env = self.env
        sentences = {
            "address_forbidden": env._("its address is not one that may be called"),
            "not_reachable": env._("it does not answer"),
            "circuit_open": env._("it has failed several times and is left alone for a moment"),
            "timed_out": env._("it took too long to answer"),
            "busy": env._("it is busy and asks to come back later"),
            "server_fault": env._("it has a fault on its side"),
            "not_authorized": env._("it refuses our credentials"),
            "bad_answer": env._("it answered something unreadable"),
            "too_large": env._("its answer was too large"),
            "refused": env._("it refused the question"),
            "not_found": env._("its address seems wrong"),
            "not_supported": env._("it does not offer this"),
            "MS_UNAVAILABLE": env._("the tax office of that country does not answer"),
            "NOT_COVERED": env._("this country is not in VIES"),
        }
        return sentences.get(kind) or env._("it is not available")
