"""Archives, files of another kind under a wrong name, letters, and mutations of good files; each made when asked for."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator

from documents.hostile_build import (
    CII,
    UBL,
    factur_x,
    inflating,
    invoice_as,
    invoice_pdf,
    invoice_picture,
)

Make = Callable[[], bytes]
_STAMP = (2025, 1, 2, 3, 4, 6)


def zipped(files: list[tuple[str, bytes]], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP with fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing, compresslevel=9 if packing else None) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = packing
            archive.writestr(info, content)
    return out.getvalue()


def archives() -> Iterator[tuple[str, str, Make]]:
    """(name, name of the file, maker)."""
    yield "zip-1m-to-1g", "factures.zip", _zip_bomb
    yield "zip-size-lies", "factures.zip", lambda: _zip_bomb(lie=1000)
    yield "zip-overlapping-1000", "factures.zip", _overlapping
    yield "zip-nested-7", "factures.zip", lambda: _nested(7)
    yield "zip-nested-3-of-5", "factures.zip", lambda: _nested(3, 5)
    yield (
        "zip-holds-its-own-copy",
        "factures.zip",
        lambda: zipped(
            [("a.zip", zipped([("a.zip", zipped([("a.zip", b"PK\5\6" + bytes(18))]))]))]
        ),
    )
    yield (
        "zip-climbs",
        "factures.zip",
        lambda: zipped(
            [
                ("../../../../tmp/climbed.pdf", invoice_pdf()),
                ("/etc/cron.d/x.pdf", invoice_pdf()),
                ("..\\..\\x.pdf", invoice_pdf()),
            ]
        ),
    )
    yield (
        "zip-50000-files",
        "factures.zip",
        lambda: zipped([(f"{index}.txt", b"") for index in range(50_000)]),
    )
    yield (
        "zip-300-invoices",
        "factures.zip",
        lambda: zipped([(f"{index}.pdf", invoice_pdf()) for index in range(300)]),
    )
    yield (
        "zip-absurd-names",
        "factures.zip",
        lambda: zipped(
            [
                ("a" * 60_000 + ".pdf", invoice_pdf()),
                ("\n\r\t.pdf", invoice_pdf()),
                (".pdf", invoice_pdf()),
                ("CON", b"x"),
                ("é\u202efdp.exe", b"MZ"),
            ]
        ),
    )
    yield (
        "zip-same-name-twice",
        "factures.zip",
        lambda: zipped(
            [("f.pdf", invoice_pdf()), ("F.PDF", invoice_pdf()), ("dir/f.pdf", invoice_pdf())]
        ),
    )
    yield "zip-symbolic-link", "factures.zip", _link
    yield "zip-locked", "factures.zip", lambda: _flagged(zipped([("f.pdf", invoice_pdf())]))
    yield "zip-empty", "factures.zip", lambda: zipped([])
    yield (
        "zip-truncated",
        "factures.zip",
        lambda: zipped([("f.pdf", invoice_pdf()), ("g.pdf", invoice_pdf())])[:900],
    )
    yield "zip-of-hostile-pages", "factures.zip", _mixed
    yield (
        "zip-unknown-method",
        "factures.zip",
        lambda: zipped([("f.pdf", invoice_pdf())]).replace(
            b"PK\1\2\x14\3\x14\0\0\0\x08\0", b"PK\1\2\x14\3\x14\0\0\0\x63\0"
        ),
    )
    yield (
        "zip-checksum-wrong",
        "factures.zip",
        lambda: _spoilt(zipped([("f.pdf", invoice_pdf())], zipfile.ZIP_STORED)),
    )
    yield "zip-within-pdf-name", "facture.pdf", lambda: zipped([("f.pdf", invoice_pdf())])
    yield "gzip-bomb", "facture.xml.gz", lambda: _gzip(200 << 20)
    yield "tar", "factures.tar", _tar
    yield "seven-zip-header", "factures.7z", lambda: b"7z\xbc\xaf\x27\x1c\0\4" + bytes(400)
    yield "rar-header", "factures.rar", lambda: b"Rar!\x1a\x07\1\0" + bytes(400)


def others() -> Iterator[tuple[str, str, Make]]:
    """(name, name of the file, maker): what is no invoice at all, mostly called .pdf."""
    yield "empty", "facture.pdf", lambda: b""
    yield "empty-xml", "facture.xml", lambda: b""
    yield "empty-picture", "facture.jpg", lambda: b""
    yield "one-byte", "facture.pdf", lambda: b"%"
    yield "one-null-byte", "facture", lambda: b"\0"
    yield "two-bytes-jpeg", "facture.jpg", lambda: b"\xff\xd8"
    yield "five-bytes-pdf", "facture.pdf", lambda: b"%PDF-"
    yield "spaces-20m", "facture.pdf", lambda: b" " * 20_000_000
    yield "zeros-60m", "facture.pdf", lambda: bytes(60_000_000)
    yield "random-1k", "facture.pdf", lambda: random.Random(1).randbytes(1000)
    yield "random-1m", "facture.pdf", lambda: random.Random(2).randbytes(1_000_000)
    yield "random-named-xml", "facture.xml", lambda: random.Random(3).randbytes(100_000)
    yield "random-named-png", "facture.png", lambda: random.Random(4).randbytes(100_000)
    yield (
        "html-named-pdf",
        "facture.pdf",
        lambda: (
            b"<!DOCTYPE html><html><head><title>Connexion</title></head><body onload='while(1);'><form>Mot de passe</form></body></html>"
        ),
    )
    yield (
        "html-meta-refresh",
        "facture.html",
        lambda: (
            b"<html><meta http-equiv=refresh content='0;url=http://127.0.0.1:1/'><table>"
            + b"<tr><td>" * 50_000
        ),
    )
    yield (
        "docx-named-pdf",
        "facture.pdf",
        lambda: _office(
            "word/document.xml",
            b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>',
        ),
    )
    yield (
        "xlsx-named-pdf",
        "facture.pdf",
        lambda: _office(
            "xl/workbook.xml",
            b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
        ),
    )
    yield (
        "odt",
        "facture.odt",
        lambda: zipped(
            [
                ("mimetype", b"application/vnd.oasis.opendocument.text"),
                ("content.xml", b"<office:document-content/>"),
            ],
            zipfile.ZIP_STORED,
        ),
    )
    yield "docx-bomb", "facture.docx", lambda: _office("word/document.xml", b"<a>" * 30_000_000)
    yield "doc-old", "facture.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)
    yield (
        "exe-named-pdf",
        "facture.pdf",
        lambda: b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(4000),
    )
    yield "elf-named-pdf", "facture.pdf.exe", lambda: b"\x7fELF\2\1\1" + bytes(4000)
    yield "script-named-pdf", "facture.pdf", lambda: b"#!/bin/sh\nrm -rf /\n"
    yield "lnk-named-pdf", "facture.pdf.lnk", lambda: b"L\0\0\0\1\x14\2\0" + bytes(900)
    yield "eml-named-pdf", "facture.pdf", lambda: _letter(invoice_pdf())
    yield "eml-nested-200", "lettre.eml", _letters
    yield (
        "msg-outlook",
        "lettre.msg",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"__properties_version1.0".ljust(4000, b"\0"),
    )
    yield (
        "csv",
        "releve.csv",
        lambda: b"Facture;Montant\nFV-1;=cmd|' /C calc'!A0\n" * 20_000,
    )
    yield "json", "facture.json", lambda: b"[" * 200_000
    yield "rtf", "facture.rtf", lambda: b"{\\rtf1" + b"{" * 100_000
    yield "postscript-named-pdf", "facture.pdf", lambda: b"%!PS-Adobe-3.0\n{ } loop\n"
    yield "pdf-named-xml", "facture.xml", invoice_pdf
    yield "pdf-named-exe", "facture.exe", invoice_pdf
    yield "xml-named-pdf", "facture.pdf", lambda: CII.encode()
    yield "picture-named-pdf", "facture.pdf", invoice_picture
    yield "pdf-without-name", "", invoice_pdf
    yield "pdf-with-absurd-name", "../" * 50 + "é\u202e\0\n" + "n" * 5000 + ".pdf", invoice_pdf
    yield "audio", "message.mp3", lambda: b"ID3\4\0\0" + bytes(9000)
    yield "video", "film.mp4", lambda: b"\0\0\0\x20ftypisom" + bytes(9000)
    yield "fonts-file", "police.ttf", lambda: b"\0\1\0\0\0\x10" + bytes(900)
    yield "sqlite", "base.db", lambda: b"SQLite format 3\0" + bytes(4000)
    yield (
        "signature-p7m",
        "facture.pdf.p7m",
        lambda: b"0\x82\xff\xff\6\t*\x86H\x86\xf7\r\1\7\2" + bytes(3000),
    )


def mutations() -> Iterator[tuple[str, str, Make]]:
    """(name, name of the file, maker): good files with bytes changed, dropped, doubled or moved, always the same ones."""
    good: dict[str, tuple[str, Make, int]] = {
        "pdf": ("facture.pdf", invoice_pdf, 24), "factur-x": ("facture.pdf", factur_x, 16), "png": ("scan.png", invoice_picture, 8),
        "jpeg": ("scan.jpg", lambda: invoice_as("JPEG"), 8), "tiff": ("scan.tif", lambda: invoice_as("TIFF"), 8),
        "cii": ("facture.xml", CII.encode, 10), "ubl": ("facture.xml", UBL.encode, 10),
        "zip": ("factures.zip", lambda: zipped([("f.pdf", invoice_pdf()), ("f.xml", CII.encode())]), 6),
    }  # fmt: skip
    for kind, (filename, make, count) in good.items():
        for seed in range(count):
            yield (
                f"mutated-{kind}-{seed:02}",
                filename,
                lambda make=make, seed=seed: mutate(make(), seed),
            )


def mutate(content: bytes, seed: int) -> bytes:
    """The content with 1 to 60 small accidents."""
    chance = random.Random(seed)
    data = bytearray(content)
    for _ in range(chance.choice((1, 3, 10, 60))):
        at = chance.randrange(len(data))
        length = chance.choice((1, 1, 2, 8, 64))
        accident = chance.randrange(6)
        if accident == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif accident == 1:
            data[at : at + length] = chance.randbytes(length)
        elif accident == 2 and len(data) > 2000:
            del data[at : at + length]
        elif accident == 3:
            data[at:at] = data[at : at + length] * chance.choice((1, 2, 50))
        elif accident == 4:
            data[at : at + length] = b"\xff" * length
        else:
            figures = [
                index for index in range(at, min(at + 200, len(data))) if 48 <= data[index] <= 57
            ]
            for index in figures[:length]:
                data[index] = 48 + chance.randrange(10)
    return bytes(data)


# -- makers -----------------------------------------------------------------------------------------


def _member(
    name: bytes, method: int, packed: bytes, size: int, offset: int, checksum: int = 0
) -> tuple[bytes, bytes]:
    """Local header and row of the directory."""
    common = struct.pack(
        "<HHHHHIIIHH", 20, 0, method, 0, 0x5A22, checksum, len(packed), size, len(name), 0
    )
    local = b"PK\3\4" + common + name
    row = (
        b"PK\1\2"
        + struct.pack("<H", 20)
        + common
        + struct.pack("<HHHII", 0, 0, 0, 0, offset)
        + name
    )
    return local, row


def _finish(body: bytes, rows: list[bytes]) -> bytes:
    directory = b"".join(rows)
    end = struct.pack("<HHHHIIH", 0, 0, len(rows), len(rows), len(directory), len(body), 0)
    return body + directory + b"PK\5\6" + end


def _deflated(size: int) -> bytes:
    return inflating(size)[2:-4]


def _zip_bomb(lie: int | None = None) -> bytes:
    packed = _deflated(1 << 30)
    local, row = _member(b"facture.pdf", 8, packed, lie or 1 << 30, 0)
    return _finish(local + packed, [row])


def _overlapping() -> bytes:
    """A thousand rows of the directory for one member of 20 MB."""
    packed = _deflated(20 << 20)
    local, _ = _member(b"f0000.pdf", 8, packed, 20 << 20, 0)
    rows = [_member(b"f%04d.pdf" % index, 8, packed, 20 << 20, 0)[1] for index in range(1000)]
    return _finish(local + packed, rows)


def _nested(levels: int, each: int = 1) -> bytes:
    content = zipped([("facture.pdf", invoice_pdf())])
    for level in range(levels - 1):
        content = zipped([(f"niveau{level}-{index}.zip", content) for index in range(each)])
    return content


def _link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("facture.pdf", _STAMP)
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def _flagged(content: bytes) -> bytes:
    """With the bit that says “encrypted” in both headers."""
    data = bytearray(content)
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    return bytes(data)


def _spoilt(content: bytes) -> bytes:
    return content.replace(b"Sellerie", b"sellerie", 1)


def _mixed() -> bytes:
    from documents.hostile_build import one_page, pdf, stream

    bomb = pdf(one_page(stream(inflating(300 << 20), "/Filter /FlateDecode")))
    return zipped([("bonne.pdf", invoice_pdf()), ("bombe.pdf", bomb), ("coupee.pdf", invoice_pdf()[:700]), ("x.xml", b"<a>"), ("bonne2.xml", UBL.encode())])  # fmt: skip


def _gzip(size: int) -> bytes:
    return b"\x1f\x8b\x08\0\0\0\0\0\2\xff" + _deflated(size) + bytes(8)


def _tar() -> bytes:
    import tarfile

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("../../facture.pdf")
        info.size = len(invoice_pdf())
        archive.addfile(info, io.BytesIO(invoice_pdf()))
    return out.getvalue()


def _office(name: str, body: bytes) -> bytes:
    kinds = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return zipped(
        [("[Content_Types].xml", kinds), ("_rels/.rels", b"<Relationships/>"), (name, body)]
    )


def _letter(content: bytes, boundary: str = "b0") -> bytes:
    import base64

    return (
        (
            f"From: compta@sellerie.example\r\nSubject: Facture\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary={boundary}\r\n\r\n"
            f"--{boundary}\r\nContent-Type: application/pdf; name=facture.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        ).encode()
        + base64.encodebytes(content)
        + f"\r\n--{boundary}--\r\n".encode()
    )


def _letters() -> bytes:
    parts = [
        f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
        for level in range(200)
    ]
    return b"MIME-Version: 1.0\r\n" + "".join(parts).encode()
