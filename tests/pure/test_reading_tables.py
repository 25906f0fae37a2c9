"""Lines of invoices as suppliers print them: building trades, food, telecom, hotels, lawyers, fuel cards, receipts."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from reading.fields import View
from reading.layout import Layout
from reading.model import OCR, Options, ReadLine
from reading.tables import find_lines
from reading_page import page


def read(*pages: str, totals: dict[str, str] | None = None, source: str = "text") -> list[ReadLine]:
    """The best reading of these pages."""
    layout = Layout([page(text, number, source) for number, text in enumerate(pages)])
    known = {term: Decimal(value) for term, value in (totals or {}).items()}
    readings = find_lines(View.of(layout, Options(), ("fr", "en", "de")), known or None)
    return readings[0] if readings else []


def short(value: Decimal | None) -> str:
    """A number without useless zeros; empty for none."""
    return "" if value is None else f"{value.normalize():f}"


def rows(lines: list[ReadLine]) -> list[str]:
    """`quantity x price = amount` of each line."""
    return [
        f"{short(line.quantity)} x {short(line.price)} = {short(line.amount)}" for line in lines
    ]


def names(lines: list[ReadLine]) -> list[str]:
    """First row of each description."""
    return [line.description.split("\n")[0] for line in lines]


STORIES = {}


def story(name, text, expected, names=None):
    STORIES[name] = (text, expected, names)


story(
    "telecom",
    """
Ligne 06 12 34 56 78
Libellé                          Période                Qté   P.U. HT   Montant HT  TVA
Forfait Pro 5G 100 Go            01/03/26-31/03/26        1     25,00        25,00  20 %
Option international             01/03/26-31/03/26        1      8,00         8,00  20 %
Remise fidélité                  01/03/26-31/03/26        1     -5,00        -5,00  20 %
Total ligne 06 12 34 56 78                                                   28,00
Ligne 06 98 76 54 32
Forfait Pro 5G 20 Go             01/03/26-31/03/26        1     15,00        15,00  20 %
Hors forfait : appels vers mobiles                       12      0,25         3,00  20 %
Total ligne 06 98 76 54 32                                                   18,00

                                                     Total HT                46,00
                                                     TVA 20 %                 9,20
                                                     Total TTC               55,20
""",
    ["1 x 25 = 25", "1 x 8 = 8", "-1 x 5 = -5", "1 x 15 = 15", "12 x 0.25 = 3"],
)

story(
    "marketplace",
    """
Détails de la facture
Description                        Qté   P.U.       Taux de   P.U.       Prix total
                                         (hors TVA) TVA       (TVA       de l'article
                                                              incluse)   (TVA incluse)
Câble HDMI 2.1 tressé, 3 m           2     10,00 €    20 %      12,00 €      24,00 €
ASIN: B0ABCD1234
Souris sans fil ergonomique          1     20,82 €    20 %      24,98 €      24,98 €
ASIN: B0WXYZ5678
Frais d'expédition                         4,16 €     20 %       4,99 €       4,99 €

                                                Total facture           53,97 €
Taux de TVA      Prix total (hors TVA)      TVA
20 %             44,98 €                    8,99 €
""",
    ["2 x 10 = 20", "1 x 20.82 = 20.82", "1 x 4.16 = 4.16"],
)

story(
    "saas",
    """
Invoice number 4F2A-0012
Description                              Qty   Unit price    Tax     Amount
Team plan                                  5       $12.00    20%     $60.00
Jan 1 - Jan 31, 2026
Additional storage (100 GB)                2        $4.50    20%      $9.00
Jan 1 - Jan 31, 2026

                                                 Subtotal            $69.00
                                                 VAT - France (20%)  $13.80
                                                 Total               $82.80
                                                 Amount due          $82.80
""",
    ["5 x 12 = 60", "2 x 4.5 = 9"],
)

story(
    "hotel",
    """
Chambre 214    Arrivée 03/02/2026    Départ 05/02/2026
Date         Libellé                        Qté    P.U. TTC     Montant TTC
03/02/2026   Nuitée chambre double            1      110,00          110,00
03/02/2026   Petit-déjeuner buffet            2       11,00           22,00
04/02/2026   Nuitée chambre double            1      110,00          110,00
04/02/2026   Dîner menu terroir               1       33,00           33,00

                                       Total TTC                     275,00
                                       Dont TVA 10 %                  25,00
                                       Total HT                      250,00
                                       Réglé par carte bancaire      275,00
""",
    ["1 x 100 = 100", "2 x 10 = 20", "1 x 100 = 100", "1 x 30 = 30"],
)

story(
    "building",
    """
