"""What a file is, by its content; XML read with the doors closed."""

import pytest
from en16931 import kinds
from en16931.write import write_xml
from sample_invoice import invoice


def test_kinds_and_profiles():
    assert kinds.detect(write_xml(invoice(), "ubl")).kind == kinds.UBL_INVOICE
    credit = invoice(**{"BT-3": "381"})
    assert kinds.detect(write_xml(credit, "ubl")).kind == kinds.UBL_CREDIT_NOTE
    found = kinds.detect(write_xml(invoice(), "cii", "extended"))
    assert (found.kind, found.profile) == (kinds.CII, "extended")
    assert kinds.detect(b"junk\n%PDF-1.4").kind == kinds.PDF
    assert kinds.detect("déjà vu".encode()).kind == kinds.OTHER


@pytest.mark.parametrize(
    ("guideline", "profile"),
    [
        ("urn:cen.eu:en16931:2017", "en16931"),
        ("urn:factur-x.eu:1p0:minimum", "minimum"),
        ("urn:zugferd.de:2p0:basicwl", "basicwl"),
        ("urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic", "basic"),
        ("urn:cen.eu:en16931:2017:compliant:factur-x.eu:1p0:extended", "extended"),
        ("urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr", "extended-ctc-fr"),
        ("urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0", "en16931"),
        ("urn:something:else", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_guidelines(guideline, profile):
    assert kinds.profile_of(kinds.CII, guideline) == profile


ENTITY = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
BOMB = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'


@pytest.mark.parametrize(
    "content",
    [ENTITY, BOMB, ENTITY.decode().encode("utf-16"), b"<a>" * 102 + b"</a>" * 102, b"<a", b""],
)
def test_dangerous_or_broken_xml_is_refused(content):
    with pytest.raises(kinds.UnreadableXml):
        kinds.parse_xml(content)
    assert kinds.detect(content).kind == kinds.OTHER


def test_a_large_attachment_is_read():
    content = b"<a>" + b"QUJD" * (3 << 20) + b"</a>"
    assert len(kinds.parse_xml(content).text) == 12 << 20
