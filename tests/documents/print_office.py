"""Services drawn with reportlab: values over their labels, a side column, a letterhead that is a picture, deposits, other languages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from documents.grid import Grid, stacked
from documents.paper import Paper, Printed, legal, picture_of, printed
from documents.truth import truth_of
from documents.world import World, day_text, line, month_end, number, q, vat_rows

D = Decimal
MISSIONS = (
    ("Audit de la chaîne logistique – phase 1", "jour", "890.00"), ("Animation d’atelier", "demi-journée", "480.00"),
    ("Rédaction du cahier des charges", "forfait", "2350.00"), ("Comité de pilotage mensuel", "réunion", "310.00"),
    ("Frais de déplacement au réel", "forfait", "214.60"), ("Tests utilisateurs", "session", "395.00"),
    ("Assistance à la recette", "jour", "760.00"), ("Paramétrage de l’outil de suivi", "heure", "96.50"),
)  # fmt: skip
HOURS = (
    ("Diagnostic et remplacement carte de commande", "heure", "72.00"), ("Main-d’œuvre technicien", "heure", "58.50"),
    ("Forfait déplacement zone 2", "forfait", "49.00"), ("Sonde de température NTC", "pièce", "31.25"),
    ("Ventilateur tangentiel", "pièce", "118.40"), ("Fluide R32 (kg)", "kg", "64.90"), ("Contrôle d’étanchéité annuel", "forfait", "135.00"),
)  # fmt: skip


def euro(value: object) -> str:
    """`1 234,56 €`."""
    return number(D(str(value)), " ") + " €"


def hide(*more: str) -> set[str]:
    return {"buyer_vat", "buyer_siren", "line_total", *more}


@printed("value-over-label", "consulting", "held")
def value_over_label(w: World) -> Printed:
    """A studio's fine print: large values, the small grey label under each; no ruled table, amounts without cents sign."""
    supplier = w.french(
        w.pick(("Studio Estève", "Polygone Conseil", "Atelier Noir & Sel", "Méridienne Stratégie")),
        form="SASU",
    )
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(w.pick((30, 45)))
    code = f"{w.letters(2)}-{w.int(1, 899):03}-{day:%y}"
    lines = [
        line(name, w.pick((D("0.5"), D(1), D(2), D("3.5"), D(8))), D(price), 20, unit)
        for name, unit, price in w.some(MISSIONS, w.int(2, 5))
    ]
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=hide())
    p = Paper(face="lato-light")
    p.put(50, 70, supplier.name.lower(), 28, ink="#222222")
    p.column(
        50,
        90,
        (
            f"{supplier.street}, {supplier.zip} {supplier.city}",
            f"{supplier.phone} · {supplier.mail}",
        ),
        11,
        size=8,
    )
    shown = ((code, "facture"), (day_text(day, "j B Y"), "établie le"), (day_text(due, "j B Y"), "à régler avant le"), (euro(truth["gross"]), "à payer"))  # fmt: skip
    for index, (value, label) in enumerate(shown):
        p.put(50 + 128 * index, 160, value, 13, True)
        p.put(50 + 128 * index, 172, label, 7, ink="#999999")
    p.put(50, 214, buyer.name, 11, True)
    p.put(50, 226, f"{buyer.street}, {buyer.zip} {buyer.city}", 8)
    p.put(50, 237, "client", 7, ink="#999999")
    y = 290
    for item in lines:
        p.put(50, y, item.name, 10.5)
        p.put(545, y, number(item.total, " "), 10.5, align="r")
        p.put(
            50,
            y + 12,
            f"{number(item.qty, places=None)} {item.unit} à {number(item.price, ' ')}",
            8,
            ink="#777777",
        )
        y += 34
    y += 20
    for value, label in ((truth["net"], "montant hors taxe"), (truth["vat_total"], "tva à 20 %"), (truth["gross"], "montant toutes taxes")):  # fmt: skip
        p.put(545, y, euro(value), 12, True, "r")
        p.put(545, y + 10, label, 7, align="r", ink="#999999")
        y += 32
    p.put(50, y, supplier.iban_text, 9)
    p.put(50, y + 10, f"iban – {supplier.bic}", 7, ink="#999999")
    p.put(50, 800, legal(supplier, 1), 6.5, ink="#777777")
    return Printed(p.pdf(), truth)


