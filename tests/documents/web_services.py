"""Lawyers, leasing, cleaning, micro-entrepreneurs, training: services of small and large houses."""

# ruff: noqa: E731 - the small patterns of one page are named where they are used
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
    add_months,
    day_text,
    line,
    month_end,
    number,
    q,
    vat_rows,
)  # fmt: skip

D = Decimal


@web("lawyer", "lawyer", "dev")
def lawyer(w: World) -> Sheet:
    """A note d’honoraires in a book face: fees with tax, disbursements without, a provision taken off, no table lines at all."""
    partners = w.some(("Abadie", "Caradec", "Jourdren", "Thévenot", "Weissbecker", "Zanetti"), 2)
    supplier = w.french(f"SELARL {partners[0]} & {partners[1]}", form="SELARL", naf="6910Z")
    buyer = w.buyer()
    day = w.day()
    opponent = w.pick(("Sté Batiroc", "Mme Hérisson", "Syndicat des copropriétaires Le Clos", "SCI Les Aulnes"))  # fmt: skip
    hourly = w.money(160, 320, "10")
    lines = [
        line("Consultation et étude des pièces du dossier", w.money(1, 4, "0.5"), hourly, 20, "h"),
        line("Rédaction des conclusions en défense", w.money(2, 9, "0.5"), hourly, 20, "h"),
    ]
    if w.chance(0.6):
        lines.append(Line("Audience de plaidoirie (forfait)", w.money(400, 1200, "50"), D(20)))
    if w.chance(0.5):
        lines.append(Line("Frais de dossier et d’ouverture", w.money(60, 150, "10"), D(20)))
    lines.append(Line("Droit de plaidoirie", D("13.00"), D(0)))
    if w.chance(0.7):
        lines.append(Line("Frais d’huissier (signification)", w.money(48, 190), D(0)))
    if w.chance(0.4):
        lines.append(Line("Timbre fiscal – procédure d’appel", D("225.00"), D(0)))
    rows = vat_rows(lines)
    gross = sum(row[1] + row[2] for row in rows)
    prepaid = w.pick((D(0), q(gross * D("0.3"), D(10)), D(500))) if gross > 700 else D(0)
    number_ = f"{day.year}{w.int(1, 12):02}{w.int(10, 399):03}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, prepaid=prepaid, contract_ref=None,
        hidden={"buyer_vat", "buyer_siren", "supplier_siret", "line_total", "net", "due_date"}, terms="à réception",
    )  # fmt: skip
    n = partial(number, thousands=" ")
    fees = [item for item in lines if item.vat == 20]
    costs = [item for item in lines if item.vat == 0]
    net, tax = (sum(row[index] for row in rows if row[0] == 20) for index in (1, 2))

    def amount_of(item: Line) -> str:
        if item.qty is None:
            return e(item.name)
        return f"{e(item.name)} – {number(item.qty, places=1)} h × {n(item.price)} €"

    css = """body{font:11pt C059,'Noto Serif';color:#1a1a1a}.side{position:absolute;left:0;top:42mm;width:38mm;font-size:7.5pt;line-height:1.5}
    .main{margin-left:48mm}table{width:100%}td{padding:.8mm 0}.foot{position:absolute;bottom:0;left:0;right:0;font-size:7pt;text-align:center;border-top:.2mm solid #999;padding-top:1mm}"""
    lines_html = lambda items: "".join(
        cells((amount_of(item), f"{n(item.total)} €"), "lr") for item in items
    )
    paid = f"{cells(('À déduire : provision versée le ' + day_text(day - timedelta(w.int(30, 120))), f'– {n(prepaid)} €'), 'lr')}" if prepaid else ""  # fmt: skip
    body = f"""<section class="sheet full"><div style="text-align:center;font-size:17pt;letter-spacing:1mm">{partners[0].upper()} &amp; {partners[1].upper()}</div><div style="text-align:center;font-size:8.5pt">AVOCATS AU BARREAU DE {supplier.city.upper()}</div>
<div class="side"><b>{e(w.person())}</b><br>Avocat associé<br><br><b>{e(w.person())}</b><br>Avocat associé<br>Spécialiste en droit social<br><br><b>{e(w.person())}</b><br>Avocat collaborateur<br><br>{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>Tél. {supplier.phone}<br>Palais : case {w.int(10, 400)}<br>{supplier.mail}</div>
<div class="main"><div style="margin:12mm 0 0 50mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div>
<p style="text-align:right;margin-top:8mm">{e(supplier.city)}, le {day_text(day, "j B Y")}</p>
<p><b>N/Réf. :</b> {w.digits(6)} – {e(buyer.name)} c/ {e(opponent)} – {w.letters(2)}/{w.letters(2)}<br><b>RG n°</b> {day.year % 100 - 1}/{w.digits(5)}</p>
<p style="font-size:13pt;text-align:center;border:.3mm solid #333;padding:2mm">NOTE D’HONORAIRES N° {number_}</p>
<table><tr><td colspan="2"><b>Honoraires</b></td></tr>{lines_html(fees)}<tr style="border-top:.2mm solid #333"><td>Total honoraires H.T.</td><td class="r">{n(net)} €</td></tr>{cells(("T.V.A. au taux de 20 %", f"{n(tax)} €"), "lr")}{cells(("Total honoraires T.T.C.", f"{n(net + tax)} €"), "lr")}
<tr><td colspan="2" style="padding-top:4mm"><b>Débours (non soumis à T.V.A. – art. 267 II-2° du CGI)</b></td></tr>{lines_html(costs)}
<tr style="border-top:.2mm solid #333"><td>TOTAL GÉNÉRAL</td><td class="r">{n(gross)} €</td></tr>{paid}<tr style="font-size:12.5pt"><td><b>{"SOLDE DÛ" if prepaid else "NET À RÉGLER"}, à réception</b></td><td class="r"><b>{n(gross - prepaid)} €</b></td></tr></table>
<p style="font-size:8.5pt">Règlement par chèque à l’ordre de {e(supplier.name)} ou par virement : {supplier.iban_text} – {supplier.bic} (compte professionnel ; ne pas confondre avec le compte CARPA). Membre d’une association agréée, le règlement par chèque est accepté.
Défaut de paiement : intérêts au taux légal majoré de dix points et indemnité de 40 euros (art. L. 441-10 du code de commerce).</p></div>
<div class="foot">{e(supplier.name)} au capital de {supplier.capital_text} € – RCS {supplier.court} {supplier.siren_text} – TVA intracommunautaire {supplier.vat}</div></section>"""
    return Sheet(page(css, body, "14mm 16mm"), truth)


