"""What is bought on the web: marketplaces, software from here and abroad, telephone."""

# ruff: noqa: E731 - the small patterns of one page are named where they are used
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import bars, cells, e, logo, page, picture, qr
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
    vat_rows_included,
)  # fmt: skip

D = Decimal

GOODS = (
    "Câble USB-C vers USB-C 2 m tressé (lot de 2) – charge rapide 100 W", "Support d’écran double bras articulé, fixation table, noir",
    "Cartouche d’encre compatible XL noir / noire pour imprimante", "Chaise de bureau ergonomique, dossier maille, accoudoirs 3D",
    "Lampe LED de bureau à intensité variable, port USB", "Boîte de rangement empilable 45 L – transparent (Lot de 4)",
    "Station d’accueil 12-en-1 double HDMI", "Étiquettes adhésives 63,5 x 38,1 mm, 2100 unités", "Destructeur de documents coupe croisée 8 feuilles",
    "Casque micro sans fil, réduction de bruit", "Papier thermique 80 x 80 mm, 50 rouleaux", "Disque SSD externe 1 To USB 3.2",
)  # fmt: skip


@web("marketplace-order", "marketplace", "dev")
def marketplace_order(w: World) -> Sheet:
    """Sold by a third party through a marketplace: both names on the page, French and English, prices with and without tax, order number with dashes, paid."""
    market = w.pick(("Zonamart", "Marchéo", "Bazarium", "Colisto"))
    supplier = w.french(w.pick(("TechSource Distribution SARL", "Bureau Malin SAS", "Kalao Trading SAS", "Nordik Import EURL")), iban=None, bic=None)  # fmt: skip
    buyer = w.buyer()
    day = w.day()
    ordered = day - timedelta(w.int(0, 3))
    lines = [
        line(name, w.pick((1, 1, 1, 2, 3)), w.money(6.99, 189.99), 20, ref=f"B0{w.letters(3)}{w.digits(4)}{w.letters(1)}")
        for name in w.some(GOODS, w.int(1, 4))
    ]  # fmt: skip
    if w.chance(0.5):
        lines.append(line("Frais d’expédition", 1, w.pick(("3.99", "4.99", "5.90")), 20))
    rows = vat_rows_included(lines)
    number_ = f"FR{w.digits(5)}{w.letters(4)}I"
    order = f"{w.digits(3)}-{w.digits(7)}-{w.digits(7)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, tax_included=True, po_ref=order, delivery=None,
        hidden={"supplier_siren", "supplier_siret", "buyer_siren"},
    )  # fmt: skip
    n = partial(number, thousands="\u202f")
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    table = "".join(
        f'<tr><td>{e(item.name)}{f"<br><small>ASIN: {item.ref}</small>" if item.ref else ""}</td><td class="c">{item.qty}</td><td class="r">{n(q(item.price / D("1.2")))} €</td><td class="c">20 %</td><td class="r">{n(item.price)} €</td><td class="r">{n(item.total)} €</td></tr>'
        for item in lines
    )  # fmt: skip
    css = """body{font:8.6pt Lato;color:#111}h1{font-size:21pt;font-weight:300;text-align:right;margin:0}table.t{width:100%;margin-top:3mm}table.t th{background:#232f3e;color:#fff;padding:1.6mm;font-weight:normal;text-align:left}table.t td{padding:2mm 1.6mm;border-bottom:.2mm solid #ccc}
    small{color:#666;font-size:7.5pt}.col{flex:1}.paid{background:#f3f3f3;padding:3mm;width:78mm;margin-left:auto}"""
    body = f"""<div style="display:flex;justify-content:space-between">{picture(logo(market.lower(), "#e47911", shape="none"), "46mm")}<h1>Facture</h1></div>
<div class="paid"><b>Payé / Paid</b><table style="width:100%">{cells(("Référence de paiement", w.letters(4) + w.digits(6)), "lr")}{cells(("Vendu par", f"<b>{e(supplier.name)}</b>"), "lr")}{cells(("TVA / VAT #", supplier.vat), "lr")}{cells(("Date de la facture / Invoice date", day_text(day, "j B Y")), "lr")}{cells(("Numéro de la facture / Invoice #", number_), "lr")}{cells(("<b>Total à payer / Total payable</b>", f"<b>{n(gross)} €</b>"), "lr")}</table></div>
<p style="font-size:7.5pt">Pour toute question concernant votre commande, visitez www.{market.lower()}.example/contact</p>
<div style="display:flex;gap:6mm;border-top:.3mm solid #999;padding-top:3mm"><div class="col"><b>Adresse de facturation</b><br>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.city}, {buyer.zip}<br>FR<br>TVA : {buyer.vat}</div>
<div class="col"><b>Adresse de livraison</b><br>{e(w.person())}<br>{e(buyer.street)}<br>{buyer.city}, {buyer.zip}<br>FR</div><div class="col"><b>Vendu par</b><br>{e(supplier.name)}<br>{e(supplier.street)}<br>{supplier.city}, {supplier.zip}<br>France<br>TVA {supplier.vat}</div></div>
<h3 style="font-size:9.5pt;margin-bottom:0">Informations sur la commande</h3>Date de la commande {day_text(ordered, "j B Y")}<br>Numéro de la commande {order}
<h3 style="font-size:9.5pt;margin-bottom:0">Détails de la facture</h3><table class="t"><tr><th>Description</th><th class="c">Qté</th><th class="r">Prix unitaire<br>(hors TVA)</th><th class="c">Taux TVA</th><th class="r">Prix unitaire<br>(TVA incluse)</th><th class="r">Prix total<br>(TVA incluse)</th></tr>{table}</table>
<p style="text-align:right;font-size:11pt"><b>Total de la facture &nbsp; {n(gross)} €</b></p>
<table class="t" style="width:90mm;margin-left:auto"><tr><th>Taux TVA</th><th class="r">Prix (hors TVA)</th><th class="r">TVA</th></tr>{cells(("20 %", f"{n(net)} €", f"{n(tax)} €"), "lrr")}{cells(("<b>Total</b>", f"{n(net)} €", f"{n(tax)} €"), "lrr")}</table>
<p style="font-size:6.8pt;color:#555;margin-top:16mm">{market} Services Europe S.à r.l., 38 avenue Kirchfeld, L-1855 Luxembourg – facture émise par {market} au nom et pour le compte du vendeur. R.C.S. Luxembourg : B {w.digits(6)} – TVA : {w.foreign("LU", market).vat}<br>Page 1 sur 1</p>"""
    return Sheet(page(css, body, "12mm 13mm"), truth)


