"""Files that are awkward inside: single letters, kerned pieces, fonts without a map to letters, a scan over a bad layer of text."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from documents.grid import Grid, stacked
from documents.paper import Paper, Printed, legal, printed
from documents.print_office import euro, hide
from documents.truth import truth_of
from documents.world import World, day_text, line, month_end, number, vat_rows

D = Decimal
UPKEEP = (
    ("Maintenance ascenseur – trimestre", "412.50"), ("Contrôle quinquennal câbles", "890.00"), ("Télésurveillance cabine", "38.90"),
    ("Remplacement galet de porte", "126.75"), ("Visite supplémentaire", "95.00"), ("Ligne GSM cabine", "14.90"),
)  # fmt: skip
PRESS = (
    ("Dépliant 3 volets 135 g – 2 000 ex.", "318.00"), ("Cartes de visite pelliculées mat", "64.00"), ("Kakémono 85 x 200 avec structure", "92.50"),
    ("Affiches A2 quadri recto", "1.85"), ("Création graphique (heure)", "68.00"), ("Façonnage et mise sous film", "47.30"), ("Tête de lettre 90 g", "0.094"),
)  # fmt: skip
SEED = (
    ("Semence blé tendre Chevignon R1", "dose", "11.90"), ("Ammonitrate 33,5 big bag", "t", "412.00"), ("Fongicide céréales bidon 10 L", "bid", "386.40"),
    ("Ficelle presse bobine 9 kg", "bob", "31.80"), ("Aliment veau 25 kg", "sac", "14.65"), ("Bâche ensilage 12x50", "rlx", "268.00"), ("Sel agricole 25 kg", "sac", "5.20"),
)  # fmt: skip
LEGS = (
    "Lyon – Nantes",
    "Grenoble – Metz",
    "Lille – Bordeaux",
    "Fos – Chalon",
    "Rungis – Rennes",
    "Le Havre – Dijon",
    "Valence – Strasbourg",
)
CARE = (("Détartrage et polissage – chien", "148.00"), ("Consultation", "42.00"), ("Bilan sanguin complet", "86.50"), ("Vaccin CHPL", "61.20"), ("Antiparasitaire x 3", "29.40"), ("Radiographie 2 clichés", "74.00"))  # fmt: skip


@printed("letter-by-letter", "maintenance", "dev")
def letter_by_letter(w: World) -> Printed:
    """Every letter is put down alone, without spaces; bold is the same letters struck twice."""
    supplier = w.french(
        w.pick(("Ascenseurs Roc & Fils", "Élévation Services", "Portes Automatiques Tixier"))
    )
    buyer, day = w.buyer(), w.day()
    due = day + timedelta(w.pick((30, 60)))
    code, contract = f"{w.digits(3)}.{w.digits(5)}", f"AS{w.digits(5)}"
    lines = [
        line(name, w.pick((1, 1, 2, 3)), D(price), 20, None, w.letters(2) + w.digits(3))
        for name, price in w.some(UPKEEP, w.int(2, 5))
    ]
    rows = vat_rows(lines)
    truth = truth_of(
        code, day, supplier, buyer, lines, rows, due=due, hidden=hide(), contract_ref=contract
    )
    p = Paper(face="liberation-serif", letters="single")
    p.size = 10

    def strong(x: float, y: float, text: str, size: float = 10, align: str = "l") -> None:
        p.put(x, y, text, size, align=align)
        p.put(x + 0.25, y, text, size, align=align)

    strong(45, 55, supplier.name, 17)
    p.column(
        45,
        72,
        (supplier.street, f"{supplier.zip} {supplier.city}", f"Téléphone {supplier.phone}"),
        12,
    )
    p.column(320, 120, buyer.postal, 13)
    strong(45, 190, f"Facture {code} du {day_text(day)}", 13)
    p.column(
        45,
        208,
        (
            f"Contrat d’entretien {contract}",
            f"Échéance {day_text(due)}",
            f"Immeuble {w.pick(('Le Méridien', 'Les Acacias', 'Bâtiment C'))}",
        ),
        13,
    )
    places = ((45, "l"), (110, "l"), (360, "r"), (450, "r"), (550, "r"))
    for (x, align), head in zip(
        places, ("Code", "Prestation", "Nombre", "Prix", "Montant HT"), strict=True
    ):
        strong(x, 270, head, align=align)
    p.rule(45, 275, 550)
    y = 275
    for item in lines:
        y += 16
        p.row(
            y,
            places,
            (item.ref, item.name, item.qty, number(item.price, " "), number(item.total, " ")),
        )
    y += 30
    for label, key in (
        ("Montant HT", "net"),
        ("TVA 20,00 %", "vat_total"),
        ("Montant TTC", "gross"),
    ):
        strong(360, y, label)
        p.put(550, y, euro(truth[key]), align="r")
        y += 16
    p.column(45, y + 20, (f"Domiciliation : {supplier.iban_text}", f"BIC {supplier.bic}"), 13)
    p.put(297, 810, legal(supplier, 0), 7, align="c")
    return Printed(p.pdf(), truth)


@printed("kerned-pieces", "printing", "held")
def kerned_pieces(w: World) -> Printed:
    """Set like a brochure: words in kerned pieces of a few letters, widely spread heads, old-style order of blocks."""
    supplier = w.french(
        w.pick(
            (
                "Imprimerie du Vieux-Port",
                "Offset Chastagnol",
                "Reprographie Bouvresse",
                "Encre & Papier",
            )
        )
    )
    buyer, day = w.buyer(), w.day()
    due = month_end(day + timedelta(45))
    code, order = f"{day:%y}/{w.int(1000, 9999)}", f"BC-{w.digits(4)}"
    lines = [
        line(name, w.pick((1, 2, 5)) if D(price) > 10 else w.pick((250, 500, 2000)), D(price), 20)
        for name, price in w.some(PRESS, w.int(2, 6))
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
        po_ref=order,
    )
    p = Paper(face="lato", letters="pieces")
    p.put(297, 62, supplier.name.upper(), 17, align="c", spread=3.2, ink="#7a1f3d")
    truth["visible"]["supplier_name"] = True
    p.rule(120, 72, 475, ink="#7a1f3d")
    p.put(297, 84, f"{supplier.street} · {supplier.zip} {supplier.city}", 8, align="c")
    p.column(60, 130, (f"À {buyer.name}", buyer.street, f"{buyer.zip} {buyer.city}"), 13, size=10)
    p.put(540, 130, f"Facture № {code}", 12, True, "r")
    p.put(540, 146, f"Date de facturation : {day_text(day, 'd.m.Y')}", 9, align="r")
    p.put(540, 160, f"Bon de commande : {order}", 9, align="r")
    places = ((60, "l"), (370, "r"), (450, "r"), (540, "r"))
    y = 220
    for (x, align), head in zip(places, ("TRAVAUX", "NOMBRE", "PRIX", "SOMME HT"), strict=True):
        p.put(x, y, head, 7.5, True, align, spread=1)
    for item in lines:
        y += 22
        p.row(
            y,
            places,
            (
                item.name,
                number(item.qty, " ", places=0),
                number(item.price, " ", places=None if item.price < 1 else 2),
                number(item.total, " "),
            ),
            size=9.5,
        )
        p.rule(60, y + 6, 540, width=0.2)
    y += 36
    for label, key in (
        ("Somme hors taxes", "net"),
        ("Taxe sur la valeur ajoutée 20 %", "vat_total"),
        ("Somme due", "gross"),
    ):
        p.put(450, y, label, 9.5, key == "gross", "r")
        p.put(540, y, euro(truth[key]), 9.5, key == "gross", "r")
        y += 17
    p.put(
        60,
        y + 26,
        f"À nous régler pour le {day_text(due, 'd.m.Y')} sur le compte {supplier.iban_text} – {supplier.bic}",
        8.5,
    )
    p.put(297, 800, legal(supplier, 2), 7, align="c")
    return Printed(p.pdf(), truth)


@printed("fonts-without-letters", "agriculture", "dev")
def fonts_without_letters(w: World) -> Printed:
    """The fonts are subsets numbered in order of use, and nothing says which letter a number is: only the picture can be read."""
    supplier = w.french(
        w.pick(("Coopérative Agricole du Bocage", "Négoce Verdelhan", "Agri Plaine Services"))
    )
    buyer, day = w.buyer(), w.day()
    due = month_end(day + timedelta(60))
    code = f"F{w.digits(7)}"
    lines = [
        line(
            name,
            w.pick((1, 2, D("4.5"), 12, 40)),
            D(price),
            D("5.5")
            if name.startswith("Aliment")
            else 20
            if "Fic" in name or "Bâche" in name
            else 10,
            unit,
        )
        for name, unit, price in w.some(SEED, w.int(2, 6))
    ]
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=hide())
    truth["text_layer"] = False
    p = Paper(face="dejavu", readable=False)
    p.put(40, 60, supplier.name, 16, True, ink="#2f5d1e")
    p.column(40, 76, (supplier.street, f"{supplier.zip} {supplier.city}", supplier.phone), 11)
    p.column(340, 120, buyer.postal, 13, size=10.5)
    p.put(40, 190, f"FACTURE N° {code}", 13, True)
    p.put(40, 206, f"Date : {day_text(day)}", 10)
    p.put(200, 206, f"Échéance : {day_text(due)}", 10)
    p.box(40, 225, 515, 18, "#e2ecd9")
    table = Grid(p, 238, ((40, "l", "Désignation"), (330, "r", "Quantité"), (345, "l", "Un."), (430, "r", "P.U. HT"), (475, "r", "TVA"), (555, "r", "Montant HT")), size=9, step=16)  # fmt: skip
    table.heads(23)
    for item in lines:
        table.row(
            item.name, number(item.qty, " ", places=None), item.unit, number(item.price, " "),
            number(item.vat, places=None), number(item.total, " "), size=9.5,
        )  # fmt: skip
    taxes = ((f"TVA {number(rate)} % sur {number(base, ' ')}", euro(tax)) for rate, base, tax in rows)  # fmt: skip
    y = stacked(p, 300, 555, table.y + 14, (("Total HT", euro(truth["net"])), *taxes, ("Net à payer TTC", euro(truth["gross"]))), 16, size=10)  # fmt: skip
    truth["visible"]["vat_total"] = len(rows) == 1
    p.put(40, y + 24, f"IBAN {supplier.iban_text}  BIC {supplier.bic}", 9)
    p.put(297, 810, legal(supplier, 0), 6.5, align="c")
    return Printed(_without_letters(p.pdf()), truth)


@printed("scan-over-bad-text", "veterinary", "held")
def scan_over_bad_text(w: World) -> Printed:
    """A scan whose scanner wrote its own guesses under the picture, invisible and often wrong."""
    from documents.degrade import office_pages

    supplier = w.french(
        w.pick(
            (
                "Clinique vétérinaire des Ormes",
                "Selarl vétérinaire du Parc",
                "Vétérinaires de la Vallée",
            )
        )
    )
    buyer, day = w.buyer(), w.day()
    code = f"{day:%Y}{w.int(1, 99999):06}"
    lines = [
        line(name, w.pick((1, 1, 2)), D(price), 20) for name, price in w.some(CARE, w.int(2, 5))
    ]
    rows = vat_rows(lines)
    due = day + timedelta(15)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=hide("bic"))
    truth["text_layer"] = False
    p = Paper(face="noto")
    p.size = 10
    p.put(297, 60, supplier.name, 15, True, "c")
    p.put(
        297, 76, f"{supplier.street} – {supplier.zip} {supplier.city} – {supplier.phone}", align="c"
    )
    p.column(330, 130, buyer.postal, 13)
    p.column(
        45,
        130,
        (
            f"Note d’honoraires n° {code}",
            f"Date : {day_text(day)}",
            f"À régler avant le {day_text(due)}",
            f"Animal : {w.pick(('Rex', 'Mina', 'Oslo', 'Pacha'))}",
        ),
        14,
        bold=True,
    )
    table = Grid(p, 230, ((45, "l", "Acte"), (350, "r", "Qté"), (440, "r", "Prix HT"), (550, "r", "Total HT")), size=p.size, step=16)  # fmt: skip
    table.heads(24)
    p.rule(45, 235, 550)
    for item in lines:
        table.row(item.name, item.qty, number(item.price, " "), number(item.total, " "))
    totals = (("Total HT", "net"), ("TVA 20 %", "vat_total"), ("Total TTC", "gross"))
    y = stacked(p, 350, 550, table.y + 12, [(label, euro(truth[key])) for label, key in totals], 16)
    p.put(45, y + 25, f"IBAN : {supplier.iban_text}")
    p.put(297, 800, legal(supplier, 1), 7, align="c")
    return Printed(_over_text(office_pages(p.pdf(), w.seed), p.written, w.random), truth)


@printed("capitals-carrier", "transport", "held")
def capitals_carrier(w: World) -> Printed:
    """A carrier's old system: Courier capitals without accents, one line per trip with its date and weight, fuel charge, several sheets."""
    supplier = w.french(
        w.pick(
            (
                "TRANSPORTS JOURDREN",
                "MESSAGERIES DU RHONE",
                "TRANSPORTS SANTERRE ET FILS",
                "FRET OCEAN",
            )
        )
    )
    buyer, day = w.buyer(), month_end(w.day())
    due = day + timedelta(30)
    code, account = f"{w.digits(2)} {w.digits(6)}", w.digits(6)
    lines = []
    for _ in range(w.int(12, 75)):
        trip = day.replace(day=w.int(1, day.day))
        lines.append(
            line(
                f"{w.pick(LEGS).upper().replace('–', '-')} REC {w.digits(7)}",
                1,
                w.money(18, 640),
                20,
                more_day=trip,
                more_weight=w.int(12, 9800),
            )
        )
    lines.sort(key=lambda item: item.more["more_day"])
    lines.append(line("SURCHARGE GAZOLE", 1, w.money(20, 300), 20))
    rows = vat_rows(lines)
    truth = truth_of(code, day, supplier, buyer, lines, rows, due=due, hidden=hide("bic"))
    p = Paper(face="courier")
    p.size = 8.8
    carried, sheets = D(0), (len(lines) + 37) // 38
    for sheet in range(sheets):
        p.column(
            35,
            45,
            (
                supplier.name,
                supplier.street.upper().replace("’", "'"),
                f"{supplier.zip} {supplier.city.upper()}",
                f"TEL. {supplier.phone}",
                f"SIRET {supplier.siret}",
                f"TVA INTRA {supplier.vat}",
            ),
            11,
        )
        p.column(
            330,
            45,
            (
                "F A C T U R E",
                f"NO {code}",
                f"DU {day_text(day)}",
                f"COMPTE {account}",
                f"PAGE {sheet + 1}",
            ),
            11,
        )
        p.column(
            330,
            130,
            [text.upper() for text in buyer.postal],
            11,
        )
        y = 200.0
        p.put(
            35, y, f"{'DATE':<7}{'TRAJET / RECEPISSE':<44}{'POIDS KG':>9}{'TAXABLE HT':>14}{'T':>3}"
        )
        p.put(35, y + 8, "-" * 78)
        y += 22
        if sheet:
            p.put(
                35,
                y,
                f"{'':<7}{'REPORT DE LA PAGE PRECEDENTE':<44}{'':>9}{number(carried, '.'):>14}",
            )
            y += 12
        for item in lines[sheet * 38 : sheet * 38 + 38]:
            trip, weight = item.more.get("more_day"), item.more.get("more_weight", "")
            p.put(
                35,
                y,
                f"{day_text(trip, 'd/m') if trip else '':<7}{item.name:<44}{weight:>9}{number(item.total, '.'):>14}{'1':>3}",
            )
            carried += item.total
            y += 12
        if sheet + 1 < sheets:
            p.put(35, y + 6, f"{'':<7}{'A REPORTER':<44}{'':>9}{number(carried, '.'):>14}")
            p.page()
    y += 20
    for label, value in (
        ("TOTAL HT", truth["net"]),
        ("TVA 1 = 20,00 %", truth["vat_total"]),
        ("NET A PAYER EN EUROS", truth["gross"]),
    ):
        p.put(
            35, y, f"{'':<30}{label:<30}{number(D(value), '.'):>14}", bold=label.startswith("NET")
        )
        y += 13
    p.put(35, y + 14, f"REGLEMENT : LCR MAGNETIQUE AU {day_text(due)}")
    p.put(35, y + 27, f"IBAN {supplier.iban_text}")
    return Printed(p.pdf(), truth)


