"""Services drawn with reportlab: values over their labels, a side column, a letterhead that is a picture, deposits, other languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

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


def _hide(*more: str) -> set[str]:
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
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=_hide())
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
        hidden=_hide("supplier_siret"),
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
    y = 470
    for head, value in (("Total HT", truth["net"]), *((f"TVA {number(rate, places=None)} %", tax) for rate, _, tax in rows), ("Total TTC", truth["gross"])):  # fmt: skip
        p.put(22, y, head, 8.5, head == "Total TTC")
        p.put(178, y, euro(value), 8.5, head == "Total TTC", "r")
        y += 15
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
    p.column(340, 70, (buyer.name, buyer.street, f"{buyer.zip} {buyer.city}"), 13, size=10)
    p.put(210, 170, f"Intervention sur site – technicien {w.person()}", 10, True)
    y = 186
    note = "Suite à votre appel, notre technicien a constaté un arrêt en sécurité du groupe ; pièces remplacées, remise en service et essais concluants."
    y = p.column(210, y, p.wrap(note, 350), 12) + 14
    places = ((210, "l"), (452, "r"), (505, "r"), (565, "r"))
    p.row(y, places, ("Prestation", "Quantité", "Prix HT", "Montant HT"), bold=True)
    p.rule(210, y + 4, 565)
    y += 18
    for item in lines:
        p.row(
            y,
            places,
            (
                item.name,
                f"{number(item.qty, places=None)} {item.unit}",
                number(item.price, " "),
                number(item.total, " "),
            ),
        )
        y += 15
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
        hidden=_hide("supplier_name", "supplier_zip", "supplier_city", "bic"),
    )
    truth["picture_only"] = ["supplier_name", "supplier_zip", "supplier_city"]
    p = Paper(face="times")
    head = picture_of(
        [(supplier.name, 92, "b"), (f"{supplier.street} – {supplier.zip} {supplier.city}", 40, ""), (f"{supplier.phone} – {supplier.mail}", 36, "")],
        "dejavu-serif", "#43331f", mark="squares",
    )  # fmt: skip
    p.image(head, 45, 25, 380)
    p.size = 11
    p.column(330, 140, (buyer.name, buyer.street, f"{buyer.zip} {buyer.city}"), 13)
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
    places = ((52, "l"), (345, "c"), (450, "r"), (543, "r"))
    p.row(y + 14, places, ("Nature des travaux", "Nombre", "Prix unitaire", "Prix HT"), bold=True)
    y += 36
    for item in lines:
        p.row(y, places, (item.name, item.qty, number(item.price, "."), number(item.total, ".")))
        y += 18
    y += 10
    for label, value, bold in (("TOTAL HORS TAXES", truth["net"], False), ("T.V.A. 10 %", truth["vat_total"], False), ("TOTAL T.T.C.", truth["gross"], True)):  # fmt: skip
        p.put(330, y, label, bold=bold)
        p.put(543, y, number(D(value), ".") + " €", bold=bold, align="r")
        y += 17
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
        hidden=_hide(),
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
    for index, (label, key) in enumerate(
        (("Total HT", "net"), ("TVA 20 %", "vat_total"), ("Acompte à verser TTC", "gross"))
    ):
        p.put(330, 315 + 16 * index, label, bold=index == 2)
        p.put(550, 315 + 16 * index, euro(truth[key]), bold=index == 2, align="r")
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


@printed("english-agency", "foreign-service", "held", "en")
def english_agency(w: World) -> Printed:
    """A German agency to a French customer: day first with the month's name, reverse charge, “Amount due”."""
    supplier = w.foreign("DE", w.pick(("Hafenkontor Media GmbH", "Lindwurm Digital GmbH", "Spreebogen Studio GmbH")), street="Speicherweg 14", zip="20457", city="Hamburg")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(14)
    code = f"INV-{day:%Y}-{w.int(1, 9999):04}"
    order = f"PO-{w.digits(5)}"
    work = (("Landing page copywriting", "hour", "78.00"), ("Social media management", "month", "640.00"), ("Stock photography licence", "item", "49.00"),
            ("Search campaign set-up", "item", "520.00"), ("Translation EN–FR (per word)", "word", "0.14"))  # fmt: skip
    lines = [
        line(name, w.pick((1, 2, 12)) if D(price) > 1 else w.int(800, 9000), D(price), 0, unit)
        for name, unit, price in w.some(work, w.int(2, 4))
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
        hidden={"buyer_siren", "line_total"},
        po_ref=order,
    )
    p = Paper(face="helvetica")
    p.put(50, 70, "INVOICE", 26, True, ink="#0b5563")
    p.put(545, 60, supplier.name, 12, True, "r")
    p.column(
        545,
        75,
        (supplier.street, f"{supplier.zip} {supplier.city}, Germany", f"VAT ID {supplier.vat}"),
        11,
        align="r",
    )
    p.put(50, 130, "Billed to", 8, ink="#888888")
    p.column(
        50,
        144,
        (buyer.name, buyer.street, f"{buyer.zip} {buyer.city}, France", f"VAT {buyer.vat}"),
        12,
    )
    for index, (label, value) in enumerate((("Invoice number", code), ("Date of issue", day_text(day, "j B Y", "en")), ("Due date", day_text(due, "j B Y", "en")), ("Your order", order))):  # fmt: skip
        p.put(350, 130 + 15 * index, label, 9, ink="#888888")
        p.put(545, 130 + 15 * index, value, 9, True, "r")
    y = 230
    places = ((50, "l"), (360, "r"), (450, "r"), (545, "r"))
    p.row(y, places, ("Description", "Qty", "Unit price", "Amount"), bold=True)
    p.rule(50, y + 5, 545, width=1.5)
    for item in lines:
        y += 22
        p.row(
            y,
            places,
            (
                item.name,
                number(item.qty, ",", places=0),
                "€" + number(item.price, ",", "."),
                "€" + number(item.total, ",", "."),
            ),
        )
    p.rule(300, y + 12, 545)
    for label, key in (
        ("Subtotal", "net"),
        ("VAT 0% (reverse charge)", None),
        ("Total", "gross"),
        ("Amount due (EUR)", "payable"),
    ):
        y += 24
        p.put(300, y, label, bold=key == "payable")
        p.put(
            545,
            y,
            "€" + (number(D(truth[key]), ",", ".") if key else "0.00"),
            bold=key == "payable",
            align="r",
        )
    p.column(
        50,
        y + 40,
        (
            "Reverse charge: VAT to be accounted for by the recipient (Art. 196 Directive 2006/112/EC).",
            f"Bank transfer: {supplier.iban_text}, BIC {supplier.bic}",
            f"Please quote {code}.",
        ),
        13,
        size=8.5,
    )
    return Printed(p.pdf(), truth)