@web("marketplace-shop", "marketplace", "held")
def marketplace_shop(w: World) -> Sheet:
    """A web shop's confirmation-like invoice in English words with French VAT: date month first, promotion, shipping, tax inside."""
    short = w.pick(("Petit Atelier Shop", "Maison Boréale", "Lumen & Wood", "Kraft Corner"))
    supplier = w.french(f"{short} SAS", form="SAS", iban=None, bic=None)
    buyer = w.buyer()
    day = w.day()
    lines = [
        line(name, w.int(1, 4), w.money(9.9, 79.9, "0.10"), 20, ref=f"{w.letters(3)}-{w.int(100, 999)}")
        for name in w.some(("Desk organiser – oak", "Felt pinboard 60×40", "Ceramic planter M", "LED strip 3 m", "Shelf bracket (pair)", "Cork notebook A5", "Door stop – brass"), w.int(2, 5))
    ]  # fmt: skip
    promo = q(sum(item.total for item in lines) * D("0.1"))
    if w.chance(0.5):
        lines.append(Line("Promo code WELCOME10", -promo, D(20)))
    lines.append(Line("Shipping – Colissimo", w.pick((D("4.90"), D("6.90"), D("9.50"))), D(20)))
    rows = vat_rows_included(lines)
    number_ = f"#{w.letters(2)}{w.int(1001, 9899)}"
    truth = truth_of(
        number_[1:], day, supplier, buyer, lines, rows, tax_included=True,
        hidden={"buyer_vat", "buyer_siren", "supplier_siret", "supplier_siren", "net", "line_total", "supplier_zip"},
    )  # fmt: skip
    truth["visible"]["supplier_zip"] = True
    tax, gross = (D(truth[key]) for key in ("vat_total", "gross"))
    table = "".join(
        f'<tr><td>{f"{item.qty} × " if item.qty else ""}{e(item.name)}{f"<br><small>SKU {item.ref}</small>" if item.ref else ""}</td><td class="r">{f"€{number(item.price, chr(44), chr(46))}" if item.price and item.qty != 1 else ""}</td><td class="r">{"–" if item.total < 0 else ""}€{number(abs(item.total), ",", ".")}</td></tr>'
        for item in lines
    )  # fmt: skip
    css = "body{font:10.5pt 'Noto Sans';color:#333}table.t{width:100%;margin-top:8mm}table.t td{padding:2.4mm 0;border-bottom:.2mm solid #eee}small{color:#999}h1{font-weight:300;font-size:24pt;margin:4mm 0}"
    body = f"""<div style="text-align:center">{picture(logo(short, "#444", font="Lato-Light", shape="none"), "70mm")}</div><h1>Thank you for your purchase!</h1>
<table style="width:100%"><tr><td>Invoice <b>{number_}</b><br>{day_text(day, "B j, Y", "en")}</td><td class="r" style="white-space:normal">Order confirmed · Paid with Visa ending in {w.digits(4)}</td></tr></table>
<table class="t">{table}<tr><td><b>Total paid</b></td><td></td><td class="r" style="font-size:14pt"><b>€{number(gross, ",", ".")} EUR</b></td></tr><tr><td>Including VAT 20%</td><td></td><td class="r">€{number(tax, ",", ".")}</td></tr></table>
<table style="width:100%;margin-top:12mm"><tr><td style="width:50%"><b>Billing address</b><br>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>France</td><td><b>Shipping method</b><br>Colissimo – point relais<br>Parcel {w.digits(2)}A{w.digits(10)}</td></tr></table>
<p style="font-size:8pt;color:#999;text-align:center;margin-top:24mm">{e(supplier.name)} · {e(supplier.street)}, {supplier.zip} {supplier.city}, France · VAT {supplier.vat} · {supplier.mail}</p>"""
    return Sheet(page(css, body, "18mm 22mm", "en"), truth)