@web("leasing", "leasing", "dev")
def leasing(w: World) -> Sheet:
    """A rent of financial leasing with insurance without tax, and the schedule of the months to come with the same amounts."""
    short = w.pick(("Crédit-Bail du Rhône", "Locaplan Finance", "Équipéo Lease", "Natio Matériel"))
    supplier = w.french(short, form="SA", capital=37000000, naf="6491Z")
    buyer = w.buyer()
    start = w.day().replace(day=1)
    day = start - timedelta(w.int(10, 20))
    thing = w.pick(("COPIEUR KYODA 3253ci", "CHARIOT ÉLÉVATEUR FE15", "VÉHICULE UTILITAIRE L2H2", "MINI-PELLE 2,7 T", "SERVEURS ET POSTES (LOT)"))  # fmt: skip
    rent = w.money(89, 1450)
    period = w.pick((1, 3))
    end = month_end(add_months(start, period - 1))
    lines = [
        Line("Loyer financier", rent, D(20)),
        Line("Assurance bris de machine", q(rent * D("0.031")), D(0)),
    ]
    if w.chance(0.6):
        lines.insert(1, Line("Prestation de maintenance", w.money(15, 120), D(20)))
    if w.chance(0.3):
        lines.append(Line("Frais de gestion administrative", D("12.50"), D(20)))
    rows = vat_rows(lines)
    number_ = f"{w.letters(1)}{w.digits(9)}"
    contract = f"{w.digits(7)}-{w.int(0, 9)}-{w.letters(2)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=start, contract_ref=contract,
        hidden={"buyer_vat", "iban", "bic", "supplier_siret", "supplier_siren", "line_total"},
    )  # fmt: skip
    n = partial(number, thousands=".")
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    table = "".join(
        cells((e(item.name), n(item.total), number(item.vat) if item.vat else "Exo.", n(q(item.total * item.vat / 100)), n(item.total + q(item.total * item.vat / 100))), "lrrrr")
        for item in lines
    )  # fmt: skip
    # the schedule repeats the due amounts of the following terms
    plan = "".join(
        cells(
            (w_index, day_text(add_months(start, w_index * period)), n(net), n(tax), n(gross)),
            "crrrr",
        )
        for w_index in range(1, 9)
    )
    css = """body{font:8.8pt 'Nimbus Sans',Arial}table.b{width:100%}table.b td,table.b th{border:.25mm solid #24456b;padding:1.1mm 2mm}table.b th{background:#dfe8f2;color:#24456b;font-size:8pt}
    .foot{position:absolute;bottom:0;font-size:6.5pt;color:#333;text-align:justify}"""
    body = f"""<section class="sheet full"><div style="display:flex;justify-content:space-between"><div style="width:90mm">{picture(logo(short, "#24456b", font="Lato-Light", shape="bar"), "70mm")}<p style="font-size:8pt">Service gestion clients<br>Tél. {supplier.phone} – {supplier.mail}<br>Internet : {supplier.site}</p></div>
<div style="padding-top:30mm;width:78mm;font-size:10pt">{e(buyer.name.upper())}<br>SIREN {buyer.siren_text}<br>{e(buyer.street.upper())}<br>{buyer.zip} {buyer.city.upper()}</div></div>
<table class="b" style="margin:6mm 0"><tr><th>FACTURE N°</th><th>DATE DE FACTURE</th><th>N° DE CONTRAT</th><th>CODE CLIENT</th><th>ÉCHÉANCE</th></tr><tr class="c"><td>{number_}</td><td>{day_text(day)}</td><td>{contract}</td><td>{w.digits(8)}</td><td>{day_text(start)}</td></tr></table>
<p>Matériel loué : {e(thing)} – N° de série {w.letters(3)}{w.digits(6)}<br>Période de location : du {day_text(start)} au {day_text(end)} – Loyer n° {w.int(2, 30)} sur {w.pick((36, 48, 60))}</p>
<table class="b"><tr><th>NATURE</th><th>MONTANT HT</th><th>TAUX TVA</th><th>MONTANT TVA</th><th>MONTANT TTC</th></tr>{table}<tr class="b"><td>TOTAUX</td><td class="r">{n(net)}</td><td></td><td class="r">{n(tax)}</td><td class="r">{n(gross)} EUR</td></tr></table>
<p style="text-align:right;font-size:10.5pt">Ce montant de <b>{n(gross)} EUR</b> sera prélevé le <b>{day_text(start)}</b> sur votre compte {"X" * 16}{w.digits(3)} (RUM {w.letters(2)}{w.digits(12)})</p>
<p><b>Échéancier indicatif des prochains loyers</b></p><table class="b" style="font-size:7.6pt"><tr><th>Rang</th><th>Date</th><th>HT</th><th>TVA</th><th>TTC</th></tr>{plan}</table>
<div class="foot">{e(supplier.name)} – {supplier.form} au capital de {supplier.capital_text} euros – Établissement de crédit agréé – Siège social : {e(supplier.street)} {supplier.zip} {supplier.city} – RCS {supplier.court} – N° TVA {supplier.vat_text} – Intermédiaire d’assurance ORIAS n° 07 0{w.digits(2)} {w.digits(3)}. La TVA est acquittée sur les débits.
Tout incident de paiement entraîne la perception de 40 euros et d’intérêts de retard au taux de 1,50 % par mois.</div></section>"""
    return Sheet(page(css, body, "12mm 14mm"), truth)


@web("micro-entrepreneur", "micro-entrepreneur", "dev")
def micro_entrepreneur(w: World) -> Sheet:
    """A one-person business with a word processor: no VAT, a total only, the name in a script face."""
    person = w.person()
    trade = w.pick(("Graphiste indépendante", "Photographe", "Rédaction web", "Jardinage et petits travaux", "Traduction anglais-français"))  # fmt: skip
    supplier = w.french(person, vat=None, form="EI", mail=f"bonjour@{w.letters(5).lower()}.example")
    buyer = w.buyer()
    day = w.day()
    due = day + timedelta(w.pick((15, 30)))
    what = {
        "Gr": ("Création de logo (3 propositions)", "Déclinaison carte de visite", "Mise en page plaquette 8 pages", "Retouches"),
        "Ph": ("Reportage photo demi-journée", "Portraits d’équipe", "Retouche et livraison en ligne", "Déplacement"),
        "Ré": ("Article de blog 800 mots", "Fiche produit", "Optimisation d’une page", "Relecture"),
        "Ja": ("Taille de haie", "Tonte et évacuation des déchets", "Nettoyage terrasse", "Fournitures"),
        "Tr": ("Traduction fiche technique (mot)", "Relecture de contrat (heure)", "Traduction site (forfait)", "Urgence"),
    }[trade[:2]]  # fmt: skip
    lines = [
        line(name, w.int(1, 12), w.money(25, 390, "5"), None) for name in w.some(what, w.int(1, 4))
    ]
    net = sum(item.total for item in lines)
    number_ = f"{day.year}-{w.int(1, 99):02}"
    quote = f"D{day.year}-{w.int(1, 99):02}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, [(D(0), net, D(0))], due=due, hidden={"buyer_vat", "buyer_siren", "net", "line_total", "bic"},
        po_ref=None,
    )  # fmt: skip
    for key in ("net", "line_total"):
        truth["visible"][key] = True
    script = w.chance(0.5)
    table = "".join(
        cells((e(item.name), item.qty, f"{number(item.price, ' ', places=2)}€", f"{number(item.total, ' ')}€"), "lcrr")
        for item in lines
    )  # fmt: skip
    css = f"""body{{font:11pt {"Lato" if script else "'Liberation Serif'"}}}table.t{{width:100%;margin-top:10mm}}table.t th{{text-align:left;border-bottom:.5mm solid #000;padding:1.5mm}}table.t td{{padding:2mm 1.5mm;border-bottom:.2mm dotted #888}}
    .name{{font:{"30pt Z003" if script else "bold 16pt 'Liberation Serif'"}}}"""
    body = f"""<div style="display:flex;justify-content:space-between"><div><div class="name">{e(person)}</div>{e(trade)}<br>{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>{supplier.mail}<br>{supplier.phone}<br>Siret : {supplier.siret_text}</div><div style="text-align:right;font-size:20pt">Facture</div></div>
<div style="margin:12mm 0 0 95mm">À l’attention de<br><b>{e(buyer.name)}</b><br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div>
<p style="margin-top:8mm">Facture n°{number_}<br>Date : {day_text(day, "j B Y")}<br>Suite au devis {quote} du {day_text(day - timedelta(w.int(15, 60)))}</p>
<table class="t"><tr><th>Prestation</th><th class="c">Qté</th><th class="r">Tarif</th><th class="r">Montant</th></tr>{table}</table>
<p style="text-align:right;font-size:13pt"><b>Total : {number(net, " ")}€</b></p><p style="text-align:right;font-size:9pt">TVA non applicable, art. 293 B du CGI</p>
<p style="margin-top:14mm">À régler avant le {day_text(due, "j B Y")} par virement :<br>IBAN {supplier.iban_text}</p>
<p style="font-size:8.5pt;color:#555">Dispensé d’immatriculation au registre du commerce et des sociétés et au répertoire des métiers. Pénalités de retard : trois fois le taux d’intérêt légal, indemnité de recouvrement 40 €. Pas d’escompte.</p>
<p>Merci pour votre confiance !</p>"""
    return Sheet(page(css, body, "20mm 20mm"), truth)


