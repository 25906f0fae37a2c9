"""What happens once, when the addon is installed or removed."""

from odoo.tools import sql

# Stored and computed: with the column there, Odoo does not compute it for every old row.
_COLUMNS = {
    "account_move": {
        "efacture_contact_method": "varchar",
        "efacture_address_id": "int4",
        "efacture_state": "varchar",
        "efacture_status": "varchar",
    },
}


def pre_init_hook(env):
    """Create our stored columns on big tables empty, so that installing does not compute every row."""
    for table, columns in _COLUMNS.items():
        for name, kind in columns.items():
            if not sql.column_exists(env.cr, table, name):
                sql.create_column(env.cr, table, name, kind)


def uninstall_hook(env):
    """Give back what a removed addon would leave behind (our values in native company-dependent fields)."""
    # Company-dependent values live in one jsonb column: ORM's ondelete only visits env.companies.
    env.cr.execute(
        """
        UPDATE res_partner p
           SET invoice_sending_method = (
                   SELECT jsonb_object_agg(key, value)
                     FROM jsonb_each(p.invoice_sending_method)
                    WHERE value <> '"efacture"'::jsonb)
         WHERE invoice_sending_method IS NOT NULL
           AND invoice_sending_method::text LIKE '%efacture%'
        """
    )
