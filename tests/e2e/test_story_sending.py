"""Claire sends: a draft by one command, ten at once with a broken one, and is told wherever she is."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect
from screens import PATIENCE, Screens

pytestmark = pytest.mark.timeout(900)

WINDOW = ".modal .o_efacture_sending"
COMMAND = "Envoyer la facture vers eFacture"


@pytest.fixture(scope="module")
def claire(product, browser):
    screens = Screens(browser, product.url, "accountant")
    yield screens
    screens.close()
    assert not screens.trouble, "the pages ran into errors of their own"


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
    claire.page.click(".o_cp_action_menus button:has(.fa-cog)")
    claire.page.click(f".o-dropdown--menu .o-dropdown-item:has-text('{COMMAND}')")
    claire.page.wait_for_selector(".modal")
    told = claire.dialog()
    assert re.search(r"Ce document a déjà été envoyé le .+ par .+ \(n° .+, statut .+\)", told), told
    claire.page.click(".modal footer button >> nth=0")
    claire.page.wait_for_selector(".modal", state="detached")


def test_the_answer_follows_who_leaves_the_page(claire, faults):
    _rows(claire, "Comptabilisé", "Plateforme").last.click()
    claire.page.wait_for_selector(".o_form_view")
    faults({"fault": "slow", "operation": "flow.submit", "count": 1, "seconds": 4})
    _command_window(claire)
    _send(claire)
    expect(claire.page.locator(f"{WINDOW} h5")).to_have_text(re.compile("Envoi en cours"))
    claire.page.click(f"{WINDOW} .o_efacture_close")
    claire.customers()
    note = claire.page.locator(".o_notification:has-text('Déposée sur la plateforme')")
    expect(note.first).to_be_visible(timeout=PATIENCE)


def test_several_at_once_with_one_broken_among_them(claire):
    rows = _rows(claire, "Comptabilisé")
    rows.first.wait_for()
    chosen = claire.page.locator(".o_data_row .o_list_record_selector input")
    for place in range(10):
        chosen.nth(place).check()
    claire.page.click(".o_control_panel button[name=action_efacture_send]:visible")
    claire.page.wait_for_selector(".modal .o_efacture_send")
    told = claire.dialog()
    assert "Part par" in told
    _send(claire)
    expect(claire.page.locator(f"{WINDOW} h5").first).to_have_text(
        re.compile(r"\d+ sur \d+ déposées"), timeout=PATIENCE
    )
    claire.page.click(f"{WINDOW} .o_efacture_close")
