"""Hostile and broken PDFs, each made when asked for."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from documents.hostile_build import (
    CATALOG,
    CII,
    GIB,
    factur_x,
    inflating,
    invoice_operators,
    invoice_pdf,
    one_page,
    pdf,
    stream,
    with_attachment,
)
from documents.hostile_pdf_make import (
    FLATE,
    acting,
    attachments,
    chained,
    counting,
    deep,
    font_entries,
    font_of,
    form_of,
    forms_of,
    jpx,
    laughing_forms,
    locked,
    many_amounts,
    many_images,
    names,
    object_stream,
    object_stream_bomb,
    packed,
    pages_of,
    pattern,
    previous,
    tounicode,
    type3,
    xml_bomb,
    xref_stream,
    zeroed,
)

Make = Callable[[], bytes]


def _image(width: int, height: int, data: bytes, entries: str) -> bytes:
    objects = one_page(
        stream(b"q 595 0 0 842 0 0 cm /Im Do Q"), resources="/XObject << /Im 6 0 R >>"
    )
    objects[6] = stream(
        data, f"/Type /XObject /Subtype /Image /Width {width} /Height {height} {entries}"
    )
    return pdf(objects)


def _page(operators: bytes, **more: str) -> bytes:
    return pdf(one_page(stream(operators), **more))


def bombs() -> Iterator[tuple[str, Make]]:
    """What grows when it is unpacked or drawn."""
    yield "page-inflates-1g", lambda: pdf(one_page(stream(inflating(), FLATE)))
    yield (
        "page-inflates-1g-of-spaces",
        lambda: pdf(one_page(stream(inflating(pattern=b" "), FLATE))),
    )
    yield "page-inflates-1g-of-operators", lambda: pdf(one_page(stream(inflating(pattern=b"q Q "), FLATE)))  # fmt: skip
    yield (
        "page-inflates-300m-of-text",
        lambda: pdf(
            one_page(stream(inflating(300 << 20, b"BT /F1 9 Tf 50 500 Td (100,00) Tj ET\n"), FLATE))
        ),
    )
    yield (
        "page-inflates-twice",
        lambda: pdf(
            one_page(stream(zlib.compress(inflating(), 9), "/Filter [/FlateDecode /FlateDecode]"))
        ),
    )
    yield "filters-forty-times", lambda: chained(40)
    yield (
        "filters-two-hundred-named",
        lambda: pdf(one_page(stream(b"00>", f"/Filter [{'/ASCIIHexDecode ' * 200}]"))),
    )
    yield (
        "runlength-bomb",
        lambda: pdf(
            one_page(
                stream(
                    zlib.compress(b"\x81 " * 5_000_000, 9),
                    "/Filter [/FlateDecode /RunLengthDecode]",
                )
            )
        ),
    )
    yield "lzw-garbage", lambda: pdf(one_page(stream(b"\x80\x0b\x60\x50" * 4000, "/Filter /LZWDecode")))  # fmt: skip
    yield (
        "predictor-absurd",
        lambda: pdf(
            one_page(
                stream(
                    zlib.compress(b"x" * 9000),
                    f"{FLATE} /DecodeParms << /Predictor 15 /Columns 2147483647 /Colors 32 /BitsPerComponent 16 >>",
                )
            )
        ),
    )
    yield (
        "image-1bit-60000",
        lambda: _image(
            60000,
            60000,
            inflating(7500 * 60000),
            f"/ColorSpace /DeviceGray /BitsPerComponent 1 {FLATE}",
        ),
    )
    yield (
        "image-rgb-20000",
        lambda: _image(
            20000,
            20000,
            inflating(3 * 20000 * 20000),
            f"/ColorSpace /DeviceRGB /BitsPerComponent 8 {FLATE}",
        ),
    )
    yield (
        "image-rgb-2-billion-wide",
        lambda: _image(
            2147483647,
            2147483647,
            zlib.compress(b"\0" * 9000),
            f"/ColorSpace /DeviceRGB /BitsPerComponent 8 {FLATE}",
        ),
    )
    yield "image-negative-size", lambda: _image(-5, -5, b"\0" * 100, "/ColorSpace /DeviceGray /BitsPerComponent 8")  # fmt: skip
    yield (
        "image-zero-size",
        lambda: _image(0, 0, b"", "/ColorSpace /DeviceGray /BitsPerComponent 8"),
    )
    yield "image-bits-1000", lambda: _image(50, 50, b"\0" * 2500, "/ColorSpace /DeviceGray /BitsPerComponent 1000")  # fmt: skip
    yield "image-colour-space-loop", lambda: _image(50, 50, b"\0" * 2500, "/ColorSpace [/Indexed 6 0 R 255 6 0 R] /BitsPerComponent 8")  # fmt: skip
    yield "image-jpx-garbage", lambda: _image(500, 500, b"\0\0\0\x0cjP  \r\n\x87\n" + b"\xff\x4f\xff\x51" * 400, "/Filter /JPXDecode")  # fmt: skip
    yield "image-jpx-absurd-size", lambda: _image(500, 500, jpx(), "/Filter /JPXDecode")
    yield "image-jbig2-garbage", lambda: _image(500, 500, b"\0\0\0\x01\x30\x01\xff\xff\xff\xff" * 200, "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode")  # fmt: skip
    yield "image-jbig2-giant-page", lambda: _image(500, 500, b"\0\0\0\0\x30\0\x01\0\0\0\x13" + b"\x7f\xff\xff\xff" * 4 + b"\0\0\0", "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode")  # fmt: skip
    yield "image-ccitt-giant", lambda: _image(65000, 65000, b"\0" * 3000, "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 65000 /Rows 65000 >>")  # fmt: skip
    yield "image-dct-garbage", lambda: _image(500, 500, b"\xff\xd8\xff\xe0" + b"JFIF" * 500, "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode")  # fmt: skip
    yield "image-mask-of-itself", lambda: _image(50, 50, b"\0" * 2500, "/ColorSpace /DeviceGray /BitsPerComponent 8 /SMask 6 0 R")  # fmt: skip
    yield "image-drawn-3000-times", many_images
    yield "form-calls-itself", lambda: forms_of(1)
    yield "forms-call-in-a-circle", lambda: forms_of(3)
    yield "forms-billion-laughs", laughing_forms
    yield "pattern-tiny-steps", pattern
    yield "paths-million", lambda: packed(b"".join(b"%d %d m %d %d l S\n" % (i % 595, i % 842, (i * 7) % 595, (i * 13) % 842) for i in range(1_000_000)))  # fmt: skip
    yield (
        "curve-million-points",
        lambda: packed(b"0 0 m " + b"1 2 300 4 5 600 c " * 1_000_000 + b"f"),
    )
    yield "save-million-deep", lambda: packed(b"q " * 1_000_000 + invoice_operators())
    yield "dash-tiny", lambda: _page(b"[0.000001] 0 d 5 w 0 0 m 595 842 l S")
    yield "text-million-words", lambda: packed(b"BT /F1 4 Tf 3 TL 10 830 Td " + b"(1 234,56 EUR) ' " * 1_000_000 + b"ET")  # fmt: skip
    yield "text-one-string-30m", lambda: packed(b"BT /F1 1 Tf (" + b"8" * 30_000_000 + b") Tj ET")
    yield "text-all-on-one-point", lambda: packed(b"BT /F1 9 Tf " + b"1 0 0 1 100 100 Tm (Total) Tj " * 200_000 + b"ET")  # fmt: skip
    yield "words-200000-of-amounts", many_amounts
    yield (
        "array-nested-100000",
        lambda: pdf(one_page(stream(b"[" * 100_000 + b"]" * 100_000 + b" TJ"))),
    )
    yield "dictionary-nested-50000", lambda: pdf({**one_page(stream(b"")), 6: b"<< /A " * 50_000 + b"1" + b" >>" * 50_000}, "/Info 6 0 R")  # fmt: skip
    yield "xml-inflates-1g", lambda: with_attachment(inflating(pattern=b"<a/>"), entries=FLATE)
    yield "xml-inflates-1g-inside-elements", xml_bomb
    yield "xml-inflates-1g-without-page", lambda: with_attachment(inflating(pattern=b" "), entries=FLATE, plain=False)  # fmt: skip
    yield "attachments-5000", lambda: attachments(5000)
    yield "attachments-40-of-100m", lambda: attachments(40, 100 << 20)
    yield (
        "attachment-is-a-bomb-named-zip",
        lambda: with_attachment(inflating(200 << 20), "annexe.zip", FLATE),
    )
    yield "object-stream-inflates", object_stream_bomb
    yield "xref-stream-inflates", lambda: xref_stream(inflating(200 << 20))


def pages() -> Iterator[tuple[str, Make]]:
    """Trees, boxes and numbers of pages."""
    yield "pages-20000", lambda: pages_of(20000)
    yield "pages-201-of-text", lambda: pages_of(201, invoice_operators())
    yield "pages-count-lies-huge", lambda: counting(2147483647)
    yield "pages-count-lies-negative", lambda: counting(-7)
    yield "pages-none", lambda: pdf([CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"])
    yield "pages-missing", lambda: pdf([b"<< /Type /Catalog >>"])
    yield "pages-tree-cycle", lambda: pdf([CATALOG, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])
    yield "pages-tree-cycle-of-two", lambda: pdf([CATALOG, b"<< /Type /Pages /Kids [3 0 R 3 0 R] /Count 4 >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"])  # fmt: skip
    yield "pages-tree-depth-1000", lambda: deep(1000)
    yield "pages-tree-depth-30000", lambda: deep(30000)
    yield "pages-same-page-1000-times", lambda: pdf({**one_page(stream(invoice_operators())), 2: b"<< /Type /Pages /Kids [" + b"3 0 R " * 1000 + b"] /Count 1000 >>"})  # fmt: skip
    yield "page-is-its-own-parent", lambda: pdf({**one_page(stream(invoice_operators())), 3: b"<< /Type /Page /Parent 3 0 R /Contents 4 0 R >>"})  # fmt: skip
    boxes = {
        "200-inches": "[0 0 14400 14400]", "million": "[0 0 1000000 1000000]", "1e30": "[0 0 1e30 1e30]", "negative": "[0 0 -595 -842]",
        "nan": "[0 0 NaN NaN]", "empty": "[]", "zero": "[0 0 0 0]", "thin": "[0 0 0.001 842]", "ribbon": "[0 0 20 200000]",
        "three-numbers": "[0 0 595]", "strings": "[(a) (b) (c) (d)]", "nulls": "[null null null null]", "itself": "3 0 R",
        "far-away": "[1000000000 1000000000 1000000595 1000000842]",
    }  # fmt: skip
    for name, box in boxes.items():
        yield f"box-{name}", lambda box=box: _page(invoice_operators(), box=box)
    yield "user-unit-75000", lambda: _page(invoice_operators(), page="/UserUnit 75000")
    yield "rotate-37", lambda: _page(invoice_operators(), page="/Rotate 37")
    yield "rotate-huge", lambda: _page(invoice_operators(), page="/Rotate 99999999999999999999")
    yield "crop-outside", lambda: _page(invoice_operators(), page="/CropBox [5000 5000 6000 6000]")
    yield "contents-array-loop", lambda: pdf({**one_page(stream(b"")), 4: b"[4 0 R 4 0 R]"})
    yield "contents-100000-streams", lambda: pdf({**one_page(stream(b" ")), 3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [" + b"4 0 R " * 100_000 + b"] >>"})  # fmt: skip
    yield "page-of-nothing-but-spaces", lambda: _page(b"BT /F1 10 Tf (" + b" " * 4000 + b") Tj ET")
    yield "page-black", lambda: _page(b"0 0 595 842 re f")


def fonts() -> Iterator[tuple[str, Make]]:
    """Fonts and numbers that no printer ever saw."""
    for name, size in {"1e9": "1000000000", "1e38": "1" + "0" * 38, "negative": "-12", "zero": "0", "tiny": "0.0000001", "nan": "nan"}.items():  # fmt: skip
        yield f"font-size-{name}", lambda size=size: _page(f"BT /F1 {size} Tf 50 500 Td (Facture 1 234,56) Tj ET".encode())  # fmt: skip
    yield "font-matrix-singular", lambda: _page(b"BT /F1 10 Tf 0 0 0 0 50 50 Tm (Facture) Tj ET")
    yield "font-matrix-huge", lambda: _page(b"BT /F1 10 Tf 1e20 0 0 1e20 50 50 Tm (Facture) Tj ET")
    yield "font-missing", lambda: _page(b"BT /F9 10 Tf 50 500 Td (Facture) Tj ET")
    yield (
        "font-embedded-garbage",
        lambda: font_of(b"\0\1\0\0" + b"\xff" * 3000, "TrueType", "FontFile2"),
    )
    yield "font-embedded-inflates-1g", lambda: font_of(inflating(), "TrueType", "FontFile2", FLATE)
    yield (
        "font-type1-endless",
        lambda: font_of(b"%!PS-AdobeFont-1.0: X\n{ {} loop } exec " * 3000, "Type1", "FontFile"),
    )
    yield (
        "font-cff-garbage",
        lambda: font_of(
            b"\1\0\4\4" + bytes(range(256)) * 12, "Type1", "FontFile3", "/Subtype /Type1C"
        ),
    )
    yield "font-type3-calls-itself", type3
    yield (
        "font-widths-absurd",
        lambda: font_entries(
            "/FirstChar 0 /LastChar 2147483647 /Widths [" + "9999999999 " * 300 + "]"
        ),
    )
    yield "font-tounicode-bomb", lambda: tounicode(inflating(GIB, b"<00> <FFFF> <0000>\n"), FLATE)
    yield "font-tounicode-huge-ranges", lambda: tounicode(b"begincmap 100 beginbfrange " + b"<0000> <FFFF> <0041> " * 100 + b"endbfrange endcmap")  # fmt: skip
    yield "font-tounicode-null-characters", lambda: tounicode(b"begincmap 1 beginbfrange <00> <FF> <0000> endbfrange endcmap")  # fmt: skip
    yield "font-tounicode-surrogates", lambda: tounicode(b"begincmap 1 beginbfrange <00> <FF> <D800> endbfrange endcmap")  # fmt: skip
    yield "font-descendants-loop", lambda: pdf({**one_page(stream(invoice_operators())), 5: b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [5 0 R] >>"})  # fmt: skip
    yield "numbers-absurd", lambda: _page(b"99999999999999999999999999 -.-.- 1e999 +-+5 0x41 Td BT /F1 10 Tf (Total 12,00) Tj ET")  # fmt: skip


def actions() -> Iterator[tuple[str, Make]]:
    """Scripts and actions: they are never run nor passed on."""
    for name, action in {
        "javascript": "<< /S /JavaScript /JS (while(true){app.alert\\('x'\\)}) >>", "launch": "<< /S /Launch /F (/bin/sh) >>",
        "uri-file": "<< /S /URI /URI (file:///etc/passwd) >>", "goto-remote": "<< /S /GoToR /F (http://127.0.0.1:1/x.pdf) /D [0 /Fit] >>",
        "submit-form": "<< /S /SubmitForm /F (http://127.0.0.1:1/) >>", "import-data": "<< /S /ImportData /F (/etc/passwd) >>",
        "next-loop": "6 0 R",
    }.items():  # fmt: skip
        yield f"action-{name}", lambda action=action: acting(action)
    yield (
        "xfa-form",
        lambda: form_of(
            "/XFA 6 0 R",
            stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'>" + b"<a>" * 50_000),
        ),
    )
    yield (
        "form-fields-loop",
        lambda: form_of(
            "/Fields [6 0 R]", b"<< /T (a) /Kids [6 0 R] /Parent 6 0 R /FT /Tx /V 6 0 R >>"
        ),
    )
    yield "outline-loop", lambda: pdf({**one_page(stream(invoice_operators())), 1: b"<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R >>", 6: b"<< /First 6 0 R /Last 6 0 R /Next 6 0 R /Title (x) >>"})  # fmt: skip
    yield "names-tree-loop", lambda: pdf({**one_page(stream(invoice_operators())), 1: b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 6 0 R >> >>", 6: b"<< /Kids [6 0 R 6 0 R] >>"})  # fmt: skip
    yield "names-tree-depth-5000", lambda: names(5000)
    yield (
        "attachment-name-climbs",
        lambda: with_attachment(CII.encode(), "../../../etc/cron.d/factur-x.xml"),
    )
    yield (
        "attachment-without-stream",
        lambda: factur_x().replace(b"/EF << /F 7 0 R /UF 7 0 R >>", b"/EF << >>                  "),
    )
    yield (
        "attachment-is-its-own-specification",
        lambda: factur_x().replace(
            b"/EF << /F 7 0 R /UF 7 0 R >>", b"/EF << /F 6 0 R /UF 6 0 R >>"
        ),
    )
    yield "attachment-wrong-filter", lambda: with_attachment(CII.encode(), entries=FLATE)
    yield (
        "attachment-truncated",
        lambda: with_attachment(zlib.compress(CII.encode())[:600], entries=FLATE),
    )
    yield "attachment-external-file", lambda: with_attachment(b"", entries="/F (/etc/passwd)")
    yield "metadata-bomb", lambda: pdf({**one_page(stream(invoice_operators())), 1: b"<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R >>", 6: stream(inflating(), f"/Type /Metadata /Subtype /XML {FLATE}")})  # fmt: skip


def structure() -> Iterator[tuple[str, Make]]:
    """Files whose skeleton is broken, cut or locked."""
    whole = invoice_pdf
    for percent in (1, 5, 15, 30, 45, 60, 75, 90, 97, 99):
        yield (
            f"truncated-{percent:02}",
            lambda percent=percent: whole()[: len(whole()) * percent // 100],
        )
    yield "xref-shifted", lambda: b"\n" * 500 + whole()
    yield "xref-points-into-itself", lambda: whole().replace(b"startxref\n", b"startxref\n9")
    yield "xref-all-zero", lambda: zeroed(whole())
    yield "xref-previous-loop", lambda: previous(whole())
    yield "xref-count-lies", lambda: whole().replace(b"xref\n0 6", b"xref\n0 99999999")
    yield "trailer-size-lies", lambda: whole().replace(b"/Size 6", b"/Size 2147483647")
    yield "no-trailer", lambda: whole().split(b"trailer")[0]
    yield "no-header", lambda: whole()[9:]
    yield "only-header", lambda: b"%PDF-1.7\n"
    yield "header-then-zeros", lambda: b"%PDF-1.7\n" + bytes(500_000)
    yield "header-after-a-megabyte", lambda: bytes(1_000_000) + whole()
    yield "root-is-a-number", lambda: pdf({1: b"7"})
    yield "root-is-itself", lambda: pdf({1: b"1 0 R"})
    yield "length-lies", lambda: whole().replace(b"/Length ", b"/Length 9999999")
    yield (
        "length-is-its-own-stream",
        lambda: pdf({**one_page(b"<< /Length 4 0 R >>\nstream\nq Q\nendstream")}),
    )
    yield "object-stream-holds-itself", lambda: object_stream(True)
    yield "object-stream-extends-itself", lambda: object_stream(False)
    yield "objects-200000-empty", lambda: pdf({**one_page(stream(invoice_operators())), **dict.fromkeys(range(6, 200000), b"null")})  # fmt: skip
    yield "endings-1000", lambda: whole() + b"startxref\n0\n%%EOF\n" * 1000
    yield "two-files-in-one", lambda: whole() + whole()
    yield "comments-20m", lambda: b"%PDF-1.7\n" + b"%" + b"a" * 20_000_000 + b"\n" + whole()
    yield "locked-by-user-password", lambda: locked("secret", "owner")
    yield "locked-by-owner-password", lambda: locked("", "owner")
    yield "locked-factur-x", lambda: locked("secret", "owner", factur_x())
    yield "locked-by-unknown-handler", lambda: pdf({**one_page(stream(b"")), 6: b"<< /Filter /Adobe.APS /V 5 /R 6 >>"}, "/Encrypt 6 0 R /ID [<00><00>]")  # fmt: skip
    yield "locked-with-nonsense", lambda: pdf({**one_page(stream(b"")), 6: b"<< /Filter /Standard /V 99 /R -3 /O (x) /U (y) /P 0 /Length 999999 >>"}, "/Encrypt 6 0 R /ID [<00><00>]")  # fmt: skip
