"""References and terms of unlike trades: name → (text, {field: value, None where the document has none, ANY for whatever text})."""

from __future__ import annotations

ANY = "*"
HEADS: dict[str, tuple[str, dict[str, str | None]]] = {
    "a customer account and a line of a telephone": (
        """
   LinkTel Business
   Facture n° 659D658746 du 19/02/2026            Page 1/3
   N° de compte client : 2353685352
   Ligne : 06 11 22 33 44    Contrat souscrit le 12/01/2020
   Total TTC   120,29 €
""",
        {"BT-1": "659D658746", "BT-12": None, "BT-13": None, "BT-20": None},
    ),
    "a billing account in a row of boxes": (
        """
   FACTURE
   N° de facture        Date de facture     N° de compte de facturation   N° client
   8100456712           03/03/2026          7.1234567                     C990817
   Votre identifiant de connexion : 55667788
   Mandat de prélèvement RUM : ++7D56AB89-44   ICS FR12ZZZ123456
   Prélèvement le 18/03/2026 sur le compte se terminant par 4512
""",
        {"BT-1": "8100456712", "BT-12": None, "BT-13": None, "BT-20": None},
    ),
    "the policy is the contract of a premium": (
        """
   ASSURANCES DU RHIN
   Avis d'échéance n° AE-2026-88123             Le 02/01/2026
   Contrat Multirisque Professionnelle
   N° de police : 5588.44.120   N° de sociétaire : 2211344R
   Échéance annuelle du contrat : 01/02/2026
   Prime TTC 1 240,00 €
""",
        {"BT-1": "AE-2026-88123", "BT-12": "5588.44.120", "BT-13": None, "BT-20": None},
    ),
    "a lease number": (
        """
   Facture de loyer n° L260331-004          Date : 31/03/2026
   Contrat de crédit-bail n° 077-112233-00     Matériel : Chariot série 4455GH
   Loyer n° 14/48     Référence mandat : RUM077112233
""",
        {"BT-1": "L260331-004", "BT-12": "077-112233-00", "BT-13": None},
    ),
    "contract account, delivery point, meter": (
        """
   Votre facture n° 10234567891 du 12 mars 2026
   Vos références
   Référence client : 6 012 345 678
   N° de compte contrat : 30 1234 5678
   PDL : 14 123 456 789 012     N° de compteur : 061 223 11
   Contrat : Option Pro 12 kVA
   Facture à payer avant le 28 mars 2026
""",
        {"BT-1": "10234567891", "BT-13": None, "BT-20": None},
    ),
    "identifiers of a delivery point": (
        """
   Facture électronique n° FE2603-118820
   PRM 25104567891234 - Segment C5
   Référence du point de livraison : 25104567891234
   N° EIC 17W100P100P0123A
   Titulaire du contrat : SARL Dupin
   Début de contrat : 01/01/2025
""",
        {"BT-1": "FE2603-118820", "BT-12": None, "BT-13": None},
    ),
    "a contract beside a meter": (
        """
   Facture N° 2026-E-0044812   du 14/01/2026
   Référence abonné  771-220-4     N° compteur  D14AA776543
   N° de contrat : 26100338-02
""",
        {"BT-1": "2026-E-0044812", "BT-12": "26100338-02", "BT-13": None},
    ),
    "repair order, claim, insurer": (
        """
   GARAGE DU PORT
   FACTURE N° 26/0412                    Date 05/02/2026
   Ordre de réparation n° 33871   Immatriculation AB-123-CD
   N° dossier sinistre : 2026S00451   Assurance : GMX police 887766
   Votre réf. : M. Bernard
""",
        {"BT-1": "26/0412", "BT-12": None},
    ),
    "market, site and quote": (
        """
   Facture de situation n° 3 - F26-0133         du 31/01/2026
   Chantier : Résidence Les Tilleuls - affaire 25-118
   Devis n° DV25-0940 du 12/09/2025
   Marché n° 2025-MP-017
""",
        {"BT-12": "2025-MP-017", "BT-13": None},
    ),
    "site and quote only": (
        """
   Facture n° F26-0133         du 31/01/2026
   Chantier n° 25-118     Dossier suivi par Paul Henry
   Selon notre devis n° DV25-0940 du 12/09/2025
""",
        {"BT-1": "F26-0133", "BT-12": None, "BT-13": None},
    ),
    "delivery notes of an order without number": (
        """
   FACTURE FC0098812          15/03/2026
   Client C00412     Représentant 07    Tournée 114
   BL 55120 du 12/03/2026   BL 55133 du 13/03/2026
   Votre commande du 11/03/2026
""",
        {"BT-1": "FC0098812", "BT-13": None, "BT-12": None},
    ),
    "a row of boxes": (
        """
   Facture      Date         Code client    Votre commande     Notre B.L.
   880123       12/03/2026   44120          CDA-7781           B66120
""",
        {"BT-1": "880123", "BT-13": "CDA-7781", "BT-12": None},
    ),
    "a row of boxes, the order's empty": (
        """
   Facture      Date         Code client    Votre commande     Notre B.L.
   880123       12/03/2026   44120                             B66120
""",
        {"BT-1": "880123", "BT-13": None, "BT-12": None},
    ),
    "labels without values": (
        """
   FACTURE N° FA-1188       Date : 12/03/2026
   Votre référence :
   N° de commande :
   N° de contrat :
   N° client : 4412
""",
        {"BT-1": "FA-1188", "BT-13": None, "BT-12": None},
    ),
    "labels without values beside others": (
        """
   FACTURE N° FA-1188       Date : 12/03/2026
   N° de commande :           N° client : 4412
   N° de contrat :            N° TVA : FR40303265045
""",
        {"BT-1": "FA-1188", "BT-13": None, "BT-12": None},
    ),
    "a subscription": (
        """
   Facture
   N° de facture  INV-2026-0098      Date  01/03/2026
   Abonnement Pro - 12 utilisateurs    Période 01/03/2026 - 31/03/2026
   ID d'abonnement  sub_1Nxy88KQ22
   ID client  cus_Pq88123
""",
        {"BT-1": "INV-2026-0098", "BT-13": None},
    ),
    "an order of a marketplace": (
        """
   Facture FR-26-00099812
   Commande 405-1234567-7654321      Date de commande 02/03/2026
   Vendu par Techno Shop
""",
        {"BT-13": "405-1234567-7654321", "BT-12": None},
    ),
    "public customer": (
        """
   Facture n° 2026-031              Date 12/03/2026
   Service exécutant : FAC0000012
   N° d'engagement juridique : 1405887712
   Code service : D12
""",
        {"BT-1": "2026-031", "BT-13": "1405887712", "BT-12": None},
    ),
    "room and booking": (
        """
   Facture n° 118223    Chambre 204     Réservation n° BK-5512098
   Arrivée 02/03/2026   Départ 04/03/2026
   Voucher 998 120 111
""",
        {"BT-1": "118223", "BT-12": None},
    ),
    "carrier": (
        """
   Facture n° T2603-0077    du 31/03/2026
   Lettre de voiture 66120345   V/Réf 4500123890
   Dossier transport : 20261102
""",
        {"BT-1": "T2603-0077", "BT-13": "4500123890", "BT-12": None},
    ),
    "a customer reference is a customer number": (
        """
   Facture n° T2603-0077    du 31/03/2026
   Réf. client : 4501
   Réf. interne : AX-88   N/Réf : PB/26/12
""",
        {"BT-1": "T2603-0077", "BT-13": None, "BT-12": None},
    ),
    "fees due on receipt": (
        """
   NOTE D'HONORAIRES N° 26030117          31/03/2026
   Dossier n° 00412      Lettre de mission du 04/01/2024
   Honoraires du mois de mars
   Valeur en votre aimable règlement à réception
""",
        {"BT-1": "26030117", "BT-12": None, "BT-13": None, "BT-20": ANY},
    ),
    "contract and terms": (
        """
   Facture n° 2603-44              31/03/2026
   Contrat n° NET-2024-18 - site de Lille
   Conditions de règlement : 45 jours fin de mois par virement
""",
        {
            "BT-1": "2603-44",
            "BT-12": "NET-2024-18",
            "BT-13": None,
            "BT-20": "45 jours fin de mois par virement",
        },
    ),
    "contract as a word of a line": (
        """
   Facture n° 2603-44              31/03/2026
   Désignation                                     Qté   PU      Montant
   Contrat de maintenance annuel 2026               1   480,00   480,00
   Forfait contrat 24h/24                           1    80,00    80,00
   Total HT                                                      560,00
""",
        {"BT-1": "2603-44", "BT-12": None, "BT-13": None},
    ),
    "contract of a line": (
        """
   Facture n° 2603-44              31/03/2026
   Désignation                                     Qté   PU      Montant
   Maintenance selon contrat n° MT-5512             1   480,00   480,00
   Total HT                                                      480,00
""",
        {"BT-1": "2603-44", "BT-12": "MT-5512", "BT-13": None},
    ),
    "a lease of premises": (
        """
   AVIS D'ÉCHÉANCE             N° 2026-04-118
   Bail commercial n° BC-0077 du 01/04/2019
   Locataire : 00881-2    Lot 14   Compte locataire 411LOC0881
""",
        {"BT-1": "2026-04-118", "BT-12": "BC-0077", "BT-13": None},
    ),
    "the builder's own insurance": (
        """
   PLOMBERIE DURAND
   Facture n° 2026-088     12/03/2026
   Assurance décennale : AXO contrat n° 4455667788 - couverture France
""",
        {"BT-1": "2026-088", "BT-12": None, "BT-13": None},
    ),
    "days for complaints and returns": (
        """
   Facture n° 2026-088     12/03/2026
   Toute réclamation doit être formulée sous 8 jours à réception de la facture.
   Pénalités de retard : 3 fois le taux légal, exigibles le lendemain de la date de règlement. Escompte pour règlement comptant : néant.
   Les marchandises restent notre propriété jusqu'au paiement intégral. Retours acceptés sous 14 jours sur présentation de la facture.
   En cas de non paiement à l'échéance une indemnité de 40 € sera due. Garantie 24 mois.
""",
        {"BT-20": None, "BT-12": None, "BT-13": None},
    ),
    "paid already": (
        """
   Facture n° 2026-088     12/03/2026
   Payé comptant par carte bancaire le 12/03/2026
   Facture acquittée
""",
        {"BT-20": None},
    ),
    "a direct debit": (
        """
   Facture n° 2026-088     12/03/2026
   Mode de paiement : prélèvement automatique
   Le montant sera prélevé le 28/03/2026
   Délai de rétractation 14 jours à réception du contrat par carte bancaire ou virement.
""",
        {"BT-20": None},
    ),
    "terms beside their label": (
        """
   Facture n° 2026-088     12/03/2026
   Conditions de paiement : 30 jours net
""",
        {"BT-20": "30 jours net"},
    ),
    "terms as a sentence": (
        """
   Facture n° 2026-088     12/03/2026
   Paiement à 30 jours date de facture par virement bancaire.
""",
        {"BT-20": ANY},
    ),
    "a due date and a means": (
        """
   Facture n° 2026-088     12/03/2026
   Échéance        Mode de règlement       Net à payer
   30/04/2026      Virement                120,00
""",
        {"BT-20": None},
    ),
    "cheque on receipt": (
        """
   Facture n° 2026-088     12/03/2026
   Règlement :   Chèque à réception de facture
""",
        {"BT-20": "Chèque à réception de facture"},
    ),
    "English head": (
        """
   INVOICE
   Invoice number   INV-889    Invoice date   12 March 2026
   PO number   4500998812      Account number   A-1188
   Customer ID   C-77   Contract   MSA-2024-7
   Payment terms   Net 30
""",
        {"BT-1": "INV-889", "BT-13": "4500998812", "BT-12": "MSA-2024-7", "BT-20": "Net 30"},
    ),
    "English, other numbers": (
        """
   INVOICE
   Invoice number   INV-889    Invoice date   12 March 2026
   Account ID   8871-2234      Subscription ID  A-S000912
   Support ticket  55120    Your reference:
   Order date  12 March 2026
""",
        {"BT-1": "INV-889", "BT-13": None},
    ),
    "German head": (
        """
   Rechnung Nr. 2026-118         Datum 12.03.2026
   Kundennummer 44120     Ihr Zeichen: MB
   Bestellnummer: 4500778812  Lieferschein 88123
   Zahlbar innerhalb 30 Tagen ohne Abzug
""",
        {"BT-1": "2026-118", "BT-13": "4500778812", "BT-12": None, "BT-20": ANY},
    ),
    "agency, project, mission": (
        """
   Facture n° 8812-26     Agence 0417 Lyon Est
   N° d'agence : 0417   Code chantier 22018   N° projet P-2026-12
   Votre contact : Lina 04 72 00 11 22
   N° ordre de mission 2244
""",
        {"BT-12": None, "BT-13": None},
    ),
    "temporary work": (
        """
   Facture n° 8812-26      31/03/2026
   Contrat de mission n° 26-00441   Intérimaire : PETIT Paul   Matricule 88120
   N° de commande client : 45120098
""",
        {"BT-13": "45120098"},
    ),
    "site and order": (
        """
   Facture n° 8812-26      31/03/2026
   Réf. chantier : Villa Mimosa
   V/Cde n° BC-2026-118
""",
        {"BT-13": "BC-2026-118", "BT-12": None},
    ),
    "contract of a copier": (
        """
   Facture n° 8812-26      31/03/2026
   Location copieur - matricule 7F21120 - contrat 55-1187
   Relevé de compteur : 110 223
""",
        {"BT-12": "55-1187", "BT-13": None},
    ),
    "fuel cards": (
        """
   Relevé n° R-20260331-441       Client 00441220
   Compte 9900112   Contrat cadre carte 7002
   Carte n° 7088 1234 5678 9012   Immat. AB-123-CD
""",
        {"BT-1": "R-20260331-441", "BT-13": None},
    ),
}

