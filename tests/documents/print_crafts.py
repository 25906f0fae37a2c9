"""Craftsmen and garages drawn with reportlab: tables without heads, hours and parts apart, wholesalers' delivery notes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.grid import Grid, stacked
from documents.paper import Paper, Printed, legal, picture_of, printed
from documents.truth import truth_of
from documents.world import Line, World, add_months, day_text, line, month_end, number, q, vat_rows

D = Decimal
HIDDEN = frozenset({"buyer_vat", "buyer_siren", "line_total"})
PLUMBING = (
    ("Dépose de l’ancienne chaudière et évacuation", "forfait", "280", "10"), ("Chaudière gaz à condensation 24 kW, y compris ventouse et dosseret de pose", "u", "2184.50", "5.5"),
    ("Tube cuivre écroui 16x1", "ml", "9.85", "10"), ("Raccords laiton et petites fournitures", "ens.", "74.20", "10"), ("Main-d’œuvre compagnon", "h", "48.50", "10"),
    ("Robinet thermostatique équerre 1/2 avec tête, marque au choix du client", "u", "41.30", "10"), ("Mise en service et réglages, attestation de conformité", "u", "145", "5.5"),
    ("Vase d’expansion 18 L", "u", "62.75", "10"), ("Déplacement", "u", "35", "10"),
)  # fmt: skip
REPAIR = (("Remplacement plaquettes et disques avant", "1.40"), ("Vidange et remplacement filtre à huile", "0.60"), ("Diagnostic électronique", "0.50"), ("Remplacement courroie accessoires", "1.10"), ("Géométrie train avant", "0.90"), ("Contrôle avant livraison", "0.25"))  # fmt: skip
PARTS = (
    ("1609250280", "JEU PLAQUETTES AV", "68.42"), ("4249K2", "DISQUE FREIN AV", "54.90"), ("1109CK", "FILTRE HUILE", "11.37"), ("5W30C2", "HUILE 5W30 ACEA C2", "9.860"),
    ("5750ZK", "COURROIE 6PK1198", "37.15"), ("163988", "JOINT BOUCHON VIDANGE", "1.21"), ("98083471", "BALAI ESSUIE-GLACE", "19.64"), ("LR-DOT4", "LIQUIDE FREIN DOT 4", "12.05"),
)  # fmt: skip
ELECTRIC = (
    ("Disjoncteur 1P+N 16A courbe C", "DNX16C", "8.914"), ("Câble R2V 3G2,5 couronne 100 m", "R2V3G25", "1.2475"), ("Tableau 3 rangées 39 modules", "TAB339", "96.200"),
    ("Prise 2P+T blanche complète", "PR2PT", "5.638"), ("Gaine ICTA 20 tire-fil", "ICT20", "0.3862"), ("Interrupteur différentiel 40A 30mA type A", "ID40A", "74.350"),
    ("Réglette LED 1200 mm 36 W", "RL1236", "31.480"), ("Boîte d’encastrement prof. 40", "BE40", "0.7143"), ("Bloc autonome d’éclairage de sécurité", "BAES45", "58.100"),
    ("Détecteur de mouvement 180°", "DM180", "27.925"), ("Goulotte 40x25 blanc 2 m", "GL4025", "3.1180"), ("Collier de câblage 200 mm x100", "COL200", "4.060"),
)  # fmt: skip


@printed("crafts-without-heads", "crafts", "dev")
def crafts_without_heads(w: World) -> Printed:
    """No heads and no rules: places alone tell what is what; wrapped descriptions bear their amounts on the last row."""
    supplier = w.french(w.pick(("Thermi-Sud", "Plomberie Jacquemin", "Chauffage Barreau & Fille", "Sanit’Ouest")), form="SARL", bic=None)  # fmt: skip
    buyer, day = w.buyer(), w.day()
    code = f"{day:%Y}/{w.int(2, 180):03}"
    n = partial(number, thousands=" ")
    lines = [
        line(name, D(w.pick((1, 1, 1, 2, 5))) if unit in ("forfait", "u", "ens.") else w.money(2, 24, "0.5"), q(D(price) * w.money(0.9, 1.2)), rate, unit)
        for name, unit, price, rate in w.some(PLUMBING, w.int(3, 8))
    ]  # fmt: skip
    rows = vat_rows(lines)
    gross = sum(base + tax for _, base, tax in rows)
    prepaid = q(gross * D("0.3"), D(10)) if w.chance(0.4) else D(0)
    truth = truth_of(code, day, supplier, buyer, lines, rows, prepaid=prepaid, terms="payable à réception", hidden=HIDDEN | ({"vat_total"} if len(rows) > 1 else set()))  # fmt: skip
    p = Paper(face=w.pick(("liberation-serif", "dejavu-serif")))
    p.put(50, 60, supplier.name, 18, True)
    p.column(50, 76, ("Plomberie – chauffage – sanitaire", supplier.street, f"{supplier.zip} {supplier.city}", f"Tél. {supplier.phone}", supplier.mail), 11, size=9)  # fmt: skip
    p.column(330, 150, buyer.postal, 13, size=10.5)
    p.put(50, 215, f"{supplier.city}, le {day_text(day, 'j B Y')}", 10)
    p.put(50, 240, f"FACTURE N° {code}", 13, True)
    p.put(50, 256, f"Chantier : {w.person()}, {w.pick(('appartement 3e droite', 'villa', 'local technique'))} – dossier {w.digits(4)}", 9.5)  # fmt: skip
    grid = Grid(p, 292, ((50, "l", ""), (378, "r", ""), (462, "r", ""), (548, "r", "")), size=9.5, step=14)  # fmt: skip
    grid.note(50, f"Travaux réalisés suivant notre devis accepté du {day_text(day - timedelta(w.int(20, 60)))}", step=20)  # fmt: skip
    for item in lines:
        *above, last = p.wrap(item.name, 245, 9.5)
        grid.note(50, *above, step=12)
        grid.row(last, f"{number(item.qty, ' ', places=1 if item.qty % 1 else 0)} {item.unit}", n(item.price), n(item.total), step=19)  # fmt: skip
        if item.unit == "h":
            grid.note(
                62, f"(semaine {w.int(2, 50)}, équipe de {w.pick(('deux', 'trois'))})", size=8.5
            )
    pairs = [("Total hors taxes", n(truth["net"]))]
    pairs += [(f"T.V.A. {number(rate, places=None)} % sur {n(base)}", n(tax)) for rate, base, tax in rows]  # fmt: skip
    pairs.append(("Total T.T.C.", f"{n(gross)} €"))
    if prepaid:
        pairs += [(f"Acompte versé le {day_text(day - timedelta(18))}", f"- {n(prepaid)}"), ("Reste dû", f"{n(gross - prepaid)} €")]  # fmt: skip
    y = stacked(p, 330, 548, max(grid.y + 20, 560), pairs, 15, size=10)
    y = p.column(50, y + 16, ("Facture payable à réception, par chèque ou virement.", f"IBAN {supplier.iban_text}", "Attestation de TVA à taux réduit remise par le client. Assurance décennale : contrat n° " + w.digits(8)), 12, size=8.5)  # fmt: skip
    p.put(297, 812, legal(supplier, 1), 6.5, align="c")
    return Printed(p.pdf(), truth)


@printed("garage-hours-and-parts", "garage", "dev")
def garage_hours_and_parts(w: World) -> Printed:
    """Two tables with other columns: hours of work, then parts with a discount; a sum below each."""
    supplier = w.french(w.pick(("Garage des Remparts", "Carrosserie Pitavy", "Mécanique Sauvageot", "Auto Service Urvoas")), naf="4520A")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(30) if w.chance(0.4) else None
    code, n = f"{w.digits(6)}", partial(number, thousands=" ")
    rate = w.pick((D("58.00"), D("64.50"), D("72.00")))
    work = [
        line(name, hours, rate, 20, "h", f"{w.letters(1)}{w.digits(3)}")
        for name, hours in w.some(REPAIR, w.int(1, 4))
    ]
    parts = [
        line(name, D("4.50") if "HUILE 5W" in name else w.pick((1, 1, 2)), price, 20, None, ref, w.pick((None, None, 10, 15)))
        for ref, name, price in w.some(PARTS, w.int(2, 7))
    ]  # fmt: skip
    if w.chance(0.5):
        parts.append(line("RECYCLAGE DECHETS", 1, "3.90", 20, None, "DIVERS"))
    rows = vat_rows(work + parts)
    truth = truth_of(code, day, supplier, buyer, work + parts, rows, due=due, hidden=HIDDEN, terms=None if due else "Paiement comptant à la restitution du véhicule")  # fmt: skip
    p = Paper(face="helvetica")
    p.image(picture_of([(supplier.name, 54, "b"), ("Réparateur agréé toutes marques", 30, "")], "liberation", "#8a1c1c", mark="squares"), 36, 28, 220)  # fmt: skip
    p.column(36, 100, (supplier.street, f"{supplier.zip} {supplier.city}", f"Tél : {supplier.phone}", f"SIRET {supplier.siret} - APE {supplier.naf}", f"N° TVA : {supplier.vat}"), 10, size=8)  # fmt: skip
    p.put(390, 46, "FACTURE ATELIER", 14, True)
    stacked(p, 390, 556, 64, (("N° facture", code), ("Date", day_text(day)), ("Ordre de réparation", f"OR{w.digits(5)}"), ("Compte client", f"411{w.letters(3)}{w.digits(2)}")), 12, strong=0, size=8.5)  # fmt: skip
    p.column(
        345, 132, (buyer.name.upper(), buyer.street, f"{buyer.zip} {buyer.city}"), 12, size=9.5
    )
    p.box(36, 172, 520, 34)
    facts = ("Immatriculation", f"{w.letters(2)}-{w.int(100, 999)}-{w.letters(2)}"), ("Marque / modèle", w.pick(("PEUGEOT PARTNER", "RENAULT TRAFIC", "CITROEN JUMPY"))), ("1re mise en circ.", day_text(add_months(day, -w.int(20, 90)))), ("Kilométrage", n(D(w.int(12000, 190000)), places=0)), ("N° de série", f"VF3{w.letters(4)}{w.digits(8)}")  # fmt: skip
    for at, (head, value) in enumerate(facts):
        p.put(42 + at * 103, 184, head, 7)
        p.put(42 + at * 103, 199, value, 8, True)
    p.box(36, 220, 520, 14, "#dddddd", 0)
    p.put(40, 230, "MAIN-D'ŒUVRE", 8.5, True)
    hours = Grid(p, 246, ((40, "l", "Code"), (90, "l", "Opération"), (400, "r", "Temps"), (478, "r", "Taux horaire"), (552, "r", "Montant HT")), size=8, step=12)  # fmt: skip
    hours.heads()
    for item in work:
        hours.row(item.ref, item.name, number(item.qty), n(item.price), n(item.total))
    hours.row("", "", "", "Total main-d'œuvre", n(sum(i.total for i in work)), bold=True, step=22)
    p.box(36, hours.y - 10, 520, 14, "#dddddd", 0)
    p.put(40, hours.y, "PIÈCES ET FOURNITURES", 8.5, True)
    goods = Grid(p, hours.y + 16, ((40, "l", "Référence"), (120, "l", "Libellé"), (310, "r", "Qté"), (385, "r", "Prix public"), (425, "r", "R %"), (485, "r", "PU net"), (552, "r", "Montant HT")), size=8, step=12)  # fmt: skip
    goods.heads()
    for item in parts:
        net = q(item.price * (1 - (item.discount or 0) / D(100)), D("0.001"))
        goods.row(item.ref, item.name, number(item.qty), n(item.price), f"{item.discount}" if item.discount else "", n(net), n(item.total))  # fmt: skip
    goods.row("", "", "", "", "", "Total pièces", n(sum(i.total for i in parts)), bold=True)
    p.column(40, goods.y + 24, ("A prévoir : pneus avant à remplacer sous 5 000 km (env. 240,00 EUR TTC).", "Les pièces remplacées sont tenues à votre disposition pendant 15 jours."), 11, size=8)  # fmt: skip
    p.box(36, 690, 520, 38)
    gross, net, tax = (D(truth[key]) for key in ("gross", "net", "vat_total"))
    for at, (head, value) in enumerate((("Total HT", n(net)), ("Taux TVA", "20,00"), ("Montant TVA", n(tax)), ("Total TTC", n(gross)), ("Acompte", ""), ("Net à payer EUR", n(gross)))):  # fmt: skip
        p.put(42 + at * 86, 703, head, 7.5)
        p.put(116 + at * 86, 720, value, 9.5, at == 5, "r")
    p.put(40, 744, f"Echéance : {day_text(due)}" if due else "Paiement comptant à la restitution du véhicule", 8.5)  # fmt: skip
    p.put(40, 757, f"IBAN {supplier.iban_text}   BIC {supplier.bic}", 8)
    p.put(297, 818, f"{supplier.name} {supplier.form} au capital de {supplier.capital} EUR - RCS {supplier.court} {supplier.siren_text}", 7, align="c")  # fmt: skip
    return Printed(p.pdf(), truth)


@printed("wholesaler-notes-two-discounts", "electrical", "dev")
def wholesaler_notes(w: World) -> Printed:
    """Delivery notes as groups, discounts one upon the other, eco-contribution below its line, codes of VAT, sums carried over."""
    supplier = w.french(w.pick(("Comptoir Électrique Vautrin", "Sonélec Distribution", "Mat’Élec 3000", "Orsini Courants Faibles")))  # fmt: skip
    buyer, day = w.buyer(), month_end(w.day())
    due = month_end(add_months(day, 1)) + timedelta(10)
    code, n = f"{w.int(10, 89)}{w.digits(7)}", partial(number, thousands=".")
    reduced = w.chance(0.5)
    p = Paper(face="condensed")
    lines: list[Line] = []

    def top(_: Grid | None = None) -> float:
        p.put(30, 44, supplier.name.upper(), 14, True)
        p.put(30, 57, f"{supplier.street} - {supplier.zip} {supplier.city} - Tél. {supplier.phone}", 7.5)  # fmt: skip
        p.put(565, 44, f"FACTURE {code}", 12, True, "r")
        p.put(565, 57, f"du {day_text(day)}   -   Client 0{w_client}   -   Agence 04", 8, align="r")
        return 84

    def turn(grid: Grid) -> float:
        grid.y += 4
        p.put(470, 800, "A reporter", 8, True, "r")
        p.put(540, 800, n(sum(i.total for i in lines)), 8, True, "r")
        p.page()
        grid.y = top()
        grid.heads(16)
        p.put(470, grid.y, "Report", 8, True, "r")
        p.put(540, grid.y, n(sum(i.total for i in lines)), 8, True, "r")
        return grid.y + 16

    w_client = w.digits(5)
    y = top()
    p.column(330, 100, buyer.postal, 12, size=10)
    p.column(30, 100, (f"Représentant : {w.person()}", f"Mode de règlement : LCR magnétique au {day_text(due)}", f"Notre TVA : {supplier.vat}"), 11, size=8)  # fmt: skip
    grid = Grid(p, y + 80, ((30, "l", "Article"), (92, "l", "Désignation"), (330, "r", "Quantité"), (384, "r", "Tarif\nunitaire"), (392, "l", "Remises\n%"), (478, "r", "Net\nunitaire"), (540, "r", "Montant\nHT"), (556, "c", "T\nV")), size=7.6, step=10.5, foot=784, turn=turn)  # fmt: skip
    grid.heads(16)
    for _ in range(w.int(5, 13)):
        grid.room(30)
        sent = day - timedelta(w.int(2, 26))
        grid.note(92, f"BL n° {w.digits(6)} du {day_text(sent)} – V/réf {w.pick(('stock', 'dépôt', w.person().upper(), 'Chantier ' + w.pick(('Foch', 'gymnase', 'mairie'))))}", bold=True)  # fmt: skip
        for name, ref, price in w.some(ELECTRIC, w.int(2, 6)):
            discounts = w.pick(((), (30,), (20, 5), (35, 10), (42,)))
            share = D(1)
            for one in discounts:
                share *= 1 - D(one) / 100
            rate = D("5.5") if reduced and "LED" in name else D(20)
            item = line(name, w.pick((1, 2, 5, 10, 25, 100, 200)), price, rate, None, ref, (1 - share) * 100 if discounts else None)  # fmt: skip
            lines.append(item)
            net = q(item.price * share, D("0.0001"))
            grid.row(ref, name, n(item.qty, places=0), n(item.price, places=4), " + ".join(map(str, discounts)), n(net, places=4), n(item.total), "2" if rate == 20 else "1")  # fmt: skip
            if any(word in name for word in ("LED", "Bloc", "Détecteur")):
                grid.note(100, f"dont éco-participation DEEE {number(w.money(0.02, 0.4))} EUR HT par pièce incluse", size=6.8)  # fmt: skip
        grid.y += 4
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=HIDDEN | {"bic", "iban"})  # fmt: skip
    grid.room(110)
    y = max(grid.y + 14, 690)
    recap = Grid(p, y, ((30, "l", "Code"), (100, "r", "Taux"), (180, "r", "Base HT"), (250, "r", "Montant TVA")), size=8, step=11)  # fmt: skip
    recap.heads()
    for rate, base, tax in rows:
        recap.row("2" if rate == 20 else "1", f"{number(rate)}%", n(base), n(tax))
    stacked(p, 400, 540, y, (("Total HT", n(truth["net"])), ("Total TVA", n(truth["vat_total"])), ("NET A PAYER EUR", n(truth["gross"]))), 13, size=9)  # fmt: skip
    p.put(30, 770, "TVA acquittée sur les débits. Pas d’escompte. Retard : 3 fois le taux légal + 40 EUR.", 7)  # fmt: skip
    p.put(297, 822, legal(supplier, 0), 6, align="c")
    return Printed(p.pdf(), truth)
