"""Building trades, parts, print and transport: what works and workshops receive."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import SALES_TERMS, bars, cells, e, logo, page, picture, terms
from documents.truth import truth_of
from documents.web import web
from documents.world import (
    Line,
    World,
    add_months,
    day_text,
    line,
    month_end,
    number,
    q,
    vat_rows,
)  # fmt: skip

D = Decimal


@web("progress-claim", "building", "dev")
def progress_claim(w: World) -> Sheet:
    """Situation de travaux: percentages done, this month against all before, retention money and what is left to pay."""
    trade = w.pick(("Charpente", "Plomberie", "Électricité", "Peinture", "Couverture"))
    supplier = w.french(f"{trade} {w.pick(('Grandcolas', 'Sauvageot', 'Quéméner', 'Pitavy'))}", form="SARL", naf="4399C")  # fmt: skip
    buyer = w.buyer()
    day = month_end(w.day())
    due = day + timedelta(45)
    rate = w.pick((D(20), D(20), D(10)))
    works = w.some(("Installation de chantier", "Dépose de l’existant", "Fourniture et pose – zone A", "Fourniture et pose – zone B", "Reprises et finitions", "Essais et mise en service", "Évacuation des gravats"), w.int(3, 6))  # fmt: skip
    lines, table = [], ""
    rank = w.int(2, 6)
    n = partial(number, thousands=" ")
    order_total = before_total = D(0)
    for index, name in enumerate(works, 1):
        market = w.money(800, 16000, "10")
        before, now = w.int(0, 6) * 10, w.int(1, 4) * 10
        done = q(market * now / 100)
        lines.append(Line(name, done, rate, ref=f"{index}.{w.int(1, 9)}"))
        order_total += market
        before_total += q(market * before / 100)
        table += cells((lines[-1].ref, e(name), n(market), f"{before + now} %", n(q(market * (before + now) / 100)), n(q(market * before / 100)), n(done)), "llrrrrr")  # fmt: skip
    rows = vat_rows(lines)
    net, tax = rows[0][1], rows[0][2]
    gross = net + tax
    kept = q(gross * D("0.05"))
    number_ = f"SIT{rank:02}-{w.digits(4)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, payable=gross - kept,
        contract_ref=(market_ref := f"M{day.year % 100}-{w.digits(3)}"), po_ref=None,
        hidden={"buyer_vat", "buyer_siren", "supplier_siren", "bic"}, retention=f"{kept:.2f}", terms="45 jours",
    )  # fmt: skip
    css = """body{font:8.8pt 'Liberation Sans Narrow','Nimbus Sans Narrow',Arial}table.t{width:100%;margin-top:5mm}table.t td,table.t th{border:.2mm solid #444;padding:1mm 1.5mm}table.t th{background:#ffe9a8;font-size:8pt}.s td{padding:.8mm 2mm;border-bottom:.2mm solid #bbb}"""
    body = f"""<table style="width:100%"><tr><td style="width:50%"><span style="font:bold 16pt 'URW Bookman'">{e(supplier.name)}</span><br>{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>Tél. {supplier.phone}<br>SIRET {supplier.siret_text} – APE {supplier.naf}<br>TVA {supplier.vat}<br>Qualibat {w.digits(4)} – Assurance décennale n° {w.digits(9)}</td><td style="padding:18mm 0 0 10mm;font-size:10pt"><b>{e(buyer.name)}</b><br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</td></tr></table>
<p style="font-size:12pt;margin-top:7mm"><b>SITUATION DE TRAVAUX N° {rank} – Facture {number_}</b></p>
<p>Chantier : {e(w.pick(("Rénovation du groupe scolaire", "Extension de l’atelier", "Résidence Les Acacias – lot 7", "Réhabilitation bureaux R+2")))}<br>Marché n° {market_ref} du {day_text(add_months(day, -7))} – Montant du marché : {n(order_total)} € HT<br>Date : {day_text(day)} – Travaux exécutés au {day_text(day)}</p>
<table class="t"><tr><th>Art.</th><th>Désignation des ouvrages</th><th>Montant marché HT</th><th>Avanc.<br>cumulé</th><th>Cumul HT</th><th>Situations antérieures HT</th><th>Situation du mois HT</th></tr>{table}<tr class="b"><td></td><td>TOTAL</td><td class="r">{n(order_total)}</td><td></td><td class="r">{n(before_total + net)}</td><td class="r">{n(before_total)}</td><td class="r">{n(net)}</td></tr></table>
<div style="display:flex;justify-content:space-between;margin-top:6mm"><div style="width:85mm;font-size:8pt">Règlement à 45 jours : {day_text(due)}<br>Virement : {supplier.iban_text}<br><br>Retenue de garantie de 5 % libérable un an après réception, sauf caution bancaire (loi n° 71-584 du 16 juillet 1971).<br>{"TVA à taux réduit : attestation du client du " + day_text(add_months(day, -6)) + "." if rate == 10 else ""}<br><br>Bon pour accord du maître d’œuvre :</div>
<table class="s">{cells(("Total HT de la situation", f"{n(net)} €"), "lr")}{cells((f"TVA {n(rate, places=0)} %", f"{n(tax)} €"), "lr")}{cells(("Total TTC", f"{n(gross)} €"), "lr")}{cells(("Retenue de garantie 5 % TTC", f"- {n(kept)} €"), "lr")}<tr style="background:#ffe9a8"><td><b>NET À PAYER TTC</b></td><td class="r"><b>{n(gross - kept)} €</b></td></tr></table></div>
<p style="font-size:7pt;margin-top:22mm;text-align:center">{supplier.form} au capital de {supplier.capital_text} € – RM {w.digits(2)} – RCS {supplier.court} – Intérêts de retard : 3 fois le taux légal. Indemnité de recouvrement : 40 €.</p>"""
    return Sheet(page(css, body, "12mm 12mm"), truth)


@web("subcontractor", "building", "held")
def subcontractor(w: World) -> Sheet:
    """A subcontractor in building: reverse charge inside France, works chapters with sub-totals, total without tax only."""
    supplier = w.french(f"{w.pick(('Placo', 'Carrelage', 'Étanchéité', 'Serrurerie'))} {w.pick(('Urvoas', 'Barreau', 'Kerbrat', 'Malhuret'))}", form="EURL", naf="4331Z")  # fmt: skip
    buyer = w.buyer()
    day = w.day()
    due = month_end(day + timedelta(30))
    n = partial(number, thousands=" ")
    chapters = {
        "1 – Préparation": (
            "Protection et traçage",
            "Approvisionnement des étages",
            "Location nacelle",
        ),
        "2 – Ouvrages": (
            "Cloison 72/48 BA13",
            "Doublage collé 13+100",
            "Faux plafond 60×60",
            "Habillage gaines",
            "Bloc-porte 83×204",
        ),
        "3 – Finitions": ("Bandes et enduits", "Nettoyage fin de chantier", "Trappes de visite"),
    }
    lines, table = [], ""
    for name, pool in chapters.items():
        own = [line(item, w.money(1, 140, "0.25"), w.money(8, 160, "0.05"), None, w.pick(("m²", "ml", "u"))) for item in w.some(pool, w.int(1, 4))]  # fmt: skip
        lines += own
        table += f'<tr class="ch"><td colspan="5">{name}</td></tr>'
        table += "".join(cells((e(i.name), i.unit, number(i.qty), n(i.price), n(i.total)), "lcrrr") for i in own)  # fmt: skip
        table += f'<tr><td colspan="4" class="r"><i>Sous-total {name}</i></td><td class="r"><i>{n(sum(i.total for i in own))}</i></td></tr>'
    net = sum(item.total for item in lines)
    number_ = f"{day.year % 100}{w.int(1, 12):02}-{w.int(1, 60):03}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, [(D(0), net, D(0))], due=due, po_ref=(order := f"OS {w.digits(5)}").replace(" ", ""),
        hidden={"buyer_siren", "supplier_siren"}, terms="30 jours fin de mois",
    )  # fmt: skip
    css = "body{font:10pt 'URW Bookman',serif}table.t{width:100%;font-size:9pt;margin-top:5mm}table.t td,table.t th{padding:.9mm 1.5mm;border-bottom:.15mm solid #aaa;text-align:left}.ch td{font-weight:bold;padding-top:2mm!important}"
    body = f"""<div style="border:.6mm solid #222;padding:3mm"><b style="font-size:14pt">{e(supplier.name)}</b> – {supplier.form} au capital de {supplier.capital_text} €<br>{e(supplier.street)} – {supplier.zip} {supplier.city} – {supplier.phone}<br>SIRET : {supplier.siret} – TVA : {supplier.vat}</div>
<table style="width:100%;margin-top:7mm"><tr><td><b>FACTURE {number_}</b><br>du {day_text(day)}<br>Ordre de service : {order}<br>Affaire : {e(w.pick(("Clinique des Lilas", "Logements ZAC Sud", "Collège Jean-Moulin")))}</td><td style="width:75mm">Entreprise générale<br><b>{e(buyer.name)}</b><br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>{buyer.vat}</td></tr></table>
<table class="t"><tr><th>Désignation</th><th class="c">U</th><th class="r">Qté</th><th class="r">P.U.</th><th class="r">Total</th></tr>{table}</table>
<table style="margin:6mm 0 0 auto;border:.6mm solid #222"><tr><td style="padding:2mm 4mm">Montant total HT</td><td class="r" style="padding:2mm 4mm"><b>{n(net)} €</b></td></tr><tr><td style="padding:2mm 4mm">TVA</td><td class="r" style="padding:2mm 4mm">Autoliquidation</td></tr></table>
<p style="font-size:8.5pt">Autoliquidation de la TVA par le preneur assujetti – article 283-2 nonies du CGI.<br>Paiement direct 30 jours fin de mois, échéance {day_text(due)}.<br>Coordonnées bancaires : IBAN {supplier.iban_text}, BIC {supplier.bic}.<br>Garantie décennale : police n° {w.digits(8)}.</p>"""
    return Sheet(page(css, body, "15mm 16mm"), truth)


