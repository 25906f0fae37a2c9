"""What of a document is kept so that something can be learnt from it later: words and places, and what its supplier is known by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..identifiers import IBAN, SIREN, SIRET, VAT, find_identifiers
from ..labels import fold
from ..layout import Layout
from ..model import Page, Word
from ..own import Own

MAX_WORDS = 1500
_DOMAIN = re.compile(r"(?:@|www\.|https?://)([\w-]+(?:\.[\w-]+)+)", re.I)
_EVERYBODY = {"gmail.com", "orange.fr", "wanadoo.fr", "free.fr", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr", "yahoo.fr", "yahoo.com", "laposte.net", "sfr.fr", "impots.gouv.fr"}  # fmt: skip
_PHONE = re.compile(r"(?:\+33 ?|0)[1-9](?:[ .]?\d{2}){4}")
WORD_KEYS = 24


def make(layout: Layout, own: Own) -> dict[str, Any]:
    """The trace of an invoice: plain data."""
    words = layout.words
    if len(words) > MAX_WORDS:
        words = words[: MAX_WORDS - 400] + words[-400:]
    return {
        "keys": keys_of(layout, own),
        "pages": [[page.number, round(page.width, 1), round(page.height, 1)] for page in layout.pages],
        "words": [
            [w.page, round(w.x0, 1), round(w.y0, 1), round(w.x1, 1), round(w.y1, 1), w.text] for w in words
        ],
    }  # fmt: skip


def layout_of(trace: dict[str, Any]) -> Layout:
    """The pages again, from a trace. Raises `ValueError` for what is no trace."""
    try:
        words: dict[int, list[Word]] = {}
        for page, x0, y0, x1, y1, text in trace["words"]:
            words.setdefault(int(page), []).append(
                Word(int(page), float(x0), float(y0), float(x1), float(y1), str(text))
            )
        pages: Sequence[Page] = [
            Page(int(number), float(width), float(height), tuple(words.get(int(number), ())))
            for number, width, height in trace["pages"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("this is no trace of a document") from error
    return Layout(pages)


def keys_of(layout: Layout, own: Own) -> list[str]:
    """What the supplier may be known by: identifiers, accounts, domains, telephones, and the words that only label (`word:…`)."""
    keys: list[str] = []
    for item in find_identifiers(layout):
        if (
            item.kind in (SIREN, SIRET, VAT, IBAN)
            and item.valid
            and not own.is_identifier(item.value)
        ):
            keys.append(f"{'siren' if item.siren else item.kind}:{item.siren or item.value}")
    for row in layout.all_rows:
        text = row.text
        keys += [
            f"domain:{match[1].lower().removeprefix('www.')}"
            for match in _DOMAIN.finditer(text)
            if match[1].lower().removeprefix("www.") not in _EVERYBODY
        ]
        keys += [f"phone:{re.sub(r'[^0-9]', '', match[0])[-9:]}" for match in _PHONE.finditer(text)]
    keys += [f"word:{word}" for word in _label_words(layout)]
    return list(dict.fromkeys(keys))


def _label_words(layout: Layout) -> list[str]:
    """Cells without figures, the same on every document of one layout: labels and headers of the first page."""
    if not layout.pages:
        return []
    texts = Counter(
        fold(cell.text)
        for cell in layout.cells(layout.pages[0].number)
        if not any(char.isdigit() for char in cell.text) and 3 <= len(fold(cell.text)) <= 40
    )
    return sorted(text for text, times in texts.items() if times == 1)[:WORD_KEYS]
