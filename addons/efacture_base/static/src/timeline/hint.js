import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

// Shape, colour and words: none of the three is needed to tell them apart.
const LOOKS = {
    todo: { icon: "fa-hand-o-right", alert: "alert-info", label: _t("To do:") },
    wait: { icon: "fa-clock-o", alert: "alert-secondary", label: _t("In progress:") },
    warn: { icon: "fa-exclamation-triangle", alert: "alert-warning", label: _t("To be looked at:") },
    fail: { icon: "fa-times-circle", alert: "alert-danger", label: _t("Problem:") },
    done: { icon: "fa-check-circle", alert: "alert-success", label: _t("Done:") },
};

/** What to do now for this invoice, and the one button that does it. */
export class Hint extends Component {
    static template = "efacture_base.Hint";
    static props = { ...standardWidgetProps };

    get text() {
        return this.props.record.data.efacture_hint;
    }

    get button() {
        return this.props.record.data.efacture_hint_button;
    }

    get tone() {
        return this.props.record.data.efacture_hint_tone;
    }

    get look() {
        return LOOKS[this.tone] || LOOKS.todo;
    }

    onClick() {
        this.env.onClickViewButton({
            clickParams: { type: "object", name: "action_efacture_follow_hint" },
            getResParams: () =>
                pick(this.props.record, "context", "evalContext", "resModel", "resId", "resIds"),
        });
    }
}

export const hint = {
    component: Hint,
    fieldDependencies: [
        { name: "efacture_hint", type: "char" },
        { name: "efacture_hint_tone", type: "selection" },
        { name: "efacture_hint_button", type: "char" },
    ],
};

registry.category("view_widgets").add("efacture_hint", hint);
