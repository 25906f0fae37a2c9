"""From any PDF to PDF/A-3 with its invoice: output intent, XMP, embedded files, nothing active.

Source of the rules: ISO 19005-3 (PDF/A-3), the Factur-X specification, parts "hybrid file" and
"XMP", version 1.0.07. What it cannot do: embed a font that the file lacks (`finish_foreign` then
asks Ghostscript). Reading and checking such files is `pdf_container.py`, re-exported here.
"""

from __future__ import annotations

import hashlib
import io
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from .pdf_container import (
    FACTURX_NAME,
    INVOICE_NAMES,
    EmbeddedFile,
    PdfUnreadable,
    check_container,
    extract_attachments,
    extract_xml,
    facturx_level,
    open_pdf,
)

__all__ = [
    "Attachment",
    "EmbeddedFile",
    "PdfUnreadable",
    "check_container",
    "extract_attachments",
    "extract_xml",
    "facturx_level",
    "finish",
    "finish_foreign",
    "relationship_for",
]

PRODUCER = "eFacture"
GHOSTSCRIPT_SECONDS = 60
_DATA = Path(__file__).parent / "data"
_PRINT, _NOT_SHOWN = 1 << 2, (1 << 0) | (1 << 1) | (1 << 5) | (1 << 8)
_FORBIDDEN_ACTIONS = {
    "/GoTo3DView", "/Hide", "/ImportData", "/JavaScript", "/Launch", "/Movie", "/Rendition",
    "/ResetForm", "/SetOCGState", "/Sound", "/Trans",
}  # fmt: skip
_FORBIDDEN_ANNOTATIONS = {"/3D", "/Movie", "/RichMedia", "/Screen", "/Sound"}
# Structure types of PDF 1.7 (ISO 32000-1, 14.8.4); a browser writes a few of PDF 2.0 beside them.
_STRUCTURE_TYPES = {
    "Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index",
    "NonStruct", "Private", "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl",
    "LBody", "Table", "TR", "TH", "TD", "THead", "TBody", "TFoot", "Span", "Quote", "Note",
    "Reference", "BibEntry", "Code", "Link", "Annot", "Ruby", "RB", "RT", "RP", "Warichu",
    "WT", "WP", "Figure", "Formula", "Form",
}  # fmt: skip
_STRUCTURE_ROLES = {"Strong": "Span", "Em": "Span", "Sub": "Span", "FENote": "Note", "Title": "P"}


@dataclass(frozen=True)
class Attachment:
    """A file to embed. `relationship`: Supplement, Data, Source, Alternative or Unspecified."""

    name: str
    content: bytes
    mimetype: str = "application/octet-stream"
    description: str = ""
    relationship: str = "Supplement"


def relationship_for(level: str) -> str:
    """AFRelationship of the XML: `Data` where it says less than the page, else `Alternative`."""
    return "Data" if level in ("MINIMUM", "BASIC WL") else "Alternative"


