"""Hostile and broken XML invoices, each made when asked for."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from documents.hostile_build import CII, UBL, with_attachment

Make = Callable[[], bytes]
_START = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _doctype(subset: str, text: str, base: str = CII) -> bytes:
    """The invoice with a document type and `text` as its number."""
    return base.replace(_START, f"{_START}<!DOCTYPE x [{subset}]>\n").replace("FV-2025-0147", text).encode()  # fmt: skip


def _laughs(levels: int = 10, each: int = 10) -> str:
    rows = ['<!ENTITY l0 "ha">']
    for level in range(1, levels):
        rows.append(f'<!ENTITY l{level} "{f"&l{level - 1};" * each}">')
    return "".join(rows)


def _notes(count: int) -> bytes:
    note = "<ram:IncludedNote><ram:Content>x</ram:Content></ram:IncludedNote>"
    return CII.replace(
        "</rsm:ExchangedDocument>", note * count + "</rsm:ExchangedDocument>"
    ).encode()


def invoices() -> Iterator[tuple[str, Make]]:
    """(name, maker) of files called .xml."""
    yield "entity-bomb", lambda: _doctype(_laughs(), "&l9;")
    yield (
        "entity-bomb-quadratic",
        lambda: _doctype(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 20_000),
    )
    yield "entity-loop", lambda: _doctype('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;")
    yield "entity-file", lambda: _doctype('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;")
    yield "entity-network", lambda: _doctype('<!ENTITY a SYSTEM "http://127.0.0.1:1/a">', "&a;")
    yield (
        "entity-parameter-network",
        lambda: _doctype('<!ENTITY % a SYSTEM "http://127.0.0.1:1/a.dtd">%a;', "x"),
    )
    yield "entity-endless-device", lambda: _doctype('<!ENTITY a SYSTEM "file:///dev/zero">', "&a;")
    yield (
        "entity-bomb-in-attribute",
        lambda: _doctype(_laughs(), "x").replace(b'schemeID="VA"', b'schemeID="&l9;"'),
    )
    yield "entity-bomb-ubl", lambda: _doctype(_laughs(), "&l9;", UBL)
    yield "doctype-harmless", lambda: _doctype("", "FV-2025-0147")
    yield (
        "doctype-external",
        lambda: CII.replace(
            _START, _START + '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'
        ).encode(),
    )
    yield (
        "xinclude-file",
        lambda: CII.replace(
            "FV-2025-0147",
            '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>',
        ).encode(),
    )
    yield (
        "stylesheet-instruction",
        lambda: CII.replace(
            _START, _START + '<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:1/x.xsl"?>'
        ).encode(),
    )
    yield "deep-100000", lambda: _START.encode() + b"<a>" * 100_000 + b"</a>" * 100_000
    yield (
        "deep-inside-invoice",
        lambda: CII.replace("FV-2025-0147", "<a>" * 5000 + "x" + "</a>" * 5000).encode(),
    )
    yield (
        "attribute-20m",
        lambda: CII.replace('schemeID="VA"', f'schemeID="{"V" * 20_000_000}"').encode(),
    )
    yield (
        "attributes-200000",
        lambda: CII.replace(
            "<ram:TypeCode>380",
            "<ram:TypeCode " + " ".join(f'a{i}="1"' for i in range(200_000)) + ">380",
        ).encode(),
    )
    yield (
        "namespaces-50000",
        lambda: CII.replace(
            "<ram:TypeCode>380",
            "<ram:TypeCode " + " ".join(f'xmlns:n{i}="u{i}"' for i in range(50_000)) + ">380",
        ).encode(),
    )
    yield "text-30m", lambda: CII.replace("FV-2025-0147", "9" * 30_000_000).encode()
    yield (
        "comment-30m",
        lambda: CII.replace(
            "<rsm:ExchangedDocument>", f"<!--{'c' * 30_000_000}--><rsm:ExchangedDocument>"
        ).encode(),
    )
    yield "notes-300000", lambda: _notes(300_000)
    yield "name-of-element-5m", lambda: f"{_START}<{'n' * 5_000_000}/>".encode()
    yield "utf-16", lambda: CII.replace("UTF-8", "UTF-16").encode("utf-16")
    yield "utf-16-without-mark", lambda: CII.replace("UTF-8", "UTF-16").encode("utf-16-be")
    yield "utf-32", lambda: CII.replace("UTF-8", "UTF-32").encode("utf-32")
    yield "says-utf-16-is-utf-8", lambda: CII.replace("UTF-8", "UTF-16").encode()
    yield "says-utf-8-is-latin-1", lambda: CII.encode("latin-1")
    yield "latin-1", lambda: CII.replace("UTF-8", "ISO-8859-1").encode("latin-1")
    yield "encoding-unknown", lambda: CII.replace("UTF-8", "KLINGON-8").encode()
    yield "encoding-ebcdic", lambda: CII.replace("UTF-8", "IBM037").encode("cp037", "replace")
    yield "mark-then-blank-lines", lambda: b"\xef\xbb\xbf\n\n\n" + CII.encode()
    yield "version-9", lambda: CII.replace('version="1.0"', 'version="9.0"').encode()
    yield "null-characters", lambda: CII.replace("FV-2025-0147", "FV\0\0\0").encode()
    yield "control-characters", lambda: CII.replace("FV-2025-0147", "FV&#1;&#x1F;").encode()
    yield "two-roots", lambda: (CII + UBL.replace(_START, "")).encode()
    yield "unclosed", lambda: CII.replace("</rsm:CrossIndustryInvoice>", "").encode()
    yield "wrong-namespaces", lambda: CII.replace("urn:un:unece", "urn:nobody").encode()
    yield (
        "no-namespaces",
        lambda: (
            b"<CrossIndustryInvoice><ExchangedDocument><ID>1</ID></ExchangedDocument></CrossIndustryInvoice>"
        ),
    )
    yield (
        "only-root",
        lambda: b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>',
    )
    yield (
        "amounts-absurd",
        lambda: CII.replace("700.00", "1e999999999").replace("840.00", "NaN").encode(),
    )
    yield "amounts-of-a-million-figures", lambda: CII.replace("840.00", "9" * 1_000_000).encode()
    yield (
        "amounts-infinite",
        lambda: UBL.replace("700.00", "INF").replace("840.00", "-Infinity").encode(),
    )
    yield (
        "dates-absurd",
        lambda: CII.replace("20250514", "99999999").replace("20250613", "00000000").encode(),
    )
    yield "dates-of-arabic-figures", lambda: UBL.replace("2025-05-14", "٢٠٢٥-٠٥-١٤").encode()
    yield "every-text-empty", _emptied
    yield (
        "spreadsheet-formula-in-name",
        lambda: CII.replace(
            "Sellerie du Vallon SARL", "=HYPERLINK(&quot;http://127.0.0.1:1&quot;)"
        ).encode(),
    )
    yield (
        "markup-in-name",
        lambda: CII.replace(
            "Sellerie du Vallon SARL", "&lt;script&gt;alert(1)&lt;/script&gt;"
        ).encode(),
    )
    yield (
        "right-to-left-marks-in-name",
        lambda: CII.replace(
            "Sellerie du Vallon SARL", "\u202eLRAS nollaV\u202c\u200b\ufeff"
        ).encode(),
    )
    yield (
        "rss-feed",
        lambda: (
            b'<?xml version="1.0"?><rss version="2.0"><channel><title>Facture</title></channel></rss>'
        ),
    )
    yield (
        "soap-envelope",
        lambda: (
            b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            + CII.replace(_START, "").encode()
            + b"</s:Body></s:Envelope>"
        ),
    )
    for percent in (3, 25, 50, 75, 98):
        yield f"cut-{percent:02}", lambda percent=percent: CII.encode()[: len(CII) * percent // 100]


def inside() -> Iterator[tuple[str, Make]]:
    """(name, maker) of PDFs with such an XML inside; the page stays readable."""
    for name, make in invoices():
        if name in ("entity-bomb", "entity-file", "deep-100000", "attribute-20m", "notes-300000", "utf-16", "cut-50", "amounts-absurd", "every-text-empty"):  # fmt: skip
            yield (
                name,
                lambda make=make: with_attachment(
                    zlib.compress(make(), 6), entries="/Filter /FlateDecode"
                ),
            )


def _emptied() -> bytes:
    import re

    return re.sub(r">[^<>\n]+<", "><", CII).encode()
