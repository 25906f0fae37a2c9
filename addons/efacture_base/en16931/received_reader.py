"""From the EN 16931 dictionary and the tree it came from to the typed invoice, noting what is odd.

Sources: EN 16931-1, Factur-X 1.07 EXTENDED (sub-lines, logistics charges), UNTDID 1001.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from .identifiers import InvalidIdentifier, check_siren, check_siret, compact
from .received_types import (
    ZERO,
    Adjustment,
    BankAccount,
    File,
    Invoice,
    Line,
    NotAnInvoice,
    Opened,
    Party,
    Problem,
    Vat,
    VatTotal,
)

MAX_LINES = 2000  # beyond, the bill gets one line per VAT rate: nobody reads more on a screen
MAX_AMOUNT = Decimal(10) ** 12
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


class Extras:
    """What the library's dictionary leaves out, read from the tree; small repairs made in it."""

    def __init__(self, root: etree._Element) -> None:
        self.changed = root.tag.endswith("}CrossIndustryInvoice") and bool(root.get("converted"))
        root.attrib.pop("converted", None)
        for node in root.iter("{*}ChargeIndicator", "{*}Indicator"):
            text = (node.text or "").strip()
            plain = {"1": "true", "0": "false"}.get(text, text)
            if not len(node) and plain != node.text:
                node.text = plain
                self.changed = True
        rows = root.findall("{*}SupplyChainTradeTransaction/{*}IncludedSupplyChainTradeLineItem")
        rows = rows or root.findall("{*}InvoiceLine") or root.findall("{*}CreditNoteLine")
        self.count = len(rows)
        self.parents = [
            (_path(row, "AssociatedDocumentLineDocument", "LineID"),
             _path(row, "AssociatedDocumentLineDocument", "ParentLineID"),
             _path(row, "AssociatedDocumentLineDocument", "LineStatusReasonCode"))
            for row in rows
        ]  # fmt: skip
        self.logistics = [
            Adjustment(
                _decimal(_path(node, "AppliedAmount")) or ZERO,
                _path(node, "Description"),
                "FC",
                Vat(
                    _path(node, "AppliedTradeTax", "CategoryCode"),
                    _decimal(_path(node, "AppliedTradeTax", "RateApplicablePercent")),
                ),
            )
            for node in root.iterfind(
                "{*}SupplyChainTradeTransaction/{*}ApplicableHeaderTradeSettlement/{*}SpecifiedLogisticsServiceCharge"
            )
        ]
        summation = root.find(
            "{*}SupplyChainTradeTransaction/{*}ApplicableHeaderTradeSettlement"
            "/{*}SpecifiedTradeSettlementHeaderMonetarySummation"
        )
        node = summation if summation is not None else root
        self.tax_totals = [
            (item.get("currencyID") or "", item.text or "")
            for item in [
                *node.findall("{*}TaxTotalAmount"),
                *node.findall("{*}TaxTotal/{*}TaxAmount"),
            ]
        ]
        self.files = list(_binaries(root))
        if self.count > MAX_LINES:
            for row in rows:
                row.getparent().remove(row)
            self.changed = True


def _path(node: etree._Element, *names: str) -> str:
    return (node.findtext("/".join(f"{{*}}{name}" for name in names)) or "").strip()


def _binaries(root: etree._Element) -> Iterable[File]:
    for node in root.iter("{*}AttachmentBinaryObject", "{*}EmbeddedDocumentBinaryObject"):
        try:
            content = base64.b64decode(node.text or "")
        except (binascii.Error, ValueError):
            continue
        if content:
            yield File(safe_name(node.get("filename")), content, node.get("mimeCode") or "")


