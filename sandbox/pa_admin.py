"""Hands of the person who plays the outside: move a life cycle, let another company invoice, put a file into an in-box, begin again."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from . import lifecycle, pa_page
from .companies import by_key, by_siren
from .faults import UnknownFault
from .invoices import CASES, make_invoice
from .peek import facts_of
from .post import detail
from .server import answer, now
from .store import BY_HAND

if TYPE_CHECKING:
    from .pa import Platform

OWN = by_key()["own_company"]["siren"]
_ACKS = ("Ok", "Error", "Pending")


class Wrong(ValueError):
    """A request that is not understood."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class Admin:
    """The `/_sandbox/…` pages of the platform and its page for people."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def rules(self) -> list[tuple[str, list[str], str, Any]]:
        """Routes, as of `Server.rules`."""
        return [
            ("/_sandbox/advance", ["POST"], "", self._json(self.advance)),
            ("/_sandbox/send", ["POST"], "", self._json(self.send)),
            ("/_sandbox/reset", ["POST"], "", self._json(self.reset)),
            ("/_sandbox/invoices", ["GET"], "", lambda request: answer(self.invoices())),
            ("/_sandbox/inbound", ["POST"], "", self.inbound),
            ("/_sandbox/page", ["POST"], "", self.press),
        ]

    def _json(self, action: Any) -> Any:
        def call(request: Request) -> Response:
            try:
                return answer(action(request.get_json(silent=True) or {}))
            except Wrong as error:
                return answer({"error": str(error)}, error.status)

        return call

    # ------------------------------------------------------------ actions

    def advance(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """`POST /_sandbox/advance {"number" or "flow_id", "status", "reason", "note", "amounts"}`.

        `status`: `Ok`, `Error`, `Pending` acknowledges deposits; a code (`203`, `210`…, also one that does not exist) is said by whoever says it.
        `seller` tells apart two invoices of one number. Answer: `advanced` (flow ids of deposits) or `delivered` (flow ids of messages).
        """
        status = str(wanted.get("status") or "")
        if status in _ACKS:
            return self._acknowledge(wanted, status)
        if not (status.isdigit() and len(status) == 3):
            raise Wrong("status is Ok, Error, Pending or a code of three digits")
        store = self.platform.store
        self.platform.post.settle()
        if wanted.get("flow_id"):
            flows = store.find(flow_id=str(wanted["flow_id"]))
            found = store.rows("invoice", key=flows[0]["invoice"]) if flows else []
        else:
            more = {"seller": str(wanted["seller"])} if wanted.get("seller") else {}
            found = store.rows("invoice", number=str(wanted.get("number")), **more)
        if not found:
            raise Wrong("no such invoice", 404)
        invoice = found[-1]
        reasons = wanted.get("reasons") or ([wanted["reason"]] if wanted.get("reason") else [])
        known = lifecycle.STATUSES.get(status)
        if known and known.needs_reason and not reasons:
            reasons = [known.reasons[0]]
        note = str(wanted.get("note") or "")
        if known and known.needs_note and not note:
            note = "Voir notre courrier."
        amounts = wanted.get("amounts") or []
        if status == "212" and not amounts:
            rate = invoice["rates"][0] if invoice["rates"] else 20
            amounts = [
                {
                    "type": "MEN",
                    "amount": invoice["total"] or "0.00",
                    "rate": f"{rate:g}",
                    "currency": invoice["currency"],
                }
            ]
        if status == "203" and not invoice["delivered"] and invoice["buyer"]:
            self.platform.post.deliver(invoice["key"])
        delivered = self.platform.post.say(invoice["key"], status, reasons, note, amounts)
        self.platform.post.settle()
        return {"advanced": [invoice["key"]], "delivered": delivered}

    def _acknowledge(self, wanted: dict[str, Any], status: str) -> dict[str, Any]:
        key = "flow_id" if wanted.get("flow_id") else "number"
        rows = self.platform.store.find(**{key: wanted.get(key), "direction": "Out"})
        if not rows:
            raise Wrong("no such deposit", 404)
        reason = str(wanted.get("reason") or "OtherTechnicalError")
        for row in rows:
            self.platform.post.acknowledge(
                row["flow_id"],
                status,
                [detail(reason, str(wanted.get("note") or reason))] if status == "Error" else [],
            )
        self.platform.post.settle()
        return {"advanced": [row["flow_id"] for row in rows]}

    def send(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """`POST /_sandbox/send {"from", "to", "syntax", "case", "number", "seed"}`: a company invoices another (ours when `to` is left out).

        Answer: `number`, `flow_id` (in the buyer's in-box), `deposit` (the seller's own flow id), `total`, `case`, `syntax`.
        """
        seller, buyer = (
            str(wanted.get(side) or first) for side, first in (("from", ""), ("to", OWN))
        )
        seller = seller or by_key()["supplier_printer"]["siren"]
        syntax, case = str(wanted.get("syntax") or "CII"), str(wanted.get("case") or "simple")
        if seller not in by_siren() or buyer not in by_siren():
            raise Wrong("from and to are SIREN of companies.json")
        if syntax not in ("CII", "UBL", "Factur-X"):
            raise Wrong("syntax is CII, UBL or Factur-X")
        if case not in CASES:
            raise Wrong(f"case is one of {', '.join(CASES)}")
        made = make_invoice(
            by_siren()[seller], by_siren()[buyer], syntax, case, number=str(wanted.get("number") or ""),
            preceding=str(wanted.get("preceding") or ""), lines=int(wanted.get("lines") or 0),
        )  # fmt: skip
        deposit, facts, moment = str(uuid.uuid4()), facts_of(made.content), now()
        post, store = self.platform.post, self.platform.store
        early = self.platform.faults.draw("deliver", {"out_of_order"})
        with store.transaction():
            store.insert(
                "flow", flow_id=deposit, name=made.name, syntax=syntax, profile=made.profile, rule="B2B", rule_source="Computed",
                direction="Out",
                organization=BY_HAND, flow_type="CustomerInvoice", submitted_at=moment, updated_at=moment, ack_status="Ok", content=made.content,
                owner=seller, number=facts.number, company=seller, buyer=buyer, invoice=deposit,
            )  # fmt: skip
            post.register(deposit, facts, syntax, seller)
            if early:
                post.say(deposit, "225")
            delivered = post.deliver(deposit)
        post.settle()
        return {
            "number": facts.number, "flow_id": delivered, "deposit": deposit, "total": facts.total, "case": case, "syntax": syntax,
        }  # fmt: skip

    def reset(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """`POST /_sandbox/reset {"webhooks"}`: forget every flow and invoice, and subscriptions when asked; credentials stay."""
        self.platform.store.clear()
        if wanted.get("webhooks"):
            self.platform.store.delete("webhook")
        return {"cleared": True}

    def invoices(self) -> list[dict[str, Any]]:
        """`GET /_sandbox/invoices`: each invoice with the statuses said of it, in order."""
        self.platform.post.settle()
        return self.platform.store.rows("invoice")

    def inbound(self, request: Request) -> Response:
        """`POST /_sandbox/inbound?name=…&syntax=…&type=…&to=…` with a file as body: the company finds it in its in-box."""
        values, content = request.args, request.get_data()
        owner, kind = values.get("to", OWN), values.get("type", "SupplierInvoice")
        facts, syntax = facts_of(content), values.get("syntax", "CII")
        post, store = self.platform.post, self.platform.store
        with store.transaction():
            flow_id = post.put(
                owner,
                content,
                values.get("name", "invoice.xml"),
                syntax,
                kind,
                number=facts.number,
                seller=facts.seller,
            )
            if facts.is_invoice and kind == "SupplierInvoice":
                # The message a buyer sends about it finds its invoice.
                post.register(flow_id, facts, syntax, facts.seller)
                store.update("invoice", "key", flow_id, buyer=owner, delivered=flow_id)
                store.update("flow", "flow_id", flow_id, invoice=flow_id)
        post.settle()
        return answer({"flow_id": flow_id}, 201)

    # ------------------------------------------------------------ the page

    def page(self, request: Request) -> Response:
        """The page for people."""
        self.platform.post.settle()
        return answer(pa_page.page(self.platform, request.args), mimetype="text/html")

    def press(self, request: Request) -> Response:
        """A button of the page: done, then the page again."""
        form = request.form.to_dict()
        action, said = form.pop("action", ""), ""
        wanted = {name: value for name, value in form.items() if value}
        try:
            match action:
                case "advance":
                    self.advance(wanted)
                    said = f"Statut {wanted.get('status')} envoyé pour {wanted.get('number')}."
                case "send":
                    made = self.send(wanted)
                    said = f"Facture {made['number']} envoyée."
                case "fault":
                    row = {"fault": wanted.get("fault"), "operation": wanted.get("operation")}
                    if wanted.get("count"):
                        row["count"] = int(wanted["count"])
                    self.platform.faults.arm([*self.platform.faults.active(), row])
                    said = f"Panne armée : {row['fault']}."
                case "clear":
                    self.platform.faults.arm([])
                    said = "Plus aucune panne."
                case "lifecycle":
                    wrong = self.platform.check_settings({"lifecycle": wanted.get("lifecycle", "")})
                    if wrong:
                        raise Wrong(wrong)
                    self.platform.settings["lifecycle"] = wanted["lifecycle"]
                    said = "Réglage enregistré."
                case _:
                    raise Wrong("unknown action")
        except (Wrong, UnknownFault, ValueError) as error:
            said = f"Impossible : {error}"
        return redirect(f"/?{pa_page.query(company=form.get('company', ''), said=said)}", 303)
