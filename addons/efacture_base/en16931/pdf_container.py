"""The hybrid PDF as a container: what is embedded in it, and whether it is packed as it must be.

veraPDF judges PDF/A; it says nothing of the invoice inside. Source of the rules here: the Factur-X
specification (embedded file, relationship, XMP), ISO 19005-3, 6.8 (embedded files).
"""

from __future__ import annotations

import base64
import io
import re
import zlib
from dataclasses import dataclass

import pikepdf
from lxml import etree
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from .kinds import CII, ZUGFERD1, detect
from .verdict import FATAL, WARNING, Finding

FACTURX_NAME = "factur-x.xml"
# Names an invoice XML has borne, in the order they are looked for.
INVOICE_NAMES = (FACTURX_NAME, "xrechnung.xml", "zugferd-invoice.xml")
_OTHER_DOCUMENTS = ("order-x.xml",)
MAX_EMBEDDED = 128 << 20  # bytes, of all embedded files together
MAX_METADATA = 8 << 20
MAX_FILES, MAX_TREE, MAX_FILTERS = 1000, 30, 4
GROWTH = 3000  # how much LZW, the densest of the other encodings, can grow
_STEP = 1 << 16
_LEVELS = {
    "minimum": "MINIMUM",
    "basicwl": "BASIC WL",
    "basic": "BASIC",
    "en16931": "EN 16931",
    "extended": "EXTENDED",
}
_RELATIONSHIPS = {"MINIMUM": ("/Data",), "BASIC WL": ("/Data",)}
_FULL_RELATIONSHIPS = ("/Alternative", "/Source", "/Data")
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
_SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"
_FX = re.compile(
    r"^\{(urn:(?:factur-x|zugferd|ferd):pdfa:CrossIndustryDocument:invoice:[^}]*)\}(\w+)$"
)


class PdfUnreadable(ValueError):
    """The bytes are no PDF that can be read: damaged, or (`closed`) behind a password."""

    closed = False


class PdfClosed(PdfUnreadable):
    """The PDF wants a password."""

    closed = True


@dataclass(frozen=True)
class EmbeddedFile:
    """A file inside a PDF. `mimetype` and `relationship` as written, or empty."""

    name: str
    content: bytes
    mimetype: str = ""
    description: str = ""
    relationship: str = ""


def open_pdf(pdf: bytes) -> Pdf:
    """The opened document. Raises `PdfUnreadable`."""
    try:
        return Pdf.open(io.BytesIO(pdf))
    except pikepdf.PasswordError as error:
        raise PdfClosed("this PDF is closed by a password") from error
    except (pikepdf.PdfError, ValueError, OSError) as error:
        raise PdfUnreadable("this file is damaged, or no PDF") from error


def facturx_level(xml: bytes) -> str:
    """XMP level ("EN 16931") of a CII invoice, or "" for one that no Factur-X PDF can carry."""
    kind = detect(xml)
    if kind.kind not in (CII, ZUGFERD1):
        return ""
    if "xrechnung" in kind.guideline.lower() or "xeinkauf" in kind.guideline.lower():
        return "XRECHNUNG"
    if kind.kind == ZUGFERD1:
        return {"basic": "BASIC", "comfort": "COMFORT", "extended": "EXTENDED"}.get(
            kind.guideline.rpartition(":")[2].lower(), ""
        )
    return _LEVELS.get(kind.profile, "")


def extract_attachments(pdf: bytes | Pdf) -> list[EmbeddedFile]:
    """Every file embedded in a PDF, once each. Raises `PdfUnreadable`."""
    if isinstance(pdf, Pdf):
        return [found.file for found in _embedded(pdf)]
    with open_pdf(pdf) as document:
        return [found.file for found in _embedded(document)]


def extract_xml(pdf: bytes) -> tuple[str, bytes] | None:
    """Name and content of the invoice XML in a PDF (Factur-X, ZUGFeRD 1 or 2), or None.

    Raises `PdfUnreadable`.
    """
    invoices = [file for file in extract_attachments(pdf) if file.name.lower() in INVOICE_NAMES]
    if not invoices:
        return None
    best = min(invoices, key=lambda file: INVOICE_NAMES.index(file.name.lower()))
    return best.name, best.content


@dataclass(frozen=True)
class _Found:
    file: EmbeddedFile
    specification: Dictionary
    in_names: bool
    in_af: bool


