"""Nurseries, laundries, butchers, hauliers, temporary staff, drawn with reportlab: columns for weeks and sizes, sums from the right to the left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.grid import Grid, stacked
from documents.paper import A4_LANDSCAPE, Paper, Printed, legal, picture_of, printed
from documents.truth import truth_of
from documents.world import World, add_months, day_text, line, month_end, number, q, vat_rows

D = Decimal
HIDDEN = frozenset({"buyer_vat", "buyer_siren", "line_total"})
PLANTS = (
    ("Carpinus betulus", "60/80 RN", "1.35"), ("Acer campestre", "10/12 motte", "48.00"), ("Lavandula angustifolia ‘Hidcote’", "C 2 L", "3.15"), ("Quercus ilex", "14/16 C 70 L", "165.00"),
    ("Photinia × fraseri ‘Red Robin’", "80/100 C 10 L", "14.70"), ("Gaura lindheimeri", "G 9", "1.08"), ("Miscanthus ‘Gracillimus’", "C 3 L", "4.85"), ("Prunus lusitanica", "125/150 motte", "29.40"),
)  # fmt: skip
LINEN = (("Drap plat 180x300", "1.12"), ("Taie 65x65", "0.415"), ("Serviette éponge 50x100", "0.462"), ("Drap de bain 70x140", "0.738"), ("Nappe 180x180 blanche", "1.645"), ("Torchon", "0.298"), ("Veste cuisine", "1.92"))  # fmt: skip
MEAT = (("Entrecôte UB s/at", "17.85"), ("Bavette aloyau", "13.40"), ("Épaule agneau désossée", "12.95"), ("Poulet fermier PAC", "5.620"), ("Longe porc découennée", "4.875"), ("Merguez véritable boyau naturel", "8.30"), ("Jarret veau tranché", "9.15"))  # fmt: skip
STAFF = ("Cariste CACES 3", "Manutentionnaire", "Agent de conditionnement", "Préparateur de commandes", "Soudeur TIG")  # fmt: skip


@printed("nursery-sizes", "nursery", "blind")
def nursery_sizes(w: World) -> Printed:
    """Only upright rules between columns, size apart from the name, the sum to pay in a box at the head too."""
    supplier = w.french(w.pick(("Pépinières du Plessis", "Les Serres Vautrin", "Végétal Delmotte", "Pépinière Grandcolas & Cie")), form="EARL", naf="0130Z")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = add_months(day, 2)
    code, n = f"{w.digits(2)}.{w.digits(4)}", partial(number, thousands=" ")
    lines = [line(name, w.pick((1, 3, 10, 25, 60, 120)), q(D(price) * w.money(0.9, 1.2)), 10, None, None, w.pick((None, None, 10)), size=size) for name, size, price in w.some(PLANTS, w.int(3, 8))]  # fmt: skip
    lines.append(line("Port et déchargement", 1, w.money(35, 180), 20, size=""))  # fmt: skip
    rows = vat_rows(lines)
    delivered = day - timedelta(6)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, delivery=delivered, hidden=HIDDEN | {"supplier_siret"})  # fmt: skip
    p = Paper(face="noto-serif")
    p.image(picture_of([(supplier.name, 56, "b")], "noto-serif", "#35602a"), 36, 34, 200)
    p.column(250, 48, (f"{supplier.street}, {supplier.zip} {supplier.city}", f"{supplier.phone} – {supplier.mail}", "Pépiniéristes depuis 1962"), 11, size=8)  # fmt: skip
    p.box(36, 92, 250, 66, radius=8)
    p.column(46, 108, (f"Facture n° {code}", f"en date du {day_text(day, 'j B Y')}", f"Votre compte : {w.letters(3)}{w.digits(3)}", f"Total à payer : {n(truth['gross'])} €"), 14, size=9.5, bold=True)  # fmt: skip
    p.column(330, 108, buyer.postal, 14, size=10.5)
    top = 180
    grid = Grid(p, top + 13, ((72, "r", "Nbre"), (82, "l", "Plante"), (285, "l", "Force / cond."), (428, "r", "Valeur unit."), (465, "r", "Rem."), (556, "r", "Valeur HT")), size=8.5, step=14)  # fmt: skip
    grid.heads(20)
    sent = f"Livraison du {day_text(delivered, 'd/m/y')} – bon {w.digits(4)}"  # fmt: skip
    grid.note(82, sent, size=8, ink="#35602a")
    for item in lines:
        grid.row(n(item.qty, places=0), item.name, item.more["size"], n(item.price), f"{item.discount}%" if item.discount else "", f"{n(item.total)} €")  # fmt: skip
        if item.vat == 20:
            grid.note(82, "(soumis à 20 %)", size=7.5)
    bottom = max(grid.y + 8, 560)
    for x in (36, 77, 280, 370, 435, 470, 560):
        p.rule(x, top, x, bottom)
    p.rule(36, top, 560)
    p.rule(36, bottom, 560)
    y = bottom + 18
    sums = Grid(p, y, ((40, "l", ""), (170, "r", "HT"), (260, "r", "TVA"), (350, "r", "TTC")), size=8.5)  # fmt: skip
    sums.heads()
    for rate, base, tax in rows:
        sums.row(f"à {number(rate, places=None)} %", n(base), n(tax), n(base + tax))
    sums.row("ensemble", n(truth["net"]), n(truth["vat_total"]), n(truth["gross"]), bold=True)
    p.column(380, y, (f"Payable le {day_text(due, 'j B Y')}", f"{supplier.iban_text}", f"BIC {supplier.bic}"), 13, size=8.5)  # fmt: skip
    p.put(297, 800, f"{supplier.name} {supplier.form}, RCS {supplier.court} {supplier.siren_text}, TVA {supplier.vat}. Végétaux repris à la motte : aucune garantie de reprise sans arrosage suivi.", 6.5, align="c")  # fmt: skip
    return Printed(p.pdf(), truth)


@printed("linen-by-week", "laundry", "blind")
def linen_by_week(w: World) -> Printed:
    """A column for each week of the month, then their sum, the price and the amount."""
    supplier = w.french(w.pick(("Blanchisserie du Lac", "Net’Linge Services", "Lin & Blanc", "Teinturerie Caradec")), naf="9601A")  # fmt: skip
    buyer, day = w.buyer(), month_end(w.day())
    due = day + timedelta(30)
    code, n = f"L{day:%m%y}/{w.digits(3)}", partial(number, thousands=" ")
    lines = []
    for name, price in w.some(LINEN, w.int(3, 7)):
        weeks = [w.int(0, 140) for _ in range(4)]
        lines.append(line(name, sum(weeks) or 1, price, 20, None, f"{w.int(100, 799)}", weeks=weeks if sum(weeks) else [1, 0, 0, 0]))  # fmt: skip
    lines.append(line("Forfait énergie", 1, w.money(9, 39), 20, weeks=[]))
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, contract_ref=(contract := w.digits(6)), hidden=HIDDEN | {"supplier_siren"})  # fmt: skip
    p = Paper(face="dejavu")
    p.size = 8
    p.put(297, 48, supplier.name.upper(), 16, True, "c")
    p.put(297, 62, f"{supplier.street} • {supplier.zip} {supplier.city} • {supplier.phone}", 7.5, align="c")  # fmt: skip
    p.rule(36, 70, 560, width=2, ink="#7aa6c2")
    p.column(36, 98, buyer.postal, 13, size=10)
    p.put(560, 98, f"FACTURE {code}", 12, True, "r")
    p.column(380, 112, (f"Arrêtée au {day_text(day)}", f"Contrat de location-entretien {contract}", f"Point de livraison {w.digits(2)}, tournée {w.int(1, 20)}"), 12)  # fmt: skip
    columns = [(36, "l", "Art."), (66, "l", "Linge"), *((255 + 32 * at, "r", f"Sem.\n{at + 1}") for at in range(4)), (395, "r", "Total\npièces"), (465, "r", "Prix\npièce"), (558, "r", "Montant\nHT")]  # fmt: skip
    grid = Grid(p, 180, columns, size=8, step=14)
    p.box(32, 169, 530, 26, "#e3edf3", 0)
    grid.heads(20)
    for item in lines:
        if item.more["weeks"]:
            grid.row(item.ref, item.name, *(each or "" for each in item.more["weeks"]), item.qty, number(item.price, " ", places=3), n(item.total))  # fmt: skip
        else:
            grid.row("", item.name, "", "", "", "", 1, number(item.price, " ", places=3), n(item.total))  # fmt: skip
    grid.note(66, f"Manquants relevés à l’inventaire du {day_text(day - timedelta(5), 'd/m')} : néant", size=7)  # fmt: skip
    p.rule(32, grid.y, 562, ink="#7aa6c2")
    y = stacked(p, 380, 558, grid.y + 18, (("Montant hors taxe", n(truth["net"])), ("TVA 20 %", n(truth["vat_total"])), ("TOTAL EUROS", n(truth["gross"]))), 15, size=9.5)  # fmt: skip
    p.column(36, y + 24, (f"Prélèvement au {day_text(due)}, référence de mandat {w.letters(3)}{w.digits(6)}", f"Compte : {supplier.iban_text} ({supplier.bic})"), 12)  # fmt: skip
    p.put(297, 815, f"{supplier.name}, {supplier.form} – SIRET {supplier.siret_text} – NAF {supplier.naf} – TVA {supplier.vat_text}", 6.5, align="c")  # fmt: skip
    return Printed(p.pdf(), truth)


@printed("butcher-traced", "meat", "blind")
def butcher_traced(w: World) -> Printed:
    """Pieces and kilos, the origin of the animal below each line, a line taken back, a discount on the whole at the foot."""
    supplier = w.french(w.pick(("Abattoirs Etchegaray", "Viandes Lachenal", "Sovia Découpe", "Boucherie en gros Tixier")), naf="4632A")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    code, n = w.digits(8), partial(number, thousands="")
    lines = []
    for name, price in w.some(MEAT, w.int(3, 7)):
        pieces = w.int(1, 14)
        lines.append(line(name, w.money(pieces * 0.9, pieces * 3, "0.002"), price, "5.5", "kg", f"{w.digits(4)}", pieces=pieces))  # fmt: skip
    if w.chance(0.5):
        back = lines[0]
        lines.append(line(f"Retour {back.name}", -w.money(0.4, 0.9, "0.002"), back.price, "5.5", "kg", back.ref, pieces=-1))  # fmt: skip
    share = w.pick((D(0), D(2), D("1.5")))
    rows = vat_rows(lines, share)
    total = sum(item.total for item in lines)
    net, tax = rows[0][1], rows[0][2]
    truth = truth_of(code, day, supplier, buyer, lines, rows, allowance=(total - net) or None, terms="LOI SAPIN 20 JOURS", hidden=(HIDDEN - {"line_total"} if share else HIDDEN) | {"iban", "bic"})  # fmt: skip
    p = Paper(face="liberation-mono")
    p.size = 8.5
    p.column(36, 46, (supplier.name.upper(), f"{supplier.street} {supplier.zip} {supplier.city}", f"AGREMENT CE FR {w.int(10, 95)}.{w.digits(3)}.{w.digits(3)} CE", f"SIREN {supplier.siren_text}   SIRET {supplier.siret}", f"TVA {supplier.vat}"), 11)  # fmt: skip
    p.column(340, 100, buyer.postal, 12, size=9.5)
    p.put(36, 155, f"FACTURE     {code}", 11, True)
    p.put(250, 155, f"LE {day_text(day, 'd.m.y')}    CLT {w.digits(5)}    BL {w.digits(6)}", 9)
    grid = Grid(p, 182, ((36, "l", "CODE"), (80, "l", "DESIGNATION"), (305, "r", "PCES"), (375, "r", "KG NET"), (445, "r", "EUR/KG"), (530, "r", "TOTAL HT")), size=8.5, step=10)  # fmt: skip
    p.rule(36, 170, 535)
    grid.heads(15)
    p.rule(36, 186, 535)
    for item in lines:
        grid.row(item.ref, item.name, item.more["pieces"], n(item.qty, places=3), n(item.price, places=3), n(item.total))  # fmt: skip
        born = w.pick(("FR", "IE", "ES", "DE"))
        grid.note(92, f"NE:{born} ELEVE:{born} ABATTU:FR {w.digits(2)}.{w.digits(3)} LOT {w.digits(7)} DLC {day_text(day + timedelta(w.int(6, 20)), 'd/m')}", size=6.8, step=14)  # fmt: skip
    p.rule(36, grid.y, 535)
    pairs = [("TOTAL BRUT HT", n(total)), (f"REMISE {number(share)} %", n(net - total))] if share else []  # fmt: skip
    pairs += [("TOTAL NET HT", n(net)), ("TVA 5,50 %", n(tax)), ("NET A PAYER EUR", n(truth["gross"]))]  # fmt: skip
    y = stacked(p, 350, 530, grid.y + 18, pairs, 13, size=9)
    weight = sum(item.qty for item in lines)
    p.column(
        36,
        grid.y + 18,
        (f"POIDS {n(weight, places=3)} KG", "REGLEMENT LOI SAPIN 20 JOURS", "CAMION A 2 DEGRES"),
        13,
    )
    p.put(36, y + 20, "VIANDE BOVINE : CATEGORIE ET TYPE SUR ETIQUETTE. PENALITES 3 FOIS LE TAUX LEGAL, 40 EUR.", 7)  # fmt: skip
    return Printed(p.pdf(), truth)


@printed("temporary-staff", "temporary work", "blind")
def temporary_staff(w: World) -> Printed:
    """Each person is a title; hours by kind below, rates of four decimals, a sum for each, sums of the bill in one row from the right to the left."""
    supplier = w.french(w.pick(("Intérim Atlantique", "Alto Missions", "Pro-Relais Travail Temporaire", "Samdi Emploi")), form="SAS", naf="7820Z")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(w.pick((30, 45)))
    code, n = f"{w.int(100, 999)}{w.letters(1)}{w.digits(5)}", partial(number, thousands=".")
    p = Paper(face="liberation")
    p.put(36, 50, supplier.name, 16, True, ink="#b8432f")
    p.column(36, 64, (f"Agence de {supplier.city}", supplier.street, f"{supplier.zip} {supplier.city}"), 11, size=8.5)  # fmt: skip
    p.column(320, 64, (buyer.name, "Service du personnel", buyer.street, f"{buyer.zip} {buyer.city}"), 12.5, size=10)  # fmt: skip
    head = Grid(p, 140, ((36, "l", "Facture"), (140, "l", "Date"), (230, "l", "Code client"), (330, "l", "Semaines"), (430, "l", "À régler avant le")), size=8.5, step=13)  # fmt: skip
    head.heads()
    head.row(code, day_text(day), w.digits(6), f"{(week := w.int(1, 48))} à {week + 3}", day_text(due), bold=True)  # fmt: skip
    grid = Grid(p, 186, ((60, "l", "Rubrique"), (330, "r", "Nb heures"), (430, "r", "Taux facturé"), (555, "r", "Montant")), size=8.8, step=12.5)  # fmt: skip
    grid.heads(16)
    lines = []
    for _ in range(w.int(1, 4)):
        job, base = w.pick(STAFF), w.money(21, 34, "0.0005")
        grid.note(36, f"{w.person().upper()} – {job} – contrat de mission {w.digits(7)}", bold=True)
        mine = [line("Heures normales", w.money(28, 35, "0.5"), base, 20, "h")]
        if w.chance(0.6):
            mine.append(line("Heures supplémentaires 25 %", w.money(1, 8, "0.25"), q(base * D("1.25"), D("0.0001")), 20, "h"))  # fmt: skip
        mine.append(line("Panier de jour", w.int(3, 5), "7.10", 20, None))
        for item in mine:
            grid.row(item.name, number(item.qty), n(item.price, places=4), n(item.total))
        grid.row("", "", "Total salarié", n(sum(i.total for i in mine)), bold=True, step=18)
        lines += mine
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=HIDDEN)
    y = max(grid.y + 10, 640)
    p.rule(36, y - 12, 560, ink="#b8432f")
    sums = Grid(p, y, ((140, "r", "NET À PAYER €"), (260, "r", "TVA 20 %"), (380, "r", "TOTAL HT"), (470, "r", "Nb heures")), size=9, step=15)  # fmt: skip
    sums.heads()
    hours = sum(item.qty for item in lines if item.unit)
    sums.row(n(truth["gross"]), n(truth["vat_total"]), n(truth["net"]), number(hours), bold=True)
    p.column(36, y + 40, ("Garantie financière (art. L. 1251-49 du code du travail) : consultable en agence. Taxe exigible d’après les encaissements.", f"Virement : {supplier.iban_text} – {supplier.bic}"), 11, size=7.5)  # fmt: skip
    p.put(297, 812, legal(supplier, 0), 6.3, align="c")
    return Printed(p.pdf(), truth)


@printed("haulier-consignments", "transport", "blind")
def haulier_consignments(w: World) -> Printed:
    """A lying sheet: each consignment has its date, note, route, parcels and weight and one amount; surcharges in percent at the end."""
    supplier = w.french(w.pick(("Messageries Rhodaniennes", "Trans-Océane 44", "Courses Express Zanetti", "Fret Hérisson")), naf="4941A")  # fmt: skip
    buyer, day = w.buyer(), month_end(w.day())
    due = day + timedelta(30)
    code, n = f"{w.letters(2)} {w.digits(6)}", partial(number, thousands=" ")
    p = Paper(A4_LANDSCAPE, face="lato")
    p.put(40, 44, supplier.name, 17, True, ink="#274690")
    p.column(40, 58, (f"{supplier.street} – {supplier.zip} {supplier.city}", f"SIRET {supplier.siret_text} – TVA {supplier.vat}"), 11, size=8)  # fmt: skip
    p.column(560, 44, buyer.postal, 13, size=10)
    p.put(40, 104, f"Relevé-facture {code} au {day_text(day, 'j B Y')} – compte transport {w.digits(5)}", 11, True)  # fmt: skip

    def turn(grid: Grid) -> float:
        p.page()
        p.put(40, 40, f"{supplier.name} – {code} (suite)", 10, True)
        grid.y = 64
        grid.heads(16)
        return grid.y

    grid = Grid(p, 130, ((40, "l", "Date"), (90, "l", "Récépissé"), (160, "l", "Expédition"), (520, "r", "Colis"), (590, "r", "Poids kg"), (650, "l", "Service"), (800, "r", "Port HT")), size=8.5, step=13, foot=545, turn=turn)  # fmt: skip
    grid.heads(16)
    lines = []
    for at in range(w.int(5, 38)):
        town = w.pick(("MULHOUSE", "BREST", "PAU", "NICE", "LENS", "TROYES", "ALBI"))
        name = f"{buyer.city.upper()} - {town} {w.pick(('DUPRE', 'SOGEMA', 'ETS FAURE', 'MAIRIE'))}"
        item = line(name, 1, w.money(11, 260), 20, None, w.digits(8))
        lines.append(item)
        sent = day.replace(day=1 + at * 27 // 38)
        grid.row(day_text(sent, "d/m"), item.ref, name, w.int(1, 30), n(w.money(2, 900, "0.1"), places=1), w.pick(("J+1", "J+2", "PAL")), n(item.total))  # fmt: skip
    carriage = sum(item.total for item in lines)
    share = w.pick((D("6.85"), D("9.10"), D("12.35")))
    for name, total in ((f"Surcharge gazole {number(share)} % de {n(carriage)}", q(carriage * share / 100)), ("Contribution sûreté", q(len(lines) * D("0.65")))):  # fmt: skip
        grid.row("", "", name, "", "", "", n(total))
        lines.append(line(name, 1, total, 20))
    rows = vat_rows(lines)
    truth = truth_of(code.replace(" ", ""), day, supplier, buyer, lines, rows, due=due, terms="30 jours", hidden=HIDDEN | {"supplier_siren"})  # fmt: skip
    for row in truth["lines"]:
        row["qty"] = row["price"] = None  # one amount for each, no price is printed
    grid.room(70)
    y = stacked(p, 620, 800, grid.y + 14, (("Montant HT", f"{n(truth['net'])} €"), ("TVA 20,00 %", f"{n(truth['vat_total'])} €"), ("Net à payer", f"{n(truth['gross'])} €")), 14, size=9.5)  # fmt: skip
    p.column(40, grid.y + 14, (f"Paiement le {day_text(due, 'j B Y')} (30 jours, article L. 441-11 du code de commerce)", f"{supplier.iban_text}   {supplier.bic}", "CO2 : information disponible sur demande (art. L. 1431-3 du code des transports)"), 12, size=8.5)  # fmt: skip
    p.put(40, max(y + 30, 570), f"{supplier.form} au capital de {supplier.capital_text} € – RCS {supplier.court}", 6.5)  # fmt: skip
    return Printed(p.pdf(), truth)
