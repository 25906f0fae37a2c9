"""The post office of the loopback platform: acknowledges, carries invoices to their buyer, makes and carries life-cycle messages.

Everything that happens later is a task in the store, so that a restart goes on where the sandbox was killed.
"""

from __future__ import annotations

import hashlib
import re
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from . import cdar, companies, lifecycle
from .faults import Faults
from .peek import Facts
from .server import now
from .store import FlowStore

BATCH = 100
UNKNOWN_CODE = "299"
DELIVERY_FAULTS = {
    "duplicate_flow": "what is delivered lies in the in-box twice, under two flow identifiers",
    "out_of_order": "statuses come in the wrong order, and before their invoice",
    "unknown_status": "a life-cycle message bears a status nobody knows (299)",
    "lost": "nothing is delivered",
}


class Post:
    """Settles what is due. `settings` are the platform's own, read at each use; `changed` hears of every flow that appears or changes."""

    def __init__(
        self, store: FlowStore, settings: Callable[[], dict[str, Any]], faults: Callable[[], Faults]
    ) -> None:
        self.store = store
        self._settings = settings
        self._faults = faults
        self._news: list[tuple[str, str]] = []
        self.changed: Callable[[list[tuple[str, str]]], None] = lambda news: None
        self.wake: Callable[[], None] = lambda: None

    # ------------------------------------------------------------ the clock

    def settle(self) -> None:
        """Do everything whose time has come."""
        while True:
            with self.store.transaction():
                tasks = self.store.due(time.time(), BATCH)
                for task in tasks:
                    self.store.delete("task", seq=task["seq"])
                    try:
                        self._run(task)
                    except Exception:  # noqa: BLE001 - one task that fails must not stop the clock
                        traceback.print_exc()
                news, self._news = self._news, []
            if news:
                self.changed(news)
            if not tasks:
                return

    def _run(self, task: dict[str, Any]) -> None:
        key, data = task["key"], task["data"] or {}
        match task["kind"]:
            case "ack":
                self._acknowledge(key)
            case "deliver":
                self.deliver(key)
            case "status":
                self.say(
                    key,
                    data["code"],
                    data.get("reasons", ()),
                    data.get("note", ""),
                    data.get("amounts", ()),
                )
            case "relay":
                self._relay(key)

    def later(self, seconds: float, kind: str, key: str, **data: Any) -> None:
        """Plan a task."""
        self.store.insert("task", due=time.time() + seconds, kind=kind, key=key, data=data)
        self.wake()

    def mark(self, owner: str, flow_id: str) -> None:
        """Note that a flow appeared or changed, for those who asked to be told."""
        self._news.append((owner, flow_id))

    # ------------------------------------------------------------ deposits

    def _acknowledge(self, flow_id: str) -> None:
        rows = self.store.find(flow_id=flow_id)
        if not rows or rows[0]["ack_status"] != "Pending":
            return
        row = rows[0]
        problem = self._refuse_message(row) if row["syntax"] == "CDAR" else None
        self.acknowledge(
            flow_id, "Error" if problem else "Ok", [detail(*problem)] if problem else []
        )

    def acknowledge(self, flow_id: str, status: str, details: list[dict[str, str]]) -> bool:
        """Set the acknowledgement of a deposit; what follows from it starts. False when there is no such flow."""
        with self.store.transaction():
            rows = self.store.find(flow_id=flow_id)
            if not rows:
                return False
            row = rows[0]
            word = (
                "Perfect"
                if status == "Ok" and self._faults().draw("acknowledge", {"ack_strange"})
                else status
            )
            self.store.update(
                "flow", "flow_id", flow_id, ack_status=word, ack_details=details, updated_at=now()
            )
            self.mark(row["owner"], flow_id)
            if status == "Ok" and row["direction"] == "Out" and row["ack_status"] == "Pending":
                if row["syntax"] == "CDAR":
                    self.later(0, "relay", flow_id)
                elif self.store.rows("invoice", key=flow_id):
                    self._plan(flow_id)
        return True

    def register(self, key: str, facts: Facts, syntax: str, seller: str) -> None:
        """Note an invoice the platform carries: to the company of its electronic address, else of its legal identifier."""
        named = facts.buyer or facts.address.split("_")[0][:9]
        buyer = companies.lines().get(facts.address, (named, False))[0]
        self.store.insert(
            "invoice", key=key, number=facts.number, type_code=facts.type_code or "380", issued=facts.issued, syntax=syntax, seller=seller,
            seller_name=facts.seller_name or companies.name_of(seller), buyer=buyer,
            buyer_name=facts.buyer_name, address=facts.address, currency=facts.currency, total=facts.total, rates=facts.rates, history=[],
            delivered="", at=now(),
        )  # fmt: skip

    def _plan(self, key: str) -> None:
        """What the platforms do with an invoice they took."""
        invoice = self.store.rows("invoice", key=key)[0]
        settings = self._settings()
        pace, manual = settings["lifecycle_after"], settings["lifecycle"] == "manual"
        problem = _unreachable(invoice)
        if problem:
            if not manual:
                code, reason = problem
                self.later(pace, "status", key, code=code, reasons=[reason])
            return
        steps: list[tuple[str, str]] = [("deliver", "")]
        if not manual:
            steps = [("status", "200"), ("status", "202"), ("deliver", ""), ("status", "203")]
        delays = [pace * (number + 1) for number in range(len(steps))]
        if self._faults().draw("deliver", {"out_of_order"}):
            delays.reverse()
        for (kind, code), delay in zip(steps, delays, strict=True):
            self.later(delay, kind, key, **({"code": code} if code else {}))
        if settings["lifecycle"] == "auto":
            self._behave(invoice, delays[-1] if delays[-1] > delays[0] else delays[0])

    def _behave(self, invoice: dict[str, Any], after: float) -> None:
        """What this customer does by itself."""
        company = companies.by_siren().get(invoice["buyer"])
        pace = self._settings()["behaviour_after"]
        for moments, code, reason, note in (
            lifecycle.BEHAVIOURS.get(company["key"], ()) if company else ()
        ):
            data = {"code": code, "reasons": [reason] if reason else [], "note": note}
            self.later(after + moments * pace, "status", invoice["key"], **data)

    # ------------------------------------------------------------ in-boxes

    def put(
        self, owner: str, content: bytes, name: str, syntax: str, flow_type: str, *, invoice: str = "", code: str = "", number: str = "",
        seller: str = "", profile: str | None = "CIUS", rule: str = "B2B",
    ) -> str:  # fmt: skip
        """Put a file into a company's in-box; return its flow id."""
        flow_id, moment = str(uuid.uuid4()), now()
        with self.store.transaction():
            self.store.insert(
                "flow", flow_id=flow_id, name=name, syntax=syntax, profile=profile, rule=rule, rule_source="Computed", direction="In",
                flow_type=flow_type, sha256=hashlib.sha256(content).hexdigest(), number=number, company=seller, submitted_at=moment,
                updated_at=moment, ack_status="Ok", content=content, owner=owner, invoice=invoice, code=code,
            )  # fmt: skip
            self.mark(owner, flow_id)
        return flow_id

    def deliver(self, key: str) -> str:
        """Carry an invoice to its buyer; return the flow id it has there ("" when it was lost on the way)."""
        faults = self._faults()
        if faults.draw("deliver", {"lost"}):
            return ""
        with self.store.transaction():
            invoice, flow = self.store.rows("invoice", key=key)[0], self.store.find(flow_id=key)[0]
            content = self.store.content(key) or b""
            delivered = ""
            for _copy in range(2 if faults.draw("deliver", {"duplicate_flow"}) else 1):
                delivered = self.put(
                    invoice["buyer"], content, flow["name"] or "invoice", flow["syntax"], "SupplierInvoice", invoice=key,
                    number=invoice["number"], seller=invoice["seller"], profile=flow["profile"], rule=flow["rule"] or "B2B",
                )  # fmt: skip
            self.store.update("invoice", "key", key, delivered=delivered)
        return delivered

    def say(
        self, key: str, code: str, reasons: Any = (), note: str = "", amounts: Any = ()
    ) -> list[str]:
        """Make the message of a status and put it where it goes; return the flow ids."""
        with self.store.transaction():
            invoice = self.store.rows("invoice", key=key)[0]
            told = UNKNOWN_CODE if self._faults().draw("deliver", {"unknown_status"}) else code
            content = cdar.write(
                cdar.Message(
                    told, invoice["number"], invoice["issued"],
                    cdar.Party(invoice["seller"], invoice["seller_name"]),
                    cdar.Party(invoice["buyer"] or "000000000", invoice["buyer_name"], invoice["address"]),
                    invoice["type_code"], tuple(reasons), note, list(amounts), datetime.now(UTC),
                )
            )  # fmt: skip
            self._remember(invoice, code)
            status = lifecycle.STATUSES.get(code)
            to_buyer = bool(status and status.actor == lifecycle.SELLER)
            return self._carry(invoice, content, told, to_buyer)

    def _carry(
        self, invoice: dict[str, Any], content: bytes, code: str, to_buyer: bool
    ) -> list[str]:
        faults = self._faults()
        if faults.draw("deliver", {"lost"}):
            return []
        owner, kind = (
            (invoice["buyer"], "SupplierInvoiceLC")
            if to_buyer
            else (invoice["seller"], "CustomerInvoiceLC")
        )
        name = f"CDV_{re.sub(r'[^A-Za-z0-9_-]', '-', invoice['number'])}_{code}.xml"
        return [
            self.put(
                owner,
                content,
                name,
                "CDAR",
                kind,
                invoice=invoice["key"],
                code=code,
                number=invoice["number"],
                profile=None,
            )
            for _copy in range(2 if faults.draw("deliver", {"duplicate_flow"}) else 1)
        ]

    def _remember(self, invoice: dict[str, Any], code: str) -> None:
        history = [*invoice["history"], code]
        self.store.update("invoice", "key", invoice["key"], history=history)
        invoice["history"] = history

    # ------------------------------------------------------------ messages of companies

    def _invoice_of(
        self, row: dict[str, Any], message: dict[str, Any]
    ) -> tuple[dict[str, Any] | None, str]:
        """The invoice a message speaks of and the role of its sender; the role is empty when the invoice is somebody else's."""
        known = [
            i
            for i in self.store.rows("invoice", number=message["number"])
            if message["seller"] in ("", i["seller"])
        ]
        for invoice in reversed(known):
            if row["owner"] in (invoice["seller"], invoice["buyer"]):
                return invoice, lifecycle.SELLER if row["owner"] == invoice[
                    "seller"
                ] else lifecycle.BUYER
        return (known[-1], "") if known else (None, "")

    def _refuse_message(self, row: dict[str, Any]) -> tuple[str, str] | None:
        message = cdar.read(self.store.content(row["flow_id"]) or b"")
        if message is None or not message["code"]:
            return "InvalidSchema", "Ce fichier n’est pas un message de cycle de vie lisible."
        invoice, role = self._invoice_of(row, message)
        if invoice is None:
            return "InvoiceLCRuleError", f"La facture {message['number']} n’est pas connue."
        if not role:
            return "InvoiceLCAccessDenied", f"La facture {message['number']} n’est pas la vôtre."
        if not self._settings()["lifecycle_rules"]:
            return None
        return lifecycle.refusal(
            message["code"],
            role,
            invoice["history"],
            bool(invoice["delivered"]),
            {**message, "rates": invoice["rates"]},
        )

    def _relay(self, flow_id: str) -> None:
        """Carry an accepted message to the other party."""
        row, content = self.store.find(flow_id=flow_id)[0], self.store.content(flow_id) or b""
        message = cdar.read(content)
        invoice, role = self._invoice_of(row, message) if message else (None, "")
        if not message or invoice is None:
            return
        code = message["code"]
        self._remember(invoice, code)
        kind = "CustomerInvoiceLC" if role == lifecycle.SELLER else "SupplierInvoiceLC"
        self.store.update(
            "flow", "flow_id", flow_id, code=code, invoice=invoice["key"], flow_type=kind
        )
        self._carry(invoice, content, code, to_buyer=role == lifecycle.SELLER)
        company = companies.by_siren().get(invoice["buyer"])
        if (
            code == "209"
            and self._settings()["lifecycle"] == "auto"
            and company
            and company["key"] == "non_diffusible"
        ):
            self.later(self._settings()["behaviour_after"], "status", invoice["key"], code="205")


def detail(code: str, text: str) -> dict[str, str]:
    """One remark of an acknowledgement."""
    return {"level": "Error", "item": "file", "reasonCode": code, "reasonMessage": text}


def _unreachable(invoice: dict[str, Any]) -> tuple[str, str] | None:
    """Why an invoice cannot be carried: the status said, and its reason."""
    siren, address = invoice["buyer"], invoice["address"]
    if not siren:
        return "213", "DEST_INC"
    lines = companies.lines()
    if address and address in lines:
        return None if lines[address][1] else ("200", "NON_TRANSMISE")
    reached = {number for number, reachable in lines.values() if reachable}
    if siren not in reached:
        return "200", "NON_TRANSMISE"
    return ("213", "REJ_ADR") if address.startswith(siren) else None