N°     Désignation des travaux                    U      Qté      P.U. HT      Total HT
1      LOT 1 - MAÇONNERIE
1.1    Démolition de cloison en briques           m²     12,50      38,00        475,00
       y compris évacuation des gravats
1.2    Ouverture dans mur porteur                 ens     1,00   1 850,00      1 850,00
       avec pose d'un linteau IPN
       Sous-total LOT 1                                                        2 325,00
2      LOT 2 - CARRELAGE
2.1    Fourniture et pose de carrelage            m²     24,00      62,50      1 500,00
2.2    Plinthes assorties                         ml     18,00       9,80        176,40
       Sous-total LOT 2                                                        1 676,40

                                                  Total HT                     4 001,40
                                                  TVA 10 %                       400,14
                                                  Total TTC                    4 401,54
                                                  Acompte versé                1 000,00
                                                  Net à payer                  3 401,54
""",
    ["12.5 x 38 = 475", "1 x 1850 = 1850", "24 x 62.5 = 1500", "18 x 9.8 = 176.4"],
    [
        "Démolition de cloison en briques",
        "Ouverture dans mur porteur",
        "Fourniture et pose de carrelage",
        "Plinthes assorties",
    ],
)

story(
    "lawyer",
    """
Date         Diligences                                   Temps    Taux HT    Honoraires HT
04/02/2026   Rendez-vous client et analyse du dossier     1h30      220,00           330,00
09/02/2026   Rédaction de l'assignation                   3h45      220,00           825,00
             devant le tribunal judiciaire
18/02/2026   Audience de mise en état                     0h45      220,00           165,00
             Frais de greffe                                                          42,00

                                                          Total HT                 1 362,00
                                                          TVA 20 %                   272,40
                                                          Total TTC                1 634,40
""",
    ["1.5 x 220 = 330", "3.75 x 220 = 825", "0.75 x 220 = 165", "1 x 42 = 42"],
)

story(
    "carrier",
    """
Récépissé   Date         Destinataire              CP      Colis    Poids    Montant HT
70012345    02/03/2026   Menuiserie Vautrin        35000       3    45,20         38,60
70012377    03/03/2026   Garage du Port            29200       1    12,00         17,85
70012391    05/03/2026   SARL Le Bihan             56100       8   210,00         96,40
Surcharge carburant 12,5 %                                                        19,11

Total HT          171,96
TVA 20,00 %        34,39
Net à payer       206,35
""",
    ["1 x 38.6 = 38.6", "1 x 17.85 = 17.85", "1 x 96.4 = 96.4", "1 x 19.11 = 19.11"],
)

story(
    "leasing",
    """
Contrat n° 2024-88771   Matériel : photocopieur
Libellé                                         Montant HT      TVA      Montant TTC
Loyer du 01/04/2026 au 30/06/2026                 1 250,00     250,00       1 500,00
Assurance bris de machine                            45,00       9,00          54,00
Frais de gestion                                      8,00       1,60           9,60
Total                                             1 303,00     260,60       1 563,60
Prélèvement le 01/04/2026 sur votre compte
""",
    ["1 x 1250 = 1250", "1 x 45 = 45", "1 x 8 = 8"],
)

story(
    "fuel card",
    """
Carte n° 7077 1234 - AB-123-CD
Date        Station           Km       Produit     Litres   Prix/L TTC   Montant TTC   Montant HT
03/03/26    A7 MORNAS       84512      GASOIL       42,15        1,799         75,83        63,19
10/03/26    VALENCE SUD     85230      GASOIL       38,40        1,812         69,58        57,98
17/03/26    LYON EST        85990      ADBLUE       10,00        0,990          9,90         8,25
Total carte 7077 1234                                                        155,31       129,42

Total HT      129,42
TVA 20 %       25,89
Total TTC     155,31
""",
    ["42.15 x 1.4992 = 63.19", "38.4 x 1.51 = 57.98", "10 x 0.825 = 8.25"],
)

story(
    "car parts",
    """
Réf.        Désignation              Qté   P.U. brut  Rem %   P.U. net   Montant HT  T
1J0698151G  JEU PLAQUETTES AV          1       62,40     35      40,56        40,56  1
BL 445120 du 12/03/2026
OC90        FILTRE A HUILE             2       11,90     42       6,90        13,80  1
5W30-5L     HUILE 5W30 BIDON 5L        3       48,00     25      36,00       108,00  1
            ECO-CONTRIBUTION HUILE     3        0,45              0,45         1,35  1
            CONSIGNE DEMARREUR         1       60,00             60,00        60,00  1
1J0698151G  JEU PLAQUETTES AV         -1       62,40     35      40,56       -40,56  1