@printed("german-supplier", "foreign-goods", "held", "de")
def german_supplier(w: World) -> Printed:
    """A German supplier: Rechnung, Pos., MwSt., dot for thousands, terms with Skonto."""
    supplier = w.foreign("DE", w.pick(("Maschinenbau Ehrle GmbH", "Werkzeug Kamphausen KG", "Dichtungstechnik Odenwald GmbH")), street="Industriestraße 27", zip="74653", city="Künzelsau")  # fmt: skip
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(30)
    code = f"RE{day:%Y}{w.int(1, 99999):05}"
    order = f"B{w.digits(6)}"
    goods = (("Spannzange ER32 12 mm", "18.40"), ("Wendeschneidplatte CNMG 120408", "7.95"), ("Kühlschmierstoff 20 l", "112.00"), ("Messschieber digital 150 mm", "89.50"),
             ("Dichtring NBR 45x62x8", "3.12"), ("Verpackung und Versand", "24.00"))  # fmt: skip
    rate = w.pick((0, 19))
    lines = [
        line(name, w.pick((1, 2, 10, 25)), D(price), rate, "Stk", w.digits(6))
        for name, price in w.some(goods, w.int(3, 6))
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
        hidden={"buyer_siren", "line_total"} | (set() if rate == 0 else {"buyer_vat"}),
        po_ref=order,
    )
    p = Paper(face="liberation")
    p.put(50, 55, supplier.name, 15, True)
    p.put(50, 95, f"{supplier.name} · {supplier.street} · {supplier.zip} {supplier.city}", 6.5)
    p.column(
        50,
        112,
        (buyer.name, buyer.street, f"F-{buyer.zip} {buyer.city}", "FRANKREICH"),
        12,
        size=10,
    )
    for index, (label, value) in enumerate((("Rechnungsnummer", code), ("Rechnungsdatum", day_text(day, "d.m.Y")), ("Kundennummer", w.digits(5)), ("Ihre Bestellung", order), ("Lieferschein", w.digits(7)))):  # fmt: skip
        p.put(350, 112 + 13 * index, f"{label}:", 9)
        p.put(545, 112 + 13 * index, value, 9, align="r")
    p.put(50, 210, "Rechnung", 16, True)
    places = ((50, "l"), (80, "l"), (140, "l"), (370, "r"), (390, "l"), (465, "r"), (545, "r"))
    p.row(
        235,
        places,
        ("Pos.", "Art.-Nr.", "Bezeichnung", "Menge", "ME", "Einzelpreis", "Gesamt EUR"),
        bold=True,
    )
    p.rule(50, 240, 545)
    y = 242
    for index, item in enumerate(lines, 1):
        y += 15
        p.row(
            y,
            places,
            (
                index,
                item.ref,
                item.name,
                number(item.qty, ".", places=0),
                "Stk",
                number(item.price, "."),
                number(item.total, "."),
            ),
        )
    p.rule(330, y + 8, 545)
    totals = (
        [("Nettobetrag", truth["net"])]
        + ([(f"zzgl. {rate} % MwSt.", truth["vat_total"])] if rate else [])
        + [("Rechnungsbetrag", truth["gross"])]
    )
    for label, value in totals:
        y += 20
        p.put(330, y, label, bold=label == "Rechnungsbetrag")
        p.put(545, y, number(D(value), "."), bold=label == "Rechnungsbetrag", align="r")
    texts = [f"Zahlbar bis {day_text(due, 'd.m.Y')} ohne Abzug."]
    if rate == 0:
        texts.append(f"Steuerfreie innergemeinschaftliche Lieferung. Ihre USt-IdNr.: {buyer.vat}")
    p.column(50, y + 40, texts, 13)
    p.put(
        297,
        805,
        f"{supplier.name} · USt-IdNr. {supplier.vat} · IBAN {supplier.iban_text} · BIC {supplier.bic} · HRB {w.digits(5)} Stuttgart",
        6.5,
        align="c",
    )
    return Printed(p.pdf(), truth)


