import { Component, useState } from "@odoo/owl";
import {
    deserializeDate,
    deserializeDateTime,
    formatDate,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

// Shape, colour and words: none of the three is needed to tell them apart.
const TONES = {
    done: { icon: "fa-check-circle", color: "text-success", label: _t("Done") },
    wait: { icon: "fa-clock-o", color: "text-info", label: _t("In progress") },
    warn: { icon: "fa-exclamation-triangle", color: "text-warning", label: _t("To be looked at") },
    fail: { icon: "fa-times-circle", color: "text-danger", label: _t("Problem") },
};
const KINDS = {
    exchange: _t("Sending"),
    event: _t("Status"),
    payment: _t("Payment"),
    entry: _t("Invoice"),
};

/** What happened to an invoice: exchanges, statuses, payments. Asked when its page is shown. */
export class Timeline extends Component {
    static template = "efacture_base.Timeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ entries: null, failed: false });
        useRecordObserver((record) => {
            // read, so that a change of them asks again
            const { efacture_state, payment_state, state } = record.data;
            return this.load(record.resId, [efacture_state, payment_state, state]);
        });
    }

    async load(resId) {
        if (!resId) {
            this.state.entries = [];
            return;
        }
        try {
            const entries = await this.orm.silent.call("account.move", "efacture_get_timeline", [resId]);
            // the same code twice in a row says nothing more: keys are by place
            this.state.entries = entries.map((entry, place) => ({ ...entry, key: place }));
            this.state.failed = false;
        } catch {
            this.state.failed = true;
        }
    }

    look(entry) {
        return TONES[entry.tone] || TONES.wait;
    }

    kind(entry) {
        return KINDS[entry.kind] || "";
    }

    when(entry) {
        return entry.at.length > 10
            ? toLocaleDateTimeString(deserializeDateTime(entry.at), { showSeconds: false })
            : formatDate(deserializeDate(entry.at));
    }

    canOpen(entry) {
        return Boolean(entry.model && entry.id) && entry.kind !== "entry";
    }

    async open(entry) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: entry.model,
            res_id: entry.id,
            views: [[false, "form"]],
        });
    }
}

export const timeline = {
    component: Timeline,
    fieldDependencies: [
        { name: "efacture_state", type: "selection" },
        { name: "payment_state", type: "selection" },
        { name: "state", type: "selection" },
    ],
};

registry.category("view_widgets").add("efacture_timeline", timeline);
