"""Till receipts: narrow, prices with tax, the name of the shop at the top."""

from __future__ import annotations

from decimal import Decimal

from documents.chromium import Sheet
from documents.pieces import bars, cells, e, logo, page, picture
from documents.truth import truth_of
from documents.web import web
from documents.world import World, day_text, line, number, vat_rows_included

D = Decimal

DISHES = (
    ("FORMULE MIDI", "17.50", 10), ("MENU DU MARCHE", "24.00", 10), ("ENTRECOTE FRITES", "21.90", 10), ("TARTARE BOEUF", "18.50", 10),
    ("SALADE CHEVRE", "14.20", 10), ("PAVE DE CABILLAUD", "19.80", 10), ("CREME BRULEE", "7.50", 10), ("CAFE GOURMAND", "8.90", 10),
    ("CAFE", "2.20", 10), ("EVIAN 1L", "5.80", 10), ("PERRIER 33CL", "4.10", 10), ("PICHET COTES RHONE", "11.50", 20),
    ("VERRE CHABLIS", "6.20", 20), ("BIERE PRESSION 25", "4.60", 20), ("KIR CASSIS", "5.50", 20), ("DIGESTIF", "8.00", 20),
)  # fmt: skip


@web("restaurant-receipt", "receipt", "dev")
def restaurant_receipt(w: World) -> Sheet:
    """80 mm roll in a fixed-pitch font; quantity before the dish, VAT recap below the total, paid by card."""
    name = w.pick(("LE ZINC DES HALLES", "BRASSERIE DU PONT-VIEUX", "LA TABLE DE SOLÈNE", "CHEZ MAURIZOT", "L’ÉCHAUGUETTE"))  # fmt: skip
    supplier = w.french(name, iban=None, bic=None, naf="5610A")
    buyer = w.buyer()
    day = w.day()
    chosen = w.some(DISHES, w.int(3, 8))
    covers = w.int(1, 6)
    lines = [
        line(dish, w.int(1, covers), D(price), rate, more_rate="A" if rate == 10 else "B")
        for dish, price, rate in chosen
    ]
    rows = vat_rows_included(lines)
    ticket = f"{w.int(1000, 99999):06}"
    truth = truth_of(
        ticket, day, supplier, buyer, lines, rows, tax_included=True, document_type="receipt",
        hidden={"buyer_name", "buyer_vat", "buyer_siren", "supplier_vat", "net"},
    )  # fmt: skip
    if w.chance(0.5):
        truth["visible"]["supplier_vat"] = True
        vat_line = f"TVA {supplier.vat}<br>"
    else:
        vat_line = ""
    gross = D(truth["gross"])
    items = "".join(
        cells((f"{item.qty}", e(item.name), number(item.price, ""), number(item.total, "") + " " + item.more["more_rate"]), "rlrr")
        for item in lines
    )  # fmt: skip
    recap = "".join(
        cells((f"{'A' if rate == 10 else 'B'} {number(rate)}%", number(base, ""), number(tax, ""), number(base + tax, "")), "lrrr")
        for rate, base, tax in rows
    )  # fmt: skip
    truth["visible"]["net"] = truth["visible"]["vat_total"] = len(rows) == 1
    truth["visible"]["line_total"] = False
    css = """body{font:11px 'Liberation Mono';width:272px;padding:0 0 10px}table{width:100%}td{padding:0 2px}.c{text-align:center}
    hr{border:0;border-top:1px dashed #000}.big{font-size:17px;font-weight:bold}"""
    body = f"""<div class="c"><b style="font-size:14px">{e(name)}</b><br>{supplier.form} AU CAPITAL DE {supplier.capital_text} EUR<br>{e(supplier.street.upper())}<br>{supplier.zip} {supplier.city.upper()}<br>
TEL {supplier.phone.replace(" ", ".")}<br>SIRET {supplier.siret_text}<br>{vat_line}</div><hr>
TABLE {w.int(1, 40)} &nbsp; COUVERTS {covers}<br>SERVEUR : {e(w.pick(("MARION", "KEVIN", "SOFIANE", "JULIE")))}<br>{day_text(day)} {w.int(12, 14)}:{w.int(10, 59)} &nbsp; TICKET N° {ticket}<hr>
<table>{items}</table><hr><table class="big">{cells(("TOTAL", f"{number(gross, '')} €"), "lr")}</table>
<table>{cells(("CB SANS CONTACT" if gross < 50 else "CARTE BANCAIRE", number(gross, "")), "lr")}</table><hr>
<table>{cells(("TVA", "HT", "TVA", "TTC"), "lrrr")}{recap}</table><hr>
<div class="c">PRIX NETS – SERVICE COMPRIS 15%<br>Merci de votre visite, à bientôt !<br>Code WIFI : {w.letters(4)}{w.digits(4)}<br>Caisse {w.int(1, 3)} – NF525 {w.letters(2)}{w.digits(6)}</div>"""
    return Sheet(page(css, body, "0 4mm"), truth, "80mm", None)


