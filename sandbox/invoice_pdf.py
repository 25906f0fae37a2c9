"""A plain Factur-X file: one page a person can read, the XML inside. It is no model of PDF/A; a supplier's file often is not."""

from __future__ import annotations

import io

import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from .invoice_model import Invoice

_PROPERTIES = (
    ("DocumentFileName", "name of the embedded invoice"),
    ("DocumentType", "INVOICE"),
    ("Version", "version of the invoice schema"),
    ("ConformanceLevel", "profile of the invoice"),
)
_ROWS = "".join(
    f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>'
    f"<pdfaProperty:category>external</pdfaProperty:category><pdfaProperty:description>{text}</pdfaProperty:description></rdf:li>"
    for name, text in _PROPERTIES
)
_FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:fx="{_FX}"><fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{_FX}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>{_ROWS}</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def write_facturx(invoice: Invoice, xml: bytes) -> bytes:
    """The page with the XML attached."""
    page = io.BytesIO()
    _draw(invoice, page)
    page.seek(0)
    with pikepdf.open(page) as pdf:
        spec = pikepdf.AttachedFileSpec(
            pdf,
            xml,
            filename="factur-x.xml",
            mime_type="text/xml",
            description="Factur-X",
            relationship=pikepdf.Name.Data,
            mod_date=f"D:{invoice.issued:%Y%m%d}120000Z",
        )
        pdf.attachments["factur-x.xml"] = spec
        pdf.Root.AF = pikepdf.Array([spec.obj])
        pdf.Root.Metadata = pikepdf.Stream(
            pdf, _XMP.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )
        made = io.BytesIO()
        pdf.save(made)
    return made.getvalue()


def _draw(invoice: Invoice, target: io.BytesIO) -> None:
    canvas = Canvas(target, pagesize=A4)
    _width, height = A4
    title = "Avoir" if invoice.type_code == "381" else "Facture"
    rows = [
        (14, f"{title} {invoice.number}"),
        (
            10,
            f"{invoice.seller.name} – {invoice.seller.street}, {invoice.seller.zip} {invoice.seller.city} – SIREN {invoice.seller.siren}",
        ),
        (
            10,
            f"À : {invoice.buyer.name} – {invoice.buyer.street}, {invoice.buyer.zip} {invoice.buyer.city}",
        ),
        (10, f"Date : {invoice.issued:%d/%m/%Y}    Échéance : {invoice.due:%d/%m/%Y}"),
        (10, ""),
    ]
    rows += [
        (
            10,
            f"{line.name}   {line.quantity} × {line.price}   TVA {line.rate} %   {line.net} {invoice.currency}",
        )
        for line in invoice.lines
    ]
    rows += [
        (
            10,
            f"{change.reason[1]} : {'+' if change.charge else '-'} {change.amount} {invoice.currency}",
        )
        for change in invoice.changes
    ]
    rows += [
        (10, ""),
        (10, f"Total hors taxes : {invoice.net} {invoice.currency}"),
        (10, f"TVA : {invoice.tax} {invoice.currency}"),
        (12, f"Net à payer : {invoice.payable} {invoice.currency}"),
        (9, f"IBAN {invoice.iban}"),
        *((8, text) for _subject, text in invoice.notes),
    ]
    at = height - 60
    for size, text in rows:
        canvas.setFont("Helvetica", size)
        canvas.drawString(50, at, text)
        at -= size + 8
        if at < 50:
            canvas.showPage()
            at = height - 60
    canvas.save()
