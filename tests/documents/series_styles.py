"""Twenty suppliers with habits of their own: words, shapes of numbers, places. Data for `documents.series`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """How one supplier writes. In `number`: `{n}` the running number, `{y}` `{Y}` `{m}` the day's; `{n:05}` has five figures.

    `labels`: of number, date, due date and account, empty for none; `totals`: of net, tax and gross; `due`: days, `end` for the
    end of the following month, `none`; `name_at`: head, right, logo (a picture) or foot (capitals in the small print).
    """

    name: str
    skeleton: str
    face: str
    number: str
    labels: tuple[str, str, str, str]
    totals: tuple[str, str, str]
    day_shape: str = "d/m/Y"
    due: str = "30"
    name_at: str = "head"
    thousands: str = " "
    rate: str = "20"
    title: str = "Facture"
    account: str = "C{n:05}"
    terms: str = ""
    goods: str = "parts"
    wrong: str = "account"
    heads: tuple[str, str, str, str] = ("Désignation", "Qté", "P.U.", "Montant")
    more: tuple[tuple[str, str], ...] = ()
    letters: str = "plain"
    start: int = 118


STYLES = (
    Style("Ateliers Mécaniques Vautrin", "list", "liberation", "B0{n:05}", ("Pièce", "Émis", "À régler avant", "Tiers"), ("Hors taxe", "Taxe", "Dû"), more=(("Dossier", "AFF-{n:03}"),)),
    Style("Thermo Ouest", "bands", "lato", "SI{Y}{n:04}", ("Réf. doc", "Établi", "Limite", "Votre code"), ("Montant net", "TVA 20", "Montant global"), "d.m.y", "45", "logo", wrong="due"),
    Style("Linge Service Pitavy", "naked-dates", "noto", "{n:06}", ("", "", "", "N° abonné"), ("Total HT", "Total taxes", "À payer"), "d/m/y", "15", "foot", account="{n:08}", wrong="account", goods="laundry"),
    Style("NOIROT EMBALLAGES", "mono", "liberation-mono", "O{n:05}I", ("PIECE NO", "EMISE", "ECHEANCE AU", "COMPTE"), ("MT HT", "MT TVA", "MT TTC"), "d-m-Y", "end", title="", account="0{n:04}", goods="packing"),
    Style("Urvoas Motoculture", "sentence", "times", "{m}-{n:04}", ("pièce", "émise le", "réglable le", "compte"), ("soit hors taxes", "taxe", "somme totale"), "j B Y", "30", "right", goods="garden", wrong="net"),
    Style("Alpes Signalétique", "bands", "dejavu", "AS/{y}/{n:03}", ("Document", "Jour", "Paiement", "Référence client"), ("Sous-total", "Impôt", "Total dû"), "Y-m-d", "30", "logo", goods="print"),
    Style("Brûlerie Etchegaray", "list", "noto-serif", "BE{n:05}B", ("Bordereau", "Du", "Valeur", "Code"), ("Marchandise", "TVA 5,5 %", "Net"), "d.m.Y", "15", rate="5.5", goods="coffee", title="Bordereau de vente", wrong="due"),
    Style("Sécurité Incendie Tixier", "stub", "condensed", "{Y}{m}{n:04}", ("Notre réf.", "Émission", "Exigible", "Site"), ("H.T.", "T.V.A.", "T.T.C."), "d/m/Y", "30", account="S{n:04}", goods="fire"),
    Style("Coursiers de la Garonne", "naked-dates", "helvetica", "G{n:07}", ("", "", "", "Compte"), ("Prestations", "TVA", "Montant"), "d.m.Y", "end", "logo", goods="courier", account="{n:06}", wrong="due"),
    Style("Imprimerie Sauvageot", "sentence", "lato", "n° {n:04} S", ("travail", "le", "échéant le", "dossier"), ("valeur", "tva", "ensemble"), "d B Y", "60", "foot", goods="print", wrong="account"),
    Style("Nettoyage Azur Propre", "stub", "dejavu", "NAP-{n:04}-{y}", ("Fact.", "Date pièce", "Date val.", "Contrat"), ("Montant H.T.", "Montant TVA", "Net à régler"), "d-m-Y", "30", "right", account="CT{n:05}", goods="cleaning", wrong="net"),
    Style("Labo Dentaire Ormes", "mono", "courier", "{n:05}/{m}", ("BON", "JOUR", "REGLT", "DR"), ("BASE", "EXO", "A DEVOIR"), "d/m/y", "end", rate="0", goods="dental", title="RELEVE", account="D{n:03}"),
    Style("Gaz & Fluides Hérisson", "bands", "liberation-serif", "Z2{n:06}", ("Identifiant", "Date d’effet", "Prélevé le", "Point de livraison"), ("Total sans taxe", "Taxe", "Total avec taxe"), "d/m/Y", "15", account="PL{n:08}", goods="gas", wrong="account"),
    Style("École de Conduite Delmotte", "list", "helvetica", "EC {y} {n:03}", ("Reçu n°", "Fait le", "Solde attendu le", "Élève"), ("Prix HT", "dont taxe", "Prix TTC"), "j B Y", "15", goods="driving", title="Décompte", wrong="due"),
    Style("BUREAU VERDELHAN SARL", "naked-dates", "liberation", "I{n:04}S{y}", ("", "", "", "Réf."), ("HT", "TVA", "TTC"), "d/m/Y", "30", "foot", thousands=".", goods="office", wrong="account"),
    Style("Pépinières Rambourg", "stub", "lato", "P8{n:04}", ("Expédition", "Chargé le", "À solder le", "Planteur"), ("Végétaux HT", "TVA 10 %", "À solder"), "d.m.Y", "60", rate="10", goods="plants", account="PL-{n:04}", wrong="net"),
    Style("Menuiserie Jacquemin", "sentence", "noto", "{Y}.{n:03}", ("mémoire", "dressé le", "payable le", "chantier"), ("total des travaux", "taxe", "montant du mémoire"), "j B Y", "45", "right", rate="10", goods="wood"),
    Style("Télé Surveillance Nord", "bands", "condensed", "0{n:04}O{y}", ("N° pièce", "Éditée", "Débit", "Identifiant client"), ("Abonnements", "TVA", "Total prélevé"), "d/m/Y", "15", "logo", account="{n:07}", goods="fire", letters="pieces", wrong="due"),
    Style("SODIPLAST", "mono", "dejavu-mono", "S0D{n:05}", ("DOC", "ETABLI", "TRAITE AU", "CLT"), ("NET HT", "TVA", "NET TTC"), "d.m.y", "end", account="{n:06}", goods="packing", title="FACT", wrong="account"),
    Style("Cave Coopérative Bellecroix", "list", "dejavu-serif", "L{n:05}l", ("Livraison-facture", "Expédiée", "Terme", "Adhérent"), ("Vins HT", "TVA", "À verser"), "d/m/Y", "60", "logo", account="A{n:04}", goods="wine", wrong="net"),
)  # fmt: skip

# Goods per trade: (name, price)
GOODS = {
    "parts": (("Usinage arbre Ø 45", "186.00"), ("Bague bronze 30x38", "22.40"), ("Rectification plane", "95.50"), ("Contrôle tridimensionnel", "64.00")),
    "laundry": (("Location draps – semaine", "1.12"), ("Blanchissage serviettes", "0.48"), ("Vestes de cuisine", "2.35"), ("Tapis d’accueil", "9.80")),
    "packing": (("FILM ETIRABLE 23MY", "6.85"), ("CAISSE 600X400X300", "1.94"), ("ADHESIF PVC HAVANE", "1.27"), ("PALETTE PERDUE", "7.40"), ("MOUSSE PE 2MM", "48.60")),
    "garden": (("Lame tondeuse 53 cm", "34.90"), ("Révision autoportée", "189.00"), ("Chaîne 3/8 56 maillons", "27.50"), ("Huile 2 temps 5 L", "41.20")),
    "print": (("Panneau dibond 60x80", "58.00"), ("Lettrage adhésif", "132.50"), ("Pose sur site", "210.00"), ("Plaque professionnelle", "74.00")),
    "coffee": (("Moka Sidamo grain", "18.90"), ("Mélange maison", "14.20"), ("Décaféiné moulu", "16.75"), ("Thé vert vrac", "29.40")),
    "fire": (("Vérification extincteur", "7.90"), ("Abonnement centrale", "39.90"), ("Recharge eau pulvérisée", "31.50"), ("Détecteur optique", "46.00"), ("Télétransmission", "18.50")),
    "courier": (("Course urgente intra", "18.50"), ("Course région", "64.00"), ("Tournée quotidienne", "412.00"), ("Attente (quart d’heure)", "9.00")),
    "cleaning": (("Entretien bureaux – forfait", "684.00"), ("Vitrerie trimestrielle", "215.00"), ("Produits sanitaires", "47.60"), ("Remise en état sol", "390.00")),
    "dental": (("COURONNE CERAMIQUE", "148.00"), ("STELLITE 6 DENTS", "265.00"), ("REPARATION RESINE", "42.00"), ("GOUTTIERE", "88.00")),
    "gas": (("Location bouteille B50", "11.40"), ("Oxygène industriel 10 m³", "78.20"), ("Argon 4.8", "132.00"), ("Frais de mise à disposition", "14.50")),
    "driving": (("Leçon de conduite", "48.33"), ("Forfait code en ligne", "33.25"), ("Accompagnement examen", "50.00")),
    "office": (("Fauteuil opérateur", "249.00"), ("Caisson 3 tiroirs", "138.00"), ("Montage", "55.00"), ("Lampe articulée", "62.90")),
    "plants": (("Carpinus betulus 125/150", "6.40"), ("Chêne pédonculé RN 40/60", "1.85"), ("Tuteur châtaignier", "2.10"), ("Paillage coco", "0.95")),
    "wood": (("Porte d’entrée chêne", "2480.00"), ("Fenêtre 2 vantaux", "764.00"), ("Habillage tableau", "118.00"), ("Dépose ancienne menuiserie", "95.00")),
    "wine": (("Rouge 2022 carton de 6", "38.40"), ("Blanc sec BIB 5 L", "21.60"), ("Rosé 2023 carton de 6", "34.20"), ("Crémant brut", "8.95")),
}  # fmt: skip