@web("fuel-receipt", "receipt", "held")
def fuel_receipt(w: World) -> Sheet:
    """A pump's receipt: litres, price per litre, tax inside, card slip underneath with its own numbers."""
    brand = w.pick(("RELAIS DE L’AUTAN", "STATION DU LAC", "AIRE DES TROIS FONTAINES", "AVENUE CARBURANTS"))  # fmt: skip
    supplier = w.french(brand, iban=None, bic=None)
    buyer = w.buyer()
    day = w.day()
    fuel = w.pick(("GAZOLE", "SP95-E10", "SP98", "GAZOLE PREMIUM"))
    litres, price = w.money(18, 72), w.money(1.559, 2.019, "0.001")
    lines = [line(fuel, litres, price, 20, "L")]
    if w.chance(0.4):
        lines.append(
            line(
                w.pick(("LAVE GLACE 5L", "LAVAGE PROG 3", "SANDWICH POULET")),
                1,
                w.money(4, 14, "0.10"),
                20,
            )
        )
    rows = vat_rows_included(lines)
    number_ = f"{w.int(1, 9)}-{w.digits(6)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, tax_included=True, document_type="receipt",
        hidden={"buyer_name", "buyer_vat", "buyer_siren", "supplier_vat"},
    )  # fmt: skip
    truth["visible"]["supplier_vat"] = True
    gross, net, tax = (D(truth[key]) for key in ("gross", "net", "vat_total"))
    extra = "".join(
        f"<tr><td colspan=2>{e(item.name)}</td><td class=r>{number(item.total, '', '.')} EUR</td></tr>"
        for item in lines[1:]
    )
    css = """body{font:12px 'DejaVu Sans Mono';width:205px;letter-spacing:-.3px;padding-bottom:8px}table{width:100%}td{padding:0}.c{text-align:center}"""
    body = f"""<div class="c"><b>{e(brand)}</b><br>{e(supplier.street)}<br>{supplier.zip} {supplier.city}<br>Siret {supplier.siret}<br>TVA intra {supplier.vat}</div><br>
<table>{cells(("Date", day_text(day, "d/m/y") + f" {w.int(6, 21):02}:{w.int(10, 59)}"), "lr")}{cells(("Ticket", number_), "lr")}{cells(("Pompe", w.int(1, 12)), "lr")}</table>
<div style="margin:8px 0 0">PRODUIT : {fuel}</div><table>{cells(("Volume", f"{number(litres, '', '.')} L"), "lr")}{cells(("Prix/L", f"{number(price, '', '.', 3)} EUR"), "lr")}{cells(("Montant", f"{number(lines[0].total, '', '.')} EUR"), "lr")}{extra}</table>
<div style="margin:6px 0;border:1px solid #000;border-width:1px 0"><table><tr><td><b>A PAYER TTC</b></td><td class="r"><b>{number(gross, "", ".")} EUR</b></td></tr></table></div>
<table>{cells(("TVA 20.00%", f"{number(tax, '', '.')}"), "lr")}{cells(("Total HT", f"{number(net, '', '.')}"), "lr")}</table>
<br>------ CARTE BANCAIRE ------<br>A000000042{w.digits(4)}<br>CB EMV<br>{w.digits(6)} ({w.digits(2)})<br>le {day_text(day, "d/m/y")}<br>{supplier.siren}00{w.int(10, 99)}1<br>**** **** **** {w.digits(4)}<br>No AUTO {w.digits(6)}<br>MONTANT REEL = {number(gross)} EUR<br>DEBIT<br>TICKET CLIENT A CONSERVER<br>
<div class="c">Merci et bonne route</div>"""
    return Sheet(page(css, body, "0 2mm"), truth, "58mm", None)


