import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

const PATIENCE = 10_000; // ms until “being sent” is said and the page may be left
const SLICE = 1.5; // seconds of one request: what is known is shown, then the next one
const PAUSE = 2_000; // ms between two looks once patience is over
const PORTION = 20; // invoices posted and queued in one request
const ICONS = {
    success: "fa-check-circle text-success",
    warning: "fa-exclamation-triangle text-warning",
    danger: "fa-times-circle text-danger",
    info: "fa-clock-o text-muted",
};

/** The window after *Send*: hands over the queued sendings at once and says what became of each. */
export class SendingAction extends Component {
    static template = "efacture_base.Sending";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.sending = useService("efacture_sending");
        const { exchange_ids, refused, remaining_ids } = this.props.action.params;
        this.state = useState({
            rows: Object.fromEntries((exchange_ids || []).map((id) => [id, null])),
            refused: refused || [],
            remaining: [...(remaining_ids || [])],
            late: false,
        });
        this.left = false;
        this.wake = null;
        this.sending.watch(this.ids, () => this.wake?.());
        onMounted(() => this.run());
        onWillUnmount(() => {
            this.left = true;
            this.wake?.();
            this.sending.unwatch(this.ids);
        });
    }

    get ids() {
        return Object.keys(this.state.rows).map(Number);
    }

    get answers() {
        return Object.values(this.state.rows).filter((answer) => answer);
    }

    get total() {
        return this.ids.length + this.state.remaining.length;
    }

    get isSingle() {
        return this.total === 1 && !this.state.refused.length;
    }

    get single() {
        return this.answers[0] || { type: "info", headline: _t("Being sent…"), note: "" };
    }

    /** Those whose sending has an answer for the person who waits. */
    get told() {
        return this.answers.filter((answer) => answer.told);
    }

    get isTold() {
        return !this.state.remaining.length && this.told.length === this.ids.length;
    }

    /** Nothing more comes within moments: acknowledgements are here too. */
    get isOver() {
        return !this.state.remaining.length && this.ids.every((id) => this.state.rows[id]?.over);
    }

    get handedOver() {
        return this.answers.filter((answer) => answer.state === "accepted").length;
    }

    get progress() {
        return this.total ? Math.round((100 * this.told.length) / this.total) : 100;
    }

    get progressLabel() {
        return _t("%(done)s of %(all)s handed over", { done: this.handedOver, all: this.total });
    }

    /** What asks for a look: refused, not arrived, in doubt. */
    get troubles() {
        const paper = this.toPrint;
        return this.told.filter(
            (answer) => ["danger", "warning"].includes(answer.type) && !paper.includes(answer)
        );
    }

    /** Paper, ready for the printer. */
    get toPrint() {
        return this.told.filter(({ channel, state }) => channel === "manual" && state === "queued");
    }

    icon(tone) {
        return ICONS[tone] || ICONS.info;
    }

    get troubleCount() {
        return this.troubles.length + this.state.refused.length;
    }

    async run() {
        const start = Date.now();
        while (!this.left) {
            try {
                await this.takeMore();
                await this.dispatch();
            } catch (error) {
                if (!(error instanceof ConnectionLostError)) {
                    throw error;
                }
                // Nothing is lost: what was queued leaves by itself, and we look again.
                this.state.late = true;
                await this.pause();
                continue;
            }
            const patient = Date.now() - start < PATIENCE;
            if (this.isOver || (this.isTold && !patient)) {
                return;
            }
            if (!patient && !this.state.remaining.length) {
                this.state.late = true;
                await this.pause();
            }
        }
    }

    /** One portion of the invoices that are not yet posted and queued. */
    async takeMore() {
        if (!this.state.remaining.length) {
            return;
        }
        const portion = this.state.remaining.slice(0, PORTION);
        const { exchange_ids, refused } = await this.orm.silent.call(
            "account.move",
            "efacture_send_command",
            [portion],
            { with_platform: this.props.action.params.with_platform }
        );
        if (!this.left) {
            this.sending.watch(exchange_ids, () => this.wake?.());
        }
        exchange_ids.forEach((id) => (this.state.rows[id] = null));
        this.state.refused.push(...refused);
        this.state.remaining.splice(0, portion.length);
    }

    async dispatch() {
        const ids = this.ids.filter((id) => !this.state.rows[id]?.over);
        if (!ids.length || this.left) {
            return;
        }
        const answers = await this.orm.silent.call("efacture.exchange", "efacture_dispatch", [ids], {
            seconds: SLICE,
        });
        for (const answer of answers) {
            this.state.rows[answer.id] = answer;
            if (answer.told && !this.left) {
                this.sending.markTold(answer.id, answer.state);
            }
        }
    }

    /** Until the next look, or until an answer is announced. */
    pause() {
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, PAUSE);
            this.wake = () => {
                clearTimeout(timer);
                resolve();
            };
        });
    }

    open(moveId) {
        this.close();
        this.sending.openInvoices([moveId], "");
    }

    openTroubles() {
        const ids = [...this.troubles, ...this.state.refused].map((one) => one.move_id);
        this.close();
        this.sending.openInvoices([...new Set(ids)], _t("To be looked at"));
    }

    async print() {
        const ids = this.toPrint.map((answer) => answer.move_id);
        const action = await this.orm.call("account.move", "action_efacture_print", [ids]);
        this.action.doAction(action);
    }

    async fix(findingId) {
        const action = await this.orm.call("efacture.finding", "action_open_fix", [[findingId]]);
        this.close();
        this.action.doAction(action);
    }

    close() {
        this.action.doAction({ type: "ir.actions.act_window_close" });
    }
}

registry.category("actions").add("efacture_sending", SendingAction);
