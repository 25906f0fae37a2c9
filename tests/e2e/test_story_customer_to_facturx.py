"""Claire, the accountant, goes from a SIREN to a Factur-X that proves itself; each test is the next step."""

import json
import subprocess
import sys

import openpyxl
import pytest
from playwright.sync_api import expect
from screens import Screens

# The first of all makes the demo company.
pytestmark = pytest.mark.timeout(900)

SIREN = "993155118"
HEADERS = {
    "name": "Nom ou raison sociale", "first": "Prénom", "siret": "SIRET", "vat": "N° TVA", "iban": "IBAN",
    "email": "E-mail", "method": "Moyen de contact", "copies": "Exemplaires papier",
}  # fmt: skip
TEN = [
    {"name": "Boulangerie aux Blés de Riom", "siret": "99305510200012", "email": "riom@bles.example"},
    {"name": "Boulangerie aux Blés de Thiers", "siret": "993255124", "email": "thiers@bles.example"},
    {"name": "Boulangerie aux Blés d'Issoire", "siret": "993355130", "method": "Plateforme agréée"},
    {"name": "Négoce du Ventoux", "siret": "991250572", "vat": "FR30991250572"},
    {"name": "Dupré Frères", "siret": "994583888", "iban": "FR7630006000011234567890189"},
    {"name": "Garage Thévaux", "siret": "998907265", "method": "Papier", "copies": "2"},
    {"name": "Martin", "first": "Lucie", "email": "lucie.martin@example.com", "method": "E-mail"},
    {"name": "Boulangerie aux Blés de Moulins", "siret": "993455147", "email": "moulins@bles.example"},
    {"name": "Boulangerie aux Blés d'Aurillac", "siret": "993555150", "email": "aurillac-chez-bles"},
    {"name": "Boulangerie aux Blés de Brioude", "siret": "993655166", "method": "Pigeon"},
]  # fmt: skip
CORRECTIONS = {
    "Boulangerie aux Blés de Moulins": {"siret": "993455146"},
    "Boulangerie aux Blés d'Aurillac": {"email": "aurillac@bles.example"},
    "Boulangerie aux Blés de Brioude": {"method": "Papier"},
}

BASKET = ("Table de réunion en chêne", "Café", "Plateau", "Abonnement", "Formation")
MEAL = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("claire")


@pytest.fixture(scope="module")
def phone(product, browser):
    screens = Screens(browser, product.url, "accountant", width=390, height=844)
    yield screens
    screens.close()


def test_a_customer_from_its_siren(claire):
    claire.customers()
    claire.page.click(".o_control_panel button:has-text('Ajouter')")
    claire.page.fill(".modal [name=query] input", SIREN)
    claire.press("action_search")
    claire.page.wait_for_selector(".modal .o_data_row:has-text('BOULANGERIE AUX BLES DE VICHY')")
    claire.press("action_use")
    claire.page.wait_for_selector(".modal", state="detached")
    form = claire.page.locator(".o_form_view")
    claire.tab("Facture électronique")
    assert form.locator("[name=efacture_siren] input").input_value() == SIREN
    assert form.locator("[name=efacture_siret] input").input_value() == "99315511800017"
    assert form.locator("[name=vat] input").first.input_value() == "FR77993155118"
    assert form.locator("[name=city] input").first.input_value() == "VICHY"


def test_how_it_can_be_reached_is_said_with_its_reason(claire):
    reach = claire.page.locator("[name=efacture_reachability]")
    assert "Peut recevoir" in reach.inner_text()
    claire.press("action_efacture_propose")
    claire.page.wait_for_selector(".modal .o_data_row")
    said = claire.dialog()
    assert "Plateforme agréée" in said and "Il peut recevoir des factures électroniques" in said
    claire.press("action_apply")
    claire.page.wait_for_selector(".modal", state="detached")


