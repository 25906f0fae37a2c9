"""Offices drawn with reportlab: the amount before the description, codes of VAT told in a sentence, rows of text after the amounts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.grid import Grid, stacked
from documents.paper import Paper, Printed, printed
from documents.truth import truth_of
from documents.world import World, day_text, line, number, vat_rows

D = Decimal
PRESS_GOODS = (
    ("Abonnement professionnel 12 numéros", "2.1", "148.00"), ("Hors-série annuel broché", "5.5", "24.50"), ("Insertion annonce quart de page", "20", "390.00"), ("Accès base documentaire, 3 postes", "20", "612.00"),
    ("Reliure année complète", "20", "31.75"), ("Annuaire des fournisseurs, édition papier", "5.5", "57.90"),
)  # fmt: skip
ENGINEERING = (
    ("Structural survey, site visit", ("two engineers, incl. travel time", "report ref. NL-114 delivered by mail"), "h", "118.50"), ("Finite element model", ("load cases 1 to 6, second iteration",), "h", "126.00"),
    ("Printing and binding of calculation notes", (), "set", "42.25"), ("Laser scan of the hall", ("point cloud in E57, 214 stations", "registration error below 3 mm"), "day", "1390.00"), ("Review meeting by video", (), "h", "118.50"),
)  # fmt: skip


@printed("amount-before-description", "press", "blind")
def amount_before_description(w: World) -> Printed:
    """From left to right: amount, price, number, code of VAT, and what it is; the codes are told in a sentence below."""
    supplier = w.french(w.pick(("Éditions Techniques Jourdren", "Presse du Bâtiment Ouest", "La Gazette des Métiers", "Revue Fiduciaire Maurizot")), form="SA", naf="5814Z")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(30) if w.chance(0.5) else None
    code, n = f"{day:%Y}{w.digits(6)}", partial(number, thousands=" ")
    lines = [line(name, w.pick((1, 1, 1, 2, 5)), price, rate) for name, rate, price in w.some(PRESS_GOODS, w.int(2, 6))]  # fmt: skip
    if w.chance(0.5):
        lines.append(line("Remise fidélité", 1, -w.money(5, 20), lines[0].vat))
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, terms=None if due else "Abonnement payable d’avance, à réception", hidden={"buyer_vat", "buyer_siren", "line_total", "supplier_siret"})  # fmt: skip
    p = Paper(face="times")
    p.put(300, 56, supplier.name, 20, True, "c")
    p.rule(120, 64, 480, width=0.8)
    p.put(300, 77, f"{supplier.street}, {supplier.zip} {supplier.city} — {supplier.phone} — {supplier.mail}", 8.5, align="c")  # fmt: skip
    p.column(330, 120, (buyer.name, w.person(), buyer.street, f"{buyer.zip} {buyer.city}"), 13, size=11)  # fmt: skip
    p.put(50, 205, f"Facture {code}, établie le {day_text(day, 'j B Y')}", 12, True)
    p.put(50, 220, f"N° d’abonné à rappeler : {w.digits(3)} {w.digits(3)}   Réf. client : {w.pick(('DOC', 'CDI', 'SG'))}/{w.digits(3)}", 9.5)  # fmt: skip
    grid = Grid(p, 255, ((110, "r", "Mt HT"), (185, "r", "PU HT"), (225, "r", "Nb"), (255, "c", "C."), (285, "l", "Désignation")), size=10, step=17)  # fmt: skip
    p.rule(50, 243, 550, width=0.8)
    grid.heads(20)
    codes = {rate: str(at) for at, (rate, _, _) in enumerate(rows, 1)}
    for item in lines:
        grid.row(n(item.total), n(item.price), item.qty, codes[item.vat], item.name)
    p.rule(50, grid.y - 6, 550, width=0.8)
    grid.y += 14
    told = " ; ".join(f"{codes[rate]} = {number(rate)} % : {n(base)} HT, {n(tax)} de taxe" for rate, base, tax in rows)  # fmt: skip
    grid.note(50, *p.wrap(f"Code (C.) de TVA   {told}", 500, 9), size=9, step=13)
    stacked(p, 50, 250, grid.y + 24, (("Total hors taxes", n(truth["net"])), ("Total des taxes", n(truth["vat_total"])), ("Somme due (EUR)", n(truth["gross"]))), 16, size=11)  # fmt: skip
    p.column(300, grid.y + 24, (f"Merci de régler avant le {day_text(due, 'j B Y')}" if due else "Abonnement payable d’avance, à réception", "Chèque à l’ordre de l’éditeur ou virement", supplier.iban_text, f"BIC {supplier.bic}"), 14, size=9.5)  # fmt: skip
    p.put(300, 800, f"{supplier.form} au capital de {supplier.capital_text} € – {supplier.siren_text} RCS {supplier.court} – TVA {supplier.vat_text} – Commission paritaire n° {w.digits(4)} T {w.digits(5)}", 7.5, align="c")  # fmt: skip
    return Printed(p.pdf(), truth)


@printed("dutch-engineers", "foreign services", "blind", "en")
def dutch_engineers(w: World) -> Printed:
    """Explanations below each line after its amounts, amounts like 1.234,50 in an English letter, letters put down in pieces."""
    supplier = w.foreign("NL", w.pick(("Van der Meulen Engineering B.V.", "Delta Constructies B.V.", "Hoekstra & Partners B.V.")), street=f"Havenkade {w.int(2, 210)}", zip="3011 AB", city="Rotterdam")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(w.pick((14, 30)))
    code, n = f"{day:%Y}.{w.int(100, 999)}", partial(number, thousands=".")
    works = w.some(ENGINEERING, w.int(2, 5))
    lines = [line(name, w.money(1, 30, "0.25") if unit == "h" else w.int(1, 3), price, 0, unit) for name, _, unit, price in works]  # fmt: skip
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden={"buyer_siren", "line_total", "vat_total"})  # fmt: skip
    p = Paper(face="noto", letters="pieces")
    p.put(555, 56, supplier.name, 14, True, "r", ink="#0b5563")
    p.column(400, 74, (supplier.street, f"{supplier.zip} {supplier.city}", "The Netherlands", f"KvK {w.digits(8)}", f"VAT {supplier.vat}"), 11, size=8)  # fmt: skip
    p.column(50, 112, (buyer.name, buyer.street, f"{buyer.zip} {buyer.city}", "France", f"VAT no. {buyer.vat}"), 12.5, size=9.5)  # fmt: skip
    p.put(50, 206, "Invoice", 20, ink="#0b5563")
    p.column(50, 228, (f"Invoice number: {code}", f"Invoice date: {day_text(day, 'j B Y', 'en')}", f"Payment due: {day_text(due, 'j B Y', 'en')}", f"Project: {w.pick(('Hall 4 extension', 'Footbridge', 'Silo support'))} ({w.digits(4)})"), 13)  # fmt: skip
    grid = Grid(p, 306, ((50, "l", "Work done"), (370, "r", "Quantity"), (460, "r", "Rate"), (555, "r", "Total")), size=9, step=12)  # fmt: skip
    grid.heads(18)
    for item, (_, texts, _, _) in zip(lines, works, strict=True):
        grid.row(item.name, f"{number(item.qty)} {item.unit}", n(item.price), n(item.total))
        grid.note(58, *texts, size=8, ink="#555555", step=11)
        grid.y += 7
    y = stacked(p, 370, 555, grid.y + 14, (("Total excl. VAT", n(truth["net"])), ("VAT reverse charged", "–"), ("Total due EUR", n(truth["gross"]))), 15, size=10)  # fmt: skip
    p.column(50, y + 20, ("VAT shifted to the recipient, article 196 of Directive 2006/112/EC.", f"Please transfer to {supplier.iban_text} (BIC {supplier.bic}), stating the invoice number."), 12, size=8)  # fmt: skip
    return Printed(p.pdf(), truth)
