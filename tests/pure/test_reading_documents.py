"""The documents that the tests draw are true: what they say adds up, their numbers are valid, what is called printed is printed."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents.printed import missing
from documents.registry import DEV, HELD, LAYOUTS, Drawn, register
from documents.truth import adds_up
from stdnum import iban as iban_rules
from stdnum.eu import vat as eu_vat
from stdnum.fr import siren as siren_rules
from stdnum.fr import siret as siret_rules

WEB = sorted(name for name, layout in LAYOUTS.items() if layout.draw.__module__ == "documents.web")
FEW = ["electricity", "restaurant-receipt", "food-wholesale"]


@pytest.fixture(scope="module")
def printer() -> Iterator[None]:
    from documents.chromium import Printer

    if not Path("/usr/bin/chromium").exists():
        pytest.skip("no Chromium to print the documents with")
    with Printer():
        yield


def wrong_codes(drawn: Drawn) -> list[str]:
    truth = drawn.truth
    rules = {
        "supplier_siren": siren_rules.is_valid, "buyer_siren": siren_rules.is_valid, "supplier_siret": siret_rules.is_valid,
        "iban": iban_rules.is_valid, "buyer_vat": eu_vat.is_valid,
        "supplier_vat": lambda text: text.startswith("CHE") or eu_vat.is_valid(text),
    }  # fmt: skip
    wrong = [f"{name} {truth[name]}" for name, rule in rules.items() if truth.get(name) and not rule(truth[name])]  # fmt: skip
    siren, siret, vat = (truth[f"supplier_{name}"] for name in ("siren", "siret", "vat"))
    if siren and siret and not siret.startswith(siren):
        wrong.append("SIRET of another company")
    if siren and vat and not vat.endswith(siren):
        wrong.append("VAT number of another company")
    return wrong


def faults(name: str, seed: int) -> list[str]:
    drawn = LAYOUTS[name].draw(seed)
    return adds_up(drawn.truth) + wrong_codes(drawn) + missing(drawn)


@pytest.mark.parametrize("name", FEW)
def test_a_drawn_document_is_true(name, printer):
    assert faults(name, 0) == []


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(set(WEB) - set(FEW)))
def test_every_layout_is_true(name, printer):
    assert {seed: found for seed in range(3) if (found := faults(name, seed))} == {}


def test_the_same_seed_draws_the_same_document(printer, tmp_path, monkeypatch):
    first = LAYOUTS["restaurant-receipt"].draw(7)
    monkeypatch.setenv("EFACTURE_CACHE_DIR", str(tmp_path))
    again, other = LAYOUTS["restaurant-receipt"].draw(7), LAYOUTS["restaurant-receipt"].draw(8)
    assert again.truth == first.truth and again.pdf == first.pdf
    assert other.truth["number"] != first.truth["number"] and other.pdf != first.pdf


def test_a_truth_that_is_not_printed_is_found_out(printer):
    """The check itself can fail: another amount, a hidden code called visible, a line that is nowhere."""
    drawn = LAYOUTS["electricity"].draw(0)
    truth = drawn.truth
    changed = {**truth, "gross": "987654.32", "date": "1999-01-02", "lines": [{**truth["lines"][0], "name": "Caviar"}]}  # fmt: skip
    found = " ".join(missing(Drawn(drawn.pdf, changed)))
    assert all(word in found for word in ("gross", "date", "Caviar"))
    assert adds_up(changed)


def test_both_splits_hold_enough_kinds_of_documents():
    splits = Counter(layout.split for layout in LAYOUTS.values())
    assert min(splits[DEV], splits[HELD]) >= 12
    for split in (DEV, HELD):
        assert len({layout.family for layout in LAYOUTS.values() if layout.split == split}) >= 10
    assert {layout.language for layout in LAYOUTS.values()} == {"fr", "en", "de"}


def test_the_register_refuses_a_second_layout_of_a_name_and_an_unknown_split():
    with pytest.raises(ValueError, match="two layouts"):
        register("electricity", "energy", DEV)(lambda seed: Drawn(b"", {}))
    with pytest.raises(ValueError, match="split"):
        register("new", "energy", "train")(lambda seed: Drawn(b"", {}))


def test_the_register_opens_without_a_browser():
    told = "import sys, documents.registry; print(bool({'playwright', 'reportlab', 'PIL'} & set(sys.modules)))"
    tests = Path(__file__).parents[1]
    answer = subprocess.run([sys.executable, "-c", told], cwd=tests, capture_output=True, text=True, check=True)  # fmt: skip
    assert answer.stdout.strip() == "False"
