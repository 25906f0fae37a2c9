"""Invoices that travelled, bills that came, and messages about them."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from odoo import Command, fields

from ..en16931 import cdar, lifecycle
from ..en16931.verdict import Verdict
from ..en16931.write import write_xml
from .common import PartnerCase
from .send_common import SendCase

VALID = Verdict("valid", "CII", "en16931", (), (), 0.0)


def supplier_xml(number, day, siren="990234171"):
    """An invoice of the supplier Atelier Nivelle to our company, 120 € of services."""
    party = {
        "addr_l1": "3 rue du Rabot",
        "postcode": "42000",
        "city": "Saint-Étienne",
        "country_code": "FR",
        "legal_identifier_schemeid": "0002",
        "einvoicing_addr_schemeid": "0225",
    }
    return write_xml(
        {
            "BT-1": number,
            "BT-2": day,
            "BT-3": "380",
            "BT-5": "EUR",
            "BT-23": "S1",
            "BT-9": day,
            "BG-1": [{"BT-21": code, "BT-22": code} for code in ("PMT", "PMD", "AAB")],
            "BG-4": {
                **party, "name": "ATELIER NIVELLE", "legal_identifier": siren, "einvoicing_addr": f"{siren}_FACTURES",
            },
            "BG-7": {
                **party, "name": "COMPTOIR", "legal_identifier": "999120348", "einvoicing_addr": "999120348",
            },
            "BG-25": [
                {
                    "BT-126": "1", "BT-129": Decimal(1), "BT-130": "C62", "BT-131": Decimal("100.00"),
                    "BT-146": Decimal(100), "BT-151": "S", "BT-152": Decimal(20), "BT-153": "Conseil",
                }
            ],
            "BG-23": [
                {"BT-116": Decimal("100.00"), "BT-117": Decimal("20.00"), "BT-118": "S", "BT-119": Decimal(20)}
            ],
            "BT-106": Decimal("100.00"), "BT-109": Decimal("100.00"), "BT-110": Decimal("20.00"),
            "BT-112": Decimal("120.00"), "BT-115": Decimal("120.00"), "BT-81": "30",
            "BT-84": "FR7630006000011234567890189",
        },
        "cii",
        "en16931",
    )  # fmt: skip


class LifecycleCase(SendCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = PartnerCase.make_user.__func__(
            cls, "statuses_accountant", "efacture_base.efacture_base_group_accountant"
        )
        cls.service_tax = cls.env["account.tax"].search(
            [
                ("company_id", "=", cls.company.id),
                ("type_tax_use", "=", "sale"),
                ("amount", "=", 20),
                ("tax_scope", "=", "service"),
                ("price_include", "=", False),
            ],
            limit=1,
        )
        cls.reduced_tax = cls.service_tax.copy({"name": "10 % services", "amount": 10})
        cls.service = cls.env["product.product"].create(
            {"name": "Conseil", "type": "service", "taxes_id": [Command.set(cls.service_tax.ids)]}
        )

    @classmethod
    def make_sale(cls, lines=((1000, 20),), status="203", **values):
        """A posted invoice of services that the platform has, already in this status."""
        taxes = {20: cls.service_tax, 10: cls.reduced_tax}
        invoice = cls._create_invoice(
            lines=0,
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": cls.service.id,
                        "price_unit": price,
                        "tax_ids": [Command.set(taxes[rate].ids)],
                    }
                )
                for price, rate in lines
            ],
            **values,
        )
        xml, _verdict = invoice._efacture_generate_documents("cii")[invoice]
        row = invoice._efacture_queue(
            {
                invoice: {
                    "raw": xml,
                    "filename": "F.xml",
                    "syntax": "cii",
                    "profile": "en16931",
                    "verdict": VALID,
                }
            }
        )
        row.state = "sending"
        row.write(
            {"state": "accepted", "remote_id": str(uuid4()), "sent_at": fields.Datetime.now()}
        )
        if status:
            cls.hear(invoice, status)
        return invoice

    @classmethod
    def make_bill(cls, number=None, state="posted", **values):
        """A bill of 120 € that came by the platform."""
        number = number or f"NIV-{uuid4().hex[:8]}"
        day = fields.Date.to_date("2026-11-20")
        bill = cls.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": cls.customer.id,
                "ref": number,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create({"name": "Conseil", "price_unit": 120, "tax_ids": []})
                ],
                **values,
            }
        )
        cls.receive_row("invoice", supplier_xml(number, day), bill, "cii")
        if state == "posted":
            bill.action_post()
        return bill

    @classmethod
    def receive_row(cls, kind, content, move=None, syntax="cdar", **values):
        """A row as the fetch of received documents writes it."""
        row = cls.env["efacture.exchange"].create(
            {
                "direction": "in",
                "kind": kind,
                "company_id": cls.company.id,
                "account_id": cls.account.id,
                "channel": "efacture",
                "move_id": move.id if move else False,
                "state": "accepted",
                "remote_id": str(uuid4()),
                "filename": f"{kind}.xml",
                "syntax": syntax,
                "apply_pending": kind != "invoice",
                **values,
            }
        )
        row._efacture_store_files([content])
        row.sha256 = row._efacture_sha256(row.file)
        return row

    @classmethod
    def message(cls, move, code, reasons=(), note="", moment=None, **values):
        """What the other side, or a platform, says of this invoice."""
        ours, theirs = ("Comptoir des Deux Rives", "999120348"), ("Atelier Nivelle", "990234171")
        if move.is_purchase_document():
            ours, theirs = theirs, ours
        seller, buyer = (
            cdar.Party(role, name, (("0002", siren),), siren)
            for role, (name, siren) in (("SE", ours), ("BY", theirs))
        )
        status = lifecycle.status(code)
        platform = not status or status.phase == "305"
        speaker = seller if status and "seller" in status.emitters else buyer
        moment = moment or datetime.now(UTC)
        seller_siren = "990234171" if move.is_purchase_document() else "999120348"
        return cdar.write_cdar(
            cdar.CdarMessage(
                **{
                    "message_id": f"{move.name}#{code}_{uuid4().hex}",
                    "code": code,
                    "number": move.ref if move.is_purchase_document() else move.name,
                    "invoice_date": move.invoice_date,
                    "issued_at": moment,
                    "issuer": cdar.Party("WK", "") if platform else speaker,
                    "recipients": (buyer if speaker == seller else seller,),
                    "seller_ids": (("0002", seller_siren),),
                    "details": tuple(
                        cdar.Detail(reason, lifecycle.reason(reason), note=note)
                        for reason in reasons
                    )
                    or ((cdar.Detail(note=note),) if note else ()),
                    **values,
                }
            )
        )

    @classmethod
    def hear(cls, move, code, reasons=(), note="", moment=None, **values):
        """Receive a status and carry it to the invoice; the row."""
        row = cls.receive_row("lifecycle", cls.message(move, code, reasons, note, moment, **values))
        cls.apply(row)
        return row

    @classmethod
    def apply(cls, rows):
        """As a lane does, in this transaction."""
        done = [row for row in rows if row._efacture_apply_in_lifecycle()]
        if done:
            cls.env["efacture.exchange"].union(*done)._efacture_applied()
        cls.env["account.move"].invalidate_model(["efacture_event_ids"])

    @classmethod
    def answer(cls, rows, state="accepted", reason=False):
        """The platform's answer to messages of ours."""
        for row in rows:
            row.state = "sending"
            row.write({"state": state, "error_message": reason, "remote_id": str(uuid4())})
            row._efacture_apply_out_lifecycle()
        rows._efacture_applied()
        cls.env["account.move"].invalidate_model(["efacture_event_ids"])

    @classmethod
    def read_message(cls, row):
        return cdar.read_cdar(row._efacture_file_attachment().raw)
