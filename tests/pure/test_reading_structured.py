"""Electronic invoices as they come: right, of a wrong profile, carelessly written, hidden in an envelope, at odds with their page."""

import io
import json
import re
import zlib

import pypdfium2
import pytest
from lxml import etree
from reading import sniff, structured_repair
from reading.messages import sentence
from reading.model import Options, Page
from reading.structured import compare_with_page, open_structured, read_structured
from reading.textlayer import read_text
from reading_files import cii, hybrid, page, ubl

CREDIT = {"BT-3": "381"}


def read(content, **options):
    results = read_structured(content, "facture", Options(**options))
    assert results is not None
    (result,) = results
    for message in result.messages:
        assert sentence(message, "fr") and sentence(message, "en")
    json.dumps([result.invoice, result.evidence])
    return result


def codes(result):
    return [message.code for message in result.messages]


# -- what the file says -----------------------------------------------------------------------------


@pytest.mark.parametrize("make", [cii, ubl, lambda: hybrid(cii()), lambda: hybrid(cii(), name="ZUGFeRD-invoice.xml"),
                                  lambda: hybrid(ubl(), name="facture.XML")])  # fmt: skip
def test_the_invoice_as_the_file_says_it(make):
    result = read(make())
    assert (result.kind, result.document_type, result.messages) == ("xml", "invoice", ())
    data = result.invoice
    assert (data["BT-1"], data["BT-2"], data["BT-9"], data["BT-5"]) == (
        "FAC/2026/00042",
        "2026-10-05",
        "2026-11-04",
        "EUR",
    )
    assert [data[term] for term in ("BT-109", "BT-110", "BT-112", "BT-115")] == [
        "100.00",
        "20.00",
        "120.00",
        "120.00",
    ]
    assert data["BG-4"]["vat_identifier"] == "FR43999120348"
    assert data["BG-25"][0]["BT-131"] == "100.00"
    assert data["BT-72"] == "2026-10-02"


def test_every_field_bears_its_evidence():
    evidence = read(cii()).evidence
    for term in (
        "BT-1",
        "BT-2",
        "BT-27",
        "BT-30",
        "BT-31",
        "BT-38",
        "BT-44",
        "BT-48",
        "BT-84",
        "BT-112",
        "BG-25/1/BT-131",
        "BG-23/1/BT-117",
    ):
        assert evidence[term]["origin"] == "xml", term
        assert evidence[term]["confidence"] == 1.0
    assert all(
        set(found) == {"origin", "confidence", "page", "box", "reasons", "alternatives"}
        for found in evidence.values()
    )


@pytest.mark.parametrize("make", [cii, ubl])
def test_types_of_document(make):
    assert read(make(**CREDIT, **{"BG-3": [{"BT-25": "F-1"}]})).document_type == "credit_note"
    assert read(make(**{"BT-3": "386"})).document_type == "deposit"


def test_purchase_or_sale():
    assert read(cii(), own=("990234171",)).direction == "purchase"
    assert read(cii(), own=("999 120 348",)).direction == "sale"
    assert read(cii(), own=("552100554",)).direction == ""
    assert read(cii()).direction == ""


# -- carelessly written -----------------------------------------------------------------------------


def change(old, new, make=cii, count=1):
    content = make()
    pattern = old.encode()
    assert re.search(pattern, content), old
    return re.sub(pattern, new.encode(), content, count=count)


@pytest.mark.parametrize(
    "profile", ["", "urn:factur-x.eu:1p0:minimum", "urn:factur-x.eu:1p0:extended", "n'importe quoi"]
)
def test_a_wrong_profile_changes_nothing(profile):
    content = re.sub(rb"urn:cen\.eu:en16931:2017[^<]*", profile.encode(), cii())
    assert len(read(content).invoice["BG-25"]) == 1