PARTS = (
    ("FILTRE A HUILE", "OC 1{}"), ("PLAQUETTES AV", "GDB{}"), ("DISQUE FREIN AV", "DF{}"), ("COURROIE ACCESSOIRE", "6PK{}"), ("BATTERIE 70AH", "E{}"),
    ("ALTERNATEUR RENOVE", "ALT{}"), ("BALAI ESSUIE-GLACE", "3397{}"), ("HUILE 5W30 5L", "H5W{}"), ("AMORTISSEUR AR", "G1{}"), ("KIT EMBRAYAGE", "826{}"),
    ("ROTULE DE DIRECTION", "JTE{}"), ("BOUGIE", "NGK{}"), ("SONDE LAMBDA", "LS{}"), ("POMPE A EAU", "VKPC{}"),
)  # fmt: skip


@web("car-parts", "car parts", "held")
def car_parts(w: World) -> Sheet:
    """A parts dealer: dense grid, discount per line, exchange deposits, delivery notes as headings between lines."""
    short = w.pick(
        ("Autopièces du Forez", "Pièces Auto Atlantique", "Distri-Mécanic", "Rhône Auto Stock")
    )
    supplier = w.french(short, form="SAS", naf="4531Z")
    buyer = w.buyer()
    day = month_end(w.day())
    due = month_end(day + timedelta(20))
    n = partial(number, thousands="")
    lines, table = [], ""
    for _ in range(w.int(2, 5)):
        note = day.replace(day=w.int(1, 27))
        table += f'<tr class="bl"><td></td><td colspan="6">BL N° {w.digits(7)} DU {day_text(note, "d/m/y")} – REF {w.letters(2)}-{w.int(100, 999)}-{w.letters(2)}</td></tr>'
        for name, code in w.some(PARTS, w.int(1, 5)):
            item = line(
                name,
                w.pick((1, 1, 2, 4)),
                w.money(6, 240),
                20,
                ref=code.format(w.digits(4)),
                discount=w.pick((15, 25, 32, 40, 45)),
            )
            lines.append(item)
            unit = q(item.price * (1 - item.discount / 100))
            table += cells(
                (
                    item.ref,
                    item.name,
                    item.qty,
                    n(item.price),
                    f"{item.discount}",
                    n(unit),
                    n(item.total),
                ),
                "llrrrrr",
            )
            if "RENOVE" in name or "BATTERIE" in name:
                back = Line(
                    f"CONSIGNE {name.split()[0]}",
                    q(item.qty * w.money(10, 60, "5")),
                    D(20),
                    item.qty,
                    ref=item.ref,
                )
                lines.append(back)
                table += cells(
                    (back.ref, back.name, back.qty, "", "", "", n(back.total)), "llrrrrr"
                )
    rows = vat_rows(lines)
    net, tax = rows[0][1], rows[0][2]
    gross = net + tax
    number_ = f"{w.int(1, 9):02}{w.digits(6)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, hidden={"buyer_vat", "buyer_siren", "iban", "bic", "supplier_siret"},
    )  # fmt: skip
    code = w.digits(5)
    css = """body{font:8pt 'Nimbus Sans',Arial}table.t{width:100%}table.t td,table.t th{border-left:.2mm solid #000;border-right:.2mm solid #000;padding:.55mm 1.2mm}table.t{border:.2mm solid #000}table.t th{border:.2mm solid #000;font-size:7pt}.bl td{font-style:italic;padding-top:1.2mm!important}
    .k{border:.2mm solid #000}.k td,.k th{border:.2mm solid #000;padding:1mm 2mm;text-align:center}"""
    body = f"""<div style="display:flex;justify-content:space-between"><div>{picture(logo(short, "#c00", shape="none"), "74mm")}<br>{e(supplier.street)}<br>{supplier.zip} {supplier.city.upper()}<br>TEL : {supplier.phone}</div><div style="border:.3mm solid #000;border-radius:2mm;padding:4mm;width:82mm;font-size:9.5pt">{e(buyer.name.upper())}<br>{e(buyer.street.upper())}<br><br>{buyer.zip} {buyer.city.upper()}</div></div>
<table class="k" style="margin:5mm 0;width:100%"><tr><th>RELEVÉ-FACTURE</th><th>DATE</th><th>N° COMPTE</th><th>VENDEUR</th><th>MODE RÈGLEMENT</th><th>ÉCHÉANCE</th></tr><tr><td><b>{number_}</b></td><td>{day_text(day, "d/m/y")}</td><td>{code}</td><td>{w.int(10, 99)}</td><td>LCR DIRECTE</td><td>{day_text(due, "d/m/y")}</td></tr></table>
<table class="t"><tr><th>RÉFÉRENCE</th><th>DÉSIGNATION</th><th>QTÉ</th><th>PRIX BRUT<br>HT</th><th>REM<br>%</th><th>PRIX NET<br>HT</th><th>MONTANT<br>HT</th></tr>{table}</table>
<table class="k" style="margin-top:4mm;width:100%"><tr><th>BASE HT</th><th>TAUX</th><th>TVA</th><th>PORT</th><th>TOTAL HT</th><th>TOTAL TVA</th><th>NET À PAYER TTC</th></tr><tr><td>{n(net)}</td><td>20.00</td><td>{n(tax)}</td><td>FRANCO</td><td>{n(net)}</td><td>{n(tax)}</td><td style="font-size:11pt"><b>{n(gross)} EUR</b></td></tr></table>
<p style="font-size:6.8pt">Les consignes sont remboursées sur retour de la vieille matière sous 30 jours dans l’emballage d’origine. Aucun retour sans accord. TVA payée sur les débits. {e(supplier.name)} {supplier.form} capital {supplier.capital_text} € RCS {supplier.court} {supplier.siren_text} – {supplier.vat_text}</p>{bars(number_, 22)}"""
    return Sheet(page(css, body, "10mm 10mm"), truth)


