"""Suppliers of neighbouring countries."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.chromium import Sheet
from documents.pieces import cells, e, logo, page, picture, qr
from documents.truth import truth_of
from documents.web import web
from documents.world import World, day_text, grouped, line, number, q, vat_rows

D = Decimal


@web("german-machines", "german supplier", "dev", "de")
def german_machines(w: World) -> Sheet:
    """A Rechnung after DIN 5008: information block at the right, positions, intra-community delivery or 19 %, Skonto."""
    name = w.pick(
        (
            "Brückner Fördertechnik GmbH",
            "Hallmann & Söhne KG",
            "Weidenfels Werkzeuge GmbH",
            "Ostertag Dichtungen AG",
        )
    )
    supplier = w.foreign("DE", name, street=f"{w.pick(('Industriestraße', 'Am Hang', 'Schillerweg'))} {w.int(1, 90)}", **dict(zip(("zip", "city"), w.pick((("70565", "Stuttgart"), ("44139", "Dortmund"), ("97421", "Schweinfurt"))), strict=True)))  # fmt: skip
    buyer = w.buyer()
    day = w.day()
    due = day + timedelta(30)
    export = w.chance(0.7)
    rate = D(0) if export else D(19)
    lines = [
        line(item, w.int(1, 24), w.money(6, 890), rate, w.pick(("Stk", "Stk", "Satz", "m")), f"{w.digits(3)}.{w.digits(4)}")
        for item in w.some(("Rillenkugellager 6204-2RS", "Zahnriemen T10 1250 mm", "Linearführung 20 mm, Länge 800", "Hydraulikzylinder 40/20-200", "Dichtungssatz NBR", "Näherungsschalter induktiv M12", "Spindelmutter Tr20x4", "Gleitschiene"), w.int(2, 7))
    ]  # fmt: skip
    if w.chance(0.6):
        lines.append(line("Verpackung und Fracht", 1, w.money(15, 160), rate, "psch", "990.0001"))
    rows = vat_rows(lines)
    number_ = f"RE-{w.digits(7)}"
    order = w.pick((f"PO-{w.digits(5)}", f"{w.digits(7)}"))
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, po_ref=order, delivery=(delivered := day - timedelta(w.int(1, 6))),
        hidden={"buyer_siren"},
    )  # fmt: skip
    n = partial(number, thousands=".")
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    discount = q(gross * D("0.02"))
    table = "".join(
        cells((index * 10, item.ref, e(item.name), f"{item.qty} {item.unit}", n(item.price), n(item.total)), "cllrrr")
        for index, item in enumerate(lines, 1)
    )  # fmt: skip
    d = partial(day_text, shape="d.m.Y")
    taxes = (
        cells(("USt. 0 % (steuerfrei)", "0,00 €"), "lr")
        if export
        else cells(("zzgl. 19 % USt.", f"{n(tax)} €"), "lr")
    )
    note = (
        "Steuerfreie innergemeinschaftliche Lieferung gemäß § 4 Nr. 1b i.V.m. § 6a UStG."
        if export
        else "Der Rechnungsbetrag enthält die gesetzliche Umsatzsteuer."
    )
    css = "body{font:9.6pt 'Liberation Sans'}table.t{width:100%;margin-top:5mm}table.t th{border-bottom:.3mm solid #000;text-align:left;padding:1mm}table.t td{padding:1.1mm 1mm}.foot{position:absolute;bottom:0;left:0;right:0;display:flex;justify-content:space-between;font-size:6.8pt;border-top:.2mm solid #000;padding-top:1.5mm}"
    body = f"""<section class="sheet full"><div style="text-align:right">{picture(logo(name.split()[0], "#004f9f", font="Sans", shape="box"), "52mm")}</div>