# -- what is done to files --------------------------------------------------------------------------


def _without_letters(content: bytes) -> bytes:
    """Without the maps from the font's numbers to letters."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary) and "/ToUnicode" in thing:
                del thing["/ToUnicode"]
        document.save(out, deterministic_id=True)
    return out.getvalue()


_MISREAD = {"0": "O", "1": "l", "5": "S", "8": "B", "6": "G", "2": "Z", ",": ".", "é": "e", "è": "é", "m": "rn", "I": "l", "O": "0", "€": "C", "/": "l"}  # fmt: skip


def misread(text: str, chance: random.Random, share: float = 0.09) -> str:
    """A text as a bad reader of letters writes it."""
    made = []
    for letter in text:
        if chance.random() >= share:
            made.append(letter)
        elif letter != " " or chance.random() < 0.3:
            made.append(_MISREAD.get(letter, "" if chance.random() < 0.3 else letter))
    return "".join(made)


def _over_text(pictures: Sequence[object], written: Sequence[Sequence[tuple[float, float, float, str]]], chance: random.Random) -> bytes:  # fmt: skip
    """The pictures as pages, with the misread text invisible at its place."""
    from reportlab.pdfgen.canvas import Canvas

    from documents.degrade import as_pictures

    out = io.BytesIO()
    width, height = 595.3, 841.9
    canvas = Canvas(out, pagesize=(width, height), invariant=1)
    for picture, sheet in zip(as_pictures(pictures), written, strict=True):
        for left, y, size, text in sheet:
            words = canvas.beginText(
                left + chance.uniform(-2, 2), height - y + chance.uniform(-1, 1)
            )
            words.setTextRenderMode(3)
            words.setFont("Helvetica", size)
            words.textOut(misread(text, chance))
            canvas.drawText(words)
        canvas.drawImage(picture, 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
