"""Claire follows an invoice of services from its draft to the money: sent, approved, paid, told to the tax office."""

import re
from decimal import Decimal

import pytest
from en16931.cdar import read_cdar
from outside import until
from playwright.sync_api import expect
from screens import PATIENCE, Screens

# The first of all makes the demo company.
pytestmark = pytest.mark.timeout(900)

CUSTOMER = "Castagne"
WINDOW = ".modal .o_efacture_sending"


@pytest.fixture(scope="module")
def invoice():
    """What the steps tell each other of the invoice: its id and its number."""
    return {}


def _open(screens, invoice) -> None:
    screens.open(f"efacture-sales/{invoice['id']}", ".o_form_view")


def _synchronise(screens) -> None:
    screens.open("efacture", ".o_efacture_desk .o_efacture_tile")
    with screens.answer("action_synchronise"):
        screens.page.click(".o_control_panel button:has(.fa-exchange)")
    screens.page.wait_for_selector(".o_notification")


def test_an_invoice_of_services_leaves_by_one_command(claire, invoice):
    claire.open("efacture-sales", ".o_list_view .o_data_row")
    claire.page.click(".o_list_button_add")
    claire.pick("[name=partner_id]", CUSTOMER)
    for product in ("Conseil", "Plateau"):
        claire.add_line(product)
    claire.save()
    invoice["id"] = claire.record_id()
    with claire.answer("action_efacture_send"):
        claire.press("action_efacture_send")
    claire.page.wait_for_selector(".modal .o_efacture_send")
    claire.page.click(".modal footer button[name=action_send]:visible")
    expect(claire.page.locator(f"{WINDOW} h5")).to_have_text(
        re.compile(r"Déposée sur la plateforme à \d\d:\d\d \(n° .+\)"), timeout=PATIENCE
    )
    claire.page.click(f"{WINDOW} .o_efacture_close")
    claire.page.wait_for_selector(".modal", state="detached")
    invoice["number"] = claire.call("account.move", "read", [invoice["id"]], ["name"])[0]["name"]


def test_what_the_platforms_and_the_customer_say_comes_with_synchroniser(claire, outside, invoice):
    outside.until_said(invoice["number"], "203")
    outside.post("advance", {"number": invoice["number"], "status": "205"})
    _synchronise(claire)
    claire.until_status(invoice["id"], "205")
    _open(claire, invoice)
    expect(claire.page.locator("[name=efacture_status_label]")).to_have_text("Approuvée")
    assert claire.timeline() == ["200", "202", "203", "205"]
    said = claire.page.locator(".o_efacture_timeline").inner_text()
    assert "Mise à disposition" in said and "Approuvée" in said
    assert claire.page.locator("[name=efacture_to_collect]").count() == 0
    hint = claire.page.locator(".o_efacture_hint")
    expect(hint).to_contain_text("paiement")


def test_a_payment_is_told_per_rate(claire, outside, invoice):
    claire.press("action_register_payment")
    claire.page.wait_for_selector(".modal button[name=action_create_payments]")
    claire.press("action_create_payments")
    claire.page.wait_for_selector(".modal", state="detached")
    outside.until_said(invoice["number"], "212")
    [message] = outside.messages(invoice["number"], "212")
    told = {amount.rate: amount.value for amount in read_cdar(message).amounts}
    # 820,00 + 20 %, 16,50 + 10 %
    assert told == {Decimal(20): Decimal("984.00"), Decimal(10): Decimal("18.15")}


def test_the_follow_up_tells_all_of_it(claire, invoice):
    claire.until_status(invoice["id"], "212")
    _open(claire, invoice)
    assert claire.timeline() == ["200", "202", "203", "205", "212"]
    expect(claire.page.locator("[name=efacture_status_label]")).to_have_text("Encaissée")
    kinds = claire.page.locator(".o_efacture_step")
    kinds = [step.get_attribute("data-kind") for step in kinds.all()]
    assert kinds.count("payment") == 1 and "exchange" in kinds and kinds[0] == "entry"
    steps = claire.page.locator(".o_efacture_step")
    assert {step.get_attribute("data-tone") for step in steps.all()} <= {"done", "wait"}


def test_a_payment_taken_back_is_told_too(claire, outside, invoice):
    """The money that was told and is not there any more travels as the opposite amount."""
    lines = claire.call(
        "account.move.line", "search",
        [["move_id", "=", invoice["id"]], ["account_id.account_type", "=", "asset_receivable"]],
    )  # fmt: skip
    claire.call("account.move.line", "remove_move_reconcile", lines)
    until(
        "the amounts taken back",
        lambda: len(outside.messages(invoice["number"], "212")) == 2,
        90,
    )
    told = read_cdar(outside.messages(invoice["number"], "212")[-1])
    assert sum(amount.value for amount in told.amounts) == Decimal("-1002.15")


def test_on_a_phone_the_same_can_be_read(product, browser, invoice):
    phone = Screens(browser, product.url, "accountant", width=390, height=844)
    _open(phone, invoice)
    assert phone.timeline()[:4] == ["200", "202", "203", "205"]
    expect(phone.page.locator(".o_efacture_hint")).to_be_visible()
    assert phone.too_wide() == 0
    assert not phone.cut(".o_efacture_timeline *, .o_efacture_hint *")
    phone.close()
    assert not phone.trouble
