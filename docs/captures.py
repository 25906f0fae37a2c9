"""Make the screenshots of these pages again, wide and narrow, in French.

    bin/run --fresh
    /var/lib/efacture/venv/bin/python docs/captures.py [PART…]

Claire, the accountant, does what the pages tell, in a demo company nobody has worked in yet. Pictures go to
docs/images: NAME.png (1400 pixels wide) and NAME-etroit.png (a phone). The parts: customers (clients, factures), sent,
followed, received, desk; all of them without a word. `tests/pure/test_docs.py` looks for each picture that a page names.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from PIL import Image
from playwright.sync_api import expect, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests" / "e2e")]

from outside import Outside, until  # noqa: E402  (its folder is added above)
from screens import Screens  # noqa: E402

COLOURS = 96


class Camera:
    """One person's browser whose pictures are kept."""

    def __init__(self, browser, url: str, width: int, height: int, suffix: str = ""):
        self.screens = Screens(browser, url, "accountant", width, height)
        self.page = self.screens.page
        self.suffix = suffix

    def take(self, name: str, show: str | None = None) -> None:
        """Keep what is on the screen; `show`: what should be at the top of it."""
        if show:
            self.page.locator(show).first.evaluate("e => e.scrollIntoView()")
        self.page.mouse.move(1, 1)
        self.page.wait_for_timeout(900)  # animations, pictures and letters
        picture = Image.open(io.BytesIO(self.page.screenshot()))
        target = HERE / "images" / f"{name}{self.suffix}.png"
        target.parent.mkdir(exist_ok=True)
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(target, optimize=True)
        print(f"{target.name}: {target.stat().st_size // 1024} kB")


def customers(camera: Camera, folder: Path) -> None:
    screens, page = camera.screens, camera.page
    screens.customers()
    page.click(".o_control_panel button:has-text('Ajouter')")
    page.fill(".modal [name=query] input", "993155118")
    screens.press("action_search")
    page.wait_for_selector(".modal .o_data_row:has-text('VICHY')")
    camera.take("clients-ajouter")
    screens.press("action_use")
    page.wait_for_selector(".modal", state="detached")
    screens.tab("Facture électronique")
    camera.take("client-facture-electronique")
    screens.press("action_efacture_propose")
    page.wait_for_selector(".modal .o_data_row")
    camera.take("client-proposer")
    page.click(".modal footer button[special=cancel], .modal .btn-close")

    screens.customers()
    with screens.download(folder) as template:
        page.click(".o_control_panel button:has-text('modèle Excel')")
    book = openpyxl.load_workbook(template[0])
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for line, customer in enumerate(CUSTOMERS, start=2):
        for header, value in customer.items():
            sheet.cell(line, columns[header]).value = value
    book.save(folder / "clients.xlsx")
    page.click(".o_control_panel button:has-text('Importer')")
    page.set_input_files(".modal input[type=file]", str(folder / "clients.xlsx"))
    camera.take("import-fichier")
    screens.press("action_read")
    page.wait_for_selector(".modal button[name=action_import]:visible")
    camera.take("import-apercu")
    screens.press("action_import")
    page.wait_for_selector(".modal button[name=action_show]:visible")
    camera.take("import-resultat")
    page.locator(".modal footer button[special=cancel]:visible").click()

    screens.customers()
    page.wait_for_selector(".o_data_row:has-text('Dupré')")
    camera.take("clients-liste")
    for line in range(3):
        page.click(f".o_data_row >> nth={line} >> input[type=checkbox]")
    page.click("button:has-text('Modifier')")
    page.wait_for_selector(".modal [name=method]")
    camera.take("clients-modifier")
    page.click(".modal footer button[special=cancel]:visible")


