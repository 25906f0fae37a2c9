import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..en16931 import pdfa3, validator
from .account_move_document import CHUNK, SHOWN

_logger = logging.getLogger(__name__)
METHOD = "efacture"


class AccountMoveSend(models.AbstractModel):
    """Odoo's sending, for the invoices we issue: our PDF, our XML, nothing beside it.

    Invoices that we do not issue pass through `super()` unchanged. No hook calls out: a platform
    sending is a row of `efacture.exchange`, on the cursor that stores its file.
    """

    _inherit = "account.move.send"

    @api.model
    def _efacture_issues(self, move):
        return move._efacture_issuer() == "efacture"

    # -- which methods ------------------------------------------------------------------------------

    # EXTENDS 'account'
    @api.model
    def _get_default_sending_methods(self, move):
        methods = set(super()._get_default_sending_methods(move))
        if move.efacture_contact_method:
            # What the invoice says replaces what the customer's record says today.
            partner = move.commercial_partner_id.with_company(move.company_id)
            methods.discard(partner.invoice_sending_method or "email")
            methods.add(move.efacture_contact_method)
        if "peppol" in methods and self._efacture_replaces_peppol(move.company_id):
            methods.discard("peppol")
            methods.add(METHOD)  # who asked for a network gets ours
        if self._efacture_is_obliged(move):
            methods.add(METHOD)
        return methods

    @api.model
    def _efacture_replaces_peppol(self, company):
        """A company that issues by its platform account does not use Odoo's own access point."""
        return bool(company._efacture_active_account())

    @api.model
    def _efacture_is_obliged(self, move):
        """French invoice between companies, from the date on which this company must issue.

        E-mail, paper and portal are then additions to the platform.
        """
        if not self._efacture_issues(move) or self._efacture_has_left(move):
            return False
        obliged_from = move.company_id._efacture_active_account().obligation_date
        partner = move.commercial_partner_id
        return bool(
            obliged_from
            and (move.invoice_date or obliged_from) >= obliged_from
            and partner.country_code == "FR"
            and partner.efacture_customer_type in ("company", "sole_trader")
            and not partner.efacture_public_body
        )

    @api.model
    def _efacture_has_left(self, move):
        """Whether the platform has this invoice, or gets the file that is ready; one in preparation may be made now."""
        return move._efacture_live_exchange(METHOD).state not in (False, "preparing")

    # EXTENDS 'account'
    def _is_applicable_to_company(self, method, company):
        if method == METHOD:
            return bool(company._efacture_active_account())
        if method == "peppol" and self._efacture_replaces_peppol(company):
            return False
        return super()._is_applicable_to_company(method, company)

    # EXTENDS 'account'
    def _is_applicable_to_move(self, method, move, **move_data):
        if method == METHOD:
            return self._efacture_issues(move) and not self._efacture_has_left(move)
        if method == "peppol" and self._efacture_replaces_peppol(move.company_id):
            return False  # and nobody looks the customer up on that network
        return super()._is_applicable_to_move(method, move, **move_data)

    # EXTENDS 'account'
    @api.model
    def _get_default_invoice_edi_format(self, move, **kwargs):
        if self._efacture_issues(move):
            return False
        return super()._get_default_invoice_edi_format(move, **kwargs)

    # EXTENDS 'account'
    def _get_alerts(self, moves, moves_data):
        partners = self.env["res.partner"]
        for data in moves_data.values():
            if isinstance(data.get("mail_partner_ids"), list):
                # A batch of one: Odoo hands over ids and then reads records.
                data["mail_partner_ids"] = partners.browse(data["mail_partner_ids"])
        alerts = super()._get_alerts(moves, moves_data)
        ours = moves.filtered(self._efacture_issues)
        if not ours:
            return alerts
        if ours == moves:
            alerts = {
                key: alert for key, alert in alerts.items() if not key.startswith("account_peppol")
            }
        alerts.update(self._efacture_get_alerts(ours, moves, moves_data))
        return alerts

    @api.model
    def _efacture_get_alerts(self, ours, moves, moves_data):
        """What to know before sending; everything is read from the database, for the batch at once."""
        alerts = {}
        by_platform = ours.filtered(
            lambda move: METHOD in (moves_data[move]["sending_methods"] or ())
        )
        sent = by_platform.filtered(self._efacture_has_left)
        if sent:
            alerts["efacture_on_its_way"] = {
                "level": "danger" if len(moves) == 1 else "warning",
                "message": (
                    sent._efacture_already_sent_message(METHOD)
                    if len(moves) == 1
                    else self.env._(
                        "Already handed to the platform, not sent again: %(invoices)s.",
                        invoices=", ".join(sent.mapped("name")[:SHOWN]),
                    )
                ),
                "action_text": self.env._("View Invoice(s)"),
                "action": sent._get_records_action(name=self.env._("Already with the platform")),
            }
        obliged = ours.filtered(self._efacture_is_obliged)
        if obliged - by_platform:
            alerts["efacture_obligation"] = {
                "level": "warning",
                "message": self.env._(
                    "Invoices between companies in France must travel by the platform. E-mail and paper only "
                    "come in addition: leave the platform ticked."
                ),
            }
        added = (obliged & by_platform).filtered(
            lambda move: move.efacture_contact_method != METHOD
        )
        if added:
            alerts["efacture_platform_added"] = {
                "level": "info",
                "message": added[:1]._efacture_obligation_message(),
            }
        return alerts

    # -- the document -------------------------------------------------------------------------------

    # EXTENDS 'account'
    @api.model
    def _generate_invoice_documents(self, invoices_data, allow_fallback_pdf=False):
        self._efacture_write_together(invoices_data)
        return super()._generate_invoice_documents(
            invoices_data, allow_fallback_pdf=allow_fallback_pdf
        )

    @api.model
    def _efacture_write_together(self, invoices_data):
        """Write and check the XML of all our invoices in chunks; what goes wrong is left to each alone."""
        moves = self.env["account.move"].browse(
            move.id
            for move in invoices_data
            if self._efacture_issues(move) and not move.invoice_pdf_report_id
        )
        if len(moves) < 2:
            return
        try:
            with self.env.cr.savepoint():
                for chunk in split_every(CHUNK, moves.ids, moves.sudo().browse):
                    results = chunk._efacture_write_xml("facturx")
                    chunk._efacture_store_verdicts(
                        {move: result[1] for move, result in results.items()}
                    )
                    for move, result in results.items():
                        invoices_data[move]["efacture_written"] = result
        except Exception:
            # One bad invoice must not cost the others theirs: each is written again, alone and guarded.
            _logger.info(
                "Writing %s invoices together failed; one by one now", len(moves), exc_info=True
            )
            for data in invoices_data.values():
                data.pop("efacture_written", None)

    # EXTENDS 'account_edi_ubl_cii'
    def _hook_invoice_document_before_pdf_report_render(self, invoice, invoice_data):
        if not self._efacture_issues(invoice):
            return super()._hook_invoice_document_before_pdf_report_render(invoice, invoice_data)
        # A format asked for by the caller (API, an older window) makes no second XML.
        invoice_data["invoice_edi_format"] = False
        super()._hook_invoice_document_before_pdf_report_render(invoice, invoice_data)
        if invoice_data.get("error"):
            return
        with self._efacture_guard(
            invoice, invoice_data, savepoint="efacture_written" not in invoice_data
        ):
            self._efacture_prepare_document(invoice, invoice_data)

    @api.model
    def _efacture_prepare_document(self, invoice, invoice_data):
        """Write and check the XML before any page is drawn; a document that cannot leave stops here."""
        issued = invoice._efacture_issued_pdf()
        if issued:
            xml = pdfa3.extract_xml(issued.raw)
            verdict = validator.validate(
                xml[1] if xml else issued.raw,
                context=invoice._efacture_context(),
                lang=invoice._efacture_lang(),
            )
        else:
            if "efacture_written" in invoice_data:
                content, verdict = invoice_data.pop("efacture_written")
            else:
                content, verdict = invoice._efacture_write_xml("facturx")[invoice]
                invoice._efacture_store_verdicts({invoice: verdict})
            if not content:
                raise UserError(invoice._efacture_findings_message(verdict))
            invoice_data["efacture_xml"] = content
        invoice_data["efacture_verdict"] = verdict
        methods = set(invoice_data.get("sending_methods") or ())
        if verdict.verdict == "invalid" and METHOD in methods:
            invoice_data["error"] = {
                "error_title": self.env._(
                    "%(invoice)s cannot be sent to the platform, its data are not complete. Open the invoice, tab "
                    "“Electronic invoice”, to correct:",
                    invoice=invoice.name,
                ),
                "errors": [finding.message for finding in verdict.fatal[:SHOWN]],
            }
        elif verdict.verdict == "unchecked" and "email" in methods:
            invoice_data["error"] = {
                "error_title": self.env._(
                    "%(invoice)s could not be checked, so it was not sent. Send it again in a moment; if this "
                    "message stays, tell your administrator.",
                    invoice=invoice.name,
                ),
                "errors": [finding.message for finding in verdict.findings[:SHOWN]],
            }

    # EXTENDS 'account'
    @api.model
    def _prepare_invoice_pdf_report(self, invoices_data):
        ours = {move: data for move, data in invoices_data.items() if self._efacture_issues(move)}
        others = {move: data for move, data in invoices_data.items() if move not in ours}
        result = super()._prepare_invoice_pdf_report(others) if others else None
        by_look = {}
        for move, data in ours.items():
            by_look.setdefault((move.company_id, data["pdf_report"]), {})[move] = data
        for (_company, report), group in by_look.items():
            self._efacture_draw_group(report, group)
        return result

    @api.model
    def _efacture_draw_group(self, report, invoices_data):
        """Draw together; if one document cannot be drawn, each alone: the others go on."""
        moves = self.env["account.move"].browse([move.id for move in invoices_data])
        try:
            with self.env.cr.savepoint():
                pdfs = moves.sudo()._efacture_draw(report)
        except UserError as error:
            if len(invoices_data) == 1:
                for data in invoices_data.values():
                    data["error"] = {"error_title": str(error)}
                return
            for move, data in invoices_data.items():
                self._efacture_draw_group(report, {move: data})
            return
        for move, data in invoices_data.items():
            data["pdf_attachment_values"] = {
                "name": move._get_invoice_report_filename(report=report),
                "raw": pdfs[move],
                "mimetype": "application/pdf",
                "res_model": move._name,
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }

    # OVERRIDE 'account_edi_ubl_cii', which always embeds Odoo's own XML
    def _hook_invoice_document_after_pdf_report_render(self, invoice, invoice_data):
        if not self._efacture_issues(invoice):
            return super()._hook_invoice_document_after_pdf_report_render(invoice, invoice_data)
        values = invoice_data.get("pdf_attachment_values")
        if not values:
            return None  # a pro forma is no invoice: it carries no XML
        with self._efacture_guard(
            invoice, invoice_data, savepoint="efacture_xml" not in invoice_data
        ):
            xml = invoice_data.get("efacture_xml") or invoice._efacture_page_xml()
            values["raw"] = invoice._efacture_finish_pdf(values["raw"], xml)
        return None

    # EXTENDS 'account_edi_ubl_cii'
    def _link_invoice_documents(self, invoices_data):
        sent_before = {invoice: invoice.is_move_sent for invoice in invoices_data}
        result = super()._link_invoice_documents(invoices_data)
        for invoice, was_sent in sent_before.items():
            # Odoo says “Sent” once the PDF is made. Ours is sent when the other side has taken it.
            if self._efacture_issues(invoice) and invoice.is_move_sent and not was_sent:
                invoice.is_move_sent = False
        to_queue = {
            invoice: invoice_data
            for invoice, invoice_data in invoices_data.items()
            if METHOD in (invoice_data.get("sending_methods") or ())
            and self._efacture_issues(invoice)
            and not invoice_data.get("error")
        }
        try:
            with self.env.cr.savepoint():
                self._efacture_queue_documents(to_queue)
        except Exception:
            # As above: each alone and guarded, the others go on.
            _logger.info("Queueing %s invoices together failed", len(to_queue), exc_info=True)
            for invoice, invoice_data in to_queue.items():
                with self._efacture_guard(invoice, invoice_data):
                    self._efacture_queue_documents({invoice: invoice_data})
        return result

    @api.model
    def _efacture_queue_documents(self, invoices_data):
        """The rows that the worker sends, with the very files that were just stored."""
        documents = {}
        for invoice, invoice_data in invoices_data.items():
            file, verdict = invoice.invoice_pdf_report_id, invoice_data["efacture_verdict"]
            documents[invoice] = {
                "raw": file.raw,
                "filename": file.name,
                "syntax": "facturx",
                "profile": verdict.profile,
                "verdict": verdict,
            }
        if documents:
            self.env["account.move"]._efacture_queue(documents)

    # -- one bad invoice never costs the others theirs ----------------------------------------------

    @api.model
    def _efacture_guard(self, invoice, invoice_data, savepoint=True):
        """Context manager; `savepoint` may be False where nothing is written."""
        return _Guard(self.env, invoice, invoice_data, savepoint)

    # EXTENDS 'account'
    @api.model
    def _generate_and_send_invoices(self, moves, from_cron=False, **kwargs):
        sender = self.with_context(efacture_from_cron=True) if from_cron else self
        return super(AccountMoveSend, sender)._generate_and_send_invoices(
            moves, from_cron=from_cron, **kwargs
        )


class _Guard:
    """A savepoint for one invoice: an error becomes its `invoice_data['error']`.

    In the background job nothing may be raised: ten invoices share its transaction, and one
    exception would bring all ten back for ever. For a person, a bug of ours stays visible.
    """

    def __init__(self, env, invoice, invoice_data, savepoint):
        self.env, self.invoice, self.data = env, invoice, invoice_data
        self.wanted, self.savepoint = savepoint, None

    def __enter__(self):
        if self.wanted:
            self.savepoint = self.env.cr.savepoint()

    def __exit__(self, kind, error, traceback):
        if self.savepoint:
            self.savepoint.close(rollback=error is not None)
        if error is None:
            return False
        if isinstance(error, UserError):
            self.data["error"] = {"error_title": str(error)}
            return True
        if self.env.context.get("efacture_from_cron") and isinstance(error, Exception):
            _logger.error("Sending of invoice %s failed", self.invoice.id, exc_info=error)
            self.data["error"] = {
                "error_title": self.env._(
                    "%(invoice)s was not sent, because of an unexpected error. The others were. Tell your "
                    "administrator; the server's log has the details.",
                    invoice=self.invoice.name,
                )
            }
            return True
        return False
