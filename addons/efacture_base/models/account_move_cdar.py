"""The life-cycle message (CDAR) of one status of one invoice."""

import contextlib
import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from odoo import models
from odoo.exceptions import UserError

from ..en16931 import cdar, lifecycle
from ..en16931.facts import InvoiceFacts, TradeParty, read_facts
from ..en16931.lifecycle import BUYER, SELLER
from ..en16931.read import UnreadableInvoice
from ..en16931.validator import validate_many


class AccountMove(models.Model):
    _inherit = "account.move"

    def _efacture_invoice_facts(self):
        """Header and totals by rate of this invoice, as the document that travelled has them.

        :return: `InvoiceFacts`
        :raises UserError: the stored file is lost or damaged
        """
        self.ensure_one()
        exchange = self._efacture_status_exchange()
        if exchange:
            # A bill whose file nobody can read still gets its answer, from the books.
            with contextlib.suppress(UnreadableInvoice):
                return read_facts(exchange._efacture_file_attachment().raw)
        ours, other = self.company_id.partner_id, self.commercial_partner_id
        ours, theirs = (
            TradeParty(
                partner.name or "",
                partner.efacture_siren or "",
                partner._efacture_get_address().address or "",
                cdar.ADDRESS_SCHEME,
            )
            for partner in (ours, other)
        )
        is_sale = self._efacture_actor() == SELLER
        return InvoiceFacts(
            number=(self.name if is_sale else self.ref) or "",
            type="381" if self.move_type in ("out_refund", "in_refund") else "380",
            day=self.invoice_date,
            process="",
            currency=self.currency_id.name,
            seller=ours if is_sale else theirs,
            buyer=theirs if is_sale else ours,
        )

    def _efacture_prepare_cdar(self, exchange, code, reasons, note, amounts, attachments):
        """The message of one status.

        :raises UserError: the invoice lacks what a message must name
        """
        facts, actor = self._efacture_invoice_facts(), self._efacture_actor()
        seller = self._efacture_cdar_party("SE", facts.seller, actor == SELLER)
        buyer = self._efacture_cdar_party("BY", facts.buyer, actor == BUYER)
        us, them = (seller, buyer) if actor == SELLER else (buyer, seller)
        missing = [
            words
            for words, value in (
                (self.env._("the invoice's number"), facts.number),
                (self.env._("the invoice's date"), facts.day),
                (self.env._("the seller's SIREN"), seller.siren),
                (self.env._("your own SIREN"), us.ids),
                (self.env._("the electronic address of the other side"), them.address),
            )
            if not value
        ]
        if missing:
            raise UserError(
                self.env._(
                    "“%(status)s” cannot be sent for %(invoice)s: %(missing)s is not known. Complete the contact, "
                    "then try again.",
                    status=lifecycle.label(code, self.env.lang),
                    invoice=self.ref or self.name or self.display_name,
                    missing=", ".join(missing),
                )
            )
        now = datetime.now(UTC).replace(microsecond=0)
        stamp = f"{now:%Y%m%d%H%M%S}-{uuid4().hex[:8]}"
        return cdar.CdarMessage(
            message_id=cdar.message_id(facts.number, facts.type or "380", facts.day, code, stamp),
            code=code,
            number=facts.number,
            invoice_type=facts.type or "380",
            invoice_date=facts.day,
            issued_at=now,
            received_at=(exchange.sent_at or exchange.create_date).replace(tzinfo=UTC),
            issuer=us,
            recipients=(them,),
            seller_ids=((cdar.SIREN_SCHEME, seller.siren),),
            details=self._efacture_cdar_details(reasons, note, amounts),
            attachments=tuple(
                cdar.Attachment(file.name, file.mimetype, file.raw) for file in attachments
            ),
        )

    def _efacture_cdar_party(self, role, facts, is_us):
        """A party by what the document says of it; completed from the contact where it says nothing."""
        partner = self.company_id.partner_id if is_us else self.commercial_partner_id
        siren = facts.siren or partner.efacture_siren or ""
        address = facts.address if facts.scheme == cdar.ADDRESS_SCHEME else ""
        return cdar.Party(
            role=role,
            name=facts.name or partner.name or "",
            ids=((cdar.SIREN_SCHEME, siren),) if siren else (),
            address=address or partner._efacture_get_address().address or siren,
        )

    def _efacture_cdar_details(self, reasons, note, amounts):
        """One detail a reason; the comment and the amounts go with the first."""
        rows = tuple(
            cdar.Amount(
                row["type"],
                Decimal(row["value"]),
                row.get("currency") or "EUR",
                row.get("rate"),
                row.get("date"),
            )
            for row in amounts
        )
        details = [
            # the other side's language is French: labels of the reform
            cdar.Detail(reason=reason, reason_text=lifecycle.reason(reason))
            for reason in reasons
        ] or [cdar.Detail()]
        note = (note or "").strip()
        details[0] = cdar.Detail(details[0].reason, details[0].reason_text, note=note, amounts=rows)
        return tuple(details) if reasons or note or rows else ()

    def _efacture_write_cdars(self, messages):
        """The messages as files, each checked by schema and French rules before it is queued.

        :raises UserError: one of them is not valid, or could not be checked
        """
        try:
            contents = [cdar.write_cdar(message) for message in messages]
        except cdar.CdarError as error:
            raise UserError(
                self.env._("The status cannot be written: %(reason)s", reason=error)
            ) from error
        lang = "fr" if (self.env.lang or "").startswith("fr") else "en"
        for verdict in validate_many(contents, lang=lang):
            if not verdict.is_valid:
                raise UserError(
                    self.env._(
                        "The status was not sent: %(reason)s",
                        reason="\n".join(finding.message for finding in verdict.findings[:3]),
                    )
                )
        return contents

    def _efacture_cdar_filename(self, message):
        number = re.sub(r"[^A-Za-z0-9_-]+", "-", message.number)
        return f"CDV_{message.code}_{number}_{message.message_id[-23:]}.xml"
