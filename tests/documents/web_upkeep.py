"""Guards, telephone lines, dental laboratories, hired tools: several levels, prices of use by tiers, cards instead of tables."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import cells, e, logo, page, picture, qr
from documents.truth import line_truth, truth_of
from documents.web import web
from documents.world import (
    Line,
    World,
    add_months,
    day_text,
    grouped,
    line,
    month_end,
    number,
    q,
    vat_rows,
)

D = Decimal
HIDDEN = frozenset({"buyer_vat", "buyer_siren", "line_total"})
TEETH = (("Couronne céramo-métallique", "84.00"), ("Couronne zircone stratifiée", "128.00"), ("Inlay-core", "41.50"), ("Porte-empreinte individuel", "18.20"), ("Gouttière occlusale", "73.00"), ("Stellite 4 dents", "214.00"), ("Réparation fracture résine", "36.40"))  # fmt: skip
TOOLS = (("Mini-pelle 1,8 t", "118.00"), ("Nacelle ciseaux 10 m", "96.50"), ("Plaque vibrante 90 kg", "34.20"), ("Groupe électrogène 6 kVA", "41.00"), ("Perforateur burineur", "27.80"), ("Échafaudage roulant 6 m", "22.40"), ("Ponceuse girafe", "31.15"))  # fmt: skip
KITCHEN = (("Assiette plate porcelaine 27 cm", "6.45"), ("Verre à vin 35 cl", "2.18"), ("Bac gastro GN 1/1 h. 65", "11.90"), ("Couteau d’office 9 cm", "7.35"), ("Film alimentaire 45 cm x 300 m", "13.60"), ("Détergent plonge 20 L", "38.75"), ("Poêle acier 28 cm", "24.30"))  # fmt: skip


@web("guards-by-site", "security", "blind")
def guards_by_site(w: World) -> Sheet:
    """No rules at all; each site is a paragraph with its hours by day, by night and on Sundays; one sum for each site on the right."""
    short = w.pick(("Vigi-Ouest Sécurité", "Argos Gardiennage", "Sentinelle Sud", "Protectis"))
    supplier = w.french(short, form="SARL", naf="8010Z")
    buyer, day = w.buyer(), month_end(w.day())
    due = add_months(day, 1).replace(day=15)
    n = partial(number, thousands=" ")
    lines: list[Line] = []
    table, base = "", w.money(21, 27)
    for place in w.some(("Siège", "Plateforme logistique", "Magasin centre", "Chantier ZAC"), w.int(1, 3)):  # fmt: skip
        mine = [line(f"{name} – {place}", w.money(8, 260, "0.5"), q(base * D(share)), 20, "h") for name, share in w.some((("Agent de jour", "1"), ("Agent de nuit", "1.10"), ("Dimanche et férié", "1.25")), w.int(1, 3))]  # fmt: skip
        if w.chance(0.4):
            mine.append(
                line(f"Ronde avec levée de doute – {place}", w.int(2, 12), "48.00", 20, "u")
            )
        lines += mine
        table += f'<tr><td colspan="3" class="p">{place}</td><td class="r p">{n(sum(i.total for i in mine))}</td></tr>'
        table += "".join(cells((e(i.name), f"{number(i.qty)}", n(i.price), n(i.total)), "lrrr") for i in mine)  # fmt: skip
    rows = vat_rows(lines)
    code = f"{w.pick(('G', 'S'))}{day:%y%m}{w.int(10, 99)}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, contract_ref=(contract := f"{w.digits(3)}-{w.letters(2)}"), hidden=HIDDEN | {"bic"})  # fmt: skip
    css = """body{font:9.6pt 'DejaVu Sans Condensed'}table.t{width:100%;margin-top:8mm}table.t td{padding:.8mm 0}table.t th{font-weight:normal;font-size:8pt;color:#666;text-align:left}.p{font-weight:bold;padding-top:4mm!important}"""
    body = f"""<div style="background:#16202b;color:#fff;padding:5mm 14mm;display:flex;justify-content:space-between"><span style="font-size:15pt">{e(short)}</span><span style="text-align:right;font-size:8pt">{e(supplier.street)}, {supplier.zip} {supplier.city}<br>{supplier.phone}</span></div>
<div style="display:flex;justify-content:space-between;margin-top:10mm"><div><b>Facture {code}</b><br>Mois de {day_text(day, "B Y")}<br>Date : {day_text(day)}<br>Contrat {contract}<br>Échéance : {day_text(due)}</div><div>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div></div>
<table class="t"><tr><th>Nature des prestations</th><th class="r">Nombre</th><th class="r">Taux</th><th class="r">Montant (€ HT)</th></tr>{table}</table>
<p style="text-align:right;margin-top:8mm">Total HT {n(truth["net"])} € &nbsp;&nbsp; TVA 20 % {n(truth["vat_total"])} € &nbsp;&nbsp; <b>Total TTC {n(truth["gross"])} €</b></p>
<p style="font-size:8pt">Virement à {supplier.iban_text}. TVA exigible sur les encaissements.</p><p style="font-size:6.8pt">{e(supplier.name)}, {supplier.form} au capital de {supplier.capital_text} € – SIRET {supplier.siret_text} – TVA {supplier.vat} – Autorisation d’exercice AUT-{w.digits(3)}-2113-{w.digits(2)}-{w.digits(2)}-{w.digits(8)} ne conférant aucune prérogative de puissance publique</p>"""
    return Sheet(page(css, body, "12mm 14mm"), truth)


@web("lines-and-consumption", "telephone", "blind")
def lines_and_consumption(w: World) -> Sheet:
    """A telephone bill: sums by kind on the first page, each number's subscription and use in detail on the second."""
    short = w.pick(("Télénova Entreprises", "Axicom", "Ligne Directe Pro", "Onde Claire"))
    supplier = w.french(short, form="SA", naf="6110Z", iban=None, bic=None)
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(15)
    n = partial(number, thousands=" ")
    kinds: dict[str, Decimal] = {}
    parts: list[Line] = []
    detail = ""
    for _ in range(w.int(2, 6)):
        phone = f"06 {w.int(10, 99)} {w.int(10, 99)} {w.int(10, 99)} {w.int(10, 99)}"
        mine = [("Abonnements", f"Forfait {w.pick(('Voix 2 h', 'Pro 20 Go', 'Pro 100 Go'))}", w.money(9, 35)), ("Communications", f"Hors forfait {w.int(1, 44)} appels", w.money(0.2, 19))]  # fmt: skip
        if w.chance(0.5):
            mine.append(("Options et services", "Option Europe", D("4.00")))
        detail += f'<tr class="g"><td colspan="3">{phone} – {w.person()}</td></tr>'
        for kind, name, total in mine:
            kinds[kind] = kinds.get(kind, D(0)) + total
            parts.append(Line(name, total, D(20)))
            detail += cells((e(name), f"du {day_text(day.replace(day=1), 'd/m')} au {day_text(month_end(day), 'd/m')}" if kind == "Abonnements" else "", n(total)), "lcr")  # fmt: skip
    lines = [Line(kind, total, D(20)) for kind, total in sorted(kinds.items())]
    rows = vat_rows(lines)
    code = f"{w.digits(10)}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=HIDDEN | {"supplier_siret"}, lines_alternative=[[line_truth(item) for item in parts]])  # fmt: skip
    kept = "".join(cells((e(item.name), f"{n(item.total)} €"), "lr") for item in lines)
    css = """body{font:9.5pt Lato;color:#1d1d3a}.w{display:flex;gap:10mm}table.t{width:100%}table.t td{padding:1.2mm 0;border-bottom:.2mm dotted #99a}.g td{font-weight:bold;padding-top:3mm!important}.pay{background:#ff5c39;color:#fff;border-radius:5mm;padding:5mm;text-align:center;width:60mm}"""
    body = f"""<section class="sheet full">{picture(logo(short, "#ff5c39", shape="disc"), "58mm")}<div style="margin:4mm 0 8mm 100mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div>
<div class="w"><div style="flex:1"><h2>Votre facture du {day_text(day, "j B Y")}</h2><p>Facture {code}<br>Compte client {grouped(w.digits(9), 3)}<br>Prochaine facture le {day_text(add_months(day, 1), "j B Y")}</p>
<table class="t">{kept}{cells(("<b>Total hors taxes</b>", f"<b>{n(truth['net'])} €</b>"), "lr")}{cells(("TVA 20,00 %", f"{n(truth['vat_total'])} €"), "lr")}{cells(("<b>Total TTC</b>", f"<b>{n(truth['gross'])} €</b>"), "lr")}</table></div>
<div><div class="pay">Montant prélevé<br>le {day_text(due)}<br><span style="font-size:20pt">{n(truth["gross"])} €</span></div><p style="text-align:center">{picture(qr(code), "24mm")}</p></div></div>
<p style="position:absolute;bottom:0;font-size:6.8pt">{e(supplier.name)} – {supplier.form} au capital de {supplier.capital_text} € – {supplier.street}, {supplier.zip} {supplier.city} – {supplier.siren_text} RCS {supplier.court} – TVA {supplier.vat} – 1/2</p></section>
<section class="sheet"><h3>Détail de vos lignes – facture {code}</h3><table class="t"><tr><td>Désignation</td><td class="c">Période</td><td class="r">Montant HT (€)</td></tr>{detail}</table><p style="font-size:7pt">2/2</p></section>"""
    return Sheet(page(css, body, "13mm"), truth)


@web("dental-laboratory", "dental laboratory", "blind")
def dental_laboratory(w: World) -> Sheet:
    """A monthly statement by patient, free of VAT, the number of teeth between act and quantity."""
    short = w.pick(("Prothèse Labo Urvoas", "Céram’Dent", "Laboratoire Thévenot", "Arcadent"))
    supplier = w.french(short, form="SARL", naf="3250A")
    buyer, day = w.french(f"Cabinet dentaire {w.person()}"), month_end(w.day())
    n = partial(number, thousands="", point=".")
    lines, table = [], ""
    for done in sorted(w.int(1, 27) for _ in range(w.int(2, 7))):
        patient = f"{w.letters(1)}. {w.letters(3)}"
        table += f'<tr class="g"><td>{day_text(day.replace(day=done), "d.m")}</td><td colspan="5">Patient {patient} – fiche {w.digits(5)}</td></tr>'
        for name, price in w.some(TEETH, w.int(1, 3)):
            item = line(name, w.pick((1, 1, 2, 3)), price, 0)
            lines.append(item)
            table += cells(("", e(name), " ".join(f"{w.int(1, 4)}{w.int(1, 8)}" for _ in range(int(item.qty))), item.qty, n(item.price), n(item.total)), "llcrrr")  # fmt: skip
    rows = vat_rows(lines)
    code = f"{day:%m}-{w.int(100, 999)}/{day:%y}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, terms="Règlement par retour", hidden=HIDDEN | {"supplier_siren", "supplier_vat"})  # fmt: skip
    css = """body{font:9.5pt 'Liberation Serif'}table.t{width:100%;margin-top:6mm}table.t td,table.t th{padding:.8mm 1.5mm;text-align:left}table.t th{border-top:.3mm solid;border-bottom:.3mm solid}.g td{font-style:italic;padding-top:2mm!important}"""
    body = f"""<h2 style="margin:0">{e(short)}</h2>{e(supplier.street)}, {supplier.zip} {supplier.city} – {supplier.phone} – SIRET {supplier.siret_text}
<p style="margin-left:100mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</p><p><b>Relevé de travaux valant facture n° {code}</b> – {supplier.city}, le {day_text(day, "j B Y")}</p>
<table class="t"><tr><th>Jour</th><th>Travail exécuté</th><th class="c">Dents</th><th class="r">Qté</th><th class="r">P.U.</th><th class="r">Total €</th></tr>{table}</table>
<p style="text-align:right;font-size:11pt">Montant net à payer : <b>{n(truth["net"])} €</b></p><p>Exonération de TVA, article 261-4-1° du code général des impôts. Règlement par retour.<br>Banque : {supplier.iban_text} {supplier.bic}</p><p style="font-size:8pt">Dispositifs sur mesure conformes au règlement (UE) 2017/745. {supplier.form} au capital de {supplier.capital_text} €.</p>"""
    return Sheet(page(css, body, "15mm"), truth)


@web("tool-hire-days", "tool hire", "blind")
def tool_hire(w: World) -> Sheet:
    """From, to and number of days before what was hired, reductions in euros, insurance as a line in percent, a return short of fuel."""
    short = w.pick(("Loca-Chantier", "Matériel Services 86", "Kilouprêt", "Hérisson Location"))
    supplier = w.french(short, form="SAS", naf="7732Z")
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(45)
    n = partial(number, thousands=" ")
    lines, table = [], ""
    for name, price in w.some(TOOLS, w.int(2, 6)):
        item = line(name, w.int(1, 12), price, 20, "j", f"M{w.digits(4)}", w.pick((None, None, 10)))
        off = q(item.qty * item.price) - item.total
        lines.append(item)
        back = day - timedelta(w.int(1, 9))
        table += cells((day_text(back - timedelta(int(item.qty)), "d/m"), day_text(back, "d/m"), item.qty, f"{e(name)}<br><small>Parc {item.ref}, compteur {w.digits(4)}</small>", n(item.price), f"-{n(off)}" if off else "", n(item.total)), "ccclrrr")  # fmt: skip
    hired = sum(item.total for item in lines)
    for name, total in (("Assurance bris de machine 8 %", q(hired * D("0.08"))), ("Complément gazole 14 L", D("26.60"))):  # fmt: skip
        lines.append(Line(name, total, D(20)))
        table += cells(("", "", "", name, "", "", n(total)), "ccclrrr")
    rows = vat_rows(lines)
    code = f"LC{w.digits(2)}-{w.digits(5)}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=HIDDEN | {"supplier_siren"}, contract_ref=(contract := f"CL{w.digits(6)}"))  # fmt: skip
    css = """body{font:9.2pt 'Liberation Sans'}h1{background:#ffd400;padding:3mm;font-size:14pt;margin:5mm 0}table.t{width:100%}table.t th{background:#222;color:#ffd400;padding:1.2mm;font-size:8pt}table.t td{padding:1mm 1.2mm;border-bottom:.2mm solid #ccc}.m td{padding:.6mm 2.5mm}small{color:#666}"""
    body = f"""<div style="display:flex;justify-content:space-between">{picture(logo(short, "#222", shape="bar"), "58mm")}<div>{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>{supplier.phone}</div></div>
<h1>FACTURE {code} – {day_text(day)}</h1><div style="display:flex;justify-content:space-between;margin-bottom:5mm"><div>Contrat de location : {contract}<br>Chantier : {w.pick(("rue Haute", "école", "ZI Nord"))}<br>Demandeur : {w.person()}</div><div style="width:75mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div></div>
<table class="t"><tr><th>Du</th><th>Au</th><th>Jours</th><th style="text-align:left">Matériel</th><th class="r">Tarif/jour</th><th class="r">Remise €</th><th class="r">Net HT</th></tr>{table}</table>
<table class="m" style="margin:6mm 0 0 auto">{cells(("Base soumise à 20 %", f"{n(truth['net'])}"), "lr")}{cells(("Taxe", n(truth["vat_total"])), "lr")}{cells(("<b>Total facture €</b>", f"<b>{n(truth['gross'])}</b>"), "lr")}</table>
<p>Traite à échéance du {day_text(due)}. Domiciliation {supplier.iban_text} – {supplier.bic}</p><p style="font-size:7pt">{e(supplier.name)} – SIRET {supplier.siret} – N° TVA {supplier.vat} – Tout matériel non restitué propre sera nettoyé au tarif de 45,00 € HT.</p>"""
    return Sheet(page(css, body, "12mm"), truth)


@web("cards-instead-of-a-table", "restaurant supplies", "blind")
def cards_instead(w: World) -> Sheet:
    """Each line is a card of two rows: the name, then quantity times price, rate and amount; the sums stand in a sentence and in a box."""
    short = w.pick(
        ("Chef & Table", "Resto-Équipement", "La Cuisine des Pros", "Arts Culinaires 69")
    )
    supplier = w.french(short, form="SASU", naf="4649Z")
    buyer, day = w.buyer(), w.day()
    n = partial(number, thousands=" ")
    lines = [line(name, w.pick((1, 2, 6, 12, 48)), price, 20, None, f"{w.letters(2)}-{w.digits(4)}") for name, price in w.some(KITCHEN, w.int(2, 7))]  # fmt: skip
    lines.append(Line("Livraison offerte", D("0.00"), D(20)))
    rows = vat_rows(lines)
    code = f"WEB-{w.digits(7)}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, po_ref=(order := f"{w.digits(9)}"), hidden=HIDDEN | {"iban", "bic", "supplier_siren"})  # fmt: skip
    cards = "".join(
        f'<div class="k"><b>{e(i.name)}</b> <span>{i.ref or ""}</span><br>' + (f'{i.qty} x {n(i.price)} € HT <span class="v">TVA 20 %</span>' if i.qty else "Franco dès 150 € HT") + f'<span class="a">{n(i.total)} €</span></div>'
        for i in lines
    )  # fmt: skip
    css = """body{font:10pt Lato}.k{border:.2mm solid #ddd;border-radius:2mm;padding:2.5mm 4mm;margin-bottom:2mm;position:relative;break-inside:avoid}.k span{color:#888;font-size:8pt}.k .a{position:absolute;right:4mm;bottom:2.5mm;color:#000;font-size:10.5pt}.v{margin-left:20mm}.m td{padding:1mm 3mm}"""
    body = f"""<div style="display:flex;justify-content:space-between">{picture(logo(short, "#7a1f3d", shape="disc"), "58mm")}<div style="text-align:right">Facture <b>{code}</b><br>{day_text(day, "j B Y")}<br>Commande {order}</div></div>
<div style="display:flex;gap:25mm;margin:8mm 0"><div><small>Vendeur</small><br>{e(supplier.name)}<br>{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>TVA {supplier.vat}<br>SIRET {supplier.siret_text}</div><div><small>Client</small><br>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div></div>{cards}
<div style="display:flex;justify-content:space-between;margin-top:6mm"><div style="max-width:85mm;font-size:8.5pt">Carte bancaire débitée à l’expédition. Retour possible sous 14 jours.</div><table class="m" style="background:#f6eef1;align-self:flex-start">{cells(("Total HT", f"{n(truth['net'])} €"), "lr")}{cells(("TVA 20 %", f"{n(truth['vat_total'])} €"), "lr")}{cells(("<b>Total TTC</b>", f"<b>{n(truth['gross'])} €</b>"), "lr")}</table></div>"""
    return Sheet(page(css, body, "14mm"), truth)
