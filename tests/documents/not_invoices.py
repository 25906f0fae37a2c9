"""Papers that arrive among invoices and are none: what accountants find in the same letter box.

`PAPERS`: name → `Paper(kind, language, text)`; `draw(name) -> bytes` gives its PDF. The text says how it is laid out: `# ` a title, `> ` at the right,
`| a | b` cells of a table (the last ones at the right), `~ ` a paragraph that is wrapped, `---` a rule, `===` another sheet; a blank line is room.
`kind` is the `document_type` that a reader should give; of `BOOKABLE` ones the reader must give an invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from documents.paper import Paper as Sheet

BOOKABLE = ("invoice", "credit_note", "deposit", "receipt")
_FACES = ("liberation", "lato", "noto", "dejavu-serif", "helvetica", "times", "condensed")
_ARTICLE = (
    "~ Article {n} - {title}. Les parties conviennent que le prestataire exécute ses obligations avec diligence et que le client lui fournit en "
    "temps utile tout élément nécessaire. La responsabilité de chacune ne peut être engagée qu'en cas de faute prouvée."
)


@dataclass(frozen=True)
class NotInvoice:
    """What it is, its language and how it reads."""

    kind: str
    language: str
    text: str


def _articles(*titles: str) -> str:
    return "\n\n".join(_ARTICLE.format(n=n, title=title) for n, title in enumerate(titles, 1))


PAPERS: dict[str, NotInvoice] = {
    "quote-joiner": NotInvoice("quote", "fr", """
Menuiserie Aubertin
12 rue des Tilleuls
54000 Nancy
Siret 732 829 320 00074  TVA FR44732829320
> M. et Mme Keller
> 3 place du Marché
> 57000 Metz

# DEVIS N° D-2025-118
Date : 14/03/2025      Valable jusqu'au 14/06/2025

| Désignation | Qté | Prix HT | Montant HT
| Fenêtre chêne 2 vantaux | 3 | 640,00 | 1 920,00
| Pose | 3 | 180,00 | 540,00
> Total HT   2 460,00
> TVA 10 %   246,00
> Total TTC   2 706,00

Bon pour accord, date et signature :
"""),
    "quote-without-title": NotInvoice("quote", "fr", """
Élagage Pernot - SIREN 552 100 554
> Commune de Villers
Notre proposition du 2 avril 2025, référence P25-044

| Prestation | Quantité | Prix unitaire | Total HT
| Taille de platanes | 24 | 85,00 | 2 040,00
| Évacuation des branches | 1 | 310,00 | 310,00
> Montant HT   2 350,00
> TVA 20 %   470,00
> Montant TTC   2 820,00
Offre valable 60 jours. Acompte de 30 % à la commande.
Bon pour accord (nom, date, signature, cachet)
"""),
    "proforma": NotInvoice("proforma", "fr", """
Atlantique Moteurs SARL       TVA FR83404833048
> Chantier naval Le Goff

# FACTURE PROFORMA
N° PF-0452     Date 09/01/2025

| Réf. | Désignation | Qté | PU HT | Montant HT
| M-204 | Moteur hors-bord 40 ch | 1 | 4 150,00 | 4 150,00
> Total HT   4 150,00
> TVA 20 %   830,00
> Total TTC   4 980,00
Document sans valeur comptable.
"""),
    "order-to-supplier": NotInvoice("order", "fr", """
Hôtel Bellerive
18 quai du Rhône 69002 Lyon
> Fournisseur : Linge & Cie
# BON DE COMMANDE
Commande n° BC-7781 du 11/02/2025
Livraison souhaitée : 25/02/2025
| Article | Désignation | Quantité | Prix | Total
| L-20 | Drap plat 270x310 | 40 | 21,50 | 860,00
| L-31 | Serviette éponge | 120 | 4,10 | 492,00
> Total HT   1 352,00
> TVA 20 %   270,40
> Total TTC   1 622,40
Merci de rappeler notre numéro de commande sur votre facture.
"""),
    "order-confirmation": NotInvoice("order", "fr", """
