"""A paper that is no invoice is called by its name and books nothing; an invoice of any name stays one."""

from datetime import date

import pytest
from documents.not_invoices import BOOKABLE, PAPERS, draw
from reading import papers, reader
from reading.messages import sentence
from reading.model import Message, Options, Result

CERTAIN = 0.75
OTHERS = [name for name, paper in PAPERS.items() if paper.kind not in BOOKABLE]
INVOICES = [name for name in PAPERS if name not in OTHERS]


def read(name):
    return reader.read_file(draw(name), f"{name}.pdf", Options(today=date(2025, 7, 1)))


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_invoice_is_called_by_its_name_and_shows_nothing_certain(name):
    (result,) = read(name)
    assert result.document_type == PAPERS[name].kind
    assert not result.is_invoice
    assert all(told["confidence"] < CERTAIN for told in result.evidence.values())
    codes = [message.code for message in result.messages]
    assert codes[0] == ("no_invoice" if result.document_type == "other" else f"looks_like_{result.document_type}")  # fmt: skip
    assert result.invoice == {} or result.document_type in papers.OF_TRADE
    assert all(sentence(message, "fr") for message in result.messages)


@pytest.mark.parametrize("name", INVOICES)
def test_what_an_accountant_books_stays_an_invoice_whatever_its_name(name):
    (result,) = read(name)
    assert result.is_invoice and result.document_type == PAPERS[name].kind
    assert not any(message.code.startswith("looks_like") for message in result.messages)


@pytest.mark.parametrize("kind", [*papers.OF_TRADE, *papers.STRANGE])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_of_paper_has_its_sentences(kind, language):
    code = "no_invoice" if kind == "other" else f"looks_like_{kind}"
    assert sentence(Message(code), language)
    named = sentence(papers.left_aside(kind, (2, 3)), language)
    assert "2, 3" in named and "paper." not in named


def test_papers_between_invoices_are_told_on_the_first_one():
    invoice, paper = Result("text", {"BT-1": "F-1"}, {}, pages=(1,)), Result("text", {}, {}, pages=(2, 3), document_type="contract")  # fmt: skip
    (only,) = papers.sorted_out([invoice, paper])
    assert (only.invoice, only.pages) == ({"BT-1": "F-1"}, (1,))
    assert [(m.code, m.values["pages"]) for m in only.messages] == [("pages_other", "2, 3")]


def test_sheets_of_one_strange_paper_are_one_result():
    told = (Message("looks_like_contract", level="error"),)
    sheets = [Result("text", {}, {}, told, (n,), document_type="contract") for n in (1, 2)]
    (only,) = papers.sorted_out(sheets)
    assert (only.pages, only.messages) == ((1, 2), told)
