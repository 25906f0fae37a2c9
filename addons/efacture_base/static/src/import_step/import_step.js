import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";

/** The next rows of a long import: each step is a request of its own, the screen shows how far it is. */
async function importStep(env, { params }) {
    env.services.ui.block({
        message: _t("%(done)s rows of %(total)s imported", params),
    });
    try {
        return await env.services.orm.call("efacture.partner.import", "action_import", [params.id]);
    } finally {
        env.services.ui.unblock();
    }
}

registry.category("actions").add("efacture_base.import_step", importStep);