def finish(
    pdf: bytes,
    *,
    lang: str,
    title: str,
    author: str,
    xml: bytes | None = None,
    level: str | None = None,
    attachments: Iterable[Attachment] = (),
    conformance: str = "3b",
    moment: datetime | None = None,
) -> bytes:
    """The same pages as a PDF/A-3 file, with the invoice XML and other files embedded.

    In: `lang` a BCP 47 or Odoo code ("fr_FR"); `title` and `author` for the document's data; `xml` a CII
    invoice (`level` taken from it unless given, in XMP words: "EN 16931"); `conformance` "3b", or
    "3a" for a tagged PDF; `moment` the date written in the file (now by default).
    Files already embedded are kept as attachments, except an invoice XML, which `xml` replaces.
    Raises `PdfUnreadable` for bytes that are no readable PDF, `ValueError` for a level that no
    Factur-X PDF can carry, or for "3a" without tags.
    """
    if conformance not in ("3a", "3b"):
        raise ValueError(f"conformance is '3a' or '3b', not {conformance!r}")
    moment = (moment or datetime.now(UTC)).replace(microsecond=0)
    if xml is not None:
        level = level or facturx_level(xml)
        if not level:
            raise ValueError("this XML declares no profile that a Factur-X PDF can carry")
    with open_pdf(pdf) as document:
        files = _files_to_embed(document, xml, level, attachments)
        _remove_active_content(document)
        _repair_objects(document)
        if conformance == "3a":
            _complete_tags(document)
        _add_output_intent(document)
        _embed(document, files, moment)
        root = document.Root
        root.Lang = String(lang.replace("_", "-"))
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        _write_metadata(
            document, title, author, level if xml is not None else None, conformance, moment
        )
        output = io.BytesIO()
        document.save(
            output,
            force_version="1.7",
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        return output.getvalue()


def finish_foreign(
    pdf: bytes, *, is_pdfa: Callable[[bytes], bool], **options
) -> tuple[bytes | None, str]:
    """A PDF that we did not draw: finisher, self-check, else Ghostscript then finisher.

    In: `is_pdfa` the self-check (for example veraPDF's); `options` as for `finish`.
    Out: the file and how it was made ("finished" or "ghostscript"), or (None, reason) when
    neither way gave PDF/A-3: the caller then sends plain XML beside the picture.
    """
    try:
        finished = finish(pdf, **options)
        if is_pdfa(finished):
            return finished, "finished"
        rewritten = _ghostscript(pdf)
        if rewritten is None:
            return None, "this file lacks something that only Ghostscript can add, and it failed"
        finished = finish(rewritten, **options)
    except PdfUnreadable as error:
        return None, str(error)
    if is_pdfa(finished):
        return finished, "ghostscript"
    return None, "this file cannot be made PDF/A-3"


def _ghostscript(pdf: bytes) -> bytes | None:
    """The file drawn again with every font embedded and colours as RGB; None when that fails."""
    with tempfile.TemporaryDirectory(prefix="efacture-gs-") as folder:
        source, target = Path(folder, "in.pdf"), Path(folder, "out.pdf")
        source.write_bytes(pdf)
        command = [
            "gs", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dQUIET", "-sDEVICE=pdfwrite",
            "-dCompatibilityLevel=1.7", "-dEmbedAllFonts=true", "-dSubsetFonts=true",
            "-sColorConversionStrategy=RGB", "-dPrinted=false", "-dAutoRotatePages=/None",
            f"-sOutputFile={target}",
            "-c", "<</NeverEmbed [ ]>> setdistillerparams", "-f", str(source),  # the 14 base fonts too
        ]  # fmt: skip
        try:
            subprocess.run(
                command,
                check=True,
                timeout=GHOSTSCRIPT_SECONDS,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            return target.read_bytes()
        except (OSError, subprocess.SubprocessError):
            return None


# -- pieces -----------------------------------------------------------------------------------------


def _files_to_embed(
    document: Pdf, xml: bytes | None, level: str | None, attachments: Iterable[Attachment]
) -> list[Attachment]:
    files: dict[str, Attachment] = {}
    for kept in extract_attachments(document):
        if xml is None or kept.name.lower() not in INVOICE_NAMES:
            files[kept.name] = Attachment(
                kept.name,
                kept.content,
                kept.mimetype or "application/octet-stream",
                kept.description,
                kept.relationship or "Unspecified",
            )
    for added in attachments:
        if xml is not None and added.name.lower() in INVOICE_NAMES:
            raise ValueError(f"{added.name}: this name is kept for the invoice itself")
        files[added.name] = added
    if xml is not None:
        files[FACTURX_NAME] = Attachment(
            FACTURX_NAME, xml, "text/xml", "Factur-X", relationship_for(level or "")
        )
    return list(files.values())


def _remove_active_content(document: Pdf) -> None:
    root = document.Root
    for key in ("/OpenAction", "/AA", "/Collection", "/Perms", "/Requirements"):
        if key in root:
            del root[key]
    names = root.get("/Names")
    if isinstance(names, Dictionary):
        for key in ("/JavaScript", "/EmbeddedFiles", "/AlternatePresentations"):
            if key in names:
                del names[key]
    if "/AF" in root:
        del root["/AF"]
    form = root.get("/AcroForm")
    if isinstance(form, Dictionary):
        for key in ("/XFA", "/NeedAppearances"):
            if key in form:
                del form[key]
    for page in document.pages:
        for key in ("/AA", "/PresSteps"):
            if key in page:
                del page[key]
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, Array):
            kept = [a for a in annotations if _clean_annotation(a)]
            if len(kept) != len(annotations):
                page.obj.Annots = Array(kept)


def _clean_annotation(annotation: Dictionary) -> bool:
    """Make an annotation printable and passive; False when its kind is not allowed at all."""
    if not isinstance(annotation, Dictionary) or annotation.get("/Subtype") is None:
        return False
    if str(annotation.Subtype) in _FORBIDDEN_ANNOTATIONS:
        return False
    if annotation.Subtype != Name.Popup:
        flags = int(annotation.get("/F", 0))
        annotation.F = (flags | _PRINT) & ~_NOT_SHOWN
    if "/AA" in annotation:
        del annotation["/AA"]
    action = annotation.get("/A")
    if isinstance(action, Dictionary) and str(action.get("/S", "")) in _FORBIDDEN_ACTIONS:
        del annotation["/A"]
    return True


def _repair_objects(document: Pdf) -> None:
    """What no page shows but PDF/A forbids: interpolated pictures, transfer functions, OPI.

    The lists of glyphs of a font are optional, and many programs write them wrong: they go.
    """
    for item in document.objects:
        if not isinstance(item, Dictionary | Stream):
            continue
        if isinstance(item, Stream):
            if item.get("/Interpolate"):
                item.Interpolate = False
            if item.get("/Subtype") in (Name.Image, Name.Form):
                for key in ("/Alternates", "/OPI", "/PS"):
                    if key in item:
                        del item[key]
        elif "/CIDSet" in item or "/CharSet" in item:
            for key in ("/CIDSet", "/CharSet"):
                if key in item:
                    del item[key]
        elif "/TR" in item or "/TR2" in item or "/HTP" in item:
            for key in ("/TR", "/HTP"):
                if key in item and not isinstance(item[key], Array):
                    del item[key]
            if item.get("/TR2", Name.Default) != Name.Default:
                del item["/TR2"]


def _complete_tags(document: Pdf) -> None:
    root = document.Root
    tree = root.get("/StructTreeRoot")
    if not isinstance(tree, Dictionary):
        raise ValueError("PDF/A-3a needs a tagged PDF, and this one has no structure")
    roles = tree.get("/RoleMap")
    roles = roles if isinstance(roles, Dictionary) else Dictionary()
    for item in document.objects:
        if (
            isinstance(item, Dictionary)
            and "/S" in item
            and "/P" in item
            and isinstance(item.S, Name)
        ):
            kind = str(item.S)[1:]
            if kind not in _STRUCTURE_TYPES and f"/{kind}" not in roles:
                roles[f"/{kind}"] = Name(f"/{_STRUCTURE_ROLES.get(kind, 'NonStruct')}")
    if len(roles.keys()):
        tree.RoleMap = roles
    root.MarkInfo = Dictionary(Marked=True)


@cache
def _srgb() -> bytes:
    return (_DATA / "sRGB.icc").read_bytes()


def _add_output_intent(document: Pdf) -> None:
    profile = document.make_stream(_srgb())
    profile.N = 3
    document.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
                RegistryName=String("http://www.color.org"),
                Info=String("sRGB IEC61966-2.1"),
                DestOutputProfile=profile,
            )
        ]
    )


