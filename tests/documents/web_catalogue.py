"""Goods of a catalogue: codes of VAT with a legend, goods given free, prices with tax, serial numbers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import bars, cells, e, logo, page, picture
from documents.truth import truth_of
from documents.web import web
from documents.world import (
    Line,
    World,
    day_text,
    grouped,
    line,
    number,
    q,
    vat_rows,
    vat_rows_included,
)

D = Decimal
HIDDEN = frozenset({"buyer_vat", "buyer_siren", "line_total"})
BEAUTY = (
    ("Crème de jour hydratante 50 ml", "18.40", 20), ("Huile sèche corps 100 ml", "14.25", 20), ("Tisane détente bio 20 sachets", "3.90", "5.5"), ("Lait démaquillant 200 ml", "9.70", 20),
    ("Complément cheveux et ongles 60 gél.", "12.60", "5.5"), ("Masque argile verte 75 ml", "8.35", 20), ("Miel de lavande 250 g", "5.15", "5.5"), ("Savon surgras karité 100 g", "2.48", 20), ("Présentoir comptoir bois", "24.00", 20),
)  # fmt: skip
CATERING = (("Plateau repas « Brasserie »", "18.90", 10), ("Cocktail 12 pièces / personne", "23.50", 10), ("Eaux minérales 1 L", "2.20", "5.5"), ("Champagne brut 75 cl", "34.00", 20), ("Maître d’hôtel (vacation 5 h)", "186.00", 20), ("Location nappage et verrerie", "4.80", 20), ("Café, mignardises", "3.50", 10))  # fmt: skip
COMPONENTS = (("Managed switch 24-port PoE+", "SW24P", "389.00"), ("SFP+ module 10GBASE-LR", "SFPLR", "46.75"), ("Rack shelf 1U 250 mm", "RS1U", "18.40"), ("UPS 1500 VA line-interactive", "UPS15", "274.50"), ("Patch cord Cat6A 2 m grey", "PC6A2", "3.125"), ("Wireless access point AX3000", "WAP3", "129.90"))  # fmt: skip


@web("beauty-codes-and-gifts", "cosmetics", "dev")
def beauty_codes(w: World) -> Sheet:
    """VAT codes A and B explained below, discounts as amounts, goods offered, an article code with a bar code's length."""
    short = w.pick(("Laboratoire Aurélia", "Herbes & Soins", "Maison Lavergnat", "Naturéa Pro"))
    supplier = w.french(short, form="SAS", naf="4645Z")
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(w.pick((30, 60)))
    n = partial(number, thousands=" ")
    lines, table = [], ""
    for name, price, rate in w.some(BEAUTY, w.int(3, 9)):
        item = line(name, w.pick((3, 6, 12, 24)), price, rate, None, f"3{w.digits(12)}", w.pick((None, None, 10, 25)))  # fmt: skip
        off = q(item.qty * item.price) - item.total
        lines.append(item)
        table += cells((item.ref, e(name), item.qty, n(item.price), n(off) if off else "–", n(item.total), "A" if rate == 20 else "B"), "llcrrrc")  # fmt: skip
    for name in w.some(("Échantillons crème 3 ml (lot de 20)", "Testeur huile sèche", "Sacs kraft x50"), w.int(1, 2)):  # fmt: skip
        table += cells((f"3{w.digits(12)}", name, 1, n(D("6.00")), "OFFERT", n(D(0)), "A"), "llcrrrc")  # fmt: skip
        lines.append(Line(name, D("0.00"), D(20)))
    rows = vat_rows(lines)
    code = f"{w.letters(1)}{w.digits(3)}/{w.digits(4)}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=HIDDEN | {"supplier_siren"})  # fmt: skip
    names = {D(20): "A", D("5.5"): "B"}
    recap = "".join(cells((f"<b>{names[rate]}</b> : {number(rate)} %", n(base), n(tax)), "lrr") for rate, base, tax in rows)  # fmt: skip
    css = """body{font:9pt 'Noto Serif';color:#3b2f3f}h1{font:italic 20pt 'Noto Serif';color:#8b4f7d;margin:0}table.t{width:100%;margin-top:7mm}table.t th{border-top:.3mm solid #8b4f7d;border-bottom:.3mm solid #8b4f7d;padding:1.3mm;text-align:left;font-size:8pt}table.t td{padding:1mm 1.3mm}.m td{padding:.4mm 2.5mm}"""
    body = f"""<div style="text-align:center">{picture(logo(short, "#8b4f7d", font="Serif", shape="leaf"), "60mm")}</div>
<div style="display:flex;justify-content:space-between;margin-top:6mm"><div><h1>Facture</h1>N° {code} du {day_text(day, "d.m.y")}<br>Code revendeur {w.digits(5)}<br>Conseillère : {w.person()}</div><div><b>{e(buyer.name)}</b><br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div></div>
<table class="t"><tr><th>EAN</th><th>Produit</th><th class="c">Qté</th><th class="r">Prix HT</th><th class="r">Remise €</th><th class="r">Montant HT</th><th class="c">Code</th></tr>{table}</table>
<div style="display:flex;justify-content:space-between;margin-top:8mm;break-inside:avoid"><table class="m" style="font-size:8pt"><tr><td>Codes TVA</td><td class="r">Bases HT</td><td class="r">Taxes</td></tr>{recap}</table>
<table>{cells(("Montant total HT", n(truth["net"])), "lr")}{cells(("Montant total TVA", n(truth["vat_total"])), "lr")}{cells(("Franco de port", ""), "lr")}{cells(("<b>Total à payer €</b>", f"<b>{n(truth['gross'])}</b>"), "lr")}</table></div>
<p style="margin-top:8mm">Échéance au {day_text(due, "d.m.y")} – prélèvement. Nos coordonnées bancaires : {supplier.iban_text} / {supplier.bic}</p>
<p style="font-size:7pt;text-align:center">{e(supplier.name)} – {supplier.street} {supplier.zip} {supplier.city} – SIRET {supplier.siret} – TVA {supplier.vat} – {supplier.phone}</p>"""
    return Sheet(page(css, body, "14mm"), truth)