@web("carrier", "carrier", "held")
def carrier(w: World) -> Sheet:
    """Many shipments over pages: date, tracking number, towns, weight; fuel surcharge on the whole; landscape."""
    short = w.pick(("Messagerie du Ponant", "Translia", "Rapid’Axe", "Colis Express Sud"))
    supplier = w.french(short, form="SAS", naf="4941A", capital=500000)
    buyer = w.buyer()
    day = month_end(w.day())
    due = day + timedelta(30)
    n = partial(number, thousands=" ")
    lines, rows_html = [], []
    for _ in range(w.int(16, 58)):
        tracking = f"{w.letters(2)}{w.digits(9)}"
        postcode, town = w.pick(
            (
                ("26000", "VALENCE"),
                ("59810", "LESQUIN"),
                ("33370", "ARTIGUES"),
                ("67540", "OSTWALD"),
                ("44800", "ST HERBLAIN"),
                ("06200", "NICE"),
                ("87280", "LIMOGES"),
            )
        )
        item = Line(tracking, w.money(6.4, 78), D(20), ref=tracking)
        lines.append(item)
        rows_html.append(
            cells(
                (
                    day_text(day.replace(day=w.int(1, day.day)), "d/m"),
                    tracking,
                    postcode,
                    town,
                    w.int(1, 6),
                    number(w.money(1, 240), places=1),
                    n(item.total),
                ),
                "lllllrr",
            )
        )
    freight = sum(item.total for item in lines)
    share = w.money(6, 19)
    fuel = Line(f"Surcharge gazole {number(share)} %", q(freight * share / 100), D(20))
    extra = Line(
        "Participation gestion administrative et sûreté",
        w.pick((D("4.90"), D("7.50"), D("12.00"))),
        D(20),
    )
    lines += [fuel, extra]
    rows = vat_rows(lines)
    net, tax = rows[0][1], rows[0][2]
    number_ = f"{w.int(10, 95)}F{w.digits(6)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, hidden={"buyer_siren", "supplier_siret", "supplier_siren"},
        terms="30 jours date d’émission",
    )  # fmt: skip
    css = """body{font:8.2pt 'Noto Sans'}table.t{width:100%}table.t td{padding:.5mm 2mm;border-bottom:.1mm solid #ccc}table.t th{background:#004b3a;color:#fff;text-align:left;padding:1mm 2mm}.s td{padding:.8mm 3mm}"""
    body = f"""<div style="display:flex;justify-content:space-between"><div>{picture(logo(short, "#004b3a", shape="bar"), "58mm")}<br>{e(supplier.street)} – {supplier.zip} {supplier.city}</div><div><b style="font-size:13pt">Facture de transport n° {number_}</b><br>Date de facture : {day_text(day, "d-m-Y")}<br>Compte expéditeur : {w.digits(7)}<br>Agence : {w.int(10, 95)} – {e(supplier.city)}</div><div>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>N° TVA : {buyer.vat}</div></div>
<p>Prestations du {day_text(day.replace(day=1), "d-m-Y")} au {day_text(day, "d-m-Y")}</p>
<table class="t"><thead><tr><th>Date</th><th>N° récépissé</th><th>CP</th><th>Destination</th><th>Colis</th><th class="r">Poids kg</th><th class="r">Prix HT €</th></tr></thead>{"".join(rows_html)}<tr class="b"><td colspan="6">Total transport ({len(rows_html)} expéditions)</td><td class="r">{n(freight)}</td></tr>
<tr><td colspan="6">{fuel.name}</td><td class="r">{n(fuel.total)}</td></tr><tr><td colspan="6">{extra.name}</td><td class="r">{n(extra.total)}</td></tr></table>
<div style="break-inside:avoid;display:flex;justify-content:space-between;margin-top:4mm"><div style="font-size:7.4pt;width:150mm">Paiement à 30 jours date d’émission (art. L. 441-11 du code de commerce), soit le {day_text(due, "d-m-Y")}. Virement : IBAN {supplier.iban_text} BIC {supplier.bic}. Indice gazole CNR du mois : {number(w.money(150, 230))}. Assurance marchandises limitée au contrat type.<br>{e(supplier.name)} – {supplier.form} au capital de {supplier.capital_text} € – RCS {supplier.court} – TVA {supplier.vat} – Licence communautaire {day.year - 3}/{w.digits(2)}/{w.digits(7)}</div>
<table class="s">{cells(("Total HT", f"{n(net)} €"), "lr")}{cells(("TVA 20 %", f"{n(tax)} €"), "lr")}{cells(("<b>Net à payer</b>", f"<b>{n(net + tax)} €</b>"), "lr")}</table></div>"""
    return Sheet(page(css, body, "10mm 12mm"), truth, "297mm", "210mm")