> Outilia - service clients
Bonjour Paul,
# Confirmation de votre commande 40-2281-77
~ Nous avons bien reçu votre commande et la préparons. Vous recevrez votre facture avec l'expédition.
| Article | Quantité | Prix
| Perceuse 18 V | 1 | 129,90
| Coffret de forets | 2 | 24,50
> Total de la commande   178,90 €
Livraison prévue le 12/05/2025
"""),
    "delivery-note": NotInvoice("delivery_note", "fr", """
Briques du Nord SA     SIRET 552 081 317 66522
# BON DE LIVRAISON N° 88217
Date d'expédition 03/06/2025      Transporteur : Norbert
Livré à : Chantier des Acacias, 59800 Lille
| Référence | Désignation | Qté commandée | Qté livrée | Reliquat
| BR-11 | Brique pleine 6x11x22 | 500 | 500 | 0
| PL-07 | Linteau 120 | 12 | 10 | 2
Nombre de palettes : 4     Poids : 1 240 kg
Reçu en bon état le ............ Signature du destinataire
"""),
    "delivery-note-priced": NotInvoice("delivery_note", "fr", """
Primeurs Sauvage   TVA FR83404833048
> Restaurant La Treille
Bordereau de livraison 5531 - le 04/07/2025
| Produit | Colis | Poids net | Prix | Montant
| Tomates grappe | 4 | 24,0 | 2,10 | 50,40
| Courgettes | 2 | 10,0 | 1,60 | 16,00
> Total HT   66,40
Vos factures sont établies en fin de mois. Signature du client :
"""),
    "reminder-one": NotInvoice("reminder", "fr", """
Imprimerie Lagrange     SIREN 552 100 554
> Cabinet Morvan
> Nantes, le 22/05/2025

Objet : relance - facture impayée

~ Madame, Monsieur, sauf erreur ou omission de notre part, le règlement de la facture n° 2025-0144 du 02/04/2025 d'un montant de 1 284,00 € échue le 02/05/2025 ne nous est pas parvenu. Nous vous prions de bien vouloir procéder à son paiement sous huit jours.
| Facture | Date | Échéance | Montant TTC
| 2025-0144 | 02/04/2025 | 02/05/2025 | 1 284,00
> Total dû   1 284,00 €
IBAN FR76 3000 6000 0112 3456 7890 189
"""),
    "formal-notice": NotInvoice("reminder", "fr", """
> Lettre recommandée avec accusé de réception
# MISE EN DEMEURE DE PAYER
~ Malgré nos précédents courriers, notre facture F-881 de 3 600,00 € TTC échue le 31/01/2025 demeure impayée. Nous vous mettons en demeure de nous régler cette somme sous huitaine, majorée des pénalités de retard et de l'indemnité forfaitaire de 40 €. À défaut, nous saisirons le tribunal de commerce.
> Montant à payer   3 640,00 €
"""),
    "supplier-statement": NotInvoice("statement", "fr", """
Matériaux Rivière
> Client C-2204  Maçonnerie Duval
# RELEVÉ DE COMPTE AU 30/04/2025
| Date | Pièce | Libellé | Débit | Crédit | Solde
| 03/04/2025 | FA1022 | Facture | 812,40 |  | 812,40
| 11/04/2025 | FA1049 | Facture | 229,00 |  | 1 041,40
| 20/04/2025 | RG331 | Règlement chèque |  | 812,40 | 229,00
> Solde à payer   229,00 €
"""),
    "statement-of-bills": NotInvoice("statement", "fr", """
Carburants Express
> Transports Bonnet
Situation de votre compte client au 31/03/2025
Solde précédent 1 120,00
| Facture | Date | Échéance | Reste dû
| 25-3301 | 05/03/2025 | 04/04/2025 | 640,00
| 25-3412 | 12/03/2025 | 11/04/2025 | 712,50
| 25-3570 | 24/03/2025 | 23/04/2025 | 398,20
> Total restant dû   1 750,70 €
"""),
    "bank-statement": NotInvoice("bank_statement", "fr", """