Code   Taux    Base HT    TVA            TOTAL HT     183,15
1      20,00    183,15   36,63           TOTAL TVA     36,63
                                         NET A PAYER  219,78
""",
    [
        "1 x 40.56 = 40.56",
        "2 x 6.9 = 13.8",
        "3 x 36 = 108",
        "3 x 0.45 = 1.35",
        "1 x 60 = 60",
        "-1 x 40.56 = -40.56",
    ],
)

story(
    "food by weight",
    """
Code     Désignation              Origine   Colis   Poids net   Prix/kg   Montant HT  TVA
40112    TOMATE GRAPPE CAT 1      FRANCE        3      18,240      2,35        42,86  5,5
40230    COURGETTE                ESPAGNE       2      10,100      1,80        18,18  5,5
51010    SAUMON ENTIER 4/5        NORVEGE       1       4,652     13,90        64,66  5,5

Total HT 125,70
TVA 5,50 % 6,91
Net à payer 132,61
""",
    ["18.24 x 2.35 = 42.86", "10.1 x 1.8 = 18.18", "4.652 x 13.9 = 64.66"],
)

story(
    "price for a thousand",
    """
Référence   Désignation                 Quantité   U    Prix/mille      Montant HT
ENV-110     Enveloppes DL imprimées        5 000   u         48,00          240,00
CV-350      Cartes de visite               1 000   u         85,00           85,00
                                                  Total HT                  325,00
                                                  TVA 20 %                   65,00
                                                  Total TTC                 390,00
""",
    ["5000 x 0.048 = 240", "1000 x 0.085 = 85"],
)

story(
    "no header",
    """
Prestation de conseil en organisation, mars 2026                    1 200,00 €
Frais de déplacement                                                  184,50 €

Total HT                                                            1 384,50 €
TVA 20 %                                                              276,90 €
Total TTC                                                           1 661,40 €
""",
    ["1 x 1200 = 1200", "1 x 184.5 = 184.5"],
)

story(
    "numbers under the name",
    """
Désignation
     Référence          Quantité      Prix unitaire HT      Montant HT
Chaise de bureau ergonomique, accoudoirs réglables
     CHB-200                   4               149,00          596,00
Caisson mobile trois tiroirs
     CAI-310                   2                99,50          199,00

                                          Total HT             795,00
                                          TVA 20 %             159,00
                                          Total TTC            954,00
""",
    ["4 x 149 = 596", "2 x 99.5 = 199"],
    ["Chaise de bureau ergonomique, accoudoirs réglables", "Caisson mobile trois tiroirs"],
)

story(
    "discount under a line",
    """
Article                        Quantité    Prix unitaire    Total HT
Peinture façade 15 L                  4            89,00      356,00
   Remise 10 %                                                -35,60
Rouleau 180 mm                        6             7,20       43,20

Total HT                                                      363,60
TVA 20,00 %                                                    72,72
Total TTC                                                     436,32
""",
    ["4 x 89 = 356", "-1 x 35.6 = -35.6", "6 x 7.2 = 43.2"],
)

story(
    "insurance",
    """
Garanties                                    Prime HT      Taxes     Prime TTC
Responsabilité civile professionnelle          420,00      37,80        457,80
Protection juridique                            85,00      11,39         96,39
Frais de gestion                                15,00       0,00         15,00
Total à payer                                  520,00      49,19        569,19
""",
    ["1 x 420 = 420", "1 x 85 = 85", "1 x 15 = 15"],
)

story(
    "energy",
    """
Détail de votre facture              Quantité       Prix unitaire HT     Montant HT    TVA
Abonnement
Du 01/01/2026 au 28/02/2026            2 mois           14,25 €/mois        28,50 €    5,5 %
Consommation
Heures pleines (relevé)              812 kWh         0,1965 €/kWh          159,56 €    20 %
Heures creuses (relevé)              430 kWh         0,1412 €/kWh           60,72 €    20 %
Taxes et contributions
Contribution tarifaire d'acheminement                                        9,84 €    5,5 %
Accise sur l'électricité            1242 kWh         0,02250 €/kWh          27,95 €    20 %

Total hors TVA                                                             286,57 €
TVA à 5,5 % sur 38,34 €                                                      2,11 €
TVA à 20 % sur 248,23 €                                                     49,65 €
Total TTC                                                                  338,33 €
""",
    [
        "2 x 14.25 = 28.5",
        "812 x 0.1965 = 159.56",
        "430 x 0.1412 = 60.72",
        "1 x 9.84 = 9.84",
        "1242 x 0.0225 = 27.95",
    ],
)

story(
    "gross and net amounts",
    """
