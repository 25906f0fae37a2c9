"""How the hostile PDFs of `documents.hostile_pdf` are put together."""

from __future__ import annotations

import io
import zlib

from documents.hostile_build import (
    CATALOG,
    CII,
    GIB,
    HELVETICA,
    PAGES,
    inflating,
    invoice_operators,
    invoice_pdf,
    one_page,
    pdf,
    stream,
    with_attachment,
)

FLATE = "/Filter /FlateDecode"


def packed(operators: bytes) -> bytes:
    return pdf(one_page(stream(zlib.compress(operators, 9), FLATE)))


def chained(times: int) -> bytes:
    data = inflating(64 << 20)
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return pdf(one_page(stream(data, f"/Filter [{'/FlateDecode ' * times}]")))


def jpx() -> bytes:
    """A code stream whose size marker says two thousand million columns."""
    size = (
        b"\xff\x51\x00\x2f\0\0"
        + b"\x7f\xff\xff\xff" * 2
        + bytes(8)
        + b"\x7f\xff\xff\xff" * 2
        + bytes(8)
    )
    return b"\xff\x4f" + size + b"\0\3" + b"\7\1\1" * 3 + b"\xff\x90" + bytes(64)


def many_images() -> bytes:
    objects = one_page(
        stream(b"q 595 0 0 842 0 0 cm " + b"/Im Do " * 3000 + b"Q"),
        resources="/XObject << /Im 6 0 R >>",
    )
    objects[6] = stream(
        inflating(3000 * 3000),
        f"/Type /XObject /Subtype /Image /Width 3000 /Height 3000 /ColorSpace /DeviceGray /BitsPerComponent 8 {FLATE}",
    )
    return pdf(objects)


def forms_of(count: int) -> bytes:
    objects = one_page(stream(b"/F0 Do"), resources="/XObject << /F0 6 0 R >>")
    for index in range(count):
        after = 6 + (index + 1) % count
        objects[6 + index] = stream(
            b"/F0 Do /F0 Do",
            f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /F0 {after} 0 R >> >>",
        )
    return pdf(objects)


def laughing_forms() -> bytes:
    """Ten forms that call the next one ten times each."""
    objects = one_page(stream(b"/F0 Do"), resources="/XObject << /F0 6 0 R >>")
    for index in range(10):
        objects[6 + index] = stream(
            b"/F0 Do " * 10,
            f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /F0 {7 + index} 0 R >> >>",
        )
    objects[16] = stream(b"0 0 1 1 re f", "/Type /XObject /Subtype /Form /BBox [0 0 595 842]")
    return pdf(objects)


def pattern() -> bytes:
    objects = one_page(
        stream(b"/Pattern cs /P0 scn 0 0 595 842 re f"), resources="/Pattern << /P0 6 0 R >>"
    )
    objects[6] = stream(
        b"0 0 1 1 re f",
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.0001 /YStep 0.0001 /Resources << >>",
    )
    return pdf(objects)


