from odoo import api, models


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        # EXTENDS 'base': a translation that another module brought first is never replaced by ours, so the
        # native words of the contact method would stay in every language but English.
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        self.env["res.partner"]._efacture_label_contact_method(langs)
        return result