@web("caterer-prices-with-tax", "caterer", "dev")
def caterer_prices_with_tax(w: World) -> Sheet:
    """Prices and amounts with tax only; the recap of VAT lies on its side: rates as columns; a text between the lines."""
    short = w.pick(("Saveurs & Réceptions", "Traiteur Hamelin", "La Table de Gaëlle", "Événements Gourmands"))  # fmt: skip
    supplier = w.french(short, form="EURL", naf="5621Z")
    buyer, day = w.buyer(), w.day()
    served = day - timedelta(w.int(1, 12))
    n = partial(number, thousands=" ")
    guests = w.int(8, 120)
    lines = [line(name, 1 if "vacation" in name else guests if rate == 10 else w.int(2, 20), price, rate) for name, price, rate in w.some(CATERING, w.int(3, 7))]  # fmt: skip
    rows = vat_rows_included(lines)
    code = f"{w.int(1, 900)}"
    truth = truth_of(f"T{code}", day, supplier, buyer, lines, rows, delivery=served, tax_included=True, terms="Règlement à réception", hidden=HIDDEN | {"supplier_siret"})  # fmt: skip
    table = ""
    for at, item in enumerate(lines):
        if at == len(lines) // 2:
            table += f'<tr><td colspan="4" style="font-style:italic">Réception du {day_text(served, "j B Y")}, {guests} convives, {w.pick(("salle des fêtes", "vos locaux", "Orangerie"))}</td></tr>'
        table += cells((n(item.qty, places=0), e(item.name), f"{n(item.price)} €", f"{n(item.total)} €"), "rlrr")  # fmt: skip
    flat = [("", *(f"{number(rate, places=None)} %" for rate, _, _ in rows), "Total"), ("Hors taxes", *(n(base) for _, base, _ in rows), n(truth["net"])), ("TVA", *(n(tax) for _, _, tax in rows), n(truth["vat_total"])), ("TTC", *(n(base + tax) for _, base, tax in rows), n(truth["gross"]))]  # fmt: skip
    recap = "".join(cells(row, "l" + "r" * len(rows) + "r") for row in flat)
    css = """body{font:10pt 'DejaVu Serif'}table.t{width:100%;margin-top:10mm}table.t td{padding:1.4mm}table.t th{text-align:left;padding:1.4mm;background:#f3ead9}.v td{border:.2mm solid #b89b5e;padding:1mm 3mm}"""
    body = f"""<div style="text-align:center">{picture(logo(short, "#b89b5e", font="Serif", shape="none"), "85mm")}<br><span style="font-size:8pt">{e(supplier.street)} – {supplier.zip} {supplier.city} – {supplier.phone}</span></div>
<div style="margin:10mm 0 0 95mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div><p><b>FACTURE n° T{code}</b><br>{supplier.city}, le {day_text(day, "j B Y")}</p>
<table class="t"><tr><th class="r">Nbre</th><th>Désignation</th><th class="r">Prix TTC</th><th class="r">Montant TTC</th></tr>{table}<tr><td></td><td></td><td class="r b">Total TTC</td><td class="r b">{n(truth["gross"])} €</td></tr></table>
<table class="v" style="margin-top:8mm">{recap}</table><p style="font-size:8.5pt">Règlement à réception. Option pour le paiement de la TVA d’après les débits.<br>{supplier.iban_text} ({supplier.bic})</p>
<p style="font-size:7pt;text-align:center;margin-top:10mm">{e(supplier.name)} {supplier.form} – {supplier.siren_text} RCS {supplier.court} – Id. TVA {supplier.vat_text}</p>"""
    return Sheet(page(css, body, "16mm"), truth)


