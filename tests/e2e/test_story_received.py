"""Claire takes in what suppliers sent by the platform: reads, corrects nothing she need not, approves, refuses, disputes."""

import re

import pytest
from outside import until
from playwright.sync_api import expect
from screens import Screens

# The first of all makes the demo company.
pytestmark = pytest.mark.timeout(900)

WINDOW = ".modal .o_efacture_status"


@pytest.fixture(scope="module")
def bills(outside):
    """Numbers of three supplier invoices on their way to the company."""
    return {
        "approved": outside.supplier_sends("supplier_energy", "CII", "rates"),
        "refused": outside.supplier_sends("supplier_printer", "Factur-X", "simple"),
        "disputed": outside.supplier_sends("supplier_office", "UBL", "new_iban"),
    }


def _open(claire, number: str) -> None:
    claire.open("efacture-bills", ".o_list_view .o_data_row")
    rows = claire.find(number)
    expect(rows).to_have_count(1)
    rows.click()
    claire.page.wait_for_selector(".o_form_view")


def _bill(claire, number: str) -> int:
    return claire.call("account.move", "search", [["ref", "=", number]])[0]


def test_synchroniser_brings_them_and_says_how_many(claire, bills):
    claire.open("efacture-bills", ".o_list_view")
    with claire.answer("action_efacture_synchronise"):
        claire.press("action_efacture_synchronise")
    expect(claire.page.locator(".o_notification").first).to_be_visible()
    wanted = [["ref", "in", list(bills.values())], ["efacture_document_ids", "!=", False]]
    until("the draft bills", lambda: claire.call("account.move", "search_count", wanted) == 3, 90)
    claire.open("efacture-bills", ".o_list_view .o_data_row")
    expect(claire.find(bills["disputed"])).to_have_count(1)


def test_a_bill_is_shown_beside_its_page(claire, bills):
    _open(claire, bills["approved"])
    page = claire.page.frame_locator(".o_attachment_preview iframe")
    expect(page.locator(".textLayer").first).to_contain_text(bills["approved"])
    rows = claire.page.locator("[name=invoice_line_ids] .o_data_row")
    expect(rows.first).to_be_visible()
    assert rows.count() >= 3


def test_a_new_bank_account_is_said_and_taken_only_when_asked(claire, bills):
    _open(claire, bills["disputed"])
    words = claire.page.locator("[name=efacture_received_warnings]")
    expect(words).to_contain_text(re.compile("compte bancaire", re.I))
    [bill] = claire.call(
        "account.move", "read", [claire.record_id()], ["partner_bank_id", "efacture_bank_to_add"]
    )
    assert bill["efacture_bank_to_add"] and not bill["partner_bank_id"]


def test_one_is_confirmed_and_approved(claire, outside, bills):
    _open(claire, bills["approved"])
    claire.press("action_post")
    claire.page.wait_for_selector("button[name=action_efacture_approve]:visible")
    claire.press("action_efacture_approve")
    claire.page.click(".modal footer .btn-primary")
    outside.until_said(bills["approved"], "205")
    assert outside.said(bills["approved"])[-1] == "205"
    claire.until_status(_bill(claire, bills["approved"]), "205")
    _open(claire, bills["approved"])
    expect(claire.page.locator("[name=efacture_status_label]")).to_have_text("Approuvée")
    assert "205" in claire.timeline()


def test_one_is_refused_with_reason_and_comment(claire, outside, bills):
    _open(claire, bills["refused"])
    claire.press("action_efacture_refuse")
    claire.page.wait_for_selector(WINDOW)
    claire.press("action_send")
    expect(claire.page.locator(f"{WINDOW} [name=reason_ids]")).to_have_class(
        re.compile("o_field_invalid")
    )
    claire.pick(f"{WINDOW} [name=reason_ids]", "double")
    claire.page.fill(f"{WINDOW} [name=note] textarea", "Déjà facturée en octobre.")
    claire.page.press(f"{WINDOW} [name=note] textarea", "Tab")
    expect(claire.page.locator(f"{WINDOW} [name=preview]")).to_contain_text("Déjà facturée")
    claire.press("action_send")
    outside.until_said(bills["refused"], "210")
    [message] = outside.messages(bills["refused"], "210")
    assert "Déjà facturée en octobre." in message.decode()
    claire.until_status(_bill(claire, bills["refused"]), "210")
    _open(claire, bills["refused"])
    expect(claire.page.locator("[name=efacture_status_label]")).to_have_text("Refusée")
    assert claire.page.locator("button[name=action_efacture_approve]:visible").count() == 0


def test_another_is_disputed_with_the_window_of_all_statuses(claire, outside, bills):
    _open(claire, bills["disputed"])
    claire.press("action_efacture_status")
    claire.page.wait_for_selector(WINDOW)
    claire.page.click(f"{WINDOW} [name=choice_id] label:has-text('litige')")
    claire.pick(f"{WINDOW} [name=reason_ids]", "bancaire")
    claire.page.fill(f"{WINDOW} [name=note] textarea", "Ce compte bancaire n’est pas le vôtre.")
    claire.press("action_send")
    outside.until_said(bills["disputed"], "207")
    claire.until_status(_bill(claire, bills["disputed"]), "207")
    _open(claire, bills["disputed"])
    expect(claire.page.locator("[name=efacture_status_label]")).to_have_text("En litige")


def test_on_a_phone_a_bill_is_read_and_its_warnings_too(product, browser, bills):
    phone = Screens(browser, product.url, "accountant", width=390, height=844)
    [bill] = phone.call("account.move", "search", [["ref", "=", bills["disputed"]]])
    phone.open("efacture-bills", ".o_kanban_record")
    assert phone.too_wide() == 0
    phone.open(f"efacture-bills/{bill}", ".o_form_view [name=efacture_received_warnings]")
    assert phone.too_wide() == 0
    assert not phone.cut(".alert *")
    phone.close()
    assert not phone.trouble