def test_ten_customers_of_which_three_rows_are_wrong(claire, folder):
    claire.customers()
    with claire.download(folder) as template:
        claire.page.click(".o_control_panel button:has-text('modèle Excel')")
    book = openpyxl.load_workbook(template[0])
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for line, customer in enumerate(TEN, start=2):
        for key, value in customer.items():
            sheet.cell(line, columns[HEADERS[key]]).value = value
    book.save(folder / "clients.xlsx")

    _upload(claire, folder / "clients.xlsx")
    claire.page.wait_for_selector(".modal button[name=action_import]:visible")
    told = " ".join(claire.dialog().split())
    assert "Nouveaux : 7" in told and "À corriger : 3" in told
    claire.press("action_import")
    claire.page.wait_for_selector(".modal button[name=action_show]:visible")
    told = " ".join(claire.dialog().split())
    assert "Importés : 7" in told and "À corriger : 3" in told
    with claire.download(folder) as errors:
        claire.page.click(".modal [name=error_file] a, .modal [name=error_file] button")
    lines = list(openpyxl.load_workbook(errors[0]).worksheets[0].iter_rows(values_only=True))
    assert lines[0][-1] == "Erreur"
    reasons = {line[0]: line[-1] for line in lines[1:]}
    assert set(reasons) == set(CORRECTIONS)
    assert "faute de frappe" in reasons["Boulangerie aux Blés de Moulins"]
    assert "e-mail" in reasons["Boulangerie aux Blés d'Aurillac"]
    assert "Pigeon" in reasons["Boulangerie aux Blés de Brioude"]
    claire.press("action_show")
    claire.page.wait_for_selector(".o_list_view .o_data_row:has-text('Négoce du Ventoux')")
    expect(claire.page.locator(".o_list_view .o_data_row")).to_have_count(7)


def test_the_file_of_errors_corrected_changes_only_those(claire, folder):
    path = folder / "clients - à corriger.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for line in range(2, sheet.max_row + 1):
        for key, value in CORRECTIONS[sheet.cell(line, 1).value].items():
            sheet.cell(line, columns[HEADERS[key]]).value = value
    book.save(path)
    claire.customers()
    _upload(claire, path)
    claire.page.wait_for_selector(".modal button[name=action_import]:visible")
    claire.press("action_import")
    claire.page.wait_for_selector(".modal button[name=action_show]:visible")
    told = " ".join(claire.dialog().split())
    assert "Importés : 3" in told and "À corriger : 0" in told
    claire.customers()
    for name in CORRECTIONS:
        claire.page.wait_for_selector(f'.o_data_row:has-text("{name}")')
    for customer in TEN:
        assert claire.page.locator(f'.o_data_row:has-text("{customer["name"]}")').count() == 1


def test_an_invoice_that_cannot_travel_is_not_posted(claire):
    claire.open("efacture-sales", ".o_list_view .o_data_row")
    claire.page.click(".o_list_button_add")
    claire.pick("[name=partner_id]", "VICHY")
    for product in BASKET:
        claire.add_line(product)
    taxes = claire.edit_taxes(MEAL)
    taxes.locator(".o_delete").click()
    taxes.locator(".o_tag").wait_for(state="detached")
    claire.save()
    assert claire.check() == "Non valide"
    findings = claire.findings()
    assert any("À corriger" in f and "Plateau repas" in f for f in findings), findings
    assert "M1" in _process(claire), "goods and services typed in one form"
    claire.page.click("button[name=action_post]:visible")
    claire.page.wait_for_selector(".modal")
    assert "rien n’a été comptabilisé" in claire.dialog() and "Plateau repas" in claire.dialog()
    claire.page.click(".modal button:has-text('Fermer')")


def test_a_finding_leads_to_where_it_is_corrected(claire):
    claire.tab("Facture électronique")
    claire.page.locator(
        "[name=efacture_finding_ids] .o_data_row:has-text('Plateau repas')"
    ).locator("button[name=action_open_fix]").click()
    claire.page.wait_for_selector("[name=invoice_line_ids] .o_data_row:visible")
    taxes = claire.edit_taxes(MEAL)
    claire.pick(".o_selected_row td[name=tax_ids]", "10% S")
    taxes.locator(".o_tag").wait_for()
    claire.save()
    assert claire.check() == "Valide"
    assert not any("À corriger" in finding for finding in claire.findings())


def test_preview_of_the_draft_says_it_is_correct(claire):
    claire.press("action_efacture_preview")
    claire.page.wait_for_selector(".modal .alert-success:visible, .modal .o_error_dialog")
    told = claire.dialog()
    assert "La facture électronique est correcte" in told
    assert "Brouillon" in told
    page = claire.page.frame_locator(".modal iframe")
    page.locator(".textLayer:has-text('Table de réunion en chêne')").wait_for()
    claire.page.click(".modal footer button[special=cancel]")
    claire.page.wait_for_selector(".modal", state="detached")