Banque du Littoral
# Relevé de compte courant n° 4
Du 01/04/2025 au 30/04/2025
Titulaire du compte : SARL Duval     IBAN FR76 3000 6000 0112 3456 7890 189   BIC AGRIFRPP
| Date | Valeur | Opération | Débit | Crédit
| 01/04 | 01/04 | ANCIEN SOLDE |  | 4 120,15
| 03/04 | 04/04 | PRLV SEPA ENEDIS | 212,40 |
| 08/04 | 08/04 | VIR SEPA RECU DUPONT |  | 1 800,00
| 15/04 | 16/04 | CARTE 14/04 LEROY | 89,90 |
| 29/04 | 29/04 | FRAIS DE TENUE DE COMPTE | 12,00 |
> Total des mouvements  314,30   1 800,00
> NOUVEAU SOLDE AU 30/04/2025   5 605,85
"""),
    "bank-extract-card": NotInvoice("bank_statement", "fr", """
Crédit des Alpes - Votre relevé d'opérations carte
Compte n° 0012345678   Mois de mai 2025
Solde créditeur au 01/05/2025 : 2 310,00 EUR
| Date opération | Date valeur | Libellé | Montant
| 02/05 | 03/05 | PAIEMENT CB STATION TOTAL | -61,20
| 06/05 | 07/05 | RETRAIT DAB GRENOBLE | -100,00
| 12/05 | 12/05 | VIREMENT EN VOTRE FAVEUR | 950,00
Solde créditeur au 31/05/2025 : 3 098,80 EUR
"""),
    "contract": NotInvoice("contract", "fr", """
# CONTRAT DE PRESTATION DE SERVICES
Entre les soussignés :
~ La société Nettoyage Clair, SAS au capital de 20 000 euros, immatriculée au RCS de Rennes sous le numéro 552 100 554, ci-après dénommée le prestataire, d'une part, et la société Duval, ci-après dénommée le client, d'autre part, il a été convenu ce qui suit.

""" + _articles("Objet", "Durée du contrat", "Prix", "Résiliation", "Confidentialité", "Droit applicable") + """

~ Le prix est fixé à 450,00 euros HT par mois, payable à 30 jours.
Fait à Rennes, le 12/01/2025, en deux exemplaires originaux.
Signature du prestataire          Signature du client
"""),
    "lease": NotInvoice("contract", "fr", """
# BAIL COMMERCIAL
~ Entre les soussignés, M. Henri Colas, ci-après dénommé le bailleur, et la SARL Duval, ci-après dénommée le preneur, il a été arrêté et convenu ce qui suit.

""" + _articles("Désignation des lieux", "Durée du bail", "Loyer", "Dépôt de garantie", "Charges") + """

~ Le loyer annuel est fixé à 14 400,00 euros hors taxes, soit 1 200,00 euros par mois.
Fait à Dijon, le 01/02/2025
"""),
    "terms-of-sale": NotInvoice("terms", "fr", """
# CONDITIONS GÉNÉRALES DE VENTE

""" + _articles("Champ d'application", "Commandes", "Prix et paiement", "Livraison", "Réserve de propriété", "Garantie", "Litiges")),
    "curriculum": NotInvoice("cv", "fr", """
# Claire Fontaine
Comptable confirmée - 34 ans - Permis B
claire.fontaine@example.org   06 12 34 56 78
EXPÉRIENCE PROFESSIONNELLE
2019 - 2025   Comptable fournisseurs, Groupe Atrium, Lyon
~ Saisie de 400 factures par mois, rapprochement bancaire, déclarations de TVA, relances.
2014 - 2019   Assistante de gestion, Transports Bonnet
FORMATION
2014   BTS Comptabilité et gestion, Lycée Ampère
COMPÉTENCES
Logiciels : Odoo, Excel      Langues : anglais courant
CENTRES D'INTÉRÊT
Randonnée, chant choral
"""),
    "payslip": NotInvoice("payslip", "fr", """