def invoice(camera: Camera) -> None:
    screens, page = camera.screens, camera.page
    screens.open("efacture-sales", ".o_list_view .o_data_row")
    camera.take("factures-liste")
    page.click(".o_list_button_add")
    screens.pick("[name=partner_id]", "VICHY")
    for product in ("Table de réunion en chêne", "Café", "Plateau", "Formation"):
        screens.add_line(product)
    screens.edit_taxes(2).locator(".o_delete").click()
    page.wait_for_selector(".o_selected_row td[name=tax_ids] .o_tag", state="detached")
    screens.save()
    camera.take("facture-lignes")
    screens.check()
    camera.take("facture-constats")
    page.click("button[name=action_post]:visible")
    page.wait_for_selector(".modal")
    camera.take("facture-refusee")
    page.click(".modal button:has-text('Fermer')")


def invoice_corrected(camera: Camera) -> None:
    screens, page = camera.screens, camera.page
    screens.tab("Facture électronique")
    page.click("[name=efacture_finding_ids] button[name=action_open_fix] >> nth=0")
    page.wait_for_selector("[name=invoice_line_ids] .o_data_row:visible")
    screens.edit_taxes(2)
    screens.pick(".o_selected_row td[name=tax_ids]", "10% S")
    page.wait_for_selector(".o_selected_row td[name=tax_ids] .o_tag")
    screens.save()
    screens.check()
    screens.press("action_efacture_preview")
    page.wait_for_selector(".modal .alert-success:visible")
    page.frame_locator(".modal iframe").locator(".textLayer").first.wait_for()
    camera.take("facture-apercu")
    page.click(".modal footer button[special=cancel]:visible")
    page.wait_for_selector(".modal", state="detached")
    page.click("button[name=action_post]:visible")
    page.wait_for_selector("button[name=action_efacture_download_facturx]:visible")
    camera.take("facture-comptabilisee")


def phone_before(camera: Camera) -> None:
    screens, page = camera.screens, camera.page
    screens.customers()
    camera.take("clients-liste")
    page.locator(".o_kanban_record:has-text('VICHY')").first.click()
    page.wait_for_selector(".o_form_view")
    screens.tab("Facture électronique")
    camera.take("client-facture-electronique", show=".o_notebook")
    screens.open("efacture-sales", ".o_kanban_record")
    camera.take("factures-liste")
    page.locator(".o_kanban_record:has-text('VICHY')").first.click()
    page.wait_for_selector(".o_form_view")
    screens.tab("Facture électronique")
    camera.take("facture-constats", show=".o_notebook")


def phone_after(camera: Camera) -> None:
    screens, page = camera.screens, camera.page
    screens.open("efacture-sales", ".o_kanban_record")
    page.locator(".o_kanban_record:has-text('VICHY')").first.click()
    page.wait_for_selector(".o_form_view")
    screens.press_in_menu("action_efacture_preview")
    page.wait_for_selector(".modal .alert-success")
    page.frame_locator(".modal iframe").locator(".textLayer").first.wait_for()
    camera.take("facture-apercu")


CLOSE = ".modal .o_efacture_close"