#: One row under the number of the invoice → contract and order, None where it holds none.
ROWS: tuple[tuple[str, str, str | None], ...] = (
    ("Contrat de location longue durée n° LLD-7781", "BT-12", "LLD-7781"),
    ("N° de contrat de location financière : 44 1187 / 02", "BT-12", ANY),
    ("Votre contrat d'assistance téléphonique n° 88120-A du 12/01/2024", "BT-12", "88120-A"),
    ("Abonnement annuel Sérénité n° AB-5512", "BT-12", "AB-5512"),
    ("Réf. ctr : 881-22", "BT-12", "881-22"),
    ("Convention de stage n° CS-118", "BT-12", "CS-118"),
    ("Contrat Pro Énergie – réf. 3120-887", "BT-12", "3120-887"),
    ("Bail commercial du 01/04/2019", "BT-12", None),
    ("Marché public n° 2025TX118 – lot 3", "BT-12", "2025TX118"),
    ("Contrat  : ELEC-77812", "BT-12", "ELEC-77812"),
    ("Mon contrat n° 77812-B", "BT-12", "77812-B"),
    ("Vos contrats : 118-A", "BT-12", "118-A"),
    ("Contrat souscrit le 12/01/2024", "BT-12", None),
    ("Fin de contrat : 31/12/2027", "BT-12", None),
    ("Durée du contrat : 36 mois", "BT-12", None),
    ("Contrat de 48 mois - loyer 12", "BT-12", None),
    ("Référence de l'abonnement : 9912-AA", "BT-12", "9912-AA"),
    ("Contrat d'entretien chaudière 2026", "BT-12", None),
    ("N° d'adhérent : 88120", "BT-12", None),
    ("Garantie contrat 24 mois", "BT-12", None),
    ("Commande web du 12/03/2026", "BT-13", None),
    ("Passée par téléphone – commande de M. Petit", "BT-13", None),
    ("Votre commande n° 77 881 du 02/03/2026", "BT-13", "77 881"),
    ("Bon de commande signé le 02/03/2026", "BT-13", None),
    ("N/Réf. : 2026/118   V/Réf. : CDE-55", "BT-13", "CDE-55"),
    ("Vos réf. : mail du 12/02/2026", "BT-13", None),
    ("Réf. client : CDE-118", "BT-13", None),
    ("N° Cde Client CC-4412", "BT-13", "CC-4412"),
    ("Commande : 4500012345 poste 10", "BT-13", "4500012345"),
    ("Minimum de commande 150 €", "BT-13", None),
    ("Commande passée le 11/02/2026 sous le n° W-8812", "BT-13", "W-8812"),
    ("Commandes 2026 : remise 5 %", "BT-13", None),
    ("V/Réf : Mme Martin", "BT-13", None),
)