SARL Duval     SIRET 732 829 320 00074     Code APE 4399C
# BULLETIN DE PAIE
Période du 01/05/2025 au 31/05/2025     Paiement le 31/05/2025
Salarié : Karim Belaïd     N° de sécurité sociale 1 85 04 69 123 456 78     Emploi : maçon
| Rubrique | Base | Taux | Part salarié | Part employeur
| Salaire de base | 151,67 | 14,20 | 2 153,71 |
| Sécurité sociale plafonnée | 2 153,71 | 6,90 | 148,61 | 184,14
| CSG déductible | 2 116,02 | 6,80 | 143,89 |
> Net imposable   1 789,40
> Net à payer avant impôt   1 724,88
> Net payé   1 668,12
Congés payés : solde 12,5 jours
"""),
    "tax-notice": NotInvoice("tax_notice", "fr", """
DIRECTION GÉNÉRALE DES FINANCES PUBLIQUES
Service des impôts des entreprises de Quimper
# AVIS D'IMPÔT 2025
Cotisation foncière des entreprises
Numéro fiscal : 12 34 567 890 123      Référence de l'avis : 25 29 0012345 67
| Base | Taux | Cotisation
| 3 200 | 26,14 % | 836
> Montant de votre impôt   861,00 €
> À payer au plus tard le 15/12/2025
Vous pouvez payer sur impots.gouv.fr
"""),
    "social-contributions": NotInvoice("tax_notice", "fr", """
URSSAF de Bretagne
> SARL Duval
# APPEL DE COTISATIONS
Travailleur indépendant - 2e trimestre 2025
| Cotisations et contributions | Assiette | Montant
| Maladie-maternité | 18 400 | 1 196,00
| Retraite de base | 18 400 | 3 266,00
> Montant à régler   4 462,00 €
Date limite de paiement : 05/05/2025
"""),
    "letter": NotInvoice("letter", "fr", """
Assurances du Ponant
> Monsieur Duval
> Brest, le 14 avril 2025
Objet : votre rendez-vous

~ Cher Monsieur, nous avons le plaisir de vous confirmer notre rendez-vous du 28 avril 2025 à 14 heures dans nos bureaux. Vous voudrez bien vous munir de la liste des véhicules à assurer. Notre conseillère vous remettra une étude personnalisée de vos garanties.

~ Nous vous prions d'agréer, Monsieur, l'expression de nos salutations distinguées.
Le directeur de l'agence
"""),
    "letter-of-tariffs": NotInvoice("letter", "fr", """
Papeterie du Centre - SIREN 552 100 554
> À tous nos clients
> Tours, le 3 décembre 2024
Objet : évolution de nos tarifs

~ Madame, Monsieur, la hausse du prix de la pâte nous oblige à revoir nos tarifs. À compter du 1er janvier 2025, la ramette passera de 4,20 € à 4,45 € HT et le carton de 21,00 € à 22,25 € HT. Vos factures seront établies à ce tarif.

~ Comptant sur votre compréhension, nous vous prions d'agréer, Madame, Monsieur, nos salutations distinguées.
"""),
    "data-sheet": NotInvoice("technical", "fr", """
# Pompe de relevage PR-40
Fiche technique - révision 3 du 12/09/2024
CARACTÉRISTIQUES TECHNIQUES
| Grandeur | Valeur | Unité
| Débit maximal | 12,5 | m3/h
| Hauteur manométrique | 8,00 | m
| Puissance absorbée | 0,75 | kW
| Tension d'alimentation | 230 | V
| Température maximale | 40,00 | °C
Dimensions : 310 x 220 x 410 mm     Poids : 11,2 kg
~ Installation : respecter la notice. Ne pas faire fonctionner à sec. Entretien tous les six mois. Norme EN 12050.
"""),
    "user-manual": NotInvoice("technical", "fr", """
