"""Raw material of the hostile files: a PDF written byte by byte, small invoices in several formats, streams that inflate."""

from __future__ import annotations

import functools
import io
import struct
import zlib
from collections.abc import Iterable, Mapping

GIB = 1 << 30


@functools.lru_cache(maxsize=8)
def inflating(size: int = GIB, pattern: bytes = b"\0") -> bytes:
    """A zlib stream of about a thousandth of `size` that inflates to `size` bytes (made piece by piece, never whole)."""
    packer = zlib.compressobj(9)
    piece = pattern * max(1, (1 << 20) // len(pattern))
    out = io.BytesIO()
    left = size
    while left > 0:
        out.write(packer.compress(piece[:left]))
        left -= len(piece)
    out.write(packer.flush())
    return out.getvalue()


def stream(data: bytes, entries: str = "") -> bytes:
    """The body of a stream object."""
    return f"<< /Length {len(data)} {entries} >>\nstream\n".encode() + data + b"\nendstream"


def pdf(objects: Mapping[int, bytes] | Iterable[bytes], trailer: str = "", root: int = 1) -> bytes:
    """A PDF of these objects (a mapping by number, or in order from 1) with a right table of places."""
    numbered = dict(objects) if isinstance(objects, Mapping) else dict(enumerate(objects, 1))
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, body in numbered.items():
        places[number] = out.tell()
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    last = max(numbered)
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1))
    for number in range(1, last + 1):
        if number in places:
            out.write(b"%010d 00000 n \n" % places[number])
        else:
            out.write(b"0000000000 00000 f \n")
    out.write(
        f"trailer\n<< /Size {last + 1} /Root {root} 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return out.getvalue()


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def one_page(
    content: bytes,
    box: str = "[0 0 595 842]",
    resources: str = "/Font << /F1 5 0 R >>",
    page: str = "",
) -> dict[int, bytes]:
    """Objects of a document of one page: 3 the page, 4 its content (a stream object's body), 5 a font."""
    return {
        1: CATALOG,
        2: PAGES,
        3: f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Resources << {resources} >> /Contents 4 0 R {page} >>".encode(),
        4: content,
        5: HELVETICA,
    }


INVOICE = (
    (60, 790, "Sellerie du Vallon SARL"), (60, 775, "12 rue des Tanneurs"), (60, 760, "26100 Romans-sur-Isère"),
    (60, 745, "SIRET 732 829 320 00074 - TVA FR44732829320"), (360, 700, "Maison Verdier"), (360, 685, "4 place Carnot"),
    (360, 670, "69002 Lyon"), (60, 630, "FACTURE N° FV-2025-0147"), (60, 612, "Date : 14/05/2025"), (60, 597, "Échéance : 13/06/2025"),
    (60, 560, "Désignation"), (330, 560, "Qté"), (400, 560, "P.U. HT"), (490, 560, "Montant HT"), (60, 540, "Selle de randonnée"),
    (330, 540, "2"), (400, 540, "310,00"), (490, 540, "620,00"), (60, 522, "Cire pour cuir 500 ml"), (330, 522, "5"),
    (400, 522, "16,00"), (490, 522, "80,00"), (400, 480, "Total HT"), (490, 480, "700,00"), (400, 462, "TVA 20 %"),
    (490, 462, "140,00"), (400, 444, "Total TTC"), (490, 444, "840,00 €"),
)  # fmt: skip


def invoice_operators() -> bytes:
    """The page of a small invoice, as PDF operators."""
    rows = []
    for x, y, text in INVOICE:
        safe = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        rows.append(f"BT /F1 10 Tf 1 0 0 1 {x} {y} Tm ({safe}) Tj ET")
    return "\n".join(rows).encode("cp1252")


@functools.cache
def invoice_pdf() -> bytes:
    """A small valid invoice."""
    return pdf(one_page(stream(invoice_operators())))


@functools.cache
def invoice_picture(dpi: int = 110) -> bytes:
    """The same as a picture, in PNG."""
    import pypdfium2

    document = pypdfium2.PdfDocument(invoice_pdf())
    try:
        image = document[0].render(scale=dpi / 72, grayscale=True).to_pil()
    finally:
        document.close()
    return picture(image, "PNG")


def picture(image: object, kind: str, **options: object) -> bytes:
    """A Pillow image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)  # type: ignore[attr-defined]
    return out.getvalue()


def invoice_as(kind: str, mode: str = "L", **options: object) -> bytes:
    """The picture of the invoice in another format."""
    from PIL import Image

    return picture(Image.open(io.BytesIO(invoice_picture())).convert(mode), kind, **options)


CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:factur-x.eu:1p0:basicwl</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>FV-2025-0147</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format="102">20250514</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Sellerie du Vallon SARL</ram:Name><ram:SpecifiedLegalOrganization><ram:ID schemeID="0002">732829320</ram:ID></ram:SpecifiedLegalOrganization><ram:PostalTradeAddress><ram:PostcodeCode>26100</ram:PostcodeCode><ram:LineOne>12 rue des Tanneurs</ram:LineOne><ram:CityName>Romans-sur-Isère</ram:CityName><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">FR44732829320</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>Maison Verdier</ram:Name><ram:PostalTradeAddress><ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:ApplicableTradeTax><ram:CalculatedAmount>140.00</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>700.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>20</ram:RateApplicablePercent></ram:ApplicableTradeTax><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20250613</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>700.00</ram:LineTotalAmount><ram:TaxBasisTotalAmount>700.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">140.00</ram:TaxTotalAmount><ram:GrandTotalAmount>840.00</ram:GrandTotalAmount><ram:DuePayableAmount>840.00</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>FV-2025-0147</cbc:ID><cbc:IssueDate>2025-05-14</cbc:IssueDate><cbc:DueDate>2025-06-13</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PostalAddress><cbc:CityName>Romans-sur-Isère</cbc:CityName><cbc:PostalZone>26100</cbc:PostalZone><cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyTaxScheme><cbc:CompanyID>FR44732829320</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>Sellerie du Vallon SARL</cbc:RegistrationName><cbc:CompanyID schemeID="0002">732829320</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cac:PostalAddress><cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyLegalEntity><cbc:RegistrationName>Maison Verdier</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">140.00</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">700.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">140.00</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">700.00</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount currencyID="EUR">700.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">840.00</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="EUR">840.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">700.00</cbc:LineExtensionAmount><cac:Item><cbc:Name>Selle</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item><cac:Price><cbc:PriceAmount currencyID="EUR">700.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>
"""


def with_attachment(
    data: bytes, name: str = "factur-x.xml", entries: str = "", plain: bool = True
) -> bytes:
    """The invoice with a file inside; `data` is the stream as stored, `entries` says how it is packed."""
    objects = one_page(stream(invoice_operators() if plain else b""))
    objects[1] = (
        f"<< /Type /Catalog /Pages 2 0 R /AF [6 0 R] /Names << /EmbeddedFiles << /Names [({name}) 6 0 R] >> >> >>".encode()
    )
    objects[6] = (
        f"<< /Type /Filespec /F ({name}) /UF ({name}) /AFRelationship /Data /EF << /F 7 0 R /UF 7 0 R >> >>".encode()
    )
    objects[7] = stream(data, f"/Type /EmbeddedFile /Subtype /text#2Fxml {entries}")
    return pdf(objects)


@functools.cache
def factur_x() -> bytes:
    """The invoice as Factur-X, its XML packed as usual."""
    return with_attachment(zlib.compress(CII.encode()), entries="/Filter /FlateDecode")


def png(width: int, height: int, data: bytes, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG whose header says this size, with `data` as its packed rows."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )
