"""The demo company: identity, legal facts, bank, taxes of a French business."""

import base64
import io

from PIL import Image, ImageDraw

from . import register

SALE_TAXES = (
    "20% G",
    "20% S",
    "10% G",
    "10% S",
    "5.5% G",
    "5.5% S",
    "2.1% G",
    "0% EXEMPT S",
    "0% EXEMPT G",
)


def load_company(env) -> None:
    facts = register.playing("company")[0]
    place, demo = register.head_office(facts), facts["demo"]
    company = env.company
    values = {
        "name": register.readable(facts["name"]),
        **register.address(place),
        "country_id": env.ref("base.fr").id,
        "vat": facts["vat"],
        "company_registry": place["siret"],
        "email": demo["email"],
        "phone": demo["phone"],
        "logo": _logo(),
        "font": "Lato",
        "primary_color": "#1F4E79",
        "secondary_color": "#2E7D6B",
        "external_report_layout_id": env.ref("web.external_layout_standard").id,
        "layout_background": "Blank",
    }
    legal = {
        "efacture_legal_form": demo["legal_form_label"],
        "efacture_share_capital": demo["capital"],
        "efacture_rcs_city": demo["rcs"],
    }
    values.update(
        {
            k: v
            for k, v in legal.items()
            if k in company._fields and company._fields[k].type == "char"
        }
    )
    company.write(values)
    bank = env["res.partner.bank"].create(
        {"acc_number": demo["iban"], "partner_id": company.partner_id.id, "allow_out_payment": True}
    )
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    journal.bank_account_id = bank
    env["account.tax"].with_context(active_test=False, lang="en_US").search(
        [("type_tax_use", "=", "sale"), ("name", "in", SALE_TAXES)]
    ).active = True
    env["account.tax"].with_context(lang="en_US").search(
        [("type_tax_use", "=", "sale"), ("name", "like", "EXEMPT")]
    ).write(
        {
            "ubl_cii_tax_category_code": "E",
            "ubl_cii_tax_exemption_reason_code": "VATEX-FR-CGI261-4",
            "invoice_legal_notes": "<p>Exonération de TVA, article 261-4-4° du CGI (formation professionnelle)</p>",
        }
    )


def _logo() -> bytes:
    """Two banks and a river: a drawn logo, so that nothing is borrowed."""
    picture = Image.new("RGB", (360, 120), "white")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((8, 12, 104, 108), 18, fill="#1F4E79")
    for step, colour in enumerate(("#7FB3D5", "#FFFFFF", "#7FB3D5")):
        draw.arc((20, 30 + step * 18, 92, 70 + step * 18), 200, 340, fill=colour, width=7)
    draw.rectangle((124, 34, 344, 46), fill="#1F4E79")
    draw.rectangle((124, 58, 300, 68), fill="#2E7D6B")
    draw.rectangle((124, 80, 260, 88), fill="#9AA5B1")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return base64.b64encode(out.getvalue())
