"""One file in, its invoices out: structured data first, then the text of the pages, then recognition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from . import arbitrate, archive, papers, parts, semantic, sniff, tables
from .fields import dates, document, parties, references, totals
from .memory import known_accounts, recall, trace
from .model import BLANK, MIXED, OCR, TEXT, Message, Options, Page, Result
from .own import Own, direction


def read_file(content: bytes, name: str = "", options: Options | None = None) -> list[Result]:
    """Every invoice of a file. A file that holds none gives one result without an invoice that says why.

    :param content: the bytes of the file, of any kind
    :param name: its name, only a hint
    """
    options = options or Options()
    return [_account_checked(result, options) for result in _read(content, name, options)]


def _account_checked(result: Result, options: Options) -> Result:
    """With a warning where the account to pay to is not one known of this supplier: a stolen letterhead looks like that."""
    account = str(result.invoice.get("BT-84") or "").replace(" ", "").upper()
    if not account or not options.memory:
        return result
    seller = result.invoice.get("BG-4", {})
    keys = list(result.trace.get("keys", ()))
    vat = str(seller.get("vat_identifier") or "").replace(" ", "")
    keys += [f"siren:{seller['legal_identifier']}"] if seller.get("legal_identifier") else []
    keys += [f"siren:{vat[4:]}" if vat.startswith("FR") else f"vat:{vat}"] if vat else []
    known = known_accounts(keys, options.memory)
    told_already = any(message.code == "account_differs" for message in result.messages)
    if not known or account in known or told_already:
        return result
    told = Message("account_differs", {"account": account, "known": ", ".join(sorted(known))})
    return replace(result, messages=(*result.messages, told))


def _read(content: bytes, name: str, options: Options) -> list[Result]:
    sniffed = sniff.sniff(content)
    if sniffed.refusal:
        return [Result("", {}, {}, (sniffed.refusal,), document_type="other")]
    if sniffed.kind in (sniff.ZIP, sniff.EML):
        return archive.read(
            content, sniffed.kind, lambda inner, title: read_file(inner, title, options)
        )
    return _read_one(content, name, sniffed, options)


def _read_one(content: bytes, name: str, sniffed: sniff.Sniffed, options: Options) -> list[Result]:
    told: tuple[Message, ...] = ()
    stated: list[Result] | None = None
    if sniffed.kind in (sniff.XML, sniff.PDF):
        from .structured import open_structured

        structured = open_structured(content, name, options)
        stated, told = structured.results, structured.messages
        if stated is not None and sniffed.kind == sniff.XML:
            return stated
    if sniffed.page_refusal:
        if stated:
            return stated
        return [Result("", {}, {}, (*told, sniffed.page_refusal), document_type="other")]
    if stated is not None:
        return _compared(stated, content, options)
    from . import pages

    read, messages = pages.read_pages(content, sniffed.kind, options)
    return read_document(read, options, (*told, *messages))


def _compared(stated: list[Result], content: bytes, options: Options) -> list[Result]:
    """The structured invoice, what the text of its page says otherwise (no recognition for that), and from the page what a small profile leaves out."""
    from .structured_complete import completed, is_incomplete
    from .structured_page import confronted
    from .textlayer import text_pages

    pages = text_pages(content)
    numbers = tuple(page.number + 1 for page in pages)
    compared = [
        replace(confronted(result, pages, options), pages=numbers) if result.invoice else result
        for result in stated
    ]
    if not any(is_incomplete(result) for result in compared):
        return compared
    if not any(page.words for page in pages):
        from .pages import read_pages

        pages, _messages = read_pages(content, sniff.PDF, options)
    seen = read_document(pages, options)
    return [completed(one, seen) if is_incomplete(one) else one for one in compared]


def read_document(
    pages: Sequence[Page], options: Options, messages: Sequence[Message] = ()
) -> list[Result]:
    """Every invoice of pages whose words are known; at least one result."""
    groups = parts.split(pages, options)
    if not groups:
        told = tuple(messages) or (Message("nothing_to_read", level="error"),)
        return [Result(_kind(pages), {}, {}, told, document_type="other")]
    results = papers.sorted_out([read_part(group, options) for group in groups])
    results[0] = replace(results[0], messages=(*messages, *results[0].messages))
    return results


def read_part(part: parts.Part, options: Options) -> Result:
    """One invoice from its pages."""
    view = part.view(options)
    candidates = [
        *references.find(view),
        *dates.find(view),
        *document.find(view),
        *parties.find(view),
        *totals.find(view),
    ]
    candidates = recall(view, candidates, options.memory)
    decision = arbitrate.decide(
        view, candidates, tables.find_lines(view), totals.find_vat_rows(view)
    )
    invoice, evidence = semantic.build(decision.readings, decision.lines, decision.vat_rows)
    read_type = document.document_type(view, decision.readings)
    seller, buyer = invoice.get("BG-4", {}), invoice.get("BG-7", {})
    result = Result(
        _kind(part.pages),
        invoice if decision.readings else {},
        evidence,
        (*part.messages, *decision.messages),
        tuple(page.number + 1 for page in part.pages),
        direction(
            Own(options),
            _identifiers(seller),
            _identifiers(buyer),
            seller.get("name", ""),
            buyer.get("name", ""),
        ),
        read_type,
        trace.make(view.layout, Own(options)),
    )
    return papers.judged(result, view)


def _identifiers(party: dict) -> list[str]:
    return [
        *(party.get(key, "") for key in ("vat_identifier", "legal_identifier")),
        *party.get("identifiers", {}).values(),
    ]


def _kind(pages: Sequence[Page]) -> str:
    sources = {page.source for page in pages if page.words and page.source != BLANK}
    if sources == {TEXT}:
        return TEXT
    return OCR if sources <= {OCR} else MIXED