@web("saas-us", "foreign software", "dev", "en")
def saas_us(w: World) -> Sheet:
    """American software in dollars or euros: no VAT, month first, amount due at the top, a lot of white."""
    short = w.pick(("Driftboard", "Paperhive", "Queuely", "Northlamp", "Stackmint"))
    supplier = w.foreign("US", f"{short}, Inc.", street=f"{w.int(100, 2900)} Mission Street, Suite {w.int(100, 900)}", zip="94105", city="San Francisco")  # fmt: skip
    buyer = w.buyer()
    day = w.day()
    currency = w.pick(("USD", "USD", "EUR"))
    sign = {"USD": "$", "EUR": "€"}[currency]
    end = add_months(day, 1)
    due = day + timedelta(w.pick((0, 14, 30)))
    seats = w.int(2, 40)
    lines = [
        line(
            f"{w.pick(('Team', 'Business', 'Pro'))} plan – per seat",
            seats,
            w.pick(("8.00", "12.50", "19.00", "24.00")),
            None,
        )
    ]
    if w.chance(0.5):
        lines.append(line("Additional storage (100 GB)", w.int(1, 6), "5.00", None))
    if w.chance(0.4):
        lines.append(
            line("API calls over quota (per 1,000)", w.int(10, 400), w.money(0.02, 0.4), None)
        )
    net = sum(item.total for item in lines)
    number_ = f"{w.letters(4)}{w.digits(4)}-{w.int(1, 99):04}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, [(D(0), net, D(0))], due=due, currency=currency,
        hidden={"buyer_siren", "line_total"},
    )  # fmt: skip
    m = lambda value: f"{sign}{number(value, ',', '.')}"
    shape = w.pick(("B j, Y", "b j, Y"))
    d = partial(day_text, shape=shape, language="en")
    table = "".join(
        f'<tr><td>{e(item.name)}<br><small>{d(day)} – {d(end)}</small></td><td class="r">{number(item.qty, ",", ".", None)}</td><td class="r">{m(item.price)}</td><td class="r">{m(item.total)}</td></tr>'
        for item in lines
    )  # fmt: skip
    css = "body{font:9.6pt Lato;color:#1a1f36}table.t{width:100%;margin-top:8mm}table.t th{font-weight:normal;color:#697386;font-size:8pt;text-align:left;border-bottom:.2mm solid #1a1f36;padding:1mm 0}table.t td{padding:2mm 0}small{color:#697386}.s{width:96mm;margin-left:auto}.s td{border-top:.2mm solid #e3e8ee;padding:1.4mm 0}"
    body = f"""<div style="display:flex;justify-content:space-between"><b style="font-size:18pt">Invoice</b>{picture(logo(short, "#635bff", shape="disc"), "38mm")}</div>
<table style="margin-top:4mm">{cells(("Invoice number", f"<b>{number_}</b>"))}{cells(("Date of issue &nbsp;&nbsp;", d(day)))}{cells(("Date due", d(due)))}</table>
<table style="width:100%;margin-top:8mm"><tr><td style="width:50%"><b>{e(supplier.name)}</b><br>{supplier.street}<br>San Francisco, California 94105<br>United States<br>billing@{short.lower()}.example</td><td><b>Bill to</b><br>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>France<br>FR VAT {buyer.vat}</td></tr></table>
<p style="font-size:15pt;margin:10mm 0 2mm"><b>{m(net)} {currency} due {d(due)}</b></p><span style="color:#635bff">Pay online</span>
<table class="t"><tr><th>Description</th><th class="r">Qty</th><th class="r">Unit price</th><th class="r">Amount</th></tr>{table}</table>
<table class="s" style="margin-top:4mm">{cells(("Subtotal", m(net)), "lr")}{cells(("Total", m(net)), "lr")}{cells(("<b>Amount due</b>", f"<b>{m(net)} {currency}</b>"), "lr")}</table>
<p style="margin-top:30mm;font-size:7.5pt;color:#697386">{number_} · {m(net)} {currency} due {d(due)} &nbsp;&nbsp;&nbsp; Page 1 of 1<br>Customer is responsible for any applicable taxes in its own country. EIN {w.digits(2)}-{w.digits(7)}</p>"""
    return Sheet(page(css, body, "16mm 18mm", "en"), truth)


