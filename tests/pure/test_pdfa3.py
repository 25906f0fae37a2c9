"""Any PDF becomes PDF/A-3 with exactly one invoice inside, and what is packed wrongly is said."""

import csv
import io
from datetime import UTC, datetime

import pikepdf
import pytest
from en16931 import pdfa3
from en16931.pdfa3 import Attachment, check_container, extract_attachments, extract_xml, finish
from en16931.verapdf import check_pdfa
from pages import A4, CSS, invoice
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

from services.renderer.printer import Printer, Shell

GUIDELINES = {
    "MINIMUM": "urn:factur-x.eu:1p0:minimum",
    "BASIC WL": "urn:factur-x.eu:1p0:basicwl",
    "BASIC": "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
    "EN 16931": "urn:cen.eu:en16931:2017",
    "EXTENDED": "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended",
    "XRECHNUNG": "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
}


def cii(level="EN 16931"):
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rsm:CrossIndustryInvoice '
        'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" '
        'xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100">'
        "<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>"
        f"<ram:ID>{GUIDELINES.get(level, level)}</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>"
        "</rsm:ExchangedDocumentContext></rsm:CrossIndustryInvoice>"
    ).encode()


@pytest.fixture(scope="module")
def drawn():
    """One page and many pages, drawn with and without tags."""
    printer, shell = Printer(), Shell.make([CSS.decode()], {})
    try:
        made = {}
        for tagged in (False, True):
            pages = [vars(invoice(lines)[0]) for lines in (3, 90)]
            made[tagged] = [
                pdf
                for pdf, _n in printer.print_documents(pages, A4.to_dict(), shell, tagged=tagged)[0]
            ]
        yield made
    finally:
        printer.close()


@pytest.fixture
def page(drawn):
    return drawn[False][0]


def finished(page, **options):
    values = {"lang": "fr_FR", "title": "Facture 1", "author": "Société", "xml": cii()}
    return finish(page, **{**values, **options})


def foreign(**options):
    """A PDF as another program writes it: standard font not embedded."""
    output = io.BytesIO()
    canvas = Canvas(output, **options)
    canvas.drawString(100, 700, "Facture d'un autre logiciel")
    canvas.save()
    return output.getvalue()