# Notice d'utilisation
Chaudière murale Thermalis 24
Sommaire
1. Consignes de sécurité ........ 3
2. Installation ........ 5
3. Mise en service ........ 9
4. Entretien ........ 14
5. Dépannage ........ 18
~ Avant toute intervention, couper l'alimentation électrique. L'appareil doit être installé par un professionnel qualifié. Conserver cette notice.
| Code erreur | Cause | Remède
| E01 | Défaut d'allumage | Vérifier le gaz
| E12 | Pression basse | Remplir à 1,50 bar
"""),
    "minutes": NotInvoice("other", "fr", """
Compte rendu de la réunion du 8 avril 2025
Présents : Mme Noël, M. Duval, M. Keller
Ordre du jour
1. Planning du chantier     2. Budget     3. Divers
~ Le planning est tenu. Le budget des menuiseries s'élève à 24 600,00 € HT pour 22 000,00 € prévus. M. Keller demande un nouveau chiffrage avant la fin du mois.
Prochaine réunion le 6 mai 2025 à 9 h 30.
"""),
    "payment-advice": NotInvoice("remittance", "fr", """
Groupe Atrium - comptabilité fournisseurs
> Menuiserie Aubertin
# AVIS DE VIREMENT
~ Nous vous informons que nous avons procédé ce jour, 15/05/2025, au virement suivant sur votre compte FR76 3000 6000 0112 3456 7890 189 :
| Votre facture | Date | Montant
| F-2025-071 | 02/04/2025 | 1 440,00
| F-2025-080 | 11/04/2025 | 612,00
> Montant viré   2 052,00 €
"""),
    "energy-schedule": NotInvoice("schedule", "fr", """
Lumen Énergies
> Boulangerie Petit
# VOTRE ÉCHÉANCIER DE PAIEMENT
Contrat d'électricité n° 55 210 884     établi le 06/01/2025
~ Vous avez choisi la mensualisation. Voici vos prélèvements jusqu'à la facture de régularisation de décembre.
| Date de prélèvement | Montant TTC
| 05/02/2025 | 182,00
| 05/03/2025 | 182,00
| 05/04/2025 | 182,00
| 05/05/2025 | 182,00
> Total des prélèvements   728,00 €
"""),
    "loan-schedule": NotInvoice("schedule", "fr", """
Banque du Littoral
# TABLEAU D'AMORTISSEMENT
Prêt n° 778812 - capital emprunté 40 000,00 EUR - taux 3,20 %
| Échéance | Date | Capital | Intérêts | Assurance | Mensualité | Capital restant dû
| 1 | 05/02/2025 | 615,20 | 106,67 | 8,00 | 729,87 | 39 384,80
| 2 | 05/03/2025 | 616,84 | 105,03 | 8,00 | 729,87 | 38 767,96
| 3 | 05/04/2025 | 618,49 | 103,38 | 8,00 | 729,87 | 38 149,47
"""),
    "bank-identity": NotInvoice("bank_statement", "fr", """
Banque du Littoral
# RELEVÉ D'IDENTITÉ BANCAIRE
Titulaire : SARL Duval, 12 rue du Port, 29200 Brest
| Code banque | Code guichet | N° de compte | Clé
| 30006 | 00001 | 12345678901 | 89
IBAN FR76 3000 6000 0112 3456 7890 189     BIC AGRIFRPP
"""),
    "price-list": NotInvoice("other", "fr", """
Cave des Coteaux
# TARIF 2025
Prix départ cave, hors taxes
| Vin | Millésime | Bouteille | Carton de 6
| Côtes du Marmandais rouge | 2022 | 7,50 | 45,00
| Blanc sec | 2023 | 8,20 | 49,20
| Rosé | 2024 | 6,90 | 41,40
Franco à partir de 60 bouteilles
"""),
    "quote-english": NotInvoice("quote", "en", """
