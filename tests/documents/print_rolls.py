"""Rents across a landscape sheet and tickets on a roll, drawn with reportlab."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from documents.paper import A4_LANDSCAPE, Paper, Printed, legal, printed
from documents.print_trade import SHOP, euro, hide
from documents.truth import truth_of
from documents.world import (
    World,
    day_text,
    line,
    month_end,
    number,
    q,
    vat_rows,
    vat_rows_included,
)

D = Decimal


@printed("landscape-leasing", "fleet", "held")
def landscape_leasing(w: World) -> Printed:
    """A rent schedule across a landscape sheet: one line per vehicle, twelve columns, tax per line."""
    supplier = w.french(
        w.pick(
            (
                "Mobilis Location Longue Durée",
                "Auto-Bail Atlantique",
                "Flottea",
                "Parc & Partenaires",
            )
        )
    )
    buyer, day = w.buyer(), w.day().replace(day=1)
    due = day + timedelta(w.pick((4, 9)))
    code, contract = f"LLD/{day:%Y%m}/{w.int(100, 9999)}", f"K{w.digits(7)}"
    lines = []
    for _ in range(w.int(2, 9)):
        model = w.pick(
            (
                "Kangoo 1.5 dCi 95",
                "208 BlueHDi 100",
                "Trafic L2H1",
                "Zoé R110",
                "Berlingo M",
                "Model 3 SR+",
                "C3 PureTech",
            )
        )
        plate = f"{w.letters(2)}-{w.int(100, 999)}-{w.letters(2)}"
        lines.append(line(f"{model} {plate}", 1, w.money(189, 690), 20, more_plate=plate))
        if w.chance(0.4):
            lines.append(line(f"Gestion entretien {plate}", 1, w.money(19, 65), 20))
    rows = vat_rows(lines)
    truth = truth_of(
        code,
        day,
        supplier,
        buyer,
        lines,
        rows,
        due=due,
        hidden=hide("supplier_siret", "line_total"),
        contract_ref=contract,
    )
    p = Paper(A4_LANDSCAPE, face="helvetica")
    p.put(36, 46, supplier.name, 15, True, ink="#00543c")
    p.put(36, 60, f"{supplier.street} {supplier.zip} {supplier.city}", 8)
    p.column(560, 46, buyer.postal, 12, size=9.5)
    heads = ("Facture de loyers", "Date facture", "Contrat cadre", "Période", "Date de prélèvement")
    values = (
        code,
        day_text(day),
        contract,
        f"du {day_text(day)} au {day_text(month_end(day))}",
        day_text(due),
    )
    for index, (head, value) in enumerate(zip(heads, values, strict=True)):
        x = 36 + index * 155
        p.box(x, 96, 150, 32, "#e3f0eb", 0)
        p.put(x + 6, 108, head, 7)
        p.put(x + 6, 122, value, 9, True)
    places = (
        (36, "l"),
        (250, "l"),
        (330, "r"),
        (400, "r"),
        (480, "r"),
        (560, "r"),
        (640, "r"),
        (720, "r"),
        (805, "r"),
    )
    p.row(150, places, ("Libellé", "Mise en circ.", "Durée", "Km/an", "Qté", "Loyer HT", "Taux TVA", "TVA", "Loyer TTC"), size=7.5, bold=True)  # fmt: skip
    p.rule(36, 154, 805)
    y = 168
    for item in lines:
        tax = q(item.total * item.vat / 100)
        rented = "more_plate" in item.more
        p.row(y, places, (item.name, day_text(day - timedelta(w.int(40, 1200)), "m/Y") if rented else "", w.pick((36, 48, 60)) if rented else "", f"{w.int(10, 40)} 000" if rented else "", "1", number(item.total, " "), "20,00", number(tax, " "), number(item.total + tax, " ")), size=8)  # fmt: skip
        y += 13
    p.rule(36, y - 6, 805)
    y += 8
    p.row(
        y,
        places[4:],
        (
            "Totaux",
            number(D(truth["net"]), " "),
            "",
            number(D(truth["vat_total"]), " "),
            number(D(truth["gross"]), " "),
        ),
        bold=True,
    )
    p.put(
        36,
        y + 30,
        f"La somme de {euro(D(truth['gross']))} sera prélevée le {day_text(due)} sur votre compte.",
        9,
    )
    p.put(36, y + 44, f"Notre compte : {supplier.iban_text} ({supplier.bic})", 8)
    p.put(421, 575, legal(supplier, 2), 6.5, align="c")
    return Printed(p.pdf(), truth)


@printed("ticket-hardware", "receipt", "held")
def ticket_hardware(w: World) -> Printed:
    """A 80 mm ticket of a builder's merchant: article number over its name, quantity × price under it, two means of payment."""
    supplier = w.french(w.pick(("POINT MATERIAUX", "CHAUFFAGE SANIT DEPOT", "ELEC COMPTOIR", "LA JARDINERIE DU PARC")), iban=None, bic=None)  # fmt: skip
    buyer, day = w.buyer(), w.day()
    goods = [
        line(name, w.pick((1, 2, 4)), D(price), 20) for name, price in w.some(SHOP, w.int(2, 6))
    ]
    rows = vat_rows_included(goods)
    code = f"{w.int(1, 40):03}{w.int(1, 9):02}{w.digits(5)}"
    truth = truth_of(code, day, supplier, buyer, goods, rows, tax_included=True, document_type="receipt",
                     hidden=hide("buyer_name", "line_total", "supplier_siret", "supplier_siren" if w.chance(0) else "line_total"))  # fmt: skip
    height = 330 + 32 * len(goods)
    p = Paper((226.8, height), face="dejavu-mono")
    p.size = 7.2
    p.put(113, 26, supplier.name, 12, True, "c")
    for index, text in enumerate(
        (
            supplier.street,
            f"{supplier.zip} {supplier.city}",
            f"Tél : {supplier.phone}",
            f"TVA {supplier.vat}",
        )
    ):
        p.put(113, 40 + 9 * index, text, 6.6, align="c")
    p.put(10, 86, f"Le {day_text(day)} à {w.int(8, 18)}:{w.int(10, 59)}   Caisse {w.int(1, 9)}")
    p.put(10, 96, f"Ticket {code}")
    p.put(10, 106, "-" * 47)
    y = 118
    for item in goods:
        p.put(10, y, w.digits(13), 6)
        p.put(10, y + 9, item.name[:40])
        p.put(20, y + 18, f"{item.qty} x {number(item.price, '')}")
        p.put(216, y + 18, number(item.total, ""), align="r")
        y += 30
    p.put(10, y, "-" * 47)
    p.put(10, y + 16, "TOTAL EUR", 11, True)
    p.put(216, y + 16, number(D(truth["gross"]), ""), 11, True, "r")
    gross = D(truth["gross"])
    cash = D(min(20, int(gross)))
    p.put(10, y + 30, "Carte bancaire")
    p.put(216, y + 30, number(gross - cash, ""), align="r")
    p.put(10, y + 40, "Espèces")
    p.put(216, y + 40, number(cash, ""), align="r")
    p.put(10, y + 56, f"{'Code':<6}{'Taux':>8}{'HT':>12}{'TVA':>10}{'TTC':>10}")
    for rate, base, tax in rows:
        y += 10
        p.put(
            10,
            y + 56,
            f"{'A':<6}{number(rate):>8}{number(base, ''):>12}{number(tax, ''):>10}{number(base + tax, ''):>10}",
        )
    p.put(113, y + 80, f"Nombre d’articles : {sum(item.qty for item in goods)}", align="c")
    p.put(113, y + 92, "Échange sous 30 jours avec le ticket", align="c")
    p.put(113, y + 110, f"*{w.digits(12)}*", align="c")
    return Printed(p.pdf(), truth)