def sent(camera: Camera) -> None:
    screens, page = camera.screens, camera.page
    [draft] = screens.make_invoices("Castagne Leonie", [["CONSEIL", "REPAS"]])
    screens.open(f"efacture-sales/{draft}", ".o_form_view")
    send = "button[name=action_efacture_send]:visible"
    page.click(send)
    page.wait_for_selector(".modal .o_efacture_send")
    camera.take("envoi-fenetre")
    screens.press("action_send")
    page.wait_for_selector(".modal h5:has-text('Déposée')")
    camera.take("envoi-reponse")
    page.click(CLOSE)
    page.wait_for_selector(".modal", state="detached")
    screens.action_menu("Envoyer la facture vers eFacture")
    page.wait_for_selector(".modal")
    camera.take("envoi-deja")
    page.click(".modal footer button >> nth=0")

    ids = screens.make_invoices(
        "Atelier Nivelle", [["CHAISE"]] * 9 + [["CAFE"]], ref="COMMANDE 2026-11"
    )
    lines = [["move_id", "=", ids[-1]], ["product_id", "!=", False]]
    line = screens.call("account.move.line", "search", lines)
    screens.call("account.move.line", "write", line, {"tax_ids": [[6, 0, []]]})
    screens.open("efacture-sales", ".o_list_view .o_data_row")
    expect(screens.find("COMMANDE 2026-11")).to_have_count(10)
    screens.choose_all()
    page.click(f".o_control_panel {send}")
    page.wait_for_selector(".modal .o_efacture_send .o_data_row")
    camera.take("envoi-plusieurs")
    page.click(".modal .btn-close")

    ids = screens.make_invoices(
        "Sci les Tilleuls de Bray", [["TABLE"], ["CHAISE", "CONSEIL"]], ref="COURRIER"
    )
    screens.call("account.move", "action_post", ids)
    screens.open("efacture-sales", ".o_list_view .o_data_row")
    expect(screens.find("COURRIER")).to_have_count(2)
    screens.choose_all()
    screens.action_menu("Impression et envoi")
    page.wait_for_selector(".modal button[name=action_print]")
    screens.press("action_print")
    page.wait_for_selector(".modal button[name=action_open_file]")
    camera.take("envoi-impression")
    screens.press("action_confirm")
    page.wait_for_selector(".modal", state="detached")


def followed(camera: Camera, phone: Camera, outside: Outside) -> None:
    screens, page = camera.screens, camera.page
    wanted = [["partner_id.name", "=", "Castagne Leonie"], ["efacture_state", "=", "accepted"]]
    invoice = screens.call("account.move", "search_read", wanted, ["name"], limit=1)[0]
    number = invoice["name"]
    outside.until_said(number, "203")
    for code in ("204", "205"):
        outside.post("advance", {"number": number, "status": code})
    screens.call("efacture.account", "action_synchronise", [])
    path = f"efacture-sales/{invoice['id']}"
    until(
        "the approval",
        lambda: (
            screens.call("account.move", "read", [invoice["id"]], ["efacture_status"])[0][
                "efacture_status"
            ]
            == "205"
        ),
    )
    screens.open(path, ".o_form_view")
    screens.timeline()
    camera.take("suivi", show=".o_notebook_headers")
    phone.screens.open(path, ".o_form_view")
    phone.screens.timeline()
    phone.take("suivi", show=".o_notebook_headers")
    screens.press("action_register_payment")
    page.wait_for_selector(".modal button[name=action_create_payments]")
    screens.press("action_create_payments")
    page.wait_for_selector(".modal", state="detached")
    outside.until_said(number, "212")
    screens.open(path, ".o_form_view")
    screens.timeline()
    camera.take("suivi-encaissee", show=".o_efacture_step[data-code='203']")