def test_posted_and_downloaded_the_factur_x_proves_itself(claire, folder):
    claire.page.click("button[name=action_post]:visible")
    claire.page.wait_for_selector("button[name=action_efacture_download_facturx]:visible")
    assert claire.page.locator(".o_arrow_button_current").inner_text().strip() == "Comptabilisé"
    with claire.download(folder) as files:
        claire.press("action_efacture_download_facturx")
    facturx = files[0]
    assert facturx.suffix == ".pdf"
    done = subprocess.run(
        [sys.executable, "-m", "ground.check", "--json", str(facturx)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    verdict = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert verdict["verdict"] == "valid" and verdict["kind"] == "Factur-X"
    assert not [f for f in verdict["findings"] if f["severity"] == "fatal"]
    words = subprocess.run(
        ["pdftotext", "-layout", str(facturx), "-"], capture_output=True, text=True, check=True
    ).stdout
    for said in ("BOULANGERIE AUX BLES DE VICHY", "Exonération de", "40 €", "RCS Lyon"):
        assert said in words
    # 640 + 18.40 + 16.50 + 12 + 950 without VAT; 128 + 1.01 + 1.65 + 0.25 of VAT
    assert "1 767,81" in words.replace("\u202f", " ").replace("\xa0", " ")


def test_customers_on_a_phone(phone):
    phone.customers()
    assert not phone.too_wide()
    card = phone.page.locator(".o_kanban_record:has-text('VICHY'), .o_data_row:has-text('VICHY')")
    assert "Peut recevoir" in card.first.inner_text()
    card.first.click()
    phone.page.wait_for_selector(".o_form_view")
    phone.tab("Facture électronique")
    phone.page.locator("[name=efacture_reachability]:visible").scroll_into_view_if_needed()
    assert not phone.too_wide()
    assert not phone.cut(".o_notebook .tab-pane.active button, .o_notebook .tab-pane.active label")


def test_findings_on_a_phone_are_read_whole_and_lead_on(phone):
    phone.open("efacture-sales", ".o_kanban_record")
    assert not phone.too_wide()
    phone.page.locator(
        ".o_kanban_record:has-text('Camille Fontaine'):has-text('Brouillon')"
    ).first.click()
    phone.page.wait_for_selector(".o_form_view")
    phone.tab("Lignes de facture")
    phone.page.locator("[name=invoice_line_ids] .o_kanban_record").first.click()
    phone.page.wait_for_selector(".modal [name=tax_ids]")
    phone.page.locator(".modal [name=tax_ids] .o_delete").first.click()
    phone.page.locator(".modal footer .o_form_button_save").click()
    phone.page.wait_for_selector(".modal", state="detached")
    phone.save()
    assert phone.check() == "Non valide"
    finding = phone.page.locator("[name=efacture_finding_ids] .o_kanban_record").first
    assert "À corriger" in finding.inner_text() and "TVA" in finding.inner_text()
    assert finding.locator("button[name=action_open_fix]").is_visible()
    assert not phone.too_wide()
    assert not phone.cut(".o_notebook .tab-pane.active button, .o_notebook .tab-pane.active label")


def test_the_preview_on_a_phone(phone):
    phone.open("efacture-sales", ".o_kanban_record")
    phone.page.locator(".o_kanban_record:has-text('VICHY'):has-text('Comptabilisé')").first.click()
    phone.page.wait_for_selector(".o_form_view")
    phone.press_in_menu("action_efacture_preview")
    phone.page.wait_for_selector(".modal .alert-success")
    assert "La facture électronique est correcte" in phone.dialog()
    assert not phone.too_wide()
    assert not phone.cut(".modal .alert, .modal footer button")


def _upload(claire, path) -> None:
    claire.page.click(".o_control_panel button:has-text('Importer')")
    claire.page.wait_for_selector(".modal [name=file]")
    claire.page.set_input_files(".modal input[type=file]", str(path))
    # The browser still reads the file when it is chosen; once held, it can be cleared.
    claire.page.wait_for_selector(".modal [name=file] .o_clear_file_button", state="attached")
    claire.press("action_read")


def _process(claire) -> str:
    field = claire.page.locator("[name=efacture_process]:visible").first
    return (
        field.locator("input").input_value()
        if field.locator("input").count()
        else field.inner_text()
    )