<div style="display:flex;justify-content:space-between;margin-top:8mm"><div><span style="font-size:6.5pt;text-decoration:underline">{e(name)} · {supplier.street} · {supplier.zip} {supplier.city}</span><br><br>{e(buyer.name)}<br>{e(buyer.street)}<br>F-{buyer.zip} {buyer.city}<br>FRANKREICH</div>
<table style="font-size:8.6pt">{cells(("Rechnungs-Nr.:", f"<b>{number_}</b>"))}{cells(("Rechnungsdatum:", d(day)))}{cells(("Lieferdatum:", d(delivered)))}{cells(("Kunden-Nr.:", w.digits(6)))}{cells(("Ihre Bestellung:", order))}{cells(("Lieferschein-Nr.:", f"LS-{w.digits(6)}"))}{cells(("Ihre USt-IdNr.:", buyer.vat))}{cells(("Bearbeiter:", w.pick(("Fr. Lorenz", "Hr. Petersen", "Fr. Yildiz"))))}</table></div>
<p style="font-size:14pt;margin:10mm 0 0"><b>Rechnung</b></p><p>Sehr geehrte Damen und Herren, für unsere Lieferung berechnen wir Ihnen:</p>
<table class="t"><tr><th>Pos.</th><th>Artikel-Nr.</th><th>Bezeichnung</th><th class="r">Menge</th><th class="r">Einzelpreis €</th><th class="r">Gesamtpreis €</th></tr>{table}</table>
<table style="margin:4mm 0 0 auto;width:78mm;border-top:.3mm solid #000">{cells(("Nettobetrag", f"{n(net)} €"), "lr")}{taxes}<tr><td><b>Rechnungsbetrag</b></td><td class="r"><b>{n(gross)} €</b></td></tr></table>
<p>{note}</p><p>Zahlbar bis {d(due)} ohne Abzug. Bei Zahlung bis {d(day + timedelta(10))} gewähren wir 2 % Skonto ({n(discount)} €).</p>
<div class="foot"><div>{e(name)}<br>{supplier.street}<br>{supplier.zip} {supplier.city}</div><div>Amtsgericht {supplier.city} HRB {w.digits(5)}<br>Geschäftsführer: K. Brandt<br>USt-IdNr.: {supplier.vat}</div><div>Steuer-Nr.: {w.digits(2)}/{w.digits(3)}/{w.digits(5)}</div><div>IBAN: {supplier.iban_text}<br>BIC: {supplier.bic}</div></div></section>"""
    return Sheet(page(css, body, "14mm 18mm", "de"), truth)


@web("swiss-supplier", "swiss supplier", "dev")
def swiss_supplier(w: World) -> Sheet:
    """French-speaking Switzerland: francs with apostrophes, MWST/TVA 8,1 %, QR payment slip with its own repeated amount."""
    name = w.pick(
        (
            "Horlotec Sàrl",
            "Fromagerie du Val Noir SA",
            "Microtechnique Courvoisier SA",
            "Alpimed Distribution Sàrl",
        )
    )
    supplier = w.foreign("CH", name, street=f"{w.pick(('Rue du Lac', 'Chemin de la Forge', 'Route Cantonale'))} {w.int(1, 120)}", **dict(zip(("zip", "city"), w.pick((("2300", "La Chaux-de-Fonds"), ("1400", "Yverdon-les-Bains"), ("1920", "Martigny"))), strict=True)))  # fmt: skip
    buyer = w.buyer()
    day = w.day()
    due = day + timedelta(30)
    rate = w.pick((D(0), D("8.1")))
    currency = w.pick(("CHF", "CHF", "EUR"))
    lines = [
        line(item, w.int(1, 60), w.money(4, 320, "0.05"), rate, ref=f"{w.letters(2)}{w.digits(3)}")
        for item in w.some(("Vis de précision S-0.80", "Boîtier acier 38 mm", "Réglage et contrôle", "Emballage export", "Assortiment Gruyère AOP (kg)", "Pince brucelles n° 5", "Huile fine 20 ml", "Pied à coulisse 150"), w.int(2, 6))
    ]  # fmt: skip
    rows = vat_rows(lines)
    number_ = f"{day.year}{w.digits(4)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, due=due, currency=currency,
        hidden={"buyer_siren", "buyer_vat", "bic"},
    )  # fmt: skip
    n = partial(number, thousands="’", point=".")
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    uid = f"CHE-{grouped(supplier.vat[3:], 3, by='.')} TVA"
    table = "".join(
        cells((item.ref, e(item.name), item.qty, n(item.price), n(item.total)), "llrrr")
        for item in lines
    )
    css = "body{font:9.8pt 'Nimbus Sans',Arial}table.t{width:100%;margin-top:8mm}table.t th{background:#eee;text-align:left;padding:1.5mm}table.t td{padding:1.4mm 1.5mm}.slip{position:absolute;bottom:0;left:0;right:0;border-top:.2mm dashed #000;display:flex;font-size:7.5pt;height:82mm;padding-top:4mm}"
    payee = f"{grouped(supplier.iban, 4)}<br>{e(name)}<br>{supplier.street}<br>{supplier.zip} {supplier.city}"
    body = f"""<section class="sheet full"><div style="display:flex;justify-content:space-between"><div><b style="font-size:15pt;color:#a00">{e(name)}</b><br>{supplier.street}, CH-{supplier.zip} {supplier.city}<br>{uid}</div><div>{e(buyer.name)}<br>{e(buyer.street)}<br>FR-{buyer.zip} {buyer.city}</div></div>