@web("saas-ireland", "foreign software", "held", "en")
def saas_ireland(w: World) -> Sheet:
    """A subsidiary in Ireland or Luxembourg: reverse charge, ISO-like dates, statement of campaigns as lines."""
    short = w.pick(("Adlantic", "Cloudrift", "Metrica", "Hostaria"))
    where = w.pick(("IE", "LU"))
    supplier = w.foreign(
        where, f"{short} {'Ireland Limited' if where == 'IE' else 'EMEA S.à r.l.'}",
        street="14 Harbour Quay" if where == "IE" else "12 rue du Fort", zip="D02 X285" if where == "IE" else "L-2449",
        city="Dublin 2" if where == "IE" else "Luxembourg",
    )  # fmt: skip
    buyer = w.buyer()
    day = month_end(w.day())
    due = day + timedelta(30)
    names = w.some(("Search – brand keywords FR", "Display retargeting", "Compute instances eu-west-1", "Object storage", "Data transfer out", "Support plan (Developer)", "Managed database"), w.int(2, 6))  # fmt: skip
    lines = [
        line(name, w.money(1, 900), w.money(0.01, 2.4), 0, unit=w.pick(("Hrs", "GB", "Clicks")))
        for name in names
    ]
    net = sum(item.total for item in lines)
    number_ = f"{w.digits(10)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, [(D(0), net, D(0))], due=due, contract_ref=(account := f"{w.digits(3)}-{w.digits(3)}-{w.digits(4)}"),
        hidden={"buyer_siren"}, po_ref=None,
    )  # fmt: skip
    shape = w.pick(("d b Y", "j B Y", "Y-m-d"))
    d = partial(day_text, shape=shape, language="en")
    m = partial(number, thousands=",", point=".")
    table = "".join(
        cells((e(item.name), m(item.qty), item.unit, m(item.price), m(item.total)), "lrlrr")
        for item in lines
    )
    css = "body{font:9pt 'Nimbus Sans',Arial}h1{font-size:15pt;background:#eee;padding:3mm}table.t{width:100%}table.t th{text-align:left;border-bottom:.5mm solid #d33;padding:1mm}table.t td{padding:1.2mm 1mm}.x{float:right;width:80mm;border:.3mm solid #bbb}.x td{padding:1.2mm 2mm}"
    body = f"""<div style="display:flex;justify-content:space-between"><div>{picture(logo(short, "#d33", shape="box"), "44mm")}</div><div style="font-size:8.2pt;text-align:right">{e(supplier.name)}<br>{supplier.street}<br>{supplier.city}{", Ireland" if where == "IE" else ""}<br>{supplier.zip}<br>VAT number: {supplier.vat}</div></div>
<h1>VAT INVOICE</h1><table class="x">{cells(("Invoice number:", number_), "lr")}{cells(("Issue date:", d(day)), "lr")}{cells(("Account ID:", account), "lr")}{cells(("Billing period:", f"{d(day.replace(day=1))} – {d(day)}"), "lr")}{cells(("Payment due by:", d(due)), "lr")}<tr style="background:#fbe9e9"><td>Amount due in EUR:</td><td class="r">€{m(net)}</td></tr></table>
<div>Bill to:<br>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.city} {buyer.zip}<br>France<br>Customer VAT: {buyer.vat}</div><div style="clear:both;height:8mm"></div>
<table class="t"><tr><th>Service</th><th class="r">Usage</th><th></th><th class="r">Rate (EUR)</th><th class="r">Amount (EUR)</th></tr>{table}</table>
<table style="margin:6mm 0 0 auto;width:80mm">{cells(("Subtotal in EUR", m(net)), "lr")}{cells(("VAT (0%)", "0.00"), "lr")}{cells(("<b>Total in EUR</b>", f"<b>{m(net)}</b>"), "lr")}</table>
<p style="font-size:8pt">Services subject to the reverse charge – VAT to be accounted for by the recipient as per Article 196 of Council Directive 2006/112/EC.<br>Pay in EUR: {supplier.iban_text} – BIC {supplier.bic} – reference {number_}.</p>
<p style="font-size:7pt;color:#666">Registered office: {supplier.street}, {supplier.city}. Company registration number {w.digits(6)}. For questions visit support.{short.lower()}.example</p>"""
    return Sheet(page(css, body, "14mm 15mm", "en"), truth)


