"""Merchants and workshops drawn with reportlab: ruled grids, listings, recaps beside totals, prices with tax."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from documents.grid import Grid, stacked
from documents.paper import Paper, Printed, legal, picture_of, printed
from documents.truth import truth_of
from documents.world import (
    World,
    add_months,
    day_text,
    line,
    month_end,
    number,
    q,
    vat_rows,
    vat_rows_included,
)

D = Decimal
FITTINGS = (
    ("Roulement à billes 6204-2RS", "6204-2RS", "7.84", "PCE"), ("Courroie trapézoïdale SPA 1250", "SPA1250", "14.36", "PCE"),
    ("Joint torique NBR 25x3 (sachet de 10)", "JT-25X3", "4.12", "SAC"), ("Vérin pneumatique Ø 32 course 100", "VP32-100", "68.90", "PCE"),
    ("Huile hydraulique HV 46 – fût 20 L", "HV46-20", "79.50", "FUT"), ("Graisse lithium cartouche 400 g", "GL400", "5.35", "CAR"),
    ("Vis CHC M8x30 classe 12.9", "CHC-M8-30", "0.214", "PCE"), ("Tôle inox 304L 2 mm 1000x2000", "TI304-2", "187.40", "FLE"),
    ("Flexible R2AT DN10 long. 1,5 m", "FLX-R2-10", "32.75", "PCE"), ("Distributeur 5/2 bistable 24 V", "D52-24B", "94.20", "PCE"),
    ("Capteur inductif M12 PNP", "CI-M12P", "27.60", "PCE"), ("Ruban PTFE 12 m", "PTFE12", "0.98", "RLX"),
)  # fmt: skip
GROCERIES = (
    ("FARINE T55 SAC 25KG", "011204", "17.90", "5.5"), ("SUCRE SEMOULE 10X1KG", "011310", "11.42", "5.5"),
    ("BEURRE DOUX 82% 10KG", "020118", "71.35", "5.5"), ("CREME UHT 35% 6X1L", "020204", "23.76", "5.5"),
    ("OEUFS CALIBRE M X 180", "020901", "31.50", "5.5"), ("CHOCOLAT NOIR 64% 5KG", "030417", "58.20", "20"),
    ("LEVURE FRAICHE 500G", "030112", "2.14", "5.5"), ("AMANDES EFFILEES 1KG", "030650", "12.87", "5.5"),
    ("BOITES PATISSIERES 20X20 X 50", "090221", "14.60", "20"), ("SACS KRAFT N4 X 1000", "090304", "26.95", "20"),
    ("PURE DE FRUITS FRAMBOISE 1KG", "040512", "9.83", "5.5"), ("VANILLE GOUSSES 250G", "030901", "118.40", "5.5"),
    ("RHUM PATISSIER 54% 2L", "060114", "32.10", "20"), ("JUS D ORANGE 12X25CL", "060230", "10.44", "5.5"),
)  # fmt: skip
TIMBER = (
    ("Panneau OSB 3 – 18 mm 2500x1250", "m²", "9.85"), ("Chevron sapin 63x75 traité cl. 2", "ml", "3.42"), ("Bardage douglas 21x145", "m²", "27.30"),
    ("Laine de bois 145 mm", "m²", "16.95"), ("Vis bois TX 6x120 (boîte de 100)", "bte", "24.10"), ("Pare-pluie HPV 75 m²", "rlx", "89.00"),
    ("Lambourde 45x70 pin autoclave", "ml", "2.18"), ("Équerre renforcée 90x90", "u", "1.35"), ("Location nacelle – journée", "j", "145.00"),
    ("Livraison camion-grue", "fft", "65.00"),
)  # fmt: skip
SHOP = (
    ("Perceuse-visseuse 18 V 2 batteries", "129.00"), ("Coffret 40 embouts", "19.90"), ("Échelle transformable 3 plans", "189.90"),
    ("Peinture acrylique mat blanc 10 L", "54.95"), ("Rouleau anti-gouttes 180 mm", "8.50"), ("Bâche de protection 4x5 m", "6.90"),
    ("Gants manutention taille 10", "4.75"), ("Rallonge 3G1,5 25 m", "34.90"), ("Projecteur LED 50 W", "29.95"),
)  # fmt: skip


def euro(value: Decimal, sign: str = " €") -> str:
    """`1 234,56 €` with a plain space."""
    return number(value, " ") + sign


def hide(*more: str) -> set[str]:
    """The buyer's identifiers are seldom printed."""
    return {"buyer_vat", "buyer_siren", *more}


