import smtplib
import time

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL, email_domain_extract

from ..connectors.contract import Outcome, SubmitOutcome
from ..connectors.smtp import deliver, flatten
from .efacture_exchange_lane import LEASE
from .inner_context import inner

# Said once, when the sending is asked for; what leaves later is this and nothing else.
_MAIL = {
    "mail_subject", "mail_body", "mail_html", "mail_lang", "mail_author_id", "mail_from", "mail_reply_to",
    "mail_recipients", "mail_server_id",
}  # fmt: skip
HOPELESS = {"no_mail_server"}  # a person has to act: nothing is tried again by itself
MARGIN = 15  # seconds of the lease that are kept for writing down the outcome


class EfactureExchange(models.Model):
    """A sending by e-mail: the mail is kept on its row, handed over once, never sent again blindly.

    An answer that is missing after the content leaves the row `unknown`: a mail server cannot be asked
    what it took, so a person decides.
    """

    _inherit = "efacture.exchange"

    mail_subject = fields.Char(string="Subject", readonly=True)
    mail_body = fields.Html(string="Text of the e-mail", readonly=True, sanitize_style=True)
    mail_html = fields.Text(string="Page of the e-mail", readonly=True)
    mail_lang = fields.Char(string="Language of the e-mail", readonly=True)
    mail_author_id = fields.Many2one(
        "res.partner", string="Author", readonly=True, ondelete="set null"
    )
    mail_from = fields.Char(string="From", readonly=True)
    mail_reply_to = fields.Char(string="Reply to", readonly=True)
    mail_recipients = fields.Json(readonly=True)
    mail_to = fields.Char(string="To", compute="_compute_mail_to")
    mail_message_id = fields.Char(
        string="Number of the e-mail", compute="_compute_mail_message_id", store=True
    )
    mail_server_id = fields.Many2one("ir.mail_server", readonly=True, ondelete="set null")
    mail_attachment_ids = fields.Many2many(
        "ir.attachment",
        "efacture_exchange_mail_attachment_rel",
        bypass_search_access=True,  # as account.move.efacture_attachment_ids
        string="Further files",
        readonly=True,
    )
    bounce_at = fields.Datetime(string="Came back on", readonly=True)
    bounce_reason = fields.Text(string="Why it came back", readonly=True)

    _mail_message_index = models.Index("(mail_message_id) WHERE mail_message_id IS NOT NULL")
    _doubtful_mail_index = models.Index(  # the desk's tile
        "(company_id) WHERE channel = 'email' AND (bounce_at IS NOT NULL OR state = 'unknown')"
    )

    @api.depends("mail_recipients")
    def _compute_mail_to(self):
        for row in self:
            row.mail_to = ", ".join(
                tools.formataddr((recipient["name"], recipient["email"]))
                for recipient in row.mail_recipients or ()
            )

    @api.depends("channel", "tracking_id", "mail_from")
    def _compute_mail_message_id(self):
        for row in self:
            if row.channel != "email" or not row.mail_from:
                row.mail_message_id = False
                continue
            domain = email_domain_extract(row.mail_from) or "efacture.invalid"
            row.mail_message_id = f"<{row.tracking_id}@{domain}>"

    def write(self, vals):
        for row in self if _MAIL.intersection(vals) else ():
            if row.state not in ("preparing", "failed"):
                raise UserError(
                    self.env._(
                        "%(exchange)s has been handed over: its e-mail cannot change any more.",
                        exchange=row.display_name,
                    )
                )
        return super().write(vals)

    # -- the mail of a row that was asked for -----------------------------------------------------

    def _efacture_prepare_email(self):
        """The mail by Odoo's template, then the document; a mail that Odoo's window wrote is left as it is."""
        ready = self.browse()
        for row in self:
            try:
                with self.env.cr.savepoint():
                    if not row.mail_html:
                        row._efacture_write_mail()
                ready |= row
            except UserError as error:
                row._efacture_give_up("mail", str(error))
        if ready:
            ready._efacture_prepare_efacture()

    def _efacture_write_mail(self, partners=None):
        vals, files = self.env["account.move.send"]._efacture_default_mail_vals(
            self.move_id, self.requested_by_id, partners
        )
        self.write(vals)
        self._efacture_store_mail_files(files)

    def _efacture_store_mail_files(self, files):
        """Copies of the further files, ours from now on: what the person attached may change."""
        self.ensure_one()
        if files:
            self.mail_attachment_ids = (
                self.env["ir.attachment"]
                .sudo()  # written by the product, not by the person
                .with_context(image_no_postprocess=True)
                .create(
                    [
                        {
                            "name": name, "raw": content, "mimetype": mimetype, "res_model": self._name,
                            "res_id": self.id, "company_id": self.company_id.id,
                        }
                        for name, content, mimetype in files
                    ]
                )
            )  # fmt: skip

    # -- handing it over --------------------------------------------------------------------------

    def _efacture_call_email(self):
        file = self._efacture_file_attachment().raw
        server, smtp_from = self._efacture_mail_server()
        message = self._efacture_mail_message(server, file)
        self._efacture_release()
        started = time.monotonic()
        try:
            session = server._connect__(mail_server_id=server.id or None, smtp_from=smtp_from)
        except smtplib.SMTPAuthenticationError as error:
            return SubmitOutcome(Outcome.NOT_SENT, code="not_authorized", text=str(error))
        except (smtplib.SMTPException, OSError) as error:
            configured = server or tools.config.get("smtp_server") not in (False, "", "localhost")
            code = "no_server" if configured else "no_mail_server"
            return SubmitOutcome(Outcome.NOT_SENT, code=code, text=str(error))
        if session is None:  # Odoo sends no mails here: its tests, its own updates
            return SubmitOutcome(Outcome.NOT_SENT, code="switched_off")
        try:
            sender, recipients, message = server._prepare_email_message__(message, session)
            if inner(self.env, "efacture_lane") is not None:
                # What connecting read is given back: nothing is held while the mail server thinks.
                self.env.cr.commit()
            spent = time.monotonic() - started
            if spent > LEASE / 2:  # so slow that the rest may outlast the claim
                return SubmitOutcome(Outcome.NOT_SENT, code="no_server")
            return deliver(
                session, sender, recipients, flatten(message), seconds=LEASE - MARGIN - spent
            )
        except AssertionError as error:  # Odoo's word for addresses that no mail can have
            return SubmitOutcome(Outcome.REJECTED, code="bad_address", text=str(error.args[0]))
        finally:
            session.close()

    def _efacture_mail_server(self):
        """(the mail server in the context that Odoo's sending gives it, the envelope's sender)."""
        domain = self.move_id._mail_get_alias_domains()[self.move_id.id]
        server = (
            self.env["ir.mail_server"]
            .sudo()  # its settings are the administrator's
            .with_context(
                domain_notifications_email=domain.default_from_email,
                domain_bounce_address=domain.bounce_email or self.company_id.bounce_email,
                send_validated_to=[recipient["email"] for recipient in self.mail_recipients],
            )
        )
        if self.mail_server_id:
            return server.browse(self.mail_server_id.id), self.mail_from
        shared = server.search([("owner_user_id", "=", False)], order="sequence, id")
        found, smtp_from = server._find_mail_server(self.mail_from, shared)
        return found if found else server.browse(), smtp_from

    def _efacture_mail_message(self, server, file):
        """The mail as it leaves: always the same for one row, under the same number."""
        files = [(self.filename, file, "application/pdf")] + [
            (attachment.name, attachment.raw, attachment.mimetype)
            for attachment in self.sudo().mail_attachment_ids
        ]
        return server._build_email__(
            email_from=self.mail_from,
            email_to=[
                tools.formataddr((recipient["name"], recipient["email"]))
                for recipient in self.mail_recipients
            ],
            subject=self.mail_subject,
            body=self.mail_html,
            reply_to=self.mail_reply_to or self.mail_from,
            attachments=files,
            message_id=self.mail_message_id,
            subtype="html",
            headers={"X-Odoo-Objects": f"account.move-{self.move_id.id}"},
        )

    def _efacture_not_sent_assignment(self, outcome):
        if self.channel == "email" and outcome.code in HOPELESS:
            return SQL(
                """state = 'failed', error_code = %s, error_message = %s, next_attempt = NULL,
                   apply_pending = TRUE, apply_next = NULL""",
                outcome.code,
                self._efacture_sentence("not_sent", outcome.code, outcome.text),
            )
        return super()._efacture_not_sent_assignment(outcome)

    def _efacture_sentence(self, state, code, text):
        if set(self.mapped("channel")) != {
            "email"
        }:  # the lanes ask for many rows, or none, at once
            return super()._efacture_sentence(state, code, text)
        env = self.env
        sentences = {
            "sender_refused": env._(
                "The mail server does not let the company send from %(sender)s. Ask your administrator: Settings "
                "▸ Technical ▸ Outgoing Mail Servers.",
                sender=self[:1].mail_from or "",
            ),
            "recipient_refused": env._(
                "The mail server refused an address, so nobody received the e-mail. Correct the e-mail on the "
                "customer, then send again."
            ),
            "content_refused": env._(
                "The mail server refused this e-mail. Ask your administrator what it objects to, then send again."
            ),
            "too_large": env._(
                "The e-mail is too large for the mail server. Take attached files away, then send again."
            ),
            "bad_address": env._(
                "An address is not one that an e-mail can be sent to. Correct the e-mail on the customer, then "
                "send again."
            ),
            "try_later": env._("The mail server asks to try later; that is done by itself."),
            "disconnected": env._(
                "The connection to the mail server broke before the e-mail was handed over; it is tried again by "
                "itself."
            ),
            "no_server": env._("The mail server was not reached; it is tried again by itself."),
            "not_authorized": env._(
                "The mail server refused the user name or the password. Ask your administrator: Settings ▸ "
                "Technical ▸ Outgoing Mail Servers."
            ),
            "no_mail_server": env._(
                "No outgoing mail server is set up. Ask your administrator: Settings ▸ Technical ▸ Outgoing Mail "
                "Servers; then send again."
            ),
            "switched_off": env._("This server sends no e-mails at present."),
            "no_answer": env._(
                "The mail server did not say whether it took the e-mail. Ask the customer, or look into the mail "
                "server's own list; then press “It arrived” or “Send again”."
            ),
        }
        if code not in sentences:
            return super()._efacture_sentence(state, code, text)
        return f"{sentences[code]}\n({text})" if text else sentences[code]

    # -- once it has left -------------------------------------------------------------------------

    def _efacture_apply_out_invoice(self):
        done = super()._efacture_apply_out_invoice()
        if done and self.channel == "email" and self.state == "accepted" and self.move_id:
            self._efacture_show_mail()
            # The mail itself is the history: no sentence about it beside it.
            self._efacture_kept().get("carried", {}).get("history", {}).pop(self.move_id.id, None)
        return done

    def _efacture_show_mail(self):
        """The mail in the invoice's own history, where answers and returns find it; nothing is sent here."""
        Message = self.env["mail.message"].sudo()  # the history is written by the product
        if not self.mail_html or Message.search_count(
            [("message_id", "=", self.mail_message_id)], limit=1
        ):
            return
        move = self.move_id
        partner_ids = list({recipient["partner_id"] for recipient in self.mail_recipients})
        partners = self.env["res.partner"].sudo().browse(partner_ids).exists()
        message = move.sudo()._message_create(
            [
                {
                    "model": move._name,
                    "res_id": move.id,
                    "message_type": "email_outgoing",
                    "subtype_id": self.env.ref("mail.mt_comment").id,
                    "subject": self.mail_subject,
                    "body": self.mail_body,
                    "author_id": self.mail_author_id.id,
                    "email_from": self.mail_from,
                    "reply_to": self.mail_reply_to,
                    "partner_ids": partners.ids,
                    "message_id": self.mail_message_id,
                    "date": self.sent_at,
                    "email_layout_xmlid": self.env["account.move.send"]._get_mail_layout(),
                }
            ]
        )
        files = [(self.filename, self._efacture_file_attachment().raw, "application/pdf")] + [
            (attachment.name, attachment.raw, attachment.mimetype)
            for attachment in self.mail_attachment_ids
        ]
        # As files of the message: on the invoice they would be taken for files to import.
        message.attachment_ids = self.env["ir.attachment"].with_context(image_no_postprocess=True).create(
            [
                {"name": name, "raw": raw, "mimetype": mimetype, "res_model": message._name, "res_id": message.id}
                for name, raw, mimetype in files
            ]
        )  # fmt: skip
        self.env["mail.notification"].sudo().create(
            [
                {
                    "mail_message_id": message.id,
                    "author_id": self.mail_author_id.id,
                    "res_partner_id": partner.id,
                    "notification_type": "email",
                    "notification_status": "bounce" if self.bounce_at else "sent",
                    "failure_type": "mail_bounce" if self.bounce_at else False,
                    "is_read": True,
                }
                for partner in partners
            ]
        )

    # -- when it comes back -----------------------------------------------------------------------

    @api.model
    def _efacture_mail_returned(self, message_ids, address, reason):
        """Mark the sendings whose mail a mail server returned; told on the invoice and as an activity.

        :param message_ids: numbers (Message-ID) of the mails that the notice speaks of
        :param address: who did not get it
        :param reason: the notice's own words
        """
        # sudo: the mail gateway has no rights of its own on exchanges
        rows = self.sudo().search(
            [("mail_message_id", "in", list(message_ids)), ("channel", "=", "email")]
        )
        now = fields.Datetime.now()
        for row in rows.filtered(lambda row: not row.bounce_at):
            row.write(
                {
                    "bounce_at": now,
                    "bounce_reason": reason,
                    "ack_state": "error",
                    "ack_at": now,
                    "error_code": "bounce",
                    "error_message": row._efacture_returned_sentence(address, reason),
                }
            )
            row._efacture_ask_person()
            row.move_id._message_log(body=row.error_message)
        return rows

    def _efacture_returned_sentence(self, address, reason):
        row = self._efacture_in_language_of(self.requested_by_id or self.company_id.partner_id)
        return row.env._(
            "The e-mail to %(address)s came back. Correct the address on the customer, then press “Send "
            "again”.\n(%(reason)s)",
            address=address or self.mail_to,
            reason=reason or "",
        )
