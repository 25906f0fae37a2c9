"""Hotels, insurance, fuel cards: bills with parts outside VAT."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import cells, e, logo, page, picture
from documents.truth import truth_of
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
    vat_rows_included,
)  # fmt: skip

D = Decimal


@web("hotel", "hotel", "dev")
def hotel(w: World) -> Sheet:
    """A folio: a row per night and per tax, debit and credit columns, deposit received, prices with tax."""
    name = w.pick(
        ("Hôtel de la Poste", "Le Relais des Cigognes", "Hôtel Bellerive", "Auberge du Grand Cerf")
    )
    supplier = w.french(name, form="SARL", naf="5510Z")
    buyer = w.buyer()
    day = w.day()
    nights = w.int(1, 4)
    arrival = day - timedelta(nights)
    room, tax_night, guests = w.money(78, 189, "1"), w.money(0.8, 3.3), w.int(1, 2)
    breakfast = w.money(9, 16, "0.5")
    events = []
    for night in range(nights):
        date_ = arrival + timedelta(night)
        events.append(
            (
                date_,
                line(f"Nuitée chambre {w.pick(('double', 'simple', 'supérieure'))}", 1, room, 10),
            )
        )
        events.append((date_, line("Taxe de séjour", guests, tax_night, 0)))
        if w.chance(0.7):
            events.append(
                (date_ + timedelta(1), line("Petit déjeuner buffet", guests, breakfast, 10))
            )
        if w.chance(0.3):
            events.append(
                (date_, line("Bar – vin au verre", w.int(1, 3), w.money(5, 9, "0.5"), 20))
            )
    lines = [item for _, item in events]
    rows = vat_rows_included(lines)
    gross = sum(item.total for item in lines)
    prepaid = room if w.chance(0.4) else D(0)
    number_ = f"{w.digits(5)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, tax_included=True, prepaid=prepaid,
        hidden={"buyer_vat", "buyer_siren", "supplier_siren", "iban", "bic", "line_total", "net", "vat_total"},
    )  # fmt: skip
    n = partial(number, thousands=" ")
    table = "".join(
        cells((day_text(date_, "d/m/y"), e(item.name), number(item.qty, places=0), n(item.price), n(item.total), ""), "llcrrr")
        for date_, item in events
    )  # fmt: skip
    if prepaid:
        table += cells(
            (
                day_text(arrival - timedelta(20), "d/m/y"),
                "Arrhes reçues – merci",
                "",
                "",
                "",
                n(prepaid),
            ),
            "llcrrr",
        )
    recap = "".join(cells((f"{n(rate)} %", n(base), n(amount), n(base + amount)), "crrr") for rate, base, amount in rows if rate)  # fmt: skip
    css = "body{font:9.6pt P052,'Noto Serif'}table.t{width:100%;margin-top:6mm}table.t th{border-bottom:.3mm solid #7a6332;border-top:.3mm solid #7a6332;text-align:left;font-style:italic;padding:1mm}table.t td{padding:.9mm 1mm}"
    body = f"""<div style="text-align:center;color:#7a6332"><div style="font-size:20pt">{e(name)}</div>★ ★ ★<br><span style="font-size:8.5pt">{e(supplier.street)} – {supplier.zip} {supplier.city} – Tél. {supplier.phone} – {supplier.mail}</span></div>
