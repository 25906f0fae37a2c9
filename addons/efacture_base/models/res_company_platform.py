from odoo import fields, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    efacture_account_ids = fields.One2many(
        "efacture.account", "company_id", string="Platform accounts"
    )
    efacture_number_partners = fields.Boolean(
        string="Number new customers and suppliers",
        default=True,
        help="New customers get CLI-00001, new suppliers FOUR-00001. The number can be changed.",
    )
    efacture_portal_contact_method = fields.Boolean(
        string="Customers may change their contact method",
        help="On their own account page. Without it, only you decide how invoices reach them.",
    )

    def _efacture_active_account(self, kind="pa"):
        """The active platform account of this company, of the nearest parent for a branch, else empty.

        Returned with sudo: every biller needs to know it, and no field group of it is opened by that.
        """
        self.ensure_one()
        return self.env["efacture.account"].sudo().browse(self._efacture_active_account_id(kind))

    @ormcache("self.id", "kind")
    def _efacture_active_account_id(self, kind):
        # sudo: a branch uses the account of a parent company its users may not see.
        company = self.sudo()
        accounts = (
            self.env["efacture.account"]
            .sudo()
            .search(
                [
                    ("company_id", "parent_of", company.id),
                    ("state", "=", "active"),
                    ("platform_kind", "=", kind),
                    ("platform_id.active", "=", True),
                ]
            )
        )
        by_company = {account.company_id: account.id for account in accounts}
        while company:
            if company in by_company:
                return by_company[company]
            company = company.parent_id
        return False
