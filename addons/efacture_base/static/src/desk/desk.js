import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

// Colour, shape and words: none of the three is needed to tell them apart.
const TONES = {
    todo: { color: "text-info", label: _t("To do") },
    wait: { color: "text-body-secondary", label: _t("In progress") },
    warn: { color: "text-warning", label: _t("To be looked at") },
    fail: { color: "text-danger", label: _t("Problem") },
    done: { color: "text-success", label: _t("Nothing to do") },
};
const PAUSE = 60000;

/** The first page: what is to be done, counted. */
export class Desk extends Component {
    static template = "efacture_base.Desk";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ sections: [], accounts: [], is_empty: false, failed: false });
        this.display = { controlPanel: {} };
        onWillStart(() => this.load());
        // people leave this page open: it stays true without being reloaded
        const timer = setInterval(() => document.hidden || this.load(), PAUSE);
        onWillUnmount(() => clearInterval(timer));
    }

    async load() {
        try {
            const desk = await this.orm.silent.call("efacture.desk", "efacture_get_desk", []);
            Object.assign(this.state, desk, { failed: false });
        } catch {
            this.state.failed = true;
        }
    }

    get canSynchronise() {
        return this.state.accounts.some((account) => account.state === "active");
    }

    look(tile) {
        return TONES[tile.tone] || TONES.todo;
    }

    number(tile) {
        return tile.more ? _t("over %s", tile.count) : String(tile.count);
    }

    synchronised(account) {
        if (account.state !== "active") {
            return account.state_label;
        }
        if (!account.synchronised) {
            return _t("not synchronised yet");
        }
        const date = deserializeDateTime(account.synchronised);
        return _t("synchronised %(ago)s (%(date)s)", {
            ago: date.toRelative() || "",
            date: toLocaleDateTimeString(date, { showSeconds: false }),
        });
    }

    async synchronise() {
        const action = await this.orm.call("efacture.account", "action_synchronise", [[]]);
        await this.load();
        if (action?.params) {
            const { message, title, type, sticky } = action.params;
            this.notification.add(message, { title, type, sticky });
        }
    }

    async open(tile) {
        const action = await this.orm.call("efacture.desk", "efacture_open_tile", [tile.key]);
        await this.action.doAction(action);
    }
}

registry.category("actions").add("efacture_desk", Desk);
