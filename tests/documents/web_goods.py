"""Medical supplies, farmers’ cooperatives, credit notes, final invoices after deposits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import SALES_TERMS, bars, cells, e, logo, page, picture, terms
from documents.truth import truth_of
from documents.web import web
from documents.world import World, add_months, day_text, line, month_end, number, q, vat_rows

D = Decimal


@web("medical-supplies", "medical supplies", "dev")
def medical_supplies(w: World) -> Sheet:
    """A care-equipment dealer: batch and expiry under each line, LPP codes, three rates, total boxes at the very bottom, terms page."""
    short = w.pick(("Médisoin Ouest", "Orthalia", "Santé Matériel Services", "Pharméquip"))
    supplier = w.french(short, form="SAS", naf="4774Z")
    buyer = w.buyer()
    day = w.day()
    due = day + timedelta(30)
    goods = (
        ("Compresses stériles 10x10 (bte 50)", 20), ("Gants nitrile non poudrés M (bte 100)", 20), ("Lit médicalisé 2 fonctions", "5.5"),
        ("Coussin anti-escarres classe II", "5.5"), ("Solution hydroalcoolique 500 ml", 20), ("Tensiomètre électronique bras", 20),
        ("Fauteuil roulant manuel", "5.5"), ("Seringue 5 ml (bte 100)", 20), ("Sérum physiologique 5 ml x 40", 10), ("Vitamine D ampoules", "2.1"),
    )  # fmt: skip
    n = partial(number, thousands=" ")
    lines, table = [], ""
    for name, rate in w.some(goods, w.int(3, 9)):
        item = line(
            name,
            w.int(1, 30),
            w.money(2, 240),
            rate,
            ref=f"{w.digits(7)}",
            discount=w.pick((None, 5, 12)),
        )
        lines.append(item)
        table += cells(
            (
                item.ref,
                e(item.name),
                item.qty,
                n(item.price),
                number(item.discount) if item.discount else "",
                number(item.vat),
                n(item.total),
            ),
            "llrrrrr",
        )
        table += f'<tr class="lot"><td></td><td colspan="6">Lot {w.letters(1)}{w.digits(5)} – Pér. {w.int(1, 12):02}/{day.year + w.int(1, 4)} – LPP {w.digits(7)}</td></tr>'
    rows = vat_rows(lines)
    number_ = f"{w.int(10, 40)}-{w.digits(5)}-F"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, po_ref=(order := f"WEB{w.digits(6)}"), delivery=(sent := day - timedelta(1)),
        hidden={"buyer_vat", "buyer_siren", "supplier_siren"},
    )  # fmt: skip
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    recap = "".join(cells((number(rate), n(base), n(amount)), "rrr") for rate, base, amount in rows)
    css = """body{font:8.8pt 'Noto Sans'}table.t{width:100%;margin-top:4mm}table.t th{color:#0077a8;border-bottom:.4mm solid #0077a8;text-align:left;padding:1mm}table.t td{padding:.8mm 1mm}.lot td{font-size:7pt;color:#666;padding-top:0!important}
    .end{position:absolute;bottom:0;left:0;right:0}.g td,.g th{border:.2mm solid #0077a8;padding:1mm 2.5mm}"""
    body = f"""<section class="sheet full"><div style="display:flex;justify-content:space-between"><div>{picture(logo(short, "#0077a8", shape="disc"), "60mm")}</div><div style="text-align:right"><b style="font-size:14pt">FACTURE {number_}</b><br>du {day_text(day, "d/m/Y")}</div></div>
<div style="display:flex;gap:6mm;margin-top:6mm"><div style="flex:1;background:#eef7fb;padding:3mm"><b>Livré à</b><br>{e(buyer.name)}<br>{e(w.pick(("Réserve", "Accueil", "Quai n° 2")))}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>le {day_text(sent, "d/m/Y")} – BL {w.digits(6)}</div><div style="flex:1;background:#eef7fb;padding:3mm"><b>Facturé à</b><br>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>Code tiers : {w.digits(5)}</div></div>
<p>Commande {order} du {day_text(day - timedelta(w.int(2, 6)), "d/m/Y")}</p>
<table class="t"><tr><th>Réf.</th><th>Produit</th><th class="r">Qté</th><th class="r">P.U. HT</th><th class="r">Rem. %</th><th class="r">TVA %</th><th class="r">Net HT</th></tr>{table}</table>
<div class="end"><div style="display:flex;justify-content:space-between;align-items:flex-end"><table class="g"><tr><th>Taux</th><th>Base</th><th>TVA</th></tr>{recap}</table><div style="font-size:7.6pt">À payer au plus tard le {day_text(due, "d/m/Y")}<br>IBAN {supplier.iban_text}<br>BIC {supplier.bic}</div><table class="g" style="font-size:10pt">{cells(("HT", f"{n(net)} €"), "lr")}{cells(("TVA", f"{n(tax)} €"), "lr")}{cells(("<b>TTC</b>", f"<b>{n(gross)} €</b>"), "lr")}</table></div>
<p style="font-size:6.5pt;text-align:center;margin-bottom:0">{e(supplier.name)} – {supplier.form} au capital de {supplier.capital_text} € – {e(supplier.street)} – {supplier.zip} {supplier.city} – SIRET {supplier.siret_text} – APE {supplier.naf} – TVA {supplier.vat} – {supplier.phone}</p></div></section>{terms(SALES_TERMS, "Conditions générales de vente")}"""
    return Sheet(page(css, body, "11mm 13mm"), truth)


@web("farm-cooperative", "agricultural cooperative", "held")
def farm_cooperative(w: World) -> Sheet:
    """A coop's statement to its member: seeds and feed at 10 and 5,5 %, tonnes with three decimals, discount on the whole, share call aside."""
    short = w.pick(
        (
            "Coopérative des Trois Vallées",
            "Agri-Union du Centre",
            "Coop Terres de Garonne",
            "Union Paysanne du Nord",
        )
    )
    supplier = w.french(short, form="SCA", naf="4621Z")
    buyer = w.buyer()
    day = month_end(w.day())
    due = month_end(add_months(day, 1))
    goods = (
        ("Blé tendre semence certifiée", "T", 380, 620, 10), ("Ammonitrate 33,5 vrac", "T", 290, 480, 20), ("Aliment vache laitière 18 %", "T", 260, 390, 10),
        ("Herbicide céréales bidon 5 L", "BID", 48, 190, 20), ("Sel agricole 25 kg", "SAC", 6, 11, 10), ("Ficelle lieuse", "BOB", 22, 41, 20),
        ("Prestation épandage", "HA", 9, 24, 20), ("Clôture : fil 500 m", "U", 29, 85, 20), ("Analyse de sol", "U", 38, 75, 20),
    )  # fmt: skip
    lines = [
        line(name, w.money(0.5, 28, "0.001") if unit == "T" else w.int(1, 30), w.money(low, high), rate, unit, f"{w.digits(6)}")
        for name, unit, low, high, rate in w.some(goods, w.int(3, 8))
    ]  # fmt: skip
    share = w.pick((D(0), D("1.5"), D(2)))
    rows = vat_rows(lines, share)
    total = sum(item.total for item in lines)
    net = sum(row[1] for row in rows)
    number_ = f"{day.year}{w.int(10, 99)}{w.digits(5)}"
    allowance = total - net
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, allowance=allowance or None,
        hidden={"buyer_vat", "buyer_siren", "supplier_siret", "bic", "iban"},
    )  # fmt: skip
    n = partial(number, thousands=" ")
    tax, gross = (D(truth[key]) for key in ("vat_total", "gross"))
    table = "".join(
        cells((day_text(day.replace(day=w.int(1, 27)), "d/m"), f"BL{w.digits(6)}", item.ref, e(item.name), number(item.qty, places=3 if item.unit == "T" else 0), item.unit, n(item.price), number(item.vat, places=1), n(item.total)), "llllrlrrr")
        for item in lines
    )  # fmt: skip
    recap = "".join(
        cells((f"{number(rate, places=1)} %", n(base), n(amount)), "rrr")
        for rate, base, amount in rows
    )
    css = "body{font:9pt 'Liberation Sans Narrow','Nimbus Sans Narrow',Arial}table.t{width:100%;margin-top:4mm;border:.3mm solid #2e6b1f}table.t th{background:#2e6b1f;color:#fff;padding:1mm;text-align:left}table.t td{padding:.8mm 1mm}table.t tr:nth-child(odd) td{background:#f0f5ed}.g td,.g th{padding:.7mm 2mm;border-bottom:.2mm solid #9bb892}"
    body = f"""<div style="display:flex;justify-content:space-between">{picture(logo(short.split()[0], "#2e6b1f", shape="leaf"), "46mm")}<div style="width:80mm;padding-top:8mm"><b>{e(buyer.name)}</b><br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>Adhérent n° {w.digits(5)}</div></div>
<p><b style="font-size:13pt">Facture récapitulative d’approvisionnement</b><br>N° {number_} – le {day_text(day)} – échéance {day_text(due)} – Dépôt de {e(supplier.city)}</p>
<table class="t"><tr><th>Date</th><th>Bon</th><th>Code</th><th>Produit</th><th class="r">Quantité</th><th>U</th><th class="r">Prix</th><th class="r">TVA</th><th class="r">Montant HT</th></tr>{table}</table>
<div style="display:flex;justify-content:space-between;margin-top:5mm"><table class="g">{cells(("Total brut HT", n(total)), "lr")}{cells((f"Ristourne adhérent {number(share, places=1)} %", n(-allowance)), "lr") if share else ""}{cells(("Total net HT", n(net)), "lr")}{cells(("TVA", n(tax)), "lr")}{cells(("<b>À votre débit, TTC</b>", f"<b>{n(gross)} €</b>"), "lr")}</table><table class="g"><tr><th>Taux</th><th class="r">Base</th><th class="r">TVA</th></tr>{recap}</table></div>
<p style="font-size:8pt">Montant porté au débit de votre compte adhérent. Solde du compte au {day_text(day - timedelta(30))} : {n(w.money(-4000, 9000))} €. Capital social souscrit : {n(w.money(150, 4000, "1"))} €. RPD (redevance pollutions diffuses) incluse. Agrément phytopharmaceutique {supplier.city[:2].upper()}{w.digits(5)}.</p>
<p style="font-size:7pt">{e(supplier.name)}, société coopérative agricole à capital variable, {e(supplier.street)}, {supplier.zip} {supplier.city} – RCS {supplier.court} {supplier.siren_text} – Agrément n° {w.digits(5)} – {supplier.vat}</p>"""
    return Sheet(page(css, body, "12mm 13mm"), truth)


@web("credit-note", "credit note", "dev")
def credit_note(w: World) -> Sheet:
    """An avoir on goods sent back: amounts without sign, the invoice it corrects named twice, balance to be set off."""
    short = w.pick(
        (
            "Papeterie Estève",
            "Fournitures Verdelhan",
            "Quincaillerie Jacquemin",
            "Emballages Rambourg",
        )
    )
    supplier = w.french(short, form="SARL", naf="4649Z")
    buyer = w.buyer()
    day = w.day()
    invoice_day = day - timedelta(w.int(6, 50))
    lines = [
        line(name, w.int(1, 12), w.money(2, 85), w.pick((20, 20, "5.5")) if "Livre" in name else 20, ref=f"{w.letters(2)}{w.digits(4)}")
        for name in w.some(("Carton double cannelure 40x30x30", "Adhésif havane 50 mm", "Film bulle 1 m x 50 m", "Classeur levier dos 80", "Livre de caisse", "Serrure 3 points", "Poignée de tirage inox"), w.int(1, 4))
    ]  # fmt: skip
    rows = vat_rows(lines)
    number_ = f"AV{day_text(day, 'ym')}{w.int(10, 99):03}"
    corrected = f"FA{day_text(invoice_day, 'ym')}{w.int(100, 999)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, type_code="381", document_type="credit_note", preceding=corrected,
        hidden={"buyer_siren", "supplier_siren", "iban", "bic"},
    )  # fmt: skip
    n = partial(number, thousands=".")
    minus = w.chance(0.5)
    sign = "- " if minus else ""
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    table = "".join(
        cells(
            (
                item.ref,
                e(item.name),
                item.qty,
                n(item.price),
                f"{number(item.vat, places=1)}",
                n(item.total),
            ),
            "llrrrr",
        )
        for item in lines
    )
    recap = (
        "".join(
            cells((f"TVA {number(rate, places=1)} % sur {n(base)}", n(amount)), "lr")
            for rate, base, amount in rows
        )
        if len(rows) > 1
        else ""
    )
    css = "body{font:10pt 'Liberation Serif'}table.t{width:100%;margin-top:6mm}table.t th{border:.2mm solid #000;background:#f7f7f7;padding:1.2mm}table.t td{border-left:.2mm solid #000;border-right:.2mm solid #000;padding:1mm 1.5mm}table.t{border-bottom:.2mm solid #000}"
    body = f"""<table style="width:100%"><tr><td><b style="font-size:15pt">{e(short)}</b><br>{supplier.form} au capital de {supplier.capital_text} €<br>{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>SIRET {supplier.siret}<br>Ident. TVA {supplier.vat}</td><td class="r"><span style="font-size:22pt;letter-spacing:2mm">AVOIR</span><br>N° {number_}<br>{day_text(day, "d/m/Y")}</td></tr></table>
<div style="margin:8mm 0 0 90mm;border:.2mm solid #000;padding:3mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>TVA {buyer.vat}</div>
<p>Avoir sur facture n° {corrected} du {day_text(invoice_day, "d/m/Y")} – Motif : {e(w.pick(("retour de marchandise", "erreur de prix", "produits abîmés au transport")))}<br>Bon de retour {w.digits(5)}</p>
<table class="t"><tr><th>Code</th><th>Article</th><th>Qté</th><th>Prix HT</th><th>TVA</th><th>Montant HT</th></tr>{table}<tr><td colspan="6" style="height:40mm"></td></tr></table>
<table style="margin:4mm 0 0 auto;width:80mm">{cells(("Total HT", f"{sign}{n(net)} €"), "lr")}{recap}{cells(("Total TVA", f"{sign}{n(tax)} €"), "lr")}<tr style="font-size:12pt"><td><b>Net à votre crédit</b></td><td class="r"><b>{sign}{n(gross)} €</b></td></tr></table>
<p style="font-size:9pt">Cet avoir est à déduire de votre prochain règlement (facture {corrected}, montant initial {n(gross * 3 + D("17.40"))} €). Il ne donne pas lieu à escompte.</p>"""
    return Sheet(page(css, body, "15mm 16mm"), truth)