ODD = {
    "bytes before": (lambda: b"\x00\x00garbage" + cii(), "xml_repaired_around"),
    "bytes after": (lambda: cii() + b"\n-- \nsent from my program", "xml_repaired_around"),
    "Latin-1 said to be UTF-8": (
        lambda: cii().replace("Pénalités".encode(), "Pénalités".encode("latin-1")), "xml_repaired_encoding"),
    "an encoding that does not exist": (lambda: change("UTF-8", "UTF-8-W/O-BOM"), "xml_repaired_encoding"),
    "a bare ampersand": (lambda: change("ATELIER NIVELLE", "ATELIER & NIVELLE"), "xml_repaired_signs"),
    "invisible characters": (lambda: change("ATELIER NIVELLE", "ATELIER\x0b&#x1;NIVELLE"), "xml_repaired_signs"),
    "an amount in French": (lambda: change("GrandTotalAmount>120.00", "GrandTotalAmount>120,00"), "xml_repaired_number"),
    "an amount with its currency": (lambda: change("GrandTotalAmount>120.00", "GrandTotalAmount>120,00 €"), "xml_repaired_number"),
    "no currency": (lambda: change("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>", ""), "xml_repaired_currency"),
    "no currency, UBL": (lambda: change("<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", "", ubl), "xml_repaired_currency"),
    "no amount to pay": (lambda: change("<ram:DuePayableAmount>120.00</ram:DuePayableAmount>", ""), "xml_computed"),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_what_can_be_mended_is_read_and_said(what):
    make, code = ODD[what]
    result = read(make())
    assert code in codes(result)
    data = result.invoice
    assert (data["BT-1"], data["BT-5"], data["BT-112"], data["BT-115"]) == (
        "FAC/2026/00042",
        "EUR",
        "120.00",
        "120.00",
    )


def test_accents_of_a_wrong_character_set_are_right():
    result = read(ODD["Latin-1 said to be UTF-8"][0]())
    assert any("Pénalités" in note.get("BT-22", "") for note in result.invoice["BG-1"])


def test_what_is_computed_is_called_so():
    evidence = read(ODD["no amount to pay"][0]()).evidence["BT-115"]
    assert (evidence["origin"], evidence["confidence"] < 1) == ("computed", True)


def test_an_invoice_in_an_envelope():
    body = re.sub(rb"^<\?xml[^>]*\?>", b"", ubl())
    envelope = (
        b'<StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader">'
        b"<StandardBusinessDocumentHeader><HeaderVersion>1.0</HeaderVersion></StandardBusinessDocumentHeader>" + body + b"</StandardBusinessDocument>"
    )  # fmt: skip
    assert read(envelope).invoice["BT-1"] == "FAC/2026/00042"


@pytest.mark.parametrize("make", [cii, ubl])
@pytest.mark.parametrize("fault", ["removed", "emptied", "doubled", "nonsense"])
def test_no_missing_or_odd_element_stops_the_reading(make, fault):
    """Whatever a schema would say: one element at a time is spoilt, and the rest is read."""
    root = etree.fromstring(make())
    total = sum(1 for _ in root.iter(etree.Element))
    unread = []
    for position in range(1, total):
        spoilt = etree.fromstring(make())
        node = list(spoilt.iter(etree.Element))[position]
        if fault == "removed":
            node.getparent().remove(node)
        elif fault == "emptied":
            del node[:]
            node.text = None
        elif fault == "doubled":
            node.addnext(etree.fromstring(etree.tostring(node)))
        elif not len(node):
            node.text = "é ~12,3x"
        if not read(etree.tostring(spoilt)).invoice:
            unread.append(etree.QName(node).localname)
    assert set(unread) <= {"SupplyChainTradeTransaction", "ApplicableHeaderTradeSettlement"}


# -- amounts that contradict each other -------------------------------------------------------------


@pytest.mark.parametrize(("old", "new", "code", "term"), [
    ("GrandTotalAmount>120.00", "GrandTotalAmount>210.00", "xml_differs_gross", "BT-112"),
    ("DuePayableAmount>120.00", "DuePayableAmount>12.00", "xml_differs_payable", "BT-115"),
    ("LineTotalAmount>100.00(?=</ram:LineTotalAmount><ram:TaxBasis|</ram:LineTotalAmount>\\s*<ram:TaxBasis)", "LineTotalAmount>90.00", "xml_differs_lines", "BT-106"),
    ("CalculatedAmount>20.00", "CalculatedAmount>5.50", "xml_differs_vat", "BT-110"),
    ("BasisAmount>100.00", "BasisAmount>1000.00", "xml_differs_bases", "BT-109"),
])  # fmt: skip
def test_sums_that_do_not_come_out_are_said_and_believed_less(old, new, code, term):
    result = read(change(old, new))
    assert code in codes(result)
    assert result.evidence[term]["confidence"] < 0.75
    assert result.evidence["BT-1"]["confidence"] == 1.0
    assert "Vérifiez" in sentence(next(m for m in result.messages if m.code == code))


def test_a_cent_of_rounding_per_rate_is_no_contradiction():
    assert not read(change("CalculatedAmount>20.00", "CalculatedAmount>20.01")).messages


# -- no invoice -------------------------------------------------------------------------------------


ORDER = (
    b'<rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100">'
    b"<rsm:ExchangedDocument/></rsm:SCRDMCCBDACIOMessageStructure>"
)
CDAR = b'<rsm:CrossDomainAcknowledgementAndResponse xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100"/>'
NONE = {
    "an order": (ORDER, "order", "xml_order"),
    "an order in a PDF": (hybrid(ORDER, name="order-x.xml"), "order", "xml_order"),
    "a status": (CDAR, "lifecycle", "xml_lifecycle"),
    "another XML": (b"<FatturaElettronica/>", "other", "xml_other"),
    "a broken XML": (cii()[:900], "other", "xml_not_readable"),
    "an empty invoice": (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', "other", "xml_not_readable"),
    "a document type": (b"<!DOCTYPE x [<!ENTITY e 'x'>]>" + re.sub(rb"^<\?xml[^>]*\?>", b"", cii()), "other", "xml_doctype"),
    "an absurd amount": (change("GrandTotalAmount>120.00", "GrandTotalAmount>" + "9" * 30), "other", "xml_absurd"),
}  # fmt: skip


@pytest.mark.parametrize("what", NONE)
def test_what_is_no_invoice_is_recognised_for_what_it_is(what):
    content, kind, code = NONE[what]
    result = read(content)
    assert (result.document_type, result.invoice) == (kind, {})
    assert codes(result) == [code]


def test_an_unusable_xml_in_a_pdf_leaves_the_page_to_be_read():
    made = open_structured(hybrid(cii()[:500]), "", Options())
    assert made.results is None
    assert [message.code for message in made.messages] == ["xml_embedded_unusable"]


def test_a_pdf_without_xml_says_nothing():
    made = open_structured(page(), "", Options())
    assert (made.results, made.messages) == (None, ())


def test_an_xml_that_unpacks_to_a_gigabyte_is_not_unpacked():
    packer = zlib.compressobj(9)
    bomb = b"".join([packer.compress(b" " * (1 << 20)) for _ in range(300)] + [packer.flush()])
    content = hybrid(b"@@BOMB@@").replace(b"@@BOMB@@", bomb)
    content = content.replace(b"/Length 8 ", b"/Filter /FlateDecode /Length %d " % len(bomb))
    made = open_structured(content, "", Options())
    assert made.results is None


def test_mending_keeps_entities_out():
    with pytest.raises(structured_repair.kinds.UnreadableXml):
        structured_repair.parse(b"junk <!DOCTYPE a [<!ENTITY e 'x'>]><a>&e; & </a>")


# -- the page ---------------------------------------------------------------------------------------


def compared(xml, **printed):
    content = page(**printed)
    document = pypdfium2.PdfDocument(content)
    pages = [Page(0, 595, 842, tuple(read_text(document, 0)))]
    document.close()
    return compare_with_page(read(hybrid(xml, content)), pages, Options(own=("990234171",)))


def test_a_page_that_says_the_same():
    assert compared(cii()) == []


@pytest.mark.parametrize(("term", "printed", "said"), [
    ("BT-1", {"number": "FAC/2026/00043"}, "FAC/2026/00043"),
    ("BT-2", {"day": "06/10/2026"}, "06/10/2026"),
    ("BT-112", {"gross": "1 200,00"}, "1 200,00"),
    ("BT-84", {"iban": "FR14 2004 1010 0505 0001 3M02 606"}, "FR1420041010050500013M02606"),
    ("BT-31", {"vat": "FR 40 303 265 045"}, "FR40303265045"),
])  # fmt: skip
def test_a_page_that_says_otherwise(term, printed, said):
    (message,) = compared(cii(), **printed)
    assert (message.code, message.values["term"], message.values["page"]) == (
        "xml_page_differs",
        term,
        said,
    )
    told = sentence(message)
    assert f"la page dit « {said} »" in told and "BT-" not in told


def test_a_page_that_does_not_show_it_says_nothing():
    assert compared(cii(), iban="", vat="", number="") == []


def test_the_page_may_write_it_in_its_own_way():
    assert (
        compared(cii(), day="5 octobre 2026", gross="120,00 €", number="FAC / 2026 / 00042") == []
    )


def test_a_page_without_text_is_not_compared():
    result = read(cii())
    assert compare_with_page(result, [Page(0, 595, 842)]) == []
    assert compare_with_page(result, []) == []


# -- what a file is ---------------------------------------------------------------------------------


def picture(form, size=(40, 40), **more):
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", size, 255).save(out, form, **more)
    return out.getvalue()


@pytest.mark.parametrize(("content", "kind"), [
    (b"", "empty"), (b" \r\n\t ", "empty"), (b"\x00" * 500, "empty"), (b"bonjour", "text"), (b"%PDF-1.4", "pdf"), (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "xml"),
    (b"<a/>", "xml"), ("<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"), "xml"), (b"<!DOCTYPE html><p>", "html"),
    (b"  <HTML><body>", "html"), (b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'/>", "html"), (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff\xe0", "jpeg"), (b"II*\x00", "tiff"), (b"MM\x00*", "tiff"), (b"GIF89a", "gif"), (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
    (b"\x00\x00\x00\x18ftypheic", "heic"), (b"PK\x03\x04rest", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"), (b"{\\rtf1", "office"),
    (b"From: a@b.fr\r\nSubject: facture\r\nContent-Type: text/plain\r\n\r\nx", "eml"), (bytes(range(256)) * 4, "other"), (b"\x7fELF" + b"\x01\x00" * 50, "other"),
])  # fmt: skip
def test_a_file_is_told_by_its_content(content, kind):
    assert sniff.kind_of(content) == kind


def test_office_files_are_no_archives():
    from reading_files import archive

    assert (
        sniff.kind_of(archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}))
        == "office"
    )
    assert sniff.kind_of(archive({"facture.xml": cii()})) == "zip"


def test_pages_and_pictures_are_counted_before_they_are_opened():
    assert sniff.sniff(page()).pages == 1
    assert sniff.sniff(picture("PNG")).pages == 1
    many = picture("TIFF", save_all=True, append_images=_frames(4))
    assert sniff.sniff(many) == sniff.Sniffed("tiff", 5)
    assert sniff.sniff(many, sniff.Limits(pages=3)).refusal.code == "too_many_pages"
    assert (
        sniff.sniff(picture("PNG", (2000, 2000)), sniff.Limits(pixels=1_000_000)).refusal.code
        == "picture_too_large"
    )
    assert sniff.sniff(picture("PNG", (9000, 9000))).refusal.code == "picture_too_large"
    assert sniff.sniff(picture("PNG")[:30]).refusal.code == "picture_damaged"
    assert sniff.sniff(b"x" * 2000, sniff.Limits(file_bytes=1000)).refusal.code == "too_large"


def test_a_photograph_of_fifty_million_points_is_read_at_half_its_size():
    """What a telephone makes in its finest mode."""
    from reading import raster

    content = picture("JPEG", (8160, 6144))
    assert sniff.sniff(content).refusal is None
    (made,) = raster.open_pictures(content)
    assert made.image.size == (4080, 3072)


def _frames(count):
    from PIL import Image

    return [Image.new("L", (20, 20), 255) for _ in range(count)]


def test_a_long_or_closed_pdf_keeps_its_xml_readable():
    document = pypdfium2.PdfDocument.new()
    for _ in range(5):
        document.new_page(200, 200)
    out = io.BytesIO()
    document.save(out)
    found = sniff.sniff(hybrid(cii(), out.getvalue()), sniff.Limits(pages=3))
    assert found.refusal is None and found.page_refusal.code == "too_many_pages"
    assert sniff.sniff(b"%PDF-1.7 and nothing").page_refusal.code == "pdf_damaged"


# -- what a small profile leaves out ----------------------------------------------------------------


def small(profile, **changes):
    """The sample invoice of a small profile inside its page: no lines, and of MINIMUM no VAT rows, address, account or due date."""
    root = etree.fromstring(cii(**changes))
    names = {"minimum": "urn:factur-x.eu:1p0:minimum", "basicwl": "urn:factur-x.eu:1p0:basicwl"}
    root.find(".//{*}GuidelineSpecifiedDocumentContextParameter/{*}ID").text = names[profile]
    gone = ["IncludedSupplyChainTradeLineItem"]
    if profile == "minimum":
        gone += ["ApplicableTradeTax", "SpecifiedTradeSettlementPaymentMeans", "SpecifiedTradePaymentTerms", "PostalTradeAddress", "LineTotalAmount", "ActualDeliverySupplyChainEvent"]  # fmt: skip
    for name in gone:
        for item in root.findall(f".//{{*}}{name}"):
            item.getparent().remove(item)
    return etree.tostring(root)


def read_file(content):
    from reading.reader import read_file as read_any

    (result,) = read_any(content, "facture.pdf", Options())
    return result


@pytest.mark.parametrize("profile", ["minimum", "basicwl"])
def test_what_a_small_profile_leaves_out_is_taken_from_the_page_and_said(profile):
    result = read_file(hybrid(small(profile), page()))
    assert result.kind == "xml" and "xml_completed" in codes(result)
    (line,) = result.invoice["BG-25"]
    assert (line["BT-153"], line["BT-131"]) == ("Heure de conseil", "100.00")
    assert result.evidence["BG-25/1"]["origin"] == "text"
    assert result.evidence["BT-112"]["origin"] == "xml"
    if profile == "minimum":
        assert (
            result.invoice["BT-9"] == "2026-11-04" and result.evidence["BT-9"]["origin"] == "text"
        )
        assert result.invoice["BT-84"] == "FR7630006000011234567890189"
        assert result.invoice["BG-4"]["postcode"] == "69003"
        assert result.invoice["BG-23"][0]["BT-116"] == "100.00"


def test_the_page_never_overrules_what_the_file_states():
    stated = read_file(hybrid(small("basicwl"), page(iban="FR76 1027 8060 0000 0204 8870 195")))
    assert stated.invoice["BT-84"] == read(small("basicwl")).invoice["BT-84"]
    assert stated.evidence["BT-84"]["origin"] == "xml"


def test_lines_that_do_not_make_the_total_stated_are_left_and_it_is_said():
    totals = {"BT-106": "90.00", "BT-109": "90.00", "BT-110": "18.00", "BT-112": "108.00", "BT-115": "108.00"}  # fmt: skip
    content = small("basicwl")
    root = etree.fromstring(content)
    for name, term in (("LineTotalAmount", "BT-106"), ("TaxBasisTotalAmount", "BT-109"), ("TaxTotalAmount", "BT-110"), ("GrandTotalAmount", "BT-112"), ("DuePayableAmount", "BT-115")):  # fmt: skip
        root.find(f".//{{*}}SpecifiedTradeSettlementHeaderMonetarySummation/{{*}}{name}").text = totals[term]  # fmt: skip
    result = read_file(hybrid(etree.tostring(root), page()))
    assert "BG-25" not in result.invoice and "xml_lines_left" in codes(result)


def test_the_page_of_another_invoice_gives_nothing():
    result = read_file(hybrid(small("minimum"), page(number="FAC/2026/00077")))
    assert "BG-25" not in result.invoice and "xml_completed" not in codes(result)