@web("cleaning", "cleaning contract", "dev")
def cleaning(w: World) -> Sheet:
    """A monthly contract: long wordings with the period, several sites, the total boxed at the lower left, due at the end of the month."""
    short = w.pick(("Nettélia", "Clarté Services", "Propreté Val de Loire", "Ô’Net Entreprises"))
    supplier = w.french(short, form="SARL", naf="8121Z")
    buyer = w.buyer()
    day = month_end(w.day())
    due = month_end(day + timedelta(30))
    first = day.replace(day=1)
    contract = f"CT{w.digits(5)}"
    lines = [
        line(f"Entretien courant des locaux – {w.pick(('siège', 'bureaux', 'showroom', 'atelier'))} – {w.pick((2, 3, 5))} passages/semaine", 1, w.money(180, 1650), 20, "mois"),
    ]  # fmt: skip
    if w.chance(0.7):
        lines.append(
            line(
                "Nettoyage de la vitrerie intérieure et extérieure",
                w.int(1, 2),
                w.money(70, 260),
                20,
                "passage",
            )
        )
    if w.chance(0.7):
        lines.append(
            line("Fourniture de consommables sanitaires", w.int(1, 6), w.money(8, 44), 20, "lot")
        )
    if w.chance(0.4):
        lines.append(
            line(
                "Remise en état après travaux (heures)",
                w.money(3, 12, "0.5"),
                w.money(26, 34),
                20,
                "h",
            )
        )
    rows = vat_rows(lines)
    number_ = f"FA{day_text(day, 'ym')}-{w.int(100, 999):04}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, contract_ref=contract, po_ref=(order := f"45{w.digits(8)}"),
        hidden={"buyer_siren", "supplier_siren", "line_total"}, terms="30 jours fin de mois",
    )  # fmt: skip
    n = partial(number, thousands=" ")
    table = "".join(
        f'<tr><td>{e(item.name)}<br><span style="color:#777;font-size:7.5pt">Période du {day_text(first)} au {day_text(day)}</span></td><td class="c">{number(item.qty, places=None)} {item.unit}</td><td class="r">{n(item.price)}</td><td class="r">{n(item.total)}</td></tr>'
        for item in lines
    )  # fmt: skip
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    css = """body{font:9.5pt 'Noto Sans'}.bar{background:#1583c4;color:#fff;padding:3mm 5mm;font-size:15pt}table.t{width:100%;margin-top:6mm}table.t th{border-bottom:.6mm solid #1583c4;text-align:left;padding:1.5mm}table.t td{padding:2mm 1.5mm;border-bottom:.2mm solid #ddd}
    .foot{position:absolute;bottom:0;left:0;right:0;font-size:7pt;text-align:center;color:#555}.rib td{border:.2mm solid #999;padding:.5mm 2mm;font-size:7.5pt}"""
    bank = supplier.iban or ""
    body = f"""<section class="sheet full"><div class="bar">{e(short.upper())} <span style="float:right">FACTURE</span></div>
<div style="display:flex;justify-content:space-between;margin-top:6mm"><div style="font-size:8.5pt">{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>SIRET : {supplier.siret}<br>N° TVA : {supplier.vat}<br>Tél : {supplier.phone}</div>
<div style="width:82mm"><b>{e(buyer.name)}</b><br>Service comptabilité<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>N° TVA client : {buyer.vat}</div></div>
<table style="margin-top:6mm;font-size:9pt"><tr><td style="padding-right:4mm">Numéro de facture</td><td>: <b>{number_}</b></td></tr><tr><td>Date</td><td>: {day_text(day)}</td></tr><tr><td>Contrat de prestation</td><td>: {contract}</td></tr><tr><td>N° d’engagement / bon de commande</td><td>: {order}</td></tr><tr><td>Règlement</td><td>: Virement 30 jours fin de mois, au {day_text(due)}</td></tr></table>
<table class="t"><tr><th>Prestations</th><th class="c">Qté</th><th class="r">PU HT €</th><th class="r">Total HT €</th></tr>{table}</table>
<div style="display:flex;justify-content:space-between;margin-top:8mm"><table style="width:70mm;border:.5mm solid #1583c4"><tr><td style="padding:1.5mm">Total HT</td><td class="r" style="padding:1.5mm">{n(net)} €</td></tr><tr><td style="padding:1.5mm">TVA 20,00 %</td><td class="r" style="padding:1.5mm">{n(tax)} €</td></tr><tr style="background:#e5f3fb"><td style="padding:1.5mm"><b>Total TTC</b></td><td class="r" style="padding:1.5mm"><b>{n(gross)} €</b></td></tr></table>
<div style="font-size:7.5pt;width:85mm">Relevé d’identité bancaire<table class="rib"><tr><td>Banque</td><td>Guichet</td><td>N° de compte</td><td>Clé</td></tr><tr><td>{bank[4:9]}</td><td>{bank[9:14]}</td><td>{bank[14:25]}</td><td>{bank[25:]}</td></tr></table>IBAN : {supplier.iban_text}<br>BIC : {supplier.bic}<br>Titulaire : {e(short)}</div></div>
<div class="foot">{e(short)} {supplier.form} au capital de {supplier.capital_text} € – RCS {supplier.court} – APE {supplier.naf} – Indemnité forfaitaire pour frais de recouvrement : 40 € – Escompte pour règlement anticipé : néant</div></section>"""
    return Sheet(page(css, body, "12mm 14mm"), truth)


