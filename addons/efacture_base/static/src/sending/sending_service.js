import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const GATHER = 1200; // ms: answers that come together are told together
const SEPARATE = 3; // more than this many at once make one notification

/**
 * The answer to a sending reaches the person wherever they are: by the open window if there is one,
 * else by a notification. One answer is told once.
 */
export const sendingService = {
    dependencies: ["action", "bus_service", "notification"],

    start(env, { action, bus_service, notification }) {
        const watchers = new Map(); // exchange id -> function of the open window
        const told = new Set();
        let waiting = [];
        let timer = null;

        const key = (id, state) => `${id}:${state}`;

        function openInvoices(ids, name) {
            const one = ids.length === 1;
            return action.doAction({
                type: "ir.actions.act_window",
                name,
                res_model: "account.move",
                ...(one ? { res_id: ids[0] } : { domain: [["id", "in", ids]] }),
                views: one ? [[false, "form"]] : [[false, "list"], [false, "form"]],
                target: "current",
            });
        }

        function tellOne({ move_id, name, type, title, message, headline, note }) {
            notification.add(headline ? note : message, {
                title: headline ? `${name} – ${headline}` : title,
                type,
                sticky: type !== "success",
                buttons: move_id
                    ? [{ name: _t("Open the invoice"), onClick: () => openInvoices([move_id], name) }]
                    : [],
            });
        }

        function tellTogether(messages) {
            const bad = messages.filter((message) => message.type !== "success");
            notification.add(
                _t("%(good)s of %(all)s were handed over.", {
                    good: messages.length - bad.length,
                    all: messages.length,
                }),
                {
                    title: _t("Invoices sent with eFacture"),
                    type: bad.length ? "warning" : "success",
                    sticky: Boolean(bad.length),
                    buttons: bad.length
                        ? [
                              {
                                  name: _t("Open those to look at"),
                                  onClick: () =>
                                      openInvoices(
                                          bad.map((message) => message.move_id),
                                          _t("To be looked at")
                                      ),
                              },
                          ]
                        : [],
                }
            );
        }

        function tellWaiting() {
            timer = null;
            // What a window has shown meanwhile is known.
            const messages = waiting.filter(
                ({ exchange_id, state }) => !told.has(key(exchange_id, state))
            );
            waiting = [];
            messages.forEach(({ exchange_id, state }) => told.add(key(exchange_id, state)));
            if (messages.length > SEPARATE) {
                tellTogether(messages);
            } else {
                messages.forEach(tellOne);
            }
        }

        bus_service.subscribe("efacture_exchange_done", (message) => {
            const watcher = watchers.get(message.exchange_id);
            if (watcher) {
                watcher(message);
                return;
            }
            waiting.push(message);
            timer ||= setTimeout(tellWaiting, GATHER);
        });

        return {
            /** While a window shows these sendings, their answers go to it. */
            watch(ids, onAnswer) {
                ids.forEach((id) => watchers.set(id, onAnswer));
            },
            unwatch(ids) {
                ids.forEach((id) => watchers.delete(id));
            },
            /** The window has shown this end: it is not notified again. */
            markTold(id, state) {
                told.add(key(id, state));
            },
            openInvoices,
        };
    },
};

registry.category("services").add("efacture_sending", sendingService);
