# Runs inside `odoo shell` (env is given): `bin/odoo shell -d DATABASE < tests/receive_corpora_page.py > page.md`.
# Nothing is kept in the database. The page goes to the standard output after a line of equal signs.
# ruff: noqa: F821
import logging

from odoo.addons.efacture_base.tests import corpora_received as corpora

logging.getLogger("factur-x").setLevel(logging.ERROR)
env.company.write(
    {
        "country_id": env.ref("base.fr").id,
        "vat": "FR43999120348",
        "company_registry": "99912034800019",
    }
)
corpora.prepare_company(env)
rows = [corpora.judge_alone(env, row) for row in corpora.manifest()]
env.cr.rollback()
print("=" * 20)
print(corpora.page(rows))