<table style="width:100%;margin-top:9mm"><tr><td style="width:50%">Facture n° <b>{number_}</b><br>{e(supplier.city)}, le {day_text(day)}<br>Chambre {w.int(101, 420)} – {guests} pers.<br>Arrivée : {day_text(arrival)} &nbsp; Départ : {day_text(day)}<br>Réservation : {w.letters(2)}{w.digits(6)}<br>Client : M. {e(w.person())}</td><td>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</td></tr></table>
<table class="t"><tr><th>Date</th><th>Prestation</th><th class="c">Qté</th><th class="r">P.U. TTC</th><th class="r">Débit €</th><th class="r">Crédit €</th></tr>{table}</table>
<table style="margin:5mm 0 0 auto;width:80mm">{cells(("Total TTC", f"{n(gross)} €"), "lr")}{cells(("Arrhes", f"- {n(prepaid)} €"), "lr") if prepaid else ""}<tr style="font-size:12pt"><td><b>Solde réglé par carte</b></td><td class="r"><b>{n(gross - prepaid)} €</b></td></tr></table>
<table style="margin-top:8mm;font-size:8.5pt"><tr><th style="padding-right:6mm">TVA</th><th style="padding-right:6mm" class="r">Base HT</th><th class="r" style="padding-left:6mm">Montant TVA</th><th class="r" style="padding-left:6mm">TTC</th></tr>{recap}</table><p style="font-size:8pt">Taxe de séjour collectée pour la commune, non soumise à TVA.</p>
<p style="font-size:7.5pt;text-align:center;margin-top:20mm">{e(name)} – {supplier.form} au capital de {supplier.capital_text} € – SIRET {supplier.siret_text} – TVA {supplier.vat} – Prix nets, service compris</p>"""
    return Sheet(page(css, body, "14mm 17mm"), truth)


@web("insurance", "insurance", "held")
def insurance(w: World) -> Sheet:
    """A premium notice: no VAT at all, insurance tax in figures, a table of guarantees with limits far larger than the sum due."""
    short = w.pick(
        ("Mutuelle du Bocage", "Assurances Saint-Rémy", "Prévalia", "La Garantie Artisanale")
    )
    supplier = w.french(short, vat=None, form="SA", naf="6512Z", capital=37000000)
    buyer = w.buyer()
    start = add_months(w.day().replace(day=1), 1)
    day = start - timedelta(w.int(20, 45))
    net_premium = w.money(220, 4200)
    terror = D("6.50")
    lines = [Line("Cotisation hors taxes", net_premium, None), Line("Frais d’échéance", w.pick((D("8.00"), D("15.00"), D("22.00"))), None), Line("Taxe d’assurance", q(net_premium * w.pick((D("0.09"), D("0.18")))), None), Line("Contribution au fonds des victimes (FGTI)", terror, None)]  # fmt: skip
    total = sum(item.total for item in lines)
    contract = f"{w.digits(3)} {w.digits(3)} {w.digits(3)} {w.letters(1)}"
    number_ = f"{w.digits(9)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, [(D(0), total, D(0))], due=start, contract_ref=contract.replace(" ", ""),
        hidden={"buyer_vat", "buyer_siren", "supplier_siret", "bic", "net"},
    )  # fmt: skip
    n = partial(number, thousands=" ")
    cover = "".join(
        cells((name, f"{n(w.money(15, 900, '5') * 1000, places=0)} €", f"{n(w.money(150, 1500, '10'), places=0)} €"), "lrr")
        for name in w.some(("Responsabilité civile exploitation", "Dommages électriques", "Vol et vandalisme", "Bris de glace", "Perte d’exploitation", "Protection juridique"), 4)
    )  # fmt: skip
    css = "body{font:9.4pt Lato;color:#20304a}table.t{width:100%}table.t td,table.t th{padding:1.4mm 2mm;border-bottom:.2mm solid #c8d3e6;text-align:left}.b1{background:#20304a;color:#fff;padding:4mm;margin:5mm 0}"
    agent = w.french(w.pick(("Agence Orsini", "Cabinet Lavergnat", "Agence du Port")))
    body = f"""<div style="display:flex"><div style="width:70mm">{picture(logo(short, "#20304a", shape="disc"), "62mm")}<p style="font-size:8pt"><b>Votre agent général</b><br>{e(agent.name)}<br>{e(agent.street)}<br>{agent.zip} {agent.city}<br>Tél. {agent.phone}<br>ORIAS {w.digits(8)}</p></div><div style="padding:24mm 0 0 25mm;font-size:10pt">{e(buyer.name.upper())}<br>{e(buyer.street.upper())}<br>{buyer.zip} {buyer.city.upper()}</div></div>