Harbour Signs Ltd     VAT GB123456789
# Quotation Q-3310
Date: 3 March 2025      Valid until: 3 April 2025
| Description | Qty | Unit price | Amount
| Shop sign, lit | 1 | 1,450.00 | 1,450.00
> Subtotal   1,450.00
> VAT 20%   290.00
> Total GBP   1,740.00
"""),
    "statement-english": NotInvoice("statement", "en", """
Northgate Parts
# STATEMENT OF ACCOUNT
Account 20441       As at 31 May 2025
| Date | Reference | Debit | Credit | Balance
| 02/05/2025 | INV 5521 | 240.00 |  | 240.00
| 15/05/2025 | INV 5610 | 96.00 |  | 336.00
> Amount due   336.00
"""),
    "delivery-german": NotInvoice("delivery_note", "de", """
Holzbau Kern GmbH
# LIEFERSCHEIN Nr. 7781
Lieferdatum 12.05.2025
| Artikel | Bezeichnung | Menge | Einheit
| 4410 | Kantholz 6x8 | 40 | Stk
| 4412 | Latte 3x5 | 120 | Stk
Ware erhalten: Unterschrift
"""),
    "order-german": NotInvoice("order", "de", """
Autohaus Beier
# Auftragsbestätigung AB-2025-311
Datum 04.02.2025
| Pos | Artikel | Menge | Preis | Betrag
| 1 | Bremsscheibe | 4 | 62,00 | 248,00
> Summe netto   248,00
> MwSt 19 %   47,12
> Gesamtbetrag   295,12
"""),
    # -- what an accountant does book, whatever its name ------------------------------------------------
    "fees": NotInvoice("invoice", "fr", """
Maître Anne Kerbrat, avocate au barreau de Brest     SIRET 732 829 320 00074    TVA FR44732829320
> SARL Duval
# NOTE D'HONORAIRES
N° 2025-031     Date : 10/03/2025
| Diligences | Montant HT
| Consultation et rédaction | 900,00
> Total HT   900,00
> TVA 20 %   180,00
> Total TTC   1 080,00
"""),
    "rent-receipt": NotInvoice("invoice", "fr", """
SCI du Port     SIREN 552 100 554
> SARL Duval
# QUITTANCE DE LOYER
N° 2025-05    Date 01/05/2025     Période : mai 2025
Loyer hors charges   1 200,00
Provision sur charges   150,00
> Total   1 350,00 €
"""),
    "co-owners-call": NotInvoice("invoice", "fr", """
Syndic Armor Gestion     SIRET 732 829 320 00074
> SCI du Port    lot 12
# APPEL DE FONDS
Appel n° 2025-T2     Date : 01/04/2025     À régler avant le 15/04/2025
| Nature | Tantièmes | Votre quote-part
| Charges courantes | 120/10000 | 312,40
| Fonds de travaux | 120/10000 | 48,00
> Montant à payer   360,40 €
"""),
    "deposit-invoice": NotInvoice("deposit", "fr", """
Menuiserie Aubertin    Siret 732 829 320 00074  TVA FR44732829320
> M. Keller
# FACTURE D'ACOMPTE N° FA-0091
Date : 02/04/2025    Selon devis D-2025-118 du 14/03/2025
| Désignation | Montant HT
| Acompte de 30 % sur devis D-2025-118 | 738,00
> Total HT   738,00
> TVA 10 %   73,80
> Net à payer   811,80
"""),
    "credit": NotInvoice("credit_note", "fr", """
Briques du Nord SA     SIRET 552 081 317 66522
> Maçonnerie Duval
# AVOIR N° AV-220
Date : 12/06/2025     Annule la facture F-1204 - retour selon bon de livraison 88217
| Désignation | Qté | Prix | Montant
| Brique pleine | 100 | 0,85 | 85,00
> Total HT   85,00
> TVA 20 %   17,00
> Total TTC   102,00
"""),
    "energy-bill-with-schedule": NotInvoice("invoice", "fr", """
