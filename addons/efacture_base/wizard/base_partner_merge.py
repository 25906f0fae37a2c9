from odoo import models

from ..models.inner_context import Inner


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_values(self, src_partners, dst_partner):
        # EXTENDS 'base': the number of a merged partner may pass to the one that stays
        merging = dst_partner.with_context(efacture_merging_ids=Inner(src_partners.ids))
        result = super()._update_values(src_partners, merging)
        dst_partner._efacture_merge_addresses()
        return result