<div class="b1"><span style="font-size:14pt">Avis d’échéance</span><span style="float:right">Multirisque professionnelle</span></div>
<table style="width:100%"><tr><td>Contrat n° <b>{contract}</b><br>Quittance n° {number_}<br>Sociétaire n° {w.digits(8)}</td><td>Avis émis le {day_text(day)}<br>Période du {day_text(start)} au {day_text(add_months(start, 12) - timedelta(1))}<br>Échéance : {day_text(start)}</td><td style="border:.4mm solid #20304a;padding:2mm;text-align:center">À régler<br><b style="font-size:15pt">{n(total)} €</b></td></tr></table>
<p><b>Décompte de votre cotisation</b></p><table class="t">{"".join(cells((i.name, f"{n(i.total)} €"), "lr") for i in lines)}{cells(("<b>Total TTC à payer</b>", f"<b>{n(total)} €</b>"), "lr")}</table>
<p><b>Rappel de vos garanties</b></p><table class="t" style="font-size:8.4pt"><tr><th>Garantie</th><th class="r">Plafond</th><th class="r">Franchise</th></tr>{cover}</table>
<p style="font-size:8.4pt">Règlement par chèque ou virement : {supplier.iban_text}. Vous disposez de 20 jours suivant l’envoi de cet avis pour dénoncer la reconduction (art. L. 113-15-1 du code des assurances). Les opérations d’assurance sont exonérées de TVA (art. 261 C du CGI). Indice FFB de référence : {number(w.money(1080, 1190))}.</p>
<p style="font-size:7pt;margin-top:14mm">{e(supplier.name)}, société anonyme au capital de {supplier.capital_text} €, entreprise régie par le code des assurances, {e(supplier.street)}, {supplier.zip} {supplier.city} – {supplier.siren_text} RCS {supplier.court}</p>"""
    return Sheet(page(css, body, "13mm 16mm"), truth)


@web("fuel-cards", "fuel cards", "held")
def fuel_cards(w: World) -> Sheet:
    """Card statements: vehicles, litres, price with tax and without, sub-total per card, tolls, fee; taken by direct debit."""
    short = w.pick(("Carbu’Pro", "Fleetéo", "Réseau Escale", "Kilopass"))
    supplier = w.french(f"{short} Services", form="SAS", naf="4671Z", iban=None, bic=None)
    buyer = w.buyer()
    day = month_end(w.day()) if w.chance(0.5) else w.day().replace(day=15)
    taken = day + timedelta(w.pick((10, 15)))
    n = partial(number, thousands=" ")
    lines, table = [], ""
    for _ in range(w.int(2, 5)):
        plate = f"{w.letters(2)}-{w.int(100, 999)}-{w.letters(2)}"
        card = f"{w.digits(4)} {w.digits(4)} {w.digits(5)}"
        table += f'<tr class="v"><td colspan="7">Carte {card} – véhicule {plate}</td></tr>'
        own = []
        for _ in range(w.int(2, 7)):
            litres, price = w.money(14, 78), w.money(1.18, 1.52, "0.0001")
            item = line(w.pick(("Gazole", "Gazole", "SP95-E10", "AdBlue")), litres, price, 20, "L")
            own.append(item)
            table += cells(
                (
                    day_text(day - timedelta(w.int(0, 14)), "d/m"),
                    w.pick(("A7 MONTÉLIMAR", "ESCALE LESQUIN", "BEAUNE TAILLY", "LABÈGE SUD")),
                    item.name,
                    number(litres),
                    n(price, places=4),
                    n(q(item.total * D("1.2"))),
                    n(item.total),
                ),
                "lllrrrr",
            )
        if w.chance(0.5):
            item = line("Péage", w.int(1, 6), w.money(2, 19), 20)
            own.append(item)
            table += cells(
                (
                    "",
                    "AUTOROUTES",
                    item.name,
                    item.qty,
                    n(item.price),
                    n(q(item.total * D("1.2"))),
                    n(item.total),
                ),
                "lllrrrr",
            )
        lines += own
        table += f'<tr class="v2"><td colspan="6">Total carte {card[-5:]}</td><td class="r">{n(sum(i.total for i in own))}</td></tr>'
    fee = line("Frais de gestion par carte", w.int(2, 5), "1.90", 20)
    lines.append(fee)
    table += cells(
        (
            "",
            "",
            fee.name,
            fee.qty,
            n(fee.price, places=4),
            n(q(fee.total * D("1.2"))),
            n(fee.total),
        ),
        "lllrrrr",
    )
    rows = vat_rows(lines)
    net, tax = rows[0][1], rows[0][2]
    number_ = f"{short[0].upper()}{w.digits(10)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=taken, contract_ref=(account := w.digits(8)),
        hidden={"buyer_siren", "supplier_siret"},
    )  # fmt: skip
    css = "body{font:8pt 'Noto Sans'}table.t{width:100%}table.t td{padding:.5mm 1.4mm}table.t th{border-bottom:.4mm solid #e2001a;text-align:left;padding:1mm 1.4mm}.v td{background:#f3f3f3;font-weight:bold}.v2 td{border-top:.2mm solid #888;font-style:italic}.s td{padding:.8mm 3mm}"
    body = f"""<table style="width:100%"><tr><td style="width:34%">{picture(logo(short, "#e2001a", shape="bar"), "46mm")}</td><td><table class="s">{cells(("N° facture", f"<b>{number_}</b>"))}{cells(("Date facture", day_text(day, "d.m.Y")))}{cells(("N° compte", account))}{cells(("N° TVA client", buyer.vat))}</table></td><td style="font-size:9.5pt;padding-top:10mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</td></tr></table>
<div style="display:flex;justify-content:space-between;margin:5mm 0;border:.3mm solid #e2001a"><table class="s">{cells(("Total HT", f"{n(net)} EUR"), "lr")}{cells(("TVA 20,00 %", f"{n(tax)} EUR"), "lr")}{cells(("<b>Total TTC</b>", f"<b>{n(net + tax)} EUR</b>"), "lr")}</table><div style="padding:2mm 4mm">Prélèvement SEPA le <b>{day_text(taken, "d.m.Y")}</b><br>Plafond d’encours : {n(w.money(2000, 9000, "500"), places=0)} EUR<br>Mandat {w.digits(2)}{w.letters(3)}{w.digits(8)}</div></div>
<table class="t"><thead><tr><th>Date</th><th>Lieu</th><th>Produit</th><th class="r">Quantité</th><th class="r">PU HT</th><th class="r">TTC</th><th class="r">Montant HT</th></tr></thead>{table}</table>
<p style="font-size:6.8pt;margin-top:6mm">{e(supplier.name)}, {supplier.form} au capital de {supplier.capital_text} €, {e(supplier.street)}, {supplier.zip} {supplier.city}, {supplier.siren_text} RCS {supplier.court}, TVA {supplier.vat_text}. TVA récupérable selon la réglementation en vigueur (gazole 100 % VU, 80 % VP). Contestation sous 30 jours. N° {grouped(w.digits(9), 3)} (service clients, prix d’un appel local).</p>"""
    return Sheet(page(css, body, "11mm 12mm"), truth)
