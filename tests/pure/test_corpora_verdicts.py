"""The verdicts of the corpora's manifest are ours, or the difference has a reason."""

import corpora_verdicts
import pytest

SAMPLE = 9  # the plain run takes one file in so many


def _check(rows, capsys):
    differences = [item for row in rows for item in row.differences]
    with capsys.disabled():
        print(f"\n{len(rows)} corpus files, {len(differences)} differences, all with a reason")
    assert not [item for item in differences if not item.reason]
    french = [item for item in differences if item.column == "fatal_br_fr_rules"]
    assert not french  # the French rules must agree to the letter
    for row in rows:
        assert row.verdict.rule_sets or row.verdict.verdict != "valid"


def test_a_sample_agrees_with_the_manifest(shared, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("EFACTURE_CACHE_DIR", str(tmp_path))
    _check(list(corpora_verdicts.judge(shared, SAMPLE)), capsys)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_all_files_agree_with_the_manifest_and_the_page_is_up_to_date(
    shared, capsys, tmp_path, monkeypatch
):
    monkeypatch.setenv("EFACTURE_RUN_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("EFACTURE_CACHE_DIR", str(tmp_path / "cache"))
    rows = list(corpora_verdicts.judge(shared, pdfa=True))
    _check(rows, capsys)
    page = (corpora_verdicts.ROOT / "docs" / "bin-check-corpora.md").read_text("utf-8")
    assert corpora_verdicts.report(rows, pdfa=True) == page
    from hostservice import ServiceClient

    ServiceClient("verapdf").stop()
