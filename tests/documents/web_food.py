"""Food wholesale: long tables over several pages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import SALES_TERMS, bars, cells, e, logo, page, picture, terms
from documents.truth import truth_of
from documents.web import web
from documents.world import Line, World, day_text, line, number, q, vat_rows

D = Decimal

DEPARTMENTS: dict[str, tuple[str, ...]] = {
    "ÉPICERIE": (
        "RIZ LONG GRAIN 5KG", "FARINE T55 10KG", "SUCRE SEMOULE 1KG X10", "HUILE TOURNESOL 5L", "HUILE OLIVE VE 3L", "VINAIGRE ALCOOL 5L",
        "MOUTARDE DIJON 5KG", "CONCENTRE TOMATE 4/4", "PENNE RIGATE 5KG", "SPAGHETTI 5KG", "LENTILLE VERTE 5KG", "POIS CHICHE 5/1",
        "HARICOT ROUGE 5/1", "MAIS DOUX 3/1", "OLIVE NOIRE DENOYAUTEE 3KG", "CORNICHON FIN 5/1", "SEL FIN SEAU 10KG", "POIVRE GRIS MOULU 1KG",
        "HERBES PROVENCE 500G", "CHAPELURE 5KG", "FOND BRUN 1KG", "BOUILLON VOLAILLE 1KG", "CHOCOLAT COUV 58% 5KG", "PEPITES CHOCOLAT 2,5KG",
        "CONFITURE FRAISE X120", "MIEL PORTION X100", "BISCUIT CAFE X300", "LEVURE CHIMIQUE 1KG", "MAIZENA 2,5KG", "SEMOULE MOYENNE 5KG",
    ),
    "FRAIS": (
        "BEURRE DOUX 82% 5KG", "CREME 35% UHT 6X1L", "LAIT DEMI ECREME 6X1L", "EMMENTAL RAPE 1KG", "MOZZARELLA BUFALA 125G X10",
        "OEUF PLEIN AIR X90", "YAOURT NATURE X16", "FROMAGE BLANC 20% 5KG", "COMTE AOP 1/8", "CHEVRE BUCHE 1KG", "JAMBON SUP DD 6KG",
        "LARDON FUME 2KG", "CHORIZO DOUX 1,5KG", "SAUMON FUME TRANCHE 1KG", "CREME EPAISSE 30% 5L", "MASCARPONE 2KG", "ROQUEFORT AOP 1/4",
        "PATE FEUILLETEE 5KG", "SAUCISSE TOULOUSE 3KG", "BLANC POULET 5KG", "MAGRET CANARD SV", "BAVETTE ALOYAU SV", "STEAK HACHE 15% 180G X20",
    ),
    "SURGELÉS": (
        "FRITES 9/9 2,5KG", "EPINARD BRANCHE 2,5KG", "HARICOT VERT EF 2,5KG", "PETIT POIS 2,5KG", "FILET COLIN 120G 5KG", "CREVETTE 31/40 1KG",
        "CALAMAR ANNEAU 1KG", "PAIN BURGER X48", "CROISSANT PAC 70G X60", "BAGUETTE PRECUITE X25", "FRUIT ROUGE MELANGE 1KG", "GLACE VANILLE 5L",
        "SORBET CITRON 2,5L", "TARTE CITRON 10P", "MOELLEUX CHOCOLAT X20", "GALETTE LEGUMES X40", "RATATOUILLE 2,5KG", "POMMES NOISETTE 2,5KG",
    ),
    "HYGIÈNE": (
        "ESSUIE TOUT DEVID. X6", "PAPIER TOILETTE JUMBO X12", "LIQUIDE PLONGE 5L", "DEGRAISSANT FOUR 5L", "SAC POUBELLE 110L X200",
        "GANT NITRILE T8 X100", "SERVIETTE 38X38 X1800", "BARQUETTE ALU X100", "FILM ETIRABLE 45CM", "JAVEL 2,6% 5L",
    ),
    "BOISSONS": (
        "EAU PLATE VP 1L X12", "EAU GAZ VP 1L X12", "JUS ORANGE 1L X6", "COLA 33CL X24", "LIMONADE 1L X6", "CAFE GRAIN ARABICA 1KG",
        "THE EARL GREY X100", "BIERE BLONDE FUT 30L", "BIERE BLONDE 33CL X24", "VIN ROUGE BIB 10L", "VIN BLANC BIB 10L", "RHUM BLANC 40° 1L",
    ),
}  # fmt: skip


def _departments(w: World, low: int, high: int) -> list[tuple[str, list[Line]]]:
    goal = w.int(low, high)
    pool = sum(len(items) for items in DEPARTMENTS.values())
    made = []
    for name, items in DEPARTMENTS.items():
        chosen = w.some(items, max(2, round(len(items) * goal / pool)))
        lines = []
        for item in chosen:
            alcohol = any(word in item for word in ("BIERE", "VIN R", "VIN B", "RHUM"))
            rate = "20" if name == "HYGIÈNE" or alcohol else "5.5"
            weighed = item.endswith("SV")
            amount = (
                w.money(2, 14, "0.001")
                if weighed
                else D(w.pick((1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12)))
            )
            lines.append(
                line(item, amount, w.money(1.2, 58), rate, "KG" if weighed else w.pick(("COL", "PCE", "BID", "SAC")), f"{w.int(10000, 999999):06}")
            )  # fmt: skip
        made.append((name, lines))
    return made


@web("food-wholesale", "food wholesale", "dev")
def food_wholesale(w: World) -> Sheet:
    """80 to 110 lines over several pages, a sub-total per department, amounts carried from page to page."""
    short = w.pick(
        ("Provence Halles", "Grossiste du Ponant", "Saveurs & Volumes", "Halle Restauration Centre")
    )
    supplier = w.french(short, form="SAS", naf="4639B", capital=1250000)
    buyer = w.buyer()
    day = w.day()
    due = day + timedelta(30)
    groups = _departments(w, 84, 110)
    lines = [item for _, items in groups for item in items]
    rows = vat_rows(lines)
    number_ = f"{w.digits(7)}"
    client = f"C{w.digits(6)}"
    delivery = day - timedelta(w.int(0, 3))
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, delivery=delivery, po_ref=(order := f"{w.digits(6)}"),
        hidden={"buyer_siren", "supplier_siret", "supplier_siren"},
    )  # fmt: skip
    n = partial(number, thousands=" ")
    stream: list[tuple[str, str, D]] = []
    for name, items in groups:
        stream.append((f'<tr class="dep"><td></td><td colspan="6">{name}</td></tr>', "", D(0)))
        for item in items:
            amount = n(item.qty, places=3 if item.unit == "KG" else 0)
            stream.append((cells((item.ref, e(item.name), amount, item.unit, n(item.price), "1" if item.vat != 20 else "2", n(item.total)), "llrcrcr"), "", item.total))  # fmt: skip
        stream.append((f'<tr class="sub"><td></td><td colspan="5">Sous-total {name.capitalize()} ({len(items)} articles)</td><td class="r">{n(sum(i.total for i in items))}</td></tr>', "", D(0)))  # fmt: skip
    size, pages, running = 48, [], D(0)
    chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
    head = f"""<tr>{"".join(f"<th>{t}</th>" for t in ("Article", "Désignation"))}<th class="r">Quantité</th><th>UV</th><th class="r">P.U. net HT</th><th>T</th><th class="r">Montant HT</th></tr>"""
    for index, chunk in enumerate(chunks, 1):
        carried = f'<tr class="car"><td></td><td colspan="5">Report page {index - 1}</td><td class="r">{n(running)}</td></tr>' if index > 1 else ""  # fmt: skip
        running += sum(item[2] for item in chunk)
        last = index == len(chunks)
        forward = "" if last else f'<tr class="car"><td></td><td colspan="5">À reporter</td><td class="r">{n(running)}</td></tr>'  # fmt: skip
        table = (
            f'<table class="l">{head}{carried}{"".join(item[0] for item in chunk)}{forward}</table>'
        )
        closing = ""
        if last:
            codes = "".join(
                cells((f"{'2' if rate == 20 else '1'}", f"{n(rate)} %", n(base), n(tax)), "crrr")
                for rate, base, tax in rows
            )
            closing = f"""<div style="display:flex;justify-content:space-between;margin-top:5mm"><table class="g"><tr><th>T</th><th>Taux TVA</th><th>Base HT</th><th>Montant TVA</th></tr>{codes}</table>
