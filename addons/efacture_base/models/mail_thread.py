from odoo import api, models
from odoo.tools import html2plaintext


class MailThread(models.AbstractModel):
    """A mail with an invoice that came back is told on the sending it belongs to."""

    _inherit = "mail.thread"

    # EXTENDS 'mail'
    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        references = message_dict.get("bounced_msg_ids")
        if references:
            self.env["efacture.exchange"]._efacture_mail_returned(
                references,
                message_dict.get("bounced_email"),
                html2plaintext(message_dict.get("body") or "").strip(),
            )
        return result