<p style="margin-top:10mm"><b style="font-size:13pt">Facture {number_}</b><br>{supplier.city}, {day_text(day, "d.m.Y")} – payable jusqu’au {day_text(due, "d.m.Y")} – Bulletin de livraison {w.digits(5)}</p>
<table class="t"><tr><th>Art.</th><th>Désignation</th><th class="r">Qté</th><th class="r">Prix</th><th class="r">Montant {currency}</th></tr>{table}</table>
<table style="margin:4mm 0 0 auto;width:85mm">{cells(("Total hors TVA", n(net)), "lr")}{cells((f"TVA {number(rate, point='.', places=1)} % {'(exportation, art. 23 LTVA)' if not rate else ''}", n(tax)), "lr")}<tr><td><b>Total {currency}</b></td><td class="r"><b>{n(gross)}</b></td></tr></table>
<div class="slip"><div style="width:58mm;border-right:.2mm dashed #000"><b>Récépissé</b><br><br>Compte / Payable à<br>{payee}<br><br>Payable par<br>{e(buyer.name)}<br>{buyer.zip} {buyer.city}<br><br>Monnaie &nbsp; Montant<br>{currency} &nbsp; {n(gross, thousands=" ")}</div>
<div style="width:60mm;padding-left:4mm"><b>Section paiement</b><br><br>{picture(qr(f"SPC {supplier.iban} {gross}"), "40mm")}<br>Monnaie &nbsp; Montant<br>{currency} &nbsp; {n(gross, thousands=" ")}</div><div>Compte / Payable à<br>{payee}<br><br>Informations supplémentaires<br>Facture {number_}<br><br>Payable par<br>{e(buyer.name)}<br>{buyer.zip} {buyer.city}</div></div></section>"""
    return Sheet(page(css, body, "14mm 18mm"), truth)


@web("belgian-supplier", "belgian supplier", "held")
def belgian_supplier(w: World) -> Sheet:
    """Wallonia: TVA BE, structured communication, intra-community delivery without VAT, several banks, French words of there."""
    name = w.pick(
        (
            "Brasserie des Fagnes SRL",
            "Meubles Delhaye SA",
            "Carrières du Hainaut-Sud SA",
            "Chocolaterie Vanderstock SRL",
        )
    )
    supplier = w.foreign("BE", name, street=f"{w.pick(('Rue de l’Yser', 'Chaussée de Namur', 'Avenue Reine Astrid'))} {w.int(1, 300)}", **dict(zip(("zip", "city"), w.pick((("4900", "Spa"), ("5030", "Gembloux"), ("7060", "Soignies"))), strict=True)))  # fmt: skip
    buyer = w.buyer()
    day = w.day()
    due = day + timedelta(w.pick((15, 30)))
    rate = w.pick((D(0), D(0), D(21)))
    lines = [
        line(item, w.int(1, 48), w.money(3, 190), rate, w.pick(("pc", "bac", "m²", "crt")), f"{w.digits(4)}", discount=w.pick((None, None, 10)))
        for item in w.some(("Bac bière blonde 24x33", "Fût 20 L triple", "Ballotin pralines 375 g", "Table chêne 180", "Pierre bleue 60x60x2", "Coffret dégustation", "Transport", "Palette EUR consignée"), w.int(2, 6))
    ]  # fmt: skip
    rows = vat_rows(lines)
    number_ = f"{day.year % 100}/{w.digits(4)}"
    ten = w.digits(10)
    structured = f"+++{ten[:3]}/{ten[3:7]}/{ten[7:]}{int(ten) % 97 or 97:02}+++"
    truth = truth_of(
        number_,
        day,
        supplier,
        buyer,
        lines,
        rows,
        due=due,
        po_ref=(order := f"BC-{w.digits(5)}"),
        hidden={"buyer_siren"},
    )
    n = partial(number, thousands=".")
    net, tax, gross = (D(truth[key]) for key in ("net", "vat_total", "gross"))
    table = "".join(
        cells((item.ref, e(item.name), f"{item.qty} {item.unit}", n(item.price), f"{item.discount} %" if item.discount else "", f"{number(rate, places=0)} %", n(item.total)), "llrrccr")
        for item in lines
    )  # fmt: skip
    enterprise = f"BE {supplier.vat[2:6]}.{supplier.vat[6:9]}.{supplier.vat[9:]}"
    second = w.iban("BE")
    css = "body{font:9.4pt 'DejaVu Sans';color:#222}table.t{width:100%;margin-top:6mm;font-size:8.6pt}table.t th{background:#f6c500;text-align:left;padding:1.3mm}table.t td{padding:1.2mm;border-bottom:.15mm solid #bbb}.tot td{border:.2mm solid #999;padding:1.2mm 2mm}"
    body = f"""<div style="display:flex;justify-content:space-between">{picture(logo(name.split()[0] + " " + name.split()[1], "#222", font="Serif", shape="none"), "58mm")}<div style="font-size:8pt">{e(name)}<br>{supplier.street}<br>B-{supplier.zip} {supplier.city}<br>TVA {enterprise}<br>RPM Liège</div></div>