@web("final-invoice", "final invoice after deposits", "dev")
def final_invoice(w: World) -> Sheet:
    """A facture de solde: works at 10 and 20 %, gross, two deposit invoices taken off with their own numbers and dates, balance due."""
    short = w.pick(
        ("Cuisines Delmotte", "Véranda Confort", "Stores & Fermetures Noirot", "Piscines Abadie")
    )
    supplier = w.french(short, form="SARL", naf="4332A")
    buyer = w.buyer()
    day = w.day()
    due = day + timedelta(w.pick((8, 15, 30)))
    labour = w.pick((D(10), D(20)))
    lines = [
        line(name, w.pick((1, 1, 1, 2, 4)), w.money(180, 4200, "5"), labour if "ose" in name or "Dépose" in name else 20)
        for name in w.some(("Fabrication sur mesure suivant plan", "Pose et réglages", "Motorisation radio", "Volet roulant monobloc", "Dépose et mise en déchetterie", "Plan de travail stratifié", "Électroménager (lot)"), w.int(3, 6))
    ]  # fmt: skip
    rows = vat_rows(lines)
    gross = sum(row[1] + row[2] for row in rows)
    first, second = q(gross * D("0.3"), D(1)), q(gross * D("0.4"), D(1))
    prepaid = first + second
    number_ = f"{w.digits(5)}"
    quote = f"DV{w.digits(5)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, prepaid=prepaid,
        hidden={"buyer_vat", "buyer_siren", "supplier_siren", "bic"},
    )  # fmt: skip
    truth["visible"]["prepaid"] = False  # only the two deposits are printed, not their sum
    n = partial(number, thousands="\u00a0")
    net, tax, payable = (D(truth[key]) for key in ("net", "vat_total", "payable"))
    table = "".join(
        cells(
            (
                e(item.name),
                item.qty,
                n(item.price),
                f"{number(item.vat, places=0)}%",
                n(item.total),
            ),
            "lcrcr",
        )
        for item in lines
    )
    taxes = "".join(
        cells((f"TVA à {number(rate, places=0)} % (base {n(base)})", n(amount)), "lr")
        for rate, base, amount in rows
    )
    stamp = (
        '<div style="position:absolute;left:20mm;top:120mm;transform:rotate(-24deg);font-size:54pt;color:#c00;opacity:.14">DUPLICATA</div>'
        if w.chance(0.3)
        else ""
    )
    css = "body{font:9.8pt Lato}table.t{width:100%;margin-top:6mm}table.t th{background:#5a4632;color:#fff;padding:1.5mm;text-align:left}table.t td{padding:1.5mm;border-bottom:.2mm solid #d8cfc5}.foot{position:absolute;bottom:0;left:0;right:0;font-size:7pt;text-align:center}"
    body = f"""<section class="sheet full">{stamp}<div style="display:flex;justify-content:space-between"><div>{picture(logo(short, "#5a4632", font="Lato-Light", shape="box"), "66mm")}<br><span style="font-size:8pt">{e(supplier.street)}, {supplier.zip} {supplier.city}<br>{supplier.phone} – {supplier.mail}</span></div><div style="padding-top:20mm;width:78mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div></div>
<p style="margin-top:6mm"><b style="font-size:14pt">Facture de solde {number_}</b><br>Date : {day_text(day, "j B Y")} &nbsp;|&nbsp; Devis accepté {quote} du {day_text(add_months(day, -4))} &nbsp;|&nbsp; Échéance : {day_text(due, "j B Y")}</p>
<table class="t"><tr><th>Désignation</th><th class="c">Qté</th><th class="r">PU HT</th><th class="c">TVA</th><th class="r">Total HT</th></tr>{table}</table>
<table style="margin:5mm 0 0 auto;width:105mm">{cells(("Total HT", f"{n(net)}"), "lr")}{taxes}{cells(("Total TVA", n(tax)), "lr")}{cells(("<b>Total TTC</b>", f"<b>{n(gross)}</b>"), "lr")}{cells((f"Facture d’acompte {w.digits(5)} du {day_text(add_months(day, -3))} (30 %)", f"-{n(first)}"), "lr")}{cells((f"Facture d’acompte {w.digits(5)} du {day_text(add_months(day, -1))} (40 %)", f"-{n(second)}"), "lr")}<tr style="font-size:12pt;background:#f3eee8"><td style="padding:1.5mm"><b>Reste à payer (€ TTC)</b></td><td class="r" style="padding:1.5mm"><b>{n(payable)}</b></td></tr></table>
<p style="font-size:8pt;margin-top:10mm">Règlement par virement : {supplier.iban_text}, ou chèque à l’ordre de {e(short)}. Éco-participation comprise. Garantie décennale : {e(w.pick(("Assurances Saint-Rémy", "Mutuelle du Bocage")))}, police {w.digits(7)}.</p>
<div class="foot">{e(short)} {supplier.form} au capital de {supplier.capital_text} € – SIRET {supplier.siret_text} – RCS {supplier.court} – TVA {supplier.vat} {bars(number_, 12, 60)}</div></section>"""
    return Sheet(page(css, body, "13mm 15mm"), truth)