@printed("side-column", "repair", "dev")
def side_column(w: World) -> Printed:
    """Two columns: identity, dates, totals and bank down the left on a tinted ground, the work told on the right."""
    supplier = w.french(
        w.pick(
            ("Froid Climat 38", "Électroménager Pitavy", "Thermi-Service", "Ascenseurs du Léman")
        )
    )
    buyer, day = w.buyer(), w.day()
    due = month_end(day + timedelta(30))
    code = f"INT{w.digits(6)}"
    contract = f"M-{w.int(1000, 9999)}"
    lines = [
        line(
            name,
            w.pick((1, 1, 2, D("1.5"), D("3.25"))),
            D(price),
            10 if w.chance(0.2) else 20,
            unit,
        )
        for name, unit, price in w.some(HOURS, w.int(3, 6))
    ]
    rows = vat_rows(lines)
    truth = truth_of(
        code,
        day,
        supplier,
        buyer,
        lines,
        rows,
        due=due,
        hidden=hide("supplier_siret"),
        contract_ref=contract,
        delivery=day - timedelta(6),
    )
    p = Paper(face="dejavu-serif")
    p.box(0, 0, 190, 842, "#eef1f4", 0)
    p.size = 8
    y = p.column(
        22, 50, p.wrap(supplier.name, 150, 14, True), 17, size=14, bold=True, ink="#2a4d69"
    )
    y = p.column(
        22,
        y + 4,
        (*p.wrap(supplier.street, 150), f"{supplier.zip} {supplier.city}", supplier.phone),
        11,
    )
    for head, value in (
        ("FACTURE N°", code), ("DATE DE FACTURE", day_text(day)), ("DATE D’INTERVENTION", day_text(day - timedelta(6))), ("CONTRAT", contract),
        ("ÉCHÉANCE", day_text(due)), ("N° CLIENT", w.digits(5)),
    ):  # fmt: skip
        p.put(22, y + 12, head, 6.5, ink="#2a4d69")
        p.put(22, y + 24, value, 10, True)
        y += 32
    taxes = ((f"TVA {number(rate, places=None)} %", euro(tax)) for rate, _, tax in rows)
    y = stacked(p, 22, 178, 470, (("Total HT", euro(truth["net"])), *taxes, ("Total TTC", euro(truth["gross"]))), 15, size=8.5)  # fmt: skip
    if len(rows) > 1:
        truth["visible"]["vat_total"] = False
    y = p.column(
        22,
        y + 25,
        (
            "Virement sur notre compte",
            *(
                supplier.iban_text[i : i + 15].strip()
                for i in range(0, len(supplier.iban_text), 15)
            ),
            f"BIC {supplier.bic}",
        ),
        10,
        size=7.2,
    )
    p.column(
        22,
        770,
        (
            f"{supplier.form} au capital de",
            f"{supplier.capital_text} €",
            f"RCS {supplier.court}",
            supplier.siren_text,
            f"TVA {supplier.vat}",
        ),
        9,
        size=6.5,
    )
    p.column(340, 70, buyer.postal, 13, size=10)
    p.put(210, 170, f"Intervention sur site – technicien {w.person()}", 10, True)
    y = 186
    note = "Suite à votre appel, notre technicien a constaté un arrêt en sécurité du groupe ; pièces remplacées, remise en service et essais concluants."
    y = p.column(210, y, p.wrap(note, 350), 12) + 14
    table = Grid(p, y, ((210, "l", "Prestation"), (452, "r", "Quantité"), (505, "r", "Prix HT"), (565, "r", "Montant HT")), size=p.size, step=15)  # fmt: skip
    table.heads(18)
    p.rule(210, y + 4, 565)
    for item in lines:
        amount = f"{number(item.qty, places=None)} {item.unit}"
        table.row(item.name, amount, number(item.price, " "), number(item.total, " "))
    return Printed(p.pdf(), truth)