<div style="font-size:7.5pt">Colis : {w.int(40, 130)}<br>Poids : {n(w.money(180, 900))} kg<br>Tournée : {w.int(1, 40)}</div>
<table class="g">{cells(("Total HT", n(D(truth["net"]))), "lr")}{cells(("Total TVA", n(D(truth["vat_total"]))), "lr")}{cells(("<b>NET À PAYER EUR</b>", f"<b>{n(D(truth['gross']))}</b>"), "lr")}</table></div>
<p>Échéance : <b>{day_text(due)}</b> par prélèvement ou virement – IBAN : {supplier.iban_text} – BIC : {supplier.bic}</p>
<p style="font-size:6.5pt">Nos marchandises restent notre propriété jusqu’à complet paiement. Passé l’échéance, pénalités au taux de 12 % l’an et indemnité forfaitaire de 40 €. Pour les alcools : droits d’accise acquittés. Emballages consignés repris à la prochaine tournée.</p>"""
        pages.append(f"""<section class="sheet full"><div style="display:flex;justify-content:space-between">
<div>{picture(logo(short, "#8a1020", font="Serif", shape="box"), "56mm")}<br><span style="font-size:7pt">{e(supplier.street)}, {supplier.zip} {supplier.city} – Tél {supplier.phone}</span></div>
<table class="g"><tr><th>Facture</th><th>Date</th><th>Client</th><th>Page</th></tr><tr><td>{number_}</td><td>{day_text(day)}</td><td>{client}</td><td>{index}/{len(chunks)}</td></tr></table></div>
{f'''<div style="display:flex;justify-content:space-between;margin:3mm 0"><div style="font-size:7.5pt">Livré le {day_text(delivery)} – BL n° {w.digits(7)}<br>Votre commande : {order}<br>Représentant : {e(w.person())}</div><div style="width:75mm;border:.2mm solid #999;padding:2mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>TVA : {buyer.vat}</div></div>''' if index == 1 else ""}
{table}{closing}<div class="foot">{e(supplier.name)} {supplier.form} au capital de {supplier.capital_text} € – NAF {supplier.naf} – TVA {supplier.vat_text}</div></section>""")
    css = """body{font:7.6pt 'Liberation Sans'}table.l{width:100%}table.l td{padding:.45mm 1.2mm;border-left:.15mm solid #bbb;border-right:.15mm solid #bbb}
    table.l th{background:#8a1020;color:#fff;padding:1mm;text-align:left}tr.dep td{font-weight:bold;background:#f4e9ea}tr.sub td{font-style:italic;border-top:.15mm solid #888}
    tr.car td{font-weight:bold}table.g td,table.g th{border:.2mm solid #999;padding:.8mm 2mm}.foot{position:absolute;bottom:0;left:0;right:0;text-align:center;font-size:6.3pt;color:#555}"""
    return Sheet(page(css, "".join(pages), "9mm 10mm"), truth)


@web("cash-and-carry", "food wholesale", "held")
def cash_and_carry(w: World) -> Sheet:
    """A cash-and-carry's list: prices with and without tax on the same row, one bare fixed-pitch table, totals in a strip on the left."""
    short = w.pick(("MÉTROVAL", "CASH’ALIM", "PROVIMAG", "LIBRÉGROS"))
    supplier = w.french(f"{short} France", form="SAS", naf="4639B")
    buyer = w.buyer()
    day = w.day()
    groups = _departments(w, 34, 60)
    lines = [item for _, items in groups for item in items]
    rows = vat_rows(lines)
    number_ = f"{w.int(0, 0)}/{w.int(0, 9)}({w.int(10, 99):03}){w.digits(4)}/{w.digits(6)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=day,
        hidden={"due_date", "buyer_vat", "iban", "bic", "supplier_siren"}, terms="comptant ce jour",
    )  # fmt: skip
    n = partial(number, thousands=".")
    body_lines = "".join(
        cells((item.ref, e(item.name), n(item.price), n(item.qty, places=3 if item.unit == "KG" else 0), n(item.total), "B" if item.vat == 20 else "D", n(item.total * (1 + item.vat / 100))), "llrrrcr")
        for item in lines
    )  # fmt: skip
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    codes = "".join(
        cells(("B" if rate == 20 else "D", f"{n(rate)}%", n(base), n(vat), n(base + vat)), "crrrr")
        for rate, base, vat in rows
    )
    css = """body{font:7.4pt 'Liberation Mono'}table.l{width:100%}table.l td{padding:.2mm 1mm}table.l th{border-bottom:.3mm solid #000;border-top:.3mm solid #000;text-align:left;font-weight:normal;padding:.5mm 1mm}
    table.s td,table.s th{padding:.3mm 3mm;text-align:right}"""
    body = f"""<div style="display:flex;justify-content:space-between"><div>{picture(logo(short, "#003a8c", shape="none"), "62mm")}<br>{e(supplier.name)} {supplier.form}<br>Entrepôt de {supplier.city}<br>{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>SIRET {supplier.siret}<br>TVA {supplier.vat}</div>
<div><b>FACTURE</b> ORIGINAL<br>Numéro.......: {number_}<br>Date.........: {day_text(day, "d-m-Y")} {w.int(6, 18):02}:{w.int(10, 59)}<br>Carte client.: {w.digits(3)} {w.digits(6)}<br>Caisse.......: {w.int(1, 20)}<br><br>{e(buyer.name.upper())}<br>{e(buyer.street.upper())}<br>{buyer.zip} {buyer.city.upper()}<br>SIREN {buyer.siren}</div></div><br>
<table class="l"><thead><tr><th>Code</th><th>Libellé</th><th class="r">Prix unit.HT</th><th class="r">Qté</th><th class="r">Montant HT</th><th>TVA</th><th class="r">Montant TTC</th></tr></thead>{body_lines}</table>
<div style="border-top:.3mm solid #000;margin-top:2mm;padding-top:2mm;break-inside:avoid"><table class="s"><tr><th>TVA</th><th>Taux</th><th>HT</th><th>Montant TVA</th><th>TTC</th></tr>{codes}
<tr><td></td><td>Total</td><td>{n(net)}</td><td>{n(tax)}</td><td>{n(gross)}</td></tr></table><br>
<table class="s"><tr><td style="text-align:left">Nombre de lignes</td><td>{len(lines)}</td></tr><tr><td style="text-align:left">TOTAL À PAYER</td><td><b>{n(gross)} EUR</b></td></tr><tr><td style="text-align:left">Carte bancaire</td><td>{n(gross)}</td></tr></table>
<br>Réglé comptant ce jour. Aucun escompte. {bars(number_, 24, 180)}<br>{e(supplier.name)} – capital {supplier.capital_text} EUR – R.C.S. {supplier.court}</div>"""
    return Sheet(page(css, body, "10mm 11mm"), truth)


WINES = (
    "Sancerre blanc « Les Grands Rangs » 75 cl", "Saint-Joseph rouge 75 cl", "Crozes-Hermitage rouge 75 cl", "Pouilly-Fumé 75 cl",
    "Crémant de Loire brut 75 cl", "Bandol rosé 75 cl", "Chinon « Vieilles Vignes » 75 cl", "Cahors Malbec 75 cl", "Jurançon moelleux 75 cl",
    "Muscadet sur lie 75 cl", "Gigondas rouge 75 cl", "Viognier IGP 75 cl", "Magnum Côte-Rôtie 150 cl",
)  # fmt: skip


@web("wine-merchant", "wine and alcohol", "held")
def wine_merchant(w: World) -> Sheet:
    """Bottles, gifts and spirits with excise and social duties in their own column and lines; old-fashioned serif page."""
    family = w.pick(("Drouhin-Vautrin", "Chastagnol", "Rambourg et Filles", "Noirot-Pitavy"))
    supplier = w.french(f"Caves {family}", form="SARL", naf="4634Z")
    buyer = w.buyer()
    day = w.day()
    due = day + timedelta(45)
    lines = [
        line(name, w.pick((6, 12, 18, 24, 36, 60)), w.money(5.1, 23), 20, "bt", discount=w.pick((None, None, 5, 10)), year=w.int(2017, 2024))
        for name in w.some(WINES, w.int(3, 8))
    ]  # fmt: skip
    bottles = sum(item.qty for item in lines)
    hecto = q(bottles * D("0.0075"), D("0.0001"))
    lines.append(
        line("Droits de circulation vin tranquille (CRD)", hecto, "4.05", 20, "hl", year="")
    )
    if w.chance(0.6):
        rum = w.int(2, 6)
        pure = q(rum * D("0.007") * D("0.4"), D("0.0001"))
        lines.append(
            line("Eau-de-vie de poire 40 % vol. 70 cl", rum, w.money(19, 33), 20, "bt", year="")
        )
        lines.append(line("Droit de consommation alcool", pure, "1899.02", 20, "hlap", year=""))
        lines.append(line("Cotisation sécurité sociale", pure, "609.80", 20, "hlap", year=""))
    if w.chance(0.7):
        lines.append(line("Participation port et emballage", 1, w.money(18, 60), 20, year=""))
    rows = vat_rows(lines)
    number_ = f"{day.year}-{w.int(1, 980):03}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due,
        hidden={"buyer_siren", "supplier_siret", "supplier_siren", "line_total"}, terms="45 jours date de facture",
    )  # fmt: skip
    n = partial(number, thousands="\u202f")
    table = "".join(
        cells((e(item.name), item.more["year"], n(item.qty, places=0 if item.unit in ("bt", None) else 4), item.unit or "", n(item.price), f"{item.discount}%" if item.discount else "", n(item.total)), "lcrcrcr")
        for item in lines
    )  # fmt: skip
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    css = """body{font:10pt P052,'Noto Serif';color:#2a1b1b}h1{font:italic 22pt P052;margin:0;color:#5b0f1f}table.l{width:100%;margin-top:8mm}table.l th{border-bottom:.4mm double #5b0f1f;font-style:italic;font-weight:normal;padding:1mm;text-align:left}
    table.l td{padding:1.1mm 1mm}.foot{position:absolute;bottom:0;left:0;right:0;text-align:center;font-size:8pt}"""
    body = f"""<section class="sheet full"><div style="text-align:center"><h1>{e(supplier.name)}</h1>Négociants-éleveurs depuis {w.int(1871, 1962)}<br>{e(supplier.street)} – {supplier.zip} {supplier.city}</div>
<div style="display:flex;justify-content:space-between;margin-top:10mm"><div>Facture<br><b>{number_}</b><br><br>{e(supplier.city)}, le {day_text(day, "j B Y")}<br>N° accise expéditeur : FR0{w.digits(5)}E{w.digits(4)}</div>
<div style="width:80mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br><i>N° TVA {buyer.vat}</i></div></div>
<table class="l"><tr><th>Vins et spiritueux</th><th class="c">Mill.</th><th class="r">Quantité</th><th></th><th class="r">Prix H.T.</th><th class="c">Rem.</th><th class="r">Montant H.T.</th></tr>{table}</table>
<table style="margin:6mm 0 0 auto;min-width:75mm">{cells(("Montant hors taxes", f"{n(net)} €"), "lr")}{cells(("T.V.A. 20 %", f"{n(tax)} €"), "lr")}<tr style="font-size:13pt"><td style="padding-top:2mm"><b>Montant dû</b></td><td class="r" style="padding-top:2mm"><b>{n(gross)} €</b></td></tr></table>
<p style="margin-top:8mm">Conditions : 45 jours date de facture, soit le {day_text(due, "j B Y")}. Banque : {supplier.iban_text} ({supplier.bic}).<br>
<span style="font-size:8pt">Total bouteilles : {bottles}. Volume : {n(hecto, places=4)} hl. Capsules représentatives de droits apposées. L’abus d’alcool est dangereux pour la santé.</span></p>
<div class="foot">{supplier.form} au capital de {supplier.capital_text} € – R.C. {supplier.court} – Identification T.V.A. {supplier.vat}<br>Pénalités de retard : 1,5 % par mois – Indemnité de recouvrement : 40 €</div></section>"""
    if w.chance(0.5):
        body += terms(SALES_TERMS, "CONDITIONS GÉNÉRALES DE VENTE")
    return Sheet(page(css, body, "14mm 17mm"), truth)