@web("saas-french", "french software", "held")
def saas_french(w: World) -> Sheet:
    """French software: a year in advance, discount as a negative line, direct debit, values to the right in light grey."""
    short = w.pick(("Factelio", "Plannixo", "Docuflo", "Paie’Zen", "Signalto"))
    supplier = w.french(short, form="SAS", naf="5829C", iban=None, bic=None)
    buyer = w.buyer()
    day = w.day()
    taken = day + timedelta(w.pick((3, 5, 10)))
    users = w.int(1, 25)
    base = line(
        f"Abonnement {w.pick(('Essentiel', 'Pro', 'Premium'))} – engagement annuel",
        users,
        w.pick(("118.80", "228.00", "348.00")),
        20,
        "utilisateur",
    )
    lines = [base]
    if w.chance(0.6):
        lines.append(Line("Remise de bienvenue –10 %", -q(base.total * D("0.1")), D(20)))
    if w.chance(0.5):
        lines.append(line("Pack 500 signatures électroniques", w.int(1, 4), "149.00", 20, "pack"))
    if w.chance(0.4):
        lines.append(line("Formation à distance", w.money(1, 3, "0.5"), "95.00", 20, "heure"))
    rows = vat_rows(lines)
    number_ = f"{short[:3].upper()}-{day.year}-{w.digits(6)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=taken, hidden={"buyer_siren", "supplier_siret"},
    )  # fmt: skip
    n = partial(number, thousands="\u202f")
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    until = add_months(day, 12) - timedelta(1)
    table = "".join(
        f'<div class="li"><div style="flex:1"><b>{e(item.name)}</b>{f"<br><small>{number(item.qty, places=None)} {item.unit}{chr(115) if item.qty > 1 else str()} × {n(item.price)} € HT</small>" if item.qty else ""}</div><div>{n(item.total)} €</div></div>'
        for item in lines
    )  # fmt: skip
    css = ".li{display:flex;padding:3mm 0;border-bottom:.2mm solid #ececf3}body{font:9.8pt Lato;color:#2d2a4a}small,.g{color:#8b88a6}.s td{padding:1mm 0}"
    body = f"""<div style="display:flex;justify-content:space-between;align-items:center">{picture(logo(short, "#5b3df5", shape="disc"), "42mm")}<div class="g" style="text-align:right">Facture acquittée par prélèvement SEPA</div></div>
<div style="display:flex;margin-top:12mm"><div style="flex:1"><span class="g">Facture</span><br><b>{number_}</b></div><div style="flex:1"><span class="g">Émise le</span><br><b>{day_text(day)}</b></div><div style="flex:1"><span class="g">Prélevée le</span><br><b>{day_text(taken)}</b></div><div><span class="g">Montant TTC</span><br><b>{n(gross)} €</b></div></div>
<div style="display:flex;margin:12mm 0"><div style="flex:1"><span class="g">De</span><br>{e(supplier.name)} {supplier.form}<br>{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>{supplier.vat}</div><div style="flex:1"><span class="g">À</span><br>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}<br>{buyer.vat}</div></div>
<p class="g">Période de service : {day_text(day)} → {day_text(until)}</p>{table}
<table class="s" style="width:72mm;margin:5mm 0 0 auto">{cells(("Sous-total HT", f"{n(net)} €"), "lr")}{cells(("TVA (20 %)", f"{n(tax)} €"), "lr")}<tr style="font-size:13pt"><td><b>Total</b></td><td class="r"><b>{n(gross)} €</b></td></tr></table>
<p class="g" style="font-size:7.6pt;margin-top:26mm">{e(supplier.name)}, société par actions simplifiée au capital de {supplier.capital_text} €, immatriculée au RCS de {supplier.court} sous le n° {supplier.siren_text}. Mandat {w.letters(3)}-{w.digits(8)} – ICS FR{w.digits(2)}ZZZ{w.digits(6)}. Renouvellement tacite le {day_text(until + timedelta(1))} sauf résiliation avant le {day_text(until - timedelta(30))}.</p>"""
    return Sheet(page(css, body, "18mm 20mm"), truth)