@printed("grid-two-line-header", "parts", "dev")
def grid_two_line_header(w: World) -> Printed:
    """A ruled grid whose heads take two lines; discount and VAT rate stand under each line; sub-total per delivery note."""
    supplier = w.french(w.pick(("Transmissions Delmotte", "Hydro Services Nédélec", "Comptoir Fluides Ouest", "Rouvière Industrie")))  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = month_end(day + timedelta(30))
    code = f"{w.pick(('FC', 'F', 'FA'))}{day:%y}{w.int(10000, 99999)}"
    order = f"CF{w.digits(6)}"
    lines = []
    for name, ref, price, unit in w.some(FITTINGS, w.int(4, 9)):
        off = w.pick((None, None, 10, 15, 35))
        lines.append(
            line(
                name,
                w.pick((1, 2, 4, 6, 10, 50)),
                q(D(price) * w.money(0.9, 1.2), D("0.001")),
                20,
                unit,
                ref,
                off,
            )
        )
    rows = vat_rows(lines)
    truth = truth_of(
        code, day, supplier, buyer, lines, rows, due=due, hidden=hide("line_total"), po_ref=order
    )
    p = Paper(face="condensed")
    p.put(40, 52, supplier.name.upper(), 17, True)
    p.column(
        40,
        66,
        (
            supplier.street,
            f"{supplier.zip} {supplier.city}",
            f"Tél. {supplier.phone}",
            supplier.mail,
        ),
        10,
        size=8,
    )
    p.box(330, 40, 225, 62, "#e8e8e8")
    p.put(442, 56, "F A C T U R E", 13, True, "c")
    for x, head, value in ((340, "Numéro", code), (415, "Date", day_text(day, "d.m.Y")), (490, "Client", f"C{w.digits(5)}")):  # fmt: skip
        p.put(x, 74, head, 7)
        p.put(x, 92, value, 9, True)
    p.box(310, 118, 245, 68, radius=6)
    p.column(322, 136, buyer.postal, 13, size=10)
    p.put(40, 150, f"Votre commande n° {order} du {day_text(day - timedelta(12))}", 8)
    p.put(40, 162, f"N° TVA intracom. : {supplier.vat}", 8)
    edges = (40, 112, 300, 334, 374, 430, 492, 555)
    heads = (("Code", "article"), ("Désignation", "des marchandises"), ("Un.", "vte"), ("Quantité", "livrée"), ("Prix brut", "HT €"), ("Prix net", "HT €"), ("Montant", "HT €"))  # fmt: skip
    top = 205
    p.box(40, top, 515, 26, "#d0d7de")
    for index, (above, below) in enumerate(heads):
        middle = (edges[index] + edges[index + 1]) / 2
        p.put(middle, top + 11, above, 8, True, "c")
        p.put(middle, top + 21, below, 8, True, "c")
    y = top + 40
    notes = w.int(1, 2)
    for note in range(notes):
        mine = lines[note * len(lines) // notes : (note + 1) * len(lines) // notes]
        p.put(
            116,
            y,
            f"Bon de livraison {w.digits(7)} du {day_text(day - timedelta(9 - 4 * note))}",
            8,
            True,
        )
        y += 13
        for item in mine:
            net = q(item.price * (1 - (item.discount or 0) / D(100)), D("0.0001"))
            p.row(y, ((44, "l"), (116, "l"), (317, "c"), (370, "r"), (426, "r"), (488, "r"), (551, "r")),
                  (item.ref, item.name, item.unit, number(item.qty, " "), number(item.price, " ", places=3), number(net, " ", places=4), number(item.total, " ")), size=8)  # fmt: skip
            y += 10
            under = "TVA 20,00 %" + (
                f"   Remise {number(D(item.discount))} %" if item.discount else ""
            )
            p.put(122, y, under, 7, ink="#444444")
            y += 13
        p.put(488, y, "Sous-total BL", 8, align="r")
        p.put(551, y, number(sum(i.total for i in mine), " "), 8, True, "r")
        y += 16
    if notes == 1:
        truth["delivery_date"] = (day - timedelta(9)).isoformat()
        truth["visible"]["delivery_date"] = True
    bottom = max(y + 6, 560)
    p.box(40, top, 515, bottom - top)
    for x in edges[1:-1]:
        p.rule(x, top, x, bottom)
    y = bottom + 14
    p.box(40, y, 515, 40)
    gross = D(truth["gross"])
    cells = (("Total HT", D(truth["net"])), ("Base TVA", rows[0][1]), ("Taux", None), ("Montant TVA", D(truth["vat_total"])), ("Total TTC", gross), ("NET A PAYER", gross))  # fmt: skip
    for index, (head, value) in enumerate(cells):
        x = 40 + index * 86
        p.put(x + 43, y + 13, head, 8, index == 5, "c")
        p.put(x + 43, y + 31, "20,00 %" if value is None else euro(value), 9, index == 5, "c")
        if index:
            p.rule(x, y, x, y + 40)
    p.put(40, y + 60, f"Règlement par virement au {day_text(due)}", 9)
    truth["terms"], truth["visible"]["terms"] = None, False
    p.put(40, y + 74, f"IBAN {supplier.iban_text}   BIC {supplier.bic}", 8)
    p.put(297, 815, legal(supplier), 6.5, align="c")
    return Printed(p.pdf(), truth)


@printed("listing-fixed-pitch", "food-wholesale", "dev")
def listing_fixed_pitch(w: World) -> Printed:
    """A line printer's listing: the space inside an amount is as wide as the gap between columns; several sheets, sums carried over."""
    supplier = w.french(w.pick(("CENTRALE DU FOURNIL", "EPICERIE EN GROS KERBRAT", "PROVINORD DISTRIBUTION", "SODIPAT")))  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(w.pick((10, 15, 30)))
    code = w.digits(7)
    lines = [
        line(
            name,
            w.pick((1, 2, 3, 6, 12, 40, 120)),
            q(D(price) * w.money(0.8, 1.3), D("0.01")),
            D(rate),
            None,
            ref,
        )
        for name, ref, price, rate in [w.pick(GROCERIES) for _ in range(w.int(18, 70))]
    ]
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=hide("line_total"))
    p = Paper(face="liberation-mono")
    p.size = 8.4
    sheets = (len(lines) + 39) // 40
    carried = D(0)
    for sheet in range(sheets):
        y = p.column(30, 40, (
            f"{supplier.name:<52}FACTURE", f"{supplier.street.upper():<52}NUMERO : {code}", f"{supplier.zip} {supplier.city.upper():<46}DATE   : {day_text(day)}",
            f"TEL {supplier.phone:<48}FOLIO  : {sheet + 1}/{sheets}", f"SIRET {supplier.siret}  APE {supplier.naf}", f"ID TVA {supplier.vat}",
        ), 11)  # fmt: skip
        p.column(
            330,
            y,
            [text.upper() for text in buyer.postal],
            11,
        )
        y += 50
        p.put(30, y, "=" * 104)
        p.put(
            30,
            y + 11,
            f"{'ART.':<7}{'LIBELLE':<34}{'QTE':>9}{'P.U. HT':>12}{'MONTANT HT':>14}{'TX':>7}",
        )
        p.put(30, y + 22, "=" * 104)
        y += 36
        if sheet:
            p.put(30, y, f"{'':7}{'REPORT':<34}{'':>21}{number(carried, ' '):>14}")
            y += 11
        for item in lines[sheet * 40 : sheet * 40 + 40]:
            p.put(
                30,
                y,
                f"{item.ref:<7}{item.name[:33]:<34}{number(item.qty, ' ', places=0):>9} {number(item.price, ' '):>11} {number(item.total, ' '):>13} {number(item.vat, ''):>6}",
            )
            carried += item.total
            y += 11
        if sheet + 1 < sheets:
            p.put(30, y + 11, f"{'':7}{'A REPORTER':<34}{'':>21}{number(carried, ' '):>14}")
            p.page()
    y += 16
    p.put(30, y, "-" * 104)
    p.put(30, y + 12, f"{'TAUX':<10}{'BASE HT':>14}{'MONTANT TVA':>14}")
    y += 12
    for rate, base, tax in rows:
        y += 11
        p.put(30, y, f"{number(rate, '') + ' %':<10}{number(base, ' '):>14}{number(tax, ' '):>14}")
    y = y - 11 * len(rows)
    for at, (head, value) in enumerate((("TOTAL HT", truth["net"]), ("TOTAL TVA", truth["vat_total"]), ("TOTAL TTC EUR", truth["gross"]))):  # fmt: skip
        p.put(330, y + 11 * at, f"{head:<18}{number(D(value), ' '):>14}")
    y += 50
    p.put(30, y, f"PRELEVEMENT LE {day_text(due)}   BANQUE {supplier.iban_text}  {supplier.bic}")
    p.put(30, y + 22, "PENALITES DE RETARD : 3 FOIS LE TAUX LEGAL - INDEMNITE FORFAITAIRE 40 EUR")
    return Printed(p.pdf(), truth)


