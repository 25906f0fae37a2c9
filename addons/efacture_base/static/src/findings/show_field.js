import { useEffect } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";

/** A finding's “Fix” opens a record; this brings the field to put right before the reader's eyes. */
patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        const name = this.props.context?.efacture_fix_field;
        if (name) {
            useEffect(
                () => {
                    showField(this.rootRef.el, name);
                },
                () => []
            );
        }
    },
});

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));

async function showField(root, name) {
    const find = () => root?.querySelector(`.o_field_widget[name="${CSS.escape(name)}"]`);
    let widget = find();
    if (!widget) {
        // only the open page of a notebook is drawn: look through the others
        const tabs = [...(root?.querySelectorAll(".o_notebook_headers .nav-link:not(.disabled)") || [])];
        for (const tab of tabs) {
            tab.click();
            await nextFrame();
            widget = find();
            if (widget) {
                break;
            }
        }
        if (!widget) {
            tabs[0]?.click();
            return;
        }
    }
    widget.scrollIntoView({ block: "center" });
    widget.querySelector("input, textarea, select, button")?.focus();
}