@printed("credit-note-merchant", "building-supplies", "held")
def credit_note_merchant(w: World) -> Printed:
    """A credit note: goods sent back, quantities and amounts with a minus or without, the invoice it concerns beside its own number."""
    supplier = replace(
        w.french(w.pick(("Carrelages Zanetti", "Sanitaire Urvoas", "Couverture Matériaux Sud"))),
        bic=None,
    )
    buyer, day = w.buyer(), w.day()
    code, other = f"AV{w.digits(6)}", f"FA{w.digits(6)}"
    goods = (
        ("Carrelage grès cérame 60x60", "m²", "28.90"),
        ("Colle C2S1 25 kg", "sac", "22.40"),
        ("Receveur 90x90 extra-plat", "u", "214.00"),
        ("Consigne palette Europe", "u", "14.00"),
    )
    lines = [
        line(name, w.pick((1, 2, 5, D("7.2"))), D(price), 20, unit)
        for name, unit, price in w.some(goods, w.int(1, 4))
    ]
    rows = vat_rows(lines)
    truth = truth_of(
        code,
        day,
        supplier,
        buyer,
        lines,
        rows,
        hidden=_hide("iban", "supplier_siret"),
        type_code="381",
        document_type="credit_note",
    )
    sign = "-" if w.chance(0.5) else ""
    p = Paper(face="condensed")
    p.put(40, 60, supplier.name, 18, True, ink="#b3541e")
    p.column(
        40,
        76,
        (supplier.street, f"{supplier.zip} {supplier.city}", f"N° TVA : {supplier.vat_text}"),
        11,
        size=8,
    )
    p.column(340, 110, (buyer.name, buyer.street, f"{buyer.zip} {buyer.city}"), 13, size=10)
    p.put(40, 170, "FACTURE D’AVOIR", 16, True)
    heads = (
        ("N° avoir", code),
        ("Date avoir", day_text(day)),
        ("Facture d’origine", other),
        ("du", day_text(day - timedelta(w.int(5, 60)))),
        ("N° client", w.digits(4)),
    )
    for index, (head, value) in enumerate(heads):
        p.box(40 + 103 * index, 182, 103, 30)
        p.put(44 + 103 * index, 192, head, 7, ink="#666666")
        p.put(44 + 103 * index, 206, value, 9.5, True)
    places = ((40, "l"), (330, "r"), (345, "l"), (440, "r"), (555, "r"))
    p.row(
        240,
        places,
        ("Motif : retour de marchandises", "Quantité", "Un.", "Prix HT", "Montant HT"),
        bold=True,
    )
    p.rule(40, 245, 555)
    y = 247
    for item in lines:
        y += 15
        p.row(
            y,
            places,
            (
                item.name,
                sign + number(item.qty, places=None),
                item.unit,
                number(item.price, " "),
                sign + number(item.total, " "),
            ),
        )
    y += 26
    for label, key in (
        ("Total HT", "net"),
        ("TVA 20 %", "vat_total"),
        ("Total TTC", "gross"),
        ("Net à votre crédit", "payable"),
    ):
        p.put(400, y, label, bold=key == "payable")
        p.put(555, y, sign + euro(truth[key]), bold=key == "payable", align="r")
        y += 15
    p.put(40, y + 20, "Avoir à déduire de votre prochain règlement.")
    p.put(297, 810, legal(supplier, 2), 6.5, align="c")
    return Printed(p.pdf(), truth)
