"""Files that would harm who reads them, and files that are merely broken; each name says what it is.

`HOSTILE`: name → function that gives the bytes. `NOISY` are those that keep recognition busy for seconds.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

from pikepdf import Dictionary, Encryption, Name, Pdf
from PIL import Image
from reading_files import archive, cii, hybrid, mail, page
from test_hostile_files import XML

MB = 1 << 20
Make = Callable[[], bytes]


def packed(count: int, byte: bytes = b" ") -> bytes:
    """`count` megabytes of one byte, deflated: a thousand times smaller."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(byte * MB) for _ in range(count)]
    return b"".join([*parts, packer.flush()])


def pdf_with(
    contents: bytes, extra: bytes = b"", box: str = "0 0 595 842", resources: str = ""
) -> bytes:
    """A small PDF by hand: one page, its (deflated) contents, more objects."""
    body = (
        b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        + f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R/Resources<<{resources}>>>>endobj\n".encode()
        + b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(contents)
        + contents + b"\nendstream endobj\n" + extra
    )  # fmt: skip
    return body + b"trailer<</Root 1 0 R/Size 9>>\n%%EOF"


def pdf_with_picture(
    width: int, height: int, bits: int = 1, space: str = "/DeviceGray", data: bytes = b""
) -> bytes:
    """A page that is one picture of so many points."""
    stream = data or packed(max(1, width * height * bits // 8 // MB // 100), b"\x00")
    picture = (
        f"5 0 obj<</Type/XObject/Subtype/Image/Width {width}/Height {height}/BitsPerComponent {bits}/ColorSpace{space}"
        f"/Filter/FlateDecode/Length {len(stream)}>>stream\n"
    ).encode() + stream + b"\nendstream endobj\n"  # fmt: skip
    return pdf_with(
        zlib.compress(b"595 0 0 842 0 0 cm /P Do"), picture, resources="/XObject<</P 5 0 R>>"
    )


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header promises so many points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


def picture(form: str, mode: str = "L", size: tuple[int, int] = (300, 400), **more) -> bytes:
    """A white picture."""
    out = io.BytesIO()
    Image.new(mode, size, 0 if mode == "CMYK" else "white").save(out, form, **more)
    return out.getvalue()


def tiff(pages: int, size: tuple[int, int] = (60, 60)) -> bytes:
    """A TIFF of many white pages."""
    return picture(
        "TIFF", "1", size, save_all=True, append_images=[Image.new("1", size, 1)] * (pages - 1)
    )


def noise(size: tuple[int, int], seed: int, dark: float) -> bytes:
    """Speckles, as a dirty scanner leaves them; `dark` is their share."""
    chance = random.Random(seed)
    image = Image.new("L", size, 255)
    points = image.load()
    for _ in range(int(size[0] * size[1] * dark)):
        points[chance.randrange(size[0]), chance.randrange(size[1])] = chance.randrange(120)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def plain_pages(count: int) -> bytes:
    """A PDF of one empty page, so many times."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 3 + count))
    body = b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    body += b"2 0 obj<</Type/Pages/Count %d/Kids[%s]>>endobj\n" % (count, kids)
    body += b"".join(
        b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n" % number
        for number in range(3, 3 + count)
    )
    return body + b"trailer<</Root 1 0 R>>\n%%EOF"


def tiff_claiming(width: int, height: int) -> bytes:
    """A TIFF whose directory promises so many black and white points."""
    tags = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 1),
        (259, 3, 4),
        (262, 3, 0),
        (273, 4, 8),
        (278, 4, height),
        (279, 4, 8),
    ]
    rows = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return (
        b"II*\0"
        + struct.pack("<I", 16)
        + b"\0" * 8
        + struct.pack("<H", len(tags))
        + rows
        + b"\0" * 4
    )


def changed(change: Callable[[Pdf], None], **save) -> bytes:
    """The sample page after `change(document)`."""
    document = Pdf.open(io.BytesIO(page()))
    change(document)
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def _loop_of_pages(document: Pdf) -> None:
    document.Root.Pages.Kids.append(document.Root.Pages)


def _form_that_draws_itself(document: Pdf) -> None:
    form = document.make_stream(
        b"/F Do /F Do /F Do", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 595, 842]
    )
    form.Resources = Dictionary(XObject=Dictionary(F=form))
    first = document.pages[0].obj
    first.Resources = Dictionary(XObject=Dictionary(F=form))
    first.Contents = document.make_stream(b"/F Do")


def _forms_in_forms(document: Pdf) -> None:
    inner = document.make_stream(
        b"0 0 1 1 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 595, 842]
    )
    for _ in range(12):
        outer = document.make_stream(
            b"/F Do " * 10, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 595, 842]
        )
        outer.Resources = Dictionary(XObject=Dictionary(F=inner))
        inner = outer
    first = document.pages[0].obj
    first.Resources = Dictionary(XObject=Dictionary(F=inner))
    first.Contents = document.make_stream(b"/F Do")


def _script(document: Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="while(1){app.alert(1)}")


def nested_zip(depth: int) -> bytes:
    """A ZIP in a ZIP in a ZIP…"""
    content = archive({"facture.xml": cii()})
    for _ in range(depth - 1):
        content = archive({"dedans.zip": content})
    return content


def closed_zip() -> bytes:
    """A ZIP whose file says that it is encrypted."""
    content = bytearray(archive({"facture.pdf": page()}))
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def deep_mail(depth: int) -> bytes:
    """A mail within a mail within a mail…"""
    parts = [b"From: a@b.example\r\nMIME-Version: 1.0\r\n"]
    parts += [
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(depth)
    ]
    return b"".join([*parts, b"Content-Type: text/plain\r\n\r\nbonjour"])


def _spoilt(content: bytes, seed: int, changes: int) -> bytes:
    chance = random.Random(seed)
    spoilt = bytearray(content)
    for _ in range(changes):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def _torn(content: bytes, share: float) -> bytes:
    return content[: int(len(content) * share)]


PDFS: dict[str, Make] = {
    "a page that unpacks to a gigabyte": lambda: pdf_with(packed(1000)),
    "a page that unpacks to 200 MB of drawing": lambda: pdf_with(zlib.compress(b"0 0 m 9 9 l S\n" * (14 * MB), 1)),
    "a page of a million texts": lambda: pdf_with(zlib.compress(b"BT /F 9 Tf (facture 12,00) Tj ET\n" * 1_000_000), resources="/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"),
    "a page 200 inches wide": lambda: pdf_with(zlib.compress(b"0 0 9 9 re f"), box="0 0 14400 14400"),
    "a page of no width": lambda: pdf_with(zlib.compress(b"0 0 9 9 re f"), box="0 0 0 842"),
    "a page from nowhere to nowhere": lambda: pdf_with(zlib.compress(b"f"), box="-1e30 -1e30 1e30 1e30"),
    "a page turned inside out": lambda: pdf_with(zlib.compress(b"f"), box="595 842 0 0"),
    "a picture of 60000 by 60000": lambda: pdf_with_picture(60_000, 60_000),
    "a colour picture of 20000 by 20000": lambda: pdf_with_picture(20_000, 20_000, 8, "/DeviceRGB"),
    "a picture of negative size": lambda: pdf_with_picture(-5, 100),
    "20 000 pages": lambda: plain_pages(20_000),
    "201 pages": lambda: plain_pages(201),
    "199 empty pages": lambda: plain_pages(199),
    "pages that hold themselves": lambda: changed(_loop_of_pages),
    "a form that draws itself": lambda: changed(_form_that_draws_itself),
    "ten to the power of twelve forms": lambda: changed(_forms_in_forms),
    "a script": lambda: changed(_script),
    "closed by a password": lambda: changed(lambda d: None, encryption=Encryption(user="secret", owner="x")),
    "owner's password only": lambda: changed(lambda d: None, encryption=Encryption(user="", owner="x")),
    "an XML inside that unpacks to a gigabyte": lambda: hybrid(b"@@@@").replace(b"/Length 4 ", b"/Filter /FlateDecode /Length %d " % len(packed(1000))).replace(b"@@@@", packed(1000)),
    "a broken XML inside": lambda: hybrid(cii()[:300], page()),
    "billion laughs inside": lambda: hybrid(XML["billion laughs"]().encode(), page()),
    "an order of no page": lambda: hybrid(b"<Order/>", name="order-x.xml"),
    "a web page with the name of a PDF": lambda: b"<!DOCTYPE html><html><body>Facture</body></html>",
    "only a heading": lambda: b"%PDF-1.7\n",
    "a heading and noise": lambda: b"%PDF-1.7\n" + random.Random(1).randbytes(200_000),
    "no pages": lambda: b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>",
    "a count of pages that lies": lambda: page().replace(b"/Count 1", b"/Count 9999999"),
    "arrays in arrays": lambda: pdf_with(zlib.compress(b"f"), b"6 0 obj" + b"[" * 200_000 + b"endobj\n"),
    "a table of objects that points to itself": lambda: page() + b"\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
    "a million objects": lambda: pdf_with(zlib.compress(b"f"), b"".join(b"%d 0 obj<<>>endobj\n" % n for n in range(9, 1_000_009))),
}  # fmt: skip
PICTURES: dict[str, Make] = {
    "PNG of 50000 by 50000": lambda: png_claiming(50_000, 50_000),
    "PNG of 13000 by 13000": lambda: picture("PNG", "1", (13_000, 13_000)),
    "PNG of 7000 by 7000": lambda: png_claiming(7000, 7000),
    "PNG of no size": lambda: png_claiming(0, 0),
    "PNG of four thousand million points": lambda: png_claiming(2**31 - 1, 2),
    "PNG cut in the middle": lambda: _torn(noise((600, 800), 1, 0.05), 0.5),
    "PNG of one point": lambda: picture("PNG", "L", (1, 1)),
    "PNG of one row": lambda: picture("PNG", "L", (20_000, 1)),
    "PNG with a text of a gigabyte": lambda: picture("PNG")[:33] + (lambda d: struct.pack(">I", len(d)) + b"zTXt" + d + struct.pack(">I", zlib.crc32(b"zTXt" + d)))(b"a\x00\x00" + packed(1000)) + picture("PNG")[33:],
    "JPEG in CMYK": lambda: picture("JPEG", "CMYK"),
    "JPEG cut in the middle": lambda: _torn(picture("JPEG", size=(2000, 2000)), 0.5),
    "JPEG heading only": lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "JPEG of 65535 by 65535": lambda: picture("JPEG").replace(struct.pack(">HH", 400, 300), b"\xff\xff\xff\xff"),
    "TIFF of 300 pages": lambda: tiff(300),
    "TIFF of 199 empty pages": lambda: tiff(199),
    "TIFF that begins again": lambda: tiff(1)[:-4] + b"\x08\x00\x00\x00",
    "TIFF heading only": lambda: b"II*\x00\x08\x00\x00\x00",
    "TIFF of 60000 by 60000": lambda: tiff_claiming(60_000, 60_000),
    "GIF heading only": lambda: b"GIF89a\xff\xff\xff\xff",
    "GIF of 65535 by 65535": lambda: picture("GIF", "L").replace(struct.pack("<HH", 300, 400), b"\xff\xff\xff\xff"),
    "BMP of absurd size": lambda: picture("BMP")[:18] + struct.pack("<ii", 2**31 - 1, 2**31 - 1) + picture("BMP")[26:],
    "WebP heading only": lambda: b"RIFF\xff\xff\xff\x7fWEBPVP8 ",
    "a photograph of an iPhone": lambda: b"\x00\x00\x00\x18ftypheic" + b"\x00" * 5000,
}  # fmt: skip
NOISY: dict[str, Make] = {
    "a nearly blank page with speckles": lambda: noise((2480, 3508), 2, 0.002),
    "a dirty page": lambda: noise((1240, 1754), 3, 0.02),
    "nothing but noise": lambda: noise((1240, 1754), 4, 0.3),
    "ten pages of noise": lambda: _pages_of_noise(10),
}
ARCHIVES: dict[str, Make] = {
    "ZIP of a gigabyte": lambda: archive({"facture.pdf": b"%PDF-1.4" + b" " * (1000 * MB)}),
    "ZIP in seven levels": lambda: nested_zip(7),
    "ZIP in two levels": lambda: nested_zip(2),
    "ZIP of a thousand files": lambda: archive({f"{n}.xml": b"<a/>" for n in range(1000)}),
    "ZIP of folders above": lambda: archive({"../../../../etc/facture.xml": cii(), "/etc/passwd": b"x", "C:\\a\\b.xml": b"<a/>"}),
    "ZIP closed by a password": closed_zip,
    "ZIP cut in the middle": lambda: _torn(archive({"facture.pdf": page()}), 0.6),
    "ZIP of nothing": lambda: archive({}),
    "ZIP of rubbish": lambda: archive({"a.bin": random.Random(5).randbytes(5000), "b.txt": b"bonjour"}),
    "ZIP with a wrong sum": lambda: _wrong_sum(),
    "ZIP heading only": lambda: b"PK\x03\x04" + b"\x00" * 100,
    "ZIP of a ZIP of a gigabyte": lambda: archive({"x.zip": ARCHIVES["ZIP of a gigabyte"]()}),
    "a spreadsheet": lambda: archive({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}),
    "mail in two hundred levels": lambda: deep_mail(200),
    "mail in five thousand levels": lambda: deep_mail(5000),
    "mail without attachment": lambda: mail({}),
    "mail with a broken attachment": lambda: mail({"facture.pdf": b"%PDF-1.4 nothing"}),
    "mail of a false base64": lambda: mail({"facture.pdf": page()}).replace(b"JVBERi", b"%%%%%%", 1),
    "mail of a ZIP of a gigabyte": lambda: mail({"x.zip": ARCHIVES["ZIP of a gigabyte"]()}),
    "mail of endless headings": lambda: b"From: a@b.example\r\nSubject: x\r\n" + b"X-A: b\r\n" * 200_000 + b"\r\nx",
    "mail of an unknown character set": lambda: b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=none\r\n\r\nx",
}  # fmt: skip
OTHERS: dict[str, Make] = {
    "nothing at all": lambda: b"",
    "white space": lambda: b" \n" * 1000,
    "zeros": lambda: b"\x00" * MB,
    "random bytes": lambda: random.Random(6).randbytes(MB),
    "a program": lambda: b"\x7fELF\x02\x01\x01" + b"\x00" * 5000,
    "an old Word file": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 5000,
    "plain text": lambda: b"Facture 12 du 1er mars\n" * 100,
    "a table of values": lambda: b"a;b;c\n1;2;3\n",
}
FUZZED: dict[str, Make] = {
    **{f"page cut at {share} %": (lambda share=share: _torn(page(), share / 100)) for share in (1, 5, 20, 40, 60, 80, 95, 99)},
    **{f"page with {changes} false bytes, {seed}": (lambda seed=seed, changes=changes: _spoilt(page(), seed, changes))
       for changes in (1, 10, 100) for seed in range(6)},
    **{f"hybrid with {changes} false bytes, {seed}": (lambda seed=seed, changes=changes: _spoilt(hybrid(cii(), page()), seed, changes))
       for changes in (10, 300) for seed in range(4)},
    **{f"JPEG with 40 false bytes, {seed}": (lambda seed=seed: _spoilt(picture("JPEG"), seed, 40)) for seed in range(4)},
    **{f"TIFF with 20 false bytes, {seed}": (lambda seed=seed: _spoilt(tiff(3), seed, 20)) for seed in range(4)},
    **{f"ZIP with 20 false bytes, {seed}": (lambda seed=seed: _spoilt(archive({"a.xml": cii()}), seed, 20)) for seed in range(4)},
    **{f"XML with 5 false bytes, {seed}": (lambda seed=seed: _spoilt(cii(), seed, 5)) for seed in range(4)},
}  # fmt: skip


def _bytes(content: bytes | str) -> bytes:
    return content if isinstance(content, bytes) else content.encode("utf-8", "replace")


HOSTILE: dict[str, Make] = {
    **PDFS, **PICTURES, **ARCHIVES, **OTHERS, **FUZZED, **NOISY,
    **{f"XML, {name}": (lambda make=make: _bytes(make())) for name, make in XML.items()},
}  # fmt: skip


def _wrong_sum() -> bytes:
    content = archive({"facture.xml": cii()}, zipfile.ZIP_STORED)
    return content.replace(b"COMPTOIR", b"COMPT0IR")


def _pages_of_noise(count: int) -> bytes:
    first, *others = [
        Image.open(io.BytesIO(noise((1240, 1754), seed, 0.05))) for seed in range(count)
    ]
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=others, resolution=150)
    return out.getvalue()
