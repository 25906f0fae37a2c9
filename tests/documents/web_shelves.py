"""A bookseller and a platform billed by use: public prices beside net ones, tiers with prices of five decimals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import cells, e, logo, page, picture
from documents.truth import truth_of
from documents.web import web
from documents.world import Line, World, day_text, line, month_end, number, q, vat_rows

D = Decimal
HIDDEN = frozenset({"buyer_vat", "buyer_siren", "line_total"})
BOOKS = (("Le Relevé des jours", "Caradec A.", "21.00"), ("Droit du travail, 14e édition", "collectif", "46.00"), ("Cuisiner les restes", "Orsini & Noirot", "17.90"), ("Atlas des vents", "Quéméner P.", "35.00"), ("Comptes et légendes", "Fréchou L.", "12.50"), ("Petit traité de charpente", "Hamelin", "28.40"), ("Carnet ligné A5", "papeterie", "6.90"))  # fmt: skip
USAGE = (("Courriels transactionnels", (10000, 50000, 400000), ("0.00120", "0.00085", "0.00062")), ("Stockage objet (Go.mois)", (500, 2000, 9000), ("0.02310", "0.02050", "0.01790")), ("Appels d’interface", (100000, 900000, 4000000), ("0.000310", "0.000240", "0.000175")))  # fmt: skip


@web("bookseller-two-prices", "books", "blind")
def bookseller(w: World) -> Sheet:
    """The public price with tax, a discount, then price and amount without tax; the author below each title."""
    short = w.pick(("Librairie des Quais", "L’Encre bleue", "Page 47", "Librairie Sauvageot"))
    supplier = w.french(short, form="SARL", naf="4761Z")
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(30)
    n = partial(number, thousands=" ")
    lines, table = [], ""
    for title, author, public in w.some(BOOKS, w.int(2, 7)):
        rate, off = (D(20), D(0)) if author == "papeterie" else (D("5.5"), D(w.pick((0, 9, 9, 5))))
        price = q(D(public) * (1 - off / 100) / (1 + rate / 100), D("0.0001"))
        item = line(title, w.pick((1, 2, 5, 12)), price, rate, None, f"978{w.digits(10)}")
        lines.append(item)
        table += cells((item.qty, f"{e(title)}<div>{e(author)}</div>", item.ref, n(D(public)), f"{off} %" if off else "", f"{rate}".replace(".", ","), n(price, places=4), n(item.total)), "rllrrrrr")  # fmt: skip
    rows = vat_rows(lines)
    code = f"{w.int(1000, 9999)}/{day:%Y}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=HIDDEN | {"supplier_siren"}, po_ref=(order := f"BC {w.digits(2)}-{w.digits(4)}"))  # fmt: skip
    css = """body{font:9.6pt 'Liberation Serif'}table.t{width:100%;margin-top:7mm}table.t th{font-size:8pt;font-weight:normal;border-bottom:.2mm solid #000;text-align:left;vertical-align:bottom}table.t td,table.t th{padding:.8mm 1.2mm}table.t div{font-size:8pt;font-style:italic}.s td{padding:.5mm 2mm}"""
    body = f"""<div style="display:flex;justify-content:space-between"><div style="font-size:18pt;font-variant:small-caps">{e(short)}</div><div style="font-size:8.5pt">{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>{supplier.phone}<br>Siret {supplier.siret}<br>TVA {supplier.vat_text}</div></div>
<div style="display:flex;justify-content:space-between;margin-top:8mm"><div>Facture nº {code}<br>du {day_text(day)}<br>Bon de commande : {order}<br>Marché : fournitures de bureau, lot 3</div><div style="width:70mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div></div>
<table class="t"><tr><th class="r">Ex.</th><th>Titre</th><th>EAN 13</th><th class="r">Prix public<br>TTC</th><th class="r">Rem.</th><th class="r">TVA</th><th class="r">Net HT<br>unitaire</th><th class="r">Total<br>net HT</th></tr>{table}</table>
<table class="s" style="margin:8mm 0 0 auto">{cells(("Total net HT", n(truth["net"])), "lr")}{"".join(cells((f"TVA {number(rate)} % de {n(base)}", n(tax)), "lr") for rate, base, tax in rows)}{cells(("dont TVA", n(truth["vat_total"])), "lr")}{cells(("<b>À payer en euros</b>", f"<b>{n(truth['gross'])}</b>"), "lr")}</table>
<p style="margin-top:10mm">Mandat administratif ou virement au {day_text(due)} : {supplier.iban_text}, {supplier.bic}</p><p style="font-size:7.5pt">Loi du 10 août 1981 relative au prix du livre. {sum(int(i.qty) for i in lines)} exemplaires.</p>"""
    return Sheet(page(css, body, "15mm"), truth)


@web("platform-by-tiers", "hosting", "blind")
def platform_by_tiers(w: World) -> Sheet:
    """Use billed by tiers: a title for each service, a row for each tier, prices of five or six decimals, a credit taken off."""
    short = w.pick(("Nuage & Cie", "Datarium", "Hébergia", "Bitume Cloud"))
    supplier = w.french(short, form="SAS", naf="6311Z")
    buyer, day = w.buyer(), month_end(w.day())
    n = partial(number, thousands=" ", point=".")
    lines: list[Line] = []
    table = ""
    for service, tiers, prices in w.some(USAGE, w.int(1, 3)):
        left, mine = D(w.int(tiers[0] // 2, tiers[2])), []
        for at, (size, price) in enumerate(zip(tiers, prices, strict=True), 1):
            used = min(left, D(size))
            if used > 0:
                mine.append(line(f"{service}, palier {at}", used, price, 20))
            left -= used
        lines += mine
        table += f'<tr class="g"><td colspan="3">{service}</td><td class="r">{n(sum(i.total for i in mine))}</td></tr>'
        table += "".join(cells((e(i.name), n(i.qty, places=0), number(i.price, " ", ".", -i.price.as_tuple().exponent), n(i.total)), "lrrr") for i in mine)  # fmt: skip
    lines.append(line("Support Argent", 1, w.pick(("29.00", "49.00", "99.00")), 20))
    table += cells(("Support Argent", "1", n(lines[-1].price), n(lines[-1].total)), "lrrr")
    if w.chance(0.5):
        lines.append(line("Avoir pour indisponibilité", 1, -w.money(2, 9), 20))
        table += cells(("Avoir pour indisponibilité", "1", n(lines[-1].price), n(lines[-1].total)), "lrrr")  # fmt: skip
    rows = vat_rows(lines)
    code = f"INV{day:%Y}{w.int(1000, 99999):05}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, hidden=HIDDEN | {"iban", "bic"})
    css = """body{font:9pt 'DejaVu Sans';color:#223}table.t{width:100%;margin-top:8mm;border:.2mm solid #cdd6e4}table.t th{background:#f1f5fb;text-align:left;font-size:7.5pt;padding:1.5mm}table.t td{padding:1.2mm 1.5mm}.g td{font-weight:bold;background:#fafbfe;border-top:.2mm solid #cdd6e4}"""
    body = f"""<div style="display:flex;justify-content:space-between">{picture(logo(short, "#3056d3", shape="box"), "48mm")}<div style="text-align:right"><span style="font-size:8pt;color:#778">Numéro de facture</span><br>{code}<br><span style="font-size:8pt;color:#778">Émise le</span><br>{day_text(day, "Y-m-d")}</div></div>
<div style="display:flex;gap:20mm;margin-top:8mm"><div>{e(supplier.name)}<br>{e(supplier.street)}<br>{supplier.zip} {supplier.city}, France<br>SIREN {supplier.siren_text}<br>SIRET {supplier.siret_text}<br>TVA {supplier.vat}</div><div>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>Identifiant d’organisation : org-{w.digits(6)}</div></div>
<table class="t"><tr><th>Ressource</th><th class="r">Volume</th><th class="r">Prix unitaire €</th><th class="r">Coût HT €</th></tr>{table}</table>
<table style="margin:6mm 0 0 auto;width:80mm">{cells(("Sous-total", f"{n(truth['net'])} €"), "lr")}{cells(("TVA (20 %)", f"{n(truth['vat_total'])} €"), "lr")}{cells(("<b>Total débité</b>", f"<b>{n(truth['gross'])} €</b>"), "lr")}</table>
<p style="font-size:8pt;margin-top:8mm">Consommation du {day_text(day.replace(day=1), "Y-m-d")} au {day_text(day, "Y-m-d")}. Débit de la carte •••• {w.digits(4)} le {day_text(day + timedelta(2), "Y-m-d")}.</p><p style="font-size:7pt">{e(supplier.name)}, {supplier.form} au capital de {supplier.capital_text} €, RCS {supplier.court} {supplier.siren_text}</p>"""
    return Sheet(page(css, body, "15mm"), truth)