def _embedded(document: Pdf) -> list[_Found]:
    root = document.Root
    named: list[tuple[str, Dictionary]] = []
    names = root.get("/Names")
    tree = names.get("/EmbeddedFiles") if isinstance(names, Dictionary) else None
    if isinstance(tree, Dictionary):
        _walk_names(tree, named, set())
    associated = root.get("/AF")
    associated = list(associated) if isinstance(associated, Array) else []
    if isinstance(root.get("/AF"), Dictionary):
        associated = [root.AF]
    found: dict[object, _Found] = {}
    for name, specification in named[:MAX_FILES]:
        _add(found, specification, name, in_names=True, in_af=False)
    for specification in associated[:MAX_FILES]:
        if isinstance(specification, Dictionary):
            _add(found, specification, "", in_names=False, in_af=True)
    return list(found.values())


def _walk_names(
    node: Dictionary, out: list[tuple[str, Dictionary]], seen: set[tuple[int, int]], depth: int = 0
) -> None:
    """Collect the pairs of a name tree; a node that holds itself is walked once."""
    if depth > MAX_TREE or len(seen) > MAX_FILES or (node.is_indirect and node.objgen in seen):
        return
    if node.is_indirect:
        seen.add(node.objgen)
    pairs = node.get("/Names")
    if isinstance(pairs, Array):
        items = list(pairs)
        for name, specification in zip(items[::2], items[1::2], strict=False):
            if isinstance(specification, Dictionary):
                out.append((str(name), specification))
    kids = node.get("/Kids")
    if isinstance(kids, Array):
        for kid in kids:
            if isinstance(kid, Dictionary):
                _walk_names(kid, out, seen, depth + 1)


def _add(found: dict, specification: Dictionary, name: str, *, in_names: bool, in_af: bool) -> None:
    key = specification.objgen if specification.is_indirect else (len(found), "direct")
    if not specification.is_indirect:
        # The same direct dictionary written twice: told by its stream.
        stream = _stream(specification)
        if stream is not None and stream.is_indirect:
            key = ("stream", stream.objgen)
    if key in found:
        old = found[key]
        found[key] = _Found(
            old.file, old.specification, old.in_names or in_names, old.in_af or in_af
        )
        return
    stream = _stream(specification)
    if stream is None:
        return
    content = read_stream(
        stream, MAX_EMBEDDED - sum(len(each.file.content) for each in found.values())
    )
    label = str(specification.get("/UF", specification.get("/F", name)) or name)
    label = label.replace("\\", "/").rpartition("/")[2] or "file"
    found[key] = _Found(
        EmbeddedFile(
            label,
            content,
            str(stream.get("/Subtype", ""))[1:],
            str(specification.get("/Desc", "")),
            str(specification.get("/AFRelationship", ""))[1:],
        ),
        specification,
        in_names,
        in_af,
    )


def read_stream(stream: Stream, limit: int) -> bytes:
    """Decoded content of a stream; `b""` for one that cannot be decoded or would exceed `limit` bytes.

    A megabyte of a PDF may unpack to a thousand: what grows is unpacked here, where it can be stopped.
    """
    try:
        data = stream.read_raw_bytes()
        filters = stream.get("/Filter")
        held = list(filters) if isinstance(filters, Array) else [filters]
        names = [str(name) for name in held if name is not None]
        if len(names) > MAX_FILTERS:
            return b""
        for name in names:
            if name in ("/FlateDecode", "/Fl"):
                data = _inflate(data, limit)
            elif name in ("/ASCII85Decode", "/A85"):
                data = base64.a85decode(b"<~" + data.strip().removeprefix(b"<~"), adobe=True)
            elif name in ("/ASCIIHexDecode", "/AHx"):
                data = bytes.fromhex(data.partition(b">")[0].decode("ascii"))
            elif len(names) > 1 or len(data) > limit // GROWTH:
                return b""
            else:
                return stream.read_bytes()
            if len(data) > limit:
                return b""
        if "/DecodeParms" in stream:
            data = stream.read_bytes()  # known by now to be no larger
        return data if len(data) <= limit else b""
    except (pikepdf.PdfError, ValueError, zlib.error):
        return b""


def _inflate(data: bytes, limit: int) -> bytes:
    """At most `limit` + 1 bytes; the end of a damaged stream is left out, as PDF readers do."""
    unpacker, out = zlib.decompressobj(), bytearray()
    try:
        for start in range(0, len(data), _STEP):
            step = data[start : start + _STEP]
            while step and len(out) <= limit:
                out += unpacker.decompress(step, limit + 1 - len(out))
                step = unpacker.unconsumed_tail
            if unpacker.eof or len(out) > limit:
                break
    except zlib.error:
        if not out:
            raise
    return bytes(out)


def _stream(specification: Dictionary) -> Stream | None:
    streams = specification.get("/EF")
    if not isinstance(streams, Dictionary):
        return None
    stream = streams.get("/F", streams.get("/UF"))
    return stream if isinstance(stream, Stream) else None


# -- checks -----------------------------------------------------------------------------------------

