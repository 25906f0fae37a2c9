"""The readable form of ``bin/read``: a heading, the fields with a mark of how sure they are, the lines, what is to be told."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from reading.messages import named, sentence
from reading.model import BOOKABLE, Message, Result

# What the system says of a file, in French; English comes from the system itself.
_OS_FRENCH = {
    errno.ENOENT: "ce fichier n'existe pas", errno.EACCES: "vous n'avez pas le droit de l'ouvrir", errno.EPERM: "vous n'avez pas le droit de l'ouvrir",
    errno.EISDIR: "c'est un dossier", errno.ENOTDIR: "ce dossier n'existe pas", errno.EROFS: "ce disque est en lecture seule", errno.ENOSPC: "le disque est plein",
    errno.EIO: "le disque ne répond pas", errno.ELOOP: "ce lien tourne en rond", errno.ENAMETOOLONG: "ce nom est trop long",
}  # fmt: skip


def reason(error: OSError, language: str) -> str:
    """Why a file could not be opened or written, in the language of the command."""
    told = _OS_FRENCH.get(error.errno or 0) if language == "fr" else None
    return told or error.strerror or str(error)


SURE, LIKELY = 0.95, 0.75
WORDS = {
    "fr": {
        "invoice": "facture", "credit_note": "avoir", "deposit": "facture d'acompte", "receipt": "ticket",
        "lifecycle": "message de cycle de vie", "other": "pas de facture",
        "xml": "fichier structuré", "text": "texte du PDF", "ocr": "image lue", "mixed": "texte et image",
        "purchase": "achat", "sale": "vente", "pages": "pages", "page": "page",
        "supplier": "Fournisseur", "address": "Adresse", "ids": "Identifiants", "bank": "Banque", "buyer": "Client", "number": "Numéro",
        "date": "Date", "due": "Échéance", "delivery": "Livraison", "order_ref": "Commande", "contract": "Contrat", "net": "Total HT",
        "vat": "TVA", "rate": "TVA {rate} %", "base": "sur {base}", "gross": "Total TTC", "prepaid": "Déjà payé", "payable": "À payer",
        "terms": "Conditions", "head": ("Réf.", "Désignation", "Qté", "PU HT", "TVA", "Montant HT"),
        "error": "erreur", "warning": "attention", "info": "info", "legend": "● sûr   ◐ à vérifier   ○ douteux",
        "total": "{total} fichier(s) : {invoices} avec facture, {others} sans.",
        "no_file": "indiquez au moins un fichier ou un dossier à lire.", "alone": "--correct va avec --memory FICHIER et un seul document.",
        "no_json": "{path} : ce n'est pas du JSON lisible ({detail}).", "no_object": "{path} : un objet JSON est attendu.",
        "no_memory": "{path} : ce n'est pas une mémoire de bin/read. Indiquez un autre fichier, celui-ci n'a pas été touché.",
        "no_value": "{path} : aucune valeur d'une facture n'y est reconnue (par exemple {{\"BT-1\": \"F-17\"}}).",
        "bad_value": "{path} : « {value} » ne convient pas pour {term}.", "not_opened": "{path} : {detail}.",
        "not_kept": "la correction n'a pas pu être enregistrée dans {path} : {detail}.", "kept": "Correction retenue dans {path}.",
        "nothing_learnt": "rien n'a été retenu : aucune facture n'a été lue dans ce document.",
    },
    "en": {
        "invoice": "invoice", "credit_note": "credit note", "deposit": "deposit invoice", "receipt": "receipt",
        "lifecycle": "life-cycle message", "other": "no invoice",
        "xml": "structured file", "text": "text of the PDF", "ocr": "picture read", "mixed": "text and picture",
        "purchase": "purchase", "sale": "sale", "pages": "pages", "page": "page",
        "supplier": "Supplier", "address": "Address", "ids": "Identifiers", "bank": "Bank", "buyer": "Buyer", "number": "Number",
        "date": "Date", "due": "Due", "delivery": "Delivery", "order_ref": "Order", "contract": "Contract", "net": "Without VAT",
        "vat": "VAT", "rate": "VAT {rate} %", "base": "on {base}", "gross": "With VAT", "prepaid": "Prepaid", "payable": "To pay",
        "terms": "Terms", "head": ("Ref.", "Description", "Qty", "Price", "VAT", "Amount"),
        "error": "error", "warning": "warning", "info": "info", "legend": "● sure   ◐ to be checked   ○ doubtful",
        "total": "{total} file(s): {invoices} with an invoice, {others} without.",
        "no_file": "name at least one file or folder to read.", "alone": "--correct goes with --memory FILE and one document.",
        "no_json": "{path}: this is no readable JSON ({detail}).", "no_object": "{path}: a JSON object is expected.",
        "no_memory": "{path}: this is no memory of bin/read. Name another file, this one was left as it is.",
        "no_value": "{path}: no value of an invoice is recognised in it (for example {{\"BT-1\": \"F-17\"}}).",
        "bad_value": "{path}: \"{value}\" does not suit {term}.", "not_opened": "{path}: {detail}.",
        "not_kept": "the correction could not be kept in {path}: {detail}.", "kept": "Correction kept in {path}.",
        "nothing_learnt": "nothing was learnt: no invoice was read in this document.",
    },
}  # fmt: skip


def text(
    name: str, result: Result, messages: Sequence[Message], seconds: float, language: str
) -> str:
    """Everything about one result, several lines. In: the name of the file, what was read, wall seconds, `fr` or `en`."""
    words = WORDS[language]
    what = [_kind(result.document_type, language)]
    if result.kind:
        what.append(words[result.kind])
    if result.pages:
        what.append(
            f"{words['pages' if len(result.pages) > 1 else 'page']} {', '.join(map(str, result.pages))}"
        )
    if result.direction:
        what.append(words[result.direction])
    sign = "✓" if result.is_invoice else "✗"
    lines = [f"{sign} {name} — {' — '.join(what)} ({seconds:.2f} s)"]
    if result.invoice:
        lines += _Sheet(result, language).lines()
    lines += [f"    {words[m.level]:<9} {sentence(m, language)}" for m in messages]
    return "\n".join(lines) + "\n"


def _kind(document_type: str, language: str) -> str:
    own = WORDS[language] if document_type in (*BOOKABLE, "lifecycle", "other") else {}
    return own.get(document_type) or named(f"paper.{document_type}", language) or document_type


class _Sheet:
    """The fields of one invoice as lines of text."""

    def __init__(self, result: Result, language: str) -> None:
        self.data, self.evidence = result.invoice, result.evidence
        self.words, self.french = WORDS[language], language == "fr"

    def lines(self) -> Iterator[str]:
        """Header, totals, lines, legend."""
        for label, value, term in self._fields():
            if value:
                yield f"    {self._mark(term)} {label:<14} {value}"
        yield from self._table()
        yield f"    {self.words['legend']}"

    def _fields(self) -> Iterator[tuple[str, str, str]]:
        words, data = self.words, self.data
        seller, buyer = data.get("BG-4") or {}, data.get("BG-7") or {}
        yield words["supplier"], str(seller.get("name") or ""), "BT-27"
        place = [
            seller.get("addr_l1"),
            seller.get("postcode"),
            seller.get("city"),
            seller.get("country_code"),
        ]
        yield words["address"], " ".join(filter(None, place)), "BT-38"
        yield (
            words["ids"],
            self._identifiers(seller),
            "BT-31" if seller.get("vat_identifier") else "BT-30",
        )
        yield (
            words["bank"],
            " ".join(filter(None, (_one(data, "BT-84"), _one(data, "BT-86")))),
            "BT-84",
        )
        yield (
            words["buyer"],
            " — ".join(filter(None, (str(buyer.get("name") or ""), self._identifiers(buyer)))),
            "BT-44",
        )
        yield words["number"], _one(data, "BT-1"), "BT-1"
        for key, term in (("date", "BT-2"), ("due", "BT-9"), ("delivery", "BT-72")):
            yield words[key], self._day(_one(data, term)), term
        yield words["order_ref"], _one(data, "BT-13"), "BT-13"
        yield words["contract"], _one(data, "BT-12"), "BT-12"
        yield words["terms"], _one(data, "BT-20").replace("\n", " ")[:100], "BT-20"
        yield words["net"], self._money("BT-109"), "BT-109"
        for position, row in enumerate(data.get("BG-23") or [], 1):
            label = words["rate"].format(rate=self._number(row.get("BT-119", "0"), bare=True))
            base = words["base"].format(base=self._number(row.get("BT-116", "")))
            yield (
                label,
                f"{self._number(row.get('BT-117', ''))} ({base})",
                f"BG-23/{position}/BT-117",
            )
        for key, term in (
            ("vat", "BT-110"),
            ("gross", "BT-112"),
            ("prepaid", "BT-113"),
            ("payable", "BT-115"),
        ):
            yield words[key], self._money(term), term

    def _identifiers(self, party: dict[str, Any]) -> str:
        told = [
            party.get("legal_identifier"),
            party.get("vat_identifier"),
            *(party.get("identifiers") or {}).values(),
        ]
        return " / ".join(dict.fromkeys(str(item) for item in told if item))

    def _mark(self, term: str) -> str:
        found = self.evidence.get(term) or self.evidence.get(term.rpartition("/")[0])
        confidence = found.get("confidence", 0) if found else 0
        return "●" if confidence >= SURE else "◐" if confidence >= LIKELY else "○" if found else " "

    def _money(self, term: str) -> str:
        value = _one(self.data, term)
        return f"{self._number(value)} {_one(self.data, 'BT-5')}".strip() if value else ""

    def _number(self, value: Any, bare: bool = False) -> str:
        """As people write it; `bare` without the zeros at its end."""
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return str(value or "")
        if not number.is_finite():
            return str(value)
        shown = f"{number:,f}"
        if bare and "." in shown:
            shown = shown.rstrip("0").rstrip(".")
        return shown.replace(",", "\u202f").replace(".", ",") if self.french else shown

    def _day(self, value: str) -> str:
        try:
            return date.fromisoformat(value).strftime("%d/%m/%Y") if self.french else value
        except ValueError:
            return value

    def _table(self) -> Iterator[str]:
        rows = [row for row in self.data.get("BG-25") or [] if isinstance(row, dict)]
        if not rows:
            return
        cells = [self.words["head"]]
        for row in rows:
            rate = self._number(row["BT-152"], bare=True) if row.get("BT-152") else ""
            cells.append(
                (str(row.get("BT-155") or ""), str(row.get("BT-153") or ""), self._number(row.get("BT-129") or "", bare=True),
                 self._number(row.get("BT-146") or ""), rate, self._number(row.get("BT-131") or ""))
            )  # fmt: skip
        widths = [min(max(len(cell) for cell in column), 60) for column in zip(*cells, strict=True)]
        room = (
            shutil.get_terminal_size((120, 24)).columns
            - 8
            - sum(widths)
            + widths[1]
            - 2 * len(widths)
        )
        widths[1] = max(min(widths[1], room), 12)
        for position, row in enumerate(cells):
            shown = [
                _cut(cell, width).rjust(width) if index > 1 else _cut(cell, width).ljust(width)
                for index, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            mark = self._mark(f"BG-25/{position}/BT-131") if position else " "
            yield f"    {mark} {'  '.join(shown)}".rstrip()


def _one(data: dict[str, Any], term: str) -> str:
    value = data.get(term)
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, str) else ""


def _cut(cell: str, width: int) -> str:
    cell = " ".join(cell.split())
    return cell if len(cell) <= width else cell[: width - 1] + "…"
