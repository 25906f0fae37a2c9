"""The demo company of `bin/run`, loaded once into a template database.

Who is who comes from `sandbox/data/companies.json`: the customers of the demo are the companies that
the loopback directory, company register and VIES know.
"""

from .company import load_company
from .invoices import load_invoices
from .partners import load_partners
from .platform import load_platform
from .users import load_users

__all__ = ["load"]


def load(env) -> None:
    """Fill a database that has our addons installed. Amounts in EUR, dates of this year."""
    env = env(
        context={**env.context, "lang": "fr_FR", "tracking_disable": True, "mail_notrack": True}
    )
    load_company(env)
    load_users(env)
    load_platform(env)
    load_partners(env)
    load_invoices(env)
