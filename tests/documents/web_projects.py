"""Services and works in sections: sub-totals, two levels of detail, quantity and price in one cell."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import cells, e, logo, page, picture
from documents.truth import line_truth, truth_of
from documents.web import web
from documents.world import Line, World, add_months, day_text, line, month_end, number, q, vat_rows

D = Decimal
HIDDEN = frozenset({"buyer_vat", "buyer_siren", "line_total"})
STUDIO = (
    ("Atelier de cadrage", "Deux sessions à distance, compte rendu remis sous huit jours", "jour", "640"), ("Maquettes écrans", "Parcours d’inscription et tableau de bord, version 2", "écran", "185"),
    ("Intégration front", "Gabarits accessibles (RGAA), tests sur trois navigateurs", "jour", "520.50"), ("Hébergement infogéré", "Sauvegarde quotidienne, 99,9 %", "mois", "89.9"),
    ("Rédaction de contenus", "Pages « À propos » et « Tarifs » ; 2 relectures comprises", "page", "72.75"), ("Licence typographique", "", "u", "49"),
)  # fmt: skip
WORKS = (
    ("Préparation", (("Installation de chantier, protections", "ens", "380", 20), ("Dépose de cloisons existantes", "m²", "18.40", 20), ("Évacuation des gravats en décharge agréée", "m³", "64.00", 20))),
    ("Plâtrerie – isolation", (("Cloison 98/48 deux parements BA13", "m²", "46.80", 10), ("Doublage collé 10+100 TH32", "m²", "38.95", 10), ("Bandes et joints", "ml", "4.15", 10), ("Trappe de visite 60x60", "u", "92.00", 10))),
    ("Peinture", (("Impression et deux couches mates sur murs", "m²", "14.70", 10), ("Plafonds deux couches", "m²", "17.25", 10), ("Boiseries, laque satinée", "ml", "9.60", 10))),
)  # fmt: skip
WASTE = (("DIB en mélange", "t", "168.50"), ("Bois classe B", "t", "74.00"), ("Gravats propres", "t", "21.30"), ("Cartons", "t", "-48.00"), ("Ferrailles légères", "t", "-112.00"), ("Rotation benne 15 m³", "rot.", "139.00"), ("Location benne", "j", "2.45"))  # fmt: skip


@web("studio-services", "studio", "dev")
def studio_services(w: World) -> Sheet:
    """Unusual heads (Prestations, Nb, Tarif, Coût), an explanation below each, amounts with a point and no thousands."""
    short = w.pick(("Studio Parallèle", "Atelier Nord-Est", "Les Pixels Associés", "Numéro Douze"))
    supplier = w.french(short, form="SAS", naf="6201Z", bic=None)
    buyer, day = w.buyer(), w.day()
    lines = [line(name, w.pick((D(1), D(2), D("0.5"), D("3.5"), D(6))), price, 20, unit, text=text) for name, text, unit, price in w.some(STUDIO, w.int(2, 6))]  # fmt: skip
    if w.chance(0.4):
        lines.append(line("Geste commercial", 1, -w.int(40, 150), 20, None, text="Retard de livraison de la première version"))  # fmt: skip
    rows = vat_rows(lines)
    code = f"{day:%Y%m}{w.int(1, 40):02}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, hidden=HIDDEN | {"supplier_siren"}, terms="Règlement à 30 jours")  # fmt: skip
    n = partial(number, thousands="", point=".")
    body_lines = "".join(
        f"<tr><td><b>{e(item.name)}</b><div>{e(item.more['text'])}</div></td><td class='r'>{number(item.qty, '', '.', None)}{' ' + item.unit + ('s' if item.qty >= 2 and item.unit not in ('u', 'mois') else '') if item.unit else ''}</td><td class='r'>{n(item.price)}</td><td class='r'>{n(item.total)} €</td></tr>"
        for item in lines
    )  # fmt: skip
    css = """body{font:10pt Lato;color:#2b2b2b}h1{font:300 30pt Lato;margin:0}table.t{width:100%;margin-top:12mm}table.t th{font-weight:normal;color:#e0503c;text-align:left;padding-bottom:3mm}
    table.t td{padding:2mm 0;border-top:.2mm solid #ddd}table.t div{font-size:8pt;color:#888;max-width:80mm}.s{margin:8mm 0 0 auto;width:70mm}.s td{padding:.8mm 0}"""
    body = f"""<div style="display:flex;justify-content:space-between"><div><h1>Facture</h1><p>{code}<br>{day_text(day, "j B Y")}</p></div><div>{picture(logo(short, "#e0503c", shape="box"), "55mm")}</div></div>
<div style="display:flex;gap:30mm;margin-top:8mm"><div><span style="color:#e0503c">De</span><br>{e(supplier.name)}<br>{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>SIRET {supplier.siret_text}<br>TVA {supplier.vat}</div><div><span style="color:#e0503c">À</span><br>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>Dossier : {w.pick(("refonte du site", "intranet", "identité visuelle"))}</div></div>
<table class="t"><tr><th>Prestations</th><th class="r">Nb</th><th class="r">Tarif</th><th class="r">Coût</th></tr>{body_lines}</table>
<table class="s">{cells(("Sous-total", f"{n(truth['net'])} €"), "lr")}{cells(("TVA (20%)", f"{n(truth['vat_total'])} €"), "lr")}{cells(("<b>Total à régler</b>", f"<b>{n(truth['gross'])} €</b>"), "lr")}</table>
<p style="margin-top:16mm;font-size:8.5pt">Règlement à 30 jours par virement : {supplier.iban_text}<br>Merci d’indiquer le numéro de facture. Pénalités de retard : 12 % l’an, indemnité de recouvrement 40 €.</p>"""
    return Sheet(page(css, body, "18mm"), truth)


@web("works-in-sections", "building", "dev")
def works_in_sections(w: World) -> Sheet:
    """Numbered sections with titles and sub-totals, m² glued to quantities, texts between the lines, a recap of the sections."""
    short = w.pick(("Rénov’Habitat Santerre", "Bâti-Concept 35", "Entreprise Fréchou", "Plâtrerie Estève"))  # fmt: skip
    supplier = w.french(short, form="SARL", naf="4331Z")
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(30) if w.chance(0.5) else None
    n = partial(number, thousands=" ")
    lines: list[Line] = []
    table, recap = "", ""
    for at, (title, works) in enumerate(WORKS[: w.int(2, 3)], 1):
        chosen = [line(name, 1 if unit in ("ens", "u") else w.money(4, 160, "0.05"), price, rate, unit) for name, unit, price, rate in w.some(works, w.int(2, 4))]  # fmt: skip
        lines += chosen
        table += f'<tr class="h"><td>{at}</td><td colspan="5">{title.upper()}</td></tr>'
        for below, item in enumerate(chosen, 1):
            table += cells((f"{at}.{below}", e(item.name), f"{number(item.qty, ' ')}{item.unit}", n(item.price), f"{item.vat}%", n(item.total)), "llrrcr")  # fmt: skip
            if w.chance(0.3):
                table += f'<tr class="x"><td></td><td colspan="5">Localisation : {w.pick(("rez-de-chaussée", "bureaux 101 à 104", "circulation, suivant plan A12 du 04/03"))}</td></tr>'
        total = sum(item.total for item in chosen)
        table += f'<tr class="u"><td></td><td colspan="4" class="r">Sous-total {title}</td><td class="r">{n(total)}</td></tr>'
        recap += cells((f"{at}", title, n(total)), "llr")
    rows = vat_rows(lines)
    code = f"F-{day:%y}-{w.int(1, 400):04}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, terms=None if due else "Paiement à réception de facture", hidden=HIDDEN | ({"vat_total"} if len(rows) > 1 else set()))  # fmt: skip
    taxes = "".join(cells((f"TVA {number(rate, places=1)} % (base {n(base)})", n(tax)), "lr") for rate, base, tax in rows)  # fmt: skip
    css = """body{font:9pt 'Liberation Sans'}table.t{width:100%}table.t td,table.t th{padding:1mm 1.5mm;border-left:.2mm solid #999;border-right:.2mm solid #999}table.t{border:.2mm solid #999}
    table.t th{background:#333;color:#fff;text-align:left}.h td{font-weight:bold;background:#eee}.x td{font-style:italic;font-size:8pt;color:#444}.u td{font-weight:bold;border-bottom:.2mm solid #999}.k td{padding:.7mm 2mm}"""
    body = f"""<table style="width:100%"><tr><td style="width:55%">{picture(logo(short, "#333", shape="bar"), "62mm")}<br>{e(supplier.street)}, {supplier.zip} {supplier.city}<br>{supplier.phone} – {supplier.mail}</td><td style="border:.3mm solid #333;padding:3mm">Maître d’ouvrage :<br><b>{e(buyer.name)}</b><br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</td></tr></table>
<h2>FACTURE DE TRAVAUX {code}</h2><p>Date : {day_text(day)} &nbsp; Chantier n° {w.digits(4)} : réaménagement de locaux &nbsp; Devis D{w.digits(5)} du {day_text(day - timedelta(w.int(40, 120)))}</p>
<table class="t"><tr><th>N°</th><th>Ouvrages</th><th class="r">Quantité</th><th class="r">P.U. H.T.</th><th>TVA</th><th class="r">Total H.T.</th></tr>{table}</table>
<div style="display:flex;justify-content:space-between;margin-top:6mm;break-inside:avoid"><table class="k" style="align-self:flex-start"><tr><th colspan="3">Récapitulatif des lots</th></tr>{recap}</table><table class="k" style="border:.3mm solid #333">{cells(("Montant H.T.", n(truth["net"])), "lr")}{taxes}{cells(("<b>Montant T.T.C. en euros</b>", f"<b>{n(truth['gross'])}</b>"), "lr")}</table></div>
<p>{f"Date limite de paiement : {day_text(due)}." if due else "Paiement à réception de facture."} RIB : {supplier.iban_text} – {supplier.bic}</p>
<p style="font-size:7pt">{e(supplier.name)}, {supplier.form} au capital de {supplier.capital_text} € – SIRET {supplier.siret_text} – RCS {supplier.court} – TVA {supplier.vat_text} – Garantie décennale n° {w.digits(7)}. TVA à 10 % : l’attestation prévue à l’article 279-0 bis du CGI est conservée.</p>"""
    return Sheet(page(css, body, "13mm"), truth)


@web("waste-two-factors-in-a-cell", "waste", "dev")
def waste_two_factors(w: World) -> Sheet:
    """Weighing tickets by day, quantity and price in one cell, what is bought back as negative lines."""
    short = w.pick(
        ("Recyclage du Val", "Valotri Environnement", "Bennes Guilloux", "Éco-Collecte 42")
    )
    supplier = w.french(short, form="SAS", naf="3811Z")
    buyer, day = w.buyer(), month_end(w.day())
    due = day + timedelta(30)
    n = partial(number, thousands=" ")
    lines, table = [], ""
    for at in range(w.int(2, 6)):
        picked = day.replace(day=2 + at * 4)
        table += f'<tr class="d"><td colspan="4">{day_text(picked, "d/m")} &nbsp; Ticket de pesée {w.digits(6)} &nbsp; Site : {w.pick(("Dépôt", "Atelier", "Quai 3"))}</td></tr>'
        for name, unit, price in w.some(WASTE, w.int(1, 3)):
            item = line(name, w.money(0.18, 6.4, "0.02") if unit == "t" else w.int(1, 4) if unit == "rot." else 28, price, 20, unit)  # fmt: skip
            lines.append(item)
            bought = " (rachat)" if item.price < 0 else ""
            table += cells(("", f"{e(name)}{bought}", f"{number(item.qty, ' ', places=3 if unit == 't' else 0)} {unit} x {n(item.price)} €", f"{n(item.total)} €"), "llrr")  # fmt: skip
    tgap = line("TGAP 2025", sum((i.qty for i in lines if i.name.startswith("DIB")), D("0.50")), "65.00", 20, "t")  # fmt: skip
    lines.append(tgap)
    table += '<tr class="d"><td colspan="4">Taxes et participations</td></tr>' + cells(("", "TGAP 2025", f"{number(tgap.qty, ' ', places=3)} t x 65,00 €", f"{n(tgap.total)} €"), "llrr")  # fmt: skip
    rows = vat_rows(lines)
    code = f"{w.pick(('FV', 'VT'))}{w.digits(7)}"
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=HIDDEN | {"bic"}, contract_ref=(contract := f"C{w.digits(6)}"))  # fmt: skip
    css = """body{font:9.4pt 'Noto Sans'}.d td{padding-top:3mm;color:#2d6a2d;font-weight:bold}table.t{width:100%;margin-top:6mm}table.t td{padding:.6mm 1mm}.z td{border-top:.4mm solid #2d6a2d;padding:1.2mm 3mm}"""
    body = f"""<div style="display:flex;justify-content:space-between;align-items:flex-start">{picture(logo(short, "#2d6a2d", shape="leaf"), "64mm")}<div style="text-align:right">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div></div>
<p style="font-size:15pt;color:#2d6a2d;margin:8mm 0 2mm">Facture {code}</p>Émise le {day_text(day, "j B Y")} pour vos collectes du mois. Contrat n° {contract} – compte {w.digits(5)}<br>À régler pour le {day_text(due, "j B Y")}, par virement sur {supplier.iban_text}
<table class="t">{table}</table>
<table class="z" style="margin:8mm 0 0 auto;break-inside:avoid">{cells(("Hors taxes", "TVA 20 %", "Toutes taxes comprises"), "rrr")}{cells((f"{n(truth['net'])} €", f"{n(truth['vat_total'])} €", f"<b>{n(truth['gross'])} €</b>"), "rrr")}</table>
<p style="font-size:7pt;margin-top:12mm">{e(supplier.name)} – {supplier.street} – {supplier.zip} {supplier.city} – Siret {supplier.siret_text} – {supplier.form} au capital de {supplier.capital_text} € – RCS {supplier.court} {supplier.siren_text} – TVA intracommunautaire {supplier.vat} – TVA acquittée d’après les débits</p>"""
    return Sheet(page(css, body, "14mm"), truth)


@web("energy-several-sites", "energy", "dev")
def energy_several_sites(w: World) -> Sheet:
    """A grouped bill: one line per site on the first page, the consumption of each site in detail on the next."""
    short = w.pick(("Watteo Pro", "Énergies du Littoral", "Électra Multisites", "Courant Vert"))
    supplier = w.french(short, form="SA", naf="3514Z", iban=None, bic=None)
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(w.pick((15, 20)))
    start = add_months(day.replace(day=1), -1)
    n = partial(number, thousands=" ")
    summary, detail, sites = "", "", []
    parts: list[Line] = []
    for at in range(w.int(2, 5)):
        place = w.pick(("Bureaux", "Entrepôt", "Boutique", "Éclairage parking", "Atelier")) + f" {w.pick(('nord', 'sud', 'centre', 'gare'))} {at + 1}"  # fmt: skip
        point, used = w.digits(14), w.int(180, 6200)
        mine = [
            line("Fourniture d’électricité", used, w.money(0.09, 0.16, "0.00001"), 20, "kWh"),
            line("Abonnement", 1, w.money(12, 60), 20, "mois"), line("Acheminement (TURPE)", used, w.money(0.03, 0.06, "0.0001"), 20, "kWh"),
            line("Accise", used, "0.02579", 20, "kWh"),
        ]  # fmt: skip
        parts += mine
        total = sum(item.total for item in mine)
        sites.append(Line(place, total, D(20)))
        summary += cells((str(at + 1), place, point, f"{n(D(used), places=0)}", n(total), n(q(total * D("0.2"))), n(total + q(total * D("0.2")))), "clcrrrr")  # fmt: skip
        detail += f'<tr class="s"><td colspan="4">Site {at + 1} : {place} – PDL {point}</td></tr>'
        for item in mine:
            detail += cells((e(item.name), f"{n(item.qty, places=0)} {item.unit}", number(item.price, " ", places=None), n(item.total)), "lrrr")  # fmt: skip
    rows = vat_rows(sites)
    code = f"{w.digits(3)}-{w.digits(7)}"
    truth = truth_of(code, day, supplier, buyer, sites, rows, due=due, hidden=HIDDEN | {"supplier_siret"}, contract_ref=(contract := f"{w.digits(8)}"), lines_alternative=[[line_truth(item) for item in parts]])  # fmt: skip
    css = """body{font:8.8pt 'Noto Sans'}h1{font-size:15pt;color:#3a3a8c}table.t{width:100%}table.t td,table.t th{padding:.9mm 1.5mm;border-bottom:.2mm solid #ccd}table.t th{background:#3a3a8c;color:#fff}.s td{font-weight:bold;background:#eeeef8}"""
    body = f"""<section class="sheet full">{picture(logo(short, "#3a3a8c", shape="bar"), "55mm")}<div style="padding:6mm 0 0 105mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div>
<h1>Facture regroupée n° {code}</h1><p>du {day_text(day)} – regroupement {w.digits(6)} – contrat-cadre n° {contract} – période du {day_text(start)} au {day_text(month_end(start))}</p>
<table class="t"><tr><th>Site</th><th>Nom du site</th><th>Point de livraison</th><th class="r">kWh</th><th class="r">Montant HT €</th><th class="r">TVA €</th><th class="r">Montant TTC €</th></tr>{summary}</table>
<div style="margin:8mm 0 0 90mm;background:#eeeef8;padding:4mm"><table style="width:100%">{cells(("Total hors TVA", f"{n(truth['net'])} €"), "lr")}{cells(("TVA au taux normal de 20 %", f"{n(truth['vat_total'])} €"), "lr")}{cells(("<b>Net à payer</b>", f"<b>{n(truth['gross'])} €</b>"), "lr")}</table></div>
<p>Montant prélevé le <b>{day_text(due, "j B Y")}</b>. Mandat {w.letters(2)}{w.digits(8)}. Le détail de chaque site figure à la page suivante.</p><p style="font-size:6.8pt;position:absolute;bottom:0">{e(supplier.name)} {supplier.form} au capital de {supplier.capital_text} € – {supplier.street}, {supplier.zip} {supplier.city} – RCS {supplier.court} {supplier.siren_text} – TVA {supplier.vat}</p></section>
<section class="sheet"><h1>Détail par site (facture {code})</h1><table class="t"><tr><th>Nature</th><th class="r">Quantité</th><th class="r">Prix unitaire HT</th><th class="r">Montant HT €</th></tr>{detail}</table></section>"""
    return Sheet(page(css, body, "12mm"), truth)