def received(camera: Camera, outside: Outside) -> None:
    screens, page = camera.screens, camera.page
    numbers = [
        outside.supplier_sends(supplier, syntax, case)
        for supplier, syntax, case in (
            ("supplier_office", "UBL", "new_iban"),
            ("supplier_printer", "Factur-X", "simple"),
            ("supplier_energy", "CII", "rates"),
        )
    ]
    screens.open("efacture-bills", ".o_list_view")
    screens.press("action_efacture_synchronise")
    page.wait_for_selector(".o_notification")
    bills = until(
        "the bills",
        lambda: (
            len(found := screens.call("account.move", "search", [["ref", "in", numbers]])) == 3
            and found
        ),
    )
    ids = {row["ref"]: row["id"] for row in screens.call("account.move", "read", bills, ["ref"])}
    camera.take("reception-liste")
    warned, refused, approved = (f"efacture-bills/{ids[number]}" for number in numbers)
    until(
        "the readable page",
        lambda: screens.call(
            "ir.attachment",
            "search_count",
            [
                ["res_model", "=", "account.move"],
                ["res_id", "=", ids[numbers[0]]],
                ["mimetype", "=", "application/pdf"],
            ],
        ),
    )
    screens.open(warned, ".o_form_view [name=efacture_received_warnings]")
    page.frame_locator(".o_attachment_preview iframe").locator(".textLayer span").first.wait_for()
    camera.take("reception-facture")
    screens.open(refused, ".o_form_view")
    screens.press("action_efacture_refuse")
    window = ".modal .o_efacture_status"
    page.wait_for_selector(window)
    screens.pick(f"{window} [name=reason_ids]", "double")
    page.fill(f"{window} [name=note] textarea", "Déjà facturée le 12 octobre.")
    page.press(f"{window} [name=note] textarea", "Tab")
    page.wait_for_selector(f"{window} [name=preview]:has-text('octobre')")
    camera.take("reception-refus")
    screens.press("action_send")
    outside.until_said(numbers[1], "210")
    screens.open(approved, ".o_form_view")
    screens.press("action_post")
    page.wait_for_selector("button[name=action_efacture_approve]:visible")
    screens.press("action_efacture_status")
    page.wait_for_selector(window)
    page.click(f"{window} [name=choice_id] label:has-text('litige')")
    page.wait_for_selector(f"{window} [name=reason_ids]:visible")
    camera.take("statut")
    page.click(".modal .btn-close")


def desk(camera: Camera) -> None:
    camera.screens.open("efacture", ".o_efacture_desk .o_efacture_tile")
    camera.take("tableau-de-bord")


NAME, SIRET, MAIL, METHOD = "Nom ou raison sociale", "SIRET", "E-mail", "Moyen de contact"
CUSTOMERS = (
    {NAME: "Boulangerie aux Blés de Riom", SIRET: "99305510200012", MAIL: "riom@bles.example"},
    {NAME: "Boulangerie aux Blés de Thiers", SIRET: "993255124", MAIL: "thiers@bles.example"},
    {NAME: "Boulangerie aux Blés d'Issoire", SIRET: "993355130", METHOD: "Plateforme agréée"},
    {NAME: "Négoce du Ventoux", SIRET: "991250572", "N° TVA": "FR30991250572"},
    {NAME: "Dupré Frères", SIRET: "994583888", "IBAN": "FR7630006000011234567890189"},
    {NAME: "Garage Thévaux", SIRET: "998907265", METHOD: "Papier", "Exemplaires papier": "2"},
    {NAME: "Martin", "Prénom": "Lucie", MAIL: "lucie.martin@example.com", METHOD: "E-mail"},
    {NAME: "Boulangerie aux Blés de Moulins", SIRET: "993455147", MAIL: "moulins@bles.example"},
    {NAME: "Boulangerie aux Blés d'Aurillac", SIRET: "993555150", MAIL: "aurillac-chez-bles"},
    {NAME: "Boulangerie aux Blés de Brioude", SIRET: "993655166", METHOD: "Pigeon"},
)


PARTS = ("customers", "sent", "followed", "received", "desk")


def main() -> None:
    chosen = sys.argv[1:] or PARTS
    facts = json.loads(subprocess.check_output([HERE.parent / "bin" / "run", "--json"]))
    outside, url = Outside(facts["sandbox"]), facts["url"]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        # Chromium's sandbox does not work for root.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        large = Camera(browser, url, 1400, 900)
        phone = Camera(browser, url, 390, 844, "-etroit")
        if "customers" in chosen:
            customers(large, Path(folder))
            invoice(large)
            phone_before(phone)
            invoice_corrected(large)
            phone_after(phone)
        if "sent" in chosen:
            sent(large)
        if "followed" in chosen:
            followed(large, phone, outside)
        if "received" in chosen:
            received(large, outside)
        if "desk" in chosen:
            desk(large)
            desk(phone)
        browser.close()


if __name__ == "__main__":
    main()
