"""Claire sends: a draft by one command, ten at once with a broken one, and is told wherever she is."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect
from screens import PATIENCE

pytestmark = pytest.mark.timeout(900)

WINDOW = ".modal .o_efacture_sending"
COMMAND = "Envoyer la facture vers eFacture"


@pytest.fixture
def faults(product):
    """Arm faults of the sandbox platform; none is left behind."""
    root = product.facts["sandbox"]["pa"]["url"].rstrip("/")
    root = re.match(r"https?://[^/]+", root).group()

    def arm(*rows):
        request = urllib.request.Request(
            f"{root}/_sandbox/faults",
            data=json.dumps(rows).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()

    yield arm
    arm()


def _rows(claire, state: str, words: str = ""):
    claire.open("efacture-sales", ".o_list_view .o_data_row")
    return claire.page.locator(f".o_data_row:has-text('{state}'):has-text('{words}')")


def _command_window(claire) -> str:
    with claire.answer("action_efacture_send"):
        claire.press("action_efacture_send")
    claire.page.wait_for_selector(".modal .o_efacture_send")
    return claire.dialog()


def _send(claire) -> None:
    claire.page.click(".modal footer button[name=action_send]:visible")
    claire.page.wait_for_selector(WINDOW)


def test_a_draft_is_checked_confirmed_and_deposited_by_one_command(claire):
    _rows(claire, "Brouillon", "Plateforme").first.click()
    claire.page.wait_for_selector(".o_form_view")
    told = _command_window(claire)
    assert "La facture électronique est correcte" in told
    assert "Le document sera définitif et donc ne sera plus modifiable." in told
    assert "Plateforme agréée" in told
    _send(claire)
    title = claire.page.locator(f"{WINDOW} h5")
    expect(title).to_have_text(
        re.compile(r"Déposée sur la plateforme à \d\d:\d\d \(n° .+\)"), timeout=PATIENCE
    )
    claire.page.click(f"{WINDOW} .o_efacture_close")
    claire.page.wait_for_selector(".modal", state="detached")
    expect(claire.page.locator(".o_arrow_button_current")).to_have_text(re.compile("Comptabilisé"))


def test_asked_again_it_says_when_and_by_whom(claire):
    claire.action_menu(COMMAND)
    claire.page.wait_for_selector(".modal")
    told = claire.dialog()
    assert re.search(r"Ce document a déjà été envoyé le .+ par .+ \(n° .+, statut .+\)", told), told
    claire.page.click(".modal footer button >> nth=0")
    claire.page.wait_for_selector(".modal", state="detached")


def test_the_answer_follows_who_leaves_the_page(claire, faults):
    _rows(claire, "Comptabilisé", "Plateforme").last.click()
    claire.page.wait_for_selector(".o_form_view")
    faults({"fault": "slow", "operation": "flow.submit", "count": 1, "seconds": 12})
    _command_window(claire)
    _send(claire)
    expect(claire.page.locator(f"{WINDOW} h5")).to_have_text(re.compile("Envoi en cours"))
    claire.page.click(f"{WINDOW} .o_efacture_close")
    claire.customers()
    note = claire.page.locator(".o_notification:has-text('Déposée sur la plateforme')")
    expect(note.first).to_be_visible(timeout=PATIENCE)


def test_ten_at_once_and_the_broken_one_stops_no_other(claire):
    """Nine go; the tenth, a line without tax, is named with its reason before and after."""
    baskets = [["CHAISE"]] * 9 + [["CAFE"]]
    ids = claire.make_invoices("Atelier Nivelle", baskets, ref="DIX-E2E")
    [line] = claire.call(
        "account.move.line", "search", [["move_id", "=", ids[-1]], ["product_id", "!=", False]]
    )
    claire.call("account.move.line", "write", [line], {"tax_ids": [[6, 0, []]]})
    claire.open("efacture-sales", ".o_list_view .o_data_row")
    expect(claire.find("DIX-E2E")).to_have_count(10)
    claire.choose_all()
    claire.page.click(".o_control_panel button[name=action_efacture_send]:visible")
    claire.page.wait_for_selector(".modal .o_efacture_send")
    broken = claire.page.locator(".modal .o_efacture_send .o_data_row.text-danger")
    expect(broken).to_have_count(1)
    expect(broken).to_contain_text("TVA")
    _send(claire)
    expect(claire.page.locator(f"{WINDOW} h5").first).to_have_text(
        "9 sur 9 déposées", timeout=2 * PATIENCE
    )
    kept = claire.page.locator(f"{WINDOW} li")
    expect(kept).to_have_count(1)
    expect(kept).to_contain_text("TVA")
    claire.page.click(f"{WINDOW} .o_efacture_close")
    rows = claire.call("account.move", "read", ids, ["state", "efacture_state"])
    assert [row["efacture_state"] for row in rows] == ["accepted"] * 9 + [False]
    assert rows[-1]["state"] == "draft", "what could not leave is still a draft to correct"