@printed("picture-letterhead", "crafts", "dev")
def picture_letterhead(w: World) -> Printed:
    """The whole identity of the sender is a picture at the head; the text has only its bank and its small print without a name."""
    supplier = w.french(
        w.pick(
            ("Ferronnerie Caradec", "Vitrail & Lumière", "Tapisserie Fréchou", "Marbrerie Orsini")
        ),
        form="EURL",
    )
    buyer, day = w.buyer(), w.day()
    code = f"{w.int(1, 399)}/{day:%Y}"
    due = day + timedelta(30)
    jobs = (("Garde-corps sur mesure acier thermolaqué", "1480.00"), ("Dépose et repose de panneaux", "320.00"), ("Restauration – étape 2", "960.50"),
            ("Fourniture et pose de seuil pierre", "415.00"), ("Déplacement et prise de cotes", "85.00"))  # fmt: skip
    lines = [
        line(name, w.pick((1, 1, 2)), D(price), 10) for name, price in w.some(jobs, w.int(2, 4))
    ]
    rows = vat_rows(lines)
    truth = truth_of(
        code,
        day,
        supplier,
        buyer,
        lines,
        rows,
        due=due,
        hidden=hide("supplier_name", "supplier_zip", "supplier_city", "bic"),
        terms="Payable à réception",
    )
    truth["picture_only"] = ["supplier_name", "supplier_zip", "supplier_city"]
    p = Paper(face="times")
    head = picture_of(
        [(supplier.name, 92, "b"), (f"{supplier.street} – {supplier.zip} {supplier.city}", 40, ""), (f"{supplier.phone} – {supplier.mail}", 36, "")],
        "dejavu-serif", "#43331f", mark="squares",
    )  # fmt: skip
    p.image(head, 45, 25, 380)
    p.size = 11
    p.column(330, 140, buyer.postal, 13)
    p.put(45, 215, f"{supplier.city}, le {day_text(day, 'j B Y')}")
    truth["visible"]["supplier_city"] = True
    p.put(297, 250, f"FACTURE {code}", 16, True, "c")
    p.put(
        45,
        280,
        f"Objet : travaux réalisés {w.pick(('à votre domicile', 'dans vos locaux', 'au magasin'))}, suivant devis accepté.",
    )
    y = 310
    p.box(45, y, 505, 20, "#efe8dc")
    table = Grid(p, y + 14, ((52, "l", "Nature des travaux"), (345, "c", "Nombre"), (450, "r", "Prix unitaire"), (543, "r", "Prix HT")), size=p.size, step=18)  # fmt: skip
    table.heads(22)
    for item in lines:
        table.row(item.name, item.qty, number(item.price, "."), number(item.total, "."))
    totals = (("TOTAL HORS TAXES", "net"), ("T.V.A. 10 %", "vat_total"), ("TOTAL T.T.C.", "gross"))
    y = stacked(p, 330, 543, table.y + 10, [(label, number(D(truth[key]), ".") + " €") for label, key in totals], 17)  # fmt: skip
    p.put(
        45,
        y + 30,
        f"Payable à réception et au plus tard le {day_text(due)}. Compte {supplier.iban_text}",
    )
    p.put(297, 810, legal(supplier, 3), 8, align="c")
    return Printed(p.pdf(), truth)


@printed("deposit-request", "events", "dev")
def deposit_request(w: World) -> Printed:
    """A deposit invoice: the whole price is told, a share of it is asked for; only that share is invoiced."""
    supplier = w.french(
        w.pick(
            (
                "Traiteur des Remparts",
                "Chapiteaux Lavergnat",
                "Orchidée Événements",
                "Domaine de Bellecroix",
            )
        )
    )
    buyer, day = w.buyer(), w.day()
    share, whole = w.pick((30, 40, 50)), w.money(1800, 14000, "10")
    code = f"AC-{day:%y%m}-{w.int(1, 60):02}"
    order = f"D{w.digits(5)}"
    due = day + timedelta(8)
    name = f"Acompte de {share} % sur devis {order}"
    lines = [line(name, 1, q(whole * share / 100), 20)]
    rows = vat_rows(lines)
    truth = truth_of(
        code,
        day,
        supplier,
        buyer,
        lines,
        rows,
        due=due,
        hidden=hide(),
        type_code="386",
        document_type="deposit",
        po_ref=order,
    )
    p = Paper(face="noto-serif")
    p.put(555, 60, supplier.name, 17, True, "r", ink="#6b2d5c")
    p.column(
        555,
        76,
        (
            supplier.street,
            f"{supplier.zip} {supplier.city}",
            supplier.www if hasattr(supplier, "www") else supplier.mail,
        ),
        11,
        size=8,
        align="r",
    )
    p.put(45, 130, "Facture d’acompte", 15, True)
    p.column(
        45, 150, (f"Numéro : {code}", f"Date : {day_text(day)}", f"Échéance : {day_text(due)}"), 13
    )
    p.column(
        330,
        150,
        (buyer.name, f"À l’attention de {w.person()}", buyer.street, f"{buyer.zip} {buyer.city}"),
        13,
    )
    p.put(
        45,
        230,
        f"Réception du {day_text(day + timedelta(90), 'j B Y')} – {w.int(40, 220)} couverts – montant total du devis {order} : {euro(whole)} HT",
    )
    places = ((45, "l"), (400, "r"), (470, "r"), (550, "r"))
    p.box(45, 250, 505, 18, "#f1e6ee", 0)
    p.row(263, places, ("Libellé", "Montant HT", "TVA", "Montant TTC"), bold=True)
    p.row(284, places, (name, euro(lines[0].total), "20 %", euro(truth["gross"])))
    p.rule(45, 292, 550)
    totals = (("Total HT", "net"), ("TVA 20 %", "vat_total"), ("Acompte à verser TTC", "gross"))
    stacked(p, 330, 550, 315, [(label, euro(truth[key])) for label, key in totals], 16)
    p.put(
        45,
        390,
        f"Le solde de {euro(whole - lines[0].total)} HT sera facturé après la prestation.",
        8.5,
    )
    p.column(
        45,
        420,
        ("Coordonnées bancaires", f"IBAN : {supplier.iban_text}", f"BIC : {supplier.bic}"),
        12,
        size=8.5,
    )
    p.column(297, 800, (legal(supplier, 0),), align="c", size=6)
    return Printed(p.pdf(), truth)