@web("printing-house", "printing house", "held")
def printing_house(w: World) -> Sheet:
    """A printer: headers on two lines, prices per thousand, long descriptions under each line, two rates (book at 5,5 %)."""
    short = w.pick(("Imprimerie Tixier", "Rotoval", "Offset du Lac", "Papyrus & Encre"))
    supplier = w.french(short, form="SA", naf="1812Z")
    buyer = w.buyer()
    day = w.day()
    due = month_end(day + timedelta(45))
    jobs = w.some((
        ("Dépliant 3 volets", "135 g couché brillant, quadri recto verso, rainé plié", "20"), ("Affiche 40×60", "170 g, quadri recto", "20"),
        ("Livre broché 160 p.", "Intérieur 80 g bouffant, couverture 300 g, dos carré collé", "5.5"), ("Carte de visite", "350 g, pelliculage mat", "20"),
        ("Étiquettes bobine", "Adhésif blanc, 80×50 mm", "20"), ("Catalogue 24 p.", "Piqué 2 points métal, 115 g", "20"),
    ), w.int(1, 4))  # fmt: skip
    n = partial(number, thousands="\u00a0")
    lines, table = [], ""
    for name, detail, rate in jobs:
        count = w.pick((250, 500, 1000, 2500, 5000))
        per = w.money(38, 1900)
        item = Line(
            name, q(per * count / 1000), D(rate), D(count), price=per / 1000, ref=f"{w.digits(5)}"
        )
        lines.append(item)
        table += f'<tr><td class="c">{item.ref}</td><td><b>{name}</b><br><span style="font-size:7.5pt">{detail}<br>Bon à tirer du {day_text(day - timedelta(w.int(8, 20)))}</span></td><td class="r">{n(D(count), places=0)}</td><td class="r">{n(per)}</td><td class="r">{n(item.total)}</td><td class="c">{number(D(rate), places=1)}</td></tr>'
    if w.chance(0.5):
        item = line("Livraison un point", 1, w.money(15, 90), 20)
        lines.append(item)
        table += f'<tr><td></td><td>{item.name}</td><td class="r">1</td><td></td><td class="r">{n(item.total)}</td><td class="c">20,0</td></tr>'
    rows = vat_rows(lines)
    number_ = f"{w.int(20, 99)}{w.digits(4)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, po_ref=(order := f"{w.letters(2)}/{w.digits(4)}"),
        hidden={"buyer_vat", "buyer_siren", "supplier_siren", "bic"}, terms="45 jours fin de mois",
    )  # fmt: skip
    for item in truth["lines"]:
        item["price_base"] = "1000" if item["price"] and item["ref"] else None
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    recap = "".join(
        cells((f"{number(rate, places=1)} %", n(base), n(amount)), "crr")
        for rate, base, amount in rows
    )
    css = """body{font:9.2pt 'DejaVu Serif';color:#222}table.t{width:100%;margin-top:6mm}table.t td{padding:1.5mm;border-bottom:.2mm solid #ccc}table.t th{border-top:.5mm solid #e6007e;border-bottom:.5mm solid #009fe3;padding:1mm 1.5mm;font-size:7.6pt}.g td,.g th{padding:1mm 2mm;border:.2mm solid #ccc;font-size:8pt}"""
    body = f"""<div style="display:flex;height:3mm"><div style="flex:1;background:#009fe3"></div><div style="flex:1;background:#e6007e"></div><div style="flex:1;background:#ffed00"></div><div style="flex:1;background:#111"></div></div>
<div style="display:flex;justify-content:space-between;margin-top:6mm"><div><span style="font-size:17pt">{e(short)}</span><br><span style="font-size:8pt">{e(supplier.street)} · {supplier.zip} {supplier.city}<br>{supplier.phone} · {supplier.mail}</span></div><div style="text-align:right">Facture<br><span style="font-size:15pt">{number_}</span></div></div>
<table style="width:100%;margin-top:8mm"><tr><td style="width:52%;font-size:8.4pt">Date : {day_text(day, "d/m/Y")}<br>Votre commande : {order}<br>Dossier de fabrication : {w.digits(5)}<br>Affaire suivie par : {e(w.person())}</td><td>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</td></tr></table>
<table class="t"><tr><th>N°<br>dossier</th><th style="text-align:left">Désignation<br>des travaux</th><th class="r">Quantité<br>livrée</th><th class="r">Prix<br>au mille</th><th class="r">Montant<br>H.T. €</th><th>Taux<br>TVA</th></tr>{table}</table>
<div style="display:flex;justify-content:space-between;margin-top:8mm"><table class="g"><tr><th>Taux</th><th>Base</th><th>Taxe</th></tr>{recap}</table><table class="g" style="font-size:9pt">{cells(("Total hors taxes", n(net)), "lr")}{cells(("Total taxes", n(tax)), "lr")}{cells(("<b>Total TTC en euros</b>", f"<b>{n(gross)}</b>"), "lr")}</table></div>
<p style="font-size:7.6pt;margin-top:12mm">Règlement par traite à 45 jours fin de mois : {day_text(due)}. Domiciliation : {supplier.iban_text}. Écocontribution papier incluse. Le client est responsable du BAT. {supplier.form} au capital de {supplier.capital_text} € – SIRET {supplier.siret} – Code TVA {supplier.vat} – Imprim’Vert.</p>"""
    if w.chance(0.4):
        body += terms(SALES_TERMS, "Conditions générales – usages de l’imprimerie", 3, "6pt")
    return Sheet(page(css, body, "12mm 14mm"), truth)