_SENTENCES = {
    "FX-PDF-UNREADABLE": (
        "Ce fichier PDF est endommagé, ou n'est pas un PDF : demandez-le de nouveau à son auteur.",
        "This PDF file is damaged, or is no PDF: ask its author for it again.",
    ),
    "FX-PDF-CLOSED": (
        "Ce PDF est fermé par un mot de passe : demandez une version ouverte à son auteur.",
        "This PDF is closed by a password: ask its author for an open one.",
    ),
    "FX-PDF-ENCRYPTED": (
        "Ce PDF est chiffré : un PDF/A ne doit pas l'être.",
        "This PDF is encrypted: a PDF/A must not be.",
    ),
    "FX-PDF-XML-MISSING": (
        "Aucun fichier de facture (factur-x.xml) n'est joint à ce PDF.",
        "No invoice file (factur-x.xml) is embedded in this PDF.",
    ),
    "FX-PDF-XML-COUNT": (
        "Plusieurs fichiers de facture sont joints à ce PDF ({0}) : il en faut un seul.",
        "Several invoice files are embedded in this PDF ({0}): there must be exactly one.",
    ),
    "FX-PDF-XML-NAME": (
        "Le fichier de facture s'appelle « {0} » : le nom attendu est factur-x.xml.",
        'The invoice file is called "{0}": the expected name is factur-x.xml.',
    ),
    "FX-PDF-XML-KIND": (
        "Le fichier « {0} » n'est pas une facture CII.",
        'The file "{0}" is not a CII invoice.',
    ),
    "FX-PDF-XMP-MISSING": (
        "Les métadonnées du PDF ne disent pas qu'il contient une facture Factur-X.",
        "The data of this PDF do not say that it holds a Factur-X invoice.",
    ),
    "FX-PDF-XMP-LEVEL": (
        "Le PDF annonce le profil « {0} » et le fichier de facture le profil « {1} ».",
        'The PDF announces profile "{0}" and the invoice file profile "{1}".',
    ),
    "FX-PDF-XMP-NAME": (
        "Le PDF annonce le fichier « {0} » et contient « {1} ».",
        'The PDF announces file "{0}" and holds "{1}".',
    ),
    "FX-PDF-XMP-SCHEMA": (
        "Les métadonnées Factur-X du PDF ne sont pas déclarées (schéma d'extension absent).",
        "The Factur-X data of this PDF are not declared (no extension schema).",
    ),
    "FX-PDF-RELATIONSHIP": (
        "Le lien du fichier de facture avec le PDF est « {0} » : pour ce profil, il doit être {1}.",
        'The invoice file is related to the PDF as "{0}": for this profile it must be {1}.',
    ),
    "FX-PDF-AF": (
        "Le fichier « {0} » n'est pas associé au document (liste AF).",
        'The file "{0}" is not associated with the document (AF list).',
    ),
    "FX-PDF-NAMES": (
        "Le fichier « {0} » n'apparaît pas dans la liste des pièces jointes du PDF.",
        'The file "{0}" is not in the list of embedded files of this PDF.',
    ),
    "FX-PDF-PARAMS": (
        "Le fichier « {0} » est joint sans sa date de modification.",
        'The file "{0}" is embedded without its date of modification.',
    ),
    "FX-PDF-MIMETYPE": (
        "Le type du fichier « {0} » est « {1} » : il doit être text/xml.",
        'The type of file "{0}" is "{1}": it must be text/xml.',
    ),
    "FX-PDF-CLAIM": (
        "Ce PDF ne se déclare pas PDF/A-3 : la partie annoncée est « {0} ».",
        'This PDF does not declare itself PDF/A-3: the part announced is "{0}".',
    ),
    "FX-PDF-ACTIVE": (
        "Ce PDF contient des actions automatiques ou du code : un PDF/A ne doit pas en avoir.",
        "This PDF holds automatic actions or code: a PDF/A must not.",
    ),
}  # fmt: skip


def check_container(pdf: bytes, lang: str = "fr") -> list[Finding]:
    """What is wrong with how a Factur-X PDF holds its invoice; empty when all is well.

    In: any bytes; `lang` "fr" or "en". Out: findings of source `container`. Never raises.
    """
    findings: list[Finding] = []

    def found(rule: str, *values: str, severity: str = FATAL, location: str = "") -> None:
        sentence = _SENTENCES[rule][0 if lang.startswith("fr") else 1]
        findings.append(
            Finding(rule, severity, "", sentence.format(*values), "container", location)
        )

    try:
        with open_pdf(pdf) as document:
            _check(document, found)
    except PdfUnreadable as error:
        found("FX-PDF-CLOSED" if error.closed else "FX-PDF-UNREADABLE")
    except (pikepdf.PdfError, TypeError, ValueError, KeyError, AttributeError):
        found("FX-PDF-UNREADABLE")  # a damaged structure, met on the way
    return findings