@web("telecom", "telephone", "dev")
def telecom(w: World) -> Sheet:
    """Three pages: the amount taken, a summary per heading, then each line's services and calls; tax by rate in the summary."""
    short = w.pick(("Ozéa Pro", "Linktel Business", "Alto Télécom", "Fréquencia"))
    supplier = w.french(short, form="SA", capital=12500000, naf="6110Z", iban=None, bic=None)
    buyer = w.buyer()
    day = w.day()
    taken = day + timedelta(w.int(10, 20))
    start = day.replace(day=1)
    lines, blocks = [], []
    for index in range(w.int(2, 9)):
        phone = f"0{w.pick((6, 7))} " + " ".join(f"{w.int(10, 99)}" for _ in range(4)) if index else f"0{w.int(1, 5)} " + " ".join(f"{w.int(10, 99)}" for _ in range(4))  # fmt: skip
        own = [
            Line(
                f"{'Forfait Mobile Pro ' + w.pick(('20 Go', '80 Go', '150 Go')) if index else 'Accès Fibre Pro 1 Gb/s'} – {phone}",
                w.money(9.9, 59.9, "0.10"),
                D(20),
            )
        ]
        if w.chance(0.4):
            own.append(
                Line(
                    f"Option {w.pick(('Monde 5 Go', 'Multi-SIM', 'IP fixe', 'GTR 4 h'))} – {phone}",
                    w.money(2, 15, "0.10"),
                    D(20),
                )
            )
        if w.chance(0.4):
            own.append(Line(f"Communications hors forfait – {phone}", w.money(0.08, 24), D(20)))
        lines += own
        blocks.append((phone, own))
    rows = vat_rows(lines)
    number_ = f"{w.digits(3)}{w.letters(1)}{w.digits(6)}"
    number_text = number_
    account = w.digits(10)
    n = partial(number, thousands=" ")
    headings = [
        ("Abonnements et forfaits", [i for i in lines if i.name.startswith(("Forfait", "Accès"))]),
        ("Options et services", [i for i in lines if i.name.startswith("Option")]),
        ("Communications", [i for i in lines if i.name.startswith("Comm")]),
    ]
    summary = [Line(name, sum(i.total for i in items), D(20)) for name, items in headings if items]
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=taken, contract_ref=account, hidden={"buyer_vat", "buyer_siren", "supplier_siret"},
        lines_alternative=[[line_truth(item) for item in summary]],
    )  # fmt: skip
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    head = f"""<div class="h"><div>{picture(logo(short, "#d6006d", shape="bar"), "44mm")}</div><div style="font-size:7.6pt">Facture n° {number_text}<br>du {day_text(day)}<br>Compte client {account}</div></div>"""
    foot = f'<div class="foot">{e(supplier.name)} – {supplier.form} au capital de {supplier.capital_text} euros – {e(supplier.street)} {supplier.zip} {supplier.city} – RCS {supplier.court} {supplier.siren_text} – TVA {supplier.vat}</div>'
    detail = "".join(
        f'<tr class="sec"><td colspan="2">Ligne {phone}</td></tr>' + "".join(cells((e(i.name), n(i.total)), "lr") for i in own) + f'<tr><td class="r"><i>Total HT de la ligne {phone}</i></td><td class="r"><i>{n(sum(i.total for i in own))}</i></td></tr>'
        for phone, own in blocks
    )  # fmt: skip
    calls = "".join(
        cells((day_text(start + timedelta(w.int(0, 26)), "d/m"), f"{w.int(7, 19):02}:{w.int(10, 59)}", f"0{w.int(1, 9)} {w.int(10, 99)} {w.int(10, 99)} xx xx", w.pick(("France mobile", "Numéro spécial", "Belgique", "SMS")), f"00:{w.int(0, 40):02}:{w.int(10, 59)}", number(w.money(0, 1.9), places=3)), "llllrr")
        for _ in range(w.int(20, 42))
    )  # fmt: skip
    css = """body{font:8.8pt 'DejaVu Sans';color:#222}.h{display:flex;justify-content:space-between}table.t{width:100%}table.t td,table.t th{padding:1mm;border-bottom:.15mm solid #e2c6d4;text-align:left}.sec td{background:#fbe8f2;font-weight:bold}
    .foot{position:absolute;bottom:0;font-size:6pt;color:#777}.big{background:#d6006d;color:#fff;border-radius:3mm;padding:4mm;font-size:11pt}"""
    body = f"""<section class="sheet full">{head}<div style="margin:14mm 0 10mm 92mm">{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</div>
<p>Votre facture du {day_text(day, "j B Y")}, période du {day_text(start)} au {day_text(month_end(start))}</p><div class="big">Montant prélevé le {day_text(taken)} <span style="float:right">{n(gross)} € TTC</span></div>
<table class="t" style="margin-top:8mm"><tr><th>Récapitulatif</th><th class="r">€ HT</th></tr>{"".join(cells((i.name, n(i.total)), "lr") for i in summary)}{cells(("<b>Total hors taxes</b>", f"<b>{n(net)}</b>"), "lr")}{cells((f"TVA 20,00 % (sur {n(net)} €)", n(tax)), "lr")}{cells(("<b>Total TTC à prélever</b>", f"<b>{n(gross)}</b>"), "lr")}</table>
<p style="font-size:7.5pt">Montant de votre facture précédente (n° {w.digits(3)}{w.letters(1)}{w.digits(6)} du {day_text(add_months(day, -1))}) : {n(w.money(40, 500))} €, prélevé. Prochaine facture le {day_text(add_months(day, 1))}. Espace client : {supplier.site} – identifiant {account}. Service client 39 {w.int(10, 99)}, gratuit.</p>{picture(qr(supplier.site), "18mm")}{foot}</section>
<section class="sheet full">{head}<p><b>Détail de vos services</b> (montants en euros hors taxes)</p><table class="t">{detail}</table>{foot}</section>
<section class="sheet full">{head}<p><b>Détail des communications</b> – ligne {blocks[-1][0]} (montants inclus dans le forfait sauf mention)</p><table class="t" style="font-size:7pt"><tr><th>Date</th><th>Heure</th><th>Numéro</th><th>Destination</th><th class="r">Durée</th><th class="r">Coût indicatif</th></tr>{calls}</table>{foot}</section>"""
    return Sheet(page(css, body, "11mm 13mm"), truth)


