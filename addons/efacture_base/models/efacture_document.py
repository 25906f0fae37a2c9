"""Everything that arrived and is, or becomes, a supplier's bill: one entry, one row a file."""

import base64
import hashlib
import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..en16931 import received
from .inner_context import Inner

_logger = logging.getLogger(__name__)

SOURCES = [
    ("platform", "Platform"),
    ("upload", "Uploaded"),
    ("mail", "E-mail"),
    ("api", "Other software"),
]
#  receive() ─→ to_check    a draft bill was made: a person looks at it
#      │                └─→ done        the bill is posted (told by the bill, not written here)
#      ├────→ copy          the same invoice is already here: the first bill is linked
#      └────→ unreadable    no invoice could be read: a draft bill holds the file
STATES = [
    ("to_check", "To be checked"),
    ("unreadable", "Unreadable"),
    ("copy", "Copy"),
]


class EfactureDocument(models.Model):
    _name = "efacture.document"
    _description = "Received Document"
    _order = "received_at desc, id desc"
    _rec_name = "number"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict")
    exchange_id = fields.Many2one("efacture.exchange", ondelete="restrict", index="btree_not_null")
    source = fields.Selection(SOURCES, string="Came by", required=True)
    received_at = fields.Datetime(string="Received on", required=True, default=fields.Datetime.now)
    filename = fields.Char(string="File name")
    file = fields.Binary(string="Original file", attachment=True)
    sha256 = fields.Char(string="Fingerprint (SHA-256)", index=True)
    kind = fields.Char(string="Kind of file")
    state = fields.Selection(STATES, required=True, default="to_check", index=True)
    reason = fields.Char(string="Why it could not be read, in a word")
    detail = fields.Char(string="Technical cause")
    move_id = fields.Many2one(
        "account.move",
        string="Bill",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
    )
    move_state = fields.Selection(related="move_id.state", string="State of the bill")
    copy_of_id = fields.Many2one(
        "efacture.document", string="Copy of", ondelete="set null", index="btree_not_null"
    )
    warnings = fields.Json(help="Words and values; shown as sentences in the reader's language.")
    warning_count = fields.Integer()
    message = fields.Text(compute="_compute_message", string="What to look at")

    # what the file says, for people and for copies
    number = fields.Char(string="Supplier's number")
    invoice_date = fields.Date(string="Date of the invoice")
    type_code = fields.Char(string="Document type")
    seller_name = fields.Char(string="Supplier named in the file")
    seller_key = fields.Char(
        string="Supplier's identifier", help="SIREN, else VAT number, else name: what copies share."
    )
    currency_id = fields.Many2one("res.currency")
    amount_untaxed = fields.Monetary(string="Total without VAT")
    amount_tax = fields.Monetary(string="VAT")
    amount_total = fields.Monetary(string="Total with VAT")
    amount_prepaid = fields.Monetary(string="Already paid, says the supplier")
    amount_due = fields.Monetary(string="To be paid, says the supplier")

    _copy_index = models.Index("(company_id, seller_key, number)")
    _list_index = models.Index("(company_id, received_at DESC, id DESC)")

    @api.depends("warnings", "state", "reason", "detail", "copy_of_id")
    @api.depends_context("lang")
    def _compute_message(self):
        for document in self:
            document.message = "\n".join(document._efacture_sentences())

    @api.depends("number", "filename")
    def _compute_display_name(self):
        for document in self:
            document.display_name = document.number or document.filename or str(document.id)

    # -- the one entry ----------------------------------------------------------------------------

    @api.model
    def receive(
        self, file, source, *, filename=None, company=None, exchange=None, journal=None, move=None
    ):
        """Take in a file: keep it byte for byte, find its copies, make the draft bill. Never raises for a bad file.

        :param file: the content as it came, `bytes`; base64 text from software outside
        :param str source: `platform|upload|mail|api`
        :param company: for whom; the current company by default
        :param exchange: the `efacture.exchange` row it came with
        :param journal: purchase journal of the bill; the company's first by default
        :param move: an empty draft bill to fill in instead of making one
        :return: the new `efacture.document`; its `move_id` is the bill (of the first one, for a copy)
        """
        self.env["account.move"].check_access("create")
        if not isinstance(exchange, models.BaseModel) and not isinstance(move, models.BaseModel):
            exchange = move = None  # rows and drafts to fill in are only ever named from inside
        if isinstance(company, int):
            company = self.env["res.company"].browse(company)
        if isinstance(journal, int):
            journal = self.env["account.journal"].browse(journal)
        company = company or (exchange and exchange.company_id) or self.env.company
        if company not in self.env.companies and not self.env.su:
            raise UserError(
                self.env._("%(company)s is not among your companies.", company=company.name)
            )
        Document = self.with_company(company).sudo()  # rows are written by the product only
        raw = base64.b64decode(file) if isinstance(file, str) else bytes(file or b"")
        document = Document.create(
            {
                "company_id": company.id,
                "exchange_id": exchange.id if exchange else False,
                "source": source,
                "filename": received.safe_name(filename or "document"),
                "sha256": hashlib.sha256(raw).hexdigest(),
                "received_at": (exchange and exchange.sent_at) or fields.Datetime.now(),
            }
        )
        document._efacture_take_in(raw, journal, move)
        return document.sudo(self.env.su)

    def _efacture_take_in(self, raw, journal, move):
        """Read, find copies, make the bill; whatever fails leaves a draft with the file and the reason."""
        self.ensure_one()
        invoice = None
        try:
            opened = received.open_file(raw)
            self.kind = opened.kind
            invoice = received.read_invoice(opened)
        except received.NotAnInvoice as error:
            self.write(
                {
                    "state": "unreadable",
                    "kind": error.kind or self.kind,
                    "reason": error.reason,
                    "detail": error.detail[:500],
                }
            )
        except Exception as error:
            # a stranger's file must not stop the others: what we did not foresee is told and logged
            _logger.exception("A received file could not be read: %s", self.sha256)
            self.write({"state": "unreadable", "reason": "unreadable", "detail": str(error)[:500]})
        if invoice:
            self.write(self._efacture_prepare_summary(invoice))
        first = self._efacture_find_first(invoice)
        if first:
            return self._efacture_settle_copy(first, raw, move)
        if invoice:
            try:
                with self.env.cr.savepoint():
                    self._efacture_make_bill(invoice, raw, journal, move)
                return None
            except Exception as error:
                _logger.exception("A received invoice could not become a bill: %s", self.sha256)
                self.invalidate_recordset()
                self.write({"state": "unreadable", "reason": "bill", "detail": str(error)[:500]})
        return self._efacture_make_empty_bill(raw, journal, move)

    def _efacture_prepare_summary(self, invoice):
        """What lists and the search for copies use."""
        sign = -1 if self._efacture_is_negative(invoice) else 1
        currency = self._efacture_currency(invoice)
        return {
            "number": invoice.number[:100],
            "invoice_date": invoice.date,
            "type_code": invoice.type_code[:10],
            "seller_name": invoice.seller.name[:200],
            "seller_key": self._efacture_seller_key(invoice.seller),
            "currency_id": currency.id,
            "amount_untaxed": sign * float(invoice.net or 0),
            "amount_tax": sign * float(invoice.tax or 0),
            "amount_total": sign * float(invoice.gross or 0),
            "amount_prepaid": sign * float(invoice.prepaid),
            "amount_due": sign * float(invoice.payable or 0),
        }

    @staticmethod
    def _efacture_is_negative(invoice):
        """Whether the file counts below zero: it is then told the other way round."""
        total = invoice.gross if invoice.gross is not None else invoice.net
        return bool(total and total < 0)

    def _efacture_currency(self, invoice):
        """The currency of the file, active or not; empty when Odoo does not know it."""
        return (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", invoice.currency)], limit=1)
        )

    # -- bills ------------------------------------------------------------------------------------

    def _efacture_bill_env(self):
        """Records for making the bill: silent, since what happened is told once, at the end."""
        return self.with_company(self.company_id).with_context(
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            mail_notrack=True,
            tracking_disable=True,
            skip_is_manually_modified=True,
            efacture_receiving=Inner(),
        )

    def _efacture_journal(self, journal, kind="purchase"):
        if journal and journal.type == kind:
            return journal
        return self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", kind),
            ],
            limit=1,
        )

    def _efacture_make_empty_bill(self, raw, journal, move):
        """A draft that holds the file nobody could read."""
        silent = self._efacture_bill_env()
        if not move:
            move = silent.env["account.move"].create(
                {
                    "move_type": "in_invoice",
                    "journal_id": silent._efacture_journal(journal).id,
                    **(
                        {"ref": self.number, "invoice_date": self.invoice_date}
                        if self.number
                        else {}
                    ),
                }
            )
        self._efacture_link_bill(move)
        silent._efacture_store_originals(raw, move, ())
        move._message_log(body=self._efacture_tell(self._efacture_sentences()))
        return move

    def _efacture_link_bill(self, move):
        """The bill of this document, also for the life cycle: its messages look for the row's invoice."""
        self.move_id = move
        if self.exchange_id and not self.exchange_id.move_id:
            self.exchange_id.move_id = move

    # -- buttons ----------------------------------------------------------------------------------

    def action_open_bill(self):
        """Open the bill."""
        self.ensure_one()
        self.check_access("read")
        if not self.move_id:
            raise UserError(
                self.env._("There is no bill any more for %(name)s.", name=self.display_name)
            )
        return self.move_id._get_records_action(name=self.env._("Bill"))

    def action_read_again(self):
        """Read the kept file again, for a bill that is still an empty draft: after a setting was corrected."""
        for document in self:
            document.check_access("read")
            move = document.move_id
            move.check_access("write")
            if move.state != "draft" or document.state == "copy":
                raise UserError(
                    self.env._(
                        "%(name)s cannot be read again: its bill is no draft any more.",
                        name=document.display_name,
                    )
                )
            inner = document.sudo()  # rows are written by the product only
            raw = inner._efacture_content()
            move.invoice_line_ids.unlink()
            inner.write({"state": "to_check", "reason": False, "detail": False, "warnings": False})
            inner.with_context(efacture_again=Inner())._efacture_take_in(raw, False, move)
        return True

    def _efacture_content(self):
        """The original bytes, complete or refused.

        :raises UserError: the file is lost or was changed on the disk
        """
        self.ensure_one()
        if self.exchange_id:
            return self.exchange_id.sudo()._efacture_file_attachment().raw
        attachment = self._efacture_original_attachment()
        if hashlib.sha256(attachment.raw or b"").hexdigest() != self.sha256:
            raise UserError(
                self.env._(
                    "The stored file of %(name)s is damaged or missing. Ask your administrator to restore the file store "
                    "from a backup.",
                    name=self.display_name,
                )
            )
        return attachment.raw

    def _efacture_original_attachment(self):
        return (
            self.env["ir.attachment"]
            .with_user(SUPERUSER_ID)  # files of a field are hidden from a plain search
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", "file"),
                ],
                limit=1,
            )
        )
