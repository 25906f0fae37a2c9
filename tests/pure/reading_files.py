"""Small files for tests of reading: invoices as XML, PDFs that say something on their page and hold an XML, archives and mails."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

from en16931.write import write_xml
from pikepdf import Array, Dictionary, Name, Pdf, String
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from sample_invoice import invoice

PAGE = (
    (50, 60, "COMPTOIR DES DEUX RIVES"), (50, 75, "8 rue des Lilas"), (50, 90, "69003 Lyon"),
    (50, 105, "N° TVA : {vat}"), (50, 120, "SIREN 999 120 348"),
    (340, 150, "ATELIER NIVELLE"), (340, 165, "12 rue du Port"), (340, 180, "44000 Nantes"),
    (50, 220, "Facture n° {number}"), (50, 235, "Date de facture : {day}"), (50, 250, "Date d'échéance : 04/11/2026"),
    (50, 300, "Désignation"), (330, 300, "Quantité"), (400, 300, "Prix unitaire"), (500, 300, "Montant HT"),
    (50, 315, "Heure de conseil"), (340, 315, "4"), (420, 315, "25,00"), (510, 315, "100,00"),
    (400, 360, "Total HT"), (510, 360, "100,00"), (400, 375, "TVA 20 %"), (510, 375, "20,00"),
    (400, 390, "Total TTC"), (505, 390, "{gross}"), (50, 420, "IBAN : {iban}"),
)  # fmt: skip
PRINTED = {
    "number": "FAC/2026/00042", "day": "05/10/2026", "gross": "120,00", "vat": "FR43 999120348", "iban": "FR76 3000 6000 0112 3456 7890 189",
}  # fmt: skip


def cii(**changes) -> bytes:
    """The sample invoice as CII."""
    return write_xml(invoice(**changes), "cii")


def ubl(**changes) -> bytes:
    """The sample invoice as UBL."""
    return write_xml(invoice(**changes), "ubl")


def page(**printed: str) -> bytes:
    """The sample invoice as a page of text; `printed` says otherwise."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica", 10)
    for x, y, text in PAGE:
        canvas.drawString(x, A4[1] - y, text.format(**{**PRINTED, **printed}))
    canvas.save()
    return out.getvalue()


def hybrid(xml: bytes, pdf: bytes | None = None, name: str = "factur-x.xml") -> bytes:
    """A PDF with `xml` inside; a blank page where no `pdf` is given."""
    document = Pdf.open(io.BytesIO(pdf)) if pdf else Pdf.new()
    if not pdf:
        document.add_blank_page()
    specification = document.make_indirect(
        Dictionary(
            Type=Name.Filespec, F=String(name), UF=String(name), EF=Dictionary(F=document.make_stream(xml)),
            AFRelationship=Name.Alternative,
        )
    )  # fmt: skip
    document.Root.Names = Dictionary(
        EmbeddedFiles=Dictionary(Names=Array([String(name), specification]))
    )
    document.Root.AF = Array([specification])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def mail(files: dict[str, bytes], text: str = "Veuillez trouver notre facture.") -> bytes:
    """A mail with these attachments."""
    message = EmailMessage()
    message["From"], message["To"] = "facturation@deux-rives.example", "compta@nivelle.example"
    message["Subject"] = "Votre facture"
    message.set_content(text)
    for name, content in files.items():
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message.as_bytes()
