import re
import unicodedata

from odoo import models
from odoo.tools import SQL, format_date

from .account_move_semantic_notes import VAT_ON_DEBITS
from .inner_context import Inner, inner
from .semantic_tools import one_line, plain_html

# Words that show that the company's own footer, terms or payment term already say a legal note.
_SAID_BY = {
    "PMT": r"\b40\s*(€|eur)|indemnite forfaitaire|frais de recouvrement",
    "PMD": r"penalite|interets? de retard",
    "AAB": r"escompte",
}


# The title of Odoo's page says invoice or credit note; these documents are more than that (UNTDID 1001).
_KINDS = {
    "386": "Facture d’acompte",
    "500": "Facture d’acompte",
    "502": "Avoir sur facture d’acompte",
    "503": "Avoir sur facture d’acompte",
    "384": "Facture rectificative",
    "471": "Facture rectificative",
    "472": "Facture rectificative",
    "473": "Facture rectificative",
}


class AccountMove(models.Model):
    """What French law asks on the page, from the same sentences as the electronic document.

    Sources: code général des impôts, annexe II, article 242 nonies A; code de commerce, articles
    L441-9, D441-5, R123-237 and R123-238.
    """

    _inherit = "account.move"

    def _efacture_report_mentions(self):
        """The mentions to add to the pages: {"operation": […], "seller": […], "payment": […]}.

        Nothing where we do not issue, and nothing that the company's own header, footer, payment
        term or terms and conditions already say.
        """
        self.ensure_one()
        if self._efacture_issuer() != "efacture":
            return {}
        said = self._efacture_said_on_page()
        mentions = {
            "operation": self._efacture_operation_mentions(),
            "seller": self._efacture_seller_mentions(said),
            "payment": self._efacture_payment_mentions(said),
        }
        flat = _flat(said)
        return {
            group: kept
            for group, texts in mentions.items()
            if (kept := [text for text in dict.fromkeys(texts) if _flat(text) not in flat])
        }

    def _efacture_said_on_page(self):
        """Every text that the report shows anyway: header, footer, terms, payment term, fiscal notes."""
        company = self.company_id
        parts = [
            company.company_details if not company.is_company_details_empty else company.name,
            company.report_footer,
            company.report_header,
            self.narration,
            self.invoice_payment_term_id.note,
            self.fiscal_position_id.note,
            self.taxes_legal_notes,
        ]
        return "\n".join(plain_html(part) for part in parts if part)

    # -- what all pages of a batch need, read once --------------------------------------------------

    def _efacture_read_for_pages(self):
        """Read for these invoices together what Odoo's page asks of each; the context that carries it."""
        self.line_ids.fetch(["tax_tag_ids"])
        self.env["account.partial.reconcile"].flush_model(["debit_move_id", "credit_move_id"])
        matched = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.move_id FROM account_move_line AS line
                 WHERE line.move_id IN %s
                   AND (EXISTS (SELECT FROM account_partial_reconcile WHERE debit_move_id = line.id)
                        OR EXISTS (SELECT FROM account_partial_reconcile WHERE credit_move_id = line.id))
                """,
                tuple(self.ids),
            )
        )
        return {
            "efacture_tax_templates": Inner(self._efacture_tax_templates()),
            "efacture_matched": Inner({move_id for (move_id,) in matched}),
        }

    # EXTENDS 'account'
    def _get_all_reconciled_invoice_partials(self):
        matched = inner(self.env, "efacture_matched")
        if matched is not None and self.id not in matched:
            return []
        return super()._get_all_reconciled_invoice_partials()

    def _efacture_operation_mentions(self):
        """Kind of document, self-billing, reverse charge, why there is no VAT, VAT on debits."""
        mentions = self._efacture_document_mentions()
        if self._efacture_is_self_billed():
            mentions.append("Autofacturation")
        templates = inner(self.env, "efacture_tax_templates") or self._efacture_tax_templates()
        vats = [self._efacture_line_vat(line, templates) for line in self._efacture_product_lines()]
        for vat in dict.fromkeys(vats):
            text = one_line(vat.text)
            if vat.category == "AE" and "autoliquidation" not in _flat(text):
                mentions.append("Autoliquidation")
            if vat.category not in ("S", "Z", "") and text:
                mentions.append(text)
        if self._efacture_says_vat_on_debits() and not self._efacture_native_vat_on_debits():
            mentions.append(VAT_ON_DEBITS)
        return mentions

    def _efacture_document_mentions(self):
        """A kind that the title leaves out, and the earlier invoices this one is about (BG-3)."""
        mentions = [kind] if (kind := _KINDS.get(self.efacture_type_code)) else []
        earlier = [
            f"{move.name} du {format_date(self.env, move.invoice_date or move.date, 'fr_FR', 'dd/MM/yyyy')}"
            for move in self._efacture_preceding()
            if move.name and move.name != "/"
        ]
        if self.efacture_preceding_number:
            day = self.efacture_preceding_date
            shown = f" du {format_date(self.env, day, 'fr_FR', 'dd/MM/yyyy')}" if day else ""
            earlier.append(f"{one_line(self.efacture_preceding_number)}{shown}")
        if earlier:
            mentions.append(f"Facture d’origine : {', '.join(earlier)}")
        return mentions

    def _efacture_says_vat_on_debits(self):
        """Whether the option for VAT on debits is to be told: the company opted, and it is no self-bill."""
        return self.company_id.efacture_vat_on_debits and not self._efacture_is_self_billed()

    def _efacture_native_vat_on_debits(self):
        """Whether Odoo's French report says it already (it does for every tax due on invoice)."""
        return (
            self.l10n_fr_is_company_french
            and self.move_type.startswith("out_")
            and "on_invoice" in self.invoice_line_ids.tax_ids.mapped("tax_exigibility")
        )

    def _efacture_seller_mentions(self, said):
        """Who sells, as far as the company's header and footer leave it out."""
        seller = self._efacture_seller()
        if seller != self.company_id.partner_id:
            return []  # self-billing: the seller's own page says who it is
        digits = re.sub(r"\D", "", said)
        parts = []
        info = self.company_id._efacture_legal_info()
        missing = [
            part for part in info.split(" – ") if part and not self._efacture_is_said(part, said)
        ]
        parts += missing
        siret = seller.efacture_siret or seller.efacture_siren
        told = digits + re.sub(r"\D", "", " ".join(missing))
        if siret and siret[:9] not in told:  # the law asks for the SIREN
            label = "SIRET" if seller.efacture_siret else "SIREN"
            parts.append(f"{label} {_grouped(siret)}")
        vat = one_line(seller.vat).replace(" ", "")
        shown_vat = self.fiscal_position_id.foreign_vat or vat
        if vat and vat.lower() not in re.sub(r"\s", "", said).lower() and shown_vat == vat:
            parts.append(f"TVA intracommunautaire {vat}")
        first = (
            [self.company_id.name]
            if parts and _flat(self.company_id.name) not in _flat(said)
            else []
        )
        return [" – ".join(first + parts)] if parts else []

    def _efacture_is_said(self, part, said):
        """Whether a piece of the legal line is on the page, whatever its dashes, dots and spaces."""
        if part.startswith("RCS "):
            city = part.removeprefix("RCS ").rstrip("0123456789 ")
            # “RCS Lyon”, “R.C.S. LYON”
            return bool(re.search(rf"\br ?c ?s {re.escape(_flat(city))}\b", _flat(said)))
        return _flat(part).replace(" ", "") in _flat(said).replace(" ", "")

    def _efacture_payment_mentions(self, said):
        """Recovery costs, penalties, discount: between professionals only (article L441-9)."""
        if self._efacture_buyer().efacture_customer_type == "individual":
            return []
        own = {note.code: note.text for note in self.efacture_note_ids}
        said = _plain_letters(said)
        return [
            one_line(own.get(code) or self.company_id._efacture_legal_text(code))
            for code, words in _SAID_BY.items()
            if code in own or not re.search(words, said)
        ]


def _plain_letters(text):
    folded = unicodedata.normalize("NFKD", text or "").lower()
    return "".join(char for char in folded if not unicodedata.combining(char))


def _flat(text):
    """Lower-case letters and digits without accents, single spaces: how two texts are compared."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", _plain_letters(text)).split())


def _grouped(digits):
    """`99912034800019` → `999 120 348 00019`, as it is read."""
    return " ".join(part for part in (digits[:3], digits[3:6], digits[6:9], digits[9:]) if part)
