"""The documents that the tests draw: what they claim to say is true of them, and drawing twice gives the same.

Only what is drawn without a browser is drawn here; a reader judged on a wrong truth would be mended where it was right.
"""

from __future__ import annotations

import io
import json
import re

import numpy
import pypdfium2
import pytest
from documents.bundles import BUNDLES
from documents.degrade import DEGRADATIONS
from documents.hostile import cases
from documents.printed import missing, text_of
from documents.registry import LAYOUTS, SPLITS, DocumentLayout, Drawn, register
from documents.series import SERIES
from documents.truth import adds_up
from PIL import Image, ImageOps
from stdnum import iban, luhn
from stdnum.eu import vat
from stdnum.fr import siren, siret

PAPER = [name for name, layout in LAYOUTS.items() if layout.draw.__module__ == "documents.paper"]


def problems(drawn: Drawn) -> list[str]:
    """What is wrong with a document's truth: arithmetic, check digits, values that are said to be printed and are not."""
    truth = drawn.truth
    wrong = adds_up(truth)
    checks = {
        "supplier_siren": siren,
        "buyer_siren": siren,
        "supplier_vat": vat,
        "buyer_vat": vat,
        "iban": iban,
    }
    for name, rule in checks.items():
        if truth[name] and not rule.is_valid(truth[name]):
            wrong.append(f"{name} {truth[name]}")
    if truth["supplier_siret"] and not (
        siret.is_valid(truth["supplier_siret"]) and luhn.is_valid(truth["supplier_siret"])
    ):
        wrong.append(f"supplier_siret {truth['supplier_siret']}")
    if truth.get("text_layer", True):
        wrong += missing(drawn)
    return wrong


def test_there_are_layouts_to_develop_on_and_layouts_kept_apart():
    splits = [LAYOUTS[name].split for name in PAPER]
    assert splits.count("dev") >= 8
    assert splits.count("held") >= 8
    assert {LAYOUTS[name].language for name in PAPER} == {"fr", "en", "de"}


@pytest.mark.parametrize(("name", "split"), [("a-new-one", "seen"), ("recap-beside-totals", "dev")])
def test_a_layout_has_one_name_and_a_known_split(name, split):
    with pytest.raises(ValueError, match=name):
        register(name, "trade", split)(lambda seed: None)
    assert {layout.split for layout in LAYOUTS.values()} <= set(SPLITS)


@pytest.mark.parametrize("name", PAPER)
def test_what_a_document_claims_is_printed_on_it(name):
    layout: DocumentLayout = LAYOUTS[name]
    drawn = [layout.draw(seed) for seed in range(3)]
    assert [problems(one) for one in drawn] == [[]] * 3
    assert drawn[0] == layout.draw(0)
    assert len({one.truth["number"] for one in drawn}) == 3
    json.dumps([one.truth for one in drawn])


def test_a_wrong_claim_is_found():
    drawn = LAYOUTS["recap-beside-totals"].draw(0)
    truth = {
        **drawn.truth,
        "gross": "1.00",
        "number": "never printed",
        "supplier_siren": "123456789",
    }
    found = " ".join(problems(Drawn(drawn.pdf, truth)))
    assert "is not 1.00" in found
    assert "number never printed is not printed" in found
    assert "supplier_siren 123456789" in found


def test_fonts_without_letters_give_no_words_to_read():
    drawn = LAYOUTS["fonts-without-letters"].draw(0)
    assert drawn.truth["number"] not in text_of(drawn.pdf)
    assert not re.search(r"\w{5}", text_of(drawn.pdf))


def test_the_text_under_a_scan_is_full_of_mistakes():
    drawn = LAYOUTS["scan-over-bad-text"].draw(0)
    assert len(text_of(drawn.pdf)) > 200
    assert len(missing(drawn)) >= 3


def test_twenty_suppliers_send_five_documents_each():
    assert len({one.name for one in SERIES}) == len(SERIES) == 20
    for one in SERIES:
        assert [problems(drawn) for drawn in one.documents] == [[]] * 5
        truths = [drawn.truth for drawn in one.documents]
        assert (
            len({truth["iban"] for truth in truths})
            == len({truth["supplier_siren"] for truth in truths})
            == 1
        )
        assert len({truth["number"] for truth in truths}) == 5
        assert [truth["date"] for truth in truths] == sorted(truth["date"] for truth in truths)


def test_a_wrong_correction_is_plausible_and_wrong():
    keys = {"BT-1": "number", "BT-9": "due_date", "BT-112": "gross"}
    for one in SERIES:
        first = one.documents[0]
        ((term, value),) = one.wrong_correction.items()
        assert value != first.truth[keys[term]]
        if term == "BT-1":
            assert re.sub(r"\s", "", value) in re.sub(r"\s", "", text_of(first.pdf))


@pytest.mark.parametrize("name", BUNDLES)
def test_each_invoice_of_a_bundle_is_on_the_pages_it_is_said_to_be_on(name):
    bundle = BUNDLES[name](1)
    document = pypdfium2.PdfDocument(bundle.pdf)
    taken = [page for pages in bundle.pages for page in pages]
    assert taken == sorted(set(taken))
    assert max(taken) <= len(document)
    for truth, pages in zip(bundle.truths, bundle.pages, strict=True):
        alone, out = pypdfium2.PdfDocument.new(), io.BytesIO()
        alone.import_pages(document, [page - 1 for page in pages])
        alone.save(out)
        assert problems(Drawn(out.getvalue(), truth)) == []


def upright(content: bytes) -> list[Image.Image]:
    """The pages of a picture-only file, as a viewer shows them."""
    if content.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(content)
        assert not text_of(content).strip()
        return [page.render(scale=0.5, grayscale=True).to_pil() for page in document]
    return [ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("L")]


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_paper_has_accidents_but_no_text_and_the_same_ones_each_time(name):
    source = LAYOUTS["ticket-hardware"].draw(0).pdf
    content = DEGRADATIONS[name](source, 3)
    assert content == DEGRADATIONS[name](source, 3)
    assert content != DEGRADATIONS[name](source, 4)
    pages = upright(content)
    assert len(pages) == (2 if name == "blank_back" else 1)
    page = pages[0]
    assert (page.width > page.height) == (name == "sideways")
    assert numpy.asarray(page).std() > 5


def test_a_photograph_turned_by_its_header_is_upright_for_a_viewer():
    source = LAYOUTS["ticket-hardware"].draw(0).pdf
    turns = set()
    for seed in range(7):
        image = Image.open(io.BytesIO(DEGRADATIONS["photo"](source, seed)))
        turns.add(image.getexif().get(0x0112, 1))
        upright_image = ImageOps.exif_transpose(image)
        assert upright_image.height > upright_image.width
    assert len(turns) >= 2


def test_hostile_files_are_many_and_small_and_the_same_each_time():
    found = list(cases())
    assert len(found) == len({case.name for case in found}) >= 150
    assert [case.name for case in found] == [case.name for case in cases()]
    # Those that inflate to a thousand million bytes take seconds to make: tried where they are read.
    for case in found:
        if case.name.startswith(
            ("mutated-", "xml-entity", "pdf-truncated", "pdf-box", "one-", "html-")
        ):
            content = case.make()
            assert content == case.make()
            assert len(content) < 3_000_000