def many_amounts() -> bytes:
    rows = b"".join(
        b"1 0 0 1 %d %d Tm (%d,%02d) Tj\n"
        % (10 + i % 40 * 14, 830 - i // 40 % 820, i % 997, i % 100)
        for i in range(200_000)
    )
    return packed(b"BT /F1 3 Tf\n" + rows + b"ET")


def xml_bomb() -> bytes:
    """A right beginning, then a thousand million bytes of notes."""
    packer = zlib.compressobj(9)
    head, _, tail = CII.encode().partition(b"<ram:ID>FV-2025-0147</ram:ID>")
    parts = [packer.compress(head + b"<ram:ID>FV-2025-0147</ram:ID>")]
    note = b"<ram:IncludedNote><ram:Content>x</ram:Content></ram:IncludedNote>" * 16000
    for _ in range(GIB // len(note)):
        parts.append(packer.compress(note))
    parts += [packer.compress(tail), packer.flush()]
    return with_attachment(b"".join(parts), entries=FLATE)


def attachments(count: int, size: int = 0) -> bytes:
    objects = one_page(stream(invoice_operators()))
    names = []
    data = stream(inflating(size), f"/Type /EmbeddedFile {FLATE}") if size else stream(CII.encode(), "/Type /EmbeddedFile")  # fmt: skip
    objects[6] = data
    for index in range(count):
        number = 7 + index
        objects[number] = f"<< /Type /Filespec /F (f{index}.xml) /UF (f{index}.xml) /EF << /F 6 0 R >> >>".encode()  # fmt: skip
        names.append(f"(f{index:05}.xml) {number} 0 R")
    objects[1] = (
        f"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [{' '.join(names)}] >> >> >>".encode()
    )
    return pdf(objects)


def object_stream_bomb() -> bytes:
    return pdf(
        {
            **one_page(stream(invoice_operators())),
            6: stream(inflating(), f"/Type /ObjStm /N 100000 /First 500000 {FLATE}"),
        }
    )


def object_stream(itself: bool) -> bytes:
    extends = "" if itself else "/Extends 6 0 R"
    body = b"6 0 2 0 << /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return pdf(
        {
            **one_page(stream(invoice_operators())),
            6: stream(body, f"/Type /ObjStm /N 2 /First 8 {extends}"),
        }
    )


def xref_stream(data: bytes) -> bytes:
    head = b"%PDF-1.7\n"
    body = (
        b"1 0 obj\n"
        + stream(data, f"/Type /XRef /Size 2147483000 /W [1 4 2] /Root 2 0 R {FLATE}")
        + b"\nendobj\n"
    )
    return head + body + b"startxref\n%d\n%%%%EOF" % len(head)


def pages_of(count: int, operators: bytes = b"") -> bytes:
    objects = {1: CATALOG, 4: stream(operators), 5: HELVETICA}
    kids = " ".join(f"{6 + index} 0 R" for index in range(count))
    objects[2] = f"<< /Type /Pages /Kids [{kids}] /Count {count} /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> >>".encode()  # fmt: skip
    for index in range(count):
        objects[6 + index] = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>"
    return pdf(objects)


def counting(count: int) -> bytes:
    return pdf(
        {
            **one_page(stream(invoice_operators())),
            2: PAGES.replace(b"/Count 1", b"/Count %d" % count),
        }
    )


def deep(depth: int) -> bytes:
    objects = {1: CATALOG, 2: b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>", 4: stream(invoice_operators()), 5: HELVETICA}  # fmt: skip
    for index in range(depth):
        parent = 2 if index == 0 else 9 + index
        objects[10 + index] = b"<< /Type /Pages /Kids [%d 0 R] /Count 1 /Parent %d 0 R >>" % (11 + index, parent)  # fmt: skip
    objects[10 + depth] = (
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
        % (9 + depth)
    )
    return pdf(objects)


def font_of(data: bytes, subtype: str, key: str, entries: str = "") -> bytes:
    objects = one_page(stream(invoice_operators()))
    objects[5] = (
        f"<< /Type /Font /Subtype /{subtype} /BaseFont /ABCDEF+Odd /FirstChar 32 /LastChar 255 /FontDescriptor 6 0 R /Encoding /WinAnsiEncoding >>".encode()
    )
    objects[6] = (
        f"<< /Type /FontDescriptor /FontName /ABCDEF+Odd /Flags 32 /{key} 7 0 R >>".encode()
    )
    objects[7] = stream(data, entries)
    return pdf(objects)


def font_entries(entries: str) -> bytes:
    return pdf(
        {
            **one_page(stream(invoice_operators())),
            5: f"<< /Type /Font /Subtype /TrueType /BaseFont /Odd {entries} >>".encode(),
        }
    )


def tounicode(data: bytes, entries: str = "") -> bytes:
    return pdf(
        {
            **one_page(stream(invoice_operators())),
            5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
            6: stream(data, entries),
        }
    )


def type3() -> bytes:
    objects = one_page(stream(invoice_operators()))
    objects[5] = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /CharProcs << /a 6 0 R >> /Encoding << /Differences [32 /a 65 /a /a /a /a /a /a /a] >> /FirstChar 32 /LastChar 72 /Widths [500] /Resources << /Font << /F1 5 0 R >> >> >>"  # fmt: skip
    objects[6] = stream(b"1000 0 d0 BT /F1 1000 Tf (AB) Tj ET")
    return pdf(objects)


def acting(action: str) -> bytes:
    objects = one_page(stream(invoice_operators()), page=f"/AA << /O {action} >>")
    objects[1] = f"<< /Type /Catalog /Pages 2 0 R /OpenAction {action} >>".encode()
    objects[6] = b"<< /S /JavaScript /JS (1) /Next 6 0 R >>"
    return pdf(objects)


def form_of(entries: str, body: bytes) -> bytes:
    objects = one_page(stream(invoice_operators()))
    objects[1] = f"<< /Type /Catalog /Pages 2 0 R /AcroForm << {entries} >> >>".encode()
    objects[6] = body
    return pdf(objects)


def names(depth: int) -> bytes:
    objects = one_page(stream(invoice_operators()))
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 6 0 R >> >>"
    for index in range(depth):
        objects[6 + index] = b"<< /Kids [%d 0 R] >>" % (7 + index)
    objects[6 + depth] = b"<< /Names [] >>"
    return pdf(objects)


def zeroed(whole: bytes) -> bytes:
    head, mark, tail = whole.partition(b"xref\n0 6\n")
    rows = [b"0000000000 00000 n " if row.endswith(b" n ") else row for row in tail.split(b"\n")]
    return head + mark + b"\n".join(rows)


def previous(whole: bytes) -> bytes:
    start = whole.rindex(b"xref\n0 6")
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)


def locked(user: str, owner: str, content: bytes | None = None) -> bytes:
    """AES-256, by pikepdf; random bytes of the encryption make each file another one, its answer is the same."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content or invoice_pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(user=user, owner=owner, R=6))
    return out.getvalue()