@web("mobile-operator", "telephone", "held")
def mobile_operator(w: World) -> Sheet:
    """One page: everything with tax, tax only as “dont TVA”, phones paid by instalments, refunds, third-party services."""
    short = w.pick(("Bulle Mobile", "Simplio", "Réséo", "Télépop"))
    supplier = w.french(short, form="SAS", naf="6120Z", iban=None, bic=None)
    buyer = w.buyer()
    day = w.day()
    taken = day + timedelta(w.int(4, 12))
    lines = [
        Line(
            f"Forfait {w.pick(('Série Pro 100 Go', 'Liberté 60 Go', '5G 200 Go'))}",
            w.pick((D("9.99"), D("15.99"), D("24.99"))),
            D(20),
        )
    ]
    lines.append(Line(f"Échéance mobile {w.int(2, 23)}/24", w.money(5, 29), D(20)))
    if w.chance(0.5):
        lines.append(Line("Achats via facture opérateur", w.money(1, 12), D(0)))
    if w.chance(0.5):
        lines.append(Line("Remise fidélité", -w.money(1, 4), D(20)))
    if w.chance(0.4):
        lines.append(Line("Bouquet presse numérique", w.money(2, 9), D("2.1")))
    rows = vat_rows_included(lines)
    number_ = f"{w.digits(9)}-{day_text(day, 'ym')}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=taken, tax_included=True,
        hidden={"buyer_vat", "buyer_siren", "supplier_siret", "line_total"},
    )  # fmt: skip
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    table = "".join(cells((e(i.name), f"{number(i.total)}€"), "lr") for i in lines)
    inside = "<br>".join(
        f"dont TVA {number(rate, places=1)}% : {number(amount)}€"
        for rate, _, amount in rows
        if rate
    )
    css = "body{font:10pt 'URW Gothic',Lato;color:#123}table.t{width:100%}table.t td{padding:1.6mm 0;border-bottom:.3mm dotted #19b}.pill{background:#19b5c9;color:#fff;border-radius:8mm;padding:4mm 8mm;font-size:15pt;text-align:center;margin:6mm 0}"
    body = f"""<table style="width:100%"><tr><td>{picture(logo(short, "#19b5c9", shape="disc"), "50mm")}</td><td class="r"><b>Ma facture mobile</b><br>{day_text(day, "d B Y")}</td></tr></table>
<table style="width:100%;margin-top:8mm"><tr><td style="width:50%;font-size:8.5pt">N° de ligne : 06 {w.int(10, 99)} {w.int(10, 99)} {w.int(10, 99)} {w.int(10, 99)}<br>N° client : {grouped(w.digits(8), 4)}<br>Facture : {number_}</td><td>{e(buyer.name)}<br>{e(buyer.street)}<br>{buyer.zip} {buyer.city}</td></tr></table>
<div class="pill">{number(gross)}€ à payer le {day_text(taken)}</div><table class="t">{table}<tr><td><b>Total TTC</b></td><td class="r"><b>{number(gross)}€</b></td></tr></table>
<p style="text-align:right;font-size:8.5pt">Total HT : {number(net)}€<br>{inside}<br>Total TVA : {number(tax)}€</p><p style="font-size:8.5pt">Paiement par prélèvement automatique, RUM {w.letters(4)}{w.digits(9)}. Data consommée : {number(w.money(1, 80), places=1)} Go. Appels : {w.int(2, 18)} h {w.int(10, 59)}.</p>{bars(number_)}
<p style="font-size:7pt;margin-top:24mm">{e(supplier.name)} {supplier.form} – {e(supplier.street)}, {supplier.zip} {supplier.city} – RCS {supplier.court} {supplier.siren} – n° TVA {supplier.vat}. Les achats via facture sont vendus par des éditeurs tiers et facturés pour leur compte, TVA non récupérable.</p>"""
    return Sheet(page(css, body, "15mm 18mm"), truth)
