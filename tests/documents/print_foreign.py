"""Suppliers of other countries and credit notes, drawn with reportlab."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from documents.grid import Grid, stacked
from documents.paper import Paper, Printed, legal, printed
from documents.print_office import euro, hide
from documents.truth import truth_of
from documents.world import World, day_text, line, number, vat_rows

D = Decimal


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
    table = Grid(p, 230, ((50, "l", "Description"), (360, "r", "Qty"), (450, "r", "Unit price"), (545, "r", "Amount")), size=p.size, step=22)  # fmt: skip
    table.heads()
    p.rule(50, 235, 545, width=1.5)
    for item in lines:
        price, total = ("€" + number(value, ",", ".") for value in (item.price, item.total))
        table.row(item.name, number(item.qty, ",", places=0), price, total)
    y = table.y - 22
    p.rule(300, y + 12, 545)
    net, gross = ("€" + number(D(truth[key]), ",", ".") for key in ("net", "gross"))
    y = stacked(p, 300, 545, y + 24, (("Subtotal", net), ("VAT 0% (reverse charge)", "€0.00"), ("Total", gross), ("Amount due (EUR)", gross)), 24)  # fmt: skip
    p.column(
        50,
        y + 16,
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
    table = Grid(p, 235, ((50, "l", "Pos."), (80, "l", "Art.-Nr."), (140, "l", "Bezeichnung"), (370, "r", "Menge"), (390, "l", "ME"), (465, "r", "Einzelpreis"), (545, "r", "Gesamt EUR")), size=p.size, step=15)  # fmt: skip
    table.heads(22)
    p.rule(50, 240, 545)
    for index, item in enumerate(lines, 1):
        quantity = number(item.qty, ".", places=0)
        table.row(index, item.ref, item.name, quantity, "Stk", number(item.price, "."), number(item.total, "."))  # fmt: skip
    y = table.y - 15
    p.rule(330, y + 8, 545)
    totals = [("Nettobetrag", "net"), *([(f"zzgl. {rate} % MwSt.", "vat_total")] if rate else []), ("Rechnungsbetrag", "gross")]  # fmt: skip
    y = stacked(p, 330, 545, y + 20, [(label, number(D(truth[key]), ".")) for label, key in totals], 20)  # fmt: skip
    texts = [f"Zahlbar bis {day_text(due, 'd.m.Y')} ohne Abzug."]
    if rate == 0:
        texts.append(f"Steuerfreie innergemeinschaftliche Lieferung. Ihre USt-IdNr.: {buyer.vat}")
    p.column(50, y + 20, texts, 13)
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
        hidden=hide("iban", "supplier_siret"),
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
    p.column(340, 110, buyer.postal, 13, size=10)
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
    table = Grid(p, 240, ((40, "l", "Motif : retour de marchandises"), (330, "r", "Quantité"), (345, "l", "Un."), (440, "r", "Prix HT"), (555, "r", "Montant HT")), size=p.size, step=15)  # fmt: skip
    table.heads(22)
    p.rule(40, 245, 555)
    for item in lines:
        table.row(item.name, sign + number(item.qty, places=None), item.unit, number(item.price, " "), sign + number(item.total, " "))  # fmt: skip
    totals = (("Total HT", "net"), ("TVA 20 %", "vat_total"), ("Total TTC", "gross"), ("Net à votre crédit", "payable"))  # fmt: skip
    y = stacked(p, 400, 555, table.y + 11, [(label, sign + euro(truth[key])) for label, key in totals], 15)  # fmt: skip
    p.put(40, y + 20, "Avoir à déduire de votre prochain règlement.")
    p.put(297, 810, legal(supplier, 2), 6.5, align="c")
    return Printed(p.pdf(), truth)