Désignation                 Qté     PU HT    Total HT    TVA %      TVA     Total TTC
Formation bureautique         2    450,00      900,00    20,00   180,00      1 080,00
Support de cours             12     15,00      180,00     5,50     9,90        189,90
Total                                        1 080,00            189,90      1 269,90
""",
    ["2 x 450 = 900", "12 x 15 = 180"],
)

story(
    "german",
    """
Pos.  Bezeichnung                    Menge   Einh.   E-Preis       Gesamt
1     Kugellager 6204-2RS               10   Stk        4,85        48,50
2     Dichtring                         25   Stk        0,96        24,00
3     Montage vor Ort                  2,5   Std       68,00       170,00
      inkl. Anfahrt
                              Zwischensumme netto                  242,50
                              zzgl. 19 % MwSt.                      46,08
                              Gesamtbetrag                         288,58
""",
    ["10 x 4.85 = 48.5", "25 x 0.96 = 24", "2.5 x 68 = 170"],
)

story(
    "english ledger",
    """
Item code   Description                     Qty    Unit Price    Disc %     Net Amount
AB-100      Stainless bracket, pack of 10    12         18.50     10.00         199.80
AB-230      Hinge set                         4         22.00                    88.00
            Carriage                                                             15.00
                                                  Net total                     302.80
                                                  VAT @ 20%                      60.56
                                                  Total GBP                     363.36
""",
    ["12 x 16.65 = 199.8", "4 x 22 = 88", "1 x 15 = 15"],
)

story(
    "water",
    """
                                       Volume m3    Prix unitaire    Montant HT    TVA
