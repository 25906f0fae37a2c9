"""What a file is, told by its content and never by its name, and whether reading it is allowed.

In: bytes. Out: `Sniffed`, whose `refusal` says why nothing of the file is read, and `page_refusal` why only its pages are not
(an XML inside may be). Nothing is decoded here: pictures are opened as far as their size, PDFs as far as their page count.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass

from .model import Message

PDF, XML, JPEG, PNG, TIFF, WEBP, BMP, GIF = (
    "pdf", "xml", "jpeg", "png", "tiff", "webp", "bmp", "gif",
)  # fmt: skip
HEIC, ZIP, EML, OFFICE, HTML, TEXT, EMPTY, OTHER = (
    "heic", "zip", "eml", "office", "html", "text", "empty", "other",
)  # fmt: skip
PICTURES = frozenset((JPEG, PNG, TIFF, WEBP, BMP, GIF))
CONTAINERS = frozenset((ZIP, EML))
MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What is too much: bytes of a file and of all files of an archive, pixels and longer side of a picture (before it is decoded; a JPEG is decoded at half its size), pages,
    files in an archive, how often it may grow and how deep archives lie in archives.
    """

    file_bytes: int = 100 * MB
    xml_bytes: int = 50 * MB
    pixels: int = 40_000_000
    jpeg_pixels: int = 80_000_000
    side: int = 30_000
    pages: int = 200
    archive_files: int = 200
    archive_bytes: int = 200 * MB
    archive_ratio: int = 200
    archive_depth: int = 2


LIMITS = Limits()


@dataclass(frozen=True)
class Sniffed:
    """`kind`: a word of this module; `pages`: of a PDF or a TIFF, 1 for another picture, 0 where it does not apply or is unknown."""

    kind: str
    pages: int = 0
    refusal: Message | None = None
    page_refusal: Message | None = None


_MAGIC = (
    (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"GIF87a", GIF), (b"GIF89a", GIF),
    (b"II*\x00", TIFF), (b"MM\x00*", TIFF), (b"II+\x00", TIFF), (b"MM\x00+", TIFF),
    (b"PK\x03\x04", ZIP), (b"PK\x05\x06", ZIP), (b"PK\x07\x08", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE), (b"{\\rtf", OFFICE),
)  # fmt: skip
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|meta|title|div|p|table)\b", re.I)
_MAIL = re.compile(
    rb"(?:(?:received|return-path|delivered-to|from|to|cc|subject|date|message-id|mime-version|reply-to"
    rb"|content-type|content-transfer-encoding|user-agent|dkim-signature|arc-[a-z-]+|x-[a-z0-9-]+|thread-[a-z]+)"
    rb":[^\n]*\n(?:[ \t][^\n]*\n)*){2,}",
    re.I,
)
_MAIL_NEEDS = re.compile(rb"^(?:from|mime-version|content-type):", re.I | re.M)
_UTF16_XML = (b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00?\x00", b"\x00<\x00?", b"\x4c\x6f\xa7\x94")
_OFFICE_PARTS = ("[Content_Types].xml", "mimetype", "Index/Document.iwa", "META-INF/manifest.xml")


def kind_of(content: bytes) -> str:
    """The word for what the bytes are. Never raises."""
    if not content.strip(b"\x00\t\r\n\f \xef\xbb\xbf") if len(content) < 4096 else not content:
        return EMPTY
    head = content[:4096]
    for mark, kind in _MAGIC:
        if head.startswith(mark):
            return _zip_or_office(content) if kind == ZIP else kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" and head[14:18] in _BMP_HEADERS:
        return BMP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return HEIC
    if b"%PDF-" in head[:1024]:
        return PDF
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(_UTF16_XML):
        return XML
    if _MAIL.match(text) and _MAIL_NEEDS.search(text):
        return EML
    if text[:1] == b"<":
        return HTML if not text.startswith(b"<?xml") and _HTML.match(text) else _xml_or_html(text)
    if b"<?xml" in head[:1024]:
        return XML
    return TEXT if _is_text(head) else OTHER


_BMP_HEADERS = {n.to_bytes(4, "little") for n in (12, 40, 52, 56, 64, 108, 124)}


def _xml_or_html(text: bytes) -> str:
    body = re.sub(rb"<\?.*?\?>|<!--.*?-->", b"", text, flags=re.S).lstrip()
    return HTML if re.match(rb"<!doctype\s+html|<html\b", body, re.I) else XML


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    odd = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
    return odd * 100 <= len(head)


def _zip_or_office(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {info.filename for info in archive.infolist()[:2000]}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return ZIP
    return OFFICE if any(part in names for part in _OFFICE_PARTS) else ZIP


def sniff(content: bytes, limits: Limits = LIMITS) -> Sniffed:
    """Say what the file is, how many pages it has and whether it may be read. Never raises."""
    kind = kind_of(content)
    if kind == EMPTY:
        return Sniffed(kind, refusal=_error("empty"))
    if len(content) > limits.file_bytes:
        return Sniffed(kind, refusal=_error("too_large", limit=f"{limits.file_bytes // MB}"))
    if kind == XML and len(content) > limits.xml_bytes:
        return Sniffed(kind, refusal=_error("too_large", limit=f"{limits.xml_bytes // MB}"))
    if kind in _REFUSED:
        return Sniffed(kind, refusal=_error(_REFUSED[kind]))
    if kind == PDF:
        return _sniff_pdf(content, limits)
    if kind in PICTURES:
        return _sniff_picture(content, kind, limits)
    return Sniffed(kind)


_REFUSED = {
    HEIC: "kind_heic", OFFICE: "kind_office", HTML: "kind_html", TEXT: "kind_text", OTHER: "kind_other",
}  # fmt: skip


def _error(code: str, **values: str) -> Message:
    return Message(code, values, "error")


def _too_large_picture(most: int) -> Message:
    return _error("picture_too_large", limit=str(most // 1_000_000))


def _sniff_pdf(content: bytes, limits: Limits) -> Sniffed:
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_GetLastError

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        closed = "password" in str(error).lower() or FPDF_GetLastError() == FPDF_ERR_PASSWORD
        return Sniffed(PDF, page_refusal=_error("pdf_protected" if closed else "pdf_damaged"))
    try:
        pages = len(document)
    finally:
        document.close()
    if not pages:
        return Sniffed(PDF, page_refusal=_error("pdf_damaged"))
    if pages > limits.pages:
        refusal = _error("too_many_pages", pages=str(pages), limit=str(limits.pages))
        return Sniffed(PDF, pages, page_refusal=refusal)
    return Sniffed(PDF, pages)


def _sniff_picture(content: bytes, kind: str, limits: Limits) -> Sniffed:
    from PIL import Image

    pages = 1
    most = max(limits.jpeg_pixels, limits.pixels) if kind == JPEG else limits.pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=[kind.upper()]) as image:
                while True:
                    width, height = image.size
                    if width * height > most or max(width, height) > limits.side:
                        return Sniffed(kind, pages, _too_large_picture(most))
                    if kind != TIFF:
                        break
                    try:
                        image.seek(pages)
                    except EOFError:
                        break
                    pages += 1
                    if pages > limits.pages:
                        told = _error("too_many_pages", pages=str(pages), limit=str(limits.pages))
                        return Sniffed(kind, pages, told)
    except Image.DecompressionBombError:
        return Sniffed(kind, pages, _too_large_picture(most))
    except Exception:  # noqa: BLE001 Pillow's readers raise whatever a broken file makes them stumble on
        return Sniffed(kind, pages, _error("picture_damaged"))
    return Sniffed(kind, pages)