<table style="width:100%;margin-top:10mm"><tr><td style="width:55%"><b>FACTURE N° {number_}</b><br>Date : {day_text(day, "d/m/Y")}<br>Échéance : {day_text(due, "d/m/Y")}<br>V/Réf. : {order}<br>N° client : {w.digits(4)}</td><td>{e(buyer.name)}<br>{e(buyer.street)}<br>F-{buyer.zip} {buyer.city}<br>N° TVA : {buyer.vat}</td></tr></table>
<table class="t"><tr><th>Code</th><th>Libellé</th><th class="r">Quantité</th><th class="r">P.U. HTVA</th><th class="c">Rem.</th><th class="c">TVA</th><th class="r">Total HTVA</th></tr>{table}</table>
<table class="tot" style="margin:6mm 0;width:100%"><tr><td>Base HTVA<br><b>{n(net)}</b></td><td>Taux<br><b>{number(rate, places=0)} %</b></td><td>TVA<br><b>{n(tax)}</b></td><td>Total TVAC<br><b>{n(gross)}</b></td><td style="background:#f6c500">À payer (EUR)<br><b style="font-size:12pt">{n(gross)}</b></td></tr></table>
<p style="font-size:8pt">{"Livraison intracommunautaire exemptée de TVA – art. 39bis du CTVA." if not rate else "TVA belge due."}<br>Communication structurée : <b>{structured}</b><br>Banque principale : {grouped(supplier.iban, 4)} – BIC {supplier.bic}<br>Autre compte : {grouped(second, 4)}</p>
<p style="font-size:7pt">Toute facture impayée à l’échéance est majorée de plein droit de 10 % avec un minimum de 65,00 € et porte intérêt de 12 % l’an. Vidanges et palettes reprises au prix facturé.</p>"""
    return Sheet(page(css, body, "14mm 16mm"), truth)
