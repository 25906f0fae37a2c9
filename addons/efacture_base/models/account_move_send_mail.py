from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

from .account_move_document import SHOWN
from .inner_context import Inner, inner

BESIDE = {
    "email",
    "manual",
}  # channels beside the platform: our row too, and only a correct document


class AccountMoveSend(models.AbstractModel):
    """Odoo's mails of invoices that we issue: written down here, sent by the exchange.

    Subject, text, recipients, language and files are those of Odoo's own window and template; the mail
    itself leaves from the row, at most once.
    """

    _inherit = "account.move.send"

    # EXTENDS 'efacture_base'
    @api.model
    def _efacture_prepare_document(self, invoice, invoice_data):
        result = super()._efacture_prepare_document(invoice, invoice_data)
        methods = BESIDE.intersection(invoice_data.get("sending_methods") or ())
        verdict = invoice_data.get("efacture_verdict")
        if methods and verdict and verdict.verdict == "invalid" and not invoice_data.get("error"):
            invoice_data["error"] = {
                "error_title": self.env._(
                    "%(invoice)s was not sent: its electronic document is not correct. Open the invoice, tab "
                    "“Electronic invoice”, to correct:",
                    invoice=invoice.name,
                ),
                "errors": [finding.message for finding in verdict.fatal[:SHOWN]],
            }
        return result

    # EXTENDS 'efacture_base'
    def _link_invoice_documents(self, invoices_data):
        result = super()._link_invoice_documents(invoices_data)
        if inner(self.env, "efacture_preparing") is None:
            return result
        # A lane makes the documents of rows that were asked for: e-mail and paper get theirs here.
        for channel in BESIDE:
            asked = {
                invoice: data
                for invoice, data in invoices_data.items()
                if channel in (data.get("sending_methods") or ())
                and self._efacture_issues(invoice)
                and not data.get("error")
            }
            if asked:
                self._efacture_queue_beside(channel, asked)
        return result

    @api.model
    def _efacture_queue_beside(self, channel, invoices_data):
        """Rows of one channel together; if that fails each alone, the others go on."""
        try:
            with self.env.cr.savepoint():
                self.env["account.move"]._efacture_queue(
                    {
                        invoice: self._efacture_issued_document(invoice, data)
                        for invoice, data in invoices_data.items()
                    },
                    channel=channel,
                )
        except Exception:
            if len(invoices_data) == 1:
                raise
            for invoice, data in invoices_data.items():
                with self._efacture_guard(invoice, data):
                    self._efacture_queue_beside(channel, {invoice: data})

    @api.model
    def _efacture_issued_document(self, invoice, data):
        """The stored PDF as `_efacture_queue` takes it."""
        file, verdict = invoice._efacture_issued_pdf(), data["efacture_verdict"]
        return {
            "raw": file.raw,
            "filename": file.name,
            "syntax": "facturx",
            "profile": verdict.profile,
            "verdict": verdict,
        }

    # EXTENDS 'account'
    @api.model
    def _get_default_mail_attachments_widget(self, move, mail_template, **kwargs):
        files = super()._get_default_mail_attachments_widget(move, mail_template, **kwargs)
        if not self._efacture_issues(move):
            return files
        taken = {file["id"] for file in files}
        return files + [
            {
                "id": attachment.id,
                "name": attachment.name,
                "mimetype": attachment.mimetype,
                "placeholder": False,
                "protect_from_deletion": True,
            }
            for attachment in move.efacture_attachment_ids
            if attachment.id not in taken
        ]

    # -- the mail becomes a row -----------------------------------------------------------------------

    # EXTENDS 'account'
    @api.model
    def _send_mails(self, moves_data):
        ours = {
            move: data
            for move, data in moves_data.items()
            # A pro forma is no invoice: Odoo's own mail takes it.
            if self._efacture_issues(move) and not data.get("proforma_pdf_attachment")
        }
        others = {move: data for move, data in moves_data.items() if move not in ours}
        result = super()._send_mails(others)
        if ours:
            sender = self.with_context(efacture_mailing=Inner(ours))
            super(AccountMoveSend, sender)._send_mails(ours)
            errors = {move: data for move, data in ours.items() if data.get("error")}
            if errors:
                self._hook_if_errors(
                    errors, allow_raising=not self.env.context.get("efacture_from_cron")
                )
        return result

    # EXTENDS 'account'
    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        moves_data = inner(self.env, "efacture_mailing")
        if moves_data is None or move not in moves_data:
            return super()._send_mail(move, mail_template, **kwargs)
        data = moves_data[move]
        with self._efacture_guard(move, data):
            self._efacture_queue_mail(move, mail_template, data, **kwargs)
        return None

    @api.model
    def _efacture_queue_mail(self, move, mail_template, data, **mail):
        """The row of this mail, with the very file of the invoice."""
        if data.get("efacture_verdict") is None:
            data["efacture_verdict"] = move._efacture_issued_verdicts()[move]
        vals, files = self._efacture_mail_vals(
            move, mail_template, lang=data.get("mail_lang"), **mail
        )
        document = {**self._efacture_issued_document(move, data), "mail": vals}
        row = move._efacture_queue({move: document}, channel="email")
        row._efacture_store_mail_files(files)

    @api.model
    def _efacture_default_mail_vals(self, move, author=None, partners=None):
        """The mail that Odoo's template makes of this invoice: as `_efacture_mail_vals` gives it.

        :param author: the user who asked
        :param partners: who gets it instead of those the template names
        :raises UserError: nobody to send it to, or it is too large
        """
        author = author or self.env.user
        data = self._get_default_sending_settings(
            move,
            sending_methods={"email"},
            author_user_id=author.id,
            author_partner_id=author.partner_id.id,
        )
        if partners is not None:
            data["mail_partner_ids"] = partners.ids
        self._generate_dynamic_reports({move: data})
        mail = self._get_mail_params(move, data)
        template = data["mail_template"]
        author_id = mail.pop("author_id", False)
        email_from = self._get_mail_default_field_value_from_template(
            template, data["mail_lang"], move, "email_from"
        )
        if email_from or not author_id:
            author_id, email_from = move._message_compute_author(email_from=email_from)
        return self._efacture_mail_vals(
            move,
            template,
            lang=data["mail_lang"],
            author_id=author_id,
            email_from=email_from,
            **mail,
        )

    @api.model
    def _efacture_mail_vals(
        self, move, mail_template, *, lang, subject, body, partner_ids, attachments=(), author_id=False,
        email_from=False, **_kwargs,
    ):  # fmt: skip
        """One mail as values of its row: all that is needed to send it, and nothing that may change until then.

        :param list attachments: (name, content) of further files; the invoice itself travels anyway
        :return: (values, files as (name, content, type))
        :raises UserError: nobody to send it to, or it is too large
        """
        lang = lang or move.partner_id.lang or self.env.lang
        partners = self.env["res.partner"].browse(partner_ids).exists()
        without = partners.filtered(lambda partner: not tools.email_normalize_all(partner.email))
        if not partners or without:
            raise UserError(
                self.env._(
                    "%(invoice)s cannot be sent by e-mail: no valid e-mail is known for %(partners)s. Open the "
                    "customer and fill in the e-mail, or choose another contact method on the invoice.",
                    invoice=move.display_name,
                    partners=", ".join((without or move.partner_id).mapped("display_name")),
                )
            )
        issued = move._efacture_issued_pdf()
        files = [
            (name, content, guess_mimetype(content, default="application/octet-stream"))
            for name, content in attachments
            if content and content != issued.raw
        ]
        html = self._efacture_mail_html(
            move, mail_template, lang, subject, body, partners, author_id, email_from
        )
        vals = {
            "mail_subject": " ".join((subject or move.display_name).split()),
            "mail_body": body,
            "mail_html": html,
            "mail_lang": lang,
            "mail_author_id": author_id,
            "mail_from": email_from,
            "mail_reply_to": move._notify_get_reply_to(default=email_from, author_id=author_id)[
                move.id
            ],
            "mail_recipients": [
                {"partner_id": partner.id, "name": partner.name or "", "email": address}
                for partner in partners
                for address in tools.email_normalize_all(partner.email)
            ],
            "mail_server_id": mail_template.mail_server_id.id if mail_template else False,
        }
        self._efacture_check_mail_size(
            move, vals["mail_server_id"], html, [*(len(f[1]) for f in files), issued.file_size]
        )
        return vals, files

    @api.model
    def _efacture_mail_html(
        self, move, mail_template, lang, subject, body, partners, author_id, email_from
    ):
        """The page of the mail: Odoo's layout with the button to the invoice, around the text."""
        move = move.with_context(lang=lang, email_notification_allow_footer=True)
        values = {
            "model": move._name,
            "res_id": move.id,
            "subject": subject,
            "body": body,
            "author_id": author_id,
            "email_from": email_from,
            "email_layout_xmlid": self._get_mail_layout(),
            "email_add_signature": not mail_template,
            "subtype_id": self.env.ref("mail.mt_comment").id,
            "message_type": "comment",
            "partner_ids": partners.ids,
            "tracking_value_ids": False,
        }
        message = self.env["mail.message"].new({**values, "partner_ids": [(6, 0, partners.ids)]})
        recipients = [
            {
                "id": partner.id, "active": True, "email_normalized": partner.email_normalized, "is_follower": False,
                "lang": lang, "groups": [], "notif": "email", "share": True, "type": "customer", "uid": False,
                "ushare": False,
            }
            for partner in partners
        ]  # fmt: skip
        groups = list(
            move._notify_get_classified_recipients_iterator(
                message,
                recipients,
                msg_vals=values,
                model_description=move.type_name,
                force_email_lang=lang,
            )
        )
        # One envelope, one page: that of the first group that has the button, else of the first.
        groups.sort(key=lambda group: not group[2].get("has_button_access"))
        _lang, render_values, group = groups[0]
        page = move._notify_by_email_render_layout(
            message, group, msg_vals=values, render_values=render_values
        )
        return self.env["mail.render.mixin"]._replace_local_links(page)

    @api.model
    def _efacture_check_mail_size(self, move, server_id, html, sizes):
        server = self.env["ir.mail_server"].sudo().browse(server_id or [])  # its limit only
        limit = server._get_max_email_size()
        size = self.env["mail.mail"]._estimate_email_size({}, html, sizes)
        if size > limit * 1024 * 1024:
            raise UserError(
                self.env._(
                    "The mail with %(invoice)s would weigh %(size)s; at most %(limit)s are sent by e-mail. Take files "
                    "away, or have your administrator raise the limit (Settings ▸ Technical ▸ Outgoing Mail "
                    "Servers, “Max Email Size”).",
                    invoice=move.display_name,
                    size=tools.human_size(size),
                    limit=tools.human_size(limit * 1024 * 1024),
                )
            )