SHOP = (
    ("VIS AGGLO 4X40 B200", "6.95"), ("SILICONE SANIT BLC", "8.49"), ("RUBAN MASQ 48MM", "4.25"), ("FORET BETON 8MM", "5.90"),
    ("GANT MANUT T9 X3", "9.99"), ("PEINT MAT BLC 10L", "49.90"), ("AMPOULE LED E27 X4", "11.90"), ("RALLONGE 10M 3G1.5", "17.95"),
    ("CHEVILLE NYL 8 B100", "7.30"), ("DISQUE INOX 125 X10", "13.50"), ("BACHE 4X5M", "3.90"), ("PILE LR6 X12", "9.90"),
)  # fmt: skip


@web("diy-receipt", "receipt", "dev")
def diy_receipt(w: World) -> Sheet:
    """A shop's receipt that doubles as an invoice: logo as picture, name of the company only in the small print, VAT number of the buyer's loyalty card absent."""
    brand = w.pick(("BRICOVAL", "MATÉRIO", "OUTIL’PRO", "CASTELBRICO"))
    supplier = w.french(f"{brand.title().replace('’P', '’p')} Distribution", form="SAS", iban=None, bic=None)  # fmt: skip
    buyer = w.buyer()
    day = w.day()
    lines = []
    for name, price in w.some(SHOP, w.int(2, 9)):
        lines.append(line(name, w.pick((1, 1, 1, 2, 3, 5)), D(price), 20, ref=w.digits(13)))
    rows = vat_rows_included(lines)
    number_ = f"{w.int(100, 999)}-{w.int(1, 20):02}-{w.digits(5)}"
    truth = truth_of(
        number_, day, supplier, buyer, lines, rows, tax_included=True, document_type="receipt",
        hidden={"buyer_vat", "buyer_siren", "supplier_siret", "supplier_zip", "supplier_city"},
    )  # fmt: skip
    gross, net, tax = (D(truth[key]) for key in ("gross", "net", "vat_total"))
    items = ""
    for item in lines:
        items += cells((e(item.name), number(item.total, "")), "lr")
        if item.qty != 1:
            items += (
                f"<tr><td colspan=2>&nbsp;&nbsp;{item.qty} x {number(item.price, '')} €</td></tr>"
            )
        items += f'<tr><td colspan=2 style="font-size:8.5px">&nbsp;&nbsp;{item.ref}</td></tr>'
    count = sum(item.qty for item in lines)
    css = """body{font:11.5px 'Nimbus Sans Narrow','Liberation Sans Narrow',Arial;width:276px;padding-bottom:8px}table{width:100%}td{padding:0 1px}.c{text-align:center}"""
    body = f"""<div class="c">{picture(logo(brand, "#000", shape="none"), "60mm")}<br>MAGASIN DE {e(w.pick(("CESSON", "LABÈGE", "GENAS", "INGRÉ")))}<br>Ouvert du lundi au samedi 7h30 – 19h<br>TICKET FACTURE</div>
<br>Facture n° {number_}<br>Le {day_text(day, "d-m-Y")} à {w.int(8, 18)}h{w.int(10, 59)} – hôtesse {w.int(100, 400)}<br>Client : {e(buyer.name)}<br>N° compte pro : {w.digits(8)}<br>
<hr><table>{items}</table><hr><table>{cells((f"NOMBRE D’ARTICLES : {count}", ""), "lr")}<tr style="font-size:15px;font-weight:bold"><td>TOTAL À PAYER</td><td class="r">{number(gross, "")} €</td></tr>
{cells(("Payé en chèque" if w.chance(0.3) else "Payé par CB", f"{number(gross, '')} €"), "lr")}{cells(("Rendu", "0,00 €"), "lr")}</table>
<p>Dont TVA 20,00 % : {number(tax, "")} € sur base HT {number(net, "")} €</p><div class="c">{bars(number_, 40, 200)}<br>{w.digits(22)}</div>
<p class="c" style="font-size:8.5px">{e(supplier.name)}, {supplier.form} au capital de {supplier.capital_text} €, RCS {supplier.court} {supplier.siren_text}, TVA {supplier.vat}<br>Échange ou remboursement sous 30 jours sur présentation du ticket. Points fidélité acquis : {w.int(3, 120)}</p>"""
    return Sheet(page(css, body, "0 3mm"), truth, "80mm", None)