@printed("recap-beside-totals", "building-supplies", "dev")
def recap_beside_totals(w: World) -> Printed:
    """A timber yard: the recap of VAT stands to the left of the totals on the same height, a delivery address beside the invoiced one."""
    supplier = w.french(
        w.pick(
            (
                "Bois & Dérivés Grandcolas",
                "Scierie du Haut-Bugey",
                "Négoce Lachenal",
                "Matériaux Hérisson",
            )
        )
    )
    buyer, day = w.buyer(), w.day()
    due = add_months(day, 1)
    code = f"{day:%Y}-{w.int(1, 9999):05}"
    site = w.pick(("Villa Carrère", "École Jules-Ferry", "Lot 14 Les Genêts", "Résidence Alba"))
    lines = [
        line(name, w.pick((D("1"), D("2.5"), D("12"), D("36.25"), D("140"))), q(D(price) * w.money(0.9, 1.3)), 10 if "bardage" in name.lower() else 20, unit, None, w.pick((None, None, 5, 8)))
        for name, unit, price in w.some(TIMBER, w.int(3, 9))
    ]  # fmt: skip
    lines.append(line("Éco-contribution PMCB", 1, w.money(1, 14), 20, "u"))
    rows = vat_rows(lines)
    truth = truth_of(
        code,
        day,
        supplier,
        buyer,
        lines,
        rows,
        due=due,
        hidden=hide("line_total", "bic"),
        po_ref=site,
    )
    p = Paper(face="noto")
    p.canvas.setFillColor("#5b3a1e")
    p.image(
        picture_of(
            [(supplier.name, 60, "b"), ("bois – panneaux – isolation", 34, "")], "noto", "#5b3a1e"
        ),
        40,
        30,
        230,
    )
    p.put(40, 96, f"{supplier.street} {supplier.zip} {supplier.city}", 7.5)
    p.put(555, 50, "Facture", 22, align="r", ink="#5b3a1e")
    p.put(555, 66, f"n° {code}", 10, True, "r")
    p.put(555, 80, f"émise le {day_text(day, 'j B Y')}", 9, align="r")
    for x, head, name in (
        (40, "Adresse de facturation", buyer.name),
        (310, "Lieu de livraison", f"Chantier {site}"),
    ):
        p.put(x, 122, head, 7.5, ink="#777777")
        p.column(
            x,
            136,
            (
                name,
                buyer.street if x == 40 else w.pick(("Chemin des Prés", "Rue Haute")),
                f"{buyer.zip} {buyer.city}",
            ),
            12,
        )
    p.put(
        40, 188, f"Votre réf. : {site}      Enlèvement par vos soins      Vendeur : {w.person()}", 8
    )
    table = Grid(p, 210, ((40, "l", "Produit"), (285, "r", "Qté"), (310, "c", "U"), (372, "r", "PU HT"), (420, "r", "Rem."), (500, "r", "Total HT"), (555, "r", "TVA")), size=8, step=15)  # fmt: skip
    table.heads(20)
    p.rule(40, 215, 555, width=1.2, ink="#5b3a1e")
    for item in lines:
        table.row(
            item.name,
            number(item.qty, " ", places=None if item.qty % 1 else 0),
            item.unit,
            number(item.price, " "),
            f"{item.discount} %" if item.discount else "",
            number(item.total, " "),
            f"{number(item.vat, places=None)} %",
            size=8.5,
        )
    p.rule(40, table.y, 555)
    y = table.y + 22
    recap = Grid(p, y, ((40, "l", "Taux TVA"), (150, "r", "Base HT"), (230, "r", "TVA"), (300, "r", "TTC")), size=8)  # fmt: skip
    recap.heads()
    for rate, base, tax in rows:
        recap.row(f"{number(rate)} %", *(number(value, " ") for value in (base, tax, base + tax)))
    totals = (("Total HT", "net"), ("Total TVA", "vat_total"), ("Total TTC", "gross"), ("Reste à payer", "payable"))  # fmt: skip
    stacked(p, 360, 555, y, [(label, euro(D(truth[key]))) for label, key in totals], 13, size=9)
    y = max(recap.y - 13, y + 39) + 30
    y = p.column(
        40,
        y,
        (f"À payer pour le {day_text(due, 'j B Y')} par virement :", f"IBAN {supplier.iban_text}"),
        13,
    )
    p.put(297, 812, legal(supplier, 0), 6.3, align="c", ink="#777777")
    return Printed(p.pdf(), truth)