@web("training", "training without VAT", "held")
def training(w: World) -> Sheet:
    """A training body or association: exempt, the value under its label in boxes, participants named, stamp ACQUITTÉE."""
    short = w.pick(("Association Formavie", "Institut Compétences 21", "Le Fil des Métiers", "AFOR Sud Conseil"))  # fmt: skip
    supplier = w.french(short, vat=None, form="association loi 1901", naf="8559A")
    buyer = w.buyer()
    day = w.day()
    course = w.pick(("Sauveteur secouriste du travail", "Habilitation électrique B0-H0", "Excel perfectionnement", "CACES R489 cat. 3", "Management de proximité"))  # fmt: skip
    taught = day - timedelta(w.int(4, 20))
    people = w.int(1, 6)
    lines = [line(f"Formation « {course} » – session du {day_text(taught)}", people, w.money(180, 690, "5"), None, "stagiaire")]  # fmt: skip
    if w.chance(0.5):
        lines.append(line("Supports pédagogiques et livret", people, w.money(8, 35), None, "pièce"))
    if w.chance(0.3):
        lines.append(
            line("Frais de déplacement du formateur", 1, w.money(45, 210), None, "forfait")
        )
    net = sum(item.total for item in lines)
    number_ = f"F-{day.year}/{w.int(1, 800):04}"
    convention = f"CV{day.year % 100}{w.digits(4)}"
    paid = w.chance(0.4)
    truth = truth_of(
        number_, day, supplier, buyer, lines, [(D(0), net, D(0))], contract_ref=convention, delivery=taught,
        hidden={"buyer_vat", "buyer_siren", "supplier_siren", "line_total", "bic"}, terms="30 jours par virement",
    )  # fmt: skip
    box = lambda label, value: f'<div class="k"><div>{label}</div>{value}</div>'
    table = "".join(
        f"<tr><td>{number(item.qty, places=0)}</td><td>{item.unit}</td><td>{e(item.name)}</td><td class=r>{number(item.price, ' ')}</td><td class=r>{number(item.total, ' ')}</td></tr>"
        for item in lines
    )  # fmt: skip
    names = ", ".join(w.person() for _ in range(people))
    stamp = f'<div style="position:absolute;left:55mm;top:150mm;transform:rotate(-18deg);font-size:40pt;color:#b22;opacity:.35;border:1.2mm solid #b22;padding:1mm 6mm">ACQUITTÉE</div>' if paid else ""  # noqa: F541  # fmt: skip
    css = """body{font:9.6pt 'URW Gothic',Lato}.k{border:.3mm solid #6b4;border-radius:1mm;padding:1mm 3mm;flex:1;font-size:10pt}.k div{font-size:6.8pt;color:#583}table.t{width:100%;margin-top:6mm;border:.3mm solid #6b4}table.t td,table.t th{padding:1.6mm 2mm;border-right:.3mm solid #6b4;text-align:left}
    .foot{position:absolute;bottom:0;left:0;right:0;font-size:7pt;text-align:center}"""
    body = f"""<section class="sheet full">{stamp}<div style="display:flex;justify-content:space-between"><div>{picture(logo(short.split()[-1], "#5a8f3c", shape="leaf"), "40mm")}</div><div style="text-align:right"><b>{e(short)}</b><br>{e(supplier.street)}, {supplier.zip} {supplier.city}<br>SIRET {supplier.siret_text} – NDA {w.digits(2)} {w.digits(2)} {w.digits(5)} {w.digits(2)}</div></div>
<div style="margin:9mm 0 6mm 92mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div>
<div style="display:flex;gap:3mm">{box("FACTURE", number_)}{box("ÉMISE LE", day_text(day, "d.m.Y"))}{box("CONVENTION", convention)}{box("SESSION", day_text(taught, "d.m.Y"))}</div>
<table class="t"><tr style="background:#eef6ea"><th>Qté</th><th>Unité</th><th>Désignation</th><th class="r">Prix unitaire</th><th class="r">Montant</th></tr>{table}</table>
<p style="font-size:8pt">Participants : {e(names)}</p>
<div style="display:flex;gap:3mm;width:110mm;margin-left:auto">{box("TOTAL NET (EUR)", number(net, " "))}{box("NET À PAYER (EUR)", f"<b>{number(net, ' ')}</b>")}</div>
<p style="font-size:8pt;margin-top:5mm">Exonération de TVA – article 261-4-4° a du CGI. Organisme certifié Qualiopi au titre des actions de formation.<br>Règlement à 30 jours par virement : {supplier.iban_text}</p>
<div class="foot">{e(short)}, {supplier.form}, enregistrée auprès du préfet de région. Cet enregistrement ne vaut pas agrément de l’État. Pénalités : taux légal × 3 ; recouvrement 40 €.</div></section>"""
    return Sheet(page(css, body, "13mm 15mm"), truth)