def _pdf_date(moment: datetime) -> String:
    offset = moment.strftime("%z")
    return String(
        moment.strftime("D:%Y%m%d%H%M%S") + (f"{offset[:3]}'{offset[3:5]}'" if offset else "Z")
    )


def _embed(document: Pdf, files: list[Attachment], moment: datetime) -> None:
    if not files:
        return
    date = _pdf_date(moment)
    specifications = []
    for file in sorted(files, key=lambda f: f.name):
        stream = document.make_stream(file.content)
        stream.Type = Name.EmbeddedFile
        stream.Subtype = Name(f"/{file.mimetype}")
        stream.Params = Dictionary(
            Size=len(file.content),
            CreationDate=date,
            ModDate=date,
            CheckSum=String(hashlib.md5(file.content, usedforsecurity=False).digest()),
        )
        specification = document.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=String(file.name),
                UF=String(file.name),
                Desc=String(file.description or file.name),
                AFRelationship=Name(f"/{file.relationship}"),
                EF=Dictionary(F=stream, UF=stream),
            )
        )
        specifications.append((file.name, specification))
    root = document.Root
    root.AF = document.make_indirect(Array([spec for _name, spec in specifications]))
    if not isinstance(root.get("/Names"), Dictionary):
        root.Names = Dictionary()
    root.Names.EmbeddedFiles = Dictionary(
        Names=Array([part for name, spec in specifications for part in (String(name), spec)])
    )


def _write_metadata(
    document: Pdf,
    title: str,
    author: str,
    level: str | None,
    conformance: str,
    moment: datetime,
) -> None:
    title, author = _plain(title), _plain(author)
    for key in list(document.docinfo.keys()):
        del document.docinfo[key]
    date = _pdf_date(moment)
    document.docinfo["/Title"] = title
    document.docinfo["/Author"] = author
    document.docinfo["/Producer"] = PRODUCER
    document.docinfo["/Creator"] = PRODUCER
    document.docinfo["/CreationDate"] = date
    document.docinfo["/ModDate"] = date
    packet = _xmp_template().format(
        title=escape(title),
        author=escape(author),
        producer=PRODUCER,
        date=moment.isoformat(),
        conformance=conformance[1].upper(),
        facturx=_facturx_xmp().format(name=FACTURX_NAME, level=escape(level)) if level else "",
    )
    metadata = document.make_stream(packet.encode())
    metadata.Type = Name.Metadata
    metadata.Subtype = Name.XML
    document.Root.Metadata = metadata


def _plain(text: str) -> str:
    """Text that XML and a PDF string can both hold."""
    return "".join(
        c
        for c in text
        if c >= " " and c not in "\x7f\ufffe\uffff" and not 0xD800 <= ord(c) <= 0xDFFF
    )


@cache
def _xmp_template() -> str:
    return (_DATA / "xmp.xml").read_text("utf-8")


@cache
def _facturx_xmp() -> str:
    return (_DATA / "xmp-facturx.xml").read_text("utf-8")