@printed("prices-with-tax", "shop", "dev")
def prices_with_tax(w: World) -> Printed:
    """A shop's invoice: every price with tax, “dont TVA” at the foot, already paid by card."""
    supplier = w.french(w.pick(("Brico Vautrin", "L’Outilleur du Canal", "Quincaillerie Thévenot", "Droguerie Moderne")), iban=None, bic=None)  # fmt: skip
    buyer, day = w.buyer(), w.day()
    code = f"M{w.int(10, 99)}-{w.digits(6)}"
    lines = [
        line(name, w.pick((1, 1, 2, 3)), D(price), 20) for name, price in w.some(SHOP, w.int(2, 7))
    ]
    if w.chance(0.5):
        lines.append(line("Guide « Rénover sa maison »", 1, D("24.90"), D("5.5")))
    rows = vat_rows_included(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, tax_included=True, prepaid=sum((b + t for _, b, t in rows), D(0)), hidden=hide("line_total", "supplier_siret"))  # fmt: skip
    p = Paper(face="lato")
    p.put(297, 60, supplier.name, 26, True, "c", ink="#a3182c")
    p.put(
        297,
        76,
        f"{supplier.street} – {supplier.zip} {supplier.city} – {supplier.phone}",
        8.5,
        align="c",
    )
    p.rule(40, 86, 555, width=2, ink="#a3182c")
    p.put(40, 120, f"Facture client {code}", 13, True)
    p.put(40, 136, f"Achat en magasin le {day_text(day, 'd/m/y')}, caisse {w.int(1, 9)}", 9)
    p.column(360, 120, buyer.postal, 13, size=10)
    places = ((40, "l"), (370, "r"), (450, "r"), (555, "r"))
    p.row(200, places, ("Article", "Quantité", "Prix TTC", "Montant TTC"), bold=True)
    y = 220
    for item in lines:
        p.row(y, places, (item.name, item.qty, euro(item.price), euro(item.total)), size=9.5)
        p.put(
            48,
            y + 11,
            f"TVA {number(item.vat, places=None)} %  –  EAN {w.digits(13)}",
            7,
            ink="#888888",
        )
        y += 28
    p.rule(300, y, 555)
    y += 18
    p.put(300, y, "Total TTC", 12, True)
    p.put(555, y, euro(D(truth["gross"])), 12, True, "r")
    for rate, base, tax in rows:
        y += 15
        p.put(300, y, f"dont TVA {number(rate, places=None)} % sur {number(base, ' ')}", 8.5)
        p.put(555, y, euro(tax), 8.5, align="r")
    truth["visible"]["vat_total"] = truth["visible"]["net"] = len(rows) == 1
    y += 18
    p.put(300, y, f"Réglé par carte bancaire le {day_text(day, 'd/m/y')}", 9)
    p.put(555, y, euro(D(truth["prepaid"])), 9, align="r")
    y += 15
    p.put(300, y, "Solde", 9)
    p.put(555, y, euro(D(truth["payable"])), 9, align="r")
    p.put(
        297,
        800,
        f"{supplier.form} au capital de {supplier.capital_text} € – {supplier.siren_text} RCS {supplier.court} – TVA {supplier.vat}",
        7,
        align="c",
    )
    return Printed(p.pdf(), truth)