DISTRIBUTION DE L'EAU
Abonnement (part distributeur)                               32,40         32,40    5,5
Consommation (part distributeur)             85            1,2350        104,98    5,5
Consommation (part communale)                85            0,3120         26,52    5,5
COLLECTE ET TRAITEMENT DES EAUX USÉES
Consommation                                 85            1,5410        130,99   10,0
ORGANISMES PUBLICS
Lutte contre la pollution (agence de l'eau)  85            0,3300         28,05    5,5

Total HT                                                                 322,94
TVA 5,5 %                                                                 10,56
TVA 10 %                                                                  13,10
Total TTC                                                                346,60
""",
    [
        "1 x 32.4 = 32.4",
        "85 x 1.235 = 104.98",
        "85 x 0.312 = 26.52",
        "85 x 1.541 = 130.99",
        "85 x 0.33 = 28.05",
    ],
)

story(
    "deposit",
    """
Description                                               Montant HT
Acompte de 30 % sur devis D2026-114 du 02/03/2026           1 950,00
Rénovation de la salle d'eau
Total HT                                                    1 950,00
TVA 10 %                                                      195,00
Total TTC                                                   2 145,00
""",
    ["1 x 1950 = 1950"],
)

story(
    "subscription without quantities",
    """
Période du 01/03/2026 au 31/03/2026
Abonnements et forfaits                                                   49,99
  Box Pro fibre                                    39,99
  Option appels illimités                          10,00
Achats de services                                                         5,00
  VOD                                               5,00
Total HT                                                                  54,99
TVA 20 %                                                                  11,00
Total TTC                                                                 65,99
""",
    ["1 x 49.99 = 49.99", "1 x 5 = 5"],
)


story(
    "two header languages",
    """
Item / Article        Qty / Qté    Unit price / P.U.    VAT / TVA    Amount / Montant
Hosting, March 2026           1               190,00        20 %               190,00
Domain renewal                3                14,50        20 %                43,50
                                   Subtotal / Total HT                         233,50
                                   VAT / TVA                                    46,70
                                   Grand total / Total TTC                     280,20
""",
    ["1 x 190 = 190", "3 x 14.5 = 43.5"],
)

story(
    "recap beside totals",
    """
Réf      Désignation               Qté    PU HT   Rem%    Montant HT  TVA
A-100    Vis inox 6x40 (boîte)       5    12,00     10         54,00  1
A-200    Cheville 8 mm (x100)        2     9,90                19,80  1
B-310    Guide technique             1    28,00                28,00  2
Code   Taux     Base HT    Montant TVA              Total HT      101,80
1      20,00      73,80          14,76              Total TVA      16,30
2       5,50      28,00           1,54              Total TTC     118,10
""",
    ["5 x 10.8 = 54", "2 x 9.9 = 19.8", "1 x 28 = 28"],
)

story(
    "description in the middle of its rows",
    """
Désignation                          Quantité    Prix unitaire    Montant HT
Contrat d'entretien annuel
chaudière gaz, visite de mars 2026          1           145,00        145,00
référence contrat CE-2201

Remplacement sonde de température
extérieure et contrôle                      2            64,20        128,40
main d'œuvre comprise

                                              Total HT                273,40
                                              TVA 10 %                 27,34
                                              Net à payer             300,74
""",
    ["1 x 145 = 145", "2 x 64.2 = 128.4"],
)

story(
    "amounts with currency before",
    """
Description                     Hours      Rate         Amount
Design workshop                  6.50    €95.00        €617.50
Front-end development           24.00    €95.00      €2,280.00
Discount                                              -€100.00
                                 Subtotal            €2,797.50
                                 VAT 20%               €559.50
                                 Total due           €3,357.00
""",
    ["6.5 x 95 = 617.5", "24 x 95 = 2280", "-1 x 100 = -100"],
)

story(
    "quantity stuck to its unit",
    """
Libellé                                 Quantité     Tarif        Montant HT
Mise à disposition serveur dédié          1mois      89,00 €         89,00 €
Sauvegarde externalisée                   250Go       0,08 €         20,00 €
Intervention sur site                      3h30      72,00 €        252,00 €
                                          Montant total HT          361,00 €
                                          TVA (20,00 %)              72,20 €
                                          Montant total TTC         433,20 €
""",
    ["1 x 89 = 89", "250 x 0.08 = 20", "3.5 x 72 = 252"],
)

story(
    "credit note",
    """
Avoir n° AV-2026-07
Désignation               Qté    P.U. HT    Montant HT    TVA
Retour perceuse 18 V       -1     129,00       -129,00   20 %
Geste commercial                                -15,00   20 %
                                  Total HT     -144,00
                                  TVA 20 %      -28,80
                                  Total TTC    -172,80
""",
    ["-1 x 129 = -129", "-1 x 15 = -15"],
)

story(
    "dotted leaders and a lump sum",
    """
Honoraires du mois de mars 2026 ................................. 2 400,00 €
Débours (timbres fiscaux) ........................................... 48,00 €
Sous-total ...................................................... 2 448,00 €
TVA 20 % sur 2 400,00 ............................................. 480,00 €
TOTAL À RÉGLER .................................................. 2 928,00 €
""",
    ["1 x 2400 = 2400", "1 x 48 = 48"],
)

story(
    "supermarket receipt",
    """
BIO PRIMEUR
RCS Nantes 123 456 789
  BANANES CAT 1
    0,842 kg x 1,99 €/kg            1,68 A
  LAIT DEMI ECREME 6X1L             6,30 A
  2 x 3,45
  CAFE MOULU 250G                   6,90 A
  SAC POUBELLE 50L                  3,20 B
TOTAL (5 articles)                 18,08
CB                                 18,08
Taux      HT       TVA      TTC
A  5,50   14,10    0,78    14,88
B 20,00    2,67    0,53     3,20
""",
    ["0.842 x 1.8863 = 1.59", "1 x 5.9716 = 5.97", "2 x 3.2701 = 6.54", "1 x 2.6667 = 2.67"],
)

story(
    "petrol receipt",
    """
TOTAL ACCESS
RELAIS DES VIGNES
POMPE 4    SP95-E10
VOLUME     32,51 L
PRIX       1,789 EUR/L
SP95-E10               58,16
TOTAL TTC              58,16 EUR
DONT TVA 20,00%         9,69
MONTANT HT             48,47
CARTE BANCAIRE         58,16
""",
    ["32.51 x 1.4908 = 48.47"],
)

story(
    "rent",
    """
AVIS D'ÉCHÉANCE
Libellé                                             Montant
Loyer commercial 2e trimestre 2026                 4 500,00
Provision pour charges                               600,00
Taxe foncière (quote-part)                           275,00
Total HT                                           5 375,00
TVA 20 %                                           1 075,00
Total à payer                                      6 450,00
""",
    ["1 x 4500 = 4500", "1 x 600 = 600", "1 x 275 = 275"],
)

story(
    "work progress",
    """
Poste   Désignation             Marché HT     % cumulé    Cumul HT     Situation préc.    À facturer HT
01      Installation chantier     3 000,00       100 %     3 000,00           3 000,00             0,00
02      Gros œuvre               42 000,00        60 %    25 200,00          12 600,00        12 600,00
03      Charpente                18 000,00        25 %     4 500,00               0,00         4 500,00
        Total HT                                          32 700,00          15 600,00        17 100,00
        TVA 20 %                                                                               3 420,00
        Total TTC                                                                             20 520,00
""",
    ["1 x 12600 = 12600", "1 x 4500 = 4500"],
)

story(
    "telecom summary with tax columns",
    """
Votre facture en détail                          HT        TVA 20 %         TTC
Abonnements                                   45,83            9,17       55,00
Communications hors forfait                    2,50            0,50        3,00
Services et options                            8,33            1,67       10,00
Total facture                                 56,66           11,34       68,00
""",
    ["1 x 45.83 = 45.83", "1 x 2.5 = 2.5", "1 x 8.33 = 8.33"],
)

story(
    "hotel ledger",
    """
Date       Description                    Débit      Crédit
12/03/26   Hébergement                   129,00
12/03/26   Taxe de séjour                  1,65
13/03/26   Petit-déjeuner                 16,00
13/03/26   Carte Visa                               146,65
           Total                         146,65      146,65
           Solde                                       0,00
TVA 10 % sur 131,82 : 13,18      Total HT 133,47      Total TTC 146,65
""",
    None,
)

story(
    "items split over two rows",
    """
Code article / Désignation                        EAN
                        Qté       Prix net       Total net HT
4471023   LAMPE FRONTALE LED RECHARGEABLE         3760123450012
                          6          18,90             113,40
4471100   GILET HAUTE VISIBILITÉ T.L              3760123450999
                         20           4,25              85,00

                                  TOTAL HT             198,40
                                  TVA 20 %              39,68
                                  TOTAL TTC            238,08
""",
    ["6 x 18.9 = 113.4", "20 x 4.25 = 85"],
)


story(
    "garage: labour and parts",
    """
Ordre de réparation 45123     Véhicule : RENAULT CLIO    AB-123-CD    Km : 84 512
MAIN D'ŒUVRE
Code      Libellé                                   Temps    Taux HT    Remise    Montant HT
MO101     Révision 80 000 km                         1,20      72,00                   86,40
MO215     Remplacement plaquettes avant              0,80      72,00      10 %         51,84
Total main d'œuvre                                                                    138,24
PIÈCES ET FOURNITURES
Référence Désignation                                Qté       P.U. HT    Remise    Montant HT
7711943   Huile 5W30 (litre)                         4,30      11,90                   51,17
8200768   Filtre à huile                             1,00      14,20                   14,20
4106095   Jeu de plaquettes AV                       1,00      68,50      15 %         58,23
RECY      Participation recyclage déchets            1,00       2,50                    2,50
Total pièces                                                                          126,10
                                                           Total HT                   264,34
                                                           TVA 20 %                    52,87
                                                           Net à payer                317,21
""",
    [
        "1.2 x 72 = 86.4",
        "0.8 x 64.8 = 51.84",
        "4.3 x 11.9 = 51.17",
        "1 x 14.2 = 14.2",
        "1 x 58.23 = 58.23",
        "1 x 2.5 = 2.5",
    ],
)

story(
    "fuel cards by vehicle",
    """
Date      Heure   Lieu               Produit        Quantité     Prix TTC    Montant TTC    TVA     Montant HT
Véhicule AB-123-CD    Carte 70771234
03/03     08:14   ESSO NANTES        GAZOLE            45,12        1,756          79,23    13,21        66,02
09/03     17:40   AVIA ANCENIS       GAZOLE            38,70        1,762          68,19    11,37        56,82
Total véhicule AB-123-CD                               83,82                      147,42    24,58       122,84
Véhicule EF-456-GH    Carte 70775678
05/03     12:02   TOTAL ANGERS       SP95-E10          31,05        1,689          52,44     8,74        43,70
05/03     12:02   TOTAL ANGERS       LAVAGE             1,00       12,000          12,00     2,00        10,00
Total véhicule EF-456-GH                               32,05                       64,44    10,74        53,70
Total facture                                                                     211,86    35,32       176,54
""",
    ["45.12 x 1.4632 = 66.02", "38.7 x 1.4682 = 56.82", "31.05 x 1.4074 = 43.7", "1 x 10 = 10"],
)

story(
    "carried forward",
    """
Réf      Désignation                 Qté    P.U. HT    Total HT
A1       Carnet de commandes          10       3,20       32,00
A2       Agenda 2026                   5      12,00       60,00
                                      À reporter          92,00
""",
    ["10 x 3.2 = 32", "5 x 12 = 60"],
)

story(
    "insurance with tax line",
    """
Votre cotisation                                             Montant
Multirisque professionnelle                                   612,40
Responsabilité civile                                         188,00
Frais et accessoires                                           25,00
Taxes d'assurance                                              66,25
Total TTC de votre cotisation                                 891,65
""",
    ["1 x 612.4 = 612.4", "1 x 188 = 188", "1 x 25 = 25"],
)

story(
    "long descriptions",
    """
Désignation                                        Quantité    P.U. HT     Montant HT
Étude de structure pour la création d'une                 1     850,00         850,00
ouverture de 2,40 m dans un mur porteur,
y compris note de calcul et plan d'exécution
au 1/50e
Visite de chantier                                        2     120,00         240,00
Déplacements                                             64       0,55          35,20
                                                   Total HT                  1 125,20
                                                   TVA 20 %                    225,04
                                                   Total TTC                 1 350,24
""",
    ["1 x 850 = 850", "2 x 120 = 240", "64 x 0.55 = 35.2"],
    ["Étude de structure pour la création d'une", "Visite de chantier", "Déplacements"],
)

story(
    "quantity with unit in its own column before",
    """
U     Qté    Désignation                          PU HT      Total HT    TVA
h     12     Développement spécifique             75,00        900,00   20,00
j      2     Formation sur site                  680,00      1 360,00   20,00
ft     1     Frais de déplacement                 95,00         95,00   20,00
                                       TOTAL HT              2 355,00
                                       TVA                     471,00
                                       TTC                   2 826,00
""",
    ["12 x 75 = 900", "2 x 680 = 1360", "1 x 95 = 95"],
)

story(
    "wine with duties",
    """
Désignation                   Millésime   Cond.    Qté col   P.U. HT   Droits   Montant HT
Saint-Joseph rouge             2023        6x75      36        11,40     0,04       410,40
Crozes-Hermitage blanc         2024        6x75      12         9,80     0,04       117,60
Droits de circulation                                                                 1,92
Transport                                                                            28,00
Total HT                                                                            557,92
TVA 20 %                                                                            111,58
Total TTC                                                                           669,50
""",
    ["36 x 11.4 = 410.4", "12 x 9.8 = 117.6", "1 x 1.92 = 1.92", "1 x 28 = 28"],
)

story(
    "freight with surcharges",
    """
N° expédition   Date       Départ      Arrivée     Nb colis   Poids   Fret HT   Gasoil HT   Sûreté   Total HT
EXP-77120       03/02/26   59 LILLE    69 LYON            2     120     62,40        8,11     0,60      71,11
EXP-77188       11/02/26   59 LILLE    13 ARLES           1      35     41,80        5,43     0,60      47,83
                                                  Total HT                                             118,94
                                                  TVA 20 %                                              23,79
                                                  Total TTC                                            142,73
""",
    ["1 x 71.11 = 71.11", "1 x 47.83 = 47.83"],
)

story(
    "cloud provider",
    """
Description                                   Usage        Unit price      Amount
Compute Engine - europe-west9
  n2-standard-4                            744 hours       0.21850 EUR    162.56 EUR
  Persistent disk SSD                      200 GiB         0.18700 EUR     37.40 EUR
Cloud Storage
  Standard storage                         512 GiB         0.02300 EUR     11.78 EUR
                                             Subtotal                     211.74 EUR
                                             Tax (20%)                     42.35 EUR
                                             Total                        254.09 EUR
""",
    ["744 x 0.2185 = 162.56", "200 x 0.187 = 37.4", "512 x 0.023 = 11.78"],
)

story(
    "toll statement",
    """
Date         Trajet                          Classe    HT       TVA      TTC
02/03/2026   NANTES EST - ANGERS OUEST         1       7,25     1,45     8,70
02/03/2026   ANGERS OUEST - NANTES EST         1       7,25     1,45     8,70
15/03/2026   LE MANS SUD - TOURS NORD          1      10,08     2,02    12,10
Total péages                                          24,58     4,92    29,50
Frais de gestion télépéage                             2,50     0,50     3,00
TOTAL                                                 27,08     5,42    32,50
""",
    ["1 x 7.25 = 7.25", "1 x 7.25 = 7.25", "1 x 10.08 = 10.08", "1 x 2.5 = 2.5"],
)

story(
    "hotel folio in english",
    """
Date         Description              Charges     Payments
04-May-26    Room charge                165.00
04-May-26    City tax                     2.88
04-May-26    Bar                         18.00
05-May-26    Visa ****1122                           185.88
             Totals                     185.88       185.88
             Balance due                               0.00
VAT 10% 15.00     VAT 20% 3.00      Net 167.88
""",
    None,
)


@pytest.mark.parametrize("name", list(STORIES))
def test_story(name):
    text, expected, wanted = STORIES[name]
    lines = read(text)
    if expected is not None:
        assert rows(lines) == expected
    if wanted:
        assert names(lines) == wanted


def test_a_table_goes_on_over_pages_with_its_header_or_without():
    first = """
Réf      Désignation                 Qté    P.U. HT    Total HT
A1       Carnet de commandes          10       3,20       32,00
A2       Agenda 2026                   5      12,00       60,00
                                      À reporter          92,00
"""
    with_header = """
Réf      Désignation                 Qté    P.U. HT    Total HT
                                      Report              92,00
A3       Tampon encreur                2      18,50       37,00
                                      Total HT           129,00
                                      TVA 20 %            25,80
                                      Total TTC          154,80
"""
    without = """
                                      Report              92,00
A3       Tampon encreur                2      18,50       37,00
                                      Total HT           129,00
                                      TVA 20 %            25,80
                                      Total TTC          154,80
"""
    expected = ["10 x 3.2 = 32", "5 x 12 = 60", "2 x 18.5 = 37"]
    assert rows(read(first, with_header)) == expected
    assert rows(read(first, without)) == expected


def test_known_totals_tell_which_rows_count_and_whether_amounts_hold_vat():
    text = """
Désignation                      Montant
Abonnement annuel                 120,00
Option sauvegarde                  24,00
Pour mémoire, dépôt de garantie    50,00
"""
    assert rows(read(text)) == ["1 x 120 = 120", "1 x 24 = 24", "1 x 50 = 50"]
    lines = read(text, totals={"BT-109": "144.00", "BT-112": "172.80"})
    assert rows(lines) == ["1 x 120 = 120", "1 x 24 = 24"]
    assert all("sum" in line.reasons for line in lines)
    included = read(
        text.replace("Pour mémoire, dépôt de garantie    50,00", ""),
        totals={"BT-109": "120.00", "BT-112": "144.00"},
    )
    assert [short(line.amount) for line in included] == ["100", "20"]
    assert all(line.tax_included for line in included)


def test_vat_codes_are_explained_by_the_recap():
    lines = read(STORIES["recap beside totals"][0])
    assert [short(line.vat_rate) for line in lines] == ["20", "20", "5.5"]
    assert [line.reference for line in lines] == ["A-100", "A-200", "B-310"]
    assert lines[0].discount == 10


def test_rates_of_lines_follow_from_the_bases_when_nothing_else_says_them():
    lines = read("""
Désignation                 Qté    P.U. HT    Montant HT
Livre de comptabilité         2      40,00         80,00
Calculatrice                  1      31,00         31,00
                            Total HT              111,00
TVA 5,50 %    sur 80,00                             4,40
TVA 20,00 %   sur 31,00                             6,20
                            Total TTC             121,60
""")
    assert [short(line.vat_rate) for line in lines] == ["5.5", "20"]


def test_a_receipt_gives_up_its_vat_to_the_cent():
    lines = read(STORIES["hotel"][0])
    assert all(line.tax_included and line.vat_rate == 10 for line in lines)
    assert sum(line.amount for line in lines) == Decimal("250.00")


def test_recognised_figures_are_put_right_by_arithmetic():
    lines = read(
        """
Désignation                 Quantite    Prix unitaire    Montant HT
Peinture mate 10 L                 s            49,90        249,50
Rouleau 180 mm                     4             7,2O         28,80
Bâche                              2             6,50         13,0S
                                   Total HT                  291,30
                                   TVA 20 %                   58,26
""",
        source=OCR,
    )
    assert rows(lines) == ["5 x 49.9 = 249.5", "4 x 7.2 = 28.8", "2 x 6.5 = 13"]
    assert "derived" in lines[0].reasons


def test_words_of_a_line_and_of_its_terms_are_handed_on():
    (line, *_rest) = read(STORIES["building"][0])
    assert "".join(word.text for word in line.cells["BT-131"]) == "475,00"
    assert "".join(word.text for word in line.cells["BT-129"]) == "12,50"
    assert {"Démolition", "gravats"} <= {word.text for word in line.words}
    assert line.unit == "m²"


def test_what_is_no_table_gives_no_lines():
    assert (
        read("""
Madame, Monsieur,
Nous vous rappelons que notre facture n° 2026-14 du 03/02/2026 reste due.
IBAN FR76 3000 6000 0112 3456 7890 189
""")
        == []
    )


def test_a_hundred_and_twenty_lines_are_fast():
    item = "{0:06d}   ARTICLE NUMERO {0:03d}           {1:>3}      {2:>7}      {3:>9}"
    pages = []
    for start in range(0, 120, 40):
        body = [
            item.format(
                at,
                at % 9 + 1,
                f"{at}.50".replace(".", ","),
                f"{(at % 9 + 1) * (at + Decimal('0.5')):.2f}".replace(".", ","),
            )
            for at in range(start, start + 40)
        ]
        pages.append(
            "Code     Désignation                  Qté      PU HT        Montant HT\n"
            + "\n".join(body)
        )
    begun = time.process_time()
    lines = read(*pages)
    assert len(lines) == 120
    assert time.process_time() - begun < 0.6
