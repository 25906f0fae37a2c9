"""Files made to harm: never *valid*, always a sentence, in bounded time and memory."""

import io
import resource
import time
import zlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from en16931 import kinds, pdf_container
from en16931.read import UnreadableInvoice, read_xml
from en16931.validator import validate
from en16931.write import write_xml
from pikepdf import Array, Dictionary, Name, Pdf, String
from sample_invoice import invoice

MEMORY = 1500 << 20
SECONDS = 15.0
MB = 1 << 20


def cii():
    return write_xml(invoice(), "cii").decode()


def lol(levels, tail, middle="<a/>"):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    return f'<!DOCTYPE a [<!ENTITY e0 "lol">{entities}]>{middle}{tail}'


def with_doctype(doctype, text="x"):
    """A true invoice with a document type in front, and an entity in it."""
    head, sep, body = cii().partition("?>")
    return head + sep + doctype + body.replace("<ram:Name>", f"<ram:Name>{text}", 1)


def inside(name, content, replace=1):
    """A true invoice with hostile content inside its first element of this name."""
    return cii().replace(f"<ram:{name}>", f"<ram:{name}>{content}", replace)


XML = {
    "billion laughs": lambda: lol(10, "", "<a>&e9;</a>"),
    "billion laughs in an attribute": lambda: lol(10, "", '<a b="&e9;"/>'),
    "billion laughs behind padding": lambda: lol(10, f"<!--{' ' * (11 * MB)}-->", '<a b="&e9;"/>'),
    "quadratic blow-up": lambda: f'<!DOCTYPE a [<!ENTITY e "{"x" * 100_000}">]><a>{"&e;" * 50_000}</a>',
    "parameter entities": lambda: '<!DOCTYPE a [<!ENTITY % p "<!ENTITY q \'x\'>">%p;]><a>&q;</a>',
    "external entity, file": lambda: with_doctype('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;"),
    "external entity, web": lambda: with_doctype('<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/e">]>', "&e;"),
    "external document type": lambda: with_doctype('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/d.dtd">'),
    "public document type": lambda: with_doctype('<!DOCTYPE x PUBLIC "-//x//" "file:///etc/passwd">'),
    "empty document type": lambda: with_doctype("<!DOCTYPE x>"),
    "attribute default by document type": lambda: with_doctype('<!DOCTYPE x [<!ATTLIST x y CDATA "z">]>'),
    "entity that holds itself": lambda: '<!DOCTYPE a [<!ENTITY e "&e;">]><a>&e;</a>',
    "document type in UTF-16": lambda: lol(10, "", "<a>&e9;</a>").encode("utf-16"),
    "document type in UTF-32": lambda: lol(10, "", "<a>&e9;</a>").encode("utf-32"),
    "document type in EBCDIC": lambda: (
        '<?xml version="1.0" encoding="cp037"?>' + lol(10, "", "<a>&e9;</a>")
    ).encode("cp037"),
    "include of a file": lambda: inside(
        "Name", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    ),
    "style sheet instruction": lambda: cii().replace(
        "?>", '?><?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?><broken', 1
    ),
    "nested 150 deep": lambda: inside("Name", "<b>" * 150 + "</b>" * 150),
    "nested 300 deep": lambda: "<a>" * 300 + "</a>" * 300,
    "nested a million deep": lambda: "<a>" * 1_000_000,
    "nested 1500 deep, in a large file": lambda: "<a>" * 1500 + "x" * (11 * MB) + "</a>" * 1500,
    "a text of 12 MB": lambda: inside("Name", f"<b>{'x' * (12 * MB)}</b>"),
    "an attribute of 11 MB": lambda: f'<a b="{"x" * (11 * MB)}"/>',
    "a name of 100 kB": lambda: f"<{'a' * 100_000}/>",
    "a hundred thousand attributes": lambda: "<a " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>",
    "twenty thousand name spaces": lambda: "<a " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(20_000)) + "/>",
    "thirty thousand elements": lambda: inside("Name", "<b/>" * 30_000),
    "a comment of 12 MB": lambda: f"<!--{' ' * (12 * MB)}--><a/>",
    "a number of a hundred thousand digits": lambda: cii().replace(
        "<ram:GrandTotalAmount>", f"<ram:GrandTotalAmount>{'9' * 100_000}", 1
    ),
    "a number with an exponent": lambda: cii().replace(
        "<ram:GrandTotalAmount>", "<ram:GrandTotalAmount>1e999999999", 1
    ),
    "an amount that is no number": lambda: cii().replace(
        "<ram:GrandTotalAmount>", "<ram:GrandTotalAmount>NaN", 1
    ),
    "base64 that is none": lambda: inside("Name", "<AttachmentBinaryObject>%%%</AttachmentBinaryObject>"),
    "truncated": lambda: cii()[: len(cii()) // 2],
    "control characters": lambda: inside("Name", "\x00\x01\x02"),
    "character references to nothing": lambda: inside("Name", "&#0;&#x110000;"),
    "unknown encoding": lambda: cii().replace("UTF-8", "x-none", 1),
    "false encoding": lambda: cii().replace("UTF-8", "UTF-16", 1),
    "invalid UTF-8": lambda: inside("Name", "@@").encode().replace(b"@@", b"\xff\xfe\xc0\x80"),
    "two roots": lambda: cii() + "<a/>",
    "another name space": lambda: cii().replace("CrossIndustryInvoice:100", "CrossIndustryInvoice:999"),
    "only white space": lambda: " " * MB,
    "nothing": lambda: "",
    "a web page": lambda: "<!DOCTYPE html><html><script>alert(1)</script></html>",
    "zeros": lambda: b"\x00" * MB,
    "a zip": lambda: b"PK\x03\x04" + b"\x00" * 1000,
}  # fmt: skip


def pdf(change=None, xml=None, name="factur-x.xml"):
    """A PDF with one embedded file, changed by `change(document, specification)`."""
    document = Pdf.new()
    document.add_blank_page()
    stream = document.make_stream(b"" if xml is None else xml)
    specification = document.make_indirect(
        Dictionary(
            Type=Name.Filespec, F=String(name), UF=String(name), EF=Dictionary(F=stream),
            AFRelationship=Name.Data,
        )
    )  # fmt: skip
    document.Root.Names = Dictionary(
        EmbeddedFiles=Dictionary(Names=Array([String(name), specification]))
    )
    document.Root.AF = Array([specification])
    if change:
        change(document, specification)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def packed(filters, raw):
    """The embedded file written raw under these filters."""

    def change(document, specification):
        stream = document.make_stream(b"")
        stream.write(
            raw, filter=Array([Name(f) for f in filters]) if len(filters) > 1 else Name(filters[0])
        )
        specification.EF.F = stream

    return pdf(change)


def bomb(size=160 * MB, times=1):
    """Zeros, deflated once or more."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b"\x00" * MB) for _ in range(size // MB)) + packer.flush()
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return data


def tree_of_itself(document, specification):
    node = document.make_indirect(Dictionary())
    node.Kids = Array([node, node])
    node.Names = Array([String("factur-x.xml"), specification])
    document.Root.Names.EmbeddedFiles = node


def metadata_bomb(document, specification):
    stream = document.make_stream(b"")
    stream.write(bomb(), filter=Name.FlateDecode)
    document.Root.Metadata = stream


def many_files(document, specification):
    document.Root.Names.EmbeddedFiles.Names = Array(
        [item for n in range(3000) for item in (String(f"f{n}"), document.make_indirect(Dictionary(
            Type=Name.Filespec, F=String(f"f{n}"), EF=Dictionary(F=document.make_stream(b"x")))))]
    )  # fmt: skip


PDF = {
    "a file that unpacks to 160 MB": lambda: packed(["/FlateDecode"], bomb()),
    "a file packed twice": lambda: packed(["/FlateDecode", "/FlateDecode"], bomb(times=2)),
    "a file packed nine times": lambda: packed(["/FlateDecode"] * 9, bomb(16 * MB, 9)),
    "a run of lengths": lambda: packed(["/RunLengthDecode"], b"\x81\x00" * (2 * MB) + b"\x80"),
    "an unknown filter": lambda: packed(["/Unheard"], b"x"),
    "a damaged file": lambda: packed(["/FlateDecode"], b"not deflated"),
    "a tree that holds itself twice": lambda: pdf(tree_of_itself),
    "data that unpack to 160 MB": lambda: pdf(metadata_bomb, cii().encode()),
    "three thousand files": lambda: pdf(many_files),
    "an invoice with an entity": lambda: pdf(
        xml=with_doctype('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;").encode()
    ),
    "billion laughs inside": lambda: pdf(xml=lol(10, "", "<a>&e9;</a>").encode()),
    "a PDF in a PDF": lambda: pdf(xml=pdf(xml=b"<a/>")),
    "a name with folders": lambda: pdf(xml=b"<a/>", name="../../../factur-x.xml"),
    "no invoice": lambda: pdf(xml=b"hello", name="readme.txt"),
    "a head only": lambda: b"%PDF-1.7\n",
    "noise after the head": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 4000,
    "cut in the middle": lambda: pdf(xml=cii().encode())[:700],
    "a length that lies": lambda: pdf(xml=cii().encode()).replace(b"/Length ", b"/Length 9999", 1),
    "a table of itself": lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\n"
    b"trailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
}  # fmt: skip
FILES = {**{f"xml: {k}": v for k, v in XML.items()}, **{f"pdf: {k}": v for k, v in PDF.items()}}


def content_of(name):
    made = FILES[name]()
    return made.encode() if isinstance(made, str) else made


def _read_all(content):
    """Everything that the Odoo process itself does with a foreign file; what refused it, and how long."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    start, told = time.monotonic(), []
    kind = kinds.detect(content).kind
    try:
        read_xml(content)
    except UnreadableInvoice as error:
        told.append(str(error))
    if kind == kinds.PDF:
        try:
            pdf_container.extract_xml(content)
        except pdf_container.PdfUnreadable as error:
            told.append(str(error))
        told += [finding.message for finding in pdf_container.check_container(content)]
    return (
        kind,
        told,
        time.monotonic() - start,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    )


@pytest.fixture(scope="module")
def reader():
    """A process of its own with little memory; a bomb that goes off breaks it, and the test."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


def test_there_are_enough_of_them():
    assert len(FILES) >= 40


@pytest.mark.parametrize("name", FILES)
def test_reading_is_bounded(reader, name):
    content = content_of(name)
    kind, told, seconds, _peak = reader.submit(_read_all, content).result(timeout=60)
    assert seconds < SECONDS
    if kind == kinds.OTHER:
        assert told and all(told), "refused without a word"
    assert not any("root:" in text for text in told)


@pytest.mark.parametrize("name", FILES)
def test_the_verdict_is_never_valid(name):
    start = time.monotonic()
    verdict = validate(content_of(name), timeout=SECONDS)
    assert verdict.verdict in ("invalid", "unchecked"), name
    assert verdict.findings, name
    assert all(finding.message.strip() for finding in verdict.findings)
    assert not any("root:" in finding.message for finding in verdict.findings)
    assert time.monotonic() - start < SECONDS * 2


def test_the_service_judges_as_ever_afterwards():
    assert validate(cii().encode()).verdict == "valid"


def test_a_stream_is_unpacked_to_its_limit_only():
    text = b"x" * 1000
    document = Pdf.new()
    stream = document.make_stream(b"")
    stream.write(zlib.compress(text), filter=Name.FlateDecode)
    assert pdf_container.read_stream(stream, 1000) == text
    assert pdf_container.read_stream(stream, 999) == b""
    stream.write(b"<~87cURD]j7BEbo80~>", filter=Name.ASCII85Decode)
    assert pdf_container.read_stream(stream, 1000) == b"Hello world!"
