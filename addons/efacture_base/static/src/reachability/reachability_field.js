import { registry } from "@web/core/registry";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

// Shape, colour and words: none of the three is needed to tell the states apart.
const LOOKS = {
    yes: { icon: "fa-check-circle", color: "text-success" },
    no: { icon: "fa-ban", color: "text-danger" },
    unknown: { icon: "fa-question", color: "text-muted" },
};

/** Whether a partner can receive electronic invoices, as the directory last said; asks nobody. */
export class ReachabilityField extends Component {
    static template = "efacture_base.ReachabilityField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name] || "unknown";
    }

    get look() {
        return LOOKS[this.value];
    }

    get label() {
        const choices = this.props.record.fields[this.props.name].selection;
        return Object.fromEntries(choices)[this.value];
    }

    get title() {
        const { efacture_reachability_date: date, efacture_reachability_platform: platform } =
            this.props.record.data;
        if (!date) {
            return _t("The directory has not been asked yet");
        }
        const asked = _t("Directory asked on %s", formatDate(date));
        return platform ? `${platform} – ${asked}` : asked;
    }
}

export const reachabilityField = {
    component: ReachabilityField,
    displayName: _t("Electronic invoices: can receive or not"),
    supportedTypes: ["selection"],
    fieldDependencies: [
        { name: "efacture_reachability_date", type: "datetime" },
        { name: "efacture_reachability_platform", type: "char" },
    ],
};

registry.category("fields").add("efacture_reachability", reachabilityField);
