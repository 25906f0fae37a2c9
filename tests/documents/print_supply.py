"""Suppliers of industry, markets and machines drawn with reportlab: quantities first, units glued on, prices of many decimals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

from documents.grid import Grid, stacked
from documents.paper import A4_LANDSCAPE, Paper, Printed, legal, printed
from documents.truth import truth_of
from documents.world import World, day_text, line, month_end, number, q, vat_rows

D = Decimal
HIDDEN = frozenset({"buyer_vat", "buyer_siren", "line_total"})
LABORATORY = (
    ("Pipettes sérologiques stériles 10 ml, conditionnement individuel", "4488", "0.1845"), ("Boîtes de Petri 90 mm ergots", "P90-E", "0.09640"), ("Milieu gélosé PCA flacon 500 ml", "PCA500", "11.725"),
    ("Gants nitrile sans poudre taille L", "GNL100", "6.4350"), ("Papier filtre plissé 185 mm", "PF185", "0.2318"), ("Éthanol absolu 99,8 % bidon 5 L", "ETH5", "38.9000"),
    ("Micro-tubes 1,5 ml à fond conique", "MT15", "0.01287"), ("Étalon pH 7,00 flacon 1 L", "PH7-1L", "14.3600"), ("Embouts filtrés 200 µl, rack de 96", "EF200", "7.8125"),
)  # fmt: skip
MARKET = (
    ("TOMATE GRAPPE CAL 57/67 FR", "2.350", "kg"), ("POMME GALA 170/220 VERGER ECO", "1.680", "kg"), ("SALADE BATAVIA", "0.890", "p"), ("CITRON JAUNE PRIMOFIORI ES", "1.945", "kg"),
    ("POMME DE TERRE AGATA LAVEE", "0.785", "kg"), ("HERBE PERSIL PLAT", "0.650", "b"), ("CAROTTE SABLE", "0.925", "kg"), ("AVOCAT HASS CAL 18", "1.120", "p"), ("OIGNON JAUNE 60/80", "0.640", "kg"),
    ("CHAMPIGNON DE PARIS PIED COUPE", "3.480", "kg"), ("RADIS ROSE", "0.780", "b"),
)  # fmt: skip
MACHINES = (
    (("Hydraulikpumpe HP 32-S", "Fördervolumen 32 cm³/U, Druck max. 250 bar", "mit Flansch ISO 3019-2"), "Stk", "1248.00"), (("Dichtungssatz für Zylinder DZ 80/45",), "Satz", "64.35"),
    (("Druckfilter mit Verschmutzungsanzeige", "Filterfeinheit 10 µm"), "Stk", "287.90"), (("Montage vor Ort, Techniker", "inkl. Anfahrt"), "Std", "92.50"),
    (("Hydrauliköl HLP 46, Gebinde", "ADR-frei"), "l", "3.185"), (("Schlauchleitung 2SN DN 12", "Länge 1.450 mm, beidseitig DKOL"), "Stk", "41.72"), (("Rückschlagventil RV 15 L",), "Stk", "23.08"),
)  # fmt: skip
SCREWS = ("Vis TH M6x{} inox A2 DIN 933", "Vis CHC M8x{} 8.8 zinguée", "Rondelle plate M{} type A", "Écrou frein M{} zingué", "Goujon d’ancrage M10x{}", "Rivet aveugle alu/acier 4x{}", "Cheville à frapper 8x{}", "Tige filetée M{} 1 m", "Vis à tôle TF 4,2x{}")  # fmt: skip


@printed("designation-last-lots", "laboratory", "dev")
def designation_last(w: World) -> Printed:
    """Quantity first and the designation last, heads over two rows, prices of four or five decimals, lots below each line."""
    supplier = w.french(w.pick(("Labo-Fournitures Thévenot", "Biomat Réactifs", "Verrerie Scientifique Noirot", "Dilabo")), naf="4669B")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(w.pick((30, 45)))
    code, n = f"9{w.digits(8)}", partial(number, thousands=" ")
    lines = [line(name, w.pick((1, 5, 20, 50, 100, 250, 1000)), price, 20, None, ref) for name, ref, price in w.some(LABORATORY, w.int(2, 8))]  # fmt: skip
    port = D("18.50") if w.chance(0.5) else None
    if port:
        lines.append(line("Participation port et emballage", 1, port, 20, None, "PORT"))
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=HIDDEN, po_ref=(order := f"{w.letters(2)}-{w.digits(5)}"))  # fmt: skip
    p = Paper(face="noto")
    p.put(555, 50, supplier.name, 15, True, "r", ink="#006450")
    p.column(345, 66, (f"{supplier.street}", f"{supplier.zip} {supplier.city}", supplier.site), 10, size=7.5)  # fmt: skip
    p.column(45, 110, (buyer.name, "Service achats – réception B", buyer.street, f"{buyer.zip} {buyer.city}"), 13, size=10)  # fmt: skip
    p.put(345, 120, "Facture", 16, True, ink="#006450")
    p.column(345, 136, (f"N° de pièce    {code}", f"Date de pièce    {day_text(day, 'd.m.Y')}", f"Votre commande    {order}", f"N° client    {w.digits(6)}", f"Échéance    {day_text(due, 'd.m.Y')}"), 11, size=8.5)  # fmt: skip
    grid = Grid(p, 222, ((45, "l", "Qté\nlivrée"), (85, "l", "UV"), (130, "l", "Code\nproduit"), (245, "r", "PU HT\nnet"), (312, "r", "Mt HT\n(EUR)"), (338, "c", "TVA\n%"), (362, "l", "Libellé de l’article\n")), size=8, step=12)  # fmt: skip
    p.box(40, 210, 515, 27, "#e4f0ed", 0)
    grid.heads(18)
    for item in lines:
        first, *others = p.wrap(item.name, 190, 8)
        price = number(item.price, " ", places=max(4, -item.price.as_tuple().exponent))
        grid.row(n(item.qty, places=0), "UN", item.ref, price, n(item.total), "20", first, step=10)
        grid.note(362, *others, step=10)
        if item.ref != "PORT":
            grid.note(362, f"Lot {w.letters(1)}{w.digits(6)}   Pér. {w.int(1, 12):02}/{day.year + w.int(1, 4)}", step=10, size=7, ink="#555555")  # fmt: skip
        grid.y += 5
    y = max(grid.y + 20, 600)
    places = ((45, "l", "Base HT"), (135, "l", "Taux"), (190, "l", "TVA"), (290, "l", "Total HT"), (385, "l", "Total TVA"), (470, "l", "À payer EUR"))  # fmt: skip
    p.rule(40, y - 12, 555)
    sums = Grid(p, y, places, size=8.5, step=14)
    sums.heads()
    (_, base, tax) = rows[0]
    sums.row(n(base), "20,00 %", n(tax), n(truth["net"]), n(truth["vat_total"]), n(truth["gross"]))
    p.rule(40, y + 20, 555)
    p.column(45, y + 42, (f"Virement : {supplier.iban_text} – {supplier.bic}", "Produits de laboratoire réservés à un usage professionnel. Retour accepté sous 8 jours avec accord écrit.", "TVA sur les débits."), 11, size=7.5)  # fmt: skip
    p.put(297, 815, legal(supplier, 0), 6.3, align="c")
    return Printed(p.pdf(), truth)


@printed("market-units-glued", "fruit and vegetables", "dev")
def market_units_glued(w: World) -> Printed:
    """A market wholesaler: weights with the unit glued on, crates and net weight side by side, crates taken back with a minus."""
    supplier = w.french(w.pick(("PRIMEURS CHASTAGNOL", "SAS FRUIDOR CARREAU 12", "MALHURET FRUITS ET LEGUMES", "HALLES ETCHEGARAY")), naf="4631Z")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(w.pick((7, 10))) if w.chance(0.6) else None
    code, n = f"{w.int(100, 999)} {w.int(100, 999)}", partial(number, thousands="")
    lines = []
    for name, price, unit in w.some(MARKET, w.int(4, 10)):
        crates = w.int(1, 12)
        weight = w.money(crates * 4, crates * 6, "0.005") if unit == "kg" else D(crates * 12)
        lines.append(line(name, weight, D(price), "5.5", unit, crates=crates))
    lines.append(line("CONSIGNE CAISSE EPS 604", w.int(4, 20), "3.860", 20, "p", crates=None))
    lines.append(line("RETOUR CAISSE EPS 604", -w.int(2, 20), "3.860", 20, "p", crates=None))
    rows = vat_rows(lines)
    truth = truth_of(code.replace(" ", ""), day, supplier, buyer, lines, rows, due=due, terms=None if due else "FIN DE SEMAINE PAR CHEQUE", hidden=HIDDEN | {"iban", "bic", "supplier_siren"})  # fmt: skip
    p = Paper(face="courier")
    p.put(40, 46, supplier.name, 14, True)
    p.column(40, 60, (f"{supplier.street}  {supplier.zip} {supplier.city}", f"Tel {supplier.phone}  SIRET {supplier.siret}", f"TVA {supplier.vat}"), 11, size=8.5)  # fmt: skip
    p.column(330, 112, [text.upper() for text in buyer.postal], 12, size=10)  # fmt: skip
    p.put(40, 175, f"FACTURE No {code}   DU {day_text(day, 'd/m/y')}   CODE {w.digits(4)}   TOURNEE {w.int(1, 30)}   PAGE 1", 9, True)  # fmt: skip
    grid = Grid(p, 200, ((40, "l", "NB COL"), (90, "l", "PRODUIT"), (322, "r", "POIDS NET"), (365, "l", "CAT"), (455, "r", "PRIX"), (535, "r", "MT HT"), (556, "c", "T")), size=8.5, step=13)  # fmt: skip
    p.rule(36, 188, 560)
    grid.heads(17)
    p.rule(36, 205, 560)
    for item in lines:
        weight = number(item.qty, "", places=3 if item.unit == "kg" else 0) + item.unit
        crates = f"{item.more['crates']}col" if item.more["crates"] else ""
        minus = f"{n(abs(item.total))}-" if item.total < 0 else n(item.total)
        grid.row(crates, item.name, weight, "I" if crates else "", f"{n(item.price, places=3)}/{item.unit}", minus, "2" if item.vat == 20 else "1")  # fmt: skip
    p.rule(36, grid.y, 560)
    grid.y += 18
    shipped = sum(item.more["crates"] or 0 for item in lines)
    weight = sum(item.qty for item in lines if item.unit == "kg")
    grid.note(40, f"{shipped} COLIS   POIDS TOTAL {number(weight, '', places=3)}kg")
    y = max(grid.y + 20, 560)
    recap = Grid(p, y, ((40, "l", "T"), (110, "r", "TAUX"), (200, "r", "HT"), (290, "r", "TVA"), (380, "r", "TTC")), size=8.5, step=12)  # fmt: skip
    recap.heads()
    for rate, base, tax in rows:
        recap.row("2" if rate == 20 else "1", f"{number(rate)}%", *(f"{n(abs(v))}-" if v < 0 else n(v) for v in (base, tax, base + tax)))  # fmt: skip
    recap.row("", "TOTAL", n(truth["net"]), n(truth["vat_total"]), n(truth["gross"]), bold=True)
    p.put(400, recap.y + 20, f"NET A PAYER  {n(truth['gross'])} EUR", 11, True)
    p.put(40, recap.y + 44, f"A REGLER AVANT LE {day_text(due, 'd/m/y')}" if due else "REGLEMENT FIN DE SEMAINE PAR CHEQUE", 9)  # fmt: skip
    p.put(40, recap.y + 58, "Marchandise vendue sur place, toute reclamation le jour meme avant 10 heures.", 7.5)  # fmt: skip
    return Printed(p.pdf(), truth)


@printed("german-long-descriptions", "german supplier", "dev", "de")
def german_long_descriptions(w: World) -> Printed:
    """Several rows of description before the amounts row, amounts like 1.234,50, sold tax free to France."""
    supplier = w.foreign("DE", w.pick(("Brandt Fluidtechnik GmbH", "Hydro-Keller GmbH & Co. KG", "Oberbergische Pumpen AG")), street=f"Industriestraße {w.int(3, 88)}", zip="42781", city="Haan")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(30)
    code, n = f"RE-{day:%y}-{w.digits(5)}", partial(number, thousands=".")
    goods = w.some(MACHINES, w.int(2, 6))
    lines = [line(" ".join(text), w.money(20, 208, "0.5") if unit == "l" else w.int(1, 12), price, 0, unit, f"{w.digits(3)}-{w.digits(4)}") for text, unit, price in goods]  # fmt: skip
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, delivery=(sent := day - timedelta(3)), po_ref=(order := f"B{w.digits(6)}"), hidden={"buyer_siren", "line_total"})  # fmt: skip
    p = Paper(face="lato")
    p.put(50, 62, supplier.name, 17, True)
    p.put(50, 108, f"{supplier.name} · {supplier.street} · {supplier.zip} {supplier.city}", 6.5)
    p.column(50, 126, (buyer.name, buyer.street, f"{buyer.zip} {buyer.city}", "FRANKREICH"), 13, size=10)  # fmt: skip
    stacked(p, 360, 550, 120, (("Rechnungsnummer", code), ("Rechnungsdatum", day_text(day, "d.m.Y")), ("Lieferdatum", day_text(sent, "d.m.Y")), ("Ihre Bestellung", order), ("Kunden-Nr.", w.digits(6)), ("USt-IdNr. Kunde", buyer.vat)), 13, strong=0, size=8.8)  # fmt: skip
    p.put(50, 225, "RECHNUNG", 15, True)
    grid = Grid(p, 255, ((50, "l", "Pos."), (80, "l", "Artikel / Bezeichnung"), (350, "r", "Menge"), (360, "l", "ME"), (460, "r", "Einzelpreis"), (550, "r", "Gesamtpreis")), size=9, step=12)  # fmt: skip
    p.rule(50, 243, 550, width=1)
    grid.heads(20)
    for at, (item, (text, _, _)) in enumerate(zip(lines, goods, strict=True), 1):
        p.put(50, grid.y, f"{at * 10}", 9)
        grid.note(80, f"Art.-Nr. {item.ref}", size=7.5, step=11)
        grid.note(80, *text[:-1])
        places = 3 if item.price.as_tuple().exponent == -3 else 2
        grid.row("", text[-1], number(item.qty, ".", places=1 if item.qty % 1 else 0), item.unit, n(item.price, places=places), n(item.total), step=20)  # fmt: skip
    p.rule(360, grid.y, 550)
    y = stacked(p, 360, 550, grid.y + 16, (("Summe netto", n(truth["net"])), ("0,00 % USt", n(D(0))), ("Rechnungsbetrag EUR", n(truth["gross"]))), 15, size=9.5)  # fmt: skip
    p.column(50, y + 20, ("Steuerfreie innergemeinschaftliche Lieferung gemäß § 4 Nr. 1b UStG.", f"Zahlbar bis {day_text(due, 'd.m.Y')} netto Kasse."), 13, size=9)  # fmt: skip
    p.rule(50, 780, 550, width=0.3)
    p.column(50, 792, (f"Bankverbindung: IBAN {supplier.iban_text}, BIC {supplier.bic}", f"USt-IdNr. {supplier.vat} · Amtsgericht Wuppertal HRB {w.digits(5)} · Geschäftsführer: {w.pick(('J. Brandt', 'M. Keller'))}"), 10, size=7)  # fmt: skip
    return Printed(p.pdf(), truth)


@printed("screws-over-three-sheets", "fasteners", "dev")
def screws_over_three_sheets(w: World) -> Printed:
    """A wide sheet on its side that goes on over three, heads repeated, one long order of cheap pieces; sums on the last sheet only."""
    supplier = w.french(w.pick(("Boulonnerie Tixier", "Fixation Rhône-Ain", "Visserie Générale Drouhin", "Inox Fix")), form="SAS")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = month_end(day + timedelta(45))
    code, n = f"VT{day:%y%m}-{w.int(100, 999)}", partial(number, thousands=" ")
    lines = [
        line(w.pick(SCREWS).format(w.pick((12, 16, 20, 30, 40, 50, 60))), w.pick((100, 200, 500, 1000, 2500)), w.money(0.008, 0.42, w.pick(("0.0001", "0.00001"))), 20, None, f"{w.digits(5)}{w.pick(('A2', 'ZN', 'A4', ''))}", w.pick((None, None, 5, 12)))
        for _ in range(w.int(40, 95))
    ]  # fmt: skip
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=HIDDEN | {"supplier_siren"})  # fmt: skip
    p = Paper(A4_LANDSCAPE, face="liberation")

    def top() -> float:
        p.put(40, 40, supplier.name, 15, True)
        p.put(800, 40, f"Facture {code} du {day_text(day, 'd-m-Y')}", 12, True, "r")
        p.rule(40, 48, 800, width=1.5, ink="#24407a")
        return 70

    def turn(grid: Grid) -> float:
        p.put(800, 575, "…/…", 9, align="r")
        p.page()
        grid.y = top()
        grid.heads(14)
        return grid.y

    y = top()
    p.column(40, y, (supplier.street, f"{supplier.zip} {supplier.city}", f"Tél. {supplier.phone}", f"SIRET {supplier.siret_text} – TVA {supplier.vat_text}"), 11, size=8.5)  # fmt: skip
    p.column(330, y, (f"Réf. client : {w.digits(5)}", f"Transporteur : {w.pick(('départ', 'franco', 'messagerie'))}", "Suivi par : " + w.person()), 11, size=8.5)  # fmt: skip
    p.column(580, y, buyer.postal, 12, size=10)
    grid = Grid(p, y + 66, ((40, "l", "Rep."), (75, "l", "Code"), (140, "l", "Descriptif"), (400, "r", "Nombre"), (490, "r", "Prix pièce €"), (560, "r", "Remise"), (650, "r", "Prix net €"), (760, "r", "Valeur HT €")), size=8.5, step=13.5, foot=550, turn=turn)  # fmt: skip
    grid.heads(15)
    for at, item in enumerate(lines, 1):
        net = q(item.price * (1 - (item.discount or 0) / D(100)), D("0.00001"))
        grid.row(f"{at:03}", item.ref, item.name, n(item.qty, places=0), n(item.price, places=5), f"-{item.discount} %" if item.discount else "", n(net, places=5), n(item.total))  # fmt: skip
    grid.room(90)
    y = stacked(p, 590, 760, grid.y + 12, (("Valeur totale HT", f"{n(truth['net'])} €"), ("T.V.A. 20 %", f"{n(truth['vat_total'])} €"), ("Montant de la facture", f"{n(truth['gross'])} €")), 14, size=9.5)  # fmt: skip
    p.column(40, grid.y + 12, (f"À échéance du {day_text(due, 'd-m-Y')}", f"IBAN {supplier.iban_text} – BIC {supplier.bic}", "Clause de réserve de propriété (loi 80-335)."), 12, size=8.5)  # fmt: skip
    return Printed(p.pdf(), truth)