class Reader:
    """Turns the dictionary into the typed invoice, noting what is odd."""

    def __init__(self, data: dict[str, Any], extras: Extras) -> None:
        self.data, self.extras = data, extras
        self.problems: list[Problem] = []

    def problem(self, code: str, **values: str) -> None:
        """Note it once."""
        found = Problem(code, values)
        if found not in self.problems:
            self.problems.append(found)

    def text(self, key: str, source: dict | None = None) -> str:
        """The first text of a term."""
        return _first((self.data if source is None else source).get(key))

    def number(self, key: str, source: dict | None = None, term: str = "") -> Decimal | None:
        """An amount, a quantity or a rate; None when absent or no number (noted)."""
        text = self.text(key, source)
        if not text:
            return None
        value = _decimal(text)
        if value is None:
            self.problem("number", term=term or key, text=text[:40])
        elif abs(value) > MAX_AMOUNT:
            raise NotAnInvoice("absurd", f"{term or key} = {text[:60]}")
        return value

    def day(self, key: str, source: dict | None = None) -> date | None:
        """A date within what a ledger accepts."""
        value = (self.data if source is None else source).get(key)
        value = value[0] if isinstance(value, list) and value else value
        if not isinstance(value, date):
            return None
        if not 1900 <= value.year <= 2200:
            self.problem("date", term=key, text=value.isoformat())
            return None
        return value

    def invoice(self, opened: Opened) -> Invoice:
        """The whole invoice."""
        data = self.data
        currency = self.text("BT-5").upper()
        vats = tuple(self.vat_total(row) for row in _rows(data.get("BG-23")))
        self.reasons = {row.vat.key: row.vat for row in reversed(vats)}
        adjustments = tuple(
            Adjustment(
                sign * (self.number("amount", row, group) or ZERO),
                self.text("reason", row),
                self.text("reason_code", row),
                self.vat(self.text("vat_category_code", row), self.number("vat_rate", row, group)),
            )
            for group, sign in (("BG-20", -1), ("BG-21", 1))
            for row in _rows(data.get(group))
        )
        charges = tuple(
            replace(charge, vat=self.vat(charge.vat.category, charge.vat.rate))
            for charge in self.extras.logistics
            if charge.amount
        )
        adjustments += charges
        lines, informative = self.lines(adjustments)
        gross = self.number("BT-112")
        payable = self.number("BT-115")
        dues = tuple(sorted({day for day in _listed(data.get("BT-9")) if isinstance(day, date)}))
        invoice = Invoice(
            number=self.text("BT-1"),
            date=self.day("BT-2"),
            type_code=self.text("BT-3") or "380",
            currency=currency,
            process=self.text("BT-23"),
            profile=self.text("BT-24"),
            seller=self.party("BG-4") or Party(),
            buyer=self.party("BG-7") or Party(),
            payee=self.party("BG-10"),
            tax_representative=self.party("BG-11"),
            delivery=self.party("BG-13"),
            lines=lines,
            informative=informative,
            adjustments=adjustments,
            vats=vats,
            net=self.number("BT-109"),
            tax=self.tax_total(currency, vats),
            gross=gross,
            prepaid=self.number("BT-113") or ZERO,
            rounding=self.number("BT-114") or ZERO,
            payable=payable,
            tax_currency=self.text("BT-6"),
            tax_in_tax_currency=self.number("BT-111"),
            due=self.day("BT-9") if len(dues) < 2 else dues[-1],
            dues=dues,
            terms="\n".join(_texts(data.get("BT-20"))),
            means=self.text("BT-81"),
            means_text=self.text("BT-82"),
            payment_reference=self.text("BT-83"),
            accounts=self.accounts(),
            mandate=self.text("BT-89"),
            creditor=self.text("BT-90"),
            debtor_account=compact(self.text("BT-91")).upper(),
            delivered=self.day("BT-72"),
            start=self.day("BT-73"),
            end=self.day("BT-74"),
            vat_due=self.text("BT-8"),
            references={
                key: ", ".join(_texts(data.get(key)))
                for key in ("BT-10", "BT-11", "BT-12", "BT-13", "BT-14", "BT-15", "BT-16", "BT-17", "BT-18", "BT-19")
                if _texts(data.get(key))
            },  # fmt: skip
            preceding=tuple(
                (self.text("BT-25", row), self.day("BT-26", row))
                for row in _rows(data.get("BG-3"))
                if self.text("BT-25", row)
            ),
            notes=tuple(
                (self.text("BT-21", row), "\n".join(_texts(row.get("BT-22"))))
                for row in _rows(data.get("BG-1"))
                if _texts(row.get("BT-22"))
            ),
            files=self.files(opened),
        )  # fmt: skip
        if self.extras.count > MAX_LINES:
            self.problem("many_lines", count=str(self.extras.count))
        if not invoice.number:
            self.problem("no_number")
        if not invoice.date:
            self.problem("no_date")
        return replace(invoice, problems=tuple(self.problems))

    def vat(self, category: str, rate: Decimal | None) -> Vat:
        """A VAT with the reason that the breakdown gives for it; of the whole document when the line names none."""
        vat = Vat(_category(category, rate), rate)
        if not vat.category and len(self.reasons) == 1:
            return next(iter(self.reasons.values()))
        return self.reasons.get(vat.key, vat)

    def vat_total(self, row: dict) -> VatTotal:
        """One row of the breakdown."""
        return VatTotal(
            Vat(
                _category(self.text("BT-118", row), self.number("BT-119", row)),
                self.number("BT-119", row),
                self.text("BT-121", row).upper(),
                self.text("BT-120", row),
            ),
            self.number("BT-116", row) or ZERO,
            self.number("BT-117", row) or ZERO,
        )

    def tax_total(self, currency: str, vats: tuple[VatTotal, ...]) -> Decimal | None:
        """BT-110; files that leave its currency out are understood."""
        total = self.number("BT-110")
        if total is not None:
            return total
        for told, text in self.extras.tax_totals:
            if told in ("", currency) and _decimal(text) is not None:
                return _decimal(text)
        return sum((row.tax for row in vats), ZERO) if vats else None

    def lines(
        self, adjustments: tuple[Adjustment, ...]
    ) -> tuple[tuple[Line, ...], tuple[str, ...]]:
        """The lines that count, and the texts of those that only inform.

        EXTENDED invoices nest lines: a group and its details both carry amounts. The reading whose amounts give the total of the lines is right; the
        finest comes first.
        """
        rows = _rows(self.data.get("BG-25"))
        every = [self.line(row) for row in rows]
        marks = (
            self.extras.parents
            if len(self.extras.parents) == len(rows)
            else [("", "", "")] * len(rows)
        )
        with_children = {parent for _number, parent, _status in marks if parent}
        nested = bool(with_children) or any(status for _n, _p, status in marks)
        wanted = self.number("BT-106")
        if wanted is None and self.number("BT-109") is not None:
            wanted = self.number("BT-109") - sum((item.amount for item in adjustments), ZERO)
        readings = [[True] * len(rows)]
        if nested:
            readings = [
                [number not in with_children and status not in ("GROUP", "INFORMATION") for number, _p, status in marks],
                [status not in ("GROUP", "INFORMATION") for _n, _p, status in marks],
                [number not in with_children for number, _p, _s in marks],
                [not parent and status != "INFORMATION" for _n, parent, status in marks],
                [not parent for _n, parent, _s in marks],
                [True] * len(rows),
            ]  # fmt: skip
        chosen = next(
            (
                reading
                for reading in readings
                if sum((line.amount for line, counts in zip(every, reading, strict=True) if counts), ZERO) == wanted
            ),
            readings[0],
        )  # fmt: skip
        counted, told = [], []
        for line, counts, (_number, parent, _status) in zip(every, chosen, marks, strict=True):
            empty = not line.amount and not line.price and not line.vat.category
            if counts and not empty:
                counted.append(line)
            else:
                told.append(f"{'    ' if parent else ''}{line.number} {line.name}".rstrip())
        return tuple(counted), tuple(told)

    def line(self, row: dict) -> Line:
        """One row of BG-25."""
        base = self.number("BT-149", row) or Decimal(1)
        price, gross = self.number("BT-146", row), self.number("BT-148", row)
        quantity = self.number("BT-129", row)
        adjustments = tuple(
            Adjustment(
                sign * (self.number("amount", item, group) or ZERO),
                self.text("reason", item),
                self.text("reason_code", item),
            )
            for group, sign in (("BG-27", -1), ("BG-28", 1))
            for item in _rows(row.get(group))
        )
        amount = self.number("BT-131", row)
        if quantity is None:
            quantity = Decimal(1)
        if amount is None:
            amount = (price or ZERO) / base * quantity + sum((a.amount for a in adjustments), ZERO)
            amount = amount.quantize(Decimal("0.01"))
        details = [
            f"{self.text('BT-160', item)} : {self.text('BT-161', item)}"
            for item in _rows(row.get("BG-32"))
            if self.text("BT-160", item) and self.text("BT-161", item)
        ]
        notes = [
            text for item in _rows(row.get("BT-127-00")) for text in _texts(item.get("BT-127"))
        ]
        return Line(
            number=self.text("BT-126", row),
            name=self.text("BT-153", row),
            description=self.text("BT-154", row),
            seller_ref=self.text("BT-155", row),
            buyer_ref=self.text("BT-156", row),
            barcode=self.text("BT-157", row),
            quantity=quantity,
            unit=self.text("BT-130", row),
            price=price / base if price is not None else None,
            gross_price=gross / base if gross is not None else None,
            adjustments=tuple(item for item in adjustments if item.amount),
            amount=amount,
            vat=self.vat(self.text("BT-151", row), self.number("BT-152", row)),
            notes=(*details, *notes),
            start=self.day("BT-134", row),
            end=self.day("BT-135", row),
            delivered=self.day("EXT-FR-FE-158", row),
            account_ref=self.text("BT-133", row),
            order=self.text("BT-132", row),
        )

    def party(self, key: str) -> Party | None:
        """A party; None when the file has none."""
        row = self.data.get(key)
        if not isinstance(row, dict) or not row:
            return None
        pairs = row.get("identifiers")
        pairs = pairs if isinstance(pairs, dict) else {}
        identifiers = tuple(
            (str(scheme or ""), compact(_first(value)))
            for scheme, value in pairs.items()
            if _first(value)
        )
        legal, scheme = (
            compact(self.text("legal_identifier", row)),
            self.text("legal_identifier_schemeid", row),
        )
        country = self.text("country_code", row).upper()
        vat = compact(self.text("vat_identifier", row)).upper()
        endpoint_scheme = self.text("einvoicing_addr_schemeid", row)
        endpoint = compact(self.text("einvoicing_addr", row))
        siret = _valid(check_siret, [value for code, value in identifiers if code == "0009"])
        siret = siret or (_valid(check_siret, [legal]) if scheme in ("0009", "0002", "") else "")
        wanted = [legal] if scheme in ("0002", "") else []
        wanted += [value for code, value in identifiers if code == "0002"]
        if siret:
            wanted.append(siret[:9])
        if endpoint_scheme in ("0225", "0002", "0009"):
            wanted.append(endpoint[:9])
        if vat[:2] == "FR" and len(vat) == 13:
            wanted.append(vat[4:])
        contact = next(iter(_rows(row.get("contacts"))), {})
        return Party(
            name=self.text("name", row) or self.text("biz_name", row),
            trade_name=self.text("biz_name", row),
            siren=_valid(check_siren, wanted),
            siret=siret,
            legal_id=legal,
            vat=vat,
            tax_id=self.text("tax_identifier", row),
            endpoint_scheme=endpoint_scheme,
            endpoint=endpoint,
            identifiers=identifiers,
            street=self.text("addr_l1", row),
            street2=self.text("addr_l2", row),
            street3=self.text("addr_l3", row),
            zip=self.text("postcode", row),
            city=self.text("city", row),
            state=self.text("country_subdivision", row),
            country=country if re.fullmatch("[A-Z]{2}", country) else "",
            contact=self.text("name", contact),
            phone=self.text("phone", contact),
            email=self.text("email", contact),
        )

    def accounts(self) -> tuple[BankAccount, ...]:
        """Every account the file asks to be paid to, once each."""
        numbers = _texts(self.data.get("BT-84"))
        holders, banks = _texts(self.data.get("BT-85")), _texts(self.data.get("BT-86"))
        found: dict[str, BankAccount] = {}
        for place, number in enumerate(numbers):
            key = compact(number).upper()
            holder = holders[place] if len(holders) == len(numbers) else _first(holders)
            bank = banks[place] if len(banks) == len(numbers) else _first(banks)
            found.setdefault(key, BankAccount(key, holder, compact(bank).upper()))
        return tuple(found.values())

    def files(self, opened: Opened) -> tuple[File, ...]:
        """BG-24, any other embedded content, and the other files of the PDF; each content once."""
        files, seen = [], set()
        for row in _rows(self.data.get("BG-24")):
            content = row.get("BT-125")
            content = content if isinstance(content, bytes) else b""
            name = self.text("BT-125-2", row) or self.text("BT-122", row)
            files.append(
                File(
                    safe_name(name),
                    content,
                    self.text("BT-125-1", row),
                    self.text("BT-123", row) or self.text("BT-122", row),
                    self.text("BT-124", row),
                )
            )
        files += self.extras.files
        files += [replace(file, name=safe_name(file.name)) for file in opened.files]
        kept = []
        for file in files:
            mark = file.content or file.link
            if mark and mark not in seen:
                seen.add(mark)
                kept.append(file)
        return tuple(kept)