def changed(pdf, change):
    """The same PDF after `change(document)`."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(output)
    return output.getvalue()


def rules(pdf):
    return [finding.rule for finding in check_container(pdf)]


# -- what we make -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1], ids=["one page", "several pages"])
@pytest.mark.parametrize("conformance", ["3b", "3a"])
def test_our_pages_are_pdf_a_3_for_verapdf(drawn, number, conformance):
    source = drawn[conformance == "3a"][number]
    extra = [Attachment("bon de livraison.pdf", b"%PDF-1.4\n", "application/pdf", "Bon")]
    pdf = finished(source, conformance=conformance, attachments=extra)
    assert check_pdfa(pdf, flavour=conformance) == []
    assert check_container(pdf) == []
    assert extract_xml(pdf) == ("factur-x.xml", cii())


def test_without_invoice_it_is_still_pdf_a_3(page):
    pdf = finished(page, xml=None)
    assert check_pdfa(pdf, flavour="3b") == []
    assert extract_xml(pdf) is None
    assert rules(pdf) == ["FX-PDF-XML-MISSING"]


@pytest.mark.parametrize("level", GUIDELINES)
def test_the_level_comes_from_the_invoice(page, level):
    pdf = finished(page, xml=cii(level))
    assert check_container(pdf) == []
    [file] = extract_attachments(pdf)
    assert file.relationship == ("Data" if level in ("MINIMUM", "BASIC WL") else "Alternative")
    assert file.mimetype == "text/xml"


@pytest.mark.parametrize(
    "xml", [b"<a/>", cii("urn:unknown"), cii("x#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr")]
)
def test_an_xml_no_facturx_can_carry_is_refused(page, xml):
    with pytest.raises(ValueError):
        finished(page, xml=xml)


def test_no_attachment_may_pass_for_the_invoice(page):
    with pytest.raises(ValueError):
        finished(page, attachments=[Attachment("Factur-X.xml", b"<x/>")])


def test_tags_are_needed_for_3a(page):
    with pytest.raises(ValueError):
        finished(page, conformance="3a")


def test_the_same_invoice_gives_the_same_bytes(page):
    moment = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert finished(page, moment=moment) == finished(page, moment=moment)


def test_names_that_xml_cannot_hold_are_written_plainly(page):
    pdf = finished(page, title='A & B <c> "d"\x07\ud800', author="Ünïcode 中文 & fils")
    assert check_pdfa(pdf, flavour="3b") == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.docinfo["/Title"]) == 'A & B <c> "d"'
        assert str(document.docinfo["/Author"]) == "Ünïcode 中文 & fils"


# -- what comes from elsewhere ------------------------------------------------------------------------


def test_what_a_pdf_could_run_is_taken_out(page):
    def arm(document):
        script = document.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))
        document.Root.OpenAction = script
        document.Root.AA = Dictionary(WC=script)
        document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
        document.pages[0].AA = Dictionary(O=script)
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=script, F=2)
        screen = Dictionary(Type=Name.Annot, Subtype=Name.Screen, Rect=[0, 0, 9, 9])
        document.pages[0].Annots = Array(
            [document.make_indirect(link), document.make_indirect(screen)]
        )

    armed = changed(page, arm)
    assert "FX-PDF-ACTIVE" in rules(changed(finished(page), arm))
    pdf = finished(armed)
    assert check_container(pdf) == [] and check_pdfa(pdf, flavour="3b") == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert not any("JavaScript" in str(item) for item in document.objects)


def test_an_old_invoice_xml_is_replaced_and_other_files_are_kept(page):
    first = finished(page, attachments=[Attachment("plan.png", b"png", "image/png")])
    again = finished(first, xml=cii("EXTENDED"))
    assert sorted(file.name for file in extract_attachments(again)) == ["factur-x.xml", "plan.png"]
    assert extract_xml(again)[1] == cii("EXTENDED")
    assert check_container(again) == [] and check_pdfa(again, flavour="3b") == []


def test_a_foreign_pdf_goes_through_ghostscript_only_when_it_must(page):
    options = {"lang": "fr", "title": "t", "author": "a", "xml": cii()}

    def is_pdfa(pdf):
        return not check_pdfa(pdf, flavour="3b")

    pdf, how = pdfa3.finish_foreign(page, is_pdfa=is_pdfa, **options)
    assert how == "finished" and check_container(pdf) == []
    pdf, how = pdfa3.finish_foreign(foreign(), is_pdfa=is_pdfa, **options)
    assert how == "ghostscript" and check_container(pdf) == [] and is_pdfa(pdf)
    assert pdfa3.finish_foreign(b"no pdf", is_pdfa=is_pdfa, **options)[0] is None
    assert pdfa3.finish_foreign(foreign(), is_pdfa=lambda _pdf: False, **options)[0] is None


def test_a_closed_pdf_is_said_to_be_closed(page):
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(page)) as document:
        document.save(output, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(pdfa3.PdfUnreadable, match="password"):
        extract_xml(output.getvalue())
    assert rules(output.getvalue()) == ["FX-PDF-CLOSED"]
    assert rules(b"") == rules(b"%PDF-1.7 nonsense") == ["FX-PDF-UNREADABLE"]


# -- the container checks, one fault at a time --------------------------------------------------------


def specification(document):
    return document.Root.Names.EmbeddedFiles.Names[1]


def edit_xmp(document, old, new):
    document.Root.Metadata.write(document.Root.Metadata.read_bytes().replace(old, new))


def encrypt(pdf):
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(output, encryption=pikepdf.Encryption(owner="o", user=""))
    return output.getvalue()


def rename(document, name):
    specification(document).F = specification(document).UF = String(name)


FAULTS = {
    "FX-PDF-XML-NAME": lambda d: rename(d, "facture.xml"),
    "FX-PDF-XMP-MISSING": lambda d: d.Root.__delattr__("Metadata"),
    "FX-PDF-XMP-LEVEL": lambda d: edit_xmp(d, b"Level>EN 16931<", b"Level>BASIC<"),
    "FX-PDF-XMP-NAME": lambda d: edit_xmp(d, b"FileName>factur-x.xml<", b"FileName>invoice.xml<"),
    "FX-PDF-XMP-SCHEMA": lambda d: edit_xmp(
        d, b"namespaceURI>urn:factur-x", b"namespaceURI>urn:other"
    ),
    "FX-PDF-RELATIONSHIP": lambda d: specification(d).__setattr__(
        "AFRelationship", Name.Supplement
    ),
    "FX-PDF-AF": lambda d: d.Root.__delattr__("AF"),
    "FX-PDF-NAMES": lambda d: d.Root.__delattr__("Names"),
    "FX-PDF-PARAMS": lambda d: specification(d).EF.F.__delattr__("Params"),
    "FX-PDF-MIMETYPE": lambda d: specification(d).EF.F.__setattr__("Subtype", Name("/text/plain")),
    "FX-PDF-CLAIM": lambda d: edit_xmp(d, b"part>3<", b"part>2<"),
    "FX-PDF-XML-KIND": lambda d: specification(d).EF.F.write(b"<a/>"),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_each_fault_of_the_container_is_found(page, rule):
    pdf = changed(finished(page), FAULTS[rule])
    assert rule in rules(pdf)
    for lang in ("fr", "en"):
        for finding in check_container(pdf, lang):
            assert finding.source == "container" and "{" not in finding.message


def test_two_invoices_in_one_pdf_are_one_too_many(page):
    def double(document):
        copy = document.make_indirect(Dictionary(specification(document)))
        copy.F = copy.UF = String("ZUGFeRD-invoice.xml")
        copy.EF = Dictionary(F=document.make_stream(cii()))
        document.Root.Names.EmbeddedFiles.Names.extend([String("z"), copy])
        document.Root.AF.append(copy)

    assert "FX-PDF-XML-COUNT" in rules(changed(finished(page), double))


def test_an_encrypted_pdf_is_no_container(page):
    assert "FX-PDF-ENCRYPTED" in rules(encrypt(finished(page)))


def test_the_files_of_others_are_read(shared):
    """Every hybrid PDF of the corpora gives its XML; sound ones have no fatal finding."""
    folder = shared / "corpora"
    with open(folder / "manifest.csv", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["kind"].startswith("hybrid:")]
    fatal, read = {}, 0
    for row in rows:
        pdf = (folder / row["file"]).read_bytes()
        if row["kind"] != "hybrid:Order-X":
            assert extract_xml(pdf), row["file"]
            read += 1
        found = [f.rule for f in check_container(pdf) if f.severity == "fatal"]
        if found:
            fatal[row["file"].rpartition("/")[2]] = found
    print(f"{read} hybrid files read, {len(fatal)} with a fatal fault of their container")
    # Each of these is wrong in the way said; all others are sound.
    assert fatal == {
        "103767-Invoice-2026-03-24-1.pdf": ["FX-PDF-MIMETYPE", "FX-PDF-RELATIONSHIP"],
        "EXTENDED_Fremdwaehrung_wdis_fx-pdfa4.pdf": ["FX-PDF-CLAIM"],
        "MustangGnuaccountingBeispielRE-20140519_499.pdf": [
            "FX-PDF-XML-KIND",
            "FX-PDF-XMP-MISSING",
        ],
        "ORDER-X_EX01_ORDER_FULL_DATA-COMFORT.pdf": ["FX-PDF-XML-MISSING"],
        "fail3.pdf": ["FX-PDF-XMP-LEVEL"],
        "factur-x-invalid-xml-encoding-attribute.pdf": ["FX-PDF-XML-KIND"],
        "invalidXMP-ParseError.pdf": ["FX-PDF-XML-COUNT", "FX-PDF-XMP-LEVEL"],
        "invalidXMP.pdf": ["FX-PDF-XML-COUNT", "FX-PDF-XMP-LEVEL"],
        "python-factur-x.pdf": ["FX-PDF-AF", "FX-PDF-XML-COUNT"],
        "validV2PDF.pdf": ["FX-PDF-XML-COUNT"],
    }
