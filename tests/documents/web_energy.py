"""Energy bills."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import bars, cells, e, logo, page, picture, qr
from documents.truth import truth_of
from documents.web import web
from documents.world import Line, World, add_months, day_text, grouped, line, number, q, vat_rows

D = Decimal


@web("electricity", "energy", "dev")
def electricity(w: World) -> Sheet:
    """Two pages: what is due in a big box, then meter readings and the bill in detail with two rates."""
    short = w.pick(("Voltaréa", "Kilowatt & Co", "Luméa Énergie", "Ohmnia", "Brise Électrique"))
    supplier = w.french(short, form="SA", capital=w.pick((12500000, 4200000)), naf="3514Z", iban=None, bic=None)  # fmt: skip
    buyer = w.buyer()
    day = w.day()
    number_ = f"{w.digits(2)} {w.digits(3)} {w.digits(3)} {w.digits(3)}"
    months = w.pick((1, 2))
    start = add_months(day.replace(day=1), -months)
    end = day.replace(day=1) - timedelta(1)
    taken = day + timedelta(w.int(14, 18))
    peak, off = w.int(300, 3900), w.int(100, 1900)
    excise = D("0.02250") if w.chance(0.5) else D("0.02579")
    lines = [
        line(f"Abonnement du {day_text(start, 'd/m/y')} au {day_text(end, 'd/m/y')}", months, w.money(21, 64), "5.5", "mois"),
        line("Consommation heures pleines", peak, w.money(0.1412, 0.2261, "0.00001"), 20, "kWh"),
        line("Consommation heures creuses", off, w.money(0.1012, 0.1561, "0.00001"), 20, "kWh"),
        line("Contribution tarifaire d’acheminement (CTA)", months, w.money(3, 9), "5.5", "mois"),
        line("Accise sur l’électricité (ex-TICFE)", peak + off, excise, 20, "kWh"),
    ]  # fmt: skip
    if w.chance(0.4):
        lines.append(Line("Prestation technique : modification de puissance", D("3.72"), D(20)))
    rows = vat_rows(lines)
    truth = truth_of(
        number_.replace(" ", ""), day, supplier, buyer, lines, rows, due=taken,
        hidden={"supplier_siret", "buyer_vat", "buyer_siren", "line_total", "terms"},
        contract_ref=(contract := w.digits(10)),
    )  # fmt: skip
    n = partial(number, thousands=" ")
    client, point = w.digits(9), w.digits(14)
    first = w.int(10000, 60000)
    second = w.int(5000, 30000)
    detail = ""
    for head, chosen in (
        ("Abonnement", lines[:1]), ("Consommation", lines[1:3]), ("Taxes et contributions", lines[3:5]), ("Services", lines[5:]),
    ):  # fmt: skip
        if not chosen:
            continue
        subtotal = sum(item.total for item in chosen)
        detail += (
            f'<tr class="head"><td colspan="4">{head}</td><td class="r">{n(subtotal)} €</td></tr>'
        )
        for item in chosen:
            amount = f"{n(item.qty, places=0)} {item.unit}" if item.qty else ""
            price = f"{number(item.price, ' ', places=None)} €/{item.unit}" if item.price else ""
            detail += cells((e(item.name), amount, price, f"{number(item.vat, places=None)} %", f"{n(item.total)} €"), "lrrcr")  # fmt: skip
    net, tax, gross = (sum(row[1] for row in rows), sum(row[2] for row in rows), D(truth["gross"]))
    taxes = "".join(
        f'<tr><td colspan="4">TVA à {number(rate, places=None)} % sur {n(base)} €</td><td class="r">{n(vat)} €</td></tr>'
        for rate, base, vat in rows
    )
    history = "".join(
        f'<div style="display:inline-block;width:7mm;margin-right:2mm;background:#9fd3c7;height:{w.int(6, 22)}mm"></div>'
        for _ in range(12)
    )
    css = """body{font:9.2pt Lato;color:#222}h1{font-size:20pt;color:#0a6b5b;margin:0}.box{background:#e6f5f1;border-radius:4mm;
    padding:5mm}.due{font-size:26pt;font-weight:900;color:#0a6b5b}.side{width:58mm;font-size:8pt;color:#444}.side h4{margin:3mm 0 0;color:#0a6b5b}
    table.d{width:100%;margin-top:2mm}table.d td{padding:1mm 1.5mm;border-bottom:.2mm solid #dde}tr.head td{font-weight:bold;background:#f1f6f5}
    .foot{position:absolute;bottom:0;left:0;right:0;font-size:6.4pt;color:#777;margin-top:6mm;border-top:.2mm solid #ccc;padding-top:1mm}"""
    foot = (
        f"{e(supplier.name)} – {supplier.form} au capital de {supplier.capital_text} € – RCS {supplier.court} {supplier.siren_text} – "
        f"N° TVA intracommunautaire : {supplier.vat} – Siège social : {e(supplier.street)}, {supplier.zip} {supplier.city}"
    )
    body = f"""
<section class="sheet full"><div style="display:flex;gap:8mm"><div class="side">{picture(logo(short, "#0a6b5b", shape="leaf"), "48mm")}
<h4>Vos références</h4>N° client : {grouped(client, 3)}<br>Compte de contrat : {contract}<br>Point de livraison (PDL) : {point}<br>Lieu de consommation :<br>
{e(buyer.street)}<br>{buyer.zip} {buyer.city}
<h4>Nous contacter</h4>Service clients Pro<br>09 69 {w.int(10, 99)} {w.int(10, 99)} {w.int(10, 99)} (appel non surtaxé)<br>du lundi au vendredi, 8 h – 19 h<br>{e(short)} – Service clients<br>TSA {w.digits(5)}<br>59789 LILLE CEDEX 9
<h4>Urgence dépannage</h4>09 726 750 {w.int(10, 95)} (24h/24)<h4>Médiateur</h4>Médiateur national de l’énergie, libre réponse n° 59252, 75443 Paris Cedex 09</div>
<div style="flex:1"><div style="height:32mm;padding-left:28mm"><br>{e(buyer.name.upper())}<br>{e(buyer.street.upper())}<br>{buyer.zip} {buyer.city.upper()}</div>
<h1>Votre facture d’électricité</h1><p>Facture n° <b>{number_}</b> du <b>{day_text(day, "j B Y")}</b></p>
<div class="box"><table style="width:100%"><tr><td>Montant total TTC<br><span style="font-size:7.5pt">Période du {day_text(start)} au {day_text(end)}</span></td><td class="r due">{n(gross)} €</td></tr>
<tr><td colspan="2" style="padding-top:3mm"><b>Montant prélevé le {day_text(taken, "j B Y")}</b> sur votre compte bancaire terminé par •••{w.digits(3)}</td></tr></table></div>
<p>L’essentiel de votre facture</p><table class="d">{cells(("Total hors TVA", f"{n(net)} €"), "lr")}{cells(("Montant de la TVA", f"{n(tax)} €"), "lr")}{cells(("<b>Total TTC</b>", f"<b>{n(gross)} €</b>"), "lr")}</table>
<p style="margin-top:6mm">Évolution de votre consommation (kWh)</p>{history}<p style="font-size:8pt">Prochaine relève vers le {day_text(add_months(end, months))}. Prochaine facture vers le {day_text(add_months(day, months))}.</p>
<p style="font-size:7.5pt">Votre facture précédente n° {w.digits(2)} {w.digits(3)} {w.digits(3)} {w.digits(3)} du {day_text(add_months(day, -months))} d’un montant de {n(w.money(80, 900))} € a bien été réglée. Merci.</p></div></div>
<div class="foot">{foot}<br>Page 1/2</div></section>
<section class="sheet full"><h1 style="font-size:13pt">Le détail de votre facture n° {number_}</h1>
<p><b>Relevé de votre compteur</b> n° {w.digits(3)} – puissance souscrite {w.pick((12, 18, 24, 36))} kVA – option Heures Creuses</p>
<table class="d"><tr class="head"><td>Poste</td><td class="r">Ancien index</td><td class="r">Nouvel index</td><td class="r">Consommation</td></tr>
{cells(("Heures pleines (HP)", first, first + peak, f"{n(D(peak), places=0)} kWh"), "lrrr")}{cells(("Heures creuses (HC)", second, second + off, f"{n(D(off), places=0)} kWh"), "lrrr")}</table>
<table class="d" style="margin-top:6mm"><tr class="head"><td>Détail</td><td class="r">Quantité</td><td class="r">Prix unitaire HT</td><td class="c">TVA</td><td class="r">Montant HT</td></tr>
{detail}<tr class="head"><td colspan="4">Total hors TVA</td><td class="r">{n(net)} €</td></tr>{taxes}<tr class="head"><td colspan="4">Total TTC de la facture</td><td class="r">{n(gross)} €</td></tr></table>
<p style="font-size:7.5pt">Dont part acheminement : {n(q(net * D("0.31")))} € HT. Le tarif d’utilisation du réseau (TURPE) couvre l’acheminement de l’énergie jusqu’à votre point de livraison. Facturation sur la base d’index télérelevés.
En cas de retard de paiement, il sera appliqué des pénalités de 3 fois le taux d’intérêt légal et une indemnité forfaitaire de recouvrement de 40 €. Pas d’escompte pour paiement anticipé. TVA acquittée sur les encaissements.</p>
<div style="margin-top:8mm">{picture(qr(f"https://client.{supplier.site}/{client}"), "22mm")} {bars(number_)}</div><div class="foot">{foot}<br>Page 2/2</div></section>"""
    return Sheet(page(css, body, "11mm 12mm"), truth)


@web("natural-gas", "energy", "held")
def natural_gas(w: World) -> Sheet:
    """One dense page with instalments already paid taken off, a payment slip at the bottom."""
    short = w.pick(("Gazélia", "Thermogaz Pro", "Flamme Bleue Énergies", "Méthanor"))
    supplier = w.french(short, form="SAS", naf="3523Z")
    buyer = w.buyer()
    day = w.day()
    due = day + timedelta(15)
    start, end = add_months(day.replace(day=1), -6), day.replace(day=1) - timedelta(1)
    volume = w.int(420, 5200)
    factor = w.money(10.9, 11.6)
    used = int((volume * factor).to_integral_value())
    lines = [
        line("Abonnement Gaz Pro B1", 6, w.money(18, 33), "5.5", "mois"),
        line("Consommation de gaz naturel", used, w.money(0.0512, 0.0932, "0.00001"), 20, "kWh"),
        line("Contribution Tarifaire d’Acheminement", 6, w.money(2, 5), "5.5", "mois"),
        line("Accise sur les gaz naturels", used, "0.01637", 20, "kWh"),
    ]
    rows = vat_rows(lines)
    gross = sum(row[1] + row[2] for row in rows)
    monthly = q(gross * D(w.int(70, 96)) / 100 / 6, D(1))
    prepaid = monthly * 6
    number_ = f"FG{day.year % 100}-{w.digits(8)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, prepaid=prepaid, contract_ref=(ref := f"CG-{w.digits(7)}"),
        hidden={"supplier_siret", "buyer_vat", "buyer_siren", "line_total", "vat_total"},
    )  # fmt: skip
    n = partial(number, thousands=".")
    body_lines = "".join(
        cells((e(item.name), n(item.qty, places=0), item.unit, number(item.price, places=None), f"{number(item.vat, places=1)}", n(item.total)), "lrlrrr")
        for item in lines
    )  # fmt: skip
    taxes = "".join(
        cells((f"TVA {number(rate, places=2)}%", n(base), n(vat)), "lrr")
        for rate, base, vat in rows
    )
    old = w.int(2000, 60000)
    plan = "".join(
        cells((day_text(add_months(start, index).replace(day=8)), f"{n(monthly)} €"), "lr") for index in range(6)
    )  # fmt: skip
    css = """body{font:8.4pt 'Noto Sans';color:#111}h2{font-size:9.4pt;background:#f28c00;color:#fff;padding:1mm 2mm;margin:3mm 0 1mm}
    table.w{width:100%}table.w td,table.w th{padding:.7mm 1.5mm}table.w th{text-align:left;border-bottom:.3mm solid #f28c00}.slip{border-top:.3mm dashed #555;margin-top:7mm;padding-top:3mm}"""
    body = f"""
<div style="display:flex;justify-content:space-between"><div>{picture(logo(short, "#f28c00", shape="disc"), "52mm")}<br>{e(supplier.street)} – {supplier.zip} {supplier.city}<br>Tél. {supplier.phone}</div>
<div style="padding:16mm 8mm 0 0;font-size:10pt">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div></div>
<div style="display:flex;gap:6mm;margin-top:4mm"><table style="width:52%"><tr><td>Facture de régularisation</td><td class="b">{number_}</td></tr><tr><td>Éditée le</td><td>{day_text(day, "d.m.Y")}</td></tr>
<tr><td>Référence client</td><td>{w.digits(8)}</td></tr><tr><td>Contrat</td><td>{ref}</td></tr><tr><td>PCE</td><td>GI{w.digits(6)}</td></tr></table>
<div style="flex:1;border:.5mm solid #f28c00;padding:3mm;text-align:center">À payer avant le {day_text(due, "d.m.Y")}<div style="font-size:19pt" class="b">{n(D(truth["payable"]))} €</div></div></div>
<h2>Votre consommation du {day_text(start, "d.m.Y")} au {day_text(end, "d.m.Y")}</h2>
<table class="w"><tr><th>Index début</th><th>Index fin</th><th>Volume (m³)</th><th>Coefficient</th><th>Énergie (kWh)</th></tr>{cells((n(D(old), places=0), n(D(old + volume), places=0), n(D(volume), places=0), number(factor), n(D(used), places=0)))}</table>
<h2>Décompte</h2><table class="w"><tr><th>Libellé</th><th class="r">Quantité</th><th>Unité</th><th class="r">P.U. HT (€)</th><th class="r">TVA %</th><th class="r">Total HT (€)</th></tr>{body_lines}</table>
<div style="display:flex;gap:8mm;margin-top:3mm"><table class="w" style="width:46%"><tr><th>Échéances réglées</th><th class="r">Montant TTC</th></tr>{plan}</table>
<div style="flex:1"><table class="w"><tr><th>Taux</th><th class="r">Base HT</th><th class="r">Montant</th></tr>{taxes}</table>
<table class="w" style="margin-top:3mm">{cells(("Total HT", f"{n(D(truth['net']))} €"), "lr")}{cells(("Total TTC période", f"{n(gross)} €"), "lr")}
{cells(("Échéances déjà versées", f"-{n(prepaid)} €"), "lr")}{cells(("<b>Solde à régler</b>", f"<b>{n(D(truth['payable']))} €</b>"), "lr")}</table></div></div>
<p style="font-size:7pt">Prix du kWh révisé le 1er de chaque mois. Votre consommation sur la même période de l’an passé : {n(D(w.int(5000, 60000)), places=0)} kWh. Retard de paiement : intérêts au taux BCE + 10 points et indemnité de 40,00 €. Votre nouvel échéancier débutera le {day_text(add_months(day, 1).replace(day=8), "d.m.Y")} pour {n(monthly + 7)} € par mois.</p>
<div class="slip"><div style="display:flex;justify-content:space-between"><div>TIP à joindre à votre chèque libellé à l’ordre de {e(short)}<br>IBAN {supplier.iban_text}<br>BIC {supplier.bic}</div><div>Réf. {number_}<br><b>{n(D(truth["payable"]))} EUR</b></div><div>{bars(number_)}</div></div></div>
<p style="font-size:6.5pt;text-align:center">{e(supplier.name)} {supplier.form} au capital de {supplier.capital_text} euros, RCS {supplier.court} {supplier.siren_text}, APE {supplier.naf}, TVA {supplier.vat_text}</p>"""
    return Sheet(page(css, body, "10mm 12mm"), truth)
