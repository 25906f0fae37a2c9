"""The first page of eFacture: what is to be done, counted; each tile opens its list."""

from odoo import api, models
from odoo.exceptions import AccessError

from .efacture_exchange_errors import ERRORS, ORPHANS

LIMIT = 999  # nobody needs the exact number of thousands; counting them would be slow
SALES = ("out_invoice", "out_refund")
PURCHASES = ("in_invoice", "in_refund")
DISPUTED = ("206", "207", "208", "210", "213")
UNPAID = ("not_paid", "partial")


class EfactureDesk(models.AbstractModel):
    _name = "efacture.desk"
    _description = "eFacture Desk"

    @api.model
    def efacture_get_desk(self):
        """Everything the page shows, for the companies the user has chosen.

        :return: {"sections": [{"title", "tiles": [{"key", "title", "help", "icon", "tone", "count", "more"}]}],
            "accounts": [{"name", "state", "synchronised": datetime (UTC) or False}]}
        """
        self._efacture_check_reader()
        sections = {}
        for tile in sorted(self._get_tiles(), key=lambda tile: tile["sequence"]):
            count = self._efacture_count(tile)
            sections.setdefault(tile["section"], []).append(
                {
                    "key": tile["key"],
                    "title": tile["title"],
                    "help": tile["help"],
                    "icon": tile["icon"],
                    "tone": tile["tone"] if count else "done",
                    "count": min(count, LIMIT),
                    "more": count > LIMIT,
                }
            )
        titles = self._get_sections()
        return {
            "sections": [
                {"title": titles[name], "tiles": sections[name]}
                for name in titles
                if name in sections
            ],
            "accounts": self._efacture_accounts(),
            "is_empty": not any(tile["count"] for tiles in sections.values() for tile in tiles),
        }

    @api.model
    def efacture_open_tile(self, key):
        """The list behind a tile, named by its key."""
        self._efacture_check_reader()
        tile = next((tile for tile in self._get_tiles() if tile["key"] == key), None)
        if not tile:
            raise AccessError(self.env._("This tile does not exist any more: reload the page."))
        action = self.env["ir.actions.act_window"]._for_xml_id(tile["action"])
        return {
            **action,
            "name": tile["title"],
            "domain": tile["domain"],
            "context": tile.get("context", {}),
            "help": f'<p class="o_view_nocontent_smiling_face">{self.env._("Nothing here: all done")}</p>',
        }

    @api.model
    def _efacture_check_reader(self):
        if not self.env.user.has_group("efacture_base.efacture_base_group_accountant"):
            raise AccessError(
                self.env._("The desk of eFacture is for its accountants. Ask your administrator.")
            )

    @api.model
    def _efacture_count(self, tile):
        """How many records, one more than the limit at most."""
        return self.env[tile["model"]].search_count(tile["domain"], limit=LIMIT + 1)

    # -- what is on it; other addons extend these with `super()` ------------------------------------

    @api.model
    def _get_sections(self):
        """{name: title}, in the order of the page."""
        return {
            "sales": self.env._("Sales invoices"),
            "purchases": self.env._("Purchase bills"),
            "exchange": self.env._("Exchanges"),
        }

    @api.model
    def _get_tiles(self):
        """List of {"key", "section", "sequence", "title", "help", "icon", "tone", "model", "domain", "action"}.

        `action` is the XML id of a window; each domain rests on a partial index, so that it stays quick
        among hundreds of thousands of invoices.
        """
        env = self.env
        sales, bills = (
            "efacture_base.account_move_action_sales",
            "efacture_base.account_move_action_bills",
        )
        errors = "efacture_base.efacture_exchange_action_errors"

        def tile(key, section, sequence, tone, icon, title, text, domain, action, model=None):
            return {
                "key": key, "section": section, "sequence": sequence, "tone": tone, "icon": icon,
                "title": title, "help": text, "domain": domain, "action": action,
                "model": model or "account.move",
                "context": {"default_move_type": "out_invoice"} if action == sales
                else {"default_move_type": "in_invoice"} if action == bills else {},
            }  # fmt: skip

        tiles = [
            tile(
                "to_correct", "sales", 10, "warn", "fa-pencil",
                env._("Drafts to correct"), env._("The check found something to put right before sending."),
                [("state", "=", "draft"), ("efacture_verdict", "=", "invalid"), ("move_type", "in", SALES)], sales,
            ),
            tile(
                "to_send", "sales", 20, "todo", "fa-paper-plane",
                env._("To send"), env._("Confirmed, and never sent to the customer."),
                [("state", "=", "posted"), ("efacture_contact_method", "!=", False), ("efacture_state", "=", False),
                 ("move_type", "in", SALES), ("payment_state", "!=", "reversed")], sales,
            ),
            tile(
                "in_progress", "sales", 30, "wait", "fa-clock-o",
                env._("On their way"), env._("Being made, waiting or leaving. Nothing to do."),
                [("efacture_state", "in", ("preparing", "queued", "sending"))], sales,
            ),
            tile(
                "disputed", "sales", 40, "fail", "fa-comments-o",
                env._("Refused or disputed"), env._("The customer, or a platform, did not accept them as they are."),
                [("efacture_status", "in", DISPUTED), ("move_type", "in", SALES),
                 ("payment_state", "in", UNPAID)], sales,
            ),
            tile(
                "approved_unpaid", "sales", 50, "todo", "fa-eur",
                env._("Approved, not paid"), env._("The customer agreed: the payment is awaited."),
                [("efacture_status", "=", "205"), ("move_type", "in", SALES), ("payment_state", "in", UNPAID)], sales,
            ),
            tile(
                "errors", "exchange", 10, "fail", "fa-exclamation-triangle",
                env._("In trouble"), env._("Not sent, refused, or without a clear answer: each says why and what to do."),
                ERRORS, errors, "efacture.exchange",
            ),
            tile(
                "orphans", "exchange", 30, "warn", "fa-chain-broken",
                env._("Statuses without invoice"), env._("Received for an invoice that is not here (yet)."),
                ORPHANS, "efacture_base.efacture_exchange_action_orphans", "efacture.exchange",
            ),
        ]  # fmt: skip
        tiles += [
            tile(
                "emails", "exchange", 20, "warn", "fa-envelope-o",
                env._("E-mails to look at"), env._("They came back, or we do not know whether they left."),
                [("channel", "=", "email"), ("is_dismissed", "=", False),
                 "|", ("bounce_at", "!=", False), ("state", "=", "unknown")],
                errors, "efacture.exchange",
            ),
            tile(
                "received", "purchases", 10, "todo", "fa-inbox",
                env._("Received, to be checked"), env._("Bills that came in and are still drafts."),
                [("state", "in", ("to_check", "unreadable")), ("move_id.state", "=", "draft")],
                "efacture_base.efacture_document_action", "efacture.document",
            ),
            tile(
                "to_answer", "purchases", 20, "todo", "fa-check-square-o",
                env._("To approve or refuse"), env._("Your supplier awaits your answer."),
                [("efacture_document_ids.source", "=", "platform"), ("state", "=", "posted"),
                 ("move_type", "in", PURCHASES), ("payment_state", "in", UNPAID),
                 ("efacture_status", "in", (False, "200", "201", "202", "203", "204"))], bills,
            ),
            tile(
                "bills_disputed", "purchases", 30, "wait", "fa-comments-o",
                env._("Disputed or suspended"), env._("Your supplier owes you an answer."),
                [("efacture_status", "in", ("207", "208")), ("move_type", "in", PURCHASES),
                 ("payment_state", "in", UNPAID)], bills,
            ),
        ]  # fmt: skip
        return tiles

    @api.model
    def _efacture_accounts(self):
        """The platform accounts of these companies and when each was last asked for news."""
        accounts = self.env["efacture.account"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        states = dict(accounts._fields["state"]._description_selection(self.env))
        return [
            {
                "id": account.id,
                "name": account.name,
                "state": account.state,
                "state_label": states[account.state],
                "synchronised": account.fetched_at,
            }
            for account in accounts
        ]