def _check(document: Pdf, found) -> None:
    root = document.Root
    if document.is_encrypted:
        found("FX-PDF-ENCRYPTED")
    names = root.get("/Names")
    if (
        "/AA" in root
        or _runs(root.get("/OpenAction"))
        or (isinstance(names, Dictionary) and "/JavaScript" in names)
    ):
        found("FX-PDF-ACTIVE")
    files = _embedded(document)
    for each in files:
        if not each.in_af:
            found("FX-PDF-AF", each.file.name, location=each.file.name)
    invoices = [each for each in files if each.file.name.lower() in INVOICE_NAMES]
    if not invoices:
        others = [
            each
            for each in files
            if each.file.name.lower() not in _OTHER_DOCUMENTS
            and detect(each.file.content).kind in (CII, ZUGFERD1)
        ]
        if not others:
            found("FX-PDF-XML-MISSING")
            return
        invoices = others[:1]
        found("FX-PDF-XML-NAME", others[0].file.name, location=others[0].file.name)
    if len(invoices) > 1:
        found("FX-PDF-XML-COUNT", ", ".join(each.file.name for each in invoices))
    invoice = min(
        invoices,
        key=lambda each: (*INVOICE_NAMES, each.file.name.lower()).index(each.file.name.lower()),
    )
    file = invoice.file
    if (
        file.name != FACTURX_NAME
        and file.name.lower() in INVOICE_NAMES
        and file.name != "xrechnung.xml"
    ):
        found("FX-PDF-XML-NAME", file.name, severity=WARNING, location=file.name)
    if detect(file.content).kind not in (CII, ZUGFERD1):
        found("FX-PDF-XML-KIND", file.name, location=file.name)
    if not invoice.in_names:
        found("FX-PDF-NAMES", file.name, location=file.name)
    stream = _stream(invoice.specification)
    params = stream.get("/Params") if stream is not None else None
    if not isinstance(params, Dictionary) or "/ModDate" not in params:
        found("FX-PDF-PARAMS", file.name, location=file.name)
    if file.mimetype not in ("text/xml", "application/xml"):
        found("FX-PDF-MIMETYPE", file.name, file.mimetype, location=file.name)
    level = facturx_level(file.content)
    allowed = _RELATIONSHIPS.get(level, _FULL_RELATIONSHIPS)
    relationship = str(invoice.specification.get("/AFRelationship", ""))
    if relationship not in allowed:
        found(
            "FX-PDF-RELATIONSHIP",
            relationship[1:],
            ", ".join(name[1:] for name in allowed),
            location=file.name,
        )
    _check_xmp(root, file.name, level, found)


def _runs(action) -> bool:
    """Whether what a PDF does on opening is more than showing a page."""
    return isinstance(action, Dictionary) and action.get("/S") not in (None, Name.GoTo)


def _check_xmp(root: Dictionary, name: str, level: str, found) -> None:
    properties, part, declared = read_xmp(root)
    if part != "3":
        found("FX-PDF-CLAIM", part)
    if not properties:
        found("FX-PDF-XMP-MISSING")
        return
    namespace = next(iter(properties))
    values = properties[namespace]
    if level and values.get("ConformanceLevel", "") != level:
        found("FX-PDF-XMP-LEVEL", values.get("ConformanceLevel", ""), level)
    if values.get("DocumentFileName", "") != name:
        found("FX-PDF-XMP-NAME", values.get("DocumentFileName", ""), name)
    if namespace not in declared:
        found("FX-PDF-XMP-SCHEMA")


def read_xmp(root: Dictionary) -> tuple[dict[str, dict[str, str]], str, set[str]]:
    """From a catalogue's XMP: invoice properties by name space, PDF/A part, declared schemas."""
    metadata = root.get("/Metadata")
    if not isinstance(metadata, Stream):
        return {}, "", set()
    try:
        content = read_stream(metadata, MAX_METADATA)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        tree = etree.fromstring(content.strip(b"\x00 \r\n\t"), parser)
    except (etree.XMLSyntaxError, pikepdf.PdfError):
        return {}, "", set()
    if tree is None:
        return {}, "", set()
    properties: dict[str, dict[str, str]] = {}
    part, declared = "", set()
    for node in tree.iter(f"{_RDF}Description", f"{_RDF}li"):
        pairs = [(key, value) for key, value in node.attrib.items()]
        pairs += [(child.tag, child.text or "") for child in node if isinstance(child.tag, str)]
        for key, value in pairs:
            if match := _FX.match(key):
                properties.setdefault(match[1], {})[match[2]] = value.strip()
            elif key == f"{_PDFAID}part":
                part = value.strip()
            elif key == f"{_SCHEMA}namespaceURI":
                declared.add(value.strip())
    return properties, part, declared
