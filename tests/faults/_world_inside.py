# Runs inside `odoo shell` (env and SETTINGS are given); fault_rig.py starts it.
# ruff: noqa: F821
import json

from ground import workload
from odoo.addons.efacture_base.models.efacture_exchange import TRANSITIONS

world = workload.make_company(env, "efacture")
# No address of a platform yet: each campaign writes those of its own sandbox.
nowhere = {
    f"{name}_url": f"http://127.0.0.1:9/{name}" for name in ("flow_base", "directory_base", "token")
}
workload.make_account(env, world.company, "Compte", nowhere, "faults", "not-a-real-one")
env.cr.commit()  # the set-up is stored
workload.make_invoices(env, world, SETTINGS["invoices"], SETTINGS.get("lines", 1))

# Every change of state is kept, whoever made it and whatever died after: what the report counts.
env.cr.execute("""
    CREATE TABLE faults_history (
        id bigserial PRIMARY KEY, exchange_id integer, before text, after text, attempts integer,
        error_code text, at timestamp DEFAULT clock_timestamp()
    );
    CREATE FUNCTION faults_remember() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO faults_history (exchange_id, before, after, attempts, error_code)
        VALUES (NEW.id, OLD.state, NEW.state, NEW.attempt_count, NEW.error_code);
        RETURN NULL;
    END $$;
    CREATE TRIGGER faults_remember AFTER UPDATE OF state ON efacture_exchange
        FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION faults_remember();
""")
parameters = env["ir.config_parameter"]
parameters.set_param(
    "efacture_faults.transitions", json.dumps({k: sorted(v) for k, v in TRANSITIONS.items()})
)
# Scheduled actions that have nothing to do with the exchange would only cost time here.
others = (
    env["ir.cron"]
    .search([])
    .filtered(
        lambda cron: "efacture" not in (cron.code or "") and "efacture" not in cron.model_id.model
    )
)
others.active = False
parameters.set_param("efacture_faults.ready", "yes")
env.cr.commit()  # ready