# -- small tools ------------------------------------------------------------------------------------


def _category(category: str, rate: Decimal | None) -> str:
    """A category of EN 16931: older lists tell lower (AA) and higher (H) rates apart, ZUGFeRD 1 may leave it out."""
    category = category.strip().upper()
    return "S" if category in ("AA", "H") or (not category and rate) else category


def _decimal(text: str) -> Decimal | None:
    text = text.strip()
    return Decimal(text) if len(text) <= 60 and _NUMBER.fullmatch(text) else None


def _listed(value: Any) -> list:
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    return [] if value is None else [value]


def _rows(value: Any) -> list[dict]:
    return [row for row in (value if isinstance(value, list) else []) if isinstance(row, dict)]


def _texts(value: Any) -> list[str]:
    texts = (_CONTROL.sub("", item).strip() for item in _listed(value) if isinstance(item, str))
    return [text for text in texts if text]


def _first(value: Any) -> str:
    return next(iter(_texts(value)), "")


def _valid(check, candidates: Iterable[str]) -> str:
    for candidate in candidates:
        try:
            return check(candidate)
        except InvalidIdentifier:
            continue
    return ""


def safe_name(name: str | None) -> str:
    """A file name without folders or control characters, of at most 120 characters."""
    name = _CONTROL.sub("", name or "").replace("\\", "/").rpartition("/")[2].strip(" .")
    name = re.sub(r'[\x00-\x1f<>:"|?*\u202a-\u202e\u2066-\u2069]', "_", name)
    if len(name) > 120:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[:110]}{dot}{ending[:9]}" if dot else name[:120]
    return name or "annexe"