Lumen Énergies     SIREN 552 100 554     TVA FR15552100554
> Boulangerie Petit
# Votre facture et votre échéancier
Facture n° 25 01 774 882 du 06/01/2025
| Consommation | kWh | Prix | Montant HT
| Électricité | 1 250 | 0,1520 | 190,00
> Total HT   190,00
> TVA 20 %   38,00
> Total TTC   228,00
Échéancier : vos prochains prélèvements
| Date de prélèvement | Montant TTC
| 05/02/2025 | 182,00
| 05/03/2025 | 182,00
"""),
    "invoice-with-terms": NotInvoice("invoice", "fr", """
Nettoyage Clair SAS     SIREN 552 100 554    TVA FR15552100554
> SARL Duval
# FACTURE 25-0031
Date 31/01/2025     Contrat de prestation n° C-12     Bon de commande BC-7     Devis D-3
| Désignation | Quantité | Prix HT | Montant HT
| Nettoyage des bureaux janvier | 1 | 450,00 | 450,00
> Total HT   450,00
> TVA 20 %   90,00
> Total TTC   540,00
~ Conditions générales de vente : le vendeur garantit à l'acheteur. Tout litige relève du tribunal de commerce. Pénalités de retard 10 %, indemnité forfaitaire de 40 euros. Relance et mise en demeure aux frais du débiteur.
"""),
    "garage-repair": NotInvoice("invoice", "fr", """
Garage des Halles     Siret 732 829 320 00074  TVA FR44732829320
Ordre de réparation 5512     Facture F-7740 du 04/04/2025
> M. Colas
| Référence | Désignation | Qté | PU HT | Montant HT
| VID | Vidange | 1 | 89,00 | 89,00
> Total HT   89,00
> TVA 20 %   17,80
> Net à payer   106,80
"""),
    "water-account": NotInvoice("invoice", "fr", """
Régie des eaux du Pays d'Aure     SIRET 552 081 317 66522
> SARL Duval
# DÉCOMPTE
N° 25-88120     Date 12/02/2025
| Libellé | m3 | Prix | Montant
| Eau potable | 48 | 2,10 | 100,80
> Total HT   100,80
> TVA 5,5 %   5,54
> Total à payer   106,34
"""),
}  # fmt: skip


def draw(name: str) -> bytes:
    """The PDF of one of `PAPERS`."""
    at = list(PAPERS).index(name)
    sheet = Sheet(face=_FACES[at % len(_FACES)])
    left, right, y, step = 45 + 7 * (at % 3), sheet.width - 45, 60.0, 13.5
    for line in PAPERS[name].text.strip("\n").split("\n"):
        y = _line(sheet, line, left, right, y, step)
    return sheet.pdf()


def _line(sheet: Sheet, line: str, left: float, right: float, y: float, step: float) -> float:
    if line == "===":
        sheet.page()
        return 60.0
    if line.startswith("# "):
        sheet.put(left, y + 10, line[2:], 15, bold=True)
        return y + 30
    if line.startswith("> "):
        *texts, last = [text for text in line[2:].split("   ") if text.strip()]
        if texts:
            sheet.put(right - 90, y, texts[0], align="r")
            sheet.put(right, y, last.strip(), align="r")
        else:
            sheet.put(right - 190, y, last)
        return y + step
    if line.startswith("| "):
        cells = [cell.strip() for cell in line[2:].split("|")]
        sheet.put(left, y, cells[0])
        width = (right - left - 150) / max(1, len(cells) - 1) if len(cells) > 2 else 90
        for number, cell in enumerate(cells[1:], 1):
            end = right - (len(cells) - 1 - number) * min(width, 95)
            sheet.put(end, y, cell, align="r")
        return y + step
    if line.startswith("~ "):
        for part in wrap(line[2:], 105):
            sheet.put(left, y, part)
            y += 12
        return y + 4
    if line.strip():
        sheet.put(left, y, line)
    return y + step
