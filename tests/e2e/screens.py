"""What a person does in the browser, in few words: sign in, choose, type, press, read."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from outside import until
from playwright.sync_api import Locator, TimeoutError, expect

# Odoo's first page of a database builds its style sheets and scripts.
PATIENCE = 45_000
expect.set_options(timeout=PATIENCE)
VERDICTS = {"valid": "Valide", "invalid": "Non valide", "unchecked": "Non (vérifié|contrôlé)e?"}


class Screens:
    """One person's browser, in French.

    :param browser: Playwright's Chromium
    :param url: address of the product
    :param login: also the password, as in the demo company
    :param width: 1400 is a desk, 390 a phone
    """

    def __init__(self, browser, url: str, login: str, width: int = 1400, height: int = 900):
        self.url = url
        self.trouble: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR", accept_downloads=True,
            has_touch=width < 600, is_mobile=width < 600,
        )  # fmt: skip
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)[:300]))
        self.page.goto(f"{url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click(".oe_login_buttons button[type=submit]")
        self.page.wait_for_selector(".o_action_manager")

    def close(self) -> None:
        self.context.close()

    def open(self, path: str, ready: str) -> None:
        """Go to an address of Odoo and wait until `ready` (a selector) is there."""
        self.page.goto(f"{self.url}/odoo/{path}")
        self.page.wait_for_selector(ready)

    def customers(self) -> None:
        self.open("efacture-customers", ".o_list_view .o_data_row, .o_kanban_record")

    def tab(self, name: str) -> None:
        self.page.click(f".o_notebook .nav-link:has-text('{name}')")

    def press(self, name: str) -> None:
        """The button of a method, in the window on top if there is one."""
        self.page.locator(f"button[name={name}]:visible").last.click()

    def press_in_menu(self, name: str) -> None:
        """On a phone, the buttons of a form but the first are in a menu."""
        button = self.page.locator(f".o-dropdown--menu button[name={name}]")
        for _try in range(4):
            # The form redraws, and closes its menu, when the rest of the page has come.
            self.page.click(".o_statusbar_buttons .dropdown-toggle")
            try:
                button.wait_for(state="attached", timeout=5_000)
            except TimeoutError:
                continue
            # The sheet still slides up from below: pressed without waiting for its place.
            button.dispatch_event("click")
            return
        raise AssertionError(f"the menu of the form never showed {name}")

    def dialog(self) -> str:
        return self.page.locator(".modal").last.inner_text()

    def pick(self, field: str, words: str) -> None:
        """Type into a field with suggestions and take the first that says these words."""
        box = self.page.locator(f"{field} input, {field} textarea").first
        found = self.page.locator(f".o-autocomplete--dropdown-item:has-text('{words}')").first
        for _try in range(3):
            # Odoo redraws a row when the server has answered; what was typed meanwhile is lost.
            box.click()
            box.fill("")
            box.press_sequentially(words)
            try:
                found.wait_for(timeout=5_000)
                break
            except TimeoutError:
                continue
        found.click()

    def add_line(self, product: str) -> None:
        """One more invoice line with the product of this name."""
        lines = self.page.locator(".o_field_widget[name=invoice_line_ids] .o_data_row")
        before = lines.count()
        self.page.click("[name=invoice_line_ids] .o_field_x2many_list_row_add a >> nth=0")
        expect(lines).to_have_count(before + 1)
        self.pick(".o_selected_row td[name=product_id]", product)
        amount = self.page.locator(".o_selected_row td[name=price_subtotal]")
        expect(amount).not_to_have_text(re.compile(r"^\s*0,00"), timeout=PATIENCE)

    def edit_taxes(self, line: int) -> Locator:
        """Put the cursor into the taxes of the invoice line at this place (from 0); their cell."""
        row = self.page.locator(".o_field_widget[name=invoice_line_ids] .o_data_row").nth(line)
        row.locator("td[name=tax_ids]").click()
        expect(row).to_have_class(re.compile("o_selected_row"))
        return row.locator("td[name=tax_ids]")

    def save(self) -> None:
        self.page.click(".o_form_button_save")
        self.page.wait_for_selector(".o_form_button_save", state="hidden")

    def findings(self) -> list[str]:
        """What the tab of the invoice says of each finding."""
        rows = self.page.locator("[name=efacture_finding_ids] .o_data_row")
        return [" ".join(text.split()) for text in rows.all_inner_texts()]

    def check(self) -> str:
        """Press *Contrôler la facture*; the word of the verdict."""
        self.tab("Facture électronique")
        with self.answer("action_efacture_check"):
            self.press("action_efacture_check")
        self.page.wait_for_selector("[name=efacture_checked_date]:visible")
        # The page still shows the former verdict until it is read again.
        [row] = self.call("account.move", "read", [self.record_id()], ["efacture_verdict"])
        word = VERDICTS[row["efacture_verdict"]]
        expect(self.page.locator("[name=efacture_verdict]:visible").first).to_have_text(
            re.compile(rf"^\s*{word}\s*$")
        )
        return self.page.locator("[name=efacture_verdict]:visible").first.inner_text().strip()

    def find(self, words: str) -> Locator:
        """Search these words in the list on the screen; the rows that are left."""
        box = self.page.locator(".o_searchview_input")
        offered = self.page.locator(f".o_searchview_autocomplete :text('{words}')").first
        facet = self.page.locator(f".o_searchview_facet:has-text('{words}')")
        for _try in range(3):
            # A list that is drawn again when the rest of the page has come forgets what was typed.
            box.fill("")
            box.press_sequentially(words)
            try:
                offered.wait_for(timeout=5_000)
                box.press("Enter")
                facet.wait_for(timeout=5_000)
                break
            except TimeoutError:
                continue
        expect(facet).to_be_visible()
        return self.page.locator(".o_data_row")

    def choose_all(self) -> None:
        """Tick every row of the list."""
        self.page.click("thead .o_list_record_selector input")
        self.page.wait_for_selector(".o_selection_box")

    def action_menu(self, words: str) -> None:
        """An entry of the cog menu of a form, or of *Actions* of a list with ticked rows."""
        entry = self.page.locator(f".o-dropdown--menu .o-dropdown-item:has-text('{words}')")
        for _try in range(3):
            # The bar is drawn again, and its menu closed, when the rest of the page has come.
            self.page.click(".o_cp_action_menus button:has(.fa-cog):visible")
            try:
                entry.click(timeout=5_000)
                return
            except TimeoutError:
                self.page.keyboard.press("Escape")
        raise AssertionError(f"the menu never showed {words}")

    def timeline(self) -> list[str]:
        """Open *Suivi*; the codes of the statuses in it, in order."""
        self.tab("Suivi")
        self.page.wait_for_selector(".o_efacture_timeline .o_efacture_step")
        steps = self.page.locator(".o_efacture_step[data-code]")
        codes = [step.get_attribute("data-code") for step in steps.all()]
        return [code for code in codes if code]

    def until_status(self, invoice: int, code: str) -> None:
        """Wait until Odoo has taken in this status: a page opened before would never show it."""
        until(
            f"status {code} of invoice {invoice} in Odoo",
            lambda: (
                self.call("account.move", "read", [invoice], ["efacture_status"])[0][
                    "efacture_status"
                ]
                == code
            ),
            90,
        )

    def record_id(self) -> int:
        """The number at the end of a form's address."""
        self.page.wait_for_url(re.compile(r"/\d+(\?|$)"))
        return int(re.search(r"/(\d+)(\?|$)", self.page.url)[1])

    def call(self, model: str, method: str, *args, **options):
        """A method of the server as this person: what a test needs before its story begins."""
        answer = self.page.request.post(
            f"{self.url}/web/dataset/call_kw/{model}/{method}",
            data={
                "jsonrpc": "2.0",
                "params": {"model": model, "method": method, "args": args, "kwargs": options},
            },
            timeout=PATIENCE,
        ).json()
        assert "error" not in answer, answer["error"]["data"]["message"]
        return answer.get("result")

    def make_invoices(self, customer: str, baskets: list[list[str]], **values) -> list[int]:
        """Draft invoices of one product a line (by reference, one each)."""
        found = self.call("product.product", "search_read", [], ["default_code"])
        products = {row["default_code"]: row["id"] for row in found}
        [partner] = self.call("res.partner", "search", [["name", "=", customer]], limit=1)
        today = date.today().isoformat()
        return self.call(
            "account.move",
            "create",
            [
                {
                    "move_type": "out_invoice", "partner_id": partner, "invoice_date": today, **values,
                    "invoice_line_ids": [[0, 0, {"product_id": products[code]}] for code in basket],
                }
                for basket in baskets
            ],
        )  # fmt: skip

    @contextmanager
    def answer(self, method: str):
        """Wait for the server's answer to a button."""
        with self.page.expect_response(lambda r: method in r.url, timeout=PATIENCE):
            yield

    @contextmanager
    def download(self, into: Path):
        """The file that a press brings, stored in `into`; yields a list that will hold its path."""
        held: list[Path] = []
        with self.page.expect_download(timeout=PATIENCE) as coming:
            yield held
        target = into / coming.value.suggested_filename
        coming.value.save_as(target)
        held.append(target)

    def too_wide(self) -> int:
        """By how many pixels the whole page is wider than the screen."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )

    def cut(self, selector: str) -> list[str]:
        """Texts below `selector` that stick out of the window; a table that scrolls by itself may."""
        return self.page.evaluate(
            """selector => [...document.querySelectorAll(selector)]
                .filter(e => e.offsetParent && !e.closest('.o_list_renderer') && e.getBoundingClientRect().right > window.innerWidth + 1)
                .map(e => e.innerText || e.outerHTML.slice(0, 80))""",
            selector,
        )