@web("components-serials", "foreign components", "dev", "en")
def components_serials(w: World) -> Sheet:
    """An Irish distributor: quantities ordered and shipped, serial numbers below, discounts, amounts like 1,234.50, reverse charge."""
    supplier = w.foreign("IE", w.pick(("Shannon Networks Ltd", "Claddagh Components Ltd", "Liffey Data Supplies Ltd")), street=f"Unit {w.int(2, 40)}, Westgate Business Park", zip="V94 X2Y8", city="Limerick")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(30)
    n = partial(number, thousands=",", point=".")
    lines, table = [], ""
    for name, ref, price in w.some(COMPONENTS, w.int(2, 6)):
        item = line(name, w.pick((1, 2, 3, 10, 25)), price, 0, "EA", ref, w.pick((None, 5, 12)))
        lines.append(item)
        places = 3 if item.price.as_tuple().exponent == -3 else 2
        table += cells((item.qty + w.pick((0, 0, 2)), item.qty, item.ref, e(name), n(item.price, places=places), f"{item.discount}%" if item.discount else "", n(item.total)), "rrllrrr")  # fmt: skip
        if ref in ("SW24P", "UPS15", "WAP3"):
            table += f'<tr class="s"><td></td><td></td><td colspan="5">S/N {" ".join(w.letters(2) + w.digits(7) for _ in range(min(3, int(item.qty))))}</td></tr>'
    if w.chance(0.6):
        lines.append(line("Carriage and packing", 1, w.money(9, 38), 0, None, None))
        table += cells(("", 1, "", "Carriage and packing", n(lines[-1].price), "", n(lines[-1].total)), "rrllrrr")  # fmt: skip
    rows = vat_rows(lines)
    code = f"SI-{w.digits(6)}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden={"buyer_siren", "line_total"}, po_ref=(order := f"PO{w.digits(5)}"))  # fmt: skip
    css = """body{font:9pt 'Liberation Sans'}table.t{width:100%;margin-top:6mm}table.t th{border-bottom:.5mm solid #000;text-align:left;padding:1mm}table.t td{padding:.9mm 1mm}.s td{font-size:7pt;color:#555;padding-top:0!important}.i td{padding:.4mm 4mm .4mm 0}"""
    body = f"""<div style="display:flex;justify-content:space-between">{picture(logo(supplier.name.split()[0], "#104070", shape="disc"), "50mm")}<div style="text-align:right;font-size:8pt"><b>{supplier.name}</b><br>{supplier.street}<br>{supplier.city} {supplier.zip}, Ireland<br>VAT Reg. No. {supplier.vat}</div></div>
<h2 style="letter-spacing:2mm">INVOICE</h2><div style="display:flex;justify-content:space-between"><div>Bill to<br><b>{e(buyer.name)}</b><br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>France<br>VAT {buyer.vat}</div>
<table class="i">{cells(("Invoice No", f"<b>{code}</b>"))}{cells(("Tax point", day_text(day, "j B Y", "en")))}{cells(("Your order", order))}{cells(("Our ref", w.digits(6)))}{cells(("Account", grouped(w.digits(6), 3)))}{cells(("Due", day_text(due, "j B Y", "en")))}</table></div>
<table class="t"><tr><th class="r">Ord.</th><th class="r">Shipped</th><th>Part</th><th>Description</th><th class="r">Unit price</th><th class="r">Disc.</th><th class="r">Net EUR</th></tr>{table}</table>
<table style="margin:8mm 0 0 auto;width:75mm">{cells(("Goods total", n(truth["net"])), "lr")}{cells(("VAT @ 0%", n(D(0))), "lr")}{cells(("<b>Invoice total EUR</b>", f"<b>{n(truth['gross'])}</b>"), "lr")}</table>
<p>Intra-Community supply – VAT to be accounted for by the recipient (reverse charge).</p><p style="font-size:8pt">Please remit to IBAN {supplier.iban_text}, BIC {supplier.bic}. {bars(code)}</p>"""
    return Sheet(page(css, body, "14mm", "en"), truth)
