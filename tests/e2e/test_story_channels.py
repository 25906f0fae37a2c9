"""Claire sends what does not travel by the platform: two invoices on paper, one by e-mail."""

import io

import pikepdf
import pytest
from en16931.pdfa3 import extract_xml
from outside import until
from playwright.sync_api import expect
from screens import PATIENCE

# The first of all makes the demo company.
pytestmark = pytest.mark.timeout(900)

PAPER = "Youssef Benali"
EMAIL = "Camille Fontaine"


def test_two_on_paper_are_one_file_and_are_sent_once_posted(claire, tmp_path):
    ids = claire.make_invoices(PAPER, [["CHAISE"], ["TABLE"]], ref="PAPIER-E2E")
    claire.call("account.move", "action_post", ids)
    claire.open("efacture-sales", ".o_list_view .o_data_row")
    expect(claire.find("PAPIER-E2E")).to_have_count(2)
    claire.choose_all()
    claire.action_menu("Impression et envoi")
    claire.page.wait_for_selector(".modal button[name=action_print]")
    claire.press("action_print")
    claire.page.wait_for_selector(".modal button[name=action_open_file]", timeout=2 * PATIENCE)
    with claire.download(tmp_path) as held:
        claire.page.click(".modal .o_field_widget[name=file] a")
    with pikepdf.open(held[0]) as pdf:
        assert len(pdf.pages) == 2
    [first, second] = claire.call("account.move", "read", ids, ["is_move_sent", "efacture_state"])
    assert {first["efacture_state"], second["efacture_state"]} == {"queued"}
    claire.press("action_confirm")
    claire.page.wait_for_selector(".modal", state="detached")
    posted = [["id", "in", ids], ["is_move_sent", "=", True], ["efacture_state", "=", "accepted"]]
    until("both noted as sent", lambda: claire.call("account.move", "search_count", posted) == 2)


def test_an_e_mail_carries_the_factur_x_once(claire, outside):
    ids = claire.make_invoices(EMAIL, [["CHAISE"]])
    claire.open(f"efacture-sales/{ids[0]}", ".o_form_view")
    with claire.answer("action_efacture_send"):
        claire.press("action_efacture_send")
    claire.page.wait_for_selector(".modal .o_efacture_send")
    claire.page.click(".modal footer button[name=action_send]:visible")
    expect(claire.page.locator(".modal .o_efacture_sending h5")).to_have_text("Envoyée par e-mail")
    claire.page.click(".modal .o_efacture_close")
    [row] = claire.call("account.move", "read", ids, ["name"])
    [mail] = until("the e-mail", lambda: outside.mails(row["name"]))
    assert mail["recipients"] == ["camille.fontaine@example.com"]
    place = next(n for n, f in enumerate(mail["files"], 1) if f["type"] == "application/pdf")
    pdf = outside.mail_file(mail, place)
    assert extract_xml(pdf)[0] == "factur-x.xml"
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) >= 1