@web("rent", "rent", "held")
def rent(w: World) -> Sheet:
    """A landlord’s call for rent: quarter in advance, charges, deposit topped up without tax, an earlier balance beside."""
    owner = w.pick(("SCI Les Grands Ateliers", "SCI du Vieux Canal", "Foncière Hamelin", "SAS Parc de la Plaine"))  # fmt: skip
    supplier = w.french(owner, form="SCI" if "SCI" in owner else "SAS", naf="6820B")
    agent = w.french(
        w.pick(("Cabinet Régis Immobilier", "Gestia Patrimoine", "Agence de la Cathédrale"))
    )
    buyer = w.buyer()
    start = add_months(w.day().replace(day=1), 0)
    day = start - timedelta(w.int(8, 20))
    quarter = w.chance(0.5)
    end = month_end(add_months(start, 2 if quarter else 0))
    lines = [
        Line("Loyer commercial", w.money(620, 5200), D(20)),
        Line("Provision pour charges", w.money(40, 480), D(20)),
    ]
    if w.chance(0.6):
        lines.append(Line("Provision taxe foncière", w.money(30, 380), D(20)))
    if w.chance(0.3):
        lines.append(Line("Complément de dépôt de garantie", w.money(10, 90), D(0)))
    rows = vat_rows(lines)
    number_ = f"{w.digits(4)}/{start.year}/{w.int(1, 12):02}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=start, contract_ref=(lease := f"BX-{w.digits(5)}"),
        hidden={"buyer_vat", "buyer_siren", "supplier_siret", "line_total", "bic", "supplier_zip", "supplier_city"},
    )  # fmt: skip
    n = partial(number, thousands=" ")
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    table = "".join(
        cells((e(item.name), f"{n(item.total)}", f"{n(q(item.total * item.vat / 100))}" if item.vat else "–"), "lrr")
        for item in lines
    )  # fmt: skip
    css = """body{font:10pt 'Liberation Serif'}table.t{width:100%;margin-top:5mm}table.t th{background:#333;color:#fff;padding:1.5mm;text-align:left}table.t td{padding:1.5mm;border-bottom:.2mm solid #aaa}"""
    body = f"""<table style="width:100%"><tr><td style="width:52%"><b>{e(agent.name)}</b><br>Administrateur de biens – carte G n° {w.digits(4)}<br>{e(agent.street)}<br>{agent.zip} {agent.city}<br>Tél. {agent.phone}<br><br><b>Agissant pour le compte du bailleur :</b><br>{e(supplier.name)}<br>{supplier.siren_text} RCS {supplier.court}<br>TVA {supplier.vat}</td>
<td style="padding-top:26mm"><b>{e(buyer.name)}</b><br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</td></tr></table>
<h2 style="text-align:center;font-size:14pt;margin-top:10mm">AVIS D’ÉCHÉANCE VALANT FACTURE</h2>
<p>Facture n° {number_} établie le {day_text(day, "j B Y")}<br>Bail : {lease} – Lot n° {w.int(1, 60)} – {e(buyer.street)}, {w.int(40, 400)} m²<br>Période du {day_text(start)} au {day_text(end)}</p>
<table class="t"><tr><th>Libellé</th><th class="r">Montant H.T.</th><th class="r">T.V.A. 20 %</th></tr>{table}<tr class="b"><td>Totaux</td><td class="r">{n(net)}</td><td class="r">{n(tax)}</td></tr></table>
<table style="margin:6mm 0 0 auto;width:88mm">{cells(("Total de l’échéance TTC", f"{n(gross)} €"), "lr")}{cells(("Solde antérieur au " + day_text(day), "0,00 €"), "lr")}<tr style="font-size:12.5pt"><td><b>À PAYER POUR LE {day_text(start)}</b></td><td class="r"><b>{n(gross)} €</b></td></tr></table>
<p style="margin-top:10mm;font-size:9pt">Mode de règlement : virement sur le compte du mandant IBAN {supplier.iban_text}. Merci de rappeler la référence du bail. Loyer indexé sur l’ILC (dernier indice : {number(w.money(118, 137))}). Dépôt de garantie détenu : {n(w.money(1200, 9000))} €. Prochaine révision : {day_text(add_months(start, 12))}.</p>
<div style="border-top:.3mm dashed #333;margin-top:12mm;padding-top:3mm;font-size:8.5pt">Talon à joindre au règlement — {e(buyer.name)} — {lease} — {n(gross)} € {bars(number_, 20, 100)}</div>"""
    return Sheet(page(css, body, "16mm 18mm"), truth)
