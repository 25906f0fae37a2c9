"""What pages are furnished with: the HTML frame, logos as pictures, QR and bar codes, stamps."""

from __future__ import annotations

import base64
import html
import io
import random
from collections.abc import Iterable

FONTS = {
    "Lato-Black": "/usr/share/fonts/truetype/lato/Lato-Black.ttf",
    "Lato-Light": "/usr/share/fonts/truetype/lato/Lato-Light.ttf",
    "Serif": "/usr/share/fonts/truetype/dejavu/DejaVuSerif-Bold.ttf",
    "Sans": "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
}


def e(text: object) -> str:
    """Text for HTML."""
    return html.escape(str(text), quote=False)


def page(css: str, body: str, margin: str = "14mm", language: str = "fr") -> str:
    """A whole HTML page; `css` after the rules that all share."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><style>'
        f"@page{{margin:{margin}}}section.full{{height:calc(296.5mm - 2*{margin.split()[0]})}}*{{box-sizing:border-box}}body{{margin:0}}table{{border-collapse:collapse}}"
        ".r{text-align:right!important;white-space:nowrap}.c{text-align:center}.n{white-space:nowrap}.b{font-weight:bold}"
        "section.sheet{break-after:page;position:relative}section.sheet:last-child{break-after:auto}"
        f"td,th{{vertical-align:top}}{css}</style></head><body>{body}</body></html>"
    )


def cells(values: Iterable[object], classes: str = "", tag: str = "td") -> str:
    """One table row; `classes` gives a class per cell by letter: `l` none, `r` right, `c` centred."""
    row = []
    for index, value in enumerate(values):
        letter = classes[index] if index < len(classes) else "l"
        mark = "" if letter == "l" else f' class="{letter}"'
        row.append(f"<{tag}{mark}>{value}</{tag}>")
    return f"<tr>{''.join(row)}</tr>"


def _data(image: object) -> str:
    out = io.BytesIO()
    image.save(out, "PNG")  # type: ignore[attr-defined]
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def logo(
    text: str, ink: str = "#123", ground: str = "#fff", font: str = "Lato-Black", shape: str = "bar"
) -> str:
    """A logo as a picture: its name is nowhere in the text. `shape`: bar, disc, leaf, box or none."""
    from PIL import Image, ImageDraw, ImageFont

    type_ = ImageFont.truetype(FONTS[font], 66)
    left, top, right, bottom = type_.getbbox(text)
    image = Image.new("RGB", (int(right - left) + 190, 140), ground)
    pen = ImageDraw.Draw(image)
    x = 20
    if shape == "disc":
        pen.ellipse((20, 20, 120, 120), fill=ink)
        pen.ellipse((52, 34, 112, 94), fill=ground)
    elif shape == "leaf":
        pen.pieslice((0, 20, 120, 140), 270, 360, fill=ink)
        pen.pieslice((24, -40, 144, 80), 90, 180, fill=ink)
    elif shape == "box":
        pen.rectangle((20, 20, 120, 120), outline=ink, width=12)
        pen.line((20, 120, 120, 20), fill=ink, width=12)
    elif shape == "bar":
        for index in range(4):
            pen.rectangle((20 + 26 * index, 110 - 24 * (index + 1), 38 + 26 * index, 118), fill=ink)
    x = 150 if shape != "none" else 20
    pen.text((x, 70 - (top + bottom) / 2), text, font=type_, fill=ink)
    return _data(image)


def qr(text: str) -> str:
    """A QR code as a picture."""
    import qrcode

    return _data(qrcode.make(text, border=1).get_image())


def bars(text: str, height: int = 34, width: int = 150) -> str:
    """A bar code in SVG: what it looks like, not what it says."""
    chance = random.Random(text)
    x, rects = 0.0, []
    while x < width:
        stroke = chance.choice((0.9, 0.9, 1.8, 2.7))
        rects.append(f'<rect x="{x:.1f}" y="0" width="{stroke}" height="{height}"/>')
        x += stroke + chance.choice((0.9, 1.8, 0.9, 2.7))
    return f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}">{"".join(rects)}</svg>'


def picture(source: str, width: str) -> str:
    """An image tag."""
    return f'<img src="{source}" style="width:{width}">'


def terms(paragraphs: Iterable[str], title: str, columns: int = 2, size: str = "6.6pt") -> str:
    """A page of general terms in small print."""
    text = "".join(
        f"<p><b>Article {index} – {head}</b><br>{body}</p>"
        for index, (head, _, body) in enumerate((item.partition("|") for item in paragraphs), 1)
    )
    return (
        f'<section class="sheet" style="break-before:page"><h3 style="text-align:center;font-size:10pt">{title}</h3>'
        f'<div style="columns:{columns};column-gap:8mm;font-size:{size};text-align:justify">{text}</div></section>'
    )


SALES_TERMS = (
    "Objet|Les présentes conditions s’appliquent à toutes les ventes conclues par le vendeur auprès d’acheteurs professionnels, "
    "quelles que soient les clauses pouvant figurer sur les documents de l’acheteur.",
    "Commandes|Toute commande d’un montant inférieur à 150,00 € HT donne lieu à la facturation de frais de dossier de 15,00 € HT. "
    "Les commandes ne sont définitives qu’après confirmation écrite et versement d’un acompte de 30 %.",
    "Prix|Les prix sont ceux du tarif en vigueur au 1er janvier 2024, hors taxes, au taux de TVA de 20 % sauf mention contraire. "
    "Exemple : un article affiché 100,00 € HT est facturé 120,00 € TTC.",
    "Livraison|Les délais sont donnés à titre indicatif. Le transport est franco à partir de 450 € HT. Les réserves sont à faire "
    "dans les trois jours par lettre recommandée (article L. 133-3 du code de commerce).",
    "Paiement|Sauf accord, les factures sont payables à 30 jours date de facture. Tout retard entraîne des pénalités au taux de "
    "trois fois l’intérêt légal et une indemnité forfaitaire pour frais de recouvrement de 40,00 €.",
    "Réserve de propriété|Les marchandises demeurent la propriété du vendeur jusqu’au paiement complet du prix (loi n° 80-335 du "
    "12 mai 1980).",
    "Garantie|Les produits sont garantis douze mois contre tout défaut de matière ou de fabrication. La garantie est limitée au "
    "remplacement des pièces reconnues défectueuses.",
    "Données personnelles|Les données recueillies sont conservées dix ans à des fins comptables. Le droit d’accès s’exerce auprès "
    "du service clients.",
    "Litiges|Tout différend relève du tribunal de commerce du siège du vendeur, même en cas d’appel en garantie ou de pluralité de "
    "défendeurs.",
)  # fmt: skip
